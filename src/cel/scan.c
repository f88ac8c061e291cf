/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/scan_internal.h"

#include "base/utf8.h"

enum { SPACE = 1, LETTER = 2, DIGIT = 4, HEX = 8, QUOTED = 16 };

#define WORD (LETTER | DIGIT)

static const uint8_t classes[256] = {
        ['\t'] = SPACE,
        ['\n'] = SPACE,
        ['\f'] = SPACE,
        ['\r'] = SPACE,
        [' '] = SPACE | QUOTED,
        ['.'] = QUOTED,
        ['-'] = QUOTED,
        ['/'] = QUOTED,
        ['0' ... '9'] = DIGIT | HEX | QUOTED,
        ['a' ... 'f'] = LETTER | HEX | QUOTED,
        ['g' ... 'z'] = LETTER | QUOTED,
        ['A' ... 'F'] = LETTER | HEX | QUOTED,
        ['G' ... 'Z'] = LETTER | QUOTED,
        ['_'] = LETTER | QUOTED,
};

static const struct punctuation {
        char first;
        char second;         /* 0 = stands alone */
        enum token_kind one; /* BAD: first alone is no token */
        enum token_kind two;
} punctuation[] = {
        {'=', '=', TOKEN_BAD, TOKEN_EQ},     {'!', '=', TOKEN_NOT, TOKEN_NE},    {'<', '=', TOKEN_LT, TOKEN_LE},
        {'>', '=', TOKEN_GT, TOKEN_GE},      {'&', '&', TOKEN_BAD, TOKEN_AND},   {'|', '|', TOKEN_BAD, TOKEN_OR},
        {'+', 0, TOKEN_PLUS, TOKEN_BAD},     {'-', 0, TOKEN_MINUS, TOKEN_BAD},   {'*', 0, TOKEN_STAR, TOKEN_BAD},
        {'/', 0, TOKEN_SLASH, TOKEN_BAD},    {'%', 0, TOKEN_PERCENT, TOKEN_BAD}, {'?', 0, TOKEN_QUESTION, TOKEN_BAD},
        {':', 0, TOKEN_COLON, TOKEN_BAD},    {'.', 0, TOKEN_DOT, TOKEN_BAD},     {',', 0, TOKEN_COMMA, TOKEN_BAD},
        {'(', 0, TOKEN_LPAREN, TOKEN_BAD},   {')', 0, TOKEN_RPAREN, TOKEN_BAD},  {'[', 0, TOKEN_LBRACKET, TOKEN_BAD},
        {']', 0, TOKEN_RBRACKET, TOKEN_BAD}, {'{', 0, TOKEN_LBRACE, TOKEN_BAD},  {'}', 0, TOKEN_RBRACE, TOKEN_BAD},
};

const char *bw_cel_token_name(enum token_kind kind)
{
        static const char *const names[] = {
#define X(name, text) [TOKEN_##name] = text,
                BW_CEL_TOKENS(X)
#undef X
        };

        return names[kind];
}

/* The byte i places on, or 0 past the end (a zero byte is in no class and matches nothing). */
static unsigned char peek(const struct scanner *s, uint32_t i)
{
        return s->at + (size_t)i < s->source.n ? (unsigned char)s->source.p[s->at + i] : 0;
}

static bool is(unsigned char c, unsigned mask)
{
        return classes[c] & mask;
}

static void skip_blanks(struct scanner *s)
{
        for (;;) {
                if (is(peek(s, 0), SPACE)) {
                        s->at++;
                } else if (peek(s, 0) == '/' && peek(s, 1) == '/') {
                        const char *from = s->source.p + s->at;
                        const char *end = memchr(from, '\n', s->source.n - s->at);

                        s->at = end ? s->at + (uint32_t)(end - from) : (uint32_t)s->source.n;
                } else {
                        return;
                }
        }
}

static uint32_t run_of(const struct scanner *s, uint32_t from, unsigned mask)
{
        while (is(peek(s, from), mask))
                from++;
        return from;
}

static struct token take(struct scanner *s, enum token_kind kind, uint32_t n)
{
        struct token t = {.kind = kind, .offset = s->at, .n = n};

        s->at += n;
        return t;
}

static struct token bad(struct scanner *s, uint32_t n, const char *why)
{
        struct token t = take(s, TOKEN_BAD, n);

        t.why = why;
        return t;
}

static struct token scan_number(struct scanner *s)
{
        uint32_t n;
        uint32_t e;
        bool fraction = false;

        if (peek(s, 0) == '0' && peek(s, 1) == 'x' && is(peek(s, 2), HEX)) {
                n = run_of(s, 2, HEX);
        } else {
                n = run_of(s, 0, DIGIT);
                if (peek(s, n) == '.' && is(peek(s, n + 1), DIGIT)) {
                        n = run_of(s, n + 1, DIGIT);
                        fraction = true;
                }
                if ((peek(s, n) | 0x20) == 'e') {
                        e = n + 1;
                        if (peek(s, e) == '+' || peek(s, e) == '-')
                                e++;
                        if (is(peek(s, e), DIGIT)) {
                                n = run_of(s, e, DIGIT);
                                fraction = true;
                        }
                }
                if (fraction)
                        return take(s, TOKEN_DOUBLE, n);
        }
        if ((peek(s, n) | 0x20) == 'u')
                return take(s, TOKEN_UINT, n + 1);
        return take(s, TOKEN_INT, n);
}

