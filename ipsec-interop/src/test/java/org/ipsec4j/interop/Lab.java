package org.ipsec4j.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The machine under the suite: Linux, root, and the Debian packages of the peers and judges.
 *
 * <p>Whatever is missing makes the suite fail, never skip: a suite that did not run must not look
 * like one that passed.
 */
final class Lab {
  private static final Duration INSTALL = Duration.ofMinutes(8);
  private static final Path PLUGINS = Path.of("/usr/lib/ipsec/plugins");

  /**
   * What has to be there (a program, or a file by its absolute path) and the package that brings
   * it.
   */
  private static final Map<String, String> NEEDS = needs();

  private static boolean ready;

  private Lab() {}

  private static Map<String, String> needs() {
    Map<String, String> needs = new LinkedHashMap<>();
    needs.put("/usr/lib/ipsec/charon", "strongswan-charon");
    needs.put("swanctl", "strongswan-swanctl");
    needs.put("pki", "strongswan-pki");
    needs.put(PLUGINS + "/libstrongswan-kernel-libipsec.so", "libcharon-extra-plugins");
    needs.put(PLUGINS + "/libstrongswan-openssl.so", "libstrongswan-standard-plugins");
    needs.put(PLUGINS + "/libstrongswan-curve25519.so", "libstrongswan-extra-plugins");
    needs.put("tshark", "tshark");
    needs.put("tcpdump", "tcpdump");
    needs.put("ip", "iproute2");
    needs.put("ping", "iputils-ping");
    needs.put("nft", "nftables");
    needs.put("openssl", "openssl");
    needs.put("linux.uml", "user-mode-linux");
    needs.put("modprobe", "kmod");
    needs.put("busybox", "busybox-static");
    needs.put("/usr/lib/python3/dist-packages/scapy", "python3-scapy");
    needs.put("/usr/lib/python3/dist-packages/cryptography", "python3-cryptography");
    return needs;
  }

  /**
   * Makes the machine ready, once; throws with a sentence that says what to do when it cannot be.
   */
  static synchronized void require() {
    if (ready) {
      return;
    }
    requireLinuxRoot(System.getProperty("os.name", ""), uid());
    if (!Files.exists(Path.of("/dev/net/tun"))) {
      throw new InteropFailure(
          "the interop suite needs /dev/net/tun: load the kernel's tun module");
    }
    Set<String> missing = missing();
    if (!missing.isEmpty()) {
      install(missing);
    }
    ready = true;
  }

  /** The two conditions that no installation can repair. */
  static void requireLinuxRoot(String os, int uid) {
    if (!os.equals("Linux")) {
      throw new InteropFailure(
          "the interop suite runs on Linux only (this is '" + os + "'): leave out -Pinterop");
    }
    if (uid != 0) {
      throw new InteropFailure(
          "the interop suite makes network namespaces and must run as root (uid 0, not "
              + uid
              + "): sudo mvn verify -Pinterop");
    }
  }

  private static int uid() {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException | UnsupportedOperationException e) {
      return -1;
    }
  }

  private static Set<String> missing() {
    Set<String> packages = new LinkedHashSet<>();
    NEEDS.forEach(
        (probe, name) -> {
          if (!present(probe)) {
            packages.add(name);
          }
        });
    return packages;
  }

  private static boolean present(String probe) {
    if (probe.startsWith("/")) {
      return Files.exists(Path.of(probe));
    }
    return Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin")
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, probe)));
  }

  /** A run level of 1 keeps the packages' scripts from starting daemons on the host. */
  private static void install(Set<String> packages) {
    if (!present("apt-get")) {
      throw new InteropFailure("no apt-get here; install these programs first: " + packages);
    }
    Map<String, String> env = Map.of("DEBIAN_FRONTEND", "noninteractive", "RUNLEVEL", "1");
    List<String> apt = List.of("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300");
    List<String> install =
        Stream.of(apt, List.of("install", "-y", "--no-install-recommends"), List.copyOf(packages))
            .flatMap(List::stream)
            .toList();
    if (!Proc.run(INSTALL, env, install).ok()) {
      Proc.run(INSTALL, env, Stream.concat(apt.stream(), Stream.of("update")).toList()).checked();
      Proc.run(INSTALL, env, install).checked();
    }
    if (!missing().isEmpty()) {
      throw new InteropFailure("still missing after the installation: " + missing());
    }
  }
}
