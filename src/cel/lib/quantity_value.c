/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "cel/lib/quantity_internal.h"

#define NANO (-9)

/* ---- suffixes ---- */

struct suffix {
        enum bw_quantity_form form;
        int32_t exponent; /* of 10, or of 2 in the binary form */
};

static const struct {
        char text[3];
        uint8_t n;
        struct suffix suffix;
} suffixes[] = {
        {"", 0, {BW_QUANTITY_DECIMAL, 0}},   {"n", 1, {BW_QUANTITY_DECIMAL, -9}}, {"u", 1, {BW_QUANTITY_DECIMAL, -6}},
        {"m", 1, {BW_QUANTITY_DECIMAL, -3}}, {"k", 1, {BW_QUANTITY_DECIMAL, 3}},  {"M", 1, {BW_QUANTITY_DECIMAL, 6}},
        {"G", 1, {BW_QUANTITY_DECIMAL, 9}},  {"T", 1, {BW_QUANTITY_DECIMAL, 12}}, {"P", 1, {BW_QUANTITY_DECIMAL, 15}},
        {"E", 1, {BW_QUANTITY_DECIMAL, 18}}, {"Ki", 2, {BW_QUANTITY_BINARY, 10}}, {"Mi", 2, {BW_QUANTITY_BINARY, 20}},
        {"Gi", 2, {BW_QUANTITY_BINARY, 30}}, {"Ti", 2, {BW_QUANTITY_BINARY, 40}}, {"Pi", 2, {BW_QUANTITY_BINARY, 50}},
        {"Ei", 2, {BW_QUANTITY_BINARY, 60}},
};

static bool read_suffix(struct bw_str s, struct suffix *ret)
{
        int64_t exponent;

        for (size_t i = 0; s.n <= 2 && i < BW_ARRAY_SIZE(suffixes); i++) {
                if (suffixes[i].n == s.n && memcmp(suffixes[i].text, s.p, s.n) == 0) {
                        *ret = suffixes[i].suffix;
                        return true;
                }
        }
        if (s.n < 2 || (s.p[0] | 0x20) != 'e' || bw_str_to_i64(bw_str_n(s.p + 1, s.n - 1), &exponent) < 0)
                return false;
        /* The reference keeps the low 32 bits. */
        *ret = (struct suffix){BW_QUANTITY_EXPONENT, (int32_t)(uint32_t)(uint64_t)exponent};
        return true;
}

/* ---- reading ---- */

struct parts {
        bool negative;
        struct bw_str whole; /* without leading zeros */
        struct bw_str fraction;
        struct bw_str number; /* both, with the point, without the sign */
        struct bw_str suffix;
};

static size_t digits_at(struct bw_str s, size_t at)
{
        size_t end = at;

        while (end < s.n && s.p[end] >= '0' && s.p[end] <= '9')
                end++;
        return end - at;
}

/* Sign, digits, point, digits, letters, sign, digits: any of them may be missing. */
static bool read_parts(struct bw_str s, struct parts *ret)
{
        size_t at = s.n > 0 && (s.p[0] == '-' || s.p[0] == '+');
        size_t begin = at;
        size_t end;

        ret->negative = s.n > 0 && s.p[0] == '-';
        while (at < s.n && s.p[at] == '0')
                at++;
        ret->whole = bw_str_n(s.p + at, digits_at(s, at));
        at += ret->whole.n;
        ret->fraction = bw_str_n(s.p + at, 0);
        if (at < s.n && s.p[at] == '.') {
                at++;
                ret->fraction = bw_str_n(s.p + at, digits_at(s, at));
                at += ret->fraction.n;
        }
        ret->number = bw_str_n(s.p + begin, at - begin);
        end = at;
        while (end < s.n && memchr("eEinumkKMGTP", s.p[end], 12))
                end++;
        if (end < s.n && (s.p[end] == '-' || s.p[end] == '+'))
                end++;
        end += digits_at(s, end);
        ret->suffix = bw_str_n(s.p + at, end - at);
        return end == s.n;
}

static int64_t number_of(struct bw_str whole, struct bw_str fraction)
{
        int64_t value = 0;

        for (size_t i = 0; i < whole.n; i++)
                value = value * 10 + (whole.p[i] - '0');
        for (size_t i = 0; i < fraction.n; i++)
                value = value * 10 + (fraction.p[i] - '0');
        return value;
}

