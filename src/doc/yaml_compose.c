/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/yaml_internal.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

#define CHUNK 4096
#define FIRST_SLOTS 64

void bw_yaml_composer_init(struct bw_yaml_composer *c, struct bw_arena *arena, struct bw_yaml_room *room, bool strict,
                           uint32_t line)
{
        *c = (struct bw_yaml_composer){
                .arena = arena,
                .room = room,
                .strict = strict,
                .line = line,
                .items = room->items,
                .cap_items = BW_ARRAY_SIZE(room->items),
                .frames = room->frames,
                .cap_frames = BW_ARRAY_SIZE(room->frames),
        };
}

void bw_yaml_composer_done(struct bw_yaml_composer *c)
{
        if (c->items != c->room->items)
                bw_free(c->items);
        if (c->frames != c->room->frames)
                bw_free(c->frames);
        bw_free(c->anchors);
        bw_free(c->anchor_index);
}

/* Doubles an array that begins in the caller's room. */
static BW_COLD int grow(void *array_ptr, const void *room, size_t *cap, size_t size)
{
        void **array = array_ptr;
        bool first = *array == room;
        void *grown = first ? bw_reallocarray(NULL, *cap * 2, size) : bw_reallocarray(*array, *cap * 2, size);

        if (!grown)
                return -ENOMEM;
        if (first)
                memcpy(grown, room, *cap * size);
        *array = grown;
        *cap *= 2;
        return 0;
}

static BW_COLD int fail(struct bw_mark mark, struct bw_error *reterr, const char *why)
{
        return bw_error_at(reterr, -EINVAL, mark.line, mark.column, "%s", why);
}

static BW_COLD int fail_limit(struct bw_mark mark, struct bw_error *reterr, const char *what, uint64_t limit)
{
        return bw_error_at(reterr, -E2BIG, mark.line, mark.column, "more than %" PRIu64 " %s", limit, what);
}

static inline void copy_word(char *to, const char *from, size_t size)
{
        uint64_t word = 0;

        memcpy(&word, from, size);
        memcpy(to, &word, size);
}

/* memcpy() for texts that are mostly shorter than what its call costs. */
static inline void copy_text(char *to, struct bw_str text)
{
        if (BW_UNLIKELY(text.n > 16)) {
                memcpy(to, text.p, text.n);
        } else if (text.n >= 8) {
                copy_word(to, text.p, 8);
                copy_word(to + text.n - 8, text.p + text.n - 8, 8);
        } else if (text.n >= 4) {
                copy_word(to, text.p, 4);
                copy_word(to + text.n - 4, text.p + text.n - 4, 4);
        } else {
                for (size_t i = 0; i < text.n; i++)
                        to[i] = text.p[i];
        }
}

static BW_COLD char *new_chunk(struct bw_yaml_composer *c, size_t n)
{
        char *p;

        if (n > CHUNK / 4)
                return bw_arena_alloc(c->arena, n);
        p = bw_arena_alloc(c->arena, CHUNK);
        if (p) {
                c->chunk = p + n;
                c->chunk_left = CHUNK - n;
        }
        return p;
}

/* Texts are short and many: they share chunks, without the arena's rounding. */
static inline const char *keep_text(struct bw_yaml_composer *c, struct bw_str text)
{
        char *to = c->chunk;

        if (text.n == 0)
                return "";
        if (BW_UNLIKELY(text.n > c->chunk_left)) {
                to = new_chunk(c, text.n);
                if (!to)
                        return NULL;
        } else {
                c->chunk += text.n;
                c->chunk_left -= text.n;
        }
        copy_text(to, text);
        return to;
}

/* ---- how many nodes aliases may bring ---- */

/* go-yaml's share of nodes that may come from aliases, by the number of nodes in all. */
static double allowed_ratio(uint64_t decoded)
{
        const double low = 400000;
        const double high = 4000000;

        if ((double)decoded <= low)
                return 0.99;
        if ((double)decoded >= high)
                return 0.10;
        return 0.99 - 0.89 * (((double)decoded - low) / (high - low));
}

