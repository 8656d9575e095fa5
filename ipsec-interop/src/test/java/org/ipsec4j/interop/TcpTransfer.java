package org.ipsec4j.interop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * One end of a TCP transfer; run as a program inside of a namespace.
 *
 * <p>{@code receive ADDRESS PORT} prints {@code ready}, takes one connection to its end and prints
 * {@code received BYTES SHA256}. {@code send LOCAL ADDRESS PORT BYTES SEED} sends that many
 * pseudo-random bytes and prints {@code sent BYTES SHA256 MILLISECONDS}; the time ends when the
 * receiver has closed.
 */
final class TcpTransfer {
  private static final int CHUNK = 1 << 16;

  private TcpTransfer() {}

  /** Runs one end; see the class comment. */
  public static void main(String[] arguments) throws IOException, NoSuchAlgorithmException {
    if (arguments[0].equals("receive")) {
      receive(new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2])));
    } else {
      send(
          new InetSocketAddress(arguments[1], 0),
          new InetSocketAddress(arguments[2], Integer.parseInt(arguments[3])),
          Long.parseLong(arguments[4]),
          Long.parseLong(arguments[5]));
    }
  }

  private static void receive(InetSocketAddress local)
      throws IOException, NoSuchAlgorithmException {
    MessageDigest hash = MessageDigest.getInstance("SHA-256");
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    long total = 0;
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(local)) {
      System.out.println("ready");
      try (SocketChannel peer = server.accept()) {
        while (peer.read(chunk) >= 0) {
          total += chunk.flip().remaining();
          hash.update(chunk);
          chunk.clear();
        }
      }
    }
    System.out.println("received " + total + " " + HexFormat.of().formatHex(hash.digest()));
  }

  private static void send(InetSocketAddress local, InetSocketAddress remote, long bytes, long seed)
      throws IOException, NoSuchAlgorithmException {
    MessageDigest hash = MessageDigest.getInstance("SHA-256");
    SplittableRandom random = new SplittableRandom(seed);
    byte[] chunk = new byte[CHUNK];
    long start = System.nanoTime();
    try (SocketChannel peer = SocketChannel.open().bind(local)) {
      peer.connect(remote);
      for (long left = bytes; left > 0; ) {
        random.nextBytes(chunk);
        int length = (int) Math.min(left, chunk.length);
        hash.update(chunk, 0, length);
        for (ByteBuffer out = ByteBuffer.wrap(chunk, 0, length); out.hasRemaining(); ) {
          peer.write(out);
        }
        left -= length;
      }
      peer.shutdownOutput();
      peer.read(ByteBuffer.allocate(1));
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    System.out.println(
        "sent " + bytes + " " + HexFormat.of().formatHex(hash.digest()) + " " + millis);
  }
}
