/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flags: command lines as a component's own flag parser reads them.
 *
 *   BW_FLAGS_PFLAG  spf13/pflag with Kubernetes' name normalization: --name=value, --name value, -v 4, -v=4; underscores
 *                   are dashes; flags that may stand bare (booleans) never take the next element; flags and arguments mix
 *   BW_FLAGS_GO     Go's flag package (etcd): one dash or two; the first argument that is no flag ends it
 *
 * In both `--` ends the flags. Reading goes on after an error, so that everything is seen; the component would stop there.
 * Ownership: results live in the arena and borrow the elements. Threads: pure.
 * Errors: what the parser would refuse is an item of `problems`; negative only for -ENOMEM and -E2BIG.
 * Source: github.com/spf13/pflag flag.go (parseArgs, parseLongArg, parseShortArg), bool.go, string_slice.go,
 *         string_array.go; k8s.io/component-base cli/flag; Go flag.go (parseOne).
 */
#ifndef BW_FORMAT_FLAGS_H
#define BW_FORMAT_FLAGS_H

#include "value/value.h"

struct bw_arena;
struct bw_error;

enum bw_flags_style {
        BW_FLAGS_PFLAG,
        BW_FLAGS_GO,
};

/* How a flag's texts become a value. Names as in data/component-flags.tsv. */
#define BW_FLAG_TYPES(X)                                                                             \
        X(BOOL, "bool")                                                                              \
        X(INT, "int")                                                                                \
        X(UINT, "uint")                                                                              \
        X(FLOAT, "float")                                                                            \
        X(DURATION, "duration") /* a text, as Go prints it */                                        \
        X(TEXT, "text")                                                                              \
        X(IP, "ip")             /* a text */                                                         \
        X(LIST, "list")         /* stringSlice: a line of CSV; more of them add up */                \
        X(SET, "set")           /* etcd's lists: split at commas; the last one counts */             \
        X(ARRAY, "array")       /* stringArray: each use is an item */                               \
        X(MAP, "map")           /* key=value,key=value; more of them add up */                       \
        X(GATES, "gates")       /* key=bool; a component's name and a colon may stand before */      \
        X(CONFIG, "config")     /* key=value or key alone (runtime-config) */                        \
        X(VERSION, "version")   /* --version, --version=raw */

enum bw_flag_type {
#define X(name, text) BW_FLAG_##name,
        BW_FLAG_TYPES(X)
#undef X
                _BW_FLAG_TYPE_MAX,
};
/* _BW_FLAG_TYPE_MAX: there is no such type. */
enum bw_flag_type bw_flag_type(struct bw_str name);

/* One use of a flag. */
struct bw_flag_use {
        struct bw_str name;  /* normalized, without dashes before it */
        struct bw_str value; /* "true" of a bare boolean */
        size_t arg;          /* the element that names it */
        size_t value_arg;    /* the element that the value is in: the same, or the next one */
        bool known;
        enum bw_flag_type type; /* of a known one */
};

struct bw_flag_problem {
        size_t arg;
        bool unknown;       /* an unknown flag; else the element has a form that no flag has */
        struct bw_str name; /* of the flag, normalized; empty: none */
        struct bw_str text; /* what the component would say */
};

struct bw_flags {
        struct bw_flag_use *uses;
        size_t n_uses;
        size_t cap_uses;
        struct bw_flag_problem *problems;
        size_t n_problems;
        size_t cap_problems;
        size_t first_argument; /* the first element that is no flag and no flag's value; n when there is none */
};

/* The type of a flag (normalized name); false: there is no such flag. */
typedef bool (*bw_flag_find)(void *userdata, struct bw_str name, enum bw_flag_type *ret);

/* args without the program. */
BW_CHECK int bw_flags_parse(struct bw_arena *arena, enum bw_flags_style style, const struct bw_str *args, size_t n,
                            bw_flag_find find, void *userdata, struct bw_flags *ret, struct bw_error *reterr);

/*
 * The value of all uses of one flag (name, type) of *flags, in their order. ABSENT: it is not used. -EINVAL: the component
 * refuses the use number *ret_bad (of flags->uses), for the reason in reterr, without the value.
 */
BW_CHECK int bw_flags_value(struct bw_arena *arena, const struct bw_flags *flags, struct bw_str name,
                            struct bw_value *ret, size_t *ret_bad, struct bw_error *reterr);
/* The same for one text: a default, or a variable of the environment. An empty one is an empty list or map. */
BW_CHECK int bw_flag_text_value(struct bw_arena *arena, enum bw_flag_type type, struct bw_str text, struct bw_value *ret,
                                struct bw_error *reterr);

#endif
