/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/audit_usage.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

enum { FIRST_SLOTS = 256 };

struct request {
        struct bw_usage_request value;
        struct bw_str *names;
        size_t cap_names;
        struct request *next;         /* of the same slot */
        struct user *user;
        uint64_t hash;
};

struct user {
        struct bw_usage_user value;
        struct bw_str *groups;
        size_t cap_groups;
        size_t n_requests;
        struct user *next;
        uint64_t hash;
};

struct bw_usage {
        struct bw_arena *arena;
        struct bw_siphash_key key;
        struct request **requests;    /* hash tables */
        size_t n_request_slots;
        size_t n_requests;
        struct user **users;
        size_t n_user_slots;
        size_t n_users;
        struct bw_usage_user *sealed; /* sorted by name */
        struct bw_usage_span span;
};

int bw_usage_new(struct bw_arena *arena, struct bw_siphash_key key, struct bw_usage **ret, struct bw_error *reterr)
{
        struct bw_usage *usage = bw_arena_zalloc(arena, sizeof(*usage));

        if (!usage)
                return bw_arena_error(arena, reterr);
        usage->arena = arena;
        usage->key = key;
        usage->n_request_slots = usage->n_user_slots = FIRST_SLOTS;
        usage->requests = bw_arena_zalloc(arena, FIRST_SLOTS * sizeof(struct request *));
        usage->users = bw_arena_zalloc(arena, FIRST_SLOTS * sizeof(struct user *));
        if (!usage->requests || !usage->users)
                return bw_arena_error(arena, reterr);
        *ret = usage;
        return 0;
}

static uint64_t hash_of(const struct bw_usage *usage, const struct bw_str *texts, size_t n)
{
        struct bw_siphash hash = bw_siphash_begin(usage->key);
        uint64_t words[2];

        for (size_t i = 0; i < n; i++)
                bw_siphash_text(&hash, texts[i]);
        bw_siphash_end(&hash, words);
        return words[0];
}

/* ---- users */

static int grow_users(struct bw_usage *usage)
{
        size_t n = 2 * usage->n_user_slots;
        struct user **slots = bw_arena_zalloc(usage->arena, n * sizeof(*slots));

        if (!slots)
                return -ENOMEM;
        for (size_t i = 0; i < usage->n_user_slots; i++) {
                struct user *next;

                for (struct user *u = usage->users[i]; u; u = next) {
                        next = u->next;
                        u->next = slots[u->hash & (n - 1)];
                        slots[u->hash & (n - 1)] = u;
                }
        }
        usage->users = slots;
        usage->n_user_slots = n;
        return 0;
}

static struct user *find_user(const struct bw_usage *usage, struct bw_str name, uint64_t hash)
{
        struct user *u = usage->users[hash & (usage->n_user_slots - 1)];

        while (u && !bw_str_eq(u->value.name, name))
                u = u->next;
        return u;
}

static int add_text(struct bw_usage *usage, struct bw_str **list, size_t *n, size_t *cap, struct bw_str text)
{
        struct bw_str copy = bw_arena_str(usage->arena, text);

        if (!copy.p)
                return -ENOMEM;
        if (*n == *cap) {
                struct bw_str *grown = bw_arena_array(usage->arena, *cap ? 2 * *cap : 2, sizeof(*grown));

                if (!grown)
                        return -ENOMEM;
                if (*n)
                        memcpy(grown, *list, *n * sizeof(*grown));
                *list = grown;
                *cap = *cap ? 2 * *cap : 2;
        }
        (*list)[(*n)++] = copy;
        return 0;
}

static bool has_text(const struct bw_str *list, size_t n, struct bw_str text)
{
        for (size_t i = 0; i < n; i++)
                if (bw_str_eq(list[i], text))
                        return true;
        return false;
}

static int add_groups(struct bw_usage *usage, struct user *user, struct bw_value groups)
{
        for (uint32_t i = 0; groups.type == BW_LIST && i < groups.n; i++) {
                struct bw_str group = bw_value_text(groups.list->items[i]);

                if (has_text(user->groups, user->value.n_groups, group))
                        continue;
                if (user->value.n_groups == BW_LIMIT_USAGE_GROUPS) {
                        usage->span.incomplete = true;
                        return 0;
                }
                if (add_text(usage, &user->groups, &user->value.n_groups, &user->cap_groups, group) < 0)
                        return -ENOMEM;
        }
        user->value.groups = user->groups;
        return 0;
}

