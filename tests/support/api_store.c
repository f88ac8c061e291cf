/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_store: what a test API server has: resources for discovery, and objects, from folders of files.
 */
#define BW_ALLOW_BANNED
#include <dirent.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "api_server_internal.h"
#include "doc/stream.h"

/* What real servers put into every object, and no reader needs: its text must not turn up anywhere. */
#define MANAGED_FIELDS                                                                                       \
        "\"managedFields\":[{\"manager\":\"kubectl-create\",\"operation\":\"Update\",\"apiVersion\":\"v1\","  \
        "\"time\":\"2026-01-01T00:00:00Z\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:metadata\":{\"f:planted-managed-field\":{}}}}]"

void api_die(const char *format, ...)
{
        va_list args;

        (void)fputs("api-server: ", stderr);
        va_start(args, format);
        (void)vfprintf(stderr, format, args);
        va_end(args);
        (void)fputs("\n", stderr);
        _exit(3);
}

static bool read_file(const char *path, struct bw_buf *to)
{
        FILE *f = fopen(path, "rb");
        size_t n;

        if (!f)
                return false;
        to->ceiling = (size_t)8 << 30;
        do {
                char *p = bw_buf_reserve(to, 1 << 16);

                n = p ? fread(p, 1, 1 << 16, f) : 0;
                bw_buf_commit(to, n);
        } while (n > 0);
        if (ferror(f) || bw_buf_status(to) < 0)
                api_die("%s: cannot be read", path);
        (void)fclose(f);
        return true;
}

bool api_store_file(const struct api_store *store, const char *name, struct bw_buf *to)
{
        char path[4096];

        for (size_t i = 0; store->folders[i]; i++) {
                (void)snprintf(path, sizeof(path), "%s/%s", store->folders[i], name);
                if (read_file(path, to))
                        return true;
        }
        return read_file(name, to);
}

struct api_resource *api_store_find(const struct api_store *store, struct bw_str group, struct bw_str version,
                                    struct bw_str resource)
{
        for (size_t i = 0; i < store->n; i++) {
                struct api_resource *r = &store->resources[i];

                if (bw_str_eq(r->group, group) && bw_str_eq(r->version, version) && bw_str_eq(r->resource, resource))
                        return r;
        }
        return NULL;
}

struct bw_str api_resource_version(struct bw_arena *arena, const struct api_resource *r)
{
        return bw_arena_printf(arena, "%.*s%s%.*s", BW_STR_ARG(r->group), r->group.n ? "/" : "", BW_STR_ARG(r->version));
}

/* Objects of custom resources name their kind inside of lists too; Kubernetes' own do not. */
bool api_resource_is_builtin(const struct api_resource *r)
{
        struct bw_str g = r->group;

        return memchr(g.p ? g.p : "", '.', g.n) == NULL ||
               (bw_str_ends(g, BW_STR(".k8s.io")) && !bw_str_is(g, "gateway.networking.k8s.io") &&
                !bw_str_is(g, "policy.networking.k8s.io") && !bw_str_is(g, "snapshot.storage.k8s.io"));
}

static struct api_resource *add_resource(struct api_store *store, struct bw_str group, struct bw_str version,
                                         struct bw_str resource, struct bw_str kind, bool namespaced, struct bw_str verbs)
{
        struct api_resource *r = api_store_find(store, group, version, resource);

        if (r)
                return r;
        if (bw_grow(&store->resources, &store->cap, store->n + 1, sizeof(*r)) < 0)
                api_die("out of memory");
        r = &store->resources[store->n++];
        *r = (struct api_resource){
                .group = bw_arena_str(store->arena, group),
                .version = bw_arena_str(store->arena, version),
                .resource = bw_arena_str(store->arena, resource),
                .kind = bw_arena_str(store->arena, kind),
                .verbs = bw_arena_str(store->arena, verbs),
                .namespaced = namespaced,
                .broken = bw_str_is(resource, "broken"),
        };
        return r;
}

/* group, version, resource, kind, scope, verbs; "-" is the group of v1. */
static void load_table(struct api_store *store, struct bw_str text)
{
        struct bw_str line;

        while (bw_str_split(&text, '\n', &line)) {
                struct bw_str field[6] = {0};
                size_t n = 0;

                if (line.n == 0 || line.p[0] == '#')
                        continue;
                while (n < 6 && bw_str_split(&line, '\t', &field[n]))
                        n++;
                if (n < 3)
                        api_die("resources.tsv: too few columns: %.*s", BW_STR_ARG(field[0]));
                if (bw_str_is(field[0], "-"))
                        field[0] = BW_STR("");
                (void)add_resource(store, field[0], field[1], field[2], field[3], bw_str_is(field[4], "Namespaced"), field[5]);
        }
}

