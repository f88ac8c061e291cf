/* SPDX-License-Identifier: Apache-2.0 */
/* os-release of any bytes: read without a word, and the same a second time. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "format/os_release.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)64 << 20);
        struct bw_os_release os;

        if (!arena || bw_os_release_read(arena, bw_str_n((const char *)data, size), &os, NULL) < 0)
                return 0;
        if (os.id.n > size + 5 || os.name.n > size)
                abort();
        return 0;
}
