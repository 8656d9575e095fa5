package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** SAs of one policy, one for each resource (RFC 9611). */
@NullUnmarked
class OutboundSaGroupTest {
  private static OutboundSa sa(int spi) {
    return sa(spi, 1);
  }

  private static OutboundSa sa(int spi, long firstNumber) {
    Lab lab = new Lab();
    lab.spi = spi;
    lab.firstNumber = firstNumber;
    return lab.outbound();
  }

  @Test
  void eachResourceHasItsOwnOrTheCommonOne() {
    OutboundSa common = sa(1);
    OutboundSa third = sa(3);
    OutboundSaGroup group = new OutboundSaGroup(common);
    assertSame(common, group.pick(0));
    assertNull(group.assign(3, third));
    assertSame(third, group.pick(3));
    for (int resource : new int[] {-1, 0, 2, 4, 100000, Integer.MAX_VALUE}) {
      assertSame(common, group.pick(resource));
    }
    assertEquals(List.of(common, third), group.all());
    OutboundSa later = sa(2);
    assertSame(common, group.replaceCommon(later));
    assertSame(later, group.common());
    assertSame(later, group.pick(0));
    assertSame(third, group.assign(3, null));
    assertSame(later, group.pick(3));
    assertThrows(IndexOutOfBoundsException.class, () -> group.assign(-1, third));
    assertThrows(
        IndexOutOfBoundsException.class, () -> group.assign(OutboundSaGroup.MAX_RESOURCES, third));
  }

  @Test
  void aSpentSaFallsBack() {
    OutboundSa common = sa(1);
    OutboundSa spent = sa(2, 0x1_00000000L);
    OutboundSaGroup group = new OutboundSaGroup(common);
    group.assign(0, spent);
    assertSame(common, group.pick(0));
  }

  @Test
  void pickersSeeOneOrTheOther() throws InterruptedException {
    OutboundSa common = sa(1);
    OutboundSa own = sa(2);
    OutboundSaGroup group = new OutboundSaGroup(common);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<OutboundSa> stranger = new AtomicReference<>();
    Thread picker =
        new Thread(
            () -> {
              while (!stop.get()) {
                OutboundSa picked = group.pick(5);
                if (picked != common && picked != own) {
                  stranger.set(picked);
                }
              }
            });
    picker.start();
    for (int i = 0; i < 20_000; i++) {
      group.assign(5, i % 2 == 0 ? own : null);
      group.assign(i % 64, i % 3 == 0 && i % 64 != 5 ? own : null);
    }
    stop.set(true);
    picker.join();
    assertNull(stranger.get());
  }
}
