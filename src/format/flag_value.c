/* SPDX-License-Identifier: Apache-2.0 */
/* The value of a flag from the texts of its uses. */
#include <arpa/inet.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/flags.h"
#include "format/gotext.h"

/* A list or map in the making. */
struct gather {
        struct bw_arena *arena;
        struct bw_entry *entries; /* of a map; of a list the values alone count */
        size_t n;
        size_t cap;
        struct bw_error *reterr;
};

static int put(struct gather *g, struct bw_value key, struct bw_value value)
{
        if (g->n == BW_LIMIT_FLAG_ITEMS)
                return bw_error_set(g->reterr, -E2BIG, "more than %d items", BW_LIMIT_FLAG_ITEMS);
        if (bw_arena_grow(g->arena, &g->entries, &g->cap, g->n, sizeof(g->entries[0])) < 0)
                return bw_error_nomem(g->reterr);
        g->entries[g->n++] = (struct bw_entry){.key = key, .value = value};
        return 0;
}

static int put_text(struct gather *g, struct bw_str text)
{
        return put(g, (struct bw_value){0}, bw_value_str(text));
}

/* ---- one line of CSV, as encoding/csv reads it */

/* The field in quotes at the front of *line, without them; a quote stands twice inside. */
static int quoted_field(struct gather *g, struct bw_str *line, struct bw_str *ret)
{
        char *out = bw_arena_alloc(g->arena, line->n + 1);
        size_t n = 0;
        size_t i = 1;

        if (!out)
                return bw_error_nomem(g->reterr);
        for (;; i++) {
                if (i == line->n)
                        return bw_error_set(g->reterr, -EINVAL, "a quote is opened and not closed");
                if (line->p[i] == '"' && (i + 1 == line->n || line->p[i + 1] != '"'))
                        break;
                if (line->p[i] == '"')
                        i++;
                out[n++] = line->p[i];
        }
        i++;
        if (i < line->n && line->p[i] != ',')
                return bw_error_set(g->reterr, -EINVAL, "something stands behind a closed quote");
        *ret = bw_str_n(out, n);
        *line = bw_str_rest(*line, i);
        return 0;
}

static int plain_field(struct gather *g, struct bw_str *line, struct bw_str *ret)
{
        const char *comma = memchr(line->p, ',', line->n);

        *ret = bw_str_n(line->p, comma ? (size_t)(comma - line->p) : line->n);
        if (memchr(ret->p, '"', ret->n))
                return bw_error_set(g->reterr, -EINVAL, "a quote stands inside a text without quotes");
        *line = bw_str_rest(*line, ret->n);
        return 0;
}

static int put_csv(struct gather *g, struct bw_str line)
{
        int r = 0;

        while (r == 0 && line.n) {
                struct bw_str field = {0};

                r = line.p[0] == '"' ? quoted_field(g, &line, &field) : plain_field(g, &line, &field);
                if (r == 0)
                        r = put_text(g, field);
                if (r < 0 || line.n == 0)
                        return r;
                line = bw_str_rest(line, 1);
                if (line.n == 0)
                        r = put_text(g, BW_STR(""));
        }
        return r;
}

/* etcd's lists: the last use counts, each item once. */
static int put_set(struct gather *g, struct bw_str text)
{
        struct bw_str part;
        int r = 0;

        g->n = 0;
        while (r == 0 && text.n && bw_str_split(&text, ',', &part))
                if (bw_str_trim(part).n)
                        r = put_text(g, bw_str_trim(part));
        return r;
}

/* ---- pairs */

/* Keys may say which component they are for: "kube:Name"; kube-apiserver's own have none. */
static struct bw_str without_component(struct bw_str key)
{
        const char *colon = memchr(key.p, ':', key.n);

        return colon ? bw_str_trim(bw_str_rest(key, (size_t)(colon - key.p) + 1)) : key;
}

