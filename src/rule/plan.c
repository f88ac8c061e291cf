/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/plan_internal.h"

#include "base/arena.h"

enum { MAX_GATES = 64, MAX_CHILDREN = 250, MAX_PENDING = 256, NO_GATE = -1 };

/* Who wants to know that a test failed: a rule, if none of these gates is shut; or a gate, which is then shut. */
struct target {
        uint64_t gates;
        uint32_t rule;
        int gate;             /* NO_GATE: a rule */
        struct target *next;
};

struct test {
        const struct rule_expr *expr; /* NULL: fails wherever there is a value */
        const struct rule_check *check; /* with `where`: run on the value and what is below it */
        struct bw_value params;
        struct target *targets;
        struct test *next;
};

struct test_list {
        const struct test *test;
        struct test_list *next;
};

/* Tests of checks that begin with the same `where`: it is asked once for all of them. */
struct door {
        const struct rule_when *where;
        struct test *tests;
        struct door *next;
};

struct node {
        struct bw_value key;
        struct test *tests;
        struct door *doors;
        struct test_list *absent; /* tests here and below that fail when there is no value here */
        struct node *each;        /* for every item or entry */
        struct node **children;
        uint8_t n_children;
        uint8_t *table;           /* by hash: child number + 1 */
        uint8_t mask;
};

struct plan {
        struct bw_arena *arena;
        const struct bw_rule *const *rules;
        size_t n_rules;
        int minor;
        struct node *root;
        struct node *containers;
        struct node *metadata;
        uint64_t *rule_gates;     /* a rule applies when all of these are open */
        bool *always;             /* rules that have to be run in any case */
        uint8_t *clear;           /* the answer when nothing failed */
        int n_gates;
        bool full;                /* a node has as many children as it can */
};

/* ---- making the tree */

static struct node *new_node(struct plan *plan, struct bw_value key)
{
        struct node *node = bw_arena_zalloc(plan->arena, sizeof(*node));

        if (node)
                node->key = key;
        return node;
}

static struct node *add_child(struct plan *plan, struct node *node, struct bw_value key)
{
        struct node **children;

        for (size_t i = 0; i < node->n_children; i++)
                if (bw_str_eq(bw_value_text(node->children[i]->key), bw_value_text(key)))
                        return node->children[i];
        if (node->n_children == MAX_CHILDREN) {
                plan->full = true;
                return NULL;
        }
        children = bw_arena_array(plan->arena, node->n_children + 1u, sizeof(struct node *));
        if (!children)
                return NULL;
        if (node->n_children)
                memcpy(children, node->children, node->n_children * sizeof(struct node *));
        node->children = children;
        children[node->n_children] = new_node(plan, key);
        return children[node->n_children] ? children[node->n_children++] : NULL;
}

/* The node at a path below node; NULL when memory is short, or when there is no room (then plan->full). */
static struct node *descend(struct plan *plan, struct node *node, struct bw_path path)
{
        for (size_t i = 0; i < path.n && node; i++) {
                const struct bw_segment *s = &path.segments[i];

                if (s->kind == BW_SEGMENT_KEY)
                        node = add_child(plan, node, s->key);
                else
                        node = node->each ? node->each : (node->each = new_node(plan, (struct bw_value){0}));
        }
        return node;
}

static bool has_index(struct bw_path path)
{
        for (size_t i = 0; i < path.n; i++)
                if (path.segments[i].kind == BW_SEGMENT_INDEX)
                        return true;
        return false;
}

/* An expression on the value alone; then it can be run from here. */
static bool is_pure(const struct rule_expr *expr, enum rule_slot slot)
{
        return !(expr->uses & ~(SLOT_BIT(slot) | SLOT_BIT(SLOT_PARAMS) | SLOT_BIT(SLOT_KUBERNETES_MINOR)));
}

/* The same question of another rule is asked once. */
static struct test *find_test(struct node *node, const struct rule_expr *expr)
{
        for (struct test *t = node->tests; t; t = t->next)
                if (t->expr && expr && !t->check && !(expr->uses & SLOT_BIT(SLOT_PARAMS)) && t->expr->uses == expr->uses &&
                    bw_str_eq(t->expr->source, expr->source))
                        return t;
        return NULL;
}

static bool same_path(struct bw_path a, struct bw_path b)
{
        bool same = a.n == b.n;

        for (size_t i = 0; i < a.n && same; i++) {
                const struct bw_segment *s = &a.segments[i];
                const struct bw_segment *t = &b.segments[i];

                same = s->kind == t->kind && (s->kind == BW_SEGMENT_KEY ? bw_value_eq(s->key, t->key) : s->index == t->index);
        }
        return same;
}

