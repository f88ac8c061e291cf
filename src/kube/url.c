/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/url.h"

#include <arpa/inet.h>
#include <strings.h>

#include "base/error.h"

static const struct {
        const char *name;
        uint16_t port;
} schemes[] = {
        {"https", 443},
        {"http", 80},
        {"socks5", 1080},
        {"socks5h", 1080},
};

static uint16_t scheme_port(struct bw_str scheme)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(schemes); i++)
                if (bw_str_is(scheme, schemes[i].name))
                        return schemes[i].port;
        return 0;
}

static bool is_host_char(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
               c == ':';
}

bool bw_kube_is_host(struct bw_str host)
{
        if (!host.n || host.n > 253)
                return false;
        for (size_t i = 0; i < host.n; i++)
                if (!is_host_char(host.p[i]))
                        return false;
        return true;
}

static int read_authority(struct bw_str text, struct bw_kube_url *url, struct bw_error *reterr)
{
        struct bw_str port = {0};
        uint64_t number;
        size_t end;

        if (text.n && text.p[0] == '[') {
                end = bw_str_find(text, BW_STR("]"));
                if (end == SIZE_MAX)
                        return bw_error_set(reterr, -EINVAL, "the URL's address has no ']'");
                url->host = bw_str_n(text.p + 1, end - 1);
                port = bw_str_rest(text, end + 1);
                if (port.n && port.p[0] != ':')
                        return bw_error_set(reterr, -EINVAL, "the URL has something between the address and the port");
        } else {
                end = bw_str_find(text, BW_STR(":"));
                url->host = bw_str_n(text.p, BW_MIN(end, text.n));
                if (end != SIZE_MAX)
                        port = bw_str_rest(text, end);
        }
        if (!bw_kube_is_host(url->host))
                return bw_error_set(reterr, -EINVAL, "the URL has no host, or one with characters that a host cannot have");
        if (port.n <= 1)
                return 0;
        if (bw_str_to_u64(bw_str_rest(port, 1), &number) < 0 || number == 0 || number > UINT16_MAX)
                return bw_error_set(reterr, -EINVAL, "the URL's port is not a number from 1 to 65535");
        url->port = (uint16_t)number;
        return 0;
}

int bw_kube_url_parse(struct bw_str text, struct bw_kube_url *ret, struct bw_error *reterr)
{
        struct bw_kube_url url = {.scheme = BW_STR("http")};
        size_t end = bw_str_find(text, BW_STR("://"));
        int r;

        for (size_t i = 0; i < text.n; i++)
                if ((uint8_t)text.p[i] <= ' ' || text.p[i] == 0x7f || text.p[i] == '\\' || text.p[i] == '"')
                        return bw_error_set(reterr, -EINVAL, "the URL has a character that a URL cannot have");
        if (end != SIZE_MAX) {
                url.scheme = bw_str_n(text.p, end);
                text = bw_str_rest(text, end + 3);
        }
        url.port = scheme_port(url.scheme);
        if (!url.port)
                return bw_error_set(reterr, -EINVAL, "the URL's scheme is none of https, http, socks5");
        if (bw_str_find(text, BW_STR("?")) != SIZE_MAX || bw_str_find(text, BW_STR("#")) != SIZE_MAX)
                return bw_error_set(reterr, -EINVAL, "the URL has a query or a fragment");
        end = BW_MIN(bw_str_find(text, BW_STR("/")), text.n);
        url.path = bw_str_rest(text, end);
        while (url.path.n && url.path.p[url.path.n - 1] == '/')
                url.path.n--;
        text.n = end;
        for (end = text.n; end > 0; end--)
                if (text.p[end - 1] == '@') {
                        url.userinfo = bw_str_n(text.p, end - 1);
                        text = bw_str_rest(text, end);
                        break;
                }
        r = read_authority(text, &url, reterr);
        if (r == 0)
                *ret = url;
        return r;
}

void bw_kube_url_authority(struct bw_buf *to, const struct bw_kube_url *url, bool with_port)
{
        bool v6 = url->host.n && memchr(url->host.p, ':', url->host.n);

        if (v6)
                bw_buf_char(to, '[');
        bw_buf_str(to, url->host);
        if (v6)
                bw_buf_char(to, ']');
        if (with_port || url->port != scheme_port(url->scheme))
                bw_buf_printf(to, ":%u", url->port);
}

