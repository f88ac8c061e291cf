/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IP addresses.
 * Source: k8s.io/apiserver pkg/cel/library/ip.go.
 */
#include "cel/lib/address_internal.h"
#include "cel/lib/lib_internal.h"

static const struct bw_ip *as_ip(struct bw_value v)
{
        return bw_lib_object(v, &bw_ip_class);
}

static bool ip_eq(const struct bw_opaque *a, const struct bw_opaque *b)
{
        const struct bw_address *x = &((const struct bw_ip *)a)->address;
        const struct bw_address *y = &((const struct bw_ip *)b)->address;

        return x->size == y->size && memcmp(x->bytes, y->bytes, x->size) == 0;
}

static void ip_format(const struct bw_opaque *o, struct bw_buf *out)
{
        char text[BW_ADDRESS_TEXT];

        bw_buf_put(out, text, bw_address_format(&((const struct bw_ip *)o)->address, text));
}

const struct bw_opaque_class bw_ip_class = {.name = "net.IP", .eq = ip_eq, .format = ip_format};
const struct bw_cel_type bw_ip_type = {.kind = BW_CEL_OPAQUE, .name = BW_STR("net.IP")};

struct bw_value bw_ip_value(const struct bw_cel_call *call, const struct bw_address *address)
{
        struct bw_ip *ip = bw_arena_alloc(call->arena, sizeof(*ip));

        if (!ip)
                return bw_cel_no_memory();
        *ip = (struct bw_ip){.base.cls = &bw_ip_class, .address = *address};
        return bw_lib_opaque(ip);
}

uint64_t bw_address_size(struct bw_value v)
{
        const struct bw_ip *ip = as_ip(v);
        const struct bw_cidr *cidr = bw_lib_object(v, &bw_cidr_class);

        if (ip)
                return ip->address.size;
        return cidr ? (cidr->bits + 7u) / 8 : 1;
}

static struct bw_value parse_failed(const struct bw_cel_call *call, const char *why)
{
        return bw_cel_error(call, "IP Address parse error during conversion from string: %s", why);
}

static struct bw_value ip_of_string(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_address address;
        const char *why;

        (void)n;
        if (bw_address_parse(bw_lib_text(args[0]), &address, &why) < 0)
                return parse_failed(call, why);
        return bw_ip_value(call, &address);
}

static struct bw_value is_ip(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_address address;
        const char *why;

        (void)call;
        (void)n;
        return bw_value_bool(bw_address_parse(bw_lib_text(args[0]), &address, &why) == 0);
}

static struct bw_value is_canonical(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_address address;
        char text[BW_ADDRESS_TEXT];
        const char *why;

        (void)n;
        if (bw_address_parse(bw_lib_text(args[0]), &address, &why) < 0)
                return parse_failed(call, why);
        return bw_value_bool(bw_str_eq(bw_lib_text(args[0]), bw_str_n(text, bw_address_format(&address, text))));
}

static struct bw_value to_string(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_ip *ip = as_ip(args[0]);
        char text[BW_ADDRESS_TEXT];

        (void)n;
        if (!ip)
                return bw_cel_no_overload();
        return bw_lib_copy(call, bw_str_n(text, bw_address_format(&ip->address, text)));
}

static struct bw_value family(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_ip *ip = as_ip(args[0]);

        (void)call;
        (void)n;
        return ip ? bw_value_int(ip->address.size == 4 ? 4 : 6) : bw_cel_no_overload();
}

static bool starts_with_zeros(const uint8_t *p, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (p[i] != 0)
                        return false;
        return true;
}

static bool unspecified(const struct bw_address *a)
{
        return starts_with_zeros(a->bytes, a->size);
}

static bool loopback(const struct bw_address *a)
{
        return a->size == 4 ? a->bytes[0] == 127 : starts_with_zeros(a->bytes, 15) && a->bytes[15] == 1;
}

static bool multicast(const struct bw_address *a)
{
        return a->size == 4 ? (a->bytes[0] & 0xf0) == 0xe0 : a->bytes[0] == 0xff;
}

static bool link_local_multicast(const struct bw_address *a)
{
        if (a->size == 4)
                return a->bytes[0] == 224 && a->bytes[1] == 0 && a->bytes[2] == 0;
        return a->bytes[0] == 0xff && (a->bytes[1] & 0x0f) == 2;
}

