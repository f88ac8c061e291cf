/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads a kubeconfig and asks its plugin while one allocation, open or read after the other fails, once and for ever after. Each run
 * ends without crash or leak; when it says that all went well, it found what an undisturbed run finds. What fails says why.
 */
#define BW_ALLOW_BANNED
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fault.h"
#include "kube/credential.h"

static char folder[] = "/tmp/bulwark-XXXXXX";
static char path[64];

static const char kubeconfig[] =
        "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
        "clusters:\n- name: k\n  cluster: {server: 'https://k', proxy-url: 'socks5://u:p@h:1', extensions: "
        "[{name: client.authentication.k8s.io/exec, extension: {a: 1}}]}\n"
        "contexts: [{name: c, context: {cluster: k, user: u, namespace: shop}}]\n"
        "users:\n- name: u\n  user:\n    as: x\n    as-groups: [g, h]\n    as-user-extra: {a: [b]}\n"
        "    exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never, provideClusterInfo: true, "
        "args: [a], env: [{name: A, value: b}]}\n";
static const char plugin[] =
        "#!/bin/sh\necho '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"t\"}}'\n";

static const char *no_env(const char *name)
{
        (void)name;
        return NULL;
}

static int write_file(const char *name, const char *text, mode_t mode)
{
        FILE *f;

        (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
        f = fopen(path, "we");
        if (!f)
                return -1;
        (void)fputs(text, f);
        (void)fclose(f);
        return chmod(path, mode);
}

/* True: all as it is without faults. */
static bool is_whole(const struct bw_kube_config *config, const struct bw_kube_proof *proof)
{
        return bw_str_is(config->server, "https://k") && bw_str_is(config->proxy_url, "socks5://u:p@h:1") &&
               bw_str_is(config->as_user, "x") && config->n_as_groups == 2 && config->n_as_extra == 1 && bw_str_is(config->ns, "shop") &&
               config->exec.n_args == 1 && config->exec.n_env == 1 && config->exec.cluster_info.n && bw_str_is(proof->token, "t");
}

static int run(bool *ret_whole, struct bw_error *err)
{
        bw_auto(bw_kube_config_free) struct bw_kube_config *config = NULL;
        bw_auto(bw_kube_credential_free) struct bw_kube_credential *credential = NULL;
        const struct bw_kube_flags flags = {.kubeconfig = bw_str(path)};
        struct bw_kube_proof proof;
        int r = bw_kube_config_load(&flags, no_env, &config, err);

        if (r == 0)
                r = bw_kube_credential_new(config, NULL, &credential, err);
        if (r == 0)
                r = bw_kube_credential_get(credential, 0, false, &proof, err);
        if (r == 0)
                *ret_whole = is_whole(config, &proof);
        return r;
}

/* The number of runs that ended otherwise than they may. */
static unsigned torture(enum bw_fault_kind kind, const char *name, unsigned number)
{
        struct bw_error err = {0};
        bool whole = false;
        unsigned bad;
        uint64_t total;

        bw_fault_plan(kind, 0, false);
        bad = run(&whole, &err) != 0 || !whole;
        if (bad)
                printf("# undisturbed: %s\n", err.message);
        total = bw_fault_count(kind);
        for (uint64_t n = 1; n <= total; n++)
                for (int persistent = 0; persistent <= 1; persistent++) {
                        int r;

                        whole = false;
                        bw_error_clear(&err);
                        bw_fault_plan(kind, n, persistent);
                        r = run(&whole, &err);
                        bw_fault_plan(kind, 0, false);
                        if (r == 0 ? !whole : !err.message[0] || err.code != r) {
                                printf("# %s %" PRIu64 "%s: status %d: %s\n", name, n, persistent ? " and all after" : "", r, err.message);
                                bad++;
                        }
                }
        printf("%sok %u - %s, %" PRIu64 " places\n", bad ? "not " : "", number, name, total);
        return bad > 0;
}

int main(void)
{
        unsigned failures = 0;

        if (!mkdtemp(folder) || write_file("plugin", plugin, 0700) < 0 || write_file("config", kubeconfig, 0600) < 0) {
                printf("Bail out! no folder in /tmp\n");
                return 1;
        }
        failures += torture(BW_FAULT_ALLOC, "allocation", 1);
        failures += torture(BW_FAULT_OPEN, "open", 2);
        failures += torture(BW_FAULT_READ, "read", 3);
        printf("1..3\n");
        (void)unlink(path);
        (void)snprintf(path, sizeof(path), "%s/plugin", folder);
        (void)unlink(path);
        (void)rmdir(folder);
        return failures ? 1 : 0;
}
