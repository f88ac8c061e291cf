/* SPDX-License-Identifier: Apache-2.0 */
/* mountinfo and fstab of any bytes. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "format/mounts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct bw_mount *mounts, size_t n, size_t size)
{
        for (size_t i = 0; i < n; i++) {
                if (!mounts[i].line || !mounts[i].type.n || mounts[i].target.n > size)
                        abort();
                (void)bw_mount_has(mounts[i].options, "nosuid");
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)256 << 20);
        struct bw_str text = bw_str_n((const char *)data, size);
        struct bw_mount *mounts;
        size_t n;

        if (!arena)
                return 0;
        if (bw_mountinfo_read(arena, text, &mounts, &n, NULL) == 0)
                check(mounts, n, size);
        if (bw_fstab_read(arena, text, &mounts, &n, NULL) == 0)
                check(mounts, n, size);
        return 0;
}
