/* SPDX-License-Identifier: Apache-2.0 */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "doc/lines_internal.h"

#ifdef __SSE2__
static inline __m128i load(const char *p)
{
        return _mm_loadu_si128((const __m128i *)(const void *)p);
}

size_t bw_count_lines(struct bw_str text)
{
        const __m128i lf = _mm_set1_epi8('\n');
        size_t count = 0;
        size_t i = 0;

        while (text.n - i >= 16) {
                /* A byte of `sums` counts up to 255 line feeds: then they are added up. */
                size_t end = i + BW_MIN((text.n - i) / 16, (size_t)255) * 16;
                __m128i sums = _mm_setzero_si128();

                for (; i < end; i += 16)
                        sums = _mm_sub_epi8(sums, _mm_cmpeq_epi8(load(text.p + i), lf));
                sums = _mm_sad_epu8(sums, _mm_setzero_si128());
                count += (size_t)_mm_cvtsi128_si64(sums) + (size_t)_mm_cvtsi128_si64(_mm_srli_si128(sums, 8));
        }
        for (; i < text.n; i++)
                count += text.p[i] == '\n';
        return count;
}

/* From i on, the first place that may be the line feed before three dashes, or where too little is left to tell. */
static inline size_t next_candidate(struct bw_str text, size_t i)
{
        const __m128i lf = _mm_set1_epi8('\n');
        const __m128i dash = _mm_set1_epi8('-');

        for (; text.n - i >= 18; i += 16) {
                /* The second dash is the rarest: many lines begin with one. */
                __m128i hit =
                        _mm_and_si128(_mm_cmpeq_epi8(load(text.p + i), lf), _mm_cmpeq_epi8(load(text.p + i + 2), dash));
                unsigned mask = (unsigned)_mm_movemask_epi8(hit);

                if (BW_UNLIKELY(mask))
                        return i + (unsigned)__builtin_ctz(mask);
        }
        return i;
}
#else
size_t bw_count_lines(struct bw_str text)
{
        size_t count = 0;

        for (size_t i = 0; i < text.n; i++)
                count += text.p[i] == '\n';
        return count;
}

static size_t next_candidate(struct bw_str text, size_t i)
{
        const char *lf = i < text.n ? memchr(text.p + i, '\n', text.n - i) : NULL;

        return lf ? (size_t)(lf - text.p) : text.n;
}
#endif

size_t bw_find_dashes(struct bw_str text, size_t from)
{
        if (text.n - from >= 3 && memcmp(text.p + from, "---", 3) == 0)
                return from;
        for (size_t i = from; (i = next_candidate(text, i)) + 4 <= text.n; i++)
                if (memcmp(text.p + i, "\n---", 4) == 0)
                        return i + 1;
        return SIZE_MAX;
}
