package org.ipsec4j.benchmarks;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.SaKeys;
import org.ipsec4j.esp.EspInbound;
import org.ipsec4j.esp.EspOutbound;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.Sad;
import org.jspecify.annotations.Nullable;

/**
 * The whole packet path of one thread over a ring of bursts, in slices to be measured: tunnel mode,
 * whole IPv4 packets outside, one SA or a million. What is not to be measured is done in {@link
 * #refill}.
 *
 * <p>One round is {@code refill}, {@code protect}, {@code open}: measure the second or the third.
 * Each seals and opens packets of every slot of the ring, whose number is {@link #packets}. Not
 * thread-safe.
 */
public final class EspPath implements AutoCloseable {
  /** Packets of a burst. */
  public static final int BURST = 32;

  /** Octets of the ring: what stays in a second-level cache beside tables and keys. */
  private static final int RING_OCTETS = 384 << 10;

  private static final int MOST_BURSTS = 32;

  private final int size;
  private final PacketBurst[] ring;
  private final OutboundSa[][] chosen;
  private final OutboundSa[] hot;
  private final int[] hotInner;
  private final List<OutboundSa> all = new ArrayList<>();
  private final Sad sad = new Sad();
  private final EspOutbound outbound;
  private final EspInbound inbound;
  private final ByteBuffer packet;
  private final int offset;

  /** A generator of Marsaglia's kind; the seed is any number but 0. */
  private long random = 0x1234_5678_9abc_def1L;

  /** The plainest case: one SA. */
  public static EspPath ofOneSa(CryptoProvider crypto, PacketTransform transform, int size)
      throws CryptoException {
    return new EspPath(crypto, transform, size, 1, 1, bursts(size));
  }

  /** Bursts whose packets stay in a second-level cache beside tables and keys. */
  public static int bursts(int size) {
    int slot = EspOutbound.MAX_HEADROOM + size + EspOutbound.MAX_TAILROOM;
    return Math.clamp(RING_OCTETS / (slot * BURST), 2, MOST_BURSTS);
  }

  /**
   * @param crypto seals and opens
   * @param transform of every SA
   * @param size octets of the inner packets, 28 or more
   * @param installed pairs of SAs that exist
   * @param used how many of them, evenly spread, have traffic, in random order; at most {@code
   *     installed}
   * @param bursts how many are in the ring; {@link #bursts} says what suits the cache
   */
  public EspPath(
      CryptoProvider crypto,
      PacketTransform transform,
      int size,
      int installed,
      int used,
      int bursts)
      throws CryptoException {
    this.size = size;
    this.hot = new OutboundSa[used];
    this.hotInner = new int[used];
    install(crypto, transform, installed);
    outbound = new EspOutbound(List.of(crypto), BURST);
    inbound = new EspInbound(sad, List.of(crypto), BURST);
    packet = ByteBuffer.wrap(Associations.packet(size));
    ring = new PacketBurst[bursts];
    chosen = new OutboundSa[bursts][BURST];
    for (int b = 0; b < bursts; b++) {
      ring[b] = new PacketBurst(BURST, EspOutbound.MAX_HEADROOM, size, EspOutbound.MAX_TAILROOM);
    }
    ring[0].add();
    offset = ring[0].headroom(0);
  }

  private void install(CryptoProvider crypto, PacketTransform transform, int installed)
      throws CryptoException {
    // the peers' shares are told from one another by their selectors, as with road warriors
    IntFunction<ChildSa> made = Associations.many(transform);
    int next = 0;
    for (int i = 0; i < installed; i++) {
      ChildSa child = made.apply(i);
      sad.install(InboundSa.of(child, key(crypto, transform, child.inboundKeys())));
      OutboundSa out = OutboundSa.of(child, key(crypto, transform, child.outboundKeys()));
      all.add(out);
      child.inboundKeys().destroy();
      child.outboundKeys().destroy();
      if (next < hot.length && (long) next * installed / hot.length == i) {
        hotInner[next] = Associations.inner(i);
        hot[next++] = out;
      }
    }
  }

  private static PacketKey key(CryptoProvider crypto, PacketTransform transform, SaKeys keys)
      throws CryptoException {
    Secret encryption = keys.encryption();
    return crypto.packetKey(transform, encryption, keys.integrity());
  }

  /** Packets of one round. */
  public int packets() {
    return ring.length * BURST;
  }

  /** Fresh packets in every slot, and an SA for each. Not to be measured. */
  public void refill() {
    for (int b = 0; b < ring.length; b++) {
      PacketBurst burst = ring[b];
      burst.clear();
      for (int i = 0; i < BURST; i++) {
        burst.add();
        burst.window(i, burst.offset(i) - burst.headroom(i) + offset, size);
        int sa = next();
        chosen[b][i] = hot[sa];
        burst.slab().put(burst.offset(i), packet, 0, size);
        // the inner source is the one address that the SA was agreed for
        burst.slab().putInt(burst.offset(i) + 12, hotInner[sa]);
      }
    }
  }

  private int next() {
    random ^= random << 13;
    random ^= random >>> 7;
    random ^= random << 17;
    return (int) Math.unsignedMultiplyHigh(random, hot.length);
  }

  /**
   * Protects the packets that {@link #refill} put in.
   *
   * @return how many
   */
  public int protect() {
    for (int b = 0; b < ring.length; b++) {
      outbound.protect(ring[b], chosen[b], PacketForm.FULL_IP, 1);
    }
    return packets();
  }

  /**
   * Opens the packets that {@link #protect} left.
   *
   * @return how many
   */
  public int open() {
    for (PacketBurst burst : ring) {
      inbound.open(burst, PacketForm.FULL_IP, 1);
    }
    return packets();
  }

  /** Why a packet of the ring is dead, or null when all live. */
  public @Nullable String failure() {
    for (PacketBurst burst : ring) {
      for (int i = 0; i < burst.size(); i++) {
        if (!burst.isAlive(i)) {
          return burst.dropReason(i).name();
        }
      }
    }
    return null;
  }

  /** Frees workers and keys. */
  @Override
  public void close() {
    outbound.close();
    inbound.close();
    sad.all().forEach(InboundSa::destroy);
    all.forEach(OutboundSa::destroy);
  }
}
