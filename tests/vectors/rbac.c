/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Topic rbac. A file is a JSON list of setups {id, objects, invalid, aggregated, requests, who, escalation}: roles and bindings,
 * and what Kubernetes says of them: refused objects, rules of aggregated roles, who may do what, who may grant what.
 */
#define BW_ALLOW_BANNED
#include "vectors.h"

#include "analyze/rbac.h"
#include "analyze/schema.h"
#include "base/arena.h"
#include "base/buf.h"
#include "doc/doc.h"

enum { MOST_GROUPS = 32, MOST_SUBJECTS = 512 };

struct setup {
        struct vectors_run *run;
        struct bw_arena *arena;
        struct bw_value c;
        struct bw_value objects;
        struct bw_rbac *rbac;
        char id[80];
};

static struct bw_value get(struct bw_value map, const char *key)
{
        return bw_map_get(map, bw_str(key));
}

static bool is_true(struct bw_value v)
{
        return v.type == BW_BOOL && v.b;
}

static struct bw_rbac_request request_of(struct bw_value r, struct bw_str groups[MOST_GROUPS])
{
        struct bw_value list = get(r, "groups");
        struct bw_rbac_request request = {
                .user = {.name = bw_map_text(r, "user"), .groups = groups},
                .verb = bw_map_text(r, "verb"),
                .is_resource = get(r, "path").type == BW_ABSENT,
                .ns = bw_map_text(r, "namespace"),
                .group = bw_map_text(r, "group"),
                .resource = bw_map_text(r, "resource"),
                .subresource = bw_map_text(r, "subresource"),
                .name = bw_map_text(r, "name"),
                .path = bw_map_text(r, "path"),
        };

        while (list.type == BW_LIST && request.user.n_groups < BW_MIN(list.n, (uint32_t)MOST_GROUPS)) {
                groups[request.user.n_groups] = bw_value_text(list.list->items[request.user.n_groups]);
                request.user.n_groups++;
        }
        return request;
}

static void run_request(const struct setup *setup, struct bw_value r, uint32_t number)
{
        struct bw_str groups[MOST_GROUPS];
        struct bw_rbac_request request = request_of(r, groups);
        struct bw_rbac_answer answer = bw_rbac_decide(setup->rbac, &request, true);
        struct bw_rbac_answer unexpanded = bw_rbac_decide(setup->rbac, &request, false);
        bool allow = is_true(get(r, "allow"));
        struct bw_value as_written = get(r, "allow_unexpanded");
        struct bw_str by = bw_map_text(r, "by");
        bw_auto_done(bw_buf_done) struct bw_buf said = {0};
        char name[120];

        if (answer.allowed)
                bw_rbac_grant_text(setup->rbac, &answer.grant, &said);
        (void)snprintf(name, sizeof(name), "%s request %u", setup->id, number);
        vectors_case(setup->run,
                     answer.allowed == allow && (as_written.type == BW_ABSENT ? allow : is_true(as_written)) == unexpanded.allowed &&
                             bw_str_eq(by, bw_buf_view(&said)) &&
                             (allow || answer.unresolved == is_true(get(r, "resolve_error"))),
                     name, "expected %d by %.*s\n  came     %d by %.*s (unresolved %d)", allow, BW_STR_ARG(by),
                     answer.allowed, BW_STR_ARG(bw_buf_view(&said)), answer.unresolved);
}

struct subjects {
        struct bw_rbac_subject items[MOST_SUBJECTS];
        size_t n;
};

static bool same_subject(const struct bw_rbac_subject *a, const struct bw_rbac_subject *b)
{
        return bw_str_eq(a->kind, b->kind) && bw_str_eq(a->name, b->name) && bw_str_eq(a->ns, b->ns);
}

