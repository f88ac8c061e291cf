/* SPDX-License-Identifier: Apache-2.0 */
#include "node/runtime.h"

#include "analyze/runtime.h"
#include "base/arena.h"
#include "base/limits.h"
#include "format/toml.h"
#include "node/file_facts.h"
#include "node/section.h"
#include "node/survey.h"

/* ---- packages */

/* maker: the maker's own package, whose number tells which fixes it has. */
static const struct {
        const char *package;
        enum bw_runtime_kind kind;
        const char *component;
        bool maker;
} packages_of[] = {
        {"containerd.io", BW_RUNTIME_CONTAINERD, "containerd", true},
        {"containerd", BW_RUNTIME_CONTAINERD, "containerd", false},
        {"moby-containerd", BW_RUNTIME_CONTAINERD, "containerd", false},
        {"runc", BW_RUNTIME_CONTAINERD, "runc", false},
        {"moby-runc", BW_RUNTIME_CONTAINERD, "runc", false},
        {"cri-o", BW_RUNTIME_CRIO, "cri-o", true},
        {"docker-ce", BW_RUNTIME_DOCKER, "docker", true},
        {"docker.io", BW_RUNTIME_DOCKER, "docker", false},
        {"moby-engine", BW_RUNTIME_DOCKER, "docker", false},
        {"docker", BW_RUNTIME_DOCKER, "docker", false},
};

struct bw_runtime_package {
        size_t row; /* of packages_of */
        struct bw_str version;
};

/* "5:26.1.4-1~debian.12": "26.1.4" */
static struct bw_str upstream(struct bw_str version)
{
        size_t n = 0;

        for (size_t i = 0; i < version.n; i++)
                if (version.p[i] == ':') {
                        version = bw_str_rest(version, i + 1);
                        break;
                }
        while (n < version.n && !strchr("-~+", version.p[n]))
                n++;
        return bw_str_n(version.p, n);
}

/* Fedora, RHEL and OpenShift build CRI-O under its own name, with fixes of their own. */
static bool is_rebuilt(struct bw_str version)
{
        return bw_str_find(version, BW_STR(".el")) != SIZE_MAX || bw_str_find(version, BW_STR(".fc")) != SIZE_MAX ||
               bw_str_find(version, BW_STR("rhaos")) != SIZE_MAX;
}

int bw_runtime_note_packages(struct bw_node *node, const struct bw_packages *packages, struct bw_error *reterr)
{
        struct bw_runtime_package *notes = bw_arena_array(node->arena, BW_ARRAY_SIZE(packages_of), sizeof(*notes));
        size_t n = 0;

        if (!notes)
                return bw_arena_error(node->arena, reterr);
        for (size_t i = 0; i < BW_ARRAY_SIZE(packages_of); i++) {
                size_t found;
                const struct bw_installed *item = bw_packages_find(packages, bw_str(packages_of[i].package), &found);

                if (!item)
                        continue;
                notes[n] = (struct bw_runtime_package){.row = i, .version = bw_arena_str(node->arena, item->version)};
                if (!notes[n++].version.p)
                        return bw_arena_error(node->arena, reterr);
        }
        node->runtime_packages = notes;
        node->n_runtime_packages = n;
        return 0;
}

/* ---- what is found */

struct runtime {
        struct bw_node *node;
        struct bw_error *reterr;
        struct bw_runtime_input input;
        struct bw_facts facts;
        const struct bw_survey_process *process; /* NULL: an image, or not running */
        struct bw_items files;
        struct bw_items problems;
        struct bw_runtime_source sources[BW_LIMIT_RUNTIME_FILES];
        struct bw_runtime_hosts hosts[BW_LIMIT_RUNTIME_FILES];
};

static const struct {
        const char *program;
        const char *config;
        const char *config_flags; /* blanks between them */
        const char *dropins;      /* NULL: there are none */
        const char *dropin_flags;
} places[] = {
        [BW_RUNTIME_CONTAINERD] = {"containerd", "/etc/containerd/config.toml", "--config -c", NULL, NULL},
        [BW_RUNTIME_CRIO] = {"crio", "/etc/crio/crio.conf", "--config -c", "/etc/crio/crio.conf.d", "--config-dir -d"},
        [BW_RUNTIME_DOCKER] = {"dockerd", "/etc/docker/daemon.json", "--config-file", NULL, NULL},
};

