/* SPDX-License-Identifier: Apache-2.0 */
#include "host/table.h"

#include "base/error.h"
#include "check.h"

static void test_ids(void **state BW_UNUSED)
{
        struct bw_ids ids = {0};
        uint32_t id = 7;

        assert_ok(bw_ids_add(&ids,
                             BW_STR("root:x:0:0:root:/root:/bin/sh\n"
                                    "toor:x:0:0::/root:/bin/sh\n"
                                    "#off:x:5:5\n"
                                    "bad\n:x:6\nneg:x:-1:\nbig:x:4294967296:\nplus:x:+1:\nempty:x::\n"
                                    "etcd:x:997:\n"
                                    "last:x:4294967295"),
                             NULL));
        assert_ok(bw_ids_add(&ids, BW_STR("root:x:1000:\nsystem:x:990:\nother:x:997:\n"), NULL));
        assert_str(bw_ids_name(&ids, 0), "root");
        assert_str(bw_ids_name(&ids, 997), "etcd"); /* the first text goes first */
        assert_str(bw_ids_name(&ids, 990), "system");
        assert_str(bw_ids_name(&ids, UINT32_MAX), "last");
        assert_str(bw_ids_name(&ids, 5), "");
        assert_str(bw_ids_name(&ids, 1), "");
        assert_true(bw_ids_find(&ids, BW_STR("root"), &id));
        assert_int_equal(id, 0);
        assert_true(bw_ids_find(&ids, BW_STR("other"), &id));
        assert_int_equal(id, 997);
        id = 7;
        assert_false(bw_ids_find(&ids, BW_STR("big"), &id));
        assert_int_equal(id, 7);
        bw_ids_done(&ids);
        bw_ids_done(&ids);
        assert_str(bw_ids_name(&ids, 0), "");
}

static void test_modes(void **state BW_UNUSED)
{
        struct bw_modes modes = {0};
        const struct bw_mode_row *row;

        assert_ok(bw_modes_parse(&modes,
                                 BW_STR("# path\tmode\tuid\tgid\n\n"
                                        "/\t0755\t0\t0\n"
                                        "/etc/\t0700\t1\t2\r\n"
                                        "/etc/a\t4644\t0\t1001\n"
                                        "/l\tlink\t0\t0\n"
                                        "/etc/a\t600\t3\t4\n"),
                                 NULL));
        row = bw_modes_find(&modes, BW_STR("/etc"));
        assert_non_null(row);
        assert_int_equal(row->mode, 0700);
        assert_true(row->is_dir);
        row = bw_modes_find(&modes, BW_STR("/etc/a")); /* the last line counts */
        assert_non_null(row);
        assert_int_equal(row->mode, 0600);
        assert_int_equal(row->uid, 3);
        assert_int_equal(row->gid, 4);
        assert_true(bw_modes_find(&modes, BW_STR("/l"))->is_link);
        assert_non_null(bw_modes_find(&modes, BW_STR("/")));
        assert_null(bw_modes_find(&modes, BW_STR("/etc/b")));
        bw_modes_done(&modes);
}

static void test_bad_lines_of_modes(void **state BW_UNUSED)
{
        static const struct {
                const char *line;
                const char *says;
        } rows[] = {
                {"/a\t0644\t0", "four fields"},
                {"/a 0644 0 0", "four fields"},
                {"/a\t0644\t0\t0\tx", "four fields"},
                {"a\t0644\t0\t0", "begin with a slash"},
                {"\t0644\t0\t0", "begin with a slash"},
                {"/a\t0888\t0\t0", "octal"},
                {"/a\t77777\t0\t0", "octal"},
                {"/a\t\t0\t0", "octal"},
                {"/a\t0644\troot\t0", "numbers"},
                {"/a\t0644\t0\t-1", "numbers"},
                {"/a\t0644\t0\t4294967296", "numbers"},
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                struct bw_modes modes = {0};
                struct bw_error err = {0};
                char text[128];

                (void)snprintf(text, sizeof(text), "# head\n/ok\t0644\t0\t0\n%s\n", rows[i].line);
                assert_int_equal(bw_modes_parse(&modes, bw_str(text), &err), -EINVAL);
                assert_int_equal(err.line, 3);
                if (!strstr(err.message, rows[i].says))
                        fail_msg("\"%s\": \"%s\"", rows[i].line, err.message);
                bw_modes_done(&modes);
        }
}

static void test_processes(void **state BW_UNUSED)
{
        struct bw_str text = BW_STR("# pid\n"
                                    "1\t0\t0\tinit\t-\t/\t-\n"
                                    "20\t1\t1000\tvim\t/usr/bin/vim\t/user.slice\tA=b;C=d\tvim\t\ta b\n");
        struct bw_process_row row;
        uint32_t line = 0;

        assert_int_equal(bw_process_row_next(&text, &line, &row, NULL), 1);
        assert_int_equal(row.pid, 1);
        assert_str(row.exe, "");
        assert_str(row.environ, "");
        assert_null(row.args.p);
        assert_int_equal(bw_process_row_next(&text, &line, &row, NULL), 1);
        assert_int_equal(line, 3);
        assert_int_equal(row.uid, 1000);
        assert_str(row.comm, "vim");
        assert_str(row.cgroup, "/user.slice");
        assert_str(row.environ, "A=b;C=d");
        assert_str(row.args, "vim\t\ta b");
        assert_int_equal(bw_process_row_next(&text, &line, &row, NULL), 0);
}

static void test_bad_lines_of_processes(void **state BW_UNUSED)
{
        static const char *const lines[] = {"1\t0\t0\tinit\t-\t/", "x\t0\t0\tinit\t-\t/\t-", "0\t0\t0\tinit\t-\t/\t-",
                                            "1\t0\troot\tinit\t-\t/\t-"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(lines); i++) {
                struct bw_str text = bw_str(lines[i]);
                struct bw_process_row row;
                struct bw_error err = {0};
                uint32_t line = 0;

                assert_int_equal(bw_process_row_next(&text, &line, &row, &err), -EINVAL);
                assert_int_equal(err.line, 1);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_ids),
                cmocka_unit_test(test_modes),
                cmocka_unit_test(test_bad_lines_of_modes),
                cmocka_unit_test(test_processes),
                cmocka_unit_test(test_bad_lines_of_processes),
        };

        return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
