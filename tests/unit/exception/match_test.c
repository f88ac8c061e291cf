/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "exception/exception.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "check.h"
#include "exception/glob.h"
#include "exception/settings.h"

#define HEAD "apiVersion: bulwark.dev/v1\nkind: Config\n"
#define NOW ((int64_t)1800000000) /* 2027-01-15 */

static const char manifest[] =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop, labels: {app: web}}\nspec:\n"
        " template:\n  spec:\n   initContainers: [{name: init}]\n   containers: [{name: app}, {name: side}]\n";

static const struct bw_control controls[] = {
        {.framework = BW_STR("kube-linter"), .control = BW_STR("privileged-container"), .is_peer = true},
        {.framework = BW_STR("polaris"), .control = BW_STR("runAsPrivileged"), .is_peer = true},
        {.framework = BW_STR("polaris"), .control = BW_STR("notAPeer")},
};
static const struct bw_rule_info rule = {
        .id = BW_STR("BW-WL-001"), .controls = controls, .n_controls = BW_ARRAY_SIZE(controls)};

static enum bw_rule_presence look(void *rules, struct bw_str pattern, struct bw_str *ret_nearest)
{
        (void)rules;
        if (bw_str_is(pattern, "BW-OUT"))
                return BW_RULE_LEFT_OUT;
        if (bw_str_is(pattern, "BW-WL-01"))
                *ret_nearest = BW_STR("BW-WL-001");
        return bw_str_starts(pattern, BW_STR("BW-WL-0")) && pattern.n == 9 ? BW_RULE_TAKES_PART : BW_RULE_UNKNOWN;
}

/* One set on one document. */
struct scene {
        struct bw_arena *arena;
        struct bw_settings settings;
        struct bw_exceptions *exceptions;
        struct bw_input input;
        struct bw_doc doc;
};

static void begin(struct scene *s, const char *settings, const char *text)
{
        struct bw_error err = {0};

        *s = (struct scene){.arena = bw_arena_new(0), .input = {.name = BW_STR("./manifests/web/app.yaml")}};
        if (settings && bw_settings_read(s->arena, BW_STR("s.yaml"), bw_str(settings), &s->settings, &err) < 0)
                fail_msg("%s", err.message);
        assert_ok(bw_exceptions_new(&s->exceptions, &err));
        assert_ok(bw_exceptions_add(s->exceptions, &s->settings, &err));
        assert_ok(bw_yaml_read(s->arena, bw_str(text), 1, false, &s->doc, &err));
        s->doc.input = &s->input;
        assert_true(bw_doc_identify(&s->doc));
        assert_ok(bw_exceptions_see(s->exceptions, &s->doc, s->arena));
}

static void end(struct scene *s)
{
        bw_exceptions_free(s->exceptions);
        bw_arena_free(s->arena);
}

static const struct bw_exception_note *match(struct scene *s, const char *path)
{
        const struct bw_finding f = {.rule = &rule,
                                     .verdict = BW_VERDICT_FAIL,
                                     .resource = {.kind = s->doc.kind, .ns = s->doc.ns, .name = s->doc.name},
                                     .location = {.file = s->input.name, .path = bw_str(path)}};

        return bw_exceptions_match(s->exceptions, &s->doc, &f, NOW, s->arena);
}

/* All notices as "line:column message|". */
static void expect_notices(struct scene *s, const char *expected)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        const struct bw_notice *notices = NULL;
        struct bw_error err = {0};
        size_t n = 0;

        assert_ok(bw_exceptions_notices(s->exceptions, look, NULL, NOW, s->arena, &notices, &n, &err));
        bw_buf_puts(&out, "");
        for (size_t i = 0; i < n; i++)
                bw_buf_printf(&out, "%u:%u %.*s|", notices[i].line, notices[i].column, BW_STR_ARG(notices[i].message));
        assert_string_equal(out.p ? out.p : "", expected);
}

