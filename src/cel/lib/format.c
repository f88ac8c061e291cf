/* SPDX-License-Identifier: Apache-2.0 */
/*
 * string.format(). Numbers print as the reference's locale en_US has them: thousands separated by commas in %f, a power
 * of ten with superscript digits in %e.
 * Source: cel-go 0.23 ext/formatting.go; golang.org/x/text message and internal/number.
 */
#include "cel/lib/format.h"

#include "cel/lib/lib_internal.h"
#include "cel/lib/std.h"
#include "cel/lib/time.h"

#define PRECISION_DEFAULT 6
#define PRECISION_MAX 32767u /* what the reference's own number type holds */

/* ---- the format's clauses ---- */

static int read_precision(struct bw_str format, size_t *at, struct bw_cel_format_clause *clause, const char **ret_why)
{
        size_t begin = ++*at;
        uint64_t value = 0;

        for (; *at < format.n && format.p[*at] >= '0' && format.p[*at] <= '9'; ++*at)
                if (value <= PRECISION_MAX)
                        value = value * 10 + (uint64_t)(format.p[*at] - '0');
        *ret_why = *at == format.n ? "could not find end of precision specifier"
                   : *at == begin  ? "the precision has no digits"
                                   : "the precision is greater than 32767";
        if (*at == format.n || *at == begin || value > PRECISION_MAX)
                return -EINVAL;
        clause->has_precision = true;
        clause->precision = (uint32_t)value;
        return 0;
}

int bw_cel_format_next(struct bw_str format, size_t *at, struct bw_cel_format_clause *ret, const char **ret_why)
{
        size_t begin = *at;
        size_t i = begin;

        *ret = (struct bw_cel_format_clause){.text = bw_str_n(format.p + begin, 0)};
        while (i < format.n && (format.p[i] != '%' || (i + 1 < format.n && format.p[i + 1] == '%')))
                i += format.p[i] == '%' ? 2 : 1;
        ret->text.n = i - begin;
        *at = i;
        if (i == format.n)
                return 0;
        *at = ++i;
        if (i == format.n) {
                *ret_why = "unexpected end of string";
                return -EINVAL;
        }
        if (format.p[i] == '.') {
                int r = read_precision(format, &i, ret, ret_why);

                if (r < 0)
                        return r;
        }
        if (!memchr("sdfeboxX", format.p[i], 8)) {
                *ret_why = "unrecognized formatting clause";
                return -EINVAL;
        }
        ret->verb = format.p[i];
        *at = i + 1;
        return 0;
}

#define KIND(kind) (1u << BW_CEL_##kind)

const char *bw_cel_format_refuses(char verb, enum bw_cel_kind kind)
{
        static const uint32_t integers = KIND(INT) | KIND(UINT);
        static const struct {
                char verb;
                uint32_t kinds;
                const char *text;
        } rows[] = {
                {'d', integers, "decimal clause can only be used on integers, was given %s"},
                /* strings: "NaN", "Infinity" and "-Infinity" */
                {'f', KIND(DOUBLE) | KIND(STRING), "fixed-point clause can only be used on doubles, was given %s"},
                {'e', KIND(DOUBLE) | KIND(STRING), "scientific clause can only be used on doubles, was given %s"},
                {'b', integers | KIND(BOOL), "only integers and bools can be formatted as binary, was given %s"},
                {'o', integers, "octal clause can only be used on integers, was given %s"},
                {'x', integers | KIND(STRING) | KIND(BYTES),
                 "only integers, byte buffers, and strings can be formatted as hex, was given %s"},
                {'s',
                 integers | KIND(DOUBLE) | KIND(BOOL) | KIND(STRING) | KIND(BYTES) | KIND(NULL) | KIND(LIST) |
                         KIND(MAP) | KIND(TIMESTAMP) | KIND(DURATION) | KIND(TYPE),
                 "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, "
                 "durations, and timestamps, was given %s"},
        };

        if (kind == BW_CEL_DYN)
                return NULL;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++)
                if (rows[i].verb == (verb == 'X' ? 'x' : verb))
                        return rows[i].kinds >> kind & 1 ? NULL : rows[i].text;
        return NULL;
}

