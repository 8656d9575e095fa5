package org.ipsec4j.interop.stack;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.IpHeaderView;
import org.jspecify.annotations.Nullable;

/**
 * The host behind the protection: answers ICMP and ICMPv6 echo, sends pings of its own, counts what
 * comes. Its answers go out through {@code sink}, like everything that it sends.
 */
final class InnerHost {
  private static final int ECHO_HEADER = 8;

  private final Consumer<byte[]> sink;
  private final Map<String, Long> counts = new TreeMap<>();
  private int identification = 1;
  private @Nullable Ping ping;

  /** A run of echo requests on its way. */
  private static final class Ping {
    final IpAddress from;
    final IpAddress to;
    final int identifier;
    final byte[] data;
    final BitSet answered = new BitSet();

    Ping(IpAddress from, IpAddress to, int identifier, byte[] data) {
      this.from = from;
      this.to = to;
      this.identifier = identifier;
      this.data = data;
    }
  }

  InnerHost(Consumer<byte[]> sink) {
    this.sink = sink;
  }

  /** Begins a new run; answers to former ones no longer count. Plain data can be compressed. */
  void beginPing(IpAddress from, IpAddress to, int size, boolean plain) {
    byte[] data = new byte[size];
    if (!plain) {
      new Random(identification * 31L + size).nextBytes(data);
    }
    ping = new Ping(from, to, ++identification & 0xffff, data);
  }

  /** Sends one echo request of the present run. */
  void sendPing(int number, int trafficClass, boolean dontFragment) {
    Ping run = ping;
    if (run != null) {
      Packets.Head head = head(run.from, run.to, trafficClass, dontFragment);
      sink.accept(Packets.echo(head, true, run.identifier, number, run.data));
    }
  }

  /** Echo requests of the present run that were answered, each counted once. */
  int answered() {
    return ping == null ? 0 : ping.answered.cardinality();
  }

  void sendUdp(
      IpAddress from, IpAddress to, int port, byte[] data, int trafficClass, boolean fragmentable) {
    sink.accept(Packets.udp(head(from, to, trafficClass, !fragmentable), port, port, data));
  }

  private Packets.Head head(IpAddress from, IpAddress to, int trafficClass, boolean df) {
    return new Packets.Head(from, to, trafficClass, df, ++identification & 0xffff);
  }

  /** What came, by kind. */
  Map<String, Long> counts() {
    return counts;
  }

  void reset() {
    counts.clear();
    ping = null;
  }

  private void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  /** Takes one whole inner packet that is not a fragment. */
  void deliver(IpHeaderView view, ByteBuffer slab) {
    count(String.format("class.%02x", view.trafficClass()));
    IpAddress source = address(view, view.sourceHigh(), view.sourceLow());
    IpAddress destination = address(view, view.destinationHigh(), view.destinationLow());
    byte[] message = new byte[view.payloadLength()];
    slab.get(view.payloadOffset(), message);
    boolean known =
        switch (view.protocol()) {
          case Packets.ICMP, Packets.ICMP_V6, Packets.UDP -> message.length >= ECHO_HEADER;
          default -> false;
        };
    if (!known) {
      count("other");
    } else if (!Packets.isIntact(source, destination, view.protocol(), message)
        && !(view.protocol() == Packets.UDP && message[6] == 0 && message[7] == 0)) {
      count("damaged");
    } else if (view.protocol() == Packets.UDP) {
      count("udp");
    } else {
      echo(view, source, destination, message);
    }
  }

  private static IpAddress address(IpHeaderView view, long high, long low) {
    return view.isV4() ? IpAddress.v4((int) low) : IpAddress.v6(high, low);
  }

  private void echo(IpHeaderView view, IpAddress source, IpAddress destination, byte[] message) {
    ByteBuffer read = ByteBuffer.wrap(message);
    int type = read.get() & 0xff;
    int identifier = read.getShort(4) & 0xffff;
    int number = read.getShort(6) & 0xffff;
    byte[] data = Arrays.copyOfRange(message, ECHO_HEADER, message.length);
    if (type == (view.isV4() ? 8 : 128)) {
      count("requests");
      Packets.Head head = head(destination, source, view.trafficClass(), view.dontFragment());
      sink.accept(Packets.echo(head, false, identifier, number, data));
    } else if (type == (view.isV4() ? 0 : 129)) {
      reply(source, destination, identifier, number, data);
    } else {
      count("icmp." + type);
    }
  }

  private void reply(
      IpAddress source, IpAddress destination, int identifier, int number, byte[] data) {
    Ping run = ping;
    if (run != null
        && run.identifier == identifier
        && run.from.equals(destination)
        && run.to.equals(source)
        && Arrays.equals(run.data, data)) {
      count("replies");
      run.answered.set(number);
    } else {
      count("stray");
    }
  }
}
