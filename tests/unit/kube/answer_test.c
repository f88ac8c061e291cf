/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "kube/answer.h"

#define NOW 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT */

static void test_retry_after(void **state)
{
        static const struct {
                const char *text;
                int64_t ms;
        } cases[] = {
                {"0", 0},
                {"1", 1000},
                {" 30 ", 30000},
                {"60", 60000},
                {"61", 60000},
                {"99999999999999", 60000},
                {"-1", -1},
                {"", -1},
                {"soon", -1},
                {"1.5", -1},
                {"Sun, 06 Nov 1994 08:49:37 GMT", 0},
                {"Sun, 06 Nov 1994 08:49:40 GMT", 3000},
                {"Sun, 06 Nov 1994 08:49:00 GMT", 0}, /* past */
                {"Mon, 07 Nov 1994 08:49:00 GMT", 60000},
                {"Sun, 06 Nov 1994 08:49:40 CET", -1},
                {"Sun, 06 vNo 1994 08:49:40 GMT", -1},
                {"Sun, 36 Nov 1994 08:49:40 GMT", -1},
                {"Sun, 06 Nov 1994 08:49:4\x00 GMT", -1},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++)
                if (bw_kube_retry_after(bw_str(cases[i].text), NOW) != cases[i].ms)
                        fail_msg("%s: %" PRId64, cases[i].text, bw_kube_retry_after(bw_str(cases[i].text), NOW));
}

static void test_pause(void **state)
{
        (void)state;
        for (unsigned n = 0; n < 40; n++) {
                uint64_t whole = n <= 1 ? 250 : n < 7 ? 250u << (n - 1) : 10000;

                whole = BW_MIN(whole, 10000u);
                for (uint64_t random = 0; random < 30000; random += 7) {
                        uint64_t ms = bw_kube_pause(n, random);

                        assert_in_range(ms, whole / 2, whole / 2 + whole);
                }
        }
        assert_int_not_equal(bw_kube_pause(3, 1), bw_kube_pause(3, 2));
        assert_in_range(bw_kube_pause(UINT_MAX, UINT64_MAX), 5000, 15000);
}

static void test_status(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_kube_status s;
        char many[3000];

        (void)state;
        assert_ok(bw_kube_status_read(arena, BW_STR("{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\",\"message\":"
                                                    "\"too\\nold\",\"metadata\":{\"continue\":\"abc\",\"resourceVersion\":"
                                                    "\"7\"},\"details\":{\"retryAfterSeconds\":5}}\n"),
                                      &s, NULL));
        assert_true(s.is_status);
        assert_int_equal(s.code, 410);
        assert_str(s.reason, "Expired");
        assert_str(s.message, "too old");
        assert_str(s.continue_token, "abc");
        assert_str(s.resource_version, "7");
        assert_int_equal(s.retry_after, 5);

        assert_ok(bw_kube_status_read(arena, BW_STR(" 404 page\x1b[31m not found\r\n"), &s, NULL));
        assert_false(s.is_status);
        assert_str(s.message, "404 page [31m not found");
        assert_ok(bw_kube_status_read(arena, BW_STR("{\"kind\":\"Pod\",\"code\":410}"), &s, NULL));
        assert_false(s.is_status);
        assert_int_equal(s.code, 0);
        assert_ok(bw_kube_status_read(arena, BW_STR("{\"kind\":\"Status\",\"code\":\"x\",\"message\":[1],\"metadata\":3}"), &s,
                                      NULL));
        assert_true(s.is_status);
        assert_int_equal(s.code, 0);
        assert_int_equal(s.message.n, 0);
        assert_ok(bw_kube_status_read(arena, BW_STR(""), &s, NULL));
        assert_false(s.is_status);

        /* Cut between characters. */
        for (size_t i = 0; i + 2 <= sizeof(many); i += 2)
                memcpy(many + i, "\xc3\xa4", 2);
        assert_ok(bw_kube_status_read(arena, bw_str_n(many + 1, sizeof(many) - 1), &s, NULL));
        assert_in_range(s.message.n, 100, 410);
        assert_true(bw_str_ends(s.message, BW_STR("\xc3\xa4…")));
}

/* Feeds text in pieces of n bytes. */
static int feed(struct bw_kube_page *page, struct bw_str text, size_t n, struct bw_error *err)
{
        for (size_t at = 0; at < text.n; at += n) {
                int r = bw_kube_page_feed(page, bw_str_n(text.p + at, BW_MIN(n, text.n - at)), err);

                if (r < 0)
                        return r;
        }
        return bw_kube_page_end(page, err);
}

