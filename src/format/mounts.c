/* SPDX-License-Identifier: Apache-2.0 */
#include "format/mounts.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

static bool take_word(struct bw_str *s, struct bw_str *ret)
{
        size_t n = 0;

        while (s->n && (s->p[0] == ' ' || s->p[0] == '\t'))
                *s = bw_str_rest(*s, 1);
        while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
                n++;
        *ret = bw_str_n(s->p, n);
        *s = bw_str_rest(*s, n);
        return n > 0;
}

static bool is_octal(const char *p)
{
        return p[0] >= '0' && p[0] <= '3' && p[1] >= '0' && p[1] <= '7' && p[2] >= '0' && p[2] <= '7';
}

/* \040 and the like: blanks in names. */
static int unescape(struct bw_arena *arena, struct bw_str s, struct bw_str *ret, struct bw_error *reterr)
{
        char *to = bw_arena_alloc(arena, s.n + 1);
        size_t n = 0;

        if (!to)
                return bw_arena_error(arena, reterr);
        for (size_t i = 0; i < s.n; i++) {
                if (s.p[i] == '\\' && i + 3 < s.n && is_octal(s.p + i + 1)) {
                        to[n++] = (char)((s.p[i + 1] - '0') << 6 | (s.p[i + 2] - '0') << 3 | (s.p[i + 3] - '0'));
                        i += 3;
                } else {
                        to[n++] = s.p[i];
                }
        }
        to[n] = 0;
        *ret = bw_str_n(to, n);
        return 0;
}

static int finish(struct bw_arena *arena, struct bw_mount *mount, struct bw_error *reterr)
{
        struct bw_str *texts[] = {&mount->target, &mount->source, &mount->type, &mount->options, &mount->super_options,
                                  &mount->device};
        int r = 0;

        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(texts); i++)
                r = unescape(arena, *texts[i], texts[i], reterr);
        return r;
}

/* Optional fields up to the lone dash: shared:N, master:N, propagate_from:N, unbindable. */
static bool take_propagation(struct bw_str *line, struct bw_str *ret)
{
        bool shared = false;
        bool slave = false;
        bool unbindable = false;
        struct bw_str word;

        while (take_word(line, &word)) {
                if (bw_str_is(word, "-")) {
                        *ret = shared && slave ? BW_STR("shared,slave")
                               : shared        ? BW_STR("shared")
                               : slave         ? BW_STR("slave")
                               : unbindable    ? BW_STR("unbindable")
                                               : BW_STR("private");
                        return true;
                }
                shared |= bw_str_starts(word, BW_STR("shared:"));
                slave |= bw_str_starts(word, BW_STR("master:"));
                unbindable |= bw_str_is(word, "unbindable");
        }
        return false;
}

static bool mountinfo_line(struct bw_str line, struct bw_mount *ret)
{
        struct bw_str skip;

        return take_word(&line, &skip) && take_word(&line, &skip) && take_word(&line, &ret->device) &&
               take_word(&line, &skip) && take_word(&line, &ret->target) && take_word(&line, &ret->options) &&
               take_propagation(&line, &ret->propagation) && take_word(&line, &ret->type) &&
               take_word(&line, &ret->source) && take_word(&line, &ret->super_options);
}

static bool fstab_line(struct bw_str line, struct bw_mount *ret)
{
        if (!take_word(&line, &ret->source) || ret->source.p[0] == '#' || !take_word(&line, &ret->target) ||
            !take_word(&line, &ret->type))
                return false;
        (void)take_word(&line, &ret->options);
        return true;
}

static int read_lines(struct bw_arena *arena, struct bw_str text, bool (*parse)(struct bw_str line, struct bw_mount *ret),
                      struct bw_mount **ret, size_t *ret_n, struct bw_error *reterr)
{
        struct bw_str rest = text;
        struct bw_mount *mounts;
        struct bw_str line;
        size_t lines = 1;
        size_t n = 0;
        uint32_t number = 0;

        for (size_t i = 0; i < text.n; i++)
                lines += text.p[i] == '\n';
        if (lines > BW_LIMIT_MOUNTS)
                return bw_error_set(reterr, -E2BIG, "more than %d mounts", BW_LIMIT_MOUNTS);
        mounts = bw_arena_array(arena, lines, sizeof(mounts[0]));
        if (!mounts)
                return bw_arena_error(arena, reterr);
        while (bw_str_split(&rest, '\n', &line)) {
                struct bw_mount mount = {.line = ++number};
                int r;

                if (!parse(bw_str_trim(line), &mount))
                        continue;
                r = finish(arena, &mount, reterr);
                if (r < 0)
                        return r;
                mounts[n++] = mount;
        }
        *ret = mounts;
        *ret_n = n;
        return 0;
}

int bw_mountinfo_read(struct bw_arena *arena, struct bw_str text, struct bw_mount **ret, size_t *ret_n,
                      struct bw_error *reterr)
{
        return read_lines(arena, text, mountinfo_line, ret, ret_n, reterr);
}

int bw_fstab_read(struct bw_arena *arena, struct bw_str text, struct bw_mount **ret, size_t *ret_n,
                  struct bw_error *reterr)
{
        return read_lines(arena, text, fstab_line, ret, ret_n, reterr);
}

bool bw_mount_option(struct bw_str options, const char *option, struct bw_str *ret)
{
        struct bw_str part;
        bool found = false;

        while (bw_str_split(&options, ',', &part)) {
                struct bw_str value = part;
                struct bw_str name;

                (void)bw_str_split(&value, '=', &name);
                if (!bw_str_is(name, option))
                        continue;
                *ret = name.n == part.n ? (struct bw_str){0} : value;
                found = true; /* of several the last one counts */
        }
        return found;
}

bool bw_mount_has(struct bw_str options, const char *option)
{
        struct bw_str value;

        return bw_mount_option(options, option, &value);
}
