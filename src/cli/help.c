/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "report/report.h"

#define OPTION_COLUMN 30
#define TEXT_WIDTH 100

/* Words of a paragraph, broken at TEXT_WIDTH, further lines indented. */
static void put_filled(struct bw_buf *out, struct bw_str paragraph, size_t column, size_t indent)
{
        struct bw_str word;
        bool first = true;

        while (bw_str_split(&paragraph, ' ', &word)) {
                if (!first && column + 1 + word.n > TEXT_WIDTH) {
                        bw_buf_char(out, '\n');
                        bw_buf_fill(out, ' ', indent);
                        column = indent;
                } else if (!first) {
                        bw_buf_char(out, ' ');
                        column++;
                }
                bw_buf_str(out, word);
                column += word.n;
                first = false;
        }
        bw_buf_char(out, '\n');
}

static void put_paragraphs(struct bw_buf *out, const char *text)
{
        struct bw_str rest = bw_str(text);
        struct bw_str paragraph;

        while (bw_str_split(&rest, '\n', &paragraph)) {
                if (paragraph.n)
                        put_filled(out, paragraph, 0, 0);
                else
                        bw_buf_char(out, '\n');
        }
}

/* "bulwark" at the start of a word of a shell line becomes what the user types ("kubectl bulwark"). */
static void put_command(struct bw_buf *out, const char *program, const char *command)
{
        static const char name[] = "bulwark ";
        const char *p = command;

        for (const char *hit = strstr(p, name); hit; hit = strstr(p, name)) {
                bw_buf_put(out, p, (size_t)(hit - p));
                bw_buf_puts(out, program);
                bw_buf_char(out, ' ');
                p = hit + strlen(name);
        }
        bw_buf_puts(out, p);
        bw_buf_char(out, '\n');
}

static void put_row(struct bw_buf *out, size_t width, struct bw_str left, const char *right)
{
        bw_buf_puts(out, "  ");
        bw_buf_str(out, left);
        if (left.n + 2 > width) {
                bw_buf_char(out, '\n');
                bw_buf_fill(out, ' ', width + 2);
        } else {
                bw_buf_fill(out, ' ', width - left.n);
        }
        put_filled(out, bw_str(right), width + 2, width + 2);
}

static void put_option(struct bw_buf *out, const struct bw_option *o)
{
        char left[80];
        int n = snprintf(left, sizeof(left), "%c%c%s --%s%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
                         o->letter ? "," : " ", o->name, o->arg ? (o->value_optional ? "[=" : " ") : "",
                         o->arg ? o->arg : "", o->arg && o->value_optional ? "]" : "");

        put_row(out, OPTION_COLUMN, bw_str_n(left, BW_MIN((size_t)n, sizeof(left) - 1)), o->help);
}

static void put_exits(struct bw_buf *out)
{
        bw_buf_puts(out, "\nExit status:\n");
        for (size_t i = 0; i < bw_n_exits; i++) {
                char left[16];
                int n = snprintf(left, sizeof(left), "%d", bw_exits[i].status);

                put_row(out, 5, bw_str_n(left, (size_t)n), bw_exits[i].help);
        }
}

static void put_reporters(struct bw_buf *out, const struct bw_verb *verb)
{
        for (const struct bw_option *o = verb->options; o->name; o++) {
                if (o->complete != BW_COMPLETE_REPORTER)
                        continue;
                bw_buf_printf(out, "\nFormats of --%s:\n", o->name);
                for (size_t i = 0; bw_reporters[i]; i++)
                        put_row(out, 7, bw_str(bw_reporters[i]->name), bw_reporters[i]->help);
        }
}

static void help_verb(struct bw_buf *out, const char *program, const struct bw_verb *verb)
{
        bw_buf_printf(out, "%s %s: %s.\n\n", program, verb->name, verb->summary);
        put_paragraphs(out, verb->text);
        bw_buf_printf(out, "\nUsage:\n  %s %s [flags]%s%s\n", program, verb->name, verb->args[0] ? " " : "",
                      verb->args);
        if (verb->examples[0].command)
                bw_buf_puts(out, "\nExamples:\n");
        for (const struct bw_example *e = verb->examples; e->command; e++) {
                bw_buf_printf(out, "%s  # %s\n  ", e == verb->examples ? "" : "\n", e->what);
                put_command(out, program, e->command);
        }
        bw_buf_puts(out, "\nFlags:\n");
        for (const struct bw_option *o = verb->options; o->name; o++)
                put_option(out, o);
        put_reporters(out, verb);
        put_exits(out);
}

/* Verbs of a group, or the verbs of one word and the groups. */
static void put_verbs(struct bw_buf *out, const char *group)
{
        struct bw_str last = {0};

        for (size_t i = 0; bw_verbs[i]; i++) {
                struct bw_str rest = bw_str(bw_verbs[i]->name);
                struct bw_str first = {0};

                (void)bw_str_split(&rest, ' ', &first);
                if (group && bw_str_is(first, group))
                        put_row(out, 12, rest, bw_verbs[i]->summary);
                else if (!group && rest.n == 0)
                        put_row(out, 12, first, bw_verbs[i]->summary);
                else if (!group && !bw_str_eq(first, last))
                        put_row(out, 12, first, bw_group_summary(first));
                last = first;
        }
}

void bw_help_text(struct bw_buf *out, const struct bw_cli *cli, const struct bw_verb *verb, const char *group)
{
        if (verb) {
                help_verb(out, cli->program, verb);
                return;
        }
        if (group) {
                bw_buf_printf(out, "%s %s: %s.\n\nUsage:\n  %s %s VERB\n\nVerbs:\n", cli->program, group,
                              bw_group_summary(bw_str(group)), cli->program, group);
                put_verbs(out, group);
                bw_buf_printf(out, "\n\"%s help %s VERB\" tells more on one of them.\n", cli->program, group);
                return;
        }
        bw_buf_printf(out,
                      "bulwark secures Kubernetes infrastructure: it shows what is wrong, where, why, and the fix.\n\n"
                      "Usage:\n  %s VERB [flags] [arguments]\n\nVerbs:\n",
                      cli->program);
        put_verbs(out, NULL);
        put_exits(out);
        bw_buf_puts(out, "\nEnvironment:\n");
        for (const struct bw_environment_row *row = bw_environment; row->name; row++)
                put_row(out, 16, bw_str(row->name), row->help);
        bw_buf_printf(out, "\n\"%s help VERB\" tells more on a verb, with examples.\n", cli->program);
}
