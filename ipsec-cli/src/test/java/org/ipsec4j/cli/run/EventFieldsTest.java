package org.ipsec4j.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.Identity;
import org.ipsec4j.api.policy.Origin;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.policy.WeakAlgorithms;
import org.ipsec4j.api.policy.WeakChoice;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.cli.Documents;
import org.ipsec4j.node.NodeCounters;
import org.ipsec4j.node.NodeEvent;
import org.ipsec4j.node.NodeStatus;
import org.junit.jupiter.api.Test;

/** What {@code --events json} prints is what docs/events.md says, for every kind of event. */
class EventFieldsTest {
  private static final Endpoint LOCAL = new Endpoint(IpAddress.parse("192.0.2.1"), 4500);
  private static final Endpoint REMOTE = new Endpoint(IpAddress.parse("2001:db8::2"), 4500);
  private static final IkeSaId IKE = new IkeSaId(0x8000_0000_0000_0001L, 0x2bL);
  private static final IkeSaId OLD = new IkeSaId(0x1aL, 0xffff_ffff_ffff_fff0L);
  private static final ChildSaId CHILD = new ChildSaId(7);
  private static final ChosenIke ALGORITHMS =
      new ChosenIke(
          1,
          new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 256),
          IntegrityAlgorithm.NONE,
          PrfAlgorithm.HMAC_SHA2_256,
          KeyExchangeMethod.X25519);
  private static final List<TrafficSelector> NET = List.of(TrafficSelector.of("10.1.0.0/24"));
  private static final Diagnosis DIAGNOSIS =
      new Diagnosis(
          Diagnosis.Culprit.NETWORK,
          Diagnosis.Cause.NO_ANSWER,
          "IKE_SA_INIT",
          "\"nobody\" answers",
          "look\tat the cable",
          new Origin("local", "a.yaml", 5, "b"),
          List.of("7 transmissions"),
          List.of("a firewall"));

  private final ObjectMapper json = new ObjectMapper();

  private static NodeCounters.Snapshot counters() {
    Map<DropReason, Long> out = new EnumMap<>(DropReason.class);
    out.put(DropReason.NO_POLICY, 1L);
    out.put(DropReason.STOPPING, 2L);
    Map<DropReason, Long> in = new EnumMap<>(DropReason.class);
    in.put(DropReason.STOPPING, 3L);
    return new NodeCounters.Snapshot(
        14,
        1176,
        11,
        1534,
        0,
        0,
        12,
        1416,
        9,
        756,
        2,
        4,
        1,
        out,
        in,
        Map.of(IkeDropReason.BUSY, 5L),
        new NodeCounters.Offload(2, 1144, 1056));
  }

  private static NodeStatus status() {
    IkeStatus.IkeSaStatus sa =
        new IkeStatus.IkeSaStatus(
            "b", IKE, true, IkeStatus.Phase.ESTABLISHED, LOCAL, REMOTE, List.of());
    return new NodeStatus(
        new IkeStatus(List.of(sa)),
        List.of(child(CHILD, false), child(new ChildSaId(6), true)),
        counters(),
        List.of(weak()),
        List.of(
            new NodeStatus.Crypto(
                "mb", "1.3", "", 2, 25, 1144, 1056, 0, Map.of("ESP:AES_GCM_16_256/NO_ESN", 203.6)),
            new NodeStatus.Crypto("jca", "", "it is slow", 0, 0, 0, 0, 7, Map.of())));
  }

  private static WeakChoice weak() {
    Origin line = new Origin("local", "site-a.yaml", 12, "net");
    return new WeakChoice(
        line, "b", "net", new WeakAlgorithms(List.of("3des", "md5"), "aes256-sha256"));
  }

  private static NodeStatus.Child child(ChildSaId id, boolean lingering) {
    return new NodeStatus.Child(
        "b", "net", id, -1, 300, "ESP:AES_GCM_16_256/NO_ESN", NET, NET, 1, 2, 3, 4, lingering);
  }

  /** One event of every kind that there is. */
  private static List<NodeEvent> events() {
    List<NodeEvent> events = new ArrayList<>();
    events.add(new NodeEvent.Started());
    ikeEvents().forEach(event -> events.add(new NodeEvent.Ike(event)));
    events.add(new NodeEvent.ProviderRefused("crypto provider x failed: AES"));
    String gcm = "ESP:AES_GCM_16_128/NO_ESN";
    events.add(new NodeEvent.CryptoChosen(gcm, "mb", 203.6, false));
    events.add(new NodeEvent.CryptoFailedOver("mb", "jca", "32 packets failed", 4, 0));
    events.add(new NodeEvent.CryptoLost(CHILD, "b", "net", gcm, "nobody offers it"));
    events.add(new NodeEvent.CryptoReadmitted("mb", 4));
    events.add(new NodeEvent.WeakAlgorithms(weak()));
    events.add(new NodeEvent.NoNativePath("raw sockets are not allowed"));
    for (NodeEvent.Manual.Change change : NodeEvent.Manual.Change.values()) {
      events.add(new NodeEvent.Manual("net", change, 4097, -1, "AH:HMAC_SHA2_256_128/NO_ESN"));
    }
    events.add(new NodeEvent.InstallFailed(CHILD, "no crypto provider offers it"));
    events.add(new NodeEvent.Trouble("a line\nand another"));
    events.add(new NodeEvent.Stopped(counters()));
    return events;
  }

  private static List<IkeEvent> ikeEvents() {
    Identity who = new Identity.Fqdn("b.example");
    Secret key = Secret.copyOf(new byte[] {0x53, 0x45, 0x43, 0x52, 0x45, 0x54});
    return List.of(
        new IkeEvent.IkeUp("b", IKE, true, who, LOCAL, REMOTE, ALGORITHMS, false, true),
        new IkeEvent.IkeRekeyed("b", OLD, IKE, false),
        new IkeEvent.IkeDown("b", IKE, IkeEvent.DownReason.EXPIRED),
        new IkeEvent.ChildUp("b", "net", CHILD, -1, 300, NET, NET),
        new IkeEvent.ChildRekeyed("b", "net", CHILD, new ChildSaId(8), -2, 301, true),
        new IkeEvent.ChildDown("b", "net", CHILD, IkeEvent.DownReason.IKE_SA_GONE),
        new IkeEvent.NegotiationFailed("", REMOTE, DIAGNOSIS),
        new IkeEvent.PeerMoved("b", IKE, REMOTE, LOCAL),
        new IkeEvent.KeysExported("b", IKE, ALGORITHMS, key, key, key, key));
  }

  @Test
  void theSamplesOfThisTestAreOfEveryKind() {
    Set<Class<?>> node = new HashSet<>();
    events().forEach(event -> node.add(event.getClass()));
    assertEquals(Set.of(NodeEvent.class.getPermittedSubclasses()), node);
    Set<Class<?>> ike = new HashSet<>();
    ikeEvents().forEach(event -> ike.add(event.getClass()));
    assertEquals(Set.of(IkeEvent.class.getPermittedSubclasses()), ike);
  }

  private String print(NodeEvent event, EventPrinter.Style style) {
    StringWriter text = new StringWriter();
    new EventPrinter(new PrintWriter(text), style).print(event);
    return text.toString();
  }

  @Test
  void everyEventIsOneLineOfJsonThatBeginsWithItsName() throws Exception {
    for (NodeEvent event : events()) {
      String line = print(event, EventPrinter.Style.json);
      assertEquals(1, line.lines().count(), line);
      assertTrue(line.startsWith("{\"event\":\""), line);
      assertTrue(json.readTree(line).isObject(), line);
    }
  }

  @Test
  void spisAreUnsignedAndThoseOfIkeHaveSixteenDigits() throws Exception {
    JsonNode up =
        json.readTree(print(new NodeEvent.Ike(ikeEvents().get(3)), EventPrinter.Style.json));
    assertEquals(4_294_967_295L, up.get("spiIn").longValue());
    assertEquals(300, up.get("spiOut").longValue());
    JsonNode rekeyed =
        json.readTree(print(new NodeEvent.Ike(ikeEvents().get(1)), EventPrinter.Style.json));
    assertEquals("8000000000000001", rekeyed.get("ispi").textValue());
    assertEquals("000000000000002b", rekeyed.get("rspi").textValue());
    assertEquals("000000000000001a", rekeyed.get("oldIspi").textValue());
    assertEquals("fffffffffffffff0", rekeyed.get("oldRspi").textValue());
  }

  @Test
  void aFailureBringsItsDiagnosis() throws Exception {
    NodeEvent failed = new NodeEvent.Ike(ikeEvents().get(6));
    JsonNode fields = json.readTree(print(failed, EventPrinter.Style.json));
    assertEquals("NO_ANSWER", fields.get("cause").textValue());
    assertEquals(DIAGNOSIS.text(), fields.get("diagnosis").textValue());
    assertEquals("[2001:db8::2]:4500", fields.get("remote").textValue());
    String people = print(failed, EventPrinter.Style.text);
    assertTrue(people.contains("to do: look\tat the cable (a.yaml:5)"), people);
  }

  @Test
  void dropsAreAddedUpOverBothDirections() {
    JsonNode drops = json.valueToTree(EventFields.of(status())).get("drops");
    assertEquals(1, drops.get("NO_POLICY").longValue());
    assertEquals(5, drops.get("STOPPING").longValue());
    assertEquals(5, drops.get("IKE_BUSY").longValue());
    assertEquals(3, drops.size());
  }

  @Test
  void whatOnlyLingersIsNotInTheStatus() {
    JsonNode children = json.valueToTree(EventFields.of(status())).get("childSas");
    assertEquals(1, children.size());
  }

  @Test
  void noKeyIsEverPrinted() {
    for (NodeEvent event : events()) {
      for (EventPrinter.Style style : EventPrinter.Style.values()) {
        String line = print(event, style);
        assertFalse(line.contains("SECRET") || line.contains("534543524554"), line);
      }
    }
  }

  /** The fields of an event, those of objects and of lists of objects with their path. */
  private static List<String> paths(JsonNode object, String prefix) {
    List<String> paths = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String path = prefix + field.getKey();
      paths.add(path);
      if (field.getValue().isArray() && !field.getValue().isEmpty()) {
        paths.addAll(paths(field.getValue().get(0), path + "[]."));
      } else if (field.getValue().isObject() && !field.getKey().equals("drops")) {
        paths.addAll(paths(field.getValue(), path + "."));
      }
    }
    return paths;
  }

  private static Map<String, List<String>> documentedFields() {
    Map<String, List<String>> fields = new LinkedHashMap<>();
    String event = "";
    for (String line : Documents.read("docs/events.md").lines().toList()) {
      if (line.startsWith("#")) {
        event = line.startsWith("### `") ? line.substring(5, line.length() - 1) : "";
      } else if (!event.isEmpty() && line.startsWith("| `")) {
        String name = line.substring(3, line.indexOf('`', 3));
        fields.computeIfAbsent(event, e -> new ArrayList<>()).add(name);
      }
    }
    return fields;
  }

  private static Map<String, JsonNode> documentedExamples(ObjectMapper json) throws Exception {
    Map<String, JsonNode> examples = new LinkedHashMap<>();
    for (Documents.Block block : Documents.blocks(Documents.root().resolve("docs/events.md"))) {
      if (block.language().equals("json")) {
        JsonNode example = json.readTree(block.text());
        examples.put(example.get("event").textValue(), example);
      }
    }
    return examples;
  }

  @Test
  void thePageListsExactlyTheseFieldsInThisOrder() throws Exception {
    Map<String, List<String>> printed = new LinkedHashMap<>();
    for (NodeEvent event : events()) {
      JsonNode fields = json.readTree(print(event, EventPrinter.Style.json));
      printed.put(fields.get("event").textValue(), paths(fields, ""));
    }
    printed.put("status", paths(json.valueToTree(EventFields.of(status())), ""));
    printed.put("refused", List.of("event", "reason"));
    Map<String, List<String>> documented = documentedFields();
    assertEquals(new HashSet<>(printed.keySet()), documented.keySet());
    printed.forEach((event, fields) -> assertEquals(fields, documented.get(event), event));
  }

  @Test
  void theExamplesOnThePageHaveTheirFields() throws Exception {
    Map<String, List<String>> documented = documentedFields();
    Map<String, JsonNode> examples = documentedExamples(json);
    assertEquals(documented.keySet(), examples.keySet());
    examples.forEach(
        (event, example) -> assertEquals(documented.get(event), paths(example, ""), event));
    String culprits = Documents.read("docs/events.md");
    Arrays.stream(Diagnosis.Culprit.values())
        .forEach(culprit -> assertTrue(culprits.contains("`" + culprit + "`"), culprit::name));
    Arrays.stream(IkeStatus.Phase.values())
        .forEach(phase -> assertTrue(culprits.contains("`" + phase + "`"), phase::name));
  }
}
