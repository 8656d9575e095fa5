package org.ipsec4j.node;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.Nullable;

/** UDP sockets of the JDK: a call for each datagram, on every system. */
final class UdpOuter implements UdpSide {
  private static final int BUFFER = 4 << 20;
  private static final long SEND_PATIENCE_NANOS = 50_000_000L;

  /** What a socket is for. */
  record Binding(Endpoint local, boolean nat) {}

  /** Takes what arrived. */
  interface Receiver {
    /** Payloads of one socket; sources in {@code from}. */
    void received(Binding binding, PacketBurst burst, Endpoint[] from);
  }

  private final Selector selector;
  private final Map<Endpoint, DatagramChannel> channels = new LinkedHashMap<>();
  private final Map<Endpoint, InetSocketAddress> addresses = new ConcurrentHashMap<>();
  private final @Nullable OuterTap tap;
  private final Endpoint[] from;

  private UdpOuter(Selector selector, @Nullable OuterTap tap, int burst) {
    this.selector = selector;
    this.tap = tap;
    this.from = new Endpoint[burst];
  }

  static UdpOuter open(Collection<Binding> bindings, @Nullable OuterTap tap, int burst)
      throws NodeStartException {
    try {
      UdpOuter outer = new UdpOuter(Selector.open(), tap, burst);
      try {
        for (Binding binding : bindings) {
          outer.bind(binding);
        }
        return outer;
      } catch (IOException | RuntimeException e) {
        outer.close();
        throw e;
      }
    } catch (IOException e) {
      throw new NodeStartException(advice(e), e);
    }
  }

  private static String advice(IOException e) {
    return e instanceof BindFailure failure
        ? failure.getMessage() + ""
        : "the UDP sockets could not be opened: " + e.getMessage();
  }

  /** A bind that failed, with advice. */
  private static final class BindFailure extends IOException {
    private static final long serialVersionUID = 1L;

    BindFailure(Endpoint local, IOException cause) {
      super(text(local, cause), cause);
    }

    private static String text(Endpoint local, IOException cause) {
      String said = String.valueOf(cause.getMessage());
      String start = "UDP " + local + " cannot be bound (" + said + "): ";
      boolean denied = said.contains("ermission denied");
      // In other languages the system's words are others; below 1024 this is the likely one.
      boolean other = said.contains("in use") || said.contains("ssign requested address");
      if (denied || (cause instanceof BindException && local.port() < 1024 && !other)) {
        return start
            + "ports below 1024 need root or CAP_NET_BIND_SERVICE; run as root, or give the policy"
            + " unprivileged ports: node: { ports: { ike: 15500, nat: 14500 } }, and the peer the"
            + " same under remote: { ports: ... }";
      }
      if (said.contains("ssign requested address")) {
        return start + "no interface of this machine has that address; see `ip address`";
      }
      return cause instanceof BindException
          ? start + "another program holds it; `ss -lunp` names it"
          : start + "see the system's message";
    }
  }

  private void bind(Binding binding) throws IOException {
    Endpoint local = binding.local();
    DatagramChannel channel = open(local);
    try {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER);
      channel.bind(socketAddress(local));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, binding);
      channels.put(local, channel);
    } catch (SocketException e) {
      channel.close();
      throw new BindFailure(local, e);
    }
  }

  private static DatagramChannel open(Endpoint local) throws IOException {
    try {
      return DatagramChannel.open(
          local.address().isV4() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
    } catch (UnsupportedOperationException e) {
      throw new BindFailure(local, new SocketException("this machine has no IPv6"));
    }
  }

  private InetSocketAddress socketAddress(Endpoint endpoint) {
    InetSocketAddress known = addresses.get(endpoint);
    if (known == null) {
      known = new InetSocketAddress(inetAddress(endpoint.address()), endpoint.port());
      if (addresses.size() < 4096) {
        addresses.put(endpoint, known);
      }
    }
    return known;
  }

  static InetAddress inetAddress(IpAddress address) {
    try {
      return InetAddress.getByAddress(address.octets());
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("an address of 4 or 16 octets is always good", e);
    }
  }

  @Override
  public void send(PacketBurst packets, @Nullable Endpoint[] sources, @Nullable Endpoint[] to) {
    for (int i = 0; i < packets.size(); i++) {
      Endpoint source = sources[i];
      Endpoint target = to[i];
      if (source != null
          && target != null
          && packets.isAlive(i)
          && !send(source, target, packets.slab(), packets.offset(i), packets.length(i))) {
        packets.drop(i, DropReason.SEND_FAILED);
      }
    }
  }

  @Override
  public boolean send(Endpoint from, Endpoint to, ByteBuffer memory, int offset, int length) {
    DatagramChannel channel = channels.get(from);
    if (channel == null) {
      return false;
    }
    if (tap != null) {
      tap.onDatagram(from, to, memory, offset, length, true);
    }
    ByteBuffer payload = memory.slice(offset, length);
    try {
      long patience = 0;
      while (channel.send(payload, socketAddress(to)) == 0 && length > 0) {
        long now = System.nanoTime();
        if (patience == 0) {
          patience = now + SEND_PATIENCE_NANOS;
        } else if (now - patience > 0) {
          return false;
        }
        Thread.onSpinWait();
      }
      return true;
    } catch (IOException | UnsupportedAddressTypeException e) {
      return false;
    }
  }

  @Override
  public boolean receive(long timeoutMillis, PacketBurst burst, Receiver receiver) {
    try {
      if (timeoutMillis <= 0) {
        selector.selectNow();
      } else {
        selector.select(timeoutMillis);
      }
      List<SelectionKey> ready = new ArrayList<>(selector.selectedKeys());
      selector.selectedKeys().clear();
      for (SelectionKey key : ready) {
        drain((DatagramChannel) key.channel(), (Binding) key.attachment(), burst, receiver);
      }
      return true;
    } catch (ClosedSelectorException e) {
      return false;
    } catch (IOException e) {
      return selector.isOpen();
    }
  }

  private void drain(
      DatagramChannel channel, Binding binding, PacketBurst burst, Receiver receiver) {
    burst.clear();
    while (burst.size() < burst.capacity()) {
      int i = burst.size();
      ByteBuffer target = burst.freeSlot();
      try {
        InetSocketAddress source = (InetSocketAddress) channel.receive(target);
        if (source == null) {
          break;
        }
        burst.add();
        burst.window(i, burst.offset(i), target.position());
        from[i] = endpoint(source);
      } catch (IOException e) {
        // An ICMP error of an earlier send surfaces here; what waits is read on the next turn.
        break;
      }
    }
    if (burst.size() > 0) {
      receiver.received(binding, burst, from);
    }
  }

  @Override
  public void show(Binding binding, PacketBurst burst, Endpoint[] sources) {
    for (int i = 0; tap != null && i < burst.size(); i++) {
      tap.onDatagram(
          sources[i], binding.local(), burst.slab(), burst.offset(i), burst.length(i), false);
    }
  }

  private static Endpoint endpoint(InetSocketAddress source) {
    return new Endpoint(IpAddress.of(source.getAddress().getAddress()), source.getPort());
  }

  @Override
  public void wakeup() {
    selector.wakeup();
  }

  @Override
  public void close() {
    for (DatagramChannel channel : channels.values()) {
      try {
        channel.close();
      } catch (IOException e) {
        // Closing is the best that can be done with it.
      }
    }
    try {
      selector.close();
    } catch (IOException e) {
      // As above.
    }
  }

  @Override
  public String toString() {
    return "UdpOuter" + channels.keySet();
  }
}
