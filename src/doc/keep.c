/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/keep.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "doc/marks_internal.h"
#include "doc/pod.h"
#include "doc/template.h"

/* ---- what is kept: shapes of maps */

enum rest {
        REST_DROP,  /* other entries are left out */
        REST_SAME,  /* they are copied, maps inside by the same shape */
        REST_EMPTY, /* their keys, with an empty text for a value */
        REST_SMALL, /* texts, unless they are large */
};

struct shape {
        const struct keep_field *fields;
        size_t n_fields;
        enum rest rest;
        bool has_pods; /* a map with a list of containers in it is a pod spec */
};

/* An entry, and the shape of what is in it: of a map, or of each item of a list. NULL: left out. */
struct keep_field {
        struct bw_str key;
        const struct shape *inside;
};

#define FIELD(name, shape)                                                                                             \
        {                                                                                                              \
                .key = {("" name), sizeof(name) - 1}, .inside = (shape)                                                \
        }
#define SHAPE(shape_name, rest_, ...)                                                                                  \
        static const struct keep_field shape_name##_fields[] = {__VA_ARGS__};                                          \
        static const struct shape shape_name = {                                                                       \
                .fields = shape_name##_fields, .n_fields = BW_ARRAY_SIZE(shape_name##_fields), .rest = (rest_)}

static const struct shape whole = {.rest = REST_SAME};
static const struct shape names = {.rest = REST_EMPTY};
static const struct shape *const gone = NULL;

SHAPE(annotations, REST_SMALL, FIELD("kubectl.kubernetes.io/last-applied-configuration", gone));
SHAPE(owner, REST_DROP, FIELD("apiVersion", &whole), FIELD("kind", &whole), FIELD("name", &whole),
      FIELD("controller", &whole));
SHAPE(metadata, REST_DROP, FIELD("name", &whole), FIELD("generateName", &whole), FIELD("namespace", &whole),
      FIELD("labels", &whole), FIELD("annotations", &annotations), FIELD("ownerReferences", &owner));

SHAPE(env, REST_DROP, FIELD("name", &whole), FIELD("valueFrom", &whole));
SHAPE(mount, REST_DROP, FIELD("name", &whole), FIELD("readOnly", &whole));
SHAPE(container, REST_DROP, FIELD("name", &whole), FIELD("image", &whole), FIELD("ports", &whole), FIELD("env", &env),
      FIELD("envFrom", &whole), FIELD("securityContext", &whole), FIELD("resources", &whole),
      FIELD("restartPolicy", &whole), FIELD("volumeMounts", &mount));
SHAPE(reference, REST_DROP, FIELD("name", &whole), FIELD("secretName", &whole), FIELD("optional", &whole));
SHAPE(projection, REST_EMPTY, FIELD("configMap", &reference), FIELD("secret", &reference));
SHAPE(projected, REST_DROP, FIELD("sources", &projection));
SHAPE(volume, REST_EMPTY, FIELD("name", &whole), FIELD("configMap", &reference), FIELD("secret", &reference),
      FIELD("persistentVolumeClaim", &whole), FIELD("projected", &projected), FIELD("hostPath", &whole),
      FIELD("csi", &whole));
SHAPE(pod_spec, REST_DROP, FIELD("initContainers", &container), FIELD("containers", &container),
      FIELD("ephemeralContainers", &container), FIELD("volumes", &volume), FIELD("serviceAccountName", &whole), FIELD("resources", &whole),
      FIELD("serviceAccount", &whole), FIELD("automountServiceAccountToken", &whole), FIELD("hostNetwork", &whole),
      FIELD("hostPID", &whole), FIELD("hostIPC", &whole), FIELD("securityContext", &whole),
      FIELD("imagePullSecrets", &whole), FIELD("hostname", &whole), FIELD("subdomain", &whole),
      FIELD("restartPolicy", &whole), FIELD("priorityClassName", &whole), FIELD("runtimeClassName", &whole),
      FIELD("nodeName", &whole), FIELD("nodeSelector", &whole), FIELD("topologySpreadConstraints", &whole));

static const struct keep_field template_fields[] = {FIELD("metadata", &metadata)};
static const struct shape template = {
        .fields = template_fields, .n_fields = BW_ARRAY_SIZE(template_fields), .rest = REST_SAME, .has_pods = true};
static const struct keep_field workload_fields[] = {FIELD("metadata", &metadata), FIELD("spec", &template),
                                                    FIELD("template", &template), FIELD("status", gone)};
static const struct shape workload = {
        .fields = workload_fields, .n_fields = BW_ARRAY_SIZE(workload_fields), .rest = REST_SAME};

/* Of a pod's state: its addresses, and whether it is over. */
SHAPE(pod_status, REST_DROP, FIELD("phase", &whole), FIELD("podIP", &whole), FIELD("podIPs", &whole), FIELD("hostIP", &whole));
static const struct keep_field pod_fields[] = {FIELD("metadata", &metadata), FIELD("spec", &template), FIELD("status", &pod_status)};
static const struct shape pod = {.fields = pod_fields, .n_fields = BW_ARRAY_SIZE(pod_fields), .rest = REST_SAME};

SHAPE(object, REST_SAME, FIELD("metadata", &metadata));
SHAPE(secret, REST_SAME, FIELD("metadata", &metadata), FIELD("data", &names), FIELD("stringData", &names), FIELD("slim", gone));
SHAPE(config_map, REST_SAME, FIELD("metadata", &metadata), FIELD("data", &names), FIELD("binaryData", &names), FIELD("slim", gone));
/* Whose pods they are; an address that is no pod's stays. */
SHAPE(target, REST_DROP, FIELD("kind", &whole), FIELD("namespace", &whole), FIELD("name", &whole));
SHAPE(endpoint, REST_DROP, FIELD("addresses", &whole), FIELD("conditions", &whole), FIELD("hostname", &whole),
      FIELD("nodeName", &whole), FIELD("targetRef", &target));
SHAPE(endpoint_slice, REST_SAME, FIELD("metadata", &metadata), FIELD("endpoints", &endpoint), FIELD("ports", &whole));
SHAPE(crd_version, REST_DROP, FIELD("name", &whole), FIELD("served", &whole), FIELD("storage", &whole),
      FIELD("deprecated", &whole));
SHAPE(crd_spec, REST_DROP, FIELD("group", &whole), FIELD("names", &whole), FIELD("scope", &whole),
      FIELD("version", &whole), FIELD("versions", &crd_version));
SHAPE(crd, REST_DROP, FIELD("apiVersion", &whole), FIELD("kind", &whole), FIELD("metadata", &metadata),
      FIELD("spec", &crd_spec));

/* All that have fields. */
static const struct shape *const shapes[] = {&annotations, &owner,    &metadata, &env,    &mount, &container,  &reference,
                                             &projection,  &projected, &volume,  &pod_spec, &template, &workload, &pod_status, &pod,
                                             &object,      &secret,   &config_map, &crd_version, &crd_spec, &crd,
                                             &target,      &endpoint, &endpoint_slice};

/* Kinds that have a shape of their own, besides those that hold pods. */
static const struct {
        const char *group;
        const char *kind;
        const struct shape *shape;
} kinds[] = {
        {"", "Pod", &pod},
        {"", "Secret", &secret},
        {"", "ConfigMap", &config_map},
        {"discovery.k8s.io", "EndpointSlice", &endpoint_slice},
        {"apiextensions.k8s.io", "CustomResourceDefinition", &crd},
};

static const struct shape *shape_of(const struct bw_doc *doc)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(kinds); i++)
                if (bw_str_is(doc->kind, kinds[i].kind) && bw_str_is(doc->group, kinds[i].group))
                        return kinds[i].shape;
        return bw_pod_may_have(doc) ? &workload : &object;
}

