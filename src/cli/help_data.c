/* SPDX-License-Identifier: Apache-2.0 */
/* The verb table in forms for other programs: roff for man(1), Markdown for docs/commands.md, JSON for tests. */
#include "cli/cli.h"
#include "report/emit.h"
#include "report/report.h"

/* Text in roff: backslashes and hyphens kept, no line begins with a control character. */
static void put_roff(struct bw_buf *out, struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++) {
                if ((i == 0 || s.p[i - 1] == '\n') && (s.p[i] == '.' || s.p[i] == '\''))
                        bw_buf_puts(out, "\\&");
                if (s.p[i] == '\\')
                        bw_buf_puts(out, "\\e");
                else if (s.p[i] == '-')
                        bw_buf_puts(out, "\\-");
                else
                        bw_buf_char(out, s.p[i]);
        }
}

static void put_roff_text(struct bw_buf *out, const char *text)
{
        struct bw_str rest = bw_str(text);
        struct bw_str line;

        while (bw_str_split(&rest, '\n', &line)) {
                if (line.n)
                        put_roff(out, line);
                else
                        bw_buf_puts(out, ".PP");
                bw_buf_char(out, '\n');
        }
}

static void put_roff_option(struct bw_buf *out, const struct bw_option *o)
{
        bw_buf_puts(out, ".TP\n");
        if (o->letter)
                bw_buf_printf(out, "\\fB\\-%c\\fR, ", o->letter);
        bw_buf_puts(out, "\\fB\\-\\-");
        put_roff(out, bw_str(o->name));
        bw_buf_puts(out, "\\fR");
        if (o->arg) {
                bw_buf_puts(out, o->value_optional ? "[=\\fI" : " \\fI");
                put_roff(out, bw_str(o->arg));
                bw_buf_puts(out, o->value_optional ? "\\fR]" : "\\fR");
        }
        bw_buf_char(out, '\n');
        put_roff_text(out, o->help);
}

/* "rules-list" of "rules list", as man pages are named. */
static void put_page_name(struct bw_buf *out, const char *verb, const char *hyphen)
{
        bw_buf_puts(out, "bulwark");
        bw_buf_puts(out, hyphen);
        for (const char *p = verb; *p; p++) {
                if (*p == ' ' || *p == '-')
                        bw_buf_puts(out, hyphen);
                else
                        bw_buf_char(out, *p);
        }
}

static void man_title(struct bw_buf *out, const char *verb)
{
        bw_buf_puts(out, ".TH \"");
        if (verb)
                put_page_name(out, verb, "\\-");
        else
                bw_buf_puts(out, "bulwark");
        bw_buf_puts(out, "\" 1 \"\" \"bulwark\" \"bulwark manual\"\n.SH NAME\n");
        if (verb)
                put_page_name(out, verb, "\\-");
        else
                bw_buf_puts(out, "bulwark");
        bw_buf_puts(out, " \\- ");
}

static void man_exits(struct bw_buf *out)
{
        bw_buf_puts(out, ".SH EXIT STATUS\n");
        for (size_t i = 0; i < bw_n_exits; i++) {
                bw_buf_printf(out, ".TP\n\\fB%d\\fR\n", bw_exits[i].status);
                put_roff_text(out, bw_exits[i].help);
        }
}

static void man_program(struct bw_buf *out)
{
        man_title(out, NULL);
        bw_buf_puts(out, "secures Kubernetes infrastructure\n.SH SYNOPSIS\n\\fBbulwark\\fR \\fIVERB\\fR "
                         "[\\fIflags\\fR] [\\fIarguments\\fR]\n.SH DESCRIPTION\n"
                         "Shows what is wrong in Kubernetes objects, where, why it matters, and the fix.\n.SH VERBS\n");
        for (size_t i = 0; bw_verbs[i]; i++) {
                bw_buf_puts(out, ".TP\n\\fB");
                put_page_name(out, bw_verbs[i]->name, "\\-");
                bw_buf_puts(out, "\\fR(1)\n");
                put_roff_text(out, bw_verbs[i]->summary);
        }
        man_exits(out);
        bw_buf_puts(out, ".SH ENVIRONMENT\n");
        for (const struct bw_environment_row *row = bw_environment; row->name; row++) {
                bw_buf_printf(out, ".TP\n\\fB%s\\fR\n", row->name);
                put_roff_text(out, row->help);
        }
}

void bw_help_man(struct bw_buf *out, const struct bw_verb *verb)
{
        if (!verb) {
                man_program(out);
                return;
        }
        man_title(out, verb->name);
        put_roff_text(out, verb->summary);
        bw_buf_printf(out, ".SH SYNOPSIS\n\\fBbulwark %s\\fR [\\fIflags\\fR] ", verb->name);
        put_roff(out, bw_str(verb->args));
        bw_buf_puts(out, "\n.SH DESCRIPTION\n");
        put_roff_text(out, verb->text);
        bw_buf_puts(out, ".SH OPTIONS\n");
        for (const struct bw_option *o = verb->options; o->name; o++)
                put_roff_option(out, o);
        for (const struct bw_option *o = verb->options; o->name; o++) {
                if (o->complete != BW_COMPLETE_REPORTER)
                        continue;
                bw_buf_puts(out, ".SH FORMATS\n");
                for (size_t i = 0; bw_reporters[i]; i++) {
                        bw_buf_printf(out, ".TP\n\\fB%s\\fR\n", bw_reporters[i]->name);
                        put_roff_text(out, bw_reporters[i]->help);
                }
        }
        if (verb->examples[0].command)
                bw_buf_puts(out, ".SH EXAMPLES\n");
        for (const struct bw_example *e = verb->examples; e->command; e++) {
                bw_buf_puts(out, ".PP\n");
                put_roff_text(out, e->what);
                bw_buf_puts(out, ".PP\n.RS 4\n.nf\n");
                put_roff(out, bw_str(e->command));
                bw_buf_puts(out, "\n.fi\n.RE\n");
        }
        man_exits(out);
        bw_buf_puts(out, ".SH SEE ALSO\n\\fBbulwark\\fR(1)\n");
}

