/* SPDX-License-Identifier: Apache-2.0 */
/* sshd's configuration. Include takes in the same text, so that files inside files are covered. */
#include "base/arena.h"
#include "format/sshd_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int include(void *userdata, struct bw_str pattern BW_UNUSED, const struct bw_sshd_file **ret, size_t *ret_n,
                   struct bw_error *reterr BW_UNUSED)
{
        size_t *left = userdata;
        static struct bw_sshd_file file = {.path = {.p = "i", .n = 1}};

        if (*left == 0)
                return 0;
        --*left;
        file.text = bw_str("Match User a\nX11Forwarding yes\nInclude x\n");
        *ret = &file;
        *ret_n = 1;
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)64 << 20);
        struct bw_sshd_file file = {.path = BW_STR("f"), .text = bw_str_n((const char *)data, size)};
        struct bw_str option = bw_str_n(file.text.p, BW_MIN(size, (size_t)40));
        struct bw_sshd_config config;
        size_t left = 100;

        if (!arena || bw_sshd_config_read(arena, &option, 1, &file, include, &left, &config, NULL) < 0)
                return 0;
        for (size_t i = 0; i < bw_n_sshd_keywords; i++) {
                const struct bw_sshd_setting *setting = bw_sshd_effective(&config, &bw_sshd_keywords[i]);
                int64_t seconds;

                if (setting)
                        (void)bw_sshd_time(setting->words[0], &seconds);
        }
        return 0;
}
