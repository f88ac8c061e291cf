/* SPDX-License-Identifier: Apache-2.0 */
#include "value/value.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"

const char *bw_type_name(enum bw_type type)
{
        static const char *const names[] = {
#define X(name, text) [BW_##name] = text,
                BW_VALUE_TYPES(X)
#undef X
        };

        return (unsigned)type < _BW_TYPE_MAX ? names[type] : "invalid";
}

/* ---- maps ---- */

struct bw_list *bw_list_new(struct bw_arena *arena, uint32_t n)
{
        struct bw_list *list = bw_arena_alloc(arena, sizeof(*list) + (size_t)n * sizeof(list->items[0]));

        if (list)
                list->marks = NULL;
        return list;
}

struct bw_map *bw_map_new(struct bw_arena *arena, uint32_t n)
{
        struct bw_map *map = bw_arena_alloc(arena, sizeof(*map) + (size_t)n * sizeof(map->entries[0]));

        if (map)
                *map = (struct bw_map){0};
        return map;
}

/* Keys that are equal must hash alike: ints, uints and whole doubles of the same number do. */
static uint32_t index_hash(struct bw_value key)
{
        uint64_t h;

        if (key.type == BW_STRING) {
                /* The head's 16 bits are too few for large maps. */
                h = 0xcbf29ce484222325u;
                for (uint32_t i = 0; i < key.n; i++)
                        h = (h ^ (unsigned char)key.s[i]) * 0x100000001b3u;
        } else {
                h = key.u;
        }
        h *= 0x9e3779b97f4a7c15u;
        return (uint32_t)(h >> 32);
}

/* The form under which numeric keys are compared: a double or uint that is a whole number in int's range is an int. */
static struct bw_value plain_key(struct bw_value key)
{
        if (key.type == BW_DOUBLE && key.d >= -9223372036854775808.0 && key.d < 9223372036854775808.0 &&
            (double)(int64_t)key.d == key.d)
                return bw_value_int((int64_t)key.d);
        if (key.type == BW_DOUBLE && key.d >= 9223372036854775808.0 && key.d < 18446744073709551616.0 &&
            (double)(uint64_t)key.d == key.d)
                return bw_value_uint((uint64_t)key.d);
        if (key.type == BW_UINT && key.u <= (uint64_t)INT64_MAX)
                return bw_value_int((int64_t)key.u);
        return key;
}

static bool same_key(struct bw_value a, struct bw_value b)
{
        if (a.type == BW_STRING)
                return a.head == b.head && memcmp(a.s, b.s, a.n) == 0;
        a = plain_key(a);
        b = plain_key(b);
        if (a.type != b.type)
                return false;
        return a.type == BW_BOOL ? a.b == b.b : a.type != BW_NULL && a.u == b.u;
}

static uint32_t slots_for(uint32_t n)
{
        uint32_t slots = 64;

        while (slots < n * 2 && slots < (uint32_t)1 << 31)
                slots *= 2;
        return slots;
}

int bw_map_seal(struct bw_arena *arena, struct bw_map *map, uint32_t n)
{
        bool repeated;

        if (n > BW_MAP_SMALL)
                return bw_map_seal_last(arena, map, &n, NULL, &repeated);
        map->bloom = 0;
        map->index = NULL;
        for (uint32_t i = 0; i < n; i++)
                map->bloom |= (uint64_t)1 << (map->entries[i].key.hash & 63);
        return 0;
}

/* Puts entry `from` where entry `to` is: the value and both places are the later one's. */
static void move_entry(struct bw_map *map, struct bw_mark *marks, uint32_t to, uint32_t from)
{
        if (to == from)
                return;
        map->entries[to] = map->entries[from];
        if (marks) {
                marks[2 * (size_t)to] = marks[2 * (size_t)from];
                marks[2 * (size_t)to + 1] = marks[2 * (size_t)from + 1];
        }
}

static BW_COLD void drop_repeated(struct bw_map *map, uint32_t *n, struct bw_mark *marks)
{
        uint32_t kept = 0;

        for (uint32_t i = 0; i < *n; i++) {
                uint32_t to = 0;

                while (to < kept && !same_key(map->entries[to].key, map->entries[i].key))
                        to++;
                move_entry(map, marks, to, i);
                kept += to == kept;
        }
        *n = kept;
}

