/* SPDX-License-Identifier: Apache-2.0 */
/*
 * etcd's store: its directory, its version, its quota; with --probe its health, size and alarms, asked through its JSON
 * gateway with a client certificate that lies on the node.
 * Source: etcd's api/etcdserverpb/rpc.proto (StatusResponse, AlarmResponse) and its gateway's paths below /v3; defaults of
 *         --data-dir and --quota-backend-bytes in server/embed/config.go, server/etcdserver/quota.go.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/doc.h"
#include "node/probe_internal.h"

#define DEFAULT_QUOTA ((int64_t)2 << 30)

/* Client certificates of etcd that distributions put on their servers. Settings of kube-apiserver go first. */
static const struct {
        const char *certificate;
        const char *key;
} usual_clients[] = {
        {"/etc/kubernetes/pki/etcd/healthcheck-client.crt", "/etc/kubernetes/pki/etcd/healthcheck-client.key"},
        {"/etc/kubernetes/pki/apiserver-etcd-client.crt", "/etc/kubernetes/pki/apiserver-etcd-client.key"},
        {"/var/lib/rancher/k3s/server/tls/etcd/client.crt", "/var/lib/rancher/k3s/server/tls/etcd/client.key"},
        {"/var/lib/rancher/rke2/server/tls/etcd/client.crt", "/var/lib/rancher/rke2/server/tls/etcd/client.key"},
};

struct asker {
        struct bw_node *node;
        struct bw_probe_etcd *to;
        struct bw_probe_question question;
        struct bw_error *reterr;
};

/* ---- asking */

static int use_files(struct asker *a, const char *component, struct bw_str certificate, struct bw_str key)
{
        const struct bw_node_component *found = bw_node_component(a->node, component, 0);

        certificate = bw_node_outside(a->node, found, certificate);
        key = bw_node_outside(a->node, found, key);
        if (!certificate.p || !key.p)
                return bw_arena_error(a->node->arena, a->reterr);
        if (bw_host_exists(a->node->host, certificate.p) && bw_host_exists(a->node->host, key.p)) {
                a->question.certificate = certificate.p;
                a->question.key = key.p;
        }
        return 0;
}

static int use_setting(struct asker *a, const char *component, const char *certificate, const char *key)
{
        struct bw_value settings;
        int r = bw_probe_settings(a->node, component, &settings, a->reterr);

        if (r < 0 || !bw_map_text(settings, certificate).n || !bw_map_text(settings, key).n)
                return r;
        return use_files(a, component, bw_map_text(settings, certificate), bw_map_text(settings, key));
}

static int find_client(struct asker *a)
{
        int r = use_setting(a, "kube-apiserver", "etcd-certfile", "etcd-keyfile");

        for (size_t i = 0; r == 0 && !a->question.certificate && i < BW_ARRAY_SIZE(usual_clients); i++)
                if (bw_host_exists(a->node->host, usual_clients[i].certificate) &&
                    bw_host_exists(a->node->host, usual_clients[i].key)) {
                        a->question.certificate = usual_clients[i].certificate;
                        a->question.key = usual_clients[i].key;
                }
        /* A server's certificate is often one for clients too, as members are clients of one another. */
        if (r == 0 && !a->question.certificate)
                r = use_setting(a, "etcd", "cert-file", "key-file");
        return r;
}

/* POSTs an empty request to a path of the gateway. *ret is a map, or ABSENT with the reason in why_not. */
static int ask(struct asker *a, const char *path, struct bw_value *ret)
{
        struct bw_probe_answer answer;
        struct bw_doc doc;
        size_t used;
        int r;

        *ret = (struct bw_value){0};
        a->question.method = "POST";
        a->question.path = path;
        a->question.body = "{}";
        r = bw_probe_ask(a->node->arena, &a->question, &answer, a->reterr);
        if (r < 0)
                return r;
        if (answer.status != 200) {
                a->to->why_not = bw_arena_printf(a->node->arena, "etcd's gateway at port %u: %s, status %d", (unsigned)a->question.port,
                                                 bw_probe_outcome_text(answer.outcome), answer.status);
                return 0;
        }
        if (bw_json_read(a->node->arena, answer.body, 1, 1, false, &doc, &used, NULL) == 0)
                *ret = doc.root;
        return 0;
}

