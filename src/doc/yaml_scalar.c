/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/yaml_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/utf8.h"

enum tag {
        TAG_NONE,
        TAG_STR,
        TAG_BOOL,
        TAG_INT,
        TAG_FLOAT,
        TAG_NULL,
        TAG_TIMESTAMP,
        TAG_BINARY,
        TAG_OTHER, /* a scalar with it is a string */
};

static enum tag tag_of(struct bw_str tag)
{
        static const struct {
                const char *name;
                enum tag tag;
        } tags[] = {
                {"str", TAG_STR},   {"bool", TAG_BOOL},           {"int", TAG_INT},       {"float", TAG_FLOAT},
                {"null", TAG_NULL}, {"timestamp", TAG_TIMESTAMP}, {"binary", TAG_BINARY},
        };
        struct bw_str prefix = BW_STR("tag:yaml.org,2002:");

        if (tag.n == 0)
                return TAG_NONE;
        if (!bw_str_starts(tag, prefix))
                return TAG_OTHER;
        tag = bw_str_n(tag.p + prefix.n, tag.n - prefix.n);
        for (size_t i = 0; i < BW_ARRAY_SIZE(tags); i++)
                if (bw_str_is(tag, tags[i].name))
                        return tags[i].tag;
        return TAG_OTHER;
}

/* ---- words ---- */

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

/* The three spellings that count: yes, Yes, YES. */
static bool is_word(struct bw_str text, const char *word)
{
        bool lower = true;
        bool upper = true;
        size_t i = 0;

        for (; word[i]; i++) {
                if (i >= text.n || (text.p[i] | 0x20) != word[i])
                        return false;
                if (text.p[i] == word[i])
                        upper = false;
                else if (i > 0)
                        lower = false;
        }
        return i == text.n && (lower || upper);
}

/* Length and first letter leave at most one word. */
#define WORD(n, first) ((n) << 8 | (first))

static bool resolve_word(struct bw_str text, struct bw_value *ret)
{
        const char *word;
        bool b = false;

        switch (WORD(text.n, (size_t)(text.p[0] | 0x20))) {
        case WORD(4, 'n'):
                *ret = bw_value_null();
                return is_word(text, "null");
        case WORD(1, 'y'):
        case WORD(1, 'n'):
                *ret = bw_value_bool((text.p[0] | 0x20) == 'y');
                return true;
        case WORD(3, 'y'):
                word = "yes";
                b = true;
                break;
        case WORD(4, 't'):
                word = "true";
                b = true;
                break;
        case WORD(2, 'o'):
                word = "on";
                b = true;
                break;
        case WORD(2, 'n'):
                word = "no";
                break;
        case WORD(5, 'f'):
                word = "false";
                break;
        case WORD(3, 'o'):
                word = "off";
                break;
        default:
                return false;
        }
        *ret = bw_value_bool(b);
        return is_word(text, word);
}

/* .inf and .nan, in the spellings that YAML 1.1 names; sign: 0, '+' or '-'. */
static bool resolve_special(struct bw_str text, struct bw_value *ret)
{
        char sign = text.p[0] == '+' || text.p[0] == '-' ? text.p[0] : 0;

        if (sign)
                text = bw_str_n(text.p + 1, text.n - 1);
        if (text.n != 4 || text.p[0] != '.')
                return false;
        if (!sign && (bw_str_is(text, ".nan") || bw_str_is(text, ".NaN") || bw_str_is(text, ".NAN"))) {
                *ret = bw_value_double(__builtin_nan(""));
                return true;
        }
        if (!bw_str_is(text, ".inf") && !bw_str_is(text, ".Inf") && !bw_str_is(text, ".INF"))
                return false;
        *ret = bw_value_double(sign == '-' ? -__builtin_inf() : __builtin_inf());
        return true;
}

/* ---- numbers ---- */

static unsigned digit_value(char c)
{
        if (is_digit(c))
                return (unsigned)(c - '0');
        if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
                return (unsigned)((c | 0x20) - 'a') + 10;
        return 99;
}

/* All of text as digits of a base; false when there is none, another character, or a number over 64 bits. */
static bool read_digits(struct bw_str text, unsigned base, uint64_t *ret)
{
        uint64_t v = 0;

        if (text.n == 0)
                return false;
        for (size_t i = 0; i < text.n; i++) {
                unsigned digit = digit_value(text.p[i]);

                if (digit >= base || __builtin_mul_overflow(v, base, &v) || __builtin_add_overflow(v, digit, &v))
                        return false;
        }
        *ret = v;
        return true;
}

