/* SPDX-License-Identifier: Apache-2.0 */
/* Fingerprints: pinned, the same under edits that change no finding, different where findings differ. */
#define BW_ALLOW_BANNED
#include "finding/fingerprint.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "check.h"
#include "rule/rule.h"

#define HEAD "apiVersion: bulwark.dev/v1\nkind: Rule\nmetadata: {name: X-1}\ntitle: T\nseverity: high\n"
#define POD "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns}\nspec:\n"
#define ON(kinds, each) HEAD "match: {kinds: [" kinds "]}\nforEach: " each "\nexpression: 'false'\n"

static const char env_rule[] =
        HEAD "match: {podSpec: true}\nforEach: containers.env[*]\npath: value\nexpression: value == null\n";
static const char add_rule[] =
        HEAD "match: {podSpec: true}\nforEach: containers.securityContext.capabilities.add[*]\nexpression: 'false'\n";
static const char word_rule[] = HEAD "match: {podSpec: true}\nforEach: containers.args[*]\nexpression: 'false'\n";

struct prints {
        struct bw_fingerprint items[16];
        size_t n;
};

static int take(void *userdata, const struct bw_finding *f)
{
        struct prints *to = userdata;

        assert_true(to->n < BW_ARRAY_SIZE(to->items));
        assert_true(bw_fingerprint_is_set(f->fingerprint));
        to->items[to->n++] = f->fingerprint;
        return 0;
}

static struct prints prints_of(const char *rule, const char *file, const char *manifest)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto(bw_catalog_free) struct bw_catalog *catalog = NULL;
        bw_auto(bw_judge_free) struct bw_judge *judge = NULL;
        struct bw_input input = {.name = bw_str(file)};
        struct prints prints = {0};
        struct bw_error err = {0};
        struct bw_doc doc;
        size_t used;

        assert_ok(bw_catalog_new(NULL, &catalog, &err));
        if (bw_catalog_add(catalog, BW_STR("r.yaml"), bw_str(rule), &err) < 0)
                fail_msg("%s", err.message);
        if (manifest[0] == '{')
                assert_ok(bw_json_read(arena, bw_str(manifest), 1, 1, false, &doc, &used, &err));
        else
                assert_ok(bw_yaml_read(arena, bw_str(manifest), 1, false, &doc, &err));
        doc.input = &input;
        assert_true(bw_doc_identify(&doc));
        assert_ok(bw_catalog_prepare(catalog, &doc, &err));
        assert_ok(bw_judge_new(catalog, NULL, false, &judge, &err));
        assert_ok(bw_catalog_evaluate(catalog, judge, &doc, arena, take, &prints, &err));
        return prints;
}

/* Two manifests, and how many findings of the first the second has too, of how many. */
static void expect_common(const char *rule, const char *a, const char *b, size_t common, size_t of)
{
        struct prints x = prints_of(rule, "a/x.yaml", a);
        struct prints y = prints_of(rule, "/b/x.yaml", b);
        size_t n = 0;

        for (size_t i = 0; i < x.n; i++)
                for (size_t k = 0; k < y.n; k++)
                        n += bw_fingerprint_eq(x.items[i], y.items[k]);
        if (n != common || x.n != of)
                fail_msg("%zu common of %zu, not %zu of %zu: %s and %s", n, x.n, common, of, a, b);
}

