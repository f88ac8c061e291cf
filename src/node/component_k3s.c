/* SPDX-License-Identifier: Apache-2.0 */
/*
 * k3s runs all components in one process whose command line shows none of their flags. It writes them to its log when it
 * starts; where the log is gone, they follow from its configuration over what it sets itself.
 * Source: k3s-io/k3s pkg/daemons/control/server.go, pkg/daemons/agent/agent_linux.go, pkg/daemons/config/types.go (GetArgs),
 *         pkg/configfilearg (config.yaml and config.yaml.d), pkg/etcd/etcd.go (the file db/etcd/config); as of 1.32.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/command_line.h"
#include "node/components_internal.h"

#define DATA "/var/lib/rancher/k3s"
#define TLS DATA "/server/tls/"
#define CRED DATA "/server/cred/"

/* Options of k3s's configuration: what gives a component more arguments, and what leaves it out. */
static const struct {
        const char *component;
        const char *more;
        const char *off;
        bool of_server;
} components[] = {
        {"kubelet", "kubelet-arg", "disable-agent", false},
        {"kube-proxy", "kube-proxy-arg", "disable-kube-proxy", false},
        {"kube-apiserver", "kube-apiserver-arg", "disable-apiserver", true},
        {"kube-controller-manager", "kube-controller-manager-arg", "disable-controller-manager", true},
        {"kube-scheduler", "kube-scheduler-arg", "disable-scheduler", true},
        {"cloud-controller-manager", "kube-cloud-controller-manager-arg", "disable-cloud-controller", true},
};