/*
 * The 64-bit representation, for numbers of up to 18 digits; false for others. The bounds on the digits are the
 * reference's, which decide what is an integer: 1Ti is one, 1Pi is not.
 */
static bool read_small(struct bw_str text, const struct parts *p, struct suffix suffix, struct bw_quantity *q)
{
        int64_t whole_digits = p->whole.n > 0 ? (int64_t)p->whole.n : 1;
        int64_t fraction_digits = (int64_t)p->fraction.n;
        int64_t scale = 0;
        int64_t spare;
        int64_t value;
        bool as_written;

        if (suffix.form == BW_QUANTITY_BINARY) {
                spare = fraction_digits > 0 ? -1 : 15 - whole_digits - suffix.exponent * 3 / 10 - 1;
        } else {
                scale = (int64_t)suffix.exponent - fraction_digits;
                spare = 18 - whole_digits - fraction_digits;
        }
        if (spare < 0 || scale < NANO)
                return false;
        value = number_of(p->whole, p->fraction);
        if (suffix.form == BW_QUANTITY_BINARY) {
                as_written = (value & 7) != 0;
                value *= INT64_C(1) << suffix.exponent;
        } else {
                /* Numbers of thousands and fractions with a leading zero have another canonical text. */
                as_written = scale % 3 == 0 && p->whole.n > 0 &&
                             !(p->fraction.n >= 3 ? bw_str_ends(p->fraction, BW_STR("000"))
                                                  : value % 1000 == 0 && p->whole.n + p->fraction.n >= 3);
        }
        *q = (struct bw_quantity){
                .base.cls = &bw_quantity_class,
                .text = as_written ? text : (struct bw_str){0},
                .value = p->negative ? -value : value,
                .scale = (int32_t)scale,
                .form = (uint8_t)suffix.form,
        };
        return true;
}

/* The greatest quantity of the binary form: 2^63 - 1. */
static int cap(struct bw_arena *arena, struct bw_decimal *d)
{
        struct bw_decimal most;
        int r = bw_decimal_of_int(arena, INT64_MAX, 0, &most);

        if (r == 0 && bw_decimal_cmp(*d, most) > 0)
                *d = most;
        return r;
}

static int multiply_binary(struct bw_arena *arena, int32_t exponent, struct bw_decimal *d)
{
        int r = 0;

        for (; exponent > 0 && r == 0; exponent -= 10)
                r = bw_decimal_multiply(arena, *d, 1024, d);
        return r;
}

/* The decimal representation: cut to nano, away from zero. */
static int read_large(struct bw_arena *arena, const struct parts *p, struct suffix suffix, struct bw_quantity *q)
{
        enum bw_quantity_form form = suffix.form;
        struct bw_decimal d;
        struct bw_decimal one;
        bool exact;
        int r;

        r = bw_decimal_of_text(arena, p->number, &d);
        if (r == 0 && form == BW_QUANTITY_BINARY) {
                r = multiply_binary(arena, suffix.exponent, &d);
        } else if (r == 0) {
                if (__builtin_sub_overflow(d.scale, suffix.exponent, &d.scale))
                        return -E2BIG;
        }
        if (r == 0 && d.n > 0)
                r = bw_decimal_rescale(arena, d, -NANO, &d, &exact);
        if (r == 0 && form == BW_QUANTITY_BINARY)
                r = cap(arena, &d);
        if (r == 0)
                r = bw_decimal_of_int(arena, 1, 0, &one);
        if (r < 0)
                return r;
        if (form == BW_QUANTITY_BINARY && d.n > 0 && bw_decimal_cmp(d, one) < 0)
                form = BW_QUANTITY_DECIMAL;
        d.negative = p->negative && d.n > 0;
        *q = (struct bw_quantity){
                .base.cls = &bw_quantity_class, .form = (uint8_t)form, .is_decimal = true, .decimal = d};
        return 0;
}

int bw_quantity_parse(struct bw_arena *arena, struct bw_str text, struct bw_quantity *ret)
{
        struct suffix suffix;
        struct parts p;

        if (text.n == 0 || !read_parts(text, &p) || !read_suffix(p.suffix, &suffix))
                return -EINVAL;
        if (text.n == 1 && text.p[0] == '0') {
                *ret = (struct bw_quantity){.base.cls = &bw_quantity_class, .text = text};
                return 0;
        }
        if (read_small(text, &p, suffix, ret))
                return 0;
        return read_large(arena, &p, suffix, ret);
}

