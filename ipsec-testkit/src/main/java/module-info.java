import org.jspecify.annotations.NullMarked;

/** Provider TCK, vector loaders and scenario assertions. */
@NullMarked
module org.ipsec4j.testkit {
  requires java.management;
  requires transitive org.ipsec4j.api;
  requires transitive org.ipsec4j.sim;
  requires transitive org.junit.jupiter.api;
  requires static transitive org.jspecify;

  exports org.ipsec4j.testkit;
  exports org.ipsec4j.testkit.crypto;
}