/* Numbers of 64 bits are texts in JSON made of protocol buffers. */
static int64_t number(struct bw_value map, const char *key)
{
        struct bw_value v = bw_map_get(map, bw_str(key));
        int64_t i;

        if (v.type == BW_INT)
                return v.i;
        return v.type == BW_STRING && bw_str_to_i64(bw_value_text(v), &i) == 0 ? i : -1;
}

static void take_alarms(struct asker *a, struct bw_value answer)
{
        struct bw_value alarms = bw_map_get(answer, BW_STR("alarms"));

        for (size_t i = 0; alarms.type == BW_LIST && i < alarms.n && a->to->n_alarms < BW_ARRAY_SIZE(a->to->alarms); i++) {
                struct bw_str alarm = bw_map_text(alarms.list->items[i], "alarm");

                if (alarm.n)
                        a->to->alarms[a->to->n_alarms++] = alarm;
        }
}

static int ask_all(struct asker *a)
{
        struct bw_value status;
        struct bw_value alarms = {0};
        int r = ask(a, "/v3/maintenance/status", &status);

        if (r == 0 && status.type == BW_MAP)
                r = ask(a, "/v3/maintenance/alarm", &alarms);
        if (r < 0 || status.type != BW_MAP)
                return r;
        a->to->asked = true;
        a->to->version = bw_map_text(status, "version");
        a->to->db_size = number(status, "dbSize");
        a->to->db_size_in_use = number(status, "dbSizeInUse");
        a->to->healthy = number(status, "leader") != 0 && bw_map_get(status, BW_STR("errors")).type != BW_LIST;
        take_alarms(a, alarms);
        return 0;
}

static bool is_client_port(struct bw_value settings, const struct bw_survey_socket *listener, bool *plain)
{
        struct bw_str url = bw_map_text(settings, "listen-client-urls");
        struct bw_value list = bw_map_get(settings, BW_STR("listen-client-urls"));
        char end[16];

        (void)snprintf(end, sizeof(end), ":%u", (unsigned)listener->socket.port);
        for (size_t i = 0; list.type == BW_LIST ? i < list.n : i == 0; i++) {
                struct bw_str rest = list.type == BW_LIST ? bw_value_text(list.list->items[i]) : url;
                struct bw_str one;

                while (bw_str_split(&rest, ',', &one))
                        if (bw_str_ends(one, bw_str(end))) {
                                *plain = bw_str_starts(one, BW_STR("http:"));
                                return true;
                        }
        }
        return listener->socket.port == 2379 && list.type != BW_LIST && !url.n;
}

int bw_probe_etcd(struct bw_node *node, const struct bw_survey *survey, struct bw_probe_etcd *ret, struct bw_error *reterr)
{
        struct asker a = {.node = node, .to = ret, .reterr = reterr};
        struct bw_value settings;
        int r = bw_probe_settings(node, "etcd", &settings, reterr);

        if (r < 0 || !bw_node_component(node, "etcd", 0))
                return r;
        ret->why_not = BW_STR("etcd's client port was not found among the listening sockets");
        for (size_t i = 0; r == 0 && !ret->asked && i < survey->n_listeners; i++) {
                const struct bw_survey_socket *listener = &survey->listeners[i];
                bool plain = false;

                if (!listener->process || !bw_daemon_lists("etcd k3s", listener->process->program) ||
                    !is_client_port(settings, listener, &plain))
                        continue;
                a.question = (struct bw_probe_question){.name = "etcd", .component = "etcd", .port = listener->socket.port,
                                                        .tls = !plain};
                a.question.address = bw_address_is_any(listener->socket.family, listener->socket.address)
                                             ? (listener->socket.family == 4 ? BW_STR("127.0.0.1") : BW_STR("::1"))
                                             : bw_address_text(node->arena, listener->socket.family, listener->socket.address);
                r = plain ? 0 : find_client(&a);
                if (r == 0)
                        r = ask_all(&a);
        }
        return r;
}

/* ---- the document */

static int64_t quota_of(struct bw_value settings)
{
        int64_t quota = number(settings, "quota-backend-bytes");

        return quota > 0 ? quota : DEFAULT_QUOTA;
}

