/* SPDX-License-Identifier: Apache-2.0 */
#include "exception/settings.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/doc.h"
#include "value/selector.h"
#include "doc/stream.h"
#include "exception/glob.h"
#include "finding/finding.h"

/* ---- reading by tables: the first thing that is wrong ends it */

struct reader {
        struct bw_arena *arena;
        struct bw_error *reterr;
};

/* Reads v (never ABSENT, never null) into slot. 0, -EINVAL, -E2BIG, -ENOMEM. */
typedef int (*read_fn)(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot);

struct field {
        const char *name;
        read_fn read; /* NULL: read elsewhere */
        size_t offset;
        bool required;
};
#define FIELD(type, member, field_name, fn, ...)                                                                       \
        {                                                                                                              \
                .name = (field_name), .read = (fn), .offset = offsetof(struct type, member), __VA_ARGS__               \
        }

#define FAIL(r, mark, ...) bw_error_at((r)->reterr, -EINVAL, (mark).line, (mark).column, __VA_ARGS__)

static struct bw_mark item_mark(struct bw_value list, size_t i)
{
        return list.n && list.list->marks ? list.list->marks[i] : (struct bw_mark){0};
}

static struct bw_mark entry_mark(struct bw_value map, size_t i, bool of_key)
{
        return map.n && map.map->marks ? map.map->marks[2 * i + !of_key] : (struct bw_mark){0};
}

static const struct field *find_field(const struct field *fields, size_t n, struct bw_value key)
{
        for (size_t i = 0; i < n; i++)
                if (key.type == BW_STRING && bw_str_is(bw_value_text(key), fields[i].name))
                        return &fields[i];
        return NULL;
}

static int unknown_field(const struct reader *r, struct bw_mark mark, const char *what, struct bw_value key,
                         const struct field *fields, size_t n)
{
        char known[256] = "";
        size_t used = 0;

        for (size_t i = 0; i < n && used < sizeof(known) - 1; i++)
                used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s", i ? ", " : "", fields[i].name);
        return FAIL(r, mark, "%s has no field \"%.*s\"; its fields are %s", what,
                    BW_STR_ARG(key.type == BW_STRING ? bw_value_text(key) : BW_STR("?")), known);
}

static int read_map(const struct reader *r, struct bw_value v, struct bw_mark mark, const char *what,
                    const struct field *fields, size_t n, void *base)
{
        if (v.type != BW_MAP)
                return FAIL(r, mark, "%s must be a map, not %s", what, bw_type_name((enum bw_type)v.type));
        for (uint32_t i = 0; i < v.n; i++) {
                const struct bw_entry *e = &v.map->entries[i];
                const struct field *f = find_field(fields, n, e->key);
                int status;

                if (!f)
                        return unknown_field(r, entry_mark(v, i, true), what, e->key, fields, n);
                if (!f->read || e->value.type == BW_NULL)
                        continue;
                status = f->read(r, e->value, entry_mark(v, i, false), (char *)base + f->offset);
                if (status < 0)
                        return status;
        }
        for (size_t i = 0; i < n; i++) {
                struct bw_value there = bw_map_get(v, bw_str(fields[i].name));

                if (fields[i].required && (there.type == BW_ABSENT || there.type == BW_NULL))
                        return FAIL(r, mark, "%s needs the field \"%s\"", what, fields[i].name);
        }
        return 0;
}

/* slot: a struct of a pointer to items and their number. */
static int read_list(const struct reader *r, struct bw_value v, struct bw_mark mark, const char *what,
                     read_fn read_item, size_t item_size, void *slot)
{
        struct {
                const void *items;
                size_t n;
        } list;
        char *items;

        if (v.type != BW_LIST)
                return FAIL(r, mark, "%s must be a list, not %s", what, bw_type_name((enum bw_type)v.type));
        items = bw_arena_zalloc(r->arena, (size_t)v.n * item_size + 1);
        if (!items)
                return bw_error_nomem(r->reterr);
        for (size_t i = 0; i < v.n; i++) {
                int status = read_item(r, v.list->items[i], item_mark(v, i), items + i * item_size);

                if (status < 0)
                        return status;
        }
        list.items = items;
        list.n = v.n;
        memcpy(slot, &list, sizeof(list));
        return 0;
}

