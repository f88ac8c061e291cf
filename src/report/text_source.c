/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "report/text_internal.h"

#define TAB_WIDTH 4
#define NUMBER_WIDTH 5
#define ELLIPSIS "\xe2\x80\xa6"

/* Byte offset of column (from 1, in code points); the end of the line when it is past it. */
static size_t column_offset(struct bw_str line, uint32_t column)
{
        size_t want = column ? column - 1 : 0;
        size_t plain = bw_plain_run(bw_str_n(line.p, BW_MIN(line.n, want)));

        /* As long as all is ASCII, columns are bytes: lines of JSON may be very long. */
        return plain + bw_utf8_offset(bw_str_n(line.p + plain, line.n - plain), want - plain);
}

static bool ends_token(char c)
{
        return c == ' ' || c == '\t' || c == ',' || c == '}' || c == ']' || c == '\r';
}

/* The end of the key or scalar that begins at `at`, so that the whole of it is underlined. */
static size_t token_end(struct bw_str line, size_t at)
{
        size_t i = at;

        if (i < line.n && (line.p[i] == '"' || line.p[i] == '\'')) {
                char quote = line.p[i];

                for (i++; i < line.n && line.p[i] != quote; i++)
                        if (line.p[i] == '\\' && quote == '"')
                                i++;
                return BW_MIN(i + 1, line.n);
        }
        while (i < line.n && !ends_token(line.p[i])) {
                if (line.p[i] == ':' && (i + 1 == line.n || ends_token(line.p[i + 1])))
                        break;
                i++;
        }
        return i;
}

static size_t rune_columns(struct bw_str s, size_t *ret_bytes)
{
        uint32_t rune;

        if (s.p[0] >= 0x20 && s.p[0] < 0x7f) {
                *ret_bytes = 1;
                return 1;
        }
        *ret_bytes = bw_utf8_decode(s, &rune);
        if (rune == '\t')
                return TAB_WIDTH;
        return bw_rune_is_unsafe(rune) ? 8 : bw_rune_width(rune);
}

/* The start of the rune before byte `at`. */
static size_t rune_before(struct bw_str s, size_t at)
{
        size_t i = at - 1;

        while (i > 0 && at - i < 4 && ((unsigned char)s.p[i] & 0xc0) == 0x80)
                i--;
        return i;
}

struct window {
        size_t from;
        size_t to;
};

static size_t grow_right(struct bw_str line, struct window *w, size_t room)
{
        while (w->to < line.n) {
                size_t bytes;
                size_t columns = rune_columns(bw_str_n(line.p + w->to, line.n - w->to), &bytes);

                if (columns > room)
                        break;
                room -= columns;
                w->to += bytes;
        }
        return room;
}

static size_t grow_left(struct bw_str line, struct window *w, size_t room)
{
        while (w->from > 0) {
                size_t start = rune_before(line, w->from);
                size_t bytes;
                size_t columns = rune_columns(bw_str_n(line.p + start, w->from - start), &bytes);

                if (columns > room)
                        break;
                room -= columns;
                w->from = start;
        }
        return room;
}

/* The part of line around `at` that fits into room columns. */
static struct window find_window(struct bw_str line, size_t at, size_t room)
{
        struct window w = {.from = at, .to = at};
        size_t half = room / 2;
        size_t left;

        if (line.n <= room && bw_plain_run(line) == line.n)
                return (struct window){.from = 0, .to = line.n};
        left = grow_left(line, &w, half);
        left = grow_right(line, &w, room - half + left);
        (void)grow_left(line, &w, left);
        return w;
}

/* A piece of the line with its tabs expanded; returns its columns. */
static size_t put_piece(struct bw_buf *out, struct bw_str piece)
{
        size_t width = 0;

        while (piece.n) {
                const char *tab = memchr(piece.p, '\t', piece.n);
                size_t n = tab ? (size_t)(tab - piece.p) : piece.n;

                width += bw_report_clean(out, bw_str_n(piece.p, n));
                if (tab) {
                        bw_buf_fill(out, ' ', TAB_WIDTH);
                        width += TAB_WIDTH;
                        n++;
                }
                piece = bw_str_n(piece.p + n, piece.n - n);
        }
        return width;
}

/* The line's number, or blanks in its place, and a bar. */
static void put_gutter(struct text *t, size_t indent, struct bw_str number, size_t width)
{
        bw_buf_fill(&t->out, ' ', indent + width - number.n);
        text_paint(t, PAINT_DIM);
        bw_report_str(&t->out, number);
        bw_report_put(&t->out, " |", 2);
        text_unpaint(t, PAINT_DIM);
        bw_report_char(&t->out, ' ');
}

/* v in decimal, at the end of digits. */
static struct bw_str decimal(char digits[static 10], uint32_t v)
{
        size_t at = 10;

        do {
                digits[--at] = (char)('0' + v % 10);
                v /= 10;
        } while (v);
        return bw_str_n(digits + at, 10 - at);
}

void text_source(struct text *t, const struct bw_location *at, size_t indent)
{
        char digits[10];
        struct bw_str number = decimal(digits, at->line);
        size_t number_width = BW_MAX(number.n, (size_t)NUMBER_WIDTH);
        size_t gutter = indent + number_width + 3;
        size_t width = t->options->width ? t->options->width : TEXT_DEFAULT_WIDTH;
        struct bw_str line = at->source;
        size_t caret;
        size_t end;
        struct window w;
        size_t before;
        size_t under;

        while (line.n && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == ' '))
                line.n--;
        if (line.n == 0 || at->line == 0)
                return;
        caret = column_offset(line, at->column);
        /* Two columns are for the ellipses. */
        w = find_window(line, caret, width > gutter + 22 ? width - gutter - 2 : 20);
        end = token_end(bw_str_n(line.p, w.to), caret);
        put_gutter(t, indent, number, number_width);
        before = 0;
        if (w.from > 0) {
                bw_report_puts(&t->out, ELLIPSIS);
                before = 1;
        }
        before += put_piece(&t->out, bw_str_n(line.p + w.from, caret - w.from));
        under = put_piece(&t->out, bw_str_n(line.p + caret, end - caret));
        (void)put_piece(&t->out, bw_str_n(line.p + end, w.to - end));
        if (w.to < line.n)
                bw_report_puts(&t->out, ELLIPSIS);
        bw_report_char(&t->out, '\n');
        if (at->column == 0)
                return;
        put_gutter(t, indent, BW_STR(""), number_width);
        bw_buf_fill(&t->out, ' ', before);
        text_paint(t, PAINT_CARET);
        bw_report_char(&t->out, '^');
        if (under > 1)
                bw_buf_fill(&t->out, '~', under - 1);
        text_unpaint(t, PAINT_CARET);
        bw_report_char(&t->out, '\n');
}

uint32_t bw_report_end_column(const struct bw_location *at)
{
        size_t begin;

        if (at->column == 0 || at->source.n == 0)
                return 0;
        begin = column_offset(at->source, at->column);
        if (begin >= at->source.n)
                return 0;
        return at->column +
               (uint32_t)bw_utf8_count(bw_str_n(at->source.p + begin, token_end(at->source, begin) - begin));
}
