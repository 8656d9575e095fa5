/**
 * Capture files: reads pcap and pcapng, finds the IP packets in them, writes pcapng and the
 * Wireshark profile that decrypts it.
 *
 * <p>Start reading at {@link org.ipsec4j.node.capture.CaptureReader}, then {@link
 * org.ipsec4j.node.capture.IpExtractor}; {@link org.ipsec4j.node.capture.PcapngWriter} and {@link
 * org.ipsec4j.node.capture.WiresharkProfile} are the way out.
 *
 * <p>May import: {@code java.base} only. Never does: open sockets or devices, start threads, ask a
 * clock, keep a whole capture in memory, throw because a file is damaged, write a key unless {@code
 * WiresharkProfile.writeTo} is called.
 *
 * <p>Sections: RFC 791 3.1 (IPv4 header), RFC 8200 3 (IPv6 header), RFC 2675 2 (jumbograms), RFC
 * 1661 2 and RFC 2516 4 (PPP, PPPoE); the file formats are those of draft-ietf-opsawg-pcap and
 * draft-ietf-opsawg-pcapng.
 *
 * <p>Explained by the tests CaptureReaderTest, HostileCaptureFuzz, IpExtractorTest,
 * PcapngWriterTest, TrafficVectors and WiresharkProfileTest.
 */
package org.ipsec4j.node.capture;
