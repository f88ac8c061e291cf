/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cel/cel.h"
#include "cel/lib/time.h"

static void format(struct bw_buf *out, struct bw_value v, unsigned depth);

static void put_byte(struct bw_buf *out, unsigned char c)
{
        bw_buf_printf(out, "\\x%02x", c);
}

static void put_escaped(struct bw_buf *out, char c)
{
        static const char escapes[] = "\aa\bb\ff\nn\rr\tt\vv\"\"\\\\";

        for (size_t i = 0; i + 1 < sizeof(escapes); i += 2) {
                if (escapes[i] == c) {
                        bw_buf_char(out, '\\');
                        bw_buf_char(out, escapes[i + 1]);
                        return;
                }
        }
        if ((unsigned char)c < 0x20 || c == 0x7f)
                put_byte(out, (unsigned char)c);
        else
                bw_buf_char(out, c);
}

static void put_string(struct bw_buf *out, struct bw_str s)
{
        bw_buf_char(out, '"');
        for (size_t i = 0; i < s.n; i++)
                put_escaped(out, s.p[i]);
        bw_buf_char(out, '"');
}

static void put_bytes(struct bw_buf *out, struct bw_str s)
{
        bw_buf_puts(out, "b\"");
        for (size_t i = 0; i < s.n; i++) {
                if ((unsigned char)s.p[i] >= 0x80)
                        put_byte(out, (unsigned char)s.p[i]);
                else
                        put_escaped(out, s.p[i]);
        }
        bw_buf_char(out, '"');
}

static void put_double(struct bw_buf *out, double d)
{
        size_t at = out->n;

        if (__builtin_isnan(d)) {
                bw_buf_puts(out, "double(\"NaN\")");
        } else if (__builtin_isinf(d)) {
                bw_buf_puts(out, d < 0 ? "double(\"-Infinity\")" : "double(\"Infinity\")");
        } else {
                bw_buf_double(out, d);
                if (out->n > at && !memchr(out->p + at, '.', out->n - at) && !memchr(out->p + at, 'e', out->n - at))
                        bw_buf_puts(out, ".0");
        }
}

/* "1.5": nanoseconds of a second as a fraction without trailing zeros. */
static void put_fraction(struct bw_buf *out, uint32_t nanos)
{
        char digits[16];
        int n = 9;

        if (nanos == 0)
                return;
        (void)snprintf(digits, sizeof(digits), "%09" PRIu32, nanos);
        while (digits[n - 1] == '0')
                n--;
        bw_buf_printf(out, ".%.*s", n, digits);
}

static void put_duration(struct bw_buf *out, int64_t nanos)
{
        uint64_t rest = nanos < 0 ? 0 - (uint64_t)nanos : (uint64_t)nanos;

        bw_buf_puts(out, nanos < 0 ? "duration(\"-" : "duration(\"");
        bw_buf_u64(out, rest / 1000000000u);
        put_fraction(out, (uint32_t)(rest % 1000000000u));
        bw_buf_puts(out, "s\")");
}

static void put_timestamp(struct bw_buf *out, struct bw_value v)
{
        v.hash = BW_CEL_TIME_UTC; /* in UTC: the zone is no part of the value */
        bw_buf_puts(out, "timestamp(\"");
        bw_cel_timestamp_format(out, v);
        bw_buf_puts(out, "\")");
}

static void put_list(struct bw_buf *out, struct bw_value v, unsigned depth)
{
        bw_buf_char(out, '[');
        for (uint32_t i = 0; i < v.n; i++) {
                bw_buf_puts(out, i ? ", " : "");
                format(out, v.list->items[i], depth);
        }
        bw_buf_char(out, ']');
}

static void put_map(struct bw_buf *out, struct bw_value v, unsigned depth)
{
        bw_buf_char(out, '{');
        for (uint32_t i = 0; i < v.n; i++) {
                bw_buf_puts(out, i ? ", " : "");
                format(out, v.map->entries[i].key, depth);
                bw_buf_puts(out, ": ");
                format(out, v.map->entries[i].value, depth);
        }
        bw_buf_char(out, '}');
}

static void put_optional(struct bw_buf *out, struct bw_value v, unsigned depth)
{
        if (!v.opt) {
                bw_buf_puts(out, "optional.none()");
                return;
        }
        bw_buf_puts(out, "optional.of(");
        format(out, *v.opt, depth);
        bw_buf_char(out, ')');
}

static void put_opaque(struct bw_buf *out, const struct bw_opaque *o)
{
        bw_buf_puts(out, o->cls->name);
        bw_buf_puts(out, "(\"");
        o->cls->format(o, out);
        bw_buf_puts(out, "\")");
}

static void format(struct bw_buf *out, struct bw_value v, unsigned depth)
{
        if (depth >= BW_LIMIT_DOC_DEPTH || out->status) {
                bw_buf_puts(out, "…");
                return;
        }
        switch ((enum bw_type)v.type) {
        case BW_BOOL:
                bw_buf_puts(out, v.b ? "true" : "false");
                break;
        case BW_INT:
                bw_buf_i64(out, v.i);
                break;
        case BW_UINT:
                bw_buf_u64(out, v.u);
                bw_buf_char(out, 'u');
                break;
        case BW_DOUBLE:
                put_double(out, v.d);
                break;
        case BW_STRING:
                put_string(out, bw_value_text(v));
                break;
        case BW_BYTES:
                put_bytes(out, bw_value_text(v));
                break;
        case BW_LIST:
                put_list(out, v, depth + 1);
                break;
        case BW_MAP:
                put_map(out, v, depth + 1);
                break;
        case BW_TIMESTAMP:
                put_timestamp(out, v);
                break;
        case BW_DURATION:
                put_duration(out, v.i);
                break;
        case BW_TYPE:
                bw_buf_str(out, bw_value_text(v));
                break;
        case BW_OPTIONAL:
                put_optional(out, v, depth + 1);
                break;
        case BW_OPAQUE:
                put_opaque(out, v.opaque);
                break;
        default:
                bw_buf_puts(out, v.type == BW_NULL ? "null" : v.type == BW_ERROR ? "<error>" : "<absent>");
        }
}

void bw_cel_format_value(struct bw_buf *out, struct bw_value v)
{
        format(out, v, 0);
}
