/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template: what the pods of one template have in common. A controller makes pods that are alike but for what the API server,
 * the scheduler and the controller itself put into each: name, node, token volume, claims of their own. Of two pods with the
 * same controller and the same hash, what looks at nothing of that says the same.
 * Ownership: pure; ids and hashes are plain values.
 * Threads: pure.
 * Source: Kubernetes 1.32: pkg/controller/daemon/util (node affinity by matchFields), pkg/controller/statefulset
 *         (hostname, claims named CLAIM-POD), plugin/pkg/admission/serviceaccount (kube-api-access-XXXXX).
 */
#ifndef BW_DOC_TEMPLATE_H
#define BW_DOC_TEMPLATE_H

#include "base/siphash.h"
#include "doc/doc.h"

/* An object that others name as their controller, by group, kind, namespace, name and (where it is there) uid. Zero: none. */
struct bw_owner_id {
        uint64_t words[2];
};

static inline bool bw_owner_is_set(struct bw_owner_id id)
{
        return id.words[0] || id.words[1];
}
static inline bool bw_owner_eq(struct bw_owner_id a, struct bw_owner_id b)
{
        return a.words[0] == b.words[0] && a.words[1] == b.words[1];
}

/*
 * The controller of a document that holds a pod. Not set: it has none, or a Node (mirror pods have nothing in common).
 * plain: it is of a kind that is known to have one template.
 */
struct bw_owner_id bw_owner_of(const struct bw_doc *doc, struct bw_siphash_key key, bool *ret_plain);
/* The document itself as a controller. */
struct bw_owner_id bw_owner_self(const struct bw_doc *doc, struct bw_siphash_key key);

/* Adds what is common of the spec of a pod of this name. */
void bw_template_add(struct bw_siphash *hash, struct bw_value spec, struct bw_str pod_name);
/* Adds a value with all that is in it. */
void bw_template_add_value(struct bw_siphash *hash, struct bw_value v);

/* Fields of a pod spec in which pods of one template differ; NULL-terminated. */
extern const char *const bw_template_own_fields[];
/* The part of a token volume's name that is common; letters of the pod's own follow. Its length, or 0 for other texts. */
#define BW_TEMPLATE_TOKEN_NAME 21 /* bytes of such a name */
size_t bw_template_token_name(struct bw_str text);

#endif
