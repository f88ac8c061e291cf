/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's firewall: what it lets through to each port of the role's table that something listens on, and whether it is
 * one at all: chains that kube-proxy and network plugins make let everything pass to the host.
 * Source: nft(8), firewalld(1), ufw(8); /proc/net/ip_tables_names for tables of the old kind.
 */
#include "analyze/firewall.h"
#include "base/arena.h"
#include "base/limits.h"
#include "node/ports.h"
#include "node/section.h"
#include "node/survey.h"

struct firewall {
        struct bw_node *node;
        struct bw_facts *facts;
        struct bw_fields out;
        const struct bw_survey *survey;
        struct bw_error *reterr;
};

/* A port that nothing has a reason to open: what becomes of it is what becomes of all the others. */
#define NOBODYS_PORT 1

static void put_chains(struct firewall *f)
{
        struct bw_items items = bw_items(f->facts);

        for (size_t i = 0; i < f->survey->ruleset.n_chains; i++) {
                const struct bw_nft_chain *chain = &f->survey->ruleset.chains[i];
                struct bw_fields fields = bw_fields(f->facts);

                if (!chain->hook.n)
                        continue;
                bw_fields_text(&fields, "family", chain->family);
                bw_fields_text(&fields, "table", chain->table);
                bw_fields_text(&fields, "name", chain->name);
                bw_fields_text(&fields, "hook", chain->hook);
                bw_fields_text(&fields, "policy", chain->policy.n ? chain->policy : BW_STR("accept"));
                bw_fields_int(&fields, "rules", (int64_t)chain->n_rules);
                bw_fields_bool(&fields, "iptables", bw_firewall_is_iptables(chain));
                bw_items_value(&items, bw_fields_end(&fields));
        }
        bw_fields_value(&f->out, "chains", bw_items_end(&items));
}

/* More of a port is open when either family is. */
static enum bw_reach reach_of(const struct firewall *f, const char *protocol, uint16_t port, bool v4, bool v6)
{
        struct bw_packet packet = {.hook = "input", .protocol = protocol, .port = port};
        enum bw_reach most = BW_REACH_CLOSED;

        for (packet.family = 4; packet.family <= 6; packet.family += 2) {
                enum bw_reach reach;

                if (packet.family == 4 ? !v4 : !v6)
                        continue;
                reach = bw_firewall_reach(&f->survey->ruleset, &packet);
                if (reach < most)
                        most = reach;
        }
        return most;
}

/* One row for each port and protocol that listens beyond this machine. */
static bool seen_before(const struct firewall *f, size_t at)
{
        const struct bw_socket *socket = &f->survey->listeners[at].socket;

        for (size_t i = 0; i < at; i++) {
                const struct bw_socket *other = &f->survey->listeners[i].socket;

                if (other->port == socket->port && strcmp(other->protocol, socket->protocol) == 0 &&
                    !bw_address_is_loopback(other->family, other->address))
                        return true;
        }
        return false;
}

static void families_of(const struct firewall *f, size_t at, bool *v4, bool *v6)
{
        const struct bw_socket *socket = &f->survey->listeners[at].socket;

        *v4 = *v6 = false;
        for (size_t i = at; i < f->survey->n_listeners; i++) {
                const struct bw_socket *other = &f->survey->listeners[i].socket;

                if (other->port != socket->port || strcmp(other->protocol, socket->protocol) != 0)
                        continue;
                /* A socket on :: takes IPv4 as well, unless it was told not to. */
                *v4 |= other->family == 4 || bw_address_is_any(6, other->address);
                *v6 |= other->family == 6;
        }
}

static void put_ports(struct firewall *f)
{
        struct bw_items items = bw_items(f->facts);

        for (size_t i = 0; i < f->survey->n_listeners; i++) {
                const struct bw_survey_socket *listener = &f->survey->listeners[i];
                struct bw_fields fields = bw_fields(f->facts);
                struct bw_evidence evidence = {.type = "firewall"};
                struct bw_port_info info;
                enum bw_reach reach;
                bool v4, v6;

                if (bw_address_is_loopback(listener->socket.family, listener->socket.address) || seen_before(f, i) ||
                    !bw_port_find(listener->socket.protocol, listener->socket.port, (struct bw_str){0}, f->node->identity.roles,
                                  &info))
                        continue;
                families_of(f, i, &v4, &v6);
                reach = reach_of(f, listener->socket.protocol, listener->socket.port, v4, v6);
                bw_fields_int(&fields, "port", listener->socket.port);
                bw_fields_text(&fields, "protocol", bw_str(listener->socket.protocol));
                bw_fields_text(&fields, "service", bw_str(info.name));
                bw_fields_text(&fields, "exposure", bw_str(info.exposure));
                bw_fields_text(&fields, "reach", bw_str(bw_reach_text(reach)));
                evidence.text = bw_arena_printf(f->node->arena, "%s port %u, %s: %s", listener->socket.protocol,
                                                (unsigned)listener->socket.port, info.name, bw_reach_text(reach));
                bw_facts_evidence(f->facts, &evidence, "firewall.ports[%" PRIu32 "]", items.n);
                bw_items_value(&items, bw_fields_end(&fields));
        }
        bw_fields_value(&f->out, "ports", bw_items_end(&items));
}

