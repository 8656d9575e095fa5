package org.ipsec4j.esp.frag;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/**
 * Fragments of real captures become what tshark 4.4.18 puts together. Expected are the count of its
 * {@code ip.reassembled.data} and {@code ipv6.reassembled.data}, and SHA-256 over them, sorted.
 */
@NullUnmarked
class FragmentVectors {
  private static final String NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;
  private static final int PPP_OVER_GRE = 0x880b;
  private static final int PPP_IPV4 = 0x21;

  private record Capture(
      String name, int fragments, int v4, String v4Digest, int v6, String v6Digest) {}

  private static final Capture DEMO =
      new Capture(
          "traffic.pcapng.gz",
          156 + 192,
          24,
          "bc490030ab43fa4877830e81564afffedb9e09c9b10731480c97dede5077b786",
          40,
          "b0d1627f4c6c9ca29664a703566619bad6c72fecea07e4a87a8db1fe82c522ff");

  private static final List<Capture> SHARED =
      List.of(
          new Capture(
              "nDPI__dns_fragmented.pcap",
              8 + 6,
              4,
              "bb812223ae4aeb4f75bd96a016bfdca10f59fe8537cd045342f63e1d572e4e33",
              3,
              "53c255efdb2709babc493128b15e08eda8ae1cdff11b9df73b87a7f15594af82"),
          new Capture(
              "nDPI__dnscrypt-v1-and-resolver-pings.pcap",
              240,
              120,
              "3d6f8d0ad6b6759e3ef0ec9254d0aaee4e97f41f0947ce58ca5d29c22acbd71e",
              0,
              NOTHING),
          new Capture(
              "suricata-verify__defrag__bug-6942-6887-defrag-eth-ip-gre-ppp-ip-udp-data__"
                  + "eth-ip-gre-ppp-max-ip-packet.pcap",
              1024,
              1,
              "6b09a3673145ca86138b6f8571ffd085a7716bb95218d88bea353369aabffc2a",
              0,
              NOTHING));

  @Test
  void committedCapture() throws IOException {
    check(DEMO, Path.of("../ipsec-cli/src/main/resources/org/ipsec4j/cli/demo", DEMO.name()));
    System.out.println("vectors: tshark reassembly, committed: 1 run, 0 skipped");
  }

  @Test
  void sharedCaptures() throws IOException {
    int run = 0;
    int skipped = 0;
    for (Capture capture : SHARED) {
      Path file = Path.of("../../shared/vectors/traffic", capture.name());
      if (Files.exists(file)) {
        check(capture, file);
        run++;
      } else {
        skipped++;
      }
    }
    System.out.println("vectors: tshark reassembly: " + run + " run, " + skipped + " skipped");
    assertEquals(SHARED.size(), run + skipped);
  }

  private static void check(Capture capture, Path file) throws IOException {
    List<byte[]> packets = ipPackets(Files.readAllBytes(file));
    assertJoined(capture, packets);
    // order within a packet means nothing
    Collections.shuffle(packets, new Random(4));
    assertJoined(capture, packets);
  }

  private static void assertJoined(Capture capture, List<byte[]> packets) {
    Reassembler reassembler =
        new Reassembler(new ReassemblyLimits(1024, 1 << 24, 1024, 1 << 24, 2048, 1_000_000), 1);
    PacketBurst into = new PacketBurst(1, 0, 65575, 0);
    List<String> v4 = new ArrayList<>();
    List<String> v6 = new ArrayList<>();
    for (byte[] packet : packets) {
      into.clear();
      PacketBurst burst = Packets.burst(List.of(packet), packet.length);
      reassembler.accept(burst, 0, into, 1);
      assertTrue(
          burst.isAlive(0) || burst.dropReason(0) == DropReason.FRAGMENT_HELD,
          () -> capture.name() + ": " + burst.dropReason(0));
      if (into.size() == 1) {
        byte[] whole = Packets.window(into, 0);
        boolean isV4 = whole[0] >> 4 == 4;
        int header = headerLength(packet);
        (isV4 ? v4 : v6).add(HexFormat.of().formatHex(Packets.slice(whole, header, whole.length)));
      }
    }
    assertEquals(capture.fragments(), reassembler.fragments(), capture.name());
    assertEquals(capture.v4(), v4.size(), capture.name());
    assertEquals(capture.v6(), v6.size(), capture.name());
    assertEquals(capture.v4Digest(), digest(v4), capture.name());
    assertEquals(capture.v6Digest(), digest(v6), capture.name());
  }

  /** Octets in front of the fragmentable part. */
  private static int headerLength(byte[] fragment) {
    FragmentView view = new FragmentView();
    view.parse(ByteBuffer.wrap(fragment), 0, fragment.length);
    return view.headerLength;
  }

  private static String digest(List<String> hex) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      hex.stream().sorted().forEach(one -> sha.update(HexFormat.of().parseHex(one)));
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** The IP packets of an Ethernet capture, pcap or pcapng, perhaps compressed. */
  private static List<byte[]> ipPackets(byte[] file) throws IOException {
    byte[] octets = file;
    if (octets[0] == 0x1f) {
      octets = new GZIPInputStream(new ByteArrayInputStream(file)).readAllBytes();
    }
    ByteBuffer in = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> packets = new ArrayList<>();
    if (in.getInt(0) == 0xa1b2c3d4) {
      for (int at = 24; at < octets.length; at += 16 + in.getInt(at + 8)) {
        addPacket(octets, at + 16, in.getInt(at + 8), packets);
      }
    } else {
      assertEquals(0x0a0d0d0a, in.getInt(0), "pcapng");
      for (int at = 0; at < octets.length; at += in.getInt(at + 4)) {
        if (in.getInt(at) == 6) {
          addPacket(octets, at + 28, in.getInt(at + 20), packets);
        }
      }
    }
    return packets;
  }

  private static void addPacket(byte[] file, int frame, int length, List<byte[]> packets) {
    ByteBuffer in = ByteBuffer.wrap(file);
    int type = in.getShort(frame + 12) & 0xffff;
    int at = frame + 14;
    boolean gre = type == IPV4 && file[at + 9] == 47;
    if (gre && in.getInt(at + 20) == PPP_OVER_GRE && file[at + 24] == PPP_IPV4) {
      // GRE without options (RFC 2784), PPP with its protocol in one octet (RFC 1661 6.5)
      at += 25;
    }
    if (type == IPV4 || type == IPV6) {
      byte[] packet = Packets.slice(file, at, frame + length);
      int header = packet.length < 20 ? 0 : (packet[0] & 15) * 4;
      if (type == IPV4 && header >= 20 && header <= packet.length) {
        // one capture has other addresses than the network had, and the checksums of those
        packet[10] = 0;
        packet[11] = 0;
        int checksum = Packets.checksum(packet, 0, header);
        packet[10] = (byte) (checksum >> 8);
        packet[11] = (byte) checksum;
      }
      packets.add(packet);
    }
  }
}
