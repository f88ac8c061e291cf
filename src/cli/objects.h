/* SPDX-License-Identifier: Apache-2.0 */
/*
 * objects: the objects that a question is asked of: of -f FILE… (files, directories, snapshots, "-") or of --cluster. In the
 * sandbox from then on.
 * Ownership: struct bw_objects owns what it gives (bw_objects_done).
 * Errors: what cannot be read is told on standard error, and objects->incomplete set; the rest is there.
 * Threads: the first thread only.
 */
#ifndef BW_CLI_OBJECTS_H
#define BW_CLI_OBJECTS_H

#include "cli/cli.h"
#include "scan/gather.h"

struct bw_objects {
        struct bw_arena *arena;              /* for the verb, too */
        struct bw_gathering *gathering;
        const struct bw_inventory *inventory;
        bool incomplete;                     /* the answer is of a part only: exit status BW_EXIT_USAGE */
};

/* wanted: as in struct bw_gather_options. places: answers name lines of files. -EINVAL with a message for the user. */
BW_CHECK int bw_objects_open(struct bw_cli *cli, const struct bw_args *args,
                             bool (*wanted)(struct bw_str group, struct bw_str kind), bool places, struct bw_objects *ret,
                             struct bw_error *reterr);
/* The same of these paths, in place of those of -f. */
BW_CHECK int bw_objects_open_paths(struct bw_cli *cli, const struct bw_args *args, const struct bw_str *paths, size_t n_paths,
                                   bool (*wanted)(struct bw_str group, struct bw_str kind), bool places, struct bw_objects *ret,
                                   struct bw_error *reterr);
/* The same, where files can do without objects, or are read beside them. */
struct bw_objects_more {
        const struct bw_str *paths;    /* in place of those of -f; borrowed */
        size_t n_paths;
        const struct bw_str *readable; /* read by the caller, in the sandbox */
        size_t n_readable;
        bool may_be_none;              /* neither -f nor --cluster need be given */
};
BW_CHECK int bw_objects_open_with(struct bw_cli *cli, const struct bw_args *args,
                                  bool (*wanted)(struct bw_str group, struct bw_str kind), bool places,
                                  const struct bw_objects_more *more, struct bw_objects *ret, struct bw_error *reterr);
void bw_objects_done(struct bw_objects *objects);

/* "file.yaml:12", or the API path of an object that has no lines; of the value at path in it (n = 0: the object). */
BW_CHECK int bw_object_place(struct bw_arena *arena, const struct bw_doc *doc, struct bw_path path, struct bw_str *ret);

/* The options that bw_objects_open reads, besides BW_OPTIONS_CLUSTER. */
#define BW_OPTIONS_OBJECTS                                                                         \
        {.name = "filename", .letter = 'f', .arg = "PATH", .id = BW_OPT_FILENAME, .complete = BW_COMPLETE_FILE, \
         .help = "ask of the objects in this file, directory or snapshot (- is standard input; may be repeated)"}, \
        BW_OPTION_CLUSTER,                                                                         \
        {.name = "no-sandbox", .id = BW_OPT_NO_SANDBOX,                                            \
         .help = "do not give up system calls and files (Landlock, seccomp) before reading objects"}

#endif
