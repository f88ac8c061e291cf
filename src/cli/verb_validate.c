/* SPDX-License-Identifier: Apache-2.0 */
/* validate: Kubernetes' configuration files, read as strictly as the components read them. */
#include <strings.h>

#include "analyze/validate.h"
#include "base/arena.h"
#include "base/goquote.h"
#include "base/limits.h"
#include "cli/files.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"
#include "doc/stream.h"
#include "exception/settings.h"
#include "report/emit.h"
#include "rule/lint.h"
#include "rule/rule.h"

struct job {
        struct bw_cli *cli;
        struct bw_arena *arena; /* of one file */
        struct bw_emit e;
        bool is_text;
        int minor;
        struct bw_str name;     /* of the file being read */
        uint64_t documents;
        uint64_t errors;
        uint64_t warnings;
};

/* ---- what is shown */

static struct bw_str or_empty(const char *s)
{
        return bw_str(s ? s : "");
}

/* One line for people: what the component says, or a shorter way to say it, and what to do. */
static struct bw_str say(struct job *job, const struct bw_problem *p)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        bw_buf_puts(&text, p->warning ? "warning: " : "error: ");
        if (p->kind == BW_PROBLEM_DUPLICATE && p->path.n) {
                bw_buf_go_quote(&text, p->path);
                bw_buf_puts(&text, " stands twice in one map");
        } else {
                bw_buf_str(&text, p->message);
        }
        if (p->hint.n && p->kind != BW_PROBLEM_SYNTAX)
                bw_buf_printf(&text, "; %.*s", BW_STR_ARG(p->hint));
        return bw_arena_str(job->arena, bw_buf_view(&text));
}

/* Names of fields whose values nobody may see: alone, or the end of a longer name. */
static const char *const secrets[] = {"secret", "password", "token", "key-data", "certificatekey", "private"};