static const struct page_case {
        const char *text;
        int r;
        const char *kind, *version, *token;
} pages[] = {
        {"{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"12\",\"continue\":\"eyJ2\"},\"items\":[]}\n",
         0, "PodList", "12", "eyJ2"},
        {"{}", 0, "", "", ""},
        {" { \"items\" : [ { \"metadata\" : { \"continue\" : \"no\" , \"resourceVersion\":\"1\" } } ] , \"metadata\" :\n{ \"continue\" "
         ": \"yes\" } , \"kind\" : \"L\" } ",
         0, "L", "", "yes"},
        /* What stands elsewhere does not count: in items, in metadata's own maps, in texts. */
        {"{\"metadata\":{\"annotations\":{\"continue\":\"no\"},\"continue\":\"\"},\"spec\":{\"metadata\":{\"continue\":\"no\"}},"
         "\"text\":\"\\\"metadata\\\":{\\\"continue\\\":\\\"no\\\"}\",\"kind\":\"L\"}",
         0, "L", "", ""},
        {"{\"metadata\":{\"continue\":null,\"remainingItemCount\":12,\"resourceVersion\":\"3\"},\"kind\":\"L\",\"x\":true}", 0, "L",
         "3", ""},
        {"{\"metadata\":null,\"kind\":1}", 0, "", "", ""},
        {"{\"metadata\":\"continue\",\"items\":null}", 0, "", "", ""},
        {"{\"kind\":\"A\",\"kind\":\"B\",\"metadata\":{\"continue\":\"1\"},\"metadata\":{\"continue\":\"2\"}}", 0, "B", "", "2"},
        {"{\"metadata\":{\"continue\":\"a\\u003d\\\\\\\"b\"}}", 0, "", "", "a=\\\"b"},
        {"{\"a-key-that-is-longer-than-any-of-those-that-count\":\"x\",\"kind\":\"K\"}", 0, "K", "", ""},
        {"{\"kind\\\"\":\"x\",\"items\":[\"]\",\"}\",\"\\\\\",\"\\\\\\\"]\"],\"kind\":\"K\"}", 0, "K", "", ""},
        {"", -EPROTO, NULL, NULL, NULL},
        {"  ", -EPROTO, NULL, NULL, NULL},
        {"[]", -EPROTO, NULL, NULL, NULL},
        {"<html></html>", -EPROTO, NULL, NULL, NULL},
        {"{\"items\":[", -EPROTO, NULL, NULL, NULL},
        {"{\"items\":[]", -EPROTO, NULL, NULL, NULL},
        {"{\"kind\":\"PodList", -EPROTO, NULL, NULL, NULL},
        {"{\"kind\":}", -EPROTO, NULL, NULL, NULL},
        {"{\"kind\" \"x\"}", -EPROTO, NULL, NULL, NULL},
        {"{kind:1}", -EPROTO, NULL, NULL, NULL},
        {"{\"metadata\":{}", -EPROTO, NULL, NULL, NULL},
        {"{}{}", -EPROTO, NULL, NULL, NULL},
        {"{} x", -EPROTO, NULL, NULL, NULL},
        {"{\"a\":1]", -EPROTO, NULL, NULL, NULL},
        {"{\"metadata\":{\"continue\":\"\\ud800\\x\"}}", -EPROTO, NULL, NULL, NULL},
};

static void test_page(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(pages); i++) {
                const struct page_case *c = &pages[i];
                struct bw_kube_page page = {0};

                /* Wherever the bytes are cut. */
                for (size_t n = 1; n <= strlen(c->text) + 1; n++) {
                        int r = feed(&page, bw_str(c->text), n, NULL);

                        if (r != c->r)
                                fail_msg("%s by %zu: %d", c->text, n, r);
                        if (r == 0) {
                                assert_str(bw_buf_view(&page.kind), c->kind);
                                assert_str(bw_buf_view(&page.resource_version), c->version);
                                assert_str(bw_buf_view(&page.token), c->token);
                        }
                        bw_kube_page_clear(&page);
                }
                bw_kube_page_done(&page);
        }
}

/* Long items, cut everywhere: what is skipped is held in blocks of 64 bytes. */
static void test_page_blocks(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_kube_page page = {0};

        (void)state;
        bw_buf_puts(&text, "{\"items\":[");
        for (unsigned i = 0; i < 40; i++)
                bw_buf_printf(&text, "%s{\"metadata\":{\"continue\":\"%0*u\"},\"t\":\"]}\\\\\\\"[{\"}", i ? "," : "", (int)i * 3 + 1, i);
        bw_buf_puts(&text, "],\"metadata\":{\"continue\":\"end\"},\"kind\":\"L\"}");
        for (size_t n = 1; n < 300; n++) {
                assert_ok(feed(&page, bw_buf_view(&text), n, NULL));
                assert_str(bw_buf_view(&page.token), "end");
                bw_kube_page_clear(&page);
                assert_int_equal(feed(&page, bw_str_n(text.p, text.n - 1 - n), n, NULL), -EPROTO);
                bw_kube_page_clear(&page);
        }
        bw_kube_page_done(&page);
}

static void test_page_limits(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_kube_page page = {0};

        (void)state;
        for (size_t more = 0; more < 2; more++) {
                bw_buf_clear(&text);
                bw_buf_puts(&text, "{\"metadata\":{\"continue\":\"");
                bw_buf_fill(&text, 'a', BW_LIMIT_KUBE_CONTINUE + more);
                bw_buf_puts(&text, "\"}}");
                assert_int_equal(feed(&page, bw_buf_view(&text), 1000, NULL), more ? -E2BIG : 0);
                bw_kube_page_clear(&page);
        }
        bw_buf_clear(&text);
        bw_buf_puts(&text, "{\"items\":");
        bw_buf_fill(&text, '[', BW_LIMIT_DOC_DEPTH + 200);
        assert_int_equal(feed(&page, bw_buf_view(&text), 1000, NULL), -E2BIG);
        bw_kube_page_done(&page);
}

