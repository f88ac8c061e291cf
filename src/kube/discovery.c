/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server has: from the two documents of aggregated discovery, else version by version of each group.
 * Source: k8s.io/api apidiscovery/v2 types.go; k8s.io/client-go discovery/discovery_client.go (what is asked, and what is left out
 *         of a version that is stale); k8s.io/apimachinery pkg/apis/meta/v1 types.go (APIGroupList, APIResourceList).
 */
#include "base/arena.h"
#include "base/limits.h"
#include "doc/doc.h"
#include "kube/client_internal.h"

#define JSON "application/json"
#define AGGREGATED                                                                                 \
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"                    \
        "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList," JSON

struct found {
        struct bw_kube_client *client;
        struct bw_arena *arena;     /* the caller's */
        struct bw_arena *scratch;   /* of the documents that are read */
        struct bw_kube_resource *resources;
        size_t n, cap;
        size_t group_at;            /* the first one of the group that is read */
        struct bw_str *broken;
        size_t n_broken, cap_broken;
};

/* These names go into paths. */
static bool is_name(struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];

                if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'))
                        return false;
        }
        return s.n <= 253;
}

static bool has_verb(struct bw_value verbs, const char *verb)
{
        for (size_t i = 0; verbs.type == BW_LIST && i < verbs.n; i++) {
                struct bw_value v = bw_list_get(verbs, i);

                if (v.type == BW_STRING && bw_str_is(bw_value_text(v), verb))
                        return true;
        }
        return false;
}

static int add_broken(struct found *found, struct bw_str group, struct bw_str version, struct bw_error *reterr)
{
        struct bw_str name;

        if (!is_name(group) || !is_name(version) || found->n_broken >= BW_LIMIT_KUBE_RESOURCES)
                return 0;
        name = bw_arena_printf(found->arena, "%.*s%s%.*s", BW_STR_ARG(group), group.n ? "/" : "", BW_STR_ARG(version));
        if (!name.p || bw_arena_grow(found->arena, &found->broken, &found->cap_broken, found->n_broken, sizeof(*found->broken)) < 0)
                return bw_arena_error(found->arena, reterr);
        found->broken[found->n_broken++] = name;
        return 0;
}

/* Versions come with the preferred one first: whatever has been seen in the group stays. */
static int add_resource(struct found *found, const struct bw_kube_resource *resource, struct bw_error *reterr)
{
        struct bw_kube_resource copy = *resource;

        if (!resource->resource.n || !resource->kind.n || !resource->version.n || !is_name(resource->resource) ||
            !is_name(resource->kind) || !is_name(resource->version) || !is_name(resource->group))
                return 0; /* of subresources alone, or nothing that could be asked for */
        for (size_t i = found->group_at; i < found->n; i++)
                if (bw_str_eq(found->resources[i].resource, resource->resource))
                        return 0;
        if (found->n >= BW_LIMIT_KUBE_RESOURCES)
                return bw_error_set(reterr, -E2BIG, "the server has more than %d kinds", BW_LIMIT_KUBE_RESOURCES);
        copy.group = bw_arena_str(found->arena, resource->group);
        copy.version = bw_arena_str(found->arena, resource->version);
        copy.resource = bw_arena_str(found->arena, resource->resource);
        copy.kind = bw_arena_str(found->arena, resource->kind);
        if (!copy.group.p || !copy.version.p || !copy.resource.p || !copy.kind.p ||
            bw_arena_grow(found->arena, &found->resources, &found->cap, found->n, sizeof(*found->resources)) < 0)
                return bw_arena_error(found->arena, reterr);
        found->resources[found->n++] = copy;
        return 0;
}

/* ---- aggregated ---- */

static int read_aggregated_version(struct found *found, struct bw_str group, struct bw_value version, struct bw_error *reterr)
{
        struct bw_value resources = bw_map_get(version, BW_STR("resources"));
        struct bw_str name = bw_map_text(version, "version");
        int r = 0;

        if (bw_str_is(bw_map_text(version, "freshness"), "Stale"))
                return add_broken(found, group, name, reterr);
        for (size_t i = 0; r == 0 && resources.type == BW_LIST && i < resources.n; i++) {
                struct bw_value v = bw_list_get(resources, i);
                struct bw_value verbs = bw_map_get(v, BW_STR("verbs"));
                struct bw_kube_resource resource = {
                        .group = group,
                        .version = name,
                        .resource = bw_map_text(v, "resource"),
                        .kind = bw_map_text(bw_map_get(v, BW_STR("responseKind")), "kind"),
                        .namespaced = bw_str_is(bw_map_text(v, "scope"), "Namespaced"),
                        .can_list = has_verb(verbs, "list"),
                        .can_watch = has_verb(verbs, "watch"),
                };

                r = add_resource(found, &resource, reterr);
        }
        return r;
}

