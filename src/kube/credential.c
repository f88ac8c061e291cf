/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/credential.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/time.h"
#include "format/pem.h"
#include "kube/config_internal.h"
#include "os/spawn.h"

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

struct run {
        const struct bw_kube_exec *exec;
        struct bw_kube_credential *credential;
        struct bw_arena *arena;
        bool may_ask;
        struct bw_error *reterr;
};

static const char *chars(struct bw_arena *arena, struct bw_str text)
{
        return bw_arena_str(arena, text).p;
}

static int decide_to_ask(struct run *run)
{
        run->may_ask = run->exec->interactive != BW_KUBE_INTERACTIVE_NEVER && bw_spawn_may_ask();
        if (run->exec->interactive == BW_KUBE_INTERACTIVE_ALWAYS && !run->may_ask)
                return bw_error_set(run->reterr, -ENOTTY,
                                    "has to ask somebody (interactiveMode: Always), and standard input is no terminal");
        return 0;
}

static int find_program(struct run *run, const char **ret)
{
        struct bw_str command = run->exec->command;
        struct bw_str found = command;
        struct bw_str path = bw_str(getenv("PATH"));
        int r = 0;

        if (!memchr(command.p, '/', command.n))
                r = bw_spawn_find(run->arena, command, path, &found, run->reterr);
        if (r < 0)
                return r;
        *ret = chars(run->arena, found);
        return *ret ? 0 : bw_arena_error(run->arena, run->reterr);
}

static int make_args(struct run *run, const char *const **ret)
{
        const struct bw_kube_exec *exec = run->exec;
        const char **args = bw_arena_zalloc(run->arena, (exec->n_args + 2) * sizeof(*args));

        if (!args)
                return bw_arena_error(run->arena, run->reterr);
        args[0] = chars(run->arena, exec->command);
        for (size_t i = 0; i < exec->n_args && args[i]; i++)
                args[i + 1] = chars(run->arena, exec->args[i]);
        if (!args[exec->n_args])
                return bw_arena_error(run->arena, run->reterr);
        *ret = args;
        return 0;
}

static int make_info(struct run *run, struct bw_str *ret)
{
        const struct bw_kube_exec *exec = run->exec;
        bool has_cluster = exec->provide_cluster_info && exec->cluster_info.n;

        *ret = bw_arena_printf(run->arena,
                               "KUBERNETES_EXEC_INFO={\"kind\":\"ExecCredential\",\"apiVersion\":\"%.*s\",\"spec\":{%s%.*s%s"
                               "\"interactive\":%s}}",
                               BW_STR_ARG(exec->api_version), has_cluster ? "\"cluster\":" : "",
                               BW_STR_ARG(has_cluster ? exec->cluster_info : (struct bw_str){0}), has_cluster ? "," : "",
                               run->may_ask ? "true" : "false");
        if (!ret->p)
                return bw_arena_error(run->arena, run->reterr);
        if (ret->n > BW_LIMIT_PLUGIN_INFO)
                return bw_error_set(run->reterr, -E2BIG,
                                    "would be told more of the cluster than fits into its environment: its certificate authorities are "
                                    "too many for provideClusterInfo");
        return 0;
}

/* "NAME" of "NAME=VALUE" */
static struct bw_str name_of(struct bw_str variable)
{
        struct bw_str name;

        return bw_str_split(&variable, '=', &name) ? name : variable;
}

static bool is_set_by(const struct bw_kube_exec *exec, size_t from, struct bw_str name)
{
        for (size_t i = from; i < exec->n_env; i++)
                if (bw_str_eq(name_of(exec->env[i]), name))
                        return true;
        return bw_str_is(name, "KUBERNETES_EXEC_INFO");
}

/* Ours, the kubeconfig's over it, and what is said of the cluster over both. */
static int make_env(struct run *run, const char *const **ret)
{
        const struct bw_kube_exec *exec = run->exec;
        const char *const *ours = bw_spawn_env();
        const char **env;
        struct bw_str info;
        size_t n_ours = 0;
        size_t n = 0;
        int r = make_info(run, &info);

        while (ours[n_ours])
                n_ours++;
        env = bw_arena_zalloc(run->arena, (n_ours + exec->n_env + 2) * sizeof(*env));
        if (r == 0 && !env)
                r = bw_arena_error(run->arena, run->reterr);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n_ours; i++)
                if (!is_set_by(exec, 0, name_of(bw_str(ours[i]))))
                        env[n++] = ours[i];
        for (size_t i = 0; i < exec->n_env; i++) {
                if (is_set_by(exec, i + 1, name_of(exec->env[i])))
                        continue;
                env[n] = chars(run->arena, exec->env[i]);
                if (!env[n++])
                        return bw_arena_error(run->arena, run->reterr);
        }
        env[n] = info.p;
        *ret = env;
        return 0;
}

static int run_program(struct run *run, struct bw_buf *out)
{
        struct bw_spawn spawn = {.most = BW_LIMIT_PLUGIN_OUTPUT,
                                 .timeout_ms = BW_LIMIT_PLUGIN_SECONDS * 1000U,
                                 .cancel = run->credential->cancel};
        struct bw_spawn_end end;
        int r = decide_to_ask(run);

        spawn.with_stdin = run->may_ask;
        if (r == 0)
                r = find_program(run, &spawn.program);
        if (r == 0)
                r = make_args(run, &spawn.args);
        if (r == 0)
                r = make_env(run, &spawn.env);
        if (r == 0)
                r = bw_spawn_read(&spawn, out, &end, run->reterr);
        if (r < 0)
                return r;
        if (end.signal)
                return bw_error_set(run->reterr, -EACCES, "was ended by signal %d", end.signal);
        if (end.status)
                return bw_error_set(run->reterr, -EACCES, "failed with exit status %d: what it said stands above", end.status);
        return 0;
}

