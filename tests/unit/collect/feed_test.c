/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "collect/feed.h"

#include <zlib.h>

#include "base/buf.h"
#include "os/pool.h"
#include "temptree.h"

static int setup(void **state)
{
        static struct temp t;

        temp_begin(&t);
        *state = &t;
        return 0;
}

static int teardown(void **state)
{
        temp_end(*state);
        return 0;
}

static struct bw_feed *feed_of(const struct bw_str *paths, size_t n, const atomic_bool *cancel)
{
        struct bw_feed_options options = {.paths = paths, .n_paths = n, .cancel = cancel};
        struct bw_feed *feed = NULL;

        assert_ok(bw_feed_new(&options, &feed, NULL));
        return feed;
}

/* Everything that a path gives: "number.part line:column text|", errors as "!message|". */
static void drain(struct bw_feed *feed, struct bw_buf *out, struct bw_feed_stats *ret_stats)
{
        struct bw_unit *unit = NULL;
        struct bw_item item;
        int r;

        assert_ok(bw_unit_new(feed, &unit, NULL));
        while ((r = bw_feed_next(feed, unit, NULL)) == 1) {
                while ((r = bw_unit_item(unit, &item, NULL)) == 1) {
                        bw_buf_printf(out, "%u.%u ", item.input->number, item.part);
                        if (item.failed)
                                bw_buf_printf(out, "!%s|", item.error->message);
                        else
                                bw_buf_printf(out, "%u:%u %.*s|", item.piece.line, item.piece.column,
                                              BW_STR_ARG(item.piece.text));
                }
                assert_int_equal(r, 0);
        }
        assert_int_equal(r, 0);
        if (ret_stats)
                *ret_stats = bw_unit_stats(unit);
        bw_unit_free(unit);
}

static void expect_pieces(struct temp *t, const char *path, const char *expected)
{
        struct bw_str text = bw_str(temp_path(t, path));
        bw_auto(bw_feed_free) struct bw_feed *feed = feed_of(&text, 1, NULL);
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        drain(feed, &out, NULL);
        assert_string_equal(out.p ? out.p : "", expected);
}

static void test_documents(void **state)
{
        static const char utf16[] = "\xff\xfe"
                                    "a\0:\0 \0b\0\n";

        temp_file(*state, "two.yaml", "a: 1\n---\nb: 2\n");
        expect_pieces(*state, "two.yaml", "0.0 1:1 a: 1\n|0.0 3:1 b: 2\n|");
        temp_file(*state, "mark.yaml",
                  "\xef\xbb\xbf"
                  "a: 1\n");
        expect_pieces(*state, "mark.yaml", "0.0 1:1 a: 1\n|");
        temp_bytes(*state, "wide.yaml", utf16, sizeof(utf16));
        expect_pieces(*state, "wide.yaml", "0.0 1:1 a: b\n|");
        temp_file(*state, "list.json", "{\"kind\": \"PodList\", \"items\": [{\"a\": 1},\n {\"b\": 2}]}");
        expect_pieces(*state, "list.json", "0.0 1:31 {\"a\": 1}|0.0 2:2 {\"b\": 2}|");
        temp_file(*state, "empty.yaml", "");
        expect_pieces(*state, "empty.yaml", "");
        temp_file(*state, "short.yaml", "a");
        expect_pieces(*state, "short.yaml", "0.0 1:1 a|");
        expect_pieces(*state, "absent", "0.0 !does not exist|");
        temp_file(*state, "broken.json", "{\"a\": 1} {\"b\": ");
        expect_pieces(*state, "broken.json", "0.0 1:1 {\"a\": 1}|0.0 !unexpected end of JSON input|");
}

/* One document for each number, of about `size` bytes. */
static void many_documents(struct bw_buf *text, int n, int size)
{
        for (int i = 0; i < n; i++) {
                bw_buf_printf(text, "---\nn: %d\nfill: ", i);
                bw_buf_fill(text, 'x', (size_t)size);
                bw_buf_char(text, '\n');
        }
}

