/* SPDX-License-Identifier: Apache-2.0 */
/* rbac review: SubjectAccessReviews, answered. */
#include "analyze/rbac_review.h"
#include "base/arena.h"
#include "base/limits.h"
#include "cli/documents.h"
#include "cli/files.h"
#include "cli/rbac_inputs.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"

#define FLUSH ((size_t)256 << 10)

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_rbac_inputs inputs;
        struct bw_arena *arena;        /* of one question */
        struct bw_arena *questions;    /* the files' texts */
        struct bw_str *texts;
        const char **files;
        size_t n_texts;
        const char *format;
        struct bw_rbac_user self;
        bool has_self;
        struct bw_buf out;
        size_t n;
        size_t n_refused;
        struct bw_str file;
        int status;                    /* of a write that failed */
};

static void job_done(struct job *job)
{
        bw_buf_done(&job->out);
        bw_arena_free(job->arena);
        bw_arena_free(job->questions);
        bw_rbac_inputs_done(&job->inputs);
}

struct verdict {
        bool allowed;
        struct bw_str reason;
        struct bw_str refused;         /* why it is no question */
};

/* The object as it came, with its status: spec and metadata stay what they were. */
static void put_review(struct bw_emit *e, struct bw_value object, const struct verdict *verdict)
{
        bool bare = bw_map_text(object, "kind").n == 0;

        bw_emit_map(e);
        for (uint32_t i = 0; i < object.n; i++) {
                if (bw_str_is(bw_value_text(object.map->entries[i].key), "status"))
                        continue;
                bw_emit_any_key(e, bw_value_text(object.map->entries[i].key));
                bw_emit_value(e, object.map->entries[i].value);
        }
        if (!bare) {
                bw_emit_key(e, "status");
                bw_emit_map(e);
        }
        bw_emit_key(e, "allowed");
        bw_emit_bool(e, verdict->allowed);
        if (verdict->reason.n)
                bw_emit_key_str(e, "reason", verdict->reason);
        if (verdict->refused.n)
                bw_emit_key_str(e, "evaluationError", verdict->refused);
        if (!bare)
                bw_emit_end(e);
        bw_emit_end(e);
}

static int put_document(struct job *job, struct bw_value object, const struct verdict *verdict, struct bw_error *reterr)
{
        bw_auto_done(bw_emit_done) struct bw_emit e;
        bool yaml = strcmp(job->format, "yaml") == 0;
        int r;

        bw_emit_init(&e, bw_syntax_of(job->format), NULL);
        put_review(&e, object, verdict);
        r = bw_emit_close(&e, reterr);
        if (r < 0)
                return r;
        if (yaml && job->n > 1)
                bw_buf_puts(&job->out, "---\n");
        bw_buf_str(&job->out, bw_buf_view(&e.buf));
        return bw_buf_status(&job->out);
}

static void put_question(struct bw_buf *out, const struct bw_rbac_request *q)
{
        bw_buf_clean(out, q->user.name.n || q->user.n_groups == 0 ? q->user.name : q->user.groups[0]);
        bw_buf_char(out, ' ');
        bw_buf_clean(out, q->verb);
        bw_buf_char(out, ' ');
        bw_buf_clean(out, q->is_resource ? q->resource : q->path);
        if (q->group.n) {
                bw_buf_char(out, '.');
                bw_buf_clean(out, q->group);
        }
        if (q->subresource.n) {
                bw_buf_char(out, '/');
                bw_buf_clean(out, q->subresource);
        }
        if (q->name.n) {
                bw_buf_char(out, ' ');
                bw_buf_clean(out, q->name);
        }
        if (q->ns.n) {
                bw_buf_puts(out, " in ");
                bw_buf_clean(out, q->ns);
        }
}

static void put_line(struct job *job, const struct bw_rbac_request *q, const struct verdict *verdict)
{
        const char *color = !job->cli->out.color ? "" : verdict->allowed ? "\x1b[32m" : "\x1b[31m";

        bw_buf_printf(&job->out, "%s%-3s%s  ", color, verdict->allowed ? "yes" : "no", *color ? "\x1b[0m" : "");
        if (verdict->refused.n)
                bw_buf_clean(&job->out, verdict->refused);
        else
                put_question(&job->out, q);
        if (verdict->reason.n) {
                bw_buf_puts(&job->out, "  ");
                bw_buf_clean(&job->out, verdict->reason);
        }
        bw_buf_char(&job->out, '\n');
}

static int decide(struct job *job, const struct bw_doc *doc, struct bw_rbac_request *q, struct verdict *verdict)
{
        struct bw_rbac_answer answer;
        struct bw_error err = {0};
        int r = bw_rbac_review_read(job->arena, doc->root, job->has_self ? &job->self : NULL, q, &err);

        if (r == -EINVAL) {
                job->n_refused++;
                err.line = doc->line;
                err.column = doc->column;
                bw_error_in_file(&err, job->file);
                (void)bw_cli_fail(job->cli, &err);
                verdict->refused = bw_arena_str(job->arena, bw_str(err.message));
                return verdict->refused.p ? 0 : -ENOMEM;
        }
        if (r < 0)
                return r;
        answer = bw_rbac_decide(job->inputs.rbac, q, true);
        verdict->allowed = answer.allowed;
        return bw_rbac_reason(job->inputs.rbac, q, &answer, job->arena, &verdict->reason);
}

