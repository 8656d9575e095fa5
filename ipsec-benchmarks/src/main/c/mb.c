/* Ciphers of libIPSec_MB: direct calls for combined modes, bursts of jobs for CBC with HMAC. */
#include "anchor.h"

#ifdef WITH_MB
#include <intel-ipsec-mb.h>
#include <stdlib.h>
#include <string.h>

struct hmac_key {
  DECLARE_ALIGNED(uint8_t enc[16 * 15], 16);
  DECLARE_ALIGNED(uint8_t dec[16 * 15], 16);
  DECLARE_ALIGNED(uint8_t ipad[64], 16);
  DECLARE_ALIGNED(uint8_t opad[64], 16);
};

struct mb {
  IMB_MGR *mgr;
  int cipher;
  struct gcm_context_data gcm;
  struct chacha20_poly1305_context_data chacha;
};

static void *start(int cipher) {
  struct mb *mb = calloc(1, sizeof *mb);
  mb->mgr = alloc_mb_mgr(0);
  if (mb->mgr == NULL) {
    free(mb);
    return NULL;
  }
  IMB_ARCH arch;
  init_mb_mgr_auto(mb->mgr, &arch);
  mb->cipher = cipher;
  return mb;
}

static void stop(void *state) {
  struct mb *mb = state;
  free_mb_mgr(mb->mgr);
  free(mb);
}

static size_t key_octets(int cipher) {
  return cipher == CBC_128_SHA256 ? sizeof(struct hmac_key)
      : cipher == CHACHA20_POLY1305 ? 32
      : sizeof(struct gcm_key_data);
}

static int set_key(void *state, void *key, const uint8_t *secret, const uint8_t *auth) {
  struct mb *mb = state;
  switch (mb->cipher) {
    case GCM_128:
      IMB_AES128_GCM_PRE(mb->mgr, secret, (struct gcm_key_data *) key);
      return 0;
    case GCM_256:
      IMB_AES256_GCM_PRE(mb->mgr, secret, (struct gcm_key_data *) key);
      return 0;
    case CHACHA20_POLY1305:
      memcpy(key, secret, 32);
      return 0;
    default: {
      struct hmac_key *both = key;
      uint8_t block[64];
      IMB_AES_KEYEXP_128(mb->mgr, secret, both->enc, both->dec);
      memset(block, 0x36, 64);
      for (int i = 0; i < 32; i++) {
        block[i] ^= auth[i];
      }
      IMB_SHA256_ONE_BLOCK(mb->mgr, block, both->ipad);
      memset(block, 0x5c, 64);
      for (int i = 0; i < 32; i++) {
        block[i] ^= auth[i];
      }
      IMB_SHA256_ONE_BLOCK(mb->mgr, block, both->opad);
      return 0;
    }
  }
}

static void wipe_key(void *state, void *key) {
  memset(key, 0, key_octets(((struct mb *) state)->cipher));
}

static void hmac_burst(struct mb *mb, struct job *jobs, uint32_t count, int seal) {
  IMB_JOB *burst[MAX_BURST];
  for (uint32_t done = 0; done < count;) {
    uint32_t n = IMB_GET_NEXT_BURST(mb->mgr, count - done, burst);
    if (n == 0) {
      IMB_FLUSH_BURST(mb->mgr, MAX_BURST, burst);
      continue;
    }
    for (uint32_t i = 0; i < n; i++) {
      struct job *job = &jobs[done + i];
      const struct hmac_key *key = job->key;
      IMB_JOB *one = burst[i];
      one->cipher_mode = IMB_CIPHER_CBC;
      one->cipher_direction = seal ? IMB_DIR_ENCRYPT : IMB_DIR_DECRYPT;
      one->chain_order = seal ? IMB_ORDER_CIPHER_HASH : IMB_ORDER_HASH_CIPHER;
      one->hash_alg = IMB_AUTH_HMAC_SHA_256;
      one->enc_keys = key->enc;
      one->dec_keys = key->dec;
      one->key_len_in_bytes = 16;
      one->src = job->aad;
      one->dst = job->text;
      one->cipher_start_src_offset_in_bytes = (uint64_t) (job->text - job->aad);
      one->msg_len_to_cipher_in_bytes = job->text_length;
      one->hash_start_src_offset_in_bytes = 0;
      one->msg_len_to_hash_in_bytes = (uint64_t) (job->icv - job->aad);
      one->iv = job->nonce;
      one->iv_len_in_bytes = 16;
      one->auth_tag_output = seal ? job->icv : job->tag;
      one->auth_tag_output_len_in_bytes = 16;
      one->u.HMAC._hashed_auth_key_xor_ipad = key->ipad;
      one->u.HMAC._hashed_auth_key_xor_opad = key->opad;
      one->user_data = job;
    }
    uint32_t back = IMB_SUBMIT_BURST_NOCHECK(mb->mgr, n, burst);
    for (;;) {
      for (uint32_t i = 0; i < back; i++) {
        struct job *job = burst[i]->user_data;
        job->ok = burst[i]->status == IMB_STATUS_COMPLETED;
        if (!seal) {
          job->ok &= same_icv(job->tag, job->icv);
        }
      }
      done += back;
      n -= back;
      if (n == 0) {
        break;
      }
      back = IMB_FLUSH_BURST(mb->mgr, n, burst);
    }
  }
}

