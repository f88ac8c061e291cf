/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of bulwark's own: flags of components, images, credentials, selectors. */
#include "cel/lib/credential.h"
#include "lib_eval.h"

static const struct eval_setup own = {.libraries = BW_CEL_LIB_BULWARK, .plain_literals = true};

static void test_flag(void **state)
{
        static const struct eval_case cases[] = {
                {"flag(['kube-apiserver', '--anonymous-auth=false'], 'anonymous-auth')", "\"false\""},
                {"flag(['--a=1', '--a=2'], 'a')", "\"2\""},
                {"flag(['--a', '1'], 'a')", "\"1\""},
                {"flag(['--a='], 'a')", "\"\""},
                {"flag(['--a=b=c'], 'a')", "\"b=c\""},
                {"flag(['--insecure_port=0'], 'insecure-port')", "\"0\""},
                {"flag(['--insecure-port=0'], 'insecure_port')", "\"0\""},
                {"flag(['--profiling'], 'profiling')", "\"true\""},
                /* A switch takes no value from the next argument. */
                {"flag(['--profiling', 'false'], 'profiling')", "\"true\""},
                {"flag(['--profiling', 'false', '--v', '2'], 'v')", "\"2\""},
                {"flag(['--profiling', '--v', '2'], 'profiling')", "\"true\""},
                {"flag(['--unknown', '--v=2'], 'unknown')", "\"true\""},
                {"flag(['--unknown'], 'unknown')", "\"true\""},
                /* What is another flag's value is no flag; a dash alone is one (standard output). */
                {"flag(['--name', 'v', '--v=2'], 'v')", "\"2\""},
                {"flag(['--audit-log-path', '-'], 'audit-log-path')", "\"-\""},
                {"flag(['-client-cert-auth=true'], 'client-cert-auth')", "\"true\""},
                {"flag(['-client-cert-auth', 'false'], 'client-cert-auth')", "\"true\""},
                {"flag(['-v', '2'], 'v')", "\"2\""},
                {"flag(['--abc=1'], 'ab')", "\"\""},
                {"flag(['--', 'tini', '---', '-', '--=', '--a=1'], 'a')", "\"1\""},
                {"flag([], 'a')", "\"\""},
                {"flag(null, 'a')", "\"\""},
                {"flag([1, null, '--a=1'], 'a')", "\"1\""},
                {"flag('--a=1', 'a')", "error"},
                /* The value of a switch that stands alone is not the program that follows it. */
                {"flag(['/go-runner', '--also-stdout', '--v=1', 'kube-proxy', '--v=2'], 'v')", "\"2\""},
                {"flag(['sh', '-c', 'exec kube-proxy --v=2 --a=\"b c\" --d 3 > /log 2>&1'], 'v')", "\"2\""},
                {"flag(['sh', '-c', 'exec kube-proxy --v=2 --a=\"b c\" --d 3 > /log 2>&1'], 'a')", "\"b c\""},
                {"flag(['sh', '-ec', 'x --d 3; y', '--d=4'], 'd')", "\"4\""},
                {"flag(['sh', '-c', \"run --last='1'\"], 'last')", "\"1\""},
                {"flag(['-c', ' ; ', '-c', ' ; ', '--a=1'], 'a')", "\"1\""},
                {"flag(['sh', '-c', 'run\\n--last \"1\" ; done'], 'last')", "\"1\""},
                {"flag(['etcd', '-name', 'a b', '--v=1'], 'v')", "\"1\""},
                {"[hasFlag(['--a='], 'a'), hasFlag(['--b'], 'a'), hasFlag(null, 'a'), hasFlag(['x', '--a', 'y'], 'a')]",
                 "[true, false, false, true]"},
                {"hasFlag({}, 'a')", "error"},
                {"flagValues(['--m=Node,RBAC', '--x', '--m', 'Webhook'], 'm')", "[\"Node\", \"RBAC\", \"Webhook\"]"},
                {"flagValues(['--m='], 'm') + flagValues(null, 'm') + flagValues([], 'm')", "[]"},
                {"flagValues(['--feature-gates=A=true,B=false'], 'feature-gates')", "[\"A=true\", \"B=false\"]"},
                {"flagValues(1, 'm')", "error"},
        };

        (void)state;
        eval_cases(&own, cases, BW_ARRAY_SIZE(cases));
}

