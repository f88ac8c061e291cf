/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verbs.h"

const struct bw_verb *const bw_verbs[] = {
        &bw_verb_scan,
        &bw_verb_collect,
        &bw_verb_diff,
        &bw_verb_node_show,
        &bw_verb_cluster_rbac,
        &bw_verb_explain,
        &bw_verb_rules_list,
        &bw_verb_rules_show,
        &bw_verb_rules_lint,
        &bw_verb_rules_test,
        &bw_verb_rules_new,
        &bw_verb_rules_functions,
        &bw_verb_audit_explain_policy,
        &bw_verb_rbac_can,
        &bw_verb_rbac_who_can,
        &bw_verb_rbac_what_can,
        &bw_verb_rbac_review,
        &bw_verb_rbac_unused,
        &bw_verb_rbac_generate,
        &bw_verb_rbac_paths,
        &bw_verb_net_can,
        &bw_verb_net_connections,
        &bw_verb_net_exposure,
        &bw_verb_net_gaps,
        &bw_verb_net_diff,
        &bw_verb_pki_list,
        &bw_verb_pki_check,
        &bw_verb_validate,
        &bw_verb_cel,
        &bw_verb_version,
        &bw_verb_help,
        &bw_verb_completion,
        NULL,
};

static const struct {
        const char *name;
        const char *summary;
} groups[] = {
        {"rules", "the rule catalog, and rules of your own"},
        {"net", "the network: who reaches whom, and what lets them"},
        {"pki", "certificates: what is there, and what ends soon"},
        {"rbac", "who may do what: questions to the roles and bindings of a cluster"},
        {"cluster", "a live cluster as an input"},
        {"node", "a node of a cluster: what is in force on it"},
        {"audit", "the audit log: what a policy records"},
};

const struct bw_environment_row bw_environment[] = {
        {"NO_COLOR", "set to anything: no colours (--color always still wins)"},
        {"CLICOLOR_FORCE", "set to anything but 0: colours although standard output is no terminal"},
        {"COLUMNS", "width of the output; else the terminal's"},
        {NULL, NULL},
};

const struct bw_exit_row bw_exits[] = {
#define X(name, status, text) {(status), (text)},
        BW_EXITS(X)
#undef X
};
const size_t bw_n_exits = BW_ARRAY_SIZE(bw_exits);

const char *bw_group_summary(struct bw_str name)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(groups); i++)
                if (bw_str_is(name, groups[i].name))
                        return groups[i].summary;
        return NULL;
}

/* True if name's words are the first words of argv. */
static bool words_match(const char *name, size_t argc, char *const *argv, size_t *ret_used)
{
        struct bw_str word;
        size_t used = 0;

        while (bw_words_next(&name, &word)) {
                if (used == argc || !bw_str_is(word, argv[used]))
                        return false;
                used++;
        }
        *ret_used = used;
        return true;
}

const struct bw_verb *bw_verb_find(size_t argc, char *const *argv, size_t *ret_used)
{
        for (size_t i = 0; bw_verbs[i]; i++)
                if (words_match(bw_verbs[i]->name, argc, argv, ret_used))
                        return bw_verbs[i];
        return NULL;
}
