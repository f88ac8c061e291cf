/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rbac_log.h"

#include "base/arena.h"
#include "os/proc.h"
#include "os/random.h"
#include "scan/audit_log.h"

#define SHOWN_ERRORS 5

int bw_rbac_log_args(const struct bw_args *args, struct bw_arena *arena, struct bw_rbac_log *ret, struct bw_error *reterr)
{
        struct bw_str *paths = bw_arena_array(arena, args->n_options + 1, sizeof(*paths));
        struct bw_rbac_log log = {.paths = paths};
        const char *path;
        size_t at = 0;

        if (!paths)
                return bw_error_nomem(reterr);
        while ((path = bw_args_next(args, BW_OPT_AUDIT_LOG, &at)))
                paths[log.n_paths++] = bw_str(path);
        if (log.n_paths == 0)
                return bw_error_set(reterr, -EINVAL, "what was used? --audit-log FILE names the API server's audit log");
        *ret = log;
        return 0;
}

struct reading {
        struct bw_cli *cli;
        struct bw_rbac_log *log;
};

static int take_event(void *userdata, struct bw_value event, struct bw_error *reterr)
{
        struct reading *reading = userdata;

        return bw_usage_add(reading->log->usage, event, reterr);
}

static int take_broken(void *userdata, const struct bw_error *err)
{
        struct reading *reading = userdata;

        if (reading->log->broken++ < SHOWN_ERRORS)
                (void)bw_cli_fail(reading->cli, err);
        return 0;
}

int bw_rbac_log_read(struct bw_cli *cli, struct bw_arena *arena, struct bw_rbac_log *log, struct bw_error *reterr)
{
        struct reading reading = {.cli = cli, .log = log};
        const struct bw_audit_log_sink sink = {.event = take_event, .broken = take_broken, .userdata = &reading};
        struct bw_siphash_key key;
        struct bw_usage_span span;
        int r;

        bw_os_random(&key, sizeof(key));
        r = bw_usage_new(arena, key, &log->usage, reterr);
        if (r == 0)
                r = bw_audit_log_read(log->paths, log->n_paths, bw_proc_watch_interrupts(), &sink, reterr);
        if (r == 0)
                r = bw_usage_seal(log->usage, reterr);
        if (r < 0)
                return r;
        span = bw_usage_span(log->usage);
        if (log->broken > SHOWN_ERRORS)
                bw_cli_error(cli, "and %" PRIu64 " more lines that cannot be read", log->broken - SHOWN_ERRORS);
        if (span.incomplete)
                bw_cli_error(cli, "warning: the log has more different requests than are kept: take a part of it");
        if (span.events == 0)
                return bw_error_set(reterr, -ENODATA, "%.*s: no event of audit.k8s.io that was allowed and answered%s",
                                    BW_STR_ARG(log->paths[0]), span.other ? "; there are other documents" : "");
        return 0;
}

void bw_rbac_log_span(const struct bw_rbac_log *log, struct bw_buf *out)
{
        struct bw_usage_span span = bw_usage_span(log->usage);
        size_t n_users;

        (void)bw_usage_users(log->usage, &n_users);
        bw_buf_printf(out, "events: %" PRIu64 ", users: %zu, from ", span.events, n_users);
        bw_buf_clean(out, span.first);
        bw_buf_puts(out, " to ");
        bw_buf_clean(out, span.last);
        if (span.denied)
                bw_buf_printf(out, "; denied, not counted: %" PRIu64, span.denied);
}
