/* SPDX-License-Identifier: Apache-2.0 */
/* rbac unused: rights that nobody used in the time of an audit log. */
#include "analyze/rbac_usage.h"
#include "base/arena.h"
#include "cli/columns.h"
#include "cli/rbac_inputs.h"
#include "cli/rbac_log.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_arena *arena;
        struct bw_rbac_log log;
        struct bw_rbac_inputs inputs;
        struct bw_rbac_unused *rows;
        size_t n;
};

static void job_done(struct job *job)
{
        bw_rbac_inputs_done(&job->inputs);
        bw_arena_free(job->arena);
}

static void put_words(struct bw_buf *out, const struct bw_str *words, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                bw_buf_puts(out, i ? "," : "");
                bw_buf_str(out, words[i]);
        }
}

/* "verbs create,delete; resources secrets" */
static int describe(const struct job *job, const struct bw_rbac_unused *row, struct bw_str *ret)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        if (row->whole_binding) {
                bw_buf_puts(&out, row->subject_seen ? "everything" : "everything: none of its subjects was seen");
        } else if (row->whole_rule) {
                bw_buf_puts(&out, "the whole rule");
        } else {
                bw_buf_puts(&out, row->n_verbs ? "verbs " : "");
                put_words(&out, row->verbs, row->n_verbs);
                if (row->n_used) {
                        bw_buf_puts(&out, " (used: ");
                        put_words(&out, row->used, row->n_used);
                        bw_buf_char(&out, ')');
                }
                bw_buf_puts(&out, row->n_resources == 0 ? "" : row->n_verbs ? "; for " : "for ");
                put_words(&out, row->resources, row->n_resources);
        }
        if (bw_buf_status(&out) < 0)
                return -ENOMEM;
        *ret = bw_arena_str(job->arena, bw_buf_view(&out));
        return ret->p ? 0 : -ENOMEM;
}

static int put_row(struct bw_columns *table, const struct job *job, const struct bw_rbac_unused *row)
{
        const struct bw_rbac_grant grant = {.binding = row->binding, .role = row->role, .rule = row->rule};
        struct bw_str unused;
        struct bw_str binding;
        struct bw_str role;
        struct bw_str rule = {0};
        struct bw_str place;
        int r = describe(job, row, &unused);

        if (r == 0)
                r = bw_rbac_object_text(&job->inputs, row->binding, &binding);
        if (r == 0)
                r = bw_rbac_object_text(&job->inputs, row->role, &role);
        if (r == 0 && row->whole_binding)
                r = bw_object_place(job->arena, job->inputs.docs[row->binding], (struct bw_path){0}, &place);
        else if (r == 0)
                r = bw_rbac_rule_place(&job->inputs, &grant, &place);
        if (r == 0 && !row->whole_binding)
                r = bw_rbac_rule_text(job->arena, bw_rbac_granting_rule(&job->inputs, &grant), &rule);
        if (r < 0)
                return r;
        bw_columns_cell(table, unused);
        bw_columns_cell(table, rule);
        bw_columns_cell(table, binding);
        bw_columns_cell(table, role);
        bw_columns_cell(table, place);
        return 0;
}

static int put_text(struct bw_buf *out, const struct job *job)
{
        static const char *const head[] = {"NOT USED", "OF THE RULE", "BINDING", "ROLE", "PLACE"};
        struct bw_columns table;
        int r = 0;

        bw_columns_init(&table, BW_ARRAY_SIZE(head), head);
        for (size_t i = 0; r == 0 && i < job->n; i++)
                r = put_row(&table, job, &job->rows[i]);
        if (r == 0 && job->n)
                r = bw_columns_print(&table, out);
        bw_columns_done(&table);
        bw_buf_puts(out, job->n ? "\n" : "everything that bindings grant was used\n");
        bw_rbac_log_span(&job->log, out);
        bw_buf_char(out, '\n');
        return r < 0 ? r : bw_buf_status(out);
}

static void emit_words(struct bw_emit *e, const char *key, const struct bw_str *words, size_t n)
{
        if (n == 0)
                return;
        bw_emit_key(e, key);
        bw_emit_list(e);
        for (size_t i = 0; i < n; i++)
                bw_emit_str(e, words[i]);
        bw_emit_end(e);
}

