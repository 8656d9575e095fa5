package org.ipsec4j.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.ipsec4j.benchmarks.standard.Group;
import org.junit.jupiter.api.Test;

class BenchMainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int execute(String... arguments) throws Exception {
    return BenchMain.execute(
        arguments,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @Test
  void helpNamesEveryOptionAndGroup() throws Exception {
    assertEquals(0, execute("--quick", "--help"));
    String text = out.toString(StandardCharsets.UTF_8);
    for (String word : List.of("--quick", "--only", "--out", "--json", "bench: ok", "Examples:")) {
      assertTrue(text.contains(word), text);
    }
    for (Group group : Group.values()) {
      assertTrue(text.contains(group.title()), text);
    }
  }

  @Test
  void wrongUsageIsStatusTwo() throws Exception {
    assertEquals(BenchMain.USAGE, execute("--fast"));
    assertEquals(BenchMain.USAGE, execute("--only", "nothing"));
    assertEquals(BenchMain.USAGE, execute("--json"));
    String text = err.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("`--fast`"), text);
    assertTrue(text.contains("no group `nothing`"), text);
    assertTrue(text.contains("`--json` wants a value"), text);
    assertEquals(0, out.size());
  }

  @Test
  void optionsAreRead() {
    BenchOptions options =
        BenchOptions.parse(List.of("--quick", "--only", "cbc", "-o", "d", "--json", "f"));
    assertTrue(options.quick() && options.wants(Group.CBC));
    assertFalse(options.wants(Group.JCA) || options.help());
    assertEquals(Path.of("d"), options.folder());
    assertEquals(Path.of("f"), options.json());
    assertFalse(options.left().contains(Group.CBC));
    assertTrue(options.left().contains(Group.JCA), "and so the result is incomplete");
    assertThrows(IllegalArgumentException.class, () -> BenchOptions.parse(List.of("x")));
  }

  @Test
  void quickLeavesOutThePlotsOnly() {
    BenchOptions quick = BenchOptions.parse(List.of("--quick"));
    assertFalse(quick.wants(Group.PLOTS));
    assertEquals(List.of(), quick.left());
    assertTrue(BenchOptions.parse(List.of()).wants(Group.PLOTS));
  }
}
