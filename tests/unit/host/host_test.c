/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "host/host.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/arena.h"
#include "base/error.h"
#include "temptree.h"

static struct temp tree;
static struct bw_arena *arena;

static int setup(void **state BW_UNUSED)
{
        temp_begin(&tree);
        arena = bw_arena_new(0);
        assert_non_null(arena);
        temp_file(&tree, "r/etc/hostname", "# of this machine\n cp1 \n");
        temp_file(&tree, "r/etc/passwd", "root:x:0:0::/root:/bin/sh\nops:x:1001:1001::/:/bin/sh\n");
        temp_file(&tree, "r/etc/group", "root:x:0:\nops:x:1001:\n");
        temp_file(&tree, "r/etc/k/secret", "token\n");
        return 0;
}

static int teardown(void **state BW_UNUSED)
{
        bw_arena_free(arena);
        temp_end(&tree);
        return 0;
}

/* A fixture, unless a table is NULL. */
static struct bw_host *open_host(const char *modes, const char *processes)
{
        struct bw_host_options o = {.root = temp_path(&tree, "r")};
        struct bw_host *host = NULL;
        struct bw_error err = {0};

        if (modes) {
                temp_file(&tree, "modes.tsv", modes);
                o.modes = temp_path(&tree, "modes.tsv");
        }
        if (processes) {
                temp_file(&tree, "processes.tsv", processes);
                o.processes = temp_path(&tree, "processes.tsv");
        }
        if (bw_host_open(&o, &host, &err) < 0)
                fail_msg("%s: %s", err.file, err.message);
        return host;
}

static void test_an_image(void **state BW_UNUSED)
{
        bw_auto(bw_host_close) struct bw_host *host = open_host(NULL, NULL);
        struct bw_host_stat st;
        struct bw_str text;
        struct bw_listing listing = {0};
        uint32_t id;

        assert_false(bw_host_is_live(host));
        assert_false(bw_host_knows_processes(host));
        assert_str(bw_host_name(host), "cp1");
        assert_int_equal(chmod(temp_path(&tree, "r/etc/k/secret"), 04640), 0);
        assert_ok(bw_host_stat(host, "/etc/k/secret", 0, &st, NULL));
        assert_int_equal(st.mode, 04640);
        assert_int_equal(st.uid, geteuid());
        assert_int_equal(st.size, 6);
        assert_ok(bw_host_read(host, arena, "/etc/k/secret", 6, &text, NULL));
        assert_str(text, "token\n");
        assert_int_equal(text.p[text.n], 0);
        assert_int_equal(bw_host_read(host, arena, "/etc/k/secret", 5, &text, NULL), -E2BIG);
        assert_int_equal(bw_host_read(host, arena, "/etc/k", 5, &text, NULL), -EISDIR);
        assert_int_equal(bw_host_read(host, arena, "/etc/none", 5, &text, NULL), -ENOENT);
        assert_str(text, "token\n"); /* untouched */
        assert_true(bw_host_exists(host, "/etc/k"));
        assert_false(bw_host_exists(host, "/etc/none"));
        assert_ok(bw_host_list(host, "/etc", 10, &listing, NULL));
        assert_int_equal(listing.n_entries, 4);
        assert_int_equal(bw_host_list(host, "/etc", 3, &listing, NULL), -E2BIG);
        bw_listing_done(&listing);
        assert_str(bw_host_user(host, 1001), "ops");
        assert_str(bw_host_group(host, 1001), "ops");
        assert_str(bw_host_user(host, 12), "");
        assert_true(bw_host_uid(host, BW_STR("ops"), &id));
        assert_int_equal(id, 1001);
        assert_false(bw_host_gid(host, BW_STR("etcd"), &id));
}