static int read_aggregated(struct found *found, struct bw_value root, struct bw_error *reterr)
{
        struct bw_value groups = bw_map_get(root, BW_STR("items"));
        int r = 0;

        for (size_t i = 0; r == 0 && groups.type == BW_LIST && i < groups.n; i++) {
                struct bw_value group = bw_list_get(groups, i);
                struct bw_value versions = bw_map_get(group, BW_STR("versions"));
                struct bw_str name = bw_map_text(bw_map_get(group, BW_STR("metadata")), "name");

                found->group_at = found->n;
                for (size_t k = 0; r == 0 && versions.type == BW_LIST && k < versions.n; k++)
                        r = read_aggregated_version(found, name, bw_list_get(versions, k), reterr);
        }
        return r;
}

/* ---- one by one ---- */

struct group_version {
        struct bw_str group, version;
        struct bw_str path;
        bool is_broken;
        struct bw_value resources;
};

struct one_by_one {
        struct found *found;
        struct group_version *versions;
        size_t n, cap;
};

static int add_version(struct one_by_one *all, struct bw_str group, struct bw_str version, struct bw_error *reterr)
{
        struct bw_arena *scratch = all->found->scratch;
        struct group_version *gv;

        if (!version.n || !is_name(group) || !is_name(version) || all->n >= BW_LIMIT_KUBE_RESOURCES)
                return 0;
        for (size_t i = all->n; i > 0 && bw_str_eq(all->versions[i - 1].group, group); i--)
                if (bw_str_eq(all->versions[i - 1].version, version))
                        return 0;
        if (bw_arena_grow(scratch, &all->versions, &all->cap, all->n, sizeof(*all->versions)) < 0)
                return bw_arena_error(scratch, reterr);
        gv = &all->versions[all->n];
        *gv = (struct group_version){.group = group, .version = version};
        gv->path = bw_arena_printf(scratch, "/%s%.*s/%.*s", group.n ? "apis/" : "api", BW_STR_ARG(group), BW_STR_ARG(version));
        if (!gv->path.p)
                return bw_arena_error(scratch, reterr);
        all->n++;
        return 0;
}

/* APIVersions of /api, APIGroupList of /apis. */
static int read_versions(struct one_by_one *all, struct bw_value root, struct bw_error *reterr)
{
        struct bw_value core = bw_map_get(root, BW_STR("versions"));
        struct bw_value groups = bw_map_get(root, BW_STR("groups"));
        int r = 0;

        for (size_t i = 0; r == 0 && core.type == BW_LIST && i < core.n; i++) {
                struct bw_value v = bw_list_get(core, i);

                if (v.type == BW_STRING)
                        r = add_version(all, BW_STR(""), bw_value_text(v), reterr);
        }
        for (size_t i = 0; r == 0 && groups.type == BW_LIST && i < groups.n; i++) {
                struct bw_value group = bw_list_get(groups, i);
                struct bw_value versions = bw_map_get(group, BW_STR("versions"));
                struct bw_str name = bw_map_text(group, "name");

                r = add_version(all, name, bw_map_text(bw_map_get(group, BW_STR("preferredVersion")), "version"), reterr);
                for (size_t k = 0; r == 0 && versions.type == BW_LIST && k < versions.n; k++)
                        r = add_version(all, name, bw_map_text(bw_list_get(versions, k), "version"), reterr);
        }
        return r;
}

static int read_json(struct bw_arena *arena, struct bw_str body, struct bw_value *ret, struct bw_error *reterr)
{
        struct bw_doc doc = {0};
        size_t used;
        int r = bw_json_read(arena, body, 1, 1, false, &doc, &used, NULL);

        if (r < 0 && r != -ENOMEM)
                r = bw_error_set(reterr, -EPROTO, "what the server says of itself cannot be read");
        else if (r < 0)
                r = bw_error_nomem(reterr);
        else
                *ret = doc.root;
        return r;
}

