package org.ipsec4j.policy.formats;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ipsec4j.api.NearestWord;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.TunSettings.InterfaceAddress;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.IdentitySyntax;
import org.ipsec4j.policy.formats.Fields.Reader;
import org.ipsec4j.policy.formats.Fields.Value;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads single values: text, numbers, durations, sizes, addresses. */
final class Scalars {
  /** Names of peers and children; also in the schema. */
  static final String NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

  private static final Duration LONGEST = Duration.ofDays(365);
  private static final Pattern DURATION_PART = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
  private static final Pattern SIZE =
      Pattern.compile("([0-9]{1,15})(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)?");
  private static final Map<String, Long> SIZES =
      Map.of(
          "B", 1L,
          "kB", 1_000L,
          "MB", 1_000_000L,
          "GB", 1_000_000_000L,
          "TB", 1_000_000_000_000L,
          "KiB", 1L << 10,
          "MiB", 1L << 20,
          "GiB", 1L << 30,
          "TiB", 1L << 40);

  private Scalars() {}

  /** Words with their meanings, in order. */
  static <T> Map<String, T> words(String first, T meaning, String second, T other) {
    Map<String, T> words = new LinkedHashMap<>();
    words.put(first, meaning);
    words.put(second, other);
    return words;
  }

  /** A node in words, with its text when it has one. */
  static String describe(Node node) {
    if (!(node instanceof ScalarNode scalar) || scalar.getTag().equals(Tag.NULL)) {
      return kind(node);
    }
    String text = scalar.getValue();
    String shown = text.length() <= 40 ? text : text.substring(0, 40) + "...";
    String quoted = "`" + shown.replaceAll("\\p{Cntrl}", " ") + "`";
    return scalar.getTag().equals(Tag.STR) ? quoted : kind(node) + " " + quoted;
  }

