/* SPDX-License-Identifier: Apache-2.0 */
/* One cluster and one user of all that kubeconfigs name, and what flags say over them. No I/O. */
#include "base/arena.h"
#include "base/error.h"
#include "format/base64.h"
#include "format/pem.h"
#include "kube/config_internal.h"

struct chooser {
        struct bw_arena *arena;
        const struct bw_kube_files *files;
        const struct bw_kube_flags *flags;
        struct bw_kube_choice *choice;
        struct bw_kube_config *config;
        struct bw_error *reterr;
};

static struct bw_str text_of(const struct bw_kube_entry *entry, const char *key)
{
        return bw_map_text(entry->value, key);
}

static bool bool_of(struct bw_value map, const char *key)
{
        struct bw_value v = bw_map_get(map, bw_str(key));

        return v.type == BW_BOOL && v.b;
}

static int no_memory(const struct chooser *c)
{
        return bw_arena_error(c->arena, c->reterr);
}

/* A copy that lives as long as the config. */
static int copy(const struct chooser *c, struct bw_str text, struct bw_str *to)
{
        struct bw_str kept = {0};

        if (text.n) {
                kept = bw_arena_str(c->arena, text);
                if (!kept.p)
                        return no_memory(c);
        }
        *to = kept;
        return 0;
}

int bw_kube_warn(struct bw_kube_config *config, struct bw_arena *arena, const char *fmt, ...)
{
        char text[512];
        struct bw_str kept;
        va_list ap;

        if (config->n_warnings == BW_KUBE_WARNINGS)
                return 0;
        va_start(ap, fmt);
        (void)vsnprintf(text, sizeof(text), fmt, ap);
        va_end(ap);
        kept = bw_arena_str(arena, bw_str(text));
        if (!kept.p)
                return -ENOMEM;
        config->warnings[config->n_warnings++] = kept;
        return 0;
}

/* ---- which context, cluster and user */

static int choose_context(struct chooser *c)
{
        struct bw_str name = c->flags->context;

        for (size_t i = 0; i < c->files->n && name.n == 0; i++)
                name = bw_map_text(c->files->items[i].doc.root, "current-context");
        if (name.n == 0)
                return 0;
        if (!bw_kube_find(c->files, BW_KUBE_CONTEXTS, name, &c->choice->context))
                return bw_error_set(c->reterr, -ENOENT, "%s \"%.*s\" is not in the kubeconfig; there are: %.*s",
                                    c->flags->context.n ? "context" : "the current context", BW_STR_ARG(name),
                                    BW_STR_ARG(bw_kube_names(c->arena, c->files, BW_KUBE_CONTEXTS)));
        return copy(c, name, &c->config->context);
}

/* The entry that a flag names, else the context's. */
static int choose_entry(struct chooser *c, enum bw_kube_list list, const char *what, struct bw_str flag,
                        struct bw_kube_entry *entry, struct bw_str *ret_name)
{
        struct bw_str name = flag.n ? flag : text_of(&c->choice->context, what);
        struct bw_str names;

        if (name.n == 0)
                return 0;
        if (bw_kube_find(c->files, list, name, entry))
                return copy(c, name, ret_name);
        names = bw_kube_names(c->arena, c->files, list);
        if (flag.n)
                return bw_error_set(c->reterr, -ENOENT, "%s \"%.*s\" is not in the kubeconfig; there are: %.*s", what,
                                    BW_STR_ARG(name), BW_STR_ARG(names));
        return bw_kube_error_at(c->arena, &c->choice->context, what, c->reterr, -EINVAL,
                                "context \"%.*s\" names %s \"%.*s\", which is not there; there are: %.*s",
                                BW_STR_ARG(c->config->context), what, BW_STR_ARG(name), BW_STR_ARG(names));
}

/* ---- values that stand in the kubeconfig, or in a file that it names */

static int take_path(struct chooser *c, const struct bw_kube_entry *entry, const char *key, struct bw_str flag,
                     struct bw_str *to)
{
        struct bw_str text = text_of(entry, key);

