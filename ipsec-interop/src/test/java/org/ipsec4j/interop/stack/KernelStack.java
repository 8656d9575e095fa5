package org.ipsec4j.interop.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.ipsec4j.api.crypto.CryptoException;
import org.ipsec4j.api.net.AddressRange;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.api.packet.IpHeaderView;
import org.ipsec4j.api.packet.PacketBurst;
import org.ipsec4j.api.packet.PacketPort;
import org.ipsec4j.api.packet.TunProvider;
import org.ipsec4j.api.packet.TunSettings;
import org.jspecify.annotations.Nullable;

/**
 * Our packet path as a program: {@code KernelStack [DEVICE ROUTE...]}. It reads one {@link Order} a
 * line from standard input and answers each with one line, {@code ok NAME=VALUE...} or {@code error
 * TEXT}. One thread does everything; another one only reads lines.
 */
public final class KernelStack {
  private static final String END = "";
  private static final int IDLE_MILLIS = 2;
  private static final int MTU = 1500;

  private final Associations associations = new Associations();
  private final PacketWay way = new PacketWay(associations);
  private final InnerHost host = new InnerHost(this::emit);
  private final PacketBurst arrived = PacketWay.burst(PacketWay.BURST);
  private final @Nullable PacketPort port;
  private final long started = System.nanoTime();
  private final Map<String, Long> counts = new TreeMap<>();

  /** The windows of what went through without a port, for {@code seal} and {@code open}. */
  private final List<String> kept = new ArrayList<>();

  private KernelStack(@Nullable PacketPort port) {
    this.port = port;
  }

  /**
   * Runs until standard input ends.
   *
   * @param args a TUN device to make and the networks that are reached through it; nothing for a
   *     stack that only seals and opens
   */
  public static void main(String[] args) throws Exception {
    try (PacketPort port = args.length == 0 ? null : tun(args)) {
      new KernelStack(port).run();
    }
  }

  private static PacketPort tun(String[] args) throws IOException {
    List<AddressRange> routes = new ArrayList<>();
    for (int i = 1; i < args.length; i++) {
      routes.add(AddressRange.parse(args[i]));
    }
    TunProvider provider = ServiceLoader.load(TunProvider.class).findFirst().orElseThrow();
    return provider.open(new TunSettings(args[0], List.of(), MTU, routes));
  }

  private void run() throws InterruptedException {
    LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    Thread.ofPlatform().daemon().name("orders").start(() -> read(lines));
    System.out.println("ok ready");
    while (true) {
      String line = port == null ? lines.take() : lines.poll();
      if (line == null) {
        turn(IDLE_MILLIS);
      } else if (line.equals(END)) {
        return;
      } else {
        System.out.println(answer(line));
      }
    }
  }

