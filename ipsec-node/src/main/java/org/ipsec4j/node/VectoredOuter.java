package org.ipsec4j.node;

import java.nio.ByteBuffer;
import java.util.List;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.packet.DatagramPort;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.Nullable;

/** UDP sockets of a {@link DatagramPort}: a call of the system for many datagrams. */
final class VectoredOuter implements UdpSide {
  private final DatagramPort port;
  private final List<UdpOuter.Binding> bindings;
  private final @Nullable OuterTap tap;
  private final Endpoint[] from;

  VectoredOuter(
      DatagramPort port, List<UdpOuter.Binding> bindings, @Nullable OuterTap tap, int burst) {
    this.port = port;
    this.bindings = List.copyOf(bindings);
    this.tap = tap;
    this.from = new Endpoint[burst];
  }

  @Override
  public boolean send(Endpoint source, Endpoint to, ByteBuffer memory, int offset, int length) {
    if (tap != null) {
      tap.onDatagram(source, to, memory, offset, length, true);
    }
    return port.send(source, to, memory, offset, length);
  }

  @Override
  public void send(PacketBurst packets, @Nullable Endpoint[] sources, @Nullable Endpoint[] to) {
    for (int i = 0; tap != null && i < packets.size(); i++) {
      Endpoint source = sources[i];
      Endpoint target = to[i];
      if (source != null && target != null && packets.isAlive(i)) {
        tap.onDatagram(source, target, packets.slab(), packets.offset(i), packets.length(i), true);
      }
    }
    port.send(packets, sources, to);
  }

  @Override
  public boolean receive(long timeoutMillis, PacketBurst burst, UdpOuter.Receiver receiver) {
    burst.clear();
    int socket = port.receive(burst, from, Math.max(0, timeoutMillis));
    if (socket >= 0 && burst.size() > 0) {
      receiver.received(bindings.get(socket), burst, from);
    }
    return socket != DatagramPort.CLOSED;
  }

  @Override
  public void show(UdpOuter.Binding binding, PacketBurst burst, Endpoint[] sources) {
    for (int i = 0; tap != null && i < burst.size(); i++) {
      tap.onDatagram(
          sources[i], binding.local(), burst.slab(), burst.offset(i), burst.length(i), false);
    }
  }

  @Override
  public void wakeup() {
    port.wakeup();
  }

  @Override
  public void close() {
    port.close();
  }

  @Override
  public String toString() {
    return "VectoredOuter[" + port + "]";
  }
}
