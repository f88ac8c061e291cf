/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/pod.h"

#include "base/arena.h"
#include "doc/kind.h"
#include "doc/workflow_internal.h"

bool bw_pod_may_have(const struct bw_doc *doc)
{
        size_t n;

        return bw_kind_find(doc->group, doc->kind, &n) != NULL;
}

/* ---- at fixed places ---- */

static struct bw_value map_at(struct bw_value root, struct bw_path path)
{
        struct bw_value v = path.n ? bw_path_get(root, path) : (struct bw_value){0};

        return v.type == BW_MAP ? v : (struct bw_value){0};
}

static bool fixed_pod(const struct bw_kind *kind, struct bw_value root, struct bw_pod *ret)
{
        *ret = (struct bw_pod){
                .spec = map_at(root, kind->spec),
                .metadata = map_at(root, kind->metadata),
                .spec_path = kind->spec,
                .metadata_path = kind->metadata,
        };
        if (!kind->optional)
                return true;
        /* The template is what holds the spec. */
        return map_at(root, (struct bw_path){.n = kind->spec.n - 1, .segments = kind->spec.segments}).type == BW_MAP;
}

bool bw_pod_find(const struct bw_doc *doc, struct bw_pod *ret)
{
        size_t n;
        const struct bw_kind *kind = bw_kind_find(doc->group, doc->kind, &n);

        return kind && n == 1 && kind->spec.n && fixed_pod(kind, doc->root, ret);
}

/* ---- wherever a pattern matches ---- */

struct walk {
        const struct bw_doc *doc;
        struct bw_arena *arena;
        const struct bw_kind *kind;
        struct bw_path pattern;
        struct bw_segment *place; /* the pattern with each [*] set to where it is at */
        bw_pod_sink each;
        void *ctx;
};

/* path followed by the key; .segments is NULL when the arena is used up. */
static struct bw_path join(struct bw_arena *arena, struct bw_path path, struct bw_str key)
{
        struct bw_segment *segments = bw_arena_array(arena, path.n + 1, sizeof(*segments));

        if (!segments)
                return (struct bw_path){0};
        if (path.n)
                memcpy(segments, path.segments, path.n * sizeof(*segments));
        segments[path.n] = (struct bw_segment){.kind = BW_SEGMENT_KEY, .key = bw_value_str(key)};
        return (struct bw_path){.n = path.n + 1, .segments = segments};
}

static int give_template(const struct walk *w, struct bw_path here)
{
        struct bw_pod pod = {
                .spec_path = join(w->arena, here, BW_STR("spec")),
                .metadata_path = join(w->arena, here, BW_STR("metadata")),
        };

        if (!pod.spec_path.segments || !pod.metadata_path.segments)
                return -ENOMEM;
        pod.spec = map_at(w->doc->root, pod.spec_path);
        pod.metadata = map_at(w->doc->root, pod.metadata_path);
        return w->each(w->ctx, &pod);
}

static int give(const struct walk *w, struct bw_value v)
{
        size_t n = w->pattern.n;
        struct bw_segment *copy = bw_arena_array(w->arena, n, sizeof(*copy));
        struct bw_path here = {.n = n, .segments = copy};
        struct bw_pod pod = {.spec = v, .spec_path = here};
        int r;

        if (!copy)
                return -ENOMEM;
        memcpy(copy, w->place, n * sizeof(*copy));
        switch (w->kind->shape) {
        case BW_POD_TEMPLATE:
                return give_template(w, here);
        case BW_POD_ARGO:
                r = bw_argo_pod(w->arena, w->doc->root, w->kind->base, v, here, &pod);
                break;
        case BW_POD_TEKTON:
                r = bw_tekton_pod(w->arena, w->doc->root, w->kind->base, v, here, &pod);
                break;
        default:
                r = 1;
        }
        return r == 1 ? w->each(w->ctx, &pod) : r;
}