static inline int count(struct bw_yaml_composer *c, uint64_t decoded, uint64_t aliased, struct bw_mark mark,
                        struct bw_error *reterr)
{
        if (__builtin_add_overflow(c->decoded, decoded, &c->decoded) ||
            __builtin_add_overflow(c->aliased, aliased, &c->aliased))
                return fail(mark, reterr, "aliases make the document too large");
        if (BW_LIKELY(c->aliased <= 100 || c->decoded <= 1000))
                return 0;
        if ((double)c->aliased / (double)c->decoded > allowed_ratio(c->decoded))
                return fail(mark, reterr, "aliases make the document too large");
        return 0;
}

/* ---- anchors ---- */

static uint32_t name_hash(struct bw_str name)
{
        uint32_t h = 2166136261u;

        for (size_t i = 0; i < name.n; i++)
                h = (h ^ (unsigned char)name.p[i]) * 16777619u;
        return h ^ h >> 15;
}

/* The slot of name, or the free one where it belongs; SIZE_MAX when too many names collide. */
static size_t anchor_slot(const struct bw_yaml_composer *c, struct bw_str name)
{
        size_t at = name_hash(name) & (c->n_slots - 1);

        for (size_t steps = 0; steps <= BW_LIMIT_ANCHOR_STEPS; steps++) {
                if (!c->anchor_index[at] || bw_str_eq(c->anchors[c->anchor_index[at] - 1].name, name))
                        return at;
                at = (at + 1) & (c->n_slots - 1);
        }
        return SIZE_MAX;
}

static int grow_anchor_index(struct bw_yaml_composer *c)
{
        size_t slots = c->n_slots ? c->n_slots * 2 : FIRST_SLOTS;
        uint32_t *index = bw_zalloc(slots * sizeof(*index));

        if (!index)
                return -ENOMEM;
        bw_free(c->anchor_index);
        c->anchor_index = index;
        c->n_slots = slots;
        for (size_t i = 0; i < c->n_anchors; i++) {
                size_t at = anchor_slot(c, c->anchors[i].name);

                if (at == SIZE_MAX)
                        return -E2BIG;
                c->anchor_index[at] = (uint32_t)i + 1;
        }
        return 0;
}

/* Defines an anchor for a node that begins now; *ret: its number + 1. */
static BW_COLD int new_anchor(struct bw_yaml_composer *c, const yaml_char_t *anchor, struct bw_mark mark, uint32_t *ret,
                              struct bw_error *reterr)
{
        struct bw_str name = bw_str((const char *)anchor);
        struct bw_yaml_anchor *a;
        size_t at;
        int r = 0;

        if ((c->n_anchors + 1) * 2 > c->n_slots)
                r = grow_anchor_index(c);
        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        at = r < 0 ? SIZE_MAX : anchor_slot(c, name);
        if (at == SIZE_MAX)
                return fail_limit(mark, reterr, "anchors whose names collide", BW_LIMIT_ANCHOR_STEPS);
        if (!c->anchor_index[at]) {
                if (bw_grow(&c->anchors, &c->cap_anchors, c->n_anchors + 1, sizeof(*a)) < 0)
                        return bw_error_nomem(reterr);
                a = &c->anchors[c->n_anchors];
                *a = (struct bw_yaml_anchor){.name = bw_str_n(keep_text(c, name), name.n)};
                if (!a->name.p)
                        return bw_arena_error(c->arena, reterr);
                c->anchor_index[at] = (uint32_t)++c->n_anchors;
        }
        a = &c->anchors[c->anchor_index[at] - 1];
        a->value = (struct bw_value){0};
        a->serial = c->n_nodes;
        *ret = c->anchor_index[at];
        return 0;
}

/* The same; 0 without an anchor. */
static inline int define_anchor(struct bw_yaml_composer *c, const yaml_char_t *anchor, struct bw_mark mark,
                                uint32_t *ret, struct bw_error *reterr)
{
        *ret = 0;
        return BW_LIKELY(!anchor) ? 0 : new_anchor(c, anchor, mark, ret, reterr);
}

static inline void set_anchor(struct bw_yaml_composer *c, uint32_t anchor, uint32_t serial,
                              const struct bw_value *value, uint64_t size, uint32_t height)
{
        struct bw_yaml_anchor *a;

        if (!anchor)
                return;
        a = &c->anchors[anchor - 1];
        if (a->serial != serial)
                return; /* the name was given to another node in the meantime */
        a->value = *value;
        a->size = size;
        a->height = height;
}

