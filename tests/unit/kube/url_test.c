/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "base/error.h"
#include "kube/url.h"

static void test_parse(void **state)
{
        static const struct {
                const char *text, *scheme, *userinfo, *host;
                unsigned port;
                const char *path;
        } cases[] = {
                {"https://10.0.0.1:6443", "https", "", "10.0.0.1", 6443, ""},
                {"https://api.example.com", "https", "", "api.example.com", 443, ""},
                {"https://api.example.com/", "https", "", "api.example.com", 443, ""},
                {"https://rancher.example.com/k8s/clusters/c-1//", "https", "", "rancher.example.com", 443, "/k8s/clusters/c-1"},
                {"https://[fd00::1]:6443/a", "https", "", "fd00::1", 6443, "/a"},
                {"https://[::1]", "https", "", "::1", 443, ""},
                {"http://user:p@ss@proxy:3128", "http", "user:p@ss", "proxy", 3128, ""},
                {"socks5://proxy", "socks5", "", "proxy", 1080, ""},
                {"proxy.example.com:8080", "http", "", "proxy.example.com", 8080, ""},
                {"https://a:", "https", "", "a", 443, ""},
        };
        static const char *const bad[] = {"",           "https://",          "https://:443",       "ftp://a",         "https://a:0",
                                          "https://a:65536", "https://a:b", "https://[::1",       "https://[::1]x", "https://a/b?c",
                                          "https://a#b", "https://a b",     "https://a\nb",       "https://a/\\",   "https://a%41",
                                          "https://a,b", "HTTPS://a\x7f",  "unix:///run/x"};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct bw_kube_url url;

                assert_ok(bw_kube_url_parse(bw_str(cases[i].text), &url, NULL));
                assert_str(url.scheme, cases[i].scheme);
                assert_str(url.userinfo, cases[i].userinfo);
                assert_str(url.host, cases[i].host);
                assert_int_equal(url.port, cases[i].port);
                assert_str(url.path, cases[i].path);
        }
        for (size_t i = 0; i < BW_ARRAY_SIZE(bad); i++) {
                struct bw_kube_url url = {.port = 7};

                if (bw_kube_url_parse(bw_str(bad[i]), &url, NULL) != -EINVAL)
                        fail_msg("%s is taken", bad[i]);
                assert_int_equal(url.port, 7);
        }
}

static void test_messages_have_no_password(void **state)
{
        struct bw_error err = {0};
        struct bw_kube_url url;

        (void)state;
        assert_int_equal(bw_kube_url_parse(BW_STR("http://user:hunter2@proxy:x"), &url, &err), -EINVAL);
        assert_null(strstr(err.message, "hunter2"));
}

static void check_authority(const char *text, bool with_port, const char *expected)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_kube_url url;

        assert_ok(bw_kube_url_parse(bw_str(text), &url, NULL));
        bw_kube_url_authority(&out, &url, with_port);
        assert_str(bw_buf_view(&out), expected);
}

static void test_authority(void **state)
{
        (void)state;
        check_authority("https://a:443", false, "a");
        check_authority("https://a:443", true, "a:443");
        check_authority("https://a:6443", false, "a:6443");
        check_authority("https://[fd00::1]", false, "[fd00::1]");
        check_authority("https://[fd00::1]", true, "[fd00::1]:443");
}

static void test_escape(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        (void)state;
        bw_kube_url_escape(&out, BW_STR("a-Z.0_~ /?&=%:\n\xc3\xa4+"));
        assert_str(bw_buf_view(&out), "a-Z.0_~%20%2F%3F%26%3D%25%3A%0A%C3%A4%2B");
}

static const char *exempt;

static const char *fake_environment(const char *name)
{
        if (strcmp(name, "HTTPS_PROXY") == 0)
                return "http://secure:1";
        if (strcmp(name, "http_proxy") == 0)
                return "http://plain:1";
        return strcmp(name, "NO_PROXY") == 0 ? exempt : NULL;
}

static const char *empty_environment(const char *name)
{
        (void)name;
        return NULL;
}

static void check_proxy(const char *server, const char *no_proxy, const char *expected)
{
        struct bw_kube_url url;
        struct bw_str proxy;

        exempt = no_proxy;
        assert_ok(bw_kube_url_parse(bw_str(server), &url, NULL));
        proxy = bw_kube_env_proxy(&url, fake_environment);
        if (!bw_str_is(proxy, expected))
                fail_msg("%s with NO_PROXY=%s: \"%.*s\"", server, no_proxy, BW_STR_ARG(proxy));
}

static void test_env_proxy(void **state)
{
        static const char *const none[] = {
                "*", "api.example.com", ".example.com", "example.com", "*.example.com", "a, b ,API.EXAMPLE.COM", "example.com:6443",
                "*.example.com:6443", ".example.com:6443",
        };
        static const char *const some[] = {
                "", "ample.com", "i.example.com", ".api.example.com", "*.api.example.com", "example.com:443", "10.0.0.0/8", ",,",
                "api.example.com.evil.org", ".",
        };
        struct bw_kube_url url;

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(none); i++)
                check_proxy("https://api.example.com:6443", none[i], "");
        for (size_t i = 0; i < BW_ARRAY_SIZE(some); i++)
                check_proxy("https://api.example.com:6443", some[i], "http://secure:1");
        check_proxy("http://api.example.com", "", "http://plain:1");
        check_proxy("https://10.1.2.3", "10.0.0.0/8", "");
        check_proxy("https://10.1.2.3", "10.1.2.3", "");
        check_proxy("https://10.1.2.3", "10.1.2.3:443", "");
        check_proxy("https://10.1.2.3", "10.1.2.3:444", "http://secure:1");
        check_proxy("https://10.1.2.3", "11.0.0.0/8,10.1.2.0/33,10.1.2.2", "http://secure:1");
        check_proxy("https://[fd00::1]", "fd00::/8", "");
        check_proxy("https://[fd00::1]", "fe00::/8,10.0.0.0/8", "http://secure:1");
        /* This machine is never asked through a proxy. */
        check_proxy("https://127.0.0.1:6443", "", "");
        check_proxy("https://[::1]:6443", "", "");
        check_proxy("https://localhost:6443", "", "");
        assert_ok(bw_kube_url_parse(BW_STR("https://a"), &url, NULL));
        assert_int_equal(bw_kube_env_proxy(&url, empty_environment).n, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_parse),  cmocka_unit_test(test_messages_have_no_password), cmocka_unit_test(test_authority),
                cmocka_unit_test(test_escape), cmocka_unit_test(test_env_proxy),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
