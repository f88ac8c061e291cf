/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What expressions see as `inventory`: every answer is made once, as a value that all threads share, so that a question
 * costs a look-up: lists of a kind, of a kind in a namespace, and the same of pods.
 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "cel/library.h"
#include "doc/inventory.h"
#include "doc/pod.h"
#include "rule/join_index_internal.h"
#include "rule/judge_internal.h"

struct item { /* an object, or a pod of one */
        struct bw_str ns;
        struct bw_str name;
        size_t order;
        struct bw_value value;
};

struct space { /* the items of a namespace, or all */
        struct bw_str ns;
        struct bw_value list;
        struct join_index index; /* of pods' labels, or of the selectors of pods */
};

/* Kinds that select pods. */
static const struct join_selector selectors[] = {
        {.kind = "Service", .path = "spec.selector", .plain = true},
        {.kind = "networking.k8s.io/NetworkPolicy", .path = "spec.podSelector", .missing_is_empty = true},
        {.kind = "policy/PodDisruptionBudget", .path = "spec.selector"},
};

struct answers { /* to questions about one kind */
        struct bw_str text; /* "Service", "group/Kind", "pods" */
        struct item *items; /* by namespace, name, order */
        size_t n_items;
        size_t cap_items;
        const struct join_selector *selector; /* NULL: the kind does not select pods */
        bool is_pods;
        struct space all;
        struct space *spaces;
        size_t n_spaces;
};

struct bw_joins {
        struct bw_opaque opaque; /* first: this is the value of `inventory` */
        struct bw_arena *arena;
        int64_t steps; /* that an evaluation may take, so that all documents together end */
        struct answers *answers;
        size_t n_answers;
};

/* ---- making */

static int add_item(struct answers *a, struct bw_str ns, struct bw_str name, struct bw_value value)
{
        if (bw_grow(&a->items, &a->cap_items, a->n_items + 1, sizeof(*a->items)) < 0)
                return -ENOMEM;
        a->items[a->n_items] = (struct item){.ns = ns, .name = name, .order = a->n_items, .value = value};
        a->n_items++;
        return 0;
}

struct pods {
        struct bw_joins *joins;
        struct answers *answers;
        const struct bw_doc *doc;
};

/* {kind, name, namespace, labels, spec, object} */
static int add_pod(void *ctx, const struct bw_pod *pod)
{
        const struct pods *p = ctx;
        const struct bw_doc *doc = p->doc;
        struct bw_value labels = bw_map_get(pod->metadata, BW_STR("labels"));
        const struct bw_value empty = bw_value_map(NULL, 0);
        struct bw_map *map = bw_map_new(p->joins->arena, 6);

        if (!map)
                return -ENOMEM;
        map->entries[0] = (struct bw_entry){bw_value_str(BW_STR("kind")), bw_value_str(doc->kind)};
        map->entries[1] = (struct bw_entry){bw_value_str(BW_STR("name")), bw_value_str(doc->name)};
        map->entries[2] = (struct bw_entry){bw_value_str(BW_STR("namespace")), bw_value_str(doc->ns)};
        map->entries[3] = (struct bw_entry){bw_value_str(BW_STR("labels")), labels.type == BW_MAP ? labels : empty};
        map->entries[4] = (struct bw_entry){bw_value_str(BW_STR("spec")), pod->spec.type == BW_MAP ? pod->spec : empty};
        map->entries[5] = (struct bw_entry){bw_value_str(BW_STR("object")), doc->root};
        if (bw_map_seal(p->joins->arena, map, 6) < 0)
                return -ENOMEM;
        return add_item(p->answers, doc->ns, doc->name, bw_value_map(map, 6));
}

static int add_doc(struct bw_joins *joins, struct answers *a, const struct rule_look *look, const struct bw_doc *doc)
{
        struct pods pods = {.joins = joins, .answers = a, .doc = doc};
        struct bw_pod pod;

        if (!rule_look_is_pods(look))
                return add_item(a, doc->ns, doc->name, doc->root);
        if (bw_pod_find(doc, &pod))
                return add_pod(&pods, &pod);
        return bw_doc_pods(doc, joins->arena, add_pod, &pods);
}

