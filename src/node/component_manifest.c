/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Components in the manifests of static pods: the container's command as the kubelet would start it, also within a shell's
 * script (OpenShift, GKE), with the place of each argument; mounts, user and image.
 * Source: kubernetes pkg/kubelet/config/file.go (which files count), pkg/kubelet/container/helpers.go ($(NAME)).
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/command_line.h"
#include "node/components_internal.h"

struct container {
        struct bw_finder *finder;
        struct bw_arena *scratch;  /* of the manifest: what stays is copied */
        struct bw_str file;
        struct bw_value spec;      /* of the pod */
        struct bw_value container;
        struct bw_env env;
        struct bw_component_arg *argv; /* command and args, with places */
        size_t n, cap;
};

static struct bw_value get(struct bw_value map, const char *key)
{
        return bw_map_get(map, bw_str(key));
}

/* $(NAME) of the container's own variables; $$ is a dollar sign. */
static struct bw_str expand(struct container *c, struct bw_str text)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {.ceiling = BW_LIMIT_CONFIG_TEXT};

        if (!text.n || !memchr(text.p, '$', text.n))
                return text;
        for (size_t i = 0; i < text.n; i++) {
                const char *end = i + 1 < text.n && text.p[i] == '$' && text.p[i + 1] == '('
                                          ? memchr(text.p + i, ')', text.n - i)
                                          : NULL;
                const struct bw_env_entry *entry =
                        end ? bw_env_find(&c->env, bw_str_n(text.p + i + 2, (size_t)(end - text.p) - i - 2)) : NULL;

                if (entry) {
                        bw_buf_str(&out, entry->value);
                        i = (size_t)(end - text.p);
                } else {
                        i += text.p[i] == '$' && i + 1 < text.n && text.p[i + 1] == '$';
                        bw_buf_char(&out, text.p[i]);
                }
        }
        return bw_buf_status(&out) == 0 ? bw_arena_str(c->scratch, bw_buf_view(&out)) : text;
}

static struct bw_str kept(const struct container *c, struct bw_str text)
{
        return text.n ? bw_arena_str(c->finder->arena, text) : (struct bw_str){0};
}

static int add_words(struct container *c, struct bw_value list)
{
        for (uint32_t i = 0; list.type == BW_LIST && i < list.n; i++) {
                struct bw_value item = list.list->items[i];
                struct bw_mark mark = list.list->marks ? list.list->marks[i] : (struct bw_mark){0};

                if (item.type != BW_STRING || c->n == BW_LIMIT_COMMAND_WORDS)
                        continue;
                if (bw_arena_grow(c->scratch, &c->argv, &c->cap, c->n, sizeof(c->argv[0])) < 0)
                        return bw_arena_error(c->scratch, c->finder->reterr);
                c->argv[c->n++] = (struct bw_component_arg){
                        .text = expand(c, bw_value_text(item)),
                        .where = {.file = c->file, .line = mark.line, .column = mark.column},
                };
        }
        return 0;
}

static int read_env(struct container *c)
{
        struct bw_value list = get(c->container, "env");
        int r = 0;

        c->env = (struct bw_env){.arena = c->scratch};
        for (uint32_t i = 0; r == 0 && list.type == BW_LIST && i < list.n; i++) {
                struct bw_value item = list.list->items[i];
                struct bw_env_entry entry = {.name = bw_map_text(item, "name"), .value = bw_map_text(item, "value")};

                if (entry.name.n && get(item, "value").type == BW_STRING)
                        r = bw_env_add(&c->env, &entry, c->finder->reterr);
        }
        return r == -E2BIG ? 0 : r;
}

static bool is_shell(struct bw_str program)
{
        return bw_str_ends(program, BW_STR("/sh")) || bw_str_ends(program, BW_STR("/bash")) || bw_str_is(program, "sh") ||
               bw_str_is(program, "bash");
}