static void test_globs(void **state)
{
        static const struct {
                const char *pattern, *text;
                bool matches;
        } rows[] = {
                {"", "", true},
                {"", "a", false},
                {"a", "a", true},
                {"a", "b", false},
                {"a", "ab", false},
                {"*", "", true},
                {"*", "abc", true},
                {"*", "a/b", false},
                {"a*", "a", true},
                {"a*c", "abbc", true},
                {"a*c", "abcd", false},
                {"*a*b*", "xxaxxbxx", true},
                {"*ab", "aab", true},
                {"?", "a", true},
                {"?", "", false},
                {"?", "/", false},
                {"a?c", "abc", true},
                {"**", "", true},
                {"**", "a/b/c", true},
                {"a/**", "a/b/c", true},
                {"a/**", "b/a/c", false},
                {"**/b", "b", true},
                {"**/b", "a/b", true},
                {"**/b", "ab", false},
                {"a/**/b", "a/b", true},
                {"a/**/b", "a/x/y/b", true},
                {"a/**/b", "a/xb", false},
                {"**/*.yaml", "a/b.yaml", true},
                {"a/*/c", "a/b/c", true},
                {"a/*/c", "a/b/b/c", false},
                {"**/x/*.y", "q/x/z/x/a.y", true},
                {"a**b", "a/x/b", true},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++)
                if (bw_glob_match(bw_str(rows[i].pattern), bw_str(rows[i].text)) != rows[i].matches)
                        fail_msg("%s and %s", rows[i].pattern, rows[i].text);
        assert_true(bw_glob_is_literal(BW_STR("a.b/c")));
        assert_false(bw_glob_is_literal(BW_STR("a*")));
        assert_false(bw_glob_is_literal(BW_STR("?")));
}

#define PRIVILEGED "spec.template.spec.containers[0].securityContext.privileged"

/* The fields of an exception, the path of a finding, and whether it is excepted. */
static const struct {
        const char *fields;
        const char *path;
        bool matches;
} rows[] = {
        {"rules: [BW-WL-001]", PRIVILEGED, true},
        {"rules: [BW-WL-002]", PRIVILEGED, false},
        {"rules: [BW-WL-002, BW-WL-001]", PRIVILEGED, true},
        {"rules: [BW-*]", PRIVILEGED, true},
        {"rules: [BW-WL-001*]", PRIVILEGED, true},
        {"rules: [BW-WL-0011*]", PRIVILEGED, false},
        {"rules: [BX-*]", PRIVILEGED, false},
        {"rules: ['*'], namespaces: [shop]", PRIVILEGED, true},
        {"rules: ['*'], namespaces: [ops]", PRIVILEGED, false},
        {"rules: ['*'], namespaces: [ops, sh*]", PRIVILEGED, true},
        {"rules: ['*'], namespaces: [ops, shop]", PRIVILEGED, true},
        {"rules: ['*'], namespaces: ['?hop']", PRIVILEGED, true},
        {"rules: ['*'], resources: [{name: web}]", PRIVILEGED, true},
        {"rules: ['*'], resources: [{name: we}]", PRIVILEGED, false},
        {"rules: ['*'], resources: [{name: we*}]", PRIVILEGED, true},
        {"rules: ['*'], resources: [{kind: Deployment}]", PRIVILEGED, true},
        {"rules: ['*'], resources: [{kind: Pod}]", PRIVILEGED, false},
        {"rules: ['*'], resources: [{kind: Pod}, {kind: 'Deploy*'}]", PRIVILEGED, true},
        {"rules: ['*'], resources: [{kind: apps/Deployment}]", PRIVILEGED, true},
        {"rules: ['*'], resources: [{kind: batch/Deployment}]", PRIVILEGED, false},
        {"rules: ['*'], resources: [{kind: '*/Deployment'}]", PRIVILEGED, true},
        {"rules: ['*'], resources: [{namespace: shop}]", PRIVILEGED, true},
        {"rules: ['*'], resources: [{namespace: ops}]", PRIVILEGED, false},
        {"rules: ['*'], resources: [{kind: Deployment, namespace: shop, name: web}]", PRIVILEGED, true},
        {"rules: ['*'], resources: [{kind: Deployment, namespace: ops, name: web}]", PRIVILEGED, false},
        {"rules: ['*'], resources: [{kind: Deployment, namespace: shop, name: app}]", PRIVILEGED, false},
        {"rules: ['*'], resources: [{name: web}], namespaces: [ops]", PRIVILEGED, false},
        {"rules: ['*'], labels: {matchLabels: {app: web}}", PRIVILEGED, true},
        {"rules: ['*'], labels: {matchLabels: {app: db}}", PRIVILEGED, false},
        {"rules: ['*'], labels: {}", PRIVILEGED, true},
        {"rules: ['*'], labels: {matchExpressions: [{key: x, operator: Exists}]}", PRIVILEGED, false},
        {"rules: ['*'], containers: [app]", PRIVILEGED, true},
        {"rules: ['*'], containers: [a*]", PRIVILEGED, true},
        {"rules: ['*'], containers: [side]", PRIVILEGED, false},
        {"rules: ['*'], containers: [init]", "spec.template.spec.initContainers[0].image", true},
        {"rules: ['*'], containers: ['*']", "spec.template.spec.hostNetwork", false},
        {"rules: ['*'], containers: ['*']", "", false},
        {"rules: ['*'], containers: [app]", "spec.template.spec.containers[9].image", false},
        {"rules: ['*'], paths: ['" PRIVILEGED "']", PRIVILEGED, true},
        {"rules: ['*'], paths: ['spec.template.spec.containers[*]']", PRIVILEGED, true},
        {"rules: ['*'], paths: ['spec.template.spec.containers[1]']", PRIVILEGED, false},
        {"rules: ['*'], paths: ['containers[*].securityContext']", PRIVILEGED, true},
        {"rules: ['*'], paths: ['containers[*].image', 'containers[*].securityContext']", PRIVILEGED, true},
        {"rules: ['*'], paths: ['containers[*].securityContext.privileged.x']", PRIVILEGED, false},
        {"rules: ['*'], paths: ['securityContext']", PRIVILEGED, false},
        {"rules: ['*'], files: ['manifests/web/*.yaml']", PRIVILEGED, true},
        {"rules: ['*'], files: ['./manifests/**']", PRIVILEGED, true},
        {"rules: ['*'], files: [app.yaml]", PRIVILEGED, true},
        {"rules: ['*'], files: [web]", PRIVILEGED, false},
        {"rules: ['*'], files: ['web/app.yaml']", PRIVILEGED, false},
        {"rules: ['*'], files: ['**/web/app.yaml']", PRIVILEGED, true},
        {"rules: ['*'], namespaces: [shop], containers: [app], files: ['*.yml']", PRIVILEGED, false},
        {"rules: ['*'], namespaces: [shop], expires: 2027-01-15", PRIVILEGED, true},
        {"rules: ['*'], namespaces: [shop], expires: 2027-01-14", PRIVILEGED, false},
};

