/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Topic audit-policy. A file is one of:
 *   load.json      a JSON list of cases {id, policy, valid, error?, strict_warning?, valid_since?}
 *   policies.json  a JSON list of {id, policy, results: [{r, level, omitStages, omitManagedFields?}], strict_warning?, since?,
 *                  error_before?}, where r counts the requests of requests.json in the same folder
 *   requests.json  that table itself: read with the policies, no case of its own, but for being well formed
 */
#define BW_ALLOW_BANNED
#include "vectors.h"

#include "analyze/audit_policy.h"
#include "base/arena.h"
#include "base/buf.h"
#include "doc/doc.h"

enum { MINOR = 32, MOST_GROUPS = 16 };

static struct bw_value get(struct bw_value map, const char *key)
{
        return bw_map_get(map, bw_str(key));
}

struct reading {
        struct bw_value policy;
        struct bw_str error;
        struct bw_str warning;
};

/* Warnings as the API server logs them. */
static struct bw_str warnings(struct bw_arena *arena, const struct bw_problems *problems)
{
        struct bw_problems strict = {.arena = arena};
        struct bw_str ret = {0};

        for (size_t i = 0; i < problems->n; i++) {
                struct bw_problem problem = problems->items[i];

                if (!problem.warning)
                        continue;
                problem.warning = false;
                bw_problems_add(&strict, &problem);
        }
        return bw_problems_text(&strict, arena, &ret, NULL) == 0 ? ret : (struct bw_str){0};
}

static bool read_policy(struct vectors_run *run, struct bw_arena *arena, struct bw_str text, int minor,
                        struct reading *ret)
{
        struct bw_problems problems = {.arena = arena};
        struct bw_doc doc;

        *ret = (struct reading){0};
        if (bw_schema_read(arena, text, BW_SCHEMA_LENIENT, &doc, &problems, NULL) < 0 ||
            bw_audit_policy_check(arena, &doc, minor, &problems, &ret->policy, NULL) < 0) {
                vectors_broken(run, "out of memory");
                return false;
        }
        if (bw_problems_refuse(&problems)) {
                ret->policy = (struct bw_value){0};
                return bw_problems_text(&problems, arena, &ret->error, NULL) == 0;
        }
        ret->warning = warnings(arena, &problems);
        return true;
}

static int minor_of(struct bw_value version)
{
        uint64_t minor = 0;
        struct bw_str text = version.type == BW_STRING ? bw_value_text(version) : (struct bw_str){0};

        if (bw_str_starts(text, BW_STR("1.")) && bw_str_to_u64(bw_str_rest(text, 2), &minor) == 0)
                return (int)minor;
        return 0;
}

static struct bw_str own_words(struct bw_str text)
{
        return bw_str_starts(text, BW_STR("failed decoding: ")) ? bw_str_rest(text, 17) : text;
}

static void run_load(struct vectors_run *run, struct bw_value c)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_str id = bw_map_text(c, "id");
        struct bw_str error = own_words(bw_map_text(c, "error"));
        int since = minor_of(get(c, "valid_since"));
        struct reading reading;

        if (!read_policy(run, arena, bw_map_text(c, "policy"), MINOR, &reading))
                return;
        vectors_case(run,
                     get(c, "valid").b == (reading.policy.type == BW_MAP) && bw_str_eq(error, reading.error) &&
                             bw_str_eq(bw_map_text(c, "strict_warning"), reading.warning),
                     id.p, "expected %.*s\n  came     %.*s %.*s", BW_STR_ARG(error), BW_STR_ARG(reading.error),
                     BW_STR_ARG(reading.warning));
        if (since && read_policy(run, arena, bw_map_text(c, "policy"), since, &reading))
                vectors_case(run, reading.policy.type == BW_MAP, id.p, "valid since 1.%d, came %.*s", since,
                             BW_STR_ARG(reading.error));
}

static bool same_stages(struct bw_value want, unsigned stages)
{
        unsigned wanted = 0;

        for (uint32_t i = 0; i < want.n; i++) {
                enum bw_audit_stage stage = bw_audit_stage_parse(bw_value_text(want.list->items[i]));

                if (stage < 0)
                        return false;
                wanted |= 1u << stage;
        }
        return wanted == stages;
}

