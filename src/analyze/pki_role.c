/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/pki_internal.h"

static const struct {
        const char *name;
        const char *holder;
        unsigned kind;
        enum bw_pki_domain domain;
} roles[_BW_PKI_ROLE_MAX] = {
        [BW_PKI_NONE] = {"unknown", "unknown", 0, BW_PKI_NO_DOMAIN},
#define X(role, text, bits, of, has) [BW_PKI_ROLE_##role] = {(text), (has), (bits), BW_PKI_##of},
        BW_PKI_ROLES(X)
#undef X
};

/* Source: the flags of each component (k8s.io/kubernetes cmd, etcd server/embed), by their meaning. */
const struct bw_pki_setting bw_pki_settings[] = {
        {"kube-apiserver", "tls-cert-file", "tls-private-key-file", BW_PKI_ROLE_APISERVER_SERVING},
        {"kube-apiserver", "client-ca-file", NULL, BW_PKI_ROLE_CLUSTER_CA},
        {"kube-apiserver", "etcd-cafile", NULL, BW_PKI_ROLE_ETCD_CA},
        {"kube-apiserver", "etcd-certfile", "etcd-keyfile", BW_PKI_ROLE_APISERVER_ETCD_CLIENT},
        {"kube-apiserver", "kubelet-client-certificate", "kubelet-client-key", BW_PKI_ROLE_APISERVER_KUBELET_CLIENT},
        {"kube-apiserver", "kubelet-certificate-authority", NULL, BW_PKI_ROLE_KUBELET_CA},
        {"kube-apiserver", "proxy-client-cert-file", "proxy-client-key-file", BW_PKI_ROLE_FRONT_PROXY_CLIENT},
        {"kube-apiserver", "requestheader-client-ca-file", NULL, BW_PKI_ROLE_FRONT_PROXY_CA},
        {"kube-apiserver", "service-account-signing-key-file", NULL, BW_PKI_ROLE_SERVICE_ACCOUNT},
        {"kube-controller-manager", "tls-cert-file", "tls-private-key-file", BW_PKI_ROLE_CONTROLLER_MANAGER_SERVING},
        {"kube-controller-manager", "client-ca-file", NULL, BW_PKI_ROLE_CLUSTER_CA},
        {"kube-controller-manager", "root-ca-file", NULL, BW_PKI_ROLE_CLUSTER_CA},
        {"kube-controller-manager", "cluster-signing-cert-file", "cluster-signing-key-file", BW_PKI_ROLE_CLUSTER_CA},
        {"kube-controller-manager", "requestheader-client-ca-file", NULL, BW_PKI_ROLE_FRONT_PROXY_CA},
        {"kube-controller-manager", "service-account-private-key-file", NULL, BW_PKI_ROLE_SERVICE_ACCOUNT},
        {"kube-scheduler", "tls-cert-file", "tls-private-key-file", BW_PKI_ROLE_SCHEDULER_SERVING},
        {"kube-scheduler", "client-ca-file", NULL, BW_PKI_ROLE_CLUSTER_CA},
        {"kube-scheduler", "requestheader-client-ca-file", NULL, BW_PKI_ROLE_FRONT_PROXY_CA},
        {"kubelet", "tls-cert-file", "tls-private-key-file", BW_PKI_ROLE_KUBELET_SERVING},
        {"kubelet", "client-ca-file", NULL, BW_PKI_ROLE_CLUSTER_CA},
        {"etcd", "cert-file", "key-file", BW_PKI_ROLE_ETCD_SERVER},
        {"etcd", "trusted-ca-file", NULL, BW_PKI_ROLE_ETCD_CA},
        {"etcd", "client-cert-file", "client-key-file", BW_PKI_ROLE_ETCD_CLIENT},
        {"etcd", "peer-cert-file", "peer-key-file", BW_PKI_ROLE_ETCD_PEER},
        {"etcd", "peer-client-cert-file", "peer-client-key-file", BW_PKI_ROLE_ETCD_CLIENT},
        {"etcd", "peer-trusted-ca-file", NULL, BW_PKI_ROLE_ETCD_CA},
        {0},
};

/*
 * Ends of paths, without ".crt", ".key" and ".pem"; the first that fits. Source: kubeadm's constants, k3s
 * pkg/daemons/control/deps, MicroK8s' certs folder, kubelet pkg/kubelet/certificate.
 */
