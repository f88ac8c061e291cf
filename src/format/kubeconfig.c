/* SPDX-License-Identifier: Apache-2.0 */
#include "format/kubeconfig.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/base64.h"
#include "format/pem.h"

bool bw_kubeconfig_is(const struct bw_doc *doc)
{
        return bw_str_is(doc->kind, "Config") && bw_str_is(doc->api_version, "v1") &&
               (bw_value_is(bw_map_get(doc->root, BW_STR("clusters")), BW_LIST) ||
                bw_value_is(bw_map_get(doc->root, BW_STR("users")), BW_LIST));
}

static bool flag(struct bw_value map, const char *key)
{
        struct bw_value v = bw_map_get(map, bw_str(key));

        return v.type == BW_BOOL && v.b;
}

/* The line of list[index].field.key. */
static uint32_t line_of(struct bw_doc *doc, struct bw_arena *arena, const char *list, uint32_t index, const char *field,
                        const char *key)
{
        const struct bw_segment segments[] = {
                {.kind = BW_SEGMENT_KEY, .key = bw_value_str(bw_str(list))},
                {.kind = BW_SEGMENT_INDEX, .index = index},
                {.kind = BW_SEGMENT_KEY, .key = bw_value_str(bw_str(field))},
                {.kind = BW_SEGMENT_KEY, .key = bw_value_str(bw_str(key))},
        };
        const struct bw_path path = {.n = BW_ARRAY_SIZE(segments), .segments = segments};

        return bw_doc_mark(doc, arena, path, false).line;
}

static int read_data(struct bw_arena *arena, struct bw_value of, const char *key, struct bw_kubeconfig_data *ret)
{
        struct bw_str text = bw_map_text(of, key);
        struct bw_error err = {0};
        int r;

        if (text.n == 0)
                return 0;
        ret->is_there = true;
        r = bw_base64_decode(arena, text, 0, &ret->bytes, &err);
        if (r == -EINVAL) {
                ret->problem = bw_arena_str(arena, bw_str(err.message));
                return ret->problem.p ? 0 : -ENOMEM;
        }
        return r;
}

static int read_cluster(struct bw_arena *arena, struct bw_value item, struct bw_kubeconfig_cluster *ret)
{
        struct bw_value of = bw_map_get(item, BW_STR("cluster"));

        ret->name = bw_map_text(item, "name");
        ret->server = bw_map_text(of, "server");
        ret->ca_file = bw_map_text(of, "certificate-authority");
        ret->tls_server_name = bw_map_text(of, "tls-server-name");
        ret->proxy_url = bw_map_text(of, "proxy-url");
        ret->insecure = flag(of, "insecure-skip-tls-verify");
        return read_data(arena, of, "certificate-authority-data", &ret->ca);
}

static int read_user(struct bw_arena *arena, struct bw_value item, struct bw_kubeconfig_user *ret)
{
        struct bw_value of = bw_map_get(item, BW_STR("user"));
        int r;

        bw_token_read(arena, bw_map_text(of, "token"), &ret->token);
        ret->name = bw_map_text(item, "name");
        ret->cert_file = bw_map_text(of, "client-certificate");
        ret->key_file = bw_map_text(of, "client-key");
        ret->token_file = bw_map_text(of, "tokenFile");
        ret->exec = bw_map_text(bw_map_get(of, BW_STR("exec")), "command");
        ret->auth_provider = bw_map_text(bw_map_get(of, BW_STR("auth-provider")), "name");
        ret->has_password = bw_map_text(of, "password").n > 0;
        r = read_data(arena, of, "client-certificate-data", &ret->cert);
        return r < 0 ? r : read_data(arena, of, "client-key-data", &ret->key);
}

static size_t count(struct bw_value list)
{
        return list.type == BW_LIST ? BW_MIN((size_t)list.n, (size_t)BW_LIMIT_KUBECONFIG_ENTRIES) : 0;
}

static int read_clusters(struct bw_arena *arena, const struct bw_doc *doc, struct bw_kubeconfig *ret)
{
        struct bw_value list = bw_map_get(doc->root, BW_STR("clusters"));
        size_t n = count(list);

        ret->clusters = bw_arena_zalloc(arena, (n + 1) * sizeof(ret->clusters[0]));
        if (!ret->clusters)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                struct bw_kubeconfig_cluster *c = &ret->clusters[ret->n_clusters++];

                c->index = (uint32_t)i;
                if (read_cluster(arena, bw_list_get(list, i), c) < 0)
                        return -ENOMEM;
        }
        return 0;
}

static int read_users(struct bw_arena *arena, const struct bw_doc *doc, struct bw_kubeconfig *ret)
{
        struct bw_value list = bw_map_get(doc->root, BW_STR("users"));
        size_t n = count(list);

        ret->users = bw_arena_zalloc(arena, (n + 1) * sizeof(ret->users[0]));
        if (!ret->users)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                struct bw_kubeconfig_user *u = &ret->users[ret->n_users++];

                u->index = (uint32_t)i;
                if (read_user(arena, bw_list_get(list, i), u) < 0)
                        return -ENOMEM;
        }
        return 0;
}

static void read_context(struct bw_value root, struct bw_kubeconfig *ret)
{
        struct bw_value list = bw_map_get(root, BW_STR("contexts"));

        ret->current_context = bw_map_text(root, "current-context");
        ret->n_contexts = count(list);
        for (size_t i = 0; i < ret->n_contexts; i++) {
                struct bw_value item = bw_list_get(list, i);
                struct bw_value of = bw_map_get(item, BW_STR("context"));

                if (!bw_str_eq(bw_map_text(item, "name"), ret->current_context))
                        continue;
                ret->current_cluster = bw_map_text(of, "cluster");
                ret->current_user = bw_map_text(of, "user");
        }
}

