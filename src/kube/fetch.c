/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/fetch.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/doc.h"
#include "kube/fetch_internal.h"
#include "kube/identity.h"
#include "kube/url.h"
#include "os/child.h"
#include "os/sandbox.h"

#define VERSION_BYTES ((size_t)64 << 10)
#define LARGE_PAGE 100 /* objects in a page of what may have a mebibyte each */

/* ---- writing */

int fetch_put(struct fetcher *f, struct bw_str bytes, struct bw_error *reterr)
{
        int r = bytes.n ? bw_child_write(f->options->data, bytes.p, bytes.n) : 0;

        if (r == -EPIPE)
                return bw_error_set(reterr, -ECANCELED, "nobody reads the cluster's objects any more");
        return r < 0 ? bw_error_set(reterr, r, "the cluster's objects cannot be handed on: %s", strerrordesc_np(-r)) : 0;
}

/* The document in f->text, as a line. */
int fetch_put_document(struct fetcher *f, struct bw_error *reterr)
{
        bw_buf_char(&f->text, '\n');
        if (bw_buf_status(&f->text) < 0)
                return bw_error_nomem(reterr);
        return fetch_put(f, bw_buf_view(&f->text), reterr);
}

/* ---- the server */

static void put_text(struct bw_buf *out, const char *key, struct bw_str text)
{
        if (text.n == 0)
                return;
        bw_buf_printf(out, ",\"%s\":", key);
        bw_buf_json(out, text);
}

/* Leading digits: 1.32+ of some distributions is 32. */
static int minor_of(struct bw_str text)
{
        int n = 0;

        if (text.n == 0 || text.n > 4 || text.p[0] < '0' || text.p[0] > '9')
                return -1;
        for (size_t i = 0; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++)
                n = n * 10 + (text.p[i] - '0');
        return n;
}

/* Who may not read it is told nothing; the rest works without. */
static int ask_version(struct fetcher *f, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf body = {0};
        struct bw_error err = {0};
        struct bw_doc doc;
        size_t used;
        int r = bw_kube_get(f->client, "/version", "application/json", VERSION_BYTES, &body, &err);

        f->minor = -1;
        if (r == -EACCES || r == -ENOENT) {
                f->version_refused = true;
                return 0;
        }
        if (r == 0)
                r = bw_json_read(f->arena, bw_buf_view(&body), 1, 1, false, &doc, &used, &err);
        if (r < 0) {
                if (reterr)
                        *reterr = err;
                return r;
        }
        f->version = bw_map_text(doc.root, "gitVersion");
        f->platform = bw_map_text(doc.root, "platform");
        f->minor = minor_of(bw_map_text(doc.root, "minor"));
        return 0;
}

static bool has_group(const struct fetcher *f, const char *group)
{
        for (size_t i = 0; i < f->n_resources; i++)
                if (bw_str_is(f->resources[i].group, group))
                        return true;
        return false;
}

/* By what the server says of itself. */
static const char *distribution_of(const struct fetcher *f)
{
        static const struct {
                const char *part;
                const char *name;
        } versions[] = {{"-eks-", "eks"}, {"-gke.", "gke"}, {"+k3s", "k3s"}, {"+rke2", "rke2"}, {"+k0s", "k0s"},
                        {"-aliyun", "ack"}, {"-tke.", "tke"}, {"+vmware", "tanzu"}};

        if (has_group(f, "config.openshift.io"))
                return "openshift";
        for (size_t i = 0; i < BW_ARRAY_SIZE(versions); i++)
                if (bw_str_find(f->version, bw_str(versions[i].part)) != SIZE_MAX)
                        return versions[i].name;
        return NULL;
}

