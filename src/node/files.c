/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HostFiles: who owns the files that a node lives by, who may read and write them by their modes, and who really can, as the
 * directories on the way let him. One document for each role; where files are is data (data/node-files.tsv): what running
 * components name goes first, usual places stand in for what they do not say.
 */
#include <fnmatch.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/table.h"
#include "node/components_internal.h"
#include "node/file_facts.h"

extern const struct bw_table bw_table_node_files;
enum { COLUMN_ROLE, COLUMN_SOURCE, COLUMN_VALUE };

enum scope {
        ANY,
        CONTROL_PLANE,
        ETCD,
        KUBERNETES,
};

struct role {
        const char *name;
        enum scope scope;
        bool tree;         /* directories are walked */
        bool with_dirs;    /* and are items themselves */
        const char *names; /* of the files in directories: patterns, blanks between them; NULL: all */
        const char *words; /* with one of these in it a file holds a secret; "": it always does; NULL: not asked */
};
#define KUBECONFIG "client-key-data: token: password:"
static const struct role roles[] = {
        {.name = "apiserver.manifest", .scope = CONTROL_PLANE},
        {.name = "controllermanager.manifest", .scope = CONTROL_PLANE},
        {.name = "scheduler.manifest", .scope = CONTROL_PLANE},
        {.name = "etcd.manifest", .scope = ETCD},
        {.name = "static.manifests", .scope = KUBERNETES},
        {.name = "cni.files", .tree = true},
        {.name = "cni.config"},
        {.name = "etcd.data", .scope = ETCD, .with_dirs = true},
        {.name = "etcd.config", .scope = ETCD},
        {.name = "admin.kubeconfig", .words = KUBECONFIG},
        {.name = "users.kubeconfig", .words = KUBECONFIG},
        {.name = "scheduler.kubeconfig", .scope = CONTROL_PLANE, .words = KUBECONFIG},
        {.name = "controllermanager.kubeconfig", .scope = CONTROL_PLANE, .words = KUBECONFIG},
        {.name = "pki", .scope = CONTROL_PLANE, .tree = true, .with_dirs = true},
        {.name = "pki.certificates", .scope = CONTROL_PLANE, .tree = true, .names = "*.crt"},
        {.name = "pki.keys", .scope = CONTROL_PLANE, .tree = true, .names = "*.key"},
        {.name = "keys", .tree = true, .names = "*.key *-key.pem kubelet-client-*.pem kubelet-server-*.pem", .words = "PRIVATE"},
        {.name = "kubelet.service", .scope = KUBERNETES},
        {.name = "units"},
        {.name = "kubeproxy.kubeconfig", .scope = KUBERNETES, .words = KUBECONFIG},
        {.name = "kubeproxy.config", .scope = KUBERNETES},
        {.name = "kubelet.kubeconfig", .scope = KUBERNETES, .words = KUBECONFIG},
        {.name = "kubelet.client-ca", .scope = KUBERNETES},
        {.name = "kubelet.config", .scope = KUBERNETES, .tree = true, .names = "*.conf"},
        {.name = "encryption.config", .scope = CONTROL_PLANE, .words = "secret: \"secret\""},
        {.name = "audit.policy", .scope = CONTROL_PLANE},
        {.name = "audit.log", .scope = CONTROL_PLANE},
        {.name = "apiserver.config", .scope = CONTROL_PLANE},
        {.name = "scheduler.config", .scope = CONTROL_PLANE},
        {.name = "tokens", .words = ""},
        {.name = "rancher.config", .words = "token: password: datastore-endpoint:"},
        {.name = "snap.args"},
        {.name = "runtime.config"},
        {.name = "registry.credentials", .words = "\"auth\" \"identitytoken\""},
        {.name = "host.shadow"},
        {.name = "host.accounts"},
        {.name = "host.sshd"},
        {.name = "host.sshkeys"},
        {.name = "host.sudoers"},
        {.name = "host.cron"},
        {.name = "host.boot"},
        {.name = "host.root"},
};

