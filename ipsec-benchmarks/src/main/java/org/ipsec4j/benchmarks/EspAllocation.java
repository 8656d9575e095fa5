package org.ipsec4j.benchmarks;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.SecurityProtocol;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.policy.SaMode;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.esp.AhInbound;
import org.ipsec4j.esp.AhOutbound;
import org.ipsec4j.esp.EspInbound;
import org.ipsec4j.esp.EspOutbound;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.Sad;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many octets does the packet path allocate per packet? To be read by {@code -prof gc}: {@code
 * gc.alloc.rate.norm}. With the provider UNSEALED, which allocates nothing, it is what our own code
 * allocates and must be zero; with JCA it is what the JDK's ciphers add. {@link AllocationReport}
 * runs all shapes and checks that.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 1, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class EspAllocation {
  private static final int BURST = 32;
  private static final int SIZE = 576;

  /** Who does the cryptography. */
  public enum Provider {
    /** Nobody: see {@link UnsealedCrypto}. */
    UNSEALED,
    /** The default provider. */
    JCA
  }

  /** A name of {@link Shapes}. */
  @Param({"AES_GCM_16"})
  public String shape;

  /** Mode of the SA. */
  @Param({"TUNNEL", "TRANSPORT"})
  public SaMode mode;

  /** Provider. */
  @Param({"UNSEALED", "JCA"})
  public Provider provider;

  private PacketBurst burst;
  private byte[] packet;
  private OutboundSa[] sas;
  private EspOutbound outbound;
  private EspInbound inbound;
  private AhOutbound ahOutbound;
  private AhInbound ahInbound;
  private boolean authenticationHeader;
  private int headroom;

  /** For JMH. */
  public EspAllocation() {}

  /** Fresh SAs and a burst of packets. */
  @Setup(Level.Iteration)
  public void setUp() throws CryptoException {
    CryptoProvider crypto =
        provider == Provider.JCA ? new JcaCryptoProvider() : new UnsealedCrypto();
    ChildSa sa = Associations.looped(Shapes.named(shape), mode, null);
    Sad sad = new Sad();
    sad.install(InboundSa.of(sa, key(crypto, sa)));
    sas = new OutboundSa[BURST];
    Arrays.fill(sas, OutboundSa.of(sa, key(crypto, sa)));
    authenticationHeader = sa.transform().protocol() == SecurityProtocol.AH;
    outbound = new EspOutbound(List.of(crypto), BURST);
    inbound = new EspInbound(sad, List.of(crypto), BURST);
    ahOutbound = new AhOutbound(List.of(crypto), BURST);
    ahInbound = new AhInbound(sad, List.of(crypto), BURST);
    burst = new PacketBurst(BURST, EspOutbound.MAX_HEADROOM, SIZE, EspOutbound.MAX_TAILROOM);
    packet = Associations.packet(SIZE);
    for (int i = 0; i < BURST; i++) {
      burst.add(ByteBuffer.wrap(packet));
    }
    headroom = burst.headroom(0);
  }

  private static PacketKey key(CryptoProvider crypto, ChildSa sa) throws CryptoException {
    Secret encryption = sa.outboundKeys().encryption();
    return crypto.packetKey(sa.transform(), encryption, sa.outboundKeys().integrity());
  }

  /** Frees the workers. */
  @TearDown(Level.Iteration)
  public void tearDown() {
    outbound.close();
    inbound.close();
    ahOutbound.close();
    ahInbound.close();
  }

  /** Protects. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public PacketBurst seal() {
    refill();
    protect();
    checkAlive();
    return burst;
  }

  /** Protects and opens again, in place. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public PacketBurst sealAndOpen() {
    refill();
    protect();
    if (authenticationHeader) {
      ahInbound.open(burst, 0);
    } else {
      inbound.open(burst, PacketForm.FULL_IP, 0);
    }
    checkAlive();
    return burst;
  }

  private void protect() {
    if (authenticationHeader) {
      ahOutbound.protect(burst, sas, 0);
    } else {
      outbound.protect(burst, sas, PacketForm.FULL_IP, 0);
    }
  }

  private void refill() {
    for (int i = 0; i < BURST; i++) {
      burst.window(i, burst.offset(i) - burst.headroom(i) + headroom, packet.length);
      burst.slab().put(burst.offset(i), packet);
    }
  }

  private void checkAlive() {
    for (int i = 0; i < BURST; i++) {
      if (!burst.isAlive(i)) {
        throw new IllegalStateException("dropped: " + burst.dropReason(i));
      }
    }
  }
}
