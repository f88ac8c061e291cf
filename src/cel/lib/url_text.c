/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "cel/lib/url_internal.h"

/* ---- escapes ---- */

#define IN(part) (1u << BW_URL_##part)

/* The characters beside letters and digits that stand as they are, and where. */
static bool is_plain(char c, enum bw_url_part part)
{
        static const struct {
                const char *chars;
                unsigned parts;
        } rows[] = {
                {"-_.~", IN(PATH) | IN(USER) | IN(HOST) | IN(ZONE) | IN(QUERY) | IN(FRAGMENT)},
                {"!$&'()*+,;=:[]<>\"", IN(HOST) | IN(ZONE)},
                {"$&+,;=", IN(PATH) | IN(USER) | IN(FRAGMENT)},
                {"/:@", IN(PATH) | IN(FRAGMENT)},
                {"?!()*", IN(FRAGMENT)},
        };

        if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
                return true;
        for (size_t i = 0; c != '\0' && i < BW_ARRAY_SIZE(rows); i++)
                if (rows[i].parts >> part & 1 && strchr(rows[i].chars, c))
                        return true;
        return false;
}

static int hex(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
                return (c | 0x20) - 'a' + 10;
        return -1;
}

/* The byte of the escape at the start of s, or -1. */
static int escaped(struct bw_str s)
{
        if (s.n < 3 || hex(s.p[1]) < 0 || hex(s.p[2]) < 0)
                return -1;
        return hex(s.p[1]) << 4 | hex(s.p[2]);
}

static bool problem(struct bw_url_problem *ret, const char *text)
{
        *ret = (struct bw_url_problem){.text = text};
        return false;
}

static bool problem_at(struct bw_url_problem *ret, const char *text, struct bw_str detail, const char *tail)
{
        *ret = (struct bw_url_problem){.text = text, .detail = detail, .tail = tail};
        return false;
}

/* The byte of an escape may stand in this part of a URL. */
static bool is_allowed(int byte, enum bw_url_part part)
{
        /* A host escapes only what is not ASCII, and the percent sign before a zone. */
        if (part == BW_URL_HOST)
                return byte >= 0x80 || byte == '%';
        if (part == BW_URL_ZONE)
                return byte == '%' || byte == ' ' || is_plain((char)byte, BW_URL_HOST);
        return true;
}

/* True if all escapes are well formed and, in a host, all characters are allowed there. */
static bool is_well_formed(struct bw_str s, enum bw_url_part part, struct bw_url_problem *ret_why)
{
        for (size_t i = 0; i < s.n; i++) {
                int byte;

                if (s.p[i] != '%') {
                        if ((part == BW_URL_HOST || part == BW_URL_ZONE) && (unsigned char)s.p[i] < 0x80 &&
                            !is_plain(s.p[i], part))
                                return problem_at(ret_why, "invalid character ", bw_str_n(s.p + i, 1), " in host name");
                        continue;
                }
                byte = escaped(bw_str_n(s.p + i, s.n - i));
                if (byte < 0 || !is_allowed(byte, part))
                        return problem_at(ret_why, "invalid URL escape ", bw_str_n(s.p + i, BW_MIN(s.n - i, (size_t)3)),
                                          "");
                i += 2;
        }
        return true;
}

static void put_valid(struct bw_buf *out, struct bw_str s)
{
        while (s.n > 0) {
                uint32_t rune;
                size_t len = bw_utf8_decode(s, &rune);
                char text[4];

                bw_buf_put(out, text, bw_utf8_encode(rune, text));
                s = bw_str_n(s.p + len, s.n - len);
        }
}

static void unescape(struct bw_str s, enum bw_url_part part, struct bw_buf *out)
{
        for (size_t i = 0; i < s.n; i++) {
                if (s.p[i] == '%') {
                        bw_buf_char(out, (char)escaped(bw_str_n(s.p + i, s.n - i)));
                        i += 2;
                } else {
                        bw_buf_char(out, s.p[i] == '+' && part == BW_URL_QUERY ? ' ' : s.p[i]);
                }
        }
}

