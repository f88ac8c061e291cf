/* SPDX-License-Identifier: Apache-2.0 */
/*
 * siphash: SipHash-1-3 with a secret key and 128 bits: tells things apart by their hash alone, also when someone makes them
 * who would like two of them to look the same. Made of 64-bit words; a text is its length and its bytes, filled up with
 * zeroes.
 * Ownership: plain values. Errors: none. Threads: pure.
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF"; the reference implementation's 128-bit output
 *         (github.com/veorq/SipHash). 1 and 3 rounds are what Rust's and Ruby's tables use.
 */
#ifndef BW_BASE_SIPHASH_H
#define BW_BASE_SIPHASH_H

#include "base/base.h"

struct bw_siphash_key {
        uint64_t k[2];
};

struct bw_siphash {
        uint64_t v[4];
        uint64_t n; /* words */
};

static inline uint64_t bw_siphash_rotate(uint64_t x, unsigned bits)
{
        return x << bits | x >> (64 - bits);
}

static inline void bw_siphash_round(uint64_t v[4])
{
        v[0] += v[1];
        v[1] = bw_siphash_rotate(v[1], 13) ^ v[0];
        v[0] = bw_siphash_rotate(v[0], 32);
        v[2] += v[3];
        v[3] = bw_siphash_rotate(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = bw_siphash_rotate(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = bw_siphash_rotate(v[1], 17) ^ v[2];
        v[2] = bw_siphash_rotate(v[2], 32);
}

struct bw_siphash bw_siphash_begin(struct bw_siphash_key key);
static inline void bw_siphash_word(struct bw_siphash *hash, uint64_t word)
{
        hash->v[3] ^= word;
        bw_siphash_round(hash->v);
        hash->v[0] ^= word;
        hash->n++;
}
void bw_siphash_text(struct bw_siphash *hash, struct bw_str text);
/* Two words, of all that was added so far; more may be added. */
void bw_siphash_end(const struct bw_siphash *hash, uint64_t ret[2]);

#endif