static int read_text(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        bool is_plain = v.type == BW_BOOL || v.type == BW_INT || v.type == BW_DOUBLE;

        if (v.type != BW_STRING)
                return FAIL(r, mark, "a text belongs here, not %s%s", bw_type_name((enum bw_type)v.type),
                            is_plain ? ": put it in quotes" : "");
        if (bw_str_trim(bw_value_text(v)).n == 0)
                return FAIL(r, mark, "the text is empty");
        *(struct bw_str *)slot = bw_value_text(v);
        return 0;
}

static int read_setting(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_setting *setting = slot;

        setting->mark = mark;
        return read_text(r, v, mark, &setting->text);
}

static int read_settings_list(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        return read_list(r, v, mark, "this", read_setting, sizeof(struct bw_setting), slot);
}

/* ---- exceptions */

bool bw_rule_pattern_matches(struct bw_str pattern, struct bw_str rule)
{
        if (bw_str_ends(pattern, BW_STR("*")))
                return bw_str_starts(rule, bw_str_n(pattern.p, pattern.n - 1));
        return bw_str_eq(pattern, rule);
}

static int read_rule(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        int status = read_setting(r, v, mark, slot);
        struct bw_str text = ((struct bw_setting *)slot)->text;

        if (status < 0)
                return status;
        if (memchr(text.p, '?', text.n) || (!bw_glob_is_literal(text) && memchr(text.p, '*', text.n - 1)))
                return FAIL(r, mark, "a rule is named by its id, or by the id's beginning and one * at the end");
        return 0;
}

static int read_rules(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        int status = read_list(r, v, mark, "rules", read_rule, sizeof(struct bw_setting), slot);

        if (status == 0 && v.n == 0)
                return FAIL(r, mark, "rules names no rule");
        return status;
}

/* Days from 1970-01-01 to a day of the Gregorian calendar. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
        int64_t y = month > 2 ? year : year - 1;
        int64_t era = y / 400;
        int64_t of_era = y - era * 400;
        int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

        return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t days_in(int64_t year, int64_t month)
{
        return month == 12 ? 31 : days_of(year, month + 1, 1) - days_of(year, month, 1);
}

int bw_date_end(struct bw_str text, int64_t *ret_ends)
{
        static const char shape[] = "dddd-dd-dd";
        int64_t parts[3] = {0};
        size_t part = 0;

        if (text.n != sizeof(shape) - 1)
                return -EINVAL;
        for (size_t i = 0; i < text.n; i++) {
                bool is_digit = text.p[i] >= '0' && text.p[i] <= '9';

                if (is_digit != (shape[i] == 'd') || (!is_digit && text.p[i] != '-'))
                        return -EINVAL;
                if (is_digit)
                        parts[part] = parts[part] * 10 + (text.p[i] - '0');
                else
                        part++;
        }
        if (parts[0] < 1970 || parts[1] < 1 || parts[1] > 12 || parts[2] < 1 || parts[2] > days_in(parts[0], parts[1]))
                return -EINVAL;
        *ret_ends = (days_of(parts[0], parts[1], parts[2]) + 1) * 86400;
        return 0;
}

static int read_expires(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_setting_exception *exception = slot;
        int status = read_text(r, v, mark, &exception->expires);

        if (status < 0)
                return status;
        if (bw_date_end(exception->expires, &exception->ends) < 0)
                return FAIL(r, mark, "expires must be a date such as 2027-01-31, not \"%.*s\"",
                            BW_STR_ARG(exception->expires));
        return 0;
}

/* Deployment, apps/Deployment, *. Kinds in lower case would match nothing, silently. */
static int read_resource_kind(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        int status = read_text(r, v, mark, slot);
        struct bw_str text = *(struct bw_str *)slot;
        struct bw_str part = text;

        if (status < 0)
                return status;
        while (bw_str_split(&text, '/', &part))
                ;
        if (part.n == 0 || (!(part.p[0] >= 'A' && part.p[0] <= 'Z') && part.p[0] != '*'))
                return FAIL(r, mark, "a kind is written as manifests write it, such as Deployment or apps/Deployment");
        return 0;
}

