/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/lib/decimal_internal.h"

#include "base/arena.h"
#include "base/limits.h"

#define LIMB 1000000000u
#define LIMB_DIGITS 9
#define MAX_LIMBS (BW_LIMIT_QUANTITY_DIGITS / LIMB_DIGITS + 2) /* one for the carry; check() counts digits */

static const uint32_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, LIMB};

/* Room for n limbs. */
static int room(struct bw_arena *arena, size_t n, uint32_t **ret)
{
        if (n > MAX_LIMBS)
                return -E2BIG;
        *ret = bw_arena_array(arena, n + 1, sizeof(**ret));
        return *ret ? 0 : -ENOMEM;
}

static struct bw_decimal make(const uint32_t *limbs, size_t n, int32_t scale, bool negative)
{
        while (n > 0 && limbs[n - 1] == 0)
                n--;
        return (struct bw_decimal){.limbs = limbs, .n = (uint32_t)n, .scale = scale, .negative = negative && n > 0};
}

static int check(struct bw_decimal d, struct bw_decimal *ret)
{
        if (bw_decimal_digits(d) > BW_LIMIT_QUANTITY_DIGITS)
                return -E2BIG;
        *ret = d;
        return 0;
}

int bw_decimal_of_int(struct bw_arena *arena, int64_t value, int32_t scale, struct bw_decimal *ret)
{
        uint64_t u = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
        uint32_t *limbs;
        int r = room(arena, 3, &limbs);

        if (r < 0)
                return r;
        limbs[0] = (uint32_t)(u % LIMB);
        limbs[1] = (uint32_t)(u / LIMB % LIMB);
        limbs[2] = (uint32_t)(u / LIMB / LIMB);
        *ret = make(limbs, 3, scale, value < 0);
        return 0;
}

int bw_decimal_of_text(struct bw_arena *arena, struct bw_str digits, struct bw_decimal *ret)
{
        const char *point = digits.n > 0 ? memchr(digits.p, '.', digits.n) : NULL;
        size_t count = digits.n - (point != NULL);
        size_t n = count / LIMB_DIGITS + 1;
        uint32_t *limbs;
        size_t place = 0;
        int r;

        if (count == 0)
                return -EINVAL;
        r = room(arena, n, &limbs);
        if (r < 0)
                return r;
        memset(limbs, 0, n * sizeof(*limbs));
        for (size_t i = digits.n; i-- > 0;) {
                if (digits.p[i] == '.')
                        continue;
                limbs[place / LIMB_DIGITS] += (uint32_t)(digits.p[i] - '0') * powers[place % LIMB_DIGITS];
                place++;
        }
        return check(make(limbs, n, point ? (int32_t)(digits.p + digits.n - point - 1) : 0, false), ret);
}

int bw_decimal_multiply(struct bw_arena *arena, struct bw_decimal d, uint32_t factor, struct bw_decimal *ret)
{
        uint64_t carry = 0;
        uint32_t *limbs;
        int r = room(arena, (size_t)d.n + 1, &limbs);

        if (r < 0)
                return r;
        for (uint32_t i = 0; i < d.n; i++) {
                carry += (uint64_t)d.limbs[i] * factor;
                limbs[i] = (uint32_t)(carry % LIMB);
                carry /= LIMB;
        }
        limbs[d.n] = (uint32_t)carry;
        return check(make(limbs, (size_t)d.n + 1, d.scale, d.negative), ret);
}

int bw_decimal_divide(struct bw_arena *arena, struct bw_decimal d, uint32_t divisor, struct bw_decimal *ret,
                      uint32_t *ret_rest)
{
        uint64_t rest = 0;
        uint32_t *limbs;
        int r = room(arena, d.n, &limbs);

        if (r < 0)
                return r;
        for (uint32_t i = d.n; i-- > 0;) {
                rest = rest * LIMB + d.limbs[i];
                limbs[i] = (uint32_t)(rest / divisor);
                rest %= divisor;
        }
        *ret = make(limbs, d.n, d.scale, d.negative);
        *ret_rest = (uint32_t)rest;
        return 0;
}

uint32_t bw_decimal_digits(struct bw_decimal d)
{
        uint32_t top = 1;

        if (d.n == 0)
                return 0;
        while (d.limbs[d.n - 1] >= powers[top])
                top++;
        return (d.n - 1) * LIMB_DIGITS + top;
}

/* Whole limbs first, then the rest of the digits. */
static int shift_up(struct bw_arena *arena, struct bw_decimal d, uint32_t digits, struct bw_decimal *ret)
{
        size_t whole = digits / LIMB_DIGITS;
        uint32_t *limbs;
        int r;

        if (digits > BW_LIMIT_QUANTITY_DIGITS)
                return -E2BIG;
        r = room(arena, d.n + whole, &limbs);
        if (r < 0)
                return r;
        memset(limbs, 0, whole * sizeof(*limbs));
        if (d.n > 0)
                memcpy(limbs + whole, d.limbs, d.n * sizeof(*limbs));
        return bw_decimal_multiply(arena, make(limbs, d.n + whole, d.scale, d.negative), powers[digits % LIMB_DIGITS],
                                   ret);
}

