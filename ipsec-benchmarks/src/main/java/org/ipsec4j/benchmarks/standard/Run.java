package org.ipsec4j.benchmarks.standard;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Set;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.benchmarks.anchor.AnchorLibrary;
import org.ipsec4j.benchmarks.anchor.AnchorLoop;
import org.ipsec4j.benchmarks.harness.Plan;
import org.ipsec4j.benchmarks.harness.Row;
import org.ipsec4j.benchmarks.harness.SvgPlot;
import org.jspecify.annotations.Nullable;

/**
 * One group's run in its own JVM: how long, with which anchors, and where results go, one line
 * each.
 */
final class Run {
  private static final String NOT_RUN = "notrun";

  private final Plan plan;
  private final boolean quick;
  private final @Nullable AnchorLibrary anchors;
  private final boolean mb;
  private final boolean evp;
  private final Set<String> only;
  private final PrintStream out;

  /**
   * @param library the built anchors, or null
   * @param mb whether libIPSec_MB is in them
   * @param evp whether libcrypto is
   * @param only the rows that are wanted, by their text; empty for all
   */
  Run(
      Plan plan,
      boolean quick,
      @Nullable Path library,
      boolean mb,
      boolean evp,
      Set<String> only,
      PrintStream out) {
    this.plan = plan;
    this.quick = quick;
    this.anchors = library == null ? null : AnchorLibrary.load(library);
    this.mb = mb;
    this.evp = evp;
    this.only = Set.copyOf(only);
    this.out = out;
  }

  Plan plan() {
    return plan;
  }

  boolean quick() {
    return quick;
  }

  /** Whether a row is to be measured. */
  boolean wants(String what) {
    return only.isEmpty() || only.contains(what);
  }

  boolean has(AnchorLoop.Library library) {
    return anchors != null && (library == AnchorLoop.Library.MB ? mb : evp);
  }

  /** The C loop over the ring's memory; asked for only where {@link #has} said yes. */
  AnchorLoop anchor(AnchorLoop.Library library, TestSas made, int sas, PacketRing ring) {
    if (anchors == null) {
      throw new IllegalStateException("no anchors");
    }
    return new AnchorLoop(
        anchors,
        library,
        made.cipher(),
        ring.memory(),
        TestSas.inC(sas),
        made.secret(),
        made.auth());
  }

  /** A provider that can do it; null, and said why, when there is none. */
  @Nullable CryptoProvider provider(String name, TestSas made, String group) {
    Providers.Found found = Providers.named(name, made.transform());
    if (found.provider().isEmpty()) {
      notRun(group, "crypto-" + name + ": " + found.reason());
    }
    return found.provider().orElse(null);
  }

  void row(Row row) {
    out.println(row.encode());
  }

  void sample(String plot, String line, double x, double y) {
    out.println(new SvgPlot.Sample(plot, line, new SvgPlot.Point(x, y)).encode());
  }

  void notRun(String what, String why) {
    out.println(NOT_RUN + "\t" + what + " (" + why + ")");
  }

  /** What {@link #notRun} has written; null for any other line. */
  static @Nullable String missing(String line) {
    return line.startsWith(NOT_RUN + "\t") ? line.substring(NOT_RUN.length() + 1) : null;
  }

  /** A failure of a provider to set a key up that it claims to take. */
  static IllegalStateException broken(CryptoException e) {
    return new IllegalStateException(e);
  }
}
