package org.ipsec4j.interop.stack;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** One line for the stack: a verb and NAME=VALUE pairs, with single spaces between them. */
record Order(String verb, Map<String, String> values) {
  static Order parse(String line) {
    String[] words = line.strip().split(" +", -1);
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 1; i < words.length; i++) {
      int sign = words[i].indexOf('=');
      if (sign < 1) {
        throw new IllegalArgumentException("no NAME=VALUE: " + words[i]);
      }
      values.put(words[i].substring(0, sign), words[i].substring(sign + 1));
    }
    return new Order(words[0], values);
  }

  String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(verb + " needs " + name);
    }
    return value;
  }

  String text(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  /** A decimal number, or a hexadecimal one with 0x in front. */
  long number(String name, long otherwise) {
    String value = values.get(name);
    return value == null ? otherwise : Long.decode(value);
  }

  int whole(String name, int otherwise) {
    return Math.toIntExact(number(name, otherwise));
  }

  byte[] hex(String name) {
    return HexFormat.of().parseHex(text(name, ""));
  }
}
