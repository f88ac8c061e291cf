/* SPDX-License-Identifier: Apache-2.0 */
/*
 * URLs.
 * Source: k8s.io/apiserver pkg/cel/library/urls.go.
 */
#include "cel/lib/lib_internal.h"
#include "cel/lib/url_internal.h"

static bool url_eq(const struct bw_opaque *a, const struct bw_opaque *b)
{
        bw_auto_done(bw_buf_done) struct bw_buf x = {0};
        bw_auto_done(bw_buf_done) struct bw_buf y = {0};

        bw_url_put((const struct bw_url *)a, &x);
        bw_url_put((const struct bw_url *)b, &y);
        return bw_buf_status(&x) == 0 && bw_buf_status(&y) == 0 && bw_str_eq(bw_buf_view(&x), bw_buf_view(&y));
}

static void url_format(const struct bw_opaque *o, struct bw_buf *out)
{
        bw_url_put((const struct bw_url *)o, out);
}

static const struct bw_opaque_class url_class = {.name = "kubernetes.URL", .eq = url_eq, .format = url_format};

static const struct bw_url *as_url(struct bw_value v)
{
        return bw_lib_object(v, &url_class);
}

static struct bw_value url_of_string(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_url *url = bw_arena_alloc(call->arena, sizeof(*url));
        struct bw_url_problem why;
        int r;

        (void)n;
        if (!url)
                return bw_cel_no_memory();
        r = bw_url_parse(call->arena, bw_lib_text(args[0]), url, &why);
        if (r == -ENOMEM)
                return bw_cel_no_memory();
        if (r < 0)
                return bw_cel_error(call, "URL parse error during conversion from string: %s%s", why.text,
                                    why.tail ? why.tail : "");
        url->base.cls = &url_class;
        return bw_lib_opaque(url);
}

static struct bw_value is_url(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_url_problem why;

        (void)call;
        (void)n;
        return bw_value_bool(bw_url_is_request(bw_lib_text(args[0]), &why));
}

static struct bw_value text(struct bw_str s)
{
        return bw_value_str(s.n > 0 ? s : BW_STR(""));
}

static struct bw_value get_scheme(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_url *url = as_url(args[0]);

        (void)call;
        (void)n;
        return url ? text(url->scheme) : bw_cel_no_overload();
}

static struct bw_value get_host(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_url *url = as_url(args[0]);

        (void)call;
        (void)n;
        return url ? text(url->host) : bw_cel_no_overload();
}

static struct bw_value get_hostname(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_url *url = as_url(args[0]);
        struct bw_str name;
        struct bw_str port;

        (void)call;
        (void)n;
        if (!url)
                return bw_cel_no_overload();
        bw_url_split_port(url->host, &name, &port);
        return text(name);
}

static struct bw_value get_port(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_url *url = as_url(args[0]);
        struct bw_str name;
        struct bw_str port;

        (void)call;
        (void)n;
        if (!url)
                return bw_cel_no_overload();
        bw_url_split_port(url->host, &name, &port);
        return text(port);
}

static struct bw_value get_escaped_path(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_url *url = as_url(args[0]);
        struct bw_buf out = {.ceiling = BW_LIMIT_CEL_ARENA};

        (void)n;
        if (!url)
                return bw_cel_no_overload();
        bw_url_put_path(url, &out);
        return bw_lib_from_buf(call, &out);
}

/* ---- the query as a map ---- */

struct pair {
        struct bw_value key;
        struct bw_value value;
        uint32_t entry; /* of the map */
};

static struct bw_value unescaped(const struct bw_cel_call *call, struct bw_str s)
{
        struct bw_buf out = {.ceiling = BW_LIMIT_CEL_ARENA};

        if (bw_url_unescape(s, BW_URL_QUERY, &out))
                return bw_lib_from_buf(call, &out);
        bw_buf_done(&out);
        return (struct bw_value){0};
}

/* Pairs with a bad escape or a semicolon are left out, as in Go. 0, -ENOMEM. */
static int read_pairs(const struct bw_cel_call *call, struct bw_str query, struct pair *pairs, uint32_t *ret_n)
{
        struct bw_str item;
        uint32_t n = 0;

        while (bw_str_split(&query, '&', &item)) {
                struct bw_str value = item;
                struct bw_str key;

                if (item.n == 0 || memchr(item.p, ';', item.n))
                        continue;
                (void)bw_str_split(&value, '=', &key);
                pairs[n].key = unescaped(call, key);
                pairs[n].value = unescaped(call, value.p ? value : BW_STR(""));
                if (bw_cel_is_no_memory(pairs[n].key) || bw_cel_is_no_memory(pairs[n].value))
                        return -ENOMEM;
                if (pairs[n].key.type == BW_STRING && pairs[n].value.type == BW_STRING)
                        n++;
        }
        *ret_n = n;
        return 0;
}

