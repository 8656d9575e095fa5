package org.ipsec4j.crypto.mb;

import org.ipsec4j.ffm.NativeMemory;

/**
 * The native memory of one worker: a manager of the library, jobs to fill, and a slot of scratch
 * for each packet of a batch. Thread-confined.
 */
final class Workspace {
  /** Most packets of a batch. */
  static final int MOST = 64;

  /** In a slot: nonce or IV, 16 octets. */
  static final int NONCE = 0;

  /** In a slot: header with the upper half of the number in it. */
  static final int HEADER = 16;

  /** Octets of {@link #HEADER}. */
  static final int HEADER_OCTETS = 48;

  /** In a slot: the ICV that was computed. */
  static final int TAG = 64;

  /** In a slot: the ICV that came. */
  static final int ICV = 96;

  private static final MbLayout.Job AT = MbCalls.LAYOUT.job();
  private static final int SLOT = 128;

  private final long manager;
  private final long jobs;
  private final long slots;
  private final long pointers;
  private final long context;
  private final long[] ring = new long[MOST];
  private boolean closed;

  Workspace() {
    manager = MbCalls.LIBRARY.newManager();
    jobs = NativeMemory.allocate(AT.size() * MOST);
    slots = NativeMemory.allocate((long) SLOT * MOST);
    pointers = NativeMemory.allocate((long) Long.BYTES * MOST);
    context = NativeMemory.allocate(MbLayout.GCM_CONTEXT);
    for (int i = 0; i < MOST; i++) {
      Raw.putLong(job(i) + AT.iv(), slot(i) + NONCE);
    }
  }

  /** Address of a job whose IV is in the slot of the same index. */
  long job(int index) {
    return jobs + AT.size() * index;
  }

  /** Address of a slot. */
  long slot(int index) {
    return slots + (long) SLOT * index;
  }

  /** Scratch of AES-GCM. */
  long context() {
    return context;
  }

  /**
   * Encrypts or decrypts what jobs say.
   *
   * @param from first job
   * @param count jobs
   * @return whether all are done
   */
  boolean cipher(int from, int count, Group group, boolean seal) {
    int mode = group.cipher.mode;
    int direction = seal ? MbLayout.ENCRYPT : MbLayout.DECRYPT;
    if (!group.cipher.synchronous) {
      return run(from, count, mode, direction, MacKind.NONE.algorithm, MbLayout.CIPHER_FIRST);
    }
    return complete(
        MbCalls.cipherJobs(manager, job(from), count, mode, direction, group.keyOctets), count);
  }

  /** Computes the MACs of the first jobs; whether all are done. */
  boolean mac(int count, MacKind mac) {
    if (!mac.synchronous) {
      return run(
          0, count, CipherKind.NONE.mode, MbLayout.ENCRYPT, mac.algorithm, MbLayout.HASH_FIRST);
    }
    return complete(MbCalls.hashJobs(manager, job(0), count, mac.algorithm), count);
  }

  private boolean complete(int done, int count) {
    if (done != count) {
      reset();
    }
    return done == count;
  }

  /**
   * Works jobs off through the manager's own queue.
   *
   * @param from first job
   * @param count jobs
   * @param mode of the cipher
   * @param direction of the cipher
   * @param hash algorithm
   * @param order of the two
   * @return whether all are done; otherwise none may be relied upon
   */
  boolean run(int from, int count, int mode, int direction, int hash, int order) {
    if (MbCalls.nextJobs(manager, count, pointers) != count) {
      reset();
      return false;
    }
    for (int i = 0; i < count; i++) {
      long job = Raw.getLong(pointers + (long) Long.BYTES * i);
      ring[i] = job;
      Raw.copy(job(from + i), job, AT.status());
      Raw.putInt(job + AT.cipherMode(), mode);
      Raw.putInt(job + AT.direction(), direction);
      Raw.putInt(job + AT.hashAlgorithm(), hash);
      Raw.putInt(job + AT.chainOrder(), order);
    }
    int done = MbCalls.submitJobs(manager, count, pointers);
    int more = count;
    while (done < count && more > 0) {
      more = MbCalls.flushJobs(manager, count - done, pointers);
      done += more;
    }
    return complete(done, count) && completed(count);
  }

  private boolean completed(int count) {
    boolean all = true;
    for (int i = 0; i < count; i++) {
      all &= Raw.getInt(ring[i] + AT.status()) == MbLayout.COMPLETED;
    }
    if (!all) {
      reset();
    }
    return all;
  }

  /** Nothing that did not complete may be remembered: it names memory of others. */
  private void reset() {
    MbCalls.LIBRARY.initManager(manager);
  }

  /** Wipes and frees; idempotent. */
  void close() {
    if (!closed) {
      closed = true;
      MbCalls.LIBRARY.freeManager(manager);
      NativeMemory.free(jobs, AT.size() * MOST);
      NativeMemory.free(slots, (long) SLOT * MOST);
      NativeMemory.free(pointers, (long) Long.BYTES * MOST);
      NativeMemory.free(context, MbLayout.GCM_CONTEXT);
    }
  }
}
