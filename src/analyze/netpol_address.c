/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses and prefixes as Kubernetes reads them (k8s.io/utils/net ParseIPSloppy, ParseCIDRSloppy): leading zeros in IPv4 are
 * allowed and mean nothing; ::ffff:a.b.c.d is IPv4.
 */
#include "analyze/netpol_internal.h"

int net_ip_cmp(const struct net_ip *a, const struct net_ip *b)
{
        if (a->is6 != b->is6)
                return a->is6 ? 1 : -1;
        if (a->high != b->high)
                return a->high < b->high ? -1 : 1;
        return (a->low > b->low) - (a->low < b->low);
}

static uint64_t big_endian(const uint8_t *p)
{
        uint64_t v = 0;

        for (size_t i = 0; i < 8; i++)
                v = v << 8 | p[i];
        return v;
}

#define MAPPED UINT64_C(0xffff00000000)

struct net_ip net_ip_of(const struct bw_address *address)
{
        struct net_ip ip = {.is6 = true, .high = big_endian(address->bytes), .low = big_endian(address->bytes + 8)};

        if (ip.high == 0 && ip.low >> 32 == MAPPED >> 32)
                ip = (struct net_ip){.low = ip.low & UINT32_MAX};
        return ip;
}

struct bw_address net_address_of(const struct net_ip *ip)
{
        struct bw_address address;
        uint64_t low = ip->is6 ? ip->low : ip->low | MAPPED;

        for (size_t i = 0; i < 8; i++) {
                address.bytes[i] = (uint8_t)(ip->high >> (56 - 8 * i));
                address.bytes[8 + i] = (uint8_t)(low >> (56 - 8 * i));
        }
        return address;
}

static bool parse_ip4(struct bw_str text, uint64_t *ret)
{
        struct bw_str part;
        uint64_t ip = 0;
        size_t n = 0;

        while (bw_str_split(&text, '.', &part)) {
                uint64_t byte;

                if (++n > 4 || bw_str_to_u64(part, &byte) < 0 || byte > 255)
                        return false;
                ip = ip << 8 | byte;
        }
        *ret = ip;
        return n == 4;
}

static bool parse_group(struct bw_str part, uint16_t *ret)
{
        unsigned v = 0;

        if (part.n == 0 || part.n > 4)
                return false;
        for (size_t i = 0; i < part.n; i++) {
                char c = part.p[i];
                int digit = c >= '0' && c <= '9'   ? c - '0'
                            : c >= 'a' && c <= 'f' ? c - 'a' + 10
                            : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                   : -1;

                if (digit < 0)
                        return false;
                v = v << 4 | (unsigned)digit;
        }
        *ret = (uint16_t)v;
        return true;
}

/* Groups of one side of "::"; the last may be an IPv4 address where it is allowed to stand. */
static bool parse_groups(struct bw_str text, bool last_may_be_ip4, uint16_t groups[8], size_t *ret_n)
{
        struct bw_str part;
        size_t n = 0;

        *ret_n = 0;
        if (text.n == 0)
                return true;
        while (bw_str_split(&text, ':', &part)) {
                uint64_t ip4;

                if (!text.p && last_may_be_ip4 && n <= 6 && bw_str_find(part, BW_STR(".")) != SIZE_MAX && parse_ip4(part, &ip4)) {
                        groups[n++] = (uint16_t)(ip4 >> 16);
                        groups[n++] = (uint16_t)ip4;
                        break;
                }
                if (n == 8 || !parse_group(part, &groups[n]))
                        return false;
                n++;
        }
        *ret_n = n;
        return true;
}

static bool parse_ip6(struct bw_str text, struct net_ip *ret)
{
        uint16_t front[8] = {0};
        uint16_t back[8] = {0};
        size_t gap = bw_str_find(text, BW_STR("::"));
        size_t n_front;
        size_t n_back = 0;
        struct bw_str first = gap == SIZE_MAX ? text : bw_str_n(text.p, gap);

        if (!parse_groups(first, gap == SIZE_MAX, front, &n_front))
                return false;
        if (gap != SIZE_MAX && !parse_groups(bw_str_rest(text, gap + 2), true, back, &n_back))
                return false;
        if (gap == SIZE_MAX ? n_front != 8 : n_front + n_back > 7)
                return false;
        for (size_t i = 0; i < n_back; i++)
                front[8 - n_back + i] = back[i];
        *ret = (struct net_ip){.is6 = true};
        for (size_t i = 0; i < 4; i++) {
                ret->high = ret->high << 16 | front[i];
                ret->low = ret->low << 16 | front[4 + i];
        }
        return true;
}

bool net_ip_parse(struct bw_str text, struct net_ip *ret)
{
        struct net_ip ip = {0};

        if (bw_str_find(text, BW_STR(":")) == SIZE_MAX) {
                if (!parse_ip4(text, &ip.low))
                        return false;
                *ret = ip;
                return true;
        }
        if (!parse_ip6(text, &ip))
                return false;
        *ret = ip.high == 0 && ip.low >> 32 == MAPPED >> 32 ? (struct net_ip){.low = ip.low & UINT32_MAX} : ip;
        return true;
}

/* The bits behind a prefix of this length. */
static void host_bits(bool is6, unsigned bits, uint64_t *high, uint64_t *low)
{
        if (!is6) {
                *high = 0;
                *low = (uint64_t)UINT32_MAX >> bits;
                return;
        }
        *high = bits >= 64 ? 0 : bits ? UINT64_MAX >> bits : UINT64_MAX;
        *low = bits <= 64 ? UINT64_MAX : bits == 128 ? 0 : UINT64_MAX >> (bits - 64);
}

bool net_cidr_parse(struct bw_str text, bool alone, struct net_ip_range *ret, unsigned *ret_bits)
{
        size_t slash = bw_str_find(text, BW_STR("/"));
        bool has6 = bw_str_find(text, BW_STR(":")) != SIZE_MAX;
        uint64_t bits = 0;
        struct net_ip ip;
        uint64_t high;
        uint64_t low;

        if ((slash == SIZE_MAX && !alone) || !net_ip_parse(slash == SIZE_MAX ? text : bw_str_n(text.p, slash), &ip))
                return false;
        if (slash == SIZE_MAX)
                bits = ip.is6 ? 128 : 32;
        else if (bw_str_to_u64(bw_str_rest(text, slash + 1), &bits) < 0 || bits > (has6 ? 128 : 32))
                return false;
        else if (has6 && !ip.is6) /* ::ffff:a.b.c.d/n */
                bits = bits < 96 ? 0 : bits - 96;
        host_bits(ip.is6, (unsigned)bits, &high, &low);
        ret->low = (struct net_ip){ip.is6, ip.high & ~high, ip.low & ~low};
        ret->high = (struct net_ip){ip.is6, ip.high | high, ip.low | low};
        if (ret_bits)
                *ret_bits = (unsigned)bits;
        return true;
}

bool net_ip_next(struct net_ip *ip)
{
        if (!ip->is6 && ip->low == UINT32_MAX) {
                *ip = (struct net_ip){.is6 = true};
                return true;
        }
        ip->low++;
        if (ip->is6 && ip->low == 0) {
                if (ip->high == UINT64_MAX)
                        return false;
                ip->high++;
        }
        return true;
}

bool bw_net_address_parse(struct bw_str text, struct bw_address *ret)
{
        struct net_ip ip;

        if (!net_ip_parse(text, &ip))
                return false;
        *ret = net_address_of(&ip);
        return true;
}
