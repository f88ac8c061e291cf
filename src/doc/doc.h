/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc: a document: one JSON-like object with the place it came from.
 * Ownership: a document and its values live in the arena given to the reader; values may borrow from the text given to
 *            the reader, which must live as long. Inputs (struct bw_input) are owned by the run.
 * Threads: a document is read-only once made, but for bw_doc_mark() on a JSON document, which fills in places on first
 *          use: one thread at a time.
 * Source: sigs.k8s.io/yaml (YAML to JSON), k8s.io/apimachinery pkg/util/yaml (streams).
 */
#ifndef BW_DOC_DOC_H
#define BW_DOC_DOC_H

#include "value/path.h"
#include "value/value.h"

struct bw_arena;
struct bw_error;

enum bw_format {
        BW_FORMAT_YAML,
        BW_FORMAT_JSON,
};

/* A source of documents, for messages. */
struct bw_input {
        struct bw_str name; /* path as the user gave it, "<stdin>", URL */
        uint32_t number;    /* position in the run */
};

struct bw_doc {
        struct bw_value root;
        const struct bw_input *input; /* may be NULL in tests */
        struct bw_str text;           /* the document's bytes (the item's, for an item of a List) */
        uint32_t line;                /* line in the input at which text begins, from 1 */
        uint32_t column;              /* column at which its first line begins, from 1 */
        enum bw_format format;
        const char *bytes;   /* JSON: the copy of text that its strings borrow from, at the same offsets; else NULL */
        struct bw_mark mark; /* of the root value */
        uint32_t index;      /* number of the document in its input, from 0; items of a List count each */

        /* Set by bw_doc_identify(): empty texts when absent. */
        struct bw_str api_version;
        struct bw_str group; /* "apps" of apps/v1, "" of v1 */
        struct bw_str kind;
        struct bw_str ns;   /* metadata.namespace */
        struct bw_str name; /* metadata.name, else metadata.generateName */

        bool is_slim;       /* of a cluster, with stand-ins for secrets: its field `slim` is ours (scan/slim.h) */
        uint8_t derives;    /* enum bw_doc_derives: what bw_derive_wants() said, for one who asks again */
};

enum bw_doc_derives {
        BW_DERIVES_UNKNOWN,
        BW_DERIVES_NOTHING,
        BW_DERIVES_SOMETHING,
};

/*
 * Reads one YAML document exactly as sigs.k8s.io/yaml does (a piece of a stream: bw_doc_read()). strict: also
 * refuse duplicate keys. Marks are kept for every value. Empty text (or comments only) gives a null root.
 * first_line: line of text in its input, for marks and errors.
 * -EINVAL (with line and column), -E2BIG (a named limit), -ENOMEM.
 */
BW_CHECK int bw_yaml_read(struct bw_arena *arena, struct bw_str text, uint32_t first_line, bool strict,
                          struct bw_doc *ret_doc, struct bw_error *reterr);

/*
 * Reads one JSON value from the beginning of text; *ret_used: bytes used, with blanks around it. Bad UTF-8 becomes
 * U+FFFD, of duplicate keys the last wins (strict: refused). A number without fraction and exponent is an int, else a
 * uint, else a double, as it fits: 18446744073709551615 stays exact in what is printed, and CEL's view of a document
 * makes doubles of uints. No marks: bw_doc_mark() finds places when they are asked for. text should be one piece of a
 * stream: all of it is copied.
 */
BW_CHECK int bw_json_read(struct bw_arena *arena, struct bw_str text, uint32_t first_line, uint32_t first_column,
                          bool strict, struct bw_doc *ret_doc, size_t *ret_used, struct bw_error *reterr);

/* Fills api_version, group, kind, ns, name. False when the root is no Kubernetes object (no apiVersion and kind). */
bool bw_doc_identify(struct bw_doc *doc);

/* Where the value at path (or the deepest part of it that is there) stands. at_key: the place of the key. */
struct bw_mark bw_doc_mark(struct bw_doc *doc, struct bw_arena *arena, struct bw_path path, bool at_key);

/*
 * Calls each for every item of a List (what apimachinery calls one: there is a list at "items"), Lists inside of Lists
 * opened up to BW_LIMIT_LIST_DEPTH; a document that is no List is its only item. Items share the document's text, are
 * identified, are counted from doc->index, and have apiVersion and kind from a typed list (PodList) when they have none
 * of their own. Ends with each's first negative answer and gives it.
 */
bool bw_doc_is_list(const struct bw_doc *doc);
BW_CHECK int bw_doc_list_items(struct bw_arena *arena, struct bw_doc *doc,
                               int (*each)(void *ctx, struct bw_doc *item, struct bw_error *reterr), void *ctx,
                               struct bw_error *reterr);

/* Line number `line` (of the input) of the document's text, without its end; empty when outside. */
struct bw_str bw_doc_line(const struct bw_doc *doc, uint32_t line);

/* The same for many lines of one document: the search goes on where the last one ended. Ready when zero. */
struct bw_line_cursor {
        uint32_t lines; /* passed */
        size_t at;      /* where the next one begins in the document's text */
};
struct bw_str bw_doc_line_from(const struct bw_doc *doc, uint32_t line, struct bw_line_cursor *cursor);

#endif
