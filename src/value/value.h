/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value: the one value type, spoken by document readers, CEL, rules and reports. 16 bytes, immutable.
 * Ownership: a value borrows what it points to from an arena (or from static data) and lives as long.
 * Threads: immutable once built; share freely.
 * Source: CEL language definition, "Values"; Kubernetes documents use null, bool, int, uint, double, string, list, map.
 */
#ifndef BW_VALUE_VALUE_H
#define BW_VALUE_VALUE_H

#include "base/base.h"

struct bw_arena;
struct bw_buf;
struct bw_map;
struct bw_value;

#define BW_VALUE_TYPES(X)                                                                          \
        X(ABSENT, "absent")  /* no value at all: an unset variable, a key that is not there */     \
        X(NULL, "null_type")                                                                       \
        X(BOOL, "bool")                                                                            \
        X(INT, "int")                                                                              \
        X(UINT, "uint")                                                                            \
        X(DOUBLE, "double")                                                                        \
        X(STRING, "string")                                                                        \
        X(BYTES, "bytes")                                                                          \
        X(LIST, "list")                                                                            \
        X(MAP, "map")                                                                              \
        X(TIMESTAMP, "google.protobuf.Timestamp")                                                  \
        X(DURATION, "google.protobuf.Duration")                                                    \
        X(TYPE, "type")                                                                            \
        X(OPTIONAL, "optional_type")                                                               \
        X(OPAQUE, "opaque") /* a library's type; struct bw_opaque names it */                      \
        X(ERROR, "error")   /* a failed evaluation, as a value, so that && and || can absorb it */

enum bw_type {
#define X(name, text) BW_##name,
        BW_VALUE_TYPES(X)
#undef X
                _BW_TYPE_MAX,
};

/*
 * The first eight bytes ("head") of two equal string keys are equal: type, flags, hash and length.
 * Comparing heads rejects nearly every wrong key without touching its text.
 */
struct bw_value {
        union {
                uint64_t head;
                struct {
                        uint8_t type;  /* enum bw_type */
                        uint8_t flags; /* 0 for strings, or heads would not compare */
                        uint16_t hash; /* strings: bw_key_hash() of the text; timestamps: zone offset + 0x8000, in minutes */
                        uint32_t n;    /* bytes of a string, items of a list, entries of a map; nanoseconds of a timestamp */
                };
        };
        union {
                bool b;
                int64_t i;                   /* INT; TIMESTAMP: seconds since 1970; DURATION: nanoseconds */
                uint64_t u;
                double d;
                const char *s;               /* STRING (UTF-8), BYTES, TYPE (the type's name); not terminated */
                const struct bw_list *list;  /* NULL when n is 0 */
                const struct bw_map *map;    /* NULL when n is 0 */
                const struct bw_value *opt;  /* OPTIONAL: NULL is none */
                const struct bw_opaque *opaque;
                const struct bw_value_error *error;
        };
};
_Static_assert(sizeof(struct bw_value) == 16, "values are 16 bytes");

/* Where a value stands in its text: from 1; 0 = unknown. */
struct bw_mark {
        uint32_t line;
        uint32_t column; /* in code points */
};

/* Items of a list. marks: NULL, or one per item. */
struct bw_list {
        const struct bw_mark *marks;
        struct bw_value items[];
};

struct bw_entry {
        struct bw_value key;
        struct bw_value value;
};

/*
 * Entries of a map in document order, keys unique. bloom has bit (hash & 63) of every string key.
 * marks: NULL, or 2 per entry: key, value. index: NULL up to BW_MAP_SMALL entries, else a hash table of entry
 * numbers + 1 (0 = empty) with index_mask + 1 slots.
 */
struct bw_map {
        uint64_t bloom;
        const struct bw_mark *marks;
        const uint32_t *index;
        uint32_t index_mask;
        uint32_t reserved;
        struct bw_entry entries[];
};
#define BW_MAP_SMALL 24

