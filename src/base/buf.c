/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "base/utf8.h"

void bw_buf_done(struct bw_buf *buf)
{
        bw_free(buf->p);
        *buf = (struct bw_buf){.ceiling = buf->ceiling};
}

void bw_buf_clear(struct bw_buf *buf)
{
        buf->n = 0;
        buf->status = 0;
        if (buf->p)
                buf->p[0] = '\0';
}

char *bw_buf_reserve(struct bw_buf *buf, size_t n)
{
        size_t ceiling = buf->ceiling ? buf->ceiling : BW_LIMIT_BUF;

        if (buf->status < 0)
                return NULL;
        if (n > ceiling || buf->n > ceiling - n) {
                buf->status = -E2BIG;
                return NULL;
        }
        /* One byte more for the zero byte at the end. */
        if (bw_grow(&buf->p, &buf->cap, buf->n + n + 1, 1) < 0) {
                buf->status = -ENOMEM;
                return NULL;
        }
        return buf->p + buf->n;
}

void bw_buf_commit(struct bw_buf *buf, size_t n)
{
        buf->n += n;
        buf->p[buf->n] = '\0';
}

void bw_buf_put(struct bw_buf *buf, const void *p, size_t n)
{
        char *to = bw_buf_reserve(buf, n);

        if (!to)
                return;
        if (n)
                memcpy(to, p, n);
        bw_buf_commit(buf, n);
}

void bw_buf_str(struct bw_buf *buf, struct bw_str s)
{
        bw_buf_put(buf, s.p, s.n);
}

void bw_buf_puts(struct bw_buf *buf, const char *s)
{
        bw_buf_put(buf, s, strlen(s));
}

void bw_buf_char(struct bw_buf *buf, char c)
{
        bw_buf_put(buf, &c, 1);
}

void bw_buf_fill(struct bw_buf *buf, char c, size_t n)
{
        char *to = bw_buf_reserve(buf, n);

        if (!to)
                return;
        memset(to, c, n);
        bw_buf_commit(buf, n);
}

void bw_buf_printf(struct bw_buf *buf, const char *fmt, ...)
{
        va_list ap;
        char *to;
        int n;

        va_start(ap, fmt);
        n = vsnprintf(NULL, 0, fmt, ap);
        va_end(ap);
        if (n < 0)
                return;
        to = bw_buf_reserve(buf, (size_t)n);
        if (!to)
                return;
        va_start(ap, fmt);
        (void)vsnprintf(to, (size_t)n + 1, fmt, ap);
        va_end(ap);
        bw_buf_commit(buf, (size_t)n);
}

/* Bytes that can be copied into a JSON string as they are. */
static size_t plain_run(struct bw_str s)
{
        size_t i = 0;

        while (i < s.n && (unsigned char)s.p[i] >= 0x20 && (unsigned char)s.p[i] < 0x80 && s.p[i] != '"' &&
               s.p[i] != '\\' && s.p[i] != 0x7f)
                i++;
        return i;
}

void bw_buf_json(struct bw_buf *buf, struct bw_str s)
{
        bw_buf_char(buf, '"');
        while (s.n) {
                size_t n = plain_run(s);
                char text[8];
                uint32_t rune;

                bw_buf_put(buf, s.p, n);
                s.p += n;
                s.n -= n;
                if (s.n == 0)
                        break;
                n = bw_utf8_decode(s, &rune);
                switch (rune) {
                case '"':
                        bw_buf_put(buf, "\\\"", 2);
                        break;
                case '\\':
                        bw_buf_put(buf, "\\\\", 2);
                        break;
                case '\n':
                        bw_buf_put(buf, "\\n", 2);
                        break;
                case '\r':
                        bw_buf_put(buf, "\\r", 2);
                        break;
                case '\t':
                        bw_buf_put(buf, "\\t", 2);
                        break;
                default:
                        if (rune < 0x20 || rune == 0x7f)
                                bw_buf_printf(buf, "\\u%04x", (unsigned)rune);
                        else
                                bw_buf_put(buf, text, bw_utf8_encode(rune, text));
                }
                s.p += n;
                s.n -= n;
        }
        bw_buf_char(buf, '"');
}

void bw_buf_clean(struct bw_buf *buf, struct bw_str s)
{
        while (s.n) {
                uint32_t rune;
                size_t n = bw_utf8_decode(s, &rune);

                /* C1 controls (U+0080 to U+009F) drive terminals too. */
                if (rune < 0x20 || (rune >= 0x7f && rune < 0xa0) || (rune == BW_RUNE_ERROR && n == 1))
                        for (size_t i = 0; i < n; i++)
                                bw_buf_printf(buf, "\\x%02x", (unsigned)(unsigned char)s.p[i]);
                else
                        bw_buf_put(buf, s.p, n);
                s.p += n;
                s.n -= n;
        }
}

void bw_buf_u64(struct bw_buf *buf, uint64_t v)
{
        char text[20];
        size_t at = sizeof(text);

        do {
                text[--at] = (char)('0' + v % 10);
                v /= 10;
        } while (v);
        bw_buf_put(buf, text + at, sizeof(text) - at);
}

void bw_buf_i64(struct bw_buf *buf, int64_t v)
{
        if (v < 0)
                bw_buf_char(buf, '-');
        bw_buf_u64(buf, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void bw_buf_double(struct bw_buf *buf, double v)
{
        char text[40];

        if (__builtin_isnan(v)) {
                bw_buf_puts(buf, "NaN");
                return;
        }
        if (__builtin_isinf(v)) {
                bw_buf_puts(buf, v > 0 ? "+Inf" : "-Inf");
                return;
        }
        for (int digits = 1; digits <= 17; digits++) {
                (void)snprintf(text, sizeof(text), "%.*g", digits, v);
                if (strtod(text, NULL) == v)
                        break;
        }
        /* %g switches to the exponent form when the exponent reaches the number of digits; Go's shortest form at 21. */
        if (strchr(text, 'e')) {
                double a = v < 0 ? -v : v;

                if (a >= 1e-4 && a < 1e21)
                        (void)snprintf(text, sizeof(text), "%.0f", v);
        }
        bw_buf_puts(buf, text);
}

int bw_buf_status(const struct bw_buf *buf)
{
        return buf->status;
}
