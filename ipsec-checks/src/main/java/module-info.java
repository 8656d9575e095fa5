import org.jspecify.annotations.NullMarked;

/** Sees every module, so that its tests can check what no module can check about itself. */
@NullMarked
module org.ipsec4j.checks {
  requires org.ipsec4j.api;
  requires org.ipsec4j.policy;
  requires org.ipsec4j.ike;
  requires org.ipsec4j.esp;
  requires org.ipsec4j.sim;
  requires org.ipsec4j.testkit;
  requires org.ipsec4j.crypto.jca;
  requires org.ipsec4j.auth.pki;
  requires org.ipsec4j.policy.formats;
  requires org.ipsec4j.io.linux;
  requires org.ipsec4j.ffm;
  requires org.ipsec4j.crypto.mb;
  requires org.ipsec4j.crypto.openssl;
  requires org.ipsec4j.node;
  requires org.ipsec4j.cli;
  requires static org.jspecify;
}
