import org.jspecify.annotations.NullMarked;

/** Policy stores, resolution, the compiled SPD and its explanations. */
@NullMarked
module org.ipsec4j.policy {
  requires transitive org.ipsec4j.api;
  requires static org.jspecify;

  exports org.ipsec4j.policy;
}
