/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/derive.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "doc/pod.h"
#include "exception/settings.h"
#include "rule/plan_internal.h"

static int copy_texts(struct bw_arena *arena, const struct bw_str **texts, size_t n)
{
        struct bw_str *copy = bw_arena_array(arena, n + 1, sizeof(*copy));

        if (!copy)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                copy[i] = bw_arena_str(arena, (*texts)[i]);
                if (!copy[i].p)
                        return -ENOMEM;
        }
        *texts = copy;
        return 0;
}

/* Makes room for one more item of an array in the arena. */
static int make_room(struct bw_arena *arena, void *items_ptr, size_t n, size_t *cap, size_t size)
{
        size_t more = *cap ? *cap * 2 : 16;
        void *old;
        void *items;

        if (n < *cap)
                return 0;
        items = bw_arena_array(arena, more, size);
        if (!items)
                return -ENOMEM;
        memcpy(&old, items_ptr, sizeof(old));
        if (n)
                memcpy(items, old, n * size);
        memcpy(items_ptr, &items, sizeof(items));
        *cap = more;
        return 0;
}

static int add_group(struct bw_catalog *catalog, struct rule_group_set *set, struct bw_str kind)
{
        int r = make_room(catalog->arena, &set->groups, set->n_groups, &set->cap_groups, sizeof(*set->groups));

        if (r < 0)
                return r;
        set->groups[set->n_groups++] = (struct rule_kind_group){.kind = kind};
        return 0;
}

int bw_catalog_new(const struct bw_catalog_options *options, struct bw_catalog **ret, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_catalog *catalog = arena ? bw_arena_zalloc(arena, sizeof(*catalog)) : NULL;

        if (!catalog)
                return bw_error_nomem(reterr);
        catalog->arena = arena;
        if (options)
                catalog->options = *options;
        else
                catalog->options.kubernetes_minor = BW_KUBERNETES_NEWEST;
        /* A version that is not known yet is judged as the newest one. */
        catalog->options.kubernetes_minor =
                BW_MAX(0, BW_MIN(catalog->options.kubernetes_minor, BW_KUBERNETES_NEWEST));
        if (copy_texts(arena, &catalog->options.frameworks, catalog->options.n_frameworks) < 0 ||
            copy_texts(arena, &catalog->options.only, catalog->options.n_only) < 0 ||
            copy_texts(arena, &catalog->options.disabled, catalog->options.n_disabled) < 0 ||
            add_group(catalog, &catalog->first, BW_STR("")) < 0 ||
            add_group(catalog, &catalog->first, BW_STR("*")) < 0 ||
            add_group(catalog, &catalog->joined, BW_STR("")) < 0 ||
            add_group(catalog, &catalog->joined, BW_STR("*")) < 0)
                return bw_error_nomem(reterr);
        bw_take(arena);
        *ret = catalog;
        return 0;
}

void bw_catalog_free(struct bw_catalog *catalog)
{
        if (!catalog)
                return;
        for (size_t i = 0; i < catalog->n_entries; i++)
                rule_done(catalog->entries[i].rule);
        bw_cel_env_free(catalog->env);
        bw_cel_env_free(catalog->builtin_env);
        bw_arena_free(catalog->arena);
}

/* ---- which rules a kind needs */

static struct rule_kind_group *find_group(const struct rule_group_set *set, struct bw_str kind)
{
        for (size_t i = _GROUP_KINDS; i < set->n_groups; i++)
                if (bw_str_eq(set->groups[i].kind, kind))
                        return &set->groups[i];
        return NULL;
}

static int add_to_group(struct bw_catalog *catalog, struct rule_kind_group *group, uint32_t entry)
{
        int r;

        if (group->n_entries && group->entries[group->n_entries - 1] == entry)
                return 0;
        r = make_room(catalog->arena, &group->entries, group->n_entries, &group->cap, sizeof(*group->entries));
        if (r < 0)
                return r;
        group->entries[group->n_entries++] = entry;
        __atomic_store_n(&group->ready, false, __ATOMIC_RELEASE);
        return 0;
}

