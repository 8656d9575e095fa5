package org.ipsec4j.node.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Counts of real captures. The expected numbers are those of tshark 4.0.17: frames are its output
 * lines; IPv4 and IPv6 are the frames whose outermost network layer it shows as {@code ip} or
 * {@code ipv6}; {@code bad} are the outermost IPv4 headers among the valid ones whose checksum it
 * calls bad. {@code odd} are frames that tshark shows as IP although the header is not valid in the
 * sense of {@link IpExtractor}; each was looked at.
 */
class TrafficVectors {
  private static int run;
  private static int skipped;

  @BeforeAll
  static void start() {
    run = 0;
    skipped = 0;
  }

  @AfterAll
  static void report() {
    System.out.println("vectors: captures: " + run + " run, " + skipped + " skipped");
    assertEquals(55, run + skipped);
  }

  @ParameterizedTest
  @CsvSource({
    // file, frames, IPv4, IPv6, not IP, odd, bad checksums
    "linux-kernel/cases.pcap, 106, 102, 4, 0, 0, 0",
    "scapy/ikev2_notify_redirect.pcap, 4, 4, 0, 0, 0, 1",
    "suricata-verify/ikev1-rules/ikev1-isakmp-main-mode.pcap, 9, 9, 0, 0, 0, 0",
    "suricata-verify/ikev2-weak-dh/IKEv2_SA_INIT_2-8-weak.pcap, 1, 1, 0, 0, 0, 0",
    "tcpdump/02-sunrise-sunset-esp.pcap, 8, 8, 0, 0, 0, 0",
    "tcpdump/ISAKMP_sa_setup.pcap, 9, 9, 0, 0, 0, 0",
    "tcpdump/OSPFv3_with_AH.pcap, 61, 0, 61, 0, 0, 0",
    "tcpdump/esp_truncated.pcap, 1, 1, 0, 0, 1, 0",
    "tcpdump/espudp1.pcap, 8, 8, 0, 0, 0, 0",
    "tcpdump/ikev2-id-normal.pcap, 1, 1, 0, 0, 0, 0",
    "tcpdump/isakmp-delete-segfault.pcap, 1, 1, 0, 0, 0, 1",
    "tcpdump/isakmp-pointer-loop.pcap, 1, 1, 0, 0, 0, 0",
    "tcpdump/isakmp-various-oobr.pcap, 2, 2, 0, 0, 2, 0",
    "tcpdump/isakmp4500.pcap, 35, 27, 0, 8, 0, 0",
    "traffic/nDPI__6in4tunnel.pcap, 127, 127, 0, 0, 0, 0",
    "traffic/nDPI__KakaoTalk_talk.pcap, 3203, 3203, 0, 0, 0, 0",
    "traffic/nDPI__anyconnect-vpn.pcap, 3001, 2970, 27, 4, 0, 0",
    "traffic/nDPI__dns_fragmented.pcap, 66, 22, 44, 0, 0, 0",
    "traffic/nDPI__dnscrypt-v1-and-resolver-pings.pcap, 608, 608, 0, 0, 0, 608",
    "traffic/nDPI__http_ipv6.pcap, 193, 0, 193, 0, 0, 0",
    "traffic/nDPI__nintendo.pcap, 1000, 996, 0, 4, 0, 0",
    "traffic/nDPI__stun_signal.pcapng, 460, 460, 0, 0, 0, 0",
    "traffic/nDPI__telegram.pcap, 1566, 1440, 126, 0, 0, 0",
    "traffic/nDPI__wechat.pcap, 1672, 1604, 68, 0, 0, 0",
    "traffic/suricata-verify__bug-4663-03__icmp_and_ssh.pcap, 362, 362, 0, 0, 0, 0",
    "traffic/suricata-verify__bug-4663__input.pcap, 975, 971, 0, 4, 0, 0",
    "traffic/suricata-verify__datasets-06-state-long__input.pcap, 1200, 1200, 0, 0, 0, 0",
    "traffic/suricata-verify__defrag__bug-6942-6887-defrag-eth-ip-gre-ppp-ip-udp-data__eth-ip-gre-ppp-max-ip-packet.pcap,"
        + " 1024, 1024, 0, 0, 0, 0",
    "traffic/suricata-verify__detect-itype-prefilter__icmpv4-ping.pcap, 150, 150, 0, 0, 0, 0",
    "traffic/suricata-verify__firewall__ruletype-firewall-117-ftp-all-data-ipv6__input.pcap, 262,"
        + " 0, 262, 0, 0, 0",
    "traffic/suricata-verify__igmp__igmp-v1-v2-rgmp-01__wireshark-wiki-IGMP-dataset.pcap, 147, 147,"
        + " 0, 0, 0, 0",
    "traffic/suricata-verify__ipv6-evasion__ipv6-rsmurf__rsmurf6.pcap, 1000, 0, 1000, 0, 0, 0",
    "traffic/suricata-verify__issue-4220-01-ids__1flowB.pcap, 1358, 1358, 0, 0, 0, 0",
    "traffic/suricata-verify__output-eve-anomaly-packethdr__anomaly.pcap, 48, 48, 0, 0, 2, 0",
    "traffic/suricata-verify__output-eve-ftp-data__input.pcap, 1350, 1063, 161, 126, 0, 0",
    "traffic/suricata-verify__smb2-ntlmssp-negotiateflags__input.pcap, 1000, 714, 196, 90, 0, 0",
    "traffic/suricata-verify__tls__tls-bypass-missing-event__tor_bl.pcap, 1139, 1139, 0, 0, 0, 0",
    "traffic/tcpdump__erspan-type-i-4.pcap, 119, 112, 0, 7, 0, 0",
    "traffic/tcpdump__forces3.pcap, 154, 154, 0, 0, 0, 0",
    "traffic/tcpdump__nfs-seg-fault-1.pcapng, 1, 1, 0, 0, 0, 0",
    "traffic/wireshark__dns-mdns.pcap, 587, 242, 335, 10, 0, 0",
    "traffic/wireshark__logistics_multicast.pcapng, 885, 525, 357, 3, 0, 0",
    "traffic/wireshark__netperfmeter.pcapng.gz, 2342, 2342, 0, 0, 0, 0",
    "traffic/wireshark__tls-fragmented-over-tcp-segmented.pcapng.gz, 18, 18, 0, 0, 0, 0",
    "wireshark/esp-bug-12671.pcapng.gz, 6, 6, 0, 0, 0, 0",
    "wireshark/ikev1-bug-12620.pcapng.gz, 10, 10, 0, 0, 0, 0",
    "wireshark/ikev1-certs.pcap, 10, 10, 0, 0, 0, 0",
    "wireshark/ikev2-decrypt-3des-sha1_160.pcap, 6, 6, 0, 0, 0, 0",
    "wireshark/ikev2-decrypt-aes128ccm12.pcap, 6, 6, 0, 0, 0, 0",
    "wireshark/ikev2-decrypt-aes256cbc.pcapng, 4, 4, 0, 0, 0, 0",
    "wireshark/ikev2-decrypt-aes256gcm16.pcap, 6, 6, 0, 0, 0, 0",
    "zeek-spicy-ipsec/IPsec_ESP-AH_tunnel_mode.cap, 10, 10, 0, 0, 0, 0",
    "zeek-spicy-ipsec/ipsec-ikev1-isakmp-main-mode.pcap, 9, 9, 0, 0, 0, 0",
    "zeek-spicy-ipsec/ipsec-ikev1-zero-length.pcap, 1, 1, 0, 0, 0, 0"
  })
  void thirdPartyCaptures(String name, int frames, int ipv4, int ipv6, int notIp, int odd, int bad)
      throws IOException {
    Path file = CaptureFiles.vectors().resolve(name);
    if (!Files.exists(file)) {
      skipped++;
      return;
    }
    CaptureCensus census = census(file);
    assertEquals(frames, census.frames());
    assertEquals(ipv4 + ipv6 - odd, census.packets());
    if (odd == 0) {
      assertEquals(ipv4, census.ipv4());
      assertEquals(ipv6, census.ipv6());
    }
    assertEquals(notIp, census.byReason().getOrDefault(NoIpReason.NOT_IP, 0L));
    assertEquals(odd + notIp, census.withoutPacket());
    assertEquals(bad, census.badHeaderChecksums());
    run++;
  }

