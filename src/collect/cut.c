/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From text to pieces. Where a JSON value is broken beyond knowing its end, the next line that begins with '{' is taken
 * for the next value: so one bad line of an NDJSON file is one error, not the end of the file.
 */
#include "base/alloc.h"
#include "base/limits.h"
#include "collect/feed_internal.h"

/* The place of a text in the unit's names: that of the piece before if it is the same, as it nearly always is. */
static size_t keep_text(struct bw_unit *unit, struct bw_str text, size_t before)
{
        if (before != SIZE_MAX && bw_str_is(text, unit->names.p + before))
                return before;
        return bw_unit_add_name(unit, text);
}

static int add_piece(struct bw_unit *unit, const struct bw_piece *piece, size_t error, struct bw_error *err)
{
        const struct bw_unit_piece *before = unit->n_pieces ? &unit->pieces[unit->n_pieces - 1] : NULL;
        struct bw_unit_piece kept = {.piece = *piece, .error = error};

        kept.list_api_version = keep_text(unit, piece->list_api_version, before ? before->list_api_version : SIZE_MAX);
        kept.list_kind = keep_text(unit, piece->list_kind, before ? before->list_kind : SIZE_MAX);
        if (kept.list_api_version == SIZE_MAX || kept.list_kind == SIZE_MAX ||
            bw_grow(&unit->pieces, &unit->pieces_cap, unit->n_pieces + 1, sizeof(kept)) < 0)
                return bw_error_nomem(err);
        unit->pieces[unit->n_pieces++] = kept;
        return 0;
}

/* An error in the middle of the text. One unit keeps a few; what comes beyond is left to the reader to refuse. */
static int add_broken(struct bw_unit *unit, const struct bw_piece *piece, const struct bw_error *broken,
                      struct bw_error *err)
{
        size_t error = SIZE_MAX;

        if (unit->n_errors - unit->n_walk_errors < BW_LIMIT_INPUT_ERRORS) {
                if (bw_grow(&unit->errors, &unit->errors_cap, unit->n_errors + 1, sizeof(*broken)) < 0)
                        return bw_error_nomem(err);
                error = unit->n_errors++;
                unit->errors[error] = *broken;
        }
        return add_piece(unit, piece, error, err);
}

static uint32_t count_lines(struct bw_str text)
{
        uint32_t n = 0;

        for (size_t i = 0; i < text.n; i++)
                n += text.p[i] == '\n';
        return n;
}

/* Where a line begins with one '{' ("{{" is a template's); SIZE_MAX: nowhere. */
static size_t next_value(struct bw_str text)
{
        size_t at = 0;

        for (;;) {
                size_t found = bw_str_find(bw_str_n(text.p + at, text.n - at), BW_STR("\n{"));

                if (found == SIZE_MAX)
                        return SIZE_MAX;
                at += found + 1;
                if (at + 1 >= text.n || text.p[at + 1] != '{')
                        return at;
        }
}

/* Goes behind what is broken: 1: *rest is at the next value, or at the end; 0: more bytes are needed to tell. */
static int pass_broken(struct bw_cutter *cutter, struct bw_str *rest, bool eof, struct bw_piece *ret_piece)
{
        size_t next = next_value(*rest);
        size_t n = next == SIZE_MAX ? rest->n : next;
        uint32_t line = cutter->line;

        if (next == SIZE_MAX && !eof)
                return 0;
        *ret_piece = (struct bw_piece){
                .text = bw_str_n(rest->p, n),
                .line = line,
                .column = cutter->column,
                .format = cutter->format,
                .list_api_version = {.p = ""},
                .list_kind = {.p = ""},
        };
        line += count_lines(ret_piece->text);
        *rest = bw_str_n(rest->p + n, rest->n - n);
        bw_cutter_init(cutter, BW_FORMAT_JSON, true);
        cutter->line = line;
        return 1;
}

int bw_unit_cut(struct bw_unit *unit, struct bw_cutter *cutter, struct bw_str *rest, bool eof, struct bw_error *err)
{
        for (;;) {
                struct bw_error broken = {0};
                struct bw_piece piece;
                int r = bw_cutter_next(cutter, rest, eof, &piece, &broken);

                if (r == 1) {
                        r = add_piece(unit, &piece, SIZE_MAX, err);
                } else if (r == -EINVAL && cutter->format == BW_FORMAT_JSON && rest->n <= BW_LIMIT_DOC_BYTES) {
                        if (pass_broken(cutter, rest, eof, &piece) == 0)
                                return 0;
                        r = add_broken(unit, &piece, &broken, err);
                } else {
                        if (r < 0)
                                *err = broken;
                        return r;
                }
                if (r < 0)
                        return r;
        }
}
