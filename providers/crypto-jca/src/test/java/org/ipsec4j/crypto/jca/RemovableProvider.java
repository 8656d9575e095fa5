package org.ipsec4j.crypto.jca;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.Mac;
import javax.crypto.MacSpi;
import javax.crypto.NoSuchPaddingException;

/** A provider like a token that may be pulled out: right answers, and from then on none. */
final class RemovableProvider extends Provider {
  private static final long serialVersionUID = 1L;

  /** Whether it is gone. One for all: tests of it run one after the other. */
  static volatile boolean removed;

  RemovableProvider() {
    super("Removable", "1", "for tests");
    put("Cipher.AES/CBC/NoPadding", RemovableCipher.class.getName());
    put("Mac.HmacSHA256", RemovableMac.class.getName());
    put("Mac.HmacSHA1", RemovableSha1.class.getName());
  }

  private static void use() {
    if (removed) {
      throw new ProviderException("token removed");
    }
  }

  /** AES-CBC of SunJCE. */
  public static final class RemovableCipher extends CipherSpi {
    private final Cipher real;

    /** Made by JCA. */
    public RemovableCipher() throws GeneralSecurityException {
      real = Cipher.getInstance("AES/CBC/NoPadding", "SunJCE");
    }

    @Override
    protected void engineSetMode(String mode) throws NoSuchAlgorithmException {
      throw new NoSuchAlgorithmException(mode);
    }

    @Override
    protected void engineSetPadding(String padding) throws NoSuchPaddingException {
      throw new NoSuchPaddingException(padding);
    }

    @Override
    protected int engineGetBlockSize() {
      return 16;
    }

    @Override
    protected int engineGetOutputSize(int inputLength) {
      return inputLength;
    }

    @Override
    protected byte[] engineGetIV() {
      return real.getIV();
    }

    @Override
    protected AlgorithmParameters engineGetParameters() {
      return real.getParameters();
    }

    @Override
    protected void engineInit(int mode, Key key, SecureRandom random) throws InvalidKeyException {
      real.init(mode, key, random);
    }

    @Override
    protected void engineInit(
        int mode, Key key, AlgorithmParameterSpec parameters, SecureRandom random)
        throws InvalidKeyException, InvalidAlgorithmParameterException {
      real.init(mode, key, parameters, random);
    }

    @Override
    protected void engineInit(
        int mode, Key key, AlgorithmParameters parameters, SecureRandom random)
        throws InvalidKeyException, InvalidAlgorithmParameterException {
      real.init(mode, key, parameters, random);
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
    protected byte[] engineDoFinal(byte[] input, int offset, int length) {
      use();
      try {
        return real.doFinal(input, offset, length);
      } catch (GeneralSecurityException e) {
        throw new ProviderException(e);
      }
    }

    @Override
    protected int engineDoFinal(
        byte[] input, int offset, int length, byte[] output, int outputOffset) {
      use();
      try {
        return real.doFinal(input, offset, length, output, outputOffset);
      } catch (GeneralSecurityException e) {
        throw new ProviderException(e);
      }
    }
  }

  /** HMAC of SunJCE. */
  public static class RemovableMac extends MacSpi {
    private final Mac real;

    /** Made by JCA. */
    public RemovableMac() throws GeneralSecurityException {
      this("HmacSHA256");
    }

    RemovableMac(String algorithm) throws GeneralSecurityException {
      real = Mac.getInstance(algorithm, "SunJCE");
    }

    @Override
    protected int engineGetMacLength() {
      return real.getMacLength();
    }

    @Override
    protected void engineInit(Key key, AlgorithmParameterSpec parameters)
        throws InvalidKeyException {
      real.init(key);
    }

    @Override
    protected void engineUpdate(byte input) {
      real.update(input);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
      use();
      real.update(input, offset, length);
    }

    @Override
    protected byte[] engineDoFinal() {
      return real.doFinal();
    }

    @Override
    protected void engineReset() {
      real.reset();
    }
  }

  /** HMAC-SHA-1 of SunJCE. */
  public static final class RemovableSha1 extends RemovableMac {
    /** Made by JCA. */
    public RemovableSha1() throws GeneralSecurityException {
      super("HmacSHA1");
    }
  }
}
