/* SPDX-License-Identifier: Apache-2.0 */
/* Feature gates: their stages by version. Source: data/feature-gates.tsv; k8s.io/component-base featuregate. */
#include "analyze/component_internal.h"
#include "base/table.h"

enum { /* the versions of which the table has every gate */
        COMPLETE_SINCE = 34,
        COMPLETE_UNTIL = 36,
};

extern const struct bw_table bw_table_feature_gates;

static const struct bw_table *const table = &bw_table_feature_gates;

/* One stage, "32b+": false when it is none. */
static bool read_stage(struct bw_str text, int *ret_since, struct component_gate *gate)
{
        static const char letters[] = "abgd";
        static const char *const stages[] = {"alpha", "beta", "ga", "deprecated"};
        int64_t since;
        const char *letter;

        if (text.n < 3 || bw_str_to_i64(bw_str_n(text.p, text.n - 2), &since) < 0)
                return false;
        letter = strchr(letters, text.p[text.n - 2]);
        if (!letter)
                return false;
        *ret_since = (int)since;
        gate->stage = stages[letter - letters];
        gate->locked = text.p[text.n - 1] == '=';
        if (!gate->locked)
                gate->on = text.p[text.n - 1] == '+';
        else if (*letter == 'g')
                gate->on = true;
        return true;
}

enum component_gate_answer component_gate(struct bw_str name, int minor, struct component_gate *ret)
{
        size_t row = bw_table_find(table, name);
        struct bw_str stages;
        struct bw_str part;
        bool known = false;

        if (row == SIZE_MAX)
                return minor >= COMPLETE_SINCE ? COMPONENT_GATE_UNKNOWN : COMPONENT_GATE_UNSURE;
        stages = bw_table_cell(table, row, 1);
        *ret = (struct component_gate){0};
        while (stages.n && bw_str_split(&stages, ' ', &part)) {
                struct component_gate gate = *ret;
                int since;

                if (!read_stage(part, &since, &gate) || since > minor)
                        break;
                *ret = gate;
                known = true;
        }
        return known ? COMPONENT_GATE_KNOWN : COMPONENT_GATE_UNKNOWN;
}

static bool is_group(struct bw_str name)
{
        return bw_str_is(name, "AllAlpha") || bw_str_is(name, "AllBeta");
}

/* The named gates; a null value when there are none that could be looked at. etcd has gates of its own. */
static struct bw_value named(struct component *c, struct component_setting **ret)
{
        *ret = c->cls->letter == 'E' ? NULL : component_find(c, "feature-gates");
        return *ret && (*ret)->value.type == BW_MAP ? (*ret)->value : bw_value_null();
}

static int check_gate(struct component *c, struct bw_str name, bool on, const struct bw_evidence *where)
{
        struct component_gate gate;
        enum component_gate_answer answer = component_gate(name, c->kubernetes_minor, &gate);

        if (is_group(name))
                return 0;
        if (answer == COMPONENT_GATE_UNKNOWN && component_is_charted(c, 0, COMPLETE_UNTIL))
                return component_problem(c, "unknown-gate", BW_STR("feature-gates"), true, where,
                                         "%s 1.%d has no feature gate %.*s", c->cls->name, c->kubernetes_minor,
                                         BW_STR_ARG(name));
        if (answer == COMPONENT_GATE_KNOWN && gate.locked && gate.on != on && !c->input->running)
                return component_problem(c, "locked-gate", BW_STR("feature-gates"), true, where,
                                         "the feature gate %.*s cannot be changed in 1.%d: it is %s", BW_STR_ARG(name),
                                         c->kubernetes_minor, gate.on ? "on" : "off");
        return 0;
}

int component_check_gates(struct component *c)
{
        struct component_setting *setting;
        struct bw_value gates = named(c, &setting);
        int r = 0;

        for (uint32_t i = 0; gates.type == BW_MAP && r == 0 && i < gates.n; i++)
                if (gates.map->entries[i].value.type == BW_BOOL)
                        r = check_gate(c, bw_value_text(gates.map->entries[i].key), gates.map->entries[i].value.b,
                                       &setting->evidence);
        return r;
}

struct bw_value component_gates(struct component *c, struct bw_facts *facts)
{
        struct bw_fields all = bw_fields(facts);
        struct component_setting *setting;
        struct bw_value gates = named(c, &setting);

        for (uint32_t i = 0; gates.type == BW_MAP && i < gates.n; i++) {
                struct bw_str name = bw_value_text(gates.map->entries[i].key);
                struct bw_fields fields = bw_fields(facts);
                struct component_gate gate;

                bw_fields_value(&fields, "enabled", gates.map->entries[i].value);
                if (component_gate(name, c->kubernetes_minor, &gate) == COMPONENT_GATE_KNOWN) {
                        bw_fields_text(&fields, "stage", bw_str(gate.stage));
                        bw_fields_bool(&fields, "default", gate.on);
                }
                bw_fields_value_at(&all, name, bw_fields_end(&fields));
                if (setting->evidence.type)
                        bw_facts_evidence_of(facts, &setting->evidence, "featureGates", name);
        }
        return bw_fields_end(&all);
}
