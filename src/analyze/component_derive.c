/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The components that a manifest implies: containers of a pod that run one, and the arguments in kubeadm's configuration.
 * What a shell starts from one text is not looked into.
 * Source: k8s.io/kubernetes cmd/kubeadm/app/apis/kubeadm/{v1beta3,v1beta4}/types.go; go-runner: k8s.io/release
 *         images/build/go-runner (flags, then the program and its arguments).
 */
#include "analyze/component.h"
#include "analyze/derive.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/pod.h"

/* ---- containers */

/* An element of a container's command or args. */
static struct bw_value element(struct bw_value container, size_t i, const char **ret_list, uint32_t *ret_index)
{
        struct bw_value command = bw_map_get(container, BW_STR("command"));
        size_t n = command.type == BW_LIST ? command.n : 0;

        *ret_list = i < n ? "command" : "args";
        *ret_index = (uint32_t)(i < n ? i : i - n);
        return i < n ? command.list->items[i] : bw_list_get(bw_map_get(container, BW_STR("args")), i - n);
}

static const char *program_at(struct bw_value container, size_t i)
{
        const char *list;
        uint32_t index;
        struct bw_value v = element(container, i, &list, &index);

        if (v.type != BW_STRING || (v.n && v.s[0] == '-'))
                return NULL;
        return bw_component_of_program(bw_value_text(v));
}

/* A program that starts the one named behind its own flags. */
static bool is_starter(struct bw_value program)
{
        struct bw_str text = program.type == BW_STRING ? bw_value_text(program) : BW_STR("");

        return bw_str_ends(text, BW_STR("go-runner")) || bw_str_ends(text, BW_STR("hyperkube"));
}

/* The component that the container runs, and the number of the element that names it; NULL: none. */
static const char *component_of(struct bw_value container, size_t *ret_at)
{
        const char *list;
        uint32_t index;
        struct bw_value first = element(container, 0, &list, &index);
        const char *name = program_at(container, 0);

        *ret_at = 0;
        if (name || !is_starter(first))
                return name;
        for (size_t i = 1; i <= BW_LIMIT_FLAG_USES; i++) {
                if (element(container, i, &list, &index).type == BW_ABSENT)
                        return NULL;
                name = program_at(container, i);
                if (name) {
                        *ret_at = i;
                        return name;
                }
        }
        return NULL;
}

/* The version in an image's tag; empty when it is none of the component's. */
static struct bw_str version_of(struct bw_str image, const char *component)
{
        const char *at = memchr(image.p, '@', image.n);
        const char *major = strcmp(component, "etcd") == 0 ? "3." : "1.";
        struct bw_str tag = {0};
        struct bw_str number;

        if (at)
                image.n = (size_t)(at - image.p);
        for (size_t i = image.n; i-- > 0 && image.p[i] != '/';)
                if (image.p[i] == ':') {
                        tag = bw_str_rest(image, i + 1);
                        break;
                }
        number = tag.n && tag.p[0] == 'v' ? bw_str_rest(tag, 1) : tag;
        return bw_str_starts(number, bw_str(major)) && number.n > 2 && number.p[2] >= '0' && number.p[2] <= '9'
                       ? tag
                       : (struct bw_str){0};
}

/* ---- one derivation */

struct derivation {
        struct bw_arena *arena;
        const struct bw_doc *doc;
        int minor;
        bool minor_is_given;
        bw_doc_sink sink;
        void *userdata;
        struct bw_error *reterr;
};

static int path_text(struct derivation *d, struct bw_path path, struct bw_str *ret)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        if (!path.segments)
                return bw_error_nomem(d->reterr);
        bw_path_format(&text, path);
        *ret = bw_buf_status(&text) < 0 ? (struct bw_str){0} : bw_arena_str(d->arena, bw_buf_view(&text));
        return ret->p ? 0 : bw_error_nomem(d->reterr);
}

/* Where containers[i].list[index] stands in the document; list NULL: the container, index ignored. */
static int place_in_pod(struct derivation *d, const struct bw_pod *pod, const struct bw_container *container,
                        const char *list, const uint32_t *index, struct bw_str *ret)
{
        struct bw_segment segments[4] = {
                {.kind = BW_SEGMENT_KEY, .key = bw_value_str(bw_container_list_name(container->list))},
                {.kind = BW_SEGMENT_INDEX, .index = container->index},
                {.kind = BW_SEGMENT_KEY, .key = bw_value_str(bw_str(list))},
                {.kind = BW_SEGMENT_INDEX, .index = index ? *index : 0},
        };

        return path_text(d, bw_pod_path(d->arena, pod, (struct bw_path){.n = index ? 4 : 3, .segments = segments}), ret);
}

