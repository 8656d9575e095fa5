package org.ipsec4j.crypto.mb;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.ffm.NativeMemory;
import org.ipsec4j.testkit.crypto.Allocation;

/**
 * Measures submit alone: bursts of 32 packets in a ring of 64, in packets per second of CPU. Beside
 * AES-GCM stands the bare call of the library on the same packets; the slices of both alternate.
 * Not a test.
 */
public final class MbSpeed {
  private static final int BURST = 32;
  private static final int RING = 64;
  private static final int STRIDE = 9216;
  private static final int[] SIZES = {64, 576, 1400, 9000};
  private static final int SLICES = 31;
  private static final long SLICE_NANOS = 8_000_000;
  private static final int CLOCK_THREAD_CPUTIME_ID = 3;
  private static final long TIME = NativeMemory.allocate(16);
  private static final MethodHandle CLOCK = clock();

  private final MbCryptoProvider provider = new MbCryptoProvider();
  private final PacketWorker worker = provider.packetWorker();
  private final ByteBuffer slab = ByteBuffer.allocateDirect(RING * STRIDE);
  private final CryptoBurst burst = new CryptoBurst(BURST);
  private long count;

  private MbSpeed() {}

  /** Prints a table. */
  public static void main(String[] args) throws CryptoException {
    MbSpeed speed = new MbSpeed();
    System.out.println(speed.provider.version());
    PacketTransform gcm =
        PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, false);
    PacketTransform cbc =
        PacketTransform.esp(
            EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA2_256_128, false);
    PacketTransform chacha =
        PacketTransform.esp(
            EncryptionAlgorithm.CHACHA20_POLY1305, 256, IntegrityAlgorithm.NONE, false);
    for (int size : args.length == 0 ? SIZES : sizes(args)) {
      speed.report("GCM-128, 1 SA", gcm, size, 1, true);
      speed.report("GCM-128, 32 SAs", gcm, size, BURST, true);
      speed.report("CBC+SHA256, 1 SA", cbc, size, 1, false);
      speed.report("CBC+SHA256, 32 SAs", cbc, size, BURST, false);
      speed.report("ChaCha20, 1 SA", chacha, size, 1, false);
    }
    speed.worker.close();
  }

  private static int[] sizes(String[] args) {
    return Arrays.stream(args).mapToInt(Integer::parseInt).toArray();
  }

  private void report(String name, PacketTransform transform, int size, int keys, boolean compared)
      throws CryptoException {
    MbPacketKey[] made = new MbPacketKey[keys];
    for (int i = 0; i < keys; i++) {
      made[i] = key(transform, i);
    }
    int text = transform.integrity() == IntegrityAlgorithm.NONE ? size : size / 16 * 16;
    Runnable submit = () -> submit(transform, made, text);
    Runnable bare = compared ? () -> bare(made, text) : submit;
    double[] ratios = new double[SLICES];
    double[] ours = new double[SLICES];
    double[] fills = new double[SLICES];
    double[] others = new double[SLICES];
    for (int round = -10; round < SLICES; round++) {
      double first = slice(submit);
      double second = slice(bare);
      double third = slice(() -> describe(transform, made, text));
      if (round >= 0) {
        fills[round] = third;
        ours[round] = first;
        others[round] = second;
        ratios[round] = second / first;
      }
    }
    long octets = Allocation.octetsPerRun(submit, 100, 2000);
    System.out.printf(
        "%-20s %5d: %6.0f kpps, %5.1f ns, %d B/burst",
        name, size, 1e6 / median(ours), median(ours), octets);
    System.out.println(
        compared
            ? String.format(
                "; describing %4.1f, bare call %5.1f ns, ratio %.3f, door %4.1f ns",
                median(fills),
                median(others),
                median(ratios),
                median(ours) - median(fills) - median(others))
            : "");
    for (MbPacketKey each : made) {
      each.destroy();
    }
  }

  private MbPacketKey key(PacketTransform transform, int seed) throws CryptoException {
    byte[] encryption = new byte[transform.encryption().keyingMaterialLength()];
    byte[] integrity = new byte[transform.integrity().keyLength()];
    Arrays.fill(encryption, (byte) seed);
    return (MbPacketKey)
        provider.packetKey(transform, Secret.adopt(encryption), Secret.adopt(integrity));
  }

  private void submit(PacketTransform transform, MbPacketKey[] keys, int text) {
    describe(transform, keys, text);
    worker.submit(burst);
  }

  private void describe(PacketTransform transform, MbPacketKey[] keys, int text) {
    burst.clear();
    int iv = transform.encryption().algorithm().ivLength();
    boolean separate = transform.integrity() != IntegrityAlgorithm.NONE;
    for (int i = 0; i < BURST; i++) {
      fill(
          burst.next(), keys[i % keys.length], (int) (count++ % RING) * STRIDE, iv, text, separate);
    }
  }

  private void fill(CryptoOp op, MbPacketKey key, int at, int iv, int text, boolean separate) {
    op.key = key;
    op.slab = slab;
    op.seal = true;
    op.aadOffset = at;
    op.aadLength = 8;
    op.textOffset = at + 8 + iv;
    op.textLength = text;
    op.icvOffset = op.textOffset + text;
    op.nonceLength = separate ? 16 : 12;
    op.nonce[4] = (byte) count;
    op.nonce[5] = (byte) (count >>> 8);
  }

  private final long context = NativeMemory.allocate(256);
  private final long base = MemorySegment.ofBuffer(slab).address();

  private void bare(MbPacketKey[] keys, int text) {
    for (int i = 0; i < BURST; i++) {
      long at = base + (count++ % RING) * STRIDE;
      MbCalls.gcmSeal(
          0,
          keys[i % keys.length].address,
          context,
          at + 16,
          text,
          context + 128,
          at,
          8,
          at + 16 + text,
          16);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle clock() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("clock_gettime"),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
  }

  /** Nanoseconds of CPU that this thread has used; the module does not read java.management. */
  private static long cpuTime() {
    try {
      if ((int) CLOCK.invokeExact(CLOCK_THREAD_CPUTIME_ID, TIME) != 0) {
        throw new IllegalStateException("no clock of the thread");
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("clock_gettime does not throw", e);
    }
    return Raw.getLong(TIME) * 1_000_000_000L + Raw.getLong(TIME + Long.BYTES);
  }

  /** Nanoseconds of CPU per packet. */
  private static double slice(Runnable work) {
    long before = cpuTime();
    long now = before;
    long bursts = 0;
    while (now - before < SLICE_NANOS) {
      for (int i = 0; i < 16; i++) {
        work.run();
      }
      bursts += 16;
      now = cpuTime();
    }
    return (now - before) / (double) (bursts * BURST);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