static int read_resource(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        static const struct field fields[] = {
                FIELD(bw_excepted_resource, kind, "kind", read_resource_kind),
                FIELD(bw_excepted_resource, ns, "namespace", read_text),
                FIELD(bw_excepted_resource, name, "name", read_text),
        };

        return read_map(r, v, mark, "a resource", fields, BW_ARRAY_SIZE(fields), slot);
}

static int read_resources(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        return read_list(r, v, mark, "resources", read_resource, sizeof(struct bw_excepted_resource), slot);
}

static int read_path(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_error err = {0};
        struct bw_str text = {0};
        int status = read_text(r, v, mark, &text);

        if (status == 0)
                status = bw_path_parse(r->arena, text, slot, &err);
        if (status < 0 && err.code)
                return status == -ENOMEM ? bw_error_nomem(r->reterr)
                                         : FAIL(r, mark, "\"%.*s\" is no path: %s", BW_STR_ARG(text), err.message);
        return status;
}

static int read_paths(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        return read_list(r, v, mark, "paths", read_path, sizeof(struct bw_path), slot);
}

static int read_match_labels(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        (void)slot;
        if (v.type != BW_MAP)
                return FAIL(r, mark, "matchLabels must be a map");
        for (uint32_t i = 0; i < v.n; i++)
                if (v.map->entries[i].value.type != BW_STRING)
                        return FAIL(r, entry_mark(v, i, false), "a label's value is a text");
        return 0;
}

/* {key, operator, values}: as apimachinery takes them. */
static int read_expression(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        static const struct field fields[] = {{.name = "key"}, {.name = "operator"}, {.name = "values"}};
        struct bw_list *one = bw_list_new(r->arena, 1);
        struct bw_map *selector = bw_map_new(r->arena, 1);
        int status = read_map(r, v, mark, "a matchExpressions item", fields, BW_ARRAY_SIZE(fields), slot);

        if (status < 0)
                return status;
        if (!one || !selector)
                return bw_error_nomem(r->reterr);
        one->items[0] = v;
        selector->entries[0] =
                (struct bw_entry){.key = bw_value_str(BW_STR("matchExpressions")), .value = bw_value_list(one, 1)};
        if (bw_map_seal(r->arena, selector, 1) < 0)
                return bw_error_nomem(r->reterr);
        if (bw_selector_match(bw_value_map(selector, 1), bw_value_map(NULL, 0)) == BW_SELECTED_INVALID)
                return FAIL(r, mark,
                            "a matchExpressions item needs a key and an operator (In and NotIn with values, "
                            "Exists and DoesNotExist without)");
        return 0;
}

static int read_match_expressions(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_setting_list unused;

        (void)slot;
        return read_list(r, v, mark, "matchExpressions", read_expression, 1, &unused);
}

static int read_labels(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        static const struct field fields[] = {{.name = "matchLabels", .read = read_match_labels},
                                              {.name = "matchExpressions", .read = read_match_expressions}};

        *(struct bw_value *)slot = v;
        return read_map(r, v, mark, "labels", fields, BW_ARRAY_SIZE(fields), slot);
}

/* An exception from all rules for all objects would end every scan with "nothing wrong". */
static bool is_boundless(const struct bw_setting_exception *e)
{
        bool all_rules = false;

        for (size_t i = 0; i < e->rules.n; i++)
                all_rules = all_rules || bw_str_is(e->rules.items[i].text, "*");
        return all_rules && !e->resources.n && !e->namespaces.n && !e->containers.n && !e->files.n && !e->paths.n &&
               e->labels.type == BW_ABSENT;
}