static const struct {
        const char *end;
        enum bw_pki_role role;
} files[] = {
        {"/etcd/ca", BW_PKI_ROLE_ETCD_CA},
        {"/etcd/server-ca", BW_PKI_ROLE_ETCD_CA},
        {"/etcd/peer-ca", BW_PKI_ROLE_ETCD_CA},
        {"/etcd/server", BW_PKI_ROLE_ETCD_SERVER},
        {"/etcd/server-client", BW_PKI_ROLE_ETCD_SERVER},
        {"/etcd/peer", BW_PKI_ROLE_ETCD_PEER},
        {"/etcd/peer-server-client", BW_PKI_ROLE_ETCD_PEER},
        {"/etcd/healthcheck-client", BW_PKI_ROLE_ETCD_CLIENT},
        {"/etcd/client", BW_PKI_ROLE_APISERVER_ETCD_CLIENT},
        {"/pki/ca", BW_PKI_ROLE_CLUSTER_CA},
        {"/pki/apiserver", BW_PKI_ROLE_APISERVER_SERVING},
        {"/pki/sa", BW_PKI_ROLE_SERVICE_ACCOUNT},
        {"/pki/kubelet", BW_PKI_ROLE_KUBELET_SERVING},
        {"/pki/kubelet-server-current", BW_PKI_ROLE_KUBELET_SERVING},
        {"/pki/kubelet-client-current", BW_PKI_ROLE_KUBELET_CLIENT},
        {"/apiserver-etcd-client", BW_PKI_ROLE_APISERVER_ETCD_CLIENT},
        {"/apiserver-kubelet-client", BW_PKI_ROLE_APISERVER_KUBELET_CLIENT},
        {"/front-proxy-ca", BW_PKI_ROLE_FRONT_PROXY_CA},
        {"/front-proxy-client", BW_PKI_ROLE_FRONT_PROXY_CLIENT},
        {"/tls/server-ca", BW_PKI_ROLE_CLUSTER_CA},
        {"/tls/client-ca", BW_PKI_ROLE_CLUSTER_CA},
        {"/agent/server-ca", BW_PKI_ROLE_CLUSTER_CA},
        {"/agent/client-ca", BW_PKI_ROLE_CLUSTER_CA},
        {"/tls/request-header-ca", BW_PKI_ROLE_FRONT_PROXY_CA},
        {"/tls/serving-kube-apiserver", BW_PKI_ROLE_APISERVER_SERVING},
        {"/tls/client-kube-apiserver", BW_PKI_ROLE_APISERVER_KUBELET_CLIENT},
        {"/tls/client-auth-proxy", BW_PKI_ROLE_FRONT_PROXY_CLIENT},
        {"/tls/client-controller", BW_PKI_ROLE_CONTROLLER_MANAGER_CLIENT},
        {"/tls/client-scheduler", BW_PKI_ROLE_SCHEDULER_CLIENT},
        {"/tls/client-kube-proxy", BW_PKI_ROLE_KUBE_PROXY_CLIENT},
        {"/tls/client-admin", BW_PKI_ROLE_ADMIN_CLIENT},
        {"/tls/service", BW_PKI_ROLE_SERVICE_ACCOUNT},
        {"/tls/service.current", BW_PKI_ROLE_SERVICE_ACCOUNT},
        {"/tls/kube-controller-manager/kube-controller-manager", BW_PKI_ROLE_CONTROLLER_MANAGER_SERVING},
        {"/tls/kube-scheduler/kube-scheduler", BW_PKI_ROLE_SCHEDULER_SERVING},
        {"/agent/client-kubelet", BW_PKI_ROLE_KUBELET_CLIENT},
        {"/agent/serving-kubelet", BW_PKI_ROLE_KUBELET_SERVING},
        {"/agent/client-kube-proxy", BW_PKI_ROLE_KUBE_PROXY_CLIENT},
        {"/certs/ca", BW_PKI_ROLE_CLUSTER_CA},
        {"/certs/server", BW_PKI_ROLE_APISERVER_SERVING},
        {"/certs/kubelet", BW_PKI_ROLE_KUBELET_SERVING},
        {"/certs/kubeletserver", BW_PKI_ROLE_KUBELET_SERVING},
        {"/certs/serviceaccount", BW_PKI_ROLE_SERVICE_ACCOUNT},
        {"/certs/client", BW_PKI_ROLE_ADMIN_CLIENT},
        {"/certs/controller", BW_PKI_ROLE_CONTROLLER_MANAGER_CLIENT},
        {"/certs/scheduler", BW_PKI_ROLE_SCHEDULER_CLIENT},
        {"/certs/proxy", BW_PKI_ROLE_KUBE_PROXY_CLIENT},
};

