package org.ipsec4j.policy.formats;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Turns text into a tree of YAML nodes, within bounds. Nothing is constructed from tags. */
final class YamlText {
  static final int MAX_CHARACTERS = 1 << 20;
  private static final int MAX_DEPTH = 32;
  private static final int MAX_ALIASES = 100;
  private static final int MAX_NODES = 200_000;
  private static final String EXAMPLE = "name: value, with two more blanks for what lies inside";

  private final String name;
  private final Problems problems;
  private int visited;
  private int lastLine = 1;
  private int lastColumn = 1;

  private YamlText(String name, Problems problems) {
    this.name = name;
    this.problems = problems;
  }

  /** The one document of a text; null when there is none, with the reason among the problems. */
  static @Nullable Node compose(String name, String text, Problems problems) {
    if (text.length() > MAX_CHARACTERS) {
      problems.errorAt(
          1, 1, "at most " + MAX_CHARACTERS + " characters", text.length() + " of them", null);
      return null;
    }
    YamlText yaml = new YamlText(name, problems);
    String plain = text.startsWith("\ufeff") ? text.substring(1) : text;
    try {
      return yaml.withinBounds(plain) ? yaml.tree(plain) : null;
    } catch (MarkedYamlEngineException e) {
      yaml.notYaml(e);
    } catch (ReaderException e) {
      yaml.badCharacter(e, plain);
    } catch (RuntimeException e) {
      // A fault of the YAML library that a hostile text brings out is still one wrong file.
      problems.errorAt(
          yaml.lastLine,
          yaml.lastColumn,
          "a YAML document",
          "what the parser does not understand, from here on",
          EXAMPLE);
    }
    return null;
  }

  private LoadSettings settings() {
    return LoadSettings.builder()
        .setLabel(name)
        .setSchema(new CoreSchema())
        .setCodePointLimit(MAX_CHARACTERS)
        .setUseMarks(true)
        .setAllowNonScalarKeys(true)
        .build();
  }

  private Parser events(String text) {
    LoadSettings settings = settings();
    return new ParserImpl(settings, new StreamReader(settings, text));
  }

  /** Composing recurses, so depth is counted before, on the flat stream of events. */
  private boolean withinBounds(String text) {
    int depth = 0;
    int aliases = 0;
    int documents = 0;
    Parser events = events(text);
    while (events.hasNext()) {
      Event event = events.next();
      lastLine = event.getStartMark().map(Mark::getLine).orElse(0) + 1;
      lastColumn = event.getStartMark().map(Mark::getColumn).orElse(0) + 1;
      depth += event instanceof CollectionStartEvent ? 1 : 0;
      depth -= event instanceof CollectionEndEvent ? 1 : 0;
      aliases += event instanceof AliasEvent ? 1 : 0;
      documents += event instanceof DocumentStartEvent ? 1 : 0;
      if (depth > MAX_DEPTH) {
        return refuse("at most " + MAX_DEPTH + " levels of nesting", "more of them");
      }
      if (aliases > MAX_ALIASES) {
        return refuse("at most " + MAX_ALIASES + " aliases", "more of them");
      }
      if (documents > 1) {
        return refuse("one document", "a second one");
      }
    }
    return true;
  }

  private boolean refuse(String expected, String found) {
    problems.errorAt(lastLine, lastColumn, expected, found, null);
    return false;
  }

  private @Nullable Node tree(String text) {
    Node root = new Composer(settings(), events(text)).getSingleNode().orElse(null);
    if (root == null) {
      problems.errorAt(1, 1, "a policy", "an empty file", "version: 1");
      return null;
    }
    return bounded(root, 0) ? root : null;
  }

  /** Whether the tree stays small with its aliases written out. */
  private boolean bounded(Node node, int depth) {
    if (++visited > MAX_NODES || depth > MAX_DEPTH) {
      problems.error(node, "a tree that ends", "aliases that multiply or contain themselves", null);
      return false;
    }
    if (node instanceof MappingNode mapping) {
      for (NodeTuple entry : mapping.getValue()) {
        if (!bounded(entry.getKeyNode(), depth + 1) || !bounded(entry.getValueNode(), depth + 1)) {
          return false;
        }
      }
    } else if (node instanceof SequenceNode sequence) {
      for (Node item : sequence.getValue()) {
        if (!bounded(item, depth + 1)) {
          return false;
        }
      }
    }
    return true;
  }

  private void notYaml(MarkedYamlEngineException e) {
    Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
    String problem = e.getProblem() == null ? "something else" : e.getProblem();
    // The parser quotes words of the file here, and the file may hold a secret.
    problem = problem.replaceFirst("(undefined alias|undefined tag handle).*", "$1");
    String context = e.getContext() == null ? "" : " (" + e.getContext() + ")";
    problems.errorAt(
        mark.map(Mark::getLine).orElse(lastLine - 1) + 1,
        mark.map(Mark::getColumn).orElse(lastColumn - 1) + 1,
        "a YAML document",
        oneLine(problem + context),
        EXAMPLE);
  }

  private void badCharacter(ReaderException e, String text) {
    int line = 1;
    int column = 1;
    int end = Math.min(e.getPosition(), text.length());
    for (int i = 0; i < end; i++) {
      column++;
      if (text.charAt(i) == '\n') {
        line++;
        column = 1;
      }
    }
    problems.errorAt(
        line,
        column,
        "printable characters",
        String.format("the character U+%04X", e.getCodePoint()),
        null);
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
