/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/rbac_review.h"

#include "analyze/list_internal.h"
#include "base/arena.h"
#include "base/error.h"

/* ---- reviews */

static int take_groups(struct bw_arena *arena, struct bw_value list, struct bw_rbac_user *user, struct bw_error *reterr)
{
        struct bw_str *groups = bw_arena_array(arena, list.n + 1, sizeof(*groups));

        if (!groups)
                return bw_arena_error(arena, reterr);
        for (uint32_t i = 0; i < list.n; i++)
                groups[i] = bw_value_text(list.list->items[i]);
        user->groups = groups;
        user->n_groups = list.n;
        return 0;
}

static void take_attributes(struct bw_value from, struct bw_rbac_request *request)
{
        request->is_resource = true;
        request->verb = bw_map_text(from, "verb");
        request->ns = bw_map_text(from, "namespace");
        request->group = bw_map_text(from, "group");
        request->resource = bw_map_text(from, "resource");
        request->subresource = bw_map_text(from, "subresource");
        request->name = bw_map_text(from, "name");
}

static int take_what(struct bw_value spec, struct bw_rbac_request *request, struct bw_error *reterr)
{
        struct bw_value resource = bw_map_get(spec, BW_STR("resourceAttributes"));
        struct bw_value url = bw_map_get(spec, BW_STR("nonResourceAttributes"));

        if (resource.type == BW_MAP && url.type == BW_MAP)
                return bw_error_set(reterr, -EINVAL,
                                    "spec.nonResourceAttributes: cannot be specified in combination with resourceAttributes");
        if (resource.type == BW_MAP) {
                take_attributes(resource, request);
                return 0;
        }
        if (url.type != BW_MAP)
                return bw_error_set(reterr, -EINVAL,
                                    "spec.resourceAttributes: exactly one of nonResourceAttributes or resourceAttributes must be "
                                    "specified");
        request->verb = bw_map_text(url, "verb");
        request->path = bw_map_text(url, "path");
        return 0;
}

/* groups of v1, group of v1beta1 */
static int take_who(struct bw_arena *arena, struct bw_value spec, struct bw_rbac_request *request, struct bw_error *reterr)
{
        struct bw_value groups = list_of(spec, "groups");

        request->user.name = bw_map_text(spec, "user");
        if (groups.n == 0)
                groups = list_of(spec, "group");
        if (request->user.name.n == 0 && groups.n == 0)
                return bw_error_set(reterr, -EINVAL, "spec.user: at least one of user or group must be specified");
        return take_groups(arena, groups, &request->user, reterr);
}

static int take_local(struct bw_value object, const struct bw_rbac_request *request, struct bw_error *reterr)
{
        struct bw_str ns = bw_map_text(bw_map_get(object, BW_STR("metadata")), "namespace");

        if (!request->is_resource)
                return bw_error_set(reterr, -EINVAL, "spec.nonResourceAttributes: disallowed on this kind of request");
        if (!bw_str_eq(ns, request->ns))
                return bw_error_set(reterr, -EINVAL, "spec.resourceAttributes.namespace: must match metadata.namespace");
        return 0;
}

static int take_bare(struct bw_arena *arena, struct bw_value object, struct bw_rbac_request *request, struct bw_error *reterr)
{
        request->path = bw_map_text(object, "path");
        if (request->path.n)
                request->verb = bw_map_text(object, "verb");
        else
                take_attributes(object, request);
        if (request->verb.n == 0)
                return bw_error_set(reterr, -EINVAL, "this is neither a SubjectAccessReview nor the attributes of a request: there "
                                                     "is no verb");
        request->user.name = bw_map_text(object, "user");
        return take_groups(arena, list_of(object, "groups"), &request->user, reterr);
}

int bw_rbac_review_read(struct bw_arena *arena, struct bw_value object, const struct bw_rbac_user *self,
                        struct bw_rbac_request *ret, struct bw_error *reterr)
{
        struct bw_rbac_request request = {0};
        struct bw_str kind = bw_map_text(object, "kind");
        struct bw_value spec = bw_map_get(object, BW_STR("spec"));
        int r;

