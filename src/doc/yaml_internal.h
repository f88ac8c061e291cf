/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_internal: the parts of the YAML reader: scalars (yaml_scalar.c), the composer (yaml_compose.c), places where
 * libyaml and go-yaml differ (yaml_repair.c) and the reader that drives them (yaml.c).
 * Ownership: values live in the arena; a composer and a source own heap memory until their _done function.
 * Threads: one composer, one thread.
 * Source: go.yaml.in/yaml/v2 resolve.go, decode.go, scannerc.go, parserc.go; sigs.k8s.io/yaml yaml.go.
 */
#ifndef BW_DOC_YAML_INTERNAL_H
#define BW_DOC_YAML_INTERNAL_H

#include <yaml.h>

#include "value/value.h"

struct bw_arena;
struct bw_doc;
struct bw_error;

/* bw_yaml_read(). stream: the text is taken as a stream's reader gives it, each line with a line feed at its end. */
BW_CHECK int bw_yaml_read_text(struct bw_arena *arena, struct bw_str text, bool stream, uint32_t first_line,
                               bool strict, struct bw_doc *ret_doc, struct bw_error *reterr);

/* ---- scalars ---- */

/* By its first character an untagged plain text is a string without a further look, a word, a null or a number. */
enum bw_yaml_hint {
        BW_YAML_STRING,
        BW_YAML_WORD,
        BW_YAML_NULL,
        BW_YAML_NUMBER,
};
extern const uint8_t bw_yaml_hints[256];

/*
 * What a scalar is: text with its tag ("" = none) as go-yaml resolves it. plain: it may be something else than a string
 * without a tag saying so. The result is null, bool, int, uint, double or string; a string borrows text, but for
 * !!binary, which is decoded into the arena. Doubles may be infinite or NaN. 0; -EINVAL: the tag and the text do not go
 * together; -ENOMEM, -E2BIG.
 */
BW_CHECK int bw_yaml_resolve(struct bw_arena *arena, struct bw_str tag, struct bw_str text, bool plain,
                             struct bw_value *ret, struct bw_error *reterr);

/* The same of a plain text without a tag. -ENOMEM (bw_arena_error() tells). */
BW_CHECK int bw_yaml_resolve_plain(struct bw_arena *arena, struct bw_str text, struct bw_value *ret);

/*
 * The text of a mapping key: sigs.k8s.io/yaml makes texts of ints, bools and floats (as 32-bit floats). false: the key
 * is of a type that cannot be one. ret->p is NULL when the arena is used up.
 */
bool bw_yaml_key_text(struct bw_arena *arena, struct bw_value key, struct bw_str *ret);

/* ---- composer: events to values ---- */

struct bw_yaml_item {
        struct bw_value value;
        struct bw_mark mark;
};

struct bw_yaml_frame {
        size_t base;      /* of its items */
        uint64_t decoded; /* composer's count when it began */
        uint32_t anchor;  /* number + 1 of its anchor; 0 = none */
        uint32_t serial;  /* of the definition of that anchor */
        uint32_t height;  /* of the highest container in it */
        struct bw_mark mark;
        bool is_map;
        bool in_value; /* map: a key was read, its value comes next */
        bool merging;  /* map: that key was a merge key */
};

struct bw_yaml_anchor {
        struct bw_str name;
        struct bw_value value; /* ABSENT while the node is being read */
        uint64_t size;         /* nodes in it, aliases expanded */
        uint32_t height;
        uint32_t serial; /* a later definition has a greater one */
};

struct bw_yaml_room;

struct bw_yaml_composer {
        struct bw_arena *arena;
        struct bw_yaml_room *room;
        bool strict;
        bool suspect;  /* a value or key was read that JSON cannot hold */
        bool done;     /* root is set */
        uint32_t line; /* of the text's first line */
        uint32_t n_nodes;
        uint64_t decoded; /* as go-yaml counts the nodes that it decodes, and those of them that aliases bring */
        uint64_t aliased;
        struct bw_value root;
        struct bw_mark root_mark;

        struct bw_yaml_item *items;
        size_t n_items;
        size_t cap_items;
        struct bw_yaml_frame *frames;
        size_t n_frames;
        size_t cap_frames;
        struct bw_yaml_anchor *anchors;
        size_t n_anchors;
        size_t cap_anchors;
        uint32_t *anchor_index;
        size_t n_slots;
        char *chunk; /* room for short texts */
        size_t chunk_left;
};

/* Room that most documents do with, on the caller's stack. */
struct bw_yaml_room {
        struct bw_yaml_item items[384];
        struct bw_yaml_frame frames[32];
};

