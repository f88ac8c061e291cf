/* SPDX-License-Identifier: Apache-2.0 */
#include "os/spawn.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/fault.h"
#include "os/clock.h"
#include "os/fs.h"

#define POLL_MS 50       /* how long an end, or a cancellation, may take to be seen */
#define KILL_MS 1000     /* from SIGTERM to SIGKILL */
#define LEFT_MS 1000     /* for output that comes after the end: of a child that it left behind */
#define FDS_MAX 1024     /* closed one by one where the kernel has no close_range (before 5.9) */

struct child {
        pid_t pid;
        int out;             /* what it prints; -1: closed */
        bool has_ended;
        int wait_status;
};

static uint64_t now_ms(void)
{
        return bw_clock_ticks() / 1000000;
}

static int os_error(struct bw_error *reterr, const char *what, int code)
{
        return bw_error_set(reterr, -code, "%s: %s", what, bw_errno_text(code));
}

static void close_fd(int *fd)
{
        if (*fd >= 0)
                (void)close(*fd);
        *fd = -1;
}

/* ---- in the child: nothing here but system calls */

static void close_others(int first)
{
        if (syscall(SYS_close_range, (unsigned)first, ~0U, 0U) == 0)
                return;
        for (int fd = first; fd < FDS_MAX; fd++)
                (void)close(fd);
}

static BW_NORETURN void run_child(const struct bw_spawn *spawn, int out, int problem, pid_t parent)
{
        const struct sigaction by_default = {.sa_handler = SIG_DFL};
        sigset_t none;
        int code;

        for (int s = 1; s < NSIG; s++)
                (void)sigaction(s, &by_default, NULL);
        (void)sigemptyset(&none);
        (void)sigprocmask(SIG_SETMASK, &none, NULL);
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
                _exit(127);
        if (!spawn->with_stdin) {
                int null = open("/dev/null", O_RDONLY);

                if (null < 0 || (null != STDIN_FILENO && dup2(null, STDIN_FILENO) < 0))
                        goto failed;
        }
        if (dup2(out, STDOUT_FILENO) < 0)
                goto failed;
        /* 3 is kept for telling that execve failed: it closes when execve succeeds. */
        if (problem != 3 && dup3(problem, 3, O_CLOEXEC) < 0)
                goto failed;
        problem = 3;
        close_others(4);
        /* POSIX has no const there, and writes to neither. */
        (void)execve(spawn->program, (char *const *)(uintptr_t)spawn->args, (char *const *)(uintptr_t)spawn->env);
failed:
        code = errno;
        (void)!write(problem, &code, sizeof(code));
        _exit(127);
}

/* ---- starting */

static int make_pipe(int fds[2], struct bw_error *reterr)
{
        if (bw_fault(BW_FAULT_OPEN))
                return os_error(reterr, "a pipe", EMFILE);
        return pipe2(fds, O_CLOEXEC) < 0 ? os_error(reterr, "a pipe", errno) : 0;
}

/* What the child says of execve: nothing when it went well. */
static int read_problem(int fd)
{
        int code = 0;
        ssize_t n;

        do
                n = read(fd, &code, sizeof(code));
        while (n < 0 && errno == EINTR);
        return n == (ssize_t)sizeof(code) ? code : 0;
}

static void reap(struct child *child)
{
        int r;

        do
                r = waitpid(child->pid, &child->wait_status, 0);
        while (r < 0 && errno == EINTR);
        child->has_ended = true;
}

static const char *start_text(int code)
{
        switch (code) {
        case ENOENT:
                return "does not exist, or what its first line names does not";
        case EACCES:
                return "may not be run: it is no program, or permission is denied";
        case ENOEXEC:
                return "is no program: a script begins with a line such as #!/bin/sh";
        case E2BIG:
                return "cannot be started: its arguments and environment are too large";
        default:
                return bw_errno_text(code);
        }
}

static int start(const struct bw_spawn *spawn, struct child *child, struct bw_error *reterr)
{
        int out[2] = {-1, -1};
        int problem[2] = {-1, -1};
        pid_t parent = getpid();
        int code = 0;
        int r = make_pipe(out, reterr);

        if (r == 0)
                r = make_pipe(problem, reterr);
        if (r == 0) {
                child->pid = fork();
                if (child->pid == 0)
                        run_child(spawn, out[1], problem[1], parent);
                if (child->pid < 0)
                        r = os_error(reterr, "a new process", errno);
        }
        close_fd(&out[1]);
        close_fd(&problem[1]);
        if (r == 0)
                code = read_problem(problem[0]);
        close_fd(&problem[0]);
        if (code) {
                reap(child);
                r = bw_error_set(reterr, -code, "%s", start_text(code));
        }
        if (r < 0)
                close_fd(&out[0]);
        child->out = out[0];
        return r;
}

/* ---- waiting */

