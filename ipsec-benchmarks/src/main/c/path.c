/*
 * An ESP tunnel path over IPv4 (RFC 4303, RFC 4301 5), as a C programmer would write it for bursts:
 * plan all, number all, write all, encrypt all, count. It does what EspOutbound and EspInbound do
 * for such packets and may be used by several threads at once on one SA, as they may.
 */
#include "anchor.h"

#include <stdlib.h>
#include <string.h>

#define HEADER 20
#define ESP_HEADER 8
#define TRAILER 2
#define ICV 16
#define ESP 50
#define V4 4
#define NO_NEXT 59
#define NO_LIMIT INT64_MAX
#define LAST_NUMBER 0xffffffffULL
#define LOCAL_OUTER 0xc0000201u  /* 192.0.2.1 */
#define REMOTE_OUTER 0xc6120000u /* 198.18.0.0 and on: a peer for each SA */
#define LOCAL_INNER 0x0a010000u  /* 10.1.0.0/16 */
#define REMOTE_INNER 0x0b000000u /* 11.0.0.0 and on: an address for each SA */
#define INNER_HEAD 32            /* octets that a fresh packet gets */

enum drop {
  NONE,
  NO_SA,
  MALFORMED_INNER,
  SELECTOR_MISMATCH,
  NEEDS_FRAGMENTATION,
  TOO_LONG,
  NO_HEADROOM,
  LIFETIME_EXPIRED,
  SEQUENCE_EXHAUSTED,
  CRYPTO_FAILED,
  MALFORMED_OUTER,
  TOO_SHORT,
  UNKNOWN_SPI,
  REPLAY,
  REPLAY_OLD,
  SEQUENCE_ZERO,
  ICV_MISMATCH,
  BAD_PADDING,
  BAD_NEXT_HEADER,
  ECN_CONGESTION,
  DUMMY,
  DROPS
};

/* One entry of a selector list: addresses, protocol, ports of one side. */
struct selector {
  uint32_t first;
  uint32_t last;
  uint16_t first_port;
  uint16_t last_port;
  uint32_t protocol;
};

struct sa {
  /* read for every packet */
  uint32_t spi;
  uint8_t front; /* ESP header and IV */
  uint8_t iv;
  uint8_t align_mask;
  uint8_t block_mask;
  uint8_t cbc;
  uint8_t expired;
  uint8_t salt_length;
  uint8_t wants_df;
  uint8_t salt[4];
  int64_t hard_time;
  int64_t path_mtu;
  void *key;
  struct selector here;
  struct selector there;
  uint8_t outer[HEADER]; /* with length, identification, DF, traffic class and checksum 0 */
  uint32_t outer_sum;
  /* written for every burst */
  uint64_t next __attribute__((aligned(64)));
  int64_t last_used;
  uint64_t packets;
  uint64_t octets;
  uint64_t limit_packets;
  uint64_t limit_octets;
  uint64_t hard_packets;
  uint64_t hard_octets;
  uint64_t top __attribute__((aligned(64)));
  uint32_t width;
  uint32_t words;
  uint8_t lock;
  uint64_t *ring;
  uint64_t drops[DROPS];
};

struct view {
  uint32_t total;
  uint32_t header;
  uint32_t source;
  uint32_t destination;
  int32_t source_port;
  int32_t destination_port;
  uint32_t fragment;
  uint8_t traffic_class;
  uint8_t hops;
  uint8_t protocol;
  uint8_t type_and_code;
};

struct burst {
  uint8_t *slab;
  uint32_t offset[MAX_BURST];
  uint32_t length[MAX_BURST];
  uint8_t drop[MAX_BURST];
};

/* What is known of a packet between the passes over a burst. */
struct plan {
  struct sa *sa;
  uint64_t number;
  uint32_t inner;
  uint32_t esp;
  uint32_t esp_length;
  uint32_t outer_class;
  uint8_t pad;
  uint8_t traffic_class;
  uint8_t dont_fragment;
};

struct anchor {
  const struct engine *engine;
  void *state;
  uint32_t size;
  uint32_t burst;
  uint32_t bursts;
  uint32_t slot;
  uint32_t headroom;
  uint32_t sas;
  uint32_t icv;
  struct burst *ring;
  struct sa **sa;
  uint32_t table_mask;
  struct sa **table; /* inbound, by SPI */
  uint32_t *flow_key;
  struct sa **flow; /* outbound, by inner destination */
  int32_t *order;
  int64_t order_count;
  int64_t order_at;
  uint32_t by_flow;
  uint64_t unknown[DROPS];
  struct plan plan[MAX_BURST];
  struct job job[MAX_BURST];
  struct sa *of[MAX_BURST];
  uint8_t index[MAX_BURST];
};

