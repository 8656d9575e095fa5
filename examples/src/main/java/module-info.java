import org.jspecify.annotations.NullMarked;

/** Sample integrations, each runnable and under test. */
@NullMarked
module org.ipsec4j.examples {
  requires org.ipsec4j.node;
  requires org.ipsec4j.policy;
  requires org.ipsec4j.crypto.jca;
  requires static org.jspecify;

  provides org.ipsec4j.api.crypto.CryptoProvider with
      org.ipsec4j.examples.card.CardCryptoProvider;
}
