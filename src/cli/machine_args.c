/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/machine_args.h"

#include "base/time.h"
#include "cli/version.h"
#include "exception/settings.h"
#include "os/clock.h"
#include "os/proc.h"
#include "os/sandbox.h"
#include "rule/rule.h"

int bw_machine_args(const struct bw_args *args, bool wanted, struct bw_machine_options *options, struct bw_error *reterr)
{
        static const struct {
                const char *name;
                enum bw_option_id id;
                bool needs_root;
        } rows[] = {{"--root", BW_OPT_ROOT, false},
                    {"--modes", BW_OPT_MODES, true},
                    {"--processes", BW_OPT_PROCESSES, true},
                    {"--probe", BW_OPT_PROBE, false}};

        options->root = bw_args_value(args, BW_OPT_ROOT, NULL);
        options->modes = bw_args_value(args, BW_OPT_MODES, NULL);
        options->processes = bw_args_value(args, BW_OPT_PROCESSES, NULL);
        options->probe = bw_args_has(args, BW_OPT_PROBE);
        options->version = BW_STR(BW_VERSION);
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                if (!bw_args_has(args, rows[i].id))
                        continue;
                if (!wanted)
                        return bw_error_set(reterr, -EINVAL, "%s is about a machine: give --node as well", rows[i].name);
                if (rows[i].needs_root && !options->root)
                        return bw_error_set(reterr, -EINVAL, "%s is about another machine: give --root as well",
                                            rows[i].name);
        }
        if (options->probe && options->root)
                return bw_error_set(reterr, -EINVAL, "--probe is about this machine: it cannot be used with --root");
        return 0;
}

int bw_now_arg(const struct bw_args *args, int64_t *ret_now, bool *ret_given, struct bw_error *reterr)
{
        const char *text = bw_args_value(args, BW_OPT_NOW, NULL);

        *ret_given = text != NULL;
        *ret_now = bw_clock_now();
        if (text && bw_time_parse(bw_str(text), ret_now) < 0)
                return bw_error_set(reterr, -EINVAL, "--now takes a time such as 2027-01-31T12:00:00Z, not \"%s\"", text);
        return 0;
}

static int read_minor(const struct bw_args *args, struct bw_machine_options *options, struct bw_error *reterr)
{
        const char *version = bw_args_value(args, BW_OPT_KUBERNETES_VERSION, NULL);

        options->kubernetes_minor = version ? bw_kubernetes_minor_parse(bw_str(version)) : BW_KUBERNETES_NEWEST;
        options->kubernetes_minor_is_given = version != NULL;
        if (options->kubernetes_minor < 0)
                return bw_error_set(reterr, -EINVAL, "--kubernetes-version takes a version such as 1.33, not \"%s\"",
                                    version);
        return 0;
}

static void enter_sandbox(const struct bw_args *args, const struct bw_machine_options *options, const char *snapshot,
                          const char *writable)
{
        struct bw_sandbox sandbox;
        const char *why;

        if (bw_args_has(args, BW_OPT_NO_SANDBOX) || !bw_sandbox_is_possible(&why))
                return;
        sandbox = bw_sandbox_begin();
        bw_sandbox_allow_read(&sandbox, snapshot ? snapshot : bw_machine_root(options));
        if (!snapshot && !options->root) {
                bw_sandbox_allow_read(&sandbox, "/proc");
                bw_sandbox_allow_read(&sandbox, "/sys");
        }
        if (writable)
                bw_sandbox_allow_write(&sandbox, writable);
        bw_sandbox_enter(&sandbox);
        bw_sandbox_done(&sandbox);
}

int bw_machine_of_args(const struct bw_args *args, const char *snapshot, const char *writable, struct bw_arena *arena,
                       struct bw_machine *ret, struct bw_error *reterr)
{
        struct bw_machine_options options = {.cancel = bw_proc_watch_interrupts()};
        struct bw_machine machine = {0};
        bool now_is_given;
        int r = bw_now_arg(args, &options.now, &now_is_given, reterr);

        if (r == 0)
                r = bw_machine_args(args, !snapshot, &options, reterr);
        if (r == 0)
                r = read_minor(args, &options, reterr);
        if (r == 0 && !snapshot)
                r = bw_machine_open(&options, arena, &machine, reterr);
        if (r < 0)
                return r;
        enter_sandbox(args, &options, snapshot, writable);
        r = snapshot ? bw_machine_read(snapshot, arena, &machine, reterr) : bw_machine_collect(&machine, reterr);
        if (r < 0) {
                bw_machine_close(&machine);
                return r;
        }
        *ret = machine;
        return 0;
}

void bw_machine_tell_refused(struct bw_cli *cli, const struct bw_machine *machine)
{
        if (machine->head.refused)
                bw_cli_error(cli,
                             "warning: %" PRIu64 " %s could not be read for want of rights, the first is %.*s; run as root, or "
                             "with CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE",
                             machine->head.refused, machine->head.refused == 1 ? "file" : "files",
                             BW_STR_ARG(machine->head.first_refused));
}
