/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_facts: what a document says of one file of the machine: owner, mode, and who can really get at it.
 *     {path, mode, modeText "0644", uid, gid, owner, group, type, reach: {…}}      kinds/HostFiles.yaml
 * Ownership: everything lives in the arena of the facts. Errors: the file's, as bw_host_stat gives them. Threads: one node,
 * one thread.
 */
#ifndef BW_NODE_FILE_FACTS_H
#define BW_NODE_FILE_FACTS_H

#include "doc/facts.h"
#include "node/node.h"

/* Adds the fields; *ret_text is "0644 root:root". Nothing is added on failure. */
BW_CHECK int bw_file_facts_put(struct bw_node *node, struct bw_fields *item, const char *path, struct bw_str *ret_text,
                               struct bw_error *reterr);

#endif