        if (kind.n == 0) {
                r = take_bare(arena, object, &request, reterr);
                if (r == 0)
                        *ret = request;
                return r;
        }
        if (!bw_str_starts(bw_map_text(object, "apiVersion"), BW_STR("authorization.k8s.io/")) ||
            !bw_str_ends(kind, BW_STR("SubjectAccessReview")))
                return bw_error_set(reterr, -EINVAL, "%.*s is no question to the authorizer: SubjectAccessReview, "
                                    "LocalSubjectAccessReview and SelfSubjectAccessReview of authorization.k8s.io/v1 are",
                                    BW_STR_ARG(kind));
        r = take_what(spec, &request, reterr);
        if (r < 0)
                return r;
        if (bw_str_is(kind, "SelfSubjectAccessReview")) {
                if (!self)
                        return bw_error_set(reterr, -EINVAL, "SelfSubjectAccessReview asks of whoever sends it: --subject says who");
                request.user = *self;
        } else {
                r = take_who(arena, spec, &request, reterr);
        }
        if (r == 0 && bw_str_is(kind, "LocalSubjectAccessReview"))
                r = take_local(object, &request, reterr);
        if (r == 0)
                *ret = request;
        return r;
}

/* ---- subjects by name */

static int set_groups(struct bw_arena *arena, struct bw_rbac_user *user, const struct bw_str *first, size_t n_first,
                      const struct bw_str *more, size_t n_more, struct bw_error *reterr)
{
        struct bw_str *groups = bw_arena_array(arena, n_first + n_more + 1, sizeof(*groups));

        if (!groups)
                return bw_arena_error(arena, reterr);
        for (size_t i = 0; i < n_first; i++)
                groups[i] = first[i];
        for (size_t i = 0; i < n_more; i++)
                groups[n_first + i] = more[i];
        user->groups = groups;
        user->n_groups = n_first + n_more;
        return 0;
}

/* rest: NAMESPACE and NAME, parted by a character. */
static int set_account(struct bw_arena *arena, struct bw_str rest, char between, struct bw_rbac_user *user,
                       struct bw_str groups[3], struct bw_error *reterr)
{
        size_t at = 0;
        struct bw_str ns;
        struct bw_str name;

        while (at < rest.n && rest.p[at] != between)
                at++;
        ns = bw_str_n(rest.p, at);
        name = at < rest.n ? bw_str_rest(rest, at + 1) : BW_STR("");
        if (ns.n == 0 || name.n == 0)
                return bw_error_set(reterr, -EINVAL, "\"%.*s\" names no service account: sa:NAMESPACE/NAME does", BW_STR_ARG(rest));
        user->name = bw_arena_printf(arena, "system:serviceaccount:%.*s:%.*s", BW_STR_ARG(ns), BW_STR_ARG(name));
        groups[0] = BW_STR("system:serviceaccounts");
        groups[1] = bw_arena_printf(arena, "system:serviceaccounts:%.*s", BW_STR_ARG(ns));
        groups[2] = BW_STR("system:authenticated");
        return user->name.p && groups[1].p ? 0 : bw_arena_error(arena, reterr);
}

int bw_rbac_user_parse(struct bw_arena *arena, struct bw_str text, const struct bw_str *more_groups, size_t n_more,
                       struct bw_rbac_user *ret, struct bw_error *reterr)
{
        static const struct {
                const char *prefix;
                char between;
        } accounts[] = {{"sa:", '/'}, {"serviceaccount:", '/'}, {"system:serviceaccount:", ':'}};
        struct bw_rbac_user user = {0};
        struct bw_str groups[3];
        size_t n_groups = 1;

        for (size_t i = 0; i < BW_ARRAY_SIZE(accounts); i++) {
                struct bw_str prefix = bw_str(accounts[i].prefix);
                int r;

                if (!bw_str_starts(text, prefix))
                        continue;
                r = set_account(arena, bw_str_rest(text, prefix.n), accounts[i].between, &user, groups, reterr);
                if (r == 0)
                        r = set_groups(arena, &user, groups, 3, more_groups, n_more, reterr);
                if (r == 0)
                        *ret = user;
                return r;
        }
        groups[0] = BW_STR("system:authenticated");
        if (bw_str_starts(text, BW_STR("group:"))) {
                groups[1] = bw_str_rest(text, 6);
                n_groups = bw_str_is(groups[1], "system:authenticated") ? 1 : 2;
                if (bw_str_is(groups[1], "system:unauthenticated")) {
                        groups[0] = groups[1];
                        n_groups = 1;
                }
                if (groups[n_groups - 1].n == 0)
                        return bw_error_set(reterr, -EINVAL, "group: names no group");
        } else {
                user.name = bw_str_starts(text, BW_STR("user:")) ? bw_str_rest(text, 5) : text;
                if (user.name.n == 0)
                        return bw_error_set(reterr, -EINVAL, "an empty text names no user: user:NAME, group:NAME and sa:NAMESPACE/NAME "
                                                             "name subjects");
                if (bw_str_is(user.name, "system:anonymous"))
                        groups[0] = BW_STR("system:unauthenticated");
        }
        if (set_groups(arena, &user, groups, n_groups, more_groups, n_more, reterr) < 0)
                return -ENOMEM;
        *ret = user;
        return 0;
}