/* The value of one of the flags; empty: none is given. */
static struct bw_str flag_value(const struct runtime *rt, const char *flags)
{
        struct bw_str value = {0};

        for (size_t i = 0; i < rt->input.n_args; i++) {
                struct bw_str rest = bw_str(flags);
                struct bw_str flag = {0};
                struct bw_str arg = rt->input.args[i];

                while (bw_str_split(&rest, ' ', &flag)) {
                        if (bw_str_eq(arg, flag) && i + 1 < rt->input.n_args)
                                value = rt->input.args[i + 1];
                        else if (bw_str_starts(arg, flag) && arg.n > flag.n && arg.p[flag.n] == '=')
                                value = bw_str_rest(arg, flag.n + 1);
                }
        }
        return value;
}

static int given_or(struct runtime *rt, const char *flags, const char *usual, struct bw_str *ret)
{
        struct bw_str value = flag_value(rt, flags);

        *ret = bw_arena_str(rt->node->arena, value.n ? value : bw_str(usual));
        return ret->p ? 0 : bw_arena_error(rt->node->arena, rt->reterr);
}

/* ---- files */

static void put_problem(struct runtime *rt, const struct bw_section_file *file)
{
        struct bw_fields item = bw_fields(&rt->facts);

        bw_fields_text(&item, "file", file->path);
        bw_fields_text(&item, "message", bw_str(file->err.message));
        bw_items_value(&rt->problems, bw_fields_end(&item));
        bw_facts_evidence(&rt->facts,
                          &(struct bw_evidence){.type = "file", .file = file->path, .line = file->err.line, .column = file->err.column},
                          "problems[%" PRIu32 "]", rt->problems.n - 1);
}

/* A file's document. 1: it is there; 0: not there, or not readable, which is noted. */
static int read_doc(struct runtime *rt, struct bw_section_file *file, bool is_json, struct bw_doc *ret)
{
        size_t used;
        int r;

        if (file->seen == BW_SEEN_ABSENT)
                return 0;
        bw_items_text(&rt->files, file->path);
        if (file->seen == BW_SEEN_UNREADABLE) {
                if (file->err.code == -EACCES)
                        bw_facts_unreadable(&rt->facts, "settings", file->path, &file->err);
                else
                        put_problem(rt, file);
                return 0;
        }
        if (is_json)
                r = bw_json_read(rt->node->arena, file->text, 1, 1, false, ret, &used, &file->err);
        else
                r = bw_toml_read(rt->node->arena, file->text, ret, &file->err);
        if (r == -ENOMEM)
                return bw_error_nomem(rt->reterr);
        if (r < 0)
                put_problem(rt, file);
        return r == 0;
}

static int add_source(struct runtime *rt, struct bw_section_file *file, const char *type)
{
        struct bw_runtime_source source = {.type = type, .path = file->path};
        int r;

        if (rt->input.n_sources == BW_LIMIT_RUNTIME_FILES)
                return 0;
        r = read_doc(rt, file, rt->input.kind == BW_RUNTIME_DOCKER, &source.doc);
        if (r > 0)
                rt->sources[rt->input.n_sources++] = source;
        return r < 0 ? r : 0;
}

static int add_path(struct runtime *rt, const char *path, const char *type)
{
        struct bw_section_file file;
        int r = bw_section_read(rt->node, path, &file, rt->reterr);

        return r < 0 ? r : add_source(rt, &file, type);
}

static int add_dir(struct runtime *rt, const char *dir, const char *pattern, const char *type)
{
        struct bw_section_file *files;
        size_t n;
        int r = bw_section_read_dir(rt->node, dir, pattern, &files, &n, NULL, rt->reterr);

        for (size_t i = 0; r == 0 && i < n; i++)
                r = add_source(rt, &files[i], type);
        return r;
}

static bool is_loaded(const struct runtime *rt, struct bw_str path)
{
        for (size_t i = 0; i < rt->input.n_sources; i++)
                if (bw_str_eq(rt->sources[i].path, path))
                        return true;
        return false;
}

