/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots: what is written is read back, what is none is refused with its line. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/error.h"
#include "doc/snapshot.h"

#define HEAD                                                                                                           \
        "{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"Snapshot\",\"metadata\":{\"name\":\"cp1\"},\"version\":\"0.1.0\"," \
        "\"time\":\"2026-11-01T00:00:00Z\",\"inputs\":[\"node:cp1\"],\"refused\":{\"files\":3,\"first\":\"/x\"}}\n"
#define HOST "{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"Host\",\"metadata\":{\"name\":\"cp1\"},\"n\":[1,2.5,null]}\n"

static struct bw_arena *arena;

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

static void what_is_written_is_read_back(void **state)
{
        (void)state;
        for (int packed = 0; packed <= 1; packed++) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                bw_auto_done(bw_buf_done) struct bw_buf text = {0};
                struct bw_snapshot_head head;
                struct bw_snapshot_head again;
                struct bw_doc **docs;
                size_t n;

                assert_ok(bw_snapshot_read(arena, BW_STR(HEAD HOST HOST), &head, &docs, &n, NULL));
                assert_int_equal(n, 2);
                assert_ok(bw_snapshot_write(&head, docs, n, packed, &out, NULL));
                assert_true(bw_snapshot_is(bw_str_n(out.p, BW_MIN(out.n, (size_t)300))));
                assert_ok(bw_snapshot_read(arena, bw_buf_view(&out), &again, &docs, &n, NULL));
                assert_int_equal(n, 2);
                assert_str(again.name, "cp1");
                assert_str(again.version, "0.1.0");
                assert_int_equal(again.time, 1793491200);
                assert_int_equal(again.n_inputs, 1);
                assert_str(again.inputs[0], "node:cp1");
                assert_int_equal(again.refused, 3);
                assert_str(again.first_refused, "/x");
                bw_value_json(&text, docs[1]->root, 0);
                bw_buf_char(&text, '\n');
                assert_str(bw_buf_view(&text), HOST);
                assert_str(docs[1]->kind, "Host");
                assert_int_equal(docs[1]->line, 0);
                assert_int_equal(docs[1]->mark.line, 0);
        }
}

static void what_is_none_is_refused(void **state)
{
        static const struct {
                const char *text;
                int code;
                uint32_t line;
        } rows[] = {
                {"", -EINVAL, 0},
                {HOST, -EINVAL, 1},
                {"{}\n", -EINVAL, 1},
                {HEAD "{\"kind\":\"Host\"}\n", -EINVAL, 2},
                {HEAD HOST "{\"apiVersion\":\"v1\",", -EINVAL, 3},
                {HEAD "\n", -EINVAL, 2},
                {"{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"Snapshot\",\"time\":\"yesterday\"}\n", -EINVAL, 1},
                {"\x28\xb5\x2f\xfd garbage", -EINVAL, 0},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                struct bw_snapshot_head head;
                struct bw_doc **docs;
                struct bw_error err = {0};
                size_t n;

                assert_int_equal(bw_snapshot_read(arena, bw_str(rows[i].text), &head, &docs, &n, &err), rows[i].code);
                assert_int_equal(err.line, rows[i].line);
                assert_true(err.message[0] != '\0');
        }
}

static void a_snapshot_is_told_by_its_first_bytes(void **state)
{
        (void)state;
        assert_true(bw_snapshot_is(BW_STR(HEAD)));
        assert_false(bw_snapshot_is(BW_STR(HOST)));
        assert_false(bw_snapshot_is(BW_STR("")));
        assert_false(bw_snapshot_is(BW_STR("\x28\xb5\x2f\xfd")));
        assert_false(bw_snapshot_is(BW_STR("apiVersion: bulwark.dev/v1\nkind: Snapshot\n")));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(what_is_written_is_read_back, setup, teardown),
                cmocka_unit_test_setup_teardown(what_is_none_is_refused, setup, teardown),
                cmocka_unit_test_setup_teardown(a_snapshot_is_told_by_its_first_bytes, setup, teardown),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
