/* SPDX-License-Identifier: Apache-2.0 */
/* sudo's rules. */
#include "base/arena.h"
#include "format/sudoers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int include(void *userdata, struct bw_str path BW_UNUSED, bool is_dir BW_UNUSED, const struct bw_sudo_file **ret,
                   size_t *ret_n, struct bw_error *reterr BW_UNUSED)
{
        size_t *left = userdata;
        static const struct bw_sudo_file file = {.path = {.p = "i", .n = 1}, .text = {.p = "@include x\na ALL=A\n", .n = 19}};

        if (*left == 0)
                return 0;
        --*left;
        *ret = &file;
        *ret_n = 1;
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)64 << 20);
        struct bw_sudo_file file = {.path = BW_STR("f"), .text = bw_str_n((const char *)data, size)};
        struct bw_sudoers sudoers;
        size_t left = 100;

        if (arena && bw_sudoers_read(arena, &file, include, &left, &sudoers, NULL) == 0)
                (void)bw_sudo_default_find(&sudoers, "use_pty");
        return 0;
}
