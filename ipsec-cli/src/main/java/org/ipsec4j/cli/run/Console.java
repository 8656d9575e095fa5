package org.ipsec4j.cli.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.ike.IkeCommand;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.node.IpsecNode;
import org.ipsec4j.node.NodeStatus;

/**
 * Commands for a running gateway, a line each: {@code initiate CHILD}, {@code rekey-child CHILD},
 * {@code rekey-ike PEER}, {@code delete-child CHILD}, {@code delete-ike PEER}, {@code readmit
 * PROVIDER}, {@code status}, {@code quit}. A child is named {@code peer/child}, or by its name
 * alone where that is unique.
 */
final class Console {
  private static final int LONGEST_LINE = 4096;

  private final PolicySet policy;
  private final IpsecNode node;
  private final EventPrinter printer;

  Console(PolicySet policy, IpsecNode node, EventPrinter printer) {
    this.policy = policy;
    this.node = node;
    this.printer = printer;
  }

  /**
   * Obeys until {@code quit} or the end of the input.
   *
   * @return true when {@code quit} was said
   */
  boolean obey(BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.strip().split("\\s+", 2);
      if (words[0].equals("quit")) {
        return true;
      }
      if (!words[0].isEmpty() && line.length() <= LONGEST_LINE) {
        obey(words[0], words.length > 1 ? words[1] : "");
      }
    }
    return false;
  }

  private void obey(String verb, String name) {
    switch (verb) {
      case "status" -> printer.print(EventFields.of(node.status()));
      case "initiate" -> initiate(name);
      case "rekey-child" ->
          children(name).forEach(c -> node.command(new IkeCommand.RekeyChild(c.id())));
      case "delete-child" ->
          children(name).forEach(c -> node.command(new IkeCommand.DeleteChild(c.id())));
      case "rekey-ike" ->
          ikeSas(name).forEach(sa -> node.command(new IkeCommand.RekeyIke(sa.ikeSa())));
      case "delete-ike" ->
          ikeSas(name).forEach(sa -> node.command(new IkeCommand.DeleteIke(sa.ikeSa())));
      case "readmit" -> node.readmitCrypto(name).ifPresent(this::refused);
      default ->
          refused(
              "`"
                  + verb
                  + "` is no command: initiate, rekey-child, rekey-ike, delete-child,"
                  + " delete-ike, readmit, status, quit");
    }
  }

  private void initiate(String name) {
    List<PadEntry> peers =
        policy.peers().stream()
            .filter(
                peer ->
                    peer.children().stream()
                        .anyMatch(child -> named(peer.name(), child.name(), name)))
            .toList();
    if (peers.size() != 1) {
      refused(
          peers.isEmpty()
              ? "no child `" + name + "` in the policy"
              : "several peers have a child `" + name + "`: write PEER/CHILD");
      return;
    }
    String peer = peers.getFirst().name();
    String child = name.substring(name.indexOf('/') + 1);
    node.command(new IkeCommand.Initiate(peer, child, null, null));
  }

  private List<NodeStatus.Child> children(String name) {
    List<NodeStatus.Child> found =
        node.status().children().stream()
            .filter(child -> !child.lingering() && named(child.peer(), child.name(), name))
            .toList();
    if (found.isEmpty()) {
      refused("no child `" + name + "` is up");
    }
    return found;
  }

  private List<IkeStatus.IkeSaStatus> ikeSas(String peer) {
    List<IkeStatus.IkeSaStatus> found =
        node.status().ike().ikeSas().stream()
            .filter(sa -> sa.peer().equals(peer) && sa.phase() == IkeStatus.Phase.ESTABLISHED)
            .toList();
    if (found.isEmpty()) {
      refused("no IKE SA with peer `" + peer + "` is up");
    }
    return found;
  }

  private static boolean named(String peer, String child, String name) {
    return name.equals(child) || name.equals(peer + "/" + child);
  }

  private void refused(String why) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("event", "refused");
    fields.put("reason", why);
    printer.print(fields);
  }
}
