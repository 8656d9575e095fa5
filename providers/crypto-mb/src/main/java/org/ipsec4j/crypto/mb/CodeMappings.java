package org.ipsec4j.crypto.mb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where in this process the code of which file is mapped. A function pointer read at a wrong offset
 * is nearly never the address of code of the library, so a layout that does not fit is noticed
 * before the first call and not by a crash. Immutable.
 */
final class CodeMappings {
  private static final Path MAPS = Path.of("/proc/self/maps");
  private static final int FIELDS = 6;

  /** Executable memory: first address, the one behind the last, and the file. */
  private record Mapping(long from, long to, String file) {
    boolean holds(long address) {
      return Long.compareUnsigned(from, address) <= 0 && Long.compareUnsigned(address, to) < 0;
    }
  }

  private final List<Mapping> mappings;

  private CodeMappings(List<Mapping> mappings) {
    this.mappings = mappings;
  }

  /**
   * Those of this process as they are now.
   *
   * @throws IOException when the system does not tell
   */
  static CodeMappings ofThisProcess() throws IOException {
    return parse(Files.readAllLines(MAPS, StandardCharsets.ISO_8859_1));
  }

  /** Reads lines of {@code /proc/self/maps}; see proc(5). Lines of another form are left out. */
  static CodeMappings parse(List<String> lines) {
    List<Mapping> found = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.split(" +", FIELDS);
      int dash = fields[0].indexOf('-');
      if (fields.length == FIELDS && dash > 0 && fields[1].indexOf('x') >= 0) {
        found.add(
            new Mapping(
                Long.parseUnsignedLong(fields[0].substring(0, dash), 16),
                Long.parseUnsignedLong(fields[0].substring(dash + 1), 16),
                fields[5]));
      }
    }
    return new CodeMappings(List.copyOf(found));
  }

  /** Whether both addresses are code of the same file. */
  boolean sameFile(long one, long other) {
    String first = file(one);
    return !first.isEmpty() && first.equals(file(other));
  }

  private String file(long address) {
    for (Mapping mapping : mappings) {
      if (mapping.holds(address)) {
        return mapping.file;
      }
    }
    return "";
  }
}
