/* SPDX-License-Identifier: Apache-2.0 */
/* Packed data of any bytes: an end or an error, in bounded memory. The first byte is the size of the blocks. */
#define BW_ALLOW_BANNED
#include "base/buf.h"
#include "base/error.h"
#include "doc/decompress.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_decompress_free) struct bw_decompress *d = NULL;
        bw_auto_done(bw_buf_done) struct bw_buf out = {.ceiling = (size_t)64 << 20};
        struct bw_error err = {0};
        size_t block;
        size_t given = 0;
        struct bw_str in;
        bool end = false;
        int r;

        if (size < 5)
                return 0;
        block = data[0] + 1u;
        data++;
        size--;
        in = (struct bw_str){.p = (const char *)data};
        r = bw_decompress_new(bw_str_n((const char *)data, size), &d, &err);
        while (r == 0 && !end) {
                size_t before = out.n;

                r = bw_decompress_run(d, &in, given == size, 4096, &out, &end, &err);
                if (r < 0 || end || out.n > before)
                        continue;
                if (in.n || given == size)
                        abort();
                in = bw_str_n((const char *)data + given, BW_MIN(block, size - given));
                given += in.n;
        }
        if (r < 0 && !err.message[0])
                abort();
        return 0;
}
