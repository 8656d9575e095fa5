package org.ipsec4j.crypto.mb;

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
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.crypto.SelfTest;

/** Runs the packets of known-answers.txt: sealed, opened, and opened with one bit wrong. */
final class KnownAnswers {
  private static final String FILE = "known-answers.txt";
  private static final int NAMES = 4;

  /** One line of the file. */
  private record Vector(PacketTransform transform, Map<String, Bytes> fields) {
    static Vector parse(String line) {
      String[] words = line.split(" ", -1);
      Map<String, Bytes> fields = new HashMap<>();
      for (int i = NAMES; i < words.length; i++) {
        int equals = words[i].indexOf('=');
        fields.put(words[i].substring(0, equals), Bytes.ofHex(words[i].substring(equals + 1)));
      }
      PacketTransform transform =
          new PacketTransform(
              SecurityProtocol.valueOf(words[0]),
              new EncryptionTransform(
                  EncryptionAlgorithm.valueOf(words[1]), Integer.parseInt(words[2])),
              IntegrityAlgorithm.valueOf(words[3]),
              fields.containsKey("high"));
      return new Vector(transform, fields);
    }

    Bytes octets(String field) {
      return fields.getOrDefault(field, Bytes.EMPTY);
    }
  }

  private final MbCryptoProvider provider;
  private final PacketWorker worker;
  private final CryptoBurst burst = new CryptoBurst(1);

  private KnownAnswers(MbCryptoProvider provider) {
    this.provider = provider;
    this.worker = provider.packetWorker();
  }

  /** Runs all. */
  static SelfTest run(MbCryptoProvider provider) {
    KnownAnswers answers = new KnownAnswers(provider);
    List<String> failures = new ArrayList<>();
    int run = 0;
    try {
      for (Vector vector : vectors()) {
        run++;
        try {
          if (!answers.right(vector)) {
            failures.add(vector.transform + ": wrong answer");
          }
        } catch (CryptoException | RuntimeException e) {
          failures.add(vector.transform + ": failed with " + e.getClass().getSimpleName());
        }
      }
    } finally {
      answers.worker.close();
    }
    return new SelfTest(run, failures);
  }

  private static List<Vector> vectors() {
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

  private boolean right(Vector vector) throws CryptoException {
    PacketKey key =
        provider.packetKey(
            vector.transform,
            Secret.ofPublic(vector.octets("encryption")),
            Secret.ofPublic(vector.octets("integrity")));
    try {
      Bytes front = Bytes.concat(vector.octets("header"), vector.octets("iv"));
      Bytes clear = Bytes.concat(front, vector.octets("text"));
      Bytes sealed = Bytes.concat(front, vector.octets("sealed"));
      ByteBuffer slab = ByteBuffer.allocateDirect(sealed.length() + Integer.BYTES);
      slab.put(0, clear.toArray());
      if (one(key, vector, slab, true) != Status.OK || !holds(slab, sealed)) {
        return false;
      }
      if (one(key, vector, slab, false) != Status.OK || !holds(slab, clear)) {
        return false;
      }
      int last = sealed.length() - 1;
      slab.put(0, sealed.toArray()).put(last, (byte) (sealed.at(last) ^ 1));
      return one(key, vector, slab, false) == Status.ICV_MISMATCH;
    } finally {
      key.destroy();
    }
  }

  private static boolean holds(ByteBuffer slab, Bytes expected) {
    byte[] there = new byte[expected.length()];
    slab.get(0, there);
    return Bytes.copyOf(there).equals(expected);
  }

  private Status one(PacketKey key, Vector vector, ByteBuffer slab, boolean seal) {
    burst.clear();
    CryptoOp op = burst.next();
    op.key = key;
    op.slab = slab;
    op.seal = seal;
    op.aadOffset = 0;
    op.aadLength = vector.octets("header").length();
    Bytes iv = vector.octets("iv");
    op.textOffset = op.aadLength + iv.length();
    if (vector.transform.protocol() == SecurityProtocol.AH) {
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
}
