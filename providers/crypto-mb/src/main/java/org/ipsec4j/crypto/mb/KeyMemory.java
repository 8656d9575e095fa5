package org.ipsec4j.crypto.mb;

import java.util.Arrays;
import org.ipsec4j.api.Secret;
import org.ipsec4j.api.SecretAccess;
import org.ipsec4j.api.crypto.PacketTransform;
import org.ipsec4j.ffm.NativeMemory;

/**
 * Sets keys up: what lies in the native memory of a key, and how it gets there.
 *
 * <p>AES-GCM and AES-GMAC: the library's tables. ChaCha20-Poly1305: the key. AES-CCM: round keys.
 * Otherwise the keys of the cipher, if there is one, and behind them those of the MAC.
 */
final class KeyMemory {
  /** Round keys of AES to encrypt with, 15 of 16 octets at most. */
  static final int ENCRYPTION = 0;

  /** Round keys of AES to decrypt with. */
  static final int DECRYPTION = 256;

  /** Three schedules of DES, and behind them their addresses. */
  static final int DES_SCHEDULE = 128;

  /** Addresses of the schedules of DES. */
  static final int DES_POINTERS = 3 * DES_SCHEDULE;

  /** Octets of the keys of a cipher beside a MAC. */
  private static final int CIPHER = 512;

  /**
   * From the keys of a MAC: state behind the inner pad, round keys of AES-XCBC or AES-CMAC. The
   * addresses of jobs are {@link #second} and {@link #third}.
   */
  static final int FIRST = 0;

  /** State behind the outer pad. */
  private static final int OUTER = 64;

  /** Second and third key of AES-XCBC and AES-CMAC, behind the round keys. */
  private static final int SECOND = 256;

  private static final int THIRD = 272;
  private static final int UNUSED = 320;
  private static final int HMAC_KEYS = 128;
  private static final int AES_MAC_KEYS = 576;

  private KeyMemory() {}

  /** Where the keys of the MAC begin in the memory of a key. */
  static int macOffset(Group group) {
    return group.cipher == CipherKind.NONE ? 0 : CIPHER;
  }

  /** Octets from the keys of a MAC to its second one. */
  static int second(MacKind mac) {
    return mac.oneBlock >= 0 ? OUTER : SECOND;
  }

  /** Octets from the keys of a MAC to its third one. */
  static int third(MacKind mac) {
    return mac.oneBlock >= 0 ? OUTER : THIRD;
  }

  /**
   * Expands keys. The lengths of the secrets have been checked.
   *
   * @param encryption key and salt of the cipher
   * @param integrity key of the MAC, and salt of AES-GMAC
   */
  static MbPacketKey make(
      PacketTransform transform, Group group, Secret encryption, Secret integrity) {
    byte[] cipherKey = encryption.reveal(SecretAccess.raw());
    byte[] macKey = integrity.reveal(SecretAccess.raw());
    boolean gmac = group.mac == MacKind.GMAC;
    byte[] salted = gmac ? macKey : cipherKey;
    byte[] salt = Arrays.copyOfRange(salted, group.keyOctets, salted.length);
    long octets = octets(group);
    long address = NativeMemory.allocate(octets);
    try {
      if (group.lane == Group.Lane.MAC) {
        cipher(group, cipherKey, address);
        mac(group.mac, macKey, address + macOffset(group));
      } else {
        combined(group, salted, address);
      }
      return new MbPacketKey(transform, group, salt, address, octets);
    } finally {
      Arrays.fill(cipherKey, (byte) 0);
      Arrays.fill(macKey, (byte) 0);
    }
  }

  private static long octets(Group group) {
    return switch (group.lane) {
      case GCM, GMAC -> MbLayout.GCM_KEY;
      case AEAD -> CIPHER;
      case MAC -> macOffset(group) + (group.mac.oneBlock >= 0 ? HMAC_KEYS : AES_MAC_KEYS);
    };
  }

  private static void combined(Group group, byte[] key, long address) {
    byte[] bare = Arrays.copyOf(key, group.keyOctets);
    switch (group.lane) {
      case GCM, GMAC -> withKey(bare, at -> MbCalls.gcmKeys(group.size, at, address));
      case AEAD -> {
        if (group.cipher == CipherKind.CHACHA) {
          withKey(bare, at -> Raw.copy(at, address, bare.length));
        } else {
          withKey(
              bare,
              at -> MbCalls.aesKeys(group.size, at, address + ENCRYPTION, address + DECRYPTION));
        }
      }
      case MAC -> throw new IllegalArgumentException("no combined mode");
    }
  }

  private static void cipher(Group group, byte[] key, long address) {
    switch (group.cipher) {
      case AES_CBC, AES_CTR ->
          withKey(
              Arrays.copyOf(key, group.keyOctets),
              at -> MbCalls.aesKeys(group.size, at, address + ENCRYPTION, address + DECRYPTION));
      case TRIPLE_DES -> tripleDes(key, address);
      case NONE, GCM, CHACHA, CCM -> {
        // Nothing to expand, or not beside a MAC.
      }
    }
  }

  private static void tripleDes(byte[] key, long address) {
    withKey(
        key.clone(),
        at -> {
          for (int i = 0; i < 3; i++) {
            long schedule = address + (long) DES_SCHEDULE * i;
            MbCalls.desKeys(schedule, at + (long) Long.BYTES * i);
            Raw.putLong(address + DES_POINTERS + (long) Long.BYTES * i, schedule);
          }
        });
  }

  private static void mac(MacKind mac, byte[] key, long address) {
    switch (mac) {
      case MD5, SHA1, SHA256, SHA384, SHA512 -> {
        pad(mac, key, 0x36, address + FIRST);
        pad(mac, key, 0x5c, address + OUTER);
      }
      case XCBC ->
          withKey(
              key.clone(),
              at -> MbCalls.xcbcKeys(at, address + FIRST, address + SECOND, address + THIRD));
      case CMAC ->
          withKey(
              key.clone(),
              at -> {
                MbCalls.aesKeys(0, at, address + FIRST, address + UNUSED);
                MbCalls.cmacKeys(address + FIRST, address + SECOND, address + THIRD);
              });
      case NONE, GMAC -> throw new IllegalArgumentException(mac + " does not stand beside");
    }
  }

  /** The state of the hash behind a block of the key and a pad (RFC 2104 2). */
  private static void pad(MacKind mac, byte[] key, int octet, long state) {
    byte[] block = Arrays.copyOf(key, mac.block);
    for (int i = 0; i < block.length; i++) {
      block[i] ^= (byte) octet;
    }
    withKey(block, at -> MbCalls.oneBlock(mac.oneBlock, at, state));
  }

  /** Lends native code octets of a key; wipes them here and there. */
  private static void withKey(byte[] key, java.util.function.LongConsumer use) {
    long at = NativeMemory.allocate(key.length);
    try {
      Raw.put(at, key);
      use.accept(at);
    } finally {
      NativeMemory.free(at, key.length);
      Arrays.fill(key, (byte) 0);
    }
  }
}
