package org.ipsec4j.crypto.jca;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.testkit.crypto.PacketBench;
import org.ipsec4j.testkit.crypto.TestOctets;
import org.ipsec4j.testkit.crypto.Transforms;
import org.junit.jupiter.api.Test;

/**
 * Good, forged and replayed packets of one SA in any order: the ones are opened and the others are
 * not, whatever came before. Once forged packets come another code looks at packets first.
 */
class ForgeryTest {
  private static final int HEADER = 8;
  private static final int[] LENGTHS = {0, 1, 15, 16, 17, 64, 100, 1400, 9000};
  private static final int STEPS = 400;

  @Test
  void mixedPacketsGetTheirVerdict() throws CryptoException {
    check(new JcaCryptoProvider());
    check(JcaCryptoProvider.using(new BouncyCastleProvider()));
  }

  @Test
  void mixedPacketsGetTheirVerdictOfAmazonsAccelerator() throws CryptoException {
    check(Accelerators.accp());
  }

  @Test
  void mixedPacketsGetTheirVerdictOfConscrypt() throws CryptoException {
    check(Accelerators.conscrypt());
  }

  @Test
  void mixedPacketsGetTheirVerdictOfAToken() throws CryptoException {
    check(SoftToken.provider());
  }

  private static void check(CryptoProvider provider) throws CryptoException {
    for (PacketTransform transform : Transforms.claimed(provider)) {
      if (transform.encryption().algorithm().isAead()) {
        check(provider, transform);
      }
    }
  }

  private static void check(CryptoProvider provider, PacketTransform transform)
      throws CryptoException {
    PacketKey key =
        provider.packetKey(
            transform,
            TestOctets.secret("e", transform.encryption().keyingMaterialLength()),
            TestOctets.secret("i", 0));
    int front = HEADER + transform.encryption().algorithm().ivLength();
    try (PacketBench bench = new PacketBench(provider, 9100)) {
      byte[][] sealed = new byte[LENGTHS.length][];
      byte[][] clear = new byte[LENGTHS.length][];
      for (int i = 0; i < LENGTHS.length; i++) {
        clear[i] = TestOctets.of("packet" + i, front + LENGTHS[i] + transform.icvLength());
        bench.put(clear[i]);
        describe(bench, key, true, LENGTHS[i]);
        assertEquals(Status.OK, bench.run(), transform.toString());
        sealed[i] = bench.packet();
      }
      Random random = new Random(4);
      for (int step = 0; step < STEPS; step++) {
        int which = random.nextInt(LENGTHS.length);
        boolean forge = random.nextInt(step < STEPS / 2 ? 3 : 40) == 0;
        byte[] packet = sealed[which].clone();
        if (forge) {
          packet[random.nextInt(packet.length)] ^= (byte) (1 << random.nextInt(8));
        }
        bench.put(packet);
        describe(bench, key, false, LENGTHS[which]);
        String what = transform + " step " + step + " length " + LENGTHS[which];
        assertEquals(forge ? Status.ICV_MISMATCH : Status.OK, bench.run(), what);
        int end = front + LENGTHS[which];
        assertArrayEquals(
            Arrays.copyOf(forge ? packet : clear[which], end),
            Arrays.copyOf(bench.packet(), end),
            what);
      }
    }
    key.destroy();
  }

  private static void describe(PacketBench bench, PacketKey key, boolean seal, int length) {
    CryptoOp op = bench.describe(key, seal, HEADER, length);
    op.highSequencePresent = key.transform().extendedSequenceNumbers();
    op.highSequence = 77;
  }
}
