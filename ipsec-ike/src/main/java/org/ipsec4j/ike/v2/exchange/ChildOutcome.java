package org.ipsec4j.ike.v2.exchange;

/** What follows when a Child SA that we asked for comes to nothing. */
final class ChildOutcome {
  private ChildOutcome() {}

  /** The answer cannot be used, or there is none. */
  static void failed(ExchangeContext sa, ChildOffer offer, ChildOffer.Result.Failed failed) {
    if (failed.peerInstalled()) {
      unusable(sa, offer);
    } else {
      offer.release();
    }
  }

  /** The peer has the Child SA and we cannot use it: it is deleted by our SPI (RFC 7296 1.4.1). */
  static void unusable(ExchangeContext sa, ChildOffer offer) {
    int protocolId = offer.profile().proposals().getFirst().protocol().protocolId();
    sa.enqueue(InformationalInitiator.deleteUnused(sa, protocolId, offer.spi()));
  }
}
