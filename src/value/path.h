/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path: names a place inside a document, e.g. spec.containers[0].image or metadata.labels['app.kubernetes.io/name'].
 * A pattern is a path with wildcards: spec.containers[*].ports[*].
 * Ownership: a path borrows its texts from the arena given at creation.
 * Limits: BW_LIMIT_PATH_DEPTH segments. Threads: immutable after creation.
 * Source: Kubernetes API conventions, field paths in errors; keys that are no plain names are quoted in brackets.
 */
#ifndef BW_VALUE_PATH_H
#define BW_VALUE_PATH_H

#include "value/value.h"

struct bw_error;

enum bw_segment_kind {
        BW_SEGMENT_KEY,   /* .name or ['name'] */
        BW_SEGMENT_INDEX, /* [3] */
        BW_SEGMENT_EACH,  /* [*]: every item of a list or value of a map; patterns only */
};

struct bw_segment {
        enum bw_segment_kind kind;
        uint32_t index;
        struct bw_value key; /* STRING */
};

struct bw_path {
        size_t n;
        const struct bw_segment *segments;
};

/* Parses text; "" is the empty path. -EINVAL with the column in reterr, -E2BIG past the limit. */
BW_CHECK int bw_path_parse(struct bw_arena *arena, struct bw_str text, struct bw_path *ret_path,
                           struct bw_error *reterr);
void bw_path_format(struct bw_buf *out, struct bw_path path);
/* The value at a path without wildcards; BW_ABSENT when something on the way is missing. */
struct bw_value bw_path_get(struct bw_value root, struct bw_path path);

/*
 * Where the value at path stands: marks of the deepest part of path that exists (*ret_depth: number of segments that do).
 * root_mark: the mark of root itself. With key marks: a map entry's place is its key's place when at_key.
 */
struct bw_mark bw_path_mark(struct bw_value root, struct bw_mark root_mark, struct bw_path path, bool at_key,
                            size_t *ret_depth);

#endif
