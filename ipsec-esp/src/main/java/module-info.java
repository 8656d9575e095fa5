import org.jspecify.annotations.NullMarked;

/** The ESP and AH packet path. */
@NullMarked
module org.ipsec4j.esp {
  requires transitive org.ipsec4j.api;
  requires static transitive org.jspecify;

  exports org.ipsec4j.esp;
  exports org.ipsec4j.esp.frag;
  exports org.ipsec4j.esp.framing;
  exports org.ipsec4j.esp.ipcomp;
  exports org.ipsec4j.esp.manual;
  exports org.ipsec4j.esp.tfs;
  exports org.ipsec4j.esp.wesp;
}
