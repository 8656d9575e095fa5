package org.ipsec4j.ike.v2.exchange;

import org.ipsec4j.ike.wire.IkeMessage;

/**
 * An exchange that the peer began: processes the request, builds the response. One object serves
 * one request, which is authentic and obeys the payload rules; it ends with {@link
 * ExchangeContext#answer}.
 */
public abstract sealed class PeerExchange
    permits IkeSaInitResponder,
        IkeAuthResponder,
        CreateChildResponder,
        RekeyIkeResponder,
        InformationalResponder {
  /** For subclasses. */
  PeerExchange() {}

  /** Exchange type number. */
  public abstract int type();

  /** Processes the request; answers now, or after offloaded work. */
  public abstract void onRequest(IkeMessage request);
}
