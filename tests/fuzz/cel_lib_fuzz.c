/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls of every library function with arguments of its types made from the input: what they give, its text and its
 * price. The first line is the overload's id; then 0xff ends a text, 0x01 an item of a list, eight bytes are a number. A
 * value of any type begins with a letter that says which.
 */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "cel/lib/time_internal.h"
#include "cel/library.h"

#define MEMORY ((size_t)16 << 20)
#define MAX_ARGS 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reader {
        const struct bw_cel_call *call;
        struct bw_str rest;
};

static struct bw_str next_text(struct reader *r)
{
        struct bw_str text = {.p = ""};

        if (r->rest.n > 0)
                (void)bw_str_split(&r->rest, '\xff', &text);
        return bw_utf8_valid(text) ? text : BW_STR("");
}

static struct bw_value next_int(struct reader *r)
{
        int64_t i = 0;
        size_t n = BW_MIN(r->rest.n, sizeof(i));

        if (n > 0)
                memcpy(&i, r->rest.p, n);
        r->rest = bw_str_n(n > 0 ? r->rest.p + n : "", r->rest.n - n);
        return bw_value_int(i);
}

/* mixed: numbers stand among the texts. */
static struct bw_value next_list(struct reader *r, bool mixed)
{
        struct bw_str text = next_text(r);
        struct bw_list *list = bw_list_new(r->call->arena, (uint32_t)text.n + 1);
        struct bw_str item;
        uint32_t n = 0;

        while (list && text.n > 0 && bw_str_split(&text, '\x01', &item))
                list->items[n++] = mixed && item.n % 2 ? bw_value_int((int64_t)item.n) : bw_value_str(item);
        return bw_value_list(list, list ? n : 0);
}

/* Keys and values by turns. */
static struct bw_value next_labels(struct reader *r)
{
        struct bw_str text = next_text(r);
        struct bw_map *map = bw_map_new(r->call->arena, (uint32_t)text.n + 1);
        struct bw_str key;
        struct bw_str value;
        uint32_t n = 0;
        bool repeated;

        while (map && text.n > 0 && bw_str_split(&text, '\x01', &key) && bw_str_split(&text, '\x01', &value))
                map->entries[n++] = (struct bw_entry){bw_value_str(key), bw_value_str(value)};
        if (!map || bw_map_seal_last(r->call->arena, map, &n, NULL, &repeated) < 0)
                return bw_value_null();
        return bw_value_map(map, n);
}

/* A label selector: the labels, and one requirement. */
static struct bw_value next_selector(struct reader *r)
{
        struct bw_map *selector = bw_map_new(r->call->arena, 2);
        struct bw_map *requirement = bw_map_new(r->call->arena, 3);
        struct bw_list *requirements = bw_list_new(r->call->arena, 1);

        if (!selector || !requirement || !requirements)
                return bw_value_null();
        requirement->entries[0] = (struct bw_entry){bw_value_str(BW_STR("key")), bw_value_str(next_text(r))};
        requirement->entries[1] = (struct bw_entry){bw_value_str(BW_STR("operator")), bw_value_str(next_text(r))};
        requirement->entries[2] = (struct bw_entry){bw_value_str(BW_STR("values")), next_list(r, false)};
        if (bw_map_seal(r->call->arena, requirement, 3) < 0)
                return bw_value_null();
        requirements->items[0] = bw_value_map(requirement, 3);
        selector->entries[0] = (struct bw_entry){bw_value_str(BW_STR("matchLabels")), next_labels(r)};
        selector->entries[1] = (struct bw_entry){bw_value_str(BW_STR("matchExpressions")), bw_value_list(requirements, 1)};
        return bw_map_seal(r->call->arena, selector, 2) < 0 ? bw_value_null() : bw_value_map(selector, 2);
}

static struct bw_value next_any(struct reader *r)
{
        char sort = r->rest.n > 0 ? r->rest.p[0] : 'n';

        r->rest = bw_str_n(r->rest.n > 0 ? r->rest.p + 1 : "", r->rest.n > 0 ? r->rest.n - 1 : 0);
        switch (sort) {
        case 'l':
                return next_list(r, false);
        case 'm':
                return next_labels(r);
        case 's':
                return next_selector(r);
        case 't':
                return bw_value_str(next_text(r));
        case 'n':
                return bw_value_null();
        default:
                return next_int(r);
        }
}

/* A value of a library's type, by the function that makes it from a text. */
static struct bw_value next_opaque(struct reader *r, struct bw_str type)
{
        static const char *const makers[][2] = {
                {"net.IP", "ip"},
                {"net.CIDR", "cidr"},
                {"kubernetes.Quantity", "quantity"},
                {"kubernetes.URL", "url"},
                {"kubernetes.Semver", "semver"},
                {"kubernetes.NamedFormat", "format.named"},
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(makers); i++) {
                const struct bw_cel_function_set *set = bw_cel_env_function(r->call->env, bw_str(makers[i][1]));
                struct bw_value text;
                struct bw_value v;

                if (!bw_str_is(type, makers[i][0]) || !set)
                        continue;
                text = bw_value_str(next_text(r));
                v = set->overloads[0]->impl(r->call, &text, 1);
                return v.type == BW_OPTIONAL && v.opt ? *v.opt : v;
        }
        return bw_value_null();
}