/* NULL without an error: there are too many. */
static int take_user(struct bw_usage *usage, struct bw_value from, struct user **ret)
{
        struct bw_str name = bw_map_text(from, "username");
        uint64_t hash = hash_of(usage, &name, 1);
        struct user *user = find_user(usage, name, hash);

        if (!user && usage->n_users >= BW_LIMIT_USAGE_REQUESTS) {
                usage->span.incomplete = true;
                *ret = NULL;
                return 0;
        }
        if (!user) {
                if (usage->n_users >= usage->n_user_slots && grow_users(usage) < 0)
                        return -ENOMEM;
                user = bw_arena_zalloc(usage->arena, sizeof(*user));
                if (!user)
                        return -ENOMEM;
                user->hash = hash;
                user->value.name = bw_arena_str(usage->arena, name);
                if (!user->value.name.p)
                        return -ENOMEM;
                user->next = usage->users[hash & (usage->n_user_slots - 1)];
                usage->users[hash & (usage->n_user_slots - 1)] = user;
                usage->n_users++;
        }
        *ret = user;
        return add_groups(usage, user, bw_map_get(from, BW_STR("groups")));
}

/* ---- requests */

static int grow_requests(struct bw_usage *usage)
{
        size_t n = 2 * usage->n_request_slots;
        struct request **slots = bw_arena_zalloc(usage->arena, n * sizeof(*slots));

        if (!slots)
                return -ENOMEM;
        for (size_t i = 0; i < usage->n_request_slots; i++) {
                struct request *next;

                for (struct request *q = usage->requests[i]; q; q = next) {
                        next = q->next;
                        q->next = slots[q->hash & (n - 1)];
                        slots[q->hash & (n - 1)] = q;
                }
        }
        usage->requests = slots;
        usage->n_request_slots = n;
        return 0;
}

enum { PARTS = 6 };

static void parts_of(const struct bw_usage_request *q, struct bw_str parts[PARTS])
{
        parts[0] = q->verb;
        parts[1] = q->group;
        parts[2] = q->resource;
        parts[3] = q->subresource;
        parts[4] = q->ns;
        parts[5] = q->path;
}

static bool is_same(const struct bw_usage_request *a, const struct bw_usage_request *b)
{
        struct bw_str x[PARTS];
        struct bw_str y[PARTS];

        parts_of(a, x);
        parts_of(b, y);
        for (size_t i = 0; i < PARTS; i++)
                if (!bw_str_eq(x[i], y[i]))
                        return false;
        return true;
}

static int copy_texts(struct bw_usage *usage, struct bw_usage_request *q)
{
        struct bw_str *const texts[] = {&q->verb, &q->group, &q->resource, &q->subresource, &q->ns, &q->path};

        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++) {
                *texts[i] = bw_arena_str(usage->arena, *texts[i]);
                if (!texts[i]->p)
                        return -ENOMEM;
        }
        return 0;
}

static int new_request(struct bw_usage *usage, const struct bw_usage_request *wanted, struct user *user, uint64_t hash,
                       struct request **ret)
{
        struct request *q;

        if (usage->n_requests >= usage->n_request_slots && grow_requests(usage) < 0)
                return -ENOMEM;
        q = bw_arena_zalloc(usage->arena, sizeof(*q));
        if (!q)
                return -ENOMEM;
        q->value = *wanted;
        q->user = user;
        q->hash = hash;
        if (copy_texts(usage, &q->value) < 0)
                return -ENOMEM;
        q->next = usage->requests[hash & (usage->n_request_slots - 1)];
        usage->requests[hash & (usage->n_request_slots - 1)] = q;
        usage->n_requests++;
        user->n_requests++;
        *ret = q;
        return 0;
}

