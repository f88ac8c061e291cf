/* SPDX-License-Identifier: Apache-2.0 */
/* A database of rpm's of any bytes: it is never read past its end, and reading it ends. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "format/rpm_database.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
        const uint8_t *data;
        size_t size;
        size_t reads;
};

static int read_at(void *userdata, uint64_t at, void *to, size_t n, struct bw_error *reterr)
{
        struct input *in = userdata;

        if (at > in->size || n > in->size - at)
                abort();
        if (++in->reads > 1000000)
                return bw_error_set(reterr, -EIO, "enough");
        memcpy(to, in->data + at, n);
        return 0;
}

static int see(void *userdata, const struct bw_rpm_package *package, struct bw_error *reterr)
{
        (void)userdata;
        (void)reterr;
        if (!package->name.n || strnlen(package->name.p, package->name.n) != package->name.n)
                abort();
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)256 << 20);
        struct input in = {.data = data, .size = size};
        struct bw_reader_at file = {.read = read_at, .userdata = &in, .size = size};
        struct bw_rpm_package package;
        struct bw_error err = {0};

        if (!arena)
                return 0;
        if (bw_rpm_database_read(arena, &file, see, NULL, &err) < 0 && !err.message[0])
                abort();
        if (bw_rpm_header_read(bw_str_n((const char *)data, size), &package, NULL) == 0)
                (void)see(NULL, &package, NULL);
        return 0;
}
