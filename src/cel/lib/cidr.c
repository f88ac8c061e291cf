/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks: an address and the length of its prefix. The bits after the prefix may be set and are kept.
 * Source: k8s.io/apiserver pkg/cel/library/cidr.go.
 */
#include "cel/lib/address_internal.h"
#include "cel/lib/lib_internal.h"

static const struct bw_cidr *as_cidr(struct bw_value v)
{
        return bw_lib_object(v, &bw_cidr_class);
}

static bool cidr_eq(const struct bw_opaque *a, const struct bw_opaque *b)
{
        const struct bw_cidr *x = (const struct bw_cidr *)a;
        const struct bw_cidr *y = (const struct bw_cidr *)b;

        return x->bits == y->bits && x->address.size == y->address.size &&
               memcmp(x->address.bytes, y->address.bytes, x->address.size) == 0;
}

static size_t format_text(const struct bw_cidr *cidr, char *out, size_t size)
{
        char text[BW_ADDRESS_TEXT];
        size_t n = bw_address_format(&cidr->address, text);

        return (size_t)snprintf(out, size, "%.*s/%u", (int)n, text, cidr->bits);
}

static void cidr_format(const struct bw_opaque *o, struct bw_buf *out)
{
        char text[BW_ADDRESS_TEXT + 8];

        bw_buf_put(out, text, format_text((const struct bw_cidr *)o, text, sizeof(text)));
}

const struct bw_opaque_class bw_cidr_class = {.name = "net.CIDR", .eq = cidr_eq, .format = cidr_format};
const struct bw_cel_type bw_cidr_type = {.kind = BW_CEL_OPAQUE, .name = BW_STR("net.CIDR")};

static int parse(struct bw_str text, struct bw_cidr *ret, const char **ret_why)
{
        const char *slash = text.n > 0 ? memrchr(text.p, '/', text.n) : NULL;
        unsigned bits = 0;
        struct bw_str length;

        *ret_why = "no '/'";
        if (!slash)
                return -EINVAL;
        length = bw_str_n(slash + 1, text.n - (size_t)(slash - text.p) - 1);
        *ret = (struct bw_cidr){.base.cls = &bw_cidr_class};
        if (bw_address_parse(bw_str_n(text.p, (size_t)(slash - text.p)), &ret->address, ret_why) < 0)
                return -EINVAL;
        *ret_why = "the length of the prefix is no number, has a leading zero or is out of range";
        if (length.n == 0 || length.n > 3 || (length.n > 1 && length.p[0] == '0'))
                return -EINVAL;
        for (size_t i = 0; i < length.n; i++) {
                if (length.p[i] < '0' || length.p[i] > '9')
                        return -EINVAL;
                bits = bits * 10 + (unsigned)(length.p[i] - '0');
        }
        if (bits > ret->address.size * 8u)
                return -EINVAL;
        ret->bits = (uint8_t)bits;
        return 0;
}

/* True if the first bits of both are the same. */
static bool same_prefix(const struct bw_address *a, const struct bw_address *b, unsigned bits)
{
        unsigned whole = bits / 8;
        unsigned rest = bits % 8;

        if (a->size != b->size || memcmp(a->bytes, b->bytes, whole) != 0)
                return false;
        return rest == 0 || ((a->bytes[whole] ^ b->bytes[whole]) >> (8 - rest)) == 0;
}

static struct bw_value cidr_value(const struct bw_cel_call *call, const struct bw_cidr *cidr)
{
        struct bw_cidr *copy = bw_arena_alloc(call->arena, sizeof(*copy));

        if (!copy)
                return bw_cel_no_memory();
        *copy = *cidr;
        return bw_lib_opaque(copy);
}

static struct bw_value parse_failed(const struct bw_cel_call *call, const char *why)
{
        return bw_cel_error(call, "network address parse error during conversion from string: %s", why);
}

static struct bw_value cidr_of_string(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_cidr cidr;
        const char *why;

        (void)n;
        if (parse(bw_lib_text(args[0]), &cidr, &why) < 0)
                return parse_failed(call, why);
        return cidr_value(call, &cidr);
}

static struct bw_value is_cidr(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_cidr cidr;
        const char *why;

        (void)call;
        (void)n;
        return bw_value_bool(parse(bw_lib_text(args[0]), &cidr, &why) == 0);
}

static struct bw_value contains_ip(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_cidr *cidr = as_cidr(args[0]);
        const struct bw_ip *ip = bw_lib_object(args[1], &bw_ip_class);
        struct bw_address address;
        const char *why;

        (void)n;
        if (!cidr || (!ip && args[1].type != BW_STRING))
                return bw_cel_no_overload();
        if (!ip && bw_address_parse(bw_lib_text(args[1]), &address, &why) < 0)
                return bw_cel_error(call, "IP Address parse error during conversion from string: %s", why);
        return bw_value_bool(same_prefix(&cidr->address, ip ? &ip->address : &address, cidr->bits));
}

static struct bw_value contains_cidr(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_cidr *cidr = as_cidr(args[0]);
        const struct bw_cidr *other = as_cidr(args[1]);
        struct bw_cidr parsed;
        const char *why;

        (void)n;
        if (!cidr || (!other && args[1].type != BW_STRING))
                return bw_cel_no_overload();
        if (!other && parse(bw_lib_text(args[1]), &parsed, &why) < 0)
                return parse_failed(call, why);
        other = other ? other : &parsed;
        return bw_value_bool(cidr->bits <= other->bits && same_prefix(&cidr->address, &other->address, cidr->bits));
}

