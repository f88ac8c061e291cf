/* SPDX-License-Identifier: Apache-2.0 */
/*
 * documents: the documents of one file, one after the other, for verbs that look at them without judging.
 * Ownership: a document lives in the arena until the callback returns; then the arena is reset.
 * Errors: the first document that cannot be read ends the file. Threads: the first thread only.
 */
#ifndef BW_CLI_DOCUMENTS_H
#define BW_CLI_DOCUMENTS_H

#include "doc/doc.h"

/* path: "-" is standard input. A negative return of fn ends the reading and is returned. Empty documents are left out. */
BW_CHECK int bw_documents_read(const char *path, struct bw_arena *arena, int (*fn)(void *userdata, struct bw_doc *doc),
                               void *userdata, struct bw_error *reterr);

/* The same for a text that was read already; name: for messages. */
BW_CHECK int bw_documents_read_text(struct bw_str text, const char *name, struct bw_arena *arena,
                                    int (*fn)(void *userdata, struct bw_doc *doc), void *userdata,
                                    struct bw_error *reterr);

#endif
