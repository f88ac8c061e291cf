/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cluster_args.h"

#include "base/arena.h"

#define QPS_MAX 10000.0
#define TIMEOUT_MAX 86400U /* seconds */

/* The options that are texts, and where they go. */
static const struct {
        enum bw_option_id id;
        size_t offset;
} texts[] = {
        {BW_OPT_KUBECONFIG, offsetof(struct bw_kube_flags, kubeconfig)},
        {BW_OPT_CONTEXT, offsetof(struct bw_kube_flags, context)},
        {BW_OPT_CLUSTER_NAME, offsetof(struct bw_kube_flags, cluster)},
        {BW_OPT_USER, offsetof(struct bw_kube_flags, user)},
        {BW_OPT_SERVER, offsetof(struct bw_kube_flags, server)},
        {BW_OPT_CERTIFICATE_AUTHORITY, offsetof(struct bw_kube_flags, ca_file)},
        {BW_OPT_CLIENT_CERTIFICATE, offsetof(struct bw_kube_flags, cert_file)},
        {BW_OPT_CLIENT_KEY, offsetof(struct bw_kube_flags, key_file)},
        {BW_OPT_TOKEN_FILE, offsetof(struct bw_kube_flags, token_file)},
        {BW_OPT_TLS_SERVER_NAME, offsetof(struct bw_kube_flags, tls_server_name)},
        {BW_OPT_AS, offsetof(struct bw_kube_flags, as_user)},
        {BW_OPT_AS_UID, offsetof(struct bw_kube_flags, as_uid)},
        {BW_OPT_PROXY_URL, offsetof(struct bw_kube_flags, proxy_url)},
};
static const enum bw_option_id others[] = {BW_OPT_INSECURE, BW_OPT_AS_GROUP, BW_OPT_REQUEST_TIMEOUT, BW_OPT_QPS};

struct bw_str bw_namespace_arg(const struct bw_args *args)
{
        if (bw_args_has(args, BW_OPT_ALL_NAMESPACES))
                return (struct bw_str){0};
        return bw_str(bw_args_value(args, BW_OPT_NAMESPACE, NULL));
}

void bw_cluster_tell_warnings(struct bw_cli *cli, struct bw_str lines)
{
        struct bw_str line;

        while (bw_str_split(&lines, '\n', &line))
                if (line.n)
                        bw_cli_error(cli, "warning: %.*s", BW_STR_ARG(line));
}

static int refuse_without_cluster(const struct bw_args *args, enum bw_option_id id, struct bw_error *reterr)
{
        for (size_t i = 0; i < args->n_options; i++)
                if (args->options[i].option->id == id)
                        return bw_error_set(reterr, -EINVAL, "--%s is about a live cluster: give --cluster as well",
                                            args->options[i].option->name);
        return 0;
}

static int refuse_all(const struct bw_args *args, struct bw_error *reterr)
{
        int r = 0;

        for (size_t i = 0; i < BW_ARRAY_SIZE(texts) && r == 0; i++)
                r = refuse_without_cluster(args, texts[i].id, reterr);
        for (size_t i = 0; i < BW_ARRAY_SIZE(others) && r == 0; i++)
                r = refuse_without_cluster(args, others[i], reterr);
        return r;
}

/* An empty value would quietly mean "not given": a shell variable that is not set, most often. */
static int take_texts(const struct bw_args *args, struct bw_kube_flags *flags, struct bw_error *reterr)
{
        for (size_t i = 0; i < args->n_options; i++) {
                const struct bw_arg *arg = &args->options[i];

                for (size_t k = 0; k < BW_ARRAY_SIZE(texts); k++) {
                        if (texts[k].id != arg->option->id)
                                continue;
                        if (arg->value[0] == '\0')
                                return bw_error_set(reterr, -EINVAL, "--%s is empty: give a value, or leave it out",
                                                    arg->option->name);
                        *(struct bw_str *)(void *)((char *)flags + texts[k].offset) = bw_str(arg->value);
                }
        }
        return 0;
}

static int take_groups(const struct bw_args *args, struct bw_arena *arena, struct bw_kube_flags *flags, struct bw_error *reterr)
{
        struct bw_str *groups = bw_arena_array(arena, args->n_options + 1, sizeof(*groups));
        const char *value;
        size_t at = 0;
        size_t n = 0;

        if (!groups)
                return bw_arena_error(arena, reterr);
        while ((value = bw_args_next(args, BW_OPT_AS_GROUP, &at)))
                groups[n++] = bw_str(value);
        flags->as_groups = groups;
        flags->n_as_groups = n;
        return 0;
}

/* Seconds of "90", "90s", "1m30s", "2h": what kubectl takes. False: anything else. */
static bool read_seconds(struct bw_str text, unsigned *ret)
{
        static const struct {
                char letter;
                unsigned seconds;
        } units[] = {{'h', 3600}, {'m', 60}, {'s', 1}};
        uint64_t total = 0;
        size_t unit = 0;

        if (text.n == 0)
                return false;
        while (text.n) {
                size_t digits = 0;
                uint64_t n;

                while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
                        digits++;
                if (digits == 0 || digits > 6 || bw_str_to_u64(bw_str_n(text.p, digits), &n) < 0)
                        return false;
                text = bw_str_rest(text, digits);
                /* A number alone is seconds, and stands alone. */
                if (text.n == 0 && unit > 0)
                        return false;
                while (text.n && unit < BW_ARRAY_SIZE(units) && units[unit].letter != text.p[0])
                        unit++;
                if (unit == BW_ARRAY_SIZE(units))
                        return false;
                total += n * (text.n ? units[unit++].seconds : 1);
                text = bw_str_rest(text, text.n ? 1 : 0);
        }
        *ret = (unsigned)BW_MIN(total, TIMEOUT_MAX + 1);
        return true;
}

static int take_limits(const struct bw_args *args, struct bw_cluster_options *ret, struct bw_error *reterr)
{
        const char *timeout = bw_args_value(args, BW_OPT_REQUEST_TIMEOUT, NULL);
        const char *qps = bw_args_value(args, BW_OPT_QPS, NULL);

        if (timeout && (!read_seconds(bw_str(timeout), &ret->timeout) || ret->timeout == 0 || ret->timeout > TIMEOUT_MAX))
                return bw_error_set(reterr, -EINVAL, "--request-timeout takes a time such as 30s or 2m, at most 24h, not \"%s\"",
                                    timeout);
        if (qps && (bw_str_to_double(bw_str(qps), &ret->qps) < 0 || !(ret->qps > 0 && ret->qps <= QPS_MAX)))
                return bw_error_set(reterr, -EINVAL, "--qps takes a number of requests a second, up to %.0f, not \"%s\"", QPS_MAX,
                                    qps);
        return 0;
}

int bw_cluster_args(const struct bw_args *args, bool wanted, struct bw_arena *arena, struct bw_cluster_options *ret,
                    struct bw_error *reterr)
{
        struct bw_cluster_options options = *ret;
        int r;

        if (!wanted)
                return refuse_all(args, reterr);
        options.flags = (struct bw_kube_flags){.insecure = bw_args_has(args, BW_OPT_INSECURE), .ns = bw_namespace_arg(args)};
        r = take_texts(args, &options.flags, reterr);
        if (r == 0)
                r = take_groups(args, arena, &options.flags, reterr);
        if (r == 0)
                r = take_limits(args, &options, reterr);
        if (r == 0)
                *ret = options;
        return r;
}
