package org.ipsec4j.cli.demo;

import java.io.PrintStream;

/**
 * A bar on a terminal, nothing elsewhere. The launcher tells whether standard error is a terminal
 * ({@code -Dipsec.terminal=true}).
 */
final class Progress implements AutoCloseable {
  private static final int WIDTH = 40;
  private static final long EVERY_NANOS = 100_000_000L;

  private final boolean shown;
  private final PrintStream err = System.err;
  private long expected = 1;
  private long last;

  private Progress(boolean shown) {
    this.shown = shown;
  }

  static Progress onTerminal() {
    return new Progress(Boolean.getBoolean("ipsec.terminal"));
  }

  /** How many steps there will be. */
  void expect(long steps) {
    expected = Math.max(1, steps);
  }

  /** How many are done. */
  void update(long done) {
    long now = System.nanoTime();
    if (shown && (now - last > EVERY_NANOS || done == expected)) {
      last = now;
      int filled = (int) (WIDTH * Math.min(done, expected) / expected);
      err.print(
          "\r[" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] " + done + "/" + expected);
      err.flush();
    }
  }

  /** Takes the bar away; idempotent. */
  void wipe() {
    if (shown && last != 0) {
      last = 0;
      err.print("\r" + " ".repeat(WIDTH + 40) + "\r");
      err.flush();
    }
  }

  @Override
  public void close() {
    wipe();
  }
}
