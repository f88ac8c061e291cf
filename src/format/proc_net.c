/* SPDX-License-Identifier: Apache-2.0 */
#include "format/proc_net.h"

#include <arpa/inet.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

#define STATE_LISTEN 0x0a
#define STATE_UNCONNECTED 0x07

static const struct table {
        const char *name;
        const char *protocol;
        int family;
        unsigned state;
} tables[_BW_SOCKETS_MAX] = {
        [BW_SOCKETS_TCP] = {"tcp", "tcp", 4, STATE_LISTEN},
        [BW_SOCKETS_TCP6] = {"tcp6", "tcp", 6, STATE_LISTEN},
        [BW_SOCKETS_UDP] = {"udp", "udp", 4, STATE_UNCONNECTED},
        [BW_SOCKETS_UDP6] = {"udp6", "udp", 6, STATE_UNCONNECTED},
        [BW_SOCKETS_SCTP] = {"sctp/eps", "sctp", 0, 0},
};

const char *bw_socket_table_name(enum bw_socket_table table)
{
        return tables[table].name;
}

/* The next word between blanks; empty at the end. */
static struct bw_str word(struct bw_str *rest)
{
        struct bw_str text;
        size_t n = 0;

        while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t'))
                *rest = bw_str_rest(*rest, 1);
        while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
                n++;
        text = bw_str_n(rest->p, n);
        *rest = bw_str_rest(*rest, n);
        return text;
}

static bool hex(struct bw_str text, uint64_t *ret)
{
        uint64_t value = 0;

        if (!text.n || text.n > 16)
                return false;
        for (size_t i = 0; i < text.n; i++) {
                char c = text.p[i];
                unsigned digit;

                if (c >= '0' && c <= '9')
                        digit = (unsigned)(c - '0');
                else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
                        digit = (unsigned)((c | 0x20) - 'a' + 10);
                else
                        return false;
                value = value << 4 | digit;
        }
        *ret = value;
        return true;
}

/* "0100007F:1F90": words of 32 bits as this machine has them in memory, and the port. */
static bool read_address(struct bw_str text, int family, struct bw_socket *socket)
{
        size_t digits = family == 4 ? 8 : 32;
        uint64_t value;

        if (text.n != digits + 5 || text.p[digits] != ':' || !hex(bw_str_rest(text, digits + 1), &value))
                return false;
        socket->port = (uint16_t)value;
        for (size_t i = 0; i < digits / 8; i++) {
                uint32_t part;

                if (!hex(bw_str_n(text.p + i * 8, 8), &value))
                        return false;
                part = (uint32_t)value;
                memcpy(socket->address + i * 4, &part, 4);
        }
        return true;
}

static int add(struct bw_arena *arena, struct bw_sockets *sockets, const struct bw_socket *socket, struct bw_error *reterr)
{
        if (sockets->n == BW_LIMIT_LISTENERS)
                return bw_error_set(reterr, -E2BIG, "more than %d listening sockets", BW_LIMIT_LISTENERS);
        if (bw_arena_grow(arena, &sockets->items, &sockets->cap, sockets->n, sizeof(sockets->items[0])) < 0)
                return bw_arena_error(arena, reterr);
        sockets->items[sockets->n++] = *socket;
        return 0;
}

/* sl local remote state queues timer retransmits uid timeout inode … */
static bool read_inet(const struct table *table, struct bw_str line, struct bw_socket *socket)
{
        struct bw_str local;
        uint64_t state;
        uint64_t uid;

        (void)word(&line);
        local = word(&line);
        (void)word(&line);
        if (!hex(word(&line), &state) || state != table->state || !read_address(local, table->family, socket))
                return false;
        for (int i = 0; i < 3; i++)
                (void)word(&line);
        if (bw_str_to_u64(word(&line), &uid) < 0 || uid > UINT32_MAX)
                return false;
        (void)word(&line);
        socket->uid = (uint32_t)uid;
        socket->family = table->family;
        return bw_str_to_u64(word(&line), &socket->inode) == 0;
}

