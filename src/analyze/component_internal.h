/* SPDX-License-Identifier: Apache-2.0 */
/*
 * component_internal: one component in the making, shared by component*.c and their test.
 * Ownership: everything lives in c->arena. Errors: negative only for -ENOMEM and -E2BIG. Threads: pure.
 */
#ifndef BW_ANALYZE_COMPONENT_INTERNAL_H
#define BW_ANALYZE_COMPONENT_INTERNAL_H

#include "analyze/component.h"
#include "format/flags.h"

struct component;

/* One row for each component (component.c). */
struct component_class {
        const char *name;
        char letter;                 /* in data/component-flags.tsv */
        enum bw_flags_style style;
        bool own_flags;              /* vendors add flags of their own: an unknown one is none of our business */
        /* Applies what configuration files say, and adds their documents. May be NULL. */
        int (*files)(struct component *c);
};

struct component_setting {
        struct bw_str name;
        enum bw_flag_type type;
        struct bw_value value;       /* ABSENT: not known; the evidence says why */
        bool is_set;                 /* not by default */
        struct bw_evidence evidence; /* when set, or not known */
};

struct component_problem {
        const char *code;
        struct bw_str flag;          /* may be empty */
        struct bw_str message;
        bool stops;                  /* the component would not start */
        struct bw_evidence where;
};

struct component {
        struct bw_arena *arena;
        const struct bw_component_input *input;
        const struct component_class *cls;
        int minor;            /* of the component: which flags it has. etcd's is etcd's own */
        int kubernetes_minor;
        struct bw_str name;   /* of the documents */
        struct bw_str *args;  /* valid UTF-8 */
        struct bw_flags flags;
        struct component_setting *settings; /* in the order of the table */
        size_t n_settings, cap_settings;
        struct component_problem *problems;
        size_t n_problems, cap_problems;
        struct bw_doc *docs;  /* of configuration files */
        size_t n_docs, cap_docs;
        struct bw_evidence unknown; /* with a state: nothing is known of any setting */
        struct bw_error *reterr;
};

/* ---- component_settings.c */

/* Fills everything but docs. -ENOENT: there is no such component. */
BW_CHECK int component_init(struct component *c, struct bw_arena *arena, const struct bw_component_input *input,
                            struct bw_error *reterr);
/* The class of a component's name; NULL: none. */
const struct component_class *component_class_of(struct bw_str name);
/* NULL: the component of this version has no such flag, and it is not used. */
struct component_setting *component_find(struct component *c, const char *name);
/* The text of a setting; empty when it is no text or not known. */
struct bw_str component_text(struct component *c, const char *name);
/* Puts a setting that a configuration file gives; name need not be a flag's. */
BW_CHECK int component_put(struct component *c, const char *name, struct bw_value value,
                           const struct bw_evidence *evidence);
/* Nobody knows what holds: evidence has a state. */
BW_CHECK int component_forget(struct component *c, const char *name, const struct bw_evidence *evidence);
/* As if the flag were not given. */
BW_CHECK int component_default(struct component *c, struct component_setting *s);
BW_CHECK int component_problem(struct component *c, const char *code, struct bw_str flag, bool stops,
                               const struct bw_evidence *where, const char *fmt, ...) BW_PRINTF(6, 7);
/* Values of flags with such names are credentials. */
bool component_is_secret(struct bw_str flag);
/* user:password@ in an address taken out. */
struct bw_str component_without_login(struct bw_arena *arena, struct bw_str text);
/*
 * Whether what a table of these versions of Kubernetes does not have is unknown to the component, too. One whose version is
 * not known is taken for one of them.
 */
bool component_is_charted(const struct component *c, int since, int until);
/* The minor version in "1.32.4", "v1.32.4+k3s1", "3.5.16-0"; 0: there is none. */
int component_minor_of(struct bw_str version);

/* ---- component_gates.c */

struct component_gate {
        const char *stage;   /* "alpha", "beta", "ga", "deprecated" */
        bool on;             /* by default */
        bool locked;
};
enum component_gate_answer {
        COMPONENT_GATE_KNOWN,
        COMPONENT_GATE_UNSURE,  /* it may have been there: the table does not say */
        COMPONENT_GATE_UNKNOWN, /* the component refuses it */
};
enum component_gate_answer component_gate(struct bw_str name, int minor, struct component_gate *ret);
/* What is wrong with the gates that are named, as problems. */
BW_CHECK int component_check_gates(struct component *c);
/* {Name: {enabled, stage, default}} of the gates that are named, with evidence. */
struct bw_value component_gates(struct component *c, struct bw_facts *facts);

/* ---- component_config.c: configuration files */

/* A file that the component reads. */
struct component_config {
        const struct bw_component_file *file; /* NULL: nobody looked for it */
        struct bw_str path;
        struct bw_doc doc;
        struct bw_value value; /* decoded; ABSENT: not known */
        struct bw_evidence why; /* a state: why it is not known */
};
/*
 * Reads the file of a role as a kind of Kubernetes' configuration (kind NULL: any YAML). What is wrong with it becomes a
 * problem. *ret->value is ABSENT when nothing is known of it.
 */
BW_CHECK int component_config_read(struct component *c, const char *role, struct bw_str path, const char *kind,
                                   struct component_config *ret);
/* The evidence of a field of the file (text of value/path.h). */
BW_CHECK int component_config_where(struct component *c, struct component_config *config, const char *path,
                                    struct bw_evidence *ret);
/* Adds the file as a document with evidence. */
BW_CHECK int component_config_document(struct component *c, struct component_config *config);
/* The first of the problems that the component would not start with becomes one of its own. */
struct bw_problems;
BW_CHECK int component_config_refused(struct component *c, const char *role, struct component_config *config,
                                      const struct bw_problems *problems);

/* A field of a configuration file that stands in a flag's place. */
struct component_field {
        const char *flag;
        const char *field;  /* dotted */
        bool flag_wins;     /* else the flag is ignored when there is a file */
};
/* Applies a file to the settings. fields: ended by a NULL flag. */
BW_CHECK int component_config_apply(struct component *c, struct component_config *config,
                                    const struct component_field *fields);

/* ---- component_files.c: what each component makes of its files */

int component_files_apiserver(struct component *c);
int component_files_scheduler(struct component *c);

/* ---- component_proxy.c, component_etcd.c */

int component_files_proxy(struct component *c);
int component_files_etcd(struct component *c);

#endif
