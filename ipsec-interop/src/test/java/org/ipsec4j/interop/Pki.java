package org.ipsec4j.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Throw-away certificates, made by openssl for one test run. */
final class Pki {
  /** A certification authority's own certificate and key. */
  record Authority(Path certificate, Path key) {}

  /** An end's certificate and PKCS#8 key, both PEM. */
  record Identity(Path certificate, Path key) {}

  /** The key of a certificate, in openssl's words. */
  enum KeyKind {
    ECDSA_P256(List.of("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")),
    RSA_2048(List.of("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")),
    RSA_4096(List.of("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"));

    private final List<String> options;

    KeyKind(List<String> options) {
      this.options = options;
    }
  }

  private final Path folder;

  Pki(Path folder) {
    this.folder = folder;
  }

  /**
   * Certificates for both ends of the plain tunnel, below an authority of their own, in a folder.
   */
  static Tunnel.Certificates pair(Path folder, KeyKind kind, String scheme, int furtherNames) {
    Path place = folder.resolve("pki");
    try {
      Files.createDirectories(place);
    } catch (IOException e) {
      throw new InteropFailure("cannot make " + place, e);
    }
    Pki pki = new Pki(place);
    Authority authority = pki.authority("authority", kind);
    Tunnel tunnel = Tunnel.plain();
    return new Tunnel.Certificates(
        pki.identity(authority, tunnel.left().id(), kind, furtherNames),
        pki.identity(authority, tunnel.right().id(), kind, furtherNames),
        authority,
        scheme);
  }

  /** Makes a self-signed authority. */
  Authority authority(String name, KeyKind kind) {
    Path key = key(name, kind);
    Path certificate = folder.resolve(name + ".pem");
    Proc.check(
        "openssl",
        "req",
        "-x509",
        "-new",
        "-key",
        key.toString(),
        "-sha256",
        "-days",
        "2",
        "-subj",
        "/O=ipsec4j interop/CN=" + name,
        "-out",
        certificate.toString(),
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign");
    return new Authority(certificate, key);
  }

  /**
   * Makes an end certificate for a host name; with enough further names it fits into no datagram.
   */
  Identity identity(Authority authority, String host, KeyKind kind, int furtherNames) {
    Path key = key(host, kind);
    Path request = folder.resolve(host + ".csr");
    Path certificate = folder.resolve(host + ".pem");
    StringBuilder names = new StringBuilder("subjectAltName=DNS:" + host);
    for (int i = 0; i < furtherNames; i++) {
      names.append(",DNS:alias-").append(i).append(".of.a.long.and.wordy.name.").append(host);
    }
    Path extensions = folder.resolve(host + ".ext");
    write(
        extensions,
        "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            + "extendedKeyUsage=serverAuth,clientAuth\n"
            + names
            + "\n");
    Proc.check(
        "openssl",
        "req",
        "-new",
        "-key",
        key.toString(),
        "-sha256",
        "-subj",
        "/O=ipsec4j interop/CN=" + host,
        "-out",
        request.toString());
    Proc.check(
        "openssl",
        "x509",
        "-req",
        "-in",
        request.toString(),
        "-sha256",
        "-days",
        "2",
        "-CA",
        authority.certificate().toString(),
        "-CAkey",
        authority.key().toString(),
        "-CAcreateserial",
        "-extfile",
        extensions.toString(),
        "-out",
        certificate.toString());
    return new Identity(certificate, key);
  }

  private Path key(String name, KeyKind kind) {
    Path key = folder.resolve(name + ".key");
    List<String> command = new ArrayList<>(List.of("openssl", "genpkey", "-out", key.toString()));
    command.addAll(kind.options);
    Proc.check(command.toArray(String[]::new));
    return key;
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new InteropFailure("cannot write " + file, e);
    }
  }
}
