/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/utf8.h"
#include "rule/rule_internal.h"

static bool make_room(struct rule_problems *problems)
{
        size_t cap = problems->cap ? problems->cap * 2 : 8;
        struct bw_rule_problem *items;

        if (problems->n < problems->cap)
                return true;
        items = bw_arena_array(problems->arena, cap, sizeof(*items));
        if (!items)
                return false;
        if (problems->n)
                memcpy(items, problems->items, problems->n * sizeof(*items));
        problems->items = items;
        problems->cap = cap;
        return true;
}

void rule_problem_add(struct rule_problems *problems, const struct bw_doc *doc, struct bw_mark mark, const char *fmt, ...)
{
        struct bw_rule_problem problem = {.line = mark.line, .column = mark.column};
        struct bw_error text = {0};
        va_list ap;

        if (problems->n >= BW_LIMIT_RULE_PROBLEMS) {
                problems->n_more++;
                return;
        }
        va_start(ap, fmt);
        vsnprintf(text.message, sizeof(text.message), fmt, ap);
        va_end(ap);
        problem.message = bw_arena_str(problems->arena, bw_str(text.message));
        if (!problem.message.p || !make_room(problems)) {
                problems->nomem = true;
                return;
        }
        if (doc && doc->input)
                problem.file = doc->input->name;
        if (doc && mark.line)
                problem.source = bw_doc_line(doc, mark.line);
        problems->items[problems->n++] = problem;
}

int rule_problems_error(const struct rule_problems *problems, struct bw_error *reterr)
{
        const struct bw_rule_problem *p = &problems->items[0];
        int r = bw_error_at(reterr, -EINVAL, p->line, p->column, "%.*s", BW_STR_ARG(p->message));

        if (reterr)
                bw_error_in_file(reterr, p->file);
        return r;
}

/* Blanks up to the column, tabs kept, so that the caret stands under its character. */
static void write_caret(struct bw_buf *out, struct bw_str line, uint32_t column)
{
        size_t end = bw_utf8_offset(line, column - 1);

        bw_buf_puts(out, "  ");
        for (size_t i = 0, rune_bytes; i < end; i += rune_bytes) {
                uint32_t rune;

                rune_bytes = bw_utf8_decode(bw_str_n(line.p + i, line.n - i), &rune);
                bw_buf_char(out, rune == '\t' ? '\t' : ' ');
        }
        bw_buf_puts(out, "^\n");
}

void bw_rule_problems_format(struct bw_buf *out, const struct bw_rule_problems *problems)
{
        for (size_t i = 0; i < problems->n; i++) {
                const struct bw_rule_problem *p = &problems->items[i];

                bw_buf_clean(out, p->file);
                if (p->line)
                        bw_buf_printf(out, ":%u:%u", p->line, p->column);
                bw_buf_puts(out, ": ");
                bw_buf_clean(out, p->message);
                bw_buf_char(out, '\n');
                if (p->source.n && p->column) {
                        bw_buf_puts(out, "  ");
                        bw_buf_str(out, p->source);
                        bw_buf_char(out, '\n');
                        write_caret(out, p->source, p->column);
                }
        }
        if (problems->n_more)
                bw_buf_printf(out, "and %zu more\n", problems->n_more);
}
