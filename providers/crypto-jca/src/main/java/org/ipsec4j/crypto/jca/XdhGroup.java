package org.ipsec4j.crypto.jca;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.KeyExchangeMethod;

/**
 * X25519 and X448 (RFC 8031): every string of the right length is a public value, and one that
 * leads to the all-zero secret is refused (RFC 7748 6).
 */
final class XdhGroup extends Group {
  private static final Bytes X25519_PUBLIC = Bytes.ofHex("302a300506032b656e032100");
  private static final Bytes X448_PUBLIC = Bytes.ofHex("3042300506032b656f033900");
  private static final Bytes X25519_PRIVATE = Bytes.ofHex("302e020100300506032b656e04220420");
  private static final Bytes X448_PRIVATE = Bytes.ofHex("3046020100300506032b656f043a0438");

  private final boolean small;

  XdhGroup(KeyExchangeMethod method, Provider provider) {
    super(method, provider, method.name(), method.name());
    small = method == KeyExchangeMethod.X25519;
  }

  @Override
  AlgorithmParameterSpec parameters() {
    return small ? NamedParameterSpec.X25519 : NamedParameterSpec.X448;
  }

  @Override
  KeyPairGenerator generator(SecureRandom random) throws GeneralSecurityException {
    try {
      return super.generator(random);
    } catch (InvalidAlgorithmParameterException e) {
      // Conscrypt knows the curve by the name of the generator alone, and has its own random.
      return KeyPairGenerator.getInstance(method.name(), provider());
    }
  }

  @Override
  int secretLength() {
    return method.publicLength();
  }

  @Override
  Bytes encode(PublicKey key) throws GeneralSecurityException {
    Bytes der = Bytes.copyOf(key.getEncoded());
    Bytes prefix = small ? X25519_PUBLIC : X448_PUBLIC;
    if (der.length() != prefix.length() + method.publicLength()
        || !der.slice(0, prefix.length()).equals(prefix)) {
      throw new InvalidKeyException("the provider encodes keys unlike RFC 8410");
    }
    return der.slice(prefix.length(), method.publicLength());
  }

  @Override
  PublicKey decode(Bytes value) throws GeneralSecurityException {
    Bytes der = Bytes.concat(small ? X25519_PUBLIC : X448_PUBLIC, value);
    return keyFactory().generatePublic(new X509EncodedKeySpec(der.toArray()));
  }

  @Override
  PrivateKey privateKey(Bytes value) throws GeneralSecurityException {
    Bytes der = Bytes.concat(small ? X25519_PRIVATE : X448_PRIVATE, value);
    return keyFactory().generatePrivate(new PKCS8EncodedKeySpec(der.toArray()));
  }

  @Override
  byte[] agree(PrivateKey own, PublicKey peer) throws GeneralSecurityException {
    byte[] secret;
    try {
      secret = super.agree(own, peer);
    } catch (IllegalStateException e) {
      // How Bouncy Castle says that the secret is zero; our own key cannot be the reason.
      throw new InvalidKeyException("the public value is of small order");
    }
    int bits = 0;
    for (byte octet : secret) {
      bits |= octet;
    }
    if (bits == 0) {
      throw new InvalidKeyException("the shared secret is zero");
    }
    return secret;
  }
}
