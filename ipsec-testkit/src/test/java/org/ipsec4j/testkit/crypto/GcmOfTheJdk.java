package org.ipsec4j.testkit.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.PacketCryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.SelfTest;

/** AES-GCM as a careless provider writes it: right for good packets, and with faults to choose. */
final class GcmOfTheJdk extends PacketCryptoProvider {
  /** What is wrong with it. */
  enum Fault {
    /** Nothing: each packet is opened in a copy of its own. */
    NONE,
    /** The JDK works in the slab itself, which it takes for the packet's own. */
    IN_THE_SLAB,
    /** One octet in front of a forged packet becomes zero. */
    ZERO_IN_FRONT,
    /** One octet behind a forged packet becomes zero. */
    ZERO_BEHIND,
    /** Once a packet of a burst is forged, those behind it are not opened but called good. */
    STOPS_AT_THE_FIRST
  }

  private final Fault fault;

  GcmOfTheJdk(Fault fault) {
    this.fault = fault;
  }

  @Override
  public String name() {
    return "careless " + fault;
  }

  @Override
  public SelfTest selfTest() {
    throw new UnsupportedOperationException("a fixture");
  }

  @Override
  public boolean supports(PacketTransform transform) {
    return transform.encryption().algorithm() == EncryptionAlgorithm.AES_GCM_16
        && transform.encryption().keyBits() == 128
        && !transform.extendedSequenceNumbers();
  }

  @Override
  public PacketKey packetKey(PacketTransform transform, Secret encryption, Secret integrity)
      throws CryptoException {
    return new Key(transform, encryption.reveal(SecretAccess.raw()));
  }

  @Override
  public PacketWorker packetWorker() {
    return new Worker(fault);
  }

  private static final class Key implements PacketKey {
    private final PacketTransform transform;
    private final byte[] material;

    Key(PacketTransform transform, byte[] material) {
      this.transform = transform;
      this.material = material;
    }

    @Override
    public PacketTransform transform() {
      return transform;
    }

    @Override
    public String provider() {
      return "careless";
    }

    @Override
    public byte[] salt() {
      return Arrays.copyOfRange(material, 16, 20);
    }

    @Override
    public void destroy() {
      Arrays.fill(material, (byte) 0);
    }
  }

  private record Worker(Fault fault) implements PacketWorker {
    @Override
    public boolean submit(CryptoBurst burst) {
      boolean stopped = false;
      for (int i = 0; i < burst.size(); i++) {
        CryptoOp op = burst.op(i);
        if (!stopped) {
          op.status = work(op);
        } else {
          op.status = Status.OK;
        }
        stopped |= fault == Fault.STOPS_AT_THE_FIRST && op.status == Status.ICV_MISMATCH;
      }
      return true;
    }

    private Status work(CryptoOp op) {
      if (!(op.key instanceof Key key) || op.slab == null) {
        return Status.FAILED;
      }
      ByteBuffer slab = op.slab;
      try {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
        cipher.init(
            op.seal ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE,
            new SecretKeySpec(key.material, 0, 16, "AES"),
            new GCMParameterSpec(128, op.nonce, 0, op.nonceLength));
        cipher.updateAAD(slab.duplicate().clear().slice(op.aadOffset, op.aadLength));
        int length = op.seal ? op.textLength : op.textLength + 16;
        if (fault == Fault.IN_THE_SLAB && !op.seal) {
          ByteBuffer in = slab.duplicate().clear();
          in.limit(op.textOffset + length).position(op.textOffset);
          cipher.doFinal(in, slab.duplicate().clear().position(op.textOffset));
        } else {
          byte[] text = new byte[length];
          slab.get(op.textOffset, text);
          slab.put(op.textOffset, cipher.doFinal(text));
        }
        return Status.OK;
      } catch (GeneralSecurityException e) {
        spoil(op, slab);
        return Status.ICV_MISMATCH;
      }
    }

    private void spoil(CryptoOp op, ByteBuffer slab) {
      int behind = op.icvOffset + 16;
      if (fault == Fault.ZERO_IN_FRONT && op.aadOffset > 0) {
        slab.put(op.aadOffset - 1, (byte) 0);
      } else if (fault == Fault.ZERO_BEHIND && behind < slab.capacity()) {
        slab.put(behind, (byte) 0);
      }
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }
}
