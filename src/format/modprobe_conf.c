/* SPDX-License-Identifier: Apache-2.0 */
#include "format/modprobe_conf.h"

#include "base/arena.h"
#include "base/error.h"

static struct bw_str take_word(struct bw_str *s)
{
        struct bw_str word;
        size_t n = 0;

        *s = bw_str_trim(*s);
        while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
                n++;
        word = bw_str_n(s->p, n);
        *s = bw_str_trim(bw_str_rest(*s, n));
        return word;
}

static int kernel_name(struct bw_arena *arena, struct bw_str name, struct bw_str *ret, struct bw_error *reterr)
{
        struct bw_str copy = bw_arena_str(arena, name);
        char *to = (char *)copy.p; /* the arena's copy is ours to change */

        if (!copy.p)
                return bw_arena_error(arena, reterr);
        for (size_t i = 0; i < copy.n; i++)
                if (to[i] == '-')
                        to[i] = '_';
        *ret = copy;
        return 0;
}

static bool refuses(struct bw_str command)
{
        static const char *const programs[] = {"/bin/false", "/bin/true", "/usr/bin/false", "/usr/bin/true", "false",
                                               "true", ":"};
        struct bw_str program = take_word(&command);

        for (size_t i = 0; i < BW_ARRAY_SIZE(programs); i++)
                if (bw_str_is(program, programs[i]))
                        return command.n == 0 || command.p[0] == '#';
        return false;
}

int bw_modprobe_conf_read(struct bw_arena *arena, struct bw_str text,
                          int (*each)(void *userdata, const struct bw_modprobe_line *line, struct bw_error *reterr),
                          void *userdata, struct bw_error *reterr)
{
        uint32_t number = 0;
        bool continued = false;
        struct bw_str rest;

        while (bw_str_split(&text, '\n', &rest)) {
                struct bw_modprobe_line line = {.line = ++number};
                bool skip = continued; /* the rest of a command that goes over several lines: it does more than end */
                struct bw_str verb;
                int r;

                continued = rest.n && rest.p[rest.n - 1] == '\\';
                verb = take_word(&rest);
                if (skip || (!bw_str_is(verb, "blacklist") && !bw_str_is(verb, "install")))
                        continue;
                line.verb = verb.p[0] == 'b' ? BW_MODPROBE_BLACKLIST : BW_MODPROBE_INSTALL;
                line.module = take_word(&rest);
                if (!line.module.n)
                        continue;
                if (line.verb == BW_MODPROBE_INSTALL)
                        line.command = rest;
                line.refuses = refuses(rest);
                r = kernel_name(arena, line.module, &line.module, reterr);
                if (r == 0)
                        r = each(userdata, &line, reterr);
                if (r < 0)
                        return r;
        }
        return 0;
}
