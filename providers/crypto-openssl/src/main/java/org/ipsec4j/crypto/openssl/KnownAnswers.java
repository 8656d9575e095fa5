package org.ipsec4j.crypto.openssl;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.crypto.SelfTest;

/**
 * Runs the vectors of known-answers.txt through the doors that engines use. What the provider does
 * not claim is left out; where one wrong bit must be noticed, that is tried too.
 */
final class KnownAnswers {
  private static final String FILE = "known-answers.txt";

  /**
   * One line of the file.
   *
   * @param names kind first, then algorithms and lengths
   * @param fields octets by name
   */
  private record Vector(List<String> names, Map<String, Bytes> fields) {
    static Vector parse(String line) {
      List<String> names = new ArrayList<>();
      Map<String, Bytes> fields = new HashMap<>();
      for (String word : line.split(" ", -1)) {
        int equals = word.indexOf('=');
        if (equals < 0) {
          names.add(word);
        } else {
          fields.put(word.substring(0, equals), Bytes.ofHex(word.substring(equals + 1)));
        }
      }
      return new Vector(names, fields);
    }

    Bytes octets(String field) {
      return fields.getOrDefault(field, Bytes.EMPTY);
    }

    Secret secret(String field) {
      return Secret.ofPublic(octets(field));
    }

    EncryptionTransform encryption(int index) {
      return new EncryptionTransform(
          EncryptionAlgorithm.valueOf(names.get(index)), Integer.parseInt(names.get(index + 1)));
    }

    IntegrityAlgorithm integrity(int index) {
      return IntegrityAlgorithm.valueOf(names.get(index));
    }

    /** In front of the text: header and IV. */
    Bytes front() {
      return Bytes.concat(octets("header"), octets("iv"));
    }

    /** The packet or message before it is sealed, without room for the ICV. */
    byte[] clear() {
      return Bytes.concat(front(), octets("text")).toArray();
    }

    byte[] sealed() {
      return Bytes.concat(front(), octets("sealed")).toArray();
    }

    @Override
    public String toString() {
      return String.join(" ", names);
    }
  }

  private final CryptoProvider provider;
  private final List<String> failures = new ArrayList<>();
  private int run;

  KnownAnswers(CryptoProvider provider) {
    this.provider = provider;
  }

  /** Runs what the provider claims. */
  SelfTest run() {
    PacketWorker worker = provider.packetWorker();
    for (Vector vector : vectors()) {
      try {
        if (claimed(vector)) {
          run++;
          if (!right(vector, worker)) {
            failures.add(vector + ": wrong answer");
          }
        }
      } catch (CryptoException | RuntimeException e) {
        failures.add(vector + ": failed with " + e.getClass().getSimpleName());
      }
    }
    worker.close();
    // SHA-1 for NAT detection is always there and makes no provider.
    if (run <= 1 && failures.isEmpty()) {
      failures.add(provider.version() + " offers no known algorithm");
    }
    return new SelfTest(run, failures);
  }