/* Kinds of add-ons that rules know, so that a report can tell what is not there. */
static const struct {
        const char *group;
        const char *name;
} addons[] = {
        {"gateway.networking.k8s.io", "gateway-api"},
        {"policy.networking.k8s.io", "network-policy-api"},
        {"cilium.io", "cilium"},
        {"crd.projectcalico.org", "calico"},
        {"security.istio.io", "istio"},
        {"policy.linkerd.io", "linkerd"},
        {"cert-manager.io", "cert-manager"},
        {"external-secrets.io", "external-secrets"},
        {"snapshot.storage.k8s.io", "volume-snapshots"},
        {"velero.io", "velero"},
        {"monitoring.coreos.com", "prometheus-operator"},
};

static void put_addons(const struct fetcher *f, struct bw_buf *out)
{
        const char *comma = "";

        bw_buf_puts(out, ",\"addons\":[");
        for (size_t i = 0; i < BW_ARRAY_SIZE(addons); i++)
                if (has_group(f, addons[i].group)) {
                        bw_buf_printf(out, "%s\"%s\"", comma, addons[i].name);
                        comma = ",";
                }
        bw_buf_char(out, ']');
}

static int put_head(struct fetcher *f, struct bw_error *reterr)
{
        const struct bw_kube_config *config = f->config;
        struct bw_buf *out = &f->text;
        const char *distribution = distribution_of(f);
        bool encrypted = bw_str_starts(config->server, BW_STR("https:"));

        bw_buf_clear(out);
        bw_buf_puts(out, "{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"Cluster\",\"metadata\":{\"name\":");
        bw_buf_json(out, config->server);
        bw_buf_puts(out, "},\"server\":");
        bw_buf_json(out, config->server);
        put_text(out, "context", config->context);
        put_text(out, "kubernetesVersion", f->version);
        put_text(out, "platform", f->platform);
        if (f->minor >= 0)
                bw_buf_printf(out, ",\"kubernetesMinor\":%d", f->minor);
        if (distribution)
                bw_buf_printf(out, ",\"distribution\":\"%s\"", distribution);
        bw_buf_printf(out, ",\"encrypted\":%s,\"verified\":%s,\"authentication\":\"%s\"",
                      encrypted ? "true" : "false", encrypted && !config->insecure ? "true" : "false",
                      bw_kube_identity_method(config));
        bw_buf_puts(out, ",\"client\":");
        bw_kube_identity_put(out, config);
        if (config->ns_is_given)
                put_text(out, "namespace", config->ns);
        put_addons(f, out);
        if (f->version_refused)
                bw_buf_puts(out, ",\"evidence\":{\"kubernetesVersion\":{\"state\":\"unreadable\",\"reason\":\"the server does not "
                                 "tell its version\"}}");
        bw_buf_char(out, '}');
        return fetch_put_document(f, reterr);
}

/* ---- lists */

static int on_piece(void *userdata, struct bw_str bytes, bool page_end)
{
        struct fetcher *f = userdata;
        struct bw_error err = {0};
        int r;

        bw_buf_str(&f->page, bytes);
        if (bw_buf_status(&f->page) < 0)
                return bw_buf_status(&f->page);
        if (!page_end)
                return 0;
        bw_buf_char(&f->page, '\n');
        f->n_bytes += f->page.n;
        f->n_pages++;
        r = bw_buf_status(&f->page) < 0 ? -ENOMEM : fetch_put(f, bw_buf_view(&f->page), &err);
        if (r == 0 && f->lists_nodes && fetch_take_nodes(f, bw_buf_view(&f->page)) < 0)
                r = -ENOMEM;
        bw_buf_clear(&f->page);
        f->reader_is_gone = r < 0;
        return r;
}

static int on_restart(void *userdata)
{
        struct fetcher *f = userdata;

        bw_buf_clear(&f->page);
        return 0;
}

static bool is_large(const struct bw_kube_resource *resource)
{
        static const char *const kinds[] = {"Secret", "ConfigMap", "CustomResourceDefinition"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(kinds); i++)
                if (bw_str_is(resource->kind, kinds[i]))
                        return true;
        return false;
}