struct files {
        struct bw_node *node;
        const struct role *role;
        struct bw_facts facts;
        struct bw_items items;
        struct bw_str *paths;   /* of the items, without links */
        size_t n, cap;
        const char *absent;     /* why there are none, where that is known */
        struct bw_error *reterr;
};

static int nomem(struct files *f)
{
        return bw_arena_error(f->node->arena, f->reterr);
}

static struct bw_str text(struct files *f, struct bw_str s)
{
        return bw_arena_str(f->node->arena, s);
}

/* ---- one file */

static int remember(struct files *f, struct bw_str path, bool *ret_is_new)
{
        *ret_is_new = false;
        for (size_t i = 0; i < f->n; i++)
                if (bw_str_eq(f->paths[i], path))
                        return 0;
        if (bw_arena_grow(f->node->arena, &f->paths, &f->cap, f->n, sizeof(*f->paths)) < 0)
                return nomem(f);
        f->paths[f->n++] = path;
        *ret_is_new = true;
        return 0;
}

/* Something that is there and that cannot be looked at: an item that rules skip with the reason. */
static int add_unreadable(struct files *f, struct bw_str path, const struct bw_error *err)
{
        struct bw_fields item = bw_fields(&f->facts);
        char place[32];
        bool is_new;
        int r = remember(f, path, &is_new);

        if (r < 0 || !is_new)
                return r;
        bw_fields_text(&item, "path", path);
        bw_items_value(&f->items, bw_fields_end(&item));
        (void)snprintf(place, sizeof(place), "files[%zu]", f->n - 1);
        bw_facts_unreadable(&f->facts, place, path, err);
        return 0;
}

/* Whether a file holds what nobody else may know; that it does is all that is said of it. */
static bool holds_secret(struct files *f, const char *path)
{
        struct bw_arena_mark mark = bw_arena_save(f->node->arena);
        struct bw_str rest = bw_str(f->role->words);
        struct bw_str word = {0};
        struct bw_str content;
        bool found = rest.n == 0;

        if (!found && bw_host_read(f->node->host, f->node->arena, path, BW_LIMIT_CONFIG_TEXT, &content, NULL) == 0)
                while (!found && bw_str_split(&rest, ' ', &word))
                        found = bw_str_find(content, word) != SIZE_MAX;
        bw_arena_restore(f->node->arena, mark);
        return found;
}

static int add_file(struct files *f, const char *path, struct bw_str why)
{
        struct bw_fields item = bw_fields(&f->facts);
        struct bw_error err = {0};
        struct bw_str real;
        struct bw_str said;
        bool is_new;
        int r;

        if (f->n >= BW_LIMIT_NODE_FILES) {
                (void)bw_error_set(&err, -E2BIG, "there are more than %d files here: the rest was not looked at",
                                   BW_LIMIT_NODE_FILES);
                return f->n == BW_LIMIT_NODE_FILES ? add_unreadable(f, text(f, bw_str(path)), &err) : 0;
        }
        r = bw_host_real(f->node->host, f->node->arena, path, &real, &err);

        if (r == -ENOENT || r == -ENOTDIR)
                return 0;
        if (r == -ENOMEM)
                return nomem(f);
        if (r < 0)
                return add_unreadable(f, text(f, bw_str(path)), &err);
        r = remember(f, real, &is_new);
        if (r < 0 || !is_new)
                return r;
        r = bw_file_facts_put(f->node, &item, real.p, &said, &err);
        if (r == -ENOMEM)
                return nomem(f);
        if (r < 0) {
                f->n--;
                return r == -ENOENT ? 0 : add_unreadable(f, real, &err);
        }
        bw_fields_text(&item, "name", bw_str(path));
        bw_fields_text(&item, "why", why);
        if (f->role->words)
                bw_fields_bool(&item, "secret", holds_secret(f, real.p));
        bw_items_value(&f->items, bw_fields_end(&item));
        bw_facts_evidence(&f->facts, &(struct bw_evidence){.type = "file", .text = said, .file = real}, "files[%zu]",
                          f->n - 1);
        return 0;
}

/* ---- directories and patterns */

