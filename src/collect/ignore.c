/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/ignore.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

/*
 * A pattern is compiled to tokens. SUBDIRS is "**" and the slash behind it: any number of whole folders. A class is a
 * number of a 256-bit set.
 */
enum token_kind {
        TOKEN_BYTE,    /* value: the byte */
        TOKEN_ANY,     /* ?  one byte, no slash */
        TOKEN_CLASS,   /* value: number of the set; no slash */
        TOKEN_STAR,    /* *  any bytes, no slash */
        TOKEN_SUBDIRS, /* value: least number of folders */
        TOKEN_REST,    /* ** at the end: whatever follows */
};

struct token {
        uint8_t kind;
        uint8_t unused;
        uint16_t value;
};

struct byte_set {
        uint64_t bits[4];
};

struct pattern {
        const struct token *tokens;
        const struct byte_set *sets;
        uint32_t n_tokens;
        bool negated;
        bool dir_only;
        bool base_only; /* no slash: matches the last part of a path */
};

struct bw_ignore {
        struct bw_arena *arena;
        struct pattern *patterns;
        size_t n_patterns, cap;
};

static void set_add(struct byte_set *set, unsigned char c)
{
        set->bits[c >> 6] |= UINT64_C(1) << (c & 63);
}

static bool set_has(const struct byte_set *set, unsigned char c)
{
        return set->bits[c >> 6] >> (c & 63) & 1;
}

static void set_add_range(struct byte_set *set, unsigned char from, unsigned char to)
{
        for (unsigned c = from; c <= to; c++)
                set_add(set, (unsigned char)c);
}

/* [:name:] in ASCII, as ranges. */
static const struct {
        const char *name;
        const char *ranges; /* pairs */
} named_classes[] = {
        {"alnum", "09AZaz"},   {"alpha", "AZaz"},   {"blank", "\t\t  "}, {"cntrl", "\x01\x1f\x7f\x7f"},
        {"digit", "09"},       {"graph", "!~"},     {"lower", "az"},     {"print", " ~"},
        {"punct", "!/:@[`{~"}, {"space", "\t\r  "}, {"upper", "AZ"},     {"xdigit", "09AFaf"},
};

static bool add_named_class(struct byte_set *set, struct bw_str name)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(named_classes); i++) {
                if (!bw_str_is(name, named_classes[i].name))
                        continue;
                for (const char *r = named_classes[i].ranges; *r; r += 2)
                        set_add_range(set, (unsigned char)r[0], (unsigned char)r[1]);
                return true;
        }
        return false;
}

/* One byte of a class, unescaped. False at the end of the text. */
static bool class_byte(struct bw_str s, size_t *at, unsigned char *ret)
{
        if (*at < s.n && s.p[*at] == '\\')
                ++*at;
        if (*at >= s.n)
                return false;
        *ret = (unsigned char)s.p[(*at)++];
        return true;
}

/* "[:name:]" at s.p[*at]: 1 taken, 0 is none (an ordinary '['), -EINVAL no such class or no end. */
static int class_name(struct bw_str s, size_t *at, struct byte_set *set)
{
        size_t from = *at + 2;
        size_t end;

        if (from > s.n || s.p[*at + 1] != ':')
                return 0;
        for (end = from; end < s.n && s.p[end] != ']'; end++)
                ;
        if (end == s.n)
                return -EINVAL;
        if (end == from || s.p[end - 1] != ':')
                return 0;
        if (!add_named_class(set, bw_str_n(s.p + from, end - 1 - from)))
                return -EINVAL;
        *at = end + 1;
        return 1;
}

/* A class from behind its '[' to behind its ']'. False when it is malformed. */
static bool parse_class(struct bw_str s, size_t *at, struct byte_set *set)
{
        bool negated = false;
        int before = -1; /* the byte that a range could begin with */
        size_t i = *at;

        if (i < s.n && (s.p[i] == '!' || s.p[i] == '^')) {
                negated = true;
                i++;
        }
        for (bool first = true; first || i >= s.n || s.p[i] != ']'; first = false) {
                unsigned char c;
                int named;

                if (i >= s.n)
                        return false;
                named = s.p[i] == '[' ? class_name(s, &i, set) : 0;
                if (named < 0)
                        return false;
                if (named) {
                        before = -1;
                        continue;
                }
                if (s.p[i] == '-' && before >= 0 && i + 1 < s.n && s.p[i + 1] != ']') {
                        i++;
                        if (!class_byte(s, &i, &c))
                                return false;
                        if (before <= c)
                                set_add_range(set, (unsigned char)before, c);
                        before = -1;
                        continue;
                }
                if (!class_byte(s, &i, &c))
                        return false;
                set_add(set, c);
                before = c ? c : -1;
        }
        if (negated)
                for (size_t w = 0; w < BW_ARRAY_SIZE(set->bits); w++)
                        set->bits[w] = ~set->bits[w];
        *at = i + 1;
        return true;
}

