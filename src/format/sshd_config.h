/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sshd_config: the configuration of OpenSSH's server as it reads it: the command line's -o options, then the file; the first
 * value of a keyword counts, but for the keywords that gather values. What stands below a Match line holds for the
 * connections that match, and there beats what stands outside, wherever that is.
 *
 * Pure: Include is answered by the caller. Ownership: everything lives in the arena; texts borrow from the files.
 * Errors: what sshd would refuse or warn of is an item of `problems`; negative only for -ENOMEM, -E2BIG and what the
 *         caller's include says. Threads: pure.
 * Source: openssh-portable servconf.c (process_server_config_line_depth, SSHD_CONFIG_ENTRIES), misc.c (argv_split),
 *         sshd_config(5).
 */
#ifndef BW_FORMAT_SSHD_CONFIG_H
#define BW_FORMAT_SSHD_CONFIG_H

#include "base/base.h"

struct bw_arena;
struct bw_error;

struct bw_sshd_file {
        struct bw_str path;
        struct bw_str text;
};
/* The files for the argument of an Include, sorted; none is no error. The texts live as long as the arena. */
typedef int (*bw_sshd_include)(void *userdata, struct bw_str pattern, const struct bw_sshd_file **ret, size_t *ret_n,
                               struct bw_error *reterr);

enum bw_sshd_type {
        BW_SSHD_FLAG,   /* yes, no */
        BW_SSHD_INT,
        BW_SSHD_TIME,   /* 2m, 1h30m, 120: seconds */
        BW_SSHD_TEXT,   /* one word; as it is written but for the case of the values that sshd knows */
        BW_SSHD_LIST,   /* words; later lines add to earlier ones */
        BW_SSHD_WORDS,  /* words of the first line only */
        BW_SSHD_ALGORITHMS, /* a,b,c, with + - or ^ before it a change of the default */
};
/* What is known of a keyword. */
struct bw_sshd_keyword {
        const char *name;           /* as sshd_config(5) spells it */
        enum bw_sshd_type type;
        const char *default_value;  /* words with blanks between them; NULL: none, or it depends on the version */
        bool in_match;              /* may stand below Match */
};
extern const struct bw_sshd_keyword bw_sshd_keywords[];
extern const size_t bw_n_sshd_keywords;
/* By its name or an older one, in any case; NULL: none that matters here. */
const struct bw_sshd_keyword *bw_sshd_keyword_find(struct bw_str name);

struct bw_sshd_setting {
        const struct bw_sshd_keyword *keyword;
        const struct bw_str *words;
        size_t n_words;
        uint32_t block;     /* 0: for all connections; else the number of a Match block, from 1 */
        struct bw_str file; /* empty: the command line */
        uint32_t line;
};
struct bw_sshd_block {
        struct bw_str criteria; /* "User git Address 10.0.0.0/8" */
        bool all;               /* matches every connection */
        struct bw_str file;
        uint32_t line;
};
struct bw_sshd_problem {
        struct bw_str text;
        struct bw_str file;
        uint32_t line;
};
struct bw_sshd_config {
        const struct bw_sshd_setting *settings;
        size_t n_settings;
        const struct bw_sshd_block *blocks;     /* blocks[0] is number 1 */
        size_t n_blocks;
        const struct bw_sshd_problem *problems;
        size_t n_problems;
};

/* options: arguments of -o ("PermitRootLogin=no"). */
BW_CHECK int bw_sshd_config_read(struct bw_arena *arena, const struct bw_str *options, size_t n_options,
                                 const struct bw_sshd_file *file, bw_sshd_include include, void *userdata,
                                 struct bw_sshd_config *ret, struct bw_error *reterr);

/* The setting of a keyword for connections that only blocks of kind `all` match; NULL: the default holds. */
const struct bw_sshd_setting *bw_sshd_effective(const struct bw_sshd_config *config, const struct bw_sshd_keyword *keyword);
/* The first setting of a keyword in one block; NULL: the block has none. */
const struct bw_sshd_setting *bw_sshd_in_block(const struct bw_sshd_config *config, const struct bw_sshd_keyword *keyword,
                                               uint32_t block);

/* "1h30m" as seconds; "none" is -1. False: no time. */
bool bw_sshd_time(struct bw_str text, int64_t *ret);

#endif
