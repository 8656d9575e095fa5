package org.ipsec4j.ike.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.junit.jupiter.api.Test;

class CookiesTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final Endpoint FROM = new Endpoint(IpAddress.parse("192.0.2.1"), 500);
  private static final Bytes NI = Bytes.copyOf(new byte[32]);

  private final Cookies cookies = new Cookies(EnginePair.CRYPTO, new Random(1)::nextBytes);

  @Test
  void aCookieIsTakenFromWhoGotIt() throws CryptoException {
    Bytes cookie = cookies.make(0, FROM, 7, NI);
    assertTrue(cookie.length() <= 64, "1 to 64 octets (RFC 7296 2.6)");
    assertTrue(cookies.accepts(0, cookie, FROM, 7, NI));
    assertFalse(cookies.accepts(0, cookie, FROM.withPort(501), 7, NI));
    assertFalse(cookies.accepts(0, cookie, FROM, 8, NI));
    assertFalse(cookies.accepts(0, cookie, FROM, 7, Bytes.copyOf(new byte[33])));
    assertFalse(cookies.accepts(0, Bytes.EMPTY, FROM, 7, NI));
    assertFalse(cookies.accepts(0, Bytes.copyOf(new byte[64]), FROM, 7, NI));
  }

  @Test
  void theSecretRotatesAndTheOneBeforeIsStillTaken() throws CryptoException {
    Bytes cookie = cookies.make(0, FROM, 7, NI);
    assertTrue(cookies.accepts(59 * SECOND, cookie, FROM, 7, NI));
    assertTrue(cookies.accepts(61 * SECOND, cookie, FROM, 7, NI));
    assertEquals(cookie.length(), cookies.make(62 * SECOND, FROM, 7, NI).length());
    assertFalse(cookie.equals(cookies.make(62 * SECOND, FROM, 7, NI)));
    assertFalse(cookies.accepts(122 * SECOND, cookie, FROM, 7, NI));
  }

  @Test
  void afterALongPauseOldCookiesAreVoid() throws CryptoException {
    Bytes cookie = cookies.make(0, FROM, 7, NI);
    assertFalse(cookies.accepts(3600 * SECOND, cookie, FROM, 7, NI));
  }
}
