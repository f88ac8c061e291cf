/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "scan/scan.h"

#include "base/buf.h"
#include "base/limits.h"
#include "catalog_double.h"
#include "temptree.h"

static int setup(void **state)
{
        static struct temp t;

        temp_begin(&t);
        *state = &t;
        atomic_store(&double_ready, false);
        atomic_store(&double_prepared, 0);
        double_prepare_result = 0;
        return 0;
}

static int teardown(void **state)
{
        temp_end(*state);
        return 0;
}

static struct bw_scan *scan_of(struct bw_scan_options *options)
{
        struct bw_scan *scan = NULL;
        struct bw_error err = {0};

        options->now = 1;
        if (bw_scan_run(options, &scan, &err) < 0)
                fail_msg("%s", err.message);
        return scan;
}

/* Findings as "file:line:column kind name doc severity|", errors as "!file:line message|"; files without the tree's
 * path. */
static void tell(const struct temp *t, const struct bw_scan *scan, struct bw_buf *out)
{
        const struct bw_report *report = bw_scan_report(scan);
        size_t cut = strlen(t->path) + 1;

        for (size_t i = 0; i < report->n_findings; i++) {
                const struct bw_finding *f = &report->findings[i];

                bw_buf_printf(out, "%s:%u:%u %s %s %u %s|", f->location.file.p + BW_MIN(cut, f->location.file.n),
                              f->location.line, f->location.column, f->resource.kind.p, f->resource.name.p, f->doc,
                              bw_severity_text(f->rule->severity));
        }
        for (size_t i = 0; i < report->n_errors; i++) {
                const struct bw_input_error *e = &report->errors[i];

                bw_buf_printf(out, "!%s:%u %s|", e->file.p + BW_MIN(cut, e->file.n), e->line, e->message.p);
        }
}

static void expect_scan(struct temp *t, const char *path, const char *expected)
{
        struct bw_str text = bw_str(temp_path(t, path));
        struct bw_scan_options options = {.paths = &text, .n_paths = 1, .threads = 1};
        bw_auto(bw_scan_free) struct bw_scan *scan = scan_of(&options);
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        tell(t, scan, &out);
        assert_string_equal(out.p ? out.p : "", expected);
}

#define POD(name) "apiVersion: v1\nkind: Pod\nmetadata: {name: " name "}\n"

static void test_documents_of_a_file(void **state)
{
        temp_file(*state, "a.yaml", POD("a") "---\n# nothing\n---\nnot: an object\n---\n" POD("b"));
        expect_scan(*state, "a.yaml", "a.yaml:1:1 Pod a 0 low|a.yaml:9:1 Pod b 2 low|");
        temp_file(*state, "list.yaml",
                  "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: x}\n- "
                  "apiVersion: v1\n"
                  "  kind: Pod\n  metadata: {name: z}\n");
        expect_scan(*state, "list.yaml", "list.yaml:4:3 Pod x 0 low|list.yaml:7:3 Pod z 1 low|");
        temp_file(*state, "list.json",
                  "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[{\"metadata\":{\"name\":\"x\"}},"
                  "{\"metadata\":{\"name\":\"y\"}}]}");
        expect_scan(*state, "list.json", "list.json:1:46 Pod x 0 low|list.json:1:72 Pod y 1 low|");
        temp_file(*state, "empty.yaml", "");
        expect_scan(*state, "empty.yaml", "");
}

static void test_order_within_a_document(void **state)
{
        temp_file(*state, "a.yaml",
                  "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels: {two: x}\n---\n" POD("b"));
        expect_scan(*state, "a.yaml", "a.yaml:1:1 Pod a 0 high|a.yaml:1:1 Pod a 0 low|a.yaml:7:1 Pod b 1 low|");
}

static void test_errors_do_not_end_the_file(void **state)
{
        struct bw_str texts[3];
        struct bw_scan_options options = {.paths = texts, .n_paths = 3, .threads = 1};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_scan *scan;

        temp_file(*state, "bad.yaml", POD("a") "---\nkey: [\n---\n" POD("b"));
        temp_file(*state, "ok.yaml", POD("c"));
        texts[0] = bw_str(temp_path(*state, "absent"));
        texts[1] = bw_str(temp_path(*state, "bad.yaml"));
        texts[2] = bw_str(temp_path(*state, "ok.yaml"));
        scan = scan_of(&options);
        assert_int_equal(bw_scan_report(scan)->n_findings, 3);
        assert_int_equal(bw_scan_report(scan)->n_errors, 2);
        tell(*state, scan, &out);
        assert_non_null(
                strstr(out.p, "bad.yaml:7:1 Pod b 1 low|ok.yaml:1:1 Pod c 0 low|!absent:0 does not exist|!bad.yaml:"));
        assert_int_equal(bw_scan_report(scan)->summary.documents, 3);
        assert_int_equal(bw_scan_report(scan)->summary.verdicts[BW_VERDICT_FAIL], 3);
        assert_int_equal(bw_scan_report(scan)->n_inputs, 3);
        assert_int_equal(bw_scan_stats(scan)->evaluations, 3);
        bw_scan_free(scan);
}

