/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mounts: what is mounted (/proc/self/mountinfo) and what shall be (/etc/fstab), as one table.
 * Ownership: texts live in the arena. Errors: lines that are none of the format are passed over; -E2BIG (BW_LIMIT_MOUNTS),
 * -ENOMEM. Threads: pure.
 * Source: proc_pid_mountinfo(5), fstab(5).
 */
#ifndef BW_FORMAT_MOUNTS_H
#define BW_FORMAT_MOUNTS_H

#include "base/base.h"

struct bw_arena;
struct bw_error;

struct bw_mount {
        struct bw_str target;
        struct bw_str source;
        struct bw_str type;
        struct bw_str options;       /* of the mount: "rw,nosuid"; of fstab: all */
        struct bw_str super_options; /* of the file system; fstab: empty */
        struct bw_str device;        /* "254:1"; fstab: empty */
        struct bw_str propagation;   /* "shared", "private", "slave", "unbindable", "shared,slave"; fstab: empty */
        uint32_t line;
};

BW_CHECK int bw_mountinfo_read(struct bw_arena *arena, struct bw_str text, struct bw_mount **ret, size_t *ret_n,
                               struct bw_error *reterr);
BW_CHECK int bw_fstab_read(struct bw_arena *arena, struct bw_str text, struct bw_mount **ret, size_t *ret_n,
                           struct bw_error *reterr);
/* True if `option` is one of a comma-separated list, alone or before "=". */
bool bw_mount_has(struct bw_str options, const char *option);
/* The value of "option=value"; false: there is none. */
bool bw_mount_option(struct bw_str options, const char *option, struct bw_str *ret);

#endif
