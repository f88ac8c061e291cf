/* SPDX-License-Identifier: Apache-2.0 */
/* Kubeconfigs: which cluster and which user come out of files, flags and environment, and what is said when none does. */
#define BW_ALLOW_BANNED
#include "kube/config.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "format/base64.h"
#include "kube/config_internal.h"
#include "temptree.h"

static struct temp tree;

/* NAME=VALUE … of the row, %T for the test's folder */
static char row_env[8][256];
static const char *long_list; /* $KUBECONFIG in place of a row's */

static const char *test_env(const char *name)
{
        size_t n = strlen(name);

        if (long_list && strcmp(name, "KUBECONFIG") == 0)
                return long_list;
        for (size_t i = 0; i < BW_ARRAY_SIZE(row_env); i++)
                if (strncmp(row_env[i], name, n) == 0 && row_env[i][n] == '=')
                        return row_env[i] + n + 1;
        return NULL;
}

/* text with %T as the test's folder. */
static void expand(const char *text, char *to, size_t size)
{
        size_t n = 0;

        for (; *text && n + strlen(tree.path) + 1 < size; text++) {
                if (text[0] == '%' && text[1] == 'T') {
                        n += (size_t)snprintf(to + n, size - n, "%s", tree.path);
                        text++;
                } else {
                        to[n++] = *text;
                }
        }
        to[n] = '\0';
}

/* What is worth a look, without what has its usual value. */
static void put(struct bw_buf *out, const char *name, struct bw_str value)
{
        if (value.n)
                bw_buf_printf(out, " %s=%.*s", name, BW_STR_ARG(value));
}

static void render_exec(struct bw_buf *out, const struct bw_kube_exec *exec)
{
        static const char *const modes[] = {"IfAvailable", "Never", "Always"};

        put(out, "exec", exec->command);
        bw_buf_printf(out, " (%s)", modes[exec->interactive]);
        put(out, "api", exec->api_version);
        for (size_t i = 0; i < exec->n_args; i++)
                bw_buf_printf(out, " arg=%.*s", BW_STR_ARG(exec->args[i]));
        for (size_t i = 0; i < exec->n_env; i++)
                bw_buf_printf(out, " env=%.*s", BW_STR_ARG(exec->env[i]));
        put(out, "hint", exec->install_hint);
        put(out, "info", exec->cluster_info);
}

static void render(struct bw_buf *out, const struct bw_kube_config *c)
{
        bw_buf_str(out, c->server);
        put(out, "tls-name", c->tls_server_name);
        put(out, "insecure", c->insecure ? BW_STR("yes") : (struct bw_str){0});
        put(out, "ca", c->ca_pem.n ? BW_STR("yes") : (struct bw_str){0});
        put(out, "cert", c->cert_pem.n ? BW_STR("yes") : (struct bw_str){0});
        put(out, "key", c->key_pem.n ? BW_STR("yes") : (struct bw_str){0});
        put(out, "token", c->token);
        put(out, "token-file", c->token_file);
        if (c->has_exec)
                render_exec(out, &c->exec);
        put(out, "proxy", c->proxy_url);
        put(out, "plain", c->no_compression ? BW_STR("yes") : (struct bw_str){0});
        put(out, "as", c->as_user);
        put(out, "uid", c->as_uid);
        for (size_t i = 0; i < c->n_as_groups; i++)
                put(out, "group", c->as_groups[i]);
        for (size_t i = 0; i < c->n_as_extra; i++)
                bw_buf_printf(out, " extra:%.*s=%.*s", BW_STR_ARG(c->as_extra[i].key), BW_STR_ARG(c->as_extra[i].value));
        bw_buf_printf(out, " ns=%.*s%s", BW_STR_ARG(c->ns), c->ns_is_given ? "!" : "");
        put(out, "context", c->context);
        put(out, "cluster", c->cluster);
        put(out, "user", c->user);
        put(out, "from", c->from);
        for (size_t i = 0; i < c->n_warnings; i++)
                bw_buf_printf(out, " warning: %.*s", BW_STR_ARG(c->warnings[i]));
}

#define HEAD "apiVersion: v1\nkind: Config\n"
/* Two clusters, two users, three contexts. */
#define BASIC                                                                                      \
        HEAD "current-context: a\n"                                                                \
             "clusters:\n"                                                                         \
             "- {name: one, cluster: {server: 'https://one:6443'}}\n"                              \
             "- {name: two, cluster: {server: 'https://two:6443/base/', tls-server-name: kubernetes}}\n" \
             "users:\n"                                                                            \
             "- {name: ann, user: {token: anns}}\n"                                                \
             "- {name: bob, user: {tokenFile: tokens/bob}}\n"                                      \
             "contexts:\n"                                                                         \
             "- {name: a, context: {cluster: one, user: ann}}\n"                                   \
             "- {name: b, context: {cluster: two, user: bob, namespace: shop}}\n"                  \
             "- {name: none, context: {cluster: one}}\n"
#define CLUSTER(fields) HEAD "current-context: c\nclusters:\n- name: k\n  cluster: {" fields "}\n"    \
                             "contexts: [{name: c, context: {cluster: k, user: u}}]\n"             \
                             "users: [{name: u, user: {}}]\n"
#define USER(fields) HEAD "current-context: c\nclusters: [{name: k, cluster: {server: 'https://k'}}]\n" \
                          "contexts: [{name: c, context: {cluster: k, user: u}}]\n"                \
                          "users:\n- name: u\n  user: {" fields "}\n"
#define EXEC(fields) USER("exec: {apiVersion: client.authentication.k8s.io/v1, command: get-token, interactiveMode: Never, " fields "}")
#define ONE(text) .files = {{"config", text}}, .env = "KUBECONFIG=%T/config"
#define F(name, text) .name = {.p = text, .n = sizeof(text) - 1}

