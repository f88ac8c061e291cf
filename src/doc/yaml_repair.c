/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libyaml 0.2.5 and go-yaml v2 have one ancestor, libyaml 0.1.4, and differ since:
 *
 *   in the text                        go-yaml v2                     libyaml 0.2.5
 *   %YAML 1.2                          refused                        taken
 *   version numbers of three digits    refused                        taken
 *   "\/"                               refused                        a slash
 *   "\'"                               an apostrophe                  refused
 *   [a?b] (plain, in flow)             a '?' ends the scalar: error   part of the scalar
 *   [a:, b] {a:} (plain, in flow)      the scalar "a:"                refused
 *   !tag,x !tag[x] (no verbatim tag)   part of the tag                the tag ends; refused but for ',' in flow
 *   !<tag>,                            refused                        taken in flow
 *   U+FEFF at the start of a line      a character                    skipped
 *
 * What only libyaml takes is refused here. What only go-yaml takes is changed, in a copy of the text, to something as
 * long that both take, and is put right again in the event.
 */
#include "doc/yaml_internal.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/limits.h"

static const char bom[3] = {'\xef', '\xbb', '\xbf'};

/* ---- the text ---- */

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

/* "%YAML 1.1": go-yaml takes one or two digits a number, and reads them as 1 and 1. */
static bool version_ok(struct bw_str line)
{
        size_t run = 0;

        for (size_t i = 0; i < line.n && line.p[i] != '#'; i++) {
                run = is_digit(line.p[i]) ? run + 1 : 0;
                if (run > 2)
                        return false;
        }
        return true;
}

/* Directives are few; a text of nothing else would keep libyaml comparing each with all. */
static int check_directives(struct bw_str text, uint32_t line, struct bw_error *reterr)
{
        unsigned count = 0;
        struct bw_str one;

        if (text.n >= 3 && memcmp(text.p, bom, 3) == 0)
                text = bw_str_n(text.p + 3, text.n - 3);
        for (; bw_str_split(&text, '\n', &one); line++) {
                if (one.n && one.p[0] == '%') {
                        if (++count > BW_LIMIT_YAML_DIRECTIVES)
                                return bw_error_at(reterr, -E2BIG, line, 1, "more than %d directives",
                                                   BW_LIMIT_YAML_DIRECTIVES);
                        if (bw_str_starts(one, BW_STR("%YAML")) && !version_ok(one))
                                return bw_error_at(reterr, -EINVAL, line, 1, "the YAML version number is too long");
                        continue;
                }
                one = bw_str_trim(one);
                if (one.n && one.p[0] != '#')
                        break;
        }
        return 0;
}

static int make_copy(struct bw_yaml_source *s)
{
        if (s->copy)
                return 0;
        s->copy = bw_malloc(s->shown.n);
        if (!s->copy)
                return -ENOMEM;
        memcpy(s->copy, s->shown.p, s->shown.n);
        s->shown.p = s->copy;
        return 0;
}

/* A character of three bytes, for private use, that is not in the text. */
static bool find_stand_in(struct bw_str text, char out[4])
{
        for (unsigned i = 0; i < 64; i++) {
                out[0] = '\xee';
                out[1] = '\x80';
                out[2] = (char)(0x80 + i);
                if (bw_str_find(text, bw_str_n(out, 3)) == SIZE_MAX)
                        return true;
        }
        out[0] = '\0';
        return false;
}

/* A byte order mark that begins a line, but for the first one of the text, is an ordinary character. */
static int hide_boms(struct bw_yaml_source *s, struct bw_error *reterr)
{
        size_t at = 0;

        while (at < s->shown.n) {
                const char *p = memchr(s->shown.p + at, bom[0], s->shown.n - at);

                if (!p)
                        return 0;
                at = (size_t)(p - s->shown.p);
                if (at > 0 && (p[-1] == '\n' || p[-1] == '\r') && s->shown.n - at >= 3 && memcmp(p, bom, 3) == 0) {
                        if (!s->stand_in[0] && !find_stand_in(s->text, s->stand_in))
                                return bw_error_set(reterr, -EINVAL, "byte order mark inside the text");
                        if (make_copy(s) < 0)
                                return bw_error_nomem(reterr);
                        memcpy(s->copy + at, s->stand_in, 3);
                }
                at++;
        }
        return 0;
}

/* A stream's reader takes CR LF off each line and puts LF there: of CR CR LF, which is two breaks, CR LF remains. */
static int normalize_breaks(struct bw_yaml_source *s)
{
        struct bw_str doubled = BW_STR("\r\r\n");
        size_t n = 0;

        if (!memchr(s->shown.p, '\r', s->shown.n) || bw_str_find(s->shown, doubled) == SIZE_MAX)
                return 0;
        if (make_copy(s) < 0)
                return -ENOMEM;
        for (size_t i = 0; i < s->shown.n; i++)
                if (!bw_str_starts(bw_str_n(s->copy + i, s->shown.n - i), doubled))
                        s->copy[n++] = s->copy[i];
        s->shown.n = n;
        return 0;
}

