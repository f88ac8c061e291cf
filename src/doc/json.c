/* SPDX-License-Identifier: Apache-2.0 */
#include <yyjson.h>

#include "doc/doc.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "doc/bracket.h"

/* ---- memory for yyjson's own values: from the heap, with a ceiling, given back at the end of each reading ---- */

struct ceiling {
        size_t used;
        bool hit;
};

static bool may_use(struct ceiling *c, size_t size)
{
        if (size > BW_LIMIT_DOC_ARENA - BW_MIN(c->used, BW_LIMIT_DOC_ARENA)) {
                c->hit = true;
                return false;
        }
        c->used += size;
        return true;
}

static void *give(void *ctx, size_t size)
{
        return may_use(ctx, size) ? bw_malloc(size) : NULL;
}

static void *regive(void *ctx, void *old, size_t old_size, size_t size)
{
        struct ceiling *c = ctx;

        c->used -= BW_MIN(c->used, old_size);
        return may_use(c, size) ? bw_reallocarray(old, 1, size) : NULL;
}

static void take_back(void *ctx, void *p)
{
        (void)ctx;
        bw_free(p);
}

static inline void doc_free(yyjson_doc *doc)
{
        if (doc)
                yyjson_doc_free(doc);
}
BW_DEFINE_AUTO(yyjson_doc *, doc_free);

/* ---- texts that yyjson refuses and Go takes ---- */

/*
 * As Go's encoding/json reads strings: each bad byte and each half of a surrogate pair becomes U+FFFD. Takes one
 * character or escape from the beginning of rest. Bytes outside of strings are treated alike, and refused by yyjson
 * afterwards.
 */
static size_t replace_one(struct bw_str rest, char out[12], size_t *ret_out)
{
        const char *p = rest.p;
        uint32_t rune;
        uint32_t low;
        size_t len = 2;

        if (*p != '\\' || rest.n < 2) {
                len = bw_utf8_decode(rest, &rune);
                *ret_out = bw_utf8_encode(rune, out);
                return len;
        }
        if (p[1] == 'u' && rest.n >= 6 && bw_json_hex4(p + 2, &rune)) {
                bool pair = rune >= 0xd800 && rune < 0xdc00 && rest.n >= 12 && p[6] == '\\' && p[7] == 'u' &&
                            bw_json_hex4(p + 8, &low) && low >= 0xdc00 && low < 0xe000;

                len = pair ? 12 : 6;
                memcpy(out, p, len);
                if (!pair && rune >= 0xd800 && rune < 0xe000)
                        memcpy(out + 2, "FFFD", 4);
        } else {
                memcpy(out, p, len);
        }
        *ret_out = len;
        return len;
}

/* out: NULL, or 3 bytes for each of text, and some to spare. */
static size_t replace_bad(struct bw_str text, char *out)
{
        size_t n = 0;

        while (text.n) {
                char one[12];
                size_t one_n;
                size_t len = replace_one(text, one, &one_n);

                memcpy(out + n, one, one_n);
                n += one_n;
                text = bw_str_n(text.p + len, text.n - len);
        }
        return n;
}

/* Where in text byte number at of its replacement comes from. */
static size_t place_before(struct bw_str text, size_t at)
{
        struct bw_str rest = text;
        size_t n = 0;

        while (rest.n) {
                char one[12];
                size_t one_n;
                size_t len = replace_one(rest, one, &one_n);

                n += one_n;
                if (n > at)
                        break;
                rest = bw_str_n(rest.p + len, rest.n - len);
        }
        return text.n - rest.n;
}

/* ---- yyjson's values to ours ---- */

#define ROOM ((size_t)4096)

/* An open list or object. Keys and values of a map's entries lie as the items of a list do. */
struct level {
        struct bw_value *next; /* of the container outside: where it goes on, */
        struct bw_value *end;  /* and where it ends */
        struct bw_map *map;    /* NULL: a list */
        struct bw_value *self; /* where this container's value stands */
};
_Static_assert(sizeof(struct bw_entry) == 2 * sizeof(struct bw_value), "an entry is a key and a value");

