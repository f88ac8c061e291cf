/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/inventory.h"

#include "base/alloc.h"
#include "base/error.h"
#include "value/selector.h"

struct bw_inventory {
        const struct bw_doc **docs; /* sealed: by group, kind, namespace, name, place */
        size_t n;
        size_t cap;
        const struct bw_doc **owned; /* sealed: those with a controller, by namespace and controller */
        size_t n_owned;
        bool sealed;
};

int bw_inventory_new(struct bw_inventory **ret, struct bw_error *reterr)
{
        struct bw_inventory *inventory = bw_zalloc(sizeof(*inventory));

        if (!inventory)
                return bw_error_nomem(reterr);
        *ret = inventory;
        return 0;
}

void bw_inventory_free(struct bw_inventory *inventory)
{
        if (!inventory)
                return;
        bw_free(inventory->docs);
        bw_free(inventory->owned);
        bw_free(inventory);
}

int bw_inventory_add(struct bw_inventory *inventory, const struct bw_doc *doc, struct bw_error *reterr)
{
        if (inventory->sealed)
                return bw_error_set(reterr, -EINVAL, "the inventory is sealed");
        if (bw_grow(&inventory->docs, &inventory->cap, inventory->n + 1, sizeof(doc)) < 0)
                return bw_error_nomem(reterr);
        inventory->docs[inventory->n++] = doc;
        return 0;
}

int bw_inventory_take(struct bw_inventory *inventory, struct bw_inventory *other, struct bw_error *reterr)
{
        if (inventory->sealed || other->sealed)
                return bw_error_set(reterr, -EINVAL, "the inventory is sealed");
        if (bw_grow(&inventory->docs, &inventory->cap, inventory->n + other->n, sizeof(*inventory->docs)) < 0)
                return bw_error_nomem(reterr);
        if (other->n)
                memcpy(inventory->docs + inventory->n, other->docs, other->n * sizeof(*other->docs));
        inventory->n += other->n;
        other->n = 0;
        return 0;
}

/* ---- orders ---- */

static int compare_place(const struct bw_doc *a, const struct bw_doc *b)
{
        uint32_t file_a = a->input ? a->input->number : 0;
        uint32_t file_b = b->input ? b->input->number : 0;

        if (file_a != file_b)
                return file_a < file_b ? -1 : 1;
        if (a->line != b->line)
                return a->line < b->line ? -1 : 1;
        if (a->column != b->column)
                return a->column < b->column ? -1 : 1;
        return (a->index > b->index) - (a->index < b->index);
}

static int compare_texts(const struct bw_str *a, const struct bw_str *b, size_t n)
{
        int r = 0;

        for (size_t i = 0; i < n && r == 0; i++)
                r = bw_str_cmp(a[i], b[i]);
        return r;
}

#define KEY_PARTS 4
static void key_of(const struct bw_doc *doc, struct bw_str key[KEY_PARTS])
{
        key[0] = doc->group;
        key[1] = doc->kind;
        key[2] = doc->ns;
        key[3] = doc->name;
}

static int by_key(const void *a, const void *b)
{
        const struct bw_doc *x = *(const struct bw_doc *const *)a;
        const struct bw_doc *y = *(const struct bw_doc *const *)b;
        struct bw_str key_x[KEY_PARTS];
        struct bw_str key_y[KEY_PARTS];
        int r;

        key_of(x, key_x);
        key_of(y, key_y);
        r = compare_texts(key_x, key_y, KEY_PARTS);
        return r ? r : compare_place(x, y);
}

#define OWNER_PARTS 3
static void owner_of(const struct bw_doc *doc, struct bw_str key[OWNER_PARTS])
{
        key[0] = doc->ns;
        if (!bw_doc_controller(doc, &key[1], &key[2]))
                key[1] = key[2] = (struct bw_str){0};
}

/* The owner is found once for each document, not for each comparison. */
struct owned {
        struct bw_str owner[OWNER_PARTS];
        const struct bw_doc *doc;
};

static int by_owner(const void *a, const void *b)
{
        const struct owned *x = a;
        const struct owned *y = b;
        int r = compare_texts(x->owner, y->owner, OWNER_PARTS);

        return r ? r : by_key(&x->doc, &y->doc);
}

