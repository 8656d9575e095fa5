package org.ipsec4j.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.ChosenChild;
import org.ipsec4j.api.policy.ChosenIke;
import org.ipsec4j.api.policy.Decision;
import org.ipsec4j.api.policy.IkeProfile;
import org.ipsec4j.api.policy.IkeProposal;
import org.ipsec4j.api.policy.PadEntry;
import org.ipsec4j.api.policy.Proposal;
import org.ipsec4j.api.policy.Transform;
import org.jspecify.annotations.Nullable;

/**
 * The choice against a slow twin that writes out every suite a proposal stands for, in order of
 * preference, and takes the first of ours that is among the peer's.
 */
class ProposalChoiceProperties {
  private static final List<Transform> POOL =
      List.of(
          Transform.of(1, 20, 128),
          Transform.of(1, 20, 256),
          Transform.of(1, 20, 0),
          Transform.of(1, 12, 128),
          Transform.of(1, 12, 256),
          Transform.of(1, 28, 0),
          new Transform(1, 20, 256, true),
          Transform.of(2, 5, 0),
          Transform.of(2, 6, 0),
          Transform.of(3, 0, 0),
          Transform.of(3, 12, 0),
          Transform.of(3, 2, 0),
          Transform.of(4, 0, 0),
          Transform.of(4, 31, 0),
          Transform.of(4, 19, 0),
          new Transform(4, 19, 0, true),
          Transform.of(5, 0, 0),
          Transform.of(5, 1, 0));

  @Property(tries = 3000)
  void ikeIsWhatTheTwinSays(
      @ForAll("ikeProposals") List<IkeProposal> ours, @ForAll("offers") List<Proposal> random) {
    List<Proposal> offered =
        random.stream()
            .map(
                offer ->
                    new Proposal(
                        offer.number(),
                        Proposal.IKE,
                        Bytes.EMPTY,
                        offer.transforms().stream()
                            .filter(transform -> transform.type() != Transform.ESN)
                            .toList()))
            .toList();
    PadEntry peer = TestPeers.peer("b", p -> p.ike(profile(ours)));
    Decision<ChosenIke> decision = IkeChoice.choose(List.of(peer), offered);
    ChosenIke chosen = decision instanceof Decision.Yes<ChosenIke> yes ? yes.value() : null;
    assertEquals(ikeTwin(ours, offered), chosen, () -> decision.why().text());
  }

  @Property(tries = 3000)
  void childIsWhatTheTwinSays(
      @ForAll("childProposals") List<ChildProposal> ours,
      @ForAll("offers") List<Proposal> offered,
      @ForAll boolean withKeyExchange) {
    Decision<ChosenChild> decision =
        ChildChoice.choose(
            TestPeers.child("net", c -> c.local("10.0.0.0/8").remote("0.0.0.0/0").proposals(ours)),
            offered,
            withKeyExchange);
    String found =
        decision instanceof Decision.Yes<ChosenChild> yes
            ? yes.value().number() + " " + yes.value().transform() + " " + yes.value().keyExchange()
            : null;
    assertEquals(childTwin(ours, offered, withKeyExchange), found, () -> decision.why().text());
  }

  private static @Nullable ChosenIke ikeTwin(List<IkeProposal> ours, List<Proposal> offered) {
    for (IkeProposal own : ours) {
      for (Proposal offer : offered) {
        for (EncryptionTransform cipher : own.encryption()) {
          boolean aead = cipher.algorithm().isAead();
          List<IntegrityAlgorithm> beside =
              aead ? List.of(IntegrityAlgorithm.NONE) : own.integrity();
          if (!has(offer, 1, cipher.algorithm().id(), wireBits(cipher))) {
            continue;
          }
          for (IntegrityAlgorithm integrity : beside) {
            for (PrfAlgorithm prf : own.prf()) {
              for (KeyExchangeMethod method : own.keyExchange()) {
                boolean all =
                    (has(offer, 3, integrity.id(), 0) || (aead && lacks(offer, 3)))
                        && has(offer, 2, prf.id(), 0)
                        && has(offer, 4, method.id(), 0);
                if (all) {
                  return new ChosenIke(offer.number(), cipher, integrity, prf, method);
                }
              }
            }
          }
        }
      }
    }
    return null;
  }

  private static @Nullable String childTwin(
      List<ChildProposal> ours, List<Proposal> offered, boolean withKeyExchange) {
    for (ChildProposal own : ours) {
      for (Proposal offer : offered) {
        if (offer.transforms().stream().anyMatch(transform -> transform.type() == 2)) {
          continue;
        }
        List<@Nullable KeyExchangeMethod> methods = new ArrayList<>(own.keyExchange());
        if (methods.isEmpty() || !withKeyExchange) {
          methods = new ArrayList<>();
          methods.add(null);
        }
        for (EncryptionTransform cipher : own.encryption()) {
          boolean aead = cipher.algorithm().isAead();
          if (!has(offer, 1, cipher.algorithm().id(), wireBits(cipher))) {
            continue;
          }
          for (IntegrityAlgorithm integrity :
              aead ? List.of(IntegrityAlgorithm.NONE) : own.integrity()) {
            for (boolean esn : own.esn()) {
              for (KeyExchangeMethod method : methods) {
                boolean pfs =
                    !withKeyExchange
                        || (method == null
                            ? lacks(offer, 4) || has(offer, 4, 0, 0)
                            : has(offer, 4, method.id(), 0));
                boolean integrityFits =
                    has(offer, 3, integrity.id(), 0) || (aead && lacks(offer, 3));
                if (pfs && integrityFits && has(offer, 5, esn ? 1 : 0, 0)) {
                  return offer.number()
                      + " "
                      + new org.ipsec4j.api.crypto.PacketTransform(
                          SecurityProtocol.ESP, cipher, integrity, esn)
                      + " "
                      + method;
                }
              }
            }
          }
        }
      }
    }
    return null;
  }

