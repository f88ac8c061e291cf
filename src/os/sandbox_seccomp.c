/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seccomp: a list of what is allowed. What an honest program may ask for by accident gets EPERM; what only an exploit
 * asks for ends the process. clone3 and openat2 pass their flags in memory, where a filter cannot look: they "do not
 * exist" (ENOSYS), and the C library falls back to the calls whose flags can be checked.
 */
#define BW_ALLOW_BANNED /* exit is also the name of a system call */
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/sandbox_internal.h"

/* Needed by reading, computing, threads and writing to what is open. */
static const int allowed[] = {
        SCMP_SYS(read),
        SCMP_SYS(pread64),
        SCMP_SYS(readv),
        SCMP_SYS(write),
        SCMP_SYS(writev),
        SCMP_SYS(pwrite64),
        SCMP_SYS(close),
        SCMP_SYS(fstat),
        SCMP_SYS(newfstatat),
        SCMP_SYS(stat),
        SCMP_SYS(lstat),
        SCMP_SYS(statx),
        SCMP_SYS(statfs),
        SCMP_SYS(fstatfs),
        SCMP_SYS(lseek),
        SCMP_SYS(getdents64),
        SCMP_SYS(readlink),
        SCMP_SYS(readlinkat),
        SCMP_SYS(access),
        SCMP_SYS(faccessat),
        SCMP_SYS(faccessat2),
        SCMP_SYS(getcwd),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(madvise),
        SCMP_SYS(brk),
        SCMP_SYS(futex),
        SCMP_SYS(set_robust_list),
        SCMP_SYS(rseq),
        SCMP_SYS(sched_yield),
        SCMP_SYS(sched_getaffinity),
        SCMP_SYS(membarrier),
        SCMP_SYS(gettid),
        SCMP_SYS(getpid),
        SCMP_SYS(getuid),
        SCMP_SYS(geteuid),
        SCMP_SYS(rt_sigaction),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(sigaltstack),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(gettimeofday),
        SCMP_SYS(time),
        SCMP_SYS(nanosleep),
        SCMP_SYS(clock_nanosleep),
        SCMP_SYS(poll),
        SCMP_SYS(ppoll),
        SCMP_SYS(getrandom),
        SCMP_SYS(getrusage),
        SCMP_SYS(dup),
        SCMP_SYS(fsync),
        SCMP_SYS(fdatasync),
};

/* Besides, where some place may be written; Landlock says which. */
static const int allowed_writes[] = {
        SCMP_SYS(open),      SCMP_SYS(openat),    SCMP_SYS(rename),   SCMP_SYS(renameat),
        SCMP_SYS(renameat2), SCMP_SYS(unlink),    SCMP_SYS(unlinkat), SCMP_SYS(ftruncate),
        SCMP_SYS(fchmod),    SCMP_SYS(fallocate), SCMP_SYS(umask),
};

/* Besides, for an HTTP client and its look-ups of names. */
static const int allowed_network[] = {
        SCMP_SYS(socket),        SCMP_SYS(socketpair),  SCMP_SYS(connect),    SCMP_SYS(bind),       SCMP_SYS(sendto),
        SCMP_SYS(recvfrom),      SCMP_SYS(sendmsg),     SCMP_SYS(recvmsg),    SCMP_SYS(sendmmsg),   SCMP_SYS(recvmmsg),
        SCMP_SYS(getsockopt),    SCMP_SYS(setsockopt),  SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(shutdown),
        SCMP_SYS(pipe),          SCMP_SYS(pipe2),       SCMP_SYS(eventfd2),   SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl),
        SCMP_SYS(epoll_wait),    SCMP_SYS(epoll_pwait), SCMP_SYS(select),     SCMP_SYS(pselect6),   SCMP_SYS(uname),
        SCMP_SYS(getppid),       SCMP_SYS(getegid),     SCMP_SYS(getgid),     SCMP_SYS(fcntl),
};

