/* SPDX-License-Identifier: Apache-2.0 */
#include "format/os_release.h"

#include "base/arena.h"
#include "base/error.h"

static const struct {
        const char *key;
        size_t offset;
} fields[] = {
        {"ID", offsetof(struct bw_os_release, id)},
        {"ID_LIKE", offsetof(struct bw_os_release, id_like)},
        {"NAME", offsetof(struct bw_os_release, name)},
        {"PRETTY_NAME", offsetof(struct bw_os_release, pretty_name)},
        {"VERSION", offsetof(struct bw_os_release, version)},
        {"VERSION_ID", offsetof(struct bw_os_release, version_id)},
        {"VERSION_CODENAME", offsetof(struct bw_os_release, version_codename)},
        {"VARIANT_ID", offsetof(struct bw_os_release, variant_id)},
        {"BUILD_ID", offsetof(struct bw_os_release, build_id)},
        {"IMAGE_ID", offsetof(struct bw_os_release, image_id)},
        {"IMAGE_VERSION", offsetof(struct bw_os_release, image_version)},
        {"SUPPORT_END", offsetof(struct bw_os_release, support_end)},
};

static bool is_name(struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];
                bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';

                if (!letter && (i == 0 || c < '0' || c > '9'))
                        return false;
        }
        return s.n > 0;
}

/* Writes the value without its quotes to `to`, which has room for all of it; gives the length. */
static size_t unquote(struct bw_str s, char *to)
{
        size_t n = 0;
        char quote = 0;

        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];

                if (quote ? c == quote : c == '"' || c == '\'') {
                        quote = quote ? 0 : c;
                } else if (c == '\\' && quote != '\'' && i + 1 < s.n &&
                           (!quote || strchr("\\\"$`", s.p[i + 1]))) {
                        to[n++] = s.p[++i];
                } else if (!quote && (c == ' ' || c == '\t')) {
                        break; /* the shell would run what follows as a command */
                } else {
                        to[n++] = c;
                }
        }
        return n;
}

int bw_shell_assignment(struct bw_arena *arena, struct bw_str line, struct bw_str *ret_key, struct bw_str *ret_value,
                        struct bw_error *reterr)
{
        struct bw_str rest = bw_str_trim(line);
        struct bw_str key;
        char *value;

        if (bw_str_starts(rest, BW_STR("export ")))
                rest = bw_str_trim(bw_str_rest(rest, 7));
        if (!rest.n || rest.p[0] == '#' || !memchr(rest.p, '=', rest.n))
                return 0;
        (void)bw_str_split(&rest, '=', &key);
        if (!is_name(key))
                return 0;
        value = bw_arena_alloc(arena, rest.n + 1);
        if (!value)
                return bw_arena_error(arena, reterr);
        *ret_value = bw_str_n(value, unquote(rest, value));
        value[ret_value->n] = 0;
        *ret_key = key;
        return 1;
}

int bw_os_release_read(struct bw_arena *arena, struct bw_str text, struct bw_os_release *ret, struct bw_error *reterr)
{
        struct bw_os_release got = {.id = BW_STR("linux")};
        struct bw_str line;

        while (bw_str_split(&text, '\n', &line)) {
                struct bw_str key;
                struct bw_str value;
                int r = bw_shell_assignment(arena, line, &key, &value, reterr);

                if (r < 0)
                        return r;
                for (size_t i = 0; r && i < BW_ARRAY_SIZE(fields); i++)
                        if (bw_str_is(key, fields[i].key))
                                memcpy((char *)&got + fields[i].offset, &value, sizeof(value));
        }
        *ret = got;
        return 0;
}
