/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge (internal): one thread's workspace while it judges documents.
 * Ownership: a judge owns its scratch arena, which lives for one document; values under test borrow from the document.
 * Threads: one judge, one thread.
 */
#ifndef BW_RULE_JUDGE_INTERNAL_H
#define BW_RULE_JUDGE_INTERNAL_H

#include "base/buf.h"
#include "doc/facts.h"
#include "rule/rule_internal.h"

enum { NO_CONTAINER = UINT32_MAX };

/* The value under test, and how it was reached. */
struct judge_item {
        const struct rule_check *check;
        const struct rule_place *place;
        const struct bw_path *path;
        uint32_t container;      /* NO_CONTAINER, or an index of judge->containers */
        uint32_t n_steps;
        struct bw_segment steps[BW_LIMIT_RULE_WILDCARDS]; /* what the wildcards stand for */
        struct bw_value element; /* at the last wildcard */
        struct bw_value each;
        struct bw_value value;   /* null when there is nothing at the path */
};

struct judge_failure { /* kept for `failed` */
        const struct rule_check *check;
        const struct rule_place *place;
        uint32_t container;
        uint32_t index;          /* of the element in its list */
        struct bw_str name;
        struct bw_str label;
};

struct judge_reported { /* a finding that another rule would repeat */
        const struct bw_rule *rule;
        struct bw_str path;
};

/* What could not be judged, of the values of one rule: the first that was unreadable, else the first of all. */
struct judge_unknown {
        struct bw_value evidence; /* ABSENT: there was none */
        struct bw_str path;       /* in scratch */
        bool unreadable;
};

enum { JUDGE_MEMOS = 256, JUDGE_MEMO_TEXT = 31 };
struct judge_memo { /* what an expression that depends on a text alone said of it */
        const struct rule_expr *expr;
        uint64_t head;          /* of the text */
        bool clears;
        char text[JUDGE_MEMO_TEXT];
};

struct bw_judge {
        const struct bw_catalog *catalog;
        struct bw_world world;
        bool include_passed;
        struct bw_summary summary;
        uint64_t evaluations;
        uint64_t pods;
        struct bw_uniform_counts uniform; /* of them, what uniform rules counted */

        struct bw_arena *scratch;
        struct bw_buf text;      /* for one text at a time */
        struct bw_cel_eval_options eval;
        struct bw_value slots[RULE_MAX_SLOTS];

        /* the document */
        const struct bw_doc *doc; /* NULL for a pod that came without one */
        const struct bw_doc *subject; /* what findings are about: doc, or what it was derived from */
        bool foldable;           /* findings about the subject may be like those about others: they get `same` */
        bool owned;              /* the subject has a controller that makes pods */
        struct bw_str own_name;  /* of a Pod that has one: findings need not have it in common */
        struct bw_value evidence; /* a map: where the document's values came from; else ABSENT */
        struct bw_value object;
        struct bw_value spec;    /* of the pod; ABSENT when there is none */
        struct bw_value metadata;
        struct bw_pod pod;       /* where it stands */
        struct bw_container *containers; /* in Pod Security's order */
        size_t n_containers;
        size_t cap_containers;
        uint64_t doc_bound;      /* slots that are set for this document */
        uint32_t n_edited;       /* findings of the document with a change of its text */
        struct judge_reported *reported;
        size_t n_reported;
        size_t cap_reported;

        struct bw_arena *late_arena;  /* of expressions that are compiled when they are needed: by number - 1 */
        struct rule_expr **late;
        size_t n_late;
        bool late_failed;             /* one could not be compiled: memory is short */

        struct judge_memo memos[JUDGE_MEMOS]; /* in pairs */
        uint32_t memo_turn;
        uint8_t *answers;        /* of the plan, by rule */
        size_t cap_answers;
        struct rule_volume_sources volume_sources;

        /* the rule */
        const struct bw_rule *rule;
        int minor;
        uint64_t n_tested;       /* values that an expression was asked about; counted in documents with evidence */
        struct judge_unknown unknown;
        struct bw_str tested_path; /* of the first of them, in scratch */
        struct bw_value tested;  /* its evidence; ABSENT when it has none */
        uint64_t variables_bound; /* variables that do not change with the item */
        struct judge_failure *failures;
        size_t n_failures;
        size_t cap_failures;
};

/* Called for each value that fails (err is NULL) or cannot be judged. A non-zero return stops the rule. */
typedef int (*judge_visit_fn)(void *userdata, struct bw_judge *judge, const struct judge_item *item,
                              const struct bw_error *err);

