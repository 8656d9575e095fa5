package org.ipsec4j.policy.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.ManualKeys;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.SpdRule;
import org.ipsec4j.api.policy.document.PolicyResult;
import org.ipsec4j.api.policy.document.PolicyWarning;
import org.ipsec4j.api.policy.document.SecretRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Manual keys in policy files. */
class ManualPoliciesTest {
  private static final String BASE =
      """
      version: 1
      peers: {}
      manual:
        net:
          outer: { local: 192.0.2.1, remote: 192.0.2.2 }
          local: 10.1.0.0/24
          remote: 10.2.0.0/24
          replay-window: off
          esp:
            algorithms: aes128-sha256
            in: { spi: 0x1001, encryption: { file: a }, integrity: { file: b } }
            out: { spi: 0x1002, encryption: { file: c }, integrity: { file: d } }
          lifetime: { time: 30d }
          mode: tunnel
      """;

  private static PolicyResult.Loaded load(String text) {
    PolicyResult result = PolicyFormats.readYaml("x.yaml", text);
    return assertInstanceOf(PolicyResult.Loaded.class, result, result::toString);
  }

  @Test
  void everyKeyIsUnderstood() {
    PolicyResult.Loaded loaded = load(PolicyFiles.good("manual.yaml"));
    var policy = loaded.document().policy();
    ManualChild net = policy.manual("net").orElseThrow();
    assertEquals(SaMode.TUNNEL, net.mode());
    assertFalse(net.isUdp());
    assertEquals(128, net.replayWindow());
    assertEquals(Duration.ofDays(30), net.hardLifetime());
    assertEquals(Duration.ofDays(24), net.softLifetime());
    assertEquals(new Lifetime(8_000_000_000L, 10_000_000_000L, 800_000, 1_000_000), net.lifetime());
    assertEquals("net.sequence", net.sequenceStore());
    ManualKeys esp = net.layers().getFirst();
    assertEquals(0x1001, esp.inboundSpi());
    assertEquals(0x1002, esp.outboundSpi());
    assertEquals("manual/net/esp-in-encryption", esp.inbound().encryption());
    assertEquals("manual/net/esp-out-integrity", esp.outbound().integrity());
    assertEquals(
        SecretRef.Encoding.HEX,
        Objects.requireNonNull(loaded.document().secrets().get("manual/net/esp-in-encryption"))
            .encoding());
    assertEquals(
        SecretRef.Encoding.BASE64,
        Objects.requireNonNull(loaded.document().secrets().get("manual/net/esp-out-integrity"))
            .encoding());
    ManualChild host = policy.manual("host").orElseThrow();
    assertEquals(0, host.replayWindow());
    assertEquals(
        List.of(SecurityProtocol.ESP, SecurityProtocol.AH),
        host.layers().stream().map(layer -> layer.transform().protocol()).toList());
    assertEquals(-1, host.layers().getFirst().inboundSpi());
    assertEquals("2001:db8::1[6]", host.localSelectors().getFirst().toString());
    ManualChild gcm = policy.manual("gcm").orElseThrow();
    assertEquals(SaMode.BEET, gcm.mode());
    assertEquals(14500, gcm.remotePort());
    assertEquals(
        List.of("manual/host", "manual/net", "manual/gcm", "default"),
        policy.rules().stream().map(SpdRule::name).toList());
  }

  @Test
  void everyManualChildIsWarnedOf() {
    List<String> warnings = load(BASE).warnings().stream().map(PolicyWarning::toString).toList();
    assertTrue(
        warnings.stream().anyMatch(w -> w.contains("x.yaml:4:3") && w.contains("never renewed")),
        warnings::toString);
    assertTrue(warnings.stream().anyMatch(w -> w.contains("sequence-file")), warnings::toString);
    String windowed = BASE.replace("replay-window: off", "replay-window: 64");
    assertTrue(
        load(windowed).warnings().stream().anyMatch(w -> w.toString().contains("RFC 4303 3.3.3")));
  }

  @Test
  void aKeyInTheFileItselfIsWarnedOfAndNeverShown() {
    String text = BASE.replace("{ file: a }", "{ value: \"00112233445566778899aabbccddeeff\" }");
    PolicyResult.Loaded loaded = load(text);
    assertTrue(
        loaded.warnings().stream().anyMatch(w -> w.toString().contains("x.yaml:11:")),
        loaded::toString);
    assertFalse(loaded.toString().contains("00112233"), loaded::toString);
    String wrong = BASE.replace("{ file: a }", "\"00112233445566778899aabbccddeeff\"");
    assertFalse(PolicyFormats.readYaml("x.yaml", wrong).toString().contains("00112233"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0x1001      | 255          | 11:18 | an SPI from 256",
        "0x1001      | 0x100000000  | 11:18 | an SPI from 256",
        "0x1001      | ten          | 11:18 | an SPI from 256",
        "aes128-sha256 | aes128-sha256-esn | 10:19 | no `esn`",
        "aes128-sha256 | aes128-aes256-sha256 | 10:19 | one algorithm of each kind",
        "aes128-sha256 | aes128-sha256-x25519 | 10:19 | no key exchange",
        "aes128-sha256 | aes128gcm16 | 11:62 | no `integrity` key",
        ", integrity: { file: b } | '' | 11:11 | `integrity`: a key of 32 octets",
        "192.0.2.2   | 2001:db8::2  | 5:40  | two addresses of one family",
        "off         | 63           | 8:20  | `off`, or a whole number from 64 to 4096",
        "lifetime:   | liftime:     | 13:5  | did you mean `lifetime`?",
        "outer:      | uoter:       | 5:5   | did you mean `outer`?",
        "peers: {}   | peers: { manual: {} } | 2:10 | another name",
        "mode: tunnel| mode: beet   | 4:3   | BEET mode binds one inner address",
      })
  void oneMistakeIsToldAtItsPlace(String right, String wrong, String place, String fragment) {
    PolicyResult.Refused refused =
        assertInstanceOf(
            PolicyResult.Refused.class,
            PolicyFormats.readYaml(
                "x.yaml", BASE.replaceFirst(java.util.regex.Pattern.quote(right), wrong)));
    String first = refused.errors().getFirst().toString();
    assertTrue(first.startsWith("x.yaml:" + place + ": "), refused::toString);
    assertTrue(first.contains(fragment), refused::toString);
  }

  @Test
  void combinedModesNeedNumbersThatLast() {
    String gcm =
        BASE.replace("aes128-sha256", "aes128gcm16")
            .replace(", integrity: { file: b }", "")
            .replace(", integrity: { file: d }", "");
    PolicyResult.Refused refused =
        assertInstanceOf(PolicyResult.Refused.class, PolicyFormats.readYaml("x.yaml", gcm));
    assertEquals(1, refused.errors().size(), refused::toString);
    assertTrue(refused.toString().contains("x.yaml:4:3"), refused::toString);
    assertTrue(refused.toString().contains("example: sequence-file:"), refused::toString);
    load(gcm + "    sequence-file: net.sequence\n");
  }

  @Test
  void ahDoesNotTravelInUdp() {
    String ah =
        BASE.replace("esp:", "ah:")
            .replace("aes128-sha256", "sha256")
            .replaceAll("encryption: \\{ file: [ac] }, ", "");
    load(ah);
    String udp = ah + "    udp: {}\n";
    assertTrue(PolicyFormats.readYaml("x.yaml", udp).toString().contains("cannot travel in UDP"));
  }
}