static int read_args(struct derivation *d, const struct bw_pod *pod, const struct bw_container *container, size_t from,
                     struct bw_component_input *input)
{
        struct bw_component_arg *args = NULL;
        size_t cap = 0;

        for (size_t i = from; i - from <= BW_LIMIT_FLAG_USES; i++) {
                struct bw_component_arg arg = {0};
                const char *list;
                uint32_t index;
                struct bw_value v = element(container->value, i, &list, &index);

                if (v.type == BW_ABSENT)
                        break;
                arg.text = v.type == BW_STRING ? bw_value_text(v) : BW_STR("");
                if (place_in_pod(d, pod, container, list, &index, &arg.where.path) < 0 ||
                    bw_arena_grow(d->arena, &args, &cap, input->n_args, sizeof(args[0])) < 0)
                        return bw_error_nomem(d->reterr);
                args[input->n_args++] = arg;
        }
        input->args = args;
        return 0;
}

/* Variables whose values stand in the manifest. */
static int read_env(struct derivation *d, struct bw_value container, struct bw_component_input *input)
{
        struct bw_value env = bw_map_get(container, BW_STR("env"));
        struct bw_str *texts;

        if (env.type != BW_LIST || env.n == 0)
                return 0;
        texts = bw_arena_array(d->arena, env.n, sizeof(texts[0]));
        if (!texts)
                return bw_error_nomem(d->reterr);
        for (uint32_t i = 0; i < env.n; i++) {
                struct bw_value value = bw_map_get(env.list->items[i], BW_STR("value"));

                if (value.type != BW_STRING)
                        continue;
                texts[input->n_env] = bw_arena_printf(d->arena, "%.*s=%.*s",
                                                      BW_STR_ARG(bw_map_text(env.list->items[i], "name")),
                                                      BW_STR_ARG(bw_value_text(value)));
                if (!texts[input->n_env++].p)
                        return bw_error_nomem(d->reterr);
        }
        input->env = texts;
        return 0;
}

static struct bw_component_input new_input(const struct derivation *d, const char *component)
{
        return (struct bw_component_input){
                .component = bw_str(component),
                .name = d->doc->name,
                .basis = "manifest",
                .default_minor = d->minor,
                .default_minor_is_given = d->minor_is_given,
        };
}

static int derive_container(struct derivation *d, const struct bw_pod *pod, const struct bw_container *container)
{
        size_t at;
        const char *component = component_of(container->value, &at);
        struct bw_component_input input;
        const char *list;
        uint32_t index;
        int r;

        if (!component)
                return 0;
        input = new_input(d, component);
        input.version = version_of(bw_map_text(container->value, "image"), component);
        input.version_source = BW_STR("image tag");
        (void)element(container->value, 0, &list, &index);
        r = place_in_pod(d, pod, container, list, NULL, &input.command.path);
        if (r == 0)
                r = read_args(d, pod, container, at + 1, &input);
        if (r == 0)
                r = read_env(d, container->value, &input);
        return r < 0 ? r : bw_component_analyze(d->arena, &input, d->sink, d->userdata, d->reterr);
}

static int derive_pod(void *userdata, const struct bw_pod *pod)
{
        struct derivation *d = userdata;
        size_t n = bw_pod_containers(pod, NULL, 0);
        struct bw_container *containers = bw_arena_array(d->arena, n + 1, sizeof(containers[0]));
        int r = 0;

        if (!containers)
                return bw_error_nomem(d->reterr);
        n = BW_MIN(n, bw_pod_containers(pod, containers, n));
        for (size_t i = 0; r == 0 && i < n; i++)
                r = derive_container(d, pod, &containers[i]);
        return r;
}

/* ---- kubeadm */

static const struct {
        const char *component;
        const char *section; /* dotted */
} kubeadm[] = {
        {"kube-apiserver", "apiServer"},
        {"kube-controller-manager", "controllerManager"},
        {"kube-scheduler", "scheduler"},
        {"etcd", "etcd.local"},
};

static bool is_kubeadm(const struct bw_doc *doc)
{
        return bw_str_is(doc->group, "kubeadm.k8s.io") && bw_str_is(doc->kind, "ClusterConfiguration");
}

