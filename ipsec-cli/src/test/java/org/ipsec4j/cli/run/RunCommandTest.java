package org.ipsec4j.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code ipsec run}: what is refused before it starts, and two gateways as real processes. */
class RunCommandTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new RunCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  private Path file(String name, String text) throws Exception {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    return file;
  }

  /** Ports of both sites: ours for IKE and NAT, then the other's. */
  private static List<Integer> freePorts() throws Exception {
    List<DatagramSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        held.add(new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
      }
      return held.stream().map(DatagramSocket::getLocalPort).toList();
    } finally {
      held.forEach(DatagramSocket::close);
    }
  }

  private Path site(boolean a, List<Integer> ports) throws Exception {
    Path psk = file("psk.txt", "only for tests\n");
    Files.setPosixFilePermissions(psk, PosixFilePermissions.fromString("rw-------"));
    String text =
        """
        version: 1
        node: { ports: { ike: @0@, nat: @1@ } }
        peers:
          @peer@:
            local: { address: 127.0.0.1, id: @self@.example }
            remote: { address: 127.0.0.1, id: @peer@.example, ports: { ike: @2@, nat: @3@ } }
            auth: { psk: { file: psk.txt } }
            ike: { encapsulation: always }
            children:
              net: { local: @near@, remote: @far@, start: none }
        """;
    for (int i = 0; i < 4; i++) {
      text = text.replace("@" + i + "@", ports.get(a ? i : (i + 2) % 4).toString());
    }
    text = text.replace("@self@", a ? "a" : "b").replace("@peer@", a ? "b" : "a");
    text = text.replace("@near@", a ? "10.1.0.0/24" : "10.2.0.0/24");
    text = text.replace("@far@", a ? "10.2.0.0/24" : "10.1.0.0/24");
    return file(a ? "site-a.yaml" : "site-b.yaml", text);
  }

  @Test
  void aWrongPolicyIsStatusTwoWithLineAndColumn() throws Exception {
    Path policy = file("wrong.yaml", "version: 1\npeers:\n  b:\n    locale: { id: a }\n");
    assertEquals(2, run(policy.toString()));
    assertTrue(err.toString().contains(policy + ":4:5: expected "), err::toString);
    assertTrue(err.toString().contains("found `locale`"), err::toString);
    assertTrue(err.toString().contains("; example: "), err::toString);
    assertEquals("", out.toString());
  }

  @Test
  void aFileThatIsNoYamlIsStatusTwoWithLineAndColumn() throws Exception {
    Path policy = file("wrong.yaml", "version: 1\npeers: { b: [\n");
    assertEquals(2, run(policy.toString()));
    assertTrue(err.toString().matches("(?s).*wrong\\.yaml:\\d+:\\d+: .*"), err::toString);
  }

  @Test
  void aMissingPolicyIsStatusTwo() {
    Path policy = folder.resolve("nowhere.yaml");
    assertEquals(2, run(policy.toString()));
    assertTrue(err.toString().startsWith(policy.toString()), err::toString);
    assertFalse(err.toString().contains("\tat "), err::toString);
  }

  @Test
  void withoutAPolicyItIsWrongUsage() {
    assertEquals(2, run());
    assertTrue(err.toString().contains("POLICY"), err::toString);
  }

  @Test
  void aPortInUseIsStatusOneWithTheCure() throws Exception {
    try (DatagramSocket taken =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      List<Integer> ports = new ArrayList<>(freePorts());
      ports.set(0, taken.getLocalPort());
      assertEquals(1, run(site(true, ports).toString(), "--no-tun"));
    }
    assertTrue(err.toString().startsWith("ipsec: UDP 127.0.0.1:"), err::toString);
    assertTrue(err.toString().contains("another program holds it; `ss -lunp`"), err::toString);
    assertEquals("", out.toString(), "nothing is ready");
  }

  @Test
  void anAddressOfAnotherMachineIsStatusOneWithTheCure() throws Exception {
    String text = Files.readString(site(true, freePorts()));
    Path policy =
        file(
            "site-a.yaml",
            text.replace("local: { address: 127.0.0.1", "local: { address: 192.0.2.1"));
    assertEquals(1, run(policy.toString(), "--no-tun"));
    assertTrue(
        err.toString().contains("no interface of this machine has that address"), err::toString);
  }

  @Test
  void aTunDeviceWithoutPrivilegesIsStatusOneWithTheCure() throws Exception {
    Process id = new ProcessBuilder("id", "-u").start();
    boolean root = id.inputReader().readLine().equals("0");
    if (root) {
      System.out.println("skipped: root may make TUN devices, run this test as another user");
    }
    Assumptions.assumeFalse(root, "root may make TUN devices");
    assertEquals(1, run(site(true, freePorts()).toString(), "--tun", "ipsectest0"));
    assertTrue(err.toString().contains("--no-tun"), err::toString);
  }

  @Test
  void twoGatewaysObeyTheirConsoles() throws Exception {
    List<Integer> ports = freePorts();
    try (RunningGateway b = RunningGateway.start(site(false, ports));
        RunningGateway a = RunningGateway.start(site(true, ports))) {
      b.await("ready");
      a.await("ready");
      a.say("initiate net");
      JsonNode up = a.await("ike-up");
      assertTrue(up.get("initiator").booleanValue());
      assertEquals("fqdn:b.example", up.get("identity").textValue());
      JsonNode childA = a.await("child-up");
      JsonNode childB = b.await("child-up");
      assertEquals(childA.get("spiIn"), childB.get("spiOut"));
      assertEquals("[10.1.0.0/24]", childA.get("local").textValue());

      a.say("status");
      JsonNode status = a.await("status");
      assertEquals("ESTABLISHED", status.get("ikeSas").get(0).get("phase").textValue());
      assertEquals(up.get("ispi"), status.get("ikeSas").get(0).get("ispi"));
      assertEquals(childA.get("spiIn"), status.get("childSas").get(0).get("spiIn"));
      assertTrue(status.get("counters").get("balanced").booleanValue());

      b.say("rekey-child a/net");
      JsonNode rekeyed = a.await("child-rekeyed");
      assertFalse(rekeyed.get("initiator").booleanValue());
      assertFalse(rekeyed.get("spiIn").equals(childA.get("spiIn")));
      assertTrue(b.await("child-rekeyed").get("initiator").booleanValue());

      a.say("rekey-ike b");
      assertEquals(up.get("ispi"), a.await("ike-rekeyed").get("oldIspi"));
      b.await("ike-rekeyed");

      a.say("delete-child net");
      assertEquals("DELETED_BY_COMMAND", a.await("child-down").get("reason").textValue());
      assertEquals("DELETED_BY_PEER", b.await("child-down").get("reason").textValue());

      a.say("rekey-child net");
      assertTrue(a.await("refused").get("reason").textValue().contains("no child `net` is up"));
      a.say("initiate nothing");
      assertTrue(a.await("refused").get("reason").textValue().contains("`nothing`"));
      a.say("readmit nobody");
      assertTrue(a.await("refused").get("reason").textValue().contains("`nobody` was loaded"));
      a.say("readmit jca");
      assertTrue(a.await("refused").get("reason").textValue().contains("was not given up"));
      a.say("dance");
      assertTrue(a.await("refused").get("reason").textValue().contains("initiate, rekey-child"));

      a.say("quit");
      assertEquals(2, a.await("stopped").get("counters").get("rekeys").longValue());
      assertEquals(0, a.exitStatus());
      assertEquals("DELETED_BY_PEER", b.await("ike-down").get("reason").textValue());
      b.say("quit");
      assertEquals(0, b.exitStatus());
      assertEquals("", b.standardError());
    }
  }

  @Test
  void weakAlgorithmsWorkWhereAPolicyNamesThemAndAreWarnedOfAsLongAsItDoes() throws Exception {
    List<Integer> ports = freePorts();
    List<Path> sites = new ArrayList<>();
    for (boolean which : new boolean[] {false, true}) {
      Path site = site(which, ports);
      String text =
          Files.readString(site)
              .replace("{ encapsulation: always }", "{ proposals: legacy:3des-md5-modp1536 }")
              .replace("start: none", "start: none, esp: legacy:blowfish128-md5");
      sites.add(file(site.getFileName().toString(), text));
    }
    try (RunningGateway b = RunningGateway.start(sites.get(0));
        RunningGateway a = RunningGateway.start(sites.get(1))) {
      b.await("ready");
      a.await("ready");
      JsonNode ike = a.await("weak-algorithms");
      assertEquals("", ike.get("child").textValue());
      assertEquals("3des, md5, prfmd5, modp1536", ike.get("algorithms").textValue());
      assertEquals("aes256-sha256-prfsha256-x25519", ike.get("instead").textValue());
      JsonNode child = a.await("weak-algorithms");
      assertEquals("net", child.get("child").textValue());
      assertEquals("blowfish128, md5", child.get("algorithms").textValue());
      assertEquals(sites.get(1) + ":10", child.get("where").textValue());
      a.say("initiate net");
      assertEquals(
          "TRIPLE_DES_CBC/HMAC_MD5_96/HMAC_MD5/MODP_1536",
          a.await("ike-up").get("algorithms").textValue());
      a.await("child-up");
      b.await("child-up");
      a.say("status");
      JsonNode status = a.await("status");
      assertEquals(
          "ESP:BLOWFISH_CBC_128/HMAC_MD5_96/NO_ESN",
          status.get("childSas").get(0).get("algorithms").textValue());
      assertEquals(2, status.get("weakChoices").size());
      assertEquals("blowfish128, md5", status.get("weakChoices").get(1).get("algorithms").asText());
      a.say("quit");
      assertEquals(0, a.exitStatus());
      assertTrue(
          a.standardError().contains("site-a.yaml:10:")
              && a.standardError()
                  .contains("child `net`: `blowfish128` and `md5` are weak; use `aes256-sha256`"),
          a.standardError());
    }
  }

  private void endsBySignal(String signal, int status) throws Exception {
    List<Integer> ports = freePorts();
    try (RunningGateway b = RunningGateway.start(site(false, ports));
        RunningGateway a = RunningGateway.start(site(true, ports))) {
      b.await("ready");
      a.await("ready");
      a.say("initiate b/net");
      a.await("child-up");
      b.await("child-up");
      a.signal(signal);
      assertEquals("DELETED_BY_PEER", b.await("ike-down").get("reason").textValue());
      a.await("stopped");
      assertEquals(status, a.exitStatus());
    }
  }

  /** Ctrl-C. */
  @Test
  void anInterruptDeletesTheAssociationsOnThePeer() throws Exception {
    boolean possible = RunningGateway.takesInterrupts();
    if (!possible) {
      System.out.println("skipped: this system's env cannot make a process mind SIGINT");
    }
    Assumptions.assumeTrue(possible, "SIGINT may be ignored here");
    endsBySignal("INT", 130);
  }

  @Test
  void aTerminationDeletesTheAssociationsOnThePeer() throws Exception {
    endsBySignal("TERM", 143);
  }
}