void bw_kubeconfig_mark(struct bw_arena *arena, struct bw_doc *doc, struct bw_kubeconfig *config)
{
        for (size_t i = 0; i < config->n_clusters; i++) {
                struct bw_kubeconfig_cluster *c = &config->clusters[i];

                if (c->ca.is_there)
                        c->ca.line = line_of(doc, arena, "clusters", c->index, "cluster", "certificate-authority-data");
        }
        for (size_t i = 0; i < config->n_users; i++) {
                struct bw_kubeconfig_user *u = &config->users[i];

                if (u->cert.is_there)
                        u->cert.line = line_of(doc, arena, "users", u->index, "user", "client-certificate-data");
                if (u->key.is_there)
                        u->key.line = line_of(doc, arena, "users", u->index, "user", "client-key-data");
        }
}

int bw_kubeconfig_read(struct bw_arena *arena, const struct bw_doc *doc, struct bw_kubeconfig *ret, struct bw_error *reterr)
{
        *ret = (struct bw_kubeconfig){0};
        if (!bw_kubeconfig_is(doc))
                return bw_error_set(reterr, -EINVAL, "no kubeconfig: kind Config of v1 with clusters or users is wanted");
        read_context(doc->root, ret);
        if (read_clusters(arena, doc, ret) < 0 || read_users(arena, doc, ret) < 0) {
                bw_kubeconfig_wipe(ret);
                return bw_arena_error(arena, reterr);
        }
        return 0;
}

void bw_kubeconfig_wipe(struct bw_kubeconfig *config)
{
        for (size_t i = 0; i < config->n_users; i++) {
                bw_secret_wipe(config->users[i].key.bytes);
                config->users[i].key.bytes = (struct bw_str){0};
        }
}

void bw_kubeconfig_wipe_doc(const struct bw_doc *doc)
{
        static const char *const secrets[] = {"client-key-data", "token", "password"};
        struct bw_value list = bw_map_get(doc->root, BW_STR("users"));

        for (size_t i = 0; i < count(list); i++)
                for (size_t k = 0; k < BW_ARRAY_SIZE(secrets); k++)
                        bw_secret_wipe(bw_map_text(bw_map_get(bw_list_get(list, i), BW_STR("user")), secrets[k]));
}

/* ---- tokens */

static bool is_bootstrap_part(struct bw_str s, size_t n)
{
        if (s.n != n)
                return false;
        for (size_t i = 0; i < n; i++)
                if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9')))
                        return false;
        return true;
}

/* "id.secret": six and sixteen of [a-z0-9]. */
static bool is_bootstrap(struct bw_str text)
{
        struct bw_str id;

        return bw_str_split(&text, '.', &id) && is_bootstrap_part(id, 6) && is_bootstrap_part(text, 16);
}

static bool number(struct bw_value v, int64_t *ret)
{
        if (v.type == BW_INT)
                *ret = v.i;
        else if (v.type == BW_DOUBLE && v.d > 0 && v.d < 1e15)
                *ret = (int64_t)v.d;
        else
                return false;
        return true;
}

/* The middle of a JWT: a JSON object with claims. */
static void read_claims(struct bw_arena *arena, struct bw_str part, struct bw_token_facts *ret)
{
        struct bw_str json;
        struct bw_doc doc;
        size_t used;

        if (bw_base64_decode(arena, part, BW_BASE64_URL, &json, NULL) < 0 ||
            bw_json_read(arena, json, 1, 1, false, &doc, &used, NULL) < 0 || doc.root.type != BW_MAP)
                return;
        ret->kind = BW_TOKEN_JWT;
        ret->subject = bw_map_text(doc.root, "sub");
        ret->issuer = bw_map_text(doc.root, "iss");
        ret->has_expiry = number(bw_map_get(doc.root, BW_STR("exp")), &ret->expires);
        (void)number(bw_map_get(doc.root, BW_STR("iat")), &ret->issued);
}

void bw_token_read(struct bw_arena *arena, struct bw_str text, struct bw_token_facts *ret)
{
        struct bw_str rest = bw_str_trim(text);
        struct bw_str head;
        struct bw_str claims;

        *ret = (struct bw_token_facts){0};
        if (rest.n == 0)
                return;
        ret->kind = is_bootstrap(rest) ? BW_TOKEN_BOOTSTRAP : BW_TOKEN_OPAQUE;
        if (bw_str_split(&rest, '.', &head) && bw_str_split(&rest, '.', &claims) &&
            bw_str_find(rest, BW_STR(".")) == SIZE_MAX && rest.n && rest.p)
                read_claims(arena, claims, ret);
}

struct bw_str bw_url_host(struct bw_str url)
{
        size_t at = bw_str_find(url, BW_STR("://"));
        struct bw_str host = {0};
        struct bw_str rest;

        if (at == SIZE_MAX)
                return host;
        rest = bw_str_rest(url, at + 3);
        if (!rest.n || !bw_str_split(&rest, '/', &host))
                return (struct bw_str){0};
        at = bw_str_find(host, BW_STR("@"));
        if (at != SIZE_MAX)
                host = bw_str_rest(host, at + 1);
        if (host.n && host.p[0] == '[') {
                at = bw_str_find(host, BW_STR("]"));
                return at == SIZE_MAX ? (struct bw_str){0} : bw_str_n(host.p + 1, at - 1);
        }
        at = bw_str_find(host, BW_STR(":"));
        return at == SIZE_MAX ? host : bw_str_n(host.p, at);
}
