/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED /* _exit: a child has nothing to clean up */
#include "os/child.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "os/proc.h"

_Static_assert(BW_CHILD_MESSAGE <= PIPE_BUF, "messages come whole");

/* A child that outlives its parent would go on asking for what nobody reads. */
static void tie_to_parent(pid_t parent)
{
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (getppid() != parent)
                _exit(1);
        (void)signal(SIGPIPE, SIG_IGN);
}

static void *wait_for_stop(void *arg)
{
        char byte;

        while (read((int)(intptr_t)arg, &byte, 1) < 0 && errno == EINTR)
                ;
        bw_proc_interrupt();
        return NULL;
}

/* Without a thread it ends when the parent does. */
static void listen_for_stop(int fd)
{
        pthread_t thread;
        sigset_t all;
        sigset_t before;

        (void)sigfillset(&all);
        (void)pthread_sigmask(SIG_SETMASK, &all, &before);
        if (pthread_create(&thread, NULL, wait_for_stop, (void *)(intptr_t)fd) == 0)
                (void)pthread_detach(thread);
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

enum pipes { DATA, MESSAGES, STOP, N_PIPES };

static int start(void (*run)(void *userdata, int data, int messages), void *userdata, int fds[N_PIPES][2],
                 struct bw_child *ret, struct bw_error *reterr)
{
        pid_t parent = getpid();
        pid_t pid = fork();

        if (pid < 0)
                return bw_error_set(reterr, -errno, "a process for the cluster cannot be started: %s", strerrordesc_np(errno));
        if (pid == 0) {
                tie_to_parent(parent);
                (void)close(fds[DATA][0]);
                (void)close(fds[MESSAGES][0]);
                (void)close(fds[STOP][1]);
                listen_for_stop(fds[STOP][0]);
                run(userdata, fds[DATA][1], fds[MESSAGES][1]);
                _exit(0);
        }
        *ret = (struct bw_child){.pid = pid, .data = fds[DATA][0], .messages = fds[MESSAGES][0], .stop = fds[STOP][1]};
        return 0;
}

static void close_one(int fd)
{
        if (fd >= 0)
                (void)close(fd);
}

int bw_child_start(void (*run)(void *userdata, int data, int messages), void *userdata, struct bw_child *ret,
                   struct bw_error *reterr)
{
        int fds[N_PIPES][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
        int r = 0;

        for (size_t i = 0; r == 0 && i < N_PIPES; i++)
                if (pipe2(fds[i], O_CLOEXEC) < 0)
                        r = bw_error_set(reterr, -errno, "no pipe: %s", strerrordesc_np(errno));
        if (r == 0)
                r = start(run, userdata, fds, ret, reterr);
        for (size_t i = 0; i < N_PIPES; i++)
                for (int end = 0; end < 2; end++)
                        if (r < 0 || end == (i == STOP ? 0 : 1))
                                close_one(fds[i][end]);
        return r;
}

int bw_child_message(const struct bw_child *child, void *to, size_t n, struct bw_error *reterr)
{
        size_t got = 0;

        while (got < n) {
                ssize_t r = read(child->messages, (char *)to + got, n - got);

                if (r < 0 && errno == EINTR)
                        continue;
                if (r < 0)
                        return bw_error_set(reterr, -errno, "the process for the cluster cannot be heard: %s",
                                            strerrordesc_np(errno));
                if (r == 0)
                        break;
                got += (size_t)r;
        }
        return got == n;
}

void bw_child_end(struct bw_child *child)
{
        close_one(child->data);
        close_one(child->messages);
        close_one(child->stop);
        if (child->pid > 0) {
                (void)kill(child->pid, SIGKILL);
                while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
                        ;
        }
        *child = (struct bw_child)BW_CHILD_NONE;
}

int bw_child_write(int fd, const void *p, size_t n)
{
        for (size_t done = 0; done < n;) {
                ssize_t r = write(fd, (const char *)p + done, n - done);

                if (r < 0 && errno == EINTR)
                        continue;
                if (r < 0)
                        return -errno;
                done += (size_t)r;
        }
        return 0;
}
