/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MicroK8s runs all components in kubelite, each with a file of arguments.
 * Source: canonical/microk8s microk8s-resources/wrappers/run-kubelite-with-args and default-args,
 *         build-scripts/components/kubernetes/patches (Kubelite-integration).
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/command_line.h"
#include "node/components_internal.h"

#define DATA "/var/snap/microk8s/current"

static const struct {
        const char *component;
        bool of_server; /* not where the node has only joined as a worker */
} components[] = {
        {"kubelet", false},
        {"kube-proxy", false},
        {"kube-apiserver", true},
        {"kube-controller-manager", true},
        {"kube-scheduler", true},
};

/* "version: v1.32.3" of the snap that is in use. */
static int read_version(struct bw_finder *finder, struct bw_str *ret)
{
        struct bw_str text = {0};
        struct bw_str line;
        int state = 0;
        int r = bw_find_text(finder, "/snap/microk8s/current/meta/snap.yaml", &text, &state);

        *ret = (struct bw_str){0};
        while (r == 0 && state == 0 && bw_str_split(&text, '\n', &line)) {
                if (!bw_str_starts(line, BW_STR("version:")))
                        continue;
                line = bw_str_trim(bw_str_rest(line, sizeof("version:") - 1));
                while (line.n && (strchr("'\"", line.p[0]) != NULL))
                        line = bw_str_n(line.p + 1, line.n - BW_MIN(line.n, 2));
                *ret = line;
                break;
        }
        return r;
}

static int read_component(struct bw_finder *finder, const char *name, const struct bw_env *env, struct bw_str version)
{
        const struct bw_found_process *process = bw_found_program(finder, "kubelite", 0);
        struct bw_str file = bw_find_printf(finder, DATA "/args/%s", name);
        struct bw_arg_list list = {.finder = finder};
        const struct bw_word *words = NULL;
        struct bw_str text = {0};
        int state = 0;
        size_t n = 0;
        int r = bw_find_text(finder, file.n ? file.p : "", &text, &state);

        if (r < 0 || state == -ENOENT)
                return r;
        r = bw_args_file_read(finder->arena, file, text, env, &words, &n, NULL);
        for (size_t i = 0; r == 0 && i < n; i++)
                bw_arg_list_add_word(&list, &words[i], "flag");
        if (r == -ENOMEM || list.failed)
                return bw_error_nomem(finder->reterr);
        return bw_add_component(finder, &(struct bw_node_component){
                .input = {
                        .component = bw_str(name),
                        .basis = "args-file",
                        .running = process != NULL,
                        .pid = process ? process->pid : 0,
                        .exe = process ? process->exe : BW_STR(""),
                        .args = list.items,
                        .n_args = list.n,
                        .version = version,
                        .version_source = version.n ? BW_STR("/snap/microk8s/current/meta/snap.yaml") : BW_STR(""),
                },
                .cgroup = process ? process->cgroup : BW_STR(""),
        });
}

int bw_find_snap(struct bw_finder *finder)
{
        static const struct bw_env_entry variables[] = {
                {.name = {"SNAP", 4}, .value = {"/snap/microk8s/current", 22}},
                {.name = {"SNAP_DATA", 9}, .value = {DATA, sizeof(DATA) - 1}},
                {.name = {"SNAP_COMMON", 11}, .value = {"/var/snap/microk8s/common", 25}},
        };
        bool is_worker = bw_host_exists(finder->host, DATA "/var/lock/clustered.lock");
        struct bw_env env = {.arena = finder->arena};
        struct bw_str version;
        int r = 0;

        if (!bw_host_exists(finder->host, DATA "/args"))
                return 0;
        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(variables); i++)
                r = bw_env_add(&env, &variables[i], finder->reterr);
        if (r == 0)
                r = read_version(finder, &version);
        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(components); i++)
                if (!components[i].of_server || !is_worker)
                        r = read_component(finder, components[i].component, &env, version);
        return r;
}
