package org.ipsec4j.esp;

/**
 * How long an SA lasts (RFC 4301 4.4.2.1), in nanoseconds of engine time; 0 means no limit. It
 * counts from {@link SecurityAssociation#begin}, and from the first packet when that was never
 * called.
 *
 * @param softNanos time after which a rekey is asked for
 * @param hardNanos time after which nothing passes
 */
public record TimeLifetime(long softNanos, long hardNanos) {
  /** No limit of time. */
  public static final TimeLifetime UNLIMITED = new TimeLifetime(0, 0);

  /**
   * @throws IllegalArgumentException for a negative time
   */
  public TimeLifetime {
    if (softNanos < 0 || hardNanos < 0) {
      throw new IllegalArgumentException("a lifetime is not negative");
    }
  }
}
