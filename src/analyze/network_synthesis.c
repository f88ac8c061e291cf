/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NetworkPath: what the network's objects imply together: workloads that the Internet reaches, those that cannot ask for names
 * although a policy means them to, policies that do not do what they are there for, and a plugin that ignores them all.
 * Source: exposure.h, reach.h, net_gaps.h.
 */
#include "analyze/list_internal.h"
#include "analyze/net_gaps.h"
#include "analyze/reach.h"
#include "analyze/synthesis.h"

#include "base/arena.h"
#include "base/error.h"
#include "value/selector.h"

enum { SHOWN_WAYS = 20 };

struct network {
        struct bw_arena *arena;
        struct bw_arena *scratch;
        const struct bw_inventory *inventory;
        struct bw_netpol *netpol;
        struct bw_exposure *exposure;
        struct bw_reach *reach;
        const struct bw_net_workload *workloads;
        size_t n_workloads;
        const char *cloud;       /* whose nodes they are; NULL: not known, or none with a metadata service */
        bw_synthesis_sink sink;
        void *userdata;
        struct bw_error *reterr;
};

/* ---- documents */

static int finish(struct network *net, struct bw_facts *facts, const struct bw_doc *about, struct bw_str path)
{
        struct bw_doc *doc = bw_arena_alloc(net->arena, sizeof(*doc));
        int r;

        if (!doc)
                return bw_error_nomem(net->reterr);
        bw_facts_evidence(facts, &(struct bw_evidence){.type = "derived", .path = path}, "%s", "");
        r = bw_facts_finish(facts, doc, net->reterr);
        return r < 0 ? r : net->sink(net->userdata, doc, about, net->reterr);
}

static int make_plugin(struct network *net)
{
        struct bw_net_plugin plugin = bw_net_plugin(net->inventory);
        struct bw_facts facts;
        size_t n;

        (void)bw_netpol_policies(net->netpol, &n);
        if (plugin.verdict == BW_PLUGIN_UNKNOWN)
                return 0;
        bw_facts_init(&facts, net->arena, "NetworkPath", bw_str(plugin.name));
        bw_fields_text(&facts.fields, "type", BW_STR("plugin"));
        bw_fields_bool(&facts.fields, "enforces", plugin.verdict == BW_PLUGIN_ENFORCES);
        bw_fields_text(&facts.fields, "text", bw_str(plugin.why ? plugin.why : ""));
        bw_fields_int(&facts.fields, "policies", (int64_t)n);
        return finish(net, &facts, plugin.doc, BW_STR("metadata.name"));
}

static int make_policy(struct network *net, const struct bw_policy_gap *gap)
{
        static const char *const types[_BW_GAP_MAX] = {"selectsNothing", "shadowed", "typo"};
        struct bw_facts facts;

        bw_facts_init(&facts, net->arena, "NetworkPath", gap->policy->name);
        bw_fields_text(&facts.fields, "type", BW_STR("policy"));
        bw_fields_text(&facts.fields, "gap", bw_str(types[gap->type]));
        bw_fields_text(&facts.fields, "text", gap->text);
        return finish(net, &facts, gap->policy, gap->path.n ? gap->path : BW_STR("metadata.name"));
}

/* What selects nothing, its selector mistyped or not, a rule of its own finds from the policy alone. */
static bool is_for_others(const struct bw_policy_gap *gap)
{
        return gap->type == BW_GAP_SELECTS_NOTHING || bw_str_starts(gap->path, BW_STR("spec.podSelector"));
}

static int make_policies(struct network *net)
{
        const struct bw_policy_gap *gaps;
        size_t n;
        int r = bw_net_policy_gaps(net->arena, net->inventory, net->netpol, &gaps, &n, net->reterr);

        for (size_t i = 0; r == 0 && i < n; i++)
                if (!is_for_others(&gaps[i]))
                        r = make_policy(net, &gaps[i]);
        return r;
}

/* ---- workloads */

