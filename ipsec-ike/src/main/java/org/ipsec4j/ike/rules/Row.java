package org.ipsec4j.ike.rules;

/**
 * How often a payload may stand in a message.
 *
 * @param payloadType payload type number
 * @param min fewest
 * @param max most
 */
public record Row(int payloadType, int min, int max) {
  static final int MANY = Integer.MAX_VALUE;

  static Row one(int payloadType) {
    return new Row(payloadType, 1, 1);
  }

  static Row maybe(int payloadType) {
    return new Row(payloadType, 0, 1);
  }

  static Row any(int payloadType) {
    return new Row(payloadType, 0, MANY);
  }

  static Row some(int payloadType) {
    return new Row(payloadType, 1, MANY);
  }
}
