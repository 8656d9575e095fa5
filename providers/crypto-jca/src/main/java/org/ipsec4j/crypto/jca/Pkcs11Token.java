package org.ipsec4j.crypto.jca;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AuthProvider;
import java.security.InvalidParameterException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.Arrays;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.LoginException;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.jspecify.annotations.Nullable;

/** Tokens behind PKCS #11, by the JDK's SunPKCS11. Stateless. */
final class Pkcs11Token {
  /**
   * The JDK's provider before it is configured, and what the names of the configured begin with.
   */
  static final String NAME = "SunPKCS11";

  private static final String PIN_FILE = "?pin-file=";
  private static final int LONGEST_PIN = 256;

  private Pkcs11Token() {}

  /** Whether keys given to the provider live in a token. */
  static boolean isToken(Provider provider) {
    return provider.getName().startsWith(NAME);
  }

  /**
   * The token of what an operator wrote behind {@code SunPKCS11=}: a configuration file of
   * SunPKCS11, and where its PIN is: {@code hsm.cfg?pin-file=hsm.pin}.
   */
  static Provider of(String written) throws CryptoException {
    int at = written.indexOf(PIN_FILE);
    if (at < 0) {
      return of(Path.of(written), null);
    }
    Secret pin = read(Path.of(written.substring(at + PIN_FILE.length())));
    try {
      return of(Path.of(written.substring(0, at)), pin);
    } finally {
      pin.destroy();
    }
  }

  private static Secret read(Path file) throws CryptoException {
    try {
      if (Files.size(file) > LONGEST_PIN) {
        throw refused("the file " + file + " is too long for a PIN");
      }
      byte[] text = Files.readAllBytes(file);
      int end = text.length;
      while (end > 0 && (text[end - 1] == '\n' || text[end - 1] == '\r')) {
        end--;
      }
      Secret pin = Secret.adopt(Arrays.copyOf(text, end));
      Arrays.fill(text, (byte) 0);
      return pin;
    } catch (IOException e) {
      throw refused("the PIN cannot be read: " + e.getClass().getSimpleName() + " of " + file);
    }
  }

  /**
   * A token that is ready for work.
   *
   * @param configuration file of SunPKCS11
   * @param pin the token is logged in with it; null when it needs no login, or has one
   */
  static Provider of(Path configuration, @Nullable Secret pin) throws CryptoException {
    Provider unconfigured = Security.getProvider(NAME);
    if (unconfigured == null) {
      throw refused("this JVM has no " + NAME + " (module jdk.crypto.cryptoki)");
    }
    if (!Files.isRegularFile(configuration)) {
      throw refused("there is no file " + configuration);
    }
    Provider token;
    try {
      token = unconfigured.configure(configuration.toString());
    } catch (InvalidParameterException | ProviderException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw refused(configuration + " does not lead to a token: " + cause.getMessage());
    }
    if (pin != null) {
      login(token, pin);
    }
    return token;
  }

  private static void login(Provider token, Secret pin) throws CryptoException {
    if (!(token instanceof AuthProvider doors)) {
      throw refused("the token " + token.getName() + " takes no PIN");
    }
    char[] digits = characters(pin);
    try {
      doors.login(null, new PinHandler(digits));
    } catch (LoginException | ProviderException e) {
      // The message of a token may repeat what it was given.
      throw refused("the token " + token.getName() + " refuses the PIN");
    } finally {
      Arrays.fill(digits, '\0');
    }
  }

  private static char[] characters(Secret pin) {
    byte[] octets = pin.reveal(SecretAccess.raw());
    char[] characters = new char[octets.length];
    for (int i = 0; i < octets.length; i++) {
      characters[i] = (char) (octets[i] & 0xff);
    }
    Arrays.fill(octets, (byte) 0);
    return characters;
  }

  private static CryptoException refused(String why) {
    return new CryptoException(Culprit.PROVIDER, NAME + ": " + why);
  }

  /** Answers the one question that a token asks. */
  private static final class PinHandler implements CallbackHandler {
    private final char[] digits;

    PinHandler(char[] digits) {
      this.digits = digits;
    }

    @Override
    public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
      for (Callback callback : callbacks) {
        if (!(callback instanceof PasswordCallback question)) {
          throw new UnsupportedCallbackException(callback);
        }
        question.setPassword(digits);
      }
    }
  }
}
