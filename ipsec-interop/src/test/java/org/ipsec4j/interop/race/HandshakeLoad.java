package org.ipsec4j.interop.race;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ipsec4j.api.crypto.CryptoProvider;
import org.ipsec4j.api.net.Endpoint;
import org.ipsec4j.api.net.IpAddress;
import org.ipsec4j.cli.policy.LoadedPolicy;
import org.ipsec4j.cli.policy.PolicyProblem;
import org.ipsec4j.node.crypto.CryptoLoader;

/**
 * Brings IKE SAs with a Child SA up, deletes them, and begins again: one thread, a few clients side
 * by side, each a gateway of its own with its own address and identity.
 *
 * <p>Arguments: one policy file for each client. Orders on standard input: {@code run MILLIS} runs
 * for that time and lets what has begun come to its end, then prints {@code done HANDSHAKES
 * FAILED}; the end of the input ends it.
 */
public final class HandshakeLoad {
  private static final int MARKER = 4;
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private final Selector selector;
  private final List<Client> clients = new ArrayList<>();
  private final ByteBuffer received = ByteBuffer.allocateDirect(65536);
  private final ByteBuffer toSend = ByteBuffer.allocateDirect(65536);

  private HandshakeLoad(Selector selector) {
    this.selector = selector;
  }

  /** The program. */
  public static void main(String[] policies) throws IOException, PolicyProblem {
    HandshakeLoad load = new HandshakeLoad(Selector.open());
    CryptoProvider crypto = CryptoLoader.discover().chain();
    for (String policy : policies) {
      load.clients.add(new Client(LoadedPolicy.load(Path.of(policy)), crypto, load::open));
    }
    System.out.println("ready");
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      System.out.println(load.run(Long.parseLong(order.substring("run ".length()))));
    }
  }

  /** A socket of a client; what comes in is handed to it. */
  private Client.Way open(Client client, Endpoint local, boolean marked) throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    channel.bind(socketAddress(local));
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, new Source(client, local, marked));
    return (to, message, plain) -> {
      toSend.clear();
      if (marked && !plain) {
        toSend.putInt(0);
      }
      toSend.put(message.toArray()).flip();
      channel.send(toSend, socketAddress(to));
    };
  }

  private record Source(Client client, Endpoint local, boolean marked) {}

  private String run(long millis) throws IOException {
    long begin = System.nanoTime();
    long end = begin + millis * 1_000_000;
    clients.forEach(Client::count);
    boolean busy = true;
    while (busy) {
      long now = System.nanoTime();
      boolean goOn = now - end < 0;
      busy = false;
      for (Client client : clients) {
        client.drive(now, goOn);
        busy |= client.isBusy();
      }
      if (now - end > PATIENCE_NANOS) {
        break;
      }
      selector.select(1);
      for (SelectionKey key : selector.selectedKeys()) {
        read(key);
      }
      selector.selectedKeys().clear();
      busy |= goOn;
    }
    long done = clients.stream().mapToLong(Client::done).sum();
    long failed = clients.stream().mapToLong(Client::failed).sum();
    return "done " + done + " " + failed;
  }

  private void read(SelectionKey key) throws IOException {
    DatagramChannel channel = (DatagramChannel) key.channel();
    Source source = (Source) key.attachment();
    while (true) {
      received.clear();
      InetSocketAddress from = (InetSocketAddress) channel.receive(received);
      if (from == null) {
        return;
      }
      received.flip();
      int skip = source.marked() ? MARKER : 0;
      if (received.remaining() > skip && (!source.marked() || received.getInt(0) == 0)) {
        Endpoint remote =
            new Endpoint(IpAddress.of(from.getAddress().getAddress()), from.getPort());
        ByteBuffer message = received.slice(skip, received.limit() - skip);
        source.client().onDatagram(System.nanoTime(), remote, source.local(), message);
      }
    }
  }

  private static InetSocketAddress socketAddress(Endpoint endpoint) throws IOException {
    return new InetSocketAddress(
        InetAddress.getByAddress(endpoint.address().octets()), endpoint.port());
  }
}
