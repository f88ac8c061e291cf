/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A slim document has nothing of a secret, and rules find in it what they find in the whole one: held against the objects of
 * all rules' own tests, and against a corpus of manifests where there is one (SHARED).
 */
#define BW_ALLOW_BANNED
#include "scan/slim.h"

#include <dirent.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "check.h"
#include "doc/stream.h"
#include "rule/rule.h"

/* ---- texts */

struct text_case {
        const char *from;
        const char *to; /* NULL: stays */
};

static void expect_texts(bool (*how)(struct bw_str text, struct bw_buf *out), const struct text_case *cases, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                bool any = how(bw_str(cases[i].from), &out);

                if (any != (cases[i].to != NULL))
                        fail_msg("%s: %s", cases[i].from, any ? out.p : "stays");
                if (any)
                        assert_string_equal(out.p, cases[i].to);
                else
                        assert_int_equal(out.n, 0);
        }
}

static void test_text(void **state)
{
        static const struct text_case cases[] = {
                {"", NULL},
                {"--v=2", NULL},
                {"echo see the password file", NULL},
                {"--password=hunter2", "--password=REDACTED"},
                {"--password=hunter2;x", "--password=REDACTED"},
                {"--password=$(PASSWORD)", NULL},
                {"--token=/run/token", NULL},
                {"--pin-token=1234", "--pin-token=0"},
                {"DB_PASSWORD=hunter2", "DB_PASSWORD=REDACTED"},
                {"set -e\nexport DB_PASSWORD='a b c'; run --token x1y2 -n 3 2>&1",
                 "set -e\nexport DB_PASSWORD='REDACTED REDACTED'; run --token REDACTED -n 3 2>&1"},
                {"psql postgres://shop:hunter2@db/x", "psql postgres://shop:Concealed7Qx@db/x"},
                {"Bearer abc123def456", "Bearer REDACTED"},
                {"bearer token", NULL},
                {"wget --header 'Authorization: Basic abc123def456==' https://a.example",
                 "wget --header 'Authorization: Basic REDACTED' https://a.example"},
                {"curl -u shop:hunter2 https://a.example", "curl -u shop:REDACTED https://a.example"},
                {"curl --user='shop:hunter2' https://a.example", "curl --user='shop:REDACTED' https://a.example"},
                {"curl -u $USER:$PASSWORD https://a.example", NULL},
        };

        (void)state;
        expect_texts(bw_conceal_text, cases, BW_ARRAY_SIZE(cases));
}

static void test_named(void **state)
{
        static const struct text_case cases[] = {
                {"", NULL},
                {"True", NULL},
                {"/run/secrets/x", NULL},
                {"https://sso.example/token", NULL},
                {"$(FROM_ELSEWHERE)", NULL},
                {"hunter2", "REDACTED"},
                {"two words", "REDACTED REDACTED"},
                {"two\nlines", "REDACTED\n"},
                {"1234", "0"},
                {"$ecret", "$REDACTED"},
                {"correct-horse", "redacted-name"},
                {"postgres://shop:hunter2@db/x", "postgres://shop:Concealed7Qx@db/x"},
        };

        (void)state;
        expect_texts(bw_conceal_named, cases, BW_ARRAY_SIZE(cases));
}

static void test_all(void **state)
{
        static const struct text_case cases[] = {
                {"", NULL},
                {"none", "none"},
                {"/run/secrets/x", "/REDACTED"},
                {"../x", "../REDACTED"},
                {"https://sso.example/token", "https://REDACTED"},
                {"a ${B} c", "${REDACTED} REDACTED"},
                {"{{ x }}\n", "{{REDACTED}}\n"},
                {"plain", "REDACTED"},
                {"x\ny", "REDACTED\n"},
                {"<here>", "<REDACTED"},
                {"a-name", "redacted-name"},
                {"space/a-name", "redacted-name"},
                {"postgres://shop:hunter2@db/x", "https://user:Concealed7Qx@host"},
                {"-----BEGIN RSA PRIVATE KEY-----\nshort\n", "-----BEGIN PRIVATE KEY-----\n"},
        };

        (void)state;
        expect_texts(bw_conceal_all, cases, BW_ARRAY_SIZE(cases));
}

/* ---- documents */

static struct bw_arena *arena;

static struct bw_doc read_text(const char *text)
{
        struct bw_doc doc = {0};

        assert_ok(bw_yaml_read(arena, bw_str(text), 1, false, &doc, NULL));
        assert_true(bw_doc_identify(&doc));
        return doc;
}

