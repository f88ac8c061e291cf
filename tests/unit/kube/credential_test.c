/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that are read again, and plugins: what they are told, what is taken of what they print, when they are asked again. */
#define BW_ALLOW_BANNED
#include "kube/credential.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "temptree.h"

static struct temp tree;

static int setup(void **state)
{
        /* Not in /dev/shm: programs may not be run from there everywhere. */
        tree = (struct temp){.path = "/tmp/bulwark-XXXXXX"};
        assert_non_null(mkdtemp(tree.path));
        *state = &tree;
        return 0;
}

static int teardown(void **state)
{
        temp_end(*state);
        return 0;
}

#define V1 "client.authentication.k8s.io/v1"
#define CRED(status) "{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"status\":" status "}"
#define SAY(json) "cat <<'END'\n" json "\nEND\n"

/* A config whose user has the script as its plugin. */
static struct bw_kube_config plugin(const char *script)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        bw_buf_printf(&text, "#!/bin/sh\n%s", script);
        temp_file(&tree, "plugin", text.p);
        assert_int_equal(chmod(temp_path(&tree, "plugin"), 0755), 0);
        return (struct bw_kube_config){.has_exec = true,
                                       .user = BW_STR("ann"),
                                       .exec = {.api_version = BW_STR(V1),
                                                .command = bw_str(temp_path(&tree, "plugin")),
                                                .install_hint = BW_STR("get it at the shop"),
                                                .interactive = BW_KUBE_INTERACTIVE_NEVER}};
}

static int ask(const struct bw_kube_config *config, struct bw_kube_credential **credential, int64_t now, bool refused,
               struct bw_kube_proof *proof, struct bw_error *err)
{
        if (!*credential)
                assert_ok(bw_kube_credential_new(config, NULL, credential, NULL));
        return bw_kube_credential_get(*credential, now, refused, proof, err);
}

/* ---- what a plugin prints */

