package org.ipsec4j.ike.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.policy.Transform;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.ike.wire.AuthPayload;
import org.ipsec4j.ike.wire.DeletePayload;
import org.ipsec4j.ike.wire.ExchangeType;
import org.ipsec4j.ike.wire.IdPayload;
import org.ipsec4j.ike.wire.IkeHeader;
import org.ipsec4j.ike.wire.KePayload;
import org.ipsec4j.ike.wire.MessageEncoder;
import org.ipsec4j.ike.wire.NoncePayload;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;
import org.ipsec4j.ike.wire.Payload;
import org.ipsec4j.ike.wire.Role;
import org.ipsec4j.ike.wire.SaPayload;
import org.ipsec4j.ike.wire.SealKey;
import org.ipsec4j.ike.wire.SkCodec;
import org.ipsec4j.ike.wire.TsPayload;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every state against every kind of input. What is not authentic changes nothing and is counted
 * once; what is authentic has a legal outcome: answered, counted, or the end of the IKE SA.
 */
class LifeTableTest {
  /** States of the IKE SA of the side under test. */
  enum State {
    INIT_INITIATOR,
    INIT_RESPONDER_WORKING,
    AUTH_INITIATOR,
    AUTH_RESPONDER,
    UP_INITIATOR,
    UP_RESPONDER,
    UP_REKEYING_CHILD,
    UP_REKEYING_IKE,
    UP_REKEYING_IKE_WORKING,
    UP_PROBING,
    UP_DELETING_CHILD,
    REPLACED,
    CLOSING,
    LINGERING
  }

  private static final int[] EXCHANGES = {
    ExchangeType.IKE_SA_INIT,
    ExchangeType.IKE_AUTH,
    ExchangeType.CREATE_CHILD_SA,
    ExchangeType.INFORMATIONAL,
    ExchangeType.IKE_INTERMEDIATE,
    99
  };

  private final EnginePair pair = new EnginePair();
  private EnginePair.Side tested = pair.alice;

  private IkeSaId first(EnginePair.Side side) {
    return side.ikeSas().getFirst().ikeSa();
  }

  private void reach(State state) {
    pair.alice.exportKeys = true;
    pair.bob.exportKeys = true;
    switch (state) {
      case INIT_INITIATOR -> {
        pair.lose(packet -> true);
        pair.alice.initiate();
      }
      case INIT_RESPONDER_WORKING -> {
        tested = pair.bob;
        pair.bob.holdWork = true;
        pair.alice.initiate();
        pair.settle();
      }
      case AUTH_INITIATOR -> {
        pair.lose(packet -> packet.is(EnginePair.AUTH, true));
        pair.alice.initiate();
        pair.settle();
      }
      case AUTH_RESPONDER -> {
        tested = pair.bob;
        pair.lose(packet -> packet.is(EnginePair.AUTH, false));
        pair.alice.initiate();
        pair.settle();
      }
      case UP_INITIATOR -> pair.up();
      case UP_RESPONDER -> {
        tested = pair.bob;
        pair.up();
      }
      default -> reachBusy(state);
    }
    pair.lose(packet -> true);
  }

  private void reachBusy(State state) {
    pair.up();
    IkeSaId id = first(pair.alice);
    pair.lose(packet -> true);
    switch (state) {
      case UP_REKEYING_CHILD ->
          pair.alice.command(new IkeCommand.RekeyChild(pair.alice.child().id()));
      case UP_REKEYING_IKE -> pair.alice.command(new IkeCommand.RekeyIke(id));
      case UP_REKEYING_IKE_WORKING -> {
        pair.alice.holdWork = true;
        pair.alice.command(new IkeCommand.RekeyIke(id));
      }
      case UP_PROBING -> pair.alice.command(new IkeCommand.CheckLiveness(id));
      case UP_DELETING_CHILD ->
          pair.alice.command(new IkeCommand.DeleteChild(pair.alice.child().id()));
      case REPLACED -> {
        tested = pair.bob;
        pair.lose(packet -> packet.is(EnginePair.INFO, false));
        pair.alice.command(new IkeCommand.RekeyIke(id));
        pair.settle();
      }
      case CLOSING -> pair.alice.command(new IkeCommand.DeleteIke(id));
      case LINGERING -> {
        tested = pair.bob;
        pair.loseNothing();
        pair.alice.command(new IkeCommand.DeleteIke(id));
        pair.settle();
      }
      default -> throw new AssertionError(state);
    }
  }

  /** SPIs of the IKE SA that the state is about, as the peer would write them. */
  private IkeSaId spis() {
    IkeHeader last =
        pair.sent.stream()
            .filter(packet -> !packet.keepalive())
            .map(EnginePair.Packet::header)
            .reduce((one, two) -> two)
            .orElseThrow();
    return tested.ikeSas().isEmpty()
        ? new IkeSaId(last.initiatorSpi(), last.responderSpi())
        : first(tested);
  }