static void look_for_end(struct child *child)
{
        int r = child->has_ended ? 0 : waitpid(child->pid, &child->wait_status, WNOHANG);

        /* Somebody else waited for it, or children are not waited for at all: it has ended, and how is lost. */
        if (r < 0 && errno == ECHILD)
                child->wait_status = 127 << 8;
        child->has_ended |= r == child->pid || (r < 0 && errno == ECHILD);
}

static void end_it(struct child *child)
{
        uint64_t until = now_ms() + KILL_MS;

        look_for_end(child);
        if (!child->has_ended)
                (void)kill(child->pid, SIGTERM);
        while (!child->has_ended && now_ms() < until) {
                (void)poll(NULL, 0, 10);
                look_for_end(child);
        }
        if (child->has_ended)
                return;
        (void)kill(child->pid, SIGKILL);
        reap(child);
}

static int check_limits(const struct bw_spawn *spawn, uint64_t since, struct bw_error *reterr)
{
        if (spawn->cancel && atomic_load_explicit(spawn->cancel, memory_order_relaxed))
                return bw_error_set(reterr, -EINTR, "interrupted");
        if (now_ms() - since > spawn->timeout_ms)
                return bw_error_set(reterr, -ETIMEDOUT, "did not end within %u s", spawn->timeout_ms / 1000);
        return 0;
}

/* Takes what is there. The end closes child->out. */
static int take_output(const struct bw_spawn *spawn, struct child *child, struct bw_buf *out, size_t begin, struct bw_error *reterr)
{
        size_t room = spawn->most + 1 - (out->n - begin);
        char *to = bw_buf_reserve(out, room);
        ssize_t n;

        if (!to)
                return bw_error_nomem(reterr);
        if (bw_fault(BW_FAULT_READ))
                return os_error(reterr, "its output", EIO);
        n = read(child->out, to, room);
        if (n < 0)
                return errno == EINTR ? 0 : os_error(reterr, "its output", errno);
        if (n == 0)
                close_fd(&child->out);
        else
                bw_buf_commit(out, (size_t)n);
        if (out->n - begin > spawn->most)
                return bw_error_set(reterr, -E2BIG, "prints more than %zu bytes", spawn->most);
        return 0;
}

static int watch(const struct bw_spawn *spawn, struct child *child, struct bw_buf *out, struct bw_error *reterr)
{
        uint64_t since = now_ms();
        uint64_t ended = 0;
        size_t begin = out->n;
        int r = 0;

        while (r == 0 && (child->out >= 0 || !child->has_ended)) {
                struct pollfd p = {.fd = child->out, .events = POLLIN};

                /* Of what it left behind, the output is not waited for. */
                if (child->has_ended && ended == 0)
                        ended = now_ms();
                if (ended && now_ms() - ended > LEFT_MS)
                        break;
                if (poll(&p, child->out >= 0, child->out >= 0 ? POLL_MS : 1) > 0)
                        r = take_output(spawn, child, out, begin, reterr);
                look_for_end(child);
                if (r == 0 && !child->has_ended)
                        r = check_limits(spawn, since, reterr);
        }
        return r;
}

int bw_spawn_read(const struct bw_spawn *spawn, struct bw_buf *out, struct bw_spawn_end *ret, struct bw_error *reterr)
{
        struct child child = {.pid = -1, .out = -1};
        int r;

        if (!bw_buf_reserve(out, spawn->most + 1))
                return bw_error_nomem(reterr);
        r = start(spawn, &child, reterr);
        if (r < 0)
                return r;
        r = watch(spawn, &child, out, reterr);
        close_fd(&child.out);
        if (r < 0) {
                end_it(&child);
                return r;
        }
        *ret = (struct bw_spawn_end){.status = WIFEXITED(child.wait_status) ? WEXITSTATUS(child.wait_status) : -1,
                                     .signal = WIFSIGNALED(child.wait_status) ? WTERMSIG(child.wait_status) : 0};
        return 0;
}

/* ---- finding */

int bw_spawn_find(struct bw_arena *arena, struct bw_str name, struct bw_str path, struct bw_str *ret, struct bw_error *reterr)
{
        struct bw_str folder;
        struct stat st;

        while (bw_str_split(&path, ':', &folder)) {
                struct bw_str file = bw_arena_printf(arena, "%.*s/%.*s", BW_STR_ARG(folder.n ? folder : BW_STR(".")),
                                                     BW_STR_ARG(name));

                if (!file.p)
                        return bw_arena_error(arena, reterr);
                if (stat(file.p, &st) < 0 || S_ISDIR(st.st_mode) || faccessat(AT_FDCWD, file.p, X_OK, AT_EACCESS) < 0)
                        continue;
                if (file.p[0] != '/')
                        return bw_error_set(reterr, -EPERM, "is found by a part of PATH that is relative, and so depends on the "
                                                            "current directory: that is not run");
                *ret = file;
                return 0;
        }
        return bw_error_set(reterr, -ENOENT, "is not in PATH");
}

bool bw_spawn_may_ask(void)
{
        return isatty(STDIN_FILENO) == 1;
}

const char *const *bw_spawn_env(void)
{
        return (const char *const *)environ;
}
