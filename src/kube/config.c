/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/config.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "kube/config_internal.h"
#include "os/fs.h"

#define SERVICE_ACCOUNT "/var/run/secrets/kubernetes.io/serviceaccount"
#define OTHERS_READ 04U
#define OTHERS_WRITE 02U

struct loader {
        const struct bw_kube_flags *flags;
        const char *(*getenv)(const char *name);
        const char *service_account;
        struct bw_arena *scratch;       /* of kubeconfigs as they are read */
        struct bw_arena *arena;         /* of the config */
        struct bw_kube_text *texts;
        size_t n_texts;
        struct bw_str *missing;
        size_t n_missing;
        struct bw_kube_files files;
        struct bw_kube_choice choice;
        struct bw_error *reterr;
};

static const char *process_env(const char *name)
{
        return getenv(name);
}

static struct bw_str env(const struct loader *l, const char *name)
{
        return bw_str(l->getenv(name));
}

static int no_memory(const struct loader *l)
{
        return bw_arena_error(l->arena, l->reterr);
}

/* ---- files */

/* Twice as much; what was read so far moves, and is overwritten with the arena. */
static int more_room(struct bw_arena *arena, char **p, size_t *cap)
{
        size_t want = *cap ? *cap * 2 : 4096;
        char *to = bw_arena_alloc(arena, want);

        if (!to)
                return -ENOMEM;
        if (*cap)
                memcpy(to, *p, *cap);
        *p = to;
        *cap = want;
        return 0;
}

int bw_kube_read_file(struct bw_arena *arena, struct bw_str path, size_t most, struct bw_str *ret, uint32_t *ret_mode,
                      struct bw_error *reterr)
{
        struct bw_str name = bw_arena_str(arena, path);
        bw_auto_done(bw_file_close) struct bw_file file = BW_FILE_CLOSED;
        struct bw_error err = {0};
        size_t cap = 0;
        size_t got = 1;
        size_t n = 0;
        char *p = NULL;
        int r;

        if (!name.p)
                return bw_arena_error(arena, reterr);
        r = bw_fs_open(AT_FDCWD, name.p, BW_FS_STREAMS, &file, &err);
        while (r == 0 && got && n <= most) {
                r = n == cap ? more_room(arena, &p, &cap) : 0;
                if (r == 0)
                        r = bw_file_read(&file, p + n, BW_MIN(cap - n, most + 1 - n), NULL, &got, &err);
                n += r == 0 ? got : 0;
        }
        if (r == 0 && n > most)
                r = bw_error_set(&err, -E2BIG, "is larger than %zu bytes, the most that is read of such a file", most);
        if (r == -ENOMEM)
                return bw_arena_error(arena, reterr);
        if (r < 0) {
                bw_error_in_file(&err, path);
                if (reterr && reterr->code == 0)
                        *reterr = err;
                return r;
        }
        *ret = bw_str_n(p, n);
        if (ret_mode)
                *ret_mode = file.stat.kind == BW_FS_FILE ? file.stat.mode : 0;
        return 0;
}

/* A kubeconfig. may_be_missing: then one that does not exist has nothing to say. */
static int add_file(struct loader *l, struct bw_str path, bool may_be_missing)
{
        struct bw_kube_text *text = &l->texts[l->n_texts];
        struct bw_error err = {0};
        int r = bw_kube_read_file(l->scratch, path, BW_LIMIT_PEM_BYTES, &text->bytes, &text->mode, &err);

        if (r == -ENOENT && may_be_missing) {
                l->missing[l->n_missing++] = path;
                return 0;
        }
        if (r < 0) {
                if (l->reterr && l->reterr->code == 0)
                        *l->reterr = err;
                return r;
        }
        text->path = path;
        l->n_texts++;
        return 0;
}

static bool is_listed(struct bw_str list, const char *before, struct bw_str path)
{
        struct bw_str part;

        while (bw_str_split(&list, ':', &part) && part.p < before)
                if (bw_str_eq(part, path))
                        return true;
        return false;
}

static int add_list(struct loader *l, struct bw_str list)
{
        struct bw_str rest = list;
        struct bw_str part;
        size_t n = 0;
        int r = 0;

        while (r == 0 && bw_str_split(&rest, ':', &part)) {
                if (part.n == 0 || is_listed(list, part.p, part))
                        continue;
                if (n++ == BW_LIMIT_KUBECONFIGS)
                        return bw_error_set(l->reterr, -E2BIG, "$KUBECONFIG names more than %u files", BW_LIMIT_KUBECONFIGS);
                r = add_file(l, part, true);
        }
        return r;
}

