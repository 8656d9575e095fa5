package org.ipsec4j.node;

import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.packet.RawPort;
import org.jspecify.annotations.Nullable;

/** The raw sockets of a node, or that there are none. Sending is guarded by the node's lock. */
final class RawOuter implements AutoCloseable {
  private final @Nullable RawPort port;
  private final @Nullable OuterTap tap;

  RawOuter(@Nullable RawPort port, @Nullable OuterTap tap) {
    this.port = port;
    this.tap = tap;
  }

  boolean isOpen() {
    return port != null;
  }

  int receive(PacketBurst burst, long timeoutMillis) {
    return port == null ? -1 : port.receive(burst, timeoutMillis);
  }

  /** Shows the tap what was received; under the node's lock, as everything that it sees. */
  void show(PacketBurst burst) {
    for (int i = 0; tap != null && i < burst.size(); i++) {
      tap.onPacket(burst.slab(), burst.offset(i), burst.length(i), false);
    }
  }

  void send(PacketBurst burst, boolean[] mine) {
    if (port == null) {
      return;
    }
    for (int i = 0; tap != null && i < burst.size(); i++) {
      if (mine[i] && burst.isAlive(i)) {
        tap.onPacket(burst.slab(), burst.offset(i), burst.length(i), true);
      }
    }
    port.send(burst, mine);
  }

  @Override
  public void close() {
    if (port != null) {
      port.close();
    }
  }
}
