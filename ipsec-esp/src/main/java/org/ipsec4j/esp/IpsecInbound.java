package org.ipsec4j.esp;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.jspecify.annotations.Nullable;

/**
 * Opens packets layer by layer, ESP and AH, until nothing is left that is ours to open, and refuses
 * what did not come through exactly the SAs of its bundle (RFC 4301 5.2 step 3, Appendix E).
 *
 * <p>A layer is ours when it is the first, when it came in transport mode, or when a tunnel gave
 * out a packet that is addressed to this host. Layers without a bundle are independent SAs, such as
 * a tunnel inside of a tunnel; {@link #sa} tells the caller's policy which they were.
 *
 * <p>Thread-confined: one for each packet thread. The {@link Sad} and its SAs are shared. Allocates
 * nothing per packet and throws nothing for what a packet contains. The window of a packet that is
 * refused after it was decrypted is wiped.
 */
public final class IpsecInbound implements AutoCloseable {
  /** Layers that are opened at most; a packet with more is dropped as NESTED_TOO_DEEP. */
  public static final int MAX_LAYERS = SaBundle.MAX_LAYERS;

  private static final int IPCOMP = 108;

  /** Where an IPv4 header names what follows. */
  private static final int V4_PROTOCOL = 9;

  /** What the next layer of a packet is. */
  private enum Layer {
    NONE,
    ESP,
    AH
  }

  private final Sad sad;
  private final EspInbound esp;
  private final AhInbound ah;
  private final IpHeaderView view = new IpHeaderView();
  private final boolean[] espMine;
  private final boolean[] ahMine;
  private final boolean[] stageMine;
  private final int[] depth;
  private final @Nullable InboundSa[] chains;
  private final boolean[] authentic;
  private final boolean[] payload;
  private final int[] nextHeader;
  private final long[] sequence;
  private final int[] trafficClass;
  private final SaCounters refused = new SaCounters();
  private LocalAddresses local = LocalAddresses.NONE;
  private boolean anyLocal;
  private @Nullable PacketBurst underWay;
  private long time;
  private int layersBegun;
  private @Nullable PacketStage decompressor;

  /**
   * @param sad where SAs are found; shared
   * @param providers makers of the keys of all SAs in it; each gives workers
   * @param capacity most packets of a burst
   */
  public IpsecInbound(Sad sad, List<CryptoProvider> providers, int capacity) {
    this.sad = sad;
    esp = new EspInbound(sad, providers, capacity);
    ah = new AhInbound(sad, providers, capacity);
    espMine = new boolean[capacity];
    ahMine = new boolean[capacity];
    stageMine = new boolean[capacity];
    depth = new int[capacity];
    chains = new InboundSa[capacity * MAX_LAYERS];
    authentic = new boolean[capacity];
    payload = new boolean[capacity];
    nextHeader = new int[capacity];
    sequence = new long[capacity];
    trafficClass = new int[capacity];
  }

  /**
   * Sets the addresses of this host; before, nothing that comes out of a tunnel is opened again.
   *
   * @return this
   */
  public IpsecInbound withLocalAddresses(LocalAddresses addresses) {
    local = addresses;
    anyLocal = !addresses.equals(LocalAddresses.NONE);
    return this;
  }

  /**
   * Sets what expands compressed packets of bundles with {@link SaBundle#compression}.
   *
   * @param stage given packets of IPComp (RFC 3173), and those in a tunnel inside of a transport
   *     mode SA, which may be one of IPComp's
   * @return this
   */
  public IpsecInbound withDecompressor(PacketStage stage) {
    decompressor = stage;
    return this;
  }

  /**
   * Opens every living packet of a burst, all its layers.
   *
   * <p>Afterwards the window of each living packet holds the innermost IP packet, or a payload
   * where {@link #isPayload} says so; the others bear a drop reason. The accessors tell more until
   * the next call.
   *
   * @param burst windows hold what {@code form} says
   * @param form what the windows hold; {@link PacketForm#PAYLOAD} is ESP
   * @param now engine time
   * @throws IllegalArgumentException when the burst is larger than this was made for
   */
  public void open(PacketBurst burst, PacketForm form, long now) {
    begin(burst, form, now);
    while (!finish()) {
      // a device that does not answer is its guard's to stop, which completes the burst
      Thread.onSpinWait();
    }
  }