static int add_to_kind(struct bw_catalog *catalog, struct rule_group_set *set, struct bw_str kind, uint32_t entry)
{
        struct rule_kind_group *group = find_group(set, kind);

        if (bw_str_is(kind, "*"))
                group = &set->groups[GROUP_ANY];
        if (!group) {
                if (add_group(catalog, set, kind) < 0)
                        return -ENOMEM;
                group = &set->groups[set->n_groups - 1];
        }
        return add_to_group(catalog, group, entry);
}

size_t rule_catalog_groups(const struct rule_group_set *set, const struct bw_doc *doc,
                           struct rule_kind_group *ret_groups[3])
{
        struct rule_kind_group *group = find_group(set, doc->kind);
        size_t n = 0;

        if (set->groups[GROUP_PODS].n_entries && bw_pod_may_have(doc))
                ret_groups[n++] = &set->groups[GROUP_PODS];
        if (group)
                ret_groups[n++] = group;
        if (set->groups[GROUP_ANY].n_entries)
                ret_groups[n++] = &set->groups[GROUP_ANY];
        return n;
}

/* ---- adding */

static struct rule_entry *find_entry(const struct bw_catalog *catalog, struct bw_str id)
{
        for (size_t i = 0; i < catalog->n_entries; i++)
                if (bw_str_eq(catalog->entries[i].id, id))
                        return &catalog->entries[i];
        return NULL;
}

static int add_entry(struct bw_catalog *catalog, struct rule_entry entry, struct bw_error *reterr)
{
        if (catalog->n_entries >= BW_LIMIT_RULES)
                return bw_error_set(reterr, -E2BIG, "more than %d rules", BW_LIMIT_RULES);
        if (make_room(catalog->arena, &catalog->entries, catalog->n_entries, &catalog->cap_entries,
                      sizeof(*catalog->entries)) < 0)
                return bw_error_nomem(reterr);
        catalog->entries[catalog->n_entries++] = entry;
        return 0;
}

int bw_catalog_add_builtin(struct bw_catalog *catalog, struct bw_error *reterr)
{
        for (size_t i = 0; i < rule_n_builtins; i++) {
                const struct rule_builtin *b = &rule_builtins[i];
                struct bw_str kinds = bw_str(b->kinds);
                struct rule_group_set *set = b->inventory[0] ? &catalog->joined : &catalog->first;
                uint32_t number = (uint32_t)catalog->n_entries;
                struct bw_str kind;
                int r = add_entry(catalog, (struct rule_entry){.id = bw_str(b->id), .builtin = b}, reterr);

                if (r < 0)
                        return r;
                if (!kinds.n)
                        r = add_to_group(catalog, &set->groups[GROUP_PODS], number);
                while (r == 0 && bw_str_split(&kinds, ' ', &kind)) {
                        size_t slash = bw_str_find(kind, BW_STR("/"));

                        if (slash != SIZE_MAX)
                                kind = bw_str_n(kind.p + slash + 1, kind.n - slash - 1);
                        r = add_to_kind(catalog, set, kind, number);
                }
                if (r < 0)
                        return bw_error_nomem(reterr);
        }
        catalog->has_builtin_frameworks = true;
        return 0;
}

struct adding {
        struct bw_catalog *catalog;
        struct rule_problems problems;
        struct bw_str file;
        long negate_at;
        struct bw_error *reterr;
};

