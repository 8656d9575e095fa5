package org.ipsec4j.examples;

import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;

/** The examples name their ports as a reader would; two builds on one machine take turns. */
final class FreePorts {
  private static final int[] PORTS = {15500, 14500, 25500, 24500, 15510, 14510, 15520, 14520};
  private static final long PATIENCE_NANOS = 120_000_000_000L;

  private FreePorts() {}

  static void await() throws SocketException, InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    for (int port : PORTS) {
      while (!isFree(port) && System.nanoTime() < end) {
        Thread.sleep(200);
      }
    }
  }

  private static boolean isFree(int port) throws SocketException {
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      return socket.isBound();
    } catch (BindException e) {
      return false;
    }
  }
}
