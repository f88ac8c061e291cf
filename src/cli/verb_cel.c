/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/limits.h"
#include "cel/cel.h"
#include "cli/documents.h"
#include "cli/files.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"
#include "os/clock.h"
#include "os/tzdata.h"

struct session {
        struct bw_cli *cli;
        const struct bw_args *args;
        const char *format;
        struct bw_arena *arena;   /* source, tree, program */
        struct bw_arena *scratch; /* one document and its result */
        struct bw_tzdata *zones;
        struct bw_cel_env *env;
        struct bw_cel_ast *ast;
        struct bw_cel_program *program;
        struct bw_emit e;
        bool has_object;
        bool has_output;
        uint64_t failures;
};

static void session_done(struct session *s)
{
        bw_emit_done(&s->e);
        if (s->program)
                bw_cel_program_done(s->program);
        bw_cel_env_free(s->env);
        bw_tzdata_free(s->zones);
        bw_arena_free(s->scratch);
        bw_arena_free(s->arena);
}

static int begin(struct session *s, struct bw_error *reterr)
{
        static const struct bw_cel_variable object = {.name = {"object", 6}};
        /* A dump evaluates nothing, so the variable needs no document. */
        bool declared = s->has_object || bw_args_has(s->args, BW_OPT_DUMP);
        struct bw_cel_env_options options = {.variables = &object, .n_variables = declared,
                                             .libraries = BW_CEL_LIB_SEMVER | BW_CEL_LIB_BULWARK};
        int r;

        s->arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
        s->scratch = bw_arena_new(BW_LIMIT_DOC_ARENA);
        if (!s->arena || !s->scratch)
                return bw_error_nomem(reterr);
        r = bw_tzdata_new(&s->zones, reterr);
        if (r < 0)
                return r;
        options.timezone = bw_tzdata_get;
        options.timezone_userdata = s->zones;
        return bw_cel_env_new(&options, &s->env, reterr);
}

/* Source errors are shown with the line and a caret; the return value only says that they were. */
static int show_issues(struct session *s, struct bw_str source, const struct bw_cel_issues *issues)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        bw_cel_issues_format(&out, BW_STR("expression"), source, issues);
        if (bw_buf_status(&out) == 0)
                (void)!bw_term_write(&s->cli->err, bw_buf_view(&out));
        for (size_t i = 0; i < issues->n && !s->has_object; i++) {
                if (bw_str_find(issues->items[i].message, BW_STR("'object'")) == SIZE_MAX)
                        continue;
                bw_cli_error(s->cli, "the variable \"object\" is each document of -f FILE");
                break;
        }
        return -EINVAL;
}

static int build(struct session *s, struct bw_str source, bool check, struct bw_error *reterr)
{
        const struct bw_cel_type *type = NULL;
        struct bw_cel_issues issues = {0};
        int r = bw_cel_parse(s->arena, s->env, source, &s->ast, &issues, reterr);

        if (r == 0 && check)
                r = bw_cel_check(s->arena, s->env, s->ast, &type, &issues, reterr);
        if (r == -EINVAL && issues.n)
                return show_issues(s, source, &issues);
        if (r == 0)
                r = bw_cel_compile(s->arena, s->env, s->ast, &s->program, reterr);
        if (r < 0)
                (void)bw_cli_fail(s->cli, reterr);
        return r;
}

static void put_value(struct session *s, struct bw_value value)
{
        if (strcmp(s->format, "text") == 0) {
                bw_cel_format_value(&s->e.buf, value);
                bw_buf_char(&s->e.buf, '\n');
                return;
        }
        if (s->has_output)
                bw_emit_next_document(&s->e);
        s->has_output = true;
        bw_emit_value(&s->e, value);
}

/* Evaluates once; an error is told and counted. Negative only when nothing further makes sense. */
static int evaluate(struct session *s, struct bw_value object, struct bw_str file, uint32_t line)
{
        struct bw_cel_eval_options options = {
                .slots = &object,
                .arena = s->scratch,
                .cost_limit = bw_args_has(s->args, BW_OPT_COST) ? BW_LIMIT_CEL_COST : 0,
                .now = bw_clock_now(),
        };
        struct bw_error error = {0};
        struct bw_value value;
        int r = bw_cel_eval(s->program, &options, &value, &error);

        if (bw_args_has(s->args, BW_OPT_COST))
                bw_cli_error(s->cli, "cost %" PRIu64, options.cost);
        if (r < 0) {
                s->failures++;
                if (file.n && !error.file[0]) {
                        bw_error_in_file(&error, file);
                        error.line = line;
                        error.column = 0;
                }
                (void)bw_cli_fail(s->cli, &error);
                return r == -ENOMEM ? r : 0;
        }
        put_value(s, value);
        return s->e.status < 0 ? s->e.status : bw_buf_status(&s->e.buf);
}

