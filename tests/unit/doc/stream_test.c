/* SPDX-License-Identifier: Apache-2.0 */
/* Streams cut into pieces, the same however the bytes arrive. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/stream.h"

/* The pieces as one text: line:column{list kind} and the piece between bars; then "end" or the error's place. */
static void put_piece(struct bw_buf *out, const struct bw_piece *piece)
{
        bw_buf_printf(out, "%u:%u", (unsigned)piece->line, (unsigned)piece->column);
        if (piece->list_kind.n || piece->list_api_version.n)
                bw_buf_printf(out, "{%.*s %.*s}", BW_STR_ARG(piece->list_api_version), BW_STR_ARG(piece->list_kind));
        bw_buf_char(out, '|');
        bw_buf_str(out, piece->text);
        bw_buf_char(out, '|');
}

/* Gives the text in blocks of `block` bytes, each time only what was not taken yet. */
static void cut(struct bw_str text, bool unwrap, size_t block, struct bw_buf *out)
{
        struct bw_cutter cutter;
        size_t taken = 0;
        size_t arrived = 0;
        int r = 0;

        bw_cutter_init(&cutter, bw_stream_format(text), unwrap);
        while (r >= 0) {
                struct bw_error err = {0};
                bool eof;
                char *copy;
                struct bw_str rest;
                struct bw_piece piece;

                arrived = BW_MIN(text.n, arrived + block);
                eof = arrived == text.n;
                copy = malloc(arrived - taken + 1);
                memcpy(copy, text.p + taken, arrived - taken);
                rest = bw_str_n(copy, arrived - taken);
                while ((r = bw_cutter_next(&cutter, &rest, eof, &piece, &err)) == 1)
                        put_piece(out, &piece);
                taken = arrived - rest.n;
                free(copy);
                if (r < 0)
                        bw_buf_printf(out, "error %u:%u", (unsigned)err.line, (unsigned)err.column);
                if (r == 0 && eof) {
                        bw_buf_puts(out, "end");
                        break;
                }
        }
}

struct stream_case {
        const char *text;
        const char *pieces;
};

static void run_cases(const struct stream_case *cases, size_t n, bool unwrap)
{
        static const size_t blocks[] = {1 << 20, 1, 2, 3, 7, 64};

        for (size_t i = 0; i < n; i++) {
                for (size_t b = 0; b < BW_ARRAY_SIZE(blocks); b++) {
                        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

                        cut(bw_str(cases[i].text), unwrap, blocks[b], &out);
                        if (!bw_str_is(bw_buf_view(&out), cases[i].pieces))
                                fail_msg("\"%s\" in blocks of %zu gave\n%s\ninstead of\n%s", cases[i].text, blocks[b],
                                         out.p, cases[i].pieces);
                }
        }
}

static void test_yaml(void **state)
{
        static const struct stream_case cases[] = {
                {"", "end"},
                {"a: 1\n", "1:1|a: 1\n|end"},
                {"a: 1", "1:1|a: 1|end"},
                {"a: 1\n---\nb: 2\n", "1:1|a: 1\n|3:1|b: 2\n|end"},
                {"---\na: 1\n", "1:1|---\na: 1\n|end"},
                {"---\n---\na: 1\n", "1:1|---\n|3:1|a: 1\n|end"},
                {"a: 1\n---\n---\nb: 2\n", "1:1|a: 1\n|3:1|---\nb: 2\n|end"},
                {"a: 1\n---\n", "1:1|a: 1\n|end"},
                {"a: 1\n---", "1:1|a: 1\n|end"},
                {"---", "1:1|---|end"},
                {"\n\n---\n\na: 1\n", "1:1|\n\n|4:1|\na: 1\n|end"},
                {"a: 1\n--- # next\nb: 2\n", "1:1|a: 1\n|3:1|b: 2\n|end"},
                {"a: 1\r\n---\r\nb: 2\r\n", "1:1|a: 1\r\n|3:1|b: 2\r\n|end"},
                {"a: 1\n---\xc2\xa0\t#\nb: 2\n", "1:1|a: 1\n|3:1|b: 2\n|end"},
                {"a: |\n  ---\n  b\n", "1:1|a: |\n  ---\n  b\n|end"},
                {"a: 1\n--- x\nb: 2\n", "error 2:1"},
                {"a: 1\n----\nb: 2\n", "error 2:1"},
                {"a: 1\n---\nb: 2\n---x\nc: 3\n", "1:1|a: 1\n|error 4:1"},
                {"--\n-\n- -\n --- x\n", "1:1|--\n-\n- -\n --- x\n|end"},
                {"[1]\n", "1:1|[1]\n|end"},
        };

        (void)state;
        run_cases(cases, BW_ARRAY_SIZE(cases), true);
}

