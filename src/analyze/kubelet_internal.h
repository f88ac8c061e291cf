/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kubelet_internal: a KubeletConfiguration in the making: a tree of fields, each with its value and where that came from.
 * Ownership: everything lives in the tree's arena. Errors: -ENOMEM, -E2BIG past BW_LIMIT_KUBELET_FIELDS. Threads: pure.
 */
#ifndef BW_ANALYZE_KUBELET_INTERNAL_H
#define BW_ANALYZE_KUBELET_INTERNAL_H

#include "analyze/component_internal.h"
#include "analyze/kubelet.h"
#include "analyze/schema_internal.h"

#define KUBELET_API_VERSION "kubelet.config.k8s.io/v1beta1"
#define KUBELET_TYPE "kubelet/v1beta1.KubeletConfiguration"

struct kubelet_node {
        struct bw_str key;
        struct bw_str type;   /* in Go, without a pointer before it */
        bool pointer;
        bool is_map;          /* a struct or a map: children; else value */
        struct bw_value value;
        const struct bw_mark *marks; /* of a list's items, or NULL */
        struct bw_evidence from;
        struct kubelet_node *first;
        struct kubelet_node *last;
        struct kubelet_node *next;
};

/* A field that one source gives and a later one gives otherwise. */
struct kubelet_override {
        struct bw_str field;
        struct bw_str text; /* "readOnlyPort: 0 by /a:3, 10255 by /b:2" */
        struct bw_evidence where;
};

struct kubelet_tree {
        struct bw_arena *arena;
        struct kubelet_node root;
        size_t n;   /* nodes made */
        int minor;
        bool gates_hold; /* nobody refused them: the kubelet runs, or its version is not known */
        struct kubelet_override *overrides; /* at most BW_LIMIT_PROBLEMS */
        size_t n_overrides;
        size_t cap_overrides;
};

/* What values come from: a document (or none) of a file. */
struct kubelet_source {
        const char *type; /* of the evidence */
        struct bw_str file;
        struct bw_doc *doc;
};

/* ---- kubelet_tree.c */

void kubelet_tree_init(struct kubelet_tree *tree, struct bw_arena *arena, int minor);
struct kubelet_node *kubelet_child(struct kubelet_node *node, struct bw_str key);
/* The node at a dotted path, or NULL. */
struct kubelet_node *kubelet_find(struct kubelet_tree *tree, const char *path);
/* The same, made where it is missing. NULL: out of memory, or no such field in this version. */
struct kubelet_node *kubelet_make(struct kubelet_tree *tree, const char *path);
/* The value of a leaf; ABSENT when it is not there. */
struct bw_value kubelet_get(struct kubelet_tree *tree, const char *path);
BW_CHECK int kubelet_set(struct kubelet_tree *tree, const char *path, struct bw_value value, const struct bw_evidence *from);
/* One entry of a map: its key may have dots. */
BW_CHECK int kubelet_put_entry(struct kubelet_tree *tree, struct kubelet_node *map, struct bw_str key, struct bw_value value,
                               const struct bw_evidence *from);
/* Notes that node, which stands at field, gets another value, when a file or a flag gave it one before. */
BW_CHECK int kubelet_note_override(struct kubelet_tree *tree, const struct kubelet_node *node, struct bw_str field,
                                   struct bw_value value, const struct bw_evidence *from);
void kubelet_drop(struct kubelet_node *parent, struct bw_str key);
/* A JSON merge patch (RFC 7386) of a document of this kind. Decoding comes later; names match in any case, as in Go's JSON. */
BW_CHECK int kubelet_merge(struct kubelet_tree *tree, struct bw_value patch, const struct kubelet_source *source);
/* What encoding/json leaves out of the base that drop-ins are merged into: empty lists and maps. */
void kubelet_omit_empty(struct kubelet_node *node);
/* The values of the tree as those of `decoded`; fields that it has not are gone. */
BW_CHECK int kubelet_adopt(struct kubelet_tree *tree, struct bw_value decoded);
/* The whole as a value; with every field in place, for rules. */
struct bw_value kubelet_value(struct kubelet_tree *tree, const struct kubelet_node *node);
/* Evidence of every node. */
void kubelet_evidence(struct kubelet_tree *tree, struct bw_facts *facts);

/* Numbers and texts of leaves, with Go's zero for what is not there. */
int64_t kubelet_int(struct kubelet_tree *tree, const char *path);
bool kubelet_bool(struct kubelet_tree *tree, const char *path);
struct bw_str kubelet_text(struct kubelet_tree *tree, const char *path);
int64_t kubelet_nanoseconds(struct kubelet_tree *tree, const char *path);

/* ---- kubelet_defaults.c */

/* legacy: without --config. */
BW_CHECK int kubelet_defaults(struct kubelet_tree *tree, bool legacy);
/* Zero for every field that has no default, so that each field of the version is there. */
BW_CHECK int kubelet_zeros(struct kubelet_tree *tree);
/* Is the feature on: as the configuration says, else by default. */
bool kubelet_gate(struct kubelet_tree *tree, const char *name);
/* Why the kubelet refuses the gates of the tree; empty: it does not. */
struct bw_str kubelet_gates_refused(struct kubelet_tree *tree);

/* ---- kubelet_flags.c */

/* Puts the fields that flags stand for. */
BW_CHECK int kubelet_apply_flags(struct kubelet_tree *tree, struct component *c);
/* What the kubelet says of its command line; empty: it takes it. */
BW_CHECK int kubelet_flags_refused(struct component *c, struct bw_str *ret);

/* ---- kubelet_validate.c */

/* ValidateKubeletConfiguration: problems at the places of the fields. */
BW_CHECK int kubelet_validate(struct kubelet_tree *tree, struct bw_problems *problems);
/* Names of suites and of the version; empty: they are known. */
struct bw_str kubelet_tls_refused(struct kubelet_tree *tree, struct bw_problems *problems);

#endif
