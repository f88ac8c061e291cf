/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/slim.h"

#include <math.h>

#include "analyze/derive.h"
#include "base/arena.h"
#include "base/error.h"
#include "cel/lib/credential.h"
#include "format/base64.h"
#include "format/pem.h"

struct slim {
        struct bw_arena *arena;
        struct bw_buf text;     /* of the value at hand */
        bool failed;            /* no memory: what is made does not count */
};

/* ---- maps and lists: a copy is made when something in them changes */

/* What is to stand in the entry's place: ABSENT leaves it out. */
typedef struct bw_value (*edit_entry)(struct slim *s, const struct bw_entry *entry, const void *ctx);
typedef struct bw_value (*edit_item)(struct slim *s, struct bw_value item);

static bool is_same(struct bw_value a, struct bw_value b)
{
        return a.head == b.head && a.u == b.u;
}

static struct bw_value edit_map(struct slim *s, struct bw_value map, edit_entry edit, const void *ctx)
{
        struct bw_map *made = NULL;
        uint32_t n = 0;

        for (uint32_t i = 0; map.type == BW_MAP && i < map.n; i++) {
                const struct bw_entry *e = &map.map->entries[i];
                struct bw_value v = edit(s, e, ctx);

                if (!made && is_same(v, e->value)) {
                        n++;
                        continue;
                }
                if (!made) {
                        made = bw_map_new(s->arena, map.n);
                        if (!made) {
                                s->failed = true;
                                return map;
                        }
                        if (n)
                                memcpy(made->entries, map.map->entries, n * sizeof(*e));
                }
                if (v.type != BW_ABSENT)
                        made->entries[n++] = (struct bw_entry){e->key, v};
        }
        if (!made)
                return map;
        s->failed = s->failed || bw_map_seal(s->arena, made, n) < 0;
        return bw_value_map(made, n);
}

static struct bw_value edit_list(struct slim *s, struct bw_value list, edit_item edit)
{
        struct bw_list *made = NULL;

        for (uint32_t i = 0; list.type == BW_LIST && i < list.n; i++) {
                struct bw_value v = edit(s, list.list->items[i]);

                if (!made && !is_same(v, list.list->items[i])) {
                        made = bw_list_new(s->arena, list.n);
                        if (!made) {
                                s->failed = true;
                                return list;
                        }
                        memcpy(made->items, list.list->items, list.n * sizeof(v));
                }
                if (made)
                        made->items[i] = v;
        }
        return made ? bw_value_list(made, list.n) : list;
}

/* ---- texts */

/* The text of s->text as a value; ABSENT is never given: what cannot be kept hidden is an empty text. */
static struct bw_value take_text(struct slim *s)
{
        struct bw_str text = (struct bw_str){0};

        if (bw_buf_status(&s->text) == 0)
                text = bw_arena_str(s->arena, bw_buf_view(&s->text));
        s->failed = s->failed || !text.p;
        return bw_value_str(text.p ? text : BW_STR(""));
}

static struct bw_value conceal(struct slim *s, struct bw_value v, bool (*how)(struct bw_str text, struct bw_buf *out))
{
        if (v.type != BW_STRING || v.n == 0)
                return v;
        bw_buf_clear(&s->text);
        return how(bw_value_text(v), &s->text) ? take_text(s) : v;
}

static bool key_is(const struct bw_entry *e, const char *key)
{
        return e->key.type == BW_STRING && bw_str_is(bw_value_text(e->key), key);
}

static bool key_is_one_of(const struct bw_entry *e, const char *const *keys, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (key_is(e, keys[i]))
                        return true;
        return false;
}

/* ---- metadata */

#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"

/* Of a Secret's last manifest stays that it had values. */
static struct bw_value last_applied(struct bw_value v, bool of_secret)
{
        struct bw_str text = v.type == BW_STRING ? bw_value_text(v) : BW_STR("");

