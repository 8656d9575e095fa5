package org.ipsec4j.node.crypto;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.ForwardingCryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.jspecify.annotations.Nullable;

/**
 * The providers of a chain at work for the packets of one node: each is watched, and keys are set
 * up with the best that has not been given up. What is not for packets goes to the chain.
 *
 * <p>Whoever drives packets asks {@link #isAlarmed} after each burst, and moves SAs away from what
 * {@link #condemned} names. Thread-safe.
 */
public final class CryptoWatch extends ForwardingCryptoProvider {
  private final ProviderChain chain;
  private final List<ProviderWatch> watches;
  private final AtomicBoolean alarm = new AtomicBoolean();

  /**
   * @param chain the providers, and which of them is best for which transform
   * @param clock nanoseconds, for slowness and for workers that do not answer; one that stands
   *     still switches both off
   * @param limits when to give up
   */
  public CryptoWatch(ProviderChain chain, LongSupplier clock, CryptoLimits limits) {
    super(chain);
    this.chain = chain;
    this.watches =
        chain.providers().stream()
            .map(provider -> new ProviderWatch(provider, clock, limits, alarm))
            .toList();
    for (CryptoRanking.Entry entry : chain.ranking().entries()) {
      for (ProviderWatch watch : watches) {
        if (watch.name().equals(entry.provider()) && isNumber(entry.nanosPerPacket())) {
          watch.expect(entry.transform(), entry.nanosPerPacket(), CryptoRanking.OCTETS);
        }
      }
    }
  }

  private static boolean isNumber(double nanos) {
    return nanos > 0 && Double.isFinite(nanos);
  }

  /**
   * The providers for the workers of the packet path, long names first: a key that names {@code
   * jca:SunPKCS11} must find the provider of that name before {@code jca}.
   */
  public List<CryptoProvider> providers() {
    List<CryptoProvider> all = new ArrayList<>(watches);
    all.sort(Comparator.comparingInt((CryptoProvider each) -> each.name().length()).reversed());
    return List.copyOf(all);
  }

  /** The same, for monitors. */
  public List<ProviderWatch> watches() {
    return watches;
  }

  /** Whether a provider was condemned since {@link #condemned} was asked last. */
  public boolean isAlarmed() {
    return alarm.get();
  }

  /** Providers that shall not be used any more and were not yet retired; ends the alarm. */
  public List<ProviderWatch> condemned() {
    alarm.set(false);
    return watches.stream().filter(ProviderWatch::isToBeRetired).toList();
  }

  /** Of which provider a key is; null when it is none of these. */
  public @Nullable ProviderWatch ownerOf(PacketKey key) {
    ProviderWatch owner = null;
    for (ProviderWatch watch : watches) {
      boolean longer = owner == null || watch.name().length() > owner.name().length();
      if (longer && ProviderChain.made(key.provider(), watch.name())) {
        owner = watch;
      }
    }
    return owner;
  }

  /** The best provider in use for a transform; null when there is none. */
  public @Nullable ProviderWatch best(PacketTransform transform) {
    List<ProviderWatch> usable = usable(transform);
    return usable.isEmpty() ? null : usable.getFirst();
  }

  /** Those that may still be used for a transform, the best first. */
  private List<ProviderWatch> usable(PacketTransform transform) {
    List<ProviderWatch> sound = those(transform, watch -> watch.refusal() == null);
    return sound.isEmpty() ? those(transform, ProviderWatch::isKept) : sound;
  }

  private List<ProviderWatch> those(PacketTransform transform, Predicate<ProviderWatch> wanted) {
    List<ProviderWatch> found = new ArrayList<>();
    for (CryptoProvider provider : chain.ranked(transform)) {
      for (ProviderWatch watch : watches) {
        if (watch.name().equals(provider.name()) && wanted.test(watch)) {
          found.add(watch);
        }
      }
    }
    return found;
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return !usable(transform).isEmpty();
  }

  /** With the best provider that can. */
  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException {
    List<String> refused = new ArrayList<>();
    for (ProviderWatch watch : usable(transform)) {
      try {
        return watch.packetKey(transform, encryption, integrity);
      } catch (CryptoException e) {
        refused.add(watch.name() + ": " + e.getMessage());
      } catch (RuntimeException | LinkageError e) {
        refused.add(watch.name() + ": " + e);
      }
    }
    throw new CryptoException(CryptoException.Culprit.PROVIDER, whyNone(transform, refused));
  }

  private String whyNone(PacketTransform transform, List<String> refused) {
    List<String> reasons = new ArrayList<>(refused);
    for (ProviderWatch watch : watches) {
      String reason = watch.refusal();
      if (reason != null && watch.provider().supports(transform)) {
        reasons.add(watch.name() + ": " + reason);
      }
    }
    return "no crypto provider offers "
        + transform
        + (reasons.isEmpty() ? "" : " (" + String.join("; ", reasons) + ")");
  }

  /** A worker that hands packets to the workers of these providers. */
  @Override
  public PacketWorker packetWorker() {
    return new ChainWorker(providers());
  }
}