/* What k3s sets by itself. */
static const struct {
        const char *component;
        const char *arg;
} own_args[] = {
        {"kube-apiserver", "--allow-privileged=true"},
        {"kube-apiserver", "--anonymous-auth=false"},
        {"kube-apiserver", "--authorization-mode=Node,RBAC"},
        {"kube-apiserver", "--bind-address=127.0.0.1"},
        {"kube-apiserver", "--cert-dir=" TLS "temporary-certs"},
        {"kube-apiserver", "--client-ca-file=" TLS "client-ca.crt"},
        {"kube-apiserver", "--enable-admission-plugins=NodeRestriction"},
        {"kube-apiserver", "--enable-bootstrap-token-auth=true"},
        {"kube-apiserver", "--kubelet-certificate-authority=" TLS "server-ca.crt"},
        {"kube-apiserver", "--kubelet-client-certificate=" TLS "client-kube-apiserver.crt"},
        {"kube-apiserver", "--kubelet-client-key=" TLS "client-kube-apiserver.key"},
        {"kube-apiserver", "--profiling=false"},
        {"kube-apiserver", "--proxy-client-cert-file=" TLS "client-auth-proxy.crt"},
        {"kube-apiserver", "--proxy-client-key-file=" TLS "client-auth-proxy.key"},
        {"kube-apiserver", "--requestheader-allowed-names=system:auth-proxy"},
        {"kube-apiserver", "--requestheader-client-ca-file=" TLS "request-header-ca.crt"},
        {"kube-apiserver", "--requestheader-extra-headers-prefix=X-Remote-Extra-"},
        {"kube-apiserver", "--requestheader-group-headers=X-Remote-Group"},
        {"kube-apiserver", "--requestheader-username-headers=X-Remote-User"},
        {"kube-apiserver", "--secure-port=6444"},
        {"kube-apiserver", "--service-account-issuer=https://kubernetes.default.svc.cluster.local"},
        {"kube-apiserver", "--service-account-key-file=" TLS "service.key"},
        {"kube-apiserver", "--service-account-signing-key-file=" TLS "service.current.key"},
        {"kube-apiserver", "--storage-backend=etcd3"},
        {"kube-apiserver", "--tls-cert-file=" TLS "serving-kube-apiserver.crt"},
        {"kube-apiserver", "--tls-private-key-file=" TLS "serving-kube-apiserver.key"},
        {"kube-controller-manager", "--allocate-node-cidrs=true"},
        {"kube-controller-manager", "--bind-address=127.0.0.1"},
        {"kube-controller-manager", "--cluster-signing-kube-apiserver-client-cert-file=" TLS "client-ca.nochain.crt"},
        {"kube-controller-manager", "--cluster-signing-kube-apiserver-client-key-file=" TLS "client-ca.key"},
        {"kube-controller-manager", "--cluster-signing-kubelet-client-cert-file=" TLS "client-ca.nochain.crt"},
        {"kube-controller-manager", "--cluster-signing-kubelet-client-key-file=" TLS "client-ca.key"},
        {"kube-controller-manager", "--cluster-signing-kubelet-serving-cert-file=" TLS "server-ca.nochain.crt"},
        {"kube-controller-manager", "--cluster-signing-kubelet-serving-key-file=" TLS "server-ca.key"},
        {"kube-controller-manager", "--kubeconfig=" CRED "controller.kubeconfig"},
        {"kube-controller-manager", "--profiling=false"},
        {"kube-controller-manager", "--root-ca-file=" TLS "server-ca.crt"},
        {"kube-controller-manager", "--secure-port=10257"},
        {"kube-controller-manager", "--service-account-private-key-file=" TLS "service.current.key"},
        {"kube-controller-manager", "--use-service-account-credentials=true"},
        {"kube-scheduler", "--bind-address=127.0.0.1"},
        {"kube-scheduler", "--kubeconfig=" CRED "scheduler.kubeconfig"},
        {"kube-scheduler", "--profiling=false"},
        {"kube-scheduler", "--secure-port=10259"},
        {"cloud-controller-manager", "--bind-address=127.0.0.1"},
        {"cloud-controller-manager", "--kubeconfig=" CRED "cloud-controller.kubeconfig"},
        {"cloud-controller-manager", "--profiling=false"},
        {"kube-proxy", "--healthz-bind-address=127.0.0.1"},
        {"kube-proxy", "--kubeconfig=" DATA "/agent/kubeproxy.kubeconfig"},
        {"kube-proxy", "--proxy-mode=iptables"},
        {"kubelet", "--config-dir=" DATA "/agent/etc/kubelet.conf.d"},
        {"kubelet", "--kubeconfig=" DATA "/agent/kubelet.kubeconfig"},
        {"kubelet", "--read-only-port=0"},
};
/* Before 1.32, when the kubelet had no --config-dir. */
static const char *const old_kubelet_args[] = {
        "--anonymous-auth=false", "--authentication-token-webhook=true", "--authorization-mode=Webhook",
        "--client-ca-file=" DATA "/agent/client-ca.crt", "--read-only-port=0",
        "--kubeconfig=" DATA "/agent/kubelet.kubeconfig", "--tls-cert-file=" DATA "/agent/serving-kubelet.crt",
        "--tls-private-key-file=" DATA "/agent/serving-kubelet.key", "--pod-manifest-path=" DATA "/agent/pod-manifests",
};

struct k3s {
        struct bw_finder *finder;
        const struct bw_found_process *process; /* NULL: does not run, or nobody can say */
        bool is_server;
        struct bw_str log;
        struct bw_str log_name;
        struct bw_str version;
        struct bw_arg_list extra[BW_ARRAY_SIZE(components)];
        bool off[BW_ARRAY_SIZE(components)];
        bool encrypts;
};

/* ---- the log */

/* "Starting k3s v1.32.4+k3s1 (6b330558)": the newest one. */
static struct bw_str version_of_log(struct bw_str log)
{
        static const struct bw_str start = {.p = "Starting k3s v", .n = sizeof("Starting k3s v") - 1};
        struct bw_str version = {0};
        size_t at;

        while ((at = bw_str_find(log, start)) != SIZE_MAX) {
                log = bw_str_rest(log, at + start.n);
                version = log;
                for (size_t i = 0; i < version.n; i++)
                        if (memchr(" \"\n", version.p[i], 3))
                                version.n = i;
        }
        return version;
}

