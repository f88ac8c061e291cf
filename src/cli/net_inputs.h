/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_inputs: pods, policies and what leads to them, from files or a cluster, for the verbs that ask who reaches whom; and the
 * ends of questions as people name them.
 * Ownership: struct bw_net_inputs owns what it gives (bw_net_inputs_done).
 * Errors: as of cli/objects.h. Threads: the first thread only.
 */
#ifndef BW_CLI_NET_INPUTS_H
#define BW_CLI_NET_INPUTS_H

#include "analyze/reach.h"
#include "cli/objects.h"

struct bw_emit;

struct bw_net_inputs {
        struct bw_objects objects;
        struct bw_inventory *part;     /* its own, of some of the objects; NULL: all of them */
        const struct bw_inventory *inventory;
        struct bw_netpol *netpol;
        struct bw_exposure *exposure;
        struct bw_reach *reach;
        const struct bw_net_workload *workloads;
        size_t n_workloads;
};

BW_CHECK int bw_net_inputs_open(struct bw_cli *cli, const struct bw_args *args, struct bw_net_inputs *ret, struct bw_error *reterr);
void bw_net_inputs_done(struct bw_net_inputs *inputs);
/* The same for an inventory that is there; arena and inventory are borrowed. */
BW_CHECK int bw_net_inputs_build(struct bw_arena *arena, const struct bw_inventory *inventory, struct bw_net_inputs *ret,
                                 struct bw_error *reterr);

/* One end: pods, or addresses. */
struct bw_net_place {
        enum { BW_PLACE_PODS, BW_PLACE_ADDRESSES, BW_PLACE_INTERNET } type;
        struct bw_str label;           /* "shop/Deployment/web", "10.0.0.0/8", "internet" */
        const struct bw_backend *pods; /* port 0 unless a Service led to them */
        size_t n_pods;
        const struct bw_address *addresses; /* one of each piece that policies tell apart */
        size_t n_addresses;
        const struct bw_doc *service;  /* NULL: none was named */
};

/*
 * internet, metadata, ingress, an address or CIDR, NAMESPACE/POD, NAMESPACE/KIND/NAME (svc, too), and with ns KIND/NAME and NAME.
 * protocol, port: of a Service, those that are meant; 0: all. -EINVAL, -ENOENT with what to do.
 */
BW_CHECK int bw_net_place_parse(const struct bw_net_inputs *inputs, struct bw_str ns, const char *text, enum bw_protocol protocol,
                                uint16_t port, struct bw_net_place *ret, struct bw_error *reterr);
/* Number of the workloads of a place that is pods, each once; by number. -ENOMEM. */
BW_CHECK int bw_net_place_workloads(struct bw_arena *arena, const struct bw_net_place *place, uint32_t **ret, size_t *ret_n);

/* "shop/Deployment/web" in the arena; p is NULL when memory is used up. */
struct bw_str bw_net_workload_text(struct bw_arena *arena, const struct bw_net_workload *workload);
/* "all", "TCP 80,443,8000-8080; UDP all". */
void bw_net_ports_text(struct bw_buf *out, const struct bw_ports *ports);
void bw_emit_net_ports(struct bw_emit *e, const struct bw_ports *ports);
/* namespace, kind, name as keys of the map that is open. */
void bw_emit_net_workload(struct bw_emit *e, const struct bw_net_workload *workload);
/* 443, 53/udp, http: *ret_name is set for a name. -EINVAL. */
BW_CHECK int bw_net_port_parse(const char *text, uint16_t *ret_port, enum bw_protocol *ret_protocol, struct bw_str *ret_name,
                               struct bw_error *reterr);

#endif