static int read_exception(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        static const struct field fields[] = {
                FIELD(bw_setting_exception, rules, "rules", read_rules, .required = true),
                FIELD(bw_setting_exception, reason, "reason", read_text, .required = true),
                FIELD(bw_setting_exception, owner, "owner", read_text),
                {.name = "expires", .read = read_expires},
                FIELD(bw_setting_exception, resources, "resources", read_resources),
                FIELD(bw_setting_exception, labels, "labels", read_labels),
                FIELD(bw_setting_exception, namespaces, "namespaces", read_settings_list),
                FIELD(bw_setting_exception, containers, "containers", read_settings_list),
                FIELD(bw_setting_exception, paths, "paths", read_paths),
                FIELD(bw_setting_exception, files, "files", read_settings_list),
        };
        struct bw_setting_exception *exception = slot;
        int status;

        exception->mark = mark;
        exception->ends = INT64_MAX;
        status = read_map(r, v, mark, "an exception", fields, BW_ARRAY_SIZE(fields), slot);
        if (status == 0 && is_boundless(exception))
                return FAIL(r, mark,
                            "an exception from every rule needs a bound: resources, labels, namespaces, "
                            "containers, paths or files");
        return status;
}

static int read_exceptions(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        if (v.type == BW_LIST && v.n > BW_LIMIT_EXCEPTIONS)
                return bw_error_at(r->reterr, -E2BIG, mark.line, mark.column, "more than %d exceptions",
                                   BW_LIMIT_EXCEPTIONS);
        return read_list(r, v, mark, "exceptions", read_exception, sizeof(struct bw_setting_exception), slot);
}

/* ---- the rest */

static int read_disabled_item(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        static const struct field fields[] = {
                FIELD(bw_setting_disabled, rule, "rule", read_rule, .required = true),
                FIELD(bw_setting_disabled, reason, "reason", read_text, .required = true),
        };

        return read_map(r, v, mark, "a disabled rule", fields, BW_ARRAY_SIZE(fields), slot);
}

static int read_disabled(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        return read_list(r, v, mark, "disabledRules", read_disabled_item, sizeof(struct bw_setting_disabled), slot);
}

static int read_params(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        if (v.type != BW_MAP)
                return FAIL(r, mark, "params must be a map from rule ids to their parameters");
        for (uint32_t i = 0; i < v.n; i++)
                if (v.map->entries[i].value.type != BW_MAP)
                        return FAIL(r, entry_mark(v, i, false), "a rule's parameters are a map");
        *(struct bw_value *)slot = v;
        return 0;
}

int bw_fail_on_parse(struct bw_str text)
{
        return bw_str_is(text, "none") ? (int)_BW_SEVERITY_MAX : (int)bw_severity_parse(text);
}

static int read_fail_on(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_str text = {0};
        int status = read_text(r, v, mark, &text);

        if (status < 0)
                return status;
        *(int *)slot = bw_fail_on_parse(text);
        if (*(int *)slot < 0)
                return FAIL(r, mark, "failOn is low, medium, high, critical or none, not \"%.*s\"", BW_STR_ARG(text));
        return 0;
}

int bw_kubernetes_minor_parse(struct bw_str text)
{
        struct bw_str rest = bw_str_starts(text, BW_STR("v")) ? bw_str_rest(text, 1) : text;
        struct bw_str major = {0};
        struct bw_str minor = {0};
        uint64_t n;

        (void)bw_str_split(&rest, '.', &major);
        (void)bw_str_split(&rest, '.', &minor);
        if (!bw_str_is(major, "1") || bw_str_to_u64(minor, &n) < 0 || n > 999)
                return -EINVAL;
        return (int)n;
}

