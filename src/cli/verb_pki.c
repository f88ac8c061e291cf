/* SPDX-License-Identifier: Apache-2.0 */
/* pki list, pki check: certificates of a machine, of files and of manifests, those that end first on top. */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/time.h"
#include "cli/pki_internal.h"
#include "cli/verbs.h"
#include "os/proc.h"
#include "report/emit.h"

#define DAY 86400
#define DEFAULT_DAYS "30"
#define PROBLEMS_MAX 8

struct row {
        const struct pki_found *found;
        int64_t not_after;
        int64_t days;             /* left, rounded down; negative: since */
        const char *problems[PROBLEMS_MAX];
        size_t n_problems;
        bool ends_soon;
        bool in_use;
        bool unreadable;
        char key[48];
};

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct pki_gathering gathering;
        struct row *rows;
        size_t n;
        int64_t limit;            /* days */
        bool checks;
        size_t n_unreadable;
        size_t n_bad;
};

static bool is_true(struct bw_value map, const char *key)
{
        struct bw_value v = bw_map_get(map, bw_str(key));

        return v.type == BW_BOOL && v.b;
}

static bool is_false(struct bw_value map, const char *key)
{
        struct bw_value v = bw_map_get(map, bw_str(key));

        return v.type == BW_BOOL && !v.b;
}

/* ---- what is wrong with one */

static void add_problem(struct row *row, const char *text)
{
        if (row->n_problems < PROBLEMS_MAX)
                row->problems[row->n_problems++] = text;
}

static bool is_weak(struct bw_str type, int64_t bits)
{
        return (bw_str_is(type, "RSA") && bits < 2048) || (bw_str_is(type, "EC") && bits < 256) || bw_str_is(type, "DSA");
}

static bool is_weak_digest(struct bw_str digest)
{
        return bw_str_is(digest, "SHA1") || bw_str_is(digest, "MD5") || bw_str_is(digest, "MD4") || bw_str_is(digest, "MD2");
}

static void find_problems(const struct job *job, struct row *row, int64_t not_before)
{
        struct bw_value root = row->found->root;
        struct bw_value key = bw_map_get(root, BW_STR("publicKey"));
        struct bw_value bits = bw_map_get(key, BW_STR("bits"));

        if (row->not_after <= job->gathering.now)
                add_problem(row, "expired");
        else if (row->days < job->limit)
                row->ends_soon = true;
        if (row->ends_soon)
                add_problem(row, "expires soon");
        if (not_before > job->gathering.now)
                add_problem(row, "not valid yet");
        if (bw_map_text(bw_map_get(root, BW_STR("chain")), "problem").n)
                add_problem(row, "chain broken");
        if (is_false(bw_map_get(root, BW_STR("key")), "matches"))
                add_problem(row, "key of another certificate");
        if (is_weak(bw_map_text(key, "type"), bits.type == BW_INT ? bits.i : 0))
                add_problem(row, "weak key");
        if (is_weak_digest(bw_map_text(root, "digest")) && !is_true(root, "selfSigned"))
                add_problem(row, "weak signature");
}

static void describe_key(struct row *row)
{
        struct bw_value key = bw_map_get(row->found->root, BW_STR("publicKey"));
        struct bw_str type = bw_map_text(key, "type");
        struct bw_str curve = bw_map_text(key, "curve");
        struct bw_value bits = bw_map_get(key, BW_STR("bits"));

        if (curve.n)
                (void)snprintf(row->key, sizeof(row->key), "%.*s %.*s", BW_STR_ARG(type), BW_STR_ARG(curve));
        else
                (void)snprintf(row->key, sizeof(row->key), "%.*s %" PRId64, BW_STR_ARG(type), bits.type == BW_INT ? bits.i : 0);
}

static int64_t floor_days(int64_t seconds)
{
        return seconds / DAY - (seconds % DAY < 0);
}

