/* SPDX-License-Identifier: Apache-2.0 */
/* Host section "coredump": where the memory of programs that crash goes. */
#include "base/arena.h"
#include "base/error.h"
#include "format/systemd_unit.h"
#include "node/registry.h"
#include "node/system.h"

static const char pattern_file[] = "/proc/sys/kernel/core_pattern";

static const char *handler(struct bw_str pattern)
{
        static const struct {
                const char *part;
                const char *name;
        } programs[] = {{"systemd-coredump", "systemd-coredump"}, {"apport", "apport"}, {"abrt", "abrt"}};

        if (!pattern.n)
                return "none";
        if (pattern.p[0] != '|')
                return "file";
        for (size_t i = 0; i < BW_ARRAY_SIZE(programs); i++)
                if (bw_str_find(pattern, bw_str(programs[i].part)) != SIZE_MAX)
                        return programs[i].name;
        return "program";
}

/* Storage= of systemd-coredump, drop-ins over the file; its default is a file in /var/lib/systemd/coredump. */
static int put_storage(struct bw_node *node, struct bw_fields *coredump, struct bw_error *reterr)
{
        static const char *const dirs[] = {"/etc/systemd/coredump.conf.d", "/run/systemd/coredump.conf.d",
                                           "/usr/local/lib/systemd/coredump.conf.d", "/usr/lib/systemd/coredump.conf.d"};
        static const char *const mains[] = {"/etc/systemd/coredump.conf", "/usr/lib/systemd/coredump.conf"};
        struct bw_unit unit = {.arena = node->arena};
        const struct bw_unit_setting *last = NULL;
        const struct bw_unit_setting *s;
        const char *const *paths;
        struct bw_str text;
        size_t at = 0;
        size_t n;
        int r = bw_system_dropins(node, dirs, BW_ARRAY_SIZE(dirs), ".conf", &paths, &n, reterr);

        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(mains); i++)
                if (bw_system_read(node, mains[i], &text, NULL) == 0) {
                        r = bw_unit_read(&unit, bw_str(mains[i]), text, NULL);
                        break;
                }
        for (size_t i = 0; r == 0 && i < n; i++)
                if (bw_system_read(node, paths[i], &text, NULL) == 0)
                        r = bw_unit_read(&unit, bw_str(paths[i]), text, NULL);
        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        while ((s = bw_unit_next(&unit, "Coredump", "Storage", &at)))
                last = s;
        bw_fields_text(coredump, "storage", last ? last->value : BW_STR("external"));
        if (last)
                bw_system_from_file(coredump->facts, "coredump.storage", last->file, last->line, last->value);
        return 0;
}

/* "* hard core 0" in limits.conf: programs of log-ins leave no cores. */
static bool limits_forbid(struct bw_str text)
{
        struct bw_str line;
        bool forbids = false;

        while (bw_str_split(&text, '\n', &line)) {
                struct bw_str words[4] = {{0}};
                size_t n = 0;

                line = bw_str_trim(line);
                while (line.n && line.p[0] != '#' && n < 4) {
                        size_t end = 0;

                        while (end < line.n && line.p[end] != ' ' && line.p[end] != '\t')
                                end++;
                        words[n++] = bw_str_n(line.p, end);
                        line = bw_str_trim(bw_str_rest(line, end));
                }
                if (n == 4 && bw_str_is(words[0], "*") && (bw_str_is(words[1], "hard") || bw_str_is(words[1], "-")) &&
                    bw_str_is(words[2], "core"))
                        forbids = bw_str_is(words[3], "0");
        }
        return forbids;
}

static int put_limits(struct bw_node *node, struct bw_fields *coredump, struct bw_error *reterr)
{
        static const char *const dirs[] = {"/etc/security/limits.d"};
        const char *const *paths;
        struct bw_str text;
        bool forbids = false;
        size_t n;
        int r = bw_system_dropins(node, dirs, 1, ".conf", &paths, &n, reterr);

        if (r < 0)
                return r;
        if (bw_system_read(node, "/etc/security/limits.conf", &text, NULL) == 0)
                forbids = limits_forbid(text);
        for (size_t i = 0; i < n; i++)
                if (bw_system_read(node, paths[i], &text, NULL) == 0)
                        forbids |= limits_forbid(text);
        bw_fields_bool(coredump, "limited", forbids);
        return 0;
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct bw_fields coredump = bw_fields(facts);
        struct bw_str pattern;
        int r;

        if (bw_system_line(node, pattern_file, &pattern)) {
                bw_fields_text(&coredump, "pattern", pattern);
                bw_fields_text(&coredump, "handler", bw_str(handler(pattern)));
                bw_system_from_kernel(facts, "coredump", pattern_file, pattern);
        } else {
                bw_facts_absent(facts, "coredump.pattern", "the kernel is not running");
                bw_facts_absent(facts, "coredump.handler", "the kernel is not running");
        }
        r = put_storage(node, &coredump, reterr);
        if (r == 0)
                r = put_limits(node, &coredump, reterr);
        if (r < 0)
                return r;
        bw_fields_value(&facts->fields, "coredump", bw_fields_end(&coredump));
        return 0;
}

const struct bw_host_section bw_section_coredump = {.name = "coredump", .collect = collect};
