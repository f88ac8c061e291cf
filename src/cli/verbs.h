/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs: the rows of the table in verbs.c, each in a file of its own.
 * Ownership: static data. Threads: immutable.
 */
#ifndef BW_CLI_VERBS_H
#define BW_CLI_VERBS_H

#include "cli/cli.h"

extern const struct bw_verb bw_verb_scan;
extern const struct bw_verb bw_verb_collect;
extern const struct bw_verb bw_verb_diff;
extern const struct bw_verb bw_verb_node_show;
extern const struct bw_verb bw_verb_cluster_rbac;
extern const struct bw_verb bw_verb_explain;
extern const struct bw_verb bw_verb_rules_list;
extern const struct bw_verb bw_verb_rules_show;
extern const struct bw_verb bw_verb_rules_lint;
extern const struct bw_verb bw_verb_rules_test;
extern const struct bw_verb bw_verb_rules_new;
extern const struct bw_verb bw_verb_rules_functions;
extern const struct bw_verb bw_verb_audit_explain_policy;
extern const struct bw_verb bw_verb_rbac_can;
extern const struct bw_verb bw_verb_rbac_who_can;
extern const struct bw_verb bw_verb_rbac_what_can;
extern const struct bw_verb bw_verb_rbac_review;
extern const struct bw_verb bw_verb_rbac_unused;
extern const struct bw_verb bw_verb_rbac_generate;
extern const struct bw_verb bw_verb_rbac_paths;
extern const struct bw_verb bw_verb_net_can;
extern const struct bw_verb bw_verb_net_connections;
extern const struct bw_verb bw_verb_net_exposure;
extern const struct bw_verb bw_verb_net_gaps;
extern const struct bw_verb bw_verb_net_diff;
extern const struct bw_verb bw_verb_pki_list;
extern const struct bw_verb bw_verb_pki_check;
extern const struct bw_verb bw_verb_validate;
extern const struct bw_verb bw_verb_cel;
extern const struct bw_verb bw_verb_version;
extern const struct bw_verb bw_verb_help;
extern const struct bw_verb bw_verb_completion;

#endif