static int add_rule(struct adding *a, struct bw_doc *doc)
{
        struct bw_catalog *catalog = a->catalog;
        struct bw_str id = bw_map_text(bw_map_get(doc->root, BW_STR("metadata")), "name");
        struct rule_load_options options = {.params = bw_map_get(catalog->options.params, id),
                                            .negate_at = a->negate_at};
        struct rule_group_set *set = &catalog->first;
        struct rule_entry entry = {0};
        uint32_t number = (uint32_t)catalog->n_entries;
        int r;

        r = rule_load(catalog->arena, doc, doc->root, &options, &a->problems, &entry.rule);
        if (r < 0)
                return bw_error_nomem(a->reterr);
        if (!entry.rule)
                return 0;
        entry.id = entry.rule->info.id;
        entry.rule->info.file = a->file;
        if (entry.rule->n_looks)
                set = &catalog->joined;
        if (find_entry(catalog, entry.id)) {
                rule_problem_add(&a->problems, doc, doc->mark, "a rule with the name %.*s is there already",
                                 BW_STR_ARG(entry.id));
                return 0;
        }
        r = add_entry(catalog, entry, a->reterr);
        if (r < 0)
                return r;
        if (entry.rule->match.pod_spec)
                r = add_to_group(catalog, &set->groups[GROUP_PODS], number);
        for (size_t i = 0; !entry.rule->match.pod_spec && i < entry.rule->match.n_kinds && r == 0; i++)
                r = add_to_kind(catalog, set, entry.rule->match.kinds[i].kind, number);
        if (r < 0)
                return bw_error_nomem(a->reterr);
        return rule_catalog_open(catalog, &catalog->entries[number], true, a->reterr);
}

static int add_framework(struct adding *a, struct bw_doc *doc)
{
        struct bw_catalog *catalog = a->catalog;
        struct bw_framework *fw;
        int r = framework_load(catalog->arena, doc, doc->root, &a->problems, &fw);

        if (r == 0 && fw && framework_resolve(catalog, doc, &a->problems, fw, a->reterr) < 0)
                return -ENOMEM;
        if (r == 0 && fw) {
                r = make_room(catalog->arena, &catalog->frameworks, catalog->n_frameworks, &catalog->cap_frameworks,
                              sizeof(*catalog->frameworks));
                if (r == 0)
                        catalog->frameworks[catalog->n_frameworks++] = fw;
                /* It may name rules that were loaded before it. */
                for (size_t i = 0; r == 0 && i < catalog->n_entries; i++)
                        catalog->entries[i].has_controls = false;
        }
        return r < 0 ? bw_error_nomem(a->reterr) : 0;
}

static int add_doc(void *userdata, struct bw_doc *doc)
{
        struct adding *a = userdata;

        if (bw_str_is(doc->api_version, "bulwark.dev/v1")) {
                if (bw_str_is(doc->kind, "Rule"))
                        return add_rule(a, doc);
                if (bw_str_is(doc->kind, "Framework"))
                        return add_framework(a, doc);
        }
        rule_problem_add(&a->problems, doc, doc->mark, "expected a Rule or a Framework of bulwark.dev/v1");
        return 0;
}

int rule_catalog_add(struct bw_catalog *catalog, struct bw_str file, struct bw_str text, long negate_at,
                     struct bw_error *reterr)
{
        struct adding a = {.catalog = catalog, .negate_at = negate_at, .reterr = reterr};
        struct bw_str copy = bw_arena_str(catalog->arena, text);
        int r;

        a.problems.arena = catalog->arena;
        a.file = bw_arena_str(catalog->arena, file);
        if (!a.file.p || !copy.p)
                return bw_error_nomem(reterr);
        r = rule_file_visit(catalog->arena, a.file, copy, &a.problems, add_doc, &a);
        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        if (r < 0)
                return r;
        return a.problems.n ? rule_problems_error(&a.problems, reterr) : 0;
}

int bw_catalog_add(struct bw_catalog *catalog, struct bw_str file, struct bw_str text, struct bw_error *reterr)
{
        return rule_catalog_add(catalog, file, text, -1, reterr);
}

/* ---- opening: parse and compile */

