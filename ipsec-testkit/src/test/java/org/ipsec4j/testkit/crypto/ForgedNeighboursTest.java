package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ipsec4j.testkit.crypto.GcmOfTheJdk.Fault;
import org.junit.jupiter.api.Test;

/** The contract about neighbours lets a right provider pass and catches the wrong ones. */
class ForgedNeighboursTest {
  private static NeighboursContract contract(Fault fault) {
    GcmOfTheJdk provider = new GcmOfTheJdk(fault);
    return () -> provider;
  }

  @Test
  void aRightProviderPasses() {
    NeighboursContract contract = contract(Fault.NONE);
    assertDoesNotThrow(contract::forgedPacketsTouchNobodyInDirectSlabs);
    assertDoesNotThrow(contract::forgedPacketsTouchNobodyInHeapSlabs);
  }

  /** Holds of JDK 25; a JDK that wipes rightly makes this fail, and the case may go. */
  @Test
  void theJdkThatWipesItsNeighboursIsCaught() {
    NeighboursContract contract = contract(Fault.IN_THE_SLAB);
    AssertionError caught =
        assertThrows(AssertionError.class, contract::forgedPacketsTouchNobodyInDirectSlabs);
    assertTrue(String.valueOf(caught.getMessage()).contains("changed"), caught::getMessage);
  }

  @Test
  void faultsAreCaught() {
    List<Fault> faults = List.of(Fault.ZERO_IN_FRONT, Fault.ZERO_BEHIND, Fault.STOPS_AT_THE_FIRST);
    for (Fault fault : faults) {
      NeighboursContract contract = contract(fault);
      assertThrows(
          AssertionError.class, contract::forgedPacketsTouchNobodyInDirectSlabs, fault.name());
      assertThrows(
          AssertionError.class, contract::forgedPacketsTouchNobodyInHeapSlabs, fault.name());
    }
  }
}
