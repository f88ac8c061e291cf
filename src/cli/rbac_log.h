/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rbac_log: what --audit-log files show of the use of rights, for the verbs that hold roles against it.
 * Ownership: the usage lives in the arena. Errors: lines that cannot be read are told on standard error and left out.
 * Threads: the first thread only.
 */
#ifndef BW_CLI_RBAC_LOG_H
#define BW_CLI_RBAC_LOG_H

#include "analyze/audit_usage.h"
#include "cli/cli.h"

struct bw_rbac_log {
        const struct bw_str *paths;   /* zero-terminated: what the sandbox must let be read */
        size_t n_paths;
        struct bw_usage *usage;       /* sealed */
        uint64_t broken;              /* lines that could not be read */
};

/* Before the sandbox: -EINVAL when there is no --audit-log. */
BW_CHECK int bw_rbac_log_args(const struct bw_args *args, struct bw_arena *arena, struct bw_rbac_log *ret, struct bw_error *reterr);
/* In it. -ENODATA when there is no event at all. */
BW_CHECK int bw_rbac_log_read(struct bw_cli *cli, struct bw_arena *arena, struct bw_rbac_log *log, struct bw_error *reterr);
/* "events: 2751, users: 12, from … to …", without a newline. */
void bw_rbac_log_span(const struct bw_rbac_log *log, struct bw_buf *out);

#define BW_OPTION_AUDIT_LOG                                                                        \
        {.name = "audit-log", .arg = "FILE", .id = BW_OPT_AUDIT_LOG, .complete = BW_COMPLETE_FILE, \
         .help = "events of the API server's audit log: JSON lines, packed or not, or a directory of such files (may be repeated)"}

#endif
