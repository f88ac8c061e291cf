/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/lib/regex.h"

#include "base/alloc.h"
#include "base/error.h"
#include "cel/lib/lib_internal.h"
#include "cel/lib/re2.h"

/*
 * A pattern that is only text, perhaps anchored, needs no machine: many patterns in policies are a name or a prefix.
 * The text then stands in literal and re is NULL.
 */
struct bw_regex {
        struct bw_re2 *re;
        struct bw_str literal; /* owned */
        bool at_begin;
        bool at_end;
};

/* ---- from Go's syntax to RE2's ---- */

struct names {
        struct bw_str *items;
        size_t n;
        size_t cap;
};

struct translation {
        struct bw_str pattern;
        size_t at;
        struct bw_buf *out;
        struct names names;
        unsigned depth;
        const char *why; /* set when the pattern is refused */
};

static char peek(const struct translation *t, size_t ahead)
{
        return t->at + ahead < t->pattern.n ? t->pattern.p[t->at + ahead] : '\0';
}

static void copy(struct translation *t, size_t n)
{
        n = BW_MIN(n, t->pattern.n - t->at);
        bw_buf_put(t->out, t->pattern.p + t->at, n);
        t->at += n;
}

/* "\Q…\E": all that stands between is text. */
static void copy_quote(struct translation *t)
{
        size_t end = bw_str_find(bw_str_n(t->pattern.p + t->at, t->pattern.n - t->at), BW_STR("\\E"));

        copy(t, end == SIZE_MAX ? SIZE_MAX : end + 2);
}

static void copy_escape(struct translation *t)
{
        if (peek(t, 1) == 'Q') {
                copy_quote(t);
                return;
        }
        if (peek(t, 1) == 'C')
                t->why = "invalid escape sequence: \\C";
        copy(t, 2);
}

/* "[…]": a bracket right after the opening one (or its ^) stands for itself; [:name:] is one item. */
static void copy_class(struct translation *t)
{
        copy(t, peek(t, 1) == '^' ? 2 : 1);
        for (bool first = true; t->at < t->pattern.n && (first || peek(t, 0) != ']'); first = false) {
                struct bw_str rest = bw_str_n(t->pattern.p + t->at, t->pattern.n - t->at);
                size_t end = bw_str_starts(rest, BW_STR("[:")) ? bw_str_find(rest, BW_STR(":]")) : SIZE_MAX;

                if (peek(t, 0) == '\\' && peek(t, 1) == 'C')
                        t->why = "invalid escape sequence: \\C";
                copy(t, end != SIZE_MAX ? end + 2 : peek(t, 0) == '\\' ? 2 : 1);
        }
        copy(t, 1);
}

/* "(?P<name>" and "(?<name>": both as the first; no name may stand twice. 0, -ENOMEM. */
static int copy_name(struct translation *t, size_t before)
{
        struct bw_str name = bw_str_n(t->pattern.p + t->at + before, t->pattern.n - t->at - before);
        const char *end = memchr(name.p, '>', name.n);

        bw_buf_puts(t->out, "(?P<");
        t->at += before;
        if (!end)
                return 0;
        name.n = (size_t)(end - name.p);
        for (size_t i = 0; i < t->names.n; i++)
                if (bw_str_eq(t->names.items[i], name))
                        t->why = "duplicate capture group name";
        if (t->names.n == BW_LIMIT_REGEX_NESTING)
                t->why = "too many named groups";
        if (bw_grow(&t->names.items, &t->names.cap, t->names.n + 1, sizeof(name)) < 0)
                return -ENOMEM;
        t->names.items[t->names.n++] = name;
        return 0;
}

static int copy_open(struct translation *t)
{
        if (++t->depth > BW_LIMIT_REGEX_NESTING)
                t->why = "expression nests too deeply";
        if (peek(t, 1) == '?' && peek(t, 2) == '<')
                return copy_name(t, 3);
        if (peek(t, 1) == '?' && peek(t, 2) == 'P' && peek(t, 3) == '<')
                return copy_name(t, 4);
        copy(t, 1);
        return 0;
}

/*
 * Both read the same language but for a few places: Go knows (?<name>…) beside (?P<name>…) and wants names to differ,
 * refuses \C and bounds the nesting. What RE2 refuses on its own is left to it.
 */
static int translate(struct translation *t)
{
        int r = 0;

        while (t->at < t->pattern.n && !t->why && r == 0) {
                switch (peek(t, 0)) {
                case '\\':
                        copy_escape(t);
                        break;
                case '[':
                        copy_class(t);
                        break;
                case '(':
                        r = copy_open(t);
                        break;
                default:
                        t->depth -= peek(t, 0) == ')' && t->depth > 0;
                        copy(t, 1);
                }
        }
        bw_free(t->names.items);
        return r;
}