        if (flag.n || text.n == 0)
                return copy(c, flag, to);
        *to = bw_kube_path(c->arena, entry->file->text->path, text);
        return to->p ? 0 : no_memory(c);
}

static int take_data(struct chooser *c, const struct bw_kube_entry *entry, const char *key, struct bw_str *to)
{
        struct bw_str text = text_of(entry, key);

        if (text.n == 0)
                return 0;
        return bw_base64_decode(c->arena, text, 0, to, c->reterr);
}

/* key-data goes before key; a flag before both. */
static int take_pem(struct chooser *c, const struct bw_kube_entry *entry, const char *key, struct bw_str flag, struct bw_str *pem,
                    struct bw_str *file)
{
        char data[64];
        int r;

        (void)snprintf(data, sizeof(data), "%s-data", key);
        r = take_path(c, entry, key, flag, file);
        if (r < 0 || flag.n)
                return r;
        r = take_data(c, entry, data, pem);
        if (r == 0 && pem->n && file->n) {
                *file = (struct bw_str){0};
                if (bw_kube_warn(c->config, c->arena,
                                 "%.*s: \"%.*s\" has both %s and %s: the data is used (kubectl refuses this: remove one)",
                                 BW_STR_ARG(entry->file->text->path), BW_STR_ARG(entry->name), data, key) < 0)
                        return no_memory(c);
        }
        return r;
}

/* The flag's text, else the entry's, as a header may have it. */
static int take_header(struct chooser *c, const struct bw_kube_entry *entry, const char *key, struct bw_str flag,
                       struct bw_str *to)
{
        struct bw_str text = flag.n ? flag : text_of(entry, key);

        if (bw_kube_is_header_text(text))
                return copy(c, text, to);
        if (flag.n)
                return bw_error_set(c->reterr, -EINVAL, "--%s has a control character in it", key);
        return bw_kube_error_at(c->arena, entry, key, c->reterr, -EINVAL,
                                "%s of \"%.*s\" has a control character in it, such as the end of a line", key,
                                BW_STR_ARG(entry->name));
}

/* ---- the cluster */

/* Puts place and name to what a check of an entry's text said. */
static int entry_error(struct chooser *c, const struct bw_kube_entry *entry, const char *key, const struct bw_error *err)
{
        return bw_kube_error_at(c->arena, entry, key, c->reterr, err->code, "%s of \"%.*s\": %s", key, BW_STR_ARG(entry->name),
                                err->message);
}

static int take_proxy(struct chooser *c)
{
        const struct bw_kube_entry *entry = &c->choice->cluster;
        struct bw_str flag = c->flags->proxy_url;
        struct bw_str text = flag.n ? flag : text_of(entry, "proxy-url");
        struct bw_error err = {0};
        int r;

        if (text.n == 0)
                return 0;
        r = bw_kube_proxy(c->arena, text, &c->config->proxy_url, &err);
        if (r == 0)
                return 0;
        return flag.n ? bw_error_set(c->reterr, r, "--proxy-url: %s", err.message) : entry_error(c, entry, "proxy-url", &err);
}

/* What says that a server without a scheme is asked with TLS. */
static bool means_tls(const struct chooser *c)
{
        const struct bw_kube_choice *choice = c->choice;

        return c->config->insecure || choice->ca_file.n || c->config->ca_pem.n || choice->cert_file.n || c->config->cert_pem.n;
}

static int take_server(struct chooser *c, struct bw_str fallback)
{
        const struct bw_kube_entry *entry = &c->choice->cluster;
        struct bw_str flag = c->flags->server;
        struct bw_str text = flag.n ? flag : text_of(entry, "server");
        bool of_entry = !flag.n && text.n;
        struct bw_error err = {0};
        int r;

        if (text.n == 0)
                text = fallback;
        if (text.n == 0 && entry->file)
                return bw_kube_error_at(c->arena, entry, "server", c->reterr, -EINVAL, "cluster \"%.*s\" has no server",
                                        BW_STR_ARG(entry->name));
        if (text.n == 0) {
                c->choice->nothing = true;
                return 0;
        }
        r = bw_kube_server(c->arena, text, means_tls(c), &c->config->server, &err);
        if (r == 0)
                return 0;
        if (of_entry)
                return entry_error(c, entry, "server", &err);
        return bw_error_set(c->reterr, r, "%s: %s", flag.n ? "--server" : "$KUBERNETES_MASTER", err.message);
}