struct conversion {
        struct bw_arena *arena;
        struct level *levels;
        size_t n_levels;
        size_t cap_levels;
        char *room; /* for containers: taken from the arena in larger pieces */
        size_t room_left;
        bool strict;
};

static void conversion_done(struct conversion *c)
{
        bw_free(c->levels);
}

static struct bw_value scalar_of(const yyjson_val *val)
{
        switch (val->tag & (YYJSON_TYPE_MASK | YYJSON_SUBTYPE_MASK)) {
        case YYJSON_TYPE_BOOL | YYJSON_SUBTYPE_TRUE:
                return bw_value_bool(true);
        case YYJSON_TYPE_BOOL | YYJSON_SUBTYPE_FALSE:
                return bw_value_bool(false);
        case YYJSON_TYPE_NUM | YYJSON_SUBTYPE_UINT:
                return val->uni.u64 <= (uint64_t)INT64_MAX ? bw_value_int((int64_t)val->uni.u64)
                                                           : bw_value_uint(val->uni.u64);
        case YYJSON_TYPE_NUM | YYJSON_SUBTYPE_SINT:
                return bw_value_int(val->uni.i64);
        case YYJSON_TYPE_NUM | YYJSON_SUBTYPE_REAL:
                return bw_value_double(val->uni.f64);
        case YYJSON_TYPE_RAW:
                /* A number that no integer holds, or beyond all doubles: infinite then. No digit stands behind it. */
                return bw_value_double(strtod(val->uni.str, NULL));
        default:
                return bw_value_null();
        }
}

static inline void *carve(struct conversion *c, size_t size)
{
        void *p;

        if (BW_UNLIKELY(size > c->room_left)) {
                if (size > ROOM / 4)
                        return bw_arena_alloc(c->arena, size);
                c->room = bw_arena_alloc(c->arena, ROOM);
                if (!c->room) {
                        c->room_left = 0;
                        return NULL;
                }
                c->room_left = ROOM;
        }
        p = c->room;
        c->room += size;
        c->room_left -= size;
        return p;
}

/* Enters a list or object with members: *next and *end are where they go. */
static int open_level(struct conversion *c, const yyjson_val *val, struct bw_value *self, struct bw_value **next,
                      struct bw_value **end)
{
        uint32_t n = (uint32_t)(val->tag >> YYJSON_TAG_BIT);
        struct level *l;
        struct bw_list *list;

        if (BW_UNLIKELY(c->n_levels >= BW_LIMIT_DOC_DEPTH))
                return -ELOOP;
        if (BW_UNLIKELY(c->n_levels == c->cap_levels) &&
            bw_grow(&c->levels, &c->cap_levels, BW_MAX(c->n_levels + 1, (size_t)32), sizeof(*l)) < 0)
                return -ENOMEM;
        l = &c->levels[c->n_levels++];
        *l = (struct level){.next = *next, .end = *end, .self = self};
        if ((val->tag & YYJSON_TYPE_MASK) == YYJSON_TYPE_OBJ) {
                l->map = carve(c, sizeof(*l->map) + n * sizeof(l->map->entries[0]));
                if (!l->map)
                        return -ENOMEM;
                l->map->marks = NULL;
                *self = bw_value_map(l->map, n);
                *next = &l->map->entries[0].key;
                *end = *next + (size_t)n * 2;
        } else {
                list = carve(c, sizeof(*list) + n * sizeof(list->items[0]));
                if (!list)
                        return -ENOMEM;
                list->marks = NULL;
                *self = bw_value_list(list, n);
                *next = list->items;
                *end = *next + n;
        }
        return 0;
}

