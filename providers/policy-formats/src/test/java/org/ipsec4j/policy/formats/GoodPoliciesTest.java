package org.ipsec4j.policy.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChildProfile.StartAction;
import org.ipsec4j.api.policy.Defaults;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.IkeProfile;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.ProposalSyntax;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.policy.document.CryptoOrder;
import org.ipsec4j.api.policy.document.NodeSettings;
import org.ipsec4j.api.policy.document.PolicyDocument;
import org.ipsec4j.api.policy.document.PolicyResult;
import org.ipsec4j.api.policy.document.PolicyWarning;
import org.ipsec4j.api.policy.document.SecretRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoodPoliciesTest {
  private static PolicyResult.Loaded load(String name) {
    PolicyResult result = PolicyFormats.readYaml(name, PolicyFiles.good(name));
    return assertInstanceOf(PolicyResult.Loaded.class, result, result::toString);
  }

  private static PadEntry peer(PolicyResult.Loaded loaded, String name) {
    return loaded.document().policy().peers().stream()
        .filter(peer -> peer.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static TrafficSelector ts(int protocol, int first, int last, String addresses) {
    return new TrafficSelector(protocol, first, last, AddressRange.parse(addresses));
  }

  @Test
  void eightLinesMakeATunnel() {
    PolicyResult.Loaded loaded = load("site.yaml");
    assertEquals(List.of(), loaded.warnings());
    PadEntry b = peer(loaded, "b");
    assertEquals(IpAddress.parse("192.0.2.1"), b.localAddress());
    assertEquals(IpAddress.parse("192.0.2.2"), b.remoteEndpoint());
    assertEquals(List.of(AddressRange.parse("192.0.2.2")), b.remoteAddresses());
    assertEquals(new Identity.Fqdn("a.example"), b.localIdentity());
    assertEquals(new AuthMethod.Psk("b/psk"), b.localAuth());
    assertEquals(b.localAuth(), b.remoteAuth());
    assertEquals(Defaults.ikeProfile(), b.ike());
    assertEquals(500, b.localIkePort());
    assertEquals(new Origin("local", "site.yaml", 3, "b"), b.origin());
    ChildProfile net = b.children().getFirst();
    assertEquals(Defaults.ESP_PROPOSALS, net.proposals());
    assertEquals(SaMode.TUNNEL, net.mode());
    assertEquals(StartAction.ON_TRAFFIC, net.start());
    assertEquals(Duration.ofHours(1), net.rekeyAfter());
    assertEquals(Duration.ofMinutes(66), net.hardLifetime());
    assertEquals(new Origin("local", "site.yaml", 8, "net"), net.origin());
    List<SpdRule> rules = loaded.document().policy().rules();
    assertEquals(List.of("b/net", "default"), rules.stream().map(SpdRule::name).toList());
    assertEquals(SpdRule.Action.DISCARD, rules.getLast().action());
    assertEquals(NodeSettings.DEFAULT, loaded.document().node());
    SecretRef.File secret =
        assertInstanceOf(SecretRef.File.class, loaded.document().secrets().get("b/psk"));
    assertEquals("psk.txt", secret.path());
    assertEquals(6, secret.origin().line());
  }

  private static CryptoOrder crypto(String text) {
    String file = "version: 1\nnode: { crypto: " + text + " }\n";
    PolicyResult result = PolicyFormats.readYaml("x.yaml", file);
    return assertInstanceOf(PolicyResult.Loaded.class, result, result::toString)
        .document()
        .node()
        .crypto();
  }

  @Test
  void cryptoProvidersHaveAnOrder() {
    assertEquals(new CryptoOrder.Priority(), crypto("{}"));
    assertEquals(new CryptoOrder.Priority(), crypto("{ order: priority }"));
    assertEquals(new CryptoOrder.Auto(null), crypto("{ order: auto }"));
    CryptoOrder cached = crypto("{ order: auto, calibration: speed.txt }");
    assertEquals(new CryptoOrder.Auto(Path.of("speed.txt")), cached);
    assertEquals(
        new CryptoOrder.Auto(Path.of("/etc/x/speed.txt")), cached.within(Path.of("/etc/x")));
    assertEquals(new CryptoOrder.Named(List.of("jca")), crypto("{ order: jca }"));
    assertEquals(
        new CryptoOrder.Named(List.of("jca:SunPKCS11-my token", "jca")),
        crypto("{ order: ['jca:SunPKCS11-my token', jca] }"));
  }

  @Test
  void everyKeyIsUnderstood() {
    PolicyResult.Loaded loaded = load("full.yaml");
    NodeSettings node = loaded.document().node();
    NodeSettings.Tun tun = Objects.requireNonNull(node.tun());
    assertEquals(
        "ipsec7 [10.1.0.1/24, fd00:1::1/64] 1380",
        tun.name() + " " + tun.addresses() + " " + tun.mtu());
    assertEquals(new CryptoOrder.Named(List.of("mb", "jca:SunPKCS11-token", "jca")), node.crypto());
    PadEntry b = peer(loaded, "b");
    assertEquals(
        List.of(1500, 14500, 501, 4501),
        List.of(b.localIkePort(), b.localNatPort(), b.remoteIkePort(), b.remoteNatPort()));
    assertEquals(3, b.remoteAddresses().size());
    assertEquals(IpAddress.parse("192.0.2.2"), b.remoteEndpoint());
    assertEquals("dn:CN=b,O=Example", String.valueOf(b.remoteIdentity()));
    assertEquals(
        new IkeProfile(
            List.of(
                ProposalSyntax.ike("aes256gcm16-prfsha384-ecp384", false).orThrow(),
                ProposalSyntax.ike("aes128-sha256-x25519", false).orThrow()),
            Duration.ofMinutes(210),
            5,
            Duration.ofHours(4),
            Duration.ofMinutes(1),
            Duration.ofMillis(500),
            150,
            5,
            false,
            1400,
            Duration.ofSeconds(15),
            IkeProfile.Encapsulation.ALWAYS),
        b.ike());
    ChildProfile net = b.child("net").orElseThrow();
    assertEquals(
        List.of(TrafficSelector.of("10.1.0.0/24"), TrafficSelector.of("fd00:1::/64")),
        net.localSelectors());
    assertEquals(new Lifetime(8_000_000_000L, 10_000_000_000L, 800_000, 1_000_000), net.lifetime());
    assertEquals(Duration.ofMinutes(40), net.hardLifetime());
    assertEquals(1024, net.replayWindow());
    assertEquals(StartAction.INITIATE, net.start());
    assertEquals(List.of(true), net.proposals().getFirst().esn());
    ChildProfile dns = b.child("dns").orElseThrow();
    assertEquals(
        List.of(
            ts(6, 53, 53, "10.1.0.53"),
            ts(6, 853, 853, "10.1.0.53"),
            ts(17, 53, 53, "10.1.0.53"),
            ts(17, 853, 853, "10.1.0.53")),
        dns.localSelectors());
    assertEquals(
        List.of(ts(6, 1024, 65535, "10.2.0.0/16"), ts(17, 1024, 65535, "10.2.0.0/16")),
        dns.remoteSelectors());
    assertEquals(SecurityProtocol.AH, dns.proposals().getFirst().protocol());
    ChildProfile ping = b.child("ping").orElseThrow();
    assertEquals(
        List.of(ts(1, 0x800, 0x8ff, "10.1.0.0/24"), ts(1, 0x304, 0x304, "10.1.0.0/24")),
        ping.localSelectors());
    assertEquals(
        new SecretRef.Environment(
            "PSK_B", SecretRef.Encoding.HEX, new Origin("local", "full.yaml", 13, "b")),
        loaded.document().secrets().get("b/psk"));
  }

  @Test
  void rulesStandAsWrittenAndTheOtherChildrenBehindThem() {
    List<SpdRule> rules = load("full.yaml").document().policy().rules();
    assertEquals(
        List.of("ssh", "b/dns", "rule-3", "b/net", "b/ping", "default"),
        rules.stream().map(SpdRule::name).toList());
    assertEquals(
        List.of(ts(6, 22, 22, "0.0.0.0/0"), ts(6, 22, 22, "::/0")),
        rules.getFirst().localSelectors());
    assertEquals(List.of(ts(41, 0, 65535, "10.0.0.0/8")), rules.get(2).localSelectors());
    assertEquals(SpdRule.Action.BYPASS, rules.getLast().action());
    assertEquals(49, rules.getLast().origin().line());
  }

  @Test
  void certificatesAreNamedNotRead() {
    PolicyResult.Loaded loaded = load("roadwarrior.yaml");
    PadEntry travellers = peer(loaded, "travellers");
    assertNull(travellers.remoteIdentity());
    assertNull(travellers.remoteEndpoint());
    assertNull(travellers.localAddress());
    assertEquals(List.of(), travellers.remoteAddresses());
    assertEquals(StartAction.NONE, travellers.children().getFirst().start());
    assertEquals(new AuthMethod.Certificate("travellers/certificate"), travellers.localAuth());
    assertEquals(new AuthMethod.Certificate("travellers/trust"), travellers.remoteAuth());
    PolicyDocument document = loaded.document();
    assertEquals(
        new PolicyDocument.CertificateRef(
            "gw.pem",
            "gw.key",
            "travellers/key-password",
            new Origin("local", "roadwarrior.yaml", 9, "travellers/certificate")),
        document.certificates().get("travellers/certificate"));
    assertEquals(
        List.of("ca.pem", "old-ca.pem"),
        Objects.requireNonNull(document.trusts().get("travellers/trust")).files());
    assertEquals(
        Set.of("travellers/key-password", "partner/remote-psk"), document.secrets().keySet());
    PadEntry partner = peer(loaded, "partner");
    assertEquals(new AuthMethod.Certificate("partner/certificate"), partner.localAuth());
    assertEquals(new AuthMethod.Psk("partner/remote-psk"), partner.remoteAuth());
    ChildProfile lan = partner.children().getFirst();
    assertEquals(Duration.ZERO, lan.rekeyAfter());
    assertEquals(Duration.ZERO, lan.hardLifetime());
    assertEquals(new Lifetime(400, 500, 0, 0), lan.lifetime());
    assertEquals(1, loaded.warnings().size());
    assertEquals(
        "roadwarrior.yaml:20:31: warning: a secret stands in the policy file: put it into a file"
            + " of its own, readable by its owner alone",
        loaded.warnings().getFirst().toString());
    assertFalse(loaded.toString().contains("only for tests"));
  }

  @Test
  void transportModeTakesTheOuterAddresses() {
    PolicyResult.Loaded loaded = load("hosts.yaml");
    PadEntry db = peer(loaded, "db");
    assertEquals(new Identity.Address(IpAddress.parse("2001:db8::1")), db.localIdentity());
    ChildProfile all = db.child("all").orElseThrow();
    assertEquals(SaMode.TRANSPORT, all.mode());
    assertEquals(List.of(TrafficSelector.of("2001:db8::1")), all.localSelectors());
    assertEquals(
        List.of(ts(6, 5432, 5432, "2001:db8::2")), db.child("sql").orElseThrow().remoteSelectors());
    assertEquals(Duration.ZERO, db.ike().liveness());
    assertEquals(
        List.of(
            "hosts.yaml:7:23: warning: IKE: `3des` and `modp1024` are weak; use"
                + " `aes256-sha1-prfsha1-x25519` instead",
            "hosts.yaml:10: warning: rule `db/sql` is never reached: `db/all` in line 9 selects"
                + " all of its traffic",
            "hosts.yaml:10:84: warning: child `sql`: `3des` is weak; use `aes256-sha1` instead"),
        loaded.warnings().stream().map(PolicyWarning::toString).toList());
  }

  @Test
  void warningsNameWhatIsProbablyNotMeant() {
    String text =
        """
        version: 1
        peers:
          b:
            local: { address: 192.0.2.1 }
            remote: { address: any, id: any }
            auth: { psk: { file: psk.txt } }
            children:
              cast: { local: 10.1.0.0/24, remote: 239.1.1.1 }
        rules:
          - { name: all, bypass: true, local: any, remote: any }
        """;
    PolicyResult.Loaded loaded =
        assertInstanceOf(PolicyResult.Loaded.class, PolicyFormats.readYaml("a.yaml", text));
    List<String> warnings = loaded.warnings().stream().map(PolicyWarning::toString).toList();
    assertEquals(3, warnings.size(), warnings::toString);
    assertTrue(warnings.get(0).startsWith("a.yaml:5:13: warning: whoever knows the pre-shared"));
    assertTrue(
        warnings.get(1).contains("`b/cast` is never reached: `all` in line 10"), warnings.get(1));
    assertTrue(warnings.get(2).contains("multicast"), warnings.get(2));
  }

  @Test
  void filesAreReadByPath(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("a.yaml");
    Files.writeString(file, "\ufeff" + PolicyFiles.good("site.yaml"));
    assertInstanceOf(PolicyResult.Loaded.class, PolicyFormats.readYaml(file));
    PolicyResult missing = PolicyFormats.readYaml(folder.resolve("b.yaml"));
    assertTrue(missing.toString().contains("expected a file that can be read"));
    Files.write(file, new byte[] {'v', 'e', '\n', (byte) 0xff, 'x'});
    assertEquals(
        file + ":2: expected text in UTF-8; found other bytes",
        PolicyFormats.readYaml(file).toString());
    Files.writeString(file, " ".repeat(5_000_000));
    assertTrue(PolicyFormats.readYaml(file).toString().contains("at most 4194304 bytes"));
    assertInstanceOf(PolicyResult.Refused.class, PolicyFormats.readYaml(folder));
  }
}