/* ---- placing a finished node into its container ---- */

/*
 * Where the next item goes; NULL when memory is used up. Values are built there, half by half: a value that is built in
 * a local variable and then copied as a whole makes the processor wait for both halves.
 */
static inline struct bw_yaml_item *slot(struct bw_yaml_composer *c)
{
        if (BW_UNLIKELY(c->n_items == c->cap_items) &&
            grow(&c->items, c->room->items, &c->cap_items, sizeof(*c->items)) < 0)
                return NULL;
        return &c->items[c->n_items];
}

static int push(struct bw_yaml_composer *c, struct bw_value value, struct bw_mark mark, struct bw_error *reterr)
{
        struct bw_yaml_item *to = slot(c);

        if (!to)
                return bw_error_nomem(reterr);
        to->value = value;
        to->mark = mark;
        c->n_items++;
        return 0;
}

/* As if the entries of map were written here: later keys win. */
static int merge_map(struct bw_yaml_composer *c, struct bw_value map, struct bw_error *reterr)
{
        int r = 0;

        for (uint32_t i = 0; i < map.n && r == 0; i++) {
                r = push(c, map.map->entries[i].key, map.map->marks[2 * (size_t)i], reterr);
                if (r == 0)
                        r = push(c, map.map->entries[i].value, map.map->marks[2 * (size_t)i + 1], reterr);
        }
        return r;
}

/* The value of a merge key: a map, or a list of maps of which the first wins. */
static int merge(struct bw_yaml_composer *c, struct bw_value v, bool is_alias, struct bw_mark mark,
                 struct bw_error *reterr)
{
        int r = 0;

        if (v.type == BW_MAP)
                return merge_map(c, v, reterr);
        if (v.type != BW_LIST || is_alias)
                return fail(mark, reterr, "a merge key (<<) takes a map or a list of maps");
        for (uint32_t i = 0; i < v.n; i++)
                if (v.list->items[i].type != BW_MAP)
                        return fail(v.list->marks[i], reterr, "a merge key (<<) takes a map or a list of maps");
        for (uint32_t i = v.n; i > 0 && r == 0; i--)
                r = merge_map(c, v.list->items[i - 1], reterr);
        return r;
}

/* A key that is no string. */
static int make_key(struct bw_yaml_composer *c, struct bw_value *v, struct bw_mark mark, struct bw_error *reterr)
{
        struct bw_str text;

        if (v->type == BW_LIST || v->type == BW_MAP)
                return fail(mark, reterr, "a list or map cannot be a key");
        if (!bw_yaml_key_text(c->arena, *v, &text)) {
                /* An error, unless a later key of the same name replaces the map that it stands in. */
                c->suspect = true;
                return 0;
        }
        if (!text.p)
                return bw_arena_error(c->arena, reterr);
        *v = bw_value_str(text);
        return 0;
}

/* The node in the slot is complete. */
static inline int place(struct bw_yaml_composer *c, bool is_alias, struct bw_error *reterr)
{
        struct bw_yaml_item *node = &c->items[c->n_items];
        struct bw_yaml_frame *f;
        int r;

        if (BW_UNLIKELY(c->n_frames == 0)) {
                c->root = node->value;
                c->root_mark = node->mark;
                c->done = true;
                return 0;
        }
        f = &c->frames[c->n_frames - 1];
        if (f->is_map && !f->in_value) {
                f->in_value = true;
                if (BW_UNLIKELY(node->value.type != BW_STRING)) {
                        r = make_key(c, &node->value, node->mark, reterr);
                        if (r < 0)
                                return r;
                }
        } else {
                f->in_value = false;
                if (BW_UNLIKELY(f->merging)) {
                        f->merging = false;
                        return merge(c, node->value, is_alias, node->mark, reterr);
                }
        }
        c->n_items++;
        return 0;
}

/* ---- events ---- */

static inline int count_node(struct bw_yaml_composer *c, struct bw_mark mark, struct bw_error *reterr)
{
        if (BW_UNLIKELY(++c->n_nodes > BW_LIMIT_DOC_NODES))
                return fail_limit(mark, reterr, "values in one document", BW_LIMIT_DOC_NODES);
        return 0;
}

