/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>

#include "base/arena.h"
#include "base/error.h"
#include "node/pki_internal.h"

/* ---- what their flags say */

/* The last value of a flag, as "--name=value" or in the next element; empty: it is not given. */
static struct bw_str flag_value(const struct bw_node_component *component, const char *name)
{
        struct bw_str value = {0};

        for (size_t i = 0; i < component->input.n_args; i++) {
                struct bw_str text = component->input.args[i].text;
                struct bw_str key;

                if (!bw_str_starts(text, BW_STR("-")))
                        continue;
                text = bw_str_rest(text, bw_str_starts(text, BW_STR("--")) ? 2 : 1);
                if (!text.n || !bw_str_split(&text, '=', &key) || !bw_str_is(key, name))
                        continue;
                if (text.p)
                        value = text;
                else if (i + 1 < component->input.n_args)
                        value = component->input.args[i + 1].text;
        }
        return value;
}

static const struct bw_component_need *need_of(const struct bw_node_component *component, const char *role)
{
        for (size_t i = 0; role && i < component->n_needs; i++)
                if (strcmp(component->needs[i].role, role) == 0)
                        return &component->needs[i];
        return NULL;
}

static struct bw_str why_of(struct pki_search *s, const struct bw_node_component *component, const char *setting)
{
        return bw_arena_printf(s->node->arena, "named by %.*s --%s", BW_STR_ARG(component->input.component), setting);
}

/* ---- files that settings name */

struct named {
        const struct bw_node_component *component;
        const char *setting;          /* for the reason */
        struct bw_str certificate;    /* as the component names it; empty: none */
        struct bw_str key;
        enum bw_pki_role role;
};

static int search_one(struct pki_search *s, const struct named *n, struct bw_str named, bool is_key,
                      struct bw_str *ret_path)
{
        struct bw_str path = bw_node_outside(s->node, n->component, named);
        struct bw_str why = why_of(s, n->component, n->setting);
        const struct pki_file file = {
                .path = path.p,
                .role = n->role,
                .why = why,
                .in_use = true,
                .wants_certificate = !is_key,
                .wants_key = is_key,
                .must_exist = true,
                .rotated = bw_str_ends(path, BW_STR("-current.pem")),
        };

        if (!path.p || !path.n || !why.p)
                return bw_error_nomem(s->reterr);
        *ret_path = path;
        return bw_pki_search_file(s, &file);
}

static int search_named(struct pki_search *s, const struct named *n)
{
        struct bw_str certificate = {0};
        struct bw_str key = {0};
        bool is_key_alone = bw_pki_role_kind(n->role) == BW_PKI_TOKENS;
        int r = 0;

        if (n->certificate.n)
                r = search_one(s, n, n->certificate, is_key_alone, &certificate);
        if (r == 0 && n->key.n)
                r = search_one(s, n, n->key, true, &key);
        return r < 0 || !certificate.n || !key.n ? r : bw_pki_pair(s->pki, certificate, key, s->reterr);
}

static int search_settings(struct pki_search *s, const struct bw_node_component *component)
{
        int r = 0;

        for (const struct bw_pki_setting *row = bw_pki_settings; r == 0 && row->component; row++) {
                const struct bw_component_need *certificate;
                const struct bw_component_need *key;
                struct named n = {.component = component, .setting = row->setting, .role = row->role};

                if (!bw_str_is(component->input.component, row->component))
                        continue;
                certificate = need_of(component, row->setting);
                key = need_of(component, row->key_setting);
                n.certificate = certificate ? certificate->path : (struct bw_str){0};
                n.key = key ? key->path : (struct bw_str){0};
                r = search_named(s, &n);
        }
        return r;
}

static int search_kubeconfigs(struct pki_search *s, const struct bw_node_component *component)
{
        static const char *const settings[] = {"kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig",
                                               "bootstrap-kubeconfig"};
        int r = 0;

        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(settings); i++) {
                const struct bw_component_need *need = need_of(component, settings[i]);
                struct bw_str path;
                struct bw_str why;

                if (!need || !need->path.n)
                        continue;
                path = bw_node_outside(s->node, component, need->path);
                why = why_of(s, component, settings[i]);
                if (!path.p || !path.n || !why.p)
                        return bw_error_nomem(s->reterr);
                r = bw_pki_search_kubeconfig(s, path.p, why, false);
        }
        return r;
}

/* ---- files that configuration files name */

static const struct {
        const char *component;
        const char *certificate;
        const char *key;
        enum bw_pki_role role;
} configured[] = {
        {"kubelet", "authentication.x509.clientCAFile", NULL, BW_PKI_ROLE_CLUSTER_CA},
        {"kubelet", "tlsCertFile", "tlsPrivateKeyFile", BW_PKI_ROLE_KUBELET_SERVING},
        {"etcd", "client-transport-security.cert-file", "client-transport-security.key-file", BW_PKI_ROLE_ETCD_SERVER},
        {"etcd", "client-transport-security.trusted-ca-file", NULL, BW_PKI_ROLE_ETCD_CA},
        {"etcd", "peer-transport-security.cert-file", "peer-transport-security.key-file", BW_PKI_ROLE_ETCD_PEER},
        {"etcd", "peer-transport-security.trusted-ca-file", NULL, BW_PKI_ROLE_ETCD_CA},
};

