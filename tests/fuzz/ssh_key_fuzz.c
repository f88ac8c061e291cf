/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys of SSH, with options. */
#include "base/arena.h"
#include "format/ssh_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)16 << 20);
        struct bw_ssh_key key;

        if (arena && bw_ssh_key_read(arena, bw_str_n((const char *)data, size), &key, NULL) == 0 && key.bits == 0)
                __builtin_trap();
        return 0;
}
