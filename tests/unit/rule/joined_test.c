/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that look at other objects: what they need, what they are told, and where they end. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "doc/inventory.h"
#include "rule/rule.h"

#define HEAD(id) "apiVersion: bulwark.dev/v1\nkind: Rule\nmetadata: {name: " id "}\ntitle: T\nseverity: low\n"
#define MANY 4000

struct run {
        struct bw_arena *arena;
        struct bw_catalog *catalog;
        struct bw_inventory *inventory;
        struct bw_joins *joins;
        struct bw_judge *judge;
        struct bw_buf found;
};

static void begin(struct run *run, const struct bw_catalog_options *options, const char *rules)
{
        *run = (struct run){.arena = bw_arena_new(0)};
        assert_ok(bw_catalog_new(options, &run->catalog, NULL));
        assert_ok(rules ? bw_catalog_add(run->catalog, BW_STR("r.yaml"), bw_str(rules), NULL)
                        : bw_catalog_add_builtin(run->catalog, NULL));
        assert_ok(bw_catalog_plan_joined(run->catalog, NULL));
        assert_ok(bw_inventory_new(&run->inventory, NULL));
        assert_ok(bw_judge_new(run->catalog, NULL, false, &run->judge, NULL));
}

static void end(struct run *run)
{
        bw_judge_free(run->judge);
        bw_joins_free(run->joins);
        bw_inventory_free(run->inventory);
        bw_catalog_free(run->catalog);
        bw_buf_done(&run->found);
        bw_arena_free(run->arena);
}

static struct bw_doc *add(struct run *run, const char *text)
{
        struct bw_doc *doc = bw_arena_zalloc(run->arena, sizeof(*doc));

        assert_ok(bw_yaml_read(run->arena, bw_str(text), 1, false, doc, NULL));
        assert_true(bw_doc_identify(doc));
        assert_ok(bw_inventory_add(run->inventory, doc, NULL));
        return doc;
}

static int take(void *userdata, const struct bw_finding *f)
{
        struct run *run = userdata;

        bw_buf_printf(&run->found, "%.*s %s %.*s %.*s: %.*s\n", BW_STR_ARG(f->rule->id), bw_verdict_text(f->verdict),
                      BW_STR_ARG(f->resource.name), BW_STR_ARG(f->location.path), BW_STR_ARG(f->message));
        return 0;
}

static void judge(struct run *run, struct bw_doc *doc, const char *findings)
{
        if (!run->joins) {
                assert_ok(bw_inventory_seal(run->inventory, NULL));
                assert_ok(bw_joins_new(run->catalog, run->inventory, &run->joins, NULL));
                bw_judge_join(run->judge, run->joins);
        }
        bw_buf_clear(&run->found);
        assert_ok(bw_catalog_prepare(run->catalog, doc, NULL));
        assert_ok(bw_catalog_prepare_joined(run->catalog, doc, NULL));
        assert_ok(bw_catalog_evaluate(run->catalog, run->judge, doc, run->arena, take, run, NULL));
        assert_int_equal(run->found.n, 0); /* not in the first pass */
        assert_ok(bw_catalog_evaluate_joined(run->catalog, run->judge, doc, run->arena, take, run, NULL));
        bw_buf_char(&run->found, 0);
        assert_string_equal(run->found.p, findings);
}

/* Of which documents the rules that take part need something. */
static void test_needs(void **state)
{
        static const struct {
                const char *text;
                unsigned bits;
        } cases[] = {
                {"{apiVersion: v1, kind: Service}", BW_NEED_JUDGED},
                {"{apiVersion: v1, kind: Pod}", BW_NEED_LOOKED},
                {"{apiVersion: apps/v1, kind: Deployment}", BW_NEED_LOOKED},
                {"{apiVersion: serving.knative.dev/v1, kind: Service}", BW_NEED_LOOKED}, /* it has a pod template */
                {"{apiVersion: v1, kind: ConfigMap}", 0},
                {"{apiVersion: x.example/v1, kind: Deployment}", 0},
        };
        const struct bw_str service_rule = BW_STR("BW-NET-040");
        const struct bw_str pod_rule = BW_STR("BW-PSS-107");
        struct run run;

        (void)state;
        begin(&run, &(struct bw_catalog_options){.only = &service_rule, .n_only = 1, .kubernetes_minor = 30}, NULL);
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++)
                assert_int_equal(bw_catalog_needs(run.catalog, add(&run, cases[i].text)), cases[i].bits);
        end(&run);
        begin(&run, &(struct bw_catalog_options){.only = &pod_rule, .n_only = 1, .kubernetes_minor = 30}, NULL);
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++)
                assert_int_equal(bw_catalog_needs(run.catalog, add(&run, cases[i].text)), 0);
        end(&run);
        begin(&run, NULL, HEAD("X-1") "match: {kinds: ['*']}\ninventory: [a.example/Thing]\nexpression: 'true'\n");
        assert_int_equal(bw_catalog_needs(run.catalog, add(&run, cases[0].text)), BW_NEED_JUDGED);
        assert_int_equal(bw_catalog_needs(run.catalog, add(&run, "{apiVersion: a.example/v1, kind: Thing}")),
                         BW_NEED_JUDGED | BW_NEED_LOOKED);
        end(&run);
}

