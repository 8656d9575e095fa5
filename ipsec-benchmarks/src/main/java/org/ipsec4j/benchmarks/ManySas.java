package org.ipsec4j.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.Locale;
import java.util.ServiceLoader;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.ffm.NativeMemory;

/**
 * What do a million SAs cost, per packet and in memory? The same traffic with few SAs, over a hot
 * set among many, and evenly over all of them. Takes a big heap ({@code -Xmx6g}) and large pages
 * ({@code -XX:+UseTransparentHugePages}).
 */
public final class ManySas {
  private static final int SIZE = 64;
  private static final int FEW = 10;
  private static final int HOT = 1000;
  private static final int ROUNDS = 1500;
  private static final int WARM = 500;

  private ManySas() {}

  /**
   * What was measured of one set of SAs.
   *
   * @param installed pairs of SAs that exist
   * @param used pairs that have traffic
   * @param out CPU time of a packet protected, in ns
   * @param in CPU time of a packet opened, in ns
   * @param heap octets of heap for each pair
   * @param offHeap octets of native memory for each pair, as far as native providers count it
   */
  public record Cost(int installed, int used, double out, double in, long heap, long offHeap) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "many-sas: installed=%d used=%d out=%.1f in=%.1f heap-per-pair=%d native-per-pair=%d",
          installed,
          used,
          out,
          in,
          heap,
          offHeap);
    }
  }

  /** AES-GCM with keys of 128 bits, and 64-bit numbers, so that no run uses them up. */
  public static PacketTransform transform() {
    return PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, true);
  }

  /** Installs SAs, runs traffic, and takes them out again. */
  public static Cost measure(CryptoProvider crypto, int installed, int used)
      throws CryptoException {
    long heapBefore = heap();
    long nativeBefore = NativeMemory.inUse();
    try (EspPath path =
        new EspPath(crypto, transform(), SIZE, installed, used, EspPath.bursts(SIZE))) {
      long heap = (heap() - heapBefore) / installed;
      long offHeap = (NativeMemory.inUse() - nativeBefore) / installed;
      rounds(path, WARM);
      double[] cost = rounds(path, ROUNDS);
      String failure = path.failure();
      if (failure != null) {
        throw new IllegalStateException("dropped: " + failure);
      }
      return new Cost(installed, used, cost[0], cost[1], heap, offHeap);
    }
  }

  /** Nanoseconds of CPU time of this thread for each packet, out and in. */
  private static double[] rounds(EspPath path, int rounds) {
    var threads = ManagementFactory.getThreadMXBean();
    long out = 0;
    long in = 0;
    long packets = 0;
    for (int n = 0; n < rounds; n++) {
      path.refill();
      long begun = threads.getCurrentThreadCpuTime();
      packets += path.protect();
      long sealed = threads.getCurrentThreadCpuTime();
      path.open();
      long opened = threads.getCurrentThreadCpuTime();
      out += sealed - begun;
      in += opened - sealed;
    }
    return new double[] {(double) out / packets, (double) in / packets};
  }

  private static long heap() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  /** The provider of a name: {@code unsealed} for none at all, or one that is installed. */
  static CryptoProvider provider(String name) {
    if (name.equals("unsealed")) {
      return new UnsealedCrypto();
    }
    for (CryptoProvider found : ServiceLoader.load(CryptoProvider.class)) {
      if (found.name().equals(name)) {
        return found;
      }
    }
    throw new IllegalArgumentException("no crypto provider is called " + name);
  }

  /**
   * Called by people.
   *
   * @param arguments name of a provider, then pairs of SAs; {@code unsealed} and a million unless
   *     said otherwise
   */
  public static void main(String[] arguments) throws CryptoException {
    CryptoProvider crypto = provider(arguments.length > 0 ? arguments[0] : "unsealed");
    int many = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
    // once in vain, so that the compiler has seen both shapes of bursts
    measure(crypto, FEW, FEW);
    Cost few = measure(crypto, FEW, FEW);
    Cost hot = measure(crypto, many, Math.min(HOT, many));
    Cost all = measure(crypto, many, many);
    System.out.println(few);
    System.out.println(hot);
    System.out.println(all);
    System.out.printf(
        Locale.ROOT,
        "many-sas: hot set costs %.2f out and %.2f in of what %d SAs cost%n",
        hot.out() / few.out(),
        hot.in() / few.in(),
        FEW);
  }
}
