/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <unistd.h>

#include "base/fault.h"
#include "cli/cli.h"
#include "os/proc.h"

/* kubectl runs a plugin by the file name kubectl-NAME. */
static const char *program_name(const char *argv0)
{
        const char *slash = argv0 ? strrchr(argv0, '/') : NULL;
        const char *base = slash ? slash + 1 : argv0;

        return base && strncmp(base, "kubectl-", 8) == 0 ? "kubectl bulwark" : "bulwark";
}

static int unknown_verb(struct bw_cli *cli, size_t argc, char *const *argv)
{
        const char *summary = bw_group_summary(bw_str(argv[0]));
        struct bw_nearest nearest = {0};
        struct bw_buf word = {0};
        int status;

        /* "rules lst": compared as a whole with "rules list". */
        bw_buf_puts(&word, argv[0]);
        if (summary && argc > 1) {
                bw_buf_char(&word, ' ');
                bw_buf_puts(&word, argv[1]);
        }
        for (size_t i = 0; bw_verbs[i]; i++)
                bw_nearest_try(&nearest, bw_buf_view(&word), bw_str(bw_verbs[i]->name));
        if (bw_nearest_is_near(&nearest, bw_buf_view(&word)))
                status = bw_cli_usage(cli, "unknown verb \"%.*s\"; did you mean \"%s\"?",
                                      BW_STR_ARG(bw_buf_view(&word)), nearest.best);
        else
                status = bw_cli_usage(cli, "unknown verb \"%.*s\"", BW_STR_ARG(bw_buf_view(&word)));
        bw_buf_done(&word);
        return status;
}

/* Help without a verb, or of a group. Asked for: on standard output; else it tells of wrong usage. */
static int show_help(struct bw_cli *cli, const char *group, bool asked)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        bw_help_text(&out, cli, NULL, group);
        if (asked)
                return bw_cli_print(cli, &out);
        (void)!bw_term_write(&cli->err, bw_buf_view(&out));
        return BW_EXIT_USAGE;
}

static bool asks_help(const char *word)
{
        return strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0;
}

static int run_verb(struct bw_cli *cli, size_t argc, char *const *argv)
{
        struct bw_args args = {0};
        struct bw_error error = {0};
        int status;

        if (bw_args_parse(cli->verb, argc, argv, &args, &error) < 0)
                return error.code == -ENOMEM ? bw_cli_fail(cli, &error) : bw_cli_usage(cli, "%s", error.message);
        if (bw_args_has(&args, BW_OPT_HELP)) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};

                bw_help_text(&out, cli, cli->verb, NULL);
                status = bw_cli_print(cli, &out);
        } else {
                bw_term_color(&cli->out, bw_args_value(&args, BW_OPT_COLOR, "auto"));
                status = cli->verb->run(cli, &args);
        }
        bw_args_done(&args);
        return status;
}

static int dispatch(struct bw_cli *cli, size_t argc, char *const *argv)
{
        static char *const version[] = {(char *)"version"};
        size_t used = 0;

        if (argc == 0)
                return show_help(cli, NULL, false);
        if (asks_help(argv[0]))
                return show_help(cli, NULL, true);
        if (strcmp(argv[0], "--version") == 0) {
                argv = version;
                argc = 1;
        }
        cli->verb = bw_verb_find(argc, argv, &used);
        if (cli->verb)
                return run_verb(cli, argc - used, argv + used);
        if (bw_group_summary(bw_str(argv[0])) && (argc == 1 || asks_help(argv[1])))
                return show_help(cli, argv[0], argc > 1);
        if (argv[0][0] == '-')
                return bw_cli_usage(cli, "the verb comes first, then flags such as %s", argv[0]);
        return unknown_verb(cli, argc, argv);
}

#ifdef BW_FAULT
/* Fault builds: BULWARK_FAULT="KIND N PERSISTENT" (three numbers) plans a failure of this very run, for tests. */
static void plan_fault(void)
{
        struct bw_str rest = bw_str(getenv("BULWARK_FAULT"));
        uint64_t numbers[3] = {0};
        struct bw_str word;

        for (size_t i = 0; i < BW_ARRAY_SIZE(numbers) && bw_str_split(&rest, ' ', &word); i++)
                if (bw_str_to_u64(word, &numbers[i]) < 0)
                        return;
        if (numbers[0] < _BW_FAULT_MAX)
                bw_fault_plan((enum bw_fault_kind)numbers[0], numbers[1], numbers[2] != 0);
}

/* How often each kind could have failed, for the test to know where to stop. */
static void tell_fault_points(void)
{
        if (!getenv("BULWARK_FAULT"))
                return;
        for (int i = 0; i < _BW_FAULT_MAX; i++)
                (void)dprintf(STDERR_FILENO, "fault-points %d %" PRIu64 "\n", i, bw_fault_count((enum bw_fault_kind)i));
}
#else
static void plan_fault(void)
{
}
static void tell_fault_points(void)
{
}
#endif

int main(int argc, char **argv)
{
        struct bw_cli cli = {.program = program_name(argc > 0 ? argv[0] : NULL)};
        int status;

        bw_proc_hold_std_fds();
        /* A reader that goes away is seen as EPIPE, so that files named by -o are still finished. */
        (void)signal(SIGPIPE, SIG_IGN);
        bw_term_init(&cli.out, STDOUT_FILENO);
        bw_term_init(&cli.err, STDERR_FILENO);
        plan_fault();
        status = dispatch(&cli, argc > 0 ? (size_t)argc - 1 : 0, argv + 1);
        tell_fault_points();
        return status;
}