/* A flag on either decides both: a CA of the kubeconfig does not stand beside --insecure-skip-tls-verify. */
static int take_trust(struct chooser *c)
{
        const struct bw_kube_entry *entry = &c->choice->cluster;
        const struct bw_kube_flags *flags = c->flags;
        struct bw_kube_config *config = c->config;
        int r;

        if (flags->insecure && flags->ca_file.n)
                return bw_error_set(c->reterr, -EINVAL,
                                    "--certificate-authority and --insecure-skip-tls-verify contradict each other: give one");
        if (flags->insecure || flags->ca_file.n) {
                config->insecure = flags->insecure;
                return copy(c, flags->ca_file, &c->choice->ca_file);
        }
        config->insecure = bool_of(entry->value, "insecure-skip-tls-verify");
        r = take_pem(c, entry, "certificate-authority", flags->ca_file, &config->ca_pem, &c->choice->ca_file);
        if (r == 0 && config->insecure && (config->ca_pem.n || c->choice->ca_file.n))
                return bw_kube_error_at(c->arena, entry, "insecure-skip-tls-verify", c->reterr, -EINVAL,
                                        "\"%.*s\" has a certificate authority and insecure-skip-tls-verify, which contradict each "
                                        "other: remove insecure-skip-tls-verify",
                                        BW_STR_ARG(entry->name));
        return r;
}

static void find_exec_config(struct chooser *c)
{
        struct bw_value list = bw_map_get(c->choice->cluster.value, BW_STR("extensions"));

        for (uint32_t i = 0; list.type == BW_LIST && i < list.n; i++) {
                struct bw_value item = bw_list_get(list, i);

                if (!bw_str_is(bw_map_text(item, "name"), "client.authentication.k8s.io/exec"))
                        continue;
                c->choice->cluster_config = bw_map_get(item, BW_STR("extension"));
                c->choice->cluster_config_is_there = c->choice->cluster_config.type != BW_ABSENT;
        }
}

static int take_cluster(struct chooser *c)
{
        const struct bw_kube_entry *entry = &c->choice->cluster;
        const struct bw_kube_flags *flags = c->flags;
        int r = take_trust(c);

        /* The kubeconfig's name belongs to the kubeconfig's server. */
        if (r == 0 && flags->server.n)
                r = copy(c, flags->tls_server_name, &c->config->tls_server_name);
        else if (r == 0)
                r = take_header(c, entry, "tls-server-name", flags->tls_server_name, &c->config->tls_server_name);
        if (r == 0)
                r = take_proxy(c);
        if (r == 0 && entry->file)
                r = copy(c, entry->file->text->path, &c->config->from);
        c->config->no_compression = bool_of(entry->value, "disable-compression");
        find_exec_config(c);
        return r;
}

/* ---- the user */

static const struct {
        const char *name;
        const char *instead;
} providers[] = {
        {"gcp", "gke-gcloud-auth-plugin (gcloud components install gke-gcloud-auth-plugin, then gcloud container clusters "
                "get-credentials CLUSTER)"},
        {"azure", "kubelogin (kubelogin convert-kubeconfig)"},
        {"oidc", "kubectl-oidc_login, also called kubelogin (kubectl oidc-login setup)"},
        {"openstack", "client-keystone-auth"},
        {"exec", "the user's own field exec"},
};

