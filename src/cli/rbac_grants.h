/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rbac_grants: a list of grants as verbs show it: a table for people, or a document AccessList.
 * Ownership: borrows the inputs; bw_rbac_grants_done() releases the list. Errors: -ENOMEM.
 * Threads: the first thread only.
 */
#ifndef BW_CLI_RBAC_GRANTS_H
#define BW_CLI_RBAC_GRANTS_H

#include "cli/rbac_inputs.h"

struct bw_rbac_grants {
        const struct bw_rbac_inputs *inputs;
        const char *subject;           /* whose they are; NULL: each has one of its own */
        const char *nobody;            /* the line for an empty list */
        struct bw_rbac_grant *items;
        size_t n, cap;
        bool unresolved;               /* bindings name roles that are not there */
};

BW_CHECK int bw_rbac_grants_add(struct bw_rbac_grants *grants, const struct bw_rbac_grant *grant);
void bw_rbac_grants_done(struct bw_rbac_grants *grants);
/* As -o says, on standard output. The exit status, or negative. */
BW_CHECK int bw_rbac_grants_show(struct bw_cli *cli, const struct bw_args *args, const struct bw_rbac_grants *grants,
                                 struct bw_error *reterr);

#endif
