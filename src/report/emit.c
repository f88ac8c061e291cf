/* SPDX-License-Identifier: Apache-2.0 */
#include "report/emit.h"

#include "base/error.h"
#include "base/utf8.h"
#include "report/report_internal.h"
#include "value/value.h"

#define INDENT 2

void bw_emit_init(struct bw_emit *e, enum bw_syntax syntax, const struct bw_report_options *options)
{
        e->buf = (struct bw_buf){0};
        e->syntax = syntax;
        e->options = options;
        e->status = 0;
        e->after_key = false;
        e->depth = 0;
}

void bw_emit_done(struct bw_emit *e)
{
        bw_buf_done(&e->buf);
}

static struct bw_emit_level *innermost(struct bw_emit *e)
{
        return e->depth ? &e->levels[e->depth - 1] : NULL;
}

static void new_line(struct bw_emit *e, size_t indent)
{
        char *to = bw_buf_reserve(&e->buf, indent + 1);

        if (!to)
                return;
        to[0] = '\n';
        memset(to + 1, ' ', indent);
        bw_buf_commit(&e->buf, indent + 1);
}

static void flush(struct bw_emit *e, size_t least)
{
        int r;

        /* After a failure the rest is thrown away block by block, so that memory stays bounded. */
        if (e->status < 0) {
                bw_buf_clear(&e->buf);
                return;
        }
        r = bw_report_flush(&e->buf, e->options, least);
        if (r < 0)
                e->status = r;
}

/* What stands before an item of a list, a key of a map, or a value after its key. */
static void lead(struct bw_emit *e)
{
        struct bw_emit_level *level = innermost(e);

        if (!level)
                return;
        if (e->after_key) {
                e->after_key = false;
                if (e->syntax == BW_SYNTAX_YAML)
                        bw_report_char(&e->buf, ' ');
                return;
        }
        if (e->syntax == BW_SYNTAX_JSON) {
                if (level->has_items)
                        bw_report_char(&e->buf, ',');
                new_line(e, e->depth * INDENT);
        } else {
                if (level->has_items || !level->in_line)
                        new_line(e, level->indent);
                if (level->is_list)
                        bw_report_put(&e->buf, "- ", 2);
        }
        level->has_items = true;
        if (e->buf.n >= BW_REPORT_BLOCK)
                flush(e, BW_REPORT_BLOCK);
}

static void begin(struct bw_emit *e, bool is_list)
{
        const struct bw_emit_level *parent = innermost(e);
        struct bw_emit_level level = {.is_list = is_list, .in_line = true};

        if (e->depth == BW_EMIT_DEPTH) {
                e->status = e->status ? e->status : -E2BIG;
                return;
        }
        if (e->syntax == BW_SYNTAX_JSON) {
                lead(e);
                bw_report_char(&e->buf, is_list ? '[' : '{');
        } else if (parent && e->after_key) {
                /* A list stands under its key without further indent, as kubectl prints it. */
                level.in_line = false;
                level.indent = (uint16_t)(parent->indent + (is_list ? 0 : INDENT));
                e->after_key = false;
        } else {
                lead(e);
                level.indent = (uint16_t)(parent ? parent->indent + INDENT : 0);
        }
        e->levels[e->depth++] = level;
}

void bw_emit_map(struct bw_emit *e)
{
        begin(e, false);
}

void bw_emit_list(struct bw_emit *e)
{
        begin(e, true);
}

void bw_emit_end(struct bw_emit *e)
{
        const struct bw_emit_level *level = innermost(e);

        if (!level)
                return;
        e->depth--;
        if (e->syntax == BW_SYNTAX_JSON) {
                if (level->has_items)
                        new_line(e, e->depth * INDENT);
                bw_report_char(&e->buf, level->is_list ? ']' : '}');
        } else if (!level->has_items) {
                if (!level->in_line)
                        bw_report_char(&e->buf, ' ');
                bw_report_puts(&e->buf, level->is_list ? "[]" : "{}");
        }
}

/* The length of the prefix of s that needs no escape between double quotes. */
static size_t quoted_run(struct bw_str s)
{
        size_t n = bw_plain_run(s);
        const char *quote = n ? memchr(s.p, '"', n) : NULL;
        const char *slash;

        if (quote)
                n = (size_t)(quote - s.p);
        slash = n ? memchr(s.p, '\\', n) : NULL;
        return slash ? (size_t)(slash - s.p) : n;
}

