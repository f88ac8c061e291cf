/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, paths and names in a kubeconfig: what they may be, and in one form. */
#include "base/arena.h"
#include "base/error.h"
#include "kube/config_internal.h"
#include "kube/url.h"

bool bw_kube_is_header_text(struct bw_str text)
{
        for (size_t i = 0; i < text.n; i++)
                if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f)
                        return false;
        return true;
}

/* ---- URLs */

/* The text with a scheme in small letters, and without query and fragment. */
static int normal_form(struct bw_arena *arena, struct bw_str text, const char *scheme, struct bw_str *ret, struct bw_error *reterr)
{
        size_t at;
        char *to;
        int n;

        if (text.n && memchr(text.p, 0, text.n))
                return bw_error_set(reterr, -EINVAL, "the URL has a zero byte in it");
        /* First of all: what stands behind one of these is no scheme. */
        for (size_t i = 0; i < text.n; i++)
                if (text.p[i] == '?' || text.p[i] == '#')
                        text.n = i;
        at = bw_str_find(text, BW_STR("://"));
        to = bw_arena_alloc(arena, text.n + 16);
        if (!to)
                return bw_arena_error(arena, reterr);
        n = snprintf(to, text.n + 16, "%s%s%.*s", at == SIZE_MAX ? scheme : "", at == SIZE_MAX ? "://" : "", BW_STR_ARG(text));
        for (size_t i = 0; at != SIZE_MAX && i < at; i++)
                if (to[i] >= 'A' && to[i] <= 'Z')
                        to[i] |= 0x20;
        *ret = bw_str_n(to, (size_t)n);
        return 0;
}

static struct bw_str authority_of(struct bw_str text)
{
        struct bw_str rest = bw_str_rest(text, bw_str_find(text, BW_STR("://")) + 3);
        struct bw_str authority = rest;

        (void)bw_str_split(&rest, '/', &authority);
        return authority;
}

int bw_kube_server(struct bw_arena *arena, struct bw_str text, bool is_tls, struct bw_str *ret, struct bw_error *reterr)
{
        struct bw_kube_url url;
        struct bw_str normal;
        struct bw_str authority;
        int r = normal_form(arena, text, is_tls ? "https" : "http", &normal, reterr);

        if (r == 0)
                r = bw_kube_url_parse(normal, &url, reterr);
        if (r < 0)
                return r;
        authority = authority_of(normal);
        /* Nothing of it is quoted: a password may stand there. */
        if (memchr(authority.p, '@', authority.n))
                return bw_error_set(reterr, -ENOTSUP,
                                    "the URL has a user in it: that is basic authentication, which Kubernetes no longer has (since 1.19)");
        if (!bw_str_is(url.scheme, "https") && !bw_str_is(url.scheme, "http"))
                return bw_error_set(reterr, -EINVAL, "the URL's scheme is \"%.*s\": https://HOST:PORT is wanted",
                                    BW_STR_ARG(url.scheme));
        while (normal.p[normal.n - 1] == '/')
                normal.n--;
        *ret = normal;
        return 0;
}

int bw_kube_proxy(struct bw_arena *arena, struct bw_str text, struct bw_str *ret, struct bw_error *reterr)
{
        struct bw_kube_url url;
        struct bw_str normal;
        int r = normal_form(arena, text, "http", &normal, reterr);

        if (r == 0 && bw_str_find(text, BW_STR("://")) == SIZE_MAX)
                r = bw_error_set(reterr, -EINVAL, "the URL has no scheme: http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT is "
                                                  "wanted");
        if (r == 0)
                r = bw_kube_url_parse(normal, &url, reterr);
        if (r == 0)
                *ret = normal;
        return r;
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