static enum bw_cel_kind kind_of(struct bw_value v)
{
        static const uint8_t kinds[_BW_TYPE_MAX] = {
                [BW_NULL] = BW_CEL_NULL,       [BW_BOOL] = BW_CEL_BOOL,           [BW_INT] = BW_CEL_INT,
                [BW_UINT] = BW_CEL_UINT,       [BW_DOUBLE] = BW_CEL_DOUBLE,       [BW_STRING] = BW_CEL_STRING,
                [BW_BYTES] = BW_CEL_BYTES,     [BW_LIST] = BW_CEL_LIST,           [BW_MAP] = BW_CEL_MAP,
                [BW_TYPE] = BW_CEL_TYPE,       [BW_TIMESTAMP] = BW_CEL_TIMESTAMP, [BW_DURATION] = BW_CEL_DURATION,
                [BW_OPTIONAL] = BW_CEL_OPAQUE, [BW_OPAQUE] = BW_CEL_OPAQUE,       [BW_ERROR] = BW_CEL_OPAQUE,
                [BW_ABSENT] = BW_CEL_OPAQUE,
        };

        return kinds[v.type];
}

/* ---- %f and %e ---- */

/* "12345.678" with a comma before each third digit of the whole part. */
static void put_grouped(struct bw_buf *out, const char *text, size_t n)
{
        const char *dot = memchr(text, '.', n);
        size_t whole = dot ? (size_t)(dot - text) : n;

        for (size_t i = 0; i < whole; i++) {
                if (i > 0 && (whole - i) % 3 == 0)
                        bw_buf_char(out, ',');
                bw_buf_char(out, text[i]);
        }
        bw_buf_put(out, text + whole, n - whole);
}

static void put_fixed(struct bw_buf *out, double d, uint32_t precision)
{
        /* The reference keeps the least number of decimals in a byte and the greatest in an int16. */
        size_t least = precision & 0xff;
        bool negative = d < 0;
        struct bw_buf text = {0};

        bw_buf_printf(&text, "%.*f", (int)precision, negative ? -d : d);
        if (precision > least && text.n > precision) {
                size_t decimals = precision;

                while (decimals > least && text.p[text.n - 1] == '0') {
                        text.n--;
                        decimals--;
                }
                if (decimals == 0)
                        text.n--;
        }
        if (negative)
                bw_buf_char(out, '-');
        if (bw_buf_status(&text) < 0)
                out->status = text.status;
        else
                put_grouped(out, text.p, text.n);
        bw_buf_done(&text);
}

static void put_scientific(struct bw_buf *out, double d)
{
        static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
        char text[32];
        char *e;

        (void)snprintf(text, sizeof(text), "%.*e", PRECISION_DEFAULT, d == 0 ? 0.0 : d);
        e = strchr(text, 'e');
        bw_buf_put(out, text, (size_t)(e - text));
        bw_buf_puts(out, "×10");
        if (e[1] == '-')
                bw_buf_puts(out, "⁻");
        for (e += 2; *e; e++)
                bw_buf_puts(out, digits[*e - '0']);
}

/* A double argument, or one of the three texts that stand for one. */
static bool as_double(struct bw_value v, double *ret)
{
        static const struct {
                const char *text;
                double d;
        } rows[] = {{"NaN", __builtin_nan("")}, {"Infinity", __builtin_inf()}, {"-Infinity", -__builtin_inf()}};

        if (v.type == BW_DOUBLE) {
                *ret = v.d;
                return true;
        }
        for (size_t i = 0; v.type == BW_STRING && i < BW_ARRAY_SIZE(rows); i++) {
                if (bw_str_is(bw_lib_text(v), rows[i].text)) {
                        *ret = rows[i].d;
                        return true;
                }
        }
        return false;
}

