package org.ipsec4j.api.policy.document;

import java.nio.file.Path;

/**
 * Reads policies of one form. Found by ServiceLoader. What is wrong with a file comes back as
 * values that name line and column; no file makes a reader throw. Stateless, thread-safe.
 */
public interface PolicyReader {
  /** Short name of the form, such as {@code yaml}. */
  String form();

  /** Whether a file of that name is one of its own, judged by the name alone. */
  boolean reads(String fileName);

  /** Reads a file. Opens nothing else: secrets and certificates stay references. */
  PolicyResult read(Path file);

  /**
   * Reads text.
   *
   * @param name stands for the file in messages and origins
   */
  PolicyResult read(String name, String text);
}