static int add_name(struct bw_usage *usage, struct request *q, struct bw_str name)
{
        if (q->value.more_names || has_text(q->names, q->value.n_names, name))
                return 0;
        if (q->value.n_names == BW_LIMIT_USAGE_NAMES) {
                q->value.more_names = true;
                return 0;
        }
        if (add_text(usage, &q->names, &q->value.n_names, &q->cap_names, name) < 0)
                return -ENOMEM;
        q->value.names = q->names;
        return 0;
}

static int add_request(struct bw_usage *usage, struct user *user, const struct bw_usage_request *wanted, struct bw_str name)
{
        struct bw_str parts[PARTS + 1];
        struct request *q;
        uint64_t hash;

        parts_of(wanted, parts);
        parts[PARTS] = user->value.name;
        hash = hash_of(usage, parts, PARTS + 1);
        q = usage->requests[hash & (usage->n_request_slots - 1)];
        while (q && !(q->user == user && is_same(&q->value, wanted)))
                q = q->next;
        if (!q) {
                if (usage->n_requests >= BW_LIMIT_USAGE_REQUESTS) {
                        usage->span.incomplete = true;
                        return 0;
                }
                if (new_request(usage, wanted, user, hash, &q) < 0)
                        return -ENOMEM;
        }
        q->value.count++;
        return add_name(usage, q, name);
}

/* ---- events */

static struct bw_str without_query(struct bw_str uri)
{
        size_t at = bw_str_find(uri, BW_STR("?"));

        return at == SIZE_MAX ? uri : bw_str_n(uri.p, at);
}

/* What the authorizer said; where the log does not have it, what came of the request: 401 and 403 are no use of a right. */
static bool was_denied(struct bw_value event)
{
        struct bw_str decision =
                bw_map_text(bw_map_get(event, BW_STR("annotations")), "authorization.k8s.io/decision");
        struct bw_value code = bw_map_get(bw_map_get(event, BW_STR("responseStatus")), BW_STR("code"));

        if (decision.n)
                return !bw_str_is(decision, "allow");
        return code.type == BW_INT && (code.i == 401 || code.i == 403);
}

/* A request that goes on (a watch) tells of its beginning; received says nothing yet. */
static bool is_stage(struct bw_str stage)
{
        return bw_str_is(stage, "ResponseComplete") || bw_str_is(stage, "ResponseStarted") || bw_str_is(stage, "Panic");
}

static int keep_time(struct bw_usage *usage, struct bw_str time)
{
        struct bw_usage_span *span = &usage->span;

        if (time.n == 0 || time.n > 64)
                return 0;
        if (span->first.n == 0 || bw_str_cmp(time, span->first) < 0)
                span->first = bw_arena_str(usage->arena, time);
        if (span->last.n == 0 || bw_str_cmp(time, span->last) > 0) {
                /* Events come in order of time: the place of the last one is used again. */
                if (span->last.n == time.n && span->last.p != span->first.p)
                        memcpy((char *)(uintptr_t)span->last.p, time.p, time.n);
                else
                        span->last = bw_arena_str(usage->arena, time);
        }
        return span->first.p && span->last.p ? 0 : -ENOMEM;
}

static struct bw_usage_request request_of(struct bw_value event, struct bw_str *ret_name)
{
        struct bw_value ref = bw_map_get(event, BW_STR("objectRef"));
        struct bw_usage_request q = {.verb = bw_map_text(event, "verb")};

        *ret_name = BW_STR("");
        if (bw_map_text(ref, "resource").n == 0) {
                q.path = without_query(bw_map_text(event, "requestURI"));
                return q;
        }
        q.is_resource = true;
        q.group = bw_map_text(ref, "apiGroup");
        q.resource = bw_map_text(ref, "resource");
        q.subresource = bw_map_text(ref, "subresource");
        q.ns = bw_map_text(ref, "namespace");
        /* The name that an object is created with stands in its body: the authorizer did not see it. */
        if (!bw_str_is(q.verb, "create") || q.subresource.n)
                *ret_name = bw_map_text(ref, "name");
        return q;
}

