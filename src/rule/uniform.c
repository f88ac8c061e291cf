/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rules say the same of all pods of one template: those that look at nothing in which such pods differ. What a rule
 * looks at is told from its paths and from the words of its expressions, and in doubt it is not uniform: such a rule is
 * asked about each pod. docs/internals/scale.md has the reasons.
 */
#include "base/arena.h"
#include "base/error.h"
#include "doc/template.h"
#include "rule/rule_internal.h"

/* Maps of which parts are a pod's own, by what they are. */
enum {
        WHOLE_OBJECT = 1,
        WHOLE_SPEC = 2,
        WHOLE_METADATA = 4,
        WHOLE_OTHER = 8,
};

struct reading {
        struct bw_arena *arena;
        struct bw_rule *rule;
        bool uniform;
        unsigned whole_each;  /* what `each` may be of them, in the expression at hand */
        unsigned whole_value; /* and `value` */
        bool has_label;       /* an expression makes the label */
        unsigned any_each;    /* in any check */
        unsigned any_value;
        bool nomem;
};

/* ---- keys of labels and annotations that rules look at */

static void note_key(struct reading *r, struct bw_str pattern)
{
        struct bw_rule *rule = r->rule;
        struct bw_str *grown;

        for (size_t i = 0; i < rule->n_seen_keys; i++)
                if (bw_str_eq(rule->seen_keys[i], pattern))
                        return;
        grown = bw_arena_array(r->arena, rule->n_seen_keys + 1, sizeof(*grown));
        if (!grown) {
                r->nomem = true;
                return;
        }
        if (rule->n_seen_keys)
                memcpy(grown, rule->seen_keys, rule->n_seen_keys * sizeof(*grown));
        grown[rule->n_seen_keys++] = pattern;
        rule->seen_keys = grown;
}

/* ---- paths */

static bool is_any(struct bw_str s, const char *const *names)
{
        for (size_t i = 0; names[i]; i++)
                if (bw_str_is(s, names[i]))
                        return true;
        return false;
}

/* What a path leads to, from a pod spec, pod metadata or object. */
enum sight {
        SEES_COMMON, /* what is the same in all pods */
        SEES_WHOLE,  /* a map of which parts are not */
        SEES_OWN,
};

static enum sight sight_in_spec(const struct bw_segment *s, size_t n)
{
        if (n == 0)
                return SEES_WHOLE;
        for (size_t i = 0; i < n; i++)
                if (s[i].kind == BW_SEGMENT_KEY && is_any(bw_value_text(s[i].key), bw_template_own_fields))
                        return SEES_OWN;
        if (s[0].kind != BW_SEGMENT_KEY)
                return SEES_OWN;
        /* The node affinity in it is the pod's own. */
        return n == 1 && bw_str_is(bw_value_text(s[0].key), "affinity") ? SEES_WHOLE : SEES_COMMON;
}

/* keys: of the check, which narrow a wildcard; NULL: none. */
static enum sight sight_in_metadata(struct reading *r, const struct bw_segment *s, size_t n, const struct rule_check *check)
{
        static const char *const common[] = {"namespace", "ownerReferences", NULL};
        static const char *const maps[] = {"labels", "annotations", NULL};

        if (n == 0)
                return SEES_WHOLE;
        if (s[0].kind != BW_SEGMENT_KEY)
                return SEES_OWN;
        if (is_any(bw_value_text(s[0].key), common))
                return SEES_COMMON;
        if (!is_any(bw_value_text(s[0].key), maps))
                return SEES_OWN;
        if (n == 1)
                return SEES_WHOLE;
        if (s[1].kind == BW_SEGMENT_KEY) {
                note_key(r, bw_value_text(s[1].key));
                return SEES_COMMON;
        }
        if (!check || !check->n_keys)
                return SEES_OWN;
        for (size_t i = 0; i < check->n_keys; i++)
                note_key(r, check->keys[i]);
        return SEES_COMMON;
}

static enum sight sight_in_object(struct reading *r, const struct bw_segment *s, size_t n, const struct rule_check *check)
{
        static const char *const common[] = {"kind", "apiVersion", NULL};

