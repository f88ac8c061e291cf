/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The variable `failed`: what failed in a rule, put together for the texts of Pod Security: who it was ("pod and
 * containers "a", "b""), the names, and the offending values, sorted and without repetition.
 */
#include "rule/judge_internal.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"

int judge_keep_failure(struct bw_judge *judge, const struct judge_item *item)
{
        struct judge_failure *f;

        if (bw_grow(&judge->failures, &judge->cap_failures, judge->n_failures + 1, sizeof(*judge->failures)) < 0)
                return -ENOMEM;
        f = &judge->failures[judge->n_failures++];
        *f = (struct judge_failure){
                .check = item->check,
                .place = item->place,
                .container = item->container,
                .index = item->n_steps ? item->steps[0].index : 0,
                .name = judge_item_name(judge, item),
                .label = judge_item_label(judge, item),
        };
        return f->label.p ? 0 : -ENOMEM;
}

struct texts {
        struct bw_str *items;
        size_t n;
};

static int cmp_text(const void *a, const void *b)
{
        return bw_str_cmp(*(const struct bw_str *)a, *(const struct bw_str *)b);
}

static void sort_unique(struct texts *t)
{
        size_t n = 0;

        qsort(t->items, t->n, sizeof(*t->items), cmp_text);
        for (size_t i = 0; i < t->n; i++)
                if (n == 0 || !bw_str_eq(t->items[n - 1], t->items[i]))
                        t->items[n++] = t->items[i];
        t->n = n;
}

static bool in_group(const struct judge_failure *f, struct bw_str group)
{
        return group.n == 0 || bw_str_eq(f->check->group, group);
}

/* The names of failing containers, in the order in which they stand. false when memory is short. */
static bool collect_containers(const struct bw_judge *judge, struct bw_str group, struct texts *ret)
{
        const struct bw_str **names = bw_arena_zalloc(judge->scratch, (judge->n_containers + 1) * sizeof(*names));

        if (!names)
                return false;
        for (size_t i = 0; i < judge->n_failures; i++) {
                const struct judge_failure *f = &judge->failures[i];

                if (f->container != NO_CONTAINER && in_group(f, group))
                        names[f->container] = &f->name;
        }
        for (size_t c = 0; c < judge->n_containers; c++)
                if (names[c])
                        ret->items[ret->n++] = *names[c];
        return true;
}

/* The names of other list items: volumes, sysctls. */
static void collect_others(const struct bw_judge *judge, struct bw_str group, struct texts *ret)
{
        const struct judge_failure *last = NULL;

        for (size_t i = 0; i < judge->n_failures; i++) {
                const struct judge_failure *f = &judge->failures[i];

                if (f->container != NO_CONTAINER || f->place->base != BASE_ROOT || !f->place->n_each ||
                    !in_group(f, group))
                        continue;
                if (!last || last->index != f->index || last->place != f->place)
                        ret->items[ret->n++] = f->name;
                last = f;
        }
}

static void collect_labels(const struct bw_judge *judge, struct bw_str group, struct texts *ret)
{
        for (size_t i = 0; i < judge->n_failures; i++)
                if (in_group(&judge->failures[i], group))
                        ret->items[ret->n++] = judge->failures[i].label;
}

static void put_quoted(struct bw_buf *buf, const struct texts *t)
{
        for (size_t i = 0; i < t->n; i++) {
                bw_buf_puts(buf, i ? ", \"" : "\"");
                bw_buf_str(buf, t->items[i]);
                bw_buf_char(buf, '"');
        }
}

static void put_and(struct bw_buf *buf)
{
        if (buf->n)
                bw_buf_puts(buf, " and ");
}

static void put_named(struct bw_buf *buf, struct bw_str noun, const struct texts *names)
{
        if (names->n == 0)
                return;
        put_and(buf);
        bw_buf_str(buf, noun);
        bw_buf_puts(buf, names->n == 1 ? " " : "s ");
        put_quoted(buf, names);
}

/* pod, then containers, then other named things, then metadata (annotations) without names. */
static void put_who(const struct bw_judge *judge, struct bw_str group, const struct texts *containers,
                    const struct texts *others, struct bw_buf *buf)
{
        size_t n_metadata = 0;
        bool pod = false;
        struct bw_str noun = {0};
        struct bw_str metadata = {0};

        for (size_t i = 0; i < judge->n_failures; i++) {
                const struct judge_failure *f = &judge->failures[i];

                if (!in_group(f, group))
                        continue;
                if (f->place->base == BASE_ROOT && f->place->n_each == 0)
                        pod = true;
                if (f->place->base == BASE_ROOT && f->place->n_each && !noun.n)
                        noun = f->place->noun;
                if (f->place->base == BASE_POD_METADATA) {
                        metadata = f->place->noun;
                        n_metadata++;
                }
        }
        if (pod)
                bw_buf_puts(buf, "pod");
        put_named(buf, BW_STR("container"), containers);
        put_named(buf, noun, others);
        if (n_metadata) {
                put_and(buf);
                bw_buf_str(buf, metadata);
                if (n_metadata > 1)
                        bw_buf_char(buf, 's');
        }
}

static struct bw_value list_value(struct bw_arena *arena, const struct texts *t)
{
        struct bw_list *list = bw_list_new(arena, (uint32_t)t->n);

        if (!list)
                return (struct bw_value){0};
        for (size_t i = 0; i < t->n; i++)
                list->items[i] = bw_value_str(t->items[i]);
        return bw_value_list(list, (uint32_t)t->n);
}

/* The buffer's text as a value; the buffer is emptied. */
static struct bw_value text_value(struct bw_arena *arena, struct bw_buf *buf)
{
        struct bw_str s = bw_buf_status(buf) == 0 ? bw_arena_str(arena, bw_buf_view(buf)) : (struct bw_str){0};

        bw_buf_clear(buf);
        return s.p ? bw_value_str(s) : (struct bw_value){0};
}

enum { FAILED_FIELDS = 9 };

struct fields {
        struct bw_map *map;
        uint32_t n;
        bool nomem;
};

static void put_field(struct fields *fields, const char *name, struct bw_value value)
{
        if (value.type == BW_ABSENT)
                fields->nomem = true;
        fields->map->entries[fields->n++] = (struct bw_entry){.key = bw_value_str(bw_str(name)), .value = value};
}

static struct bw_value seal(struct bw_arena *arena, struct fields *fields)
{
        if (fields->nomem || bw_map_seal(arena, fields->map, fields->n) < 0)
                return (struct bw_value){0};
        return bw_value_map(fields->map, fields->n);
}

/* Room for one text for each failure (and container). */
static bool new_texts(struct bw_judge *judge, struct texts *t)
{
        t->n = 0;
        t->items = bw_arena_array(judge->scratch, judge->n_failures + judge->n_containers + 1, sizeof(*t->items));
        return t->items != NULL;
}

static struct bw_value group_value(struct bw_judge *judge, struct bw_str group, struct bw_value groups)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        struct fields f = {.map = bw_map_new(judge->scratch, FAILED_FIELDS)};
        struct texts containers;
        struct texts others;
        struct texts labels;
        const struct texts *names;

        if (!f.map || !new_texts(judge, &containers) || !new_texts(judge, &others) || !new_texts(judge, &labels) ||
            !collect_containers(judge, group, &containers))
                return (struct bw_value){0};
        collect_others(judge, group, &others);
        names = containers.n ? &containers : &others;
        collect_labels(judge, group, &labels);
        put_field(&f, "count", bw_value_int((int64_t)labels.n));
        put_who(judge, group, &containers, &others, &buf);
        put_field(&f, "who", text_value(judge->scratch, &buf));
        put_field(&f, "names", list_value(judge->scratch, names));
        put_quoted(&buf, names);
        put_field(&f, "quotedNames", text_value(judge->scratch, &buf));
        put_field(&f, "labels", list_value(judge->scratch, &labels));
        sort_unique(&labels);
        put_field(&f, "values", list_value(judge->scratch, &labels));
        put_quoted(&buf, &labels);
        put_field(&f, "quotedValues", text_value(judge->scratch, &buf));
        sort_unique(containers.n ? &containers : &others);
        put_field(&f, "sortedNames", list_value(judge->scratch, names));
        if (groups.type != BW_ABSENT)
                put_field(&f, "groups", groups);
        return seal(judge->scratch, &f);
}

struct bw_value judge_failed(struct bw_judge *judge)
{
        const struct bw_rule *rule = judge->rule;
        struct fields groups = {.map = bw_map_new(judge->scratch, (uint32_t)rule->n_checks)};

        if (!groups.map)
                return (struct bw_value){0};
        for (size_t i = 0; i < rule->n_checks; i++) {
                struct bw_str group = rule->checks[i].group;
                bool seen = group.n == 0;

                for (size_t k = 0; k < i && !seen; k++)
                        seen = bw_str_eq(rule->checks[k].group, group);
                if (seen)
                        continue;
                groups.map->entries[groups.n].key = bw_value_str(group);
                groups.map->entries[groups.n].value = group_value(judge, group, (struct bw_value){0});
                groups.nomem |= groups.map->entries[groups.n++].value.type == BW_ABSENT;
        }
        if (groups.nomem)
                return (struct bw_value){0};
        return group_value(judge, (struct bw_str){0}, seal(judge->scratch, &groups));
}