static const struct row {
        const char *what;
        const char *files[3][2];
        const char *env;
        struct bw_kube_flags flags;
        const char *expect;
} rows[] = {
        /* ---- which file */
        {"the current context", ONE(BASIC), .expect = "https://one:6443 token=anns ns=default context=a cluster=one user=ann from=%T/config"},
        {"HOME", {{".kube/config", BASIC}}, "HOME=%T", .expect = "https://one:6443 token=anns ns=default context=a cluster=one user=ann from=%T/.kube/config"},
        {"KUBECONFIG goes before HOME", {{".kube/config", "}"}, {"config", BASIC}}, "HOME=%T KUBECONFIG=%T/config",
         .expect = "https://one:6443 token=anns ns=default context=a cluster=one user=ann from=%T/config"},
        {"an empty KUBECONFIG is none", {{".kube/config", BASIC}}, "HOME=%T KUBECONFIG=",
         .expect = "https://one:6443 token=anns ns=default context=a cluster=one user=ann from=%T/.kube/config"},
        {"--kubeconfig alone", {{"config", "}"}, {"other", BASIC}}, "KUBECONFIG=%T/config", {F(kubeconfig, "%T/other")},
         "https://one:6443 token=anns ns=default context=a cluster=one user=ann from=%T/other"},
        {"--kubeconfig has to be there", {{"config", BASIC}}, "KUBECONFIG=%T/config", {F(kubeconfig, "%T/none")}, "%T/none: does not exist"},
        {"a folder", {{"config/x", ""}}, "KUBECONFIG=%T/config", .expect = "%T/config: is a directory"},
        {"nothing at all", .expect = "nothing says where a cluster is: there is no $KUBECONFIG, no ~/.kube/config, and this is no pod: give "
                                     "--kubeconfig FILE or --server URL"},
        {"only files that are missing", .env = "KUBECONFIG=%T/x:%T/y",
         .expect = "nothing says where a cluster is: of the files that $KUBECONFIG names (%T/x:%T/y) none is there, and this is no pod: give "
                   "--kubeconfig FILE or --server URL"},
        {"a server will do", .flags = {F(server, "https://h:1"), F(ns, "n")}, .expect = "https://h:1 ns=n!"},
        {"$KUBERNETES_MASTER will do", .env = "KUBERNETES_MASTER=https://h:1", .expect = "https://h:1 ns=default"},
        {"$KUBERNETES_MASTER stands behind", ONE(BASIC), .expect = "https://one:6443 token=anns ns=default context=a cluster=one user=ann from=%T/config"},
        /* ---- merging */
        {"the first of a name is used, as a whole",
         {{"config", HEAD "clusters: [{name: k, cluster: {server: 'https://first'}}]\nusers: [{name: u, user: {token: first}}]\n"},
          {"other", HEAD "current-context: c\nclusters: [{name: k, cluster: {server: 'https://second', tls-server-name: second}}]\n"
                         "users: [{name: u, user: {token: second, as: x}}, {name: v, user: {token: v}}]\n"
                         "contexts: [{name: c, context: {cluster: k, user: u}}]\n"}},
         "KUBECONFIG=%T/config:%T/other",
         .expect = "https://first token=first ns=default context=c cluster=k user=u from=%T/config"},
        {"the first current-context is used",
         {{"config", HEAD "current-context: b\n"}, {"other", BASIC}}, "KUBECONFIG=:%T/config:%T/other:%T/config",
         .expect = "https://two:6443/base tls-name=kubernetes token-file=%T/tokens/bob ns=shop context=b cluster=two user=bob from=%T/other"},
        {"a missing one is told", {{"config", BASIC}}, "KUBECONFIG=%T/none:%T/config",
         .expect = "https://one:6443 token=anns ns=default context=a cluster=one user=ann from=%T/config warning: %T/none, which "
                   "$KUBECONFIG names, does not exist"},
        {"a broken one is not passed over", {{"config", BASIC}, {"other", "clusters: {}\n"}}, "KUBECONFIG=%T/config:%T/other",
         .expect = "%T/other:1:11: clusters: must be a list, and is a map"},
        {"empty ones say nothing", {{"config", ""}, {"other", "# nothing\n"}, {"third", BASIC}}, "KUBECONFIG=%T/config:%T/other:%T/third",
         .expect = "https://one:6443 token=anns ns=default context=a cluster=one user=ann from=%T/third"},
        /* ---- which context, cluster, user */
        {"--context", ONE(BASIC), {F(context, "b")},
         "https://two:6443/base tls-name=kubernetes token-file=%T/tokens/bob ns=shop context=b cluster=two user=bob from=%T/config"},
        {"--cluster-name and --user", ONE(BASIC), {F(cluster, "two"), F(user, "ann"), F(context, "b")},
         "https://two:6443/base tls-name=kubernetes token=anns ns=shop context=b cluster=two user=ann from=%T/config"},
        {"nobody", ONE(BASIC), {F(context, "none")}, "https://one:6443 ns=default context=none cluster=one from=%T/config"},
        {"no such context", ONE(BASIC), {F(context, "x")}, "context \"x\" is not in the kubeconfig; there are: a, b, none"},
        {"no such cluster", ONE(BASIC), {F(cluster, "x")}, "cluster \"x\" is not in the kubeconfig; there are: one, two"},
        {"no such user", ONE(BASIC), {F(user, "x")}, "user \"x\" is not in the kubeconfig; there are: ann, bob"},
        {"no such current context", ONE(HEAD "current-context: x\n"), .expect = "the current context \"x\" is not in the kubeconfig; there are: none"},
        {"no current context", ONE(HEAD "contexts: [{name: a, context: {}}]\n"), .expect = "%T/config has no current-context: give --context NAME; there are: a"},
        {"a context without cluster", ONE(HEAD "current-context: a\ncontexts: [{name: a, context: {user: u}}]\nusers: [{name: u}]\n"),
         .expect = "context \"a\" names no cluster: give --cluster-name or --server"},
        {"a cluster that is not there", ONE(HEAD "current-context: a\ncontexts:\n- name: a\n  context:\n    user: u\n    cluster: k\n"),
         .expect = "%T/config:8:14: context \"a\" names cluster \"k\", which is not there; there are: none"},
        {"a user that is not there",
         ONE(HEAD "current-context: a\nclusters: [{name: k}]\ncontexts:\n- name: a\n  context:\n    user: u\n    cluster: k\n"),
         .expect = "%T/config:8:11: context \"a\" names user \"u\", which is not there; there are: none"},
        /* ---- clusters */
        {"no server", ONE(CLUSTER("tls-server-name: x")), .expect = "%T/config:6:12: cluster \"k\" has no server"},
        {"--server has no name from the kubeconfig", ONE(BASIC), {F(context, "b"), F(server, "https://three")},
         "https://three token-file=%T/tokens/bob ns=shop context=b cluster=two user=bob from=%T/config"},
        {"--tls-server-name", ONE(BASIC), {F(context, "b"), F(server, "https://three"), F(tls_server_name, "n")},
         "https://three tls-name=n token-file=%T/tokens/bob ns=shop context=b cluster=two user=bob from=%T/config"},
        {"proxy and compression", ONE(CLUSTER("server: 'https://k:6443', proxy-url: 'socks5://u:p@localhost:1080', disable-compression: true")),
         .expect = "https://k:6443 proxy=socks5://u:p@localhost:1080 plain=yes ns=default context=c cluster=k user=u from=%T/config"},
        {"--proxy-url", ONE(CLUSTER("server: 'https://k:6443', proxy-url: 'socks5://localhost:1080'")), {F(proxy_url, "HTTP://p:3128")},
         "https://k:6443 proxy=http://p:3128 ns=default context=c cluster=k user=u from=%T/config"},
        {"a proxy that is none", ONE(CLUSTER("server: 'https://k:6443', proxy-url: 'ftp://s3cret@p'")),
         .expect = "%T/config:6:50: proxy-url of \"k\": the URL's scheme is none of https, http, socks5"},
        {"a proxy without scheme", .flags = {F(server, "https://h"), F(proxy_url, "p:1")},
         .expect = "--proxy-url: the URL has no scheme: http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT is wanted"},
        {"insecure", ONE(CLUSTER("server: 'https://k', insecure-skip-tls-verify: true")),
         .expect = "https://k insecure=yes ns=default context=c cluster=k user=u from=%T/config"},
        {"insecure and trusting", ONE(CLUSTER("server: 'https://k', insecure-skip-tls-verify: true, certificate-authority: ca.crt")),
         .expect = "%T/config:6:60: \"k\" has a certificate authority and insecure-skip-tls-verify, which contradict each other: remove "
                   "insecure-skip-tls-verify"},
        {"the flag goes before the CA", ONE(CLUSTER("server: 'https://k', certificate-authority: ca.crt")), {.insecure = true},
         "https://k insecure=yes ns=default context=c cluster=k user=u from=%T/config"},
        {"both flags", .flags = {F(server, "https://h"), .insecure = true, F(ca_file, "ca.crt")},
         .expect = "--certificate-authority and --insecure-skip-tls-verify contradict each other: give one"},
        {"a CA that is not there", ONE(CLUSTER("server: 'https://k', certificate-authority: pki/../ca.crt")),
         .expect = "%T/ca.crt: certificate-authority of \"k\": does not exist"},
        {"a CA that is none", {{"config", CLUSTER("server: 'https://k', certificate-authority: config")}}, "KUBECONFIG=%T/config",
         .expect = "cluster \"k\": the certificate authority is none: PEM with a CERTIFICATE is wanted"},
        {"CA data that is none", ONE(CLUSTER("server: 'https://k', certificate-authority-data: '?'")),
         .expect = "%T/config:6:62: clusters[0].cluster.certificate-authority-data: not base64: it has characters that are none of its alphabet"},
        /* ---- servers */
        {"a host alone", ONE(CLUSTER("server: 'k:8080'")),
         .expect = "http://k:8080 ns=default context=c cluster=k user=u from=%T/config warning: http://k:8080 is asked without TLS: anybody in "
                   "between reads and changes what it says"},
        {"a host alone, with TLS", ONE(CLUSTER("server: 'k:6443', insecure-skip-tls-verify: true")),
         .expect = "https://k:6443 insecure=yes ns=default context=c cluster=k user=u from=%T/config"},
        {"no credentials without TLS", ONE(BASIC), {F(server, "http://localhost:8001/")},
         "http://localhost:8001 ns=default context=a cluster=one user=ann from=%T/config warning: http://localhost:8001 is asked without TLS: "
         "anybody in between reads and changes what it says; no credentials are sent there"},
        {"query and capitals", .flags = {F(server, "HTTPS://K/a/?x=1#y")}, .expect = "https://K/a ns=default"},
        {"IPv6", .flags = {F(server, "https://[::1]:6443")}, .expect = "https://[::1]:6443 ns=default"},
        {"a user in the URL", ONE(CLUSTER("server: 'https://admin:s3cret@k'")),
         .expect = "%T/config:6:21: server of \"k\": the URL has a user in it: that is basic authentication, which Kubernetes no longer has "
                   "(since 1.19)"},
        {"no http", .flags = {F(server, "unix:///run/x")}, .expect = "--server: the URL's scheme is none of https, http, socks5"},
        {"no scheme at all", .flags = {F(server, "htt#ps://x/y")}, .expect = "http://htt ns=default warning: http://htt is asked without TLS: anybody in "
                                                                            "between reads and changes what it says"},
        {"a proxy's scheme", .flags = {F(server, "socks5://x")}, .expect = "--server: the URL's scheme is \"socks5\": https://HOST:PORT is wanted"},
        /* ---- users */
        {"a token that is read again goes with one", ONE(USER("token: a, tokenFile: /t")),
         .expect = "https://k token=a token-file=/t ns=default context=c cluster=k user=u from=%T/config"},
        {"a token file that is not there", ONE(USER("tokenFile: none")), .expect = "%T/none: token file: does not exist"},
        {"--token-file goes before all", {{"config", USER("token: a, exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: x}")}, {"t", "x"}},
         "KUBECONFIG=%T/config", {F(token_file, "%T/t")}, "https://k token-file=%T/t ns=default context=c cluster=k user=u from=%T/config"},
        {"a token of two lines", ONE(USER("token: \"a\\nX-Evil: b\"")),
         .expect = "%T/config:8:17: token of \"u\" has a control character in it, such as the end of a line"},
        {"a token that is a number", ONE(USER("token: 12345")), .expect = "%T/config:8:17: users[0].user.token: must be a text, and is a number: put it in quotes"},
        {"a password", ONE(USER("username: admin, password: s3cret")),
         .expect = "%T/config:8:37: user \"u\" has a password: Kubernetes no longer has basic authentication (since 1.19); use a client "
                   "certificate, a token or an exec plugin, and remove username and password"},
        {"an auth-provider", ONE(USER("auth-provider: {name: gcp, config: {access-token: s3cret}}")),
         .expect = "%T/config:8:25: user \"u\" has the auth-provider \"gcp\"; exec plugins came in place of auth-providers: use "
                   "gke-gcloud-auth-plugin (gcloud components install gke-gcloud-auth-plugin, then gcloud container clusters get-credentials "
                   "CLUSTER)"},
        {"another auth-provider", ONE(USER("auth-provider: {name: x}")),
         .expect = "%T/config:8:25: user \"u\" has the auth-provider \"x\"; auth-providers are not supported: use an exec plugin"},
        {"a certificate without key", ONE(USER("client-certificate: c.crt")),
         .expect = "user \"u\" has a client certificate and no key: client-key or client-key-data is missing"},
        {"a key without certificate", ONE(USER("client-key: c.key, token: t")),
         .expect = "https://k token=t ns=default context=c cluster=k user=u from=%T/config"},
        {"--client-key alone", .flags = {F(server, "https://k"), F(key_file, "k")},
         .expect = "--client-key is given, and no certificate: give --client-certificate as well"},
        {"somebody else", ONE(USER("token: t, as: x, as-uid: '7', as-groups: [g, h], as-user-extra: {reason: [a, b], z: [c]}")),
         .expect = "https://k token=t as=x uid=7 group=g group=h extra:reason=a extra:reason=b extra:z=c ns=default context=c cluster=k user=u "
                   "from=%T/config"},
        {"--as", ONE(USER("token: t, as: x, as-groups: [g]")),
         {F(as_user, "y"), F(as_uid, "8"), .as_groups = (const struct bw_str[]){{"i", 1}, {"j", 1}}, .n_as_groups = 2},
         "https://k token=t as=y uid=8 group=i group=j ns=default context=c cluster=k user=u from=%T/config"},
        {"groups of nobody", ONE(USER("token: t, as-groups: [g]")),
         .expect = "a UID, groups or extra values to act with are given, and no user to act as: give --as USER as well"},
        {"a header in a group", ONE(USER("token: t, as: x, as-groups: [\"g\\nX: y\"]")),
         .expect = "a group or extra value to act with has a control character in it, or no name"},
        /* ---- exec plugins */
        {"a plugin", ONE(EXEC("args: [a, '', 'b c'], env: [{name: X, value: 'y=z'}, {name: E}], installHint: get it")),
         .expect = "https://k exec=get-token (Never) api=client.authentication.k8s.io/v1 arg=a arg= arg=b c env=X=y=z env=E= hint=get it "
                   "ns=default context=c cluster=k user=u from=%T/config"},
        {"a plugin beside the kubeconfig", ONE(USER("exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: bin/.././plugins//x}")),
         .expect = "https://k exec=%T/plugins/x (IfAvailable) api=client.authentication.k8s.io/v1beta1 ns=default context=c cluster=k user=u "
                   "from=%T/config"},
        {"a plugin by an absolute path", ONE(USER("exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: /bin/x, interactiveMode: Always}")),
         .expect = "https://k exec=/bin/x (Always) api=client.authentication.k8s.io/v1beta1 ns=default context=c cluster=k user=u from=%T/config"},
        {"a token goes before a plugin",
         ONE(USER("token: t, exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: x}")),
         .expect = "https://k token=t ns=default context=c cluster=k user=u from=%T/config"},
        {"what it is told", ONE(HEAD "current-context: c\n"
                                     "clusters:\n- name: k\n  cluster:\n    server: https://k:6443/p/\n    tls-server-name: kn\n    disable-compression: true\n"
                                     "    extensions:\n    - {name: x, extension: 1}\n    - {name: client.authentication.k8s.io/exec, extension: {a: [1, \"q\"]}}\n"
                                     "contexts: [{name: c, context: {cluster: k, user: u}}]\n"
                                     "users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: IfAvailable, "
                                     "provideClusterInfo: true}}}]\n"),
         .expect = "https://k:6443/p tls-name=kn exec=x (IfAvailable) api=client.authentication.k8s.io/v1 "
                   "info={\"server\":\"https://k:6443/p\",\"tls-server-name\":\"kn\",\"disable-compression\":true,\"config\":{\"a\":[1,\"q\"]}} plain=yes "
                   "ns=default context=c cluster=k user=u from=%T/config"},
        {"v1alpha1", ONE(USER("exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}")),
         .expect = "%T/config:8:16: the exec plugin of user \"u\" speaks client.authentication.k8s.io/v1alpha1, which clients gave up with "
                   "Kubernetes 1.24: set v1beta1 or v1, with a plugin that knows it"},
        {"no version", ONE(USER("exec: {command: x}")),
         .expect = "%T/config:8:16: the exec plugin of user \"u\" has no apiVersion: it is client.authentication.k8s.io/v1 or v1beta1"},
        {"no command", ONE(USER("exec: {apiVersion: client.authentication.k8s.io/v1}")),
         .expect = "%T/config:8:16: the exec plugin of user \"u\" has no command"},
        {"no mode", ONE(USER("exec: {apiVersion: client.authentication.k8s.io/v1, command: x}")),
         .expect = "%T/config:8:16: the exec plugin of user \"u\" has no interactiveMode: v1 needs one of Never, IfAvailable, Always"},
        {"no such mode", ONE(USER("exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: x, interactiveMode: never}")),
         .expect = "%T/config:8:16: the exec plugin of user \"u\" has the interactiveMode \"never\": it is one of Never, IfAvailable, Always"},
        {"a variable without name", ONE(EXEC("env: [{name: a}, {value: b}]")),
         .expect = "%T/config:8:16: the exec plugin of user \"u\" has a variable without a name: env[1]"},
        /* ---- namespaces */
        {"-n", ONE(BASIC), {F(context, "b"), F(ns, "other")},
         "https://two:6443/base tls-name=kubernetes token-file=%T/tokens/bob ns=other! context=b cluster=two user=bob from=%T/config"},
        {"no name of a namespace", ONE(BASIC), {F(ns, "../x")}, "\"../x\" is no name of a namespace"},
        {"no name of a namespace in a context", ONE(HEAD "current-context: a\nclusters: [{name: k, cluster: {server: 'https://k'}}]\n"
                                                         "contexts: [{name: a, context: {cluster: k, namespace: Shop}}]\n"),
         .expect = "%T/config:5:55: \"Shop\", the namespace of context \"a\", is no name of a namespace"},
        /* ---- the form */
        {"JSON", ONE("{\"kind\":\"Config\",\"apiVersion\":\"v1\",\"current-context\":\"c\",\t\"clusters\":[{\"name\":\"k\",\"cluster\":{\"server\":\"https://k\"}}],\n"
                     "\"users\":[{\"name\":\"u\",\"user\":{\"token\":\"t\"}}],\"contexts\":[{\"name\":\"c\",\"context\":{\"cluster\":\"k\",\"user\":\"u\"}}]}\n"),
         .expect = "https://k token=t ns=default context=c cluster=k user=u from=%T/config"},
        {"JSON has places, too", ONE("{\"users\":[\n  {\"name\":\"u\",\"user\":{\"token\":5}}]}"),
         .expect = "%T/config:2:31: users[0].user.token: must be a text, and is a number: put it in quotes"},
        {"what looks like JSON", ONE("{current-context: c, clusters: [{name: k, cluster: {server: 'https://k'}}], contexts: [{name: c, context: {cluster: k}}]}"),
         .expect = "https://k ns=default context=c cluster=k from=%T/config"},
        {"no kind is fine", ONE("current-context: c\nclusters: [{name: k, cluster: {server: 'https://k'}}]\ncontexts: [{name: c, context: {cluster: k}}]\nx: 1\n"),
         .expect = "https://k ns=default context=c cluster=k from=%T/config"},
        {"nulls are fine", ONE("current-context: c\npreferences: null\nusers: null\nclusters: [null, {name: k, cluster: {server: 'https://k', proxy-url: ~}}]\n"
                               "contexts: [{name: c, context: {cluster: k, user: }}]\n"),
         .expect = "https://k ns=default context=c cluster=k from=%T/config"},
        {"another kind", ONE("apiVersion: v1\nkind: Pod\n"), .expect = "%T/config:2:7: kind: is \"Pod\": this is no kubeconfig, whose kind is Config"},
        {"another version", ONE("apiVersion: v2\nkind: Config\n"), .expect = "%T/config:1:13: apiVersion: is \"v2\": kubeconfigs are v1"},
        {"no map", ONE("- a\n"), .expect = "%T/config:1:1: must be a map, and is a list"},
        {"no YAML", ONE("a: b: c\n"), .expect = "%T/config:1:5: no kubeconfig: mapping values are not allowed in this context"},
        {"twice the same name", ONE(HEAD "users:\n- {name: u}\n- {name: v}\n- {name: u}\n"),
         .expect = "%T/config:6:10: users[2].name: there are two entries with the name \"u\""},
        {"wrong types", ONE(HEAD "clusters:\n- name: k\n  cluster:\n    insecure-skip-tls-verify: 'true'\n"),
         .expect = "%T/config:6:31: clusters[0].cluster.insecure-skip-tls-verify: must be true or false, and is a text"},
        {"wrong types in lists", ONE(USER("exec: {args: [a, 1]}")), .expect = "%T/config:8:27: users[0].user.exec.args[1]: must be a text, and is a number: put it in quotes"},
        {"wrong types in maps", ONE(USER("as-user-extra: {a: b}")), .expect = "%T/config:8:29: users[0].user.as-user-extra.a: must be a list of texts, and is a text"},
        {"a zero byte", ONE(USER("tokenFile: \"/etc/passwd\\0.txt\"")), .expect = "%T/config:8:21: users[0].user.tokenFile: has a zero byte in it"},
        /* ---- in a pod */
        {"in a pod", {{"sa/token", "pods\n"}, {"sa/namespace", "shop\n"}}, "KUBERNETES_SERVICE_HOST=10.0.0.1 KUBERNETES_SERVICE_PORT=443 HOME=%T",
         .expect = "https://10.0.0.1:443 token-file=%T/sa/token ns=shop from=the pod's service account"},
        {"in a pod, with IPv6", {{"sa/token", "pods\n"}}, "KUBERNETES_SERVICE_HOST=fd00::1 KUBERNETES_SERVICE_PORT=443 POD_NAMESPACE=p",
         .expect = "https://[fd00::1]:443 token-file=%T/sa/token ns=p from=the pod's service account"},
        {"a kubeconfig goes before the pod", {{"sa/token", "pods\n"}, {"config", BASIC}, {"sa/namespace", "shop"}},
         "KUBERNETES_SERVICE_HOST=10.0.0.1 KUBERNETES_SERVICE_PORT=443 KUBECONFIG=%T/config",
         .expect = "https://one:6443 token=anns ns=shop context=a cluster=one user=ann from=%T/config"},
        {"a kubeconfig without cluster does not", {{"sa/token", "pods\n"}, {"config", HEAD "current-context: a\ncontexts: [{name: a, context: {user: u}}]\n"
                                                                                   "users: [{name: u, user: {token: t}}]\n"}},
         "KUBERNETES_SERVICE_HOST=10.0.0.1 KUBERNETES_SERVICE_PORT=443 KUBERNETES_MASTER=https://m KUBECONFIG=%T/config", {F(as_user, "x")},
         "https://10.0.0.1:443 token-file=%T/sa/token as=x ns=default from=the pod's service account"},
        {"no pod without a token", .env = "KUBERNETES_SERVICE_HOST=10.0.0.1 KUBERNETES_SERVICE_PORT=443",
         .expect = "nothing says where a cluster is: there is no $KUBECONFIG, no ~/.kube/config, and this is no pod: give --kubeconfig FILE or "
                   "--server URL"},
        {"a wrong port", {{"sa/token", "t"}}, "KUBERNETES_SERVICE_HOST=h KUBERNETES_SERVICE_PORT=tcp://1",
         .expect = "$KUBERNETES_SERVICE_HOST with $KUBERNETES_SERVICE_PORT: the URL's port is not a number from 1 to 65535"},
        {"flags in a pod", {{"sa/token", "pods\n"}, {"t", "x"}}, "KUBERNETES_SERVICE_HOST=h KUBERNETES_SERVICE_PORT=1", {F(token_file, "%T/t"), .insecure = true},
         "https://h:1 insecure=yes token-file=%T/t ns=default from=the pod's service account"},
};

