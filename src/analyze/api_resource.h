/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_resource: resources by the names that people type: plural, singular, short name, kind, with a group or without, with a
 * subresource: pods, po, Pod, deployments.apps, deployments.v1.apps, pods/log. Kubernetes' own are a table; those of
 * CustomResourceDefinitions come from the inventory.
 * Ownership: borrows the text and the inventory. Threads: pure.
 * Source: kubectl auth can-i (k8s.io/kubectl pkg/cmd/auth/cani.go, resourceFor), k8s.io/apimachinery pkg/runtime/schema
 *         (ParseResourceArg), pkg/api/meta (kinds to resources); data/api-resources.tsv.
 */
#ifndef BW_ANALYZE_API_RESOURCE_H
#define BW_ANALYZE_API_RESOURCE_H

#include "doc/inventory.h"

struct bw_api_resource {
        struct bw_str resource;     /* plural, lower case; as typed when it is not known */
        struct bw_str group;
        struct bw_str subresource;
        struct bw_str kind;         /* empty: not known */
        bool namespaced;            /* true when it is not known */
        bool known;
};

/* inventory: may be NULL. "*" is every resource of the core group, "*.*" of every group, as kubectl and rules have it. */
struct bw_api_resource bw_api_resource_parse(struct bw_str text, const struct bw_inventory *inventory);
/* All of Kubernetes' own, from 0; false at the end. */
bool bw_api_resource_at(size_t i, struct bw_api_resource *ret);
/* Names that rules speak of and no resource has: users, groups, … (for impersonation). */
bool bw_api_resource_is_virtual(struct bw_str resource);

#endif