/* The documents of an inventory come sorted by kind: a kind is matched once. */
static int collect(struct bw_joins *joins, struct answers *a, const struct rule_look *look, struct bw_doc_range docs)
{
        const struct bw_doc *last = NULL;
        bool wanted = false;

        for (size_t i = 0; i < docs.n; i++) {
                const struct bw_doc *doc = docs.docs[i];

                if (!last || !bw_str_eq(last->kind, doc->kind) || !bw_str_eq(last->group, doc->group))
                        wanted = rule_look_is_pods(look) ? bw_pod_may_have(doc) :
                                                           rule_kind_matches(&look->kind, doc->group, doc->kind);
                last = doc;
                if (wanted && add_doc(joins, a, look, doc) < 0)
                        return -ENOMEM;
        }
        return 0;
}

static int compare_names(struct bw_str ns_a, struct bw_str name_a, struct bw_str ns_b, struct bw_str name_b)
{
        int r = bw_str_cmp(ns_a, ns_b);

        return r ? r : bw_str_cmp(name_a, name_b);
}

static int by_name(const void *a, const void *b)
{
        const struct item *x = a;
        const struct item *y = b;
        int r = compare_names(x->ns, x->name, y->ns, y->name);

        return r ? r : (x->order > y->order) - (x->order < y->order);
}

static struct bw_value list_of(struct bw_arena *arena, const struct item *items, size_t n)
{
        struct bw_list *list = bw_list_new(arena, (uint32_t)n);

        if (!list)
                return (struct bw_value){0};
        for (size_t i = 0; i < n; i++)
                list->items[i] = items[i].value;
        return bw_value_list(list, (uint32_t)n);
}

static int make_space(struct bw_arena *arena, const struct answers *a, const struct item *items, size_t n,
                      struct space *ret)
{
        ret->ns = n ? items->ns : (struct bw_str){0};
        ret->list = list_of(arena, items, n);
        if (ret->list.type == BW_ABSENT)
                return -ENOMEM;
        if (a->is_pods)
                return join_index_pods(arena, ret->list, &ret->index);
        return a->selector ? join_index_selectors(arena, ret->list, a->selector, &ret->index) : 0;
}

static size_t count_spaces(const struct answers *a)
{
        size_t n = a->n_items > 0;

        for (size_t i = 1; i < a->n_items; i++)
                n += !bw_str_eq(a->items[i].ns, a->items[i - 1].ns);
        return n;
}

/* Sorts the items and makes the lists. */
static int finish(struct bw_arena *arena, struct answers *a)
{
        size_t end;

        if (a->n_items)
                qsort(a->items, a->n_items, sizeof(*a->items), by_name);
        a->spaces = bw_arena_array(arena, count_spaces(a) + 1, sizeof(*a->spaces));
        if (!a->spaces || make_space(arena, a, a->items, a->n_items, &a->all) < 0)
                return -ENOMEM;
        for (size_t i = 0; i < a->n_items; i = end) {
                struct space *s = &a->spaces[a->n_spaces++];

                for (end = i + 1; end < a->n_items && bw_str_eq(a->items[end].ns, a->items[i].ns); end++)
                        ;
                if (end - i == a->n_items)
                        *s = a->all;
                else if (make_space(arena, a, a->items + i, end - i, s) < 0)
                        return -ENOMEM;
        }
        return 0;
}

/* Nobody finds pods by name. */
static void drop_items(struct answers *a)
{
        bw_free(bw_take(a->items));
        a->n_items = a->cap_items = 0;
}

static const struct bw_opaque_class inventory_class;

static int64_t steps_for(size_t n_docs)
{
        int64_t steps = BW_LIMIT_JOIN_STEPS / (int64_t)BW_MAX(n_docs, (size_t)1);

        return BW_MIN(BW_MAX(steps, BW_LIMIT_JOIN_STEPS_LEAST), BW_LIMIT_CEL_ITERATIONS);
}

int rule_joins_new(const struct bw_inventory *inventory, const struct rule_look *looks, size_t n_looks,
                   struct bw_joins **ret, struct bw_error *reterr)
{
        bw_auto(bw_joins_free) struct bw_joins *joins = bw_zalloc(sizeof(*joins));

        if (!joins)
                return bw_error_nomem(reterr);
        joins->opaque.cls = &inventory_class;
        joins->steps = steps_for(bw_inventory_size(inventory));
        joins->arena = bw_arena_new(0);
        joins->answers = bw_zalloc(n_looks * sizeof(*joins->answers));
        if (!joins->arena || !joins->answers)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < n_looks; i++) {
                struct answers *a = &joins->answers[joins->n_answers++];

                a->text = looks[i].text;
                a->is_pods = rule_look_is_pods(&looks[i]);
                for (size_t k = 0; k < BW_ARRAY_SIZE(selectors); k++)
                        if (bw_str_is(a->text, selectors[k].kind))
                                a->selector = &selectors[k];
                if (collect(joins, a, &looks[i], bw_inventory_all(inventory)) < 0 || finish(joins->arena, a) < 0)
                        return bw_error_nomem(reterr);
                if (a->is_pods)
                        drop_items(a);
        }
        *ret = bw_take(joins);
        return 0;
}

