/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The YAML that manifests are made of, read without libyaml: block maps and lists, plain and quoted scalars, block
 * scalars, flow collections of one line. It gives the composer what libyaml's events would; at anything else (anchors,
 * tags, tabs, directives, escapes that are rare, errors) it gives up, and the text is read by libyaml from its beginning.
 * So it may be ignorant, but never wrong: a fuzz target holds every text against libyaml.
 * Source: YAML 1.1; libyaml's scanner.c for where a scalar ends and what folding keeps.
 */
#include "doc/yaml_internal.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"

enum {
        MAX_DEPTH = 64,
        MAX_KEY = 512,    /* libyaml takes keys of up to 1024 characters */
        MAX_FLOW_DEPTH = 16,
        NO_INDENT = -1,
};

struct quick {
        struct bw_yaml_composer *c;
        const char *p;
        const char *end;
        const char *line_start;
        uint32_t line;
        int indent;          /* of the content at p, after next_content() */
        bool eof;
        unsigned depth;
        struct bw_buf text;  /* a scalar that is not in the text as it is */
};

enum {
        BEGINS_PLAIN = 1,    /* may be the first character of a plain scalar, whatever follows */
        FLOW_PLAIN = 2,      /* of the plain scalars that are read inside of flow collections */
};

#define LETTER (BEGINS_PLAIN | FLOW_PLAIN)
static const uint8_t classes[256] = {
        ['A' ... 'Z'] = LETTER, ['a' ... 'z'] = LETTER, ['0' ... '9'] = LETTER,
        ['_'] = LETTER,         ['.'] = LETTER,         ['/'] = LETTER,
        ['$'] = LETTER,         ['('] = LETTER,         [')'] = LETTER,
        ['+'] = LETTER,         ['='] = LETTER,         ['-'] = FLOW_PLAIN,
        ['~'] = BEGINS_PLAIN,   ['^'] = BEGINS_PLAIN,   [';'] = BEGINS_PLAIN,
        ['\\'] = BEGINS_PLAIN,  ['<'] = BEGINS_PLAIN,   [0x80 ... 0xff] = BEGINS_PLAIN,
};
#undef LETTER

static unsigned class_of(char c)
{
        return classes[(unsigned char)c];
}

/* A character outside of printable ASCII that libyaml takes as one of a text. Advances p. */
static bool other_character(const char **p, const char *end)
{
        uint32_t rune;
        size_t n;

        if (**p == '\n') {
                ++*p;
                return true;
        }
        n = bw_utf8_decode(bw_str_n(*p, (size_t)(end - *p)), &rune);
        *p += n;
        return n > 1 && rune >= 0xa0 && rune != 0x2028 && rune != 0x2029 && rune != 0xfeff && rune != 0xfffe &&
               rune != 0xffff;
}

/* Printable characters and line feeds only. */
static bool is_simple_text(struct bw_str text)
{
        const uint64_t ones = UINT64_MAX / 255;
        const uint64_t highs = ones * 0x80;
        const char *p = text.p;
        const char *end = p + text.n;

        while (p < end) {
                uint64_t x;

                if (end - p >= 8) {
                        memcpy(&x, p, 8);
                        if (!((x | (x - ones * 0x20) | (x + ones)) & highs)) {
                                p += 8;
                                continue;
                        }
                }
                if ((unsigned char)*p >= 0x20 && (unsigned char)*p < 0x7f)
                        p++;
                else if (!other_character(&p, end))
                        return false;
        }
        return true;
}

static bool is_space_or_end(const struct quick *q, const char *p)
{
        return p >= q->end || *p == ' ' || *p == '\n';
}

static bool at_line_end(const struct quick *q, const char *p)
{
        return p >= q->end || *p == '\n';
}

static struct bw_mark mark_of(const struct quick *q, const char *p)
{
        return (struct bw_mark){.line = q->line, .column = (uint32_t)(p - q->line_start) + 1};
}

static const char *line_end(const struct quick *q, const char *p)
{
        const char *newline = p < q->end ? memchr(p, '\n', (size_t)(q->end - p)) : NULL;

        return newline ? newline : q->end;
}

static const char *skip_spaces(const struct quick *q, const char *p)
{
        while (p < q->end && *p == ' ')
                p++;
        return p;
}