static bool put_double(struct bw_buf *out, const struct bw_cel_format_clause *clause, struct bw_value v)
{
        struct bw_buf text = {0};
        size_t width = 0;
        double d;

        if (!as_double(v, &d))
                return false;
        /* In the reference, the precision of %e is the least width and the decimals are always six. */
        if (clause->verb == 'e')
                width = clause->has_precision ? clause->precision : PRECISION_DEFAULT;
        if (__builtin_isnan(d))
                bw_buf_puts(&text, "NaN");
        else if (__builtin_isinf(d))
                bw_buf_puts(&text, d < 0 ? "-∞" : "∞");
        else if (clause->verb == 'e')
                put_scientific(&text, d);
        else
                put_fixed(&text, d, clause->has_precision ? clause->precision : PRECISION_DEFAULT);
        if (width > 0 && bw_utf8_count(bw_buf_view(&text)) < width)
                bw_buf_fill(out, ' ', width - bw_utf8_count(bw_buf_view(&text)));
        if (bw_buf_status(&text) < 0)
                out->status = text.status;
        bw_buf_str(out, bw_buf_view(&text));
        bw_buf_done(&text);
        return true;
}

/* ---- %b, %o, %x ---- */

static void put_base(struct bw_buf *out, uint64_t u, unsigned shift, bool upper)
{
        const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
        char text[64];
        size_t at = sizeof(text);

        do {
                text[--at] = digits[u & ((1u << shift) - 1)];
                u >>= shift;
        } while (u > 0);
        bw_buf_put(out, text + at, sizeof(text) - at);
}

static void put_integer(struct bw_buf *out, struct bw_value v, unsigned shift, bool upper)
{
        uint64_t u = v.type == BW_BOOL ? v.b : v.u;

        if (v.type == BW_INT && v.i < 0) {
                bw_buf_char(out, '-');
                u = 0 - u;
        }
        put_base(out, u, shift, upper);
}

static void put_hex(struct bw_buf *out, struct bw_value v, bool upper)
{
        const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
        struct bw_str s = bw_lib_text(v);

        for (size_t i = 0; i < s.n; i++) {
                bw_buf_char(out, digits[(unsigned char)s.p[i] >> 4]);
                bw_buf_char(out, digits[(unsigned char)s.p[i] & 15]);
        }
}

/* ---- %s ---- */

struct writer {
        const struct bw_cel_call *call;
        struct bw_buf *out;
        unsigned depth;
        struct bw_value error; /* ABSENT while all is well */
};

static void put_string(struct writer *w, struct bw_value v);

static void refuse(struct writer *w, const char *fmt, struct bw_value v)
{
        struct bw_str name = bw_cel_runtime_type_name(v);
        char text[64];

        (void)snprintf(text, sizeof(text), "%.*s", BW_STR_ARG(name));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        w->error = bw_cel_error(w->call, fmt, text);
#pragma GCC diagnostic pop
}

/* A value inside a list or map: as CEL would have it in source text. */
static void put_item(struct writer *w, struct bw_value v)
{
        switch ((enum bw_type)v.type) {
        case BW_STRING:
                bw_lib_put_quoted(w->out, bw_lib_text(v));
                return;
        case BW_BYTES:
                bw_buf_char(w->out, 'b');
                bw_lib_put_quoted(w->out, bw_lib_text(v));
                return;
        case BW_DOUBLE:
                if (__builtin_isnan(v.d))
                        bw_buf_puts(w->out, "\"NaN\"");
                else if (__builtin_isinf(v.d))
                        bw_buf_puts(w->out, v.d < 0 ? "\"-Inf\"" : "\"+Inf\"");
                else
                        bw_buf_printf(w->out, "%.*f", PRECISION_DEFAULT, v.d);
                return;
        case BW_TIMESTAMP:
        case BW_DURATION:
                bw_buf_puts(w->out, v.type == BW_TIMESTAMP ? "timestamp(\"" : "duration(\"");
                put_string(w, v);
                bw_buf_puts(w->out, "\")");
                return;
        case BW_OPTIONAL:
        case BW_OPAQUE:
                refuse(w, "no formatting function for %s", v);
                return;
        default:
                put_string(w, v);
        }
}