void bw_joins_free(struct bw_joins *joins)
{
        if (!joins)
                return;
        for (size_t i = 0; i < joins->n_answers; i++)
                bw_free(joins->answers[i].items);
        bw_free(joins->answers);
        bw_arena_free(joins->arena);
        bw_free(joins);
}

void bw_judge_join(struct bw_judge *judge, const struct bw_joins *joins)
{
        judge->eval.steps = joins ? joins->steps : 0;
        judge->slots[SLOT_INVENTORY] =
                joins ? (struct bw_value){.type = BW_OPAQUE, .opaque = &joins->opaque} : (struct bw_value){0};
}

/* ---- asking */

/* Never asked for: an inventory is compared with nothing but itself, and never printed. */
static bool inventory_eq(const struct bw_opaque *a, const struct bw_opaque *b)
{
        return a == b;
}

static void inventory_format(const struct bw_opaque *o, struct bw_buf *out)
{
        (void)o;
        bw_buf_puts(out, "inventory");
}

static const struct bw_opaque_class inventory_class = {
        .name = "bulwark.Inventory", .eq = inventory_eq, .format = inventory_format};
const struct bw_cel_type rule_inventory_type = {.kind = BW_CEL_OPAQUE, .name = BW_STR("bulwark.Inventory")};

/* A parameter of a function, as text. */
static struct bw_str text_of(struct bw_value v)
{
        return v.n ? bw_value_text(v) : BW_STR("");
}

static const struct answers *find_answers(struct bw_value inventory, struct bw_str text)
{
        const struct bw_joins *joins = (const struct bw_joins *)inventory.opaque;

        if (inventory.opaque->cls != &inventory_class)
                return NULL;
        for (size_t i = 0; i < joins->n_answers; i++)
                if (bw_str_eq(joins->answers[i].text, text))
                        return &joins->answers[i];
        return NULL;
}

static struct bw_value not_kept(const struct bw_cel_call *call)
{
        return bw_cel_error(call, "the rule's inventory does not name this kind");
}

