/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "os/fs.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "base/error.h"
#include "temptree.h"

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

static void expect_refused(const char *path, unsigned flags, int code, const char *text)
{
        struct bw_file file = {.fd = 77};
        struct bw_error err = {0};

        assert_int_equal(bw_fs_open(AT_FDCWD, path, flags, &file, &err), code);
        assert_int_equal(file.fd, 77); /* untouched */
        assert_int_equal(err.code, code);
        if (!strstr(err.message, text))
                fail_msg("\"%s\" does not say \"%s\"", err.message, text);
}

static void test_reads_a_file(void **state)
{
        struct bw_file file = BW_FILE_CLOSED;
        struct bw_error err = {0};
        char buf[64];
        size_t n;

        temp_file(*state, "a.yaml", "kind: Pod\n");
        assert_ok(bw_fs_open(AT_FDCWD, temp_path(*state, "a.yaml"), 0, &file, &err));
        assert_int_equal(file.stat.kind, BW_FS_FILE);
        assert_int_equal(file.stat.size, 10);
        assert_int_equal(file.stat.mode & 0400, 0400);
        assert_int_equal(file.stat.mode & ~07777U, 0);
        assert_ok(bw_file_read(&file, buf, sizeof(buf), NULL, &n, &err));
        assert_int_equal(n, 10);
        assert_memory_equal(buf, "kind: Pod\n", 10);
        assert_ok(bw_file_read(&file, buf, sizeof(buf), NULL, &n, &err));
        assert_int_equal(n, 0);
        bw_file_close(&file);
        bw_file_close(&file);
        assert_int_equal(file.fd, -1);
}

static void test_reads_at_an_offset(void **state)
{
        bw_auto_done(bw_file_close) struct bw_file file = BW_FILE_CLOSED;
        char bytes[4] = {0};

        temp_file(*state, "b", "0123456789");
        assert_ok(bw_fs_open(AT_FDCWD, temp_path(*state, "b"), 0, &file, NULL));
        assert_ok(bw_file_read_at(&file, 6, bytes, 4, NULL));
        assert_memory_equal(bytes, "6789", 4);
        assert_int_equal(bw_file_read_at(&file, 7, bytes, 4, NULL), -EINVAL);
}

static void test_refuses_what_is_no_file(void **state)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int s = socket(AF_UNIX, SOCK_STREAM, 0);

        expect_refused(temp_path(*state, "absent"), 0, -ENOENT, "does not exist");
        expect_refused(temp_path(*state, ""), 0, -EISDIR, "is a directory");
        assert_int_equal(mkfifo(temp_path(*state, "fifo"), 0644), 0);
        expect_refused(temp_path(*state, "fifo"), BW_FS_STREAMS, -EINVAL, "named pipe");
        expect_refused("/dev/zero", BW_FS_STREAMS, -EINVAL, "is a device");
        expect_refused("/dev/null", 0, -EINVAL, "is a device");
        (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", temp_path(*state, "socket"));
        assert_int_equal(bind(s, (void *)&address, sizeof(address)), 0);
        expect_refused(address.sun_path, 0, -ENXIO, "socket");
        (void)close(s);
        temp_file(*state, "target", "x");
        temp_link(*state, "link", "target");
        expect_refused(temp_path(*state, "link"), BW_FS_NOFOLLOW, -ELOOP, "link");
        temp_link(*state, "circle", "circle");
        expect_refused(temp_path(*state, "circle"), 0, -ELOOP, "links");
        temp_file(*state, "x", "x");
        expect_refused(temp_path(*state, "x/y"), 0, -ENOTDIR, "not a directory");
}

static void test_takes_a_nameless_pipe(void **state)
{
        struct bw_file file = BW_FILE_CLOSED;
        struct bw_error err = {0};
        char path[40];
        char buf[8];
        int ends[2];
        size_t n;

        (void)state;
        assert_int_equal(pipe(ends), 0);
        (void)snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
        expect_refused(path, 0, -EINVAL, "pipe");
        assert_ok(bw_fs_open(AT_FDCWD, path, BW_FS_STREAMS, &file, &err));
        assert_int_equal(file.stat.kind, BW_FS_PIPE);
        assert_int_equal(write(ends[1], "hello", 5), 5);
        assert_ok(bw_file_read(&file, buf, sizeof(buf), NULL, &n, &err));
        assert_int_equal(n, 5);
        (void)close(ends[1]);
        assert_ok(bw_file_read(&file, buf, sizeof(buf), NULL, &n, &err));
        assert_int_equal(n, 0);
        bw_file_close(&file);
        (void)close(ends[0]);
}