static void test_json(void **state)
{
        static const struct stream_case cases[] = {
                {"{}", "1:1|{}|end"},
                {" \n {\"a\":1} {\"b\":2}\n{}\n", "2:2|{\"a\":1}|2:10|{\"b\":2}|3:1|{}|end"},
                {"{\"a\":\"}{\\\"}\"}[1,[2]]\"x\" true -1.5e3 null",
                 "1:1|{\"a\":\"}{\\\"}\"}|1:14|[1,[2]]|1:21|\"x\"|1:25|true|"
                 "1:30|-1.5e3|1:37|null|end"},
                {"{\"\xc3\xa9\":1}{}", "1:1|{\"\xc3\xa9\":1}|1:8|{}|end"},
                {"{\"a\":\"\\\\\"}{\"b\":\"\\\\\\\"}\"}", "1:1|{\"a\":\"\\\\\"}|1:11|{\"b\":\"\\\\\\\"}\"}|end"},
                {"{\"a\":1}\n---\n", "1:1|{\"a\":1}|2:1|---|end"},
                {"{\"a\":1}\n# x\n", "1:1|{\"a\":1}|error 2:1"},
                {"{\"a\":1", "error 1:7"},
                {"{\"a", "error 1:4"},
                {"{\"a\":[}]", "1:1|{\"a\":[}]|end"},
        };

        (void)state;
        run_cases(cases, BW_ARRAY_SIZE(cases), false);
}

static void test_lists(void **state)
{
        static const struct stream_case cases[] = {
                {"{\"apiVersion\":\"v1\",\"kind\":\"PodList\",\"metadata\":{\"x\":[1]},\"items\":[{\"a\":1},{\"b\":[{}]"
                 "}]}{\"c\":1}",
                 "1:67{v1 PodList}|{\"a\":1}|1:75{v1 PodList}|{\"b\":[{}]}|1:87|{\"c\":1}|end"},
                {"{\"items\":[ {} , {} ],\"kind\":\"List\"} {}", "1:12|{}|1:17|{}|1:37|{}|end"},
                {"{\n \"items\": [\n  {\n   \"a\": 1\n  },\n  2\n ]\n}\n", "3:3|{\n   \"a\": 1\n  }|6:3|2|end"},
                {"{\"items\":[]}", "end"},
                {"{\"items\":null,\"a\":1}", "1:1|{\"items\":null,\"a\":1}|end"},
                {"{\"items\":{\"a\":1}}", "1:1|{\"items\":{\"a\":1}}|end"},
                {"{\"a\":{\"items\":[1]}}", "1:1|{\"a\":{\"items\":[1]}}|end"},
                {"{\"items\":[{}],\"items\":[{}]}", "1:11|{}|end"},
                {"{\"items\":[{},]}", "1:11|{}|error 1:14"},
                {"{\"items\":[{} {}]}", "1:11|{}|error 1:14"},
                {"{\"items\":[{}", "1:11|{}|error 1:13"},
                {"{{ .Values.x }}", "error 1:2"},
                {"{\"a\" 1}", "error 1:6"},
                {"{\"a\":1 \"b\":2}", "error 1:8"},
                {"{\"a\":}", "error 1:6"},
                {"{}", "1:1|{}|end"},
        };

        (void)state;
        run_cases(cases, BW_ARRAY_SIZE(cases), true);
}

/* Lines that are one value are cut at a glance; whatever else stands on a line is still found. */
static void test_lines(void **state)
{
        static const struct stream_case cases[] = {
                {"{\"a\":{\"b\":[{}]}}\n{\"c\":1}\n", "1:1|{\"a\":{\"b\":[{}]}}|2:1|{\"c\":1}|end"},
                {"{\"a\":1}{\"b\":2}\n{\"c\":3}", "1:1|{\"a\":1}|1:8|{\"b\":2}|2:1|{\"c\":3}|end"},
                {"{\"a\":1} {\"b\":2}\n{\"c\":3}", "1:1|{\"a\":1}|1:9|{\"b\":2}|2:1|{\"c\":3}|end"},
                {"{\"a\":\"}{\"}\n{\"b\":\"} \"}\n{}", "1:1|{\"a\":\"}{\"}|2:1|{\"b\":\"} \"}|3:1|{}|end"},
                {"{\"a\":\n{\"b\":1}}\n{\"c\":1}\n{}", "1:1|{\"a\":\n{\"b\":1}}|3:1|{\"c\":1}|4:1|{}|end"},
                {"{\"a\":[\n{}\n,{}]}\n{\"c\":1}\n{}", "1:1|{\"a\":[\n{}\n,{}]}|4:1|{\"c\":1}|5:1|{}|end"},
                {"{}\n{}\n\n{}\n", "1:1|{}|2:1|{}|4:1|{}|end"},
                {"{\"a\":1}\r\n{\"b\":1}\r\n", "1:1|{\"a\":1}|2:1|{\"b\":1}|end"},
                {"{{ .Values.x }}\n{}", "error 1:2"},
        };

        (void)state;
        run_cases(cases, BW_ARRAY_SIZE(cases), true);
}

