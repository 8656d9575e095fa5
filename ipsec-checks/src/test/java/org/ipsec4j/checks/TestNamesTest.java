package org.ipsec4j.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Set;
import org.ipsec4j.checks.fixture.Forgotten;
import org.junit.jupiter.api.Test;

/** Surefire passes over a test whose name fits no pattern, and says nothing. */
class TestNamesTest {
  /** The include patterns of the root pom, with those of the profiles. */
  private static final List<String> SUFFIXES =
      List.of("Test", "Properties", "Vectors", "Scenario", "Fuzz", "Interop", "Stress");

  private static final Set<String> ANNOTATIONS =
      Set.of(
          "org.junit.jupiter.api.Test",
          "org.junit.jupiter.api.RepeatedTest",
          "org.junit.jupiter.api.TestFactory",
          "org.junit.jupiter.params.ParameterizedTest",
          "net.jqwik.api.Property",
          "net.jqwik.api.Example");

  @Test
  void everyTestIsRun() {
    List<String> passedOver =
        new ClassFileImporter()
            .importPaths(BuiltModules.testClasses()).stream()
                .filter(type -> !type.getName().startsWith(Forgotten.class.getPackageName()))
                .filter(TestNamesTest::isPassedOver)
                .map(JavaClass::getName)
                .toList();
    assertEquals(List.of(), passedOver);
  }

  @Test
  void aForgottenTestIsSeen() {
    assertTrue(isPassedOver(new ClassFileImporter().importClass(Forgotten.class)));
  }

  private static boolean isPassedOver(JavaClass type) {
    return !type.getModifiers().contains(JavaModifier.ABSTRACT)
        && type.getAllMethods().stream().anyMatch(TestNamesTest::isTest)
        && SUFFIXES.stream().noneMatch(outermost(type)::endsWith);
  }

  private static boolean isTest(JavaMethod method) {
    return method.getAnnotations().stream()
        .anyMatch(annotation -> ANNOTATIONS.contains(annotation.getRawType().getName()));
  }

  private static String outermost(JavaClass type) {
    return type.getEnclosingClass().map(TestNamesTest::outermost).orElse(type.getSimpleName());
  }
}