  /**
   * The first half of {@link #open}, for providers that answer late: begins with the outermost
   * layer. Until {@link #finish} says so, the burst and its memory belong to this engine and its
   * providers, and the accessors mean nothing. An engine has one burst under way; for several at
   * once have several engines.
   *
   * @throws IllegalArgumentException when the burst is larger than this was made for
   * @throws IllegalStateException when a burst is under way
   */
  public void begin(PacketBurst burst, PacketForm form, long now) {
    if (burst.size() > depth.length) {
      throw new IllegalArgumentException("burst of " + burst.size() + " packets");
    }
    if (underWay != null) {
      throw new IllegalStateException("a burst is under way");
    }
    for (int i = 0; i < burst.size(); i++) {
      depth[i] = 0;
      authentic[i] = false;
      payload[i] = false;
      Layer layer = burst.isAlive(i) ? outermost(burst, i, form) : Layer.NONE;
      espMine[i] = layer == Layer.ESP;
      ahMine[i] = layer == Layer.AH;
    }
    underWay = burst;
    time = now;
    layersBegun = 0;
    beginLayer(burst, form);
  }

  /**
   * The second half: goes on to the next layer when every worker is done with the last one, and
   * takes the burst back when nothing is left to be opened. Never waits.
   *
   * @return whether nothing is under way any more, so that the burst is the caller's again
   */
  public boolean finish() {
    PacketBurst burst = underWay;
    while (burst != null) {
      boolean espDone = esp.finish();
      boolean ahDone = ah.finish();
      if (!espDone || !ahDone) {
        return false;
      }
      noteLayer(burst);
      if (findNext(burst, layersBegun)) {
        beginLayer(burst, PacketForm.FULL_IP);
      } else {
        conclude(burst);
        underWay = null;
        burst = null;
      }
    }
    return true;
  }

  private void conclude(PacketBurst burst) {
    for (int i = 0; i < burst.size(); i++) {
      if (burst.isAlive(i) && !cameThroughBundles(i)) {
        refuse(burst, i, DropReason.BUNDLE_MISMATCH);
      }
    }
    expand(burst, time);
  }

  /** A packet that is neither goes to ESP, which says what is wrong with it. */
  private Layer outermost(PacketBurst burst, int i, PacketForm form) {
    if (form != PacketForm.FULL_IP) {
      return Layer.ESP;
    }
    ByteBuffer slab = burst.slab();
    int at = burst.offset(i);
    // the usual case without reading the whole header
    boolean surelyNot =
        burst.length(i) >= OuterHeader.V4_LENGTH
            && slab.get(at) >> 4 == 4
            && slab.get(at + V4_PROTOCOL) != AhOutbound.AH;
    boolean isAh =
        !surelyNot && view.parse(slab, at, burst.length(i)) && view.protocol() == AhOutbound.AH;
    return isAh ? Layer.AH : Layer.ESP;
  }

  private void beginLayer(PacketBurst burst, PacketForm form) {
    int ofAh = 0;
    for (int i = 0; i < burst.size(); i++) {
      ofAh += ahMine[i] ? 1 : 0;
    }
    esp.begin(burst, form, espMine, time);
    if (ofAh > 0) {
      ah.begin(burst, ahMine, time);
    }
    layersBegun++;
  }

