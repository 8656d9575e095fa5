package org.ipsec4j.io.linux;

import java.io.IOException;
import java.util.Locale;
import org.ipsec4j.api.packet.RawPort;
import org.ipsec4j.api.packet.RawProvider;
import org.ipsec4j.api.packet.RawSettings;

/** Raw sockets of Linux for native ESP and AH. They need root or CAP_NET_RAW. */
public final class LinuxRaw implements RawProvider {
  /** For ServiceLoader. */
  public LinuxRaw() {}

  @Override
  public boolean isSupported() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
  }

  @Override
  public RawPort open(RawSettings settings) throws IOException {
    return RawSockets.open(settings);
  }
}