/* True when a key repeats. The bloom is that of all keys either way. */
static bool seal_small(struct bw_map *map, uint32_t n)
{
        uint64_t bloom = 0;
        bool repeated = false;

        for (uint32_t i = 0; i < n; i++) {
                struct bw_value key = map->entries[i].key;
                uint64_t bit = (uint64_t)1 << (key.hash & 63);

                if (BW_UNLIKELY(bloom & bit))
                        for (uint32_t j = 0; j < i && !repeated; j++)
                                repeated = same_key(map->entries[j].key, key);
                bloom |= bit;
        }
        map->bloom = bloom;
        map->index = NULL;
        return repeated;
}

int bw_map_seal_last(struct bw_arena *arena, struct bw_map *map, uint32_t *n, struct bw_mark *marks, bool *ret_repeated)
{
        uint32_t slots = slots_for(*n);
        uint64_t steps = 0;
        uint64_t bloom = 0;
        uint32_t kept = 0;
        uint32_t *index;

        if (*n <= BW_MAP_SMALL) {
                *ret_repeated = seal_small(map, *n);
                if (BW_UNLIKELY(*ret_repeated))
                        drop_repeated(map, n, marks);
                return 0;
        }
        index = bw_arena_zalloc(arena, (size_t)slots * sizeof(*index));
        if (!index)
                return -ENOMEM;
        for (uint32_t i = 0; i < *n; i++) {
                struct bw_value key = map->entries[i].key;
                uint32_t at = index_hash(key.type == BW_STRING ? key : plain_key(key)) & (slots - 1);

                while (index[at] && !same_key(map->entries[index[at] - 1].key, key)) {
                        at = (at + 1) & (slots - 1);
                        /* A table that is half full needs two steps a key: many more are keys made to collide. */
                        if (++steps > BW_LIMIT_MAP_STEPS * (uint64_t)*n)
                                return -E2BIG;
                }
                bloom |= (uint64_t)1 << (key.hash & 63);
                if (index[at]) {
                        move_entry(map, marks, index[at] - 1, i);
                } else {
                        move_entry(map, marks, kept, i);
                        index[at] = ++kept;
                }
        }
        map->bloom = bloom;
        map->index = index;
        map->index_mask = slots - 1;
        *ret_repeated = kept != *n;
        *n = kept;
        return 0;
}

const struct bw_entry *bw_map_find_indexed(const struct bw_map *map, struct bw_value key)
{
        uint32_t at = index_hash(key) & map->index_mask;

        while (map->index[at]) {
                const struct bw_entry *e = &map->entries[map->index[at] - 1];

                if (same_key(e->key, key))
                        return e;
                at = (at + 1) & map->index_mask;
        }
        return NULL;
}

const struct bw_entry *bw_map_find_any(struct bw_value map, struct bw_value key)
{
        if (key.type == BW_STRING)
                return bw_map_find(map, key);
        if (map.type != BW_MAP || map.n == 0)
                return NULL;
        key = plain_key(key);
        if (map.map->index)
                return bw_map_find_indexed(map.map, key);
        for (uint32_t i = 0; i < map.n; i++)
                if (same_key(map.map->entries[i].key, key))
                        return &map.map->entries[i];
        return NULL;
}

struct bw_value bw_map_get(struct bw_value map, struct bw_str key)
{
        const struct bw_entry *e = bw_map_find(map, bw_value_str(key));

        return e ? e->value : (struct bw_value){0};
}

struct bw_str bw_map_text(struct bw_value map, const char *key)
{
        struct bw_value v = bw_map_get(map, bw_str(key));

        return v.type == BW_STRING ? bw_value_text(v) : (struct bw_str){.p = ""};
}

struct bw_value bw_map_walk(struct bw_value map, const char *dotted)
{
        struct bw_str rest = bw_str(dotted);
        struct bw_str part;

        while (bw_str_split(&rest, '.', &part))
                map = bw_map_get(map, part);
        return map;
}

/* ---- equality and order ---- */

#define CMP(a, b) (((a) > (b)) - ((a) < (b)))

/* As the reference has it: within int64's range the integer is rounded to a double, so that 2^63 - 1 equals 2^63. */
static int cmp_int_double(int64_t i, double d)
{
        if (d > 0x1p63)
                return -1;
        if (d < -0x1p63)
                return 1;
        return CMP((double)i, d);
}

static int cmp_uint_double(uint64_t u, double d)
{
        if (d > 0x1p64)
                return -1;
        if (d < 0)
                return 1;
        return CMP((double)u, d);
}

static bool is_number(struct bw_value v)
{
        return v.type == BW_INT || v.type == BW_UINT || v.type == BW_DOUBLE;
}

