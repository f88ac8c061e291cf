/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/place_internal.h"

#include "base/utf8.h"

struct cursor {
        const struct bw_doc *doc;
        struct bw_str text;  /* of the line */
        uint32_t line;
        uint32_t last_line;  /* of the document */
        size_t at;           /* bytes into the line */
        char style;          /* | > ' " or 0 for plain */
};

static bool is_blank(char c)
{
        return c == ' ' || c == '\t';
}

static void skip_blanks(struct cursor *c)
{
        while (c->at < c->text.n && is_blank(c->text.p[c->at]))
                c->at++;
}

static bool next_line(struct cursor *c)
{
        if (c->line >= c->last_line)
                return false;
        c->text = bw_doc_line(c->doc, ++c->line);
        c->at = 0;
        return true;
}

static bool is_empty_line(const struct cursor *c)
{
        return bw_str_trim(c->text).n == 0;
}

/* Anchors and tags stand before the scalar: &a !!str "text". */
static void skip_properties(struct cursor *c)
{
        while (c->at < c->text.n && (c->text.p[c->at] == '&' || c->text.p[c->at] == '!')) {
                while (c->at < c->text.n && !is_blank(c->text.p[c->at]))
                        c->at++;
                skip_blanks(c);
        }
}

/* The first line of a block scalar, after its header. */
static bool enter_block(struct cursor *c)
{
        do {
                if (!next_line(c))
                        return false;
        } while (is_empty_line(c));
        skip_blanks(c);
        return true;
}

/* Whether nothing of the value is left on this line. */
static bool at_line_end(const struct cursor *c)
{
        for (size_t i = c->at; i < c->text.n; i++)
                if (!is_blank(c->text.p[i]))
                        return c->style == '"' && c->text.p[i] == '\\' && i + 1 == c->text.n;
        return true;
}

/*
 * A line break in the value. In folded text a blank stands for one break, and n breaks for n empty lines between; in
 * literal text each break is one.
 */
static bool pass_break(struct cursor *c, size_t indent)
{
        if (!next_line(c))
                return false;
        while (c->style != '|' && is_empty_line(c))
                if (!next_line(c))
                        return false;
        if (c->style == '|')
                c->at = BW_MIN(indent, c->text.n);
        else
                skip_blanks(c);
        return true;
}

/* Bytes that stand for the next character of the value; 0 when it is not what is there. */
static size_t raw_size(const struct cursor *c, char expected)
{
        size_t left = c->text.n - c->at;
        const char *p = c->text.p + c->at;

        if (c->style == '\'' && expected == '\'')
                return left >= 2 && p[0] == '\'' && p[1] == '\'' ? 2 : 0;
        if (c->style == '"' && left >= 2 && p[0] == '\\')
                return p[1] == 'x' ? 4 : p[1] == 'u' ? 6 : p[1] == 'U' ? 10 : 2;
        return left && p[0] == expected ? 1 : 0;
}

struct bw_mark place_in_scalar(const struct bw_doc *doc, struct bw_mark mark, struct bw_str content, size_t offset)
{
        struct cursor c = {.doc = doc, .line = mark.line, .last_line = doc->line};
        size_t indent;

        if (!mark.line || !doc->text.n)
                return mark;
        for (size_t i = 0; i < doc->text.n; i++)
                c.last_line += doc->text.p[i] == '\n';
        c.text = bw_doc_line(doc, mark.line);
        c.at = bw_utf8_offset(c.text, mark.column - 1);
        skip_properties(&c);
        if (c.at < c.text.n && strchr("|>'\"", c.text.p[c.at])) {
                c.style = c.text.p[c.at++];
                if ((c.style == '|' || c.style == '>') && !enter_block(&c))
                        return mark;
        }
        indent = c.at;
        for (size_t i = 0; i < BW_MIN(offset, content.n); i++) {
                size_t n;

                if ((content.p[i] == '\n' || content.p[i] == ' ') && at_line_end(&c)) {
                        if (!pass_break(&c, indent))
                                return mark;
                        while (c.style != '|' && i + 1 < content.n && content.p[i + 1] == '\n')
                                i++;
                        continue;
                }
                n = raw_size(&c, content.p[i]);
                if (n == 0 || c.at + n > c.text.n)
                        return mark;
                /* A code point written as an escape is one escape, but several bytes of the value. */
                if (n > 2)
                        while (i + 1 < content.n && ((unsigned char)content.p[i + 1] & 0xc0) == 0x80)
                                i++;
                c.at += n;
        }
        return (struct bw_mark){.line = c.line,
                                .column = (uint32_t)bw_utf8_count(bw_str_n(c.text.p, c.at)) + 1};
}

struct bw_mark place_of_mark(const struct bw_doc *doc, struct bw_mark mark, struct bw_str content, struct bw_mark in)
{
        size_t at = 0;

        for (; in.line > 1 && at < content.n; at++)
                if (content.p[at] == '\n')
                        in.line--;
        at += bw_utf8_offset(bw_str_n(content.p + at, content.n - at), in.column ? in.column - 1 : 0);
        return place_in_scalar(doc, mark, content, at);
}