  private boolean testedIsOriginalInitiator() {
    return tested == pair.alice;
  }

  private long drops() {
    return tested.engine().drops().values().stream().mapToLong(Long::longValue).sum();
  }

  private void arrive(byte[] octets) {
    EnginePair.Side peer = pair.other(tested);
    Endpoint from =
        new Endpoint(org.ipsec4j.api.net.IpAddress.parse(tested.peer.remoteAddress), 500);
    Endpoint to = new Endpoint(org.ipsec4j.api.net.IpAddress.parse(tested.peer.localAddress), 500);
    tested.receive(new EnginePair.Packet(peer, from, to, Bytes.copyOf(octets), false));
  }

  // --- what anyone can send ----------------------------------------------------------------------

  private List<byte[]> forgeries(Random random) {
    List<byte[]> all = new ArrayList<>();
    IkeSaId id = spis();
    for (int exchange : EXCHANGES) {
      for (boolean response : new boolean[] {false, true}) {
        for (boolean initiator : new boolean[] {false, true}) {
          for (long messageId = 0; messageId < 4; messageId++) {
            IkeHeader header =
                IkeHeader.of(
                    id.initiatorSpi(), id.responderSpi(), exchange, initiator, response, messageId);
            all.add(MessageEncoder.encode(header, List.of()));
            all.add(
                MessageEncoder.encode(
                    header, List.of(NotifyPayload.of(NotifyType.AUTHENTICATION_FAILED))));
            all.add(MessageEncoder.encode(header, List.of(DeletePayload.ikeSa())));
            all.add(sealedNonsense(header, 46, random));
            all.add(sealedNonsense(header, 53, random));
            byte[] cut = sealedNonsense(header, 46, random);
            all.add(java.util.Arrays.copyOf(cut, cut.length - 7));
          }
        }
      }
    }
    for (int length = 0; length < 60; length++) {
      byte[] noise = new byte[length];
      random.nextBytes(noise);
      all.add(noise);
    }
    return all;
  }

  /** An Encrypted payload, or fragment, whose ICV is nobody's. */
  private static byte[] sealedNonsense(IkeHeader header, int type, Random random) {
    byte[] body = new byte[type == 53 ? 84 : 80];
    random.nextBytes(body);
    if (type == 53) {
      body[0] = 0;
      body[1] = 1;
      body[2] = 0;
      body[3] = 2;
    }
    byte[] message = new byte[IkeHeader.LENGTH + 4 + body.length];
    header.with(type, message.length).emit(message, 0);
    message[IkeHeader.LENGTH + 2] = (byte) ((body.length + 4) >>> 8);
    message[IkeHeader.LENGTH + 3] = (byte) (body.length + 4);
    System.arraycopy(body, 0, message, IkeHeader.LENGTH + 4, body.length);
    return message;
  }

  @ParameterizedTest
  @EnumSource(State.class)
  void whatAnyoneCanSendChangesNothing(State state) {
    reach(state);
    Random random = new Random(state.ordinal());
    for (byte[] forgery : forgeries(random)) {
      var before = tested.engine().status();
      var installed = List.copyOf(tested.installed.keySet());
      int events = tested.events.size();
      long timeout = tested.engine().nextTimeout();
      long drops = drops();
      arrive(forgery);
      IkeHeader header = IkeHeader.parse(forgery, 0, forgery.length);
      assertEquals(before, tested.engine().status(), () -> state + " " + header);
      assertEquals(installed, List.copyOf(tested.installed.keySet()));
      assertEquals(events, tested.events.size(), () -> state + " " + header + tested.events);
      assertEquals(drops + 1, drops(), () -> "counted once: " + state + " " + header);
      assertTrue(timeout >= tested.engine().nextTimeout() || !before.ikeSas().isEmpty());
    }
  }

  // --- what an authenticated peer can send
  // ---------------------------------------------------------

  private SealKey peerKey() throws CryptoException {
    IkeEvent.KeysExported keys = tested.events(IkeEvent.KeysExported.class).getFirst();
    boolean ofInitiator = !testedIsOriginalInitiator();
    IkeCipher cipher =
        EnginePair.CRYPTO.ikeCipher(
            keys.algorithms().encryption(),
            keys.algorithms().integrity(),
            ofInitiator ? keys.skEi() : keys.skEr(),
            ofInitiator ? keys.skAi() : keys.skAr());
    return SealKey.of(keys.algorithms().encryption(), cipher, new Random(1)::nextBytes);
  }

  private static Proposal proposal(int protocol, int spiLength) {
    return new Proposal(
        1,
        protocol,
        Bytes.copyOf(new byte[spiLength]),
        List.of(Transform.of(1, 20, 128), Transform.of(4, 31, 0), Transform.of(5, 0, 0)));
  }

