/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/snapshot_stream.h"

#include <zstd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/time.h"
#include "doc/decompress.h"

#define BEGINNING "{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"ClusterSnapshot\","

enum { LEVEL = 3 }; /* of zstd: a gigabyte of pods packs to a thirtieth in seconds */

struct bw_snapshot_stream {
        ZSTD_CCtx *packer;       /* NULL: plain lines */
        bw_snapshot_sink sink;
        void *userdata;
        struct bw_buf line;
        struct bw_buf out;
};

bool bw_cluster_snapshot_is(struct bw_str head)
{
        bw_auto(bw_decompress_free) struct bw_decompress *d = NULL;
        bw_auto_done(bw_buf_done) struct bw_buf plain = {0};
        bool end = false;

        if (!bw_decompress_knows(head))
                return bw_str_starts(head, BW_STR(BEGINNING));
        if (bw_decompress_new(head, &d, NULL) < 0)
                return false;
        /* Cut off as it is, this may end with an error; what comes before it tells. */
        while (!end && plain.n < sizeof(BEGINNING) - 1 && head.n)
                if (bw_decompress_run(d, &head, false, sizeof(BEGINNING) - 1 - plain.n, &plain, &end, NULL) < 0)
                        break;
        return bw_str_starts(bw_buf_view(&plain), BW_STR(BEGINNING));
}

int bw_cluster_head_read(struct bw_arena *arena, struct bw_str line, struct bw_cluster_head *ret, struct bw_error *reterr)
{
        struct bw_doc doc;
        struct bw_value minor;
        size_t used;
        int r;

        if (!bw_str_starts(line, BW_STR(BEGINNING)))
                return bw_error_at(reterr, -EINVAL, 1, 1, "is no snapshot of a cluster");
        r = bw_json_read(arena, line, 1, 1, false, &doc, &used, reterr);
        if (r < 0)
                return r;
        minor = bw_map_get(doc.root, BW_STR("kubernetesMinor"));
        *ret = (struct bw_cluster_head){
                .server = bw_map_text(doc.root, "server"),
                .version = bw_map_text(doc.root, "version"),
                .kubernetes_minor = minor.type == BW_INT && minor.i >= 0 && minor.i < 1000 ? (int)minor.i : -1,
        };
        if (bw_time_parse(bw_map_text(doc.root, "time"), &ret->time) < 0)
                return bw_error_at(reterr, -EINVAL, 1, 1, "the snapshot does not say when it was made");
        return ret->server.n ? 0 : bw_error_at(reterr, -EINVAL, 1, 1, "the snapshot does not say of which cluster it is");
}

/* ---- writing */

static int give(struct bw_snapshot_stream *s, struct bw_error *reterr)
{
        int r = s->out.n ? s->sink(s->userdata, bw_buf_view(&s->out), reterr) : 0;

        bw_buf_clear(&s->out);
        return r;
}

static int pack(struct bw_snapshot_stream *s, struct bw_str text, ZSTD_EndDirective end, struct bw_error *reterr)
{
        ZSTD_inBuffer in = {.src = text.p, .size = text.n};
        size_t left;

        do {
                size_t room = ZSTD_CStreamOutSize();
                char *to = bw_buf_reserve(&s->out, room);
                ZSTD_outBuffer out = {.dst = to, .size = room};
                int r;

                if (!to)
                        return bw_error_nomem(reterr);
                left = ZSTD_compressStream2(s->packer, &out, &in, end);
                if (ZSTD_isError(left))
                        return bw_error_nomem(reterr);
                bw_buf_commit(&s->out, out.pos);
                r = give(s, reterr);
                if (r < 0)
                        return r;
        } while (in.pos < in.size || (end != ZSTD_e_continue && left));
        return 0;
}

/* The line at hand. */
static int put_line(struct bw_snapshot_stream *s, ZSTD_EndDirective end, struct bw_error *reterr)
{
        int r = bw_buf_status(&s->line);

        if (r == -E2BIG)
                return bw_error_set(reterr, r, "an object has more than %zu MiB", BW_LIMIT_DOC_BYTES >> 20);
        if (r < 0)
                return bw_error_nomem(reterr);
        r = s->packer ? pack(s, bw_buf_view(&s->line), end, reterr) : s->sink(s->userdata, bw_buf_view(&s->line), reterr);
        bw_buf_clear(&s->line);
        return r;
}

int bw_snapshot_stream_new(const struct bw_cluster_head *head, bool packed, bw_snapshot_sink sink, void *userdata,
                           struct bw_snapshot_stream **ret, struct bw_error *reterr)
{
        bw_auto(bw_snapshot_stream_free) struct bw_snapshot_stream *s = bw_zalloc(sizeof(*s));
        char when[BW_TIME_TEXT];
        int r;

        if (!s)
                return bw_error_nomem(reterr);
        s->sink = sink;
        s->userdata = userdata;
        s->line.ceiling = 2 * BW_LIMIT_DOC_BYTES; /* as JSON some letters take more room */
        if (packed) {
                s->packer = ZSTD_createCCtx();
                if (!s->packer || ZSTD_isError(ZSTD_CCtx_setParameter(s->packer, ZSTD_c_compressionLevel, LEVEL)))
                        return bw_error_nomem(reterr);
        }
        bw_buf_puts(&s->line, BEGINNING "\"metadata\":{\"name\":");
        bw_buf_json(&s->line, head->server);
        bw_buf_puts(&s->line, "},\"server\":");
        bw_buf_json(&s->line, head->server);
        bw_buf_puts(&s->line, ",\"version\":");
        bw_buf_json(&s->line, head->version);
        bw_buf_printf(&s->line, ",\"time\":\"%s\"", bw_time_format(head->time, when));
        if (head->kubernetes_minor >= 0)
                bw_buf_printf(&s->line, ",\"kubernetesMinor\":%d", head->kubernetes_minor);
        bw_buf_puts(&s->line, "}\n");
        /* A frame of its own: the first bytes of the file tell what it is. */
        r = put_line(s, ZSTD_e_end, reterr);
        if (r < 0)
                return r;
        *ret = bw_take(s);
        return 0;
}

void bw_snapshot_stream_free(struct bw_snapshot_stream *stream)
{
        if (!stream)
                return;
        ZSTD_freeCCtx(stream->packer);
        bw_buf_done(&stream->line);
        bw_buf_done(&stream->out);
        bw_free(stream);
}

int bw_snapshot_stream_add(struct bw_snapshot_stream *stream, const struct bw_doc *doc, struct bw_error *reterr)
{
        bw_value_json(&stream->line, doc->root, 0);
        bw_buf_char(&stream->line, '\n');
        return put_line(stream, ZSTD_e_continue, reterr);
}

int bw_snapshot_stream_end(struct bw_snapshot_stream *stream, struct bw_error *reterr)
{
        return stream->packer ? pack(stream, BW_STR(""), ZSTD_e_end, reterr) : 0;
}