/* Where the tests of a check go: to the node, or behind the door of its first condition. NULL: memory is short. */
static struct test **list_for(struct plan *plan, struct node *node, const struct rule_check *check)
{
        const struct rule_when *where = check && check->n_where ? &check->where[0] : NULL;
        struct door *door;

        if (!where || !is_pure(&where->expression, SLOT_VALUE) || (where->expression.uses & SLOT_BIT(SLOT_PARAMS)))
                return &node->tests;
        for (door = node->doors; door; door = door->next)
                if (same_path(door->where->path, where->path) &&
                    bw_str_eq(door->where->expression.source, where->expression.source))
                        return &door->tests;
        door = bw_arena_alloc(plan->arena, sizeof(*door));
        if (!door)
                return NULL;
        *door = (struct door){.where = where, .next = node->doors};
        node->doors = door;
        return &door->tests;
}

static int add_test(struct plan *plan, struct node *node, struct test test, struct target target)
{
        struct test **list = list_for(plan, node, test.check);
        struct target *copy = bw_arena_alloc(plan->arena, sizeof(*copy));
        struct test *t = test.check ? NULL : find_test(node, test.expr);

        if (!copy || !list)
                return -ENOMEM;
        if (!t) {
                t = bw_arena_alloc(plan->arena, sizeof(*t));
                if (!t)
                        return -ENOMEM;
                *t = test;
                t->next = *list;
                *list = t;
        }
        *copy = target;
        copy->next = t->targets;
        t->targets = copy;
        return 0;
}

static struct node *base_node(struct plan *plan, enum rule_base base)
{
        return base == BASE_CONTAINERS ? plan->containers : base == BASE_POD_METADATA ? plan->metadata : plan->root;
}

/* The gate that an equal condition has, or a new one. NO_GATE: there are too many. */
static int find_gate(struct plan *plan, struct node *node, const struct rule_expr *expr, int *ret_status)
{
        const struct test *t = find_test(node, expr);
        struct target target = {.gate = plan->n_gates};

        for (const struct target *known = t ? t->targets : NULL; known; known = known->next)
                if (known->gate != NO_GATE)
                        return known->gate;
        if (plan->n_gates == MAX_GATES)
                return NO_GATE;
        *ret_status = add_test(plan, node, (struct test){.expr = expr}, target);
        return *ret_status < 0 ? NO_GATE : plan->n_gates++;
}

/* Conditions become gates: their bits in *ret_gates. false: they cannot, and the rule has to be run. */
static bool add_gates(struct plan *plan, const struct rule_when *when, size_t n, uint64_t *ret_gates, int *ret_status)
{
        for (size_t i = 0; i < n; i++) {
                const struct rule_expr *expr = &when[i].expression;
                struct node *node;
                int gate;

                if (has_index(when[i].path) || !is_pure(expr, SLOT_VALUE) || (expr->uses & SLOT_BIT(SLOT_PARAMS)))
                        return false;
                node = descend(plan, plan->root, when[i].path);
                if (!node) {
                        *ret_status = plan->full ? 0 : -ENOMEM;
                        return false;
                }
                gate = find_gate(plan, node, expr, ret_status);
                if (gate == NO_GATE)
                        return false;
                *ret_gates |= (uint64_t)1 << gate;
        }
        return true;
}

static int add_place(struct plan *plan, const struct bw_rule *rule, const struct rule_check *check,
                     const struct rule_place *place, struct target target)
{
        struct node *each;

        if (has_index(place->pattern)) {
                plan->always[target.rule] = true;
                return 0;
        }
        each = descend(plan, base_node(plan, place->base), place->pattern);
        if (!each) {
                plan->always[target.rule] = plan->full;
                return plan->full ? 0 : -ENOMEM;
        }
        if (check->n_where || check->n_keys)
                return add_test(plan, each, (struct test){.check = check, .params = rule->params}, target);
        for (size_t i = 0; i < check->n_paths; i++) {
                enum rule_slot slot = check->expression.uses & SLOT_BIT(SLOT_EACH) ? SLOT_EACH : SLOT_VALUE;
                bool pure = is_pure(&check->expression, slot) && !has_index(check->paths[i]) &&
                            !(slot == SLOT_EACH && check->paths[i].n);
                struct test test = {.expr = pure ? &check->expression : NULL, .params = rule->params};
                struct node *node = pure ? descend(plan, each, check->paths[i]) : each;
                int r;

                if (!node && plan->full)
                        plan->always[target.rule] = true;
                r = node ? add_test(plan, node, test, target) : plan->full ? 0 : -ENOMEM;
                if (r < 0)
                        return r;
        }
        return 0;
}

