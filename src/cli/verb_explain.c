/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"
#include "report/emit.h"
#include "value/value.h"

#define WIDTH 80
#define LABEL 12

/* A paragraph: every line of it on its own, filled to WIDTH when it is long. */
static void put_text(struct bw_buf *out, struct bw_str text, size_t indent)
{
        struct bw_str line;

        while (bw_str_split(&text, '\n', &line)) {
                struct bw_str word;
                size_t column = indent;

                bw_buf_fill(out, ' ', indent);
                for (bool first = true; bw_str_split(&line, ' ', &word); first = false) {
                        if (!first && column + 1 + word.n > WIDTH) {
                                bw_buf_char(out, '\n');
                                bw_buf_fill(out, ' ', indent);
                                column = indent;
                        } else if (!first) {
                                bw_buf_char(out, ' ');
                                column++;
                        }
                        bw_buf_clean(out, word);
                        column += word.n;
                }
                bw_buf_char(out, '\n');
        }
}

static void put_heading(struct bw_buf *out, const struct bw_cli *cli, const char *heading)
{
        bw_buf_char(out, '\n');
        bw_buf_puts(out, cli->out.color ? "\x1b[1m" : "");
        bw_buf_puts(out, heading);
        bw_buf_puts(out, cli->out.color ? "\x1b[0m\n" : "\n");
}

static void put_section(struct bw_buf *out, const struct bw_cli *cli, const char *heading, struct bw_str text)
{
        while (text.n && text.p[text.n - 1] == '\n')
                text.n--;
        if (text.n == 0)
                return;
        put_heading(out, cli, heading);
        put_text(out, text, 2);
}

static void put_field(struct bw_buf *out, const char *label, struct bw_str value)
{
        if (value.n == 0)
                return;
        bw_buf_puts(out, label);
        bw_buf_fill(out, ' ', LABEL - strlen(label));
        bw_buf_clean(out, value);
        bw_buf_char(out, '\n');
}

/* YAML text, each line indented. */
static void put_yaml(struct bw_buf *out, const struct bw_emit *e)
{
        struct bw_str rest = bw_str_trim(bw_buf_view(&e->buf));
        struct bw_str line;

        while (bw_str_split(&rest, '\n', &line)) {
                bw_buf_puts(out, "  ");
                bw_buf_clean(out, line);
                bw_buf_char(out, '\n');
        }
}

/* What the rule's document says beside the texts shown elsewhere: where it looks, and its expressions. */
static int put_check(struct bw_buf *out, const struct bw_cli *cli, struct bw_value source, struct bw_error *reterr)
{
        static const char elsewhere[] = "apiVersion kind metadata title severity practice why fix references tests";
        bw_auto_done(bw_emit_done) struct bw_emit e;
        int r;

        bw_emit_init(&e, BW_SYNTAX_YAML, NULL);
        bw_emit_map(&e);
        for (uint32_t i = 0; bw_value_is(source, BW_MAP) && i < source.n; i++) {
                const struct bw_entry *entry = &source.map->entries[i];

                if (entry->key.type != BW_STRING || bw_words_have(elsewhere, bw_value_text(entry->key)))
                        continue;
                bw_emit_any_key(&e, bw_value_text(entry->key));
                bw_emit_value(&e, entry->value);
        }
        bw_emit_end(&e);
        r = bw_emit_close(&e, reterr);
        if (r < 0)
                return r;
        put_heading(out, cli, "How it is checked");
        put_yaml(out, &e);
        return 0;
}

static int put_fix(struct bw_buf *out, const struct bw_cli *cli, const struct bw_rule_details *rule,
                   struct bw_error *reterr)
{
        struct bw_value patch = bw_map_walk(rule->source, "fix.patch");
        bw_auto_done(bw_emit_done) struct bw_emit e;
        int r;

        put_section(out, cli, "How to fix it", rule->info->fix);
        if (patch.type == BW_ABSENT)
                return 0;
        bw_emit_init(&e, BW_SYNTAX_YAML, NULL);
        bw_emit_value(&e, patch);
        r = bw_emit_close(&e, reterr);
        if (r < 0)
                return r;
        bw_buf_char(out, '\n');
        put_yaml(out, &e);
        return 0;
}

