package org.ipsec4j.benchmarks.standard;

import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.benchmarks.anchor.AnchorCipher;
import org.ipsec4j.benchmarks.anchor.AnchorLoop;
import org.ipsec4j.benchmarks.harness.Bound;
import org.ipsec4j.benchmarks.harness.Loop;
import org.ipsec4j.benchmarks.harness.Pairing;
import org.ipsec4j.benchmarks.harness.Row;

/**
 * AES-CBC with HMAC-SHA2-256 in bursts of 32, of one SA and of 32: crypto-mb against
 * crypto-openssl, at least 2.5 times as fast.
 */
final class HmacRows {
  private HmacRows() {}

  static void run(Run run) {
    TestSas made = new TestSas(AnchorCipher.CBC_SHA256);
    CryptoProvider mb = run.provider("mb", made, "cbc");
    CryptoProvider openssl = run.provider("openssl", made, "cbc");
    if (mb == null || openssl == null) {
      return;
    }
    for (int size : AeadRows.SIZES) {
      for (int sas : new int[] {1, AeadRows.BURST}) {
        for (boolean opens : run.quick() ? new boolean[] {false} : new boolean[] {false, true}) {
          compare(run, made, mb, openssl, size, sas, opens);
        }
      }
      againstEvp(run, made, mb, size);
    }
  }

  /** The same against the calls of libcrypto's EVP interface, without a provider between. */
  private static void againstEvp(Run run, TestSas made, CryptoProvider mb, int size) {
    String what = "seal " + made.cipher().title() + " " + size + " B, 1 SA, to EVP";
    if (!run.wants(what) || !AeadRows.anchored(run, AnchorLoop.Library.EVP, "cbc")) {
      return;
    }
    PacketRing ring = new PacketRing(size, AeadRows.BURST);
    AnchorLoop evp = run.anchor(AnchorLoop.Library.EVP, made, 1, ring);
    try (Loop ours = new WorkerLoop(mb, made, 1, ring, false);
        Loop anchor = new CLoop(evp, CLoop.Kind.BARE_SEAL, ring.packets())) {
      run.row(
          Row.of(
              "cbc",
              what,
              "C on libcrypto",
              Pairing.compare(ours, anchor, run.plan()),
              Bound.atLeast(2.5),
              0));
    } catch (CryptoException e) {
      throw Run.broken(e);
    }
  }

  private static void compare(
      Run run,
      TestSas made,
      CryptoProvider mb,
      CryptoProvider openssl,
      int size,
      int sas,
      boolean opens) {
    String turn = sas == 1 ? "1 SA" : sas + " SAs in turn";
    String what = (opens ? "open " : "seal ") + made.cipher().title() + " " + size + " B, " + turn;
    if (!run.wants(what)) {
      return;
    }
    PacketRing ring = new PacketRing(size, AeadRows.BURST);
    PacketRing other = new PacketRing(size, AeadRows.BURST);
    try (Loop ours = new WorkerLoop(mb, made, sas, ring, opens);
        Loop anchor = new WorkerLoop(openssl, made, sas, other, opens)) {
      run.row(
          Row.of(
              "cbc",
              what,
              "crypto-openssl",
              Pairing.compare(ours, anchor, run.plan()),
              Bound.atLeast(2.5),
              0));
    } catch (CryptoException e) {
      throw Run.broken(e);
    }
  }
}
