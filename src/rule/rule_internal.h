/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule (internal): a rule as it is loaded and compiled, and what its files share.
 * Ownership: a rule and all it points to live in the catalog's arena; programs also hold what bw_cel_program_done() frees.
 * Threads: a rule is immutable once its kind is prepared.
 */
#ifndef BW_RULE_RULE_INTERNAL_H
#define BW_RULE_RULE_INTERNAL_H

#include "base/limits.h"
#include "cel/cel.h"
#include "doc/pod.h"
#include "rule/framework.h"
#include "rule/lint.h"
#include "rule/podsecurity.h"
#include "rule/rule.h"

/* The variables of every expression, in slot order: X(slot, name). */
#define RULE_SLOTS(X)                                                                              \
        X(OBJECT, "object")                                                                        \
        X(OLD_OBJECT, "oldObject")                                                                 \
        X(REQUEST, "request")                                                                      \
        X(PARAMS, "params")                                                                        \
        X(NAMESPACE_OBJECT, "namespaceObject")                                                     \
        X(POD_SPEC, "podSpec")                                                                     \
        X(POD_METADATA, "podMetadata")                                                             \
        X(CONTAINERS, "containers")                                                                \
        X(EACH, "each")                                                                            \
        X(EACH_KEY, "eachKey")                                                                     \
        X(EACH_INDEX, "eachIndex")                                                                 \
        X(CONTAINER, "container")                                                                  \
        X(NAME, "name")                                                                            \
        X(WHO, "who")                                                                              \
        X(VALUE, "value")                                                                          \
        X(SOURCE, "source")                                                                        \
        X(LABEL, "label")                                                                          \
        X(KUBERNETES_MINOR, "kubernetesMinor")                                                     \
        X(FAILED, "failed")                                                                        \
        X(INVENTORY, "inventory")                                                                  \
        X(NOW, "now")

enum rule_slot {
#define X(slot, name) SLOT_##slot,
        RULE_SLOTS(X)
#undef X
                _SLOT_FIXED, /* the rule's own variables follow */
};
#define SLOT_BIT(slot) ((uint64_t)1 << (slot))
#define RULE_MAX_SLOTS 64
_Static_assert(_SLOT_FIXED + BW_LIMIT_RULE_VARIABLES <= RULE_MAX_SLOTS, "one bit for each slot");

/* Slots that change with the value under test. */
#define SLOTS_OF_ITEM                                                                              \
        (SLOT_BIT(SLOT_EACH) | SLOT_BIT(SLOT_EACH_KEY) | SLOT_BIT(SLOT_EACH_INDEX) | SLOT_BIT(SLOT_CONTAINER) | \
         SLOT_BIT(SLOT_NAME) | SLOT_BIT(SLOT_WHO) | SLOT_BIT(SLOT_VALUE) | SLOT_BIT(SLOT_LABEL) |               \
         SLOT_BIT(SLOT_SOURCE))

/* What an expression answers for null, false and true, if that depends on nothing else. */
enum rule_truth {
        TRUTH_ASK, /* run the program */
        TRUTH_HOLDS,
        TRUTH_FAILS,
};

struct pred;

struct rule_expr {
        struct bw_str source;          /* p is NULL: not there */
        struct bw_mark mark;           /* of the scalar in the file */
        struct bw_cel_program *program;
        uint64_t uses;                 /* slots, those of used variables included */
        uint64_t variables;            /* of them, the rule's own variables */
        uint32_t late;                 /* a text of a built-in rule, compiled by each judge when it needs it: its number,
                                          from 1 in the catalog; 0: compiled with the rule */
        bool is_bool;                  /* whatever the document says */
        uint8_t truth[3];              /* enum rule_truth for null, false, true */
        struct pred *pred;             /* quick answers for an expression on one value alone; may be NULL */
};

/* Minor versions of Kubernetes 1.N, both ends included. */
struct rule_versions {
        int from;
        int to;
};

/* A condition: the value at `path` (from the pod spec or the object), null when absent, and an expression on it. */
struct rule_when {
        struct bw_path path;
        struct bw_mark path_mark;
        struct rule_expr expression;
};

enum rule_base {
        BASE_ROOT,         /* the pod spec, or the object when the rule is not about pods */
        BASE_CONTAINERS,   /* each container of the three lists */
        BASE_POD_METADATA,
};

