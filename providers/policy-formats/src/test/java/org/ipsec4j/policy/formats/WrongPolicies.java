package org.ipsec4j.policy.formats;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Files with one mistake each; where the mistake is to be reported is marked by ¶. */
final class WrongPolicies {
  /** Who can see a mistake. */
  enum Seen {
    /** Schema and reader. */
    BY_BOTH,
    /** The reader alone: the shape is right, the meaning is not. */
    BY_READER
  }

  /**
   * @param line where the error is reported
   * @param column likewise
   * @param fragment of its text
   */
  record Wrong(String name, String text, int line, int column, String fragment, Seen seen) {
    @Override
    public String toString() {
      return name;
    }
  }

  static final String BASE =
      """
      version: 1
      name: site A
      node:
        tun: { name: ipsec0, addresses: [10.1.0.1/24], mtu: 1400 }
        ports: { ike: 500, nat: 4500 }
      peers:
        b:
          local: { address: 192.0.2.1, id: a.example }
          remote: { address: 192.0.2.2, id: b.example, ports: { ike: 500, nat: 4500 } }
          auth: { psk: { file: psk.txt } }
          ike: { proposals: [aes256gcm16-prfsha256-x25519], rekey: 4h, liveness: 30s }
          children:
            net: { local: 10.1.0.0/24, remote: 10.2.0.0/24, esp: [aes128gcm16], mode: tunnel }
      rules:
        - { name: ssh, bypass: true, protocol: tcp, local-port: 22, local: any, remote: any }
      default: discard
      """;

  static final List<Wrong> ALL = all();

  private WrongPolicies() {}

  private static List<Wrong> all() {
    List<Wrong> all = new ArrayList<>();
    document(all);
    sides(all);
    authentication(all);
    ike(all);
    children(all);
    rules(all);
    yaml(all);
    return all;
  }

  private static void document(List<Wrong> all) {
    both(all, "no version", "version: 1\nname", "¶name", "`version`: the version of this form");
    both(all, "another version", "version: 1", "version: ¶2", "a whole number from 1 to 1");
    both(all, "version as text", "version: 1", "version: ¶'1'", "found `1`; example: version: 1");
    both(all, "unknown key", "default:", "¶defualt:", "did you mean `default`?");
    both(all, "far key", "default: discard", "¶zzz: 1", "found `zzz`; example: version: 1");
    both(all, "number as name", "name: site A", "name: ¶42", "text, in quotes; found the number");
    both(all, "null name", "name: site A", "name:¶ ", "text of 1 to 256 characters; found nothing");
    both(all, "wrong default", "discard\n", "¶drop\n", "one of `discard`, `bypass`; found `drop`");
    both(all, "near default", "default: discard", "default: ¶discart", "did you mean `discard`?");
    plain(all, "peers as list", "version: 1\npeers: []", 2, 8, "peers by name; found a list");
    both(
        all,
        "mtu too small",
        "mtu: 1400",
        "mtu: ¶500",
        "from 576 to 65535; found the number `500`");
    both(all, "long interface", "ipsec0", "¶averylonginterface", "at most 15 letters");
    reader(all, "no prefix length", "[10.1.0.1/24]", "[¶10.1.0.1]", "an address with its prefix");
    reader(all, "prefix too long", "[10.1.0.1/24]", "[¶10.1.0.1/33]", "an address with its prefix");
    both(all, "no addresses", "addresses: [10.1.0.1/24]", "addresses: ¶[]", "at least one");
    both(all, "port 0", "{ ike: 500, nat: 4500 }\npeers", "{ ike: ¶0 }\npeers", "from 1 to 65535");
    reader(
        all,
        "equal ports",
        "ports: { ike: 500, nat: 4500 }\npeers",
        "ports: ¶{ ike: 4500 }\npeers",
        "two different ports");
    crypto(all);
    both(all, "bad peer name", "  b:\n", "  ¶b c:\n", "a name of letters, digits");
  }

  private static void crypto(List<Wrong> all) {
    String ports = "  ports: { ike: 500, nat: 4500 }\npeers";
    both(all, "order as number", ports, "  crypto: { order: ¶7 }\npeers", "the number `7`");
    both(all, "no order", ports, "  crypto: { order: ¶[] }\npeers", "at least one");
    both(
        all,
        "provider with a blank",
        ports,
        "  crypto: { order: [¶'open ssl'] }\npeers",
        "a list of names of crypto providers; found `open ssl`");
    both(
        all,
        "provider twice",
        ports,
        "  crypto: { order: ¶[jca, mb, jca] }\npeers",
        "each provider once; found `jca` a second time");
    both(
        all, "auto among names", ports, "  crypto: { order: [¶auto, jca] }\npeers", "found `auto`");
    both(
        all,
        "calibration of an order",
        ports,
        "  crypto: { order: [jca], calibration: ¶x }\npeers",
        "beside `order: auto` only");
    both(
        all,
        "unknown key of crypto",
        ports,
        "  crypto: { ¶odrer: auto }\npeers",
        "did you mean `order`?");
  }

