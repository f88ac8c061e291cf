/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that a component's flags name, read where they are on the machine: through the mounts of a static pod, as the
 * process sees them, or in the volumes of its pod below the kubelet's directory.
 * Source: kubernetes pkg/kubelet/kubelet_getters.go (getPodVolumesDir), path/filepath.Walk (order of drop-ins).
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "node/components_internal.h"

struct reader {
        struct bw_finder *finder;
        struct bw_node_component *component;
        struct bw_component_file *files;
        size_t n, cap;
};

/* ---- where a path is on the machine */

/* The part of `path` below the mount, or false. */
static bool below(struct bw_str path, struct bw_str dir, struct bw_str *ret_rest)
{
        while (dir.n > 1 && dir.p[dir.n - 1] == '/')
                dir.n--;
        if (!bw_str_starts(path, dir) || (path.n > dir.n && path.p[dir.n] != '/' && dir.n > 1))
                return false;
        *ret_rest = bw_str_rest(path, dir.n);
        return true;
}

static struct bw_str by_mounts(struct bw_node *node, const struct bw_node_component *c, struct bw_str path)
{
        const struct bw_node_mount *best = NULL;
        struct bw_str best_rest = {0};
        struct bw_str rest;

        for (size_t i = 0; i < c->n_mounts; i++)
                if (below(path, c->mounts[i].inside, &rest) && (!best || c->mounts[i].inside.n > best->inside.n)) {
                        best = &c->mounts[i];
                        best_rest = rest;
                }
        if (!best)
                return (struct bw_str){0};
        return bw_arena_printf(node->arena, "%.*s%s%.*s", BW_STR_ARG(best->outside),
                               best_rest.n && best_rest.p[0] != '/' ? "/" : "", BW_STR_ARG(best_rest));
}

/* The pod's uid in a cgroup: …-pod0a_1b.slice or /pod0a-1b/…; empty: none. */
static struct bw_str pod_uid(struct bw_node *node, struct bw_str cgroup)
{
        size_t at = SIZE_MAX;
        struct bw_str uid;
        char *p;

        for (size_t i = 1; i + 3 < cgroup.n; i++)
                if ((cgroup.p[i - 1] == '-' || cgroup.p[i - 1] == '/') && memcmp(cgroup.p + i, "pod", 3) == 0)
                        at = i + 3;
        if (at == SIZE_MAX || bw_str_find(cgroup, BW_STR("kubepods")) == SIZE_MAX)
                return (struct bw_str){0};
        uid = bw_str_rest(cgroup, at);
        for (size_t i = 0; i < uid.n; i++)
                if (uid.p[i] == '.' || uid.p[i] == '/')
                        uid.n = i;
        p = bw_arena_alloc(node->arena, uid.n + 1);
        if (!p)
                return (struct bw_str){0};
        for (size_t i = 0; i < uid.n; i++)
                p[i] = uid.p[i] == '_' ? '-' : uid.p[i];
        return bw_str_n(p, uid.n);
}

static struct bw_str base_name(struct bw_str path, struct bw_str *ret_dir)
{
        for (size_t i = path.n; i > 0; i--)
                if (path.p[i - 1] == '/') {
                        *ret_dir = bw_str_n(path.p, i - 1);
                        return bw_str_rest(path, i);
                }
        *ret_dir = (struct bw_str){0};
        return path;
}

/* Volumes of one plugin: the one named as the directory inside, else the only one that has the file. */
static void look_in_volumes(struct bw_node *node, const char *dir, struct bw_str path, struct bw_str *found, unsigned *n)
{
        bw_auto_done(bw_listing_done) struct bw_listing names = {0};
        struct bw_str parent;
        struct bw_str unused;
        struct bw_str file = base_name(path, &parent);

        if (bw_host_list(node->host, dir, BW_LIMIT_INCLUDED_FILES, &names, NULL) < 0)
                return;
        for (size_t i = 0; i < names.n_entries; i++) {
                struct bw_str outside =
                        bw_arena_printf(node->arena, "%s/%s/%.*s", dir, bw_listing_name(&names, i), BW_STR_ARG(file));

                if (!outside.n || !bw_host_exists(node->host, outside.p))
                        continue;
                if (bw_str_is(base_name(parent, &unused), bw_listing_name(&names, i)))
                        *n = 0;
                *found = outside;
                if ((*n)++ == 0 && bw_str_is(base_name(parent, &unused), bw_listing_name(&names, i)))
                        return;
        }
}

static struct bw_str by_pod(struct bw_node *node, const struct bw_node_component *c, struct bw_str path)
{
        static const char *const plugins[] = {"kubernetes.io~configmap", "kubernetes.io~secret", "kubernetes.io~projected"};
        struct bw_str uid = pod_uid(node, c->cgroup);
        struct bw_str root = BW_STR("/var/lib/kubelet");
        struct bw_str found = {0};
        unsigned n = 0;