static int evaluate_document(void *userdata, struct bw_doc *doc)
{
        struct session *s = userdata;

        return evaluate(s, doc->root, doc->input ? doc->input->name : BW_STR(""),
                        doc->mark.line ? doc->mark.line : doc->line);
}

static int evaluate_files(struct session *s, struct bw_error *reterr)
{
        const char *path;
        size_t at = 0;
        int r = 0;

        while (r == 0 && (path = bw_args_next(s->args, BW_OPT_FILENAME, &at)))
                r = bw_documents_read(path, s->scratch, evaluate_document, s, reterr);
        return r;
}

static int dump(struct session *s, const char *what)
{
        if (strcmp(what, "ast") == 0)
                bw_cel_dump_ast(&s->e.buf, s->ast);
        else if (strcmp(what, "types") == 0)
                bw_cel_dump_types(&s->e.buf, s->ast);
        else
                bw_cel_dump_code(&s->e.buf, s->program);
        return bw_cli_print(s->cli, &s->e.buf);
}

static int run_session(struct session *s)
{
        const char *what = bw_args_value(s->args, BW_OPT_DUMP, NULL);
        bool check = !bw_args_has(s->args, BW_OPT_NO_CHECK);
        struct bw_error error = {0};
        int r;

        if (what && strcmp(what, "types") == 0 && !check)
                return bw_cli_usage(s->cli, "--dump=types needs the checker: leave out --no-check");
        r = begin(s, &error);
        if (r < 0)
                return bw_cli_fail(s->cli, &error);
        r = build(s, bw_str(s->args->positional[0]), check, &error);
        if (r < 0)
                return r == -ENOMEM ? BW_EXIT_INTERNAL : BW_EXIT_USAGE;
        if (what)
                return dump(s, what);
        r = s->has_object ? evaluate_files(s, &error) : evaluate(s, (struct bw_value){0}, BW_STR(""), 0);
        if (r < 0 && error.code)
                (void)bw_cli_fail(s->cli, &error);
        if (s->has_output && bw_emit_close(&s->e, NULL) < 0)
                r = -ENOMEM;
        if (bw_cli_print(s->cli, &s->e.buf) != BW_EXIT_OK || r == -ENOMEM)
                return BW_EXIT_INTERNAL;
        return r < 0 || s->failures ? BW_EXIT_USAGE : BW_EXIT_OK;
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        struct session s = {
                .cli = cli,
                .args = args,
                .format = bw_args_value(args, BW_OPT_OUTPUT, "text"),
                .has_object = bw_args_has(args, BW_OPT_FILENAME),
        };
        int status;

        bw_emit_init(&s.e, bw_syntax_of(s.format), NULL);
        status = run_session(&s);
        session_done(&s);
        return status;
}

static const struct bw_option options[] = {
        {.name = "filename",
         .letter = 'f',
         .arg = "FILE",
         .id = BW_OPT_FILENAME,
         .complete = BW_COMPLETE_FILE,
         .help = "evaluate once for each document of FILE (- is standard input), as the variable \"object\" (may be "
                 "repeated)"},
        {.name = "output",
         .letter = 'o',
         .arg = "FORMAT",
         .id = BW_OPT_OUTPUT,
         .words = "text json yaml",
         .complete = BW_COMPLETE_WORDS,
         .only_words = true,
         .help = "text (CEL literals; default), json or yaml"},
        {.name = "dump",
         .arg = "STAGE",
         .id = BW_OPT_DUMP,
         .words = "ast types code",
         .complete = BW_COMPLETE_WORDS,
         .only_words = true,
         .help = "show what a stage made of the expression instead of its value: ast, types or code"},
        {.name = "no-check", .id = BW_OPT_NO_CHECK, .help = "do not check types and names before evaluating"},
        {.name = "cost", .id = BW_OPT_COST, .help = "tell the cost that Kubernetes would count, on standard error"},
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"An expression alone", "bulwark cel '[1, 2, 3].map(x, x * 2)'"},
        {"On each document of a file",
         "bulwark cel -f examples/shop/namespace.yaml 'object.kind + \"/\" + object.metadata.name'"},
        {"On what a cluster answers", "kubectl get deployments -A -o json | bulwark cel -f - "
                                      "'object.spec.template.spec.containers.map(c, c.image)'"},
        {"What it costs", "bulwark cel --cost '\"a-b-c\".split(\"-\").size() == 3'"},
        {0},
};

const struct bw_verb bw_verb_cel = {
        .name = "cel",
        .summary = "evaluate a CEL expression, alone or on documents",
        .args = "EXPRESSION",
        .text = "The language is the one that Kubernetes offers to ValidatingAdmissionPolicy: CEL with its standard "
                "functions and the Kubernetes libraries. Errors show the place in the expression; an expression that "
                "begins with a dash stands after \"--\".",
        .options = options,
        .examples = examples,
        .min_args = 1,
        .max_args = 1,
        .run = run,
};
