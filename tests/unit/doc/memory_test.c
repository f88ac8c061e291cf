/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that runs out, at every place where it can: an error, no crash, no leak, results untouched. */
#define BW_ALLOW_BANNED
#include "check.h"

#include <zlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/fault.h"
#include "doc/decompress.h"
#include "doc/inventory.h"
#include "doc/pod.h"
#include "doc/stream.h"

static const char yaml[] =
        "%TAG !e! tag:example.org,2000:\n"
        "---\n"
        "a: &a {k: 1, 2: [x, \"it\\'s\", y:]}\n"
        "b: {<<: *a, long: |\n"
        "    text text text text text text text text text text text text text text text text text text\n"
        "  }\n";

static const char good_yaml[] =
        "a: &a {k: 1, 2.5: [x, \"it\\'s\", y:, !!binary aGVsbG8=]}\n"
        "b: {<<: *a, c: 0x_10, d: 123456789012345678901234567890123456789012345678901234567890123456789}\n"
        "\xef\xbb\xbf"
        "e: 1\r\r\n"
        "m: {k01: 1, k02: 1, k03: 1, k04: 1, k05: 1, k06: 1, k07: 1, k08: 1, k09: 1, k10: 1, k11: 1, k12: 1,\n"
        "    k13: 1, k14: 1, k15: 1, k16: 1, k17: 1, k18: 1, k19: 1, k20: 1, k21: 1, k22: 1, k23: 1, k24: 1,\n"
        "    k25: 1, k26: 1}\n"
        "deep: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n";

static const char json[] =
        "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[{\"metadata\":{\"name\":\"x\\ud800\"},\"spec\":{\"a\":["
        "1,2,"
        "{\"b\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]],\"esc\\u0061ped\":3}]}}]}";

static const char workflow[] =
        "{apiVersion: argoproj.io/v1alpha1, kind: Workflow, spec: {volumes: [{name: v}], hostNetwork: true,\n"
        " templates: [{container: {image: a}, sidecars: [{image: b}], metadata: {}}]}}\n";

static int count_pod(void *ctx, const struct bw_pod *pod)
{
        (void)pod;
        ++*(int *)ctx;
        return 0;
}

static int ignore_item(void *ctx, struct bw_doc *item, struct bw_error *reterr)
{
        (void)ctx;
        (void)item;
        (void)reterr;
        return 0;
}

/* Everything that needs memory, on one arena. 0, or the first error. */
static int work(struct bw_arena *arena, const char *text, enum bw_format format)
{
        struct bw_error err = {0};
        struct bw_str rest = bw_str(text);
        struct bw_doc doc;
        struct bw_doc poisoned;
        struct bw_cutter cutter;
        struct bw_piece piece;
        struct bw_path path;
        int pods = 0;
        int r;

        memset(&doc, 0xa5, sizeof(doc));
        memset(&poisoned, 0xa5, sizeof(poisoned));
        bw_cutter_init(&cutter, format, true);
        r = bw_cutter_next(&cutter, &rest, true, &piece, &err);
        assert_int_equal(r, 1);
        r = bw_doc_read(arena, &piece, false, &doc, &err);
        if (r < 0) {
                assert_int_equal(err.code, r);
                assert_true(err.message[0]);
                assert_memory_equal(&doc, &poisoned, sizeof(doc));
                return r;
        }
        r = bw_path_parse(arena, BW_STR("spec.a[2].escaped"), &path, &err);
        if (r == 0)
                (void)bw_doc_mark(&doc, arena, path, true);
        if (r == 0)
                r = bw_doc_list_items(arena, &doc, ignore_item, NULL, &err);
        if (r == 0)
                r = bw_doc_pods(&doc, arena, count_pod, &pods);
        return r;
}