static struct bw_str text_at(struct bw_value root, const char *dotted)
{
        struct bw_value v = dotted ? bw_map_walk(root, dotted) : (struct bw_value){0};

        return v.type == BW_STRING ? bw_value_text(v) : (struct bw_str){0};
}

static int search_config(struct pki_search *s, const struct bw_node_component *component,
                         const struct bw_component_file *file)
{
        struct bw_doc doc;
        int r = 0;

        if (file->state != BW_FILE_READ || bw_yaml_read(s->node->arena, file->text, 1, false, &doc, NULL) < 0)
                return 0; /* what is wrong with the file is told of the component */
        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(configured); i++) {
                struct named n = {.component = component, .role = configured[i].role,
                                  .setting = configured[i].certificate};

                if (!bw_str_is(component->input.component, configured[i].component))
                        continue;
                n.certificate = text_at(doc.root, configured[i].certificate);
                n.key = text_at(doc.root, configured[i].key);
                r = search_named(s, &n);
        }
        return r;
}

static int search_configs(struct pki_search *s, const struct bw_node_component *component)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < component->input.n_files; i++) {
                const struct bw_component_file *file = &component->input.files[i];

                if (strcmp(file->role, "config") == 0 || strcmp(file->role, "drop-ins") == 0 ||
                    strcmp(file->role, "config-file") == 0)
                        r = search_config(s, component, file);
        }
        return r;
}

/* ---- names by which servers are asked */

static int expect(struct pki_search *s, enum bw_pki_role role, struct bw_str name, const char *why)
{
        return name.n ? bw_pki_expect(s->pki, role, name, bw_str(why), s->reterr) : 0;
}

/* The hosts of a list of URLs. */
static int expect_hosts(struct pki_search *s, enum bw_pki_role role, struct bw_str urls, const char *why)
{
        struct bw_str url;
        int r = 0;

        while (r == 0 && bw_str_split(&urls, ',', &url))
                if (bw_str_starts(bw_str_trim(url), BW_STR("https://")))
                        r = expect(s, role, bw_url_host(bw_str_trim(url)), why);
        return r;
}

/* The first address of the Services' range is the API server's own. */
static struct bw_str first_service_address(struct pki_search *s, struct bw_str ranges)
{
        struct bw_str range;
        struct bw_str address;
        unsigned char ip[16];
        char text[INET6_ADDRSTRLEN];
        int family;

        if (!bw_str_split(&ranges, ',', &range) || !bw_str_split(&range, '/', &address))
                return (struct bw_str){0};
        address = bw_arena_str(s->node->arena, bw_str_trim(address));
        if (!address.p)
                return (struct bw_str){0};
        family = bw_str_find(address, BW_STR(":")) == SIZE_MAX ? AF_INET : AF_INET6;
        if (inet_pton(family, address.p, ip) != 1)
                return (struct bw_str){0};
        ip[family == AF_INET ? 3 : 15] |= 1; /* the range's own address ends in zero */
        if (!inet_ntop(family, ip, text, sizeof(text)))
                return (struct bw_str){0};
        return bw_arena_str(s->node->arena, bw_str(text));
}

static int expect_of(struct pki_search *s, const struct bw_node_component *component)
{
        struct bw_str name = component->input.component;
        int r;

        if (bw_str_is(name, "kube-apiserver")) {
                /* More than one certificate: which one a client gets depends on the name that it asks for. */
                if (flag_value(component, "tls-sni-cert-key").n)
                        return 0;
                r = expect(s, BW_PKI_ROLE_APISERVER_SERVING, flag_value(component, "advertise-address"),
                           "advertise-address of kube-apiserver");
                return r < 0 ? r
                             : expect(s, BW_PKI_ROLE_APISERVER_SERVING,
                                      first_service_address(s, flag_value(component, "service-cluster-ip-range")),
                                      "address of the Service kubernetes");
        }
        if (!bw_str_is(name, "etcd"))
                return 0;
        r = expect_hosts(s, BW_PKI_ROLE_ETCD_SERVER, flag_value(component, "advertise-client-urls"),
                         "advertise-client-urls of etcd");
        return r < 0 ? r
                     : expect_hosts(s, BW_PKI_ROLE_ETCD_PEER, flag_value(component, "initial-advertise-peer-urls"),
                                    "initial-advertise-peer-urls of etcd");
}

int bw_pki_search_components(struct pki_search *s)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < s->node->n_components; i++) {
                const struct bw_node_component *component = &s->node->components[i];

                r = search_settings(s, component);
                if (r == 0)
                        r = search_configs(s, component);
                if (r == 0)
                        r = search_kubeconfigs(s, component);
                if (r == 0)
                        r = expect_of(s, component);
        }
        return r;
}
