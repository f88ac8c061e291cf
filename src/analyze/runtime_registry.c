/* SPDX-License-Identifier: Apache-2.0 */
/* Registries that images are pulled from without a proof of who answers, and passwords for them in files. */
#include "analyze/runtime_internal.h"

struct registries {
        const struct bw_runtime_input *input;
        struct bw_items insecure;
        struct bw_items credentials;
};

/* A registry on the machine itself needs no encryption on the way to it. */
static bool is_local(struct bw_str name)
{
        static const char *const locals[] = {"localhost", "127.", "[::1]", "::1"};

        if (bw_str_starts(name, BW_STR("http://")))
                name = bw_str_rest(name, 7);
        else if (bw_str_starts(name, BW_STR("https://")))
                name = bw_str_rest(name, 8);
        for (size_t i = 0; i < BW_ARRAY_SIZE(locals); i++)
                if (bw_str_starts(name, bw_str(locals[i])))
                        return true;
        return false;
}

static void add(struct registries *r, struct bw_items *items, const char *list, struct bw_str name, const char *reason,
                struct bw_str file, uint32_t line)
{
        struct bw_fields item = bw_fields(r->input->facts);

        bw_fields_text(&item, "name", name);
        bw_fields_text(&item, "reason", bw_str(reason));
        bw_items_value(items, bw_fields_end(&item));
        bw_facts_evidence(r->input->facts, &(struct bw_evidence){.type = "file", .file = file, .line = line}, "%s[%" PRIu32 "]",
                          list, items->n - 1);
}

static void add_insecure(struct registries *r, struct bw_str name, const char *reason, struct bw_str file, uint32_t line)
{
        if (!is_local(name))
                add(r, &r->insecure, "insecureRegistries", name, reason, file, line);
}

static bool is_true(struct bw_value v)
{
        return v.type == BW_BOOL && v.b;
}

static uint32_t line_of(struct bw_value map, uint32_t i)
{
        return map.map->marks ? map.map->marks[2 * (size_t)i].line : 0;
}

/* containerd: registry.configs.NAME.{tls,auth}, registry.mirrors.NAME.endpoint */
static void from_config(struct registries *r, const struct bw_runtime_source *s)
{
        bool has;
        struct bw_value configs = bw_runtime_in_doc(&s->doc, "cri-images/registry/configs", &has);
        struct bw_value mirrors = bw_runtime_in_doc(&s->doc, "cri-images/registry/mirrors", &has);

        for (uint32_t i = 0; configs.type == BW_MAP && i < configs.n; i++) {
                const struct bw_entry *e = &configs.map->entries[i];
                struct bw_value tls = bw_runtime_step(e->value, BW_STR("tls"));

                if (is_true(bw_runtime_step(tls, BW_STR("insecure_skip_verify"))))
                        add_insecure(r, bw_value_text(e->key), "its certificate is not verified", s->path,
                                     line_of(configs, i));
                if (bw_runtime_step(e->value, BW_STR("auth")).type == BW_MAP)
                        add(r, &r->credentials, "registryCredentials", bw_value_text(e->key), "stands in the configuration",
                            s->path, line_of(configs, i));
        }
        for (uint32_t i = 0; mirrors.type == BW_MAP && i < mirrors.n; i++) {
                const struct bw_entry *e = &mirrors.map->entries[i];
                struct bw_value endpoints = bw_runtime_step(e->value, BW_STR("endpoint"));

                for (uint32_t k = 0; endpoints.type == BW_LIST && k < endpoints.n; k++)
                        if (endpoints.list->items[k].type == BW_STRING &&
                            bw_str_starts(bw_value_text(endpoints.list->items[k]), BW_STR("http://")))
                                add_insecure(r, bw_value_text(endpoints.list->items[k]), "it is asked without encryption",
                                             s->path, line_of(mirrors, i));
        }
}

/* hosts.toml: server, host."URL".skip_verify */
static void from_hosts(struct registries *r, const struct bw_runtime_hosts *h)
{
        struct bw_value hosts = bw_runtime_step(h->doc.root, BW_STR("host"));
        struct bw_value server = bw_runtime_step(h->doc.root, BW_STR("server"));

        if (is_true(bw_runtime_step(h->doc.root, BW_STR("skip_verify"))))
                add_insecure(r, h->registry, "its certificate is not verified", h->path, 1);
        if (server.type == BW_STRING && bw_str_starts(bw_value_text(server), BW_STR("http://")))
                add_insecure(r, bw_value_text(server), "it is asked without encryption", h->path, 1);
        for (uint32_t i = 0; hosts.type == BW_MAP && i < hosts.n; i++) {
                const struct bw_entry *e = &hosts.map->entries[i];

                if (is_true(bw_runtime_step(e->value, BW_STR("skip_verify"))))
                        add_insecure(r, bw_value_text(e->key), "its certificate is not verified", h->path, line_of(hosts, i));
                else if (bw_str_starts(bw_value_text(e->key), BW_STR("http://")))
                        add_insecure(r, bw_value_text(e->key), "it is asked without encryption", h->path, line_of(hosts, i));
        }
}

