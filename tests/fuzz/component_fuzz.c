/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Components: the first byte chooses one, the second the version; lines up to an empty one are arguments, those that begin
 * with + variables of the environment; the rest is every file that it reads.
 */
#include "analyze/component.h"
#include "base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int forget(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        (void)userdata, (void)doc, (void)reterr;
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const char *const names[] = {"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet",
                                            "etcd", "cloud-controller-manager"};
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(64 << 20);
        struct bw_str text = bw_str_n((const char *)data, size);
        struct bw_component_arg args[32] = {0};
        struct bw_str env[32];
        struct bw_component_file files[16] = {0};
        struct bw_component_input input = {.name = BW_STR("n"), .basis = "process", .args = args, .env = env, .files = files};
        const struct bw_component_need *needs;
        struct bw_str line;
        size_t n;

        if (size < 2)
                return 0;
        input.component = bw_str(names[data[0] % BW_ARRAY_SIZE(names)]);
        input.default_minor = 24 + data[1] % 13;
        text = bw_str_rest(text, 2);
        while (bw_str_split(&text, '\n', &line) && line.n && input.n_args < 32 && input.n_env < 32)
                if (line.p[0] == '+')
                        env[input.n_env++] = bw_str_rest(line, 1);
                else
                        args[input.n_args++].text = line;
        if (bw_component_needs(arena, &input, &needs, &n, NULL) < 0)
                return 0;
        for (size_t i = 0; i < n && input.n_files < BW_ARRAY_SIZE(files); i++)
                if (needs[i].wants_text)
                        files[input.n_files++] = (struct bw_component_file){
                                .role = needs[i].role, .path = needs[i].path, .state = BW_FILE_READ, .text = text};
        if (bw_component_analyze(arena, &input, forget, NULL, NULL) < 0)
                return 0;
        return 0;
}
