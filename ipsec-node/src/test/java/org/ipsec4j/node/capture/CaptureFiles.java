package org.ipsec4j.node.capture;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds the captures that tests read: the recording of the demo, and third-party files beside the
 * repository.
 */
final class CaptureFiles {
  private CaptureFiles() {}

  static Path demo() {
    return repository()
        .resolve("ipsec-cli/src/main/resources/org/ipsec4j/cli/demo/traffic.pcapng.gz");
  }

  /** The folder of third-party vectors; it need not exist. */
  static Path vectors() {
    return repository().resolve("../shared/vectors");
  }

  /** Tests run in the module's folder under Maven, in the repository's under some tools. */
  private static Path repository() {
    Path here = Path.of("").toAbsolutePath();
    while (here != null && !Files.isDirectory(here.resolve("ipsec-cli"))) {
      here = here.getParent();
    }
    if (here == null) {
      throw new AssertionError("not run inside the repository");
    }
    return here;
  }
}
