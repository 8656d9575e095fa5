/*
 * The loops that the Java packet path is compared with: the same work, written in C, on the same
 * packets in the same memory.
 */
#ifndef ANCHOR_H
#define ANCHOR_H

#include <stddef.h>
#include <stdint.h>

#define MAX_BURST 128
#define MAX_WIDTH 4096

enum cipher { GCM_128, GCM_256, CHACHA20_POLY1305, CBC_128_SHA256 };

/* What the crypto of one packet needs: the twin of CryptoOp. */
struct job {
  uint8_t *aad;
  uint8_t *text;
  uint8_t *icv;
  void *key;
  uint32_t text_length;
  uint32_t ok;
  uint8_t nonce[16];
  uint8_t tag[32];
};

/* One library. Keys are laid out in memory of the caller, on a cache line. */
struct engine {
  /* Null when the library cannot do the cipher or is not usable. */
  void *(*start)(int cipher);
  void (*stop)(void *state);
  size_t (*key_octets)(int cipher);
  /* 0 when it worked. */
  int (*set_key)(void *state, void *key, const uint8_t *secret, const uint8_t *auth);
  void (*wipe_key)(void *state, void *key);
  void (*seal)(void *state, struct job *jobs, uint32_t count);
  void (*open)(void *state, struct job *jobs, uint32_t count);
};

/* Null where the anchor was built without the library. */
extern const struct engine *const mb_engine;
extern const struct engine *const evp_engine;

/* Whether two ICVs are equal, in a time that does not depend on them; length is 16. */
static inline uint32_t same_icv(const uint8_t *one, const uint8_t *other) {
  uint64_t a[2];
  uint64_t b[2];
  __builtin_memcpy(a, one, 16);
  __builtin_memcpy(b, other, 16);
  return ((a[0] ^ b[0]) | (a[1] ^ b[1])) == 0;
}

/* Places in the array that anchor_new reads. */
enum {
  LIBRARY_PLACE, /* 0: libIPSec_MB, 1: libcrypto */
  CIPHER_PLACE,
  SAS_PLACE,
  FIRST_SPI_PLACE,
  SIZE_PLACE,    /* octets of an inner packet */
  BURST_PLACE,   /* packets in a burst */
  BURSTS_PLACE,  /* bursts in the ring */
  SLOT_PLACE,    /* octets of a slot */
  HEADROOM_PLACE,
  WIDTH_PLACE,   /* replay window */
  CONFIG_LENGTH
};

struct anchor;

struct anchor *anchor_new(
    const int64_t *config, const uint8_t *secret, const uint8_t *auth, const int64_t *slabs);
void anchor_free(struct anchor *a);

/* Which SA each packet belongs to, over and over; copied. Without it all are of the first. */
void anchor_order(struct anchor *a, const int32_t *order, int64_t count);

/* Fresh inner packets in all slots. */
void anchor_reset(struct anchor *a);

/* Every burst of the ring once; packets that came through. */
int64_t anchor_outbound(struct anchor *a);
int64_t anchor_inbound(struct anchor *a);

/*
 * Header, nonce, cipher and ICV alone, with the first SA, over what stands where anchor_reset puts
 * packets; open wants what seal has left there. Packets that were done.
 */
int64_t anchor_bare_seal(struct anchor *a);
int64_t anchor_bare_open(struct anchor *a);

/* Window of a packet as the last call left it: offset in the slab, then length; -1 if dropped. */
int64_t anchor_offset(struct anchor *a, int64_t burst, int64_t packet);
int64_t anchor_length(struct anchor *a, int64_t burst, int64_t packet);

/* Number that the next outbound packet of an SA takes. */
int64_t anchor_next(struct anchor *a, int64_t sa);
void anchor_set_next(struct anchor *a, int64_t sa, int64_t number);

#endif