        for (size_t i = 0; i < node->n_components; i++)
                if (bw_str_is(node->components[i].input.component, "kubelet"))
                        bw_node_arg_value(node->components[i].input.args, node->components[i].input.n_args, "root-dir", &root);
        for (size_t i = 0; uid.n && i < BW_ARRAY_SIZE(plugins) && n != 1; i++) {
                struct bw_str dir = bw_arena_printf(node->arena, "%.*s/pods/%.*s/volumes/%s", BW_STR_ARG(root),
                                                    BW_STR_ARG(uid), plugins[i]);

                if (dir.n)
                        look_in_volumes(node, dir.p, path, &found, &n);
        }
        return n == 1 ? found : (struct bw_str){0};
}

struct bw_str bw_node_outside(struct bw_node *node, const struct bw_node_component *component, struct bw_str path)
{
        struct bw_str outside = by_mounts(node, component, path);

        if (!outside.n && component->cgroup.n && bw_str_find(component->cgroup, BW_STR("kubepods")) != SIZE_MAX) {
                const char *z = bw_arena_str(node->arena, path).p;

                /* On a live node the path may be another file for the host; by the pod's volumes it is surely the pod's. */
                outside = by_pod(node, component, path);
                if (!outside.n && z && !bw_host_exists(node->host, z))
                        outside = (struct bw_str){0};
        }
        return outside.n ? outside : bw_arena_str(node->arena, path);
}

/* ---- reading */

static int add_file(struct reader *reader, const char *role, struct bw_str path, int state, struct bw_str text,
                    const struct bw_error *err)
{
        struct bw_component_file *file;

        if (reader->n == BW_LIMIT_COMPONENT_FILES)
                return 0;
        if (bw_arena_grow(reader->finder->arena, &reader->files, &reader->cap, reader->n, sizeof(*file)) < 0)
                return bw_arena_error(reader->finder->arena, reader->finder->reterr);
        file = &reader->files[reader->n++];
        *file = (struct bw_component_file){.role = role, .path = path, .text = text};
        file->state = state == 0                                ? BW_FILE_READ
                    : state == -ENOENT || state == -ENOTDIR ? BW_FILE_ABSENT
                                                            : BW_FILE_UNREADABLE;
        if (file->state == BW_FILE_UNREADABLE)
                file->reason = bw_find_printf(reader->finder, "%s", err->message);
        return 0;
}

/* What the process itself sees at the path, unless a mount says where it is. */
static int read_one(struct reader *reader, const char *role, struct bw_str path, bool inside)
{
        struct bw_finder *finder = reader->finder;
        struct bw_str outside = inside ? bw_node_outside(finder->node, reader->component, path) : path;
        struct bw_error err = {0};
        struct bw_str text = {0};
        int r;

        if (!outside.n)
                return bw_error_nomem(finder->reterr);
        r = bw_host_read(finder->host, finder->arena, outside.p, BW_LIMIT_CONFIG_TEXT, &text, &err);
        if (r < 0 && inside && reader->component->input.pid && bw_str_eq(outside, path)) {
                struct bw_error seen = {0};
                int r2 = bw_host_read_as(finder->host, reader->component->input.pid, finder->arena, outside.p,
                                         BW_LIMIT_CONFIG_TEXT, &text, &seen);

                if (r2 == 0 || r == -ENOENT) {
                        r = r2;
                        err = seen;
                }
        }
        if (r == -ENOMEM)
                return bw_error_nomem(finder->reterr);
        return add_file(reader, role, outside, r, text, &err);
}

/* Files of a directory and of those in it, each directory's entries in the order of their names; links to directories are
 * not entered. */
static int read_tree(struct reader *reader, const struct bw_component_need *need, struct bw_str dir, unsigned depth)
{
        bw_auto_done(bw_listing_done) struct bw_listing names = {0};
        struct bw_finder *finder = reader->finder;
        struct bw_error err = {0};
        int r = bw_host_list(finder->host, dir.p, BW_LIMIT_INCLUDED_FILES, &names, &err);

        if (r == -ENOMEM)
                return bw_error_nomem(finder->reterr);
        if (r < 0)
                return add_file(reader, need->role, dir, r, (struct bw_str){0}, &err);
        for (size_t i = 0; r == 0 && i < names.n_entries; i++) {
                struct bw_str name = bw_str(bw_listing_name(&names, i));
                struct bw_str path = bw_find_printf(finder, "%.*s/%s", BW_STR_ARG(dir), name.p);
                struct bw_host_stat stat;

                if (!path.n)
                        return bw_error_nomem(finder->reterr);
                if (bw_host_stat(finder->host, path.p, BW_FS_NOFOLLOW, &stat, NULL) < 0)
                        continue;
                if (stat.kind == BW_FS_DIR && depth < BW_LIMIT_DIR_DEPTH)
                        r = read_tree(reader, need, path, depth + 1);
                else if (stat.kind != BW_FS_DIR && bw_str_ends(name, bw_str(need->suffix)))
                        r = read_one(reader, need->role, path, false);
        }
        return r;
}

