package org.ipsec4j.crypto.jca;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import org.ipsec4j.api.crypto.RandomSource;

/** Gives JCA's key generators exactly the octets of a {@link RandomSource}. */
final class SourceRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  private final transient RandomSource source;

  SourceRandom(RandomSource source) {
    super(new Spi(source), null);
    this.source = source;
  }

  @Override
  public void nextBytes(byte[] bytes) {
    source.nextBytes(bytes);
  }

  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException("random source");
  }

  private static final class Spi extends SecureRandomSpi {
    private static final long serialVersionUID = 1L;

    private final transient RandomSource source;

    Spi(RandomSource source) {
      this.source = source;
    }

    @Override
    protected void engineSetSeed(byte[] seed) {
      // The source owns its state.
    }

    @Override
    protected void engineNextBytes(byte[] bytes) {
      source.nextBytes(bytes);
    }

    @Override
    protected byte[] engineGenerateSeed(int numBytes) {
      byte[] seed = new byte[numBytes];
      source.nextBytes(seed);
      return seed;
    }
  }
}
