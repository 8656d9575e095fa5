package org.ipsec4j.checks;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.EnumSet;
import java.util.Set;
import org.ipsec4j.checks.House.Room;

/** The sentences of ARCHITECTURE.md that a machine can check. */
final class Rules {
  private Rules() {}

  static ArchRule everyClassHasARoom(House house) {
    return noClasses()
        .that(house.inNoRoom())
        .should()
        .haveNameMatching(".*")
        .because("a new package needs a place in House, and so a decision what it may import")
        .allowEmptyShould(true);
  }

  static ArchRule importsGoDown(House house, Room room) {
    Set<Room> others = EnumSet.complementOf(EnumSet.of(room));
    others.removeAll(room.mayImport());
    return noClasses()
        .that(house.in(EnumSet.of(room)))
        .should()
        .dependOnClassesThat(house.in(others))
        .because(room + " may import only " + room.mayImport())
        .allowEmptyShould(true);
  }

  static ArchRule noPackageCycles(House house) {
    return slices()
        .matching(house.root() + ".(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true);
  }

  static ArchRule enginesNameNothingAmbient(House house) {
    return noClasses()
        .that(house.in(Room.engines()).and(not(house.inPolicyStore())))
        .should(nameAmbientTypes())
        .because("an engine is handed time, bytes, randomness and results")
        .allowEmptyShould(true);
  }

  /**
   * Hints to the processor while a lock is held by another, or a device answers, are no threads.
   */
  private static ArchCondition<JavaClass> nameAmbientTypes() {
    return new ArchCondition<>("depend on classes that " + Ambient.TYPES.getDescription()) {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        for (Dependency each : item.getDirectDependenciesFromSelf()) {
          String text = each.getDescription();
          boolean hint = text.contains("Thread.onSpinWait()") || text.contains("Thread.yield()");
          if (Ambient.TYPES.test(each.getTargetClass()) && !hint) {
            events.add(SimpleConditionEvent.satisfied(each, text));
          }
        }
      }
    };
  }

  static ArchRule policyStoreOnlyReadsFiles(House house) {
    return noClasses()
        .that(house.inPolicyStore())
        .should()
        .dependOnClassesThat(Ambient.TYPES_BUT_FILES)
        .because("files are the one thing the policy store may touch")
        .allowEmptyShould(true);
  }

  static ArchRule enginesCallNothingAmbient(House house) {
    return noClasses()
        .that(house.in(Room.engines()))
        .should()
        .accessTargetWhere(Ambient.CALLS)
        .because("an engine is handed time, bytes, randomness and results")
        .allowEmptyShould(true);
  }

  static ArchRule simulationNamesNothingAmbient(House house) {
    return noClasses()
        .that(house.in(EnumSet.of(Room.SIM)))
        .should()
        .dependOnClassesThat(Ambient.TYPES_BUT_RANDOM)
        .because("a simulation has no sockets, threads or sleeps")
        .allowEmptyShould(true);
  }

  static ArchRule simulationCallsNothingAmbient(House house) {
    return noClasses()
        .that(house.in(EnumSet.of(Room.SIM)))
        .should()
        .accessTargetWhere(Ambient.CALLS)
        .because("the same seed gives the same run")
        .allowEmptyShould(true);
  }

  /** Libraries neither print nor end the JVM of their host. */
  static ArchRule librariesAreQuiet(House house) {
    DescribedPredicate<JavaAccess<?>> loud =
        DescribedPredicate.describe(
            "the console or the end of the JVM",
            access -> {
              String target =
                  access.getTargetOwner().getName() + "." + access.getTarget().getName();
              return target.equals("java.lang.System.out")
                  || target.equals("java.lang.System.err")
                  || target.equals("java.lang.System.exit")
                  || target.equals("java.lang.Runtime.halt")
                  || target.equals("java.lang.Throwable.printStackTrace");
            });
    // The testkit prints how many vectors ran.
    Set<Room> libraries =
        EnumSet.of(Room.API, Room.POLICY, Room.IKE, Room.ESP, Room.SIM, Room.NODE);
    libraries.addAll(Room.providers());
    DescribedPredicate<JavaClass> library = house.in(libraries);
    return noClasses()
        .that(library)
        .should()
        .accessTargetWhere(loud)
        .because("they are guests in someone else's process")
        .allowEmptyShould(true);
  }
}
