/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/fold_internal.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "scan/merge_internal.h"
#include "scan/worker_internal.h"

/* Findings of all workers that are one. */
struct group {
        struct fold_key key;              /* its owner has no controller that is there */
        const struct fold_entry *entry;   /* the one that is reported; NULL: findings[number] of those that there were */
        size_t number;
        uint32_t depth;                   /* of its object below the owner */
        uint32_t n_objects;
        uint32_t n_pods;
};

struct merge {
        struct bw_worker *workers;
        unsigned n_workers;
        struct bw_merged *merged;
        struct bw_summary *summary;
        struct fold_owner *owners;        /* of all workers, in the order of inputs */
        size_t n_owners;
        struct fold_table by_owner;
        struct group *groups;
        size_t n_groups, cap_groups;
        struct fold_table by_group;
};

static void merge_done(struct merge *m)
{
        bw_free(m->owners);
        bw_free(m->groups);
        fold_table_done(&m->by_owner);
        fold_table_done(&m->by_group);
}

/* ---- who owns whom */

static int by_place(const void *a, const void *b)
{
        return fold_place_cmp(((const struct fold_owner *)a)->place, ((const struct fold_owner *)b)->place);
}

static uint64_t hash_of_owner(const void *owners, uint32_t n)
{
        return ((const struct fold_owner *)owners)[n - 1].self.words[0];
}

static const struct fold_owner *find_owner(const struct merge *m, struct bw_owner_id id)
{
        uint64_t at = id.words[0];
        uint32_t n;

        while ((n = fold_table_next(&m->by_owner, &at)))
                if (bw_owner_eq(m->owners[n - 1].self, id))
                        return &m->owners[n - 1];
        return NULL;
}

static int gather_owners(struct merge *m)
{
        size_t n = 0;

        for (unsigned i = 0; i < m->n_workers; i++)
                n += m->workers[i].fold ? m->workers[i].fold->n_owners : 0;
        m->owners = bw_reallocarray(NULL, n + 1, sizeof(*m->owners));
        if (!m->owners)
                return -ENOMEM;
        for (unsigned i = 0; i < m->n_workers; i++) {
                const struct bw_fold *fold = m->workers[i].fold;

                if (fold && fold->n_owners)
                        memcpy(m->owners + m->n_owners, fold->owners, fold->n_owners * sizeof(*m->owners));
                m->n_owners += fold ? fold->n_owners : 0;
        }
        qsort(m->owners, m->n_owners, sizeof(*m->owners), by_place);
        for (size_t i = 0; i < m->n_owners; i++) {
                struct fold_owner *owner = &m->owners[i];

                owner->place.doc += bw_merged_first_doc(m->merged, owner->place.input, owner->place.part);
                if (find_owner(m, owner->self)) /* the same object twice: the first one counts */
                        continue;
                if (fold_table_grow(&m->by_owner, hash_of_owner, m->owners) < 0)
                        return -ENOMEM;
                fold_table_put(&m->by_owner, owner->self.words[0], (uint32_t)i + 1);
        }
        return 0;
}

/* The highest controller that is there, or is named by one that is. *ret_depth: of an object that `id` controls. */
static struct bw_owner_id top_of(const struct merge *m, struct bw_owner_id id, uint32_t *ret_depth)
{
        uint32_t depth = 1;

        for (; depth < BW_LIMIT_OWNERS; depth++) {
                const struct fold_owner *owner = find_owner(m, id);

                if (!owner || !bw_owner_is_set(owner->parent))
                        break;
                id = owner->parent;
        }
        *ret_depth = depth;
        return id;
}

/* ---- groups */

static uint64_t hash_of_group(const void *groups, uint32_t n)
{
        return fold_key_hash(&((const struct group *)groups)[n - 1].key);
}

static struct group *find_group(const struct merge *m, const struct fold_key *key)
{
        uint64_t at = fold_key_hash(key);
        uint32_t n;

        while ((n = fold_table_next(&m->by_group, &at)))
                if (fold_key_eq(&m->groups[n - 1].key, key))
                        return &m->groups[n - 1];
        return NULL;
}

static int add_group(struct merge *m, struct group group)
{
        if (m->n_groups >= UINT32_MAX - 1 ||
            bw_grow(&m->groups, &m->cap_groups, m->n_groups + 1, sizeof(*m->groups)) < 0 ||
            fold_table_grow(&m->by_group, hash_of_group, m->groups) < 0)
                return -ENOMEM;
        m->groups[m->n_groups++] = group;
        fold_table_put(&m->by_group, fold_key_hash(&group.key), (uint32_t)m->n_groups);
        return 0;
}

/* The findings of one object that has no controller: what others are folded into. */
static int add_top(struct merge *m, const struct fold_owner *owner, size_t from, size_t to)
{
        for (size_t i = from; i < to; i++) {
                const struct bw_finding *f = &m->merged->findings[i];
                struct fold_key key = {.owner = owner->self, .same = f->same, .excepted = f->exception != NULL};

                if (!f->same.high)
                        continue;
                while (find_group(m, &key))
                        key.ordinal++;
                if (add_group(m, (struct group){.key = key, .number = i}) < 0)
                        return -ENOMEM;
        }
        return 0;
}

