package org.ipsec4j.node.capture;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Collects keys and ports and writes them as a configuration folder with which Wireshark and tshark
 * decrypt a capture.
 *
 * <p>The folder works in two ways: as {@code WIRESHARK_CONFIG_DIR}, or, copied into Wireshark's own
 * {@code profiles} folder, as a profile of that name. The names of algorithms are those of version
 * 4.0, which later versions take too.
 *
 * <p><b>This writes traffic keys in the clear.</b> Nothing is written before {@link #writeTo} is
 * called, which is to happen only when the operator asked for it by name. Files are readable by
 * their owner only.
 *
 * <p>Takes over the key objects and wipes them on {@link #close()}. Not thread-safe.
 */
public final class WiresharkProfile implements AutoCloseable {
  private static final String MARK =
      "# Written by ipsec4j. Holds keys in the clear: whoever reads this reads the traffic.\n";

  private final List<EspKeys> esp = new ArrayList<>();
  private final List<IkeKeys> ike = new ArrayList<>();
  private final SortedSet<Integer> isakmpPorts = new TreeSet<>();
  private final SortedSet<Integer> encapsulationPorts = new TreeSet<>();

  /**
   * What was written.
   *
   * @param folder the folder
   * @param espSas how many ESP SAs (one direction each) are in esp_sa
   * @param ikeSas how many IKE SAs are in ikev2_decryption_table
   * @param skipped one sentence for each SA that Wireshark has no name for; no keys in it
   */
  public record Written(Path folder, int espSas, int ikeSas, List<String> skipped) {
    /** Copies the list. */
    public Written {
      requireNonNull(folder, "folder");
      skipped = List.copyOf(skipped);
    }
  }

  /** Makes an empty profile. */
  public WiresharkProfile() {}

  /**
   * Adds one direction of an ESP SA.
   *
   * @param keys passes to this object
   */
  public void add(EspKeys keys) {
    esp.add(requireNonNull(keys, "keys"));
  }

  /**
   * Adds an IKEv2 SA.
   *
   * @param keys passes to this object
   */
  public void add(IkeKeys keys) {
    ike.add(requireNonNull(keys, "keys"));
  }

  /**
   * Lets a UDP port be read as IKE without marker, as port 500 is (RFC 7296 2).
   *
   * @param port 1 to 65535
   */
  public void addIsakmpPort(int port) {
    isakmpPorts.add(checkPort(port));
  }

  /**
   * Lets a UDP port be read as ESP in UDP and IKE behind the non-ESP marker, as port 4500 is (RFC
   * 3948 2).
   *
   * @param port 1 to 65535
   */
  public void addEncapsulationPort(int port) {
    encapsulationPorts.add(checkPort(port));
  }

  /**
   * Writes the files esp_sa, ikev2_decryption_table, decode_as_entries and preferences.
   *
   * @param folder made when missing, readable by the owner only; files that an earlier call wrote
   *     there are replaced
   * @return what was written and what could not be
   * @throws FileAlreadyExistsException when one of the four files is there and is not ours: nothing
   *     is written then
   * @throws IOException when the folder cannot be written
   */
  public Written writeTo(Path folder) throws IOException {
    for (String name :
        List.of("esp_sa", "ikev2_decryption_table", "decode_as_entries", "preferences")) {
      refuseForeign(folder.resolve(name));
    }
    OwnerOnlyFiles.makeFolder(folder);
    List<String> skipped = new ArrayList<>();
    try (SecretText espTable = new SecretText().text(MARK);
        SecretText ikeTable = new SecretText().text(MARK)) {
      for (EspKeys keys : esp) {
        if (!keys.writeLine(espTable)) {
          skipped.add(keys.describeSkipped());
        }
      }
      int skippedEsp = skipped.size();
      for (IkeKeys keys : ike) {
        if (!keys.writeLine(ikeTable)) {
          skipped.add(keys.describeSkipped());
        }
      }
      OwnerOnlyFiles.write(folder.resolve("esp_sa"), espTable.view());
      OwnerOnlyFiles.write(folder.resolve("ikev2_decryption_table"), ikeTable.view());
      OwnerOnlyFiles.write(folder.resolve("decode_as_entries"), ascii(decodeAsEntries()));
      OwnerOnlyFiles.write(folder.resolve("preferences"), ascii(preferences()));
      int skippedIke = skipped.size() - skippedEsp;
      return new Written(folder, esp.size() - skippedEsp, ike.size() - skippedIke, skipped);
    }
  }

  private String decodeAsEntries() {
    StringBuilder text = new StringBuilder(MARK);
    isakmpPorts.forEach(
        port -> text.append("decode_as_entry: udp.port,").append(port).append(",(none),ISAKMP\n"));
    encapsulationPorts.forEach(
        port ->
            text.append("decode_as_entry: udp.port,").append(port).append(",(none),UDPENCAP\n"));
    return text.toString();
  }

  private static String preferences() {
    return MARK
        + "esp.enable_encryption_decode: TRUE\n"
        + "esp.enable_authentication_check: TRUE\n"
        + "ip.defragment: TRUE\n";
  }

  /** Guards the user's own Wireshark settings against being replaced. */
  private static void refuseForeign(Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    byte[] mark = MARK.getBytes(US_ASCII);
    byte[] start = new byte[0];
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      try (var in = Files.newInputStream(file)) {
        start = in.readNBytes(mark.length);
      }
    }
    if (!Arrays.equals(start, mark)) {
      throw new FileAlreadyExistsException(
          file.toString(), null, "not written by ipsec4j and not replaced; name another folder");
    }
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(US_ASCII));
  }

  private static int checkPort(int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port must be 1 to 65535, was " + port);
    }
    return port;
  }

  /** Wipes and forgets all keys. */
  @Override
  public void close() {
    esp.forEach(EspKeys::close);
    ike.forEach(IkeKeys::close);
    esp.clear();
    ike.clear();
  }
}