static bool cmp_numbers(struct bw_value a, struct bw_value b, int *ret)
{
        if (a.type > b.type) {
                if (!cmp_numbers(b, a, ret))
                        return false;
                *ret = -*ret;
                return true;
        }
        if ((a.type == BW_DOUBLE && __builtin_isnan(a.d)) || (b.type == BW_DOUBLE && __builtin_isnan(b.d)))
                return false;
        if (a.type == BW_INT && b.type == BW_INT)
                *ret = CMP(a.i, b.i);
        else if (a.type == BW_INT && b.type == BW_UINT)
                *ret = a.i < 0 ? -1 : CMP((uint64_t)a.i, b.u);
        else if (a.type == BW_INT)
                *ret = cmp_int_double(a.i, b.d);
        else if (a.type == BW_UINT && b.type == BW_UINT)
                *ret = CMP(a.u, b.u);
        else if (a.type == BW_UINT)
                *ret = cmp_uint_double(a.u, b.d);
        else
                *ret = CMP(a.d, b.d);
        return true;
}

bool bw_value_cmp(struct bw_value a, struct bw_value b, int *ret)
{
        if (is_number(a) && is_number(b))
                return cmp_numbers(a, b, ret);
        if (a.type != b.type)
                return false;
        switch ((enum bw_type)a.type) {
        case BW_BOOL:
                *ret = (int)a.b - (int)b.b;
                return true;
        case BW_STRING: /* byte order of UTF-8 is code point order */
        case BW_BYTES:
                *ret = bw_str_cmp(bw_value_text(a), bw_value_text(b));
                return true;
        case BW_DURATION:
                *ret = CMP(a.i, b.i);
                return true;
        case BW_TIMESTAMP:
                *ret = a.i != b.i ? CMP(a.i, b.i) : CMP(a.n, b.n);
                return true;
        default:
                return false;
        }
}

static bool eq_at(struct bw_value a, struct bw_value b, unsigned depth);

static bool eq_lists(struct bw_value a, struct bw_value b, unsigned depth)
{
        if (a.n != b.n)
                return false;
        for (uint32_t i = 0; i < a.n; i++)
                if (!eq_at(a.list->items[i], b.list->items[i], depth + 1))
                        return false;
        return true;
}

static bool eq_maps(struct bw_value a, struct bw_value b, unsigned depth)
{
        if (a.n != b.n)
                return false;
        for (uint32_t i = 0; i < a.n; i++) {
                const struct bw_entry *e = bw_map_find_any(b, a.map->entries[i].key);

                if (!e || !eq_at(a.map->entries[i].value, e->value, depth + 1))
                        return false;
        }
        return true;
}

static bool eq_at(struct bw_value a, struct bw_value b, unsigned depth)
{
        int order;

        if (is_number(a) && is_number(b))
                return cmp_numbers(a, b, &order) && order == 0;
        if (a.type != b.type || depth > BW_LIMIT_DOC_DEPTH)
                return false;
        switch ((enum bw_type)a.type) {
        case BW_NULL:
        case BW_ABSENT:
                return true;
        case BW_LIST:
                return eq_lists(a, b, depth);
        case BW_MAP:
                return eq_maps(a, b, depth);
        case BW_OPTIONAL:
                if (!a.opt || !b.opt)
                        return a.opt == b.opt;
                return eq_at(*a.opt, *b.opt, depth + 1);
        case BW_OPAQUE:
                return a.opaque->cls == b.opaque->cls && a.opaque->cls->eq(a.opaque, b.opaque);
        case BW_STRING:
        case BW_BYTES:
        case BW_TYPE:
                return bw_str_eq(bw_value_text(a), bw_value_text(b));
        default:
                return bw_value_cmp(a, b, &order) && order == 0;
        }
}

bool bw_value_eq(struct bw_value a, struct bw_value b)
{
        return eq_at(a, b, 0);
}

/* ---- JSON ---- */

