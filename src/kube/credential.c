/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/credential.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "kube/config_internal.h"
#include "kube/credential_internal.h"

#define READ_AGAIN 50    /* seconds: client-go takes a token file's text for a minute, less a leeway of ten seconds */
#define RUN_AGAIN 10     /* seconds before a plugin that gives what is no use is run again for the same reason */

struct bw_kube_credential {
        const struct bw_kube_config *config;
        const atomic_bool *cancel;
        struct bw_arena *arena;      /* of what was read or given last; NULL: nothing yet */
        struct bw_kube_proof proof;
        bool has_expiry;
        int64_t expires;
        int64_t got_at;              /* when the arena's texts came */
        int64_t refused_at;          /* when they were last asked for again because of a 401 */
};

int bw_kube_credential_new(const struct bw_kube_config *config, const atomic_bool *cancel, struct bw_kube_credential **ret,
                           struct bw_error *reterr)
{
        struct bw_kube_credential *credential = bw_zalloc(sizeof(*credential));

        if (!credential)
                return bw_error_nomem(reterr);
        credential->config = config;
        credential->cancel = cancel;
        credential->refused_at = INT64_MIN / 2;
        credential->proof = (struct bw_kube_proof){
                .token = config->token, .cert_pem = config->cert_pem, .key_pem = config->key_pem, .generation = 1};
        *ret = credential;
        return 0;
}

void bw_kube_credential_free(struct bw_kube_credential *credential)
{
        if (!credential)
                return;
        bw_arena_free(credential->arena);
        bw_free(credential);
}

static struct bw_arena *secret_arena(void)
{
        struct bw_arena *arena = bw_arena_new(BW_LIMIT_KUBECONFIG_ARENA);

        if (arena)
                bw_arena_wipe(arena);
        return arena;
}

/* Takes arena and proof in place of what was there. The generation tells whether it is anything new. */
static void replace(struct bw_kube_credential *credential, struct bw_arena *arena, struct bw_kube_proof proof, int64_t now)
{
        const struct bw_kube_proof *old = &credential->proof;
        bool same = credential->arena && bw_str_eq(old->token, proof.token) && bw_str_eq(old->cert_pem, proof.cert_pem) &&
                    bw_str_eq(old->key_pem, proof.key_pem);

        proof.generation = old->generation + !same;
        credential->proof = proof;
        bw_arena_free(credential->arena);
        credential->arena = arena;
        credential->got_at = now;
}

/* ---- token files */

static int read_token_file(struct bw_kube_credential *credential, int64_t now, struct bw_error *reterr)
{
        const struct bw_kube_config *config = credential->config;
        bw_auto(bw_arena_free) struct bw_arena *arena = secret_arena();
        struct bw_kube_proof proof = credential->proof;
        struct bw_error err = {0};
        int r;

        if (!arena)
                return bw_error_nomem(reterr);
        r = bw_kube_read_file(arena, config->token_file, BW_LIMIT_TOKEN_BYTES, &proof.token, NULL, &err);
        proof.token = bw_str_trim(proof.token);
        if (r == 0 && proof.token.n == 0)
                r = bw_error_set(&err, -EINVAL, "is empty");
        if (r == 0 && !bw_kube_is_header_text(proof.token))
                r = bw_error_set(&err, -EINVAL, "has a control character in it, such as the end of a line");
        if (r == 0)
                replace(credential, bw_take(arena), proof, now);
        /* A file that is just being replaced: what was there before, or stands in the kubeconfig, may still do. */
        if (r == 0 || credential->proof.token.n)
                return 0;
        bw_error_in_file(&err, config->token_file);
        (void)bw_error_wrap(&err, r, "token file");
        if (reterr && reterr->code == 0)
                *reterr = err;
        return r;
}

/* ---- exec plugins */

static int run_plugin(struct bw_kube_credential *credential, int64_t now, struct bw_error *reterr)
{
        const struct bw_kube_config *config = credential->config;
        bw_auto(bw_arena_free) struct bw_arena *arena = secret_arena();
        struct bw_kube_given given;
        struct bw_error err = {0};
        bool is_missing;
        int r = arena ? bw_kube_plugin_ask(&config->exec, credential->cancel, arena, &given, &err) : bw_error_nomem(&err);

        if (r == 0) {
                replace(credential, bw_take(arena), given.proof, now);
                credential->has_expiry = given.has_expiry;
                credential->expires = given.expires;
                return 0;
        }
        is_missing = r == -ENOENT && config->exec.install_hint.n;
        return bw_error_set(reterr, r, "the exec plugin \"%.*s\" of user \"%.*s\" %s%s%.*s", BW_STR_ARG(config->exec.command),
                            BW_STR_ARG(config->user), err.message, is_missing ? "; " : "",
                            BW_STR_ARG(is_missing ? config->exec.install_hint : (struct bw_str){0}));
}

/* ---- */

/* What is refused or has run out is got anew, but not on and on when that does not help. */
static bool is_due(struct bw_kube_credential *credential, int64_t now, bool refused)
{
        if (!credential->arena)
                return true;
        if (refused && now - credential->refused_at >= RUN_AGAIN) {
                credential->refused_at = now;
                return true;
        }
        if (credential->config->has_exec)
                return credential->has_expiry && now > credential->expires && now - credential->got_at >= RUN_AGAIN;
        return now - credential->got_at >= READ_AGAIN;
}

int bw_kube_credential_get(struct bw_kube_credential *credential, int64_t now, bool refused, struct bw_kube_proof *ret,
                           struct bw_error *reterr)
{
        const struct bw_kube_config *config = credential->config;
        int r = 0;

        if (config->has_exec && is_due(credential, now, refused))
                r = run_plugin(credential, now, reterr);
        else if (!config->has_exec && config->token_file.n && is_due(credential, now, refused))
                r = read_token_file(credential, now, reterr);
        if (r == 0)
                *ret = credential->proof;
        return r;
}
