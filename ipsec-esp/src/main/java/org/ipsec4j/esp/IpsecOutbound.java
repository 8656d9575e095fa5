package org.ipsec4j.esp;

import java.util.Arrays;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.packet.DropReason;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.esp.frag.PathMtuPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Protects packets with bundles of SAs, ESP and AH, one around the other (RFC 2401 4.3, RFC 4301
 * Appendix E). Every layer is applied to the whole burst at once.
 *
 * <p>Thread-confined: one for each packet thread. Allocates nothing per packet and throws nothing
 * for what a packet contains.
 */
public final class IpsecOutbound implements AutoCloseable {
  private static final int HEADROOM = Math.max(EspOutbound.MAX_HEADROOM, AhOutbound.MAX_HEADROOM);

  private static final @Nullable OutboundBundle[] NO_BUNDLES = {};

  private final EspOutbound esp;
  private final AhOutbound ah;
  private final @Nullable OutboundSa[] sas;
  private final boolean[] all;
  private final boolean[] taken;
  private final boolean[] espMine;
  private final boolean[] ahMine;
  private final boolean[] staged;
  private final boolean[] stageMine;
  private final int[] fits;
  private final int[] bundleFits;
  private final int[] missingHead;
  private final int[] missingTail;
  private final int[] excess;
  private final IpHeaderView view = new IpHeaderView();
  private final SaCounters refused = new SaCounters();
  private @Nullable PacketBurst underWay;
  private @Nullable OutboundBundle[] bundles = NO_BUNDLES;
  private PacketForm outermostForm = PacketForm.FULL_IP;
  private long time;
  private int layersLeft;
  private boolean anyStage;

  /**
   * @param providers makers of the keys of all SAs that will be used; each gives workers
   * @param capacity most packets of a burst
   */
  public IpsecOutbound(List<CryptoProvider> providers, int capacity) {
    esp = new EspOutbound(providers, capacity);
    ah = new AhOutbound(providers, capacity);
    sas = new OutboundSa[capacity];
    all = new boolean[capacity];
    Arrays.fill(all, true);
    taken = new boolean[capacity];
    espMine = new boolean[capacity];
    ahMine = new boolean[capacity];
    staged = new boolean[capacity];
    stageMine = new boolean[capacity];
    fits = new int[capacity];
    bundleFits = new int[capacity];
    missingHead = new int[capacity];
    missingTail = new int[capacity];
    excess = new int[capacity];
  }

  /** Headroom that suffices for bundles of so many SAs. */
  public static int maxHeadroom(int layers) {
    return layers * HEADROOM;
  }

  /** Tailroom that suffices for bundles of so many SAs. */
  public static int maxTailroom(int layers) {
    return layers * EspOutbound.MAX_TAILROOM;
  }

  /**
   * Protects every living packet of a burst.
   *
   * <p>Afterwards the window of each living packet holds what {@code form} says; the others bear a
   * drop reason. What an inner layer has done to a packet that an outer one drops is counted as
   * done.
   *
   * @param burst windows hold whole IP packets; octets behind the packet's own length are dropped
   * @param bundlePerPacket by packet index, not shorter than the burst; null drops the packet as
   *     NO_SA
   * @param form what the windows shall hold. AH comes as {@link PacketForm#FULL_IP} only: where it
   *     is outermost and {@link PacketForm#PAYLOAD} is asked for, the packet is dropped as
   *     NO_NATIVE_PATH; where it is inside of ESP in transport mode, whose IP header would be lost,
   *     as NOT_TRANSPORTABLE
   * @param now engine time
   * @throws IllegalArgumentException when the burst is larger than this was made for
   */
  public void protect(
      PacketBurst burst, @Nullable OutboundBundle[] bundlePerPacket, PacketForm form, long now) {
    protect(burst, bundlePerPacket, all, form, now);
  }

  /**
   * The same for some packets of a burst, where others leave in another form.
   *
   * @param mine by packet index, not shorter than the burst: what is not, is left alone
   */
  public void protect(
      PacketBurst burst,
      @Nullable OutboundBundle[] bundlePerPacket,
      boolean[] mine,
      PacketForm form,
      long now) {
    begin(burst, bundlePerPacket, mine, form, now);
    while (!finish()) {
      // a device that does not answer is its guard's to stop, which completes the burst
      Thread.onSpinWait();
    }
  }

