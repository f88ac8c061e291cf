/* SPDX-License-Identifier: Apache-2.0 */
#include "format/package_version.h"

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int sign(int64_t d)
{
        return (d > 0) - (d < 0);
}

/* The digits at the beginning, taken off. */
static struct bw_str take_digits(struct bw_str *s)
{
        size_t n = 0;
        struct bw_str digits;

        while (n < s->n && is_digit(s->p[n]))
                n++;
        digits = bw_str_n(s->p, n);
        *s = bw_str_rest(*s, n);
        return digits;
}

/* Numbers of any length. */
static int cmp_digits(struct bw_str a, struct bw_str b)
{
        while (a.n && a.p[0] == '0')
                a = bw_str_rest(a, 1);
        while (b.n && b.p[0] == '0')
                b = bw_str_rest(b, 1);
        if (a.n != b.n)
                return a.n < b.n ? -1 : 1;
        return sign(bw_str_cmp(a, b));
}

/* Cuts "epoch:" off; no epoch is 0. */
static struct bw_str take_epoch(struct bw_str *s)
{
        const char *colon = s->n ? memchr(s->p, ':', s->n) : NULL;
        struct bw_str epoch = BW_STR("0");

        if (!colon)
                return epoch;
        epoch = bw_str_n(s->p, (size_t)(colon - s->p));
        *s = bw_str_rest(*s, epoch.n + 1);
        return epoch;
}

/* Cuts "-revision" off, at the last dash. */
static struct bw_str take_revision(struct bw_str *s, bool *ret_has)
{
        const char *dash = s->n ? memrchr(s->p, '-', s->n) : NULL;
        struct bw_str revision = {0};

        *ret_has = dash != NULL;
        if (!dash)
                return revision;
        revision = bw_str_rest(*s, (size_t)(dash - s->p) + 1);
        s->n = (size_t)(dash - s->p);
        return revision;
}

/* ---- dpkg: '~' sorts before the end, letters before everything else */

static int dpkg_weight(struct bw_str s)
{
        if (!s.n || is_digit(s.p[0]))
                return 0;
        if (s.p[0] == '~')
                return -1;
        return is_alpha(s.p[0]) ? s.p[0] : (unsigned char)s.p[0] + 256;
}

static int dpkg_part(struct bw_str a, struct bw_str b)
{
        while (a.n || b.n) {
                int d;

                while ((a.n && !is_digit(a.p[0])) || (b.n && !is_digit(b.p[0]))) {
                        d = dpkg_weight(a) - dpkg_weight(b);
                        if (d)
                                return sign(d);
                        if (a.n)
                                a = bw_str_rest(a, 1);
                        if (b.n)
                                b = bw_str_rest(b, 1);
                }
                d = cmp_digits(take_digits(&a), take_digits(&b));
                if (d)
                        return d;
        }
        return 0;
}

int bw_version_dpkg(struct bw_str a, struct bw_str b)
{
        struct bw_str revision_a;
        struct bw_str revision_b;
        bool has;
        int d = cmp_digits(take_epoch(&a), take_epoch(&b));

        if (d)
                return d;
        revision_a = take_revision(&a, &has);
        revision_b = take_revision(&b, &has);
        d = dpkg_part(a, b);
        return d ? d : dpkg_part(revision_a, revision_b);
}

/* ---- rpm: segments of digits or letters, separators do not count; '~' is older than the end, '^' newer than it */

static void skip_separators(struct bw_str *s)
{
        while (s->n && !is_digit(s->p[0]) && !is_alpha(s->p[0]) && s->p[0] != '~' && s->p[0] != '^')
                *s = bw_str_rest(*s, 1);
}

static struct bw_str take_alphas(struct bw_str *s)
{
        size_t n = 0;
        struct bw_str alphas;

        while (n < s->n && is_alpha(s->p[n]))
                n++;
        alphas = bw_str_n(s->p, n);
        *s = bw_str_rest(*s, n);
        return alphas;
}

/* Both begin with a mark, or one does. False: neither does. */
static bool rpm_marks(struct bw_str *a, struct bw_str *b, int *ret)
{
        bool tilde_a = a->n && a->p[0] == '~';
        bool tilde_b = b->n && b->p[0] == '~';
        bool caret_a = a->n && a->p[0] == '^';
        bool caret_b = b->n && b->p[0] == '^';

        *ret = 0;
        if (tilde_a || tilde_b) {
                *ret = tilde_b - tilde_a;
        } else if (caret_a || caret_b) {
                if (!a->n || !b->n)
                        *ret = a->n ? 1 : -1;
                else
                        *ret = caret_b - caret_a;
        } else {
                return false;
        }
        if (*ret == 0) {
                *a = bw_str_rest(*a, 1);
                *b = bw_str_rest(*b, 1);
        }
        return true;
}

int bw_version_rpm_part(struct bw_str a, struct bw_str b)
{
        if (bw_str_eq(a, b))
                return 0;
        while (a.n || b.n) {
                bool digits;
                int d;

                skip_separators(&a);
                skip_separators(&b);
                if (rpm_marks(&a, &b, &d)) {
                        if (d)
                                return d;
                        continue;
                }
                if (!a.n || !b.n)
                        break;
                digits = is_digit(a.p[0]);
                if (digits != is_digit(b.p[0]))
                        return digits ? 1 : -1; /* numbers are newer than letters */
                d = digits ? cmp_digits(take_digits(&a), take_digits(&b)) : bw_str_cmp(take_alphas(&a), take_alphas(&b));
                if (d)
                        return sign(d);
        }
        return (a.n > 0) - (b.n > 0);
}