static void make_files(const struct row *row)
{
        temp_file(&tree, "tokens/bob", "bobs\n");
        for (size_t i = 0; i < BW_ARRAY_SIZE(row->files) && row->files[i][0]; i++) {
                temp_file(&tree, row->files[i][0], row->files[i][1]);
                assert_int_equal(chmod(temp_path(&tree, row->files[i][0]), 0600), 0);
        }
}

static void set_env(const char *text)
{
        struct bw_str rest = bw_str(text);
        struct bw_str part;
        size_t n = 0;

        memset(row_env, 0, sizeof(row_env));
        while (bw_str_split(&rest, ' ', &part)) {
                char one[256];

                assert_true(part.n < sizeof(one) && n < BW_ARRAY_SIZE(row_env));
                (void)snprintf(one, sizeof(one), "%.*s", BW_STR_ARG(part));
                expand(one, row_env[n], sizeof(row_env[n]));
                n++;
        }
}

static struct bw_str expand_flag(struct bw_str flag, char *to, size_t size)
{
        if (!flag.n)
                return flag;
        expand(flag.p, to, size);
        return bw_str(to);
}

/* False: told what is wrong. */
static bool run_row(const struct row *row)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        bw_auto(bw_kube_config_free) struct bw_kube_config *config = NULL;
        struct bw_kube_flags flags = row->flags;
        struct bw_error err = {0};
        char paths[2][256];
        char account[256];
        char expect[2048];
        char text[2048];
        int r;

        temp_begin(&tree);
        make_files(row);
        set_env(row->env);
        expand("%T/sa", account, sizeof(account));
        expand(row->expect, expect, sizeof(expect));
        flags.kubeconfig = expand_flag(flags.kubeconfig, paths[0], sizeof(paths[0]));
        flags.token_file = expand_flag(flags.token_file, paths[1], sizeof(paths[1]));
        r = bw_kube_config_load_in(&flags, test_env, account, &config, &err);
        if (r < 0) {
                assert_int_equal(r, err.code);
                bw_buf_puts(&out, bw_error_format(&err, text, sizeof(text)));
        } else {
                render(&out, config);
        }
        temp_end(&tree);
        if (bw_str_is(bw_buf_view(&out), expect) && !strstr(out.p, "s3cret"))
                return true;
        print_error("%s:\n  %s\nis not\n  %s\n", row->what, out.p, expect);
        return false;
}

