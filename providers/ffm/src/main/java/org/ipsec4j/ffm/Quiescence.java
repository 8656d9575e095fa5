package org.ipsec4j.ffm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Frees what workers may still read only after each has passed a point where it reads nothing.
 *
 * <p>A worker brackets each burst with {@link Reader#enter} and {@link Reader#exit}, and inside
 * asks each key whether it is alive before it reads its memory. Whoever destroys a key marks it
 * dead (a volatile write) and hands its memory to {@link #retire}. A reader that entered before may
 * go on; the memory is freed when it has left. One that enters later sees the mark.
 *
 * <p>The cost is one fence per burst and none per packet. Thread-safe; a {@link Reader} is for one
 * thread.
 */
public final class Quiescence {
  private static final VarHandle ENTERED;
  private static final long OUTSIDE = 0;

  static {
    try {
      ENTERED = MethodHandles.lookup().findVarHandle(Reader.class, "entered", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** One thread that reads. */
  public final class Reader {
    @SuppressWarnings("unused") // by ENTERED
    private long entered = OUTSIDE;

    private Reader() {}

    /** From here on memory of keys that are alive may be read. Not to be nested. */
    public void enter() {
      // a full fence: the mark of a key is read only after this is visible
      ENTERED.setVolatile(this, epoch);
    }

    /** From here on no such memory is read. */
    public void exit() {
      ENTERED.setRelease(this, OUTSIDE);
      if (waiting > 0) {
        reclaim();
      }
    }

    /** The thread reads no more; idempotent. */
    public void close() {
      exit();
      readers.remove(this);
    }
  }

  private record Retired(long epoch, Runnable free) {}

  private final List<Reader> readers = new CopyOnWriteArrayList<>();
  private final Deque<Retired> retired = new ArrayDeque<>();
  private volatile long epoch = 1;
  private volatile int waiting;

  /** Nobody reads and nothing waits. */
  public Quiescence() {}

  /** A reader for the calling thread. */
  public Reader reader() {
    Reader reader = new Reader();
    readers.add(reader);
    return reader;
  }

  /**
   * Frees now or later, once, on any thread.
   *
   * @param free what frees; the caller has made sure that whoever enters from now on does not read
   */
  public void retire(Runnable free) {
    synchronized (retired) {
      long now = epoch + 1;
      epoch = now;
      retired.add(new Retired(now, free));
      waiting = retired.size();
    }
    reclaim();
  }

  /** Frees what nobody can read any more. */
  public void reclaim() {
    List<Retired> free = new java.util.ArrayList<>();
    synchronized (retired) {
      long oldest = oldestReader();
      while (!retired.isEmpty() && retired.peek().epoch() <= oldest) {
        free.add(retired.remove());
      }
      waiting = retired.size();
    }
    free.forEach(each -> each.free().run());
  }

  /** The epoch in which the reader came that is inside for longest. */
  private long oldestReader() {
    long oldest = Long.MAX_VALUE;
    for (Reader reader : readers) {
      long entered = (long) ENTERED.getVolatile(reader);
      if (entered != OUTSIDE) {
        oldest = Math.min(oldest, entered);
      }
    }
    return oldest;
  }

  /** Things that wait to be freed; for monitors. */
  public int waiting() {
    return waiting;
  }
}