bool bw_url_unescape(struct bw_str s, enum bw_url_part part, struct bw_buf *out)
{
        bw_auto_done(bw_buf_done) struct bw_buf raw = {0};
        struct bw_url_problem why;

        if (!is_well_formed(s, part, &why))
                return false;
        if (!memchr(s.p, '%', s.n) && part != BW_URL_QUERY) {
                bw_buf_str(out, s);
                return true;
        }
        unescape(s, part, &raw);
        if (bw_buf_status(&raw) < 0)
                out->status = raw.status;
        if (bw_utf8_valid(bw_buf_view(&raw)))
                bw_buf_str(out, bw_buf_view(&raw));
        else
                put_valid(out, bw_buf_view(&raw));
        return true;
}

static void put_escaped(struct bw_str s, enum bw_url_part part, struct bw_buf *out)
{
        for (size_t i = 0; i < s.n; i++) {
                if (is_plain(s.p[i], part))
                        bw_buf_char(out, s.p[i]);
                else
                        bw_buf_printf(out, "%%%02X", (unsigned)(unsigned char)s.p[i]);
        }
}

/* As it was written if that is a valid spelling, else spelt anew. */
static void put_spelt(struct bw_str s, enum bw_url_part part, struct bw_buf *out)
{
        bw_auto_done(bw_buf_done) struct bw_buf raw = {0};
        bool valid = true;

        for (size_t i = 0; i < s.n && valid; i++)
                valid = is_plain(s.p[i], part) || (s.p[i] != '\0' && strchr("!$&'()*+,;=:@[]%", s.p[i]));
        if (valid) {
                bw_buf_str(out, s);
                return;
        }
        unescape(s, part, &raw);
        if (bw_buf_status(&raw) < 0)
                out->status = raw.status;
        put_escaped(bw_buf_view(&raw), part, out);
}

/* ---- parsing ---- */

static bool cut(struct bw_str s, char at, struct bw_str *ret_before, struct bw_str *ret_after)
{
        const char *p = s.n > 0 ? memchr(s.p, at, s.n) : NULL;

        if (!p)
                return false;
        *ret_before = bw_str_n(s.p, (size_t)(p - s.p));
        *ret_after = bw_str_n(p + 1, s.n - ret_before->n - 1);
        return true;
}

/* The length of the scheme before a colon; 0: none; SIZE_MAX: a colon without one. */
static size_t scheme_length(struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];

                if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
                        continue;
                if (c == ':')
                        return i > 0 ? i : SIZE_MAX;
                if (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'))
                        return 0;
        }
        return 0;
}

/* "" or a colon and any number of digits. */
static bool is_port(struct bw_str s)
{
        if (s.n > 0 && s.p[0] != ':')
                return false;
        for (size_t i = 1; i < s.n; i++)
                if (s.p[i] < '0' || s.p[i] > '9')
                        return false;
        return true;
}

static struct bw_str from(struct bw_str s, const char *p)
{
        return bw_str_n(p, (size_t)(s.p + s.n - p));
}

static bool check_port(struct bw_str port, struct bw_url_problem *ret_why)
{
        return is_port(port) || problem_at(ret_why, "invalid port ", port, " after host");
}

static bool check_host(struct bw_str host, struct bw_url_problem *ret_why)
{
        const char *end;
        size_t zone;

        if (host.n == 0 || host.p[0] != '[') {
                const char *colon = host.n > 0 ? memrchr(host.p, ':', host.n) : NULL;

                return (!colon || check_port(from(host, colon), ret_why)) && is_well_formed(host, BW_URL_HOST, ret_why);
        }
        end = memrchr(host.p, ']', host.n);
        if (!end)
                return problem(ret_why, "missing ']' in host");
        if (!check_port(from(host, end + 1), ret_why))
                return false;
        zone = bw_str_find(bw_str_n(host.p, (size_t)(end - host.p)), BW_STR("%25"));
        if (zone == SIZE_MAX)
                return is_well_formed(host, BW_URL_HOST, ret_why);
        return is_well_formed(bw_str_n(host.p, zone), BW_URL_HOST, ret_why) &&
               is_well_formed(bw_str_n(host.p + zone, (size_t)(end - host.p) - zone), BW_URL_ZONE, ret_why) &&
               is_well_formed(from(host, end), BW_URL_HOST, ret_why);
}

