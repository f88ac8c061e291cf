/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "vectors.h"

static void run(struct vectors_run *run, const char *path)
{
        vectors_broken(run, "cannot run %s", path);
}

const struct vectors_topic vectors_cel = {.name = "cel", .help = "", .run = run};
