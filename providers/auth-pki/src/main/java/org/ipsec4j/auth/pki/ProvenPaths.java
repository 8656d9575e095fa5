package org.ipsec4j.auth.pki;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ipsec4j.api.Bytes;

/**
 * Paths whose signatures, names and constraints were found right. That stays true as long as the
 * certificates are the same octet by octet, so a peer that comes back costs no signature; what
 * changes with time, validity above all, is asked each time anew. Thread-safe, bounded: the path
 * that was not needed for longest makes room.
 */
final class ProvenPaths {
  /** Enough for the peers of a gateway; 32 octets each. */
  static final int MOST = 4096;

  private final Map<Bytes, Boolean> proven =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, Boolean> eldest) {
          return size() > MOST;
        }
      };

  /** What stands for a path and its anchor: a digest of all their octets, each with its length. */
  static Bytes name(PathSearch.Candidate candidate) throws CertificateEncodingException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    update(digest, candidate.anchor());
    for (X509Certificate certificate : candidate.path()) {
      update(digest, certificate);
    }
    return Bytes.copyOf(digest.digest());
  }

  private static void update(MessageDigest digest, X509Certificate certificate)
      throws CertificateEncodingException {
    byte[] der = certificate.getEncoded();
    for (int shift = 24; shift >= 0; shift -= 8) {
      digest.update((byte) (der.length >>> shift));
    }
    digest.update(der);
  }

  synchronized boolean contains(Bytes name) {
    return proven.get(name) != null;
  }

  synchronized void add(Bytes name) {
    proven.put(name, Boolean.TRUE);
  }

  synchronized int size() {
    return proven.size();
  }
}
