package org.ipsec4j.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class KeystreamCheckTest {
  private static final int TEXT = 16;

  private final Random random = new Random(21);

  private byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Outer packet whose text is the inner one XORed with a pad that repeats. */
  private byte[] xored(byte[] inner, byte[] pad) {
    byte[] outer = noise(TEXT + inner.length + 18);
    for (int i = 0; i < inner.length; i++) {
      outer[TEXT + i] = (byte) (inner[i] ^ pad[i % pad.length]);
    }
    return outer;
  }

  @Test
  void aRandomKeystreamIsFine() {
    KeystreamCheck check = new KeystreamCheck();
    for (int i = 0; i < 1000; i++) {
      byte[] inner = noise(200);
      check.pair(inner, xored(inner, noise(200)), TEXT);
    }
    assertEquals(0, check.repeats());
  }

  @Test
  void aConstantOfAnyLengthIsCaught() {
    for (int length = 1; length <= 64; length++) {
      KeystreamCheck check = new KeystreamCheck();
      byte[] pad = noise(length);
      for (int i = 0; i < 3; i++) {
        byte[] inner = noise(100);
        check.pair(inner, xored(inner, pad), TEXT);
      }
      assertTrue(check.repeats() > 0, "a constant of " + length + " octets");
    }
  }

  @Test
  void anUnencryptedPacketIsCaught() {
    KeystreamCheck check = new KeystreamCheck();
    byte[] inner = noise(64);
    check.pair(inner, xored(inner, new byte[1]), TEXT);
    assertEquals(3, check.repeats());
  }

  @Test
  void packetsTooShortForABlockAreHarmless() {
    KeystreamCheck check = new KeystreamCheck();
    check.pair(noise(15), noise(40), TEXT);
    check.pair(noise(40), noise(20), TEXT);
    assertEquals(0, check.repeats());
  }
}