void bw_kube_url_escape(struct bw_buf *to, struct bw_str text)
{
        static const char hex[] = "0123456789ABCDEF";

        for (size_t i = 0; i < text.n; i++) {
                uint8_t c = (uint8_t)text.p[i];

                if (c != ':' && (is_host_char((char)c) || c == '~')) {
                        bw_buf_char(to, (char)c);
                } else {
                        bw_buf_char(to, '%');
                        bw_buf_char(to, hex[c >> 4]);
                        bw_buf_char(to, hex[c & 15]);
                }
        }
}

/* ---- the environment's proxy ---- */

struct address {
        uint8_t bytes[16];
        unsigned bits; /* 32, 128; 0: no address */
};

static struct address read_address(struct bw_str text)
{
        struct address a = {0};
        char copy[INET6_ADDRSTRLEN];

        if (!text.n || text.n >= sizeof(copy))
                return a;
        memcpy(copy, text.p, text.n);
        copy[text.n] = '\0';
        if (inet_pton(AF_INET, copy, a.bytes) == 1)
                a.bits = 32;
        else if (inet_pton(AF_INET6, copy, a.bytes) == 1)
                a.bits = 128;
        return a;
}

static bool in_range(const struct address *a, struct bw_str range)
{
        size_t slash = bw_str_find(range, BW_STR("/"));
        struct address net = read_address(bw_str_n(range.p, BW_MIN(slash, range.n)));
        uint64_t bits = net.bits;

        if (!a->bits || a->bits != net.bits)
                return false;
        if (slash != SIZE_MAX && (bw_str_to_u64(bw_str_rest(range, slash + 1), &bits) < 0 || bits > net.bits))
                return false;
        for (unsigned i = 0; i < bits; i++)
                if ((a->bytes[i / 8] ^ net.bytes[i / 8]) & (0x80 >> i % 8))
                        return false;
        return true;
}

static bool same_name(struct bw_str a, struct bw_str b)
{
        return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

/* "example.com" is for itself and what is below it, ".example.com" and "*.example.com" for what is below it. */
static bool below_name(struct bw_str host, struct bw_str name)
{
        bool itself = true;

        if (bw_str_starts(name, BW_STR("*.")))
                name = bw_str_rest(name, 1);
        if (name.n && name.p[0] == '.') {
                itself = false;
                name = bw_str_rest(name, 1);
        }
        if (!name.n || host.n < name.n)
                return false;
        if (host.n == name.n)
                return itself && same_name(host, name);
        return host.p[host.n - name.n - 1] == '.' && same_name(bw_str_rest(host, host.n - name.n), name);
}

static bool is_exempt(const struct bw_kube_url *server, const struct address *a, struct bw_str item)
{
        struct bw_kube_url named = {0};
        size_t colon;

        if (bw_str_is(item, "*"))
                return true;
        if (bw_str_find(item, BW_STR("/")) != SIZE_MAX || read_address(item).bits)
                return in_range(a, item);
        colon = bw_str_find(item, BW_STR(":"));
        if (colon != SIZE_MAX) {
                if (item.p[0] == '*' || item.p[0] == '.') {
                        uint64_t port;

                        if (bw_str_to_u64(bw_str_rest(item, colon + 1), &port) < 0 || port != server->port)
                                return false;
                        item.n = colon;
                } else {
                        if (read_authority(item, &named, NULL) < 0 || named.port != server->port)
                                return false;
                        item = named.host;
                }
                if (read_address(item).bits)
                        return in_range(a, item);
        }
        return below_name(server->host, item);
}

static bool is_loopback(struct bw_str host, const struct address *a)
{
        static const uint8_t v6[16] = {[15] = 1};

        return same_name(host, BW_STR("localhost")) || (a->bits == 32 && a->bytes[0] == 127) ||
               (a->bits == 128 && memcmp(a->bytes, v6, sizeof(v6)) == 0);
}

static struct bw_str either(const char *(*getenv)(const char *name), const char *upper, const char *lower)
{
        struct bw_str value = bw_str(getenv(upper));

        return value.n ? value : bw_str(getenv(lower));
}

struct bw_str bw_kube_env_proxy(const struct bw_kube_url *server, const char *(*getenv)(const char *name))
{
        bool tls = bw_str_is(server->scheme, "https");
        struct bw_str proxy = tls ? either(getenv, "HTTPS_PROXY", "https_proxy") : either(getenv, "HTTP_PROXY", "http_proxy");
        struct bw_str exempt = either(getenv, "NO_PROXY", "no_proxy");
        struct address a = read_address(server->host);
        struct bw_str item;

        if (!proxy.n || is_loopback(server->host, &a))
                return (struct bw_str){0};
        while (bw_str_split(&exempt, ',', &item)) {
                item = bw_str_trim(item);
                if (item.n && is_exempt(server, &a, item))
                        return (struct bw_str){0};
        }
        return proxy;
}