static void expect_slim(const char *text, const char *expected)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_doc doc = read_text(text);

        assert_ok(bw_slim(arena, &doc, NULL));
        assert_true(doc.is_slim);
        bw_value_json(&out, doc.root, 0);
        assert_string_equal(out.p, expected);
        bw_arena_reset(arena);
}

static void test_secret(void **state)
{
        (void)state;
        expect_slim("{apiVersion: v1, kind: Secret, metadata: {name: a, managedFields: [{x: y}], annotations: {note: x,\n"
                    "  kubectl.kubernetes.io/last-applied-configuration: '{\"data\":{\"p\":\"aHVudGVyMg==\"}}'}},\n"
                    "  type: Opaque, data: {p: aHVudGVyMg==, empty: ''}, stringData: {q: hunter2}, slim: {derived: [1]}}",
                    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\",\"annotations\":{\"note\":\"x\","
                    "\"kubectl.kubernetes.io/last-applied-configuration\":\"{\\\"data\\\":{\\\"REDACTED\\\":\\\"\\\"}}\"}},"
                    "\"type\":\"Opaque\",\"data\":{\"p\":\"UkVEQUNURUQ=\",\"empty\":\"\"},\"stringData\":{\"q\":\"REDACTED\"},"
                    "\"slim\":{\"values\":{\"p\":{\"bytes\":7,\"entropy\":\"medium\"},\"empty\":{\"bytes\":0,\"entropy\":\"low\"},"
                    "\"q\":{\"bytes\":7,\"entropy\":\"medium\"}}}}");
        expect_slim("{apiVersion: v1, kind: Secret, metadata: {name: a}, data: [hunter2], stringData: hunter2}",
                    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"},\"data\":null,\"stringData\":null,"
                    "\"slim\":{\"values\":{}}}");
}

static void test_config_map(void **state)
{
        (void)state;
        expect_slim("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {hsts: 'false', x: \"y\\n\", m: 5}, binaryData: {b: eA==}}",
                    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"},"
                    "\"data\":{\"hsts\":\"false\",\"x\":\"REDACTED\\n\",\"m\":5},\"binaryData\":{\"b\":\"UkVEQUNURUQ=\"},"
                    "\"slim\":{\"values\":{\"hsts\":{\"bytes\":5,\"entropy\":\"medium\"},\"x\":{\"bytes\":2,\"entropy\":\"low\"},"
                    "\"m\":{\"bytes\":0,\"entropy\":\"low\"},\"b\":{\"bytes\":1,\"entropy\":\"low\"}}}}");
}

static void test_pod(void **state)
{
        (void)state;
        expect_slim("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, args: [--password, hunter2, --x],\n"
                    " env: [{name: PW, value: a}, {name: DB_PASSWORD, value: hunter2}], livenessProbe: {httpGet: {httpHeaders:\n"
                    " [{name: Authorization, value: Basic aHVudGVyMg==}, {name: Authorization, value: hunter2}]}}}]}}",
                    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"},\"spec\":{\"containers\":[{\"name\":\"a\","
                    "\"args\":[\"--password\",\"REDACTED\",\"--x\"],\"env\":[{\"name\":\"PW\",\"value\":\"a\"},"
                    "{\"name\":\"DB_PASSWORD\",\"value\":\"REDACTED\"}],\"livenessProbe\":{\"httpGet\":{\"httpHeaders\":["
                    "{\"name\":\"Authorization\",\"value\":\"REDACTED REDACTED\"},{\"name\":\"Authorization\",\"value\":\"REDACTED\"}]}}}]}}");
}

static void test_others(void **state)
{
        (void)state;
        expect_slim("{apiVersion: a.example/v1, kind: Database, metadata: {name: a}, spec: {password: hunter2, url: 'a://u:hunter2@h',\n"
                    " params: [{name: apiKey, value: hunter2}, {name: size, value: big}]}}",
                    "{\"apiVersion\":\"a.example/v1\",\"kind\":\"Database\",\"metadata\":{\"name\":\"a\"},\"spec\":{\"password\":\"REDACTED\","
                    "\"url\":\"a://u:Concealed7Qx@h\",\"params\":[{\"name\":\"apiKey\",\"value\":\"REDACTED\"},"
                    "{\"name\":\"size\",\"value\":\"big\"}]}}");
        expect_slim("{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a},\n"
                    " spec: {group: b, versions: [{name: v1, schema: {x: y}}]}}",
                    "{\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"CustomResourceDefinition\",\"metadata\":{\"name\":\"a\"},"
                    "\"spec\":{\"group\":\"b\",\"versions\":[{\"name\":\"v1\"}]}}");
}

