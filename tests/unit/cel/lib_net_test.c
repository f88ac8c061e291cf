/* SPDX-License-Identifier: Apache-2.0 */
#include "lib_eval.h"

static const struct eval_setup plain = {0};

static void test_ip(void **state)
{
        static const struct eval_case cases[] = {
                {"['1.2.3.4', '0.0.0.0', '255.255.255.255', '::', '::1', '1::', '1:2:3:4:5:6:7:8', '1::8', "
                 "'::1.2.3.4', "
                 "'1:2:3:4:5:6:1.2.3.4', 'ABCD::ef', '1:2:3:4:5:6:7::'].all(s, isIP(s))",
                 "true"},
                {"['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.4 ', '1..3.4', '.1.2.3', '1.2.3.', "
                 "'1.2.3.4/8', ':', ':::', '1:::2', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', "
                 "'1:2:3:4:5:6:7:8::', "
                 "'12345::', 'g::', '1:', ':1', '::1%eth0', '::ffff:1.2.3.4', '::ffff:102:304', "
                 "'1:2:3:4:5:6:7:1.2.3.4', "
                 "'1.2.3.4::', '::1.2.3', '[::1]'].exists(s, isIP(s))",
                 "false"},
                {"['0:0:0:0:0:0:0:0', '1:0:0:2:0:0:0:3', '0:1:0:1:0:1:0:1', '2001:DB8::0:1', 'fe80:0:0:0:1:0:0:1', "
                 "'1:0:0:0:0:0:0:0', '::1.2.3.4', '00ab::'].map(s, string(ip(s)))",
                 "[\"::\", \"1:0:0:2::3\", \"0:1:0:1:0:1:0:1\", \"2001:db8::1\", \"fe80::1:0:0:1\", \"1::\", "
                 "\"::102:304\", \"ab::\"]"},
                {"ip.isCanonical('::1') && !ip.isCanonical('0::1') && ip.isCanonical('10.0.0.1')", "true"},
                {"ip.isCanonical('x')", "error"},
                {"ip('x')", "error"},
                {"ip('::ffff:1.2.3.4')", "error"},
                {"ip('10.0.0.1')", "net.IP(\"10.0.0.1\")"},
                {"[ip('10.0.0.1').family(), ip('::').family()]", "[4, 6]"},
                {"ip('10.0.0.1') == ip('10.0.0.1') && ip('::a') == ip('0::A') && ip('::1') != ip('::2')", "true"},
                {"['127.0.0.1', '127.255.0.1', '::1'].all(s, ip(s).isLoopback()) && !ip('128.0.0.1').isLoopback()",
                 "true"},
                {"['224.0.0.251', 'ff02::fb', 'ff12::1'].all(s, ip(s).isLinkLocalMulticast())", "true"},
                {"['224.0.1.1', 'ff05::1'].exists(s, ip(s).isLinkLocalMulticast())", "false"},
                {"['169.254.0.1', 'fe80::1', 'febf::1'].all(s, ip(s).isLinkLocalUnicast())", "true"},
                {"ip('fec0::1').isLinkLocalUnicast()", "false"},
                {"['10.0.0.1', '8.8.8.8', 'fd00::1', '2001:db8::1'].all(s, ip(s).isGlobalUnicast())", "true"},
                {"['0.0.0.0', '127.0.0.1', '224.0.0.1', '169.254.1.1', '255.255.255.255', '::', '::1', 'ff02::1', "
                 "'fe80::1'].exists(s, ip(s).isGlobalUnicast())",
                 "false"},
                {"ip('0.0.0.0').isUnspecified() && ip('::').isUnspecified() && !ip('::1').isUnspecified()", "true"},
                {"type(ip('::1')) == net.IP", "true"},
        };

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
}

