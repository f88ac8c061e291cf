/* SPDX-License-Identifier: Apache-2.0 */
#include "format/systemd_unit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/utf8.h"

static bool is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* ---- lines and settings */

struct lines {
        struct bw_str rest;
        uint32_t number; /* of the line that comes next, from 1 */
};

static bool next_line(struct lines *lines, struct bw_str *line)
{
        if (!bw_str_split(&lines->rest, '\n', line))
                return false;
        lines->number++;
        return true;
}

static bool is_comment(struct bw_str line)
{
        line = bw_str_trim(line);
        return line.n && (line.p[0] == '#' || line.p[0] == ';');
}

/* Takes away a backslash at the end: the line goes on. */
static bool goes_on(struct bw_str *line)
{
        if (line->n && line->p[line->n - 1] == '\r')
                line->n--;
        if (!line->n || line->p[line->n - 1] != '\\')
                return false;
        line->n--;
        return true;
}

/* A setting with its continuation lines; comments between them are passed over. */
static int whole_line(struct bw_arena *arena, struct lines *lines, struct bw_str line, struct bw_str *ret)
{
        bw_auto_done(bw_buf_done) struct bw_buf joined = {.ceiling = BW_LIMIT_CONFIG_TEXT};
        bool more = goes_on(&line);

        if (!more) {
                *ret = line;
                return 0;
        }
        bw_buf_str(&joined, line);
        while (more && next_line(lines, &line)) {
                if (is_comment(line))
                        continue;
                more = goes_on(&line);
                bw_buf_char(&joined, ' ');
                bw_buf_str(&joined, line);
        }
        if (bw_buf_status(&joined) < 0)
                return bw_buf_status(&joined);
        *ret = bw_arena_str(arena, bw_buf_view(&joined));
        return ret->p ? 0 : -ENOMEM;
}

static int add_setting(struct bw_unit *unit, const struct bw_unit_setting *setting, struct bw_error *reterr)
{
        if (unit->n == BW_LIMIT_UNIT_SETTINGS)
                return bw_error_set(reterr, -E2BIG, "more than %d settings in a unit", BW_LIMIT_UNIT_SETTINGS);
        if (bw_arena_grow(unit->arena, &unit->settings, &unit->cap, unit->n, sizeof(unit->settings[0])) < 0)
                return bw_arena_error(unit->arena, reterr);
        unit->settings[unit->n++] = *setting;
        return 0;
}

int bw_unit_read(struct bw_unit *unit, struct bw_str file, struct bw_str text, struct bw_error *reterr)
{
        static const struct bw_str mark = {.p = "\xef\xbb\xbf", .n = 3};
        struct lines lines = {.rest = bw_str_starts(text, mark) ? bw_str_rest(text, mark.n) : text};
        struct bw_unit_setting setting = {.file = file};
        struct bw_str line;
        int r = 0;

        while (r == 0 && next_line(&lines, &line)) {
                if (is_comment(line))
                        continue;
                setting.line = lines.number;
                r = whole_line(unit->arena, &lines, line, &line);
                if (r < 0)
                        return bw_error_set(reterr, r, "a setting is too long");
                line = bw_str_trim(line);
                if (line.n > 1 && line.p[0] == '[' && line.p[line.n - 1] == ']') {
                        setting.section = bw_str_n(line.p + 1, line.n - 2);
                } else if (memchr(line.p ? line.p : "", '=', line.n)) {
                        bw_str_split(&line, '=', &setting.key);
                        setting.key = bw_str_trim(setting.key);
                        setting.value = bw_str_trim(line);
                        r = add_setting(unit, &setting, reterr);
                }
        }
        return r;
}

static bool is_setting(const struct bw_unit_setting *s, const char *section, const char *key)
{
        return bw_str_is(s->key, key) && bw_str_is(s->section, section);
}

const struct bw_unit_setting *bw_unit_next(const struct bw_unit *unit, const char *section, const char *key, size_t *at)
{
        for (size_t i = *at == 0 ? unit->n : 0; i > 0; i--)
                if (unit->settings[i - 1].value.n == 0 && is_setting(&unit->settings[i - 1], section, key)) {
                        *at = i;
                        break;
                }
        for (; *at < unit->n; ++*at)
                if (is_setting(&unit->settings[*at], section, key))
                        return &unit->settings[(*at)++];
        return NULL;
}

