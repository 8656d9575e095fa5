package org.ipsec4j.examples.card;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The driver of an imaginary card that does AES-128-GCM. It keeps keys under handles, and takes
 * jobs by queues that are bounded and give jobs back out of order. In the place of silicon the JDK
 * does the arithmetic, when the queue is asked for what is done.
 */
final class Card {
  private static final int RING = 64;
  private static final int TAG = 16;

  private final Map<Integer, byte[]> keys = new HashMap<>();
  private int handles;

  /** One packet. The driver's users keep jobs and use them again. */
  static final class Job {
    int handle;
    boolean seal;
    @Nullable ByteBuffer memory;
    final byte[] nonce = new byte[12];
    final byte[] header = new byte[64];
    int headerLength;
    int textAt;
    int textLength;
    int tagAt;

    /** Result: 0 done, 1 wrong tag, 2 failed. */
    int result;

    /** The user's own. */
    int slot;

    /** The user's own. */
    int index;
  }

  /** Puts a key of 16 octets on the card. */
  synchronized int loadKey(byte[] key) {
    keys.put(++handles, key.clone());
    return handles;
  }

  /** A copy of a key as long as it is there, never of one that is just being wiped. */
  private synchronized @Nullable SecretKeySpec key(int handle) {
    byte[] key = keys.get(handle);
    return key == null ? null : new SecretKeySpec(key, "AES");
  }

  /** Wipes a key; jobs that still name it fail. */
  synchronized void unloadKey(int handle) {
    byte[] key = keys.remove(handle);
    if (key != null) {
      Arrays.fill(key, (byte) 0);
    }
  }

  Queue openQueue() {
    return new Queue();
  }

  /** A way for jobs, for one thread. */
  final class Queue {
    private final @Nullable Job[] ring = new Job[RING];
    private final byte[] scratch = new byte[1 << 18];
    private int count;
    private int turn;

    /** Gives a job to the card; false when the queue is full. */
    boolean enqueue(Job job) {
      if (count == RING) {
        return false;
      }
      ring[count++] = job;
      return true;
    }

    /** A job that is done, not always the oldest; null when there is none. */
    @Nullable Job dequeue() {
      turn++;
      if (count == 0 || turn % 4 == 0) {
        return null;
      }
      int which = turn % Math.min(count, 3);
      Job job = ring[which];
      System.arraycopy(ring, which + 1, ring, which, --count - which);
      ring[count] = null;
      if (job != null) {
        job.result = work(job);
      }
      return job;
    }

    /** Forgets all jobs; their memory is not touched any more. */
    void reset() {
      Arrays.fill(ring, null);
      count = 0;
    }

    private int work(Job job) {
      SecretKeySpec key = key(job.handle);
      ByteBuffer memory = job.memory;
      if (key == null || memory == null || job.textLength + TAG > scratch.length / 2) {
        return 2;
      }
      try {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
            job.seal ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE,
            key,
            new GCMParameterSpec(8 * TAG, job.nonce));
        cipher.updateAAD(job.header, 0, job.headerLength);
        memory.get(job.textAt, scratch, 0, job.textLength);
        if (job.seal) {
          cipher.doFinal(scratch, 0, job.textLength, scratch, scratch.length / 2);
          memory.put(job.tagAt, scratch, scratch.length / 2 + job.textLength, TAG);
        } else {
          memory.get(job.tagAt, scratch, job.textLength, TAG);
          cipher.doFinal(scratch, 0, job.textLength + TAG, scratch, scratch.length / 2);
        }
        memory.put(job.textAt, scratch, scratch.length / 2, job.textLength);
        return 0;
      } catch (AEADBadTagException e) {
        return 1;
      } catch (GeneralSecurityException e) {
        return 2;
      }
    }
  }
}
