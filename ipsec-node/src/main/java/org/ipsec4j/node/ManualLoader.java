package org.ipsec4j.node;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.auth.Credentials;
import org.ipsec4j.api.policy.AuthMethod;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.PolicySet;
import org.ipsec4j.esp.manual.ManualSa;
import org.jspecify.annotations.Nullable;

/** Fetches manual keys from the credentials, and says what is wrong with them. */
public final class ManualLoader {
  private ManualLoader() {}

  /**
   * What is wrong with the manual keys of a policy, a line for each thing with its place.
   *
   * @param credentials hold each key under its name, as they hold pre-shared keys
   */
  public static List<String> problems(PolicySet policy, Credentials credentials) {
    List<String> problems = new ArrayList<>();
    for (ManualChild child : policy.manual()) {
      for (String problem : ManualSa.problems(child, keys(credentials))) {
        problems.add(child.origin() + ": manual child `" + child.name() + "`: " + problem);
      }
    }
    if (problems.isEmpty()) {
      problems.addAll(ManualSa.sharedKeys(policy.manual(), keys(credentials)));
    }
    return problems;
  }

  static List<List<ManualSa>> load(PolicySet policy, Credentials credentials)
      throws NodeStartException {
    List<String> problems = problems(policy, credentials);
    if (!problems.isEmpty()) {
      throw new NodeStartException(String.join("\n", problems), null);
    }
    return policy.manual().stream().map(child -> ManualSa.of(child, keys(credentials))).toList();
  }

  private static Function<String, @Nullable Secret> keys(Credentials credentials) {
    return name -> credentials.preSharedKey(new AuthMethod.Psk(name));
  }
}
