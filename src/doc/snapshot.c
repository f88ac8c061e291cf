/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/snapshot.h"

#include <zstd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/time.h"
#include "doc/decompress.h"

/* How every head begins. */
#define BEGINNING "{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"Snapshot\","

enum { LEVEL = 6 }; /* of zstd: a node's documents pack to a tenth in milliseconds */

/* ---- writing */

static void put_head(struct bw_buf *out, const struct bw_snapshot_head *head)
{
        char when[BW_TIME_TEXT];

        bw_buf_puts(out, BEGINNING "\"metadata\":{\"name\":");
        bw_buf_json(out, head->name);
        bw_buf_puts(out, "},\"version\":");
        bw_buf_json(out, head->version);
        bw_buf_printf(out, ",\"time\":\"%s\",\"inputs\":[", bw_time_format(head->time, when));
        for (size_t i = 0; i < head->n_inputs; i++) {
                bw_buf_puts(out, i ? "," : "");
                bw_buf_json(out, head->inputs[i]);
        }
        bw_buf_printf(out, "],\"refused\":{\"files\":%" PRIu64 ",\"first\":", head->refused);
        bw_buf_json(out, head->first_refused);
        bw_buf_puts(out, "}}\n");
}

static int pack(struct bw_str plain, struct bw_buf *out, struct bw_error *reterr)
{
        size_t room = ZSTD_compressBound(plain.n);
        char *to = bw_buf_reserve(out, room);
        size_t n;

        if (!to)
                return bw_error_nomem(reterr);
        n = ZSTD_compress(to, room, plain.p, plain.n, LEVEL);
        if (ZSTD_isError(n))
                return bw_error_nomem(reterr);
        bw_buf_commit(out, n);
        return 0;
}

static int put(const struct bw_buf *plain, bool packed, struct bw_buf *out, struct bw_error *reterr)
{
        if (packed)
                return pack(bw_buf_view(plain), out, reterr);
        bw_buf_str(out, bw_buf_view(plain));
        return bw_buf_status(out) < 0 ? bw_error_nomem(reterr) : 0;
}

int bw_snapshot_write(const struct bw_snapshot_head *head, struct bw_doc *const *docs, size_t n_docs, bool packed,
                      struct bw_buf *out, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf plain = {.ceiling = BW_LIMIT_SNAPSHOT_BYTES};
        int r;

        /* A frame of its own: the first bytes of the file tell what it is. */
        put_head(&plain, head);
        r = bw_buf_status(&plain) < 0 ? bw_error_nomem(reterr) : put(&plain, packed, out, reterr);
        if (r < 0)
                return r;
        bw_buf_clear(&plain);
        for (size_t i = 0; i < n_docs; i++) {
                bw_value_json(&plain, docs[i]->root, 0);
                bw_buf_char(&plain, '\n');
        }
        r = bw_buf_status(&plain);
        if (r == -E2BIG)
                return bw_error_set(reterr, r, "a snapshot holds at most %zu MiB", BW_LIMIT_SNAPSHOT_BYTES >> 20);
        return r < 0 ? bw_error_nomem(reterr) : put(&plain, packed, out, reterr);
}

/* ---- reading */

/* Unpacks up to most bytes. 0 at the end, 1 when there are more. */
static int unpack(struct bw_str bytes, size_t most, struct bw_buf *out, struct bw_error *reterr)
{
        bw_auto(bw_decompress_free) struct bw_decompress *d = NULL;
        bool end = false;
        int r = bw_decompress_new(bytes, &d, reterr);

        while (r == 0 && !end && out->n < most)
                r = bw_decompress_run(d, &bytes, true, most - out->n, out, &end, reterr);
        return r < 0 ? r : !end;
}

bool bw_snapshot_is(struct bw_str head)
{
        bw_auto_done(bw_buf_done) struct bw_buf plain = {0};

        if (!bw_decompress_knows(head))
                return bw_str_starts(head, BW_STR(BEGINNING));
        /* Cut off as it is, this may end with an error; what comes before it tells. */
        (void)!unpack(head, sizeof(BEGINNING) - 1, &plain, NULL);
        return bw_str_starts(bw_buf_view(&plain), BW_STR(BEGINNING));
}

static int copy_text(struct bw_arena *arena, struct bw_str *text)
{
        *text = bw_arena_str(arena, *text);
        return text->p ? 0 : -ENOMEM;
}

static int read_inputs(struct bw_arena *arena, struct bw_value list, struct bw_snapshot_head *head)
{
        size_t n = list.type == BW_LIST ? list.n : 0;
        struct bw_str *inputs = bw_arena_array(arena, n + 1, sizeof(*inputs));

        if (!inputs)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                if (list.list->items[i].type == BW_STRING) {
                        inputs[head->n_inputs] = bw_value_text(list.list->items[i]);
                        if (copy_text(arena, &inputs[head->n_inputs++]) < 0)
                                return -ENOMEM;
                }
        head->inputs = inputs;
        return 0;
}

