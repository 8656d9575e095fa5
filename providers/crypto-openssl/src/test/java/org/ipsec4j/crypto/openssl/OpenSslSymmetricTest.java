package org.ipsec4j.crypto.openssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.testkit.crypto.IkeCipherContract;
import org.ipsec4j.testkit.crypto.PacketContract;
import org.ipsec4j.testkit.crypto.PrfContract;
import org.ipsec4j.testkit.crypto.TestOctets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contracts of the symmetric side, and what stands behind the provider. */
class OpenSslSymmetricTest implements PacketContract, IkeCipherContract, PrfContract {
  private static final CryptoProvider PROVIDER = new OpenSslCryptoProvider();

  @BeforeAll
  static void libraryIsThere() {
    WithLibrary.assume();
  }

  @Override
  public CryptoProvider provider() {
    return PROVIDER;
  }

  @Test
  void everythingThatIsClaimedGivesItsKnownAnswers() {
    SelfTest outcome = PROVIDER.selfTest();
    assertTrue(outcome.passed(), () -> String.join("\n", outcome.failures()));
    assertTrue(outcome.vectorsRun() > 100, outcome.vectorsRun() + " vectors");
  }

  @Test
  void itSaysWhatStandsBehindIt() {
    assertEquals("openssl", PROVIDER.name());
    assertEquals(20, PROVIDER.priority());
    assertTrue(PROVIDER.version().startsWith("OpenSSL "), PROVIDER.version());
  }

  @Test
  void sha1IsTheStandardOne() throws NoSuchAlgorithmException {
    for (int length : new int[] {0, 1, 18, 20, 63, 64, 65, 1000, 100_000}) {
      byte[] data = TestOctets.of("sha1", length);
      assertEquals(
          Bytes.copyOf(MessageDigest.getInstance("SHA-1").digest(data)),
          PROVIDER.sha1(Bytes.copyOf(data)));
    }
  }

  @Test
  void randomOctetsAreOfAnyLengthAndDiffer() {
    RandomSource random = PROVIDER.random();
    for (int length : new int[] {1, 8, 16, 1000, 1024, 1025, 5000}) {
      byte[] first = new byte[length];
      byte[] second = new byte[length];
      random.nextBytes(first);
      random.nextBytes(second);
      assertFalse(
          length > 1 && Bytes.copyOf(first).equals(Bytes.copyOf(second)), length + " octets");
      if (length > 100) {
        assertNotEquals(0, first[length - 1] | first[length - 2] | first[length - 3]);
      }
    }
    random.nextBytes(new byte[0]);
  }
}
