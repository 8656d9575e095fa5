package org.ipsec4j.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.packet.DatagramPort;
import org.ipsec4j.api.packet.DatagramProvider;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UDP sockets of a node. Sending is thread-safe; receiving belongs to one thread. No socket is
 * ever bound to an address that the policy does not name.
 */
sealed interface UdpSide extends AutoCloseable permits UdpOuter, VectoredOuter {
  /**
   * Opens sockets: those of a provider where it can, those of the JDK otherwise.
   *
   * @param provider moves many datagrams with one call; or null
   * @param burst most packets of a burst
   * @throws NodeStartException when a socket cannot be bound; the message says what to do
   */
  static UdpSide open(
      List<UdpOuter.Binding> bindings,
      @Nullable DatagramProvider provider,
      @Nullable OuterTap tap,
      int burst)
      throws NodeStartException {
    Logger log = LoggerFactory.getLogger(UdpSide.class);
    if (provider != null && provider.isSupported() && !bindings.isEmpty()) {
      List<Endpoint> locals = bindings.stream().map(UdpOuter.Binding::local).toList();
      try {
        DatagramPort port = provider.open(locals, burst);
        port.shortcomings().forEach(reason -> log.info("slower than need be: {}", reason));
        return new VectoredOuter(port, bindings, tap, burst);
      } catch (IOException e) {
        // what is wrong for good, the sockets of the JDK will say with advice
        log.info("no vectored UDP sockets, those of the JDK are used: {}", e.getMessage());
      }
    }
    return UdpOuter.open(bindings, tap, burst);
  }

  /** Sends one payload; false when it could not be sent. */
  boolean send(Endpoint from, Endpoint to, ByteBuffer memory, int offset, int length);

  /**
   * Sends living packets of a burst, as {@link NodeIo#send(PacketBurst, Endpoint[], Endpoint[])}.
   */
  void send(PacketBurst packets, @Nullable Endpoint[] from, @Nullable Endpoint[] to);

  /**
   * Waits for datagrams and hands them on, socket by socket.
   *
   * @return false when the sockets are closed
   */
  boolean receive(long timeoutMillis, PacketBurst burst, UdpOuter.Receiver receiver);

  /** Shows the tap what was received; under the node's lock, as everything that it sees. */
  void show(UdpOuter.Binding binding, PacketBurst burst, Endpoint[] sources);

  /** Ends a {@link #receive} that waits. */
  void wakeup();

  @Override
  void close();
}
