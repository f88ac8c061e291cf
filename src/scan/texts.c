/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/texts.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"

#ifdef BW_HARD
#define FIRST_SLOTS 2
#else
#define FIRST_SLOTS 256
#endif

struct slot {
        uint64_t hash; /* 0: empty */
        struct bw_str text;
};

struct bw_texts {
        struct bw_arena *arena;
        struct slot *slots;
        size_t n_slots; /* a power of two */
        size_t n;
        uint64_t seed; /* texts come from outside: an attacker must not know which of them collide */
};

int bw_texts_new(struct bw_texts **ret_texts, struct bw_error *reterr)
{
        bw_auto(bw_texts_free) struct bw_texts *texts = bw_zalloc(sizeof(*texts));

        if (!texts)
                return bw_error_nomem(reterr);
        texts->arena = bw_arena_new(0);
        texts->slots = bw_zalloc(FIRST_SLOTS * sizeof(*texts->slots));
        if (!texts->arena || !texts->slots)
                return bw_error_nomem(reterr);
        texts->n_slots = FIRST_SLOTS;
        /* Addresses are random in a position-independent program, which is enough for a table that is never iterated.
         */
        texts->seed = (uint64_t)(uintptr_t)texts * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)(uintptr_t)&bw_texts_new;
        *ret_texts = bw_take(texts);
        return 0;
}

void bw_texts_free(struct bw_texts *texts)
{
        if (!texts)
                return;
        bw_arena_free(texts->arena);
        bw_free(texts->slots);
        bw_free(texts);
}

static uint64_t mix(uint64_t a, uint64_t b)
{
        __extension__ typedef unsigned __int128 wide;
        wide product = (wide)a * b;

        return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_of(const struct bw_texts *texts, struct bw_str s)
{
        uint64_t h = texts->seed ^ s.n;
        uint64_t word;

        for (; s.n >= 8; s = bw_str_n(s.p + 8, s.n - 8)) {
                memcpy(&word, s.p, 8);
                h = mix(h ^ word, UINT64_C(0xa0761d6478bd642f) ^ texts->seed);
        }
        word = 0;
        if (s.n)
                memcpy(&word, s.p, s.n);
        h = mix(h ^ word, UINT64_C(0xe7037ed1a0b428db) ^ texts->seed);
        return h ? h : 1;
}

static struct slot *find(const struct bw_texts *texts, uint64_t hash, struct bw_str text)
{
        size_t i = (size_t)hash & (texts->n_slots - 1);

        while (texts->slots[i].hash && (texts->slots[i].hash != hash || !bw_str_eq(texts->slots[i].text, text)))
                i = (i + 1) & (texts->n_slots - 1);
        return &texts->slots[i];
}

static int grow(struct bw_texts *texts)
{
        struct bw_texts larger = *texts;

        larger.n_slots *= 2;
        larger.slots = bw_zalloc(larger.n_slots * sizeof(*larger.slots));
        if (!larger.slots)
                return -ENOMEM;
        for (size_t i = 0; i < texts->n_slots; i++) {
                struct slot s = texts->slots[i];
                size_t at = (size_t)s.hash & (larger.n_slots - 1);

                if (!s.hash)
                        continue;
                while (larger.slots[at].hash)
                        at = (at + 1) & (larger.n_slots - 1);
                larger.slots[at] = s;
        }
        bw_free(texts->slots);
        *texts = larger;
        return 0;
}

int bw_texts_keep(struct bw_texts *texts, struct bw_str *text)
{
        uint64_t hash;
        struct slot *slot;

        if (text->n == 0) {
                *text = BW_STR("");
                return 0;
        }
        hash = hash_of(texts, *text);
        slot = find(texts, hash, *text);
        if (!slot->hash) {
                struct bw_str copy = bw_arena_str(texts->arena, *text);

                if (!copy.p)
                        return -ENOMEM;
                *slot = (struct slot){.hash = hash, .text = copy};
                *text = copy;
                texts->n++;
                return texts->n > texts->n_slots / 2 ? grow(texts) : 0;
        }
        *text = slot->text;
        return 0;
}

void *bw_texts_copy(struct bw_texts *texts, const void *p, size_t n)
{
        void *copy = bw_arena_alloc(texts->arena, n);

        if (copy)
                memcpy(copy, p, n);
        return copy;
}

size_t bw_texts_bytes(const struct bw_texts *texts)
{
        return bw_arena_used(texts->arena) + texts->n_slots * sizeof(struct slot);
}
