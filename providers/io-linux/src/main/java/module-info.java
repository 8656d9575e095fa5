import org.jspecify.annotations.NullMarked;

/** TUN and raw sockets on Linux by the FFM API. */
@NullMarked
module org.ipsec4j.io.linux {
  requires transitive org.ipsec4j.api;
  requires static org.jspecify;
}