struct counted {
        struct bw_feed *feed;
        atomic_uint seen[4096]; /* how often each number came */
        atomic_uint units;
        atomic_uint out_of_order;
};

static void count_documents(void *arg, unsigned index)
{
        struct counted *c = arg;
        struct bw_unit *unit = NULL;
        struct bw_item item;

        (void)index;
        if (bw_unit_new(c->feed, &unit, NULL) < 0)
                return;
        while (bw_feed_next(c->feed, unit, NULL) == 1) {
                int last = -1;

                atomic_fetch_add(&c->units, 1);
                while (bw_unit_item(unit, &item, NULL) == 1) {
                        int n = (int)strtol(item.piece.text.p + 3, NULL, 10);

                        atomic_fetch_add(&c->seen[n], 1);
                        if (n <= last || item.failed)
                                atomic_fetch_add(&c->out_of_order, 1);
                        last = n;
                }
        }
        bw_unit_free(unit);
}

/* A big stream is shared: each document comes to exactly one thread, whole. */
static void test_threads_share_a_stream(void **state)
{
        static struct counted c;
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_pool *pool = NULL;
        struct bw_str path;

        many_documents(&text, 4000, 700);
        temp_bytes(*state, "big.yaml", text.p, text.n);
        path = bw_str(temp_path(*state, "big.yaml"));
        c.feed = feed_of(&path, 1, NULL);
        assert_ok(bw_pool_start(3, 0, count_documents, &c, &pool, NULL));
        bw_pool_join(pool);
        for (int i = 0; i < 4000; i++)
                assert_int_equal(c.seen[i], 1);
        assert_int_equal(c.out_of_order, 0);
        assert_true(c.units > 5);
        assert_false(bw_feed_has_more(c.feed));
        bw_feed_free(c.feed);
}

/* Files of a directory: the big one among them becomes a stream; small ones come in batches. */
static void test_directory(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_feed_stats stats = {0};
        struct bw_str path;
        struct bw_feed *feed;

        many_documents(&text, 1000, 700);
        temp_bytes(*state, "d/big.yaml", text.p, text.n);
        for (int i = 0; i < 100; i++) {
                char name[32];

                (void)snprintf(name, sizeof(name), "d/small-%02d.yaml", i);
                temp_file(*state, name, "a: b\n");
        }
        path = bw_str(temp_path(*state, "d"));
        feed = feed_of(&path, 1, NULL);
        drain(feed, &out, &stats);
        assert_int_equal(stats.files, 101);
        assert_int_equal(stats.bytes, text.n + 500);
        assert_non_null(strstr(out.p, "100.0 1:1 a: b\n|"));
        assert_null(strchr(out.p, '!'));
        bw_feed_free(feed);
}

/* A document larger than a slice comes whole. */
static void test_large_document(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_str path;
        struct bw_feed *feed;

        many_documents(&text, 3, 3 << 20);
        temp_bytes(*state, "large.yaml", text.p, text.n);
        path = bw_str(temp_path(*state, "large.yaml"));
        feed = feed_of(&path, 1, NULL);
        drain(feed, &out, NULL);
        assert_true(out.n > text.n);
        assert_null(strchr(out.p, '!'));
        bw_feed_free(feed);
}

static size_t gzip(const char *text, size_t n, char *to, size_t room)
{
        z_stream z = {0};
        size_t made;

        assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
        z.next_in = (void *)(uintptr_t)text;
        z.avail_in = (uInt)n;
        z.next_out = (void *)to;
        z.avail_out = (uInt)room;
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        made = z.total_out;
        (void)deflateEnd(&z);
        return made;
}