/* --kubeconfig alone, else what $KUBECONFIG lists, else ~/.kube/config. */
static int read_files(struct loader *l)
{
        const size_t most = BW_LIMIT_KUBECONFIGS + 1;
        struct bw_str list = env(l, "KUBECONFIG");
        struct bw_str home = env(l, "HOME");
        struct bw_str path;

        l->texts = bw_arena_zalloc(l->scratch, most * sizeof(*l->texts));
        l->missing = bw_arena_zalloc(l->scratch, most * sizeof(*l->missing));
        if (!l->texts || !l->missing)
                return bw_arena_error(l->scratch, l->reterr);
        if (l->flags->kubeconfig.n)
                return add_file(l, l->flags->kubeconfig, false);
        if (list.n)
                return add_list(l, list);
        /* Without a home, a relative path would take what happens to lie in the directory one is in. */
        if (home.n == 0)
                return 0;
        path = bw_arena_printf(l->scratch, "%.*s/.kube/config", BW_STR_ARG(home));
        return path.p ? add_file(l, path, true) : bw_arena_error(l->scratch, l->reterr);
}

/* ---- in a pod */

static struct bw_str service_file(const struct loader *l, const char *name)
{
        return bw_arena_printf(l->arena, "%s/%s", l->service_account, name);
}

static bool is_in_pod(const struct loader *l)
{
        struct bw_str path = service_file(l, "token");
        struct bw_fs_stat stat;

        return env(l, "KUBERNETES_SERVICE_HOST").n && env(l, "KUBERNETES_SERVICE_PORT").n && path.p &&
               bw_fs_stat(AT_FDCWD, path.p, 0, &stat, NULL) == 0 && stat.kind != BW_FS_DIR;
}

static int use_service_account(struct loader *l)
{
        struct bw_kube_choice *choice = &l->choice;
        struct bw_kube_config *config = &choice->config;
        struct bw_str host = env(l, "KUBERNETES_SERVICE_HOST");
        bool is_v6 = memchr(host.p, ':', host.n) && host.p[0] != '[';
        struct bw_str server = bw_arena_printf(l->arena, "https://%s%.*s%s:%s", is_v6 ? "[" : "", BW_STR_ARG(host),
                                               is_v6 ? "]" : "", l->getenv("KUBERNETES_SERVICE_PORT"));
        struct bw_str ca = service_file(l, "ca.crt");
        struct bw_error err = {0};
        struct bw_fs_stat stat;
        int r;

        if (!server.p || !ca.p)
                return no_memory(l);
        r = bw_kube_server(l->arena, server, true, &config->server, &err);
        if (r < 0)
                return bw_error_set(l->reterr, r, "$KUBERNETES_SERVICE_HOST with $KUBERNETES_SERVICE_PORT: %s", err.message);
        if (!config->token_file.n)
                config->token_file = service_file(l, "token");
        if (!config->insecure && !choice->ca_file.n && bw_fs_stat(AT_FDCWD, ca.p, 0, &stat, NULL) == 0)
                choice->ca_file = ca;
        config->from = BW_STR("the pod's service account");
        return config->token_file.p ? 0 : no_memory(l);
}

/* The pod's, as kubectl has it also with a kubeconfig that names none. */
static int take_pod_namespace(struct loader *l)
{
        struct bw_kube_config *config = &l->choice.config;
        struct bw_str path = service_file(l, "namespace");
        struct bw_str ns = env(l, "POD_NAMESPACE");

        if (!path.p)
                return no_memory(l);
        if (ns.n == 0 && bw_kube_read_file(l->scratch, path, 256, &ns, NULL, NULL) == 0)
                ns = bw_str_trim(ns);
        if (ns.n == 0)
                return 0;
        config->ns = bw_arena_str(l->arena, ns);
        return config->ns.p ? 0 : no_memory(l);
}

/* ---- choosing */