static int flush(struct job *job)
{
        if (job->status == BW_EXIT_OK)
                job->status = bw_cli_print(job->cli, &job->out);
        return job->status == BW_EXIT_OK ? 0 : -EPIPE;
}

static int review(void *userdata, struct bw_doc *doc)
{
        struct job *job = userdata;
        struct bw_rbac_request q = {0};
        struct verdict verdict = {0};
        int r;

        if (doc->root.type != BW_MAP)
                return 0;
        job->n++;
        r = decide(job, doc, &q, &verdict);
        if (r == 0 && strcmp(job->format, "text") == 0)
                put_line(job, &q, &verdict);
        else if (r == 0)
                r = put_document(job, doc->root, &verdict, NULL);
        bw_arena_reset(job->arena);
        if (r == 0 && job->out.n > FLUSH)
                r = flush(job);
        return r < 0 ? r : bw_buf_status(&job->out);
}

/* All questions are read before the objects are: then files are out of reach. */
static int load_questions(struct job *job, struct bw_error *reterr)
{
        const char *path;
        size_t at = 0;

        job->texts = bw_arena_array(job->questions, job->args->n_options + 1, sizeof(*job->texts));
        job->files = bw_arena_array(job->questions, job->args->n_options + 1, sizeof(*job->files));
        if (!job->texts || !job->files)
                return bw_error_nomem(reterr);
        while ((path = bw_args_next(job->args, BW_OPT_REQUESTS, &at))) {
                int r = bw_file_load(job->questions, path, BW_LIMIT_BUF, &job->texts[job->n_texts], reterr);

                if (r < 0)
                        return r;
                job->files[job->n_texts++] = strcmp(path, "-") ? path : "<stdin>";
        }
        return 0;
}

static int answer_all(struct job *job, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *document = bw_arena_new(BW_LIMIT_DOC_ARENA);
        const char *subject = bw_args_value(job->args, BW_OPT_SUBJECT, NULL);
        int r = 0;

        job->arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
        if (!job->arena || !document)
                return bw_error_nomem(reterr);
        if (subject) {
                r = bw_rbac_subject_arg(job->args, subject, job->inputs.objects.arena, &job->self, reterr);
                job->has_self = true;
        }
        for (size_t i = 0; r == 0 && i < job->n_texts; i++) {
                job->file = bw_str(job->files[i]);
                r = bw_documents_read_text(job->texts[i], job->files[i], document, review, job, reterr);
        }
        return r;
}

static int answer(struct job *job, struct bw_error *reterr)
{
        int r = answer_all(job, reterr);

        if (job->status != BW_EXIT_OK)
                return job->status;
        (void)flush(job); /* what was answered before an error counts */
        if (r < 0)
                return r;
        if (job->status != BW_EXIT_OK)
                return job->status;
        return job->n_refused || job->inputs.objects.incomplete ? BW_EXIT_USAGE : BW_EXIT_OK;
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        bw_auto_done(job_done) struct job job = {.cli = cli, .args = args, .format = bw_args_value(args, BW_OPT_OUTPUT, "text")};
        struct bw_error err = {0};
        int r;

        if (!bw_args_has(args, BW_OPT_REQUESTS))
                return bw_cli_usage(cli, "which questions? --requests FILE holds them, - is standard input");
        job.questions = bw_arena_new(0);
        r = job.questions ? load_questions(&job, &err) : bw_error_nomem(&err);
        if (r == 0)
                r = bw_rbac_inputs_open(cli, args, NULL, &job.inputs, &err);
        if (r == 0)
                r = answer(&job, &err);
        return r < 0 ? bw_cli_fail(cli, &err) : r;
}

static const struct bw_option options[] = {
        {.name = "requests",
         .arg = "FILE",
         .id = BW_OPT_REQUESTS,
         .complete = BW_COMPLETE_FILE,
         .help = "the questions: SubjectAccessReviews in YAML or JSON, one or many (- is standard input; may be repeated)"},
        {.name = "subject",
         .arg = "SUBJECT",
         .id = BW_OPT_SUBJECT,
         .help = "who asks SelfSubjectAccessReviews: user:NAME, group:NAME or sa:NAMESPACE/NAME"},
        BW_OPTIONS_OBJECTS,
        BW_OPTION_RBAC_GROUP,
        BW_OPTION_DATA_OUTPUT,
        BW_OPTIONS_CLUSTER,
        BW_OPTION_COLOR,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"Answer questions as the API server would", "bulwark rbac review --requests examples/rbac/questions.yaml -f examples/rbac/access.yaml"},
        {0},
};

const struct bw_verb bw_verb_rbac_review = {
        .name = "rbac review",
        .summary = "answer SubjectAccessReviews from roles and bindings",
        .args = "",
        .text = "Takes SubjectAccessReview, LocalSubjectAccessReview and SelfSubjectAccessReview objects, and gives them back with "
                "their status, in the words of Kubernetes' RBAC authorizer, in the order in which they came. The bare attributes "
                "of a request do as well: {user, groups, verb, namespace, group, resource, subresource, name}, or path in place "
                "of the last ones.\n\n"
                "Groups count as they are given: those of service accounts and system:authenticated are not added. It answers for "
                "RBAC alone: what the API server allows group system:masters by itself, before it asks RBAC, needs a binding here, "
                "as every cluster has one.",
        .options = options,
        .examples = examples,
        .run = run,
};