static int list_one(struct fetcher *f, const struct bw_kube_resource *resource, struct bw_error *reterr)
{
        struct bw_kube_list list = {
                .resource = resource,
                .ns = resource->namespaced && f->config->ns_is_given ? f->config->ns : (struct bw_str){0},
                .limit = is_large(resource) ? LARGE_PAGE : 0,
        };
        const struct bw_kube_sink sink = {.piece = on_piece, .restart = on_restart, .userdata = f};
        struct bw_kube_listed listed = {0};
        struct fetch_outcome outcome = {.resource = resource, .verb = "list"};
        struct bw_str only = {0};
        int r;

        /* Of a namespace that is meant, the namespace itself is worth a look; nothing else that is cluster-wide. */
        if (f->config->ns_is_given && !resource->namespaced) {
                only = bw_arena_printf(f->arena, "metadata.name=%.*s", BW_STR_ARG(f->config->ns));
                if (!only.p)
                        return bw_error_nomem(reterr);
                list.field_selector = only;
        }
        bw_buf_clear(&f->page);
        f->n_bytes = f->n_pages = 0;
        f->lists_nodes = resource->group.n == 0 && bw_str_is(resource->resource, "nodes") && !f->options->no_kubelets;
        r = bw_kube_list(f->client, &list, &sink, &listed, &outcome.error);
        if (r == -ENOMEM || f->reader_is_gone) {
                if (reterr)
                        *reterr = outcome.error;
                return r;
        }
        outcome.code = r;
        outcome.bytes = f->n_bytes;
        outcome.pages = f->n_pages;
        outcome.inconsistent = listed.inconsistent;
        return fetch_add_outcome(f, &outcome, reterr);
}

static bool is_cancelled(const struct fetcher *f)
{
        return f->options->cancel && atomic_load(f->options->cancel);
}

/* With a namespace, of cluster-wide kinds only Namespaces. */
static bool is_meant(const struct fetcher *f, const struct bw_kube_resource *resource)
{
        return resource->namespaced || !f->config->ns_is_given ||
               (resource->group.n == 0 && bw_str_is(resource->resource, "namespaces"));
}

static int list_all(struct fetcher *f, struct bw_error *reterr)
{
        const struct bw_kube_resource **plan;
        size_t n;
        int r = bw_fetch_plan(f->arena, f->resources, f->n_resources, f->options->wanted, f->options->userdata, &plan, &n, reterr);

        for (size_t i = 0; r == 0 && i < n; i++) {
                if (!is_meant(f, plan[i]))
                        continue;
                if (is_cancelled(f))
                        r = fetch_add_outcome(f, &(struct fetch_outcome){.resource = plan[i], .verb = "list", .code = -EINTR}, reterr);
                else
                        r = list_one(f, plan[i], reterr);
        }
        return r;
}

/* ---- coverage */

int fetch_add_outcome(struct fetcher *f, const struct fetch_outcome *outcome, struct bw_error *reterr)
{
        if (bw_arena_grow(f->arena, &f->outcomes, &f->cap_outcomes, f->n_outcomes, sizeof(*f->outcomes)) < 0)
                return bw_arena_error(f->arena, reterr);
        f->outcomes[f->n_outcomes++] = *outcome;
        return 0;
}

void bw_fetch_put_rule(struct bw_buf *out, struct bw_str group, struct bw_str resource, const char *verb)
{
        bw_buf_printf(out, "{apiGroups: [\"%.*s\"], resources: [\"%.*s\"], verbs: [\"%s\"]}", BW_STR_ARG(group), BW_STR_ARG(resource),
                      verb);
}

static const char *state_of(const struct fetch_outcome *o)
{
        if (o->code == 0)
                return o->inconsistent ? "inconsistent" : "listed";
        return NULL;
}

static bool says(const struct bw_error *err, const char *part)
{
        return bw_str_find(bw_str(err->message), bw_str(part)) != SIZE_MAX;
}