static void test_format(void **state)
{
        (void)state;
        assert_int_equal(bw_stream_format(bw_str(" \t\n{")), BW_FORMAT_JSON);
        assert_int_equal(bw_stream_format(bw_str("\xc2\xa0\xe2\x80\xa8{")), BW_FORMAT_JSON);
        assert_int_equal(bw_stream_format(bw_str("\xef\xbb\xbf{")), BW_FORMAT_YAML);
        assert_int_equal(bw_stream_format(bw_str("[")), BW_FORMAT_YAML);
        assert_int_equal(bw_stream_format(bw_str("")), BW_FORMAT_YAML);
}

static void test_depth(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_cutter cutter;
        struct bw_piece piece;
        struct bw_error err = {0};
        struct bw_str rest;

        (void)state;
        bw_buf_puts(&text, "{\"a\":");
        bw_buf_fill(&text, '[', 10 * BW_MIB);
        for (int unwrap = 0; unwrap < 2; unwrap++) {
                rest = bw_buf_view(&text);
                bw_cutter_init(&cutter, BW_FORMAT_JSON, unwrap);
                err = (struct bw_error){0};
                assert_int_equal(bw_cutter_next(&cutter, &rest, true, &piece, &err), -E2BIG);
                assert_non_null(strstr(err.message, "10,000"));
        }
}

/* A document that never ends is refused when it has grown over the limit. */
static void test_size(void **state)
{
        static const char *const heads[] = {"a: ", "{\"a\":\"", "{\"a\":[\"", "{\"items\":[\"",
                                            "{\"items\":[{\"a\":\""};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(heads); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf text = {0};
                struct bw_cutter cutter;
                struct bw_piece piece;
                struct bw_str rest;

                bw_buf_puts(&text, heads[i]);
                bw_buf_fill(&text, 'x', BW_LIMIT_DOC_BYTES);
                rest = bw_buf_view(&text);
                bw_cutter_init(&cutter, bw_stream_format(rest), true);
                assert_int_equal(bw_cutter_next(&cutter, &rest, false, &piece, NULL), -E2BIG);
        }
}

/* What a stream's reader adds to a piece. */
static void test_read(void **state)
{
        static const struct {
                const char *text;
                const char *json;
        } cases[] = {
                {"a: |\n  x", "{\"a\":\"x\\n\"}"},
                {"a: |+\n  x\n", "{\"a\":\"x\\n\"}"},
                {"a: 'x'", "{\"a\":\"x\"}"},
                {"a: |\r\r\n  x\r\r\n  y\r\r\n", "{\"a\":\"x\\ny\\n\"}"},
                {"{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[{\"a\":1}]}",
                 "{\"a\":1,\"apiVersion\":\"v1\",\"kind\":\"Pod\"}"},
                {"{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{\"a\":1}]}", "{\"a\":1}"},
                {"{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[{\"kind\":\"X\"}]}", "{\"kind\":\"X\"}"},
                {"{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[{}]}",
                 "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}"},
                {"{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[{\"kind\":\"\"}]}",
                 "{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}"},
                {"{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[1]}", "1"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                struct bw_str rest = bw_str(cases[i].text);
                struct bw_cutter cutter;
                struct bw_piece piece;
                struct bw_doc doc;

                bw_cutter_init(&cutter, bw_stream_format(rest), true);
                assert_int_equal(bw_cutter_next(&cutter, &rest, true, &piece, NULL), 1);
                assert_ok(bw_doc_read(arena, &piece, false, &doc, NULL));
                bw_value_json(&out, doc.root, 0);
                assert_string_equal(out.p, cases[i].json);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_yaml),   cmocka_unit_test(test_json),  cmocka_unit_test(test_lists),
                cmocka_unit_test(test_format), cmocka_unit_test(test_depth), cmocka_unit_test(test_size),
                cmocka_unit_test(test_read),   cmocka_unit_test(test_lines),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
