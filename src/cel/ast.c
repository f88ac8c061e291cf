/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/ast.h"

static void list_children(struct bw_cel_expr **items, uint32_t n,
                          void (*fn)(struct bw_cel_expr **child, void *userdata), void *userdata)
{
        for (uint32_t i = 0; i < n; i++)
                fn(&items[i], userdata);
}

void bw_cel_ast_children(struct bw_cel_expr *e, void (*fn)(struct bw_cel_expr **child, void *userdata), void *userdata)
{
        switch (e->kind) {
        case BW_CEL_EXPR_CONST:
        case BW_CEL_EXPR_IDENT:
                break;
        case BW_CEL_EXPR_SELECT:
                fn(&e->select.operand, userdata);
                break;
        case BW_CEL_EXPR_CALL:
                if (e->call.target)
                        fn(&e->call.target, userdata);
                list_children(e->call.args, e->call.n_args, fn, userdata);
                break;
        case BW_CEL_EXPR_LIST:
                list_children(e->list.items, e->list.n, fn, userdata);
                break;
        case BW_CEL_EXPR_MAP:
        case BW_CEL_EXPR_STRUCT:
                for (uint32_t i = 0; i < e->map.n; i++) {
                        if (e->map.entries[i].key)
                                fn(&e->map.entries[i].key, userdata);
                        fn(&e->map.entries[i].value, userdata);
                }
                break;
        case BW_CEL_EXPR_COMPREHENSION:
                fn(&e->loop.range, userdata);
                fn(&e->loop.accu_init, userdata);
                fn(&e->loop.loop_cond, userdata);
                fn(&e->loop.loop_step, userdata);
                fn(&e->loop.result, userdata);
                break;
        }
}

static void number(struct bw_cel_expr **place, void *userdata)
{
        struct bw_cel_expr *e = *place;
        uint32_t *last = userdata;

        e->id = ++*last;
        if (e->kind == BW_CEL_EXPR_MAP || e->kind == BW_CEL_EXPR_STRUCT)
                for (uint32_t i = 0; i < e->map.n; i++)
                        e->map.entries[i].id = ++*last;
        bw_cel_ast_children(e, number, last);
}

uint32_t bw_cel_ast_number(struct bw_cel_expr *root)
{
        uint32_t last = 0;

        number(&root, &last);
        return last;
}