/* ---- arithmetic ---- */

int bw_quantity_sign(const struct bw_quantity *q)
{
        if (q->is_decimal)
                return q->decimal.n == 0 ? 0 : q->decimal.negative ? -1 : 1;
        return (q->value > 0) - (q->value < 0);
}

/* value * 10^digits; false on overflow. */
static bool scale_up(int64_t value, int64_t digits, int64_t *ret)
{
        for (; value != 0 && digits > 0; digits--)
                if (__builtin_mul_overflow(value, 10, &value))
                        return false;
        *ret = value;
        return true;
}

static bool add_small(const struct bw_quantity *a, const struct bw_quantity *b, bool subtract, struct bw_quantity *ret)
{
        struct bw_quantity sum = *a;
        int64_t x = a->value;
        int64_t y = b->value;

        if (subtract && __builtin_sub_overflow(0, y, &y))
                return false;
        if (y == 0) {
                *ret = sum;
                return true;
        }
        if (x == 0)
                sum.scale = b->scale;
        else if (a->scale > b->scale)
                sum.scale = b->scale;
        if (!scale_up(x, (int64_t)a->scale - sum.scale, &x) || !scale_up(y, (int64_t)b->scale - sum.scale, &y) ||
            __builtin_add_overflow(x, y, &sum.value))
                return false;
        *ret = sum;
        return true;
}

static int to_decimal(struct bw_arena *arena, const struct bw_quantity *q, struct bw_decimal *ret)
{
        if (q->is_decimal) {
                *ret = q->decimal;
                return 0;
        }
        if (q->scale == INT32_MIN)
                return -E2BIG;
        return bw_decimal_of_int(arena, q->value, -q->scale, ret);
}

int bw_quantity_add(struct bw_arena *arena, const struct bw_quantity *a, const struct bw_quantity *b, bool subtract,
                    struct bw_quantity *ret)
{
        struct bw_quantity sum;
        struct bw_decimal x;
        struct bw_decimal y;
        int r;

        if (a->is_decimal || b->is_decimal || !add_small(a, b, subtract, &sum)) {
                r = to_decimal(arena, a, &x);
                if (r == 0)
                        r = to_decimal(arena, b, &y);
                if (r == 0) {
                        y.negative = y.n > 0 && y.negative != subtract;
                        r = bw_decimal_add(arena, x, y, &x);
                }
                if (r < 0)
                        return r;
                sum = (struct bw_quantity){.base.cls = &bw_quantity_class, .is_decimal = true, .decimal = x};
        }
        sum.form = bw_quantity_sign(a) == 0 ? b->form : a->form;
        sum.text = (struct bw_str){0};
        *ret = sum;
        return 0;
}

/* A small quantity as a decimal on the stack: two and a bit limbs. */
static struct bw_decimal as_decimal(const struct bw_quantity *q, uint32_t limbs[3])
{
        uint64_t u = q->value < 0 ? 0 - (uint64_t)q->value : (uint64_t)q->value;
        struct bw_decimal d = {.limbs = limbs, .scale = -BW_MAX(q->scale, -INT32_MAX), .negative = q->value < 0};

        if (q->is_decimal)
                return q->decimal;
        for (; u > 0; u /= 1000000000)
                limbs[d.n++] = (uint32_t)(u % 1000000000);
        return d;
}

int bw_quantity_cmp(const struct bw_quantity *a, const struct bw_quantity *b)
{
        uint32_t x[3];
        uint32_t y[3];

        if (!a->is_decimal && !b->is_decimal && a->scale == b->scale)
                return (a->value > b->value) - (a->value < b->value);
        return bw_decimal_cmp(as_decimal(a, x), as_decimal(b, y));
}

bool bw_quantity_as_int(const struct bw_quantity *q, int64_t *ret)
{
        return !q->is_decimal && q->scale >= 0 && scale_up(q->value, q->scale, ret);
}