static void escape(struct bw_buf *out, uint32_t rune, struct bw_str bytes)
{
        static const char named[] = "\"\"\\\\\nn\rr\tt";

        for (size_t i = 0; i + 1 < sizeof(named); i += 2) {
                if (rune == (uint32_t)named[i]) {
                        bw_report_char(out, '\\');
                        bw_report_char(out, named[i + 1]);
                        return;
                }
        }
        if (rune == BW_RUNE_ERROR)
                bw_report_puts(out, "\xef\xbf\xbd");
        else if (rune < 0x10000 && (bw_rune_is_unsafe(rune) || rune >= 0xfffe))
                bw_buf_printf(out, "\\u%04x", (unsigned)rune);
        else
                bw_report_str(out, bytes);
}

/* A string in double quotes that JSON and YAML read alike. */
static void put_quoted(struct bw_buf *out, struct bw_str s)
{
        bw_report_char(out, '"');
        for (;;) {
                size_t n = quoted_run(s);
                uint32_t rune;

                bw_report_put(out, s.p, n);
                s = bw_str_rest(s, n);
                if (s.n == 0)
                        break;
                n = bw_utf8_decode(s, &rune);
                escape(out, rune, bw_str_n(s.p, n));
                s = bw_str_n(s.p + n, s.n - n);
        }
        bw_report_char(out, '"');
}

/* What YAML 1.1 and 1.2 would not read as a string. */
static const char *const yaml_words[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};

static bool is_yaml_word(struct bw_str s)
{
        for (size_t i = 0; s.n <= 5 && i < BW_ARRAY_SIZE(yaml_words); i++)
                if (s.n == strlen(yaml_words[i]) && strncasecmp(s.p, yaml_words[i], s.n) == 0)
                        return true;
        return false;
}

/* True if s may stand in YAML without quotes: it begins with a letter or '/', and holds nothing that YAML could mean.
 */
