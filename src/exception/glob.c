/* SPDX-License-Identifier: Apache-2.0 */
#include "exception/glob.h"

bool bw_glob_is_literal(struct bw_str pattern)
{
        for (size_t i = 0; i < pattern.n; i++)
                if (pattern.p[i] == '*' || pattern.p[i] == '?')
                        return false;
        return true;
}

/* A wildcard to go back to: what follows it in the pattern, and where it may take one byte more. */
struct retry {
        size_t pattern; /* SIZE_MAX: none */
        size_t text;
};

/* Two places to go back to are enough: the last '*', and the last '**', which makes all before it final. */
bool bw_glob_match(struct bw_str pattern, struct bw_str text)
{
        struct retry star = {.pattern = SIZE_MAX};
        struct retry any = star;
        size_t i = 0;
        size_t j = 0;

        while (i < pattern.n || j < text.n) {
                struct bw_str rest = bw_str_rest(pattern, i);

                if (bw_str_starts(rest, BW_STR("**"))) {
                        /* "a/" + "**" + "/b" is also a/b. */
                        bool whole = rest.n > 2 && rest.p[2] == '/' && (i == 0 || pattern.p[i - 1] == '/');

                        i += 2;
                        any = (struct retry){.pattern = i, .text = j};
                        star.pattern = SIZE_MAX;
                        i += whole;
                } else if (rest.n && rest.p[0] == '*') {
                        star = (struct retry){.pattern = ++i, .text = j};
                } else if (rest.n && j < text.n && (rest.p[0] == text.p[j] || (rest.p[0] == '?' && text.p[j] != '/'))) {
                        i++;
                        j++;
                } else if (star.pattern != SIZE_MAX && star.text < text.n && text.p[star.text] != '/') {
                        i = star.pattern;
                        j = ++star.text;
                } else if (any.pattern != SIZE_MAX && any.text < text.n) {
                        i = any.pattern;
                        j = ++any.text;
                        star.pattern = SIZE_MAX;
                } else {
                        return false;
                }
        }
        return true;
}