static int read_log(struct k3s *k)
{
        static const char *const units[] = {"k3s", "k3s-agent"};
        /* Only what this run has written; the start of a process is known to a few seconds. */
        int64_t since = k->process && k->process->started > 10 ? k->process->started - 10 : 0;
        int r = -ENOENT;

        for (size_t i = 0; r < 0 && r != -ENOMEM && i < BW_ARRAY_SIZE(units); i++) {
                r = bw_host_journal(k->finder->host, k->finder->arena, units[i], since, &k->log, NULL);
                k->log_name = bw_find_printf(k->finder, "journal of %s", units[i]);
        }
        if (r < 0 && r != -ENOMEM) {
                k->log_name = BW_STR("/var/log/k3s.log"); /* where OpenRC's service writes to */
                r = bw_host_read(k->finder->host, k->finder->arena, "/var/log/k3s.log", BW_LIMIT_CONFIG_TEXT, &k->log, NULL);
        }
        if (r < 0)
                k->log = (struct bw_str){0};
        k->version = version_of_log(k->log);
        return r == -ENOMEM ? bw_error_nomem(k->finder->reterr) : 0;
}

/* ---- the configuration */

static void add_extra(struct k3s *k, struct bw_str option, struct bw_str value, const struct bw_evidence *where)
{
        struct bw_str arg = bw_str_starts(value, BW_STR("--")) ? value : bw_find_printf(k->finder, "--%.*s", BW_STR_ARG(value));

        for (size_t i = 0; i < BW_ARRAY_SIZE(components); i++) {
                if (bw_str_is(option, components[i].more))
                        bw_arg_list_add(&k->extra[i], arg, where);
                if (bw_str_is(option, components[i].off))
                        k->off[i] = !bw_str_is(value, "false");
        }
        if (bw_str_is(option, "secrets-encryption"))
                k->encrypts = !bw_str_is(value, "false");
}

static void clear_extra(struct k3s *k, struct bw_str option)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(components); i++)
                if (bw_str_is(option, components[i].more))
                        k->extra[i].n = 0;
}

/* A later file's value replaces an earlier one's, unless its key ends in "+". */
static void add_option(struct k3s *k, struct bw_str key, struct bw_value value, struct bw_mark mark, struct bw_str file)
{
        struct bw_evidence where = {.type = "file", .file = file, .line = mark.line, .column = mark.column};

        if (bw_str_ends(key, BW_STR("+")))
                key.n--;
        else
                clear_extra(k, key);
        if (value.type == BW_STRING)
                add_extra(k, key, bw_value_text(value), &where);
        else if (value.type == BW_BOOL)
                add_extra(k, key, value.b ? BW_STR("true") : BW_STR("false"), &where);
        for (uint32_t i = 0; value.type == BW_LIST && i < value.n; i++) {
                if (value.list->marks) {
                        where.line = value.list->marks[i].line;
                        where.column = value.list->marks[i].column;
                }
                if (value.list->items[i].type == BW_STRING)
                        add_extra(k, key, bw_value_text(value.list->items[i]), &where);
        }
}

static int read_config(struct k3s *k, struct bw_str file)
{
        struct bw_str text = {0};
        struct bw_doc doc;
        int state = 0;
        int r = bw_find_text(k->finder, file.p, &text, &state);

        if (r < 0 || state < 0)
                return r;
        r = bw_yaml_read(k->finder->arena, text, 1, false, &doc, NULL);
        if (r == -ENOMEM)
                return bw_error_nomem(k->finder->reterr);
        for (uint32_t i = 0; r == 0 && doc.root.type == BW_MAP && i < doc.root.n; i++) {
                const struct bw_map *map = doc.root.map;

                if (map->entries[i].key.type == BW_STRING)
                        add_option(k, bw_value_text(map->entries[i].key), map->entries[i].value,
                                   map->marks ? map->marks[2 * i + 1] : (struct bw_mark){0}, file);
        }
        return 0;
}