static int refuse_provider(struct chooser *c, struct bw_value provider)
{
        const struct bw_kube_entry *entry = &c->choice->user;
        struct bw_str name = bw_map_text(provider, "name");

        for (size_t i = 0; i < BW_ARRAY_SIZE(providers); i++)
                if (bw_str_is(name, providers[i].name))
                        return bw_kube_error_at(c->arena, entry, "auth-provider", c->reterr, -ENOTSUP,
                                                "user \"%.*s\" has the auth-provider \"%s\"; exec plugins came in place of "
                                                "auth-providers: use %s",
                                                BW_STR_ARG(entry->name), providers[i].name, providers[i].instead);
        return bw_kube_error_at(c->arena, entry, "auth-provider", c->reterr, -ENOTSUP,
                                "user \"%.*s\" has the auth-provider \"%.*s\"; auth-providers are not supported: use an exec plugin",
                                BW_STR_ARG(entry->name), BW_STR_ARG(name));
}

/* What we do not send is refused, not left out: the server would see somebody else. */
static int refuse_methods(struct chooser *c)
{
        const struct bw_kube_entry *entry = &c->choice->user;
        struct bw_value provider = bw_map_get(entry->value, BW_STR("auth-provider"));
        const char *basic = text_of(entry, "password").n ? "password" : "username";

        if (provider.type == BW_MAP)
                return refuse_provider(c, provider);
        if (text_of(entry, basic).n)
                return bw_kube_error_at(c->arena, entry, basic, c->reterr, -ENOTSUP,
                                        "user \"%.*s\" has a %s: Kubernetes no longer has basic authentication (since 1.19); use a "
                                        "client certificate, a token or an exec plugin, and remove username and password",
                                        BW_STR_ARG(entry->name), basic);
        return 0;
}

static int take_list(struct chooser *c, struct bw_value list, const struct bw_str **ret, size_t *ret_n)
{
        struct bw_str *items = bw_arena_array(c->arena, list.type == BW_LIST ? list.n + 1 : 1, sizeof(*items));
        size_t n = 0;
        int r = 0;

        if (!items)
                return no_memory(c);
        for (uint32_t i = 0; list.type == BW_LIST && i < list.n && r == 0; i++) {
                struct bw_value item = bw_list_get(list, i);

                r = copy(c, item.type == BW_STRING ? bw_str_n(item.s, item.n) : (struct bw_str){0}, &items[n++]);
        }
        *ret = items;
        *ret_n = n;
        return r;
}

static size_t count_extra(struct bw_value map)
{
        size_t n = 0;

        for (uint32_t i = 0; map.type == BW_MAP && i < map.n; i++)
                n += map.map->entries[i].value.type == BW_LIST ? map.map->entries[i].value.n : 0;
        return n;
}

static int take_extra(struct chooser *c)
{
        struct bw_value map = bw_map_get(c->choice->user.value, BW_STR("as-user-extra"));
        struct bw_kube_extra *extra = bw_arena_array(c->arena, count_extra(map) + 1, sizeof(*extra));
        size_t n = 0;
        int r = 0;

        if (!extra)
                return no_memory(c);
        for (uint32_t i = 0; map.type == BW_MAP && i < map.n; i++) {
                const struct bw_entry *entry = &map.map->entries[i];

                for (uint32_t k = 0; entry->value.type == BW_LIST && k < entry->value.n && r == 0; k++) {
                        struct bw_value item = bw_list_get(entry->value, k);

                        r = copy(c, bw_str_n(entry->key.s, entry->key.n), &extra[n].key);
                        if (r == 0 && item.type == BW_STRING)
                                r = copy(c, bw_str_n(item.s, item.n), &extra[n].value);
                        else
                                extra[n].value = (struct bw_str){0};
                        n++;
                }
        }
        c->config->as_extra = extra;
        c->config->n_as_extra = n;
        return r;
}

static int check_impersonation(struct chooser *c)
{
        const struct bw_kube_config *config = c->config;
        bool bad = false;

        if (!config->as_user.n && (config->as_uid.n || config->n_as_groups || config->n_as_extra))
                return bw_error_set(c->reterr, -EINVAL, "a UID, groups or extra values to act with are given, and no user to act as: "
                                                        "give --as USER as well");
        for (size_t i = 0; i < config->n_as_groups; i++)
                bad |= !bw_kube_is_header_text(config->as_groups[i]);
        for (size_t i = 0; i < config->n_as_extra; i++)
                bad |= !bw_kube_is_header_text(config->as_extra[i].value) || !config->as_extra[i].key.n;
        return bad ? bw_error_set(c->reterr, -EINVAL,
                                  "a group or extra value to act with has a control character in it, or no name")
                   : 0;
}

