/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verbs.h"

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        if (!bw_completion(&out, bw_str(args->positional[0])))
                return bw_cli_usage(cli, "no completion for the shell \"%s\"; there is one for bash, zsh and fish",
                                    args->positional[0]);
        return bw_cli_print(cli, &out);
}

static const struct bw_option options[] = {
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"This shell, now (in bash)", "source <(bulwark completion bash)"},
        {"For every new shell", "mkdir -p ~/.local/share/bash-completion/completions && "
                                "bulwark completion bash > ~/.local/share/bash-completion/completions/bulwark"},
        {0},
};

const struct bw_verb bw_verb_completion = {
        .name = "completion",
        .summary = "print a completion script for a shell",
        .args = "SHELL",
        .text = "Verbs, flags, their values and rule ids are completed. SHELL is bash, zsh or fish.",
        .words = "bash zsh fish",
        .options = options,
        .examples = examples,
        .complete = BW_COMPLETE_WORDS,
        .min_args = 1,
        .max_args = 1,
        .run = run,
};
