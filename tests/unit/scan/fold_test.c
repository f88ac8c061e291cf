/* SPDX-License-Identifier: Apache-2.0 */
/* Findings of what one template made: folded and listed one by one they are the same, and nothing is hidden. */
#define BW_ALLOW_BANNED
#include "temptree.h"

#include "base/buf.h"
#include "scan/scan.h"

/* Objects are named ROOT.REST, so that a test can tell who answers for a finding without asking the program. */
#define META(name) "\"metadata\":{\"name\":\"" name "\",\"namespace\":\"shop\""
#define OWNED(kind, name) \
        ",\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"" kind "\",\"name\":\"" name \
        "\",\"uid\":\"u-" name "\",\"controller\":true}]"
#define UID(name) ",\"uid\":\"u-" name "\""
#define APP "{\"name\":\"app\",\"image\":\"example.org/app:1\",\"securityContext\":{\"runAsUser\":0}}"
#define SPEC(more, containers) "\"spec\":{" more "\"containers\":[" containers "]}"
#define TEMPLATE "\"spec\":{\"replicas\":3,\"template\":{" SPEC("", APP) "}}"

static const char *const objects[] = {
        "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\"," META("web.") UID("web.") "}," TEMPLATE "}",
        "{\"apiVersion\":\"apps/v1\",\"kind\":\"ReplicaSet\"," META("web.a") UID("web.a") OWNED("Deployment", "web.") "}," TEMPLATE "}",
        "{\"apiVersion\":\"apps/v1\",\"kind\":\"ReplicaSet\"," META("web.b") UID("web.b") OWNED("Deployment", "web.") "}," TEMPLATE "}",
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"," META("web.a.1") OWNED("ReplicaSet", "web.a") "}," SPEC("\"nodeName\":\"n1\",", APP) "}",
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"," META("web.a.2") OWNED("ReplicaSet", "web.a") "}," SPEC("\"nodeName\":\"n2\",", APP) "}",
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"," META("web.b.1") OWNED("ReplicaSet", "web.b") "}," SPEC("\"nodeName\":\"n1\",", APP) "}",
        /* Something put a container in front, and somebody attached another one. */
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"," META("web.a.3") OWNED("ReplicaSet", "web.a") "},"
        SPEC("", "{\"name\":\"proxy\",\"image\":\"example.org/proxy:1\"}," APP) "}",
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"," META("web.a.4") OWNED("ReplicaSet", "web.a") "},"
        SPEC("\"ephemeralContainers\":[{\"name\":\"debug\",\"image\":\"example.org/debug:1\",\"securityContext\":{\"privileged\":true}}],", APP) "}",
        /* Its controller is not there. */
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"," META("lone.1") OWNED("ReplicaSet", "lone.x") "}," SPEC("", APP) "}",
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"," META("lone.2") OWNED("ReplicaSet", "lone.x") "}," SPEC("", APP) "}",
        /* Made by nobody, and by a node. */
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"," META("bare.1") "}," SPEC("", APP) "}",
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"," META("bare.2") "}," SPEC("", APP) "}",
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"," META("mirror.1") ",\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"n\",\"controller\":true}]}," SPEC("", APP) "}",
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"," META("mirror.2") ",\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"n\",\"controller\":true}]}," SPEC("", APP) "}",
        /* A controller with more than one template. */
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"," META("custom.1") ",\"ownerReferences\":[{\"apiVersion\":\"example.org/v1\",\"kind\":\"Job\",\"name\":\"c\",\"controller\":true}]}," SPEC("", APP) "}",
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"," META("custom.2") ",\"ownerReferences\":[{\"apiVersion\":\"example.org/v1\",\"kind\":\"Job\",\"name\":\"c\",\"controller\":true}]},"
        SPEC("\"hostPID\":true,", APP) "}",
};

struct sums { /* of findings, by who answers for them, rule and verdict */
        struct {
                char key[96];
                uint32_t n;
        } rows[512];
        size_t n;
        struct bw_summary summary;
};

static struct bw_scan *scan_of(struct temp *t, bool fold, unsigned threads)
{
        struct bw_catalog_options catalog_options = {.kubernetes_minor = BW_KUBERNETES_NEWEST};
        static struct bw_catalog *catalog;
        struct bw_str path = bw_str(temp_path(t, ""));
        struct bw_scan_options options = {.paths = &path, .n_paths = 1, .threads = threads, .no_fold = !fold, .now = 1};
        struct bw_scan *scan = NULL;

        if (!catalog) {
                assert_ok(bw_catalog_new(&catalog_options, &catalog, NULL));
                assert_ok(bw_catalog_add_builtin(catalog, NULL));
        }
        options.catalog = catalog;
        assert_ok(bw_scan_run(&options, &scan, NULL));
        return scan;
}