  private static List<Vector> vectors() {
    InputStream stream = KnownAnswers.class.getResourceAsStream(FILE);
    if (stream == null) {
      throw new IllegalStateException(FILE + " is missing in the jar");
    }
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
      return reader
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(Vector::parse)
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(FILE + " cannot be read", e);
    }
  }

  private boolean claimed(Vector vector) {
    return switch (vector.names().getFirst()) {
      case "packet" -> provider.supports(transform(vector));
      case "ike" -> provider.supports(vector.encryption(1), vector.integrity(3));
      case "prf", "prfplus" -> provider.supports(PrfAlgorithm.valueOf(vector.names().get(1)));
      default -> true;
    };
  }

  private boolean right(Vector vector, PacketWorker worker) throws CryptoException {
    return switch (vector.names().getFirst()) {
      case "packet" -> packet(vector, worker);
      case "ike" -> message(vector);
      case "prf", "prfplus" -> function(vector);
      case "sha1" -> provider.sha1(vector.octets("data")).equals(vector.octets("out"));
      default -> throw new IllegalStateException("unknown kind of vector");
    };
  }

  private static PacketTransform transform(Vector vector) {
    return new PacketTransform(
        SecurityProtocol.valueOf(vector.names().get(1)),
        vector.encryption(2),
        vector.integrity(4),
        vector.fields().containsKey("high"));
  }

  private boolean packet(Vector vector, PacketWorker worker) throws CryptoException {
    byte[] sealed = vector.sealed();
    byte[] clear = vector.clear();
    ByteBuffer slab = ByteBuffer.allocateDirect(sealed.length);
    PacketKey key =
        provider.packetKey(
            transform(vector), vector.secret("encryption"), vector.secret("integrity"));
    try {
      slab.put(0, clear);
      boolean sealedRight =
          one(worker, key, vector, slab, true) == Status.OK && slab.equals(ByteBuffer.wrap(sealed));
      boolean openedRight =
          one(worker, key, vector, slab, false) == Status.OK
              && slab.slice(0, clear.length).equals(ByteBuffer.wrap(clear));
      slab.put(0, sealed);
      slab.put(sealed.length - 1, (byte) (slab.get(sealed.length - 1) ^ 1));
      return sealedRight
          && openedRight
          && one(worker, key, vector, slab, false) == Status.ICV_MISMATCH;
    } finally {
      key.destroy();
    }
  }

  private static Status one(
      PacketWorker worker, PacketKey key, Vector vector, ByteBuffer slab, boolean seal) {
    CryptoBurst burst = new CryptoBurst(1);
    CryptoOp op = burst.next();
    op.key = key;
    op.slab = slab;
    op.seal = seal;
    Bytes iv = vector.octets("iv");
    int header = vector.octets("header").length();
    op.textOffset = header + iv.length();
    // Of AH the IV is part of what is covered.
    op.aadLength = key.transform().protocol() == SecurityProtocol.AH ? op.textOffset : header;
    op.textLength = vector.octets("text").length();
    op.icvOffset = op.textOffset + op.textLength;
    Bytes high = vector.octets("high");
    op.highSequencePresent = high.length() > 0;
    op.highSequence = op.highSequencePresent ? ByteBuffer.wrap(high.toArray()).getInt() : 0;
    Bytes nonce = Bytes.concat(Bytes.copyOf(key.salt()), vector.octets("implied"), iv);
    nonce.copyTo(op.nonce, 0);
    op.nonceLength = nonce.length();
    worker.submit(burst);
    return op.status;
  }

  private boolean message(Vector vector) throws CryptoException {
    IkeCipher cipher =
        provider.ikeCipher(
            vector.encryption(1),
            vector.integrity(3),
            vector.secret("encryption"),
            vector.secret("integrity"));
    try {
      int ivOffset = vector.octets("header").length();
      byte[] sealed = vector.sealed();
      byte[] clear = vector.clear();
      byte[] work = Arrays.copyOf(clear, sealed.length);
      cipher.seal(work, ivOffset);
      boolean sealedRight = Arrays.equals(work, sealed);
      boolean openedRight =
          cipher.open(work, ivOffset) && Arrays.equals(Arrays.copyOf(work, clear.length), clear);
      sealed[0] ^= 1;
      return sealedRight && openedRight && !cipher.open(sealed, ivOffset);
    } finally {
      cipher.destroy();
    }
  }

  private boolean function(Vector vector) throws CryptoException {
    PrfAlgorithm algorithm = PrfAlgorithm.valueOf(vector.names().get(1));
    Secret expected = vector.secret("out");
    Secret actual =
        vector.names().getFirst().equals("prf")
            ? provider.prf(algorithm).compute(vector.secret("key"), vector.secret("data"))
            : provider
                .prf(algorithm)
                .expand(vector.secret("key"), vector.secret("seed"), expected.length());
    return actual.equals(expected);
  }
}
