/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "exception/exception_internal.h"
#include "exception/glob.h"

enum { NO_RESOURCE = UINT32_MAX };

int bw_exceptions_new(struct bw_exceptions **ret, struct bw_error *reterr)
{
        bw_auto(bw_exceptions_free) struct bw_exceptions *exceptions = bw_zalloc(sizeof(*exceptions));

        if (exceptions)
                exceptions->arena = bw_arena_new(0);
        if (!exceptions || !exceptions->arena)
                return bw_error_nomem(reterr);
        *ret = bw_take(exceptions);
        return 0;
}

void bw_exceptions_free(struct bw_exceptions *exceptions)
{
        if (!exceptions)
                return;
        annotation_records_free(exceptions);
        bw_arena_free(exceptions->arena);
        bw_free(exceptions->entries);
        bw_free(exceptions->slots);
        bw_free(exceptions);
}

/* ---- the index: by rule, then by the object's name or namespace */

/* How a pattern of rules and a resource are looked up. */
struct key {
        char rule; /* 'i': the id; 'p': its beginning */
        struct bw_str id;
        char object; /* 'n': name, 's': namespace, '*': any */
        struct bw_str text;
};

static uint64_t hash_key(struct key key)
{
        const char kinds[] = {key.rule, key.object};

        return hash_text(hash_text(hash_text(HASH_BEGIN, bw_str_n(kinds, sizeof(kinds))), key.id), key.text);
}

static int add_entry(struct bw_exceptions *exceptions, struct key key, struct index_entry entry)
{
        if (exceptions->n_entries >= BW_LIMIT_EXCEPTION_KEYS)
                return -E2BIG;
        if (bw_grow(&exceptions->entries, &exceptions->cap_entries, exceptions->n_entries + 1, sizeof(entry)) < 0)
                return -ENOMEM;
        entry.hash = hash_key(key);
        exceptions->entries[exceptions->n_entries++] = entry;
        return 0;
}

static bool is_name(struct bw_str pattern)
{
        return pattern.n && bw_glob_is_literal(pattern);
}

/* The ways to one exception by one of its rules. */
static int add_ways(struct bw_exceptions *exceptions, const struct bw_setting_exception *e, struct key key,
                    struct index_entry entry)
{
        bool by_namespace = e->namespaces.n > 0;
        int r = 0;

        for (size_t i = 0; i < e->resources.n && r == 0; i++) {
                const struct bw_excepted_resource *resource = &e->resources.items[i];

                entry.resource = (uint32_t)i;
                key.object = is_name(resource->name) ? 'n' : is_name(resource->ns) ? 's' : '*';
                key.text = key.object == 'n' ? resource->name : key.object == 's' ? resource->ns : (struct bw_str){0};
                r = add_entry(exceptions, key, entry);
        }
        if (e->resources.n)
                return r;
        entry.resource = NO_RESOURCE;
        for (size_t i = 0; i < e->namespaces.n; i++)
                by_namespace = by_namespace && is_name(e->namespaces.items[i].text);
        key.object = by_namespace ? 's' : '*';
        key.text = (struct bw_str){0};
        if (!by_namespace)
                return add_entry(exceptions, key, entry);
        for (size_t i = 0; i < e->namespaces.n && r == 0; i++) {
                key.text = e->namespaces.items[i].text;
                r = add_entry(exceptions, key, entry);
        }
        return r;
}

static int index_exception(struct bw_exceptions *exceptions, uint32_t number)
{
        const struct bw_setting_exception *e = exceptions->listed[number].setting;
        int r = 0;

        for (size_t i = 0; i < e->rules.n && r == 0; i++) {
                struct bw_str pattern = e->rules.items[i].text;
                struct key key = {.rule = 'i', .id = pattern};

                if (bw_str_ends(pattern, BW_STR("*"))) {
                        key = (struct key){.rule = 'p', .id = bw_str_n(pattern.p, pattern.n - 1)};
                        /* No rule's id is that long. */
                        if (key.id.n > 63)
                                continue;
                        exceptions->prefix_lengths |= (uint64_t)1 << key.id.n;
                }
                r = add_ways(exceptions, e, key, (struct index_entry){.listed = number, .rule = (uint32_t)i});
        }
        return r;
}

static int make_slots(struct bw_exceptions *exceptions)
{
        size_t n = 16;

        while (n < exceptions->n_entries)
                n *= 2;
        exceptions->slots = bw_zalloc(n * sizeof(*exceptions->slots));
        if (!exceptions->slots)
                return -ENOMEM;
        exceptions->n_slots = n;
        for (size_t i = 0; i < exceptions->n_entries; i++) {
                struct index_entry *entry = &exceptions->entries[i];
                uint32_t *slot = &exceptions->slots[entry->hash & (n - 1)];

                entry->next = *slot;
                *slot = (uint32_t)i + 1;
        }
        return 0;
}

/* ---- what is watched for */

static void watch(struct bw_exceptions *exceptions, bool is_file, struct bw_str pattern)
{
        for (size_t i = 0; i < exceptions->n_watched; i++)
                if (exceptions->watched[i].is_file == is_file && bw_str_eq(exceptions->watched[i].pattern, pattern))
                        return;
        if (exceptions->n_watched < WATCHED_MAX)
                exceptions->watched[exceptions->n_watched++] = (struct watched){.is_file = is_file, .pattern = pattern};
}