/* Nothing here is ever called by accident. */
static const int deadly[] = {
        SCMP_SYS(execve),
        SCMP_SYS(execveat),
        SCMP_SYS(ptrace),
        SCMP_SYS(process_vm_readv),
        SCMP_SYS(process_vm_writev),
        SCMP_SYS(mount),
        SCMP_SYS(umount2),
        SCMP_SYS(pivot_root),
        SCMP_SYS(chroot),
        SCMP_SYS(setns),
        SCMP_SYS(unshare),
        SCMP_SYS(bpf),
        SCMP_SYS(perf_event_open),
        SCMP_SYS(userfaultfd),
        SCMP_SYS(init_module),
        SCMP_SYS(finit_module),
        SCMP_SYS(delete_module),
        SCMP_SYS(kexec_load),
        SCMP_SYS(reboot),
        SCMP_SYS(keyctl),
        SCMP_SYS(add_key),
        SCMP_SYS(request_key),
        SCMP_SYS(io_uring_setup),
        SCMP_SYS(memfd_create),
        SCMP_SYS(personality),
};

/* Allowed when an argument, under a mask, has a value. */
static const struct {
        int call;
        unsigned arg;
        uint64_t mask;
        uint64_t value;
} conditional[] = {
        {SCMP_SYS(open), 1, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY},
        {SCMP_SYS(openat), 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY},
        {SCMP_SYS(mmap), 2, PROT_EXEC, 0},
        {SCMP_SYS(mprotect), 2, PROT_EXEC, 0},
        {SCMP_SYS(clone), 0, CLONE_THREAD | CLONE_NEWUSER, CLONE_THREAD},
        {SCMP_SYS(ioctl), 1, UINT32_MAX, TCGETS},
        {SCMP_SYS(ioctl), 1, UINT32_MAX, TIOCGWINSZ},
        {SCMP_SYS(ioctl), 1, UINT32_MAX, FIONREAD},
        {SCMP_SYS(fcntl), 1, UINT32_MAX, F_GETFL},
        {SCMP_SYS(fcntl), 1, UINT32_MAX, F_GETFD},
        {SCMP_SYS(fcntl), 1, UINT32_MAX, F_SETFD},
        {SCMP_SYS(fcntl), 1, UINT32_MAX, F_DUPFD_CLOEXEC},
        {SCMP_SYS(prlimit64), 2, UINT64_MAX, 0}, /* looking is allowed, changing is not */
};

static int add_all(scmp_filter_ctx ctx, uint32_t action, const int *calls, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                int r = seccomp_rule_add(ctx, action, calls[i], 0);

                /* Calls that this machine's architecture does not have need no rule. */
                if (r < 0 && r != -EDOM)
                        return r;
        }
        return 0;
}

static int add_conditional(scmp_filter_ctx ctx, bool writes, bool network)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(conditional); i++) {
                bool opens = conditional[i].call == SCMP_SYS(open) || conditional[i].call == SCMP_SYS(openat);
                int r;

                /* Allowed whatever the arguments are. */
                if ((opens && writes) || (network && conditional[i].call == SCMP_SYS(fcntl)))
                        continue;
                r = seccomp_rule_add(
                        ctx, SCMP_ACT_ALLOW, conditional[i].call, 1,
                        SCMP_CMP(conditional[i].arg, SCMP_CMP_MASKED_EQ, conditional[i].mask, conditional[i].value));
                if (r < 0 && r != -EDOM)
                        return r;
        }
        /* abort() raises a signal in this very process; no other may be signalled. */
        return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
}

static int fill(scmp_filter_ctx ctx, bool writes, bool network)
{
        static const int hidden[] = {SCMP_SYS(clone3), SCMP_SYS(openat2)};
        int r;

        r = add_all(ctx, SCMP_ACT_ALLOW, allowed, BW_ARRAY_SIZE(allowed));
        if (r == 0 && writes)
                r = add_all(ctx, SCMP_ACT_ALLOW, allowed_writes, BW_ARRAY_SIZE(allowed_writes));
        if (r == 0 && network)
                r = add_all(ctx, SCMP_ACT_ALLOW, allowed_network, BW_ARRAY_SIZE(allowed_network));
        if (r == 0)
                r = add_all(ctx, SCMP_ACT_KILL_PROCESS, deadly, BW_ARRAY_SIZE(deadly));
        if (r == 0)
                r = add_all(ctx, SCMP_ACT_ERRNO(ENOSYS), hidden, BW_ARRAY_SIZE(hidden));
        if (r == 0)
                r = add_conditional(ctx, writes, network);
        return r;
}

int bw_seccomp_enter(bool writes, bool network)
{
        scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
        int r;

        if (!ctx)
                return -ENOMEM;
        r = fill(ctx, writes, network);
        if (r == 0) {
                (void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
                r = seccomp_load(ctx);
        }
        seccomp_release(ctx);
        return r;
}
