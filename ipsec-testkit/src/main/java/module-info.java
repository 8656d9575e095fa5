import org.jspecify.annotations.NullMarked;

/** Provider TCK, vector loaders and scenario assertions. */
@NullMarked
module org.ipsec4j.testkit {
  requires transitive org.ipsec4j.api;
  requires transitive org.ipsec4j.sim;
  requires static transitive org.jspecify;

  exports org.ipsec4j.testkit;
}