/* signed_text: text began with a sign, which Go's unsigned reader does not take. */
static bool make_int(uint64_t v, bool negative, bool signed_text, struct bw_value *ret)
{
        if (!negative && v <= (uint64_t)INT64_MAX)
                *ret = bw_value_int((int64_t)v);
        else if (negative && v <= (uint64_t)INT64_MAX + 1)
                *ret = bw_value_int((int64_t)(0 - v));
        else if (!signed_text)
                *ret = bw_value_uint(v);
        else
                return false;
        return true;
}

/* An integer as Go's strconv.ParseInt(text, 0, 64) or ParseUint reads it; underscores are gone already. */
static bool resolve_int(struct bw_str text, struct bw_value *ret)
{
        bool signed_text = text.n && (text.p[0] == '+' || text.p[0] == '-');
        bool negative = signed_text && text.p[0] == '-';
        struct bw_str digits = signed_text ? bw_str_n(text.p + 1, text.n - 1) : text;
        unsigned base = 10;
        uint64_t v = 0;

        if (digits.n >= 3 && digits.p[0] == '0') {
                char c = digits.p[1] | 0x20;

                base = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 10;
                if (base != 10)
                        digits = bw_str_n(digits.p + 2, digits.n - 2);
        }
        if (base == 10 && digits.n > 1 && digits.p[0] == '0') {
                base = 8;
                digits = bw_str_n(digits.p + 1, digits.n - 1);
        }
        if (read_digits(digits, base, &v))
                return make_int(v, negative, signed_text, ret);
        /* go-yaml's second try at binary numbers takes a sign after the prefix. */
        if (text.n > 3 && text.p[0] == '0' && text.p[1] == 'b' && (text.p[2] == '+' || text.p[2] == '-') &&
            read_digits(bw_str_n(text.p + 3, text.n - 3), 2, &v))
                return make_int(v, text.p[2] == '-', true, ret);
        return false;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool is_float(struct bw_str text)
{
        size_t i = text.n && (text.p[0] == '+' || text.p[0] == '-') ? 1 : 0;
        size_t whole = i;
        size_t fraction;

        while (i < text.n && is_digit(text.p[i]))
                i++;
        whole = i - whole;
        fraction = i;
        if (i < text.n && text.p[i] == '.') {
                fraction = ++i;
                while (i < text.n && is_digit(text.p[i]))
                        i++;
        }
        if (whole == 0 && i == fraction)
                return false;
        if (i < text.n && (text.p[i] == 'e' || text.p[i] == 'E')) {
                i++;
                if (i < text.n && (text.p[i] == '+' || text.p[i] == '-'))
                        i++;
                if (i == text.n)
                        return false;
                while (i < text.n && is_digit(text.p[i]))
                        i++;
        }
        return i == text.n;
}

/* text is terminated by a zero byte. A number too large for a double is a string, as in go-yaml. */
static bool resolve_float(struct bw_str text, struct bw_value *ret)
{
        double d;

        if (!is_float(text))
                return false;
        d = strtod(text.p, NULL);
        if (__builtin_isinf(d))
                return false;
        *ret = bw_value_double(d);
        return true;
}

/* Go's rule for underscores in a number that starts with a dot: each stands between two digits. */
static bool underscores_ok(struct bw_str text)
{
        for (size_t i = 0; i < text.n; i++)
                if (text.p[i] == '_' &&
                    (i == 0 || i + 1 == text.n || !is_digit(text.p[i - 1]) || !is_digit(text.p[i + 1])))
                        return false;
        return true;
}

/* text without underscores, terminated; p is NULL when the arena is used up. */
static struct bw_str without_underscores(struct bw_arena *arena, struct bw_str text, char *small, size_t small_size)
{
        char *to = text.n < small_size ? small : bw_arena_alloc(arena, text.n + 1);
        size_t n = 0;

        if (!to)
                return (struct bw_str){0};
        for (size_t i = 0; i < text.n; i++)
                if (text.p[i] != '_')
                        to[n++] = text.p[i];
        to[n] = '\0';
        return bw_str_n(to, n);
}

/* Everything that begins with a digit, a sign or a dot. */
static int resolve_number(struct bw_arena *arena, struct bw_str text, struct bw_value *ret)
{
        bool dot = text.p[0] == '.';
        struct bw_arena_mark mark;
        struct bw_str plain;
        char small[64];
        uint64_t v = 0;
        size_t i = 0;

        /* The usual case: a short decimal number. */
        while (i < text.n && i < 18 && is_digit(text.p[i]))
                v = v * 10 + (uint64_t)(text.p[i++] - '0');
        if (i == text.n && (text.p[0] != '0' || text.n == 1)) {
                *ret = bw_value_int((int64_t)v);
                return 0;
        }
        *ret = bw_value_str(text);
        if (resolve_special(text, ret) || (dot && !underscores_ok(text)))
                return 0;
        mark = bw_arena_save(arena);
        plain = without_underscores(arena, text, small, sizeof(small));
        if (!plain.p)
                return -ENOMEM;
        if ((dot || !resolve_int(plain, ret)) && !resolve_float(plain, ret))
                *ret = bw_value_str(text);
        if (plain.p != small)
                bw_arena_restore(arena, mark);
        return 0;
}

/* ---- timestamps: only !!timestamp asks for them, all others stay strings either way ---- */

/* One or two digits. */
static bool read_two(struct bw_str *s, unsigned max, unsigned *ret)
{
        size_t n = 0;

        *ret = 0;
        while (n < 2 && n < s->n && is_digit(s->p[n]))
                *ret = *ret * 10 + (unsigned)(s->p[n++] - '0');
        *s = bw_str_n(s->p + n, s->n - n);
        return n > 0 && *ret <= max;
}

static bool read_char(struct bw_str *s, char c)
{
        if (s->n == 0 || s->p[0] != c)
                return false;
        *s = bw_str_n(s->p + 1, s->n - 1);
        return true;
}

static bool read_date(struct bw_str *s)
{
        static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        unsigned year = 0;
        unsigned month;
        unsigned day;
        bool leap;

        if (s->n < 5)
                return false;
        for (size_t i = 0; i < 4; i++) {
                if (!is_digit(s->p[i]))
                        return false;
                year = year * 10 + (unsigned)(s->p[i] - '0');
        }
        *s = bw_str_n(s->p + 4, s->n - 4);
        leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        return read_char(s, '-') && read_two(s, 12, &month) && month > 0 && read_char(s, '-') &&
               read_two(s, 31, &day) && day > 0 && day <= days[month - 1] + (unsigned)(month == 2 && leap);
}

static bool read_time(struct bw_str *s)
{
        unsigned ignored;

        if (!read_two(s, 23, &ignored) || !read_char(s, ':') || !read_two(s, 59, &ignored) || !read_char(s, ':') ||
            !read_two(s, 59, &ignored))
                return false;
        if (s->n >= 2 && (s->p[0] == '.' || s->p[0] == ',') && is_digit(s->p[1])) {
                size_t n = 1;

                while (n < s->n && is_digit(s->p[n]))
                        n++;
                *s = bw_str_n(s->p + n, s->n - n);
        }
        return true;
}

/* Z or +hh:mm. */
static bool read_zone(struct bw_str *s)
{
        unsigned hours;
        unsigned minutes;

        if (read_char(s, 'Z'))
                return true;
        if (s->n != 6 || (s->p[0] != '+' && s->p[0] != '-') || !is_digit(s->p[2]) || s->p[3] != ':' ||
            !is_digit(s->p[5]))
                return false;
        *s = bw_str_n(s->p + 1, s->n - 1);
        return read_two(s, 24, &hours) && read_char(s, ':') && read_two(s, 59, &minutes);
}

static bool is_timestamp(struct bw_str s)
{
        if (!read_date(&s))
                return false;
        if (s.n == 0)
                return true;
        if (read_char(&s, 'T') || read_char(&s, 't'))
                return read_time(&s) && read_zone(&s) && s.n == 0;
        if (s.p[0] != ' ')
                return false;
        while (read_char(&s, ' '))
                ;
        return read_time(&s) && s.n == 0;
}

/* ---- binary ---- */

static unsigned base64_value(char c)
{
        if (c >= 'A' && c <= 'Z')
                return (unsigned)(c - 'A');
        if (c >= 'a' && c <= 'z')
                return (unsigned)(c - 'a') + 26;
        if (is_digit(c))
                return (unsigned)(c - '0') + 52;
        return c == '+' ? 62 : c == '/' ? 63 : 99;
}

/* Standard base64 with its padding; line breaks are skipped. SIZE_MAX: it is none. out has room for text.n bytes. */
static size_t decode_base64(struct bw_str text, char *out)
{
        uint32_t bits = 0;
        unsigned have = 0;
        unsigned padding = 0;
        size_t n = 0;

        for (size_t i = 0; i < text.n; i++) {
                char c = text.p[i];

                if (c == '\n' || c == '\r')
                        continue;
                if (c == '=') {
                        if (have < 2 || ++padding + have > 4)
                                return SIZE_MAX;
                        continue;
                }
                if (padding || base64_value(c) > 63)
                        return SIZE_MAX;
                bits = bits << 6 | base64_value(c);
                if (++have < 4)
                        continue;
                out[n++] = (char)(bits >> 16);
                out[n++] = (char)(bits >> 8);
                out[n++] = (char)bits;
                have = 0;
        }
        if (have == 0)
                return padding ? SIZE_MAX : n;
        if (have + padding != 4)
                return SIZE_MAX;
        bits <<= 6 * (4 - have);
        out[n++] = (char)(bits >> 16);
        if (have == 3)
                out[n++] = (char)(bits >> 8);
        return n;
}

/* A JSON text is UTF-8: bytes that are not become U+FFFD each, as Go's JSON writer has it. */
static int resolve_binary(struct bw_arena *arena, struct bw_str text, struct bw_value *ret, struct bw_error *reterr)
{
        char *bytes = bw_arena_alloc(arena, text.n);
        struct bw_str rest;
        char *out;
        size_t n;

        if (!bytes)
                return bw_arena_error(arena, reterr);
        n = decode_base64(text, bytes);
        if (n == SIZE_MAX)
                return bw_error_set(reterr, -EINVAL, "!!binary value is no base64 text");
        rest = bw_str_n(bytes, n);
        if (bw_utf8_valid(rest)) {
                *ret = bw_value_str(rest);
                return 0;
        }
        out = bw_arena_array(arena, n, 3);
        if (!out)
                return bw_arena_error(arena, reterr);
        n = 0;
        while (rest.n) {
                uint32_t rune;
                size_t len = bw_utf8_decode(rest, &rune);

                n += bw_utf8_encode(rune, out + n);
                rest = bw_str_n(rest.p + len, rest.n - len);
        }
        *ret = bw_value_str(bw_str_n(out, n));
        return 0;
}

/* ---- resolution ---- */

const uint8_t bw_yaml_hints[256] = {
        ['~'] = BW_YAML_NULL,   ['y'] = BW_YAML_WORD,   ['Y'] = BW_YAML_WORD,   ['n'] = BW_YAML_WORD,
        ['N'] = BW_YAML_WORD,   ['t'] = BW_YAML_WORD,   ['T'] = BW_YAML_WORD,   ['f'] = BW_YAML_WORD,
        ['F'] = BW_YAML_WORD,   ['o'] = BW_YAML_WORD,   ['O'] = BW_YAML_WORD,   ['.'] = BW_YAML_NUMBER,
        ['+'] = BW_YAML_NUMBER, ['-'] = BW_YAML_NUMBER, ['0'] = BW_YAML_NUMBER, ['1'] = BW_YAML_NUMBER,
        ['2'] = BW_YAML_NUMBER, ['3'] = BW_YAML_NUMBER, ['4'] = BW_YAML_NUMBER, ['5'] = BW_YAML_NUMBER,
        ['6'] = BW_YAML_NUMBER, ['7'] = BW_YAML_NUMBER, ['8'] = BW_YAML_NUMBER, ['9'] = BW_YAML_NUMBER,
};

int bw_yaml_resolve_plain(struct bw_arena *arena, struct bw_str text, struct bw_value *ret)
{
        enum bw_yaml_hint hint = text.n ? (enum bw_yaml_hint)bw_yaml_hints[(unsigned char)text.p[0]] : BW_YAML_NULL;

        if (hint == BW_YAML_NUMBER)
                return resolve_number(arena, text, ret);
        if (hint == BW_YAML_NULL && text.n <= 1)
                *ret = bw_value_null();
        else if (hint != BW_YAML_WORD || !resolve_word(text, ret))
                *ret = bw_value_str(text);
        return 0;
}

/* Whether a value of an untagged text is what the tag asks for; an int may be made a float. */
static bool fits(enum tag tag, struct bw_str text, struct bw_value *v)
{
        switch (tag) {
        case TAG_BOOL:
                return v->type == BW_BOOL;
        case TAG_INT:
                return v->type == BW_INT || v->type == BW_UINT;
        case TAG_FLOAT:
                if (v->type == BW_INT)
                        *v = bw_value_double((double)v->i);
                return v->type == BW_DOUBLE;
        case TAG_NULL:
                return v->type == BW_NULL;
        case TAG_TIMESTAMP:
                return v->type == BW_STRING && is_timestamp(text);
        default:
                return true;
        }
}

int bw_yaml_resolve(struct bw_arena *arena, struct bw_str tag, struct bw_str text, bool plain, struct bw_value *ret,
                    struct bw_error *reterr)
{
        enum tag t = tag_of(tag);
        struct bw_value v;

        if (t == TAG_BINARY)
                return resolve_binary(arena, text, ret, reterr);
        if (t == TAG_STR || t == TAG_OTHER || (t == TAG_NONE && !plain)) {
                *ret = bw_value_str(text);
                return 0;
        }
        if (bw_yaml_resolve_plain(arena, text, &v) < 0)
                return bw_arena_error(arena, reterr);
        if (!fits(t, text, &v))
                return bw_error_set(reterr, -EINVAL, "cannot read \"%.*s\" as %.*s", (int)BW_MIN(text.n, (size_t)40),
                                    text.p, BW_STR_ARG(tag));
        *ret = v;
        return 0;
}

/* ---- keys ---- */

/* The shortest decimal form of a 32-bit float in the style of Go's FormatFloat(x, 'g', -1, 32). */
static size_t format_float32(float f, char out[32])
{
        char digits[16] = "";
        char text[32];
        size_t n = 0;
        size_t count = 0;
        int exponent;

        for (int precision = 0; precision < 9; precision++) {
                (void)snprintf(text, sizeof(text), "%.*e", precision, (double)f);
                if (strtof(text, NULL) == f)
                        break;
        }
        for (const char *p = text; *p && *p != 'e'; p++)
                if (is_digit(*p) && count < sizeof(digits) - 1)
                        digits[count++] = *p;
        exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
        while (count > 1 && digits[count - 1] == '0')
                count--;
        digits[count] = '\0';
        if (text[0] == '-')
                out[n++] = '-';
        if (digits[0] == '0')
                exponent = 0;
        if (exponent < -4 || exponent >= 6) {
                n += (size_t)snprintf(out + n, 32 - n, "%c%s%s", digits[0], count > 1 ? "." : "", digits + 1);
                n += (size_t)snprintf(out + n, 32 - n, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
                return n;
        }
        if (exponent < 0)
                return n + (size_t)snprintf(out + n, 32 - n, "0.%.*s%s", -exponent - 1, "0000", digits);
        if ((int)count <= exponent + 1)
                return n + (size_t)snprintf(out + n, 32 - n, "%s%.*s", digits, exponent + 1 - (int)count, "00000000");
        return n + (size_t)snprintf(out + n, 32 - n, "%.*s.%s", exponent + 1, digits, digits + exponent + 1);
}

bool bw_yaml_key_text(struct bw_arena *arena, struct bw_value key, struct bw_str *ret)
{
        char text[32];
        size_t n;
        float f;

        switch ((enum bw_type)key.type) {
        case BW_STRING:
                *ret = bw_value_text(key);
                return true;
        case BW_BOOL:
                *ret = key.b ? BW_STR("true") : BW_STR("false");
                return true;
        case BW_INT:
                n = (size_t)snprintf(text, sizeof(text), "%" PRId64, key.i);
                break;
        case BW_DOUBLE:
                f = (float)key.d;
                if (__builtin_isnan(f)) {
                        *ret = BW_STR(".nan");
                        return true;
                }
                if (__builtin_isinf(f)) {
                        *ret = f < 0 ? BW_STR("-.inf") : BW_STR(".inf");
                        return true;
                }
                n = format_float32(f, text);
                break;
        default:
                return false;
        }
        *ret = bw_arena_str(arena, bw_str_n(text, n));
        return true;
}
