/* SPDX-License-Identifier: Apache-2.0 */
/* Each case runs in a child: a sandbox has no way back. The child's exit status is what happened. */
#define BW_ALLOW_BANNED
#include "os/sandbox.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/error.h"
#include "os/fs.h"
#include "os/pool.h"
#include "os/proc.h"
#include "temptree.h"

#define KILLED 1000 /* ended by SIGSYS */
#define UNSET 255   /* the kernel has no such filter */

static struct temp tree;

static int setup(void **state)
{
        (void)state;
        temp_begin(&tree);
        temp_file(&tree, "in/a.yaml", "kind: Pod\n");
        temp_file(&tree, "secret", "password");
        temp_dir(&tree, "out");
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        temp_end(&tree);
        return 0;
}

/* 0 or the errno of what `act` tried inside the sandbox; KILLED. */
static int in_sandbox(bool writes, int (*act)(void))
{
        pid_t child = fork();
        int status;

        assert_true(child >= 0);
        if (child == 0) {
                struct bw_sandbox sandbox = bw_sandbox_begin();

                bw_sandbox_allow_read(&sandbox, temp_path(&tree, "in"));
                bw_sandbox_allow_read(&sandbox, temp_path(&tree, "absent"));
                if (writes)
                        bw_sandbox_allow_write(&sandbox, temp_path(&tree, "out"));
                bw_sandbox_enter(&sandbox);
                if (!strstr(bw_sandbox_text(&sandbox), "seccomp") || strncmp(bw_sandbox_text(&sandbox), "none", 4) == 0)
                        _exit(UNSET);
                bw_sandbox_done(&sandbox);
                _exit(act());
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
                return KILLED;
        assert_true(WIFEXITED(status));
        if (WEXITSTATUS(status) == UNSET)
                skip();
        return WEXITSTATUS(status);
}

static bool has_landlock(void)
{
        struct bw_sandbox sandbox = bw_sandbox_begin();
        bool has = sandbox.ruleset >= 0;

        bw_sandbox_done(&sandbox);
        return has;
}

static int open_errno(const char *path, int flags)
{
        int fd = open(path, flags, 0600);

        return fd < 0 ? errno : 0;
}

static int read_input(void)
{
        struct bw_file file = BW_FILE_CLOSED;
        char buf[32];
        size_t n;

        if (bw_fs_open(AT_FDCWD, temp_path(&tree, "in/a.yaml"), 0, &file, NULL) < 0)
                return errno;
        if (bw_file_read(&file, buf, sizeof(buf), NULL, &n, NULL) < 0 || n != 10)
                return 1;
        return 0;
}

static int read_secret(void)
{
        return open_errno(temp_path(&tree, "secret"), O_RDONLY);
}

static int write_input(void)
{
        return open_errno(temp_path(&tree, "in/a.yaml"), O_WRONLY);
}

static int create_file(void)
{
        return open_errno(temp_path(&tree, "in/new"), O_RDWR | O_CREAT);
}

static int create_output(void)
{
        if (open_errno(temp_path(&tree, "out/report.tmp"), O_WRONLY | O_CREAT | O_TRUNC))
                return errno;
        return rename(temp_path(&tree, "out/report.tmp"), temp_path(&tree, "out/report")) < 0 ? errno : 0;
}

static int open_socket(void)
{
        return socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int run_program(void)
{
        char *const argv[] = {(char *)"/bin/true", NULL};

        (void)execve(argv[0], argv, NULL);
        return errno;
}

static int fork_process(void)
{
        pid_t child = fork();

        if (child == 0)
                _exit(0);
        return child < 0 ? errno : 0;
}

static int map_code(void)
{
        void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        return p == MAP_FAILED ? errno : 0;
}

static int trace(void)
{
        return syscall(SYS_ptrace, 0, 0, 0, 0) < 0 ? errno : 0;
}

static int open_by_openat2(void)
{
        uint64_t how[3] = {O_RDONLY, 0, 0};

        return syscall(SYS_openat2, AT_FDCWD, temp_path(&tree, "in/a.yaml"), how, sizeof(how)) < 0 ? errno : 0;
}

static int signal_parent(void)
{
        return kill(getppid(), 0) < 0 ? errno : 0;
}

static void thread_reads(void *arg, unsigned index)
{
        (void)index;
        *(int *)arg = has_landlock() ? read_secret() : write_input();
}

/* A thread started later is inside as well. */
static int thread_tries(void)
{
        struct bw_pool *pool = NULL;
        int result = 0;

        if (bw_pool_start(1, 1, thread_reads, &result, &pool, NULL) < 0)
                return 99;
        bw_pool_join(pool);
        return result == EACCES || result == EPERM ? 0 : 98;
}

static void test_lets_work_go_on(void **state)
{
        (void)state;
        assert_int_equal(in_sandbox(false, read_input), 0);
        assert_int_equal(in_sandbox(false, thread_tries), 0);
}

static void test_refuses_other_files(void **state)
{
        (void)state;
        if (!has_landlock())
                skip();
        assert_int_equal(in_sandbox(false, read_secret), EACCES);
}

static void test_refuses_writing(void **state)
{
        (void)state;
        assert_int_equal(in_sandbox(false, write_input), EPERM);
        assert_int_equal(in_sandbox(false, create_file), EPERM);
        assert_int_equal(in_sandbox(false, create_output), EPERM);
}

static void test_outputs_can_be_allowed(void **state)
{
        (void)state;
        assert_int_equal(in_sandbox(true, create_output), 0);
        if (!has_landlock())
                skip();
        assert_int_equal(in_sandbox(true, create_file), EACCES);
        assert_int_equal(in_sandbox(true, read_secret), EACCES);
}

static void test_refuses_what_reading_does_not_need(void **state)
{
        (void)state;
        assert_int_equal(in_sandbox(false, open_socket), EPERM);
        assert_int_equal(in_sandbox(false, fork_process), EPERM);
        assert_int_equal(in_sandbox(false, map_code), EPERM);
        assert_int_equal(in_sandbox(false, signal_parent), EPERM);
        assert_int_equal(in_sandbox(false, open_by_openat2), ENOSYS);
}

static void test_ends_what_only_an_exploit_does(void **state)
{
        (void)state;
        assert_int_equal(in_sandbox(false, run_program), KILLED);
        assert_int_equal(in_sandbox(false, trace), KILLED);
}

static void test_hides_memory(void **state)
{
        pid_t child = fork();
        int status;

        (void)state;
        if (child == 0) {
                bw_proc_hide_memory();
                _exit(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_lets_work_go_on, setup, teardown),
                cmocka_unit_test_setup_teardown(test_refuses_other_files, setup, teardown),
                cmocka_unit_test_setup_teardown(test_refuses_writing, setup, teardown),
                cmocka_unit_test_setup_teardown(test_outputs_can_be_allowed, setup, teardown),
                cmocka_unit_test_setup_teardown(test_refuses_what_reading_does_not_need, setup, teardown),
                cmocka_unit_test_setup_teardown(test_ends_what_only_an_exploit_does, setup, teardown),
                cmocka_unit_test(test_hides_memory),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
