/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kube-proxy: flags, or a configuration file in their place, and the KubeProxyConfiguration that is in force.
 * Source: k8s.io/kubernetes cmd/kube-proxy/app/options.go (Complete: with --config only --hostname-override and the flags of
 *         logging still count), pkg/proxy/apis/config/v1alpha1/defaults.go.
 */
#include "analyze/component_internal.h"
#include "base/arena.h"
#include "base/error.h"

static const struct component_field fields[] = {
        {"bind-address", "bindAddress", false},
        {"healthz-bind-address", "healthzBindAddress", false},
        {"metrics-bind-address", "metricsBindAddress", false},
        {"bind-address-hard-fail", "bindAddressHardFail", false},
        {"profiling", "enableProfiling", false},
        {"feature-gates", "featureGates", false},
        {"hostname-override", "hostnameOverride", true},
        {"show-hidden-metrics-for-version", "showHiddenMetricsForVersion", false},
        {"proxy-mode", "mode", false},
        {"cluster-cidr", "clusterCIDR", false},
        {"nodeport-addresses", "nodePortAddresses", false},
        {"oom-score-adj", "oomScoreAdj", false},
        {"config-sync-period", "configSyncPeriod", false},
        {"detect-local-mode", "detectLocalMode", false},
        {"kubeconfig", "clientConnection.kubeconfig", false},
        {"kube-api-content-type", "clientConnection.contentType", false},
        {"kube-api-qps", "clientConnection.qps", false},
        {"kube-api-burst", "clientConnection.burst", false},
        {"pod-bridge-interface", "detectLocal.bridgeInterface", false},
        {"pod-interface-name-prefix", "detectLocal.interfaceNamePrefix", false},
        {"iptables-masquerade-bit", "iptables.masqueradeBit", false},
        {"masquerade-all", "iptables.masqueradeAll", false},
        {"iptables-localhost-nodeports", "iptables.localhostNodePorts", false},
        {"iptables-sync-period", "iptables.syncPeriod", false},
        {"iptables-min-sync-period", "iptables.minSyncPeriod", false},
        {"ipvs-sync-period", "ipvs.syncPeriod", false},
        {"ipvs-min-sync-period", "ipvs.minSyncPeriod", false},
        {"ipvs-scheduler", "ipvs.scheduler", false},
        {"ipvs-exclude-cidrs", "ipvs.excludeCIDRs", false},
        {"ipvs-strict-arp", "ipvs.strictARP", false},
        {"ipvs-tcp-timeout", "ipvs.tcpTimeout", false},
        {"ipvs-tcpfin-timeout", "ipvs.tcpFinTimeout", false},
        {"ipvs-udp-timeout", "ipvs.udpTimeout", false},
        {"conntrack-max-per-core", "conntrack.maxPerCore", false},
        {"conntrack-min", "conntrack.min", false},
        {"conntrack-tcp-timeout-established", "conntrack.tcpEstablishedTimeout", false},
        {"conntrack-tcp-timeout-close-wait", "conntrack.tcpCloseWaitTimeout", false},
        {"conntrack-tcp-be-liberal", "conntrack.tcpBeLiberal", false},
        {"conntrack-udp-timeout", "conntrack.udpTimeout", false},
        {"conntrack-udp-timeout-stream", "conntrack.udpStreamTimeout", false},
        {NULL, NULL, false},
};

static struct bw_str group_of(const char *field)
{
        const char *dot = strchr(field, '.');

        return bw_str_n(field, dot ? (size_t)(dot - field) : 0);
}

/* The fields of one group ("" = the top) into `into`. */
static void put_group(struct component *c, struct bw_facts *facts, struct bw_fields *into, struct bw_str group)
{
        for (size_t i = 0; fields[i].flag; i++) {
                const struct component_setting *s = component_find(c, fields[i].flag);

                if (!s || !bw_str_eq(group_of(fields[i].field), group))
                        continue;
                if (s->value.type != BW_ABSENT)
                        bw_fields_value(into, fields[i].field + (group.n ? group.n + 1 : 0), s->value);
                if (s->is_set)
                        bw_facts_evidence(facts, &s->evidence, "%s", fields[i].field);
        }
}

/* What is in force, as the component's own kind. */
static int add_document(struct component *c)
{
        struct bw_evidence usual = {.type = "default"};
        struct bw_facts facts;
        struct bw_str last = BW_STR("");

        usual.text = bw_arena_printf(c->arena, "default of 1.%d", c->minor);
        if (!usual.text.p || bw_arena_grow(c->arena, &c->docs, &c->cap_docs, c->n_docs, sizeof(c->docs[0])) < 0)
                return bw_error_nomem(c->reterr);
        bw_facts_init(&facts, c->arena, "KubeProxyConfiguration", c->name);
        bw_fields_int(&facts.fields, "kubernetesMinor", c->kubernetes_minor);
        bw_facts_evidence(&facts, &usual, "%s", "");
        put_group(c, &facts, &facts.fields, last);
        for (size_t i = 0; fields[i].flag; i++) {
                struct bw_str group = group_of(fields[i].field);
                struct bw_fields part = bw_fields(&facts);

                if (group.n == 0 || bw_str_eq(group, last))
                        continue;
                last = group;
                put_group(c, &facts, &part, group);
                bw_fields_value_at(&facts.fields, group, bw_fields_end(&part));
        }
        return bw_facts_finish_as(&facts, "kubeproxy.config.k8s.io/v1alpha1", &c->docs[c->n_docs++], c->reterr);
}

int component_files_proxy(struct component *c)
{
        struct bw_str path = component_text(c, "config");
        struct component_config config;
        int r;

        if (path.n == 0)
                return add_document(c);
        r = component_config_read(c, "config", path, "KubeProxyConfiguration", &config);
        if (r == 0)
                r = component_config_apply(c, &config, fields);
        return r < 0 || config.value.type == BW_ABSENT ? r : add_document(c);
}
