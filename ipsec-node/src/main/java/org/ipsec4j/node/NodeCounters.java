package org.ipsec4j.node;

import java.util.EnumMap;
import java.util.Map;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.packet.DropReason;

/**
 * Counters of a node. Guarded by the node's lock; {@link Snapshot} is what others see.
 *
 * <p>Two balances hold at every moment: packets in from the inner side = sent protected + passed in
 * clear + waiting for an association + dropped; and ESP packets in from the outer side = delivered
 * + dropped.
 */
public final class NodeCounters {
  private final long[] outboundDrops = new long[DropReason.values().length];
  private final long[] inboundDrops = new long[DropReason.values().length];

  long innerIn;
  long innerInBytes;
  long protectedOut;
  long protectedOutBytes;
  long bypassedOut;
  long waiting;
  long outerIn;
  long outerInBytes;
  long delivered;
  long deliveredBytes;
  long rekeys;
  long keepalivesIn;
  long startedWithoutEvidence;
  long overloaded;

  /** Zeroes. */
  public NodeCounters() {}

  /** A packet came from the inner side. */
  public void innerIn(int octets) {
    innerIn++;
    innerInBytes += octets;
  }

  /** A packet left protected. */
  public void protectedOut(int octets) {
    protectedOut++;
    protectedOutBytes += octets;
  }

  /** A packet left in clear because a rule says so. */
  public void bypassedOut() {
    bypassedOut++;
  }

  /** Packets that wait for an association changed by {@code difference}. */
  public void waiting(int difference) {
    waiting += difference;
  }

  /** An ESP packet came from the outer side. */
  public void outerIn(int octets) {
    outerIn++;
    outerInBytes += octets;
  }

  /** A packet went to the inner side. */
  public void delivered(int octets) {
    delivered++;
    deliveredBytes += octets;
  }

  /** A NAT keepalive came. */
  public void keepaliveIn() {
    keepalivesIn++;
  }

  /** A first SA was sent on although nothing had shown yet that the peer has it. */
  public void startedWithoutEvidence() {
    startedWithoutEvidence++;
  }

  /** A first request of a peer was dropped because too much work waited. */
  public void overloaded() {
    overloaded++;
  }

  /** An SA took the place of another. */
  public void rekeyed() {
    rekeys++;
  }

  /** A packet on its way out was dropped. */
  public void outboundDrop(DropReason reason) {
    outboundDrops[reason.ordinal()]++;
  }

  /** A packet on its way in was dropped. */
  public void inboundDrop(DropReason reason) {
    inboundDrops[reason.ordinal()]++;
  }

  /**
   * The numbers of this moment.
   *
   * @param ikeDrops of the IKE engine
   * @param offload what providers other than the JDK's did
   */
  public Snapshot snapshot(Map<IkeDropReason, Long> ikeDrops, Offload offload) {
    Map<IkeDropReason, Long> allIkeDrops = new EnumMap<>(IkeDropReason.class);
    allIkeDrops.putAll(ikeDrops);
    if (overloaded > 0) {
      allIkeDrops.put(IkeDropReason.OVERLOADED, overloaded);
    }
    return new Snapshot(
        innerIn,
        innerInBytes,
        protectedOut,
        protectedOutBytes,
        bypassedOut,
        waiting,
        outerIn,
        outerInBytes,
        delivered,
        deliveredBytes,
        rekeys,
        keepalivesIn,
        startedWithoutEvidence,
        named(outboundDrops),
        named(inboundDrops),
        Map.copyOf(allIkeDrops),
        offload);
  }

  private static Map<DropReason, Long> named(long[] counts) {
    EnumMap<DropReason, Long> map = new EnumMap<>(DropReason.class);
    for (DropReason reason : DropReason.values()) {
      if (counts[reason.ordinal()] > 0) {
        map.put(reason, counts[reason.ordinal()]);
      }
    }
    return map;
  }

  /**
   * What crypto providers other than the JDK's own ({@code jca}) do: native libraries, devices,
   * tokens.
   *
   * @param sas SAs that are with them now; a Child SA has two
   * @param bytesOut octets of text that they sealed, or authenticated where nothing is encrypted
   * @param bytesIn octets of text that they opened
   */
  public record Offload(long sas, long bytesOut, long bytesIn) {
    /** Nothing. */
    public static final Offload NONE = new Offload(0, 0, 0);
  }

  /**
   * Counters of one moment. Octets are of inner packets, but for {@code protectedOutBytes} and
   * {@code outerInBytes}, which count ESP in UDP from its SPI to its ICV, and native packets whole.
   *
   * @param innerIn packets from the inner side
   * @param innerInBytes their octets
   * @param protectedOut ESP packets sent
   * @param protectedOutBytes their octets
   * @param bypassedOut packets passed in clear by a rule
   * @param waiting packets that wait for an association now
   * @param outerIn ESP packets from the outer side
   * @param outerInBytes their octets
   * @param delivered packets handed to the inner side
   * @param deliveredBytes their octets
   * @param rekeys Child and IKE SAs replaced
   * @param keepalivesIn NAT keepalives received
   * @param startedWithoutEvidence first SAs that we answered for and sent on before anything had
   *     come on them
   * @param outboundDrops packets from the inner side dropped, by reason
   * @param inboundDrops ESP packets dropped, by reason
   * @param ikeDrops IKE datagrams dropped, by reason
   * @param offload what crypto providers other than the JDK's do
   */
  public record Snapshot(
      long innerIn,
      long innerInBytes,
      long protectedOut,
      long protectedOutBytes,
      long bypassedOut,
      long waiting,
      long outerIn,
      long outerInBytes,
      long delivered,
      long deliveredBytes,
      long rekeys,
      long keepalivesIn,
      long startedWithoutEvidence,
      Map<DropReason, Long> outboundDrops,
      Map<DropReason, Long> inboundDrops,
      Map<IkeDropReason, Long> ikeDrops,
      Offload offload) {

    /** Whether every packet is accounted for, as the class says. */
    public boolean balanced() {
      long outDrops = outboundDrops.values().stream().mapToLong(Long::longValue).sum();
      long inDrops = inboundDrops.values().stream().mapToLong(Long::longValue).sum();
      return innerIn == protectedOut + bypassedOut + waiting + outDrops
          && outerIn == delivered + inDrops;
    }
  }
}
