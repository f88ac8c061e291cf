/* SPDX-License-Identifier: Apache-2.0 */
/*
 * String functions. Positions count code points; text in ASCII, which nearly all is, is never decoded.
 * Source: cel-go 0.23 ext/strings.go, version 2 (what Kubernetes 1.33 offers).
 */
#include "cel/lib/lib_internal.h"

static struct bw_value slice(struct bw_str s, size_t begin, size_t end)
{
        return bw_value_str(bw_str_n(s.p + begin, end - begin));
}

/* The byte offset of code point i; false when the text has fewer than i. */
static bool position(struct bw_str s, int64_t i, size_t *ret)
{
        size_t at;

        if (i < 0 || (uint64_t)i > s.n)
                return false;
        if (bw_utf8_is_ascii(s)) {
                *ret = (size_t)i;
                return true;
        }
        at = bw_utf8_offset(s, (size_t)i);
        if (at == s.n && (uint64_t)i > bw_utf8_count(s))
                return false;
        *ret = at;
        return true;
}

static struct bw_value out_of_range(const struct bw_cel_call *call, int64_t i)
{
        return bw_cel_error(call, "index out of range: %" PRId64, i);
}

static struct bw_value char_at(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_str s = bw_lib_text(args[0]);
        uint32_t rune;
        size_t at;

        (void)n;
        if (!position(s, args[1].i, &at))
                return out_of_range(call, args[1].i);
        return slice(s, at, at + bw_utf8_decode(bw_str_n(s.p + at, s.n - at), &rune));
}

static struct bw_value index_of(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_str s = bw_lib_text(args[0]);
        struct bw_str part = bw_lib_text(args[1]);
        int64_t from = n > 2 ? args[2].i : 0;
        size_t begin;
        size_t at;

        /* The reference looks at an empty text first and at the offset later. */
        if (part.n == 0)
                return bw_value_int(from);
        if (from < 0)
                return out_of_range(call, from);
        if (!position(s, from, &begin))
                return bw_value_int(-1);
        at = bw_str_find(bw_str_n(s.p + begin, s.n - begin), part);
        if (at == SIZE_MAX)
                return bw_value_int(-1);
        return bw_value_int(from + (int64_t)bw_utf8_count(bw_str_n(s.p + begin, at)));
}

/*
 * The last place of part that begins at or before byte `last`, or SIZE_MAX. Knuth, Morris and Pratt's search over both
 * texts read backwards: linear in the worst case, where trying each place would be quadratic.
 */
static int find_last(const struct bw_cel_call *call, struct bw_str s, struct bw_str part, size_t last, size_t *ret)
{
        uint32_t *border;
        size_t end = BW_MIN(last + part.n, s.n);
        size_t have = 0;

        *ret = SIZE_MAX;
        if (part.n > end)
                return 0;
        border = bw_arena_array(call->arena, part.n, sizeof(*border));
        if (!border)
                return -ENOMEM;
        border[0] = 0;
        for (size_t i = 1; i < part.n; i++) {
                while (have > 0 && part.p[part.n - 1 - i] != part.p[part.n - 1 - have])
                        have = border[have - 1];
                if (part.p[part.n - 1 - i] == part.p[part.n - 1 - have])
                        have++;
                border[i] = (uint32_t)have;
        }
        have = 0;
        for (size_t i = end; i-- > 0;) {
                while (have > 0 && s.p[i] != part.p[part.n - 1 - have])
                        have = border[have - 1];
                if (s.p[i] == part.p[part.n - 1 - have])
                        have++;
                if (have == part.n) {
                        *ret = i;
                        return 0;
                }
        }
        return 0;
}

static struct bw_value last_index_of(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_str s = bw_lib_text(args[0]);
        struct bw_str part = bw_lib_text(args[1]);
        int64_t size = (int64_t)bw_utf8_count(s);
        int64_t from = n > 2 ? args[2].i : part.n == 0 ? size : size - 1;
        size_t last;
        size_t at;

        if (part.n == 0)
                return bw_value_int(from);
        if (from < 0)
                return out_of_range(call, from);
        if (from >= size || !position(s, from, &last))
                return bw_value_int(-1);
        if (part.n == 1) {
                const char *p = memrchr(s.p, part.p[0], last + 1);

                at = p ? (size_t)(p - s.p) : SIZE_MAX;
        } else if (find_last(call, s, part, last, &at) < 0) {
                return bw_cel_no_memory();
        }
        return bw_value_int(at == SIZE_MAX ? -1 : (int64_t)bw_utf8_count(bw_str_n(s.p, at)));
}