/* A type of a CEL library (net.IP, kubernetes.Quantity, …): one static class per type. */
struct bw_opaque_class {
        const char *name;                                   /* CEL type name */
        bool (*eq)(const struct bw_opaque *a, const struct bw_opaque *b);
        void (*format)(const struct bw_opaque *o, struct bw_buf *out); /* canonical text */
};
struct bw_opaque {
        const struct bw_opaque_class *cls; /* first member of every library's struct */
};

struct bw_value_error {
        const char *message;
};

/* The 16-bit hash in a string's head. Cheap: looks at the length, the first and the last eight bytes. */
static inline uint16_t bw_key_hash(const char *s, size_t n)
{
        uint64_t a = 0;
        uint64_t b = 0;

        if (n >= 8) {
                memcpy(&a, s, 8);
                memcpy(&b, s + n - 8, 8);
        } else if (n >= 4) {
                uint32_t x;
                uint32_t y;

                memcpy(&x, s, 4);
                memcpy(&y, s + n - 4, 4);
                a = x;
                b = y;
        } else if (n > 0) {
                a = (uint8_t)s[0];
                b = (uint64_t)(uint8_t)s[n / 2] << 8 | (uint8_t)s[n - 1];
        }
        a = (a ^ (b * 0x9e3779b97f4a7c15u) ^ n) * 0xd6e8feb86659fd93u;
        return (uint16_t)(a >> 48);
}

static inline struct bw_value bw_value_null(void)
{
        return (struct bw_value){.type = BW_NULL};
}
static inline struct bw_value bw_value_bool(bool b)
{
        struct bw_value v = {.type = BW_BOOL, .u = 0};

        v.b = b;
        return v;
}
static inline struct bw_value bw_value_int(int64_t i)
{
        return (struct bw_value){.type = BW_INT, .i = i};
}
static inline struct bw_value bw_value_uint(uint64_t u)
{
        return (struct bw_value){.type = BW_UINT, .u = u};
}
static inline struct bw_value bw_value_double(double d)
{
        return (struct bw_value){.type = BW_DOUBLE, .d = d};
}
/* Borrows. The text must be UTF-8 of at most UINT32_MAX bytes. */
static inline struct bw_value bw_value_str(struct bw_str s)
{
        struct bw_value v = {.type = BW_STRING, .s = s.p};

        v.n = (uint32_t)s.n;
        v.hash = bw_key_hash(s.p, s.n);
        return v;
}
static inline struct bw_value bw_value_bytes(struct bw_str s)
{
        struct bw_value v = {.type = BW_BYTES, .s = s.p};

        v.n = (uint32_t)s.n;
        return v;
}
static inline struct bw_str bw_value_text(struct bw_value v) /* of STRING, BYTES or TYPE */
{
        return bw_str_n(v.s, v.n);
}
static inline bool bw_value_is(struct bw_value v, enum bw_type type)
{
        return v.type == type;
}
const char *bw_type_name(enum bw_type type);

/* Maps. A missing key (or a value that is no map) gives BW_ABSENT. */
static inline const struct bw_entry *bw_map_find(struct bw_value map, struct bw_value key);
struct bw_value bw_map_get(struct bw_value map, struct bw_str key);
/* A string field, or an empty text when it is missing or no string. */
struct bw_str bw_map_text(struct bw_value map, const char *key);
/* Follows "a.b.c" of plain field names (no escapes, no list indexes). */
struct bw_value bw_map_walk(struct bw_value map, const char *dotted);
/* Any key type (CEL maps): bool, int, uint, string; ints and uints of equal number are the same key. */
const struct bw_entry *bw_map_find_any(struct bw_value map, struct bw_value key);

static inline struct bw_value bw_list_get(struct bw_value list, size_t i)
{
        if (list.type != BW_LIST || i >= list.n)
                return (struct bw_value){0};
        return list.list->items[i];
}

