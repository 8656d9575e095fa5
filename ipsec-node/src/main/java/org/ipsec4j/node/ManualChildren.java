package org.ipsec4j.node;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.esp.manual.ManualSa;
import org.ipsec4j.node.NodeEvent.Manual.Change;
import org.jspecify.annotations.Nullable;

/**
 * The children with manual keys: installed at the start, watched over, never renewed. Guarded by
 * the node's lock.
 */
final class ManualChildren {
  private static final long LAST_NUMBER = 0xffffffffL;

  private final List<Entry> entries = new ArrayList<>();
  private final @Nullable SequenceStore sequences;
  private final Flows flows;
  private final SaLedger ledger;
  private final NodeIo io;
  private final @Nullable KeySink keySink;

  /** One child and what is installed of it. */
  private static final class Entry {
    final ManualChild child;
    final List<ManualSa> layers;
    final ChildSaId id;
    @Nullable Association association;

    /** Up to which number the store knows; {@code Long.MAX_VALUE} without a store. */
    long promised = Long.MAX_VALUE;

    long softAt = Long.MAX_VALUE;
    long hardAt = Long.MAX_VALUE;
    boolean expired;

    Entry(List<ManualSa> layers, ChildSaId id) {
      this.child = layers.getFirst().child();
      this.layers = layers;
      this.id = id;
    }
  }

  ManualChildren(NodeSettings settings, Flows flows, SaLedger ledger, NodeIo io) {
    this.flows = flows;
    this.ledger = ledger;
    this.io = io;
    this.sequences = settings.manual().sequences();
    this.keySink = settings.keySink();
    for (List<ManualSa> layers : settings.manual().layers()) {
      entries.add(new Entry(layers, new ChildSaId(-1 - entries.size())));
    }
  }

  /** Installs all. */
  void start(long now) {
    entries.forEach(entry -> install(now, entry));
  }

  /**
   * Installs a child that a command removed, or that could not be installed before.
   *
   * @return false when the policy has no such child
   */
  boolean start(long now, String child) {
    for (Entry entry : entries) {
      if (entry.child.name().equals(child)) {
        if (entry.association == null) {
          install(now, entry);
        }
        return true;
      }
    }
    return false;
  }

  private void install(long now, Entry entry) {
    Flow flow = flows.ofManual(entry.child.name());
    if (flow == null) {
      failed(entry, "it is not in the policy of the packet path");
      return;
    }
    try {
      if (!entry.child.isUdp() && !io.hasNativePath()) {
        throw new IOException("it is native, and this node has UDP sockets only");
      }
      long[] first = new long[entry.layers.size()];
      Arrays.fill(first, used(entry) + 1);
      List<ChildSa> sas = entry.layers.stream().map(layer -> layer.childSa(entry.id)).toList();
      if (keySink != null) {
        sas.forEach(keySink::childSa);
      }
      entry.association = ledger.installManual(now, entry.layers, sas, flow, first);
      entry.softAt = after(now, entry.child.softLifetime().toNanos());
      entry.hardAt = after(now, entry.child.hardLifetime().toNanos());
      entry.expired = false;
      tell(entry, Change.UP);
    } catch (IOException | CryptoException | IllegalArgumentException e) {
      failed(entry, String.valueOf(e.getMessage()));
    }
  }

  private static long after(long now, long nanos) {
    return nanos == 0 ? Long.MAX_VALUE : now + nanos;
  }

  private void failed(Entry entry, String reason) {
    io.event(
        new NodeEvent.InstallFailed(
            entry.id, ManualChild.PEER + "/" + entry.child.name() + ": " + reason));
  }

  /** The highest number that is used up; promises the next block before any of it is used. */
  private long used(Entry entry) throws IOException {
    String store = entry.child.sequenceStore();
    if (store == null) {
      return 0;
    }
    if (sequences == null) {
      throw new IOException("it has a sequence store, and the node was given none");
    }
    long used = sequences.used(store);
    if (used >= LAST_NUMBER) {
      throw new IOException(
          "all sequence numbers of its keys are used: both sides need new keys, and then a new"
              + " sequence store");
    }
    entry.promised = Math.min(used + block(), LAST_NUMBER);
    sequences.promise(store, entry.promised);
    return used;
  }

