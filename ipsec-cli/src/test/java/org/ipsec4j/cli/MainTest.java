package org.ipsec4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine command =
      Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

  @Test
  void versionNamesOursAndTheJvms() {
    assertEquals(0, command.execute("--version"));
    assertTrue(
        out.toString().matches("(?s)ipsec4j \\d+\\.\\d+\\.\\d+\\S*\\RJVM .*"), out::toString);
    assertTrue(out.toString().contains(Runtime.version().toString()), out::toString);
  }

  @Test
  void withoutACommandItSaysWhatThereIs() {
    assertEquals(0, command.execute());
    assertTrue(out.toString().startsWith("Usage: ipsec"), out::toString);
    for (String name : command.getSubcommands().keySet()) {
      assertTrue(out.toString().contains("\n  " + name + " "), () -> name + " in " + out);
    }
  }

  @Test
  void theCommandsAreThoseOfTheReadme() {
    assertEquals(Set.of("demo", "run", "bench"), command.getSubcommands().keySet());
    String readme = Documents.read("README.md");
    for (String name : command.getSubcommands().keySet()) {
      assertTrue(readme.contains("ipsec " + name), () -> "README.md does not speak of " + name);
    }
  }

  @Test
  void everyCommandHelpsWithExamples() {
    for (String name : command.getSubcommands().keySet()) {
      out.getBuffer().setLength(0);
      assertEquals(0, command.execute(name, "--help"));
      assertTrue(out.toString().startsWith("Usage: ipsec " + name), out::toString);
      assertTrue(out.toString().contains("Examples:"), out::toString);
    }
  }

  @Test
  void wrongUsageIsStatusTwo() {
    assertEquals(2, command.execute("--no-such-option"));
    assertTrue(err.toString().contains("--no-such-option"), err::toString);
  }

  @Test
  void aWordThatIsNoCommandIsStatusTwo() {
    assertEquals(2, command.execute("dance"));
    assertTrue(err.toString().contains("dance"), err::toString);
  }
}