/* `sh -ec SCRIPT`: the arguments of the first component that the script starts. */
static int of_script(struct container *c, const struct bw_component_arg *script, struct bw_arg_list *list,
                     const char **ret_component)
{
        uint32_t line = script->where.line + (memchr(script->text.p, '\n', script->text.n) ? 1 : 0);
        const struct bw_word *words = NULL;
        size_t n = 0;
        size_t i = 0;
        int r = bw_shell_words(c->scratch, script->text, &c->env, c->file, line, &words, &n, NULL);

        if (r == -ENOMEM)
                return bw_error_nomem(c->finder->reterr);
        while (i < n && !*ret_component)
                *ret_component = bw_component_of_program(words[i++].text);
        for (bool last = i == 0 || i > n || words[i - 1].last; *ret_component && !last && i < n; i++) {
                struct bw_word word = words[i];

                word.text = kept(c, word.text);
                bw_arg_list_add_word(list, &word, "flag");
                last = word.last;
        }
        return 0;
}

/* After "--" a wrapper's own arguments end (tini, watch-termination); hyperkube's first one is the component. */
static const char *of_argv(const struct container *c, size_t *at)
{
        const char *component = c->n ? bw_component_of_program(c->argv[0].text) : NULL;

        *at = 1;
        if (!component && c->n > 1 && bw_str_ends(c->argv[0].text, BW_STR("hyperkube"))) {
                component = bw_component_of_program(c->argv[1].text);
                *at = 2;
        }
        for (size_t i = 1; !component && i + 1 < c->n; i++)
                if (bw_str_is(c->argv[i].text, "--")) {
                        component = bw_component_of_program(c->argv[i + 1].text);
                        *at = i + 2;
                }
        return component;
}

static int read_args(struct container *c, struct bw_found_manifest *m)
{
        struct bw_arg_list list = {.finder = c->finder};
        size_t at = 1;
        int r = 0;

        if (c->n > 1 && is_shell(c->argv[0].text)) {
                for (size_t i = 1; i + 1 < c->n && r == 0 && !m->component; i++)
                        if (c->argv[i].text.n > 1 && c->argv[i].text.p[0] == '-' && bw_str_ends(c->argv[i].text, BW_STR("c")))
                                r = of_script(c, &c->argv[i + 1], &list, &m->component);
        } else {
                m->component = of_argv(c, &at);
                for (size_t i = at; m->component && i < c->n; i++)
                        bw_arg_list_add(&list, kept(c, c->argv[i].text), &c->argv[i].where);
        }
        m->args = list.items;
        m->n_args = list.n;
        return list.failed ? bw_error_nomem(c->finder->reterr) : r;
}

static struct bw_str host_path(struct bw_value spec, struct bw_str volume)
{
        struct bw_value volumes = get(spec, "volumes");

        for (uint32_t i = 0; volumes.type == BW_LIST && i < volumes.n; i++)
                if (bw_str_eq(bw_map_text(volumes.list->items[i], "name"), volume))
                        return bw_map_text(get(volumes.list->items[i], "hostPath"), "path");
        return (struct bw_str){0};
}

static int read_mounts(struct container *c, struct bw_found_manifest *m)
{
        struct bw_value list = get(c->container, "volumeMounts");
        struct bw_node_mount *mounts = NULL;
        size_t cap = 0;

        for (uint32_t i = 0; list.type == BW_LIST && i < list.n; i++) {
                struct bw_value item = list.list->items[i];
                struct bw_str inside = bw_map_text(item, "mountPath");
                struct bw_str outside = host_path(c->spec, bw_map_text(item, "name"));
                struct bw_str sub = bw_map_text(item, "subPath");

                if (!inside.n || !outside.n)
                        continue;
                outside = bw_find_printf(c->finder, "%.*s%s%.*s", BW_STR_ARG(outside), sub.n ? "/" : "", BW_STR_ARG(sub));
                if (bw_arena_grow(c->finder->arena, &mounts, &cap, m->n_mounts, sizeof(mounts[0])) < 0)
                        return bw_arena_error(c->finder->arena, c->finder->reterr);
                mounts[m->n_mounts++] = (struct bw_node_mount){.inside = kept(c, inside), .outside = outside};
        }
        m->mounts = mounts;
        return 0;
}

static int copy_env(struct container *c, struct bw_found_manifest *m)
{
        struct bw_str *env = bw_arena_array(c->scratch, c->env.n + 1, sizeof(*env));

        if (!env)
                return bw_arena_error(c->scratch, c->finder->reterr);
        for (size_t i = 0; i < c->env.n; i++)
                env[i] = bw_find_printf(c->finder, "%.*s=%.*s", BW_STR_ARG(c->env.entries[i].name),
                                        BW_STR_ARG(c->env.entries[i].value));
        return bw_env_list(c->finder, env, c->env.n, &m->env, &m->n_env);
}

