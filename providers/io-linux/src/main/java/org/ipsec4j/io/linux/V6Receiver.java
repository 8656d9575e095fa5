package org.ipsec4j.io.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/**
 * Receives from raw sockets of IPv6, which keep the IP header to themselves, and rebuilds it from
 * what the system tells beside the packet (RFC 3542 6). One thread at a time.
 *
 * <p>Lays out {@code struct msghdr} and {@code cmsghdr} as all 64-bit Linux systems have them.
 */
final class V6Receiver {
  static final int IPPROTO_IPV6 = 41;
  static final int IPV6_RECVPKTINFO = 49;
  static final int IPV6_RECVHOPLIMIT = 51;
  static final int IPV6_RECVTCLASS = 66;

  private static final int HEADER = 40;
  private static final int IPV6_PKTINFO = 50;
  private static final int IPV6_HOPLIMIT = 52;
  private static final int IPV6_TCLASS = 67;
  private static final int CONTROL = 256;
  private static final int CMSG_HEADER = 16;
  private static final int MSG_TRUNC = 0x20;

  private final MemorySegment source = SocketAddresses.empty(false);
  private final MemorySegment control = Arena.ofAuto().allocate(CONTROL, 8);
  private final MemorySegment vector = Arena.ofAuto().allocate(16, 8);
  private final MemorySegment message = Arena.ofAuto().allocate(56, 8);

  V6Receiver() {
    message.set(ValueLayout.ADDRESS, 0, source);
    message.set(ValueLayout.ADDRESS, 16, vector);
    message.set(ValueLayout.JAVA_LONG, 24, 1);
    message.set(ValueLayout.ADDRESS, 32, control);
  }

  /**
   * Receives one packet.
   *
   * @param slot gets the rebuilt header and then the payload, from its beginning
   * @param protocol what the socket is for
   * @return octets in the slot; 0 when there is nothing, or nothing usable; negative for an error
   */
  int receive(int fd, ByteBuffer slot, int protocol) {
    MemorySegment memory = MemorySegment.ofBuffer(slot);
    vector.set(ValueLayout.ADDRESS, 0, memory.asSlice(HEADER));
    vector.set(ValueLayout.JAVA_LONG, 8, memory.byteSize() - HEADER);
    message.set(ValueLayout.JAVA_INT, 8, SocketAddresses.LARGEST);
    message.set(ValueLayout.JAVA_LONG, 40, CONTROL);
    message.set(ValueLayout.JAVA_INT, 48, 0);
    long octets = Libc.receiveMessage(fd, message);
    if (octets < 0) {
      return (int) octets;
    }
    boolean cut = (message.get(ValueLayout.JAVA_INT, 48) & MSG_TRUNC) != 0;
    if (octets == 0 || octets > 65_535 || cut) {
      return 0;
    }
    slot.putInt(0, 6 << 28);
    slot.putShort(4, (short) octets);
    slot.put(6, (byte) protocol);
    slot.put(7, (byte) 64);
    MemorySegment.copy(SocketAddresses.v6Address(source), 0, memory, 8, 16);
    return readControl(slot, memory) ? HEADER + (int) octets : 0;
  }

  /** Whether the destination was told; without it there is no packet to rebuild. */
  private boolean readControl(ByteBuffer slot, MemorySegment memory) {
    long end = Math.min(message.get(ValueLayout.JAVA_LONG, 40), CONTROL);
    boolean complete = false;
    long at = 0;
    while (at + CMSG_HEADER <= end) {
      long length = control.get(ValueLayout.JAVA_LONG, at);
      if (length < CMSG_HEADER || length > end - at) {
        break;
      }
      int type = control.get(ValueLayout.JAVA_INT, at + 12);
      long data = at + CMSG_HEADER;
      if (control.get(ValueLayout.JAVA_INT, at + 8) == IPPROTO_IPV6) {
        if (type == IPV6_PKTINFO && length >= CMSG_HEADER + 16) {
          MemorySegment.copy(control, data, memory, 24, 16);
          complete = true;
        } else if (type == IPV6_HOPLIMIT && length >= CMSG_HEADER + 4) {
          slot.put(7, (byte) control.get(ValueLayout.JAVA_INT, data));
        } else if (type == IPV6_TCLASS && length >= CMSG_HEADER + 4) {
          slot.putInt(0, 6 << 28 | (control.get(ValueLayout.JAVA_INT, data) & 0xff) << 20);
        }
      }
      at += length + 7 & ~7L;
    }
    return complete;
  }
}
