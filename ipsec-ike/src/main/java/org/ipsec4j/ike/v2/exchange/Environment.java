package org.ipsec4j.ike.v2.exchange;

import org.ipsec4j.api.WallClock;
import org.ipsec4j.api.auth.Credentials;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.ike.IkeDropReason;
import org.ipsec4j.api.ike.IkeEvent;
import org.ipsec4j.api.ike.IkeOutput;
import org.ipsec4j.api.policy.PolicyView;
import org.ipsec4j.api.sa.ChildSaId;

/** What every IKE SA of an engine shares. Implemented by the engine; used on its thread. */
public interface Environment {
  /** Time of the call being served, nanoseconds. */
  long now();

  /** Cryptography. */
  CryptoProvider crypto();

  /** Randomness for nonces, SPIs, jitter and private values. */
  RandomSource random();

  /** What proves us and judges peers. */
  Credentials credentials();

  /** Calendar time for certificates. */
  WallClock wallClock();

  /** The policy as it is now. */
  PolicyView policy();

  /** Whether keys of IKE SAs are told to the operator. */
  boolean exportKeys();

  /** Queues an output. */
  void emit(IkeOutput output);

  /** Counts a datagram that goes no further. */
  void drop(IkeDropReason reason);

  /** A name for a Child SA, never used before. */
  ChildSaId nextChildId();

  /** An inbound SPI for ESP or AH that no Child SA of this engine has, above 255. */
  int newInboundSpi();

  /** The SPI is free again. */
  void releaseInboundSpi(int spi);

  /** An IKE SPI of ours that no IKE SA of this engine has, not 0. */
  long newIkeSpi();

  /** Tells what happened. */
  default void tell(IkeEvent event) {
    emit(new IkeOutput.Event(event));
  }
}
