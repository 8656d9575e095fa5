package org.ipsec4j.policy.formats;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ipsec4j.api.policy.document.CryptoOrder;
import org.ipsec4j.policy.formats.Fields.Value;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads in which order crypto providers are asked. */
final class CryptoReader {
  private static final String AUTO = "auto";
  private static final String PRIORITY = "priority";

  private static final Map<String, String> CRYPTO =
      Fields.keys(
          "order", "order: [mb, openssl, jca]",
          "calibration", "calibration: crypto-speed.txt");

  private CryptoReader() {}

  static @Nullable CryptoOrder read(Value value, Problems problems) {
    Fields fields = Fields.of(value, "crypto", CRYPTO, problems);
    if (fields == null) {
      return null;
    }
    boolean auto = Scalars.isWord(fields.value("order"), AUTO);
    if (!auto && fields.has("calibration")) {
      problems.error(
          fields.nodeOf("calibration"),
          "`calibration` beside `order: auto` only",
          "an order that needs no measurement",
          "crypto: { order: auto, calibration: crypto-speed.txt }");
      return null;
    }
    return auto
        ? new CryptoOrder.Auto(fields.read("calibration", CryptoReader::file))
        : fields.read("order", CryptoReader::order, CryptoOrder.byPriority());
  }

  private static @Nullable CryptoOrder order(Value value, Problems problems) {
    if (Scalars.isWord(value, PRIORITY)) {
      return new CryptoOrder.Priority();
    }
    List<String> names = Scalars.listOf(CryptoReader::name).read(value, problems);
    if (names == null) {
      return null;
    }
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        problems.error(
            value.node(), "each provider once", "`" + name + "` a second time", value.example());
        return null;
      }
    }
    return new CryptoOrder.Named(names);
  }

  /** A name, with or without a colon and a detail. */
  private static @Nullable String name(Value value, Problems problems) {
    String text = value.node() instanceof ScalarNode ? Scalars.text(value, problems) : null;
    boolean word = AUTO.equals(text) || PRIORITY.equals(text);
    if (text != null && !word && text.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}(:\\S.{0,190})?")) {
      return text;
    }
    if (text != null || !(value.node() instanceof ScalarNode)) {
      problems.error(
          value.node(),
          "`auto`, `priority`, or a list of names of crypto providers",
          Scalars.describe(value.node()),
          value.example());
    }
    return null;
  }

  private static @Nullable Path file(Value value, Problems problems) {
    String text = Scalars.text(value, problems);
    try {
      return text == null ? null : Path.of(text);
    } catch (InvalidPathException e) {
      problems.error(value.node(), "a file name", Scalars.describe(value.node()), value.example());
      return null;
    }
  }
}
