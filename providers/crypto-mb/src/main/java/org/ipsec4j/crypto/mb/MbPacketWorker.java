package org.ipsec4j.crypto.mb;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.CryptoOp.Status;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.ffm.Quiescence;
import org.ipsec4j.ffm.SlabAddresses;
import org.jspecify.annotations.Nullable;

/**
 * Works bursts off at once, at most {@link Workspace#MOST} packets at a time. Packets of one kind
 * are worked off together, whatever their SAs.
 *
 * <p>Slabs must be direct buffers; packets in others fail. A packet whose descriptor does not lie
 * in its slab fails before native code gets an address.
 */
final class MbPacketWorker implements PacketWorker {
  private static final int PREFERRED = 32;
  private static final int NOTHING = -1;

  private final Quiescence.Reader reader = MbCalls.LIBRARY.keys().reader();
  private final SlabAddresses addresses = new SlabAddresses();
  private final Workspace workspace = new Workspace();
  private final GcmLane gcm = new GcmLane(workspace, addresses);
  private final GmacLane gmac = new GmacLane(workspace);
  private final AeadLane aead = new AeadLane(workspace);
  private final MacLane mac = new MacLane(workspace);
  private final Batch batch = new Batch();

  /** Of each packet: twice the number of its group, and one more when it is sealed. */
  private final int[] kinds = new int[Workspace.MOST];

  private boolean closed;

  @Override
  public boolean submit(CryptoBurst burst) {
    int size = burst.size();
    if (closed) {
      for (int i = 0; i < size; i++) {
        burst.op(i).status = Status.FAILED;
      }
      return true;
    }
    reader.enter();
    try {
      for (int from = 0; from < size; from += Workspace.MOST) {
        int count = Math.min(size - from, Workspace.MOST);
        if (!gcm.whole(burst, from, count)) {
          part(burst, from, count);
        }
      }
    } finally {
      reader.exit();
      Reference.reachabilityFence(burst);
    }
    return true;
  }

  private void part(CryptoBurst burst, int from, int count) {
    batch.begin(burst, from);
    int first = NOTHING;
    boolean uniform = true;
    for (int i = 0; i < count; i++) {
      int kind = look(burst.op(from + i), i);
      kinds[i] = kind;
      if (kind != NOTHING) {
        uniform &= first == NOTHING || first == kind;
        first = first == NOTHING ? kind : first;
        batch.add(i);
      }
    }
    if (first == NOTHING) {
      return;
    }
    if (uniform) {
      work();
    } else {
      oneKindAfterTheOther(count);
    }
  }

  /** What is to be done with a packet, when it is ours and lies in its slab. */
  private int look(CryptoOp op, int index) {
    op.status = Status.FAILED;
    ByteBuffer slab = op.slab;
    if (slab == null || !(op.key instanceof MbPacketKey key) || !key.isAlive()) {
      return NOTHING;
    }
    Group group = key.group;
    long base = addresses.of(slab);
    if (base == 0 || !SlabAddresses.contains(slab, op, group.icvLength)) {
      return NOTHING;
    }
    batch.locate(index, base);
    return 2 * group.number + (op.seal ? 1 : 0);
  }

  private void oneKindAfterTheOther(int count) {
    for (int first = 0; first < count; first++) {
      int kind = kinds[first];
      if (kind != NOTHING) {
        batch.clear();
        for (int i = first; i < count; i++) {
          if (kinds[i] == kind) {
            kinds[i] = NOTHING;
            batch.add(i);
          }
        }
        work();
      }
    }
  }

  private void work() {
    CryptoOp any = batch.op(0);
    Group group = Batch.key(any).group;
    boolean seal = any.seal;
    switch (group.lane) {
      case GCM -> gcm.run(batch, group, seal);
      case GMAC -> gmac.run(batch, group, seal);
      case AEAD -> aead.run(batch, group, seal);
      case MAC -> mac.run(batch, group, seal);
    }
  }

  @Override
  public @Nullable CryptoBurst poll() {
    return null;
  }

  @Override
  public int preferredBurst() {
    return PREFERRED;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      reader.close();
      addresses.clear();
      workspace.close();
      batch.begin(new CryptoBurst(1), 0);
      Arrays.fill(kinds, NOTHING);
    }
  }
}
