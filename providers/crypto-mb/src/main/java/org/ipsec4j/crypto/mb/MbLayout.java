package org.ipsec4j.crypto.mb;

import java.util.List;
import java.util.Optional;

/**
 * Where one version of the library keeps what: its ciphers are function pointers in the manager
 * structure, and jobs are structures that callers fill. Neither is the same in every version, so a
 * version whose layout was not measured is refused.
 *
 * @param version as {@code imb_get_version} says it: major, minor and patch in an octet each
 * @param job where the fields of a job are
 * @param manager where the function pointers are
 */
record MbLayout(int version, Job job, Manager manager) {
  /**
   * Octets from the beginning of a job ({@code IMB_JOB}) to its fields.
   *
   * @param size of a job in octets
   * @param encryptionKeys address of the round keys to encrypt with
   * @param decryptionKeys address of the round keys to decrypt with
   * @param keyLength octets of the cipher's key
   * @param source address of the input
   * @param destination address of the output
   * @param cipherStart octets from source to the text
   * @param cipherLength octets of text
   * @param hashStart octets from source to what is authenticated
   * @param hashLength octets that are authenticated
   * @param iv address of IV or nonce
   * @param ivLength octets of IV or nonce
   * @param tag address of the ICV to be written
   * @param tagLength octets of ICV
   * @param hashFields three words: keys of the MAC, or address and length of additional data
   * @param status 32 bits: what became of the job
   * @param cipherMode 32 bits
   * @param direction 32 bits: {@link #ENCRYPT} or {@link #DECRYPT}
   * @param hashAlgorithm 32 bits
   * @param chainOrder 32 bits: {@link #CIPHER_FIRST} or {@link #HASH_FIRST}
   */
  record Job(
      long size,
      long encryptionKeys,
      long decryptionKeys,
      long keyLength,
      long source,
      long destination,
      long cipherStart,
      long cipherLength,
      long hashStart,
      long hashLength,
      long iv,
      long ivLength,
      long tag,
      long tagLength,
      long hashFields,
      long status,
      long cipherMode,
      long direction,
      long hashAlgorithm,
      long chainOrder) {}

  /**
   * Octets from the beginning of the manager ({@code IMB_MGR}) to its fields. Those of AES are the
   * first of three, for keys of 128, 192 and 256 bits.
   *
   * @param features 64 bits: what the library uses of the processor
   * @param architecture 32 bits: index in {@link #ARCHITECTURES}
   * @param error 32 bits: 0 when all is well
   * @param aesKeys expands keys of AES
   * @param cmacKeys makes the subkeys of AES-CMAC with keys of 128 bits
   * @param xcbcKeys makes the keys of AES-XCBC
   * @param desKeys expands a key of DES
   * @param oneBlock hashes one block by SHA-1; then come SHA-224, SHA-256, SHA-384, SHA-512, MD5
   * @param gcmSeal seals by AES-GCM
   * @param gcmOpen opens by AES-GCM
   * @param gcmKeys makes the tables of AES-GCM
   * @param gmacInit begins AES-GMAC
   * @param gmacUpdate goes on
   * @param gmacFinish ends it
   * @param nextJobs gives free jobs out ({@code get_next_burst})
   * @param submitJobs takes them back, filled and checked ({@code submit_burst})
   * @param flushJobs completes what waits ({@code flush_burst})
   * @param cipherJobs works jobs of one cipher off, unchecked
   * @param hashJobs works jobs of one HMAC off, unchecked
   */
  record Manager(
      long features,
      long architecture,
      long error,
      long aesKeys,
      long cmacKeys,
      long xcbcKeys,
      long desKeys,
      long oneBlock,
      long gcmSeal,
      long gcmOpen,
      long gcmKeys,
      long gmacInit,
      long gmacUpdate,
      long gmacFinish,
      long nextJobs,
      long submitJobs,
      long flushJobs,
      long cipherJobs,
      long hashJobs) {
    private static final int POINTER = 8;

    /** Offsets of all function pointers that are called. */
    List<Long> functions() {
      List<Long> all = new java.util.ArrayList<>();
      for (long first : List.of(aesKeys, gcmSeal, gcmOpen, gcmKeys)) {
        addThree(all, first);
      }
      for (long first : List.of(gmacInit, gmacUpdate, gmacFinish)) {
        addThree(all, first);
      }
      for (int hash = 0; hash < 6; hash++) {
        all.add(oneBlock + (long) POINTER * hash);
      }
      all.addAll(List.of(cmacKeys, xcbcKeys, desKeys));
      all.addAll(List.of(nextJobs, submitJobs, flushJobs, cipherJobs, hashJobs));
      return all;
    }

    private static void addThree(List<Long> all, long first) {
      all.addAll(List.of(first, first + POINTER, first + 2L * POINTER));
    }
  }

  /** Of {@link Job#direction}. */
  static final int ENCRYPT = 1;

  /** Of {@link Job#direction}. */
  static final int DECRYPT = 2;

  /** Of {@link Job#chainOrder}. */
  static final int CIPHER_FIRST = 1;

  /** Of {@link Job#chainOrder}. */
  static final int HASH_FIRST = 2;

  /** Of {@link Job#status}: cipher and hash are done. */
  static final int COMPLETED = 3;

  /** Octets of the tables of one AES-GCM key ({@code struct gcm_key_data}). */
  static final int GCM_KEY = 1008;

  /** Octets of scratch of one AES-GCM operation ({@code struct gcm_context_data}), rounded up. */
  static final int GCM_CONTEXT = 128;

  /** Most octets that a job can cover: lengths are kept in 16 bits while lanes are filled. */
  static final int MOST_OCTETS = 65_534;

  /** Most octets of additional data of AES-CCM. */
  static final int MOST_CCM_HEADER = 46;

  /** What {@link Manager#architecture} counts. */
  static final List<String> ARCHITECTURES =
      List.of("none", "no AES-NI", "SSE", "AVX", "AVX2", "AVX512");

  /** Measured with offsetof on the header of Debian's libipsec-mb-dev 1.3-2. */
  private static final MbLayout V1_3 =
      new MbLayout(
          0x1_0300,
          new Job(
              200, 0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 128, 132, 136, 140, 144),
          new Manager(
              8, 56, 60, 112, 136, 144, 152, 160, 256, 280, 448, 720, 744, 768, 952, 960, 976, 992,
              1008));

  private static final List<MbLayout> KNOWN = List.of(V1_3);

  /** The layout of a version of the library; empty when it is not known. */
  static Optional<MbLayout> of(int version) {
    return KNOWN.stream().filter(layout -> layout.version == version).findFirst();
  }

  /** The versions whose layout is known, for people. */
  static String known() {
    return String.join(", ", KNOWN.stream().map(layout -> text(layout.version)).toList());
  }

  /** A version for people, such as {@code 1.3.0}. */
  static String text(int version) {
    return (version >>> 16) + "." + (version >>> 8 & 0xff) + "." + (version & 0xff);
  }
}
