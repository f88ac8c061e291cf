/* SPDX-License-Identifier: Apache-2.0 */
#include "format/go_json.h"

#include "base/goquote.h"

enum { MAX_DEPTH = 10000 };

struct scanner {
        struct bw_str text;
        size_t at;
        struct bw_buf *why;
        size_t depth;
        uint8_t stack[MAX_DEPTH / 8 + 1]; /* a bit for each level: object */
};

static bool wrong(struct scanner *s, const char *context)
{
        bw_auto_done(bw_buf_done) struct bw_buf quoted = {0};
        char c;

        if (s->at >= s->text.n) {
                bw_buf_puts(s->why, "unexpected end of JSON input");
                return false;
        }
        c = s->text.p[s->at];
        bw_buf_go_quote(&quoted, bw_str_n(&c, 1));
        bw_buf_puts(s->why, "invalid character ");
        if (c == '\'')
                bw_buf_puts(s->why, "'\\''");
        else if (c == '"')
                bw_buf_puts(s->why, "'\"'");
        else
                bw_buf_printf(s->why, "'%.*s'", quoted.n > 2 ? (int)quoted.n - 2 : 0, quoted.n > 2 ? quoted.p + 1 : "");
        bw_buf_printf(s->why, " %s", context);
        return false;
}

static void skip_blanks(struct scanner *s)
{
        while (s->at < s->text.n && s->text.p[s->at] && strchr(" \t\r\n", s->text.p[s->at]))
                s->at++;
}

static bool is_next(const struct scanner *s, char c)
{
        return s->at < s->text.n && s->text.p[s->at] == c;
}

static bool is_digit(const struct scanner *s)
{
        return s->at < s->text.n && s->text.p[s->at] >= '0' && s->text.p[s->at] <= '9';
}

static bool scan_escape(struct scanner *s)
{
        if (s->at >= s->text.n || !s->text.p[s->at] || !strchr("bfnrt\\/\"u", s->text.p[s->at]))
                return wrong(s, "in string escape code");
        if (s->text.p[s->at++] != 'u')
                return true;
        for (int i = 0; i < 4; i++, s->at++)
                if (s->at >= s->text.n || !s->text.p[s->at] || !strchr("0123456789abcdefABCDEF", s->text.p[s->at]))
                        return wrong(s, "in \\u hexadecimal character escape");
        return true;
}

/* After the quote. */
static bool scan_string(struct scanner *s)
{
        while (s->at < s->text.n) {
                unsigned char c = (unsigned char)s->text.p[s->at];

                if (c < 0x20)
                        return wrong(s, "in string literal");
                s->at++;
                if (c == '"')
                        return true;
                if (c == '\\' && !scan_escape(s))
                        return false;
        }
        return wrong(s, "");
}

static bool scan_digits(struct scanner *s, const char *context)
{
        if (!is_digit(s))
                return wrong(s, context);
        while (is_digit(s))
                s->at++;
        return true;
}

static bool scan_number(struct scanner *s)
{
        if (is_next(s, '-'))
                s->at++;
        if (is_next(s, '0'))
                s->at++;
        else if (!scan_digits(s, "in numeric literal"))
                return false;
        if (is_next(s, '.')) {
                s->at++;
                if (!scan_digits(s, "after decimal point in numeric literal"))
                        return false;
        }
        if (!is_next(s, 'e') && !is_next(s, 'E'))
                return true;
        s->at++;
        if (is_next(s, '+') || is_next(s, '-'))
                s->at++;
        return scan_digits(s, "in exponent of numeric literal");
}

static bool scan_literal(struct scanner *s, const char *word)
{
        char context[64];

        for (size_t i = 0; word[i]; i++, s->at++) {
                if (is_next(s, word[i]))
                        continue;
                snprintf(context, sizeof(context), "in literal %s (expecting '%c')", word, word[i]);
                return wrong(s, context);
        }
        return true;
}

static bool scan_scalar(struct scanner *s)
{
        switch (s->at < s->text.n ? s->text.p[s->at] : 0) {
        case '"':
                s->at++;
                return scan_string(s);
        case 't':
                return scan_literal(s, "true");
        case 'f':
                return scan_literal(s, "false");
        case 'n':
                return scan_literal(s, "null");
        default:
                if (is_digit(s) || is_next(s, '-'))
                        return scan_number(s);
                return wrong(s, "looking for beginning of value");
        }
}

static bool in_object(const struct scanner *s)
{
        return s->stack[(s->depth - 1) / 8] >> ((s->depth - 1) % 8) & 1;
}

/* After '{' or '['. */
static bool enter(struct scanner *s, bool object)
{
        uint8_t bit = (uint8_t)(1u << (s->depth % 8));

        if (s->depth == MAX_DEPTH) {
                bw_buf_puts(s->why, "exceeded max depth");
                return false;
        }
        if (object)
                s->stack[s->depth / 8] |= bit;
        else
                s->stack[s->depth / 8] &= (uint8_t)~bit;
        s->depth++;
        return true;
}

static bool scan_key(struct scanner *s)
{
        skip_blanks(s);
        if (!is_next(s, '"'))
                return wrong(s, "looking for beginning of object key string");
        s->at++;
        if (!scan_string(s))
                return false;
        skip_blanks(s);
        if (!is_next(s, ':'))
                return wrong(s, "after object key");
        s->at++;
        return true;
}

/* After a value: closing brackets, or a comma and the next key. *ret_done: the outermost value has ended. */
static bool leave(struct scanner *s, bool *ret_done)
{
        for (;;) {
                bool object;

                skip_blanks(s);
                *ret_done = s->depth == 0;
                if (*ret_done)
                        return s->at == s->text.n || wrong(s, "after top-level value");
                object = in_object(s);
                if (is_next(s, ',')) {
                        s->at++;
                        return !object || scan_key(s);
                }
                if (!is_next(s, object ? '}' : ']'))
                        return wrong(s, object ? "after object key:value pair" : "after array element");
                s->at++;
                s->depth--;
        }
}

/* An opening bracket. *ret_empty: its closing one follows at once. */
static bool open_bracket(struct scanner *s, bool *ret_empty)
{
        bool object = s->text.p[s->at++] == '{';

        skip_blanks(s);
        *ret_empty = is_next(s, object ? '}' : ']');
        if (*ret_empty) {
                s->at++;
                return true;
        }
        return enter(s, object) && (!object || scan_key(s));
}

bool bw_go_json_check(struct bw_str text, struct bw_buf *why)
{
        struct scanner s = {.text = text, .why = why};
        bool done = false;

        while (!done) {
                bool ended = true;

                skip_blanks(&s);
                if (is_next(&s, '{') || is_next(&s, '[')) {
                        if (!open_bracket(&s, &ended))
                                return false;
                } else if (!scan_scalar(&s)) {
                        return false;
                }
                if (ended && !leave(&s, &done))
                        return false;
        }
        return true;
}

const char *bw_go_json_type(struct bw_value v)
{
        switch ((enum bw_type)v.type) {
        case BW_BOOL:
                return "bool";
        case BW_STRING:
                return "string";
        case BW_LIST:
                return "array";
        case BW_MAP:
                return "object";
        default:
                return "number";
        }
}
