/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_bench FILE…: time of libyaml alone, emitting the events of each file, against that of cutting the file and
 * reading every document of it. The two take turns; medians. Files that libyaml cannot read to their end are left out.
 */
#define BW_ALLOW_BANNED
#include <yaml.h>

#include "bench.h"

#include "base/arena.h"
#include "doc/stream.h"

static bool events(struct bw_str text)
{
        yaml_parser_t parser;
        yaml_event_t event;
        bool done = false;

        if (!yaml_parser_initialize(&parser))
                exit(2);
        yaml_parser_set_input_string(&parser, (const unsigned char *)text.p, text.n);
        while (!done) {
                if (!yaml_parser_parse(&parser, &event))
                        break;
                done = event.type == YAML_STREAM_END_EVENT;
                yaml_event_delete(&event);
        }
        yaml_parser_delete(&parser);
        return done;
}

static size_t documents(struct bw_arena *arena, struct bw_str text)
{
        struct bw_cutter cutter;
        struct bw_piece piece;
        struct bw_doc doc;
        size_t n = 0;

        bw_cutter_init(&cutter, BW_FORMAT_YAML, true);
        while (bw_cutter_next(&cutter, &text, true, &piece, NULL) == 1) {
                n += bw_doc_read(arena, &piece, false, &doc, NULL) == 0;
                bw_arena_reset(arena);
        }
        return n;
}

int main(int argc, char **argv)
{
        struct bw_str *texts = calloc((size_t)argc, sizeof(*texts));
        struct bw_arena *arena = bw_arena_new(0);
        double alone[BENCH_ROUNDS];
        double whole[BENCH_ROUNDS];
        size_t n_docs = 0;
        size_t bytes = 0;
        int n = 0;

        if (argc < 2 || !texts || !arena)
                return 2;
        for (int i = 1; i < argc; i++) {
                texts[n] = bench_read(argv[i]);
                if (bw_stream_format(texts[n]) == BW_FORMAT_YAML && events(texts[n]))
                        bytes += texts[n++].n;
                else
                        free((char *)(uintptr_t)texts[n].p);
        }
        for (size_t round = 0; round < BENCH_ROUNDS; round++) {
                double start = bench_now();
                double middle;

                for (int i = 0; i < n; i++)
                        (void)events(texts[i]);
                middle = bench_now();
                n_docs = 0;
                for (int i = 0; i < n; i++)
                        n_docs += documents(arena, texts[i]);
                whole[round] = bench_now() - middle;
                alone[round] = middle - start;
        }
        printf("{\"files\":%d,\"documents\":%zu,\"bytes\":%zu,\"libyaml_s\":%.6f,\"bulwark_s\":%.6f,\"ratio\":%.3f}\n",
               n, n_docs, bytes, bench_median(alone, BENCH_ROUNDS), bench_median(whole, BENCH_ROUNDS),
               bench_median(whole, BENCH_ROUNDS) / bench_median(alone, BENCH_ROUNDS));
        for (int i = 0; i < n; i++)
                free((char *)(uintptr_t)texts[i].p);
        free(texts);
        bw_arena_free(arena);
        return 0;
}