static bool matches_one(const char *patterns, const char *name)
{
        struct bw_str rest = bw_str(patterns);
        struct bw_str pattern = {0};
        char z[64];

        while (bw_str_split(&rest, ' ', &pattern)) {
                (void)snprintf(z, sizeof(z), "%.*s", BW_STR_ARG(pattern));
                if (fnmatch(z, name, FNM_PERIOD) == 0)
                        return true;
        }
        return false;
}

static int walk(struct files *f, const char *path, struct bw_str why, unsigned depth);

static int walk_entry(struct files *f, const char *dir, const char *name, struct bw_str why, unsigned depth)
{
        struct bw_str path = bw_arena_printf(f->node->arena, "%s/%s", dir, name);
        struct bw_host_stat st;

        if (!path.p)
                return nomem(f);
        /* What is a link leads to a file that is somewhere else; directories behind links are not walked. */
        if (bw_host_stat(f->node->host, path.p, BW_FS_NOFOLLOW, &st, NULL) < 0)
                return 0;
        if (st.kind == BW_FS_DIR)
                return depth < BW_LIMIT_NODE_FILE_DEPTH ? walk(f, path.p, why, depth + 1) : 0;
        return !f->role->names || matches_one(f->role->names, name) ? add_file(f, path.p, why) : 0;
}

static int walk(struct files *f, const char *path, struct bw_str why, unsigned depth)
{
        struct bw_listing listing = {0};
        struct bw_error err = {0};
        int r = f->role->with_dirs ? add_file(f, path, why) : 0;
        int listed;

        if (r < 0)
                return r;
        listed = bw_host_list(f->node->host, path, BW_LIMIT_NODE_FILES, &listing, &err);
        if (listed < 0 && listed != -ENOENT && listed != -ENOTDIR)
                r = add_unreadable(f, bw_arena_printf(f->node->arena, "%s/", path), &err);
        for (size_t i = 0; r == 0 && i < listing.n_entries; i++)
                r = walk_entry(f, path, bw_listing_name(&listing, i), why, depth);
        bw_listing_done(&listing);
        return r;
}

static int add_path(struct files *f, const char *path, struct bw_str why)
{
        struct bw_host_stat st;

        if (bw_host_stat(f->node->host, path, 0, &st, NULL) == 0 && st.kind == BW_FS_DIR && !f->role->with_dirs &&
            !f->role->tree)
                return 0;
        if (f->role->tree && bw_host_stat(f->node->host, path, 0, &st, NULL) == 0 && st.kind == BW_FS_DIR)
                return walk(f, path, why, 0);
        return add_file(f, path, why);
}

/* A pattern's first part with a wildcard is looked for in its directory, and so on. */
static int expand(struct files *f, const char *pattern, struct bw_str why)
{
        struct bw_listing listing = {0};
        const char *star = strpbrk(pattern, "*?[");
        const char *begin = star;
        const char *end;
        struct bw_str dir;
        struct bw_str part;
        int r = 0;

        if (!star)
                return add_path(f, pattern, why);
        while (begin > pattern && begin[-1] != '/')
                begin--;
        end = begin + strcspn(begin, "/");
        dir = text(f, bw_str_n(pattern, begin > pattern + 1 ? (size_t)(begin - pattern) - 1 : 1));
        part = text(f, bw_str_n(begin, (size_t)(end - begin)));
        if (!dir.p || !part.p)
                return nomem(f);
        if (bw_host_list(f->node->host, dir.p, BW_LIMIT_NODE_FILES, &listing, NULL) < 0)
                listing.n_entries = 0;
        for (size_t i = 0; r == 0 && i < listing.n_entries; i++) {
                struct bw_str path;

                if (fnmatch(part.p, bw_listing_name(&listing, i), FNM_PERIOD) != 0)
                        continue;
                path = bw_arena_printf(f->node->arena, "%s/%s%s", dir.p, bw_listing_name(&listing, i), end);
                r = path.p ? expand(f, path.p, why) : nomem(f);
        }
        bw_listing_done(&listing);
        return r;
}

/* ---- sources */