/* Recursion is bounded by the patterns of the table. */
static int walk(struct walk *w, struct bw_value v, size_t depth)
{
        const struct bw_segment *seg;
        int r = 0;

        if (depth == w->pattern.n)
                return v.type == BW_MAP ? give(w, v) : 0;
        seg = &w->pattern.segments[depth];
        w->place[depth] = *seg;
        if (seg->kind == BW_SEGMENT_KEY)
                return walk(w, bw_map_get(v, bw_value_text(seg->key)), depth + 1);
        if (v.type != BW_LIST && v.type != BW_MAP)
                return 0;
        for (uint32_t i = 0; i < v.n && r == 0; i++) {
                if (v.type == BW_LIST) {
                        w->place[depth] = (struct bw_segment){.kind = BW_SEGMENT_INDEX, .index = i};
                        r = walk(w, v.list->items[i], depth + 1);
                } else {
                        w->place[depth] = (struct bw_segment){.kind = BW_SEGMENT_KEY, .key = v.map->entries[i].key};
                        r = walk(w, v.map->entries[i].value, depth + 1);
                }
        }
        return r;
}

static int pods_of(const struct bw_doc *doc, struct bw_arena *arena, const struct bw_kind *kind, bw_pod_sink each,
                   void *ctx)
{
        struct walk w = {.doc = doc, .arena = arena, .kind = kind, .each = each, .ctx = ctx};
        struct bw_pod pod;

        if (kind->spec.n)
                return fixed_pod(kind, doc->root, &pod) ? each(ctx, &pod) : 0;
        if (bw_path_parse(arena, bw_str(kind->place), &w.pattern, NULL) < 0)
                return -ENOMEM;
        w.place = bw_arena_array(arena, w.pattern.n, sizeof(*w.place));
        return w.place ? walk(&w, doc->root, 0) : -ENOMEM;
}

int bw_doc_pods(const struct bw_doc *doc, struct bw_arena *arena, bw_pod_sink each, void *ctx)
{
        size_t n;
        const struct bw_kind *kind = bw_kind_find(doc->group, doc->kind, &n);
        int r = 0;

        for (size_t i = 0; i < n && r == 0; i++)
                r = pods_of(doc, arena, &kind[i], each, ctx);
        return r;
}

/* ---- containers ---- */

struct bw_str bw_container_list_name(enum bw_container_list list)
{
        static const char *const names[_BW_CONTAINERS_MAX] = {"initContainers", "containers", "ephemeralContainers"};

        return bw_str(names[list]);
}

size_t bw_pod_containers(const struct bw_pod *pod, struct bw_container *out, size_t max)
{
        size_t n = 0;

        for (unsigned l = 0; l < _BW_CONTAINERS_MAX; l++) {
                struct bw_value list = bw_map_get(pod->spec, bw_container_list_name(l));

                if (list.type != BW_LIST)
                        continue;
                for (uint32_t i = 0; i < list.n; i++) {
                        if (list.list->items[i].type != BW_MAP)
                                continue;
                        if (n < max)
                                out[n] = (struct bw_container){.value = list.list->items[i], .list = l, .index = i};
                        n++;
                }
        }
        return n;
}

/* ---- real places ---- */

static bool same_segment(const struct bw_segment *a, const struct bw_segment *b)
{
        if (a->kind != b->kind)
                return false;
        return a->kind == BW_SEGMENT_INDEX ? a->index == b->index
                                           : bw_str_eq(bw_value_text(a->key), bw_value_text(b->key));
}

static bool begins_with(struct bw_path path, struct bw_path head)
{
        if (path.n < head.n)
                return false;
        for (size_t i = 0; i < head.n; i++)
                if (!same_segment(&path.segments[i], &head.segments[i]))
                        return false;
        return true;
}

struct bw_path bw_pod_path(struct bw_arena *arena, const struct bw_pod *pod, struct bw_path path)
{
        struct bw_path base = pod->spec_path;
        struct bw_segment *segments;
        size_t skip = 0;

        for (size_t i = 0; i < pod->n_splices; i++) {
                const struct bw_pod_splice *s = &pod->splices[i];

                if (s->at.n > skip && begins_with(path, s->at)) {
                        base = s->real;
                        skip = s->at.n;
                }
        }
        segments = bw_arena_array(arena, base.n + path.n - skip, sizeof(*segments));
        if (!segments)
                return (struct bw_path){0};
        if (base.n)
                memcpy(segments, base.segments, base.n * sizeof(*segments));
        if (path.n > skip)
                memcpy(segments + base.n, path.segments + skip, (path.n - skip) * sizeof(*segments));
        return (struct bw_path){.n = base.n + path.n - skip, .segments = segments};
}
