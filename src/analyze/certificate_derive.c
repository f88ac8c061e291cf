/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates in manifests: what Secrets, ConfigMaps, webhooks, API services and kubeconfigs hold, as documents, so that the
 * rules on a node's certificates have sisters for them. Keys are looked at and wiped: facts alone come out.
 */
#include "analyze/derive.h"
#include "analyze/pki.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/base64.h"
#include "format/pem.h"

struct deriving {
        struct bw_arena *arena;
        const struct bw_doc *doc;
        struct bw_pki *pki;
        struct bw_error *reterr;
};

/* The bundles of the world's public CAs are none of the manifest's own: one that has ended there is no news. */
static bool is_public_bundle(struct bw_str text)
{
        size_t n = 0;
        size_t at;

        while (n <= BW_LIMIT_PKI_BUNDLE && (at = bw_str_find(text, BW_STR("-----BEGIN "))) != SIZE_MAX) {
                text = bw_str_rest(text, at + 1);
                n++;
        }
        return n > BW_LIMIT_PKI_BUNDLE;
}

static int add_text(const struct deriving *d, struct bw_str path, enum bw_pki_role role, struct bw_str text)
{
        const struct bw_pki_source source = {.label = path, .path = path, .role = role, .state = BW_FILE_READ,
                                             .text = text, .in_use = true};

        if (text.n > BW_LIMIT_PEM_BYTES || !bw_pem_is_likely(text) || is_public_bundle(text))
                return 0;
        return bw_pki_add(d->pki, &source, d->reterr);
}

/* value: base64 of PEM, or PEM itself. What cannot be decoded is a placeholder: nothing is said of it. */
static int add_value(const struct deriving *d, struct bw_str path, enum bw_pki_role role, struct bw_value value,
                     bool is_base64)
{
        struct bw_str text;
        int r;

        if (!path.p)
                return bw_arena_error(d->arena, d->reterr);
        if (value.type != BW_STRING || value.n == 0)
                return 0;
        text = bw_value_text(value);
        if (!is_base64)
                return add_text(d, path, role, text);
        if (text.n > BW_LIMIT_PEM_BYTES)
                return 0;
        r = bw_base64_decode(d->arena, text, 0, &text, NULL);
        if (r < 0)
                return r == -EINVAL ? 0 : bw_arena_error(d->arena, d->reterr);
        r = add_text(d, path, role, text);
        bw_secret_wipe(text);
        return r;
}

/* ---- Secrets and ConfigMaps */

static const char *const secret_keys[] = {"tls.crt", "ca.crt", "tls.key"};
static const char *const config_keys[] = {
        "ca.crt",     "tls.crt",       "ca.pem", "ca-bundle.crt", "service-ca.crt", "client-ca-file", "requestheader-client-ca-file",
        "caBundle",
};

static bool has_key(const struct bw_doc *doc, const char *field, const char *const *keys, size_t n)
{
        struct bw_value map = bw_map_get(doc->root, bw_str(field));

        for (size_t i = 0; map.type == BW_MAP && i < n; i++)
                if (bw_map_get(map, bw_str(keys[i])).type == BW_STRING)
                        return true;
        return false;
}

static bool wants_secret(const struct bw_doc *doc)
{
        return has_key(doc, "data", secret_keys, BW_ARRAY_SIZE(secret_keys)) ||
               has_key(doc, "stringData", secret_keys, BW_ARRAY_SIZE(secret_keys));
}

static bool wants_config_map(const struct bw_doc *doc)
{
        return has_key(doc, "data", config_keys, BW_ARRAY_SIZE(config_keys));
}

static int add_keys(const struct deriving *d, const char *field, const char *const *keys, size_t n, bool is_base64)
{
        struct bw_value map = bw_map_get(d->doc->root, bw_str(field));
        int r = 0;

        for (size_t i = 0; r == 0 && map.type == BW_MAP && i < n; i++)
                r = add_value(d, bw_arena_printf(d->arena, "%s['%s']", field, keys[i]), BW_PKI_NONE,
                              bw_map_get(map, bw_str(keys[i])), is_base64);
        return r;
}

static int derive_secret(const struct deriving *d)
{
        int r = add_keys(d, "data", secret_keys, BW_ARRAY_SIZE(secret_keys), true);

        if (r == 0)
                r = add_keys(d, "stringData", secret_keys, BW_ARRAY_SIZE(secret_keys), false);
        if (r == 0)
                r = bw_pki_pair(d->pki, BW_STR("data['tls.crt']"), BW_STR("data['tls.key']"), d->reterr);
        return r < 0 ? r : bw_pki_pair(d->pki, BW_STR("stringData['tls.crt']"), BW_STR("stringData['tls.key']"), d->reterr);
}

static int derive_config_map(const struct deriving *d)
{
        return add_keys(d, "data", config_keys, BW_ARRAY_SIZE(config_keys), false);
}

/* ---- CAs that the API server trusts */

static struct bw_value webhooks_of(const struct bw_doc *doc)
{
        return bw_map_get(doc->root, BW_STR("webhooks"));
}

static struct bw_value bundle_of(struct bw_value webhook)
{
        return bw_map_get(bw_map_get(webhook, BW_STR("clientConfig")), BW_STR("caBundle"));
}

static bool wants_webhooks(const struct bw_doc *doc)
{
        struct bw_value list = webhooks_of(doc);

        for (size_t i = 0; list.type == BW_LIST && i < list.n; i++)
                if (bundle_of(bw_list_get(list, i)).type == BW_STRING)
                        return true;
        return false;
}

