package org.ipsec4j.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Providers are found on the module path and on the class path alike. The build runs this test once
 * on each; the system property {@code ipsec.checks.path} says which it is.
 */
class ServiceDiscoveryTest {
  private static final String PATH = System.getProperty("ipsec.checks.path", "");

  @Test
  void runsOnThePathItClaims() {
    assertEquals(
        PATH.equals("module"),
        ServiceDiscoveryTest.class.getModule().isNamed(),
        () -> "on " + PATH);
  }

  @Test
  void bothDeclarationsAgree() throws IOException {
    for (Path classes : modules()) {
      assertEquals(
          provided(descriptor(classes)), listed(classes), () -> "META-INF/services in " + classes);
    }
  }

  @Test
  void everyProviderIsFound() throws ClassNotFoundException {
    Map<String, Set<String>> declared = new TreeMap<>();
    for (Path classes : modules()) {
      provided(descriptor(classes))
          .forEach(
              (service, providers) ->
                  declared.computeIfAbsent(service, s -> new TreeSet<>()).addAll(providers));
    }
    for (Map.Entry<String, Set<String>> service : declared.entrySet()) {
      Class<?> door = Class.forName(service.getKey());
      // Stands for a "uses" clause, so that this module need not know the doors.
      ServiceDiscoveryTest.class.getModule().addUses(door);
      Set<String> found =
          ServiceLoader.load(door).stream()
              .map(provider -> provider.type().getName())
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(service.getValue(), found, service::getKey);
    }
  }

  @Test
  void everyProvidedDoorIsUsed() {
    Set<String> used = new TreeSet<>();
    Set<String> provided = new TreeSet<>();
    for (Path classes : modules()) {
      used.addAll(descriptor(classes).uses());
      provided.addAll(provided(descriptor(classes)).keySet());
    }
    provided.removeAll(used);
    assertEquals(Set.of(), provided, "provided, but no module of ours says \"uses\"");
  }

  @Test
  void everyProviderModuleThatHasCodeProvidesSomething() throws IOException {
    int seen = 0;
    for (Path classes : modules()) {
      String path = classes.toString();
      // what providers in native code share is none itself
      boolean provider = path.contains("providers") && !path.contains("ffm");
      seen += provider ? 1 : 0;
      if (provider && hasCode(classes)) {
        assertFalse(provided(descriptor(classes)).isEmpty(), classes::toString);
      }
    }
    assertTrue(seen >= 4, "provider modules seen: " + seen);
  }

  private static List<Path> modules() {
    return BuiltModules.classes().stream()
        .filter(classes -> Files.exists(classes.resolve("module-info.class")))
        // shown, not shipped: nothing here depends on them
        .filter(classes -> !classes.toString().contains("examples"))
        .toList();
  }

  private static ModuleDescriptor descriptor(Path classes) {
    return ModuleFinder.of(classes).findAll().iterator().next().descriptor();
  }

  private static Map<String, Set<String>> provided(ModuleDescriptor module) {
    return module.provides().stream()
        .collect(
            Collectors.toMap(
                ModuleDescriptor.Provides::service,
                provides -> new TreeSet<>(provides.providers()),
                (first, second) -> first,
                TreeMap::new));
  }

  private static Map<String, Set<String>> listed(Path classes) throws IOException {
    Path services = classes.resolve("META-INF/services");
    Map<String, Set<String>> listed = new TreeMap<>();
    if (!Files.isDirectory(services)) {
      return listed;
    }
    try (Stream<Path> files = Files.list(services)) {
      for (Path file : files.toList()) {
        Set<String> providers =
            Files.readAllLines(file).stream()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
        listed.put(String.valueOf(file.getFileName()), providers);
      }
    }
    return listed;
  }

  private static boolean hasCode(Path classes) throws IOException {
    try (Stream<Path> files = Files.walk(classes)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .anyMatch(
              name ->
                  name.endsWith(".class")
                      && !name.equals("module-info.class")
                      && !name.equals("package-info.class"));
    }
  }
}
