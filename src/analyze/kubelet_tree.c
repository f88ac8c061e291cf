/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>

#include "analyze/kubelet_internal.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "format/gotext.h"

/* ---- types */

static struct bw_str without_pointer(struct bw_str type)
{
        return bw_str_starts(type, BW_STR("*")) ? bw_str_rest(type, 1) : type;
}

static bool is_struct(struct bw_str type)
{
        return bw_str_is(bw_schema_type_form(type), "struct");
}

/* The type of a map's values; empty: it is no map. */
static struct bw_str map_item(struct bw_str type)
{
        return bw_str_starts(type, BW_STR("map[string]")) ? bw_str_rest(type, strlen("map[string]")) : BW_STR("");
}

static struct bw_str child_type(struct bw_str type, struct bw_str key, int minor)
{
        struct bw_str item = map_item(type);

        return item.n ? item : bw_schema_field(type, key, minor);
}

/* ---- nodes */

void kubelet_tree_init(struct kubelet_tree *tree, struct bw_arena *arena, int minor)
{
        *tree = (struct kubelet_tree){
                .arena = arena, .minor = minor, .root = {.type = BW_STR(KUBELET_TYPE), .is_map = true}};
}

struct kubelet_node *kubelet_child(struct kubelet_node *node, struct bw_str key)
{
        for (struct kubelet_node *n = node ? node->first : NULL; n; n = n->next)
                if (bw_str_eq(n->key, key))
                        return n;
        return NULL;
}

/* A new child at the end. */
static struct kubelet_node *append(struct kubelet_tree *tree, struct kubelet_node *parent, struct bw_str key)
{
        struct kubelet_node *node = tree->n < BW_LIMIT_KUBELET_FIELDS ? bw_arena_zalloc(tree->arena, sizeof(*node)) : NULL;
        struct bw_str type = child_type(parent->type, key, tree->minor);

        if (!node)
                return NULL;
        tree->n++;
        node->key = key;
        node->pointer = bw_str_starts(type, BW_STR("*"));
        node->type = without_pointer(type);
        node->is_map = is_struct(node->type) || map_item(node->type).n;
        if (parent->last)
                parent->last->next = node;
        else
                parent->first = node;
        parent->last = node;
        return node;
}

void kubelet_drop(struct kubelet_node *parent, struct bw_str key)
{
        struct kubelet_node *before = NULL;

        for (struct kubelet_node *n = parent->first; n; before = n, n = n->next) {
                if (!bw_str_eq(n->key, key))
                        continue;
                if (before)
                        before->next = n->next;
                else
                        parent->first = n->next;
                if (parent->last == n)
                        parent->last = before;
                return;
        }
}

static struct kubelet_node *walk(struct kubelet_tree *tree, const char *path, bool make)
{
        struct kubelet_node *node = &tree->root;
        struct bw_str rest = bw_str(path);
        struct bw_str part;

        while (node && rest.n && bw_str_split(&rest, '.', &part)) {
                struct kubelet_node *next = kubelet_child(node, part);

                if (!next && make && child_type(node->type, part, tree->minor).n)
                        next = append(tree, node, part);
                node = next;
        }
        return node;
}

struct kubelet_node *kubelet_find(struct kubelet_tree *tree, const char *path)
{
        return walk(tree, path, false);
}

struct kubelet_node *kubelet_make(struct kubelet_tree *tree, const char *path)
{
        return walk(tree, path, true);
}

struct bw_value kubelet_get(struct kubelet_tree *tree, const char *path)
{
        const struct kubelet_node *node = kubelet_find(tree, path);

        return node ? node->value : (struct bw_value){0};
}

/* ---- values */

static int put_value(struct kubelet_tree *tree, struct kubelet_node *node, struct bw_value value,
                     const struct bw_evidence *from);