        if (!of_secret)
                return (struct bw_value){0};
        if (bw_str_find(text, BW_STR("\"data\":{\"")) != SIZE_MAX)
                return bw_value_str(BW_STR("{\"data\":{\"REDACTED\":\"\"}}"));
        if (bw_str_find(text, BW_STR("\"stringData\":{\"")) != SIZE_MAX)
                return bw_value_str(BW_STR("{\"stringData\":{\"REDACTED\":\"\"}}"));
        return bw_value_str(BW_STR("{}"));
}

static struct bw_value edit_annotation(struct slim *s, const struct bw_entry *e, const void *ctx)
{
        const bool *of_secret = ctx;

        if (key_is(e, LAST_APPLIED))
                return last_applied(e->value, *of_secret);
        /* What a Secret is annotated with may be made of its values. */
        return *of_secret && bw_credential_is_name(bw_value_text(e->key)) ? conceal(s, e->value, bw_conceal_named) :
                                                                            conceal(s, e->value, bw_conceal_text);
}

static struct bw_value edit_metadata(struct slim *s, const struct bw_entry *e, const void *ctx)
{
        if (key_is(e, "managedFields"))
                return (struct bw_value){0};
        return key_is(e, "annotations") ? edit_map(s, e->value, edit_annotation, ctx) : e->value;
}

/* ---- pods */

static const char *const container_lists[] = {"containers", "initContainers", "ephemeralContainers"};

/* An entry of env, a header: what is called a secret is one. */
static struct bw_value edit_pair_value(struct slim *s, const struct bw_entry *e, const void *ctx)
{
        const bool *named = ctx;

        if (!key_is(e, "value"))
                return e->value;
        return conceal(s, e->value, *named ? bw_conceal_named : bw_conceal_text);
}

static bool is_authorization(struct bw_str name)
{
        static const char *const names[] = {"authorization", "proxy-authorization"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++) {
                size_t n = strlen(names[i]);
                size_t k = 0;

                while (k < n && k < name.n && (name.p[k] == '-' || (name.p[k] | 0x20) == names[i][k]))
                        k++;
                if (k == n && name.n == n)
                        return true;
        }
        return false;
}

static struct bw_value edit_pair(struct slim *s, struct bw_value pair)
{
        struct bw_str name = bw_map_text(pair, "name");
        bool named = bw_credential_is_name(name) || is_authorization(name);

        return edit_map(s, pair, edit_pair_value, &named);
}

/* Whether the item behind this one is its value: --password VALUE. */
static bool announces_secret(struct bw_value item)
{
        struct bw_str text = item.type == BW_STRING ? bw_value_text(item) : (struct bw_str){0};

        return text.n > 2 && text.p[0] == '-' && !memchr(text.p, '=', text.n) && !memchr(text.p, ' ', text.n) &&
               bw_credential_is_name(text);
}

static struct bw_value edit_command(struct slim *s, struct bw_value list)
{
        struct bw_value before = {0};
        struct bw_list *made = NULL;

        for (uint32_t i = 0; list.type == BW_LIST && i < list.n; i++) {
                struct bw_value item = list.list->items[i];
                bool is_flag = item.type == BW_STRING && item.n && item.s[0] == '-';
                struct bw_value v = conceal(s, item, announces_secret(before) && !is_flag ? bw_conceal_named : bw_conceal_text);

                before = item;
                if (!made && !is_same(v, item)) {
                        made = bw_list_new(s->arena, list.n);
                        if (!made) {
                                s->failed = true;
                                return list;
                        }
                        memcpy(made->items, list.list->items, list.n * sizeof(v));
                }
                if (made)
                        made->items[i] = v;
        }
        return made ? bw_value_list(made, list.n) : list;
}

/* Probes and hooks, whatever is in them. */
static struct bw_value edit_handler(struct slim *s, const struct bw_entry *e, const void *ctx)
{
        static const char *const inner[] = {"httpGet", "exec", "postStart", "preStop"};

        if (key_is(e, "httpHeaders"))
                return edit_list(s, e->value, edit_pair);
        if (key_is(e, "command"))
                return edit_command(s, e->value);
        return key_is_one_of(e, inner, BW_ARRAY_SIZE(inner)) ? edit_map(s, e->value, edit_handler, ctx) : e->value;
}