static int from_manifest(struct files *f, const char *component)
{
        const struct bw_node_component *c;
        int r = 0;

        for (size_t i = 0; r == 0 && (c = bw_node_component(f->node, component, i)); i++)
                if (c->manifest.n)
                        r = add_path(f, text(f, c->manifest).p, BW_STR("manifest of the static pod"));
        return r;
}

/* The file of a unit that sets the command line in force: a drop-in takes that of the unit back and sets its own. */
static int from_unit(struct files *f, const char *component)
{
        const struct bw_node_component *c = bw_node_component(f->node, component, 0);
        struct bw_unit unit = {.arena = f->node->arena};
        const struct bw_unit_setting *setting;
        const struct bw_unit_setting *last = NULL;
        size_t at = 0;

        if (!c || !bw_str_ends(c->unit, BW_STR(".service")) || bw_str_find(c->unit, bw_str(component)) == SIZE_MAX)
                return 0;
        for (size_t i = 0; i < c->n_unit_files; i++) {
                struct bw_str path = text(f, c->unit_files[i]);
                struct bw_str content;

                if (!bw_str_ends(path, BW_STR(".service")) && !bw_str_ends(path, BW_STR(".conf")))
                        continue;
                if (bw_host_read(f->node->host, f->node->arena, path.p, BW_LIMIT_CONFIG_TEXT, &content, NULL) < 0)
                        continue;
                if (bw_unit_read(&unit, path, content, f->reterr) < 0)
                        return -ENOMEM;
        }
        while ((setting = bw_unit_next(&unit, "Service", "ExecStart", &at)))
                last = setting;
        return add_path(f, text(f, last ? last->file : c->unit).p, BW_STR("sets the unit's command line"));
}

static int from_unit_files(struct files *f, const char *component)
{
        const struct bw_node_component *c;
        int r = 0;

        for (size_t i = 0; r == 0 && (c = bw_node_component(f->node, component, i)); i++)
                for (size_t j = 0; r == 0 && j < c->n_unit_files; j++)
                        r = add_path(f, text(f, c->unit_files[j]).p, BW_STR("of the component's unit"));
        return r;
}

/* What a pod's volume holds belongs to the cluster, its mode to the pod: not a file of the machine. */
static bool is_projected(struct bw_str path)
{
        return bw_str_find(path, BW_STR("/volumes/kubernetes.io~configmap/")) != SIZE_MAX;
}

static int add_named(struct files *f, const struct bw_node_component *c, struct bw_str path, const char *by)
{
        struct bw_str outside = bw_node_outside(f->node, c, path);
        struct bw_str why = bw_arena_printf(f->node->arena, "named by %s of %.*s", by, BW_STR_ARG(c->input.component));

        if (!outside.n || !why.p)
                return nomem(f);
        if (is_projected(outside)) {
                f->absent = "it comes from a ConfigMap of the cluster, by way of a pod's volume";
                return 0;
        }
        return add_path(f, outside.p, why);
}

/* "kubelet:config" → the component's name in `component`, what is asked of it as the result. */
static const char *cut_value(const char *value, char *component, size_t size)
{
        const char *colon = strchr(value, ':');

        (void)snprintf(component, size, "%.*s", colon ? (int)(colon - value) : 0, value);
        return colon ? colon + 1 : "";
}

static int from_need(struct files *f, const char *value)
{
        char component[32];
        const char *need = cut_value(value, component, sizeof(component));
        const struct bw_node_component *c;
        int r = 0;

        for (size_t i = 0; r == 0 && (c = bw_node_component(f->node, component, i)); i++)
                for (size_t j = 0; r == 0 && j < c->n_needs; j++)
                        if (strcmp(c->needs[j].role, need) == 0)
                                r = add_named(f, c, c->needs[j].path, need);
        return r;
}

/* A path among the flags, of a directory or of a file that the component itself writes. */
static int from_flag(struct files *f, const char *value)
{
        char component[32];
        const char *flag = cut_value(value, component, sizeof(component));
        const struct bw_node_component *c;
        int r = 0;

        for (size_t i = 0; r == 0 && (c = bw_node_component(f->node, component, i)); i++) {
                struct bw_str path = {0};
                struct bw_str by = bw_arena_printf(f->node->arena, "--%s", flag);

                if (!by.p)
                        return nomem(f);
                if (bw_node_arg_value(c->input.args, c->input.n_args, flag, &path) && path.n && path.p[0] == '/')
                        r = add_named(f, c, path, by.p);
        }
        return r;
}

