package org.ipsec4j.benchmarks.standard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.ipsec4j.benchmarks.harness.Loop;

/**
 * A bare {@code Cipher} of the JDK with AES-128-GCM over heap arrays: header, nonce, additional
 * data, text, and nothing else. The anchor of the JCA provider.
 */
final class CipherLoop implements Loop {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int FRONT = 16;
  private static final int ICV = 16;

  /** From here on SunJCE opens faster into another array than in place. */
  private static final int OUT_OF_PLACE = 4096;

  private final int size;
  private final boolean opens;
  private final byte[][] packets;
  private final byte[] clear;
  private final byte[] nonce = new byte[12];
  private final SecretKeySpec key;
  private final Cipher cipher;
  private long number = 1;

  CipherLoop(TestSas made, int size, int count, boolean opens) throws GeneralSecurityException {
    this.size = size;
    this.opens = opens;
    packets = new byte[count][FRONT + size + ICV];
    clear = new byte[size + ICV];
    key = new SecretKeySpec(made.secret(), 0, 16, "AES");
    System.arraycopy(made.secret(), 16, nonce, 0, 4);
    cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
  }

  @Override
  public void prepare() {
    if (opens) {
      for (byte[] packet : packets) {
        seal(packet);
      }
    }
  }

  @Override
  public int run() {
    int done = 0;
    for (byte[] packet : packets) {
      done += opens ? open(packet) : seal(packet);
    }
    return done;
  }

  private int seal(byte[] packet) {
    long next = number++;
    LONG.set(packet, 0, ((long) TestSas.FIRST_SPI << 32) | (next & 0xffffffffL));
    LONG.set(packet, 8, next);
    System.arraycopy(packet, 8, nonce, 4, 8);
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(ICV * 8, nonce));
      cipher.updateAAD(packet, 0, 8);
      return cipher.doFinal(packet, FRONT, size, packet, FRONT) == size + ICV ? 1 : 0;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private int open(byte[] packet) {
    System.arraycopy(packet, 8, nonce, 4, 8);
    try {
      cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(ICV * 8, nonce));
      cipher.updateAAD(packet, 0, 8);
      int length =
          size < OUT_OF_PLACE
              ? cipher.doFinal(packet, FRONT, size + ICV, packet, FRONT)
              : cipher.doFinal(packet, FRONT, size + ICV, clear, 0);
      return length == size ? 1 : 0;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public int expected() {
    return packets.length;
  }

  @Override
  public void close() {
    Arrays.fill(clear, (byte) 0);
  }
}