static struct bw_value edit_container_field(struct slim *s, const struct bw_entry *e, const void *ctx)
{
        static const char *const handlers[] = {"livenessProbe", "readinessProbe", "startupProbe", "lifecycle"};

        if (key_is(e, "env"))
                return edit_list(s, e->value, edit_pair);
        if (key_is(e, "command") || key_is(e, "args"))
                return edit_command(s, e->value);
        return key_is_one_of(e, handlers, BW_ARRAY_SIZE(handlers)) ? edit_map(s, e->value, edit_handler, ctx) : e->value;
}

static struct bw_value edit_container(struct slim *s, struct bw_value container)
{
        return edit_map(s, container, edit_container_field, NULL);
}

/* A pod, a template, a job's template. */
static struct bw_value edit_workload(struct slim *s, const struct bw_entry *e, const void *ctx)
{
        static const char *const inner[] = {"spec", "template", "jobTemplate"};

        if (key_is(e, "metadata"))
                return edit_map(s, e->value, edit_metadata, ctx);
        if (key_is_one_of(e, container_lists, BW_ARRAY_SIZE(container_lists)))
                return edit_list(s, e->value, edit_container);
        return key_is_one_of(e, inner, BW_ARRAY_SIZE(inner)) ? edit_map(s, e->value, edit_workload, ctx) : e->value;
}

/* ---- resources of other makers, and parameters of drivers: anything may be anywhere */

static struct bw_value edit_any(struct slim *s, struct bw_value v);

static struct bw_value edit_any_entry(struct slim *s, const struct bw_entry *e, const void *ctx)
{
        const bool *pair_is_named = ctx;
        bool named;

        if (e->value.type != BW_STRING)
                return key_is(e, "command") || key_is(e, "args") ? edit_command(s, e->value) : edit_any(s, e->value);
        named = key_is(e, "value") ? *pair_is_named : bw_credential_is_name(bw_value_text(e->key));
        return conceal(s, e->value, named ? bw_conceal_named : bw_conceal_text);
}

static struct bw_value edit_any(struct slim *s, struct bw_value v)
{
        bool named;

        if (v.type == BW_LIST)
                return edit_list(s, v, edit_any);
        if (v.type == BW_STRING)
                return conceal(s, v, bw_conceal_text);
        if (v.type != BW_MAP)
                return v;
        named = bw_credential_is_name(bw_map_text(v, "name"));
        return edit_map(s, v, edit_any_entry, &named);
}

static struct bw_value edit_foreign(struct slim *s, const struct bw_entry *e, const void *ctx)
{
        static const char *const identity[] = {"apiVersion", "kind"};

        if (key_is(e, "metadata"))
                return edit_map(s, e->value, edit_metadata, ctx);
        if (key_is_one_of(e, identity, BW_ARRAY_SIZE(identity)))
                return e->value;
        return e->value.type == BW_STRING ? conceal(s, e->value, bw_conceal_text) : edit_any(s, e->value);
}

/* ---- definitions of custom resources: their schemas are nearly all of them */

static struct bw_value edit_definition(struct slim *s, const struct bw_entry *e, const void *ctx);

static struct bw_value edit_version(struct slim *s, struct bw_value version)
{
        return edit_map(s, version, edit_definition, NULL);
}

static struct bw_value edit_definition(struct slim *s, const struct bw_entry *e, const void *ctx)
{
        static const char *const unread[] = {"schema", "validation", "additionalPrinterColumns"};

        if (key_is_one_of(e, unread, BW_ARRAY_SIZE(unread)))
                return (struct bw_value){0};
        if (key_is(e, "metadata"))
                return edit_map(s, e->value, edit_metadata, ctx);
        if (key_is(e, "versions"))
                return edit_list(s, e->value, edit_version);
        return key_is(e, "spec") ? edit_map(s, e->value, edit_definition, ctx) : e->value;
}

