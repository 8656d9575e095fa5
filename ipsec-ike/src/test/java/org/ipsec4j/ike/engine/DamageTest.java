package org.ipsec4j.ike.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.ipsec4j.api.Bytes;
import org.junit.jupiter.api.Test;

/** Damaged copies of true messages: counted, and the negotiation goes on beside them. */
class DamageTest {
  private static final int RUNS = 300;

  @Test
  void damagedCopiesDoNotDisturb() {
    for (int run = 0; run < RUNS; run++) {
      EnginePair pair = new EnginePair(run);
      Random random = new Random(run);
      AtomicReference<Integer> damaged = new AtomicReference<>(0);
      pair.network =
          packet -> {
            if (packet != null && !packet.keepalive()) {
              damaged.set(damaged.get() + 1);
              // In front of the true one, so that it is taken first where it can be taken at all.
              pair.deliver(packet.with(damage(packet.octets(), random)), Duration.ofMillis(5));
            }
            return packet;
          };
      pair.alice.initiate();
      pair.run(Duration.ofMinutes(2));
      long up = pair.alice.ikeSas().stream().count();
      // IKE_SA_INIT is not protected: a change that is well-formed can prevent, never deceive.
      if (up == 1) {
        pair.assertAgree();
      }
      assertEquals(pair.alice.installed.size(), pair.bob.installed.size(), "run " + run);
    }
  }

  private static Bytes damage(Bytes octets, Random random) {
    byte[] copy = octets.toArray();
    switch (random.nextInt(4)) {
      case 0 -> copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> {
        for (int i = 0; i < 8; i++) {
          copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
        }
      }
      case 2 -> copy = java.util.Arrays.copyOf(copy, random.nextInt(copy.length));
      default -> copy = java.util.Arrays.copyOf(copy, copy.length + 1 + random.nextInt(64));
    }
    return Bytes.copyOf(copy);
  }
}
