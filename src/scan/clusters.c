/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/clusters_internal.h"

#include <unistd.h>

#include "base/arena.h"
#include "collect/source.h"
#include "scan/cluster.h"
#include "scan/snapshot.h"

#define HEAD_BYTES 4096
#define HEAD_LIMIT ((size_t)64 << 10)

int bw_clusters_begin(struct bw_clusters *clusters, const struct bw_cluster *cluster, size_t n_paths, struct bw_arena *arena,
                      struct bw_error *reterr)
{
        *clusters = (struct bw_clusters){.is_live = cluster != NULL};
        clusters->streams = bw_arena_zalloc(arena, (n_paths + 1) * sizeof(*clusters->streams));
        clusters->heads = bw_arena_zalloc(arena, (n_paths + 1) * sizeof(*clusters->heads));
        if (!clusters->streams || !clusters->heads)
                return bw_error_nomem(reterr);
        if (cluster)
                clusters->streams[clusters->n++] = (struct bw_feed_stream){
                        .name = bw_cluster_server(cluster), .fd = bw_cluster_fd(cluster), .number = BW_CLUSTER_LIVE};
        return 0;
}

static int open_file(const char *path, struct bw_source *source, struct bw_error *reterr)
{
        struct bw_file file = BW_FILE_CLOSED;
        int r = bw_fs_open(AT_FDCWD, path, 0, &file, reterr);

        if (r == 0)
                bw_source_init(source, &file, NULL);
        return r;
}

bool bw_cluster_snapshot_is_file(const char *path)
{
        bw_auto_done(bw_buf_done) struct bw_buf head = {0};
        struct bw_file file = BW_FILE_CLOSED;
        char *at = bw_buf_reserve(&head, HEAD_BYTES);
        size_t n = 0;

        if (!at || bw_fs_open(AT_FDCWD, path, 0, &file, NULL) < 0)
                return false;
        if (bw_file_read(&file, at, HEAD_BYTES, NULL, &n, NULL) == 0)
                bw_buf_commit(&head, n);
        bw_file_close(&file);
        return bw_cluster_snapshot_is(bw_buf_view(&head));
}

int bw_cluster_snapshot_head(const char *path, struct bw_arena *arena, struct bw_cluster_head *ret, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_source source;
        struct bw_str rest;
        struct bw_str line;
        int r = open_file(path, &source, reterr);

        if (r < 0)
                return r;
        while (r == 0 && !source.ended && text.n < HEAD_LIMIT && (!text.n || !memchr(text.p, '\n', text.n)))
                r = bw_source_read(&source, HEAD_BYTES, &text, reterr);
        bw_source_done(&source);
        rest = bw_buf_view(&text);
        if (r == 0 && !bw_str_split(&rest, '\n', &line))
                line = (struct bw_str){0};
        if (r == 0)
                r = bw_cluster_head_read(arena, line, ret, reterr);
        if (r < 0 && reterr)
                bw_error_in_file(reterr, bw_str(path));
        return r;
}

int bw_clusters_add(struct bw_clusters *clusters, const char *path, struct bw_arena *arena, struct bw_error *reterr)
{
        struct bw_cluster_head head;
        struct bw_file file = BW_FILE_CLOSED;
        int r = bw_cluster_snapshot_head(path, arena, &head, reterr);

        if (r == 0)
                r = bw_fs_open(AT_FDCWD, path, 0, &file, reterr);
        if (r < 0)
                return r;
        clusters->heads[clusters->n] = head;
        clusters->streams[clusters->n] = (struct bw_feed_stream){
                .name = head.server, .fd = file.fd, .number = BW_CLUSTER_LIVE + 1 + (uint32_t)(clusters->n - clusters->is_live)};
        clusters->n++;
        return 0;
}

void bw_clusters_done(struct bw_clusters *clusters)
{
        for (size_t i = clusters->is_live; i < clusters->n; i++)
                (void)close(clusters->streams[i].fd);
        clusters->n = 0;
}
