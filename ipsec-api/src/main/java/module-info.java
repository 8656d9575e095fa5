import org.jspecify.annotations.NullMarked;

/**
 * Vocabulary and doors of ipsec4j: values, crypto door, packet buffers, policy records, IKE engine
 * contract.
 */
@NullMarked
module org.ipsec4j.api {
  requires static transitive org.jspecify;

  exports org.ipsec4j.api;
  exports org.ipsec4j.api.auth;
  exports org.ipsec4j.api.crypto;
  exports org.ipsec4j.api.ike;
  exports org.ipsec4j.api.net;
  exports org.ipsec4j.api.packet;
  exports org.ipsec4j.api.policy;
  exports org.ipsec4j.api.policy.document;
  exports org.ipsec4j.api.sa;
}
