package org.ipsec4j.esp;

import java.nio.ByteBuffer;

/**
 * What AH does to the headers in front of it before the ICV is computed (RFC 4302 3.3.3.1, Appendix
 * A): what routers may change counts as zero, what they change foreseeably counts as the receiver
 * sees it. The headers are changed where they stand; whoever calls has kept a copy and puts it
 * back.
 *
 * <p>Zeros stand in the place of what is left out, so that lengths are covered although contents
 * are not.
 */
final class MutableFields {
  /** Most octets in front of AH that are worked on: IPv6 and 512 octets of extension headers. */
  static final int MAX_HEADER = OuterHeader.V6_LENGTH + 512;

  private static final int HOP_BY_HOP = 0;
  private static final int ROUTING = 43;
  private static final int DESTINATION_OPTIONS = 60;

  /** Routing types that leave the addresses in a known order: RFC 2460 4.4 and RFC 6275 6.4. */
  private static final int ROUTE_TYPE_0 = 0;

  private static final int ROUTE_TYPE_2 = 2;

  /** In the type of an IPv6 option: its data may change on the way (RFC 8200 4.2). */
  private static final int CHANGES_EN_ROUTE = 0x20;

  private static final int END_OF_OPTIONS = 0;
  private static final int NO_OPERATION = 1;
  private static final int LOOSE_SOURCE_ROUTE = 131;
  private static final int STRICT_SOURCE_ROUTE = 137;

  private MutableFields() {}

  /**
   * Makes the headers as the ICV sees them.
   *
   * @param start where the IP header begins
   * @param end where AH begins; at most {@link #MAX_HEADER} octets behind
   * @param sending whether the packet has its way still before it. A packet that arrived and has
   *     not reached the end of its route is not the receiver's to open
   * @return whether they could be understood; if not, they may be half changed
   */
  static boolean settle(ByteBuffer memory, int start, int end, boolean sending) {
    return (memory.get(start) & 0xf0) == 0x40
        ? settleV4(memory, start, end, sending)
        : settleV6(memory, start, end, sending);
  }

  private static boolean settleV4(ByteBuffer memory, int start, int end, boolean sending) {
    memory.put(start + 1, (byte) 0);
    // flags too: a router may set Don't Fragment
    memory.putShort(start + 6, (short) 0);
    memory.put(start + 8, (byte) 0);
    memory.putShort(start + 10, (short) 0);
    int at = start + OuterHeader.V4_LENGTH;
    while (at < end) {
      int type = memory.get(at) & 0xff;
      if (type == END_OF_OPTIONS) {
        return true;
      }
      if (type == NO_OPERATION) {
        at++;
        continue;
      }
      int length = end - at < 2 ? 0 : memory.get(at + 1) & 0xff;
      if (length < 2 || length > end - at) {
        return false;
      }
      boolean sourceRoute = type == LOOSE_SOURCE_ROUTE || type == STRICT_SOURCE_ROUTE;
      if (sourceRoute && !settleSourceRoute(memory, start, at, length, sending)) {
        return false;
      }
      if (!isImmutableOption(type)) {
        Wipe.zero(memory, at, at + length);
      }
      at += length;
    }
    return true;
  }

  /** The table of RFC 4302 A1; whatever it does not name is zeroed, as 3.3.3.1 says. */
  private static boolean isImmutableOption(int type) {
    return switch (type) {
      // security, extended security, commercial security, router alert, multi-destination delivery
      case 130, 133, 134, 148, 149 -> true;
      default -> false;
    };
  }

  /** The destination at arrival is the last address of the route (RFC 791 3.1). */
  private static boolean settleSourceRoute(
      ByteBuffer memory, int start, int option, int length, boolean sending) {
    int pointer = length < 3 ? 0 : memory.get(option + 2) & 0xff;
    if (pointer < 4) {
      return false;
    }
    if (pointer > length) {
      return true;
    }
    if (!sending || (length - 3) % 4 != 0) {
      return false;
    }
    memory.putInt(start + 16, memory.getInt(option + length - 4));
    return true;
  }

  private static boolean settleV6(ByteBuffer memory, int start, int end, boolean sending) {
    memory.putInt(start, 6 << 28);
    memory.put(start + 7, (byte) 0);
    int next = memory.get(start + 6) & 0xff;
    int at = start + OuterHeader.V6_LENGTH;
    while (at < end) {
      int size = end - at < 8 ? 0 : ((memory.get(at + 1) & 0xff) + 1) * 8;
      if (size == 0 || size > end - at) {
        return false;
      }
      boolean settled =
          switch (next) {
            case HOP_BY_HOP, DESTINATION_OPTIONS -> settleOptions(memory, at + 2, at + size);
            case ROUTING -> settleRouting(memory, start, at, size, sending);
            default -> false;
          };
      if (!settled) {
        return false;
      }
      next = memory.get(at) & 0xff;
      at += size;
    }
    return true;
  }

  /** RFC 8200 4.2: type and length stay, the data of what may change is zeroed. */
  private static boolean settleOptions(ByteBuffer memory, int from, int end) {
    int at = from;
    while (at < end) {
      int type = memory.get(at) & 0xff;
      if (type == 0) {
        // Pad1 has no length
        at++;
        continue;
      }
      int length = end - at < 2 ? -1 : memory.get(at + 1) & 0xff;
      if (length < 0 || length > end - at - 2) {
        return false;
      }
      if ((type & CHANGES_EN_ROUTE) != 0) {
        Wipe.zero(memory, at + 2, at + 2 + length);
      }
      at += 2 + length;
    }
    return true;
  }

  /** A route that was walked to its end stands as it is; one that is still to go is walked. */
  private static boolean settleRouting(
      ByteBuffer memory, int start, int header, int size, boolean sending) {
    int left = memory.get(header + 3) & 0xff;
    if (left == 0) {
      return true;
    }
    int type = memory.get(header + 2) & 0xff;
    int addresses = (size - 8) / 16;
    boolean known = type == ROUTE_TYPE_0 || (type == ROUTE_TYPE_2 && addresses == 1);
    if (!sending || !known || (size - 8) % 16 != 0 || left > addresses) {
      return false;
    }
    int destination = start + 24;
    int end = header + 8 + addresses * 16;
    for (int at = end - left * 16; at < end; at += 16) {
      swap(memory, destination, at);
      swap(memory, destination + 8, at + 8);
    }
    memory.put(header + 3, (byte) 0);
    return true;
  }

  private static void swap(ByteBuffer memory, int one, int other) {
    long kept = memory.getLong(one);
    memory.putLong(one, memory.getLong(other));
    memory.putLong(other, kept);
  }
}