static int read_dir(struct reader *reader, const struct bw_component_need *need)
{
        struct bw_str dir = bw_node_outside(reader->finder->node, reader->component, need->path);
        struct bw_host_stat stat;

        if (!dir.n)
                return bw_error_nomem(reader->finder->reterr);
        /* filepath.Walk does not follow a link that it is given. */
        if (dir.p[dir.n - 1] != '/' && bw_host_stat(reader->finder->host, dir.p, BW_FS_NOFOLLOW, &stat, NULL) == 0 &&
            stat.kind == BW_FS_LINK)
                return 0;
        while (dir.n > 1 && dir.p[dir.n - 1] == '/')
                dir = bw_find_printf(reader->finder, "%.*s", BW_STR_ARG(bw_str_n(dir.p, dir.n - 1)));
        return read_tree(reader, need, dir, 0);
}

static bool same_need(const struct bw_component_need *a, const struct bw_component_need *b)
{
        return strcmp(a->role, b->role) == 0 && bw_str_eq(a->path, b->path);
}

static bool was_there(const struct bw_component_need *needs, size_t n, const struct bw_component_need *need)
{
        for (size_t i = 0; i < n; i++)
                if (same_need(&needs[i], need))
                        return true;
        return false;
}

/* What the flags name, in the arena of the run: working it out takes much more than what comes of it. */
static int ask_needs(struct bw_finder *finder, struct bw_node_component *component)
{
        bw_auto(bw_arena_free) struct bw_arena *scratch = bw_arena_new(0);
        const struct bw_component_need *needs = NULL;
        struct bw_component_need *kept;
        size_t n = 0;
        int r = scratch ? bw_component_needs(scratch, &component->input, &needs, &n, finder->reterr)
                        : bw_error_nomem(finder->reterr);

        if (r < 0)
                return r;
        kept = bw_arena_array(finder->arena, n + 1, sizeof(*kept));
        if (!kept)
                return bw_arena_error(finder->arena, finder->reterr);
        for (size_t i = 0; i < n; i++) {
                kept[i] = needs[i];
                kept[i].role = bw_find_z(finder, bw_str(needs[i].role));
                kept[i].path = bw_arena_str(finder->arena, needs[i].path);
                kept[i].suffix = needs[i].suffix ? bw_find_z(finder, bw_str(needs[i].suffix)) : NULL;
        }
        component->needs = kept;
        component->n_needs = n;
        return 0;
}

/* A file that was read may name others: asked again until nothing new comes. */
int bw_find_files(struct bw_finder *finder, struct bw_node_component *component)
{
        struct reader reader = {.finder = finder, .component = component};
        const struct bw_component_need *before = NULL;
        size_t n_before = 0;
        int r = 0;

        for (unsigned round = 0; round < BW_LIMIT_NEED_ROUNDS; round++) {
                bool more = false;

                r = ask_needs(finder, component);
                for (size_t i = 0; r == 0 && i < component->n_needs; i++) {
                        const struct bw_component_need *need = &component->needs[i];

                        if (!need->wants_text || !need->path.n || was_there(before, n_before, need))
                                continue;
                        more = true;
                        r = need->is_dir ? read_dir(&reader, need) : read_one(&reader, need->role, need->path, true);
                }
                component->input.files = reader.files;
                component->input.n_files = reader.n;
                before = component->needs;
                n_before = component->n_needs;
                if (r < 0 || !more)
                        break;
        }
        return r;
}

struct bw_str bw_static_pod_path(struct bw_finder *finder, const struct bw_node_component *kubelet)
{
        struct bw_str path = {0};

        for (size_t i = 0; i < kubelet->input.n_files; i++) {
                const struct bw_component_file *file = &kubelet->input.files[i];
                struct bw_value value;
                struct bw_doc doc;

                if (file->state != BW_FILE_READ || (strcmp(file->role, "config") != 0 && strcmp(file->role, "drop-ins") != 0) ||
                    bw_yaml_read(finder->arena, file->text, 1, false, &doc, NULL) < 0)
                        continue;
                value = bw_map_get(doc.root, BW_STR("staticPodPath"));
                if (value.type == BW_STRING)
                        path = bw_value_text(value);
        }
        bw_node_arg_value(kubelet->input.args, kubelet->input.n_args, "pod-manifest-path", &path);
        return path;
}