static void put_references(struct bw_buf *out, const struct bw_cli *cli, struct bw_value references)
{
        if (references.type != BW_LIST || references.n == 0)
                return;
        put_heading(out, cli, "Sources");
        for (uint32_t i = 0; i < references.n; i++) {
                struct bw_value v = bw_list_get(references, i);

                if (v.type != BW_STRING)
                        continue;
                bw_buf_puts(out, "  ");
                bw_buf_clean(out, bw_value_text(v));
                bw_buf_char(out, '\n');
        }
}

static void put_head(struct bw_buf *out, const struct bw_cli *cli, const struct bw_rule_info *info)
{
        bw_auto_done(bw_buf_done) struct bw_buf controls = {0};

        bw_buf_puts(out, cli->out.color ? "\x1b[1m" : "");
        bw_buf_clean(out, info->id);
        bw_buf_puts(out, cli->out.color ? "\x1b[0m  " : "  ");
        bw_buf_clean(out, info->title);
        bw_buf_puts(out, "\n\n");
        for (size_t i = 0; i < info->n_controls; i++) {
                if (info->controls[i].is_peer)
                        continue;
                bw_buf_puts(&controls, controls.n ? ", " : "");
                bw_buf_str(&controls, info->controls[i].framework);
                bw_buf_char(&controls, ' ');
                bw_buf_str(&controls, info->controls[i].control);
        }
        put_field(out, "Severity", bw_str(bw_severity_text(info->severity)));
        put_field(out, "Practice", info->practice);
        if (info->optional)
                put_field(out, "Runs", BW_STR("when it is asked for: by --rule, --framework or parameters of its own"));
        put_field(out, "Frameworks", bw_buf_view(&controls));
        put_field(out, "File", info->file);
        if (bw_buf_status(&controls) < 0)
                out->status = bw_buf_status(&controls);
}

/* What other tools call their checks of the same thing. */
static void put_peers(struct bw_buf *out, const struct bw_cli *cli, const struct bw_rule_info *info)
{
        bool first = true;

        for (size_t i = 0; i < info->n_controls; i++) {
                const struct bw_control *control = &info->controls[i];

                if (!control->is_peer)
                        continue;
                if (first)
                        put_heading(out, cli, "Also known as");
                first = false;
                bw_buf_puts(out, "  ");
                bw_buf_clean(out, control->framework);
                bw_buf_char(out, ' ');
                bw_buf_clean(out, control->control);
                bw_buf_char(out, '\n');
        }
}

static int explain(struct bw_cli *cli, struct bw_catalog *catalog, const char *id, struct bw_buf *out,
                   struct bw_error *reterr)
{
        struct bw_rule_details rule;
        int r = bw_catalog_find(catalog, bw_str(id), &rule, reterr);

        if (r < 0)
                return r;
        put_head(out, cli, rule.info);
        put_section(out, cli, "Why it matters", rule.info->why);
        r = put_check(out, cli, rule.source, reterr);
        if (r == 0)
                r = put_fix(out, cli, &rule, reterr);
        if (r == 0)
                put_peers(out, cli, rule.info);
        if (r == 0)
                put_references(out, cli, bw_map_get(rule.source, BW_STR("references")));
        return r;
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        bw_auto_done(bw_rule_set_done) struct bw_rule_set set = {0};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_error error = {0};
        int r = bw_rule_set_load(&set, args, &error);

        for (size_t i = 0; r == 0 && i < args->n_positional; i++) {
                bw_buf_puts(&out, i ? "\n" : "");
                r = explain(cli, set.catalog, args->positional[i], &out, &error);
        }
        return r < 0 ? bw_cli_fail(cli, &error) : bw_cli_print(cli, &out);
}

static const struct bw_option options[] = {
        BW_OPTION_RULES,
        BW_OPTION_COLOR,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"A rule that a scan reported", "bulwark explain BW-PSS-107"},
        {0},
};

const struct bw_verb bw_verb_explain = {
        .name = "explain",
        .summary = "tell why a rule matters, how it is checked and how to fix what it finds",
        .args = "RULE...",
        .text = "Shows the rule's severity, the framework controls that it covers, the reason, the expressions that "
                "decide, the fix, and the sources.",
        .options = options,
        .examples = examples,
        .complete = BW_COMPLETE_RULE,
        .min_args = 1,
        .max_args = SIZE_MAX,
        .run = run,
};
