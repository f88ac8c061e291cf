/* SPDX-License-Identifier: Apache-2.0 */
#include "format/base64.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

enum {
        NOT_A_DIGIT = 64,
        BITS = 6,
};

static uint32_t digit(unsigned char c, unsigned flags)
{
        if (c >= 'A' && c <= 'Z')
                return (uint32_t)(c - 'A');
        if (c >= 'a' && c <= 'z')
                return (uint32_t)(c - 'a') + 26;
        if (c >= '0' && c <= '9')
                return (uint32_t)(c - '0') + 52;
        if (c == (flags & BW_BASE64_URL ? '-' : '+'))
                return 62;
        if (c == (flags & BW_BASE64_URL ? '_' : '/'))
                return 63;
        return NOT_A_DIGIT;
}

static bool is_skipped(unsigned char c, unsigned flags)
{
        return c == '\n' || c == '\r' || ((flags & BW_BASE64_BLANKS) && (c == ' ' || c == '\t'));
}

static int refuse(struct bw_error *reterr, const char *why)
{
        return bw_error_set(reterr, -EINVAL, "not base64: %s", why);
}

/* What may follow the digits: padding to a multiple of four. */
static int check_end(struct bw_str rest, size_t n_digits, unsigned flags, struct bw_error *reterr)
{
        size_t missing = (4 - n_digits % 4) % 4;

        if (missing == 3)
                return refuse(reterr, "it is cut off");
        for (size_t i = 0; i < rest.n; i++) {
                if (is_skipped((unsigned char)rest.p[i], flags))
                        continue;
                if (rest.p[i] != '=')
                        return refuse(reterr, "it has characters that are none of its alphabet");
                if (missing == 0)
                        return refuse(reterr, "it has too much padding");
                missing--;
        }
        return missing && !(flags & BW_BASE64_URL) ? refuse(reterr, "it is cut off") : 0;
}

int bw_base64_decode(struct bw_arena *arena, struct bw_str text, unsigned flags, struct bw_str *ret,
                     struct bw_error *reterr)
{
        unsigned char *to = bw_arena_alloc(arena, text.n / 4 * 3 + 4);
        uint32_t held = 0;
        unsigned n_bits = 0;
        size_t n_digits = 0;
        size_t n = 0;
        size_t i;
        int r;

        if (!to)
                return bw_arena_error(arena, reterr);
        for (i = 0; i < text.n; i++) {
                unsigned char c = (unsigned char)text.p[i];
                uint32_t d = digit(c, flags);

                if (d == NOT_A_DIGIT && is_skipped(c, flags))
                        continue;
                if (d == NOT_A_DIGIT)
                        break;
                held = (held << BITS | d) & 0xffffff;
                n_digits++;
                n_bits += BITS;
                if (n_bits >= 8) {
                        n_bits -= 8;
                        to[n++] = (unsigned char)(held >> n_bits);
                }
        }
        r = check_end(bw_str_rest(text, i), n_digits, flags, reterr);
        if (r < 0)
                return r;
        to[n] = 0;
        *ret = bw_str_n((const char *)to, n);
        return 0;
}

void bw_base64_encode(struct bw_buf *to, struct bw_str bytes)
{
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

        for (size_t i = 0; i < bytes.n; i += 3) {
                size_t n = BW_MIN(bytes.n - i, (size_t)3);
                uint32_t held = 0;
                char text[4] = {'=', '=', '=', '='};

                for (size_t k = 0; k < 3; k++)
                        held = held << 8 | (k < n ? (unsigned char)bytes.p[i + k] : 0U);
                for (size_t k = 0; k <= n; k++)
                        text[k] = digits[held >> (18 - BITS * k) & 63];
                bw_buf_put(to, text, sizeof(text));
        }
}
