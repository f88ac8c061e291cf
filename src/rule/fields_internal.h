/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fields (internal): the tables of fields, as text.
 * Ownership: static. Threads: immutable.
 * Source: Kubernetes API reference; k8s.io/api, all versions of a kind together.
 */
#ifndef BW_RULE_FIELDS_INTERNAL_H
#define BW_RULE_FIELDS_INTERNAL_H

#include "rule/fields.h"

/* name: a field of any type; name:T a field of type T; name:[T] a list of T. */
struct rule_field_table {
        const char *name;
        const char *fields;
};
extern const struct rule_field_table rule_field_tables[];
extern const size_t rule_n_field_tables;

/* Of bulwark's own kinds, made from kinds/ at build time: "bulwark.Host", "bulwark.Host.ssh". */
extern const struct rule_field_table rule_own_tables[];
extern const size_t rule_n_own_tables;

/* Kinds whose type has their own name, by group. */
struct rule_kind_names {
        const char *group;
        const char *kinds;
};
extern const struct rule_kind_names rule_kind_names[];
extern const size_t rule_n_kind_names;

#endif