/* The controls of all frameworks that name this rule. */
static int find_controls(struct bw_catalog *catalog, struct rule_entry *entry)
{
        size_t n = entry->builtin ? entry->builtin->n_controls : 0;
        size_t cap = n;
        struct bw_control *controls;

        if (entry->has_controls)
                return 0;
        for (size_t i = 0; i < catalog->n_frameworks; i++)
                cap += catalog->frameworks[i]->n_controls;
        controls = bw_arena_array(catalog->arena, cap + 1, sizeof(*controls));
        if (!controls)
                return -ENOMEM;
        if (n)
                memcpy(controls, entry->builtin->controls, n * sizeof(*controls));
        for (size_t i = 0; i < catalog->n_frameworks; i++) {
                const struct bw_framework *fw = catalog->frameworks[i];

                for (size_t k = 0; k < fw->n_controls; k++)
                        for (size_t j = 0; j < fw->controls[k].n_rules; j++)
                                if (bw_str_eq(fw->controls[k].rules[j], entry->id)) {
                                        controls[n++] = (struct bw_control){.framework = fw->name,
                                                                            .control = fw->controls[k].id,
                                                                            .is_peer = fw->is_peer};
                                        break;
                                }
        }
        entry->controls = controls;
        entry->n_controls = n;
        entry->has_controls = true;
        return 0;
}

static int parse_builtin(struct bw_catalog *catalog, struct rule_entry *entry, struct bw_error *reterr)
{
        const struct rule_builtin *b = entry->builtin;
        struct rule_load_options options = {.params = bw_map_get(catalog->options.params, entry->id),
                                            .negate_at = -1};
        struct rule_problems problems = {.arena = catalog->arena};
        struct bw_doc doc;
        size_t used;
        int r;

        r = bw_json_read(catalog->arena, bw_str_n(b->json, b->n_json), 1, 1, true, &doc, &used, reterr);
        if (r < 0)
                return r;
        r = rule_load(catalog->arena, NULL, doc.root, &options, &problems, &entry->rule);
        if (r < 0)
                return bw_error_nomem(reterr);
        if (!entry->rule)
                return rule_problems_error(&problems, reterr);
        entry->rule->info.file = bw_str(b->file);
        return 0;
}

int rule_catalog_open(struct bw_catalog *catalog, struct rule_entry *entry, bool compiled, struct bw_error *reterr)
{
        struct bw_cel_env **env;
        int r = 0;

        if (!entry->rule)
                r = parse_builtin(catalog, entry, reterr);
        if (r < 0)
                return r;
        if (find_controls(catalog, entry) < 0)
                return bw_error_nomem(reterr);
        /* Set once: other threads may be reading a rule that another kind needed before. */
        if (entry->rule->info.controls != entry->controls) {
                entry->rule->info.controls = entry->controls;
                entry->rule->info.n_controls = entry->n_controls;
        }
        if (!compiled || entry->rule->compiled)
                return 0;
        env = entry->builtin ? &catalog->builtin_env : &catalog->env;
        if (!*env) {
                r = rule_env_new(&catalog->options, NULL, entry->builtin != NULL, NULL, 0, NULL, env, reterr);
                if (r < 0)
                        return r;
        }
        r = rule_compile(catalog->arena, &catalog->options, *env, entry->rule, &catalog->n_late,
                         reterr);
        if (r == 0 && rule_find_uniform(catalog->arena, entry->rule) < 0)
                r = bw_error_nomem(reterr);
        if (r == 0)
                catalog->n_compiled++;
        return r;
}

static bool contains(const struct bw_str *texts, size_t n, struct bw_str text)
{
        for (size_t i = 0; i < n; i++)
                if (bw_str_eq(texts[i], text))
                        return true;
        return false;
}

/* Whether the options let this rule take part. */
static bool is_selected(const struct bw_catalog *catalog, const struct rule_entry *entry)
{
        const struct bw_catalog_options *o = &catalog->options;

        if (o->n_only && !contains(o->only, o->n_only, entry->id))
                return false;
        for (size_t i = 0; i < o->n_disabled && !o->n_only; i++)
                if (bw_rule_pattern_matches(o->disabled[i], entry->id))
                        return false;
        for (size_t i = 0; i < entry->n_controls; i++)
                if (contains(o->frameworks, o->n_frameworks, entry->controls[i].framework))
                        return true;
        return o->n_frameworks == 0;
}

