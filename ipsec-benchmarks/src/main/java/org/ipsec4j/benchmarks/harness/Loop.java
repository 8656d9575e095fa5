package org.ipsec4j.benchmarks.harness;

/** Something that is measured, in rounds of some ten microseconds or more. */
public interface Loop extends AutoCloseable {
  /** Makes everything ready for a round; is not measured. */
  void prepare();

  /**
   * One round.
   *
   * @return packets, or what else is counted, that were done
   */
  int run();

  /** What a round must do; fewer are an error of the benchmark. */
  int expected();

  @Override
  default void close() {}
}