/* What was looked at, in vain. */
static int nothing_found(struct loader *l)
{
        struct bw_str list = env(l, "KUBECONFIG");

        if (l->n_texts) {
                struct bw_str path = l->texts[0].path;
                struct bw_str names = bw_kube_names(l->scratch, &l->files, BW_KUBE_CONTEXTS);

                if (l->choice.context.file)
                        return bw_error_set(l->reterr, -ENOENT, "context \"%.*s\" names no cluster: give --cluster-name or --server",
                                            BW_STR_ARG(l->choice.context.name));
                return bw_error_set(l->reterr, -ENOENT,
                                    "%.*s has no current-context: give --context NAME; there are: %.*s", BW_STR_ARG(path),
                                    BW_STR_ARG(names));
        }
        if (list.n)
                return bw_error_set(l->reterr, -ENOENT,
                                    "nothing says where a cluster is: of the files that $KUBECONFIG names (%.*s) none is there, and "
                                    "this is no pod: give --kubeconfig FILE or --server URL",
                                    BW_STR_ARG(list));
        return bw_error_set(l->reterr, -ENOENT,
                            "nothing says where a cluster is: there is no $KUBECONFIG, no ~/.kube/config, and this is no pod: give "
                            "--kubeconfig FILE or --server URL");
}

static int choose(struct loader *l)
{
        const struct bw_kube_files none = {0};
        struct bw_kube_flags flags = *l->flags;
        struct bw_str server = env(l, "KUBERNETES_MASTER");
        int r = bw_kube_choose(l->arena, &l->files, l->flags, (struct bw_str){0}, &l->choice, l->reterr);

        if (r < 0 || !l->choice.nothing)
                return r;
        if (is_in_pod(l)) {
                /* A kubeconfig that names no cluster has no part in this. */
                flags.context = flags.cluster = flags.user = (struct bw_str){0};
                r = bw_kube_choose(l->arena, &none, &flags, (struct bw_str){0}, &l->choice, l->reterr);
                return r == 0 ? use_service_account(l) : r;
        }
        if (server.n)
                return bw_kube_choose(l->arena, &l->files, l->flags, server, &l->choice, l->reterr);
        return nothing_found(l);
}

/* ---- what the choice names */

static int read_pem(struct loader *l, const char *what, const struct bw_kube_entry *entry, struct bw_str path, bool is_secret,
                    struct bw_str *to)
{
        struct bw_error err = {0};
        uint32_t mode = 0;
        int r;

        if (path.n == 0)
                return 0;
        r = bw_kube_read_file(l->arena, path, BW_LIMIT_PEM_BYTES, to, &mode, &err);
        if (r == 0 && to->n == 0)
                r = bw_error_set(&err, -EINVAL, "is empty");
        if (r < 0) {
                bw_error_in_file(&err, path);
                (void)bw_error_wrap(&err, r, entry->file ? "%s of \"%.*s\"" : "%s", what, BW_STR_ARG(entry->name));
                if (l->reterr && l->reterr->code == 0)
                        *l->reterr = err;
                return r;
        }
        if (is_secret && mode & OTHERS_READ &&
            bw_kube_warn(&l->choice.config, l->arena, "%.*s can be read by everybody on this machine: chmod 600", BW_STR_ARG(path)) < 0)
                return no_memory(l);
        return 0;
}

/* Read here for the error alone: it is read again when it is used. */
static int try_token_file(struct loader *l)
{
        const struct bw_kube_config *config = &l->choice.config;
        struct bw_error err = {0};
        struct bw_str text;
        int r;

        if (config->token_file.n == 0 || config->token.n)
                return 0;
        r = bw_kube_read_file(l->scratch, config->token_file, BW_LIMIT_TOKEN_BYTES, &text, NULL, &err);
        if (r == 0 && bw_str_trim(text).n == 0)
                r = bw_error_set(&err, -EINVAL, "is empty");
        if (r < 0) {
                bw_error_in_file(&err, config->token_file);
                (void)bw_error_wrap(&err, r, "token file");
                if (l->reterr && l->reterr->code == 0)
                        *l->reterr = err;
        }
        return r;
}

/* The flags' files belong to no entry. */
static struct bw_str whose(const struct loader *l, const char *what, struct bw_str name)
{
        return name.n ? bw_arena_printf(l->scratch, "%s \"%.*s\"", what, BW_STR_ARG(name)) : bw_str(what);
}

static int check_pem(struct loader *l)
{
        const struct bw_kube_config *config = &l->choice.config;
        int r = 0;

        if (config->ca_pem.n)
                r = bw_kube_check_ca(config->ca_pem, whose(l, "cluster", config->cluster), l->reterr);
        if (r == 0 && config->cert_pem.n)
                r = bw_kube_check_pair(config->cert_pem, config->key_pem, whose(l, "user", config->user), l->reterr);
        return r;
}