  private static void sides(List<Wrong> all) {
    both(
        all,
        "no local",
        "local: { address: 192.0.2.1, id: a.example }\n    ",
        "¶",
        "`local`: our side; found nothing");
    reader(all, "half an address", "192.0.2.1,", "¶192.0.2,", "an IPv4 or IPv6 address");
    both(
        all,
        "local as text",
        "{ address: 192.0.2.1, id: a.example }",
        "¶192.0.2.1",
        "expected our side with `address`, `id`; found `192.0.2.1`");
    reader(
        all,
        "no identity",
        "{ address: 192.0.2.1, id: a.example }",
        "¶{ address: any }",
        "`id`, as no `address` stands for it");
    reader(
        all,
        "identity with a space",
        "id: a.example",
        "id: ¶a example",
        "`a example` is not a domain name");
    reader(all, "bad name", "id: a.example", "id: ¶'dn:CN'", "is not a distinguished name");
    reader(all, "host name", "192.0.2.2,", "¶peer.example.org,", "names are not looked up here");
    reader(all, "empty range", "192.0.2.2,", "¶192.0.2.9-192.0.2.2,", "lies behind");
    reader(
        all,
        "no peer identity",
        "address: 192.0.2.2, id: b.example, ports",
        "address: 192.0.2.0/24, ports",
        "remote: ",
        "`any` for whomever a certificate proves");
    both(all, "port as text", "nat: 4500 } }", "nat: ¶'4500' } }", "from 1 to 65535");
    both(all, "typing error", "remote: { address", "remote: { ¶adress", "did you mean `address`?");
  }

  private static void authentication(List<Wrong> all) {
    both(
        all,
        "no auth",
        "auth: { psk: { file: psk.txt } }\n    ",
        "",
        "b:\n    ",
        "`auth`: how the sides prove themselves");
    both(all, "no way", "auth: { psk: { file: psk.txt } }", "auth: ¶{}", "found none of them");
    both(
        all,
        "two ways",
        "auth: { psk: { file: psk.txt } }",
        "auth: ¶{ psk: { file: x }, certificate: { chain: a, key: b, trust: c } }",
        "found several of them");
    both(
        all,
        "one side",
        "auth: { psk: { file: psk.txt } }",
        "auth: ¶{ local: { psk: { env: X } } }",
        "one side alone");
    both(
        all,
        "psk as text",
        "psk: { file: psk.txt }",
        "psk: ¶hunter2",
        "a secret with `file`, `env`, `value`, `encoding`; found text");
    both(all, "unknown psk key", "{ file: psk.txt }", "{ ¶flie: hunter2 }", "found another key");
    both(all, "two sources", "{ file: psk.txt }", "¶{ file: x, env: Y }", "several of them");
    both(all, "bad variable", "{ file: psk.txt }", "{ env: ¶hunter-2 }", "an environment variable");
    both(all, "value as number", "{ file: psk.txt }", "{ value: ¶12345 }", "text in quotes");
    both(
        all, "bad encoding", "psk.txt }", "psk.txt, encoding: ¶rot13 }", "`text`, `hex`, `base64`");
    both(
        all,
        "no key",
        "psk: { file: psk.txt }",
        "certificate: ¶{ chain: a.pem, trust: ca.pem }",
        "`key`: the PEM file with our private key");
    both(
        all,
        "trust on the wrong side",
        "psk: { file: psk.txt }",
        "local: { certificate: { chain: a, key: b, ¶trust: c } },"
            + " remote: { certificate: { trust: c } }",
        "to have `chain`, `key`, `password`");
    both(
        all,
        "neither",
        "psk: { file: psk.txt }",
        "local: ¶{}, remote: { certificate: { trust: c } }",
        "one of `psk` and `certificate`");
  }

