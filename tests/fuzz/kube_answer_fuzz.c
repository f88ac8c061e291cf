/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of an API server: a Status, Retry-After, a page of a list. A page says the same wherever it is cut, and what it says is
 * what a reader of JSON finds in it. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/error.h"
#include "base/utf8.h"
#include "doc/doc.h"
#include "kube/answer.h"
#include "kube/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int scan(struct bw_kube_page *page, struct bw_str text, size_t block)
{
        for (size_t at = 0; at < text.n; at += block) {
                int r = bw_kube_page_feed(page, bw_str_n(text.p + at, BW_MIN(block, text.n - at)), NULL);

                if (r < 0)
                        return r;
        }
        return bw_kube_page_end(page, NULL);
}

/* Escapes, bad bytes and keys that stand there twice are read in another way by one who reads everything: not compared. */
static bool is_plain(struct bw_str text)
{
        struct bw_str key = BW_STR("\"metadata\"");
        size_t first = bw_str_find(text, key);

        return bw_utf8_valid(text) && !memchr(text.p, '\\', text.n) &&
               (first == SIZE_MAX || bw_str_find(bw_str_rest(text, first + 1), key) == SIZE_MAX);
}

static void compare(struct bw_arena *arena, const struct bw_kube_page *page, struct bw_str text)
{
        struct bw_doc doc = {0};
        size_t used;

        if (!text.n || !is_plain(text) || bw_json_read(arena, text, 1, 1, true, &doc, &used, NULL) < 0 || used != text.n)
                return;
        if (!bw_str_eq(bw_buf_view(&page->token), bw_map_text(bw_map_get(doc.root, BW_STR("metadata")), "continue")))
                abort();
        if (!bw_str_eq(bw_buf_view(&page->kind), bw_map_text(doc.root, "kind")))
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)256 << 20);
        struct bw_str text = bw_str_n((const char *)data, size);
        struct bw_kube_page whole = {0};
        struct bw_kube_page blocks = {0};
        struct bw_kube_status status;
        struct bw_kube_url url;
        int r;

        if (!arena || size < 2 || size > 20000)
                return 0;
        text = bw_str_rest(text, 1);
        if (bw_kube_retry_after(text, 784111777) > 60000)
                abort();
        if (bw_kube_url_parse(text, &url, NULL) == 0 && !url.port)
                abort();
        if (bw_kube_status_read(arena, text, &status, NULL) == 0 && status.message.n > 403)
                abort();
        r = scan(&whole, text, text.n);
        if (r != scan(&blocks, text, data[0] % 80 + 1u))
                abort();
        if (r == 0) {
                if (!bw_str_eq(bw_buf_view(&whole.token), bw_buf_view(&blocks.token)) ||
                    !bw_str_eq(bw_buf_view(&whole.kind), bw_buf_view(&blocks.kind)) ||
                    !bw_str_eq(bw_buf_view(&whole.resource_version), bw_buf_view(&blocks.resource_version)))
                        abort();
                compare(arena, &whole, text);
        }
        bw_kube_page_done(&whole);
        bw_kube_page_done(&blocks);
        return 0;
}
