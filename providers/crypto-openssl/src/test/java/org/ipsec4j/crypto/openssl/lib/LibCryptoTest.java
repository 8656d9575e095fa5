package org.ipsec4j.crypto.openssl.lib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.FunctionDescriptor;
import java.util.List;
import org.ipsec4j.crypto.openssl.WithLibrary;
import org.ipsec4j.ffm.NativeLibrary;
import org.ipsec4j.ffm.NativeLibrary.MissingException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The binding: what is found, what is refused and why. */
class LibCryptoTest {
  private static String refusal(String path) {
    return String.valueOf(
        assertThrows(MissingException.class, () -> LibCrypto.load(path)).getMessage());
  }

  @Test
  void anAbsentLibraryIsRefusedWithAdvice() {
    String message = refusal("/nowhere/libcrypto.so.3");
    assertTrue(message.contains("/nowhere/libcrypto.so.3"), message);
    assertTrue(message.contains("install OpenSSL 3.0"), message);
    assertTrue(message.contains(LibCrypto.PROPERTY), message);
  }

  @Test
  void aPathThatIsNotAbsoluteIsRefused() {
    String message = refusal("libcrypto.so.3");
    assertTrue(message.contains("no absolute path"), message);
  }

  @Test
  void anOlderVersionIsRefusedWithAdvice() {
    MissingException refused =
        assertThrows(
            MissingException.class, () -> LibCrypto.checkVersion("libcrypto.so", 0x1010_117fL));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.startsWith("libcrypto.so is OpenSSL 1.1, which is older than 3.0"), message);
    assertTrue(message.contains("install OpenSSL 3.0"), message);
  }

  @Test
  void laterVersionsAreTaken() throws MissingException {
    for (long version : new long[] {0x3000_0000L, 0x3000_0130L, 0x3050_0070L, 0x4000_0000L}) {
      LibCrypto.checkVersion("libcrypto.so", version);
    }
  }

  @Test
  void anotherLibraryIsNoLibcrypto() {
    NativeLibrary other;
    try {
      other = NativeLibrary.load(List.of("libc.so.6"), "none");
    } catch (MissingException e) {
      Assumptions.abort("no libc.so.6 here");
      throw new AssertionError(e);
    }
    MissingException refused = assertThrows(MissingException.class, () -> LibCrypto.load(other));
    assertTrue(String.valueOf(refused.getMessage()).contains("is no libcrypto"));
  }

  @Test
  void itIsLoadedOnceAndKeepsWhatItFetched() throws MissingException {
    LibCrypto library = WithLibrary.assume();
    assertSame(library, LibCrypto.get());
    assertSame(library, LibCrypto.present());
    assertTrue(library.isAtLeast(3, 0));
    assertFalse(library.isAtLeast(99, 0));
    long cipher = library.cipher("AES-128-GCM");
    assertNotEquals(0, cipher);
    assertEquals(cipher, library.cipher("AES-128-GCM"));
    assertEquals(0, library.cipher("ROT13"));
    assertEquals(0, library.digest("ROT13"));
    assertEquals(0, library.mac("ROT13"));
    assertEquals("no reason given", library.errors(), "a failed fetch leaves nothing behind");
  }

  @Test
  void functionsThatAreNotThereAreSaidSo() {
    LibCrypto library = WithLibrary.assume();
    assertTrue(library.has("EVP_CipherInit_ex", "EVP_CipherUpdate"));
    assertFalse(library.has("EVP_CipherInit_ex", "EVP_CipherRot13"));
    MissingException refused =
        assertThrows(
            MissingException.class,
            () -> library.quick("EVP_CipherRot13", FunctionDescriptor.ofVoid()));
    assertTrue(String.valueOf(refused.getMessage()).contains("EVP_CipherRot13"));
  }

  @Test
  void theErrorQueueIsReadOnce() {
    LibCrypto library = WithLibrary.assume();
    long context = Evp.newContext();
    assertFalse(Evp.init(context, 0, 0, 0, Evp.SEAL), "a context without a cipher");
    Evp.free(context);
    String first = library.errors();
    assertTrue(first.contains("error:"), first);
    assertEquals("no reason given", library.errors());
    context = Evp.newContext();
    assertFalse(Evp.init(context, 0, 0, 0, Evp.SEAL));
    Evp.free(context);
    library.clearErrors();
    assertEquals("no reason given", library.errors());
  }
}
