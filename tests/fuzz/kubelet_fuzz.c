/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kubelet's command line, configuration and drop-in of any bytes, divided by bytes 0xff: what is in force comes out, or the
 * stage at which it would stop, with words.
 */
#define BW_ALLOW_BANNED
#include "analyze/kubelet.h"
#include "base/arena.h"
#include "base/error.h"

enum { MAX_ARGS = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)256 << 20);
        struct bw_component_arg args[MAX_ARGS + 2] = {
                {.text = BW_STR("--config=/etc/config.yaml")}, {.text = BW_STR("--config-dir=/etc/conf.d")}};
        struct bw_component_file files[2] = {
                {.role = "config", .path = BW_STR("/etc/config.yaml"), .state = BW_FILE_READ},
                {.role = "drop-ins", .path = BW_STR("/etc/conf.d/1.conf"), .state = BW_FILE_READ}};
        struct bw_component_input input = {.component = BW_STR("kubelet"), .name = BW_STR("node"), .basis = "process",
                                           .args = args, .n_args = 2, .files = files, .n_files = 2, .default_minor = 32};
        struct bw_str rest = bw_str_n((const char *)data, size);
        struct bw_error err = {0};
        struct bw_kubelet kubelet;
        struct bw_str line;
        struct bw_str part;

        if (!arena || size == 0)
                return 0;
        if (!bw_str_split(&rest, (char)0xff, &line))
                return 0;
        while (input.n_args < BW_ARRAY_SIZE(args) && line.n && bw_str_split(&line, '\n', &part))
                args[input.n_args++].text = part;
        if (rest.n && bw_str_split(&rest, (char)0xff, &part))
                files[0].text = part;
        files[1].text = rest;
        if (bw_kubelet_effective(arena, &input, &kubelet, &err) < 0)
                return 0;
        if ((kubelet.stage != NULL) != (kubelet.error.n > 0) || kubelet.doc.root.type != BW_MAP)
                abort();
        return 0;
}