  /**
   * The first half of {@link #protect}, for providers that answer late: begins with the innermost
   * layer. Until {@link #finish} says so, the burst, its memory and both arrays belong to this
   * engine and its providers, and the accessors mean nothing. An engine has one burst under way;
   * for several at once have several engines.
   *
   * @throws IllegalArgumentException when the burst is larger than this was made for
   * @throws IllegalStateException when a burst is under way
   */
  public void begin(
      PacketBurst burst,
      @Nullable OutboundBundle[] bundlePerPacket,
      boolean[] mine,
      PacketForm form,
      long now) {
    if (burst.size() > sas.length) {
      throw new IllegalArgumentException("burst of " + burst.size() + " packets");
    }
    if (underWay != null) {
      throw new IllegalStateException("a burst is under way");
    }
    for (int i = 0; i < burst.size(); i++) {
      taken[i] = mine[i] && burst.isAlive(i);
      if (mine[i]) {
        forget(i);
      }
    }
    outermostForm = form;
    time = now;
    bundles = bundlePerPacket;
    layersLeft = refuse(burst, bundlePerPacket, form);
    if (anyStage) {
      runStages(burst, bundlePerPacket, now);
    }
    if (layersLeft > 1) {
      refuseTooLong(burst, bundlePerPacket, now);
    }
    if (layersLeft > 0) {
      underWay = burst;
      beginLayer(burst);
    }
  }

  /**
   * The second half: goes on to the next layer when every worker is done with the last one, and
   * takes the burst back behind the outermost. Never waits.
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
      noteWhatFailed(burst);
      if (layersLeft == 0) {
        underWay = null;
        bundles = NO_BUNDLES;
        burst = null;
      } else {
        beginLayer(burst);
      }
    }
    return true;
  }

  /** All bundles end at once, as only the outermost layer may leave the form of IP. */
  @SuppressWarnings("ReferenceEquality") // the same object needs no store
  private void beginLayer(PacketBurst burst) {
    layersLeft--;
    int layerEsp = 0;
    int layerAh = 0;
    for (int i = 0; i < burst.size(); i++) {
      OutboundSa sa = layer(burst, i, bundles[i], layersLeft);
      espMine[i] = sa != null && sa.isEsp();
      ahMine[i] = sa != null && !sa.isEsp();
      layerEsp += espMine[i] ? 1 : 0;
      layerAh += ahMine[i] ? 1 : 0;
      if (sa != null && sas[i] != sa) {
        sas[i] = sa;
      }
    }
    if (layerEsp > 0) {
      PacketForm form = layersLeft == 0 ? outermostForm : PacketForm.FULL_IP;
      esp.begin(burst, sas, espMine, form, time);
    }
    if (layerAh > 0) {
      ah.begin(burst, sas, ahMine, time);
    }
  }

  private void forget(int i) {
    fits[i] = 0;
    bundleFits[i] = 0;
    missingHead[i] = 0;
    missingTail[i] = 0;
    excess[i] = 0;
  }

  /** Drops what has no bundle, or one that cannot end in this form; the most layers of the rest. */
  private int refuse(PacketBurst burst, @Nullable OutboundBundle[] bundles, PacketForm form) {
    int layers = 0;
    anyStage = false;
    for (int i = 0; i < burst.size(); i++) {
      if (!taken[i]) {
        continue;
      }
      OutboundBundle bundle = bundles[i];
      if (bundle == null) {
        drop(burst, i, DropReason.NO_SA);
      } else if (form == PacketForm.PAYLOAD && !bundle.sa(bundle.size() - 1).isEsp()) {
        drop(burst, i, DropReason.NO_NATIVE_PATH);
      } else if (form == PacketForm.PAYLOAD && bundle.coversHeader()) {
        drop(burst, i, DropReason.NOT_TRANSPORTABLE);
      } else {
        layers = Math.max(layers, bundle.size());
        anyStage |= bundle.stage() != null;
      }
    }
    return layers;
  }

