/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/issues_internal.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/utf8.h"
#include "cel/ast.h"

#define EXCERPT_BEFORE 60 /* code points of a long source line shown on each side of the caret */
#define EXCERPT_AFTER 60

struct bw_mark bw_cel_place(struct bw_str source, uint32_t offset)
{
        struct bw_mark mark = {.line = 1, .column = 1};
        size_t end = BW_MIN((size_t)offset, source.n);
        size_t line = 0;

        for (size_t i = 0; i < end; i++) {
                if (source.p[i] == '\n') {
                        mark.line++;
                        line = i + 1;
                }
        }
        mark.column += (uint32_t)bw_utf8_count(bw_str_n(source.p + line, end - line));
        return mark;
}

void bw_cel_issue_add(struct issue_list *list, uint32_t offset, const char *fmt, ...)
{
        struct issue_note *note = &list->notes[list->n];
        char text[512];
        struct bw_str message;
        va_list ap;

        if (list->n == BW_LIMIT_CEL_ISSUES) {
                list->n_more++;
                return;
        }
        va_start(ap, fmt);
        if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
                text[0] = '\0';
        va_end(ap);
        message = bw_str(text);
        for (size_t i = 0; i < list->n; i++)
                if (list->notes[i].offset == offset && bw_str_eq(list->notes[i].message, message))
                        return;
        note->offset = offset;
        note->message = bw_arena_str(list->arena, message);
        if (!note->message.p) {
                list->oom = bw_arena_error(list->arena, NULL);
                return;
        }
        list->n++;
}

/* Issues come nearly in order: a parent's after its children's. */
static void sort(struct issue_list *list)
{
        for (size_t i = 1; i < list->n; i++) {
                struct issue_note note = list->notes[i];
                size_t at = i;

                for (; at > 0 && list->notes[at - 1].offset > note.offset; at--)
                        list->notes[at] = list->notes[at - 1];
                list->notes[at] = note;
        }
}

int bw_cel_issues_close(struct issue_list *list, int code, struct bw_cel_issues *ret_issues, struct bw_error *reterr)
{
        struct bw_cel_issue *items;

        if (list->oom)
                return bw_arena_error(list->arena, reterr);
        if (list->n == 0)
                return 0;
        sort(list);
        items = bw_arena_array(list->arena, list->n, sizeof(*items));
        if (!items)
                return bw_arena_error(list->arena, reterr);
        for (size_t i = 0; i < list->n; i++) {
                uint32_t offset = list->notes[i].offset == BW_CEL_WHOLE_SOURCE ? 0 : list->notes[i].offset;
                struct bw_mark mark = bw_cel_place(list->source, offset);

                items[i] = (struct bw_cel_issue){
                        .line = mark.line, .column = mark.column, .message = list->notes[i].message};
        }
        if (ret_issues)
                *ret_issues = (struct bw_cel_issues){.n = list->n, .n_more = list->n_more, .items = items};
        return bw_error_at(reterr, code, items[0].line, items[0].column, "%.*s", BW_STR_ARG(items[0].message));
}

/* The text of a line, from 1; empty past the end. */
static struct bw_str line_text(struct bw_str source, uint32_t line)
{
        struct bw_str part = {0};

        while (line > 0 && bw_str_split(&source, '\n', &part))
                line--;
        if (line > 0)
                return (struct bw_str){0};
        if (part.n && part.p[part.n - 1] == '\r')
                part.n--;
        return part;
}

/* A code point as one character that a terminal shows: the caret below stands where it is meant to. */
static void put_rune(struct bw_buf *out, struct bw_str rune, uint32_t code)
{
        if (code < 0x20 || (code >= 0x7f && code < 0xa0))
                bw_buf_char(out, code == '\t' ? ' ' : '?');
        else if (code == BW_RUNE_ERROR && rune.n == 1)
                bw_buf_char(out, '?');
        else
                bw_buf_str(out, rune);
}

static void put_excerpt(struct bw_buf *out, struct bw_str line, uint32_t column)
{
        size_t first = column > EXCERPT_BEFORE ? column - EXCERPT_BEFORE : 0;
        size_t from = bw_utf8_offset(line, first);
        struct bw_str rest = bw_str_rest(line, from);
        uint32_t code;

        bw_buf_puts(out, first ? " | …" : " | ");
        for (size_t i = 0; rest.n && i < EXCERPT_BEFORE + EXCERPT_AFTER; i++) {
                size_t n = bw_utf8_decode(rest, &code);

                put_rune(out, bw_str_n(rest.p, n), code);
                rest = bw_str_n(rest.p + n, rest.n - n);
        }
        bw_buf_puts(out, rest.n ? "…\n | " : "\n | ");
        bw_buf_fill(out, '.', column - 1 - first + (first ? 1 : 0));
        bw_buf_puts(out, "^\n");
}

void bw_cel_issues_format(struct bw_buf *out, struct bw_str file, struct bw_str source,
                          const struct bw_cel_issues *issues)
{
        for (size_t i = 0; i < issues->n; i++) {
                const struct bw_cel_issue *issue = &issues->items[i];

                if (file.n) {
                        bw_buf_clean(out, file);
                        bw_buf_char(out, ':');
                }
                bw_buf_printf(out, "%" PRIu32 ":%" PRIu32 ": ", issue->line, issue->column);
                bw_buf_clean(out, issue->message);
                bw_buf_char(out, '\n');
                put_excerpt(out, line_text(source, issue->line), issue->column);
        }
        if (issues->n_more)
                bw_buf_printf(out, "%zu more\n", issues->n_more);
}
