/* SPDX-License-Identifier: Apache-2.0 */
/* Source: data/kubelet-defaults.tsv; k8s.io/kubernetes pkg/kubelet/apis/config/v1beta1/defaults.go. */
#include "analyze/kubelet_internal.h"

#include "base/arena.h"
#include "base/table.h"
#include "format/gotext.h"

extern const struct bw_table bw_table_kubelet_defaults;
static const struct bw_table *const table = &bw_table_kubelet_defaults;

enum column { COLUMN_FIELD, COLUMN_WHEN, COLUMN_VALUE, COLUMN_LEGACY, COLUMN_GATE, COLUMN_SINCE, COLUMN_UNTIL };

static bool is_zero(struct bw_value v)
{
        int64_t ns;

        switch ((enum bw_type)v.type) {
        case BW_ABSENT:
        case BW_NULL:
                return true;
        case BW_INT:
                return v.i == 0;
        case BW_STRING:
                return v.n == 0 || (bw_go_duration(bw_value_text(v), &ns) == 0 && ns == 0);
        default:
                return false;
        }
}

static bool wants_default(const char *when, const struct kubelet_node *node)
{
        if (!node || (node->value.type == BW_ABSENT && !node->first && !node->from.type))
                return true;
        if (strcmp(when, "zero") == 0)
                return is_zero(node->value);
        return strcmp(when, "below") == 0 && node->value.type == BW_INT && node->value.i < 0;
}