/* To the beginning of the next line. */
static void next_line(struct quick *q)
{
        const char *newline = line_end(q, q->p);

        q->p = newline < q->end ? newline + 1 : q->end;
        q->line++;
        q->line_start = q->p;
}

/* From the beginning of a line to the next content: not blank, no comment. */
static int next_content(struct quick *q)
{
        for (;;) {
                const char *p = skip_spaces(q, q->p);

                if (p >= q->end) {
                        q->eof = true;
                        return 0;
                }
                if (*p != '\n' && *p != '#') {
                        q->indent = (int)(p - q->line_start);
                        q->p = p;
                        break;
                }
                next_line(q);
        }
        /* The marks of a document's begin and end. */
        if (q->indent == 0 && q->end - q->p >= 3 &&
            (memcmp(q->p, "---", 3) == 0 || memcmp(q->p, "...", 3) == 0))
                return -EAGAIN;
        return 0;
}

/* Nothing but a comment may follow on this line; then to the next content. */
static int finish_line(struct quick *q)
{
        const char *p = skip_spaces(q, q->p);

        if (!at_line_end(q, p) && (*p != '#' || p == q->p))
                return -EAGAIN;
        next_line(q);
        return next_content(q);
}

static int give(struct quick *q, struct bw_str text, bool plain, struct bw_mark mark)
{
        return bw_yaml_text(q->c, text, plain, mark);
}

static int give_built(struct quick *q, struct bw_mark mark, bool plain)
{
        return bw_buf_status(&q->text) < 0 ? -EAGAIN : give(q, bw_buf_view(&q->text), plain, mark);
}

static int give_null(struct quick *q, struct bw_mark mark)
{
        return give(q, BW_STR(""), true, mark);
}

/* ---- scalars */

/*
 * The part of a plain scalar that is on this line, without blanks at its end; NULL when there is a colon that makes a
 * key of it. *ret_comment: a comment follows.
 */
static const char *plain_line(const struct quick *q, const char *p, bool *ret_comment)
{
        const char *end = line_end(q, p);
        const char *colon = p;
        const char *hash = p;

        *ret_comment = false;
        while ((hash = memchr(hash, '#', (size_t)(end - hash)))) {
                if (hash > p && hash[-1] == ' ') {
                        *ret_comment = true;
                        end = hash;
                        break;
                }
                hash++;
        }
        while ((colon = memchr(colon, ':', (size_t)(end - colon)))) {
                if (is_space_or_end(q, colon + 1))
                        return NULL;
                colon++;
        }
        while (end > p && end[-1] == ' ')
                end--;
        return end;
}

/* The following lines of a plain scalar whose first one is in q->p … end: those further in than the parent. */
static int folded_plain(struct quick *q, const char *first_end, int parent, struct bw_mark mark)
{
        bool comment = false;
        bool built = false;
        struct bw_str first = bw_str_n(q->p, (size_t)(first_end - q->p));

        next_line(q);
        while (!comment) {
                struct quick ahead = *q;
                size_t breaks = 1;
                const char *p;
                const char *end;

                for (p = skip_spaces(&ahead, ahead.p); p < q->end && *p == '\n'; p = skip_spaces(&ahead, ahead.p)) {
                        next_line(&ahead);
                        breaks++;
                }
                if (p >= q->end || p - ahead.line_start <= parent || *p == '#')
                        break;
                end = plain_line(&ahead, p, &comment);
                if (!end)
                        return -EAGAIN;
                if (!built) {
                        bw_buf_clear(&q->text);
                        bw_buf_str(&q->text, first);
                        built = true;
                }
                bw_buf_fill(&q->text, breaks == 1 ? ' ' : '\n', breaks == 1 ? 1 : breaks - 1);
                bw_buf_put(&q->text, p, (size_t)(end - p));
                q->p = ahead.p;
                q->line = ahead.line;
                q->line_start = ahead.line_start;
                next_line(q);
        }
        return built ? give_built(q, mark, true) : give(q, first, true, mark);
}

static int plain_scalar(struct quick *q, int parent)
{
        struct bw_mark mark = mark_of(q, q->p);
        bool comment;
        const char *end;
        int r;

        if (!(class_of(*q->p) & BEGINS_PLAIN) && ((*q->p != '-' && *q->p != ':') || is_space_or_end(q, q->p + 1)))
                return -EAGAIN;
        end = plain_line(q, q->p, &comment);
        if (!end)
                return -EAGAIN;
        if (comment) {
                r = give(q, bw_str_n(q->p, (size_t)(end - q->p)), true, mark);
                next_line(q);
        } else {
                r = folded_plain(q, end, parent, mark);
        }
        return r < 0 ? r : next_content(q);
}

