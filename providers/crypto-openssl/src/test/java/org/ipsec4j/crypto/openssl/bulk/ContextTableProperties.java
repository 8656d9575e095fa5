package org.ipsec4j.crypto.openssl.bulk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.crypto.openssl.WithLibrary;
import org.ipsec4j.testkit.crypto.TestOctets;

/** Whatever the order in which keys are asked for and die, each finds its own session. */
class ContextTableProperties {
  @BeforeContainer
  static void libraryIsThere() {
    WithLibrary.assume();
  }

  private static OpenSslPacketKey key(Bulk bulk, int number) {
    EncryptionAlgorithm algorithm =
        number % 3 == 0 ? EncryptionAlgorithm.AES_GCM_16 : EncryptionAlgorithm.AES_CCM_16;
    try {
      return (OpenSslPacketKey)
          bulk.packetKey(
              PacketTransform.esp(algorithm, 128, IntegrityAlgorithm.NONE, false),
              TestOctets.secret("table" + number, 16 + algorithm.saltLength()),
              TestOctets.secret("", 0));
    } catch (CryptoException e) {
      throw new AssertionError(e);
    }
  }

  @Property(tries = 60)
  void everyKeyFindsItsOwnSession(
      @ForAll @IntRange(min = 1, max = 9) int capacity,
      @ForAll @IntRange(min = 1, max = 40) int keyCount,
      @ForAll long seed) {
    Bulk bulk = new Bulk("openssl", WithLibrary.assume(), true, 100);
    Random random = new Random(seed);
    List<OpenSslPacketKey> keys = new ArrayList<>();
    for (int i = 0; i < keyCount; i++) {
      keys.add(key(bulk, i));
    }
    ContextTable table = new ContextTable(capacity);
    Set<Session> seen = new HashSet<>();
    for (int step = 0; step < 400; step++) {
      int at = random.nextInt(keyCount);
      if (random.nextInt(20) == 0) {
        keys.get(at).destroy();
        keys.set(at, key(bulk, step));
      }
      OpenSslPacketKey key = keys.get(at);
      Session session = table.of(key);
      seen.add(session);
      assertSame(key, session.key());
      assertSame(key.suite(), session.suite);
      assertTrue(session.sealing() != 0, "its context is ready");
      assertSame(session, table.of(key), "asked again it is the same");
      assertTrue(table.size() <= capacity);
    }
    table.close();
    assertEquals(0, table.size());
    seen.forEach(session -> assertNull(session.key(), "no session keeps a key"));
    keys.forEach(OpenSslPacketKey::destroy);
  }

  /** What comes again and again stays while strangers pass through. */
  @Property(tries = 20)
  void whatIsUsedStays(@ForAll @IntRange(min = 4, max = 32) int capacity) {
    Bulk bulk = new Bulk("openssl", WithLibrary.assume(), true, 100);
    ContextTable table = new ContextTable(capacity);
    OpenSslPacketKey hot = key(bulk, 0);
    Session session = table.of(hot);
    for (int i = 1; i < 4 * capacity; i++) {
      OpenSslPacketKey stranger = key(bulk, 3 * i);
      table.of(stranger);
      assertSame(session, table.of(hot), "after " + i + " strangers");
      stranger.destroy();
    }
    table.close();
    hot.destroy();
  }
}
