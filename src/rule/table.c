/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/table.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

static struct bw_mark mark_of(const struct bw_map *map, size_t i)
{
        return map && map->marks ? map->marks[i] : (struct bw_mark){0};
}

static struct bw_value merge(struct bw_arena *arena, struct bw_value common, struct bw_value row);

struct merging {
        struct bw_arena *arena;
        struct bw_map *map;
        struct bw_mark *marks;
        uint32_t n;
};

/* -ENOMEM. A null takes the field away. */
static int put(struct merging *m, const struct bw_map *from, uint32_t i, struct bw_value value)
{
        if (value.type == BW_ABSENT)
                return -ENOMEM;
        if (value.type == BW_NULL)
                return 0;
        m->map->entries[m->n] = (struct bw_entry){.key = from->entries[i].key, .value = value};
        m->marks[2 * m->n] = mark_of(from, 2 * i);
        m->marks[2 * m->n + 1] = mark_of(from, 2 * i + 1);
        m->n++;
        return 0;
}

/* The fields of both maps, in the order of the first; -ENOMEM. */
static int merge_maps(struct merging *m, struct bw_value common, struct bw_value row)
{
        int r = 0;

        for (uint32_t i = 0; i < common.n && r == 0; i++) {
                const struct bw_entry *field = &common.map->entries[i];
                const struct bw_entry *over = bw_map_find_any(row, field->key);

                if (!over)
                        r = put(m, common.map, i, field->value);
                else
                        r = put(m, row.map, (uint32_t)(over - row.map->entries),
                                merge(m->arena, field->value, over->value));
        }
        for (uint32_t i = 0; i < row.n && r == 0; i++)
                if (!bw_map_find_any(common, row.map->entries[i].key))
                        r = put(m, row.map, i, row.map->entries[i].value);
        return r;
}

/* ABSENT when memory is short. */
static struct bw_value merge(struct bw_arena *arena, struct bw_value common, struct bw_value row)
{
        struct merging m = {.arena = arena};

        if (common.type != BW_MAP || row.type != BW_MAP)
                return row;
        m.map = bw_map_new(arena, common.n + row.n);
        m.marks = bw_arena_array(arena, 2 * ((size_t)common.n + row.n) + 1, sizeof(*m.marks));
        if (!m.map || !m.marks || merge_maps(&m, common, row) < 0)
                return (struct bw_value){0};
        m.map->marks = m.marks;
        return bw_map_seal(arena, m.map, m.n) < 0 ? (struct bw_value){0} : bw_value_map(m.map, m.n);
}

struct bw_value rule_test_object(struct bw_arena *arena, struct bw_value base, struct bw_value object)
{
        if (base.type != BW_MAP || bw_map_get(object, BW_STR("kind")).type != BW_ABSENT ||
            bw_map_get(object, BW_STR("containers")).type != BW_ABSENT)
                return object;
        return merge(arena, base, object);
}

/* What all rows begin with: the table without its rows, as a rule. ABSENT when memory is short. */
static struct bw_value common_part(struct bw_arena *arena, struct bw_value table)
{
        struct bw_map *changes = bw_map_new(arena, 2);

        if (!changes)
                return (struct bw_value){0};
        changes->entries[0] = (struct bw_entry){bw_value_str(BW_STR("kind")), bw_value_str(BW_STR("Rule"))};
        changes->entries[1] = (struct bw_entry){bw_value_str(BW_STR("rows")), bw_value_null()};
        if (bw_map_seal(arena, changes, 2) < 0)
                return (struct bw_value){0};
        return merge(arena, table, bw_value_map(changes, 2));
}

static int find_rows(const struct bw_doc *table, const struct bw_entry **ret, struct bw_mark *ret_mark,
                     struct bw_error *reterr)
{
        const struct bw_entry *rows = bw_map_find(table->root, bw_value_str(BW_STR("rows")));
        struct bw_mark mark = table->mark;

        if (rows)
                mark = mark_of(table->root.map, 2 * (size_t)(rows - table->root.map->entries));
        if (!rows || rows->value.type != BW_LIST || rows->value.n == 0)
                return bw_error_at(reterr, -EINVAL, mark.line, mark.column,
                                   "a table needs rows: a list with the fields of each rule");
        if (rows->value.n > BW_LIMIT_RULE_ROWS)
                return bw_error_at(reterr, -E2BIG, mark.line, mark.column, "a table has at most %d rows",
                                   BW_LIMIT_RULE_ROWS);
        *ret = rows;
        *ret_mark = mark;
        return 0;
}

bool rule_table_is(const struct bw_doc *doc)
{
        return bw_str_is(doc->api_version, "bulwark.dev/v1") && bw_str_is(doc->kind, "RuleTable");
}

int rule_table_expand(struct bw_arena *arena, const struct bw_doc *table, struct bw_doc **ret_rules, size_t *ret_n,
                      struct bw_error *reterr)
{
        const struct bw_entry *rows = NULL;
        struct bw_value common;
        struct bw_doc *rules;
        struct bw_mark mark;
        int r = find_rows(table, &rows, &mark, reterr);

        if (r < 0)
                return r;
        common = common_part(arena, table->root);
        rules = bw_arena_array(arena, rows->value.n, sizeof(*rules));
        if (common.type == BW_ABSENT || !rules)
                return bw_error_nomem(reterr);
        for (uint32_t i = 0; i < rows->value.n; i++) {
                struct bw_value row = rows->value.list->items[i];

                if (rows->value.list->marks)
                        mark = rows->value.list->marks[i];
                if (row.type != BW_MAP)
                        return bw_error_at(reterr, -EINVAL, mark.line, mark.column, "a row must be a map");
                rules[i] = *table;
                rules[i].root = merge(arena, common, row);
                rules[i].mark = mark;
                if (rules[i].root.type == BW_ABSENT)
                        return bw_error_nomem(reterr);
                (void)bw_doc_identify(&rules[i]);
        }
        *ret_rules = rules;
        *ret_n = rows->value.n;
        return 0;
}
