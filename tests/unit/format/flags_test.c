/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines as pflag and Go's flag package read them. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "format/flags.h"

static const struct {
        const char *name;
        enum bw_flag_type type;
} known[] = {
        {"profiling", BW_FLAG_BOOL}, {"audit-log-maxage", BW_FLAG_INT}, {"audit-log-path", BW_FLAG_TEXT},
        {"enable-admission-plugins", BW_FLAG_LIST}, {"service-account-issuer", BW_FLAG_ARRAY},
        {"feature-gates", BW_FLAG_GATES}, {"runtime-config", BW_FLAG_CONFIG}, {"oidc-required-claim", BW_FLAG_MAP},
        {"request-timeout", BW_FLAG_DURATION}, {"bind-address", BW_FLAG_IP}, {"v", BW_FLAG_INT},
        {"listen-client-urls", BW_FLAG_SET}, {"kube-api-qps", BW_FLAG_FLOAT}, {"max-wals", BW_FLAG_UINT},
        {"help", BW_FLAG_BOOL}, {"version", BW_FLAG_VERSION},
};

static bool find(void *userdata, struct bw_str name, enum bw_flag_type *ret)
{
        (void)userdata;
        for (size_t i = 0; i < BW_ARRAY_SIZE(known); i++)
                if (bw_str_is(name, known[i].name)) {
                        *ret = known[i].type;
                        return true;
                }
        return false;
}

enum { MOST = 8 };

/* The value of the flag as JSON; the reason when it is refused; "-" when it is not used. */
static void assert_value(enum bw_flags_style style, const char *const *args, const char *name, const char *expected)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_error err = {0};
        struct bw_value value = {0};
        struct bw_str texts[MOST];
        struct bw_flags flags;
        size_t bad = 0;
        size_t n = 0;

        for (; n < MOST && args[n]; n++)
                texts[n] = bw_str(args[n]);
        assert_ok(bw_flags_parse(arena, style, texts, n, find, NULL, &flags, &err));
        if (bw_flags_value(arena, &flags, bw_str(name), &value, &bad, &err) < 0)
                bw_buf_puts(&out, err.message);
        else if (value.type == BW_ABSENT)
                bw_buf_puts(&out, "-");
        else
                bw_value_json(&out, value, 0);
        assert_str(bw_buf_view(&out), expected);
}

static void test_values(void **state)
{
        static const struct {
                const char *args[MOST];
                const char *name;
                const char *value;
        } rows[] = {
                {{"--profiling=false"}, "profiling", "false"},
                {{"--profiling"}, "profiling", "true"},
                {{"--profiling=0"}, "profiling", "false"},
                {{"--profiling=true", "--profiling=false"}, "profiling", "false"},
                {{"--profiling=false", "--profiling=true"}, "profiling", "true"},
                {{"--profiling", "false"}, "profiling", "true"},
                {{"--profiling=no"}, "profiling", "strconv.ParseBool: invalid syntax"},
                {{"--profiling="}, "profiling", "strconv.ParseBool: invalid syntax"},
                {{"--audit-log-maxage", "30"}, "audit-log-maxage", "30"},
                {{"--audit_log_maxage=0x1e"}, "audit-log-maxage", "30"},
                {{"--audit-log-maxage=30d"}, "audit-log-maxage", "strconv.ParseInt: invalid syntax"},
                {{"--audit-log-maxage=99999999999999999999"}, "audit-log-maxage", "strconv.ParseInt: value out of range"},
                {{"--audit-log-path=-"}, "audit-log-path", "\"-\""},
                {{"--audit-log-path", "--profiling"}, "audit-log-path", "\"--profiling\""},
                {{"--audit-log-path", "--profiling"}, "profiling", "-"},
                {{"--", "--profiling=false"}, "profiling", "-"},
                {{"word", "--profiling=false"}, "profiling", "false"},
                {{"-v", "4"}, "v", "4"},
                {{"-v4"}, "v", "4"},
                {{"-v=4"}, "v", "4"},
                {{"--v=4"}, "v", "4"},
                {{"-h"}, "help", "true"},
                {{"--version"}, "version", "\"true\""},
                {{"--version=raw"}, "version", "\"raw\""},
                {{"--enable-admission-plugins=A,B", "--enable-admission-plugins=C"}, "enable-admission-plugins", "[\"A\",\"B\",\"C\"]"},
                {{"--enable-admission-plugins="}, "enable-admission-plugins", "[]"},
                {{"--enable-admission-plugins=A,"}, "enable-admission-plugins", "[\"A\",\"\"]"},
                {{"--enable-admission-plugins=\"A,B\",\"C\"\"\""}, "enable-admission-plugins", "[\"A,B\",\"C\\\"\"]"},
                {{"--enable-admission-plugins=\"A"}, "enable-admission-plugins", "a quote is opened and not closed"},
                {{"--enable-admission-plugins=\"A\"B"}, "enable-admission-plugins", "something stands behind a closed quote"},
                {{"--enable-admission-plugins=A\"B"}, "enable-admission-plugins", "a quote stands inside a text without quotes"},
                {{"--service-account-issuer=https://a,b", "--service-account-issuer", "c"}, "service-account-issuer", "[\"https://a,b\",\"c\"]"},
                {{"--feature-gates=A=true, B=F", "--feature-gates=kube:C=1,A=false"}, "feature-gates", "{\"A\":false,\"B\":false,\"C\":true}"},
                {{"--feature-gates=A"}, "feature-gates", "missing bool value for A"},
                {{"--feature-gates=A=on"}, "feature-gates", "invalid value of A: invalid syntax"},
                {{"--runtime-config=api/all=true,v1"}, "runtime-config", "{\"api/all\":\"true\",\"v1\":\"\"}"},
                {{"--oidc-required-claim=a=b", "--oidc-required-claim=c=d=e"}, "oidc-required-claim", "{\"a\":\"b\",\"c\":\"d=e\"}"},
                {{"--oidc-required-claim=a"}, "oidc-required-claim", "malformed pair, expect string=string"},
                {{"--request-timeout=300s"}, "request-timeout", "\"5m0s\""},
                {{"--request-timeout=300"}, "request-timeout", "time: invalid duration"},
                {{"--bind-address=::1"}, "bind-address", "\"::1\""},
                {{"--bind-address=127.0.0.01"}, "bind-address", "failed to parse IP"},
                {{"--bind-address=localhost"}, "bind-address", "failed to parse IP"},
                {{"--kube-api-qps=50.5"}, "kube-api-qps", "50.5"},
                {{"--max-wals=18446744073709551615"}, "max-wals", "strconv.ParseUint: value out of range"},
                {{"--unknown", "x", "--profiling=false"}, "profiling", "false"},
                {{"--unknown", "x", "--profiling=false"}, "unknown", "\"x\""},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++)
                assert_value(BW_FLAGS_PFLAG, rows[i].args, rows[i].name, rows[i].value);
}

