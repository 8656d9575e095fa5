package org.ipsec4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README shows code that is compiled and run, and names examples that exist. */
final class ReadmeTest {
  private static final Path SOURCES = Path.of("src/main/java/org/ipsec4j/examples");

  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private static String readme() throws Exception {
    return Files.readString(Path.of("README.md"));
  }

  @Test
  void snippetIsTheRegionOfTheExample() throws Exception {
    String source = Files.readString(SOURCES.resolve("TenLines.java"));
    Matcher region =
        Pattern.compile("// @start region=\"ten-lines\"\n(.*?)\n *// @end", Pattern.DOTALL)
            .matcher(source);
    assertTrue(region.find());
    Matcher block = BLOCK.matcher(readme());
    assertTrue(block.find());
    assertEquals(region.group(1).stripIndent().strip(), block.group(1).strip());
  }

  /** Those are laid out for reading: only blanks and comments may differ. */
  @Test
  void otherPagesShowTheSameTenLines() throws Exception {
    Matcher ours = BLOCK.matcher(readme());
    assertTrue(ours.find());
    for (String page : List.of("../README.md", "../docs/embedding.md")) {
      Matcher block = BLOCK.matcher(Files.readString(Path.of(page)));
      assertTrue(block.find(), page);
      assertEquals(tokens(ours.group(1)), tokens(block.group(1)), page);
    }
  }

  private static String tokens(String code) {
    return code.replaceAll("//.*", "").replaceAll("\\s+", "");
  }

  @Test
  void everyExampleIsListedAndEveryListedOneRuns() throws Exception {
    Matcher names = Pattern.compile("\\| `(\\w+)` \\|").matcher(readme());
    List<String> listed = names.results().map(result -> result.group(1)).toList();
    assertFalse(listed.isEmpty());
    for (String name : listed) {
      String source = Files.readString(SOURCES.resolve(name + ".java"));
      assertTrue(source.contains("public static void main("), name);
    }
    try (var files = Files.list(SOURCES)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (Files.isRegularFile(file)
            && Files.readString(file).contains("public static void main(")) {
          String name = String.valueOf(file.getFileName()).replace(".java", "");
          assertTrue(listed.contains(name), name + " is not in the README");
        }
      }
    }
  }
}
