/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inventory: documents, found by kind, namespace, name, labels and owner. Filled first, sealed once, asked then.
 * Ownership: an inventory owns its lists; it borrows the documents, which must outlive it.
 * Threads: filling is for one thread (each thread may fill its own, and one takes the others'); sealed, it is
 * read-only.
 * Source: Kubernetes API conventions; the owner is the ownerReference with controller: true.
 */
#ifndef BW_DOC_INVENTORY_H
#define BW_DOC_INVENTORY_H

#include "doc/doc.h"

struct bw_inventory;

/* Documents in the order of group, kind, namespace, name, and of their place in the input for equal ones. */
struct bw_doc_range {
        const struct bw_doc *const *docs;
        size_t n;
};

BW_CHECK int bw_inventory_new(struct bw_inventory **ret, struct bw_error *reterr);
void bw_inventory_free(struct bw_inventory *inventory);
BW_DEFINE_AUTO(struct bw_inventory *, bw_inventory_free);

/* doc: identified. -ENOMEM. Not after sealing. */
BW_CHECK int bw_inventory_add(struct bw_inventory *inventory, const struct bw_doc *doc, struct bw_error *reterr);
/* Moves all of other's documents here. */
BW_CHECK int bw_inventory_take(struct bw_inventory *inventory, struct bw_inventory *other, struct bw_error *reterr);
/* Sorts; questions may be asked from now on. -ENOMEM. */
BW_CHECK int bw_inventory_seal(struct bw_inventory *inventory, struct bw_error *reterr);

size_t bw_inventory_size(const struct bw_inventory *inventory);
struct bw_doc_range bw_inventory_all(const struct bw_inventory *inventory);
/* All documents of a kind; of a kind in a namespace (empty: cluster-wide ones). */
struct bw_doc_range bw_inventory_kind(const struct bw_inventory *inventory, struct bw_str group, struct bw_str kind);
struct bw_doc_range bw_inventory_namespace(const struct bw_inventory *inventory, struct bw_str group,
                                           struct bw_str kind, struct bw_str ns);
/* The last of that name in the input (it is what would be applied last); NULL when there is none. */
const struct bw_doc *bw_inventory_find(const struct bw_inventory *inventory, struct bw_str group, struct bw_str kind,
                                       struct bw_str ns, struct bw_str name);
/* The documents whose controller is the object of this kind and name in the namespace. */
struct bw_doc_range bw_inventory_owned(const struct bw_inventory *inventory, struct bw_str ns, struct bw_str owner_kind,
                                       struct bw_str owner_name);

/* Kind and name of a document's controller; false when it has none. */
bool bw_doc_controller(const struct bw_doc *doc, struct bw_str *ret_kind, struct bw_str *ret_name);

/*
 * Walks a range by labels: the next document from *at on whose metadata.labels match the LabelSelector, NULL at the
 * end; *at moves on.
 */
const struct bw_doc *bw_range_select(struct bw_doc_range range, struct bw_value selector, size_t *at);

#endif
