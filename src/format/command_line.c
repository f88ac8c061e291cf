/* SPDX-License-Identifier: Apache-2.0 */
#include "format/command_line.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"

struct words {
        struct bw_arena *arena;
        struct bw_word *items;
        size_t n, cap;
        struct bw_error *reterr;
        int status; /* the first failure stays */
};

static void add(struct words *words, const struct bw_buf *text, struct bw_str file, uint32_t line)
{
        struct bw_word word = {.file = file, .line = line};

        if (words->status < 0)
                return;
        if (words->n == BW_LIMIT_COMMAND_WORDS || bw_buf_status(text) < 0) {
                words->status = bw_error_set(words->reterr, -E2BIG, "more than %d words in a command", BW_LIMIT_COMMAND_WORDS);
                return;
        }
        word.text = bw_arena_str(words->arena, bw_buf_view(text));
        if (!word.text.p || bw_arena_grow(words->arena, &words->items, &words->cap, words->n, sizeof(word)) < 0) {
                words->status = bw_arena_error(words->arena, words->reterr);
                return;
        }
        words->items[words->n++] = word;
}

static int finish(const struct words *words, const struct bw_word **ret, size_t *ret_n)
{
        if (words->status < 0)
                return words->status;
        *ret = words->items;
        *ret_n = words->n;
        return 0;
}