int bw_yaml_source_init(struct bw_yaml_source *s, struct bw_str text, bool stream, uint32_t line,
                        struct bw_error *reterr)
{
        *s = (struct bw_yaml_source){.text = text, .shown = text, .escaped_slash = -1};
        if (text.n &&
            (text.p[0] == '%' || text.p[0] == '#' || text.p[0] == bom[0] || (unsigned char)text.p[0] <= ' ')) {
                int r = check_directives(text, line, reterr);

                if (r < 0)
                        return r;
        }
        if (stream && text.n) {
                s->add_newline = text.p[text.n - 1] != '\n';
                if (normalize_breaks(s) < 0)
                        return bw_error_nomem(reterr);
        }
        return hide_boms(s, reterr);
}

void bw_yaml_source_done(struct bw_yaml_source *s)
{
        bw_free(s->copy);
        bw_free(s->colons);
}

void bw_yaml_source_rewind(struct bw_yaml_source *s)
{
        s->read = 0;
        s->at_index = 0;
        s->at_byte = 0;
}

/* The byte at which character number index stands. Asked for in rising order, it passes the text once. */
static size_t byte_of(struct bw_yaml_source *s, size_t index)
{
        size_t at = s->at_byte;

        if (index < s->at_index || at == 0) {
                s->at_index = 0;
                at = s->shown.n >= 3 && memcmp(s->shown.p, bom, 3) == 0 ? 3 : 0;
        }
        while (s->at_index < index && at < s->shown.n) {
                at++;
                while (at < s->shown.n && ((unsigned char)s->shown.p[at] & 0xc0) == 0x80)
                        at++;
                s->at_index++;
        }
        s->at_byte = at;
        return at;
}

static char byte_at(const struct bw_yaml_source *s, size_t at)
{
        return at < s->shown.n ? s->shown.p[at] : '\0';
}

/* Says "read again", as long as that stays cheap. */
static int reread(struct bw_yaml_source *s, struct bw_error *reterr)
{
        s->rereads++;
        if (s->rereads > 2 && s->rereads * s->text.n > BW_LIMIT_YAML_REREAD)
                return bw_error_set(reterr, -E2BIG,
                                    "more than %zu bytes to read again because of unusual escapes, tags "
                                    "or colons",
                                    (size_t)BW_LIMIT_YAML_REREAD);
        return -EAGAIN;
}

/* ---- tags ---- */

/* The start of the word (no blank, no flow indicator) that ends before at. */
static size_t word_start(const struct bw_yaml_source *s, size_t at)
{
        while (at > 0 && !strchr(" \t\r\n,[]{}", s->shown.p[at - 1]))
                at--;
        return at;
}

/* A flow indicator that go-yaml takes for a part of the tag becomes a dot: no tag that means something has one. */
static int extend_tag(struct bw_yaml_source *s, size_t at, struct bw_error *reterr)
{
        if (make_copy(s) < 0)
                return bw_error_nomem(reterr);
        s->copy[at] = '.';
        return reread(s, reterr);
}

/* libyaml ends a tag in a flow collection at ','; the node is empty then. */
static int check_flow_tag(struct bw_yaml_source *s, const yaml_event_t *event, struct bw_mark mark,
                          struct bw_error *reterr)
{
        size_t at = byte_of(s, event->end_mark.index);
        size_t word = word_start(s, at);

        if (byte_at(s, at) != ',' || byte_at(s, word) != '!')
                return 0;
        if (byte_at(s, word + 1) == '<')
                return bw_error_at(reterr, -EINVAL, mark.line, mark.column, "a blank must follow the tag");
        return extend_tag(s, at, reterr);
}

/* ---- quoted scalars ---- */

/* Whether a quoted scalar (with its first quote) has the escape \c. */
static bool has_escape(struct bw_str quoted, char c)
{
        for (size_t i = 1; i + 1 < quoted.n; i++) {
                if (quoted.p[i] != '\\')
                        continue;
                if (quoted.p[++i] == c)
                        return true;
        }
        return false;
}

static int check_slashes(struct bw_yaml_source *s, const yaml_event_t *event, struct bw_mark mark,
                         struct bw_error *reterr)
{
        size_t from;
        size_t to;

