package org.ipsec4j.testkit;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEngine;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.ike.OffloadedWork;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.api.sa.SaKeys;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.jspecify.annotations.Nullable;

/** Says what it is told to say; remembers what it hears. */
final class FakeEngine implements IkeEngine {
  static final IkeSaId IKE = new IkeSaId(1, 2);

  private static final TrafficSelector NET = TrafficSelector.of("10.0.0.0/8");
  private static final EncryptionTransform GCM =
      new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 128);

  final List<String> heard = new ArrayList<>();
  final List<IkeCommand> commands = new ArrayList<>();
  private final Deque<IkeOutput> outputs = new ArrayDeque<>();
  private final IpAddress address;
  private final IpAddress peer;
  private final List<IkeStatus.IkeSaStatus> ikeSas = new ArrayList<>();
  private long timeout = NO_TIMEOUT;

  /** Spoils the keys of the Child SAs to come. */
  int salt;

  FakeEngine(IpAddress address, IpAddress peer) {
    this.address = address;
    this.peer = peer;
  }

  void say(IkeOutput output) {
    outputs.add(output);
  }

  void wake(long at) {
    timeout = at;
  }

  /** It has an IKE SA from now on, without naming its children. */
  FakeEngine up(boolean initiator) {
    ikeSas.add(
        new IkeStatus.IkeSaStatus(
            "peer",
            IKE,
            initiator,
            IkeStatus.Phase.ESTABLISHED,
            new Endpoint(address, 4500),
            new Endpoint(peer, 4500),
            List.of()));
    return this;
  }

  void gone() {
    ikeSas.clear();
  }

  /**
   * A Child SA whose keys follow from its SPIs, so that mirrors match.
   *
   * @param in inbound SPI; the peer's inbound SPI is {@code out}
   */
  ChildSa sa(long id, int in, int out, boolean initiator) {
    ChildProfile profile =
        new ChildProfile(
            "net",
            List.of(NET),
            List.of(NET),
            List.of(
                new ChildProposal(
                    SecurityProtocol.ESP, List.of(GCM), List.of(), List.of(), List.of(false))),
            SaMode.TUNNEL,
            Duration.ZERO,
            0,
            Duration.ZERO,
            Lifetime.UNLIMITED,
            128,
            ChildProfile.StartAction.NONE,
            Origin.PROGRAM);
    return new ChildSa(
        new ChildSaId(id),
        IKE,
        "peer",
        profile,
        SaMode.TUNNEL,
        new PacketTransform(SecurityProtocol.ESP, GCM, IntegrityAlgorithm.NONE, false),
        in,
        out,
        keys(in),
        keys(out),
        List.of(NET),
        List.of(NET),
        address,
        peer,
        new UdpEncapsulation(new Endpoint(address, 4500), new Endpoint(peer, 4500)),
        128,
        Lifetime.UNLIMITED,
        initiator);
  }

  private SaKeys keys(int spi) {
    return new SaKeys(Secret.copyOf(new byte[] {(byte) (spi + salt)}), Secret.copyOf(new byte[0]));
  }

  /** What a rekey makes the engine say. */
  void replace(long old, ChildSa sa) {
    say(new IkeOutput.ReplaceChildSa(new ChildSaId(old), sa, sa.initiator()));
    say(
        new IkeOutput.Event(
            new IkeEvent.ChildRekeyed(
                "peer",
                "net",
                new ChildSaId(old),
                sa.id(),
                sa.inboundSpi(),
                sa.outboundSpi(),
                sa.initiator())));
  }

  void remove(long id, boolean replaced, IkeEvent.@Nullable DownReason reason) {
    say(new IkeOutput.RemoveChildSa(new ChildSaId(id), replaced));
    if (reason != null) {
      say(new IkeOutput.Event(new IkeEvent.ChildDown("peer", "net", new ChildSaId(id), reason)));
    }
  }

  @Override
  public void onDatagram(long now, Endpoint from, Endpoint to, ByteBuffer datagram) {
    byte[] octets = new byte[datagram.remaining()];
    datagram.get(datagram.position(), octets);
    heard.add(now + " " + from + " " + Bytes.copyOf(octets).toHex());
  }

  @Override
  public void onCommand(long now, IkeCommand command) {
    commands.add(command);
  }

  @Override
  public void onTimeout(long now) {
    if (timeout <= now) {
      timeout = NO_TIMEOUT;
      heard.add(now + " time");
    }
  }

  @Override
  public void onCompletion(long now, OffloadedWork done) {
    heard.add(now + " " + done);
  }

  @Override
  public @Nullable IkeOutput poll() {
    return outputs.poll();
  }

  @Override
  public long nextTimeout() {
    return timeout;
  }

  @Override
  public Map<IkeDropReason, Long> drops() {
    return Map.of();
  }

  @Override
  public IkeStatus status() {
    return new IkeStatus(ikeSas);
  }
}