/* An optional rule runs for those who name it, name a framework that asks for it, or give it parameters. */
static bool is_asked_for(const struct bw_catalog *catalog, const struct rule_entry *entry)
{
        bool optional = entry->builtin ? entry->builtin->optional : entry->rule->info.optional;

        return !optional || catalog->options.n_only || catalog->options.n_frameworks ||
               bw_map_get(catalog->options.params, entry->id).type == BW_MAP;
}

int rule_catalog_takes_part(struct bw_catalog *catalog, struct rule_entry *entry, struct bw_error *reterr)
{
        int r;

        if (find_controls(catalog, entry) < 0)
                return bw_error_nomem(reterr);
        if (!is_selected(catalog, entry))
                return 0;
        if (!is_asked_for(catalog, entry))
                return 0;
        r = rule_catalog_open(catalog, entry, false, reterr);
        return r < 0 ? r : 1;
}

int rule_catalog_has_kind(struct bw_catalog *catalog, struct bw_str kind, struct bw_error *reterr)
{
        const struct rule_kind_group *group = find_group(&catalog->first, kind);

        for (size_t i = 0; group && i < group->n_entries; i++) {
                struct rule_entry *entry = &catalog->entries[group->entries[i]];

                if (find_controls(catalog, entry) < 0)
                        return bw_error_nomem(reterr);
                if (is_selected(catalog, entry) && is_asked_for(catalog, entry))
                        return 1;
        }
        return 0;
}

void bw_catalog_set_minor(struct bw_catalog *catalog, int kubernetes_minor)
{
        catalog->options.kubernetes_minor = BW_MAX(0, BW_MIN(kubernetes_minor, BW_KUBERNETES_NEWEST));
}

/* Of any group: such a rule asks for nothing by its name. */
static bool is_any(const struct rule_kind *kind)
{
        return kind->any_group && bw_str_is(kind->kind, "*");
}

/* words: kinds as a rule writes them, separated by blanks. */
static bool words_name(const char *words, struct bw_str group, struct bw_str kind)
{
        struct bw_str rest = bw_str(words);
        struct bw_str word;

        while (bw_str_split(&rest, ' ', &word)) {
                size_t slash = bw_str_find(word, BW_STR("/"));
                struct rule_kind named = {.kind = word, .any_group = slash == SIZE_MAX};

                if (slash != SIZE_MAX) {
                        named.group = bw_str_n(word.p, slash);
                        named.kind = bw_str_rest(word, slash + 1);
                }
                if (!is_any(&named) && rule_kind_matches(&named, group, kind))
                        return true;
        }
        return false;
}

static bool entry_names(const struct rule_entry *entry, struct bw_str group, struct bw_str kind)
{
        const struct bw_rule *rule = entry->rule;

        if (entry->builtin)
                return words_name(entry->builtin->kinds, group, kind) || words_name(entry->builtin->inventory, group, kind);
        for (size_t i = 0; i < rule->match.n_kinds; i++)
                if (!is_any(&rule->match.kinds[i]) && rule_kind_matches(&rule->match.kinds[i], group, kind))
                        return true;
        for (size_t i = 0; i < rule->n_looks; i++)
                if (!rule_look_is_pods(&rule->looks[i]) && rule_kind_matches(&rule->looks[i].kind, group, kind))
                        return true;
        return false;
}

bool bw_catalog_reads(struct bw_catalog *catalog, struct bw_str group, struct bw_str kind)
{
        for (size_t i = 0; i < catalog->n_entries; i++)
                if (entry_names(&catalog->entries[i], group, kind) &&
                    rule_catalog_takes_part(catalog, &catalog->entries[i], NULL) == 1)
                        return true;
        return false;
}

