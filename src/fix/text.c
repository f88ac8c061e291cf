/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places in YAML and JSON text, found by looking at it. Where text is more intricate than what is looked at here, the
 * change that is made of it does not read back as it should, and is thrown away (fix.c).
 */
#include "base/arena.h"
#include "base/utf8.h"
#include "fix/fix_internal.h"

int text_index_lines(struct work *w)
{
        size_t n = 1;
        size_t *lines;

        for (size_t i = 0; i < w->text.n; i++)
                n += w->text.p[i] == '\n';
        lines = bw_arena_array(w->arena, n, sizeof(*lines));
        if (!lines)
                return -ENOMEM;
        lines[0] = 0;
        n = 1;
        for (size_t i = 0; i < w->text.n; i++)
                if (w->text.p[i] == '\n')
                        lines[n++] = i + 1;
        w->lines = lines;
        w->n_lines = n;
        return 0;
}

size_t text_line(const struct work *w, size_t at)
{
        size_t low = 0;
        size_t high = w->n_lines;

        while (high - low > 1) {
                size_t middle = low + (high - low) / 2;

                if (w->lines[middle] <= at)
                        low = middle;
                else
                        high = middle;
        }
        return low;
}

size_t text_line_end(const struct work *w, size_t line)
{
        size_t end = line + 1 < w->n_lines ? w->lines[line + 1] - 1 : w->text.n;

        if (end > w->lines[line] && w->text.p[end - 1] == '\r')
                end--;
        return end;
}

size_t text_offset(const struct work *w, struct bw_mark mark)
{
        size_t line;
        size_t at;
        size_t end;
        uint32_t column;

        if (mark.line < w->first_line || mark.line - w->first_line >= w->n_lines)
                return SIZE_MAX;
        line = mark.line - w->first_line;
        at = w->lines[line];
        end = text_line_end(w, line);
        for (column = line == 0 ? w->first_column : 1; column < mark.column && at < end; column++) {
                uint32_t rune;

                at += bw_utf8_decode(bw_str_n(w->text.p + at, end - at), &rune);
        }
        return column == mark.column ? at : SIZE_MAX;
}

struct bw_mark text_mark(const struct work *w, size_t at)
{
        size_t line = text_line(w, at);
        size_t from = w->lines[line];
        struct bw_mark mark = {.line = w->first_line + (uint32_t)line, .column = line == 0 ? w->first_column : 1};

        mark.column += (uint32_t)bw_utf8_count(bw_str_n(w->text.p + from, at - from));
        return mark;
}

size_t text_indent(const struct work *w, size_t line)
{
        size_t at = w->lines[line];

        while (at < w->text.n && w->text.p[at] == ' ')
                at++;
        return at - w->lines[line];
}

/* Just after the closing quote. In single quotes '' is a quote; in double quotes a backslash takes the next byte along. */
static size_t quoted_end(const struct work *w, size_t at)
{
        char quote = w->text.p[at];

        for (at++; at < w->text.n; at++) {
                if (w->text.p[at] == '\\' && quote == '"')
                        at++;
                else if (w->text.p[at] == quote && quote == '\'' && at + 1 < w->text.n && w->text.p[at + 1] == quote)
                        at++;
                else if (w->text.p[at] == quote)
                        return at + 1;
        }
        return SIZE_MAX;
}

/* A comment begins at `at`. */
static bool is_comment(const struct work *w, size_t at)
{
        return !w->is_json && w->text.p[at] == '#' && (at == 0 || text_is_blank(w->text.p[at - 1]));
}

static size_t skip_comment(const struct work *w, size_t at)
{
        return text_line_end(w, text_line(w, at));
}

/* Quotes begin a quoted text only where a value or a key may begin. */
static bool may_begin(const struct work *w, size_t at)
{
        while (at > 0 && text_is_blank(w->text.p[at - 1]))
                at--;
        return at == 0 || strchr("{[,:", w->text.p[at - 1]);
}

static size_t flow_end(const struct work *w, size_t at)
{
        size_t depth = 0;

        while (at < w->text.n) {
                char c = w->text.p[at];

                if ((c == '"' || c == '\'') && may_begin(w, at)) {
                        at = quoted_end(w, at);
                        continue;
                }
                if (is_comment(w, at)) {
                        at = skip_comment(w, at);
                        continue;
                }
                at++;
                if (c == '{' || c == '[')
                        depth++;
                if ((c == '}' || c == ']') && --depth == 0)
                        return at;
        }
        return SIZE_MAX;
}

static size_t plain_end(const struct work *w, size_t at, bool in_flow)
{
        size_t end = text_line_end(w, text_line(w, at));
        size_t last = at;

        for (; at < end && !is_comment(w, at); at++) {
                char c = w->text.p[at];

                if (in_flow && strchr(",]}", c))
                        break;
                if (c == ':' && (at + 1 == end || text_is_blank(w->text.p[at + 1])))
                        break;
                if (!text_is_blank(c))
                        last = at + 1;
        }
        return last;
}

size_t text_value_end(const struct work *w, size_t at, bool in_flow)
{
        char c = at < w->text.n ? w->text.p[at] : '\0';

        switch (c) {
        case '{':
        case '[':
                return flow_end(w, at);
        case '"':
        case '\'':
                return quoted_end(w, at);
        case '\0': /* anchors, aliases, tags and block scalars stay as they are */
        case '&':
        case '*':
        case '!':
        case '|':
        case '>':
                return SIZE_MAX;
        default:
                return plain_end(w, at, in_flow);
        }
}

static bool is_item(const struct work *w, size_t at, size_t end)
{
        return w->text.p[at] == '-' && (at + 1 == end || w->text.p[at + 1] == ' ');
}

size_t text_block_end(const struct work *w, size_t at, size_t indent, bool is_list)
{
        size_t line = text_line(w, at);
        size_t last = line;

        for (line++; line < w->n_lines; line++) {
                size_t here = text_indent(w, line);
                size_t first = w->lines[line] + here;
                size_t end = text_line_end(w, line);

                if (first >= end)
                        continue;
                /* A comment further in belongs to what it stands in (or is text of a block scalar). */
                if (w->text.p[first] == '#' && here <= indent)
                        continue;
                if (here < indent || (is_list && here == indent && !is_item(w, first, end)))
                        break;
                if (here == 0 && end - first >= 3 && (memcmp(w->text.p + first, "---", 3) == 0 ||
                                                      memcmp(w->text.p + first, "...", 3) == 0))
                        break;
                last = line;
        }
        return text_line_end(w, last);
}

size_t text_colon(const struct work *w, size_t at)
{
        size_t end = text_value_end(w, at, true);

        while (end < w->text.n && (w->text.p[end] == ' ' || w->text.p[end] == '\t'))
                end++;
        return end < w->text.n && w->text.p[end] == ':' ? end : SIZE_MAX;
}
