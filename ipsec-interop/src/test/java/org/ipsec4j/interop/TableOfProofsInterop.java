package org.ipsec4j.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The committed table claims nothing that the tests of this build have not proved. Runs after the
 * others, as the classes run in alphabetical order.
 */
class TableOfProofsInterop {
  private static final Path PAGE = Path.of("..", "docs", "esp-proofs.md");

  private static final List<String> PEERS =
      List.of("capture", "linux-kernel", "scapy", "wireshark");

  @Test
  void theCommittedTableIsProved() throws IOException {
    TableOfProofs table = TableOfProofs.read(Proofs.folder());
    String wanted = System.getProperty("proofs", "");
    if (wanted.equals("write") || wanted.equals("check")) {
      assertEquals(new TreeSet<>(PEERS), table.peers(), "run all tests that prove something");
    }
    if (wanted.equals("write")) {
      Files.writeString(PAGE, table.page());
    }
    TreeSet<String> unproved = new TreeSet<>(TableOfProofs.claims(Files.readString(PAGE)));
    assertFalse(unproved.isEmpty(), "the page claims nothing");
    unproved.removeAll(TableOfProofs.claims(table.page()));
    // a run of single classes cannot judge what the others prove
    unproved.removeIf(claim -> !table.peers().contains(claim.substring(0, claim.indexOf(':'))));
    assertEquals(new TreeSet<>(), unproved, "claimed in " + PAGE + " and not proved by this build");
  }

  @Test
  void aClaimIsFoundInAPage() {
    List<String> claims =
        TableOfProofs.claims(
            """
            | Transform | Mode | a | b |
            |---|---|---|---|
            | ESP X | tunnel | IPv4 in IPv4, IPv6 in IPv4 ESN | |
            | What | a |
            |---|---|
            | ECN | ESP X tunnel |
            """);
    assertEquals(
        List.of(
            "a: ESP X tunnel: IPv4 in IPv4",
            "a: ESP X tunnel: IPv6 in IPv4 ESN",
            "a: ECN: ESP X tunnel"),
        claims);
  }
}