static void put_directory(struct bw_node *node, struct bw_facts *facts, struct bw_str path)
{
        struct bw_fields fields = bw_fields(facts);
        struct bw_host_stat stat;
        struct bw_host_stat root;
        struct bw_error err = {0};
        int r = bw_host_stat(node->host, path.p, 0, &stat, &err);

        bw_facts_evidence(facts, &(struct bw_evidence){.type = "file", .text = path, .file = path}, "dataDir");
        bw_fields_text(&fields, "path", path);
        if (r == -EACCES || r == -EPERM)
                bw_facts_unreadable(facts, "dataDir.ownDevice", path, &err);
        if (r == 0) {
                bw_fields_int(&fields, "mode", stat.mode);
                bw_fields_int(&fields, "uid", stat.uid);
                bw_fields_int(&fields, "gid", stat.gid);
        }
        if (r == 0 && bw_host_is_live(node->host) && bw_host_stat(node->host, "/", 0, &root, NULL) == 0)
                bw_fields_bool(&fields, "ownDevice", stat.dev != root.dev);
        bw_fields_value(&facts->fields, "dataDir", bw_fields_end(&fields));
}

static void put_probe(struct bw_facts *facts, const struct bw_probe_etcd *probe, int64_t quota)
{
        struct bw_items alarms = bw_items(facts);
        struct bw_evidence evidence = {.type = "probe", .text = BW_STR("etcd's gateway, /v3/maintenance")};

        for (size_t i = 0; i < probe->n_alarms; i++)
                bw_items_text(&alarms, probe->alarms[i]);
        bw_fields_bool(&facts->fields, "healthy", probe->healthy);
        bw_fields_int(&facts->fields, "size", probe->db_size);
        bw_fields_int(&facts->fields, "sizeInUse", probe->db_size_in_use);
        if (probe->db_size >= 0)
                bw_fields_int(&facts->fields, "percentOfQuota", probe->db_size / BW_MAX(quota / 100, (int64_t)1));
        bw_fields_value(&facts->fields, "alarms", bw_items_end(&alarms));
        for (size_t i = 0; i < 3; i++)
                bw_facts_evidence(facts, &evidence, "%s", (const char *const[]){"alarms", "percentOfQuota", "healthy"}[i]);
}

static void put_not_asked(struct bw_facts *facts, struct bw_str why)
{
        static const char *const paths[] = {"alarms", "percentOfQuota", "healthy"};
        struct bw_evidence evidence = {.state = why.n ? "unreadable" : "absent",
                                       .reason = why.n ? why : BW_STR("only --probe asks etcd")};

        for (size_t i = 0; i < BW_ARRAY_SIZE(paths); i++)
                bw_facts_evidence(facts, &evidence, "%s", paths[i]);
}

static int collect(struct bw_node *node, bw_doc_sink sink, void *userdata, struct bw_error *reterr)
{
        const struct bw_node_component *component = bw_node_component(node, "etcd", 0);
        const struct bw_probe_results *results = node->prepared[BW_PREPARED_PROBES];
        struct bw_facts facts;
        struct bw_value settings;
        struct bw_str path;
        int r;

        if (!component)
                return 0;
        r = bw_probe_settings(node, "etcd", &settings, reterr);
        if (r < 0)
                return r;
        path = bw_map_text(settings, "data-dir");
        path = bw_node_outside(node, component, path.n && path.p[0] == '/' ? path : BW_STR("/var/lib/etcd"));
        if (!path.p)
                return bw_arena_error(node->arena, reterr);
        bw_facts_init(&facts, node->arena, "EtcdStore", node->name);
        put_directory(node, &facts, path);
        bw_fields_int(&facts.fields, "quota", quota_of(settings));
        if (results && results->etcd.asked && results->etcd.version.n)
                bw_fields_text(&facts.fields, "version", results->etcd.version);
        else if (component->input.version.n)
                bw_fields_text(&facts.fields, "version", component->input.version);
        else
                bw_facts_absent(&facts, "version", "nothing on the machine says it");
        if (results && results->etcd.asked)
                put_probe(&facts, &results->etcd, quota_of(settings));
        else
                put_not_asked(&facts, results ? results->etcd.why_not : (struct bw_str){0});
        return bw_node_give(node, &facts, sink, userdata, reterr);
}

const struct bw_collector bw_collector_etcd = {.name = "etcd", .collect = collect};
