/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: the catalog: rules as data (YAML with CEL), compiled once, grouped by kind, evaluated on one document at a time.
 * The only place where a verdict is made.
 * Ownership: a catalog owns its rules and programs; findings' texts live in the arena of the evaluation, rule infos as
 *            long as the catalog.
 * Threads: loading and bw_catalog_prepare() are for one thread at a time (the caller's lock); bw_catalog_evaluate() may
 *          run in any number of threads, each with its own bw_judge, once the document's kind is prepared.
 * Source: design "Rules"; ValidatingAdmissionPolicy for the meaning of object, params, namespaceObject, variables.
 */
#ifndef BW_RULE_RULE_H
#define BW_RULE_RULE_H

#include "doc/doc.h"
#include "doc/template.h"
#include "exception/exception.h"
#include "finding/finding.h"

#include "value/value.h"

struct bw_arena;
struct bw_buf;
struct bw_error;
struct bw_settings;
struct bw_catalog;
struct bw_inventory;
struct bw_joins;
struct bw_judge;
struct bw_rule;

/* The newest Kubernetes minor version known (1.37): "latest" in the Pod Security Standards. */
#define BW_KUBERNETES_NEWEST 37

struct bw_catalog_options {
        const struct bw_str *frameworks; /* only rules that these name; none = all */
        size_t n_frameworks;
        const struct bw_str *only;       /* only these rule ids; none = all */
        size_t n_only;
        const struct bw_str *disabled;   /* not these, unless `only` names them: ids, or their beginning and a '*' */
        size_t n_disabled;
        int kubernetes_minor;            /* N of 1.N that rules are judged by; BW_KUBERNETES_NEWEST by default */
        bool kubernetes_minor_is_given;  /* it goes before what a document says of itself (kubernetesMinor) */
        struct bw_value params;          /* a map: rule id -> parameters that replace the rule's own of the same name */
        struct bw_str (*timezone)(void *userdata, struct bw_str name); /* as in bw_cel_env_options */
        void *timezone_userdata;
};

BW_CHECK int bw_catalog_new(const struct bw_catalog_options *options, struct bw_catalog **ret, struct bw_error *reterr);
void bw_catalog_free(struct bw_catalog *catalog);
BW_DEFINE_AUTO(struct bw_catalog *, bw_catalog_free);

/* The rules compiled into the binary. Cheap: nothing is parsed until its kind is met. */
BW_CHECK int bw_catalog_add_builtin(struct bw_catalog *catalog, struct bw_error *reterr);
/* A user's own rule file (one or more documents). Errors name file, line and column. */
BW_CHECK int bw_catalog_add(struct bw_catalog *catalog, struct bw_str file, struct bw_str text, struct bw_error *reterr);

/* The version to judge by, when it is known only after the catalog is there; before anything is prepared. */
void bw_catalog_set_minor(struct bw_catalog *catalog, int kubernetes_minor);
/*
 * Whether some rule that takes part is for objects of this kind by its name, or looks at them. Rules for any kind ("*") do not
 * count. One thread, as loading.
 */
bool bw_catalog_reads(struct bw_catalog *catalog, struct bw_str group, struct bw_str kind);
/* The kinds that built-in ones of them name with a group, each as often as it is named. fn's first answer other than 0 ends it and is given. */
int bw_catalog_each_kind(struct bw_catalog *catalog, int (*fn)(void *userdata, struct bw_str group, struct bw_str kind),
                         void *userdata);

/* True when every rule for documents like this one is compiled (lock-free). */
bool bw_catalog_is_ready(const struct bw_catalog *catalog, const struct bw_doc *doc);
/* Compiles what this document's kind needs. */
BW_CHECK int bw_catalog_prepare(struct bw_catalog *catalog, const struct bw_doc *doc, struct bw_error *reterr);

/* Rules that take part: without those that the options leave out, and optional ones that nobody asks for. */
size_t bw_catalog_size(const struct bw_catalog *catalog);
/* Rules compiled so far: those that the kinds met need. */
size_t bw_catalog_compiled(const struct bw_catalog *catalog);
/* Rules in id order, for list, show and explain (parses all of them on first use). */
BW_CHECK int bw_catalog_infos(struct bw_catalog *catalog, const struct bw_rule_info *const **ret_infos, size_t *ret_n,
                              struct bw_error *reterr);

/* One rule with everything that its file says. */
struct bw_rule_details {
        const struct bw_rule_info *info;
        struct bw_value source;      /* the rule's document (without its tests for a built-in rule) */
        bool builtin;
        size_t n_tests;
};
/* -ENOENT (with the nearest id in reterr, if there is one that is close) when no such rule is there. */
BW_CHECK int bw_catalog_find(struct bw_catalog *catalog, struct bw_str id, struct bw_rule_details *ret,
                             struct bw_error *reterr);

/*
 * Rule ids, parameters and their types that a settings file names and the catalog does not have: -EINVAL with file, line
 * and column. After all rules have been added.
 */
BW_CHECK int bw_catalog_check_settings(struct bw_catalog *catalog, const struct bw_settings *settings,
                                       struct bw_error *reterr);
/* A bw_rule_look on a catalog; one thread, not while documents are judged. */
enum bw_rule_presence bw_catalog_look(void *catalog, struct bw_str pattern, struct bw_str *ret_nearest);

/* What a judge needs to know of the rest of the world while it judges one document. */
struct bw_world {
        int64_t now;                            /* unix seconds */
        int64_t seen_at;                        /* what rules call now: when their objects were seen; 0: now */
        struct bw_exceptions *exceptions;       /* what does not count, and why; NULL: everything counts. Thread-safe */
        bool raw;                               /* judge objects as they are, without the API server's defaults */
        bool want_edits;                        /* work out the change of the text that a rule's fix.patch asks for */
        bool fold;                              /* set `same` of findings about pods and what makes them, */
        struct bw_siphash_key fold_key;         /* by this secret */
};

/* One thread's workspace: arenas, slots, counters. */
BW_CHECK int bw_judge_new(const struct bw_catalog *catalog, const struct bw_world *world, bool include_passed,
                          struct bw_judge **ret, struct bw_error *reterr);
void bw_judge_free(struct bw_judge *judge);
BW_DEFINE_AUTO(struct bw_judge *, bw_judge_free);
/* Counters of all verdicts so far, for summary and --stats. */
void bw_judge_summary(const struct bw_judge *judge, struct bw_summary *add_to);
/* Rules that were run on a document, so far. */
uint64_t bw_judge_evaluations(const struct bw_judge *judge);
/* Pods and pod templates that rules were run on, so far. */
uint64_t bw_judge_pods(const struct bw_judge *judge);

/* Takes findings as they are made. Texts live in the arena given to bw_catalog_evaluate. A non-zero return stops. */
typedef int (*bw_finding_sink)(void *userdata, const struct bw_finding *finding);

/*
 * Judges one document by every rule for its kind. arena: for findings' texts (and document marks); scratch memory is the
 * judge's own. Evaluation errors are findings with BW_VERDICT_ERROR. -ENOMEM, or what the sink returned.
 */
BW_CHECK int bw_catalog_evaluate(const struct bw_catalog *catalog, struct bw_judge *judge, struct bw_doc *doc,
                                 struct bw_arena *arena, bw_finding_sink sink, void *userdata, struct bw_error *reterr);

/*
 * Pods of one template are judged once. Rules that look at nothing in which such pods differ are called uniform: what
 * bw_catalog_template() hashes is all that they see, so of a second pod with the same hash only the others have to be asked.
 *
 *     bw_catalog_template           false: not a pod with a controller. The document's kind is prepared
 *     bw_judge_uniform              what uniform rules counted since it was last called
 *     bw_catalog_evaluate_varying   as bw_catalog_evaluate, by the other rules only
 *     bw_judge_repeat               counts again what they counted for the first pod
 *
 * Findings of uniform rules are marked as such. docs/internals/scale.md.
 */
struct bw_uniform_counts {
        uint32_t verdicts[_BW_VERDICT_MAX];
        uint32_t by_severity[_BW_SEVERITY_MAX];
        uint32_t evaluations;
};
bool bw_catalog_template(const struct bw_catalog *catalog, const struct bw_doc *doc, struct bw_siphash_key key,
                         struct bw_owner_id owner, uint64_t ret[2]);
struct bw_uniform_counts bw_judge_uniform(struct bw_judge *judge);
BW_CHECK int bw_catalog_evaluate_varying(const struct bw_catalog *catalog, struct bw_judge *judge, struct bw_doc *doc,
                                         struct bw_arena *arena, bw_finding_sink sink, void *userdata,
                                         struct bw_error *reterr);
void bw_judge_repeat(struct bw_judge *judge, const struct bw_uniform_counts *counts);

/*
 * Rules that look at other objects (`inventory` in their expressions) are judged when everything has been read. What
 * they need is kept (doc/keep.h) while the other rules are judged:
 *
 *     bw_catalog_plan_joined            before the first document, one thread
 *     bw_catalog_needs                  of each document: BW_NEED_ bits; 0: it is not kept. Any thread
 *     bw_catalog_prepare_joined         for each kept document, one thread
 *     bw_joins_new                      from the sealed inventory of all kept documents, once
 *     bw_judge_join                     each judge
 *     bw_catalog_evaluate_joined        of each kept document that has BW_NEED_JUDGED. Any thread
 */
#define BW_NEED_LOOKED 1u /* other objects' rules look at it */
#define BW_NEED_MADE 4u   /* a document is made of it and others (analyze/synthesis.h) */
#define BW_NEED_JUDGED 2u /* rules of its own look at other objects */
BW_CHECK int bw_catalog_plan_joined(struct bw_catalog *catalog, struct bw_error *reterr);
unsigned bw_catalog_needs(const struct bw_catalog *catalog, const struct bw_doc *doc);
BW_CHECK int bw_catalog_prepare_joined(struct bw_catalog *catalog, const struct bw_doc *doc, struct bw_error *reterr);
/* Joins borrow the inventory and its documents. */
BW_CHECK int bw_joins_new(const struct bw_catalog *catalog, const struct bw_inventory *inventory, struct bw_joins **ret,
                          struct bw_error *reterr);
void bw_joins_free(struct bw_joins *joins);
BW_DEFINE_AUTO(struct bw_joins *, bw_joins_free);
/* Whether rules want what bw_synthesizers[synthesizer] makes. After bw_catalog_plan_joined. */
bool bw_catalog_wants_made(const struct bw_catalog *catalog, size_t synthesizer);
void bw_judge_join(struct bw_judge *judge, const struct bw_joins *joins);
/* As bw_catalog_evaluate; edits of the text are not worked out. */
BW_CHECK int bw_catalog_evaluate_joined(const struct bw_catalog *catalog, struct bw_judge *judge, struct bw_doc *doc,
                                        struct bw_arena *arena, bw_finding_sink sink, void *userdata,
                                        struct bw_error *reterr);
/*
 * As bw_catalog_evaluate, of a document that many imply; bw_catalog_prepare() has been called for it. Findings are about the
 * document `about`, at the place in it that evidence says.
 */
BW_CHECK int bw_catalog_evaluate_made(const struct bw_catalog *catalog, struct bw_judge *judge, struct bw_doc *doc,
                                      struct bw_doc *about, struct bw_arena *arena, bw_finding_sink sink, void *userdata,
                                      struct bw_error *reterr);

#endif