/* Days since 1970-01-01 to a date of the proleptic Gregorian calendar: eras of 400 years, years that begin in March. */
static void put_timestamp(struct bw_buf *out, struct bw_value v)
{
        int64_t days = v.i / 86400 - (v.i % 86400 < 0);
        int64_t second = v.i - days * 86400;
        int64_t shifted = days + 719468;
        int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
        int64_t day_of_era = shifted - era * 146097;
        int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
        int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        int64_t month = (5 * day_of_year + 2) / 153;

        bw_buf_printf(out, "%04lld-%02lld-%02lldT%02lld:%02lld:%02lld",
                      (long long)(year_of_era + era * 400 + (month >= 10)),
                      (long long)(month < 10 ? month + 3 : month - 9),
                      (long long)(day_of_year - (153 * month + 2) / 5 + 1), (long long)(second / 3600),
                      (long long)(second / 60 % 60), (long long)(second % 60));
        if (v.n)
                bw_buf_printf(out, ".%09u", (unsigned)v.n);
        bw_buf_char(out, 'Z');
}

static void put_duration(struct bw_buf *out, struct bw_value v)
{
        uint64_t nanos = v.i < 0 ? 0 - (uint64_t)v.i : (uint64_t)v.i;

        if (v.i < 0)
                bw_buf_char(out, '-');
        bw_buf_u64(out, nanos / 1000000000);
        if (nanos % 1000000000)
                bw_buf_printf(out, ".%09u", (unsigned)(nanos % 1000000000));
        bw_buf_char(out, 's');
}

static void json_at(struct bw_buf *out, struct bw_value v, unsigned indent, unsigned depth);

static void json_newline(struct bw_buf *out, unsigned indent, unsigned depth)
{
        if (!indent)
                return;
        bw_buf_char(out, '\n');
        bw_buf_fill(out, ' ', (size_t)indent * depth);
}

static void json_list(struct bw_buf *out, struct bw_value v, unsigned indent, unsigned depth)
{
        bw_buf_char(out, '[');
        for (uint32_t i = 0; i < v.n; i++) {
                if (i)
                        bw_buf_char(out, ',');
                json_newline(out, indent, depth + 1);
                json_at(out, v.list->items[i], indent, depth + 1);
        }
        if (v.n)
                json_newline(out, indent, depth);
        bw_buf_char(out, ']');
}

static void json_key(struct bw_buf *out, struct bw_value key)
{
        if (key.type == BW_STRING) {
                bw_buf_json(out, bw_value_text(key));
                return;
        }
        bw_buf_char(out, '"');
        json_at(out, key, 0, 0);
        bw_buf_char(out, '"');
}

static void json_map(struct bw_buf *out, struct bw_value v, unsigned indent, unsigned depth)
{
        bw_buf_char(out, '{');
        for (uint32_t i = 0; i < v.n; i++) {
                if (i)
                        bw_buf_char(out, ',');
                json_newline(out, indent, depth + 1);
                json_key(out, v.map->entries[i].key);
                bw_buf_puts(out, indent ? ": " : ":");
                json_at(out, v.map->entries[i].value, indent, depth + 1);
        }
        if (v.n)
                json_newline(out, indent, depth);
        bw_buf_char(out, '}');
}

static void json_at(struct bw_buf *out, struct bw_value v, unsigned indent, unsigned depth)
{
        if (out->status < 0)
                return;
        if (depth > BW_LIMIT_DOC_DEPTH) {
                bw_buf_puts(out, "null");
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
                break;
        case BW_DOUBLE:
                if (__builtin_isfinite(v.d)) {
                        bw_buf_double(out, v.d);
                } else {
                        bw_buf_char(out, '"');
                        bw_buf_double(out, v.d);
                        bw_buf_char(out, '"');
                }
                break;
        case BW_STRING:
        case BW_BYTES:
        case BW_TYPE:
                bw_buf_json(out, bw_value_text(v));
                break;
        case BW_TIMESTAMP:
                bw_buf_char(out, '"');
                put_timestamp(out, v);
                bw_buf_char(out, '"');
                break;
        case BW_DURATION:
                bw_buf_char(out, '"');
                put_duration(out, v);
                bw_buf_char(out, '"');
                break;
        case BW_LIST:
                json_list(out, v, indent, depth);
                break;
        case BW_MAP:
                json_map(out, v, indent, depth);
                break;
        case BW_OPTIONAL:
                json_at(out, v.opt ? *v.opt : bw_value_null(), indent, depth + 1);
                break;
        case BW_OPAQUE: {
                struct bw_buf text = {0};

                v.opaque->cls->format(v.opaque, &text);
                if (text.status < 0)
                        out->status = text.status;
                bw_buf_json(out, bw_buf_view(&text));
                bw_buf_done(&text);
                break;
        }
        default:
                bw_buf_puts(out, "null");
        }
}

void bw_value_json(struct bw_buf *out, struct bw_value v, unsigned indent)
{
        json_at(out, v, indent, 0);
}