bool fetch_is_refused(const struct bw_error *err)
{
        return err->code == -EACCES && (says(err, " is forbidden: User ") || says(err, ": 401 "));
}

/* For want of a right of ours, which is what a list that is refused to somebody known always is. */
static bool is_for_a_right(const struct fetch_outcome *o)
{
        return o->code == -EACCES && !says(&o->error, ": 401 ") &&
               (o->wanted == 0 || (o->answered == 0 && fetch_is_refused(&o->error)));
}

/* Why there is nothing to judge, and what would help. */
static void put_evidence(struct bw_buf *out, const struct fetch_outcome *o)
{
        bw_auto_done(bw_buf_done) struct bw_buf reason = {0};

        if (o->code == -EINTR || o->code == -ECANCELED) {
                bw_buf_puts(&reason, "interrupted before it was asked for");
        } else if (is_for_a_right(o)) {
                bw_buf_puts(&reason, "not allowed");
        } else if (o->wanted) {
                bw_buf_printf(&reason, "%" PRIu64 " of %" PRIu64 " kubelets did not answer: %s", o->wanted - o->answered, o->wanted,
                              o->error.message);
        } else {
                bw_buf_printf(&reason, "the %s: %s", o->pages ? "list broke off" : "answer is missing", o->error.message);
        }
        bw_buf_puts(out, ",\"evidence\":{\"state\":{\"state\":\"unreadable\",\"reason\":");
        bw_buf_json(out, bw_buf_view(&reason));
        if (is_for_a_right(o)) {
                bw_buf_clear(&reason);
                bw_buf_puts(&reason, "this rule of a ClusterRole allows it: ");
                bw_fetch_put_rule(&reason, o->resource->group, o->resource->resource, o->verb);
                bw_buf_puts(out, ",\"help\":");
                bw_buf_json(out, bw_buf_view(&reason));
        }
        bw_buf_puts(out, "}}");
        if (bw_buf_status(&reason) < 0)
                out->status = -ENOMEM;
}

static int put_outcome(struct fetcher *f, const struct fetch_outcome *o, struct bw_error *reterr)
{
        struct bw_buf *out = &f->text;
        const char *state = state_of(o);
        bool named = o->resource->group.n > 0;

        bw_buf_clear(out);
        bw_buf_printf(out, "{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"ClusterCoverage\",\"metadata\":{\"name\":\"%.*s%s%.*s\"}",
                      BW_STR_ARG(o->resource->resource), named ? "." : "", BW_STR_ARG(o->resource->group));
        bw_buf_puts(out, ",\"group\":");
        bw_buf_json(out, o->resource->group);
        put_text(out, "version", o->resource->version);
        put_text(out, "resource", o->resource->resource);
        put_text(out, "resourceKind", o->resource->kind);
        if (o->resource->namespaced && f->config->ns_is_given)
                put_text(out, "namespace", f->config->ns);
        bw_buf_printf(out, ",\"pages\":%" PRIu64 ",\"bytes\":%" PRIu64, o->pages, o->bytes);
        if (o->wanted)
                bw_buf_printf(out, ",\"asked\":%" PRIu64 ",\"answered\":%" PRIu64, o->wanted, o->answered);
        if (state)
                bw_buf_printf(out, ",\"state\":\"%s\"", state);
        else
                put_evidence(out, o);
        bw_buf_char(out, '}');
        return fetch_put_document(f, reterr);
}

/* A group whose own server does not answer: what is in it is not known. */
static int put_broken_group(struct fetcher *f, struct bw_str group, struct bw_error *reterr)
{
        struct bw_buf *out = &f->text;

        bw_buf_clear(out);
        bw_buf_puts(out, "{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"ClusterCoverage\",\"metadata\":{\"name\":");
        bw_buf_json(out, group);
        bw_buf_puts(out, "},\"group\":");
        bw_buf_json(out, group);
        bw_buf_puts(out, ",\"evidence\":{\"state\":{\"state\":\"unreadable\",\"reason\":\"the server of this API group does not "
                         "answer\"}}}");
        return fetch_put_document(f, reterr);
}