static int add_tops(struct merge *m)
{
        const struct bw_finding *findings = m->merged->findings;
        size_t at = 0;

        for (size_t i = 0; i < m->n_owners; i++) {
                const struct fold_owner *owner = &m->owners[i];
                size_t end;

                while (at < m->merged->n_findings &&
                       (findings[at].input < owner->place.input ||
                        (findings[at].input == owner->place.input && findings[at].doc < owner->place.doc)))
                        at++;
                for (end = at; end < m->merged->n_findings && findings[end].input == owner->place.input &&
                               findings[end].doc == owner->place.doc;
                     end++)
                        ;
                if (find_owner(m, owner->self) == owner && add_top(m, owner, at, end) < 0)
                        return -ENOMEM;
                at = end;
        }
        return 0;
}

/* Who answers for a finding of a controller answers for it in what that makes, too. */
static struct group *excepted_top(struct merge *m, const struct fold_entry *entry, struct fold_key key)
{
        const struct bw_finding *f = &entry->finding;
        struct group *group;

        if (key.excepted)
                return NULL;
        key.excepted = true;
        group = find_group(m, &key);
        if (!group || group->entry)
                return NULL;
        m->summary->verdicts[f->verdict] -= entry->n_objects;
        if (f->verdict == BW_VERDICT_FAIL)
                m->summary->by_severity[f->rule->severity] -= entry->n_objects;
        m->summary->verdicts[BW_VERDICT_SKIP] += entry->n_objects;
        m->summary->excepted += entry->n_objects;
        return group;
}

static int add_entry(struct merge *m, const struct fold_entry *entry)
{
        uint32_t depth;
        const struct fold_key key = {.owner = top_of(m, entry->owner, &depth), .same = entry->finding.same,
                                     .ordinal = entry->ordinal, .excepted = entry->finding.exception != NULL};
        struct group *group = find_group(m, &key);

        if (!group)
                group = excepted_top(m, entry, key);
        if (!group)
                return add_group(m, (struct group){.key = key, .entry = entry, .depth = depth,
                                                   .n_objects = entry->n_objects, .n_pods = entry->n_pods});
        group->n_objects += entry->n_objects;
        group->n_pods += entry->n_pods;
        if (group->entry && (depth < group->depth ||
                             (depth == group->depth && fold_place_cmp(entry->place, group->entry->place) < 0))) {
                group->entry = entry;
                group->depth = depth;
        }
        return 0;
}

static int add_entries(struct merge *m)
{
        for (unsigned i = 0; i < m->n_workers; i++) {
                const struct bw_fold *fold = m->workers[i].fold;

                for (size_t k = 0; fold && k < fold->n_entries; k++)
                        if (add_entry(m, &fold->entries[k]) < 0)
                                return -ENOMEM;
        }
        return 0;
}

/* ---- the report's findings */

static int put_findings(struct merge *m)
{
        struct bw_merged *merged = m->merged;
        size_t n = merged->n_findings;
        struct bw_finding *findings;

        for (size_t i = 0; i < m->n_groups; i++)
                n += m->groups[i].entry != NULL;
        findings = bw_reallocarray(merged->findings, n, sizeof(*findings));
        if (!findings)
                return -ENOMEM;
        merged->findings = findings;
        for (size_t i = 0; i < m->n_groups; i++) {
                const struct group *group = &m->groups[i];
                struct bw_finding *f = group->entry ? &findings[merged->n_findings++] : &findings[group->number];

                if (group->entry) {
                        *f = group->entry->finding;
                        f->doc = group->entry->place.doc +
                                 bw_merged_first_doc(merged, group->entry->place.input, group->entry->place.part);
                        f->n_objects = f->n_pods = 0;
                }
                f->n_objects += group->n_objects;
                f->n_pods += group->n_pods;
        }
        qsort(merged->findings, merged->n_findings, sizeof(*merged->findings), bw_finding_cmp);
        return 0;
}

int bw_fold_merge(struct bw_worker *workers, unsigned n_workers, struct bw_merged *merged, struct bw_summary *summary,
                  struct bw_error *reterr)
{
        bw_auto_done(merge_done) struct merge m = {
                .workers = workers, .n_workers = n_workers, .merged = merged, .summary = summary};
        size_t n = 0;

        for (unsigned i = 0; i < n_workers; i++)
                n += workers[i].fold ? workers[i].fold->n_entries : 0;
        if (n && (gather_owners(&m) < 0 || add_tops(&m) < 0 || add_entries(&m) < 0 || put_findings(&m) < 0))
                return bw_error_nomem(reterr);
        for (unsigned i = 0; i < n_workers; i++)
                if (workers[i].fold)
                        fold_empty(workers[i].fold);
        return 0;
}