static bool check_authority(struct bw_str authority, struct bw_url *url, struct bw_url_problem *ret_why)
{
        const char *at = authority.n > 0 ? memrchr(authority.p, '@', authority.n) : NULL;

        url->host = authority;
        if (at) {
                url->has_user = true;
                url->user = bw_str_n(authority.p, (size_t)(at - authority.p));
                url->host = from(authority, at + 1);
        }
        if (!check_host(url->host, ret_why))
                return false;
        for (size_t i = 0; i < url->user.n; i++)
                if (!is_plain(url->user.p[i], BW_URL_USER) && !memchr(":!'()*%@", url->user.p[i], 8))
                        return problem(ret_why, "net/url: invalid userinfo");
        return is_well_formed(url->user, BW_URL_USER, ret_why);
}

/* "//host/path": the host goes to the URL, the path stays. */
static bool take_authority(struct bw_str *rest, struct bw_url *url, struct bw_url_problem *ret_why)
{
        struct bw_str authority = bw_str_n(rest->p + 2, rest->n - 2);
        const char *slash = authority.n > 0 ? memchr(authority.p, '/', authority.n) : NULL;

        *rest = from(authority, slash ? slash : authority.p + authority.n);
        authority.n -= rest->n;
        return check_authority(authority, url, ret_why);
}

/* A path that does not begin with a slash: opaque after a scheme, else allowed only outside of requests. */
static bool check_relative(struct bw_str rest, bool request, struct bw_url *url, struct bw_url_problem *ret_why)
{
        struct bw_str first = rest;
        struct bw_str after;

        if (url->scheme.n > 0) {
                url->opaque = rest;
                return true;
        }
        if (request)
                return problem(ret_why, "invalid URI for request");
        (void)cut(rest, '/', &first, &after);
        if (first.n > 0 && memchr(first.p, ':', first.n))
                return problem(ret_why, "first path segment in URL cannot contain colon");
        return true;
}

static bool has_control(struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++)
                if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
                        return true;
        return false;
}

/* Parts of the text, the host still escaped. request: as the target of a request, which has no fragment. */
static bool parse(struct bw_str text, bool request, struct bw_url *url, struct bw_url_problem *ret_why)
{
        struct bw_str rest = text;
        struct bw_str before;
        size_t scheme = scheme_length(text);

        if (has_control(text))
                return problem(ret_why, "net/url: invalid control character in URL");
        if (text.n == 0 && request)
                return problem(ret_why, "empty url");
        if (bw_str_is(text, "*")) {
                url->path = text;
                return true;
        }
        if (scheme == SIZE_MAX)
                return problem(ret_why, "missing protocol scheme");
        if (scheme > 0) {
                url->scheme = bw_str_n(text.p, scheme);
                rest = bw_str_n(text.p + scheme + 1, text.n - scheme - 1);
        }
        if (cut(rest, '?', &before, &url->query)) {
                url->has_query = true;
                rest = before;
        }
        if (rest.n == 0 || rest.p[0] != '/') {
                if (!check_relative(rest, request, url, ret_why))
                        return false;
                if (scheme > 0)
                        return true;
        }
        if (bw_str_starts(rest, BW_STR("//")) && (scheme > 0 || (!request && !bw_str_starts(rest, BW_STR("///"))))) {
                if (!take_authority(&rest, url, ret_why))
                        return false;
        } else if (scheme > 0) {
                url->omit_host = true;
        }
        url->path = rest;
        return is_well_formed(rest, BW_URL_PATH, ret_why);
}

bool bw_url_is_request(struct bw_str text, struct bw_url_problem *ret_why)
{
        struct bw_url url = {0};

        return parse(text, true, &url, ret_why);
}

static int store(struct bw_arena *arena, struct bw_buf *buf, struct bw_str *ret)
{
        struct bw_str copy = {0};

        if (bw_buf_status(buf) == 0)
                copy = bw_arena_str(arena, bw_buf_view(buf));
        bw_buf_done(buf);
        if (!copy.p)
                return -ENOMEM;
        *ret = copy;
        return 0;
}

