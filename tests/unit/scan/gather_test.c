/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "scan/gather.h"

#include "doc/doc.h"
#include "temptree.h"

static bool roles_and_pods(struct bw_str group, struct bw_str kind)
{
        return bw_str_is(kind, "Pod") || (bw_str_is(kind, "Role") && bw_str_is(group, "rbac.authorization.k8s.io"));
}

static int setup(void **state)
{
        static struct temp t;

        temp_begin(&t);
        *state = &t;
        return 0;
}

static int teardown(void **state)
{
        temp_end(*state);
        return 0;
}

static struct bw_gathering *gather(struct temp *t, bool places)
{
        struct bw_str path = bw_str(temp_path(t, ""));
        struct bw_gather_options options = {.paths = &path, .n_paths = 1, .wanted = roles_and_pods, .places = places};
        struct bw_gathering *g = NULL;

        assert_ok(bw_gather(&options, &g, NULL));
        return g;
}

/* Files, lists of both sorts, and what nobody wants. */
static void test_kinds(void **state)
{
        bw_auto(bw_gathering_free) struct bw_gathering *g = NULL;
        struct bw_doc_range pods;
        const struct bw_doc *role;
        size_t n_errors;

        temp_file(*state, "a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\n---\n"
                                    "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n---\n"
                                    "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: shop}\n");
        temp_file(*state, "list.json", "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[{\"metadata\":{\"name\":\"x\",\"namespace\":\"a\"}}]}"
                                       "{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"items\":[{\"metadata\":{\"name\":\"s\"}}]}");
        temp_file(*state, "values.yaml", "replicas: 3\n");
        temp_file(*state, "template.yaml", "apiVersion: v1\nkind: {{ .Kind }}\n");
        g = gather(*state, true);
        pods = bw_inventory_kind(bw_gathering_inventory(g), BW_STR(""), BW_STR("Pod"));
        assert_int_equal(pods.n, 2);
        assert_int_equal(bw_inventory_size(bw_gathering_inventory(g)), 3);
        role = bw_inventory_find(bw_gathering_inventory(g), BW_STR("rbac.authorization.k8s.io"), BW_STR("Role"), BW_STR("shop"),
                                 BW_STR("r"));
        assert_non_null(role);
        assert_int_equal(role->line, 9);
        (void)bw_gathering_errors(g, &n_errors);
        assert_int_equal(n_errors, 0);
}

/* What cannot be read is told with its place; the rest is there. */
static void test_errors(void **state)
{
        bw_auto(bw_gathering_free) struct bw_gathering *g = NULL;
        const struct bw_input_error *errors;
        size_t n_errors;

        temp_file(*state, "a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n---\na: [\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n");
        g = gather(*state, false);
        errors = bw_gathering_errors(g, &n_errors);
        assert_int_equal(n_errors, 1);
        assert_true(errors[0].line >= 5 && errors[0].message.n > 0);
        assert_true(bw_str_ends(errors[0].file, BW_STR("a.yaml")));
        assert_int_equal(bw_inventory_size(bw_gathering_inventory(g)), 2);
}

/* What a snapshot of a cluster lacks, of what is wanted, is told: an empty list is another thing. */
static void test_gaps(void **state)
{
        bw_auto(bw_gathering_free) struct bw_gathering *g = NULL;
        const struct bw_input_error *errors;
        size_t n_errors;

        temp_file(*state, "a.yaml",
                  "apiVersion: bulwark.dev/v1\nkind: ClusterCoverage\nmetadata: {name: roles.rbac.authorization.k8s.io}\n"
                  "group: rbac.authorization.k8s.io\nresource: roles\nresourceKind: Role\n"
                  "evidence: {state: {state: unreadable, reason: not allowed}}\n---\n"
                  "apiVersion: bulwark.dev/v1\nkind: ClusterCoverage\nmetadata: {name: secrets}\n"
                  "resource: secrets\nresourceKind: Secret\nevidence: {state: {state: unreadable, reason: not allowed}}\n---\n"
                  "apiVersion: bulwark.dev/v1\nkind: ClusterCoverage\nmetadata: {name: pods}\n"
                  "group: ''\nresource: pods\nresourceKind: Pod\nstate: listed\n");
        g = gather(*state, false);
        errors = bw_gathering_errors(g, &n_errors);
        assert_int_equal(n_errors, 1);
        assert_string_equal(errors[0].message.p, "roles.rbac.authorization.k8s.io could not be read: not allowed");
        assert_int_equal(bw_inventory_size(bw_gathering_inventory(g)), 0);
}

/* A path that is not there is an error of that input, not of the run. */
static void test_absent(void **state)
{
        struct bw_str path = bw_str(temp_path(*state, "nothing"));
        struct bw_gather_options options = {.paths = &path, .n_paths = 1, .wanted = roles_and_pods};
        bw_auto(bw_gathering_free) struct bw_gathering *g = NULL;
        const struct bw_input_error *errors;
        size_t n_errors;

        assert_ok(bw_gather(&options, &g, NULL));
        errors = bw_gathering_errors(g, &n_errors);
        assert_int_equal(n_errors, 1);
        assert_string_equal(errors[0].message.p, "does not exist");
        assert_int_equal(bw_inventory_size(bw_gathering_inventory(g)), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_kinds, setup, teardown),
                cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
                cmocka_unit_test_setup_teardown(test_gaps, setup, teardown),
                cmocka_unit_test_setup_teardown(test_absent, setup, teardown),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
