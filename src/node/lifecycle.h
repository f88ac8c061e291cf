/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lifecycle: until when an operating system's release, and a kernel's branch, get security fixes.
 * Ownership: static data. Threads: pure. Source: data/os-lifecycle.tsv, data/kernel-lifecycle.tsv, which name theirs.
 */
#ifndef BW_NODE_LIFECYCLE_H
#define BW_NODE_LIFECYCLE_H

#include "base/base.h"

struct bw_lifecycle {
        const char *release;   /* the row: "12", "22.04"; "*": a distribution without releases */
        const char *end;       /* "2026-07-11"; "": none is announced */
        const char *extended;  /* with an extension; "": there is none */
        const char *extension; /* its name: "Debian LTS"; for a kernel its branch: "longterm", "stable" */
        const char *source;
};

/* False: the tables do not know it. version: VERSION_ID ("9.4" is of the release "9"). */
bool bw_lifecycle_of_os(struct bw_str id, struct bw_str version, struct bw_lifecycle *ret);
/* version: "6.1". */
bool bw_lifecycle_of_kernel(struct bw_str version, struct bw_lifecycle *ret);

#endif