/* What the certificates of Kubernetes' own clients are called. Source: kubernetes.io "PKI certificates and requirements". */
static const struct {
        const char *common_name;
        enum bw_pki_role role;
} names[] = {
        {"kube-apiserver-kubelet-client", BW_PKI_ROLE_APISERVER_KUBELET_CLIENT},
        {"kube-apiserver-etcd-client", BW_PKI_ROLE_APISERVER_ETCD_CLIENT},
        {"kube-etcd-healthcheck-client", BW_PKI_ROLE_ETCD_CLIENT},
        {"front-proxy-client", BW_PKI_ROLE_FRONT_PROXY_CLIENT},
        {"system:auth-proxy", BW_PKI_ROLE_FRONT_PROXY_CLIENT},
        {"system:kube-controller-manager", BW_PKI_ROLE_CONTROLLER_MANAGER_CLIENT},
        {"system:kube-scheduler", BW_PKI_ROLE_SCHEDULER_CLIENT},
        {"system:kube-proxy", BW_PKI_ROLE_KUBE_PROXY_CLIENT},
};

static const char *const domains[_BW_PKI_DOMAIN_MAX] = {
        [BW_PKI_CLUSTER] = "cluster",
        [BW_PKI_ETCD] = "etcd",
        [BW_PKI_FRONT_PROXY] = "front-proxy",
};

const char *bw_pki_role_name(enum bw_pki_role role)
{
        return roles[role].name;
}

unsigned bw_pki_role_kind(enum bw_pki_role role)
{
        return roles[role].kind;
}

const char *pki_role_holder(enum bw_pki_role role)
{
        return roles[role].holder;
}

enum bw_pki_domain pki_role_domain(enum bw_pki_role role)
{
        return roles[role].domain;
}

const char *pki_domain_name(enum bw_pki_domain domain)
{
        return domains[domain];
}

enum bw_pki_role bw_pki_role_of_file(struct bw_str path)
{
        static const struct bw_str endings[] = {{".crt", 4}, {".key", 4}, {".pem", 4}, {".pub", 4}};

        for (size_t i = 0; i < BW_ARRAY_SIZE(endings); i++)
                if (bw_str_ends(path, endings[i])) {
                        path.n -= endings[i].n;
                        break;
                }
        for (size_t i = 0; i < BW_ARRAY_SIZE(files); i++)
                if (bw_str_ends(path, bw_str(files[i].end)))
                        return files[i].role;
        return BW_PKI_NONE;
}

static bool has_text(const struct bw_texts *texts, const char *text)
{
        for (size_t i = 0; i < texts->n; i++)
                if (bw_str_is(texts->items[i], text))
                        return true;
        return false;
}

enum bw_pki_role pki_guess_role(const struct bw_x509_facts *facts)
{
        if (facts->is_ca)
                return BW_PKI_ROLE_CA;
        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++)
                if (bw_str_is(facts->common_name, names[i].common_name))
                        return names[i].role;
        if (bw_str_starts(facts->common_name, BW_STR("system:node:")))
                return has_text(&facts->ext_usage, "serverAuth") ? BW_PKI_ROLE_KUBELET_SERVING
                                                                 : BW_PKI_ROLE_KUBELET_CLIENT;
        if (has_text(&facts->organizations, "system:masters") ||
            has_text(&facts->organizations, "kubeadm:cluster-admins"))
                return BW_PKI_ROLE_ADMIN_CLIENT;
        if (has_text(&facts->ext_usage, "serverAuth"))
                return BW_PKI_ROLE_SERVING;
        return has_text(&facts->ext_usage, "clientAuth") ? BW_PKI_ROLE_CLIENT : BW_PKI_ROLE_UNKNOWN;
}

enum bw_pki_role pki_first_role(uint64_t bits)
{
        for (unsigned i = 1; i < _BW_PKI_ROLE_MAX; i++)
                if (bits >> i & 1)
                        return (enum bw_pki_role)i;
        return BW_PKI_ROLE_UNKNOWN;
}

unsigned pki_kinds(uint64_t bits)
{
        unsigned kinds = 0;

        for (unsigned i = 1; i < _BW_PKI_ROLE_MAX; i++)
                if (bits >> i & 1)
                        kinds |= roles[i].kind;
        return kinds;
}
