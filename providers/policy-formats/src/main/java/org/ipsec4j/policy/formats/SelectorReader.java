package org.ipsec4j.policy.formats;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.policy.formats.Fields.Value;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads which traffic is meant: addresses of both sides, protocol, ports. */
final class SelectorReader {
  /** Both sides of some traffic. */
  record Sides(List<TrafficSelector> local, List<TrafficSelector> remote) {}

  private record Ports(int first, int last) {
    static final Ports ANY = new Ports(0, 65535);
    static final Ports OPAQUE = new Ports(65535, 0);
  }

  static final String[] KEYS = {
    "local", "local: 10.1.0.0/24",
    "remote", "remote: 10.2.0.0/24",
    "protocol", "protocol: tcp",
    "local-port", "local-port: 22",
    "remote-port", "remote-port: 1024-65535",
    "icmp-type", "icmp-type: 8"
  };

  private static final List<AddressRange> ANYWHERE =
      List.of(AddressRange.ANY_V4, AddressRange.ANY_V6);
  private static final Map<String, Integer> PROTOCOLS = protocols();
  private static final Set<Integer> WITH_PORTS = Set.of(6, 17, 33, 132, 136);
  private static final Set<Integer> WITH_TYPE = Set.of(1, 58);
  private static final Pattern PORT_RANGE = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");
  private static final Pattern TYPE_AND_CODE = Pattern.compile("([0-9]{1,3})(?:/([0-9]{1,3}))?");

  private final Fields fields;
  private final Problems problems;

  SelectorReader(Fields fields, Problems problems) {
    this.fields = fields;
    this.problems = problems;
  }

  private static Map<String, Integer> protocols() {
    Map<String, Integer> names = new LinkedHashMap<>();
    names.put("any", 0);
    names.put("tcp", 6);
    names.put("udp", 17);
    names.put("icmp", 1);
    names.put("icmpv6", 58);
    names.put("sctp", 132);
    names.put("dccp", 33);
    names.put("udplite", 136);
    names.put("igmp", 2);
    names.put("gre", 47);
    names.put("esp", 50);
    names.put("ah", 51);
    names.put("ospf", 89);
    names.put("vrrp", 112);
    names.put("l2tp", 115);
    return names;
  }

  /**
   * Reads both sides; null when something is wrong.
   *
   * @param local what our side is when the file does not say; null when it must
   * @param remote likewise
   */
  @Nullable Sides read(@Nullable List<AddressRange> local, @Nullable List<AddressRange> remote) {
    List<AddressRange> ours = addresses("local", local);
    List<AddressRange> theirs = addresses("remote", remote);
    List<Integer> protocols =
        fields.read("protocol", Scalars.listOf(SelectorReader::protocol), List.of(0));
    List<Ports> types = fields.read("icmp-type", Scalars.listOf(SelectorReader::type));
    List<Ports> localPorts = fields.read("local-port", Scalars.listOf(SelectorReader::ports));
    List<Ports> remotePorts = fields.read("remote-port", Scalars.listOf(SelectorReader::ports));
    boolean localFits = fit("local-port", protocols, WITH_PORTS, "protocol: tcp");
    boolean remoteFits = fit("remote-port", protocols, WITH_PORTS, "protocol: tcp");
    boolean typeFits = fit("icmp-type", protocols, WITH_TYPE, "protocol: icmp");
    if (ours == null || theirs == null || !localFits || !remoteFits || !typeFits) {
      return null;
    }
    if (ours.stream().noneMatch(a -> theirs.stream().anyMatch(b -> a.isV4() == b.isV4()))) {
      problems.error(
          fields.nodeOf("remote"),
          "addresses of the same family as `local`",
          (theirs.getFirst().isV4() ? "IPv4" : "IPv6") + " alone",
          null);
      return null;
    }
    return new Sides(
        selectors(ours, protocols, types != null ? types : localPorts),
        selectors(theirs, protocols, types != null ? types : remotePorts));
  }

  private @Nullable List<AddressRange> addresses(
      String key, @Nullable List<AddressRange> otherwise) {
    if (!fields.has(key) && otherwise != null) {
      return otherwise;
    }
    List<List<AddressRange>> read =
        fields.require(key, "which traffic is meant", Scalars.listOf(SelectorReader::anyOrRange));
    return read == null ? null : read.stream().flatMap(List::stream).distinct().toList();
  }

  static @Nullable List<AddressRange> anyOrRange(Value value, Problems problems) {
    if (Scalars.isWord(value, "any")) {
      return ANYWHERE;
    }
    AddressRange range = Scalars.range(value, problems);
    return range == null ? null : List.of(range);
  }

  private static @Nullable Integer protocol(Value value, Problems problems) {
    return value.node().getTag().equals(Tag.INT)
        ? Scalars.integer(1, 255).read(value, problems)
        : Scalars.word(PROTOCOLS).read(value, problems);
  }

  private static @Nullable Ports ports(Value value, Problems problems) {
    if (Scalars.isWord(value, "any")) {
      return Ports.ANY;
    }
    if (Scalars.isWord(value, "opaque")) {
      return Ports.OPAQUE;
    }
    Matcher matcher = matcher(PORT_RANGE, value);
    if (matcher != null) {
      int first = Integer.parseInt(matcher.group(1));
      int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
      if (first <= last && last <= 65535) {
        return new Ports(first, last);
      }
    }
    problems.error(
        value.node(),
        "a port from 0 to 65535, a range such as 1024-65535, `any` or `opaque`",
        Scalars.describe(value.node()),
        value.example());
    return null;
  }

  private static @Nullable Ports type(Value value, Problems problems) {
    Matcher matcher = matcher(TYPE_AND_CODE, value);
    if (matcher != null) {
      int type = Integer.parseInt(matcher.group(1));
      int code = matcher.group(2) == null ? -1 : Integer.parseInt(matcher.group(2));
      if (type <= 255 && code <= 255) {
        return new Ports(type << 8 | Math.max(code, 0), type << 8 | (code < 0 ? 255 : code));
      }
    }
    problems.error(
        value.node(),
        "an ICMP type from 0 to 255, or type and code such as 3/4",
        Scalars.describe(value.node()),
        value.example());
    return null;
  }

  private static @Nullable Matcher matcher(Pattern pattern, Value value) {
    if (!(value.node() instanceof ScalarNode scalar)
        || !(scalar.getTag().equals(Tag.INT) || scalar.getTag().equals(Tag.STR))) {
      return null;
    }
    Matcher matcher = pattern.matcher(scalar.getValue());
    return matcher.matches() ? matcher : null;
  }

  private boolean fit(String key, List<Integer> protocols, Set<Integer> able, String example) {
    if (!fields.has(key) || able.containsAll(protocols)) {
      return true;
    }
    problems.error(
        fields.nodeOf(key),
        "a `protocol` that goes with `" + key + "`",
        fields.has("protocol") ? "another protocol" : "no protocol",
        example);
    return false;
  }

  private static List<TrafficSelector> selectors(
      List<AddressRange> addresses, List<Integer> protocols, @Nullable List<Ports> ports) {
    List<TrafficSelector> selectors = new ArrayList<>();
    for (AddressRange range : addresses) {
      for (int protocol : protocols) {
        for (Ports port : ports == null ? List.of(Ports.ANY) : ports) {
          selectors.add(new TrafficSelector(protocol, port.first(), port.last(), range));
        }
      }
    }
    return selectors;
  }
}
