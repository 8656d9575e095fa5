package org.ipsec4j.node.capture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Writes a pcapng file of raw IP packets: one section, one interface of link type {@link
 * LinkType#RAW}, nanoseconds.
 *
 * <p>The packets stream into a temporary file beside the target. {@link #close()} puts it in the
 * target's place in one step, so that nobody ever sees half a file; {@link #abort()} removes it and
 * leaves the target as it was. After a write has failed, {@code close} aborts.
 *
 * <p>Not thread-safe.
 */
public final class PcapngWriter implements Closeable {
  /**
   * The longest packet that can be written, in bytes: what an IP length field can say, IPv6 header
   * included.
   */
  public static final int MAX_PACKET = 65_575;

  private static final int PACKET_FIXED = 28;
  private static final int OPTION_INTERFACE_NAME = 2;
  private static final int OPTION_APPLICATION = 4;
  private static final int NANOSECONDS = 9;
  private static final int BUFFER = 1 << 18;
  private static final int TEMPORARY_NAMES = 1000;

  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  private long packets;
  private boolean failed;
  private boolean closed;

  private PcapngWriter(Path target, Path temporary, FileChannel channel) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
  }

  /**
   * Starts a file.
   *
   * @param target where the file appears on {@link #close()}; a file that is there is replaced
   *     then. The folder must exist
   * @param interfaceName what readers show as the interface, for instance {@code outer}
   * @return the writer; the caller closes or aborts it
   * @throws IOException when the folder cannot be written
   */
  public static PcapngWriter create(Path target, String interfaceName) throws IOException {
    requireNonNull(interfaceName, "interfaceName");
    Path place = target.toAbsolutePath();
    for (int i = 0; i < TEMPORARY_NAMES; i++) {
      Path temporary =
          place.resolveSibling(
              "." + place.getFileName() + "." + ProcessHandle.current().pid() + "-" + i + ".part");
      try {
        FileChannel channel =
            FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        PcapngWriter writer = new PcapngWriter(place, temporary, channel);
        writer.writeHeader(interfaceName);
        return writer;
      } catch (FileAlreadyExistsException e) {
        // left by a run that was killed, or in use by another writer of this process
      }
    }
    throw new FileAlreadyExistsException(
        place.toString(), null, "no free temporary name beside it: remove its .part files");
  }

  /**
   * Appends one packet.
   *
   * @param timestampNanos nanoseconds since 1970-01-01T00:00Z, not negative
   * @param packet the IP packet from position to limit, at most {@link #MAX_PACKET} bytes; copied,
   *     its position and limit stay
   * @throws IOException when the disk refuses; the file is then given up
   */
  public void write(long timestampNanos, ByteBuffer packet) throws IOException {
    int length = packet.remaining();
    if (length > MAX_PACKET || timestampNanos < 0) {
      throw new IllegalArgumentException(
          "length " + length + " or time " + timestampNanos + " out of range");
    }
    if (closed || failed) {
      throw new IOException("the capture is closed: " + target);
    }
    int padded = (length + 3) & ~3;
    int block = PACKET_FIXED + padded + 4;
    makeRoom(block);
    buffer.putInt(PcapngParser.ENHANCED_PACKET).putInt(block).putInt(0);
    buffer.putInt((int) (timestampNanos >>> 32)).putInt((int) timestampNanos);
    buffer.putInt(length).putInt(length);
    buffer.put(packet.duplicate());
    buffer.put(new byte[padded - length]).putInt(block);
    packets++;
  }

  /**
   * How many packets were written.
   *
   * @return a count
   */
  public long packets() {
    return packets;
  }

  /**
   * Finishes the file and puts it in the target's place. Does nothing when already closed or
   * aborted.
   *
   * @throws IOException when the rest cannot be written or the file not be renamed; the temporary
   *     file is then removed and the target is as it was
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    try {
      flush();
    } catch (IOException e) {
      abort();
      throw e;
    }
    if (failed) {
      abort();
      return;
    }
    closed = true;
    try {
      channel.close();
      moveInPlace();
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  /**
   * Gives up: removes the temporary file and leaves the target as it was. Does nothing when already
   * closed or aborted.
   *
   * @throws IOException when the temporary file cannot be removed
   */
  public void abort() throws IOException {
    if (!closed) {
      closed = true;
      channel.close();
      Files.deleteIfExists(temporary);
    }
  }

  private void moveInPlace() throws IOException {
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void writeHeader(String interfaceName) throws IOException {
    int section = buffer.position();
    buffer.putInt(PcapngParser.SECTION_HEADER).putInt(0).putInt(PcapngParser.BYTE_ORDER_MAGIC);
    buffer.putShort((short) 1).putShort((short) 0).putLong(-1);
    putOption(OPTION_APPLICATION, "ipsec4j".getBytes(UTF_8));
    endBlock(section);
    int described = buffer.position();
    buffer.putInt(PcapngParser.INTERFACE).putInt(0);
    buffer.putShort((short) LinkType.RAW).putShort((short) 0).putInt(0);
    byte[] name = interfaceName.getBytes(UTF_8);
    putOption(OPTION_INTERFACE_NAME, Arrays.copyOf(name, Math.min(name.length, 255)));
    putOption(PcapngParser.OPTION_TIME_RESOLUTION, new byte[] {NANOSECONDS});
    endBlock(described);
    flush();
  }

  private void putOption(int code, byte[] value) {
    buffer.putShort((short) code).putShort((short) value.length).put(value);
    buffer.put(new byte[-value.length & 3]);
  }

  private void endBlock(int start) {
    buffer.putInt(0);
    int length = buffer.position() + 4 - start;
    buffer.putInt(length).putInt(start + 4, length);
  }

  private void makeRoom(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      failed = true;
      throw e;
    } finally {
      buffer.clear();
    }
  }
}
