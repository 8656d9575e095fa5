package org.ipsec4j.ike.v2.task;

import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.auth.Credentials;
import org.ipsec4j.api.auth.SigningKey;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.ike.wire.CertPayload;
import org.ipsec4j.ike.wire.CertReqPayload;
import org.ipsec4j.ike.wire.IkeMessage;
import org.ipsec4j.ike.wire.Payload;

/** CERT and CERTREQ (RFC 7296 3.6, 3.7) with X.509 certificates as they are. */
public final class Certificates {
  /** X.509 Certificate - Signature. */
  private static final int X509_SIGNATURE = 4;

  /** Longest chain that is looked at. */
  private static final int MAX_CHAIN = 16;

  private Certificates() {}

  /** Our certificates, the end entity first. */
  public static List<? extends Payload> chain(SigningKey key) {
    return key.certificateChain().stream()
        .map(der -> new CertPayload(X509_SIGNATURE, der))
        .toList();
  }

  /** The peer's certificates, the end entity first; other encodings are skipped. */
  public static List<Bytes> read(IkeMessage message) {
    return message.all(CertPayload.class).stream()
        .filter(cert -> cert.encoding() == X509_SIGNATURE)
        .limit(MAX_CHAIN)
        .map(CertPayload::data)
        .toList();
  }

  /** Asks for a certificate under our anchors, when the peer is to prove itself by one. */
  public static Optional<CertReqPayload> request(Credentials credentials, AuthMethod remoteAuth) {
    if (!(remoteAuth instanceof AuthMethod.Certificate method)) {
      return Optional.empty();
    }
    List<Bytes> hashes = credentials.anchorKeyHashes(method);
    return Optional.of(
        new CertReqPayload(X509_SIGNATURE, Bytes.concat(hashes.toArray(Bytes[]::new))));
  }
}
