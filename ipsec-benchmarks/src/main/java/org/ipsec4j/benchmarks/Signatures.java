package org.ipsec4j.benchmarks;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.Signer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** How many signatures can a core make, and verify, in a second, by algorithm and provider? */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class Signatures {
  /** Octets of what IKE signs in an IKE_AUTH: a message, a nonce, a MAC. */
  private static final int MESSAGE = 600;

  /** Who computes. */
  @Param({"jca", "openssl"})
  public String provider;

  /** What. */
  @Param({"RSA_PKCS1_SHA256", "RSA_PSS_SHA256", "ECDSA_SHA256", "ECDSA_SHA384", "ED25519"})
  public SignatureAlgorithm algorithm;

  private final Bytes message = Bytes.copyOf(new byte[MESSAGE]);
  private CryptoProvider crypto;
  private Signer signer;
  private Bytes publicKey;
  private Bytes signature;

  /** For JMH. */
  public Signatures() {}

  /** A fresh key: RSA of 2048 bits, P-256 and P-384 by the hash, Ed25519. */
  @Setup
  public void setUp() throws CryptoException, GeneralSecurityException {
    crypto = BenchProviders.named(provider);
    KeyPair pair = pair();
    signer = crypto.signer(Secret.adopt(pair.getPrivate().getEncoded()), algorithm);
    publicKey = Bytes.copyOf(pair.getPublic().getEncoded());
    signature = signer.sign(message);
  }

  private KeyPair pair() throws GeneralSecurityException {
    return switch (algorithm.keyType()) {
      case RSA -> generator("RSA", 2048).generateKeyPair();
      case EC -> {
        boolean longer = algorithm == SignatureAlgorithm.ECDSA_SHA384;
        yield generator("EC", longer ? 384 : 256).generateKeyPair();
      }
      default -> KeyPairGenerator.getInstance(algorithm.name()).generateKeyPair();
    };
  }

  private static KeyPairGenerator generator(String name, int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(name);
    generator.initialize(bits);
    return generator;
  }

  /** Wipes the key. */
  @TearDown
  public void tearDown() {
    signer.destroy();
  }

  /** One signature. */
  @Benchmark
  public Bytes sign() throws CryptoException {
    return signer.sign(message);
  }

  /** One verification of a right one. */
  @Benchmark
  public boolean verify() throws CryptoException {
    return crypto.verify(algorithm, publicKey, message, signature);
  }
}
