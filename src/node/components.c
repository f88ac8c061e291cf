/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the components of a node: what runs comes first, then what static pods' manifests, units and distributions' own
 * files say would run. Arguments of a running process get their place from the manifest or unit that has the same text; what
 * runs counts where they differ, and the difference is noted.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "node/components_internal.h"

/* Where static pods usually lie, for kubelets of which nothing is known. Source: the distributions of data/distros.tsv. */
static const char *const usual_manifests[] = {
        "/etc/kubernetes/manifests", "/var/lib/rancher/rke2/agent/pod-manifests", "/etc/kubelet.d",
};

/* Units that start a component directly. */
static const struct {
        const char *component;
        const char *unit;
} units[] = {
        {"kubelet", "kubelet.service"},
        {"kube-proxy", "kube-proxy.service"},
        {"kube-apiserver", "kube-apiserver.service"},
        {"kube-controller-manager", "kube-controller-manager.service"},
        {"kube-scheduler", "kube-scheduler.service"},
        {"etcd", "etcd.service"},
};

/* ---- small helpers that the other files use */

struct bw_str bw_find_printf(struct bw_finder *finder, const char *fmt, ...)
{
        char small[512];
        struct bw_str text = {0};
        va_list ap;
        int n;
        char *p;

        va_start(ap, fmt);
        n = vsnprintf(small, sizeof(small), fmt, ap);
        va_end(ap);
        if (n < 0)
                return text;
        p = bw_arena_alloc(finder->arena, (size_t)n + 1);
        if (!p)
                return text;
        va_start(ap, fmt);
        vsnprintf(p, (size_t)n + 1, fmt, ap);
        va_end(ap);
        return bw_str_n(p, (size_t)n);
}

int bw_find_text(struct bw_finder *finder, const char *path, struct bw_str *ret, int *ret_state)
{
        int r = bw_host_read(finder->host, finder->arena, path, BW_LIMIT_CONFIG_TEXT, ret, NULL);

        if (r < 0)
                *ret = (struct bw_str){0};
        if (ret_state)
                *ret_state = r;
        return r == -ENOMEM ? bw_error_nomem(finder->reterr) : 0;
}

static const struct bw_node_component *nth(const struct bw_node_component *items, size_t n, const char *component, size_t i)
{
        for (size_t k = 0; k < n; k++)
                if (bw_str_is(items[k].input.component, component) && i-- == 0)
                        return &items[k];
        return NULL;
}

const struct bw_node_component *bw_node_component(const struct bw_node *node, const char *component, size_t i)
{
        return nth(node->components, node->n_components, component, i);
}

int bw_add_component(struct bw_finder *finder, const struct bw_node_component *component)
{
        struct bw_node_component *to;
        struct bw_str name = finder->node->name;

        if (finder->n_components == BW_LIMIT_COMPONENTS)
                return 0;
        if (bw_arena_grow(finder->arena, &finder->components, &finder->cap_components, finder->n_components, sizeof(*to)) < 0)
                return bw_arena_error(finder->arena, finder->reterr);
        to = &finder->components[finder->n_components];
        *to = *component;
        to->input.name = name;
        if (nth(finder->components, finder->n_components, bw_find_z(finder, to->input.component), 0))
                to->input.name = bw_find_printf(finder, "%.*s:%u", BW_STR_ARG(name), to->input.pid);
        if (!to->input.command.file.n)
                to->input.command.file = to->manifest.n ? to->manifest : to->unit;
        to->input.default_minor = finder->node->options.kubernetes_minor;
        to->input.default_minor_is_given = finder->node->options.kubernetes_minor_is_given;
        finder->node->components = finder->components;
        finder->node->n_components = ++finder->n_components;
        return bw_find_files(finder, to);
}

const char *bw_find_z(struct bw_finder *finder, struct bw_str text)
{
        const char *z = bw_arena_str(finder->arena, text).p;

        return z ? z : "";
}

