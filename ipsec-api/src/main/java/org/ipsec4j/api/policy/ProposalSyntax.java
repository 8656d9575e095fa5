package org.ipsec4j.api.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.ipsec4j.api.NearestWord;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Proposals as text: words for algorithms, joined by hyphens, such as {@code
 * aes256gcm16-aes128gcm16-prfsha256-x25519} or {@code aes128-sha256-modp2048}.
 *
 * <p>The kind of a word follows from the word itself, so kinds may stand in any order; within a
 * kind the first is preferred. An IKE proposal needs a cipher, a key exchange method, a
 * pseudo-random function ({@code prf...}) and, unless its ciphers are combined-mode, an integrity
 * algorithm. Where no pseudo-random function is written, the ones of the integrity algorithms are
 * taken. A proposal for a Child SA needs no pseudo-random function; a key exchange method there
 * asks for perfect forward secrecy; {@code esn} and {@code noesn} say which sequence numbers are
 * acceptable, both when neither is written. Algorithms that are legacy are accepted only behind the
 * prefix {@code legacy:} or when the caller says so. Case does not matter.
 */
public final class ProposalSyntax {
  private static final String LEGACY_PREFIX = "legacy:";
  private static final int LONGEST = 1024;

  /**
   * What came of reading.
   *
   * @param <T> kind of proposal
   */
  public sealed interface Parsed<T> {
    /**
     * Read.
     *
     * @param value the proposal
     * @param legacy whether an algorithm of it is legacy
     * @param <T> kind of proposal
     */
    record Good<T>(T value, boolean legacy) implements Parsed<T> {}

    /**
     * Refused.
     *
     * @param problem what is wrong
     * @param <T> kind of proposal
     */
    record Bad<T>(Problem problem) implements Parsed<T> {}

    /**
     * The proposal.
     *
     * @throws IllegalArgumentException when it was refused; the message says why
     */
    default T orThrow() {
      return switch (this) {
        case Good<T> good -> good.value();
        case Bad<T> bad -> throw new IllegalArgumentException(bad.problem().toString());
      };
    }
  }

  /**
   * Why a text is no proposal.
   *
   * @param position index of the first character that is wrong; the length of the text when
   *     something is missing at its end
   * @param found the word there; empty when something is missing
   * @param message one sentence
   * @param suggestion a word to write instead, or null
   */
  public record Problem(int position, String found, String message, @Nullable String suggestion) {
    @Override
    public String toString() {
      String meant = suggestion == null ? "" : "; did you mean `" + suggestion + "`?";
      return "at character " + (position + 1) + ": " + message + meant;
    }
  }

  /** Ends the reading at the first wrong word. Never leaves this class. */
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Problem problem;