/* Builds the text of a scalar in double quotes from its first backslash on; the closing quote, or NULL. */
static const char *unescape(struct quick *q, const char *begin, const char *p)
{
        bw_buf_clear(&q->text);
        bw_buf_put(&q->text, begin, (size_t)(p - begin));
        while (p < q->end && *p != '"' && *p != '\n') {
                static const char from[] = "\"\\nrt";
                static const char to[] = "\"\\\n\r\t";
                const char *known;

                if (*p != '\\') {
                        bw_buf_char(&q->text, *p++);
                        continue;
                }
                known = p + 1 < q->end && p[1] ? strchr(from, p[1]) : NULL;
                if (!known)
                        return NULL;
                bw_buf_char(&q->text, to[known - from]);
                p += 2;
        }
        return p < q->end && *p == '"' ? p : NULL;
}

/* A scalar in quotes on one line; q->p is then behind it. */
static int quoted_scalar(struct quick *q, bool ascii)
{
        struct bw_mark mark = mark_of(q, q->p);
        char quote = *q->p;
        const char *begin = q->p + 1;
        const char *p = begin;
        int r;

        while (p < q->end && *p != quote && *p != '\n' && *p != '\\')
                p++;
        if (quote == '\'')
                while (p < q->end && *p == '\\') /* an ordinary character there */
                        for (p++; p < q->end && *p != quote && *p != '\n' && *p != '\\';)
                                p++;
        if (p < q->end && *p == '\\') {
                p = unescape(q, begin, p);
                if (!p)
                        return -EAGAIN;
                r = give_built(q, mark, false);
        } else if (p >= q->end || *p != quote || (quote == '\'' && p + 1 < q->end && p[1] == quote)) {
                return -EAGAIN;
        } else {
                r = give(q, bw_str_n(begin, (size_t)(p - begin)), false, mark);
        }
        for (const char *s = begin; ascii && s < p; s++)
                if ((unsigned char)*s >= 0x80)
                        return -EAGAIN;
        q->p = p + 1;
        return r;
}

/* ---- block scalars */

/* Lines of blanks up to the content of the scalar: they are breaks. */
static size_t skip_breaks(struct quick *q, int indent)
{
        size_t breaks = 0;

        while (q->p < q->end) {
                const char *p = q->p;

                while (p < q->end && *p == ' ' && p - q->line_start < indent)
                        p++;
                if (!at_line_end(q, p))
                        break;
                next_line(q);
                breaks++;
        }
        return breaks;
}

static int block_lines(struct quick *q, int indent, size_t breaks, bool literal, bool strip)
{
        bool has_break = false;
        bool was_blank = false;

        bw_buf_clear(&q->text);
        while (q->p < q->end && skip_spaces(q, q->p) - q->line_start >= indent) {
                const char *p = q->p + indent;
                const char *end = line_end(q, p);
                bool blank = *p == ' ';

                if (has_break && (literal || was_blank || blank))
                        bw_buf_char(&q->text, '\n');
                else if (has_break && breaks == 0)
                        bw_buf_char(&q->text, ' ');
                bw_buf_fill(&q->text, '\n', breaks);
                bw_buf_put(&q->text, p, (size_t)(end - p));
                was_blank = blank;
                has_break = true;
                next_line(q);
                breaks = skip_breaks(q, indent);
        }
        if (has_break && !strip)
                bw_buf_char(&q->text, '\n');
        return 0;
}

static int block_scalar(struct quick *q, int parent)
{
        struct bw_mark mark = mark_of(q, q->p);
        bool literal = *q->p == '|';
        const char *p = q->p + 1;
        bool strip = p < q->end && *p == '-';
        size_t breaks = 0;
        int indent;
        int r;

        if (!at_line_end(q, p + strip))
                return -EAGAIN;
        next_line(q);
        for (; q->p < q->end && *q->p == '\n'; breaks++)
                next_line(q);
        p = skip_spaces(q, q->p);
        indent = (int)(p - q->line_start);
        /* A scalar without text, or blank lines that decide on the indentation. */
        if (at_line_end(q, p) || indent <= parent || indent < 1)
                return -EAGAIN;
        r = block_lines(q, indent, breaks, literal, strip);
        if (r == 0)
                r = give_built(q, mark, false);
        return r < 0 ? r : next_content(q);
}

