package org.ipsec4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ipsec4j.api.policy.document.CryptoOrder;
import org.ipsec4j.node.crypto.FakeProvider;
import org.ipsec4j.testkit.crypto.SimulatedDevice;
import org.ipsec4j.testkit.crypto.SimulatedDevice.Behaviour;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Crypto providers of whole nodes: named, measured, readmitted. */
final class IpsecNodeCryptoTest {
  private final TwoNodes nodes = new TwoNodes();
  private final TwoNodes.Side left = nodes.left;

  @AfterEach
  void close() {
    nodes.close();
  }

  @Test
  void namedProviderThatIsAbsentIsToldAndTheNextIsUsed() throws Exception {
    left.settings = builder -> builder.cryptoOrder("jca:no such provider", "mbb", "jca");
    nodes.up();
    List<String> refused =
        left.events(NodeEvent.ProviderRefused.class).stream()
            .map(NodeEvent.ProviderRefused::reason)
            .toList();
    assertEquals(2, refused.size(), refused::toString);
    assertTrue(refused.get(1).contains("did you mean `mb`?"), refused::toString);
    assertEquals("jca", left.node().status().crypto().getFirst().provider());
    nodes.expectAcross(left, nodes.right, 3);
  }

  @Test
  void measuredChoiceIsVisibleAndKept(@TempDir Path folder) throws Exception {
    Path cache = folder.resolve("speed.txt");
    SimulatedDevice device = new SimulatedDevice("device", Sas.CRYPTO, Behaviour.prompt(2));
    left.settings =
        builder ->
            builder.crypto(List.of(device, Sas.CRYPTO)).cryptoOrder(new CryptoOrder.Auto(cache));
    left.child = child -> child.esp("aes128gcm16-noesn");
    nodes.right.child = left.child;
    nodes.up();
    nodes.expectAcross(left, nodes.right, 3);
    List<NodeEvent.CryptoChosen> chosen = left.events(NodeEvent.CryptoChosen.class);
    assertTrue(!chosen.isEmpty(), left::toString);
    for (NodeEvent.CryptoChosen each : chosen) {
      assertTrue(each.nanosPerPacket() > 0, each::toString);
      NodeStatus.Crypto crypto =
          left.node().status().crypto().stream()
              .filter(any -> any.provider().equals(each.provider()))
              .findFirst()
              .orElseThrow();
      assertEquals(Map.of(each.transform(), each.nanosPerPacket()), crypto.transforms());
    }
    assertTrue(Files.size(cache) > 0);
  }

  @Test
  void whatWasNotGivenUpIsNotReadmitted() throws Exception {
    nodes.start();
    assertEquals(Optional.of("it was not given up"), left.node().readmitCrypto("jca"));
    Optional<String> unknown = left.node().readmitCrypto("nobody");
    assertEquals(Optional.of("no crypto provider `nobody` was loaded"), unknown);
  }

  @Test
  void providersWithoutIkeAreNotEnough() {
    FakeProvider packets = new FakeProvider("packets", transform -> true);
    left.settings = builder -> builder.crypto(List.of(packets));
    NodeStartException refused =
        assertThrows(NodeStartException.class, () -> left.start(nodes.right));
    assertTrue(String.valueOf(refused.getMessage()).contains("can do IKE"), refused::getMessage);
  }
}
