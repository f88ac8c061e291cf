/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rbac_inputs.h"

#include "analyze/api_resource.h"
#include "analyze/rbac_review.h"
#include "base/arena.h"
#include "cli/cluster_args.h"
#include "doc/doc.h"
#include "report/emit.h"

static bool is_wanted(struct bw_str group, struct bw_str kind)
{
        static const struct {
                const char *group;
                const char *kind;
        } kinds[] = {
                {"rbac.authorization.k8s.io", "Role"},
                {"rbac.authorization.k8s.io", "ClusterRole"},
                {"rbac.authorization.k8s.io", "RoleBinding"},
                {"rbac.authorization.k8s.io", "ClusterRoleBinding"},
                {"apiextensions.k8s.io", "CustomResourceDefinition"},
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(kinds); i++)
                if (bw_str_is(kind, kinds[i].kind) && bw_str_is(group, kinds[i].group))
                        return true;
        return false;
}

void bw_rbac_inputs_done(struct bw_rbac_inputs *inputs)
{
        bw_objects_done(&inputs->objects);
}

int bw_rbac_inputs_open(struct bw_cli *cli, const struct bw_args *args, const struct bw_objects_more *more,
                        struct bw_rbac_inputs *ret, struct bw_error *reterr)
{
        struct bw_rbac_inputs inputs = {0};
        struct bw_doc_range all;
        struct bw_value *values;
        static const struct bw_objects_more none = {0};
        int r = bw_objects_open_with(cli, args, is_wanted, true, more ? more : &none, &inputs.objects, reterr);

        if (r < 0)
                return r;
        all = bw_inventory_all(inputs.objects.inventory);
        inputs.docs = all.docs;
        inputs.n_docs = all.n;
        values = bw_arena_array(inputs.objects.arena, all.n + 1, sizeof(*values));
        for (size_t i = 0; values && i < all.n; i++)
                values[i] = all.docs[i]->root;
        r = values ? bw_rbac_new(inputs.objects.arena, values, all.n, &inputs.rbac, reterr) : bw_error_nomem(reterr);
        if (r < 0) {
                bw_rbac_inputs_done(&inputs);
                return r;
        }
        *ret = inputs;
        return 0;
}

int bw_rbac_subject_arg(const struct bw_args *args, const char *text, struct bw_arena *arena, struct bw_rbac_user *ret,
                        struct bw_error *reterr)
{
        struct bw_str *groups = bw_arena_array(arena, args->n_options + 1, sizeof(*groups));
        const char *group;
        size_t n = 0;
        size_t at = 0;

        if (!groups)
                return bw_error_nomem(reterr);
        while ((group = bw_args_next(args, BW_OPT_GROUP, &at)))
                groups[n++] = bw_str(group);
        return bw_rbac_user_parse(arena, bw_str(text), groups, n, ret, reterr);
}

void bw_rbac_question_args(struct bw_cli *cli, const struct bw_args *args, const struct bw_inventory *inventory, size_t first,
                           struct bw_rbac_request *request, bool *ret_namespaced)
{
        struct bw_str what = bw_str(args->positional[first + 1]);
        struct bw_api_resource resource = bw_api_resource_parse(what, inventory);
        struct bw_str ns = bw_namespace_arg(args);

        *ret_namespaced = false;
        request->verb = bw_str(args->positional[first]);
        if (bw_str_starts(what, BW_STR("/"))) {
                request->path = what;
                return;
        }
        request->is_resource = true;
        request->group = resource.group;
        request->resource = resource.resource;
        request->subresource = resource.subresource;
        request->name = args->n_positional > first + 2 ? bw_str(args->positional[first + 2]) : BW_STR("");
        if (!resource.known)
                bw_cli_error(cli, "warning: no resource of Kubernetes or of a CustomResourceDefinition here is called \"%.*s\"",
                             BW_STR_ARG(what));
        if (!resource.namespaced && ns.n)
                bw_cli_error(cli, "warning: %.*s are not in namespaces: -n says nothing here", BW_STR_ARG(resource.resource));
        *ret_namespaced = resource.namespaced;
        if (resource.namespaced)
                request->ns = ns;
        else if (bw_str_is(resource.resource, "namespaces") && resource.group.n == 0)
                request->ns = request->name; /* the API server asks for a namespace in that very namespace */
}

/* ---- texts */

int bw_rbac_object_text(const struct bw_rbac_inputs *inputs, size_t object, struct bw_str *ret)
{
        const struct bw_doc *doc = inputs->docs[object];

        *ret = bw_arena_printf(inputs->objects.arena, "%.*s %.*s%s%.*s", BW_STR_ARG(doc->kind), BW_STR_ARG(doc->ns),
                               doc->ns.n ? "/" : "", BW_STR_ARG(doc->name));
        return ret->p ? 0 : -ENOMEM;
}