struct bw_str bw_unit_last(const struct bw_unit *unit, const char *section, const char *key)
{
        for (size_t i = unit->n; i > 0; i--)
                if (is_setting(&unit->settings[i - 1], section, key))
                        return unit->settings[i - 1].value;
        return BW_STR("");
}

/* ---- words */

struct words {
        struct bw_arena *arena;
        struct bw_word *items;
        size_t n, cap;
};

static int add_word(struct words *words, const struct bw_word *word, struct bw_error *reterr)
{
        if (words->n == BW_LIMIT_COMMAND_WORDS)
                return bw_error_set(reterr, -E2BIG, "more than %d words in a command", BW_LIMIT_COMMAND_WORDS);
        if (bw_arena_grow(words->arena, &words->items, &words->cap, words->n, sizeof(words->items[0])) < 0)
                return bw_arena_error(words->arena, reterr);
        words->items[words->n++] = *word;
        return 0;
}

static int digit(char c, unsigned base)
{
        int v = c >= '0' && c <= '9' ? c - '0'
              : c >= 'a' && c <= 'f' ? c - 'a' + 10
              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                     : 99;

        return v < (int)base ? v : -1;
}

/* \xHH, \NNN, \uXXXX, \UXXXXXXXX: exactly so many digits. False: none such. */
static bool numeric_escape(struct bw_buf *out, struct bw_str *s)
{
        unsigned base = s->p[0] >= '0' && s->p[0] <= '7' ? 8 : 16;
        size_t skip = base == 8 ? 0 : 1;
        size_t n = base == 8 ? 3 : s->p[0] == 'x' ? 2 : s->p[0] == 'u' ? 4 : s->p[0] == 'U' ? 8 : 0;
        uint32_t value = 0;

        if (!n || s->n < skip + n)
                return false;
        for (size_t i = skip; i < skip + n; i++) {
                int d = digit(s->p[i], base);

                if (d < 0)
                        return false;
                value = value * base + (uint32_t)d;
        }
        if (value == 0 || value > 0x10ffff || (base == 8 && value > 0xff))
                return false;
        if (n == 4 || n == 8) {
                char bytes[4];

                bw_buf_put(out, bytes, bw_utf8_encode(value, bytes));
        } else {
                bw_buf_char(out, (char)value);
        }
        *s = bw_str_rest(*s, skip + n);
        return true;
}

/* What follows a backslash. An escape that systemd does not know stays as it is written. */
static void unescape(struct bw_buf *out, struct bw_str *s)
{
        static const char from[] = "abfnrtvs\\\"'";
        static const char to[] = "\a\b\f\n\r\t\v \\\"'";
        const char *known = s->n ? memchr(from, s->p[0], sizeof(from) - 1) : NULL;

        if (known) {
                bw_buf_char(out, to[known - from]);
                *s = bw_str_rest(*s, 1);
        } else if (!s->n || !numeric_escape(out, s)) {
                bw_buf_char(out, '\\');
        }
}

/* Cuts the next word off s into out. False: there is none. */
static bool next_word(struct bw_str *s, struct bw_buf *out)
{
        char quote = 0;

        bw_buf_clear(out);
        while (s->n && is_blank(s->p[0]))
                *s = bw_str_rest(*s, 1);
        if (!s->n)
                return false;
        while (s->n) {
                char c = s->p[0];

                if (!quote && is_blank(c))
                        break;
                *s = bw_str_rest(*s, 1);
                if (c == '\\')
                        unescape(out, s);
                else if (quote && c == quote)
                        quote = 0;
                else if (!quote && (c == '"' || c == '\''))
                        quote = c;
                else
                        bw_buf_char(out, c);
        }
        return true;
}

static int keep(struct bw_arena *arena, const struct bw_buf *buf, struct bw_str *ret, struct bw_error *reterr)
{
        if (bw_buf_status(buf) < 0)
                return bw_error_set(reterr, bw_buf_status(buf), "a word is too long");
        *ret = bw_arena_str(arena, bw_buf_view(buf));
        return ret->p ? 0 : bw_arena_error(arena, reterr);
}

/* ---- environment */