/* A value under test: a base, and a pattern from there. */
struct rule_place {
        enum rule_base base;
        struct bw_path pattern;
        struct bw_str noun;  /* "volume" of volumes[*]; "" when there is none */
        uint32_t n_each;     /* wildcards in the pattern */
        struct bw_mark mark;
};

struct rule_check {
        struct bw_str group;
        struct rule_versions versions;
        const struct rule_when *when;
        size_t n_when;
        const struct rule_when *where; /* the same for each value: paths from there */
        size_t n_where;
        const struct bw_str *keys;     /* of a map's entries: only those; a trailing * matches any rest */
        size_t n_keys;
        const struct rule_place *places;
        size_t n_places;
        const struct bw_path *paths;   /* at least one, maybe the empty path */
        size_t n_paths;
        struct bw_mark path_mark;
        struct bw_path point;          /* below the value, where findings point */
        struct rule_expr expression;
        struct rule_expr label;
        struct rule_expr message_expression;
        struct bw_str message;
};

/* When this is true of an object, the rule is not applicable to it, and says why. */
struct rule_skip {
        struct rule_expr expression;
        struct rule_expr reason_expression;
        struct bw_str reason;
};

struct rule_variable {
        struct bw_str name;
        struct rule_expr expression;
};

struct rule_kind { /* "apps/Deployment", "Pod", "*" */
        struct bw_str group;
        struct bw_str kind;
        bool any_group;      /* no group was named: Kubernetes' own groups */
};

/* Objects that a rule's expressions look into besides the one under test. */
struct rule_look {
        struct bw_str text;            /* as the rule writes it: "pods", "Service", "group/Kind" */
        struct rule_kind kind;         /* of "pods": empty */
};

struct rule_label {
        struct bw_str key;
        struct bw_str value;
};

struct rule_match {
        bool pod_spec;
        const struct rule_kind *kinds;
        size_t n_kinds;
        const struct bw_str *versions;   /* of the API: v1, v1beta1 */
        size_t n_versions;
        const struct bw_str *namespaces; /* names; a trailing * matches any rest */
        size_t n_namespaces;
        const struct bw_str *not_namespaces;
        size_t n_not_namespaces;
        const struct rule_label *labels;
        size_t n_labels;
        struct rule_versions kubernetes;
        const struct rule_when *conditions;
        size_t n_conditions;
};

struct rule_pss {
        enum bw_pss_level level;       /* PRIVILEGED: the rule is no part of the standards */
        struct bw_str check;
        const struct bw_str *overrides;
        size_t n_overrides;
        struct bw_str reason;
        struct rule_expr reason_expression;
        struct rule_expr detail;
};

struct bw_rule {
        struct bw_rule_info info;
        struct rule_match match;
        const struct rule_check *checks;
        size_t n_checks;
        const struct rule_skip *skips;
        size_t n_skips;
        enum bw_verdict verdict;       /* of what does not hold: FAIL, or MANUAL */
        struct rule_variable *variables;
        size_t n_variables;
        const struct rule_look *looks; /* any: the rule is judged when everything has been read */
        size_t n_looks;
        struct bw_value params;
        struct bw_value patch;
        struct rule_pss pss;
        struct bw_value tests;         /* list, or ABSENT */
        struct bw_value test_base;     /* what the objects of the tests are laid over, or ABSENT */
        long n_negatable;              /* expressions that a mutation test can negate, beside variables */
        struct bw_str negated;         /* the one that it did negate, as it was */
        struct bw_value source;
        const struct bw_doc *doc;      /* NULL for built-in rules */
        struct bw_cel_env *env;        /* NULL: the catalog's own; else to be freed with the rule */
        const struct bw_rule *const *overridden; /* rules of the same catalog that this one repeats in part */
        size_t n_overridden;
        bool compiled;
        bool uniform;                  /* it says the same of all pods of one template: uniform.c */
        const struct bw_str *seen_keys; /* labels and annotations that it looks at then; a trailing * is any rest */
        size_t n_seen_keys;
};

/* ---- problem.c: what is wrong in a file, collected */

