import org.jspecify.annotations.NullMarked;

/** Crypto by JCA providers, with Bouncy Castle for what the JDK lacks. */
@NullMarked
module org.ipsec4j.crypto.jca {
  requires transitive org.ipsec4j.api;
  requires static org.jspecify;
}
