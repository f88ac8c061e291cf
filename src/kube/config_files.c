/* SPDX-License-Identifier: Apache-2.0 */
/* What a configuration's certificates and keys have to be, and what an exec plugin is told of the cluster. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "format/base64.h"
#include "format/pem.h"
#include "format/x509.h"
#include "kube/config_internal.h"

/* ---- certificates and keys */

/* The first block of a kind, decoded. False: there is none. */
static bool first_block(struct bw_arena *arena, struct bw_str text, enum bw_pem_kind kind, struct bw_pem_block *block,
                        struct bw_str *der)
{
        struct bw_pem_reader reader = bw_pem_reader(text);

        while (bw_pem_next(&reader, block))
                if (bw_pem_kind(block->label) == kind && bw_pem_decode(arena, block, der, NULL) == 0)
                        return true;
        return false;
}

static int check_pair(struct bw_arena *arena, struct bw_str cert_pem, struct bw_str key_pem, struct bw_error *reterr)
{
        bw_auto(bw_x509_free) struct bw_x509 *certificate = NULL;
        struct bw_x509_facts facts;
        struct bw_key_facts key;
        struct bw_pem_block block;
        struct bw_str der;
        int r;

        if (!first_block(arena, cert_pem, BW_PEM_CERTIFICATE, &block, &der))
                return bw_error_set(reterr, -EINVAL, "the client certificate is none: PEM with a CERTIFICATE is wanted");
        r = bw_x509_read(der, &certificate, reterr);
        if (r == 0)
                r = bw_x509_facts(arena, certificate, &facts, reterr);
        if (r < 0)
                return bw_error_wrap(reterr, r, "the client certificate");
        if (!first_block(arena, key_pem, BW_PEM_PRIVATE_KEY, &block, &der))
                return bw_error_set(reterr, -EINVAL, "the client key is none: PEM with a PRIVATE KEY is wanted");
        r = bw_key_read(arena, block.label, der, block.encrypted, &key, reterr);
        if (r < 0)
                return bw_error_wrap(reterr, r, "the client key");
        if (key.encrypted)
                return bw_error_set(reterr, -ENOTSUP, "the client key is encrypted: no client of Kubernetes asks for its password; "
                                                      "keep it decrypted, readable by you alone");
        if (!bw_str_eq(key.spki, facts.key.spki))
                return bw_error_set(reterr, -EINVAL, "the client key is not that of the client certificate");
        return 0;
}

int bw_kube_check_pair(struct bw_str cert_pem, struct bw_str key_pem, struct bw_str from, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        int r;

        if (!arena)
                return bw_error_nomem(reterr);
        bw_arena_wipe(arena);
        r = check_pair(arena, cert_pem, key_pem, reterr);
        return r < 0 ? bw_error_wrap(reterr, r, "%.*s", BW_STR_ARG(from)) : 0;
}

int bw_kube_check_ca(struct bw_str pem, struct bw_str from, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_pem_block block;
        struct bw_str der;

        if (!arena)
                return bw_error_nomem(reterr);
        if (first_block(arena, pem, BW_PEM_CERTIFICATE, &block, &der))
                return 0;
        return bw_error_set(reterr, -EINVAL, "%.*s: the certificate authority is none: PEM with a CERTIFICATE is wanted",
                            BW_STR_ARG(from));
}

/* ---- what a plugin is told */

static void put_text(struct bw_buf *json, const char *key, struct bw_str value)
{
        if (value.n == 0)
                return;
        bw_buf_printf(json, ",\"%s\":", key);
        bw_buf_json(json, value);
}

int bw_kube_put_cluster_info(struct bw_kube_choice *choice, struct bw_arena *arena, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf json = {0};
        struct bw_kube_config *config = &choice->config;
        struct bw_str text;

        bw_buf_puts(&json, "{\"server\":");
        bw_buf_json(&json, config->server);
        put_text(&json, "tls-server-name", config->tls_server_name);
        if (config->insecure)
                bw_buf_puts(&json, ",\"insecure-skip-tls-verify\":true");
        if (config->ca_pem.n) {
                bw_buf_puts(&json, ",\"certificate-authority-data\":\"");
                bw_base64_encode(&json, config->ca_pem);
                bw_buf_char(&json, '"');
        }
        put_text(&json, "proxy-url", config->proxy_url);
        if (config->no_compression)
                bw_buf_puts(&json, ",\"disable-compression\":true");
        bw_buf_puts(&json, ",\"config\":");
        if (choice->cluster_config_is_there)
                bw_value_json(&json, choice->cluster_config, 0);
        else
                bw_buf_puts(&json, "null");
        bw_buf_char(&json, '}');
        if (bw_buf_status(&json) < 0)
                return bw_error_nomem(reterr);
        text = bw_arena_str(arena, bw_buf_view(&json));
        bw_secret_wipe(bw_buf_view(&json));
        if (!text.p)
                return bw_arena_error(arena, reterr);
        config->exec.cluster_info = text;
        return 0;
}
