/* SPDX-License-Identifier: Apache-2.0 */
/* What a settings file says of rules, held against the catalog. */
#include "exception/settings.h"
#include "base/error.h"
#include "rule/rule_internal.h"

enum bw_rule_presence bw_catalog_look(void *rules, struct bw_str pattern, struct bw_str *ret_nearest)
{
        struct bw_catalog *catalog = rules;
        bool found = false;

        for (size_t i = 0; i < catalog->n_entries; i++) {
                struct rule_entry *entry = &catalog->entries[i];

                if (!bw_rule_pattern_matches(pattern, entry->id))
                        continue;
                found = true;
                if (rule_catalog_takes_part(catalog, entry, NULL) == 1)
                        return BW_RULE_TAKES_PART;
        }
        if (!found)
                *ret_nearest = rule_catalog_nearest(catalog, pattern);
        return found ? BW_RULE_LEFT_OUT : BW_RULE_UNKNOWN;
}

static bool is_there(const struct bw_catalog *catalog, struct bw_str pattern)
{
        for (size_t i = 0; i < catalog->n_entries; i++)
                if (bw_rule_pattern_matches(pattern, catalog->entries[i].id))
                        return true;
        return false;
}

static int check_rule(const struct bw_catalog *catalog, struct bw_str pattern, struct bw_mark mark,
                      struct bw_error *reterr)
{
        struct bw_str nearest;

        if (is_there(catalog, pattern))
                return 0;
        if (bw_str_ends(pattern, BW_STR("*")))
                return bw_error_at(reterr, -EINVAL, mark.line, mark.column, "no rule's id begins with %.*s",
                                   BW_STR_ARG(bw_str_n(pattern.p, pattern.n - 1)));
        nearest = rule_catalog_nearest(catalog, pattern);
        if (nearest.n)
                return bw_error_at(reterr, -EINVAL, mark.line, mark.column, "no rule \"%.*s\"; did you mean %.*s?",
                                   BW_STR_ARG(pattern), BW_STR_ARG(nearest));
        return bw_error_at(reterr, -EINVAL, mark.line, mark.column,
                           "no rule \"%.*s\"; bulwark rules list names them all", BW_STR_ARG(pattern));
}

/* ---- parameters */

static const char *type_text(struct bw_value v)
{
        static const char *const texts[_BW_TYPE_MAX] = {
                [BW_NULL] = "null",           [BW_BOOL] = "true or false", [BW_INT] = "a whole number",
                [BW_UINT] = "a whole number", [BW_DOUBLE] = "a number",    [BW_STRING] = "a text",
                [BW_LIST] = "a list",         [BW_MAP] = "a map",
        };

        return texts[v.type] ? texts[v.type] : "something else";
}

static bool fits(struct bw_value declared, struct bw_value given)
{
        return declared.type == given.type || declared.type == BW_NULL ||
               (declared.type == BW_DOUBLE && given.type == BW_INT);
}

static struct bw_mark mark_of(struct bw_value in, uint32_t i)
{
        if (in.type == BW_LIST)
                return in.list->marks ? in.list->marks[i] : (struct bw_mark){0};
        return in.map->marks ? in.map->marks[2 * i + 1] : (struct bw_mark){0};
}

static struct bw_value nth(struct bw_value in, uint32_t i)
{
        return in.type == BW_LIST ? in.list->items[i] : in.map->entries[i].value;
}

/* What is in a list or a map has the type of the first value that the rule itself puts there. */
static int check_contents(struct bw_str name, struct bw_value declared, struct bw_value given, struct bw_error *reterr)
{
        bool holds = given.type == BW_LIST || given.type == BW_MAP;

        if (!holds || declared.type != given.type || declared.n == 0)
                return 0;
        for (uint32_t i = 0; i < given.n; i++) {
                struct bw_mark mark = mark_of(given, i);

                if (!fits(nth(declared, 0), nth(given, i)))
                        return bw_error_at(reterr, -EINVAL, mark.line, mark.column, "parameter %.*s holds %s, not %s",
                                           BW_STR_ARG(name), type_text(nth(declared, 0)), type_text(nth(given, i)));
        }
        return 0;
}

