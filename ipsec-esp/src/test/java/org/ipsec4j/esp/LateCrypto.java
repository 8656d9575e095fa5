package org.ipsec4j.esp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoBurst;
import org.ipsec4j.api.crypto.PacketWorker;
import org.jspecify.annotations.NullUnmarked;

/** A device: its workers do nothing until they are told to, and give bursts back when polled. */
@NullUnmarked
final class LateCrypto extends TestCrypto {
  /** How often each worker is polled in vain before a burst is done; negative for never. */
  int patience;

  /** Whether a poll throws, which none must. */
  boolean broken;

  final List<Device> devices = new ArrayList<>();

  final class Device implements PacketWorker {
    private final PacketWorker worker = LateCrypto.super.packetWorker();
    private final ArrayDeque<CryptoBurst> queue = new ArrayDeque<>();
    private int polls;

    int waiting() {
      return queue.size();
    }

    @Override
    public boolean submit(CryptoBurst burst) {
      queue.add(burst);
      polls = 0;
      return false;
    }

    @Override
    public CryptoBurst poll() {
      if (broken) {
        throw new IllegalStateException("broken");
      }
      if (queue.isEmpty() || patience < 0 || polls++ < patience) {
        return null;
      }
      worker.submit(queue.peek());
      return queue.remove();
    }

    @Override
    public void close() {
      worker.close();
    }
  }

  @Override
  public PacketWorker packetWorker() {
    Device device = new Device();
    devices.add(device);
    return device;
  }
}