int bw_env_add(struct bw_env *env, const struct bw_env_entry *entry, struct bw_error *reterr)
{
        if (env->n == BW_LIMIT_UNIT_SETTINGS)
                return bw_error_set(reterr, -E2BIG, "more than %d variables", BW_LIMIT_UNIT_SETTINGS);
        if (bw_arena_grow(env->arena, &env->entries, &env->cap, env->n, sizeof(env->entries[0])) < 0)
                return bw_arena_error(env->arena, reterr);
        env->entries[env->n++] = *entry;
        return 0;
}

const struct bw_env_entry *bw_env_find(const struct bw_env *env, struct bw_str name)
{
        for (size_t i = env->n; i > 0; i--)
                if (bw_str_eq(env->entries[i - 1].name, name))
                        return &env->entries[i - 1];
        return NULL;
}

static bool is_name(struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];

                if (!(c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (i && c >= '0' && c <= '9')))
                        return false;
        }
        return s.n > 0;
}

/* "A=b" into the environment; anything else is passed over. */
static int add_assignment(struct bw_env *env, struct bw_str text, struct bw_str file, uint32_t line,
                          struct bw_error *reterr)
{
        struct bw_env_entry entry = {.file = file, .line = line};

        if (!memchr(text.p ? text.p : "", '=', text.n))
                return 0;
        bw_str_split(&text, '=', &entry.name);
        entry.value = text;
        return is_name(entry.name) ? bw_env_add(env, &entry, reterr) : 0;
}

int bw_unit_environment(const struct bw_unit *unit, struct bw_env *env, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf word = {.ceiling = BW_LIMIT_CONFIG_TEXT};
        const struct bw_unit_setting *s;
        size_t at = 0;
        int r = 0;

        while (r == 0 && (s = bw_unit_next(unit, "Service", "Environment", &at))) {
                struct bw_str rest = s->value;
                struct bw_str text;

                while (r == 0 && next_word(&rest, &word)) {
                        r = keep(env->arena, &word, &text, reterr);
                        if (r == 0)
                                r = add_assignment(env, text, s->file, s->line, reterr);
                }
        }
        return r;
}

/* One value of an environment file: from after "=" to its end, which may be lines further on. */
static void file_value(struct bw_str *s, uint32_t *line, struct bw_buf *out)
{
        size_t solid = 0; /* what stands in quotes keeps its blanks at the end */
        char quote = 0;

        bw_buf_clear(out);
        while (s->n && (s->p[0] == ' ' || s->p[0] == '\t'))
                *s = bw_str_rest(*s, 1);
        while (s->n && (quote || s->p[0] != '\n')) {
                char c = s->p[0];
                char next = s->n > 1 ? s->p[1] : 0;

                *s = bw_str_rest(*s, 1);
                *line += c == '\n';
                if (c == '\\' && quote != '\'' && s->n) {
                        *line += next == '\n';
                        if (quote == '"' && !strchr("\"\\`$\n", next))
                                bw_buf_char(out, c);
                        if (next != '\n')
                                bw_buf_char(out, next);
                        *s = bw_str_rest(*s, 1);
                        solid = out->n;
                } else if (quote ? c == quote : c == '"' || c == '\'') {
                        quote = quote ? 0 : c;
                        solid = out->n;
                } else {
                        bw_buf_char(out, c);
                }
        }
        while (out->n > solid && is_blank(out->p[out->n - 1]))
                out->n--;
}

int bw_env_file_read(struct bw_env *env, struct bw_str file, struct bw_str text, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf value = {.ceiling = BW_LIMIT_CONFIG_TEXT};
        uint32_t line = 1;
        int r = 0;

        for (; r == 0 && text.n; line++) {
                struct bw_env_entry entry = {.file = file, .line = line};
                const char *end = memchr(text.p, '\n', text.n);
                struct bw_str head = bw_str_n(text.p, end ? (size_t)(end - text.p) : text.n);
                const char *equals = memchr(head.p, '=', head.n);

                if (is_comment(head) || !equals) {
                        text = bw_str_rest(text, BW_MIN(head.n + 1, text.n));
                        continue;
                }
                entry.name = bw_str_trim(bw_str_n(head.p, (size_t)(equals - head.p)));
                text = bw_str_rest(text, (size_t)(equals - head.p) + 1);
                file_value(&text, &line, &value);
                text = bw_str_rest(text, BW_MIN(1, text.n));
                r = keep(env->arena, &value, &entry.value, reterr);
                if (r == 0 && is_name(entry.name))
                        r = bw_env_add(env, &entry, reterr);
        }
        return r;
}

