package org.ipsec4j.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * Sequence numbers in files: one decimal number each, replaced as a whole. A second file, {@code
 * NAME.lock}, keeps other processes out. Thread-safe.
 */
public final class FileSequenceStore implements SequenceStore {
  private static final int MOST_DIGITS = 19;

  private final Path folder;
  private final Map<String, FileChannel> locks = new HashMap<>();

  /**
   * @param folder where relative names begin
   */
  public FileSequenceStore(Path folder) {
    this.folder = folder;
  }

  @Override
  public synchronized long used(String store) throws IOException {
    Path file = folder.resolve(store);
    lock(store, file);
    String text;
    try {
      if (Files.size(file) > MOST_DIGITS + 2) {
        throw damaged(file);
      }
      text = Files.readString(file, StandardCharsets.US_ASCII).strip();
    } catch (NoSuchFileException e) {
      return 0;
    }
    if (!text.matches("[0-9]{1,18}")) {
      throw damaged(file);
    }
    return Long.parseLong(text);
  }

  private static IOException damaged(Path file) {
    return new IOException(
        "the sequence file "
            + file
            + " is damaged: it holds one number, the highest that was used; take new keys and"
            + " remove the file, or write a number that is surely higher");
  }

  private void lock(String store, Path file) throws IOException {
    if (locks.containsKey(store)) {
      return;
    }
    Path path = file.resolveSibling(file.getFileName() + ".lock");
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // another node of this process has it
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new IOException("another gateway uses the sequence file " + file + " and its keys");
    }
    locks.put(store, channel);
  }

  @Override
  public synchronized void promise(String store, long last) throws IOException {
    if (!locks.containsKey(store)) {
      throw new IOException("the sequence store " + store + " was closed");
    }
    Path file = folder.resolve(store);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer text = ByteBuffer.wrap((last + "\n").getBytes(StandardCharsets.US_ASCII));
      while (text.hasRemaining()) {
        channel.write(text);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceFolder(file);
  }

  /** The new name must last too; where folders cannot be opened the move is all there is. */
  private static void forceFolder(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      return;
    }
    try (FileChannel folder = FileChannel.open(parent, StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException e) {
      // Windows
    }
  }

  @Override
  public synchronized void close() {
    for (FileChannel channel : locks.values()) {
      try {
        channel.close();
      } catch (IOException e) {
        // Closing is the best that can be done with it.
      }
    }
    locks.clear();
  }
}
