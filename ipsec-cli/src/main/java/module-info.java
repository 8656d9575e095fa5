import org.jspecify.annotations.NullMarked;

/** The ipsec command. */
@NullMarked
module org.ipsec4j.cli {
  requires org.ipsec4j.node;
  requires org.ipsec4j.policy;
  requires com.fasterxml.jackson.databind;
  requires info.picocli;
  requires org.slf4j;
  requires static org.jspecify;

  uses org.ipsec4j.api.auth.CredentialsProvider;
  uses org.ipsec4j.api.packet.DatagramProvider;
  uses org.ipsec4j.api.packet.RawProvider;
  uses org.ipsec4j.api.packet.TunProvider;
  uses org.ipsec4j.api.policy.document.PolicyReader;

  opens org.ipsec4j.cli to
      info.picocli;
  opens org.ipsec4j.cli.demo to
      info.picocli;
  opens org.ipsec4j.cli.run to
      info.picocli;
}
