/*
 * Measures the C loop against librte_ipsec of DPDK on the same library (libIPSec_MB through the
 * device crypto_aesni_mb, in CPU mode) in one process, in alternating slices of thread CPU time.
 *
 *   dpdk PAIRS SLICE_MICROS SIZE...
 *
 * Prints a line for each size and direction: `rte SIZE out|in C_KPPS RTE_KPPS RATIO QUARTILE
 * QUARTILE`, where the ratio is the median of the pairs, C loop to librte_ipsec.
 */
#include "anchor.h"

#include <rte_cryptodev.h>
#include <rte_eal.h>
#include <rte_ip.h>
#include <rte_ipsec.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BURST 32
#define FRONT 16
#define MOST_PACKETS 1024
#define MOST_PAIRS 1001
#define HEADROOM 128
#define TAILROOM 64
#define IV_OFFSET (sizeof(struct rte_crypto_op) + sizeof(struct rte_crypto_sym_op))

static const uint8_t SECRET[20] = {
    0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a,
    0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a};
static const uint8_t AUTH[32];

struct rte {
  struct rte_ipsec_session out;
  struct rte_ipsec_session in;
  struct rte_mbuf *packets[MOST_PACKETS];
  uint32_t count;
  uint32_t size;
};

static uint64_t cpu(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (uint64_t) t.tv_sec * 1000000000u + (uint64_t) t.tv_nsec;
}

static void fail(const char *what) {
  printf("failed %s\n", what);
  exit(3);
}

static void make_session(
    struct rte_ipsec_session *session, uint8_t device, struct rte_mempool *pool, int out) {
  struct rte_ipv4_hdr header;
  struct rte_crypto_sym_xform form;
  struct rte_ipsec_sa_prm prm;
  memset(&header, 0, sizeof header);
  header.version_ihl = 0x45;
  header.time_to_live = 64;
  header.next_proto_id = IPPROTO_ESP;
  header.src_addr = rte_cpu_to_be_32(0xc0000201u);
  header.dst_addr = rte_cpu_to_be_32(0xc6120000u);
  memset(&form, 0, sizeof form);
  form.type = RTE_CRYPTO_SYM_XFORM_AEAD;
  form.aead.op = out ? RTE_CRYPTO_AEAD_OP_ENCRYPT : RTE_CRYPTO_AEAD_OP_DECRYPT;
  form.aead.algo = RTE_CRYPTO_AEAD_AES_GCM;
  form.aead.key.data = SECRET;
  form.aead.key.length = 16;
  form.aead.iv.offset = IV_OFFSET;
  form.aead.iv.length = 12;
  form.aead.digest_length = 16;
  form.aead.aad_length = 8;
  memset(&prm, 0, sizeof prm);
  prm.flags = RTE_IPSEC_SAFLAG_SQN_ATOM;
  prm.ipsec_xform.spi = 0x12345678;
  memcpy(&prm.ipsec_xform.salt, SECRET + 16, 4);
  prm.ipsec_xform.direction =
      out ? RTE_SECURITY_IPSEC_SA_DIR_EGRESS : RTE_SECURITY_IPSEC_SA_DIR_INGRESS;
  prm.ipsec_xform.proto = RTE_SECURITY_IPSEC_SA_PROTO_ESP;
  prm.ipsec_xform.mode = RTE_SECURITY_IPSEC_SA_MODE_TUNNEL;
  prm.ipsec_xform.tunnel.type = RTE_SECURITY_IPSEC_TUNNEL_IPV4;
  prm.ipsec_xform.replay_win_sz = out ? 0 : 128;
  prm.crypto_xform = &form;
  prm.tun.hdr = &header;
  prm.tun.hdr_len = sizeof header;
  prm.tun.next_proto = IPPROTO_IPIP;
  int octets = rte_ipsec_sa_size(&prm);
  if (octets <= 0) {
    fail("sa size");
  }
  struct rte_ipsec_sa *sa = rte_zmalloc(NULL, (size_t) octets, RTE_CACHE_LINE_SIZE);
  if (sa == NULL || rte_ipsec_sa_init(sa, &prm, (uint32_t) octets) < 0) {
    fail("sa");
  }
  memset(session, 0, sizeof *session);
  session->sa = sa;
  session->type = RTE_SECURITY_ACTION_TYPE_CPU_CRYPTO;
  session->crypto.ses = rte_cryptodev_sym_session_create(device, &form, pool);
  session->crypto.dev_id = device;
  if (session->crypto.ses == NULL || rte_ipsec_session_prepare(session) != 0) {
    fail("session");
  }
}