/* The scheme of a node's providerID: aws:///eu-central-1a/i-0. */
static void find_cloud(struct network *net)
{
        static const char *const clouds[] = {"aws", "gce", "azure", "openstack", "oci", "alicloud", "digitalocean", "hcloud"};
        struct bw_doc_range nodes = bw_inventory_kind(net->inventory, BW_STR(""), BW_STR("Node"));

        for (size_t i = 0; i < nodes.n && !net->cloud; i++) {
                struct bw_str id = bw_map_text(bw_map_get(nodes.docs[i]->root, BW_STR("spec")), "providerID");
                struct bw_str scheme;

                if (!bw_str_split(&id, ':', &scheme))
                        continue;
                for (size_t c = 0; c < BW_ARRAY_SIZE(clouds); c++)
                        if (bw_str_is(scheme, clouds[c]))
                                net->cloud = clouds[c];
        }
}

/* Whether a policy that holds for the pods has a rule for the port of name services: somebody means them to ask. */
static bool names_dns_port(struct bw_value rules)
{
        for (uint32_t i = 0; i < rules.n; i++) {
                struct bw_value ports = list_of(rules.list->items[i], "ports");

                for (uint32_t j = 0; j < ports.n; j++) {
                        struct bw_value port = bw_map_get(ports.list->items[j], BW_STR("port"));

                        if (port.type == BW_INT && (port.i == 53 || port.i == 5353))
                                return true;
                }
        }
        return false;
}

static bool means_names(const struct network *net, uint32_t class)
{
        struct bw_net_class c = bw_netpol_class(net->netpol, class);
        struct bw_doc_range docs = bw_inventory_namespace(net->inventory, BW_STR("networking.k8s.io"), BW_STR("NetworkPolicy"), c.doc ? c.doc->ns : c.ns);

        for (size_t i = 0; i < docs.n; i++) {
                struct bw_value spec = bw_map_get(docs.docs[i]->root, BW_STR("spec"));

                if (bw_selector_match(bw_map_get(spec, BW_STR("podSelector")), c.labels) == BW_SELECTED_YES && names_dns_port(list_of(spec, "egress")))
                        return true;
        }
        return false;
}

struct facts_of { /* a workload */
        bool cut;
        bool metadata;
        size_t n_open;   /* ways from the Internet, for certain */
};

static bool is_certain(const struct bw_reach_way *way)
{
        return way->scope == BW_SCOPE_INTERNET && !way->at_most && !way->partly;
}

static int learn(struct network *net, uint32_t number, struct facts_of *f)
{
        const struct bw_net_workload *w = &net->workloads[number];
        const uint32_t *classes = bw_netpol_workload_classes(net->netpol) + w->first_class;
        size_t n;
        const struct bw_reach_way *ways = bw_reach_ways(net->reach, number, &n);
        int r = 0;

        for (size_t i = 0; i < n; i++)
                f->n_open += is_certain(&ways[i]);
        for (uint32_t i = 0; r == 0 && i < w->n_classes; i++) {
                enum bw_reach_share share = BW_REACH_NONE;
                bool resolves = true;
                bool at_most;

                if (bw_netpol_class(net->netpol, classes[i]).host_network)
                        continue;
                if (f->n_open && net->cloud)
                        r = bw_reach_share(net->reach, classes[i], true, BW_REACH_METADATA, BW_PROTOCOL_TCP, 80, net->scratch, &share, &at_most, net->reterr);
                if (r == 0)
                        r = bw_reach_can_resolve(net->reach, classes[i], net->scratch, &resolves, net->reterr);
                f->metadata |= share == BW_REACH_ALL;
                f->cut |= r == 0 && !resolves && means_names(net, classes[i]);
                bw_arena_reset(net->scratch);
        }
        return r;
}

static struct bw_value list_ways(struct network *net, struct bw_facts *facts, uint32_t number)
{
        size_t n;
        size_t n_ways;
        const struct bw_way *all = bw_exposure_ways(net->exposure, &n_ways);
        const struct bw_reach_way *ways = bw_reach_ways(net->reach, number, &n);
        struct bw_items items = bw_items(facts);
        size_t shown = 0;