/* ---- the same findings */

static struct bw_catalog *catalog;
static size_t n_judged;
static size_t n_findings;

static int put_finding(void *userdata, const struct bw_finding *f)
{
        struct bw_buf *out = userdata;

        n_findings++;
        bw_buf_printf(out, "%.*s %s %.*s: %.*s\n", BW_STR_ARG(f->rule->id), bw_verdict_text(f->verdict), BW_STR_ARG(f->location.path),
                      BW_STR_ARG(f->message));
        return 0;
}

static void judge(struct bw_doc *doc, struct bw_buf *out)
{
        const struct bw_world world = {.now = 1767225600};
        bw_auto(bw_judge_free) struct bw_judge *j = NULL;
        struct bw_error err = {0};

        doc->derives = BW_DERIVES_UNKNOWN;
        assert_ok(bw_catalog_prepare(catalog, doc, &err));
        assert_ok(bw_judge_new(catalog, &world, true, &j, &err));
        assert_ok(bw_catalog_evaluate(catalog, j, doc, arena, put_finding, out, &err));
}

static struct bw_value with_field(struct bw_value map, const char *key, struct bw_value value)
{
        struct bw_map *made = bw_map_new(arena, map.n + 1);
        uint32_t n = 0;

        assert_non_null(made);
        made->entries[n++] = (struct bw_entry){bw_value_str(bw_str(key)), value};
        for (uint32_t i = 0; i < map.n; i++)
                if (!bw_str_is(bw_value_text(map.map->entries[i].key), key))
                        made->entries[n++] = map.map->entries[i];
        assert_ok(bw_map_seal(arena, made, n));
        return bw_value_map(made, n);
}

/* Objects of a cluster have a uid. */
static struct bw_value of_a_cluster(struct bw_value object)
{
        struct bw_value metadata = bw_map_get(object, BW_STR("metadata"));

        if (metadata.type != BW_MAP)
                return object;
        return with_field(object, "metadata", with_field(metadata, "uid", bw_value_str(BW_STR("1"))));
}

/* As from a snapshot: what is slim goes through JSON. */
static void expect_same_findings(const char *where, struct bw_value object)
{
        bw_auto_done(bw_buf_done) struct bw_buf whole = {0};
        bw_auto_done(bw_buf_done) struct bw_buf slim = {0};
        bw_auto_done(bw_buf_done) struct bw_buf json = {0};
        struct bw_doc doc = {.root = object};
        struct bw_doc again = {0};
        size_t used;

        if (!bw_doc_identify(&doc))
                return;
        doc.root = of_a_cluster(doc.root);
        judge(&doc, &whole);
        assert_ok(bw_slim(arena, &doc, NULL));
        bw_value_json(&json, doc.root, 0);
        assert_ok(bw_json_read(arena, bw_buf_view(&json), 1, 1, false, &again, &used, NULL));
        assert_true(bw_doc_identify(&again));
        again.is_slim = true;
        judge(&again, &slim);
        n_judged++;
        if (!bw_str_eq(bw_buf_view(&whole), bw_buf_view(&slim)))
                fail_msg("%s: %s\nwhole:\n%s\nslim:\n%s", where, json.p, whole.p ? whole.p : "", slim.p ? slim.p : "");
}

static struct bw_value text_value(struct bw_str text)
{
        return bw_value_str(text);
}

/* An object of a rule's test: with kind, a pod spec, or one of the rule's kind. */
static struct bw_value object_of(struct bw_value given, struct bw_value match)
{
        struct bw_value empty = bw_value_map(NULL, 0);
        struct bw_value kinds = bw_map_get(match, BW_STR("kinds"));
        struct bw_str kind;
        size_t slash;

        if (given.type != BW_MAP || bw_map_get(given, BW_STR("kind")).type == BW_STRING)
                return given;
        if (bw_map_get(match, BW_STR("podSpec")).type == BW_BOOL) {
                given = with_field(empty, "spec", given);
                given = with_field(given, "metadata", with_field(empty, "name", text_value(BW_STR("a"))));
                return with_field(with_field(given, "kind", text_value(BW_STR("Pod"))), "apiVersion", text_value(BW_STR("v1")));
        }
        if (kinds.type != BW_LIST || kinds.n == 0)
                return given;
        kind = bw_value_text(bw_list_get(kinds, 0));
        slash = bw_str_find(kind, BW_STR("/"));
        given = with_field(given, "kind", text_value(slash == SIZE_MAX ? kind : bw_str_rest(kind, slash + 1)));
        return with_field(given, "apiVersion",
                          slash == SIZE_MAX ? text_value(BW_STR("v1")) :
                                              text_value(bw_arena_printf(arena, "%.*s/v1", (int)slash, kind.p)));
}

