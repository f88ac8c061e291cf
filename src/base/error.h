/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error: the one error shape. Every fallible function returns 0 or a negative errno and takes
 * `struct bw_error *reterr` last: untouched on success, set once where the error arises, given
 * context on the way up. Only cli and the daemons print it.
 * Ownership: a bw_error is a plain value on the caller's stack; nothing to free. Texts are copied and cut.
 * Threads: a value, no shared state.
 */
#ifndef BW_BASE_ERROR_H
#define BW_BASE_ERROR_H

#include "base/base.h"

struct bw_error {
        int code;           /* negative errno, 0 = no error */
        uint32_t line;      /* from 1; 0 = no line */
        uint32_t column;    /* from 1, in characters; 0 = no column */
        char file[256];     /* path, URL or "<stdin>"; "" = none */
        char message[768];  /* what, why, and what to do; no trailing newline */
};

/* Sets the error (the first one set stays). Returns code, so that `return bw_error_set(...)` works.
 * reterr may be NULL everywhere. */
int bw_error_set(struct bw_error *reterr, int code, const char *fmt, ...) BW_PRINTF(3, 4);
int bw_error_at(struct bw_error *reterr, int code, uint32_t line, uint32_t column, const char *fmt, ...)
        BW_PRINTF(5, 6);
/* Puts "context: " before the message. Returns code. */
int bw_error_wrap(struct bw_error *reterr, int code, const char *fmt, ...) BW_PRINTF(3, 4);
/* Names the file if none is named yet. */
void bw_error_in_file(struct bw_error *err, struct bw_str file);
/* -ENOMEM with the standard text. */
int bw_error_nomem(struct bw_error *reterr);
void bw_error_clear(struct bw_error *err);
/* "file:line:column: message" into buf, cut to size; control characters are shown as \xNN. Returns buf. */
const char *bw_error_format(const struct bw_error *err, char *buf, size_t size);

#endif
