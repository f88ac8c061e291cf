/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/fold_internal.h"

#include "base/alloc.h"
#include "base/error.h"
#include "finding/fingerprint.h"

#ifdef BW_HARD
#define FIRST_SLOTS 2
#else
#define FIRST_SLOTS 1024
#endif

/* ---- tables */

void fold_table_done(struct fold_table *table)
{
        bw_free(table->slots);
        *table = (struct fold_table){0};
}

uint32_t fold_table_next(const struct fold_table *table, uint64_t *at)
{
        return table->n_slots ? table->slots[(*at)++ & (table->n_slots - 1)] : 0;
}

void fold_table_put(struct fold_table *table, uint64_t hash, uint32_t n)
{
        while (table->slots[hash & (table->n_slots - 1)])
                hash++;
        table->slots[hash & (table->n_slots - 1)] = n;
        table->n++;
}

int fold_table_grow(struct fold_table *table, uint64_t (*hash_of)(const void *things, uint32_t n), const void *things)
{
        struct fold_table larger = {.n_slots = table->n_slots ? table->n_slots * 2 : FIRST_SLOTS};

        if (table->n_slots && table->n + 1 <= table->n_slots / 2)
                return 0;
        larger.slots = bw_zalloc(larger.n_slots * sizeof(*larger.slots));
        if (!larger.slots)
                return -ENOMEM;
        for (size_t i = 0; i < table->n_slots; i++)
                if (table->slots[i])
                        fold_table_put(&larger, hash_of(things, table->slots[i]), table->slots[i]);
        bw_free(table->slots);
        *table = larger;
        return 0;
}

/* Its parts are hashes by a secret key already. */
uint64_t fold_key_hash(const struct fold_key *key)
{
        return key->owner.words[0] ^ key->same.low ^ ((uint64_t)key->ordinal * 2 + key->excepted) * UINT64_C(0x9e3779b97f4a7c15);
}

bool fold_key_eq(const struct fold_key *a, const struct fold_key *b)
{
        return bw_owner_eq(a->owner, b->owner) && bw_fingerprint_eq(a->same, b->same) && a->ordinal == b->ordinal &&
               a->excepted == b->excepted;
}

int fold_place_cmp(struct bw_fold_place a, struct bw_fold_place b)
{
        if (a.input != b.input)
                return a.input < b.input ? -1 : 1;
        if (a.part != b.part)
                return a.part < b.part ? -1 : 1;
        return (a.doc > b.doc) - (a.doc < b.doc);
}

/* ---- a fold */

int bw_fold_new(struct bw_fold **ret, struct bw_error *reterr)
{
        struct bw_fold *fold = bw_zalloc(sizeof(*fold));

        if (!fold)
                return bw_error_nomem(reterr);
        *ret = fold;
        return 0;
}

void fold_empty(struct bw_fold *fold)
{
        bw_free(bw_take(fold->entries));
        bw_free(bw_take(fold->memos));
        bw_free(bw_take(fold->repeats));
        fold->n_entries = fold->cap_entries = 0;
        fold->n_memos = fold->cap_memos = 0;
        fold->n_repeats = fold->cap_repeats = 0;
        fold_table_done(&fold->by_entry);
        fold_table_done(&fold->by_memo);
}

void bw_fold_free(struct bw_fold *fold)
{
        if (!fold)
                return;
        fold_empty(fold);
        bw_free(fold->owners);
        bw_free(fold);
}

void bw_fold_begin(struct bw_fold *fold, struct bw_fold_place place)
{
        fold->place = place;
        fold->document++;
        fold->recording = false;
        fold->recalled = NULL;
}

int bw_fold_owner(struct bw_fold *fold, struct bw_owner_id self, struct bw_owner_id parent)
{
        if (bw_grow(&fold->owners, &fold->cap_owners, fold->n_owners + 1, sizeof(*fold->owners)) < 0)
                return -ENOMEM;
        fold->owners[fold->n_owners++] = (struct fold_owner){.self = self, .parent = parent, .place = fold->place};
        return 0;
}

/* ---- findings */

static struct fold_key key_of(const struct fold_entry *entry)
{
        return (struct fold_key){.owner = entry->owner, .same = entry->finding.same, .ordinal = entry->ordinal,
                                 .excepted = entry->finding.exception != NULL};
}

static uint64_t hash_of_entry(const void *entries, uint32_t n)
{
        struct fold_key key = key_of((const struct fold_entry *)entries + n - 1);

        return fold_key_hash(&key);
}

static uint32_t find_entry(const struct bw_fold *fold, const struct fold_key *key)
{
        uint64_t at = fold_key_hash(key);
        uint32_t n;

        while ((n = fold_table_next(&fold->by_entry, &at))) {
                struct fold_key other = key_of(&fold->entries[n - 1]);

                if (fold_key_eq(&other, key))
                        break;
        }
        return n;
}

