/* SPDX-License-Identifier: Apache-2.0 */
/* gzip and zstd, in blocks of any size; broken, cut off and too well packed. */
#define BW_ALLOW_BANNED
#include "check.h"

#include <zlib.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/decompress.h"

static void pack_gzip(struct bw_buf *out, struct bw_str text)
{
        z_stream z = {.next_in = (unsigned char *)(uintptr_t)text.p, .avail_in = (unsigned)text.n};
        size_t room = text.n + 1024;

        assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
        z.next_out = (unsigned char *)bw_buf_reserve(out, room);
        z.avail_out = (unsigned)room;
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        bw_buf_commit(out, z.total_out);
        deflateEnd(&z);
}

static void pack_zstd(struct bw_buf *out, struct bw_str text)
{
        size_t room = ZSTD_compressBound(text.n);
        size_t n = ZSTD_compress(bw_buf_reserve(out, room), room, text.p, text.n, 3);

        assert_false(ZSTD_isError(n));
        bw_buf_commit(out, n);
}

/* Unpacks giving `block` bytes at a time; its last answer. */
static int unpack(struct bw_str packed, size_t block, struct bw_buf *out, struct bw_error *err)
{
        bw_auto(bw_decompress_free) struct bw_decompress *d = NULL;
        size_t given = 0;
        bool end = false;
        struct bw_str in = {.p = packed.p};
        int r = bw_decompress_new(packed, &d, err);

        while (r == 0 && !end) {
                size_t before = out->n;

                r = bw_decompress_run(d, &in, given == packed.n, 1000, out, &end, err);
                if (r == 0 && !end && out->n == before) {
                        size_t n = BW_MIN(block, packed.n - given);

                        assert_int_equal(in.n, 0);
                        assert_true(n > 0);
                        in = bw_str_n(packed.p + given, n);
                        given += n;
                }
        }
        return r;
}

typedef void (*pack_fn)(struct bw_buf *out, struct bw_str text);
static const pack_fn packers[] = {pack_gzip, pack_zstd};

static void test_round_trip(void **state)
{
        static const size_t blocks[] = {1, 3, 100, 1 << 20};
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        (void)state;
        for (int i = 0; i < 3000; i++)
                bw_buf_printf(&text, "line %d of %x\n", i, i * 2654435761u);
        for (size_t p = 0; p < BW_ARRAY_SIZE(packers); p++) {
                for (size_t b = 0; b < BW_ARRAY_SIZE(blocks); b++) {
                        bw_auto_done(bw_buf_done) struct bw_buf packed = {0};
                        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

                        /* Two members and an empty one are one text. */
                        packers[p](&packed, bw_str_n(text.p, 1000));
                        packers[p](&packed, BW_STR(""));
                        packers[p](&packed, bw_str_n(text.p + 1000, text.n - 1000));
                        assert_true(bw_decompress_knows(bw_buf_view(&packed)));
                        assert_ok(unpack(bw_buf_view(&packed), blocks[b], &out, NULL));
                        assert_true(bw_str_eq(bw_buf_view(&out), bw_buf_view(&text)));
                }
        }
}

static void test_cut_and_broken(void **state)
{
        (void)state;
        for (size_t p = 0; p < BW_ARRAY_SIZE(packers); p++) {
                bw_auto_done(bw_buf_done) struct bw_buf packed = {0};

                packers[p](&packed, BW_STR("some text that is packed, and some more of it"));
                for (size_t n = 4; n < packed.n; n++) {
                        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                        struct bw_error err = {0};

                        assert_int_equal(unpack(bw_str_n(packed.p, n), 64, &out, &err), -EINVAL);
                        assert_non_null(strstr(err.message, "cut off"));
                }
                for (size_t i = 0; i < packed.n; i++) {
                        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

                        packed.p[i] ^= 0x55;
                        (void)unpack(bw_buf_view(&packed), 64, &out, NULL);
                        packed.p[i] ^= 0x55;
                }
        }
}

static void test_behind_the_end(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf packed = {0};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        (void)state;
        pack_gzip(&packed, BW_STR("text"));
        bw_buf_fill(&packed, '\0', 700);
        assert_ok(unpack(bw_buf_view(&packed), 64, &out, NULL));
        assert_string_equal(out.p, "text");
        bw_buf_puts(&packed, "rubbish");
        bw_buf_clear(&out);
        assert_int_equal(unpack(bw_buf_view(&packed), 64, &out, NULL), -EINVAL);
        assert_string_equal(out.p, "text");
}

static void test_ratio(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf zeros = {0};

        (void)state;
        bw_buf_fill(&zeros, '\0', 40 * BW_MIB);
        for (size_t p = 0; p < BW_ARRAY_SIZE(packers); p++) {
                bw_auto_done(bw_buf_done) struct bw_buf packed = {0};
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                struct bw_error err = {0};

                packers[p](&packed, bw_buf_view(&zeros));
                assert_int_equal(unpack(bw_buf_view(&packed), 4096, &out, &err), -E2BIG);
                assert_non_null(strstr(err.message, "1000 times"));
                assert_true(out.n < 18 * BW_MIB);
        }
}

static void test_unknown(void **state)
{
        struct bw_decompress *d;

        (void)state;
        assert_false(bw_decompress_knows(BW_STR("")));
        assert_false(bw_decompress_knows(BW_STR("apiV")));
        assert_int_equal(bw_decompress_new(BW_STR("apiV"), &d, NULL), -EINVAL);
        bw_decompress_free(NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_round_trip),     cmocka_unit_test(test_cut_and_broken),
                cmocka_unit_test(test_behind_the_end), cmocka_unit_test(test_ratio),
                cmocka_unit_test(test_unknown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