static uint32_t run(struct rte *rte, struct rte_ipsec_session *session) {
  uint32_t done = 0;
  for (uint32_t at = 0; at < rte->count; at += BURST) {
    uint16_t n = rte_ipsec_pkt_cpu_prepare(session, rte->packets + at, BURST);
    done += rte_ipsec_pkt_process(session, rte->packets + at, n);
  }
  return done;
}

static void fresh(struct rte *rte) {
  uint8_t head[28] = {0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 17, 0, 0, 10, 1, 0, 7, 11, 0, 0, 0};
  head[2] = (uint8_t) (rte->size >> 8);
  head[3] = (uint8_t) rte->size;
  for (uint32_t i = 0; i < rte->count; i++) {
    struct rte_mbuf *m = rte->packets[i];
    m->data_off = HEADROOM;
    m->data_len = (uint16_t) rte->size;
    m->pkt_len = rte->size;
    m->ol_flags = 0;
    m->l2_len = 0;
    m->l3_len = 20;
    memcpy(rte_pktmbuf_mtod(m, uint8_t *), head, sizeof head);
  }
}

static void outer(struct rte *rte) {
  for (uint32_t i = 0; i < rte->count; i++) {
    rte->packets[i]->ol_flags = 0;
    rte->packets[i]->l2_len = 0;
    rte->packets[i]->l3_len = 20;
  }
}

/* One round; returns the CPU time of what is measured. */
static uint64_t rte_round(struct rte *rte, int out) {
  fresh(rte);
  if (!out) {
    if (run(rte, &rte->out) != rte->count) {
      fail("librte_ipsec outbound before inbound");
    }
    outer(rte);
  }
  uint64_t begin = cpu();
  uint32_t done = run(rte, out ? &rte->out : &rte->in);
  uint64_t end = cpu();
  if (done != rte->count) {
    fail(out ? "librte_ipsec outbound" : "librte_ipsec inbound");
  }
  return end - begin;
}

static uint64_t c_round(struct anchor *a, uint32_t count, int out) {
  anchor_reset(a);
  if (!out && anchor_outbound(a) != count) {
    fail("C loop outbound before inbound");
  }
  uint64_t begin = cpu();
  int64_t done = out ? anchor_outbound(a) : anchor_inbound(a);
  uint64_t end = cpu();
  if (done != count) {
    fail(out ? "C loop outbound" : "C loop inbound");
  }
  return end - begin;
}

static uint64_t overhead(void) {
  uint64_t least = UINT64_MAX;
  for (int i = 0; i < 1000; i++) {
    uint64_t begin = cpu();
    uint64_t took = cpu() - begin;
    least = took < least ? took : least;
  }
  return least;
}

static int ascending(const void *one, const void *other) {
  double a = *(const double *) one;
  double b = *(const double *) other;
  return (a > b) - (a < b);
}

static void measure(struct rte *rte, struct anchor *a, int out, uint32_t pairs, uint64_t slice) {
  double ratio[MOST_PAIRS];
  double c_rate[MOST_PAIRS];
  double rte_rate[MOST_PAIRS];
  uint64_t extra = overhead();
  for (int32_t pair = -5; pair < (int32_t) pairs; pair++) {
    uint64_t c_packets = 0;
    uint64_t c_time = 0;
    uint64_t rte_packets = 0;
    uint64_t rte_time = 0;
    while (c_time < slice) {
      c_time += c_round(a, rte->count, out) - extra;
      c_packets += rte->count;
    }
    while (rte_time < slice) {
      rte_time += rte_round(rte, out) - extra;
      rte_packets += rte->count;
    }
    if (pair >= 0) {
      c_rate[pair] = (double) c_packets * 1e6 / (double) c_time;
      rte_rate[pair] = (double) rte_packets * 1e6 / (double) rte_time;
      ratio[pair] = c_rate[pair] / rte_rate[pair];
    }
  }
  qsort(ratio, pairs, sizeof *ratio, ascending);
  qsort(c_rate, pairs, sizeof *c_rate, ascending);
  qsort(rte_rate, pairs, sizeof *rte_rate, ascending);
  printf("rte %u %s %.1f %.1f %.4f %.4f %.4f\n", rte->size, out ? "out" : "in",
      c_rate[pairs / 2], rte_rate[pairs / 2], ratio[pairs / 2], ratio[pairs / 4],
      ratio[pairs * 3 / 4]);
  fflush(stdout);
}