/* ---- where arguments come from */

/* Gives each argument the place of the first equal one in `from` that no other has taken; the number without one. */
static size_t place_args(struct bw_finder *finder, struct bw_component_arg *args, size_t n, const struct bw_component_arg *from,
                         size_t n_from, size_t *ret_stranger)
{
        bool *taken = bw_arena_zalloc(finder->arena, n_from + 1);
        size_t missing = 0;

        for (size_t i = 0; taken && i < n; i++) {
                size_t k = 0;

                while (k < n_from && (taken[k] || !bw_str_eq(args[i].text, from[k].text)))
                        k++;
                if (k == n_from) {
                        if (missing++ == 0)
                                *ret_stranger = i;
                        continue;
                }
                taken[k] = true;
                args[i].where = from[k].where;
        }
        return missing;
}

/* Of several manifests of a component the one that says most of what runs. */
static const struct bw_found_manifest *manifest_of(const struct bw_finder *finder, const struct bw_found_process *p)
{
        const struct bw_found_manifest *best = NULL;
        size_t best_n = 0;

        for (size_t i = 0; i < finder->n_manifests; i++) {
                const struct bw_found_manifest *m = &finder->manifests[i];
                size_t n = 1;

                if (strcmp(m->component, p->program) != 0)
                        continue;
                for (size_t a = 0; a < m->n_args; a++)
                        for (size_t k = 0; k < p->n_args; k++)
                                n += bw_str_eq(m->args[a].text, p->args[k]);
                if (n > best_n) {
                        best = m;
                        best_n = n;
                }
        }
        return best;
}

static void note(struct bw_finder *finder, struct bw_node_component *c, const struct bw_component_note *item)
{
        struct bw_component_note *notes = bw_arena_array(finder->arena, c->input.n_notes + 1, sizeof(*notes));

        if (!notes)
                return;
        if (c->input.n_notes)
                memcpy(notes, c->input.notes, c->input.n_notes * sizeof(*notes));
        notes[c->input.n_notes++] = *item;
        c->input.notes = notes;
}

/* What the manifest says and the process does not have, or the other way round. */
static void compare_manifest(struct bw_finder *finder, struct bw_node_component *c, const struct bw_found_manifest *m,
                             struct bw_component_arg *args, size_t n)
{
        struct bw_component_note item = {.code = "manifest-differs", .where = {.type = "file", .file = m->file}};
        struct bw_component_arg *copy = bw_arena_array(finder->arena, m->n_args + 1, sizeof(*copy));
        size_t stranger = 0;
        bool differs = place_args(finder, args, n, m->args, m->n_args, &stranger) > 0;

        if (!copy)
                return;
        if (differs) {
                item.message = bw_find_printf(finder, "the process runs with %.*s, which its manifest does not have",
                                              BW_STR_ARG(args[stranger].text));
        } else {
                if (m->n_args)
                        memcpy(copy, m->args, m->n_args * sizeof(*copy));
                differs = place_args(finder, copy, m->n_args, args, n, &stranger) > 0;
                if (!differs)
                        return;
                item.where = m->args[stranger].where;
                item.message = bw_find_printf(finder, "the manifest has %.*s, with which the process does not run",
                                              BW_STR_ARG(m->args[stranger].text));
        }
        note(finder, c, &item);
}

static void use_manifest(struct bw_node_component *c, const struct bw_found_manifest *m)
{
        c->manifest = m->file;
        c->mounts = m->mounts;
        c->n_mounts = m->n_mounts;
}

/* "v1.32.4" of registry.k8s.io/kube-apiserver:v1.32.4@sha256:…; empty: no tag that begins with a number. */
static struct bw_str image_version(struct bw_str image)
{
        struct bw_str tag = {0};