/* ---- Secrets and ConfigMaps */

/* Settings in ConfigMaps that rules read, by the name of the ConfigMap or, if that is NULL, by the key alone. */
static const struct {
        const char *name;
        const char *key;
} settings[] = {
        {"cilium-config", NULL},
        {"amazon-vpc-cni", NULL},
        {"argocd-cmd-params-cm", "server.disable.auth"},
        {"argocd-cmd-params-cm", "server.insecure"},
        {"argocd-cm", "users.anonymous.enabled"},
        {"argocd-rbac-cm", "policy.default"},
        {NULL, "allow-snippet-annotations"},
        {NULL, "annotations-risk-level"},
        {NULL, "hsts"},
        {NULL, "hsts-max-age"},
        {NULL, "proxy-real-ip-cidr"},
        {NULL, "ssl-ciphers"},
        {NULL, "ssl-protocols"},
        {NULL, "use-forwarded-headers"},
};

static bool is_setting(struct bw_str name, struct bw_str key)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(settings); i++)
                if ((!settings[i].name || bw_str_is(name, settings[i].name)) &&
                    (!settings[i].key || bw_str_is(key, settings[i].key)))
                        return true;
        return false;
}

static struct bw_value edit_config_value(struct slim *s, const struct bw_entry *e, const void *ctx)
{
        const struct bw_doc *doc = ctx;
        struct bw_str key = bw_value_text(e->key);

        if (is_setting(doc->name, key))
                return conceal(s, e->value, bw_credential_is_name(key) ? bw_conceal_all : bw_conceal_text);
        return conceal(s, e->value, bw_conceal_all);
}

/* One text for all values, in the form that the field has. */
static struct bw_value edit_encoded(struct slim *s, const struct bw_entry *e, const void *ctx)
{
        (void)s;
        (void)ctx;
        return e->value.type == BW_STRING && e->value.n ? bw_value_str(BW_STR("UkVEQUNURUQ=")) : e->value;
}

static struct bw_value edit_plain(struct slim *s, const struct bw_entry *e, const void *ctx)
{
        (void)s;
        (void)ctx;
        return e->value.type == BW_STRING && e->value.n ? bw_value_str(BW_STR("REDACTED")) : e->value;
}

static struct bw_value edit_secret(struct slim *s, const struct bw_entry *e, const void *ctx)
{
        const bool of_secret = true;

        (void)ctx;
        if (key_is(e, "metadata"))
                return edit_map(s, e->value, edit_metadata, &of_secret);
        if (key_is(e, "data"))
                return e->value.type == BW_MAP ? edit_map(s, e->value, edit_encoded, NULL) : bw_value_null();
        if (key_is(e, "stringData"))
                return e->value.type == BW_MAP ? edit_map(s, e->value, edit_plain, NULL) : bw_value_null();
        return key_is(e, "slim") ? (struct bw_value){0} : e->value;
}

static struct bw_value edit_config_map(struct slim *s, const struct bw_entry *e, const void *ctx)
{
        const bool of_secret = false;

        if (key_is(e, "metadata"))
                return edit_map(s, e->value, edit_metadata, &of_secret);
        if (key_is(e, "data"))
                return e->value.type == BW_MAP ? edit_map(s, e->value, edit_config_value, ctx) : bw_value_null();
        if (key_is(e, "binaryData"))
                return e->value.type == BW_MAP ? edit_map(s, e->value, edit_encoded, NULL) : bw_value_null();
        return key_is(e, "slim") ? (struct bw_value){0} : e->value;
}

/* Bits in each byte, by how often each byte comes: text has about four, random bytes and base64 have more. */
static const char *entropy_class(struct bw_str text)
{
        size_t counts[256] = {0};
        double bits = 0;

        for (size_t i = 0; i < text.n; i++)
                counts[(unsigned char)text.p[i]]++;
        for (size_t i = 0; i < BW_ARRAY_SIZE(counts); i++)
                if (counts[i])
                        bits -= (double)counts[i] / (double)text.n * log2((double)counts[i] / (double)text.n);
        return bits < 2 ? "low" : bits < 4.2 ? "medium" : "high";
}