static void compare(struct rte *rte, uint32_t size, uint32_t pairs, uint64_t slice) {
  uint32_t slot = (HEADROOM + size + TAILROOM + 63) & ~63u;
  uint32_t count = size <= 64 ? 1024 : size <= 576 ? 512 : size <= 1500 ? 256 : 64;
  int64_t slabs[MOST_PACKETS / BURST];
  rte->size = size;
  rte->count = count;
  struct rte_mempool *pool = rte_pktmbuf_pool_create(
      "packets", count * 2, 0, 0, (uint16_t) (HEADROOM + size + TAILROOM), 0);
  if (pool == NULL || rte_pktmbuf_alloc_bulk(pool, rte->packets, count) != 0) {
    fail("mbufs");
  }
  for (uint32_t i = 0; i < count / BURST; i++) {
    slabs[i] = (int64_t) (intptr_t) aligned_alloc(64, (size_t) slot * BURST);
    memset((void *) (intptr_t) slabs[i], 0, (size_t) slot * BURST);
  }
  int64_t config[CONFIG_LENGTH] = {0};
  config[CIPHER_PLACE] = GCM_128;
  config[SAS_PLACE] = 1;
  config[FIRST_SPI_PLACE] = 0x12345678;
  config[SIZE_PLACE] = size;
  config[BURST_PLACE] = BURST;
  config[BURSTS_PLACE] = count / BURST;
  config[SLOT_PLACE] = slot;
  config[HEADROOM_PLACE] = HEADROOM;
  config[WIDTH_PLACE] = 128;
  struct anchor *a = anchor_new(config, SECRET, AUTH, slabs);
  if (a == NULL) {
    fail("C loop");
  }
  measure(rte, a, 1, pairs, slice);
  measure(rte, a, 0, pairs, slice);
  anchor_free(a);
  for (uint32_t i = 0; i < count / BURST; i++) {
    free((void *) (intptr_t) slabs[i]);
  }
  rte_pktmbuf_free_bulk(rte->packets, count);
  rte_mempool_free(pool);
}

int main(int argc, char **argv) {
  char *eal[] = {argv[0], "-l", "0", "--no-huge", "-m", "256", "--no-pci", "--no-telemetry",
      "--no-shconf", "--log-level", "*:error", "--vdev", "crypto_aesni_mb0"};
  static struct rte rte;
  if (argc < 4) {
    return 2;
  }
  uint32_t pairs = (uint32_t) atoi(argv[1]);
  uint64_t slice = (uint64_t) atoi(argv[2]) * 1000;
  if (pairs < 1 || pairs > MOST_PAIRS) {
    return 2;
  }
  if (rte_eal_init((int) (sizeof eal / sizeof *eal), eal) < 0) {
    fail("rte_eal_init");
  }
  printf("version %s\n", rte_version());
  int device = rte_cryptodev_get_dev_id("crypto_aesni_mb0");
  if (device < 0) {
    fail("crypto_aesni_mb0");
  }
  uint32_t octets = rte_cryptodev_sym_get_private_session_size((uint8_t) device);
  struct rte_mempool *pool =
      rte_cryptodev_sym_session_pool_create("sessions", 16, octets, 0, 0, 0);
  struct rte_cryptodev_config config = {.nb_queue_pairs = 1};
  struct rte_cryptodev_qp_conf queue = {.nb_descriptors = 2048, .mp_session = pool};
  if (pool == NULL || rte_cryptodev_configure((uint8_t) device, &config) < 0
      || rte_cryptodev_queue_pair_setup((uint8_t) device, 0, &queue, 0) < 0
      || rte_cryptodev_start((uint8_t) device) < 0) {
    fail("crypto device");
  }
  make_session(&rte.out, (uint8_t) device, pool, 1);
  make_session(&rte.in, (uint8_t) device, pool, 0);
  for (int i = 3; i < argc; i++) {
    compare(&rte, (uint32_t) atoi(argv[i]), pairs, slice);
  }
  return 0;
}