  private static int wireBits(EncryptionTransform cipher) {
    return cipher.algorithm() == EncryptionAlgorithm.CHACHA20_POLY1305 ? 0 : cipher.keyBits();
  }

  private static boolean has(Proposal offer, int type, int id, int bits) {
    return offer.transforms().stream()
        .anyMatch(
            t -> t.type() == type && t.id() == id && t.keyBits() == bits && !t.unknownAttribute());
  }

  private static boolean lacks(Proposal offer, int type) {
    return offer.transforms().stream().noneMatch(transform -> transform.type() == type);
  }

  private static IkeProfile profile(List<IkeProposal> proposals) {
    IkeProfile standard = org.ipsec4j.api.policy.Defaults.ikeProfile();
    return new IkeProfile(
        proposals,
        standard.rekeyAfter(),
        standard.rekeyJitterPercent(),
        standard.hardLifetime(),
        standard.liveness(),
        standard.retransmitInitial(),
        standard.retransmitFactorPercent(),
        standard.retransmitTries(),
        standard.fragmentation(),
        standard.fragmentSize(),
        standard.natKeepalive(),
        standard.encapsulation());
  }

  @Provide
  Arbitrary<List<Proposal>> offers() {
    Arbitrary<List<Transform>> transforms = Arbitraries.of(POOL).list().ofMinSize(1).ofMaxSize(10);
    // Offers that leave a type out are common at random; these have one of each at least.
    Arbitrary<List<Transform>> complete =
        Combinators.combine(
                Arbitraries.of(POOL.subList(0, 7)).list().ofMinSize(1).ofMaxSize(3),
                Arbitraries.of(POOL.subList(9, 12)).list().ofMaxSize(2),
                Arbitraries.of(POOL.subList(12, 16)).list().ofMaxSize(2),
                Arbitraries.of(POOL.subList(16, 18)).list().ofMinSize(1).ofMaxSize(2),
                Arbitraries.of(POOL.subList(7, 9)).list().ofMaxSize(1))
            .as(
                (a, b, c, d, e) -> {
                  List<Transform> all = new ArrayList<>(a);
                  all.addAll(b);
                  all.addAll(c);
                  all.addAll(d);
                  all.addAll(e);
                  return all;
                });
    Arbitrary<Proposal> proposal =
        Combinators.combine(
                Arbitraries.integers().between(1, 9), Arbitraries.oneOf(transforms, complete))
            .as(
                (number, list) ->
                    new Proposal(number, Proposal.ESP, Bytes.ofHex("01020304"), list));
    return proposal.list().ofMaxSize(4);
  }

  private static Arbitrary<List<EncryptionTransform>> ciphers(boolean aead) {
    List<EncryptionTransform> all =
        aead
            ? List.of(
                new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 128),
                new EncryptionTransform(EncryptionAlgorithm.AES_GCM_16, 256),
                new EncryptionTransform(EncryptionAlgorithm.CHACHA20_POLY1305, 256))
            : List.of(
                new EncryptionTransform(EncryptionAlgorithm.AES_CBC, 128),
                new EncryptionTransform(EncryptionAlgorithm.AES_CBC, 256));
    return Arbitraries.of(all).list().ofMinSize(1).ofMaxSize(2).uniqueElements();
  }

  private static Arbitrary<List<IntegrityAlgorithm>> integrity(boolean aead) {
    return aead
        ? Arbitraries.just(List.of())
        : Arbitraries.of(IntegrityAlgorithm.HMAC_SHA2_256_128, IntegrityAlgorithm.HMAC_SHA1_96)
            .list()
            .ofMinSize(1)
            .ofMaxSize(2)
            .uniqueElements();
  }

  private static Arbitrary<List<KeyExchangeMethod>> methods(int least) {
    return Arbitraries.of(KeyExchangeMethod.X25519, KeyExchangeMethod.ECP_256)
        .list()
        .ofMinSize(least)
        .ofMaxSize(2)
        .uniqueElements();
  }

  @Provide
  Arbitrary<List<IkeProposal>> ikeProposals() {
    return Arbitraries.of(true, false)
        .flatMap(
            aead ->
                Combinators.combine(
                        ciphers(aead),
                        integrity(aead),
                        Arbitraries.of(PrfAlgorithm.HMAC_SHA2_256, PrfAlgorithm.HMAC_SHA2_384)
                            .list()
                            .ofMinSize(1)
                            .ofMaxSize(2)
                            .uniqueElements(),
                        methods(1))
                    .as(IkeProposal::new))
        .list()
        .ofMinSize(1)
        .ofMaxSize(3);
  }

  @Provide
  Arbitrary<List<ChildProposal>> childProposals() {
    return Arbitraries.of(true, false)
        .flatMap(
            aead ->
                Combinators.combine(
                        ciphers(aead),
                        integrity(aead),
                        methods(0),
                        Arbitraries.of(true, false)
                            .list()
                            .ofMinSize(1)
                            .ofMaxSize(2)
                            .uniqueElements())
                    .as(
                        (cipher, hash, method, esn) ->
                            new ChildProposal(SecurityProtocol.ESP, cipher, hash, method, esn)))
        .list()
        .ofMinSize(1)
        .ofMaxSize(3);
  }
}
