/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Topic encryption-config. A file is a JSON list of cases {id, config, valid, error?, valid_reload?, reload_error?,
 * valid_kmsv1?, kmsv1_error?, valid_kmsv1_reload?, kmsv1_reload_error?, secrets_encrypted?, resources?}: what the API server
 * says of a file, and which prefixes it writes and reads of some resources.
 */
#define BW_ALLOW_BANNED
#include "vectors.h"

#include "analyze/encryption.h"
#include "base/arena.h"
#include "doc/doc.h"

static const char *const resources[] = {"secrets",           "configmaps",         "events",
                                        "pods",              "deployments.apps",   "statefulsets.apps",
                                        "widgets.example.io", "leases.coordination.k8s.io"};

static struct bw_value get(struct bw_value map, const char *key)
{
        return bw_map_get(map, bw_str(key));
}

/* What stands before an error's own words: which step failed, which file. */
static struct bw_str own_words(struct bw_str text)
{
        static const char *const before[] = {"error while parsing file: ", "error while building transformers: ",
                                             "error while loading file: "};

        for (size_t i = 0; i < BW_ARRAY_SIZE(before); i++)
                if (bw_str_starts(text, bw_str(before[i])))
                        text = bw_str_rest(text, strlen(before[i]));
        return text;
}

static bool same_error(struct bw_str want, struct bw_str got)
{
        want = own_words(want);
        if (bw_str_find(want, BW_STR("<file> ")) != SIZE_MAX)
                return bw_str_ends(want, BW_STR("is empty")) && bw_str_ends(got, BW_STR("is empty"));
        /* The texts of these are cut in the vectors. */
        if (bw_str_is(want, "couldn't get version/kind"))
                return bw_str_starts(got, want);
        return bw_str_eq(want, got);
}

/* One reading of the file; *ret_config is ABSENT when it is refused. */
static bool read(struct vectors_run *run, struct bw_arena *arena, struct bw_str text,
                 const struct bw_encryption_options *options, struct bw_value *ret_config, struct bw_str *ret_error)
{
        struct bw_problems problems = {.arena = arena};
        struct bw_doc doc;

        *ret_error = (struct bw_str){0};
        if (bw_schema_read(arena, text, BW_SCHEMA_STRICT, &doc, &problems, NULL) < 0 ||
            bw_encryption_check(arena, &doc, options, &problems, ret_config, NULL) < 0 ||
            bw_problems_text(&problems, arena, ret_error, NULL) < 0) {
                vectors_broken(run, "out of memory");
                return false;
        }
        return true;
}

static void compare_use(struct vectors_run *run, struct bw_arena *arena, const char *id, struct bw_value config,
                        const char *resource, struct bw_value want)
{
        const char *point = strchr(resource, '.');
        struct bw_encryption_use use = {0};
        struct bw_value reads = get(want, "read");
        bool ok = bw_encryption_of(arena, config, bw_str(point ? point + 1 : ""),
                                   bw_str_n(resource, point ? (size_t)(point - resource) : strlen(resource)), &use,
                                   NULL) == 0;
        char name[200];

        (void)snprintf(name, sizeof(name), "%s %s", id, resource);
        if (want.type == BW_ABSENT)
                ok = ok && use.n == 1 && use.prefixes[0].n == 0;
        else
                ok = ok && use.n == reads.n && bw_str_eq(use.prefixes[0], bw_map_text(want, "write"));
        for (size_t i = 0; ok && i < reads.n; i++)
                ok = bw_str_eq(use.prefixes[i], bw_value_text(reads.list->items[i]));
        vectors_case(run, ok, name, "writes \"%.*s\", %zu in all", BW_STR_ARG(use.n ? use.prefixes[0] : BW_STR("?")), use.n);
}

/* How a file is read, and the fields that say what comes of it; without them it is as in the way that `as` names. */
static const struct way {
        const char *valid;
        const char *error;
        size_t as;
        struct bw_encryption_options options;
} ways[] = {
        {"valid", "error", 0, {.minor = 32, .kms_v1 = 0}},
        {"valid_reload", "reload_error", 0, {.minor = 32, .reload = true}},
        {"valid_kmsv1", "kmsv1_error", 0, {.minor = 32, .kms_v1 = 1}},
        {"valid_kmsv1_reload", "kmsv1_reload_error", 2, {.minor = 32, .kms_v1 = 1, .reload = true}},
};

static const struct way *expected_of(struct bw_value c, const struct way *way)
{
        while (get(c, way->valid).type == BW_ABSENT && way != ways)
                way = &ways[way->as];
        return way;
}

static void run_case(struct vectors_run *run, struct bw_value c)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_value in_force = {0};
        char id[120];

        for (size_t i = 0; i < BW_ARRAY_SIZE(ways); i++) {
                const struct way *expected = expected_of(c, &ways[i]);
                bool valid = get(c, expected->valid).b;
                /* Of another way only a different verdict is said, not another error. */
                bool any_error = expected != &ways[i];
                struct bw_str error = bw_map_text(c, expected->error);
                struct bw_value config;
                struct bw_str got;

                (void)snprintf(id, sizeof(id), "%.*s %s", BW_STR_ARG(bw_map_text(c, "id")), ways[i].valid);
                if (!read(run, arena, bw_map_text(c, "config"), &ways[i].options, &config, &got))
                        return;
                vectors_case(run, valid == (config.type == BW_MAP) && (valid || any_error || same_error(error, got)), id,
                             "expected %.*s\n  came     %.*s", BW_STR_ARG(valid ? BW_STR("a valid file") : error),
                             BW_STR_ARG(got));
                if (config.type == BW_MAP && (in_force.type != BW_MAP || i == 2))
                        in_force = config;
        }
        if (in_force.type != BW_MAP)
                return;
        for (size_t i = 0; i < BW_ARRAY_SIZE(resources); i++)
                compare_use(run, arena, id, in_force, resources[i], get(get(c, "resources"), resources[i]));
}

static void run_file(struct vectors_run *run, const char *path)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_value cases = vectors_read_list(run, arena, path);

        for (uint32_t i = 0; i < cases.n; i++)
                run_case(run, cases.list->items[i]);
}

const struct vectors_topic vectors_encryption_config = {
        "encryption-config", "encryption at rest: what the API server refuses, writes and reads", run_file};
