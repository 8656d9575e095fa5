package org.ipsec4j.io.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.packet.PacketPort;

/**
 * A TUN device: each read is one IP packet that the system routed to it, each write one that the
 * system receives from it. One thread may receive while others send. No packet is copied: the
 * system reads from and writes to the burst's slab.
 */
public final class TunPort implements PacketPort {
  private static final long TUNSETIFF = 0x400454caL;
  private static final short IFF_TUN_NO_PI = 0x1001;
  private static final int IFNAMSIZ = 16;
  private static final int IFREQ_SIZE = 40;
  private static final int POLLFD_SIZE = 8;
  private static final int POLL_SLICE_MILLIS = 200;

  private final int fd;
  private final String name;
  private final MemorySegment pollfd;
  private volatile boolean closed;
  private int users;

  private TunPort(int fd, String name) {
    this.fd = fd;
    this.name = name;
    this.pollfd = Arena.ofAuto().allocate(POLLFD_SIZE, 4);
    pollfd.set(ValueLayout.JAVA_INT, 0, fd);
    pollfd.set(ValueLayout.JAVA_SHORT, 4, Libc.POLLIN);
  }

  /**
   * Makes the device; it has no address yet and is down.
   *
   * @throws IOException when it cannot be made; the message says what to do instead
   */
  static TunPort open(String name) throws IOException {
    int fd = Libc.open("/dev/net/tun", Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
    if (fd < 0) {
      throw new IOException(
          fd == -Libc.ENOENT
              ? "there is no /dev/net/tun: load the module (`modprobe tun`), or run without a TUN"
                  + " device by embedding IpsecNode with a PacketPort of your own"
              : "/dev/net/tun cannot be opened (error " + -fd + ")" + PRIVILEGES);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(IFREQ_SIZE, 8);
      request.setString(0, name);
      request.set(ValueLayout.JAVA_SHORT, IFNAMSIZ, IFF_TUN_NO_PI);
      int result = Libc.ioctl(fd, TUNSETIFF, request);
      if (result < 0) {
        Libc.close(fd);
        throw new IOException(
            switch (-result) {
              case Libc.EBUSY ->
                  "the TUN device `"
                      + name
                      + "` is in use: another gateway runs, or choose another"
                      + " name under node: { tun: { name: ... } }";
              case Libc.EPERM -> "the TUN device `" + name + "` cannot be made" + PRIVILEGES;
              default -> "the TUN device `" + name + "` cannot be made (error " + -result + ")";
            });
      }
      return new TunPort(fd, name);
    }
  }

  private static final String PRIVILEGES =
      ": run as root or with CAP_NET_ADMIN, or without a TUN device (`ipsec run --no-tun`, or embed"
          + " IpsecNode with a PacketPort of your own)";

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
        ready = Libc.poll(pollfd, 1, slice);
        left -= Math.max(1, slice);
      }
      return closed ? -1 : ready > 0 ? read(into) : 0;
    } finally {
      leave();
    }
  }

  private int read(PacketBurst into) {
    int count = 0;
    while (into.size() < into.capacity()) {
      int i = into.size();
      ByteBuffer slot = into.freeSlot();
      long octets = Libc.read(fd, MemorySegment.ofBuffer(slot));
      if (octets <= 0) {
        break;
      }
      into.add();
      into.window(i, into.offset(i), (int) octets);
      count++;
    }
    return count;
  }

  @Override
  public void send(PacketBurst from) {
    if (!enter()) {
      for (int i = 0; i < from.size(); i++) {
        from.drop(i, DropReason.DELIVERY_FAILED);
      }
      return;
    }
    try {
      MemorySegment slab = MemorySegment.ofBuffer(from.slab().duplicate().clear());
      for (int i = 0; i < from.size(); i++) {
        if (from.isAlive(i)
            && Libc.write(fd, slab.asSlice(from.offset(i), from.length(i))) != from.length(i)) {
          from.drop(i, DropReason.DELIVERY_FAILED);
        }
      }
    } finally {
      leave();
    }
  }

  /** The descriptor may be closed only when nobody uses it: its number may be given out again. */
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
      Libc.close(fd);
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      if (users == 0) {
        Libc.close(fd);
      }
    }
  }

  @Override
  public String toString() {
    return "TunPort[" + name + "]";
  }
}
