/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules_internal: a catalog as the verbs that show rules need it.
 * Ownership: struct bw_rule_set owns the catalog and the texts of rule files (bw_rule_set_done).
 * Threads: the first thread only.
 */
#ifndef BW_CLI_RULES_INTERNAL_H
#define BW_CLI_RULES_INTERNAL_H

#include "cli/cli.h"
#include "cli/files.h"
#include "report/emit.h"
#include "rule/rule.h"

struct bw_rule_set {
        struct bw_catalog *catalog;
        struct bw_files files;
        struct bw_str *frameworks;
};

/* The built-in rules, narrowed by --framework, and those of --rules. */
BW_CHECK int bw_rule_set_load(struct bw_rule_set *set, const struct bw_args *args, struct bw_error *reterr);
void bw_rule_set_done(struct bw_rule_set *set);

/*
 * -ENOENT when --framework or --rule names what the catalog does not have, with the nearest name: a scan by no rule at all
 * would look like a good result. *ret_n: rules that are left.
 */
BW_CHECK int bw_rule_set_check(struct bw_catalog *catalog, const struct bw_args *args, size_t *ret_n,
                               struct bw_error *reterr);

/* -ENOENT, with the nearest name, when no framework is called so. */
BW_CHECK int bw_framework_check(struct bw_catalog *catalog, struct bw_str name, struct bw_error *reterr);

/* id, title, severity, practice and frameworks, as keys of the map that is open. */
void bw_emit_rule_info(struct bw_emit *e, const struct bw_rule_info *info);
/* BW_SYNTAX_YAML for "yaml", else JSON. */
enum bw_syntax bw_syntax_of(const char *format);

#endif
