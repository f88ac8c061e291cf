/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base: what every file includes: attributes, scope-bound release, borrowed text.
 * Ownership: struct bw_str borrows its bytes; bw_auto() releases at the end of the scope.
 * Threads: everything here is a macro or a pure function.
 */
#ifndef BW_BASE_BASE_H
#define BW_BASE_BASE_H

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BW_CHECK __attribute__((warn_unused_result))
#define BW_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define BW_PURE __attribute__((pure))
#define BW_UNUSED __attribute__((unused))
#define BW_NORETURN __attribute__((noreturn))
#define BW_HOT __attribute__((hot))
#define BW_COLD __attribute__((cold, noinline))
#define BW_FALLTHROUGH __attribute__((fallthrough))
#define BW_LIKELY(x) __builtin_expect(!!(x), 1)
#define BW_UNLIKELY(x) __builtin_expect(!!(x), 0)

#define BW_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BW_MIN(a, b) ((a) < (b) ? (a) : (b))
#define BW_MAX(a, b) ((a) > (b) ? (a) : (b))

/*
 * Scope-bound release. BW_DEFINE_AUTO(struct bw_buf *, bw_buf_free) makes
 * `bw_auto(bw_buf_free) struct bw_buf *b = NULL;` call bw_buf_free(b) at the end of the scope.
 * The destructor must accept the type's zero value.
 */
#define BW_DEFINE_AUTO(type, fn)                                                                   \
        static inline void bw_auto_##fn(type *p)                                                   \
        {                                                                                          \
                fn(*p);                                                                            \
        }                                                                                          \
        struct bw_auto_semicolon_##fn
/* The same for destructors that take the address: bw_auto_done(bw_buf_done) struct bw_buf b = {0}; */
#define bw_auto(fn) __attribute__((cleanup(bw_auto_##fn)))
#define bw_auto_done(fn) __attribute__((cleanup(fn)))

/* Gives away what p holds: the variable is NULL afterwards. */
#define bw_take(p)                                                                                 \
        ({                                                                                         \
                __typeof__(p) bw_taken_ = (p);                                                     \
                (p) = NULL;                                                                        \
                bw_taken_;                                                                         \
        })

/* Borrowed text or bytes; not terminated by a zero byte; p may be NULL when n is 0. */
struct bw_str {
        const char *p;
        size_t n;
};

/* A bw_str from a string literal; from a terminated string (NULL is empty); from a pointer pair. */
#define BW_STR(literal) ((struct bw_str){.p = ("" literal), .n = sizeof(literal) - 1})
static inline struct bw_str bw_str(const char *s)
{
        return (struct bw_str){.p = s, .n = s ? strlen(s) : 0};
}
static inline struct bw_str bw_str_n(const char *p, size_t n)
{
        return (struct bw_str){.p = p, .n = n};
}

/* For printf: "%.*s", BW_STR_ARG(s). Cut at INT_MAX. */
#define BW_STR_ARG(s) (int)BW_MIN((s).n, (size_t)INT_MAX), ((s).p ? (s).p : "")

static inline bool bw_str_eq(struct bw_str a, struct bw_str b)
{
        return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool bw_str_is(struct bw_str a, const char *b)
{
        return bw_str_eq(a, bw_str(b));
}
/* Byte order, shorter first on a tie: <0, 0, >0. */
int bw_str_cmp(struct bw_str a, struct bw_str b) BW_PURE;
bool bw_str_starts(struct bw_str s, struct bw_str prefix) BW_PURE;
bool bw_str_ends(struct bw_str s, struct bw_str suffix) BW_PURE;
/* The offset of needle in s, or SIZE_MAX. An empty needle is at 0. */
size_t bw_str_find(struct bw_str s, struct bw_str needle) BW_PURE;
/* What follows the first n bytes (at most s.n). */
static inline struct bw_str bw_str_rest(struct bw_str s, size_t n)
{
        return n ? bw_str_n(s.p + n, s.n - n) : s; /* NULL + 0 is undefined */
}
/* Without blanks, tabs, CR and LF at both ends. */
struct bw_str bw_str_trim(struct bw_str s) BW_PURE;
/* The bytes that a text has: tells most parts that it does not contain without a search. */
struct bw_byte_set {
        uint64_t bits[4];
};
struct bw_byte_set bw_str_bytes(struct bw_str s) BW_PURE;
/* False: the text has not all bytes of part, and so cannot contain it. */
bool bw_byte_set_covers(const struct bw_byte_set *set, struct bw_str part) BW_PURE;
/* Cuts s at the first sep: gives the part before it and leaves the rest in *s; false when *s is used up. */
bool bw_str_split(struct bw_str *s, char sep, struct bw_str *ret_part);
/* Whole text as a decimal number. -EINVAL, -ERANGE. */
BW_CHECK int bw_str_to_i64(struct bw_str s, int64_t *ret);
BW_CHECK int bw_str_to_u64(struct bw_str s, uint64_t *ret);
/* Whole text as strtod reads it in the C locale, without its hexadecimal and blank forms. -EINVAL, -ERANGE. */
BW_CHECK int bw_str_to_double(struct bw_str s, double *ret);

#include "base/banned.h"

#endif