struct rule_problems {
        struct bw_arena *arena;
        struct bw_rule_problem *items;
        size_t n;
        size_t cap;
        size_t n_more;
        bool nomem;
};
void rule_problem_add(struct rule_problems *problems, const struct bw_doc *doc, struct bw_mark mark, const char *fmt, ...)
        BW_PRINTF(4, 5);
/* The first problem as an error, with the file's name; -EINVAL. Only with n > 0. */
int rule_problems_error(const struct rule_problems *problems, struct bw_error *reterr);

/* ---- load.c: a document becomes a rule */

struct rule_load_options {
        bool lint;                    /* also what only lint minds: missing tests, why, fix */
        struct bw_value params;       /* replacement parameters of this rule; may be ABSENT */
        long negate_at;               /* mutation test: the condition or check with this number is negated, after them
                                         the variables; -1 = none */
};
/* 0 or -ENOMEM; what is wrong is added to problems. *ret is NULL when there are any. */
BW_CHECK int rule_load(struct bw_arena *arena, const struct bw_doc *doc, struct bw_value root,
                       const struct rule_load_options *options, struct rule_problems *problems, struct bw_rule **ret);
/* Calls visit for each expression that the rule has, with its field's name; stops at a non-zero result. */
int rule_visit_expressions(struct bw_rule *rule, int (*visit)(void *userdata, struct rule_expr *expr, const char *what),
                           void *userdata);

/* ---- versions.c */

/* ">=1.25 <1.29", "1.30", "<=1.18". -EINVAL. */
BW_CHECK int rule_versions_parse(struct bw_str text, struct rule_versions *ret, struct bw_error *reterr);
static inline bool rule_versions_has(struct rule_versions versions, int minor)
{
        return minor >= versions.from && minor <= versions.to;
}

/* ---- match.c */

bool rule_kind_matches(const struct rule_kind *kind, struct bw_str group, struct bw_str name);
/* All of `match` but podSpec, kubernetes and conditions. */
bool rule_matches(const struct bw_rule *rule, const struct bw_doc *doc);

/* Not every object that holds a pod matches a rule about pods. */
static inline bool rule_match_is_narrow(const struct rule_match *match)
{
        return match->n_kinds || match->n_versions || match->n_namespaces || match->n_not_namespaces || match->n_labels;
}

/* "a" is a, "a*" is all that begins with a. No patterns: nothing matches. */
bool rule_name_matches(const struct bw_str *patterns, size_t n, struct bw_str name);

/* ---- looks.c */

/* "pods", "Service", "group/Kind". -EINVAL. Borrows text. */
BW_CHECK int rule_look_parse(struct bw_str text, struct rule_look *ret);
static inline bool rule_look_is_pods(const struct rule_look *look)
{
        return look->kind.kind.n == 0;
}
/*
 * What is wrong with the way in which a checked expression of the rule uses `inventory`, with its place in the
 * expression; false when nothing is.
 */
bool rule_looks_wrong(const struct bw_rule *rule, const struct bw_cel_ast *ast, struct bw_error *ret_why);

/* ---- joins.c: what expressions see as `inventory` */

extern const struct bw_cel_library *const rule_libraries[];
extern const struct bw_cel_type rule_inventory_type;
/* looks: what may be asked. The inventory is sealed. */
BW_CHECK int rule_joins_new(const struct bw_inventory *inventory, const struct rule_look *looks, size_t n_looks,
                            struct bw_joins **ret, struct bw_error *reterr);

/* ---- compile.c */

/*
 * builtin: for rules that were linted when the program was built. types: by slot, or NULL; NULL in it: the slot's usual
 * type. Rules without variables share one env; it lends its functions to those of rules that have some.
 */
BW_CHECK int rule_env_new(const struct bw_catalog_options *options, const struct bw_cel_env *shared, bool builtin,
                          const struct rule_variable *variables, size_t n_variables,
                          const struct bw_cel_type *const *types, struct bw_cel_env **ret, struct bw_error *reterr);
/* n_late: expressions of the catalog that are left to judges; counted on. */
BW_CHECK int rule_compile(struct bw_arena *arena, const struct bw_catalog_options *options,
                          const struct bw_cel_env *shared, struct bw_rule *rule, uint32_t *n_late,
                          struct bw_error *reterr);
