/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "os/root.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "base/error.h"
#include "base/limits.h"
#include "temptree.h"

static struct temp tree;
static struct bw_root root;

static int setup(void **state BW_UNUSED)
{
        temp_begin(&tree);
        temp_file(&tree, "outside", "outside\n");
        temp_file(&tree, "r/etc/a", "a\n");
        assert_ok(bw_root_open(AT_FDCWD, temp_path(&tree, "r"), &root, NULL));
        return 0;
}

static int teardown(void **state BW_UNUSED)
{
        bw_root_close(&root);
        temp_end(&tree);
        return 0;
}

/* What path is, without links. */
static void expect_path(const char *path, const char *real)
{
        struct bw_spot spot;
        struct bw_error err = {0};

        if (bw_root_find(&root, path, 0, &spot, &err) < 0)
                fail_msg("%s: %s", path, err.message);
        assert_string_equal(spot.path, real);
        assert_int_equal(spot.path_n, strlen(real));
        bw_spot_done(&spot);
        bw_spot_done(&spot);
}

static void expect_refused(const char *path, unsigned flags, int code)
{
        struct bw_spot spot;
        struct bw_error err = {0};

        assert_int_equal(bw_root_find(&root, path, flags, &spot, &err), code);
        assert_int_equal(err.code, code);
        assert_true(err.message[0]);
}

static void expect_text(const char *path, const char *text)
{
        struct bw_spot spot;
        struct bw_file file = BW_FILE_CLOSED;
        char buf[64];
        size_t n;

        assert_ok(bw_root_find(&root, path, 0, &spot, NULL));
        assert_ok(bw_spot_open(&spot, &file, NULL));
        assert_ok(bw_file_read(&file, buf, sizeof(buf), NULL, &n, NULL));
        assert_str(bw_str_n(buf, n), text);
        bw_file_close(&file);
        bw_spot_done(&spot);
}

static void test_paths(void **state BW_UNUSED)
{
        expect_path("/", "/");
        expect_path("etc", "/etc");
        expect_path("//etc//./a", "/etc/a");
        expect_path("/etc/", "/etc");
        expect_path("/etc/..", "/");
        expect_path("/etc/../etc/a", "/etc/a");
        expect_refused("", 0, -ENOENT);
        expect_refused("/none", 0, -ENOENT);
        expect_refused("/none/a", 0, -ENOENT);
        expect_refused("/etc/a/b", 0, -ENOTDIR);
        expect_refused("/etc/a/", 0, -ENOTDIR);
}

static void test_links_stay_inside(void **state BW_UNUSED)
{
        temp_link(&tree, "r/absolute", "/etc/a");
        temp_link(&tree, "r/up", "../../../../outside");
        temp_link(&tree, "r/etc/up", "../../outside");
        temp_link(&tree, "r/lib", "etc");
        temp_link(&tree, "r/etc/deep", "/lib/../absolute");
        temp_link(&tree, "r/slash", "etc/");
        expect_text("/absolute", "a\n");
        expect_path("/lib/a", "/etc/a");
        expect_path("/lib/../etc/a", "/etc/a"); /* the link's parent is the root */
        expect_path("/etc/deep", "/etc/a");
        expect_path("/slash", "/etc");
        expect_path("/../../etc/a", "/etc/a");
        expect_refused("/up", 0, -ENOENT);
        expect_refused("/etc/up", 0, -ENOENT);
}

static void test_loops_and_dangling_links(void **state BW_UNUSED)
{
        char name[32];
        char target[32];

        temp_link(&tree, "r/self", "self");
        temp_link(&tree, "r/x", "y");
        temp_link(&tree, "r/y", "x");
        temp_link(&tree, "r/grow", "grow/grow");
        temp_link(&tree, "r/nowhere", "/none/at/all");
        expect_refused("/self", 0, -ELOOP);
        expect_refused("/x", 0, -ELOOP);
        expect_refused("/x/a", 0, -ELOOP);
        expect_refused("/grow", 0, -ELOOP);
        expect_refused("/nowhere", 0, -ENOENT);
        /* As many links as the limit allows, and one more. */
        for (unsigned i = 0; i <= BW_LIMIT_HOST_LINKS; i++) {
                (void)snprintf(name, sizeof(name), "r/l%u", i);
                (void)snprintf(target, sizeof(target), i ? "l%u" : "etc/a", i - 1);
                temp_link(&tree, name, target);
        }
        (void)snprintf(name, sizeof(name), "/l%u", BW_LIMIT_HOST_LINKS - 1);
        expect_path(name, "/etc/a");
        (void)snprintf(name, sizeof(name), "/l%u", BW_LIMIT_HOST_LINKS);
        expect_refused(name, 0, -ELOOP);
}

static void test_the_link_itself(void **state BW_UNUSED)
{
        struct bw_spot spot;
        char to[PATH_MAX];
        size_t n;

        temp_link(&tree, "r/etc/link", "/none");
        assert_ok(bw_root_find(&root, "/etc/link", BW_FS_NOFOLLOW, &spot, NULL));
        assert_int_equal(spot.kind, BW_FS_LINK);
        assert_string_equal(spot.path, "/etc/link");
        assert_ok(bw_spot_link(&spot, to, sizeof(to), &n, NULL));
        assert_str(bw_str_n(to, n), "/none");
        bw_spot_done(&spot);
        assert_ok(bw_root_find(&root, "/etc/a", BW_FS_NOFOLLOW, &spot, NULL));
        assert_int_equal(bw_spot_link(&spot, to, sizeof(to), &n, NULL), -EINVAL);
        bw_spot_done(&spot);
}

