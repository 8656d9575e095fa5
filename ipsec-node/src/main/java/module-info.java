import org.jspecify.annotations.NullMarked;

/** One IPsec host or gateway, embeddable. */
@NullMarked
module org.ipsec4j.node {
  requires transitive org.ipsec4j.api;
  requires org.ipsec4j.policy;
  requires transitive org.ipsec4j.ike;
  requires transitive org.ipsec4j.esp;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports org.ipsec4j.node;
  exports org.ipsec4j.node.capture;
  exports org.ipsec4j.node.crypto;

  uses org.ipsec4j.api.crypto.CryptoProvider;
}
