/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/api_resource.h"

#include <strings.h>

#include "base/table.h"

extern const struct bw_table bw_table_api_resources;

enum { COLUMN_RESOURCE, COLUMN_GROUP, COLUMN_KIND, COLUMN_SCOPE, COLUMN_SHORT, COLUMN_SUBRESOURCES };

/* For what kubectl calls nonstandard resources: only impersonation and the node authorizer's own know them. */
static const char *const virtual_resources[] = {"users", "groups", "userextras", "uids", "signers"};

bool bw_api_resource_is_virtual(struct bw_str resource)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(virtual_resources); i++)
                if (bw_str_is(resource, virtual_resources[i]))
                        return true;
        return false;
}

static bool is_same(struct bw_str a, struct bw_str b)
{
        return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
}

/* A group as typed: whole, or its beginning up to a dot, as in deployments.apps or ingresses.networking. */
static bool group_fits(struct bw_str wanted, struct bw_str group)
{
        return is_same(wanted, group) ||
               (wanted.n < group.n && group.p[wanted.n] == '.' && is_same(wanted, bw_str_n(group.p, wanted.n)));
}

/* Splits "deployments.v1.apps": a version between resource and group says nothing of the rights. */
static struct bw_str without_version(struct bw_str group)
{
        size_t dot = bw_str_find(group, BW_STR("."));

        if (dot == SIZE_MAX || dot < 2 || group.p[0] != 'v' || group.p[1] < '0' || group.p[1] > '9')
                return group;
        return bw_str_rest(group, dot + 1);
}

static struct bw_api_resource of_row(size_t row)
{
        const struct bw_table *t = &bw_table_api_resources;

        return (struct bw_api_resource){
                .resource = bw_table_cell(t, row, COLUMN_RESOURCE),
                .group = bw_table_cell(t, row, COLUMN_GROUP),
                .kind = bw_table_cell(t, row, COLUMN_KIND),
                .namespaced = bw_str_is(bw_table_cell(t, row, COLUMN_SCOPE), "namespaced"),
                .known = true,
        };
}

bool bw_api_resource_at(size_t i, struct bw_api_resource *ret)
{
        if (i >= bw_table_api_resources.n_rows)
                return false;
        *ret = of_row(i);
        return true;
}

static bool is_a_word_of(struct bw_str words, struct bw_str word)
{
        struct bw_str one;

        while (bw_str_split(&words, ' ', &one))
                if (is_same(one, word))
                        return true;
        return false;
}

/* The singular name is the kind's in lower case, by default of CRDs as well. */
static bool row_is_named(size_t row, struct bw_str name)
{
        const struct bw_table *t = &bw_table_api_resources;

        return is_same(name, bw_table_cell(t, row, COLUMN_RESOURCE)) || is_same(name, bw_table_cell(t, row, COLUMN_KIND)) ||
               is_a_word_of(bw_table_cell(t, row, COLUMN_SHORT), name);
}

static bool find_builtin(struct bw_str name, struct bw_str group, bool has_group, struct bw_api_resource *ret)
{
        for (size_t row = 0; row < bw_table_api_resources.n_rows; row++) {
                struct bw_str of = bw_table_cell(&bw_table_api_resources, row, COLUMN_GROUP);

                if ((has_group && !group_fits(group, of)) || !row_is_named(row, name))
                        continue;
                *ret = of_row(row);
                return true;
        }
        return false;
}

static bool crd_is_named(struct bw_value names, struct bw_str name)
{
        struct bw_value shorts = bw_map_get(names, BW_STR("shortNames"));

        for (uint32_t i = 0; shorts.type == BW_LIST && i < shorts.n; i++)
                if (is_same(bw_value_text(shorts.list->items[i]), name))
                        return true;
        return is_same(bw_map_text(names, "plural"), name) || is_same(bw_map_text(names, "singular"), name) ||
               is_same(bw_map_text(names, "kind"), name);
}

static bool find_custom(const struct bw_inventory *inventory, struct bw_str name, struct bw_str group, bool has_group,
                        struct bw_api_resource *ret)
{
        struct bw_doc_range crds =
                bw_inventory_kind(inventory, BW_STR("apiextensions.k8s.io"), BW_STR("CustomResourceDefinition"));

        for (size_t i = 0; i < crds.n; i++) {
                struct bw_value spec = bw_map_get(crds.docs[i]->root, BW_STR("spec"));
                struct bw_value names = bw_map_get(spec, BW_STR("names"));

                if ((has_group && !group_fits(group, bw_map_text(spec, "group"))) || !crd_is_named(names, name))
                        continue;
                *ret = (struct bw_api_resource){
                        .resource = bw_map_text(names, "plural"),
                        .group = bw_map_text(spec, "group"),
                        .kind = bw_map_text(names, "kind"),
                        .namespaced = !bw_str_is(bw_map_text(spec, "scope"), "Cluster"),
                        .known = true,
                };
                return true;
        }
        return false;
}

struct bw_api_resource bw_api_resource_parse(struct bw_str text, const struct bw_inventory *inventory)
{
        struct bw_api_resource found = {.namespaced = true};
        struct bw_str name = text;
        struct bw_str group = {0};
        struct bw_str subresource = {0};
        size_t slash = bw_str_find(text, BW_STR("/"));
        size_t dot;

        if (slash != SIZE_MAX) {
                subresource = bw_str_rest(text, slash + 1);
                name.n = slash;
        }
        dot = bw_str_find(name, BW_STR("."));
        if (dot != SIZE_MAX) {
                group = without_version(bw_str_rest(name, dot + 1));
                name.n = dot;
        }
        if (name.n == 0 || bw_str_is(name, "*") ||
            (!find_builtin(name, group, dot != SIZE_MAX, &found) &&
                                     !(inventory && find_custom(inventory, name, group, dot != SIZE_MAX, &found)))) {
                found.resource = name;
                found.group = group;
                found.known = bw_str_is(name, "*") || bw_api_resource_is_virtual(name);
        }
        found.subresource = subresource;
        return found;
}