/* The entry of a finding; made, if there is none. 0: no memory. */
static uint32_t entry_of(struct bw_fold *fold, const struct bw_fold_doc *doc, const struct bw_finding *finding, bool *ret_new)
{
        struct fold_key key = {.owner = doc->owner, .same = finding->same, .excepted = finding->exception != NULL};
        uint32_t n;

        *ret_new = false;
        for (;; key.ordinal++) {
                n = find_entry(fold, &key);
                if (!n)
                        break;
                if (fold->entries[n - 1].last != fold->document)
                        return n;
        }
        if (fold->n_entries >= UINT32_MAX - 1 ||
            bw_grow(&fold->entries, &fold->cap_entries, fold->n_entries + 1, sizeof(*fold->entries)) < 0 ||
            fold_table_grow(&fold->by_entry, hash_of_entry, fold->entries) < 0)
                return 0;
        fold->entries[fold->n_entries++] =
                (struct fold_entry){.owner = doc->owner, .ordinal = key.ordinal, .finding = *finding};
        fold_table_put(&fold->by_entry, fold_key_hash(&key), (uint32_t)fold->n_entries);
        *ret_new = true;
        return (uint32_t)fold->n_entries;
}

static int record(struct bw_fold *fold, const struct bw_finding *finding, uint32_t n)
{
        if (!fold->recording || !finding->uniform)
                return 0;
        fold->spoilt |= finding->exception != NULL;
        if (bw_grow(&fold->repeats, &fold->cap_repeats, fold->n_repeats + 1, sizeof(*fold->repeats)) < 0)
                return -ENOMEM;
        fold->repeats[fold->n_repeats++] = n - 1;
        return 0;
}

int bw_fold_add(struct bw_fold *fold, const struct bw_fold_doc *doc, const struct bw_finding *finding,
                struct bw_finding **ret)
{
        bool is_new;
        uint32_t n = entry_of(fold, doc, finding, &is_new);
        struct fold_entry *entry;

        if (!n || record(fold, finding, n) < 0)
                return -ENOMEM;
        entry = &fold->entries[n - 1];
        entry->last = fold->document;
        entry->n_objects++;
        entry->n_pods += doc->is_pod;
        *ret = NULL;
        if (!is_new && fold_place_cmp(entry->place, fold->place) <= 0)
                return 0;
        entry->place = fold->place;
        *ret = &entry->finding;
        return 0;
}

/* ---- templates */

static uint64_t hash_of_memo(const void *memos, uint32_t n)
{
        return ((const struct fold_memo *)memos)[n - 1].hash[0];
}

static uint32_t find_memo(const struct bw_fold *fold, const uint64_t hash[2])
{
        uint64_t at = hash[0];
        uint32_t n;

        while ((n = fold_table_next(&fold->by_memo, &at)))
                if (memcmp(fold->memos[n - 1].hash, hash, sizeof(fold->memos[n - 1].hash)) == 0)
                        break;
        return n;
}

const struct bw_uniform_counts *bw_fold_recall(struct bw_fold *fold, const uint64_t hash[2])
{
        uint32_t n = find_memo(fold, hash);

        fold->recalled = n && fold_place_cmp(fold->memos[n - 1].place, fold->place) <= 0 ? &fold->memos[n - 1] : NULL;
        return fold->recalled ? &fold->recalled->counts : NULL;
}

size_t bw_fold_recalled(const struct bw_fold *fold)
{
        return fold->recalled->n;
}

const struct bw_finding *bw_fold_recalled_at(const struct bw_fold *fold, size_t i)
{
        return &fold->entries[fold->repeats[fold->recalled->first + i]].finding;
}

void bw_fold_repeat(struct bw_fold *fold)
{
        const struct fold_memo *memo = fold->recalled;

        for (size_t i = 0; i < memo->n; i++) {
                struct fold_entry *entry = &fold->entries[fold->repeats[memo->first + i]];

                entry->n_objects++;
                entry->n_pods++;
                entry->last = fold->document;
        }
}

void bw_fold_record(struct bw_fold *fold)
{
        fold->recording = true;
        fold->spoilt = false;
        fold->recorded_from = fold->n_repeats;
}

int bw_fold_remember(struct bw_fold *fold, const uint64_t hash[2], const struct bw_uniform_counts *counts)
{
        fold->recording = false;
        if (!counts || fold->spoilt || find_memo(fold, hash)) {
                fold->n_repeats = fold->recorded_from;
                return 0;
        }
        if (fold->n_memos >= UINT32_MAX - 1 ||
            bw_grow(&fold->memos, &fold->cap_memos, fold->n_memos + 1, sizeof(*fold->memos)) < 0 ||
            fold_table_grow(&fold->by_memo, hash_of_memo, fold->memos) < 0)
                return -ENOMEM;
        fold->memos[fold->n_memos++] = (struct fold_memo){
                .hash = {hash[0], hash[1]},
                .place = fold->place,
                .counts = *counts,
                .first = fold->recorded_from,
                .n = fold->n_repeats - fold->recorded_from,
        };
        fold_table_put(&fold->by_memo, hash[0], (uint32_t)fold->n_memos);
        return 0;
}