static struct bw_value change_case(const struct bw_cel_call *call, struct bw_value v, char first, char last)
{
        struct bw_str s = bw_lib_text(v);
        struct bw_str copy;
        char *p;
        size_t i = 0;

        while (i < s.n && (s.p[i] < first || s.p[i] > last))
                i++;
        if (i == s.n)
                return v;
        copy = bw_arena_str(call->arena, s);
        if (!copy.p)
                return bw_cel_no_memory();
        p = (char *)copy.p; /* this call's own copy */
        for (; i < s.n; i++)
                if (p[i] >= first && p[i] <= last)
                        p[i] = (char)(p[i] ^ 0x20);
        return bw_value_str(copy);
}

static struct bw_value lower_ascii(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return change_case(call, args[0], 'A', 'Z');
}

static struct bw_value upper_ascii(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return change_case(call, args[0], 'a', 'z');
}

/*
 * How often old stands in s without overlap, at most limit times. An empty text stands before each code point and at
 * the end.
 */
static size_t count(struct bw_str s, struct bw_str old, size_t limit)
{
        size_t n = 0;

        if (old.n == 0)
                return BW_MIN(bw_utf8_count(s) + 1, limit);
        while (n < limit) {
                size_t at = bw_str_find(s, old);

                if (at == SIZE_MAX)
                        break;
                n++;
                s = bw_str_n(s.p + at + old.n, s.n - at - old.n);
        }
        return n;
}

static char *put(char *to, const char *from, size_t n)
{
        if (n > 0)
                memcpy(to, from, n);
        return to + n;
}

static struct bw_value replace(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_str s = bw_lib_text(args[0]);
        struct bw_str old = bw_lib_text(args[1]);
        struct bw_str new = bw_lib_text(args[2]);
        size_t times = count(s, old, n > 3 && args[3].i >= 0 ? (size_t)args[3].i : SIZE_MAX);
        size_t total;
        char *text;
        char *p;

        if (times == 0 || bw_str_eq(old, new))
                return args[0];
        if (__builtin_mul_overflow(times, new.n, &total) ||
            __builtin_add_overflow(total, s.n - times * old.n, &total) || total > UINT32_MAX)
                return bw_cel_no_memory();
        text = bw_arena_alloc(call->arena, total + 1);
        if (!text)
                return bw_cel_no_memory();
        p = text;
        for (size_t i = 0; i < times; i++) {
                uint32_t rune;
                size_t at = old.n > 0 ? bw_str_find(s, old) : i > 0 ? bw_utf8_decode(s, &rune) : 0;

                p = put(p, s.p, at);
                p = put(p, new.p, new.n);
                s = bw_str_n(s.p + at + old.n, s.n - at - old.n);
        }
        put(p, s.p, s.n);
        text[total] = '\0';
        return bw_value_str(bw_str_n(text, total));
}

static struct bw_value split(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_str s = bw_lib_text(args[0]);
        struct bw_str sep = bw_lib_text(args[1]);
        size_t limit = n > 2 && args[2].i >= 0 ? (size_t)args[2].i : SIZE_MAX;
        struct bw_list *list;
        struct bw_value v;
        size_t items;

        if (limit == 0)
                return bw_value_list(NULL, 0);
        /* Between the items stands one separator; an empty one stands between all code points. */
        items = sep.n > 0 ? count(s, sep, limit - 1) + 1 : BW_MIN(bw_utf8_count(s), limit);
        v = bw_lib_list(call, items, &list);
        if (v.type == BW_ERROR)
                return v;
        for (size_t i = 0; i < items; i++) {
                uint32_t rune;
                size_t at = i + 1 == items ? s.n : sep.n > 0 ? bw_str_find(s, sep) : bw_utf8_decode(s, &rune);
                size_t next = i + 1 == items ? s.n : at + sep.n;

                list->items[i] = slice(s, 0, at);
                s = bw_str_n(s.p + next, s.n - next);
        }
        return v;
}