static void seal(void *state, struct job *jobs, uint32_t count) {
  struct mb *mb = state;
  switch (mb->cipher) {
    case GCM_128:
      for (uint32_t i = 0; i < count; i++) {
        struct job *job = &jobs[i];
        IMB_AES128_GCM_ENC(mb->mgr, job->key, &mb->gcm, job->text, job->text, job->text_length,
            job->nonce, job->aad, 8, job->icv, 16);
        job->ok = 1;
      }
      break;
    case GCM_256:
      for (uint32_t i = 0; i < count; i++) {
        struct job *job = &jobs[i];
        IMB_AES256_GCM_ENC(mb->mgr, job->key, &mb->gcm, job->text, job->text, job->text_length,
            job->nonce, job->aad, 8, job->icv, 16);
        job->ok = 1;
      }
      break;
    case CHACHA20_POLY1305:
      for (uint32_t i = 0; i < count; i++) {
        struct job *job = &jobs[i];
        IMB_CHACHA20_POLY1305_INIT(mb->mgr, job->key, &mb->chacha, job->nonce, job->aad, 8);
        IMB_CHACHA20_POLY1305_ENC_UPDATE(
            mb->mgr, job->key, &mb->chacha, job->text, job->text, job->text_length);
        IMB_CHACHA20_POLY1305_ENC_FINALIZE(mb->mgr, &mb->chacha, job->icv, 16);
        job->ok = 1;
      }
      break;
    default:
      hmac_burst(mb, jobs, count, 1);
      break;
  }
}

static void open_jobs(void *state, struct job *jobs, uint32_t count) {
  struct mb *mb = state;
  switch (mb->cipher) {
    case GCM_128:
      for (uint32_t i = 0; i < count; i++) {
        struct job *job = &jobs[i];
        IMB_AES128_GCM_DEC(mb->mgr, job->key, &mb->gcm, job->text, job->text, job->text_length,
            job->nonce, job->aad, 8, job->tag, 16);
        job->ok = same_icv(job->tag, job->icv);
      }
      break;
    case GCM_256:
      for (uint32_t i = 0; i < count; i++) {
        struct job *job = &jobs[i];
        IMB_AES256_GCM_DEC(mb->mgr, job->key, &mb->gcm, job->text, job->text, job->text_length,
            job->nonce, job->aad, 8, job->tag, 16);
        job->ok = same_icv(job->tag, job->icv);
      }
      break;
    case CHACHA20_POLY1305:
      for (uint32_t i = 0; i < count; i++) {
        struct job *job = &jobs[i];
        IMB_CHACHA20_POLY1305_INIT(mb->mgr, job->key, &mb->chacha, job->nonce, job->aad, 8);
        IMB_CHACHA20_POLY1305_DEC_UPDATE(
            mb->mgr, job->key, &mb->chacha, job->text, job->text, job->text_length);
        IMB_CHACHA20_POLY1305_DEC_FINALIZE(mb->mgr, &mb->chacha, job->tag, 16);
        job->ok = same_icv(job->tag, job->icv);
      }
      break;
    default:
      hmac_burst(mb, jobs, count, 0);
      break;
  }
}

static const struct engine ENGINE = {start, stop, key_octets, set_key, wipe_key, seal, open_jobs};
const struct engine *const mb_engine = &ENGINE;
#else
const struct engine *const mb_engine = 0;
#endif
