/* SPDX-License-Identifier: Apache-2.0 */
/* What rules that look at other objects need of the documents of a run. */
#include "analyze/synthesis.h"
#include "base/arena.h"
#include "base/error.h"
#include "rule/rule_internal.h"

static void add_need(struct bw_catalog *catalog, const struct rule_kind *kind, unsigned bits)
{
        struct rule_need *need = catalog->needs;

        if (bw_str_is(kind->kind, "*")) {
                catalog->needs_of_any |= bits;
                return;
        }
        for (; need < catalog->needs + catalog->n_needs; need++)
                if (need->kind.any_group == kind->any_group && bw_str_eq(need->kind.kind, kind->kind) &&
                    bw_str_eq(need->kind.group, kind->group))
                        break;
        if (need == catalog->needs + catalog->n_needs) {
                catalog->n_needs++;
                *need = (struct rule_need){.kind = *kind, .hash = bw_key_hash(kind->kind.p, kind->kind.n)};
        }
        need->bits |= bits;
}

static void add_look(struct bw_catalog *catalog, const struct rule_look *look)
{
        for (size_t i = 0; i < catalog->n_looks; i++)
                if (bw_str_eq(catalog->looks[i].text, look->text))
                        return;
        catalog->looks[catalog->n_looks++] = *look;
        if (rule_look_is_pods(look))
                catalog->needs_of_pods |= BW_NEED_LOOKED;
        else
                add_need(catalog, &look->kind, BW_NEED_LOOKED);
}

static void add_rule(struct bw_catalog *catalog, const struct bw_rule *rule)
{
        const struct rule_match *match = &rule->match;

        if (match->pod_spec && match->n_kinds == 0)
                catalog->needs_of_pods |= BW_NEED_JUDGED;
        for (size_t i = 0; i < match->n_kinds; i++)
                add_need(catalog, &match->kinds[i], BW_NEED_JUDGED);
        for (size_t i = 0; i < rule->n_looks; i++)
                add_look(catalog, &rule->looks[i]);
}

/* Documents that many imply are made only for rules that are there. */
static int plan_made(struct bw_catalog *catalog, struct bw_error *reterr)
{
        catalog->wants_made = 0;
        for (size_t i = 0; bw_synthesizers[i]; i++) {
                struct bw_str rest = bw_str(bw_synthesizers[i]->kinds);
                struct bw_str kind;

                while (bw_str_split(&rest, ' ', &kind)) {
                        int r = rule_catalog_has_kind(catalog, kind, reterr);

                        if (r < 0)
                                return r;
                        if (r)
                                catalog->wants_made |= 1u << i;
                }
        }
        return 0;
}

bool bw_catalog_wants_made(const struct bw_catalog *catalog, size_t synthesizer)
{
        return catalog->wants_made >> synthesizer & 1;
}

static bool is_looked_at(const struct bw_catalog *catalog, const struct bw_doc *doc)
{
        for (size_t i = 0; bw_synthesizers[i]; i++)
                if (bw_catalog_wants_made(catalog, i) && bw_synthesizers[i]->looks(doc->group, doc->kind))
                        return true;
        return false;
}

int bw_catalog_plan_joined(struct bw_catalog *catalog, struct bw_error *reterr)
{
        const struct bw_rule **rules = bw_arena_array(catalog->arena, catalog->n_entries + 1, sizeof(*rules));
        size_t n_rules = 0;
        size_t n_looks = 0;
        size_t n_kinds = 0;

        if (!rules)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < catalog->n_entries; i++) {
                struct rule_entry *entry = &catalog->entries[i];
                int r = 0;

                if (entry->builtin ? entry->builtin->inventory[0] != 0 : entry->rule->n_looks > 0)
                        r = rule_catalog_takes_part(catalog, entry, reterr);
                if (r < 0)
                        return r;
                if (r == 0)
                        continue;
                rules[n_rules++] = entry->rule;
                n_looks += entry->rule->n_looks;
                n_kinds += entry->rule->match.n_kinds;
        }
        catalog->looks = bw_arena_array(catalog->arena, n_looks + 1, sizeof(*catalog->looks));
        catalog->needs = bw_arena_array(catalog->arena, n_looks + n_kinds + 1, sizeof(*catalog->needs));
        catalog->n_looks = catalog->n_needs = 0;
        catalog->needs_of_pods = catalog->needs_of_any = 0;
        if (!catalog->looks || !catalog->needs)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < n_rules; i++)
                add_rule(catalog, rules[i]);
        return plan_made(catalog, reterr);
}

unsigned bw_catalog_needs(const struct bw_catalog *catalog, const struct bw_doc *doc)
{
        unsigned bits = catalog->needs_of_any;
        uint16_t hash;

        if (catalog->wants_made && is_looked_at(catalog, doc))
                bits |= BW_NEED_MADE | BW_NEED_LOOKED;
        if (catalog->n_looks == 0)
                return bits;
        hash = bw_key_hash(doc->kind.p, doc->kind.n);
        for (size_t i = 0; i < catalog->n_needs; i++)
                if (catalog->needs[i].hash == hash &&
                    rule_kind_matches(&catalog->needs[i].kind, doc->group, doc->kind))
                        bits |= catalog->needs[i].bits;
        if (catalog->needs_of_pods & ~bits && bw_pod_may_have(doc))
                bits |= catalog->needs_of_pods;
        return bits;
}

int bw_joins_new(const struct bw_catalog *catalog, const struct bw_inventory *inventory, struct bw_joins **ret,
                 struct bw_error *reterr)
{
        return rule_joins_new(inventory, catalog->looks, catalog->n_looks, ret, reterr);
}
