package org.ipsec4j.benchmarks;

import java.util.concurrent.TimeUnit;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How many key exchanges can a core make in a second, by method and provider? */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class KeyExchanges {
  /** Who computes. */
  @Param({"jca", "openssl"})
  public String provider;

  /** What. */
  @Param({"X25519", "ECP_256", "ECP_384", "MODP_2048", "MODP_3072"})
  public KeyExchangeMethod method;

  private KeyExchange exchange;
  private Bytes peerValue;

  /** For JMH. */
  public KeyExchanges() {}

  /** A peer's value to answer. */
  @Setup
  public void setUp() throws CryptoException {
    CryptoProvider crypto = BenchProviders.named(provider);
    exchange = crypto.keyExchange(method, crypto.random());
    peerValue = exchange.initiate().publicValue();
  }

  /** What an initiator does before it knows the peer's value. */
  @Benchmark
  public Bytes initiate() throws CryptoException {
    KeyExchange.Initiation initiation = exchange.initiate();
    Bytes value = initiation.publicValue();
    initiation.destroy();
    return value;
  }

  /** All that a responder does: its own value and the shared secret. */
  @Benchmark
  public Secret respond() throws CryptoException {
    return exchange.respond(peerValue).sharedSecret();
  }
}
