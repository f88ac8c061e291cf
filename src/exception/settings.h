/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings: the settings file of a scan (.bulwark.yaml, kind Config): exceptions, parameters of rules, and defaults for
 * options of the command line. Read strictly: an unknown field, a wrong type or a missing reason is an error.
 * Ownership: settings and all they point to live in the arena given.
 * Errors: file, line and column of the first thing that is wrong; the file is taken whole or not at all.
 * Threads: immutable once read.
 * Source: docs/exceptions.md, schema/config.schema.json.
 */
#ifndef BW_EXCEPTION_SETTINGS_H
#define BW_EXCEPTION_SETTINGS_H

#include "value/path.h"

#define BW_SETTINGS_FILE ".bulwark.yaml" /* in the current directory */

struct bw_arena;
struct bw_error;

struct bw_setting { /* a text and where it stands; p is NULL: not set */
        struct bw_str text;
        struct bw_mark mark;
};

struct bw_setting_list {
        const struct bw_setting *items;
        size_t n;
};

struct bw_excepted_resource { /* globs; empty: any */
        struct bw_str kind;     /* Deployment, apps/Deployment */
        struct bw_str ns;
        struct bw_str name;
};

struct bw_excepted_resources {
        const struct bw_excepted_resource *items;
        size_t n;
};

struct bw_setting_paths {
        const struct bw_path *items;
        size_t n;
};

struct bw_setting_exception {
        struct bw_mark mark;
        struct bw_setting_list rules; /* ids, or their beginning and a '*' */
        struct bw_str reason;
        struct bw_str owner;
        struct bw_str expires;        /* "2027-01-31": the last day, UTC */
        int64_t ends;                 /* unix seconds: from then on it holds no more; INT64_MAX without `expires` */
        struct bw_excepted_resources resources; /* one of them; none: any. So are the lists below */
        struct bw_value labels;       /* a LabelSelector on the object's labels, or ABSENT */
        struct bw_setting_list namespaces;
        struct bw_setting_list containers;
        struct bw_setting_list files;
        struct bw_setting_paths paths; /* patterns, from the object's root or from the pod spec */
};

struct bw_setting_exceptions {
        const struct bw_setting_exception *items;
        size_t n;
};

struct bw_setting_disabled {
        struct bw_setting rule;       /* an id, or its beginning and a '*' */
        struct bw_str reason;
};

struct bw_setting_disabled_list {
        const struct bw_setting_disabled *items;
        size_t n;
};

struct bw_settings {
        struct bw_str file;           /* its name, as it was given */
        struct bw_setting_exceptions exceptions;
        struct bw_setting_disabled_list disabled;
        struct bw_value params;       /* a map with places: rule id -> parameters; ABSENT without */
        struct bw_setting_list rules; /* files and folders with rules; relative to the file's own folder */
        struct bw_setting_list frameworks;
        int fail_on;                  /* as bw_fail_on_parse(); -1: not set */
        int kubernetes_minor;         /* N of 1.N; -1: not set */
};

/* An enum bw_severity, or _BW_SEVERITY_MAX for "none". -EINVAL. */
int bw_fail_on_parse(struct bw_str text);
/* "1.33", "v1.33", "1.33.2" -> 33. -EINVAL. */
int bw_kubernetes_minor_parse(struct bw_str text);

BW_CHECK int bw_settings_read(struct bw_arena *arena, struct bw_str file, struct bw_str text,
                              struct bw_settings *ret_settings, struct bw_error *reterr);

/* "2027-01-31" as the first second after that day, UTC. -EINVAL for anything that is no date. */
BW_CHECK int bw_date_end(struct bw_str text, int64_t *ret_ends);
/* "BW-WL-005" or "BW-WL-*": whether the rule is meant. */
bool bw_rule_pattern_matches(struct bw_str pattern, struct bw_str rule);

#endif
