package org.ipsec4j.benchmarks.standard;

import org.ipsec4j.benchmarks.anchor.AnchorLoop;
import org.ipsec4j.benchmarks.harness.Loop;

/** The C loop in one of its four kinds. */
final class CLoop implements Loop {
  /** What a round does. */
  enum Kind {
    OUTBOUND,
    INBOUND,
    BARE_SEAL,
    BARE_OPEN
  }

  private final AnchorLoop anchor;
  private final Kind kind;
  private final int packets;

  CLoop(AnchorLoop anchor, Kind kind, int packets) {
    this.anchor = anchor;
    this.kind = kind;
    this.packets = packets;
    anchor.reset();
  }

  @Override
  public void prepare() {
    switch (kind) {
      case OUTBOUND -> anchor.reset();
      case INBOUND -> {
        anchor.reset();
        anchor.outbound();
      }
      case BARE_OPEN -> anchor.bareSeal();
      case BARE_SEAL -> {
        // what was sealed is sealed again
      }
    }
  }

  @Override
  public int run() {
    return switch (kind) {
      case OUTBOUND -> anchor.outbound();
      case INBOUND -> anchor.inbound();
      case BARE_SEAL -> anchor.bareSeal();
      case BARE_OPEN -> anchor.bareOpen();
    };
  }

  @Override
  public int expected() {
    return packets;
  }

  @Override
  public void close() {
    anchor.close();
  }
}
