package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.ManualKeys;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.esp.manual.ManualSa;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** SAs with keys that people agreed on. */
class ManualSaTest {
  private static final PacketTransform CBC =
      PacketTransform.esp(
          EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA2_256_128, false);
  private static final PacketTransform GCM =
      PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 256, IntegrityAlgorithm.NONE, false);

  private final CryptoProvider crypto = new TestCrypto();
  private final Map<String, Secret> secrets = new HashMap<>();
  private PacketTransform transform = CBC;
  private SaMode mode = SaMode.TUNNEL;
  private int window;
  private Duration soft = Duration.ZERO;
  private Duration hard = Duration.ZERO;
  private @Nullable String store;

  ManualSaTest() {
    secrets.put("ab", key(1, 16));
    secrets.put("ab-mac", key(2, 32));
    secrets.put("ba", key(3, 16));
    secrets.put("ba-mac", key(4, 32));
  }

  private static Secret key(int first, int length) {
    byte[] octets = new byte[length];
    java.util.Arrays.fill(octets, (byte) first);
    return Secret.adopt(octets);
  }

  private ManualKeys.Names names(String way) {
    boolean aead = transform.encryption().algorithm().isAead();
    return new ManualKeys.Names(way, aead ? null : way + "-mac");
  }

  private ManualChild child(boolean a) {
    String ours = a ? "192.0.2.1" : "192.0.2.2";
    String theirs = a ? "192.0.2.2" : "192.0.2.1";
    String near = a ? "10.1.0.0/24" : "10.2.0.0/24";
    String far = a ? "10.2.0.0/24" : "10.1.0.0/24";
    ManualKeys keys =
        a
            ? new ManualKeys(transform, 0x1001, 0x1002, names("ba"), names("ab"))
            : new ManualKeys(transform, 0x1002, 0x1001, names("ab"), names("ba"));
    return new ManualChild(
        "net",
        IpAddress.parse(ours),
        IpAddress.parse(theirs),
        0,
        0,
        mode,
        List.of(TrafficSelector.of(near)),
        List.of(TrafficSelector.of(far)),
        List.of(keys),
        window,
        soft,
        hard,
        Lifetime.UNLIMITED,
        store,
        Origin.PROGRAM);
  }

  private OutboundSa sender(long first) {
    ManualSa made = ManualSa.of(child(true), secrets::get).getFirst();
    ChildSa sa = made.childSa(new ChildSaId(-1));
    try {
      return made.outbound(
          sa,
          crypto.packetKey(
              transform, sa.outboundKeys().encryption(), sa.outboundKeys().integrity()),
          first);
    } catch (CryptoException e) {
      throw new AssertionError(e);
    }
  }

  private InboundSa receiver() {
    ManualSa made = ManualSa.of(child(false), secrets::get).getFirst();
    ChildSa sa = made.childSa(new ChildSaId(-1));
    try {
      return made.inbound(
          sa,
          crypto.packetKey(transform, sa.inboundKeys().encryption(), sa.inboundKeys().integrity()));
    } catch (CryptoException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] packet() {
    byte[] packet = new byte[60];
    ByteBuffer in = ByteBuffer.wrap(packet);
    in.put(0, (byte) 0x45).putShort(2, (short) 60).put(8, (byte) 64).put(9, (byte) 17);
    in.put(12, IpAddress.parse("10.1.0.7").octets()).put(16, IpAddress.parse("10.2.0.7").octets());
    return packet;
  }

  /** Sends one packet and says what became of it. */
  private DropReason across(OutboundSa from, InboundSa to, Sad sad, long now) {
    if (sad.size() == 0) {
      sad.install(to);
    }
    PacketBurst burst = new PacketBurst(1, 128, 1500, 128);
    burst.add(ByteBuffer.wrap(packet()));
    EspOutbound out = new EspOutbound(List.of(crypto), 1);
    EspInbound in = new EspInbound(sad, List.of(crypto), 1);
    out.protect(burst, new OutboundSa[] {from}, PacketForm.FULL_IP, now);
    if (burst.isAlive(0)) {
      in.open(burst, PacketForm.FULL_IP, now);
    }
    if (burst.isAlive(0)) {
      byte[] arrived = new byte[burst.length(0)];
      burst.slab().get(burst.offset(0), arrived);
      assertArrayEquals(packet(), arrived);
    }
    return burst.dropReason(0);
  }

  @Test
  void whatOneSideSealsTheOtherOpens() {
    assertEquals(DropReason.NONE, across(sender(1), receiver(), new Sad(), 0));
  }

  @Test
  void aPeerThatBeginsAnewIsHeardUnlessAWindowIsAskedFor() {
    Sad sad = new Sad();
    InboundSa receiver = receiver();
    assertEquals(DropReason.NONE, across(sender(1), receiver, sad, 0));
    assertEquals(DropReason.NONE, across(sender(1), receiver, sad, 0));
    window = 64;
    Sad strict = new Sad();
    InboundSa windowed = receiver();
    assertEquals(DropReason.NONE, across(sender(1), windowed, strict, 0));
    assertEquals(DropReason.REPLAY, across(sender(1), windowed, strict, 0));
    assertEquals(DropReason.NONE, across(sender(2), windowed, strict, 0));
  }

  @Test
  void lifetimesInTimeAreKept() {
    soft = Duration.ofSeconds(8);
    hard = Duration.ofSeconds(10);
    OutboundSa sender = sender(1);
    InboundSa receiver = receiver();
    sender.begin(0);
    receiver.begin(0);
    Sad sad = new Sad();
    assertEquals(DropReason.NONE, across(sender, receiver, sad, 7_000_000_000L));
    assertFalse(sender.takeSoftExpired(7_000_000_000L));
    assertTrue(sender.takeSoftExpired(8_000_000_001L));
    assertFalse(sender.takeSoftExpired(9_000_000_000L));
    assertEquals(DropReason.LIFETIME_EXPIRED, across(sender, receiver, sad, 10_000_000_001L));
  }

  @Test
  void keysOfAnotherLengthAreRefusedByNameAndLength() {
    secrets.put("ba", key(3, 24));
    secrets.remove("ab-mac");
    List<String> problems = ManualSa.problems(child(true), secrets::get);
    assertEquals(
        List.of(
            "the inbound ESP encryption key has 24 octets; expected 16 for AES_CBC_128 (in"
                + " hexadecimal 32 digits)",
            "the outbound ESP integrity key is missing"),
        problems);
    assertThrows(IllegalArgumentException.class, () -> ManualSa.of(child(true), secrets::get));
  }

  @Test
  void saltBelongsToTheKey() {
    transform = GCM;
    store = "numbers";
    secrets.put("ab", key(1, 32));
    secrets.put("ba", key(2, 36));
    List<String> problems = ManualSa.problems(child(true), secrets::get);
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(
        problems.getFirst().contains("expected 36 for AES_GCM_16_256: 32 of key and 4 of salt"),
        problems::toString);
  }

  @Test
  void combinedModesNeedNumbersThatLastAndTwoKeys() {
    transform = GCM;
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> child(true));
    assertTrue(String.valueOf(refused.getMessage()).contains("sequence store"));
    store = "numbers";
    secrets.put("ab", key(1, 36));
    secrets.put("ba", key(1, 36));
    List<String> problems = ManualSa.problems(child(true), secrets::get);
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.getFirst().contains("each direction needs a key of its own"));
    secrets.put("ba", key(2, 36));
    assertEquals(DropReason.NONE, across(sender(77), receiver(), new Sad(), 0));
  }

  @Test
  void wrongSpisAndExtendedNumbersAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new ManualKeys(CBC, 255, 256, names("ba"), names("ab")));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ManualKeys(CBC, 256, 0, names("ba"), names("ab")));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new ManualKeys(
                PacketTransform.esp(
                    EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA2_256_128, true),
                256,
                256,
                names("ba"),
                names("ab")));
  }

  @Test
  void keysAreCopiedAndNeverShown() {
    ManualSa made = ManualSa.of(child(true), secrets::get).getFirst();
    ChildSa sa = made.childSa(new ChildSaId(-1));
    assertFalse((made + " " + sa + " " + child(true)).contains("030303"));
    sa.inboundKeys().destroy();
    made.destroy();
    Secret kept = Objects.requireNonNull(secrets.get("ba"));
    assertEquals(3, kept.reveal(SecretAccess.raw())[0]);
  }
}
