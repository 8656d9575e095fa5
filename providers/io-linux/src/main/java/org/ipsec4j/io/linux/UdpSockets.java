package org.ipsec4j.io.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.packet.DatagramPort;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.Nullable;

/** UDP sockets of Linux, moved by sendmmsg and recvmmsg, with UDP_SEGMENT and UDP_GRO. */
final class UdpSockets implements DatagramPort {
  private static final int SOCK_DGRAM = 2;
  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;
  private static final int BUFFER = 4 << 20;
  private static final int POLLFD_SIZE = 8;

  private final List<Endpoint> locals;
  private final List<String> shortcomings = new ArrayList<>();
  private final int[] fds;
  private final UdpReceiver receiver = new UdpReceiver();
  private final UdpSender sender;
  private final Object sending = new Object();
  private final MemorySegment pollfds;
  private final MemorySegment counter = Arena.ofAuto().allocate(8, 8);
  private final MemorySegment one = Arena.ofAuto().allocate(8, 8);
  private int eventFd = -1;
  private int opened;
  private int receivingFrom;
  private volatile boolean closed;
  private int users;

  private UdpSockets(List<Endpoint> locals, int burst) throws IOException {
    this.locals = List.copyOf(locals);
    fds = new int[locals.size()];
    pollfds = Arena.ofAuto().allocate((long) POLLFD_SIZE * (fds.length + 1), 4);
    one.set(ValueLayout.JAVA_LONG, 0, 1);
    boolean segmentation;
    try {
      eventFd = Libc.eventDescriptor();
      if (eventFd < 0) {
        throw new IOException("no descriptor for wake-ups (error " + -eventFd + ")");
      }
      for (Endpoint local : this.locals) {
        fds[opened] = bind(local);
        opened++;
      }
      segmentation = tune();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    sender = new UdpSender(burst, segmentation);
    for (int i = 0; i <= fds.length; i++) {
      pollfds.set(ValueLayout.JAVA_INT, (long) POLLFD_SIZE * i, i < fds.length ? fds[i] : eventFd);
      pollfds.set(ValueLayout.JAVA_SHORT, (long) POLLFD_SIZE * i + 4, Libc.POLLIN);
    }
  }

  static UdpSockets open(List<Endpoint> locals, int burst) throws IOException {
    return new UdpSockets(locals, burst);
  }

  private static int bind(Endpoint local) throws IOException {
    int family = SocketAddresses.family(local.address());
    int fd = Libc.socket(family, SOCK_DGRAM | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0);
    if (fd < 0) {
      throw new IOException("no UDP socket for " + local + " (error " + -fd + ")");
    }
    if (family == SocketAddresses.AF_INET6) {
      int _ = Libc.setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    }
    int result = Libc.bind(fd, SocketAddresses.of(local));
    if (result < 0) {
      Libc.close(fd);
      throw new IOException("UDP " + local + " cannot be bound (error " + -result + ")");
    }
    // the first asks beyond what the system allows everybody, and needs a privilege
    if (Libc.setOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER) < 0) {
      int _ = Libc.setOption(fd, SOL_SOCKET, SO_RCVBUF, BUFFER);
    }
    if (Libc.setOption(fd, SOL_SOCKET, SO_SNDBUFFORCE, BUFFER) < 0) {
      int _ = Libc.setOption(fd, SOL_SOCKET, SO_SNDBUF, BUFFER);
    }
    return fd;
  }

  /** Asks for what the system has; whether it cuts messages into datagrams. */
  private boolean tune() {
    boolean segmentation = true;
    boolean joining = true;
    for (int fd : fds) {
      segmentation &= Libc.setOption(fd, Messages.SOL_UDP, Messages.UDP_SEGMENT, 0) >= 0;
      joining &= Libc.setOption(fd, Messages.SOL_UDP, Messages.UDP_GRO, 1) >= 0;
    }
    if (!segmentation) {
      shortcomings.add("this system has no segmentation offload for UDP (UDP_SEGMENT, Linux 4.18)");
    }
    if (!joining) {
      shortcomings.add("this system has no receive offload for UDP (UDP_GRO, Linux 5.0)");
    }
    return segmentation;
  }

