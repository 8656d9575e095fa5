package org.ipsec4j.auth.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.ipsec4j.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Reads what stands in the files of certificates and keys; the caller opens the files. PEM and DER,
 * PKCS#8 (RFC 5958, encrypted too), PKCS#1 and SEC1 keys, PKCS#12. Stateless.
 */
public final class PkiFiles {
  private static final List<String> KEY_ALGORITHMS =
      List.of("RSA", "EC", "Ed25519", "Ed448", "RSASSA-PSS");
  private static final byte[] VERSION_0 = {Der.INTEGER, 1, 0};
  private static final byte[] RSA_ENCRYPTION =
      Bytes.ofHex("300d06092a864886f70d0101010500").toArray();
  private static final byte[] ID_EC_PUBLIC_KEY = Bytes.ofHex("06072a8648ce3d0201").toArray();
  private static final int SEC1_PARAMETERS = 0xa0;

  private PkiFiles() {}

  /**
   * The certificates of a file: one in DER, or any number in PEM, where keys and other blocks are
   * skipped.
   *
   * @param content what stands in the file
   * @param source the file's name, for messages
   * @throws PkiException when there is none or one of them cannot be read
   */
  public static List<X509Certificate> certificates(byte[] content, String source)
      throws PkiException {
    checkSize(content, source);
    List<byte[]> ders = new ArrayList<>();
    if (Pem.isPem(content)) {
      for (Pem block : Pem.parse(content, source)) {
        if (block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE")) {
          ders.add(block.der());
        }
      }
    } else {
      ders.add(content);
    }
    List<X509Certificate> certificates = new ArrayList<>();
    for (byte[] der : ders) {
      X509Certificate certificate = Certificates.parse(der);
      if (certificate == null) {
        throw new PkiException(
            source, "certificate " + (certificates.size() + 1) + " cannot be read as DER of X.509");
      }
      certificates.add(certificate);
    }
    if (certificates.isEmpty()) {
      throw new PkiException(
          source, "there is no certificate in it; expected a block -----BEGIN CERTIFICATE-----");
    }
    return List.copyOf(certificates);
  }

  /**
   * The first private key of a file.
   *
   * @param content what stands in the file; the caller wipes it
   * @param source the file's name, for messages
   * @param password of an encrypted key, or null; the caller wipes it
   * @throws PkiException when there is none or it cannot be read
   */
  public static PrivateKey privateKey(byte[] content, String source, char @Nullable [] password)
      throws PkiException {
    checkSize(content, source);
    if (!Pem.isPem(content)) {
      return derKey(content, source, password);
    }
    for (Pem block : Pem.parse(content, source)) {
      try {
        PrivateKey key = pemKey(block, source, password);
        if (key != null) {
          return key;
        }
      } finally {
        Arrays.fill(block.der(), (byte) 0);
      }
    }
    throw new PkiException(
        source, "there is no private key in it; expected a block -----BEGIN PRIVATE KEY-----");
  }

  /** The key of a block; null for a certificate or the parameters that may stand before a key. */
  private static @Nullable PrivateKey pemKey(Pem block, String source, char @Nullable [] password)
      throws PkiException {
    if (block.encrypted()) {
      throw new PkiException(
          source,
          "the key is encrypted in the old way of OpenSSL; convert it: openssl pkcs8 -topk8 -in"
              + " OLD -out NEW");
    }
    return switch (block.label()) {
      case "PRIVATE KEY" -> pkcs8(block.der(), source);
      case "ENCRYPTED PRIVATE KEY" -> decrypted(block.der(), source, password);
      case "RSA PRIVATE KEY" -> pkcs8(fromPkcs1(block.der()), source);
      case "EC PRIVATE KEY" -> pkcs8(fromSec1(block.der(), source), source);
      default -> null;
    };
  }