static void test_a_fixtures_modes(void **state BW_UNUSED)
{
        bw_auto(bw_host_close) struct bw_host *host = NULL;
        struct bw_host_stat st;
        struct bw_listing listing = {0};
        struct bw_str s;

        temp_link(&tree, "r/lib", "etc");
        host = open_host("/etc/k/secret\t0640\t1001\t0\n/lib\tlink\t0\t0\n/var/empty/\t0700\t5\t6\n", NULL);
        assert_ok(bw_host_stat(host, "/lib/k/secret", 0, &st, NULL)); /* by the path without links */
        assert_int_equal(st.mode, 0640);
        assert_int_equal(st.uid, 1001);
        assert_int_equal(st.gid, 0);
        assert_ok(bw_host_stat(host, "/etc/passwd", 0, &st, NULL)); /* not listed */
        assert_int_equal(st.mode, 0644);
        assert_int_equal(st.uid, 0);
        assert_ok(bw_host_stat(host, "/etc/k", 0, &st, NULL));
        assert_int_equal(st.mode, 0755);
        assert_ok(bw_host_stat(host, "/lib", BW_FS_NOFOLLOW, &st, NULL));
        assert_int_equal(st.kind, BW_FS_LINK);
        assert_ok(bw_host_link(host, arena, "/lib", &s, NULL));
        assert_str(s, "etc");
        assert_int_equal(bw_host_link(host, arena, "/etc", &s, NULL), -EINVAL);
        assert_ok(bw_host_real(host, arena, "/lib/k/../k/secret", &s, NULL));
        assert_str(s, "/etc/k/secret");
        /* An empty directory, which the tree does not hold. */
        assert_ok(bw_host_stat(host, "/var/empty/", 0, &st, NULL));
        assert_int_equal(st.kind, BW_FS_DIR);
        assert_int_equal(st.gid, 6);
        assert_ok(bw_host_list(host, "/var/empty", 10, &listing, NULL));
        assert_int_equal(listing.n_entries, 0);
        assert_int_equal(bw_host_stat(host, "/etc/k/none", 0, &st, NULL), -ENOENT);
        bw_listing_done(&listing);
}

/* Copies made by a program that knows no links: a file with the target as its text, which the table calls a link. */
static void test_links_as_texts(void **state BW_UNUSED)
{
        bw_auto(bw_host_close) struct bw_host *host = NULL;
        struct bw_host_stat st;
        struct bw_str s;

        temp_file(&tree, "r/lib64", "etc\n");
        temp_file(&tree, "r/etc/k/current", "/lib64/k/../k/secret");
        temp_file(&tree, "r/etc/k/loop", "loop");
        temp_file(&tree, "r/etc/k/text", "/etc/k/secret");
        host = open_host("/etc/k/secret\t0640\t1001\t0\n/lib64\tlink\t0\t0\n/etc/k/current\tlink\t0\t0\n"
                         "/etc/k/loop\tlink\t0\t0\n/etc/k/text\t0600\t0\t0\n",
                         NULL);
        assert_ok(bw_host_stat(host, "/etc/k/current", 0, &st, NULL));
        assert_int_equal(st.mode, 0640);
        assert_ok(bw_host_stat(host, "/etc/k/current", BW_FS_NOFOLLOW, &st, NULL));
        assert_int_equal(st.kind, BW_FS_LINK);
        assert_ok(bw_host_link(host, arena, "/lib64", &s, NULL));
        assert_str(s, "etc");
        assert_ok(bw_host_real(host, arena, "/lib64/k/current", &s, NULL));
        assert_str(s, "/etc/k/secret");
        assert_int_equal(bw_host_stat(host, "/etc/k/loop", 0, &st, NULL), -ELOOP);
        assert_ok(bw_host_stat(host, "/etc/k/text", BW_FS_NOFOLLOW, &st, NULL));
        assert_int_equal(st.kind, BW_FS_FILE);
}

static void expect_reach(struct bw_host *host, const char *path, bool group, bool others, const char *closed_by)
{
        struct bw_host_reach reach;

        assert_ok(bw_host_reach(host, arena, path, &reach, NULL));
        if (reach.group != group || reach.others != others)
                fail_msg("%s: group %d, others %d", path, reach.group, reach.others);
        assert_str(reach.closed_by, closed_by);
}