static void each_location(struct registries *r, const struct bw_runtime_hosts *h, struct bw_value list)
{
        for (uint32_t i = 0; list.type == BW_LIST && i < list.n; i++) {
                struct bw_value one = list.list->items[i];
                struct bw_value name = bw_runtime_step(one, BW_STR("location"));

                if (name.type != BW_STRING)
                        name = bw_runtime_step(one, BW_STR("prefix"));
                if (name.type == BW_STRING && is_true(bw_runtime_step(one, BW_STR("insecure"))))
                        add_insecure(r, bw_value_text(name), "its certificate is not verified, and it may be asked without encryption",
                                     h->path, list.list->marks ? list.list->marks[i].line : 0);
                each_location(r, h, bw_runtime_step(one, BW_STR("mirror")));
        }
}

/* registries.conf: [[registry]] and its mirrors; in the old form registries.insecure.registries */
static void from_registries_conf(struct registries *r, const struct bw_runtime_hosts *h)
{
        struct bw_value old = bw_runtime_step(bw_runtime_step(h->doc.root, BW_STR("registries")), BW_STR("insecure"));
        struct bw_value names = bw_runtime_step(old, BW_STR("registries"));

        each_location(r, h, bw_runtime_step(h->doc.root, BW_STR("registry")));
        for (uint32_t i = 0; names.type == BW_LIST && i < names.n; i++)
                if (names.list->items[i].type == BW_STRING)
                        add_insecure(r, bw_value_text(names.list->items[i]),
                                     "its certificate is not verified, and it may be asked without encryption", h->path,
                                     names.list->marks ? names.list->marks[i].line : 0);
}

/* CRI-O and Docker: a list of names, in a file or in flags. */
static const char *const name_lists[] = {NULL, "crio/image/insecure_registries", "insecure-registries"};

static void from_names(struct registries *r)
{
        const struct bw_runtime_input *input = r->input;
        const char *path = name_lists[input->kind];

        for (size_t i = 0; path && i < input->n_sources; i++) {
                const struct bw_runtime_source *s = &input->sources[i];
                struct bw_doc doc = s->doc;
                bool has;
                struct bw_value names = bw_runtime_in_doc(&doc, path, &has);
                uint32_t line = has ? bw_runtime_place(input, &doc, path).line : 0;

                for (uint32_t k = 0; names.type == BW_LIST && k < names.n; k++)
                        if (names.list->items[k].type == BW_STRING)
                                add_insecure(r, bw_value_text(names.list->items[k]),
                                             "its certificate is not verified, and it may be asked without encryption", s->path,
                                             line);
        }
        for (size_t i = 0; path && i < input->n_args; i++) {
                struct bw_str arg = input->args[i];

                if (bw_str_starts(arg, BW_STR("--insecure-registry=")))
                        arg = bw_str_rest(arg, sizeof("--insecure-registry=") - 1);
                else if (bw_str_is(arg, "--insecure-registry") && i + 1 < input->n_args)
                        arg = input->args[++i];
                else
                        continue;
                add_insecure(r, arg, "its certificate is not verified, and it may be asked without encryption",
                             (struct bw_str){0}, 0);
        }
}

void bw_runtime_put_registries(const struct bw_runtime_input *input)
{
        struct registries r = {.input = input, .insecure = bw_items(input->facts), .credentials = bw_items(input->facts)};

        if (input->kind == BW_RUNTIME_CONTAINERD)
                for (size_t i = 0; i < input->n_sources; i++)
                        from_config(&r, &input->sources[i]);
        from_names(&r);
        for (size_t i = 0; i < input->n_hosts; i++) {
                if (input->hosts[i].registry.n)
                        from_hosts(&r, &input->hosts[i]);
                else
                        from_registries_conf(&r, &input->hosts[i]);
        }
        bw_fields_value(&input->facts->fields, "insecureRegistries", bw_items_end(&r.insecure));
        bw_fields_value(&input->facts->fields, "registryCredentials", bw_items_end(&r.credentials));
}