  /**
   * Drops what several layers together make too long for the path, before the first of them has any
   * work with it: and so that its source is told the length of its own packets, not of those
   * between the layers (RFC 4301 8.2.1).
   */
  private void refuseTooLong(PacketBurst burst, @Nullable OutboundBundle[] bundles, long now) {
    for (int i = 0; i < burst.size(); i++) {
      OutboundBundle bundle = bundles[i];
      if (!taken[i]
          || bundle == null
          || !burst.isAlive(i)
          || bundle.size() < 2
          || !bundle.hasPathLimit(now)
          || !view.parse(burst.slab(), burst.offset(i), burst.length(i))) {
        continue;
      }
      boolean v6 = !view.isV4();
      boolean small = v6 && view.totalLength() <= PathMtuPolicy.MIN_V6;
      int most = bundle.innerMtu(view.isV4(), now);
      bundleFits[i] = most;
      if (view.totalLength() > most
          && bundle.forbidsFragments((v6 || view.dontFragment()) && !small)) {
        fits[i] = most;
        drop(burst, i, DropReason.NEEDS_FRAGMENTATION);
      }
    }
  }

  private void noteWhatFailed(PacketBurst burst) {
    for (int i = 0; i < burst.size(); i++) {
      if (burst.isAlive(i)) {
        continue;
      }
      if (espMine[i]) {
        fits[i] = ofBundle(i, esp.fits(i));
        missingHead[i] = esp.missingHeadroom(i);
        missingTail[i] = esp.missingTailroom(i);
        excess[i] = esp.excess(i);
      } else if (ahMine[i]) {
        fits[i] = ofBundle(i, ah.fits(i));
        missingHead[i] = ah.missingHeadroom(i);
        excess[i] = ah.excess(i);
      }
    }
  }

  /** What a layer said of the packet that it was given is nothing to the packet's source. */
  private int ofBundle(int i, int fitsLayer) {
    return fitsLayer > 0 && bundleFits[i] > 0 ? bundleFits[i] : fitsLayer;
  }

  private @Nullable OutboundSa layer(
      PacketBurst burst, int i, @Nullable OutboundBundle bundle, int fromOutside) {
    if (bundle == null || !taken[i] || !burst.isAlive(i) || fromOutside >= bundle.size()) {
      return null;
    }
    return bundle.sa(bundle.size() - 1 - fromOutside);
  }

  /** Runs each stage once, over all packets that share it. */
  @SuppressWarnings("ReferenceEquality") // a stage is one object
  private void runStages(PacketBurst burst, @Nullable OutboundBundle[] bundles, long now) {
    Arrays.fill(staged, 0, burst.size(), false);
    for (int first = 0; first < burst.size(); first++) {
      PacketStage stage = stage(burst, first, bundles[first]);
      if (stage != null && !staged[first]) {
        for (int i = 0; i < burst.size(); i++) {
          stageMine[i] = stage(burst, i, bundles[i]) == stage;
          staged[i] |= stageMine[i];
        }
        stage.apply(burst, stageMine, now);
      }
    }
  }

  private @Nullable PacketStage stage(PacketBurst burst, int i, @Nullable OutboundBundle bundle) {
    return bundle != null && taken[i] && burst.isAlive(i) ? bundle.stage() : null;
  }

  /**
   * Octets of the longest packet of its kind that the path carries, for one dropped as {@code
   * NEEDS_FRAGMENTATION}: what its source is to be told (RFC 4301 8.2.1); 0 for every other. Means
   * something until the next call.
   */
  public int fits(int index) {
    return fits[index];
  }

  /**
   * Octets of headroom that a packet dropped as {@code NO_HEADROOM} lacked for the layer that it
   * failed at; 0 for every other. Layers around that one want more.
   */
  public int missingHeadroom(int index) {
    return missingHead[index];
  }

  /** Octets of tailroom that it lacked; 0 for every other. */
  public int missingTailroom(int index) {
    return missingTail[index];
  }

  /**
   * Octets by which a packet dropped as {@code TOO_LONG} would have been longer than an IP packet
   * can be at the layer that it failed at; 0 for every other.
   */
  public int excess(int index) {
    return excess[index];
  }

  /** Packets dropped here, and not by one of their SAs. */
  public SaCounters refused() {
    return refused;
  }

  /** Closes the workers; idempotent. */
  @Override
  public void close() {
    esp.close();
    ah.close();
  }

  private void drop(PacketBurst burst, int i, DropReason reason) {
    burst.drop(i, reason);
    refused.dropped(reason);
  }
}
