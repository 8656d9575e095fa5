package org.ipsec4j.crypto.jca;

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
import java.util.Optional;
import java.util.function.Predicate;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IkeCipher;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.api.crypto.SignatureAlgorithm;

/**
 * Runs the vectors of known-answers.txt through the doors that engines use. What the provider does
 * not claim is left out; every vector is also tried with one bit wrong where that must be noticed.
 */
final class KnownAnswers {
  private static final String FILE = "known-answers.txt";

  /**
   * One line of the file.
   *
   * @param names kind first, then names of algorithms
   * @param fields octets by name
   */
  record Vector(List<String> names, Map<String, Bytes> fields) {
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

    String name(int index) {
      return names.get(index);
    }

    /** The octets of that name; none when the line has no such field. */
    Bytes octets(String field) {
      return fields.getOrDefault(field, Bytes.EMPTY);
    }

    Secret secret(String field) {
      return Secret.ofPublic(octets(field));
    }

    EncryptionTransform encryption(int index) {
      return new EncryptionTransform(
          EncryptionAlgorithm.valueOf(name(index)), Integer.parseInt(name(index + 1)));
    }

    IntegrityAlgorithm integrity(int index) {
      return IntegrityAlgorithm.valueOf(name(index));
    }

    /** What a vector for packets is about. */
    PacketTransform transform() {
      return new PacketTransform(
          SecurityProtocol.valueOf(name(1)),
          encryption(2),
          integrity(4),
          fields.containsKey("high"));
    }

    /**
     * Whether a JCA algorithm is right when this vector is: the one that does the work in it, and
     * not those that another vector proves.
     *
     * @param algorithm as {@link JcaServices} knows it
     */
    boolean proves(String algorithm) {
      return switch (name(0)) {
        case "packet" -> isMadeOf(algorithm, encryption(2), integrity(4));
        case "ike" -> isMadeOf(algorithm, encryption(1), integrity(3));
        case "prf", "prfplus" -> {
          PrfAlgorithm prf = PrfAlgorithm.valueOf(name(1));
          yield algorithm.equals(prf.hasFixedKey() ? Names.CHAIN : prf.name());
        }
        case "exchange", "kem", "verify" -> algorithm.equals(name(1));
        case "sha1" -> algorithm.equals(Names.SHA1);
        default -> false;
      };
    }

    private static boolean isMadeOf(
        String algorithm, EncryptionTransform encryption, IntegrityAlgorithm integrity) {
      return algorithm.equals(
          encryption.algorithm() == EncryptionAlgorithm.NULL
              ? Names.service(integrity)
              : Names.service(encryption));
    }

    /** Whether whoever does the algorithm has run exactly this in his proof. */
    boolean standsAlone() {
      return name(0).equals("exchange") || name(0).equals("kem") || name(0).equals("verify");
    }

    @Override
    public String toString() {
      return String.join(" ", names);
    }
  }

  /** What a vector came to. */
  private enum Verdict {
    RIGHT,
    WRONG,
    NOT_CLAIMED
  }

  private final JcaCryptoProvider provider;
  private final PacketWorker worker;
  private final CryptoBurst burst = new CryptoBurst(1);

  KnownAnswers(JcaCryptoProvider provider) {
    this.provider = provider;
    this.worker = provider.packetWorker();
  }

  /**
   * Runs vectors.
   *
   * @param wanted which of them
   * @param proven which of these are known to be right and are counted alone
   */
  SelfTest run(Predicate<Vector> wanted, Predicate<Vector> proven) {
    List<String> failures = new ArrayList<>();
    int run = 0;
    for (Vector vector : vectors()) {
      if (!wanted.test(vector)) {
        continue;
      }
      if (proven.test(vector)) {
        run++;
        continue;
      }
      try {
        Verdict verdict = check(vector);
        run += verdict == Verdict.NOT_CLAIMED ? 0 : 1;
        if (verdict == Verdict.WRONG) {
          failures.add(vector + ": wrong answer");
        }
      } catch (CryptoException e) {
        run++;
        failures.add(vector + ": " + e.getMessage());
      } catch (RuntimeException e) {
        run++;
        failures.add(vector + ": failed with " + SkippedAlgorithm.cause(e));
      }
    }
    worker.close();
    return new SelfTest(run, failures);
  }

  /** The vectors of the file. */
  static List<Vector> vectors() {
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
    return vectors;
  }

  private Verdict check(Vector vector) throws CryptoException {
    return switch (vector.name(0)) {
      case "packet" -> packet(vector);
      case "ike" -> ike(vector);
      case "prf", "prfplus" -> prf(vector);
      case "sha1" -> right(provider.sha1(vector.octets("data")).equals(vector.octets("out")));
      case "exchange" -> exchange(vector);
      case "kem" -> encapsulation(vector);
      case "verify" -> verify(vector);
      default -> throw new IllegalStateException("unknown kind of vector");
    };
  }

  private static Verdict right(boolean right) {
    return right ? Verdict.RIGHT : Verdict.WRONG;
  }