static int put_coverage(struct fetcher *f, struct bw_error *reterr)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < f->n_outcomes; i++)
                r = put_outcome(f, &f->outcomes[i], reterr);
        for (size_t i = 0; r == 0 && i < f->n_broken; i++)
                r = put_broken_group(f, f->broken[i], reterr);
        return r;
}

/* ---- the run */

/* Of files a client needs only those that say how names are looked up, the system's CAs, and a token that changes. */
static void enter_sandbox(const struct fetcher *f)
{
        static const char *const places[] = {"/etc", "/usr/lib/ssl", "/usr/share/ca-certificates", "/run/systemd/resolve",
                                             "/var/run/nscd", "/var/lib/ca-certificates", "/dev/urandom"};
        struct bw_sandbox sandbox;
        const char *why;

        if (!f->options->sandbox || f->config->has_exec || !bw_sandbox_is_possible(&why))
                return;
        sandbox = bw_sandbox_begin_client();
        for (size_t i = 0; i < BW_ARRAY_SIZE(places); i++)
                bw_sandbox_allow_read(&sandbox, places[i]);
        if (f->config->token_file.n) {
                struct bw_str path = bw_arena_str(f->arena, f->config->token_file);
                const char *slash = path.p ? memrchr(path.p, '/', path.n) : NULL;

                /* Its folder: a new token is another file under the same name. */
                if (slash)
                        *(char *)(uintptr_t)(slash == path.p ? slash + 1 : slash) = '\0';
                bw_sandbox_allow_read(&sandbox, slash ? path.p : ".");
        }
        bw_sandbox_enter(&sandbox);
        bw_sandbox_done(&sandbox);
}

static void fetcher_done(struct fetcher *f)
{
        bw_kube_client_free(f->client);
        bw_kube_config_free(f->config);
        bw_arena_free(f->arena);
        bw_buf_done(&f->text);
        bw_buf_done(&f->page);
}

static int connect_to(struct fetcher *f, struct bw_error *reterr)
{
        const struct bw_fetch *options = f->options;
        struct bw_kube_client_options client = {
                .qps = options->qps,
                .timeout = options->timeout,
                .user_agent = options->user_agent,
                .cancel = options->cancel,
        };
        int r;

        f->arena = bw_arena_new(0);
        if (!f->arena)
                return bw_error_nomem(reterr);
        r = bw_kube_config_load(options->flags, NULL, &f->config, reterr);
        if (r < 0)
                return r;
        client.config = f->config;
        r = bw_kube_client_new(&client, &f->client, reterr);
        if (r < 0)
                return r;
        enter_sandbox(f);
        r = ask_version(f, reterr);
        if (r == 0)
                r = bw_kube_discover(f->client, f->arena, &f->resources, &f->n_resources, &f->broken, &f->n_broken, reterr);
        return r;
}

int bw_fetch_run(const struct bw_fetch *options, struct bw_error *reterr)
{
        bw_auto_done(fetcher_done) struct fetcher f = {.options = options};
        int r = connect_to(&f, reterr);

        if (r < 0)
                return r;
        options->ready(options->ready_userdata,
                       &(struct bw_fetch_ready){
                               .server = f.config->server, .context = f.config->context, .version = f.version, .minor = f.minor,
                               .warnings = f.config->warnings, .n_warnings = f.config->n_warnings});
        r = put_head(&f, reterr);
        if (r == 0)
                r = list_all(&f, reterr);
        if (r == 0 && !options->no_kubelets && !f.config->ns_is_given)
                r = fetch_kubelets(&f, reterr);
        return r < 0 ? r : put_coverage(&f, reterr);
}
