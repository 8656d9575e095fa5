package org.ipsec4j.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.interop.HandshakeRace.Responder;
import org.ipsec4j.interop.Pki.KeyKind;
import org.jspecify.annotations.Nullable;

/** What clients and responders of a {@link HandshakeRace} are told: the same in both languages. */
final class RacePolicies {
  private static final String SECRET = "only for the interop suite";
  private static final String RESPONDER = "responder.interop.example";

  private final boolean certificates;
  private final String proposal;
  private final int clients;
  private final Path pkiFolder;
  private final Pki.@Nullable Authority authority;
  private final List<Pki.Identity> identities = new ArrayList<>();

  RacePolicies(Path folder, boolean certificates, String proposal, int clients) throws IOException {
    this.certificates = certificates;
    this.proposal = proposal;
    this.clients = clients;
    pkiFolder = Files.createDirectories(folder.resolve("pki"));
    if (!certificates) {
      authority = null;
      return;
    }
    Pki pki = new Pki(pkiFolder);
    Pki.Authority made = pki.authority("authority", KeyKind.ECDSA_P256);
    authority = made;
    for (int i = 0; i < clients; i++) {
      identities.add(pki.identity(made, clientId(i), KeyKind.ECDSA_P256, 0));
    }
    identities.add(pki.identity(made, RESPONDER, KeyKind.ECDSA_P256, 0));
  }

  static String clientAddress(int client) {
    return "10.9.0." + (10 + client);
  }

  private static String clientId(int client) {
    return "c" + client + ".interop.example";
  }

  private static String clientNet(int client) {
    return "10.1." + client + ".0/24";
  }

  /** A policy for each client of one responder's load; the files' names. */
  List<String> clients(Path folder, Responder who) throws IOException {
    List<String> files = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      // each load has ports of its own, as all run in one namespace
      int port = 20_000 + 1_000 * who.ordinal();
      Path file = folder.resolve("client" + i + ".yaml");
      List<String> lines = new ArrayList<>(List.of("version: 1", "node:"));
      lines.add("  ports: { ike: " + port + ", nat: " + (port + 1) + " }");
      lines.add("peers:");
      peer(lines, "responder", clientAddress(i), clientId(i), who.address(), RESPONDER, i);
      child(lines, clientNet(i), "10.2.0.0/16");
      Files.write(file, lines);
      files.add(file.toString());
    }
    secret(folder);
    return files;
  }

  /** The policy of a node that answers all clients. */
  Path responder(Path folder, Responder who) throws IOException {
    List<String> lines = new ArrayList<>(List.of("version: 1", "peers:"));
    for (int i = 0; i < clients; i++) {
      peer(lines, "client" + i, who.address(), RESPONDER, clientAddress(i), clientId(i), clients);
      child(lines, "10.2.0.0/16", clientNet(i));
    }
    secret(folder);
    return Files.write(folder.resolve("responder.yaml"), lines);
  }

  private void peer(
      List<String> lines,
      String name,
      String address,
      String id,
      String remote,
      String remoteId,
      int identity) {
    lines.add("  " + name + ":");
    lines.add("    local: { address: " + address + ", id: " + id + " }");
    lines.add("    remote: { address: " + remote + ", id: " + remoteId + " }");
    if (authority == null) {
      lines.add("    auth: { psk: { file: psk.txt } }");
    } else {
      Pki.Identity own = identities.get(identity);
      lines.add(
          "    auth: { certificate: { chain: "
              + own.certificate()
              + ", key: "
              + own.key()
              + ", trust: ["
              + authority.certificate()
              + "] } }");
    }
    lines.add("    ike: { proposals: [" + proposal + "], rekey: 4h }");
  }

  private static void child(List<String> lines, String local, String remote) {
    lines.add("    children:");
    lines.add("      net:");
    lines.add("        local: [" + local + "]");
    lines.add("        remote: [" + remote + "]");
    lines.add("        esp: [aes128gcm16]");
    lines.add("        start: none");
  }

  private void secret(Path folder) throws IOException {
    if (!certificates) {
      Files.writeString(folder.resolve("psk.txt"), SECRET);
    }
  }

  /** The same for charon, in {@code folder/swanctl}. */
  void charon(Path folder) throws IOException {
    Path swanctl = Files.createDirectories(folder.resolve("swanctl"));
    StringBuilder text = new StringBuilder("connections {\n");
    for (int i = 0; i < clients; i++) {
      String auth = certificates ? "pubkey" : "psk";
      String own = certificates ? "\n      certs = " + RESPONDER + ".pem" : "";
      text.append(
          """
            client%d {
              version = 2
              local_addrs = %s
              remote_addrs = %s
              proposals = %s
              local {
                auth = %s
                id = %s%s
              }
              remote {
                auth = %s
                id = %s
              }
              children {
                net {
                  local_ts = 10.2.0.0/16
                  remote_ts = %s
                  esp_proposals = aes128gcm16
                  mode = tunnel
                  updown =
                }
              }
            }
          """
              .formatted(
                  i,
                  Responder.CHARON.address(),
                  clientAddress(i),
                  proposal,
                  auth,
                  RESPONDER,
                  own,
                  auth,
                  clientId(i),
                  clientNet(i)));
    }
    text.append("}\n");
    if (authority == null) {
      text.append("secrets {\n  ike-race {\n    secret = \"" + SECRET + "\"\n  }\n}\n");
    } else {
      Pki.Identity own = identities.getLast();
      copy(own.certificate(), swanctl.resolve("x509"));
      copy(own.key(), swanctl.resolve("private"));
      copy(authority.certificate(), swanctl.resolve("x509ca"));
    }
    Files.writeString(swanctl.resolve("swanctl.conf"), text);
  }

  private static void copy(Path file, Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.copy(file, folder.resolve(file.getFileName()));
  }
}