static void test_pinned(void **state)
{
        static const struct {
                const char *rule;
                const char *manifest;
                const char *print;
        } rows[] = {
                {env_rule, POD " containers: [{name: app, env: [{name: A}, {name: B, value: x}]}]\n",
                 "47198658c64cddfd617190d98ecc9812"},
                {HEAD "match: {podSpec: true}\nforEach: podSpec\nexpression: 'false'\n", POD " containers: []\n",
                 "434eb1c5689e6efb237253469654dad7"},
                {HEAD "match: {podSpec: true}\nforEach: podSpec\nexpression: podSpec.nothing.more\n"
                      "when: [{path: hostPID, expression: value == true}]\n",
                 POD " hostPID: true\n", "434eb1c5689e6efb237253469654dad7"},
                {ON("Role", "rules[*]"),
                 "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\n"
                 "rules: [{verbs: [get], resources: [pods]}]\n",
                 "5812ef92af3ed5a1f0521de40dceb44a"},
                {ON("KubeletConfiguration", "object"),
                 "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
                 "d1a89c9911733a729935cd054614c5e3"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                struct prints prints = prints_of(rows[i].rule, "dir/kubelet.yaml", rows[i].manifest);
                char text[BW_FINGERPRINT_TEXT];

                assert_int_equal(prints.n, 1);
                assert_string_equal(bw_fingerprint_format(prints.items[0], text), rows[i].print);
        }
}

static void test_same(void **state)
{
        (void)state;
        /* Lines, order of keys, order of named items, style and form. */
        expect_common(
                env_rule, POD " containers: [{name: app, env: [{name: A, value: x}]}]\n",
                "# more\nkind: Pod\nspec:\n  containers:\n  - env:\n    - {name: Z}\n    - value: y\n      name: A\n"
                "    name: app\nmetadata: {namespace: ns, name: p}\napiVersion: v1\n",
                1, 1);
        expect_common(
                env_rule, POD " containers: [{name: app, env: [{name: A, value: x}]}]\n",
                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"ns\"},\"spec\":"
                "{\"containers\":[{\"name\":\"side\"},{\"name\":\"app\",\"env\":[{\"name\":\"A\",\"value\":\"x\"}]}]}}",
                1, 1);
        expect_common(add_rule, POD " containers: [{name: a, securityContext: {capabilities: {add: [X, Y]}}}]\n",
                      POD " containers: [{name: a, securityContext: {capabilities: {add: [Z, Y, X]}}}]\n", 2, 2);
        /* Another version of the API is the same object. */
        expect_common(
                ON("Ingress", "spec.rules[*]"),
                "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {rules: [{host: a}]}\n",
                "apiVersion: networking.k8s.io/v1beta1\nkind: Ingress\nmetadata: {name: i}\n"
                "spec: {rules: [{host: b}, {host: a}]}\n",
                1, 1);
        /* Rules of a role have no names: they are what they say. */
        expect_common(ON("Role", "rules[*]"),
                      "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\n"
                      "rules: [{verbs: [get], resources: [pods]}]\n",
                      "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\n"
                      "rules: [{verbs: [list]}, {resources: [pods], verbs: [get]}]\n",
                      1, 1);
        expect_common(word_rule, POD " containers: [{name: a, args: [--x=1, --y]}]\n",
                      POD " containers: [{name: a, args: [--y, --x=2]}]\n", 2, 2);
}

static void test_different(void **state)
{
        static const char base[] = POD " containers: [{name: app, env: [{name: A, value: x}]}]\n";

        (void)state;
        expect_common(env_rule, base, POD " containers: [{name: app, env: [{name: B, value: x}]}]\n", 0, 1);
        expect_common(env_rule, base, POD " containers: [{name: other, env: [{name: A, value: x}]}]\n", 0, 1);
        expect_common(env_rule, base, POD " initContainers: [{name: app, env: [{name: A, value: x}]}]\n", 0, 1);
        expect_common(
                env_rule, base,
                "apiVersion: v1\nkind: Pod\nmetadata: {name: q, namespace: ns}\nspec: {containers: [{name: app, env: "
                "[{name: A, value: x}]}]}\n",
                0, 1);
        expect_common(env_rule, base,
                      "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: app, env: [{name: A, "
                      "value: x}]}]}\n",
                      0, 1);
        /* Items of one name are counted; each finding has its own. */
        expect_common(env_rule, POD " containers: [{name: a, env: [{name: A, value: x}, {name: A, value: y}]}]\n",
                      POD " containers: [{name: a, env: [{name: A, value: x}, {name: A, value: y}]}]\n", 2, 2);
        /* Words that are no flags are counted: what they say may be a secret. */
        expect_common(word_rule, POD " containers: [{name: a, args: [one, two]}]\n",
                      POD " containers: [{name: a, args: [three, four]}]\n", 2, 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_pinned),
                cmocka_unit_test(test_same),
                cmocka_unit_test(test_different),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
