package org.ipsec4j.policy.formats;

import java.util.Optional;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.IkeProposal;
import org.ipsec4j.api.policy.ProposalSyntax;
import org.ipsec4j.api.policy.ProposalSyntax.Parsed;
import org.ipsec4j.api.policy.WeakAlgorithms;
import org.ipsec4j.policy.formats.Fields.Reader;
import org.ipsec4j.policy.formats.Fields.Value;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads proposals, and points at the word that is wrong. */
final class ProposalReader {
  private interface Syntax<T> {
    Parsed<T> parse(String text);

    Optional<WeakAlgorithms> weak(T proposal);
  }

  private record Ike(boolean legacy) implements Syntax<IkeProposal> {
    @Override
    public Parsed<IkeProposal> parse(String text) {
      return ProposalSyntax.ike(text, legacy);
    }

    @Override
    public Optional<WeakAlgorithms> weak(IkeProposal proposal) {
      return WeakAlgorithms.in(proposal);
    }
  }

  private record Child(SecurityProtocol protocol, boolean legacy) implements Syntax<ChildProposal> {
    @Override
    public Parsed<ChildProposal> parse(String text) {
      return ProposalSyntax.child(protocol, text, legacy);
    }

    @Override
    public Optional<WeakAlgorithms> weak(ChildProposal proposal) {
      return WeakAlgorithms.in(proposal);
    }
  }

  private ProposalReader() {}

  static Reader<IkeProposal> ike(boolean legacy) {
    return (value, problems) -> read(value, problems, "IKE", new Ike(legacy));
  }

  /**
   * @param child whose proposal it is, for warnings
   */
  static Reader<ChildProposal> child(SecurityProtocol protocol, boolean legacy, String child) {
    return (value, problems) ->
        read(value, problems, "child `" + child + "`", new Child(protocol, legacy));
  }

  private static <T> @Nullable T read(
      Value value, Problems problems, String where, Syntax<T> syntax) {
    String text = Scalars.text(value, problems);
    if (text == null) {
      return null;
    }
    return switch (syntax.parse(text)) {
      case Parsed.Good<T> good -> {
        syntax
            .weak(good.value())
            .ifPresent(weak -> problems.warn(value.node(), where + ": " + weak));
        yield good.value();
      }
      case Parsed.Bad<T> bad -> {
        ProposalSyntax.Problem problem = bad.problem();
        boolean quoted = value.node() instanceof ScalarNode scalar && !scalar.isPlain();
        problems.error(
            value.node(),
            problem.position() + (quoted ? 1 : 0),
            "a proposal: " + problem.message(),
            problem.found().isEmpty() ? "its end" : "`" + problem.found() + "`",
            problem.suggestion() != null ? problem.suggestion() : value.example());
        yield null;
      }
    };
  }
}