static struct bw_str verbs_of(struct bw_arena *arena, struct bw_value list)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        for (size_t i = 0; i < list.n && list.type == BW_LIST; i++) {
                if (i)
                        bw_buf_char(&text, ',');
                bw_buf_str(&text, bw_value_text(bw_list_get(list, i)));
        }
        return bw_arena_str(arena, bw_buf_view(&text));
}

static void load_discovered(struct api_store *store, struct bw_str group, struct bw_value version)
{
        struct bw_value resources = bw_map_get(version, BW_STR("resources"));

        for (size_t i = 0; resources.type == BW_LIST && i < resources.n; i++) {
                struct bw_value r = bw_list_get(resources, i);
                struct bw_value kind = bw_map_get(r, BW_STR("responseKind"));

                (void)add_resource(store, group, bw_map_text(version, "version"), bw_map_text(r, "resource"),
                                   bw_map_text(kind, "kind"), bw_str_is(bw_map_text(r, "scope"), "Namespaced"),
                                   verbs_of(store->arena, bw_map_get(r, BW_STR("verbs"))));
        }
}

static void read_json(struct bw_arena *arena, struct bw_str text, const char *name, struct bw_value *ret)
{
        struct bw_error err = {0};
        struct bw_doc doc = {0};
        size_t used;

        if (bw_json_read(arena, text, 1, 1, false, &doc, &used, &err) < 0)
                api_die("%s: %s", name, err.message);
        *ret = doc.root;
}

/* Aggregated discovery as a real server sent it. */
static void load_discovery(struct api_store *store, const char *name)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_value root, groups;

        if (!api_store_file(store, name, &text))
                return;
        read_json(arena, bw_buf_view(&text), name, &root);
        groups = bw_map_get(root, BW_STR("items"));
        for (size_t i = 0; groups.type == BW_LIST && i < groups.n; i++) {
                struct bw_value group = bw_list_get(groups, i);
                struct bw_value versions = bw_map_get(group, BW_STR("versions"));

                for (size_t k = 0; versions.type == BW_LIST && k < versions.n; k++)
                        load_discovered(store, bw_map_text(bw_map_walk(group, "metadata"), "name"), bw_list_get(versions, k));
        }
}

static void put_members(struct bw_buf *out, struct bw_value map, bool leave_type)
{
        for (uint32_t i = 0; map.type == BW_MAP && i < map.n; i++) {
                const struct bw_entry *e = &map.map->entries[i];
                struct bw_str key = bw_value_text(e->key);

                if (leave_type && (bw_str_is(key, "apiVersion") || bw_str_is(key, "kind") || bw_str_is(key, "metadata")))
                        continue;
                bw_buf_char(out, ',');
                bw_buf_json(out, key);
                bw_buf_char(out, ':');
                bw_value_json(out, e->value, 0);
        }
}

/* What the server itself gives each object that has it not yet. */
static void put_metadata(struct bw_buf *out, struct bw_value metadata, uint64_t number)
{
        bw_buf_puts(out, "{");
        put_members(out, metadata, false);
        if (out->n > 1)
                out->p[1] = ' ';
        if (bw_map_get(metadata, BW_STR("uid")).type == BW_ABSENT)
                bw_buf_printf(out, "%s\"uid\":\"00000000-0000-4000-8000-%012" PRIu64 "\"", out->n > 1 ? "," : "", number);
        if (bw_map_get(metadata, BW_STR("resourceVersion")).type == BW_ABSENT)
                bw_buf_printf(out, ",\"resourceVersion\":\"%" PRIu64 "\"", number + 100);
        if (bw_map_get(metadata, BW_STR("creationTimestamp")).type == BW_ABSENT)
                bw_buf_puts(out, ",\"creationTimestamp\":\"2026-01-01T00:00:00Z\"");
        if (bw_map_get(metadata, BW_STR("managedFields")).type == BW_ABSENT)
                bw_buf_puts(out, "," MANAGED_FIELDS);
        bw_buf_char(out, '}');
}

static struct api_resource *resource_of(struct api_store *store, const struct bw_doc *doc, const char *file)
{
        struct bw_str version = doc->group.n ? bw_str_rest(doc->api_version, doc->group.n + 1) : doc->api_version;

