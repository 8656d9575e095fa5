package org.ipsec4j.ike.proposal;

/**
 * What a responder's SA payload turned out to be.
 *
 * @param <T> {@code ChosenIke} or {@code ChosenChild}
 */
public sealed interface Answer<T> {
  /**
   * One of our offers.
   *
   * @param value what was agreed
   * @param <T> what was agreed
   */
  record Agreed<T>(T value) implements Answer<T> {}

  /**
   * None of our offers: the exchange fails (RFC 7296 3.3.6).
   *
   * @param reason the one reason
   * @param transformType the type of transform that it is about, 0 when about none
   * @param <T> what would have been agreed
   */
  record Mismatch<T>(Reason reason, int transformType) implements Answer<T> {}

  /** Why an answer is none of our offers. */
  enum Reason {
    /** Not exactly one proposal. */
    NOT_ONE_PROPOSAL,
    /** A number that we did not offer. */
    UNKNOWN_PROPOSAL_NUMBER,
    /** Another protocol than the proposal of that number. */
    OTHER_PROTOCOL,
    /** An SPI of another size than ours, or zero where an SPI must be. */
    BAD_SPI,
    /** A transform, key length or attribute that the proposal of that number does not hold. */
    TRANSFORM_NOT_OFFERED,
    /** Two transforms of one type. */
    TWO_TRANSFORMS_OF_A_TYPE,
    /** A type that we offered is missing. */
    TRANSFORM_MISSING
  }
}