static int emit_row(struct bw_emit *e, const struct job *job, const struct bw_rbac_unused *row)
{
        const struct bw_rbac_grant grant = {.binding = row->binding, .role = row->role, .rule = row->rule};
        struct bw_str binding;
        struct bw_str role;
        int r = 0;

        bw_emit_map(e);
        bw_emit_key_str(e, "unused", row->whole_binding ? BW_STR("binding") : row->whole_rule ? BW_STR("rule") : BW_STR("part"));
        bw_emit_key(e, "subjectSeen");
        bw_emit_bool(e, row->subject_seen);
        emit_words(e, "verbs", row->verbs, row->n_verbs);
        emit_words(e, "usedVerbs", row->used, row->n_used);
        emit_words(e, "resources", row->resources, row->n_resources);
        if (!row->whole_binding) {
                r = bw_emit_rbac_grant(e, &job->inputs, &grant);
        } else {
                r = bw_rbac_object_text(&job->inputs, row->binding, &binding);
                if (r == 0)
                        r = bw_rbac_object_text(&job->inputs, row->role, &role);
                if (r == 0) {
                        bw_emit_key_str(e, "binding", binding);
                        bw_emit_key_str(e, "role", role);
                }
        }
        bw_emit_end(e);
        return r;
}

static int put_document(struct bw_buf *out, const struct job *job, const char *format, struct bw_error *reterr)
{
        bw_auto_done(bw_emit_done) struct bw_emit e;
        struct bw_usage_span span = bw_usage_span(job->log.usage);
        int r = 0;

        bw_emit_init(&e, bw_syntax_of(format), NULL);
        bw_emit_map(&e);
        bw_emit_key_str(&e, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(&e, "kind", BW_STR("UnusedAccess"));
        bw_emit_key_u64(&e, "events", span.events);
        bw_emit_key_u64(&e, "denied", span.denied);
        bw_emit_key_str(&e, "from", span.first);
        bw_emit_key_str(&e, "to", span.last);
        bw_emit_key(&e, "grants");
        bw_emit_list(&e);
        for (size_t i = 0; r == 0 && i < job->n; i++)
                r = emit_row(&e, job, &job->rows[i]);
        bw_emit_end(&e);
        bw_emit_end(&e);
        if (r < 0)
                return r;
        r = bw_emit_close(&e, reterr);
        if (r == 0)
                bw_buf_str(out, bw_buf_view(&e.buf));
        return r;
}

static int answer(struct job *job, struct bw_error *reterr)
{
        const char *format = bw_args_value(job->args, BW_OPT_OUTPUT, "text");
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        int r = bw_rbac_log_read(job->cli, job->arena, &job->log, reterr);

        if (r == 0)
                r = bw_rbac_unused(job->inputs.rbac, job->log.usage, job->arena, &job->rows, &job->n, reterr);
        if (r < 0)
                return r;
        r = strcmp(format, "text") == 0 ? put_text(&out, job) : put_document(&out, job, format, reterr);
        if (r < 0)
                return r == -ENOMEM ? bw_error_nomem(reterr) : r;
        r = bw_cli_print(job->cli, &out);
        if (r != BW_EXIT_OK)
                return r;
        return job->inputs.objects.incomplete || job->log.broken ? BW_EXIT_USAGE : job->n ? BW_EXIT_FINDINGS : BW_EXIT_OK;
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        bw_auto_done(job_done) struct job job = {.cli = cli, .args = args, .arena = bw_arena_new(0)};
        struct bw_error err = {0};
        int r = job.arena ? bw_rbac_log_args(args, job.arena, &job.log, &err) : bw_error_nomem(&err);

        if (r == 0) {
                const struct bw_objects_more more = {.readable = job.log.paths, .n_readable = job.log.n_paths};

                r = bw_rbac_inputs_open(cli, args, &more, &job.inputs, &err);
        }
        if (r == 0)
                r = answer(&job, &err);
        return r < 0 ? bw_cli_fail(cli, &err) : r;
}

static const struct bw_option options[] = {
        BW_OPTION_AUDIT_LOG,
        BW_OPTIONS_OBJECTS,
        BW_OPTION_DATA_OUTPUT,
        BW_OPTIONS_CLUSTER,
        BW_OPTION_COLOR,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"What the shop's roles grant and nobody needed",
         "bulwark rbac unused --audit-log examples/rbac/audit.jsonl -f examples/rbac/access.yaml"},
        {0},
};

const struct bw_verb bw_verb_rbac_unused = {
        .name = "rbac unused",
        .summary = "list rights that nobody used in the time of an audit log",
        .args = "",
        .text = "Holds every binding against the requests in the audit log: what its subjects were allowed and did. Shown are "
                "bindings of which nothing was used, rules without use, and the verbs and resources of a rule that were not "
                "needed. Kubernetes' own roles and bindings are left out.\n\n"
                "Nothing is wrong with a right that was not used yet: look at how long the log is. The exit status is 1 when "
                "there is something to take away.",
        .options = options,
        .examples = examples,
        .run = run,
};