static struct bw_audit_request request_of(struct bw_value r, struct bw_str groups[MOST_GROUPS])
{
        struct bw_value list = get(r, "groups");
        struct bw_value no_user = get(r, "noUser");
        struct bw_value is_resource = get(r, "resourceRequest");
        struct bw_audit_request request = {
                .has_user = !(no_user.type == BW_BOOL && no_user.b),
                .user = bw_map_text(r, "user"),
                .groups = groups,
                .verb = bw_map_text(r, "verb"),
                .is_resource = is_resource.type == BW_BOOL && is_resource.b,
                .ns = bw_map_text(r, "namespace"),
                .group = bw_map_text(r, "group"),
                .resource = bw_map_text(r, "resource"),
                .subresource = bw_map_text(r, "subresource"),
                .name = bw_map_text(r, "name"),
                .path = bw_map_text(r, "path"),
        };

        while (request.n_groups < BW_MIN(list.n, (uint32_t)MOST_GROUPS)) {
                groups[request.n_groups] = bw_value_text(list.list->items[request.n_groups]);
                request.n_groups++;
        }
        return request;
}

static void run_policy(struct vectors_run *run, struct bw_value c, struct bw_value requests)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_str id = bw_map_text(c, "id");
        struct bw_value results = get(c, "results");
        struct bw_str before = bw_map_text(c, "error_before");
        int since = minor_of(get(c, "since"));
        struct reading reading;

        if (before.n && read_policy(run, arena, bw_map_text(c, "policy"), MINOR, &reading))
                vectors_case(run, bw_str_eq(own_words(before), reading.error), id.p, "expected %.*s\n  came     %.*s",
                             BW_STR_ARG(before), BW_STR_ARG(reading.error));
        if (!read_policy(run, arena, bw_map_text(c, "policy"), since ? since : MINOR, &reading))
                return;
        vectors_case(run,
                     reading.policy.type == BW_MAP && bw_str_eq(bw_map_text(c, "strict_warning"), reading.warning), id.p,
                     "refused: %.*s; warned: %.*s", BW_STR_ARG(reading.error), BW_STR_ARG(reading.warning));
        for (uint32_t i = 0; i < results.n; i++) {
                struct bw_value want = results.list->items[i];
                struct bw_value number = get(want, "r");
                struct bw_value omit = get(want, "omitManagedFields");
                struct bw_str groups[MOST_GROUPS];
                struct bw_audit_request request =
                        request_of(bw_list_get(requests, number.type == BW_INT ? (size_t)number.i : SIZE_MAX), groups);
                struct bw_audit_answer answer = bw_audit_decide(reading.policy, &request);
                char name[160];

                (void)snprintf(name, sizeof(name), "%.*s request %" PRId64, BW_STR_ARG(id), number.i);
                vectors_case(run,
                             bw_str_is(bw_map_text(want, "level"), bw_audit_level_text(answer.level)) &&
                                     same_stages(get(want, "omitStages"), answer.omit_stages) &&
                                     (omit.type == BW_BOOL && omit.b) == answer.omit_managed_fields,
                             name, "expected %.*s, came %s", BW_STR_ARG(bw_map_text(want, "level")),
                             bw_audit_level_text(answer.level));
        }
}

static void run_file(struct vectors_run *run, const char *path)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_value cases = vectors_read_list(run, arena, path);
        const char *slash = strrchr(path, '/');
        struct bw_value requests = {0};
        struct bw_str beside;

        beside = bw_arena_printf(arena, "%.*srequests.json", slash ? (int)(slash - path + 1) : 0, path);
        if (get(bw_list_get(cases, 0), "results").type == BW_LIST)
                requests = vectors_read_list(run, arena, beside.p);
        for (uint32_t i = 0; i < cases.n; i++) {
                struct bw_value c = cases.list->items[i];

                if (get(c, "results").type == BW_LIST)
                        run_policy(run, c, requests);
                else if (get(c, "policy").type != BW_ABSENT)
                        run_load(run, c);
                else
                        vectors_case(run, get(c, "verb").type == BW_STRING && get(c, "id").type == BW_INT, "request",
                                     "a request has a verb and an id");
        }
}

const struct vectors_topic vectors_audit_policy = {
        "audit-policy", "audit policies: what the API server refuses, and at which level it records a request", run_file};