static int no_such_parameter(struct bw_str id, struct bw_str name, struct bw_value declared, struct bw_mark mark,
                             struct bw_error *reterr)
{
        char known[256] = "";
        size_t used = 0;

        if (declared.type != BW_MAP || declared.n == 0)
                return bw_error_at(reterr, -EINVAL, mark.line, mark.column, "rule %.*s has no parameters",
                                   BW_STR_ARG(id));
        for (uint32_t i = 0; i < declared.n && used < sizeof(known) - 1; i++)
                used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%.*s", i ? ", " : "",
                                         BW_STR_ARG(bw_value_text(declared.map->entries[i].key)));
        return bw_error_at(reterr, -EINVAL, mark.line, mark.column, "rule %.*s has no parameter \"%.*s\"; it has %s",
                           BW_STR_ARG(id), BW_STR_ARG(name), known);
}

static int check_parameters(struct bw_str id, struct bw_value declared, struct bw_value given, struct bw_error *reterr)
{
        for (uint32_t i = 0; i < given.n; i++) {
                const struct bw_entry *e = &given.map->entries[i];
                struct bw_str name = bw_value_text(e->key);
                struct bw_value own = bw_map_get(declared, name);
                struct bw_mark mark = mark_of(given, i);
                int r;

                if (own.type == BW_ABSENT)
                        return no_such_parameter(id, name, declared,
                                                 given.map->marks ? given.map->marks[(size_t)2 * i] : mark, reterr);
                if (!fits(own, e->value))
                        return bw_error_at(reterr, -EINVAL, mark.line, mark.column,
                                           "parameter %.*s of rule %.*s is %s, not %s", BW_STR_ARG(name),
                                           BW_STR_ARG(id), type_text(own), type_text(e->value));
                r = check_contents(name, own, e->value, reterr);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int check_all_parameters(struct bw_catalog *catalog, struct bw_value params, struct bw_error *reterr)
{
        for (uint32_t i = 0; params.type == BW_MAP && i < params.n; i++) {
                struct bw_str id = bw_value_text(params.map->entries[i].key);
                struct bw_mark mark = params.map->marks ? params.map->marks[(size_t)2 * i] : (struct bw_mark){0};
                struct bw_rule_details details;
                int r = bw_str_ends(id, BW_STR("*"))
                                ? bw_error_at(reterr, -EINVAL, mark.line, mark.column,
                                              "parameters belong to one rule: name it by its whole id")
                                : check_rule(catalog, id, mark, reterr);

                if (r == 0)
                        r = bw_catalog_find(catalog, id, &details, reterr);
                if (r == 0)
                        r = check_parameters(id, bw_map_get(details.source, BW_STR("params")),
                                             params.map->entries[i].value, reterr);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* ---- all of it */

static int check_exceptions(const struct bw_catalog *catalog, const struct bw_settings *settings,
                            struct bw_error *reterr)
{
        const struct bw_setting *last = NULL; /* neighbours often name the same rule */

        for (size_t i = 0; i < settings->exceptions.n; i++) {
                const struct bw_setting_list *rules = &settings->exceptions.items[i].rules;

                for (size_t k = 0; k < rules->n; k++) {
                        const struct bw_setting *rule = &rules->items[k];
                        int r = last && bw_str_eq(last->text, rule->text)
                                        ? 0
                                        : check_rule(catalog, rule->text, rule->mark, reterr);

                        if (r < 0)
                                return r;
                        last = rule;
                }
        }
        return 0;
}

int bw_catalog_check_settings(struct bw_catalog *catalog, const struct bw_settings *settings, struct bw_error *reterr)
{
        int r = check_exceptions(catalog, settings, reterr);

        for (size_t i = 0; r == 0 && i < settings->disabled.n; i++) {
                const struct bw_setting *rule = &settings->disabled.items[i].rule;

                r = check_rule(catalog, rule->text, rule->mark, reterr);
        }
        if (r == 0)
                r = check_all_parameters(catalog, settings->params, reterr);
        if (r < 0 && reterr)
                bw_error_in_file(reterr, settings->file);
        return r;
}