static void test_rows(void **state)
{
        size_t wrong = 0;

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++)
                wrong += !run_row(&rows[i]);
        assert_int_equal(wrong, 0);
}

/* ---- certificates and keys */

/* A key and a certificate for it, signed by itself, as PEM. */
static void make_pair(const char *cert, const char *key)
{
        EVP_PKEY *pkey = EVP_EC_gen("P-256");
        X509 *x = X509_new();
        FILE *f;

        assert_true(pkey && x);
        assert_int_equal(X509_set_version(x, 2), 1);
        assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), 1), 1);
        assert_non_null(X509_gmtime_adj(X509_getm_notBefore(x), 0));
        assert_non_null(X509_gmtime_adj(X509_getm_notAfter(x), 3600));
        assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)"ann", -1, -1, 0), 1);
        assert_int_equal(X509_set_issuer_name(x, X509_get_subject_name(x)), 1);
        assert_int_equal(X509_set_pubkey(x, pkey), 1);
        assert_true(X509_sign(x, pkey, EVP_sha256()) > 0);
        f = fopen(temp_path(&tree, cert), "we");
        assert_non_null(f);
        assert_int_equal(PEM_write_X509(f, x), 1);
        assert_int_equal(fclose(f), 0);
        f = fopen(temp_path(&tree, key), "we");
        assert_non_null(f);
        assert_int_equal(PEM_write_PrivateKey(f, pkey, NULL, NULL, 0, NULL, NULL), 1);
        assert_int_equal(fclose(f), 0);
        assert_int_equal(chmod(temp_path(&tree, key), 0600), 0);
        X509_free(x);
        EVP_PKEY_free(pkey);
}

