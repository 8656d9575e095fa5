package org.ipsec4j.policy.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.ipsec4j.api.policy.document.PolicyResult;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** The schema and the reader say the same about the same file. */
class SchemaTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonSchemaFactory FACTORY =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
  private static final JsonSchema SCHEMA = FACTORY.getSchema(PolicyFormats.schema());

  static Stream<String> good() {
    return PolicyFiles.GOOD.stream();
  }

  static Stream<WrongPolicies.Wrong> wrong() {
    return WrongPolicies.ALL.stream();
  }

  /** What the schema finds wrong; null when the text is not even YAML. */
  private static @Nullable Set<ValidationMessage> schemaErrors(String text) {
    try {
      Object loaded =
          new Load(LoadSettings.builder().setSchema(new CoreSchema()).build()).loadFromString(text);
      JsonNode json = JSON.valueToTree(loaded);
      return SCHEMA.validate(json);
    } catch (YamlEngineException | IllegalArgumentException | StackOverflowError e) {
      // No YAML, a key that JSON cannot have, or an alias that contains itself.
      return null;
    }
  }

  @Test
  void theSchemaIsASchema() throws Exception {
    JsonSchema meta = FACTORY.getSchema(SchemaLocation.of(SpecVersion.VersionFlag.V202012.getId()));
    assertEquals(Set.of(), meta.validate(JSON.readTree(PolicyFormats.schema())));
  }

  @ParameterizedTest
  @MethodSource("good")
  void goodFilesFit(String name) {
    assertEquals(Set.of(), schemaErrors(PolicyFiles.good(name)));
    assertInstanceOf(
        PolicyResult.Loaded.class, PolicyFormats.readYaml(name, PolicyFiles.good(name)));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void wrongFilesFailWhereTheShapeIsWrong(WrongPolicies.Wrong wrong) {
    Set<ValidationMessage> errors = schemaErrors(wrong.text());
    boolean seen = errors == null || !errors.isEmpty();
    assertEquals(wrong.seen() == WrongPolicies.Seen.BY_BOTH, seen, () -> "" + errors);
  }

  /** What the schema refuses the reader refuses, in thousands of files that are a little wrong. */
  @Test
  void theReaderIsNeverMoreLenient() {
    Random random = new Random(20260117);
    int refusedByBoth = 0;
    int accepted = 0;
    List<String> files = PolicyFiles.GOOD.stream().map(PolicyFiles::good).toList();
    List<String> words = new ArrayList<>();
    files.forEach(file -> words.addAll(List.of(file.split("[^A-Za-z0-9._/-]+"))));
    words.addAll(List.of("null", "true", "1", "0", "[]", "{}", "\"\"", "a", "-1", "1.0", "never"));
    for (int i = 0; i < 6000; i++) {
      String text = swapWords(files.get(i % files.size()), words, random);
      Set<ValidationMessage> errors = schemaErrors(text);
      PolicyResult result = PolicyFormats.readYaml("x.yaml", text);
      if (errors == null || !errors.isEmpty()) {
        assertInstanceOf(PolicyResult.Refused.class, result, () -> errors + "\n" + text);
        refusedByBoth++;
      } else if (result instanceof PolicyResult.Loaded) {
        accepted++;
      }
    }
    assertTrue(refusedByBoth > 1000, "refused by both: " + refusedByBoth);
    assertTrue(accepted > 100, "accepted by both: " + accepted);
  }

  /** Exchanges one or two words of a file for others. */
  private static String swapWords(String text, List<String> words, Random random) {
    StringBuilder changed = new StringBuilder(text);
    for (int n = random.nextInt(2); n >= 0; n--) {
      int start = random.nextInt(changed.length());
      while (start > 0 && isWord(changed.charAt(start - 1))) {
        start--;
      }
      int end = start;
      while (end < changed.length() && isWord(changed.charAt(end))) {
        end++;
      }
      changed.replace(start, end, words.get(random.nextInt(words.size())));
    }
    return changed.toString();
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || "._/-".indexOf(c) >= 0;
  }

  @Test
  void theSchemaNamesEveryKeyOfTheGoodFiles() {
    // The good files use every key there is, so that a key that only one of the two knows shows.
    String all = String.join("\n", PolicyFiles.GOOD.stream().map(PolicyFiles::good).toList());
    Set<String> keys = new TreeSet<>();
    collectKeys(readSchema(), keys);
    assertTrue(keys.size() > 50, keys::toString);
    for (String key : keys) {
      assertTrue(all.contains(key + ":"), key);
    }
  }

  private static void collectKeys(JsonNode schema, Set<String> keys) {
    JsonNode properties = schema.path("properties");
    properties.fieldNames().forEachRemaining(keys::add);
    schema.forEach(part -> collectKeys(part, keys));
  }

  private static JsonNode readSchema() {
    try {
      return JSON.readTree(PolicyFormats.schema());
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
