/* SPDX-License-Identifier: Apache-2.0 */
/* What a ruleset does with packets from outside. Rules are written as libnftables writes them. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "analyze/firewall.h"
#include "base/arena.h"
#include "base/error.h"

#define INPUT(policy)                                                                              \
        "{\"chain\":{\"family\":\"inet\",\"table\":\"f\",\"name\":\"in\",\"type\":\"filter\",\"hook\":\"input\"," \
        "\"prio\":0,\"policy\":\"" policy "\"}}"
#define RULE(expr) RULE_OF("in", expr)
#define RULE_OF(chain, expr)                                                                       \
        ",{\"rule\":{\"family\":\"inet\",\"table\":\"f\",\"chain\":\"" chain "\",\"expr\":[" expr "]}}"
#define MATCH(op, left, right) "{\"match\":{\"op\":\"" op "\",\"left\":" left ",\"right\":" right "}},"
#define PORT "{\"payload\":{\"protocol\":\"tcp\",\"field\":\"dport\"}}"
#define SOURCE "{\"payload\":{\"protocol\":\"ip\",\"field\":\"saddr\"}}"
#define STATE "{\"ct\":{\"key\":\"state\"}}"
#define ACCEPT "{\"accept\":null}"
#define DROP "{\"drop\":null}"
#define TEN "{\"prefix\":{\"addr\":\"10.0.0.0\",\"len\":8}}"

static const struct {
        const char *about;
        const char *json; /* within the list "nftables" */
        uint16_t port;
        enum bw_reach expected;
} cases[] = {
        {"no rules", "", 22, BW_REACH_OPEN},
        {"a chain that drops", INPUT("drop"), 22, BW_REACH_CLOSED},
        {"a port for all", INPUT("drop") RULE(MATCH("==", PORT, "22") ACCEPT), 22, BW_REACH_OPEN},
        {"another port", INPUT("drop") RULE(MATCH("==", PORT, "22") ACCEPT), 23, BW_REACH_CLOSED},
        {"a set with a range", INPUT("drop") RULE(MATCH("==", PORT, "{\"set\":[80,{\"range\":[2379,2380]}]}") ACCEPT), 2380,
         BW_REACH_OPEN},
        {"a source", INPUT("drop") RULE(MATCH("==", SOURCE, TEN) MATCH("==", PORT, "22") ACCEPT), 22, BW_REACH_LIMITED},
        {"every source", INPUT("drop") RULE(MATCH("==", SOURCE, "{\"prefix\":{\"addr\":\"0.0.0.0\",\"len\":0}}") ACCEPT), 22,
         BW_REACH_OPEN},
        {"answers only", INPUT("drop") RULE(MATCH("in", STATE, "[\"established\",\"related\"]") ACCEPT), 22,
         BW_REACH_CLOSED},
        {"new ones", INPUT("drop") RULE(MATCH("in", STATE, "[\"established\",\"new\"]") ACCEPT), 22, BW_REACH_OPEN},
        {"loopback", INPUT("drop") RULE(MATCH("==", "{\"meta\":{\"key\":\"iifname\"}}", "\"lo\"") ACCEPT), 22,
         BW_REACH_CLOSED},
        {"an interface", INPUT("drop") RULE(MATCH("==", "{\"meta\":{\"key\":\"iifname\"}}", "\"eth1\"") ACCEPT), 22,
         BW_REACH_LIMITED},
        {"drop for one", INPUT("accept") RULE(MATCH("==", SOURCE, "\"192.0.2.1\"") DROP), 22, BW_REACH_OPEN},
        {"drop for all but some", INPUT("accept") RULE(MATCH("!=", SOURCE, TEN) MATCH("==", PORT, "22") DROP), 22,
         BW_REACH_LIMITED},
        {"drop of all but one port", INPUT("accept") RULE(MATCH("!=", PORT, "22") "{\"reject\":{\"type\":\"tcp reset\"}}"), 80,
         BW_REACH_CLOSED},
        {"too fast", INPUT("accept") RULE("{\"limit\":{\"rate\":9,\"per\":\"second\",\"inv\":true}}," DROP), 22, BW_REACH_OPEN},
        {"at a rate", INPUT("drop") RULE("{\"limit\":{\"rate\":9,\"per\":\"second\"}}," ACCEPT), 22, BW_REACH_OPEN},
        {"another protocol", INPUT("drop") RULE(MATCH("==", "{\"payload\":{\"protocol\":\"udp\",\"field\":\"dport\"}}", "22") ACCEPT),
         22, BW_REACH_CLOSED},
        {"not this header", INPUT("drop") RULE(MATCH("!=", "{\"payload\":{\"protocol\":\"udp\",\"field\":\"dport\"}}", "9") ACCEPT),
         22, BW_REACH_CLOSED},
        {"a map of verdicts",
         INPUT("drop") ",{\"chain\":{\"family\":\"inet\",\"table\":\"f\",\"name\":\"web\"}}" RULE(
                 "{\"vmap\":{\"key\":" PORT ",\"data\":{\"set\":[[80," ACCEPT "],[443,{\"jump\":{\"target\":\"web\"}}]]}}}")
                 RULE_OF("web", MATCH("==", SOURCE, TEN) ACCEPT),
         443, BW_REACH_LIMITED},
        {"a chain that comes back",
         INPUT("drop") ",{\"chain\":{\"family\":\"inet\",\"table\":\"f\",\"name\":\"web\"}}" RULE(
                 "{\"jump\":{\"target\":\"web\"}}") RULE(ACCEPT) RULE_OF("web", "{\"return\":null}") RULE_OF("web", DROP),
         443, BW_REACH_OPEN},
        {"a chain that goes on for ever",
         INPUT("drop") ",{\"chain\":{\"family\":\"inet\",\"table\":\"f\",\"name\":\"a\"}}" RULE("{\"jump\":{\"target\":\"a\"}}")
                 RULE_OF("a", "{\"jump\":{\"target\":\"a\"}}") RULE_OF("a", "{\"jump\":{\"target\":\"a\"}}"),
         443, BW_REACH_UNKNOWN},
        {"a named set", INPUT("drop") ",{\"set\":{\"family\":\"inet\",\"table\":\"f\",\"name\":\"s\",\"elem\":[22,80]}}" RULE(
                                MATCH("==", PORT, "\"@s\"") ACCEPT),
         80, BW_REACH_OPEN},
        {"an extension accepts", INPUT("drop") RULE("{\"xt\":{\"type\":\"match\",\"name\":\"recent\"}}," ACCEPT), 22,
         BW_REACH_UNKNOWN},
        {"an extension drops", INPUT("accept") RULE("{\"xt\":{\"type\":\"match\",\"name\":\"tcp\"}}," DROP), 22,
         BW_REACH_UNKNOWN},
        {"the target REJECT", INPUT("accept") RULE("{\"counter\":{}},{\"xt\":{\"type\":\"target\",\"name\":\"REJECT\"}}"), 22,
         BW_REACH_CLOSED},
        {"only logged", INPUT("accept") RULE("{\"log\":{\"prefix\":\"x\"}}"), 22, BW_REACH_OPEN},
        {"dropped before", "{\"chain\":{\"family\":\"ip\",\"table\":\"r\",\"name\":\"pre\",\"type\":\"filter\","
                           "\"hook\":\"prerouting\",\"prio\":-300,\"policy\":\"drop\"}}",
         22, BW_REACH_CLOSED},
        {"the other family", "{\"chain\":{\"family\":\"ip6\",\"table\":\"r\",\"name\":\"in\",\"type\":\"filter\","
                             "\"hook\":\"input\",\"prio\":0,\"policy\":\"drop\"}}",
         22, BW_REACH_OPEN},
};