static bool is_yaml_plain(struct bw_str s)
{
        char first = s.n ? s.p[0] : ' ';

        if (!((first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z') || first == '/'))
                return false;
        if (bw_plain_run(s) != s.n || s.p[s.n - 1] == ' ' || s.p[s.n - 1] == ':' || is_yaml_word(s))
                return false;
        for (const char *p = memchr(s.p, ':', s.n); p; p = memchr(p + 1, ':', s.n - (size_t)(p + 1 - s.p)))
                if (p[1] == ' ')
                        return false;
        for (const char *p = memchr(s.p, '#', s.n); p; p = memchr(p + 1, '#', s.n - (size_t)(p + 1 - s.p)))
                if (p[-1] == ' ')
                        return false;
        return true;
}

/* True if s can be a block scalar: several lines, printable, and its first line sets the indent. */
static bool is_yaml_block(struct bw_str s)
{
        struct bw_str rest = s;
        struct bw_str line;

        if (s.n == 0 || s.p[0] == ' ' || s.p[0] == '\n' || s.p[s.n - 1] == '\n' || !memchr(s.p, '\n', s.n))
                return false;
        while (bw_str_split(&rest, '\n', &line)) {
                if (bw_plain_run(line) != line.n || (line.n && line.p[line.n - 1] == ' '))
                        return false;
        }
        return true;
}

static void put_block(struct bw_emit *e, struct bw_str s)
{
        const struct bw_emit_level *level = innermost(e);
        struct bw_str line;

        bw_report_put(&e->buf, "|-", 2);
        while (bw_str_split(&s, '\n', &line)) {
                new_line(e, line.n ? (level ? level->indent : 0u) + INDENT : 0u);
                bw_report_str(&e->buf, line);
        }
}

/* Expressions are full of double quotes: between single ones they stay as they are. */
static bool is_yaml_single(struct bw_str s)
{
        return bw_plain_run(s) == s.n && s.n && (memchr(s.p, '"', s.n) || memchr(s.p, '\\', s.n));
}

static void put_single(struct bw_buf *out, struct bw_str s)
{
        bw_report_char(out, '\'');
        while (s.n) {
                const char *quote = memchr(s.p, '\'', s.n);
                size_t n = quote ? (size_t)(quote - s.p) + 1 : s.n;

                bw_report_put(out, s.p, n);
                if (quote)
                        bw_report_char(out, '\'');
                s = bw_str_n(s.p + n, s.n - n);
        }
        bw_report_char(out, '\'');
}

static void put_str(struct bw_emit *e, struct bw_str s)
{
        if (e->syntax == BW_SYNTAX_JSON)
                put_quoted(&e->buf, s);
        else if (is_yaml_plain(s))
                bw_report_str(&e->buf, s);
        else if (is_yaml_single(s))
                put_single(&e->buf, s);
        else
                put_quoted(&e->buf, s);
}

void bw_emit_key(struct bw_emit *e, const char *key)
{
        lead(e);
        if (e->syntax == BW_SYNTAX_JSON)
                bw_report_char(&e->buf, '"');
        bw_report_puts(&e->buf, key);
        bw_report_puts(&e->buf, e->syntax == BW_SYNTAX_JSON ? "\": " : ":");
        e->after_key = true;
}

void bw_emit_any_key(struct bw_emit *e, struct bw_str key)
{
        lead(e);
        put_str(e, key);
        bw_report_puts(&e->buf, e->syntax == BW_SYNTAX_JSON ? ": " : ":");
        e->after_key = true;
}

void bw_emit_str(struct bw_emit *e, struct bw_str s)
{
        lead(e);
        if (e->syntax == BW_SYNTAX_YAML && is_yaml_block(s))
                put_block(e, s);
        else
                put_str(e, s);
}

void bw_emit_u64(struct bw_emit *e, uint64_t v)
{
        lead(e);
        bw_buf_u64(&e->buf, v);
}

void bw_emit_bool(struct bw_emit *e, bool b)
{
        lead(e);
        bw_report_puts(&e->buf, b ? "true" : "false");
}

static void emit_map_value(struct bw_emit *e, struct bw_value v)
{
        bw_emit_map(e);
        for (uint32_t i = 0; i < v.n && e->status == 0; i++) {
                struct bw_value key = v.map->entries[i].key;
                struct bw_buf text = {0};

                if (key.type == BW_STRING) {
                        bw_emit_any_key(e, bw_value_text(key));
                } else {
                        bw_value_json(&text, key, 0);
                        e->status = bw_buf_status(&text);
                        bw_emit_any_key(e, bw_buf_view(&text));
                        bw_buf_done(&text);
                }
                bw_emit_value(e, v.map->entries[i].value);
        }
        bw_emit_end(e);
}

void bw_emit_value(struct bw_emit *e, struct bw_value v)
{
        /* Stops at the first failure, also at the depth limit: without its level, begin and end would not match. */
        if (e->status < 0)
                return;
        if (e->depth + 1 >= BW_EMIT_DEPTH) {
                e->status = -E2BIG;
                return;
        }
        switch ((enum bw_type)v.type) {
        case BW_STRING:
                bw_emit_str(e, bw_value_text(v));
                break;
        case BW_MAP:
                emit_map_value(e, v);
                break;
        case BW_LIST:
                bw_emit_list(e);
                for (uint32_t i = 0; i < v.n; i++)
                        bw_emit_value(e, v.list->items[i]);
                bw_emit_end(e);
                break;
        case BW_OPTIONAL:
                bw_emit_value(e, v.opt ? *v.opt : bw_value_null());
                break;
        default:
                lead(e);
                bw_value_json(&e->buf, v, 0);
        }
}

void bw_emit_key_str(struct bw_emit *e, const char *key, struct bw_str s)
{
        bw_emit_key(e, key);
        bw_emit_str(e, s);
}

void bw_emit_key_u64(struct bw_emit *e, const char *key, uint64_t v)
{
        bw_emit_key(e, key);
        bw_emit_u64(e, v);
}

void bw_emit_next_document(struct bw_emit *e)
{
        bw_report_puts(&e->buf, e->syntax == BW_SYNTAX_YAML ? "\n---\n" : "\n");
}

int bw_emit_close(struct bw_emit *e, struct bw_error *reterr)
{
        bw_report_char(&e->buf, '\n');
        flush(e, 1);
        if (e->status == -ENOMEM)
                return bw_error_nomem(reterr);
        if (e->status == -E2BIG)
                return bw_error_set(reterr, -E2BIG, "output is too large or nested too deeply");
        return e->status;
}
