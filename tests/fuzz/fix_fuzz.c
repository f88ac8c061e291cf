/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes of a document's text: the first line is a path, the second a patch, the rest the document. An edit that is
 * offered lies in the text, in order, and the changed text can be read.
 */
#include "base/arena.h"
#include "doc/stream.h"
#include "fix/fix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
        struct bw_arena *arena;
        struct bw_path path;
        struct bw_value patch;
        const struct bw_piece *piece;
};

static void need(bool ok)
{
        if (!ok)
                __builtin_trap();
}

static int edit(void *ctx, struct bw_doc *item, struct bw_error *reterr)
{
        const struct input *in = ctx;
        const struct bw_edit *edits = NULL;
        struct bw_piece changed = *in->piece;
        struct bw_doc doc;
        size_t n = 0;

        if (bw_fix_edits(in->arena, item, in->path, in->patch, &edits, &n, reterr) < 0 || n == 0)
                return 0;
        changed.text = bw_fix_apply(in->arena, in->piece->text, in->piece->line, edits, n);
        need(changed.text.p && bw_doc_read(in->arena, &changed, false, &doc, NULL) == 0);
        return -ECANCELED; /* one item is enough */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct bw_str text = bw_str_n((const char *)data, size);
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_piece piece = {.line = 1, .column = 1};
        struct input in = {.arena = arena, .piece = &piece};
        struct bw_str path = {0};
        struct bw_str patch = {0};
        struct bw_doc doc;

        if (!arena || !bw_str_split(&text, '\n', &path) || !bw_str_split(&text, '\n', &patch) || !text.p)
                return 0;
        if (bw_path_parse(arena, path, &in.path, NULL) < 0 || bw_yaml_read(arena, patch, 1, true, &doc, NULL) < 0)
                return 0;
        for (size_t i = 0; i < in.path.n; i++)
                if (in.path.segments[i].kind == BW_SEGMENT_EACH)
                        return 0;
        in.patch = doc.root;
        piece.text = text;
        piece.format = bw_stream_format(text);
        if (bw_doc_read(arena, &piece, false, &doc, NULL) == 0)
                (void)!bw_doc_list_items(arena, &doc, edit, &in, NULL);
        return 0;
}
