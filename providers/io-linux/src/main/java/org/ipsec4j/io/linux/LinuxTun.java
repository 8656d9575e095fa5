package org.ipsec4j.io.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.packet.PacketPort;
import org.ipsec4j.api.packet.TunProvider;
import org.ipsec4j.api.packet.TunSettings;

/** TUN devices of Linux, configured by the {@code ip} command of iproute2. */
public final class LinuxTun implements TunProvider {
  private static final long PATIENCE_SECONDS = 10;

  /** For ServiceLoader. */
  public LinuxTun() {}

  @Override
  public boolean isSupported() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
  }

  @Override
  public PacketPort open(TunSettings settings) throws IOException {
    TunPort port = TunPort.open(settings.name());
    try {
      configure(settings);
      return port;
    } catch (IOException | RuntimeException e) {
      port.close();
      throw e;
    }
  }

  private static void configure(TunSettings settings) throws IOException {
    String name = settings.name();
    for (TunSettings.InterfaceAddress address : settings.addresses()) {
      String family = address.address().isV4() ? "-4" : "-6";
      List<String> command =
          new ArrayList<>(List.of(family, "address", "add", address.toString(), "dev", name));
      if (!address.address().isV4()) {
        // Nobody else is on the link, so nobody can hold the address already.
        command.add("nodad");
      }
      ip(command);
    }
    ip(List.of("link", "set", "dev", name, "mtu", Integer.toString(settings.mtu()), "up"));
    for (AddressRange route : settings.routes()) {
      addRoute(name, route, settings);
    }
  }

  private static void addRoute(String name, AddressRange route, TunSettings settings)
      throws IOException {
    if (route.prefixLength() < 0) {
      throw new IOException(
          "the range " + route + " is not a network and cannot be a route: write it as networks");
    }
    String network = route.first() + "/" + route.prefixLength();
    List<String> command =
        new ArrayList<>(
            List.of(route.isV4() ? "-4" : "-6", "route", "replace", network, "dev", name));
    settings.addresses().stream()
        .filter(address -> address.address().isV4() == route.isV4())
        .findFirst()
        .ifPresent(address -> command.addAll(List.of("src", address.address().toString())));
    ip(command);
  }

  private static void ip(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add("ip");
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    String path = builder.environment().getOrDefault("PATH", "");
    builder.environment().put("PATH", path + ":/usr/sbin:/sbin");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new IOException("the `ip` command is missing: install iproute2", e);
    }
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("`" + String.join(" ", command) + "` did not end");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (process.exitValue() != 0) {
      throw new IOException("`" + String.join(" ", command) + "` failed: " + said.strip());
    }
  }
}