static bool is_merge_key(const struct bw_yaml_composer *c, const yaml_event_t *event)
{
        const struct bw_yaml_frame *f = c->n_frames ? &c->frames[c->n_frames - 1] : NULL;

        return f && f->is_map && !f->in_value && event->data.scalar.length == 2 &&
               memcmp(event->data.scalar.value, "<<", 2) == 0 &&
               (event->data.scalar.plain_implicit ||
                (event->data.scalar.tag &&
                 bw_str_is(bw_str((const char *)event->data.scalar.tag), "tag:yaml.org,2002:merge")));
}

static BW_COLD int resolve_error(struct bw_mark mark, int code, struct bw_error *reterr)
{
        if (reterr && reterr->line == 0) {
                reterr->line = mark.line;
                reterr->column = mark.column;
        }
        return code;
}

static inline bool is_plain_string(struct bw_str text)
{
        return text.n && bw_yaml_hints[(unsigned char)text.p[0]] == BW_YAML_STRING;
}

static int resolve_scalar(struct bw_yaml_composer *c, const yaml_event_t *event, struct bw_mark mark,
                          struct bw_value *ret, struct bw_error *reterr)
{
        struct bw_str text = bw_str_n((const char *)event->data.scalar.value, event->data.scalar.length);
        int r;

        if (BW_UNLIKELY(text.n > BW_LIMIT_SCALAR_BYTES))
                return fail_limit(mark, reterr, "bytes in one scalar", BW_LIMIT_SCALAR_BYTES);
        if (BW_UNLIKELY(event->data.scalar.tag)) {
                r = bw_yaml_resolve(c->arena, bw_str((const char *)event->data.scalar.tag), text,
                                    event->data.scalar.plain_implicit, ret, reterr);
                if (r < 0)
                        return resolve_error(mark, r, reterr);
        } else if (!event->data.scalar.plain_implicit || is_plain_string(text)) {
                *ret = bw_value_str(text);
        } else if (bw_yaml_resolve_plain(c->arena, text, ret) < 0) {
                return bw_arena_error(c->arena, reterr);
        }
        if (BW_LIKELY(ret->type == BW_STRING && ret->s == text.p)) {
                ret->s = keep_text(c, text);
                if (!ret->s)
                        return bw_arena_error(c->arena, reterr);
        } else if (ret->type == BW_DOUBLE && !__builtin_isfinite(ret->d)) {
                c->suspect = true;
        }
        return 0;
}

int bw_yaml_scalar(struct bw_yaml_composer *c, const yaml_event_t *event, struct bw_mark mark, struct bw_error *reterr)
{
        bool merge_key = is_merge_key(c, event);
        struct bw_yaml_item *node = slot(c);
        uint32_t anchor;
        int r;

        if (!node)
                return bw_error_nomem(reterr);
        node->mark = mark;
        r = count_node(c, mark, reterr);
        if (r == 0)
                r = define_anchor(c, event->data.scalar.anchor, mark, &anchor, reterr);
        if (r == 0 && !merge_key)
                r = count(c, 1, 0, mark, reterr);
        if (r == 0)
                r = resolve_scalar(c, event, mark, &node->value, reterr);
        if (BW_UNLIKELY(r < 0))
                return r;
        set_anchor(c, anchor, c->n_nodes, &node->value, 1, 0);
        if (BW_UNLIKELY(merge_key)) {
                c->frames[c->n_frames - 1].in_value = true;
                c->frames[c->n_frames - 1].merging = true;
                return 0;
        }
        return place(c, false, reterr);
}

int bw_yaml_text(struct bw_yaml_composer *c, struct bw_str text, bool plain, struct bw_mark mark)
{
        struct bw_yaml_item *node = slot(c);

        if (!node || count_node(c, mark, NULL) < 0 || count(c, 1, 0, mark, NULL) < 0 || text.n > BW_LIMIT_SCALAR_BYTES)
                return -EAGAIN;
        node->mark = mark;
        if (!plain || is_plain_string(text))
                node->value = bw_value_str(text);
        else if (bw_yaml_resolve_plain(c->arena, text, &node->value) < 0)
                return -EAGAIN;
        if (BW_LIKELY(node->value.type == BW_STRING && node->value.s == text.p)) {
                node->value.s = keep_text(c, text);
                if (!node->value.s)
                        return -EAGAIN;
        } else if (node->value.type == BW_DOUBLE && !__builtin_isfinite(node->value.d)) {
                c->suspect = true;
        }
        return place(c, false, NULL);
}

