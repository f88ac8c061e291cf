/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_words: what go-yaml says of a text that it refuses, in its words: for messages that repeat what a component of
 * Kubernetes would print. Slow: used when bw_yaml_read() has refused a text.
 * Ownership: what is found lives in the arena. Errors: -ENOMEM. Threads: pure.
 * Source: go.yaml.in/yaml/v2 yaml.go and decode.go (lines are those of go-yaml, which counts some from 0).
 */
#ifndef BW_DOC_YAML_WORDS_H
#define BW_DOC_YAML_WORDS_H

#include "value/value.h"

struct bw_arena;
struct bw_error;

struct bw_yaml_repeated {
        struct bw_str key;
        struct bw_mark mark;  /* of the key that stands there once more */
        uint32_t value_line;  /* go-yaml names the line of its value */
};

struct bw_yaml_words {
        struct bw_str syntax; /* "yaml: line 5: found character that cannot start any token"; empty: the grammar holds */
        const struct bw_yaml_repeated *repeated; /* keys that stand twice in one map; at most BW_LIMIT_PROBLEMS */
        size_t n_repeated;
};

/* Of the first document. */
BW_CHECK int bw_yaml_words(struct bw_arena *arena, struct bw_str text, struct bw_yaml_words *ret, struct bw_error *reterr);

#endif
