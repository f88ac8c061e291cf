/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked with --probe: the node's own servers, where they listen; and one document for each answer.
 */
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/arena.h"
#include "base/limits.h"
#include "node/probe_internal.h"

struct prober {
        struct bw_node *node;
        const struct bw_survey *survey;
        struct bw_probe_results *results;
        struct bw_error *reterr;
};

/* Servers whose sockets are asked. Those of several components in one program are told apart by their ports. */
static const struct target {
        const char *name;      /* of the question */
        const char *component;
        const char *programs;
        uint16_t port;         /* 0: any */
        bool tls;
        const char *method;
        const char *path;
        const char *certificate; /* the setting that names the server's */
} targets[] = {
        {"etcd-client", "etcd", "etcd k3s", 2379, true, "GET", "/version", "cert-file"},
        {"etcd-peer", "etcd", "etcd k3s", 2380, true, "GET", "/members", "peer-cert-file"},
        {"kubelet", "kubelet", "kubelet k3s kubelite", 10250, true, "GET", "/pods", NULL},
        {"kubelet-read-only", "kubelet", "kubelet k3s kubelite", 10255, false, "GET", "/pods", NULL},
        {"kube-apiserver", "kube-apiserver", "kube-apiserver kubelite", 0, true, NULL, NULL, "tls-cert-file"},
        {"kube-apiserver", "kube-apiserver", "k3s", 6443, true, NULL, NULL, NULL},
};

/* ---- what a component's effective settings say */

static int take_settings(void *userdata, struct bw_doc *doc, struct bw_error *reterr BW_UNUSED)
{
        if (bw_str_is(doc->kind, "Component"))
                *(struct bw_value *)userdata = bw_map_get(doc->root, BW_STR("settings"));
        return 0;
}

int bw_probe_settings(struct bw_node *node, const char *component, struct bw_value *ret, struct bw_error *reterr)
{
        const struct bw_node_component *found = bw_node_component(node, component, 0);

        *ret = (struct bw_value){0};
        return found ? bw_component_analyze(node->arena, &found->input, take_settings, ret, reterr) : 0;
}

/* One text of a setting: itself, or item i of its list; a text may hold several with commas between them. */
static bool setting_item(struct bw_value value, size_t i, struct bw_str *ret)
{
        struct bw_str rest;

        if (value.type == BW_LIST) {
                *ret = i < value.n && value.list->items[i].type == BW_STRING ? bw_value_text(value.list->items[i])
                                                                             : (struct bw_str){0};
                return i < value.n;
        }
        if (value.type != BW_STRING)
                return false;
        rest = bw_value_text(value);
        do {
                if (!bw_str_split(&rest, ',', ret))
                        return false;
        } while (i-- > 0);
        return true;
}

/* True if one of the setting's URLs has the port. */
static bool names_port(struct bw_value settings, const char *key, uint16_t port, bool *ret_plain)
{
        struct bw_value urls = bw_map_get(settings, bw_str(key));
        struct bw_str url;
        char end[16];

        (void)snprintf(end, sizeof(end), ":%u", (unsigned)port);
        for (size_t i = 0; setting_item(urls, i, &url); i++)
                if (bw_str_ends(url, bw_str(end))) {
                        *ret_plain = bw_str_starts(url, BW_STR("http:"));
                        return true;
                }
        return false;
}

/* ---- questions */

static struct bw_str address_to_ask(struct bw_arena *arena, const struct bw_socket *socket)
{
        if (bw_address_is_any(socket->family, socket->address))
                return socket->family == 4 ? BW_STR("127.0.0.1") : BW_STR("::1");
        return bw_address_text(arena, socket->family, socket->address);
}

static bool asked_before(const struct prober *p, const char *name, uint16_t port)
{
        for (size_t i = 0; i < p->results->n; i++)
                if (p->results->items[i].question.port == port && strcmp(p->results->items[i].question.name, name) == 0)
                        return true;
        return false;
}

/* Old TLS: whether anything below 1.2 is taken, by a handshake alone. */
static int ask_old(struct prober *p, struct bw_probe_result *result)
{
        struct bw_probe_question old = result->question;
        struct bw_probe_answer answer;
        int r;

        old.method = NULL;
        old.max_tls = TLS1_1_VERSION;
        r = bw_probe_ask(p->node->arena, &old, &answer, p->reterr);
        result->old_tls = r == 0 && answer.tls != NULL;
        return r;
}

