/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which pods a selector selects, and which selectors select a pod, without looking at all: an index of label pairs. A
 * selector that names pairs is looked for under one of them, a pod under each of its own.
 */
#include "rule/join_index_internal.h"

#include "base/arena.h"
#include "value/selector.h"

enum { NO_PAIR = 0 }; /* the hash of selectors that name no pair */

static uint64_t hash_bytes(uint64_t h, struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++)
                h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
        return (h ^ 0xff) * 1099511628211u; /* the end of a text, that no byte of UTF-8 is */
}

static uint64_t hash_pair(const struct bw_entry *pair)
{
        uint64_t h = hash_bytes(14695981039346656037u, bw_value_text(pair->key));

        h = hash_bytes(h, pair->value.type == BW_STRING ? bw_value_text(pair->value) : BW_STR(""));
        return h == NO_PAIR ? 1 : h;
}

static int by_hash(const void *a, const void *b)
{
        const struct join_entry *x = a;
        const struct join_entry *y = b;

        if (x->hash != y->hash)
                return x->hash < y->hash ? -1 : 1;
        return (x->item > y->item) - (x->item < y->item);
}

/* The entries of a hash: the first one, and how many. */
static const struct join_entry *entries_of(const struct join_index *index, uint64_t hash, size_t *ret_n)
{
        size_t low = 0;
        size_t high = index->n;
        size_t end;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (index->entries[middle].hash < hash)
                        low = middle + 1;
                else
                        high = middle;
        }
        for (end = low; end < index->n && index->entries[end].hash == hash; end++)
                ;
        *ret_n = end - low;
        return end == low ? NULL : index->entries + low;
}

/* The pairs that a selector names. */
static struct bw_value pairs_of(struct bw_value selector, bool plain)
{
        struct bw_value pairs = plain ? selector : bw_map_get(selector, BW_STR("matchLabels"));

        return pairs.type == BW_MAP ? pairs : bw_value_map(NULL, 0);
}

static bool selects(struct bw_value selector, bool plain, struct bw_value labels)
{
        return (plain ? bw_selector_match_labels(selector, labels) : bw_selector_match(selector, labels)) ==
               BW_SELECTED_YES;
}

static struct bw_value selector_of(struct bw_value object, const struct join_selector *how)
{
        struct bw_value selector = bw_map_walk(object, how->path);
        bool missing = selector.type == BW_ABSENT || selector.type == BW_NULL;

        return missing && how->missing_is_empty ? bw_value_map(NULL, 0) : selector;
}

static int make(struct bw_arena *arena, struct join_index *index, size_t n)
{
        index->entries = bw_arena_array(arena, n + 1, sizeof(*index->entries));
        index->n = 0;
        return index->entries ? 0 : -ENOMEM;
}

static void add(struct join_index *index, uint64_t hash, uint32_t item)
{
        index->entries[index->n++] = (struct join_entry){.hash = hash, .item = item};
}

static struct bw_value labels_of(struct bw_value pod)
{
        return bw_map_get(pod, BW_STR("labels"));
}

int join_index_pods(struct bw_arena *arena, struct bw_value pods, struct join_index *ret)
{
        size_t n = 0;

        for (uint32_t i = 0; i < pods.n; i++)
                n += labels_of(pods.list->items[i]).n;
        if (make(arena, ret, n) < 0)
                return -ENOMEM;
        for (uint32_t i = 0; i < pods.n; i++) {
                struct bw_value labels = labels_of(pods.list->items[i]);

                for (uint32_t k = 0; k < labels.n; k++)
                        add(ret, hash_pair(&labels.map->entries[k]), i);
        }
        qsort(ret->entries, ret->n, sizeof(*ret->entries), by_hash);
        return 0;
}

int join_index_selectors(struct bw_arena *arena, struct bw_value objects, const struct join_selector *how,
                         struct join_index *ret)
{
        if (make(arena, ret, objects.n) < 0)
                return -ENOMEM;
        for (uint32_t i = 0; i < objects.n; i++) {
                struct bw_value pairs = pairs_of(selector_of(objects.list->items[i], how), how->plain);

                add(ret, pairs.n ? hash_pair(&pairs.map->entries[0]) : NO_PAIR, i);
        }
        qsort(ret->entries, ret->n, sizeof(*ret->entries), by_hash);
        return 0;
}

static int by_number(const void *a, const void *b)
{
        const uint32_t *x = a;
        const uint32_t *y = b;

        return (*x > *y) - (*x < *y);
}

static struct bw_value pick(struct bw_arena *arena, struct bw_value from, uint32_t *numbers, uint32_t n)
{
        struct bw_list *list = n ? bw_list_new(arena, n) : NULL;

        if (n && !list)
                return (struct bw_value){0};
        if (n)
                qsort(numbers, n, sizeof(*numbers), by_number);
        for (uint32_t i = 0; i < n; i++)
                list->items[i] = from.list->items[numbers[i]];
        return bw_value_list(list, n);
}

struct bw_value join_selected(struct bw_arena *arena, struct bw_value pods, const struct join_index *index,
                              struct bw_value selector, bool plain)
{
        struct bw_value pairs = pairs_of(selector, plain);
        const struct join_entry *best = NULL;
        size_t n_best = pods.n;
        uint32_t *found;
        uint32_t n = 0;

        for (uint32_t i = 0; i < pairs.n; i++) {
                size_t n_here;
                const struct join_entry *here = entries_of(index, hash_pair(&pairs.map->entries[i]), &n_here);

                if (n_here == 0)
                        return bw_value_list(NULL, 0);
                if (!best || n_here < n_best) {
                        best = here;
                        n_best = n_here;
                }
        }
        found = bw_arena_array(arena, n_best + 1, sizeof(*found));
        if (!found)
                return (struct bw_value){0};
        for (size_t i = 0; i < n_best; i++) {
                uint32_t item = best ? best[i].item : (uint32_t)i;

                if (selects(selector, plain, labels_of(pods.list->items[item])))
                        found[n++] = item;
        }
        return pick(arena, pods, found, n);
}

/* Adds the objects of some entries whose selectors select the labels. */
static uint32_t add_selecting(struct bw_value objects, const struct join_selector *how, const struct join_entry *entries,
                              size_t n_entries, struct bw_value labels, uint32_t *found, uint32_t n)
{
        for (size_t i = 0; i < n_entries; i++)
                if (selects(selector_of(objects.list->items[entries[i].item], how), how->plain, labels))
                        found[n++] = entries[i].item;
        return n;
}

struct bw_value join_selecting(struct bw_arena *arena, struct bw_value objects, const struct join_index *index,
                               const struct join_selector *how, struct bw_value labels)
{
        uint32_t *found = bw_arena_array(arena, (size_t)objects.n + 1, sizeof(*found));
        const struct join_entry *entries;
        uint32_t n = 0;
        size_t n_entries;

        if (!found)
                return (struct bw_value){0};
        entries = entries_of(index, NO_PAIR, &n_entries);
        n = add_selecting(objects, how, entries, n_entries, labels, found, n);
        for (uint32_t i = 0; labels.type == BW_MAP && i < labels.n; i++) {
                entries = entries_of(index, hash_pair(&labels.map->entries[i]), &n_entries);
                n = add_selecting(objects, how, entries, n_entries, labels, found, n);
        }
        return pick(arena, objects, found, n);
}
