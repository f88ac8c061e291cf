/* SPDX-License-Identifier: Apache-2.0 */
/* rules new: a rule file to start from, which lint, tests and mutations accept as it is. */
#include <fcntl.h>

#include "base/arena.h"
#include "base/limits.h"
#include "cli/files.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"
#include "os/fs.h"
#include "rule/lint.h"

/* What follows the title: of a rule about containers of pods, and of one about objects of a kind. */
static const char pod_head[] =
        "severity: medium            # critical, high, medium or low\n"
        "match: {podSpec: true}      # every object that holds a pod: Pods, Deployments, Jobs, ...\n"
        "\n"
        "# CHANGE: the values under test, the field that the question is about, and the question: true when all is well.\n"
        "# A field that is not there is null.\n"
        "forEach: containers\n"
        "path: tty\n"
        "expression: value != true\n"
        "messageExpression: who + \" has a terminal\"\n"
        "\n";
static const char pod_tail[] =
        "  # What makes the value under test right, merged into it; leave it out where a person has to choose.\n"
        "  patch: {tty: false}\n"
        "\n"
        "# At least one object that passes and one that fails; one for each way in which the field may be absent or odd.\n"
        "tests:\n"
        "  - name: no terminal\n"
        "    pass: {containers: [{name: app, tty: false}]}\n"
        "  - name: not set\n"
        "    pass: {containers: [{name: app}]}\n"
        "  - name: a terminal\n"
        "    fail: {containers: [{name: app, tty: true}]}\n"
        "    paths: [\"spec.containers[0].tty\"]\n"
        "    message: container \"app\" has a terminal\n";

static const char kind_head[] =
        "\n"
        "# CHANGE: the field that the question is about, and the question: true when all is well. A field that is not there is\n"
        "# null.\n"
        "path: metadata.labels\n"
        "expression: value != null && \"owner\" in value\n"
        "message: nobody is named as the owner\n"
        "\n";
static const char kind_tail[] =
        "\n"
        "# At least one object that passes and one that fails; one for each way in which the field may be absent or odd.\n"
        "tests:\n"
        "  - name: has an owner\n"
        "    pass: {metadata: {labels: {owner: shop}}}\n"
        "  - name: other labels\n"
        "    fail: {metadata: {labels: {app: web}}}\n"
        "  - name: no labels\n"
        "    fail: {metadata: {name: web}}\n";

static const char texts[] = "why: \"CHANGE: one or two sentences on what can go wrong.\"\n"
                            "fix:\n"
                            "  text: \"CHANGE: what to do.\"\n";

/* Words that YAML reads as something else than a text. */
static const char yaml_words[] = "null true false yes no on off y n";

/* Plain where YAML reads a text; else in quotes. */
static void put_scalar(struct bw_buf *out, struct bw_str text)
{
        char word[8] = "";
        bool plain = text.n > 0 && text.p[text.n - 1] != ' ';

        for (size_t i = 0; i < text.n; i++) {
                char c = text.p[i];
                bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

                plain = plain && (letter || (i > 0 && ((c >= '0' && c <= '9') || (c && strchr("-./ ", c)))));
                if (i < sizeof(word) - 1)
                        word[i] = letter ? (char)(c | 0x20) : c;
        }
        if (plain && !(text.n < sizeof(word) && bw_words_have(yaml_words, bw_str(word))))
                bw_buf_str(out, text);
        else
                bw_buf_json(out, text);
}

static void put_rule(struct bw_buf *out, const struct bw_args *args)
{
        const char *kind = bw_args_value(args, BW_OPT_KIND, NULL);

        bw_buf_puts(out, "# A rule of your own. Change what is marked CHANGE; then\n"
                         "#     bulwark rules lint FILE              says what is wrong in it\n"
                         "#     bulwark rules test --mutate FILE     runs its tests, and tests them\n"
                         "#     bulwark scan --rules FILE PATH       judges by it\n"
                         "apiVersion: bulwark.dev/v1\n"
                         "kind: Rule\n"
                         "metadata: {name: ");
        put_scalar(out, bw_str(args->positional[0]));
        bw_buf_puts(out, "}\ntitle: ");
        put_scalar(out, bw_str(bw_args_value(args, BW_OPT_TITLE, "CHANGE what is wrong")));
        bw_buf_char(out, '\n');
        if (kind) {
                bw_buf_puts(out, "severity: medium            # critical, high, medium or low\nmatch: {kinds: [");
                put_scalar(out, bw_str(kind));
                bw_buf_puts(out, "]}\n");
        }
        bw_buf_puts(out, kind ? kind_head : pod_head);
        bw_buf_puts(out, texts);
        bw_buf_puts(out, kind ? kind_tail : pod_tail);
}