static size_t dir_length(struct bw_str path)
{
        while (path.n > 1 && path.p[path.n - 1] != '/')
                path.n--;
        return path.n > 1 ? path.n - 1 : path.n;
}

/* One import: a path or a pattern, from the directory of the file that names it. */
static int add_import(struct runtime *rt, struct bw_str parent, struct bw_str import)
{
        struct bw_str path = import.n && import.p[0] == '/'
                                     ? bw_arena_str(rt->node->arena, import)
                                     : bw_arena_printf(rt->node->arena, "%.*s/%.*s", (int)dir_length(parent), parent.p,
                                                       BW_STR_ARG(import));
        struct bw_str dir;

        if (!path.p)
                return bw_arena_error(rt->node->arena, rt->reterr);
        if (bw_str_find(path, BW_STR("*")) == SIZE_MAX)
                return is_loaded(rt, path) ? 0 : add_path(rt, path.p, "import");
        dir = bw_arena_str(rt->node->arena, bw_str_n(path.p, dir_length(path)));
        return dir.p ? add_dir(rt, dir.p, path.p + dir_length(path) + 1, "import")
                     : bw_arena_error(rt->node->arena, rt->reterr);
}

/* containerd reads what a file imports after it, and what that imports after all of these. */
static int add_imports(struct runtime *rt)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < rt->input.n_sources; i++) {
                struct bw_value imports = bw_runtime_imports(&rt->sources[i].doc);

                for (uint32_t k = 0; r == 0 && imports.type == BW_LIST && k < imports.n; k++)
                        if (imports.list->items[k].type == BW_STRING)
                                r = add_import(rt, rt->sources[i].path, bw_value_text(imports.list->items[k]));
        }
        return r;
}

static int add_config(struct runtime *rt)
{
        const enum bw_runtime_kind kind = rt->input.kind;
        struct bw_str path;
        int r = given_or(rt, places[kind].config_flags, places[kind].config, &path);

        if (r == 0)
                r = add_path(rt, path.p, "file");
        if (r == 0 && kind == BW_RUNTIME_CONTAINERD)
                r = add_imports(rt);
        if (r == 0 && places[kind].dropins) {
                r = given_or(rt, places[kind].dropin_flags, places[kind].dropins, &path);
                if (r == 0)
                        r = add_dir(rt, path.p, "*", "drop-in");
        }
        return r;
}

/* ---- registries */

static int add_hosts(struct runtime *rt, struct bw_section_file *file, struct bw_str registry)
{
        struct bw_runtime_hosts hosts = {.registry = registry, .path = file->path};
        int r;

        if (rt->input.n_hosts == BW_LIMIT_RUNTIME_FILES)
                return 0;
        r = read_doc(rt, file, false, &hosts.doc);
        if (r > 0)
                rt->hosts[rt->input.n_hosts++] = hosts;
        return r < 0 ? r : 0;
}

/* DIR/REGISTRY/hosts.toml */
static int add_hosts_dir(struct runtime *rt, const char *dir)
{
        bw_auto_done(bw_listing_done) struct bw_listing listing = {0};
        int r = 0;

        if (bw_host_list(rt->node->host, dir, BW_LIMIT_RUNTIME_FILES, &listing, NULL) < 0)
                return 0;
        for (size_t i = 0; r == 0 && i < listing.n_entries; i++) {
                struct bw_str name = bw_arena_str(rt->node->arena, bw_str(bw_listing_name(&listing, i)));
                struct bw_str path = bw_arena_printf(rt->node->arena, "%s/%s/hosts.toml", dir, bw_listing_name(&listing, i));
                struct bw_section_file file;

                if (!name.p || !path.p)
                        return bw_arena_error(rt->node->arena, rt->reterr);
                r = bw_section_read(rt->node, path.p, &file, rt->reterr);
                if (r == 0)
                        r = add_hosts(rt, &file, name);
        }
        return r;
}

static int add_registries_conf(struct runtime *rt)
{
        struct bw_section_file *files;
        struct bw_section_file main;
        size_t n;
        int r = bw_section_read(rt->node, "/etc/containers/registries.conf", &main, rt->reterr);

        if (r == 0)
                r = add_hosts(rt, &main, (struct bw_str){0});
        if (r == 0)
                r = bw_section_read_dir(rt->node, "/etc/containers/registries.conf.d", "*.conf", &files, &n, NULL, rt->reterr);
        for (size_t i = 0; r == 0 && i < n; i++)
                r = add_hosts(rt, &files[i], (struct bw_str){0});
        return r;
}

