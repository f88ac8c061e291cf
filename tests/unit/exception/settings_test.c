/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "exception/settings.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "check.h"
#include "finding/finding.h"

#define HEAD "apiVersion: bulwark.dev/v1\nkind: Config\n"

static int read_text(struct bw_arena *arena, struct bw_str text, struct bw_settings *ret, struct bw_error *err)
{
        return bw_settings_read(arena, BW_STR("s.yaml"), text, ret, err);
}

static void test_everything(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_error err = {0};
        struct bw_settings s;
        const struct bw_setting_exception *e;

        (void)state;
        assert_ok(read_text(arena,
                            BW_STR(HEAD
                                   "exceptions:\n"
                                   "- rules: [BW-1, BW-WL-*]\n"
                                   "  reason: it has to\n"
                                   "  owner: ops\n"
                                   "  expires: 2027-01-31\n"
                                   "  resources: [{kind: apps/Deployment, namespace: shop, name: web-*}, {name: x}]\n"
                                   "  labels: {matchLabels: {a: b}, matchExpressions: [{key: c, operator: Exists}]}\n"
                                   "  namespaces: [a, b]\n"
                                   "  containers: [app]\n"
                                   "  paths: ['spec.containers[*].image']\n"
                                   "  files: ['legacy/**']\n"
                                   "disabledRules: [{rule: BW-2, reason: never}]\n"
                                   "params: {BW-3: {limit: 4}}\n"
                                   "rules: [own]\n"
                                   "frameworks: [pss-baseline]\n"
                                   "failOn: none\n"
                                   "kubernetesVersion: '1.30'\n"),
                            &s, &err));
        assert_str(s.file, "s.yaml");
        assert_int_equal(s.exceptions.n, 1);
        e = s.exceptions.items;
        assert_int_equal(e->mark.line, 4);
        assert_int_equal(e->rules.n, 2);
        assert_str(e->rules.items[1].text, "BW-WL-*");
        assert_int_equal(e->rules.items[1].mark.column, 17);
        assert_str(e->reason, "it has to");
        assert_str(e->owner, "ops");
        assert_int_equal(e->ends, 1801440000); /* 2027-02-01T00:00:00Z */
        assert_int_equal(e->resources.n, 2);
        assert_str(e->resources.items[0].kind, "apps/Deployment");
        assert_str(e->resources.items[0].ns, "shop");
        assert_str(e->resources.items[1].name, "x");
        assert_int_equal(e->labels.type, BW_MAP);
        assert_int_equal(e->namespaces.n, 2);
        assert_int_equal(e->containers.n, 1);
        assert_int_equal(e->paths.n, 1);
        assert_int_equal(e->paths.items[0].n, 4);
        assert_int_equal(e->files.n, 1);
        assert_str(s.disabled.items[0].rule.text, "BW-2");
        assert_str(s.disabled.items[0].reason, "never");
        assert_int_equal(s.params.n, 1);
        assert_str(s.rules.items[0].text, "own");
        assert_str(s.frameworks.items[0].text, "pss-baseline");
        assert_int_equal(s.fail_on, _BW_SEVERITY_MAX);
        assert_int_equal(s.kubernetes_minor, 30);
}

static void test_defaults(void **state)
{
        static const char *const texts[] = {HEAD, "---\n" HEAD "---\n# nothing\n",
                                            "{\"apiVersion\": \"bulwark.dev/v1\", \"kind\": \"Config\"}",
                                            HEAD "exceptions: null\nparams: null\n"};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct bw_error err = {0};
                struct bw_settings s;

                assert_ok(read_text(arena, bw_str(texts[i]), &s, &err));
                assert_int_equal(s.exceptions.n, 0);
                assert_int_equal(s.params.type, BW_ABSENT);
                assert_int_equal(s.fail_on, -1);
                assert_int_equal(s.kubernetes_minor, -1);
        }
}

#define ONE(fields) HEAD "exceptions:\n- rules: [A]\n  reason: r\n" fields

