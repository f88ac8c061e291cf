/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's tables of sockets and routes. The numbers are as a little-endian machine writes them. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "format/proc_net.h"

static const char tcp[] =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 501 1 0000000000000000\n"
        "   1: 00000000:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 502 1 0000000000000000\n"
        "   2: 0100007F:0016 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 503 1 0000000000000000\n"
        "   3: broken\n";
static const char tcp6[] =
        "   0: 00000000000000000000000000000000:2742 00000000000000000000000000000000:0000 0A 00000000:00000000 "
        "00:00000000 00000000     0        0 601 1 0\n"
        "   1: 0000000000000000FFFF00000100007F:2743 00000000000000000000000000000000:0000 0A 00000000:00000000 "
        "00:00000000 00000000     0        0 602 1 0\n"
        "   2: 00000000000000000000000001000000:2744 00000000000000000000000000000000:0000 0A 00000000:00000000 "
        "00:00000000 00000000     0        0 603 1 0\n";
static const char udp[] =
        "  22: 3500007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   101        0 701 2 0 0\n"
        "  23: 0A00000A:0044 0100000A:0043 01 00000000:00000000 00:00000000 00000000   101        0 702 2 0 0\n";
static const char sctp[] = " ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS\n"
                           "ffff ffff 2   10  29   36412  0  801 10.0.0.7 10.0.0.8\n";

static void test_sockets(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_sockets sockets = {0};

        (void)state;
        assert_ok(bw_sockets_read(arena, BW_SOCKETS_TCP, bw_str(tcp), &sockets, NULL));
        assert_int_equal(sockets.n, 2);
        assert_int_equal(sockets.items[0].port, 8080);
        assert_int_equal(sockets.items[0].uid, 1000);
        assert_int_equal(sockets.items[0].inode, 501);
        assert_str(bw_address_text(arena, 4, sockets.items[0].address), "127.0.0.1");
        assert_true(bw_address_is_loopback(4, sockets.items[0].address));
        assert_true(bw_address_is_any(4, sockets.items[1].address));
        assert_int_equal(sockets.items[1].port, 6379);

        assert_ok(bw_sockets_read(arena, BW_SOCKETS_TCP6, bw_str(tcp6), &sockets, NULL));
        assert_int_equal(sockets.n, 5);
        assert_str(bw_address_text(arena, 6, sockets.items[2].address), "::");
        assert_str(bw_address_text(arena, 6, sockets.items[3].address), "127.0.0.1");
        assert_true(bw_address_is_loopback(6, sockets.items[3].address));
        assert_true(bw_address_is_loopback(6, sockets.items[4].address));

        assert_ok(bw_sockets_read(arena, BW_SOCKETS_UDP, bw_str(udp), &sockets, NULL));
        assert_int_equal(sockets.n, 6);
        assert_string_equal(sockets.items[5].protocol, "udp");

        assert_ok(bw_sockets_read(arena, BW_SOCKETS_SCTP, bw_str(sctp), &sockets, NULL));
        assert_int_equal(sockets.n, 7);
        assert_int_equal(sockets.items[6].port, 36412);
        assert_str(bw_address_text(arena, 4, sockets.items[6].address), "10.0.0.7");
}

static const char routes[] = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
                             "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
                             "eth0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n"
                             "eth1\t0000FEA9\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
                             "lo\t0009FEA9\t00000000\t0201\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";

static void test_routes(void **state)
{
        bool is_default;
        struct bw_str found;

        (void)state;
        assert_str(bw_route_find(bw_str(routes), (const uint8_t[4]){169, 254, 169, 254}, &is_default), "eth1");
        assert_false(is_default);
        assert_str(bw_route_find(bw_str(routes), (const uint8_t[4]){8, 8, 8, 8}, &is_default), "eth0");
        assert_true(is_default);
        /* A route that refuses is none. */
        found = bw_route_find(bw_str(routes), (const uint8_t[4]){169, 254, 9, 1}, &is_default);
        assert_int_equal(found.n, 0);
        found = bw_route_find(BW_STR(""), (const uint8_t[4]){8, 8, 8, 8}, &is_default);
        assert_int_equal(found.n, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_sockets), cmocka_unit_test(test_routes)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
