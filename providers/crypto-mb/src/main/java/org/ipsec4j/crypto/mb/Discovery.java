package org.ipsec4j.crypto.mb;

import java.util.Optional;
import org.ipsec4j.ffm.NativeLibrary.MissingException;
import org.jspecify.annotations.Nullable;

/**
 * What looking for the library came to: the library, or the reason why there is none. Immutable.
 *
 * @param library null when there is none
 * @param reason why; empty when there is one
 */
record Discovery(@Nullable MbLibrary library, String reason) {
  /** Looked for once in a process, when somebody asks. */
  private static final class Once {
    static final Discovery OUTCOME = look();

    private Once() {}

    private static Discovery look() {
      try {
        return new Discovery(MbLibrary.find(), "");
      } catch (MissingException e) {
        return new Discovery(null, String.valueOf(e.getMessage()));
      } catch (RuntimeException | LinkageError e) {
        // Native access that the JVM was told to deny, for one.
        return new Discovery(null, "libIPSec_MB cannot be used: " + e);
      }
    }
  }

  /** The outcome in this process. */
  static Discovery ofThisProcess() {
    return Once.OUTCOME;
  }

  /** None, for that reason. */
  static Discovery none(String reason) {
    return new Discovery(null, reason);
  }

  /** Whether there is one. */
  boolean present() {
    return library != null;
  }

  /** What it is, for monitors; empty when there is none. */
  String version() {
    return Optional.ofNullable(library).map(MbLibrary::text).orElse("");
  }

  /** The library of this process. */
  static MbLibrary require() throws MissingException {
    MbLibrary found = ofThisProcess().library;
    if (found == null) {
      throw new MissingException(ofThisProcess().reason);
    }
    return found;
  }
}