/* Templates are counted, once a file, and what can be read of them is judged. */
static void test_templates(void **state)
{
        struct bw_str path;
        struct bw_scan_options options = {.paths = &path, .n_paths = 1, .threads = 1};
        bw_auto(bw_scan_free) struct bw_scan *scan = NULL;

        temp_file(*state, "d/a.yaml", "{{- if .Values.a }}\nkind: X\n{{- end }}\n");
        temp_file(*state, "d/b.yaml", POD("b") "---\nkey: {{ .Values.a }}\n---\na: {{ .b }}\n");
        temp_file(*state, "d/c.yaml", "a: {{\n");
        path = bw_str(temp_path(*state, "d"));
        scan = scan_of(&options);
        assert_int_equal(bw_scan_stats(scan)->templates, 2);
        assert_int_equal(bw_scan_stats(scan)->other, 3);
        assert_int_equal(bw_scan_report(scan)->n_findings, 1);
        assert_int_equal(bw_scan_report(scan)->n_errors, 1);
}

static void test_an_object_that_cannot_be_judged(void **state)
{
        temp_file(*state, "a.yaml",
                  "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels: {error: 7}\n---\n" POD("b"));
        expect_scan(*state, "a.yaml", "a.yaml:7:1 Pod b 1 low|!a.yaml:1 the object cannot be judged|");
}

static void test_rules_that_do_not_compile(void **state)
{
        double_prepare_result = -EINVAL;
        temp_file(*state, "a.yaml", POD("a"));
        expect_scan(*state, "a.yaml", "!a.yaml:1 the rules cannot be compiled|");
}

/* Errors of one input are listed up to a number, over all its parts. */
static void test_many_errors(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_str path;
        struct bw_scan_options options = {.paths = &path, .n_paths = 1, .threads = 2};
        const struct bw_report *report;
        struct bw_scan *scan;

        for (int i = 0; i < 1500; i++) {
                bw_buf_puts(&text, "---\na: [\nb: ");
                bw_buf_fill(&text, 'x', 900);
                bw_buf_char(&text, '\n');
        }
        temp_bytes(*state, "a.yaml", text.p, text.n);
        path = bw_str(temp_path(*state, "a.yaml"));
        scan = scan_of(&options);
        report = bw_scan_report(scan);
        assert_int_equal(report->n_errors, BW_LIMIT_INPUT_ERRORS + 1);
        assert_true(report->errors[0].line <= 4);
        assert_str(report->errors[BW_LIMIT_INPUT_ERRORS].message, "and 1480 more errors in this file");
        bw_scan_free(scan);
}

/* A tree of small files, a file with many documents, and some trouble: the same report for any number of threads. */
static void test_threads_do_not_change_the_report(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        bw_auto_done(bw_buf_done) struct bw_buf first = {0};
        struct bw_str path;
        unsigned most = 0;

        for (int i = 0; i < 3000; i++) {
                bw_buf_printf(&text,
                              "---\napiVersion: v1\nkind: Pod\nmetadata: {name: n%d, labels: {two: %d}}\nfill: ", i, i);
                bw_buf_fill(&text, 'x', 500);
                bw_buf_puts(&text, i % 100 ? "\n" : "\nbroken: [\n");
        }
        temp_bytes(*state, "d/middle.yaml", text.p, text.n);
        for (int i = 0; i < 150; i++) {
                char name[32];

                (void)snprintf(name, sizeof(name), "d/%s-%d.yaml", i % 2 ? "a" : "z", i);
                temp_file(*state, name, POD("x") "---\n" POD("y"));
        }
        path = bw_str(temp_path(*state, "d"));
        for (unsigned threads = 1; threads <= 8; threads *= 2) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                struct bw_scan_options options = {.paths = &path, .n_paths = 1, .threads = threads};
                bw_auto(bw_scan_free) struct bw_scan *scan = scan_of(&options);

                tell(*state, scan, threads == 1 ? &first : &out);
                if (threads > 1) {
                        assert_int_equal(out.n, first.n);
                        assert_memory_equal(out.p, first.p, out.n);
                }
                most = BW_MAX(most, bw_scan_stats(scan)->threads);
                assert_int_equal(bw_scan_stats(scan)->files, 151);
                assert_int_equal(bw_scan_stats(scan)->bytes, text.n + 150 * (2 * strlen(POD("x")) + 4));
        }
        assert_true(first.n > 200000);
        assert_int_equal(most, 8);
}

