/* SPDX-License-Identifier: Apache-2.0 */
/* Units, environment files, shell scripts, files of arguments and k3s's log lines: any bytes, no crash, words within the limit. */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/command_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int r, size_t n)
{
        if (r < 0 && r != -ENOENT && r != -E2BIG && r != -ENOMEM)
                __builtin_trap();
        if (r == 0 && n > BW_LIMIT_COMMAND_WORDS)
                __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(64 * BW_MIB);
        struct bw_str text = bw_str_n((const char *)data, size);
        struct bw_unit unit = {.arena = arena};
        struct bw_env env = {.arena = arena};
        const struct bw_word *words;
        struct bw_error err = {0};
        size_t n = 0;
        int r;

        if (!arena)
                return 0;
        r = bw_unit_read(&unit, BW_STR("a.service"), text, &err);
        check(r, 0);
        if (r == 0)
                r = bw_unit_environment(&unit, &env, &err);
        check(bw_env_file_read(&env, BW_STR("env"), text, &err), 0);
        for (size_t i = 0; r == 0; i++) {
                r = bw_unit_command(&unit, i, &env, &words, &n, &err);
                check(r, n);
        }
        check(bw_shell_words(arena, text, &env, BW_STR("sh"), 1, &words, &n, &err), n);
        check(bw_args_file_read(arena, BW_STR("args"), text, &env, &words, &n, &err), n);
        check(bw_k3s_log_read(arena, BW_STR("log"), text, "kubelet", &words, &n, &err), n);
        return 0;
}
