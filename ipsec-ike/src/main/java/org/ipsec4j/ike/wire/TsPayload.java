package org.ipsec4j.ike.wire;

import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.TrafficSelector;
import org.jspecify.annotations.Nullable;

/**
 * Traffic Selector payload, TSi or TSr (RFC 7296 3.13).
 *
 * @param role whose side of the traffic
 * @param selectors in the order of the message; empty only when all were skipped
 * @param skipped selectors of unknown types that were left out (3.13.1 has them ignored)
 */
public record TsPayload(Role role, List<TrafficSelector> selectors, int skipped)
    implements Payload {
  /** Most selectors in a payload: the number is one octet. */
  public static final int MAX_SELECTORS = 255;

  private static final int HEADER = 4;
  private static final int SELECTOR_HEADER = 8;
  private static final int IPV4_RANGE = 7;
  private static final int IPV6_RANGE = 8;

  /**
   * @throws IllegalArgumentException when there are more than {@link #MAX_SELECTORS}
   */
  public TsPayload {
    selectors = List.copyOf(selectors);
    if (selectors.size() > MAX_SELECTORS) {
      throw new IllegalArgumentException(selectors.size() + " selectors do not fit");
    }
  }

  /** The payload with these selectors. */
  public static TsPayload of(Role role, List<TrafficSelector> selectors) {
    return new TsPayload(role, selectors, 0);
  }

  static @Nullable TsPayload parse(WireReader in, Role role) {
    int count = in.u8();
    in.skip(3);
    if (count == 0) {
      in.fail(MalformedReason.BAD_SELECTOR);
    }
    List<TrafficSelector> selectors = new ArrayList<>();
    int skipped = 0;
    for (int i = 0; i < count && !in.failed(); i++) {
      int start = in.position();
      int type = in.u8();
      int protocol = in.u8();
      int length = in.u16();
      if (length < 4) {
        in.fail(MalformedReason.BAD_SUBSTRUCTURE_LENGTH, start);
      }
      WireReader body = in.window(length - 4);
      if (type == IPV4_RANGE || type == IPV6_RANGE) {
        TrafficSelector selector = selector(body, protocol, type == IPV4_RANGE ? 4 : 16);
        in.join(body);
        if (selector != null) {
          selectors.add(selector);
        }
      } else {
        skipped++;
      }
    }
    in.expectEnd();
    return in.failed() ? null : new TsPayload(role, selectors, skipped);
  }

  private static @Nullable TrafficSelector selector(WireReader in, int protocol, int octets) {
    int start = in.position();
    int firstPort = in.u16();
    int lastPort = in.u16();
    byte[] first = in.bytes(octets).toArray();
    byte[] last = in.bytes(octets).toArray();
    in.expectEnd();
    if (in.failed()) {
      return null;
    }
    IpAddress from = IpAddress.of(first);
    IpAddress to = IpAddress.of(last);
    boolean opaque = firstPort == 65535 && lastPort == 0;
    boolean anyPort = firstPort == 0 && lastPort == 65535;
    // 3.13.1: protocol 0 has no ports; some peers write zeros for "no ports" there.
    if (protocol == 0 && firstPort == 0 && lastPort == 0) {
      lastPort = 65535;
      anyPort = true;
    }
    if (from.compareTo(to) > 0
        || (!opaque && firstPort > lastPort)
        || (protocol == 0 && !opaque && !anyPort)) {
      in.fail(MalformedReason.BAD_SELECTOR, start);
      return null;
    }
    return new TrafficSelector(protocol, firstPort, lastPort, new AddressRange(from, to));
  }

  @Override
  public int type() {
    return role == Role.INITIATOR ? PayloadType.TSI : PayloadType.TSR;
  }

  @Override
  public int length() {
    int length = HEADER;
    for (TrafficSelector selector : selectors) {
      length += length(selector);
    }
    return length;
  }

  private static int length(TrafficSelector selector) {
    return SELECTOR_HEADER + (selector.addresses().isV4() ? 8 : 32);
  }

  @Override
  public void emit(byte[] target, int offset) {
    WireWriter out = new WireWriter(target, offset);
    out.u8(selectors.size()).zero(3);
    for (TrafficSelector selector : selectors) {
      AddressRange range = selector.addresses();
      out.u8(range.isV4() ? IPV4_RANGE : IPV6_RANGE).u8(selector.protocol());
      out.u16(length(selector)).u16(selector.firstPort()).u16(selector.lastPort());
      out.raw(range.first().octets()).raw(range.last().octets());
    }
  }
}