static void test_a_waiting_read_can_be_cancelled(void **state)
{
        atomic_bool cancel = true;
        struct bw_file file = BW_FILE_CLOSED;
        struct bw_error err = {0};
        char path[40];
        char c;
        int ends[2];
        size_t n = 9;

        (void)state;
        assert_int_equal(pipe(ends), 0);
        (void)snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
        assert_ok(bw_fs_open(AT_FDCWD, path, BW_FS_STREAMS, &file, &err));
        assert_int_equal(bw_file_read(&file, &c, 1, &cancel, &n, &err), -EINTR);
        assert_int_equal(n, 9);
        bw_file_close(&file);
        (void)close(ends[0]);
        (void)close(ends[1]);
}

static void test_lists_in_byte_order(void **state)
{
        static const char *const names[] = {"B", "a", "a.yaml", "b\n", "sub", "\xc3\xa9"};
        struct bw_listing listing = {0};
        struct bw_file dir = BW_FILE_CLOSED;
        struct bw_error err = {0};

        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++)
                if (strcmp(names[i], "sub") != 0)
                        temp_file(*state, names[i], "");
        temp_dir(*state, "sub");
        assert_ok(bw_fs_open_dir(AT_FDCWD, temp_path(*state, ""), 0, &dir, &err));
        assert_ok(bw_fs_list(&dir, 100, &listing, &err));
        assert_int_equal(listing.n_entries, BW_ARRAY_SIZE(names));
        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++)
                assert_string_equal(bw_listing_name(&listing, i), names[i]);
        assert_int_equal(listing.entries[0].kind, BW_FS_FILE);
        assert_int_equal(listing.entries[4].kind, BW_FS_DIR);
        bw_file_close(&dir);

        assert_ok(bw_fs_open_dir(AT_FDCWD, temp_path(*state, ""), 0, &dir, &err));
        assert_int_equal(bw_fs_list(&dir, 3, &listing, &err), -E2BIG);
        assert_int_equal(listing.n_entries, 3);
        bw_file_close(&dir);
        bw_listing_done(&listing);
}

static bool is_beneath(struct temp *t, const char *name)
{
        struct bw_file root = BW_FILE_CLOSED;
        bool answer;

        assert_ok(bw_fs_open_dir(AT_FDCWD, temp_path(t, "in"), 0, &root, NULL));
        answer = bw_fs_is_beneath(AT_FDCWD, temp_path(t, name), &root);
        bw_file_close(&root);
        return answer;
}

static void test_tells_what_lies_beneath(void **state)
{
        temp_file(*state, "in/deep/x", "");
        temp_file(*state, "inside-out/x", "");
        temp_file(*state, "y", "");
        temp_link(*state, "in/link-in", "deep/x");
        temp_link(*state, "in/link-out", "../y");
        temp_link(*state, "in/link-beside", "../inside-out/x");
        assert_true(is_beneath(*state, "in/deep/x"));
        assert_true(is_beneath(*state, "in/link-in"));
        assert_false(is_beneath(*state, "in/link-out"));
        assert_false(is_beneath(*state, "in/link-beside"));
        assert_false(is_beneath(*state, "in/absent"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_reads_a_file, setup, teardown),
                cmocka_unit_test_setup_teardown(test_reads_at_an_offset, setup, teardown),
                cmocka_unit_test_setup_teardown(test_refuses_what_is_no_file, setup, teardown),
                cmocka_unit_test_setup_teardown(test_takes_a_nameless_pipe, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_waiting_read_can_be_cancelled, setup, teardown),
                cmocka_unit_test_setup_teardown(test_lists_in_byte_order, setup, teardown),
                cmocka_unit_test_setup_teardown(test_tells_what_lies_beneath, setup, teardown),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
