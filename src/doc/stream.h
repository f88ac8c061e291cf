/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream: cuts a stream of bytes into documents as kubectl does: YAML at lines that begin with "---", JSON value by
 * value, NDJSON line by line, items of a List one by one. Nothing is parsed here but brackets and quotes.
 * Ownership: pieces borrow from the caller's bytes. Threads: one stream, one thread.
 * Source: k8s.io/apimachinery pkg/util/yaml/decoder.go (YAMLOrJSONDecoder, YAMLReader).
 */
#ifndef BW_DOC_STREAM_H
#define BW_DOC_STREAM_H

#include "doc/doc.h"

struct bw_piece {
        struct bw_str text;
        uint32_t line;    /* of its first byte in the input, from 1 */
        uint32_t column;
        enum bw_format format;
        struct bw_str list_api_version; /* item of an unwrapped List: what its List said before the items, else empty; */
        struct bw_str list_kind;        /* raw API answers give items without apiVersion and kind: PodList -> Pod */
};

/* What a stream is, by its first bytes: '{' or '[' after blanks is JSON. */
enum bw_format bw_stream_format(struct bw_str head);

/* A cutter keeps its state between calls, so that input may arrive in blocks. */
struct bw_cutter {
        enum bw_format format;
        bool unwrap_lists;  /* JSON: give the items of a top-level object with an "items" array one by one (what
                               apimachinery calls a list: Unstructured.IsList) */
        uint32_t line;      /* of the next byte; set both to 1 at the start */
        uint32_t column;
        int state[8];       /* private */
        uint64_t depth[4];  /* private */
};
void bw_cutter_init(struct bw_cutter *cutter, enum bw_format format, bool unwrap_lists);

/*
 * Takes the next piece from *rest. eof: no more bytes will follow.
 * 1: *ret_piece is set and *rest moved on. 0: needs more bytes (or, at eof, the end). -EINVAL: the stream is broken
 * (bad separator, unbalanced brackets): nothing further can be read. -E2BIG: a piece over BW_LIMIT_DOC_BYTES.
 */
BW_CHECK int bw_cutter_next(struct bw_cutter *cutter, struct bw_str *rest, bool eof, struct bw_piece *ret_piece,
                            struct bw_error *reterr);

#endif