/* Tables that iptables of the old kind has made: libnftables does not see them. */
static int has_legacy(struct firewall *f, const char *path, bool *ret, bool *ret_unreadable)
{
        struct bw_section_file file;
        int r = bw_section_read(f->node, path, &file, f->reterr);

        *ret = r == 0 && file.seen == BW_SEEN_READ && bw_str_trim(file.text).n > 0;
        *ret_unreadable |= r == 0 && file.seen == BW_SEEN_UNREADABLE;
        return r;
}

static int put_legacy(struct firewall *f, bool *ret_any, bool *ret_unreadable)
{
        bool v4 = false;
        bool v6 = false;
        int r = 0;

        if (bw_host_is_live(f->node->host)) {
                r = has_legacy(f, "/proc/net/ip_tables_names", &v4, ret_unreadable);
                if (r == 0)
                        r = has_legacy(f, "/proc/net/ip6_tables_names", &v6, ret_unreadable);
        }
        bw_fields_bool(&f->out, "iptablesLegacy", v4 || v6);
        *ret_any = v4 || v6;
        return r;
}

static const struct {
        const char *name;
        const char *unit;
        const char *file;
} managers[] = {
        {"firewalld", "firewalld.service", "/etc/firewalld/firewalld.conf"},
        {"ufw", "ufw.service", "/etc/ufw/ufw.conf"},
        {"nftables", "nftables.service", "/etc/nftables.conf"},
};

/* ufw's unit is enabled by its package; ENABLED=yes in its file is what counts. */
static int is_enabled(struct firewall *f, size_t i, bool *ret)
{
        struct bw_section_file file;
        struct bw_str link;
        int r = bw_section_unit_link(f->node, bw_str(managers[i].unit), &link, f->reterr);

        *ret = link.n > 0;
        if (r < 0 || strcmp(managers[i].name, "ufw") != 0)
                return r;
        r = bw_section_read(f->node, managers[i].file, &file, f->reterr);
        if (r == 0)
                *ret = file.seen == BW_SEEN_READ && bw_str_find(file.text, BW_STR("ENABLED=yes")) != SIZE_MAX;
        return r;
}

static int put_managers(struct firewall *f)
{
        struct bw_items items = bw_items(f->facts);
        int r = 0;

        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(managers); i++) {
                bool on = false;

                r = is_enabled(f, i, &on);
                if (on)
                        bw_items_text(&items, bw_str(managers[i].name));
        }
        bw_fields_value(&f->out, "managers", bw_items_end(&items));
        return r;
}

static void put_state(struct firewall *f, bool legacy, bool legacy_unreadable)
{
        static const char *const paths[] = {"firewall.filters", "firewall.ports", "firewall.chains", "firewall.others"};
        struct bw_survey_state state = f->survey->firewall;

        if (state.known && (legacy || legacy_unreadable))
                state = (struct bw_survey_state){
                        .state = "unreadable",
                        .reason = legacy ? BW_STR("iptables of the old kind has rules, which are not read")
                                         : BW_STR("whether iptables of the old kind has rules cannot be seen"),
                        .help = legacy ? BW_STR("look with iptables-legacy-save, and move to nftables") : BW_STR("run as root"),
                };
        for (size_t i = 0; i < BW_ARRAY_SIZE(paths) && (!state.known || state.state); i++)
                bw_survey_put_state(f->facts, paths[i], &state);
        if (state.known && !f->survey->sockets.known)
                bw_survey_put_state(f->facts, "firewall.ports", &f->survey->sockets);
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct firewall f = {.node = node, .facts = facts, .out = bw_fields(facts), .reterr = reterr};
        bool legacy = false;
        bool legacy_unreadable = false;
        enum bw_reach others;
        int r = bw_survey_take(node, &f.survey, reterr);

        if (r == 0)
                r = put_legacy(&f, &legacy, &legacy_unreadable);
        if (r == 0)
                r = put_managers(&f);
        if (r < 0)
                return r;
        put_state(&f, legacy, legacy_unreadable);
        if (f.survey->firewall.known) {
                others = reach_of(&f, "tcp", NOBODYS_PORT, true, false);
                bw_fields_bool(&f.out, "filters", bw_firewall_filters(&f.survey->ruleset, "input", 4) && others != BW_REACH_OPEN);
                bw_fields_text(&f.out, "others", bw_str(bw_reach_text(others)));
                put_chains(&f);
                put_ports(&f);
        }
        bw_fields_value(&facts->fields, "firewall", bw_fields_end(&f.out));
        return 0;
}

const struct bw_host_section bw_section_firewall = {.name = "firewall", .collect = collect};