static void test_cidr(void **state)
{
        static const struct eval_case cases[] = {
                {"['10.0.0.0/8', '10.1.2.3/0', '::/128', '1.2.3.4/32'].all(s, isCIDR(s))", "true"},
                {"['10.0.0.0', '10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/08', '10.0.0.0/+8', '10.0.0.0/8/8', "
                 "'10.0.0.0/1000', '/8', '::ffff:1.2.3.4/100', 'fe80::1%a/10', ''].exists(s, isCIDR(s))",
                 "false"},
                {"cidr('10.1.2.3/9')", "net.CIDR(\"10.1.2.3/9\")"},
                {"[cidr('10.255.255.255/9').masked(), cidr('1.2.3.4/0').masked(), "
                 "cidr('2001:db8:ffff::1/33').masked()]",
                 "[net.CIDR(\"10.128.0.0/9\"), net.CIDR(\"0.0.0.0/0\"), net.CIDR(\"2001:db8:8000::/33\")]"},
                {"cidr('10.0.0.0/9').containsIP('10.127.255.255') && !cidr('10.0.0.0/9').containsIP('10.128.0.0')",
                 "true"},
                {"cidr('10.0.0.0/9').containsIP(ip('::'))", "false"},
                {"cidr('10.0.0.0/9').containsIP('10.0.0')", "error"},
                {"cidr('0.0.0.0/0').containsCIDR('1.2.3.4/32') && cidr('10.0.0.0/8').containsCIDR(cidr('10.1.0.0/16'))",
                 "true"},
                {"cidr('10.1.0.0/16').containsCIDR('10.0.0.0/8')", "false"},
                {"cidr('10.1.0.0/16').containsCIDR('10.0.0.0')", "error"},
                {"cidr('10.1.2.3/16').ip() == ip('10.1.2.3') && cidr('::/7').prefixLength() == 7", "true"},
                {"string(cidr('2001:DB8::/32'))", "\"2001:db8::/32\""},
                {"cidr('10.0.0.0/8') == cidr('10.0.0.0/8') && cidr('10.0.0.0/8') != cidr('10.0.0.0/9')", "true"},
                {"type(cidr('::/1')) == net.CIDR", "true"},
        };

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
}

static void test_url(void **state)
{
        static const struct eval_case cases[] = {
                {"['https://a', 'HTTP://A:80/b?c#d', '/a', '//a', 'mailto:x', 'a:', 'http://', 'http://[::1]:1/', "
                 "'http://[fe80::1%25eth0]/', 'http://a:/', 'http://%C3%A9/', 'http://u:p@h/', '*', "
                 "'file:///x', 'http://a/%41?%zz', 'x://é'].all(s, isURL(s))",
                 "true"},
                {"['', 'a', 'a/b', '../a', ':a', '1a:b', 'http://[::1', 'http://a:b/', 'http://a b', 'http://a/%4', "
                 "'http://a/%', 'http://%41/', 'http://u^@h/', '/a\\n', 'http://[::1]x/', 'http://a/\\x7f', "
                 "'http://[fe80::1%25%5e]/'].exists(s, isURL(s))",
                 "false"},
                {"url('HTTPS://U:P@Example.com:8443/a%20b/c?x=1&y#f')",
                 "kubernetes.URL(\"https://U:P@Example.com:8443/a%20b/c?x=1&y#f\")"},
                {"[url('HTTPS://h/').getScheme(), url('/a').getScheme(), url('//h/p').getHost()]",
                 "[\"https\", \"\", \"h\"]"},
                {"['http://h:1', 'http://h', 'http://[::1]:2/', 'http://[::1]', 'http://h:', 'http://u@h:3'].map(s, "
                 "url(s).getHostname() + '|' + url(s).getPort())",
                 "[\"h|1\", \"h|\", \"::1|2\", \"::1|\", \"h|\", \"h|3\"]"},
                {"['http://h/a b', 'http://h/é', 'http://h/a%2fb', 'http://h/[x]', 'http://h/\"', 'http://h', "
                 "'/a?b#c', "
                 "'http://h/%e4'].map(s, url(s).getEscapedPath())",
                 "[\"/a%20b\", \"/%C3%A9\", \"/a%2fb\", \"/[x]\", \"/%22\", \"\", \"/a\", \"/%e4\"]"},
                {"url('http://h/?b=2&a=1&b=%33&a&=x&c=d=e&;=1&%zz=1&q=a+b%2B').getQuery() == "
                 "{'a': ['1', ''], 'b': ['2', '3'], '': ['x'], 'c': ['d=e'], 'q': ['a b+']}",
                 "true"},
                {"url('http://h/').getQuery()", "{}"},
                {"url('http://h/?a=%ff').getQuery()['a'][0]", "\"\xef\xbf\xbd\""},
                {"url('http://H/a') == url('http://H/a') && url('http://h/%7Ea') != url('http://h/~b')", "true"},
                {"url('http://h/#%zz')", "error"},
                {"url('a')", "error"},
                {"[url('mailto:a@b'), url('file:/x'), url('file:///x'), url('/a?'), url('http://[fe80::1%25a]/'), "
                 "url('http://%C3%A9/')]",
                 "[kubernetes.URL(\"mailto:a@b\"), kubernetes.URL(\"file:/x\"), kubernetes.URL(\"file:///x\"), "
                 "kubernetes.URL(\"/a?\"), kubernetes.URL(\"http://[fe80::1%25a]/\"), "
                 "kubernetes.URL(\"http://%C3%A9/\")]"},
        };

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_ip),
                cmocka_unit_test(test_cidr),
                cmocka_unit_test(test_url),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
