/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream: cuts a stream of bytes into documents as kubectl does: YAML at lines that begin with "---", JSON value by
 * value, NDJSON line by line, items of a List one by one. Nothing is parsed here but brackets and quotes.
 * A YAML document that cannot be read does not end its stream (kubectl gives up there); a JSON value that
 * bw_json_read() refuses does, because nothing says where the next one begins.
 * Ownership: pieces borrow from the caller's bytes. Threads: one stream, one thread.
 * Source: k8s.io/apimachinery pkg/util/yaml/decoder.go (YAMLOrJSONDecoder, YAMLReader).
 */
#ifndef BW_DOC_STREAM_H
#define BW_DOC_STREAM_H

#include "doc/doc.h"

struct bw_piece {
        struct bw_str text;
        uint32_t line; /* of its first byte in the input, from 1 */
        uint32_t column;
        enum bw_format format;
        struct bw_str
                list_api_version; /* item of an unwrapped List: what its List said before the items, else empty; */
        struct bw_str list_kind;  /* raw API answers give items without apiVersion and kind: PodList -> Pod */
};

/* What a stream is, by its first bytes: '{' after blanks is JSON, anything else YAML, as kubectl has it. */
enum bw_format bw_stream_format(struct bw_str head);

/* A cutter keeps its state between calls, so that input may arrive in blocks. */
struct bw_cutter {
        enum bw_format format;
        bool unwrap_lists; /* JSON: give the items of a top-level object with an "items" array one by one (what
                               apimachinery calls a list: Unstructured.IsList) */
        uint32_t line;     /* of the next byte; from 1 */
        uint32_t column;

        /* Private. */
        uint8_t stage;      /* JSON: where in the grammar */
        bool in_list;       /* JSON: the object's items were given; the rest of it is skipped */
        size_t at;          /* bytes of the next piece that were looked at */
        uint64_t in_string; /* of a bracket scan that waits for more bytes */
        uint64_t escaped;
        uint32_t depth;
        char list_api_version[96];
        char list_kind[96];
};
void bw_cutter_init(struct bw_cutter *cutter, enum bw_format format, bool unwrap_lists);

/*
 * Takes the next piece from *rest; when more bytes are needed, the next call's *rest must begin with those that this
 * call left in it. eof: no more bytes will follow. A piece's list texts live in the cutter until its next call.
 * 1: *ret_piece is set and *rest moved on. 0: needs more bytes (or, at eof, the end). -EINVAL: the stream is broken
 * (bad separator, unbalanced brackets): nothing further can be read. -E2BIG: a piece over BW_LIMIT_DOC_BYTES.
 */
BW_CHECK int bw_cutter_next(struct bw_cutter *cutter, struct bw_str *rest, bool eof, struct bw_piece *ret_piece,
                            struct bw_error *reterr);

/*
 * Reads a piece as bw_yaml_read() or bw_json_read() do, with what a stream's reader adds: a line feed at the end, and
 * apiVersion and kind of an item of a typed list that has none. The document is identified.
 */
BW_CHECK int bw_doc_read(struct bw_arena *arena, const struct bw_piece *piece, bool strict, struct bw_doc *ret_doc,
                         struct bw_error *reterr);

#endif
