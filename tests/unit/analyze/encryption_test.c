/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption configurations: what is refused, what is written, what is said of keys. Keys here are patterns, used nowhere. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "analyze/encryption.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#define HEAD "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n"
#define ZEROS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static struct bw_value load(struct bw_arena *arena, const char *text, const struct bw_encryption_options *options,
                            struct bw_str *ret_error, struct bw_str *ret_hint)
{
        struct bw_problems problems = {.arena = arena};
        struct bw_doc doc;
        struct bw_value config;

        assert_ok(bw_schema_read(arena, bw_str(text), BW_SCHEMA_STRICT, &doc, &problems, NULL));
        assert_ok(bw_encryption_check(arena, &doc, options, &problems, &config, NULL));
        assert_ok(bw_problems_text(&problems, arena, ret_error, NULL));
        *ret_hint = problems.n ? problems.items[0].hint : (struct bw_str){0};
        return config;
}

static void test_refused(void **state)
{
        static const struct {
                const char *text;
                struct bw_encryption_options options;
                const char *error;
        } cases[] = {
                {HEAD "resources: [{resources: [secrets], providers: [{identity: {}}]}]", {.minor = 32}, ""},
                {HEAD "resources: []", {.minor = 32}, "resources: Required value: at least one resources is required"},
                {HEAD "resources: [{resources: [secrets], providers: [{aescbc: {keys: [{name: a, secret: AAAA}]}}]}]",
                 {.minor = 32},
                 "resources[0].providers[0].aescbc.keys[0].secret: Invalid value: \"REDACTED\": secret is not of the expected "
                 "length, got 3, expected one of [16 24 32]"},
                {HEAD "resources: [{resources: [secrets, configmaps.], providers: [{secretbox: {keys: [{name: a, secret: " ZEROS
                      "}]}}]}, {resources: [\"*.\"], providers: [{identity: {}}]}]",
                 {.minor = 32}, ""},
                {HEAD "resources: [{resources: [\"*.\"], providers: [{identity: {}}]}, {resources: [secrets], providers: "
                      "[{identity: {}}]}]",
                 {.minor = 32}, "resource \"secrets\" is masked by earlier rule \"*.\""},
                {HEAD "resources: [{resources: [secrets], providers: [{kms: {name: a, endpoint: \"unix:///k\"}}]}]",
                 {.minor = 32, .kms_v1 = -1},
                 "KMSv1 is deprecated and will only receive security updates going forward. Use KMSv2 instead.  Set "
                 "--feature-gates=KMSv1=true to use the deprecated KMSv1 feature."},
                {HEAD "resources: [{resources: [secrets], providers: [{kms: {name: a, endpoint: \"unix:///k\"}}]}]",
                 {.minor = 28, .kms_v1 = -1}, ""},
                {HEAD "resources: [{resources: [secrets], providers: [{kms: {apiVersion: v2, name: a, timeout: -1s, endpoint: "
                      "\"a:b\"}}]}]",
                 {.minor = 32},
                 "[resources[0].providers[0].kms.timeout: Invalid value: v1.Duration{Duration:-1000000000}: timeout should be "
                 "a positive value, resources[0].providers[0].kms.endpoint: Invalid value: \"a:b\": unsupported scheme \"a\" "
                 "for KMS provider, only unix is supported]"},
                {"kind: EncryptionConfiguration\n", {.minor = 32}, "Object 'apiVersion' is missing"},
                {"", {.minor = 32}, "encryption provider configuration file is empty"},
        };
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct bw_str error;
                struct bw_str hint;

                (void)load(arena, cases[i].text, &cases[i].options, &error, &hint);
                assert_str(error, cases[i].error);
        }
}

/* What circulates as encryption and is none. */
static void test_wrong_shape(void **state)
{
        static const struct bw_encryption_options options = {.minor = 32};
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_str error;
        struct bw_str hint;

        (void)state;
        (void)load(arena, "etcd:\n  encryption:\n    enabled: true\n", &options, &error, &hint);
        assert_str(error, "Object 'Kind' is missing");
        assert_true(bw_str_find(hint, BW_STR("kind: EncryptionConfiguration")) != SIZE_MAX);
        (void)load(arena, HEAD "spec: {resources: []}\n", &options, &error, &hint);
        assert_true(bw_str_find(hint, BW_STR("not below `spec`")) != SIZE_MAX);
}

static struct bw_str uses(struct bw_arena *arena, struct bw_value config, const char *group, const char *resource)
{
        struct bw_encryption_use use;
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        assert_ok(bw_encryption_of(arena, config, bw_str(group), bw_str(resource), &use, NULL));
        for (size_t i = 0; i < use.n; i++) {
                bw_buf_puts(&text, i ? " " : "");
                bw_buf_str(&text, use.prefixes[i].n ? use.prefixes[i] : BW_STR("-"));
        }
        return bw_arena_str(arena, bw_buf_view(&text));
}

static void test_uses(void **state)
{
        static const struct bw_encryption_options options = {.minor = 32};
        static const char text[] =
                HEAD "resources:\n"
                     "- {resources: [secrets], providers: [{secretbox: {keys: [{name: new, secret: " ZEROS "}, {name: old, "
                     "secret: " ZEROS "}]}}, {identity: {}}]}\n"
                     "- {resources: [\"*.apps\"], providers: [{kms: {apiVersion: v2, name: k, endpoint: \"unix:///k\"}}]}\n"
                     "- {resources: [\"*.*\"], providers: [{identity: {}}]}\n";
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_str error;
        struct bw_str hint;
        struct bw_value config = load(arena, text, &options, &error, &hint);

        (void)state;
        assert_str(error, "");
        assert_str(uses(arena, config, "", "secrets"), "k8s:enc:secretbox:v1:new: k8s:enc:secretbox:v1:old: -");
        assert_str(uses(arena, config, "apps", "deployments"), "k8s:enc:kms:v2:k:");
        assert_str(uses(arena, config, "", "configmaps"), "-");
}

/* Nothing of a key is left; what is known of it is. */
static void test_redacted(void **state)
{
        static const struct bw_encryption_options options = {.minor = 32};
        static const char text[] =
                HEAD "resources: [{resources: [secrets], providers: [{aescbc: {keys: [{name: a, secret: " ZEROS "}, {name: b, "
                     "secret: dGhpcyBpcyBubyByYW5kb20ga2V5IGF0IGFsbCEhISE=}, {name: c, secret: " ZEROS "}]}}]}]";
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_str error;
        struct bw_str hint;
        struct bw_value config = load(arena, text, &options, &error, &hint);
        struct bw_value redacted;

        (void)state;
        assert_ok(bw_encryption_redacted(arena, config, &redacted, NULL));
        bw_value_json(&out, bw_map_walk(redacted, "resources"), 0);
        assert_str(bw_buf_view(&out),
                   "[{\"providers\":[{\"aescbc\":{\"keys\":["
                   "{\"name\":\"a\",\"facts\":{\"bytes\":32,\"weak\":\"a pattern, not random bytes\"}},"
                   "{\"name\":\"b\",\"facts\":{\"bytes\":32,\"weak\":\"readable text, not random bytes\"}},"
                   "{\"name\":\"c\",\"facts\":{\"bytes\":32,\"weak\":\"a pattern, not random bytes\",\"sameAs\":"
                   "\"resources[0].providers[0].aescbc.keys[0]\"}}]}}],\"resources\":[\"secrets\"]}]");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_wrong_shape),
                cmocka_unit_test(test_uses),
                cmocka_unit_test(test_redacted),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