/* The text of a pattern without any operator but anchors and escaped punctuation; false for every other pattern. */
static bool is_literal(struct bw_str pattern, struct bw_buf *out, bool *ret_at_begin, bool *ret_at_end)
{
        static const char special[] = "\\.+*?()|[]{}^$";

        *ret_at_begin = pattern.n > 0 && pattern.p[0] == '^';
        *ret_at_end = false;
        for (size_t i = *ret_at_begin; i < pattern.n; i++) {
                char c = pattern.p[i];

                if (c == '$' && i + 1 == pattern.n) {
                        *ret_at_end = true;
                        break;
                }
                if (c == '\\' && i + 1 < pattern.n && strchr(special, pattern.p[i + 1]) && pattern.p[i + 1])
                        c = pattern.p[++i];
                else if (c != '\0' && strchr(special, c))
                        return false;
                bw_buf_char(out, c);
        }
        return true;
}

static int compile(struct bw_regex *regex, struct bw_str pattern, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {.ceiling = BW_LIMIT_REGEX_BYTES};
        struct translation t = {.pattern = pattern, .out = &text};
        char message[256];

        if (is_literal(pattern, &text, &regex->at_begin, &regex->at_end)) {
                char *literal = bw_buf_status(&text) < 0 ? NULL : bw_strndup(bw_buf_view(&text));

                if (!literal)
                        return bw_error_nomem(reterr);
                regex->literal = bw_str_n(literal, text.n);
                return 0;
        }
        bw_buf_clear(&text);
        if (translate(&t) < 0)
                return bw_error_nomem(reterr);
        if (t.why)
                return bw_error_set(reterr, -EINVAL, "error parsing regexp: %s", t.why);
        if (bw_buf_status(&text) == -E2BIG)
                return bw_error_set(reterr, -EINVAL, "error parsing regexp: expression too large");
        if (bw_buf_status(&text) < 0)
                return bw_error_nomem(reterr);
        regex->re = bw_re2_new(text.p, text.n, BW_LIMIT_REGEX_BYTES, message, sizeof(message));
        if (regex->re)
                return 0;
        if (!message[0])
                return bw_error_nomem(reterr);
        return bw_error_set(reterr, -EINVAL, "error parsing regexp: %s", message);
}

int bw_regex_new(struct bw_str pattern, struct bw_regex **ret_regex, struct bw_error *reterr)
{
        bw_auto(bw_regex_free) struct bw_regex *regex = bw_zalloc(sizeof(*regex));
        int r;

        if (!regex)
                return bw_error_nomem(reterr);
        r = compile(regex, pattern, reterr);
        if (r < 0)
                return r;
        *ret_regex = bw_take(regex);
        return 0;
}

void bw_regex_free(struct bw_regex *regex)
{
        if (!regex)
                return;
        if (regex->re)
                bw_re2_free(regex->re);
        bw_free((char *)regex->literal.p);
        bw_free(regex);
}

/* ---- matching ---- */

/* 1: a match at or after start. */
static int next_match(const struct bw_regex *regex, struct bw_str text, size_t start, size_t *ret_begin,
                      size_t *ret_end)
{
        struct bw_str literal = regex->literal;
        size_t at;

        if (regex->re)
                return bw_re2_match(regex->re, text.p, text.n, start, ret_begin, ret_end);
        if (literal.n > text.n - start)
                return 0;
        if (regex->at_begin && regex->at_end)
                at = start == 0 && bw_str_eq(text, literal) ? 0 : SIZE_MAX;
        else if (regex->at_begin)
                at = start == 0 && bw_str_starts(text, literal) ? 0 : SIZE_MAX;
        else if (regex->at_end)
                at = bw_str_ends(text, literal) ? text.n - literal.n - start : SIZE_MAX;
        else
                at = bw_str_find(bw_str_n(text.p + start, text.n - start), literal);
        if (at == SIZE_MAX)
                return 0;
        if (ret_begin) {
                *ret_begin = start + at;
                *ret_end = start + at + literal.n;
        }
        return 1;
}

int bw_regex_match(const struct bw_regex *regex, struct bw_str text)
{
        int found = next_match(regex, text.n > 0 ? text : BW_STR(""), 0, NULL, NULL);

        return found < 0 ? -ENOMEM : found;
}

static struct bw_value matches_with(const struct bw_cel_call *call, const struct bw_regex *regex,
                                    const struct bw_value *args, size_t n)
{
        int found = bw_regex_match(regex, bw_lib_text(args[0]));

        (void)call;
        (void)n;
        return found < 0 ? bw_cel_no_memory() : bw_value_bool(found > 0);
}

