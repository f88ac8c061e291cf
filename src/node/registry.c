/* SPDX-License-Identifier: Apache-2.0 */
#include "node/registry.h"

const struct bw_collector *const bw_collectors[] = {
#define X(name) &bw_collector_##name,
        BW_COLLECTORS(X)
#undef X
};
const size_t bw_n_collectors = BW_ARRAY_SIZE(bw_collectors);
