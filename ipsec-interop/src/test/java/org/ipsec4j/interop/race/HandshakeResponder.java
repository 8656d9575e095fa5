package org.ipsec4j.interop.race;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.cli.policy.LoadedPolicy;
import org.ipsec4j.cli.policy.PolicyProblem;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.node.IpsecNode;
import org.ipsec4j.node.IpsecNodeBuilder;
import org.ipsec4j.node.MemoryPort;
import org.ipsec4j.node.NodeEvent;
import org.ipsec4j.node.NodeStartException;
import org.ipsec4j.node.crypto.CryptoLoader;

/**
 * Our node as a responder, with no traffic behind it.
 *
 * <p>Arguments: {@code jdk} for the JDK's cryptography alone, {@code native} for what ServiceLoader
 * finds, or either with {@code -metered} for the time inside it; the policy file. Prints {@code
 * ready} with the providers; at each line of its input {@code crypto NANOS}, the time of threads
 * inside cryptography so far.
 */
public final class HandshakeResponder {
  private HandshakeResponder() {}

  /** The program. */
  public static void main(String[] arguments)
      throws IOException, PolicyProblem, NodeStartException {
    List<CryptoProvider> providers =
        arguments[0].startsWith("jdk")
            ? List.of(new JcaCryptoProvider())
            : CryptoLoader.discover().chain().providers();
    boolean metered = arguments[0].endsWith("-metered");
    List<CryptoProvider> used =
        metered ? providers.stream().<CryptoProvider>map(MeteredCrypto::new).toList() : providers;
    LoadedPolicy policy = LoadedPolicy.load(Path.of(arguments[1]));
    IpsecNodeBuilder builder =
        IpsecNode.builder()
            .policy(policy.policy())
            .credentials(policy.credentials())
            .inner(new MemoryPort())
            .onEvent(HandshakeResponder::problem);
    builder.crypto(used);
    try (IpsecNode _ = builder.start()) {
      System.out.println("ready " + providers.stream().map(CryptoProvider::name).toList());
      BufferedReader orders =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      while (orders.readLine() != null) {
        System.out.println("crypto " + MeteredCrypto.nanos());
      }
    }
  }

  private static void problem(NodeEvent event) {
    switch (event) {
      case NodeEvent.ProviderRefused refused -> System.err.println(refused);
      case NodeEvent.Trouble trouble -> System.err.println(trouble);
      case NodeEvent.InstallFailed failed -> System.err.println(failed);
      default -> {
        // thousands of handshakes are not told one by one
      }
    }
  }
}
