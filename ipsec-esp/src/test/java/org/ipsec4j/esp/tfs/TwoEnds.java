package org.ipsec4j.esp.tfs;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.ipsec4j.api.Bytes;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.sim.SimRandom;
import org.jspecify.annotations.NullUnmarked;

/**
 * Two ends of an AGGFRAG tunnel and a path between them in virtual time: a delay, a bottleneck with
 * a queue, random loss and congestion marks. Payloads travel bare.
 */
@NullUnmarked
final class TwoEnds {
  static final long MS = 1_000_000L;
  static final long SECOND = 1_000_000_000L;

  /** One direction of the path. */
  static final class Path {
    long delay = 25 * MS;
    double loss;
    double marking;

    /** Nanoseconds that the bottleneck needs for a payload; 0 for none. */
    long service;

    int queue = 20;
    boolean cut;
    long freeAt;
    long carried;
    long dropped;
    List<Long> times = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
  }

  static final class End {
    final AggfragFeedback feedback = new AggfragFeedback();
    final AggfragSender sender;
    final AggfragReceiver receiver;
    final Path path = new Path();
    final List<byte[]> delivered = new ArrayList<>();
    long number = 1;
    End peer;

    End(SenderSettings settings, long now) {
      sender = new AggfragSender(settings, feedback, now);
      receiver = new AggfragReceiver(new ReceiverSettings(3, 100 * MS, 2000), feedback, TfsLab.ANY);
    }

    double rate() {
      return (double) SECOND / sender.interval();
    }

    long nextTimeout() {
      return Math.min(sender.nextTimeout(), receiver.nextTimeout());
    }
  }

  private record Flight(long at, long order, End to, long number, Bytes payload, boolean marked) {}

  final End a;
  final End b;
  private final SimRandom random;
  private final PriorityQueue<Flight> flights =
      new PriorityQueue<>(
          (x, y) -> x.at != y.at ? Long.compare(x.at, y.at) : Long.compare(x.order, y.order));
  private final PacketBurst out = TfsLab.burst(4, 2000);
  private final PacketBurst in = TfsLab.burst(1, 2000);
  private final PacketBurst inner = TfsLab.burst(8, 2000);
  long now;
  private long order;

  TwoEnds(SenderSettings ofA, SenderSettings ofB, long seed) {
    random = new SimRandom(seed);
    a = new End(ofA, 0);
    b = new End(ofB, 0);
    a.peer = b;
    b.peer = a;
  }

  /** Lets time pass. */
  void run(long duration) {
    long end = now + duration;
    while (true) {
      long flight = flights.isEmpty() ? Long.MAX_VALUE : flights.peek().at;
      long next = Math.max(now, Math.min(flight, Math.min(a.nextTimeout(), b.nextTimeout())));
      if (next > end) {
        now = end;
        return;
      }
      now = next;
      while (!flights.isEmpty() && flights.peek().at <= now) {
        arrive(flights.poll());
      }
      for (End each : List.of(a, b)) {
        drain(each);
        send(each);
      }
    }
  }

  private void send(End from) {
    out.clear();
    while (from.sender.poll(now, out) > 0) {
      for (int i = 0; i < out.size(); i++) {
        travel(from, TfsLab.window(out, i), from.number++);
      }
      out.clear();
    }
  }

  private void travel(End from, byte[] payload, long number) {
    Path path = from.path;
    path.times.add(now);
    path.sizes.add(payload.length);
    long waits = Math.max(0, path.freeAt - now);
    boolean full = path.service > 0 && waits > path.queue * path.service;
    if (path.cut || full || random.chance(path.loss)) {
      path.dropped++;
      return;
    }
    path.carried++;
    path.freeAt = now + waits + path.service;
    boolean marked = random.chance(path.marking);
    flights.add(
        new Flight(
            path.freeAt + path.delay, order++, from.peer, number, Bytes.copyOf(payload), marked));
  }

  private void arrive(Flight flight) {
    in.clear();
    in.add(ByteBuffer.wrap(flight.payload.toArray()));
    flight.to.receiver.receive(now, in, 0, flight.number, flight.marked);
    drain(flight.to);
  }

  private void drain(End end) {
    inner.clear();
    boolean more = true;
    while (more) {
      more = end.receiver.drain(now, inner);
      for (int i = 0; i < inner.size(); i++) {
        end.delivered.add(TfsLab.window(inner, i));
      }
      inner.clear();
    }
  }
}
