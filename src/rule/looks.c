/* SPDX-License-Identifier: Apache-2.0 */
/* Which other objects a rule says it looks into, and whether its expressions keep to that. */
#include "base/error.h"
#include "cel/ast.h"
#include "rule/rule_internal.h"

int rule_look_parse(struct bw_str text, struct rule_look *ret)
{
        struct rule_look look = {.text = text, .kind = {.any_group = true}};
        struct bw_str rest = text;

        if (!bw_str_is(text, "pods")) {
                if (bw_str_find(text, BW_STR("/")) != SIZE_MAX) {
                        look.kind.any_group = false;
                        (void)bw_str_split(&rest, '/', &look.kind.group);
                }
                look.kind.kind = rest;
                if (rest.n == 0 || bw_str_find(rest, BW_STR("/")) != SIZE_MAX || bw_str_is(rest, "*"))
                        return -EINVAL;
        }
        *ret = look;
        return 0;
}

struct walk {
        const struct bw_rule *rule;
        const struct bw_cel_ast *ast;
        struct bw_error *ret_why; /* set: something is wrong */
};

static bool has_look(const struct bw_rule *rule, struct bw_str text)
{
        for (size_t i = 0; i < rule->n_looks; i++)
                if (bw_str_eq(rule->looks[i].text, text))
                        return true;
        return false;
}

static bool is_inventory(const struct walk *w, const struct bw_cel_expr *e)
{
        return e && e->kind == BW_CEL_EXPR_IDENT && w->ast->references[e->id].slot == SLOT_INVENTORY;
}

static void wrong(struct walk *w, const struct bw_cel_expr *e, const char *what, struct bw_str name)
{
        struct bw_mark mark = bw_cel_place(w->ast->source, e->offset);

        (void)bw_error_at(w->ret_why, -EINVAL, mark.line, mark.column, "%s %.*s", what, BW_STR_ARG(name));
}

/* inventory.list("Service"): a kind that is written out must be one of the rule's. */
static void check_call(struct walk *w, const struct bw_cel_expr *e)
{
        const struct bw_cel_expr *kind = e->call.n_args ? e->call.args[0] : NULL;

        if (!is_inventory(w, e->call.target))
                return;
        if (bw_str_ends(e->call.function, BW_STR("pods")) || bw_str_ends(e->call.function, BW_STR("Pods"))) {
                if (!has_look(w->rule, BW_STR("pods")))
                        wrong(w, e, "the rule's field inventory does not name", BW_STR("pods"));
                return;
        }
        if (kind && kind->kind == BW_CEL_EXPR_CONST && kind->constant.type == BW_STRING &&
            !has_look(w->rule, bw_value_text(kind->constant)))
                wrong(w, kind, "the rule's field inventory does not name", bw_value_text(kind->constant));
}

/* Recursion is bounded by the parser: BW_LIMIT_CEL_DEPTH. */
static void visit(struct bw_cel_expr **child, void *userdata)
{
        struct walk *w = userdata;
        struct bw_cel_expr *e = *child;

        if (!e || w->ret_why->code)
                return;
        if (is_inventory(w, e) && w->rule->n_looks == 0)
                wrong(w, e, "the rule names no kinds to look into: it lacks the field", BW_STR("inventory"));
        else if (e->kind == BW_CEL_EXPR_CALL)
                check_call(w, e);
        bw_cel_ast_children(e, visit, w);
}

bool rule_looks_wrong(const struct bw_rule *rule, const struct bw_cel_ast *ast, struct bw_error *ret_why)
{
        struct walk w = {.rule = rule, .ast = ast, .ret_why = ret_why};
        struct bw_cel_expr *root = ast->root;

        visit(&root, &w);
        return ret_why->code != 0;
}
