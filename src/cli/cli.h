/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli: what every verb is made of and gets: its row in the table (name, options, texts, examples), the parsed arguments
 * and the terminal. Help, man pages, completion and docs/commands.md are all made from these rows.
 * Ownership: rows are static; struct bw_args owns its arrays and borrows argv.
 * Errors: verbs print and return an exit status (enum bw_exit); nothing below cli prints.
 * Threads: the first thread only.
 */
#ifndef BW_CLI_CLI_H
#define BW_CLI_CLI_H

#include "base/buf.h"
#include "base/error.h"

/* X(name, status, what it means) */
#define BW_EXITS(X)                                                                                \
        X(OK, 0, "nothing at or over --fail-on (default: high); or the verb did what it was asked") \
        X(FINDINGS, 1, "findings at or over --fail-on; problems in rules; failed tests of rules")  \
        X(USAGE, 2, "wrong usage, something that could not be read or judged (the rest still is), or less judged than --min-coverage asks for")  \
        X(INTERNAL, 3, "an internal error: no memory, output that cannot be written")              \
        X(INTERRUPTED, 130, "interrupted (Ctrl-C or SIGTERM): what was found until then is printed")

enum bw_exit {
#define X(name, status, text) BW_EXIT_##name = (status),
        BW_EXITS(X)
#undef X
};

enum bw_option_id {
        BW_OPT_HELP,
        BW_OPT_ALL_NAMESPACES,
        BW_OPT_AS,
        BW_OPT_AS_GROUP,
        BW_OPT_AS_UID,
        BW_OPT_AUDIT_LOG,
        BW_OPT_BASELINE,
        BW_OPT_CERTIFICATE_AUTHORITY,
        BW_OPT_CLIENT_CERTIFICATE,
        BW_OPT_CLIENT_KEY,
        BW_OPT_CLUSTER,
        BW_OPT_CLUSTER_NAME,
        BW_OPT_COLOR,
        BW_OPT_CONFIG,
        BW_OPT_CONTEXT,
        BW_OPT_COST,
        BW_OPT_DAYS,
        BW_OPT_DUMP,
        BW_OPT_FAIL_ON,
        BW_OPT_FILENAME,
        BW_OPT_FRAMEWORK,
        BW_OPT_FROM,
        BW_OPT_GROUP,
        BW_OPT_INCLUDE_PASSED,
        BW_OPT_INCLUDE_SYSTEM,
        BW_OPT_INSECURE,
        BW_OPT_KIND,
        BW_OPT_KUBELETS,
        BW_OPT_KUBECONFIG,
        BW_OPT_KUBERNETES_VERSION,
        BW_OPT_MIN_COVERAGE,
        BW_OPT_MISSING,
        BW_OPT_MODES,
        BW_OPT_MUTATE,
        BW_OPT_NAME,
        BW_OPT_NAMES,
        BW_OPT_NAMESPACE,
        BW_OPT_NO_CHECK,
        BW_OPT_NO_CONFIG,
        BW_OPT_NO_FOLD,
        BW_OPT_NO_IGNORE,
        BW_OPT_NO_KUBELETS,
        BW_OPT_NO_SANDBOX,
        BW_OPT_NODE,
        BW_OPT_NOW,
        BW_OPT_OUTPUT,
        BW_OPT_POD,
        BW_OPT_PREFLIGHT,
        BW_OPT_PROBE,
        BW_OPT_PROCESSES,
        BW_OPT_PROXY_URL,
        BW_OPT_QPS,
        BW_OPT_QUIET,
        BW_OPT_REQUESTS,
        BW_OPT_REQUEST_TIMEOUT,
        BW_OPT_ROOT,
        BW_OPT_RULE,
        BW_OPT_RULES,
        BW_OPT_SERVER,
        BW_OPT_SET_ONLY,
        BW_OPT_SEVERITY,
        BW_OPT_STATS,
        BW_OPT_SUBJECT,
        BW_OPT_SUGGEST,
        BW_OPT_SUMMARY,
        BW_OPT_THREADS,
        BW_OPT_TITLE,
        BW_OPT_TO,
        BW_OPT_TLS_SERVER_NAME,
        BW_OPT_TOKEN_FILE,
        BW_OPT_USER,
        BW_OPT_VERBOSE,
};

