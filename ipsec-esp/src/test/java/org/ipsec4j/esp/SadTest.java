package org.ipsec4j.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** SAs by SPI, while others are installed and removed. */
@NullUnmarked
class SadTest {
  private static InboundSa sa(int spi) {
    Lab lab = new Lab();
    lab.spi = spi;
    return lab.inbound();
  }

  @Test
  void equalsAMap() {
    Random random = new Random(4301);
    Sad sad = new Sad();
    Map<Integer, InboundSa> twin = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      int spi = 256 + random.nextInt(300) * 0x10000;
      if (random.nextBoolean() && !twin.containsKey(spi)) {
        InboundSa sa = sa(spi);
        sad.install(sa);
        twin.put(spi, sa);
      } else {
        assertSame(twin.remove(spi), sad.remove(spi));
      }
      assertEquals(twin.size(), sad.size());
      int probe = 256 + random.nextInt(300) * 0x10000;
      assertSame(twin.get(probe), sad.find(probe));
    }
    assertEquals(twin.size(), sad.all().size());
  }

  @Test
  void refusesWhatCannotBeOnTheWire() {
    Sad sad = new Sad();
    sad.install(sa(300));
    assertThrows(IllegalArgumentException.class, () -> sad.install(sa(300)));
    assertThrows(IllegalArgumentException.class, () -> sad.install(sa(0)));
    assertNull(sad.remove(301));
  }

  @Test
  void whatStaysIsFoundThroughoutChanges() throws InterruptedException {
    Sad sad = new Sad();
    for (int spi = 1000; spi < 1050; spi++) {
      sad.install(sa(spi));
    }
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Integer> lost = new AtomicReference<>();
    Thread reader =
        new Thread(
            () -> {
              while (!stop.get()) {
                for (int spi = 1000; spi < 1050; spi++) {
                  if (sad.find(spi) == null) {
                    lost.set(spi);
                  }
                }
              }
            });
    reader.start();
    for (int round = 0; round < 20; round++) {
      for (int spi = 5000; spi < 5400; spi++) {
        sad.install(sa(spi));
      }
      for (int spi = 5000; spi < 5400; spi++) {
        assertNotNull(sad.remove(spi));
      }
    }
    stop.set(true);
    reader.join();
    assertNull(lost.get());
    assertEquals(50, sad.size());
  }
}
