package org.ipsec4j.ike.engine;

import java.util.HashMap;
import java.util.Map;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.ike.v2.sa.IkeSa;
import org.jspecify.annotations.Nullable;

/**
 * Finds the IKE SA that a repeated IKE_SA_INIT request made. The SPI alone does not tell: two peers
 * behind one NAT may choose the same (RFC 7296 2.1), so the whole request counts.
 */
final class InitIndex {
  private record Key(Endpoint from, Bytes request) {}

  private final Map<Key, IkeSa> byRequest = new HashMap<>();
  private final Map<IkeSa, Key> keys = new HashMap<>();

  @Nullable IkeSa find(Endpoint from, Bytes request) {
    return byRequest.get(new Key(from, request));
  }

  void put(Endpoint from, Bytes request, IkeSa sa) {
    Key key = new Key(from, request);
    byRequest.put(key, sa);
    keys.put(sa, key);
  }

  void remove(IkeSa sa) {
    Key key = keys.remove(sa);
    if (key != null) {
      byRequest.remove(key);
    }
  }
}