static int put_children(struct kubelet_tree *tree, struct kubelet_node *node, struct bw_value map,
                        const struct bw_evidence *from)
{
        node->first = node->last = NULL;
        for (uint32_t i = 0; i < map.n; i++) {
                struct bw_str key = bw_value_text(map.map->entries[i].key);
                struct kubelet_node *child;
                int r;

                if (!child_type(node->type, key, tree->minor).n)
                        continue;
                child = append(tree, node, key);
                r = child ? put_value(tree, child, map.map->entries[i].value, from) : -ENOMEM;
                if (r < 0)
                        return r;
        }
        return 0;
}

static int put_value(struct kubelet_tree *tree, struct kubelet_node *node, struct bw_value value,
                     const struct bw_evidence *from)
{
        node->from = *from;
        node->marks = NULL;
        if (node->is_map && value.type == BW_MAP)
                return put_children(tree, node, value, from);
        node->value = value;
        return 0;
}

int kubelet_set(struct kubelet_tree *tree, const char *path, struct bw_value value, const struct bw_evidence *from)
{
        struct kubelet_node *node = kubelet_make(tree, path);

        /* A field that this version does not have. */
        if (!node)
                return tree->n < BW_LIMIT_KUBELET_FIELDS ? 0 : -E2BIG;
        return put_value(tree, node, value, from);
}

int kubelet_put_entry(struct kubelet_tree *tree, struct kubelet_node *map, struct bw_str key, struct bw_value value,
                      const struct bw_evidence *from)
{
        struct kubelet_node *node = kubelet_child(map, key);

        if (!node)
                node = append(tree, map, key);
        return node ? put_value(tree, node, value, from) : -ENOMEM;
}

/* ---- fields that several sources give */

static void put_side(struct bw_buf *out, struct bw_value value, const struct bw_evidence *from)
{
        bw_value_json(out, value, 0);
        if (from->file.n && from->line)
                bw_buf_printf(out, " by %.*s:%" PRIu32, BW_STR_ARG(from->file), from->line);
        else
                bw_buf_printf(out, " by %.*s", BW_STR_ARG(from->file.n ? from->file : from->text));
}

int kubelet_note_override(struct kubelet_tree *tree, const struct kubelet_node *node, struct bw_str field,
                          struct bw_value value, const struct bw_evidence *from)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {.ceiling = 4096};
        struct kubelet_override *o;

        if (!node->from.type || strcmp(node->from.type, "default") == 0 || node->is_map || node->value.type == BW_ABSENT ||
            bw_value_eq(node->value, value) || tree->n_overrides == BW_LIMIT_PROBLEMS)
                return 0;
        bw_buf_printf(&text, "%.*s: ", BW_STR_ARG(field));
        put_side(&text, node->value, &node->from);
        bw_buf_puts(&text, ", ");
        put_side(&text, value, from);
        if (bw_buf_status(&text) == -ENOMEM ||
            bw_arena_grow(tree->arena, &tree->overrides, &tree->cap_overrides, tree->n_overrides, sizeof(*o)) < 0)
                return -ENOMEM;
        o = &tree->overrides[tree->n_overrides];
        *o = (struct kubelet_override){
                .field = bw_arena_str(tree->arena, field), .text = bw_arena_str(tree->arena, bw_buf_view(&text)), .where = *from};
        if (!o->field.p || !o->text.p)
                return -ENOMEM;
        tree->n_overrides++;
        return 0;
}

/* ---- merging */

struct merge {
        struct kubelet_tree *tree;
        const struct kubelet_source *source;
        struct bw_segment segments[BW_LIMIT_PATH_DEPTH];
        size_t n;
};

static struct bw_evidence evidence_here(struct merge *m)
{
        struct bw_path path = {.n = m->n, .segments = m->segments};
        struct bw_mark mark = bw_doc_mark(m->source->doc, m->tree->arena, path, false);

        return (struct bw_evidence){
                .type = m->source->type, .file = m->source->file, .line = mark.line, .column = mark.column};
}