/* Text, and where and why it is refused. */
static const struct {
        const char *text;
        const char *error;
} refused[] = {
        {"", "s.yaml: the settings file is empty"},
        {"# nothing\n", "s.yaml: the settings file is empty"},
        {"- a\n", "s.yaml:1:1: a settings file must be a map, not list"},
        {"kind: Config\n", "s.yaml:1:1: a settings file needs the field \"apiVersion\""},
        {"apiVersion: bulwark.dev/v2\nkind: Config\n", "s.yaml:1:13: apiVersion must be bulwark.dev/v1"},
        {"apiVersion: bulwark.dev/v1\nkind: Rule\n", "s.yaml:2:7: kind must be Config"},
        {HEAD "---\n" HEAD, "s.yaml:4:1: a settings file is one document"},
        {HEAD "kind: Config\n", "s.yaml:1:1: a key stands twice"},
        {HEAD "exception: []\n",
         "s.yaml:3:1: a settings file has no field \"exception\"; its fields are apiVersion, kind, exceptions,"},
        {HEAD "exceptions: {}\n", "s.yaml:3:13: exceptions must be a list, not map"},
        {HEAD "exceptions: [a]\n", "s.yaml:3:14: an exception must be a map, not string"},
        {HEAD "exceptions:\n- rules: [A]\n", "s.yaml:4:3: an exception needs the field \"reason\""},
        {HEAD "exceptions:\n- rules: [A]\n  reason: ' '\n", "s.yaml:5:11: the text is empty"},
        {HEAD "exceptions:\n- reason: r\n", "s.yaml:4:3: an exception needs the field \"rules\""},
        {HEAD "exceptions:\n- reason: r\n  rules: []\n", "s.yaml:5:10: rules names no rule"},
        {HEAD "exceptions:\n- reason: r\n  rules: A\n", "s.yaml:5:10: rules must be a list, not string"},
        {HEAD "exceptions:\n- reason: r\n  rules: [1]\n", "s.yaml:5:11: a text belongs here, not int"},
        {HEAD "exceptions:\n- reason: r\n  rules: ['*-1']\n", "s.yaml:5:11: a rule is named by its id"},
        {HEAD "exceptions:\n- reason: r\n  rules: ['A?']\n", "s.yaml:5:11: a rule is named by its id"},
        {HEAD "exceptions:\n- reason: r\n  rules: ['*']\n", "s.yaml:4:3: an exception from every rule needs a bound"},
        {ONE("  expires: soon\n"), "s.yaml:6:12: expires must be a date such as 2027-01-31, not \"soon\""},
        {ONE("  expires: 2027-02-29\n"), "s.yaml:6:12: expires must be a date"},
        {ONE("  expires: 2027-1-31\n"), "s.yaml:6:12: expires must be a date"},
        {ONE("  expires: 20270131\n"), "s.yaml:6:12: a text belongs here, not int"},
        {ONE("  resource: x\n"), "s.yaml:6:3: an exception has no field \"resource\"; its fields are rules, reason,"},
        {ONE("  resources: [{kin: Pod}]\n"),
         "s.yaml:6:16: a resource has no field \"kin\"; its fields are kind, namespace, name"},
        {ONE("  resources: [{kind: pod}]\n"), "s.yaml:6:22: a kind is written as manifests write it"},
        {ONE("  resources: [{name: 1}]\n"), "s.yaml:6:22: a text belongs here, not int"},
        {ONE("  labels: {app: web}\n"),
         "s.yaml:6:12: labels has no field \"app\"; its fields are matchLabels, matchExpressions"},
        {ONE("  labels: {matchLabels: {a: 1}}\n"), "s.yaml:6:29: a label's value is a text"},
        {ONE("  labels: {matchExpressions: [{key: a, operator: In}]}\n"),
         "s.yaml:6:31: a matchExpressions item needs a key"},
        {ONE("  labels: {matchExpressions: [{key: a, op: In}]}\n"),
         "s.yaml:6:40: a matchExpressions item has no field \"op\""},
        {ONE("  paths: ['a[']\n"), "s.yaml:6:11: \"a[\" is no path: "},
        {ONE("  files: x\n"), "s.yaml:6:10: this must be a list, not string"},
        {HEAD "disabledRules: [{rule: A}]\n", "s.yaml:3:17: a disabled rule needs the field \"reason\""},
        {HEAD "params: []\n", "s.yaml:3:9: params must be a map"},
        {HEAD "params: {A: 1}\n", "s.yaml:3:13: a rule's parameters are a map"},
        {HEAD "failOn: hihg\n", "s.yaml:3:9: failOn is low, medium, high, critical or none, not \"hihg\""},
        {HEAD "kubernetesVersion: 1.30\n", "s.yaml:3:20: kubernetesVersion is a text: put it in quotes"},
        {HEAD "kubernetesVersion: '2.1'\n", "s.yaml:3:20: kubernetesVersion is a version such as 1.33, not \"2.1\""},
        {HEAD "a: [\n", "s.yaml:"},
};