/* One expression, when the others of its rule are compiled; then bw_cel_program_done() is the caller's. */
BW_CHECK int rule_compile_late(struct bw_arena *arena, const struct bw_cel_env *shared, const struct bw_rule *rule,
                               struct rule_expr *expr, struct bw_error *reterr);
void rule_done(struct bw_rule *rule);

/* ---- uniform.c */

/* Finds out whether a rule is uniform, and which labels and annotations it looks at. 0 or -ENOMEM. */
BW_CHECK int rule_find_uniform(struct bw_arena *arena, struct bw_rule *rule);

/* ---- normalize.c: a pod as the API server would see it */

/* Keys of volumes that name where they come from, for quick look-ups. */
struct rule_volume_sources {
        struct bw_value keys[64]; /* open addressing by hash */
};
void rule_volume_sources_init(struct rule_volume_sources *sources);

/* Maps without entries that are null; v itself when there are none. ABSENT when memory is short. */
struct bw_value rule_without_nulls(struct bw_arena *arena, struct bw_value v);
/* The API server's defaults that Pod Security depends on: volumes without a source, host ports (is_pod). */
struct bw_value rule_pod_defaults(struct bw_arena *arena, const struct rule_volume_sources *sources,
                                  struct bw_value spec, bool is_pod);

/* ---- evaluate.c */

/* Judges a document by these rules, at one version; negative: its own, else the newest. As bw_catalog_evaluate. */
BW_CHECK int rule_evaluate(struct bw_judge *judge, const struct bw_rule *const *rules, size_t n_rules, int minor,
                           struct bw_doc *doc, struct bw_arena *arena, bw_finding_sink sink, void *userdata,
                           struct bw_error *reterr);

/* ---- podsecurity.c */

/* One rule on one pod: *ret_violated, and then *ret. */
BW_CHECK int rule_violation(struct bw_judge *judge, const struct bw_rule *rule, int minor, const struct bw_pod *pod,
                            bool is_pod, struct bw_arena *arena, struct bw_pss_violation *ret, bool *ret_violated,
                            struct bw_error *reterr);

/* ---- testrun.c */

/* What is wrong in a rule's test. */
BW_CHECK int rule_test_lint(struct bw_arena *arena, const struct bw_doc *doc, struct bw_value v, struct bw_mark mark,
                            struct rule_problems *problems);

/* ---- fixtest.c */

/* Whether the rule's patch makes an object pass that fails: *ret_why is empty, or says what still fails. */
BW_CHECK int rule_fix_test(struct bw_judge *judge, struct bw_arena *arena, const struct bw_rule *rule, int minor,
                           struct bw_value object, struct bw_str *ret_why, struct bw_error *reterr);

/* ---- framework.c */

BW_CHECK int framework_load(struct bw_arena *arena, const struct bw_doc *doc, struct bw_value root,
                            struct rule_problems *problems, struct bw_framework **ret);
/* The controls of a user's framework that takes them from another one. */
BW_CHECK int framework_resolve(struct bw_catalog *catalog, const struct bw_doc *doc, struct rule_problems *problems,
                               struct bw_framework *framework, struct bw_error *reterr);

/* ---- catalog.c, for the other files of this module */

struct plan;

struct rule_kind_group { /* the rules that a kind needs */
        struct bw_str kind;            /* "" = the pods' group, "*" = rules for any kind */
        uint32_t *entries;             /* numbers of catalog entries */
        size_t n_entries;
        size_t cap;
        const struct bw_rule **rules;  /* after preparation, in order of evaluation */
        size_t n_rules;
        struct plan *plan;             /* of the pods' group */
        const struct bw_rule **varying; /* of the rules, those that are not uniform */
        size_t n_varying;
        const struct bw_str *seen_keys; /* labels and annotations that the others look at */
        size_t n_seen_keys;
        bool ready;                    /* atomic; released after rules is set */
};

struct rule_group_set { /* [GROUP_PODS], [GROUP_ANY], then one for each kind */
        struct rule_kind_group *groups;
        size_t n_groups;
        size_t cap_groups;
};

/* What rules that look at other objects need of a kind. */
struct rule_need {
        struct rule_kind kind;
        uint16_t hash;                 /* of its name */
        unsigned bits;                 /* BW_NEED_… */
};