static bool link_local_unicast(const struct bw_address *a)
{
        if (a->size == 4)
                return a->bytes[0] == 169 && a->bytes[1] == 254;
        return a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

/* Private addresses count as global, as in RFC 4632 and Go. */
static bool global_unicast(const struct bw_address *a)
{
        static const uint8_t broadcast[4] = {255, 255, 255, 255};

        if (a->size == 4 && memcmp(a->bytes, broadcast, 4) == 0)
                return false;
        return !unspecified(a) && !loopback(a) && !multicast(a) && !link_local_unicast(a);
}

#define TEST(name, test)                                                                                               \
        static struct bw_value name(const struct bw_cel_call *call, const struct bw_value *args, size_t n)             \
        {                                                                                                              \
                const struct bw_ip *ip = as_ip(args[0]);                                                               \
                                                                                                                       \
                (void)call;                                                                                            \
                (void)n;                                                                                               \
                return ip ? bw_value_bool(test(&ip->address)) : bw_cel_no_overload();                                  \
        }
TEST(is_unspecified, unspecified)
TEST(is_loopback, loopback)
TEST(is_link_local_multicast, link_local_multicast)
TEST(is_link_local_unicast, link_local_unicast)
TEST(is_global_unicast, global_unicast)

static const struct bw_cel_overload ip_overloads[] = {
        {"string_to_ip", "ip(string) -> net.IP", ip_of_string, bw_lib_cost_scan},
};
static const struct bw_cel_overload is_ip_overloads[] = {
        {"is_ip", "isIP(string) -> bool", is_ip, bw_lib_cost_scan},
};
static const struct bw_cel_overload is_canonical_overloads[] = {
        {"ip_is_canonical", "ip.isCanonical(string) -> bool", is_canonical, bw_lib_cost_scan_twice},
};
static const struct bw_cel_overload string_overloads[] = {
        {"ip_to_string", "string(net.IP) -> string", to_string, NULL},
};
static const struct bw_cel_overload family_overloads[] = {
        {"ip_family", "net.IP.family() -> int", family, NULL},
};
static const struct bw_cel_overload unspecified_overloads[] = {
        {"ip_is_unspecified", "net.IP.isUnspecified() -> bool", is_unspecified, NULL},
};
static const struct bw_cel_overload loopback_overloads[] = {
        {"ip_is_loopback", "net.IP.isLoopback() -> bool", is_loopback, NULL},
};
static const struct bw_cel_overload link_local_multicast_overloads[] = {
        {"ip_is_link_local_multicast", "net.IP.isLinkLocalMulticast() -> bool", is_link_local_multicast, NULL},
};
static const struct bw_cel_overload link_local_unicast_overloads[] = {
        {"ip_is_link_local_unicast", "net.IP.isLinkLocalUnicast() -> bool", is_link_local_unicast, NULL},
};
static const struct bw_cel_overload global_unicast_overloads[] = {
        {"ip_is_global_unicast", "net.IP.isGlobalUnicast() -> bool", is_global_unicast, NULL},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("ip", ip_overloads, "An IP address from its text."),
        BW_LIB_FUNCTION("isIP", is_ip_overloads, "True if ip() would take the text."),
        BW_LIB_FUNCTION("ip.isCanonical", is_canonical_overloads, "True if the text is the address's canonical one."),
        BW_LIB_FUNCTION("string", string_overloads, "The canonical text of an IP address."),
        BW_LIB_FUNCTION("family", family_overloads, "4 or 6."),
        BW_LIB_FUNCTION("isUnspecified", unspecified_overloads, "True for 0.0.0.0 and ::."),
        BW_LIB_FUNCTION("isLoopback", loopback_overloads, "True for 127.0.0.0/8 and ::1."),
        BW_LIB_FUNCTION("isLinkLocalMulticast", link_local_multicast_overloads, "True for 224.0.0.0/24 and ffx2::/16."),
        BW_LIB_FUNCTION("isLinkLocalUnicast", link_local_unicast_overloads, "True for 169.254.0.0/16 and fe80::/10."),
        BW_LIB_FUNCTION("isGlobalUnicast", global_unicast_overloads,
                        "True for addresses of one host that are neither loopback nor link-local."),
};

static const struct bw_cel_type_name type_names[] = {{"net.IP", &bw_ip_type}};

const struct bw_cel_library bw_cel_lib_ip = {
        .name = "ip",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
        .type_names = type_names,
        .n_type_names = BW_ARRAY_SIZE(type_names),
};
