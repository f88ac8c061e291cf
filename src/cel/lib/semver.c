/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Semantic versions.
 * Source: semver.org 2.0.0 as github.com/blang/semver/v4 reads it; k8s.io/apiserver pkg/cel/library/semverlib.go.
 */
#include "cel/lib/lib_internal.h"

struct semver {
        struct bw_opaque base;
        struct bw_str text;
        uint64_t numbers[3];
        struct bw_str prerelease; /* without its dash; p is NULL when there is none */
};

/* A decimal number without leading zeros. */
static bool read_number(struct bw_str s, uint64_t *ret)
{
        return s.n > 0 && s.p[0] != '+' && (s.n == 1 || s.p[0] != '0') && bw_str_to_u64(s, ret) == 0;
}

static bool is_digits(struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++)
                if (s.p[i] < '0' || s.p[i] > '9')
                        return false;
        return true;
}

/* Letters, digits and dashes, at least one. */
static bool is_identifier(struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++)
                if (!((s.p[i] >= '0' && s.p[i] <= '9') || ((s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z') ||
                      s.p[i] == '-'))
                        return false;
        return s.n > 0;
}

static bool check_identifiers(struct bw_str s, bool numbers)
{
        struct bw_str part;
        uint64_t value;

        while (bw_str_split(&s, '.', &part))
                if (!is_identifier(part) || (numbers && is_digits(part) && !read_number(part, &value)))
                        return false;
        return true;
}

static bool cut(struct bw_str *s, char at, struct bw_str *ret_after)
{
        const char *p = s->n > 0 ? memchr(s->p, at, s->n) : NULL;

        if (!p)
                return false;
        *ret_after = bw_str_n(p + 1, s->n - (size_t)(p - s->p) - 1);
        s->n = (size_t)(p - s->p);
        return true;
}

static bool parse(struct bw_str text, struct semver *ret)
{
        struct bw_str major = text;
        struct bw_str minor;
        struct bw_str patch;
        struct bw_str build;
        struct semver v = {.text = text};

        if (!cut(&major, '.', &minor) || !cut(&minor, '.', &patch))
                return false;
        if (cut(&patch, '+', &build) && !check_identifiers(build, false))
                return false;
        if (cut(&patch, '-', &v.prerelease) && !check_identifiers(v.prerelease, true))
                return false;
        if (!read_number(major, &v.numbers[0]) || !read_number(minor, &v.numbers[1]) ||
            !read_number(patch, &v.numbers[2]))
                return false;
        *ret = v;
        return true;
}

/* A number without its leading zeros; what follows it stays. */
static void put_normal(struct bw_buf *out, struct bw_str part)
{
        if (part.n > 1) {
                while (part.n > 0 && part.p[0] == '0')
                        part = bw_str_n(part.p + 1, part.n - 1);
                if (part.n == 0 || part.p[0] < '0' || part.p[0] > '9')
                        bw_buf_char(out, '0');
        }
        bw_buf_str(out, part);
}

/* "v1.02" becomes "1.2.0"; false for a short version with a pre-release or build. */
static bool normalize(struct bw_str s, struct bw_buf *out)
{
        struct bw_str rest = s;
        size_t dots = 0;

        if (rest.n > 0 && rest.p[0] == 'v')
                rest = bw_str_n(rest.p + 1, rest.n - 1);
        for (; dots < 2; dots++) {
                struct bw_str part = rest;

                if (!cut(&part, '.', &rest))
                        break;
                put_normal(out, part);
                bw_buf_char(out, '.');
        }
        put_normal(out, rest);
        if (dots == 2)
                return true;
        if (rest.n > 0 && (memchr(rest.p, '+', rest.n) || memchr(rest.p, '-', rest.n)))
                return false;
        for (; dots < 2; dots++)
                bw_buf_puts(out, ".0");
        return true;
}

/* -1, 0, 1: numbers by value and before words, words by their bytes. */
static int cmp_identifier(struct bw_str a, struct bw_str b)
{
        bool number_a = is_digits(a);
        bool number_b = is_digits(b);
        int order;

        if (number_a != number_b)
                return number_a ? -1 : 1;
        if (number_a && a.n != b.n)
                return a.n < b.n ? -1 : 1;
        order = bw_str_cmp(a, b);
        return (order > 0) - (order < 0);
}

static int cmp(const struct semver *a, const struct semver *b)
{
        struct bw_str rest_a = a->prerelease;
        struct bw_str rest_b = b->prerelease;

        for (size_t i = 0; i < 3; i++)
                if (a->numbers[i] != b->numbers[i])
                        return a->numbers[i] < b->numbers[i] ? -1 : 1;
        if (!rest_a.p || !rest_b.p)
                return (rest_a.p == NULL) - (rest_b.p == NULL);
        for (;;) {
                struct bw_str x;
                struct bw_str y;
                bool more_a = bw_str_split(&rest_a, '.', &x);
                bool more_b = bw_str_split(&rest_b, '.', &y);
                int order;

                if (!more_a || !more_b)
                        return more_a - more_b;
                order = cmp_identifier(x, y);
                if (order != 0)
                        return order;
        }
}

static bool semver_eq(const struct bw_opaque *a, const struct bw_opaque *b)
{
        return cmp((const struct semver *)a, (const struct semver *)b) == 0;
}

static void semver_format(const struct bw_opaque *o, struct bw_buf *out)
{
        bw_buf_str(out, ((const struct semver *)o)->text);
}

static const struct bw_opaque_class semver_class = {
        .name = "kubernetes.Semver", .eq = semver_eq, .format = semver_format};

static const struct semver *as_semver(struct bw_value v)
{
        return bw_lib_object(v, &semver_class);
}

/* 1: *ret is the version, 0: the text is none, -ENOMEM. */
static int read(const struct bw_cel_call *call, const struct bw_value *args, size_t n, struct semver *ret)
{
        struct bw_str text = bw_lib_text(args[0]);
        struct bw_buf out = {.ceiling = BW_LIMIT_CEL_ARENA};
        struct bw_value v;
        bool fits;

        if (n < 2 || !args[1].b)
                return parse(text, ret);
        fits = normalize(text, &out);
        v = bw_lib_from_buf(call, &out);
        if (v.type == BW_ERROR)
                return -ENOMEM;
        return fits && parse(bw_lib_text(v), ret);
}

static struct bw_value semver_of_string(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct semver *version = bw_arena_alloc(call->arena, sizeof(*version));
        int r = version ? read(call, args, n, version) : -ENOMEM;

        if (r < 0)
                return bw_cel_no_memory();
        if (r == 0)
                return bw_cel_error(call, "invalid semantic version");
        version->base.cls = &semver_class;
        return bw_lib_opaque(version);
}

static struct bw_value is_semver(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct semver version;
        int r = read(call, args, n, &version);

        return r < 0 ? bw_cel_no_memory() : bw_value_bool(r > 0);
}

static struct bw_value number(const struct bw_value *args, size_t i)
{
        const struct semver *version = as_semver(args[0]);

        return version ? bw_value_int((int64_t)version->numbers[i]) : bw_cel_no_overload();
}

static struct bw_value major(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return number(args, 0);
}

static struct bw_value minor(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return number(args, 1);
}

static struct bw_value patch(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return number(args, 2);
}

static struct bw_value compare_to(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct semver *a = as_semver(args[0]);
        const struct semver *b = as_semver(args[1]);

        (void)call;
        (void)n;
        return a && b ? bw_value_int(cmp(a, b)) : bw_cel_no_overload();
}

static struct bw_value is_greater(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_value order = compare_to(call, args, n);

        return order.type == BW_INT ? bw_value_bool(order.i > 0) : order;
}

static struct bw_value is_less(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_value order = compare_to(call, args, n);

        return order.type == BW_INT ? bw_value_bool(order.i < 0) : order;
}

#define SEMVER "kubernetes.Semver"

static const struct bw_cel_overload semver_overloads[] = {
        {"string_to_semver", "semver(string) -> " SEMVER, semver_of_string, bw_lib_cost_scan},
        {"string_bool_to_semver", "semver(string, bool) -> " SEMVER, semver_of_string, bw_lib_cost_scan},
};
static const struct bw_cel_overload is_semver_overloads[] = {
        {"is_semver_string", "isSemver(string) -> bool", is_semver, bw_lib_cost_scan},
        {"is_semver_string_bool", "isSemver(string, bool) -> bool", is_semver, bw_lib_cost_scan},
};
static const struct bw_cel_overload major_overloads[] = {
        {"semver_major", SEMVER ".major() -> int", major, NULL},
};
static const struct bw_cel_overload minor_overloads[] = {
        {"semver_minor", SEMVER ".minor() -> int", minor, NULL},
};
static const struct bw_cel_overload patch_overloads[] = {
        {"semver_patch", SEMVER ".patch() -> int", patch, NULL},
};
static const struct bw_cel_overload compare_to_overloads[] = {
        {"semver_compare_to", SEMVER ".compareTo(" SEMVER ") -> int", compare_to, NULL},
};
static const struct bw_cel_overload is_greater_overloads[] = {
        {"semver_is_greater_than", SEMVER ".isGreaterThan(" SEMVER ") -> bool", is_greater, NULL},
};
static const struct bw_cel_overload is_less_overloads[] = {
        {"semver_is_less_than", SEMVER ".isLessThan(" SEMVER ") -> bool", is_less, NULL},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("semver", semver_overloads,
                        "A semantic version; true as the second argument mends short ones."),
        BW_LIB_FUNCTION("isSemver", is_semver_overloads, "True if semver() would take the text."),
        BW_LIB_FUNCTION("major", major_overloads, "The first number."),
        BW_LIB_FUNCTION("minor", minor_overloads, "The second number."),
        BW_LIB_FUNCTION("patch", patch_overloads, "The third number."),
        BW_LIB_FUNCTION("compareTo", compare_to_overloads, "-1, 0 or 1: older, equal, newer."),
        BW_LIB_FUNCTION("isGreaterThan", is_greater_overloads, "True if the version is the newer one."),
        BW_LIB_FUNCTION("isLessThan", is_less_overloads, "True if the version is the older one."),
};

const struct bw_cel_library bw_cel_lib_semver = {
        .name = "semver",
        .flag = BW_CEL_LIB_SEMVER,
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
