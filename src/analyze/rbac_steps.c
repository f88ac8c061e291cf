/* SPDX-License-Identifier: Apache-2.0 */
/* The table of rights that lead somewhere, and which rules of which roles are in it. */
#include "analyze/rbac_graph_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/table.h"

extern const struct bw_table bw_table_rbac_steps; /* data/rbac-steps.tsv */

enum { COLUMN_ID, COLUMN_VERBS, COLUMN_RESOURCES, COLUMN_SCOPE, COLUMN_NAMES, COLUMN_GIVES, COLUMN_NEEDS, COLUMN_TEXT };

static const char *const names_words[] = {
#define X(name, text) [RBAC_NAMES_##name] = text,
        RBAC_NAMES(X)
#undef X
};
static const char *const gives_words[] = {
#define X(name, text) [RBAC_GIVES_##name] = text,
        RBAC_GIVES(X)
#undef X
};

static size_t word_in(const char *const *words, size_t n, struct bw_str word)
{
        size_t i = 0;

        while (i < n && !bw_str_is(word, words[i]))
                i++;
        return i;
}

/* ---- reading it */

static uint64_t rows_called(const struct rbac_rows *rows, struct bw_str word)
{
        uint64_t mask = 0;

        for (size_t i = 0; i < rows->n; i++) {
                bool is_it = bw_str_starts(word, BW_STR("@")) ?
                                     bw_str_is(bw_str_rest(word, 1), gives_words[rows->rows[i].gives]) :
                                     bw_str_is(word, rows->rows[i].id);

                mask |= (uint64_t)is_it << i;
        }
        return mask;
}

static void read_needs(struct rbac_rows *rows, struct rbac_row *row, struct bw_str needs)
{
        struct bw_str part;
        size_t n = 0;

        while (bw_str_split(&needs, '+', &part)) {
                struct bw_str word;

                if (bw_str_is(part, "crd"))
                        row->needs_crd = true;
                else if (bw_str_is(part, "eks"))
                        row->needs_eks = true;
                else if (bw_str_is(part, "scc"))
                        row->needs_scc = true;
                else {
                        while (bw_str_split(&part, ',', &word))
                                row->needs[n] |= rows_called(rows, word);
                        n++;
                }
        }
        if (row->needs[0])
                rows->paired |= (uint64_t)1 << (row - rows->rows) | row->needs[0] | row->needs[1];
}

void rbac_rows_read(struct rbac_rows *rows)
{
        const struct bw_table *t = &bw_table_rbac_steps;

        rows->n = BW_MIN((size_t)t->n_rows, (size_t)RBAC_MAX_ROWS);
        for (size_t i = 0; i < rows->n; i++) {
                struct bw_str scope = bw_table_cell(t, i, COLUMN_SCOPE);
                struct bw_str names = bw_table_cell(t, i, COLUMN_NAMES);
                size_t sort = word_in(names_words, BW_ARRAY_SIZE(names_words), names);

                rows->rows[i] = (struct rbac_row){
                        .id = bw_table_text(t, i, COLUMN_ID),
                        .text = bw_table_text(t, i, COLUMN_TEXT),
                        .verbs = bw_table_text(t, i, COLUMN_VERBS),
                        .resources = bw_table_text(t, i, COLUMN_RESOURCES),
                        .scope = bw_str_is(scope, "ns")      ? RBAC_SCOPE_NS :
                                 bw_str_is(scope, "cluster") ? RBAC_SCOPE_CLUSTER :
                                                               RBAC_SCOPE_ONE,
                        .only_ns = scope,
                        .names = sort < BW_ARRAY_SIZE(names_words) ? (enum rbac_names)sort : RBAC_NAMES_LISTED,
                        .counted = bw_str_starts(names, BW_STR("=")) ? names.p + 1 : "",
                        .gives = (enum rbac_gives)word_in(gives_words, BW_ARRAY_SIZE(gives_words) - 1,
                                                          bw_table_cell(t, i, COLUMN_GIVES)),
                };
        }
        for (size_t i = 0; i < rows->n; i++)
                read_needs(rows, &rows->rows[i], bw_table_cell(t, i, COLUMN_NEEDS));
}

/* ---- rules */

static bool next_word(struct bw_str *words, struct bw_str *ret)
{
        while (bw_str_split(words, ' ', ret))
                if (ret->n)
                        return true;
        return false;
}

static bool has_any_verb(struct bw_value verbs, const struct rbac_row *row, bool without_create)
{
        struct bw_str words = bw_str(row->verbs);
        struct bw_str word;

        while (next_word(&words, &word)) {
                if (without_create && bw_str_is(word, "create"))
                        continue;
                if (list_has(verbs, BW_STR("*")) || list_has(verbs, word))
                        return true;
        }
        return false;
}

