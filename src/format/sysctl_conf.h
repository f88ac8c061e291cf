/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sysctl_conf: lines of sysctl.conf and sysctl.d files.
 * Ownership: keys live in the arena, values are borrowed from the text. Errors: lines that are no settings are passed over;
 * -ENOMEM, what `each` says. Threads: pure.
 * Source: sysctl.d(5), systemd src/sysctl/sysctl.c, src/basic/sysctl-util.c (sysctl_normalize).
 */
#ifndef BW_FORMAT_SYSCTL_CONF_H
#define BW_FORMAT_SYSCTL_CONF_H

#include "base/base.h"

struct bw_arena;
struct bw_error;

struct bw_sysctl_line {
        struct bw_str key;   /* path below /proc/sys, with dots and slashes as in the file's name: "net/ipv4/ip_forward" */
        struct bw_str value; /* empty with `excludes` */
        bool excludes;       /* "-key" alone: patterns do not set it */
        bool is_pattern;     /* has *, ? or [ */
        uint32_t line;
};

BW_CHECK int bw_sysctl_conf_read(struct bw_arena *arena, struct bw_str text,
                                 int (*each)(void *userdata, const struct bw_sysctl_line *line, struct bw_error *reterr),
                                 void *userdata, struct bw_error *reterr);

/* True if a pattern (*, ?, [a-z]; none of them crosses a slash) describes the path. */
bool bw_path_pattern_matches(struct bw_str pattern, struct bw_str path);

#endif