static void sweep(const char *text, enum bw_format format, int expected)
{
        size_t ceiling = 1;
        int r;

        /* The arena says no, a little later each time. */
        do {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(ceiling);

                r = work(arena, text, format);
                assert_true(r == expected || r == -E2BIG || r == -ENOMEM);
                ceiling += 48;
        } while (r != expected && ceiling < 1 << 22);
        assert_int_equal(r, expected);
#ifdef BW_FAULT
        /* The heap says no, once or from then on. */
        for (int persistent = 0; persistent < 2; persistent++) {
                r = -1;
                for (uint64_t n = 1; r != expected && n < 100000; n++) {
                        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);

                        bw_fault_plan(BW_FAULT_ALLOC, n, persistent);
                        r = work(arena, text, format);
                        if (bw_fault_count(BW_FAULT_ALLOC) < n)
                                break;
                        bw_fault_plan(BW_FAULT_ALLOC, 0, false);
                        assert_true(r == expected || r == -ENOMEM);
                        r = -1;
                }
                bw_fault_plan(BW_FAULT_ALLOC, 0, false);
        }
#endif
}

static void test_yaml(void **state)
{
        (void)state;
        sweep(good_yaml, BW_FORMAT_YAML, 0);
        sweep(yaml, BW_FORMAT_YAML, -EINVAL);
        sweep(workflow, BW_FORMAT_YAML, 0);
        sweep("kind: PodList\napiVersion: v1\nitems: [{metadata: {name: x}}]\n", BW_FORMAT_YAML, 0);
}

static void test_json(void **state)
{
        (void)state;
        sweep(json, BW_FORMAT_JSON, 0);
        sweep("{\"a\":[1,]}", BW_FORMAT_JSON, -EINVAL);
}

static int unpack(struct bw_str packed)
{
        bw_auto(bw_decompress_free) struct bw_decompress *d = NULL;
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        bool end = false;
        int r = bw_decompress_new(packed, &d, NULL);

        while (r == 0 && !end)
                r = bw_decompress_run(d, &packed, true, 100, &out, &end, NULL);
        return r;
}

static int fill(const struct bw_doc *docs, size_t n)
{
        bw_auto(bw_inventory_free) struct bw_inventory *a = NULL;
        bw_auto(bw_inventory_free) struct bw_inventory *b = NULL;
        int r = bw_inventory_new(&a, NULL);

        if (r == 0)
                r = bw_inventory_new(&b, NULL);
        for (size_t i = 0; i < n && r == 0; i++)
                r = bw_inventory_add(b, &docs[i], NULL);
        if (r == 0)
                r = bw_inventory_take(a, b, NULL);
        return r == 0 ? bw_inventory_seal(a, NULL) : r;
}

static void test_others(void **state)
{
        struct bw_doc docs[20] = {0};
        unsigned char packed[200];
        z_stream z = {.next_in = (unsigned char *)(uintptr_t)good_yaml,
                      .avail_in = 100,
                      .next_out = packed,
                      .avail_out = sizeof(packed)};
        int r = -1;

        (void)state;
        assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        deflateEnd(&z);
#ifdef BW_FAULT
        for (uint64_t n = 1; r != 0; n++) {
                bw_fault_plan(BW_FAULT_ALLOC, n, false);
                r = unpack(bw_str_n((char *)packed, z.total_out));
                assert_true(r == 0 || r == -ENOMEM);
        }
        r = -1;
        for (uint64_t n = 1; r != 0; n++) {
                bw_fault_plan(BW_FAULT_ALLOC, n, false);
                r = fill(docs, BW_ARRAY_SIZE(docs));
                assert_true(r == 0 || r == -ENOMEM);
        }
        bw_fault_plan(BW_FAULT_ALLOC, 0, false);
#else
        r = unpack(bw_str_n((char *)packed, z.total_out));
        assert_int_equal(r, 0);
        assert_ok(fill(docs, BW_ARRAY_SIZE(docs)));
#endif
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_yaml),
                cmocka_unit_test(test_json),
                cmocka_unit_test(test_others),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