  private static void ike(List<Wrong> all) {
    reader(
        all,
        "unknown algorithm",
        "-prfsha256-",
        "-¶prfsha265-",
        "`prfsha265` is not an algorithm; found `prfsha265`; example: prfsha256");
    reader(
        all,
        "quoted, unknown algorithm",
        "[aes256gcm16-prfsha256-x25519]",
        "['aes256gcm16-¶prfsha265-x25519']",
        "is not an algorithm");
    reader(all, "no group", "prfsha256-x25519]", "prfsha256¶]", "a key exchange method is missing");
    reader(all, "weak", "aes256gcm16-prfsha256-x25519", "aes128-sha1-¶modp1024", "is weak");
    both(
        all,
        "no proposal",
        "[aes256gcm16-prfsha256-x25519]",
        "¶[]",
        "at least one; found an empty");
    both(all, "no unit", "rekey: 4h", "rekey: ¶240", "a duration of numbers with the units");
    both(all, "wrong unit", "rekey: 4h", "rekey: ¶4 hours", "a duration of numbers");
    reader(all, "two years", "rekey: 4h", "rekey: ¶730d", "at most 365d");
    reader(all, "zero seconds", "liveness: 30s", "liveness: ¶0s", "or `never`; found `0s`");
    reader(all, "dies first", "rekey: 4h", "rekey: 4h, lifetime: ¶1h", "a lifetime behind `rekey`");
    both(all, "yes", "liveness: 30s", "fragmentation: ¶yes", "true or false; found `yes`");
    both(all, "jitter", "liveness: 30s", "jitter: ¶60", "a whole number from 0 to 50");
    both(
        all, "no first", "liveness: 30s", "retransmit: { first: ¶never }", "a duration of numbers");
    both(all, "encapsulation", "liveness: 30s", "encapsulation: ¶true", "one of `auto`, `always`");
  }

  private static void children(List<Wrong> all) {
    both(
        all, "no remote", "remote: 10.2.0.0/24, ", "", "net: ", "`remote`: which traffic is meant");
    both(
        all,
        "no children",
        BASE.substring(BASE.indexOf("    children"), BASE.indexOf("rules")),
        "",
        "b:\n    ",
        "`children`: what is protected");
    reader(
        all,
        "host bits",
        "local: 10.1.0.0/24",
        "local: ¶10.1.0.1/24",
        "the first address of the network; found `10.1.0.1/24`; example: 10.1.0.0/24");
    reader(all, "no network", "10.2.0.0/24,", "¶10.2.0.0/40,", "prefix length 40");
    reader(all, "no mask", "10.2.0.0/24,", "¶10.2.0.0/255.255.255.0,", "is not a prefix length");
    both(all, "number", "local: 10.1.0.0/24", "local: ¶10.1", "found the number `10.1`");
    reader(
        all,
        "families",
        "remote: 10.2.0.0/24",
        "remote: ¶'fd00::/64'",
        "addresses of the same family as `local`; found IPv6 alone");
    both(all, "mode", "mode: tunnel", "mode: ¶transprot", "did you mean `transport`?");
    both(all, "window", "mode: tunnel", "replay-window: ¶32", "from 64 to 4096");
    both(all, "esp and ah", "mode: tunnel", "ah: ¶[sha256]", "one of `esp` and `ah`; found both");
    reader(
        all, "esp with a prf", "[aes128gcm16]", "[aes128-¶prfsha256]", "belongs to IKE proposals");
    both(all, "size", "mode: tunnel", "lifetime: { bytes: ¶10 gigs }", "a number of octets");
    reader(all, "no bytes", "mode: tunnel", "lifetime: { bytes: ¶0kB }", "a number of octets");
    both(all, "packets", "mode: tunnel", "lifetime: { packets: ¶0 }", "packets above 0");
    both(all, "lifetime", "mode: tunnel", "lifetime: ¶2h", "a lifetime with `time`, `bytes`");
    reader(all, "dies at once", "mode: tunnel", "lifetime: { time: ¶30m }", "behind `rekey`");
    reader(all, "ports alone", "mode: tunnel", "local-port: ¶22", "a `protocol` that goes with");
    reader(
        all,
        "ports of gre",
        "mode: tunnel",
        "protocol: gre, local-port: ¶22",
        "found another protocol");
    reader(
        all,
        "type of tcp",
        "mode: tunnel",
        "protocol: tcp, icmp-type: ¶8",
        "goes with `icmp-type`");
    both(all, "protocol", "mode: tunnel", "protocol: ¶tpc", "did you mean `tcp`?");
    both(all, "protocol number", "mode: tunnel", "protocol: ¶256", "from 1 to 255");
    reader(
        all,
        "initiate to nobody",
        BASE.substring(BASE.indexOf("address: 192.0.2.2")),
        BASE.substring(BASE.indexOf("id: b.example")).replace("mode: tunnel", "start: ¶initiate"),
        "expected `start: none`");
    both(all, "start", "mode: tunnel", "start: ¶boot", "`traffic`, `initiate`, `none`");
  }