/* The name and the kind are read as lint will read them. */
static int check_rule(struct bw_str text, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
        const struct bw_rule_file file = {.name = BW_STR("rule"), .text = text};
        struct bw_rule_problems problems = {0};
        int r = arena ? bw_rule_lint(arena, &file, 1, &problems, reterr) : bw_error_nomem(reterr);

        if (r == 0 && problems.n)
                r = bw_error_set(reterr, -EINVAL, "%.*s", BW_STR_ARG(problems.items[0].message));
        return r;
}

static int check_name(const char *id, struct bw_error *reterr)
{
        bw_auto(bw_catalog_free) struct bw_catalog *catalog = NULL;
        struct bw_rule_details rule;
        int r = bw_catalog_new(NULL, &catalog, reterr);

        if (r == 0)
                r = bw_catalog_add_builtin(catalog, reterr);
        if (r == 0 && bw_catalog_find(catalog, bw_str(id), &rule, NULL) == 0)
                r = bw_error_set(reterr, -EEXIST, "%s is the name of a built-in rule; take another", id);
        return r;
}

static int save(const char *path, const struct bw_buf *text, struct bw_error *reterr)
{
        bw_auto_done(bw_output_done) struct bw_output output = {.fd = -1};
        struct bw_fs_stat stat;
        int r;

        if (bw_fs_stat(AT_FDCWD, path, BW_FS_NOFOLLOW, &stat, NULL) == 0)
                return bw_error_set(reterr, -EEXIST, "%s is there already; remove it first, or name another file", path);
        r = bw_output_begin(&output, path, reterr);
        if (r == 0)
                r = bw_output_write(&output, bw_buf_view(text));
        return r < 0 ? r : bw_output_finish(&output, reterr);
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        const char *path = bw_args_value(args, BW_OPT_OUTPUT, NULL);
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_error error = {0};
        int r;

        if (bw_args_has(args, BW_OPT_POD) && bw_args_has(args, BW_OPT_KIND))
                return bw_cli_usage(cli, "--pod and --kind are two sorts of rules; name one");
        put_rule(&text, args);
        r = bw_buf_status(&text) < 0 ? bw_error_nomem(&error) : check_rule(bw_buf_view(&text), &error);
        if (r == 0)
                r = check_name(args->positional[0], &error);
        if (r == 0 && path)
                r = save(path, &text, &error);
        if (r < 0)
                return bw_cli_fail(cli, &error);
        return path ? BW_EXIT_OK : bw_cli_print(cli, &text);
}

static const struct bw_option options[] = {
        {.name = "output",
         .letter = 'o',
         .arg = "FILE",
         .id = BW_OPT_OUTPUT,
         .complete = BW_COMPLETE_FILE,
         .help = "write to this file, which must not be there yet (default: standard output)"},
        {.name = "pod", .id = BW_OPT_POD, .help = "a rule about the containers of pods (default)"},
        {.name = "kind", .arg = "KIND", .id = BW_OPT_KIND, .help = "a rule about objects of this kind: Kind or group/Kind"},
        {.name = "title", .arg = "TEXT", .id = BW_OPT_TITLE, .help = "what findings are called"},
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"A rule about containers, on standard output", "bulwark rules new SHOP-100"},
        {"A rule about Services", "bulwark rules new --kind Service --title 'Service without an owner' SHOP-101"},
        {0},
};

const struct bw_verb bw_verb_rules_new = {
        .name = "rules new",
        .summary = "write a rule file to start from",
        .args = "ID",
        .text = "Writes a rule with comments, tests and a question that works; change it into your own. Its name must be free.",
        .options = options,
        .examples = examples,
        .min_args = 1,
        .max_args = 1,
        .run = run,
};