static int read_named(struct loader *l)
{
        struct bw_kube_choice *choice = &l->choice;
        struct bw_kube_config *config = &choice->config;
        int r = read_pem(l, "certificate-authority", &choice->cluster, choice->ca_file, false, &config->ca_pem);

        if (r == 0)
                r = read_pem(l, "client-certificate", &choice->user, choice->cert_file, false, &config->cert_pem);
        if (r == 0)
                r = read_pem(l, "client-key", &choice->user, choice->key_file, true, &config->key_pem);
        if (r == 0)
                r = check_pem(l);
        if (r == 0)
                r = try_token_file(l);
        if (r == 0 && config->has_exec && config->exec.provide_cluster_info)
                r = bw_kube_put_cluster_info(choice, l->arena, l->reterr);
        return r;
}

/* Whether the credential that is used stands in the file itself. */
static bool has_secret(const struct bw_kube_choice *choice, const struct bw_kube_text *text)
{
        const struct bw_kube_entry *user = &choice->user;

        return user->file && user->file->text == text &&
               (bw_map_text(user->value, "token").n || bw_map_text(user->value, "client-key-data").n);
}

/* Who may read a kubeconfig has what is in it; who may write to it, has us start a program. */
static int warn_of_modes(struct loader *l)
{
        for (size_t i = 0; i < l->n_texts; i++) {
                const struct bw_kube_text *text = &l->texts[i];
                const char *what = NULL;

                if (text->mode & OTHERS_WRITE)
                        what = "written to";
                else if (text->mode & OTHERS_READ && has_secret(&l->choice, text))
                        what = "read";
                if (what && bw_kube_warn(&l->choice.config, l->arena, "%.*s can be %s by everybody on this machine: chmod 600",
                                         BW_STR_ARG(text->path), what) < 0)
                        return no_memory(l);
        }
        return 0;
}

static int warn_of_missing(struct loader *l)
{
        bool is_list = !l->flags->kubeconfig.n && env(l, "KUBECONFIG").n;

        for (size_t i = 0; is_list && i < l->n_missing; i++)
                if (bw_kube_warn(&l->choice.config, l->arena, "%.*s, which $KUBECONFIG names, does not exist",
                                 BW_STR_ARG(l->missing[i])) < 0)
                        return no_memory(l);
        return 0;
}

static int finish(struct loader *l)
{
        struct bw_kube_config *config = &l->choice.config;
        int r = config->ns.n == 0 && is_in_pod(l) ? take_pod_namespace(l) : 0;

        if (r == 0 && config->ns.n == 0)
                config->ns = BW_STR("default");
        if (r == 0)
                r = warn_of_modes(l);
        return r == 0 ? warn_of_missing(l) : r;
}

static int load(struct loader *l)
{
        int r = read_files(l);

        if (r == 0)
                r = bw_kube_files_read(l->scratch, l->texts, l->n_texts, &l->files, l->reterr);
        if (r == 0)
                r = choose(l);
        if (r == 0)
                r = read_named(l);
        return r == 0 ? finish(l) : r;
}

int bw_kube_config_load_in(const struct bw_kube_flags *flags, const char *(*getenv)(const char *name),
                           const char *service_account, struct bw_kube_config **ret, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *scratch = bw_arena_new(BW_LIMIT_KUBECONFIG_ARENA);
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(BW_LIMIT_KUBECONFIG_ARENA);
        struct bw_kube_config *config;
        struct loader l = {.flags = flags, .getenv = getenv, .service_account = service_account, .scratch = scratch,
                           .arena = arena, .reterr = reterr};
        int r;

        if (!scratch || !arena)
                return bw_error_nomem(reterr);
        bw_arena_wipe(scratch);
        bw_arena_wipe(arena);
        r = load(&l);
        if (r < 0)
                return r;
        config = bw_arena_alloc(arena, sizeof(*config));
        if (!config)
                return bw_arena_error(arena, reterr);
        *config = l.choice.config;
        config->arena = bw_take(arena);
        *ret = config;
        return 0;
}

int bw_kube_config_load(const struct bw_kube_flags *flags, const char *(*getenv)(const char *name), struct bw_kube_config **ret,
                        struct bw_error *reterr)
{
        return bw_kube_config_load_in(flags, getenv ? getenv : process_env, SERVICE_ACCOUNT, ret, reterr);
}

void bw_kube_config_free(struct bw_kube_config *config)
{
        if (config)
                bw_arena_free(config->arena);
}