/* ---- the keeper */

enum { N_FIELDS = 512, N_TEXTS = 16384, INTERN_BYTES = 256, MAX_RETURNS = 64 };
#ifdef BW_HARD
#define FIRST_VALUES 2
#else
#define FIRST_VALUES 4096
#endif
#define MAX_VALUES ((size_t)1 << 20)

struct field_slot { /* of a table of all fields of all shapes */
        const struct shape *shape; /* NULL: empty */
        const struct keep_field *field;
        uint64_t head;             /* of the key */
};

struct kept_entry { /* of a map that is being copied */
        struct bw_entry entry;
        struct bw_mark marks[2];
};

/* Where the last place in a JSON text was found: the next one stands mostly behind it. */
struct cursor {
        const struct bw_doc *doc; /* NULL: no places are wanted, or the document has marks */
        size_t at;
        uint32_t line;
        uint32_t column;
        unsigned returns; /* times that a place stood before it */
};

struct bw_keeper {
        struct bw_arena *arena;
        struct field_slot fields[N_FIELDS];
        struct bw_value texts[N_TEXTS]; /* short texts met last, by hash: names come again and again */
        struct bw_value *values;        /* maps and lists without places met last, by hash: objects resemble each other */
        size_t n_values;                /* slots of it: a power of two */
        size_t n_unlike;                /* that were put there */
        struct kept_entry *stack;       /* entries of the maps that are being copied, from the outermost in */
        size_t n_stack;
        size_t cap_stack;
        bool places;
        struct cursor cursor;
        struct bw_value containers_key;
        const struct bw_input *input;   /* the last one: a copy */
};

