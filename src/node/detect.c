/* SPDX-License-Identifier: Apache-2.0 */
#include "node/registry.h"

static const char *const role_names[] = {"control-plane", "etcd", "worker"};

int bw_node_detect(struct bw_node *node, struct bw_error *reterr)
{
        (void)reterr;
        node->identity = (struct bw_node_identity){.distribution = "unknown", .provider = "", .os = ""};
        return 0;
}

void bw_node_put_roles(struct bw_fields *fields, const char *key, unsigned roles)
{
        struct bw_items items = bw_items(fields->facts);

        for (unsigned i = 0; i < BW_ARRAY_SIZE(role_names); i++)
                if (roles & 1U << i)
                        bw_items_text(&items, bw_str(role_names[i]));
        bw_fields_value(fields, key, bw_items_end(&items));
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        const struct bw_node_identity *id = &node->identity;
        struct bw_fields section = bw_fields(facts);

        (void)reterr;
        bw_fields_text(&section, "distribution", bw_str(id->distribution));
        bw_fields_text(&section, "provider", bw_str(id->provider));
        bw_fields_text(&section, "os", bw_str(id->os));
        bw_node_put_roles(&section, "roles", id->roles);
        bw_fields_bool(&section, "managed", id->managed);
        bw_fields_bool(&section, "immutable", id->immutable);
        bw_fields_text(&section, "version", id->version);
        bw_fields_text(&section, "evidence", id->evidence);
        bw_fields_value(&facts->fields, "node", bw_fields_end(&section));
        return 0;
}

const struct bw_host_section bw_section_node = {.name = "node", .collect = collect};