static struct bw_value find_with(const struct bw_cel_call *call, const struct bw_regex *regex,
                                 const struct bw_value *args, size_t n)
{
        struct bw_str s = bw_lib_text(args[0]);
        size_t begin = 0;
        size_t end = 0;

        (void)call;
        (void)n;
        if (next_match(regex, s, 0, &begin, &end) < 0)
                return bw_cel_no_memory();
        return bw_value_str(bw_str_n(s.p + begin, end - begin));
}

struct matches {
        struct bw_value *items;
        size_t n;
        size_t cap;
};

static int collect(const struct bw_regex *regex, struct bw_str s, uint64_t limit, struct matches *all)
{
        size_t previous = SIZE_MAX;
        size_t at = 0;

        while (all->n < limit && at <= s.n) {
                size_t begin;
                size_t end;
                uint32_t rune;
                int found = next_match(regex, s, at, &begin, &end);

                if (found <= 0)
                        return found < 0 ? -ENOMEM : 0;
                /* An empty match does not count where the match before it ended. */
                if (end > at || begin != previous) {
                        if (all->n >= BW_LIMIT_CEL_ARENA / sizeof(*all->items) ||
                            bw_grow(&all->items, &all->cap, all->n + 1, sizeof(*all->items)) < 0)
                                return -ENOMEM;
                        all->items[all->n++] = bw_value_str(bw_str_n(s.p + begin, end - begin));
                }
                if (end > at)
                        at = end;
                else
                        at += at < s.n ? bw_utf8_decode(bw_str_n(s.p + at, s.n - at), &rune) : 1;
                previous = end;
        }
        return 0;
}

static struct bw_value find_all_with(const struct bw_cel_call *call, const struct bw_regex *regex,
                                     const struct bw_value *args, size_t n)
{
        uint64_t limit = n > 2 && args[2].i >= 0 ? (uint64_t)args[2].i : UINT64_MAX;
        struct matches all = {0};
        struct bw_value v = bw_cel_no_memory();
        struct bw_list *list;

        if (collect(regex, bw_lib_text(args[0]), limit, &all) == 0) {
                v = bw_lib_list(call, all.n, &list);
                if (v.type == BW_LIST && all.n > 0)
                        memcpy(list->items, all.items, all.n * sizeof(*all.items));
        }
        bw_free(all.items);
        return v;
}

/* ---- functions whose pattern is known only now ---- */

/* The pattern compiled, or NULL and the error. */
static struct bw_regex *pattern_of(const struct bw_cel_call *call, struct bw_value pattern, struct bw_value *ret_error)
{
        struct bw_regex *regex = NULL;
        struct bw_error error = {0};
        int r = bw_regex_new(bw_lib_text(pattern), &regex, &error);

        if (r == 0)
                return regex;
        /* RE2's reason quotes the pattern, which may come from a document. */
        *ret_error = r == -ENOMEM ? bw_cel_no_memory() : bw_cel_error(call, "error parsing regexp");
        return NULL;
}

#define WITH_PATTERN(name, with)                                                                                       \
        static struct bw_value name(const struct bw_cel_call *call, const struct bw_value *args, size_t n)             \
        {                                                                                                              \
                struct bw_value error = {0};                                                                           \
                bw_auto(bw_regex_free) struct bw_regex *regex = pattern_of(call, args[1], &error);                     \
                                                                                                                       \
                return regex ? with(call, regex, args, n) : error;                                                     \
        }
WITH_PATTERN(matches, matches_with)
WITH_PATTERN(find, find_with)
WITH_PATTERN(find_all, find_all_with)

bw_regex_function bw_regex_function_of(const struct bw_cel_overload *overload)
{
        static const struct {
                bw_cel_function_impl impl;
                bw_regex_function with;
        } rows[] = {{matches, matches_with}, {find, find_with}, {find_all, find_all_with}};

        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++)
                if (overload->impl == rows[i].impl)
                        return rows[i].with;
        return NULL;
}

static const struct bw_cel_overload matches_overloads[] = {
        {"matches", "matches(string, string) -> bool", matches, NULL}, /* the reference prices only the member */
        {"matches_string", "string.matches(string) -> bool", matches, bw_lib_cost_match},
};
static const struct bw_cel_overload find_overloads[] = {
        {"string_find_string", "string.find(string) -> string", find, bw_lib_cost_match},
};
static const struct bw_cel_overload find_all_overloads[] = {
        {"string_find_all_string", "string.findAll(string) -> list(string)", find_all, bw_lib_cost_match},
        {"string_find_all_string_int", "string.findAll(string, int) -> list(string)", find_all, bw_lib_cost_match},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("matches", matches_overloads, "True if the pattern matches somewhere in the text."),
        BW_LIB_FUNCTION("find", find_overloads, "The first match of a pattern; an empty text if there is none."),
        BW_LIB_FUNCTION("findAll", find_all_overloads, "All matches of a pattern, at most n of them."),
};

const struct bw_cel_library bw_cel_lib_regex = {
        .name = "regex",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