        for (size_t i = 0; i < store->n; i++) {
                struct api_resource *r = &store->resources[i];

                if (bw_str_eq(r->kind, doc->kind) && bw_str_eq(r->group, doc->group) && bw_str_eq(r->version, version) &&
                    !memchr(r->resource.p, '/', r->resource.n))
                        return r;
        }
        api_die("%s: no resource in resources.tsv is of kind %.*s of %.*s", file, BW_STR_ARG(doc->kind),
                BW_STR_ARG(doc->api_version));
}

static void add_object(struct api_store *store, const struct bw_doc *doc, const char *file)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct api_resource *r = resource_of(store, doc, file);
        struct api_object *o;

        if (bw_grow(&r->objects, &r->cap, r->n + 1, sizeof(*o)) < 0)
                api_die("out of memory");
        o = &r->objects[r->n++];
        o->name = bw_arena_str(store->arena, doc->name);
        o->ns = bw_arena_str(store->arena, doc->ns.n == 0 && r->namespaced ? BW_STR("default") : doc->ns);
        put_metadata(&text, bw_map_get(doc->root, BW_STR("metadata")), ++store->version);
        o->metadata = bw_arena_str(store->arena, bw_buf_view(&text));
        bw_buf_clear(&text);
        put_members(&text, doc->root, true);
        o->rest = bw_arena_str(store->arena, bw_buf_view(&text));
        if (!o->metadata.p || !o->rest.p)
                api_die("out of memory");
}

static void load_objects(struct api_store *store, const char *path)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_error err = {0};
        struct bw_cutter cutter;
        struct bw_piece piece;
        struct bw_str rest;
        int r;

        if (!read_file(path, &text))
                api_die("%s: cannot be read", path);
        rest = bw_buf_view(&text);
        bw_cutter_init(&cutter, bw_stream_format(rest), true);
        while ((r = bw_cutter_next(&cutter, &rest, true, &piece, &err)) > 0) {
                struct bw_doc doc = {0};

                bw_arena_reset(arena);
                if (bw_doc_read(arena, &piece, false, &doc, &err) < 0)
                        api_die("%s:%u: %s", path, err.line, err.message);
                if (doc.kind.n)
                        add_object(store, &doc, path);
        }
        if (r < 0)
                api_die("%s:%u: %s", path, err.line, err.message);
}

static int compare_objects(const void *a, const void *b)
{
        const struct api_object *x = a;
        const struct api_object *y = b;
        int r = bw_str_cmp(x->ns, y->ns);

        return r ? r : bw_str_cmp(x->name, y->name);
}

/* Objects: *.yaml, *.json, *.ndjson of a folder, and the lists of a recording. */
static bool has_objects(const char *name)
{
        struct bw_str s = bw_str(name);

        if (bw_str_starts(s, BW_STR("list-")))
                return bw_str_ends(s, BW_STR(".body"));
        return !bw_str_is(s, "version.json") && (bw_str_ends(s, BW_STR(".yaml")) || bw_str_ends(s, BW_STR(".ndjson")) ||
                                                 bw_str_ends(s, BW_STR(".json")));
}

static void load_folder(struct api_store *store, const char *folder)
{
        struct dirent **names = NULL;
        int n = scandir(folder, &names, NULL, alphasort);
        char path[4096];

        if (n < 0)
                api_die("%s: cannot be read", folder);
        for (int i = 0; i < n; i++) {
                (void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
                if (has_objects(names[i]->d_name))
                        load_objects(store, path);
                free(names[i]);
        }
        free(names);
}

void api_store_load(struct api_store *store, const char *const *folders)
{
        bw_auto_done(bw_buf_done) struct bw_buf table = {0};

        store->folders = folders;
        store->arena = bw_arena_new(0);
        if (!store->arena)
                api_die("out of memory");
        if (api_store_file(store, "resources.tsv", &table))
                load_table(store, bw_buf_view(&table));
        load_discovery(store, "api-aggregated.body");
        load_discovery(store, "apis-aggregated.body");
        for (size_t i = 0; folders[i]; i++)
                load_folder(store, folders[i]);
        for (size_t i = 0; i < store->n; i++)
                if (store->resources[i].n)
                        qsort(store->resources[i].objects, store->resources[i].n, sizeof(struct api_object), compare_objects);
        store->version += 1000;
}