static void test_reach(void **state BW_UNUSED)
{
        bw_auto(bw_host_close) struct bw_host *host = NULL;

        temp_file(&tree, "r/etc/k/private/a", "");
        temp_file(&tree, "r/etc/k/private/b", "");
        temp_file(&tree, "r/etc/shared/a", "");
        temp_file(&tree, "r/etc/shared/b", "");
        temp_file(&tree, "r/top", "");
        host = open_host("/etc/k/private/\t0700\t0\t0\n/etc/k/private/a\t0644\t0\t0\n/etc/k/private/b\t0600\t0\t0\n"
                         "/etc/shared/\t0750\t0\t1001\n/etc/shared/a\t0644\t0\t1001\n/etc/shared/b\t0644\t0\t0\n"
                         "/etc/k/secret\t0600\t0\t0\n/top\t0604\t0\t0\n",
                         NULL);
        expect_reach(host, "/etc/k/private/a", false, false, "/etc/k/private");
        expect_reach(host, "/etc/k/private/b", false, false, "/etc/k/private");
        expect_reach(host, "/etc/shared/a", true, false, "/etc/shared");
        expect_reach(host, "/etc/shared/b", false, false, "/etc/shared"); /* of another group, same directory */
        expect_reach(host, "/etc/k/secret", false, false, "");
        expect_reach(host, "/etc/passwd", true, true, "");
        expect_reach(host, "/top", false, true, "");
        expect_reach(host, "/etc/k/private", false, false, "");
        expect_reach(host, "/", true, true, "");
}

static void expect_opened(struct bw_host *host, const char *path, const char *by, const char *to)
{
        struct bw_host_reach reach;

        assert_ok(bw_host_reach(host, arena, path, &reach, NULL));
        assert_str(reach.opened_by, by);
        assert_str(reach.opened_to, to);
}

static void test_directories_that_others_write_to(void **state BW_UNUSED)
{
        bw_auto(bw_host_close) struct bw_host *host = NULL;

        temp_file(&tree, "r/open/a", "");
        temp_file(&tree, "r/tmp/a", "");
        temp_file(&tree, "r/users/u/a", "");
        temp_file(&tree, "r/users/u/own", "");
        temp_file(&tree, "r/team/a", "");
        temp_file(&tree, "r/closed/open/a", "");
        host = open_host("/open/\t0777\t0\t0\n/tmp/\t1777\t0\t0\n/users/u/\t0755\t1000\t1000\n"
                         "/users/u/own\t0600\t1000\t1000\n/team/\t0775\t0\t1001\n/closed/\t0700\t0\t0\n"
                         "/closed/open/\t0777\t0\t0\n",
                         NULL);
        expect_opened(host, "/open/a", "/open", "everybody");
        expect_opened(host, "/tmp/a", "", "");
        expect_opened(host, "/users/u/a", "/users/u", "user 1000");
        expect_opened(host, "/users/u/own", "", "");
        expect_opened(host, "/team/a", "/team", "group 1001");
        expect_opened(host, "/closed/open/a", "", ""); /* nobody gets there */
        expect_opened(host, "/etc/passwd", "", "");
}

struct seen {
        char text[1024];
        uint32_t only;
        unsigned n;
};

static bool is_wanted(void *userdata, const struct bw_process *p)
{
        const struct seen *seen = userdata;

        assert_int_equal(p->n_args, 0); /* not read yet */
        return p->pid == seen->only;
}

static int64_t started;

static int note(void *userdata, const struct bw_process *p)
{
        struct seen *seen = userdata;
        size_t n = strlen(seen->text);

        seen->n++;
        started = p->started;
        n += (size_t)snprintf(seen->text + n, sizeof(seen->text) - n, "%u %u %u %.*s %.*s %.*s", p->pid, p->ppid, p->uid,
                              BW_STR_ARG(p->comm), BW_STR_ARG(p->exe), BW_STR_ARG(p->cgroup));
        for (size_t i = 0; i < p->n_args; i++)
                n += (size_t)snprintf(seen->text + n, sizeof(seen->text) - n, " [%.*s]", BW_STR_ARG(p->args[i]));
        (void)snprintf(seen->text + n, sizeof(seen->text) - n, "\n");
        return 0;
}

