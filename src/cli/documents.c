/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/documents.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "cli/files.h"
#include "doc/stream.h"

struct reading {
        const struct bw_input *input;
        struct bw_arena *arena;
        int (*fn)(void *userdata, struct bw_doc *doc);
        void *userdata;
};

static int give(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        const struct reading *reading = userdata;

        (void)reterr;
        return reading->fn(reading->userdata, doc);
}

static int read_piece(const struct reading *reading, const struct bw_piece *piece, struct bw_error *reterr)
{
        struct bw_doc doc = {0};
        int r;

        bw_arena_reset(reading->arena);
        r = bw_doc_read(reading->arena, piece, false, &doc, reterr);
        if (r < 0)
                return r;
        doc.input = reading->input;
        if (bw_value_is(doc.root, BW_NULL))
                return 0;
        return bw_doc_list_items(reading->arena, &doc, give, (void *)reading, reterr);
}

static int read_pieces(const struct reading *reading, struct bw_str text, struct bw_error *reterr)
{
        struct bw_cutter cutter;
        struct bw_piece piece;
        int r;

        bw_cutter_init(&cutter, bw_stream_format(text), true);
        while ((r = bw_cutter_next(&cutter, &text, true, &piece, reterr)) > 0) {
                r = read_piece(reading, &piece, reterr);
                if (r < 0)
                        return r;
        }
        return r;
}

int bw_documents_read_text(struct bw_str text, const char *name, struct bw_arena *arena,
                           int (*fn)(void *userdata, struct bw_doc *doc), void *userdata, struct bw_error *reterr)
{
        struct bw_input input = {.name = strcmp(name, "-") == 0 ? BW_STR("<stdin>") : bw_str(name)};
        const struct reading reading = {.input = &input, .arena = arena, .fn = fn, .userdata = userdata};
        int r = read_pieces(&reading, text, reterr);

        if (r < 0 && reterr && reterr->code)
                bw_error_in_file(reterr, input.name);
        return r;
}

int bw_documents_read(const char *path, struct bw_arena *arena, int (*fn)(void *userdata, struct bw_doc *doc),
                      void *userdata, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *file = bw_arena_new(BW_LIMIT_BUF + BW_MIB);
        struct bw_str text;
        int r;

        if (!file)
                return bw_error_nomem(reterr);
        r = bw_file_load(file, path, BW_LIMIT_BUF, &text, reterr);
        return r < 0 ? r : bw_documents_read_text(text, path, arena, fn, userdata, reterr);
}
