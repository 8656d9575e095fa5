package org.ipsec4j.benchmarks.standard;

import java.security.GeneralSecurityException;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.benchmarks.anchor.AnchorCipher;
import org.ipsec4j.benchmarks.anchor.AnchorLoop;
import org.ipsec4j.benchmarks.harness.Bound;
import org.ipsec4j.benchmarks.harness.Loop;
import org.ipsec4j.benchmarks.harness.Measured;
import org.ipsec4j.benchmarks.harness.Pairing;
import org.ipsec4j.benchmarks.harness.Row;

/** Combined modes, one SA, bursts of 32: the whole path, and the workers alone. */
final class AeadRows {
  static final List<Integer> SIZES = List.of(64, 576, 1400, 9000);
  static final int BURST = 32;

  private static final String C_MB = "C on libIPSec_MB";
  private static final String C_EVP = "C on libcrypto";

  private AeadRows() {}

  /** The first bound: 0.95 of the C loop, 0.90 at 64 octets, nothing allocated. */
  static void pathMb(Run run) {
    TestSas made = new TestSas(AnchorCipher.GCM_128);
    CryptoProvider provider = run.provider("mb", made, "path-mb");
    if (provider == null || !anchored(run, AnchorLoop.Library.MB, "path-mb")) {
      return;
    }
    for (int size : SIZES) {
      Bound bound = Bound.atLeast(size < 576 ? 0.90 : 0.95);
      for (boolean inward : new boolean[] {false, true}) {
        path(run, "path-mb", provider, made, AnchorLoop.Library.MB, size, inward, bound);
      }
    }
    if (!run.quick()) {
      for (AnchorCipher cipher : List.of(AnchorCipher.GCM_256, AnchorCipher.CHACHA20)) {
        TestSas other = new TestSas(cipher);
        path(run, "path-mb", provider, other, AnchorLoop.Library.MB, 1400, false, Bound.NONE);
        path(run, "path-mb", provider, other, AnchorLoop.Library.MB, 1400, true, Bound.NONE);
      }
    }
  }

  /** The same on libcrypto: 0.92. */
  static void pathOpenssl(Run run) {
    TestSas made = new TestSas(AnchorCipher.GCM_128);
    CryptoProvider provider = run.provider("openssl", made, "path-openssl");
    if (provider == null || !anchored(run, AnchorLoop.Library.EVP, "path-openssl")) {
      return;
    }
    for (int size : SIZES) {
      for (boolean inward : new boolean[] {false, true}) {
        path(
            run,
            "path-openssl",
            provider,
            made,
            AnchorLoop.Library.EVP,
            size,
            inward,
            Bound.atLeast(0.92));
      }
    }
  }

  private static void path(
      Run run,
      String group,
      CryptoProvider provider,
      TestSas made,
      AnchorLoop.Library library,
      int size,
      boolean inward,
      Bound bound) {
    String what = (inward ? "in " : "out ") + made.cipher().title() + " " + size + " B";
    if (!run.wants(what)) {
      return;
    }
    PacketRing ring = new PacketRing(size, BURST);
    CLoop.Kind kind = inward ? CLoop.Kind.INBOUND : CLoop.Kind.OUTBOUND;
    try (Loop ours = new PathLoop(provider, made, 1, ring, inward);
        Loop anchor = new CLoop(run.anchor(library, made, 1, ring), kind, ring.packets())) {
      Measured measured = Pairing.compare(ours, anchor, run.plan());
      run.row(
          Row.of(group, what, library == AnchorLoop.Library.MB ? C_MB : C_EVP, measured, bound, 0));
    } catch (CryptoException e) {
      throw Run.broken(e);
    }
  }