  private Verdict packet(Vector vector) throws CryptoException {
    PacketTransform transform = vector.transform();
    if (!provider.supports(transform)) {
      return Verdict.NOT_CLAIMED;
    }
    PacketKey key =
        provider.packetKey(transform, vector.secret("encryption"), vector.secret("integrity"));
    try {
      Bytes front = Bytes.concat(vector.octets("header"), vector.octets("iv"));
      byte[] sealed = Bytes.concat(front, vector.octets("sealed")).toArray();
      byte[] clear = Bytes.concat(front, vector.octets("text")).toArray();
      byte[] work = Arrays.copyOf(clear, sealed.length);
      boolean sealedRight =
          one(key, vector, work, true) == CryptoOp.Status.OK && Arrays.equals(work, sealed);
      boolean openedRight =
          one(key, vector, work, false) == CryptoOp.Status.OK
              && Arrays.equals(Arrays.copyOf(work, clear.length), clear);
      byte[] forged = sealed.clone();
      forged[forged.length - 1] ^= 1;
      return right(
          sealedRight
              && openedRight
              && one(key, vector, forged, false) == CryptoOp.Status.ICV_MISMATCH);
    } finally {
      key.destroy();
    }
  }

  private CryptoOp.Status one(PacketKey key, Vector vector, byte[] packet, boolean seal) {
    burst.clear();
    CryptoOp op = burst.next();
    op.key = key;
    op.slab = ByteBuffer.wrap(packet);
    op.seal = seal;
    op.aadOffset = 0;
    op.aadLength = vector.octets("header").length();
    Bytes iv = vector.octets("iv");
    op.textOffset = op.aadLength + iv.length();
    if (key.transform().protocol() == SecurityProtocol.AH) {
      // Of AH the IV is part of what is covered.
      op.aadLength = op.textOffset;
    }
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

  private Verdict ike(Vector vector) throws CryptoException {
    EncryptionTransform encryption = vector.encryption(1);
    IntegrityAlgorithm integrity = vector.integrity(3);
    if (!provider.supports(encryption, integrity)) {
      return Verdict.NOT_CLAIMED;
    }
    IkeCipher cipher =
        provider.ikeCipher(
            encryption, integrity, vector.secret("encryption"), vector.secret("integrity"));
    int ivOffset = vector.octets("header").length();
    Bytes front = Bytes.concat(vector.octets("header"), vector.octets("iv"));
    byte[] sealed = Bytes.concat(front, vector.octets("sealed")).toArray();
    byte[] clear = Bytes.concat(front, vector.octets("text")).toArray();
    byte[] work = Arrays.copyOf(clear, sealed.length);
    cipher.seal(work, ivOffset);
    boolean sealedRight = Arrays.equals(work, sealed);
    boolean openedRight =
        cipher.open(work, ivOffset) && Arrays.equals(Arrays.copyOf(work, clear.length), clear);
    sealed[0] ^= 1;
    boolean forgedOpens = cipher.open(sealed, ivOffset);
    cipher.destroy();
    return right(sealedRight && openedRight && !forgedOpens);
  }

  private Verdict prf(Vector vector) throws CryptoException {
    PrfAlgorithm algorithm = PrfAlgorithm.valueOf(vector.name(1));
    if (!provider.supports(algorithm)) {
      return Verdict.NOT_CLAIMED;
    }
    Secret expected = vector.secret("out");
    Secret actual =
        vector.name(0).equals("prf")
            ? provider.prf(algorithm).compute(vector.secret("key"), vector.secret("data"))
            : provider
                .prf(algorithm)
                .expand(vector.secret("key"), vector.secret("seed"), expected.length());
    return right(actual.equals(expected));
  }

  /** The seed makes the key, the message the ciphertext: both sides come to the secret. */
  private Verdict encapsulation(Vector vector) throws CryptoException {
    KeyExchangeMethod method = KeyExchangeMethod.valueOf(vector.name(1));
    if (!provider.supports(method)) {
      return Verdict.NOT_CLAIMED;
    }
    KeyExchange.Initiation initiation =
        provider.keyExchange(method, drawing(vector.octets("seed"))).initiate();
    KeyExchange.Answer answer =
        provider
            .keyExchange(method, drawing(vector.octets("message")))
            .respond(initiation.publicValue());
    return right(
        answer.publicValue().equals(vector.octets("ciphertext"))
            && answer.sharedSecret().equals(vector.secret("secret"))
            && initiation.complete(answer.publicValue()).equals(vector.secret("secret")));
  }

  /** A random source of these octets and no others. */
  private static RandomSource drawing(Bytes octets) {
    ByteBuffer left = ByteBuffer.wrap(octets.toArray());
    return left::get;
  }

  private Verdict exchange(Vector vector) throws CryptoException {
    Optional<Group> group = provider.group(KeyExchangeMethod.valueOf(vector.name(1)));
    if (group.isEmpty()) {
      return Verdict.NOT_CLAIMED;
    }
    return right(
        JcaKeyExchange.agree(group.get(), vector.octets("private"), vector.octets("public"))
            .equals(vector.secret("secret")));
  }

  private Verdict verify(Vector vector) throws CryptoException {
    SignatureAlgorithm algorithm = SignatureAlgorithm.valueOf(vector.name(1));
    if (!provider.supports(algorithm)) {
      return Verdict.NOT_CLAIMED;
    }
    Bytes key = vector.octets("key");
    Bytes signature = vector.octets("signature");
    Bytes otherMessage = Bytes.concat(vector.octets("message"), Bytes.ofHex("00"));
    return right(
        provider.verify(algorithm, key, vector.octets("message"), signature)
            && !provider.verify(algorithm, key, otherMessage, signature));
  }
}