int bw_yaml_alias(struct bw_yaml_composer *c, const yaml_event_t *event, struct bw_mark mark, struct bw_error *reterr)
{
        struct bw_str name = bw_str((const char *)event->data.alias.anchor);
        const struct bw_yaml_anchor *a = NULL;
        struct bw_yaml_frame *f;
        struct bw_yaml_item *node;
        uint64_t size;
        int r = count_node(c, mark, reterr);

        if (r < 0)
                return r;
        if (c->n_slots) {
                size_t at = anchor_slot(c, name);

                if (at != SIZE_MAX && c->anchor_index[at])
                        a = &c->anchors[c->anchor_index[at] - 1];
        }
        if (!a)
                return bw_error_at(reterr, -EINVAL, mark.line, mark.column, "unknown anchor \"%.*s\"",
                                   BW_STR_ARG(name));
        if (a->value.type == BW_ABSENT)
                return bw_error_at(reterr, -EINVAL, mark.line, mark.column, "anchor \"%.*s\" contains itself",
                                   BW_STR_ARG(name));
        if (c->n_frames + a->height > BW_LIMIT_DOC_DEPTH)
                return fail_limit(mark, reterr, "nested lists and maps", BW_LIMIT_DOC_DEPTH);
        size = a->size;
        r = count(c, 1, 0, mark, reterr);
        if (r == 0)
                r = count(c, size, size, mark, reterr);
        if (r < 0)
                return r;
        if (c->n_frames) {
                f = &c->frames[c->n_frames - 1];
                f->height = BW_MAX(f->height, a->height);
        }
        node = slot(c);
        if (!node)
                return bw_error_nomem(reterr);
        node->value = a->value;
        node->mark = mark;
        return place(c, true, reterr);
}

int bw_yaml_begin(struct bw_yaml_composer *c, bool is_map, const yaml_char_t *anchor, struct bw_mark mark,
                  struct bw_error *reterr)
{
        bool merged_list = !is_map && c->n_frames && c->frames[c->n_frames - 1].merging;
        struct bw_yaml_frame *f;
        uint64_t before = c->decoded;
        uint32_t number;
        int r = count_node(c, mark, reterr);

        if (r < 0)
                return r;
        if (c->n_frames >= BW_LIMIT_DOC_DEPTH)
                return fail_limit(mark, reterr, "nested lists and maps", BW_LIMIT_DOC_DEPTH);
        r = define_anchor(c, anchor, mark, &number, reterr);
        if (r == 0 && !merged_list) /* go-yaml does not count the list of a merge key */
                r = count(c, 1, 0, mark, reterr);
        if (r < 0)
                return r;
        if (c->n_frames == c->cap_frames && grow(&c->frames, c->room->frames, &c->cap_frames, sizeof(*f)) < 0)
                return bw_error_nomem(reterr);
        f = &c->frames[c->n_frames++];
        *f = (struct bw_yaml_frame){.base = c->n_items,
                                    .decoded = before,
                                    .anchor = number,
                                    .serial = c->n_nodes,
                                    .mark = mark,
                                    .is_map = is_map};
        return 0;
}

static int make_list(struct bw_yaml_composer *c, const struct bw_yaml_item *items, size_t n, struct bw_value *ret)
{
        struct bw_list *list;
        struct bw_mark *marks;

        if (n == 0) {
                *ret = bw_value_list(NULL, 0);
                return 0;
        }
        list = bw_arena_alloc(c->arena, sizeof(*list) + n * (sizeof(list->items[0]) + sizeof(*marks)));
        if (!list)
                return -ENOMEM;
        marks = (struct bw_mark *)(list->items + n);
        for (size_t i = 0; i < n; i++) {
                list->items[i] = items[i].value;
                marks[i] = items[i].mark;
        }
        list->marks = marks;
        *ret = bw_value_list(list, (uint32_t)n);
        return 0;
}