static void test_matrix(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                char text[512];
                struct scene s;

                (void)snprintf(text, sizeof(text), HEAD "exceptions: [{reason: r, %s}]\n", rows[i].fields);
                begin(&s, text, manifest);
                if ((match(&s, rows[i].path) != NULL) != rows[i].matches)
                        fail_msg("%s on %s", rows[i].fields, rows[i].path);
                end(&s);
        }
}

static void test_note(void **state)
{
        struct scene s;
        const struct bw_exception_note *note;

        (void)state;
        begin(&s,
              HEAD "exceptions:\n- {rules: [BW-WL-001], reason: gone, expires: 2026-01-31}\n"
                   "- {rules: [BW-WL-*], reason: the first, owner: ops, expires: 2028-01-31}\n"
                   "- {rules: [BW-WL-001], reason: the second}\n"
                   "- {rules: [BW-WL-002], reason: unused}\n"
                   "- {rules: [BW-WL-002], reason: 'unused, late', expires: 2026-01-31}\n"
                   "- {rules: [BW-OUT], reason: no part of the run}\n"
                   "- {rules: [BW-WL-002], reason: no such kind, resources: [{kind: Pod}]}\n"
                   "- {rules: [BW-WL-002], reason: no such file, files: [x.yaml]}\n",
              manifest);
        note = match(&s, PRIVILEGED);
        assert_non_null(note);
        assert_str(note->reason, "the first");
        assert_str(note->owner, "ops");
        assert_str(note->expires, "2028-01-31");
        assert_str(note->source, "s.yaml:5");
        expect_notices(&s, "4:3 exception from BW-WL-001 expired on 2026-01-31: what it excepted counts again|"
                           "7:3 exception from BW-WL-002 is unused: no finding is one that it is for|"
                           "8:3 exception from BW-WL-002 expired on 2026-01-31, and nothing needs it any more|");
        end(&s);
}

/* ---- annotations */

#define WITH(annotations) "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  annotations:\n" annotations

