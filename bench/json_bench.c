/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_bench FILE…: time of yyjson alone, reading each value of the files (a List: each item), against that of
 * reading it into values, and of cutting the file. They take turns; medians.
 */
#define BW_ALLOW_BANNED
#include <yyjson.h>

#include "bench.h"

#include "base/arena.h"
#include "doc/stream.h"

static struct bw_piece *pieces;
static size_t n_pieces;
static size_t cap_pieces;

static void cut(struct bw_str text, bool keep)
{
        struct bw_cutter cutter;
        struct bw_piece piece;

        bw_cutter_init(&cutter, BW_FORMAT_JSON, true);
        while (bw_cutter_next(&cutter, &text, true, &piece, NULL) == 1) {
                if (!keep)
                        continue;
                if (n_pieces == cap_pieces)
                        pieces = realloc(pieces, (cap_pieces = cap_pieces ? cap_pieces * 2 : 64) * sizeof(*pieces));
                if (!pieces)
                        exit(2);
                pieces[n_pieces++] = piece;
        }
}

static void yyjson_all(void)
{
        for (size_t i = 0; i < n_pieces; i++) {
                yyjson_doc *doc = yyjson_read(pieces[i].text.p, pieces[i].text.n, 0);

                if (!doc)
                        exit(2);
                yyjson_doc_free(doc);
        }
}

static void read_all(struct bw_arena *arena)
{
        for (size_t i = 0; i < n_pieces; i++) {
                struct bw_doc doc;

                if (bw_doc_read(arena, &pieces[i], false, &doc, NULL) < 0)
                        exit(2);
                bw_arena_reset(arena);
        }
}

int main(int argc, char **argv)
{
        struct bw_arena *arena = bw_arena_new(0);
        struct bw_str *texts = calloc((size_t)argc, sizeof(*texts));
        double alone[BENCH_ROUNDS];
        double whole[BENCH_ROUNDS];
        double cutting[BENCH_ROUNDS];
        size_t bytes = 0;

        if (argc < 2 || !arena || !texts)
                return 2;
        for (int i = 1; i < argc; i++) {
                texts[i] = bench_read(argv[i]);
                bytes += texts[i].n;
                cut(texts[i], true);
        }
        for (size_t round = 0; round < BENCH_ROUNDS; round++) {
                double start = bench_now();
                double second;
                double third;

                yyjson_all();
                second = bench_now();
                read_all(arena);
                third = bench_now();
                for (int i = 1; i < argc; i++)
                        cut(texts[i], false);
                cutting[round] = bench_now() - third;
                whole[round] = third - second;
                alone[round] = second - start;
        }
        printf("{\"documents\":%zu,\"bytes\":%zu,\"yyjson_s\":%.6f,\"bulwark_s\":%.6f,\"ratio\":%.3f,\"cut_gb_s\":%.2f}"
               "\n",
               n_pieces, bytes, bench_median(alone, BENCH_ROUNDS), bench_median(whole, BENCH_ROUNDS),
               bench_median(whole, BENCH_ROUNDS) / bench_median(alone, BENCH_ROUNDS),
               (double)bytes / 1e9 / bench_median(cutting, BENCH_ROUNDS));
        for (int i = 1; i < argc; i++)
                free((char *)(uintptr_t)texts[i].p);
        free(texts);
        free(pieces);
        bw_arena_free(arena);
        return 0;
}
