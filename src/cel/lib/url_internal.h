/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url_internal: URLs in parts, read as Go's net/url reads them.
 * Ownership: parts borrow from the parsed text or live in the arena. Threads: pure functions.
 * Source: RFC 3986; Go 1.23 net/url (Parse, ParseRequestURI, Query, String).
 */
#ifndef BW_CEL_LIB_URL_INTERNAL_H
#define BW_CEL_LIB_URL_INTERNAL_H

#include "value/value.h"

struct bw_url {
        struct bw_opaque base;
        struct bw_str scheme;   /* in lower case */
        struct bw_str opaque;   /* what follows the scheme when that is no path: mailto:a@b.c */
        struct bw_str user;     /* still escaped */
        struct bw_str host;     /* unescaped, with its port */
        struct bw_str path;     /* still escaped */
        struct bw_str query;    /* still escaped, without the question mark */
        struct bw_str fragment; /* still escaped, without the hash */
        bool has_user;
        bool has_query; /* a question mark */
        bool omit_host; /* "file:/path": no slashes stand for a missing host */
};

/* What is wrong with a text: Go's words, around the part of the text that they quote, if any. */
struct bw_url_problem {
        const char *text;
        struct bw_str detail;
        const char *tail;
};

enum bw_url_part { BW_URL_PATH, BW_URL_USER, BW_URL_HOST, BW_URL_ZONE, BW_URL_QUERY, BW_URL_FRAGMENT };

/* True if the text is a URL with a scheme, or an absolute path. */
bool bw_url_is_request(struct bw_str text, struct bw_url_problem *ret_why);
/* -EINVAL with the problem; -ENOMEM. */
BW_CHECK int bw_url_parse(struct bw_arena *arena, struct bw_str text, struct bw_url *ret,
                          struct bw_url_problem *ret_why);
void bw_url_split_port(struct bw_str host, struct bw_str *ret_name, struct bw_str *ret_port);
/* The part without its escapes; false if one is malformed. What is then no UTF-8 becomes U+FFFD. */
bool bw_url_unescape(struct bw_str s, enum bw_url_part part, struct bw_buf *out);
void bw_url_put_path(const struct bw_url *url, struct bw_buf *out);
void bw_url_put(const struct bw_url *url, struct bw_buf *out);

#endif