static int ask(struct prober *p, const struct target *target, const struct bw_socket *socket, bool tls)
{
        struct bw_probe_results *to = p->results;
        struct bw_probe_result *result;
        int r;

        if (asked_before(p, target->name, socket->port) || to->n == BW_LIMIT_PROBES)
                return 0;
        if (bw_arena_grow(p->node->arena, &to->items, &to->cap, to->n, sizeof(to->items[0])) < 0)
                return bw_arena_error(p->node->arena, p->reterr);
        result = &to->items[to->n];
        *result = (struct bw_probe_result){
                .certificate_setting = target->certificate,
                .question = {
                        .name = target->name,
                        .component = target->component,
                        .address = address_to_ask(p->node->arena, socket),
                        .port = socket->port,
                        .tls = tls,
                        .method = target->method,
                        .path = target->path,
                },
        };
        r = bw_probe_ask(p->node->arena, &result->question, &result->answer, p->reterr);
        if (r == 0 && result->answer.tls)
                r = ask_old(p, result);
        if (r == 0)
                to->n++;
        return r;
}

static const struct target *target_for(const struct bw_survey_socket *listener)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(targets); i++)
                if (bw_daemon_lists(targets[i].programs, listener->process->program) &&
                    (!targets[i].port || targets[i].port == listener->socket.port))
                        return &targets[i];
        return NULL;
}

/* etcd's sockets are told apart by its settings; one that these do not name by the usual ports. */
static const struct target *etcd_target(struct bw_value settings, uint16_t port, const struct target *usual, bool *plain)
{
        if (names_port(settings, "listen-metrics-urls", port, plain))
                return NULL;
        if (names_port(settings, "listen-client-urls", port, plain))
                return &targets[0];
        return names_port(settings, "listen-peer-urls", port, plain) ? &targets[1] : usual;
}

static int ask_listeners(struct prober *p)
{
        struct bw_value etcd;
        int r = bw_probe_settings(p->node, "etcd", &etcd, p->reterr);

        for (size_t i = 0; r == 0 && i < p->survey->n_listeners; i++) {
                const struct bw_survey_socket *listener = &p->survey->listeners[i];
                const struct target *target;
                bool plain = false;

                if (!listener->process || strcmp(listener->socket.protocol, "tcp") != 0)
                        continue;
                target = target_for(listener);
                if (bw_str_is(listener->process->program, "etcd"))
                        target = etcd_target(etcd, listener->socket.port, target, &plain);
                if (target)
                        r = ask(p, target, &listener->socket, target->tls && !plain);
        }
        return r;
}

/*
 * The metadata service, of machines that are in a cloud. AWS: a token is asked for as its second version wants it; the token itself is forgotten at once.
 */
static int ask_metadata(struct prober *p)
{
        struct bw_probe_question token = {
                .name = "metadata",
                .address = BW_STR("169.254.169.254"),
                .port = 80,
                .method = "PUT",
                .path = "/latest/api/token",
                .headers = "X-aws-ec2-metadata-token-ttl-seconds: 1\r\n",
        };
        struct bw_probe_question plain = token;
        struct bw_probe_answer answer;
        const char *provider;
        int r = bw_metadata_provider(p->node, &provider, p->reterr);

        if (r < 0 || !provider[0])
                return r;
        r = bw_probe_ask(p->node->arena, &token, &answer, p->reterr);
        plain.method = "GET";
        plain.path = "/latest/meta-data/";
        plain.headers = NULL;
        if (r < 0)
                return r;
        p->results->metadata_asked = true;
        p->results->metadata_answers = answer.outcome == BW_PROBE_ANSWERED;
        if (!p->results->metadata_answers)
                return 0;
        r = bw_probe_ask(p->node->arena, &plain, &answer, p->reterr);
        p->results->metadata_answers_plainly = r == 0 && answer.status == 200;
        return r;
}

static int prepare(struct bw_node *node, struct bw_error *reterr)
{
        struct prober p = {.node = node, .reterr = reterr};
        int r;

        if (!node->options.probe || !bw_host_is_live(node->host))
                return 0;
        p.results = bw_arena_zalloc(node->arena, sizeof(*p.results));
        if (!p.results)
                return bw_arena_error(node->arena, reterr);
        r = bw_survey_take(node, &p.survey, reterr);
        if (r == 0)
                r = ask_listeners(&p);
        if (r == 0)
                r = ask_metadata(&p);
        if (r == 0)
                r = bw_probe_etcd(node, p.survey, &p.results->etcd, reterr);
        if (r < 0)
                return r;
        node->prepared[BW_PREPARED_PROBES] = p.results;
        return 0;
}

