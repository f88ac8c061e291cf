/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/scan_cluster.h"

#include "cli/version.h"
#include "scan/wanted.h"

static int read_options(const struct bw_args *args, struct bw_arena *arena, struct bw_cluster_options *options,
                        struct bw_error *reterr)
{
        static const struct {
                enum bw_option_id id;
                const char *name;
        } own[] = {{BW_OPT_NAMESPACE, "--namespace"}, {BW_OPT_ALL_NAMESPACES, "--all-namespaces"}, {BW_OPT_NO_KUBELETS, "--no-kubelets"},
                   {BW_OPT_PREFLIGHT, "--preflight"}};
        bool wanted = bw_args_has(args, BW_OPT_CLUSTER);

        for (size_t i = 0; !wanted && i < BW_ARRAY_SIZE(own); i++)
                if (bw_args_has(args, own[i].id))
                        return bw_error_set(reterr, -EINVAL, "%s is about a live cluster: give --cluster as well", own[i].name);
        return bw_cluster_args(args, wanted, arena, options, reterr);
}

int bw_scan_cluster_open(const struct bw_args *args, struct bw_catalog *catalog, struct bw_arena *arena, struct bw_cluster **ret,
                         struct bw_error *reterr)
{
        struct bw_cluster_options options = {
                .wanted = bw_scan_wants,
                .userdata = catalog,
                .no_kubelets = bw_args_has(args, BW_OPT_NO_KUBELETS),
                .sandbox = !bw_args_has(args, BW_OPT_NO_SANDBOX),
                .user_agent = BW_STR("bulwark/" BW_VERSION),
        };
        int r = read_options(args, arena, &options, reterr);

        *ret = NULL;
        return r < 0 || !bw_args_has(args, BW_OPT_CLUSTER) ? r : bw_cluster_open(&options, ret, reterr);
}