/* 10^n as the reference computes it: a product of two table entries, so that results agree to the last bit. */
static double power_of_ten(int64_t n)
{
        static const double ones[] = {1e00, 1e01, 1e02, 1e03, 1e04, 1e05, 1e06, 1e07, 1e08, 1e09, 1e10,
                                      1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
                                      1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28, 1e29, 1e30, 1e31};
        static const double up[] = {1e00, 1e32, 1e64, 1e96, 1e128, 1e160, 1e192, 1e224, 1e256, 1e288};
        static const double down[] = {1e-00,  1e-32,  1e-64,  1e-96,  1e-128, 1e-160,
                                      1e-192, 1e-224, 1e-256, 1e-288, 1e-320};

        if (n > 308)
                return __builtin_inf();
        if (n < -323)
                return 0;
        return n >= 0 ? up[n / 32] * ones[n % 32] : down[-n / 32] / ones[-n % 32];
}

double bw_quantity_as_double(const struct bw_quantity *q)
{
        double base = q->is_decimal ? bw_decimal_to_double(q->decimal) : (double)q->value;
        int64_t exponent = q->is_decimal ? -(int64_t)q->decimal.scale : q->scale;

        return exponent == 0 ? base : base * power_of_ten(exponent);
}

/* ---- writing ---- */

static void put_suffix(struct bw_buf *out, enum bw_quantity_form form, int64_t exponent)
{
        if (form == BW_QUANTITY_EXPONENT) {
                if (exponent != 0)
                        bw_buf_printf(out, "e%" PRId64, exponent);
                return;
        }
        /* An exponent without a letter prints none, as in the reference. */
        for (size_t i = 0; i < BW_ARRAY_SIZE(suffixes); i++)
                if (suffixes[i].suffix.form == form && suffixes[i].suffix.exponent == exponent)
                        bw_buf_puts(out, suffixes[i].text);
}

static void put_decimal(struct bw_buf *out, struct bw_decimal d, enum bw_quantity_form form)
{
        char digits[BW_LIMIT_QUANTITY_DIGITS + 16];
        size_t n = bw_decimal_digits(d);
        int64_t exponent = -(int64_t)d.scale;

        bw_decimal_write(d, digits);
        while (n > 1 && digits[n - 1] == '0') {
                n--;
                exponent++;
        }
        for (; exponent % 3 != 0; exponent--)
                digits[n++] = '0';
        if (d.negative)
                bw_buf_char(out, '-');
        bw_buf_put(out, digits, n);
        put_suffix(out, form, exponent);
}

/* Divides by 1024 as often as that leaves no rest. */
static int put_binary(struct bw_arena *arena, struct bw_buf *out, struct bw_decimal d)
{
        int32_t times = 0;

        for (;;) {
                struct bw_decimal next;
                uint32_t rest;
                int r = bw_decimal_divide(arena, d, 1024, &next, &rest);

                if (r < 0)
                        return r;
                if (rest != 0 || next.n == 0)
                        break;
                d = next;
                times++;
        }
        char digits[BW_LIMIT_QUANTITY_DIGITS + 16];

        bw_decimal_write(d, digits);
        if (d.negative)
                bw_buf_char(out, '-');
        bw_buf_put(out, digits, bw_decimal_digits(d));
        if (times > 0)
                put_suffix(out, BW_QUANTITY_BINARY, times * 10);
        return 0;
}

int bw_quantity_format(const struct bw_quantity *q, struct bw_buf *out)
{
        static const struct bw_quantity kibi = {.value = 1024};
        static const struct bw_quantity minus_kibi = {.value = -1024};
        bw_auto(bw_arena_free) struct bw_arena *arena = NULL;
        uint32_t limbs[3];
        struct bw_decimal d = as_decimal(q, limbs);
        bool exact = false;
        int r;

        if (q->text.n > 0) {
                bw_buf_str(out, q->text);
                return 0;
        }
        if (d.n == 0) {
                bw_buf_char(out, '0');
                return 0;
        }
        if (q->form == BW_QUANTITY_BINARY && (bw_quantity_cmp(q, &kibi) >= 0 || bw_quantity_cmp(q, &minus_kibi) <= 0)) {
                struct bw_decimal whole;

                arena = bw_arena_new(BW_MIB);
                if (!arena)
                        return -ENOMEM;
                r = bw_decimal_rescale(arena, d, 0, &whole, &exact);
                if (r < 0)
                        return r;
                if (exact)
                        return put_binary(arena, out, whole);
        }
        put_decimal(out, d, q->form == BW_QUANTITY_BINARY ? BW_QUANTITY_DECIMAL : (enum bw_quantity_form)q->form);
        return 0;
}
