/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "vectors.h"

#include "base/arena.h"
#include "base/error.h"
#include "doc/doc.h"

static const struct vectors_topic *const topics[] = {
        &vectors_audit_policy,
        &vectors_cel,
        &vectors_encryption_config,
        &vectors_k8s_yaml,
        &vectors_kubelet_config,
        &vectors_netpol,
        &vectors_nodes,
        &vectors_pss,
        &vectors_rbac,
        &vectors_workload,
};

void vectors_case(struct vectors_run *run, bool ok, const char *name, const char *why, ...)
{
        va_list ap;

        if (ok) {
                run->passed++;
                return;
        }
        run->failed++;
        printf("FAIL %s: %s", run->file, name);
        if (run->verbose && why && *why) {
                printf(": ");
                va_start(ap, why);
                vprintf(why, ap);
                va_end(ap);
        }
        printf("\n");
}

void vectors_broken(struct vectors_run *run, const char *why, ...)
{
        va_list ap;

        run->broken = true;
        fprintf(stderr, "run-vectors: %s: ", run->file);
        va_start(ap, why);
        vfprintf(stderr, why, ap);
        va_end(ap);
        fprintf(stderr, "\n");
}

struct bw_str vectors_read(struct vectors_run *run, struct bw_arena *arena, const char *path)
{
        FILE *f = fopen(path, "rb");
        struct bw_str text = {0};
        size_t cap = (size_t)1 << 16;
        char *p;

        if (!f) {
                vectors_broken(run, "cannot open: %s", strerror(errno));
                return text;
        }
        p = bw_arena_alloc(arena, cap);
        for (size_t n = 0; p; n = text.n) {
                text.n += fread(p + n, 1, cap - n, f);
                if (text.n < cap)
                        break;
                char *grown = bw_arena_alloc(arena, cap * 2);

                if (grown)
                        memcpy(grown, p, text.n);
                p = grown;
                cap *= 2;
        }
        fclose(f);
        text.p = p;
        if (!p)
                vectors_broken(run, "out of memory");
        return text;
}

struct bw_value vectors_read_list(struct vectors_run *run, struct bw_arena *arena, const char *path)
{
        struct bw_str text = vectors_read(run, arena, path);
        struct bw_error err = {0};
        struct bw_doc doc = {0};
        char message[512];
        size_t used;

        if (text.p && (bw_json_read(arena, text, 1, 1, false, &doc, &used, &err) < 0 || doc.root.type != BW_LIST))
                vectors_broken(run, "%s", bw_error_format(&err, message, sizeof(message)));
        return doc.root.type == BW_LIST ? doc.root : (struct bw_value){0};
}

static int usage(void)
{
        fprintf(stderr, "usage: run-vectors TOPIC [-v] FILE...\ntopics:\n");
        for (size_t i = 0; i < BW_ARRAY_SIZE(topics); i++)
                fprintf(stderr, "  %-14s %s\n", topics[i]->name, topics[i]->help);
        return 2;
}

int main(int argc, char **argv)
{
        const struct vectors_topic *topic = NULL;
        struct vectors_run run = {0};
        int files = 0;

        for (size_t i = 0; argc > 1 && i < BW_ARRAY_SIZE(topics); i++)
                if (strcmp(argv[1], topics[i]->name) == 0)
                        topic = topics[i];
        if (!topic)
                return usage();
        for (int i = 2; i < argc; i++) {
                uint64_t before = run.passed + run.failed;

                if (strcmp(argv[i], "-v") == 0) {
                        run.verbose = true;
                        continue;
                }
                files++;
                run.file = argv[i];
                topic->run(&run, argv[i]);
                if (run.passed + run.failed == before && !run.broken)
                        vectors_broken(&run, "no case in it");
        }
        if (!files)
                return usage();
        printf("%" PRIu64 " passed, %" PRIu64 " failed\n", run.passed, run.failed);
        if (run.broken)
                return 2;
        return run.failed ? 1 : 0;
}
