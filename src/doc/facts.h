/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts: builds documents of bulwark's own kinds (Host, HostFiles, Component, …): what was found, and beside it the
 * evidence: where each value came from, or why there is none.
 *
 *     {"apiVersion": "bulwark.dev/v1", "kind": "Component", "metadata": {"name": "cp1/kube-apiserver"},
 *      "settings": {"anonymous-auth": true},
 *      "evidence": {"settings['anonymous-auth']": {"type": "default", "text": "default of 1.32"}}}
 *
 * evidence is a map from a field's path (text of value/path.h, "" for the whole document) to where the value at that path
 * and below it comes from. A `state` in place of a `type` says why there is nothing to judge:
 *
 *     absent         was looked for, is not there                 verdict skip, not counted against coverage
 *     notApplicable  does not exist on this distribution or role  verdict skip, not counted against coverage
 *     unreadable     is there, could not be read                  verdict skip, counted: the machine was not seen
 *
 * A rule whose path leads to or below such a field is skipped with the reason. A thing that a rule wants to complain of when
 * it is missing ("auditd is not installed") has no state: it is an ordinary value (installed: false).
 *
 * Ownership: everything lives in the arena. Texts are copied, and made UTF-8 (bad bytes become U+FFFD).
 * Errors: a builder that runs out of memory stays silent until bw_facts_finish(), which gives -ENOMEM.
 * Threads: one document, one thread.
 */
#ifndef BW_DOC_FACTS_H
#define BW_DOC_FACTS_H

#include "doc/doc.h"

struct bw_arena;
struct bw_buf;
struct bw_error;

/* Takes documents as they are made; a negative answer ends the work and is given on. doc lives as long as its arena. */
typedef int (*bw_doc_sink)(void *userdata, struct bw_doc *doc, struct bw_error *reterr);

/* A map or a list that grows. Keys must be unique: of equal ones the last stays. */
struct bw_fields {
        struct bw_facts *facts;
        struct bw_entry *entries;
        uint32_t n, cap;
};
struct bw_items {
        struct bw_facts *facts;
        struct bw_value *items;
        uint32_t n, cap;
};

struct bw_evidence {
        const char *type;    /* "flag", "file", "drop-in", "environment", "default", "process", "kernel", "package", …; NULL
                                with a state */
        const char *state;   /* NULL, or "absent", "unreadable", "notApplicable" */
        struct bw_str text;  /* what stands there: "--anonymous-auth=false", "default of 1.32". Never a secret */
        struct bw_str file;  /* path on the examined machine */
        uint32_t line;       /* from 1; 0 = unknown */
        uint32_t column;
        struct bw_str path;  /* in the document that this one was derived from (a flag's place in a pod), else empty */
        struct bw_str reason; /* with a state: "permission denied"; a short clause without full stop */
        struct bw_str help;  /* with "unreadable": what would help: "run as root", "CAP_DAC_READ_SEARCH"; may be empty */
};

struct bw_facts {
        struct bw_arena *arena;
        struct bw_str kind;
        struct bw_str name;
        struct bw_fields fields;   /* of the document: add what the kind has */
        struct bw_fields evidence; /* private */
        bool failed;               /* out of memory */
};

/* api_version is bulwark.dev/v1 unless a Kubernetes kind is built: see bw_facts_finish_as(). */
void bw_facts_init(struct bw_facts *facts, struct bw_arena *arena, const char *kind, struct bw_str name);
struct bw_fields bw_fields(struct bw_facts *facts);
struct bw_items bw_items(struct bw_facts *facts);

void bw_fields_value(struct bw_fields *fields, const char *key, struct bw_value value);
void bw_fields_value_at(struct bw_fields *fields, struct bw_str key, struct bw_value value);
void bw_fields_text(struct bw_fields *fields, const char *key, struct bw_str text);
void bw_fields_int(struct bw_fields *fields, const char *key, int64_t i);
void bw_fields_bool(struct bw_fields *fields, const char *key, bool b);
void bw_items_value(struct bw_items *items, struct bw_value value);
void bw_items_text(struct bw_items *items, struct bw_str text);
/* The finished map or list; null when memory ran out. */
struct bw_value bw_fields_end(struct bw_fields *fields);
struct bw_value bw_items_end(struct bw_items *items);
/* A text as a value: copied, made UTF-8. */
struct bw_value bw_facts_text(struct bw_facts *facts, struct bw_str text);

/* Evidence of the field at path ("settings['a.b']", printf-like; keys that are no plain names in brackets). */
void bw_facts_evidence(struct bw_facts *facts, const struct bw_evidence *evidence, const char *path, ...) BW_PRINTF(3, 4);
/* The same for settings[key] of any key: quotes it as value/path.h does. parent "" is the root. */
void bw_facts_evidence_of(struct bw_facts *facts, const struct bw_evidence *evidence, const char *parent, struct bw_str key);
/* Short forms. */
void bw_facts_absent(struct bw_facts *facts, const char *path, const char *reason);
void bw_facts_unreadable(struct bw_facts *facts, const char *path, struct bw_str file, const struct bw_error *err);

/*
 * Evidence for every field of a document that was read from a file, at their lines, with `prefix` before their paths:
 * doc's root stands at prefix in the document that is built.
 */
void bw_facts_evidence_of_doc(struct bw_facts *facts, const char *type, struct bw_str file, struct bw_doc *doc,
                              const char *prefix);

/* The document, identified (bw_doc_identify), without text. -ENOMEM. */
BW_CHECK int bw_facts_finish(struct bw_facts *facts, struct bw_doc *ret_doc, struct bw_error *reterr);
/* The same for a kind of Kubernetes' own, e.g. "kubelet.config.k8s.io/v1beta1": effective configuration. */
BW_CHECK int bw_facts_finish_as(struct bw_facts *facts, const char *api_version, struct bw_doc *ret_doc,
                                struct bw_error *reterr);

/*
 * Whether a document's `evidence` is to be believed: those of bulwark's own kinds and of Kubernetes' configuration. An
 * object of the API that has such a field has it from whoever wrote the manifest.
 */
bool bw_doc_has_evidence(const struct bw_doc *doc);
/* Whether the document is of such a kind. */
bool bw_doc_may_have_evidence(const struct bw_doc *doc);

/* Reading: the evidence that holds for path: its own, else the nearest one above it. ABSENT when there is none. */
struct bw_value bw_evidence_find(struct bw_value root, struct bw_path path);

#endif
