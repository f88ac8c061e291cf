/* SPDX-License-Identifier: Apache-2.0 */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "doc/bracket.h"

#include "base/limits.h"

#define BLOCK 64

/* One bit for each byte of a block. */
struct masks {
        uint64_t quotes;
        uint64_t backslashes;
        uint64_t opens;
        uint64_t closes;
};

/* '[' and '{' differ in one bit, and so do ']' and '}': one comparison finds both. */
#ifdef __SSE2__
static void classify(const char *p, struct masks *m)
{
        *m = (struct masks){0};
        for (unsigned i = 0; i < BLOCK; i += 16) {
                __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
                __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
                uint64_t quotes = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
                uint64_t slashes = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
                uint64_t opens = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')));
                uint64_t closes = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(folded, _mm_set1_epi8('}')));

                m->quotes |= quotes << i;
                m->backslashes |= slashes << i;
                m->opens |= opens << i;
                m->closes |= closes << i;
        }
}
#else
static void classify(const char *p, struct masks *m)
{
        *m = (struct masks){0};
        for (unsigned i = 0; i < BLOCK; i++) {
                uint64_t bit = (uint64_t)1 << i;

                m->quotes |= p[i] == '"' ? bit : 0;
                m->backslashes |= p[i] == '\\' ? bit : 0;
                m->opens |= (p[i] | 0x20) == '{' ? bit : 0;
                m->closes |= (p[i] | 0x20) == '}' ? bit : 0;
        }
}
#endif

/* The bytes that stand after a backslash that is itself not escaped. */
static uint64_t find_escaped(uint64_t backslashes, uint64_t *carry)
{
        const uint64_t even = 0x5555555555555555u;
        uint64_t before = *carry;
        uint64_t follows;
        uint64_t odd_starts;
        uint64_t ends;

        if (!backslashes) {
                *carry = 0;
                return before;
        }
        backslashes &= ~before;
        follows = backslashes << 1 | before;
        odd_starts = backslashes & ~even & ~follows;
        *carry = __builtin_add_overflow(odd_starts, backslashes, &ends);
        return (even ^ ends << 1) & follows;
}

/* Bit i: whether an odd number of bits is set up to i. */
static uint64_t parity(uint64_t bits)
{
        for (unsigned shift = 1; shift < 64; shift *= 2)
                bits ^= bits << shift;
        return bits;
}

/* Without the processor's own instruction, which the oldest x86-64 lacks. */
static inline uint32_t count_bits(uint64_t x)
{
        x -= x >> 1 & 0x5555555555555555u;
        x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
        x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
        return (uint32_t)(x * 0x0101010101010101u >> 56);
}

/* Takes one block; its end or the offset behind the closing bracket. */
static size_t scan_block(struct bw_bracket_scan *scan, const char *p)
{
        struct masks m;
        uint64_t inside;
        uint64_t both;
        uint32_t n_closes;

        classify(p, &m);
        m.quotes &= ~find_escaped(m.backslashes, &scan->escaped);
        inside = parity(m.quotes) ^ scan->in_string;
        scan->in_string = inside >> 63 ? UINT64_MAX : 0;
        m.opens &= ~inside;
        m.closes &= ~inside;
        n_closes = count_bits(m.closes);
        if (BW_LIKELY(scan->depth > n_closes)) {
                scan->depth += count_bits(m.opens) - n_closes;
                return SIZE_MAX;
        }
        for (both = m.opens | m.closes; both; both &= both - 1) {
                unsigned i = (unsigned)__builtin_ctzll(both);

                if (m.opens >> i & 1)
                        scan->depth++;
                else if (scan->depth <= 1)
                        return i + 1;
                else
                        scan->depth--;
        }
        return SIZE_MAX;
}

int bw_bracket_scan(struct bw_bracket_scan *scan, struct bw_str text, size_t *at)
{
        struct bw_bracket_scan last;
        char tail[BLOCK] = {0};
        size_t end;

        for (; text.n - *at >= BLOCK; *at += BLOCK) {
                end = scan_block(scan, text.p + *at);
                if (end != SIZE_MAX) {
                        *at += end;
                        return 1;
                }
                if (scan->depth > BW_LIMIT_DOC_DEPTH)
                        return -E2BIG;
        }
        if (text.n == *at)
                return 0;
        memcpy(tail, text.p + *at, text.n - *at);
        last = *scan;
        end = scan_block(&last, tail);
        if (end == SIZE_MAX)
                return 0;
        *at += end;
        return 1;
}

size_t bw_string_end(struct bw_str text, size_t at)
{
        at++;
        while (at < text.n) {
                const char *quote = memchr(text.p + at, '"', text.n - at);
                size_t from = at;

                if (!quote)
                        return SIZE_MAX;
                at = (size_t)(quote - text.p);
                while (at > from && text.p[at - 1] == '\\')
                        at--;
                from = (size_t)(quote - text.p) - at; /* backslashes before it */
                at = (size_t)(quote - text.p) + 1;
                if (from % 2 == 0)
                        return at;
        }
        return SIZE_MAX;
}

bool bw_json_hex4(const char *p, uint32_t *ret)
{
        uint32_t v = 0;

        for (size_t i = 0; i < 4; i++) {
                char lower = p[i] | 0x20;

                if (p[i] >= '0' && p[i] <= '9')
                        v = v << 4 | (uint32_t)(p[i] - '0');
                else if (lower >= 'a' && lower <= 'f')
                        v = v << 4 | (uint32_t)(lower - 'a' + 10);
                else
                        return false;
        }
        *ret = v;
        return true;
}