static void test_a_fixtures_processes(void **state BW_UNUSED)
{
        bw_auto(bw_host_close) struct bw_host *host =
                open_host("", "# pid\n1\t0\t0\tinit\t/sbin/init\t/\t-\tinit\n2\t0\t0\tkthreadd\t-\t/\t-\n"
                              "7\t1\t5\tetcd\t/bin/etcd\t/x\tA=b;C=d=e\tetcd\t--name\tcp 1\n");
        struct seen seen = {.only = 7};
        const struct bw_str *env;
        struct bw_str text;
        size_t n;

        assert_true(bw_host_knows_processes(host));
        assert_false(bw_host_is_live(host));
        assert_ok(bw_host_processes(host, is_wanted, note, &seen, NULL));
        assert_string_equal(seen.text, "7 1 5 etcd /bin/etcd /x [etcd] [--name] [cp 1]\n");
        assert_ok(bw_host_processes(host, NULL, note, &seen, NULL));
        assert_int_equal(seen.n, 4);
        assert_ok(bw_host_environment(host, arena, 7, &env, &n, NULL));
        assert_int_equal(n, 2);
        assert_str(env[1], "C=d=e");
        assert_ok(bw_host_environment(host, arena, 1, &env, &n, NULL));
        assert_int_equal(n, 0);
        assert_int_equal(bw_host_environment(host, arena, 3, &env, &n, NULL), -ENOENT);
        assert_ok(bw_host_read_as(host, 7, arena, "/etc/k/secret", 100, &text, NULL));
        assert_str(text, "token\n");
        temp_file(&tree, "journal-k3s.txt", "Running kube-scheduler --x\n");
        assert_ok(bw_host_journal(host, arena, "k3s", 0, &text, NULL));
        assert_str(text, "Running kube-scheduler --x\n");
        assert_int_equal(bw_host_journal(host, arena, "rke2", 0, &text, NULL), -ENOENT);
}

static void expect_bad(const char *modes, const char *processes, const char *file, uint32_t line)
{
        struct bw_host_options o = {.root = temp_path(&tree, "r")};
        struct bw_host *host = NULL;
        struct bw_error err = {0};

        temp_file(&tree, "modes.tsv", modes);
        temp_file(&tree, "processes.tsv", processes);
        o.modes = temp_path(&tree, "modes.tsv");
        o.processes = temp_path(&tree, "processes.tsv");
        assert_int_equal(bw_host_open(&o, &host, &err), -EINVAL);
        assert_null(host);
        assert_non_null(strstr(err.file, file));
        assert_int_equal(err.line, line);
}

static void test_bad_tables(void **state BW_UNUSED)
{
        struct bw_host_options o = {.root = "/none/such"};
        struct bw_host *host = NULL;
        struct bw_error err = {0};

        expect_bad("\nbad\n", "", "modes.tsv", 2);
        expect_bad("", "1\t0\t0\n", "processes.tsv", 1);
        assert_int_equal(bw_host_open(&o, &host, &err), -ENOENT);
        assert_string_equal(err.file, "/none/such");
        o = (struct bw_host_options){.root = "/", .modes = temp_path(&tree, "none.tsv")};
        assert_int_equal(bw_host_open(&o, &host, &err), -ENOENT);
}

