/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emit: one stream of events (maps, lists, keys, scalars) written as JSON or as YAML, so that each report has one
 * description and two spellings.
 * Ownership: the emitter owns its buffer (bw_emit_done); what it is given is borrowed for the call only.
 * Errors: the first failure sticks; bw_emit_close() tells.
 * Limits: BW_LIMIT_DOC_DEPTH levels below the root. Threads: one emitter, one thread.
 * Source: RFC 8259; YAML 1.1 and 1.2 read the same values from what is written here.
 */
#ifndef BW_REPORT_EMIT_H
#define BW_REPORT_EMIT_H

#include "base/buf.h"
#include "base/limits.h"

struct bw_error;
struct bw_report_options;
struct bw_value;

enum bw_syntax {
        BW_SYNTAX_JSON,
        BW_SYNTAX_YAML,
};

#define BW_EMIT_DEPTH (BW_LIMIT_DOC_DEPTH + 8)

struct bw_emit_level {
        uint16_t indent; /* YAML: column of its keys or dashes */
        bool is_list;
        bool has_items;
        bool in_line;    /* YAML: its first key or dash follows what stands on the line already */
};

struct bw_emit {
        struct bw_buf buf;
        enum bw_syntax syntax;
        const struct bw_report_options *options; /* flush and its userdata; NULL: everything stays in buf */
        int status;                              /* 0 or negative errno */
        bool after_key;                          /* a key was written, its value is next */
        size_t depth;
        struct bw_emit_level levels[BW_EMIT_DEPTH];
};

void bw_emit_init(struct bw_emit *e, enum bw_syntax syntax, const struct bw_report_options *options);
void bw_emit_done(struct bw_emit *e);

void bw_emit_map(struct bw_emit *e);
void bw_emit_list(struct bw_emit *e);
/* Ends the innermost map or list. */
void bw_emit_end(struct bw_emit *e);
/* key: a plain name from the source code (letters and digits), never from input. */
void bw_emit_key(struct bw_emit *e, const char *key);
void bw_emit_any_key(struct bw_emit *e, struct bw_str key);

void bw_emit_str(struct bw_emit *e, struct bw_str s);
void bw_emit_u64(struct bw_emit *e, uint64_t v);
void bw_emit_bool(struct bw_emit *e, bool b);
/* Any value; what JSON has no form for is written as a string, as bw_value_json() does. */
void bw_emit_value(struct bw_emit *e, struct bw_value v);

/* key and scalar in one. */
void bw_emit_key_str(struct bw_emit *e, const char *key, struct bw_str s);
void bw_emit_key_u64(struct bw_emit *e, const char *key, uint64_t v);

/* Begins a further document of the stream: "---" in YAML, nothing in JSON. */
void bw_emit_next_document(struct bw_emit *e);

/* Ends the text with a newline and flushes. 0, -ENOMEM, -E2BIG, or what flush gave. */
BW_CHECK int bw_emit_close(struct bw_emit *e, struct bw_error *reterr);

#endif