/* A file that a setting names and that is not there: no certificate, and told of the component. */
static bool is_absent(const struct pki_found *found)
{
        struct bw_value of = bw_map_get(bw_map_get(found->root, BW_STR("evidence")), BW_STR(""));

        return bw_str_is(bw_map_text(of, "state"), "absent");
}

static void make_row(struct job *job, const struct pki_found *found, struct row *row)
{
        int64_t not_before = 0;

        *row = (struct row){.found = found, .in_use = !is_false(found->root, "inUse")};
        if (bw_time_parse(bw_map_text(found->root, "notAfter"), &row->not_after) < 0) {
                row->unreadable = true;
                row->not_after = INT64_MIN;
                job->n_unreadable++;
                return;
        }
        (void)!bw_time_parse(bw_map_text(found->root, "notBefore"), &not_before);
        row->days = floor_days(row->not_after - job->gathering.now);
        find_problems(job, row, not_before);
        describe_key(row);
        job->n_bad += row->n_problems && row->in_use;
}

/* By the end, then by the place: the same input gives the same order. */
static int by_end(const void *a, const void *b)
{
        const struct row *x = a;
        const struct row *y = b;

        if (x->not_after != y->not_after)
                return x->not_after < y->not_after ? -1 : 1;
        return x->found < y->found ? -1 : 1;
}

static int make_rows(struct job *job, struct bw_error *reterr)
{
        const struct pki_gathering *g = &job->gathering;

        job->rows = bw_reallocarray(NULL, g->n + 1, sizeof(job->rows[0]));
        if (!job->rows)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < g->n; i++)
                if (!is_absent(&g->items[i]))
                        make_row(job, &g->items[i], &job->rows[job->n++]);
        if (job->n)
                qsort(job->rows, job->n, sizeof(job->rows[0]), by_end);
        return 0;
}

/* check shows what is wrong, list shows all. */
static bool is_shown(const struct job *job, const struct row *row)
{
        return !job->checks || row->unreadable || (row->n_problems && row->in_use);
}

/* Certificates that are none, and inputs. */
static size_t all_unreadable(const struct job *job)
{
        return job->n_unreadable + job->gathering.n_unreadable;
}

/* ---- texts */

static struct bw_value files_of(const struct row *row)
{
        return bw_map_get(row->found->root, BW_STR("files"));
}

static void put_place(struct bw_buf *out, const struct row *row, struct bw_str path)
{
        bw_buf_clean(out, row->found->from);
        if (row->found->from.n)
                bw_buf_char(out, ' ');
        bw_buf_clean(out, path);
}

static void put_problems(struct bw_buf *out, const struct row *row, const char *separator)
{
        for (size_t i = 0; i < row->n_problems; i++) {
                bw_buf_puts(out, i ? separator : "");
                bw_buf_puts(out, row->problems[i]);
        }
}

static struct bw_str why_unreadable(const struct row *row)
{
        return bw_map_text(bw_map_get(bw_map_get(row->found->root, BW_STR("evidence")), BW_STR("")), "reason");
}

static struct bw_str name_of(const struct row *row)
{
        return bw_map_text(bw_map_get(row->found->root, BW_STR("metadata")), "name");
}

static void put_unreadable(struct bw_buf *out, const struct row *row)
{
        bw_buf_puts(out, "     ?  ");
        put_place(out, row, name_of(row));
        bw_buf_puts(out, ": ");
        bw_buf_clean(out, why_unreadable(row));
        bw_buf_char(out, '\n');
}