  @Override
  public int receive(PacketBurst into, @Nullable Endpoint[] from, long timeoutMillis) {
    if (!enter()) {
      return CLOSED;
    }
    try {
      if (receiver.isOpen()) {
        receiver.pour(into, from);
        return receivingFrom;
      }
      int socket = readAny(into, from);
      if (socket == NOTHING && timeoutMillis > 0 && !closed && waits(timeoutMillis)) {
        socket = readAny(into, from);
      }
      return closed ? CLOSED : socket;
    } finally {
      leave();
    }
  }

  /** Socket by socket, so that none is heard more than the others. */
  private int readAny(PacketBurst into, @Nullable Endpoint[] from) {
    for (int k = 1; k <= fds.length; k++) {
      int socket = (receivingFrom + k) % fds.length;
      if (receiver.read(fds[socket], into, from)) {
        receivingFrom = socket;
        return socket;
      }
    }
    return NOTHING;
  }

  /** Whether a socket became readable, and not only the time went by. */
  private boolean waits(long timeoutMillis) {
    int timeout = (int) Math.min(timeoutMillis, Integer.MAX_VALUE);
    int ready = Libc.poll(pollfds, fds.length + 1, timeout);
    if (ready <= 0) {
      return false;
    }
    if (pollfds.get(ValueLayout.JAVA_SHORT, (long) POLLFD_SIZE * fds.length + 6) != 0) {
      long _ = Libc.read(eventFd, counter);
      return ready > 1;
    }
    return true;
  }

  @Override
  public boolean send(Endpoint from, Endpoint to, ByteBuffer memory, int offset, int length) {
    int socket = locals.indexOf(from);
    if (socket < 0 || !reaches(from, to) || !enter()) {
      return false;
    }
    try {
      synchronized (sending) {
        return sender.send(fds[socket], to, memory, offset, length);
      }
    } finally {
      leave();
    }
  }

  private static boolean reaches(Endpoint from, Endpoint to) {
    return from.address().isV4() == to.address().isV4() && to.port() != 0;
  }

  @Override
  public void send(PacketBurst packets, @Nullable Endpoint[] from, @Nullable Endpoint[] to) {
    boolean open = enter();
    try {
      synchronized (sending) {
        sendAll(packets, from, to, open);
      }
    } finally {
      if (open) {
        leave();
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // a shortcut for neighbours of one association
  private void sendAll(
      PacketBurst packets, @Nullable Endpoint[] from, @Nullable Endpoint[] to, boolean open) {
    Endpoint last = null;
    int current = -1;
    sender.begin();
    for (int i = 0; i < packets.size(); i++) {
      Endpoint source = from[i];
      Endpoint target = to[i];
      if (source == null || target == null || !packets.isAlive(i)) {
        continue;
      }
      if (source != last) {
        int socket = locals.indexOf(source);
        if (socket != current && !sender.isEmpty()) {
          sender.flush(packets, fds[current]);
        }
        current = socket;
        last = source;
      }
      if (!open || current < 0 || !reaches(source, target)) {
        packets.drop(i, DropReason.SEND_FAILED);
      } else {
        sender.add(packets, i, target);
      }
    }
    if (!sender.isEmpty()) {
      sender.flush(packets, fds[current]);
    }
  }

  @Override
  public void wakeup() {
    if (enter()) {
      try {
        long _ = Libc.write(eventFd, one);
      } finally {
        leave();
      }
    }
  }

  @Override
  public List<String> shortcomings() {
    return List.copyOf(shortcomings);
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

  private void closeAll() {
    for (int i = 0; i < opened; i++) {
      Libc.close(fds[i]);
    }
    if (eventFd >= 0) {
      Libc.close(eventFd);
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      if (users == 0) {
        closeAll();
      } else {
        long _ = Libc.write(eventFd, one);
      }
    }
  }

  @Override
  public String toString() {
    return "UdpSockets" + locals + (shortcomings.isEmpty() ? "" : " without " + shortcomings);
  }
}
