/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/identity.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/time.h"
#include "format/kubeconfig.h"
#include "format/pem.h"
#include "format/x509.h"
#include "kube/config_internal.h"

const char *bw_kube_identity_method(const struct bw_kube_config *config)
{
        if (config->has_exec)
                return "exec";
        if (config->token_file.n)
                return "tokenFile";
        if (config->token.n)
                return "token";
        return config->cert_pem.n ? "certificate" : "none";
}

static void put_text(struct bw_buf *out, const char *key, struct bw_str value)
{
        if (value.n == 0)
                return;
        bw_buf_printf(out, ",\"%s\":", key);
        bw_buf_json(out, value);
}

static void put_time(struct bw_buf *out, const char *key, int64_t seconds)
{
        char text[BW_TIME_TEXT];

        bw_buf_printf(out, ",\"%s\":\"%s\"", key, bw_time_format(seconds, text));
}

static void put_certificate(struct bw_buf *out, struct bw_arena *arena, struct bw_str pem)
{
        struct bw_pem_reader reader = bw_pem_reader(pem);
        bw_auto(bw_x509_free) struct bw_x509 *certificate = NULL;
        struct bw_x509_facts facts;
        struct bw_pem_block block;
        struct bw_str der;
        bool found = false;

        while (!found && bw_pem_next(&reader, &block))
                found = bw_pem_kind(block.label) == BW_PEM_CERTIFICATE;
        if (!found || bw_pem_decode(arena, &block, &der, NULL) < 0 || bw_x509_read(der, &certificate, NULL) < 0 ||
            bw_x509_facts(arena, certificate, &facts, NULL) < 0)
                return;
        bw_buf_puts(out, ",\"certificate\":{\"subject\":");
        bw_buf_json(out, facts.subject);
        put_text(out, "commonName", facts.common_name);
        bw_buf_puts(out, ",\"organizations\":[");
        for (size_t i = 0; i < facts.organizations.n; i++) {
                bw_buf_puts(out, i ? "," : "");
                bw_buf_json(out, facts.organizations.items[i]);
        }
        bw_buf_char(out, ']');
        put_time(out, "notAfter", facts.not_after);
        bw_buf_char(out, '}');
}

static void put_token(struct bw_buf *out, struct bw_arena *arena, struct bw_str text)
{
        static const char *const kinds[] = {
                [BW_TOKEN_JWT] = "jwt", [BW_TOKEN_BOOTSTRAP] = "bootstrap", [BW_TOKEN_OPAQUE] = "opaque"};
        struct bw_token_facts token;

        bw_token_read(arena, text, &token);
        if (token.kind == BW_TOKEN_NONE)
                return;
        bw_buf_printf(out, ",\"token\":{\"kind\":\"%s\",\"expires\":%s", kinds[token.kind], token.has_expiry ? "true" : "false");
        if (token.has_expiry)
                put_time(out, "notAfter", BW_MIN(token.expires, INT64_C(253402300799)));
        if (token.has_expiry && token.issued > 0 && token.expires > token.issued)
                bw_buf_printf(out, ",\"lifetimeHours\":%" PRId64, (token.expires - token.issued) / 3600);
        put_text(out, "subject", token.subject);
        put_text(out, "issuer", token.issuer);
        bw_buf_char(out, '}');
}

void bw_kube_identity_put(struct bw_buf *out, const struct bw_kube_config *config)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(BW_LIMIT_KUBECONFIG_ARENA);
        struct bw_str token = config->token;

        bw_buf_puts(out, "{\"user\":");
        bw_buf_json(out, config->user);
        put_text(out, "actsAs", config->as_user);
        if (arena) {
                bw_arena_wipe(arena);
                put_certificate(out, arena, config->cert_pem);
                if (config->token_file.n)
                        (void)!bw_kube_read_file(arena, config->token_file, BW_LIMIT_TOKEN_BYTES, &token, NULL, NULL);
                put_token(out, arena, token);
        }
        bw_buf_char(out, '}');
}
