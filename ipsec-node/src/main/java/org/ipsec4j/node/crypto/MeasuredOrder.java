package org.ipsec4j.node.crypto;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketTransform;
import org.jspecify.annotations.Nullable;

/**
 * Finds the fastest provider for each transform, by measuring those that have a choice, or from
 * what an earlier start has measured.
 */
final class MeasuredOrder {
  private final List<CryptoProvider> providers;
  private final List<String> refused;
  private final LongSupplier clock;
  private final List<String> notes = new ArrayList<>();
  private final List<CryptoRanking.Entry> entries = new ArrayList<>();
  private final Set<PacketTransform> cached = new HashSet<>();

  MeasuredOrder(List<CryptoProvider> providers, List<String> refused, LongSupplier clock) {
    this.providers = providers;
    this.refused = refused;
    this.clock = clock;
  }

  CryptoLoader.Loaded load(@Nullable Path cache, Collection<PacketTransform> transforms) {
    CalibrationFile file =
        cache == null ? null : new CalibrationFile(cache, CalibrationFile.machine(), providers);
    if (file != null) {
      CalibrationFile.Found found = file.read(transforms);
      entries.addAll(found.entries());
      if (!found.problem().isEmpty()) {
        notes.add("the calibration file " + cache + " is not used: " + found.problem());
      }
    }
    if (measureMissing(transforms) && file != null) {
      try {
        file.write(entries);
      } catch (IOException e) {
        notes.add("the calibration file " + cache + " could not be written: " + e);
      }
    }
    ProviderChain chain = new ProviderChain(providers, new CryptoRanking(entries));
    return new CryptoLoader.Loaded(chain, refused, choices(chain, transforms), notes);
  }

  /** Measures what has a choice and is not known; whether there was any. */
  private boolean measureMissing(Collection<PacketTransform> transforms) {
    Calibration calibration = null;
    int measurements = 0;
    for (PacketTransform transform : transforms) {
      List<CryptoProvider> able =
          providers.stream().filter(provider -> provider.supports(transform)).toList();
      if (able.size() < 2) {
        continue;
      }
      if (able.stream().allMatch(provider -> isKnown(transform, provider))) {
        cached.add(transform);
        continue;
      }
      measurements += able.size();
      if (measurements > Calibration.MOST) {
        notes.add(
            "the policy names so many transforms that not all are measured: " + transform + " ...");
        break;
      }
      entries.removeIf(entry -> entry.transform().equals(transform));
      calibration = calibration == null ? new Calibration(clock) : calibration;
      for (CryptoRanking.Entry entry : calibration.measure(transform, able)) {
        entries.add(entry);
        if (Double.isInfinite(entry.nanosPerPacket())) {
          refused.add(
              "crypto provider "
                  + entry.provider()
                  + " is not used for "
                  + transform
                  + ": packets failed when it was measured");
        }
      }
    }
    return measurements > 0;
  }

  private boolean isKnown(PacketTransform transform, CryptoProvider provider) {
    return entries.stream()
        .anyMatch(
            entry ->
                entry.transform().equals(transform) && entry.provider().equals(provider.name()));
  }

  private List<CryptoLoader.Choice> choices(
      ProviderChain chain, Collection<PacketTransform> transforms) {
    List<CryptoLoader.Choice> choices = new ArrayList<>();
    for (PacketTransform transform : transforms) {
      List<CryptoProvider> ranked = chain.ranked(transform);
      if (!ranked.isEmpty()) {
        String name = ranked.getFirst().name();
        double nanos = chain.ranking().nanosPerPacket(transform, name);
        choices.add(new CryptoLoader.Choice(transform, name, nanos, cached.contains(transform)));
      }
    }
    return choices;
  }
}