/* endpoint socket style state bucket port uid inode addresses… : one socket for its first address. */
static bool read_sctp(struct bw_str line, struct bw_socket *socket)
{
        uint64_t port;
        uint64_t uid;

        for (int i = 0; i < 5; i++)
                (void)word(&line);
        if (bw_str_to_u64(word(&line), &port) < 0 || port > UINT16_MAX || bw_str_to_u64(word(&line), &uid) < 0 ||
            uid > UINT32_MAX || bw_str_to_u64(word(&line), &socket->inode) < 0)
                return false;
        socket->port = (uint16_t)port;
        socket->uid = (uint32_t)uid;
        socket->family = bw_address_read(word(&line), socket->address);
        return socket->family != 0;
}

int bw_sockets_read(struct bw_arena *arena, enum bw_socket_table table, struct bw_str text, struct bw_sockets *sockets,
                    struct bw_error *reterr)
{
        struct bw_str line;
        int r = 0;

        while (r == 0 && bw_str_split(&text, '\n', &line)) {
                struct bw_socket socket = {.protocol = tables[table].protocol};

                if (tables[table].family ? read_inet(&tables[table], line, &socket) : read_sctp(line, &socket))
                        r = add(arena, sockets, &socket, reterr);
        }
        return r;
}

/* IPv4 inside IPv6: its last four bytes, else NULL. */
static const uint8_t *mapped(int family, const uint8_t *address)
{
        static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

        return family == 6 && memcmp(address, prefix, sizeof(prefix)) == 0 ? address + 12 : NULL;
}

bool bw_address_is_loopback(int family, const uint8_t *address)
{
        static const uint8_t one[16] = {[15] = 1};
        const uint8_t *inner = mapped(family, address);

        if (family == 4 || inner)
                return (inner ? inner : address)[0] == 127;
        return memcmp(address, one, sizeof(one)) == 0;
}

bool bw_address_is_any(int family, const uint8_t *address)
{
        static const uint8_t zero[16];

        return memcmp(address, zero, family == 4 ? 4 : 16) == 0;
}

struct bw_str bw_address_text(struct bw_arena *arena, int family, const uint8_t *address)
{
        char text[INET6_ADDRSTRLEN];
        const uint8_t *inner = mapped(family, address);

        if (!inet_ntop(family == 4 || inner ? AF_INET : AF_INET6, inner ? inner : address, text, sizeof(text)))
                text[0] = '\0';
        return bw_arena_str(arena, bw_str(text));
}

int bw_address_read(struct bw_str text, uint8_t *ret)
{
        char copy[INET6_ADDRSTRLEN];

        if (!text.n || text.n >= sizeof(copy))
                return 0;
        memcpy(copy, text.p, text.n);
        copy[text.n] = '\0';
        if (inet_pton(AF_INET, copy, ret) == 1)
                return 4;
        return inet_pton(AF_INET6, copy, ret) == 1 ? 6 : 0;
}

#define ROUTE_UP 0x1u
#define ROUTE_REJECT 0x200u

/* Iface Destination Gateway Flags RefCnt Use Metric Mask …; addresses as this machine has them in memory. */
struct bw_str bw_route_find(struct bw_str table, const uint8_t address[4], bool *ret_is_default)
{
        struct bw_str found = {0};
        struct bw_str line;
        uint64_t longest = 0;
        uint32_t wanted;

        memcpy(&wanted, address, 4);
        *ret_is_default = false;
        while (bw_str_split(&table, '\n', &line)) {
                struct bw_str name = word(&line);
                uint64_t destination, flags, mask;
                bool longer;

                if (!hex(word(&line), &destination))
                        continue;
                (void)word(&line);
                if (!hex(word(&line), &flags) || !(flags & ROUTE_UP))
                        continue;
                for (int i = 0; i < 3; i++)
                        (void)word(&line);
                if (!hex(word(&line), &mask) || (wanted & mask) != destination)
                        continue;
                longer = !found.p || ntohl((uint32_t)mask) > longest;
                if (!longer)
                        continue;
                found = flags & ROUTE_REJECT ? BW_STR("") : name;
                longest = ntohl((uint32_t)mask);
                *ret_is_default = mask == 0;
        }
        return found;
}
