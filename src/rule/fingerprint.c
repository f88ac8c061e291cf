/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fingerprint is made of: "1", the rule's id, the object's API group, kind, namespace and name (without a name:
 * "file" and the last part of the file's path), then each step of the path. A step into a list is the item's name, not
 * its number: containers[app].env[DB_PASSWORD].
 */
#include "doc/template.h"
#include "finding/fingerprint.h"
#include "rule/judge_internal.h"

#define CONTENT_DEPTH 16 /* what lies deeper in an item does not tell it apart */

/* The fields that name an item of a list of maps, the most telling first. */
static const char *const name_fields[] = {"name", "key",         "mountPath", "devicePath", "containerPort",
                                          "port", "topologyKey", "host",      "ip"};

/* API groups whose items without a name (rules of a role, of a policy) are told apart by what they say: no secrets
 * there. */
static const char *const open_groups[] = {"rbac.authorization.k8s.io", "networking.k8s.io"};

/* What an item is called among its siblings. Equal identities are told apart by counting. */
struct identity {
        struct bw_str field;   /* "name"; "" for a text in a list of texts, "=" for an item that is what it says */
        struct bw_value value; /* ABSENT: nothing tells it from others */
};

/* Words of a command line may hold secrets: of a flag, its name; of anything else, nothing. */
static struct bw_value word_identity(struct bw_value word)
{
        struct bw_str text = bw_value_text(word);
        struct bw_str flag;

        if (!bw_str_starts(text, BW_STR("-")))
                return (struct bw_value){0};
        (void)bw_str_split(&text, '=', &flag);
        return bw_value_str(flag);
}

static struct identity identify(const struct bw_doc *doc, struct bw_str list, struct bw_value item)
{
        if (item.type == BW_STRING)
                return (struct identity){
                        .value = bw_str_is(list, "args") || bw_str_is(list, "command") ? word_identity(item) : item};
        if (item.type != BW_MAP)
                return (struct identity){0};
        for (size_t i = 0; i < BW_ARRAY_SIZE(name_fields); i++) {
                struct bw_value v = bw_map_get(item, bw_str(name_fields[i]));

                if (v.type == BW_STRING && bw_template_token_name(bw_value_text(v)))
                        v = bw_value_str(bw_str_n(v.s, bw_template_token_name(bw_value_text(v))));
                if (v.type == BW_STRING || v.type == BW_INT)
                        return (struct identity){.field = bw_str(name_fields[i]), .value = v};
        }
        for (size_t i = 0; i < BW_ARRAY_SIZE(open_groups); i++)
                if (bw_str_is(doc->group, open_groups[i]))
                        return (struct identity){.field = BW_STR("="), .value = item};
        return (struct identity){0};
}

static bool is_same(struct identity a, struct identity b)
{
        return a.value.type == b.value.type && bw_str_eq(a.field, b.field) &&
               (a.value.type == BW_ABSENT || bw_value_eq(a.value, b.value));
}

/* How many items before this one have the same identity. */
static uint32_t count_before(const struct bw_doc *doc, struct bw_str name, struct bw_value list, uint32_t index,
                             struct identity of)
{
        uint32_t n = 0;

        if (index > BW_LIMIT_FINGERPRINT_SIBLINGS)
                return index;
        for (uint32_t i = 0; i < index; i++)
                n += is_same(identify(doc, name, list.list->items[i]), of);
        return n;
}

static struct bw_fingerprint add_number(struct bw_fingerprint f, int64_t number)
{
        char text[24];

        (void)snprintf(text, sizeof(text), "%" PRId64, number);
        return bw_fingerprint_add(f, bw_str(text));
}

/* A value by what it says; the order of keys does not matter. */
static struct bw_fingerprint add_content(struct bw_fingerprint f, struct bw_value v, unsigned depth)
{
        struct bw_fingerprint sum = {0};
        char text[BW_FINGERPRINT_TEXT];

        if (v.type == BW_STRING)
                return bw_fingerprint_add(f, bw_value_text(v));
        if (v.type == BW_INT || v.type == BW_BOOL)
                return add_number(f, v.type == BW_INT ? v.i : v.b);
        f = bw_fingerprint_add(f, bw_str(bw_type_name((enum bw_type)v.type)));
        if (depth == 0)
                return f;
        for (uint32_t i = 0; v.type == BW_LIST && i < v.n; i++)
                f = add_content(f, v.list->items[i], depth - 1);
        for (uint32_t i = 0; v.type == BW_MAP && i < v.n; i++) {
                const struct bw_entry *e = &v.map->entries[i];
                struct bw_fingerprint one = add_content(bw_fingerprint_begin(), e->key, depth - 1);

                one = add_content(one, e->value, depth - 1);
                sum.high += one.high;
                sum.low += one.low;
        }
        return v.type == BW_MAP ? bw_fingerprint_add(f, bw_str(bw_fingerprint_format(sum, text))) : f;
}

static struct bw_fingerprint add_item(struct bw_fingerprint f, const struct bw_doc *doc, struct bw_str name,
                                      struct bw_value list, uint32_t index)
{
        struct identity of = identify(doc, name, bw_list_get(list, index));
        uint32_t before = list.type == BW_LIST && index < list.n ? count_before(doc, name, list, index, of) : index;

        f = bw_fingerprint_add(f, BW_STR("["));
        f = bw_fingerprint_add(f, of.field);
        if (of.value.type != BW_ABSENT)
                f = add_content(f, of.value, CONTENT_DEPTH);
        return before || of.value.type == BW_ABSENT ? add_number(f, before) : f;
}

struct bw_fingerprint judge_named_path(struct bw_fingerprint f, const struct bw_doc *doc, struct bw_path path, size_t from)
{
        struct bw_value at = doc->root;
        struct bw_str name = {0}; /* of the list that an index counts in */

        for (size_t i = 0; i < path.n; i++) {
                const struct bw_segment *s = &path.segments[i];

                if (s->kind == BW_SEGMENT_KEY) {
                        name = bw_value_text(s->key);
                        if (i >= from) {
                                f = bw_fingerprint_add(f, BW_STR("."));
                                f = bw_fingerprint_add(f, name);
                        }
                        at = bw_map_get(at, name);
                } else {
                        if (i >= from)
                                f = add_item(f, doc, name, at, s->index);
                        at = bw_list_get(at, s->index);
                }
        }
        return f;
}

/* The same wherever the files lie: only the last part of the path. */
static struct bw_str file_name(const struct bw_doc *doc)
{
        struct bw_str path = doc->input ? doc->input->name : (struct bw_str){0};
        struct bw_str part = path;

        while (bw_str_split(&path, '/', &part))
                ;
        return part;
}

struct bw_fingerprint judge_fingerprint(const struct bw_judge *judge, struct bw_path path)
{
        const struct bw_doc *doc = judge->subject;
        struct bw_fingerprint f = bw_fingerprint_begin();

        f = bw_fingerprint_add(f, BW_STR("1"));
        f = bw_fingerprint_add(f, judge->rule->info.id);
        f = bw_fingerprint_add(f, doc->group);
        f = bw_fingerprint_add(f, doc->kind);
        f = bw_fingerprint_add(f, doc->ns);
        if (doc->name.n) {
                f = bw_fingerprint_add(f, doc->name);
        } else {
                f = bw_fingerprint_add(f, BW_STR("file"));
                f = bw_fingerprint_add(f, file_name(doc));
        }
        return judge_named_path(f, doc, path, 0);
}
