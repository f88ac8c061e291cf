/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/pem.h"
#include "node/pki_internal.h"

/* Where distributions keep them. Source: the documentation of kubeadm, k3s, RKE2, MicroK8s, k0s, OpenShift, GKE's and AKS'
 * node images, Talos, kubespray. */
static const struct {
        const char *path;
        bool whole_tree;
} folders[] = {
        {"/etc/kubernetes/pki", true},
        {"/etc/kubernetes/ssl", true},
        {"/etc/kubernetes/certs", true},
        {"/etc/kubernetes", false},
        {"/var/lib/kubelet/pki", false},
        {"/etc/etcd", true},
        {"/etc/ssl/etcd", true},
        {"/var/lib/rancher/k3s/server/tls", true},
        {"/var/lib/rancher/k3s/agent", false},
        {"/var/lib/rancher/rke2/server/tls", true},
        {"/var/lib/rancher/rke2/agent", false},
        {"/var/snap/microk8s/current/certs", true},
        {"/etc/srv/kubernetes/pki", true},
        {"/var/lib/k0s/pki", true},
        {"/system/secrets", true},
        {"/etc/kubernetes/static-pod-resources/kube-apiserver-certs", true},
        {"/etc/kubernetes/static-pod-resources/kube-controller-manager-certs", true},
        {"/etc/kubernetes/static-pod-resources/kube-scheduler-certs", true},
        {"/etc/kubernetes/static-pod-resources/etcd-certs", true},
};

static const struct {
        const char *folder;
        const char *ending; /* of the names in the folder; NULL: the path is the file */
} kubeconfigs[] = {
        {"/etc/kubernetes/admin.conf", NULL},
        {"/etc/kubernetes/super-admin.conf", NULL},
        {"/etc/kubernetes/controller-manager.conf", NULL},
        {"/etc/kubernetes/scheduler.conf", NULL},
        {"/etc/kubernetes/kubelet.conf", NULL},
        {"/etc/kubernetes/bootstrap-kubelet.conf", NULL},
        {"/etc/kubernetes/kubeconfig", NULL},
        {"/var/lib/kubelet/kubeconfig", NULL},
        {"/var/lib/kubelet/bootstrap-kubeconfig", NULL},
        {"/var/lib/kube-proxy/kubeconfig", NULL},
        {"/etc/rancher/k3s/k3s.yaml", NULL},
        {"/etc/rancher/rke2/rke2.yaml", NULL},
        {"/var/lib/rancher/k3s/agent", ".kubeconfig"},
        {"/var/lib/rancher/k3s/server/cred", ".kubeconfig"},
        {"/var/lib/rancher/rke2/agent", ".kubeconfig"},
        {"/var/lib/rancher/rke2/server/cred", ".kubeconfig"},
        {"/var/snap/microk8s/current/credentials", ".config"},
        {"/var/lib/k0s/pki", ".conf"},
        {"/root/.kube/config", NULL},
};

/* By its name, what a file should hold. */
static const struct {
        const char *ending;
        bool certificate;
        bool key;
} endings[] = {
        {"-key.pem", false, true}, {".key", false, true},   {".crt", true, false},
        {".cert", true, false},    {".cer", true, false},   {".pem", false, false},
};

/* ---- one file */

static void read_owner(struct pki_search *s, const char *path, struct bw_pki_file *ret)
{
        struct bw_host_stat st;
        struct bw_host_reach reach;

        if (bw_host_stat(s->node->host, path, 0, &st, NULL) < 0 ||
            bw_host_reach(s->node->host, s->node->arena, path, &reach, NULL) < 0)
                return;
        *ret = (struct bw_pki_file){
                .is_known = true,
                .mode = st.mode,
                .uid = st.uid,
                .gid = st.gid,
                .owner = bw_host_user(s->node->host, st.uid),
                .group = bw_host_group(s->node->host, st.gid),
                .group_reaches = reach.group,
                .others_reach = reach.others,
                .closed_by = reach.closed_by,
        };
}

static enum bw_file_state state_of(int r)
{
        return r == 0 ? BW_FILE_READ : r == -ENOENT || r == -ENOTDIR ? BW_FILE_ABSENT : BW_FILE_UNREADABLE;
}

