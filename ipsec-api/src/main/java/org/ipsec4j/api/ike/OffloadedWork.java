package org.ipsec4j.api.ike;

/**
 * A slow step that the engine hands out: a key exchange, a signature, a path check. The caller runs
 * it once, on any thread and in any order, and gives it back with {@link IkeEngine#onCompletion}; a
 * simulation runs it at once.
 */
public interface OffloadedWork extends Runnable {
  /** What kind of work, for monitors. */
  Kind kind();

  /** Does the work and keeps the outcome. Never throws: a failure is an outcome. */
  @Override
  void run();

  /** Kinds of work. */
  enum Kind {
    /** Making a private value or agreeing on a secret. */
    KEY_EXCHANGE,
    /** Signing. */
    SIGN,
    /** Checking a signature or a certificate path. */
    VERIFY
  }
}