static int derive_webhooks(const struct deriving *d)
{
        struct bw_value list = webhooks_of(d->doc);
        int r = 0;

        for (size_t i = 0; r == 0 && list.type == BW_LIST && i < list.n; i++)
                r = add_value(d, bw_arena_printf(d->arena, "webhooks[%zu].clientConfig.caBundle", i), BW_PKI_ROLE_WEBHOOK_CA,
                              bundle_of(bw_list_get(list, i)), true);
        return r;
}

#define API_SERVICE "spec.caBundle"
#define CONVERSION "spec.conversion.webhook.clientConfig.caBundle"

static bool wants_api_service(const struct bw_doc *doc)
{
        return bw_map_walk(doc->root, API_SERVICE).type == BW_STRING;
}

static int derive_api_service(const struct deriving *d)
{
        return add_value(d, BW_STR(API_SERVICE), BW_PKI_ROLE_WEBHOOK_CA, bw_map_walk(d->doc->root, API_SERVICE), true);
}

static bool wants_conversion(const struct bw_doc *doc)
{
        return bw_map_walk(doc->root, CONVERSION).type == BW_STRING;
}

static int derive_conversion(const struct deriving *d)
{
        return add_value(d, BW_STR(CONVERSION), BW_PKI_ROLE_WEBHOOK_CA, bw_map_walk(d->doc->root, CONVERSION), true);
}

/* ---- kubeconfigs */

static int derive_kubeconfig(const struct deriving *d)
{
        const struct bw_pki_source source = {.label = BW_STR("kubeconfig"), .state = BW_FILE_READ, .in_use = true};
        struct bw_kubeconfig config;
        int r = bw_kubeconfig_read(d->arena, d->doc, &config, d->reterr);

        if (r < 0)
                return r;
        r = bw_pki_add_kubeconfig(d->pki, &source, &config, d->reterr);
        bw_kubeconfig_wipe(&config);
        return r;
}

/* ---- Secrets and ConfigMaps of a cluster, without their values: what was derived before these went */

static struct bw_value derived_before(const struct bw_doc *doc)
{
        return bw_map_get(bw_map_get(doc->root, BW_STR("slim")), BW_STR("derived"));
}

static int give_derived(const struct bw_doc *doc, bw_doc_sink sink, void *userdata, struct bw_error *reterr)
{
        struct bw_value list = derived_before(doc);
        int r = 0;

        for (size_t i = 0; r == 0 && list.type == BW_LIST && i < list.n; i++) {
                struct bw_doc derived = {.root = bw_list_get(list, i)};

                if (bw_doc_identify(&derived))
                        r = sink(userdata, &derived, reterr);
        }
        return r;
}

/* ---- the kinds */

static const struct {
        const char *kind;
        const char *group;
        bool (*wants)(const struct bw_doc *doc);
        int (*derive)(const struct deriving *d);
        bool slim; /* of a cluster, it comes without its values */
} sources[] = {
        {"Secret", "", wants_secret, derive_secret, true},
        {"ConfigMap", "", wants_config_map, derive_config_map, true},
        {"Config", "", bw_kubeconfig_is, derive_kubeconfig, false},
        {"ValidatingWebhookConfiguration", "admissionregistration.k8s.io", wants_webhooks, derive_webhooks, false},
        {"MutatingWebhookConfiguration", "admissionregistration.k8s.io", wants_webhooks, derive_webhooks, false},
        {"APIService", "apiregistration.k8s.io", wants_api_service, derive_api_service, false},
        {"CustomResourceDefinition", "apiextensions.k8s.io", wants_conversion, derive_conversion, false},
};

static size_t find(const struct bw_doc *doc)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(sources); i++)
                if (bw_str_is(doc->kind, sources[i].kind) && bw_str_is(doc->group, sources[i].group))
                        return i;
        return SIZE_MAX;
}

/* Whether it stands in the document itself what follows from it. */
static bool is_slim(const struct bw_doc *doc, size_t i)
{
        return doc->is_slim && i != SIZE_MAX && sources[i].slim;
}

static bool wants(const struct bw_doc *doc)
{
        size_t i = find(doc);

        if (is_slim(doc, i))
                return derived_before(doc).type == BW_LIST;
        return i != SIZE_MAX && sources[i].wants(doc);
}

static int derive(struct bw_arena *arena, const struct bw_doc *doc, int minor, bool minor_is_given, bw_doc_sink sink,
                  void *userdata, struct bw_error *reterr)
{
        const struct bw_pki_options options = {.name = doc->name.n ? doc->name : doc->kind, .origin = "manifest",
                                               .evidence = "field", .distribution = ""};
        bw_auto(bw_pki_free) struct bw_pki *pki = NULL;
        struct deriving d = {.arena = arena, .doc = doc, .reterr = reterr};
        size_t i = find(doc);
        int r;

        (void)minor;
        (void)minor_is_given;
        if (is_slim(doc, i))
                return give_derived(doc, sink, userdata, reterr);
        r = bw_pki_new(&options, arena, &pki, reterr);
        d.pki = pki;
        if (r == 0)
                r = sources[i].derive(&d);
        return r < 0 ? r : bw_pki_finish(pki, sink, userdata, reterr);
}

const struct bw_deriver bw_derive_certificate = {
        .name = "certificate",
        .kinds = "Certificate PrivateKey Kubeconfig",
        .wants = wants,
        .derive = derive,
};