static int read_configs(struct k3s *k)
{
        bw_auto_done(bw_listing_done) struct bw_listing names = {0};
        int r = read_config(k, BW_STR("/etc/rancher/k3s/config.yaml"));

        if (r == 0 && bw_host_list(k->finder->host, "/etc/rancher/k3s/config.yaml.d", BW_LIMIT_INCLUDED_FILES, &names, NULL) ==
                              -ENOMEM)
                r = bw_error_nomem(k->finder->reterr);
        for (size_t i = 0; r == 0 && i < names.n_entries; i++) {
                struct bw_str name = bw_str(bw_listing_name(&names, i));

                if (bw_str_ends(name, BW_STR(".yaml")) || bw_str_ends(name, BW_STR(".yml")))
                        r = read_config(k, bw_find_printf(k->finder, "/etc/rancher/k3s/config.yaml.d/%s", name.p));
        }
        return r;
}

/* The unit's own command line: --kube-apiserver-arg=X or --kube-apiserver-arg X. */
static int read_unit(struct k3s *k)
{
        struct bw_node_component found = {0};
        const struct bw_word *words = NULL;
        struct bw_unit unit;
        struct bw_env env;
        size_t n = 0;
        int r = bw_find_unit(k->finder, k->is_server ? BW_STR("k3s.service") : BW_STR("k3s-agent.service"), &unit, &env, &found);

        if (r == 0 && bw_unit_command(&unit, 0, &env, &words, &n, NULL) == -ENOMEM)
                r = bw_error_nomem(k->finder->reterr);
        for (size_t i = 1; r == 0 && i < n; i++) {
                struct bw_evidence where = {.type = "flag", .file = words[i].file, .line = words[i].line};
                struct bw_str value = words[i].text;
                struct bw_str option;

                if (!bw_str_starts(value, BW_STR("--")))
                        continue;
                value = bw_str_rest(value, 2);
                if (memchr(value.p, '=', value.n)) {
                        bw_str_split(&value, '=', &option);
                } else {
                        option = value;
                        value = bw_str_ends(option, BW_STR("-arg")) && i + 1 < n ? words[i + 1].text : BW_STR("true");
                }
                add_extra(k, option, value, &where);
        }
        return r;
}

/* ---- components */

/* An argument of the user's replaces k3s's own of the same name; "name+=x" and "name-=x" add to it. */
static bool is_replaced(const struct bw_arg_list *extra, struct bw_str arg)
{
        struct bw_str name = {0};
        char z[128];

        bw_str_split(&arg, '=', &name);
        snprintf(z, sizeof(z), "%.*s", BW_STR_ARG(bw_str_rest(name, BW_MIN(2, name.n))));
        for (size_t i = 0; i < extra->n; i++)
                if (bw_arg_is(extra->items[i].text, z))
                        return true;
        return false;
}

static void add_own(struct bw_arg_list *list, const struct bw_arg_list *extra, const char *arg)
{
        struct bw_evidence where = {.type = "distribution"};

        if (!is_replaced(extra, bw_str(arg)))
                bw_arg_list_add(list, bw_str(arg), &where);
}

/* "--name+=x" as "--name=x". */
static struct bw_str without_sign(struct k3s *k, struct bw_str arg)
{
        const char *equals = memchr(arg.p, '=', arg.n);
        size_t n = equals ? (size_t)(equals - arg.p) : 0;

        if (n < 3 || (arg.p[n - 1] != '+' && arg.p[n - 1] != '-'))
                return arg;
        return bw_find_printf(k->finder, "%.*s%.*s", BW_STR_ARG(bw_str_n(arg.p, n - 1)), BW_STR_ARG(bw_str_rest(arg, n)));
}

