/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "vectors.h"

static void run(struct vectors_run *run, const char *path)
{
        vectors_broken(run, "cannot run %s", path);
}

const struct vectors_topic vectors_k8s_yaml = {.name = "k8s-yaml", .help = "", .run = run};
