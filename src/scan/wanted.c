/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/wanted.h"

#include "analyze/synthesis.h"
#include "doc/pod.h"
#include "rule/rule.h"

/* What documents are derived from, and what any report on a cluster needs. */
static const struct {
        const char *group;
        const char *kind;
} always[] = {
        {"", "Namespace"},
        {"", "Node"},
        {"", "Secret"},
        {"", "ConfigMap"},
        {"admissionregistration.k8s.io", "ValidatingWebhookConfiguration"},
        {"admissionregistration.k8s.io", "MutatingWebhookConfiguration"},
        {"apiregistration.k8s.io", "APIService"},
        {"apiextensions.k8s.io", "CustomResourceDefinition"},
};

static bool synthesizers_look(struct bw_str group, struct bw_str kind)
{
        for (size_t i = 0; bw_synthesizers[i]; i++)
                if (bw_synthesizers[i]->looks(group, kind))
                        return true;
        return false;
}

bool bw_scan_wants(void *catalog, struct bw_str group, struct bw_str kind)
{
        const struct bw_doc doc = {.group = group, .kind = kind};

        for (size_t i = 0; i < BW_ARRAY_SIZE(always); i++)
                if (bw_str_is(group, always[i].group) && bw_str_is(kind, always[i].kind))
                        return true;
        return bw_pod_may_have(&doc) || synthesizers_look(group, kind) || bw_catalog_reads(catalog, group, kind);
}