static void test_answers(void **state)
{
        static const struct {
                const char *script;
                const char *expect;     /* the token, or "!" and what is said after the plugin's name */
        } rows[] = {
                {SAY(CRED("{\"token\":\"t\"}")), "t"},
                {SAY(CRED("{\"token\":\"t\",\"expirationTimestamp\":null,\"more\":1}")), "t"},
                {SAY(CRED("{\"token\":\"t\",\"expirationTimestamp\":\"2026-11-21T15:04:05.123456789+05:30\"}")), "t"},
                {SAY("kind: ExecCredential\napiVersion: " V1 "\nstatus:\n  token: t"), "t"},
                {"echo asking >/dev/null\n" SAY(CRED("{\"token\":\"t\"}")), "t"},
                {SAY(CRED("{\"token\":\"s3cret\\nX: y\"}")), "!gives a token that is none: too long, or with a control character in it"},
                {SAY(CRED("{}")), "!gives neither a token nor a certificate with its key"},
                {SAY(CRED("{\"token\":\"\"}")), "!gives neither a token nor a certificate with its key"},
                {SAY(CRED("{\"clientKeyData\":\"s3cret\"}")), "!gives a certificate without its key, or a key without its certificate"},
                {SAY(CRED("{\"clientKeyData\":\"s3cret\",\"clientCertificateData\":\"s3cret\"}")),
                 "!what it gives: the client certificate is none: PEM with a CERTIFICATE is wanted"},
                {SAY(CRED("{\"token\":[\"s3cret\"]}")), "!gives a status.token that is no text"},
                {SAY(CRED("{\"token\":\"s3cret\",\"expirationTimestamp\":\"soon\"}")), "!gives a status.expirationTimestamp that is no time as in RFC 3339"},
                {SAY(CRED("null")), "!prints an ExecCredential without status"},
                {SAY("{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "beta1\",\"status\":{\"token\":\"s3cret\"}}"),
                 "!speaks another apiVersion than the kubeconfig's exec.apiVersion, " V1},
                {SAY("{\"kind\":\"Secret\",\"data\":\"s3cret\"}"), "!prints no ExecCredential"},
                {SAY("s3cret"), "!prints no ExecCredential"},
                {SAY("{\"s3cret\": s3cret"), "!prints no ExecCredential: it cannot be read as JSON"},
                {"", "!prints no ExecCredential"},
                {"echo s3cret; exit 3", "!failed with exit status 3: what it said stands above"},
                {"kill -KILL $$", "!was ended by signal 9"},
                {"head -c 2000000 /dev/zero", "!prints more than 1048576 bytes"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                struct bw_kube_config config = plugin(rows[i].script);
                bw_auto(bw_kube_credential_free) struct bw_kube_credential *credential = NULL;
                struct bw_kube_proof proof = {.generation = 77};
                struct bw_error err = {0};
                int r = ask(&config, &credential, 0, false, &proof, &err);

                assert_null(strstr(err.message, "s3cret"));
                if (rows[i].expect[0] == '!') {
                        char expect[1024];

                        (void)snprintf(expect, sizeof(expect), "the exec plugin \"%s/plugin\" of user \"ann\" %s", tree.path, rows[i].expect + 1);
                        assert_true(r < 0);
                        assert_string_equal(err.message, expect);
                        assert_int_equal(proof.generation, 77);
                } else {
                        assert_string_equal(err.message, "");
                        assert_int_equal(r, 0);
                        assert_str(proof.token, rows[i].expect);
                }
        }
}

/* ---- how it is started */

static void test_missing(void **state)
{
        static const struct {
                const char *command;
                const char *says;
        } rows[] = {
                {"bw-no-such-program", "is not in PATH; get it at the shop"},
                {"/none/x", "does not exist, or what its first line names does not; get it at the shop"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                struct bw_kube_config config = plugin("");
                bw_auto(bw_kube_credential_free) struct bw_kube_credential *credential = NULL;
                struct bw_kube_proof proof;
                struct bw_error err = {0};
                char expect[512];

                config.exec.command = bw_str(rows[i].command);
                assert_int_equal(ask(&config, &credential, 0, false, &proof, &err), -ENOENT);
                (void)snprintf(expect, sizeof(expect), "the exec plugin \"%s\" of user \"ann\" %s", rows[i].command, rows[i].says);
                assert_string_equal(err.message, expect);
        }
}

/* What it is told comes back as the token; quotes become dots to fit. */
static void test_told(void **state)
{
        static const struct bw_str args[] = {{"a b", 3}, {NULL, 0}, {"$HOME", 5}};
        static const struct bw_str env[] = {{"BW_ONE=1", 8}, {"HOME=/changed", 13}, {"BW_TWO=x", 8}, {"BW_TWO=y=z", 10}, {"KUBERNETES_EXEC_INFO=no", 23}};
        static const char script[] = "info=$(printf %s \"$KUBERNETES_EXEC_INFO\" | tr '\"' .)\n"
                                     "n=$(env | grep -c BW_TWO)\n"
                                     "printf '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"status\":{\"token\":\"%s\"}}' "
                                     "\"$#|$1|$2|$3|$BW_ONE|$HOME|$BW_TWO|$n|$info|$(cat)\"\n";
        struct bw_kube_config config = plugin(script);
        struct bw_kube_proof proof;
        struct bw_error err = {0};

        (void)state;
        config.exec.args = args;
        config.exec.n_args = BW_ARRAY_SIZE(args);
        config.exec.env = env;
        config.exec.n_env = BW_ARRAY_SIZE(env);
        config.exec.cluster_info = BW_STR("{\"server\":\"https://k\",\"config\":null}");
        for (int told = 0; told < 2; told++) {
                bw_auto(bw_kube_credential_free) struct bw_kube_credential *credential = NULL;

                config.exec.provide_cluster_info = told;
                assert_ok(ask(&config, &credential, 0, false, &proof, &err));
                assert_str(proof.token, told ? "3|a b||$HOME|1|/changed|y=z|1|{.kind.:.ExecCredential.,.apiVersion.:." V1 ".,.spec.:{.cluster.:{.server.:."
                                               "https://k.,.config.:null},.interactive.:false}}|"
                                             : "3|a b||$HOME|1|/changed|y=z|1|{.kind.:.ExecCredential.,.apiVersion.:." V1 ".,.spec.:{.interactive.:false}}|");
        }
}

static void test_told_too_much(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf info = {0};
        bw_auto(bw_kube_credential_free) struct bw_kube_credential *credential = NULL;
        struct bw_kube_config config = plugin(SAY(CRED("{\"token\":\"t\"}")));
        struct bw_kube_proof proof;
        struct bw_error err = {0};

        (void)state;
        bw_buf_char(&info, '"');
        bw_buf_fill(&info, 'x', 131000);
        bw_buf_char(&info, '"');
        config.exec.provide_cluster_info = true;
        config.exec.cluster_info = bw_buf_view(&info);
        assert_int_equal(ask(&config, &credential, 0, false, &proof, &err), -E2BIG);
        assert_non_null(strstr(err.message, "would be told more of the cluster than fits into its environment"));
}

/* Tests have no terminal: what has to ask cannot, what may ask does without. */
static void test_no_terminal(void **state)
{
        bw_auto(bw_kube_credential_free) struct bw_kube_credential *credential = NULL;
        struct bw_kube_config config = plugin(SAY(CRED("{\"token\":\"t\"}")));
        struct bw_kube_proof proof;
        struct bw_error err = {0};

        (void)state;
        if (isatty(STDIN_FILENO))
                return;
        config.exec.interactive = BW_KUBE_INTERACTIVE_IF_AVAILABLE;
        assert_ok(ask(&config, &credential, 0, false, &proof, &err));
        config.exec.interactive = BW_KUBE_INTERACTIVE_ALWAYS;
        assert_int_equal(ask(&config, &credential, 0, true, &proof, &err), -ENOTTY);
        assert_non_null(strstr(err.message, "has to ask somebody (interactiveMode: Always), and standard input is no terminal"));
}

static void test_cancelled(void **state)
{
        struct bw_kube_config config = plugin("exec sleep 60");
        bw_auto(bw_kube_credential_free) struct bw_kube_credential *credential = NULL;
        const atomic_bool cancel = true;
        struct bw_kube_proof proof;
        struct bw_error err = {0};

        (void)state;
        assert_ok(bw_kube_credential_new(&config, &cancel, &credential, NULL));
        assert_int_equal(bw_kube_credential_get(credential, 0, false, &proof, &err), -EINTR);
}

/* ---- when it is asked again */

/* Gives "1", "2", … with an end that is 100 s after its number in hundreds: 1970-01-01T00:01:40Z, … */
#define COUNTING                                                                                   \
        "cd \"${0%/*}\"; echo x >>count; n=$(wc -l <count)\n"                                      \
        "printf '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"status\":{\"token\":\"%s\"%s}}' \"$n\" \"$END\"\n"

struct step {
        int64_t now;
        bool refused;
        const char *token;
        uint64_t generation;
};

static void run_steps(struct bw_kube_config config, const struct step *steps, size_t n)
{
        bw_auto(bw_kube_credential_free) struct bw_kube_credential *credential = NULL;

        for (size_t i = 0; i < n; i++) {
                struct bw_kube_proof proof = {0};
                struct bw_error err = {0};

                if (ask(&config, &credential, steps[i].now, steps[i].refused, &proof, &err) != 0)
                        fail_msg("step %zu: %s", i, err.message);
                if (!bw_str_is(proof.token, steps[i].token) || proof.generation != steps[i].generation)
                        fail_msg("step %zu: %.*s of generation %" PRIu64, i, BW_STR_ARG(proof.token), proof.generation);
        }
}

static void test_without_end(void **state)
{
        static const struct step steps[] = {
                {1000, false, "1", 2},
                {5000000, false, "1", 2},
                /* The server does not want it. */
                {5000001, true, "2", 3},
                /* That did not help: not on and on. */
                {5000002, true, "2", 3},
                {5000010, true, "2", 3},
                {5000011, true, "3", 4},
        };

        (void)state;
        run_steps(plugin("END=''\n" COUNTING), steps, BW_ARRAY_SIZE(steps));
}

static void test_with_end(void **state)
{
        static const struct step steps[] = {
                {10, false, "1", 2},
                {100, false, "1", 2},
                {101, false, "2", 3},
                /* What it gives has run out already. */
                {102, false, "2", 3},
                {111, false, "3", 4},
        };

        (void)state;
        run_steps(plugin("END=',\"expirationTimestamp\":\"1970-01-01T00:01:40Z\"'\n" COUNTING), steps, BW_ARRAY_SIZE(steps));
}

static void test_same_again(void **state)
{
        static const struct step steps[] = {{10, false, "t", 2}, {20, true, "t", 2}, {40, true, "t", 2}};

        (void)state;
        run_steps(plugin(SAY(CRED("{\"token\":\"t\"}"))), steps, BW_ARRAY_SIZE(steps));
}

/* ---- certificates */

static void put_pem(struct bw_buf *to, int (*write)(FILE *f, void *what), void *what)
{
        char *text = NULL;
        size_t n = 0;
        FILE *f = open_memstream(&text, &n);

        assert_non_null(f);
        assert_int_equal(write(f, what), 1);
        assert_int_equal(fclose(f), 0);
        bw_buf_json(to, bw_str_n(text, n));
        free(text);
}

static int write_certificate(FILE *f, void *what)
{
        return PEM_write_X509(f, what);
}

static int write_key(FILE *f, void *what)
{
        return PEM_write_PrivateKey(f, what, NULL, NULL, 0, NULL, NULL);
}

static void test_certificate(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf script = {0};
        bw_auto(bw_kube_credential_free) struct bw_kube_credential *credential = NULL;
        EVP_PKEY *key = EVP_EC_gen("P-256");
        X509 *certificate = X509_new();
        struct bw_kube_config config;
        struct bw_kube_proof proof;
        struct bw_error err = {0};

        (void)state;
        assert_int_equal(X509_set_pubkey(certificate, key), 1);
        assert_non_null(X509_gmtime_adj(X509_getm_notBefore(certificate), 0));
        assert_non_null(X509_gmtime_adj(X509_getm_notAfter(certificate), 3600));
        assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
        bw_buf_puts(&script, "cat <<'END'\n{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"status\":{\"clientCertificateData\":");
        put_pem(&script, write_certificate, certificate);
        bw_buf_puts(&script, ",\"clientKeyData\":");
        put_pem(&script, write_key, key);
        bw_buf_puts(&script, "}}\nEND\n");
        config = plugin(script.p);
        assert_ok(ask(&config, &credential, 0, false, &proof, &err));
        assert_true(bw_str_starts(proof.cert_pem, BW_STR("-----BEGIN CERTIFICATE-----\n")));
        assert_true(bw_str_starts(proof.key_pem, BW_STR("-----BEGIN PRIVATE KEY-----\n")));
        assert_int_equal(proof.token.n, 0);
        X509_free(certificate);
        EVP_PKEY_free(key);
}

/* ---- tokens */

static void test_plain(void **state)
{
        const struct bw_kube_config config = {.token = BW_STR("t"), .cert_pem = BW_STR("c"), .key_pem = BW_STR("k")};
        static const struct step steps[] = {{10, false, "t", 1}, {20, true, "t", 1}, {5000, false, "t", 1}};

        (void)state;
        run_steps(config, steps, BW_ARRAY_SIZE(steps));
}

static void expect_token(struct bw_kube_credential *credential, int64_t now, bool refused, const char *token, uint64_t generation)
{
        struct bw_kube_proof proof = {0};
        struct bw_error err = {0};

        if (bw_kube_credential_get(credential, now, refused, &proof, &err) != 0)
                fail_msg("%s", err.message);
        assert_str(proof.token, token);
        assert_int_equal(proof.generation, generation);
}

static void test_token_file(void **state)
{
        bw_auto(bw_kube_credential_free) struct bw_kube_credential *credential = NULL;
        const struct bw_kube_config config = {.token = BW_STR("old"), .token_file = bw_str(temp_path(&tree, "token"))};

        (void)state;
        assert_ok(bw_kube_credential_new(&config, NULL, &credential, NULL));
        /* Until it is there, the kubeconfig's will do. */
        expect_token(credential, 0, false, "old", 1);
        temp_file(&tree, "token", " one\n");
        expect_token(credential, 1, false, "one", 2);
        temp_file(&tree, "token", "two\n");
        expect_token(credential, 50, false, "one", 2);
        expect_token(credential, 51, false, "two", 3);
        temp_file(&tree, "token", "three");
        expect_token(credential, 52, true, "three", 4);
        expect_token(credential, 200, false, "three", 4);
        /* While it is being replaced. */
        assert_int_equal(unlink(temp_path(&tree, "token")), 0);
        expect_token(credential, 300, false, "three", 4);
        temp_file(&tree, "token", "\n");
        expect_token(credential, 400, false, "three", 4);
}

static void test_bad_token_files(void **state)
{
        static const struct {
                const char *text;
                int code;
                const char *message;
        } rows[] = {{NULL, -ENOENT, "token file: does not exist"},
                    {" \n", -EINVAL, "token file: is empty"},
                    {"a\nb", -EINVAL, "token file: has a control character in it, such as the end of a line"}};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                bw_auto(bw_kube_credential_free) struct bw_kube_credential *credential = NULL;
                struct bw_kube_config config = {0};
                struct bw_kube_proof proof;
                struct bw_error err = {0};
                char path[128];

                (void)snprintf(path, sizeof(path), "%s/bad%zu", tree.path, i);
                config.token_file = bw_str(path);
                if (rows[i].text)
                        temp_file(&tree, path + strlen(tree.path) + 1, rows[i].text);
                assert_int_equal(ask(&config, &credential, 0, false, &proof, &err), rows[i].code);
                assert_string_equal(err.message, rows[i].message);
                assert_string_equal(err.file, path);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_answers, setup, teardown),
                cmocka_unit_test_setup_teardown(test_missing, setup, teardown),
                cmocka_unit_test_setup_teardown(test_told, setup, teardown),
                cmocka_unit_test_setup_teardown(test_told_too_much, setup, teardown),
                cmocka_unit_test_setup_teardown(test_no_terminal, setup, teardown),
                cmocka_unit_test_setup_teardown(test_cancelled, setup, teardown),
                cmocka_unit_test_setup_teardown(test_without_end, setup, teardown),
                cmocka_unit_test_setup_teardown(test_with_end, setup, teardown),
                cmocka_unit_test_setup_teardown(test_same_again, setup, teardown),
                cmocka_unit_test_setup_teardown(test_certificate, setup, teardown),
                cmocka_unit_test_setup_teardown(test_plain, setup, teardown),
                cmocka_unit_test_setup_teardown(test_token_file, setup, teardown),
                cmocka_unit_test_setup_teardown(test_bad_token_files, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
