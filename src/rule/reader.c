/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/reader_internal.h"

#include "base/arena.h"
#include "base/error.h"

struct bw_mark list_mark(struct bw_value list, size_t i)
{
        return list.n && list.list->marks ? list.list->marks[i] : (struct bw_mark){0};
}

struct bw_mark key_mark(struct bw_value map, size_t i)
{
        return map.n && map.map->marks ? map.map->marks[2 * i] : (struct bw_mark){0};
}

struct bw_mark value_mark(struct bw_value map, size_t i)
{
        return map.n && map.map->marks ? map.map->marks[2 * i + 1] : (struct bw_mark){0};
}

static const struct field *find_field(const struct field *fields, size_t n, struct bw_value key)
{
        for (size_t i = 0; i < n; i++)
                if (key.type == BW_STRING && bw_str_is(bw_value_text(key), fields[i].name))
                        return &fields[i];
        return NULL;
}

int read_map(struct reader *r, struct bw_value v, struct bw_mark mark, const char *what, const struct field *fields,
             size_t n_fields, void *base)
{
        if (v.type != BW_MAP) {
                rule_problem_add(r->problems, r->doc, mark, "%s must be a map", what);
                return 0;
        }
        for (uint32_t i = 0; i < v.n; i++) {
                const struct bw_entry *e = &v.map->entries[i];
                const struct field *f = find_field(fields, n_fields, e->key);
                int status;

                if (!f) {
                        rule_problem_add(r->problems, r->doc, key_mark(v, i), "%s has no field \"%.*s\"", what,
                                         BW_STR_ARG(e->key.type == BW_STRING ? bw_value_text(e->key) : BW_STR("?")));
                        continue;
                }
                if (!f->read || e->value.type == BW_NULL)
                        continue;
                status = f->read(r, e->value, value_mark(v, i), (char *)base + f->offset);
                if (status < 0)
                        return status;
        }
        for (size_t i = 0; i < n_fields; i++) {
                struct bw_value there = bw_map_get(v, bw_str(fields[i].name));

                if (fields[i].required && (there.type == BW_ABSENT || there.type == BW_NULL))
                        rule_problem_add(r->problems, r->doc, mark, "%s lacks the field \"%s\"", what, fields[i].name);
        }
        return 0;
}

int read_list(struct reader *r, struct bw_value v, struct bw_mark mark, field_reader read_item, size_t item_size,
              void *ret_items, size_t *ret_n)
{
        size_t n = v.type == BW_LIST ? v.n : 1;
        char *items = bw_arena_zalloc(r->arena, n * item_size + 1);

        if (!items)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                struct bw_value item = v.type == BW_LIST ? v.list->items[i] : v;
                int status = read_item(r, item, v.type == BW_LIST ? list_mark(v, i) : mark, items + i * item_size);

                if (status < 0)
                        return status;
        }
        memcpy(ret_items, &items, sizeof(items));
        *ret_n = n;
        return 0;
}

int read_text(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        if (v.type != BW_STRING || v.n == 0) {
                rule_problem_add(r->problems, r->doc, mark, "expected a text here (not a %s)",
                                 v.type == BW_STRING ? "text of no characters" : bw_type_name(v.type));
                *(struct bw_str *)slot = BW_STR("?");
                return 0;
        }
        *(struct bw_str *)slot = bw_value_text(v);
        return 0;
}

int read_bool(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        if (v.type != BW_BOOL)
                rule_problem_add(r->problems, r->doc, mark, "expected true or false");
        else
                *(bool *)slot = v.b;
        return 0;
}

int read_any_map(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        if (v.type != BW_MAP)
                rule_problem_add(r->problems, r->doc, mark, "expected a map");
        else
                *(struct bw_value *)slot = v;
        return 0;
}

int read_expr(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct rule_expr *expr = slot;

        /* A YAML reader takes `expression: true` for a bool; as CEL it is the same. */
        expr->mark = mark;
        if (v.type == BW_BOOL) {
                expr->source = v.b ? BW_STR("true") : BW_STR("false");
                return 0;
        }
        return read_text(r, v, mark, &expr->source);
}

int read_path(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_path *path = slot;
        struct bw_error err = {0};
        struct bw_str text = {0};
        int status = read_text(r, v, mark, &text);

        if (status < 0 || v.type != BW_STRING)
                return status;
        status = bw_path_parse(r->arena, text, path, &err);
        if (status == -ENOMEM)
                return status;
        if (status < 0) {
                rule_problem_add(r->problems, r->doc, mark, "%s", err.message);
                return 0;
        }
        for (size_t i = 0; i < path->n; i++)
                if (path->segments[i].kind == BW_SEGMENT_EACH)
                        rule_problem_add(r->problems, r->doc, mark, "wildcards belong into forEach, not here");
        return 0;
}

int read_versions(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_error err = {0};
        struct bw_str text = {0};
        int status = read_text(r, v, mark, &text);

        if (status < 0 || v.type != BW_STRING)
                return status;
        if (rule_versions_parse(text, slot, &err) < 0)
                rule_problem_add(r->problems, r->doc, mark, "%s", err.message);
        return 0;
}

int read_texts(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct text_list *list = slot;

        return read_list(r, v, mark, read_text, sizeof(struct bw_str), &list->items, &list->n);
}