/* Packed files, small and big, whole and cut off: what is complete is given, then the error. */
static void test_packed(void **state)
{
        static char packed[4 << 20];
        static const char wide[] = "\xfe\xff\0a\0:\0 \0b";
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        bw_auto_done(bw_buf_done) struct bw_buf plain = {0};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        size_t n = gzip("a: 1\n---\nb: 2\n", 14, packed, sizeof(packed));
        struct bw_feed_stats stats = {0};
        struct bw_feed *feed;
        struct bw_str path;

        temp_bytes(*state, "small.gz", packed, n);
        expect_pieces(*state, "small.gz", "0.0 1:1 a: 1\n|0.0 3:1 b: 2\n|");
        temp_bytes(*state, "cut.gz", packed, n - 8);
        expect_pieces(*state, "cut.gz", "0.0 1:1 a: 1\n|0.0 !the packed data is cut off|");
        n = gzip(wide, sizeof(wide) - 1, packed, sizeof(packed));
        temp_bytes(*state, "wide.gz", packed, n);
        expect_pieces(*state, "wide.gz", "0.0 1:1 a: b|");

        many_documents(&text, 3000, 500);
        temp_bytes(*state, "big.yaml", text.p, text.n);
        temp_bytes(*state, "big.gz", packed, gzip(text.p, text.n, packed, sizeof(packed)));
        for (int i = 0; i < 2; i++) {
                path = bw_str(temp_path(*state, i ? "big.gz" : "big.yaml"));
                feed = feed_of(&path, 1, NULL);
                drain(feed, i ? &out : &plain, &stats);
                assert_int_equal(stats.bytes, text.n);
                bw_feed_free(feed);
        }
        assert_int_equal(out.n, plain.n);
        assert_memory_equal(out.p, plain.p, out.n);
}

static void test_cancel(void **state)
{
        atomic_bool cancel = true;
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_str path;
        struct bw_feed *feed;

        temp_file(*state, "a.yaml", "a: 1\n");
        path = bw_str(temp_path(*state, ""));
        feed = feed_of(&path, 1, &cancel);
        drain(feed, &out, NULL);
        assert_int_equal(out.n, 0);
        bw_feed_free(feed);
        feed = feed_of(&path, 1, NULL);
        bw_feed_stop(feed);
        drain(feed, &out, NULL);
        assert_int_equal(out.n, 0);
        bw_feed_free(feed);
}

/* What comes through a pipe is cut like a file: lists one behind the other, item by item. */
static void test_given_stream(void **state)
{
        static const char text[] = "{\"kind\":\"PodList\",\"items\":[{\"a\":1},{\"b\":2}]}\n{\"kind\":\"NodeList\",\"items\":[]}\n{\"c\":3}";
        struct bw_feed_stream stream = {.name = BW_STR("https://api.example:6443"), .number = 7};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_feed *feed = NULL;
        int ends[2];

        (void)state;
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], text, sizeof(text) - 1), sizeof(text) - 1);
        close(ends[1]);
        stream.fd = ends[0];
        assert_ok(bw_feed_new(&(struct bw_feed_options){.streams = &stream, .n_streams = 1}, &feed, NULL));
        drain(feed, &out, NULL);
        assert_string_equal(out.p, "7.0 1:28 {\"a\":1}|7.0 1:36 {\"b\":2}|7.0 3:1 {\"c\":3}|");
        bw_feed_free(feed);
        close(ends[0]);
}

/* A stream that is closed is an error of that input. */
static void test_given_stream_broken(void **state)
{
        const struct bw_feed_stream stream = {.name = BW_STR("x"), .fd = 1000};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_feed *feed = NULL;

        (void)state;
        assert_ok(bw_feed_new(&(struct bw_feed_options){.streams = &stream, .n_streams = 1}, &feed, NULL));
        drain(feed, &out, NULL);
        assert_string_equal(out.p, "0.0 !the stream is closed|");
        bw_feed_free(feed);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_documents, setup, teardown),
                cmocka_unit_test_setup_teardown(test_threads_share_a_stream, setup, teardown),
                cmocka_unit_test_setup_teardown(test_directory, setup, teardown),
                cmocka_unit_test_setup_teardown(test_large_document, setup, teardown),
                cmocka_unit_test_setup_teardown(test_packed, setup, teardown),
                cmocka_unit_test_setup_teardown(test_cancel, setup, teardown),
                cmocka_unit_test(test_given_stream),
                cmocka_unit_test(test_given_stream_broken),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
