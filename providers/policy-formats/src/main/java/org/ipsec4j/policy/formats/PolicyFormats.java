package org.ipsec4j.policy.formats;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ipsec4j.api.policy.document.PolicyDocument;
import org.ipsec4j.api.policy.document.PolicyError;
import org.ipsec4j.api.policy.document.PolicyResult;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The way in: reads policy files. What is wrong with a file comes back as values that name line and
 * column, all of them at once; no file makes these methods throw. Stateless, thread-safe.
 *
 * <p>The form is described in {@code docs/policy.md} and by {@link #schema()}.
 */
public final class PolicyFormats {
  private static final String SCHEMA = "policy.schema.json";
  private static final int MAX_BYTES = 4 * YamlText.MAX_CHARACTERS;

  private PolicyFormats() {}

  /** Reads a YAML policy from a file in UTF-8. Opens nothing else: secrets stay references. */
  public static PolicyResult readYaml(Path file) {
    String name = file.toString();
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      return refused(name, 0, "a file that can be read", e.getClass().getSimpleName());
    }
    if (bytes.length > MAX_BYTES) {
      return refused(name, 0, "at most " + MAX_BYTES + " bytes", "more of them");
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    out.flip();
    if (result.isError()) {
      int line = 1 + (int) out.chars().filter(c -> c == '\n').count();
      return refused(name, line, "text in UTF-8", "other bytes");
    }
    return readYaml(name, out.toString());
  }

  /**
   * Reads a YAML policy from text.
   *
   * @param name stands for the file in messages and origins
   */
  public static PolicyResult readYaml(String name, String text) {
    Problems problems = new Problems(name);
    Node root = YamlText.compose(name, text, problems);
    @Nullable PolicyDocument document =
        root == null ? null : new DocumentReader(problems).read(root);
    return document == null || problems.any()
        ? new PolicyResult.Refused(problems.errors())
        : new PolicyResult.Loaded(document, problems.warnings());
  }

  /** The JSON Schema (draft 2020-12) of the YAML form, for editors and other tools. */
  public static String schema() {
    try (InputStream in = PolicyFormats.class.getResourceAsStream(SCHEMA)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + SCHEMA);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PolicyResult refused(String name, int line, String expected, String found) {
    return new PolicyResult.Refused(List.of(new PolicyError(name, line, 0, expected, found, null)));
  }
}
