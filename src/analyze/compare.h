/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare: what differs between two collections of documents with evidence: the same machine at two times, or two members
 * of one control plane, of which settings should be the same.
 * Ownership: facts and changes live in the arena and borrow from the documents. Errors: -ENOMEM, -E2BIG past
 * BW_LIMIT_FACTS. Threads: pure.
 * Source: docs/node.md "What changed"; the tables of what may differ stand in compare.c.
 */
#ifndef BW_ANALYZE_COMPARE_H
#define BW_ANALYZE_COMPARE_H

#include "doc/facts.h"

/* One value that is no map: of a list of maps each item is told by what names it. */
struct bw_fact {
        struct bw_str doc;         /* "Component kube-apiserver": kind and name, without the machine's */
        struct bw_str path;        /* "settings.anonymous-auth", "files[/etc/x].mode" */
        struct bw_value value;
        struct bw_value evidence;  /* a map, or ABSENT */
};

struct bw_fact_change {
        const struct bw_fact *before; /* NULL: it is new */
        const struct bw_fact *after;  /* NULL: it is gone */
        bool whole;                   /* so is the whole document, of which this is the first */
};

struct bw_collection {
        struct bw_str name;           /* of the machine: taken off the documents' names */
        struct bw_doc *const *docs;
        size_t n_docs;
};

/* members: two machines of one control plane: only settings that should be the same are compared. By document and path. */
BW_CHECK int bw_compare(struct bw_arena *arena, const struct bw_collection *before, const struct bw_collection *after,
                        bool members, struct bw_fact_change **ret, size_t *ret_n, struct bw_error *reterr);

/* All facts of one document, in its order. */
BW_CHECK int bw_facts_of(struct bw_arena *arena, const struct bw_doc *doc, struct bw_str machine, struct bw_fact **ret,
                         size_t *ret_n, struct bw_error *reterr);
/* A document's name without its machine's: "kube-apiserver" of cp1/kube-apiserver, "" of cp1. */
struct bw_str bw_name_on(struct bw_str name, struct bw_str machine);

#endif