static struct bw_value next_value(struct reader *r, const struct bw_cel_type *type)
{
        switch (type->kind) {
        case BW_CEL_BOOL:
                return bw_value_bool(next_int(r).i & 1);
        case BW_CEL_UINT:
                return bw_value_uint(next_int(r).u);
        case BW_CEL_DOUBLE:
                return bw_value_double(next_int(r).d);
        case BW_CEL_DURATION:
                return (struct bw_value){.type = BW_DURATION, .i = next_int(r).i};
        case BW_CEL_TIMESTAMP:
                return (struct bw_value){.type = BW_TIMESTAMP, .hash = 0x8000, .i = next_int(r).i % TIME_MIN};
        case BW_CEL_STRING:
                return bw_value_str(next_text(r));
        case BW_CEL_BYTES:
                return bw_value_bytes(next_text(r));
        case BW_CEL_LIST:
                return next_list(r, true);
        case BW_CEL_OPAQUE:
                return next_opaque(r, type->name);
        case BW_CEL_NULL:
                return bw_value_null();
        case BW_CEL_DYN:
                return next_any(r);
        default:
                return next_int(r);
        }
}

static bool fits(struct bw_value v, const struct bw_cel_type *type)
{
        if (type->kind == BW_CEL_MAP || type->kind == BW_CEL_TYPE)
                return false;
        return v.type != BW_ERROR && (type->kind != BW_CEL_OPAQUE || v.type == BW_OPAQUE);
}

static void call_one(struct reader *r, const struct bw_cel_overload *overload, const struct bw_cel_signature *signature)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {.ceiling = MEMORY};
        struct bw_value args[MAX_ARGS];
        struct bw_value v;

        for (uint32_t i = 0; i < signature->n_args; i++) {
                args[i] = next_value(r, signature->args[i]);
                if (!fits(args[i], signature->args[i]))
                        return;
        }
        v = overload->impl(r->call, args, signature->n_args);
        bw_cel_format_value(&out, v);
        if (overload->cost)
                (void)overload->cost(args, signature->n_args, v);
        if (v.type == BW_STRING && !bw_utf8_valid(bw_value_text(v)))
                __builtin_trap();
}

static const struct bw_cel_env *env;
/* "zone": a time and the bytes of a time zone file. */
static void read_zone(struct reader *r)
{
        int64_t seconds = next_int(r).i;
        int64_t offset;

        (void)!bw_zone_offset(r->rest, seconds % TIME_MIN, &offset);
}

static const struct bw_cel_overload *find(struct bw_str id, const struct bw_cel_function **ret_function)
{
        for (size_t i = 0; bw_cel_libraries[i]; i++) {
                for (size_t j = 0; j < bw_cel_libraries[i]->n_functions; j++) {
                        const struct bw_cel_function *function = &bw_cel_libraries[i]->functions[j];

                        *ret_function = function;
                        for (size_t k = 0; k < function->n_overloads; k++)
                                if (bw_str_is(id, function->overloads[k].id))
                                        return &function->overloads[k];
                }
        }
        return NULL;
}

static void run(struct bw_arena *arena, struct bw_str input)
{
        struct bw_str id = {.p = ""};
        const struct bw_cel_call call = {.arena = arena, .env = env};
        const struct bw_cel_function *function = NULL;
        const struct bw_cel_overload *overload;
        const struct bw_cel_function_set *set;
        struct reader r = {.call = &call};

        (void)bw_str_split(&input, '\n', &id);
        if (input.n == 0)
                return;
        r.rest = input;
        if (bw_str_is(id, "zone"))
                read_zone(&r);
        overload = find(id, &function);
        if (!overload)
                return;
        set = bw_cel_env_function(env, bw_str(function->name));
        for (size_t i = 0; set && i < set->n; i++)
                if (set->overloads[i] == overload && set->signatures[i].n_args <= MAX_ARGS)
                        call_one(&r, overload, &set->signatures[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(MEMORY);

        if (!env) {
                const struct bw_cel_env_options options = {.libraries = BW_CEL_LIB_EXTRA | BW_CEL_LIB_SEMVER |
                                                                    BW_CEL_LIB_BULWARK};
                struct bw_cel_env *made = NULL;

                if (bw_cel_env_new(&options, &made, NULL) < 0)
                        return 0;
                env = made;
        }
        if (arena && size > 0)
                run(arena, bw_str_n((const char *)data, size));
        return 0;
}
