/* SPDX-License-Identifier: Apache-2.0 */
/* A cluster's snapshot: its head, its lines, packed and plain; what is none; what cannot be written. */
#define BW_ALLOW_BANNED
#include "doc/snapshot_stream.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "check.h"
#include "doc/decompress.h"
#include "doc/snapshot.h"

static struct bw_arena *arena;

static int take(void *userdata, struct bw_str bytes, struct bw_error *reterr)
{
        (void)reterr;
        bw_buf_str(userdata, bytes);
        return 0;
}

static int refuse(void *userdata, struct bw_str bytes, struct bw_error *reterr)
{
        size_t *left = userdata;

        if (bytes.n > *left)
                return bw_error_set(reterr, -ENOSPC, "full");
        *left -= bytes.n;
        return 0;
}

static struct bw_doc doc_of(const char *json)
{
        struct bw_doc doc = {0};
        size_t used;

        assert_ok(bw_json_read(arena, bw_str(json), 1, 1, false, &doc, &used, NULL));
        return doc;
}

static const struct bw_cluster_head head = {
        .server = {"https://shop:6443", 17}, .version = {"1.0", 3}, .time = 1767225600, .kubernetes_minor = 32};

#define FIRST                                                                                                          \
        "{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"ClusterSnapshot\",\"metadata\":{\"name\":\"https://shop:6443\"},"   \
        "\"server\":\"https://shop:6443\",\"version\":\"1.0\",\"time\":\"2026-01-01T00:00:00Z\",\"kubernetesMinor\":32}\n"

static void write_all(bool packed, struct bw_buf *to)
{
        bw_auto(bw_snapshot_stream_free) struct bw_snapshot_stream *s = NULL;
        struct bw_doc doc = doc_of("{\"kind\": \"Pod\", \"n\": 1}");

        assert_ok(bw_snapshot_stream_new(&head, packed, take, to, &s, NULL));
        for (int i = 0; i < 3; i++)
                assert_ok(bw_snapshot_stream_add(s, &doc, NULL));
        assert_ok(bw_snapshot_stream_end(s, NULL));
}

static void test_lines(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf plain = {0};
        bw_auto_done(bw_buf_done) struct bw_buf packed = {0};
        bw_auto_done(bw_buf_done) struct bw_buf unpacked = {0};
        bw_auto(bw_decompress_free) struct bw_decompress *d = NULL;
        struct bw_str in;
        bool end = false;

        (void)state;
        write_all(false, &plain);
        assert_string_equal(plain.p, FIRST "{\"kind\":\"Pod\",\"n\":1}\n{\"kind\":\"Pod\",\"n\":1}\n{\"kind\":\"Pod\",\"n\":1}\n");
        write_all(true, &packed);
        in = bw_buf_view(&packed);
        assert_ok(bw_decompress_new(in, &d, NULL));
        while (!end)
                assert_ok(bw_decompress_run(d, &in, true, 4096, &unpacked, &end, NULL));
        assert_true(bw_str_eq(bw_buf_view(&plain), bw_buf_view(&unpacked)));
        for (int i = 0; i < 2; i++) {
                struct bw_str bytes = bw_buf_view(i ? &packed : &plain);

                assert_true(bw_cluster_snapshot_is(bytes));
                assert_false(bw_snapshot_is(bytes));
                /* What can be told of its first bytes alone. */
                assert_true(bw_cluster_snapshot_is(bw_str_n(bytes.p, BW_MIN(bytes.n, (size_t)400))));
        }
        assert_false(bw_cluster_snapshot_is(BW_STR("")));
        assert_false(bw_cluster_snapshot_is(BW_STR("{\"kind\":\"Pod\"}")));
        assert_false(bw_cluster_snapshot_is(BW_STR("\x28\xb5\x2f\xfd\x01")));
}

static void test_head(void **state)
{
        static const char *const broken[] = {
                "", "{}", "{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"ClusterSnapshot\",\"a\":",
                "{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"ClusterSnapshot\",\"server\":\"a\"}",
                "{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"ClusterSnapshot\",\"time\":\"2026-01-01T00:00:00Z\"}",
        };
        struct bw_cluster_head got;

        (void)state;
        assert_ok(bw_cluster_head_read(arena, BW_STR(FIRST), &got, NULL));
        assert_true(bw_str_eq(got.server, head.server) && bw_str_eq(got.version, head.version));
        assert_true(got.time == head.time && got.kubernetes_minor == 32);
        assert_ok(bw_cluster_head_read(
                arena, BW_STR("{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"ClusterSnapshot\",\"server\":\"a\",\"time\":\"2026-01-01T00:00:00Z\","
                              "\"kubernetesMinor\":-7}"),
                &got, NULL));
        assert_int_equal(got.kubernetes_minor, -1);
        for (size_t i = 0; i < BW_ARRAY_SIZE(broken); i++) {
                struct bw_error err = {0};

                assert_int_equal(bw_cluster_head_read(arena, bw_str(broken[i]), &got, &err), -EINVAL);
                assert_true(err.message[0] != '\0');
        }
}

static void test_refused(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf all = {0};
        struct bw_doc doc = doc_of("{\"kind\": \"Pod\", \"n\": 1}");

        (void)state;
        write_all(true, &all);
        for (size_t room = 0; room < all.n; room++) {
                bw_auto(bw_snapshot_stream_free) struct bw_snapshot_stream *s = NULL;
                struct bw_error err = {0};
                size_t left = room;
                int r = bw_snapshot_stream_new(&head, true, refuse, &left, &s, &err);

                for (int i = 0; r == 0 && i < 3; i++)
                        r = bw_snapshot_stream_add(s, &doc, &err);
                if (r == 0)
                        r = bw_snapshot_stream_end(s, &err);
                assert_int_equal(r, -ENOSPC);
                assert_string_equal(err.message, "full");
        }
}

static int setup(void **state)
{
        (void)state;
        arena = bw_arena_new(0);
        return arena ? 0 : -1;
}

static int teardown(void **state)
{
        (void)state;
        bw_arena_free(arena);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lines),
                cmocka_unit_test(test_head),
                cmocka_unit_test(test_refused),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, setup, teardown);
}