/* Where a field of a shape is or belongs. */
static struct field_slot *field_slot(struct bw_keeper *k, const struct shape *shape, struct bw_value key)
{
        size_t at = (((uintptr_t)shape >> 5) * 31 + key.hash) % N_FIELDS;
        struct field_slot *slot = &k->fields[at];

        while (slot->shape && !(slot->shape == shape && slot->head == key.head &&
                                bw_same_bytes(slot->field->key.p, key.s, key.n))) {
                at = (at + 1) % N_FIELDS;
                slot = &k->fields[at];
        }
        return slot;
}

static void fill_fields(struct bw_keeper *k)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(shapes); i++)
                for (size_t j = 0; j < shapes[i]->n_fields; j++) {
                        struct bw_value key = bw_value_str(shapes[i]->fields[j].key);

                        *field_slot(k, shapes[i], key) = (struct field_slot){
                                .shape = shapes[i], .field = &shapes[i]->fields[j], .head = key.head};
                }
}

int bw_keeper_new(struct bw_keeper **ret, struct bw_error *reterr)
{
        bw_auto(bw_keeper_free) struct bw_keeper *keeper = bw_zalloc(sizeof(*keeper));

        if (!keeper)
                return bw_error_nomem(reterr);
        keeper->arena = bw_arena_new(0);
        keeper->values = bw_zalloc(FIRST_VALUES * sizeof(*keeper->values));
        if (!keeper->arena || !keeper->values)
                return bw_error_nomem(reterr);
        keeper->n_values = FIRST_VALUES;
        fill_fields(keeper);
        keeper->containers_key = bw_value_str(BW_STR("containers"));
        *ret = bw_take(keeper);
        return 0;
}

void bw_keeper_free(struct bw_keeper *keeper)
{
        if (!keeper)
                return;
        bw_arena_free(keeper->arena);
        bw_free(keeper->stack);
        bw_free(keeper->values);
        bw_free(keeper);
}

void bw_keeper_finish(struct bw_keeper *keeper)
{
        bw_free(bw_take(keeper->values));
        bw_free(bw_take(keeper->stack));
        keeper->n_values = keeper->cap_stack = 0;
}

size_t bw_keeper_bytes(const struct bw_keeper *keeper)
{
        return bw_arena_used(keeper->arena);
}

/* ---- places of JSON */

static struct bw_mark mark_at(struct cursor *c, size_t offset)
{
        struct bw_str text = c->doc->text;

