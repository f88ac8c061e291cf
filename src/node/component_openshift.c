/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenShift's kube-apiserver and kube-controller-manager take most of their flags from a configuration file that
 * --openshift-config names: apiServerArguments, extendedArguments: name → list of values. They come before the command line's.
 * Source: openshift/kubernetes cmd/kube-apiserver/app (openshift flags), openshift/api kubecontrolplane/v1/types.go.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "node/components_internal.h"

static void add_flag(struct bw_finder *finder, struct bw_arg_list *list, struct bw_str name, struct bw_value values,
                     struct bw_str file, struct bw_mark mark)
{
        struct bw_evidence where = {.type = "file", .file = file, .line = mark.line, .column = mark.column};

        for (uint32_t i = 0; values.type == BW_LIST && i < values.n; i++) {
                struct bw_str value = bw_value_is(values.list->items[i], BW_STRING) ? bw_value_text(values.list->items[i])
                                                                                  : BW_STR("");

                if (values.list->marks) {
                        where.line = values.list->marks[i].line;
                        where.column = values.list->marks[i].column;
                }
                bw_arg_list_add(list, bw_find_printf(finder, "--%.*s=%.*s", BW_STR_ARG(name), BW_STR_ARG(value)), &where);
        }
}

static void add_flags(struct bw_finder *finder, struct bw_arg_list *list, struct bw_value flags, struct bw_str file)
{
        for (uint32_t i = 0; flags.type == BW_MAP && i < flags.n; i++) {
                const struct bw_entry *e = &flags.map->entries[i];

                if (e->key.type == BW_STRING)
                        add_flag(finder, list, bw_value_text(e->key), e->value, file,
                                 flags.map->marks ? flags.map->marks[2 * i] : (struct bw_mark){0});
        }
}

int bw_add_openshift_config(struct bw_finder *finder, struct bw_node_component *component)
{
        static const char *const fields[] = {"apiServerArguments", "extendedArguments"};
        struct bw_component_input *input = &component->input;
        struct bw_arg_list list = {.finder = finder};
        struct bw_str path;
        struct bw_str text;
        struct bw_doc doc;
        int state = 0;
        int r;

        if (!bw_node_arg_value(input->args, input->n_args, "openshift-config", &path))
                return 0;
        path = bw_node_outside(finder->node, component, path);
        if (!path.n)
                return bw_error_nomem(finder->reterr);
        r = bw_find_text(finder, path.p, &text, &state);
        if (r < 0 || state < 0)
                return r;
        r = bw_yaml_read(finder->arena, text, 1, false, &doc, NULL);
        if (r < 0)
                return r == -ENOMEM ? bw_error_nomem(finder->reterr) : 0;
        for (size_t i = 0; i < BW_ARRAY_SIZE(fields); i++)
                add_flags(finder, &list, bw_map_get(doc.root, bw_str(fields[i])), path);
        for (size_t i = 0; i < input->n_args; i++)
                if (bw_arg_is(input->args[i].text, "openshift-config"))
                        i += !memchr(input->args[i].text.p, '=', input->args[i].text.n);
                else
                        bw_arg_list_add(&list, input->args[i].text, &input->args[i].where);
        if (list.failed)
                return bw_error_nomem(finder->reterr);
        input->args = list.items;
        input->n_args = list.n;
        return 0;
}