static int on_version(void *userdata, const struct bw_kube_get_one *get, struct bw_str body, const struct bw_error *err)
{
        struct one_by_one *all = userdata;
        struct group_version *gv = get->userdata;
        struct bw_value root = {0};
        int r = err->code ? err->code : read_json(all->found->scratch, body, &root, NULL);

        gv->is_broken = r < 0;
        gv->resources = bw_map_get(root, BW_STR("resources"));
        return r == -ENOMEM || r == -EINTR ? r : 0;
}

static int add_version_resources(struct found *found, const struct group_version *gv, struct bw_error *reterr)
{
        int r = gv->is_broken ? add_broken(found, gv->group, gv->version, reterr) : 0;

        for (size_t i = 0; r == 0 && gv->resources.type == BW_LIST && i < gv->resources.n; i++) {
                struct bw_value v = bw_list_get(gv->resources, i);
                struct bw_value verbs = bw_map_get(v, BW_STR("verbs"));
                struct bw_value namespaced = bw_map_get(v, BW_STR("namespaced"));
                struct bw_kube_resource resource = {
                        .group = gv->group,
                        .version = gv->version,
                        .resource = bw_map_text(v, "name"), /* a subresource's has a slash, and is no name */
                        .kind = bw_map_text(v, "kind"),
                        .namespaced = namespaced.type == BW_BOOL && namespaced.b,
                        .can_list = has_verb(verbs, "list"),
                        .can_watch = has_verb(verbs, "watch"),
                };

                r = add_resource(found, &resource, reterr);
        }
        return r;
}

static int ask_versions(struct found *found, struct bw_value root, struct bw_error *reterr)
{
        struct one_by_one all = {.found = found};
        struct bw_kube_get_one *wanted;
        int r = read_versions(&all, root, reterr);

        if (r < 0)
                return r;
        wanted = bw_arena_array(found->scratch, BW_MAX(all.n, (size_t)1), sizeof(*wanted));
        if (!wanted)
                return bw_arena_error(found->scratch, reterr);
        for (size_t i = 0; i < all.n; i++)
                wanted[i] = (struct bw_kube_get_one){.path = all.versions[i].path, .max = BW_LIMIT_KUBE_DISCOVERY,
                                                   .userdata = &all.versions[i]};
        r = bw_kube_many(found->client, wanted, all.n, on_version, &all, reterr);
        for (size_t i = 0; r == 0 && i < all.n; i++) {
                if (i == 0 || !bw_str_eq(all.versions[i].group, all.versions[i - 1].group))
                        found->group_at = found->n;
                r = add_version_resources(found, &all.versions[i], reterr);
        }
        return r;
}

/* ---- both ---- */

static int ask_root(struct found *found, const char *path, struct bw_buf *body, struct bw_error *reterr)
{
        struct bw_kube_request request = {.path = path, .accept = AGGREGATED, .max = BW_LIMIT_KUBE_DISCOVERY};
        struct bw_value root = {0};
        int r = bw_kube_whole(found->client, &request, body, reterr);

        bw_arena_reset(found->scratch);
        if (r == 0)
                r = read_json(found->scratch, bw_buf_view(body), &root, reterr);
        if (r < 0)
                return r;
        /* Servers from before it, and such as do not have it, answer in the old form to the same question. */
        if (bw_str_is(bw_map_text(root, "kind"), "APIGroupDiscoveryList"))
                return read_aggregated(found, root, reterr);
        return ask_versions(found, root, reterr);
}

int bw_kube_discover(struct bw_kube_client *client, struct bw_arena *arena, struct bw_kube_resource **ret, size_t *ret_n,
                     struct bw_str **ret_broken, size_t *ret_n_broken, struct bw_error *reterr)
{
        static const char *const roots[] = {"/api", "/apis"};
        struct found found = {.client = client, .arena = arena, .scratch = bw_arena_new(BW_LIMIT_KUBE_DISCOVERY * 8)};
        struct bw_buf body = {0};
        int r = found.scratch ? 0 : bw_error_nomem(reterr);

        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(roots); i++)
                r = ask_root(&found, roots[i], &body, reterr);
        bw_buf_done(&body);
        bw_arena_free(found.scratch);
        if (r < 0)
                return r;
        *ret = found.resources;
        *ret_n = found.n;
        *ret_broken = found.broken;
        *ret_n_broken = found.n_broken;
        return 0;
}
