/* SPDX-License-Identifier: Apache-2.0 */
/* rules lint and rules test: what is wrong in rule files, and whether the tests inside rules hold. */
#include "base/arena.h"
#include "base/limits.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"
#include "rule/lint.h"
#include "rule/testrun.h"

static int load_files(struct bw_files *files, const struct bw_args *args, struct bw_error *reterr)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < args->n_positional; i++)
                r = bw_files_add(files, args->positional[i], reterr);
        if (r == 0 && args->n_positional && files->n == 0)
                return bw_error_set(reterr, -ENOENT, "no rule files (*.yaml, *.yml) in what was named");
        return r;
}

static int lint_data(struct bw_emit *e, const struct bw_rule_problems *problems, size_t n_files,
                     struct bw_error *reterr)
{
        bw_emit_map(e);
        bw_emit_key_str(e, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(e, "kind", BW_STR("RuleLintReport"));
        bw_emit_key_u64(e, "files", n_files);
        bw_emit_key(e, "problems");
        bw_emit_list(e);
        for (size_t i = 0; i < problems->n; i++) {
                bw_emit_map(e);
                bw_emit_key_str(e, "file", problems->items[i].file);
                bw_emit_key_u64(e, "line", problems->items[i].line);
                bw_emit_key_u64(e, "column", problems->items[i].column);
                bw_emit_key_str(e, "message", problems->items[i].message);
                bw_emit_end(e);
        }
        bw_emit_end(e);
        bw_emit_key_u64(e, "omitted", problems->n_more);
        bw_emit_end(e);
        return bw_emit_close(e, reterr);
}

static int run_lint(struct bw_cli *cli, const struct bw_args *args)
{
        const char *format = bw_args_value(args, BW_OPT_OUTPUT, "text");
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
        bw_auto_done(bw_files_done) struct bw_files files = {0};
        bw_auto_done(bw_emit_done) struct bw_emit e;
        struct bw_rule_problems problems = {0};
        struct bw_error error = {0};
        int status;
        int r;

        bw_emit_init(&e, bw_syntax_of(format), NULL);
        r = arena ? load_files(&files, args, &error) : bw_error_nomem(&error);
        if (r == 0)
                r = bw_rule_lint(arena, files.items, files.n, &problems, &error);
        if (r < 0)
                return bw_cli_fail(cli, &error);
        if (strcmp(format, "text") == 0) {
                bw_rule_problems_format(&e.buf, &problems);
                bw_buf_printf(&e.buf, "%zu %s, %zu %s\n", files.n, files.n == 1 ? "file" : "files",
                              problems.n + problems.n_more, problems.n + problems.n_more == 1 ? "problem" : "problems");
        } else if (lint_data(&e, &problems, files.n, &error) < 0) {
                return bw_cli_fail(cli, &error);
        }
        status = bw_cli_print(cli, &e.buf);
        return status == BW_EXIT_OK && problems.n ? BW_EXIT_FINDINGS : status;
}

/* Results as they come: lines for people, or items of the list that is open. */
struct tally {
        struct bw_emit e;
        bool is_text;
        bool verbose;
        uint64_t passed;
        uint64_t failed;
        uint64_t mutations;
        uint64_t noticed;
        bool mutates;
};

static void put_negated(struct bw_buf *out, const struct bw_rule_test_result *result)
{
        struct bw_str rest = bw_str_trim(result->test);
        struct bw_str line;

        bw_buf_puts(out, result->ok ? "noticed  " : "MISSED   ");
        bw_buf_clean(out, result->rule);
        bw_buf_puts(out, "  not:");
        while (bw_str_split(&rest, '\n', &line)) {
                bw_buf_char(out, ' ');
                bw_buf_clean(out, bw_str_trim(line));
        }
        bw_buf_puts(out, "\n         ");
        if (result->ok) {
                bw_buf_puts(out, "by: ");
                bw_buf_clean(out, result->noticed_by);
        } else {
                bw_buf_clean(out, result->file);
                bw_buf_puts(out, ": ");
                bw_buf_clean(out, result->why);
        }
        bw_buf_char(out, '\n');
}

static int take_result(void *userdata, const struct bw_rule_test_result *result)
{
        struct tally *t = userdata;
        struct bw_buf *out = &t->e.buf;

        t->passed += !result->is_mutation && result->ok;
        t->failed += !result->is_mutation && !result->ok;
        t->mutations += result->is_mutation;
        t->noticed += result->is_mutation && result->ok;
        if (!t->is_text) {
                bw_emit_map(&t->e);
                bw_emit_key_str(&t->e, "rule", result->rule);
                bw_emit_key_str(&t->e, result->is_mutation ? "negated" : "test", result->test);
                bw_emit_key_str(&t->e, "file", result->file);
                bw_emit_key_u64(&t->e, "line", result->line);
                bw_emit_key(&t->e, "ok");
                bw_emit_bool(&t->e, result->ok);
                bw_emit_key_str(&t->e, "why", result->why);
                if (result->is_mutation)
                        bw_emit_key_str(&t->e, "noticedBy", result->noticed_by);
                bw_emit_end(&t->e);
                return bw_buf_status(out);
        }
        if (result->is_mutation) {
                put_negated(out, result);
                return bw_buf_status(out);
        }
        if (result->ok && !t->verbose)
                return 0;
        bw_buf_puts(out, result->ok ? "ok    " : "FAIL  ");
        bw_buf_clean(out, result->rule);
        bw_buf_puts(out, "  ");
        bw_buf_clean(out, result->test);
        bw_buf_char(out, '\n');
        if (!result->ok) {
                bw_buf_puts(out, "      ");
                bw_buf_clean(out, result->file);
                if (result->line)
                        bw_buf_printf(out, ":%" PRIu32, result->line);
                bw_buf_puts(out, result->file.n ? ": " : "");
                bw_buf_clean(out, result->why);
                bw_buf_char(out, '\n');
        }
        return bw_buf_status(out);
}

static int run_tests(struct bw_arena *arena, const struct bw_files *files, struct tally *t, struct bw_error *reterr)
{
        int r;

        if (files->n == 0)
                return bw_rule_test_builtin(arena, take_result, t, reterr);
        r = bw_rule_test(arena, files->items, files->n, take_result, t, reterr);
        if (r == 0 && t->mutates)
                r = bw_rule_test_mutations(arena, files->items, files->n, take_result, t, reterr);
        return r;
}

static void begin_results(struct tally *t)
{
        if (t->is_text)
                return;
        bw_emit_map(&t->e);
        bw_emit_key_str(&t->e, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(&t->e, "kind", BW_STR("RuleTestReport"));
        bw_emit_key(&t->e, "results");
        bw_emit_list(&t->e);
}

static int end_results(struct tally *t, struct bw_error *reterr)
{
        if (t->is_text) {
                bw_buf_printf(&t->e.buf, "%" PRIu64 " passed, %" PRIu64 " failed\n", t->passed, t->failed);
                if (t->mutates)
                        bw_buf_printf(&t->e.buf, "%" PRIu64 " of %" PRIu64 " mutations noticed\n", t->noticed,
                                      t->mutations);
                return 0;
        }
        bw_emit_end(&t->e);
        bw_emit_key_u64(&t->e, "passed", t->passed);
        bw_emit_key_u64(&t->e, "failed", t->failed);
        if (t->mutates) {
                bw_emit_key_u64(&t->e, "mutations", t->mutations);
                bw_emit_key_u64(&t->e, "noticed", t->noticed);
        }
        bw_emit_end(&t->e);
        return bw_emit_close(&t->e, reterr);
}

static int test_rules(struct bw_cli *cli, const struct bw_args *args, struct tally *t)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
        bw_auto_done(bw_files_done) struct bw_files files = {0};
        struct bw_error error = {0};
        int status;
        int r;

        r = arena ? load_files(&files, args, &error) : bw_error_nomem(&error);
        begin_results(t);
        if (r == 0)
                r = run_tests(arena, &files, t, &error);
        if (r == 0)
                r = end_results(t, &error);
        if (r < 0) {
                if (error.code == 0)
                        (void)bw_error_nomem(&error);
                return bw_cli_fail(cli, &error);
        }
        status = bw_cli_print(cli, &t->e.buf);
        return status == BW_EXIT_OK && (t->failed || t->noticed < t->mutations) ? BW_EXIT_FINDINGS : status;
}

static int run_test(struct bw_cli *cli, const struct bw_args *args)
{
        const char *format = bw_args_value(args, BW_OPT_OUTPUT, "text");
        struct tally t = {
                .is_text = strcmp(format, "text") == 0,
                .verbose = bw_args_has(args, BW_OPT_VERBOSE),
                .mutates = bw_args_has(args, BW_OPT_MUTATE),
        };
        int status;

        if (t.mutates && args->n_positional == 0)
                return bw_cli_usage(cli, "--mutate needs the rules' files");
        bw_emit_init(&t.e, bw_syntax_of(format), NULL);
        status = test_rules(cli, args, &t);
        bw_emit_done(&t.e);
        return status;
}

static const struct bw_option lint_options[] = {
        BW_OPTION_DATA_OUTPUT,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example lint_examples[] = {
        {"Rules of your own", "bulwark rules lint examples/rules"},
        {0},
};

const struct bw_verb bw_verb_rules_lint = {
        .name = "rules lint",
        .summary = "find mistakes in rule files",
        .args = "PATH...",
        .text = "Names unknown fields, wrong types, duplicate ids, missing texts and tests, paths that no Kubernetes "
                "object has, and what is wrong in expressions, each with file, line and column.",
        .options = lint_options,
        .examples = lint_examples,
        .complete = BW_COMPLETE_FILE,
        .min_args = 1,
        .max_args = SIZE_MAX,
        .run = run_lint,
};

static const struct bw_option test_options[] = {
        {.name = "mutate",
         .id = BW_OPT_MUTATE,
         .help = "also negate each expression in turn: the rule's own tests must notice"},
        {.name = "verbose", .letter = 'v', .id = BW_OPT_VERBOSE, .help = "also name the tests that passed"},
        BW_OPTION_DATA_OUTPUT,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example test_examples[] = {
        {"Rules of your own", "bulwark rules test examples/rules"},
        {"The built-in rules", "bulwark rules test"},
        {0},
};

const struct bw_verb bw_verb_rules_test = {
        .name = "rules test",
        .summary = "run the tests inside rules",
        .args = "[PATH...]",
        .text = "Each rule carries manifests that must pass and manifests that must fail. Without a path the built-in "
                "rules are tested.",
        .options = test_options,
        .examples = test_examples,
        .complete = BW_COMPLETE_FILE,
        .max_args = SIZE_MAX,
        .run = run_test,
};
