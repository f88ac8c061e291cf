/* SPDX-License-Identifier: Apache-2.0 */
/*
 * section: what sections of the Host document share: files read with their state, included files, evidence of a line.
 * Ownership: texts live in the arena of the run. Errors: negative only when memory ran out (or a limit of the run);
 * what is not there or refused is told by the answer. Threads: one node, one thread.
 */
#ifndef BW_NODE_SECTION_H
#define BW_NODE_SECTION_H

#include "base/error.h"
#include "node/registry.h"

enum bw_seen {
        BW_SEEN_READ,
        BW_SEEN_ABSENT,
        BW_SEEN_UNREADABLE, /* why stands in err */
};
struct bw_section_file {
        struct bw_str path;
        struct bw_str text;
        enum bw_seen seen;
        struct bw_error err;
};
/* A file of at most BW_LIMIT_CONFIG_TEXT bytes. path is copied. */
BW_CHECK int bw_section_read(struct bw_node *node, const char *path, struct bw_section_file *ret, struct bw_error *reterr);
/*
 * The files of a directory whose names a shell's pattern matches, in the order of their names. A directory that is not there
 * has none. *ret_refused (may be NULL): one of them, or the directory, could not be read; set, never cleared.
 */
BW_CHECK int bw_section_read_dir(struct bw_node *node, const char *path, const char *pattern, struct bw_section_file **ret,
                                 size_t *ret_n, struct bw_section_file *ret_refused, struct bw_error *reterr);
/* Evidence "file:line" of the field at path. */
struct bw_evidence bw_section_evidence(const char *type, struct bw_str file, uint32_t line);
/* Evidence that a field could not be known. */
void bw_section_unreadable(struct bw_facts *facts, const char *path, const struct bw_section_file *file);
/* A unit that is enabled: the link in a .wants or .requires directory below /etc/systemd/system; empty: none. */
BW_CHECK int bw_section_unit_link(struct bw_node *node, struct bw_str unit, struct bw_str *ret, struct bw_error *reterr);

#endif
