/* SPDX-License-Identifier: Apache-2.0 */
#include "format/toml.h"

#include "base/arena.h"
#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(64 << 20);
        struct bw_buf json = {0};
        struct bw_doc doc;

        if (arena && bw_toml_read(arena, bw_str_n((const char *)data, size), &doc, NULL) == 0)
                bw_value_json(&json, doc.root, 0);
        bw_buf_done(&json);
        return 0;
}
