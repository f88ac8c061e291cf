/* SPDX-License-Identifier: Apache-2.0 */
/* A watch's stream: the same events wherever it is cut. The first byte says where. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/error.h"
#include "kube/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
        struct bw_arena *arena;
        struct bw_buf text;
};

static int on_event(void *userdata, struct bw_str json)
{
        struct seen *seen = userdata;
        struct bw_kube_event event = {0};
        int r;

        bw_arena_reset(seen->arena);
        r = bw_kube_event_read(seen->arena, json, &event, NULL);
        bw_buf_printf(&seen->text, "%d %d %.*s|", r, (int)event.type, BW_STR_ARG(event.resource_version));
        bw_buf_str(&seen->text, json);
        return 0;
}

static void cut(struct seen *seen, struct bw_str text, size_t block)
{
        struct bw_kube_frames frames = {0};
        int r = 0;

        for (size_t at = 0; r == 0 && at < text.n; at += block)
                r = bw_kube_frames_feed(&frames, bw_str_n(text.p + at, BW_MIN(block, text.n - at)), on_event, seen, NULL);
        bw_buf_printf(&seen->text, "end %d", r);
        bw_kube_frames_done(&frames);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)256 << 20);
        struct seen whole = {.arena = arena};
        struct seen blocks = {.arena = arena};
        struct bw_str text;

        if (!arena || size < 2 || size > 20000)
                return 0;
        text = bw_str_n((const char *)data + 1, size - 1);
        cut(&whole, text, text.n);
        cut(&blocks, text, data[0] % 130 + 1u);
        if (!bw_str_eq(bw_buf_view(&whole.text), bw_buf_view(&blocks.text)))
                abort();
        bw_buf_done(&whole.text);
        bw_buf_done(&blocks.text);
        return 0;
}