/* The field that encoding/json takes for a key. */
static struct bw_str folded(struct bw_str type, struct bw_str key, int minor)
{
        struct bw_str field;
        struct bw_str go;

        if (map_item(type).n || bw_schema_field(type, key, minor).n)
                return key;
        for (size_t i = 0; bw_schema_each_field(type, &i, minor, &field, &go);)
                if (field.n == key.n && strncasecmp(field.p, key.p, key.n) == 0)
                        return field;
        return BW_STR("");
}

static int note_override(struct merge *m, const struct kubelet_node *node, struct bw_value value)
{
        bw_auto_done(bw_buf_done) struct bw_buf path = {0};
        struct bw_evidence from = evidence_here(m);

        bw_path_format(&path, (struct bw_path){.n = m->n, .segments = m->segments});
        return bw_buf_status(&path) < 0 ? -ENOMEM : kubelet_note_override(m->tree, node, bw_buf_view(&path), value, &from);
}

static int merge_into(struct merge *m, struct kubelet_node *node, struct bw_value patch);

static int merge_value(struct merge *m, struct kubelet_node *parent, struct bw_str key, struct bw_value value)
{
        struct kubelet_node *node = kubelet_child(parent, key);

        if (value.type == BW_NULL) {
                kubelet_drop(parent, key);
                return 0;
        }
        if (node && note_override(m, node, value) < 0)
                return -ENOMEM;
        if (!node)
                node = append(m->tree, parent, key);
        if (!node)
                return m->tree->n < BW_LIMIT_KUBELET_FIELDS ? -ENOMEM : -E2BIG;
        node->from = evidence_here(m);
        node->marks = value.type == BW_LIST && value.n ? value.list->marks : NULL;
        if (node->is_map && value.type == BW_MAP)
                return merge_into(m, node, value);
        /* A value of the wrong type stands where children were: decoding refuses it. */
        node->first = node->last = NULL;
        node->value = value;
        return 0;
}

static int merge_into(struct merge *m, struct kubelet_node *node, struct bw_value patch)
{
        int r = 0;

        node->value = (struct bw_value){0};
        for (uint32_t i = 0; r == 0 && i < patch.n; i++) {
                struct bw_str key = bw_value_text(patch.map->entries[i].key);
                struct bw_str field = folded(node->type, key, m->tree->minor);

                if (!field.n || m->n == BW_LIMIT_PATH_DEPTH)
                        continue;
                /* Both spellings are in the merged text, in the order of bytes: the later one counts. */
                if (bw_str_cmp(key, field) < 0 && kubelet_child(node, field))
                        continue;
                m->segments[m->n++] = (struct bw_segment){.kind = BW_SEGMENT_KEY, .key = patch.map->entries[i].key};
                r = merge_value(m, node, field, patch.map->entries[i].value);
                m->n--;
        }
        return r;
}

int kubelet_merge(struct kubelet_tree *tree, struct bw_value patch, const struct kubelet_source *source)
{
        struct merge m = {.tree = tree, .source = source};

        return patch.type == BW_MAP ? merge_into(&m, &tree->root, patch) : 0;
}

void kubelet_omit_empty(struct kubelet_node *node)
{
        struct kubelet_node *next;

        for (struct kubelet_node *child = node->first; child; child = next) {
                next = child->next;
                kubelet_omit_empty(child);
                if ((child->value.type == BW_LIST && child->value.n == 0) || (child->is_map && map_item(child->type).n && !child->first))
                        kubelet_drop(node, child->key);
        }
}

static int adopt(struct kubelet_tree *tree, struct kubelet_node *node, struct bw_value decoded)
{
        struct kubelet_node *next;

        if (!node->is_map || decoded.type != BW_MAP) {
                node->value = decoded;
                return 0;
        }
        for (struct kubelet_node *child = node->first; child; child = next) {
                struct bw_value value = bw_map_get(decoded, child->key);

                next = child->next;
                if (value.type == BW_ABSENT)
                        kubelet_drop(node, child->key);
                else if (adopt(tree, child, value) < 0)
                        return -ENOMEM;
        }
        return 0;
}

