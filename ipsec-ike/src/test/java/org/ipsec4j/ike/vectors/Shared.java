package org.ipsec4j.ike.vectors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Check data that lies beside the repository and not in it: a folder {@code shared/vectors}. */
public final class Shared {
  private static final Pattern INNERMOST = Pattern.compile("\\{([^{}]*)\\}");
  private static final Pattern PAIR =
      Pattern.compile("\"([^\"]+)\"\\s*:\\s*(?:\"([^\"]*)\"|([^\",\\s}]+))");

  private Shared() {}

  /** The file, when the folder is there. */
  public static Optional<Path> file(String name) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path file = at.resolve("shared").resolve("vectors").resolve(name);
      if (Files.isRegularFile(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /** The innermost objects of a JSON file whose members are all strings or numbers. */
  public static List<Map<String, String>> objects(Path file) throws IOException {
    List<Map<String, String>> objects = new ArrayList<>();
    Matcher object = INNERMOST.matcher(Files.readString(file));
    while (object.find()) {
      Map<String, String> members = new HashMap<>();
      Matcher pair = PAIR.matcher(object.group(1));
      while (pair.find()) {
        members.put(pair.group(1), pair.group(2) != null ? pair.group(2) : pair.group(3));
      }
      objects.add(members);
    }
    return objects;
  }

  /** Says how many ran, as every vector test does. */
  public static void report(String name, int run, int skipped) {
    System.out.println("vectors: " + name + ": " + run + " run, " + skipped + " skipped");
  }
}