static struct bw_value to_ip(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_cidr *cidr = as_cidr(args[0]);

        (void)n;
        return cidr ? bw_ip_value(call, &cidr->address) : bw_cel_no_overload();
}

static struct bw_value prefix_length(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_cidr *cidr = as_cidr(args[0]);

        (void)call;
        (void)n;
        return cidr ? bw_value_int(cidr->bits) : bw_cel_no_overload();
}

static struct bw_value masked(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_cidr *cidr = as_cidr(args[0]);
        struct bw_cidr cut;

        (void)n;
        if (!cidr)
                return bw_cel_no_overload();
        cut = *cidr;
        for (unsigned bit = cut.bits; bit < cut.address.size * 8u; bit++)
                cut.address.bytes[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
        return cidr_value(call, &cut);
}

static struct bw_value to_string(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_cidr *cidr = as_cidr(args[0]);
        char text[BW_ADDRESS_TEXT + 8];

        (void)n;
        if (!cidr)
                return bw_cel_no_overload();
        return bw_lib_copy(call, bw_str_n(text, format_text(cidr, text, sizeof(text))));
}

/* The reference prices the parsing of a text only where it knows before that it will be one. */
static uint64_t cost_contains_ip(const struct bw_value *args, size_t n, struct bw_value result)
{
        (void)n;
        (void)result;
        return bw_lib_scaled(bw_lib_size(args[0]) * 2, BW_LIB_SCAN);
}

static uint64_t cost_contains_ip_text(const struct bw_value *args, size_t n, struct bw_value result)
{
        return cost_contains_ip(args, n, result) + bw_lib_scaled(bw_lib_size(args[1]), BW_LIB_SCAN);
}

static uint64_t cost_contains_cidr(const struct bw_value *args, size_t n, struct bw_value result)
{
        return cost_contains_ip(args, n, result) + bw_lib_scaled(bw_lib_size(args[0]), BW_LIB_SCAN) + 1;
}

static uint64_t cost_contains_cidr_text(const struct bw_value *args, size_t n, struct bw_value result)
{
        return cost_contains_cidr(args, n, result) + bw_lib_scaled(bw_lib_size(args[1]), BW_LIB_SCAN);
}

static const struct bw_cel_overload cidr_overloads[] = {
        {"string_to_cidr", "cidr(string) -> net.CIDR", cidr_of_string, bw_lib_cost_scan},
};
static const struct bw_cel_overload is_cidr_overloads[] = {
        {"is_cidr", "isCIDR(string) -> bool", is_cidr, bw_lib_cost_scan},
};
static const struct bw_cel_overload contains_ip_overloads[] = {
        {"cidr_contains_ip_string", "net.CIDR.containsIP(string) -> bool", contains_ip, cost_contains_ip_text,
         cost_contains_ip},
        {"cidr_contains_ip_ip", "net.CIDR.containsIP(net.IP) -> bool", contains_ip, cost_contains_ip},
};
static const struct bw_cel_overload contains_cidr_overloads[] = {
        {"cidr_contains_cidr_string", "net.CIDR.containsCIDR(string) -> bool", contains_cidr, cost_contains_cidr_text,
         cost_contains_cidr},
        {"cidr_contains_cidr", "net.CIDR.containsCIDR(net.CIDR) -> bool", contains_cidr, cost_contains_cidr},
};
static const struct bw_cel_overload ip_overloads[] = {
        {"cidr_ip", "net.CIDR.ip() -> net.IP", to_ip, NULL},
};
static const struct bw_cel_overload prefix_length_overloads[] = {
        {"cidr_prefix_length", "net.CIDR.prefixLength() -> int", prefix_length, NULL},
};
static const struct bw_cel_overload masked_overloads[] = {
        {"cidr_masked", "net.CIDR.masked() -> net.CIDR", masked, NULL},
};
static const struct bw_cel_overload string_overloads[] = {
        {"cidr_to_string", "string(net.CIDR) -> string", to_string, NULL},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("cidr", cidr_overloads, "A network from text such as \"10.0.0.0/8\"."),
        BW_LIB_FUNCTION("isCIDR", is_cidr_overloads, "True if cidr() would take the text."),
        BW_LIB_FUNCTION("containsIP", contains_ip_overloads, "True if the address is in the network."),
        BW_LIB_FUNCTION("containsCIDR", contains_cidr_overloads, "True if the whole other network is in the network."),
        BW_LIB_FUNCTION("ip", ip_overloads, "The network's address."),
        BW_LIB_FUNCTION("prefixLength", prefix_length_overloads, "The number of bits that name the network."),
        BW_LIB_FUNCTION("masked", masked_overloads, "The network with all bits after its prefix zero."),
        BW_LIB_FUNCTION("string", string_overloads, "The canonical text of a network."),
};

static const struct bw_cel_type_name type_names[] = {{"net.CIDR", &bw_cidr_type}};

const struct bw_cel_library bw_cel_lib_cidr = {
        .name = "cidr",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
        .type_names = type_names,
        .n_type_names = BW_ARRAY_SIZE(type_names),
};
