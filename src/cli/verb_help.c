/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verbs.h"

static int unknown(struct bw_cli *cli, const char *word)
{
        struct bw_nearest nearest = {0};

        for (size_t i = 0; bw_verbs[i]; i++)
                bw_nearest_try(&nearest, bw_str(word), bw_str(bw_verbs[i]->name));
        if (bw_nearest_is_near(&nearest, bw_str(word)))
                return bw_cli_usage(cli, "no verb \"%s\"; did you mean \"%s\"?", word, nearest.best);
        return bw_cli_usage(cli, "no verb \"%s\"", word);
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        const char *format = bw_args_value(args, BW_OPT_OUTPUT, "text");
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_error error = {0};
        size_t used = 0;
        const struct bw_verb *verb = bw_verb_find(args->n_positional, (char *const *)args->positional, &used);
        const char *group = NULL;

        if (!verb && args->n_positional) {
                if (args->n_positional > 1 || !bw_group_summary(bw_str(args->positional[0])))
                        return unknown(cli, args->positional[args->n_positional - 1]);
                group = args->positional[0];
        }
        if (strcmp(format, "man") == 0)
                bw_help_man(&out, verb);
        else if (strcmp(format, "markdown") == 0)
                bw_help_markdown(&out);
        else if (strcmp(format, "text") == 0)
                bw_help_text(&out, cli, verb, group);
        else if (bw_help_json(&out, &error) < 0)
                return bw_cli_fail(cli, &error);
        return bw_cli_print(cli, &out);
}

static const struct bw_option options[] = {
        {.name = "output",
         .letter = 'o',
         .arg = "FORMAT",
         .id = BW_OPT_OUTPUT,
         .words = "text man markdown json",
         .complete = BW_COMPLETE_WORDS,
         .only_words = true,
         .help = "text (default); man: a page for man(1); markdown, json: all verbs at once"},
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"All verbs", "bulwark help"},
        {"One of them", "bulwark help scan"},
        {"A page for man(1)", "bulwark help -o man scan"},
        {0},
};

const struct bw_verb bw_verb_help = {
        .name = "help",
        .summary = "show what a verb does, its flags and examples",
        .args = "[VERB]",
        .text = "The same text is shown by VERB --help.",
        .options = options,
        .examples = examples,
        .complete = BW_COMPLETE_VERB,
        .max_args = 2,
        .run = run,
};