static void put_cell(struct bw_buf *out, struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++) {
                if (s.p[i] == '|')
                        bw_buf_char(out, '\\');
                bw_buf_char(out, s.p[i]);
        }
}

static void markdown_verb(struct bw_buf *out, const struct bw_verb *verb)
{
        char first = verb->summary[0];

        bw_buf_printf(out, "\n## bulwark %s\n\n%c%s.\n\n    bulwark %s [flags]%s%s\n\n%s\n", verb->name,
                      first >= 'a' && first <= 'z' ? first - 'a' + 'A' : first, verb->summary + 1, verb->name,
                      verb->args[0] ? " " : "", verb->args, verb->text);
        bw_buf_puts(out, "\n| flag | what |\n|---|---|\n");
        for (const struct bw_option *o = verb->options; o->name; o++) {
                bw_buf_puts(out, "| `");
                if (o->letter)
                        bw_buf_printf(out, "-%c`, `", o->letter);
                bw_buf_printf(out, "--%s", o->name);
                if (o->arg)
                        bw_buf_printf(out, o->value_optional ? "[=%s]" : " %s", o->arg);
                bw_buf_puts(out, "` | ");
                put_cell(out, bw_str(o->help));
                bw_buf_puts(out, " |\n");
        }
        for (const struct bw_option *o = verb->options; o->name; o++) {
                if (o->complete != BW_COMPLETE_REPORTER)
                        continue;
                bw_buf_printf(out, "\n| format of `--%s` | what |\n|---|---|\n", o->name);
                for (size_t i = 0; bw_reporters[i]; i++)
                        bw_buf_printf(out, "| `%s` | %s |\n", bw_reporters[i]->name, bw_reporters[i]->help);
        }
        for (const struct bw_example *e = verb->examples; e->command; e++)
                bw_buf_printf(out, "\n%s:\n\n    %s\n", e->what, e->command);
}

void bw_help_markdown(struct bw_buf *out)
{
        bw_buf_puts(out,
                    "# Commands\n\nMade from the program's own tables by `make docs`; `bulwark help VERB` shows the "
                    "same.\n\nExit status, the same for all verbs:\n\n| status | meaning |\n|---|---|\n");
        for (size_t i = 0; i < bw_n_exits; i++)
                bw_buf_printf(out, "| %d | %s |\n", bw_exits[i].status, bw_exits[i].help);
        bw_buf_puts(out, "\nEnvironment:\n\n| variable | meaning |\n|---|---|\n");
        for (const struct bw_environment_row *row = bw_environment; row->name; row++)
                bw_buf_printf(out, "| `%s` | %s |\n", row->name, row->help);
        for (size_t i = 0; bw_verbs[i]; i++)
                markdown_verb(out, bw_verbs[i]);
}

static void emit_options(struct bw_emit *e, const struct bw_option *options)
{
        bw_emit_key(e, "options");
        bw_emit_list(e);
        for (const struct bw_option *o = options; o->name; o++) {
                bw_emit_map(e);
                bw_emit_key_str(e, "name", bw_str(o->name));
                bw_emit_key_str(e, "letter", bw_str_n(&o->letter, o->letter ? 1 : 0));
                bw_emit_key_str(e, "arg", bw_str(o->arg));
                bw_emit_key_str(e, "words", bw_str(o->words));
                bw_emit_key_str(e, "help", bw_str(o->help));
                bw_emit_end(e);
        }
        bw_emit_end(e);
}

int bw_help_json(struct bw_buf *out, struct bw_error *reterr)
{
        bw_auto_done(bw_emit_done) struct bw_emit e;
        int r;

        bw_emit_init(&e, BW_SYNTAX_JSON, NULL);
        bw_emit_map(&e);
        bw_emit_key(&e, "verbs");
        bw_emit_list(&e);
        for (size_t i = 0; bw_verbs[i]; i++) {
                bw_emit_map(&e);
                bw_emit_key_str(&e, "name", bw_str(bw_verbs[i]->name));
                bw_emit_key_str(&e, "summary", bw_str(bw_verbs[i]->summary));
                bw_emit_key_str(&e, "args", bw_str(bw_verbs[i]->args));
                emit_options(&e, bw_verbs[i]->options);
                bw_emit_key(&e, "examples");
                bw_emit_list(&e);
                for (const struct bw_example *x = bw_verbs[i]->examples; x->command; x++)
                        bw_emit_str(&e, bw_str(x->command));
                bw_emit_end(&e);
                bw_emit_end(&e);
        }
        bw_emit_end(&e);
        bw_emit_end(&e);
        r = bw_emit_close(&e, reterr);
        if (r == 0)
                bw_buf_str(out, bw_buf_view(&e.buf));
        return r;
}
