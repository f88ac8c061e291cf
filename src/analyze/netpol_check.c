/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/netpol_check_internal.h"

/* ---- paths */

BW_PRINTF(2, 3) static size_t extend(struct net_path *path, const char *fmt, ...)
{
        size_t before = path->n;
        va_list ap;
        int n;

        va_start(ap, fmt);
        n = vsnprintf(path->text + path->n, sizeof(path->text) - path->n, fmt, ap);
        va_end(ap);
        if (n > 0)
                path->n = BW_MIN(path->n + (size_t)n, sizeof(path->text) - 1);
        return before;
}

size_t net_path_in(struct net_path *path, const char *name)
{
        return extend(path, "%s%s", path->n ? "." : "", name);
}

size_t net_path_at(struct net_path *path, uint32_t index)
{
        return extend(path, "[%u]", index);
}

void net_path_back(struct net_path *path, size_t n)
{
        path->n = n;
        path->text[n] = '\0';
}

/* ---- types */

static const char *type_name(enum bw_type type)
{
        return type == BW_MAP    ? "an object"
               : type == BW_LIST ? "a list"
               : type == BW_INT  ? "a whole number"
               : type == BW_BOOL ? "true or false"
                                 : "a text";
}

bool net_check_type(struct net_builder *b, const struct net_path *path, struct bw_value v, enum bw_type type)
{
        if (v.type == type || v.type == BW_ABSENT || v.type == BW_NULL)
                return true;
        net_problem(b, true, path->text, "must be %s", type_name(type));
        return false;
}

struct bw_value net_check_list(struct net_builder *b, struct net_path *path, struct bw_value map, const char *field, enum bw_type type)
{
        struct bw_value list = bw_map_get(map, bw_str(field));
        size_t here = net_path_in(path, field);
        bool ok = net_check_type(b, path, list, BW_LIST);

        for (uint32_t i = 0; ok && list.type == BW_LIST && i < list.n; i++) {
                size_t back = net_path_at(path, i);

                (void)net_check_type(b, path, list.list->items[i], type);
                net_path_back(path, back);
        }
        net_path_back(path, here);
        return ok && list.type == BW_LIST ? list : (struct bw_value){.type = BW_LIST};
}

/* ---- labels */

static bool is_alnum(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Letters and digits at both ends; dashes, underscores and points between them. */
static bool is_name_part(struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++)
                if (!is_alnum(s.p[i]) && (i == 0 || i + 1 == s.n || (s.p[i] != '-' && s.p[i] != '_' && s.p[i] != '.')))
                        return false;
        return s.n > 0;
}

static bool is_subdomain(struct bw_str s)
{
        char last = '.';

        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];
                bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

                if (!plain && !(c == '-' && last != '.') && !(c == '.' && last != '.' && last != '-'))
                        return false;
                last = c;
        }
        return s.n > 0 && s.n <= 253 && last != '.' && last != '-';
}

static void check_key(struct net_builder *b, const struct net_path *path, struct bw_str key)
{
        size_t slash = bw_str_find(key, BW_STR("/"));
        struct bw_str name = slash == SIZE_MAX ? key : bw_str_rest(key, slash + 1);

        if (slash != SIZE_MAX && !is_subdomain(bw_str_n(key.p, slash)))
                net_problem(b, true, path->text, "\"%.*s\" is no label key: the part before the slash must be a DNS subdomain",
                            BW_STR_ARG(key));
        else if (name.n > 63 || !is_name_part(name))
                net_problem(b, true, path->text,
                            "\"%.*s\" is no label key: a name has at most 63 letters, digits, '-', '_' and '.', and begins and ends "
                            "with a letter or digit",
                            BW_STR_ARG(key));
}

static void check_value(struct net_builder *b, const struct net_path *path, struct bw_str value)
{
        if (value.n && (value.n > 63 || !is_name_part(value)))
                net_problem(b, true, path->text,
                            "\"%.*s\" is no label value: it has at most 63 letters, digits, '-', '_' and '.', and begins and ends "
                            "with a letter or digit",
                            BW_STR_ARG(value));
}

static void check_match_labels(struct net_builder *b, struct net_path *path, struct bw_value labels, bool strict)
{
        if (!net_check_type(b, path, labels, BW_MAP) || labels.type != BW_MAP)
                return;
        for (uint32_t i = 0; i < labels.n; i++) {
                const struct bw_entry *e = &labels.map->entries[i];

                if (e->value.type != BW_STRING && e->value.type != BW_NULL)
                        net_problem(b, true, path->text, "the value of %.*s must be a text", BW_STR_ARG(bw_value_text(e->key)));
                else if (strict)
                        check_value(b, path, e->value.type == BW_STRING ? bw_value_text(e->value) : BW_STR(""));
                if (strict)
                        check_key(b, path, bw_value_text(e->key));
        }
}

static void check_requirement(struct net_builder *b, struct net_path *path, struct bw_value e, bool strict)
{
        struct bw_str op = bw_map_text(e, "operator");
        struct bw_value values = net_check_list(b, path, e, "values", BW_STRING);
        bool in = bw_str_is(op, "In") || bw_str_is(op, "NotIn");
        size_t here;

        if (!in && !bw_str_is(op, "Exists") && !bw_str_is(op, "DoesNotExist"))
                net_problem(b, true, path->text, "operator \"%.*s\" is none of In, NotIn, Exists, DoesNotExist", BW_STR_ARG(op));
        else if (in != (values.n > 0))
                net_problem(b, true, path->text, in ? "In and NotIn need values" : "Exists and DoesNotExist take no values");
        here = net_path_in(path, "key");
        if (bw_map_text(e, "key").n == 0 || strict)
                check_key(b, path, bw_map_text(e, "key"));
        net_path_back(path, here);
        for (uint32_t i = 0; strict && i < values.n; i++)
                if (values.list->items[i].type == BW_STRING)
                        check_value(b, path, bw_value_text(values.list->items[i]));
}

void net_check_selector(struct net_builder *b, struct net_path *path, struct bw_value selector, bool strict)
{
        struct bw_value requirements;
        size_t here;

        if (!net_check_type(b, path, selector, BW_MAP) || selector.type != BW_MAP)
                return;
        here = net_path_in(path, "matchLabels");
        check_match_labels(b, path, bw_map_get(selector, BW_STR("matchLabels")), strict);
        net_path_back(path, here);
        requirements = net_check_list(b, path, selector, "matchExpressions", BW_MAP);
        here = net_path_in(path, "matchExpressions");
        for (uint32_t i = 0; i < requirements.n; i++) {
                size_t back = net_path_at(path, i);

                check_requirement(b, path, requirements.list->items[i], strict);
                net_path_back(path, back);
        }
        net_path_back(path, here);
}

/* ---- addresses and ports */

void net_check_cidr(struct net_builder *b, const struct net_path *path, struct bw_value text, struct net_ip_range *ret, unsigned *ret_bits)
{
        if (text.type != BW_STRING || !net_cidr_parse(bw_value_text(text), false, ret, ret_bits))
                net_problem(b, true, path->text, "must be a valid CIDR, such as 10.9.8.0/24 or 2001:db8::/64");
}

void net_check_port_number(struct net_builder *b, const struct net_path *path, struct bw_value port)
{
        if (port.type != BW_INT || port.i < 1 || port.i > UINT16_MAX)
                net_problem(b, true, path->text, "must be between 1 and 65535");
}
