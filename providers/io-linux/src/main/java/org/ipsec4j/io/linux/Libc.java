package org.ipsec4j.io.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The few functions of the C library that TUN devices and sockets need. Every call returns what C
 * returns, and {@code -errno} instead of -1.
 */
final class Libc {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int EACCES = 13;
  static final int EIO = 5;
  static final int EBUSY = 16;
  static final int EINVAL = 22;
  static final int EMSGSIZE = 90;
  static final int EAFNOSUPPORT = 97;
  static final int ECONNREFUSED = 111;
  static final int EADDRNOTAVAIL = 99;

  static final int O_RDWR = 2;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;
  static final short POLLIN = 1;
  static final short POLLOUT = 4;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ThreadLocal<MemorySegment> STATE_OF_THREAD =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

  private static final MethodHandle OPEN =
      function(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle IOCTL =
      function(
          "ioctl",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle READ = transfer("read");
  private static final MethodHandle WRITE = transfer("write");
  private static final MethodHandle POLL =
      function(
          "poll",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT));
  private static final MethodHandle SOCKET =
      function(
          "socket",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      function(
          "setsockopt",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));
  private static final MethodHandle BIND =
      function(
          "bind",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));
  private static final MethodHandle SENDTO =
      function(
          "sendto",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));
  private static final MethodHandle RECVMSG =
      function(
          "recvmsg",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));
  private static final MethodHandle WRITEV =
      function(
          "writev",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));
  private static final MethodHandle SENDMMSG =
      function(
          "sendmmsg",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT));
  private static final MethodHandle RECVMMSG =
      function(
          "recvmmsg",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS));
  private static final MethodHandle EVENTFD =
      function(
          "eventfd",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private Libc() {}

  private static MethodHandle transfer(String name) {
    return function(
        name,
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG));
  }

  @SuppressWarnings("restricted") // the whole class is the one place that calls native code
  private static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... more) {
    Linker.Option[] options = new Linker.Option[more.length + 1];
    options[0] = Linker.Option.captureCallState("errno");
    System.arraycopy(more, 0, options, 1, more.length);
    return LINKER.downcallHandle(
        LINKER.defaultLookup().find(name).orElseThrow(), descriptor, options);
  }

  static int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = STATE_OF_THREAD.get();
      int fd = (int) OPEN.invokeExact(state, arena.allocateFrom(path), flags);
      return fd < 0 ? -errno(state) : fd;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int ioctl(int fd, long request, MemorySegment argument) {
    try {
      MemorySegment state = STATE_OF_THREAD.get();
      int result = (int) IOCTL.invokeExact(state, fd, request, argument);
      return result < 0 ? -errno(state) : result;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static long read(int fd, MemorySegment target) {
    try {
      MemorySegment state = STATE_OF_THREAD.get();
      long count = (long) READ.invokeExact(state, fd, target, target.byteSize());
      return count < 0 ? -errno(state) : count;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static long write(int fd, MemorySegment source) {
    try {
      MemorySegment state = STATE_OF_THREAD.get();
      long count = (long) WRITE.invokeExact(state, fd, source, source.byteSize());
      return count < 0 ? -errno(state) : count;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int socket(int family, int type, int protocol) {
    try {
      MemorySegment state = STATE_OF_THREAD.get();
      int fd = (int) SOCKET.invokeExact(state, family, type, protocol);
      return fd < 0 ? -errno(state) : fd;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Sets an option whose value is an int. */
  static int setOption(int fd, int level, int name, int value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = STATE_OF_THREAD.get();
      MemorySegment argument = arena.allocateFrom(ValueLayout.JAVA_INT, value);
      int result = (int) SETSOCKOPT.invokeExact(state, fd, level, name, argument, 4);
      return result < 0 ? -errno(state) : result;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int bind(int fd, MemorySegment address) {
    try {
      MemorySegment state = STATE_OF_THREAD.get();
      int result = (int) BIND.invokeExact(state, fd, address, (int) address.byteSize());
      return result < 0 ? -errno(state) : result;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static long sendTo(int fd, MemorySegment packet, MemorySegment address) {
    try {
      MemorySegment state = STATE_OF_THREAD.get();
      long count =
          (long)
              SENDTO.invokeExact(
                  state, fd, packet, packet.byteSize(), 0, address, (int) address.byteSize());
      return count < 0 ? -errno(state) : count;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static long receiveMessage(int fd, MemorySegment header) {
    try {
      MemorySegment state = STATE_OF_THREAD.get();
      long count = (long) RECVMSG.invokeExact(state, fd, header, 0);
      return count < 0 ? -errno(state) : count;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Writes some pieces of memory as one. */
  static long writev(int fd, MemorySegment vectors, int count) {
    try {
      MemorySegment state = STATE_OF_THREAD.get();
      long octets = (long) WRITEV.invokeExact(state, fd, vectors, count);
      return octets < 0 ? -errno(state) : octets;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Sends some of {@code count} messages without waiting; how many. */
  static int sendMessages(int fd, MemorySegment messages, int count) {
    try {
      MemorySegment state = STATE_OF_THREAD.get();
      int sent = (int) SENDMMSG.invokeExact(state, fd, messages, count, 0);
      return sent < 0 ? -errno(state) : sent;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Receives up to {@code count} messages without waiting; how many. */
  static int receiveMessages(int fd, MemorySegment messages, int count) {
    try {
      MemorySegment state = STATE_OF_THREAD.get();
      int received = (int) RECVMMSG.invokeExact(state, fd, messages, count, 0, MemorySegment.NULL);
      return received < 0 ? -errno(state) : received;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** A descriptor that another thread can make readable. */
  static int eventDescriptor() {
    try {
      MemorySegment state = STATE_OF_THREAD.get();
      int fd = (int) EVENTFD.invokeExact(state, 0, O_NONBLOCK | O_CLOEXEC);
      return fd < 0 ? -errno(state) : fd;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Waits until one of some descriptors is readable. */
  static int poll(MemorySegment pollfds, int count, int timeoutMillis) {
    try {
      MemorySegment state = STATE_OF_THREAD.get();
      int ready = (int) POLL.invokeExact(state, pollfds, (long) count, timeoutMillis);
      return ready < 0 ? -errno(state) : ready;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static void close(int fd) {
    try {
      int _ = (int) CLOSE.invokeExact(STATE_OF_THREAD.get(), fd);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  private static IllegalStateException broken(Throwable e) {
    return new IllegalStateException("a call of the C library failed", e);
  }
}
