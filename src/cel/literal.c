/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "cel/parse_internal.h"

static unsigned digit_of(char c)
{
        if (c >= '0' && c <= '9')
                return (unsigned)(c - '0');
        return (unsigned)((c | 0x20) - 'a') + 10;
}

/* Digits of an INT or UINT token (without the u) as a magnitude; false past 64 bits. */
static bool magnitude(struct bw_str text, uint64_t *ret)
{
        uint64_t base = 10;
        uint64_t v = 0;

        if (text.n > 2 && text.p[1] == 'x') {
                base = 16;
                text = bw_str_n(text.p + 2, text.n - 2);
        }
        for (size_t i = 0; i < text.n; i++)
                if (__builtin_mul_overflow(v, base, &v) || __builtin_add_overflow(v, digit_of(text.p[i]), &v))
                        return false;
        *ret = v;
        return true;
}

static struct bw_value int_value(struct parser *p, struct token t, bool negative)
{
        uint64_t limit = (uint64_t)INT64_MAX + negative;
        uint64_t v = 0;

        if (!magnitude(bw_cel_token_text(&p->scanner, t), &v) || v > limit) {
                bw_cel_issue_add(&p->issues, t.offset, "invalid int literal: it does not fit 64 bits");
                v = 0;
        }
        return bw_value_int(negative ? (int64_t)(0 - v) : (int64_t)v);
}

static struct bw_value uint_value(struct parser *p, struct token t)
{
        struct bw_str text = bw_cel_token_text(&p->scanner, t);
        uint64_t v = 0;

        text.n--;
        if (!magnitude(text, &v))
                bw_cel_issue_add(&p->issues, t.offset, "invalid uint literal: it does not fit 64 bits");
        return bw_value_uint(v);
}

static struct bw_value double_value(struct parser *p, struct token t, bool negative)
{
        double d = 0;

        if (bw_str_to_double(bw_cel_token_text(&p->scanner, t), &d) < 0)
                bw_cel_issue_add(&p->issues, t.offset, "invalid double literal: it is out of range");
        return bw_value_double(negative ? -d : d);
}

/*
 * One escape sequence at *text (its backslash), which the scanner has found well formed. Gives the code point or byte;
 * *ret_byte: the value stands for itself in a bytes literal. NULL, or what is wrong with it.
 */
static const char *unescape_one(struct bw_str *text, bool bytes, uint32_t *ret_value, bool *ret_byte)
{
        static const char simple[] = "a\ab\bf\fn\nr\rt\tv\v";
        char c = text->p[1];
        uint32_t v = 0;
        size_t n = 2;

        *ret_byte = false;
        if (c >= '0' && c <= '3') {
                for (n = 1; n < 4; n++)
                        v = v * 8 + digit_of(text->p[n]);
                *ret_byte = bytes;
        } else if (c == 'x' || c == 'X' || c == 'u' || c == 'U') {
                size_t end = c == 'u' ? 6 : c == 'U' ? 10 : 4;

                if (bytes && end > 4)
                        return "\\u and \\U are for strings, not for bytes";
                for (; n < end; n++)
                        v = v << 4 | digit_of(text->p[n]);
                *ret_byte = bytes;
        } else {
                v = (unsigned char)c;
                for (size_t i = 0; i + 1 < sizeof(simple); i += 2)
                        if (simple[i] == c)
                                v = (unsigned char)simple[i + 1];
        }
        *text = bw_str_n(text->p + n, text->n - n);
        *ret_value = v;
        /* Half a surrogate pair becomes U+FFFD, as in Kubernetes 1.32; 1.33 refuses it. */
        if (!*ret_byte && v > 0x10ffff)
                return "invalid unicode code point";
        return NULL;
}

/* body: between the quotes. Line ends become '\n'; escapes only grow shorter, so body.n bytes are enough. */
static struct bw_str unescape(struct parser *p, uint32_t offset, struct bw_str body, bool raw, bool bytes)
{
        char *out = bw_arena_alloc(p->arena, body.n + 1);
        size_t n = 0;

        if (!out) {
                bw_cel_parse_nomem(p);
                return BW_STR("");
        }
        while (body.n) {
                uint32_t v;
                bool byte;

                if (*body.p == '\\' && !raw) {
                        const char *why = unescape_one(&body, bytes, &v, &byte);

                        if (why) {
                                bw_cel_issue_add(&p->issues, offset, "invalid string literal: %s", why);
                                return BW_STR("");
                        }
                        if (byte)
                                out[n++] = (char)v;
                        else
                                n += bw_utf8_encode(v, out + n);
                        continue;
                }
                out[n++] = *body.p == '\r' ? '\n' : *body.p;
                body = bw_str_n(body.p + 1, body.n - 1);
                if (out[n - 1] == '\n' && body.p[-1] == '\r' && body.n && *body.p == '\n')
                        body = bw_str_n(body.p + 1, body.n - 1);
        }
        return bw_str_n(out, n);
}

static struct bw_str text_value(struct parser *p, struct token t)
{
        struct bw_str body = bw_cel_token_text(&p->scanner, t);
        bool raw = false;
        size_t quotes;

        for (; *body.p != '"' && *body.p != '\''; body = bw_str_n(body.p + 1, body.n - 1))
                raw = raw || (*body.p | 0x20) == 'r';
        quotes = body.n >= 6 && body.p[1] == body.p[0] && body.p[2] == body.p[0] ? 3 : 1;
        body = bw_str_n(body.p + quotes, body.n - 2 * quotes);
        if (!memchr(body.p, '\r', body.n) && (raw || !memchr(body.p, '\\', body.n)))
                return body;
        return unescape(p, t.offset, body, raw, t.kind == TOKEN_BYTES);
}

struct bw_value bw_cel_literal(struct parser *p, struct token t, bool negative)
{
        switch (t.kind) {
        case TOKEN_INT:
                return int_value(p, t, negative);
        case TOKEN_UINT:
                return uint_value(p, t);
        case TOKEN_DOUBLE:
                return double_value(p, t, negative);
        case TOKEN_STRING:
                return bw_value_str(text_value(p, t));
        case TOKEN_BYTES:
                return bw_value_bytes(text_value(p, t));
        case TOKEN_TRUE:
        case TOKEN_FALSE:
                return bw_value_bool(t.kind == TOKEN_TRUE);
        default:
                return bw_value_null();
        }
}
