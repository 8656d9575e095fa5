package org.ipsec4j.checks;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.ipsec4j.checks.House.Room;
import org.ipsec4j.checks.fixture.Forgotten;
import org.junit.jupiter.api.Test;

/** Each rule catches what it is there to catch, and lets pass what is allowed. */
class RulesTest {
  private static final House FIXTURE = new House(Forgotten.class.getPackageName() + ".house");

  private static final JavaClasses CLASSES = new ClassFileImporter().importPackages(FIXTURE.root());

  @Test
  void homelessClass() {
    assertCaught(Rules.everyClassHasARoom(FIXTURE), "attic.Homeless");
  }

  @Test
  void engineImportsEngine() {
    assertCaught(Rules.importsGoDown(FIXTURE, Room.ESP), "esp.Sideways", "ike.Clocked");
    assertPasses(Rules.importsGoDown(FIXTURE, Room.IKE), "ike.Clocked");
  }

  @Test
  void providerImportsProvider() {
    assertCaught(Rules.importsGoDown(FIXTURE, Room.CRYPTO_JCA), "jca.Left", "pki.Right");
    assertPasses(Rules.importsGoDown(FIXTURE, Room.AUTH_PKI), "pki.Right");
  }

  @Test
  void packageCycle() {
    assertCaught(Rules.noPackageCycles(FIXTURE), "api.left.Chicken", "api.right.Egg");
  }

  @Test
  void engineNamesAmbientTypes() {
    ArchRule rule = Rules.enginesNameNothingAmbient(FIXTURE);
    assertCaught(
        rule,
        "Clocked.channel",
        "Clocked.file",
        "Clocked.executor",
        "Clocked.cipher",
        "Clocked.secureRandom",
        "Clocked.services",
        "Clocked.future",
        "Clocked.unseeded()",
        "Clocked.threadLocalRandom()",
        "Clocked.thread()");
    assertPasses(rule, "Store.file()");
  }

  @Test
  void engineMakesAmbientCalls() {
    ArchRule rule = Rules.enginesCallNothingAmbient(FIXTURE);
    assertCaught(
        rule,
        "Clocked.nanoTime()",
        "Clocked.currentTimeMillis()",
        "Clocked.instantNow()",
        "Clocked.systemClock()",
        "Clocked.mathRandom()",
        "Clocked.unseeded()",
        "Clocked.randomUuid()",
        "Clocked.parallel(",
        "Clocked.digest()");
    assertPasses(rule, "Clocked.equalInConstantTime(");
  }

  @Test
  void policyStoreReadsTheNetwork() {
    ArchRule rule = Rules.policyStoreOnlyReadsFiles(FIXTURE);
    assertCaught(rule, "Store.network()");
    assertPasses(rule, "Store.file()");
  }

  @Test
  void simulationSleeps() {
    assertCaught(Rules.simulationNamesNothingAmbient(FIXTURE), "Sleeper.sleep()");
    ArchRule calls = Rules.simulationCallsNothingAmbient(FIXTURE);
    assertCaught(calls, "Sleeper.unseeded()");
    assertPasses(calls, "Sleeper.seeded(");
  }

  @Test
  void libraryPrints() {
    assertCaught(Rules.librariesAreQuiet(FIXTURE), "Clocked.console()");
  }

  private static void assertCaught(ArchRule rule, String... culprits) {
    String report = report(rule);
    for (String culprit : culprits) {
      assertTrue(report.contains(culprit), () -> culprit + " is not in:\n" + report);
    }
  }

  private static void assertPasses(ArchRule rule, String innocent) {
    String report = report(rule);
    assertFalse(report.contains(innocent), () -> innocent + " is in:\n" + report);
  }

  private static String report(ArchRule rule) {
    List<String> details = rule.evaluate(CLASSES).getFailureReport().getDetails();
    return String.join("\n", details);
  }
}