/* What a shell may offer for a value or an argument. */
enum bw_complete {
        BW_COMPLETE_NONE,
        BW_COMPLETE_FILE,
        BW_COMPLETE_DIR,
        BW_COMPLETE_WORDS, /* the row's words */
        BW_COMPLETE_RULE,  /* ids of rules */
        BW_COMPLETE_REPORTER, /* names of reporters */
        BW_COMPLETE_VERB,
};

struct bw_option {
        const char *name;            /* without dashes; NULL ends a table */
        const char *arg;             /* what stands for the value in help; NULL = a flag */
        const char *words;           /* accepted or offered values, separated by blanks; NULL = any */
        const char *help;
        enum bw_option_id id;
        enum bw_complete complete;
        char letter;                 /* 0 = none */
        bool value_optional;         /* --name or --name=VALUE */
        bool only_words;             /* other values are refused */
};

struct bw_example {
        const char *what;            /* one line; NULL ends a table */
        const char *command;         /* a shell line that runs in the project's root; "bulwark" is this program */
};

struct bw_cli;
struct bw_args;

struct bw_verb {
        const char *name;            /* "scan", "rules list" */
        const char *summary;         /* one line, no full stop */
        const char *args;            /* "[PATH...]" */
        const char *text;            /* paragraphs, separated by an empty line */
        const char *words;           /* for BW_COMPLETE_WORDS */
        const struct bw_option *options;
        const struct bw_example *examples;
        enum bw_complete complete;   /* of arguments */
        size_t min_args;
        size_t max_args;             /* SIZE_MAX = any number */
        int (*run)(struct bw_cli *cli, const struct bw_args *args);
};

/* All verbs in the order of the help, NULL-terminated. A verb of two words belongs to the group of its first word. */
extern const struct bw_verb *const bw_verbs[];
/* One line on a group ("rules"); NULL when there is no such group. */
const char *bw_group_summary(struct bw_str name);

/* A stream that people or programs read. */
struct bw_term {
        int fd;
        bool is_terminal;
        bool color;
        bool is_closed;              /* the reader went away: further writes do nothing */
        unsigned width;              /* columns of the terminal; 0 = not a terminal */
};

struct bw_cli {
        const char *program;         /* as the user calls it: "bulwark" or "kubectl bulwark" */
        const struct bw_verb *verb;
        struct bw_term out;
        struct bw_term err;
};

struct bw_arg {
        const struct bw_option *option;
        const char *value;           /* NULL for flags and optional values left out */
};

struct bw_args {
        struct bw_arg *options;
        size_t n_options;
        const char **positional;
        size_t n_positional;
};

/* Parses argv (without program and verb). -EINVAL with a message for the user. */
BW_CHECK int bw_args_parse(const struct bw_verb *verb, size_t argc, char *const *argv, struct bw_args *ret_args,
                           struct bw_error *reterr);
void bw_args_done(struct bw_args *args);
bool bw_args_has(const struct bw_args *args, enum bw_option_id id);
/* The last value given, or fallback. */
const char *bw_args_value(const struct bw_args *args, enum bw_option_id id, const char *fallback);
/* All values of a repeated option, in order; *at counts from 0. NULL at the end. */
const char *bw_args_next(const struct bw_args *args, enum bw_option_id id, size_t *at);
/* True if word is one of the blank-separated words. */
bool bw_words_have(const char *words, struct bw_str word);
/* Calls the next word; false at the end. */
bool bw_words_next(const char **words, struct bw_str *ret_word);

/* The candidate nearest to word by edits, or NULL when none is near. */
struct bw_nearest {
        const char *best;
        size_t n;
        size_t distance;
};
void bw_nearest_try(struct bw_nearest *nearest, struct bw_str word, struct bw_str candidate);
bool bw_nearest_is_near(const struct bw_nearest *nearest, struct bw_str word);