static inline uint16_t get16(const uint8_t *p) {
  uint16_t v;
  memcpy(&v, p, 2);
  return __builtin_bswap16(v);
}

static inline uint32_t get32(const uint8_t *p) {
  uint32_t v;
  memcpy(&v, p, 4);
  return __builtin_bswap32(v);
}

static inline void put16(uint8_t *p, uint32_t v) {
  uint16_t swapped = __builtin_bswap16((uint16_t) v);
  memcpy(p, &swapped, 2);
}

static inline void put32(uint8_t *p, uint32_t v) {
  uint32_t swapped = __builtin_bswap32(v);
  memcpy(p, &swapped, 4);
}

static inline void put64(uint8_t *p, uint64_t v) {
  uint64_t swapped = __builtin_bswap64(v);
  memcpy(p, &swapped, 8);
}

/* ---- IP ---- */

static inline int parse(const uint8_t *p, uint32_t length, struct view *v) {
  if (length < HEADER || p[0] >> 4 != 4) {
    return 0;
  }
  v->header = (p[0] & 15) * 4;
  v->total = get16(p + 2);
  if (v->header < HEADER || v->total < v->header || v->total > length) {
    return 0;
  }
  v->traffic_class = p[1];
  v->fragment = get16(p + 6);
  v->hops = p[8];
  v->protocol = p[9];
  v->source = get32(p + 12);
  v->destination = get32(p + 16);
  v->source_port = -1;
  v->destination_port = -1;
  v->type_and_code = 0;
  if ((v->fragment & 0x1fff) == 0) {
    uint32_t upper = v->total - v->header;
    switch (v->protocol) {
      case 6:
      case 17:
      case 33:
      case 132:
      case 136:
        if (upper >= 4) {
          v->source_port = get16(p + v->header);
          v->destination_port = get16(p + v->header + 2);
        }
        break;
      case 1:
      case 58:
        v->type_and_code = 1;
        if (upper >= 2) {
          v->source_port = get16(p + v->header);
          v->destination_port = v->source_port;
        }
        break;
      default:
        break;
    }
  }
  return 1;
}

static inline int side(
    const struct selector *s, const struct view *v, uint32_t address, int32_t port, int counts) {
  if ((s->protocol != 0 && s->protocol != v->protocol) || address < s->first
      || address > s->last) {
    return 0;
  }
  if (!counts || (s->first_port == 0 && s->last_port == 65535)) {
    return 1;
  }
  if (port < 0) {
    return s->first_port > s->last_port;
  }
  return s->first_port <= port && port <= s->last_port;
}

static inline int selected(
    const struct selector *from, const struct selector *to, const struct view *v) {
  return side(from, v, v->source, v->source_port, 1)
      && side(to, v, v->destination, v->destination_port, !v->type_and_code);
}

/* ---- tables ---- */

static inline uint32_t home(uint32_t key, uint32_t mask) {
  uint32_t mixed = key * 0x9e3779b1u;
  return (mixed ^ mixed >> 16) & mask;
}

static inline struct sa *find(const struct anchor *a, uint32_t spi) {
  for (uint32_t at = home(spi, a->table_mask);; at = (at + 1) & a->table_mask) {
    struct sa *sa = __atomic_load_n(&a->table[at], __ATOMIC_ACQUIRE);
    if (sa == NULL || sa->spi == spi) {
      return sa;
    }
  }
}

static inline struct sa *flow_of(const struct anchor *a, uint32_t destination) {
  for (uint32_t at = home(destination, a->table_mask);; at = (at + 1) & a->table_mask) {
    struct sa *sa = a->flow[at];
    if (sa == NULL || a->flow_key[at] == destination) {
      return sa;
    }
  }
}

/* ---- replay (RFC 4303 3.4.3, ring of RFC 6479) ---- */

static inline int replay_check(const struct sa *sa, uint64_t number) {
  if (number == 0) {
    return SEQUENCE_ZERO;
  }
  uint64_t top = __atomic_load_n(&sa->top, __ATOMIC_RELAXED);
  if (number > top) {
    return NONE;
  }
  if (top - number >= sa->width) {
    return REPLAY_OLD;
  }
  uint64_t word = sa->ring[(number >> 6) & (sa->words - 1)];
  return word >> (number & 63) & 1 ? REPLAY : NONE;
}

