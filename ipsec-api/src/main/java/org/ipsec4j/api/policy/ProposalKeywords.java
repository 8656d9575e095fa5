package org.ipsec4j.api.policy;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.jspecify.annotations.Nullable;

/** The words of {@link ProposalSyntax}: those that it writes, and further spellings it reads. */
final class ProposalKeywords {
  /** What one word stands for. */
  sealed interface Meaning {
    /** Whether only a policy that says so may use it. */
    boolean isLegacy();
  }

  record Encryption(EncryptionTransform transform) implements Meaning {
    @Override
    public boolean isLegacy() {
      return transform.algorithm().isLegacy();
    }
  }

  record Integrity(IntegrityAlgorithm algorithm) implements Meaning {
    @Override
    public boolean isLegacy() {
      return algorithm.isLegacy();
    }
  }

  record PseudoRandom(PrfAlgorithm algorithm) implements Meaning {
    @Override
    public boolean isLegacy() {
      return algorithm.isLegacy();
    }
  }

  record KeyExchange(KeyExchangeMethod method) implements Meaning {
    @Override
    public boolean isLegacy() {
      return method.isLegacy();
    }
  }

  record SequenceNumbers(boolean extended) implements Meaning {
    @Override
    public boolean isLegacy() {
      return false;
    }
  }

  private static final Map<String, Meaning> MEANINGS = new LinkedHashMap<>();
  // AES-GMAC has one word: a cipher without encryption in ESP, an integrity algorithm in AH.
  private static final Map<String, Meaning> ONLY_AH = new LinkedHashMap<>();
  private static final Map<EncryptionTransform, String> ENCRYPTION = new LinkedHashMap<>();
  private static final Map<IntegrityAlgorithm, PrfAlgorithm> PRF_BESIDE =
      new EnumMap<>(IntegrityAlgorithm.class);

  static {
    for (EncryptionAlgorithm algorithm : EncryptionAlgorithm.values()) {
      for (int bits : algorithm.keyBits()) {
        EncryptionTransform transform = new EncryptionTransform(algorithm, bits);
        String word = encryptionWord(algorithm, bits);
        ENCRYPTION.put(transform, word);
        MEANINGS.put(word, new Encryption(transform));
      }
    }
    for (IntegrityAlgorithm algorithm : IntegrityAlgorithm.values()) {
      if (algorithm == IntegrityAlgorithm.NONE) {
        continue;
      }
      boolean shared = MEANINGS.containsKey(algorithm.keyword());
      (shared ? ONLY_AH : MEANINGS).put(algorithm.keyword(), new Integrity(algorithm));
    }
    for (PrfAlgorithm algorithm : PrfAlgorithm.values()) {
      MEANINGS.put(algorithm.keyword(), new PseudoRandom(algorithm));
    }
    for (KeyExchangeMethod method : KeyExchangeMethod.values()) {
      MEANINGS.put(method.keyword(), new KeyExchange(method));
    }
    MEANINGS.put("esn", new SequenceNumbers(true));
    MEANINGS.put("noesn", new SequenceNumbers(false));
    addAliases();
    PRF_BESIDE.put(IntegrityAlgorithm.HMAC_MD5_96, PrfAlgorithm.HMAC_MD5);
    PRF_BESIDE.put(IntegrityAlgorithm.HMAC_SHA1_96, PrfAlgorithm.HMAC_SHA1);
    PRF_BESIDE.put(IntegrityAlgorithm.AES_XCBC_96, PrfAlgorithm.AES128_XCBC);
    PRF_BESIDE.put(IntegrityAlgorithm.AES_CMAC_96, PrfAlgorithm.AES128_CMAC);
    PRF_BESIDE.put(IntegrityAlgorithm.HMAC_SHA2_256_128, PrfAlgorithm.HMAC_SHA2_256);
    PRF_BESIDE.put(IntegrityAlgorithm.HMAC_SHA2_384_192, PrfAlgorithm.HMAC_SHA2_384);
    PRF_BESIDE.put(IntegrityAlgorithm.HMAC_SHA2_512_256, PrfAlgorithm.HMAC_SHA2_512);
  }

  private ProposalKeywords() {}

  private static void addAliases() {
    for (int bits : new int[] {128, 192, 256}) {
      for (String mode : new String[] {"gcm", "ccm"}) {
        // Others count the ICV in bits, or leave it out and mean 16 octets.
        alias("aes" + bits + mode, "aes" + bits + mode + "16");
        alias("aes" + bits + mode + "128", "aes" + bits + mode + "16");
        alias("aes" + bits + mode + "96", "aes" + bits + mode + "12");
        alias("aes" + bits + mode + "64", "aes" + bits + mode + "8");
      }
    }
    alias("chacha20", "chacha20poly1305");
    alias("sha", "sha1");
    alias("prfsha", "prfsha1");
    for (String size : new String[] {"256", "384", "512"}) {
      alias("sha2_" + size, "sha" + size);
      alias("prfsha2_" + size, "prfsha" + size);
    }
    alias("curve25519", "x25519");
    alias("curve448", "x448");
    alias("brainpool256", "ecp256bp");
    alias("brainpool384", "ecp384bp");
    alias("brainpool512", "ecp512bp");
    for (KeyExchangeMethod method : KeyExchangeMethod.values()) {
      alias("group" + method.id(), method.keyword());
    }
  }

  private static void alias(String word, String meaning) {
    MEANINGS.put(word, Objects.requireNonNull(MEANINGS.get(meaning)));
  }

  private static String encryptionWord(EncryptionAlgorithm algorithm, int bits) {
    String stem = algorithm.keyword();
    return switch (algorithm) {
      case AES_CTR -> "aes" + bits + "ctr";
      case AES_CCM_8,
          AES_CCM_12,
          AES_CCM_16,
          AES_GCM_8,
          AES_GCM_12,
          AES_GCM_16,
          NULL_AES_GMAC,
          AES_CCM_8_IIV,
          AES_GCM_16_IIV ->
          "aes" + bits + stem;
      default -> algorithm.keyBits().size() > 1 ? stem + bits : stem;
    };
  }

  /** What {@code word} stands for in a proposal for AH or another one; null when nothing. */
  static @Nullable Meaning meaning(String word, boolean ah) {
    Meaning onlyAh = ah ? ONLY_AH.get(word) : null;
    return onlyAh != null ? onlyAh : MEANINGS.get(word);
  }

  /** All words that are read, the ones that are written first. */
  static Collection<String> words() {
    return Collections.unmodifiableSet(MEANINGS.keySet());
  }

  /** The word that is written for an encryption transform. */
  static String word(EncryptionTransform transform) {
    return Objects.requireNonNull(ENCRYPTION.get(transform));
  }

  /** The pseudo-random function with the same primitive; null when there is none. */
  static @Nullable PrfAlgorithm prfBeside(IntegrityAlgorithm integrity) {
    return PRF_BESIDE.get(integrity);
  }
}