static int add_rule(struct plan *plan, uint32_t number)
{
        const struct bw_rule *rule = plan->rules[number];
        const struct rule_match *m = &rule->match;
        int r = 0;

        if (!rule_versions_has(m->kubernetes, plan->minor))
                return 0;
        plan->clear[number] = rule_match_is_narrow(m) ? PLAN_CLEAR_IF_MATCHED : PLAN_CLEAR;
        plan->always[number] = !add_gates(plan, m->conditions, m->n_conditions, &plan->rule_gates[number], &r);
        for (size_t i = 0; i < rule->n_checks && !plan->always[number] && r == 0; i++) {
                const struct rule_check *check = &rule->checks[i];
                struct target target = {.rule = number, .gate = NO_GATE, .gates = plan->rule_gates[number]};

                if (!rule_versions_has(check->versions, plan->minor))
                        continue;
                if (!add_gates(plan, check->when, check->n_when, &target.gates, &r))
                        plan->always[number] = true;
                for (size_t k = 0; k < check->n_places && r == 0; k++)
                        r = add_place(plan, rule, check, &check->places[k], target);
        }
        return r;
}

/* ---- finishing it */

static bool fails_on_null(const struct test *t)
{
        return !t->check && t->expr && t->expr->truth[0] != TRUTH_HOLDS;
}

static int add_absent(struct plan *plan, struct node *node, const struct test *test)
{
        struct test_list *item = bw_arena_alloc(plan->arena, sizeof(*item));

        if (!item)
                return -ENOMEM;
        *item = (struct test_list){.test = test, .next = node->absent};
        node->absent = item;
        return 0;
}

static int make_table(struct plan *plan, struct node *node)
{
        unsigned size = 2;

        while (size < 256 && size < node->n_children * 2u + 1)
                size *= 2;
        node->table = bw_arena_zalloc(plan->arena, size);
        if (!node->table)
                return -ENOMEM;
        node->mask = (uint8_t)(size - 1);
        for (unsigned i = 0; i < node->n_children; i++) {
                unsigned at = node->children[i]->key.hash & node->mask;

                while (node->table[at])
                        at = (at + 1) & node->mask;
                node->table[at] = (uint8_t)(i + 1);
        }
        return 0;
}

/* Recursion is bounded by BW_LIMIT_PATH_DEPTH. */
static int finish(struct plan *plan, struct node *node)
{
        int r = make_table(plan, node);

        for (const struct test *t = node->tests; t && r == 0; t = t->next)
                if (fails_on_null(t))
                        r = add_absent(plan, node, t);
        for (unsigned i = 0; i < node->n_children && r == 0; i++) {
                r = finish(plan, node->children[i]);
                for (const struct test_list *l = node->children[i]->absent; l && r == 0; l = l->next)
                        r = add_absent(plan, node, l->test);
        }
        return r == 0 && node->each ? finish(plan, node->each) : r;
}

int plan_new(struct bw_arena *arena, const struct bw_rule *const *rules, size_t n_rules, int minor, struct plan **ret)
{
        struct plan *plan = bw_arena_zalloc(arena, sizeof(*plan));
        int r = 0;

        if (!plan)
                return -ENOMEM;
        *plan = (struct plan){.arena = arena, .rules = rules, .n_rules = n_rules, .minor = minor};
        plan->rule_gates = bw_arena_zalloc(arena, (n_rules + 1) * sizeof(*plan->rule_gates));
        plan->always = bw_arena_zalloc(arena, n_rules + 1);
        plan->clear = bw_arena_zalloc(arena, n_rules + 1);
        plan->root = new_node(plan, (struct bw_value){0});
        plan->containers = new_node(plan, (struct bw_value){0});
        plan->metadata = new_node(plan, (struct bw_value){0});
        if (!plan->rule_gates || !plan->always || !plan->clear || !plan->root || !plan->containers || !plan->metadata)
                return -ENOMEM;
        for (size_t i = 0; i < n_rules && r == 0; i++)
                r = add_rule(plan, (uint32_t)i);
        if (r == 0)
                r = finish(plan, plan->root);
        if (r == 0)
                r = finish(plan, plan->containers);
        if (r == 0)
                r = finish(plan, plan->metadata);
        if (r == 0)
                *ret = plan;
        return r;
}

/* ---- running it */

struct pass {
        struct bw_judge *judge;
        uint8_t *answers;
        struct bw_value key;       /* of the map entry that was entered last */
        uint64_t shut;             /* gates */
        bool gates_known;
        const struct test *pending[MAX_PENDING]; /* failed before all gates were known */
        size_t n_pending;
};

static void tell(struct pass *pass, const struct test *test)
{
        for (const struct target *t = test->targets; t; t = t->next)
                if (t->gate == NO_GATE && !(t->gates & pass->shut))
                        pass->answers[t->rule] = PLAN_RUN;
}

