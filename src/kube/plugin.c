/* SPDX-License-Identifier: Apache-2.0 */
/* An exec plugin: started with what client-go would tell it, and what it prints as a proof. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/time.h"
#include "format/pem.h"
#include "kube/config_internal.h"
#include "kube/credential_internal.h"
#include "os/spawn.h"


struct run {
        const struct bw_kube_exec *exec;
        const atomic_bool *cancel;
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
                                 .cancel = run->cancel};
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

static int read_text(struct bw_value status, const char *key, struct bw_str *ret, struct bw_error *reterr)
{
        struct bw_value v = bw_map_get(status, bw_str(key));

        *ret = (struct bw_str){0};
        if (v.type == BW_ABSENT || v.type == BW_NULL)
                return 0;
        if (v.type != BW_STRING)
                return bw_error_set(reterr, -EINVAL, "gives a status.%s that is no text", key);
        *ret = bw_str_n(v.s, v.n);
        return 0;
}

static int check_kind(const struct bw_doc *doc, struct bw_str api_version, struct bw_error *reterr)
{
        struct bw_str version = bw_map_text(doc->root, "apiVersion");

        if (doc->root.type != BW_MAP || !bw_str_is(bw_map_text(doc->root, "kind"), "ExecCredential"))
                return bw_error_set(reterr, -EINVAL, "prints no ExecCredential");
        if (!bw_str_eq(version, api_version))
                return bw_error_set(reterr, -EINVAL, "speaks another apiVersion than the kubeconfig's exec.apiVersion, %.*s",
                                    BW_STR_ARG(api_version));
        if (bw_map_get(doc->root, BW_STR("status")).type != BW_MAP)
                return bw_error_set(reterr, -EINVAL, "prints an ExecCredential without status");
        return 0;
}

static int check_proof(const struct bw_kube_proof *proof, struct bw_error *reterr)
{
        if (!proof->token.n && !proof->cert_pem.n && !proof->key_pem.n)
                return bw_error_set(reterr, -EINVAL, "gives neither a token nor a certificate with its key");
        if (!proof->cert_pem.n != !proof->key_pem.n)
                return bw_error_set(reterr, -EINVAL, "gives a certificate without its key, or a key without its certificate");
        if (proof->token.n > BW_LIMIT_TOKEN_BYTES || !bw_kube_is_header_text(proof->token))
                return bw_error_set(reterr, -EINVAL, "gives a token that is none: too long, or with a control character in it");
        return proof->cert_pem.n ? bw_kube_check_pair(proof->cert_pem, proof->key_pem, BW_STR("what it gives"), reterr) : 0;
}

static int read_expiry(struct bw_value status, bool *ret_has, int64_t *ret, struct bw_error *reterr)
{
        struct bw_str text;
        int r = read_text(status, "expirationTimestamp", &text, reterr);

        *ret_has = text.p != NULL;
        if (r == 0 && *ret_has && bw_time_parse_zone(text, ret) < 0)
                r = bw_error_set(reterr, -EINVAL, "gives a status.expirationTimestamp that is no time as in RFC 3339");
        return r;
}

int bw_kube_plugin_read(struct bw_arena *arena, struct bw_str api_version, struct bw_str printed, struct bw_kube_given *ret,
                        struct bw_error *reterr)
{
        struct bw_kube_given given = {0};
        struct bw_value status;
        struct bw_doc doc;
        int r = bw_kube_read_object(arena, printed, &doc, NULL);

        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        if (r < 0)
                return bw_error_set(reterr, -EINVAL, "prints no ExecCredential: it cannot be read as JSON");
        r = check_kind(&doc, api_version, reterr);
        if (r < 0)
                return r;
        status = bw_map_get(doc.root, BW_STR("status"));
        r = read_text(status, "token", &given.proof.token, reterr);
        if (r == 0)
                r = read_text(status, "clientCertificateData", &given.proof.cert_pem, reterr);
        if (r == 0)
                r = read_text(status, "clientKeyData", &given.proof.key_pem, reterr);
        if (r == 0)
                r = read_expiry(status, &given.has_expiry, &given.expires, reterr);
        if (r == 0)
                r = check_proof(&given.proof, reterr);
        if (r == 0)
                *ret = given;
        return r;
}

/* ---- */

int bw_kube_plugin_ask(const struct bw_kube_exec *exec, const atomic_bool *cancel, struct bw_arena *arena,
                       struct bw_kube_given *ret, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf printed = {0};
        struct run run = {.exec = exec, .cancel = cancel, .arena = arena, .reterr = reterr};
        struct bw_str kept = {0};
        int r = run_program(&run, &printed);

        /* Values borrow from the text that they are read from. */
        if (r == 0) {
                kept = bw_arena_str(arena, bw_buf_view(&printed));
                r = kept.p ? 0 : bw_arena_error(arena, reterr);
        }
        bw_secret_wipe(bw_str_n(printed.p, printed.n));
        return r == 0 ? bw_kube_plugin_read(arena, exec->api_version, kept, ret, reterr) : r;
}