#define DIGITS64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define PARTS(reference) "[image('" reference "')].map(i, [i.registry, i.repository, i.name, i.tag, i.digest])[0]"

static void test_image(void **state)
{
        static const struct eval_case cases[] = {
                {PARTS("nginx"), "[\"docker.io\", \"library/nginx\", \"docker.io/library/nginx\", \"\", \"\"]"},
                {PARTS("nginx:1.27"), "[\"docker.io\", \"library/nginx\", \"docker.io/library/nginx\", \"1.27\", \"\"]"},
                {PARTS("shop/web:v1"), "[\"docker.io\", \"shop/web\", \"docker.io/shop/web\", \"v1\", \"\"]"},
                {PARTS("docker.io/nginx"), "[\"docker.io\", \"library/nginx\", \"docker.io/library/nginx\", \"\", \"\"]"},
                {PARTS("index.docker.io/a/b"), "[\"docker.io\", \"a/b\", \"docker.io/a/b\", \"\", \"\"]"},
                {PARTS("registry.k8s.io/a/b:1@sha256:" DIGITS64),
                 "[\"registry.k8s.io\", \"a/b\", \"registry.k8s.io/a/b\", \"1\", \"sha256:" DIGITS64 "\"]"},
                {PARTS("localhost/x"), "[\"localhost\", \"x\", \"localhost/x\", \"\", \"\"]"},
                {PARTS("localhost:5000/x:y"), "[\"localhost:5000\", \"x\", \"localhost:5000/x\", \"y\", \"\"]"},
                {PARTS("Registry/x"), "[\"Registry\", \"x\", \"Registry/x\", \"\", \"\"]"},
                {PARTS("[::1]:5000/x"), "[\"[::1]:5000\", \"x\", \"[::1]:5000/x\", \"\", \"\"]"},
                {PARTS("a.b/c__d/e---f.g_h"), "[\"a.b\", \"c__d/e---f.g_h\", \"a.b/c__d/e---f.g_h\", \"\", \"\"]"},
                {"[image(''), image('UPPER'), image('a/UPPER'), image('a b'), image('nginx:'), image('nginx@sha256:12')]",
                 "[null, null, null, null, null, null]"},
                {"[image('" DIGITS64 "'), image('${IMAGE}'), image('{{ .image }}'), image('a//b'), image('/a'), image('a/')]",
                 "[null, null, null, null, null, null]"},
                {"[image('-a'), image('a_'), image('a___b'), image('a..b'), image('a:.b'), image('x.y:port/z')]",
                 "[null, null, null, null, null, null]"},
                {"[image('nginx@sha512:" DIGITS64 "'), image('nginx@md5:" DIGITS64 "'), image('.io/x'), image('x.:1/y')]",
                 "[null, null, null, null]"},
                {"[image('nginx@sha512:" DIGITS64 DIGITS64 "') != null, image(':1'), image('a:b/c'), image('[::1/x')]",
                 "[true, null, null, null]"},
                {"image('a' + ':' + 'abcdefgh'.replace('a', '" DIGITS64 DIGITS64 "'))", "null"},
                {"image(dyn(1))", "error"},
        };

        (void)state;
        eval_cases(&own, cases, BW_ARRAY_SIZE(cases));
}

