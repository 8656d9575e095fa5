package org.ipsec4j.cli.demo;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.node.OuterTap;

/**
 * Watches one node's outer side for plaintext: every run of 16 octets ({@link RunIndex}) and every
 * repeated keystream ({@link KeystreamCheck}). ESP leaves a node in the order in which packets
 * entered it, which pairs each packet with its ciphertext. Thread-safe.
 */
final class LeakWatch implements OuterTap {
  /** SPI, sequence number, IV of AES-GCM. */
  private static final int TEXT_OFFSET = 16;

  private final RunIndex runs;
  private final KeystreamCheck keystream = new KeystreamCheck();
  private final ArrayDeque<byte[]> entered = new ArrayDeque<>();
  private final int natPort;
  private long unpaired;
  private boolean armed;

  /**
   * @param natPort the port of the node that carries ESP
   */
  LeakWatch(RunIndex runs, int natPort) {
    this.runs = runs;
    this.natPort = natPort;
  }

  /** A packet is about to enter the node. */
  synchronized void entering(byte[] packet) {
    armed = true;
    synchronized (runs) {
      runs.inner(packet);
    }
    entered.add(packet);
  }

  /** What was sent before the first packet entered cannot hold any of it. */
  @Override
  public synchronized void onDatagram(
      Endpoint from, Endpoint to, ByteBuffer memory, int offset, int length, boolean outgoing) {
    if (!armed || !outgoing) {
      return;
    }
    byte[] payload = new byte[length];
    memory.get(offset, payload);
    synchronized (runs) {
      runs.outer(payload);
    }
    boolean esp = length > TEXT_OFFSET && memory.getInt(offset) != 0 && from.port() == natPort;
    if (esp) {
      byte[] inner = entered.poll();
      if (inner == null) {
        unpaired++;
      } else {
        keystream.pair(inner, payload, TEXT_OFFSET);
      }
    }
  }

  /** Repeated keystream blocks, and ESP packets without an inner one. */
  synchronized long leaks() {
    return keystream.repeats() + unpaired;
  }
}
