/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cloud's metadata service: whether this machine has one, and whether pods get at it past the host's firewall. Network
 * policies, and how many hops the service lets an answer travel, cannot be seen from here.
 * Source: the providers' documentation of 169.254.169.254; /sys/class/dmi/id.
 */
#include "analyze/firewall.h"
#include "base/arena.h"
#include "base/limits.h"
#include "node/probe_internal.h"
#include "node/section.h"

#define ADDRESS "169.254.169.254"

/* What a provider writes into its machines' firmware tables. */
static const struct {
        const char *file;
        const char *begins;
        const char *provider;
} marks[] = {
        {"sys_vendor", "Amazon EC2", "aws"},
        {"bios_vendor", "Amazon EC2", "aws"},
        {"product_name", "Google Compute Engine", "gcp"},
        {"chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77", "azure"},
        {"sys_vendor", "DigitalOcean", "digitalocean"},
        {"sys_vendor", "Hetzner", "hetzner"},
        {"chassis_asset_tag", "OracleCloud.com", "oracle"},
        {"sys_vendor", "Alibaba Cloud", "alibaba"},
        {"product_name", "OpenStack", "openstack"},
        {"sys_vendor", "OpenStack", "openstack"},
        {"sys_vendor", "Scaleway", "scaleway"},
        {"sys_vendor", "Vultr", "vultr"},
        {"sys_vendor", "Akamai", "linode"},
        {"sys_vendor", "Linode", "linode"},
};

struct metadata {
        struct bw_node *node;
        struct bw_facts *facts;
        struct bw_fields out;
        const struct bw_survey *survey;
        struct bw_error *reterr;
};

int bw_metadata_provider(struct bw_node *node, const char **ret, struct bw_error *reterr)
{
        *ret = node->identity.provider ? node->identity.provider : "";
        for (size_t i = 0; !(*ret)[0] && i < BW_ARRAY_SIZE(marks); i++) {
                struct bw_section_file file;
                char path[64];
                int r;

                (void)snprintf(path, sizeof(path), "/sys/class/dmi/id/%s", marks[i].file);
                r = bw_section_read(node, path, &file, reterr);
                if (r < 0)
                        return r;
                if (file.seen == BW_SEEN_READ && bw_str_starts(file.text, bw_str(marks[i].begins)))
                        *ret = marks[i].provider;
        }
        return 0;
}

static int put_route(struct metadata *m)
{
        static const uint8_t address[4] = {169, 254, 169, 254};
        struct bw_section_file file;
        struct bw_str interface;
        bool is_default;
        int r;

        if (!bw_host_is_live(m->node->host))
                return 0;
        r = bw_section_read(m->node, "/proc/net/route", &file, m->reterr);
        if (r < 0)
                return r;
        interface = bw_route_find(file.text, address, &is_default);
        bw_fields_bool(&m->out, "route", interface.n > 0);
        return 0;
}

static void put_pods(struct metadata *m)
{
        struct bw_packet packet = {.hook = "forward", .family = 4, .protocol = "tcp", .port = 80, .address = ADDRESS};
        struct bw_evidence evidence = {.type = "firewall"};
        enum bw_reach reach;

        if (!m->survey->firewall.known) {
                bw_survey_put_state(m->facts, "metadataService.pods", &m->survey->firewall);
                return;
        }
        reach = bw_firewall_reach(&m->survey->ruleset, &packet);
        evidence.text = bw_arena_printf(m->node->arena, "the host's firewall, forwarded packets to " ADDRESS ": %s", bw_reach_text(reach));
        bw_fields_text(&m->out, "pods", bw_str(bw_reach_text(reach)));
        bw_facts_evidence(m->facts, &evidence, "metadataService.pods");
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct metadata m = {.node = node, .facts = facts, .out = bw_fields(facts), .reterr = reterr};
        const struct bw_probe_results *probes = node->prepared[BW_PREPARED_PROBES];
        const char *provider = "";
        int r = bw_survey_take(node, &m.survey, reterr);

        if (r == 0)
                r = bw_metadata_provider(node, &provider, reterr);
        if (r == 0 && !provider[0])
                bw_facts_absent(facts, "metadataService", "no cloud's marks are in the firmware's tables");
        if (r == 0)
                r = put_route(&m);
        if (r < 0)
                return r;
        bw_fields_text(&m.out, "provider", bw_str(provider));
        bw_fields_text(&m.out, "address", BW_STR(ADDRESS));
        put_pods(&m);
        if (probes && probes->metadata_asked) {
                bw_fields_bool(&m.out, "answers", probes->metadata_answers);
                bw_fields_bool(&m.out, "answersWithoutToken", probes->metadata_answers_plainly);
        }
        bw_fields_value(&facts->fields, "metadataService", bw_fields_end(&m.out));
        return 0;
}

const struct bw_host_section bw_section_metadataService = {.name = "metadataService", .collect = collect};
