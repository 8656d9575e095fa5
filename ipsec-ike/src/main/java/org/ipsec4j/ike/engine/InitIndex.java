package org.ipsec4j.ike.engine;

import java.util.HashMap;
import java.util.Map;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.ike.v2.sa.IkeSa;
import org.jspecify.annotations.Nullable;

/**
 * Finds the IKE SA that a repeated IKE_SA_INIT request made. The SPI alone does not tell: two peers
 * behind one NAT may choose the same (RFC 7296 2.1), so a digest of the whole request counts.
 */
final class InitIndex {
  private record Key(Endpoint from, Bytes digest) {}

  private final Map<Key, IkeSa> byRequest = new HashMap<>();
  private final Map<IkeSa, Key> keys = new HashMap<>();

  @Nullable IkeSa find(Endpoint from, Bytes digest) {
    return byRequest.get(new Key(from, digest));
  }

  void put(Endpoint from, Bytes digest, IkeSa sa) {
    Key key = new Key(from, digest);
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
