package org.ipsec4j.esp.manual;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.EncryptionTransform;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.policy.ChildProfile;
import org.ipsec4j.api.policy.ChildProposal;
import org.ipsec4j.api.policy.Defaults;
import org.ipsec4j.api.policy.Lifetime;
import org.ipsec4j.api.policy.ManualChild;
import org.ipsec4j.api.policy.ManualKeys;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.policy.TrafficSelector;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.api.sa.ChildSaId;
import org.ipsec4j.api.sa.IkeSaId;
import org.ipsec4j.api.sa.SaKeys;
import org.ipsec4j.api.sa.UdpEncapsulation;
import org.ipsec4j.esp.AddressPair;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.ReplayProtection;
import org.ipsec4j.esp.SaBundle;
import org.ipsec4j.esp.SaOptions;
import org.ipsec4j.esp.TimeLifetime;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a {@link ManualChild} with its keys at hand: both SAs of it, as IKE would have
 * agreed them (RFC 4301 4.5.1).
 *
 * <p>{@link #problems} says what is wrong with keys before anything is made of them. Thread-safe;
 * holds copies of the keys until {@link #destroy()}.
 */
public final class ManualSa {
  private final ManualChild child;
  private final int layer;
  private final SaKeys inbound;
  private final SaKeys outbound;
  private final SaBundle bundle;

  private ManualSa(ManualChild child, int layer, SaKeys inbound, SaKeys outbound, SaBundle bundle) {
    this.bundle = bundle;
    this.child = child;
    this.layer = layer;
    this.inbound = inbound;
    this.outbound = outbound;
  }

  /**
   * The layers of a child, the innermost first.
   *
   * @param secrets gives the key of a name, or null; keys are copied
   * @throws IllegalArgumentException when {@link #problems} finds any
   */
  public static List<ManualSa> of(ManualChild child, Function<String, @Nullable Secret> secrets) {
    List<String> problems = problems(child, secrets);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    SaBundle bundle = SaBundle.of(child.name(), child.layers().size());
    List<ManualSa> layers = new ArrayList<>();
    for (int i = 0; i < child.layers().size(); i++) {
      ManualKeys keys = child.layers().get(i);
      SaKeys in = copy(keys.inbound(), secrets);
      SaKeys out = copy(keys.outbound(), secrets);
      layers.add(new ManualSa(child, i, in, out, bundle));
    }
    return List.copyOf(layers);
  }

  private static SaKeys copy(ManualKeys.Names names, Function<String, @Nullable Secret> secrets) {
    return new SaKeys(copy(names.encryption(), secrets), copy(names.integrity(), secrets));
  }

  private static Secret copy(@Nullable String name, Function<String, @Nullable Secret> secrets) {
    Secret found = name == null ? null : secrets.apply(name);
    return found == null
        ? Secret.adopt(new byte[0])
        : Secret.adopt(found.reveal(SecretAccess.raw()));
  }

  /**
   * What is wrong with the keys of a child: absent, of another length than the algorithm takes, or
   * the same in both directions where that breaks the algorithm. No sentence shows a key.
   */
  public static List<String> problems(
      ManualChild child, Function<String, @Nullable Secret> secrets) {
    List<String> problems = new ArrayList<>();
    for (ManualKeys keys : child.layers()) {
      check(keys.transform(), "inbound", keys.inbound(), secrets, problems);
      check(keys.transform(), "outbound", keys.outbound(), secrets, problems);
      if (problems.isEmpty() && keys.needsFreshNumbers() && sameKeys(keys, secrets)) {
        problems.add(
            "the inbound and the outbound key are the same: both sides would use each nonce of "
                + keys.transform()
                + " once, which is twice; each direction needs a key of its own");
      }
    }
    return problems;
  }

  /**
   * Keys that several children have although that breaks the algorithm: each child counts its
   * numbers from the same beginning.
   */
  public static List<String> sharedKeys(
      List<ManualChild> children, Function<String, @Nullable Secret> secrets) {
    List<String> problems = new ArrayList<>();
    Map<String, ManualChild> owners = new LinkedHashMap<>();
    for (ManualChild child : children) {
      for (ManualKeys keys : child.layers()) {
        if (!keys.needsFreshNumbers()) {
          continue;
        }
        for (String name : sensitive(keys)) {
          Secret key = secrets.apply(name);
          owners.forEach(
              (otherName, other) -> {
                Secret otherKey = secrets.apply(otherName);
                if (!other.name().equals(child.name())
                    && key != null
                    && otherKey != null
                    && key.equals(otherKey)) {
                  problems.add(
                      child.origin()
                          + ": manual children `"
                          + other.name()
                          + "` and `"
                          + child.name()
                          + "` have a key in common: each nonce would be used by both; give each"
                          + " keys of its own");
                }
              });
        }
        sensitive(keys).forEach(name -> owners.put(name, child));
      }
    }
    return problems.stream().distinct().toList();
  }

  /** The keys under which a nonce must not come twice. */
  private static List<String> sensitive(ManualKeys keys) {
    boolean encrypts = keys.transform().encryption().keyingMaterialLength() > 0;
    return Stream.of(keys.inbound(), keys.outbound())
        .map(names -> encrypts ? names.encryption() : names.integrity())
        .filter(Objects::nonNull)
        .map(Objects::requireNonNull)
        .toList();
  }

  private static boolean sameKeys(ManualKeys keys, Function<String, @Nullable Secret> secrets) {
    SaKeys in = copy(keys.inbound(), secrets);
    SaKeys out = copy(keys.outbound(), secrets);
    boolean same =
        in.encryption().equals(out.encryption()) && in.integrity().equals(out.integrity());
    in.destroy();
    out.destroy();
    return same;
  }

  private static void check(
      PacketTransform transform,
      String direction,
      ManualKeys.Names names,
      Function<String, @Nullable Secret> secrets,
      List<String> problems) {
    EncryptionTransform cipher = transform.encryption();
    String prefix = "the " + direction + " " + transform.protocol();
    if (names.encryption() != null) {
      int salt = cipher.algorithm().saltLength();
      String parts =
          salt == 0 ? "" : ": " + cipher.keyBits() / 8 + " of key and " + salt + " of salt";
      checkLength(
          prefix + " encryption key",
          secrets.apply(names.encryption()),
          cipher.keyingMaterialLength(),
          cipher + parts,
          problems);
    }
    if (names.integrity() != null) {
      checkLength(
          prefix + " integrity key",
          secrets.apply(names.integrity()),
          transform.integrity().keyLength(),
          transform.integrity().toString(),
          problems);
    }
  }

  private static void checkLength(
      String what, @Nullable Secret key, int expected, String algorithm, List<String> problems) {
    if (key == null) {
      problems.add(what + " is missing");
    } else if (key.length() != expected) {
      problems.add(
          what
              + " has "
              + key.length()
              + " octets; expected "
              + expected
              + " for "
              + algorithm
              + " (in hexadecimal "
              + 2 * expected
              + " digits)");
    }
  }

  /** The child that this is a layer of. */
  public ManualChild child() {
    return child;
  }

  /** SPIs, algorithms and names of the keys. */
  public ManualKeys keys() {
    return child.layers().get(layer);
  }

  /**
   * Tunnel, transport or BEET. What stands around another layer is in transport mode: it protects
   * the packet that the inner layer made.
   */
  public SaMode mode() {
    return layer == 0 ? child.mode() : SaMode.TRANSPORT;
  }

  /**
   * The SAs of the layer as if they had been negotiated; the IKE SA is {@link IkeSaId#NONE}, the
   * peer {@link ManualChild#PEER}.
   *
   * @param id our name for it
   * @return with copies of the keys, which the receiver destroys
   */
  public ChildSa childSa(ChildSaId id) {
    ManualKeys keys = keys();
    List<TrafficSelector> local =
        layer == 0 ? child.localSelectors() : List.of(outer(child.localAddress()));
    List<TrafficSelector> remote =
        layer == 0 ? child.remoteSelectors() : List.of(outer(child.remoteAddress()));
    return new ChildSa(
        id,
        IkeSaId.NONE,
        ManualChild.PEER,
        profile(),
        mode(),
        keys.transform(),
        keys.inboundSpi(),
        keys.outboundSpi(),
        copy(inbound),
        copy(outbound),
        local,
        remote,
        child.localAddress(),
        child.remoteAddress(),
        encapsulation(),
        window(),
        layer == 0 ? child.lifetime() : Lifetime.UNLIMITED,
        true);
  }

  /** What an outer layer protects: the packets of the layer within. */
  private static TrafficSelector outer(IpAddress address) {
    return new TrafficSelector(
        SecurityProtocol.ESP.ipProtocol(), 0, 65535, AddressRange.single(address));
  }

  private static SaKeys copy(SaKeys keys) {
    return new SaKeys(
        Secret.adopt(keys.encryption().reveal(SecretAccess.raw())),
        Secret.adopt(keys.integrity().reveal(SecretAccess.raw())));
  }

  private ChildProfile profile() {
    PacketTransform transform = keys().transform();
    boolean ah = transform.protocol() == SecurityProtocol.AH;
    ChildProposal proposal =
        new ChildProposal(
            transform.protocol(),
            ah ? List.of() : List.of(transform.encryption()),
            transform.encryption().algorithm().isAead()
                ? List.of()
                : List.of(transform.integrity()),
            List.of(),
            List.of(false));
    return new ChildProfile(
        child.name(),
        child.localSelectors(),
        child.remoteSelectors(),
        List.of(proposal),
        child.mode(),
        java.time.Duration.ZERO,
        0,
        child.hardLifetime(),
        child.lifetime(),
        window(),
        ChildProfile.StartAction.NONE,
        child.origin());
  }

  private int window() {
    return child.replayWindow() == 0 ? Defaults.REPLAY_WINDOW : child.replayWindow();
  }

  private @Nullable UdpEncapsulation encapsulation() {
    return child.isUdp()
        ? new UdpEncapsulation(
            new Endpoint(child.localAddress(), child.localPort()),
            new Endpoint(child.remoteAddress(), child.remotePort()))
        : null;
  }

  /** What the SAs do beyond what a Child SA says: replay protection and lifetimes in time. */
  public SaOptions options() {
    SaOptions options =
        SaOptions.DEFAULT.withReplayProtection(
            child.replayWindow() == 0 ? ReplayProtection.OFF : ReplayProtection.WINDOW);
    if (mode() == SaMode.BEET) {
      options =
          options.withInnerAddresses(
              new AddressPair(
                  child.localSelectors().getFirst().addresses().first(),
                  child.remoteSelectors().getFirst().addresses().first()));
    }
    if (bundle.layers() > 1) {
      options = options.withPlace(bundle.place(layer));
    }
    // one clock for all layers: that of the innermost, which every packet passes
    return layer == 0
        ? options.withTimeLifetime(
            new TimeLifetime(child.softLifetime().toNanos(), child.hardLifetime().toNanos()))
        : options;
  }

  /**
   * The receiving SA.
   *
   * @param sa from {@link #childSa}
   * @param key set up from its inbound keys
   */
  public InboundSa inbound(ChildSa sa, PacketKey key) {
    return InboundSa.of(sa, key, options());
  }

  /**
   * The sending SA.
   *
   * @param sa from {@link #childSa}
   * @param key set up from its outbound keys
   * @param firstNumber the first sequence number, 1 unless numbers were used before with the same
   *     keys
   */
  public OutboundSa outbound(ChildSa sa, PacketKey key, long firstNumber) {
    return OutboundSa.startingAt(sa, key, options(), firstNumber);
  }

  /** Wipes the copies of the keys; SAs already made stay. */
  public void destroy() {
    inbound.destroy();
    outbound.destroy();
  }

  @Override
  public String toString() {
    return "manual/" + child.name() + " " + keys().transform();
  }
}
