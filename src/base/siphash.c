/* SPDX-License-Identifier: Apache-2.0 */
#include "base/siphash.h"

struct bw_siphash bw_siphash_begin(struct bw_siphash_key key)
{
        return (struct bw_siphash){
                .v = {key.k[0] ^ UINT64_C(0x736f6d6570736575), key.k[1] ^ UINT64_C(0x646f72616e646f6d) ^ 0xee,
                      key.k[0] ^ UINT64_C(0x6c7967656e657261), key.k[1] ^ UINT64_C(0x7465646279746573)}};
}

void bw_siphash_text(struct bw_siphash *hash, struct bw_str text)
{
        uint64_t word;

        bw_siphash_word(hash, text.n);
        for (; text.n >= sizeof(word); text = bw_str_n(text.p + sizeof(word), text.n - sizeof(word))) {
                memcpy(&word, text.p, sizeof(word));
                bw_siphash_word(hash, word);
        }
        if (text.n == 0)
                return;
        word = 0;
        memcpy(&word, text.p, text.n);
        bw_siphash_word(hash, word);
}

void bw_siphash_end(const struct bw_siphash *hash, uint64_t ret[2])
{
        struct bw_siphash h = *hash;

        bw_siphash_word(&h, (h.n * sizeof(uint64_t) & 0xff) << 56);
        h.v[2] ^= 0xee;
        for (int i = 0; i < 3; i++)
                bw_siphash_round(h.v);
        ret[0] = h.v[0] ^ h.v[1] ^ h.v[2] ^ h.v[3];
        h.v[1] ^= 0xdd;
        for (int i = 0; i < 3; i++)
                bw_siphash_round(h.v);
        ret[1] = h.v[0] ^ h.v[1] ^ h.v[2] ^ h.v[3];
}
