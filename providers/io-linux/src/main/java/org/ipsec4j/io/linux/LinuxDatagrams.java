package org.ipsec4j.io.linux;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.packet.DatagramPort;
import org.ipsec4j.api.packet.DatagramProvider;

/** UDP sockets of Linux with vectored calls and segmentation offload. They need no privilege. */
public final class LinuxDatagrams implements DatagramProvider {
  /** For ServiceLoader. */
  public LinuxDatagrams() {}

  @Override
  public boolean isSupported() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
  }

  @Override
  public DatagramPort open(List<Endpoint> locals, int burst) throws IOException {
    return UdpSockets.open(locals, burst);
  }
}