/* Sets the judge on a pod. Scratch is not reset. 0 or -ENOMEM. */
BW_CHECK int judge_begin_pod(struct bw_judge *judge, struct bw_value metadata, struct bw_value spec, bool is_pod,
                             bool raw);
/*
 * Sets the judge on a rule. 1 when the rule's versions and conditions hold, 0 when not, JUDGE_UNKNOWN when evidence says
 * why a condition has nothing to look at (judge->unknown), -EINVAL when they cannot be evaluated.
 */
enum { JUDGE_UNKNOWN = 2 };
BW_CHECK int judge_rule_applies(struct bw_judge *judge, const struct bw_rule *rule, struct bw_error *reterr);
/* The first `skip` of the rule that is true: 1 with its reason, 0, -EINVAL when one cannot be evaluated. */
BW_CHECK int judge_rule_skips(struct bw_judge *judge, const struct bw_rule *rule, struct bw_str *ret_reason,
                              struct bw_error *reterr);
/* Runs all checks. 0, or what visit returned. */
BW_CHECK int judge_run_checks(struct bw_judge *judge, const struct bw_rule *rule, judge_visit_fn visit, void *userdata);

/* For plan.c: whether expr (or check with its `where`) surely holds for a value, by itself; false when in doubt. */
bool judge_clears(struct bw_judge *judge, const struct rule_expr *expr, const struct rule_check *check,
                  struct bw_value params, struct bw_value key, struct bw_value v);
/* For plan.c: whether a condition on the value alone surely holds for what is below a value; false when in doubt. */
bool judge_holds_below(struct bw_judge *judge, const struct rule_when *where, struct bw_value v);

/* Runs an expression on an item (NULL: none). ABSENT with reterr set on a failure. */
struct bw_value judge_run(struct bw_judge *judge, const struct rule_expr *expr, const struct judge_item *item,
                          struct bw_error *reterr);
/* The same for a text; empty when there is no expression or it fails. Lives as long as scratch. */
struct bw_str judge_text(struct bw_judge *judge, const struct rule_expr *expr, const struct judge_item *item);

/* "app": the name of the container, volume, … that the item belongs to. */
struct bw_str judge_item_name(const struct bw_judge *judge, const struct judge_item *item);
/* 'container "app"', 'pod', 'volume "v"'. */
struct bw_str judge_item_who(struct bw_judge *judge, const struct judge_item *item);
/* The rule's label expression, else the value as text. */
struct bw_str judge_item_label(struct bw_judge *judge, const struct judge_item *item);
/* The place of the value (to_each: of `each`), from the object's root. segments is NULL when memory is short. */
struct bw_path judge_item_path(struct bw_judge *judge, const struct judge_item *item, bool to_each);

/* Of a finding of the judge's rule: what stays the same while the file is edited. path: from the root of its subject. */
struct bw_fingerprint judge_fingerprint(const struct bw_judge *judge, struct bw_path path);
/* Of a finding of the judge's rule about its subject, which holds a pod: finding.same. path: as of the fingerprint. */
struct bw_fingerprint judge_sameness(const struct bw_judge *judge, struct bw_path path, const struct bw_finding *finding);
/* Adds the path from its segment `from` on, items of lists by their names. */
struct bw_fingerprint judge_named_path(struct bw_fingerprint f, const struct bw_doc *doc, struct bw_path path, size_t from);
/* Sets finding's edits: the rule's fix.patch, merged into the value under test (`each`). 0 or -ENOMEM. */
BW_CHECK int judge_item_edits(struct bw_judge *judge, const struct judge_item *item, struct bw_doc *doc,
                              struct bw_arena *arena, struct bw_finding *finding, struct bw_error *reterr);

/* Keeps the item for `failed`. 0 or -ENOMEM. */
BW_CHECK int judge_keep_failure(struct bw_judge *judge, const struct judge_item *item);
/* The evidence that holds for a path of the document; ABSENT when there is none, or no document with evidence. */
struct bw_value judge_evidence(const struct bw_judge *judge, struct bw_path path);
/* The path of the value under test, without `point`. segments is NULL when memory is short. */
struct bw_path judge_value_path(struct bw_judge *judge, const struct judge_item *item);
/* What `source` says of the evidence: its text, else its place; empty for none. */
struct bw_str judge_source(struct bw_judge *judge, struct bw_value evidence);

/* The value of `failed`; ABSENT when memory is short. */
struct bw_value judge_failed(struct bw_judge *judge);

#endif