/* a<b,c<d */
static int put_thresholds(struct kubelet_tree *tree, const char *field, struct bw_str text, const struct bw_evidence *from)
{
        struct kubelet_node *node = kubelet_make(tree, field);
        struct bw_str part;

        if (!node)
                return -ENOMEM;
        node->from = *from;
        while (text.n && bw_str_split(&text, ',', &part)) {
                struct bw_str key;
                struct bw_str path;
                int r;

                if (!bw_str_split(&part, '<', &key) || kubelet_child(node, key))
                        continue;
                path = bw_arena_str(tree->arena, key);
                if (!path.p)
                        return -ENOMEM;
                /* Names of signals have dots: the child is made by hand. */
                r = kubelet_put_entry(tree, node, path, bw_value_str(part), from);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int put_default(struct kubelet_tree *tree, const char *field, struct bw_str text, const struct bw_evidence *from)
{
        struct kubelet_node *node = kubelet_make(tree, field);
        struct bw_value value = bw_value_str(text);
        int64_t i;
        double d;

        if (!node) /* not in this version */
                return 0;
        if (bw_str_is(node->type, "map[string]string"))
                return put_thresholds(tree, field, text, from);
        if (bw_str_is(node->type, "bool"))
                value = bw_value_bool(bw_str_is(text, "true"));
        else if (bw_str_is(node->type, "float64") && bw_str_to_double(text, &d) == 0)
                value = bw_value_double(d);
        else if (bw_str_starts(node->type, BW_STR("int")) && bw_str_to_i64(text, &i) == 0)
                value = bw_value_int(i);
        if (bw_str_is(node->type, "[]string")) {
                struct bw_list *list = bw_list_new(tree->arena, 1);

                if (!list)
                        return -ENOMEM;
                list->items[0] = value;
                value = bw_value_list(list, 1);
        }
        /* A file that says what is the default anyway has said it. */
        if (node->from.type && bw_value_eq(node->value, value))
                return 0;
        return kubelet_set(tree, field, value, from);
}

/* What follows from other fields that are given. */
static int linked_defaults(struct kubelet_tree *tree, const struct bw_evidence *from)
{
        struct bw_value parallel = kubelet_get(tree, "maxParallelImagePulls");
        struct bw_value update = kubelet_get(tree, "nodeStatusUpdateFrequency");
        int r = 0;

        if (is_zero(kubelet_get(tree, "nodeStatusReportFrequency")))
                r = kubelet_set(tree, "nodeStatusReportFrequency", is_zero(update) ? bw_value_str(BW_STR("5m0s")) : update, from);
        if (r == 0 && kubelet_get(tree, "serializeImagePulls").type != BW_BOOL)
                r = kubelet_set(tree, "serializeImagePulls", bw_value_bool(parallel.type != BW_INT || parallel.i < 2), from);
        return r;
}

/* Thresholds that are not given, beside those that are. */
static int merged_thresholds(struct kubelet_tree *tree, struct bw_str defaults, const struct bw_evidence *from)
{
        return kubelet_bool(tree, "mergeDefaultEvictionSettings") ? put_thresholds(tree, "evictionHard", defaults, from) : 0;
}

int kubelet_defaults(struct kubelet_tree *tree, bool legacy)
{
        struct bw_evidence from = {.type = "default"};
        int r;

        from.text = bw_arena_printf(tree->arena, "default of 1.%d%s", tree->minor, legacy ? " without --config" : "");
        if (!from.text.p)
                return -ENOMEM;
        r = linked_defaults(tree, &from);
        for (size_t i = 0; r == 0 && i < table->n_rows; i++) {
                const char *field = bw_table_text(table, i, COLUMN_FIELD);
                const char *gate = bw_table_text(table, i, COLUMN_GATE);
                struct bw_str value = bw_table_cell(table, i, legacy && bw_table_cell(table, i, COLUMN_LEGACY).n ? COLUMN_LEGACY : COLUMN_VALUE);

                if (bw_table_int(table, i, COLUMN_SINCE, 0) > tree->minor ||
                    bw_table_int(table, i, COLUMN_UNTIL, INT_MAX) < tree->minor || (*gate && !kubelet_gate(tree, gate)))
                        continue;
                if (wants_default(bw_table_text(table, i, COLUMN_WHEN), kubelet_find(tree, field)))
                        r = put_default(tree, field, value, &from);
                else if (strcmp(field, "evictionHard") == 0)
                        r = merged_thresholds(tree, value, &from);
        }
        return r;
}

/* ---- zeros */

static struct bw_value zero_of(struct bw_str type)
{
        struct bw_str form = bw_schema_type_form(type);

        if (bw_str_starts(form, BW_STR("=")))
                return zero_of(bw_str_rest(form, 1));
        if (bw_str_is(type, "string"))
                return bw_value_str(BW_STR(""));
        if (bw_str_is(type, "bool"))
                return bw_value_bool(false);
        if (bw_str_is(type, "meta/v1.Duration"))
                return bw_value_str(BW_STR("0s"));
        if (bw_str_starts(type, BW_STR("int")) || bw_str_starts(type, BW_STR("uint")))
                return bw_value_int(0);
        return (struct bw_value){0};
}

/* Recursion is as deep as the types are. */
static int put_zeros(struct kubelet_tree *tree, struct bw_str type, const char *prefix, const struct bw_evidence *from)
{
        struct bw_str field;
        struct bw_str go;
        int r = 0;

        for (size_t i = 0; r == 0 && bw_schema_each_field(type, &i, tree->minor, &field, &go);) {
                struct bw_value zero = zero_of(go);
                struct bw_str path = bw_arena_printf(tree->arena, "%s%s%.*s", prefix, *prefix ? "." : "", BW_STR_ARG(field));
                const struct kubelet_node *node = path.p ? kubelet_find(tree, path.p) : NULL;

                if (!path.p)
                        return -ENOMEM;
                if (bw_str_is(field, "kind") || bw_str_is(field, "apiVersion"))
                        continue;
                if (bw_str_is(bw_schema_type_form(go), "struct"))
                        r = put_zeros(tree, go, path.p, from);
                else if (zero.type != BW_ABSENT && (!node || node->value.type == BW_ABSENT))
                        r = kubelet_set(tree, path.p, zero, from);
        }
        return r;
}

int kubelet_zeros(struct kubelet_tree *tree)
{
        struct bw_evidence from = {.type = "default"};

        from.text = bw_arena_printf(tree->arena, "default of 1.%d", tree->minor);
        return from.text.p ? put_zeros(tree, BW_STR(KUBELET_TYPE), "", &from) : -ENOMEM;
}

/* ---- gates */

static bool explicit_gate(struct kubelet_tree *tree, const char *name, bool *ret)
{
        const struct kubelet_node *node = kubelet_child(kubelet_find(tree, "featureGates"), bw_str(name));

        if (!node || node->value.type != BW_BOOL)
                return false;
        *ret = node->value.b;
        return true;
}

bool kubelet_gate(struct kubelet_tree *tree, const char *name)
{
        struct component_gate gate = {0};
        bool on;

        if (explicit_gate(tree, name, &on))
                return on;
        if (component_gate(bw_str(name), tree->minor, &gate) != COMPONENT_GATE_KNOWN)
                return false;
        if ((strcmp(gate.stage, "alpha") == 0 && explicit_gate(tree, "AllAlpha", &on)) ||
            (strcmp(gate.stage, "beta") == 0 && explicit_gate(tree, "AllBeta", &on)))
                return on;
        return gate.on;
}

struct bw_str kubelet_gates_refused(struct kubelet_tree *tree)
{
        const struct kubelet_node *gates = kubelet_find(tree, "featureGates");

        for (const struct kubelet_node *n = gates && !tree->gates_hold ? gates->first : NULL; n; n = n->next) {
                struct component_gate gate = {0};
                enum component_gate_answer answer = component_gate(n->key, tree->minor, &gate);

                if (bw_str_is(n->key, "AllAlpha") || bw_str_is(n->key, "AllBeta") || n->value.type != BW_BOOL)
                        continue;
                if (answer == COMPONENT_GATE_UNKNOWN)
                        return bw_arena_printf(tree->arena, "unrecognized feature gate: %.*s", BW_STR_ARG(n->key));
                if (answer == COMPONENT_GATE_KNOWN && gate.locked && gate.on != n->value.b)
                        return bw_arena_printf(tree->arena,
                                               "cannot set feature gate %.*s to %s, feature is locked to %s",
                                               BW_STR_ARG(n->key), n->value.b ? "true" : "false", gate.on ? "true" : "false");
        }
        return BW_STR("");
}
