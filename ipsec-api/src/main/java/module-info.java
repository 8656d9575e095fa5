import org.jspecify.annotations.NullMarked;

/** Vocabulary and doors of ipsec4j. */
@NullMarked
module org.ipsec4j.api {
  requires static org.jspecify;
}