/* Bytes of the escape sequence at i (its backslash), 0 when there is none of that form. */
static uint32_t escape_length(const struct scanner *s, uint32_t i)
{
        unsigned char c = peek(s, i + 1);
        uint32_t digits = c == 'x' || c == 'X' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;

        if (c && strchr("abfnrtv\"'\\?`", c))
                return 2;
        if (c >= '0' && c <= '3') {
                for (uint32_t k = 2; k < 4; k++)
                        if (peek(s, i + k) < '0' || peek(s, i + k) > '7')
                                return 0;
                return 4;
        }
        if (!digits)
                return 0;
        for (uint32_t k = 0; k < digits; k++)
                if (!is(peek(s, i + 2 + k), HEX))
                        return 0;
        return 2 + digits;
}

/* prefix: bytes before the opening quote. */
static struct token scan_string(struct scanner *s, enum token_kind kind, uint32_t prefix, bool raw)
{
        unsigned char quote = peek(s, prefix);
        bool triple = peek(s, prefix + 1) == quote && peek(s, prefix + 2) == quote;
        uint32_t i = prefix + (triple ? 3 : 1);

        for (;;) {
                unsigned char c = peek(s, i);

                if (s->at + (size_t)i >= s->source.n)
                        return bad(s, i, "string is not closed");
                if (c == quote && !triple)
                        return take(s, kind, i + 1);
                if (c == quote && peek(s, i + 1) == quote && peek(s, i + 2) == quote)
                        return take(s, kind, i + 3);
                if (!triple && (c == '\n' || c == '\r'))
                        return bad(s, i, "string is not closed on its line");
                if (c == '\\' && !raw) {
                        uint32_t n = escape_length(s, i);

                        if (n == 0) {
                                s->at += i;
                                return bad(s, 1, "unknown escape sequence");
                        }
                        i += n;
                } else {
                        i++;
                }
        }
}

/* "…", r"…", b"…", br"…": the bytes of the prefix; SIZE when none is there. */
static bool string_prefix(const struct scanner *s, uint32_t *ret_n, enum token_kind *ret_kind, bool *ret_raw)
{
        uint32_t n = 0;
        bool bytes = (peek(s, 0) | 0x20) == 'b';
        bool raw;

        n += bytes;
        raw = (peek(s, n) | 0x20) == 'r';
        n += raw;
        if (peek(s, n) != '"' && peek(s, n) != '\'')
                return false;
        *ret_n = n;
        *ret_kind = bytes ? TOKEN_BYTES : TOKEN_STRING;
        *ret_raw = raw;
        return true;
}

static struct token scan_word(struct scanner *s)
{
        static const struct {
                const char *text;
                enum token_kind kind;
        } keywords[] = {{"in", TOKEN_IN}, {"true", TOKEN_TRUE}, {"null", TOKEN_NULL}, {"false", TOKEN_FALSE}};
        struct token t = take(s, TOKEN_IDENT, run_of(s, 0, WORD));

        if (t.n >= 2 && t.n <= 5)
                for (size_t i = 0; i < BW_ARRAY_SIZE(keywords); i++)
                        if (bw_str_is(bw_cel_token_text(s, t), keywords[i].text))
                                t.kind = keywords[i].kind;
        return t;
}

static struct token scan_quoted_ident(struct scanner *s)
{
        uint32_t n = run_of(s, 1, QUOTED);

        if (n == 1 || peek(s, n) != '`')
                return bad(
                        s, n,
                        "quoted identifier may hold letters, digits, '_', '.', '-', '/' and blanks, and ends with '`'");
        return take(s, TOKEN_QUOTED_IDENT, n + 1);
}

static struct token scan_punctuation(struct scanner *s)
{
        unsigned char c = peek(s, 0);
        uint32_t rune;
        size_t n;

        for (size_t i = 0; i < BW_ARRAY_SIZE(punctuation); i++) {
                const struct punctuation *p = &punctuation[i];

                if (c != (unsigned char)p->first)
                        continue;
                if (p->second && peek(s, 1) == (unsigned char)p->second)
                        return take(s, p->two, 2);
                if (p->one == TOKEN_BAD)
                        return bad(s, 1, "operator is written twice: '==', '&&', '||'");
                return take(s, p->one, 1);
        }
        n = bw_utf8_decode(bw_str_n(s->source.p + s->at, s->source.n - s->at), &rune);
        return bad(s, (uint32_t)n, NULL);
}

struct token bw_cel_scan(struct scanner *s)
{
        enum token_kind kind;
        unsigned char c;
        uint32_t n;
        bool raw;

        skip_blanks(s);
        if (s->at >= s->source.n)
                return take(s, TOKEN_END, 0);
        c = peek(s, 0);
        if (is(c, DIGIT) || (c == '.' && is(peek(s, 1), DIGIT)))
                return scan_number(s);
        if (string_prefix(s, &n, &kind, &raw))
                return scan_string(s, kind, n, raw);
        if (is(c, LETTER))
                return scan_word(s);
        if (c == '`')
                return scan_quoted_ident(s);
        return scan_punctuation(s);
}
