/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wanted: the kinds of a cluster's objects that a scan by a catalog needs: those that its rules are for and look at, those that
 * documents are derived and made from, and those that hold pods.
 * Ownership: borrows the catalog. Threads: one.
 */
#ifndef BW_SCAN_WANTED_H
#define BW_SCAN_WANTED_H

#include "base/base.h"

struct bw_catalog;

/* For bw_cluster_options.wanted; catalog: a struct bw_catalog. */
bool bw_scan_wants(void *catalog, struct bw_str group, struct bw_str kind);

#endif