/* The link that names it decides who the file is: a link that moves on with each renewal stays the same file. */
int bw_pki_search_file(struct pki_search *s, const struct pki_file *file)
{
        struct bw_pki_source source = {
                .label = bw_str(file->path),
                .file = bw_str(file->path),
                .role = file->role,
                .why = file->why,
                .in_use = file->in_use,
                .wants_certificate = file->wants_certificate,
                .wants_key = file->wants_key,
                .rotated = file->rotated,
        };
        struct bw_error err = {0};
        struct bw_str text = {0};
        int r;

        if (bw_pki_again(s->pki, source.label, file->role, file->why, file->in_use))
                return 0;
        bw_arena_reset(s->scratch);
        r = bw_host_read(s->node->host, s->scratch, file->path, BW_LIMIT_PEM_BYTES, &text, &err);
        if (r == -ENOMEM)
                return bw_error_nomem(s->reterr);
        source.state = state_of(r);
        if (source.state == BW_FILE_ABSENT && !file->must_exist)
                return 0;
        source.reason = r < 0 ? bw_str(err.message) : (struct bw_str){0};
        source.help = r == -EACCES || r == -EPERM ? BW_STR("run as root") : (struct bw_str){0};
        source.text = text;
        if (source.state != BW_FILE_ABSENT)
                read_owner(s, file->path, &source.owner);
        r = bw_pki_add(s->pki, &source, s->reterr);
        bw_secret_wipe(text);
        return r;
}

/* ---- folders */

/* What the kubelet leaves of earlier certificates: only the one that its link names counts. */
static bool is_left_over(struct bw_str name)
{
        return bw_str_starts(name, BW_STR("kubelet-client-2")) || bw_str_starts(name, BW_STR("kubelet-server-2"));
}

static bool is_rotated(struct bw_str name)
{
        return bw_str_is(name, "kubelet-client-current.pem") || bw_str_is(name, "kubelet-server-current.pem");
}

static bool wanted_by_name(struct bw_str name, struct pki_file *file)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(endings); i++) {
                if (!bw_str_ends(name, bw_str(endings[i].ending)))
                        continue;
                file->wants_certificate = endings[i].certificate;
                file->wants_key = endings[i].key;
                return !is_left_over(name);
        }
        return false;
}

/* "ca.crt" and "ca.key", "node.pem" and "node-key.pem" belong together. */
static int pair_by_name(struct pki_search *s, struct bw_str path)
{
        static const struct {
                const char *certificate;
                const char *key;
        } pairs[] = {{".crt", ".key"}, {".cert", ".key"}, {".pem", "-key.pem"}, {".pem", ".key"}};

        for (size_t i = 0; i < BW_ARRAY_SIZE(pairs); i++) {
                struct bw_str ending = bw_str(pairs[i].certificate);
                struct bw_str key;
                int r;

                if (!bw_str_ends(path, ending))
                        continue;
                key = bw_arena_printf(s->node->arena, "%.*s%s", (int)(path.n - ending.n), path.p, pairs[i].key);
                if (!key.p)
                        return bw_error_nomem(s->reterr);
                if (!bw_host_exists(s->node->host, key.p))
                        continue;
                r = bw_pki_pair(s->pki, path, key, s->reterr);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int search_named(struct pki_search *s, struct bw_str path, struct bw_str name)
{
        struct pki_file file = {.path = path.p, .why = BW_STR("usual place")};
        int r;

        if (!wanted_by_name(name, &file))
                return 0;
        file.role = bw_pki_role_of_file(path);
        file.in_use = file.role != BW_PKI_NONE;
        file.rotated = is_rotated(name);
        r = bw_pki_search_file(s, &file);
        return r < 0 ? r : pair_by_name(s, path);
}

static int search_folder(struct pki_search *s, struct bw_str folder, bool whole_tree, unsigned depth)
{
        bw_auto_done(bw_listing_done) struct bw_listing listing = {0};
        int r = bw_host_list(s->node->host, folder.p, BW_LIMIT_PKI_ENTRIES, &listing, NULL);

        if (r == -ENOMEM)
                return bw_error_nomem(s->reterr);
        r = 0;
        for (size_t i = 0; r == 0 && i < listing.n_entries; i++) {
                const char *name = bw_listing_name(&listing, i);
                struct bw_host_stat st;
                struct bw_str path = bw_arena_printf(s->node->arena, "%.*s/%s", BW_STR_ARG(folder), name);

                if (!path.p)
                        return bw_error_nomem(s->reterr);
                if (bw_host_stat(s->node->host, path.p, BW_FS_NOFOLLOW, &st, NULL) < 0)
                        continue;
                if (st.kind == BW_FS_DIR && whole_tree && depth < BW_LIMIT_PKI_DEPTH)
                        r = search_folder(s, path, true, depth + 1);
                else if (st.kind != BW_FS_DIR)
                        r = search_named(s, path, bw_str(name));
        }
        return r;
}

static int search_folders(struct pki_search *s)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(folders); i++)
                r = search_folder(s, bw_str(folders[i].path), folders[i].whole_tree, 0);
        return r;
}

