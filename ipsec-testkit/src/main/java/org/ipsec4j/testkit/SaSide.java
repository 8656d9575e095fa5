package org.ipsec4j.testkit;

import java.util.List;
import java.util.Optional;
import org.ipsec4j.api.ike.IkeEvent.DownReason;
import org.ipsec4j.api.ike.IkeStatus;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;

/** One side of a simulation, as judges see it: a bare engine or a whole node. */
public interface SaSide {
  /** For messages. */
  String name();

  /** Child SAs whose inbound half is installed now, the oldest first. */
  List<SaView> childSas();

  /** The IKE SAs of now. */
  IkeStatus ike();

  /** Whether the inbound half with this SPI was installed at any time since the last restart. */
  boolean knew(int inboundSpi);

  /**
   * Why the Child SA with this inbound SPI is gone without a successor; empty when it is not, or
   * was replaced.
   */
  Optional<DownReason> wentDown(int inboundSpi);

  /** When it lost its state last; {@code Long.MIN_VALUE} for never. */
  long restartedAt();

  /** When the Child SA with this inbound SPI was installed. */
  long installedAt(int inboundSpi);

  /** The IKE SA that took this one's place last, as far as this side was told; or itself. */
  IkeSaId latest(IkeSaId ikeSa);

  /** What was installed under this name at any time since the last restart. */
  Optional<ChildSa> everInstalled(ChildSaId id);
}
