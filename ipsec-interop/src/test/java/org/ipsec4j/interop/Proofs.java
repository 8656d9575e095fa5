package org.ipsec4j.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * What tests that passed have proved: one line of {@code target/proofs/PEER.csv} each, from which
 * the table in docs/esp-proofs.md is made.
 */
final class Proofs {
  private Proofs() {}

  static Path folder() {
    return Path.of(System.getProperty("interop.proofs", "target/proofs")).toAbsolutePath();
  }

  /**
   * Notes that a peer and we have understood each other in both directions.
   *
   * @param with what came on top; empty for nothing
   */
  static void add(String peer, KernelCase wanted, String with) {
    add(
        peer,
        wanted.suite().label(),
        wanted.shape() + (with.isEmpty() ? "" : " + " + with),
        wanted.esn());
  }

  /** The same for several associations around one packet, the innermost first. */
  static void add(String peer, List<KernelCase> chain) {
    for (KernelCase layer : chain) {
      add(peer, layer, "bundle of " + chain.size());
    }
  }

  static synchronized void add(String peer, String transform, String shape, boolean esn) {
    try {
      Files.createDirectories(folder());
      Files.writeString(
          folder().resolve(peer + ".csv"),
          transform + "," + shape + "," + (esn ? "ESN" : "") + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new InteropFailure("cannot write into " + folder(), e);
    }
  }
}