static const struct {
        const char *text;
        const char *reason; /* NULL: not excepted */
        const char *expires;
        const char *source;
        const char *notices;
} annotated[] = {
        {WITH("    bulwark.dev/ignore.BW-WL-001: it has to\n"), "it has to", "",
         "annotation bulwark.dev/ignore.BW-WL-001", ""},
        {WITH("    bulwark.dev/ignore.BW-WL-001: it has to until 2027-01-31\n"), "it has to", "2027-01-31",
         "annotation bulwark.dev/ignore.BW-WL-001", ""},
        {WITH("    bulwark.dev/ignore.BW-WL-001: it has to (until 2027-01-31).\n"), "it has to", "2027-01-31",
         "annotation bulwark.dev/ignore.BW-WL-001", ""},
        {WITH("    bulwark.dev/ignore.BW-WL-001: not until then\n"), "not until then", "",
         "annotation bulwark.dev/ignore.BW-WL-001", ""},
        {WITH("    bulwark.dev/ignore.BW-WL-001: it has to, until 2027-01-14\n"), NULL, NULL, NULL,
         "6:5 annotation bulwark.dev/ignore.BW-WL-001 expired on 2027-01-14: the finding counts again|"},
        {WITH("    bulwark.dev/ignore.BW-WL-001: it has to until 2027-02-30\n"), NULL, NULL, NULL,
         "6:5 annotation bulwark.dev/ignore.BW-WL-001 does not end with a date such as 2027-01-31, and does not "
         "count|"},
        {WITH("    bulwark.dev/ignore.BW-WL-001: ''\n"), NULL, NULL, NULL,
         "6:5 annotation bulwark.dev/ignore.BW-WL-001 has no reason, and does not count|"},
        {WITH("    bulwark.dev/ignore.BW-WL-001: until 2027-01-31\n"), NULL, NULL, NULL,
         "6:5 annotation bulwark.dev/ignore.BW-WL-001 has no reason, and does not count|"},
        {WITH("    bulwark.dev/ignore.BW-WL-001: true\n"), NULL, NULL, NULL,
         "6:5 annotation bulwark.dev/ignore.BW-WL-001 is not a text, and does not count: put its value in quotes|"},
        {WITH("    bulwark.dev/ignore.BW-WL-002: r\n"), NULL, NULL, NULL,
         "6:5 annotation bulwark.dev/ignore.BW-WL-002 is unused: the rule finds nothing in Pod p|"},
        {WITH("    bulwark.dev/ignore.BW-OUT: r\n"), NULL, NULL, NULL, ""},
        {WITH("    bulwark.dev/ignore.BW-WL-01: r\n"), NULL, NULL, NULL,
         "6:5 annotation bulwark.dev/ignore.BW-WL-01 names no rule that there is; did you mean BW-WL-001?|"},
        {WITH("    bulwark.dev/ignore.X: r\n"), NULL, NULL, NULL,
         "6:5 annotation bulwark.dev/ignore.X names no rule that there is|"},
        {WITH("    bulwark.dev/ignore: BW-WL-001\n"), NULL, NULL, NULL,
         "6:5 annotation bulwark.dev/ignore names no rule: it is written bulwark.dev/ignore.RULE-ID|"},
        {WITH("    ignore-check.kube-linter.io/privileged-container: it has to\n"), "it has to", "",
         "annotation ignore-check.kube-linter.io/privileged-container, honoured as kube-linter does", ""},
        {WITH("    ignore-check.kube-linter.io/privileged-container: ''\n"), "no reason given", "",
         "annotation ignore-check.kube-linter.io/privileged-container, honoured as kube-linter does", ""},
        {WITH("    ignore-check.kube-linter.io/host-ipc: it has to\n"), NULL, NULL, NULL, ""},
        {WITH("    kube-linter.io/ignore-all: ours\n"), "ours", "",
         "annotation kube-linter.io/ignore-all, honoured as kube-linter does", ""},
        {WITH("    polaris.fairwinds.com/exempt: 'True'\n"), "no reason given", "",
         "annotation polaris.fairwinds.com/exempt, honoured as polaris does", ""},
        {WITH("    polaris.fairwinds.com/exempt: 'false'\n"), NULL, NULL, NULL, ""},
        {WITH("    polaris.fairwinds.com/exempt: 'truex'\n"), NULL, NULL, NULL, ""},
        {WITH("    polaris.fairwinds.com/runAsPrivileged-exempt: 'true'\n"), "no reason given", "",
         "annotation polaris.fairwinds.com/runAsPrivileged-exempt, honoured as polaris does", ""},
        {WITH("    polaris.fairwinds.com/notAPeer-exempt: 'true'\n"), NULL, NULL, NULL, ""},
        {WITH("    a: b\n"), NULL, NULL, NULL, ""},
        {"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n", NULL, NULL, NULL, ""},
        {"apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: [a]}\n", NULL, NULL, NULL, ""},
};