static int take_impersonation(struct chooser *c)
{
        const struct bw_kube_entry *entry = &c->choice->user;
        const struct bw_kube_flags *flags = c->flags;
        struct bw_kube_config *config = c->config;
        struct bw_str *groups;
        int r = take_header(c, entry, "as", flags->as_user, &config->as_user);

        if (r == 0)
                r = take_header(c, entry, "as-uid", flags->as_uid, &config->as_uid);
        if (r == 0)
                r = take_list(c, bw_map_get(entry->value, BW_STR("as-groups")), &config->as_groups, &config->n_as_groups);
        if (r == 0 && flags->n_as_groups) {
                groups = bw_arena_array(c->arena, flags->n_as_groups, sizeof(*groups));
                if (!groups)
                        return no_memory(c);
                for (size_t i = 0; i < flags->n_as_groups && r == 0; i++)
                        r = copy(c, flags->as_groups[i], &groups[i]);
                config->as_groups = groups;
                config->n_as_groups = flags->n_as_groups;
        }
        if (r == 0)
                r = take_extra(c);
        return r == 0 ? check_impersonation(c) : r;
}

static int take_token(struct chooser *c)
{
        const struct bw_kube_entry *entry = &c->choice->user;
        int r = take_path(c, entry, "tokenFile", c->flags->token_file, &c->config->token_file);

        if (r == 0 && !c->flags->token_file.n)
                r = take_header(c, entry, "token", (struct bw_str){0}, &c->config->token);
        return r;
}

static int take_certificate(struct chooser *c)
{
        const struct bw_kube_entry *entry = &c->choice->user;
        struct bw_kube_choice *choice = c->choice;
        struct bw_kube_config *config = c->config;
        int r = take_pem(c, entry, "client-certificate", c->flags->cert_file, &config->cert_pem, &choice->cert_file);

        if (r == 0)
                r = take_pem(c, entry, "client-key", c->flags->key_file, &config->key_pem, &choice->key_file);
        if (r < 0)
                return r;
        if ((config->cert_pem.n || choice->cert_file.n) && !config->key_pem.n && !choice->key_file.n)
                return bw_error_set(c->reterr, -EINVAL, "user \"%.*s\" has a client certificate and no key: client-key or "
                                                        "client-key-data is missing",
                                    BW_STR_ARG(entry->name));
        if (!config->cert_pem.n && !choice->cert_file.n) {
                /* A key alone proves nothing; client-go leaves it where it is. */
                bw_secret_wipe(config->key_pem);
                config->key_pem = (struct bw_str){0};
                choice->key_file = (struct bw_str){0};
                if (c->flags->key_file.n)
                        return bw_error_set(c->reterr, -EINVAL, "--client-key is given, and no certificate: give "
                                                                "--client-certificate as well");
        }
        return 0;
}

/* ---- exec plugins */

static const struct {
        const char *name;
        enum bw_kube_interactive mode;
} modes[] = {
        {"Never", BW_KUBE_INTERACTIVE_NEVER},
        {"IfAvailable", BW_KUBE_INTERACTIVE_IF_AVAILABLE},
        {"Always", BW_KUBE_INTERACTIVE_ALWAYS},
};

static BW_PRINTF(2, 3) int exec_error(struct chooser *c, const char *fmt, ...)
{
        char why[512];
        va_list ap;

        va_start(ap, fmt);
        (void)vsnprintf(why, sizeof(why), fmt, ap);
        va_end(ap);
        return bw_kube_error_at(c->arena, &c->choice->user, "exec", c->reterr, -EINVAL, "the exec plugin of user \"%.*s\" %s",
                                BW_STR_ARG(c->choice->user.name), why);
}