struct rule_entry {
        struct bw_str id;
        const struct rule_builtin *builtin; /* NULL: a user's rule */
        struct bw_rule *rule;          /* NULL until parsed */
        const struct bw_control *controls;
        size_t n_controls;
        bool has_controls;
};

struct bw_catalog {
        struct bw_arena *arena;
        struct bw_catalog_options options;
        struct rule_entry *entries;
        size_t n_entries;
        size_t cap_entries;
        struct rule_group_set first;   /* rules for one document at a time */
        struct rule_group_set joined;  /* rules that look at other objects, too */
        struct rule_need *needs;       /* after bw_catalog_plan_joined() */
        size_t n_needs;
        unsigned needs_of_pods;        /* of all kinds that hold pods */
        unsigned needs_of_any;
        uint32_t wants_made;           /* bits: numbers of bw_synthesizers whose documents some rule is for */
        struct rule_look *looks;       /* of all rules that take part, each once */
        size_t n_looks;
        struct bw_cel_env *env;        /* of users' rules, */
        struct bw_cel_env *builtin_env; /* and of the others; made at the first compilation of one */
        size_t n_compiled;
        uint32_t n_late;               /* expressions that judges compile */
        struct bw_framework **frameworks; /* of users; the built-in ones are added by bw_catalog_frameworks() */
        size_t n_frameworks;
        size_t cap_frameworks;
        bool has_builtin_frameworks;
        const struct bw_rule **pss;    /* in the evaluator's order, after bw_pss_prepare() */
        size_t n_pss;
        const struct bw_rule_info **infos;
        size_t n_infos;
};
enum { GROUP_PODS, GROUP_ANY, _GROUP_KINDS };

/* The groups of a set that have rules for a document, at most three. */
size_t rule_catalog_groups(const struct rule_group_set *set, const struct bw_doc *doc,
                           struct rule_kind_group *ret_groups[3]);
/* Whether some rule for documents of this kind takes part: 1, 0; nothing is parsed. */
BW_CHECK int rule_catalog_has_kind(struct bw_catalog *catalog, struct bw_str kind, struct bw_error *reterr);
/* Whether the options let this rule take part in a run: 1, 0; it is parsed then. */
BW_CHECK int rule_catalog_takes_part(struct bw_catalog *catalog, struct rule_entry *entry, struct bw_error *reterr);
/* The id most like this one, if one is like it at all. */
struct bw_str rule_catalog_nearest(const struct bw_catalog *catalog, struct bw_str id);
/* Parses the rule of an entry; compiled: and compiles it. */
BW_CHECK int rule_catalog_open(struct bw_catalog *catalog, struct rule_entry *entry, bool compiled,
                               struct bw_error *reterr);
/* bw_catalog_add with the options of lint and mutation tests. */
BW_CHECK int rule_catalog_add(struct bw_catalog *catalog, struct bw_str file, struct bw_str text, long negate_at,
                              struct bw_error *reterr);

/*
 * Documents of a rule file, one after the other: visit gets each that is not empty. 0, -ENOMEM, or what visit returned;
 * what cannot be read is a problem.
 */
BW_CHECK int rule_file_visit(struct bw_arena *arena, struct bw_str file, struct bw_str text,
                             struct rule_problems *problems, int (*visit)(void *userdata, struct bw_doc *doc),
                             void *userdata);

/* ---- builtin rules: tables made by tools/embed-rules */

struct rule_builtin {
        const char *id;
        const char *file;
        const char *kinds;             /* as in match.kinds, separated by blanks; "" for podSpec */
        const char *inventory;         /* the rule's `inventory`, separated by blanks */
        const char *json;              /* the document without its tests */
        const char *tests;             /* the list of tests */
        const struct bw_control *controls;
        size_t n_controls;
        uint32_t n_json;
        uint32_t n_tests_json;
        uint32_t n_tests;
        bool pss;
        bool optional;
};
extern const struct rule_builtin rule_builtins[];
extern const size_t rule_n_builtins;
struct rule_builtin_framework {
        const char *name;
        const char *json;
        uint32_t n_json;
};
extern const struct rule_builtin_framework rule_builtin_frameworks[];
extern const size_t rule_n_builtin_frameworks;

#endif