static int put_pair(struct gather *g, enum bw_flag_type type, struct bw_str pair)
{
        const char *equals = memchr(pair.p, '=', pair.n);
        struct bw_str key = bw_str_trim(equals ? bw_str_n(pair.p, (size_t)(equals - pair.p)) : pair);
        struct bw_str text = equals ? bw_str_trim(bw_str_rest(pair, (size_t)(equals - pair.p) + 1)) : BW_STR("");
        bool on;

        if (!equals && type == BW_FLAG_MAP)
                return bw_error_set(g->reterr, -EINVAL, "malformed pair, expect string=string");
        if (!equals && type == BW_FLAG_GATES)
                return bw_error_set(g->reterr, -EINVAL, "missing bool value for %.*s", BW_STR_ARG(key));
        if (type != BW_FLAG_GATES)
                return put(g, bw_value_str(key), bw_value_str(text));
        if (bw_go_bool(text, &on) < 0)
                return bw_error_set(g->reterr, -EINVAL, "invalid value of %.*s: invalid syntax", BW_STR_ARG(key));
        return put(g, bw_value_str(without_component(key)), bw_value_bool(on));
}

static int put_pairs(struct gather *g, enum bw_flag_type type, struct bw_str text)
{
        struct bw_str part;
        int r = 0;

        while (r == 0 && text.n && bw_str_split(&text, ',', &part))
                if (part.n)
                        r = put_pair(g, type, part);
        return r;
}

/* ---- plain values */

static int refused(struct bw_error *reterr, int r, const char *what)
{
        return bw_error_set(reterr, -EINVAL, r == -ERANGE ? "%s: value out of range" : "%s: invalid syntax", what);
}

static int duration(struct bw_arena *arena, struct bw_str text, struct bw_value *ret, struct bw_error *reterr)
{
        int64_t ns;
        int r = bw_go_duration(text, &ns);
        struct bw_str canonical;

        if (r < 0)
                return bw_error_set(reterr, -EINVAL, "time: invalid duration");
        canonical = bw_go_duration_text(arena, ns);
        if (!canonical.p)
                return bw_error_nomem(reterr);
        *ret = bw_value_str(canonical);
        return 0;
}

static int address(struct bw_arena *arena, struct bw_str text, struct bw_value *ret, struct bw_error *reterr)
{
        struct bw_str copy = bw_arena_str(arena, bw_str_trim(text));
        unsigned char bytes[sizeof(struct in6_addr)];

        if (!copy.p)
                return bw_error_nomem(reterr);
        if (copy.n && inet_pton(AF_INET, copy.p, bytes) != 1 && inet_pton(AF_INET6, copy.p, bytes) != 1)
                return bw_error_set(reterr, -EINVAL, "failed to parse IP");
        *ret = bw_value_str(copy);
        return 0;
}

static int number(enum bw_flag_type type, struct bw_str text, struct bw_value *ret, struct bw_error *reterr)
{
        int64_t i = 0;
        uint64_t u = 0;
        double d = 0;
        int r = type == BW_FLAG_INT    ? bw_go_int(text, &i)
                : type == BW_FLAG_UINT ? bw_go_uint(text, &u)
                                       : bw_str_to_double(text, &d);

        if (r < 0)
                return refused(reterr, r, type == BW_FLAG_FLOAT ? "strconv.ParseFloat" : "strconv.ParseInt");
        /* Rules compare them with plain numbers. */
        if (type == BW_FLAG_UINT && u > INT64_MAX)
                return refused(reterr, -ERANGE, "strconv.ParseUint");
        *ret = type == BW_FLAG_INT    ? bw_value_int(i)
               : type == BW_FLAG_UINT ? bw_value_int((int64_t)u)
                                      : bw_value_double(d);
        return 0;
}

static int boolean(struct bw_str text, struct bw_value *ret, struct bw_error *reterr)
{
        bool on;

        if (bw_go_bool(text, &on) < 0)
                return refused(reterr, -EINVAL, "strconv.ParseBool");
        *ret = bw_value_bool(on);
        return 0;
}