        if (!memchr(event->data.scalar.value, '/', event->data.scalar.length))
                return 0;
        if (s->escaped_slash < 0)
                s->escaped_slash = bw_str_find(s->text, BW_STR("\\/")) != SIZE_MAX;
        if (!s->escaped_slash)
                return 0;
        from = byte_of(s, event->start_mark.index);
        to = byte_of(s, event->end_mark.index);
        /* The scalar may stand after its tag and anchor, which hold no quote and no backslash. */
        while (from < to && s->shown.p[from] != '"')
                from++;
        if (has_escape(bw_str_n(s->shown.p + from, to - from), '/'))
                return bw_error_at(reterr, -EINVAL, mark.line, mark.column, "unknown escape \\/ in a quoted scalar");
        return 0;
}

/*
 * Takes the backslash out of each \' up to the end of the line or of the scalar, and makes up for it with blanks there,
 * which count for nothing. false: there is no such place.
 */
static bool drop_backslashes(struct bw_yaml_source *s, size_t at)
{
        size_t to = at;
        size_t end;

        for (; at < s->shown.n && s->copy[at] != '\n' && s->copy[at] != '\r'; at++) {
                if (s->copy[at] == '\\') {
                        if (at + 1 >= s->shown.n || s->copy[at + 1] == '\n' || s->copy[at + 1] == '\r')
                                return false;
                        if (s->copy[at + 1] != '\'')
                                s->copy[to++] = s->copy[at];
                        at++;
                } else if (s->copy[at] == '"') {
                        s->copy[to++] = s->copy[at++];
                        break;
                }
                s->copy[to++] = s->copy[at];
        }
        end = at;
        while (to < end)
                s->copy[to++] = ' ';
        return true;
}

/* ---- events ---- */

static void restore_bom(const struct bw_yaml_source *s, yaml_event_t *event)
{
        char *p = (char *)event->data.scalar.value;
        size_t left = event->data.scalar.length;
        char *at;

        while ((at = memmem(p, left, s->stand_in, 3)) != NULL) {
                memcpy(at, bom, 3);
                left -= (size_t)(at + 3 - p);
                p = at + 3;
        }
}

static void restore_colon(const struct bw_yaml_source *s, yaml_event_t *event)
{
        for (size_t i = 0; i < s->n_colons; i++)
                if (s->colons[i] == event->start_mark.index && event->data.scalar.length)
                        event->data.scalar.value[event->data.scalar.length - 1] = ':';
}

int bw_yaml_repair_event(struct bw_yaml_source *s, yaml_event_t *event, uint32_t flow, struct bw_mark mark,
                         struct bw_error *reterr)
{
        bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;

        if (s->stand_in[0])
                restore_bom(s, event);
        if (flow && plain) {
                if (s->n_colons)
                        restore_colon(s, event);
                if (memchr(event->data.scalar.value, '?', event->data.scalar.length))
                        return bw_error_at(reterr, -EINVAL, mark.line, mark.column,
                                           "a plain scalar in a flow collection cannot have a question mark");
                if (event->data.scalar.tag && event->data.scalar.length == 0)
                        return check_flow_tag(s, event, mark, reterr);
        }
        if (event->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE)
                return check_slashes(s, event, mark, reterr);
        return 0;
}

/* ---- errors ---- */

static bool says(const char *text, const char *part)
{
        return text && strstr(text, part);
}

static int repair_colon(struct bw_yaml_source *s, const yaml_parser_t *parser, size_t at, struct bw_error *reterr)
{
        char next = byte_at(s, at + 1);

        if (byte_at(s, at) != ':' || (next != ',' && next != ']' && next != '}'))
                return 0;
        if (bw_grow(&s->colons, &s->cap_colons, s->n_colons + 1, sizeof(*s->colons)) < 0 || make_copy(s) < 0)
                return bw_error_nomem(reterr);
        s->copy[at] = ';';
        s->colons[s->n_colons++] = parser->context_mark.index;
        return reread(s, reterr);
}

static int repair_tag(struct bw_yaml_source *s, size_t at, struct bw_error *reterr)
{
        size_t word = word_start(s, at);
        char c = byte_at(s, at);

        if ((c != ',' && c != '[' && c != ']') || byte_at(s, word) != '!' || byte_at(s, word + 1) == '<')
                return 0;
        return extend_tag(s, at, reterr);
}

int bw_yaml_repair_error(struct bw_yaml_source *s, const yaml_parser_t *parser, struct bw_error *reterr)
{
        size_t at;

        if (parser->error != YAML_SCANNER_ERROR)
                return 0;
        at = byte_of(s, parser->problem_mark.index);
        if (says(parser->problem, "found unexpected ':'"))
                return repair_colon(s, parser, at, reterr);
        if (says(parser->context, "a tag"))
                return repair_tag(s, at, reterr);
        if (says(parser->problem, "unknown escape") && byte_at(s, at) == '\\' && byte_at(s, at + 1) == '\'') {
                if (make_copy(s) < 0)
                        return bw_error_nomem(reterr);
                return drop_backslashes(s, at) ? reread(s, reterr) : 0;
        }
        return 0;
}
