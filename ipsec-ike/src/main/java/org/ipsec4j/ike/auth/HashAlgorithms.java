package org.ipsec4j.ike.auth;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.HashAlgorithm;
import org.ipsec4j.ike.wire.NotifyPayload;
import org.ipsec4j.ike.wire.NotifyType;

/** The data of SIGNATURE_HASH_ALGORITHMS (RFC 7427 4): two octets per hash. */
public final class HashAlgorithms {
  private HashAlgorithms() {}

  /** The notification that announces what we verify. */
  public static NotifyPayload emit(Collection<HashAlgorithm> hashes) {
    byte[] data = new byte[2 * hashes.size()];
    int at = 0;
    for (HashAlgorithm hash : hashes) {
      data[at] = (byte) (hash.id() >>> 8);
      data[at + 1] = (byte) hash.id();
      at += 2;
    }
    return NotifyPayload.of(NotifyType.SIGNATURE_HASH_ALGORITHMS, Bytes.copyOf(data));
  }

  /** The hashes that a peer announced; unknown ones and an odd last octet are passed over. */
  public static Set<HashAlgorithm> parse(Bytes data) {
    Set<HashAlgorithm> hashes = EnumSet.noneOf(HashAlgorithm.class);
    for (int at = 0; at + 1 < data.length(); at += 2) {
      HashAlgorithm.ofId(data.at(at) << 8 | data.at(at + 1)).ifPresent(hashes::add);
    }
    return hashes;
  }
}
