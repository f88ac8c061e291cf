/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments and environments as they are given on: without what looks like a credential. */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "node/components_internal.h"

/*
 * Flags whose value is a credential. Names as they are written with dashes; a row that begins with a dash is the end of a
 * name. --auth-token (etcd) names a kind of token and a file, --token-auth-file a file.
 * Source: etcd server/etcdmain/help.go; k3s server and agent --help; kubelet and kube-apiserver flags of 1.20 to 1.35.
 */
static const char *const secret_flags[] = {
        "-token", "-password", "-secret", "-secret-key", "-access-key", "-passphrase", "-api-key", "-apikey",
        "-credentials-json", "token", "password", "secret", "datastore-endpoint", "basic-auth",
};
static const char *const plain_flags[] = {"auth-token"};

/* Variables that components read. Everything else of an environment is none of our business. */
static const char *const env_names[] = {"ETCD_*", "KUBE_*", "GODEBUG", "GOFIPS*", "SSL_CERT_*"};
static const char *const secret_env[] = {"TOKEN", "PASSWORD", "SECRET", "ACCESS_KEY", "CREDENTIAL", "PASSPHRASE"};

/* The name of a flag, without dashes, up to "=". */
static struct bw_str flag_name(struct bw_str arg)
{
        struct bw_str name;

        for (int i = 0; i < 2 && arg.n && arg.p[0] == '-'; i++)
                arg = bw_str_rest(arg, 1);
        name = arg;
        for (size_t i = 0; i < arg.n; i++)
                if (arg.p[i] == '=') {
                        name.n = i;
                        break;
                }
        return name;
}

static bool same_name(struct bw_str a, const char *b)
{
        if (a.n != strlen(b))
                return false;
        for (size_t i = 0; i < a.n; i++)
                if ((a.p[i] == '_' ? '-' : a.p[i]) != b[i])
                        return false;
        return true;
}

bool bw_arg_is(struct bw_str arg, const char *name)
{
        return arg.n > 1 && arg.p[0] == '-' && same_name(flag_name(arg), name);
}

bool bw_node_arg_value(const struct bw_component_arg *args, size_t n, const char *name, struct bw_str *ret)
{
        bool found = false;

        for (size_t i = 0; i < n; i++) {
                struct bw_str text = args[i].text;

                if (!bw_arg_is(text, name))
                        continue;
                if (memchr(text.p, '=', text.n)) {
                        bw_str_split(&text, '=', ret);
                        *ret = text;
                        found = true;
                } else if (i + 1 < n) {
                        *ret = args[i + 1].text;
                        found = true;
                }
        }
        return found;
}

static bool is_secret_flag(struct bw_str name)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(plain_flags); i++)
                if (same_name(name, plain_flags[i]))
                        return false;
        for (size_t i = 0; i < BW_ARRAY_SIZE(secret_flags); i++) {
                size_t n = strlen(secret_flags[i]);

                if (secret_flags[i][0] != '-' ? same_name(name, secret_flags[i])
                                              : name.n > n && same_name(bw_str_rest(name, name.n - n), secret_flags[i]))
                        return true;
        }
        return false;
}

/* https://user:password@host: the part before @ is left out. */
static struct bw_str without_password(struct bw_finder *finder, struct bw_str text)
{
        size_t scheme = bw_str_find(text, BW_STR("://"));
        struct bw_str rest = scheme == SIZE_MAX ? (struct bw_str){0} : bw_str_rest(text, scheme + 3);
        size_t end = 0;
        size_t at = SIZE_MAX;

        for (; end < rest.n && !strchr("/, ", rest.p[end]); end++)
                if (rest.p[end] == '@')
                        at = end;
        if (at == SIZE_MAX)
                return text;
        return bw_find_printf(finder, "%.*s%.*s", BW_STR_ARG(bw_str_n(text.p, scheme + 3)), BW_STR_ARG(bw_str_rest(rest, at + 1)));
}

void bw_arg_list_add(struct bw_arg_list *list, struct bw_str text, const struct bw_evidence *where)
{
        bool is_flag = text.n > 1 && text.p[0] == '-';
        struct bw_component_arg *arg;

        if (list->drop_next && !is_flag) {
                list->drop_next = false;
                return;
        }
        list->drop_next = is_flag && is_secret_flag(flag_name(text));
        if (list->drop_next) {
                list->drop_next = !memchr(text.p, '=', text.n);
                return;
        }
        if (list->n == BW_LIMIT_COMMAND_WORDS || list->failed ||
            bw_arena_grow(list->finder->arena, &list->items, &list->cap, list->n, sizeof(list->items[0])) < 0) {
                list->failed = true;
                return;
        }
        arg = &list->items[list->n];
        *arg = (struct bw_component_arg){.text = without_password(list->finder, text)};
        if (where)
                arg->where = *where;
        arg->where.text = arg->text;
        if (!arg->where.type)
                arg->where.type = "flag";
        list->n++;
}

void bw_arg_list_add_word(struct bw_arg_list *list, const struct bw_word *word, const char *type)
{
        struct bw_evidence where = {.type = type, .file = word->file, .line = word->line};

        bw_arg_list_add(list, word->text, &where);
}

static bool has_name(struct bw_str entry, const char *pattern)
{
        size_t n = strlen(pattern);

        if (pattern[n - 1] == '*')
                return bw_str_starts(entry, bw_str_n(pattern, n - 1));
        return bw_str_starts(entry, bw_str(pattern)) && entry.n > n && entry.p[n] == '=';
}

static bool is_wanted_variable(struct bw_str entry)
{
        struct bw_str name = {0};
        struct bw_str rest = entry;
        bool wanted = false;

        bw_str_split(&rest, '=', &name);
        for (size_t i = 0; i < BW_ARRAY_SIZE(env_names); i++)
                wanted |= has_name(entry, env_names[i]);
        for (size_t i = 0; wanted && i < BW_ARRAY_SIZE(secret_env); i++)
                wanted = bw_str_find(name, bw_str(secret_env[i])) == SIZE_MAX || bw_str_is(name, "ETCD_AUTH_TOKEN");
        return wanted;
}

int bw_env_list(struct bw_finder *finder, const struct bw_str *env, size_t n, const struct bw_str **ret, size_t *ret_n)
{
        struct bw_str *items = NULL;
        size_t kept = 0;
        size_t cap = 0;

        for (size_t i = 0; i < n; i++) {
                if (!is_wanted_variable(env[i]))
                        continue;
                if (bw_arena_grow(finder->arena, &items, &cap, kept, sizeof(items[0])) < 0)
                        return bw_arena_error(finder->arena, finder->reterr);
                items[kept++] = without_password(finder, env[i]);
        }
        *ret = items;
        *ret_n = kept;
        return 0;
}
