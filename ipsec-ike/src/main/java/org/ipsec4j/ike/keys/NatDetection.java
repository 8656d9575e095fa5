package org.ipsec4j.ike.keys;

import java.nio.ByteBuffer;
import java.util.Collection;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.sa.IkeSaId;

/** The data of NAT_DETECTION notifications (RFC 7296 2.23). */
public final class NatDetection {
  /** Octets of a hash. */
  public static final int LENGTH = 20;

  private NatDetection() {}

  /**
   * {@code SHA-1(SPIi | SPIr | address | port)}.
   *
   * @param id SPIs as they stand in the header of the message: the responder's is 0 in the first
   *     request
   * @param endpoint the address and port that the message is sent from or to
   */
  public static Bytes hash(CryptoProvider crypto, IkeSaId id, Endpoint endpoint) {
    byte[] address = endpoint.address().octets();
    ByteBuffer data = ByteBuffer.allocate(18 + address.length);
    data.putLong(id.initiatorSpi()).putLong(id.responderSpi());
    data.put(address).putShort((short) endpoint.port());
    return crypto.sha1(Bytes.copyOf(data.array()));
  }

  /**
   * Whether a NAT changed the endpoint: the peer sent hashes, and none of them is of what we see. A
   * peer that sent none does not speak of NATs.
   *
   * @param sent data of the notifications of one kind
   * @param seen the endpoint in the packet that we received
   */
  public static boolean changed(
      CryptoProvider crypto, IkeSaId id, Endpoint seen, Collection<Bytes> sent) {
    return !sent.isEmpty() && !sent.contains(hash(crypto, id, seen));
  }
}
