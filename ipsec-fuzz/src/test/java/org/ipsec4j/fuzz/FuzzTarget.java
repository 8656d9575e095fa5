package org.ipsec4j.fuzz;

import java.util.List;

/**
 * Something that eats any octets at all. It is deterministic: the same input does the same, so that
 * a finding can be repeated.
 */
interface FuzzTarget {
  /** Names the target on the command line and its folder of findings. */
  String name();

  /** Inputs that reach far: what honest peers send. */
  List<byte[]> seeds();

  /** Runs one input; throws what a finding is. */
  void run(byte[] input);
}