static void test_depth(void **state BW_UNUSED)
{
        char path[2 * (BW_LIMIT_HOST_DEPTH + 2)];
        size_t n = 0;
        int fd = open(temp_path(&tree, "r"), O_PATH | O_DIRECTORY | O_CLOEXEC);

        for (unsigned i = 0; i <= BW_LIMIT_HOST_DEPTH; i++) {
                int next;

                assert_int_equal(mkdirat(fd, "d", 0755), 0);
                next = openat(fd, "d", O_PATH | O_DIRECTORY | O_CLOEXEC);
                (void)close(fd);
                fd = next;
        }
        (void)close(fd);
        for (unsigned i = 0; i <= BW_LIMIT_HOST_DEPTH; i++) {
                path[n++] = 'd';
                path[n++] = '/';
        }
        path[n - 2] = '\0';
        path[n - 3] = '\0'; /* the limit: one level less */
        {
                struct bw_spot spot;

                assert_ok(bw_root_find(&root, path, 0, &spot, NULL));
                bw_spot_done(&spot);
        }
        path[n - 3] = '/';
        path[n - 2] = 'd';
        path[n - 1] = '/';
        path[n] = '\0';
        expect_refused(path, 0, -ENAMETOOLONG);
        memset(path, 'n', sizeof(path) - 1);
        path[NAME_MAX + 1] = '\0';
        expect_refused(path, 0, -ENAMETOOLONG);
}

static void expect_not_opened(const char *path, int code, const char *text)
{
        struct bw_spot spot;
        struct bw_file file = {.fd = 77};
        struct bw_error err = {0};

        assert_ok(bw_root_find(&root, path, 0, &spot, NULL));
        assert_int_equal(bw_spot_open(&spot, &file, &err), code);
        assert_int_equal(file.fd, 77);
        if (!strstr(err.message, text))
                fail_msg("\"%s\" does not say \"%s\"", err.message, text);
        bw_spot_done(&spot);
}

static void test_what_is_no_file(void **state BW_UNUSED)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", temp_path(&tree, "r/socket"));
        assert_int_equal(bind(fd, (void *)&address, sizeof(address)), 0);
        (void)close(fd);
        assert_int_equal(mkfifo(temp_path(&tree, "r/fifo"), 0644), 0);
        expect_not_opened("/fifo", -EINVAL, "named pipe");
        expect_not_opened("/socket", -EINVAL, "socket");
        expect_not_opened("/etc", -EISDIR, "directory");
}

static void test_a_device(void **state BW_UNUSED)
{
        struct bw_root machine = BW_ROOT_CLOSED;
        struct bw_spot spot;
        struct bw_file file = {.fd = 77};

        assert_ok(bw_root_open(AT_FDCWD, "/", &machine, NULL));
        assert_ok(bw_root_find(&machine, "/dev/zero", 0, &spot, NULL));
        assert_int_equal(spot.kind, BW_FS_DEVICE);
        assert_int_equal(bw_spot_open(&spot, &file, NULL), -EINVAL);
        bw_spot_done(&spot);
        bw_root_close(&machine);
}

/* What was found is a file; before it is opened something else takes its place. */
static void test_replaced_meanwhile(void **state BW_UNUSED)
{
        static const char *const names[] = {"fifo", "link", "file"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++) {
                struct bw_spot spot;
                struct bw_file file = {.fd = 77};

                temp_file(&tree, "r/raced", "first\n");
                temp_file(&tree, "r/file", "second\n");
                if (i == 0) {
                        (void)unlink(temp_path(&tree, "r/fifo"));
                        assert_int_equal(mkfifo(temp_path(&tree, "r/fifo"), 0644), 0);
                        temp_link(&tree, "r/link", "/etc/a");
                }
                assert_ok(bw_root_find(&root, "/raced", 0, &spot, NULL));
                {
                        char from[512];

                        (void)snprintf(from, sizeof(from), "r/%s", names[i]);
                        assert_int_equal(rename(temp_path(&tree, from), temp_path(&tree, "r/raced")), 0);
                }
                assert_true(bw_spot_open(&spot, &file, NULL) < 0);
                assert_int_equal(file.fd, 77);
                bw_spot_done(&spot);
                (void)unlink(temp_path(&tree, "r/raced"));
        }
}

static void test_lists_a_directory(void **state BW_UNUSED)
{
        struct bw_spot spot;
        struct bw_file dir = BW_FILE_CLOSED;
        struct bw_listing listing = {0};

        temp_file(&tree, "r/sub/b", "");
        temp_file(&tree, "r/sub/a", "");
        assert_ok(bw_root_find(&root, "/sub", 0, &spot, NULL));
        assert_ok(bw_spot_open_dir(&spot, &dir, NULL));
        assert_ok(bw_fs_list(&dir, 10, &listing, NULL));
        assert_int_equal(listing.n_entries, 2);
        assert_string_equal(bw_listing_name(&listing, 0), "a");
        bw_listing_done(&listing);
        bw_file_close(&dir);
        bw_spot_done(&spot);
        assert_ok(bw_root_find(&root, "/sub/a", 0, &spot, NULL));
        assert_int_equal(bw_spot_open_dir(&spot, &dir, NULL), -ENOTDIR);
        bw_spot_done(&spot);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_paths, setup, teardown),
                cmocka_unit_test_setup_teardown(test_links_stay_inside, setup, teardown),
                cmocka_unit_test_setup_teardown(test_loops_and_dangling_links, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_link_itself, setup, teardown),
                cmocka_unit_test_setup_teardown(test_depth, setup, teardown),
                cmocka_unit_test_setup_teardown(test_what_is_no_file, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_device, setup, teardown),
                cmocka_unit_test_setup_teardown(test_replaced_meanwhile, setup, teardown),
                cmocka_unit_test_setup_teardown(test_lists_a_directory, setup, teardown),
        };

        return cmocka_run_group_tests_name("root", tests, NULL, NULL);
}