static int plain(struct bw_arena *arena, enum bw_flag_type type, struct bw_str text, struct bw_value *ret,
                 struct bw_error *reterr)
{
        switch (type) {
        case BW_FLAG_BOOL:
                return boolean(text, ret, reterr);
        case BW_FLAG_INT:
        case BW_FLAG_UINT:
        case BW_FLAG_FLOAT:
                return number(type, text, ret, reterr);
        case BW_FLAG_DURATION:
                return duration(arena, text, ret, reterr);
        case BW_FLAG_IP:
                return address(arena, text, ret, reterr);
        default:
                *ret = bw_value_str(text);
                return 0;
        }
}

/* ---- all uses */

static bool gathers(enum bw_flag_type type)
{
        return type == BW_FLAG_LIST || type == BW_FLAG_SET || type == BW_FLAG_ARRAY || type == BW_FLAG_MAP ||
               type == BW_FLAG_GATES || type == BW_FLAG_CONFIG;
}

static int take(struct gather *g, enum bw_flag_type type, struct bw_str text)
{
        if (type == BW_FLAG_LIST)
                return put_csv(g, text);
        if (type == BW_FLAG_SET)
                return put_set(g, text);
        if (type == BW_FLAG_ARRAY)
                return put_text(g, text);
        return put_pairs(g, type, text);
}

static int end_list(struct gather *g, struct bw_value *ret)
{
        struct bw_list *list = bw_list_new(g->arena, (uint32_t)g->n);

        if (!list)
                return bw_error_nomem(g->reterr);
        for (size_t i = 0; i < g->n; i++)
                list->items[i] = g->entries[i].value;
        *ret = bw_value_list(list, (uint32_t)g->n);
        return 0;
}

static int end_map(struct gather *g, struct bw_value *ret)
{
        struct bw_map *map = bw_map_new(g->arena, (uint32_t)g->n);
        uint32_t n = (uint32_t)g->n;
        bool repeated;
        int r;

        if (!map)
                return bw_error_nomem(g->reterr);
        if (g->n)
                memcpy(map->entries, g->entries, g->n * sizeof(map->entries[0]));
        r = bw_map_seal_last(g->arena, map, &n, NULL, &repeated);
        if (r < 0)
                return bw_error_set(g->reterr, r, "too many keys");
        *ret = bw_value_map(map, n);
        return 0;
}

static int end(struct gather *g, enum bw_flag_type type, struct bw_value *ret)
{
        return type == BW_FLAG_LIST || type == BW_FLAG_SET || type == BW_FLAG_ARRAY ? end_list(g, ret) : end_map(g, ret);
}

int bw_flags_value(struct bw_arena *arena, const struct bw_flags *flags, struct bw_str name, struct bw_value *ret,
                   size_t *ret_bad, struct bw_error *reterr)
{
        struct gather g = {.arena = arena, .reterr = reterr};
        struct bw_value value = {0};
        enum bw_flag_type type = BW_FLAG_TEXT;
        bool used = false;

        for (size_t i = 0; i < flags->n_uses; i++) {
                const struct bw_flag_use *use = &flags->uses[i];
                int r;

                if (!bw_str_eq(use->name, name))
                        continue;
                used = true;
                type = use->known ? use->type : BW_FLAG_TEXT;
                r = gathers(type) ? take(&g, type, use->value) : plain(arena, type, use->value, &value, reterr);
                if (r < 0) {
                        *ret_bad = i;
                        return r;
                }
        }
        if (used && gathers(type)) {
                int r = end(&g, type, &value);

                if (r < 0)
                        return r;
        }
        *ret = value;
        return 0;
}

int bw_flag_text_value(struct bw_arena *arena, enum bw_flag_type type, struct bw_str text, struct bw_value *ret,
                       struct bw_error *reterr)
{
        struct gather g = {.arena = arena, .reterr = reterr};
        int r;

        if (!gathers(type))
                return plain(arena, type, text, ret, reterr);
        r = text.n ? take(&g, type, text) : 0;
        return r < 0 ? r : end(&g, type, ret);
}