        for (size_t i = 0; i < image.n; i++) {
                if (image.p[i] == '@')
                        image.n = i;
                else if (image.p[i] == '/')
                        tag.n = 0;
                else if (image.p[i] == ':')
                        tag = bw_str_rest(image, i + 1);
        }
        if (tag.n)
                tag.n = (size_t)(image.p + image.n - tag.p);
        if (tag.n > 1 && tag.p[0] == 'v')
                tag = bw_str_rest(tag, 1);
        return tag.n && tag.p[0] >= '0' && tag.p[0] <= '9' ? tag : (struct bw_str){0};
}

static void set_version(struct bw_node_component *c, struct bw_str version, struct bw_str source)
{
        if (c->input.version.n || !version.n)
                return;
        c->input.version = version;
        c->input.version_source = source;
}

/* ---- processes */

/* The unit is the last part of a service's cgroup. */
static struct bw_str unit_of_cgroup(struct bw_str cgroup)
{
        struct bw_str part;
        struct bw_str unit = {0};

        while (bw_str_split(&cgroup, '/', &part))
                if (bw_str_ends(part, BW_STR(".service")))
                        unit = part;
        return unit;
}

/* The words of the unit's command that has this component, as places for its arguments. */
static int unit_args(struct bw_finder *finder, const struct bw_unit *unit, const struct bw_env *env, const char *component,
                     struct bw_arg_list *list)
{
        const struct bw_word *words;
        size_t n;
        int r = 0;

        for (size_t number = 0; r == 0 && number < BW_LIMIT_INCLUDED_FILES; number++) {
                const char *program;

                n = 0;
                r = bw_unit_command(unit, number, env, &words, &n, NULL);
                if (r < 0 || n == 0)
                        continue;
                program = bw_component_of_program(words[0].text);
                if (!program || strcmp(program, component) != 0)
                        continue;
                for (size_t i = 1; i < n; i++)
                        bw_arg_list_add_word(list, &words[i], "flag");
                return list->failed ? bw_error_nomem(finder->reterr) : 0;
        }
        return r == -ENOMEM ? bw_error_nomem(finder->reterr) : -ENOENT;
}

static int place_by_unit(struct bw_finder *finder, struct bw_node_component *c, const struct bw_found_process *p,
                         struct bw_arg_list *args)
{
        struct bw_arg_list from = {.finder = finder};
        struct bw_str name = unit_of_cgroup(p->cgroup);
        struct bw_unit unit;
        struct bw_env env;
        size_t unused;
        int r;

        if (!name.n || p->in_pod)
                return 0;
        r = bw_find_unit(finder, name, &unit, &env, c);
        if (r == 0)
                r = unit_args(finder, &unit, &env, p->program, &from);
        if (r == 0)
                place_args(finder, args->items, args->n, from.items, from.n, &unused);
        return r == -ENOENT ? 0 : r;
}

static int read_environment(struct bw_finder *finder, struct bw_node_component *c, uint32_t pid)
{
        const struct bw_str *env = NULL;
        size_t n = 0;
        int r = bw_host_environment(finder->host, finder->arena, pid, &env, &n, NULL);

        if (r == -ENOMEM)
                return bw_error_nomem(finder->reterr);
        return r == 0 ? bw_env_list(finder, env, n, &c->input.env, &c->input.n_env) : 0;
}

/* Someone else's program of the same name: a pod's of another user than the manifest gives, or a login session's. */
static bool is_impostor(const struct bw_finder *finder, const struct bw_found_process *p)
{
        const struct bw_found_manifest *m = manifest_of(finder, p);
        bool in_session = bw_cgroup_is_session(p->cgroup);

        if (p->uid != 0 && p->in_pod && m)
                return m->run_as != (int64_t)p->uid;
        for (size_t i = 0; in_session && i < finder->n_processes; i++)
                if (strcmp(finder->processes[i].program, p->program) == 0 &&
                    !bw_cgroup_is_session(finder->processes[i].cgroup))
                        return true;
        return in_session && m && !m->inert;
}