/* ---- documents */

/* The fingerprint of the first certificate in a file; empty when it cannot be read. */
static struct bw_str file_fingerprint(struct bw_node *node, const char *path)
{
        struct bw_str text;
        struct bw_str fingerprint = {0};
        BIO *bio;
        X509 *certificate;

        if (bw_host_read(node->host, node->arena, path, BW_LIMIT_CONFIG_TEXT, &text, NULL) < 0)
                return fingerprint;
        bio = BIO_new_mem_buf(text.p, (int)text.n);
        certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
        fingerprint = bw_probe_fingerprint(node->arena, certificate);
        X509_free(certificate);
        BIO_free(bio);
        return fingerprint;
}

/* Whether the file that the component names now holds the certificate that it serves. */
static int put_file(struct bw_node *node, struct bw_facts *facts, const struct bw_probe_result *result,
                    struct bw_error *reterr)
{
        const struct bw_node_component *component = bw_node_component(node, result->question.component, 0);
        struct bw_value settings;
        struct bw_str path;
        struct bw_str on_disk;
        int r;

        if (!component || !result->certificate_setting || !result->answer.fingerprint.n)
                return 0;
        r = bw_probe_settings(node, result->question.component, &settings, reterr);
        if (r < 0)
                return r;
        path = bw_map_text(settings, result->certificate_setting);
        if (!path.n)
                return 0;
        path = bw_node_outside(node, component, path);
        on_disk = path.n ? file_fingerprint(node, path.p) : (struct bw_str){0};
        if (!on_disk.n)
                return 0;
        bw_fields_text(&facts->fields, "certificateFile", path);
        bw_fields_bool(&facts->fields, "certificateIsOnDisk", bw_str_eq(on_disk, result->answer.fingerprint));
        return 0;
}

static int give(struct bw_node *node, const struct bw_probe_result *result, bw_doc_sink sink, void *userdata,
                struct bw_error *reterr)
{
        const struct bw_probe_question *q = &result->question;
        const struct bw_probe_answer *a = &result->answer;
        struct bw_evidence evidence = {.type = "probe"};
        struct bw_facts facts;
        struct bw_str name = bw_arena_printf(node->arena, "%.*s/%s:%u", BW_STR_ARG(node->name), q->name, (unsigned)q->port);
        int r;

        bw_facts_init(&facts, node->arena, "Probe", name);
        bw_fields_text(&facts.fields, "question", bw_str(q->name));
        bw_fields_text(&facts.fields, "component", bw_str(q->component));
        bw_fields_text(&facts.fields, "address", q->address);
        bw_fields_int(&facts.fields, "port", q->port);
        bw_fields_bool(&facts.fields, "tls", q->tls);
        bw_fields_text(&facts.fields, "outcome", bw_str(bw_probe_outcome_text(a->outcome)));
        bw_fields_int(&facts.fields, "status", a->status);
        if (a->tls) {
                bw_fields_text(&facts.fields, "protocol", bw_str(a->tls));
                bw_fields_text(&facts.fields, "cipher", a->cipher);
                bw_fields_text(&facts.fields, "fingerprint", a->fingerprint);
                bw_fields_bool(&facts.fields, "oldTLS", result->old_tls);
        }
        evidence.text = bw_arena_printf(node->arena, "%s%s%s to %.*s port %u without a client certificate: %s", q->method ? q->method : "TLS handshake",
                                        q->method ? " " : "", q->method ? q->path : "", BW_STR_ARG(q->address), (unsigned)q->port,
                                        bw_probe_outcome_text(a->outcome));
        if (a->status)
                evidence.text = bw_arena_printf(node->arena, "%.*s, status %d", BW_STR_ARG(evidence.text), a->status);
        bw_facts_evidence(&facts, &evidence, "%s", "");
        r = put_file(node, &facts, result, reterr);
        return r < 0 ? r : bw_node_give(node, &facts, sink, userdata, reterr);
}

static int collect(struct bw_node *node, bw_doc_sink sink, void *userdata, struct bw_error *reterr)
{
        const struct bw_probe_results *results = node->prepared[BW_PREPARED_PROBES];
        int r = 0;

        for (size_t i = 0; r == 0 && results && i < results->n; i++)
                r = give(node, &results->items[i], sink, userdata, reterr);
        return r;
}

const struct bw_collector bw_collector_probe = {.name = "probe", .prepare = prepare, .collect = collect};
