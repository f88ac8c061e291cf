/* SPDX-License-Identifier: Apache-2.0 */
/* sysctl.d and modprobe.d files of any bytes, and their patterns: a path without pattern characters describes itself. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "format/modprobe_conf.h"
#include "format/sysctl_conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int see_setting(void *userdata, const struct bw_sysctl_line *line, struct bw_error *reterr)
{
        (void)userdata;
        (void)reterr;
        if (!line->key.n || (!line->is_pattern && !bw_path_pattern_matches(line->key, line->key)))
                abort();
        (void)bw_path_pattern_matches(line->key, line->value);
        return 0;
}

static int see_module(void *userdata, const struct bw_modprobe_line *line, struct bw_error *reterr)
{
        (void)userdata;
        (void)reterr;
        if (!line->module.n || memchr(line->module.p, '-', line->module.n))
                abort();
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)256 << 20);
        struct bw_str text = bw_str_n((const char *)data, size);

        if (!arena)
                return 0;
        (void)!bw_sysctl_conf_read(arena, text, see_setting, NULL, NULL);
        (void)!bw_modprobe_conf_read(arena, text, see_module, NULL, NULL);
        return 0;
}