/* Fixed columns first, then texts of any length; the places below, one a line. */
static void put_row(struct bw_buf *out, const struct job *job, const struct row *row)
{
        struct bw_value files = files_of(row);
        const char *color = !job->cli->out.color ? NULL : row->not_after <= job->gathering.now ? "\x1b[31m" :
                            row->n_problems ? "\x1b[33m" : NULL;

        if (row->unreadable) {
                put_unreadable(out, row);
                return;
        }
        bw_buf_puts(out, color ? color : "");
        bw_buf_printf(out, "%6" PRId64 "  %.10s  %-26.*s  %-9s  ", row->days,
                      bw_map_text(row->found->root, "notAfter").p, BW_STR_ARG(bw_map_text(row->found->root, "role")), row->key);
        bw_buf_clean(out, bw_map_text(row->found->root, "subject"));
        bw_buf_puts(out, color ? "\x1b[0m" : "");
        if (row->n_problems) {
                bw_buf_puts(out, "  (");
                put_problems(out, row, ", ");
                bw_buf_puts(out, row->in_use ? ")" : "; not in use)");
        }
        bw_buf_char(out, '\n');
        if (!is_true(row->found->root, "selfSigned")) {
                bw_buf_puts(out, "        issued by ");
                bw_buf_clean(out, bw_map_text(row->found->root, "issuer"));
                bw_buf_char(out, '\n');
        }
        for (uint32_t i = 0; files.type == BW_LIST && i < files.n; i++) {
                bw_buf_puts(out, "        ");
                put_place(out, row, bw_map_text(bw_list_get(files, i), "path"));
                bw_buf_char(out, '\n');
        }
}

static void put_text(struct bw_buf *out, const struct job *job)
{
        char now[BW_TIME_TEXT];
        size_t shown = 0;

        for (size_t i = 0; i < job->n; i++) {
                if (!is_shown(job, &job->rows[i]))
                        continue;
                if (shown++ == 0)
                        bw_buf_puts(out, "  DAYS  ENDS        ROLE                        KEY        SUBJECT\n");
                put_row(out, job, &job->rows[i]);
        }
        bw_buf_printf(out, "%scertificates as of %.10s: %zu, with problems: %zu, not readable: %zu\n", shown ? "\n" : "",
                      bw_time_format(job->gathering.now, now), job->n - job->n_unreadable, job->n_bad, all_unreadable(job));
}

/* ---- CSV: RFC 4180; a cell that a spreadsheet could take for a formula begins with a quote */

static void put_cell(struct bw_buf *out, struct bw_str text, bool last)
{
        bw_buf_char(out, '"');
        if (text.n && strchr("=+-@\t\r", text.p[0]))
                bw_buf_char(out, '\'');
        for (size_t i = 0; i < text.n; i++) {
                if (text.p[i] == '"')
                        bw_buf_char(out, '"');
                bw_buf_char(out, text.p[i]);
        }
        bw_buf_puts(out, last ? "\"\r\n" : "\",");
}

static void put_files_cell(struct bw_buf *out, const struct row *row)
{
        bw_auto_done(bw_buf_done) struct bw_buf cell = {0};
        struct bw_value files = files_of(row);

        for (uint32_t i = 0; files.type == BW_LIST && i < files.n; i++) {
                bw_buf_puts(&cell, i ? "; " : "");
                put_place(&cell, row, bw_map_text(bw_list_get(files, i), "path"));
        }
        if (row->unreadable)
                put_place(&cell, row, name_of(row));
        put_cell(out, bw_buf_view(&cell), true);
}

static void put_csv(struct bw_buf *out, const struct job *job)
{
        static const char *const texts[] = {"role", "subject", "issuer", "serial", "fingerprint"};

        bw_buf_puts(out, "daysLeft,notAfter,problems,key,role,subject,issuer,serial,fingerprint,files\r\n");
        for (size_t i = 0; i < job->n; i++) {
                bw_auto_done(bw_buf_done) struct bw_buf problems = {0};
                const struct row *row = &job->rows[i];

                if (!is_shown(job, row))
                        continue;
                put_problems(&problems, row, "; ");
                if (row->unreadable)
                        bw_buf_str(&problems, why_unreadable(row));
                else
                        bw_buf_i64(out, row->days);
                bw_buf_char(out, ',');
                put_cell(out, bw_map_text(row->found->root, "notAfter"), false);
                put_cell(out, bw_buf_view(&problems), false);
                put_cell(out, bw_str(row->key), false);
                for (size_t t = 0; t < BW_ARRAY_SIZE(texts); t++)
                        put_cell(out, bw_map_text(row->found->root, texts[t]), false);
                put_files_cell(out, row);
        }
}