static struct bw_nft_ruleset read_rules(struct bw_arena *arena, const char *inner)
{
        struct bw_nft_ruleset ruleset = {0};
        struct bw_str json = bw_arena_printf(arena, "{\"nftables\":[%s]}", inner);

        assert_ok(bw_nft_read(arena, json, &ruleset, NULL));
        return ruleset;
}

static void test_reach(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct bw_nft_ruleset ruleset = read_rules(arena, cases[i].json);
                struct bw_packet packet = {.hook = "input", .family = 4, .protocol = "tcp", .port = cases[i].port};
                enum bw_reach reach = bw_firewall_reach(&ruleset, &packet);

                if (reach != cases[i].expected)
                        fail_msg("%s: %s", cases[i].about, bw_reach_text(reach));
        }
}

static void test_forward(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_nft_ruleset ruleset = read_rules(
                arena, "{\"chain\":{\"family\":\"ip\",\"table\":\"f\",\"name\":\"FORWARD\",\"type\":\"filter\",\"hook\":\"forward\","
                       "\"prio\":0,\"policy\":\"accept\"}},{\"rule\":{\"family\":\"ip\",\"table\":\"f\",\"chain\":\"FORWARD\","
                       "\"expr\":[{\"match\":{\"op\":\"==\",\"left\":{\"payload\":{\"protocol\":\"ip\",\"field\":\"daddr\"}},"
                       "\"right\":{\"prefix\":{\"addr\":\"169.254.0.0\",\"len\":16}}}},{\"drop\":null}]}}");
        struct bw_packet packet = {
                .hook = "forward", .family = 4, .protocol = "tcp", .port = 80, .address = "169.254.169.254"};

        (void)state;
        assert_int_equal(bw_firewall_reach(&ruleset, &packet), BW_REACH_CLOSED);
        packet.address = "10.0.0.1";
        assert_int_equal(bw_firewall_reach(&ruleset, &packet), BW_REACH_OPEN);
        assert_true(bw_firewall_filters(&ruleset, "forward", 4));
        assert_false(bw_firewall_filters(&ruleset, "forward", 6));
        assert_false(bw_firewall_filters(&ruleset, "input", 4));
        assert_true(bw_firewall_is_iptables(&ruleset.chains[0]));
}

static void test_no_ruleset(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_nft_ruleset ruleset = {0};
        struct bw_error err = {0};

        (void)state;
        assert_int_equal(bw_nft_read(arena, BW_STR("{}"), &ruleset, &err), -EINVAL);
        assert_true(bw_nft_read(arena, BW_STR("x"), &ruleset, NULL) < 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_reach),
                cmocka_unit_test(test_forward),
                cmocka_unit_test(test_no_ruleset),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