/*
 * A run of stars at s.p[at]. Two or more stand for folders when they fill the place between slashes, or when only plain
 * text comes before them (git compares that text apart, and so sees the stars as the beginning).
 */
static struct token star_token(struct bw_str s, size_t *at, size_t n_plain, bool base_only)
{
        size_t from = *at;
        size_t i = from;
        struct bw_str rest;

        while (i < s.n && s.p[i] == '*')
                i++;
        *at = i;
        rest = bw_str_n(s.p + i, s.n - i);
        if (i - from < 2 || base_only || (from != 0 && from != n_plain && s.p[from - 1] != '/'))
                return (struct token){.kind = TOKEN_STAR};
        if (rest.n == 0)
                return (struct token){.kind = TOKEN_REST};
        if (rest.p[0] == '/') {
                *at = i + 1;
                return (struct token){.kind = TOKEN_SUBDIRS, .value = 0};
        }
        if (bw_str_starts(rest, BW_STR("\\/"))) {
                *at = i + 2;
                return (struct token){.kind = TOKEN_SUBDIRS, .value = 1};
        }
        return (struct token){.kind = TOKEN_STAR};
}

static bool is_special(char c)
{
        return c == '*' || c == '?' || c == '[' || c == '\\';
}

/* Fills tokens and sets (each with room for s.n). The number of tokens, or 0 for a pattern that matches nothing. */
static uint32_t tokenize(struct bw_str s, bool base_only, struct token *tokens, struct byte_set *sets)
{
        size_t n_plain = 0;
        uint16_t n_sets = 0;
        uint32_t n = 0;

        while (n_plain < s.n && !is_special(s.p[n_plain]))
                n_plain++;
        for (size_t i = 0; i < s.n;) {
                struct token *t = &tokens[n++];

                switch (s.p[i]) {
                case '*':
                        *t = star_token(s, &i, n_plain, base_only);
                        break;
                case '?':
                        *t = (struct token){.kind = TOKEN_ANY};
                        i++;
                        break;
                case '[':
                        *t = (struct token){.kind = TOKEN_CLASS, .value = n_sets};
                        i++;
                        if (!parse_class(s, &i, &sets[n_sets++]))
                                return 0;
                        break;
                case '\\':
                        if (++i >= s.n)
                                return 0;
                        BW_FALLTHROUGH;
                default:
                        *t = (struct token){.kind = TOKEN_BYTE, .value = (unsigned char)s.p[i]};
                        i++;
                }
        }
        return n;
}

/* Without the blanks at the end that no backslash keeps. */
static struct bw_str trim_end(struct bw_str line)
{
        size_t keep = 0;

        for (size_t i = 0; i < line.n; i++) {
                if (line.p[i] == '\\')
                        i++;
                else if (line.p[i] == ' ')
                        continue;
                keep = BW_MIN(i + 1, line.n);
        }
        return bw_str_n(line.p, keep);
}

static size_t count_byte(struct bw_str s, char c)
{
        size_t n = 0;

        for (size_t i = 0; i < s.n; i++)
                n += s.p[i] == c;
        return n;
}

/* -ENOMEM */
static int add_pattern(struct bw_ignore *ignore, struct bw_str line)
{
        struct pattern pattern = {0};
        struct byte_set *sets;
        struct token *tokens;

        if (line.n && line.p[0] == '!') {
                pattern.negated = true;
                line = bw_str_n(line.p + 1, line.n - 1);
        }
        if (line.n && line.p[line.n - 1] == '/') {
                pattern.dir_only = true;
                line.n--;
        }
        pattern.base_only = line.n == 0 || !memchr(line.p, '/', line.n);
        if (line.n && line.p[0] == '/')
                line = bw_str_n(line.p + 1, line.n - 1);
        if (line.n == 0)
                return 0;
        tokens = bw_arena_array(ignore->arena, line.n, sizeof(*tokens));
        sets = bw_arena_zalloc(ignore->arena, (count_byte(line, '[') + 1) * sizeof(*sets));
        if (!tokens || !sets || bw_grow(&ignore->patterns, &ignore->cap, ignore->n_patterns + 1, sizeof(pattern)) < 0)
                return -ENOMEM;
        pattern.tokens = tokens;
        pattern.sets = sets;
        pattern.n_tokens = tokenize(line, pattern.base_only, tokens, sets);
        if (pattern.n_tokens)
                ignore->patterns[ignore->n_patterns++] = pattern;
        return 0;
}

