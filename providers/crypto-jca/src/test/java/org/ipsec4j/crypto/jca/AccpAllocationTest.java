package org.ipsec4j.crypto.jca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.testkit.crypto.Allocation;
import org.ipsec4j.testkit.crypto.TestOctets;
import org.junit.jupiter.api.Test;

/** What a packet costs in heap: nothing of ours, and with a JCA provider that can, nothing. */
class AccpAllocationTest {
  private static final int TEXT = 1400;

  /** Enough for the compiler to find that parameters need not be made. */
  private static final int WARM = 100_000;

  private static final int ROUNDS = 30;

  private static final int RUNS = 20_000;

  /**
   * In a JVM of its own: where the same code has worked with many JCA providers before, the
   * compiler sees less of it.
   */
  @Test
  void amazonsAcceleratorAllocatesNothing() throws Exception {
    Accelerators.accp();
    String path =
        String.join(
            File.pathSeparator,
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path", ""),
            Path.of("target", "test-classes").toString());
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                path,
                AccpAllocationTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals("sealing 0 opening 0", said);
  }

  /** The measurement in the JVM of its own. */
  public static void main(String[] arguments) throws CryptoException {
    CryptoProvider accp = JcaCryptoProvider.using("AmazonCorrettoCryptoProvider");
    System.out.println(
        "sealing " + perPacket(accp, true, ROUNDS) + " opening " + perPacket(accp, false, ROUNDS));
  }

  /** JDK 25 allocates 820 to 1010 octets in SunJCE itself, whatever its caller does. */
  @Test
  void sunJceAllocatesWhatItsOwnObjectsTake() throws CryptoException {
    CryptoProvider provider = JcaCryptoProvider.using("SunJCE");
    for (boolean seal : new boolean[] {true, false}) {
      long octets = perPacket(provider, seal, 2);
      assertTrue(octets < 1300, (seal ? "sealing " : "opening ") + octets);
    }
  }

  private static long perPacket(CryptoProvider provider, boolean seal, int rounds)
      throws CryptoException {
    PacketTransform transform =
        PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, false);
    PacketKey key =
        provider.packetKey(transform, TestOctets.secret("e", 20), TestOctets.secret("i", 0));
    PacketWorker worker = provider.packetWorker();
    ByteBuffer slab = ByteBuffer.allocateDirect(TEXT + 64);
    CryptoBurst burst = new CryptoBurst(1);
    CryptoOp op = burst.next();
    op.key = key;
    op.slab = slab;
    op.aadLength = 8;
    op.textOffset = 16;
    op.textLength = TEXT;
    op.icvOffset = op.textOffset + TEXT;
    op.nonceLength = 12;
    op.seal = true;
    worker.submit(burst);
    byte[] sealed = new byte[TEXT + 64];
    slab.get(0, sealed);
    op.seal = seal;
    Runnable packet =
        () -> {
          if (seal) {
            if (++op.nonce[11] == 0 && ++op.nonce[10] == 0) {
              op.nonce[9]++;
            }
          } else {
            slab.put(0, sealed);
          }
          worker.submit(burst);
          assertEquals(Status.OK, op.status);
        };
    // The compiler works beside us: what counts is what is left when it is done.
    long least = Long.MAX_VALUE;
    for (int round = 0; round < rounds && least > 0; round++) {
      least = Math.min(least, Allocation.octetsPerRun(packet, WARM, RUNS));
    }
    worker.close();
    return least;
  }
}
