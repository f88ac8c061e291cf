/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sudoers: who may run what as whom, as sudo reads it: Defaults, aliases, user specifications, files taken in.
 * One struct bw_sudo_rule for each command of a specification; aliases of users, hosts and commands are replaced by what
 * they stand for; tags hold for the commands after them.
 *
 * Pure: @include and @includedir are answered by the caller. Ownership: everything lives in the arena; texts borrow.
 * Errors: a line that sudo would refuse is an item of `problems` (sudo skips it); negative only for -ENOMEM, -E2BIG and
 *         what the caller's include says. Threads: pure.
 * Source: sudoers(5): grammar, "Including other files from within sudoers", "Tag_Spec", "Defaults".
 */
#ifndef BW_FORMAT_SUDOERS_H
#define BW_FORMAT_SUDOERS_H

#include "base/base.h"

struct bw_arena;
struct bw_error;

struct bw_sudo_file {
        struct bw_str path;
        struct bw_str text;
};
/* The file, or those of the directory in the order of their names (bw_sudo_takes_name()); none is no error. */
typedef int (*bw_sudo_include)(void *userdata, struct bw_str path, bool is_dir, const struct bw_sudo_file **ret,
                               size_t *ret_n, struct bw_error *reterr);
/* False for names in an included directory that sudo passes over: with a point, or with ~ at the end. */
bool bw_sudo_takes_name(struct bw_str name);

struct bw_sudo_texts {
        const struct bw_str *items;
        size_t n;
};
struct bw_sudo_rule {
        struct bw_sudo_texts users;       /* "alice", "%sudo", "#1000", "%#27", "ALL", "!bob" */
        struct bw_sudo_texts hosts;
        struct bw_sudo_texts runas;       /* users; empty: root, but for a specification of groups alone */
        struct bw_str command;            /* "ALL", "/usr/bin/apt update", "sudoedit /etc/motd", "!/bin/su" */
        bool negated;                     /* the command is one that is kept from them */
        bool runs_as_root;                /* runas lets them be root */
        bool nopasswd;
        bool noexec;
        bool setenv;
        struct bw_str file;
        uint32_t line;
};
struct bw_sudo_default {
        struct bw_str scope;  /* "", ":alice", "@host", "!command", ">runas" */
        struct bw_str name;
        struct bw_str value;  /* of a flag: "true" or "false" */
        struct bw_str file;
        uint32_t line;
};
struct bw_sudo_problem {
        const char *text;
        struct bw_str file;
        uint32_t line;
};
struct bw_sudoers {
        const struct bw_sudo_rule *rules;
        size_t n_rules;
        const struct bw_sudo_default *defaults;
        size_t n_defaults;
        const struct bw_sudo_problem *problems;
        size_t n_problems;
};

BW_CHECK int bw_sudoers_read(struct bw_arena *arena, const struct bw_sudo_file *file, bw_sudo_include include,
                             void *userdata, struct bw_sudoers *ret, struct bw_error *reterr);
/* The last word on a default for everybody; NULL: never set. */
const struct bw_sudo_default *bw_sudo_default_find(const struct bw_sudoers *sudoers, const char *name);

#endif