  /** A node in words, without its text. */
  static String kind(Node node) {
    if (node instanceof MappingNode) {
      return "a mapping";
    }
    if (node instanceof SequenceNode) {
      return "a list";
    }
    Tag tag = node.getTag();
    if (tag.equals(Tag.NULL)) {
      return "nothing";
    }
    if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
      return "the number";
    }
    if (tag.equals(Tag.BOOL)) {
      return "the truth value";
    }
    return tag.equals(Tag.STR) ? "text" : "a value with a tag";
  }

  private static void wrong(Value value, Problems problems, String expected) {
    problems.error(value.node(), expected, describe(value.node()), value.example());
  }

  private static @Nullable String scalar(Value value, Tag... tags) {
    return value.node() instanceof ScalarNode scalar && List.of(tags).contains(scalar.getTag())
        ? scalar.getValue()
        : null;
  }

  /** Text of 1 to 256 characters. */
  static @Nullable String text(Value value, Problems problems) {
    String text = scalar(value, Tag.STR);
    if (text == null || text.isBlank() || text.length() > 256) {
      boolean number = scalar(value, Tag.INT, Tag.FLOAT, Tag.BOOL) != null;
      wrong(value, problems, number ? "text, in quotes" : "text of 1 to 256 characters");
      return null;
    }
    return text;
  }

  /** {@code true} or {@code false}. */
  static @Nullable Boolean bool(Value value, Problems problems) {
    String text = scalar(value, Tag.BOOL);
    if (text == null) {
      wrong(value, problems, "true or false");
      return null;
    }
    return text.toLowerCase(Locale.ROOT).equals("true");
  }

  /** A whole number in a range. */
  static Reader<Integer> integer(int least, int most) {
    return (value, problems) -> {
      String text = scalar(value, Tag.INT);
      if (text != null && text.matches("[0-9]{1,9}")) {
        int number = Integer.parseInt(text);
        if (least <= number && number <= most) {
          return number;
        }
      }
      wrong(value, problems, "a whole number from " + least + " to " + most);
      return null;
    };
  }

  /** A port number. */
  static @Nullable Integer port(Value value, Problems problems) {
    return integer(1, 65535).read(value, problems);
  }

  /** One of some words. */
  static <T> Reader<T> word(Map<String, T> words) {
    return (value, problems) -> {
      String text = scalar(value, Tag.STR);
      T meaning = text == null ? null : words.get(text);
      if (meaning == null) {
        String meant = text == null ? null : NearestWord.of(text, words.keySet()).orElse(null);
        problems.error(
            value.node(),
            "one of `" + String.join("`, `", words.keySet()) + "`",
            describe(value.node()) + (meant == null ? "" : ", did you mean `" + meant + "`?"),
            value.example());
      }
      return meaning;
    };
  }

  /** A duration, or zero for never. */
  static @Nullable Duration durationOrNever(Value value, Problems problems) {
    String text = scalar(value, Tag.STR, Tag.INT);
    return text != null && (text.equals("never") || text.equals("0"))
        ? Duration.ZERO
        : duration(value, problems, ", or `never`");
  }

  /** A duration above zero. */
  static @Nullable Duration duration(Value value, Problems problems) {
    return duration(value, problems, "");
  }

  private static @Nullable Duration duration(Value value, Problems problems, String or) {
    String text = scalar(value, Tag.STR);
    Duration sum = text == null ? Duration.ZERO : sum(text);
    if (sum.isZero() || sum.compareTo(LONGEST) > 0) {
      wrong(
          value,
          problems,
          "a duration of numbers with the units d, h, m, s or ms, at most 365d" + or);
      return null;
    }
    return sum;
  }

  private static Duration sum(String text) {
    Matcher part = DURATION_PART.matcher(text);
    Duration sum = Duration.ZERO;
    int end = 0;
    while (end < text.length() && part.find(end) && part.start() == end) {
      long number = Long.parseLong(part.group(1));
      sum =
          sum.plus(
              switch (part.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
              });
      end = part.end();
    }
    return end == text.length() ? sum : Duration.ZERO;
  }

  /** A number of octets, 1 or more. */
  static @Nullable Long size(Value value, Problems problems) {
    String text = scalar(value, Tag.STR, Tag.INT);
    Matcher matcher = text == null ? null : SIZE.matcher(text);
    if (matcher != null && matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      long unit = SIZES.getOrDefault(matcher.group(2) == null ? "B" : matcher.group(2), 1L);
      if (number > 0 && number <= (Long.MAX_VALUE >> 1) / unit) {
        return number * unit;
      }
    }
    wrong(
        value,
        problems,
        "a number of octets, with or without one of the units kB, MB, GB, TB, KiB, MiB, GiB, TiB");
    return null;
  }

  /** A number of packets, 1 or more. */
  static @Nullable Long packets(Value value, Problems problems) {
    String text = scalar(value, Tag.INT);
    if (text == null || !text.matches("[0-9]{1,18}") || Long.parseLong(text) == 0) {
      wrong(value, problems, "a number of packets above 0");
      return null;
    }
    return Long.parseLong(text);
  }

  /** A single address. */
  static @Nullable IpAddress address(Value value, Problems problems) {
    String text = scalar(value, Tag.STR);
    if (text != null) {
      try {
        return IpAddress.parse(text);
      } catch (IllegalArgumentException e) {
        // told below, with the place
      }
    }
    wrong(value, problems, "an IPv4 or IPv6 address");
    return null;
  }

  /** An address, network or range. */
  static @Nullable AddressRange range(Value value, Problems problems) {
    String text = scalar(value, Tag.STR);
    if (text == null) {
      wrong(value, problems, "an address, a network or a range of addresses");
      return null;
    }
    try {
      AddressRange range = AddressRange.parse(text);
      if (text.indexOf('/') >= 0
          && !IpAddress.parse(text.substring(0, text.indexOf('/'))).equals(range.first())) {
        problems.error(
            value.node(), "the first address of the network", describe(value.node()), "" + range);
        return null;
      }
      return range;
    } catch (IllegalArgumentException e) {
      problems.error(
          value.node(),
          "an address, a network or a range of addresses (names are not looked up here)",
          String.valueOf(e.getMessage()),
          value.example());
      return null;
    }
  }

  /** An interface's address with its prefix length. */
  static @Nullable InterfaceAddress interfaceAddress(Value value, Problems problems) {
    String text = scalar(value, Tag.STR);
    if (text != null && text.matches("[^/]+/[0-9]{1,3}")) {
      try {
        IpAddress address = IpAddress.parse(text.substring(0, text.indexOf('/')));
        int prefix = Integer.parseInt(text.substring(text.indexOf('/') + 1));
        if (prefix <= address.bits()) {
          return new InterfaceAddress(address, prefix);
        }
      } catch (IllegalArgumentException e) {
        // told below, with the place
      }
    }
    wrong(value, problems, "an address with its prefix length");
    return null;
  }

  /** An identity. */
  static @Nullable Identity identity(Value value, Problems problems) {
    String text = text(value, problems);
    if (text == null) {
      return null;
    }
    try {
      return IdentitySyntax.parse(text);
    } catch (IllegalArgumentException e) {
      problems.error(
          value.node(),
          "an identity: a domain name, an address, a mail address, `dn:` or `keyid:`",
          String.valueOf(e.getMessage()),
          value.example());
      return null;
    }
  }

  /** A value or a list of values; null when any of them is wrong. */
  static <T> Reader<List<T>> listOf(Reader<T> reader) {
    return (value, problems) -> {
      if (!(value.node() instanceof SequenceNode sequence) || !sequence.getTag().equals(Tag.SEQ)) {
        T single = reader.read(value, problems);
        return single == null ? null : List.of(single);
      }
      List<T> all = new ArrayList<>();
      for (Node item : sequence.getValue()) {
        T one = reader.read(new Value(item, value.example()), problems);
        if (one != null) {
          all.add(one);
        }
      }
      if (sequence.getValue().isEmpty()) {
        problems.error(value.node(), "at least one", "an empty list", value.example());
      }
      return all.isEmpty() || all.size() < sequence.getValue().size() ? null : all;
    };
  }

  /** Whether a value is just this word. */
  static boolean isWord(@Nullable Value value, String word) {
    return value != null && word.equals(scalar(value, Tag.STR));
  }
}
