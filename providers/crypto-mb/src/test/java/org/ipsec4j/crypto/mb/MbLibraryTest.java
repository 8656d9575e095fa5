package org.ipsec4j.crypto.mb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.ffm.NativeLibrary.MissingException;
import org.ipsec4j.testkit.crypto.Transforms;
import org.junit.jupiter.api.Test;

/** A library that is absent, of another version, or not what it seems is refused with a reason. */
class MbLibraryTest {
  private static final List<String> NAMES = List.of("libIPSec_MB.so.1");
  private static final int V1_3 = 0x1_0300;

  @Test
  void anAbsentLibrarySaysWhatToInstall() {
    String reason = refusal(List.of("libIPSec_MB.so.77", "/nowhere/libIPSec_MB.so.1"));
    assertTrue(reason.startsWith("none of libIPSec_MB.so.77, /nowhere/libIPSec_MB.so.1"), reason);
    assertTrue(reason.contains("apt install libipsec-mb1"), reason);
    assertTrue(reason.contains("-Dipsec4j.mb.library="), reason);
  }

  @Test
  void anotherLibraryIsNotTaken() {
    String reason = refusal(List.of("libc.so.6"));
    assertTrue(reason.contains("libc.so.6 has no function imb_get_version"), reason);
  }

  private static String refusal(List<String> names) {
    return String.valueOf(
        assertThrows(MissingException.class, () -> MbLibrary.load(names, MbLayout::of))
            .getMessage());
  }

  private static String refusal(IntFunction<Optional<MbLayout>> layouts) {
    return String.valueOf(
        assertThrows(MissingException.class, () -> MbLibrary.load(NAMES, layouts)).getMessage());
  }

  @Test
  void aVersionOfUnknownLayoutIsRefused() {
    Present.assume();
    String refused = refusal(version -> Optional.empty());
    assertTrue(
        refused.startsWith(
            "libIPSec_MB "
                + MbLayout.text(MbCalls.LAYOUT.version())
                + " is not a version whose layout is known (1.3.0)"),
        refused);
  }

  @Test
  void onlyMeasuredVersionsAreKnown() {
    assertEquals(V1_3, MbLayout.of(V1_3).orElseThrow().version());
    for (int other : new int[] {0x1_0200, 0x1_0301, 0x1_0400, 0x1_0500, 0x2_0000, 0x1_0900, 0}) {
      assertEquals(Optional.empty(), MbLayout.of(other), MbLayout.text(other));
    }
    assertEquals("1.9.0", MbLayout.text(0x1_0900));
  }

  /** Where a pointer should be there is other data: noticed before it is called. */
  @Test
  void aLayoutThatDoesNotFitIsRefusedBeforeTheFirstCall() {
    Present.assume();
    MbLayout right = MbCalls.LAYOUT;
    MbLayout.Manager m = right.manager();
    MbLayout shifted =
        new MbLayout(
            right.version(),
            right.job(),
            new MbLayout.Manager(
                m.features(),
                m.architecture(),
                m.error(),
                m.aesKeys(),
                m.cmacKeys(),
                m.xcbcKeys(),
                m.desKeys(),
                m.oneBlock(),
                m.gcmSeal(),
                m.gcmOpen(),
                m.gcmKeys(),
                m.gmacInit(),
                m.gmacUpdate(),
                m.gmacFinish(),
                m.nextJobs(),
                m.submitJobs(),
                m.flushJobs(),
                m.cipherJobs(),
                m.hashJobs() + 16));
    String refused = refusal(version -> Optional.of(shifted));
    assertTrue(refused.contains("keeps no function of its own at " + (m.hashJobs() + 16)), refused);
  }

  @Test
  void mappingsTellCodeFromData() {
    CodeMappings code =
        CodeMappings.parse(
            List.of(
                "7f0000000000-7f0000001000 r--p 00000000 fe:00 11   /usr/lib/libone.so.1",
                "7f0000001000-7f0000002000 r-xp 00001000 fe:00 11   /usr/lib/libone.so.1",
                "7f0000002000-7f0000003000 rw-p 00002000 fe:00 11   /usr/lib/libone.so.1",
                "7f0000004000-7f0000005000 r-xp 00000000 fe:00 12   /usr/lib/with space.so",
                "7f0000006000-7f0000007000 r-xp 00000000 fe:00 11   /usr/lib/libone.so.1",
                "7f0000008000-7f0000009000 r-xp 00000000 00:00 0 ",
                "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0  [vsyscall]",
                "nonsense"));
    long inside = 0x7f0000001800L;
    assertTrue(code.sameFile(inside, 0x7f0000001000L));
    assertTrue(code.sameFile(inside, 0x7f0000006fffL), "a second mapping of the file");
    assertFalse(code.sameFile(inside, 0x7f0000000fffL), "not executable");
    assertFalse(code.sameFile(inside, 0x7f0000002000L), "behind the end");
    assertFalse(code.sameFile(inside, 0x7f0000004000L), "another file");
    assertTrue(code.sameFile(0x7f0000004000L, 0x7f0000004001L), "a name with a space");
    assertFalse(code.sameFile(0x7f0000008000L, 0x7f0000008000L), "code of no file");
    assertFalse(code.sameFile(0, 0), "nothing");
    assertTrue(code.sameFile(-10_485_760L, -10_485_760L), "the upper half of the addresses");
  }

  @Test
  void aProviderWithoutALibraryDoesNothingAndSaysWhy() {
    MbCryptoProvider absent = new MbCryptoProvider(Discovery.none("there is no library here"));
    SelfTest outcome = absent.selfTest();
    assertFalse(outcome.passed());
    assertEquals(List.of("there is no library here"), outcome.failures());
    assertEquals("", absent.version());
    assertEquals(List.of(), Transforms.claimed(absent));
    CryptoException refused =
        assertThrows(
            CryptoException.class,
            () ->
                absent.packetKey(
                    PacketTransform.esp(
                        EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, false),
                    Secret.adopt(new byte[20]),
                    Secret.adopt(new byte[0])));
    assertEquals("there is no library here", refused.getMessage());
    PacketWorker worker = absent.packetWorker();
    CryptoBurst burst = new CryptoBurst(1);
    burst.next();
    assertTrue(worker.submit(burst));
    assertSame(Status.FAILED, burst.op(0).status);
    worker.close();
    assertEquals(20, absent.sha1(Bytes.EMPTY).length());
  }
}
