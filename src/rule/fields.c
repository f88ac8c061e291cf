/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/fields.h"

#include "base/arena.h"
#include "rule/fields_internal.h"

struct bw_rule_fields {
        struct bw_cel_type *types; /* one for each table: Kubernetes', then our own */
};

static size_t n_tables(void)
{
        return rule_n_field_tables + rule_n_own_tables;
}

static const struct rule_field_table *table_at(size_t i)
{
        return i < rule_n_field_tables ? &rule_field_tables[i] : &rule_own_tables[i - rule_n_field_tables];
}

const struct bw_cel_type *bw_rule_fields_type(const struct bw_rule_fields *fields, struct bw_str name)
{
        for (size_t i = 0; i < n_tables(); i++)
                if (bw_str_eq(fields->types[i].name, name))
                        return &fields->types[i];
        return NULL;
}

/* A kind of our own may be named as a type of Kubernetes' (a container's Probe): its type is bulwark.KIND. */
static const struct bw_cel_type *own_type(const struct bw_rule_fields *fields, struct bw_str kind)
{
        struct bw_str prefix = BW_STR("bulwark.");

        for (size_t i = rule_n_field_tables; i < n_tables(); i++)
                if (bw_str_starts(fields->types[i].name, prefix) &&
                    bw_str_eq(bw_str_rest(fields->types[i].name, prefix.n), kind))
                        return &fields->types[i];
        return &bw_cel_dyn;
}

/* A list of this type, or null: what a rule sees of a field that is not there. */
static const struct bw_cel_type *list_of(struct bw_arena *arena, const struct bw_cel_type *type)
{
        const struct bw_cel_type *list = type ? bw_cel_type_list(arena, type) : NULL;
        struct bw_cel_type *nullable = list ? bw_arena_alloc(arena, sizeof(*nullable)) : NULL;

        if (!nullable)
                return NULL;
        *nullable = *list;
        nullable->nullable = true;
        return nullable;
}

/* The type behind the colon. */
static const struct bw_cel_type *field_type(struct bw_arena *arena, const struct bw_rule_fields *fields,
                                            struct bw_str text)
{
        if (text.n == 0)
                return &bw_cel_dyn;
        if (text.p[0] != '[')
                return bw_rule_fields_type(fields, text);
        return list_of(arena, bw_rule_fields_type(fields, bw_str_n(text.p + 1, text.n - 2)));
}

static int fill_type(struct bw_arena *arena, const struct bw_rule_fields *fields, struct bw_cel_type *type,
                     struct bw_str text)
{
        struct bw_cel_field *list;
        struct bw_str part;
        uint32_t n = 1;

        for (size_t i = 0; i < text.n; i++)
                n += text.p[i] == ' ';
        list = bw_arena_array(arena, n, sizeof(*list));
        if (!list)
                return -ENOMEM;
        for (uint32_t i = 0; bw_str_split(&text, ' ', &part); i++) {
                struct bw_str name = part;

                if (bw_str_find(part, BW_STR(":")) != SIZE_MAX)
                        (void)bw_str_split(&part, ':', &name);
                else
                        part = (struct bw_str){0};
                list[i] = (struct bw_cel_field){.name = name, .type = field_type(arena, fields, part)};
                if (!list[i].type)
                        return -ENOMEM;
        }
        type->fields = list;
        type->n_fields = n;
        return 0;
}

int bw_rule_fields_new(struct bw_arena *arena, const struct bw_rule_fields **ret)
{
        struct bw_rule_fields *fields = bw_arena_zalloc(arena, sizeof(*fields));

        if (fields)
                fields->types = bw_arena_array(arena, n_tables(), sizeof(*fields->types));
        if (!fields || !fields->types)
                return -ENOMEM;
        for (size_t i = 0; i < n_tables(); i++)
                fields->types[i] = (struct bw_cel_type){.kind = BW_CEL_OBJECT, .name = bw_str(table_at(i)->name)};
        for (size_t i = 0; i < n_tables(); i++)
                if (fill_type(arena, fields, &fields->types[i], bw_str(table_at(i)->fields)) < 0)
                        return -ENOMEM;
        *ret = fields;
        return 0;
}

const struct bw_cel_type *bw_rule_fields_kind(const struct bw_rule_fields *fields, struct bw_str group,
                                              struct bw_str kind)
{
        if (bw_str_is(group, "bulwark.dev"))
                return own_type(fields, kind);
        for (size_t i = 0; i < rule_n_kind_names; i++) {
                struct bw_str kinds = bw_str(rule_kind_names[i].kinds);
                struct bw_str name;

                if (group.p && !bw_str_is(group, rule_kind_names[i].group))
                        continue;
                while (bw_str_split(&kinds, ' ', &name))
                        if (bw_str_eq(name, kind))
                                return bw_rule_fields_type(fields, kind);
        }
        return &bw_cel_dyn;
}

const struct bw_cel_type *bw_rule_fields_at(const struct bw_cel_type *type, struct bw_path path, size_t *ret_at)
{
        for (size_t i = 0; i < path.n; i++) {
                const struct bw_segment *s = &path.segments[i];
                const struct bw_cel_type *next = NULL;

                if (type->kind != BW_CEL_OBJECT && type->kind != BW_CEL_LIST)
                        return &bw_cel_dyn;
                if (type->kind == BW_CEL_LIST && s->kind != BW_SEGMENT_KEY)
                        next = type->params[0];
                for (uint32_t k = 0; type->kind == BW_CEL_OBJECT && s->kind == BW_SEGMENT_KEY && k < type->n_fields; k++)
                        if (bw_str_eq(type->fields[k].name, bw_value_text(s->key)))
                                next = type->fields[k].type;
                if (!next) {
                        *ret_at = i;
                        return NULL;
                }
                type = next;
        }
        return type;
}
