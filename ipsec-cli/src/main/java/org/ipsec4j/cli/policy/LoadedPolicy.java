package org.ipsec4j.cli.policy;
public record LoadedPolicy(org.ipsec4j.api.policy.PolicySet policy, org.ipsec4j.api.auth.Credentials credentials, java.util.List<String> warnings) {
  public static LoadedPolicy load(java.nio.file.Path p) throws PolicyProblem { throw new PolicyProblem("tmp"); }
  public org.ipsec4j.api.packet.TunSettings tun(@org.jspecify.annotations.Nullable String name) { throw new IllegalStateException(); }
}
