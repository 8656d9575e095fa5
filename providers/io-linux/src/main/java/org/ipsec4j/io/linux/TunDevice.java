package org.ipsec4j.io.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A TUN device as it was made.
 *
 * @param fd its descriptor, non-blocking
 * @param virtio whether a virtio header stands in front of each packet
 * @param offloads what the system leaves to us
 */
record TunDevice(int fd, boolean virtio, Offloads offloads) {
  /** What the system hands over and takes in one piece. */
  enum Offloads {
    NONE("no offloads"),
    CHECKSUMS("checksums"),
    TCP("checksums, TCP segmentation"),
    TCP_AND_UDP("checksums, TCP and UDP segmentation");

    /** For people. */
    final String text;

    Offloads(String text) {
      this.text = text;
    }
  }

  private static final long TUNSETIFF = 0x400454caL;
  private static final long TUNSETOFFLOAD = 0x400454d0L;
  private static final long TUNSETVNETHDRSZ = 0x400454d8L;
  private static final short IFF_TUN_NO_PI = 0x1001;
  private static final short IFF_VNET_HDR = 0x4000;
  private static final int IFNAMSIZ = 16;
  private static final int IFREQ_SIZE = 40;
  private static final int CSUM = 1;
  private static final int TSO4 = 2;
  private static final int TSO6 = 4;
  private static final int TSO_ECN = 8;
  private static final int USO4_USO6 = 0x60;

  private static final String PRIVILEGES =
      ": run as root or with CAP_NET_ADMIN, or without a TUN device (`ipsec run --no-tun`, or embed"
          + " IpsecNode with a PacketPort of your own)";

  /**
   * Makes the device; it has no address yet and is down. What the system offers of virtio headers
   * and offloads is taken.
   *
   * @throws IOException when it cannot be made; the message says what to do instead
   */
  static TunDevice open(String name) throws IOException {
    int fd = openClone();
    int result = attach(fd, name, (short) (IFF_TUN_NO_PI | IFF_VNET_HDR));
    if (result >= 0 && setHeaderLength(fd)) {
      return new TunDevice(fd, true, offload(fd));
    }
    // an older system, or none of its own: packets one by one
    Libc.close(fd);
    fd = openClone();
    result = attach(fd, name, IFF_TUN_NO_PI);
    if (result < 0) {
      Libc.close(fd);
      throw new IOException(advice(name, -result));
    }
    return new TunDevice(fd, false, Offloads.NONE);
  }

  private static int openClone() throws IOException {
    int fd = Libc.open("/dev/net/tun", Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
    if (fd < 0) {
      throw new IOException(
          fd == -Libc.ENOENT
              ? "there is no /dev/net/tun: load the module (`modprobe tun`), or run without a TUN"
                  + " device by embedding IpsecNode with a PacketPort of your own"
              : "/dev/net/tun cannot be opened (error " + -fd + ")" + PRIVILEGES);
    }
    return fd;
  }

  private static int attach(int fd, String name, short flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(IFREQ_SIZE, 8);
      request.setString(0, name);
      request.set(ValueLayout.JAVA_SHORT, IFNAMSIZ, flags);
      return Libc.ioctl(fd, TUNSETIFF, request);
    }
  }

  private static boolean setHeaderLength(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, VirtioHeader.LENGTH);
      return Libc.ioctl(fd, TUNSETVNETHDRSZ, length) >= 0;
    }
  }

  /** From all to none: what is refused costs speed only. */
  private static Offloads offload(int fd) {
    int segments = CSUM | TSO4 | TSO6 | TSO_ECN;
    if (set(fd, segments | USO4_USO6)) {
      return Offloads.TCP_AND_UDP;
    }
    if (set(fd, segments)) {
      return Offloads.TCP;
    }
    return set(fd, CSUM) ? Offloads.CHECKSUMS : Offloads.NONE;
  }

  private static boolean set(int fd, int flags) {
    // the flags are the argument itself
    return Libc.ioctl(fd, TUNSETOFFLOAD, MemorySegment.ofAddress(flags)) >= 0;
  }

  private static String advice(String name, int error) {
    return switch (error) {
      case Libc.EBUSY ->
          "the TUN device `"
              + name
              + "` is in use: another gateway runs, or choose another"
              + " name under node: { tun: { name: ... } }";
      case Libc.EPERM -> "the TUN device `" + name + "` cannot be made" + PRIVILEGES;
      default -> "the TUN device `" + name + "` cannot be made (error " + error + ")";
    };
  }
}
