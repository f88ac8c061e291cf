/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keep: slim copies of documents that outlive their text: what rules may ask of other objects stays, the rest goes. Of a
 * pod's containers: names, images, ports, references and the security context, not their commands and values; of Secrets
 * and ConfigMaps: the names of their keys; of CustomResourceDefinitions: the names. Everything else stays whole, but for
 * what tools and the API server note about the object (managedFields, large annotations). docs/rules.md has the table.
 * Texts that name a token volume lose the letters that are the pod's own: pods of one template then share most of their copies.
 * Ownership: a keeper owns the copies, their inputs too; they borrow nothing of the original.
 * Errors: -ENOMEM; the keeper can still be used and freed.
 * Threads: one keeper, one thread; a copy is read-only once made.
 * Source: Kubernetes API reference.
 */
#ifndef BW_DOC_KEEP_H
#define BW_DOC_KEEP_H

#include "doc/doc.h"

struct bw_keeper;

BW_CHECK int bw_keeper_new(struct bw_keeper **ret, struct bw_error *reterr);
void bw_keeper_free(struct bw_keeper *keeper);
BW_DEFINE_AUTO(struct bw_keeper *, bw_keeper_free);
/* No more documents will be kept: what was remembered to share parts of copies is released. */
void bw_keeper_finish(struct bw_keeper *keeper);
/* Bytes of all copies. */
size_t bw_keeper_bytes(const struct bw_keeper *keeper);

/*
 * A copy of an identified document, without its text. Entries that are null are left out, as in expressions of rules.
 * places: with lines and columns, for a document that findings may point into. A document on one line that is too long
 * to be shown has the place of its beginning only: snapshots are mostly such, and are large.
 */
BW_CHECK int bw_doc_keep(struct bw_keeper *keeper, const struct bw_doc *doc, bool places, struct bw_doc **ret,
                         struct bw_error *reterr);

#endif
