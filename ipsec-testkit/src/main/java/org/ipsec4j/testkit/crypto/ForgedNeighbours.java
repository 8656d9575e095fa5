package org.ipsec4j.testkit.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.SecurityProtocol;

/**
 * Packets one behind the other in a slab, some of them forged, opened in one burst. A forged packet
 * may spoil its own octets, from its header to the end of its ICV, and nothing else: not a packet
 * in front of it or behind it, nor what lies between. Not thread-safe.
 */
public final class ForgedNeighbours {
  private static final int HEADER = 8;
  private static final int AH_ICV = 32;
  private static final int GAP = 21;
  private static final int[] TEXTS = {64, 512, 16, 1408, 32, 576, 256};

  private final CryptoProvider provider;
  private final PacketTransform transform;
  private final ByteBuffer slab;
  private final List<Place> places = new ArrayList<>();
  private final byte[] clear;

  /** Where a packet lies; the text of AH has no octets. */
  private record Place(int begin, int textOffset, int textLength, int icvOffset, int end) {}

  private ForgedNeighbours(
      CryptoProvider provider, PacketTransform transform, boolean direct, int first, int behind) {
    this.provider = provider;
    this.transform = transform;
    int at = first;
    for (int length : TEXTS) {
      Place place = place(at, length);
      places.add(place);
      // The next begins at no particular boundary, and one of them at the very end of its fellow.
      at = place.end + (places.size() == 3 ? 0 : GAP);
    }
    int size = places.get(places.size() - 1).end + behind;
    slab = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
    clear = TestOctets.of("neighbours", size);
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      ByteBuffer.wrap(clear).putInt(place.begin + 4, i + 1);
      Arrays.fill(clear, place.icvOffset, place.icvOffset + transform.icvLength(), (byte) 0);
    }
  }

  private Place place(int begin, int length) {
    int icv = transform.icvLength();
    if (transform.protocol() == SecurityProtocol.AH) {
      int end = begin + AH_ICV + icv + length;
      return new Place(begin, end, 0, begin + AH_ICV, end);
    }
    int text = begin + HEADER + transform.encryption().algorithm().ivLength();
    return new Place(begin, text, length, text + length, text + length + icv);
  }

  /**
   * Forges a packet at every place of the burst, then several at once, then all.
   *
   * @param transform that the provider claims
   * @param direct whether the slab lies outside of the heap; a provider may fail every packet of a
   *     slab on the heap, and then touches nothing
   * @param first where in the slab the first packet begins
   * @param behind octets of the slab behind the last packet
   * @throws AssertionError when a packet is taken wrongly or a neighbour is touched
   */
  public static void check(
      CryptoProvider provider, PacketTransform transform, boolean direct, int first, int behind)
      throws CryptoException {
    new ForgedNeighbours(provider, transform, direct, first, behind).check();
  }

  private void check() throws CryptoException {
    PacketKey key =
        provider.packetKey(
            transform,
            TestOctets.secret("e", transform.encryption().keyingMaterialLength()),
            TestOctets.secret("i", transform.integrity().keyLength()));
    PacketWorker worker = provider.packetWorker();
    try {
      byte[] sealed = sealed(worker, key);
      if (sealed.length == 0) {
        return;
      }
      int count = places.size();
      for (int one = 0; one < count; one++) {
        open(worker, key, sealed, 1 << one);
      }
      open(worker, key, sealed, 0);
      open(worker, key, sealed, 0b0101010);
      open(worker, key, sealed, 0b1010101);
      open(worker, key, sealed, (1 << count) - 1);
    } finally {
      worker.close();
      key.destroy();
    }
  }

  /** The slab with sealed packets; empty when the provider takes no slabs of the heap. */
  private byte[] sealed(PacketWorker worker, PacketKey key) {
    slab.put(0, clear);
    CryptoBurst burst = burst(worker, key, clear, true);
    byte[] sealed = content();
    if (!slab.isDirect() && burst.op(0).status == Status.FAILED) {
      for (int i = 0; i < places.size(); i++) {
        assertEquals(Status.FAILED, burst.op(i).status, what("on the heap", i));
      }
      same(clear, sealed, 0, clear.length, "the slab on the heap that was refused");
      return new byte[0];
    }
    byte[] rest = sealed.clone();
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      assertEquals(Status.OK, burst.op(i).status, what("sealed", i));
      copy(clear, rest, place.textOffset, place.textLength);
      copy(clear, rest, place.icvOffset, transform.icvLength());
    }
    same(clear, rest, 0, clear.length, "what lies around sealed packets");
    return sealed;
  }

  private void open(PacketWorker worker, PacketKey key, byte[] sealed, int forged) {
    byte[] before = sealed.clone();
    for (int i = 0; i < places.size(); i++) {
      if (isForged(forged, i)) {
        Place place = places.get(i);
        // Header, text and ICV in turn.
        int[] marks = {place.icvOffset, place.icvOffset - 1, place.begin};
        before[marks[i % marks.length]] ^= 0x10;
      }
    }
    slab.put(0, before);
    CryptoBurst burst = burst(worker, key, sealed, false);
    byte[] after = content();
    int from = 0;
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      String what = what("with forgeries " + Integer.toBinaryString(forged), i);
      same(before, after, from, place.begin, "what lies in front, " + what);
      if (isForged(forged, i)) {
        assertEquals(Status.ICV_MISMATCH, burst.op(i).status, what);
      } else {
        assertEquals(Status.OK, burst.op(i).status, what);
        copy(clear, before, place.textOffset, place.textLength);
        same(before, after, place.begin, place.end, what);
      }
      from = place.end;
    }
    same(before, after, from, after.length, "what lies behind");
  }

  private static boolean isForged(int forged, int index) {
    return ((forged >> index) & 1) != 0;
  }

  private CryptoBurst burst(PacketWorker worker, PacketKey key, byte[] packets, boolean seal) {
    CryptoBurst burst = new CryptoBurst(places.size());
    for (Place place : places) {
      CryptoOp op = burst.next();
      byte[] packet = Arrays.copyOfRange(packets, place.begin, place.end);
      PacketBench.fill(op, key, slab, seal, place.begin, HEADER, place.textLength);
      if (transform.protocol() == SecurityProtocol.AH) {
        op.aadLength = place.end - place.begin;
        op.textOffset = place.textOffset;
        byte[] salt = key.salt();
        int iv = transform.integrity().ivLength();
        System.arraycopy(salt, 0, op.nonce, 0, salt.length);
        System.arraycopy(packet, AH_ICV - iv, op.nonce, salt.length, iv);
        op.nonceLength = salt.length + iv;
      } else {
        PacketBench.fillNonce(op, key, packet, HEADER);
      }
      op.icvOffset = place.icvOffset;
      op.highSequencePresent = transform.extendedSequenceNumbers();
      op.highSequence = 3;
    }
    if (!worker.submit(burst)) {
      while (worker.poll() == null) {
        Thread.onSpinWait();
      }
    }
    return burst;
  }

  private byte[] content() {
    byte[] content = new byte[slab.capacity()];
    slab.get(0, content);
    return content;
  }

  private static void copy(byte[] from, byte[] to, int offset, int length) {
    System.arraycopy(from, offset, to, offset, length);
  }

  private void same(byte[] expected, byte[] found, int from, int to, String what) {
    int at = Arrays.mismatch(expected, from, to, found, from, to);
    if (at >= 0) {
      fail(
          what
              + " changed at octet "
              + at
              + " of "
              + (to - from)
              + ": "
              + transform
              + " by "
              + provider.name());
    }
  }

  private String what(String state, int index) {
    return "packet "
        + index
        + " of "
        + places.size()
        + " in a "
        + (slab.isDirect() ? "direct" : "heap")
        + " slab, "
        + state
        + ", "
        + transform
        + " by "
        + provider.name();
  }
}
