/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/error.h"
#include "rule/reader_internal.h"

#define FIELD(type, member, field_name, reader_fn, ...)                                            \
        {.name = (field_name), .read = (reader_fn), .offset = offsetof(struct type, member), ##__VA_ARGS__}

static int negate(struct reader *r, struct rule_expr *expr, const char *before, const char *after)
{
        r->negated = expr->source;
        expr->source = bw_arena_printf(r->arena, "%s%.*s%s", before, BW_STR_ARG(expr->source), after);
        return expr->source.p ? 0 : -ENOMEM;
}

/* A test of the rule whose negation the rule's own tests must notice. */
static int read_test_expr(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct rule_expr *expr = slot;
        int status = read_expr(r, v, mark, slot);

        if (status < 0 || r->n_expressions++ != r->options->negate_at)
                return status;
        return negate(r, expr, "!(", ")");
}

/* ---- match */

static int read_when_path(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct rule_when *when = slot;

        when->path_mark = mark;
        return read_path(r, v, mark, &when->path);
}

static const struct field when_fields[] = {
        {.name = "path", .read = read_when_path},
        FIELD(rule_when, expression, "expression", read_test_expr, .required = true),
};

static int read_when(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        if (v.type == BW_MAP)
                return read_map(r, v, mark, "condition", when_fields, BW_ARRAY_SIZE(when_fields), slot);
        return read_test_expr(r, v, mark, &((struct rule_when *)slot)->expression);
}

/* "Pod", "apps/Deployment", "*". */
static int read_kind(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct rule_kind *kind = slot;
        struct bw_str text = {0};
        int status = read_text(r, v, mark, &text);
        struct bw_str part;

        if (status < 0)
                return status;
        kind->kind = text;
        kind->any_group = true;
        if (bw_str_find(text, BW_STR("/")) != SIZE_MAX && bw_str_split(&text, '/', &part)) {
                kind->group = part;
                kind->kind = text;
                kind->any_group = false;
        }
        if (kind->kind.n == 0 || bw_str_find(kind->kind, BW_STR("/")) != SIZE_MAX)
                rule_problem_add(r->problems, r->doc, mark, "a kind is written as Kind or group/Kind");
        return 0;
}

static int read_labels(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct rule_match *match = slot;
        struct rule_label *labels;

        if (v.type != BW_MAP) {
                rule_problem_add(r->problems, r->doc, mark, "labels must be a map of texts");
                return 0;
        }
        labels = bw_arena_array(r->arena, v.n, sizeof(*labels));
        if (!labels)
                return -ENOMEM;
        for (uint32_t i = 0; i < v.n; i++) {
                const struct bw_entry *e = &v.map->entries[i];

                if (e->key.type != BW_STRING || e->value.type != BW_STRING) {
                        rule_problem_add(r->problems, r->doc, value_mark(v, i), "a label is a text");
                        continue;
                }
                labels[match->n_labels++] =
                        (struct rule_label){.key = bw_value_text(e->key), .value = bw_value_text(e->value)};
        }
        match->labels = labels;
        return 0;
}

/* Readers for members that are a pointer and a count. */
#define LIST_READER(fn_name, type, ptr, count, item_reader)                                        \
        static int fn_name(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)   \
        {                                                                                          \
                struct type *t = slot;                                                             \
                                                                                                   \
                return read_list(r, v, mark, item_reader, sizeof(*t->ptr), &t->ptr, &t->count);    \
        }                                                                                          \
        _Static_assert(sizeof(((struct type *)0)->count) == sizeof(size_t), "a count")

LIST_READER(read_match_kinds, rule_match, kinds, n_kinds, read_kind);
LIST_READER(read_match_versions, rule_match, versions, n_versions, read_text);
LIST_READER(read_match_namespaces, rule_match, namespaces, n_namespaces, read_text);
LIST_READER(read_match_not_namespaces, rule_match, not_namespaces, n_not_namespaces, read_text);
LIST_READER(read_match_conditions, rule_match, conditions, n_conditions, read_when);

static const struct field match_fields[] = {
        FIELD(rule_match, pod_spec, "podSpec", read_bool),
        {.name = "kinds", .read = read_match_kinds},
        {.name = "versions", .read = read_match_versions},
        {.name = "namespaces", .read = read_match_namespaces},
        {.name = "excludeNamespaces", .read = read_match_not_namespaces},
        {.name = "labels", .read = read_labels},
        FIELD(rule_match, kubernetes, "kubernetes", read_versions),
        {.name = "conditions", .read = read_match_conditions},
};

static int read_match(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct rule_match *m = slot;
        int status = read_map(r, v, mark, "match", match_fields, BW_ARRAY_SIZE(match_fields), m);

        if (status == 0 && !m->pod_spec && m->n_kinds == 0)
                rule_problem_add(r->problems, r->doc, mark, "match needs podSpec: true or kinds");
        return status;
}

/* ---- checks */

/* "volume" of volumes[*], "sysctl" of securityContext.sysctls[*]: the last list's name without its s. */
static struct bw_str noun_of(struct bw_path pattern)
{
        for (size_t i = pattern.n; i-- > 1;) {
                if (pattern.segments[i].kind == BW_SEGMENT_EACH && pattern.segments[i - 1].kind == BW_SEGMENT_KEY) {
                        struct bw_str name = bw_value_text(pattern.segments[i - 1].key);

                        return bw_str_ends(name, BW_STR("s")) ? bw_str_n(name.p, name.n - 1) : name;
                }
        }
        return (struct bw_str){0};
}

static int parse_place(struct reader *r, struct bw_str text, struct bw_mark mark, struct rule_place *place)
{
        static const struct {
                const char *name;
                enum rule_base base;
        } bases[] = {{"podSpec", BASE_ROOT}, {"object", BASE_ROOT}, {"containers", BASE_CONTAINERS},
                     {"podMetadata", BASE_POD_METADATA}};
        struct bw_error err = {0};
        struct bw_path all;
        int status = bw_path_parse(r->arena, text, &all, &err);

        if (status == -ENOMEM)
                return status;
        if (status < 0) {
                rule_problem_add(r->problems, r->doc, mark, "%s", err.message);
                return 0;
        }
        place->pattern = all;
        for (size_t i = 0; i < BW_ARRAY_SIZE(bases) && all.n; i++) {
                /* containers[*] is the one list of that name, containers all three lists. */
                bool listed = all.n > 1 && all.segments[1].kind != BW_SEGMENT_KEY;

                if (all.segments[0].kind == BW_SEGMENT_KEY && !listed &&
                    bw_str_is(bw_value_text(all.segments[0].key), bases[i].name)) {
                        place->base = bases[i].base;
                        place->pattern = (struct bw_path){.n = all.n - 1, .segments = all.segments + 1};
                }
        }
        for (size_t i = 0; i < place->pattern.n; i++)
                place->n_each += place->pattern.segments[i].kind == BW_SEGMENT_EACH;
        if (place->n_each > BW_LIMIT_RULE_WILDCARDS)
                rule_problem_add(r->problems, r->doc, mark, "more than %d wildcards", BW_LIMIT_RULE_WILDCARDS);
        place->mark = mark;
        place->noun = place->base == BASE_CONTAINERS ? BW_STR("container") : noun_of(place->pattern);
        return 0;
}

static int read_place(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_str text = {0};
        int status = read_text(r, v, mark, &text);

        return status < 0 || v.type != BW_STRING ? status : parse_place(r, text, mark, slot);
}

LIST_READER(read_check_when, rule_check, when, n_when, read_when);
LIST_READER(read_check_where, rule_check, where, n_where, read_when);
LIST_READER(read_check_keys, rule_check, keys, n_keys, read_text);
LIST_READER(read_check_places, rule_check, places, n_places, read_place);

static int read_check_paths(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct rule_check *check = slot;

        check->path_mark = mark;
        return read_list(r, v, mark, read_path, sizeof(*check->paths), &check->paths, &check->n_paths);
}

#define CHECK_FIELDS                                                                               \
        FIELD(rule_check, group, "group", read_text), FIELD(rule_check, versions, "kubernetes", read_versions), \
                {.name = "when", .read = read_check_when}, {.name = "where", .read = read_check_where}, {.name = "keys", .read = read_check_keys}, \
                {.name = "forEach", .read = read_check_places},                                    \
                {.name = "path", .read = read_check_paths}, FIELD(rule_check, point, "point", read_path), \
                FIELD(rule_check, expression, "expression", read_test_expr, .required = true),     \
                FIELD(rule_check, label, "label", read_expr),                                      \
                FIELD(rule_check, message, "message", read_text),                                  \
                FIELD(rule_check, message_expression, "messageExpression", read_expr)

static const struct field check_fields[] = {CHECK_FIELDS};

/* Where nothing else is said: any version, the root itself, the value itself. */
static const struct rule_place whole_root = {.base = BASE_ROOT};
static const struct bw_path no_path = {0};

static void complete_check(struct rule_check *check)
{
        if (!check->n_places) {
                check->places = &whole_root;
                check->n_places = 1;
        }
        if (!check->n_paths) {
                check->paths = &no_path;
                check->n_paths = 1;
        }
}

static int read_check(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct rule_check *check = slot;
        int status;

        check->versions.to = INT_MAX;
        status = read_map(r, v, mark, "check", check_fields, BW_ARRAY_SIZE(check_fields), check);
        complete_check(check);
        return status;
}

LIST_READER(read_checks, bw_rule, checks, n_checks, read_check);

/* ---- the rest of a rule */

static int read_severity(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        enum bw_severity severity = v.type == BW_STRING ? bw_severity_parse(bw_value_text(v)) : _BW_SEVERITY_INVALID;

        if (severity == _BW_SEVERITY_INVALID)
                rule_problem_add(r->problems, r->doc, mark, "severity must be critical, high, medium or low");
        else
                *(enum bw_severity *)slot = severity;
        return 0;
}

static int read_practice(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_str text = {0};
        int status = read_text(r, v, mark, &text);

        if (status == 0 && (text.n != 3 || text.p[0] < 'A' || text.p[0] > 'Z'))
                rule_problem_add(r->problems, r->doc, mark, "practice must be a letter and two digits, such as W03");
        *(struct bw_str *)slot = text;
        return status;
}

static int read_id(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_str id = {0};
        int status = read_text(r, v, mark, &id);
        bool fits = id.n > 0 && id.n <= 63;

        for (size_t i = 0; i < id.n && fits; i++)
                fits = (id.p[i] >= 'A' && id.p[i] <= 'Z') || (id.p[i] >= 'a' && id.p[i] <= 'z') ||
                       (id.p[i] >= '0' && id.p[i] <= '9') || id.p[i] == '-' || id.p[i] == '.';
        if (status == 0 && v.type == BW_STRING && !fits)
                rule_problem_add(r->problems, r->doc, mark,
                                 "a rule's name is at most 63 letters, digits, dashes and dots");
        *(struct bw_str *)slot = id;
        return status;
}

static int read_metadata(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        static const struct field fields[] = {{.name = "name", .read = read_id, .required = true},
                                              {.name = "labels"},
                                              {.name = "annotations"}};

        return read_map(r, v, mark, "metadata", fields, BW_ARRAY_SIZE(fields), slot);
}

static int read_fix(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        static const struct field fields[] = {FIELD(bw_rule, info.fix, "text", read_text, .required = true),
                                              FIELD(bw_rule, patch, "patch", read_any_map)};

        return read_map(r, v, mark, "fix", fields, BW_ARRAY_SIZE(fields), slot);
}

static int read_variable(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        static const struct field fields[] = {FIELD(rule_variable, name, "name", read_text, .required = true),
                                              FIELD(rule_variable, expression, "expression", read_expr, .required = true)};

        return read_map(r, v, mark, "variable", fields, BW_ARRAY_SIZE(fields), slot);
}

static int read_variables(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_rule *rule = slot;
        int status = read_list(r, v, mark, read_variable, sizeof(*rule->variables), &rule->variables,
                               &rule->n_variables);

        if (status == 0 && rule->n_variables > BW_LIMIT_RULE_VARIABLES) {
                rule_problem_add(r->problems, r->doc, mark, "more than %d variables", BW_LIMIT_RULE_VARIABLES);
                rule->n_variables = BW_LIMIT_RULE_VARIABLES;
        }
        return status;
}

static int read_level(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        for (int i = BW_PSS_BASELINE; i < _BW_PSS_LEVEL_MAX; i++) {
                if (v.type == BW_STRING && bw_str_is(bw_value_text(v), bw_pss_level_text((enum bw_pss_level)i))) {
                        *(enum bw_pss_level *)slot = (enum bw_pss_level)i;
                        return 0;
                }
        }
        rule_problem_add(r->problems, r->doc, mark, "level must be baseline or restricted");
        return 0;
}

LIST_READER(read_overrides, rule_pss, overrides, n_overrides, read_text);

static int read_pss(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        static const struct field fields[] = {
                FIELD(rule_pss, level, "level", read_level, .required = true),
                FIELD(rule_pss, check, "check", read_text, .required = true),
                {.name = "overrides", .read = read_overrides},
                FIELD(rule_pss, reason, "reason", read_text, .required = true),
                FIELD(rule_pss, reason_expression, "reasonExpression", read_expr),
                FIELD(rule_pss, detail, "detail", read_expr, .required = true),
        };

        return read_map(r, v, mark, "podSecurity", fields, BW_ARRAY_SIZE(fields), slot);
}

static const struct field skip_fields[] = {
        FIELD(rule_skip, expression, "expression", read_test_expr, .required = true),
        FIELD(rule_skip, reason_expression, "reasonExpression", read_expr),
        FIELD(rule_skip, reason, "reason", read_text),
};

static int read_skip(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct rule_skip *skip = slot;
        int status = read_map(r, v, mark, "skip", skip_fields, BW_ARRAY_SIZE(skip_fields), skip);

        if (status == 0 && v.type == BW_MAP && !skip->reason.n && !skip->reason_expression.source.p)
                rule_problem_add(r->problems, r->doc, mark, "skip needs a reason or a reasonExpression");
        return status;
}

LIST_READER(read_skips, bw_rule, skips, n_skips, read_skip);

static int read_verdict(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        enum bw_verdict verdict = v.type == BW_STRING ? bw_verdict_parse(bw_value_text(v)) : _BW_VERDICT_INVALID;

        if (verdict != BW_VERDICT_FAIL && verdict != BW_VERDICT_MANUAL)
                rule_problem_add(r->problems, r->doc, mark, "verdict must be fail or manual");
        else
                *(enum bw_verdict *)slot = verdict;
        return 0;
}

static int read_tests(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        if (v.type != BW_LIST)
                rule_problem_add(r->problems, r->doc, mark, "tests must be a list");
        else
                *(struct bw_value *)slot = v;
        return 0;
}

static int read_look(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct bw_str text = {0};
        int status = read_text(r, v, mark, &text);

        if (status == 0 && v.type == BW_STRING && rule_look_parse(text, slot) < 0)
                rule_problem_add(r->problems, r->doc, mark, "inventory names pods, Kind or group/Kind");
        return status;
}

LIST_READER(read_looks, bw_rule, looks, n_looks, read_look);

static int read_references(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        struct text_list ignored = {0};

        (void)slot;
        return read_texts(r, v, mark, &ignored);
}

static const struct field rule_fields[] = {
        {.name = "apiVersion", .required = true},
        {.name = "kind", .required = true},
        FIELD(bw_rule, info.id, "metadata", read_metadata, .required = true),
        FIELD(bw_rule, info.title, "title", read_text, .required = true),
        FIELD(bw_rule, info.severity, "severity", read_severity, .required = true),
        FIELD(bw_rule, info.practice, "practice", read_practice),
        {.name = "references", .read = read_references},
        FIELD(bw_rule, info.optional, "optional", read_bool),
        FIELD(bw_rule, match, "match", read_match, .required = true),
        {.name = "inventory", .read = read_looks},
        FIELD(bw_rule, params, "params", read_any_map),
        {.name = "variables", .read = read_variables},
        {.name = "checks", .read = read_checks},
        FIELD(bw_rule, info.why, "why", read_text),
        {.name = "fix", .read = read_fix},
        FIELD(bw_rule, pss, "podSecurity", read_pss),
        {.name = "skip", .read = read_skips},
        FIELD(bw_rule, verdict, "verdict", read_verdict),
        FIELD(bw_rule, tests, "tests", read_tests),
        FIELD(bw_rule, test_base, "testBase", read_any_map),
        /* One check may stand in the rule itself: read by read_single_check(). */
        {.name = "group"}, {.name = "when"}, {.name = "where"}, {.name = "keys"}, {.name = "forEach"}, {.name = "path"}, {.name = "point"},
        {.name = "expression"}, {.name = "label"}, {.name = "message"}, {.name = "messageExpression"},
};

/* The fields of a check at the top of the rule are one check. */
static int read_single_check(struct reader *r, struct bw_value root, struct bw_mark mark, struct bw_rule *rule)
{
        struct bw_map *map = bw_map_new(r->arena, root.n);
        struct bw_mark *marks = bw_arena_zalloc(r->arena, root.n * 2 * sizeof(*marks) + 1);
        uint32_t n = 0;

        if (!map || !marks)
                return -ENOMEM;
        for (uint32_t i = 0; i < root.n; i++) {
                const struct field *f = &check_fields[0];

                while (f < check_fields + BW_ARRAY_SIZE(check_fields) &&
                       !bw_str_is(bw_value_text(root.map->entries[i].key), f->name))
                        f++;
                if (f == check_fields + BW_ARRAY_SIZE(check_fields))
                        continue;
                map->entries[n] = root.map->entries[i];
                marks[2 * n] = key_mark(root, i);
                marks[2 * n + 1] = value_mark(root, i);
                n++;
        }
        if (n == 0) {
                if (!rule->n_checks)
                        rule_problem_add(r->problems, r->doc, mark, "a rule needs an expression, or checks");
                return 0;
        }
        if (rule->n_checks) {
                rule_problem_add(r->problems, r->doc, marks[0], "a rule has either checks or one check of its own");
                return 0;
        }
        map->marks = marks;
        if (bw_map_seal(r->arena, map, n) < 0)
                return -ENOMEM;
        return read_checks(r, bw_value_map(map, n), mark, rule);
}

static void lint_whole(struct reader *r, const struct bw_rule *rule, struct bw_mark mark)
{
        if (!rule->info.why.n)
                rule_problem_add(r->problems, r->doc, mark, "rule lacks the field \"why\"");
        if (!rule->info.fix.n)
                rule_problem_add(r->problems, r->doc, mark, "rule lacks the field \"fix\"");
        if (rule->tests.type != BW_LIST || rule->tests.n == 0)
                rule_problem_add(r->problems, r->doc, mark, "rule has no tests");
}

/* The rule's parameters with those of the user over them. */
static int merge_params(struct reader *r, struct bw_rule *rule)
{
        struct bw_value over = r->options->params;
        struct bw_map *map;
        uint32_t n = 0;

        if (over.type != BW_MAP || over.n == 0)
                return 0;
        map = bw_map_new(r->arena, rule->params.n);
        if (!map)
                return -ENOMEM;
        for (; n < rule->params.n; n++) {
                struct bw_value given = bw_map_get(over, bw_value_text(rule->params.map->entries[n].key));

                map->entries[n] = rule->params.map->entries[n];
                if (given.type != BW_ABSENT)
                        map->entries[n].value = given;
        }
        if (bw_map_seal(r->arena, map, n) < 0)
                return -ENOMEM;
        rule->params = bw_value_map(map, n);
        return 0;
}

int rule_load(struct bw_arena *arena, const struct bw_doc *doc, struct bw_value root,
              const struct rule_load_options *options, struct rule_problems *problems, struct bw_rule **ret)
{
        struct reader r = {.arena = arena, .doc = doc, .problems = problems, .options = options};
        struct bw_rule *rule = bw_arena_zalloc(arena, sizeof(*rule));
        size_t before = problems->n + problems->n_more;
        struct bw_mark mark = doc ? doc->mark : (struct bw_mark){0};
        long number;
        int status;

        if (!rule)
                return -ENOMEM;
        rule->doc = doc;
        rule->source = root;
        rule->match.kubernetes.to = INT_MAX;
        rule->verdict = BW_VERDICT_FAIL;
        rule->params = bw_value_map(NULL, 0);
        status = read_map(&r, root, mark, "rule", rule_fields, BW_ARRAY_SIZE(rule_fields), rule);
        if (status == 0 && root.type == BW_MAP)
                status = read_single_check(&r, root, mark, rule);
        if (status == 0)
                status = merge_params(&r, rule);
        if (status < 0)
                return status;
        rule->n_negatable = r.n_expressions;
        number = options->negate_at - r.n_expressions;
        /* Its type is not known yet: what is neither true nor false stays as it is. */
        if (number >= 0 && (size_t)number < rule->n_variables)
                status = negate(&r, &rule->variables[number].expression, "[dyn(",
                                ")].map(v, v == true ? dyn(false) : v == false ? dyn(true) : v)[0]");
        if (status < 0)
                return status;
        rule->negated = r.negated;
        if (options->lint)
                lint_whole(&r, rule, mark);
        if (problems->nomem)
                return -ENOMEM;
        *ret = problems->n + problems->n_more > before ? NULL : rule;
        return 0;
}

typedef int (*expr_visitor)(void *userdata, struct rule_expr *expr, const char *what);

static int visit(expr_visitor fn, void *userdata, const struct rule_expr *expr, const char *what)
{
        /* The lists are const for everyone but the owner of the rule, who alone may call this. */
        return expr->source.p ? fn(userdata, (struct rule_expr *)(uintptr_t)expr, what) : 0;
}

static int visit_check(const struct rule_check *c, expr_visitor fn, void *userdata)
{
        int r = 0;

        for (size_t i = 0; i < c->n_when && !r; i++)
                r = visit(fn, userdata, &c->when[i].expression, "expression");
        for (size_t i = 0; i < c->n_where && !r; i++)
                r = visit(fn, userdata, &c->where[i].expression, "expression");
        if (!r)
                r = visit(fn, userdata, &c->expression, "expression");
        if (!r)
                r = visit(fn, userdata, &c->label, "label");
        return r ? r : visit(fn, userdata, &c->message_expression, "messageExpression");
}

int rule_visit_expressions(struct bw_rule *rule, expr_visitor fn, void *userdata)
{
        int r = 0;

        for (size_t i = 0; i < rule->n_variables && !r; i++)
                r = visit(fn, userdata, &rule->variables[i].expression, "variable");
        for (size_t i = 0; i < rule->match.n_conditions && !r; i++)
                r = visit(fn, userdata, &rule->match.conditions[i].expression, "expression");
        for (size_t i = 0; i < rule->n_skips && !r; i++) {
                r = visit(fn, userdata, &rule->skips[i].expression, "expression");
                if (!r)
                        r = visit(fn, userdata, &rule->skips[i].reason_expression, "reasonExpression");
        }
        for (size_t i = 0; i < rule->n_checks && !r; i++)
                r = visit_check(&rule->checks[i], fn, userdata);
        if (!r)
                r = visit(fn, userdata, &rule->pss.reason_expression, "reasonExpression");
        return r ? r : visit(fn, userdata, &rule->pss.detail, "detail");
}
