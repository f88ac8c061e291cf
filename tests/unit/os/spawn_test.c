/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that are started: what they get, what is read of them, how they end. */
#define BW_ALLOW_BANNED
#include "os/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "os/clock.h"
#include "temptree.h"

static int setup(void **state)
{
        static struct temp t;

        /* Not where temp_begin() would make it: programs may not be run from /dev/shm everywhere. */
        t = (struct temp){.path = "/tmp/bulwark-XXXXXX"};
        assert_non_null(mkdtemp(t.path));
        *state = &t;
        return 0;
}

static int teardown(void **state)
{
        temp_end(*state);
        return 0;
}

static const char *const no_env[] = {"A=1", NULL};

static int run(const char *script, size_t most, unsigned timeout_ms, const atomic_bool *cancel, struct bw_buf *out,
               struct bw_spawn_end *end, struct bw_error *err)
{
        const char *const args[] = {"sh", "-c", script, "sh", "a b", "$(id)", NULL};
        const struct bw_spawn spawn = {.program = "/bin/sh",
                                       .args = args,
                                       .env = no_env,
                                       .most = most,
                                       .timeout_ms = timeout_ms,
                                       .cancel = cancel};

        return bw_spawn_read(&spawn, out, end, err);
}

static void test_what_it_gets(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_spawn_end end;
        struct bw_error err = {0};

        (void)state;
        assert_ok(run("echo \"$#:$1:$2:$A:$HOME\"; cat; ls /proc/self/fd | wc -l; trap", 1000, 20000, NULL, &out, &end, &err));
        assert_int_equal(end.status, 0);
        assert_int_equal(end.signal, 0);
        /* 0, 1, 2 and the one that ls reads the folder by. */
        assert_str(bw_buf_view(&out), "2:a b:$(id):1:\n4\n");
}

static void test_how_it_ends(void **state)
{
        static const struct {
                const char *script;
                int status;
                int signal;
        } rows[] = {{"exit 0", 0, 0}, {"exit 3", 3, 0}, {"kill -9 $$", -1, SIGKILL}, {"exec 1>&-; exit 7", 7, 0}};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                struct bw_spawn_end end;

                assert_ok(run(rows[i].script, 100, 20000, NULL, &out, &end, NULL));
                assert_int_equal(end.status, rows[i].status);
                assert_int_equal(end.signal, rows[i].signal);
        }
}

static void test_limit_of_output(void **state)
{
        (void)state;
        for (size_t n = 99; n <= 101; n++) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                struct bw_error err = {0};
                struct bw_spawn_end end;
                char script[64];
                int r;

                (void)snprintf(script, sizeof(script), "head -c %zu /dev/zero", n);
                r = run(script, 100, 20000, NULL, &out, &end, &err);
                assert_int_equal(r, n > 100 ? -E2BIG : 0);
                if (n > 100)
                        assert_string_equal(err.message, "prints more than 100 bytes");
                else
                        assert_int_equal(out.n, n);
        }
}

static void test_time_and_cancellation(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        atomic_bool cancel = true;
        struct bw_error err = {0};
        struct bw_spawn_end end;
        uint64_t begin = bw_clock_ticks();

        (void)state;
        assert_int_equal(run("exec sleep 60", 100, 200, NULL, &out, &end, &err), -ETIMEDOUT);
        /* SIGTERM is not enough for this one. */
        assert_int_equal(run("trap '' TERM; while :; do :; done", 100, 200, NULL, &out, &end, &err), -ETIMEDOUT);
        bw_error_clear(&err);
        assert_int_equal(run("exec sleep 60", 100, 60000, &cancel, &out, &end, &err), -EINTR);
        assert_string_equal(err.message, "interrupted");
        assert_true(bw_clock_ticks() - begin < UINT64_C(30000000000));
}

/* A child of its own that holds the pipe open does not hold us. */
static void test_left_behind(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_spawn_end end;
        uint64_t begin = bw_clock_ticks();

        (void)state;
        assert_ok(run("sleep 20 & echo done", 100, 60000, NULL, &out, &end, NULL));
        assert_str(bw_buf_view(&out), "done\n");
        assert_true(bw_clock_ticks() - begin < UINT64_C(15000000000));
}

static void test_cannot_start(void **state)
{
        static const struct {
                const char *file;
                mode_t mode;
                int code;
                const char *message;
        } rows[] = {
                {"none", 0, -ENOENT, "does not exist, or what its first line names does not"},
                {"plain", 0644, -EACCES, "may not be run: it is no program, or permission is denied"},
                {"text", 0755, -ENOEXEC, "is no program: a script begins with a line such as #!/bin/sh"},
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                const char *const args[] = {"x", NULL};
                struct bw_spawn spawn = {.args = args, .env = no_env, .most = 10, .timeout_ms = 1000};
                struct bw_spawn_end end = {.status = 77};
                struct bw_error err = {0};

                if (rows[i].mode) {
                        temp_file(*state, rows[i].file, "echo hello\n");
                        assert_int_equal(chmod(temp_path(*state, rows[i].file), rows[i].mode), 0);
                }
                spawn.program = temp_path(*state, rows[i].file);
                assert_int_equal(bw_spawn_read(&spawn, &out, &end, &err), rows[i].code);
                assert_string_equal(err.message, rows[i].message);
                assert_int_equal(end.status, 77);
        }
}

static void test_finding(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_str found = BW_STR("untouched");
        struct bw_error err = {0};
        struct bw_str path;

        temp_file(*state, "a/tool", "");
        temp_file(*state, "b/tool", "");
        temp_file(*state, "c/tool/x", "");
        assert_int_equal(chmod(temp_path(*state, "b/tool"), 0755), 0);
        /* Not the one that nobody may run, nor the folder. */
        path = bw_arena_printf(arena, "%.*s", BW_STR_ARG(bw_str(temp_path(*state, "a"))));
        path = bw_arena_printf(arena, "%.*s:%s", BW_STR_ARG(path), temp_path(*state, "c"));
        assert_int_equal(bw_spawn_find(arena, BW_STR("tool"), path, &found, &err), -ENOENT);
        assert_string_equal(err.message, "is not in PATH");
        assert_str(found, "untouched");
        path = bw_arena_printf(arena, "%.*s:%s", BW_STR_ARG(path), temp_path(*state, "b"));
        assert_ok(bw_spawn_find(arena, BW_STR("tool"), path, &found, &err));
        assert_str(found, temp_path(*state, "b/tool"));
}

static void test_not_from_the_current_directory(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const char *const paths[] = {".", "", ":/nowhere", "/nowhere::/x"};

        temp_file(*state, "bwtool", "");
        assert_int_equal(chmod(temp_path(*state, "bwtool"), 0755), 0);
        assert_int_equal(chdir(temp_path(*state, "")), 0);
        for (size_t i = 0; i < BW_ARRAY_SIZE(paths); i++) {
                struct bw_str found;

                assert_int_equal(bw_spawn_find(arena, BW_STR("bwtool"), bw_str(paths[i]), &found, NULL), -EPERM);
        }
        assert_int_equal(fchdir(before), 0);
        (void)close(before);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_it_gets),
                cmocka_unit_test(test_how_it_ends),
                cmocka_unit_test(test_limit_of_output),
                cmocka_unit_test(test_time_and_cancellation),
                cmocka_unit_test(test_left_behind),
                cmocka_unit_test_setup_teardown(test_cannot_start, setup, teardown),
                cmocka_unit_test_setup_teardown(test_finding, setup, teardown),
                cmocka_unit_test_setup_teardown(test_not_from_the_current_directory, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
