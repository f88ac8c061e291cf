/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/utf16.h"

#include "base/utf8.h"

bool bw_utf16_has_mark(struct bw_str head, struct bw_utf16 *ret)
{
        bool big = bw_str_starts(head, BW_STR("\xfe\xff"));

        if (!big && !bw_str_starts(head, BW_STR("\xff\xfe")))
                return false;
        *ret = (struct bw_utf16){.big_endian = big};
        return true;
}

static uint32_t unit_at(const struct bw_utf16 *state, const uint8_t *p)
{
        return state->big_endian ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static void put_rune(struct bw_buf *out, uint32_t rune)
{
        char text[4];

        bw_buf_put(out, text, bw_utf8_encode(rune, text));
}

/* Converts whole characters from n bytes; gives how many bytes were used. */
static size_t convert(const struct bw_utf16 *state, const uint8_t *p, size_t n, bool last, struct bw_buf *out)
{
        size_t at = 0;

        while (n - at >= 2) {
                uint32_t u = unit_at(state, p + at);

                if (u >= 0xd800 && u < 0xdc00) {
                        uint32_t low;

                        if (n - at < 4 && !last)
                                break;
                        low = n - at < 4 ? 0 : unit_at(state, p + at + 2);
                        if (low >= 0xdc00 && low < 0xe000) {
                                put_rune(out, 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00));
                                at += 4;
                                continue;
                        }
                }
                put_rune(out, u >= 0xd800 && u < 0xe000 ? BW_RUNE_ERROR : u);
                at += 2;
        }
        return at;
}

void bw_utf16_convert(struct bw_utf16 *state, struct bw_str bytes, bool last, struct bw_buf *out)
{
        const uint8_t *p = (const uint8_t *)bytes.p;
        size_t n = bytes.n;
        size_t used;

        /* A character may have begun in the bytes before. */
        while (state->n_held && n) {
                state->held[state->n_held++] = *p++;
                n--;
                used = convert(state, state->held, state->n_held, last && n == 0, out);
                memmove(state->held, state->held + used, state->n_held - used);
                state->n_held = (uint8_t)(state->n_held - used);
        }
        used = n ? convert(state, p, n, last, out) : 0;
        if (used < n) {
                memcpy(state->held, p + used, n - used);
                state->n_held = (uint8_t)(n - used);
        }
        if (last && state->n_held) {
                if (state->n_held >= 2)
                        (void)convert(state, state->held, state->n_held, true, out);
                if (state->n_held & 1)
                        put_rune(out, BW_RUNE_ERROR);
                state->n_held = 0;
        }
}