  /** Keeps promises ahead of the numbers, and reports limits that were passed. */
  void watch(long now) {
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      Association association = entry.association;
      if (association != null) {
        watch(now, entry, association);
      }
    }
  }

  private void watch(long now, Entry entry, Association association) {
    if (numbersUsed(association) > entry.promised - block() / 2 && entry.promised < LAST_NUMBER) {
      promise(entry, association);
    }
    // Both are asked: each tells once.
    boolean inbound = association.inbound().takeSoftExpired(now);
    boolean outbound = association.outbound().takeSoftExpired(now);
    boolean expired = association.inbound().isExpired(now) || association.outbound().isExpired(now);
    if (expired && !entry.expired) {
      entry.expired = true;
      tell(entry, Change.EXPIRED);
    } else if ((inbound || outbound) && !entry.expired) {
      tell(entry, Change.ENDING);
    }
  }

  private void promise(Entry entry, Association association) {
    String store = entry.child.sequenceStore();
    if (store == null || sequences == null) {
      return;
    }
    long next = Math.min(entry.promised + block(), LAST_NUMBER);
    try {
      sequences.promise(store, next);
      entry.promised = next;
    } catch (IOException e) {
      // A number that was not promised may come twice after a restart: better none at all.
      remove(entry, association);
      io.event(
          new NodeEvent.Trouble(
              "manual child `"
                  + entry.child.name()
                  + "` is taken down, as its sequence numbers could not be kept: "
                  + e.getMessage()));
    }
  }

  private long block() {
    return sequences == null ? 0 : sequences.block();
  }

  /** The most that any layer used: all of them share one store. */
  private static long numbersUsed(Association association) {
    long most = 0;
    for (int i = 0; i < association.bundle().size(); i++) {
      most = Math.max(most, association.bundle().sa(i).numbersUsed());
    }
    return most;
  }

  /** When {@link #onTimeout} must be called at the latest. */
  long nextTimeout() {
    long next = Long.MAX_VALUE;
    for (Entry entry : entries) {
      if (entry.association != null) {
        next = Math.min(next, Math.min(entry.softAt, entry.hardAt));
      }
    }
    return next;
  }

  void onTimeout(long now) {
    for (Entry entry : entries) {
      if (entry.softAt <= now) {
        entry.softAt = Long.MAX_VALUE;
      }
      if (entry.hardAt <= now) {
        entry.hardAt = Long.MAX_VALUE;
      }
    }
    watch(now);
  }

  /** Removes a child because somebody said so. */
  void remove(ChildSaId id) {
    for (Entry entry : entries) {
      Association association = entry.association;
      if (entry.id.equals(id) && association != null) {
        remove(entry, association);
      }
    }
  }

  private void remove(Entry entry, Association association) {
    giveBack(entry, association);
    ledger.remove(0, entry.id, false);
    entry.association = null;
    tell(entry, Change.DOWN);
  }

  /** What was promised and not used serves the next start. */
  private void giveBack(Entry entry, Association association) {
    String store = entry.child.sequenceStore();
    if (store != null && sequences != null) {
      try {
        sequences.promise(store, numbersUsed(association));
      } catch (IOException e) {
        // The promise stands, and a part of the numbers is skipped.
        return;
      }
    }
  }

  /** Gives numbers back and wipes the keys. */
  void close() {
    for (Entry entry : entries) {
      Association association = entry.association;
      if (association != null) {
        giveBack(entry, association);
        entry.association = null;
      }
      entry.layers.forEach(ManualSa::destroy);
    }
    if (sequences != null) {
      sequences.close();
    }
  }

  private void tell(Entry entry, Change change) {
    String transforms =
        entry.layers.stream()
            .map(layer -> layer.keys().transform().toString())
            .collect(Collectors.joining(" in "));
    var first = entry.layers.getFirst().keys();
    io.event(
        new NodeEvent.Manual(
            entry.child.name(), change, first.inboundSpi(), first.outboundSpi(), transforms));
  }
}
