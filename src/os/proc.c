/* SPDX-License-Identifier: Apache-2.0 */
#include "os/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static atomic_bool interrupted;
static volatile sig_atomic_t interrupt_signal;
static volatile sig_atomic_t sharer = -1;

void bw_proc_hide_memory(void)
{
        const struct rlimit none = {0, 0};

        /* Neither can fail in a way that matters: lowering limits is always allowed. */
        (void)setrlimit(RLIMIT_CORE, &none);
        (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void bw_proc_hold_std_fds(void)
{
        for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
                if (fcntl(fd, F_GETFD) >= 0)
                        continue;
                /* Opened the wrong way round: reading standard input, or writing to the others, still fails. */
                (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        }
}

static void on_signal(int number)
{
        interrupt_signal = number;
        atomic_store_explicit(&interrupted, true, memory_order_relaxed);
        if (sharer >= 0) {
                int saved = errno;

                (void)!write(sharer, "", 1);
                errno = saved;
        }
}

const atomic_bool *bw_proc_watch_interrupts(void)
{
        struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

        (void)sigemptyset(&action.sa_mask);
        (void)sigaction(SIGINT, &action, NULL);
        (void)sigaction(SIGTERM, &action, NULL);
        return &interrupted;
}

void bw_proc_interrupt(void)
{
        on_signal(SIGINT);
}

void bw_proc_share_interrupts(int fd)
{
        sharer = fd;
}

int bw_proc_interrupt_signal(void)
{
        return interrupt_signal;
}
