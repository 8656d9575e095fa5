package org.ipsec4j.esp;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an SA does beyond what was agreed with the peer. Immutable; begin with {@link #DEFAULT}.
 *
 * @param outerHeader how tunnel mode fills the outer header, and what it makes of one
 * @param replay whether the receiver refuses what it has seen before
 * @param tfcPadding how the sender hides lengths; tunnel mode only
 * @param timeLifetime how long the SA lasts
 * @param forwards whether tunnel mode forwards packets of others: the inner hop limit is then
 *     decremented when a packet goes in, and again when it comes out (RFC 4301 5.1.2.1, note 2).
 *     False for a host's own packets, and where the host has decremented already, as behind a TUN
 *     device
 * @param innerAddresses BEET mode: the addresses that the hosts see (RFC 7402 B.1.1), or null in
 *     every other mode
 * @param originalAddresses transport mode behind a NAT: our address and the peer's as the peer
 *     itself writes them in its packets (RFC 7296 2.23.1), or null when they are not known
 * @param natChecksum what becomes of checksums behind a NAT
 * @param ahPadding to what AH headers of ours are padded over IPv4
 * @param place the SA's place in a bundle, or null when it stands alone. An SA with a place is
 *     opened by {@link IpsecInbound} only, which knows the bundle
 * @param aggfrag whether payloads of next header 144 are handed on as they are (RFC 9347)
 */
public record SaOptions(
    OuterHeaderPolicy outerHeader,
    ReplayProtection replay,
    TfcPadding tfcPadding,
    TimeLifetime timeLifetime,
    boolean forwards,
    @Nullable AddressPair innerAddresses,
    @Nullable AddressPair originalAddresses,
    NatChecksum natChecksum,
    AhPadding ahPadding,
    SaBundle.@Nullable Place place,
    boolean aggfrag) {
  /**
   * What is used when nothing else is said: replay window, no padding, no limit of time, no
   * forwarding, checksums adjusted, no AGGFRAG.
   */
  public static final SaOptions DEFAULT =
      new SaOptions(
          OuterHeaderPolicy.DEFAULT,
          ReplayProtection.WINDOW,
          new TfcPadding.None(),
          TimeLifetime.UNLIMITED,
          false,
          null,
          null,
          NatChecksum.ADJUST,
          AhPadding.FOUR_OCTETS,
          null,
          false);

  /** The same with another policy for outer headers. */
  public SaOptions withOuterHeader(OuterHeaderPolicy policy) {
    return with(copy -> copy.outerHeader = policy);
  }

  /** The same with another replay protection. */
  public SaOptions withReplayProtection(ReplayProtection protection) {
    return with(copy -> copy.replay = protection);
  }

  /** The same with another padding. */
  public SaOptions withTfcPadding(TfcPadding padding) {
    return with(copy -> copy.tfcPadding = padding);
  }

  /** The same with another lifetime. */
  public SaOptions withTimeLifetime(TimeLifetime lifetime) {
    return with(copy -> copy.timeLifetime = lifetime);
  }

  /** The same, forwarding or not. */
  public SaOptions withForwarding(boolean forwarding) {
    return with(copy -> copy.forwards = forwarding);
  }

  /** The same with inner addresses of BEET mode. */
  public SaOptions withInnerAddresses(@Nullable AddressPair addresses) {
    return with(copy -> copy.innerAddresses = addresses);
  }

  /** The same with the addresses that the peer writes. */
  public SaOptions withOriginalAddresses(@Nullable AddressPair addresses) {
    return with(copy -> copy.originalAddresses = addresses);
  }

  /** The same with another way to mend checksums. */
  public SaOptions withNatChecksum(NatChecksum checksum) {
    return with(copy -> copy.natChecksum = checksum);
  }

  /** The same with another padding of AH headers. */
  public SaOptions withAhPadding(AhPadding padding) {
    return with(copy -> copy.ahPadding = padding);
  }

  /** The same with a place in a bundle. */
  public SaOptions withPlace(SaBundle.@Nullable Place inBundle) {
    return with(copy -> copy.place = inBundle);
  }

  /** The same, with or without AGGFRAG payloads. */
  public SaOptions withAggfrag(boolean carries) {
    return with(copy -> copy.aggfrag = carries);
  }

  private SaOptions with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.options();
  }

  /** The same values, one of which is about to change. */
  private static final class Copy {
    private OuterHeaderPolicy outerHeader;
    private ReplayProtection replay;
    private TfcPadding tfcPadding;
    private TimeLifetime timeLifetime;
    private boolean forwards;
    private @Nullable AddressPair innerAddresses;
    private @Nullable AddressPair originalAddresses;
    private NatChecksum natChecksum;
    private AhPadding ahPadding;
    private SaBundle.@Nullable Place place;
    private boolean aggfrag;

    Copy(SaOptions from) {
      outerHeader = from.outerHeader;
      replay = from.replay;
      tfcPadding = from.tfcPadding;
      timeLifetime = from.timeLifetime;
      forwards = from.forwards;
      innerAddresses = from.innerAddresses;
      originalAddresses = from.originalAddresses;
      natChecksum = from.natChecksum;
      ahPadding = from.ahPadding;
      place = from.place;
      aggfrag = from.aggfrag;
    }

    SaOptions options() {
      return new SaOptions(
          outerHeader,
          replay,
          tfcPadding,
          timeLifetime,
          forwards,
          innerAddresses,
          originalAddresses,
          natChecksum,
          ahPadding,
          place,
          aggfrag);
    }
  }
}