static void test_selectors(void **state)
{
        static const struct eval_case cases[] = {
                {"[selects(null, {'a': 'b'}), selects({}, {'a': 'b'}), selects({}, {}), selects({}, null)]",
                 "[false, true, true, true]"},
                {"selects({'matchLabels': {'a': 'b'}}, {'a': 'b', 'c': 'd'})", "true"},
                {"selects({'matchLabels': {'a': 'b', 'c': 'x'}}, {'a': 'b', 'c': 'd'})", "false"},
                {"selects({'matchLabels': {'a': 'b'}}, null)", "false"},
                {"selects({'matchExpressions': [{'key': 'a', 'operator': 'In', 'values': ['b', 'c']}]}, {'a': 'c'})", "true"},
                {"selects({'matchExpressions': [{'key': 'a', 'operator': 'In', 'values': ['b']}]}, {})", "false"},
                {"selects({'matchExpressions': [{'key': 'a', 'operator': 'NotIn', 'values': ['b']}]}, {})", "true"},
                {"selects({'matchExpressions': [{'key': 'a', 'operator': 'NotIn', 'values': ['b']}]}, {'a': 'b'})", "false"},
                {"selects({'matchExpressions': [{'key': 'a', 'operator': 'Exists'}]}, {'a': ''})", "true"},
                {"selects({'matchExpressions': [{'key': 'a', 'operator': 'DoesNotExist'}]}, {'a': ''})", "false"},
                {"selects({'matchLabels': {'x': 'y'}, 'matchExpressions': [{'key': 'a', 'operator': 'Exists'}]}, {'a': ''})",
                 "false"},
                {"selects({'matchExpressions': [{'key': 'a', 'operator': 'Like'}]}, {'a': ''})", "false"},
                {"selects('a', {})", "error"},
                {"selects({}, [])", "error"},
                {"[selectsByLabels({}, {'a': 'b'}), selectsByLabels(null, {}), selectsByLabels({'a': 'b'}, {'a': 'b', 'c': "
                 "'d'}), selectsByLabels({'a': 'b'}, {'a': 'c'}), selectsByLabels({'a': 'b'}, null)]",
                 "[false, false, true, false, false]"},
                {"selectsByLabels([], {})", "error"},
        };

        (void)state;
        eval_cases(&own, cases, BW_ARRAY_SIZE(cases));
}

static void test_contains_any(void **state)
{
        static const struct eval_case cases[] = {
                {"'jenkins/jenkins:2'.containsAny(['kibana', 'jenkins'])", "true"},
                {"'nginx'.containsAny(['kibana', 'jenkins'])", "false"},
                {"'nginx'.containsAny([])", "false"},
                {"''.containsAny([''])", "true"},
                {"'nginx'.containsAny(dyn(['n', 1]))", "error"},
        };

        (void)state;
        eval_cases(&own, cases, BW_ARRAY_SIZE(cases));
}

static void test_repeated(void **state)
{
        static const struct eval_case cases[] = {
                {"repeated([], 'name')", "[]"},
                {"repeated([{'name': 'a'}, {'name': 'b'}, {'name': 'a'}, {'name': 'a'}, {'name': 'b'}], 'name')", "[\"a\", \"b\"]"},
                {"repeated([{'name': 'a'}, {'key': 'a'}, {'key': 'a'}, {}, 'a', 1], 'name')", "[]"},
                {"repeated([{'name': 1}, {'name': 1}, {'name': null}, {'name': null}], 'name')", "[]"},
                {"repeated(dyn('a'), 'name')", "error"},
        };

        (void)state;
        eval_cases(&own, cases, BW_ARRAY_SIZE(cases));
}

/* Texts without meaning, put together here so that no search for leaked secrets finds one in this file. */
#define R4 "5TyW"
#define R8 "k3Jf9sLq"
#define R16 R8 "2PzX8vBn"
#define R32 R16 "7HdG4uEa6QoZ0iKp"
#define U16 "K3JF7SLQ2PZXVBN5"
#define H32 "9f86d081884c7d659a2feaa0c55ad015"
#define PEM_TEXT "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ"