/* The terminal. color: "auto", "always" or "never". */
void bw_term_init(struct bw_term *term, int fd);
void bw_term_color(struct bw_term *term, const char *when);
/* 0, or negative errno. A reader that went away is -EPIPE, each time. */
BW_CHECK int bw_term_write(struct bw_term *term, struct bw_str bytes);
/* Writes buf to standard output and empties it. Returns BW_EXIT_OK, also when the reader went away, or BW_EXIT_INTERNAL. */
int bw_cli_print(struct bw_cli *cli, struct bw_buf *buf);
/* What a failed write means. */
const char *bw_cli_write_problem(int code);
/* "PROGRAM: message" on standard error, control characters shown as \xNN. */
void bw_cli_error(struct bw_cli *cli, const char *fmt, ...) BW_PRINTF(2, 3);
/* An error with its place, as "PROGRAM: file:line:column: message". Returns BW_EXIT_INTERNAL for -ENOMEM, else BW_EXIT_USAGE. */
int bw_cli_fail(struct bw_cli *cli, const struct bw_error *error);
/* A usage error: one line, with where to read more. Returns BW_EXIT_USAGE. */
int bw_cli_usage(struct bw_cli *cli, const char *fmt, ...) BW_PRINTF(2, 3);

/* Texts made from the tables. verb NULL: the program as a whole; group: "rules" or NULL. */
void bw_help_text(struct bw_buf *out, const struct bw_cli *cli, const struct bw_verb *verb, const char *group);
void bw_help_man(struct bw_buf *out, const struct bw_verb *verb);
void bw_help_markdown(struct bw_buf *out);
/* The tables themselves, for tests and tools. -ENOMEM. */
BW_CHECK int bw_help_json(struct bw_buf *out, struct bw_error *reterr);
/* False for an unknown shell. */
bool bw_completion(struct bw_buf *out, struct bw_str shell);
/* Finds "scan" or "rules list" in argv; *ret_used words were taken. NULL: none. */
const struct bw_verb *bw_verb_find(size_t argc, char *const *argv, size_t *ret_used);

struct bw_environment_row {
        const char *name;
        const char *help;
};
extern const struct bw_environment_row bw_environment[]; /* ended by a NULL name */

struct bw_exit_row {
        int status;
        const char *help;
};
extern const struct bw_exit_row bw_exits[];
extern const size_t bw_n_exits;

/* Option rows that several verbs share. */
#define BW_OPTION_HELP {.name = "help", .letter = 'h', .id = BW_OPT_HELP, .help = "this text"}
#define BW_OPTION_COLOR                                                                            \
        {.name = "color", .arg = "WHEN", .id = BW_OPT_COLOR, .words = "auto always never",         \
         .complete = BW_COMPLETE_WORDS, .only_words = true,                                        \
         .help = "colours: auto (default; on a terminal, unless NO_COLOR is set), always, never"}
#define BW_OPTION_RULES                                                                            \
        {.name = "rules", .arg = "PATH", .id = BW_OPT_RULES, .complete = BW_COMPLETE_FILE,         \
         .help = "also use the rules in this file or directory (may be repeated)"}
#define BW_OPTIONS_MACHINE                                                                         \
        {.name = "root", .arg = "DIR", .id = BW_OPT_ROOT, .complete = BW_COMPLETE_DIR,             \
         .help = "the machine is not this one, but what lies below DIR: a mounted image, or a fixture"}, \
        {.name = "modes", .arg = "FILE", .id = BW_OPT_MODES, .complete = BW_COMPLETE_FILE,         \
         .help = "with --root: modes and owners of its files, as a table"},                        \
        {.name = "processes", .arg = "FILE", .id = BW_OPT_PROCESSES, .complete = BW_COMPLETE_FILE, \
         .help = "with --root: its processes, as a table"},                                        \
        {.name = "probe", .id = BW_OPT_PROBE,                                                      \
         .help = "may also connect to what listens on this machine (TLS handshakes, the metadata service)"}
#define BW_OPTION_CLUSTER                                                                          \
        {.name = "cluster", .id = BW_OPT_CLUSTER,                                                  \
         .help = "the live cluster that the kubeconfig, or the pod's service account, names"}
