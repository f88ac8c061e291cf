/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files: what verbs read beside scanned inputs (rule files, documents for an expression), and the files they write.
 * Ownership: a set owns its texts (bw_files_done); an output its descriptor and temporary name (bw_output_done removes
 *            what was not finished).
 * Errors: name the file. Threads: the first thread only.
 */
#ifndef BW_CLI_FILES_H
#define BW_CLI_FILES_H

#include "base/base.h"
#include "rule/lint.h"

struct bw_arena;
struct bw_catalog;
struct bw_error;

/* Rule files, in the order of paths and, within a directory, of names. */
struct bw_files {
        struct bw_arena *arena;
        struct bw_rule_file *items;
        size_t n;
        size_t cap;
};

/* Adds a file, or every .yaml and .yml file below a directory; "-" is standard input. */
BW_CHECK int bw_files_add(struct bw_files *files, const char *path, struct bw_error *reterr);
void bw_files_done(struct bw_files *files);
/* The whole of one file or standard input, in the arena. */
BW_CHECK int bw_file_load(struct bw_arena *arena, const char *path, uint64_t limit, struct bw_str *ret_text,
                          struct bw_error *reterr);

/* A file that appears under its name complete or not at all. */
struct bw_output {
        char *path;
        char *temporary;
        char *folder;
        int fd;          /* -1 = closed */
        bool is_private; /* set before it begins: nobody else may read it */
};
/* Makes the temporary file beside path. path: copied. */
BW_CHECK int bw_output_begin(struct bw_output *output, const char *path, struct bw_error *reterr);
BW_CHECK int bw_output_write(struct bw_output *output, struct bw_str bytes);
/* Syncs and renames. */
BW_CHECK int bw_output_finish(struct bw_output *output, struct bw_error *reterr);
void bw_output_done(struct bw_output *output);

#endif
