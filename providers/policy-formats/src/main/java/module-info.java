import org.jspecify.annotations.NullMarked;

/** Readers of policy files. */
@NullMarked
module org.ipsec4j.policy.formats {
  requires transitive org.ipsec4j.api;
  requires org.snakeyaml.engine;
  requires static org.jspecify;

  exports org.ipsec4j.policy.formats;

  provides org.ipsec4j.api.policy.document.PolicyReader with
      org.ipsec4j.policy.formats.YamlPolicyReader;
}
