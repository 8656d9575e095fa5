package org.ipsec4j.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.ipsec4j.interop.Tunnel.Certificates;
import org.ipsec4j.interop.Tunnel.Psk;

/**
 * strongSwan's daemon in a namespace, with ESP in its own process (plugin kernel-libipsec: tunnel
 * mode in UDP, TUN device ipsec0, routes in table 220), a private /run, a control socket and a log
 * of its own.
 */
final class Charon implements IpsecHost {
  private static final String DAEMON = "/usr/lib/ipsec/charon";
  private static final String SETTINGS =
      """
      charon {
        load = random nonce openssl drbg sha1 sha2 hmac kdf gmp curve25519 chapoly gcm pem pkcs1 pkcs8 x509 pubkey \
      constraints kernel-libipsec kernel-netlink socket-default vici
        install_routes = yes
        threads = 16
        retransmit_timeout = 1.5
        retransmit_base = 1.3
        retransmit_tries = 4
        fragment_size = 1280
        filelog {
          interop {
            path = @LOG@
            default = 1
            cfg = 2
            ike = 4
            chd = 4
            ike_name = yes
            flush_line = yes
            time_format = %H:%M:%S
          }
        }
        plugins {
          vici {
            socket = unix://@SOCKET@
          }
        }
      }
      swanctl {
        load = random openssl pem pkcs1 pkcs8 x509 pubkey
      }
      """;
  private static final Pattern REFUSAL =
      Pattern.compile(".*generating .*\\[ .*N\\((AUTH_FAILED|NO_PROP|TS_UNACCEPT)\\).*");

  private final Path folder;
  private final Path socket;
  private final Process process;
  private final Map<String, String> env;

  /** SPIs by charon's number of the IKE SA, as far as they were ever listed. */
  private final Map<String, String[]> spis = new HashMap<>();

  private Charon(Path folder, Path socket, Map<String, String> env, Process process) {
    this.folder = folder;
    this.socket = socket;
    this.env = env;
    this.process = process;
  }

  /** Starts the daemon and loads its configuration. */
  static Charon start(Path folder, String namespace, Tunnel tunnel, boolean left) {
    try {
      Path swanctl = Files.createDirectories(folder.resolve("swanctl"));
      Files.writeString(
          swanctl.resolve("swanctl.conf"),
          left ? SwanctlConf.left(tunnel) : SwanctlConf.right(tunnel));
      credentials(swanctl, tunnel, left);
      return start(folder, namespace, SETTINGS);
    } catch (IOException e) {
      throw new InteropFailure("cannot prepare charon in " + folder, e);
    }
  }

  /**
   * Starts the daemon without the log and the routes that cost it time, with the configuration that
   * already lies in {@code folder/swanctl}.
   */
  static Charon quiet(Path folder, String namespace) {
    String settings =
        SETTINGS
            .replace("install_routes = yes", "install_routes = no")
            .replaceAll("= [124]\n", "= 0\n");
    return start(folder, namespace, settings);
  }

  private static Charon start(Path folder, String namespace, String settings) {
    try {
      Files.createDirectories(folder.resolve("run"));
      Path swanctl = folder.resolve("swanctl");
      // socket names are short by law (108 bytes), a build folder's name need not be
      Path socket = Files.createTempDirectory("interop").resolve("vici");
      Files.writeString(
          folder.resolve("strongswan.conf"),
          settings
              .replace("@LOG@", folder.resolve("charon.log").toString())
              .replace("@SOCKET@", socket.toString()));
      Map<String, String> env =
          Map.of(
              "STRONGSWAN_CONF",
              folder.resolve("strongswan.conf").toString(),
              "SWANCTL_DIR",
              swanctl.toString());
      // "ip netns exec" gives a mount namespace, so the daemon's /run/charon.pid is its own affair
      String script = "mount --bind '" + folder.resolve("run") + "' /run && exec " + DAEMON;
      Process process =
          Proc.start(
              env,
              folder.resolve("stdout.log"),
              folder.resolve("stderr.log"),
              Namespaces.inside(namespace, List.of("sh", "-c", script)));
      Charon charon = new Charon(folder, socket, env, process);
      charon.load();
      return charon;
    } catch (IOException e) {
      throw new InteropFailure("cannot prepare charon in " + folder, e);
    }
  }