static int add_registries(struct runtime *rt)
{
        struct bw_str dirs;
        struct bw_str dir = {0};
        int r = 0;

        if (rt->input.kind == BW_RUNTIME_CRIO)
                return add_registries_conf(rt);
        if (rt->input.kind != BW_RUNTIME_CONTAINERD)
                return 0;
        dirs = bw_runtime_text(&rt->input, "registryConfigPath");
        while (r == 0 && bw_str_split(&dirs, ':', &dir)) {
                dir = bw_arena_str(rt->node->arena, dir);
                if (!dir.p)
                        return bw_arena_error(rt->node->arena, rt->reterr);
                if (dir.n)
                        r = add_hosts_dir(rt, dir.p);
        }
        return r;
}

/* ---- sockets */

/* Who is in the group besides root: by its list, and by having it as his own. */
static int put_members(struct runtime *rt, struct bw_fields *item, uint32_t gid)
{
        struct bw_items members = bw_items(&rt->facts);
        struct bw_section_file file;
        struct bw_str line = {0};
        struct bw_str fields[4] = {{0}};
        uint64_t id;
        int r = bw_section_read(rt->node, "/etc/group", &file, rt->reterr);

        if (r < 0)
                return r;
        while (gid && file.seen == BW_SEEN_READ && bw_str_split(&file.text, '\n', &line)) {
                struct bw_str name = {0};

                for (size_t i = 0; i < 3; i++)
                        if (!bw_str_split(&line, ':', &fields[i]))
                                fields[i] = (struct bw_str){0};
                if (bw_str_to_u64(fields[2], &id) < 0 || id != gid)
                        continue;
                while (bw_str_split(&line, ',', &name))
                        if (bw_str_trim(name).n && !bw_str_is(bw_str_trim(name), "root"))
                                bw_items_text(&members, bw_str_trim(name));
        }
        bw_fields_value(item, "members", bw_items_end(&members));
        return 0;
}

static int put_socket(struct runtime *rt, struct bw_items *sockets, struct bw_str path)
{
        struct bw_fields item = bw_fields(&rt->facts);
        struct bw_host_stat st;
        struct bw_str said;
        int r;

        path = bw_arena_str(rt->node->arena, path);
        if (!path.p)
                return bw_arena_error(rt->node->arena, rt->reterr);
        if (bw_host_stat(rt->node->host, path.p, 0, &st, NULL) < 0)
                return 0;
        r = bw_file_facts_put(rt->node, &item, path.p, &said, NULL);
        if (r < 0)
                return r == -ENOMEM ? bw_error_nomem(rt->reterr) : 0;
        r = put_members(rt, &item, st.gid);
        bw_items_value(sockets, bw_fields_end(&item));
        bw_facts_evidence(&rt->facts, &(struct bw_evidence){.type = "file", .text = said, .file = path}, "sockets[%" PRIu32 "]",
                          sockets->n - 1);
        return r;
}

/* "unix:///run/docker.sock", "/run/x.sock"; others are no path */
static struct bw_str socket_path(struct bw_str address)
{
        if (bw_str_starts(address, BW_STR("unix://")))
                address = bw_str_rest(address, 7);
        return address.n && address.p[0] == '/' ? address : (struct bw_str){0};
}

static int put_sockets(struct runtime *rt)
{
        static const char *const docker[] = {"/run/docker.sock", "/var/run/docker.sock"};
        struct bw_items sockets = bw_items(&rt->facts);
        struct bw_str path = socket_path(bw_runtime_text(&rt->input, "socket"));
        int r = 0;

        if (path.n)
                r = put_socket(rt, &sockets, path);
        for (size_t i = 0; r == 0 && rt->input.kind == BW_RUNTIME_DOCKER && !sockets.n && i < BW_ARRAY_SIZE(docker); i++)
                r = put_socket(rt, &sockets, bw_str(docker[i]));
        bw_fields_value(&rt->facts.fields, "sockets", bw_items_end(&sockets));
        if (!sockets.n)
                bw_facts_absent(&rt->facts, "sockets", "the socket is not there");
        return r;
}

