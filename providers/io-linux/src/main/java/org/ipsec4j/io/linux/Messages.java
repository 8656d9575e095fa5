package org.ipsec4j.io.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.ipsec4j.api.net.Endpoint;

/**
 * An array of {@code struct mmsghdr}, each with room for an address and one control message, as all
 * 64-bit Linux systems lay them out.
 */
final class Messages {
  /** Octets of one {@code mmsghdr}. */
  static final int SIZE = 64;

  static final int SOL_UDP = 17;
  static final int UDP_SEGMENT = 103;
  static final int UDP_GRO = 104;

  private static final int NAME = 32;
  private static final int CONTROL = 64;
  private static final int CMSG_HEADER = 16;
  private static final int NAME_LENGTH_AT = 8;
  private static final int VECTORS_AT = 16;
  private static final int VECTOR_COUNT_AT = 24;
  private static final int CONTROL_AT = 32;
  private static final int CONTROL_LENGTH_AT = 40;
  private static final int FLAGS_AT = 48;
  private static final int OCTETS_AT = 56;

  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfShort PORT = SHORT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt V4 = INT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong V6 = LONG.withOrder(ByteOrder.BIG_ENDIAN);

  private final MemorySegment headers;
  private final MemorySegment names;
  private final MemorySegment controls;

  Messages(int most) {
    headers = Arena.ofAuto().allocate((long) SIZE * most, 8);
    names = Arena.ofAuto().allocate((long) NAME * most, 8);
    controls = Arena.ofAuto().allocate((long) CONTROL * most, 8);
    for (int i = 0; i < most; i++) {
      headers.set(LONG, at(i), names.address() + (long) NAME * i);
    }
  }

  private static long at(int i) {
    return (long) SIZE * i;
  }

  /** The messages from one on. */
  MemorySegment from(int i) {
    return i == 0 ? headers : headers.asSlice(at(i));
  }

  /** Where the octets of a message lie. */
  void vectors(int i, long address, int count) {
    headers.set(LONG, at(i) + VECTORS_AT, address);
    headers.set(LONG, at(i) + VECTOR_COUNT_AT, count);
  }

  /** Makes a message ready to be received into. */
  void forReceiving(int i) {
    headers.set(INT, at(i) + NAME_LENGTH_AT, NAME);
    headers.set(LONG, at(i) + CONTROL_AT, controls.address() + (long) CONTROL * i);
    headers.set(LONG, at(i) + CONTROL_LENGTH_AT, CONTROL);
    headers.set(INT, at(i) + FLAGS_AT, 0);
  }

  /** Octets that were received. */
  int octets(int i) {
    return headers.get(INT, at(i) + OCTETS_AT);
  }

  /** Who a message goes to. */
  void destination(int i, Endpoint to) {
    long name = (long) NAME * i;
    boolean v4 = to.address().isV4();
    names.set(SHORT, name, (short) (v4 ? SocketAddresses.AF_INET : SocketAddresses.AF_INET6));
    names.set(PORT, name + 2, (short) to.port());
    if (v4) {
      names.set(V4, name + 4, (int) to.address().low());
    } else {
      names.set(INT, name + 4, 0);
      names.set(V6, name + 8, to.address().high());
      names.set(V6, name + 16, to.address().low());
      names.set(INT, name + 24, 0);
    }
    headers.set(INT, at(i) + NAME_LENGTH_AT, v4 ? 16 : SocketAddresses.LARGEST);
  }

  /** Sends a message to where another one goes. */
  void copyDestination(int from, int to) {
    MemorySegment.copy(names, (long) NAME * from, names, (long) NAME * to, NAME);
    headers.set(INT, at(to) + NAME_LENGTH_AT, headers.get(INT, at(from) + NAME_LENGTH_AT));
  }

  /**
   * How the system cuts a message into datagrams.
   *
   * @param segment octets of each; 0 for one datagram
   */
  void cut(int i, int segment) {
    headers.set(INT, at(i) + FLAGS_AT, 0);
    if (segment == 0) {
      headers.set(LONG, at(i) + CONTROL_AT, 0);
      headers.set(LONG, at(i) + CONTROL_LENGTH_AT, 0);
      return;
    }
    long control = (long) CONTROL * i;
    controls.set(LONG, control, CMSG_HEADER + 2);
    controls.set(INT, control + 8, SOL_UDP);
    controls.set(INT, control + 12, UDP_SEGMENT);
    controls.set(SHORT, control + CMSG_HEADER, (short) segment);
    headers.set(LONG, at(i) + CONTROL_AT, controls.address() + control);
    headers.set(LONG, at(i) + CONTROL_LENGTH_AT, CMSG_HEADER + 8);
  }

  /** Octets of each datagram of a received message but the last; 0 when it is one datagram. */
  int segment(int i) {
    long used = headers.get(LONG, at(i) + CONTROL_LENGTH_AT);
    long end = (long) CONTROL * i + Math.clamp(used, 0, CONTROL);
    long control = (long) CONTROL * i;
    while (control + CMSG_HEADER <= end) {
      long length = controls.get(LONG, control);
      if (length < CMSG_HEADER || length > end - control) {
        return 0;
      }
      if (controls.get(INT, control + 8) == SOL_UDP
          && controls.get(INT, control + 12) == UDP_GRO
          && length >= CMSG_HEADER + 4) {
        return Math.max(0, controls.get(INT, control + CMSG_HEADER));
      }
      control += (length + 7) & ~7L;
    }
    return 0;
  }

  /** Who sent a received message. */
  Endpoint source(int i, Endpoints known) {
    long name = (long) NAME * i;
    int port = names.get(PORT, name + 2) & 0xffff;
    return names.get(SHORT, name) == SocketAddresses.AF_INET
        ? known.of(true, 0, names.get(V4, name + 4) & 0xffffffffL, port)
        : known.of(false, names.get(V6, name + 8), names.get(V6, name + 16), port);
  }
}
