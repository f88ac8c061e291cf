/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime: the container runtimes of a node, as ContainerRuntime documents. Their versions come from the packages, which the
 * section of packages notes here while it has them all at hand.
 * Ownership: texts are copied into the node's arena. Errors: -ENOMEM. Threads: as node.h.
 */
#ifndef BW_NODE_RUNTIME_H
#define BW_NODE_RUNTIME_H

#include "node/packages.h"

BW_CHECK int bw_runtime_note_packages(struct bw_node *node, const struct bw_packages *packages, struct bw_error *reterr);

#endif