/* Under the lock. */
static inline int replay_commit(struct sa *sa, uint64_t number) {
  if (replay_check(sa, number) != NONE) {
    return 0;
  }
  if (number > sa->top) {
    uint64_t count = (number >> 6) - (sa->top >> 6);
    count = count > sa->words ? sa->words : count;
    for (uint64_t i = 1; i <= count; i++) {
      sa->ring[((sa->top >> 6) + i) & (sa->words - 1)] = 0;
    }
    __atomic_store_n(&sa->top, number, __ATOMIC_RELAXED);
  }
  sa->ring[(number >> 6) & (sa->words - 1)] |= 1ULL << (number & 63);
  return 1;
}

static inline void lock(struct sa *sa) {
  while (__atomic_exchange_n(&sa->lock, 1, __ATOMIC_ACQUIRE)) {
  }
}

static inline void unlock(struct sa *sa) {
  __atomic_store_n(&sa->lock, 0, __ATOMIC_RELEASE);
}

/* ---- counting ---- */

static void dropped(struct anchor *a, struct burst *b, uint32_t i, struct sa *sa, int reason) {
  b->drop[i] = (uint8_t) reason;
  if (sa == NULL) {
    a->unknown[reason]++;
  } else {
    __atomic_fetch_add(&sa->drops[reason], 1, __ATOMIC_RELAXED);
  }
}

static inline void passed(struct sa *sa, uint64_t packets, uint64_t octets, int64_t now) {
  __atomic_fetch_add(&sa->packets, packets, __ATOMIC_RELAXED);
  __atomic_fetch_add(&sa->octets, octets, __ATOMIC_RELAXED);
  if (sa->last_used != now) {
    sa->last_used = now;
  }
}

/* The lifetimes in time, packets and octets; false when one of them is over. */
static inline int admit(struct sa *sa, uint32_t octets, int64_t now) {
  if (sa->expired || now >= sa->hard_time) {
    sa->expired = 1;
    return 0;
  }
  if (sa->hard_packets == UINT64_MAX && sa->hard_octets == UINT64_MAX) {
    return 1;
  }
  uint64_t packets = __atomic_add_fetch(&sa->limit_packets, 1, __ATOMIC_RELAXED);
  uint64_t sum = __atomic_add_fetch(&sa->limit_octets, octets, __ATOMIC_RELAXED);
  if (packets > sa->hard_packets || sum > sa->hard_octets) {
    sa->expired = 1;
    return 0;
  }
  return 1;
}

/* ---- outbound ---- */

static inline int plan_out(
    struct anchor *a, const struct burst *b, uint32_t i, struct sa *sa, int64_t now) {
  struct plan *out = &a->plan[i];
  struct view v;
  uint32_t at = b->offset[i];
  if (!parse(b->slab + at, b->length[i], &v)) {
    return MALFORMED_INNER;
  }
  /* which SA a packet goes to was decided by who called us; its selectors are not asked again */
  out->dont_fragment = (v.fragment & 0x4000) != 0;
  out->traffic_class = v.traffic_class;
  out->inner = v.total;
  out->pad = -(v.total + TRAILER) & sa->align_mask;
  out->esp = at - sa->front;
  out->esp_length = sa->front + v.total + out->pad + TRAILER + ICV;
  if ((int64_t) HEADER + out->esp_length > sa->path_mtu && out->dont_fragment) {
    return NEEDS_FRAGMENTATION;
  }
  if (HEADER + out->esp_length > 65535) {
    return TOO_LONG;
  }
  uint32_t slot = i * a->slot;
  if (at < slot + HEADER + sa->front || out->esp + out->esp_length > slot + a->slot) {
    return NO_HEADROOM;
  }
  if (!admit(sa, v.total, now)) {
    return LIFETIME_EXPIRED;
  }
  out->sa = sa;
  return NONE;
}

/* Numbers for each run of packets of one SA, taken at once. */
static inline void number(struct anchor *a, uint32_t count) {
  for (uint32_t i = 0; i < count;) {
    struct sa *sa = a->plan[i].sa;
    uint32_t end = i + 1;
    if (sa != NULL) {
      while (end < count && a->plan[end].sa == sa) {
        end++;
      }
      uint64_t first = __atomic_fetch_add(&sa->next, end - i, __ATOMIC_RELAXED);
      for (uint32_t k = i; k < end; k++) {
        a->plan[k].number = first + (k - i);
      }
    }
    i = end;
  }
}