static void test_little_work_starts_no_thread(void **state)
{
        struct bw_str path;
        struct bw_scan_options options = {.paths = &path, .n_paths = 1, .threads = 4};
        struct bw_scan *scan;

        temp_file(*state, "a.yaml", POD("a"));
        path = bw_str(temp_path(*state, ""));
        scan = scan_of(&options);
        assert_int_equal(bw_scan_stats(scan)->threads, 1);
        assert_int_equal(double_prepared, 1);
        bw_scan_free(scan);
}

/* Lines that may hold a secret are not kept with a finding. */
static void test_source_lines(void **state)
{
        static const struct {
                const char *text;
                bool shown;
        } cases[] = {
                {"---\n{apiVersion: v1, kind: Pod, metadata: {name: a}}\n", true},
                {"---\n{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {env: [{name: A, value: hidden}]}}\n",
                 false},
                {"{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"x\": {\"value\": \"hidden\"}}\n", false},
                {"---\n{apiVersion: v1, kind: Secret, data: {a: aGlkZGVu}}\n", false},
                {"---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {path: data.key}}}\n", false},
                {"---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n", true},
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct bw_str path;
                struct bw_scan_options options = {.paths = &path, .n_paths = 1, .threads = 1};
                bw_auto(bw_scan_free) struct bw_scan *scan = NULL;

                temp_file(*state, "a.yaml", cases[i].text);
                path = bw_str(temp_path(*state, "a.yaml"));
                scan = scan_of(&options);
                assert_int_equal(bw_scan_report(scan)->n_findings, 1);
                if ((bw_scan_report(scan)->findings[0].location.source.n > 0) != cases[i].shown)
                        fail_msg("%s", cases[i].text);
        }
}

static void test_cancel(void **state)
{
        atomic_bool cancel = true;
        struct bw_str path;
        struct bw_scan_options options = {.paths = &path, .n_paths = 1, .threads = 2, .cancel = &cancel};
        struct bw_scan *scan;

        temp_file(*state, "a.yaml", POD("a"));
        path = bw_str(temp_path(*state, ""));
        scan = scan_of(&options);
        assert_int_equal(bw_scan_report(scan)->n_findings, 0);
        assert_true(bw_scan_stats(scan)->cancelled);
        bw_scan_free(scan);
        bw_scan_free(NULL);
}

static void count_calls(void *userdata, uint64_t files, uint64_t documents, uint64_t bytes)
{
        uint64_t *last = userdata;

        assert_true(files >= last[0] && documents >= last[1] && bytes >= last[2]);
        last[0] = files;
        last[1] = documents;
        last[2] = bytes;
        last[3]++;
}

static void test_progress(void **state)
{
        uint64_t last[4] = {0};
        struct bw_str path;
        struct bw_scan_options options = {
                .paths = &path, .n_paths = 1, .threads = 1, .progress = count_calls, .progress_userdata = last};
        struct bw_scan *scan;

        temp_file(*state, "a.yaml", POD("a"));
        path = bw_str(temp_path(*state, "a.yaml"));
        scan = scan_of(&options);
        assert_true(last[3] >= 1);
        assert_int_equal(last[0], 1);
        assert_int_equal(last[1], 1);
        bw_scan_free(scan);
}

/* Kept documents are judged when all are there; their findings stand with the others of their document. */
static void test_joined(void **state)
{
        temp_file(*state, "d/a.yaml",
                  "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels: {join: x, two: x}\n---\n" POD(
                          "b") "---\napiVersion: v1\nkind: Pod\nmetadata: {name: c, labels: {join: look}}\n");
        temp_file(*state, "d/b.json",
                  "{\"apiVersion\":\"v1\",\"kind\":\"PodList\",\"items\":[{\"metadata\":{\"name\":\"d\"}},\n"
                  "{\"metadata\":{\"name\":\"e\",\n\"labels\":{\"join\":\"x\"}}}]}");
        temp_file(*state, "d/c.json", "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\n \"metadata\":{\"uid\":\"u\",\"name\":"
                                      "\"f\",\"labels\":{\"join\":\"x\"}}}");
        expect_scan(*state, "d",
                    "d/a.yaml:1:1 Pod a 0 high|d/a.yaml:5:3 Pod a 0 medium|d/a.yaml:1:1 Pod a 0 low|d/a.yaml:7:1 Pod b 1 low|"
                    "d/a.yaml:11:1 Pod c 2 low|d/b.json:1:46 Pod d 0 low|d/b.json:3:1 Pod e 1 medium|d/b.json:2:1 Pod e 1 low|"
                    "d/c.json:2:35 Pod f 0 medium|d/c.json:1:1 Pod f 0 low|");
}

