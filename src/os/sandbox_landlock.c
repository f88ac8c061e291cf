/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Landlock: from enter() on, files can be opened only at or below the places allowed. The kernel's header may be older
 * than the kernel that runs, so the rights that came later are named here. Source: landlock(7), "ABI versions".
 */
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/sandbox_internal.h"

#define ACCESS_V1 ((UINT64_C(1) << 13) - 1)  /* EXECUTE … MAKE_SYM */
#define ACCESS_REFER (UINT64_C(1) << 13)     /* ABI 2 */
#define ACCESS_TRUNCATE (UINT64_C(1) << 14)  /* ABI 3 */
#define ACCESS_IOCTL_DEV (UINT64_C(1) << 15) /* ABI 5 */
#define NET_ALL UINT64_C(3)                  /* ABI 4: bind and connect over TCP */
#define NET_BIND UINT64_C(1)
#define SCOPE_ALL UINT64_C(3)                /* ABI 6: abstract unix sockets, signals */

#define READS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITES                                                                                                         \
        (READS | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |        \
         ACCESS_TRUNCATE)
/* What can be allowed on a file that is no directory. */
#define FILE_ACCESS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE)

/* The kernel accepts a longer struct than it knows if the rest is zero. */
struct ruleset_attr {
        uint64_t fs;
        uint64_t net;
        uint64_t scoped;
};

static uint64_t handled_fs(int abi)
{
        return ACCESS_V1 | (abi >= 2 ? ACCESS_REFER : 0) | (abi >= 3 ? ACCESS_TRUNCATE : 0) |
               (abi >= 5 ? ACCESS_IOCTL_DEV : 0);
}

int bw_landlock_begin(struct bw_sandbox *sandbox)
{
        struct ruleset_attr attr = {0};
        long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
        long fd;

        if (abi < 1) /* not built in, switched off, or forbidden by a container's own filter */
                return -ENOSYS;
        attr.fs = handled_fs((int)abi);
        attr.net = abi < 4 ? 0 : sandbox->network ? NET_BIND : NET_ALL;
        attr.scoped = abi >= 6 ? SCOPE_ALL : 0;
        fd = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
        if (fd < 0)
                return -errno;
        sandbox->ruleset = (int)fd;
        sandbox->abi = (int)abi;
        return 0;
}

int bw_landlock_allow(const struct bw_sandbox *sandbox, const char *path, bool write)
{
        struct landlock_path_beneath_attr rule = {0};
        struct stat st;
        int fd = open(path, O_PATH | O_CLOEXEC);
        int r = 0;

        if (fd < 0) /* it cannot be read later either, and the reader will say why */
                return 0;
        rule.parent_fd = fd;
        rule.allowed_access = (write ? WRITES : READS) & handled_fs(sandbox->abi);
        if (fstat(fd, &st) < 0 || !S_ISDIR(st.st_mode))
                rule.allowed_access &= FILE_ACCESS;
        /* EBADFD: a file without a place in the file system (a pipe), to which Landlock's rules do not apply. */
        if (syscall(SYS_landlock_add_rule, sandbox->ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0 &&
            errno != EBADFD)
                r = -errno;
        (void)close(fd);
        return r;
}

int bw_landlock_enter(const struct bw_sandbox *sandbox)
{
        return syscall(SYS_landlock_restrict_self, sandbox->ruleset, 0) < 0 ? -errno : 0;
}
