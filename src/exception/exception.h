/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exception: what need not be reported, because somebody answers for it: exceptions in the settings file
 * (.bulwark.yaml), annotations on objects, other tools' ignore annotations.
 * Ownership: an exceptions set owns its texts; notes live as long as the set, or (annotations) in the arena given.
 * Threads: filled by one; bw_exceptions_match() may be called by any number at once: use is counted atomically.
 * Source: docs/exceptions.md; kube-linter "Ignoring violations" (ignore-check.kube-linter.io/CHECK), polaris
 *         "Exemptions" (polaris.fairwinds.com/exempt, polaris.fairwinds.com/CHECK-exempt).
 */
#ifndef BW_EXCEPTION_EXCEPTION_H
#define BW_EXCEPTION_EXCEPTION_H

#include "doc/doc.h"
#include "finding/finding.h"

struct bw_arena;
struct bw_error;
struct bw_exceptions;

BW_CHECK int bw_exceptions_new(struct bw_exceptions **ret, struct bw_error *reterr);
void bw_exceptions_free(struct bw_exceptions *exceptions);
BW_DEFINE_AUTO(struct bw_exceptions *, bw_exceptions_free);

/*
 * A settings file (kind Config). ret_params: its `params`, a map from rule id to parameters, for bw_catalog_options;
 * lives as long as the set; ABSENT when there are none. Errors name file, line and column; the file is taken whole or
 * not at all.
 */
BW_CHECK int bw_exceptions_add(struct bw_exceptions *exceptions, struct bw_str file, struct bw_str text,
                               struct bw_value *ret_params, struct bw_error *reterr);

/*
 * Whether a finding (rule, resource, location.path and message are set) of this document is excepted at `now` (unix
 * seconds): the note, else NULL. An exception that has expired does not match, but is remembered for the notices.
 */
const struct bw_exception_note *bw_exceptions_match(struct bw_exceptions *exceptions, const struct bw_doc *doc,
                                                    const struct bw_finding *finding, int64_t now,
                                                    struct bw_arena *arena);

/* After the run: exceptions that nothing used, have expired, name a rule that is not there …, in the file's order. */
BW_CHECK int bw_exceptions_notices(struct bw_exceptions *exceptions, int64_t now, struct bw_arena *arena,
                                   const struct bw_notice **ret, size_t *ret_n, struct bw_error *reterr);

#endif