  private static void credentials(Path swanctl, Tunnel tunnel, boolean left) throws IOException {
    switch (tunnel.auth()) {
      case Psk _ -> {
        return;
      }
      case Certificates c -> {
        Pki.Identity own = left ? c.left() : c.right();
        copy(own.certificate(), swanctl.resolve("x509"));
        copy(own.key(), swanctl.resolve("private"));
        copy(c.authority().certificate(), swanctl.resolve("x509ca"));
      }
    }
  }

  private static void copy(Path file, Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.copy(file, folder.resolve(file.getFileName()));
  }

  private void load() {
    boolean up =
        Proc.poll(
            PATIENCE,
            () -> !process.isAlive() || (Files.exists(socket) && swanctl("--stats").ok()));
    if (!up || !process.isAlive()) {
      String words = lastWords();
      close();
      throw new InteropFailure("charon did not come up:\n" + words);
    }
    Proc.Result loaded = swanctl("--load-all");
    if (!loaded.ok()) {
      close();
      throw new InteropFailure("charon refuses its configuration:\n" + loaded.out() + loaded.err());
    }
  }

  /** The daemon itself. */
  Process process() {
    return process;
  }

  private Proc.Result swanctl(String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("swanctl", arguments[0], "--uri", "unix://" + socket));
    command.addAll(List.of(arguments).subList(1, arguments.length));
    return Proc.run(PATIENCE.plusSeconds(10), env, command);
  }

  private void order(String... arguments) {
    Proc.Result result = swanctl(arguments);
    if (!result.ok()) {
      throw new InteropFailure(
          "charon: '"
              + String.join(" ", arguments)
              + "' failed:\n"
              + result.out()
              + result.err()
              + lastWords());
    }
  }

  @Override
  public void initiate(String child) {
    order("--initiate", "--child", child, "--timeout", Long.toString(PATIENCE.toSeconds()));
    rememberSpis();
  }

  @Override
  public String initiateInVain(String child) {
    Proc.Result result =
        swanctl("--initiate", "--child", child, "--timeout", Long.toString(PATIENCE.toSeconds()));
    if (result.ok()) {
      throw new InteropFailure("charon was not refused:\n" + result.out());
    }
    return result.out() + result.err();
  }

  @Override
  public void rekeyChild(String child) {
    List<ChildSa> before = childSas();
    order("--rekey", "--child", child);
    await(
        "no new Child SA",
        () -> !childSas().isEmpty() && !spisIn(childSas()).equals(spisIn(before)));
  }

  @Override
  public void rekeyIke() {
    List<IkeSa> before = ikeSas();
    order("--rekey", "--ike", SwanctlConf.CONNECTION);
    await("no new IKE SA", () -> !ikeSas().isEmpty() && !ikeSas().equals(before));
  }

  @Override
  public void deleteChild(String child) {
    order("--terminate", "--child", child);
  }

  @Override
  public void deleteIke() {
    order("--terminate", "--ike", SwanctlConf.CONNECTION);
  }

  private static List<Long> spisIn(List<ChildSa> children) {
    return children.stream().map(ChildSa::spiIn).sorted().toList();
  }

  private void await(String problem, java.util.function.BooleanSupplier condition) {
    if (!Proc.poll(PATIENCE, condition)) {
      throw new InteropFailure("charon: " + problem + ":\n" + lastWords());
    }
  }

  @Override
  public int interrupt() {
    Proc.signal(process, "INT");
    return Proc.await(process, PATIENCE, "charon");
  }

  @Override
  public int interruptedStatus() {
    return 0;
  }

  @Override
  public void kill() {
    process.destroyForcibly();
    Proc.await(process, PATIENCE, "charon");
  }

  @Override
  public String awaitPeerLost(Duration limit) {
    if (!Proc.poll(limit, () -> ikeSas().isEmpty())) {
      throw new InteropFailure("charon still has its IKE SA after " + limit + ":\n" + lastWords());
    }
    return log().stream().filter(line -> line.contains("giving up after")).findFirst().orElse("");
  }

  @Override
  public String awaitRefusal(Duration limit) {
    if (!Proc.poll(limit, () -> log().stream().anyMatch(line -> REFUSAL.matcher(line).matches()))) {
      throw new InteropFailure("charon refused nothing within " + limit + ":\n" + lastWords());
    }
    return log().stream().filter(line -> REFUSAL.matcher(line).matches()).findFirst().orElseThrow();
  }

  /** How many lines of the log contain a text. */
  long said(String text) {
    return log().stream().filter(line -> line.contains(text)).count();
  }

  @Override
  public List<IkeSa> ikeSas() {
    List<IkeSa> found = new ArrayList<>();
    for (Map<String, Object> sa : list()) {
      if (ViciText.value(sa, "state").equals("ESTABLISHED")) {
        found.add(
            new IkeSa(ViciText.value(sa, "initiator-spi"), ViciText.value(sa, "responder-spi")));
      }
    }
    return found;
  }

  @Override
  public List<ChildSa> childSas() {
    List<ChildSa> found = new ArrayList<>();
    for (Map<String, Object> sa : list()) {
      for (Map<String, Object> children : ViciText.sections(sa)) {
        for (Map<String, Object> child : ViciText.sections(children)) {
          if (ViciText.value(child, "state").equals("INSTALLED")) {
            found.add(
                new ChildSa(
                    ViciText.value(child, "name"),
                    Long.parseLong(ViciText.value(child, "spi-in"), 16),
                    Long.parseLong(ViciText.value(child, "spi-out"), 16),
                    Long.parseLong(ViciText.value(child, "packets-in")),
                    Long.parseLong(ViciText.value(child, "packets-out"))));
          }
        }
      }
    }
    return found;
  }

  private List<Map<String, Object>> list() {
    Proc.Result result = swanctl("--list-sas", "--raw");
    if (!result.ok()) {
      throw new InteropFailure("charon does not list its SAs:\n" + result.err() + lastWords());
    }
    List<Map<String, Object>> sas = new ArrayList<>();
    ViciText.listSas(result.out()).forEach(event -> sas.addAll(ViciText.sections(event)));
    for (Map<String, Object> sa : sas) {
      String[] pair = {ViciText.value(sa, "initiator-spi"), ViciText.value(sa, "responder-spi")};
      spis.put(ViciText.value(sa, "uniqueid"), pair);
    }
    return sas;
  }

  private void rememberSpis() {
    list();
  }

  /** libipsec counts no drops; what it loses shows in the kernel's counters around it. */
  @Override
  public Map<String, Long> drops() {
    return Map.of();
  }

  @Override
  public Path wiresharkProfile() {
    if (process.isAlive()) {
      rememberSpis();
    }
    CharonKeys keys = keys();
    Path profile = folder.resolve("wireshark");
    WiresharkProfile.write(profile, keys.esp(), keys.ike(spis));
    return profile;
  }

  /** The keys of all SAs so far. */
  CharonKeys keys() {
    return CharonKeys.read(log());
  }

  private List<String> log() {
    try {
      return new String(
              Files.readAllBytes(folder.resolve("charon.log")), StandardCharsets.ISO_8859_1)
          .lines()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  @Override
  public String lastWords() {
    List<String> lines =
        log().stream()
            .filter(line -> !line.matches(".*\\] (<.*> )?\\s*\\d+: [0-9A-F]{2} .*"))
            .toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size())) + "\n";
  }

  @Override
  public void close() {
    Proc.end(process);
    try {
      Files.deleteIfExists(socket);
      Files.deleteIfExists(socket.getParent());
    } catch (IOException e) {
      throw new InteropFailure("cannot remove " + socket, e);
    }
  }
}