/* -EEXIST: a key stands twice, and that is refused. */
static int make_map(struct bw_yaml_composer *c, const struct bw_yaml_item *items, size_t n_items, struct bw_value *ret)
{
        uint32_t n = (uint32_t)(n_items / 2);
        struct bw_map *map;
        struct bw_mark *marks;
        bool repeated;
        int r;

        if (n == 0) {
                *ret = bw_value_map(NULL, 0);
                return 0;
        }
        map = bw_arena_alloc(c->arena, sizeof(*map) + n * (sizeof(map->entries[0]) + 2 * sizeof(*marks)));
        if (!map)
                return -ENOMEM;
        marks = (struct bw_mark *)(map->entries + n);
        for (uint32_t i = 0; i < n; i++) {
                map->entries[i].key = items[2 * i].value;
                map->entries[i].value = items[2 * i + 1].value;
                marks[2 * i] = items[2 * i].mark;
                marks[2 * i + 1] = items[2 * i + 1].mark;
        }
        map->marks = marks;
        r = bw_map_seal_last(c->arena, map, &n, marks, &repeated);
        if (r == 0 && repeated && c->strict)
                r = -EEXIST;
        *ret = bw_value_map(map, n);
        return r;
}

static BW_COLD int end_error(const struct bw_yaml_composer *c, struct bw_mark mark, int code, struct bw_error *reterr)
{
        if (code == -EEXIST)
                return fail(mark, reterr, "a key stands twice in this map");
        if (code == -E2BIG)
                return fail_limit(mark, reterr, "steps for a key: keys made to collide", BW_LIMIT_MAP_STEPS);
        return bw_arena_error(c->arena, reterr);
}

int bw_yaml_end(struct bw_yaml_composer *c, struct bw_error *reterr)
{
        const struct bw_yaml_frame *f = &c->frames[--c->n_frames];
        struct bw_yaml_item *node = &c->items[f->base];
        size_t n = c->n_items - f->base;
        int r;

        /* The container takes the place of its first item, which it has copied by then; an empty one needs room. */
        c->n_items = f->base;
        if (n == 0)
                node = slot(c);
        if (!node)
                return bw_error_nomem(reterr);
        r = f->is_map ? make_map(c, node, n, &node->value) : make_list(c, node, n, &node->value);
        if (BW_UNLIKELY(r < 0))
                return end_error(c, f->mark, r, reterr);
        node->mark = f->mark;
        set_anchor(c, f->anchor, f->serial, &node->value, c->decoded - f->decoded, f->height + 1);
        if (c->n_frames) {
                struct bw_yaml_frame *up = &c->frames[c->n_frames - 1];

                up->height = BW_MAX(up->height, f->height + 1);
        }
        return place(c, false, reterr);
}

/* ---- what JSON cannot hold ---- */

static int check_value(struct bw_value v, struct bw_mark mark, struct bw_error *reterr)
{
        if (v.type == BW_DOUBLE && !__builtin_isfinite(v.d))
                return fail(mark, reterr, "infinity and NaN are no JSON values");
        return 0;
}

/* Checks the direct members of a container and puts the containers among them on the stack of items. */
static int check_members(struct bw_yaml_composer *c, struct bw_value v, struct bw_error *reterr)
{
        int r = 0;

        for (uint32_t i = 0; i < v.n && r == 0; i++) {
                bool is_map = v.type == BW_MAP;
                struct bw_value member = is_map ? v.map->entries[i].value : v.list->items[i];
                struct bw_mark mark = is_map ? v.map->marks[2 * (size_t)i + 1] : v.list->marks[i];

                if (is_map && v.map->entries[i].key.type != BW_STRING)
                        return fail(v.map->marks[2 * (size_t)i], reterr, "a key must be a text, a number or a bool");
                r = check_value(member, mark, reterr);
                if (r == 0 && (member.type == BW_MAP || member.type == BW_LIST))
                        r = push(c, member, mark, reterr);
        }
        return r;
}

int bw_yaml_compose_end(struct bw_yaml_composer *c, struct bw_error *reterr)
{
        int r;

        if (!c->suspect)
                return 0;
        c->n_items = 0;
        r = check_value(c->root, c->root_mark, reterr);
        if (r == 0 && (c->root.type == BW_MAP || c->root.type == BW_LIST))
                r = push(c, c->root, c->root_mark, reterr);
        while (r == 0 && c->n_items)
                r = check_members(c, c->items[--c->n_items].value, reterr);
        return r;
}