static void fail(struct pass *pass, const struct test *test)
{
        for (const struct target *t = test->targets; t && !pass->gates_known; t = t->next)
                if (t->gate != NO_GATE)
                        pass->shut |= (uint64_t)1 << t->gate;
        if (pass->gates_known || pass->n_pending == MAX_PENDING)
                tell(pass, test);
        else
                pass->pending[pass->n_pending++] = test;
}

static void fail_absent(struct pass *pass, const struct node *node)
{
        for (const struct test_list *l = node->absent; l; l = l->next)
                fail(pass, l->test);
}

/* Keys with equal heads have equal lengths. Field names are short: two overlapping words see all of most of them. */
static inline bool same_key(struct bw_value a, struct bw_value b)
{
        uint64_t x[2];
        uint64_t y[2];

        if (a.head != b.head)
                return false;
        if (a.n < 8 || a.n > 16)
                return memcmp(a.s, b.s, a.n) == 0;
        memcpy(&x[0], a.s, 8);
        memcpy(&x[1], a.s + a.n - 8, 8);
        memcpy(&y[0], b.s, 8);
        memcpy(&y[1], b.s + b.n - 8, 8);
        return x[0] == y[0] && x[1] == y[1];
}

static void visit(struct pass *pass, const struct node *node, struct bw_value v);

static void visit_entries(struct pass *pass, const struct node *node, struct bw_value v)
{
        uint64_t seen[4] = {0};
        unsigned left = node->n_children; /* not yet met */

        for (uint32_t i = 0; i < v.n && left; i++) {
                const struct bw_entry *e = &v.map->entries[i];
                unsigned at = e->key.hash & node->mask;

                for (; node->table[at]; at = (at + 1) & node->mask) {
                        unsigned number = node->table[at] - 1u;
                        const struct node *child = node->children[number];

                        if (!same_key(child->key, e->key))
                                continue;
                        seen[number / 64] |= (uint64_t)1 << (number % 64);
                        left--;
                        visit(pass, child, e->value);
                        break;
                }
        }
        for (unsigned i = 0; i < node->n_children && left; i++) {
                if (seen[i / 64] >> (i % 64) & 1)
                        continue;
                left--;
                fail_absent(pass, node->children[i]);
        }
}

static void visit_each(struct pass *pass, const struct node *node, struct bw_value v)
{
        for (uint32_t i = 0; i < v.n; i++) {
                struct bw_value item = v.type == BW_LIST ? v.list->items[i] : v.map->entries[i].value;

                pass->key = v.type == BW_MAP ? v.map->entries[i].key : bw_value_null();
                if (item.type > BW_NULL)
                        visit(pass, node, item);
        }
}

static void ask(struct pass *pass, const struct test *tests, struct bw_value v)
{
        for (const struct test *t = tests; t; t = t->next)
                if (!judge_clears(pass->judge, t->expr, t->check, t->params, pass->key, v))
                        fail(pass, t);
}

/* Recursion is bounded by BW_LIMIT_PATH_DEPTH. */
static void visit(struct pass *pass, const struct node *node, struct bw_value v)
{
        if (v.type <= BW_NULL) {
                fail_absent(pass, node);
                return;
        }
        ask(pass, node->tests, v);
        for (const struct door *door = node->doors; door; door = door->next)
                if (judge_holds_below(pass->judge, door->where, v))
                        ask(pass, door->tests, v);
        if (node->each && (v.type == BW_LIST || v.type == BW_MAP))
                visit_each(pass, node->each, v);
        if (!node->n_children)
                return;
        if (v.type == BW_MAP) {
                visit_entries(pass, node, v);
                return;
        }
        for (unsigned i = 0; i < node->n_children; i++)
                fail_absent(pass, node->children[i]);
}

void plan_run(const struct plan *plan, struct bw_judge *judge, uint8_t *ret_answers)
{
        struct pass pass;

        pass.judge = judge;
        pass.answers = ret_answers;
        pass.key = bw_value_null();
        pass.shut = 0;
        pass.gates_known = false;
        pass.n_pending = 0;
        memcpy(ret_answers, plan->clear, plan->n_rules);
        judge->slots[SLOT_KUBERNETES_MINOR] = bw_value_int(plan->minor);
        visit(&pass, plan->root, judge->spec);
        pass.gates_known = true;
        for (size_t i = 0; i < pass.n_pending; i++)
                tell(&pass, pass.pending[i]);
        for (size_t i = 0; i < judge->n_containers; i++)
                visit(&pass, plan->containers, judge->containers[i].value);
        visit(&pass, plan->metadata, judge->metadata);
        for (size_t i = 0; i < plan->n_rules; i++) {
                if (!rule_versions_has(plan->rules[i]->match.kubernetes, plan->minor) ||
                    (plan->rule_gates[i] & pass.shut))
                        ret_answers[i] = PLAN_NOT_APPLIED;
                else if (plan->always[i])
                        ret_answers[i] = PLAN_RUN;
        }
}