static int read_head(struct bw_arena *arena, const struct bw_doc *doc, struct bw_snapshot_head *head,
                     struct bw_error *reterr)
{
        struct bw_value refused = bw_map_get(doc->root, BW_STR("refused"));
        struct bw_value files = bw_map_get(refused, BW_STR("files"));

        if (!bw_str_is(doc->group, "bulwark.dev") || !bw_str_is(doc->kind, "Snapshot"))
                return bw_error_at(reterr, -EINVAL, 1, 1, "is no snapshot: its first document is of another kind");
        *head = (struct bw_snapshot_head){
                .name = doc->name,
                .version = bw_map_text(doc->root, "version"),
                .refused = files.type == BW_INT && files.i > 0 ? (uint64_t)files.i : 0,
                .first_refused = bw_map_text(refused, "first"),
        };
        if (bw_time_parse(bw_map_text(doc->root, "time"), &head->time) < 0)
                return bw_error_at(reterr, -EINVAL, 1, 1, "the snapshot does not say when it was made");
        if (copy_text(arena, &head->name) < 0 || copy_text(arena, &head->version) < 0 ||
            copy_text(arena, &head->first_refused) < 0 ||
            read_inputs(arena, bw_map_get(doc->root, BW_STR("inputs")), head) < 0)
                return bw_error_nomem(reterr);
        return 0;
}

struct reading {
        struct bw_arena *arena;
        struct bw_doc **docs;
        size_t n;
        size_t cap;
};

static int add_doc(struct reading *to, struct bw_doc *doc, struct bw_error *reterr)
{
        struct bw_doc *kept = bw_arena_alloc(to->arena, sizeof(*kept));

        if (to->n == BW_LIMIT_SNAPSHOT_DOCS)
                return bw_error_set(reterr, -E2BIG, "a snapshot holds at most %d documents", BW_LIMIT_SNAPSHOT_DOCS);
        if (!kept || bw_arena_grow(to->arena, &to->docs, &to->cap, to->n, sizeof(*to->docs)) < 0)
                return bw_error_nomem(reterr);
        *kept = *doc;
        kept->text = (struct bw_str){0};
        kept->bytes = NULL;
        kept->line = kept->column = 0;
        kept->mark = (struct bw_mark){0};
        to->docs[to->n++] = kept;
        return 0;
}

/* One line. *ret_doc's texts live in the arena: the reader of JSON copies its text. */
static int read_line(struct bw_arena *arena, struct bw_str line, uint32_t number, struct bw_doc *ret_doc,
                     struct bw_error *reterr)
{
        size_t used;
        int r;

        if (line.n > BW_LIMIT_DOC_BYTES)
                return bw_error_at(reterr, -E2BIG, number, 1, "a document is larger than %zu MiB", BW_LIMIT_DOC_BYTES >> 20);
        r = bw_json_read(arena, line, number, 1, false, ret_doc, &used, reterr);
        if (r < 0)
                return r;
        if (!bw_doc_identify(ret_doc) || used != line.n)
                return bw_error_at(reterr, -EINVAL, number, 1, "a line of a snapshot is one document with apiVersion and kind");
        return 0;
}

static int read_lines(struct reading *to, struct bw_str text, struct bw_snapshot_head *ret_head, struct bw_error *reterr)
{
        struct bw_str line;
        uint32_t number = 0;
        int r = 0;

        while (r == 0 && text.n && bw_str_split(&text, '\n', &line)) {
                struct bw_doc doc;

                r = read_line(to->arena, line, ++number, &doc, reterr);
                if (r == 0)
                        r = number == 1 ? read_head(to->arena, &doc, ret_head, reterr) : add_doc(to, &doc, reterr);
        }
        return r == 0 && number == 0 ? bw_error_set(reterr, -EINVAL, "is empty, and no snapshot") : r;
}

int bw_snapshot_read(struct bw_arena *arena, struct bw_str bytes, struct bw_snapshot_head *ret_head,
                     struct bw_doc ***ret_docs, size_t *ret_n, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf plain = {.ceiling = BW_LIMIT_SNAPSHOT_BYTES + 1};
        struct reading to = {.arena = arena};
        struct bw_snapshot_head head = {0};
        int r = 0;

        if (bw_decompress_knows(bytes)) {
                r = unpack(bytes, BW_LIMIT_SNAPSHOT_BYTES, &plain, reterr);
                bytes = bw_buf_view(&plain);
        }
        if (r > 0 || bytes.n > BW_LIMIT_SNAPSHOT_BYTES)
                return bw_error_set(reterr, -E2BIG, "a snapshot holds at most %zu MiB", BW_LIMIT_SNAPSHOT_BYTES >> 20);
        if (r == 0)
                r = read_lines(&to, bytes, &head, reterr);
        if (r < 0)
                return r;
        *ret_head = head;
        *ret_docs = to.docs;
        *ret_n = to.n;
        return 0;
}