/* The file's bytes in base64, for a kubeconfig. */
static struct bw_str in_base64(struct bw_arena *arena, const char *name)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_str bytes;

        assert_ok(bw_kube_read_file(arena, bw_str(temp_path(&tree, name)), 100000, &bytes, NULL, NULL));
        bw_base64_encode(&text, bytes);
        return bw_arena_str(arena, bw_buf_view(&text));
}

static void copy_file(struct bw_arena *arena, const char *from, const char *to)
{
        struct bw_str bytes;

        assert_ok(bw_kube_read_file(arena, bw_str(temp_path(&tree, from)), 100000, &bytes, NULL, NULL));
        temp_file(&tree, to, bw_arena_str(arena, bytes).p);
}

static void test_pairs(void **state)
{
        static const struct {
                const char *fields;     /* %s: a's certificate, a's key, b's key, in base64 */
                struct bw_kube_flags flags;
                const char *expect;
        } cases[] = {
                {"client-certificate: a.crt, client-key: a.key",
                 .expect = "https://k ca=yes cert=yes key=yes ns=default context=c cluster=k user=u from=%T/config"},
                {"client-certificate-data: %1, client-key-data: %2",
                 .expect = "https://k ca=yes cert=yes key=yes ns=default context=c cluster=k user=u from=%T/config"},
                {"client-certificate-data: %1, client-key: a.key",
                 .expect = "https://k ca=yes cert=yes key=yes ns=default context=c cluster=k user=u from=%T/config"},
                {"client-certificate-data: %1, client-certificate: none, client-key-data: %2, client-key: none",
                 .expect = "https://k ca=yes cert=yes key=yes ns=default context=c cluster=k user=u from=%T/config warning: %T/config: \"u\" has both "
                           "client-certificate-data and client-certificate: the data is used (kubectl refuses this: remove one) warning: %T/config: "
                           "\"u\" has both client-key-data and client-key: the data is used (kubectl refuses this: remove one)"},
                {"client-certificate: a.crt, client-key: b.key", .expect = "user \"u\": the client key is not that of the client certificate"},
                {"client-certificate-data: %1, client-key-data: %3", .expect = "user \"u\": the client key is not that of the client certificate"},
                {"client-certificate: a.key, client-key: a.key",
                 .expect = "user \"u\": the client certificate is none: PEM with a CERTIFICATE is wanted"},
                {"client-certificate: a.crt, client-key: a.crt", .expect = "user \"u\": the client key is none: PEM with a PRIVATE KEY is wanted"},
                {"client-certificate: a.crt, client-key: none", .expect = "%T/none: client-key of \"u\": does not exist"},
                {"client-certificate: a.crt, client-key: empty", .expect = "%T/empty: client-key of \"u\": is empty"},
                {"client-certificate: a.crt, client-key: open.key",
                 .expect = "https://k ca=yes cert=yes key=yes ns=default context=c cluster=k user=u from=%T/config warning: %T/open.key can be read by "
                           "everybody on this machine: chmod 600"},
                {"client-certificate: a.crt, client-key: locked.key",
                 .expect = "user \"u\": the client key is encrypted: no client of Kubernetes asks for its password; keep it decrypted, readable by you "
                           "alone"},
                {"client-certificate-data: %1, client-key-data: %3", {F(key_file, "a.key")},
                 "https://k ca=yes cert=yes key=yes ns=default context=c cluster=k user=u from=%T/config"},
                {"token: t", {F(cert_file, "a.crt"), F(key_file, "a.key")},
                 "https://k ca=yes cert=yes key=yes token=t ns=default context=c cluster=k user=u from=%T/config"},
                {"exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: x}, client-certificate: a.crt, client-key: a.key",
                 .expect = "https://k ca=yes cert=yes key=yes ns=default context=c cluster=k user=u from=%T/config"},
        };
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_str data[3];

        (void)state;
        temp_begin(&tree);
        make_pair("a.crt", "a.key");
        make_pair("b.crt", "b.key");
        temp_file(&tree, "empty", "");
        temp_file(&tree, "locked.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAMCAQA=\n-----END ENCRYPTED PRIVATE KEY-----\n");
        assert_int_equal(chmod(temp_path(&tree, "locked.key"), 0600), 0);
        data[0] = in_base64(arena, "a.crt");
        data[1] = in_base64(arena, "a.key");
        data[2] = in_base64(arena, "b.key");
        copy_file(arena, "a.key", "open.key");
        assert_int_equal(chmod(temp_path(&tree, "open.key"), 0644), 0);
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf config_text = {0};
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                bw_auto(bw_kube_config_free) struct bw_kube_config *config = NULL;
                struct bw_kube_flags flags = cases[i].flags;
                struct bw_error err = {0};
                char path[256];
                char cert[256];
                char key[256];
                char expect[2048];
                char text[2048];

                bw_buf_puts(&config_text, HEAD "current-context: c\nclusters: [{name: k, cluster: {server: 'https://k', certificate-authority: b.crt}}]\n"
                                               "contexts: [{name: c, context: {cluster: k, user: u}}]\nusers:\n- name: u\n  user: {");
                for (const char *p = cases[i].fields; *p; p++) {
                        if (*p == '%')
                                bw_buf_str(&config_text, data[*++p - '1']);
                        else
                                bw_buf_char(&config_text, *p);
                }
                bw_buf_puts(&config_text, "}\n");
                temp_file(&tree, "config", config_text.p);
                assert_int_equal(chmod(temp_path(&tree, "config"), 0600), 0);
                expand("%T/config", path, sizeof(path));
                flags.kubeconfig = bw_str(path);
                if (flags.cert_file.n)
                        flags.cert_file = bw_str(strcpy(cert, temp_path(&tree, flags.cert_file.p)));
                if (flags.key_file.n)
                        flags.key_file = bw_str(strcpy(key, temp_path(&tree, flags.key_file.p)));
                if (bw_kube_config_load_in(&flags, test_env, "/none", &config, &err) < 0)
                        bw_buf_puts(&out, bw_error_format(&err, text, sizeof(text)));
                else
                        render(&out, config);
                expand(cases[i].expect, expect, sizeof(expect));
                assert_str(bw_buf_view(&out), expect);
        }
        temp_end(&tree);
}

