/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slim: a document of a live cluster without what nobody may carry away and nobody needs: the values of Secrets and
 * ConfigMaps, literal credentials anywhere, managedFields, kubectl's copy of the last manifest, schemas of custom resources.
 * Rules find in it what they would find in the whole:
 *
 *   - a value's place is taken by a text of the same class: empty, one line or several, a path, a reference, or an example of
 *     the kind of credential that it is (cel/lib/credential.h). They are ordinary texts: nobody believes them anything.
 *   - certificates and keys in Secrets and ConfigMaps are looked at before they go; what was derived from them stands in the
 *     document's `slim` field, which bw_derive() believes of documents that are marked as slim (doc->is_slim), and of no other.
 *
 *     slim: {values: {password: {bytes: 12, entropy: medium}}, derived: [{kind: Certificate, …}]}
 *
 * docs/internals/cluster.md says why.
 * Ownership: what is made lives in the arena. Errors: -ENOMEM, -E2BIG past the arena's limit. Threads: pure.
 * Source: Kubernetes API reference; the rules of rules/secret.
 */
#ifndef BW_SCAN_SLIM_H
#define BW_SCAN_SLIM_H

#include "doc/doc.h"

struct bw_arena;
struct bw_buf;
struct bw_error;

/* doc: identified, of a cluster; its root is replaced, and it is marked as slim. */
BW_CHECK int bw_slim(struct bw_arena *arena, struct bw_doc *doc, struct bw_error *reterr);

/* ---- conceal.c: texts. All append to out. */

/* A line of a manifest, a command or a script: false when there is nothing to conceal, and nothing is written then. */
bool bw_conceal_text(struct bw_str text, struct bw_buf *out);
/* The value of something that is called a secret (DB_PASSWORD): paths, references and switches stay. False: all of it. */
bool bw_conceal_named(struct bw_str value, struct bw_buf *out);
/* Nothing of the value but its class. False for an empty one. */
bool bw_conceal_all(struct bw_str value, struct bw_buf *out);

#endif