#define BW_OPTIONS_NAMESPACE                                                                       \
        {.name = "namespace", .letter = 'n', .arg = "NAME", .id = BW_OPT_NAMESPACE,                \
         .help = "only this namespace"},                                                           \
        {.name = "all-namespaces", .letter = 'A', .id = BW_OPT_ALL_NAMESPACES, .help = "all namespaces"}
/* How a cluster is reached; read by cli/cluster_args.h. */
#define BW_OPTIONS_CLUSTER                                                                         \
        {.name = "kubeconfig", .arg = "FILE", .id = BW_OPT_KUBECONFIG, .complete = BW_COMPLETE_FILE, \
         .help = "this kubeconfig alone (default: those of $KUBECONFIG, else ~/.kube/config)"},    \
        {.name = "context", .arg = "NAME", .id = BW_OPT_CONTEXT, .help = "a context of the kubeconfig (default: its current one)"}, \
        {.name = "cluster-name", .arg = "NAME", .id = BW_OPT_CLUSTER_NAME,                         \
         .help = "a cluster of the kubeconfig, in place of the context's"},                        \
        {.name = "user", .arg = "NAME", .id = BW_OPT_USER, .help = "a user of the kubeconfig, in place of the context's"}, \
        {.name = "server", .letter = 's', .arg = "URL", .id = BW_OPT_SERVER, .help = "the API server"}, \
        {.name = "certificate-authority", .arg = "FILE", .id = BW_OPT_CERTIFICATE_AUTHORITY, .complete = BW_COMPLETE_FILE, \
         .help = "certificates that the API server's is held against"},                            \
        {.name = "client-certificate", .arg = "FILE", .id = BW_OPT_CLIENT_CERTIFICATE, .complete = BW_COMPLETE_FILE, \
         .help = "certificate to prove oneself with"},                                             \
        {.name = "client-key", .arg = "FILE", .id = BW_OPT_CLIENT_KEY, .complete = BW_COMPLETE_FILE, .help = "its key"}, \
        {.name = "token-file", .arg = "FILE", .id = BW_OPT_TOKEN_FILE, .complete = BW_COMPLETE_FILE, \
         .help = "bearer token to prove oneself with; read again when it changes"},                \
        {.name = "tls-server-name", .arg = "NAME", .id = BW_OPT_TLS_SERVER_NAME,                   \
         .help = "name that the API server's certificate must have (default: the server's host)"}, \
        {.name = "insecure-skip-tls-verify", .id = BW_OPT_INSECURE,                                \
         .help = "do not check the API server's certificate: whoever is in between sees and changes everything"}, \
        {.name = "as", .arg = "USER", .id = BW_OPT_AS, .help = "act as this user"},                \
        {.name = "as-group", .arg = "GROUP", .id = BW_OPT_AS_GROUP, .help = "with --as: in this group (may be repeated)"}, \
        {.name = "as-uid", .arg = "UID", .id = BW_OPT_AS_UID, .help = "with --as: with this UID"}, \
        {.name = "proxy-url", .arg = "URL", .id = BW_OPT_PROXY_URL,                                \
         .help = "http, https or socks5 proxy (default: the kubeconfig's, else $HTTPS_PROXY and $NO_PROXY)"}, \
        {.name = "request-timeout", .arg = "TIME", .id = BW_OPT_REQUEST_TIMEOUT,                   \
         .help = "give up on an answer that makes no progress for so long: 30, 30s, 2m (default: 1m)"}, \
        {.name = "qps", .arg = "N", .id = BW_OPT_QPS, .help = "at most so many requests a second (default: 50)"}
#define BW_OPTION_NOW                                                                              \
        {.name = "now", .arg = "TIME", .id = BW_OPT_NOW,                                           \
         .help = "judge as of this time, such as 2027-01-31T12:00:00Z (default: now; of a snapshot: when it was made)"}
#define BW_OPTION_DATA_OUTPUT                                                                      \
        {.name = "output", .letter = 'o', .arg = "FORMAT", .id = BW_OPT_OUTPUT, .words = "text json yaml", \
         .complete = BW_COMPLETE_WORDS, .only_words = true, .help = "text (default), json or yaml"}

#endif