static struct bw_value value_facts(struct slim *s, struct bw_facts *facts, struct bw_value v, bool encoded)
{
        struct bw_fields fields = bw_fields(facts);
        struct bw_str text = v.type == BW_STRING ? bw_value_text(v) : (struct bw_str){0};
        struct bw_arena_mark before = bw_arena_save(s->arena);
        struct bw_str plain = text;
        const char *entropy;
        const char *kind;
        size_t n;

        if (encoded && bw_base64_decode(s->arena, text, 0, &plain, NULL) < 0)
                plain = text;
        n = plain.n;
        entropy = entropy_class(plain);
        kind = bw_credential_kind(plain);
        if (plain.p != text.p) {
                bw_secret_wipe(plain);
                bw_arena_restore(s->arena, before);
        }
        bw_fields_int(&fields, "bytes", (int64_t)n);
        bw_fields_text(&fields, "entropy", bw_str(entropy));
        if (kind)
                bw_fields_text(&fields, "credential", bw_str(kind));
        return bw_fields_end(&fields);
}

static int take_derived(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        (void)reterr;
        bw_items_value(userdata, doc->root);
        return 0;
}

/* What is told of the values: before they go. */
static struct bw_value facts_of(struct slim *s, const struct bw_doc *doc, struct bw_error *reterr, int *ret_r)
{
        static const struct {
                const char *field;
                bool encoded;
        } fields[] = {{"data", true}, {"stringData", false}, {"binaryData", true}};
        bool is_secret = bw_str_is(doc->kind, "Secret");
        struct bw_facts facts = {.arena = s->arena};
        struct bw_fields all = bw_fields(&facts);
        struct bw_fields values = bw_fields(&facts);
        struct bw_items items = bw_items(&facts);

        for (size_t i = 0; i < BW_ARRAY_SIZE(fields); i++) {
                struct bw_value map = bw_map_get(doc->root, bw_str(fields[i].field));

                for (uint32_t k = 0; map.type == BW_MAP && k < map.n; k++)
                        bw_fields_value_at(&values, bw_value_text(map.map->entries[k].key),
                                           value_facts(s, &facts, map.map->entries[k].value,
                                                       fields[i].encoded && (is_secret || i == 2)));
        }
        bw_fields_value(&all, "values", bw_fields_end(&values));
        *ret_r = bw_derive_wants(doc) ? bw_derive(s->arena, doc, 0, false, take_derived, &items, reterr) : 0;
        if (items.n)
                bw_fields_value(&all, "derived", bw_items_end(&items));
        s->failed = s->failed || facts.failed;
        return bw_fields_end(&all);
}

/* The map with one entry more. */
static struct bw_value with(struct slim *s, struct bw_value map, const char *key, struct bw_value value)
{
        struct bw_map *made = bw_map_new(s->arena, map.n + 1);

        if (!made) {
                s->failed = true;
                return map;
        }
        memcpy(made->entries, map.map->entries, map.n * sizeof(made->entries[0]));
        made->entries[map.n] = (struct bw_entry){bw_value_str(bw_str(key)), value};
        s->failed = s->failed || bw_map_seal(s->arena, made, map.n + 1) < 0;
        return bw_value_map(made, map.n + 1);
}

static int slim_values(struct slim *s, struct bw_doc *doc, edit_entry edit, struct bw_error *reterr)
{
        int r = 0;
        struct bw_value facts = facts_of(s, doc, reterr, &r);

        if (r == 0)
                doc->root = with(s, edit_map(s, doc->root, edit, doc), "slim", facts);
        return r;
}

/* ---- what a kubelet says it runs with */

