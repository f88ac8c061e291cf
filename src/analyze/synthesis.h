/* SPDX-License-Identifier: Apache-2.0 */
/*
 * synthesis: the documents that many documents imply together: what each subject reaches by its grants, which workloads are open
 * to whom. Made once everything has been read, from the sealed inventory of what was kept; rules judge them like any other
 * document. A finding on one is reported for the document that it is `about`, if there is one, at evidence.path in it.
 * Pure. Ownership: what is made lives in the arena. Threads: pure.
 */
#ifndef BW_ANALYZE_SYNTHESIS_H
#define BW_ANALYZE_SYNTHESIS_H

#include "doc/facts.h"
#include "doc/inventory.h"

/* about: the document that a finding names as its resource; NULL: the made document itself. doc may be gone once it returns. */
typedef int (*bw_synthesis_sink)(void *userdata, struct bw_doc *doc, const struct bw_doc *about, struct bw_error *reterr);

/* One row for each thing that can be made; the table is in synthesis.c. */
struct bw_synthesizer {
        const char *name;
        const char *kinds; /* of what comes out, separated by blanks: it is made only if some rule is for one of them */
        bool (*looks)(struct bw_str group, struct bw_str kind); /* what must be kept for it */
        bool (*kind_at)(size_t i, struct bw_str *ret_group, struct bw_str *ret_kind); /* of that, kinds that Kubernetes itself has not,
                                                                  one by one; NULL: none. False past the last */
        int (*make)(struct bw_arena *arena, const struct bw_inventory *inventory, bw_synthesis_sink sink, void *userdata,
                    struct bw_error *reterr);
};
/* NULL-terminated. */
extern const struct bw_synthesizer *const bw_synthesizers[];
extern const struct bw_synthesizer bw_synthesize_access;  /* AccessGrant: access_synthesis.c */
extern const struct bw_synthesizer bw_synthesize_network; /* NetworkPath: network_synthesis.c */

#endif
