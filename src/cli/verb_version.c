/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verbs.h"
#include "cli/version.h"
#include "report/emit.h"
#include "rule/rule.h"

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        const char *format = bw_args_value(args, BW_OPT_OUTPUT, "text");
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        bw_auto_done(bw_emit_done) struct bw_emit e;
        struct bw_error error = {0};
        char newest[16];

        (void)snprintf(newest, sizeof(newest), "1.%d", BW_KUBERNETES_NEWEST);
        bw_emit_init(&e, strcmp(format, "yaml") == 0 ? BW_SYNTAX_YAML : BW_SYNTAX_JSON, NULL);
        if (strcmp(format, "text") == 0) {
                bw_buf_printf(&out, "bulwark %s (Kubernetes up to %s)\n", BW_VERSION, newest);
                return bw_cli_print(cli, &out);
        }
        bw_emit_map(&e);
        bw_emit_key_str(&e, "version", bw_str(BW_VERSION));
        bw_emit_key_str(&e, "kubernetes", bw_str(newest));
        bw_emit_end(&e);
        if (bw_emit_close(&e, &error) < 0)
                return bw_cli_fail(cli, &error);
        return bw_cli_print(cli, &e.buf);
}

static const struct bw_option options[] = {
        BW_OPTION_DATA_OUTPUT,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"For people", "bulwark version"},
        {"For programs", "bulwark version -o json"},
        {0},
};

const struct bw_verb bw_verb_version = {
        .name = "version",
        .summary = "print the version, and the newest Kubernetes version that is known",
        .args = "",
        .text = "Rules judge by the newest known Kubernetes version unless scan --kubernetes-version says otherwise.",
        .options = options,
        .examples = examples,
        .run = run,
};
