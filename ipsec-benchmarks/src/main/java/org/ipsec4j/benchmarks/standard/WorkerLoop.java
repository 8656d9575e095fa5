package org.ipsec4j.benchmarks.standard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.benchmarks.anchor.AnchorCipher;
import org.ipsec4j.benchmarks.harness.Loop;

/**
 * A provider's worker alone: header, IV and nonce are written for each packet, and nothing else is
 * done around the cryptography.
 */
final class WorkerLoop implements Loop {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int HEADER = 8;

  private final PacketRing ring;
  private final PacketKey[] keys;
  private final PacketWorker worker;
  private final CryptoBurst[] bursts;
  private final boolean cbc;
  private final int front;
  private final int text;
  private final boolean opens;
  private long number = 1;

  /**
   * @param count how many SAs take turns, packet by packet
   */
  WorkerLoop(CryptoProvider provider, TestSas made, int count, PacketRing ring, boolean opens)
      throws CryptoException {
    this.ring = ring;
    this.opens = opens;
    cbc = made.cipher() == AnchorCipher.CBC_SHA256;
    front = HEADER + (cbc ? 16 : 8);
    text = cbc ? ring.size() & ~15 : ring.size();
    keys = new PacketKey[count];
    for (int i = 0; i < count; i++) {
      keys[i] = made.key(provider, i);
    }
    worker = provider.packetWorker();
    bursts = new CryptoBurst[ring.bursts().length];
    for (int b = 0; b < bursts.length; b++) {
      bursts[b] = new CryptoBurst(ring.burstSize());
      for (int i = 0; i < ring.burstSize(); i++) {
        describe(bursts[b].next(), ring.bursts()[b], i, keys[i % count]);
      }
    }
  }

  private void describe(CryptoOp op, PacketBurst packets, int i, PacketKey key) {
    op.key = key;
    op.slab = packets.slab();
    op.aadOffset = ring.headroom() + i * ring.slot() - front;
    op.aadLength = HEADER;
    op.icvOffset = op.aadOffset + front + text;
    System.arraycopy(key.salt(), 0, op.nonce, 0, key.salt().length);
    op.nonceLength = cbc ? 16 : 12;
  }

  @Override
  public void prepare() {
    if (opens) {
      work(true);
    }
  }

  @Override
  public int run() {
    return work(!opens);
  }

  private int work(boolean seal) {
    int done = 0;
    for (int b = 0; b < bursts.length; b++) {
      CryptoBurst burst = bursts[b];
      ByteBuffer slab = ring.bursts()[b].slab();
      for (int i = 0; i < burst.size(); i++) {
        CryptoOp op = burst.op(i);
        op.seal = seal;
        op.status = CryptoOp.Status.PENDING;
        op.textOffset = op.aadOffset + front;
        if (seal) {
          fill(op, slab);
        } else if (cbc) {
          slab.get(op.aadOffset + HEADER, op.nonce, 0, 16);
        } else {
          LONG.set(op.nonce, 4, slab.getLong(op.aadOffset + HEADER));
        }
        op.textLength = op.icvOffset - op.textOffset;
      }
      worker.submit(burst);
      for (int i = 0; i < burst.size(); i++) {
        done += burst.op(i).status == CryptoOp.Status.OK ? 1 : 0;
      }
    }
    return done;
  }

  private void fill(CryptoOp op, ByteBuffer slab) {
    int at = op.aadOffset;
    long next = number++;
    slab.putInt(at, TestSas.FIRST_SPI);
    slab.putInt(at + 4, (int) next);
    if (cbc) {
      // the number is encrypted in the place of the IV, under an IV of zero
      slab.putLong(at + HEADER, 0);
      slab.putLong(at + HEADER + 8, next);
      LONG.set(op.nonce, 0, 0L);
      LONG.set(op.nonce, 8, 0L);
      op.textOffset = at + HEADER;
    } else {
      slab.putLong(at + HEADER, next);
      LONG.set(op.nonce, 4, next);
    }
  }

  @Override
  public int expected() {
    return ring.packets();
  }

  @Override
  public void close() {
    worker.close();
    for (PacketKey key : keys) {
      key.destroy();
    }
  }
}
