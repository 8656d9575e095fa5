package org.ipsec4j.node.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoOp;
import org.ipsec4j.api.crypto.EncryptionAlgorithm;
import org.ipsec4j.api.crypto.ForwardingCryptoProvider;
import org.ipsec4j.api.crypto.IntegrityAlgorithm;
import org.ipsec4j.api.crypto.KeyExchange;
import org.ipsec4j.api.crypto.KeyExchangeMethod;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.api.crypto.PacketWorker;
import org.ipsec4j.api.crypto.Prf;
import org.ipsec4j.api.crypto.PrfAlgorithm;
import org.ipsec4j.api.crypto.RandomSource;
import org.ipsec4j.api.crypto.SelfTest;
import org.ipsec4j.crypto.jca.JcaCryptoProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Several providers as one. */
final class ProviderChainTest {
  private static final PacketTransform GCM =
      PacketTransform.esp(EncryptionAlgorithm.AES_GCM_16, 128, IntegrityAlgorithm.NONE, false);
  private static final PacketTransform CHACHA =
      PacketTransform.esp(
          EncryptionAlgorithm.CHACHA20_POLY1305, 256, IntegrityAlgorithm.NONE, false);
  private static final PacketTransform CBC =
      PacketTransform.esp(
          EncryptionAlgorithm.AES_CBC, 128, IntegrityAlgorithm.HMAC_SHA2_256_128, false);

  private final FakeProvider gcm = new FakeProvider("gcm", GCM::equals);
  private final FakeProvider both =
      new FakeProvider("gcm:and-more", transform -> !transform.equals(CBC));
  private final ProviderChain chain = new ProviderChain(List.of(gcm, both));

  private PacketKey key(PacketTransform transform) throws CryptoException {
    return chain.packetKey(transform, Secret.copyOf(new byte[36]), Secret.copyOf(new byte[0]));
  }

  private static CryptoBurst burst(@Nullable PacketKey... keys) {
    CryptoBurst burst = new CryptoBurst(Math.max(1, keys.length));
    for (PacketKey key : keys) {
      burst.next().key = key;
    }
    return burst;
  }

  private static List<CryptoOp.Status> statuses(CryptoBurst burst) {
    return java.util.stream.IntStream.range(0, burst.size())
        .mapToObj(i -> burst.op(i).status)
        .toList();
  }

  @Test
  void firstProviderThatSaysYesMakesTheKey() throws Exception {
    assertEquals("gcm", key(GCM).provider());
    assertEquals("gcm:and-more", key(CHACHA).provider());
    assertFalse(chain.supports(CBC));
    CryptoException refused = assertThrows(CryptoException.class, () -> key(CBC));
    assertTrue(String.valueOf(refused.getMessage()).contains("AES_CBC_128"), refused::getMessage);
  }

  @Test
  void burstOfOneProviderGoesThereAsAWhole() throws Exception {
    PacketKey one = key(CHACHA);
    PacketKey two = key(CHACHA);
    try (Closing worker = new Closing(chain.packetWorker())) {
      CryptoBurst burst = burst(one, two);
      assertTrue(worker.worker.submit(burst));
      assertEquals(List.of(CryptoOp.Status.OK, CryptoOp.Status.OK), statuses(burst));
    }
    assertEquals(List.of(one, two), both.seen);
    assertTrue(gcm.seen.isEmpty());
    assertEquals(1, both.closedWorkers);
    assertEquals(1, gcm.closedWorkers);
  }

  @Test
  void mixedBurstGoesToTheWorkersOfItsKeys() throws Exception {
    PacketKey ours = key(GCM);
    PacketKey theirs = key(CHACHA);
    try (Closing worker = new Closing(chain.packetWorker())) {
      CryptoBurst burst = burst(ours, theirs, ours, theirs);
      assertTrue(worker.worker.submit(burst));
      assertEquals(4, statuses(burst).stream().filter(CryptoOp.Status.OK::equals).count());
      assertSame(ours, burst.op(0).key, "the caller's descriptors stay as they were");
    }
    assertEquals(List.of(ours, ours), gcm.seen);
    assertEquals(List.of(theirs, theirs), both.seen);
  }

  @Test
  void keyThatNamesADetailBelongsToItsProvider() throws Exception {
    gcm.detail = ":SunJCE";
    both.detail = ":BC";
    PacketKey ours = key(GCM);
    PacketKey theirs = key(CHACHA);
    assertEquals("gcm:SunJCE", ours.provider());
    try (Closing worker = new Closing(chain.packetWorker())) {
      worker.worker.submit(burst(ours, theirs));
    }
    assertEquals(List.of(ours), gcm.seen);
    assertEquals(List.of(theirs), both.seen, "the longest name that fits wins");
  }