static const struct {
        const char *text;
        const char *kind;
} credentials[] = {
        {"AK" "IA" U16, "AWS access key"},
        {"export AWS_ACCESS_KEY_ID=AS" "IA" U16 "; run", "AWS access key"},
        {"AI" "za" R32 "abC", "Google API key"},
        {"gh" "p_" R32 R4, "GitHub token"},
        {"token gh" "s_" R32 R4 ", kept", "GitHub token"},
        {"github" "_pat_" R16 R4 "ab_" R32 R16 R8 "abc", "GitHub token"},
        {"gl" "pat-" R16 R4, "GitLab token"},
        {"xo" "xb-904217763512-" R16, "Slack token"},
        {"https://hooks.slack" ".com/services/T0" R8 "/B0" R8 "/" R16 R8, "Slack webhook"},
        {"sk_" "live_" R16 R8, "Stripe key"},
        {"npm" "_" R32 R4, "npm token"},
        {"//registry.example.com/:_auth" "Token=" R32, "npm token"},
        {"dckr" "_pat_" R16 R8 "abC", "Docker Hub token"},
        {"DefaultEndpointsProtocol=https;AccountName=shop;Account" "Key=" R32 R32 R16 R4 "ab==;EndpointSuffix=x",
         "Azure storage key"},
        {"Ab~8" "Q~" R32, "Azure client secret"},
        {"SG" "." R16 R4 "ab." R32 R8 "abC", "SendGrid key"},
        {"SK" H32, "Twilio key"},
        {"AGE-SECRET-" "KEY-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE", "age key"},
        {"hv" "s." R32, "Vault token"},
        {"dop" "_v1_" H32 H32, "DigitalOcean token"},
        {"110201543:" "AA" R32 "a", "Telegram bot token"},
        {"-----BEGIN RSA PRIVATE" " KEY-----\\n" PEM_TEXT, "private key"},
        {"{\"type\": \"service_account\", \"private_key\": \"-----BEGIN PRIVATE" " KEY-----\\\\n" PEM_TEXT "\"}",
         "Google service account key"},
        /* The same key without its lines, and in base64. */
        {PEM_TEXT "C7VJTUt9Us8cK", "private key"},
        {"LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFdlFJQkFEQU5CZ2txaGtpRzl3MEJBUUVGQUFTQ0JLY3dnZ1NqQWdFQUFv"
         "SUJBUQ==", "private key"},
        {"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." "eyJzdWIiOiJzaG9wIiwiaWF0IjoxNTE2MjM5MDIyfQ." R32 R8, "JSON web token"},
        {"{\"auths\": {\"registry.example.com\": {\"auth\": \"c2hvcDpodW50ZXIy\"}}}", "registry login"},
        {"postgres://shop:hunter2@db.shop/orders", "password in a URL"},
        {"redis://:hunter2@cache:6379/0", "password in a URL"},
        {"see https://example.com/ and amqp://u:hunter2@queue", "password in a URL"},
        {R32, "high-entropy text"},
        {"--api-key=" R32, "high-entropy text"},
        {"K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=", "high-entropy text"},
};

static void test_credential_formats(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(credentials); i++) {
                char source[512];
                char want[64];

                snprintf(source, sizeof(source), "credential('%s')", credentials[i].text);
                snprintf(want, sizeof(want), "\"%s\"", credentials[i].kind);
                eval_cases(&own, &(struct eval_case){source, want}, 1);
        }
}

/* Parts of the secrets above: none of them may be left. */
static const char *const secret_parts[] = {R4, R8, R16, U16, H32, "PQRZY9X8", "IBADAN", "hunter2", "c2hvcDpodW50ZXIy", "SUlFdlFJ",
                                           "K7gNU3sd", "eyJzdWIiOiJzaG9w"};

/* What stands in place of a credential is of the same kind, and has nothing of it. */
static void test_concealed(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(credentials); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                bw_auto_done(bw_buf_done) struct bw_buf again = {0};
                bw_auto_done(bw_buf_done) struct bw_buf example = {0};
                const char *kind;

                assert_true(bw_credential_conceal(bw_str(credentials[i].text), &out));
                kind = bw_credential_kind(bw_buf_view(&out));
                assert_non_null(kind);
                assert_string_equal(kind, credentials[i].kind);
                for (size_t k = 0; k < BW_ARRAY_SIZE(secret_parts); k++)
                        if (strstr(out.p, secret_parts[k]))
                                fail_msg("%s: of %s there is still %s", out.p, credentials[i].text, secret_parts[k]);
                /* Once is enough. */
                assert_true(bw_credential_conceal(bw_buf_view(&out), &again));
                assert_string_equal(again.p, out.p);
                bw_credential_stand_in(kind, &example);
                assert_string_equal(bw_credential_kind(bw_buf_view(&example)), kind);
        }
}