static int add_listed(struct bw_exceptions *exceptions, uint32_t number)
{
        const struct bw_setting_exception *e = &exceptions->settings->exceptions.items[number];
        struct bw_str source = bw_arena_printf(exceptions->arena, "%.*s:%" PRIu32,
                                               BW_STR_ARG(exceptions->settings->file), e->mark.line);

        if (!source.p)
                return -ENOMEM;
        exceptions->listed[number].setting = e;
        exceptions->listed[number].note = (struct bw_exception_note){
                .reason = e->reason, .owner = e->owner, .expires = e->expires, .source = source};
        for (size_t i = 0; i < e->resources.n; i++)
                watch(exceptions, false, e->resources.items[i].kind);
        for (size_t i = 0; i < e->files.n; i++)
                watch(exceptions, true, e->files.items[i].text);
        return index_exception(exceptions, number);
}

int bw_exceptions_add(struct bw_exceptions *exceptions, const struct bw_settings *settings, struct bw_error *reterr)
{
        size_t n = settings->exceptions.n;
        int r = 0;

        if (n == 0)
                return 0;
        exceptions->settings = settings;
        exceptions->listed = bw_arena_zalloc(exceptions->arena, n * sizeof(*exceptions->listed));
        if (!exceptions->listed)
                return bw_error_nomem(reterr);
        for (uint32_t i = 0; i < n && r == 0; i++) {
                r = add_listed(exceptions, i);
                if (r == -E2BIG) {
                        struct bw_mark mark = settings->exceptions.items[i].mark;

                        (void)bw_error_at(reterr, r, mark.line, mark.column,
                                          "the exceptions up to here name more than %d pairs of a rule and a resource",
                                          BW_LIMIT_EXCEPTION_KEYS);
                        if (reterr)
                                bw_error_in_file(reterr, settings->file);
                        return r;
                }
        }
        if (r < 0 || make_slots(exceptions) < 0)
                return bw_error_nomem(reterr);
        exceptions->n_listed = n;
        return 0;
}

/* ---- during the run */

int bw_exceptions_see(struct bw_exceptions *exceptions, struct bw_doc *doc, struct bw_arena *arena)
{
        for (size_t i = 0; i < exceptions->n_watched; i++) {
                struct watched *w = &exceptions->watched[i];

                if (atomic_load_explicit(&w->seen, memory_order_relaxed))
                        continue;
                if (w->is_file ? doc->input && exception_file_matches(w->pattern, doc->input->name)
                               : exception_kind_matches(w->pattern, doc))
                        atomic_store_explicit(&w->seen, true, memory_order_relaxed);
        }
        return annotation_see(exceptions, doc, arena);
}

/* The exceptions of one key; *best: the first in the file that holds. */
static void match_key(struct bw_exceptions *exceptions, struct key key, struct subject *subject, int64_t now,
                      uint32_t *best)
{
        uint64_t hash = hash_key(key);
        uint32_t at = exceptions->slots[hash & (exceptions->n_slots - 1)];

        for (; at; at = exceptions->entries[at - 1].next) {
                const struct index_entry *entry = &exceptions->entries[at - 1];
                struct listed *listed = &exceptions->listed[entry->listed];
                const struct bw_setting_exception *e = listed->setting;

                if (entry->hash != hash ||
                    !bw_rule_pattern_matches(e->rules.items[entry->rule].text, subject->finding->rule->id) ||
                    !exception_matches(e, entry->resource == NO_RESOURCE ? NULL : &e->resources.items[entry->resource],
                                       subject))
                        continue;
                if (now >= e->ends) {
                        atomic_store_explicit(&listed->expired, true, memory_order_relaxed);
                        continue;
                }
                atomic_store_explicit(&listed->used, true, memory_order_relaxed);
                *best = BW_MIN(*best, entry->listed);
        }
}

static void match_rule(struct bw_exceptions *exceptions, struct key key, struct subject *subject, int64_t now,
                       uint32_t *best)
{
        key.object = 'n';
        key.text = subject->doc->name;
        match_key(exceptions, key, subject, now, best);
        key.object = 's';
        key.text = subject->doc->ns;
        match_key(exceptions, key, subject, now, best);
        key.object = '*';
        key.text = (struct bw_str){0};
        match_key(exceptions, key, subject, now, best);
}

static const struct bw_exception_note *match_listed(struct bw_exceptions *exceptions, struct subject *subject,
                                                    int64_t now)
{
        struct bw_str id = subject->finding->rule->id;
        uint32_t best = UINT32_MAX;

        if (exceptions->n_slots == 0)
                return NULL;
        match_rule(exceptions, (struct key){.rule = 'i', .id = id}, subject, now, &best);
        for (size_t n = 0; n < 64 && n <= id.n; n++)
                if (exceptions->prefix_lengths >> n & 1)
                        match_rule(exceptions, (struct key){.rule = 'p', .id = bw_str_n(id.p, n)}, subject, now, &best);
        return best == UINT32_MAX ? NULL : &exceptions->listed[best].note;
}

const struct bw_exception_note *bw_exceptions_match(struct bw_exceptions *exceptions, const struct bw_doc *doc,
                                                    const struct bw_finding *finding, int64_t now,
                                                    struct bw_arena *arena)
{
        struct subject subject = {.doc = doc, .finding = finding, .arena = arena};
        const struct bw_exception_note *listed = match_listed(exceptions, &subject, now);
        const struct bw_exception_note *annotation = annotation_match(exceptions, doc, finding, now);

        if (subject.nomem)
                atomic_store_explicit(&exceptions->nomem, true, memory_order_relaxed);
        return listed ? listed : annotation;
}
