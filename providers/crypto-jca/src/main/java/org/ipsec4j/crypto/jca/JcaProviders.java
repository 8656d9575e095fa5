package org.ipsec4j.crypto.jca;

import java.lang.reflect.InvocationTargetException;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeSet;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoException.Culprit;
import org.jspecify.annotations.Nullable;

/** Finds JCA providers by the names that operators write. Stateless. */
final class JcaProviders {
  /** What Bouncy Castle calls itself. */
  static final String BOUNCY_CASTLE = "BC";

  private static final String TOKEN = Pkcs11Token.NAME + "=";

  /** Accelerators that need not be registered in the JVM, for they are asked by name only. */
  private static final Map<String, String> KNOWN =
      Map.of(
          "AmazonCorrettoCryptoProvider",
          "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider",
          "Conscrypt",
          "org.conscrypt.OpenSSLProvider");

  private JcaProviders() {}

  /** The providers of a detail such as {@code Conscrypt,SunJCE}, in its order. */
  static List<Provider> ofDetail(String detail) throws CryptoException {
    List<Provider> found = new ArrayList<>();
    for (String written : detail.split(",", -1)) {
      String name = written.strip();
      found.add(
          name.startsWith(TOKEN) ? Pkcs11Token.of(name.substring(TOKEN.length())) : named(name));
    }
    return found;
  }

  /**
   * The provider of a name: one that is registered in the JVM, Bouncy Castle, an accelerator on the
   * class path, or a class that is called so.
   *
   * @throws CryptoException when there is none; the message says what there is
   */
  static Provider named(String name) throws CryptoException {
    if (name.equals(Pkcs11Token.NAME)) {
      throw refused(name + " needs the configuration of a token: " + TOKEN + "FILE");
    }
    Provider registered = Security.getProvider(name);
    if (registered != null) {
      return registered;
    }
    if (name.equals(BOUNCY_CASTLE)) {
      return bouncyCastle();
    }
    String className = KNOWN.get(name);
    if (className != null) {
      return ofClass(name, className);
    }
    Provider service = ofServices(name);
    if (service != null) {
      return service;
    }
    if (name.indexOf('.') > 0) {
      return ofClass(name, name);
    }
    throw unknown(name);
  }

  private static Provider bouncyCastle() throws CryptoException {
    try {
      return new BouncyCastleProvider();
    } catch (LinkageError e) {
      throw refused("Bouncy Castle is not on the class path");
    }
  }

  private static Provider ofClass(String name, String className) throws CryptoException {
    try {
      Class<?> type = Class.forName(className);
      if (type.getDeclaredConstructor().newInstance() instanceof Provider provider) {
        return provider;
      }
      throw refused(className + " is no JCA provider");
    } catch (ClassNotFoundException e) {
      throw refused(
          name.equals(className)
              ? unknown(name).getMessage()
              : name + " is not on the class path (" + className + ")");
    } catch (InvocationTargetException e) {
      throw refused(name + " does not start: " + e.getCause());
    } catch (ReflectiveOperationException | LinkageError e) {
      throw refused(name + " does not start: " + e);
    }
  }

  private static @Nullable Provider ofServices(String name) {
    try {
      for (ServiceLoader.Provider<Provider> found :
          ServiceLoader.load(Provider.class).stream().toList()) {
        // Only those are made whose class is called like it: strangers may do much when they start.
        if (found.type().getSimpleName().startsWith(name)) {
          Provider made = found.get();
          if (made.getName().equals(name)) {
            return made;
          }
        }
      }
    } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
      // A broken stranger on the class path is no reason to fail: the name is not found.
      return null;
    }
    return null;
  }

  private static CryptoException unknown(String name) {
    TreeSet<String> there = new TreeSet<>(KNOWN.keySet());
    there.add(BOUNCY_CASTLE);
    there.add(TOKEN + "FILE");
    for (Provider provider : Security.getProviders()) {
      there.add(provider.getName());
    }
    return refused("no JCA provider is called " + name + "; there are " + String.join(", ", there));
  }

  private static CryptoException refused(@Nullable String why) {
    return new CryptoException(Culprit.PROVIDER, String.valueOf(why));
  }
}
