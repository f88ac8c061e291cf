/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema: Kubernetes' configuration files (KubeletConfiguration, EncryptionConfiguration, audit Policy, …), read as the
 * components read them: sigs.k8s.io/yaml, the first document only, the kind looked up, fields decoded into Go's types.
 *
 *   strict   unknown fields, keys that stand twice and names in the wrong case are errors (kube-apiserver, kube-scheduler)
 *   lenient  they are warnings, as the component logs them (kubelet, kube-proxy, audit policies)
 *
 * A value of the wrong type is an error in both. The decoded value is the document's own, with what Go's decoder changes:
 * null fields left out (they are as not given), whole numbers such as 1.0 as integers, durations in Go's spelling ("2m" is
 * "2m0s"), and without unknown fields.
 *
 * Ownership: everything lives in the arena; the document is borrowed as long. Threads: pure.
 * Errors: what is wrong with the file is a problem in the list, with Go's words; negative only when the memory is used up.
 * Source: k8s.io/apimachinery pkg/runtime/serializer/json, sigs.k8s.io/json, encoding/json; types.go of the kinds in
 *         data/schema-fields.tsv.
 */
#ifndef BW_ANALYZE_SCHEMA_H
#define BW_ANALYZE_SCHEMA_H

#include "doc/doc.h"

enum bw_schema_mode {
        BW_SCHEMA_STRICT,
        BW_SCHEMA_LENIENT,
};

struct bw_schema; /* a kind: one row of data/schema-kinds.tsv */

enum bw_problem_kind {
        BW_PROBLEM_SYNTAX,        /* no YAML, no JSON */
        BW_PROBLEM_IDENTITY,      /* apiVersion or kind missing, or unknown */
        BW_PROBLEM_TYPE,          /* wrong type, or out of its range */
        BW_PROBLEM_UNKNOWN_FIELD, /* strict: error */
        BW_PROBLEM_DUPLICATE,     /* strict: error */
        BW_PROBLEM_VALUE,         /* well formed, refused by validation */
};

struct bw_problem {
        bool warning;
        enum bw_problem_kind kind;
        struct bw_mark mark;   /* line and column in the file, from 1; 0 = unknown */
        struct bw_str path;    /* as in field errors: resources[0].providers[1].kms */
        struct bw_str message; /* as the component says it, without what stands before it */
        struct bw_str hint;    /* what to do: "did you mean cachesize?"; may be empty */
};

struct bw_problems {
        struct bw_arena *arena;
        struct bw_problem *items;
        size_t n;
        size_t cap;
        bool failed; /* out of memory */
};

/* Adds a problem; its texts must live in the arena. Past BW_LIMIT_PROBLEMS the rest is dropped. */
void bw_problems_add(struct bw_problems *problems, const struct bw_problem *problem);
/* The same at a path of the document: the place is looked up. path: text of value/path.h. */
void bw_problems_at(struct bw_problems *problems, struct bw_doc *doc, enum bw_problem_kind kind, bool warning,
                    struct bw_str path, const char *fmt, ...) BW_PRINTF(6, 7);
/* True when one of them is no warning. */
bool bw_problems_refuse(const struct bw_problems *problems);

/*
 * The kind; NULL when there is none of that name. minor: the Kubernetes version that has it, 0 = any.
 * Kinds that are no API objects (the image policy webhook's file) are found by an empty apiVersion.
 */
const struct bw_schema *bw_schema_find(struct bw_str api_version, struct bw_str kind, int minor);
/* "KubeletConfiguration", "kubelet.config.k8s.io/v1beta1", "kubelet": the component that reads it. */
const char *bw_schema_kind(const struct bw_schema *schema);
const char *bw_schema_api_version(const struct bw_schema *schema);
const char *bw_schema_component(const struct bw_schema *schema);
/* All kinds in order; NULL past the last. */
const struct bw_schema *bw_schema_at(size_t i);
/* How the component that reads the kind treats what it does not know. */
enum bw_schema_mode bw_schema_mode_of(const struct bw_schema *schema);

/*
 * Reads a file's text: the first YAML document, or JSON. What stands twice becomes a problem (warning when lenient; of
 * several the last one counts); what is no YAML is a problem, too, and *ret_doc is then a null document.
 * doc->input is NULL; set it for reports.
 */
BW_CHECK int bw_schema_read(struct bw_arena *arena, struct bw_str text, enum bw_schema_mode mode, struct bw_doc *ret_doc,
                            struct bw_problems *problems, struct bw_error *reterr);

/*
 * The kind that the document says it is, as Kubernetes' codecs find it. component: only kinds that it reads ("kubelet"), NULL:
 * any. scheme: the place that the component names in its message ("k8s.io/.../scheme.go:33"), may be NULL. *ret is NULL when
 * there is none: the problem says why. -ENOMEM shows in problems->failed.
 */
void bw_schema_identify(struct bw_doc *doc, const char *component, const char *scheme, int minor,
                        struct bw_problems *problems, const struct bw_schema **ret);

/*
 * Decodes doc->root as the kind. minor: fields that came later or were removed before are unknown; 0 = all are known.
 * *ret is the decoded value; of a document that is refused as much of it as could be decoded.
 */
BW_CHECK int bw_schema_decode(struct bw_arena *arena, const struct bw_schema *schema, struct bw_doc *doc,
                              enum bw_schema_mode mode, int minor, struct bw_problems *problems, struct bw_value *ret,
                              struct bw_error *reterr);

/*
 * The text that a component would print for the errors: syntax as it is; strict errors as
 * "strict decoding error: …, …"; several validation errors as "[…, …]". Empty when nothing is refused.
 */
BW_CHECK int bw_problems_text(const struct bw_problems *problems, struct bw_arena *arena, struct bw_str *ret,
                              struct bw_error *reterr);

#endif
