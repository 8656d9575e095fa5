import org.jspecify.annotations.NullMarked;

/** What native providers share. */
@NullMarked
module org.ipsec4j.ffm {
  requires transitive org.ipsec4j.api;
  requires static org.jspecify;

  exports org.ipsec4j.ffm;
}
