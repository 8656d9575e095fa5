package org.ipsec4j.benchmarks.standard;

import java.util.List;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.crypto.PacketKey;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.benchmarks.harness.Loop;
import org.ipsec4j.esp.EspInbound;
import org.ipsec4j.esp.EspOutbound;
import org.ipsec4j.esp.OutboundSa;
import org.ipsec4j.esp.PacketForm;
import org.ipsec4j.esp.Sad;

/**
 * The whole path of ours in one direction: what {@link EspOutbound#protect} or {@link
 * EspInbound#open} do, from one whole IP packet to the other.
 */
final class PathLoop implements Loop {
  private final PacketRing ring;
  private final PacketKey[] keys;
  private final boolean inward;
  private final OutboundSa[][] sas;
  private final EspOutbound outbound;
  private final EspInbound inbound;
  private long now;

  /**
   * @param count how many SAs take turns, packet by packet
   */
  PathLoop(CryptoProvider provider, TestSas made, int count, PacketRing ring, boolean inward)
      throws CryptoException {
    this.ring = ring;
    this.inward = inward;
    Sad sad = new Sad();
    keys = new PacketKey[count];
    OutboundSa[] all = new OutboundSa[count];
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      keys[i] = made.key(provider, i);
      all[i] = made.outbound(keys[i], i);
      sad.install(made.inbound(keys[i], i));
      order[i] = i;
    }
    ring.order(order);
    sas = new OutboundSa[ring.bursts().length][ring.burstSize()];
    for (int i = 0; i < ring.packets(); i++) {
      sas[i / ring.burstSize()][i % ring.burstSize()] = all[i % count];
    }
    outbound = new EspOutbound(List.of(provider), ring.burstSize());
    inbound = new EspInbound(sad, List.of(provider), ring.burstSize());
  }

  @Override
  public void prepare() {
    ring.reset();
    now++;
    if (inward) {
      protect();
    }
  }

  @Override
  public int run() {
    return inward ? open() : protect();
  }

  private int protect() {
    PacketBurst[] bursts = ring.bursts();
    int done = 0;
    for (int i = 0; i < bursts.length; i++) {
      outbound.protect(bursts[i], sas[i], PacketForm.FULL_IP, now);
      done += alive(bursts[i]);
    }
    return done;
  }

  private int open() {
    int done = 0;
    for (PacketBurst burst : ring.bursts()) {
      inbound.open(burst, PacketForm.FULL_IP, now);
      done += alive(burst);
    }
    return done;
  }

  static int alive(PacketBurst burst) {
    int alive = 0;
    for (int i = 0; i < burst.size(); i++) {
      alive += burst.isAlive(i) ? 1 : 0;
    }
    return alive;
  }

  @Override
  public int expected() {
    return ring.packets();
  }

  @Override
  public void close() {
    outbound.close();
    inbound.close();
    for (PacketKey key : keys) {
      key.destroy();
    }
  }
}
