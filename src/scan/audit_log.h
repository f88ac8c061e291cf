/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_log: the events of audit logs, one after the other: JSON lines as the log backend writes them (packed or not, several
 * files, directories), EventLists as the webhook backend sends them. Constant memory.
 * Ownership: an event lives until the callback returns.
 * Errors: what cannot be read is given to `broken`, with its place (a last line that is still being written, most often), and
 *         the rest goes on. A negative answer of a callback ends the reading and is returned.
 * Threads: one.
 */
#ifndef BW_SCAN_AUDIT_LOG_H
#define BW_SCAN_AUDIT_LOG_H

#include <stdatomic.h>

#include "value/value.h"

struct bw_error;

struct bw_audit_log_sink {
        int (*event)(void *userdata, struct bw_value event, struct bw_error *reterr);
        int (*broken)(void *userdata, const struct bw_error *err);
        void *userdata;
};

/* cancel may be NULL. */
BW_CHECK int bw_audit_log_read(const struct bw_str *paths, size_t n_paths, const atomic_bool *cancel,
                               const struct bw_audit_log_sink *sink, struct bw_error *reterr);

#endif