        if (offset == SIZE_MAX)
                return (struct bw_mark){0};
        if (offset < c->at) {
                /* Keys that stand twice may lead back and forth; a document of nothing else is not worth it. */
                if (c->returns++ >= MAX_RETURNS)
                        return (struct bw_mark){0};
                c->at = 0;
                c->line = c->doc->line;
                c->column = c->doc->column;
        }
        for (;;) {
                const char *newline = memchr(text.p + c->at, '\n', offset - c->at);

                if (!newline)
                        break;
                c->at = (size_t)(newline - text.p) + 1;
                c->line++;
                c->column = 1;
        }
        c->column += (uint32_t)bw_utf8_count(bw_str_n(text.p + c->at, offset - c->at));
        c->at = offset;
        return (struct bw_mark){.line = c->line, .column = c->column};
}

/* ---- copying; recursion is as deep as documents may be: BW_LIMIT_DOC_DEPTH */

/* A map or a list. */
static struct bw_value copy(struct bw_keeper *k, struct bw_value v, const struct shape *shape);

/* ABSENT when memory is used up. */
static struct bw_value copy_text(struct bw_keeper *k, struct bw_value v)
{
        struct bw_value *kept;
        struct bw_str text;

        if (v.n == 0)
                return bw_value_str(BW_STR(""));
        if (bw_template_token_name(bw_value_text(v)))
                v = bw_value_str(bw_str_n(v.s, bw_template_token_name(bw_value_text(v))));
        kept = &k->texts[(v.hash ^ v.n * 31u) % N_TEXTS];
        if (v.n <= INTERN_BYTES && kept->head == v.head && bw_same_bytes(kept->s, v.s, v.n))
                return *kept;
        text = bw_arena_str(k->arena, bw_value_text(v));
        if (!text.p)
                return (struct bw_value){0};
        v.s = text.p;
        if (v.n <= INTERN_BYTES)
                *kept = v;
        return v;
}

/* The shape in which an entry's value is copied; &names: only its key is kept; NULL: it is left out. */
static const struct shape *shape_inside(struct bw_keeper *k, const struct bw_entry *e, const struct shape *shape)
{
        const struct keep_field *field = shape->n_fields ? field_slot(k, shape, e->key)->field : NULL;
        const struct shape *inside = field ? field->inside : NULL;

        if (e->value.type == BW_NULL)
                return NULL;
        /* One address is podIP's. */
        if (shape == &pod_status && e->value.type == BW_LIST && e->value.n < 2)
                return NULL;
        if (!field && shape->rest == REST_SAME)
                inside = shape;
        if (!field && shape->rest == REST_EMPTY)
                return &names;
        if (!field && shape->rest == REST_SMALL && e->value.type == BW_STRING &&
            e->value.n <= BW_LIMIT_KEPT_ANNOTATION)
                inside = &whole;
        /* A shape with fields is for maps and lists of maps. */
        return inside && e->value.type < BW_LIST && inside->rest != REST_SAME ? NULL : inside;
}

/* marks: NULL, or two for an entry of a map, one for an item of a list. */
static int push(struct bw_keeper *k, struct bw_value key, struct bw_value value, const struct bw_mark *marks)
{
        struct kept_entry *to;

        if (BW_UNLIKELY(k->n_stack == k->cap_stack) &&
            bw_grow(&k->stack, &k->cap_stack, k->n_stack + 1, sizeof(*k->stack)) < 0)
                return -ENOMEM;
        to = &k->stack[k->n_stack++];
        to->entry = (struct bw_entry){key, value};
        if (marks)
                memcpy(to->marks, marks, sizeof(to->marks));
        return 0;
}

static inline struct bw_value copy_any(struct bw_keeper *k, struct bw_value v, const struct shape *shape)
{
        if (v.type == BW_STRING)
                return copy_text(k, v);
        return v.type < BW_LIST ? v : copy(k, v, shape);
}

static uint64_t hash_of(const void *words, size_t n)
{
        const uint64_t *w = words;
        uint64_t h = n;

        for (size_t i = 0; i < n; i++)
                h = (h ^ w[i]) * UINT64_C(0x9e3779b97f4a7c15) ^ h >> 29;
        return h;
}

