/* SPDX-License-Identifier: Apache-2.0 */
/* A Policy implies an AuditCoverage: what it records of the catalogue's requests. kinds/AuditCoverage.yaml. */
#include "analyze/audit_coverage_internal.h"
#include "analyze/audit_requests.h"

#include "base/arena.h"

static void add_request(struct bw_facts *facts, struct bw_items *items, struct bw_value policy, const struct bw_audit_case *c)
{
        struct bw_str groups[3];
        struct bw_audit_request request = bw_audit_case_request(c, groups);
        struct bw_audit_answer answer = bw_audit_decide(policy, &request);
        struct bw_fields row = bw_fields(facts);
        uint32_t number = items->n;
        struct bw_str path = BW_STR("rules");

        bw_fields_text(&row, "id", bw_str(c->id));
        bw_fields_text(&row, "title", bw_str(c->title));
        bw_fields_text(&row, "topic", bw_str(c->topic));
        bw_fields_text(&row, "level", bw_str(bw_audit_level_text(answer.level)));
        bw_fields_text(&row, "least", bw_str(bw_audit_level_text(c->least)));
        bw_fields_text(&row, "most", bw_str(bw_audit_level_text(c->most)));
        bw_fields_bool(&row, "missed", answer.level < c->least);
        bw_fields_bool(&row, "leaks", c->holds && answer.level > c->most);
        if (c->holds)
                bw_fields_text(&row, "holds", bw_str(c->holds));
        if (answer.rule != BW_AUDIT_NO_RULE) {
                bw_fields_int(&row, "rule", answer.rule);
                path = bw_arena_printf(facts->arena, "rules[%u]", answer.rule);
        }
        bw_items_value(items, bw_fields_end(&row));
        bw_facts_evidence(facts, &(struct bw_evidence){.type = "derived", .path = path}, "requests[%u]", number);
}

/* by: the rule that takes everything first, or BW_AUDIT_NO_RULE. */
static void add_dead(struct bw_facts *facts, struct bw_items *items, uint32_t rule, uint32_t by, struct bw_str why)
{
        struct bw_fields row = bw_fields(facts);
        uint32_t number = items->n;

        bw_fields_int(&row, "rule", rule);
        if (by != BW_AUDIT_NO_RULE)
                bw_fields_int(&row, "by", by);
        bw_fields_text(&row, "why", why);
        bw_items_value(items, bw_fields_end(&row));
        bw_facts_evidence(facts,
                          &(struct bw_evidence){.type = "derived", .path = bw_arena_printf(facts->arena, "rules[%u]", rule)},
                          "dead[%u]", number);
}

static int find_dead(struct bw_facts *facts, struct bw_items *items, struct bw_value rules, struct bw_error *reterr)
{
        for (uint32_t i = 0; i < rules.n; i++) {
                struct bw_str why;
                uint32_t by = 0;
                int r = audit_rule_impossible(facts->arena, rules.list->items[i], &why, reterr);

                if (r < 0)
                        return r;
                while (!why.p && by < i && !audit_rule_covers(rules.list->items[by], rules.list->items[i]))
                        by++;
                if (why.p)
                        add_dead(facts, items, i, BW_AUDIT_NO_RULE, why);
                else if (by < i)
                        add_dead(facts, items, i, by,
                                 bw_arena_printf(facts->arena, "rule %u takes all of its requests first", by + 1));
        }
        return 0;
}

static void add_problem(struct bw_facts *facts, struct bw_items *items, const struct bw_problem *problem)
{
        struct bw_fields row = bw_fields(facts);
        struct bw_evidence evidence = {.type = "derived", .path = problem->path};
        uint32_t number = items->n;

        bw_fields_text(&row, "message", problem->message);
        bw_fields_text(&row, "path", problem->path);
        bw_fields_bool(&row, "warning", problem->warning);
        bw_items_value(items, bw_fields_end(&row));
        bw_facts_evidence(facts, &evidence, "problems[%u]", number);
}

static bool wants(const struct bw_doc *doc)
{
        return bw_str_is(doc->group, "audit.k8s.io") && bw_str_is(doc->kind, "Policy");
}

static int derive(struct bw_arena *arena, const struct bw_doc *doc, int minor, bool minor_is_given, bw_doc_sink sink,
                  void *userdata, struct bw_error *reterr)
{
        struct bw_problems problems = {.arena = arena};
        struct bw_doc policy_doc = *doc;
        struct bw_value policy = doc->root;
        struct bw_facts facts;
        struct bw_items requests;
        struct bw_items dead;
        struct bw_items wrong;
        struct bw_doc made;
        int r = 0;

        (void)minor_is_given;
        /* Facts of a node have been checked when its file was read. */
        if (!bw_doc_has_evidence(doc))
                r = bw_audit_policy_check(arena, &policy_doc, minor, &problems, &policy, reterr);
        bw_facts_init(&facts, arena, "AuditCoverage", doc->name.n ? doc->name : BW_STR("audit-policy"));
        requests = bw_items(&facts);
        dead = bw_items(&facts);
        wrong = bw_items(&facts);
        for (size_t i = 0; r == 0 && i < problems.n; i++)
                add_problem(&facts, &wrong, &problems.items[i]);
        if (r == 0 && !bw_problems_refuse(&problems)) {
                for (size_t i = 0; i < bw_n_audit_cases; i++)
                        add_request(&facts, &requests, policy, &bw_audit_cases[i]);
                r = find_dead(&facts, &dead, bw_map_get(policy, BW_STR("rules")), reterr);
        }
        bw_fields_value(&facts.fields, "requests", bw_items_end(&requests));
        bw_fields_value(&facts.fields, "dead", bw_items_end(&dead));
        bw_fields_value(&facts.fields, "problems", bw_items_end(&wrong));
        if (r == 0)
                r = bw_facts_finish(&facts, &made, reterr);
        return r < 0 ? r : sink(userdata, &made, reterr);
}

const struct bw_deriver bw_derive_audit = {.name = "audit", .kinds = "AuditCoverage", .wants = wants, .derive = derive};
