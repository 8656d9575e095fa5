package org.ipsec4j.node;

import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.sa.ChildSa;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what the embedding program hands in from breaking the node: onlookers that throw are
 * reported, and a tap that throws is not called again.
 */
final class Guards {
  private static final Logger LOG = LoggerFactory.getLogger(Guards.class);

  private Guards() {}

  static @Nullable OuterTap tap(@Nullable OuterTap tap, NodeEvents events) {
    return tap == null ? null : new Tap(tap, events);
  }

  private static final class Tap implements OuterTap {
    private final OuterTap tap;
    private final NodeEvents events;
    private boolean failed;

    Tap(OuterTap tap, NodeEvents events) {
      this.tap = tap;
      this.events = events;
    }

    @Override
    public void onPacket(java.nio.ByteBuffer memory, int offset, int length, boolean outgoing) {
      if (!failed) {
        try {
          tap.onPacket(memory, offset, length, outgoing);
        } catch (RuntimeException e) {
          failed = true;
          report(events, "the outer tap failed and is not called again", e);
        }
      }
    }

    @Override
    public void onDatagram(
        Endpoint from,
        Endpoint to,
        java.nio.ByteBuffer memory,
        int offset,
        int length,
        boolean outgoing) {
      if (!failed) {
        try {
          tap.onDatagram(from, to, memory, offset, length, outgoing);
        } catch (RuntimeException e) {
          failed = true;
          report(events, "the outer tap failed and is not called again", e);
        }
      }
    }
  }

  static @Nullable KeySink sink(@Nullable KeySink sink, NodeEvents events) {
    return sink == null ? null : new Sink(sink, events);
  }

  private record Sink(KeySink sink, NodeEvents events) implements KeySink {
    @Override
    public void ikeSa(IkeEvent.KeysExported keys) {
      try {
        sink.ikeSa(keys);
      } catch (RuntimeException e) {
        report(events, "the keys of an IKE SA were not exported", e);
      }
    }

    @Override
    public void childSa(ChildSa sa) {
      try {
        sink.childSa(sa);
      } catch (RuntimeException e) {
        report(events, "the keys of a Child SA were not exported", e);
      }
    }
  }

  static void report(NodeEvents events, String what, Throwable e) {
    LOG.error(what, e);
    events.tell(new NodeEvent.Trouble(what + ": " + e));
  }
}
