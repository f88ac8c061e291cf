/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url: the parts of a server's or a proxy's URL, texts inside of one, and which proxy the environment names for a server.
 * Ownership: parts borrow from the text. Errors: -EINVAL with what is wrong, never with what stands before an '@'.
 * Threads: pure.
 * Source: RFC 3986; golang.org/x/net/http/httpproxy (which variables count, NO_PROXY's forms, loopback never through a proxy).
 */
#ifndef BW_KUBE_URL_H
#define BW_KUBE_URL_H

#include "base/buf.h"

struct bw_error;

struct bw_kube_url {
        struct bw_str scheme;
        struct bw_str userinfo; /* SECRET; a proxy's */
        struct bw_str host;     /* without the brackets of IPv6 */
        uint16_t port;          /* the scheme's own when none is given */
        struct bw_str path;     /* "" or from a slash on, without a slash at the end */
};
/* Schemes http, https, socks5 and socks5h; no query. Without a scheme: http, as Go reads variables like HTTPS_PROXY. */
BW_CHECK int bw_kube_url_parse(struct bw_str text, struct bw_kube_url *ret, struct bw_error *reterr);
/* "host:port", with brackets where they are needed; with the port always or only when it is not the scheme's own. */
void bw_kube_url_authority(struct bw_buf *to, const struct bw_kube_url *url, bool with_port);
/* A name that a certificate can be for, or an address: nothing that changes the meaning of a URL. */
bool bw_kube_is_host(struct bw_str host);
/* What is no letter, digit, '-', '.', '_' or '~' becomes %XX. */
void bw_kube_url_escape(struct bw_buf *to, struct bw_str text);

/* The proxy's URL that HTTPS_PROXY (or HTTP_PROXY) and NO_PROXY give for the server; empty: none. It is the environment's text. */
struct bw_str bw_kube_env_proxy(const struct bw_kube_url *server, const char *(*getenv)(const char *name));

#endif