static void put_list(struct writer *w, struct bw_value v)
{
        bw_buf_char(w->out, '[');
        for (uint32_t i = 0; i < v.n && w->error.type == BW_ABSENT; i++) {
                if (i > 0)
                        bw_buf_puts(w->out, ", ");
                put_item(w, v.list->items[i]);
        }
        bw_buf_char(w->out, ']');
}

struct named {
        const struct bw_buf *texts; /* the texts of all keys, one after the other */
        size_t begin;
        size_t end;
        uint32_t i; /* entry of the map */
};

static int by_text(const void *a, const void *b)
{
        const struct named *x = a;
        const struct named *y = b;
        int order = bw_str_cmp(bw_str_n(x->texts->p + x->begin, x->end - x->begin),
                               bw_str_n(y->texts->p + y->begin, y->end - y->begin));

        return order != 0 ? order : (x->i > y->i) - (x->i < y->i);
}

/* Entries in the order of their keys' texts. */
static void put_map(struct writer *w, struct bw_value v)
{
        bw_auto_done(bw_buf_done) struct bw_buf texts = {.ceiling = BW_LIMIT_CEL_ARENA};
        struct named *keys = bw_arena_array(w->call->arena, v.n, sizeof(*keys));
        struct writer of_keys = {.call = w->call, .out = &texts};

        for (uint32_t i = 0; keys && i < v.n; i++) {
                struct bw_value key = v.map->entries[i].key;

                if (key.type == BW_DOUBLE || key.type == BW_NULL) {
                        refuse(w, "no formatting function for map key of type %s", key);
                        return;
                }
                keys[i] = (struct named){.texts = &texts, .begin = texts.n, .i = i};
                put_item(&of_keys, key);
                keys[i].end = texts.n;
        }
        if (!keys || bw_buf_status(&texts) < 0) {
                w->error = bw_cel_no_memory();
                return;
        }
        if (v.n > 1)
                qsort(keys, v.n, sizeof(*keys), by_text);
        bw_buf_char(w->out, '{');
        for (uint32_t i = 0; i < v.n && w->error.type == BW_ABSENT; i++) {
                if (i > 0)
                        bw_buf_puts(w->out, ", ");
                bw_buf_put(w->out, texts.p + keys[i].begin, keys[i].end - keys[i].begin);
                bw_buf_char(w->out, ':');
                put_item(w, v.map->entries[keys[i].i].value);
        }
        bw_buf_char(w->out, '}');
}

static void put_nested(struct writer *w, struct bw_value v)
{
        if (w->depth >= 2 * BW_LIMIT_DOC_DEPTH) {
                w->error = bw_cel_error(w->call, "a value is nested deeper than %d levels", 2 * BW_LIMIT_DOC_DEPTH);
                return;
        }
        w->depth++;
        if (v.type == BW_LIST)
                put_list(w, v);
        else
                put_map(w, v);
        w->depth--;
}