  /**
   * The key and the chain of a PKCS#12 file (RFC 7292).
   *
   * @param content what stands in the file
   * @param source the file's name, for messages
   * @param password of the file; the caller wipes it
   * @param alias of the entry, or null for the first with a key
   * @throws PkiException when it cannot be read, or key and certificate do not fit
   */
  public static CertifiedKey pkcs12(
      byte[] content, String source, char[] password, @Nullable String alias) throws PkiException {
    checkSize(content, source);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(content), password);
      List<String> names =
          alias == null ? Collections.list(store.aliases()) : Collections.singletonList(alias);
      for (String name : names) {
        Key key = store.getKey(name, password);
        Certificate[] chain = store.getCertificateChain(name);
        if (key instanceof PrivateKey privateKey && chain != null) {
          List<X509Certificate> certificates = new ArrayList<>();
          for (Certificate certificate : chain) {
            certificates.add((X509Certificate) certificate);
          }
          return CertifiedKey.of(privateKey, certificates, source);
        }
      }
    } catch (IOException e) {
      throw new PkiException(source, "not a PKCS#12 file, or the password is wrong");
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new PkiException(
          source, "the PKCS#12 file cannot be opened (" + e.getClass().getSimpleName() + ")");
    }
    throw new PkiException(
        source,
        alias == null
            ? "the PKCS#12 file has no private key with a certificate"
            : "the PKCS#12 file has no private key called " + alias);
  }

  private static void checkSize(byte[] content, String source) throws PkiException {
    if (content.length > Pem.MAX_OCTETS) {
      throw new PkiException(source, "more than " + Pem.MAX_OCTETS + " octets; not a key file");
    }
  }

  private static PrivateKey derKey(byte[] der, String source, char @Nullable [] password)
      throws PkiException {
    Der outer = new Der(der).enter(Der.SEQUENCE);
    if (outer == null) {
      throw new PkiException(source, "neither PEM nor DER; expected -----BEGIN PRIVATE KEY-----");
    }
    if (outer.nextTag() == Der.SEQUENCE) {
      return decrypted(der, source, password);
    }
    outer.content(Der.INTEGER);
    return switch (outer.nextTag()) {
      case Der.SEQUENCE -> pkcs8(der, source);
      case Der.INTEGER -> pkcs8(fromPkcs1(der), source);
      case Der.OCTET_STRING -> pkcs8(fromSec1(der, source), source);
      default -> throw new PkiException(source, "DER, but no private key of a known form");
    };
  }

  private static PrivateKey pkcs8(byte[] der, String source) throws PkiException {
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException e) {
        // A key of another algorithm.
      } catch (GeneralSecurityException | RuntimeException e) {
        throw new PkiException(
            source, "the private key is malformed (" + e.getClass().getSimpleName() + ")");
      }
    }
    throw new PkiException(
        source, "the private key is malformed or none of " + String.join(", ", KEY_ALGORITHMS));
  }

  private static PrivateKey decrypted(byte[] der, String source, char @Nullable [] password)
      throws PkiException {
    if (password == null) {
      throw new PkiException(source, "the private key is encrypted and no password was given");
    }
    PBEKeySpec spec = new PBEKeySpec(password);
    try {
      EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
      // The parameters print as the name under which JCA knows the whole scheme.
      String scheme =
          info.getAlgName().equals("PBES2") || info.getAlgName().startsWith("1.2.840.113549.1.5.13")
              ? String.valueOf(info.getAlgParameters())
              : info.getAlgName();
      Cipher cipher = Cipher.getInstance(scheme);
      cipher.init(
          Cipher.DECRYPT_MODE,
          SecretKeyFactory.getInstance(scheme).generateSecret(spec),
          info.getAlgParameters());
      byte[] clear = info.getKeySpec(cipher).getEncoded();
      try {
        return pkcs8(clear, source);
      } finally {
        Arrays.fill(clear, (byte) 0);
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new PkiException(
          source,
          "the private key cannot be decrypted: the password is wrong or the scheme unknown ("
              + e.getClass().getSimpleName()
              + ")");
    } finally {
      spec.clearPassword();
    }
  }

  /** RSAPrivateKey (RFC 8017 A.1.2) in a PrivateKeyInfo. */
  private static byte[] fromPkcs1(byte[] der) {
    return Der.element(Der.SEQUENCE, VERSION_0, RSA_ENCRYPTION, Der.element(Der.OCTET_STRING, der));
  }

  /** ECPrivateKey (RFC 5915 3) in a PrivateKeyInfo, which wants the curve in front. */
  private static byte[] fromSec1(byte[] der, String source) throws PkiException {
    Der key = new Der(der).enter(Der.SEQUENCE);
    if (key != null && key.content(Der.INTEGER) != null && key.content(Der.OCTET_STRING) != null) {
      Der parameters = key.enter(SEC1_PARAMETERS);
      byte[] curve =
          parameters != null && parameters.nextTag() == Der.OBJECT_IDENTIFIER
              ? parameters.whole()
              : null;
      if (curve != null) {
        return Der.element(
            Der.SEQUENCE,
            VERSION_0,
            Der.element(Der.SEQUENCE, ID_EC_PUBLIC_KEY, curve),
            Der.element(Der.OCTET_STRING, der));
      }
    }
    throw new PkiException(
        source,
        "the EC key does not name its curve; convert it: openssl pkcs8 -topk8 -nocrypt -in OLD -out"
            + " NEW");
  }
}