/* What is in a map or list, as words. */
static const void *parts_of(struct bw_value v, size_t *ret_words)
{
        *ret_words = (v.type == BW_MAP ? sizeof(struct bw_entry) : sizeof(struct bw_value)) / 8 * (size_t)v.n;
        return v.type == BW_MAP ? (const void *)v.map->entries : (const void *)v.list->items;
}

/* Many values that are unlike each other need a larger table to be met again; without memory for one this one will do. */
static void grow_values(struct bw_keeper *k)
{
        size_t n = k->n_values * 4;
        struct bw_value *values = bw_zalloc(n * sizeof(*values));

        k->n_unlike = 0;
        if (!values)
                return;
        for (size_t i = 0; i < k->n_values; i++) {
                size_t words;
                const void *parts;

                if (k->values[i].type == BW_ABSENT)
                        continue;
                parts = parts_of(k->values[i], &words);
                values[hash_of(parts, words) >> 32 & (n - 1)] = k->values[i];
        }
        bw_free(k->values);
        k->values = values;
        k->n_values = n;
}

/*
 * A map or list of equal parts that was met before, or v, which is remembered; what v took since mark is given back then.
 * Equal parts mostly have equal addresses, since they were found in the same way.
 */
static struct bw_value share(struct bw_keeper *k, struct bw_value v, struct bw_arena_mark mark)
{
        size_t words;
        const void *parts = parts_of(v, &words);
        struct bw_value *met = &k->values[hash_of(parts, words) >> 32 & (k->n_values - 1)];

        if (met->head == v.head && memcmp(v.type == BW_MAP ? (const void *)met->map->entries : met->list->items, parts,
                                          words * 8) == 0) {
                bw_arena_restore(k->arena, mark);
                return *met;
        }
        *met = v;
        if (++k->n_unlike > k->n_values && k->n_values < MAX_VALUES)
                grow_values(k);
        return v;
}

/* A map of the entries on the stack from `base` on, which are taken off it. */
static struct bw_value pop_map(struct bw_keeper *k, size_t base)
{
        uint32_t n = (uint32_t)(k->n_stack - base);
        struct bw_arena_mark before = bw_arena_save(k->arena);
        struct bw_map *map = bw_map_new(k->arena, n);
        struct bw_mark *marks = k->places ? bw_arena_array(k->arena, 2 * (size_t)n + 1, sizeof(*marks)) : NULL;

        k->n_stack = base;
        if (!map || (k->places && !marks))
                return (struct bw_value){0};
        for (uint32_t i = 0; i < n; i++) {
                map->entries[i] = k->stack[base + i].entry;
                if (marks)
                        memcpy(marks + 2 * (size_t)i, k->stack[base + i].marks, 2 * sizeof(*marks));
        }
        map->marks = marks;
        if (bw_map_seal(k->arena, map, n) < 0)
                return (struct bw_value){0};
        return k->places ? bw_value_map(map, n) : share(k, bw_value_map(map, n), before);
}

static struct bw_value copy_map(struct bw_keeper *k, struct bw_value v, const struct shape *shape)
{
        const struct bw_mark *marks = v.n && k->places ? v.map->marks : NULL;
        size_t base = k->n_stack;

        if (shape->has_pods) {
                const struct bw_entry *containers = bw_map_find(v, k->containers_key);

                if (containers && containers->value.type == BW_LIST)
                        shape = &pod_spec;
        }
        for (uint32_t i = 0; i < v.n; i++) {
                const struct bw_entry *e = &v.map->entries[i];
                const struct shape *inside = shape_inside(k, e, shape);
                struct bw_mark found[2] = {0};
                struct bw_value value;
                struct bw_value key;

                if (!inside)
                        continue;
                if (k->cursor.doc)
                        found[0] = mark_at(&k->cursor, bw_json_string_offset(k->cursor.doc, e->key));
                value = shape->rest == REST_EMPTY && inside == &names ? bw_value_str(BW_STR("")) :
                                                                        copy_any(k, e->value, inside);
                key = copy_text(k, e->key);
                if (value.type == BW_ABSENT || key.type == BW_ABSENT ||
                    push(k, key, value, marks ? marks + 2 * (size_t)i : found) < 0) {
                        k->n_stack = base;
                        return (struct bw_value){0};
                }
        }
        return pop_map(k, base);
}

