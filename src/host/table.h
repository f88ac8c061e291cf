/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table: the small tables that say who owns what: /etc/passwd and /etc/group, and a fixture's tables of modes and of
 * processes. Bytes in, rows out.
 *
 * Ownership: rows borrow the text; a table owns its rows (…_done). Errors: a bad line of a fixture's table, with its
 * number; of passwd and group, bad lines are left out, as the C library does. Threads: pure.
 * Source: passwd(5), group(5); the fixture form: docs/node.md.
 */
#ifndef BW_HOST_TABLE_H
#define BW_HOST_TABLE_H

#include "base/base.h"

struct bw_error;

/* Names of ids, of passwd or group: both begin with name:password:id. */
struct bw_ids {
        struct bw_id {
                struct bw_str name;
                uint32_t id;
                uint32_t order; /* among all lines read: of two of one id, the first counts */
        } *rows; /* by id */
        size_t n, cap;
};
/* May be called for several texts; the first one's names go first. */
BW_CHECK int bw_ids_add(struct bw_ids *ids, struct bw_str text, struct bw_error *reterr);
/* Empty: the id has no name. */
struct bw_str bw_ids_name(const struct bw_ids *ids, uint32_t id);
bool bw_ids_find(const struct bw_ids *ids, struct bw_str name, uint32_t *ret);
void bw_ids_done(struct bw_ids *ids);

/* path, mode, uid, gid. */
struct bw_modes {
        struct bw_mode_row {
                struct bw_str path; /* without a slash at the end */
                uint32_t mode;
                uint32_t uid;
                uint32_t gid;
                uint32_t line;
                bool is_dir;
                bool is_link;
        } *rows; /* by path */
        size_t n, cap;
};
/* Of two lines of one path, the last counts. */
BW_CHECK int bw_modes_parse(struct bw_modes *modes, struct bw_str text, struct bw_error *reterr);
const struct bw_mode_row *bw_modes_find(const struct bw_modes *modes, struct bw_str path);
void bw_modes_done(struct bw_modes *modes);

/* One line of the table of processes. */
struct bw_process_row {
        uint32_t pid;
        uint32_t ppid;
        uint32_t uid;
        struct bw_str comm;
        struct bw_str exe;     /* empty: "-" */
        struct bw_str cgroup;
        struct bw_str environ; /* "A=b;C=d"; empty: "-" */
        struct bw_str args;    /* what is left of the line, fields divided by tabs; p is NULL when there are none */
};
/* The next row of *text, which moves on; 1: there is one, 0: the end. *line counts on, from 0. */
BW_CHECK int bw_process_row_next(struct bw_str *text, uint32_t *line, struct bw_process_row *ret,
                                 struct bw_error *reterr);

#endif
