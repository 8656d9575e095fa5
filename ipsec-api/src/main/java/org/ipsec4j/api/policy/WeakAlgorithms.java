package org.ipsec4j.api.policy;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;

/**
 * What of a proposal is weak (the legacy algorithms, RFC 8221 and RFC 8247), and what to write in
 * its place. No default holds any; a policy that names one is obeyed and gets a standing warning.
 *
 * @param words the weak words of the proposal, at least one
 * @param instead a proposal of the same kind with a strong algorithm in the place of each weak one
 */
public record WeakAlgorithms(List<String> words, String instead) {
  private static final String BOTH_NUMBERS = "-noesn-esn";

  private static final EncryptionTransform CIPHER =
      new EncryptionTransform(EncryptionAlgorithm.AES_CBC, 256);

  /** Copies the list. */
  public WeakAlgorithms {
    words = List.copyOf(words);
  }

  /** What is weak in a proposal for IKE; empty when nothing is. */
  public static Optional<WeakAlgorithms> in(IkeProposal proposal) {
    Finder finder = new Finder();
    IkeProposal strong =
        new IkeProposal(
            finder.ciphers(proposal.encryption()),
            finder.macs(proposal.integrity()),
            finder.replaced(
                proposal.prf(),
                PrfAlgorithm::isLegacy,
                PrfAlgorithm::keyword,
                PrfAlgorithm.HMAC_SHA2_256),
            finder.exchanges(proposal.keyExchange()));
    return finder.found(ProposalSyntax.format(strong));
  }

  /** What is weak in a proposal for Child SAs; empty when nothing is. */
  public static Optional<WeakAlgorithms> in(ChildProposal proposal) {
    Finder finder = new Finder();
    ChildProposal strong =
        new ChildProposal(
            proposal.protocol(),
            finder.ciphers(proposal.encryption()),
            finder.macs(proposal.integrity()),
            finder.exchanges(proposal.keyExchange()),
            proposal.esn());
    // Both kinds of sequence number are what is meant when neither is written.
    String text = ProposalSyntax.format(strong);
    return finder.found(
        text.endsWith(BOTH_NUMBERS)
            ? text.substring(0, text.length() - BOTH_NUMBERS.length())
            : text);
  }

  /** What is weak in the algorithms of manual keys; empty when nothing is. */
  public static Optional<WeakAlgorithms> in(PacketTransform transform) {
    boolean ah = transform.protocol() == SecurityProtocol.AH;
    boolean separate = transform.integrity() != IntegrityAlgorithm.NONE;
    return in(
        new ChildProposal(
            transform.protocol(),
            ah ? List.of() : List.of(transform.encryption()),
            separate ? List.of(transform.integrity()) : List.of(),
            List.of(),
            List.of(transform.extendedSequenceNumbers())));
  }

  /** {@code `3des` and `md5` are weak; use `aes256-sha256` instead}. */
  @Override
  public String toString() {
    List<String> quoted = words.stream().map(word -> "`" + word + "`").toList();
    String last = quoted.getLast();
    String all =
        quoted.size() == 1
            ? last + " is"
            : String.join(", ", quoted.subList(0, quoted.size() - 1)) + " and " + last + " are";
    return all + " weak; use `" + instead + "` instead";
  }

  /** Collects weak words while it replaces them. */
  private static final class Finder {
    private final List<String> weak = new ArrayList<>();

    List<EncryptionTransform> ciphers(List<EncryptionTransform> all) {
      // No combined mode is weak, so one that is not combined always fits.
      return replaced(all, one -> one.algorithm().isLegacy(), ProposalKeywords::word, CIPHER);
    }

    List<IntegrityAlgorithm> macs(List<IntegrityAlgorithm> all) {
      return replaced(
          all,
          IntegrityAlgorithm::isLegacy,
          IntegrityAlgorithm::keyword,
          IntegrityAlgorithm.HMAC_SHA2_256_128);
    }

    List<KeyExchangeMethod> exchanges(List<KeyExchangeMethod> all) {
      return replaced(
          all, KeyExchangeMethod::isLegacy, KeyExchangeMethod::keyword, KeyExchangeMethod.X25519);
    }

    <T> List<T> replaced(List<T> all, Predicate<T> isWeak, Function<T, String> word, T strong) {
      LinkedHashSet<T> result = new LinkedHashSet<>();
      for (T one : all) {
        if (isWeak.test(one)) {
          weak.add(word.apply(one));
        }
        result.add(isWeak.test(one) ? strong : one);
      }
      return List.copyOf(result);
    }

    Optional<WeakAlgorithms> found(String instead) {
      return weak.isEmpty() ? Optional.empty() : Optional.of(new WeakAlgorithms(weak, instead));
    }
  }
}