  /** Workers of crypto-openssl against the calls of libcrypto alone: 0.92. */
  static void workerOpenssl(Run run) {
    List<AnchorCipher> ciphers =
        List.of(AnchorCipher.GCM_128, AnchorCipher.GCM_256, AnchorCipher.CHACHA20);
    for (AnchorCipher cipher : ciphers) {
      TestSas made = new TestSas(cipher);
      String group = "worker-openssl";
      CryptoProvider provider = run.provider("openssl", made, group);
      if (provider == null || !anchored(run, AnchorLoop.Library.EVP, group)) {
        continue;
      }
      for (int size : SIZES) {
        for (boolean opens : new boolean[] {false, true}) {
          if (!opens || cipher == AnchorCipher.GCM_128) {
            worker(run, group, provider, made, AnchorLoop.Library.EVP, size, opens, 0.92);
          }
        }
      }
    }
  }

  /** Workers of crypto-mb, shown without a bound: what the path adds is the difference. */
  static void workerMb(Run run) {
    TestSas made = new TestSas(AnchorCipher.GCM_128);
    CryptoProvider provider = run.provider("mb", made, "worker-mb");
    if (provider == null || !anchored(run, AnchorLoop.Library.MB, "worker-mb")) {
      return;
    }
    for (int size : SIZES) {
      worker(run, "worker-mb", provider, made, AnchorLoop.Library.MB, size, false, Double.NaN);
      worker(run, "worker-mb", provider, made, AnchorLoop.Library.MB, size, true, Double.NaN);
    }
  }

  private static void worker(
      Run run,
      String group,
      CryptoProvider provider,
      TestSas made,
      AnchorLoop.Library library,
      int size,
      boolean opens,
      double atLeast) {
    String what = (opens ? "open " : "seal ") + made.cipher().title() + " " + size + " B";
    if (!run.wants(what)) {
      return;
    }
    PacketRing ring = new PacketRing(size, BURST);
    CLoop.Kind kind = opens ? CLoop.Kind.BARE_OPEN : CLoop.Kind.BARE_SEAL;
    try (Loop ours = new WorkerLoop(provider, made, 1, ring, opens);
        Loop anchor = new CLoop(run.anchor(library, made, 1, ring), kind, ring.packets())) {
      run.row(
          Row.of(
              group,
              what,
              library == AnchorLoop.Library.MB ? C_MB : C_EVP,
              Pairing.compare(ours, anchor, run.plan()),
              Bound.atLeast(atLeast),
              0));
    } catch (CryptoException e) {
      throw Run.broken(e);
    }
  }

  /** crypto-jca on SunJCE against a bare {@code Cipher}: 0.92 for the worker; the path is shown. */
  static void jca(Run run) {
    TestSas made = new TestSas(AnchorCipher.GCM_128);
    CryptoProvider provider = run.provider("jca", made, "jca");
    if (provider == null) {
      return;
    }
    for (int size : SIZES) {
      for (boolean opens : new boolean[] {false, true}) {
        String what = (opens ? "open " : "seal ") + made.cipher().title() + " " + size + " B";
        if (!run.wants("worker " + what)) {
          continue;
        }
        PacketRing ring = new PacketRing(size, BURST);
        try (Loop worker = new WorkerLoop(provider, made, 1, ring, opens);
            Loop path = new PathLoop(provider, made, 1, ring, opens);
            Loop bare = new CipherLoop(made, size, ring.packets(), opens)) {
          Measured measured = Pairing.compare(worker, bare, run.plan());
          run.row(
              Row.of(
                  "jca",
                  "worker " + what,
                  "bare Cipher",
                  measured,
                  Bound.atLeast(0.92),
                  Double.NaN));
          Measured whole = Pairing.compare(path, bare, run.plan());
          run.row(Row.of("jca", "path " + what, "bare Cipher", whole, Bound.NONE, Double.NaN));
        } catch (CryptoException | GeneralSecurityException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  static boolean anchored(Run run, AnchorLoop.Library library, String group) {
    if (!run.has(library)) {
      run.notRun(group, "no " + (library == AnchorLoop.Library.MB ? C_MB : C_EVP));
    }
    return run.has(library);
  }
}
