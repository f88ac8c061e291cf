/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of bulwark's own: flags of components, images, credentials, selectors. */
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
                "sort-key", "USE_PASSWORD", "PASS", "hash", "csrfCookieName", "JWT_ISSUER", "batch", "content-key",
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
                cmocka_unit_test(test_repeated),
                cmocka_unit_test(test_credential_name),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
