import org.jspecify.annotations.NullMarked;

/** IKEv2 and IKEv1 as sans-IO engines. */
@NullMarked
module org.ipsec4j.ike {
  requires transitive org.ipsec4j.api;
  requires static transitive org.jspecify;

  exports org.ipsec4j.ike.engine;
  exports org.ipsec4j.ike.wire;
}
