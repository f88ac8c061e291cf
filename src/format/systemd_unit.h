/* SPDX-License-Identifier: Apache-2.0 */
/*
 * systemd_unit: what systemd starts for a service: unit files with their drop-ins, environment files, and the words of a
 * command line with variables put in. Every word keeps the file and line that it comes from.
 *
 *     struct bw_unit unit = {.arena = arena};
 *     bw_unit_read(&unit, main file); bw_unit_read(&unit, first drop-in); …          in systemd's order
 *     bw_unit_environment(&unit, &env); bw_env_file_read(&env, file, text); …        files beat Environment=
 *     bw_unit_command(&unit, 0, &env, &words, &n, &err)
 *
 * Ownership: everything lives in the arena; texts of files are borrowed as long. Threads: pure.
 * Errors: lines that systemd would pass over are passed over; -E2BIG past BW_LIMIT_UNIT_SETTINGS or BW_LIMIT_COMMAND_WORDS,
 *         -ENOMEM.
 * Source: systemd.syntax(7), systemd.unit(5), systemd.service(5) "COMMAND LINES", systemd.exec(5) "EnvironmentFile=".
 */
#ifndef BW_FORMAT_SYSTEMD_UNIT_H
#define BW_FORMAT_SYSTEMD_UNIT_H

#include "base/base.h"

struct bw_arena;
struct bw_error;

struct bw_unit_setting {
        struct bw_str section; /* "Service" */
        struct bw_str key;
        struct bw_str value;   /* continuation lines joined by a blank */
        struct bw_str file;
        uint32_t line;         /* at which it begins */
};

struct bw_unit {
        struct bw_arena *arena;
        struct bw_unit_setting *settings;
        size_t n, cap;
};

/* Adds the settings of one file. */
BW_CHECK int bw_unit_read(struct bw_unit *unit, struct bw_str file, struct bw_str text, struct bw_error *reterr);
/*
 * The next setting of a key from number *at on, which is moved past it; NULL after the last one. Begin with *at = 0. An empty
 * assignment takes back all before it: they are not given.
 */
const struct bw_unit_setting *bw_unit_next(const struct bw_unit *unit, const char *section, const char *key, size_t *at);
/* The last value of a key, empty when it has none. */
struct bw_str bw_unit_last(const struct bw_unit *unit, const char *section, const char *key);

/* A word with its place. */
struct bw_word {
        struct bw_str text;
        struct bw_str file;
        uint32_t line;
        bool last; /* of its command (shell) */
};

struct bw_env_entry {
        struct bw_str name;
        struct bw_str value;
        struct bw_str file;
        uint32_t line;
};
/* Variables; of equal names the last one counts. */
struct bw_env {
        struct bw_arena *arena;
        struct bw_env_entry *entries;
        size_t n, cap;
};
BW_CHECK int bw_env_add(struct bw_env *env, const struct bw_env_entry *entry, struct bw_error *reterr);
/* NULL: not set. */
const struct bw_env_entry *bw_env_find(const struct bw_env *env, struct bw_str name);
/* Adds the assignments of an environment file. */
BW_CHECK int bw_env_file_read(struct bw_env *env, struct bw_str file, struct bw_str text, struct bw_error *reterr);
/* Adds those of Environment=. */
BW_CHECK int bw_unit_environment(const struct bw_unit *unit, struct bw_env *env, struct bw_error *reterr);

/*
 * The words of the unit's ExecStart number `number`, from 0: the program without its prefixes, then the arguments.
 * -ENOENT: there are not so many.
 */
BW_CHECK int bw_unit_command(const struct bw_unit *unit, size_t number, const struct bw_env *env,
                             const struct bw_word **ret, size_t *ret_n, struct bw_error *reterr);

#endif