  @Test
  void theRecordingOfTheDemo() throws IOException {
    CaptureCensus census = census(CaptureFiles.demo());
    assertEquals(2697, census.frames());
    // tshark shows one more IPv6 frame, the runt, and six more of IPv4, one for each of the other
    // odd reasons
    assertEquals(1584 - 6, census.ipv4());
    assertEquals(1095 - 1, census.ipv6());
    assertEquals(2, census.badHeaderChecksums());
    assertEquals(
        Map.of(
            NoIpReason.NOT_IP, 18L,
            NoIpReason.TRUNCATED_IP_HEADER, 2L,
            NoIpReason.BAD_VERSION, 1L,
            NoIpReason.BAD_IHL, 1L,
            NoIpReason.LENGTH_ZERO, 1L,
            NoIpReason.TOTAL_LENGTH_TOO_SMALL, 1L,
            NoIpReason.LENGTH_BEYOND_FRAME, 1L),
        census.byReason());
    assertTrue(Files.size(CaptureFiles.demo()) < 1_500_000);
    run++;
  }

  private static CaptureCensus census(Path file) throws IOException {
    CaptureCensus census = new CaptureCensus();
    try (CaptureReader reader = CaptureReader.open(file)) {
      for (CapturedPacket p = reader.next(); p != null; p = reader.next()) {
        census.add(IpExtractor.extract(p));
      }
      assertTrue(reader.problem().isEmpty());
      assertEquals(census.frames(), reader.packets());
    }
    return census;
  }
}