/* No byte of them is read, and nothing waits. */
static void test_big_and_odd_files(void **state BW_UNUSED)
{
        bw_auto(bw_host_close) struct bw_host *host = open_host(NULL, NULL);
        struct bw_error err = {0};
        struct bw_str text;
        int fd = open(temp_path(&tree, "r/etc/huge"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

        assert_true(fd >= 0);
        assert_int_equal(ftruncate(fd, (off_t)10 << 30), 0);
        (void)close(fd);
        assert_int_equal(bw_host_read(host, arena, "/etc/huge", 1 << 20, &text, &err), -E2BIG);
        assert_non_null(strstr(err.message, "larger than 1048576 bytes"));
        assert_int_equal(mkfifo(temp_path(&tree, "r/etc/fifo"), 0644), 0);
        assert_int_equal(bw_host_read(host, arena, "/etc/fifo", 1 << 20, &text, NULL), -EINVAL);
        temp_link(&tree, "r/etc/loop", "loop");
        assert_int_equal(bw_host_read(host, arena, "/etc/loop", 1 << 20, &text, NULL), -ELOOP);
        temp_link(&tree, "r/etc/leave", "../../../../../../../../etc/passwd");
        assert_ok(bw_host_read(host, arena, "/etc/leave", 1 << 20, &text, NULL));
        assert_true(bw_str_starts(text, BW_STR("root:x:0:0::/root:/bin/sh\nops:"))); /* the root's own */
}

static void test_refusals_are_counted(void **state BW_UNUSED)
{
        bw_auto(bw_host_close) struct bw_host *host = open_host(NULL, NULL);
        const uid_t me = geteuid();
        struct bw_str first;
        struct bw_str text;

        assert_int_equal(chmod(tree.path, 0755), 0);
        assert_int_equal(chmod(temp_path(&tree, "r/etc/k"), 0), 0);
        if (me == 0)
                assert_int_equal(seteuid(65534), 0); /* root is refused nothing */
        assert_int_equal(bw_host_read(host, arena, "/etc/k/secret", 100, &text, NULL), -EACCES);
        assert_false(bw_host_exists(host, "/etc/k/secret"));
        if (me == 0)
                assert_int_equal(seteuid(me), 0);
        assert_int_equal(bw_host_refused(host, &first), 2);
        assert_str(first, "/etc/k/secret");
}

static void test_the_live_machine(void **state BW_UNUSED)
{
        bw_auto(bw_host_close) struct bw_host *host = NULL;
        struct seen seen = {.only = (uint32_t)getpid()};
        const struct bw_str *env;
        struct bw_str text;
        char begin[64];
        size_t n;

        assert_ok(bw_host_open(&(struct bw_host_options){0}, &host, NULL));
        assert_true(bw_host_is_live(host));
        assert_true(bw_host_knows_processes(host));
        assert_ok(bw_host_processes(host, is_wanted, note, &seen, NULL));
        assert_int_equal(seen.n, 1);
        (void)snprintf(begin, sizeof(begin), "%u %u %u unit-host-host", (unsigned)getpid(), (unsigned)getppid(),
                       (unsigned)geteuid());
        assert_true(bw_str_starts(bw_str(seen.text), bw_str(begin)));
        assert_non_null(strstr(seen.text, "unit-host-host ")); /* the program */
        assert_true(started <= time(NULL) && started > time(NULL) - 600);
        /* There may be a journal, but it has nothing of such a unit. */
        assert_int_equal(bw_host_journal(host, arena, "bulwark-no-such-unit", 0, &text, NULL), -ENOENT);
        assert_ok(bw_host_environment(host, arena, (uint32_t)getpid(), &env, &n, NULL));
        assert_true(n > 0);
        assert_ok(bw_host_read_as(host, (uint32_t)getpid(), arena, "/etc/passwd", 1 << 20, &text, NULL));
        assert_true(text.n > 0);
        /* Files of the kernel have no size before they are read; this one has no end. */
        assert_ok(bw_host_read(host, arena, "/proc/self/status", 1 << 20, &text, NULL));
        assert_true(bw_str_starts(text, BW_STR("Name:")));
        assert_int_equal(bw_host_environment(host, arena, INT32_MAX, &env, &n, NULL), -ENOENT);
}

/* A program of root's that forbids its memory image looks like root's by the owner of its folder; so does any other. */
static void test_the_user_of_a_process(void **state)
{
        bw_auto(bw_host_close) struct bw_host *host = NULL;
        struct seen seen = {0};
        pid_t child;

        (void)state;
        if (geteuid() != 0)
                skip();
        child = fork();
        if (child == 0) {
                if (setresgid(1234, 1234, 1234) < 0 || setresuid(1234, 1234, 1234) < 0)
                        _exit(1);
                for (;;)
                        (void)pause(); /* a change of user makes /proc/PID root's */
        }
        assert_true(child > 0);
        for (int i = 0; i < 500; i++) {
                struct timespec ms = {.tv_nsec = 1000000};

                seen = (struct seen){.only = (uint32_t)child};
                bw_host_close(bw_take(host));
                assert_ok(bw_host_open(&(struct bw_host_options){0}, &host, NULL));
                assert_ok(bw_host_processes(host, is_wanted, note, &seen, NULL));
                if (strstr(seen.text, " 1234 "))
                        break;
                (void)nanosleep(&ms, NULL);
        }
        (void)kill(child, SIGKILL);
        (void)waitpid(child, NULL, 0);
        assert_non_null(strstr(seen.text, " 1234 "));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_an_image, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_fixtures_modes, setup, teardown),
                cmocka_unit_test_setup_teardown(test_links_as_texts, setup, teardown),
                cmocka_unit_test_setup_teardown(test_reach, setup, teardown),
                cmocka_unit_test_setup_teardown(test_directories_that_others_write_to, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_fixtures_processes, setup, teardown),
                cmocka_unit_test_setup_teardown(test_bad_tables, setup, teardown),
                cmocka_unit_test_setup_teardown(test_big_and_odd_files, setup, teardown),
                cmocka_unit_test_setup_teardown(test_refusals_are_counted, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_live_machine, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_user_of_a_process, setup, teardown),
        };

        return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