/* ---- command lines */

/* "${NAME}" in place, "$$" as "$", "%%" as "%". */
static void put_in(struct bw_str word, const struct bw_env *env, struct bw_buf *out)
{
        bw_buf_clear(out);
        for (size_t i = 0; i < word.n; i++) {
                const char *end;

                if (word.p[i] == '%' && i + 1 < word.n && word.p[i + 1] == '%')
                        i++;
                if (!env || word.p[i] != '$' || i + 1 == word.n) {
                        bw_buf_char(out, word.p[i]);
                        continue;
                }
                if (word.p[i + 1] == '$') {
                        bw_buf_char(out, word.p[i++]);
                        continue;
                }
                end = word.p[i + 1] == '{' ? memchr(word.p + i, '}', word.n - i) : NULL;
                if (end) {
                        struct bw_str name = bw_str_n(word.p + i + 2, (size_t)(end - word.p) - i - 2);
                        const struct bw_env_entry *entry = bw_env_find(env, name);

                        if (entry)
                                bw_buf_str(out, entry->value);
                        i = (size_t)(end - word.p);
                } else {
                        bw_buf_char(out, word.p[i]);
                }
        }
}

/* A word that is a variable as a whole becomes the words of its value. */
static int add_variable(struct words *words, const struct bw_env_entry *entry, struct bw_buf *scratch,
                        struct bw_error *reterr)
{
        struct bw_str rest = entry ? entry->value : BW_STR("");
        int r = 0;

        while (r == 0 && next_word(&rest, scratch)) {
                struct bw_word word = {.file = entry->file, .line = entry->line};

                r = keep(words->arena, scratch, &word.text, reterr);
                if (r == 0)
                        r = add_word(words, &word, reterr);
        }
        return r;
}

static int add_argument(struct words *words, struct bw_word word, const struct bw_env *env, struct bw_buf *scratch,
                        struct bw_error *reterr)
{
        struct bw_str name = bw_str_rest(word.text, BW_MIN(1, word.text.n));
        int r;

        if (env && word.text.n > 1 && word.text.p[0] == '$' && is_name(name))
                return add_variable(words, bw_env_find(env, name), scratch, reterr);
        put_in(word.text, env, scratch);
        r = keep(words->arena, scratch, &word.text, reterr);
        return r < 0 ? r : add_word(words, &word, reterr);
}

static int command_words(const struct bw_unit *unit, const struct bw_unit_setting *s, const struct bw_env *env,
                         struct words *words, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf scratch = {.ceiling = BW_LIMIT_CONFIG_TEXT};
        struct bw_str rest = s->value;
        bool names_itself = false; /* "@": the second word is argv[0] */
        int r = 0;

        for (size_t i = 0; r == 0 && next_word(&rest, &scratch); i++) {
                struct bw_word word = {.file = s->file, .line = s->line};

                r = keep(unit->arena, &scratch, &word.text, reterr);
                for (; r == 0 && i == 0 && word.text.n && strchr("@-:+!|", word.text.p[0]);
                     word.text = bw_str_rest(word.text, 1)) {
                        names_itself |= word.text.p[0] == '@';
                        env = word.text.p[0] == ':' ? NULL : env;
                }
                if (bw_str_is(word.text, ";"))
                        break;
                if (r == 0 && !(i == 1 && names_itself))
                        r = i == 0 ? add_word(words, &word, reterr) : add_argument(words, word, env, &scratch, reterr);
        }
        return r;
}

int bw_unit_command(const struct bw_unit *unit, size_t number, const struct bw_env *env, const struct bw_word **ret,
                    size_t *ret_n, struct bw_error *reterr)
{
        struct words words = {.arena = unit->arena};
        const struct bw_unit_setting *s = NULL;
        size_t at = 0;
        int r;

        for (size_t i = 0; i <= number; i++) {
                s = bw_unit_next(unit, "Service", "ExecStart", &at);
                if (!s)
                        return -ENOENT;
        }
        r = command_words(unit, s, env, &words, reterr);
        if (r < 0)
                return r;
        *ret = words.items;
        *ret_n = words.n;
        return 0;
}
