/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_answer: what a well-behaved API server says: discovery, lists and pages, objects, watches, reviews, refusals.
 * Source: Kubernetes API concepts; apiserver pkg/endpoints/handlers/responsewriters (texts of refusals), pkg/storage/continue.go.
 */
#define BW_ALLOW_BANNED
#include "api_server_internal.h"
#include "base/error.h"
#include "doc/doc.h"

#define AGGREGATED "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
#define LIST_EXPIRED                                                                                                       \
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without " \
        "the continue parameter"

/* What a path asks for. */
struct api_wish {
        struct bw_str group, version, resource, ns, name, sub;
        const char *verb;
        bool is_resource;
};

static const struct {
        int code;
        const char *reason;
} reasons[] = {
        {400, "BadRequest"}, {401, "Unauthorized"},   {403, "Forbidden"},     {404, "NotFound"},           {405, "MethodNotAllowed"},
        {410, "Expired"},    {429, "TooManyRequests"}, {500, "InternalError"}, {503, "ServiceUnavailable"}, {504, "Timeout"},
};

void api_answer_status(struct api_answer *answer, int code, struct bw_str message, struct bw_str resume)
{
        const char *reason = "";

        for (size_t i = 0; i < BW_ARRAY_SIZE(reasons); i++)
                if (reasons[i].code == code)
                        reason = reasons[i].reason;
        answer->status = code;
        answer->type = "application/json";
        bw_buf_clear(&answer->body);
        bw_buf_puts(&answer->body, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{");
        if (resume.n) {
                bw_buf_puts(&answer->body, "\"continue\":");
                bw_buf_json(&answer->body, resume);
        }
        bw_buf_puts(&answer->body, "},\"status\":\"Failure\",\"message\":");
        bw_buf_json(&answer->body, message);
        bw_buf_printf(&answer->body, ",\"reason\":\"%s\",\"code\":%d}\n", reason, code);
}

/* ---- queries */

static int hex(char c)
{
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static struct bw_str unescape(struct bw_arena *arena, struct bw_str s)
{
        char *to = bw_arena_alloc(arena, s.n + 1);
        size_t n = 0;

        if (!to)
                api_die("out of memory");
        for (size_t i = 0; i < s.n; i++) {
                if (s.p[i] == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 && hex(s.p[i + 2]) >= 0) {
                        to[n++] = (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2]));
                        i += 2;
                } else {
                        to[n++] = s.p[i] == '+' ? ' ' : s.p[i];
                }
        }
        to[n] = 0;
        return bw_str_n(to, n);
}

bool api_query(const struct api_request *request, const char *key, struct bw_str *ret)
{
        struct bw_str rest = request->query;
        struct bw_str part, name;

        while (bw_str_split(&rest, '&', &part)) {
                if (!bw_str_split(&part, '=', &name) || !bw_str_is(name, key))
                        continue;
                *ret = unescape(request->arena, part);
                return true;
        }
        return false;
}

/* ---- pages: a token says at which object of the list the rest begins, and of which time the list is (-1: any) */

static struct bw_str token_make(struct bw_arena *arena, int64_t version, size_t start)
{
        struct bw_str text = bw_arena_printf(arena, "{\"v\":\"meta.k8s.io/v1\",\"rv\":%" PRId64 ",\"start\":\"%zu\"}", version, start);
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        for (size_t i = 0; i < text.n; i += 3) {
                uint32_t v = (uint32_t)(uint8_t)text.p[i] << 16;

                if (i + 1 < text.n)
                        v |= (uint32_t)(uint8_t)text.p[i + 1] << 8;
                if (i + 2 < text.n)
                        v |= (uint8_t)text.p[i + 2];
                for (size_t k = 0; k < 4 && i + k <= text.n; k++)
                        bw_buf_char(&out, digits[v >> (18 - 6 * k) & 63]);
        }
        return bw_arena_str(arena, bw_buf_view(&out));
}

static bool token_read(struct bw_str token, int64_t *ret_version, size_t *ret_start)
{
        char text[256];
        size_t n = 0;
        uint32_t bits = 0;
        unsigned have = 0;
        char *at;

        for (size_t i = 0; i < token.n && n + 1 < sizeof(text); i++) {
                char c = token.p[i];
                int v = c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52
                        : c == '-'           ? 62
                        : c == '_'           ? 63
                                             : -1;
                if (v < 0)
                        return false;
                bits = bits << 6 | (uint32_t)v;
                have += 6;
                if (have >= 8)
                        text[n++] = (char)(bits >> (have -= 8));
        }
        text[n] = 0;
        at = strstr(text, "\"rv\":");
        *ret_version = at ? strtoll(at + 5, NULL, 10) : 0;
        at = strstr(text, "\"start\":\"");
        *ret_start = at ? strtoul(at + 9, NULL, 10) : 0;
        return at != NULL;
}

void api_answer_gone(struct api_request *request, struct api_answer *answer, bool final)
{
        struct bw_str token;
        int64_t version;
        size_t start = 0;

        if (final || !api_query(request, "continue", &token) || !token_read(token, &version, &start)) {
                api_answer_status(answer, 410, BW_STR(LIST_EXPIRED "."), BW_STR(""));
                return;
        }
        api_answer_status(answer, 410,
                          BW_STR(LIST_EXPIRED ", or use the continue token in this response to retrieve the remainder of the results. "
                                              "Continuing with the provided token results in an inconsistent list - objects that were "
                                              "created, modified, or deleted between the time the first chunk was returned and now may "
                                              "show up in the list."),
                          token_make(request->arena, -1, start));
}

/* ---- objects */

static void put_type(struct bw_buf *out, struct bw_arena *arena, const struct api_resource *r, const char *more)
{
        bw_buf_printf(out, "\"kind\":\"%.*s%s\",\"apiVersion\":\"%.*s\"", BW_STR_ARG(r->kind), more,
                      BW_STR_ARG(api_resource_version(arena, r)));
}

static void put_object(struct bw_buf *out, struct bw_arena *arena, const struct api_resource *r, const struct api_object *o,
                       bool typed)
{
        bw_buf_char(out, '{');
        if (typed || !api_resource_is_builtin(r)) {
                put_type(out, arena, r, "");
                bw_buf_char(out, ',');
        }
        bw_buf_puts(out, "\"metadata\":");
        bw_buf_str(out, o->metadata);
        bw_buf_str(out, o->rest);
        bw_buf_char(out, '}');
}

static void put_metadata_of(struct bw_buf *out, const struct api_object *o)
{
        bw_buf_puts(out, "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":");
        bw_buf_str(out, o->metadata);
        bw_buf_char(out, '}');
}

/* Equalities of labels alone: "a=b,c=d", as texts. */
static bool has_labels(const struct api_object *o, struct bw_str selector)
{
        char want[512];
        struct bw_str part, key;

        while (bw_str_split(&selector, ',', &part)) {
                if (!bw_str_split(&part, '=', &key))
                        continue;
                (void)snprintf(want, sizeof(want), "\"%.*s\":\"%.*s\"", BW_STR_ARG(key), BW_STR_ARG(part));
                if (bw_str_find(o->metadata, bw_str(want)) == SIZE_MAX)
                        return false;
        }
        return true;
}

static bool selected(const struct api_wish *wish, const struct api_object *o, struct bw_str labels)
{
        return (wish->ns.n == 0 || bw_str_eq(o->ns, wish->ns)) && has_labels(o, labels);
}

static void answer_list(struct api_server *server, struct api_request *request, const struct api_wish *wish,
                        const struct api_resource *r, struct api_answer *answer)
{
        bool metadata = bw_str_find(request->accept, BW_STR("PartialObjectMetadataList")) != SIZE_MAX;
        struct bw_str limit_text = {0}, token, labels = {0};
        int64_t version = (int64_t)server->store.version;
        size_t limit, start = 0, given = 0, at;
        struct bw_buf *out = &answer->body;
        bw_auto_done(bw_buf_done) struct bw_buf items = {.ceiling = (size_t)8 << 30};

        limit = api_query(request, "limit", &limit_text) ? strtoul(limit_text.p, NULL, 10) : 0;
        (void)api_query(request, "labelSelector", &labels);
        if (api_query(request, "continue", &token) && token.n && !token_read(token, &version, &start)) {
                api_answer_status(answer, 400, BW_STR("invalid continue token: continue key is not valid"), BW_STR(""));
                return;
        }
        for (at = start; at < r->n && (limit == 0 || given < limit); at++) {
                if (!selected(wish, &r->objects[at], labels))
                        continue;
                if (given++)
                        bw_buf_char(&items, ',');
                if (metadata)
                        put_metadata_of(&items, &r->objects[at]);
                else
                        put_object(&items, request->arena, r, &r->objects[at], false);
        }
        while (at < r->n && !selected(wish, &r->objects[at], labels))
                at++;
        out->ceiling = (size_t)8 << 30;
        bw_buf_char(out, '{');
        if (metadata)
                bw_buf_puts(out, "\"kind\":\"PartialObjectMetadataList\",\"apiVersion\":\"meta.k8s.io/v1\"");
        else
                put_type(out, request->arena, r, "List");
        bw_buf_printf(out, ",\"metadata\":{\"resourceVersion\":\"%" PRIu64 "\"", server->store.version);
        if (at < r->n) {
                bw_buf_puts(out, ",\"continue\":");
                bw_buf_json(out, token_make(request->arena, version, at));
                bw_buf_printf(out, ",\"remainingItemCount\":%zu", r->n - at);
        }
        bw_buf_puts(out, "},\"items\":[");
        bw_buf_str(out, bw_buf_view(&items));
        bw_buf_puts(out, "]}\n");
        answer->status = 200;
}

/* What is there, then a bookmark, then the end. */
static void answer_watch(struct api_server *server, struct api_request *request, const struct api_wish *wish,
                         const struct api_resource *r, struct api_answer *answer)
{
        struct bw_buf *out = &answer->body;
        struct bw_str from = {0}, labels = {0};

        (void)api_query(request, "labelSelector", &labels);
        if (!api_query(request, "resourceVersion", &from) || from.n == 0 || bw_str_is(from, "0")) {
                for (size_t i = 0; i < r->n; i++) {
                        if (!selected(wish, &r->objects[i], labels))
                                continue;
                        bw_buf_puts(out, "{\"type\":\"ADDED\",\"object\":");
                        put_object(out, request->arena, r, &r->objects[i], true);
                        bw_buf_puts(out, "}\n");
                }
        }
        bw_buf_puts(out, "{\"type\":\"BOOKMARK\",\"object\":{");
        put_type(out, request->arena, r, "");
        bw_buf_printf(out, ",\"metadata\":{\"resourceVersion\":\"%" PRIu64 "\",\"creationTimestamp\":null}}}\n", server->store.version + 1);
        answer->status = 200;
        answer->is_watch = true;
        answer->watch_pause = 50;
}

static void answer_not_found(struct api_request *request, const struct api_wish *wish, struct api_answer *answer)
{
        api_answer_status(answer, 404,
                          bw_arena_printf(request->arena, "%.*s%s%.*s \"%.*s\" not found", BW_STR_ARG(wish->resource),
                                          wish->group.n ? "." : "", BW_STR_ARG(wish->group), BW_STR_ARG(wish->name)),
                          BW_STR(""));
}

static void answer_object(struct api_request *request, const struct api_wish *wish, const struct api_resource *r,
                          struct api_answer *answer)
{
        for (size_t i = 0; i < r->n; i++) {
                if (!bw_str_eq(r->objects[i].name, wish->name) || !bw_str_eq(r->objects[i].ns, wish->ns))
                        continue;
                put_object(&answer->body, request->arena, r, &r->objects[i], true);
                answer->status = 200;
                return;
        }
        answer_not_found(request, wish, answer);
}

/* /api/v1/nodes/NAME/proxy/configz */
static void answer_kubelet(struct api_server *server, struct api_request *request, const struct api_wish *wish,
                           struct api_answer *answer)
{
        char name[512];

        (void)snprintf(name, sizeof(name), "configz/%.*s.json", BW_STR_ARG(wish->name));
        if (memchr(wish->name.p, '/', wish->name.n) == NULL && api_store_file(&server->store, name, &answer->body)) {
                answer->status = 200;
                return;
        }
        api_answer_status(answer, 503,
                          bw_arena_printf(request->arena,
                                          "error trying to reach service: dial tcp: lookup %.*s: no such host", BW_STR_ARG(wish->name)),
                          BW_STR(""));
}

/* ---- discovery */

static void put_verbs(struct bw_buf *out, struct bw_str verbs)
{
        struct bw_str verb;
        bool first = true;

        bw_buf_puts(out, "\"verbs\":[");
        while (bw_str_split(&verbs, ',', &verb)) {
                if (!first)
                        bw_buf_char(out, ',');
                first = false;
                bw_buf_json(out, verb);
        }
        bw_buf_char(out, ']');
}

static bool same_version(const struct api_resource *a, const struct api_resource *b)
{
        return bw_str_eq(a->group, b->group) && bw_str_eq(a->version, b->version);
}

static bool is_subresource(const struct api_resource *r, const struct api_resource *of)
{
        return same_version(r, of) && r->resource.n > of->resource.n + 1 && bw_str_starts(r->resource, of->resource) &&
               r->resource.p[of->resource.n] == '/';
}

static void put_subresources(struct bw_buf *out, const struct api_store *store, const struct api_resource *of)
{
        bool first = true;

        for (size_t i = 0; i < store->n; i++) {
                const struct api_resource *r = &store->resources[i];

                if (!is_subresource(r, of))
                        continue;
                bw_buf_puts(out, first ? ",\"subresources\":[" : ",");
                first = false;
                bw_buf_puts(out, "{\"subresource\":");
                bw_buf_json(out, bw_str_rest(r->resource, of->resource.n + 1));
                bw_buf_puts(out, ",\"responseKind\":{\"group\":\"\",\"version\":\"\",\"kind\":");
                bw_buf_json(out, r->kind);
                bw_buf_puts(out, "},");
                put_verbs(out, r->verbs);
                bw_buf_char(out, '}');
        }
        if (!first)
                bw_buf_char(out, ']');
}

static void put_aggregated_version(struct bw_buf *out, const struct api_store *store, size_t at)
{
        const struct api_resource *first = &store->resources[at];
        bool some = false;

        bw_buf_puts(out, "{\"version\":");
        bw_buf_json(out, first->version);
        bw_buf_puts(out, ",\"resources\":[");
        for (size_t i = at; i < store->n; i++) {
                const struct api_resource *r = &store->resources[i];

                if (!same_version(r, first) || r->broken || memchr(r->resource.p, '/', r->resource.n))
                        continue;
                bw_buf_puts(out, some ? ",{\"resource\":" : "{\"resource\":");
                some = true;
                bw_buf_json(out, r->resource);
                bw_buf_puts(out, ",\"responseKind\":{\"group\":\"\",\"version\":\"\",\"kind\":");
                bw_buf_json(out, r->kind);
                bw_buf_printf(out, "},\"scope\":\"%s\",\"singularResource\":\"\",", r->namespaced ? "Namespaced" : "Cluster");
                put_verbs(out, r->verbs);
                put_subresources(out, store, r);
                bw_buf_char(out, '}');
        }
        bw_buf_printf(out, "],\"freshness\":\"%s\"}", first->broken ? "Stale" : "Current");
}

static bool is_first_of_group(const struct api_store *store, size_t at)
{
        for (size_t i = 0; i < at; i++)
                if (bw_str_eq(store->resources[i].group, store->resources[at].group))
                        return false;
        return true;
}

static bool is_first_of_version(const struct api_store *store, size_t at)
{
        for (size_t i = 0; i < at; i++)
                if (same_version(&store->resources[i], &store->resources[at]))
                        return false;
        return true;
}

static void put_aggregated(struct bw_buf *out, const struct api_store *store, bool core)
{
        bool some = false;

        bw_buf_puts(out, "{\"kind\":\"APIGroupDiscoveryList\",\"apiVersion\":\"apidiscovery.k8s.io/v2\",\"metadata\":{},\"items\":[");
        for (size_t i = 0; i < store->n; i++) {
                struct bw_str group = store->resources[i].group;
                bool inner = false;

                if ((group.n == 0) != core || !is_first_of_group(store, i))
                        continue;
                bw_buf_puts(out, some ? ",{\"metadata\":{" : "{\"metadata\":{");
                some = true;
                if (group.n) {
                        bw_buf_puts(out, "\"name\":");
                        bw_buf_json(out, group);
                        bw_buf_char(out, ',');
                }
                bw_buf_puts(out, "\"creationTimestamp\":null},\"versions\":[");
                for (size_t k = i; k < store->n; k++) {
                        if (!bw_str_eq(store->resources[k].group, group) || !is_first_of_version(store, k))
                                continue;
                        if (inner)
                                bw_buf_char(out, ',');
                        inner = true;
                        put_aggregated_version(out, store, k);
                }
                bw_buf_puts(out, "]}");
        }
        bw_buf_puts(out, "]}\n");
}

static void put_group_version(struct bw_buf *out, const struct api_resource *r)
{
        bw_buf_printf(out, "{\"groupVersion\":\"%.*s/%.*s\",\"version\":\"%.*s\"}", BW_STR_ARG(r->group), BW_STR_ARG(r->version),
                      BW_STR_ARG(r->version));
}

static void put_groups(struct bw_buf *out, const struct api_store *store)
{
        bool some = false;

        bw_buf_puts(out, "{\"kind\":\"APIGroupList\",\"apiVersion\":\"v1\",\"groups\":[");
        for (size_t i = 0; i < store->n; i++) {
                const struct api_resource *first = &store->resources[i];
                bool inner = false;

                if (first->group.n == 0 || !is_first_of_group(store, i))
                        continue;
                bw_buf_puts(out, some ? ",{\"name\":" : "{\"name\":");
                some = true;
                bw_buf_json(out, first->group);
                bw_buf_puts(out, ",\"versions\":[");
                for (size_t k = i; k < store->n; k++) {
                        if (!bw_str_eq(store->resources[k].group, first->group) || !is_first_of_version(store, k))
                                continue;
                        if (inner)
                                bw_buf_char(out, ',');
                        inner = true;
                        put_group_version(out, &store->resources[k]);
                }
                bw_buf_puts(out, "],\"preferredVersion\":");
                put_group_version(out, first);
                bw_buf_char(out, '}');
        }
        bw_buf_puts(out, "]}\n");
}

/* /api/v1, /apis/apps/v1. False: no such version; a broken one gives 503. */
static bool put_resources(struct api_answer *answer, struct bw_arena *arena, const struct api_store *store, struct bw_str group,
                          struct bw_str version)
{
        struct bw_buf *out = &answer->body;
        bool some = false;

        for (size_t i = 0; i < store->n; i++) {
                const struct api_resource *r = &store->resources[i];

                if (!bw_str_eq(r->group, group) || !bw_str_eq(r->version, version))
                        continue;
                if (r->broken) {
                        answer->status = 503;
                        answer->type = "text/plain; charset=utf-8";
                        bw_buf_puts(out, "service unavailable\n");
                        return true;
                }
                if (!some)
                        bw_buf_printf(out, "{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":\"%.*s\",\"resources\":[",
                                      BW_STR_ARG(api_resource_version(arena, r)));
                bw_buf_puts(out, some ? ",{\"name\":" : "{\"name\":");
                some = true;
                bw_buf_json(out, r->resource);
                bw_buf_printf(out, ",\"singularName\":\"\",\"namespaced\":%s,\"kind\":", r->namespaced ? "true" : "false");
                bw_buf_json(out, r->kind);
                bw_buf_char(out, ',');
                put_verbs(out, r->verbs);
                bw_buf_char(out, '}');
        }
        bw_buf_puts(out, "]}\n");
        answer->status = 200;
        return some;
}

static bool wants_aggregated(const struct api_request *request)
{
        return bw_str_find(request->accept, BW_STR("as=APIGroupDiscoveryList")) != SIZE_MAX;
}

static void answer_discovery(struct api_server *server, struct api_request *request, bool core, struct api_answer *answer)
{
        static const char *const recorded[2][2] = {{"apis.body", "apis-aggregated.body"}, {"api.body", "api-aggregated.body"}};
        bool aggregated = wants_aggregated(request);

        answer->status = 200;
        if (aggregated)
                answer->type = AGGREGATED;
        if (api_store_file(&server->store, recorded[core][aggregated], &answer->body))
                return;
        if (aggregated)
                put_aggregated(&answer->body, &server->store, core);
        else if (core)
                bw_buf_printf(&answer->body,
                              "{\"kind\":\"APIVersions\",\"versions\":[\"v1\"],\"serverAddressByClientCIDRs\":[{\"clientCIDR\":"
                              "\"0.0.0.0/0\",\"serverAddress\":\"127.0.0.1:%u\"}]}\n",
                              server->listeners[API_LISTENER].port);
        else
                put_groups(&answer->body, &server->store);
}

static void answer_version(struct api_server *server, struct api_answer *answer)
{
        answer->status = 200;
        if (api_store_file(&server->store, "version.body", &answer->body) ||
            api_store_file(&server->store, "version.json", &answer->body))
                return;
        bw_buf_puts(&answer->body, "{\"major\":\"1\",\"minor\":\"32\",\"gitVersion\":\"v1.32.13\",\"platform\":\"linux/amd64\"}\n");
}

/* ---- paths */

static const char *verb_of(const struct api_request *request, const struct api_wish *wish)
{
        struct bw_str text;

        if (bw_str_is(request->method, "POST"))
                return "create";
        if (!bw_str_is(request->method, "GET"))
                return "update";
        if (wish->name.n)
                return "get";
        return api_query(request, "watch", &text) && (bw_str_is(text, "1") || bw_str_is(text, "true")) ? "watch" : "list";
}

/* /api/v1[/…], /apis/GROUP/VERSION[/…]. False: something else. */
static bool parse_path(struct api_request *request, struct api_wish *wish)
{
        struct bw_str rest = bw_str_rest(request->path, 1);
        struct bw_str part;

        memset(wish, 0, sizeof(*wish));
        if (!bw_str_split(&rest, '/', &part) || (!bw_str_is(part, "api") && !bw_str_is(part, "apis")))
                return false;
        if (bw_str_is(part, "apis") && !bw_str_split(&rest, '/', &wish->group))
                return false;
        if (!bw_str_split(&rest, '/', &wish->version))
                return false;
        if (!bw_str_split(&rest, '/', &wish->resource))
                return true;
        wish->is_resource = true;
        if (bw_str_split(&rest, '/', &wish->name) && bw_str_is(wish->resource, "namespaces") && rest.n &&
            bw_str_split(&rest, '/', &wish->resource)) {
                wish->ns = wish->name;
                wish->name = BW_STR("");
                (void)bw_str_split(&rest, '/', &wish->name);
        }
        wish->sub = rest;
        wish->verb = verb_of(request, wish);
        return true;
}

/* "pods.", "pods/log", "roles.rbac.authorization.k8s.io" */
static void right_name(char *to, size_t size, const struct api_wish *wish)
{
        struct bw_str sub = wish->sub, first = {0};

        (void)bw_str_split(&sub, '/', &first);
        (void)snprintf(to, size, "%.*s%s%.*s%s%.*s", BW_STR_ARG(wish->resource), first.n ? "/" : "", BW_STR_ARG(first),
                       wish->group.n ? "." : "", BW_STR_ARG(wish->group));
}

static bool permitted(struct api_server *server, struct bw_str user, struct bw_str groups, const char *verb, const char *resource,
                      const char *ns)
{
        bool answer;

        (void)pthread_mutex_lock(&server->lock);
        answer = api_script_permits(&server->script, user, groups, verb, resource, ns);
        (void)pthread_mutex_unlock(&server->lock);
        return answer;
}

static bool refuse_resource(struct api_server *server, struct api_request *request, const struct api_wish *wish,
                            struct api_answer *answer)
{
        char name[512], ns[256];
        struct bw_str sub = wish->sub, first = {0};

        right_name(name, sizeof(name), wish);
        (void)snprintf(ns, sizeof(ns), "%.*s", BW_STR_ARG(wish->ns));
        if (permitted(server, request->user, request->groups, wish->verb, name, ns))
                return false;
        (void)bw_str_split(&sub, '/', &first);
        api_answer_status(
                answer, 403,
                bw_arena_printf(request->arena,
                                "%.*s%s%.*s%s%.*s%s is forbidden: User \"%.*s\" cannot %s resource \"%.*s%s%.*s\" in API group \"%.*s\" %s%.*s%s",
                                BW_STR_ARG(wish->resource), wish->group.n ? "." : "", BW_STR_ARG(wish->group), wish->name.n ? " \"" : "",
                                BW_STR_ARG(wish->name), wish->name.n ? "\"" : "", BW_STR_ARG(request->user), wish->verb,
                                BW_STR_ARG(wish->resource), first.n ? "/" : "", BW_STR_ARG(first), BW_STR_ARG(wish->group),
                                wish->ns.n ? "in the namespace \"" : "at the cluster scope", BW_STR_ARG(wish->ns), wish->ns.n ? "\"" : ""),
                BW_STR(""));
        return true;
}

/* Paths that are no resources: all who are somebody may look; the anonymous see what the default binding shows. */
static bool refuse_path(struct api_request *request, struct api_answer *answer)
{
        static const char *const open[] = {"/version", "/version/", "/healthz", "/livez", "/readyz"};

        if (!bw_str_is(request->user, "system:anonymous"))
                return false;
        for (size_t i = 0; i < BW_ARRAY_SIZE(open); i++)
                if (bw_str_is(request->path, open[i]))
                        return false;
        api_answer_status(answer, 403,
                          bw_arena_printf(request->arena, "forbidden: User \"%.*s\" cannot get path \"%.*s\"", BW_STR_ARG(request->user),
                                          BW_STR_ARG(request->path)),
                          BW_STR(""));
        return true;
}

/* ---- reviews */

static bool attributes_permitted(struct api_server *server, const struct api_request *request, struct bw_value attributes)
{
        struct api_wish wish = {
                .group = bw_map_text(attributes, "group"),
                .resource = bw_map_text(attributes, "resource"),
                .sub = bw_map_text(attributes, "subresource"),
        };
        char name[512], verb[64], ns[256];

        right_name(name, sizeof(name), &wish);
        (void)snprintf(verb, sizeof(verb), "%.*s", BW_STR_ARG(bw_map_text(attributes, "verb")));
        (void)snprintf(ns, sizeof(ns), "%.*s", BW_STR_ARG(bw_map_text(attributes, "namespace")));
        return permitted(server, request->user, request->groups, verb, name, ns);
}

static void put_rules(struct api_server *server, struct api_request *request, const char *ns, struct bw_buf *out)
{
        bool some = false;

        for (size_t i = 0; i < server->store.n; i++) {
                const struct api_resource *r = &server->store.resources[i];
                struct api_wish wish = {.group = r->group, .resource = r->resource};
                struct bw_str verbs = r->verbs, verb;
                char name[512], text[64];

                right_name(name, sizeof(name), &wish);
                while (bw_str_split(&verbs, ',', &verb)) {
                        (void)snprintf(text, sizeof(text), "%.*s", BW_STR_ARG(verb));
                        if (!permitted(server, request->user, request->groups, text, name, ns))
                                continue;
                        bw_buf_printf(out, "%s{\"verbs\":[\"%s\"],\"apiGroups\":[\"%.*s\"],\"resources\":[\"%.*s\"]}", some ? "," : "", text,
                                      BW_STR_ARG(r->group), BW_STR_ARG(r->resource));
                        some = true;
                }
        }
}

static void answer_review(struct api_server *server, struct api_request *request, const struct api_wish *wish,
                          struct api_answer *answer)
{
        struct bw_error err = {0};
        struct bw_doc doc = {0};
        struct bw_value spec;
        size_t used;
        char ns[256];

        if (bw_json_read(request->arena, request->body, 1, 1, false, &doc, &used, &err) < 0) {
                api_answer_status(answer, 400, bw_str(err.message), BW_STR(""));
                return;
        }
        spec = bw_map_get(doc.root, BW_STR("spec"));
        answer->status = 201;
        bw_buf_puts(&answer->body, "{\"kind\":");
        bw_buf_json(&answer->body, bw_map_text(doc.root, "kind"));
        bw_buf_puts(&answer->body, ",\"apiVersion\":\"authorization.k8s.io/v1\",\"metadata\":{},\"spec\":");
        bw_value_json(&answer->body, spec, 0);
        if (bw_str_is(wish->resource, "selfsubjectrulesreviews")) {
                (void)snprintf(ns, sizeof(ns), "%.*s", BW_STR_ARG(bw_map_text(spec, "namespace")));
                bw_buf_puts(&answer->body, ",\"status\":{\"resourceRules\":[");
                put_rules(server, request, ns, &answer->body);
                bw_buf_puts(&answer->body, "],\"nonResourceRules\":[],\"incomplete\":false}}\n");
                return;
        }
        bw_buf_printf(&answer->body, ",\"status\":{\"allowed\":%s}}\n",
                      attributes_permitted(server, request, bw_map_get(spec, BW_STR("resourceAttributes"))) ? "true" : "false");
}

/* ---- */

static void answer_resource(struct api_server *server, struct api_request *request, const struct api_wish *wish,
                            struct api_answer *answer)
{
        const struct api_resource *r = api_store_find(&server->store, wish->group, wish->version, wish->resource);

        if (bw_str_is(wish->group, "authorization.k8s.io") && bw_str_is(request->method, "POST")) {
                answer_review(server, request, wish, answer);
                return;
        }
        if (refuse_resource(server, request, wish, answer))
                return;
        if (!bw_str_is(request->method, "GET"))
                api_answer_status(answer, 405, BW_STR("the test's server only reads"), BW_STR(""));
        else if (!r || r->broken)
                api_answer_status(answer, 404, BW_STR("the server could not find the requested resource"), BW_STR(""));
        else if (bw_str_is(wish->resource, "nodes") && bw_str_is(wish->sub, "proxy/configz"))
                answer_kubelet(server, request, wish, answer);
        else if (wish->name.n)
                answer_object(request, wish, r, answer);
        else if (strcmp(wish->verb, "watch") == 0)
                answer_watch(server, request, wish, r, answer);
        else
                answer_list(server, request, wish, r, answer);
}

static void answer_no_page(struct api_answer *answer)
{
        answer->status = 404;
        answer->type = "text/plain; charset=utf-8";
        bw_buf_puts(&answer->body, "404 page not found\n");
}

void api_answer(struct api_server *server, struct api_request *request, struct api_answer *answer)
{
        struct api_wish wish;

        if (parse_path(request, &wish) && wish.is_resource) {
                answer_resource(server, request, &wish, answer);
                return;
        }
        if (refuse_path(request, answer))
                return;
        if (bw_str_is(request->path, "/version") || bw_str_is(request->path, "/version/")) {
                answer_version(server, answer);
        } else if (bw_str_is(request->path, "/api") || bw_str_is(request->path, "/apis")) {
                answer_discovery(server, request, bw_str_is(request->path, "/api"), answer);
        } else if (bw_str_is(request->path, "/readyz") || bw_str_is(request->path, "/livez") || bw_str_is(request->path, "/healthz")) {
                answer->status = 200;
                answer->type = "text/plain; charset=utf-8";
                bw_buf_puts(&answer->body, "ok");
        } else if (wish.version.n == 0 || !put_resources(answer, request->arena, &server->store, wish.group, wish.version)) {
                bw_buf_clear(&answer->body);
                answer_no_page(answer);
        }
}
