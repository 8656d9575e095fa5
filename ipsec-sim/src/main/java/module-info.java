import org.jspecify.annotations.NullMarked;

/** Virtual time and a seeded network for tests of engines. */
@NullMarked
module org.ipsec4j.sim {
  requires transitive org.ipsec4j.api;
  requires static org.jspecify;

  exports org.ipsec4j.sim;
}
