package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.SignatureAlgorithm.KeyType;
import org.ipsec4j.api.crypto.Signer;
import org.junit.jupiter.api.Test;

/**
 * What a provider must do when it signs, judged by the JDK's verification. A provider that does not
 * sign must say so and refuse.
 */
public interface SigningContract extends ProviderUnderTest {
  /** Another provider that shall verify what this one signs; by default this one. */
  default org.ipsec4j.api.crypto.CryptoProvider verifier() {
    return provider();
  }

  private List<SignatureAlgorithm> signing() {
    List<SignatureAlgorithm> signing = new ArrayList<>();
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      if (provider().supportsSigning(algorithm)) {
        signing.add(algorithm);
      }
    }
    return signing;
  }

  private static KeyPair keys(KeyType type) {
    return Objects.requireNonNull(SignatureContract.Keys.MADE.get(type));
  }

  private static Secret pkcs8(KeyPair pair) {
    return Secret.adopt(pair.getPrivate().getEncoded());
  }

  /** The JDK and the verifier take the signatures; for another message they do not. */
  @Test
  default void whatItSignsVerifies() throws GeneralSecurityException, CryptoException {
    Bytes message = Bytes.copyOf(TestOctets.of("message", 400));
    Bytes other = Bytes.copyOf(TestOctets.of("other", 400));
    for (SignatureAlgorithm algorithm : signing()) {
      KeyPair pair = keys(algorithm.keyType());
      Signer signer = provider().signer(pkcs8(pair), algorithm);
      for (Bytes text : List.of(message, Bytes.EMPTY)) {
        Bytes signature = signer.sign(text);
        Signature judge = SignatureContract.Keys.jdk(algorithm);
        judge.initVerify(pair.getPublic());
        judge.update(text.toArray());
        assertTrue(judge.verify(signature.toArray()), algorithm + " by the JDK");
        if (verifier().supports(algorithm)) {
          Bytes key = Bytes.copyOf(pair.getPublic().getEncoded());
          assertTrue(verifier().verify(algorithm, key, text, signature), algorithm.toString());
          assertFalse(verifier().verify(algorithm, key, other, signature), algorithm.toString());
        }
      }
      signer.destroy();
    }
  }

  /** Nonces of ECDSA and salts of PSS are fresh: no two signatures of a message are alike. */
  @Test
  default void randomisedSignaturesDiffer() throws CryptoException {
    Bytes message = Bytes.ofHex("00");
    for (SignatureAlgorithm algorithm : signing()) {
      boolean randomised =
          algorithm.keyType() == KeyType.EC || algorithm.name().startsWith("RSA_PSS");
      Signer signer = provider().signer(pkcs8(keys(algorithm.keyType())), algorithm);
      if (randomised) {
        assertNotEquals(signer.sign(message), signer.sign(message), algorithm.toString());
      } else {
        assertEquals(signer.sign(message), signer.sign(message), algorithm.toString());
      }
      signer.destroy();
    }
  }

  /** Keys of another kind, and what is no key, are ours to mend. */
  @Test
  default void unfitPrivateKeysAreRefused() {
    for (SignatureAlgorithm algorithm : signing()) {
      for (Map.Entry<KeyType, KeyPair> entry : SignatureContract.Keys.MADE.entrySet()) {
        Secret whole = pkcs8(entry.getValue());
        if (entry.getKey() != algorithm.keyType()) {
          unfit(algorithm, whole, "a key of " + entry.getKey());
        } else {
          unfit(algorithm, whole.slice(0, whole.length() - 1), "a cut key");
          unfit(algorithm, whole.slice(0, whole.length() / 2), "half a key");
        }
      }
      unfit(algorithm, Secret.adopt(new byte[0]), "no key");
      unfit(algorithm, Secret.adopt(new byte[100_000]), "a huge key");
      unfit(algorithm, Secret.adopt(TestOctets.of("noise", 200)), "noise");
    }
  }

  private void unfit(SignatureAlgorithm algorithm, Secret key, String what) {
    CryptoException refusal =
        assertThrows(
            CryptoException.class,
            () -> provider().signer(key, algorithm),
            algorithm + " with " + what);
    assertEquals(Culprit.LOCAL_KEY, refusal.culprit(), algorithm + " with " + what);
  }

  /** A destroyed signer signs no more; destroying it again does nothing. */
  @Test
  default void destroyedSignersRefuse() throws CryptoException {
    for (SignatureAlgorithm algorithm : signing()) {
      Secret key = pkcs8(keys(algorithm.keyType()));
      Signer signer = provider().signer(key, algorithm);
      key.destroy();
      signer.sign(Bytes.EMPTY);
      signer.destroy();
      signer.destroy();
      assertThrows(CryptoException.class, () -> signer.sign(Bytes.EMPTY), algorithm.toString());
    }
  }

  /** Threads share a signer, and one of them may destroy it while the others sign. */
  @Test
  default void threadsShareASigner() throws CryptoException, InterruptedException {
    for (SignatureAlgorithm algorithm : signing()) {
      if (algorithm.keyType() == KeyType.RSA) {
        continue;
      }
      KeyPair pair = keys(algorithm.keyType());
      Signer signer = provider().signer(pkcs8(pair), algorithm);
      ConcurrentLinkedQueue<Bytes> made = new ConcurrentLinkedQueue<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        threads.add(Thread.ofPlatform().start(() -> signUntilDestroyed(signer, made)));
      }
      while (made.size() < 20 && threads.stream().anyMatch(Thread::isAlive)) {
        Thread.onSpinWait();
      }
      signer.destroy();
      for (Thread thread : threads) {
        thread.join();
      }
      assertTrue(made.size() >= 20, algorithm + " was signed with");
      Bytes key = Bytes.copyOf(pair.getPublic().getEncoded());
      for (Bytes signature : made.stream().limit(20).toList()) {
        assertTrue(verifier().verify(algorithm, key, Bytes.EMPTY, signature), algorithm + "");
      }
    }
  }

  private static void signUntilDestroyed(Signer signer, ConcurrentLinkedQueue<Bytes> made) {
    try {
      for (int i = 0; i < 100_000; i++) {
        made.add(signer.sign(Bytes.EMPTY));
      }
    } catch (CryptoException e) {
      // Destroyed: the end.
    }
  }

  /** What is not claimed is refused. */
  @Test
  default void unclaimedSigningIsRefused() {
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      if (!provider().supportsSigning(algorithm)) {
        assertThrows(
            CryptoException.class,
            () -> provider().signer(pkcs8(keys(algorithm.keyType())), algorithm));
      }
    }
  }
}