static void test_annotations(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(annotated); i++) {
                const struct bw_exception_note *note;
                struct scene s;

                begin(&s, NULL, annotated[i].text);
                note = match(&s, "spec.containers[0].securityContext.privileged");
                if (!annotated[i].reason) {
                        if (note)
                                fail_msg("excepted: %s", annotated[i].text);
                } else {
                        assert_non_null(note);
                        assert_str(note->reason, annotated[i].reason);
                        assert_str(note->expires, annotated[i].expires);
                        assert_str(note->source, annotated[i].source);
                }
                expect_notices(&s, annotated[i].notices);
                end(&s);
        }
}

/* Of the pod template ours count, other tools' do not: those tools do not look there. */
static void test_template(void **state)
{
        static const char with[] = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  template:\n"
                                   "    metadata:\n      annotations: {%s}\n    spec: {containers: [{name: a}]}\n";
        char text[512];
        struct scene s;

        (void)state;
        (void)snprintf(text, sizeof(text), with, "bulwark.dev/ignore.BW-WL-001: r, bulwark.dev/ignore.BW-WL-002: r");
        begin(&s, NULL, text);
        assert_non_null(match(&s, PRIVILEGED));
        expect_notices(&s, "7:54 annotation bulwark.dev/ignore.BW-WL-002 is unused: the rule finds nothing in "
                           "Deployment d|");
        end(&s);
        (void)snprintf(text, sizeof(text), with, "kube-linter.io/ignore-all: r");
        begin(&s, NULL, text);
        assert_null(match(&s, PRIVILEGED));
        expect_notices(&s, "");
        end(&s);
}

/* Many exceptions from one rule: each finding looks at its own object's only. */
static void test_many(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        const struct bw_notice *notices;
        struct bw_error err = {0};
        struct scene s;
        size_t n;

        (void)state;
        bw_buf_puts(&buf, HEAD "exceptions:\n");
        for (int i = 0; i < 100000; i++)
                bw_buf_printf(&buf,
                              "- {rules: [BW-WL-001], reason: r, resources: [{kind: Deployment, name: web-%d}]}\n", i);
        bw_buf_puts(&buf, "- {rules: [BW-WL-001], reason: mine, resources: [{name: web}]}\n");
        bw_buf_char(&buf, '\0');
        begin(&s, buf.p, manifest);
        for (int i = 0; i < 100000; i++)
                assert_str(match(&s, PRIVILEGED)->reason, "mine");
        assert_ok(bw_exceptions_notices(s.exceptions, look, NULL, NOW, s.arena, &notices, &n, &err));
        assert_int_equal(n, 201);
        assert_str(notices[200].message, "and 99800 more notices of exceptions");
        end(&s);
}

/* A check of one field excepts findings of this field only. */
static void test_narrow(void **state)
{
        static const struct bw_control hosts[] = {
                {.framework = BW_STR("polaris"), .control = BW_STR("hostIPCSet"), .is_peer = true},
                {.framework = BW_STR("polaris"), .control = BW_STR("hostPIDSet"), .is_peer = true},
        };
        static const struct bw_rule_info host = {.id = BW_STR("BW-PSS-103"), .controls = hosts, .n_controls = 2};
        static const struct {
                const char *text;
                bool ipc, pid;
        } cases[] = {
                {WITH("    polaris.fairwinds.com/hostIPCSet-exempt: 'true'\n"), true, false},
                {WITH("    polaris.fairwinds.com/hostPIDSet-exempt: 'true'\n"), false, true},
                {WITH("    polaris.fairwinds.com/exempt: 'true'\n"), true, true},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct bw_finding f = {.rule = &host, .location = {.path = BW_STR("spec.hostIPC")}};
                struct scene s;

                begin(&s, NULL, cases[i].text);
                assert_int_equal(bw_exceptions_match(s.exceptions, &s.doc, &f, NOW, s.arena) != NULL, cases[i].ipc);
                f.location.path = BW_STR("spec.hostPID");
                assert_int_equal(bw_exceptions_match(s.exceptions, &s.doc, &f, NOW, s.arena) != NULL, cases[i].pid);
                end(&s);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_globs),       cmocka_unit_test(test_matrix),   cmocka_unit_test(test_note),
                cmocka_unit_test(test_annotations), cmocka_unit_test(test_template), cmocka_unit_test(test_many),
                cmocka_unit_test(test_narrow),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
