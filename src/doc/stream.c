/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/stream.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "doc/bracket.h"
#include "doc/lines_internal.h"

#define TOO_DEEP "lists and objects nested deeper than 10,000 levels"
_Static_assert(BW_LIMIT_DOC_DEPTH == 10000, "the text above names it");

/* Where in a JSON stream the cutter is. */
enum stage {
        STAGE_START,       /* between values */
        STAGE_WHOLE,       /* inside a list or object that is given as a whole */
        STAGE_FIRST_KEY,   /* inside a top-level object: after its bracket, */
        STAGE_KEY,         /* after a comma, */
        STAGE_MEMBER,      /* inside the list or object that is a member's value, */
        STAGE_AFTER_VALUE, /* after a value */
        STAGE_FIRST_ITEM,  /* inside "items" of such an object: after its bracket, */
        STAGE_NEXT_ITEM,   /* after a comma, */
        STAGE_ITEM,        /* inside an item, */
        STAGE_AFTER_ITEM,  /* after it */
};

/* Go's unicode.IsSpace. */
static bool is_space(uint32_t rune)
{
        return (rune >= 9 && rune <= 13) || rune == ' ' || rune == 0x85 || rune == 0xa0 || rune == 0x1680 ||
               (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 || rune == 0x2029 || rune == 0x202f ||
               rune == 0x205f || rune == 0x3000;
}

static struct bw_str skip_spaces(struct bw_str s)
{
        while (s.n) {
                uint32_t rune;
                size_t len = bw_utf8_decode(s, &rune);

                if (!is_space(rune))
                        break;
                s = bw_str_n(s.p + len, s.n - len);
        }
        return s;
}

enum bw_format bw_stream_format(struct bw_str head)
{
        head = skip_spaces(head);
        return head.n && head.p[0] == '{' ? BW_FORMAT_JSON : BW_FORMAT_YAML;
}

void bw_cutter_init(struct bw_cutter *cutter, enum bw_format format, bool unwrap_lists)
{
        *cutter = (struct bw_cutter){.format = format, .unwrap_lists = unwrap_lists, .line = 1, .column = 1};
}

/* ---- places ---- */

static void move_over(uint32_t *line, uint32_t *column, struct bw_str text)
{
        const char *end = text.p + text.n;
        const char *p = text.p;
        const char *newline;

        while (p < end && (newline = memchr(p, '\n', (size_t)(end - p))) != NULL) {
                ++*line;
                *column = 1;
                p = newline + 1;
        }
        *column += (uint32_t)bw_utf8_count(bw_str_n(p, (size_t)(end - p)));
}

/* Takes n bytes from rest. */
static void consume(struct bw_cutter *c, struct bw_str *rest, size_t n)
{
        move_over(&c->line, &c->column, bw_str_n(rest->p, n));
        *rest = bw_str_n(rest->p + n, rest->n - n);
        c->at = 0;
}

static BW_COLD int fail(const struct bw_cutter *c, struct bw_str rest, size_t at, struct bw_error *reterr, int code,
                        const char *why)
{
        uint32_t line = c->line;
        uint32_t column = c->column;

        move_over(&line, &column, bw_str_n(rest.p, BW_MIN(at, rest.n)));
        return bw_error_at(reterr, code, line, column, "%s", why);
}

static int check_size(const struct bw_cutter *c, size_t n, struct bw_error *reterr)
{
        if (n <= BW_LIMIT_DOC_BYTES)
                return 0;
        return bw_error_at(reterr, -E2BIG, c->line, c->column, "more than %zu bytes in one document",
                           (size_t)BW_LIMIT_DOC_BYTES);
}

/* Gives n bytes of rest as a piece, and takes `used` of them. */
static int give(struct bw_cutter *c, struct bw_str *rest, size_t n, size_t used, struct bw_piece *ret_piece)
{
        *ret_piece = (struct bw_piece){
                .text = bw_str_n(rest->p, n),
                .line = c->line,
                .column = c->column,
                .format = c->format,
                .list_api_version = bw_str(c->list_api_version),
                .list_kind = bw_str(c->list_kind),
        };
        consume(c, rest, used);
        return 1;
}

/* ---- YAML ---- */

/* The line at from..to begins with "---": only blanks and a comment may follow. */
static int check_separator(const struct bw_cutter *c, struct bw_str rest, size_t from, size_t to,
                           struct bw_error *reterr)
{
        struct bw_str after = skip_spaces(bw_str_n(rest.p + from + 3, to - from - 3));

        if (after.n == 0 || after.p[0] == '#')
                return 0;
        return fail(c, rest, from, reterr, -EINVAL,
                    "invalid document separator: only a comment may follow \"---\" on its line");
}

/* The first n bytes of rest as a piece; `used` of them go, up to the start of a line. */
static int give_lines(struct bw_cutter *c, struct bw_str *rest, size_t n, size_t used, struct bw_piece *ret_piece)
{
        *ret_piece = (struct bw_piece){
                .text = bw_str_n(rest->p, n),
                .line = c->line,
                .column = 1,
                .format = BW_FORMAT_YAML,
                .list_api_version = {.p = ""},
                .list_kind = {.p = ""},
        };
        c->line += (uint32_t)bw_count_lines(bw_str_n(rest->p, used));
        c->at = 0;
        *rest = bw_str_n(rest->p + used, rest->n - used);
        return 1;
}

/* More is to come: what is known of rest is that no separator stands before its last line. */
static int wait_for_lines(struct bw_cutter *c, struct bw_str rest, size_t from, struct bw_error *reterr)
{
        const char *newline = memrchr(rest.p + from, '\n', rest.n - from);

        c->at = newline ? (size_t)(newline - rest.p) + 1 : from;
        return check_size(c, rest.n, reterr);
}

/* c->at is the start of the line to go on with: past 0, the piece has a line. */
static int next_yaml(struct bw_cutter *c, struct bw_str *rest, bool eof, struct bw_piece *ret_piece,
                     struct bw_error *reterr)
{
        while (rest->n) {
                size_t dashes = bw_find_dashes(*rest, c->at);
                const char *newline;
                size_t end;
                int r;

                if (dashes == SIZE_MAX && !eof)
                        return wait_for_lines(c, *rest, c->at, reterr);
                r = check_size(c, BW_MIN(dashes, rest->n), reterr);
                if (r < 0)
                        return r;
                if (dashes == SIZE_MAX)
                        return give_lines(c, rest, rest->n, rest->n, ret_piece);
                newline = memchr(rest->p + dashes, '\n', rest->n - dashes);
                if (!newline && !eof)
                        return wait_for_lines(c, *rest, dashes, reterr);
                end = newline ? (size_t)(newline - rest->p) + 1 : rest->n;
                r = check_separator(c, *rest, dashes, end, reterr);
                if (r < 0)
                        return r;
                if (dashes > 0)
                        return give_lines(c, rest, dashes, end, ret_piece);
                c->at = end; /* a separator without a line before it is the first line of the piece */
        }
        return 0;
}

/* ---- JSON ---- */

static bool is_blank(char ch)
{
        return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r';
}

static size_t skip_blanks(struct bw_str text, size_t at)
{
        while (at < text.n && is_blank(text.p[at]))
                at++;
        return at;
}

static size_t literal_end(struct bw_str text, size_t at)
{
        while (at < text.n && ((text.p[at] >= '0' && text.p[at] <= '9') ||
                               ((text.p[at] | 0x20) >= 'a' && (text.p[at] | 0x20) <= 'z') || text.p[at] == '-' ||
                               text.p[at] == '+' || text.p[at] == '.'))
                at++;
        return at;
}

/* Takes the text at from..to (with its quotes) into a field of the cutter; escapes and long texts leave it empty. */
static void keep(char *field, size_t size, struct bw_str rest, size_t from, size_t to)
{
        size_t n = to - from - 2;

        if (n >= size || memchr(rest.p + from + 1, '\\', n)) {
                field[0] = '\0';
                return;
        }
        memcpy(field, rest.p + from + 1, n);
        field[n] = '\0';
}

static void save_scan(struct bw_cutter *c, const struct bw_bracket_scan *scan, size_t at)
{
        c->at = at;
        c->in_string = scan->in_string;
        c->escaped = scan->escaped;
        c->depth = scan->depth;
}

/*
 * Goes over the value that begins at *at. 1: *at is behind it. 0: more bytes are needed; a list or object is remembered
 * (stage inside), anything else is looked at again. -EINVAL.
 */
static int over_value(struct bw_cutter *c, struct bw_str rest, size_t *at, bool eof, enum stage inside,
                      struct bw_error *reterr)
{
        struct bw_bracket_scan scan = {0};
        size_t end;
        int r;

        if (rest.p[*at] == '"') {
                end = bw_string_end(rest, *at);
                if (end == SIZE_MAX)
                        return eof ? fail(c, rest, *at, reterr, -EINVAL, "a string without end") : 0;
                *at = end;
                return 1;
        }
        if (rest.p[*at] != '{' && rest.p[*at] != '[') {
                end = literal_end(rest, *at);
                if (end == *at)
                        return fail(c, rest, *at, reterr, -EINVAL, "expected a JSON value");
                if (end == rest.n && !eof)
                        return 0;
                *at = end;
                return 1;
        }
        end = *at;
        r = bw_bracket_scan(&scan, rest, at);
        if (r < 0)
                return fail(c, rest, end, reterr, r, TOO_DEEP);
        if (r == 0) {
                c->stage = (uint8_t)inside;
                save_scan(c, &scan, *at);
        }
        return r;
}

/* Goes on inside a list or object. 1: c->at is behind it. */
static int resume_value(struct bw_cutter *c, struct bw_str rest, struct bw_error *reterr)
{
        struct bw_bracket_scan scan = {.in_string = c->in_string, .escaped = c->escaped, .depth = c->depth};
        size_t at = c->at;
        int r = bw_bracket_scan(&scan, rest, &at);

        if (r < 0)
                return fail(c, rest, c->at, reterr, r, TOO_DEEP);
        save_scan(c, &scan, at);
        return r;
}

/* The end of input, or of what has arrived of it, inside a value: all of rest belongs to that. */
static int at_end(const struct bw_cutter *c, struct bw_str rest, bool eof, struct bw_error *reterr)
{
        if (eof)
                return fail(c, rest, rest.n, reterr, -EINVAL, "unexpected end of JSON input");
        return check_size(c, rest.n, reterr);
}

/* A key of a top-level object, its colon and its value. 1 when the value was passed, or "items" was entered. */
static int over_member(struct bw_cutter *c, struct bw_str *rest, bool eof, struct bw_error *reterr)
{
        size_t key = c->at;
        size_t key_end = bw_string_end(*rest, key);
        size_t value = key_end == SIZE_MAX ? rest->n : skip_blanks(*rest, key_end);
        size_t end;
        struct bw_str name;
        int r;

        if (value < rest->n && rest->p[value] != ':')
                return fail(c, *rest, value, reterr, -EINVAL, "expected ':' after an object's key");
        if (value < rest->n)
                value = skip_blanks(*rest, value + 1);
        if (value >= rest->n)
                return at_end(c, *rest, eof, reterr);
        name = bw_str_n(rest->p + key + 1, key_end - key - 2);
        if (rest->p[value] == '[' && !c->in_list && bw_str_is(name, "items")) {
                consume(c, rest, value + 1);
                c->in_list = true;
                c->stage = STAGE_FIRST_ITEM;
                return 1;
        }
        end = value;
        r = over_value(c, *rest, &end, eof, STAGE_MEMBER, reterr);
        if (r == 0)
                return at_end(c, *rest, eof, reterr);
        if (r < 0)
                return r;
        if (rest->p[value] == '"' && bw_str_is(name, "kind"))
                keep(c->list_kind, sizeof(c->list_kind), *rest, value, end);
        if (rest->p[value] == '"' && bw_str_is(name, "apiVersion"))
                keep(c->list_api_version, sizeof(c->list_api_version), *rest, value, end);
        c->at = end;
        c->stage = STAGE_AFTER_VALUE;
        return 1;
}

/* Forgets what an object said. */
static void leave_object(struct bw_cutter *c)
{
        c->stage = STAGE_START;
        c->in_list = false;
        c->list_kind[0] = '\0';
        c->list_api_version[0] = '\0';
}

/* The stages' answers: a negative errno, or: */
enum {
        STEP_MORE = 0,  /* more bytes are needed */
        STEP_PIECE = 1, /* *ret_piece is set */
        STEP_ON = 2,    /* the stage changed: go on */
};

struct step {
        struct bw_cutter *c;
        struct bw_str *rest;
        bool eof;
        struct bw_piece *ret_piece;
        struct bw_error *reterr;
};

/* A value that becomes a piece. */
static int piece_value(const struct step *s, enum stage inside, enum stage after)
{
        size_t end = 0;
        int r;

        consume(s->c, s->rest, s->c->at);
        r = over_value(s->c, *s->rest, &end, s->eof, inside, s->reterr);
        if (r <= 0)
                return r == 0 ? at_end(s->c, *s->rest, s->eof, s->reterr) : r;
        s->c->stage = (uint8_t)after;
        return give(s->c, s->rest, end, end, s->ret_piece);
}

/* The rest of a list or object that becomes a piece. */
static int rest_of_piece(const struct step *s, enum stage after)
{
        int r = resume_value(s->c, *s->rest, s->reterr);

        if (r <= 0)
                return r == 0 ? at_end(s->c, *s->rest, s->eof, s->reterr) : r;
        s->c->stage = (uint8_t)after;
        return give(s->c, s->rest, s->c->at, s->c->at, s->ret_piece);
}

static int step_start(const struct step *s)
{
        struct bw_cutter *c = s->c;

        consume(c, s->rest, c->at);
        if (s->rest->n == 0)
                return STEP_MORE;
        if (s->rest->p[0] == '{' && c->unwrap_lists) {
                c->at = 1;
                c->stage = STAGE_FIRST_KEY;
                return STEP_ON;
        }
        return piece_value(s, STAGE_WHOLE, STAGE_START);
}

/* The end of a top-level object: a piece, unless its items were given. */
static int end_of_object(const struct step *s)
{
        size_t end = s->c->at + 1;
        bool in_list = s->c->in_list;

        leave_object(s->c);
        if (!in_list)
                return give(s->c, s->rest, end, end, s->ret_piece);
        consume(s->c, s->rest, end);
        return STEP_ON;
}

static int step_key(const struct step *s, char ch)
{
        int r;

        if (ch == '}' && s->c->stage == STAGE_FIRST_KEY)
                return end_of_object(s);
        if (ch != '"')
                return fail(s->c, *s->rest, s->c->at, s->reterr, -EINVAL, "expected an object's key in quotes");
        r = over_member(s->c, s->rest, s->eof, s->reterr);
        return r == 1 ? STEP_ON : r;
}

static int step_after_value(const struct step *s, char ch)
{
        if (ch == '}')
                return end_of_object(s);
        if (ch != ',')
                return fail(s->c, *s->rest, s->c->at, s->reterr, -EINVAL, "expected ',' or '}' after a value");
        s->c->at++;
        s->c->stage = STAGE_KEY;
        if (s->c->in_list)
                consume(s->c, s->rest, s->c->at);
        return STEP_ON;
}

static int step_item(const struct step *s, char ch)
{
        bool after = s->c->stage == STAGE_AFTER_ITEM;

        if (ch == ']' && s->c->stage != STAGE_NEXT_ITEM) {
                s->c->at++;
                s->c->stage = STAGE_AFTER_VALUE;
                return STEP_ON;
        }
        if (!after)
                return piece_value(s, STAGE_ITEM, STAGE_AFTER_ITEM);
        if (ch != ',')
                return fail(s->c, *s->rest, s->c->at, s->reterr, -EINVAL, "expected ',' or ']' after a list's item");
        consume(s->c, s->rest, s->c->at + 1);
        s->c->stage = STAGE_NEXT_ITEM;
        return STEP_ON;
}

/* Inside the value of a member that is no piece of its own. */
static int step_member(const struct step *s)
{
        int r = resume_value(s->c, *s->rest, s->reterr);

        if (r <= 0)
                return r == 0 ? at_end(s->c, *s->rest, s->eof, s->reterr) : r;
        s->c->stage = STAGE_AFTER_VALUE;
        return STEP_ON;
}

static int step_json(const struct step *s)
{
        struct bw_cutter *c = s->c;
        char ch;

        if (c->stage == STAGE_WHOLE)
                return rest_of_piece(s, STAGE_START);
        if (c->stage == STAGE_ITEM)
                return rest_of_piece(s, STAGE_AFTER_ITEM);
        if (c->stage == STAGE_MEMBER)
                return step_member(s);
        c->at = skip_blanks(*s->rest, c->at);
        if (c->stage == STAGE_START)
                return step_start(s);
        if (c->at >= s->rest->n)
                return at_end(c, *s->rest, s->eof, s->reterr);
        ch = s->rest->p[c->at];
        switch ((enum stage)c->stage) {
        case STAGE_FIRST_KEY:
        case STAGE_KEY:
                return step_key(s, ch);
        case STAGE_AFTER_VALUE:
                return step_after_value(s, ch);
        default:
                return step_item(s, ch);
        }
}

int bw_cutter_next(struct bw_cutter *cutter, struct bw_str *rest, bool eof, struct bw_piece *ret_piece,
                   struct bw_error *reterr)
{
        struct step s = {.c = cutter, .rest = rest, .eof = eof, .ret_piece = ret_piece, .reterr = reterr};
        int r = STEP_ON;

        if (cutter->format == BW_FORMAT_YAML)
                return next_yaml(cutter, rest, eof, ret_piece, reterr);
        while (r == STEP_ON)
                r = step_json(&s);
        return r;
}