/* "pods/exec", "deployments.apps", "*.*" */
struct resource {
        struct bw_str name; /* with the subresource */
        struct bw_str sub;
        struct bw_str group;
};

static struct resource parse_resource(struct bw_str word)
{
        struct resource r = {.name = word};
        const char *slash = memchr(word.p, '/', word.n);
        const char *dot = memchr(word.p, '.', word.n);

        if (dot) {
                r.name.n = (size_t)(dot - word.p);
                r.group = bw_str_rest(word, r.name.n + 1);
        }
        if (slash)
                r.sub = bw_str_rest(r.name, (size_t)(slash - word.p));
        return r;
}

static bool has_resource(struct bw_value resources, const struct resource *r)
{
        if (list_has(resources, BW_STR("*")) || list_has(resources, r->name))
                return true;
        for (uint32_t i = 0; r->sub.n && i < resources.n; i++) {
                struct bw_str text = bw_value_text(resources.list->items[i]);

                if (resources.list->items[i].type != BW_STRING)
                        continue;
                if (bw_str_starts(text, BW_STR("*")) && bw_str_eq(bw_str_rest(text, 1), r->sub))
                        return true;
        }
        return false;
}

static bool has_names(struct bw_value names, const struct rbac_row *row)
{
        struct bw_str words = bw_str(row->counted);
        struct bw_str word;

        if (names.n == 0)
                return true;
        if (row->names != RBAC_NAMES_LISTED)
                return row->names != RBAC_NAMES_NO;
        while (next_word(&words, &word))
                if (list_has(names, word))
                        return true;
        return false;
}

static bool rule_is_in(const struct bw_rbac_graph *g, struct bw_value rule, const struct rbac_row *row)
{
        struct bw_value verbs = list_of(rule, "verbs");
        struct bw_value groups = list_of(rule, "apiGroups");
        struct bw_value resources = list_of(rule, "resources");
        struct bw_value names = list_of(rule, "resourceNames");
        struct bw_str words = bw_str(row->resources);
        struct bw_str word;

        if (!has_names(names, row) || !has_any_verb(verbs, row, false))
                return false;
        while (next_word(&words, &word)) {
                struct resource r = parse_resource(word);

                if (!(list_has(groups, BW_STR("*")) || list_has(groups, r.group)) || !has_resource(resources, &r))
                        continue;
                /* What is created has no name yet; a subresource's request has its object's. */
                if (names.n && r.sub.n == 0 && !has_any_verb(verbs, row, true))
                        continue;
                if (!row->needs_crd || bw_inventory_find(g->inventory, BW_STR("apiextensions.k8s.io"),
                                                         BW_STR("CustomResourceDefinition"), BW_STR(""), word))
                        return true;
        }
        return false;
}

static int find_in_role(struct bw_rbac_graph *g, const struct rbac_role *role, struct bw_error *reterr)
{
        struct rbac_hits *of_role = &g->role_hits[role - g->rbac->roles];

        of_role->first = (uint32_t)g->n_hits;
        for (uint8_t row = 0; row < g->rows.n; row++) {
                size_t first = g->n_hits;

                if ((g->rows.rows[row].needs_eks && !g->is_eks) || (g->rows.rows[row].needs_scc && !g->has_scc))
                        continue;
                for (uint32_t i = 0; i < role->expanded.n; i++) {
                        struct bw_value rule = role->expanded.list->items[i];
                        struct rbac_hit hit = {.rule = i, .row = row, .names = list_of(rule, "resourceNames")};

                        if (!rule_is_in(g, rule, &g->rows.rows[row]))
                                continue;
                        if (hit.names.n == 0 || g->rows.rows[row].names == RBAC_NAMES_ANY ||
                            g->rows.rows[row].names == RBAC_NAMES_LISTED) {
                                g->n_hits = first; /* one without names is all of it */
                                i = role->expanded.n;
                                hit.names = (struct bw_value){.type = BW_LIST};
                        }
                        if (bw_arena_grow(g->arena, &g->hits, &g->cap_hits, g->n_hits, sizeof(*g->hits)) < 0)
                                return bw_arena_error(g->arena, reterr);
                        g->hits[g->n_hits++] = hit;
                }
        }
        of_role->n = (uint32_t)g->n_hits - of_role->first;
        return rbac_work(g, (uint64_t)role->expanded.n * g->rows.n, reterr);
}

int rbac_find_hits(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        int r = 0;

        g->role_hits = bw_arena_zalloc(g->arena, (g->rbac->n_roles + 1) * sizeof(*g->role_hits));
        if (!g->role_hits)
                return bw_arena_error(g->arena, reterr);
        for (size_t i = 0; r == 0 && i < g->rbac->n_roles; i++)
                r = find_in_role(g, &g->rbac->roles[i], reterr);
        return r;
}