        for (size_t i = 0; i < n && shown < SHOWN_WAYS; i++) {
                struct bw_fields way = bw_fields(facts);

                if (!is_certain(&ways[i]))
                        continue;
                shown++;
                bw_fields_text(&way, "type", bw_str(bw_way_name(all[ways[i].way].type)));
                bw_fields_text(&way, "by", bw_way_text(net->arena, &all[ways[i].way]));
                bw_fields_int(&way, "port", ways[i].port);
                bw_fields_text(&way, "protocol", bw_str(bw_protocol_name((enum bw_protocol)ways[i].protocol)));
                bw_items_value(&items, bw_fields_end(&way));
        }
        return bw_items_end(&items);
}

static int make_workload(struct network *net, uint32_t number)
{
        const struct bw_net_workload *w = &net->workloads[number];
        struct facts_of f = {0};
        struct bw_facts facts;
        int r = learn(net, number, &f);

        if (r < 0 || (!f.n_open && !f.cut))
                return r;
        bw_facts_init(&facts, net->arena, "NetworkPath", w->name);
        bw_fields_text(&facts.fields, "type", BW_STR("workload"));
        bw_fields_text(&facts.fields, "workload", bw_arena_printf(net->arena, "%.*s %.*s/%.*s", BW_STR_ARG(w->kind), BW_STR_ARG(w->ns), BW_STR_ARG(w->name)));
        bw_fields_value(&facts.fields, "internet", list_ways(net, &facts, number));
        bw_fields_bool(&facts.fields, "metadata", f.metadata);
        if (net->cloud)
                bw_fields_text(&facts.fields, "cloud", bw_str(net->cloud));
        bw_fields_bool(&facts.fields, "cutOffFromNames", f.cut);
        return finish(net, &facts, w->doc, BW_STR("metadata.name"));
}

static int make_all(struct network *net)
{
        int r = make_plugin(net);

        if (r == 0)
                r = make_policies(net);
        find_cloud(net);
        for (uint32_t i = 0; r == 0 && i < net->n_workloads; i++)
                r = make_workload(net, i);
        return r;
}

/* More than the limits allow: nothing is claimed, and the rules say so. */
static int give_up(struct network *net, const struct bw_error *err)
{
        struct bw_doc *doc = bw_arena_alloc(net->arena, sizeof(*doc));
        struct bw_facts facts;
        int r;

        if (!doc)
                return bw_error_nomem(net->reterr);
        bw_facts_init(&facts, net->arena, "NetworkPath", BW_STR("cluster"));
        bw_facts_unreadable(&facts, "", BW_STR(""), err);
        r = bw_facts_finish(&facts, doc, net->reterr);
        return r < 0 ? r : net->sink(net->userdata, doc, NULL, net->reterr);
}

static int make(struct bw_arena *arena, const struct bw_inventory *inventory, bw_synthesis_sink sink, void *userdata, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *scratch = bw_arena_new(0);
        struct network net = {.arena = arena, .scratch = scratch, .inventory = inventory, .sink = sink, .userdata = userdata, .reterr = reterr};
        struct bw_error err = {0};
        int r = scratch ? bw_netpol_new(arena, inventory, &net.netpol, &err) : bw_error_nomem(&err);

        if (r == 0)
                r = bw_exposure_new(arena, inventory, net.netpol, &net.exposure, &err);
        if (r == 0)
                r = bw_reach_new(arena, net.netpol, net.exposure, &net.reach, &err);
        if (r == -E2BIG)
                return give_up(&net, &err);
        if (r < 0)
                return bw_error_set(reterr, r, "%s", err.message);
        net.workloads = bw_netpol_workloads(net.netpol, &net.n_workloads);
        return make_all(&net);
}

const struct bw_synthesizer bw_synthesize_network = {.name = "network", .kinds = "NetworkPath", .looks = bw_network_looks, .kind_at = bw_network_kind_at, .make = make};
