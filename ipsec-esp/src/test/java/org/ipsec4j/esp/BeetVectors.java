package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** BEET mode as a Linux kernel has it: its packets open, and ours have its octets inside. */
@NullUnmarked
class BeetVectors {
  private static final HexFormat HEX = HexFormat.of();

  private final IpHeaderView view = new IpHeaderView();

  @Test
  void linuxKernel() throws IOException, GeneralSecurityException {
    List<byte[]> packets = EspVectors.ipPackets(EspVectors.resource("linux-kernel-beet.pcap"));
    Set<Integer> optionLengths = new HashSet<>();
    int run = 0;
    for (String line : EspVectors.text("linux-kernel-beet.jsonl").lines().toList()) {
      Map<String, Object> sa = Json.object(line);
      Lab lab = new Lab();
      lab.mode = SaMode.BEET;
      lab.spi = ((Long) sa.get("spi")).intValue();
      lab.outerV4 = IpAddress.parse((String) sa.get("src")).isV4();
      lab.innerSender = (String) sa.get("inner_src");
      lab.innerReceiver = (String) sa.get("inner_dst");
      lab.encryptionKey = HEX.parseHex((String) sa.get("key"));
      int opened = 0;
      try (EspInbound opener = lab.opener(lab.sad())) {
        for (byte[] packet : packets) {
          PacketBurst burst = Lab.open(opener, PacketForm.FULL_IP, 1, packet);
          if (opener.sa(0) != null) {
            assertEquals(DropReason.NONE, burst.dropReason(0), line);
            byte[] inner = Lab.window(burst, 0);
            optionLengths.add(checkEcho(inner, lab));
            assertSealsAlike(lab, packet, inner, opener.sequence(0));
            opened++;
          }
        }
      }
      assertTrue(opened >= 4, "packets of " + line);
      run += opened;
    }
    EspVectors.report("linux-kernel-beet", run, 0);
    assertEquals(packets.size(), run);
    assertEquals(Set.of(0, 40), optionLengths);
  }

  /** Header checksum, addresses, and an ICMP checksum that over IPv6 covers the inner addresses. */
  private int checkEcho(byte[] inner, Lab lab) {
    assertTrue(view.parse(ByteBuffer.wrap(inner), 0, inner.length));
    assertEquals(inner.length, view.totalLength());
    assertEquals(IpAddress.parse(lab.innerSender).low(), view.sourceLow());
    assertEquals(IpAddress.parse(lab.innerReceiver).low(), view.destinationLow());
    int header = view.payloadOffset();
    byte[] icmp = Arrays.copyOfRange(inner, header, inner.length);
    if (view.isV4()) {
      assertEquals(0, IpPackets.checksum(inner, 0, header));
      assertEquals(0, IpPackets.checksum(icmp, 0, icmp.length));
      assertTrue(icmp[0] == 8 || icmp[0] == 0, "echo");
      return header - 20;
    }
    assertEquals(0, IpPackets.upperChecksum(lab.innerSender, lab.innerReceiver, 58, icmp));
    return 0;
  }

  /** The same inner packet, sealed by us: the same text, and an outer header that says the same. */
  private void assertSealsAlike(Lab lab, byte[] theirs, byte[] inner, long number)
      throws GeneralSecurityException {
    Lab clear = new Lab();
    clear.mode = SaMode.BEET;
    clear.spi = lab.spi;
    clear.outerV4 = lab.outerV4;
    clear.innerSender = lab.innerSender;
    clear.innerReceiver = lab.innerReceiver;
    clear.firstNumber = number;
    clear.crypto = new NoCrypto();
    byte[] ours = clear.seal(clear.outbound(), inner, PacketForm.FULL_IP);
    assertEquals(theirs.length, ours.length);
    int esp = lab.outerV4 ? 20 : 40;
    byte[] text = decrypt(lab, theirs, esp);
    if (text[text.length - 1] == 94) {
      // the kernel leaves in the reserved octet what the inner header had there
      text[3] = 0;
    }
    assertArrayEquals(text, Arrays.copyOfRange(ours, esp + 16, ours.length - 16));
    assertTrue(view.parse(ByteBuffer.wrap(theirs), 0, theirs.length));
    int hopLimit = view.hopLimit();
    int trafficClass = view.trafficClass();
    assertTrue(view.parse(ByteBuffer.wrap(ours), 0, ours.length));
    // the recorder stood behind a router, which had taken one
    assertTrue(view.hopLimit() == hopLimit || view.hopLimit() == hopLimit + 1);
    assertEquals(trafficClass, view.trafficClass());
  }

  private static byte[] decrypt(Lab lab, byte[] packet, int esp) throws GeneralSecurityException {
    byte[] nonce = new byte[12];
    System.arraycopy(lab.encryptionKey, 16, nonce, 0, 4);
    System.arraycopy(packet, esp + 8, nonce, 4, 8);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(lab.encryptionKey, 0, 16, "AES"),
        new GCMParameterSpec(128, nonce));
    cipher.updateAAD(packet, esp, 8);
    return cipher.doFinal(packet, esp + 16, packet.length - esp - 16);
  }
}