int kubelet_adopt(struct kubelet_tree *tree, struct bw_value decoded)
{
        return adopt(tree, &tree->root, decoded);
}

/* ---- out of the tree */

struct bw_value kubelet_value(struct kubelet_tree *tree, const struct kubelet_node *node)
{
        struct bw_map *map;
        uint32_t n = 0;

        if (!node->is_map || (node->value.type != BW_ABSENT && !node->first))
                return node->value;
        for (const struct kubelet_node *child = node->first; child; child = child->next)
                n++;
        map = bw_map_new(tree->arena, n);
        if (!map)
                return (struct bw_value){0};
        n = 0;
        for (const struct kubelet_node *child = node->first; child; child = child->next) {
                struct bw_value value = kubelet_value(tree, child);

                if (value.type == BW_ABSENT)
                        continue;
                map->entries[n].key = bw_value_str(child->key);
                map->entries[n++].value = value;
        }
        return bw_map_seal(tree->arena, map, n) < 0 ? (struct bw_value){0} : bw_value_map(map, n);
}

struct put {
        struct bw_facts *facts;
        struct bw_segment segments[BW_LIMIT_PATH_DEPTH];
        size_t n;
};

static void put_one(struct put *p, const struct bw_evidence *from)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        bw_path_format(&text, (struct bw_path){.n = p->n, .segments = p->segments});
        if (bw_buf_status(&text) < 0)
                p->facts->failed = true;
        else if (from->type || from->state)
                bw_facts_evidence(p->facts, from, "%.*s", BW_STR_ARG(bw_buf_view(&text)));
}

static void put_evidence(struct put *p, const struct kubelet_node *node)
{
        if (p->n == BW_LIMIT_PATH_DEPTH)
                return;
        if (p->n)
                put_one(p, &node->from);
        for (uint32_t i = 0; node->marks && i < node->value.n; i++) {
                struct bw_evidence from = node->from;

                from.line = node->marks[i].line;
                from.column = node->marks[i].column;
                p->segments[p->n++] = (struct bw_segment){.kind = BW_SEGMENT_INDEX, .index = i};
                put_one(p, &from);
                p->n--;
        }
        for (const struct kubelet_node *child = node->first; child; child = child->next) {
                p->segments[p->n++] = (struct bw_segment){.kind = BW_SEGMENT_KEY, .key = bw_value_str(child->key)};
                put_evidence(p, child);
                p->n--;
        }
}

void kubelet_evidence(struct kubelet_tree *tree, struct bw_facts *facts)
{
        struct put p = {.facts = facts};

        put_evidence(&p, &tree->root);
}

/* ---- leaves */

int64_t kubelet_int(struct kubelet_tree *tree, const char *path)
{
        struct bw_value v = kubelet_get(tree, path);

        return v.type == BW_INT ? v.i : 0;
}

bool kubelet_bool(struct kubelet_tree *tree, const char *path)
{
        struct bw_value v = kubelet_get(tree, path);

        return v.type == BW_BOOL && v.b;
}

struct bw_str kubelet_text(struct kubelet_tree *tree, const char *path)
{
        struct bw_value v = kubelet_get(tree, path);

        return v.type == BW_STRING ? bw_value_text(v) : BW_STR("");
}

int64_t kubelet_nanoseconds(struct kubelet_tree *tree, const char *path)
{
        struct bw_value v = kubelet_get(tree, path);
        int64_t ns = 0;

        if (v.type == BW_INT)
                return v.i;
        if (v.type != BW_STRING || bw_go_duration(bw_value_text(v), &ns) < 0)
                return 0;
        return ns;
}