static void put_list(struct bw_buf *out, struct bw_value rule, const char *field, const char *before)
{
        struct bw_value list = bw_map_get(rule, bw_str(field));

        for (uint32_t i = 0; list.type == BW_LIST && i < list.n; i++) {
                bw_buf_puts(out, i ? "," : before);
                bw_buf_str(out, bw_value_text(list.list->items[i]));
        }
}

/* Resources with their group, but for the core group's. */
static void put_resources(struct bw_buf *out, struct bw_value rule)
{
        struct bw_value groups = bw_map_get(rule, BW_STR("apiGroups"));
        struct bw_value resources = bw_map_get(rule, BW_STR("resources"));
        bool first = true;

        for (uint32_t g = 0; groups.type == BW_LIST && resources.type == BW_LIST && g < groups.n; g++) {
                struct bw_str group = bw_value_text(groups.list->items[g]);

                for (uint32_t i = 0; i < resources.n; i++) {
                        bw_buf_puts(out, first ? " " : ",");
                        bw_buf_str(out, bw_value_text(resources.list->items[i]));
                        if (group.n)
                                bw_buf_char(out, '.');
                        bw_buf_str(out, group);
                        first = false;
                }
        }
}

int bw_rbac_rule_text(struct bw_arena *arena, struct bw_value rule, struct bw_str *ret)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        put_list(&out, rule, "verbs", "");
        put_resources(&out, rule);
        put_list(&out, rule, "nonResourceURLs", " ");
        put_list(&out, rule, "resourceNames", " named ");
        if (bw_buf_status(&out) < 0)
                return -ENOMEM;
        *ret = bw_arena_str(arena, bw_buf_view(&out));
        return ret->p ? 0 : -ENOMEM;
}

/* A rule that another role gave an aggregated one has no place in it: then the role's own. */
int bw_rbac_rule_place(const struct bw_rbac_inputs *inputs, const struct bw_rbac_grant *grant, struct bw_str *ret)
{
        const struct bw_doc *role = inputs->docs[grant->role];
        bool aggregated = bw_map_get(role->root, BW_STR("aggregationRule")).type == BW_MAP;
        const struct bw_segment segments[] = {
                {.kind = BW_SEGMENT_KEY, .key = bw_value_str(BW_STR("rules"))},
                {.kind = BW_SEGMENT_INDEX, .index = grant->rule},
        };

        return bw_object_place(inputs->objects.arena, role, (struct bw_path){.n = aggregated ? 0 : 2, .segments = segments}, ret);
}

int bw_rbac_subject_text(const struct bw_rbac_inputs *inputs, const struct bw_rbac_grant *grant, struct bw_str *ret)
{
        const struct bw_rbac_subject *s = &grant->subject;
        bool is_account = bw_str_is(s->kind, "ServiceAccount");
        struct bw_str ns = is_account ? s->ns.n ? s->ns : inputs->docs[grant->binding]->ns : BW_STR("");

        *ret = bw_arena_printf(inputs->objects.arena, "%.*s %.*s%s%.*s", BW_STR_ARG(s->kind), BW_STR_ARG(ns), ns.n ? "/" : "",
                               BW_STR_ARG(s->name));
        return ret->p ? 0 : -ENOMEM;
}

struct bw_value bw_rbac_granting_rule(const struct bw_rbac_inputs *inputs, const struct bw_rbac_grant *grant)
{
        const struct bw_doc *role = inputs->docs[grant->role];
        struct bw_value rules = bw_rbac_aggregated(inputs->rbac, role->name);

        if (role->ns.n || rules.type != BW_LIST)
                rules = bw_map_get(role->root, BW_STR("rules"));
        return rules.type == BW_LIST && grant->rule < rules.n ? rules.list->items[grant->rule] : (struct bw_value){0};
}

int bw_emit_rbac_grant(struct bw_emit *e, const struct bw_rbac_inputs *inputs, const struct bw_rbac_grant *grant)
{
        struct bw_str binding;
        struct bw_str role;
        struct bw_str place;

        if (bw_rbac_object_text(inputs, grant->binding, &binding) < 0 || bw_rbac_object_text(inputs, grant->role, &role) < 0 ||
            bw_rbac_rule_place(inputs, grant, &place) < 0)
                return -ENOMEM;
        bw_emit_key_str(e, "binding", binding);
        bw_emit_key_str(e, "role", role);
        bw_emit_key(e, "rule");
        bw_emit_value(e, bw_rbac_granting_rule(inputs, grant));
        bw_emit_key_str(e, "place", place);
        return 0;
}
