/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/machine_args.h"

#include "base/time.h"
#include "cli/version.h"
#include "os/clock.h"

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
