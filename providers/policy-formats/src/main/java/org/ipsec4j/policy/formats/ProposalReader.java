package org.ipsec4j.policy.formats;

import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.IkeProposal;
import org.ipsec4j.api.policy.ProposalSyntax;
import org.ipsec4j.api.policy.ProposalSyntax.Parsed;
import org.ipsec4j.policy.formats.Fields.Reader;
import org.ipsec4j.policy.formats.Fields.Value;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads proposals, and points at the word that is wrong. */
final class ProposalReader {
  private interface Syntax<T> {
    Parsed<T> parse(String text);
  }

  private ProposalReader() {}

  static Reader<IkeProposal> ike(boolean legacy) {
    return (value, problems) -> read(value, problems, text -> ProposalSyntax.ike(text, legacy));
  }

  static Reader<ChildProposal> child(SecurityProtocol protocol, boolean legacy) {
    return (value, problems) ->
        read(value, problems, text -> ProposalSyntax.child(protocol, text, legacy));
  }

  private static <T> @Nullable T read(Value value, Problems problems, Syntax<T> syntax) {
    String text = Scalars.text(value, problems);
    if (text == null) {
      return null;
    }
    return switch (syntax.parse(text)) {
      case Parsed.Good<T> good -> {
        if (good.legacy()) {
          problems.warn(value.node(), "weak algorithms in `" + text + "`");
        }
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