static int each_word(const char *words, int (*fn)(void *userdata, struct bw_str group, struct bw_str kind), void *userdata)
{
        struct bw_str rest = bw_str(words);
        struct bw_str word;
        int r = 0;

        while (r == 0 && bw_str_split(&rest, ' ', &word)) {
                size_t slash = bw_str_find(word, BW_STR("/"));

                if (slash != SIZE_MAX && !bw_str_ends(word, BW_STR("*")))
                        r = fn(userdata, bw_str_n(word.p, slash), bw_str_rest(word, slash + 1));
        }
        return r;
}

int bw_catalog_each_kind(struct bw_catalog *catalog, int (*fn)(void *userdata, struct bw_str group, struct bw_str kind),
                         void *userdata)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < catalog->n_entries; i++) {
                const struct rule_builtin *builtin = catalog->entries[i].builtin;

                if (!builtin || rule_catalog_takes_part(catalog, &catalog->entries[i], NULL) != 1)
                        continue;
                r = each_word(builtin->kinds, fn, userdata);
                if (r == 0)
                        r = each_word(builtin->inventory, fn, userdata);
        }
        return r;
}

/* ---- preparing */

/* The rules of the group that `rule` repeats in part. */
static int find_overridden(struct bw_catalog *catalog, struct rule_kind_group *group, struct bw_rule *rule)
{
        const struct bw_rule **found = bw_arena_array(catalog->arena, group->n_rules + 1, sizeof(*found));
        size_t n = 0;

        if (!found)
                return -ENOMEM;
        for (size_t i = 0; i < group->n_rules; i++)
                if (contains(rule->pss.overrides, rule->pss.n_overrides, group->rules[i]->pss.check))
                        found[n++] = group->rules[i];
        rule->overridden = found;
        rule->n_overridden = n;
        return 0;
}

/* Pod Security's rules leave out what others of them have said: they are uniform together. */
static void bind_pss(struct bw_catalog *catalog, const struct rule_kind_group *group)
{
        bool uniform = true;

        for (size_t i = 0; i < group->n_rules; i++)
                uniform &= group->rules[i]->uniform || !group->rules[i]->pss.level;
        for (size_t i = 0; i < group->n_entries; i++) {
                struct bw_rule *rule = catalog->entries[group->entries[i]].rule;

                if (rule && rule->pss.level && rule->uniform && !uniform)
                        rule->uniform = false;
        }
}

static int find_varying(struct bw_catalog *catalog, struct rule_kind_group *group)
{
        struct bw_str *keys;
        size_t n = 0;

        bind_pss(catalog, group);
        for (size_t i = 0; i < group->n_rules; i++)
                n += group->rules[i]->n_seen_keys;
        group->varying = bw_arena_array(catalog->arena, group->n_rules + 1, sizeof(*group->varying));
        keys = bw_arena_array(catalog->arena, n + 1, sizeof(*keys));
        if (!group->varying || !keys)
                return -ENOMEM;
        for (size_t i = 0; i < group->n_rules; i++) {
                const struct bw_rule *rule = group->rules[i];

                if (!rule->uniform)
                        group->varying[group->n_varying++] = rule;
                for (size_t k = 0; k < rule->n_seen_keys; k++)
                        if (!contains(keys, group->n_seen_keys, rule->seen_keys[k]))
                                keys[group->n_seen_keys++] = rule->seen_keys[k];
        }
        group->seen_keys = keys;
        return 0;
}

