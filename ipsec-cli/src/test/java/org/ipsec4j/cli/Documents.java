package org.ipsec4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The pages of the repository, for tests that keep them true. */
public final class Documents {
  /** A block between fences. */
  public record Block(Path page, int line, String language, String text) {}

  private Documents() {}

  /** The folder that holds README.md: the tests run in that of their module, or in it. */
  public static Path root() {
    Path folder = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    while (folder != null && !Files.isRegularFile(folder.resolve("ARCHITECTURE.md"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("no folder above this one has ARCHITECTURE.md");
    }
    return folder;
  }

  /** The text of a page. */
  public static String read(String name) {
    try {
      return Files.readString(root().resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All pages for people: those of the root folder and of docs. */
  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    try (Stream<Path> top = Files.list(root());
        Stream<Path> docs = Files.walk(root().resolve("docs"))) {
      Stream.concat(top, docs)
          .filter(path -> path.toString().endsWith(".md"))
          .sorted()
          .forEach(pages::add);
    }
    return pages;
  }

  /** The fenced blocks of a page. */
  public static List<Block> blocks(Path page) throws IOException {
    List<Block> blocks = new ArrayList<>();
    List<String> lines = Files.readAllLines(page);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("```")) {
        String language = lines.get(i).substring(3).strip();
        int start = i + 1;
        i = start;
        while (!lines.get(i).equals("```")) {
          i++;
        }
        blocks.add(
            new Block(
                page, start + 1, language, String.join("\n", lines.subList(start, i)) + "\n"));
      }
    }
    return blocks;
  }
}
