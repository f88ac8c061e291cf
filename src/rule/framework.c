/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/framework.h"

#include "base/arena.h"
#include "base/error.h"
#include "rule/reader_internal.h"

#define FIELD(type, member, field_name, reader_fn, ...)                                            \
        {.name = (field_name), .read = (reader_fn), .offset = offsetof(struct type, member), ##__VA_ARGS__}

static int read_control_rules(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_framework_control *control = slot;

        return read_list(r, v, mark, read_text, sizeof(struct bw_str), &control->rules, &control->n_rules);
}

static int read_control(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        static const struct field fields[] = {
                FIELD(bw_framework_control, id, "id", read_text, .required = true),
                FIELD(bw_framework_control, title, "title", read_text, .required = true),
                {.name = "rules", .read = read_control_rules},
                FIELD(bw_framework_control, no_rule, "noRule", read_text),
        };
        struct bw_framework_control *control = slot;
        int status = read_map(r, v, mark, "control", fields, BW_ARRAY_SIZE(fields), slot);

        if (status == 0 && (control->n_rules > 0) == (control->no_rule.n > 0))
                rule_problem_add(r->problems, r->doc, mark, "a control has either rules, or noRule that says why not");
        return status;
}

static int read_controls(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_framework *fw = slot;

        return read_list(r, v, mark, read_control, sizeof(*fw->controls), &fw->controls, &fw->n_controls);
}

static int read_framework_name(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        static const struct field fields[] = {
                FIELD(bw_framework, name, "name", read_text, .required = true),
        };

        return read_map(r, v, mark, "metadata", fields, BW_ARRAY_SIZE(fields), slot);
}

static int read_type(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_framework *fw = slot;

        fw->is_peer = v.type == BW_STRING && bw_str_is(bw_value_text(v), "peer");
        if (!fw->is_peer && (v.type != BW_STRING || !bw_str_is(bw_value_text(v), "standard")))
                rule_problem_add(r->problems, r->doc, mark, "type must be standard or peer");
        return 0;
}

int framework_load(struct bw_arena *arena, const struct bw_doc *doc, struct bw_value root,
                   struct rule_problems *problems, struct bw_framework **ret)
{
        static const struct field fields[] = {
                {.name = "apiVersion", .required = true},
                {.name = "kind", .required = true},
                {.name = "metadata", .read = read_framework_name, .required = true},
                FIELD(bw_framework, title, "title", read_text, .required = true),
                FIELD(bw_framework, reference, "reference", read_text),
                {.name = "type", .read = read_type},
                FIELD(bw_framework, controls_of, "controlsOf", read_text),
                {.name = "controls", .read = read_controls},
        };
        struct rule_load_options options = {.negate_at = -1};
        struct reader r = {.arena = arena, .doc = doc, .problems = problems, .options = &options};
        struct bw_framework *fw = bw_arena_zalloc(arena, sizeof(*fw));
        struct bw_mark mark = doc ? doc->mark : (struct bw_mark){0};
        size_t before = problems->n + problems->n_more;
        int status;

        if (!fw)
                return -ENOMEM;
        status = read_map(&r, root, mark, "framework", fields, BW_ARRAY_SIZE(fields), fw);
        if (status < 0)
                return status;
        if (root.type == BW_MAP && (fw->n_controls > 0) == (fw->controls_of.n > 0))
                rule_problem_add(problems, doc, mark, "a framework has either controls, or controlsOf another one");
        if (problems->nomem)
                return -ENOMEM;
        *ret = problems->n + problems->n_more > before ? NULL : fw;
        return 0;
}

int framework_resolve(struct bw_catalog *catalog, const struct bw_doc *doc, struct rule_problems *problems,
                      struct bw_framework *framework, struct bw_error *reterr)
{
        const struct bw_framework *all = NULL;
        size_t n = 0;
        int r = framework->controls_of.n ? bw_catalog_frameworks(catalog, &all, &n, reterr) : 0;

        if (r < 0 || !framework->controls_of.n)
                return r;
        for (size_t i = 0; i < n; i++)
                if (bw_str_eq(all[i].name, framework->controls_of)) {
                        framework->controls = all[i].controls;
                        framework->n_controls = all[i].n_controls;
                        return 0;
                }
        rule_problem_add(problems, doc, doc->mark, "controlsOf: there is no framework %.*s",
                         BW_STR_ARG(framework->controls_of));
        return 0;
}

static int load_builtin(struct bw_catalog *catalog, const struct rule_builtin_framework *b, struct bw_framework *ret,
                        struct bw_error *reterr)
{
        struct rule_problems problems = {.arena = catalog->arena};
        struct bw_framework *fw;
        struct bw_doc doc;
        size_t used;
        int r;

        r = bw_json_read(catalog->arena, bw_str_n(b->json, b->n_json), 1, 1, true, &doc, &used, reterr);
        if (r < 0)
                return r;
        r = framework_load(catalog->arena, NULL, doc.root, &problems, &fw);
        if (r < 0)
                return bw_error_nomem(reterr);
        if (!fw)
                return rule_problems_error(&problems, reterr);
        *ret = *fw;
        return 0;
}

static int cmp_name(const void *a, const void *b)
{
        return bw_str_cmp(((const struct bw_framework *)a)->name, ((const struct bw_framework *)b)->name);
}

int bw_catalog_frameworks(struct bw_catalog *catalog, const struct bw_framework **ret, size_t *ret_n,
                          struct bw_error *reterr)
{
        size_t n_builtin = catalog->has_builtin_frameworks ? rule_n_builtin_frameworks : 0;
        size_t n = catalog->n_frameworks + n_builtin;
        struct bw_framework *all = bw_arena_array(catalog->arena, n + 1, sizeof(*all));
        int r;

        if (!all)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < n_builtin; i++) {
                r = load_builtin(catalog, &rule_builtin_frameworks[i], &all[i], reterr);
                if (r < 0)
                        return r;
        }
        for (size_t i = 0; i < catalog->n_frameworks; i++)
                all[n_builtin + i] = *catalog->frameworks[i];
        qsort(all, n, sizeof(*all), cmp_name);
        *ret = all;
        *ret_n = n;
        return 0;
}
