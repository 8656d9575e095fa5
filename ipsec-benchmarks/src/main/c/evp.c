/*
 * Ciphers of libcrypto by its EVP interface: contexts that are keyed once for each SA, and get the
 * IV alone for each packet. Its prototypes are declared here, so that no headers are needed.
 */
#include "anchor.h"

#ifdef WITH_EVP
#include <stdlib.h>
#include <string.h>

typedef struct evp_cipher_ctx_st EVP_CIPHER_CTX;
typedef struct evp_cipher_st EVP_CIPHER;
typedef struct evp_mac_st EVP_MAC;
typedef struct evp_mac_ctx_st EVP_MAC_CTX;

struct parameter {
  const char *key;
  unsigned int type;
  void *data;
  size_t size;
  size_t returned;
};

EVP_CIPHER_CTX *EVP_CIPHER_CTX_new(void);
void EVP_CIPHER_CTX_free(EVP_CIPHER_CTX *);
EVP_CIPHER *EVP_CIPHER_fetch(void *, const char *, const char *);
void EVP_CIPHER_free(EVP_CIPHER *);
int EVP_CipherInit_ex(EVP_CIPHER_CTX *, const EVP_CIPHER *, void *, const uint8_t *, const uint8_t *, int);
int EVP_CIPHER_CTX_ctrl(EVP_CIPHER_CTX *, int, int, void *);
int EVP_CIPHER_CTX_set_padding(EVP_CIPHER_CTX *, int);
int EVP_CipherUpdate(EVP_CIPHER_CTX *, uint8_t *, int *, const uint8_t *, int);
int EVP_CipherFinal_ex(EVP_CIPHER_CTX *, uint8_t *, int *);
EVP_MAC *EVP_MAC_fetch(void *, const char *, const char *);
EVP_MAC_CTX *EVP_MAC_CTX_new(EVP_MAC *);
void EVP_MAC_CTX_free(EVP_MAC_CTX *);
void EVP_MAC_free(EVP_MAC *);
int EVP_MAC_init(EVP_MAC_CTX *, const uint8_t *, size_t, const struct parameter *);
int EVP_MAC_update(EVP_MAC_CTX *, const uint8_t *, size_t);
int EVP_MAC_final(EVP_MAC_CTX *, uint8_t *, size_t *, size_t);

#define GET_TAG 0x10
#define SET_TAG 0x11
#define UTF8 4

struct evp {
  int cipher;
  EVP_CIPHER *type;
  EVP_MAC *hmac;
};

struct evp_key {
  EVP_CIPHER_CTX *seal;
  EVP_CIPHER_CTX *open;
  EVP_MAC_CTX *mac;
};

static const char *const NAMES[] = {
    "AES-128-GCM", "AES-256-GCM", "ChaCha20-Poly1305", "AES-128-CBC"};

static void *start(int cipher) {
  struct evp *evp = calloc(1, sizeof *evp);
  evp->cipher = cipher;
  evp->type = EVP_CIPHER_fetch(NULL, NAMES[cipher], NULL);
  evp->hmac = cipher == CBC_128_SHA256 ? EVP_MAC_fetch(NULL, "HMAC", NULL) : NULL;
  if (evp->type == NULL || (cipher == CBC_128_SHA256 && evp->hmac == NULL)) {
    free(evp);
    return NULL;
  }
  return evp;
}

static void stop(void *state) {
  struct evp *evp = state;
  EVP_CIPHER_free(evp->type);
  if (evp->hmac != NULL) {
    EVP_MAC_free(evp->hmac);
  }
  free(evp);
}

static size_t key_octets(int cipher) {
  (void) cipher;
  return sizeof(struct evp_key);
}

static int set_key(void *state, void *key, const uint8_t *secret, const uint8_t *auth) {
  struct evp *evp = state;
  struct evp_key *own = key;
  static const uint8_t iv[16];
  own->seal = EVP_CIPHER_CTX_new();
  own->open = EVP_CIPHER_CTX_new();
  if (EVP_CipherInit_ex(own->seal, evp->type, NULL, secret, iv, 1) != 1
      || EVP_CipherInit_ex(own->open, evp->type, NULL, secret, iv, 0) != 1) {
    return -1;
  }
  if (evp->cipher == CBC_128_SHA256) {
    char digest[] = "SHA256";
    struct parameter parameters[] = {{"digest", UTF8, digest, 6, 0}, {NULL, 0, NULL, 0, 0}};
    EVP_CIPHER_CTX_set_padding(own->seal, 0);
    EVP_CIPHER_CTX_set_padding(own->open, 0);
    own->mac = EVP_MAC_CTX_new(evp->hmac);
    if (EVP_MAC_init(own->mac, auth, 32, parameters) != 1) {
      return -1;
    }
  }
  return 0;
}

