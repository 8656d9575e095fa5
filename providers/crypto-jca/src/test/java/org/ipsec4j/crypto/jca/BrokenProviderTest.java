package org.ipsec4j.crypto.jca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.AlgorithmParameters;
import java.security.Key;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.MacSpi;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.testkit.crypto.PacketBench;
import org.ipsec4j.testkit.crypto.TestOctets;
import org.junit.jupiter.api.Test;

/** JCA providers that do not do what they say are found out before they are used. */
class BrokenProviderTest {
  @Test
  void xorInPlaceOfGcmFailsItsSelfTest() {
    SelfTest outcome = JcaCryptoProvider.using(new Broken()).selfTest();
    assertFalse(outcome.passed());
    assertTrue(
        outcome.failures().stream().anyMatch(failure -> failure.contains("AES_GCM_16")),
        outcome.failures()::toString);
    assertTrue(
        outcome.failures().stream().anyMatch(failure -> failure.contains("HMAC_SHA2_256")),
        outcome.failures()::toString);
  }

  @Test
  void theNextProviderDoesWhatABrokenOneCannot() throws Exception {
    JcaCryptoProvider provider =
        JcaCryptoProvider.using(new Broken(), Security.getProvider("SunJCE"));
    assertEquals("jca:Broken,SunJCE", provider.name());
    SelfTest outcome = provider.selfTest();
    assertTrue(outcome.passed(), outcome.failures()::toString);
    PacketTransform gcm =
        PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, false);
    PacketKey key = provider.packetKey(gcm, TestOctets.secret("e", 20), TestOctets.secret("i", 0));
    assertEquals("jca:Broken,SunJCE:SunJCE", key.provider());
    assertSame(
        key.provider(),
        provider.packetKey(gcm, TestOctets.secret("f", 20), TestOctets.secret("i", 0)).provider());
    assertEquals("wrong answer", reason(provider, "AES_GCM_16_128"));
    assertEquals("wrong answer", reason(provider, "AES_CBC_128"));
    assertEquals("wrong answer", reason(provider, "HMAC_SHA2_256_128"));
  }

  /** What stands behind the vector in the reason. */
  private static String reason(JcaCryptoProvider provider, String algorithm) {
    SkippedAlgorithm found =
        provider.skipped().stream()
            .filter(skipped -> skipped.algorithm().equals(algorithm))
            .findFirst()
            .orElseThrow();
    assertEquals("Broken", found.provider());
    return found.reason().substring(found.reason().lastIndexOf(": ") + 2);
  }

  @Test
  void exceptionsOfAProviderBecomeTheStatusOfAPacket() throws Exception {
    JcaCryptoProvider provider = JcaCryptoProvider.using(new RemovableProvider());
    PacketTransform transform =
        PacketTransform.esp(
            EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA2_256_128, false);
    PacketKey key =
        provider.packetKey(transform, TestOctets.secret("e", 16), TestOctets.secret("i", 32));
    assertEquals("jca:Removable", key.provider());
    try (PacketBench bench = new PacketBench(provider, 256)) {
      byte[] clear = TestOctets.of("clear", 8 + 16 + 64 + 16);
      for (boolean removed : new boolean[] {false, true, false}) {
        RemovableProvider.removed = removed;
        bench.put(clear);
        bench.describe(key, true, 8, 64);
        assertEquals(removed ? CryptoOp.Status.FAILED : CryptoOp.Status.OK, bench.run());
        assertEquals(
            removed,
            java.util.Arrays.equals(clear, bench.packet()),
            "sealed, or nothing half sealed is left");
      }
    } finally {
      RemovableProvider.removed = false;
    }
  }

  @Test
  void aProviderWithoutAlgorithmsClaimsNothingAndDoesNotPass() {
    JcaCryptoProvider provider = JcaCryptoProvider.using(new Empty());
    assertFalse(provider.supports(PrfAlgorithm.HMAC_SHA2_256));
    assertFalse(provider.supports(KeyExchangeMethod.X25519));
    assertFalse(provider.selfTest().passed());
  }

  @Test
  void unknownNamesListThoseThatAreThere() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class, () -> JcaCryptoProvider.using("NoSuchProvider"));
    assertTrue(text(refusal).contains("NoSuchProvider"));
    assertTrue(text(refusal).contains(Security.getProviders()[0].getName()));
    assertThrows(IllegalArgumentException.class, () -> JcaCryptoProvider.using(new Provider[0]));
  }

  @Test
  void namedProvidersAreUsedByName() {
    JcaCryptoProvider provider = JcaCryptoProvider.using("SunJCE");
    assertEquals("jca:SunJCE", provider.name());
    assertTrue(provider.supports(PrfAlgorithm.HMAC_SHA2_256));
    assertTrue(provider.selfTest().passed(), provider.selfTest().failures()::toString);
  }

  private static String text(Exception e) {
    return String.valueOf(e.getMessage());
  }

  /** A provider that lists nothing. */
  private static final class Empty extends Provider {
    private static final long serialVersionUID = 1L;

    Empty() {
      super("Empty", "1", "lists nothing");
    }
  }

  /** A provider whose cipher is an XOR with a constant, and whose MAC is constant. */
  private static final class Broken extends Provider {
    private static final long serialVersionUID = 1L;

    Broken() {
      super("Broken", "1", "for tests");
      put("Cipher.AES/GCM/NoPadding", XorCipher.class.getName());
      put("Cipher.AES/CBC/NoPadding", ThrowingCipher.class.getName());
      put("Mac.HmacSHA256", ConstantMac.class.getName());
    }
  }

  /** Leaves the text readable for anybody. */
  public static class XorCipher extends CipherSpi {
    private boolean sealing;

    @Override
    protected void engineSetMode(String mode) {
      // Any.
    }

    @Override
    protected void engineSetPadding(String padding) {
      // None.
    }

    @Override
    protected int engineGetBlockSize() {
      return 16;
    }

    @Override
    protected int engineGetOutputSize(int inputLength) {
      return inputLength + 16;
    }

    @Override
    protected byte[] engineGetIV() {
      return new byte[12];
    }

    @Override
    protected AlgorithmParameters engineGetParameters() {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void engineInit(int mode, Key key, SecureRandom random) {
      sealing = mode == Cipher.ENCRYPT_MODE;
    }

    @Override
    protected void engineInit(
        int mode, Key key, AlgorithmParameterSpec parameters, SecureRandom random) {
      sealing = mode == Cipher.ENCRYPT_MODE;
    }

    @Override
    protected void engineInit(
        int mode, Key key, AlgorithmParameters parameters, SecureRandom random) {
      sealing = mode == Cipher.ENCRYPT_MODE;
    }

    @Override
    protected byte[] engineUpdate(byte[] input, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected int engineUpdate(
        byte[] input, int offset, int length, byte[] output, int outputOffset) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void engineUpdateAAD(byte[] source, int offset, int length) {
      // Forgotten.
    }

    @Override
    protected byte[] engineDoFinal(byte[] input, int offset, int length) {
      byte[] output = new byte[sealing ? length + 16 : length - 16];
      engineDoFinal(input, offset, length, output, 0);
      return output;
    }

    @Override
    protected int engineDoFinal(
        byte[] input, int offset, int length, byte[] output, int outputOffset) {
      int text = sealing ? length : length - 16;
      for (int i = 0; i < text; i++) {
        output[outputOffset + i] = (byte) (input[offset + i] ^ 0x55);
      }
      return sealing ? text + 16 : text;
    }
  }

  /** Fails like a token that was pulled out. */
  public static final class ThrowingCipher extends XorCipher {
    @Override
    protected int engineDoFinal(
        byte[] input, int offset, int length, byte[] output, int outputOffset) {
      throw new java.security.ProviderException("token removed");
    }
  }

  /** Answers everything with zeros. */
  public static final class ConstantMac extends MacSpi {
    @Override
    protected int engineGetMacLength() {
      return 32;
    }

    @Override
    protected void engineInit(Key key, AlgorithmParameterSpec parameters)
        throws java.security.InvalidKeyException {
      if (key.getEncoded() == null) {
        throw new java.security.InvalidKeyException();
      }
    }

    @Override
    protected void engineUpdate(byte input) {
      // Forgotten.
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
      // Forgotten.
    }

    @Override
    protected byte[] engineDoFinal() {
      return new byte[32];
    }

    @Override
    protected void engineReset() {
      // Nothing is kept.
    }
  }
}