  /** Keeps what was found of the layer that is done. */
  @SuppressWarnings("ReferenceEquality") // the same object needs no store
  private void noteLayer(PacketBurst burst) {
    for (int i = 0; i < burst.size(); i++) {
      InboundSa sa = espMine[i] ? esp.sa(i) : ahMine[i] ? ah.sa(i) : null;
      if (sa == null) {
        continue;
      }
      if (depth[i] == 0) {
        authentic[i] = espMine[i] ? esp.isAuthentic(i) : ah.isAuthentic(i);
      }
      int place = i * MAX_LAYERS + depth[i]++;
      if (chains[place] != sa) {
        chains[place] = sa;
      }
      nextHeader[i] = espMine[i] ? esp.nextHeader(i) : ah.nextHeader(i);
      sequence[i] = espMine[i] ? esp.sequence(i) : ah.sequence(i);
      trafficClass[i] = espMine[i] ? esp.outerTrafficClass(i) : ah.outerTrafficClass(i);
      payload[i] = espMine[i] && esp.isPayload(i);
    }
    if (layersBegun > 1) {
      wipeRefused(burst);
    }
  }

  /** What a deeper layer refused, whenever it did, has been decrypted by the one around it. */
  private void wipeRefused(PacketBurst burst) {
    for (int i = 0; i < burst.size(); i++) {
      if ((espMine[i] || ahMine[i]) && !burst.isAlive(i)) {
        Wipe.zero(burst.slab(), burst.offset(i), burst.offset(i) + burst.length(i));
      }
    }
  }

  /** Marks what is still to be opened; whether there is any. */
  private boolean findNext(PacketBurst burst, int layers) {
    boolean found = false;
    for (int i = 0; i < burst.size(); i++) {
      boolean opened = (espMine[i] || ahMine[i]) && burst.isAlive(i) && !payload[i];
      Layer layer = opened ? next(burst, i) : Layer.NONE;
      if (layer != Layer.NONE && layers == MAX_LAYERS) {
        refuse(burst, i, DropReason.NESTED_TOO_DEEP);
        layer = Layer.NONE;
      }
      espMine[i] = layer == Layer.ESP;
      ahMine[i] = layer == Layer.AH;
      found |= layer != Layer.NONE;
    }
    return found;
  }

  private Layer next(PacketBurst burst, int i) {
    InboundSa last = innermost(i);
    ByteBuffer slab = burst.slab();
    boolean transport = last != null && last.isTransport();
    if (last == null
        || (!transport && !anyLocal)
        || !view.parse(slab, burst.offset(i), burst.length(i))
        || view.isFragment()) {
      return Layer.NONE;
    }
    boolean ours =
        transport || local.contains(view.isV4(), view.destinationHigh(), view.destinationLow());
    if (!ours) {
      return Layer.NONE;
    }
    return switch (view.protocol()) {
      case OuterHeader.ESP -> Layer.ESP;
      case AhOutbound.AH -> Layer.AH;
      case OuterHeader.UDP -> isEspInUdp(slab) ? Layer.ESP : Layer.NONE;
      default -> Layer.NONE;
    };
  }

  /** Inside of a tunnel a UDP packet to a port of ours is ESP only where an SA says so. */
  private boolean isEspInUdp(ByteBuffer slab) {
    if (view.payloadLength() < OuterHeader.UDP_LENGTH + EspLayout.HEADER_LENGTH) {
      return false;
    }
    int spi = slab.getInt(view.payloadOffset() + OuterHeader.UDP_LENGTH);
    InboundSa sa = sad.find(SecurityProtocol.ESP, spi);
    return sa != null && sa.path().isUdp() && sa.path().localPort() == view.destinationPort();
  }

  /** Expands what came compressed, and asks then for what could not be asked of it before. */
  private void expand(PacketBurst burst, long now) {
    PacketStage stage = decompressor;
    boolean any = false;
    for (int i = 0; i < burst.size(); i++) {
      stageMine[i] = burst.isAlive(i) && isCompressed(burst, i);
      any |= stageMine[i];
    }
    if (!any) {
      return;
    }
    if (stage != null) {
      stage.apply(burst, stageMine, now);
    }
    for (int i = 0; i < burst.size(); i++) {
      InboundSa last = innermost(i);
      if (!stageMine[i] || !burst.isAlive(i) || last == null) {
        continue;
      }
      DropReason reason = expanded(burst, i, last);
      if (reason != DropReason.NONE) {
        refuse(burst, i, reason);
      }
    }
  }