  private static void rules(List<Wrong> all) {
    both(all, "rules by name", "rules:\n  - {", "rules:\n  ¶ssh: {", "a list of rules");
    both(all, "no action", "bypass: true, ", "", "- ", "one of `bypass`, `discard` and `protect`");
    both(
        all, "two actions", "bypass: true", "bypass: true, discard: true", "- ", "several of them");
    both(all, "false action", "bypass: true", "bypass: ¶false", "true, or no such key");
    both(all, "no local", "local: any, remote", "remote", "- ", "`local`: which traffic is meant");
    both(all, "port", "local-port: 22", "local-port: ¶70000", "a port from 0 to 65535");
    reader(all, "ports backwards", "local-port: 22", "local-port: ¶30-20", "a range such as");
    reader(
        all,
        "unknown child",
        "bypass: true, protocol: tcp, local-port: 22, local: any, remote: any",
        "protect: ¶b/nett",
        "did you mean `b/net`?; example: protect: b/net");
    both(
        all,
        "child with selectors",
        "bypass: true, protocol: tcp, local-port: 22, local: any, ",
        "protect: b/net, remote: ¶any } #",
        "the traffic to be said by the child");
    reader(
        all,
        "name twice",
        "default: discard",
        "  - ¶{ name: ssh, discard: true, local: any, remote: any }\ndefault: discard",
        "`ssh` again");
    reader(all, "default as name", "name: ssh", "name: default", "- ", "none named `default`");
    reader(all, "name of a child", "name: ssh", "name: b/net", "- ", "`b/net` again");
  }

  private static void yaml(List<Wrong> all) {
    both(all, "tab", "  b:\n", "¶\tb:\n", "a YAML document; found found character");
    both(
        all,
        "open brace",
        "[aes128gcm16], mode: tunnel }",
        "[aes128gcm16], mode: tunnel",
        "\nrules",
        "a YAML document");
    both(
        all,
        "key twice",
        "default: discard",
        "default: discard\n¶default: bypass",
        "a second time");
    both(all, "peer twice", "rules:", "  ¶b: {}\nrules:", "each name once");
    both(
        all,
        "two documents",
        "default: discard",
        "default: discard\n¶---\nversion: 1",
        "one document");
    both(all, "control character", "site A", "site¶\u0001A", "the character U+0001");
    both(all, "tag", "name: site A", "name: ¶!secret x", "found a value with a tag");
    both(all, "undefined alias", "name: site A", "name: ¶*hunter2", "undefined alias");
    both(all, "alias of itself", "name: site A", "name: ¶&x [*x]", "aliases that multiply");
    both(
        all,
        "deep",
        "name: site A",
        "name: " + "[".repeat(31) + "¶[" + "]".repeat(32),
        "levels of nesting");
    plain(all, "empty", "", 1, 1, "a policy; found an empty file");
    plain(all, "comment only", "# nothing\n", 1, 1, "a policy; found an empty file");
    plain(all, "a word", "version", 1, 1, "a policy with `version`");
    plain(all, "a list", "- version: 1", 1, 1, "found a list");
    plain(all, "binary", "\u0000\u0001\u0002", 1, 1, "printable characters");
  }

  /**
   * Replaces a part of the base file. The error stands at the mark in the replacement, or behind
   * {@code at} in the whole.
   */
  private static void both(List<Wrong> all, String name, String part, String by, String fragment) {
    add(all, name, part, by, null, fragment, Seen.BY_BOTH);
  }

  private static void both(
      List<Wrong> all, String name, String part, String by, String at, String fragment) {
    add(all, name, part, by, at, fragment, Seen.BY_BOTH);
  }

  private static void reader(
      List<Wrong> all, String name, String part, String by, String fragment) {
    add(all, name, part, by, null, fragment, Seen.BY_READER);
  }

  private static void reader(
      List<Wrong> all, String name, String part, String by, String at, String fragment) {
    add(all, name, part, by, at, fragment, Seen.BY_READER);
  }

  private static void plain(
      List<Wrong> all, String name, String text, int line, int column, String fragment) {
    all.add(new Wrong(name, text, line, column, fragment, Seen.BY_BOTH));
  }

  private static void add(
      List<Wrong> all,
      String name,
      String part,
      String by,
      @Nullable String at,
      String fragment,
      Seen seen) {
    if (!BASE.contains(part)) {
      throw new IllegalArgumentException(name + ": `" + part + "` is not in the base file");
    }
    String marked = BASE.replace(part, by);
    int index = at == null ? marked.indexOf('¶') : marked.indexOf(at) + at.length();
    if (index < 0 || (at != null && !marked.contains(at))) {
      throw new IllegalArgumentException(name + ": no mark");
    }
    String before = marked.substring(0, index);
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    int column = before.length() - before.lastIndexOf('\n');
    all.add(new Wrong(name, marked.replace("¶", ""), line, column, fragment, seen));
  }
}