static int cmp_rows(const void *a, const void *b)
{
        return strcmp(a, b);
}

static void add_up(const struct bw_scan *scan, struct sums *sums)
{
        const struct bw_report *report = bw_scan_report(scan);

        memset(sums, 0, sizeof(*sums));
        sums->summary = report->summary;
        for (size_t i = 0; i < report->n_findings; i++) {
                const struct bw_finding *f = &report->findings[i];
                struct bw_str root = f->resource.name;
                char key[96] = {0};
                size_t k = 0;

                if (bw_str_find(root, BW_STR(".")) != SIZE_MAX)
                        root.n = bw_str_find(root, BW_STR("."));
                (void)snprintf(key, sizeof(key), "%.*s %.*s %d", BW_STR_ARG(root), BW_STR_ARG(f->rule->id), (int)f->verdict);
                while (k < sums->n && strcmp(sums->rows[k].key, key) != 0)
                        k++;
                assert_true(k < BW_ARRAY_SIZE(sums->rows));
                memcpy(sums->rows[k].key, key, sizeof(key));
                sums->rows[k].n += bw_finding_objects(f);
                sums->n = BW_MAX(sums->n, k + 1);
        }
        qsort(sums->rows, sums->n, sizeof(sums->rows[0]), cmp_rows);
}

static void write_objects(struct temp *t, bool backwards)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        for (size_t i = 0; i < BW_ARRAY_SIZE(objects); i++) {
                bw_buf_puts(&text, objects[backwards ? BW_ARRAY_SIZE(objects) - 1 - i : i]);
                bw_buf_puts(&text, "\n");
        }
        temp_bytes(t, "dump.json", text.p, text.n);
}

static void test_nothing_is_lost(void **state)
{
        static struct sums folded;
        static struct sums listed;

        for (int backwards = 0; backwards <= 1; backwards++) {
                bw_auto(bw_scan_free) struct bw_scan *all = NULL;

                write_objects(*state, backwards);
                all = scan_of(*state, false, 1);
                add_up(all, &listed);
                for (unsigned threads = 1; threads <= 3; threads += 2) {
                        bw_auto(bw_scan_free) struct bw_scan *few = scan_of(*state, true, threads);

                        add_up(few, &folded);
                        assert_memory_equal(&folded.summary, &listed.summary, sizeof(folded.summary));
                        assert_memory_equal(&folded, &listed, sizeof(folded));
                        assert_int_equal(bw_scan_stats(few)->evaluations, bw_scan_stats(all)->evaluations);
                        assert_true(bw_scan_report(few)->n_findings < bw_scan_report(all)->n_findings);
                }
        }
}

/* The finding of a rule about an object, and what it stands for; NULL: there is none. */
static const struct bw_finding *find(const struct bw_scan *scan, const char *name, const char *message)
{
        const struct bw_report *report = bw_scan_report(scan);

        for (size_t i = 0; i < report->n_findings; i++)
                if (bw_str_is(report->findings[i].resource.name, name) &&
                    bw_str_find(report->findings[i].message, bw_str(message)) != SIZE_MAX)
                        return &report->findings[i];
        return NULL;
}


static void test_who_is_told(void **state)
{
        bw_auto(bw_scan_free) struct bw_scan *scan = NULL;
        const struct bw_finding *f;

        write_objects(*state, false);
        scan = scan_of(*state, true, 1);
        f = find(scan, "web.", "container \"app\"");
        assert_non_null(f);
        assert_int_equal(f->n_objects, 8);
        assert_int_equal(f->n_pods, 5);
        assert_null(find(scan, "web.a", ""));
        assert_null(find(scan, "web.a.1", ""));
        /* What only one pod has is told of that pod. */
        f = find(scan, "web.a.4", "\"debug\"");
        assert_non_null(f);
        assert_int_equal(f->n_objects, 1);
        assert_non_null(find(scan, "web.a.3", "\"proxy\""));
        f = find(scan, "lone.1", "container \"app\"");
        assert_non_null(f);
        assert_int_equal(f->n_pods, 2);
        assert_null(find(scan, "lone.2", ""));
        for (size_t i = 0; i < bw_scan_report(scan)->n_findings; i++) {
                f = &bw_scan_report(scan)->findings[i];
                if (bw_str_starts(f->resource.name, BW_STR("bare")) || bw_str_starts(f->resource.name, BW_STR("mirror")) ||
                    bw_str_starts(f->resource.name, BW_STR("custom")))
                        assert_int_equal(f->n_objects, 1);
        }
        assert_int_equal(bw_scan_stats(scan)->like, 2); /* web.a.2 and lone.2 */
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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_nothing_is_lost, setup, teardown),
                cmocka_unit_test_setup_teardown(test_who_is_told, setup, teardown),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
