/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/address.h"

#include "analyze/netpol_internal.h"

#include "base/buf.h"

/* RFC 1122, 1918, 6598, 3927, 6890, 2544, 5771; 4291, 4193. */
static const char *const private_blocks[] = {"0.0.0.0/8",     "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",   "169.254.0.0/16",
                                             "172.16.0.0/12", "192.0.0.0/24",   "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3",
                                             "::/8",          "fc00::/7",       "fe80::/10",      "ff00::/8"};

static bool is_private(const struct net_ip *low, const struct net_ip *high)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(private_blocks); i++) {
                struct net_ip_range block;

                if (net_cidr_parse(bw_str(private_blocks[i]), false, &block, NULL) && net_ip_cmp(&block.low, low) <= 0 &&
                    net_ip_cmp(high, &block.high) <= 0)
                        return true;
        }
        return false;
}

bool bw_address_range_parse(struct bw_str text, struct bw_address_range *ret)
{
        struct net_ip_range range;

        if (!net_cidr_parse(text, true, &range, NULL))
                return false;
        *ret = (struct bw_address_range){net_address_of(&range.low), net_address_of(&range.high)};
        return true;
}

bool bw_address_is_public(const struct bw_address *address)
{
        struct net_ip ip = net_ip_of(address);

        return !is_private(&ip, &ip);
}

bool bw_address_range_is_private(const struct bw_address_range *range)
{
        struct net_ip low = net_ip_of(&range->low);
        struct net_ip high = net_ip_of(&range->high);

        return is_private(&low, &high);
}

int bw_address_cmp(const struct bw_address *a, const struct bw_address *b)
{
        struct net_ip x = net_ip_of(a);
        struct net_ip y = net_ip_of(b);

        return net_ip_cmp(&x, &y);
}

/* ---- texts: RFC 5952 for IPv6 */

static void put_ip6(struct bw_buf *out, const struct net_ip *ip)
{
        uint16_t groups[8];
        int best = -1;
        int best_n = 1;

        for (int i = 0; i < 8; i++)
                groups[i] = (uint16_t)((i < 4 ? ip->high : ip->low) >> (48 - 16 * (i % 4)));
        for (int i = 0; i < 8; i++) {
                int n = 0;

                while (i + n < 8 && groups[i + n] == 0)
                        n++;
                if (n > best_n) {
                        best = i;
                        best_n = n;
                }
        }
        for (int i = 0; i < 8; i++) {
                if (i == best) {
                        bw_buf_puts(out, "::");
                        i += best_n - 1;
                        continue;
                }
                bw_buf_printf(out, "%s%x", i && i != best + best_n ? ":" : "", groups[i]);
        }
}

static void put_ip(struct bw_buf *out, const struct net_ip *ip)
{
        if (ip->is6)
                put_ip6(out, ip);
        else
                bw_buf_printf(out, "%u.%u.%u.%u", (unsigned)(ip->low >> 24 & 255), (unsigned)(ip->low >> 16 & 255),
                              (unsigned)(ip->low >> 8 & 255), (unsigned)(ip->low & 255));
}

/* The length of the prefix whose block the range is; -1: it is none. */
static int prefix_of(const struct net_ip *low, const struct net_ip *high)
{
        int bits = low->is6 ? 128 : 32;

        if (low->is6 != high->is6)
                return -1;
        for (int n = 0; n <= bits; n++) {
                uint64_t rest_low = low->is6 ? (n >= 128 ? 0 : n <= 64 ? UINT64_MAX : UINT64_MAX >> (n - 64)) : (uint64_t)UINT32_MAX >> n;
                uint64_t rest_high = !low->is6 || n >= 64 ? 0 : n ? UINT64_MAX >> n : UINT64_MAX;

                if ((low->low & rest_low) == 0 && (low->high & rest_high) == 0 && (low->low | rest_low) == high->low &&
                    (low->high | rest_high) == high->high)
                        return n;
        }
        return -1;
}

void bw_address_range_text(struct bw_buf *out, const struct bw_address_range *range)
{
        struct net_ip low = net_ip_of(&range->low);
        struct net_ip high = net_ip_of(&range->high);
        int prefix = prefix_of(&low, &high);

        put_ip(out, &low);
        if (prefix < 0) {
                bw_buf_char(out, '-');
                put_ip(out, &high);
        } else if (prefix < (low.is6 ? 128 : 32)) {
                bw_buf_printf(out, "/%d", prefix);
        }
}