/* Two in one text; a token in a URL; the end line of a key, and what stands behind it. */
static void test_concealed_text(void **state)
{
        static const char *const cases[][2] = {
                {"a=gh" "p_" R32 R4 " b=hv" "s." R32 ";", "a=gh" "p_Concealed7QxKm2WzRt9VbHj4GpConcealed b=hv" "s.Concealed7QxKm2WzRt9VbHj;"},
                {"https://bot:gh" "p_" R32 R4 "@host/x", "https://bot:gh" "p_Concealed7QxKm2WzRt9VbHj4GpConcealed@host/x"},
                {"a://u:hunter2@h, b://u:hunter2@h", "a://u:Concealed7Qx@h, b://u:Concealed7Qx@h"},
                {"x\n-----BEGIN EC PRIVATE" " KEY-----\n" PEM_TEXT "\n-----END EC PRIVATE KEY-----\nz\n",
                 "x\n-----BEGIN EC PRIVATE" " KEY-----\nConcealed7QxKm2WzRt9VbHj4GpConcealed7QxKm2WzRt9VbHj4GpConcealed7\n"
                 "-----END EC PRIVATE KEY-----\nz\n"},
                {"  " R32 "\n", "  Zt7qB2xW9kLm4RvC8nHp3JdS6gFy\n"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};

                assert_true(bw_credential_conceal(bw_str(cases[i][0]), &out));
                assert_string_equal(out.p, cases[i][1]);
        }
}

static void test_no_credential(void **state)
{
        static const char *const texts[] = {
                "", "password", "changeme", "$(DB_PASSWORD)", "${TOKEN}", "{{ .Values.token }}", "<your token>", "xxxxxxxxxxxxxxxx",
                "AK" "IAIOSFODNN7EXAMPLE", "AK" "IA" "XXXXXXXXXXXXXXXX", "XAK" "IA" U16, "AK" "IA" U16 "7",
                "gh" "p_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "gh" "p_abcdefghijklmnopqrstuvwxyz0123456789",
                "3f1b2c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d", H32, H32 H32, "sha256:" H32 H32,
                "nginx:1.27@sha256:" H32 H32, "registry.k8s.io/kube-apiserver:v1.33.0",
                "/var/run/secrets/kubernetes.io/serviceaccount/token", "https://example.com/a/b?c=d",
                "postgres://db.shop:5432/orders", "postgres://$(USER):$(PASSWORD)@db/orders", "mysql://shop:${PASSWORD}@db/orders",
                "http://user:password@example.com", "https://example.com/@scope/package", "mail to a://b, c@d",
                "TestQuantityCmpInt64AndDec", "GetMapUint64Int32Wrapper", "maxUnavailablePercentage2024", "ThisIsAVeryLongNameOfAThing1",
                "storefront-7d9f8b6c5d-x2z4q", "node-role.kubernetes.io/control-plane", "v1.33.0-rc.1+build.20260101",
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_AES_128_GCM_SHA256", "2026-01-01T00:00:00.000000Z",
                /* Readable texts and certificates in base64; a public key of SSH. */
                "SGVsbG8sIHRoaXMgaXMgYSByZWFkYWJsZSB0ZXh0IGluIGJhc2U2NC4=",
                "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ",
                "AAAAC3NzaC1lZDI1NTE5AAAAIHk5fJf9sLq2PzX8vBn5TyWk3Jf9sLq2PzX8vBn5TyW",
                "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8nXRh950IZbRj8Ra",
                "-----BEGIN CERTIFICATE-----\\n" PEM_TEXT, "-----BEGIN PRIVATE" " KEY-----\\n...\\n-----END PRIVATE KEY-----",
                "-----BEGIN PRIVATE" " KEY-----\\n<key>\\n-----END PRIVATE KEY-----",
                /* Signed by nobody; without a header that names what it is. */
                "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." "eyJzdWIiOiJzaG9wIiwiaWF0IjoxNTE2MjM5MDIyfQ." R32,
                "eyJzdWIiOiJzaG9wIiwiaWF0IjoxNTE2MjM5MDIyfQ." "eyJzdWIiOiJzaG9wIiwiaWF0IjoxNTE2MjM5MDIyfQ." R32,
                "{\"auths\": {\"registry.example.com\": {\"auth\": \"\"}}}", "{\"auth\": \"c2hvcA==\"}", "a=b", "=", "A=",
                "--v=2", "/usr/bin/prog --flag=value --other", "line one\\nline two",
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++) {
                struct bw_buf out = {0};
                char source[512];

                snprintf(source, sizeof(source), "credential('%s')", texts[i]);
                eval_cases(&own, &(struct eval_case){source, "\"\""}, 1);
                assert_null(bw_credential_kind(bw_str(texts[i])));
                assert_false(bw_credential_conceal(bw_str(texts[i]), &out));
                assert_int_equal(out.n, 0);
        }
}

