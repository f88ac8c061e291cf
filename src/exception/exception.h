/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exception: what need not be reported, because somebody answers for it: exceptions in the settings file
 * (.bulwark.yaml), annotations on objects, other tools' ignore annotations.
 * Ownership: a set borrows the settings and owns what it remembers of annotations; notes live as long as the set.
 * Threads: filled by one; bw_exceptions_see() and bw_exceptions_match() may be called by any number at once.
 * Source: docs/exceptions.md; kube-linter "Ignoring violations" and its pkg/ignore (ignore-check.kube-linter.io/CHECK,
 *         kube-linter.io/ignore-all: any value); polaris "Exemptions" and its pkg/validator/schema.go
 *         (polaris.fairwinds.com/exempt, polaris.fairwinds.com/CHECK-exempt: "true" in any case). Both look at the
 *         object's own metadata only.
 */
#ifndef BW_EXCEPTION_EXCEPTION_H
#define BW_EXCEPTION_EXCEPTION_H

#include "doc/doc.h"
#include "finding/finding.h"

struct bw_arena;
struct bw_error;
struct bw_exceptions;
struct bw_settings;

BW_CHECK int bw_exceptions_new(struct bw_exceptions **ret, struct bw_error *reterr);
void bw_exceptions_free(struct bw_exceptions *exceptions);
BW_DEFINE_AUTO(struct bw_exceptions *, bw_exceptions_free);

/* The exceptions of a settings file, once; settings must outlive the set. */
BW_CHECK int bw_exceptions_add(struct bw_exceptions *exceptions, const struct bw_settings *settings,
                               struct bw_error *reterr);

/*
 * Tells of a document that is about to be judged, so that what its annotations ask for in vain can be told afterwards.
 * arena: for places. -ENOMEM.
 */
BW_CHECK int bw_exceptions_see(struct bw_exceptions *exceptions, struct bw_doc *doc, struct bw_arena *arena);

/*
 * Whether a finding (rule, resource, location.file and location.path are set) of this document is excepted at `now`
 * (unix seconds): the note, else NULL. An exception that has expired does not match, but is remembered for the notices.
 * arena: scratch. Without memory nothing is excepted, and bw_exceptions_notices() gives -ENOMEM.
 */
const struct bw_exception_note *bw_exceptions_match(struct bw_exceptions *exceptions, const struct bw_doc *doc,
                                                    const struct bw_finding *finding, int64_t now,
                                                    struct bw_arena *arena);

enum bw_rule_presence {
        BW_RULE_UNKNOWN,
        BW_RULE_LEFT_OUT,  /* there, but not part of this run */
        BW_RULE_TAKES_PART,
};
/* pattern: an id, or its beginning and a '*'. *ret_nearest: of an unknown one, the id most like it, if one is. */
typedef enum bw_rule_presence (*bw_rule_look)(void *rules, struct bw_str pattern, struct bw_str *ret_nearest);

/*
 * After the run: exceptions that nothing used, have expired, name a rule that is not there …: those of the settings in
 * the file's order, then annotations by place. What could not have been used, because its rule or its kind was no part
 * of the run, is passed over.
 */
BW_CHECK int bw_exceptions_notices(struct bw_exceptions *exceptions, bw_rule_look look, void *rules, int64_t now,
                                   struct bw_arena *arena, const struct bw_notice **ret, size_t *ret_n,
                                   struct bw_error *reterr);

#endif