static struct bw_value substring(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_str s = bw_lib_text(args[0]);
        size_t begin;
        size_t end = s.n;

        if (n > 2 && args[1].i > args[2].i)
                return bw_cel_error(call, "invalid substring range. start: %" PRId64 ", end: %" PRId64, args[1].i,
                                    args[2].i);
        if (!position(s, args[1].i, &begin))
                return out_of_range(call, args[1].i);
        if (n > 2 && !position(s, args[2].i, &end))
                return out_of_range(call, args[2].i);
        return slice(s, begin, end);
}

/* Unicode's White_Space property. */
static bool is_space(uint32_t rune)
{
        return rune == ' ' || (rune >= '\t' && rune <= '\r') || rune == 0x85 || rune == 0xa0 || rune == 0x1680 ||
               (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 || rune == 0x2029 || rune == 0x202f ||
               rune == 0x205f || rune == 0x3000;
}

static struct bw_value trim(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_str s = bw_lib_text(args[0]);
        size_t begin = 0;
        size_t end = s.n;
        uint32_t rune;

        (void)call;
        (void)n;
        while (begin < end) {
                size_t len = bw_utf8_decode(bw_str_n(s.p + begin, end - begin), &rune);

                if (!is_space(rune))
                        break;
                begin += len;
        }
        while (end > begin) {
                size_t at = end - 1;

                while (at > begin && ((unsigned char)s.p[at] & 0xc0) == 0x80)
                        at--;
                (void)bw_utf8_decode(bw_str_n(s.p + at, end - at), &rune);
                if (!is_space(rune))
                        break;
                end = at;
        }
        return slice(s, begin, end);
}

static struct bw_value quote(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        static const char escapes[256] = {
                ['\a'] = 'a', ['\b'] = 'b', ['\f'] = 'f',  ['\n'] = 'n', ['\r'] = 'r',
                ['\t'] = 't', ['\v'] = 'v', ['\\'] = '\\', ['"'] = '"',
        };
        struct bw_str s = bw_lib_text(args[0]);
        size_t total = s.n + 2;
        char *text;
        char *p;

        (void)n;
        for (size_t i = 0; i < s.n; i++)
                total += escapes[(unsigned char)s.p[i]] != 0;
        text = total > UINT32_MAX ? NULL : bw_arena_alloc(call->arena, total + 1);
        if (!text)
                return bw_cel_no_memory();
        p = text;
        *p++ = '"';
        for (size_t i = 0; i < s.n; i++) {
                char escape = escapes[(unsigned char)s.p[i]];

                if (escape)
                        *p++ = '\\';
                *p++ = escape ? escape : s.p[i];
        }
        *p++ = '"';
        *p = '\0';
        return bw_value_str(bw_str_n(text, total));
}

static struct bw_value join(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_value list = args[0];
        struct bw_str sep = n > 1 ? bw_lib_text(args[1]) : BW_STR("");
        size_t total = 0;
        char *text;
        char *p;

        for (uint32_t i = 0; i < list.n; i++) {
                if (list.list->items[i].type != BW_STRING)
                        return bw_cel_error(call, "join: the list holds a value that is no string");
                if (__builtin_add_overflow(total, list.list->items[i].n + (i > 0 ? sep.n : 0), &total) ||
                    total > UINT32_MAX)
                        return bw_cel_no_memory();
        }
        text = bw_arena_alloc(call->arena, total + 1);
        if (!text)
                return bw_cel_no_memory();
        p = text;
        for (uint32_t i = 0; i < list.n; i++) {
                if (i > 0)
                        p = put(p, sep.p, sep.n);
                p = put(p, list.list->items[i].s, list.list->items[i].n);
        }
        *p = '\0';
        return bw_value_str(bw_str_n(text, total));
}

static struct bw_value reverse(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_str s = bw_lib_text(args[0]);
        char *text = bw_arena_alloc(call->arena, s.n + 1);
        size_t at = s.n;

        (void)n;
        if (!text)
                return bw_cel_no_memory();
        text[at] = '\0';
        for (size_t i = 0; i < s.n;) {
                uint32_t rune;
                size_t len = bw_utf8_decode(bw_str_n(s.p + i, s.n - i), &rune);

                at -= len;
                memcpy(text + at, s.p + i, len);
                i += len;
        }
        return bw_value_str(bw_str_n(text, s.n));
}

static uint64_t cost_of_result(const struct bw_value *args, size_t n, struct bw_value result)
{
        (void)args;
        (void)n;
        return bw_lib_scaled(bw_lib_size(result) * 2, BW_LIB_SCAN);
}

static const struct bw_cel_overload char_at_overloads[] = {
        {"string_char_at_int", "string.charAt(int) -> string", char_at, NULL},
};
static const struct bw_cel_overload index_of_overloads[] = {
        {"string_index_of_string", "string.indexOf(string) -> int", index_of, bw_lib_cost_traverse},
        {"string_index_of_string_int", "string.indexOf(string, int) -> int", index_of, bw_lib_cost_traverse},
};
static const struct bw_cel_overload last_index_of_overloads[] = {
        {"string_last_index_of_string", "string.lastIndexOf(string) -> int", last_index_of, bw_lib_cost_traverse},
        {"string_last_index_of_string_int", "string.lastIndexOf(string, int) -> int", last_index_of,
         bw_lib_cost_traverse},
};
static const struct bw_cel_overload lower_ascii_overloads[] = {
        {"string_lower_ascii", "string.lowerAscii() -> string", lower_ascii, bw_lib_cost_scan},
};
static const struct bw_cel_overload upper_ascii_overloads[] = {
        {"string_upper_ascii", "string.upperAscii() -> string", upper_ascii, bw_lib_cost_scan},
};
static const struct bw_cel_overload replace_overloads[] = {
        {"string_replace_string_string", "string.replace(string, string) -> string", replace, bw_lib_cost_scan_twice},
        {"string_replace_string_string_int", "string.replace(string, string, int) -> string", replace,
         bw_lib_cost_scan_twice},
};
static const struct bw_cel_overload split_overloads[] = {
        {"string_split_string", "string.split(string) -> list(string)", split, bw_lib_cost_scan_twice},
        {"string_split_string_int", "string.split(string, int) -> list(string)", split, bw_lib_cost_scan_twice},
};
static const struct bw_cel_overload substring_overloads[] = {
        {"string_substring_int", "string.substring(int) -> string", substring, bw_lib_cost_scan},
        {"string_substring_int_int", "string.substring(int, int) -> string", substring, bw_lib_cost_scan},
};
static const struct bw_cel_overload trim_overloads[] = {
        {"string_trim", "string.trim() -> string", trim, bw_lib_cost_scan},
};
static const struct bw_cel_overload quote_overloads[] = {
        {"strings_quote", "strings.quote(string) -> string", quote, bw_lib_cost_scan},
};
static const struct bw_cel_overload join_overloads[] = {
        {"list_join", "list(string).join() -> string", join, cost_of_result},
        {"list_join_string", "list(string).join(string) -> string", join, cost_of_result},
};
static const struct bw_cel_overload reverse_overloads[] = {
        {"string_reverse", "string.reverse() -> string", reverse, bw_lib_cost_scan},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("charAt", char_at_overloads, "The character at a position; an empty text at the end."),
        BW_LIB_FUNCTION("indexOf", index_of_overloads,
                        "The first position of a text, from a position on; -1 if absent."),
        BW_LIB_FUNCTION("lastIndexOf", last_index_of_overloads,
                        "The last position of a text, up to a position; -1 if absent."),
        BW_LIB_FUNCTION("lowerAscii", lower_ascii_overloads, "The letters A to Z in lower case."),
        BW_LIB_FUNCTION("upperAscii", upper_ascii_overloads, "The letters a to z in upper case."),
        BW_LIB_FUNCTION("replace", replace_overloads, "A text replaced by another, everywhere or the first n times."),
        BW_LIB_FUNCTION("split", split_overloads, "The parts between separators, at most n of them."),
        BW_LIB_FUNCTION("substring", substring_overloads, "The text from a position, up to another or to the end."),
        BW_LIB_FUNCTION("trim", trim_overloads, "The text without white space at both ends."),
        BW_LIB_FUNCTION("strings.quote", quote_overloads, "The text in double quotes, its control characters escaped."),
        BW_LIB_FUNCTION("join", join_overloads, "The texts of a list as one, with a separator between them."),
};

const struct bw_cel_library bw_cel_lib_strings = {
        .name = "strings",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};

static const struct bw_cel_function extra_functions[] = {
        BW_LIB_FUNCTION("reverse", reverse_overloads, "The characters in reverse order."),
};

const struct bw_cel_library bw_cel_lib_ext_strings = {
        .name = "strings (extra)",
        .flag = BW_CEL_LIB_EXTRA,
        .functions = extra_functions,
        .n_functions = BW_ARRAY_SIZE(extra_functions),
};
