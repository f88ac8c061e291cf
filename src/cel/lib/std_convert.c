/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversions between the standard types; those of timestamps and durations stand in time.c.
 * Source: cel-go common/types/{int,uint,double,string,bytes,bool}.go ConvertToType; what texts of numbers look like:
 * Go's strconv (ParseInt, ParseUint, ParseFloat, ParseBool, FormatFloat 'g').
 */
#include <math.h>

#include "cel/lib/lib_internal.h"
#include "cel/lib/std.h"

static struct bw_value same(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return args[0];
}

static struct bw_value cannot(const struct bw_cel_call *call, const char *type)
{
        return bw_cel_error(call, "type conversion error from 'string' to '%s'", type);
}

/* ---- to int, uint ---- */

static struct bw_value uint_to_int(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        if (args[0].u > (uint64_t)INT64_MAX)
                return bw_cel_error(call, "integer overflow");
        return bw_value_int((int64_t)args[0].u);
}

/* Both bounds are excluded, as the reference has it: -2^63 fits, but it cannot tell it from what was rounded to it. */
static struct bw_value double_to_int(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        if (!(args[0].d > -0x1p63 && args[0].d < 0x1p63))
                return bw_cel_error(call, "integer overflow");
        return bw_value_int((int64_t)args[0].d);
}

static struct bw_value string_to_int(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        int64_t v;

        (void)n;
        if (bw_str_to_i64(bw_value_text(args[0]), &v) < 0)
                return cannot(call, "int");
        return bw_value_int(v);
}

static struct bw_value int_to_uint(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        if (args[0].i < 0)
                return bw_cel_error(call, "unsigned integer overflow");
        return bw_value_uint((uint64_t)args[0].i);
}

static struct bw_value double_to_uint(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        if (!(args[0].d >= 0 && args[0].d < 0x1p64))
                return bw_cel_error(call, "unsigned integer overflow");
        return bw_value_uint((uint64_t)args[0].d);
}

static struct bw_value string_to_uint(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        uint64_t v;

        (void)n;
        if (bw_str_to_u64(bw_value_text(args[0]), &v) < 0)
                return cannot(call, "uint");
        return bw_value_uint(v);
}

/* ---- to double ---- */

static struct bw_value int_to_double(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_double((double)args[0].i);
}

static struct bw_value uint_to_double(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_double((double)args[0].u);
}

static bool is_word(struct bw_str s, const char *lower)
{
        size_t i = 0;

        for (; i < s.n && lower[i]; i++)
                if ((s.p[i] | 0x20) != lower[i])
                        return false;
        return i == s.n && !lower[i];
}