/* Argument number i of the section as "--name=value" with its place. v1beta3: a map; v1beta4: a list of name and value. */
static int kubeadm_arg(struct derivation *d, const char *section, struct bw_value args, uint32_t i,
                       struct bw_component_arg *ret)
{
        const struct bw_entry *entry = args.type == BW_MAP ? &args.map->entries[i] : NULL;
        struct bw_value name = entry ? entry->key : bw_map_get(args.list->items[i], BW_STR("name"));
        struct bw_value value = entry ? entry->value : bw_map_get(args.list->items[i], BW_STR("value"));
        struct bw_str parent = bw_arena_printf(d->arena, "%s.extraArgs", section);
        struct bw_segment segments[BW_LIMIT_PATH_DEPTH];
        struct bw_path path;
        int r;

        ret->text = bw_arena_printf(d->arena, "--%.*s=%.*s", BW_STR_ARG(name.type == BW_STRING ? bw_value_text(name) : BW_STR("")),
                                    BW_STR_ARG(value.type == BW_STRING ? bw_value_text(value) : BW_STR("")));
        if (!ret->text.p || !parent.p)
                return bw_error_nomem(d->reterr);
        r = bw_path_parse(d->arena, parent, &path, d->reterr);
        if (r < 0)
                return r;
        memcpy(segments, path.segments, path.n * sizeof(segments[0]));
        segments[path.n] = entry ? (struct bw_segment){.kind = BW_SEGMENT_KEY, .key = name}
                                 : (struct bw_segment){.kind = BW_SEGMENT_INDEX, .index = i};
        return path_text(d, (struct bw_path){.n = path.n + 1, .segments = segments}, &ret->where.path);
}

static int derive_kubeadm(struct derivation *d, size_t row)
{
        struct bw_value section = bw_map_walk(d->doc->root, kubeadm[row].section);
        struct bw_value extra = bw_map_get(section, BW_STR("extraArgs"));
        struct bw_component_input input = new_input(d, kubeadm[row].component);
        struct bw_component_arg *args;

        if ((extra.type != BW_MAP && extra.type != BW_LIST) || extra.n == 0)
                return 0;
        args = bw_arena_array(d->arena, extra.n, sizeof(args[0]));
        if (!args)
                return bw_error_nomem(d->reterr);
        for (uint32_t i = 0; i < extra.n; i++) {
                args[i] = (struct bw_component_arg){0};
                if (kubeadm_arg(d, kubeadm[row].section, extra, i, &args[i]) < 0)
                        return -ENOMEM;
        }
        input.args = args;
        input.n_args = extra.n;
        input.rest_is_elsewhere = "kubeadm fills it in";
        input.command.path = bw_str(kubeadm[row].section);
        if (strcmp(kubeadm[row].component, "etcd") != 0) {
                input.version = bw_map_text(d->doc->root, "kubernetesVersion");
                input.version_source = BW_STR("kubernetesVersion");
        }
        return bw_component_analyze(d->arena, &input, d->sink, d->userdata, d->reterr);
}

/* ---- the row */

/* Nearly every container is told by its first element. */
static bool runs_component(const struct bw_pod *pod)
{
        struct bw_container containers[16];
        size_t n = bw_pod_containers(pod, containers, BW_ARRAY_SIZE(containers));
        size_t at;

        if (n > BW_ARRAY_SIZE(containers))
                return true;
        for (size_t i = 0; i < n; i++)
                if (component_of(containers[i].value, &at))
                        return true;
        return false;
}

static bool wants(const struct bw_doc *doc)
{
        struct bw_pod pod;

        return is_kubeadm(doc) || (bw_pod_find(doc, &pod) && runs_component(&pod));
}

static int derive(struct bw_arena *arena, const struct bw_doc *doc, int minor, bool minor_is_given, bw_doc_sink sink,
                  void *userdata, struct bw_error *reterr)
{
        struct derivation d = {.arena = arena, .doc = doc, .minor = minor, .minor_is_given = minor_is_given, .sink = sink,
                               .userdata = userdata, .reterr = reterr};
        int r = 0;

        if (!is_kubeadm(doc))
                return bw_doc_pods(doc, arena, derive_pod, &d);
        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(kubeadm); i++)
                r = derive_kubeadm(&d, i);
        return r;
}

const struct bw_deriver bw_derive_component = {
        .name = "component",
        .kinds = "Component KubeProxyConfiguration KubeletConfiguration",
        .wants = wants,
        .derive = derive,
};
