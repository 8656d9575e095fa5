package org.ipsec4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ipsec4j.api.ike.Diagnosis;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.policy.document.PolicyResult;
import org.ipsec4j.cli.policy.Readers;
import org.junit.jupiter.api.Test;

/** Keeps the pages true: what they show works, what they list is complete, where they point is. */
class DocumentsTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern FILE =
      Pattern.compile("`((?:ipsec-|providers/|docs/)[^`\\s]+\\.(?:java|md|json|yaml))`");
  private static final Pattern ROW = Pattern.compile("^\\| `([A-Z_0-9]+)` \\|(.*)\\|$");

  /** Rows whose first cell is a name in capitals, under a heading: name to the cells behind it. */
  private static Map<String, List<String>> rows(String page, String heading) {
    Map<String, List<String>> rows = new LinkedHashMap<>();
    boolean inside = false;
    for (String line : Documents.read(page).lines().toList()) {
      if (line.startsWith("## ")) {
        inside = line.equals("## " + heading);
      }
      Matcher row = ROW.matcher(line);
      if (inside && row.matches()) {
        List<String> cells =
            Arrays.stream(row.group(2).split("\\|", -1)).map(String::strip).toList();
        assertEquals(null, rows.put(row.group(1), cells), () -> "twice: " + line);
      }
    }
    return rows;
  }

  private static List<String> names(Enum<?>[] constants) {
    return Arrays.stream(constants).map(Enum::name).toList();
  }

  @Test
  void everyReasonOfADroppedPacketIsExplained() {
    Map<String, List<String>> rows = rows("docs/troubleshooting.md", "Packets");
    List<String> expected = new ArrayList<>(names(DropReason.values()));
    expected.remove(DropReason.NONE.name());
    assertEquals(expected, List.copyOf(rows.keySet()));
    rows.forEach(
        (name, cells) -> {
          assertEquals(DropReason.valueOf(name).sentence(), cells.getFirst(), name);
          assertTrue(cells.get(1).length() > 10, () -> name + " says nothing of what to do");
        });
  }

  @Test
  void everyReasonOfADroppedIkeDatagramIsExplained() {
    Map<String, List<String>> rows = rows("docs/troubleshooting.md", "IKE datagrams");
    assertEquals(names(IkeDropReason.values()), List.copyOf(rows.keySet()));
    rows.forEach(
        (name, cells) -> {
          assertEquals(IkeDropReason.valueOf(name).sentence(), cells.getFirst(), name);
          assertTrue(cells.get(1).length() > 10, () -> name + " says nothing of what to do");
        });
  }

  @Test
  void everyCauseOfAFailedNegotiationIsExplained() {
    Map<String, List<String>> rows = rows("docs/troubleshooting.md", "Causes");
    assertEquals(names(Diagnosis.Cause.values()), List.copyOf(rows.keySet()));
    rows.forEach(
        (name, cells) -> {
          assertEquals(2, cells.size(), name);
          cells.forEach(cell -> assertTrue(cell.length() > 10, () -> name + ": `" + cell + "`"));
        });
  }

  @Test
  void everyReasonWhySomethingWentDownIsExplained() {
    assertEquals(
        names(IkeEvent.DownReason.values()),
        List.copyOf(rows("docs/events.md", "Why something went down").keySet()));
  }

  @Test
  void linksInsideTheRepositoryLeadSomewhere() throws Exception {
    List<String> broken = new ArrayList<>();
    for (Path page : Documents.pages()) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        String target = link.group(1);
        if (target.contains("://")) {
          continue;
        }
        String[] parts = target.split("#", 2);
        Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        if (!Files.exists(file) || (parts.length > 1 && !anchors(file).contains(parts[1]))) {
          broken.add(Documents.root().relativize(page) + " -> " + target);
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  @Test
  void filesToTouchExist() throws Exception {
    List<String> missing = new ArrayList<>();
    for (Path page : Documents.pages()) {
      Matcher file = FILE.matcher(Files.readString(page));
      while (file.find()) {
        if (!Files.exists(Documents.root().resolve(file.group(1)))) {
          missing.add(Documents.root().relativize(page) + " -> " + file.group(1));
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  /** Headings as the usual viewers of Markdown name them. */
  private static List<String> anchors(Path page) throws Exception {
    return Files.readAllLines(page).stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(text -> text.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
        .toList();
  }

  @Test
  void policiesOnThePagesAreRight() throws Exception {
    int policies = 0;
    for (Path page : Documents.pages()) {
      for (Documents.Block block : Documents.blocks(page)) {
        if (block.language().equals("yaml") && block.text().contains("version: 1")) {
          String name = Documents.root().relativize(page) + " line " + block.line();
          assertInstanceOf(
              PolicyResult.Loaded.class,
              Readers.of("yaml").read(name, block.text()),
              () -> Readers.of("yaml").read(name, block.text()).toString());
          policies++;
        }
      }
    }
    assertTrue(policies > 0, "README.md shows a policy");
  }

  /** Java on the pages stands in a file that is compiled, blanks and comments apart. */
  @Test
  void javaOnThePagesIsCompiled() throws Exception {
    List<String> compiled = new ArrayList<>();
    for (String folder : List.of("ipsec-cli/src/test", "examples/src")) {
      try (var files = Files.walk(Documents.root().resolve(folder))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          compiled.add(bare(Files.readString(file)));
        }
      }
    }
    int blocks = 0;
    for (Path page : Documents.pages()) {
      for (Documents.Block block : Documents.blocks(page)) {
        if (block.language().equals("java")) {
          String wanted = bare(block.text());
          assertTrue(
              compiled.stream().anyMatch(text -> text.contains(wanted)),
              () -> page + " line " + block.line() + ": nowhere compiled:\n" + block.text());
          blocks++;
        }
      }
    }
    assertTrue(blocks > 0, "README.md shows how to embed");
  }

  private static String bare(String java) {
    return java.replaceAll("(?m)(^|\\s)//.*$", "").replaceAll("\\s+", "");
  }

  @Test
  void eventsOnThePagesAreJson() throws Exception {
    ObjectMapper json = new ObjectMapper();
    for (Path page : Documents.pages()) {
      for (Documents.Block block : Documents.blocks(page)) {
        if (block.language().equals("json")) {
          for (String line : block.text().lines().toList()) {
            assertNotNull(json.readTree(line).get("event"), line);
          }
        }
      }
    }
  }

  @Test
  void everyModuleIsInTheReadmeOrTheArchitecture() throws Exception {
    String text = Documents.read("README.md") + Documents.read("ARCHITECTURE.md");
    Matcher module = Pattern.compile("<module>([^<]+)</module>").matcher(Documents.read("pom.xml"));
    while (module.find()) {
      String name = module.group(1);
      assertTrue(text.contains("`" + name + "`"), () -> name + " is on neither page");
    }
  }

  @Test
  void everyDecisionHasANumberOfItsOwn() throws Exception {
    try (var pages = Files.list(Documents.root().resolve("docs/adr"))) {
      List<String> numbers =
          pages
              .map(path -> path.getFileName().toString())
              .filter(name -> name.matches("\\d{4}-.*\\.md"))
              .sorted()
              .toList();
      for (int i = 0; i < numbers.size(); i++) {
        int number = i + 1;
        String name = numbers.get(i);
        assertEquals(number, Integer.parseInt(name.substring(0, 4)), name);
        assertTrue(
            Documents.read("docs/adr/" + name).startsWith("# " + number + ". "),
            () -> name + " names its number in its title");
      }
    }
  }
}
