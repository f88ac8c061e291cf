/* SPDX-License-Identifier: Apache-2.0 */
/*
 * survey: one look at what runs and listens on the machine, shared by the sections of the Host document that need it: the
 * daemons that are worth knowing, the listening sockets with their processes, the firewall's ruleset.
 *
 * It is taken before the sandbox is entered (node.h: prepare), since a sandboxed process is not shown what others run.
 * A fixture may have listeners.tsv (protocol, address, port, pid) and nft.json beside its table of processes: docs/node.md.
 *
 * Ownership: everything lives in the arena of the run. Errors: what cannot be read is a reason in the survey; negative
 * when memory ran out. Threads: one node, one thread.
 */
#ifndef BW_NODE_SURVEY_H
#define BW_NODE_SURVEY_H

#include "format/nft_json.h"
#include "format/proc_net.h"
#include "node/registry.h"

struct bw_survey_process {
        uint32_t pid;
        uint32_t uid;
        struct bw_str comm;
        struct bw_str exe;      /* empty: not allowed to see, or a kernel thread */
        struct bw_str program;  /* last part of exe, else comm */
        struct bw_str cgroup;
        const struct bw_str *args; /* of daemons only (is_daemon) */
        size_t n_args;
        bool is_daemon;
};
struct bw_survey_socket {
        struct bw_socket socket;
        const struct bw_survey_process *process; /* NULL: unknown */
};
/* Whether something could be seen, and why not. */
struct bw_survey_state {
        bool known;
        const char *state; /* of evidence, when not known: "absent", "unreadable" */
        struct bw_str reason;
        struct bw_str help;
};
struct bw_survey {
        struct bw_survey_state processes;
        struct bw_survey_process **daemons;
        size_t n_daemons, daemons_cap;
        struct bw_survey_state sockets;
        struct bw_survey_socket *listeners;
        size_t n_listeners;
        bool owners_cut;        /* some sockets belong to processes that may not be looked into */
        struct bw_survey_state firewall;
        struct bw_nft_ruleset ruleset;
};
BW_CHECK int bw_survey_take(struct bw_node *node, const struct bw_survey **ret, struct bw_error *reterr);

/* A daemon by the name of its program; NULL: none runs, or nobody can say (survey->processes.known). */
const struct bw_survey_process *bw_survey_daemon(const struct bw_survey *survey, const char *program);

/* Evidence that the field at path could not be known. */
void bw_survey_put_state(struct bw_facts *facts, const char *path, const struct bw_survey_state *state);

/* firewall_load.c: the kernel's ruleset as JSON through libnftables, loaded when it is asked for. */
BW_CHECK int bw_firewall_load(struct bw_node *node, struct bw_nft_ruleset *ruleset, struct bw_error *reterr);

#endif