  private DropReason expanded(PacketBurst burst, int i, InboundSa last) {
    if (!view.parse(burst.slab(), burst.offset(i), burst.length(i))) {
      return DropReason.MALFORMED_INNER;
    }
    // nobody was there to expand it, or nobody could
    return view.protocol() == IPCOMP ? DropReason.UNKNOWN_CPI : last.selectors().check(view);
  }

  private boolean isCompressed(PacketBurst burst, int i) {
    InboundSa last = innermost(i);
    return last != null
        && last.isPlaced()
        && !payload[i]
        && view.parse(burst.slab(), burst.offset(i), burst.length(i))
        && last.isCompressed(view);
  }

  /** Each SA that has a place must have its whole bundle around it, in order. */
  private boolean cameThroughBundles(int i) {
    int at = 0;
    while (at < depth[i]) {
      SaBundle.Place outer = place(i, at);
      if (outer == null) {
        at++;
        continue;
      }
      SaBundle bundle = outer.bundle();
      for (int layer = bundle.layers() - 1; layer >= 0; layer--, at++) {
        SaBundle.Place place = at < depth[i] ? place(i, at) : null;
        if (place == null || place.bundle() != bundle || place.layer() != layer) {
          return false;
        }
      }
    }
    return true;
  }

  private SaBundle.@Nullable Place place(int i, int layer) {
    InboundSa sa = chains[i * MAX_LAYERS + layer];
    return sa == null || !sa.isPlaced() ? null : sa.options().place();
  }

  private @Nullable InboundSa innermost(int i) {
    return depth[i] == 0 ? null : chains[i * MAX_LAYERS + depth[i] - 1];
  }

  /** How many layers of the packet had an SA, whether they could be opened or not. */
  public int layers(int index) {
    return depth[index];
  }

  /**
   * The SA of a layer.
   *
   * @param layer from 0, the outermost, to {@link #layers} - 1
   * @throws IndexOutOfBoundsException when there is no such layer
   */
  public InboundSa sa(int index, int layer) {
    Objects.checkIndex(layer, depth[index]);
    InboundSa sa = chains[index * MAX_LAYERS + layer];
    return Objects.requireNonNull(sa);
  }

  /**
   * Whether the outermost layer's ICV was right and its number fresh, whatever became of the packet
   * later: only then may its source address move a NAT mapping (RFC 7296 2.23).
   */
  public boolean isAuthentic(int index) {
    return authentic[index];
  }

  /** Whether the window holds no IP packet but a payload; see {@link EspInbound#isPayload}. */
  public boolean isPayload(int index) {
    return payload[index];
  }

  /** What the innermost layer says that it carries; means something for living packets. */
  public int nextHeader(int index) {
    return nextHeader[index];
  }

  /** The whole sequence number of the innermost layer; means something for living packets. */
  public long sequence(int index) {
    return sequence[index];
  }

  /**
   * Traffic class of the header around the innermost layer, 0 to 255; -1 where it was not at hand.
   * Means something for living packets.
   */
  public int outerTrafficClass(int index) {
    return trafficClass[index];
  }

  /** Packets dropped before an SA was known, by reason. */
  public long dropsWithoutSa(DropReason reason) {
    return esp.withoutSa().drops(reason) + ah.withoutSa().drops(reason);
  }

  /**
   * Packets that each of their SAs found good, and counted as such, and that were dropped for how
   * they came together.
   */
  public SaCounters refused() {
    return refused;
  }

  /** Closes the workers; idempotent. */
  @Override
  public void close() {
    esp.close();
    ah.close();
  }

  private void refuse(PacketBurst burst, int i, DropReason reason) {
    Wipe.zero(burst.slab(), burst.offset(i), burst.offset(i) + burst.length(i));
    burst.drop(i, reason);
    refused.dropped(reason);
  }
}