static inline void write_outer(uint8_t *p, const struct sa *sa, const struct plan *out) {
  uint32_t total = HEADER + out->esp_length;
  uint32_t id = ((uint32_t) out->number ^ sa->spi) & 0xffff;
  uint32_t flags = out->dont_fragment ? 0x4000 : 0;
  memcpy(p, sa->outer, HEADER);
  p[1] = out->traffic_class;
  put16(p + 2, total);
  put16(p + 4, id);
  put16(p + 6, flags);
  uint32_t sum = sa->outer_sum + out->traffic_class + total + id + flags;
  sum = (sum >> 16) + (sum & 0xffff);
  sum += sum >> 16;
  put16(p + 10, ~sum);
}

static const uint8_t PADDING[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static inline void write_esp(struct anchor *a, struct burst *b, uint32_t i, struct job *job) {
  struct plan *out = &a->plan[i];
  struct sa *sa = out->sa;
  uint8_t *esp = b->slab + out->esp;
  write_outer(esp - HEADER, sa, out);
  put32(esp, sa->spi);
  put32(esp + 4, (uint32_t) out->number);
  uint8_t *payload = esp + sa->front;
  if (sa->cbc) {
    /* the number is encrypted in the place of the IV, under an IV of zero */
    memset(esp + ESP_HEADER, 0, 8);
    put64(esp + ESP_HEADER + 8, out->number);
    memset(job->nonce, 0, 16);
    job->text = esp + ESP_HEADER;
  } else {
    put64(esp + ESP_HEADER, out->number);
    memcpy(job->nonce, sa->salt, 4);
    put64(job->nonce + 4, out->number);
    job->text = payload;
  }
  uint8_t *trailer = payload + out->inner;
  memcpy(trailer, PADDING, out->pad);
  trailer += out->pad;
  trailer[0] = out->pad;
  trailer[1] = V4;
  job->aad = esp;
  job->key = sa->key;
  job->icv = trailer + TRAILER;
  job->text_length = (uint32_t) (job->icv - job->text);
}

static int64_t finish_out(struct anchor *a, struct burst *b, uint32_t jobs, int64_t now) {
  int64_t done = 0;
  struct sa *run = NULL;
  uint64_t packets = 0;
  uint64_t octets = 0;
  for (uint32_t k = 0; k < jobs; k++) {
    uint32_t i = a->index[k];
    struct plan *out = &a->plan[i];
    if (!a->job[k].ok) {
      memset(a->job[k].text, 0, a->job[k].text_length);
      dropped(a, b, i, out->sa, CRYPTO_FAILED);
      continue;
    }
    b->offset[i] = out->esp - HEADER;
    b->length[i] = HEADER + out->esp_length;
    if (out->sa != run) {
      if (run != NULL) {
        passed(run, packets, octets, now);
      }
      run = out->sa;
      packets = 0;
      octets = 0;
    }
    packets++;
    octets += out->inner;
    done++;
  }
  if (run != NULL) {
    passed(run, packets, octets, now);
  }
  return done;
}

static int64_t protect(struct anchor *a, struct burst *b, uint32_t count, int64_t now) {
  for (uint32_t i = 0; i < count; i++) {
    a->plan[i].sa = NULL;
    struct sa *sa = a->of[i];
    int reason = sa == NULL ? NO_SA : plan_out(a, b, i, sa, now);
    if (__builtin_expect(reason != NONE, 0)) {
      dropped(a, b, i, sa, reason);
    }
  }
  number(a, count);
  uint32_t jobs = 0;
  for (uint32_t i = 0; i < count; i++) {
    struct sa *sa = a->plan[i].sa;
    if (sa == NULL) {
      continue;
    }
    if (__builtin_expect(a->plan[i].number > LAST_NUMBER, 0)) {
      dropped(a, b, i, sa, SEQUENCE_EXHAUSTED);
      continue;
    }
    write_esp(a, b, i, &a->job[jobs]);
    a->index[jobs++] = (uint8_t) i;
  }
  a->engine->seal(a->state, a->job, jobs);
  return finish_out(a, b, jobs, now);
}

/* ---- inbound ---- */

static inline int accept(struct anchor *a, struct burst *b, uint32_t i, struct job *job, int64_t now) {
  struct plan *in = &a->plan[i];
  struct view v;
  uint32_t at = b->offset[i];
  if (!parse(b->slab + at, b->length[i], &v) || (v.fragment & 0x3fff) != 0 || v.protocol != ESP) {
    return MALFORMED_OUTER;
  }
  in->esp = at + v.header;
  in->esp_length = v.total - v.header;
  in->outer_class = v.traffic_class;
  if (in->esp_length < ESP_HEADER) {
    return TOO_SHORT;
  }
  uint8_t *esp = b->slab + in->esp;
  struct sa *sa = find(a, get32(esp));
  if (sa == NULL) {
    return UNKNOWN_SPI;
  }
  in->sa = sa;
  if (in->esp_length < (uint32_t) sa->front + ICV + (sa->cbc ? 16 : TRAILER)) {
    return TOO_SHORT;
  }
  uint32_t text = in->esp_length - sa->front - ICV;
  if ((text & sa->block_mask) != 0) {
    return MALFORMED_OUTER;
  }
  if (sa->expired || now >= sa->hard_time) {
    return LIFETIME_EXPIRED;
  }
  in->number = get32(esp + 4);
  int reason = replay_check(sa, in->number);
  if (reason != NONE) {
    return reason;
  }
  if (sa->cbc) {
    memcpy(job->nonce, esp + ESP_HEADER, 16);
  } else {
    memcpy(job->nonce, sa->salt, 4);
    memcpy(job->nonce + 4, esp + ESP_HEADER, 8);
  }
  job->aad = esp;
  job->key = sa->key;
  job->text = esp + sa->front;
  job->text_length = text;
  job->icv = job->text + text;
  return NONE;
}

static inline int strip(struct burst *b, uint32_t i, struct plan *in, struct job *job, int64_t now) {
  uint32_t pad = job->icv[-2];
  uint32_t next = job->icv[-1];
  if (job->text_length < pad + TRAILER) {
    return BAD_PADDING;
  }
  uint32_t payload = job->text_length - TRAILER - pad;
  for (uint32_t k = 0; k < pad; k++) {
    if (job->text[payload + k] != k + 1) {
      return BAD_PADDING;
    }
  }
  if (next != V4) {
    return next == NO_NEXT ? DUMMY : BAD_NEXT_HEADER;
  }
  struct view v;
  if (!parse(job->text, payload, &v)) {
    return MALFORMED_INNER;
  }
  uint32_t inner_ecn = v.traffic_class & 3;
  uint32_t outer_ecn = in->outer_class & 3;
  if (inner_ecn != outer_ecn) {
    if (inner_ecn == 0 && outer_ecn == 3) {
      return ECN_CONGESTION;
    }
    if (outer_ecn == 3 && inner_ecn != 0) {
      uint32_t old = get16(job->text);
      uint32_t sum = (~get16(job->text + 10) & 0xffff) + (~old & 0xffff) + (old | 3);
      sum = (sum >> 16) + (sum & 0xffff);
      sum += sum >> 16;
      job->text[1] |= 3;
      put16(job->text + 10, ~sum);
    }
  }
  /* the receiving half is the peer's: what went in here comes out there */
  if (!selected(&in->sa->here, &in->sa->there, &v)) {
    return SELECTOR_MISMATCH;
  }
  if (!admit(in->sa, v.total, now)) {
    return LIFETIME_EXPIRED;
  }
  in->inner = v.total;
  b->offset[i] = (uint32_t) (job->text - b->slab);
  b->length[i] = v.total;
  return NONE;
}

static void refuse(struct anchor *a, struct burst *b, uint32_t k, int reason) {
  struct job *job = &a->job[k];
  memset(job->aad, 0, (size_t) (job->icv - job->aad));
  dropped(a, b, a->index[k], a->plan[a->index[k]].sa, reason);
}

static int64_t settle(struct anchor *a, struct burst *b, uint32_t jobs, int64_t now) {
  int64_t done = 0;
  for (uint32_t k = 0; k < jobs;) {
    struct sa *sa = a->plan[a->index[k]].sa;
    uint32_t end = k + 1;
    while (end < jobs && a->plan[a->index[end]].sa == sa) {
      end++;
    }
    lock(sa);
    for (uint32_t m = k; m < end; m++) {
      struct job *job = &a->job[m];
      if (job->ok && !replay_commit(sa, a->plan[a->index[m]].number)) {
        job->ok = 2;
      }
    }
    unlock(sa);
    uint64_t packets = 0;
    uint64_t octets = 0;
    for (; k < end; k++) {
      uint32_t i = a->index[k];
      struct job *job = &a->job[k];
      int reason = job->ok == 0 ? ICV_MISMATCH : job->ok == 2 ? REPLAY : NONE;
      if (__builtin_expect(reason == NONE, 1)) {
        reason = strip(b, i, &a->plan[i], job, now);
      }
      if (__builtin_expect(reason != NONE, 0)) {
        refuse(a, b, k, reason);
        continue;
      }
      packets++;
      octets += a->plan[i].inner;
    }
    passed(sa, packets, octets, now);
    done += (int64_t) packets;
  }
  return done;
}

static int64_t open_burst(struct anchor *a, struct burst *b, uint32_t count, int64_t now) {
  if (a->by_flow) {
    /* many SAs: the misses of a burst overlap */
    for (uint32_t i = 0; i < count; i++) {
      __builtin_prefetch(
          &a->table[home(get32(b->slab + b->offset[i] + HEADER), a->table_mask)]);
    }
    for (uint32_t i = 0; i < count; i++) {
      struct sa *sa = a->table[home(get32(b->slab + b->offset[i] + HEADER), a->table_mask)];
      __builtin_prefetch(sa);
      __builtin_prefetch((char *) sa + 64);
      __builtin_prefetch((char *) sa + 128);
      __builtin_prefetch((char *) sa + 192);
    }
  }
  uint32_t jobs = 0;
  for (uint32_t i = 0; i < count; i++) {
    a->plan[i].sa = NULL;
    if (b->drop[i] != NONE) {
      continue;
    }
    int reason = accept(a, b, i, &a->job[jobs], now);
    if (__builtin_expect(reason != NONE, 0)) {
      dropped(a, b, i, a->plan[i].sa, reason);
    } else {
      a->index[jobs++] = (uint8_t) i;
    }
  }
  a->engine->open(a->state, a->job, jobs);
  return settle(a, b, jobs, now);
}

/* ---- what Java calls ---- */

int64_t anchor_outbound(struct anchor *a) {
  int64_t done = 0;
  for (uint32_t n = 0; n < a->bursts; n++) {
    struct burst *b = &a->ring[n];
    if (a->by_flow) {
      for (uint32_t i = 0; i < a->burst; i++) {
        uint32_t at = home(get32(b->slab + b->offset[i] + 16), a->table_mask);
        __builtin_prefetch(&a->flow_key[at]);
        __builtin_prefetch(&a->flow[at]);
      }
      for (uint32_t i = 0; i < a->burst; i++) {
        struct sa *sa = flow_of(a, get32(b->slab + b->offset[i] + 16));
        a->of[i] = sa;
        __builtin_prefetch(sa);
        __builtin_prefetch((char *) sa + 64);
        __builtin_prefetch((char *) sa + 128);
      }
    }
    done += protect(a, b, a->burst, n);
  }
  return done;
}

int64_t anchor_inbound(struct anchor *a) {
  int64_t done = 0;
  for (uint32_t n = 0; n < a->bursts; n++) {
    done += open_burst(a, &a->ring[n], a->burst, n);
  }
  return done;
}

/* Fills the jobs of a burst that stands where anchor_reset puts it; numbers from `number` on. */
static void describe_bare(struct anchor *a, struct burst *b, struct sa *sa, uint64_t number, int seal) {
  uint32_t front = sa->front;
  uint32_t text = sa->cbc ? a->size & ~15u : a->size;
  for (uint32_t i = 0; i < a->burst; i++, number++) {
    struct job *job = &a->job[i];
    uint8_t *esp = b->slab + i * a->slot + a->headroom - front;
    job->aad = esp;
    job->key = sa->key;
    job->text = esp + front;
    job->text_length = text;
    job->icv = job->text + text;
    if (seal) {
      put32(esp, sa->spi);
      put32(esp + 4, (uint32_t) number);
      if (sa->cbc) {
        memset(esp + ESP_HEADER, 0, 8);
        put64(esp + ESP_HEADER + 8, number);
        memset(job->nonce, 0, 16);
        job->text = esp + ESP_HEADER;
        job->text_length = 16 + text;
        continue;
      }
      put64(esp + ESP_HEADER, number);
    } else if (sa->cbc) {
      memcpy(job->nonce, esp + ESP_HEADER, 16);
      continue;
    }
    memcpy(job->nonce, sa->salt, 4);
    memcpy(job->nonce + 4, esp + ESP_HEADER, 8);
  }
}

static int64_t bare(struct anchor *a, int seal) {
  struct sa *sa = a->sa[0];
  int64_t done = 0;
  for (uint32_t n = 0; n < a->bursts; n++) {
    uint64_t number = seal ? __atomic_fetch_add(&sa->next, a->burst, __ATOMIC_RELAXED) : 0;
    describe_bare(a, &a->ring[n], sa, number, seal);
    if (seal) {
      a->engine->seal(a->state, a->job, a->burst);
    } else {
      a->engine->open(a->state, a->job, a->burst);
    }
    for (uint32_t i = 0; i < a->burst; i++) {
      done += a->job[i].ok;
    }
  }
  return done;
}

int64_t anchor_bare_seal(struct anchor *a) {
  return bare(a, 1);
}

int64_t anchor_bare_open(struct anchor *a) {
  return bare(a, 0);
}

void anchor_reset(struct anchor *a) {
  uint8_t head[INNER_HEAD] = {0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 17, 0, 0, 10, 1, 0, 7};
  put16(head + 2, a->size);
  put16(head + 20, 4000);
  put16(head + 22, 5000);
  put16(head + 24, a->size - HEADER);
  for (uint32_t n = 0; n < a->bursts; n++) {
    struct burst *b = &a->ring[n];
    for (uint32_t i = 0; i < a->burst; i++) {
      uint32_t sa = 0;
      if (a->order != NULL) {
        sa = (uint32_t) a->order[a->order_at];
        a->order_at = a->order_at + 1 == a->order_count ? 0 : a->order_at + 1;
      }
      put32(head + 16, REMOTE_INNER + sa);
      b->offset[i] = i * a->slot + a->headroom;
      b->length[i] = a->size;
      b->drop[i] = NONE;
      memcpy(b->slab + b->offset[i], head, INNER_HEAD);
    }
  }
}

void anchor_order(struct anchor *a, const int32_t *order, int64_t count) {
  free(a->order);
  a->order = malloc((size_t) count * sizeof *order);
  memcpy(a->order, order, (size_t) count * sizeof *order);
  a->order_count = count;
  a->order_at = 0;
  a->by_flow = 1;
}

int64_t anchor_offset(struct anchor *a, int64_t burst, int64_t packet) {
  struct burst *b = &a->ring[burst];
  return b->drop[packet] == NONE ? (int64_t) b->offset[packet] : -1;
}

int64_t anchor_length(struct anchor *a, int64_t burst, int64_t packet) {
  struct burst *b = &a->ring[burst];
  return b->drop[packet] == NONE ? (int64_t) b->length[packet] : -1;
}

int64_t anchor_next(struct anchor *a, int64_t sa) {
  return (int64_t) a->sa[sa]->next;
}

void anchor_set_next(struct anchor *a, int64_t sa, int64_t number) {
  a->sa[sa]->next = (uint64_t) number;
}

static void template(struct sa *sa, uint32_t index) {
  uint8_t *p = sa->outer;
  memset(p, 0, HEADER);
  p[0] = 0x45;
  p[8] = 64;
  p[9] = ESP;
  put32(p + 12, LOCAL_OUTER);
  put32(p + 16, REMOTE_OUTER + index);
  sa->outer_sum = 0;
  for (int i = 0; i < HEADER; i += 2) {
    sa->outer_sum += get16(p + i);
  }
}

static struct sa *make(struct anchor *a, const int64_t *config, uint32_t index,
    const uint8_t *secret, const uint8_t *auth) {
  int cipher = (int) config[CIPHER_PLACE];
  uint32_t words = 1;
  while (words * 2 <= ((uint32_t) config[WIDTH_PLACE] + 63) / 64) {
    words *= 2;
  }
  words *= 2;
  size_t key = (a->engine->key_octets(cipher) + 63) & ~(size_t) 63;
  size_t body = (sizeof(struct sa) + words * 8 + 63) & ~(size_t) 63;
  struct sa *sa = aligned_alloc(64, body + key);
  memset(sa, 0, body + key);
  sa->spi = (uint32_t) config[FIRST_SPI_PLACE] + index;
  sa->cbc = cipher == CBC_128_SHA256;
  sa->iv = sa->cbc ? 16 : 8;
  sa->front = ESP_HEADER + sa->iv;
  sa->align_mask = sa->cbc ? 15 : 3;
  sa->block_mask = sa->cbc ? 15 : 0;
  sa->hard_time = NO_LIMIT;
  sa->path_mtu = NO_LIMIT;
  sa->hard_packets = UINT64_MAX;
  sa->hard_octets = UINT64_MAX;
  sa->next = 1;
  sa->last_used = -1;
  sa->width = (uint32_t) config[WIDTH_PLACE];
  sa->words = words;
  sa->ring = (uint64_t *) (sa + 1);
  sa->key = (char *) sa + body;
  sa->here = (struct selector) {LOCAL_INNER, LOCAL_INNER | 0xffff, 1024, 65535, 17};
  sa->there = (struct selector) {REMOTE_INNER + index, REMOTE_INNER + index, 1024, 65535, 17};
  template(sa, index);
  uint8_t own[64];
  uint8_t own_auth[64];
  uint32_t length = cipher == GCM_128 ? 16 : cipher == CBC_128_SHA256 ? 16 : 32;
  memcpy(own, secret, length);
  memcpy(own_auth, auth, 32);
  put32(own, get32(own) ^ index);
  put32(own_auth, get32(own_auth) ^ index);
  if (!sa->cbc) {
    memcpy(sa->salt, secret + length, 4);
  }
  if (a->engine->set_key(a->state, sa->key, own, own_auth) != 0) {
    free(sa);
    return NULL;
  }
  return sa;
}

struct anchor *anchor_new(
    const int64_t *config, const uint8_t *secret, const uint8_t *auth, const int64_t *slabs) {
  const struct engine *engine = config[LIBRARY_PLACE] == 0 ? mb_engine : evp_engine;
  void *state = engine == NULL ? NULL : engine->start((int) config[CIPHER_PLACE]);
  if (state == NULL) {
    return NULL;
  }
  size_t octets = (sizeof(struct anchor) + 63) & ~(size_t) 63;
  struct anchor *a = aligned_alloc(64, octets);
  memset(a, 0, octets);
  a->engine = engine;
  a->state = state;
  a->size = (uint32_t) config[SIZE_PLACE];
  a->burst = (uint32_t) config[BURST_PLACE];
  a->bursts = (uint32_t) config[BURSTS_PLACE];
  a->slot = (uint32_t) config[SLOT_PLACE];
  a->headroom = (uint32_t) config[HEADROOM_PLACE];
  a->sas = (uint32_t) config[SAS_PLACE];
  a->ring = calloc(a->bursts, sizeof(struct burst));
  for (uint32_t n = 0; n < a->bursts; n++) {
    a->ring[n].slab = (uint8_t *) (intptr_t) slabs[n];
  }
  uint32_t length = 16;
  while (length < a->sas * 4) {
    length *= 2;
  }
  a->table_mask = length - 1;
  a->table = calloc(length, sizeof *a->table);
  a->flow = calloc(length, sizeof *a->flow);
  a->flow_key = calloc(length, sizeof *a->flow_key);
  a->sa = calloc(a->sas, sizeof *a->sa);
  for (uint32_t i = 0; i < a->sas; i++) {
    struct sa *sa = make(a, config, i, secret, auth);
    if (sa == NULL) {
      anchor_free(a);
      return NULL;
    }
    a->sa[i] = sa;
    uint32_t at = home(sa->spi, a->table_mask);
    while (a->table[at] != NULL) {
      at = (at + 1) & a->table_mask;
    }
    a->table[at] = sa;
    at = home(REMOTE_INNER + i, a->table_mask);
    while (a->flow[at] != NULL) {
      at = (at + 1) & a->table_mask;
    }
    a->flow_key[at] = REMOTE_INNER + i;
    a->flow[at] = sa;
  }
  for (uint32_t i = 0; i < MAX_BURST; i++) {
    a->of[i] = a->sa[0];
  }
  return a;
}

void anchor_free(struct anchor *a) {
  for (uint32_t i = 0; i < a->sas; i++) {
    if (a->sa[i] != NULL) {
      a->engine->wipe_key(a->state, a->sa[i]->key);
      free(a->sa[i]);
    }
  }
  a->engine->stop(a->state);
  free(a->order);
  free(a->table);
  free(a->flow);
  free(a->flow_key);
  free(a->sa);
  free(a->ring);
  free(a);
}