/* ---- flow collections of one line */

static int flow_node(struct quick *q, unsigned depth);

/* A plain scalar of letters, digits and signs that mean nothing there. */
static int flow_plain(struct quick *q)
{
        struct bw_mark mark = mark_of(q, q->p);
        const char *begin = q->p;

        if (!(class_of(*begin) & BEGINS_PLAIN))
                return -EAGAIN;
        while (q->p < q->end && class_of(*q->p) & FLOW_PLAIN)
                q->p++;
        return q->p == begin ? -EAGAIN : give(q, bw_str_n(begin, (size_t)(q->p - begin)), true, mark);
}

static int flow_scalar(struct quick *q)
{
        return *q->p == '"' || *q->p == '\'' ? quoted_scalar(q, true) : flow_plain(q);
}

static int flow_key(struct quick *q)
{
        bool quoted = *q->p == '"' || *q->p == '\'';
        int r = flow_scalar(q);

        if (r < 0)
                return r;
        if (q->p >= q->end || *q->p != ':' || (!quoted && (q->p + 1 >= q->end || q->p[1] != ' ')))
                return -EAGAIN;
        q->p = skip_spaces(q, q->p + 1);
        return 0;
}

static int flow_collection(struct quick *q, unsigned depth)
{
        bool is_map = *q->p == '{';
        char close = is_map ? '}' : ']';
        int r = depth > MAX_FLOW_DEPTH ? -EAGAIN : bw_yaml_begin(q->c, is_map, NULL, mark_of(q, q->p), NULL);

        q->p = skip_spaces(q, q->p + 1);
        if (r == 0 && q->p < q->end && *q->p == close) {
                q->p++;
                return bw_yaml_end(q->c, NULL);
        }
        while (r == 0) {
                if (q->p >= q->end)
                        return -EAGAIN;
                if (is_map)
                        r = flow_key(q);
                if (r == 0)
                        r = q->p < q->end ? flow_node(q, depth + 1) : -EAGAIN;
                if (r < 0)
                        return r;
                q->p = skip_spaces(q, q->p);
                if (q->p >= q->end || (*q->p != ',' && *q->p != close))
                        return -EAGAIN;
                if (*q->p++ == close)
                        return bw_yaml_end(q->c, NULL);
                q->p = skip_spaces(q, q->p);
        }
        return r;
}

static int flow_node(struct quick *q, unsigned depth)
{
        return *q->p == '{' || *q->p == '[' ? flow_collection(q, depth) : flow_scalar(q);
}

/* ---- block collections */

static int block_node(struct quick *q, int parent);

/* What stands behind "key: ", or alone. */
static int inline_value(struct quick *q, int parent)
{
        int r;

        switch (*q->p) {
        case '"':
        case '\'':
                r = quoted_scalar(q, false);
                break;
        case '{':
        case '[':
                r = flow_collection(q, 1);
                break;
        case '|':
        case '>':
                return block_scalar(q, parent);
        default:
                return plain_scalar(q, parent);
        }
        return r < 0 ? r : finish_line(q);
}

/* The colon behind the key that begins at p; NULL when no key does. */
static const char *find_colon(const struct quick *q, const char *p)
{
        const char *begin = p;
        char quote = *p;

        if (quote == '"' || quote == '\'') {
                for (p++; p < q->end && *p != quote && *p != '\n' && *p != '\\';)
                        p++;
                if (p >= q->end || *p != quote)
                        return NULL;
                p++;
                return p < q->end && *p == ':' && is_space_or_end(q, p + 1) ? p : NULL;
        }
        if (!(class_of(*p) & BEGINS_PLAIN) && (*p != '-' || is_space_or_end(q, p + 1)))
                return NULL;
        for (; !at_line_end(q, p); p++) {
                if (*p == ':' && is_space_or_end(q, p + 1))
                        return p;
                if (*p == '#' && p > begin && p[-1] == ' ')
                        return NULL;
        }
        return NULL;
}