/* Leaves all containers that are complete. */
static int close_levels(struct conversion *c, struct bw_value **next, struct bw_value **end)
{
        while (*next == *end && c->n_levels) {
                struct level *l = &c->levels[--c->n_levels];
                uint32_t n = l->self->n;
                bool repeated = false;
                int r;

                *next = l->next;
                *end = l->end;
                if (!l->map)
                        continue;
                r = bw_map_seal_last(c->arena, l->map, &n, NULL, &repeated);
                if (r < 0)
                        return r;
                l->self->n = n;
                if (repeated && c->strict)
                        return -EEXIST;
        }
        return 0;
}

/* yyjson keeps a document's values in one array, each container before its members: one pass, no recursion. */
static int convert(struct conversion *c, const yyjson_val *val, size_t n_vals, struct bw_value *ret_root)
{
        const yyjson_val *last = val + n_vals;
        struct bw_value *next = ret_root;
        struct bw_value *end = ret_root + 1;
        int r = 0;

        for (; val < last && r == 0; val++) {
                struct bw_value *self = next++;
                uint64_t tag = val->tag;

                if ((tag & YYJSON_TYPE_MASK) == YYJSON_TYPE_STR)
                        *self = bw_value_str(bw_str_n(val->uni.str, tag >> YYJSON_TAG_BIT));
                else if ((tag & YYJSON_TYPE_MASK) < YYJSON_TYPE_ARR)
                        *self = scalar_of(val);
                else if (tag >> YYJSON_TAG_BIT)
                        r = open_level(c, val, self, &next, &end);
                else
                        *self = (tag & YYJSON_TYPE_MASK) == YYJSON_TYPE_OBJ ? bw_value_map(NULL, 0)
                                                                            : bw_value_list(NULL, 0);
                if (next == end && r == 0)
                        r = close_levels(c, &next, &end);
        }
        return r;
}

/* ---- errors ---- */

/* The place of a byte of text, which begins at mark. */
static struct bw_mark mark_at(struct bw_str text, size_t at, struct bw_mark mark)
{
        const char *p = text.p;
        const char *end = p + BW_MIN(at, text.n);
        const char *newline;

        while (p < end && (newline = memchr(p, '\n', (size_t)(end - p))) != NULL) {
                mark.line++;
                mark.column = 1;
                p = newline + 1;
        }
        mark.column += (uint32_t)bw_utf8_count(bw_str_n(p, (size_t)(end - p)));
        return mark;
}

static BW_COLD int fail(struct bw_mark mark, struct bw_error *reterr, int code, const char *why)
{
        return bw_error_at(reterr, code, mark.line, mark.column, "%s", why);
}

struct request {
        struct bw_arena *arena;
        struct bw_str text;
        struct bw_mark mark; /* of the text's first byte */
        bool strict;
        const char *bytes; /* out: what the strings borrow from, if byte for byte as text */
};

static int convert_error(const struct request *q, int code, struct bw_error *reterr)
{
        switch (code) {
        case -ELOOP:
                return bw_error_at(reterr, -E2BIG, q->mark.line, q->mark.column, "more than %d nested lists and maps",
                                   BW_LIMIT_DOC_DEPTH);
        case -EEXIST:
                return fail(q->mark, reterr, -EINVAL, "a key stands twice in one object");
        case -E2BIG:
                return fail(q->mark, reterr, -E2BIG, "keys made to collide");
        default:
                return bw_arena_error(q->arena, reterr);
        }
}

/* ---- reading ---- */

static const yyjson_read_flag read_flags = YYJSON_READ_INSITU | YYJSON_READ_STOP_WHEN_DONE | YYJSON_READ_BIGNUM_AS_RAW;

/*
 * One attempt on bytes, which are changed by it and are followed by YYJSON_PADDING_SIZE more. repaired: they are
 * replace_bad()'s. -EILSEQ, if not: there is something in a string that may be replaceable.
 */
