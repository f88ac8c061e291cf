/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "cel/lib/address_internal.h"
#include "cel/lib/lib_internal.h"

/* ---- results ---- */

struct bw_value bw_lib_list(const struct bw_cel_call *call, size_t n, struct bw_list **ret_list)
{
        struct bw_list *list;

        if (n > UINT32_MAX)
                return bw_cel_no_memory();
        list = bw_list_new(call->arena, (uint32_t)n);
        if (!list)
                return bw_cel_no_memory();
        *ret_list = list;
        return bw_value_list(list, (uint32_t)n);
}

struct bw_value bw_lib_copy(const struct bw_cel_call *call, struct bw_str text)
{
        struct bw_str copy;

        if (text.n > UINT32_MAX)
                return bw_cel_no_memory();
        copy = bw_arena_str(call->arena, text);
        return copy.p ? bw_value_str(copy) : bw_cel_no_memory();
}

struct bw_value bw_lib_from_buf(const struct bw_cel_call *call, struct bw_buf *buf)
{
        struct bw_value v = bw_buf_status(buf) < 0 ? bw_cel_no_memory() : bw_lib_copy(call, bw_buf_view(buf));

        bw_buf_done(buf);
        return v;
}

struct bw_value bw_lib_some(const struct bw_cel_call *call, struct bw_value v)
{
        struct bw_value *place;

        if (v.type == BW_ERROR)
                return v;
        place = bw_arena_alloc(call->arena, sizeof(*place));
        if (!place)
                return bw_cel_no_memory();
        *place = v;
        return (struct bw_value){.type = BW_OPTIONAL, .opt = place};
}

/* ---- hashes ---- */

static uint64_t mix(uint64_t h, uint64_t x)
{
        h = (h ^ x) * 0x9e3779b97f4a7c15u;
        return h ^ h >> 29;
}

static uint64_t hash_text(uint64_t seed, const char *p, size_t n)
{
        for (; n >= 8; p += 8, n -= 8) {
                uint64_t word;

                memcpy(&word, p, 8);
                seed = mix(seed, word);
        }
        for (; n > 0; p++, n--)
                seed = mix(seed, (unsigned char)*p);
        return seed;
}

/* 1, 1u and 1.0 are equal, so they hash as the integer. */
static uint64_t hash_number(struct bw_value v)
{
        if (v.type == BW_DOUBLE) {
                if (v.d >= -0x1p63 && v.d < 0x1p63 && v.d == floor(v.d))
                        return mix(BW_INT, (uint64_t)(int64_t)v.d);
                if (v.d >= 0x1p63 && v.d < 0x1p64)
                        return mix(BW_INT, (uint64_t)v.d);
        }
        return mix(v.type == BW_DOUBLE ? BW_DOUBLE : BW_INT, v.u);
}

static uint64_t hash_at(struct bw_value v, unsigned depth)
{
        uint64_t h = v.type;

        if (depth == 0)
                return h;
        switch ((enum bw_type)v.type) {
        case BW_BOOL:
                return mix(h, v.b);
        case BW_INT:
        case BW_UINT:
        case BW_DOUBLE:
                return hash_number(v);
        case BW_STRING:
        case BW_BYTES:
        case BW_TYPE:
                return hash_text(h, v.s, v.n);
        case BW_TIMESTAMP:
                return mix(mix(h, v.u), v.n);
        case BW_DURATION:
                return mix(h, v.u);
        case BW_LIST:
                h = mix(h, v.n);
                for (uint32_t i = 0; i < v.n; i++)
                        h = mix(h, hash_at(v.list->items[i], depth - 1));
                return h;
        case BW_MAP:
                h = mix(h, v.n);
                /* A sum: the order of the entries does not count. */
                for (uint32_t i = 0; i < v.n; i++)
                        h += mix(hash_at(v.map->entries[i].key, depth - 1),
                                 hash_at(v.map->entries[i].value, depth - 1));
                return h;
        case BW_OPTIONAL:
                return v.opt ? mix(h, hash_at(*v.opt, depth - 1)) : h;
        default:
                return h;
        }
}

uint64_t bw_lib_hash(struct bw_value v)
{
        return hash_at(v, BW_LIMIT_DOC_DEPTH);
}

bool bw_lib_is_comparable(struct bw_value v)
{
        static const uint32_t types = 1u << BW_BOOL | 1u << BW_INT | 1u << BW_UINT | 1u << BW_DOUBLE | 1u << BW_STRING |
                                      1u << BW_BYTES | 1u << BW_TIMESTAMP | 1u << BW_DURATION;

        return types >> v.type & 1;
}

/* ---- costs ---- */

uint64_t bw_lib_size(struct bw_value v)
{
        switch ((enum bw_type)v.type) {
        case BW_STRING:
                return bw_utf8_count(bw_value_text(v));
        case BW_BYTES:
        case BW_LIST:
        case BW_MAP:
                return v.n;
        case BW_OPTIONAL:
                return v.opt && v.opt->type != BW_OPTIONAL ? bw_lib_size(*v.opt) : 1;
        case BW_OPAQUE:
                return bw_address_size(v);
        default:
                return 1;
        }
}

uint64_t bw_lib_scaled(uint64_t size, double factor)
{
        return (uint64_t)ceil((double)size * factor);
}

uint64_t bw_lib_cost_scan(const struct bw_value *args, size_t n, struct bw_value result)
{
        (void)n;
        (void)result;
        return bw_lib_scaled(bw_lib_size(args[0]), BW_LIB_SCAN);
}

uint64_t bw_lib_cost_scan_twice(const struct bw_value *args, size_t n, struct bw_value result)
{
        (void)n;
        (void)result;
        return bw_lib_scaled(bw_lib_size(args[0]) * 2, BW_LIB_SCAN);
}

static uint64_t traverse(struct bw_value v, unsigned depth)
{
        uint64_t cost = 0;

        if (v.type == BW_STRING || v.type == BW_BYTES)
                return (uint64_t)((double)v.n * BW_LIB_SCAN);
        if (depth == 0 || (v.type != BW_LIST && v.type != BW_MAP))
                return 1;
        for (uint32_t i = 0; i < v.n; i++) {
                if (v.type == BW_LIST)
                        cost += traverse(v.list->items[i], depth - 1);
                else
                        cost += traverse(v.map->entries[i].key, depth - 1) +
                                traverse(v.map->entries[i].value, depth - 1);
        }
        return cost;
}

uint64_t bw_lib_cost_traverse(const struct bw_value *args, size_t n, struct bw_value result)
{
        (void)n;
        (void)result;
        return traverse(args[0], BW_LIMIT_DOC_DEPTH);
}

uint64_t bw_lib_cost_match(const struct bw_value *args, size_t n, struct bw_value result)
{
        (void)n;
        (void)result;
        return bw_lib_scaled(1 + bw_lib_size(args[0]), BW_LIB_SCAN) * bw_lib_scaled(bw_lib_size(args[1]), BW_LIB_REGEX);
}