static int add_process(struct bw_finder *finder, const struct bw_found_process *p)
{
        const struct bw_found_manifest *m = p->in_pod || !p->cgroup.n ? manifest_of(finder, p) : NULL;
        struct bw_arg_list args = {.finder = finder};
        struct bw_node_component c = {
                .input = {
                        .component = bw_str(p->program),
                        .basis = "process",
                        .running = true,
                        .pid = p->pid,
                        .uid = p->uid,
                        .exe = p->exe,
                },
                .cgroup = p->cgroup,
        };
        int r;

        for (size_t i = 0; i < p->n_args; i++)
                bw_arg_list_add(&args, p->args[i], NULL);
        if (args.failed)
                return bw_error_nomem(finder->reterr);
        if (p->args_cut)
                note(finder, &c, &(struct bw_component_note){.code = "args-cut", .message = BW_STR("the command line is longer than what is read of one")});
        if (m) {
                use_manifest(&c, m);
                compare_manifest(finder, &c, m, args.items, args.n);
                set_version(&c, image_version(m->image), BW_STR("image tag"));
        }
        r = place_by_unit(finder, &c, p, &args);
        c.input.args = args.items;
        c.input.n_args = args.n;
        if (r == 0)
                r = read_environment(finder, &c, p->pid);
        if (r == 0)
                r = bw_add_openshift_config(finder, &c);
        return r == 0 ? bw_add_component(finder, &c) : r;
}

static int add_processes(struct bw_finder *finder, bool kubelets)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < finder->n_processes; i++) {
                const struct bw_found_process *p = &finder->processes[i];

                if (bw_component_of_program(bw_str(p->program)) && (strcmp(p->program, "kubelet") == 0) == kubelets &&
                    !is_impostor(finder, p))
                        r = add_process(finder, p);
        }
        return r;
}

/* ---- what would run */

static int add_units(struct bw_finder *finder, bool kubelets)
{
        bool known = bw_host_knows_processes(finder->host);
        int r = 0;

        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(units); i++) {
                struct bw_node_component c = {.input = {.component = bw_str(units[i].component), .basis = "unit"}};
                bool is_kubelet = strcmp(units[i].component, "kubelet") == 0;
                struct bw_arg_list args = {.finder = finder};
                struct bw_unit unit;
                struct bw_env env;

                /* A unit that nobody starts is a package that was installed; an image's kubelet is started on first boot. */
                if (is_kubelet != kubelets || bw_node_component(finder->node, units[i].component, 0) ||
                    (!bw_unit_is_enabled(finder, units[i].unit) && (known || !is_kubelet)))
                        continue;
                r = bw_find_unit(finder, bw_str(units[i].unit), &unit, &env, &c);
                if (r == 0)
                        r = unit_args(finder, &unit, &env, units[i].component, &args);
                if (r == -ENOENT) {
                        r = 0;
                        continue;
                }
                c.input.args = args.items;
                c.input.n_args = args.n;
                if (r == 0)
                        r = bw_add_component(finder, &c);
        }
        return r;
}

static int add_manifests(struct bw_finder *finder)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < finder->n_manifests; i++) {
                const struct bw_found_manifest *m = &finder->manifests[i];
                struct bw_node_component c = {
                        .input = {
                                .component = bw_str(m->component),
                                .basis = "static-pod",
                                .args = m->args,
                                .n_args = m->n_args,
                                .env = m->env,
                                .n_env = m->n_env,
                        },
                };

                if (m->inert || bw_node_component(finder->node, m->component, 0))
                        continue;
                use_manifest(&c, m);
                set_version(&c, image_version(m->image), BW_STR("image tag"));
                r = bw_add_openshift_config(finder, &c);
                if (r == 0)
                        r = bw_add_component(finder, &c);
        }
        return r;
}