/* ---- JSON, YAML */

static void emit_row(struct bw_emit *e, const struct row *row)
{
        bw_emit_map(e);
        if (row->found->from.n)
                bw_emit_key_str(e, "from", row->found->from);
        if (row->unreadable) {
                bw_emit_key_str(e, "unreadable", why_unreadable(row));
        } else {
                bw_emit_key(e, "daysLeft");
                bw_emit_value(e, bw_value_int(row->days));
                bw_emit_key(e, "problems");
                bw_emit_list(e);
                for (size_t i = 0; i < row->n_problems; i++)
                        bw_emit_str(e, bw_str(row->problems[i]));
                bw_emit_end(e);
        }
        bw_emit_key(e, "certificate");
        bw_emit_value(e, row->found->root);
        bw_emit_end(e);
}

static int put_document(struct bw_buf *out, const struct job *job, const char *format, struct bw_error *reterr)
{
        bw_auto_done(bw_emit_done) struct bw_emit e;
        char now[BW_TIME_TEXT];
        int r;

        bw_emit_init(&e, strcmp(format, "yaml") == 0 ? BW_SYNTAX_YAML : BW_SYNTAX_JSON, NULL);
        bw_emit_map(&e);
        bw_emit_key_str(&e, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(&e, "kind", BW_STR("CertificateReport"));
        bw_emit_key_str(&e, "time", bw_str(bw_time_format(job->gathering.now, now)));
        bw_emit_key(&e, "summary");
        bw_emit_map(&e);
        bw_emit_key_u64(&e, "certificates", job->n - job->n_unreadable);
        bw_emit_key_u64(&e, "withProblems", job->n_bad);
        bw_emit_key_u64(&e, "unreadable", all_unreadable(job));
        bw_emit_end(&e);
        bw_emit_key(&e, "items");
        bw_emit_list(&e);
        for (size_t i = 0; i < job->n; i++)
                if (is_shown(job, &job->rows[i]))
                        emit_row(&e, &job->rows[i]);
        bw_emit_end(&e);
        bw_emit_end(&e);
        r = bw_emit_close(&e, reterr);
        if (r == 0)
                bw_buf_str(out, bw_buf_view(&e.buf));
        return r;
}

/* ---- the verbs */

static int print(struct job *job, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        const char *format = bw_args_value(job->args, BW_OPT_OUTPUT, "text");
        int r = 0;

        if (strcmp(format, "text") == 0)
                put_text(&out, job);
        else if (strcmp(format, "csv") == 0)
                put_csv(&out, job);
        else
                r = put_document(&out, job, format, reterr);
        return r < 0 ? r : bw_cli_print(job->cli, &out);
}

static int status_of(const struct job *job)
{
        if (bw_proc_interrupt_signal())
                return BW_EXIT_INTERRUPTED;
        if (job->gathering.n_unreadable || (job->checks && job->n_unreadable))
                return BW_EXIT_USAGE;
        return job->checks && job->n_bad ? BW_EXIT_FINDINGS : BW_EXIT_OK;
}

static int run_job(struct job *job)
{
        const char *days = bw_args_value(job->args, BW_OPT_DAYS, DEFAULT_DAYS);
        bool of_node = bw_args_has(job->args, BW_OPT_NODE);
        struct bw_error error = {0};
        int r;

        if (bw_str_to_i64(bw_str(days), &job->limit) < 0 || job->limit < 0 || job->limit > 100000)
                return bw_cli_usage(job->cli, "--days takes a number of days, not \"%s\"", days);
        if (of_node == (job->args->n_positional > 0))
                return bw_cli_usage(job->cli, of_node ? "--node and paths do not go together"
                                                      : "whose certificates? Give files, directories, a snapshot, or --node");
        r = pki_gather(&job->gathering, &error);
        if (r == 0)
                r = make_rows(job, &error);
        if (r == 0)
                r = print(job, &error);
        if (r == -EINVAL && error.file[0] == 0)
                return bw_cli_usage(job->cli, "%s", error.message);
        if (r < 0)
                return bw_cli_fail(job->cli, &error);
        return r != BW_EXIT_OK ? r : status_of(job);
}

static int run_verb(struct bw_cli *cli, const struct bw_args *args, bool checks)
{
        struct job job = {.cli = cli, .args = args, .checks = checks, .gathering = {.cli = cli, .args = args}};
        int status;

        bw_proc_hide_memory();
        status = run_job(&job);
        pki_gathering_done(&job.gathering);
        bw_free(job.rows);
        return status;
}

static int run_list(struct bw_cli *cli, const struct bw_args *args)
{
        return run_verb(cli, args, false);
}

static int run_check(struct bw_cli *cli, const struct bw_args *args)
{
        return run_verb(cli, args, true);
}

static const struct bw_option options[] = {
        {.name = "node", .id = BW_OPT_NODE, .help = "this machine, or the one that --root says, as a node of a cluster"},
        BW_OPTIONS_MACHINE,
        {.name = "days",
         .arg = "N",
         .id = BW_OPT_DAYS,
         .help = "what ends in fewer days than this ends soon (default: " DEFAULT_DAYS ")"},
        BW_OPTION_NOW,
        {.name = "output",
         .letter = 'o',
         .arg = "FORMAT",
         .id = BW_OPT_OUTPUT,
         .words = "text json yaml csv",
         .complete = BW_COMPLETE_WORDS,
         .only_words = true,
         .help = "text (default), json, yaml or csv"},
        {.name = "no-sandbox",
         .id = BW_OPT_NO_SANDBOX,
         .help = "do not give up system calls and files (Landlock, seccomp) before reading"},
        BW_OPTION_COLOR,
        BW_OPTION_HELP,
        {0},
};

#define SOURCES                                                                                                        \
        "Looks into PEM files, kubeconfigs, and manifests with Secrets, ConfigMaps, webhooks and API services; of a "  \
        "directory into all files below it; of a snapshot (\"bulwark collect\") at what was found on the node; with --node " \
        "at what the node's components name and at the usual places. Private keys are looked at to see whose they are, and "  \
        "are never shown.\n\n"

static const struct bw_example list_examples[] = {
        {"All certificates below a directory", "bulwark pki list examples/pki --now 2026-06-01T00:00:00Z"},
        {"For a spreadsheet", "bulwark pki list -o csv examples/pki"},
        {0},
};

const struct bw_verb bw_verb_pki_list = {
        .name = "pki list",
        .summary = "list certificates, those that end first on top",
        .args = "[PATH...]",
        .text = SOURCES "A certificate that lies in several places is one row with all of them. DAYS is what is left, in whole "
                        "days; with a minus it has ended.",
        .options = options,
        .examples = list_examples,
        .complete = BW_COMPLETE_FILE,
        .max_args = SIZE_MAX,
        .run = run_list,
};

static const struct bw_example check_examples[] = {
        {"What ends within a month", "bulwark pki check --days 30 examples/pki --now 2026-06-01T00:00:00Z"},
        {0},
};

const struct bw_verb bw_verb_pki_check = {
        .name = "pki check",
        .summary = "show certificates that have ended, end soon or do not fit, for monitoring",
        .args = "[PATH...]",
        .text = SOURCES "Shown are certificates that have ended, end within --days, are not valid yet, have a broken chain, a "
                        "weak key or signature, or lie beside the key of another one. The exit status is 0 when there are none, "
                        "1 when there are some, 2 when something could not be read.",
        .options = options,
        .examples = check_examples,
        .complete = BW_COMPLETE_FILE,
        .max_args = SIZE_MAX,
        .run = run_check,
};
