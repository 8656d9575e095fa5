package org.ipsec4j.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * One end of a paced stream of numbered datagrams, both sending and receiving; run as a program
 * inside of a namespace.
 *
 * <p>Arguments: local address, remote address, port (of both), datagrams a second. It prints {@code
 * ready}; sends from the input line {@code go} to the line {@code stop}, prints {@code sent N};
 * goes on receiving until the line {@code report}, then prints {@code report SENT RECEIVED
 * DUPLICATES REORDERED DAMAGED HIGHEST MISSING...} and ends. {@code MISSING} are the numbers below
 * HIGHEST that never came, at most 2,000 of them.
 */
final class NumberedUdp {
  private static final int SIZE = 256;
  private static final int MAX_NUMBERS = 4_000_000;
  private static final int BUFFER = 4 << 20;
  private static final int REPORTED = 2_000;
  private static final long MAGIC = 0x6e756d6265726564L;

  private final DatagramChannel channel;
  private final long interval;
  private final AtomicBoolean sending = new AtomicBoolean();
  private final BitSet seen = new BitSet();
  private volatile long sent;
  private long received;
  private long duplicates;
  private long reordered;
  private long damaged;
  private long highest = -1;

  private NumberedUdp(DatagramChannel channel, int rate) {
    this.channel = channel;
    this.interval = 1_000_000_000L / rate;
  }

  /** Runs one end; see the class comment. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int port = Integer.parseInt(arguments[2]);
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER);
      channel.bind(new InetSocketAddress(arguments[0], port));
      channel.connect(new InetSocketAddress(arguments[1], port));
      new NumberedUdp(channel, Integer.parseInt(arguments[3])).converse();
    }
  }

  private void converse() throws IOException, InterruptedException {
    Thread receiver = Thread.ofPlatform().name("receiver").start(this::receive);
    Thread sender = Thread.ofPlatform().name("sender").unstarted(this::send);
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    System.out.println("ready");
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      switch (order) {
        case "go" -> {
          sending.set(true);
          sender.start();
        }
        case "stop" -> {
          sending.set(false);
          sender.join();
          System.out.println("sent " + sent);
        }
        case "report" -> {
          channel.close();
          receiver.join();
          System.out.println(report());
          return;
        }
        default -> throw new IllegalArgumentException("unknown order " + order);
      }
    }
  }

  /**
   * Keeps to the timetable: after a pause of the machine the backlog goes out at no more than four
   * times the rate.
   */
  private void send() {
    ByteBuffer datagram = ByteBuffer.allocateDirect(SIZE);
    long next = System.nanoTime();
    long number = 0;
    while (sending.get() && number < MAX_NUMBERS) {
      long now = System.nanoTime();
      if (now < next) {
        LockSupport.parkNanos(next - now);
        continue;
      }
      fill(datagram, number);
      try {
        if (channel.write(datagram) == SIZE) {
          number++;
          sent = number;
        }
      } catch (IOException e) {
        // an ICMP error of an earlier datagram, or no buffer space: this number goes out again
        LockSupport.parkNanos(interval);
      }
      next += interval;
      if (now - next > interval) {
        LockSupport.parkNanos(interval / 4);
      }
    }
  }

  private static void fill(ByteBuffer datagram, long number) {
    datagram.clear();
    datagram.putLong(MAGIC).putLong(number);
    while (datagram.remaining() >= Long.BYTES) {
      datagram.putLong(number * 0x9E3779B97F4A7C15L + datagram.position());
    }
    datagram.flip();
  }

  private static boolean intact(ByteBuffer datagram, long number) {
    while (datagram.remaining() >= Long.BYTES) {
      int at = datagram.position();
      if (datagram.getLong() != number * 0x9E3779B97F4A7C15L + at) {
        return false;
      }
    }
    return true;
  }

  private void receive() {
    ByteBuffer datagram = ByteBuffer.allocateDirect(2 * SIZE);
    while (true) {
      datagram.clear();
      try {
        channel.read(datagram);
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        continue;
      }
      datagram.flip();
      count(datagram);
    }
  }

  private void count(ByteBuffer datagram) {
    if (datagram.remaining() != SIZE || datagram.getLong() != MAGIC) {
      damaged++;
      return;
    }
    long number = datagram.getLong();
    if (number < 0 || number >= MAX_NUMBERS || !intact(datagram, number)) {
      damaged++;
      return;
    }
    if (seen.get((int) number)) {
      duplicates++;
      return;
    }
    seen.set((int) number);
    received++;
    if (number < highest) {
      reordered++;
    }
    highest = Math.max(highest, number);
  }

  private String report() {
    StringBuilder line = new StringBuilder("report");
    for (long value : new long[] {sent, received, duplicates, reordered, damaged, highest}) {
      line.append(' ').append(value);
    }
    int listed = 0;
    for (int at = seen.nextClearBit(0);
        at < highest && listed < REPORTED;
        at = seen.nextClearBit(at + 1)) {
      line.append(' ').append(at);
      listed++;
    }
    return line.toString();
  }
}