static int find_manifests(struct bw_finder *finder)
{
        bool known = false; /* a kubelet whose configuration could be read says where they are, or that there are none */
        int r = 0;

        for (size_t i = 0; r == 0 && i < finder->n_components; i++) {
                struct bw_str dir;

                if (!bw_str_is(finder->components[i].input.component, "kubelet"))
                        continue;
                known = true;
                for (size_t f = 0; f < finder->components[i].input.n_files; f++)
                        known &= finder->components[i].input.files[f].state == BW_FILE_READ;
                dir = bw_static_pod_path(finder, &finder->components[i]);
                while (dir.n > 1 && dir.p[dir.n - 1] == '/')
                        dir.n--;
                if (dir.n)
                        r = bw_find_manifests(finder, bw_find_z(finder, dir), false);
        }
        for (size_t i = 0; r == 0 && !finder->n_manifests && i < BW_ARRAY_SIZE(usual_manifests); i++)
                r = bw_find_manifests(finder, usual_manifests[i], known);
        return r;
}

/* ---- versions and roles */

/* What is not known of a component itself follows from the others: all of a node are of one minor version, or close. */
static int fill_versions(struct bw_finder *finder)
{
        static const char *const better[] = {"kubelet", "kube-apiserver", "kube-proxy", "kube-controller-manager", "kube-scheduler"};
        const struct bw_node_component *known = NULL;
        struct bw_str package = {0};
        int r = bw_find_package_version(finder, "kubelet", &package);

        for (size_t i = 0; r == 0 && i < finder->n_components; i++)
                if (bw_str_is(finder->components[i].input.component, "kubelet"))
                        set_version(&finder->components[i], package, BW_STR("package kubelet"));
        for (size_t i = 0; !known && i < BW_ARRAY_SIZE(better); i++) {
                known = bw_node_component(finder->node, better[i], 0);
                known = known && known->input.version.n ? known : NULL;
        }
        for (size_t i = 0; known && i < finder->n_components; i++)
                if (!bw_str_is(finder->components[i].input.component, "etcd"))
                        set_version(&finder->components[i], known->input.version,
                                    bw_find_printf(finder, "%.*s of %.*s", BW_STR_ARG(known->input.version_source),
                                                   BW_STR_ARG(known->input.component)));
        if (known)
                finder->node->identity.version = known->input.version;
        return r;
}

static void set_roles(struct bw_node *node)
{
        static const struct {
                const char *component;
                unsigned role;
        } roles[] = {
                {"kube-apiserver", BW_ROLE_CONTROL_PLANE}, {"kube-controller-manager", BW_ROLE_CONTROL_PLANE},
                {"kube-scheduler", BW_ROLE_CONTROL_PLANE}, {"etcd", BW_ROLE_ETCD},
                {"kubelet", BW_ROLE_WORKER},
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(roles); i++)
                if (bw_node_component(node, roles[i].component, 0))
                        node->identity.roles |= roles[i].role;
}

int bw_node_discover(struct bw_node *node, struct bw_error *reterr)
{
        struct bw_finder finder = {.node = node, .arena = node->arena, .host = node->host, .reterr = reterr};
        int r;

        if (node->discovered)
                return 0;
        r = bw_find_processes(&finder);
        if (r == 0)
                r = bw_node_detect(&finder);
        if (r == 0)
                r = bw_find_k3s(&finder);
        if (r == 0)
                r = bw_find_snap(&finder);
        if (r == 0)
                r = add_processes(&finder, true);
        if (r == 0)
                r = add_units(&finder, true);
        if (r == 0)
                r = find_manifests(&finder);
        if (r == 0)
                r = add_processes(&finder, false);
        if (r == 0)
                r = add_manifests(&finder);
        if (r == 0)
                r = add_units(&finder, false);
        if (r == 0)
                r = fill_versions(&finder);
        if (r < 0)
                return r;
        set_roles(node);
        bw_node_settle(node);
        node->discovered = true;
        return 0;
}