/* True if the n bytes at a and b are equal. In line: keys are short, and a call costs more than the comparison. */
static inline bool bw_same_bytes(const char *a, const char *b, size_t n)
{
        uint64_t x;
        uint64_t y;
        uint32_t v;
        uint32_t w;

        if (n >= 8) {
                for (size_t i = 0; i + 8 < n; i += 8) {
                        memcpy(&x, a + i, 8);
                        memcpy(&y, b + i, 8);
                        if (x != y)
                                return false;
                }
                memcpy(&x, a + n - 8, 8);
                memcpy(&y, b + n - 8, 8);
                return x == y;
        }
        if (n >= 4) {
                memcpy(&v, a, 4);
                memcpy(&w, b, 4);
                if (v != w)
                        return false;
                memcpy(&v, a + n - 4, 4);
                memcpy(&w, b + n - 4, 4);
                return v == w;
        }
        for (size_t i = 0; i < n; i++)
                if (a[i] != b[i])
                        return false;
        return true;
}

/* The slow half of bw_map_find: maps with an index. */
const struct bw_entry *bw_map_find_indexed(const struct bw_map *map, struct bw_value key);

/* key: a STRING value. NULL when missing or when map is no map. */
static inline const struct bw_entry *bw_map_find(struct bw_value map, struct bw_value key)
{
        const struct bw_map *m = map.map;

        if (map.type != BW_MAP || map.n == 0 || !(m->bloom >> (key.hash & 63) & 1))
                return NULL;
        if (BW_UNLIKELY(m->index != NULL))
                return bw_map_find_indexed(m, key);
        for (uint32_t i = 0; i < map.n; i++) {
                const struct bw_entry *e = &m->entries[i];

                if (e->key.head == key.head && bw_same_bytes(e->key.s, key.s, key.n))
                        return e;
        }
        return NULL;
}

/*
 * Building. bw_map_new/bw_list_new give room for n items; the caller fills entries[]/items[] (keys unique) and calls
 * bw_map_seal, which sets bloom and index. NULL when the arena is used up.
 */
struct bw_map *bw_map_new(struct bw_arena *arena, uint32_t n) BW_CHECK;
BW_CHECK int bw_map_seal(struct bw_arena *arena, struct bw_map *map, uint32_t n);
/*
 * The same for keys that may repeat: of equal keys the last one's value stays, at the place of the first. *n becomes the
 * number of keys that are left. marks: NULL, or two for each entry, moved along. -ENOMEM; -E2BIG: too many keys collide.
 */
BW_CHECK int bw_map_seal_last(struct bw_arena *arena, struct bw_map *map, uint32_t *n, struct bw_mark *marks,
                              bool *ret_repeated);
struct bw_list *bw_list_new(struct bw_arena *arena, uint32_t n) BW_CHECK;
static inline struct bw_value bw_value_map(const struct bw_map *map, uint32_t n)
{
        return (struct bw_value){.type = BW_MAP, .n = n, .map = map};
}
static inline struct bw_value bw_value_list(const struct bw_list *list, uint32_t n)
{
        return (struct bw_value){.type = BW_LIST, .n = n, .list = list};
}

/*
 * Equality and order as cel-go has them: numbers compare across int, uint and double (with a double, as doubles); NaN
 * equals nothing; lists and maps by content; different types are unequal. bw_value_cmp: numbers, strings, bytes, bools,
 * timestamps, durations; *ret < 0, 0, > 0; false when the two have no order (NaN, other types).
 */
bool bw_value_eq(struct bw_value a, struct bw_value b);
bool bw_value_cmp(struct bw_value a, struct bw_value b, int *ret);

/* As JSON. Values that JSON has no form for (durations, types, …) are written as their text in a string.
 * indent: 0 = one line, else blanks per level. Recursion is bounded by BW_LIMIT_DOC_DEPTH. */
void bw_value_json(struct bw_buf *out, struct bw_value v, unsigned indent);

#endif