void bw_yaml_composer_init(struct bw_yaml_composer *c, struct bw_arena *arena, struct bw_yaml_room *room, bool strict,
                           uint32_t line);
void bw_yaml_composer_done(struct bw_yaml_composer *c);
/* Take one event that stands at mark. -EINVAL, -E2BIG, -ENOMEM with the place. */
BW_CHECK int bw_yaml_scalar(struct bw_yaml_composer *c, const yaml_event_t *event, struct bw_mark mark,
                            struct bw_error *reterr);
BW_CHECK int bw_yaml_alias(struct bw_yaml_composer *c, const yaml_event_t *event, struct bw_mark mark,
                           struct bw_error *reterr);
BW_CHECK int bw_yaml_begin(struct bw_yaml_composer *c, bool is_map, const yaml_char_t *anchor, struct bw_mark mark,
                           struct bw_error *reterr);
BW_CHECK int bw_yaml_end(struct bw_yaml_composer *c, struct bw_error *reterr);
/* Takes a scalar without tag and anchor that is no merge key. Negative on any failure. */
BW_CHECK int bw_yaml_text(struct bw_yaml_composer *c, struct bw_str text, bool plain, struct bw_mark mark);
/* After the last event: refuses what JSON cannot hold. */
BW_CHECK int bw_yaml_compose_end(struct bw_yaml_composer *c, struct bw_error *reterr);
static inline struct bw_mark bw_yaml_mark(const struct bw_yaml_composer *c, const yaml_mark_t *mark)
{
        return (struct bw_mark){.line = c->line + (uint32_t)mark->line, .column = (uint32_t)mark->column + 1};
}

/* ---- without libyaml ---- */

/*
 * Reads text into the composer if it is of the plain kind that nearly all manifests are. 0; -EAGAIN: it is not, or
 * something failed: the composer is to be begun anew, and libyaml says what there is to say.
 */
BW_CHECK int bw_yaml_quick(struct bw_yaml_composer *c, struct bw_str text, bool stream);

/* bw_yaml_read_text() by libyaml alone: what the quick way is held against. */
BW_CHECK int bw_yaml_read_events(struct bw_arena *arena, struct bw_str text, bool stream, uint32_t first_line,
                                 bool strict, struct bw_doc *ret_doc, struct bw_error *reterr);

/* ---- repairs ---- */

/*
 * The document's bytes, and what libyaml is given to read instead: the same, or a copy in which places that libyaml
 * reads in another way than go-yaml are changed to something that it reads alike, character by character, so that marks
 * stay.
 */
struct bw_yaml_source {
        struct bw_str text;
        struct bw_str shown;
        char *copy;       /* shown's bytes once there is something to change */
        bool add_newline; /* shown is followed by a line feed */
        char stand_in[4]; /* a character that stands for U+FEFF; "" = none */
        size_t read;      /* bytes of shown that libyaml has got */
        size_t rereads;
        size_t *colons; /* characters before each plain scalar whose last character stands for a colon */
        size_t n_colons;
        size_t cap_colons;
        size_t at_index; /* a place in shown: characters before it, and bytes */
        size_t at_byte;
        int escaped_slash; /* whether text has "\/" in it: 1, 0, or -1 = not looked for yet */
};

/* text must outlive the source. -EINVAL, -E2BIG, -ENOMEM. */
BW_CHECK int bw_yaml_source_init(struct bw_yaml_source *s, struct bw_str text, bool stream, uint32_t line,
                                 struct bw_error *reterr);
void bw_yaml_source_done(struct bw_yaml_source *s);
/* Begins to read again. */
void bw_yaml_source_rewind(struct bw_yaml_source *s);

/* Whether a scalar event needs bw_yaml_repair_event(). */
static inline bool bw_yaml_may_need_repair(const struct bw_yaml_source *s, const yaml_event_t *event, uint32_t flow)
{
        return flow || s->stand_in[0] || event->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
}

/*
 * Looks at an event that libyaml gave: corrects its text in place, or finds that go-yaml refuses what it stands for
 * (-EINVAL) or reads it in another way (-EAGAIN: shown is changed, read it again). flow: depth of flow collections.
 */
BW_CHECK int bw_yaml_repair_event(struct bw_yaml_source *s, yaml_event_t *event, uint32_t flow, struct bw_mark mark,
                                  struct bw_error *reterr);
/* After an error of libyaml: -EAGAIN when go-yaml takes what libyaml does not, and shown is changed. Else 0. */
BW_CHECK int bw_yaml_repair_error(struct bw_yaml_source *s, const yaml_parser_t *parser, struct bw_error *reterr);

#endif
