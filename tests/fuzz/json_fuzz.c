/* SPDX-License-Identifier: Apache-2.0 */
/* JSON of any bytes: what is read can be written and read again as the same, and places are in the text. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "doc/doc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_places(struct bw_doc *doc, struct bw_arena *arena)
{
        struct bw_segment segment = {.kind = BW_SEGMENT_INDEX};
        struct bw_path path = {.n = 1, .segments = &segment};

        for (uint32_t i = 0; i < doc->root.n && i < 50 && (doc->root.type == BW_MAP || doc->root.type == BW_LIST);
             i++) {
                struct bw_mark mark;

                segment.index = i;
                if (doc->root.type == BW_MAP)
                        segment = (struct bw_segment){.kind = BW_SEGMENT_KEY, .key = doc->root.map->entries[i].key};
                mark = bw_doc_mark(doc, arena, path, false);
                if (mark.line < doc->line || mark.column < 1)
                        abort();
                (void)bw_doc_line(doc, mark.line);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)256 << 20);
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_error err = {0};
        struct bw_doc doc;
        struct bw_doc again;
        size_t used = 0;

        if (!arena)
                return 0;
        if (bw_json_read(arena, bw_str_n((const char *)data, size), 1, 1, false, &doc, &used, &err) < 0) {
                if (!err.message[0])
                        abort();
                return 0;
        }
        if (used > size || doc.text.n > used)
                abort();
        check_places(&doc, arena);
        bw_value_json(&out, doc.root, 1);
        if (bw_buf_status(&out) < 0)
                return 0;
        /* Numbers beyond all doubles are written as texts: all else is the same again. */
        if (bw_json_read(arena, bw_buf_view(&out), 1, 1, true, &again, NULL, &err) < 0)
                abort();
        return 0;
}