static void test_modes(void **state)
{
        static const struct {
                const char *text;
                mode_t mode;
                const char *warning;    /* after the path; NULL: none */
        } cases[] = {
                {USER("token: t"), 0600, NULL},
                {USER("token: t"), 0640, NULL},
                {USER("token: t"), 0644, " can be read by everybody on this machine: chmod 600"},
                {USER("tokenFile: config"), 0644, NULL},
                {EXEC(""), 0644, NULL},
                {EXEC(""), 0646, " can be written to by everybody on this machine: chmod 600"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto(bw_kube_config_free) struct bw_kube_config *config = NULL;
                struct bw_kube_flags flags = {0};
                char path[256];

                temp_begin(&tree);
                temp_file(&tree, "config", cases[i].text);
                assert_int_equal(chmod(temp_path(&tree, "config"), cases[i].mode), 0);
                expand("%T/config", path, sizeof(path));
                flags.kubeconfig = bw_str(path);
                assert_ok(bw_kube_config_load_in(&flags, test_env, "/none", &config, NULL));
                temp_end(&tree);
                assert_int_equal(config->n_warnings, cases[i].warning != NULL);
                if (cases[i].warning)
                        assert_true(bw_str_ends(config->warnings[0], bw_str(cases[i].warning)));
        }
}

/* ---- parts */

static void test_paths(void **state)
{
        static const struct {
                const char *file;
                const char *path;
                const char *expect;
        } cases[] = {
                {"/a/config", "x", "/a/x"},
                {"/a/config", "/x", "/x"},
                {"/a/config", "./x", "/a/x"},
                {"/a/config", "../x", "/x"},
                {"/a/config", "../../../x", "/x"},
                {"/a/b/config", "..", "/a"},
                {"/config", "x/y//z/", "/x/y/z"},
                {"config", "x", "x"},
                {"./config", "x", "x"},
                {"a/config", "../x", "x"},
                {"a/config", "../../x", "../x"},
                {"a/config", "../../../x", "../../x"},
                {"../config", "x", "../x"},
                {"../config", "../x", "../../x"},
                {"/dev/fd/63", "pki/ca.crt", "/dev/fd/pki/ca.crt"},
        };
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++)
                assert_str(bw_kube_path(arena, bw_str(cases[i].file), bw_str(cases[i].path)), cases[i].expect);
}

