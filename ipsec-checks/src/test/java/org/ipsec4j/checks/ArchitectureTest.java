package org.ipsec4j.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.ipsec4j.checks.House.Room;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Our own classes keep the rules. That the rules can fail is shown by RulesTest. */
class ArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter().importPaths(BuiltModules.classes());

  @Test
  void allModulesAreLookedAt() {
    Set<String> modules =
        ModuleFinder.of(BuiltModules.classes().toArray(Path[]::new)).findAll().stream()
            .map(module -> module.descriptor().name())
            .collect(Collectors.toCollection(TreeSet::new));
    for (Room room : Room.values()) {
      if (room != Room.BENCHMARKS && room != Room.INTEROP) {
        assertTrue(modules.contains(room.module()), () -> room + " is not in " + modules);
      }
    }
    assertTrue(OURS.contain("org.ipsec4j.cli.Main"));
  }

  @Test
  void everyClassHasARoom() {
    Rules.everyClassHasARoom(House.OURS).check(OURS);
  }

  @ParameterizedTest
  @EnumSource(Room.class)
  void importsGoDown(Room room) {
    Rules.importsGoDown(House.OURS, room).check(OURS);
  }

  @Test
  void noPackageCycles() {
    Rules.noPackageCycles(House.OURS).check(OURS);
  }

  @Test
  void enginesAreSansIo() {
    Rules.enginesNameNothingAmbient(House.OURS).check(OURS);
    Rules.enginesCallNothingAmbient(House.OURS).check(OURS);
    Rules.policyStoreOnlyReadsFiles(House.OURS).check(OURS);
  }

  @Test
  void simulationIsSansIo() {
    Rules.simulationNamesNothingAmbient(House.OURS).check(OURS);
    Rules.simulationCallsNothingAmbient(House.OURS).check(OURS);
  }

  @Test
  void librariesAreQuiet() {
    Rules.librariesAreQuiet(House.OURS).check(OURS);
  }

  @Test
  void providersDependOnTheApiOnly() {
    for (Room provider : Room.providers()) {
      Set<Room> others = new HashSet<>(provider.mayImport());
      // not a provider: what those in native code share
      others.remove(Room.FFM);
      assertEquals(Set.of(Room.API), others, provider::name);
    }
  }
}