/* As the node's own collector has it, as far as the kubelet tells: no flags and files, but what is in force. */
static int make_kubelet(struct slim *s, struct bw_doc *doc, struct bw_error *reterr)
{
        static const char *const hidden[] = {"kind", "apiVersion", "staticPodURLHeader", "effective", "kubernetesMinor", "evidence",
                                             "metadata", "problems"};
        struct bw_value config = bw_map_get(bw_map_get(doc->root, BW_STR("answer")), BW_STR("kubeletconfig"));
        struct bw_value minor = bw_map_get(doc->root, BW_STR("kubernetesMinor"));
        const struct bw_evidence from = {
                .type = "configz",
                .text = bw_arena_printf(s->arena, "GET /api/v1/nodes/%.*s/proxy/configz", BW_STR_ARG(doc->name)),
                .file = doc->input ? doc->input->name : BW_STR(""),
        };
        struct bw_facts facts;
        struct bw_doc made;
        int r;

        if (config.type != BW_MAP)
                return bw_error_set(reterr, -EINVAL, "the kubelet of node %.*s gives no configuration", BW_STR_ARG(doc->name));
        bw_facts_init(&facts, s->arena, "KubeletConfiguration", doc->name);
        for (uint32_t i = 0; i < config.n; i++)
                if (!key_is_one_of(&config.map->entries[i], hidden, BW_ARRAY_SIZE(hidden)))
                        bw_fields_value_at(&facts.fields, bw_value_text(config.map->entries[i].key), config.map->entries[i].value);
        bw_fields_bool(&facts.fields, "effective", true);
        if (minor.type == BW_INT)
                bw_fields_int(&facts.fields, "kubernetesMinor", minor.i);
        bw_facts_evidence(&facts, &from, "%s", "");
        r = bw_facts_finish_as(&facts, "kubelet.config.k8s.io/v1beta1", &made, reterr);
        if (r < 0)
                return r;
        doc->root = made.root;
        return 0;
}

/* ---- kinds */

/* Kubernetes' own groups, where secrets have places of their own. */
static bool is_own_group(struct bw_str group)
{
        static const char *const groups[] = {"", "apps", "batch", "autoscaling", "policy", "extensions"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(groups); i++)
                if (bw_str_is(group, groups[i]))
                        return true;
        return bw_str_ends(group, BW_STR(".k8s.io"));
}

/* Drivers' parameters are anything. */
static bool has_parameters(struct bw_str kind)
{
        return bw_str_is(kind, "StorageClass") || bw_str_is(kind, "PersistentVolume") || bw_str_is(kind, "VolumeSnapshotClass");
}

static int slim_doc(struct slim *s, struct bw_doc *doc, struct bw_error *reterr)
{
        const bool of_secret = false;

        if (doc->group.n == 0 && bw_str_is(doc->kind, "Secret"))
                return slim_values(s, doc, edit_secret, reterr);
        if (doc->group.n == 0 && bw_str_is(doc->kind, "ConfigMap"))
                return slim_values(s, doc, edit_config_map, reterr);
        if (bw_str_is(doc->group, "bulwark.dev"))
                return bw_str_is(doc->kind, "KubeletConfigz") ? make_kubelet(s, doc, reterr) : 0;
        if (bw_str_is(doc->kind, "CustomResourceDefinition"))
                doc->root = edit_map(s, doc->root, edit_definition, &of_secret);
        else if (is_own_group(doc->group) && !has_parameters(doc->kind))
                doc->root = edit_map(s, doc->root, edit_workload, &of_secret);
        else
                doc->root = edit_map(s, doc->root, edit_foreign, &of_secret);
        return 0;
}

int bw_slim(struct bw_arena *arena, struct bw_doc *doc, struct bw_error *reterr)
{
        struct slim s = {.arena = arena};
        int r;

        if (doc->is_slim || doc->root.type != BW_MAP)
                return 0;
        r = slim_doc(&s, doc, reterr);
        bw_buf_done(&s.text);
        if (r == 0 && s.failed)
                r = bw_arena_error(arena, reterr);
        if (r < 0)
                return r;
        doc->is_slim = true;
        return bw_doc_identify(doc) ? 0 : bw_error_set(reterr, -EINVAL, "is no object");
}