  private static void read(LinkedBlockingQueue<String> lines) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (!line.isBlank()) {
          lines.add(line);
        }
      }
    } catch (IOException e) {
      // the other end is gone: the same as its end
    } finally {
      lines.add(END);
    }
  }

  private String answer(String line) {
    try {
      StringBuilder text = new StringBuilder("ok");
      obey(Order.parse(line)).forEach((name, value) -> text.append(' ').append(name + "=" + value));
      return text.toString();
    } catch (RuntimeException | CryptoException e) {
      return ("error " + e).replace('\n', ' ');
    }
  }

  private Map<String, String> obey(Order order) throws CryptoException {
    switch (order.verb()) {
      case "own" -> way.owns(IpAddress.parse(order.text("address")));
      case "reset" -> reset();
      case "sa" -> associations.add(order);
      case "dummies" ->
          way.dummies(order.whole("count", 1), order.whole("length", 100), now(), this::send);
      case "compress" -> associations.compression().set(order);
      case "mtu" -> way.mtu(order.whole("inner", 0), order.whole("link", 0));
      case "chain" -> way.chain(List.of(order.text("names").split(",", -1)));
      case "ping" -> {
        return ping(order);
      }
      case "udp" -> udp(order);
      case "seal" -> {
        return seal(order);
      }
      case "open" -> {
        return open(order);
      }
      case "mtus" -> {
        return Map.of(
            "v4", Integer.toString(way.innerMtu(true, now())),
            "v6", Integer.toString(way.innerMtu(false, now())));
      }
      case "count" -> {
        return count();
      }
      default -> throw new IllegalArgumentException("unknown order " + order.verb());
    }
    return Map.of();
  }

  private void reset() {
    associations.clear();
    way.reset();
    host.reset();
    counts.clear();
  }

  private Map<String, String> count() {
    Map<String, Long> all = new TreeMap<>(counts);
    associations.report(all);
    way.report(all);
    host.counts().forEach((name, value) -> all.merge("host." + name, value, Long::sum));
    Map<String, String> text = new TreeMap<>();
    all.forEach((name, value) -> text.put(name, Long.toString(value)));
    return text;
  }

  /** Pings until all answers are there or the time is over. */
  private Map<String, String> ping(Order order) {
    int count = order.whole("count", 1);
    int burst = order.whole("burst", 1);
    long gap = order.number("gap", 20) * 1_000_000;
    host.beginPing(
        IpAddress.parse(order.text("from")),
        IpAddress.parse(order.text("to")),
        order.whole("size", 56),
        order.has("plain"));
    for (int sent = 0; sent < count; sent += burst) {
      for (int i = 0; i < burst && sent + i < count; i++) {
        host.sendPing(sent + i, order.whole("class", 0), order.has("df"));
      }
      turnUntil(now() + gap, sent + burst < count ? count : 0);
    }
    turnUntil(now() + order.number("wait", 3000) * 1_000_000, count);
    return Map.of("sent", Integer.toString(count), "answered", Integer.toString(host.answered()));
  }

  private void turnUntil(long end, int answers) {
    while (now() < end && (answers == 0 || host.answered() < answers)) {
      turn(IDLE_MILLIS);
      if (answers == 0) {
        return;
      }
    }
  }

  private void udp(Order order) {
    byte[] data = new byte[order.whole("size", 32)];
    for (int i = 0; i < order.whole("count", 1); i++) {
      host.sendUdp(
          IpAddress.parse(order.text("from")),
          IpAddress.parse(order.text("to")),
          order.whole("udp", 9),
          data,
          order.whole("class", 0),
          !order.has("df"));
    }
    turn(0);
  }

  private Map<String, String> seal(Order order) {
    emit(order.hex("packet"));
    flush();
    return taken();
  }

  private Map<String, String> open(Order order) {
    arrived.clear();
    arrived.add(ByteBuffer.wrap(order.hex("packet")));
    way.open(arrived, now(), (packet, slab, layers) -> kept.add(hex(packet, slab)));
    return taken();
  }

  private static String hex(IpHeaderView packet, ByteBuffer slab) {
    byte[] copy = new byte[packet.totalLength()];
    slab.get(packet.offset(), copy);
    return HexFormat.of().formatHex(copy);
  }

  private Map<String, String> taken() {
    Map<String, String> result = Map.of("packet", String.join(",", kept));
    kept.clear();
    return result;
  }

  private long now() {
    return System.nanoTime() - started;
  }

  /** Takes what has come, answers it, and sends what waits. */
  private void turn(int waitMillis) {
    if (port == null) {
      flush();
      return;
    }
    flush();
    arrived.clear();
    if (port.receive(arrived, waitMillis) > 0) {
      way.open(arrived, now(), this::take);
      flush();
    }
  }

  private void take(IpHeaderView packet, ByteBuffer slab, int layers) {
    if (layers == 0) {
      counts.merge("clear", 1L, Long::sum);
    } else {
      host.deliver(packet, slab);
    }
  }

  private void emit(byte[] packet) {
    if (!way.offer(packet)) {
      flush();
      way.offer(packet);
    }
  }

  private void flush() {
    way.protect(now(), this::send, this::take);
  }

  private void send(PacketBurst burst) {
    if (port != null) {
      port.send(burst);
      return;
    }
    for (int i = 0; i < burst.size(); i++) {
      if (burst.isAlive(i)) {
        byte[] copy = new byte[burst.length(i)];
        burst.slab().get(burst.offset(i), copy);
        kept.add(HexFormat.of().formatHex(copy));
      }
    }
  }
}
