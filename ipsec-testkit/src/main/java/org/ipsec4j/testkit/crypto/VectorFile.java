package org.ipsec4j.testkit.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Files of other people's vectors: those that we carry, and those that only lie beside us. */
public final class VectorFile {
  /** System property that names the folder with vectors which we may not carry. */
  public static final String SHARED_FOLDER = "ipsec4j.vectors";

  private VectorFile() {}

  /**
   * A file that we carry.
   *
   * @param name below {@code vectors/} beside this class, such as {@code rfc/rfc5903-ecp.json}
   */
  public static Json carried(String name) {
    try (InputStream stream = VectorFile.class.getResourceAsStream("vectors/" + name)) {
      if (stream == null) {
        throw new IllegalArgumentException("there is no vector file " + name);
      }
      return Json.parse(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All tests of a Wycheproof file that we carry, each with its group. */
  public static List<GroupedTest> wycheproof(String name) {
    List<GroupedTest> tests = new ArrayList<>();
    for (Json group : carried("wycheproof/" + name + "_test.json").get("testGroups").list()) {
      group.get("tests").list().forEach(test -> tests.add(new GroupedTest(group, test)));
    }
    return tests;
  }

  /**
   * A test with the group that holds what its tests have in common.
   *
   * @param group of the file
   * @param test in the group
   */
  public record GroupedTest(Json group, Json test) {
    /** What the authors expect: {@code valid}, {@code invalid} or {@code acceptable}. */
    public String result() {
      return test.text("result");
    }

    @Override
    public String toString() {
      return "tcId " + test.number("tcId") + " (" + test.text("comment") + ")";
    }
  }

  /**
   * A folder or file that lies in {@code ../shared/vectors} beside the repository, when it does.
   *
   * @param name below that folder
   */
  public static Optional<Path> shared(String name) {
    return sharedFolder().map(folder -> folder.resolve(name)).filter(Files::exists);
  }

  /** The content of a shared JSON file, when it is there. */
  public static Optional<Json> sharedJson(String name) {
    return shared(name).map(VectorFile::read);
  }

  /**
   * The vectors of a shared file.
   *
   * @param count counts all of them as skipped when the file is not there
   * @param known how many it holds
   */
  public static List<Json> sharedVectors(String name, VectorCount count, int known) {
    Optional<Json> content = sharedJson(name);
    if (content.isPresent()) {
      return content.get().get("vectors").list();
    }
    for (int i = 0; i < known; i++) {
      count.skipped();
    }
    return List.of();
  }

  private static Json read(Path file) {
    try {
      return Json.parse(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Path> sharedFolder() {
    String named = System.getProperty(SHARED_FOLDER, "");
    if (!named.isEmpty()) {
      return Optional.of(Path.of(named)).filter(Files::isDirectory);
    }
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve(".mvn"))) {
      folder = folder.getParent();
    }
    return folder == null
        ? Optional.empty()
        : Optional.of(folder.resolve("../shared/vectors").normalize()).filter(Files::isDirectory);
  }
}