/* 1.30 without quotes is the number 1.3. */
static int read_version(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_str text = {0};
        int status;

        if (v.type == BW_DOUBLE || v.type == BW_INT)
                return FAIL(r, mark, "kubernetesVersion is a text: put it in quotes, or 1.30 is the number 1.3");
        status = read_text(r, v, mark, &text);
        if (status < 0)
                return status;
        *(int *)slot = bw_kubernetes_minor_parse(text);
        if (*(int *)slot < 0)
                return FAIL(r, mark, "kubernetesVersion is a version such as 1.33, not \"%.*s\"", BW_STR_ARG(text));
        return 0;
}

static int read_api_version(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        (void)slot;
        if (v.type != BW_STRING || !bw_str_is(bw_value_text(v), "bulwark.dev/v1"))
                return FAIL(r, mark, "apiVersion must be bulwark.dev/v1");
        return 0;
}

static int read_kind(const struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        (void)slot;
        if (v.type != BW_STRING || !bw_str_is(bw_value_text(v), "Config"))
                return FAIL(r, mark, "kind must be Config");
        return 0;
}

static int read_root(const struct reader *r, const struct bw_doc *doc, struct bw_settings *settings)
{
        static const struct field fields[] = {
                {.name = "apiVersion", .read = read_api_version, .required = true},
                {.name = "kind", .read = read_kind, .required = true},
                FIELD(bw_settings, exceptions, "exceptions", read_exceptions),
                FIELD(bw_settings, disabled, "disabledRules", read_disabled),
                FIELD(bw_settings, params, "params", read_params),
                FIELD(bw_settings, rules, "rules", read_settings_list),
                FIELD(bw_settings, frameworks, "frameworks", read_settings_list),
                FIELD(bw_settings, fail_on, "failOn", read_fail_on),
                FIELD(bw_settings, kubernetes_minor, "kubernetesVersion", read_version),
        };

        return read_map(r, doc->root, doc->mark, "a settings file", fields, BW_ARRAY_SIZE(fields), settings);
}

/* The one document of the text; comments and empty documents do not count. */
static int read_document(const struct reader *r, struct bw_str text, struct bw_doc *ret_doc)
{
        struct bw_cutter cutter;
        struct bw_piece piece;
        bool found = false;
        int more;

        bw_cutter_init(&cutter, bw_stream_format(text), false);
        while ((more = bw_cutter_next(&cutter, &text, true, &piece, r->reterr)) > 0) {
                struct bw_doc doc;
                /* JSON is YAML, and the reader of YAML keeps the places. */
                int status = bw_yaml_read(r->arena, piece.text, piece.line, true, &doc, r->reterr);

                if (status < 0)
                        return status;
                if (doc.root.type == BW_NULL || doc.root.type == BW_ABSENT)
                        continue;
                if (found)
                        return FAIL(r, doc.mark, "a settings file is one document");
                found = true;
                *ret_doc = doc;
        }
        if (more == 0 && !found)
                return bw_error_set(r->reterr, -EINVAL,
                                    "the settings file is empty: it needs apiVersion bulwark.dev/v1 and kind Config");
        return more;
}

int bw_settings_read(struct bw_arena *arena, struct bw_str file, struct bw_str text, struct bw_settings *ret_settings,
                     struct bw_error *reterr)
{
        const struct reader reader = {.arena = arena, .reterr = reterr};
        struct bw_settings settings = {.file = bw_arena_str(arena, file), .fail_on = -1, .kubernetes_minor = -1};
        struct bw_str copy = bw_arena_str(arena, text);
        struct bw_doc doc = {0};
        int r;

        if (!settings.file.p || !copy.p)
                return bw_error_nomem(reterr);
        if (text.n > BW_LIMIT_SETTINGS_BYTES)
                r = bw_error_set(reterr, -E2BIG, "a settings file has at most %zu bytes",
                                 (size_t)BW_LIMIT_SETTINGS_BYTES);
        else
                r = read_document(&reader, copy, &doc);
        if (r == 0)
                r = read_root(&reader, &doc, &settings);
        if (r < 0) {
                if (reterr)
                        bw_error_in_file(reterr, file);
                return r;
        }
        *ret_settings = settings;
        return 0;
}
