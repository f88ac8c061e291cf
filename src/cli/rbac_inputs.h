/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rbac_inputs: roles and bindings, from files or a cluster, for the verbs that ask what they allow.
 * Ownership: struct bw_rbac_inputs owns what it gives (bw_rbac_inputs_done). Numbers of objects in grants are those of docs.
 * Errors: as of cli/objects.h. Threads: the first thread only.
 */
#ifndef BW_CLI_RBAC_INPUTS_H
#define BW_CLI_RBAC_INPUTS_H

#include "analyze/rbac.h"
#include "cli/objects.h"

struct bw_rbac_inputs {
        struct bw_objects objects;
        const struct bw_doc *const *docs;
        size_t n_docs;
        struct bw_rbac *rbac;
};

/* Roles, bindings, and what names resources: CustomResourceDefinitions. more: NULL, or as in cli/objects.h. */
BW_CHECK int bw_rbac_inputs_open(struct bw_cli *cli, const struct bw_args *args, const struct bw_objects_more *more,
                                 struct bw_rbac_inputs *ret, struct bw_error *reterr);
void bw_rbac_inputs_done(struct bw_rbac_inputs *inputs);

/*
 * What is asked, as kubectl auth can-i takes it: the arguments VERB, RESOURCE[/SUBRESOURCE] or a URL, and NAME, from number
 * `first` on; -n. Warns of resources that nobody knows.
 */
void bw_rbac_question_args(struct bw_cli *cli, const struct bw_args *args, const struct bw_inventory *inventory, size_t first,
                           struct bw_rbac_request *request, bool *ret_namespaced);
/* Of a SUBJECT argument and --group. */
BW_CHECK int bw_rbac_subject_arg(const struct bw_args *args, const char *text, struct bw_arena *arena,
                                 struct bw_rbac_user *ret, struct bw_error *reterr);

/* "RoleBinding shop/read", "ClusterRole view"; "get,list on pods, pods/log named a,b"; "roles.yaml:12". In the arena. -ENOMEM. */
BW_CHECK int bw_rbac_object_text(const struct bw_rbac_inputs *inputs, size_t object, struct bw_str *ret);
BW_CHECK int bw_rbac_rule_text(struct bw_arena *arena, struct bw_value rule, struct bw_str *ret);
BW_CHECK int bw_rbac_rule_place(const struct bw_rbac_inputs *inputs, const struct bw_rbac_grant *grant, struct bw_str *ret);
BW_CHECK int bw_rbac_subject_text(const struct bw_rbac_inputs *inputs, const struct bw_rbac_grant *grant, struct bw_str *ret);
/* The rule that grants, as the role has it, aggregated ones filled in. */
struct bw_value bw_rbac_granting_rule(const struct bw_rbac_inputs *inputs, const struct bw_rbac_grant *grant);
/* binding, role, rule, place as keys of the map that is open. -ENOMEM. */
struct bw_emit;
BW_CHECK int bw_emit_rbac_grant(struct bw_emit *e, const struct bw_rbac_inputs *inputs, const struct bw_rbac_grant *grant);

#define BW_OPTION_RBAC_GROUP                                                                       \
        {.name = "group", .arg = "NAME", .id = BW_OPT_GROUP,                                       \
         .help = "the subject is in this group too (may be repeated); system:authenticated and those of service accounts are "     \
                 "known"}

#endif
