package org.ipsec4j.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What tests that passed have proved: one line of {@code target/proofs/PEER.csv} each, from which
 * the table in docs/esp-proofs.md is made.
 */
final class Proofs {
  private Proofs() {}

  static Path folder() {
    return Path.of(System.getProperty("interop.proofs", "target/proofs")).toAbsolutePath();
  }

  /** Notes that a peer and we have understood each other in both directions. */
  static synchronized void add(String peer, KernelCase wanted) {
    try {
      Files.createDirectories(folder());
      Files.writeString(
          folder().resolve(peer + ".csv"),
          wanted.suite().label() + "," + wanted.shape() + "," + (wanted.esn() ? "ESN" : "") + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new InteropFailure("cannot write into " + folder(), e);
    }
  }
}