        if (n == 0)
                return SEES_WHOLE;
        if (s[0].kind != BW_SEGMENT_KEY)
                return SEES_OWN;
        if (is_any(bw_value_text(s[0].key), common))
                return SEES_COMMON;
        if (bw_str_is(bw_value_text(s[0].key), "spec"))
                return sight_in_spec(s + 1, n - 1);
        return bw_str_is(bw_value_text(s[0].key), "metadata") ? sight_in_metadata(r, s + 1, n - 1, check) : SEES_OWN;
}

static enum sight sight_of(struct reading *r, enum rule_base base, const struct bw_segment *s, size_t n,
                           const struct rule_check *check)
{
        if (base == BASE_CONTAINERS)
                return SEES_COMMON;
        if (base == BASE_POD_METADATA)
                return sight_in_metadata(r, s, n, check);
        return r->rule->match.pod_spec ? sight_in_spec(s, n) : sight_in_object(r, s, n, check);
}

/* Where a path leads from a place; what it leads to is added to *whole if it is a map of which parts are a pod's own. */
static bool leads_to_common(struct reading *r, const struct rule_place *place, struct bw_path path,
                            const struct rule_check *check, unsigned *whole)
{
        struct bw_segment all[2 * BW_LIMIT_PATH_DEPTH];
        size_t n = 0;

        if (place->pattern.n + path.n > BW_ARRAY_SIZE(all))
                return false;
        for (size_t i = 0; i < place->pattern.n; i++)
                all[n++] = place->pattern.segments[i];
        for (size_t i = 0; i < path.n; i++)
                all[n++] = path.segments[i];
        switch (sight_of(r, place->base, all, n, check)) {
        case SEES_OWN:
                return false;
        case SEES_WHOLE:
                *whole |= n                                    ? WHOLE_OTHER :
                          place->base == BASE_POD_METADATA     ? WHOLE_METADATA :
                          r->rule->match.pod_spec              ? WHOLE_SPEC :
                                                                 WHOLE_OBJECT;
                return true;
        case SEES_COMMON:
                break;
        }
        return true;
}

/* ---- words of expressions */

struct words {
        struct bw_str rest;
};

