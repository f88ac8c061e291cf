/* SPDX-License-Identifier: Apache-2.0 */
/* rules list and rules show: the catalog as a table, and one rule as it is written. */
#include "base/alloc.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"
#include "report/report.h"
#include "rule/framework.h"
#include "value/value.h"

int bw_framework_check(struct bw_catalog *catalog, struct bw_str name, struct bw_error *reterr)
{
        const struct bw_framework *frameworks = NULL;
        struct bw_nearest nearest = {0};
        size_t n = 0;
        int r = bw_catalog_frameworks(catalog, &frameworks, &n, reterr);

        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++) {
                if (bw_str_eq(frameworks[i].name, name))
                        return 0;
                bw_nearest_try(&nearest, name, frameworks[i].name);
        }
        if (bw_nearest_is_near(&nearest, name))
                return bw_error_set(reterr, -ENOENT, "no framework \"%.*s\"; did you mean %.*s?", BW_STR_ARG(name),
                                    (int)nearest.n, nearest.best);
        return bw_error_set(reterr, -ENOENT, "no framework \"%.*s\"; there are %zu, such as %.*s", BW_STR_ARG(name), n,
                            BW_STR_ARG(n ? frameworks[0].name : BW_STR("none")));
}

int bw_rule_set_check(struct bw_catalog *catalog, const struct bw_args *args, size_t *ret_n, struct bw_error *reterr)
{
        const struct bw_rule_info *const *infos = NULL;
        struct bw_rule_details details;
        const char *value;
        size_t at = 0;
        size_t n = 0;
        int r = 0;

        while (r == 0 && (value = bw_args_next(args, BW_OPT_FRAMEWORK, &at)))
                r = bw_framework_check(catalog, bw_str(value), reterr);
        at = 0;
        while (r == 0 && (value = bw_args_next(args, BW_OPT_RULE, &at)))
                r = bw_catalog_find(catalog, bw_str(value), &details, reterr);
        if (r == 0)
                r = bw_catalog_infos(catalog, &infos, &n, reterr);
        if (r == 0 && n == 0)
                r = bw_error_set(reterr, -ENOENT, "no rule is in all of what --framework and --rule name");
        if (r == 0)
                *ret_n = n;
        return r;
}

int bw_rule_set_load(struct bw_rule_set *set, const struct bw_args *args, struct bw_error *reterr)
{
        struct bw_catalog_options options = {.kubernetes_minor = BW_KUBERNETES_NEWEST};
        const char *value;
        size_t at = 0;
        int r;

        set->frameworks = bw_malloc((args->n_options + 1) * sizeof(set->frameworks[0]));
        if (!set->frameworks)
                return bw_error_nomem(reterr);
        while ((value = bw_args_next(args, BW_OPT_FRAMEWORK, &at)))
                set->frameworks[options.n_frameworks++] = bw_str(value);
        options.frameworks = set->frameworks;
        r = bw_catalog_new(&options, &set->catalog, reterr);
        if (r == 0)
                r = bw_catalog_add_builtin(set->catalog, reterr);
        at = 0;
        while (r == 0 && (value = bw_args_next(args, BW_OPT_RULES, &at)))
                r = bw_files_add(&set->files, value, reterr);
        for (size_t i = 0; r == 0 && i < set->files.n; i++)
                r = bw_catalog_add(set->catalog, set->files.items[i].name, set->files.items[i].text, reterr);
        return r;
}

void bw_rule_set_done(struct bw_rule_set *set)
{
        bw_catalog_free(set->catalog);
        bw_files_done(&set->files);
        bw_free(set->frameworks);
        *set = (struct bw_rule_set){0};
}

enum bw_syntax bw_syntax_of(const char *format)
{
        return strcmp(format, "yaml") == 0 ? BW_SYNTAX_YAML : BW_SYNTAX_JSON;
}

void bw_emit_rule_info(struct bw_emit *e, const struct bw_rule_info *info)
{
        bw_emit_key_str(e, "id", info->id);
        bw_emit_key_str(e, "title", info->title);
        bw_emit_key_str(e, "severity", bw_str(bw_severity_text(info->severity)));
        bw_emit_key_str(e, "practice", info->practice);
        bw_emit_key(e, "optional");
        bw_emit_bool(e, info->optional);
        bw_report_controls(e, "frameworks", "name", info);
}

static void put_cell(struct bw_buf *out, struct bw_str s, size_t width)
{
        bw_buf_clean(out, s);
        bw_buf_fill(out, ' ', s.n < width ? width - s.n : 0);
        bw_buf_puts(out, "  ");
}

static void list_text(struct bw_buf *out, const struct bw_rule_info *const *infos, size_t n)
{
        size_t id_width = 4;

        for (size_t i = 0; i < n; i++)
                id_width = BW_MAX(id_width, infos[i]->id.n);
        put_cell(out, BW_STR("RULE"), id_width);
        bw_buf_puts(out, "SEVERITY  PRACTICE  TITLE\n");
        for (size_t i = 0; i < n; i++) {
                put_cell(out, infos[i]->id, id_width);
                put_cell(out, bw_str(bw_severity_text(infos[i]->severity)), 8);
                put_cell(out, infos[i]->practice, 8);
                bw_buf_clean(out, infos[i]->title);
                bw_buf_puts(out, infos[i]->optional ? " (optional)\n" : "\n");
        }
}