/* ---- addresses in the network */

static void put_listener(struct runtime *rt, struct bw_items *items, struct bw_str address, bool tls, bool verified,
                         const char *from)
{
        struct bw_evidence where = bw_runtime_evidence(&rt->input, from);
        struct bw_fields item = bw_fields(&rt->facts);
        struct bw_str host = address;

        if (bw_str_starts(host, BW_STR("tcp://")))
                host = bw_str_rest(host, 6);
        bw_fields_text(&item, "address", address);
        bw_fields_bool(&item, "tls", tls);
        bw_fields_bool(&item, "clientsVerified", verified);
        bw_fields_bool(&item, "loopback",
                       bw_str_starts(host, BW_STR("127.")) || bw_str_starts(host, BW_STR("localhost")) ||
                               bw_str_starts(host, BW_STR("[::1]")));
        bw_items_value(items, bw_fields_end(&item));
        bw_facts_evidence(&rt->facts, &where, "listeners[%" PRIu32 "]", items->n - 1);
}

static struct bw_value setting(struct bw_value settings, const char *name)
{
        return settings.type == BW_MAP ? bw_map_get(settings, bw_str(name)) : (struct bw_value){0};
}

static bool is_on(struct bw_value settings, const char *name)
{
        struct bw_value v = setting(settings, name);

        return v.type == BW_BOOL && v.b;
}

/* The doors through which the runtime takes orders over the network. */
static void put_listeners(struct runtime *rt)
{
        struct bw_value settings = rt->facts.fields.entries[rt->facts.fields.n - 1].value; /* just put */
        struct bw_items items = bw_items(&rt->facts);
        struct bw_value hosts = setting(settings, "hosts");
        struct bw_value tcp = setting(settings, "tcpAddress");
        bool verify = is_on(settings, "tlsVerify");

        for (uint32_t i = 0; hosts.type == BW_LIST && i < hosts.n; i++)
                if (hosts.list->items[i].type == BW_STRING &&
                    bw_str_starts(bw_value_text(hosts.list->items[i]), BW_STR("tcp://")))
                        put_listener(rt, &items, bw_value_text(hosts.list->items[i]), verify || is_on(settings, "tls"), verify,
                                     "hosts");
        if (tcp.type == BW_STRING && tcp.n)
                put_listener(rt, &items, bw_value_text(tcp), setting(settings, "tcpCertificate").n > 0,
                             setting(settings, "tcpClientAuthority").n > 0, "tcpAddress");
        bw_fields_value(&rt->facts.fields, "listeners", bw_items_end(&items));
}

/* ---- versions */

static void put_versions(struct runtime *rt)
{
        struct bw_runtime_version known[BW_ARRAY_SIZE(packages_of)];
        struct bw_items packages = bw_items(&rt->facts);
        const struct bw_node *node = rt->node;
        const char *why = "no package of it is installed: its version is not known";
        size_t n = 0;

        for (size_t i = 0; i < node->n_runtime_packages; i++) {
                const size_t row = node->runtime_packages[i].row;
                struct bw_str version = node->runtime_packages[i].version;
                struct bw_fields item = bw_fields(&rt->facts);
                const bool comparable = packages_of[row].maker && !is_rebuilt(version);

                if (packages_of[row].kind != rt->input.kind)
                        continue;
                bw_fields_text(&item, "name", bw_str(packages_of[row].package));
                bw_fields_text(&item, "component", bw_str(packages_of[row].component));
                bw_fields_text(&item, "version", version);
                bw_fields_bool(&item, "comparable", comparable);
                bw_items_value(&packages, bw_fields_end(&item));
                if (comparable)
                        known[n++] = (struct bw_runtime_version){packages_of[row].component, upstream(version)};
                else
                        why = "the package is the distribution's, which brings fixes to older numbers: its pending updates tell";
        }
        bw_fields_value(&rt->facts.fields, "packages", bw_items_end(&packages));
        bw_runtime_put_advisories(&rt->facts, known, n);
        if (n == 0)
                bw_facts_absent(&rt->facts, "advisories", why);
}

