/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/cluster.h"

#include "base/error.h"

int bw_cluster_open(const struct bw_cluster_options *options, struct bw_cluster **ret, struct bw_error *reterr)
{
        (void)options;
        (void)ret;
        return bw_error_set(reterr, -ENOTSUP, "a live cluster cannot be read yet");
}

int bw_cluster_fd(const struct bw_cluster *cluster)
{
        (void)cluster;
        return -1;
}

struct bw_str bw_cluster_server(const struct bw_cluster *cluster)
{
        (void)cluster;
        return BW_STR("");
}

int bw_cluster_finish(struct bw_cluster *cluster, struct bw_error *reterr)
{
        (void)cluster;
        (void)reterr;
        return 0;
}

void bw_cluster_close(struct bw_cluster *cluster)
{
        (void)cluster;
}
