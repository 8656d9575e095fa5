package org.ipsec4j.io.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.packet.RawPort;
import org.ipsec4j.api.packet.RawSettings;

/**
 * Raw sockets for ESP and AH: one that receives for each address and protocol, one that sends for
 * each family, with headers as they are written (DF, ECN, hop limit). The system puts fragments
 * together before a raw socket sees them, and cuts nothing that it sends.
 *
 * <p>In IPv6 the header is rebuilt without the extension headers that the packet may have had; the
 * ICV of AH over such a packet will not match.
 */
final class RawSockets implements RawPort {
  private static final int SOCK_RAW = 3;
  private static final int IPPROTO_RAW = 255;
  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int BUFFER = 4 << 20;
  private static final int POLLFD_SIZE = 8;
  private static final int POLL_SLICE_MILLIS = 200;
  private static final int ANY_EVENT = 6;

  private static final String INSTEAD =
      ": run as root or with CAP_NET_RAW, or let ESP travel in UDP (`encapsulation: always`, or"
          + " `udp:` for manual keys)";

  /** A socket that receives. */
  private record Receiver(int fd, int protocol, boolean v4) {}

  private final List<Receiver> receivers = new ArrayList<>();
  private final MemorySegment v4Destination = SocketAddresses.empty(true);
  private final MemorySegment v6Destination = SocketAddresses.empty(false);
  private final V6Receiver v6Receiver = new V6Receiver();
  private MemorySegment pollfds = MemorySegment.NULL;
  private int v4Sender = -1;
  private int v6Sender = -1;
  private volatile boolean closed;
  private int users;

  private RawSockets() {}

  static RawSockets open(RawSettings settings) throws IOException {
    RawSockets sockets = new RawSockets();
    try {
      for (IpAddress address : settings.addresses()) {
        sockets.openSender(address.isV4());
        for (SecurityProtocol protocol : settings.protocols()) {
          sockets.openReceiver(address, protocol);
        }
      }
      sockets.preparePoll();
      return sockets;
    } catch (IOException | RuntimeException e) {
      sockets.close();
      throw e;
    }
  }

  private void openSender(boolean v4) throws IOException {
    if ((v4 ? v4Sender : v6Sender) >= 0) {
      return;
    }
    int family = v4 ? SocketAddresses.AF_INET : SocketAddresses.AF_INET6;
    int fd = socket(family, IPPROTO_RAW);
    int ignored = Libc.setOption(fd, SOL_SOCKET, SO_SNDBUF, BUFFER);
    assert ignored <= 0;
    if (v4) {
      v4Sender = fd;
    } else {
      v6Sender = fd;
    }
  }

  private void openReceiver(IpAddress address, SecurityProtocol protocol) throws IOException {
    int fd = socket(SocketAddresses.family(address), protocol.ipProtocol());
    receivers.add(new Receiver(fd, protocol.ipProtocol(), address.isV4()));
    int result = Libc.bind(fd, SocketAddresses.of(address));
    if (result < 0) {
      throw new IOException(
          result == -Libc.EADDRNOTAVAIL
              ? "no interface of this machine has the address "
                  + address
                  + ", which native "
                  + protocol
                  + " shall come to; see `ip address`"
              : "a raw socket cannot be bound to " + address + " (error " + -result + ")");
    }
    // a smaller buffer than asked for is still a buffer
    int ignored = Libc.setOption(fd, SOL_SOCKET, SO_RCVBUF, BUFFER);
    assert ignored <= 0;
    if (!address.isV4()) {
      option(fd, V6Receiver.IPV6_RECVPKTINFO);
      option(fd, V6Receiver.IPV6_RECVHOPLIMIT);
      option(fd, V6Receiver.IPV6_RECVTCLASS);
    }
  }

  private static void option(int fd, int name) throws IOException {
    int result = Libc.setOption(fd, V6Receiver.IPPROTO_IPV6, name, 1);
    if (result < 0) {
      throw new IOException("option " + name + " of a raw socket failed (error " + -result + ")");
    }
  }

  private static int socket(int family, int protocol) throws IOException {
    int fd = Libc.socket(family, SOCK_RAW | Libc.O_NONBLOCK | Libc.O_CLOEXEC, protocol);
    if (fd < 0) {
      throw new IOException(
          switch (-fd) {
            case Libc.EPERM, Libc.EACCES -> "raw sockets are not allowed" + INSTEAD;
            case Libc.EAFNOSUPPORT -> "this machine has no IPv6";
            default -> "a raw socket cannot be opened (error " + -fd + ")" + INSTEAD;
          });
    }
    return fd;
  }