static void test_go(void **state)
{
        static const struct {
                const char *args[MOST];
                const char *name;
                const char *value;
        } rows[] = {
                {{"-profiling=false"}, "profiling", "false"},
                {{"--profiling"}, "profiling", "true"},
                {{"-audit-log-maxage", "30"}, "audit-log-maxage", "30"},
                {{"--audit_log_maxage=30"}, "audit-log-maxage", "-"},
                {{"word", "--profiling=false"}, "profiling", "-"},
                {{"-", "--profiling=false"}, "profiling", "-"},
                {{"--", "--profiling=false"}, "profiling", "-"},
                {{"--listen-client-urls=a,b,", "--listen-client-urls", " c , d"}, "listen-client-urls", "[\"c\",\"d\"]"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++)
                assert_value(BW_FLAGS_GO, rows[i].args, rows[i].name, rows[i].value);
}

static void test_problems(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        const struct bw_str args[] = {BW_STR("--=x"), BW_STR("--no_such=1"), BW_STR("word"), BW_STR("---"), BW_STR("--v")};
        const struct bw_str go[] = {BW_STR("-nosuch"), BW_STR("1"), BW_STR("-v")};
        struct bw_flags flags;

        (void)state;
        assert_ok(bw_flags_parse(arena, BW_FLAGS_PFLAG, args, BW_ARRAY_SIZE(args), find, NULL, &flags, NULL));
        assert_int_equal(flags.n_problems, 4);
        assert_str(flags.problems[0].text, "bad flag syntax");
        assert_true(flags.problems[1].unknown);
        assert_str(flags.problems[1].text, "unknown flag: --no-such");
        assert_int_equal(flags.problems[1].arg, 1);
        assert_str(flags.problems[2].text, "bad flag syntax");
        assert_str(flags.problems[3].text, "flag needs an argument: --v");
        assert_int_equal(flags.first_argument, 2);

        assert_ok(bw_flags_parse(arena, BW_FLAGS_GO, go, BW_ARRAY_SIZE(go), find, NULL, &flags, NULL));
        assert_int_equal(flags.n_problems, 2);
        assert_str(flags.problems[0].text, "flag provided but not defined: -nosuch");
        assert_int_equal(flags.first_argument, 3);
}

static void test_types(void **state)
{
        (void)state;
        assert_int_equal(bw_flag_type(BW_STR("duration")), BW_FLAG_DURATION);
        assert_int_equal(bw_flag_type(BW_STR("nothing")), _BW_FLAG_TYPE_MAX);
}

/* Limits hold, and say so. */
static void test_limits(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_str *many = calloc(10001, sizeof(*many));
        struct bw_error err = {0};
        struct bw_flags flags;

        (void)state;
        for (size_t i = 0; i < 10001; i++)
                many[i] = BW_STR("--profiling");
        assert_int_equal(bw_flags_parse(arena, BW_FLAGS_PFLAG, many, 10001, find, NULL, &flags, &err), -E2BIG);
        assert_string_equal(err.message, "more than 10000 flags");
        free(many);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_values),
                cmocka_unit_test(test_go),
                cmocka_unit_test(test_problems),
                cmocka_unit_test(test_types),
                cmocka_unit_test(test_limits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
