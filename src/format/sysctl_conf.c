/* SPDX-License-Identifier: Apache-2.0 */
#include "format/sysctl_conf.h"

#include "base/arena.h"
#include "base/error.h"

/* A key is written with dots ("net.ipv4.conf.eth0/1.forwarding") or as a path; the first separator tells which. */
static int normalize(struct bw_arena *arena, struct bw_str key, struct bw_str *ret, struct bw_error *reterr)
{
        struct bw_str copy = bw_arena_str(arena, key);
        char *to = (char *)copy.p; /* the arena's copy is ours to change */
        size_t first = 0;

        if (!copy.p)
                return bw_arena_error(arena, reterr);
        while (first < key.n && key.p[first] != '.' && key.p[first] != '/')
                first++;
        if (first < key.n && key.p[first] == '.')
                for (size_t i = first; i < key.n; i++)
                        to[i] = to[i] == '.' ? '/' : to[i] == '/' ? '.' : to[i];
        *ret = copy;
        return 0;
}

static bool is_pattern(struct bw_str key)
{
        return memchr(key.p, '*', key.n) || memchr(key.p, '?', key.n) || memchr(key.p, '[', key.n);
}

int bw_sysctl_conf_read(struct bw_arena *arena, struct bw_str text,
                        int (*each)(void *userdata, const struct bw_sysctl_line *line, struct bw_error *reterr),
                        void *userdata, struct bw_error *reterr)
{
        uint32_t number = 0;
        struct bw_str rest;

        while (bw_str_split(&text, '\n', &rest)) {
                struct bw_sysctl_line line = {.line = ++number};
                struct bw_str key;
                bool has_value;
                bool dash;
                int r;

                rest = bw_str_trim(rest);
                if (!rest.n || rest.p[0] == '#' || rest.p[0] == ';')
                        continue;
                has_value = memchr(rest.p, '=', rest.n) != NULL;
                (void)bw_str_split(&rest, '=', &key);
                key = bw_str_trim(key);
                dash = key.n && key.p[0] == '-';
                key = bw_str_trim(bw_str_rest(key, dash));
                if (!key.n || (!has_value && !dash))
                        continue;
                line.excludes = !has_value;
                line.is_pattern = is_pattern(key);
                line.value = has_value ? bw_str_trim(rest) : (struct bw_str){0};
                r = normalize(arena, key, &line.key, reterr);
                if (r == 0)
                        r = each(userdata, &line, reterr);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* A class "[a-z]" at the beginning of the pattern, taken off; false with `matches` unset: it has no end. */
static bool take_class(struct bw_str *pattern, char c, bool *matches)
{
        const char *p = pattern->p;
        size_t i = 1;
        bool negated = pattern->n > 1 && (p[1] == '!' || p[1] == '^');
        bool in = false;

        i += negated;
        for (size_t first = i; i < pattern->n && (p[i] != ']' || i == first); i++) {
                if (i + 2 < pattern->n && p[i + 1] == '-' && p[i + 2] != ']') {
                        in |= c >= p[i] && c <= p[i + 2];
                        i += 2;
                } else {
                        in |= c == p[i];
                }
        }
        if (i >= pattern->n)
                return false;
        *pattern = bw_str_rest(*pattern, i + 1);
        *matches = in != negated && c != '/';
        return true;
}

/* One character of the pattern against c, both taken off by the caller's count. */
static bool one_matches(struct bw_str *pattern, char c)
{
        bool matches;

        if (pattern->p[0] == '[' && take_class(pattern, c, &matches))
                return matches;
        matches = pattern->p[0] == '?' ? c != '/' : pattern->p[0] == c;
        *pattern = bw_str_rest(*pattern, 1);
        return matches;
}

bool bw_path_pattern_matches(struct bw_str pattern, struct bw_str path)
{
        struct bw_str star_pattern = {0};
        struct bw_str star_path = {0};
        bool star = false;

        while (path.n) {
                struct bw_str tried = pattern;

                if (pattern.n && pattern.p[0] == '*') {
                        star = true;
                        pattern = bw_str_rest(pattern, 1);
                        star_pattern = pattern;
                        star_path = path;
                } else if (pattern.n && one_matches(&tried, path.p[0])) {
                        pattern = tried;
                        path = bw_str_rest(path, 1);
                } else if (star && star_path.p[0] != '/') {
                        star_path = bw_str_rest(star_path, 1);
                        path = star_path;
                        pattern = star_pattern;
                } else {
                        return false;
                }
                if (star && !star_path.n)
                        star = false;
        }
        while (pattern.n && pattern.p[0] == '*')
                pattern = bw_str_rest(pattern, 1);
        return pattern.n == 0;
}