static struct bw_str own_version(const struct runtime *rt)
{
        for (size_t i = 0; i < rt->node->n_runtime_packages; i++) {
                const size_t row = rt->node->runtime_packages[i].row;

                if (packages_of[row].kind == rt->input.kind && strcmp(packages_of[row].component, "runc") != 0)
                        return upstream(rt->node->runtime_packages[i].version);
        }
        return (struct bw_str){0};
}

/* ---- the document */

static int fill(struct runtime *rt)
{
        int r = add_config(rt);

        if (r == 0)
                r = add_registries(rt);
        if (r < 0)
                return r;
        bw_fields_text(&rt->facts.fields, "runtime", bw_str(bw_runtime_name(rt->input.kind)));
        bw_fields_bool(&rt->facts.fields, "running", rt->process != NULL);
        bw_fields_text(&rt->facts.fields, "distribution", bw_str(rt->node->identity.distribution));
        bw_fields_text(&rt->facts.fields, "version", rt->input.version);
        bw_fields_value(&rt->facts.fields, "files", bw_items_end(&rt->files));
        bw_fields_value(&rt->facts.fields, "problems", bw_items_end(&rt->problems));
        bw_runtime_put_settings(&rt->input);
        put_listeners(rt);
        bw_runtime_put_registries(&rt->input);
        put_versions(rt);
        return put_sockets(rt);
}

static int give(struct bw_node *node, enum bw_runtime_kind kind, const struct bw_survey_process *process, unsigned number,
                bw_doc_sink sink, void *userdata, struct bw_error *reterr)
{
        struct runtime *rt = bw_arena_zalloc(node->arena, sizeof(*rt));
        struct bw_str name = number ? bw_arena_printf(node->arena, "%.*s/%s-%u", BW_STR_ARG(node->name), bw_runtime_name(kind),
                                                      number + 1)
                                    : bw_arena_printf(node->arena, "%.*s/%s", BW_STR_ARG(node->name), bw_runtime_name(kind));
        int r;

        if (!rt || !name.p)
                return bw_arena_error(node->arena, reterr);
        rt->node = node;
        rt->reterr = reterr;
        rt->process = process;
        bw_facts_init(&rt->facts, node->arena, "ContainerRuntime", name);
        rt->files = bw_items(&rt->facts);
        rt->problems = bw_items(&rt->facts);
        rt->input = (struct bw_runtime_input){.kind = kind, .facts = &rt->facts, .sources = rt->sources, .hosts = rt->hosts};
        if (process && process->n_args) {
                rt->input.args = process->args + 1;
                rt->input.n_args = process->n_args - 1;
        }
        rt->input.version = own_version(rt);
        r = fill(rt);
        return r < 0 ? r : bw_node_give(node, &rt->facts, sink, userdata, reterr);
}

/* A daemon of the machine, not one in a container. */
static bool is_machines(const struct bw_survey_process *p)
{
        return p->uid == 0 && bw_str_find(p->cgroup, BW_STR("kubepods")) == SIZE_MAX &&
               bw_str_find(p->cgroup, BW_STR("/docker/")) == SIZE_MAX && bw_str_find(p->cgroup, BW_STR("docker-")) == SIZE_MAX;
}

static int collect(struct bw_node *node, bw_doc_sink sink, void *userdata, struct bw_error *reterr)
{
        const struct bw_survey *survey;
        int r = bw_survey_take(node, &survey, reterr);

        for (size_t kind = 0; r == 0 && kind < _BW_RUNTIME_MAX; kind++) {
                unsigned n = 0;

                for (size_t i = 0; r == 0 && i < survey->n_daemons; i++)
                        if (bw_str_is(survey->daemons[i]->program, places[kind].program) && is_machines(survey->daemons[i]))
                                r = give(node, (enum bw_runtime_kind)kind, survey->daemons[i], n++, sink, userdata, reterr);
                /* An image shows what will run by what is set up. */
                if (r == 0 && n == 0 && !bw_host_knows_processes(node->host) &&
                    bw_host_exists(node->host, places[kind].config))
                        r = give(node, (enum bw_runtime_kind)kind, NULL, 0, sink, userdata, reterr);
        }
        return r;
}

const struct bw_collector bw_collector_runtime = {.name = "runtime", .collect = collect};