int bw_url_parse(struct bw_arena *arena, struct bw_str text, struct bw_url *ret, struct bw_url_problem *ret_why)
{
        struct bw_url url = {0};
        struct bw_buf buf = {0};
        struct bw_str before;

        if (!bw_url_is_request(text, ret_why))
                return -EINVAL;
        if (cut(text, '#', &before, &url.fragment))
                text = before;
        if (!parse(text, false, &url, ret_why) || !is_well_formed(url.fragment, BW_URL_FRAGMENT, ret_why))
                return -EINVAL;
        for (size_t i = 0; i < url.scheme.n; i++) {
                char c = url.scheme.p[i];

                bw_buf_char(&buf, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
        }
        if (store(arena, &buf, &url.scheme) < 0)
                return -ENOMEM;
        /* The zone of an address, checked before, may hold escapes that no other host has. */
        if (url.host.n > 0 && memchr(url.host.p, '%', url.host.n)) {
                (void)bw_url_unescape(url.host, BW_URL_PATH, &buf);
                if (store(arena, &buf, &url.host) < 0)
                        return -ENOMEM;
        }
        *ret = url;
        return 0;
}

void bw_url_split_port(struct bw_str host, struct bw_str *ret_name, struct bw_str *ret_port)
{
        const char *colon = host.n > 0 ? memrchr(host.p, ':', host.n) : NULL;
        struct bw_str name = host;

        *ret_port = (struct bw_str){.p = ""};
        if (colon && is_port(bw_str_n(colon, (size_t)(host.p + host.n - colon)))) {
                name = bw_str_n(host.p, (size_t)(colon - host.p));
                *ret_port = bw_str_n(colon + 1, host.n - name.n - 1);
        }
        if (name.n >= 2 && name.p[0] == '[' && name.p[name.n - 1] == ']')
                name = bw_str_n(name.p + 1, name.n - 2);
        *ret_name = name;
}

/* ---- text ---- */

void bw_url_put_path(const struct bw_url *url, struct bw_buf *out)
{
        put_spelt(url->path, BW_URL_PATH, out);
}

static void put_user(struct bw_str user, struct bw_buf *out)
{
        bw_auto_done(bw_buf_done) struct bw_buf raw = {0};
        struct bw_str name = user;
        struct bw_str password;
        bool has_password = cut(user, ':', &name, &password);

        unescape(name, BW_URL_USER, &raw);
        put_escaped(bw_buf_view(&raw), BW_URL_USER, out);
        if (has_password) {
                bw_buf_char(out, ':');
                bw_buf_clear(&raw);
                unescape(password, BW_URL_USER, &raw);
                put_escaped(bw_buf_view(&raw), BW_URL_USER, out);
        }
        if (bw_buf_status(&raw) < 0)
                out->status = raw.status;
}

static void put_hierarchy(const struct bw_url *url, struct bw_buf *out)
{
        bool starts = out->n == 0;

        if ((url->scheme.n > 0 || url->host.n > 0 || url->has_user) &&
            !(url->omit_host && url->host.n == 0 && !url->has_user)) {
                if (url->host.n > 0 || url->path.n > 0 || url->has_user)
                        bw_buf_puts(out, "//");
                if (url->has_user) {
                        put_user(url->user, out);
                        bw_buf_char(out, '@');
                }
                put_escaped(url->host, BW_URL_HOST, out);
                starts = starts && out->n == 0;
        }
        if (starts) {
                struct bw_str first = url->path;
                struct bw_str rest;

                (void)cut(url->path, '/', &first, &rest);
                if (first.n > 0 && memchr(first.p, ':', first.n))
                        bw_buf_puts(out, "./");
        }
        bw_url_put_path(url, out);
}

void bw_url_put(const struct bw_url *url, struct bw_buf *out)
{
        if (url->scheme.n > 0) {
                bw_buf_str(out, url->scheme);
                bw_buf_char(out, ':');
        }
        if (url->opaque.n > 0)
                bw_buf_str(out, url->opaque);
        else
                put_hierarchy(url, out);
        if (url->has_query) {
                bw_buf_char(out, '?');
                bw_buf_str(out, url->query);
        }
        if (url->fragment.n > 0) {
                bw_buf_char(out, '#');
                put_spelt(url->fragment, BW_URL_FRAGMENT, out);
        }
}
