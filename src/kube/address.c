/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, paths and names in a kubeconfig: what they may be, and in one form. */
#include "base/arena.h"
#include "base/error.h"
#include "kube/config_internal.h"

bool bw_kube_is_header_text(struct bw_str text)
{
        for (size_t i = 0; i < text.n; i++)
                if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f)
                        return false;
        return true;
}

/* ---- URLs */

struct url {
        struct bw_str scheme;   /* empty: there is none */
        struct bw_str user;     /* with password */
        struct bw_str host;     /* with brackets */
        struct bw_str port;
        struct bw_str path;
        bool has_user;
};

static bool is_url_byte(char c)
{
        return (unsigned char)c > 0x20 && (unsigned char)c < 0x7f && !strchr("\"<>\\^`{|}", c);
}

static struct bw_str until(struct bw_str *rest, const char *stops)
{
        size_t n = 0;
        struct bw_str part;

        while (n < rest->n && !strchr(stops, rest->p[n]))
                n++;
        part = bw_str_n(rest->p, n);
        *rest = bw_str_rest(*rest, n);
        return part;
}

/* host[:port], [v6][:port] */
static bool split_host(struct bw_str text, struct url *url)
{
        size_t end = text.n && text.p[0] == '[' ? bw_str_find(text, BW_STR("]")) : 0;
        struct bw_str rest;
        uint64_t port;

        if (end == SIZE_MAX)
                return false;
        if (end) {
                url->host = bw_str_n(text.p, end + 1);
                rest = bw_str_rest(text, end + 1);
        } else {
                rest = text;
                url->host = until(&rest, ":");
        }
        if (url->host.n == 0 || bw_str_is(url->host, "[]") || (rest.n && rest.p[0] != ':'))
                return false;
        if (!end && memchr(url->host.p, ']', url->host.n))
                return false;
        url->port = bw_str_rest(rest, rest.n ? 1 : 0);
        return url->port.n == 0 || (url->port.n <= 5 && url->port.p[0] != '+' && bw_str_to_u64(url->port, &port) == 0 &&
                                    port > 0 && port < 65536);
}

static bool split_url(struct bw_str text, struct url *url)
{
        size_t at = bw_str_find(text, BW_STR("://"));
        struct bw_str rest = text;
        struct bw_str authority;

        *url = (struct url){0};
        for (size_t i = 0; i < text.n; i++)
                if (!is_url_byte(text.p[i]))
                        return false;
        if (at != SIZE_MAX) {
                url->scheme = bw_str_n(text.p, at);
                rest = bw_str_rest(text, at + 3);
        }
        authority = until(&rest, "/?#");
        url->path = until(&rest, "?#");
        for (size_t i = authority.n; i > 0; i--) {
                if (authority.p[i - 1] != '@')
                        continue;
                url->has_user = true;
                url->user = bw_str_n(authority.p, i - 1);
                authority = bw_str_rest(authority, i);
                break;
        }
        return split_host(authority, url);
}

static bool is_scheme(struct bw_str scheme, const char *name)
{
        if (scheme.n != strlen(name))
                return false;
        for (size_t i = 0; i < scheme.n; i++)
                if ((scheme.p[i] | 0x20) != name[i])
                        return false;
        return true;
}

int bw_kube_server(struct bw_arena *arena, struct bw_str text, bool is_tls, struct bw_str *ret, struct bw_error *reterr)
{
        struct url url;
        const char *scheme = is_tls ? "https" : "http";
        struct bw_str path;

        /* Of a URL with a user in it nothing is quoted: a password may stand there. */
        if (!split_url(text, &url))
                return bw_error_set(reterr, -EINVAL, "is no address of a server: it takes https://HOST:PORT");
        if (url.has_user)
                return bw_error_set(reterr, -ENOTSUP,
                                    "has a user in it: that is basic authentication, which Kubernetes no longer has (since 1.19)");
        if (is_scheme(url.scheme, "https") || is_scheme(url.scheme, "http"))
                scheme = is_scheme(url.scheme, "https") ? "https" : "http";
        else if (url.scheme.n)
                return bw_error_set(reterr, -EINVAL, "has the scheme \"%.*s\": it takes https://HOST:PORT",
                                    BW_STR_ARG(url.scheme));
        path = url.path;
        while (path.n && path.p[path.n - 1] == '/')
                path.n--;
        if (!url.scheme.n && path.n)
                return bw_error_set(reterr, -EINVAL, "has a path and no scheme: it takes https://HOST:PORT/PATH");
        *ret = bw_arena_printf(arena, "%s://%.*s%s%.*s%.*s", scheme, BW_STR_ARG(url.host), url.port.n ? ":" : "",
                               BW_STR_ARG(url.port), BW_STR_ARG(path));
        return ret->p ? 0 : bw_arena_error(arena, reterr);
}

int bw_kube_proxy(struct bw_arena *arena, struct bw_str text, struct bw_str *ret, struct bw_error *reterr)
{
        static const char *const schemes[] = {"http", "https", "socks5"};
        struct url url;
        bool known = false;

        if (!split_url(text, &url) || url.scheme.n == 0)
                return bw_error_set(reterr, -EINVAL,
                                    "is no address of a proxy: it takes http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT");
        for (size_t i = 0; i < BW_ARRAY_SIZE(schemes); i++)
                known |= is_scheme(url.scheme, schemes[i]);
        if (!known)
                return bw_error_set(reterr, -EINVAL, "has the scheme \"%.*s\": proxies are http, https or socks5",
                                    BW_STR_ARG(url.scheme));
        *ret = bw_arena_str(arena, text);
        return ret->p ? 0 : bw_arena_error(arena, reterr);
}

/* ---- paths */

/* The parts of path onto to, which has room; "." and ".." are resolved. first: what may not be gone above. */
static size_t add_parts(char *to, size_t n, size_t first, bool absolute, struct bw_str path)
{
        struct bw_str part;

        while (bw_str_split(&path, '/', &part)) {
                size_t back = n;

                if (part.n == 0 || bw_str_is(part, "."))
                        continue;
                while (back > first && to[back - 1] != '/')
                        back--;
                if (!bw_str_is(part, "..")) {
                        if (n > first)
                                to[n++] = '/';
                        memcpy(to + n, part.p, part.n);
                        n += part.n;
                } else if (n > first && !bw_str_is(bw_str_n(to + back, n - back), "..")) {
                        n = back > first ? back - 1 : first;
                } else if (!absolute) {
                        memcpy(to + n, "/..", 3);
                        if (n == first)
                                memcpy(to + n, "..", 2);
                        n += n > first ? 3 : 2;
                }
        }
        return n;
}

struct bw_str bw_kube_path(struct bw_arena *arena, struct bw_str file, struct bw_str path)
{
        size_t folder = file.n;
        bool absolute = file.n && file.p[0] == '/';
        size_t n = absolute;
        char *to;

        if (path.n && path.p[0] == '/')
                return bw_arena_str(arena, path);
        to = bw_arena_alloc(arena, file.n + path.n + 4);
        if (!to)
                return (struct bw_str){0};
        while (folder && file.p[folder - 1] != '/')
                folder--;
        to[0] = '/';
        n = add_parts(to, n, absolute, absolute, bw_str_n(file.p, folder));
        n = add_parts(to, n, absolute, absolute, path);
        to[n] = '\0';
        return bw_str_n(to, n);
}