static int take_mode(struct chooser *c, struct bw_value exec)
{
        struct bw_str mode = bw_map_text(exec, "interactiveMode");

        if (mode.n == 0 && bw_str_is(c->config->exec.api_version, "client.authentication.k8s.io/v1beta1"))
                return 0;
        for (size_t i = 0; i < BW_ARRAY_SIZE(modes); i++)
                if (bw_str_is(mode, modes[i].name)) {
                        c->config->exec.interactive = modes[i].mode;
                        return 0;
                }
        if (mode.n == 0)
                return exec_error(c, "has no interactiveMode: v1 needs one of Never, IfAvailable, Always");
        return exec_error(c, "has the interactiveMode \"%.*s\": it is one of Never, IfAvailable, Always", BW_STR_ARG(mode));
}

static int check_version(struct chooser *c, struct bw_str version)
{
        if (bw_str_is(version, "client.authentication.k8s.io/v1") || bw_str_is(version, "client.authentication.k8s.io/v1beta1"))
                return 0;
        if (version.n == 0)
                return exec_error(c, "has no apiVersion: it is client.authentication.k8s.io/v1 or v1beta1");
        if (bw_str_is(version, "client.authentication.k8s.io/v1alpha1"))
                return exec_error(c, "speaks client.authentication.k8s.io/v1alpha1, which clients gave up with Kubernetes 1.24: set "
                                     "v1beta1 or v1, with a plugin that knows it");
        return exec_error(c, "has the apiVersion \"%.*s\": it is client.authentication.k8s.io/v1 or v1beta1", BW_STR_ARG(version));
}

static int take_env(struct chooser *c, struct bw_value list)
{
        struct bw_str *env = bw_arena_array(c->arena, list.type == BW_LIST ? list.n + 1 : 1, sizeof(*env));
        size_t n = 0;

        if (!env)
                return no_memory(c);
        for (uint32_t i = 0; list.type == BW_LIST && i < list.n; i++) {
                struct bw_value item = bw_list_get(list, i);
                struct bw_str name = bw_map_text(item, "name");

                if (name.n == 0)
                        return exec_error(c, "has a variable without a name: env[%" PRIu32 "]", i);
                env[n] = bw_arena_printf(c->arena, "%.*s=%.*s", BW_STR_ARG(name), BW_STR_ARG(bw_map_text(item, "value")));
                if (!env[n++].p)
                        return no_memory(c);
        }
        c->config->exec.env = env;
        c->config->exec.n_env = n;
        return 0;
}

static int take_command(struct chooser *c, struct bw_str command)
{
        if (command.n == 0)
                return exec_error(c, "has no command");
        if (!memchr(command.p, '/', command.n))
                return copy(c, command, &c->config->exec.command);
        c->config->exec.command = bw_kube_path(c->arena, c->choice->user.file->text->path, command);
        if (!c->config->exec.command.p)
                return no_memory(c);
        /* In this directory, and not in PATH: it was named with a slash. */
        if (!memchr(c->config->exec.command.p, '/', c->config->exec.command.n))
                c->config->exec.command = bw_arena_printf(c->arena, "./%.*s", BW_STR_ARG(c->config->exec.command));
        return c->config->exec.command.p ? 0 : no_memory(c);
}

static int take_exec(struct chooser *c)
{
        struct bw_value exec = bw_map_get(c->choice->user.value, BW_STR("exec"));
        struct bw_kube_config *config = c->config;
        int r;

        if (exec.type != BW_MAP)
                return 0;
        r = take_command(c, bw_map_text(exec, "command"));
        if (r == 0)
                r = check_version(c, bw_map_text(exec, "apiVersion"));
        if (r == 0)
                r = copy(c, bw_map_text(exec, "apiVersion"), &config->exec.api_version);
        if (r == 0)
                r = take_mode(c, exec);
        if (r == 0)
                r = take_list(c, bw_map_get(exec, BW_STR("args")), &config->exec.args, &config->exec.n_args);
        if (r == 0)
                r = take_env(c, bw_map_get(exec, BW_STR("env")));
        if (r == 0)
                r = copy(c, bw_map_text(exec, "installHint"), &config->exec.install_hint);
        config->exec.provide_cluster_info = bool_of(exec, "provideClusterInfo");
        /* What is there already goes before what a plugin would give. */
        config->has_exec = !config->token.n && !config->token_file.n && !config->cert_pem.n && !c->choice->cert_file.n;
        return r;
}

