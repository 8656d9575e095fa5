import org.jspecify.annotations.NullMarked;

/** The ipsec command. */
@NullMarked
module org.ipsec4j.cli {
  requires org.ipsec4j.node;
  requires org.ipsec4j.policy;
  requires info.picocli;
  requires org.slf4j;
  requires static org.jspecify;

  opens org.ipsec4j.cli to
      info.picocli;
}
