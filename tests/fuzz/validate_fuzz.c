/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration file of any bytes: it is read, decoded and validated; each problem has words, and places are in the text. */
#define BW_ALLOW_BANNED
#include "analyze/validate.h"
#include "base/arena.h"
#include "base/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)256 << 20);
        struct bw_error err = {0};
        struct bw_validation v;
        struct bw_str text;
        uint32_t lines = 2;

        if (!arena || size == 0)
                return 0;
        text = bw_str_n((const char *)data + 1, size - 1);
        for (size_t i = 0; i < text.n; i++)
                lines += data[i + 1] == '\n' || data[i + 1] == '\r' || data[i + 1] >= 0x80;
        /* The first byte is the version. */
        if (bw_validate(arena, text, 1, 29 + data[0] % 8, &v, &err) < 0)
                return 0;
        for (size_t i = 0; i < v.problems.n; i++) {
                if (v.problems.items[i].message.n == 0 || v.problems.items[i].mark.line > lines)
                        abort();
        }
        if (!v.schema && !bw_problems_refuse(&v.problems))
                abort();
        return 0;
}
