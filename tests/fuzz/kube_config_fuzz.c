/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several texts, parted by lines of "%%%", as kubeconfigs that are merged: every context, cluster and user of them is chosen. Each
 * text is a plugin's answer as well.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "kube/config_internal.h"
#include "kube/credential_internal.h"

#define TEXTS 4
#define CHOICES 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t cut(struct bw_str all, struct bw_kube_text *texts)
{
        size_t n = 0;

        while (n + 1 < TEXTS) {
                size_t at = bw_str_find(all, BW_STR("%%%\n"));

                if (at == SIZE_MAX)
                        break;
                texts[n++] = (struct bw_kube_text){.path = BW_STR("/a/b"), .bytes = bw_str_n(all.p, at)};
                all = bw_str_rest(all, at + 4);
        }
        texts[n++] = (struct bw_kube_text){.path = BW_STR("c"), .bytes = all};
        return n;
}

/* What would be sent, or started. */
static void check_config(const struct bw_kube_config *config)
{
        if (!bw_str_starts(config->server, BW_STR("https://")) && !bw_str_starts(config->server, BW_STR("http://")))
                __builtin_trap();
        if (!bw_kube_is_header_text(config->token) || !bw_kube_is_header_text(config->as_user) ||
            !bw_kube_is_header_text(config->server))
                __builtin_trap();
        if (bw_str_starts(config->server, BW_STR("http://")) && (config->token.n || config->cert_pem.n || config->has_exec))
                __builtin_trap();
        if (config->has_exec && (!config->exec.command.n || !config->exec.api_version.n))
                __builtin_trap();
        if (config->insecure && config->ca_pem.n)
                __builtin_trap();
}

static void choose(struct bw_arena *arena, const struct bw_kube_files *files, const struct bw_kube_flags *flags)
{
        struct bw_kube_choice choice;
        struct bw_error err = {0};
        int r = bw_kube_choose(arena, files, flags, (struct bw_str){0}, &choice, &err);

        if (r < 0 && !err.message[0])
                __builtin_trap();
        if (r < 0 || choice.nothing)
                return;
        check_config(&choice.config);
        (void)!bw_kube_put_cluster_info(&choice, arena, NULL);
}

/* The first entries of each list, by their names. */
static void choose_all(struct bw_arena *arena, const struct bw_kube_files *files)
{
        for (size_t f = 0; f < files->n; f++)
                for (size_t list = 0; list < _BW_KUBE_LIST_MAX; list++)
                        for (uint32_t i = 0; i < BW_MIN(files->items[f].lists[list].n, (uint32_t)CHOICES); i++) {
                                struct bw_str name = bw_map_text(bw_list_get(files->items[f].lists[list], i), "name");
                                struct bw_kube_flags flags = {0};

                                *(list == BW_KUBE_CLUSTERS ? &flags.cluster : list == BW_KUBE_USERS ? &flags.user : &flags.context) =
                                        name;
                                choose(arena, files, &flags);
                        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(256 * BW_MIB);
        struct bw_kube_text texts[TEXTS];
        struct bw_kube_files files;
        struct bw_kube_given given;
        struct bw_str ret;
        size_t n;

        if (!arena)
                return 0;
        bw_arena_wipe(arena);
        n = cut(bw_str_n((const char *)data, size), texts);
        for (size_t i = 0; i < n; i++) {
                if (bw_kube_plugin_read(arena, BW_STR("client.authentication.k8s.io/v1"), texts[i].bytes, &given, NULL) == 0 &&
                    !given.proof.token.n && !given.proof.key_pem.n)
                        __builtin_trap();
                (void)!bw_kube_server(arena, texts[i].bytes, false, &ret, NULL);
                (void)!bw_kube_proxy(arena, texts[i].bytes, &ret, NULL);
        }
        if (bw_kube_files_read(arena, texts, n, &files, NULL) < 0)
                return 0;
        choose(arena, &files, &(const struct bw_kube_flags){0});
        choose_all(arena, &files);
        return 0;
}
