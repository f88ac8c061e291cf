/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/rule_internal.h"

/* Groups that belong to Kubernetes itself: "", "apps", "networking.k8s.io", but not those of operators. */
static bool is_kubernetes_group(struct bw_str group)
{
        return bw_str_find(group, BW_STR(".")) == SIZE_MAX || bw_str_ends(group, BW_STR(".k8s.io"));
}

bool rule_kind_matches(const struct rule_kind *kind, struct bw_str group, struct bw_str name)
{
        if (!bw_str_is(kind->kind, "*") && !bw_str_eq(kind->kind, name))
                return false;
        if (kind->any_group)
                return bw_str_is(kind->kind, "*") || is_kubernetes_group(group);
        return bw_str_is(kind->group, "*") || bw_str_eq(kind->group, group);
}

static bool name_matches(struct bw_str pattern, struct bw_str name)
{
        if (bw_str_ends(pattern, BW_STR("*")))
                return bw_str_starts(name, bw_str_n(pattern.p, pattern.n - 1));
        return bw_str_eq(pattern, name);
}

bool rule_name_matches(const struct bw_str *patterns, size_t n, struct bw_str name)
{
        for (size_t i = 0; i < n; i++)
                if (name_matches(patterns[i], name))
                        return true;
        return false;
}

static bool labels_match(const struct rule_match *match, const struct bw_doc *doc)
{
        struct bw_value labels = bw_map_walk(doc->root, "metadata.labels");

        for (size_t i = 0; i < match->n_labels; i++) {
                struct bw_value v = bw_map_get(labels, match->labels[i].key);

                if (v.type != BW_STRING || !bw_str_eq(bw_value_text(v), match->labels[i].value))
                        return false;
        }
        return true;
}

/* "v1" of "apps/v1". */
static struct bw_str version_of(const struct bw_doc *doc)
{
        size_t skip = doc->group.n ? doc->group.n + 1 : 0;

        return bw_str_n(doc->api_version.p + skip, doc->api_version.n - skip);
}

bool rule_matches(const struct bw_rule *rule, const struct bw_doc *doc)
{
        const struct rule_match *m = &rule->match;
        bool found = m->pod_spec && m->n_kinds == 0;

        for (size_t i = 0; i < m->n_kinds && !found; i++)
                found = rule_kind_matches(&m->kinds[i], doc->group, doc->kind);
        if (!found)
                return false;
        if (m->n_versions && !rule_name_matches(m->versions, m->n_versions, version_of(doc)))
                return false;
        if (m->n_namespaces && !rule_name_matches(m->namespaces, m->n_namespaces, doc->ns))
                return false;
        if (m->n_not_namespaces && rule_name_matches(m->not_namespaces, m->n_not_namespaces, doc->ns))
                return false;
        return m->n_labels == 0 || labels_match(m, doc);
}