static int block_key(struct quick *q)
{
        const char *colon = find_colon(q, q->p);
        struct bw_mark mark = mark_of(q, q->p);
        bool quoted = *q->p == '"' || *q->p == '\'';
        struct bw_str key;

        if (!colon || colon - q->p > MAX_KEY)
                return -EAGAIN;
        key = bw_str_n(q->p, (size_t)(colon - q->p));
        if (quoted)
                key = bw_str_n(key.p + 1, key.n - 2);
        else if (key.p[key.n - 1] == ' ' || (key.n == 2 && memcmp(key.p, "<<", 2) == 0))
                return -EAGAIN;
        if (!bw_utf8_is_ascii(key))
                return -EAGAIN;
        q->p = colon + 1;
        return give(q, key, !quoted, mark);
}

static int block_list(struct quick *q, int indent, bool in_map);

static bool is_entry(const struct quick *q)
{
        return *q->p == '-' && is_space_or_end(q, q->p + 1);
}

static int block_value(struct quick *q, int indent)
{
        struct bw_mark after = mark_of(q, q->p);
        const char *p = skip_spaces(q, q->p);
        int r;

        if (!at_line_end(q, p) && (*p != '#' || p == q->p)) {
                q->p = p;
                return inline_value(q, indent);
        }
        r = finish_line(q);
        if (r < 0)
                return r;
        if (!q->eof && q->indent > indent)
                return block_node(q, indent);
        if (!q->eof && q->indent == indent && is_entry(q))
                return block_list(q, indent, true);
        return give_null(q, after);
}

static int block_map(struct quick *q, int indent)
{
        int r = bw_yaml_begin(q->c, true, NULL, mark_of(q, q->p), NULL);

        while (r == 0) {
                r = block_key(q);
                if (r == 0)
                        r = block_value(q, indent);
                if (r < 0)
                        return r;
                if (q->eof || q->indent < indent)
                        return bw_yaml_end(q->c, NULL);
                if (q->indent > indent || is_entry(q))
                        return -EAGAIN;
        }
        return r;
}

static int block_item(struct quick *q, int indent)
{
        struct bw_mark after;
        const char *p;
        int r;

        q->p++;
        after = mark_of(q, q->p);
        p = skip_spaces(q, q->p);
        if (!at_line_end(q, p) && (*p != '#' || p == q->p)) {
                q->p = p;
                return block_node(q, indent);
        }
        r = finish_line(q);
        if (r < 0)
                return r;
        return !q->eof && q->indent > indent ? block_node(q, indent) : give_null(q, after);
}

/* in_map: at the indentation of the map whose value it is. */
static int block_list(struct quick *q, int indent, bool in_map)
{
        int r = bw_yaml_begin(q->c, false, NULL, mark_of(q, q->p), NULL);

        while (r == 0) {
                r = block_item(q, indent);
                if (r < 0)
                        return r;
                if (q->eof || q->indent < indent || (in_map && q->indent == indent && !is_entry(q)))
                        return bw_yaml_end(q->c, NULL);
                if (q->indent > indent || !is_entry(q))
                        return -EAGAIN;
        }
        return r;
}

/* parent: indentation of the collection that the node is in. */
static int block_node(struct quick *q, int parent)
{
        int column = (int)(q->p - q->line_start);
        int r;

        if (++q->depth > MAX_DEPTH)
                return -EAGAIN;
        if (is_entry(q))
                r = block_list(q, column, false);
        else if (find_colon(q, q->p))
                r = block_map(q, column);
        else
                r = parent == NO_INDENT ? -EAGAIN : inline_value(q, parent);
        q->depth--;
        return r;
}

static int read_document(struct quick *q)
{
        int r = next_content(q);

        if (r == -EAGAIN && q->p[0] == '-') {
                q->p += 3;
                r = finish_line(q);
        }
        if (r < 0 || q->eof)
                return -EAGAIN;
        r = block_node(q, NO_INDENT);
        return r == 0 && !q->eof ? -EAGAIN : r;
}

int bw_yaml_quick(struct bw_yaml_composer *c, struct bw_str text, bool stream)
{
        struct quick q = {
                .c = c,
                .p = text.p,
                .end = text.p + text.n,
                .line_start = text.p,
                .line = c->line,
        };
        int r = -EAGAIN;

        /* Without a line feed at its end the text of a block scalar has none. */
        if (text.n && (stream || text.p[text.n - 1] == '\n') && is_simple_text(text))
                r = read_document(&q);
        if (r == 0)
                r = bw_yaml_compose_end(c, NULL);
        bw_buf_done(&q.text);
        return r < 0 ? -EAGAIN : 0;
}
