/* SPDX-License-Identifier: Apache-2.0 */
/* YAML of any bytes: what is read can be written as JSON and read again as the same, and its places are in the text. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "doc/classify.h"
#include "doc/pod.h"
#include "doc/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_marks(struct bw_value v, uint32_t lines)
{
        for (uint32_t i = 0; i < v.n && (v.type == BW_LIST || v.type == BW_MAP); i++) {
                bool is_map = v.type == BW_MAP;
                struct bw_mark mark = is_map ? v.map->marks[2 * i + 1] : v.list->marks[i];

                if (mark.line < 1 || mark.line > lines || mark.column < 1)
                        abort();
        }
}

static int see_pod(void *ctx, const struct bw_pod *pod)
{
        struct bw_container containers[4];

        (void)ctx;
        (void)bw_pod_containers(pod, containers, BW_ARRAY_SIZE(containers));
        return 0;
}

static int see_item(void *ctx, struct bw_doc *item, struct bw_error *reterr)
{
        (void)reterr;
        (void)bw_doc_classify(item);
        return bw_doc_pods(item, ctx, see_pod, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)256 << 20);
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_str text = bw_str_n((const char *)data, size);
        struct bw_error err = {0};
        struct bw_doc doc;
        struct bw_doc again;
        uint32_t lines = 2;

        if (!arena)
                return 0;
        for (size_t i = 0; i < size; i++)
                lines += data[i] == '\n' || data[i] == '\r' || data[i] >= 0x80;
        if (bw_yaml_read(arena, text, 1, false, &doc, &err) < 0) {
                if (!err.message[0])
                        abort();
                (void)bw_text_is_template(text);
                return 0;
        }
        check_marks(doc.root, lines);
        bw_value_json(&out, doc.root, 0);
        if (bw_buf_status(&out) < 0)
                return 0;
        if (bw_json_read(arena, bw_buf_view(&out), 1, 1, true, &again, NULL, &err) < 0 ||
            !bw_value_eq(doc.root, again.root))
                abort();
        (void)bw_doc_identify(&doc);
        (void)bw_doc_line(&doc, doc.mark.line);
        (void)!bw_doc_list_items(arena, &doc, see_item, arena, NULL);
        return 0;
}