/* ---- kubeconfigs */

/* A path in a kubeconfig counts from the kubeconfig's own folder. */
static struct bw_str beside(struct pki_search *s, struct bw_str kubeconfig, struct bw_str path)
{
        size_t n = kubeconfig.n;

        if (path.n && path.p[0] == '/')
                return bw_arena_str(s->node->arena, path);
        while (n && kubeconfig.p[n - 1] != '/')
                n--;
        return bw_arena_printf(s->node->arena, "%.*s%.*s", (int)n, kubeconfig.p, BW_STR_ARG(path));
}

static int search_user(struct pki_search *s, struct bw_str kubeconfig, const struct bw_kubeconfig_user *u)
{
        struct bw_str certificate = beside(s, kubeconfig, u->cert_file);
        struct bw_str key = beside(s, kubeconfig, u->key_file);
        struct bw_str why = bw_arena_printf(s->node->arena, "named by %.*s", BW_STR_ARG(kubeconfig));
        struct pki_file file = {.path = certificate.p, .why = why, .in_use = true, .wants_certificate = true,
                                .must_exist = true};
        int r = 0;

        if (!certificate.p || !key.p || !why.p)
                return bw_error_nomem(s->reterr);
        file.rotated = bw_str_ends(certificate, BW_STR("/kubelet-client-current.pem"));
        if (u->cert_file.n && !u->cert.is_there)
                r = bw_pki_search_file(s, &file);
        file.path = key.p;
        file.wants_certificate = false;
        file.wants_key = true;
        if (r == 0 && u->key_file.n && !u->key.is_there)
                r = bw_pki_search_file(s, &file);
        return r < 0 || !u->cert_file.n || !u->key_file.n ? r : bw_pki_pair(s->pki, certificate, key, s->reterr);
}

static int search_cluster(struct pki_search *s, struct bw_str kubeconfig, const struct bw_kubeconfig_cluster *c)
{
        struct bw_str path = beside(s, kubeconfig, c->ca_file);
        struct bw_str why = bw_arena_printf(s->node->arena, "named by %.*s", BW_STR_ARG(kubeconfig));
        const struct pki_file file = {.path = path.p, .why = why, .in_use = true, .wants_certificate = true,
                                      .must_exist = true, .role = BW_PKI_ROLE_CLUSTER_CA};

        if (!path.p || !why.p)
                return bw_error_nomem(s->reterr);
        return c->ca_file.n && !c->ca.is_there ? bw_pki_search_file(s, &file) : 0;
}

static int take_kubeconfig(struct pki_search *s, struct bw_str path, struct bw_pki_source *source,
                           struct bw_kubeconfig *config)
{
        int r = bw_pki_add_kubeconfig(s->pki, source, config, s->reterr);

        for (size_t i = 0; r == 0 && i < config->n_clusters; i++)
                r = search_cluster(s, path, &config->clusters[i]);
        for (size_t i = 0; r == 0 && i < config->n_users; i++)
                r = search_user(s, path, &config->users[i]);
        bw_kubeconfig_wipe(config);
        return r;
}

/* What is no kubeconfig although it should be one is told as such a file that cannot be read. */
static int read_kubeconfig(struct pki_search *s, struct bw_str text, struct bw_doc *doc, struct bw_kubeconfig *config,
                           struct bw_error *reterr)
{
        int r = bw_yaml_read(s->node->arena, text, 1, false, doc, reterr);

