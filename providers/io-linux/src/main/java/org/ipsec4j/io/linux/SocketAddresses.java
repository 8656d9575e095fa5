package org.ipsec4j.io.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;

/** {@code struct sockaddr_in} and {@code sockaddr_in6}. */
final class SocketAddresses {
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;

  /** Octets of {@code sockaddr_in6}, the larger one. */
  static final int LARGEST = 28;

  private static final ValueLayout.OfShort PORT =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int V4_LENGTH = 16;
  private static final int V4_ADDRESS = 4;
  private static final int V6_ADDRESS = 8;

  private SocketAddresses() {}

  static int family(IpAddress address) {
    return address.isV4() ? AF_INET : AF_INET6;
  }

  /** An empty address of a family, to be filled again and again. */
  static MemorySegment empty(boolean v4) {
    MemorySegment address = Arena.ofAuto().allocate(v4 ? V4_LENGTH : LARGEST, 8);
    address.set(ValueLayout.JAVA_SHORT, 0, (short) (v4 ? AF_INET : AF_INET6));
    return address;
  }

  /** With port 0. */
  static MemorySegment of(IpAddress address) {
    MemorySegment made = empty(address.isV4());
    byte[] octets = address.octets();
    int at = address.isV4() ? V4_ADDRESS : V6_ADDRESS;
    MemorySegment.copy(octets, 0, made, ValueLayout.JAVA_BYTE, at, octets.length);
    return made;
  }

  /** With a port. */
  static MemorySegment of(Endpoint endpoint) {
    MemorySegment made = of(endpoint.address());
    made.set(PORT, 2, (short) endpoint.port());
    return made;
  }

  /** Fills in the destination of a packet from its IP header. */
  static void destination(MemorySegment target, ByteBuffer packet, int offset, boolean v4) {
    if (v4) {
      for (int i = 0; i < 4; i++) {
        target.set(ValueLayout.JAVA_BYTE, V4_ADDRESS + i, packet.get(offset + 16 + i));
      }
    } else {
      for (int i = 0; i < 16; i++) {
        target.set(ValueLayout.JAVA_BYTE, V6_ADDRESS + i, packet.get(offset + 24 + i));
      }
    }
  }

  /** Where the address stands in {@code sockaddr_in6}. */
  static MemorySegment v6Address(MemorySegment address) {
    return address.asSlice(V6_ADDRESS, 16);
  }
}