/* n entries, the last one with the server. */
static int load_entries(size_t n, struct bw_error *err)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        bw_auto(bw_kube_config_free) struct bw_kube_config *config = NULL;
        struct bw_kube_flags flags = {F(cluster, "last")};
        char path[256];
        int r;

        bw_buf_puts(&text, "clusters:\n");
        for (size_t i = 0; i + 1 < n; i++)
                bw_buf_printf(&text, "- {name: k%zu}\n", i);
        bw_buf_puts(&text, "- {name: last, cluster: {server: 'https://k'}}\n");
        temp_begin(&tree);
        temp_file(&tree, "config", text.p);
        expand("%T/config", path, sizeof(path));
        flags.kubeconfig = bw_str(path);
        r = bw_kube_config_load_in(&flags, test_env, "/none", &config, err);
        temp_end(&tree);
        return r;
}

static void test_limits(void **state)
{
        struct bw_error err = {0};

        (void)state;
        assert_ok(load_entries(1000, &err));
        assert_int_equal(load_entries(1001, &err), -EINVAL);
        assert_string_equal(err.message, "clusters: has more than 1000 entries");
}

static void test_limit_of_files(void **state)
{
        (void)state;
        for (size_t n = 100; n <= 101; n++) {
                bw_auto_done(bw_buf_done) struct bw_buf list = {0};
                bw_auto(bw_kube_config_free) struct bw_kube_config *config = NULL;
                const struct bw_kube_flags flags = {F(server, "https://k")};
                struct bw_error err = {0};
                int r;

                for (size_t i = 0; i < n; i++)
                        bw_buf_printf(&list, "/%zu:", i + 100);
                long_list = list.p;
                r = bw_kube_config_load_in(&flags, test_env, "/none", &config, &err);
                long_list = NULL;
                assert_int_equal(r, n > 100 ? -E2BIG : 0);
        }
}

static void test_many_names(void **state)
{
        struct bw_kube_text text = {.path = BW_STR("x"), .bytes = BW_STR("contexts: [{name: a}, {name: b}, {name: c}, {name: d}, {name: e}, {name: f}, "
                                                                         "{name: g}, {name: h}, {name: i}, {name: j}, {name: k}, {name: l}]")};
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_kube_files files;

        (void)state;
        assert_ok(bw_kube_files_read(arena, &text, 1, &files, NULL));
        assert_str(bw_kube_names(arena, &files, BW_KUBE_CONTEXTS), "a, b, c, d, e, f, g, h, i, j and 2 more");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rows),   cmocka_unit_test(test_pairs),          cmocka_unit_test(test_modes),
                cmocka_unit_test(test_paths),  cmocka_unit_test(test_limits),         cmocka_unit_test(test_limit_of_files),
                cmocka_unit_test(test_many_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