static int add_subject(void *userdata, const struct bw_rbac_subject *subject, const struct bw_rbac_grant *grant)
{
        struct subjects *subjects = userdata;

        (void)grant;
        for (size_t i = 0; i < subjects->n; i++)
                if (same_subject(&subjects->items[i], subject))
                        return 0;
        if (subjects->n == MOST_SUBJECTS)
                return -E2BIG;
        subjects->items[subjects->n++] = *subject;
        return 0;
}

static void run_who(const struct setup *setup, struct bw_value w, uint32_t number)
{
        static const struct bw_rbac_subject masters = {.kind = {"Group", 5}, .name = {"system:masters", 14}, .ns = {"", 0}};
        struct bw_str groups[MOST_GROUPS];
        struct bw_rbac_request request = request_of(w, groups);
        struct bw_value want = get(w, "subjects");
        struct subjects found = {0};
        bool unresolved = false;
        bool ok = add_subject(&found, &masters, NULL) == 0 &&
                  bw_rbac_who_can(setup->rbac, &request, add_subject, &found, &unresolved) == 0 && found.n == want.n &&
                  unresolved == is_true(get(w, "resolve_error"));
        char name[120];

        for (uint32_t i = 0; ok && i < want.n; i++) {
                struct bw_rbac_subject subject = {.kind = bw_map_text(want.list->items[i], "kind"),
                                                  .name = bw_map_text(want.list->items[i], "name"),
                                                  .ns = bw_map_text(want.list->items[i], "namespace")};
                size_t n = found.n;

                ok = add_subject(&found, &subject, NULL) == 0 && found.n == n;
        }
        (void)snprintf(name, sizeof(name), "%s who %u", setup->id, number);
        vectors_case(setup->run, ok, name, "expected %u subjects, came %zu (unresolved %d)", want.n, found.n, unresolved);
}

static const char *why_text(enum bw_rbac_denial denial)
{
        return denial == BW_RBAC_AGGREGATION ? "aggregationRule" : denial == BW_RBAC_NO_SUCH_ROLE ? "role not found" : "";
}

static void run_escalation(const struct setup *setup, struct bw_value e, uint32_t number)
{
        struct bw_str groups[MOST_GROUPS];
        struct bw_rbac_request request = request_of(e, groups);
        struct bw_rbac_escalation answer = {0};
        struct bw_value missing = get(e, "missing");
        bool allow = is_true(get(e, "allow"));
        int r = bw_str_is(bw_map_text(e, "op"), "covers")
                        ? bw_rbac_covers(setup->arena, setup->rbac, &request.user, request.ns, get(e, "rules"), &answer, NULL)
                        : bw_rbac_may_write(setup->arena, setup->rbac, &request.user, get(e, "object"), get(e, "old"),
                                            &answer, NULL);
        bool ok = r == 0 && allow == (answer.denial == BW_RBAC_ALLOWED) &&
                  bw_str_is(bw_map_text(e, "why"), why_text(answer.denial)) &&
                  answer.n_missing == (missing.type == BW_LIST ? missing.n : 0);
        char name[120];

        for (uint32_t i = 0; ok && i < answer.n_missing; i++)
                ok = bw_str_eq(answer.missing[i], bw_value_text(missing.list->items[i]));
        if (is_true(get(e, "resolve_error")))
                ok = ok && answer.unresolved;
        (void)snprintf(name, sizeof(name), "%s escalation %u", setup->id, number);
        vectors_case(setup->run, ok, name, "expected %d, came denial %d, %zu missing, first %.*s", allow, answer.denial,
                     answer.n_missing, BW_STR_ARG(answer.n_missing ? answer.missing[0] : BW_STR("none")));
}

static struct bw_value expected_errors(struct bw_value invalid, uint32_t index)
{
        for (uint32_t i = 0; invalid.type == BW_LIST && i < invalid.n; i++) {
                struct bw_value number = get(invalid.list->items[i], "index");

                if (number.type == BW_INT && number.i == (int64_t)index)
                        return get(invalid.list->items[i], "errors");
        }
        return (struct bw_value){.type = BW_LIST};
}