static bool is_letter(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name_part(char c)
{
        return is_letter(c) || (c >= '0' && c <= '9');
}

static void skip(struct words *w, size_t n)
{
        w->rest = bw_str_rest(w->rest, n);
}

static void skip_blanks(struct words *w)
{
        while (w->rest.n && (w->rest.p[0] == ' ' || w->rest.p[0] == '\n' || w->rest.p[0] == '\t' || w->rest.p[0] == '\r'))
                skip(w, 1);
}

static struct bw_str take_name(struct words *w)
{
        size_t n = 0;

        while (n < w->rest.n && is_name_part(w->rest.p[n]))
                n++;
        skip(w, n);
        return bw_str_n(w->rest.p - n, n);
}

/* ".name" or ".?name" behind what was read; empty: something else stands there. */
static struct bw_str take_field(struct words *w)
{
        struct words ahead = *w;
        struct bw_str name;

        skip_blanks(&ahead);
        if (!ahead.rest.n || ahead.rest.p[0] != '.')
                return (struct bw_str){0};
        skip(&ahead, 1);
        skip_blanks(&ahead);
        if (ahead.rest.n && ahead.rest.p[0] == '?')
                skip(&ahead, 1);
        skip_blanks(&ahead);
        if (!ahead.rest.n || !is_letter(ahead.rest.p[0]))
                return (struct bw_str){0};
        name = take_name(&ahead);
        *w = ahead;
        return name;
}

/* Fields behind the name of a map of which parts are a pod's own: whether they lead to what is common. */
static bool fields_are_common(struct reading *r, struct words *w, unsigned whole)
{
        struct bw_segment s[3];
        size_t n = 0;

        while (n < BW_ARRAY_SIZE(s)) {
                struct words before = *w;
                struct bw_str name = take_field(w);

                if (!name.n)
                        break;
                skip_blanks(w);
                if (w->rest.n && w->rest.p[0] == '(') { /* a call is no field */
                        *w = before;
                        break;
                }
                s[n++] = (struct bw_segment){.kind = BW_SEGMENT_KEY, .key = bw_value_str(name)};
        }
        return !(whole & WHOLE_OTHER) &&
               (!(whole & WHOLE_OBJECT) || sight_in_object(r, s, n, NULL) == SEES_COMMON) &&
               (!(whole & WHOLE_SPEC) || sight_in_spec(s, n) == SEES_COMMON) &&
               (!(whole & WHOLE_METADATA) || sight_in_metadata(r, s, n, NULL) == SEES_COMMON);
}

static bool name_is_common(struct reading *r, struct words *w, struct bw_str name)
{
        static const char *const of_item[] = {"name", "who", "eachKey", "eachIndex", NULL};

        if (is_any(name, bw_template_own_fields))
                return false;
        if (bw_str_is(name, "object"))
                return fields_are_common(r, w, WHOLE_OBJECT);
        if (bw_str_is(name, "podSpec"))
                return fields_are_common(r, w, WHOLE_SPEC);
        if (bw_str_is(name, "podMetadata"))
                return fields_are_common(r, w, WHOLE_METADATA);
        if (bw_str_is(name, "each"))
                return !r->whole_each || fields_are_common(r, w, r->whole_each);
        if (bw_str_is(name, "value"))
                return !r->whole_value || fields_are_common(r, w, r->whole_value);
        /* The text of the value, if no expression makes it. */
        if (bw_str_is(name, "label") || bw_str_is(name, "failed"))
                return !r->whole_value || r->has_label;
        /* Of a rule about pods the pod has no name; of others it is the object's. */
        return !is_any(name, of_item) || r->rule->match.pod_spec || !r->whole_each;
}

/* A text between quotes, the first of which is at the beginning. Escapes are not undone: only plain names are looked for. */
static struct bw_str take_quoted(struct words *w)
{
        const struct bw_str all = w->rest;
        char quote = all.p[0];
        bool is_long = all.n >= 3 && all.p[1] == quote && all.p[2] == quote;
        size_t width = is_long ? 3 : 1;
        size_t at = width;

        while (at < all.n) {
                if (all.p[at] == quote &&
                    (!is_long || (at + 2 < all.n && all.p[at + 1] == quote && all.p[at + 2] == quote)))
                        break;
                at += all.p[at] == '\\' ? 2 : 1;
        }
        at = BW_MIN(at, all.n);
        skip(w, BW_MIN(at + width, all.n));
        return bw_str_n(all.p + BW_MIN(width, at), at - BW_MIN(width, at));
}

static void read_words(struct reading *r, const struct rule_expr *expr)
{
        struct words w = {.rest = expr->source};
        bool is_field = false; /* behind a dot */

        while (w.rest.n && r->uniform) {
                char c = w.rest.p[0];

                if (c == '"' || c == '\'') {
                        r->uniform = !is_any(take_quoted(&w), bw_template_own_fields);
                } else if (is_letter(c)) {
                        struct bw_str name = take_name(&w);

                        r->uniform = is_field ? !is_any(name, bw_template_own_fields) : name_is_common(r, &w, name);
                } else if (c >= '0' && c <= '9') {
                        (void)take_name(&w);
                } else {
                        is_field = c == '.' || (is_field && (c == '?' || c == ' ' || c == '\n'));
                        skip(&w, 1);
                        continue;
                }
                is_field = false;
        }
}

/* ---- the rule */

static void read_whens(struct reading *r, const struct rule_when *when, size_t n, const struct rule_place *from)
{
        const struct rule_place root = {.base = BASE_ROOT};

        for (size_t i = 0; i < n && r->uniform; i++) {
                r->whole_value = 0;
                r->uniform = leads_to_common(r, from ? from : &root, when[i].path, NULL, &r->whole_value);
                if (r->uniform)
                        read_words(r, &when[i].expression);
        }
}

static void read_check(struct reading *r, const struct rule_check *check)
{
        unsigned value = 0;

        r->whole_each = 0;
        for (size_t i = 0; i < check->n_places && r->uniform; i++) {
                r->uniform = leads_to_common(r, &check->places[i], (struct bw_path){0}, check, &r->whole_each);
                for (size_t k = 0; k < check->n_paths && r->uniform; k++)
                        r->uniform = leads_to_common(r, &check->places[i], check->paths[k], check, &value);
        }
        read_whens(r, check->when, check->n_when, NULL);
        for (size_t i = 0; i < check->n_places; i++)
                read_whens(r, check->where, check->n_where, &check->places[i]);
        r->whole_value = value;
        r->has_label = check->label.source.p != NULL;
        read_words(r, &check->expression);
        read_words(r, &check->label);
        read_words(r, &check->message_expression);
        r->any_each |= r->whole_each;
        r->any_value |= value;
}

/* What is not part of a check: it may be asked for in any of them. */
static void read_rest(struct reading *r)
{
        const struct bw_rule *rule = r->rule;

        r->whole_each = r->any_each;
        r->whole_value = r->any_value;
        r->has_label = true;
        for (size_t i = 0; i < rule->n_checks; i++)
                r->has_label = r->has_label && rule->checks[i].label.source.p;
        for (size_t i = 0; i < rule->n_variables; i++)
                read_words(r, &rule->variables[i].expression);
        for (size_t i = 0; i < rule->n_skips; i++) {
                read_words(r, &rule->skips[i].expression);
                read_words(r, &rule->skips[i].reason_expression);
        }
        /* Pod Security's reasons and details are for admission: no finding has them. */
}

int rule_find_uniform(struct bw_arena *arena, struct bw_rule *rule)
{
        struct reading r = {.arena = arena, .rule = rule, .uniform = true};

        read_whens(&r, rule->match.conditions, rule->match.n_conditions, NULL);
        for (size_t i = 0; i < rule->n_checks && r.uniform; i++)
                read_check(&r, &rule->checks[i]);
        read_rest(&r);
        for (size_t i = 0; i < rule->match.n_labels; i++)
                note_key(&r, rule->match.labels[i].key);
        rule->uniform = r.uniform;
        return r.nomem ? -ENOMEM : 0;
}

/* ---- what uniform rules see of a pod */

static bool is_seen(struct rule_kind_group *const *groups, size_t n, struct bw_str key)
{
        for (size_t i = 0; i < n; i++)
                if (rule_name_matches(groups[i]->seen_keys, groups[i]->n_seen_keys, key))
                        return true;
        return false;
}

/* Labels or annotations; without one that is seen they are as good as none, but for being there. */
static void add_entries(struct bw_siphash *hash, struct rule_kind_group *const *groups, size_t n, struct bw_value map)
{
        bw_siphash_word(hash, map.type);
        if (map.type != BW_MAP) {
                bw_template_add_value(hash, map);
                return;
        }
        for (uint32_t i = 0; i < map.n; i++) {
                const struct bw_entry *e = &map.map->entries[i];

                if (!is_seen(groups, n, bw_value_text(e->key)))
                        continue;
                bw_siphash_text(hash, bw_value_text(e->key));
                bw_template_add_value(hash, e->value);
        }
}

bool bw_catalog_template(const struct bw_catalog *catalog, const struct bw_doc *doc, struct bw_siphash_key key,
                         struct bw_owner_id owner, uint64_t ret[2])
{
        struct bw_value metadata = bw_map_get(doc->root, BW_STR("metadata"));
        struct bw_value spec = bw_map_get(doc->root, BW_STR("spec"));
        struct bw_siphash hash = bw_siphash_begin(key);
        struct rule_kind_group *groups[3];
        size_t n;

        if (!bw_owner_is_set(owner) || !bw_str_is(doc->kind, "Pod") || doc->group.n || spec.type != BW_MAP)
                return false;
        n = rule_catalog_groups(&catalog->first, doc, groups);
        bw_siphash_text(&hash, doc->api_version);
        bw_siphash_text(&hash, doc->ns);
        bw_siphash_word(&hash, owner.words[0]);
        bw_siphash_word(&hash, owner.words[1]);
        bw_template_add_value(&hash, bw_map_get(metadata, BW_STR("ownerReferences")));
        add_entries(&hash, groups, n, bw_map_get(metadata, BW_STR("labels")));
        add_entries(&hash, groups, n, bw_map_get(metadata, BW_STR("annotations")));
        bw_template_add(&hash, spec, doc->name);
        bw_siphash_end(&hash, ret);
        return true;
}