static int add_line(struct bw_ignore *ignore, struct bw_str line, uint32_t number, struct bw_error *reterr)
{
        const char *nul = line.n ? memchr(line.p, '\0', line.n) : NULL;

        if (line.n == 0 || line.p[0] == '#')
                return 0;
        if (nul)
                line.n = (size_t)(nul - line.p);
        if (line.n && line.p[line.n - 1] == '\r')
                line.n--;
        line = trim_end(line);
        if (line.n > BW_LIMIT_IGNORE_PATTERN)
                return bw_error_at(reterr, -E2BIG, number, 1, "a pattern has more than %d bytes",
                                   BW_LIMIT_IGNORE_PATTERN);
        if (ignore->n_patterns >= BW_LIMIT_IGNORE_PATTERNS)
                return bw_error_at(reterr, -E2BIG, number, 1, "more than %d patterns", BW_LIMIT_IGNORE_PATTERNS);
        if (add_pattern(ignore, line) < 0)
                return bw_error_nomem(reterr);
        return 0;
}

int bw_ignore_parse(struct bw_str text, struct bw_ignore **ret_ignore, struct bw_error *reterr)
{
        bw_auto(bw_ignore_free) struct bw_ignore *ignore = bw_zalloc(sizeof(*ignore));
        struct bw_str line;

        if (!ignore)
                return bw_error_nomem(reterr);
        ignore->arena = bw_arena_new(0);
        if (!ignore->arena)
                return bw_error_nomem(reterr);
        if (text.n > BW_LIMIT_IGNORE_BYTES)
                return bw_error_set(reterr, -E2BIG, "an ignore file has at most %zu bytes",
                                    (size_t)BW_LIMIT_IGNORE_BYTES);
        if (bw_str_starts(text, BW_STR("\xef\xbb\xbf")))
                text = bw_str_n(text.p + 3, text.n - 3);
        for (uint32_t number = 1; bw_str_split(&text, '\n', &line); number++) {
                int r = add_line(ignore, line, number, reterr);

                if (r < 0)
                        return r;
        }
        *ret_ignore = bw_take(ignore);
        return 0;
}

void bw_ignore_free(struct bw_ignore *ignore)
{
        if (!ignore)
                return;
        bw_arena_free(ignore->arena);
        bw_free(ignore->patterns);
        bw_free(ignore);
}

/* Behind the next slash at or after `at`, or SIZE_MAX. */
static size_t next_part(struct bw_str s, size_t at)
{
        const char *slash = at < s.n ? memchr(s.p + at, '/', s.n - at) : NULL;

        return slash ? (size_t)(slash - s.p) + 1 : SIZE_MAX;
}

static bool token_takes(const struct pattern *p, struct token t, unsigned char c)
{
        switch (t.kind) {
        case TOKEN_BYTE:
                return c == t.value;
        case TOKEN_ANY:
                return c != '/';
        default:
                return c != '/' && set_has(&p->sets[t.value], c);
        }
}

/*
 * Two places to go back to are enough: the last '*' (it ends with its part of the path), then the last "**" (where it
 * was reached first leaves the most to match). That is what bounds the effort.
 */
static bool pattern_matches(const struct pattern *p, struct bw_str s)
{
        size_t star_token = SIZE_MAX, star_at = 0;
        size_t dirs_token = SIZE_MAX, dirs_at = 0;
        size_t i = 0;
        size_t j = 0;

        for (;;) {
                bool stuck = true;

                if (i == p->n_tokens) {
                        if (j == s.n)
                                return true;
                } else if (p->tokens[i].kind == TOKEN_REST) {
                        return true;
                } else if (p->tokens[i].kind == TOKEN_STAR) {
                        star_token = ++i;
                        star_at = j;
                        stuck = false;
                } else if (p->tokens[i].kind == TOKEN_SUBDIRS) {
                        stuck = p->tokens[i].value > 0;
                        dirs_token = ++i;
                        dirs_at = j;
                        star_token = SIZE_MAX;
                } else if (j < s.n && token_takes(p, p->tokens[i], (unsigned char)s.p[j])) {
                        if (s.p[j] == '/')
                                star_token = SIZE_MAX;
                        i++;
                        j++;
                        stuck = false;
                }
                if (!stuck)
                        continue;
                if (star_token != SIZE_MAX && star_at < s.n && s.p[star_at] != '/') {
                        j = ++star_at;
                        i = star_token;
                } else if (dirs_token != SIZE_MAX) {
                        dirs_at = next_part(s, dirs_at);
                        if (dirs_at == SIZE_MAX)
                                return false;
                        j = dirs_at;
                        i = dirs_token;
                        star_token = SIZE_MAX;
                } else {
                        return false;
                }
        }
}

enum bw_ignored bw_ignore_match(const struct bw_ignore *ignore, struct bw_str path, bool is_dir)
{
        struct bw_str base = path;

        for (size_t i = path.n; i > 0; i--) {
                if (path.p[i - 1] == '/') {
                        base = bw_str_n(path.p + i, path.n - i);
                        break;
                }
        }
        for (size_t i = ignore->n_patterns; i > 0; i--) {
                const struct pattern *p = &ignore->patterns[i - 1];

                if (p->dir_only && !is_dir)
                        continue;
                if (pattern_matches(p, p->base_only ? base : path))
                        return p->negated ? BW_IGNORE_KEEP : BW_IGNORE_SKIP;
        }
        return BW_IGNORE_SILENT;
}