int bw_version_rpm(struct bw_str a, struct bw_str b)
{
        struct bw_str release_a;
        struct bw_str release_b;
        bool has_a;
        bool has_b;
        int d = cmp_digits(take_epoch(&a), take_epoch(&b));

        if (d)
                return d;
        release_a = take_revision(&a, &has_a);
        release_b = take_revision(&b, &has_b);
        d = bw_version_rpm_part(a, b);
        return d || !has_a || !has_b ? d : bw_version_rpm_part(release_a, release_b);
}

/* ---- apk: digits{.digits}[letter]{_suffix[digits]}[~hash][-rN]. Kinds of parts in the order in which they may follow */

enum apk_kind {
        APK_FIRST,
        APK_DIGITS,
        APK_LETTER,
        APK_SUFFIX,
        APK_SUFFIX_NUMBER,
        APK_HASH,
        APK_REVISION,
        APK_END,
        APK_INVALID,
};

struct apk_part {
        enum apk_kind kind;
        struct bw_str text; /* digits, the letter, the hash */
        int suffix;         /* below 0: before the release */
};

static const struct {
        const char *word;
        int rank;
} apk_suffixes[] = {
        {"alpha", -4}, {"beta", -3}, {"pre", -2}, {"rc", -1}, {"cvs", 1}, {"svn", 2}, {"git", 3}, {"hg", 4}, {"p", 5},
};

/* The characters at the beginning that `is` says yes to, taken off. */
static struct bw_str take_while(struct bw_str *s, bool (*is)(char c))
{
        size_t n = 0;
        struct bw_str taken;

        while (n < s->n && is(s->p[n]))
                n++;
        taken = bw_str_n(s->p, n);
        *s = bw_str_rest(*s, n);
        return taken;
}

static bool is_lower(char c)
{
        return c >= 'a' && c <= 'z';
}

static bool is_hex(char c)
{
        return is_digit(c) || (c >= 'a' && c <= 'f');
}

static struct apk_part apk_digits(struct bw_str *s, enum apk_kind kind)
{
        struct bw_str digits = take_digits(s);

        return (struct apk_part){.kind = digits.n ? kind : APK_INVALID, .text = digits};
}

static struct apk_part apk_suffix(struct bw_str *s)
{
        struct bw_str word = take_while(s, is_lower);

        for (size_t i = 0; i < BW_ARRAY_SIZE(apk_suffixes); i++)
                if (bw_str_is(word, apk_suffixes[i].word))
                        return (struct apk_part){.kind = APK_SUFFIX, .suffix = apk_suffixes[i].rank};
        return (struct apk_part){.kind = APK_INVALID};
}

/* What follows a part of the kind `last`; digits without a dot before them number a suffix. */
static struct apk_part apk_next(enum apk_kind last, struct bw_str *s)
{
        struct apk_part bad = {.kind = APK_INVALID};
        char c = s->n ? s->p[0] : 0;

        if (!s->n)
                return (struct apk_part){.kind = APK_END};
        if (is_lower(c) && last <= APK_DIGITS) {
                *s = bw_str_rest(*s, 1);
                return (struct apk_part){.kind = APK_LETTER, .text = bw_str_n(s->p - 1, 1)};
        }
        if (is_digit(c))
                return last == APK_SUFFIX ? apk_digits(s, APK_SUFFIX_NUMBER) : bad;
        *s = bw_str_rest(*s, 1);
        if (c == '.' && last <= APK_DIGITS)
                return apk_digits(s, APK_DIGITS);
        if (c == '_' && last <= APK_SUFFIX_NUMBER)
                return apk_suffix(s);
        if (c == '~' && last < APK_HASH) {
                struct bw_str hash = take_while(s, is_hex);

                return hash.n ? (struct apk_part){.kind = APK_HASH, .text = hash} : bad;
        }
        if (c == '-' && last < APK_REVISION && s->n && s->p[0] == 'r') {
                *s = bw_str_rest(*s, 1);
                return apk_digits(s, APK_REVISION);
        }
        return bad;
}

/* Two parts of one kind. Behind a dot, digits that begin with a zero are a fraction. */
static int apk_cmp(const struct apk_part *a, const struct apk_part *b)
{
        bool fraction = a->kind == APK_DIGITS && (a->text.p[0] == '0' || b->text.p[0] == '0');

        if (a->kind == APK_SUFFIX)
                return sign(a->suffix - b->suffix);
        if (a->kind == APK_LETTER || a->kind == APK_HASH || fraction)
                return sign(bw_str_cmp(a->text, b->text));
        return cmp_digits(a->text, b->text);
}

int bw_version_apk(struct bw_str a, struct bw_str b)
{
        struct apk_part part_a = apk_digits(&a, APK_FIRST);
        struct apk_part part_b = apk_digits(&b, APK_FIRST);

        while (part_a.kind == part_b.kind && part_a.kind < APK_END) {
                int d = apk_cmp(&part_a, &part_b);

                if (d)
                        return d;
                part_a = apk_next(part_a.kind, &a);
                part_b = apk_next(part_b.kind, &b);
        }
        /* Equal so far: what goes on is newer, unless it goes on with a word for before the release. */
        if (part_a.kind == part_b.kind)
                return 0;
        if (part_a.kind == APK_SUFFIX && part_a.suffix < 0)
                return -1;
        if (part_b.kind == APK_SUFFIX && part_b.suffix < 0)
                return 1;
        return part_a.kind > part_b.kind ? -1 : 1;
}
