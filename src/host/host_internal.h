/* SPDX-License-Identifier: Apache-2.0 */
/* host_internal: what the files of this layer share. */
#ifndef BW_HOST_HOST_INTERNAL_H
#define BW_HOST_HOST_INTERNAL_H

#include "base/buf.h"
#include "host/host.h"
#include "host/table.h"
#include "os/process.h"

struct bw_host {
        struct bw_root root;
        bool is_live;
        struct bw_str name;

        /* A fixture's tables; their texts. */
        bool has_modes;
        struct bw_modes modes;
        struct bw_buf modes_text;
        bool has_processes;
        struct bw_buf processes_text;
        char processes_path[PATH_MAX]; /* a journal may lie beside it */

        bool has_procfs;
        struct bw_procfs procfs;
        int64_t booted; /* unix seconds; 0 = not asked yet, or not known */
        struct bw_buf proc_buf; /* of the text of /proc that is being read */

        bool knows_users, knows_groups; /* read, or tried */
        struct bw_ids users, groups;
        struct bw_arena *arena; /* of names and the texts they are in */

        /* The directory that was last asked about: files that are asked about one after the other lie together. */
        bool reach_is_known;
        uint32_t reach_uid, reach_gid; /* of the file: they decide, too */
        char reach_dir[PATH_MAX];
        struct bw_host_reach reach;
        size_t reach_closed_n, reach_opened_n; /* closed_by and opened_by are this much of reach_dir; 0: none */
        char reach_opened_to[32];

        size_t n_refused;
        char first_refused[256];
};

/* Remembers a refusal for want of rights; gives r. */
int bw_host_note(struct bw_host *host, const char *path, int r);
/* A whole file below root, as bw_host_read. */
BW_CHECK int bw_host_read_below(const struct bw_root *root, struct bw_arena *arena, const char *path, size_t most,
                                struct bw_str *ret, struct bw_error *reterr);/* A file that was given to this program: not below the root, and it may be a link. */
BW_CHECK int bw_host_read_given(const char *path, size_t most, struct bw_buf *buf, struct bw_error *reterr);

#endif