/* ---- what a plugin prints: of that, nothing is quoted */

static int read_text(struct run *run, struct bw_value status, const char *key, struct bw_str *ret)
{
        struct bw_value v = bw_map_get(status, bw_str(key));

        *ret = (struct bw_str){0};
        if (v.type == BW_ABSENT || v.type == BW_NULL)
                return 0;
        if (v.type != BW_STRING)
                return bw_error_set(run->reterr, -EINVAL, "gives a status.%s that is no text", key);
        *ret = bw_str_n(v.s, v.n);
        return 0;
}

static int check_kind(struct run *run, const struct bw_doc *doc)
{
        struct bw_str version = bw_map_text(doc->root, "apiVersion");

        if (doc->root.type != BW_MAP || !bw_str_is(bw_map_text(doc->root, "kind"), "ExecCredential"))
                return bw_error_set(run->reterr, -EINVAL, "prints no ExecCredential");
        if (!bw_str_eq(version, run->exec->api_version))
                return bw_error_set(run->reterr, -EINVAL, "speaks another apiVersion than the kubeconfig's exec.apiVersion, %.*s",
                                    BW_STR_ARG(run->exec->api_version));
        if (bw_map_get(doc->root, BW_STR("status")).type != BW_MAP)
                return bw_error_set(run->reterr, -EINVAL, "prints an ExecCredential without status");
        return 0;
}

static int check_proof(struct run *run, const struct bw_kube_proof *proof)
{
        if (!proof->token.n && !proof->cert_pem.n && !proof->key_pem.n)
                return bw_error_set(run->reterr, -EINVAL, "gives neither a token nor a certificate with its key");
        if (!proof->cert_pem.n != !proof->key_pem.n)
                return bw_error_set(run->reterr, -EINVAL, "gives a certificate without its key, or a key without its certificate");
        if (proof->token.n > BW_LIMIT_TOKEN_BYTES || !bw_kube_is_header_text(proof->token))
                return bw_error_set(run->reterr, -EINVAL, "gives a token that is none: too long, or with a control character in it");
        return proof->cert_pem.n ? bw_kube_check_pair(proof->cert_pem, proof->key_pem, BW_STR("what it gives"), run->reterr) : 0;
}

static int read_expiry(struct run *run, struct bw_value status, bool *ret_has, int64_t *ret)
{
        struct bw_str text;
        int r = read_text(run, status, "expirationTimestamp", &text);

        *ret_has = text.p != NULL;
        if (r == 0 && *ret_has && bw_time_parse_zone(text, ret) < 0)
                r = bw_error_set(run->reterr, -EINVAL, "gives a status.expirationTimestamp that is no time as in RFC 3339");
        return r;
}

static int read_proof(struct run *run, struct bw_str printed, struct bw_kube_proof *proof, bool *ret_has_expiry, int64_t *ret_expires)
{
        struct bw_value status;
        struct bw_doc doc;
        int r = bw_kube_read_object(run->arena, printed, &doc, NULL);

        if (r == -ENOMEM)
                return bw_error_nomem(run->reterr);
        if (r < 0)
                return bw_error_set(run->reterr, -EINVAL, "prints no ExecCredential: it cannot be read as JSON");
        r = check_kind(run, &doc);
        if (r < 0)
                return r;
        status = bw_map_get(doc.root, BW_STR("status"));
        r = read_text(run, status, "token", &proof->token);
        if (r == 0)
                r = read_text(run, status, "clientCertificateData", &proof->cert_pem);
        if (r == 0)
                r = read_text(run, status, "clientKeyData", &proof->key_pem);
        if (r == 0)
                r = read_expiry(run, status, ret_has_expiry, ret_expires);
        return r == 0 ? check_proof(run, proof) : r;
}

static int ask_plugin(struct run *run, int64_t now)
{
        bw_auto_done(bw_buf_done) struct bw_buf printed = {0};
        struct bw_kube_credential *credential = run->credential;
        struct bw_kube_proof proof = {0};
        struct bw_str kept = {0};
        bool has_expiry = false;
        int64_t expires = 0;
        int r = run_program(run, &printed);

        /* Values borrow from the text that they are read from. */
        if (r == 0) {
                kept = bw_arena_str(run->arena, bw_buf_view(&printed));
                r = kept.p ? 0 : bw_arena_error(run->arena, run->reterr);
        }
        bw_secret_wipe(bw_str_n(printed.p, printed.n));
        if (r == 0)
                r = read_proof(run, kept, &proof, &has_expiry, &expires);
        if (r < 0)
                return r;
        replace(credential, bw_take(run->arena), proof, now);
        credential->has_expiry = has_expiry;
        credential->expires = expires;
        return 0;
}

static int run_plugin(struct bw_kube_credential *credential, int64_t now, struct bw_error *reterr)
{
        const struct bw_kube_config *config = credential->config;
        struct bw_error err = {0};
        struct run run = {.exec = &config->exec, .credential = credential, .arena = secret_arena(), .reterr = &err};
        bool is_missing;
        int r = run.arena ? ask_plugin(&run, now) : bw_error_nomem(&err);

        bw_arena_free(run.arena);
        if (r == 0)
                return 0;
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
