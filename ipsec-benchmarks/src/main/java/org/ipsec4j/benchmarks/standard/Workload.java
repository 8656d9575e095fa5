package org.ipsec4j.benchmarks.standard;

import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.benchmarks.anchor.AnchorCipher;
import org.ipsec4j.benchmarks.harness.Loop;

/** The loops of the standard set, for benchmarks by JMH. Thread-confined. */
public final class Workload implements AutoCloseable {
  private final Loop loop;

  private Workload(Loop loop) {
    this.loop = loop;
  }

  /**
   * One burst for a provider's worker.
   *
   * @param size octets of text
   * @param burst packets
   * @param sas how many SAs take turns
   */
  public static Workload worker(
      CryptoProvider provider, AnchorCipher cipher, int size, int burst, int sas)
      throws CryptoException {
    PacketRing ring = new PacketRing(size, burst, 1);
    return new Workload(new WorkerLoop(provider, new TestSas(cipher), sas, ring, false));
  }

  /**
   * The outbound path with one SA.
   *
   * @param size octets of an inner packet, 64 or more
   * @param burst packets in a burst
   * @param bursts bursts in a round
   */
  public static Workload path(
      CryptoProvider provider, AnchorCipher cipher, int size, int burst, int bursts)
      throws CryptoException {
    PacketRing ring = new PacketRing(size, burst, bursts);
    return new Workload(new PathLoop(provider, new TestSas(cipher), 1, ring, false));
  }

  /**
   * Makes the packets fresh and does them once.
   *
   * @return how many came through: all
   * @throws IllegalStateException when one did not
   */
  public int round() {
    loop.prepare();
    int done = loop.run();
    if (done != loop.expected()) {
      throw new IllegalStateException(done + " of " + loop.expected() + " came through");
    }
    return done;
  }

  /** Wipes the keys. */
  @Override
  public void close() {
    loop.close();
  }
}