static const struct space *in_namespace(const struct answers *a, struct bw_str ns)
{
        static const struct space none = {.list = {.type = BW_LIST}};
        size_t low = 0;
        size_t high = a->n_spaces;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int r = bw_str_cmp(a->spaces[middle].ns, ns);

                if (r == 0)
                        return &a->spaces[middle];
                if (r < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return &none;
}

static struct bw_value list_kind(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct answers *a = find_answers(args[0], text_of(args[1]));

        if (!a)
                return not_kept(call);
        return n > 2 ? in_namespace(a, text_of(args[2]))->list : a->all.list;
}

static struct bw_value list_pods(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct answers *a = find_answers(args[0], BW_STR("pods"));

        if (!a)
                return not_kept(call);
        return n > 1 ? in_namespace(a, text_of(args[1]))->list : a->all.list;
}

static struct bw_value checked(struct bw_value v)
{
        return v.type == BW_ABSENT ? bw_cel_no_memory() : v;
}

static struct bw_value pods_by(const struct bw_cel_call *call, const struct bw_value *args, size_t n, bool plain)
{
        const struct answers *a = find_answers(args[0], BW_STR("pods"));
        const struct space *s;

        if (!a)
                return not_kept(call);
        s = n > 2 ? in_namespace(a, text_of(args[2])) : &a->all;
        return checked(join_selected(call->arena, s->list, &s->index, args[1], plain));
}

static struct bw_value selected_pods(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        return pods_by(call, args, n, false);
}

static struct bw_value labelled_pods(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        return pods_by(call, args, n, true);
}

static struct bw_value selecting(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct answers *a = find_answers(args[0], text_of(args[1]));
        const struct space *s;

        if (!a)
                return not_kept(call);
        if (!a->selector)
                return bw_cel_error(call, "objects of this kind do not select pods");
        s = n > 3 ? in_namespace(a, text_of(args[3])) : &a->all;
        return checked(join_selecting(call->arena, s->list, &s->index, a->selector, args[2]));
}

/* Of several objects of that name the last one read: what would be applied last. */
static struct bw_value find(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct answers *a = find_answers(args[0], text_of(args[1]));
        struct bw_str ns = text_of(args[2]);
        struct bw_str name = text_of(args[3]);
        size_t low = 0;
        size_t high = a ? a->n_items : 0;

        (void)n;
        if (!a)
                return not_kept(call);
        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (compare_names(a->items[middle].ns, a->items[middle].name, ns, name) <= 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low == 0 || compare_names(a->items[low - 1].ns, a->items[low - 1].name, ns, name) != 0)
                return bw_value_null();
        return a->items[low - 1].value;
}

static const struct bw_cel_overload list_overloads[] = {
        {.id = "inventory_list", .signature = "bulwark.Inventory.list(string) -> list(dyn)", .impl = list_kind},
        {.id = "inventory_list_namespace",
         .signature = "bulwark.Inventory.list(string, string) -> list(dyn)",
         .impl = list_kind},
};
static const struct bw_cel_overload pods_overloads[] = {
        {.id = "inventory_pods", .signature = "bulwark.Inventory.pods() -> list(dyn)", .impl = list_pods},
        {.id = "inventory_pods_namespace",
         .signature = "bulwark.Inventory.pods(string) -> list(dyn)",
         .impl = list_pods},
};
static const struct bw_cel_overload selected_overloads[] = {
        {.id = "inventory_selected_pods",
         .signature = "bulwark.Inventory.selectedPods(dyn) -> list(dyn)",
         .impl = selected_pods},
        {.id = "inventory_selected_pods_namespace",
         .signature = "bulwark.Inventory.selectedPods(dyn, string) -> list(dyn)",
         .impl = selected_pods},
};
static const struct bw_cel_overload labelled_overloads[] = {
        {.id = "inventory_labelled_pods",
         .signature = "bulwark.Inventory.labelledPods(dyn) -> list(dyn)",
         .impl = labelled_pods},
        {.id = "inventory_labelled_pods_namespace",
         .signature = "bulwark.Inventory.labelledPods(dyn, string) -> list(dyn)",
         .impl = labelled_pods},
};
static const struct bw_cel_overload selecting_overloads[] = {
        {.id = "inventory_selecting",
         .signature = "bulwark.Inventory.selecting(string, dyn) -> list(dyn)",
         .impl = selecting},
        {.id = "inventory_selecting_namespace",
         .signature = "bulwark.Inventory.selecting(string, dyn, string) -> list(dyn)",
         .impl = selecting},
};
static const struct bw_cel_overload find_overloads[] = {
        {.id = "inventory_find",
         .signature = "bulwark.Inventory.find(string, string, string) -> dyn",
         .impl = find},
};
static const struct bw_cel_function functions[] = {
        {.name = "list",
         .overloads = list_overloads,
         .n_overloads = BW_ARRAY_SIZE(list_overloads),
         .doc = "The objects of a kind that were read, all or of one namespace."},
        {.name = "pods",
         .overloads = pods_overloads,
         .n_overloads = BW_ARRAY_SIZE(pods_overloads),
         .doc = "The pods that were read and those of all workloads: kind, name, namespace, labels, spec, object."},
        {.name = "selectedPods",
         .overloads = selected_overloads,
         .n_overloads = BW_ARRAY_SIZE(selected_overloads),
         .doc = "Those of the pods, all or of one namespace, that a LabelSelector selects."},
        {.name = "labelledPods",
         .overloads = labelled_overloads,
         .n_overloads = BW_ARRAY_SIZE(labelled_overloads),
         .doc = "Those of the pods, all or of one namespace, that have all labels of a map (none for an empty one)."},
        {.name = "selecting",
         .overloads = selecting_overloads,
         .n_overloads = BW_ARRAY_SIZE(selecting_overloads),
         .doc = "The Services, NetworkPolicies or PodDisruptionBudgets that select pods with these labels."},
        {.name = "find",
         .overloads = find_overloads,
         .n_overloads = BW_ARRAY_SIZE(find_overloads),
         .doc = "The object of a kind, namespace and name, or null."},
};
static const struct bw_cel_type_name type_names[] = {{"bulwark.Inventory", &rule_inventory_type}};
static const struct bw_cel_library inventory_library = {
        .name = "inventory",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
        .type_names = type_names,
        .n_type_names = BW_ARRAY_SIZE(type_names),
};
const struct bw_cel_library *const rule_libraries[] = {&inventory_library, NULL};
