package org.ipsec4j.io.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.packet.PacketPort;
import org.jspecify.annotations.Nullable;

/**
 * A TUN device: IP packets that the system routed to it are read, packets written are received by
 * the system from it. One thread may receive while others send.
 *
 * <p>Where the system has virtio headers for TUN devices, one read brings up to 64 KiB of a TCP
 * stream or of datagrams, which {@link SuperPacket} cuts into the slots of the burst, and one write
 * takes a run of packets of a flow, which {@link Coalescer} found. Without them each read and each
 * write is one packet, and none is copied.
 */
public final class TunPort implements PacketPort {
  private static final int POLLFD_SIZE = 8;
  private static final int POLL_SLICE_MILLIS = 200;

  private final int fd;
  private final String name;
  private final TunDevice.Offloads offloads;
  private final MemorySegment pollfd;
  private final SlabView received = new SlabView();
  private final SlabView sent = new SlabView();
  private final MemorySegment readBuffer;
  private final @Nullable SuperPacket superPacket;
  private final Coalescer coalescer;
  private final MemorySegment noOffload = Arena.ofAuto().allocate(VirtioHeader.LENGTH, 8);
  private final Vectors vectors = new Vectors(Coalescer.MOST + 1);
  private final Object sending = new Object();
  private int[] living = new int[0];
  private volatile boolean closed;
  private int users;

  private TunPort(String name, TunDevice device) {
    this.fd = device.fd();
    this.name = name;
    this.offloads = device.offloads();
    this.coalescer = new Coalescer(offloads == TunDevice.Offloads.TCP_AND_UDP);
    this.pollfd = Arena.ofAuto().allocate(POLLFD_SIZE, 4);
    pollfd.set(ValueLayout.JAVA_INT, 0, fd);
    pollfd.set(ValueLayout.JAVA_SHORT, 4, Libc.POLLIN);
    this.readBuffer =
        device.virtio()
            ? Arena.ofAuto().allocate(SuperPacket.LARGEST + 1L, 64)
            : MemorySegment.NULL;
    this.superPacket = device.virtio() ? new SuperPacket(readBuffer) : null;
  }

  /**
   * Makes the device; it has no address yet and is down.
   *
   * @throws IOException when it cannot be made; the message says what to do instead
   */
  static TunPort open(String name) throws IOException {
    return new TunPort(name, TunDevice.open(name));
  }

  @Override
  public int receive(PacketBurst into, long timeoutMillis) {
    if (!enter()) {
      return -1;
    }
    try {
      int count = read(into);
      long left = timeoutMillis;
      while (count == 0 && left > 0 && !closed) {
        int slice = (int) Math.min(left, POLL_SLICE_MILLIS);
        if (Libc.poll(pollfd, 1, slice) > 0) {
          count = read(into);
        }
        left -= slice;
      }
      return closed ? -1 : count;
    } finally {
      leave();
    }
  }

  private int read(PacketBurst into) {
    int before = into.size();
    if (superPacket == null) {
      readWhole(into);
    } else {
      readSuper(into, superPacket);
    }
    return into.size() - before;
  }

  private void readSuper(PacketBurst into, SuperPacket cut) {
    MemorySegment slab = received.of(into);
    cut.pour(into, slab);
    while (!cut.isOpen() && into.size() < into.capacity()) {
      long octets = Libc.read(fd, readBuffer);
      if (octets <= 0) {
        return;
      }
      cut.begin(octets);
      cut.pour(into, slab);
    }
  }

  private void readWhole(PacketBurst into) {
    while (into.size() < into.capacity()) {
      int i = into.size();
      ByteBuffer slot = into.freeSlot();
      long octets = Libc.read(fd, MemorySegment.ofBuffer(slot));
      if (octets <= 0) {
        return;
      }
      into.add();
      into.window(i, into.offset(i), (int) octets);
    }
  }

  @Override
  public void send(PacketBurst from) {
    boolean open = enter();
    try {
      // not the lock of enter: who receives shall not wait for who sends
      synchronized (sending) {
        write(from, pick(from, open));
      }
    } finally {
      if (open) {
        leave();
      }
    }
  }

  private int pick(PacketBurst from, boolean open) {
    if (living.length < from.capacity()) {
      living = new int[from.capacity()];
    }
    int count = 0;
    for (int i = 0; i < from.size(); i++) {
      if (open && from.isAlive(i)) {
        living[count++] = i;
      } else {
        from.drop(i, DropReason.DELIVERY_FAILED);
      }
    }
    return count;
  }

  private void write(PacketBurst from, int count) {
    MemorySegment slab = sent.of(from);
    int first = 0;
    while (first < count) {
      int joined = superPacket == null ? 1 : coalescer.join(from, slab, living, first, count);
      if (joined == 1 || !writeJoined(from, slab, first, joined)) {
        for (int k = first; k < first + joined; k++) {
          writeAlone(from, slab, living[k]);
        }
      }
      first += joined;
    }
  }

  private boolean writeJoined(PacketBurst from, MemorySegment slab, int first, int joined) {
    vectors.set(0, coalescer.header(), 0, coalescer.headerLength());
    long octets = coalescer.headerLength();
    int headers = coalescer.headers();
    for (int k = 0; k < joined; k++) {
      int i = living[first + k];
      int payload = from.length(i) - headers;
      vectors.set(k + 1, slab, (long) from.offset(i) + headers, payload);
      octets += payload;
    }
    return Libc.writev(fd, vectors.array(), joined + 1) == octets;
  }

  private void writeAlone(PacketBurst from, MemorySegment slab, int i) {
    int octets = from.length(i);
    long written;
    if (superPacket == null) {
      written = Libc.write(fd, slab.asSlice(from.offset(i), octets));
    } else {
      vectors.set(0, noOffload, 0, VirtioHeader.LENGTH);
      vectors.set(1, slab, from.offset(i), octets);
      written = Libc.writev(fd, vectors.array(), 2) - VirtioHeader.LENGTH;
    }
    if (written != octets) {
      from.drop(i, DropReason.DELIVERY_FAILED);
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
    return "TunPort[" + name + ": " + offloads.text + "]";
  }
}
