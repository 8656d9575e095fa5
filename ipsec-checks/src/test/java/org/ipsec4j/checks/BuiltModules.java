package org.ipsec4j.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folders of this build: where each module's classes and test classes lie. */
final class BuiltModules {
  private BuiltModules() {}

  /** The class folders of all modules that were built. */
  static List<Path> classes() {
    return folders("target/classes");
  }

  /** The test class folders of all modules that were built. */
  static List<Path> testClasses() {
    return folders("target/test-classes");
  }

  private static List<Path> folders(String below) {
    // Surefire and IDEs start tests in the module's own folder.
    Path root = Path.of("").toAbsolutePath().getParent();
    if (root == null) {
      throw new IllegalStateException("not started in the folder of ipsec-checks");
    }
    List<Path> found = new ArrayList<>();
    for (Path parent : List.of(root, root.resolve("providers"))) {
      try (DirectoryStream<Path> modules = Files.newDirectoryStream(parent)) {
        for (Path module : modules) {
          if (Files.exists(module.resolve("pom.xml")) && Files.isDirectory(module.resolve(below))) {
            found.add(module.resolve(below));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    found.sort(null);
    return found;
  }
}
