/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rbac_grants.h"

#include "base/alloc.h"
#include "cli/columns.h"
#include "cli/rules_internal.h"

int bw_rbac_grants_add(struct bw_rbac_grants *grants, const struct bw_rbac_grant *grant)
{
        if (bw_grow(&grants->items, &grants->cap, grants->n + 1, sizeof(*grants->items)) < 0)
                return -ENOMEM;
        grants->items[grants->n++] = *grant;
        return 0;
}

void bw_rbac_grants_done(struct bw_rbac_grants *grants)
{
        bw_free(grants->items);
        grants->items = NULL;
        grants->n = grants->cap = 0;
}

/* Where it holds: "*" is everywhere. */
static struct bw_str namespace_of(const struct bw_rbac_grants *grants, const struct bw_rbac_grant *grant)
{
        const struct bw_doc *binding = grants->inputs->docs[grant->binding];

        return binding->ns.n ? binding->ns : BW_STR("*");
}

static int put_row(struct bw_columns *table, const struct bw_rbac_grants *grants, const struct bw_rbac_grant *grant)
{
        const struct bw_rbac_inputs *inputs = grants->inputs;
        struct bw_str subject = {0};
        struct bw_str rule;
        struct bw_str binding;
        struct bw_str role;
        struct bw_str place;

        if ((!grants->subject && bw_rbac_subject_text(inputs, grant, &subject) < 0) ||
            bw_rbac_rule_text(inputs->objects.arena, bw_rbac_granting_rule(inputs, grant), &rule) < 0 ||
            bw_rbac_object_text(inputs, grant->binding, &binding) < 0 || bw_rbac_object_text(inputs, grant->role, &role) < 0 ||
            bw_rbac_rule_place(inputs, grant, &place) < 0)
                return -ENOMEM;
        if (!grants->subject)
                bw_columns_cell(table, subject);
        bw_columns_cell(table, namespace_of(grants, grant));
        bw_columns_cell(table, rule);
        bw_columns_cell(table, binding);
        bw_columns_cell(table, role);
        bw_columns_cell(table, place);
        return 0;
}

static int put_text(struct bw_buf *out, const struct bw_rbac_grants *grants)
{
        static const char *const head[] = {"SUBJECT", "NAMESPACE", "RULE", "BINDING", "ROLE", "PLACE"};
        size_t first = grants->subject ? 1 : 0;
        struct bw_columns table;
        int r = 0;

        bw_columns_init(&table, BW_ARRAY_SIZE(head) - first, head + first);
        for (size_t i = 0; r == 0 && i < grants->n; i++)
                r = put_row(&table, grants, &grants->items[i]);
        if (r == 0 && grants->n)
                r = bw_columns_print(&table, out);
        bw_columns_done(&table);
        if (grants->n == 0)
                bw_buf_puts(out, grants->nobody);
        if (grants->unresolved)
                bw_buf_puts(out, "some bindings name roles that are not here: what those would grant is not known\n");
        return r < 0 ? r : bw_buf_status(out);
}

static int put_document(struct bw_buf *out, const struct bw_rbac_grants *grants, const char *format, struct bw_error *reterr)
{
        bw_auto_done(bw_emit_done) struct bw_emit e;
        int r = 0;

        bw_emit_init(&e, bw_syntax_of(format), NULL);
        bw_emit_map(&e);
        bw_emit_key_str(&e, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(&e, "kind", BW_STR("AccessList"));
        if (grants->subject)
                bw_emit_key_str(&e, "subject", bw_str(grants->subject));
        bw_emit_key(&e, "rolesMissing");
        bw_emit_bool(&e, grants->unresolved);
        bw_emit_key(&e, "grants");
        bw_emit_list(&e);
        for (size_t i = 0; r == 0 && i < grants->n; i++) {
                struct bw_str subject = {0};

                bw_emit_map(&e);
                if (!grants->subject)
                        r = bw_rbac_subject_text(grants->inputs, &grants->items[i], &subject);
                if (subject.n)
                        bw_emit_key_str(&e, "subject", subject);
                bw_emit_key_str(&e, "namespace", namespace_of(grants, &grants->items[i]));
                if (r == 0)
                        r = bw_emit_rbac_grant(&e, grants->inputs, &grants->items[i]);
                bw_emit_end(&e);
        }
        bw_emit_end(&e);
        bw_emit_end(&e);
        if (r < 0)
                return r;
        r = bw_emit_close(&e, reterr);
        if (r == 0)
                bw_buf_str(out, bw_buf_view(&e.buf));
        return r;
}

int bw_rbac_grants_show(struct bw_cli *cli, const struct bw_args *args, const struct bw_rbac_grants *grants,
                        struct bw_error *reterr)
{
        const char *format = bw_args_value(args, BW_OPT_OUTPUT, "text");
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        int r = strcmp(format, "text") == 0 ? put_text(&out, grants) : put_document(&out, grants, format, reterr);

        if (r < 0)
                return r == -ENOMEM ? bw_error_nomem(reterr) : r;
        r = bw_cli_print(cli, &out);
        return r == BW_EXIT_OK && grants->inputs->objects.incomplete ? BW_EXIT_USAGE : r;
}