static void try_tests(const char *file, struct bw_value rule, struct bw_value match)
{
        struct bw_value tests = bw_map_get(rule, BW_STR("tests"));
        struct bw_value rows = bw_map_get(rule, BW_STR("rows"));
        struct bw_value own = bw_map_get(rule, BW_STR("match"));

        match = own.type == BW_MAP ? own : match;
        for (size_t i = 0; tests.type == BW_LIST && i < tests.n; i++)
                for (size_t k = 0; k < 2; k++) {
                        struct bw_value given = bw_map_get(bw_list_get(tests, i), k ? BW_STR("fail") : BW_STR("pass"));

                        if (given.type == BW_MAP)
                                expect_same_findings(file, object_of(given, match));
                }
        for (size_t i = 0; rows.type == BW_LIST && i < rows.n; i++)
                try_tests(file, bw_list_get(rows, i), match);
}

/* Tests of rules are read by their own words; a corpus's files are documents themselves. */
static void try_file(const char *path, bool rules)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_cutter cutter;
        struct bw_piece piece;
        struct bw_str rest;
        FILE *f = fopen(path, "re");
        size_t n;

        if (!f)
                return;
        do {
                char *at = bw_buf_reserve(&text, 65536);

                assert_non_null(at);
                n = fread(at, 1, 65536, f);
                bw_buf_commit(&text, n);
        } while (n);
        (void)fclose(f);
        rest = bw_buf_view(&text);
        bw_cutter_init(&cutter, bw_stream_format(rest), true);
        while (bw_cutter_next(&cutter, &rest, true, &piece, NULL) == 1) {
                struct bw_doc doc = {0};

                if (bw_doc_read(arena, &piece, false, &doc, NULL) == 0) {
                        if (rules)
                                try_tests(path, doc.root, (struct bw_value){0});
                        else
                                expect_same_findings(path, doc.root);
                }
                bw_arena_reset(arena);
        }
}

static void try_folder(const char *folder, bool rules)
{
        DIR *dir = opendir(folder);
        struct dirent *e;

        while (dir && (e = readdir(dir))) {
                char path[512];

                if (e->d_name[0] == '.')
                        continue;
                (void)snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
                if (e->d_type == DT_DIR)
                        try_folder(path, rules);
                else if (strstr(e->d_name, ".yaml") || strstr(e->d_name, ".json"))
                        try_file(path, rules);
        }
        if (dir)
                (void)closedir(dir);
}

static void test_rules_tests(void **state)
{
        char path[512];
        const char *root = getenv("SOURCE_ROOT");

        (void)state;
        if (!root)
                skip();
        (void)snprintf(path, sizeof(path), "%s/rules", root);
        n_judged = n_findings = 0;
        try_folder(path, true);
        assert_true(n_judged > 2000 && n_findings > 20000);
}

static void test_corpus(void **state)
{
        char path[512];
        const char *shared = getenv("SHARED");

        (void)state;
        (void)snprintf(path, sizeof(path), "%s/corpus/files", shared ? shared : "");
        n_judged = n_findings = 0;
        try_folder(path, false);
        if (!n_judged)
                skip();
}

static int setup(void **state)
{
        const struct bw_catalog_options options = {.kubernetes_minor = BW_KUBERNETES_NEWEST};

        (void)state;
        arena = bw_arena_new(0);
        assert_non_null(arena);
        assert_ok(bw_catalog_new(&options, &catalog, NULL));
        assert_ok(bw_catalog_add_builtin(catalog, NULL));
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        bw_catalog_free(catalog);
        bw_arena_free(arena);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_text),     cmocka_unit_test(test_named),       cmocka_unit_test(test_all),
                cmocka_unit_test(test_secret),   cmocka_unit_test(test_config_map),  cmocka_unit_test(test_pod),
                cmocka_unit_test(test_others),   cmocka_unit_test(test_rules_tests), cmocka_unit_test(test_corpus),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, setup, teardown);
}