static void from_config(struct k3s *k, size_t i, struct bw_arg_list *list)
{
        const struct bw_arg_list *extra = &k->extra[i];
        bool is_old = strcmp(components[i].component, "kubelet") == 0 &&
                      !bw_host_exists(k->finder->host, DATA "/agent/etc/kubelet.conf.d");

        for (size_t a = 0; !is_old && a < BW_ARRAY_SIZE(own_args); a++)
                if (strcmp(own_args[a].component, components[i].component) == 0)
                        add_own(list, extra, own_args[a].arg);
        for (size_t a = 0; is_old && a < BW_ARRAY_SIZE(old_kubelet_args); a++)
                add_own(list, extra, old_kubelet_args[a]);
        if (k->encrypts && strcmp(components[i].component, "kube-apiserver") == 0)
                add_own(list, extra, "--encryption-provider-config=" CRED "encryption-config.json");
        for (size_t a = 0; a < extra->n; a++)
                bw_arg_list_add(list, without_sign(k, extra->items[a].text), &extra->items[a].where);
}

static int add_component(struct k3s *k, const char *name, const char *basis, const struct bw_arg_list *list)
{
        struct bw_node_component c = {
                .input = {
                        .component = bw_str(name),
                        .basis = basis,
                        .running = k->process != NULL,
                        .pid = k->process ? k->process->pid : 0,
                        .uid = k->process ? k->process->uid : 0,
                        .exe = k->process ? k->process->exe : BW_STR(""),
                        .args = list->items,
                        .n_args = list->n,
                        .version = k->version,
                        .version_source = k->version.n ? k->log_name : BW_STR(""),
                },
        };

        if (list->failed)
                return bw_error_nomem(k->finder->reterr);
        return bw_add_component(k->finder, &c);
}

static int find_component(struct k3s *k, size_t i)
{
        struct bw_arg_list list = {.finder = k->finder};
        const struct bw_word *words = NULL;
        const char *basis = "journal";
        size_t n = 0;
        int r = bw_k3s_log_read(k->finder->arena, k->log_name, k->log, components[i].component, &words, &n, NULL);

        if (r == -ENOMEM)
                return bw_error_nomem(k->finder->reterr);
        for (size_t w = 0; r == 0 && w < n; w++)
                bw_arg_list_add_word(&list, &words[w], "flag");
        if (r < 0) {
                basis = "config";
                from_config(k, i, &list);
        }
        return add_component(k, components[i].component, basis, &list);
}

/* etcd runs inside k3s with the file that k3s writes for it; without it, data is in SQLite or elsewhere. */
static int find_etcd(struct k3s *k)
{
        static const char config[] = DATA "/server/db/etcd/config";
        struct bw_arg_list list = {.finder = k->finder};
        struct bw_evidence where = {.type = "file", .file = BW_STR(DATA "/server/db/etcd/config")};

        if (!bw_host_exists(k->finder->host, config))
                return 0;
        bw_arg_list_add(&list, BW_STR("--config-file=" DATA "/server/db/etcd/config"), &where);
        return add_component(k, "etcd", "config", &list);
}

int bw_find_k3s(struct bw_finder *finder)
{
        struct k3s k = {.finder = finder, .process = bw_found_program(finder, "k3s", 0)};
        int r;

        for (size_t i = 1; k.process && k.process->in_pod; i++) /* a cluster inside of the cluster is not this node's */
                k.process = bw_found_program(finder, "k3s", i);
        if (!k.process && !bw_host_exists(finder->host, DATA "/agent"))
                return 0;
        for (size_t i = 0; i < BW_ARRAY_SIZE(components); i++)
                k.extra[i].finder = finder;
        k.is_server = bw_host_exists(finder->host, DATA "/server/tls") ||
                      (k.process && bw_str_is(k.process->comm, "k3s-server"));
        r = read_log(&k);
        if (r == 0)
                r = read_configs(&k);
        if (r == 0)
                r = read_unit(&k);
        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(components); i++)
                if (!k.off[i] && (k.is_server || !components[i].of_server))
                        r = find_component(&k, i);
        return r == 0 && k.is_server ? find_etcd(&k) : r;
}