        if (r < 0)
                return r;
        (void)bw_doc_identify(doc);
        r = bw_kubeconfig_read(s->node->arena, doc, config, reterr);
        if (r == 0)
                bw_kubeconfig_mark(s->node->arena, doc, config);
        return r;
}

int bw_pki_search_kubeconfig(struct pki_search *s, const char *path, struct bw_str why, bool must_exist)
{
        struct bw_str label = bw_str(path);
        struct bw_pki_source source = {.label = label, .file = label, .why = why, .in_use = true,
                                       .role = BW_PKI_ROLE_CLUSTER_CA};
        struct bw_kubeconfig config = {0};
        struct bw_error err = {0};
        struct bw_doc doc = {0};
        struct bw_str text = {0};
        int r;

        if (bw_pki_again(s->pki, label, BW_PKI_NONE, why, true))
                return 0;
        r = bw_host_read(s->node->host, s->node->arena, path, BW_LIMIT_PEM_BYTES, &text, &err);
        if (state_of(r) == BW_FILE_ABSENT && !must_exist)
                return 0;
        if (r == 0)
                r = read_kubeconfig(s, text, &doc, &config, &err);
        if (r == -ENOMEM)
                return bw_error_nomem(s->reterr);
        source.state = state_of(r);
        if (source.state != BW_FILE_ABSENT)
                read_owner(s, path, &source.owner);
        if (r == 0) {
                r = take_kubeconfig(s, label, &source, &config);
                bw_kubeconfig_wipe_doc(&doc);
                return r;
        }
        source.reason = bw_str(err.message);
        source.help = r == -EACCES || r == -EPERM ? BW_STR("run as root") : (struct bw_str){0};
        source.wants_kubeconfig = true;
        return bw_pki_add(s->pki, &source, s->reterr);
}

static int search_kubeconfigs_in(struct pki_search *s, const char *folder, struct bw_str ending)
{
        bw_auto_done(bw_listing_done) struct bw_listing listing = {0};
        int r = bw_host_list(s->node->host, folder, BW_LIMIT_PKI_ENTRIES, &listing, NULL);

        if (r == -ENOMEM)
                return bw_error_nomem(s->reterr);
        r = 0;
        for (size_t i = 0; r == 0 && i < listing.n_entries; i++) {
                struct bw_str path;

                if (!bw_str_ends(bw_str(bw_listing_name(&listing, i)), ending))
                        continue;
                path = bw_arena_printf(s->node->arena, "%s/%s", folder, bw_listing_name(&listing, i));
                r = path.p ? bw_pki_search_kubeconfig(s, path.p, BW_STR("usual place"), false)
                           : bw_error_nomem(s->reterr);
        }
        return r;
}

static int search_kubeconfigs(struct pki_search *s)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(kubeconfigs); i++)
                r = kubeconfigs[i].ending
                            ? search_kubeconfigs_in(s, kubeconfigs[i].folder, bw_str(kubeconfigs[i].ending))
                            : bw_pki_search_kubeconfig(s, kubeconfigs[i].folder, BW_STR("usual place"), false);
        return r;
}

/* ---- all */

static int collect(struct bw_node *node, bw_doc_sink sink, void *userdata, struct bw_error *reterr)
{
        const struct bw_pki_options options = {
                .name = node->name,
                .origin = "node",
                .evidence = "file",
                .is_control_plane = (node->identity.roles & BW_ROLE_CONTROL_PLANE) != 0,
                .knows_control_plane = node->identity.roles != 0,
                .distribution = node->identity.distribution,
        };
        bw_auto(bw_arena_free) struct bw_arena *scratch = bw_arena_new(BW_LIMIT_PEM_BYTES * 2);
        bw_auto(bw_pki_free) struct bw_pki *pki = NULL;
        struct pki_search s = {.node = node, .scratch = scratch, .reterr = reterr};
        int r;

        if (!scratch)
                return bw_error_nomem(reterr);
        r = bw_pki_new(&options, node->arena, &pki, reterr);
        s.pki = pki;
        if (r == 0)
                r = bw_pki_search_components(&s);
        if (r == 0)
                r = search_folders(&s);
        if (r == 0)
                r = search_kubeconfigs(&s);
        return r < 0 ? r : bw_pki_finish(pki, sink, userdata, reterr);
}

const struct bw_collector bw_collector_pki = {.name = "pki", .collect = collect};