static int prepare_group(struct bw_catalog *catalog, struct rule_kind_group *group, struct bw_error *reterr)
{
        const struct bw_rule **rules = bw_arena_array(catalog->arena, group->n_entries + 1, sizeof(*rules));
        size_t n = 0;

        if (!rules)
                return bw_error_nomem(reterr);
        /* Those that repeat others come after all others. */
        for (int late = 0; late <= 1; late++) {
                for (size_t i = 0; i < group->n_entries; i++) {
                        struct rule_entry *entry = &catalog->entries[group->entries[i]];
                        int r;

                        if (find_controls(catalog, entry) < 0)
                                return bw_error_nomem(reterr);
                        if (!is_selected(catalog, entry))
                                continue;
                        r = rule_catalog_open(catalog, entry, false, reterr);
                        if (r == 0 && !is_asked_for(catalog, entry))
                                continue;
                        if (r == 0)
                                r = rule_catalog_open(catalog, entry, true, reterr);
                        if (r < 0)
                                return r;
                        if ((entry->rule->pss.n_overrides > 0) == late)
                                rules[n++] = entry->rule;
                }
        }
        group->rules = rules;
        group->n_rules = n;
        for (size_t i = 0; i < group->n_entries; i++) {
                struct bw_rule *rule = catalog->entries[group->entries[i]].rule;

                if (rule && rule->pss.n_overrides && !rule->overridden && find_overridden(catalog, group, rule) < 0)
                        return bw_error_nomem(reterr);
        }
        if (find_varying(catalog, group) < 0)
                return bw_error_nomem(reterr);
        if (group == &catalog->first.groups[GROUP_PODS] &&
            plan_new(catalog->arena, rules, n, catalog->options.kubernetes_minor, &group->plan) < 0)
                return bw_error_nomem(reterr);
        __atomic_store_n(&group->ready, true, __ATOMIC_RELEASE);
        return 0;
}

/* The groups of the kinds that may be derived from a document. */
static bool derived_are_ready(const struct bw_catalog *catalog)
{
        const char *kinds;

        for (size_t at = 0; (kinds = bw_derive_kinds(&at));) {
                struct bw_str rest = bw_str(kinds);
                struct bw_str kind;

                while (bw_str_split(&rest, ' ', &kind)) {
                        const struct rule_kind_group *group = find_group(&catalog->first, kind);

                        if (group && !__atomic_load_n(&group->ready, __ATOMIC_ACQUIRE))
                                return false;
                }
        }
        return true;
}

static int prepare_derived(struct bw_catalog *catalog, struct bw_error *reterr)
{
        const char *kinds;
        int r = 0;

        for (size_t at = 0; r == 0 && (kinds = bw_derive_kinds(&at));) {
                struct bw_str rest = bw_str(kinds);
                struct bw_str kind;

                while (r == 0 && bw_str_split(&rest, ' ', &kind)) {
                        struct rule_kind_group *group = find_group(&catalog->first, kind);

                        if (group && !group->ready)
                                r = prepare_group(catalog, group, reterr);
                }
        }
        return r;
}

bool bw_catalog_is_ready(const struct bw_catalog *catalog, const struct bw_doc *doc)
{
        struct rule_kind_group *groups[3];
        size_t n = rule_catalog_groups(&catalog->first, doc, groups);

        for (size_t i = 0; i < n; i++)
                if (!__atomic_load_n(&groups[i]->ready, __ATOMIC_ACQUIRE))
                        return false;
        return BW_LIKELY(!bw_derive_wants(doc)) || derived_are_ready(catalog);
}

static int prepare(struct bw_catalog *catalog, const struct rule_group_set *set, const struct bw_doc *doc,
                   struct bw_error *reterr)
{
        struct rule_kind_group *groups[3];
        size_t n = rule_catalog_groups(set, doc, groups);

        for (size_t i = 0; i < n; i++) {
                int r = groups[i]->ready ? 0 : prepare_group(catalog, groups[i], reterr);

                if (r < 0)
                        return r;
        }
        return 0;
}

int bw_catalog_prepare(struct bw_catalog *catalog, const struct bw_doc *doc, struct bw_error *reterr)
{
        int r = prepare(catalog, &catalog->first, doc, reterr);

        return r == 0 && bw_derive_wants(doc) ? prepare_derived(catalog, reterr) : r;
}

int bw_catalog_prepare_joined(struct bw_catalog *catalog, const struct bw_doc *doc, struct bw_error *reterr)
{
        return prepare(catalog, &catalog->joined, doc, reterr);
}

/* ---- listing */

size_t bw_catalog_compiled(const struct bw_catalog *catalog)
{
        return catalog->n_compiled;
}

