/**
 * A crypto provider for a card that does not exist, complete.
 *
 * <p>What: {@link org.ipsec4j.examples.card.CardCryptoProvider} with its key and its worker, and
 * {@link org.ipsec4j.examples.card.Card} in the place of the vendor's driver. Start reading at
 * CardCryptoProvider. May import: api. Never does: IKE. Explained by: CardCryptoProviderTest and
 * docs/how-to/write-a-crypto-provider.md.
 */
package org.ipsec4j.examples.card;