/* list and pods come by namespace and name; find gives the last one; kinds of other groups are others. */
static void test_answers(void **state)
{
        static const char rules[] = HEAD("X-1")
                "match: {kinds: [Namespace]}\ninventory: [pods, Service, b.example/Service]\n"
                "expression: 'false'\nmessageExpression: >-\n"
                "  inventory.list('Service').map(s, s.metadata.name).join(',') + '|' +\n"
                "  inventory.list('Service', 'x').map(s, s.metadata.name).join(',') + '|' +\n"
                "  inventory.list('b.example/Service', '').map(s, s.metadata.name).join(',') + '|' +\n"
                "  inventory.list('Service', 'none').map(s, s.metadata.name).join(',') + '|' +\n"
                "  inventory.pods().map(p, p.kind + ' ' + p.namespace + '/' + p.name + ' ' + p.labels.?a.orValue('') + ' ' +\n"
                "    string(size(p.spec)) + ' ' + p.object.kind).join(',') + '|' +\n"
                "  inventory.pods('x').map(p, p.name).join(',') + '|' +\n"
                "  string(inventory.find('Service', 'x', 's').spec.number) + '|' +\n"
                "  string(inventory.find('Service', 'y', 's') == null)\n";
        struct run run;
        struct bw_doc *doc;

        (void)state;
        begin(&run, NULL, rules);
        doc = add(&run, "{apiVersion: v1, kind: Namespace, metadata: {name: q}}");
        (void)add(&run, "{apiVersion: v1, kind: Service, metadata: {name: t, namespace: x}}");
        (void)add(&run, "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: x}, spec: {number: 1}}");
        (void)add(&run, "\n{apiVersion: v1, kind: Service, metadata: {name: s, namespace: x}, spec: {number: 2}}");
        (void)add(&run, "{apiVersion: v1, kind: Service, metadata: {name: u}}");
        (void)add(&run, "{apiVersion: b.example/v1, kind: Service, metadata: {name: v}}");
        (void)add(&run, "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: x, labels: {a: b}}, spec: {c: d}}");
        (void)add(&run, "{apiVersion: jobset.x-k8s.io/v1alpha2, kind: JobSet, metadata: {name: j}, spec: {replicatedJobs: "
                        "[{template: {spec: {template: {metadata: {labels: {a: c}}}}}}, {template: {spec: {template: {}}}}]}}");
        run.joins = NULL;
        judge(&run, doc,
              "X-1 fail q : u,s,s,t|s,s,t|v||JobSet /j c 0 JobSet,JobSet /j  0 JobSet,Pod x/p b 1 Pod|p|2|true\n");
        end(&run);
}

/* A kind that is put together while the rule runs is looked for, too. */
static void test_unknown_kind(void **state)
{
        struct run run;

        (void)state;
        begin(&run, NULL,
              HEAD("X-1") "match: {kinds: [Namespace]}\ninventory: [Service]\n"
                          "expression: size(inventory.list('Sec' + object.metadata.name)) == 0\n");
        judge(&run, add(&run, "{apiVersion: v1, kind: Namespace, metadata: {name: ret}}"),
              "X-1 error ret : the rule's inventory does not name this kind\n");
        end(&run);
}

/* Every object against every other: that ends. */
static void test_steps_are_limited(void **state)
{
        struct run run;
        struct bw_doc *doc = NULL;

        (void)state;
        begin(&run, NULL,
              HEAD("X-1") "match: {kinds: [Service]}\ninventory: [Service]\n"
                          "expression: inventory.list('Service').all(a, inventory.list('Service').all(b, a != null && b != null))\n");
        for (int i = 0; i < MANY; i++)
                doc = add(&run, "{apiVersion: v1, kind: Service, metadata: {name: a}}");
        judge(&run, doc, "X-1 error a : too many loop steps\n");
        end(&run);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_needs),
                cmocka_unit_test(test_answers),
                cmocka_unit_test(test_unknown_kind),
                cmocka_unit_test(test_steps_are_limited),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