static int read_bytes(const struct request *q, char *bytes, size_t n, bool repaired, struct bw_value *ret_root,
                      size_t *ret_used, struct bw_error *reterr)
{
        struct ceiling ceiling = {0};
        const yyjson_alc alc = {give, regive, take_back, &ceiling};
        bw_auto_done(conversion_done) struct conversion c = {.arena = q->arena, .strict = q->strict};
        bw_auto(doc_free) yyjson_doc *doc = NULL;
        yyjson_read_err err;
        int r;

        doc = yyjson_read_opts(bytes, n, read_flags, &alc, &err);
        if (!doc) {
                if (ceiling.hit)
                        return fail(q->mark, reterr, -E2BIG, "the JSON text needs too much memory");
                if (err.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
                        return bw_error_nomem(reterr);
                if (err.code == YYJSON_READ_ERROR_INVALID_STRING && !repaired)
                        return -EILSEQ;
                err.pos = repaired ? place_before(q->text, err.pos) : err.pos;
                return fail(mark_at(q->text, err.pos, q->mark), reterr, -EINVAL, err.msg);
        }
        n = yyjson_doc_get_val_count(doc);
        if (n > BW_LIMIT_DOC_NODES)
                return bw_error_at(reterr, -E2BIG, q->mark.line, q->mark.column, "more than %d values in one document",
                                   BW_LIMIT_DOC_NODES);
        r = convert(&c, yyjson_doc_get_root(doc), n, ret_root);
        if (r < 0)
                return convert_error(q, r, reterr);
        n = yyjson_doc_get_read_size(doc);
        *ret_used = repaired ? place_before(q->text, n) : n;
        return 0;
}

static int read_value(struct request *q, struct bw_value *ret_root, size_t *ret_used, struct bw_error *reterr)
{
        struct bw_arena_mark start = bw_arena_save(q->arena);
        char *bytes = bw_arena_alloc(q->arena, q->text.n + YYJSON_PADDING_SIZE);
        size_t n = q->text.n;
        int r;

        if (!bytes)
                return bw_arena_error(q->arena, reterr);
        memcpy(bytes, q->text.p, n);
        memset(bytes + n, 0, YYJSON_PADDING_SIZE);
        r = read_bytes(q, bytes, n, false, ret_root, ret_used, reterr);
        q->bytes = bytes;
        if (r != -EILSEQ)
                return r;
        q->bytes = NULL;
        bw_arena_restore(q->arena, start);
        bytes = bw_arena_alloc(q->arena, n * 3 + YYJSON_PADDING_SIZE);
        if (!bytes)
                return bw_arena_error(q->arena, reterr);
        n = replace_bad(q->text, bytes);
        memset(bytes + n, 0, YYJSON_PADDING_SIZE);
        return read_bytes(q, bytes, n, true, ret_root, ret_used, reterr);
}

int bw_json_read(struct bw_arena *arena, struct bw_str text, uint32_t first_line, uint32_t first_column, bool strict,
                 struct bw_doc *ret_doc, size_t *ret_used, struct bw_error *reterr)
{
        struct request q = {.arena = arena, .text = text, .mark = {first_line, first_column}, .strict = strict};
        struct bw_value root = bw_value_null();
        size_t used = 0;
        size_t blanks = 0;
        int r;

        if (text.n > BW_LIMIT_DOC_BYTES)
                return bw_error_at(reterr, -E2BIG, first_line, first_column, "more than %zu bytes in one document",
                                   (size_t)BW_LIMIT_DOC_BYTES);
        r = read_value(&q, &root, &used, reterr);
        if (r < 0)
                return r;
        while (blanks < used && strchr(" \t\r\n", text.p[blanks]))
                blanks++;
        *ret_doc = (struct bw_doc){
                .root = root,
                .text = bw_str_n(text.p, used),
                .line = first_line,
                .column = first_column,
                .format = BW_FORMAT_JSON,
                .bytes = q.bytes,
                .mark = mark_at(text, blanks, q.mark),
        };
        while (used < text.n && strchr(" \t\r\n", text.p[used]) && text.p[used])
                used++;
        if (ret_used)
                *ret_used = used;
        return 0;
}