static int take_user(struct chooser *c)
{
        int r = refuse_methods(c);

        if (r == 0)
                r = take_token(c);
        if (r == 0)
                r = take_certificate(c);
        if (r == 0)
                r = take_exec(c);
        return r == 0 ? take_impersonation(c) : r;
}

/* ---- the rest */

static bool is_namespace(struct bw_str ns)
{
        if (ns.n == 0 || ns.n > 63 || ns.p[0] == '-' || ns.p[ns.n - 1] == '-')
                return false;
        for (size_t i = 0; i < ns.n; i++)
                if (!((ns.p[i] >= 'a' && ns.p[i] <= 'z') || (ns.p[i] >= '0' && ns.p[i] <= '9') || ns.p[i] == '-'))
                        return false;
        return true;
}

static int take_namespace(struct chooser *c)
{
        struct bw_str ns = c->flags->ns;

        if (ns.n == 0)
                ns = text_of(&c->choice->context, "namespace");
        c->config->ns_is_given = c->flags->ns.n > 0;
        if (ns.n == 0 || is_namespace(ns))
                return copy(c, ns, &c->config->ns);
        if (c->flags->ns.n)
                return bw_error_set(c->reterr, -EINVAL, "\"%.*s\" is no name of a namespace", BW_STR_ARG(ns));
        return bw_kube_error_at(c->arena, &c->choice->context, "namespace", c->reterr, -EINVAL,
                                "\"%.*s\", the namespace of context \"%.*s\", is no name of a namespace", BW_STR_ARG(ns),
                                BW_STR_ARG(c->config->context));
}

/* What is said without TLS is heard by all: no credential is said. */
static int drop_credentials(struct chooser *c)
{
        struct bw_kube_config *config = c->config;
        bool had_one = config->token.n || config->token_file.n || config->cert_pem.n || c->choice->cert_file.n || config->has_exec;

        bw_secret_wipe(config->token);
        bw_secret_wipe(config->key_pem);
        config->token = config->token_file = config->cert_pem = config->key_pem = config->ca_pem = (struct bw_str){0};
        c->choice->ca_file = c->choice->cert_file = c->choice->key_file = config->tls_server_name = (struct bw_str){0};
        config->has_exec = config->insecure = false;
        if (bw_kube_warn(config, c->arena, "%.*s is asked without TLS: anybody in between reads and changes what it says%s",
                         BW_STR_ARG(config->server), had_one ? "; no credentials are sent there" : "") < 0)
                return no_memory(c);
        return 0;
}

int bw_kube_choose(struct bw_arena *arena, const struct bw_kube_files *files, const struct bw_kube_flags *flags,
                   struct bw_str server, struct bw_kube_choice *ret, struct bw_error *reterr)
{
        struct bw_kube_choice choice = {0};
        struct chooser c = {.arena = arena, .files = files, .flags = flags, .choice = &choice, .config = &choice.config,
                            .reterr = reterr};
        int r = choose_context(&c);

        if (r == 0)
                r = choose_entry(&c, BW_KUBE_CLUSTERS, "cluster", flags->cluster, &choice.cluster, &choice.config.cluster);
        if (r == 0)
                r = choose_entry(&c, BW_KUBE_USERS, "user", flags->user, &choice.user, &choice.config.user);
        if (r == 0)
                r = take_cluster(&c);
        if (r == 0)
                r = take_user(&c);
        if (r == 0)
                r = take_server(&c, server);
        if (r == 0)
                r = take_namespace(&c);
        if (r == 0 && bw_str_starts(choice.config.server, BW_STR("http:")))
                r = drop_credentials(&c);
        if (r == 0)
                *ret = choice;
        return r;
}