  private void preparePoll() {
    pollfds = Arena.ofAuto().allocate((long) POLLFD_SIZE * receivers.size(), 4);
    for (int i = 0; i < receivers.size(); i++) {
      pollfds.set(ValueLayout.JAVA_INT, (long) POLLFD_SIZE * i, receivers.get(i).fd());
      pollfds.set(ValueLayout.JAVA_SHORT, (long) POLLFD_SIZE * i + 4, Libc.POLLIN);
    }
  }

  @Override
  public int receive(PacketBurst into, long timeoutMillis) {
    if (!enter()) {
      return -1;
    }
    try {
      long left = timeoutMillis;
      int ready = 0;
      while (ready <= 0 && left >= 0 && !closed) {
        int slice = (int) Math.min(left, POLL_SLICE_MILLIS);
        ready = Libc.poll(pollfds, receivers.size(), slice);
        left -= Math.max(1, slice);
      }
      return closed ? -1 : ready > 0 ? readAll(into) : 0;
    } finally {
      leave();
    }
  }

  private int readAll(PacketBurst into) {
    int count = 0;
    for (int i = 0; i < receivers.size(); i++) {
      if (pollfds.get(ValueLayout.JAVA_SHORT, (long) POLLFD_SIZE * i + ANY_EVENT) != 0) {
        count += read(receivers.get(i), into);
      }
    }
    return count;
  }

  private int read(Receiver from, PacketBurst into) {
    int count = 0;
    while (into.size() < into.capacity()) {
      int i = into.size();
      ByteBuffer slot = into.freeSlot();
      long octets =
          from.v4()
              ? Libc.read(from.fd(), MemorySegment.ofBuffer(slot))
              : v6Receiver.receive(from.fd(), slot, from.protocol());
      if (octets <= 0) {
        // an ICMP error of an earlier packet surfaces here too, and is read away by it
        break;
      }
      into.add();
      into.window(i, into.offset(i), (int) octets);
      count++;
    }
    return count;
  }

  @Override
  public synchronized void send(PacketBurst from, boolean[] mine) {
    boolean open = enter();
    try {
      MemorySegment slab = MemorySegment.ofBuffer(from.slab().duplicate().clear());
      for (int i = 0; i < from.size(); i++) {
        if (mine[i] && from.isAlive(i)) {
          DropReason reason = open ? send(from, i, slab) : DropReason.SEND_FAILED;
          if (reason != DropReason.NONE) {
            from.drop(i, reason);
          }
        }
      }
    } finally {
      if (open) {
        leave();
      }
    }
  }

  private DropReason send(PacketBurst from, int i, MemorySegment slab) {
    int offset = from.offset(i);
    boolean v4 = (from.slab().get(offset) & 0xf0) == 0x40;
    int fd = v4 ? v4Sender : v6Sender;
    if (fd < 0 || from.length(i) < (v4 ? 20 : 40)) {
      return DropReason.SEND_FAILED;
    }
    MemorySegment destination = v4 ? v4Destination : v6Destination;
    SocketAddresses.destination(destination, from.slab(), offset, v4);
    long sent = Libc.sendTo(fd, slab.asSlice(offset, from.length(i)), destination);
    if (sent == from.length(i)) {
      return DropReason.NONE;
    }
    return sent == -Libc.EMSGSIZE ? DropReason.NEEDS_FRAGMENTATION : DropReason.SEND_FAILED;
  }

  /** Descriptors may be closed only when nobody uses them: their numbers may be given out again. */
  private synchronized boolean enter() {
    if (closed) {
      return false;
    }
    users++;
    return true;
  }

  private synchronized void leave() {
    users--;
    if (closed && users == 0) {
      closeAll();
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      if (users == 0) {
        closeAll();
      }
    }
  }

  private void closeAll() {
    receivers.forEach(receiver -> Libc.close(receiver.fd()));
    if (v4Sender >= 0) {
      Libc.close(v4Sender);
    }
    if (v6Sender >= 0) {
      Libc.close(v6Sender);
    }
  }

  @Override
  public String toString() {
    return "RawSockets" + receivers;
  }
}