static int usual_place(struct files *f, const char *value)
{
        return expand(f, value, BW_STR("usual place"));
}

static const struct source {
        const char *name;
        int (*add)(struct files *f, const char *value);
        bool otherwise; /* only when no row before gave a file */
        bool once;      /* nor a row of its own kind */
} sources[] = {
        {"manifest", from_manifest, false, false}, {"unit", from_unit, false, false},
        {"unit-files", from_unit_files, false, false}, {"need", from_need, false, false},
        {"flag", from_flag, false, false},         {"also", usual_place, false, false},
        {"path", usual_place, true, false},        {"first", usual_place, true, true},
};

static int add_role(struct files *f)
{
        const struct bw_table *table = &bw_table_node_files;
        size_t named = SIZE_MAX; /* files before the first of the usual places */
        int r = 0;

        for (size_t row = 0; r == 0 && row < table->n_rows; row++) {
                const char *source = bw_table_text(table, row, COLUMN_SOURCE);
                const struct source *s = sources;

                if (!bw_str_is(bw_table_cell(table, row, COLUMN_ROLE), f->role->name))
                        continue;
                while (strcmp(s->name, source) != 0)
                        s++;
                if (s->otherwise && named == SIZE_MAX)
                        named = f->n;
                if ((s->otherwise && (named || f->absent)) || (s->once && f->n))
                        continue;
                r = s->add(f, bw_table_text(table, row, COLUMN_VALUE));
        }
        return r;
}

/* ---- the document */

/* NULL: the role is one of this node. */
static const char *out_of_scope(const struct bw_node *node, enum scope scope)
{
        const struct bw_node_identity *id = &node->identity;

        if (scope == CONTROL_PLANE && !(id->roles & BW_ROLE_CONTROL_PLANE))
                return id->managed ? "the control plane is the provider's, not on this node" : "this node runs no control plane";
        if (scope == ETCD && !(id->roles & BW_ROLE_ETCD))
                return "no etcd runs on this node";
        if (scope == KUBERNETES && strcmp(id->distribution, "none") == 0)
                return "nothing of Kubernetes runs on this machine";
        return NULL;
}

static int collect_role(struct bw_node *node, const struct role *role, bw_doc_sink sink, void *userdata,
                        struct bw_error *reterr)
{
        const char *why_not = out_of_scope(node, role->scope);
        struct bw_str name = bw_arena_printf(node->arena, "%.*s/%s", BW_STR_ARG(node->name), role->name);
        struct files f = {.node = node, .role = role, .reterr = reterr};
        int r = 0;

        if (!name.p)
                return bw_arena_error(node->arena, reterr);
        bw_facts_init(&f.facts, node->arena, "HostFiles", name);
        f.items = bw_items(&f.facts);
        if (!why_not)
                r = add_role(&f);
        if (r < 0)
                return r;
        bw_fields_text(&f.facts.fields, "role", bw_str(role->name));
        bw_fields_text(&f.facts.fields, "distribution", bw_str(node->identity.distribution));
        bw_node_put_roles(&f.facts.fields, "nodeRoles", node->identity.roles);
        bw_fields_value(&f.facts.fields, "files", bw_items_end(&f.items));
        if (why_not)
                bw_facts_evidence(&f.facts, &(struct bw_evidence){.state = "notApplicable", .reason = bw_str(why_not)},
                                  "files");
        else if (f.n == 0)
                bw_facts_absent(&f.facts, "files", f.absent ? f.absent : "there is no such file on this node");
        return bw_node_give(node, &f.facts, sink, userdata, reterr);
}

static int collect(struct bw_node *node, bw_doc_sink sink, void *userdata, struct bw_error *reterr)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(roles); i++)
                r = collect_role(node, &roles[i], sink, userdata, reterr);
        return r;
}

const struct bw_collector bw_collector_files = {.name = "files", .collect = collect};