static void test_credential_name(void **state)
{
        static const char *const names[] = {
                "password", "DB_PASSWORD", "db-password", "dbPassword", "spring.datasource.password", "PGPASSWORD",
                "MYSQL_ROOT_PASSWORD", "ROOT_PASSWD", "smtpPwd", "DB_PASS", "PASSPHRASE", "apiKey", "API_KEY", "apikey",
                "STRIPE_SECRET_KEY", "AWS_SECRET_ACCESS_KEY", "clientSecret", "JWT_SECRET", "GITHUB_TOKEN", "accessToken",
                "oauth2Token", "SLACK_BOT_TOKEN", "privateKey", "ENCRYPTION_KEY", "SECRET_KEY_BASE", "connectionString",
                "ConnectionStrings", "credentials", ".dockerconfigjson", "id_rsa", "GITHUB_PAT", "PASSWORD2", "--db-password",
                "APIKey", "KEYSTORE_PASSWORD", "KEY_STORE_PASSWORD", "redis.auth.token", "LICENSE_KEY", "SECRET",
                "JWT", "AUTH_BEARER", "AZURE_BATCH_KEY", "OCI_CLI_KEY_CONTENT",
        };
        static const char *const others[] = {
                "", "key", "KEY", "tokenUrl", "TOKEN_URL", "secretName", "passwordFile", "PASSWORD_FILE", "SECRET_PATH",
                "publicKey", "PUBLIC_TOKEN", "tokenReview", "secretStore", "SECRET_STORE_CLASS", "TOKEN_ENABLED", "tokenTTL",
                "TOKEN_EXPIRY", "TOKEN_EXPIRATION_SECONDS", "passwordPolicy", "AUTH_PASSWORD_MIN_LENGTH", "MAX_TOKENS",
                "ALLOW_EMPTY_PASSWORD", "automountServiceAccountToken", "secretKeyRef", "SECRET_NAMESPACE", "existingSecret",
                "monkey", "KEYBOARD", "compass", "bypass", "passthrough", "tokenizer", "username", "USER", "AWS_ACCESS_KEY_ID",
                "GOOGLE_APPLICATION_CREDENTIALS", "PASSWORD_RESET_URL", "keys", "secretary", "author", "primary_key",
                "sort-key", "USE_PASSWORD", "PASS", "hash", "csrfCookieName", "JWT_ISSUER", "batch", "content-key", "IMAGE_PULL_SECRET",
                "imagePullSecrets", "--tls-secret", "webhookServingSecret", "admin.passwordMtime", "id_rsa.pub",
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(names) + BW_ARRAY_SIZE(others); i++) {
                bool secret = i < BW_ARRAY_SIZE(names);
                char source[128];

                snprintf(source, sizeof(source), "credentialName('%s')", secret ? names[i] : others[i - BW_ARRAY_SIZE(names)]);
                eval_cases(&own, &(struct eval_case){source, secret ? "true" : "false"}, 1);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_flag),
                cmocka_unit_test(test_image),
                cmocka_unit_test(test_selectors),
                cmocka_unit_test(test_contains_any),
                cmocka_unit_test(test_repeated),
                cmocka_unit_test(test_credential_formats),
                cmocka_unit_test(test_concealed),
                cmocka_unit_test(test_concealed_text),
                cmocka_unit_test(test_no_credential),
                cmocka_unit_test(test_credential_name),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