  @Test
  void keyOfNobodyFailsAndTheOthersPass() throws Exception {
    PacketKey stranger =
        new FakeProvider("stranger", transform -> true)
            .packetKey(GCM, Secret.copyOf(new byte[20]), Secret.copyOf(new byte[0]));
    try (Closing worker = new Closing(chain.packetWorker())) {
      CryptoBurst burst = burst(stranger, key(GCM), null);
      assertTrue(worker.worker.submit(burst));
      assertEquals(
          List.of(CryptoOp.Status.FAILED, CryptoOp.Status.OK, CryptoOp.Status.FAILED),
          statuses(burst));
      CryptoBurst strange = burst(stranger, stranger);
      assertTrue(worker.worker.submit(strange));
      assertEquals(List.of(CryptoOp.Status.FAILED, CryptoOp.Status.FAILED), statuses(strange));
    }
  }

  @Test
  void asynchronousProviderComesBackByPoll() throws Exception {
    both.asynchronous = true;
    try (Closing worker = new Closing(chain.packetWorker())) {
      CryptoBurst whole = burst(key(CHACHA));
      assertFalse(worker.worker.submit(whole));
      assertSame(whole, worker.worker.poll());
      CryptoBurst mixed = burst(key(GCM), key(CHACHA));
      assertFalse(worker.worker.submit(mixed), "a mixed burst waits for the slower provider");
      assertSame(mixed, worker.worker.poll());
      assertEquals(List.of(CryptoOp.Status.OK, CryptoOp.Status.OK), statuses(mixed));
      assertEquals("gcm:and-more".length(), worker.worker.preferredBurst());
    }
  }

  /** Offers all that IKE needs and has none of it. */
  private static final class Hollow extends ForwardingCryptoProvider {
    Hollow() {
      super(new JcaCryptoProvider());
    }

    @Override
    public Prf prf(PrfAlgorithm algorithm) throws CryptoException {
      throw new CryptoException(CryptoException.Culprit.PROVIDER, "the library is gone");
    }

    @Override
    public KeyExchange keyExchange(KeyExchangeMethod method, RandomSource random)
        throws CryptoException {
      throw new CryptoException(CryptoException.Culprit.PEER_VALUE, "the peer is to blame");
    }
  }

  @Test
  void setUpThatFailsIsLeftToTheNextUnlessSomebodyElseIsToBlame() throws Exception {
    ProviderChain next = new ProviderChain(List.of(gcm, new Hollow(), new JcaCryptoProvider()));
    assertNotNull(next.prf(PrfAlgorithm.HMAC_SHA2_256));
    CryptoException blamed =
        assertThrows(
            CryptoException.class, () -> next.keyExchange(KeyExchangeMethod.X25519, next.random()));
    assertEquals(CryptoException.Culprit.PEER_VALUE, blamed.culprit());
    assertTrue(next.sha1(Bytes.EMPTY).length() > 0, "not from the one that is for packets alone");
    ProviderChain last = new ProviderChain(List.of(new Hollow()));
    CryptoException gone =
        assertThrows(CryptoException.class, () -> last.prf(PrfAlgorithm.HMAC_SHA2_256));
    assertEquals("the library is gone", gone.getMessage());
  }

  @Test
  void chainAnswersForAllItsProviders() throws Exception {
    gcm.selfTest = () -> new SelfTest(3, List.of("one is wrong"));
    assertEquals(new SelfTest(4, List.of("one is wrong")), chain.selfTest());
    assertEquals("gcm+gcm:and-more", chain.name());
    assertFalse(chain.supports(PrfAlgorithm.HMAC_SHA2_256));
    assertThrows(CryptoException.class, () -> chain.prf(PrfAlgorithm.HMAC_SHA2_256));
    ProviderChain real = new ProviderChain(List.of(gcm, new JcaCryptoProvider()));
    assertTrue(real.supports(PrfAlgorithm.HMAC_SHA2_256));
    assertNotNull(real.prf(PrfAlgorithm.HMAC_SHA2_256));
    assertThrows(IllegalArgumentException.class, () -> new ProviderChain(List.of()));
  }

  private record Closing(PacketWorker worker) implements AutoCloseable {
    @Override
    public void close() {
      worker.close();
    }
  }
}