int bw_usage_add(struct bw_usage *usage, struct bw_value event, struct bw_error *reterr)
{
        struct bw_value user = bw_map_get(event, BW_STR("impersonatedUser"));
        struct bw_usage_request q;
        struct bw_str name;
        struct user *who;

        if (!bw_str_is(bw_map_text(event, "kind"), "Event") ||
            !bw_str_starts(bw_map_text(event, "apiVersion"), BW_STR("audit.k8s.io/"))) {
                usage->span.other++;
                return 0;
        }
        if (!is_stage(bw_map_text(event, "stage")))
                return 0;
        if (was_denied(event)) {
                usage->span.denied++;
                return 0;
        }
        usage->span.events++;
        if (user.type != BW_MAP)
                user = bw_map_get(event, BW_STR("user"));
        q = request_of(event, &name);
        if (q.verb.n == 0 || take_user(usage, user, &who) < 0)
                return q.verb.n == 0 ? 0 : bw_arena_error(usage->arena, reterr);
        if (who && add_request(usage, who, &q, name) < 0)
                return bw_arena_error(usage->arena, reterr);
        return keep_time(usage, bw_map_text(event, "stageTimestamp")) < 0 ? bw_arena_error(usage->arena, reterr) : 0;
}

/* ---- in order */

static int by_name(const void *a, const void *b)
{
        return bw_str_cmp(((const struct bw_usage_user *)a)->name, ((const struct bw_usage_user *)b)->name);
}

static int by_parts(const void *a, const void *b)
{
        struct bw_str x[PARTS];
        struct bw_str y[PARTS];

        parts_of(a, x);
        parts_of(b, y);
        for (size_t i = 0; i < PARTS; i++) {
                static const uint8_t order[PARTS] = {4, 1, 2, 3, 5, 0}; /* namespace, resource, path, verb */
                int c = bw_str_cmp(x[order[i]], y[order[i]]);

                if (c)
                        return c;
        }
        return 0;
}

static int seal_requests(struct bw_usage *usage)
{
        for (size_t i = 0; i < usage->n_user_slots; i++)
                for (struct user *u = usage->users[i]; u; u = u->next) {
                        u->value.requests = bw_arena_array(usage->arena, u->n_requests + 1, sizeof(*u->value.requests));
                        if (!u->value.requests)
                                return -ENOMEM;
                }
        for (size_t i = 0; i < usage->n_request_slots; i++)
                for (struct request *q = usage->requests[i]; q; q = q->next) {
                        struct bw_usage_user *u = &q->user->value;

                        ((struct bw_usage_request *)(uintptr_t)u->requests)[u->n_requests++] = q->value;
                }
        return 0;
}

int bw_usage_seal(struct bw_usage *usage, struct bw_error *reterr)
{
        size_t n = 0;

        usage->sealed = bw_arena_array(usage->arena, usage->n_users + 1, sizeof(*usage->sealed));
        if (!usage->sealed || seal_requests(usage) < 0)
                return bw_arena_error(usage->arena, reterr);
        for (size_t i = 0; i < usage->n_user_slots; i++)
                for (struct user *u = usage->users[i]; u; u = u->next) {
                        qsort((void *)(uintptr_t)u->value.requests, u->value.n_requests, sizeof(*u->value.requests), by_parts);
                        usage->sealed[n++] = u->value;
                }
        qsort(usage->sealed, n, sizeof(*usage->sealed), by_name);
        return 0;
}

struct bw_usage_span bw_usage_span(const struct bw_usage *usage)
{
        return usage->span;
}

const struct bw_usage_user *bw_usage_users(const struct bw_usage *usage, size_t *ret_n)
{
        *ret_n = usage->n_users;
        return usage->sealed;
}

const struct bw_usage_user *bw_usage_find(const struct bw_usage *usage, struct bw_str name)
{
        const struct bw_usage_user key = {.name = name};

        return usage->n_users ? bsearch(&key, usage->sealed, usage->n_users, sizeof(key), by_name) : NULL;
}

struct bw_rbac_request bw_usage_question(const struct bw_usage_user *user, const struct bw_usage_request *request, size_t name)
{
        return (struct bw_rbac_request){
                .user = {.name = user->name, .groups = user->groups, .n_groups = user->n_groups},
                .verb = request->verb,
                .is_resource = request->is_resource,
                .ns = request->ns,
                .group = request->group,
                .resource = request->resource,
                .subresource = request->subresource,
                .name = name < request->n_names ? request->names[name] : BW_STR(""),
                .path = request->path,
        };
}