static void run_validation(const struct setup *setup, uint32_t index)
{
        struct bw_problems problems = {.arena = setup->arena};
        struct bw_doc doc = {.root = setup->objects.list->items[index], .format = BW_FORMAT_JSON};
        struct bw_value want = expected_errors(get(setup->c, "invalid"), index);
        bool ok;
        char name[120];

        bw_rbac_validate(&doc, &problems);
        ok = problems.n == want.n;
        for (uint32_t i = 0; ok && i < want.n; i++)
                ok = bw_str_eq(problems.items[i].message, bw_value_text(want.list->items[i]));
        (void)snprintf(name, sizeof(name), "%s object %u", setup->id, index);
        vectors_case(setup->run, ok, name, "expected %u errors, came %zu, first %.*s", want.n, problems.n,
                     BW_STR_ARG(problems.n ? problems.items[0].message : BW_STR("none")));
}

/* Fields that are empty are as good as none. */
static bool same_rule(struct bw_value a, struct bw_value b)
{
        static const char *const fields[] = {"verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(fields); i++) {
                struct bw_value x = get(a, fields[i]);
                struct bw_value y = get(b, fields[i]);

                if ((x.type == BW_LIST ? x.n : 0) != (y.type == BW_LIST ? y.n : 0) ||
                    (x.type == BW_LIST && x.n && !bw_value_eq(x, y)))
                        return false;
        }
        return true;
}

static void run_aggregated(const struct setup *setup, const struct bw_entry *entry)
{
        struct bw_value want = entry->value;
        struct bw_value got = bw_rbac_aggregated(setup->rbac, bw_value_text(entry->key));
        uint32_t n = want.type == BW_LIST ? want.n : 0;
        bool ok = got.type == BW_LIST && got.n == n;
        char name[160];

        for (uint32_t i = 0; ok && i < n; i++)
                ok = same_rule(want.list->items[i], got.list->items[i]);
        (void)snprintf(name, sizeof(name), "%s aggregated %.*s", setup->id, BW_STR_ARG(bw_value_text(entry->key)));
        vectors_case(setup->run, ok, name, "expected %u rules, came %u", n, got.n);
}

static void each(const struct setup *setup, const char *field,
                 void (*run)(const struct setup *setup, struct bw_value item, uint32_t number))
{
        struct bw_value list = get(setup->c, field);

        for (uint32_t i = 0; list.type == BW_LIST && i < list.n; i++)
                run(setup, list.list->items[i], i);
}

static void run_setup(struct vectors_run *run, struct bw_value c)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct setup setup = {.run = run, .arena = arena, .c = c, .objects = get(c, "objects")};
        struct bw_value aggregated = get(c, "aggregated");

        (void)snprintf(setup.id, sizeof(setup.id), "%.*s", BW_STR_ARG(bw_map_text(c, "id")));
        if (setup.objects.type != BW_LIST ||
            bw_rbac_new(arena, setup.objects.list->items, setup.objects.n, &setup.rbac, NULL) < 0) {
                vectors_broken(run, "%s: no objects, or out of memory", setup.id);
                return;
        }
        for (uint32_t i = 0; i < setup.objects.n; i++)
                run_validation(&setup, i);
        for (uint32_t i = 0; aggregated.type == BW_MAP && i < aggregated.n; i++)
                run_aggregated(&setup, &aggregated.map->entries[i]);
        each(&setup, "requests", run_request);
        each(&setup, "who", run_who);
        each(&setup, "escalation", run_escalation);
}

static void run_file(struct vectors_run *run, const char *path)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_value cases = vectors_read_list(run, arena, path);

        for (uint32_t i = 0; i < cases.n; i++)
                run_setup(run, cases.list->items[i]);
}

const struct vectors_topic vectors_rbac = {"rbac", "RBAC: who may do what, who can, escalation, aggregation", run_file};