static void wipe_key(void *state, void *key) {
  struct evp_key *own = key;
  (void) state;
  EVP_CIPHER_CTX_free(own->seal);
  EVP_CIPHER_CTX_free(own->open);
  if (own->mac != NULL) {
    EVP_MAC_CTX_free(own->mac);
  }
}

static inline uint32_t mac(struct evp_key *key, struct job *job, uint8_t *out) {
  size_t length;
  return EVP_MAC_init(key->mac, NULL, 0, NULL) == 1
      && EVP_MAC_update(key->mac, job->aad, (size_t) (job->icv - job->aad)) == 1
      && EVP_MAC_final(key->mac, out, &length, 32) == 1;
}

static inline uint32_t aead_seal(struct job *job) {
  EVP_CIPHER_CTX *ctx = ((struct evp_key *) job->key)->seal;
  int n;
  return EVP_CipherInit_ex(ctx, NULL, NULL, NULL, job->nonce, -1) == 1
      && EVP_CipherUpdate(ctx, NULL, &n, job->aad, 8) == 1
      && EVP_CipherUpdate(ctx, job->text, &n, job->text, (int) job->text_length) == 1
      && EVP_CipherFinal_ex(ctx, job->tag, &n) == 1
      && EVP_CIPHER_CTX_ctrl(ctx, GET_TAG, 16, job->icv) == 1;
}

static inline uint32_t aead_open(struct job *job) {
  EVP_CIPHER_CTX *ctx = ((struct evp_key *) job->key)->open;
  int n;
  return EVP_CipherInit_ex(ctx, NULL, NULL, NULL, job->nonce, -1) == 1
      && EVP_CipherUpdate(ctx, NULL, &n, job->aad, 8) == 1
      && EVP_CipherUpdate(ctx, job->text, &n, job->text, (int) job->text_length) == 1
      && EVP_CIPHER_CTX_ctrl(ctx, SET_TAG, 16, job->icv) == 1
      && EVP_CipherFinal_ex(ctx, job->tag, &n) == 1;
}

static inline uint32_t cbc(EVP_CIPHER_CTX *ctx, struct job *job) {
  int n;
  return EVP_CipherInit_ex(ctx, NULL, NULL, NULL, job->nonce, -1) == 1
      && EVP_CipherUpdate(ctx, job->text, &n, job->text, (int) job->text_length) == 1;
}

static void seal(void *state, struct job *jobs, uint32_t count) {
  struct evp *evp = state;
  if (evp->cipher != CBC_128_SHA256) {
    for (uint32_t i = 0; i < count; i++) {
      jobs[i].ok = aead_seal(&jobs[i]);
    }
    return;
  }
  for (uint32_t i = 0; i < count; i++) {
    struct job *job = &jobs[i];
    struct evp_key *key = job->key;
    job->ok = cbc(key->seal, job) && mac(key, job, job->tag);
    memcpy(job->icv, job->tag, 16);
  }
}

static void open_jobs(void *state, struct job *jobs, uint32_t count) {
  struct evp *evp = state;
  if (evp->cipher != CBC_128_SHA256) {
    for (uint32_t i = 0; i < count; i++) {
      jobs[i].ok = aead_open(&jobs[i]);
    }
    return;
  }
  for (uint32_t i = 0; i < count; i++) {
    struct job *job = &jobs[i];
    struct evp_key *key = job->key;
    job->ok = mac(key, job, job->tag) && same_icv(job->tag, job->icv) && cbc(key->open, job);
  }
}

static const struct engine ENGINE = {start, stop, key_octets, set_key, wipe_key, seal, open_jobs};
const struct engine *const evp_engine = &ENGINE;
#else
const struct engine *const evp_engine = 0;
#endif