/* ---- watches ---- */

struct collected {
        struct bw_buf text;
        size_t stop_at; /* 0: never */
        size_t n;
};

static int collect(void *userdata, struct bw_str json)
{
        struct collected *c = userdata;

        bw_buf_str(&c->text, json);
        bw_buf_char(&c->text, '|');
        return ++c->n == c->stop_at ? 7 : 0;
}

static void test_frames(void **state)
{
        static const char text[] = "{\"a\":1}\n{\"b\":\"}{\\\"\"}{\"c\":[{},{}]}\r\n\n {\"d\":{\"a long enough text to cross a block "
                                   "of sixty-four bytes\":[1,2,3]}}\n{\"e\"";
        struct bw_kube_frames frames = {0};
        struct bw_error err = {0};

        (void)state;
        for (size_t n = 1; n <= sizeof(text); n++) {
                struct collected c = {0};

                for (size_t at = 0; at < sizeof(text) - 1; at += n)
                        assert_ok(bw_kube_frames_feed(&frames, bw_str_n(text + at, BW_MIN(n, sizeof(text) - 1 - at)), collect,
                                                      &c, NULL));
                assert_str(bw_buf_view(&c.text), "{\"a\":1}|{\"b\":\"}{\\\"\"}|{\"c\":[{},{}]}|{\"d\":{\"a long enough text to cross "
                                                 "a block of sixty-four bytes\":[1,2,3]}}|");
                bw_buf_done(&c.text);
                bw_kube_frames_clear(&frames);
        }
        for (size_t stop_at = 0; stop_at < 2; stop_at++) {
                struct collected c = {.stop_at = stop_at};

                assert_int_equal(bw_kube_frames_feed(&frames, BW_STR("{} [1]"), collect, &c, &err), stop_at ? 7 : -EPROTO);
                assert_int_equal(c.n, 1);
                bw_kube_frames_clear(&frames);
                bw_buf_done(&c.text);
        }
        bw_kube_frames_done(&frames);
}

static void test_frame_limit(void **state)
{
        struct bw_kube_frames frames = {0};
        struct collected c = {0};
        char block[65536];
        size_t n = 0;
        int r = bw_kube_frames_feed(&frames, BW_STR("{\""), collect, &c, NULL);

        (void)state;
        memset(block, 'a', sizeof(block));
        for (; r == 0 && n < 2 * BW_LIMIT_KUBE_EVENT; n += sizeof(block))
                r = bw_kube_frames_feed(&frames, bw_str_n(block, sizeof(block)), collect, &c, NULL);
        assert_int_equal(r, -E2BIG);
        assert_in_range(n, BW_LIMIT_KUBE_EVENT - sizeof(block), BW_LIMIT_KUBE_EVENT + sizeof(block));
        bw_kube_frames_done(&frames);
}

static void test_event(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_kube_event e;

        (void)state;
        assert_ok(bw_kube_event_read(arena, BW_STR("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"resourceVersion\":\"5\"}}}"), &e,
                                     NULL));
        assert_int_equal(e.type, BW_KUBE_EVENT_OBJECT);
        assert_str(e.resource_version, "5");
        assert_ok(bw_kube_event_read(arena, BW_STR("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"6\"}}}"),
                                     &e, NULL));
        assert_int_equal(e.type, BW_KUBE_EVENT_BOOKMARK);
        assert_ok(bw_kube_event_read(arena, BW_STR("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"message\":"
                                                   "\"old\"}}"),
                                     &e, NULL));
        assert_int_equal(e.type, BW_KUBE_EVENT_ERROR);
        assert_int_equal(e.status.code, 410);
        assert_str(e.status.message, "old");
        assert_int_equal(bw_kube_event_read(arena, BW_STR("{\"type\":\"OTHER\",\"object\":{}}"), &e, NULL), -EPROTO);
        assert_int_equal(bw_kube_event_read(arena, BW_STR("{\"type\":\"ADDED\",\"object\":[]}"), &e, NULL), -EPROTO);
        assert_int_equal(bw_kube_event_read(arena, BW_STR("{\"type\":\"ADDED\"}"), &e, NULL), -EPROTO);
        assert_int_equal(bw_kube_event_read(arena, BW_STR("{\"type\":ADDED}"), &e, NULL), -EPROTO);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_retry_after), cmocka_unit_test(test_pause),       cmocka_unit_test(test_status),
                cmocka_unit_test(test_page),        cmocka_unit_test(test_page_blocks), cmocka_unit_test(test_page_limits),
                cmocka_unit_test(test_frames),      cmocka_unit_test(test_frame_limit), cmocka_unit_test(test_event),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