static bool of_name(char c)
{
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* The variable at the beginning of s, which stands after a "$". The number of bytes that it takes; 0: there is none. */
static size_t variable(struct bw_str s, const struct bw_env *env, struct bw_buf *out)
{
        bool braced = s.n && s.p[0] == '{';
        size_t from = braced ? 1 : 0;
        size_t to = from;
        const struct bw_env_entry *entry;

        while (to < s.n && of_name(s.p[to]))
                to++;
        if (to == from || (braced && (to == s.n || s.p[to] != '}')))
                return 0;
        entry = env ? bw_env_find(env, bw_str_n(s.p + from, to - from)) : NULL;
        if (!entry)
                return 0;
        bw_buf_str(out, entry->value);
        return to + (braced ? 1 : 0);
}

/* ---- scripts */

struct script {
        struct words words;
        struct bw_str rest;
        const struct bw_env *env;
        struct bw_str file;
        uint32_t line;
        struct bw_buf word;
        bool in_word;    /* also an empty one: '' */
        bool to_nowhere; /* the word is a redirection's */
};

static char take(struct script *s)
{
        char c = s->rest.p[0];

        s->rest = bw_str_rest(s->rest, 1);
        s->line += c == '\n';
        return c;
}

static void end_word(struct script *s)
{
        if (s->in_word && !s->to_nowhere)
                add(&s->words, &s->word, s->file, s->line);
        if (s->in_word)
                s->to_nowhere = false;
        s->in_word = false;
        bw_buf_clear(&s->word);
}

static void end_command(struct script *s)
{
        end_word(s);
        s->to_nowhere = false;
        if (s->words.n)
                s->words.items[s->words.n - 1].last = true;
}

static void dollar(struct script *s)
{
        size_t n = variable(s->rest, s->env, &s->word);

        if (!n)
                bw_buf_char(&s->word, '$');
        s->rest = bw_str_rest(s->rest, n);
        s->in_word = true;
}

static void quoted(struct script *s, char quote)
{
        s->in_word = true;
        while (s->rest.n) {
                char c = take(s);

                if (c == quote)
                        return;
                if (quote == '"' && c == '\\' && s->rest.n && strchr("$`\"\\\n", s->rest.p[0])) {
                        c = take(s);
                        if (c != '\n')
                                bw_buf_char(&s->word, c);
                } else if (quote == '"' && c == '$') {
                        dollar(s);
                } else {
                        bw_buf_char(&s->word, c);
                }
        }
}

/* "2>", ">>", "<", ">&1": the number before it and the word after it belong to no command's arguments. */
static void redirection(struct script *s)
{
        bool number = s->word.n > 0;

        for (size_t i = 0; i < s->word.n; i++)
                number &= s->word.p[i] >= '0' && s->word.p[i] <= '9';
        if (number) {
                s->in_word = false;
                bw_buf_clear(&s->word);
        }
        end_word(s);
        while (s->rest.n && strchr("<>&|", s->rest.p[0]))
                take(s);
        s->to_nowhere = true;
}

static void step(struct script *s)
{
        char c = take(s);

        switch (c) {
        case '\'':
        case '"':
                quoted(s, c);
                break;
        case '\\':
                if (s->rest.n && (c = take(s)) != '\n') {
                        bw_buf_char(&s->word, c);
                        s->in_word = true;
                }
                break;
        case '$':
                dollar(s);
                break;
        case ' ':
        case '\t':
        case '\r':
                end_word(s);
                break;
        case '\n':
        case ';':
        case '&':
        case '|':
        case '(':
        case ')':
                end_command(s);
                break;
        case '<':
        case '>':
                redirection(s);
                break;
        case '#':
                if (!s->in_word) {
                        while (s->rest.n && s->rest.p[0] != '\n')
                                take(s);
                        break;
                }
                BW_FALLTHROUGH;
        default:
                bw_buf_char(&s->word, c);
                s->in_word = true;
        }
}

int bw_shell_words(struct bw_arena *arena, struct bw_str script, const struct bw_env *env, struct bw_str file,
                   uint32_t first_line, const struct bw_word **ret, size_t *ret_n, struct bw_error *reterr)
{
        struct script s = {
                .words = {.arena = arena, .reterr = reterr},
                .rest = script,
                .env = env,
                .file = file,
                .line = first_line,
                .word = {.ceiling = BW_LIMIT_CONFIG_TEXT},
        };

        while (s.rest.n && s.words.status == 0)
                step(&s);
        end_command(&s);
        bw_buf_done(&s.word);
        return finish(&s.words, ret, ret_n);
}

/* ---- files of arguments */

static void args_line(struct words *words, struct bw_str line, const struct bw_env *env, struct bw_str file,
                      uint32_t number, struct bw_buf *word)
{
        struct bw_str part;

        while (words->status == 0 && bw_str_split(&line, ' ', &part)) {
                bw_buf_clear(word);
                for (size_t i = 0; i < part.n; i++) {
                        size_t n = part.p[i] == '$' ? variable(bw_str_rest(part, i + 1), env, word) : 0;

                        if (n)
                                i += n;
                        else if (part.p[i] != '"' && part.p[i] != '\'')
                                bw_buf_char(word, part.p[i]);
                }
                if (word->n)
                        add(words, word, file, number);
        }
}

int bw_args_file_read(struct bw_arena *arena, struct bw_str file, struct bw_str text, const struct bw_env *env,
                      const struct bw_word **ret, size_t *ret_n, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf word = {.ceiling = BW_LIMIT_CONFIG_TEXT};
        struct words words = {.arena = arena, .reterr = reterr};
        struct bw_str line;

        for (uint32_t number = 1; words.status == 0 && bw_str_split(&text, '\n', &line); number++) {
                line = bw_str_trim(line);
                if (line.n && line.p[0] != '#')
                        args_line(&words, line, env, file, number, &word);
        }
        return finish(&words, ret, ret_n);
}

/* ---- k3s's log */

/* Where the message begins in a line: after msg=", or after journalctl's "k3s[612]: ". SIZE_MAX: nowhere. */
static size_t message_at(struct bw_str line)
{
        static const char field[] = "msg=\"";
        static const char unit[] = "]: ";
        size_t at = bw_str_find(line, bw_str(field));

        if (at != SIZE_MAX)
                return at == 0 || line.p[at - 1] == ' ' ? at + sizeof(field) - 1 : SIZE_MAX;
        at = bw_str_find(line, bw_str(unit));
        return at == SIZE_MAX ? SIZE_MAX : at + sizeof(unit) - 1;
}

/* k3s joins arguments with blanks: what does not begin with a dash belongs to the argument before it. */
static void log_words(struct words *words, struct bw_str text, struct bw_str file, uint32_t line, struct bw_buf *word)
{
        bw_buf_clear(word);
        for (size_t i = 0; i < text.n && text.p[i] != '"'; i++) {
                char c = text.p[i];

                if (c == '\\' && i + 1 < text.n) {
                        c = text.p[++i];
                        c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
                } else if (c == ' ' && i + 1 < text.n && (text.p[i + 1] == '-' || text.p[i + 1] == '"')) {
                        if (word->n)
                                add(words, word, file, line);
                        bw_buf_clear(word);
                        continue;
                }
                bw_buf_char(word, c);
        }
        if (word->n)
                add(words, word, file, line);
}

int bw_k3s_log_read(struct bw_arena *arena, struct bw_str file, struct bw_str text, const char *component,
                    const struct bw_word **ret, size_t *ret_n, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {.ceiling = BW_LIMIT_CONFIG_TEXT};
        bw_auto_done(bw_buf_done) struct bw_buf start = {.ceiling = BW_LIMIT_CONFIG_TEXT};
        struct words words = {.arena = arena, .reterr = reterr};
        struct bw_str found = {0};
        uint32_t found_line = 0;
        struct bw_str line;

        bw_buf_printf(&start, "Running %s ", component);
        if (bw_buf_status(&start) < 0)
                return bw_error_nomem(reterr);
        for (uint32_t number = 1; bw_str_split(&text, '\n', &line); number++) {
                size_t at = message_at(line);

                if (at == SIZE_MAX || !bw_str_starts(bw_str_rest(line, at), bw_buf_view(&start)))
                        continue;
                found = bw_str_rest(line, at + start.n);
                found_line = number;
        }
        if (!found_line)
                return -ENOENT;
        log_words(&words, found, file, found_line, &buf);
        return finish(&words, ret, ret_n);
}