static bool is_letter(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* A name of a secret, in any case, as a key: what follows it is a colon, or it ends the text. */
static bool names_secret(struct bw_str text)
{
        for (size_t i = 0; i < text.n; i++) {
                for (size_t k = 0; k < BW_ARRAY_SIZE(secrets); k++) {
                        size_t n = strlen(secrets[k]);

                        if (text.n - i < n || strncasecmp(text.p + i, secrets[k], n) != 0)
                                continue;
                        for (n += i; n < text.n && is_letter(text.p[n]); n++)
                                ;
                        while (n < text.n && strchr("\"' \t", text.p[n]))
                                n++;
                        if (n == text.n || text.p[n] == ':')
                                return true;
                }
        }
        return false;
}

/* So many characters of base64 in a row may be a key. */
static bool has_base64(struct bw_str line)
{
        size_t n = 0;

        for (size_t i = 0; i < line.n && n < 32; i++)
                n = (is_letter(line.p[i]) && line.p[i] != '-' && line.p[i] != '_') || strchr("+/=", line.p[i]) ? n + 1 : 0;
        return n >= 32;
}

/* A line of the file is shown when nothing in it can be a credential. */
static struct bw_str line_of(const struct bw_problem *p, const struct bw_doc *doc)
{
        struct bw_str line = p->mark.line ? bw_doc_line(doc, p->mark.line) : BW_STR("");
        size_t scheme = bw_str_find(line, BW_STR("://"));
        bool login = scheme != SIZE_MAX && memchr(line.p + scheme, '@', line.n - scheme);

        if (line.n > BW_LIMIT_SOURCE_LINE || login || has_base64(line) || names_secret(line) || names_secret(p->path))
                return BW_STR("");
        return line;
}

static int put_problems_text(struct job *job, const struct bw_validation *v, uint32_t first_line)
{
        struct bw_rule_problem *items = bw_arena_array(job->arena, v->problems.n, sizeof(*items));
        struct bw_rule_problems problems = {.items = items, .n = v->problems.n};

        for (size_t i = 0; items && i < v->problems.n; i++) {
                const struct bw_problem *p = &v->problems.items[i];
                struct bw_doc doc = v->doc;

                doc.line = first_line;
                items[i] = (struct bw_rule_problem){.file = job->name, .line = p->mark.line, .column = p->mark.column,
                                                    .message = say(job, p)};
                items[i].source = line_of(p, &doc);
                if (!items[i].message.p)
                        return -ENOMEM;
        }
        if (!items && v->problems.n)
                return -ENOMEM;
        bw_rule_problems_format(&job->e.buf, &problems);
        return 0;
}

static void put_summary_text(struct job *job, const struct bw_validation *v)
{
        bw_buf_clean(&job->e.buf, job->name);
        if (!v->schema)
                bw_buf_puts(&job->e.buf, ": not a file that is known");
        else
                bw_buf_printf(&job->e.buf, ": %s %s (%s): %s", bw_schema_api_version(v->schema), bw_schema_kind(v->schema),
                              bw_schema_component(v->schema),
                              bw_problems_refuse(&v->problems) ? "refused" : v->problems.n ? "read with warnings" : "valid");
        bw_buf_char(&job->e.buf, '\n');
}

static void put_data(struct job *job, const struct bw_validation *v)
{
        struct bw_emit *e = &job->e;

        bw_emit_map(e);
        bw_emit_key_str(e, "file", job->name);
        bw_emit_key_str(e, "apiVersion", v->schema ? or_empty(bw_schema_api_version(v->schema)) : BW_STR(""));
        bw_emit_key_str(e, "kind", v->schema ? or_empty(bw_schema_kind(v->schema)) : BW_STR(""));
        bw_emit_key_str(e, "component", v->schema ? or_empty(bw_schema_component(v->schema)) : BW_STR(""));
        bw_emit_key(e, "valid");
        bw_emit_bool(e, !bw_problems_refuse(&v->problems));
        bw_emit_key(e, "problems");
        bw_emit_list(e);
        for (size_t i = 0; i < v->problems.n; i++) {
                const struct bw_problem *p = &v->problems.items[i];

                bw_emit_map(e);
                bw_emit_key_str(e, "level", p->warning ? BW_STR("warning") : BW_STR("error"));
                bw_emit_key_u64(e, "line", p->mark.line);
                bw_emit_key_u64(e, "column", p->mark.column);
                bw_emit_key_str(e, "path", p->path);
                bw_emit_key_str(e, "message", p->message);
                bw_emit_key_str(e, "hint", p->hint);
                bw_emit_end(e);
        }
        bw_emit_end(e);
        bw_emit_end(e);
}

/* From the beginning of the file to its end; those of one line as they were found. */
static void sort_by_place(struct bw_problems *problems)
{
        for (size_t i = 1; i < problems->n; i++) {
                struct bw_problem p = problems->items[i];
                size_t k = i;

                for (; k > 0 && problems->items[k - 1].mark.line > p.mark.line; k--)
                        problems->items[k] = problems->items[k - 1];
                problems->items[k] = p;
        }
}

static int show(struct job *job, struct bw_validation *v, uint32_t first_line)
{
        job->documents++;
        sort_by_place(&v->problems);
        for (size_t i = 0; i < v->problems.n; i++) {
                job->errors += !v->problems.items[i].warning;
                job->warnings += v->problems.items[i].warning;
        }
        if (!job->is_text) {
                put_data(job, v);
                return bw_buf_status(&job->e.buf);
        }
        if (put_problems_text(job, v, first_line) < 0)
                return -ENOMEM;
        put_summary_text(job, v);
        return bw_buf_status(&job->e.buf);
}

/* ---- the documents of a file */

struct pieces {
        struct bw_piece *items;
        size_t n;
        size_t cap;
};

static bool is_blank(struct bw_str text)
{
        struct bw_str line;

        while (text.n && bw_str_split(&text, '\n', &line)) {
                line = bw_str_trim(line);
                if (line.n && line.p[0] != '#' && !bw_str_is(line, "---"))
                        return false;
        }
        return true;
}

/* What a YAML file holds besides its first document. A text that cannot be cut is one piece. */
static int cut(struct job *job, struct bw_str text, struct pieces *ret, struct bw_error *reterr)
{
        struct bw_cutter cutter;
        struct bw_str rest = text;
        struct bw_piece piece;
        int r;

        bw_cutter_init(&cutter, BW_FORMAT_YAML, false);
        while ((r = bw_cutter_next(&cutter, &rest, true, &piece, NULL)) > 0) {
                if (is_blank(piece.text))
                        continue;
                if (bw_arena_grow(job->arena, &ret->items, &ret->cap, ret->n, sizeof(piece)) < 0)
                        return bw_error_nomem(reterr);
                ret->items[ret->n++] = piece;
        }
        if (r < 0 && r != -ENOMEM)
                ret->n = 0;
        return r == -ENOMEM ? bw_error_nomem(reterr) : 0;
}

/* kubeadm reads every document of its file; everything else reads the first. */
static bool is_kubeadm(const struct pieces *pieces)
{
        for (size_t i = 0; i < pieces->n; i++)
                if (bw_str_find(pieces->items[i].text, BW_STR("kubeadm.k8s.io/")) != SIZE_MAX)
                        return true;
        return false;
}

static int warn_of_rest(struct job *job, struct bw_validation *v, const struct pieces *pieces)
{
        const struct bw_problem p = {
                .warning = true, .kind = BW_PROBLEM_VALUE, .mark = {pieces->items[1].line, 1},
                .message = bw_arena_printf(job->arena, "only the first document of the file is read; %zu more %s ignored",
                                           pieces->n - 1, pieces->n == 2 ? "is" : "are")};

        bw_problems_add(&v->problems, &p);
        return v->problems.failed ? -ENOMEM : 0;
}

static int validate_one(struct job *job, struct bw_str text, uint32_t line, const struct pieces *rest, struct bw_error *reterr)
{
        struct bw_validation v;
        int r = bw_validate(job->arena, text, line, job->minor, &v, reterr);

        if (r == 0 && rest && v.schema)
                r = warn_of_rest(job, &v, rest);
        if (r == 0)
                r = show(job, &v, line);
        return r < 0 ? bw_error_nomem(reterr) : 0;
}

static int validate_text(struct job *job, struct bw_str text, struct bw_error *reterr)
{
        struct pieces pieces = {0};
        int r = cut(job, text, &pieces, reterr);

        if (r < 0 || pieces.n < 2 || !is_kubeadm(&pieces))
                return r < 0 ? r : validate_one(job, text, 1, pieces.n > 1 ? &pieces : NULL, reterr);
        for (size_t i = 0; r == 0 && i < pieces.n; i++)
                r = validate_one(job, pieces.items[i].text, pieces.items[i].line, NULL, reterr);
        return r;
}

static int validate_file(struct job *job, const char *path, struct bw_error *reterr)
{
        struct bw_str text;
        int r = bw_file_load(job->arena, path, BW_LIMIT_CONFIG_BYTES, &text, reterr);

        job->name = strcmp(path, "-") == 0 ? BW_STR("<stdin>") : bw_str(path);
        if (r == 0)
                r = validate_text(job, text, reterr);
        if (r < 0)
                bw_error_in_file(reterr, job->name);
        return r;
}

/* ---- the verb */

static int finish(struct job *job, int status, struct bw_error *reterr)
{
        int printed;

        if (!job->is_text) {
                bw_emit_end(&job->e);
                bw_emit_end(&job->e);
                if (bw_emit_close(&job->e, reterr) < 0)
                        return bw_cli_fail(job->cli, reterr);
        } else if (job->documents > 1) {
                bw_buf_printf(&job->e.buf, "%" PRIu64 " documents, %" PRIu64 " %s, %" PRIu64 " %s\n", job->documents, job->errors,
                              job->errors == 1 ? "error" : "errors", job->warnings, job->warnings == 1 ? "warning" : "warnings");
        }
        printed = bw_cli_print(job->cli, &job->e.buf);
        status = BW_MAX(status, printed);
        return BW_MAX(status, job->errors + job->warnings ? (int)BW_EXIT_FINDINGS : (int)BW_EXIT_OK);
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        const char *version = bw_args_value(args, BW_OPT_KUBERNETES_VERSION, NULL);
        const char *format = bw_args_value(args, BW_OPT_OUTPUT, "text");
        struct job job = {.cli = cli, .is_text = strcmp(format, "text") == 0,
                          .minor = version ? bw_kubernetes_minor_parse(bw_str(version)) : BW_KUBERNETES_NEWEST};
        struct bw_error err = {0};
        int status = BW_EXIT_OK;

        if (job.minor < 0)
                return bw_cli_usage(cli, "--kubernetes-version takes a version such as 1.33, not \"%s\"", version);
        bw_emit_init(&job.e, bw_syntax_of(format), NULL);
        if (!job.is_text) {
                bw_emit_map(&job.e);
                bw_emit_key_str(&job.e, "apiVersion", BW_STR("bulwark.dev/v1"));
                bw_emit_key_str(&job.e, "kind", BW_STR("ValidationReport"));
                bw_emit_key(&job.e, "documents");
                bw_emit_list(&job.e);
        }
        for (size_t i = 0; i < args->n_positional; i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
                struct bw_error file_err = {0};

                job.arena = arena;
                if ((arena ? validate_file(&job, args->positional[i], &file_err) : bw_error_nomem(&file_err)) < 0) {
                        int failed = bw_cli_fail(cli, &file_err);

                        status = BW_MAX(status, failed);
                }
        }
        status = finish(&job, status, &err);
        bw_emit_done(&job.e);
        return status;
}

static const struct bw_option options[] = {
        BW_OPTION_DATA_OUTPUT,
        {.name = "kubernetes-version",
         .arg = "1.NN",
         .help = "read the files as this version does (default: the newest known)",
         .id = BW_OPT_KUBERNETES_VERSION},
        BW_OPTION_COLOR,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"An authorization configuration, before the API server is restarted", "bulwark validate examples/node/authorization.yaml"},
        {"A kubelet's configuration as Kubernetes 1.31 reads it",
         "bulwark validate --kubernetes-version 1.31 examples/node/kubelet.yaml"},
        {0},
};

const struct bw_verb bw_verb_validate = {
        .name = "validate",
        .summary = "read Kubernetes' security configuration files as strictly as its components do",
        .args = "FILE...",
        .text = "A mistake in one of these files keeps the API server or a node from starting, or is ignored without a word. Each "
                "file is read as the component does that it is for: the first YAML document, the fields of that version, in "
                "their exact spelling, of the right types; then validated as upstream validates its kind. Problems are shown "
                "with line, column and what the component would say.\n\n"
                "Kinds: KubeletConfiguration, CredentialProviderConfig, KubeProxyConfiguration, KubeSchedulerConfiguration, "
                "AuthenticationConfiguration, AuthorizationConfiguration, AdmissionConfiguration and the configurations of its "
                "plugins, EncryptionConfiguration, audit Policy, TracingConfiguration, EgressSelectorConfiguration, the "
                "files of kubeadm, and kubeconfigs. \"-\" is standard input.\n\n"
                "An error is what the component refuses; a warning is what it ignores. The exit status is 0 when there is neither, "
                "1 when there is one, 2 when a file cannot be read.",
        .options = options,
        .examples = examples,
        .complete = BW_COMPLETE_FILE,
        .min_args = 1,
        .max_args = SIZE_MAX,
        .run = run,
};