static int64_t run_as(struct bw_value spec, struct bw_value container)
{
        struct bw_value own = bw_map_walk(container, "securityContext.runAsUser");
        struct bw_value pods = bw_map_walk(spec, "securityContext.runAsUser");

        return own.type == BW_INT ? own.i : pods.type == BW_INT ? pods.i : -1;
}

static int read_container(struct bw_finder *finder, struct bw_arena *scratch, struct bw_str file, struct bw_value spec,
                          struct bw_value container, bool inert)
{
        struct container c = {.finder = finder, .scratch = scratch, .file = file, .spec = spec, .container = container};
        struct bw_found_manifest m = {.file = file, .inert = inert, .run_as = run_as(spec, container)};
        int r = read_env(&c);

        if (r == 0)
                r = add_words(&c, get(container, "command"));
        if (r == 0)
                r = add_words(&c, get(container, "args"));
        if (r == 0)
                r = read_args(&c, &m);
        if (r < 0 || !m.component || finder->n_manifests == BW_LIMIT_COMPONENTS)
                return r;
        m.image = kept(&c, bw_map_text(container, "image"));
        r = read_mounts(&c, &m);
        if (r == 0)
                r = copy_env(&c, &m);
        if (r == 0 && bw_arena_grow(finder->arena, &finder->manifests, &finder->cap_manifests, finder->n_manifests,
                                    sizeof(m)) < 0)
                r = bw_arena_error(finder->arena, finder->reterr);
        if (r == 0)
                finder->manifests[finder->n_manifests++] = m;
        return r;
}

static int read_manifest(struct bw_finder *finder, struct bw_str file, bool inert)
{
        bw_auto(bw_arena_free) struct bw_arena *scratch = bw_arena_new(BW_LIMIT_MANIFEST_ARENA);
        struct bw_value containers;
        struct bw_value spec;
        struct bw_doc doc;
        struct bw_str text;
        int r = scratch ? bw_host_read(finder->host, scratch, file.p, BW_LIMIT_CONFIG_TEXT, &text, NULL) : -ENOMEM;

        if (!scratch)
                return bw_error_nomem(finder->reterr);
        if (r == 0)
                r = bw_yaml_read(scratch, text, 1, false, &doc, NULL);
        if (r < 0 || !bw_str_is(bw_map_text(doc.root, "kind"), "Pod"))
                return 0;
        spec = get(doc.root, "spec");
        containers = get(spec, "containers");
        for (uint32_t i = 0; r == 0 && containers.type == BW_LIST && i < containers.n; i++)
                r = read_container(finder, scratch, file, spec, containers.list->items[i], inert);
        if (r == -E2BIG) { /* more than a manifest may take: no Pod that a kubelet would run */
                if (finder->reterr)
                        bw_error_clear(finder->reterr);
                r = 0;
        }
        return r;
}

int bw_find_manifests(struct bw_finder *finder, const char *dir, bool inert)
{
        bw_auto_done(bw_listing_done) struct bw_listing names = {0};
        int r = bw_host_list(finder->host, dir, BW_LIMIT_MANIFESTS, &names, NULL);

        if (r == -ENOMEM)
                return bw_error_nomem(finder->reterr);
        r = 0;
        for (size_t i = 0; r == 0 && i < names.n_entries; i++) {
                const char *name = bw_listing_name(&names, i);
                struct bw_str file;

                if (name[0] == '.') /* the kubelet passes them over */
                        continue;
                file = bw_find_printf(finder, "%s/%s", dir, name);
                r = file.n ? read_manifest(finder, file, inert) : bw_error_nomem(finder->reterr);
        }
        return r;
}

const struct bw_found_manifest *bw_found_manifest(const struct bw_finder *finder, const char *component)
{
        for (size_t i = 0; i < finder->n_manifests; i++)
                if (strcmp(finder->manifests[i].component, component) == 0)
                        return &finder->manifests[i];
        return NULL;
}