static int index_owned(struct bw_inventory *inventory)
{
        struct owned *owned = bw_reallocarray(NULL, inventory->n, sizeof(*owned));
        const struct bw_doc **docs = bw_reallocarray(NULL, inventory->n, sizeof(*docs));
        size_t n = 0;

        if (!owned || !docs) {
                bw_free(owned);
                bw_free(docs);
                return -ENOMEM;
        }
        for (size_t i = 0; i < inventory->n; i++) {
                struct bw_str kind;
                struct bw_str name;

                if (bw_doc_controller(inventory->docs[i], &kind, &name))
                        owned[n++] = (struct owned){{inventory->docs[i]->ns, kind, name}, inventory->docs[i]};
        }
        if (n)
                qsort(owned, n, sizeof(*owned), by_owner);
        for (size_t i = 0; i < n; i++)
                docs[i] = owned[i].doc;
        bw_free(owned);
        inventory->owned = docs;
        inventory->n_owned = n;
        return 0;
}

int bw_inventory_seal(struct bw_inventory *inventory, struct bw_error *reterr)
{
        if (inventory->sealed)
                return 0;
        if (index_owned(inventory) < 0)
                return bw_error_nomem(reterr);
        if (inventory->n)
                qsort(inventory->docs, inventory->n, sizeof(*inventory->docs), by_key);
        inventory->sealed = true;
        return 0;
}

/* ---- questions ---- */

typedef void (*key_fn)(const struct bw_doc *doc, struct bw_str *key);

/* The first document whose key is not less than (or, past, greater than) the first n parts of key. */
static size_t bound(const struct bw_doc *const *docs, size_t n_docs, key_fn key_of_doc, const struct bw_str *key,
                    size_t n, bool past)
{
        size_t low = 0;
        size_t high = n_docs;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                struct bw_str here[KEY_PARTS];
                int r;

                key_of_doc(docs[middle], here);
                r = compare_texts(here, key, n);
                if (r < 0 || (past && r == 0))
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static struct bw_doc_range range_of(const struct bw_doc *const *docs, size_t n_docs, key_fn key_of_doc,
                                    const struct bw_str *key, size_t n)
{
        size_t from = bound(docs, n_docs, key_of_doc, key, n, false);
        size_t to = bound(docs, n_docs, key_of_doc, key, n, true);

        return (struct bw_doc_range){.docs = to > from ? docs + from : NULL, .n = to - from};
}

size_t bw_inventory_size(const struct bw_inventory *inventory)
{
        return inventory->n;
}

struct bw_doc_range bw_inventory_all(const struct bw_inventory *inventory)
{
        return (struct bw_doc_range){.docs = inventory->docs, .n = inventory->n};
}

struct bw_doc_range bw_inventory_kind(const struct bw_inventory *inventory, struct bw_str group, struct bw_str kind)
{
        const struct bw_str key[] = {group, kind};

        return range_of(inventory->docs, inventory->n, key_of, key, BW_ARRAY_SIZE(key));
}

struct bw_doc_range bw_inventory_namespace(const struct bw_inventory *inventory, struct bw_str group,
                                           struct bw_str kind, struct bw_str ns)
{
        const struct bw_str key[] = {group, kind, ns};

        return range_of(inventory->docs, inventory->n, key_of, key, BW_ARRAY_SIZE(key));
}

const struct bw_doc *bw_inventory_find(const struct bw_inventory *inventory, struct bw_str group, struct bw_str kind,
                                       struct bw_str ns, struct bw_str name)
{
        const struct bw_str key[] = {group, kind, ns, name};
        struct bw_doc_range range = range_of(inventory->docs, inventory->n, key_of, key, BW_ARRAY_SIZE(key));

        return range.n ? range.docs[range.n - 1] : NULL;
}

struct bw_doc_range bw_inventory_owned(const struct bw_inventory *inventory, struct bw_str ns, struct bw_str owner_kind,
                                       struct bw_str owner_name)
{
        const struct bw_str key[] = {ns, owner_kind, owner_name};

        return range_of(inventory->owned, inventory->n_owned, owner_of, key, BW_ARRAY_SIZE(key));
}

bool bw_doc_controller(const struct bw_doc *doc, struct bw_str *ret_kind, struct bw_str *ret_name)
{
        struct bw_value owners = bw_map_walk(doc->root, "metadata.ownerReferences");

        if (owners.type != BW_LIST)
                return false;
        for (uint32_t i = 0; i < owners.n; i++) {
                struct bw_value owner = owners.list->items[i];
                struct bw_value controller = bw_map_get(owner, BW_STR("controller"));

                if (controller.type != BW_BOOL || !controller.b)
                        continue;
                *ret_kind = bw_map_text(owner, "kind");
                *ret_name = bw_map_text(owner, "name");
                return true;
        }
        return false;
}

const struct bw_doc *bw_range_select(struct bw_doc_range range, struct bw_value selector, size_t *at)
{
        while (*at < range.n) {
                const struct bw_doc *doc = range.docs[(*at)++];

                if (bw_selector_match(selector, bw_map_walk(doc->root, "metadata.labels")) == BW_SELECTED_YES)
                        return doc;
        }
        return NULL;
}