static int list_data(struct bw_emit *e, const struct bw_rule_info *const *infos, size_t n, struct bw_error *reterr)
{
        bw_emit_map(e);
        bw_emit_key_str(e, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(e, "kind", BW_STR("RuleList"));
        bw_emit_key(e, "items");
        bw_emit_list(e);
        for (size_t i = 0; i < n; i++) {
                bw_emit_map(e);
                bw_emit_rule_info(e, infos[i]);
                bw_emit_end(e);
        }
        bw_emit_end(e);
        bw_emit_end(e);
        return bw_emit_close(e, reterr);
}

static int run_list(struct bw_cli *cli, const struct bw_args *args)
{
        const char *format = bw_args_value(args, BW_OPT_OUTPUT, "text");
        bw_auto_done(bw_rule_set_done) struct bw_rule_set set = {0};
        bw_auto_done(bw_emit_done) struct bw_emit e;
        const struct bw_rule_info *const *infos = NULL;
        struct bw_error error = {0};
        size_t n = 0;
        int r;

        bw_emit_init(&e, bw_syntax_of(format), NULL);
        r = bw_rule_set_load(&set, args, &error);
        if (r == 0)
                r = bw_rule_set_check(set.catalog, args, &n, &error);
        if (r == 0)
                r = bw_catalog_infos(set.catalog, &infos, &n, &error);
        if (r < 0)
                return bw_cli_fail(cli, &error);
        if (strcmp(format, "text") == 0) {
                list_text(&e.buf, infos, n);
        } else if (strcmp(format, "name") == 0) {
                for (size_t i = 0; i < n; i++) {
                        bw_buf_clean(&e.buf, infos[i]->id);
                        bw_buf_char(&e.buf, '\n');
                }
        } else if (list_data(&e, infos, n, &error) < 0) {
                return bw_cli_fail(cli, &error);
        }
        return bw_cli_print(cli, &e.buf);
}

static int run_show(struct bw_cli *cli, const struct bw_args *args)
{
        const char *format = bw_args_value(args, BW_OPT_OUTPUT, "yaml");
        bw_auto_done(bw_rule_set_done) struct bw_rule_set set = {0};
        bw_auto_done(bw_emit_done) struct bw_emit e;
        struct bw_rule_details rule;
        struct bw_error error = {0};
        int r;

        bw_emit_init(&e, bw_syntax_of(format), NULL);
        r = bw_rule_set_load(&set, args, &error);
        for (size_t i = 0; r == 0 && i < args->n_positional; i++) {
                r = bw_catalog_find(set.catalog, bw_str(args->positional[i]), &rule, &error);
                if (r < 0)
                        break;
                if (i > 0)
                        bw_emit_next_document(&e);
                bw_emit_value(&e, rule.source);
        }
        if (r == 0)
                r = bw_emit_close(&e, &error);
        return r < 0 ? bw_cli_fail(cli, &error) : bw_cli_print(cli, &e.buf);
}

static const struct bw_option list_options[] = {
        {.name = "framework",
         .arg = "NAME",
         .id = BW_OPT_FRAMEWORK,
         .help = "only the rules of this framework, such as pss-restricted (may be repeated)"},
        BW_OPTION_RULES,
        {.name = "output",
         .letter = 'o',
         .arg = "FORMAT",
         .id = BW_OPT_OUTPUT,
         .words = "text name json yaml",
         .complete = BW_COMPLETE_WORDS,
         .only_words = true,
         .help = "text (default), name (ids only), json or yaml"},
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example list_examples[] = {
        {"All rules", "bulwark rules list"},
        {"Those of the Pod Security Standards, level baseline", "bulwark rules list --framework pss-baseline"},
        {0},
};

const struct bw_verb bw_verb_rules_list = {
        .name = "rules list",
        .summary = "list rules",
        .args = "",
        .text = "One line for each rule: its id, severity, the practice that it belongs to, and its title.",
        .options = list_options,
        .examples = list_examples,
        .run = run_list,
};

static const struct bw_option show_options[] = {
        BW_OPTION_RULES,
        {.name = "output",
         .letter = 'o',
         .arg = "FORMAT",
         .id = BW_OPT_OUTPUT,
         .words = "yaml json",
         .complete = BW_COMPLETE_WORDS,
         .only_words = true,
         .help = "yaml (default) or json"},
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example show_examples[] = {
        {"A built-in rule, as a start for one of your own", "bulwark rules show BW-PSS-107"},
        {0},
};

const struct bw_verb bw_verb_rules_show = {
        .name = "rules show",
        .summary = "print rules as they are written",
        .args = "RULE...",
        .text = "Prints the rule's document: what it matches, its expressions, texts and fix.",
        .options = show_options,
        .examples = show_examples,
        .complete = BW_COMPLETE_RULE,
        .min_args = 1,
        .max_args = SIZE_MAX,
        .run = run_show,
};
