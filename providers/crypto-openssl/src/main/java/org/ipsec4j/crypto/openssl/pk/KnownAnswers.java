package org.ipsec4j.crypto.openssl.pk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.api.crypto.SignatureAlgorithm;
import org.ipsec4j.api.crypto.Signer;

/** Runs the vectors of known-answers.txt. */
final class KnownAnswers {
  private static final String FILE = "known-answers.txt";

  /**
   * One line of the file.
   *
   * @param kind of vector
   * @param names of algorithms
   * @param fields octets by name
   */
  record Vector(String kind, List<String> names, Map<String, Bytes> fields) {
    static Vector parse(String line) {
      String[] words = line.split(" ", -1);
      List<String> names = new ArrayList<>();
      Map<String, Bytes> fields = new HashMap<>();
      for (int i = 1; i < words.length; i++) {
        int equals = words[i].indexOf('=');
        if (equals < 0) {
          names.add(words[i]);
        } else {
          fields.put(words[i].substring(0, equals), Bytes.ofHex(words[i].substring(equals + 1)));
        }
      }
      return new Vector(words[0], names, fields);
    }

    /** The octets of that name; none when the line has no such field. */
    Bytes octets(String field) {
      return fields.getOrDefault(field, Bytes.EMPTY);
    }
  }

  private final PublicKeyCrypto crypto;
  private final List<String> failures = new ArrayList<>();
  private int run;

  KnownAnswers(PublicKeyCrypto crypto) {
    this.crypto = crypto;
  }

  /** Runs the vectors of everything that is claimed. */
  SelfTest run() {
    for (Vector vector : vectors()) {
      for (String name : vector.names()) {
        switch (vector.kind()) {
          case "exchange" -> exchange(vector, KeyExchangeMethod.valueOf(name));
          case "kem" -> encapsulation(vector, KeyExchangeMethod.valueOf(name));
          default -> signature(vector, SignatureAlgorithm.valueOf(name));
        }
      }
    }
    return new SelfTest(run, failures);
  }

  private void exchange(Vector vector, KeyExchangeMethod method) {
    if (crypto.supports(method)) {
      note(
          method.name(),
          () ->
              crypto
                  .agree(method, vector.octets("private"), vector.octets("public"))
                  .equals(Secret.ofPublic(vector.octets("secret"))));
    }
  }

  /** The seed makes the key, the message the ciphertext: both sides come to the secret. */
  private void encapsulation(Vector vector, KeyExchangeMethod method) {
    if (!crypto.supports(method)) {
      return;
    }
    note(
        method.name(),
        () -> {
          KeyExchange.Initiation initiation =
              crypto.keyExchange(method, drawing(vector.octets("seed"))).initiate();
          KeyExchange.Answer answer =
              crypto
                  .keyExchange(method, drawing(vector.octets("message")))
                  .respond(initiation.publicValue());
          Secret secret = Secret.ofPublic(vector.octets("secret"));
          return answer.publicValue().equals(vector.octets("ciphertext"))
              && answer.sharedSecret().equals(secret)
              && initiation.complete(answer.publicValue()).equals(secret);
        });
  }

  /** A random source of these octets and no others. */
  private static RandomSource drawing(Bytes octets) {
    ByteBuffer left = ByteBuffer.wrap(octets.toArray());
    return left::get;
  }

  private void signature(Vector vector, SignatureAlgorithm algorithm) {
    if (crypto.supports(algorithm)) {
      note(
          vector.kind() + " " + algorithm,
          () ->
              vector.kind().equals("verify")
                  ? verifies(crypto.signatures(), algorithm, vector, vector.octets("signature"))
                  : signs(crypto.signatures(), algorithm, vector));
    }
  }

  /** Something that is right, wrong or fails. */
  @FunctionalInterface
  private interface Answer {
    boolean isRight() throws CryptoException;
  }

  private void note(String what, Answer answer) {
    run++;
    try {
      if (!answer.isRight()) {
        failures.add(what + ": wrong answer");
      }
    } catch (CryptoException e) {
      failures.add(what + ": " + e.getMessage());
    }
  }

  private static boolean verifies(
      Signatures signatures, SignatureAlgorithm algorithm, Vector vector, Bytes signature)
      throws CryptoException {
    Bytes key = vector.octets("key");
    Bytes message = vector.octets("message");
    Bytes other = Bytes.concat(message, Bytes.ofHex("00"));
    return signatures.verify(algorithm, key, message, signature)
        && !signatures.verify(algorithm, key, other, signature);
  }

  private static boolean signs(Signatures signatures, SignatureAlgorithm algorithm, Vector vector)
      throws CryptoException {
    Signer signer = signatures.signer(Secret.ofPublic(vector.octets("private")), algorithm);
    try {
      Bytes signature = signer.sign(vector.octets("message"));
      Bytes only = vector.octets("signature");
      return (only.length() == 0 || only.equals(signature))
          && verifies(signatures, algorithm, vector, signature);
    } finally {
      signer.destroy();
    }
  }

  /**
   * Whether the library does it at all, right or wrong: a machine's configuration may refuse, say,
   * SHA-1 in signatures.
   */
  static boolean isDone(Signatures signatures, SignatureAlgorithm algorithm) {
    for (Vector vector : vectors()) {
      if (vector.kind().equals("sign") && vector.names().contains(algorithm.name())) {
        try {
          signs(signatures, algorithm, vector);
          return true;
        } catch (CryptoException e) {
          return false;
        }
      }
    }
    return false;
  }

  /** The vectors of the file, read when they are first asked for. */
  static List<Vector> vectors() {
    return Lines.VECTORS;
  }

  private static final class Lines {
    static final List<Vector> VECTORS = read();

    private Lines() {}
  }

  private static List<Vector> read() {
    List<Vector> vectors = new ArrayList<>();
    InputStream stream = KnownAnswers.class.getResourceAsStream(FILE);
    if (stream == null) {
      throw new IllegalStateException(FILE + " is missing in the jar");
    }
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          vectors.add(Vector.parse(line));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(FILE + " cannot be read", e);
    }
    return List.copyOf(vectors);
  }
}
