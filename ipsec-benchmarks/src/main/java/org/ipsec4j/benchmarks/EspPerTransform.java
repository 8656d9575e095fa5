package org.ipsec4j.benchmarks;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.sa.ChildSa;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.ipsec4j.esp.EspInbound;
import org.ipsec4j.esp.EspOutbound;
import org.ipsec4j.esp.InboundSa;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.Sad;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does ESP cost per packet on one core, by transform and size? Bursts of 32 packets of one SA,
 * tunnel mode in UDP form, with the JCA provider. Opening alone is the difference of the two
 * numbers: a packet can be opened only once.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class EspPerTransform {
  private static final int BURST = 32;
  private static final int HEADER = 20;

  /** Transform. */
  @Param({"AES_128_GCM", "AES_256_GCM", "CHACHA20", "AES_128_CBC_SHA256"})
  public Suite suite;

  /** Octets of the inner packet. */
  @Param({"64", "576", "1400"})
  public int size;

  private PacketBurst burst;
  private byte[] header;
  private OutboundSa[] sas;
  private EspOutbound outbound;
  private EspInbound inbound;

  /** For JMH. */
  public EspPerTransform() {}

  /** The transforms that are compared. */
  public enum Suite {
    /** AES-GCM-16 with a key of 128 bits. */
    AES_128_GCM(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE),
    /** AES-GCM-16 with a key of 256 bits. */
    AES_256_GCM(EncryptionAlgorithm.AES_GCM_16, 256, IntegrityAlgorithm.NONE),
    /** ChaCha20-Poly1305. */
    CHACHA20(EncryptionAlgorithm.CHACHA20_POLY1305, 256, IntegrityAlgorithm.NONE),
    /** AES-CBC with HMAC-SHA2-256-128. */
    AES_128_CBC_SHA256(EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA2_256_128);

    private final PacketTransform transform;

    Suite(EncryptionAlgorithm cipher, int keyBits, IntegrityAlgorithm integrity) {
      // 64-bit numbers, so that no run uses them up.
      transform = PacketTransform.esp(cipher, keyBits, integrity, true);
    }

    PacketTransform transform() {
      return transform;
    }
  }

  /** Fresh SAs and a burst of packets. */
  @Setup(Level.Iteration)
  public void setUp() throws CryptoException {
    CryptoProvider crypto = new JcaCryptoProvider();
    ChildSa sa = Associations.looped(suite.transform());
    Sad sad = new Sad();
    sad.install(InboundSa.of(sa, key(crypto, sa)));
    sas = new OutboundSa[BURST];
    Arrays.fill(sas, OutboundSa.of(sa, key(crypto, sa)));
    outbound = new EspOutbound(List.of(crypto), BURST);
    inbound = new EspInbound(sad, List.of(crypto), BURST);
    burst = new PacketBurst(BURST, EspOutbound.MAX_HEADROOM, size, EspOutbound.MAX_TAILROOM);
    byte[] packet = Associations.packet(size);
    header = Arrays.copyOf(packet, HEADER);
    for (int i = 0; i < BURST; i++) {
      burst.add(ByteBuffer.wrap(packet));
    }
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
  }

  /** Seals; what was sealed becomes the next packet under a new IP header. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public PacketBurst seal() {
    for (int i = 0; i < BURST; i++) {
      int offset = burst.offset(i) - burst.headroom(i) + EspOutbound.MAX_HEADROOM;
      burst.window(i, offset, size);
      burst.slab().put(offset, header);
    }
    outbound.protect(burst, sas, PacketForm.PAYLOAD, 0);
    checkAlive();
    return burst;
  }

  private void checkAlive() {
    if (!burst.isAlive(0)) {
      throw new IllegalStateException("dropped: " + burst.dropReason(0));
    }
  }

  /** Seals and opens again, in place. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public PacketBurst sealAndOpen() {
    outbound.protect(burst, sas, PacketForm.PAYLOAD, 0);
    inbound.open(burst, PacketForm.PAYLOAD, 0);
    checkAlive();
    return burst;
  }
}