static int shift_down(struct bw_arena *arena, struct bw_decimal d, uint32_t digits, struct bw_decimal *ret,
                      bool *ret_exact)
{
        size_t whole = digits / LIMB_DIGITS;
        struct bw_decimal cut = d;
        uint32_t rest = 0;
        uint32_t *limbs;
        size_t i = 0;
        int r;

        *ret_exact = true;
        for (uint32_t j = 0; j < whole && j < d.n; j++)
                *ret_exact = *ret_exact && d.limbs[j] == 0;
        cut.limbs += BW_MIN(whole, d.n);
        cut.n -= (uint32_t)BW_MIN(whole, d.n);
        r = bw_decimal_divide(arena, cut, powers[digits % LIMB_DIGITS], &cut, &rest);
        if (r < 0)
                return r;
        *ret_exact = *ret_exact && rest == 0;
        if (*ret_exact) {
                *ret = cut;
                return 0;
        }
        r = room(arena, (size_t)cut.n + 1, &limbs);
        if (r < 0)
                return r;
        if (cut.n > 0)
                memcpy(limbs, cut.limbs, cut.n * sizeof(*limbs));
        limbs[cut.n] = 0;
        while (limbs[i] == LIMB - 1)
                limbs[i++] = 0;
        limbs[i]++;
        return check(make(limbs, (size_t)cut.n + 1, d.scale, d.negative), ret);
}

int bw_decimal_rescale(struct bw_arena *arena, struct bw_decimal d, int32_t scale, struct bw_decimal *ret,
                       bool *ret_exact)
{
        int64_t digits = (int64_t)scale - d.scale;
        struct bw_decimal result = d;
        int r = 0;

        *ret_exact = true;
        /* More than all digits fall off: a limb's worth of zeros more makes no difference. */
        digits = BW_MAX(digits, -(int64_t)(d.n + 1) * LIMB_DIGITS);
        if (d.n > 0 && digits > BW_LIMIT_QUANTITY_DIGITS)
                return -E2BIG;
        if (d.n > 0 && digits > 0)
                r = shift_up(arena, d, (uint32_t)digits, &result);
        else if (d.n > 0 && digits < 0)
                r = shift_down(arena, d, (uint32_t)-digits, &result, ret_exact);
        if (r < 0)
                return r;
        result.scale = scale;
        *ret = result;
        return 0;
}

/* Magnitudes of one scale. */
static int cmp_magnitude(struct bw_decimal a, struct bw_decimal b)
{
        if (a.n != b.n)
                return a.n < b.n ? -1 : 1;
        for (uint32_t i = a.n; i-- > 0;)
                if (a.limbs[i] != b.limbs[i])
                        return a.limbs[i] < b.limbs[i] ? -1 : 1;
        return 0;
}

int bw_decimal_add(struct bw_arena *arena, struct bw_decimal a, struct bw_decimal b, struct bw_decimal *ret)
{
        int32_t scale = BW_MAX(a.scale, b.scale);
        int64_t carry = 0;
        uint32_t *limbs;
        size_t n;
        bool exact;
        int sign;
        int r;

        r = bw_decimal_rescale(arena, a, scale, &a, &exact);
        if (r == 0)
                r = bw_decimal_rescale(arena, b, scale, &b, &exact);
        if (r == 0)
                r = room(arena, (size_t)BW_MAX(a.n, b.n) + 1, &limbs);
        if (r != 0)
                return r;
        if (cmp_magnitude(a, b) < 0) {
                struct bw_decimal swap = a;

                a = b;
                b = swap;
        }
        sign = a.negative == b.negative ? 1 : -1;
        n = a.n;
        for (size_t i = 0; i < n; i++) {
                carry += (int64_t)a.limbs[i] + (i < b.n ? sign * (int64_t)b.limbs[i] : 0);
                limbs[i] = (uint32_t)(carry < 0 ? carry + LIMB : carry % LIMB);
                carry = carry < 0 ? -1 : carry / LIMB;
        }
        limbs[n++] = (uint32_t)carry;
        return check(make(limbs, n, scale, a.negative), ret);
}

/* The digit at a power of ten of the unscaled number. */
static uint32_t digit_at(struct bw_decimal d, int64_t power)
{
        if (power < 0)
                return 0;
        return d.limbs[power / LIMB_DIGITS] / powers[power % LIMB_DIGITS] % 10;
}

int bw_decimal_cmp(struct bw_decimal a, struct bw_decimal b)
{
        int64_t top_a = (int64_t)bw_decimal_digits(a) - a.scale;
        int64_t top_b = (int64_t)bw_decimal_digits(b) - b.scale;
        int sign = a.negative ? -1 : 1;
        int64_t i;
        int64_t j;

        if (a.n == 0 || b.n == 0)
                return a.n > 0 ? sign : b.n == 0 ? 0 : b.negative ? 1 : -1;
        if (a.negative != b.negative)
                return sign;
        if (top_a != top_b)
                return top_a < top_b ? -sign : sign;
        i = bw_decimal_digits(a);
        j = bw_decimal_digits(b);
        while (i > 0 || j > 0) {
                uint32_t x = digit_at(a, --i);
                uint32_t y = digit_at(b, --j);

                if (x != y)
                        return x < y ? -sign : sign;
        }
        return 0;
}

void bw_decimal_write(struct bw_decimal d, char *out)
{
        for (uint32_t i = bw_decimal_digits(d); i-- > 0;)
                *out++ = (char)('0' + digit_at(d, i));
}

double bw_decimal_to_double(struct bw_decimal d)
{
        char text[BW_LIMIT_QUANTITY_DIGITS + LIMB_DIGITS + 1];
        double value;

        bw_decimal_write(d, text);
        text[bw_decimal_digits(d)] = '\0';
        value = strtod(text, NULL);
        return d.negative ? -value : value;
}
