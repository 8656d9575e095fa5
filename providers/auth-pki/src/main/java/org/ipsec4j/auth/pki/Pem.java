package org.ipsec4j.auth.pki;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A block of textual encoding (RFC 7468): what stands between a BEGIN and an END line. Everything
 * else is explanation and skipped.
 */
final class Pem {
  /** More than any bundle of CAs in use. */
  static final int MAX_OCTETS = 8 << 20;

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  private final String label;
  private final boolean encrypted;
  private final byte[] der;

  private Pem(String label, boolean encrypted, byte[] der) {
    this.label = label;
    this.encrypted = encrypted;
    this.der = der;
  }

  /** Such as {@code CERTIFICATE}. */
  String label() {
    return label;
  }

  /** Whether the lines say that the content is encrypted in the old way. */
  boolean encrypted() {
    return encrypted;
  }

  /** The content itself; a caller wipes that of a key. */
  byte[] der() {
    return der;
  }

  /** Whether it looks like text and not like DER. */
  static boolean isPem(byte[] content) {
    return new String(content, StandardCharsets.ISO_8859_1).contains(BEGIN);
  }

  /** All blocks in order. */
  static List<Pem> parse(byte[] content, String source) throws PkiException {
    List<Pem> blocks = new ArrayList<>();
    String label = "";
    boolean encrypted = false;
    StringBuilder base64 = new StringBuilder();
    int number = 0;
    List<String> lines = new String(content, StandardCharsets.ISO_8859_1).lines().toList();
    for (String raw : lines) {
      number++;
      String line = raw.strip();
      if (line.startsWith(BEGIN) && line.endsWith(DASHES)) {
        label = line.substring(BEGIN.length(), line.length() - DASHES.length());
        encrypted = false;
        base64.setLength(0);
      } else if (line.startsWith(END) && !label.isEmpty()) {
        blocks.add(new Pem(label, encrypted, decode(base64, source, number)));
        label = "";
      } else if (!label.isEmpty() && line.indexOf(':') >= 0) {
        encrypted |= line.startsWith("Proc-Type:") && line.contains("ENCRYPTED");
      } else if (!label.isEmpty()) {
        base64.append(line);
      }
    }
    base64.setLength(0);
    if (!label.isEmpty()) {
      throw new PkiException(
          source, "line " + number + ": the block BEGIN " + label + " has no END line");
    }
    return blocks;
  }

  private static byte[] decode(StringBuilder base64, String source, int line) throws PkiException {
    try {
      return Base64.getDecoder().decode(base64.toString());
    } catch (IllegalArgumentException e) {
      throw new PkiException(source, "the block that ends in line " + line + " is not base64");
    }
  }

  @Override
  public String toString() {
    return label + " of " + der.length + " octets";
  }
}
