/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trees as text: one node per line, two blanks per level: "ID [part] kind detail [: type] [<- what it refers to]".
 */
#include "base/buf.h"
#include "cel/ast.h"
#include "cel/library.h"

struct dump {
        struct bw_buf *out;
        const struct bw_cel_ast *ast;
        bool types;
        unsigned level;
};

static void dump_node(struct dump *d, const char *part, const struct bw_cel_expr *e);

static void begin(struct dump *d, uint32_t id, const char *part)
{
        bw_buf_fill(d->out, ' ', (size_t)d->level * 2);
        bw_buf_printf(d->out, "%" PRIu32 " %s", id, part);
}

static void put_reference(struct dump *d, const struct bw_cel_reference *ref)
{
        if (ref->n_overloads == 0 && !ref->name.n)
                return;
        bw_buf_puts(d->out, " <-");
        if (ref->name.n)
                bw_buf_printf(d->out, " %.*s", BW_STR_ARG(ref->name));
        if (ref->slot >= 0)
                bw_buf_printf(d->out, " (slot %" PRId32 ")", ref->slot);
        for (uint32_t i = 0; i < ref->n_overloads; i++)
                bw_buf_printf(d->out, " %s", ref->overloads[i]->id);
}

static void end(struct dump *d, const struct bw_cel_expr *e)
{
        if (d->types && d->ast->checked) {
                if (d->ast->types[e->id]) {
                        bw_buf_puts(d->out, " : ");
                        bw_cel_type_format(d->out, d->ast->types[e->id]);
                }
                put_reference(d, &d->ast->references[e->id]);
        }
        bw_buf_char(d->out, '\n');
}

static void dump_call(struct dump *d, const struct bw_cel_expr *e)
{
        bw_buf_printf(d->out, "call %.*s", BW_STR_ARG(e->call.function));
        end(d, e);
        d->level++;
        if (e->call.target)
                dump_node(d, "target: ", e->call.target);
        for (uint32_t i = 0; i < e->call.n_args; i++)
                dump_node(d, "", e->call.args[i]);
        d->level--;
}

static void dump_list(struct dump *d, const struct bw_cel_expr *e)
{
        bw_buf_puts(d->out, "list");
        end(d, e);
        d->level++;
        for (uint32_t i = 0; i < e->list.n; i++)
                dump_node(d, e->list.optional && e->list.optional[i] ? "optional: " : "", e->list.items[i]);
        d->level--;
}

static void dump_entries(struct dump *d, const struct bw_cel_expr *e)
{
        if (e->kind == BW_CEL_EXPR_MAP)
                bw_buf_puts(d->out, "map");
        else
                bw_buf_printf(d->out, "struct %.*s", BW_STR_ARG(e->map.type_name));
        end(d, e);
        d->level++;
        for (uint32_t i = 0; i < e->map.n; i++) {
                const struct bw_cel_ast_entry *entry = &e->map.entries[i];

                begin(d, entry->id, entry->optional ? "optional entry" : "entry");
                bw_buf_printf(d->out, "%s%.*s\n", entry->field.n ? " " : "", BW_STR_ARG(entry->field));
                d->level++;
                if (entry->key)
                        dump_node(d, "key: ", entry->key);
                dump_node(d, "value: ", entry->value);
                d->level--;
        }
        d->level--;
}

static void dump_loop(struct dump *d, const struct bw_cel_expr *e)
{
        bw_buf_printf(d->out, "loop %.*s", BW_STR_ARG(e->loop.iter_var));
        if (e->loop.iter_var2.n)
                bw_buf_printf(d->out, ", %.*s", BW_STR_ARG(e->loop.iter_var2));
        end(d, e);
        d->level++;
        dump_node(d, "range: ", e->loop.range);
        begin(d, e->id, "accumulator: ");
        bw_buf_printf(d->out, "%.*s\n", BW_STR_ARG(e->loop.accu_var));
        dump_node(d, "init: ", e->loop.accu_init);
        dump_node(d, "condition: ", e->loop.loop_cond);
        dump_node(d, "step: ", e->loop.loop_step);
        dump_node(d, "result: ", e->loop.result);
        d->level--;
}

static void dump_node(struct dump *d, const char *part, const struct bw_cel_expr *e)
{
        begin(d, e->id, part);
        switch (e->kind) {
        case BW_CEL_EXPR_CONST:
                bw_buf_puts(d->out, "const ");
                bw_cel_format_value(d->out, e->constant);
                end(d, e);
                break;
        case BW_CEL_EXPR_IDENT:
                bw_buf_printf(d->out, "ident %.*s", BW_STR_ARG(e->ident));
                end(d, e);
                break;
        case BW_CEL_EXPR_SELECT:
                bw_buf_printf(d->out, "%s %.*s", e->select.test ? "has" : "select", BW_STR_ARG(e->select.field));
                end(d, e);
                d->level++;
                dump_node(d, "", e->select.operand);
                d->level--;
                break;
        case BW_CEL_EXPR_CALL:
                dump_call(d, e);
                break;
        case BW_CEL_EXPR_LIST:
                dump_list(d, e);
                break;
        case BW_CEL_EXPR_MAP:
        case BW_CEL_EXPR_STRUCT:
                dump_entries(d, e);
                break;
        case BW_CEL_EXPR_COMPREHENSION:
                dump_loop(d, e);
                break;
        }
}

void bw_cel_dump_ast(struct bw_buf *out, const struct bw_cel_ast *ast)
{
        dump_node(&(struct dump){.out = out, .ast = ast}, "", ast->root);
}

void bw_cel_dump_types(struct bw_buf *out, const struct bw_cel_ast *ast)
{
        dump_node(&(struct dump){.out = out, .ast = ast, .types = true}, "", ast->root);
}