/* The same for a list of their values. */
static struct bw_value pop_list(struct bw_keeper *k, size_t base)
{
        uint32_t n = (uint32_t)(k->n_stack - base);
        struct bw_arena_mark before = bw_arena_save(k->arena);
        struct bw_list *list = bw_list_new(k->arena, n);
        struct bw_mark *marks = k->places ? bw_arena_array(k->arena, (size_t)n + 1, sizeof(*marks)) : NULL;

        k->n_stack = base;
        if (!list || (k->places && !marks))
                return (struct bw_value){0};
        for (uint32_t i = 0; i < n; i++) {
                list->items[i] = k->stack[base + i].entry.value;
                if (marks)
                        marks[i] = k->stack[base + i].marks[0];
        }
        list->marks = marks;
        return k->places ? bw_value_list(list, n) : share(k, bw_value_list(list, n), before);
}

static struct bw_value copy_list(struct bw_keeper *k, struct bw_value v, const struct shape *shape)
{
        const struct bw_mark *marks = v.n && k->places ? v.list->marks : NULL;
        size_t base = k->n_stack;

        for (uint32_t i = 0; i < v.n; i++) {
                struct bw_value item = v.list->items[i];
                struct bw_mark found[2] = {0};

                if (marks)
                        found[0] = marks[i];
                else if (k->cursor.doc)
                        found[0] = mark_at(&k->cursor, bw_json_value_offset(k->cursor.doc, item));
                /* A shape with fields is for maps. */
                if (item.type < BW_LIST && shape->rest != REST_SAME)
                        item = bw_value_null();
                item = copy_any(k, item, shape);
                if (item.type == BW_ABSENT || push(k, bw_value_null(), item, found) < 0) {
                        k->n_stack = base;
                        return (struct bw_value){0};
                }
        }
        return pop_list(k, base);
}

static struct bw_value copy(struct bw_keeper *k, struct bw_value v, const struct shape *shape)
{
        return v.type == BW_MAP ? copy_map(k, v, shape) : copy_list(k, v, shape);
}

static int keep_input(struct bw_keeper *k, const struct bw_input *input)
{
        struct bw_input *kept;

        if (!input || (k->input && k->input->number == input->number && bw_str_eq(k->input->name, input->name)))
                return 0;
        kept = bw_arena_alloc(k->arena, sizeof(*kept));
        if (!kept)
                return -ENOMEM;
        *kept = (struct bw_input){.name = bw_arena_str(k->arena, input->name), .number = input->number};
        if (!kept->name.p)
                return -ENOMEM;
        k->input = kept;
        return 0;
}

/* A long text of one line is never shown: its findings stand where the document begins. */
static bool has_places(const struct bw_doc *doc)
{
        return doc->text.n <= BW_LIMIT_SOURCE_LINE || memchr(doc->text.p, '\n', doc->text.n);
}

static bool has_marks(struct bw_value v)
{
        return v.type == BW_MAP && v.n && v.map->marks;
}

int bw_doc_keep(struct bw_keeper *keeper, const struct bw_doc *doc, bool places, struct bw_doc **ret,
                struct bw_error *reterr)
{
        struct bw_doc *kept = bw_arena_alloc(keeper->arena, sizeof(*kept));

        if (!kept || keep_input(keeper, doc->input) < 0)
                return bw_error_nomem(reterr);
        keeper->places = places && has_places(doc);
        keeper->cursor = (struct cursor){.line = doc->line, .column = doc->column};
        if (keeper->places && doc->bytes && !has_marks(doc->root))
                keeper->cursor.doc = doc;
        *kept = *doc;
        kept->input = doc->input ? keeper->input : NULL;
        kept->text = BW_STR("");
        kept->bytes = NULL;
        kept->root = copy_any(keeper, doc->root, shape_of(doc));
        if (kept->root.type == BW_ABSENT)
                return bw_error_nomem(reterr);
        (void)bw_doc_identify(kept);
        *ret = kept;
        return 0;
}