    Refusal(Problem problem) {
      super(problem.message(), null, false, false);
      this.problem = problem;
    }
  }

  private enum Use {
    IKE,
    ESP,
    AH
  }

  private final Use use;
  private final boolean legacyAllowed;
  private final List<EncryptionTransform> encryption = new ArrayList<>();
  private final List<IntegrityAlgorithm> integrity = new ArrayList<>();
  private final List<PrfAlgorithm> prf = new ArrayList<>();
  private final List<KeyExchangeMethod> keyExchange = new ArrayList<>();
  private final List<Boolean> esn = new ArrayList<>();
  private boolean legacy;

  private ProposalSyntax(Use use, boolean legacyAllowed) {
    this.use = use;
    this.legacyAllowed = legacyAllowed;
  }

  /**
   * Reads an IKE proposal.
   *
   * @param legacy whether legacy algorithms are accepted without their prefix
   */
  public static Parsed<IkeProposal> ike(String text, boolean legacy) {
    try {
      ProposalSyntax words = read(Use.IKE, text, legacy);
      words.completeIke(text);
      return new Parsed.Good<>(
          new IkeProposal(words.encryption, words.integrity, words.prf, words.keyExchange),
          words.legacy);
    } catch (Refusal refusal) {
      return new Parsed.Bad<>(refusal.problem);
    }
  }

  /**
   * Reads a proposal for Child SAs.
   *
   * @param legacy whether legacy algorithms are accepted without their prefix
   */
  public static Parsed<ChildProposal> child(
      SecurityProtocol protocol, String text, boolean legacy) {
    try {
      Use use = protocol == SecurityProtocol.ESP ? Use.ESP : Use.AH;
      ProposalSyntax words = read(use, text, legacy);
      words.completeChild(text);
      return new Parsed.Good<>(
          new ChildProposal(
              protocol, words.encryption, words.integrity, words.keyExchange, words.esn),
          words.legacy);
    } catch (Refusal refusal) {
      return new Parsed.Bad<>(refusal.problem);
    }
  }

  /** The text of a proposal, which reads back as the same proposal. */
  public static String format(IkeProposal proposal) {
    Stream<String> words =
        Stream.of(
                proposal.encryption().stream().map(ProposalKeywords::word),
                proposal.integrity().stream().map(IntegrityAlgorithm::keyword),
                proposal.prf().stream().map(PrfAlgorithm::keyword),
                proposal.keyExchange().stream().map(KeyExchangeMethod::keyword))
            .flatMap(part -> part);
    return prefix(
            proposal.encryption().stream().anyMatch(e -> e.algorithm().isLegacy())
                || proposal.integrity().stream().anyMatch(IntegrityAlgorithm::isLegacy)
                || proposal.prf().stream().anyMatch(PrfAlgorithm::isLegacy)
                || proposal.keyExchange().stream().anyMatch(KeyExchangeMethod::isLegacy))
        + String.join("-", words.toList());
  }

  /** The text of a proposal, which reads back as the same proposal for the same protocol. */
  public static String format(ChildProposal proposal) {
    Stream<String> words =
        Stream.of(
                proposal.encryption().stream().map(ProposalKeywords::word),
                proposal.integrity().stream().map(IntegrityAlgorithm::keyword),
                proposal.keyExchange().stream().map(KeyExchangeMethod::keyword),
                proposal.esn().stream().map(extended -> extended ? "esn" : "noesn"))
            .flatMap(part -> part);
    return prefix(
            proposal.encryption().stream().anyMatch(e -> e.algorithm().isLegacy())
                || proposal.integrity().stream().anyMatch(IntegrityAlgorithm::isLegacy)
                || proposal.keyExchange().stream().anyMatch(KeyExchangeMethod::isLegacy))
        + String.join("-", words.toList());
  }

  /** All words that are read, other spellings included. */
  public static Collection<String> words() {
    return ProposalKeywords.words();
  }

  private static String prefix(boolean legacy) {
    return legacy ? LEGACY_PREFIX : "";
  }

  private static ProposalSyntax read(Use use, String text, boolean legacy) throws Refusal {
    if (text.length() > LONGEST) {
      throw new Refusal(new Problem(LONGEST, "", "a proposal has at most 1024 characters", null));
    }
    String lower = text.toLowerCase(Locale.ROOT);
    boolean prefixed = lower.startsWith(LEGACY_PREFIX);
    ProposalSyntax words = new ProposalSyntax(use, legacy || prefixed);
    int start = prefixed ? LEGACY_PREFIX.length() : 0;
    while (start <= lower.length()) {
      int hyphen = lower.indexOf('-', start);
      int end = hyphen < 0 ? lower.length() : hyphen;
      words.add(lower.substring(start, end), start);
      start = end + 1;
    }
    return words;
  }

  private void add(String word, int at) throws Refusal {
    if (word.isEmpty()) {
      throw new Refusal(new Problem(at, "", "an algorithm is missing here", null));
    }
    ProposalKeywords.Meaning meaning = ProposalKeywords.meaning(word, use == Use.AH);
    if (meaning == null) {
      throw refusal(
          at,
          word,
          "`" + word + "` is not an algorithm",
          NearestWord.of(word, ProposalKeywords.words()).orElse(null));
    }
    if (meaning.isLegacy() && !legacyAllowed) {
      throw refusal(
          at,
          word,
          "`" + word + "` is weak; to use it all the same write `legacy:` in front of the proposal",
          null);
    }
    legacy |= meaning.isLegacy();
    switch (meaning) {
      case ProposalKeywords.Encryption e -> addEncryption(e.transform(), word, at);
      case ProposalKeywords.Integrity i -> addIntegrity(i.algorithm(), word, at);
      case ProposalKeywords.PseudoRandom p -> addPrf(p.algorithm(), word, at);
      case ProposalKeywords.KeyExchange k -> addOnce(keyExchange, k.method(), word, at);
      case ProposalKeywords.SequenceNumbers s -> addEsn(s.extended(), word, at);
    }
  }

  private void addEncryption(EncryptionTransform transform, String word, int at) throws Refusal {
    EncryptionAlgorithm algorithm = transform.algorithm();
    if (use == Use.AH) {
      throw refusal(at, word, "AH does not encrypt: `" + word + "` has no place here", null);
    }
    boolean childOnly =
        algorithm == EncryptionAlgorithm.NULL
            || algorithm == EncryptionAlgorithm.NULL_AES_GMAC
            || algorithm.ivLength() == 0;
    if (use == Use.IKE && childOnly) {
      throw refusal(at, word, "`" + word + "` may protect Child SAs only", null);
    }
    if (!encryption.isEmpty() && encryption.getFirst().algorithm().isAead() != algorithm.isAead()) {
      throw refusal(at, word, "combined-mode and other ciphers need proposals of their own", null);
    }
    if (algorithm.isAead() && !integrity.isEmpty()) {
      throw refusal(at, word, "a combined-mode cipher takes no integrity algorithm", null);
    }
    addOnce(encryption, transform, word, at);
  }

  private void addIntegrity(IntegrityAlgorithm algorithm, String word, int at) throws Refusal {
    if (!encryption.isEmpty() && encryption.getFirst().algorithm().isAead()) {
      PrfAlgorithm beside = use == Use.IKE ? ProposalKeywords.prfBeside(algorithm) : null;
      throw refusal(
          at,
          word,
          "a combined-mode cipher takes no integrity algorithm",
          beside == null ? null : beside.keyword());
    }
    addOnce(integrity, algorithm, word, at);
  }

  private void addPrf(PrfAlgorithm algorithm, String word, int at) throws Refusal {
    if (use != Use.IKE) {
      throw refusal(
          at, word, "a pseudo-random function belongs to IKE proposals", word.substring(3));
    }
    addOnce(prf, algorithm, word, at);
  }

  private void addEsn(boolean extended, String word, int at) throws Refusal {
    if (use == Use.IKE) {
      throw refusal(at, word, "sequence numbers belong to proposals of Child SAs", null);
    }
    addOnce(esn, extended, word, at);
  }

  private static <T> void addOnce(List<T> list, T value, String word, int at) throws Refusal {
    if (list.contains(value)) {
      throw refusal(at, word, "`" + word + "` stands here a second time", null);
    }
    list.add(value);
  }

  private void completeIke(String text) throws Refusal {
    needEncryption(text);
    if (prf.isEmpty()) {
      for (IntegrityAlgorithm algorithm : integrity) {
        PrfAlgorithm beside = ProposalKeywords.prfBeside(algorithm);
        if (beside != null) {
          prf.add(beside);
        }
      }
    }
    if (prf.isEmpty()) {
      throw missing(text, "a pseudo-random function is missing", "prfsha256");
    }
    if (keyExchange.isEmpty()) {
      throw missing(text, "a key exchange method is missing", "x25519");
    }
  }

  private void completeChild(String text) throws Refusal {
    if (use == Use.ESP) {
      needEncryption(text);
    } else if (integrity.isEmpty()) {
      throw missing(text, "an integrity algorithm is missing", "sha256");
    }
    if (esn.isEmpty()) {
      esn.addAll(Defaults.ESN);
    }
  }

  private void needEncryption(String text) throws Refusal {
    if (encryption.isEmpty()) {
      throw missing(text, "an encryption algorithm is missing", "aes256gcm16");
    }
    if (!encryption.getFirst().algorithm().isAead() && integrity.isEmpty()) {
      throw missing(text, "an integrity algorithm is missing", "sha256");
    }
  }

  private static Refusal missing(String text, String message, String word) {
    return refusal(text.length(), "", message, text + "-" + word);
  }

  private static Refusal refusal(int at, String word, String message, @Nullable String suggestion) {
    return new Refusal(new Problem(at, word, message, suggestion));
  }
}
