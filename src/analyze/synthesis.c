/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/synthesis.h"

const struct bw_synthesizer *const bw_synthesizers[] = {
        &bw_synthesize_access,
        &bw_synthesize_network,
        NULL,
};