/* Of all that is kept, and for any number of threads the same; source lines too. */
static void test_joined_in_many_threads(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        bw_auto_done(bw_buf_done) struct bw_buf first = {0};
        struct bw_str path;

        for (int i = 0; i < 3000; i++) {
                bw_buf_printf(&text,
                              "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: n%04d\n  labels: {join: %s, n: n%04d}\nfill: ",
                              i, i % 3 ? "x" : "look", i);
                bw_buf_fill(&text, 'x', 500);
                bw_buf_char(&text, '\n');
        }
        temp_bytes(*state, "d/middle.yaml", text.p, text.n);
        path = bw_str(temp_path(*state, "d"));
        for (unsigned threads = 1; threads <= 8; threads *= 2) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                struct bw_scan_options options = {.paths = &path, .n_paths = 1, .threads = threads};
                bw_auto(bw_scan_free) struct bw_scan *scan = scan_of(&options);
                const struct bw_report *report = bw_scan_report(scan);

                assert_int_equal(report->n_findings, 5000);
                assert_int_equal(report->summary.verdicts[BW_VERDICT_FAIL], 5000);
                assert_int_equal(bw_scan_stats(scan)->kept_documents, 3000);
                assert_true(bw_scan_stats(scan)->kept_bytes > 3000 * sizeof(struct bw_doc));
                for (size_t i = 0; i < report->n_findings; i++)
                        bw_buf_printf(&out, "%u:%u %.*s %.*s|", report->findings[i].doc,
                                      report->findings[i].location.line, BW_STR_ARG(report->findings[i].message),
                                      BW_STR_ARG(report->findings[i].location.source));
                bw_buf_char(&out, 0);
                if (threads == 1)
                        bw_buf_put(&first, out.p, out.n);
                assert_string_equal(out.p, first.p);
        }
        assert_non_null(strstr(first.p, "|1:13 one of 3000   labels: {join: x, n: n0001}|1:9 n0001 is here apiVersion: v1|"));
}

/* Past the limit of texts there are no source lines for any of them; everything else stays. */
static void test_joined_texts_have_a_limit(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_str path;
        struct bw_scan_options options = {.paths = &path, .n_paths = 1, .threads = 2};
        struct bw_scan *scan;

        for (size_t i = 0; i <= BW_LIMIT_KEPT_TEXT / BW_MIB; i++) {
                bw_buf_puts(&text, "---\napiVersion: v1\n# ");
                bw_buf_fill(&text, 'x', BW_MIB);
                bw_buf_puts(&text, "\nkind: Pod\nmetadata:\n  name: a\n  labels: {join: x}\n");
        }
        temp_bytes(*state, "a.yaml", text.p, text.n);
        path = bw_str(temp_path(*state, "a.yaml"));
        scan = scan_of(&options);
        assert_int_equal(bw_scan_report(scan)->n_findings, 66);
        for (size_t i = 0; i < 66; i += 2) {
                const struct bw_finding *f = &bw_scan_report(scan)->findings[i];

                assert_str(f->rule->id, "T-3");
                assert_int_equal(f->location.line, 7 + 7 * (i / 2));
                assert_int_equal(f->location.source.n, 0);
        }
        bw_scan_free(scan);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_documents_of_a_file, setup, teardown),
                cmocka_unit_test_setup_teardown(test_order_within_a_document, setup, teardown),
                cmocka_unit_test_setup_teardown(test_errors_do_not_end_the_file, setup, teardown),
                cmocka_unit_test_setup_teardown(test_templates, setup, teardown),
                cmocka_unit_test_setup_teardown(test_an_object_that_cannot_be_judged, setup, teardown),
                cmocka_unit_test_setup_teardown(test_rules_that_do_not_compile, setup, teardown),
                cmocka_unit_test_setup_teardown(test_many_errors, setup, teardown),
                cmocka_unit_test_setup_teardown(test_threads_do_not_change_the_report, setup, teardown),
                cmocka_unit_test_setup_teardown(test_little_work_starts_no_thread, setup, teardown),
                cmocka_unit_test_setup_teardown(test_source_lines, setup, teardown),
                cmocka_unit_test_setup_teardown(test_joined, setup, teardown),
                cmocka_unit_test_setup_teardown(test_joined_in_many_threads, setup, teardown),
                cmocka_unit_test_setup_teardown(test_joined_texts_have_a_limit, setup, teardown),
                cmocka_unit_test_setup_teardown(test_cancel, setup, teardown),
                cmocka_unit_test_setup_teardown(test_progress, setup, teardown),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