size_t bw_catalog_size(const struct bw_catalog *catalog)
{
        size_t n = 0;

        for (size_t i = 0; i < catalog->n_entries; i++)
                n += is_selected(catalog, &catalog->entries[i]) && is_asked_for(catalog, &catalog->entries[i]);
        return n;
}

static int cmp_info(const void *a, const void *b)
{
        const struct bw_rule_info *const *x = a;
        const struct bw_rule_info *const *y = b;

        return bw_str_cmp((*x)->id, (*y)->id);
}

int bw_catalog_infos(struct bw_catalog *catalog, const struct bw_rule_info *const **ret_infos, size_t *ret_n,
                     struct bw_error *reterr)
{
        const struct bw_rule_info **infos = bw_arena_array(catalog->arena, catalog->n_entries + 1, sizeof(*infos));
        size_t n = 0;

        if (!infos)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < catalog->n_entries; i++) {
                int r;

                if (find_controls(catalog, &catalog->entries[i]) < 0)
                        return bw_error_nomem(reterr);
                if (!is_selected(catalog, &catalog->entries[i]))
                        continue;
                r = rule_catalog_open(catalog, &catalog->entries[i], false, reterr);
                if (r < 0)
                        return r;
                infos[n++] = &catalog->entries[i].rule->info;
        }
        qsort(infos, n, sizeof(*infos), cmp_info);
        *ret_infos = infos;
        *ret_n = n;
        return 0;
}

/* Letters to change, add or drop to get from a to b, if no more than 3; else 4. */
static unsigned distance(struct bw_str a, struct bw_str b)
{
        unsigned rows[2][64];

        if (a.n > 63 || b.n > 63 || a.n + 3 < b.n || b.n + 3 < a.n)
                return 4;
        for (unsigned j = 0; j <= b.n; j++)
                rows[0][j] = j;
        for (unsigned i = 1; i <= a.n; i++) {
                unsigned *row = rows[i % 2];
                unsigned *last = rows[1 - i % 2];

                row[0] = i;
                for (unsigned j = 1; j <= b.n; j++) {
                        unsigned change = last[j - 1] + (a.p[i - 1] != b.p[j - 1]);

                        row[j] = BW_MIN(change, BW_MIN(last[j], row[j - 1]) + 1);
                }
        }
        return BW_MIN(rows[a.n % 2][b.n], 4u);
}

struct bw_str rule_catalog_nearest(const struct bw_catalog *catalog, struct bw_str id)
{
        struct bw_str near = {0};
        unsigned best = 4;

        for (size_t i = 0; i < catalog->n_entries; i++) {
                unsigned d = distance(id, catalog->entries[i].id);

                if (d < best) {
                        best = d;
                        near = catalog->entries[i].id;
                }
        }
        return near;
}

static int no_such_rule(const struct bw_catalog *catalog, struct bw_str id, struct bw_error *reterr)
{
        struct bw_str near = rule_catalog_nearest(catalog, id);

        if (near.n)
                return bw_error_set(reterr, -ENOENT, "no rule \"%.*s\"; did you mean %.*s?", BW_STR_ARG(id),
                                    BW_STR_ARG(near));
        return bw_error_set(reterr, -ENOENT, "no rule \"%.*s\"", BW_STR_ARG(id));
}

int bw_catalog_find(struct bw_catalog *catalog, struct bw_str id, struct bw_rule_details *ret, struct bw_error *reterr)
{
        struct rule_entry *entry = find_entry(catalog, id);
        int r;

        if (!entry)
                return no_such_rule(catalog, id, reterr);
        r = rule_catalog_open(catalog, entry, false, reterr);
        if (r < 0)
                return r;
        *ret = (struct bw_rule_details){
                .info = &entry->rule->info,
                .source = entry->rule->source,
                .builtin = entry->builtin != NULL,
                .n_tests = entry->builtin ? entry->builtin->n_tests : entry->rule->tests.n,
        };
        return 0;
}