static bool is_digit(char c, bool hex)
{
        return (c >= '0' && c <= '9') || (hex && (c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Takes the digits at s.p[*at]; underscores may stand between digits (and after 0x). Copies the digits to out. */
static size_t take_digits(struct bw_str s, size_t *at, bool hex, bool after_digit, char *out, size_t *n_out)
{
        size_t digits = 0;

        for (; *at < s.n; ++*at) {
                if (is_digit(s.p[*at], hex)) {
                        out[(*n_out)++] = s.p[*at];
                        digits++;
                        after_digit = true;
                } else if (s.p[*at] == '_' && after_digit && *at + 1 < s.n && is_digit(s.p[*at + 1], hex)) {
                        after_digit = false;
                } else {
                        break;
                }
        }
        return digits;
}

/* Checks a number in the form of a Go literal and writes it without underscores. Room for s.n + 1 bytes. */
static bool plain_number(struct bw_str s, char *out)
{
        size_t at = 0;
        size_t n = 0;
        size_t digits;
        bool hex;

        if (at < s.n && (s.p[at] == '+' || s.p[at] == '-'))
                out[n++] = s.p[at++];
        hex = at + 1 < s.n && s.p[at] == '0' && (s.p[at + 1] | 0x20) == 'x';
        if (hex) {
                out[n++] = '0';
                out[n++] = 'x';
                at += 2;
        }
        digits = take_digits(s, &at, hex, hex, out, &n);
        if (at < s.n && s.p[at] == '.') {
                out[n++] = s.p[at++];
                digits += take_digits(s, &at, hex, false, out, &n);
        }
        if (digits == 0)
                return false;
        if (at < s.n && (s.p[at] | 0x20) == (hex ? 'p' : 'e')) {
                out[n++] = s.p[at++];
                if (at < s.n && (s.p[at] == '+' || s.p[at] == '-'))
                        out[n++] = s.p[at++];
                if (take_digits(s, &at, false, false, out, &n) == 0)
                        return false;
        } else if (hex) {
                return false; /* a hexadecimal mantissa needs its exponent */
        }
        out[n] = '\0';
        return at == s.n;
}

static struct bw_value string_to_double(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_str s = bw_value_text(args[0]);
        bool sign = s.n && (s.p[0] == '+' || s.p[0] == '-');
        struct bw_str word = sign ? bw_str_n(s.p + 1, s.n - 1) : s;
        struct bw_arena_mark mark = bw_arena_save(call->arena);
        char *text;
        double d;

        (void)n;
        if (is_word(word, "inf") || is_word(word, "infinity"))
                return bw_value_double(sign && s.p[0] == '-' ? -(double)INFINITY : (double)INFINITY);
        if (is_word(s, "nan"))
                return bw_value_double((double)NAN);
        text = bw_arena_alloc(call->arena, s.n + 3);
        if (!text)
                return bw_cel_no_memory();
        if (!plain_number(s, text)) {
                bw_arena_restore(call->arena, mark);
                return cannot(call, "double");
        }
        d = strtod(text, NULL);
        bw_arena_restore(call->arena, mark);
        return isinf(d) ? cannot(call, "double") : bw_value_double(d);
}

/* ---- to string ---- */

static struct bw_value bool_to_string(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_str(args[0].b ? BW_STR("true") : BW_STR("false"));
}

static struct bw_value int_to_string(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        char text[24];

        (void)n;
        return bw_lib_copy(call, bw_str_n(text, (size_t)snprintf(text, sizeof(text), "%" PRId64, args[0].i)));
}

static struct bw_value uint_to_string(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        char text[24];

        (void)n;
        return bw_lib_copy(call, bw_str_n(text, (size_t)snprintf(text, sizeof(text), "%" PRIu64, args[0].u)));
}

size_t bw_std_write_double(double d, char out[BW_STD_DOUBLE_TEXT])
{
        int digits = 0;
        int exponent;
        size_t size;

        if (isnan(d) || isinf(d))
                return (size_t)snprintf(out, BW_STD_DOUBLE_TEXT, "%s", isnan(d) ? "NaN" : d > 0 ? "+Inf" : "-Inf");
        do
                size = (size_t)snprintf(out, BW_STD_DOUBLE_TEXT, "%.*e", digits, d);
        while (strtod(out, NULL) != d && ++digits < 17);
        exponent = (int)strtol(strchr(out, 'e') + 1, NULL, 10);
        if (exponent >= -4 && exponent < 6)
                size = (size_t)snprintf(out, BW_STD_DOUBLE_TEXT, "%.*f", BW_MAX(digits - exponent, 0), d);
        return size;
}

static struct bw_value double_to_string(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        char text[BW_STD_DOUBLE_TEXT];

        (void)n;
        return bw_lib_copy(call, bw_str_n(text, bw_std_write_double(args[0].d, text)));
}

static struct bw_value bytes_to_string(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        if (!bw_utf8_valid(bw_value_text(args[0])))
                return bw_cel_error(call, "invalid UTF-8 in bytes, cannot convert to string");
        return bw_value_str(bw_value_text(args[0]));
}

/* ---- to bytes, bool, type, dyn ---- */

static struct bw_value string_to_bytes(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_bytes(bw_value_text(args[0]));
}

static struct bw_value string_to_bool(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        static const char *const words[][2] = {
                {"1", "0"}, {"t", "f"}, {"T", "F"}, {"TRUE", "FALSE"}, {"true", "false"}, {"True", "False"},
        };

        (void)n;
        for (size_t i = 0; i < BW_ARRAY_SIZE(words); i++) {
                if (bw_str_is(bw_value_text(args[0]), words[i][0]))
                        return bw_value_bool(true);
                if (bw_str_is(bw_value_text(args[0]), words[i][1]))
                        return bw_value_bool(false);
        }
        return cannot(call, "bool");
}

static struct bw_value type_of(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_str name = bw_cel_runtime_type_name(args[0]);
        struct bw_value v = {.type = BW_TYPE, .s = name.p};

        (void)call;
        (void)n;
        v.n = (uint32_t)name.n;
        return v;
}

/* ---- tables ---- */

static const struct bw_cel_overload to_type[] = {
        {"type", "type(T) -> type(T)", type_of, NULL},
};
static const struct bw_cel_overload to_dyn[] = {
        {"to_dyn", "dyn(T) -> dyn", same, NULL},
};
static const struct bw_cel_overload to_bool[] = {
        {"bool_to_bool", "bool(bool) -> bool", same, NULL},
        {"string_to_bool", "bool(string) -> bool", string_to_bool, NULL},
};
static const struct bw_cel_overload to_bytes[] = {
        {"bytes_to_bytes", "bytes(bytes) -> bytes", same, NULL},
        {"string_to_bytes", "bytes(string) -> bytes", string_to_bytes, bw_lib_cost_scan},
};
static const struct bw_cel_overload to_double[] = {
        {"double_to_double", "double(double) -> double", same, NULL},
        {"int64_to_double", "double(int) -> double", int_to_double, NULL},
        {"string_to_double", "double(string) -> double", string_to_double, NULL},
        {"uint64_to_double", "double(uint) -> double", uint_to_double, NULL},
};
static const struct bw_cel_overload to_int[] = {
        {"int64_to_int64", "int(int) -> int", same, NULL},
        {"double_to_int64", "int(double) -> int", double_to_int, NULL},
        {"string_to_int64", "int(string) -> int", string_to_int, NULL},
        {"uint64_to_int64", "int(uint) -> int", uint_to_int, NULL},
};
static const struct bw_cel_overload to_string[] = {
        {"string_to_string", "string(string) -> string", same, NULL},
        {"bool_to_string", "string(bool) -> string", bool_to_string, NULL},
        {"bytes_to_string", "string(bytes) -> string", bytes_to_string, bw_lib_cost_scan},
        {"double_to_string", "string(double) -> string", double_to_string, NULL},
        {"int64_to_string", "string(int) -> string", int_to_string, NULL},
        {"uint64_to_string", "string(uint) -> string", uint_to_string, NULL},
};
static const struct bw_cel_overload to_uint[] = {
        {"uint64_to_uint64", "uint(uint) -> uint", same, NULL},
        {"double_to_uint64", "uint(double) -> uint", double_to_uint, NULL},
        {"int64_to_uint64", "uint(int) -> uint", int_to_uint, NULL},
        {"string_to_uint64", "uint(string) -> uint", string_to_uint, NULL},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("type", to_type, "The value's type."),
        BW_LIB_FUNCTION("dyn", to_dyn, "The value, without what the checker knows of its type."),
        BW_LIB_FUNCTION("bool", to_bool, "From the usual words for true and false."),
        BW_LIB_FUNCTION("bytes", to_bytes, "The UTF-8 bytes of a string."),
        BW_LIB_FUNCTION("double", to_double, "To a floating-point number."),
        BW_LIB_FUNCTION("int", to_int, "To a signed integer; fractions are cut off."),
        BW_LIB_FUNCTION("string", to_string, "To text."),
        BW_LIB_FUNCTION("uint", to_uint, "To an unsigned integer."),
};

const struct bw_cel_library bw_cel_lib_conversions = {
        .name = "conversions",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