static void put_string(struct writer *w, struct bw_value v)
{
        char number[BW_STD_DOUBLE_TEXT];

        switch ((enum bw_type)v.type) {
        case BW_NULL:
                bw_buf_puts(w->out, "null");
                return;
        case BW_BOOL:
                bw_buf_puts(w->out, v.b ? "true" : "false");
                return;
        case BW_INT:
                bw_buf_i64(w->out, v.i);
                return;
        case BW_UINT:
                bw_buf_u64(w->out, v.u);
                return;
        case BW_DOUBLE:
                bw_buf_put(w->out, number, bw_std_write_double(v.d, number));
                return;
        case BW_BYTES:
                if (!bw_utf8_valid(bw_lib_text(v))) {
                        w->error = bw_cel_error(w->call, "invalid UTF-8 in bytes, cannot convert to string");
                        return;
                }
                bw_buf_str(w->out, bw_lib_text(v));
                return;
        case BW_STRING:
        case BW_TYPE:
                bw_buf_str(w->out, bw_lib_text(v));
                return;
        case BW_TIMESTAMP:
                bw_cel_timestamp_format(w->out, v);
                return;
        case BW_DURATION:
                bw_cel_duration_format(w->out, v);
                return;
        case BW_LIST:
        case BW_MAP:
                put_nested(w, v);
                return;
        default:
                refuse(w, bw_cel_format_refuses('s', BW_CEL_OPAQUE), v);
        }
}

/* ---- the function ---- */

static void put_clause(struct writer *w, const struct bw_cel_format_clause *clause, struct bw_value v)
{
        const char *refusal = bw_cel_format_refuses(clause->verb, kind_of(v));

        if (refusal) {
                refuse(w, refusal, v);
                return;
        }
        switch (clause->verb) {
        case 's':
                put_string(w, v);
                return;
        case 'd':
                put_string(w, v);
                return;
        case 'f':
        case 'e':
                if (!put_double(w->out, clause, v))
                        refuse(w, bw_cel_format_refuses(clause->verb, BW_CEL_OPAQUE), v);
                return;
        case 'b':
                put_integer(w->out, v, 1, false);
                return;
        case 'o':
                put_integer(w->out, v, 3, false);
                return;
        default:
                if (v.type == BW_STRING || v.type == BW_BYTES)
                        put_hex(w->out, v, clause->verb == 'X');
                else
                        put_integer(w->out, v, 4, clause->verb == 'X');
        }
}

static void put_literal(struct bw_buf *out, struct bw_str text)
{
        struct bw_str part;

        while (text.n > 0) {
                const char *percent = memchr(text.p, '%', text.n);
                size_t n = percent ? (size_t)(percent - text.p) + 1 : text.n;

                part = bw_str_n(text.p, n);
                bw_buf_str(out, part);
                n += percent != NULL;
                text = bw_str_n(text.p + n, text.n - n);
        }
}

static void write_all(struct writer *w, struct bw_str format, struct bw_value list)
{
        struct bw_cel_format_clause clause;
        const char *why;
        uint32_t used = 0;
        size_t at = 0;

        while (w->error.type == BW_ABSENT && bw_buf_status(w->out) == 0) {
                int r = bw_cel_format_next(format, &at, &clause, &why);

                put_literal(w->out, clause.text);
                if (r == 0 && !clause.verb)
                        return;
                if (used >= list.n)
                        w->error = bw_cel_error(w->call, "index %" PRIu32 " out of range", used);
                else if (r < 0)
                        w->error = bw_cel_error(w->call, "could not parse formatting clause: %s", why);
                else
                        put_clause(w, &clause, list.list->items[used++]);
        }
}

static struct bw_value format(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_buf out = {.ceiling = BW_LIMIT_CEL_ARENA};
        struct writer w = {.call = call, .out = &out};

        (void)n;
        write_all(&w, bw_lib_text(args[0]), args[1]);
        if (w.error.type != BW_ABSENT) {
                bw_buf_done(&out);
                return w.error;
        }
        return bw_lib_from_buf(call, &out);
}

static const struct bw_cel_overload overloads[] = {
        {"string_format", "string.format(list(dyn)) -> string", format, bw_lib_cost_scan},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("format", overloads, "The text with %s, %d, %f, %e, %b, %o, %x and %X filled in from a list."),
};

const struct bw_cel_library bw_cel_lib_format_strings = {
        .name = "format",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
