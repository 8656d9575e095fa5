package org.ipsec4j.node.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.SelfTest;
import org.junit.jupiter.api.Test;

/** A provider earns its place, and one that cannot be loaded costs nobody else theirs. */
final class CryptoLoaderTest {
  private static FakeProvider provider(String name) {
    return new FakeProvider(name, transform -> true);
  }

  private static List<String> names(CryptoLoader.Loaded loaded) {
    return loaded.chain().providers().stream().map(CryptoProvider::name).toList();
  }

  @Test
  void bestPriorityComesFirst() {
    FakeProvider slow = provider("slow");
    FakeProvider fast = provider("fast");
    fast.priority = 10;
    CryptoLoader.Loaded loaded = CryptoLoader.of(List.of(slow, fast));
    assertEquals(List.of("fast", "slow"), names(loaded));
    assertTrue(loaded.refused().isEmpty());
  }

  @Test
  void providerThatFailsItsVectorsIsRefusedWithTheReason() {
    FakeProvider wrong = provider("wrong");
    wrong.selfTest = () -> new SelfTest(5, List.of("AES_GCM_16_128: the ICV differs"));
    CryptoLoader.Loaded loaded = CryptoLoader.of(List.of(wrong, provider("right")));
    assertEquals(List.of("right"), names(loaded));
    assertEquals(
        List.of("crypto provider wrong failed: AES_GCM_16_128: the ICV differs"), loaded.refused());
  }

  @Test
  void providerWithoutVectorsIsRefused() {
    FakeProvider lazy = provider("lazy");
    lazy.selfTest = () -> new SelfTest(0, List.of());
    CryptoLoader.Loaded loaded = CryptoLoader.of(List.of(lazy, provider("right")));
    assertEquals(List.of("crypto provider lazy ran no known-answer vectors"), loaded.refused());
  }

  @Test
  void providerThatThrowsIsRefused() {
    FakeProvider broken = provider("broken");
    broken.selfTest =
        () -> {
          throw new UnsatisfiedLinkError("no libcrypto");
        };
    FakeProvider sloppy = provider("sloppy");
    sloppy.selfTest =
        () -> {
          throw new IllegalStateException("boom");
        };
    CryptoLoader.Loaded loaded = CryptoLoader.of(List.of(broken, sloppy, provider("right")));
    assertEquals(List.of("right"), names(loaded));
    assertEquals(2, loaded.refused().size());
    assertTrue(loaded.refused().getFirst().contains("no libcrypto"), loaded.refused()::toString);
  }

  @Test
  void secondProviderOfANameIsRefused() {
    CryptoLoader.Loaded loaded = CryptoLoader.of(List.of(provider("twin"), provider("twin")));
    assertEquals(List.of("twin"), names(loaded));
    assertEquals(List.of("crypto provider twin has the name of another one"), loaded.refused());
  }

  @Test
  void withoutAnyProviderTheMessageSaysWhatToDo() {
    FakeProvider wrong = provider("wrong");
    wrong.selfTest = () -> new SelfTest(1, List.of("it is wrong"));
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> CryptoLoader.of(List.of(wrong)));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains("ipsec-crypto-jca"), message);
    assertTrue(message.contains("it is wrong"), message);
  }

  @Test
  void serviceLoaderFindsTheJcaProvider() {
    CryptoLoader.Loaded loaded = CryptoLoader.discover();
    assertTrue(names(loaded).contains("jca"), () -> names(loaded).toString());
    assertTrue(loaded.refused().isEmpty(), loaded.refused()::toString);
  }

  @Test
  void providersThatCannotBeLoadedAreSkipped() throws Exception {
    byte[] fromTheFuture = classFile(Unloadable.class);
    fromTheFuture[6] = 0;
    fromTheFuture[7] = 99;
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    String missing = "org.ipsec4j.nowhere.Missing";
    try {
      thread.setContextClassLoader(
          new Listing(
              before,
              List.of(missing, Unloadable.class.getName(), Stranger.class.getName()),
              Map.of(
                  Unloadable.class.getName(),
                  fromTheFuture,
                  Stranger.class.getName(),
                  classFile(Stranger.class))));
      CryptoLoader.Loaded loaded = CryptoLoader.discover();
      assertTrue(names(loaded).contains("jca"), () -> names(loaded).toString());
      String reasons = String.join("\n", loaded.refused());
      assertEquals(3, loaded.refused().size(), reasons);
      assertTrue(reasons.contains(missing), reasons);
      assertTrue(reasons.contains("class file version 99"), reasons);
      assertTrue(reasons.contains(Stranger.class.getName()), reasons);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static byte[] classFile(Class<?> of) throws IOException {
    String name = of.getName();
    try (InputStream in =
        of.getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")) {
      return java.util.Objects.requireNonNull(in).readAllBytes();
    }
  }

  /** Its class file claims a Java that does not exist yet. */
  public static final class Unloadable {
    /** Never runs. */
    public Unloadable() {}
  }

  /** No provider at all. */
  public static final class Stranger {
    /** Never runs. */
    public Stranger() {}
  }

  /** Adds lines to the services file, and classes to go with them. */
  private static final class Listing extends ClassLoader {
    private static final String FILE = "META-INF/services/" + CryptoProvider.class.getName();

    private final List<String> lines;
    private final Map<String, byte[]> classes;

    Listing(ClassLoader parent, List<String> lines, Map<String, byte[]> classes) {
      super(parent);
      this.lines = lines;
      this.classes = classes;
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      List<URL> all = new ArrayList<>();
      if (name.equals(FILE)) {
        all.add(text(String.join("\n", lines)));
      }
      all.addAll(Collections.list(getParent().getResources(name)));
      return Collections.enumeration(all);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      byte[] code = classes.get(name);
      Class<?> loaded = findLoadedClass(name);
      if (code == null || loaded != null) {
        return loaded != null ? loaded : super.loadClass(name, resolve);
      }
      return defineClass(name, code, 0, code.length);
    }

    private static URL text(String content) throws IOException {
      return URL.of(
          URI.create("memory:services"),
          new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL url) {
              return new URLConnection(url) {
                @Override
                public void connect() {}

                @Override
                public InputStream getInputStream() {
                  return new java.io.ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
                }
              };
            }
          });
    }
  }
}