  private static List<List<Payload>> bodies() {
    Bytes four = Bytes.ofHex("01020304");
    Bytes nonce = Bytes.copyOf(new byte[32]);
    List<TrafficSelector> any = List.of(TrafficSelector.of("0.0.0.0/0"));
    TsPayload tsi = TsPayload.of(Role.INITIATOR, any);
    TsPayload tsr = TsPayload.of(Role.RESPONDER, any);
    List<List<Payload>> all = new ArrayList<>();
    all.add(List.of());
    all.add(List.of(DeletePayload.childSas(3, List.of(four))));
    all.add(List.of(DeletePayload.childSas(2, List.of(four, four))));
    all.add(List.of(NotifyPayload.of(NotifyType.TEMPORARY_FAILURE)));
    all.add(List.of(NotifyPayload.of(NotifyType.NO_PROPOSAL_CHOSEN)));
    all.add(List.of(NotifyPayload.of(NotifyType.INVALID_KE_PAYLOAD, Bytes.ofHex("0013"))));
    all.add(List.of(NotifyPayload.of(NotifyType.CHILD_SA_NOT_FOUND)));
    all.add(List.of(new NotifyPayload(0, Bytes.EMPTY, 12345, four)));
    all.add(List.of(new NotifyPayload(0, Bytes.EMPTY, 54321, four)));
    all.add(List.of(new SaPayload(List.of(proposal(3, 4))), new NoncePayload(nonce), tsi, tsr));
    all.add(
        List.of(
            NotifyPayload.about(NotifyType.REKEY_SA, 3, four),
            new SaPayload(List.of(proposal(3, 4))),
            new NoncePayload(nonce),
            tsi,
            tsr));
    all.add(
        List.of(
            new SaPayload(List.of(proposal(1, 8))),
            new NoncePayload(nonce),
            new KePayload(31, Bytes.copyOf(new byte[32]))));
    all.add(
        List.of(
            new SaPayload(List.of(proposal(1, 8))),
            new NoncePayload(nonce),
            new KePayload(31, Bytes.copyOf(new byte[3]))));
    all.add(List.of(new SaPayload(List.of(proposal(3, 4)))));
    all.add(
        List.of(
            new IdPayload(Role.INITIATOR, 2, 0, four),
            new AuthPayload(2, four),
            new SaPayload(List.of(proposal(3, 4))),
            tsi,
            tsr));
    all.add(
        List.of(
            new IdPayload(Role.RESPONDER, 2, 0, four),
            new AuthPayload(14, four),
            new SaPayload(List.of(proposal(3, 4))),
            tsi,
            tsr));
    all.add(List.of(NotifyPayload.of(NotifyType.AUTHENTICATION_FAILED)));
    all.add(List.of(NotifyPayload.of(NotifyType.INVALID_SYNTAX)));
    all.add(List.of(DeletePayload.ikeSa()));
    return all;
  }

  @ParameterizedTest
  @EnumSource(
      value = State.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"INIT_INITIATOR", "INIT_RESPONDER_WORKING"})
  void whatAnAuthenticatedPeerSendsHasALegalOutcome(State state) throws CryptoException {
    int bodies = bodies().size();
    int answered = 0;
    for (int body = 0; body < bodies; body++) {
      for (int exchange : EXCHANGES) {
        for (boolean response : new boolean[] {false, true}) {
          answered += new LifeTableTest().one(state, body, exchange, response) ? 1 : 0;
        }
      }
    }
    assertTrue(answered > 0 || state == State.AUTH_INITIATOR || state == State.LINGERING);
  }

  /** One input in a fresh state. Whether it was answered. */
  private boolean one(State state, int body, int exchange, boolean response)
      throws CryptoException {
    reach(state);
    IkeSaId id = spis();
    SealKey key = peerKey();
    boolean answered = false;
    for (long messageId = 0; messageId < 4; messageId++) {
      IkeHeader header =
          IkeHeader.of(
              id.initiatorSpi(),
              id.responderSpi(),
              exchange,
              !testedIsOriginalInitiator(),
              response,
              messageId);
      long drops = drops();
      int outputs = tested.outputs.size();
      arrive(SkCodec.seal(header, bodies().get(body), key));
      boolean counted = drops() > drops;
      List<IkeOutput> said = tested.outputs.subList(outputs, tested.outputs.size());
      boolean spoke = said.stream().anyMatch(IkeOutput.Transmit.class::isInstance);
      answered |= spoke;
      boolean taken = response && !counted;
      assertTrue(
          counted || spoke || taken,
          () -> state + " " + header + " body " + body + " came to nothing: " + said);
      assertTrue(drops() - drops <= 1, "counted at most once");
    }
    // Whatever happened, the engine goes on and comes to rest.
    pair.run(Duration.ofMinutes(4));
    assertTrue(tested.ikeSas().size() <= 1, () -> state + " leaves " + tested.ikeSas());
    pair.loseNothing();
    if (tested.ikeSas().isEmpty()) {
      assertTrue(tested.installed.isEmpty());
    }
    assertFalse(tested.closed);
    return answered;
  }
}
