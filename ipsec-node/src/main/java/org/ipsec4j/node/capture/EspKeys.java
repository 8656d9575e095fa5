package org.ipsec4j.node.capture;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one direction of one ESP SA, to be written by {@link WiresharkProfile}. Holds copies
 * and wipes them on {@link #close()}; never shows them in {@code toString}. Not thread-safe.
 */
public final class EspKeys implements AutoCloseable {
  private final int ipVersion;
  private final @Nullable InetAddress source;
  private final @Nullable InetAddress destination;
  private final int spi;
  private final int encryptionId;
  private final byte[] encryptionKey;
  private final int integrityId;
  private final byte[] integrityKey;
  private final boolean extendedSequenceNumbers;

  /**
   * Copies the keys.
   *
   * @param ipVersion version of the outer packet, 4 or 6
   * @param source outer source address; null for any (behind a NAT, or when it may move)
   * @param destination outer destination address; null for any
   * @param spi the SPI in the ESP header
   * @param encryptionId transform type 1 number of IANA's IKEv2 registry, for instance 20 for
   *     AES-GCM-16
   * @param encryptionKey key with the salt at its end where the cipher has one (RFC 4106 8.1, RFC
   *     3686 5.1); copied
   * @param integrityId transform type 3 number, 0 when the cipher is an AEAD
   * @param integrityKey copied; empty when {@code integrityId} is 0
   * @param extendedSequenceNumbers whether the SA has 64-bit sequence numbers (RFC 4303 2.2.1)
   */
  public EspKeys(
      int ipVersion,
      @Nullable InetAddress source,
      @Nullable InetAddress destination,
      int spi,
      int encryptionId,
      byte[] encryptionKey,
      int integrityId,
      byte[] integrityKey,
      boolean extendedSequenceNumbers) {
    if (ipVersion != 4 && ipVersion != 6) {
      throw new IllegalArgumentException("ipVersion must be 4 or 6, was " + ipVersion);
    }
    checkVersion(ipVersion, source);
    checkVersion(ipVersion, destination);
    this.ipVersion = ipVersion;
    this.source = source;
    this.destination = destination;
    this.spi = spi;
    this.encryptionId = encryptionId;
    this.encryptionKey = encryptionKey.clone();
    this.integrityId = integrityId;
    this.integrityKey = integrityKey.clone();
    this.extendedSequenceNumbers = extendedSequenceNumbers;
  }

  private static void checkVersion(int ipVersion, @Nullable InetAddress address) {
    if (address != null && address.getAddress().length != (ipVersion == 4 ? 4 : 16)) {
      throw new IllegalArgumentException("an address that is not of IP version " + ipVersion);
    }
  }

  /**
   * Appends a line of Wireshark's esp_sa; false, with nothing appended, when it has no name for the
   * algorithms.
   */
  boolean writeLine(SecretText out) {
    String cipher = WiresharkNames.espCipher(encryptionId, extendedSequenceNumbers);
    String integrity = WiresharkNames.espIntegrity(integrityId, extendedSequenceNumbers);
    if (cipher == null || integrity == null) {
      return false;
    }
    out.text(ipVersion == 4 ? "\"IPv4\",\"" : "\"IPv6\",\"");
    out.text(host(source)).text("\",\"").text(host(destination));
    out.text("\",\"0x").text(HexFormat.of().toHexDigits(spi)).text("\",\"");
    out.text(cipher).text("\",\"").prefixedHex(encryptionKey).text("\",\"");
    out.text(integrity).text("\",\"").prefixedHex(integrityKey).text("\"\n");
    return true;
  }

  /** Says what cannot be written and why, without keys. */
  String describeSkipped() {
    return "ESP SPI "
        + HexFormat.of().toHexDigits(spi)
        + ": Wireshark 4.0 has no name for encryption "
        + encryptionId
        + " with integrity "
        + integrityId
        + (extendedSequenceNumbers ? " and extended sequence numbers" : "");
  }

  private static String host(@Nullable InetAddress address) {
    if (address == null) {
      return "*";
    }
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }

  /** Wipes the keys. */
  @Override
  public void close() {
    Arrays.fill(encryptionKey, (byte) 0);
    Arrays.fill(integrityKey, (byte) 0);
  }

  @Override
  public String toString() {
    return "EspKeys[spi=" + HexFormat.of().toHexDigits(spi) + "]";
  }
}
