package org.ipsec4j.node.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.ForwardingCryptoProvider;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.api.policy.document.CryptoOrder;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.testkit.crypto.SimulatedDevice;
import org.ipsec4j.testkit.crypto.SimulatedDevice.Behaviour;
import org.ipsec4j.testkit.crypto.SimulatedDevice.Mood;
import org.ipsec4j.testkit.crypto.Transforms;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Providers in the order that the operator wants, and what is told of those that are not there. */
final class CryptoOrderTest {
  private static final PacketTransform GCM =
      PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, false);
  private static final PacketTransform CBC =
      PacketTransform.esp(
          EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA2_256_128, true);
  private static final PacketTransform CHACHA =
      PacketTransform.esp(
          EncryptionAlgorithm.CHACHA20_POLY1305, 256, IntegrityAlgorithm.NONE, false);
  private static final CryptoProvider JCA = new JcaCryptoProvider();

  /** Goes on by what the devices of a test take. */
  private final AtomicLong clock = new AtomicLong();

  private static FakeProvider provider(String name) {
    return new FakeProvider(name, transform -> true);
  }

  private static List<String> names(CryptoLoader.Loaded loaded) {
    return loaded.chain().providers().stream().map(CryptoProvider::name).toList();
  }

  private CryptoLoader.Loaded named(List<CryptoProvider> given, String... names) {
    return CryptoLoader.load(given, new CryptoOrder.Named(List.of(names)), List.of(), clock::get);
  }

  @Test
  void namesSayWhichAreUsedAndInWhichOrder() {
    FakeProvider best = provider("best");
    best.priority = 100;
    CryptoLoader.Loaded loaded = named(List.of(best, provider("a"), provider("b")), "b", "a");
    assertEquals(List.of("b", "a"), names(loaded));
    assertEquals(List.of(), loaded.refused());
  }

  @Test
  void absentProviderIsToldWithWhatItNeedsAndTheNextIsUsed() {
    CryptoLoader.Loaded loaded = named(List.of(JCA), "mb", "opnssl", "zebra", "jca");
    assertEquals(List.of("jca"), names(loaded));
    assertEquals(3, loaded.refused().size());
    assertTrue(loaded.refused().get(0).contains("libipsec-mb1"), loaded.refused()::toString);
    assertTrue(loaded.refused().get(1).contains("did you mean `openssl`?"));
    assertTrue(loaded.refused().get(2).contains("there are `jca`"), loaded.refused()::toString);
  }

  @Test
  void withoutAnyOfTheNamedTheNodeDoesNotStart() {
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> named(List.of(JCA), "mb", "openssl"));
    assertTrue(String.valueOf(refused.getMessage()).contains("libssl3"), refused::getMessage);
  }

  @Test
  void providerOfOursThatFailsSaysWhatItNeeds() {
    FakeProvider mb = provider("mb");
    mb.selfTest =
        () -> {
          throw new UnsatisfiedLinkError("libIPSec_MB.so.1: cannot open shared object file");
        };
    String reason = CryptoLoader.of(List.of(mb, JCA)).refused().getFirst();
    assertTrue(reason.contains("cannot open shared object file"), reason);
    assertTrue(reason.contains("apt install libipsec-mb1"), reason);
  }

  /** Takes details but the one called {@code none}. */
  private static final class Detailed extends ForwardingCryptoProvider {
    private final String name;

    Detailed(String name) {
      super(JCA);
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public CryptoProvider configured(String detail) throws CryptoException {
      if (detail.equals("none")) {
        throw new CryptoException(CryptoException.Culprit.PROVIDER, "there are `one`, `two`");
      }
      return new Detailed(name + ":" + detail);
    }

    @Override
    public SelfTest selfTest() {
      return new SelfTest(1, List.of());
    }
  }

  @Test
  void nameWithDetailGoesToItsProvider() {
    List<CryptoProvider> given = List.of(new Detailed("token"), JCA);
    CryptoLoader.Loaded loaded =
        named(given, "token:slot 1", "token:none", "tokn:x", "jca", "token", "jca:x:y");
    assertEquals(List.of("token:slot 1", "jca", "token"), names(loaded).subList(0, 3));
    assertTrue(loaded.refused().get(0).contains("there are `one`, `two`"));
    assertTrue(loaded.refused().get(1).contains("did you mean `token`?"));
  }

  // --- auto -------------------------------------------------------------------------------------

  private SimulatedDevice device(String name, long nanosPerBurst) {
    SimulatedDevice device = new SimulatedDevice(name, JCA, Behaviour.prompt(1));
    device.atWork(() -> clock.addAndGet(nanosPerBurst));
    return device;
  }

  private CryptoLoader.Loaded auto(
      @Nullable Path cache, List<CryptoProvider> given, PacketTransform... transforms) {
    return CryptoLoader.load(given, new CryptoOrder.Auto(cache), List.of(transforms), clock::get);
  }

  @Test
  void fastestIsFirstForEachTransform() {
    SimulatedDevice slow = device("slow", 320_000);
    CryptoProvider fastForOne = new OnlyFor(device("fast", 32_000), Set.of(GCM));
    CryptoLoader.Loaded loaded = auto(null, List.of(slow, fastForOne), GCM, CBC);
    assertEquals(
        List.of(
            new CryptoLoader.Choice(GCM, "fast", 1_000, false),
            new CryptoLoader.Choice(CBC, "slow", 0, false)),
        loaded.choices(),
        "one that has no rival is not measured");
    assertEquals(
        List.of("fast", "slow"),
        loaded.chain().ranked(GCM).stream().map(CryptoProvider::name).toList());
    assertEquals(10_000, loaded.chain().ranking().nanosPerPacket(GCM, "slow"));
    assertEquals(List.of(), slow.violations());
  }

  @Test
  void everyTransformCanBeMeasured() {
    SimulatedDevice device = device("device", 5_000_000);
    Calibration calibration = new Calibration(clock::get);
    List<PacketTransform> all = Transforms.claimed(JCA);
    for (PacketTransform transform : all) {
      double nanos = calibration.measure(transform, List.of(device)).getFirst().nanosPerPacket();
      assertEquals(5_000_000 / 32.0, nanos, transform::toString);
    }
    assertTrue(all.size() > 100, () -> all.size() + " transforms");
  }

  @Test
  void oneWhosePacketsFailIsNotUsedForThem() throws Exception {
    SimulatedDevice broken = device("broken", 1_000);
    broken.mood(Mood.FAILING);
    CryptoLoader.Loaded loaded = auto(null, List.of(broken, JCA), GCM);
    assertEquals("jca", loaded.choices().getFirst().provider());
    assertEquals(List.of("broken", "jca"), names(loaded), "for other transforms it stays");
    assertTrue(loaded.refused().getFirst().contains("broken is not used for ESP:AES_GCM_16_128"));
    assertEquals(
        List.of("jca"), loaded.chain().ranked(GCM).stream().map(CryptoProvider::name).toList());
  }

  @Test
  void whatWasMeasuredIsKeptForTheNextStart(@TempDir Path folder) throws IOException {
    Path cache = folder.resolve("speed.txt");
    SimulatedDevice one = device("one", 320_000);
    SimulatedDevice two = device("two", 32_000);
    CryptoLoader.Loaded first = auto(cache, List.of(one, two), GCM, CBC);
    assertEquals(List.of(), first.notes());
    assertFalse(first.choices().getFirst().cached());
    long worked = one.done() + two.done();
    CryptoLoader.Loaded second = auto(cache, List.of(one, two), GCM, CBC);
    assertEquals(worked, one.done() + two.done(), "nothing is measured again");
    assertTrue(second.choices().stream().allMatch(CryptoLoader.Choice::cached));
    assertEquals(
        first.chain().ranking().nanosPerPacket(GCM, "one"),
        second.chain().ranking().nanosPerPacket(GCM, "one"));
    CryptoLoader.Loaded third = auto(cache, List.of(one, two), GCM, CHACHA);
    assertEquals(List.of(true, false), third.choices().stream().map(c -> c.cached()).toList());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(cache), files.toList(), "no scraps are left behind");
    }
  }

  @Test
  void damagedOrForeignFileIsMeasuredAnew(@TempDir Path folder) throws IOException {
    Path cache = folder.resolve("speed.txt");
    List<CryptoProvider> both = List.of(device("one", 320_000), device("two", 32_000));
    auto(cache, both, GCM);
    String good = Files.readString(cache);
    for (int at = 0; at < good.length(); at++) {
      Files.writeString(cache, good.substring(0, at) + "#" + good.substring(at + 1));
      CalibrationFile.Found found =
          new CalibrationFile(cache, CalibrationFile.machine(), both).read(List.of(GCM));
      assertTrue(found.entries().isEmpty() && !found.problem().isEmpty(), "changed at " + at);
      Files.writeString(cache, good.substring(0, at));
      found = new CalibrationFile(cache, CalibrationFile.machine(), both).read(List.of(GCM));
      assertTrue(found.entries().isEmpty() && !found.problem().isEmpty(), "cut at " + at);
    }
    CryptoLoader.Loaded loaded = auto(cache, both, GCM);
    assertTrue(loaded.notes().getFirst().contains("is damaged"), loaded.notes()::toString);
    assertEquals(good, Files.readString(cache), "and is mended");
    CalibrationFile elsewhere = new CalibrationFile(cache, "another machine", both);
    assertTrue(elsewhere.read(List.of(GCM)).problem().contains("another machine"));
    List<CryptoProvider> more = List.of(both.get(0), both.get(1), device("three", 1));
    assertNotEquals(
        "",
        new CalibrationFile(cache, CalibrationFile.machine(), more).read(List.of(GCM)).problem());
    Files.write(cache, new byte[100_000]);
    assertTrue(
        new CalibrationFile(cache, "x", both)
            .read(List.of(GCM))
            .problem()
            .contains("no calibration"));
  }

  @Test
  void fileThatCannotBeWrittenIsToldAndNothingElse(@TempDir Path folder) {
    Path cache = folder.resolve("not/there/speed.txt");
    CryptoLoader.Loaded loaded =
        auto(cache, List.of(device("one", 320_000), device("two", 32_000)), GCM);
    assertEquals("two", loaded.choices().getFirst().provider());
    assertTrue(loaded.notes().getFirst().contains("could not be written"));
  }

  /** A provider for some transforms alone. */
  private static final class OnlyFor extends ForwardingCryptoProvider {
    private final Set<PacketTransform> which;

    OnlyFor(CryptoProvider provider, Set<PacketTransform> which) {
      super(provider);
      this.which = which;
    }

    @Override
    public boolean supports(PacketTransform transform) {
      return which.contains(transform) && super.supports(transform);
    }
  }
}