static int by_key(const void *a, const void *b)
{
        const struct pair *x = a;
        const struct pair *y = b;
        int order = bw_str_cmp(bw_value_text(x->key), bw_value_text(y->key));

        return order != 0 ? order : (x->entry > y->entry) - (x->entry < y->entry);
}

/* Pairs of one key stand together, in the order of the query. */
static struct bw_value make_map(const struct bw_cel_call *call, struct pair *pairs, uint32_t n)
{
        struct bw_map *map;
        uint32_t entries = 0;

        for (uint32_t i = 0; i < n; i++)
                pairs[i].entry = i;
        if (n > 1)
                qsort(pairs, n, sizeof(*pairs), by_key);
        map = bw_map_new(call->arena, n);
        if (!map)
                return bw_cel_no_memory();
        for (uint32_t i = 0; i < n;) {
                struct bw_list *list;
                struct bw_value values;
                uint32_t end = i;

                while (end < n && bw_str_eq(bw_value_text(pairs[end].key), bw_value_text(pairs[i].key)))
                        end++;
                values = bw_lib_list(call, end - i, &list);
                if (values.type == BW_ERROR)
                        return values;
                for (uint32_t j = i; j < end; j++)
                        list->items[j - i] = pairs[j].value;
                map->entries[entries++] = (struct bw_entry){.key = pairs[i].key, .value = values};
                i = end;
        }
        if (bw_map_seal(call->arena, map, entries) < 0)
                return bw_cel_no_memory();
        return bw_value_map(map, entries);
}

static struct bw_value get_query(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_url *url = as_url(args[0]);
        struct pair *pairs;
        size_t most = 1;
        uint32_t found = 0;

        (void)n;
        if (!url)
                return bw_cel_no_overload();
        for (size_t i = 0; i < url->query.n; i++)
                most += url->query.p[i] == '&';
        pairs = bw_arena_array(call->arena, most, sizeof(*pairs));
        if (!pairs || read_pairs(call, url->query, pairs, &found) < 0)
                return bw_cel_no_memory();
        return make_map(call, pairs, found);
}

#define URL "kubernetes.URL"

static const struct bw_cel_overload url_overloads[] = {
        {"string_to_url", "url(string) -> " URL, url_of_string, bw_lib_cost_scan},
};
static const struct bw_cel_overload is_url_overloads[] = {
        {"is_url_string", "isURL(string) -> bool", is_url, NULL},
};
static const struct bw_cel_overload scheme_overloads[] = {
        {"url_get_scheme", URL ".getScheme() -> string", get_scheme, NULL},
};
static const struct bw_cel_overload host_overloads[] = {
        {"url_get_host", URL ".getHost() -> string", get_host, NULL},
};
static const struct bw_cel_overload hostname_overloads[] = {
        {"url_get_hostname", URL ".getHostname() -> string", get_hostname, NULL},
};
static const struct bw_cel_overload port_overloads[] = {
        {"url_get_port", URL ".getPort() -> string", get_port, NULL},
};
static const struct bw_cel_overload escaped_path_overloads[] = {
        {"url_get_escaped_path", URL ".getEscapedPath() -> string", get_escaped_path, NULL},
};
static const struct bw_cel_overload query_overloads[] = {
        {"url_get_query", URL ".getQuery() -> map(string, list(string))", get_query, NULL},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("url", url_overloads, "A URL with a scheme, or an absolute path."),
        BW_LIB_FUNCTION("isURL", is_url_overloads, "True if url() would take the text."),
        BW_LIB_FUNCTION("getScheme", scheme_overloads, "The scheme, in lower case; an empty text if absent."),
        BW_LIB_FUNCTION("getHost", host_overloads, "The host with its port."),
        BW_LIB_FUNCTION("getHostname", hostname_overloads, "The host without port and brackets."),
        BW_LIB_FUNCTION("getPort", port_overloads, "The port as text; an empty text if absent."),
        BW_LIB_FUNCTION("getEscapedPath", escaped_path_overloads, "The path, escaped."),
        BW_LIB_FUNCTION("getQuery", query_overloads, "The query's parameters, each with its values."),
};

const struct bw_cel_library bw_cel_lib_url = {
        .name = "url",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
