package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ipsec4j.testkit.crypto.GcmOfTheJdk.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  /** The JDK that runs this may be one that wipes rightly; then there is nothing to catch. */
  @Test
  void theJdkThatWipesItsNeighboursIsCaught() {
    NeighboursContract contract = contract(Fault.IN_THE_SLAB);
    AssertionError caught =
        assertThrows(AssertionError.class, contract::forgedPacketsTouchNobodyInDirectSlabs);
    assertTrue(String.valueOf(caught.getMessage()).contains("changed"), caught::getMessage);
  }

  @ParameterizedTest
  @EnumSource(names = {"ZERO_IN_FRONT", "ZERO_BEHIND", "STOPS_AT_THE_FIRST"})
  void faultsAreCaught(Fault fault) {
    NeighboursContract contract = contract(fault);
    assertThrows(AssertionError.class, contract::forgedPacketsTouchNobodyInDirectSlabs);
    assertThrows(AssertionError.class, contract::forgedPacketsTouchNobodyInHeapSlabs);
  }
}