static void test_refused(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(refused); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct bw_error err = {0};
                struct bw_settings s;
                char text[1200];

                if (read_text(arena, bw_str(refused[i].text), &s, &err) == 0)
                        fail_msg("taken: %s", refused[i].text);
                (void)bw_error_format(&err, text, sizeof(text));
                if (!bw_str_starts(bw_str(text), bw_str(refused[i].error)))
                        fail_msg("\"%s\" is not \"%s\"", text, refused[i].error);
        }
}

static void test_limits(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        struct bw_error err = {0};
        struct bw_settings s;

        (void)state;
        bw_buf_puts(&buf, HEAD "exceptions:\n");
        for (int i = 0; i < BW_LIMIT_EXCEPTIONS; i++)
                bw_buf_puts(&buf, "- {rules: [A], reason: r}\n");
        assert_ok(read_text(arena, bw_buf_view(&buf), &s, &err));
        assert_int_equal(s.exceptions.n, BW_LIMIT_EXCEPTIONS);
        bw_buf_puts(&buf, "- {rules: [A], reason: r}\n");
        assert_int_equal(read_text(arena, bw_buf_view(&buf), &s, &err), -E2BIG);
        bw_buf_clear(&buf);
        bw_buf_puts(&buf, HEAD "#");
        bw_buf_fill(&buf, ' ', BW_LIMIT_SETTINGS_BYTES - buf.n);
        bw_error_clear(&err);
        assert_ok(read_text(arena, bw_buf_view(&buf), &s, &err));
        bw_buf_fill(&buf, ' ', 1);
        assert_int_equal(read_text(arena, bw_buf_view(&buf), &s, &err), -E2BIG);
}

static void test_dates(void **state)
{
        int64_t ends = 7;

        (void)state;
        assert_ok(bw_date_end(BW_STR("1970-01-01"), &ends));
        assert_int_equal(ends, 86400);
        assert_ok(bw_date_end(BW_STR("2028-02-29"), &ends));
        assert_int_equal(ends, 1835481600);
        assert_ok(bw_date_end(BW_STR("2026-12-31"), &ends));
        assert_int_equal(ends, 1798761600);
        assert_int_equal(bw_date_end(BW_STR("1969-12-31"), &ends), -EINVAL);
        assert_int_equal(bw_date_end(BW_STR("2026-13-01"), &ends), -EINVAL);
        assert_int_equal(bw_date_end(BW_STR("2026-00-01"), &ends), -EINVAL);
        assert_int_equal(bw_date_end(BW_STR("2026-04-31"), &ends), -EINVAL);
        assert_int_equal(bw_date_end(BW_STR("2026-04-00"), &ends), -EINVAL);
        assert_int_equal(bw_date_end(BW_STR("2026/04/01"), &ends), -EINVAL);
        assert_int_equal(bw_date_end(BW_STR("2026-04-1"), &ends), -EINVAL);
        assert_int_equal(bw_date_end(BW_STR("2100-02-29"), &ends), -EINVAL);
        assert_int_equal(ends, 1798761600);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_everything), cmocka_unit_test(test_defaults), cmocka_unit_test(test_refused),
                cmocka_unit_test(test_limits),     cmocka_unit_test(test_dates),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
