/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/runtime_internal.h"

#include "base/arena.h"
#include "base/table.h"

static const char *const names[] = {"containerd", "cri-o", "docker"};

const char *bw_runtime_name(enum bw_runtime_kind kind)
{
        return names[kind];
}

/* ---- versions and what is known of them */

static int64_t next_number(struct bw_str *rest)
{
        int64_t v = 0;
        size_t n = 0;

        while (n < rest->n && n < 9 && rest->p[n] >= '0' && rest->p[n] <= '9')
                v = v * 10 + (rest->p[n++] - '0');
        *rest = bw_str_rest(*rest, n);
        if (rest->n && rest->p[0] == '.')
                *rest = bw_str_rest(*rest, 1);
        else
                *rest = (struct bw_str){0};
        return v;
}

static int compare(struct bw_str a, struct bw_str b, unsigned parts)
{
        for (unsigned i = 0; i < parts; i++) {
                int64_t x = next_number(&a);
                int64_t y = next_number(&b);

                if (x != y)
                        return x < y ? -1 : 1;
        }
        return 0;
}

int bw_runtime_version_cmp(struct bw_str a, struct bw_str b)
{
        return compare(a, b, 3);
}

extern const struct bw_table bw_table_runtime_advisories;
enum { A_COMPONENT, A_ID, A_SEVERITY, A_INTRODUCED, A_FIXED, A_TITLE, A_URL };

/* The version that ends it for this one; empty: it is not affected. */
static struct bw_str fixed_in(struct bw_str version, struct bw_str introduced, struct bw_str fixed)
{
        struct bw_str branch = {0};
        struct bw_str one = {0};
        struct bw_str newest = {0};

        if (introduced.n && bw_runtime_version_cmp(version, introduced) < 0)
                return branch;
        while (bw_str_split(&fixed, ' ', &one)) {
                if (compare(version, one, 2) == 0)
                        branch = one;
                newest = one;
        }
        one = branch.n ? branch : newest;
        return bw_runtime_version_cmp(version, one) < 0 ? one : (struct bw_str){0};
}

void bw_runtime_put_advisories(struct bw_facts *facts, const struct bw_runtime_version *versions, size_t n)
{
        const struct bw_table *t = &bw_table_runtime_advisories;
        struct bw_items items = bw_items(facts);

        for (size_t row = 0; row < t->n_rows; row++)
                for (size_t i = 0; i < n; i++) {
                        struct bw_fields item = bw_fields(facts);
                        struct bw_str fixed;

                        if (!bw_str_is(bw_table_cell(t, row, A_COMPONENT), versions[i].component))
                                continue;
                        fixed = fixed_in(versions[i].version, bw_table_cell(t, row, A_INTRODUCED),
                                         bw_table_cell(t, row, A_FIXED));
                        if (!fixed.n)
                                continue;
                        bw_fields_text(&item, "id", bw_table_cell(t, row, A_ID));
                        bw_fields_text(&item, "component", bw_str(versions[i].component));
                        bw_fields_text(&item, "version", versions[i].version);
                        bw_fields_text(&item, "fixed", fixed);
                        bw_fields_text(&item, "severity", bw_table_cell(t, row, A_SEVERITY));
                        bw_fields_text(&item, "title", bw_table_cell(t, row, A_TITLE));
                        bw_fields_text(&item, "url", bw_table_cell(t, row, A_URL));
                        bw_items_value(&items, bw_fields_end(&item));
                }
        bw_fields_value(&facts->fields, "advisories", bw_items_end(&items));
}

/* ---- settings */

enum type {
        BOOL,
        INT,
        TEXT,
        LIST,
};

/*
 * Where a setting stands. path: parts with slashes between them. "cri-runtime", "cri-images" and "cri" as the first part are
 * the section of containerd's CRI plugin, whose name depends on the version of the file.
 */
struct setting {
        const char *name;
        enum type type;
        const char *path;
        const char *other;    /* another place for it, or NULL */
        const char *flag;     /* of the process, or NULL */
        const char *fallback; /* what holds without it; NULL: nothing is said */
};

static const struct setting of_containerd[] = {
        {"selinux", BOOL, "cri-runtime/enable_selinux", NULL, NULL, "false"},
        {"apparmorDisabled", BOOL, "cri-runtime/disable_apparmor", NULL, NULL, "false"},
        {"seccompOfUnset", TEXT, "cri-runtime/unset_seccomp_profile", NULL, NULL, ""},
        {"streamAddress", TEXT, "cri/stream_server_address", NULL, NULL, "127.0.0.1"},
        {"streamTls", BOOL, "cri/enable_tls_streaming", NULL, NULL, "false"},
        {"registryConfigPath", TEXT, "cri-images/registry/config_path", NULL, NULL, ""},
        {"socket", TEXT, "grpc/address", "plugins/io.containerd.server.v1.grpc/address", "address",
         "/run/containerd/containerd.sock"},
        {"tcpAddress", TEXT, "grpc/tcp_address", "plugins/io.containerd.server.v1.grpc-tcp/address", NULL, ""},
        {"tcpCertificate", TEXT, "grpc/tcp_tls_cert", "plugins/io.containerd.server.v1.grpc-tcp/tls_cert", NULL, ""},
        {"tcpClientAuthority", TEXT, "grpc/tcp_tls_ca", "plugins/io.containerd.server.v1.grpc-tcp/tls_ca", NULL, ""},
        {"metricsAddress", TEXT, "metrics/address", "plugins/io.containerd.server.v1.metrics/address", NULL, ""},
        {"logLevel", TEXT, "debug/level", NULL, "log-level", "info"},
        {NULL, BOOL, NULL, NULL, NULL, NULL},
};
static const struct setting of_crio[] = {
        {"selinux", BOOL, "crio/runtime/selinux", NULL, "selinux", "false"},
        {"apparmorProfile", TEXT, "crio/runtime/apparmor_profile", NULL, "apparmor-profile", "crio-default"},
        {"seccompProfile", TEXT, "crio/runtime/seccomp_profile", NULL, "seccomp-profile", ""},
        {"defaultCapabilities", LIST, "crio/runtime/default_capabilities", NULL, "default-capabilities",
         "CHOWN DAC_OVERRIDE FSETID FOWNER SETGID SETUID SETPCAP NET_BIND_SERVICE KILL"},
        {"streamAddress", TEXT, "crio/api/stream_address", NULL, "stream-address", "127.0.0.1"},
        {"streamTls", BOOL, "crio/api/stream_enable_tls", NULL, "stream-enable-tls", "false"},
        {"socket", TEXT, "crio/api/listen", NULL, "listen", "/var/run/crio/crio.sock"},
        {"metrics", BOOL, "crio/metrics/enable_metrics", NULL, "enable-metrics", "false"},
        {"metricsAddress", TEXT, "crio/metrics/metrics_host", NULL, "metrics-host", "127.0.0.1"},
        {"logLevel", TEXT, "crio/runtime/log_level", NULL, "log-level", "info"},
        {"insecureRegistryNames", LIST, "crio/image/insecure_registries", NULL, "insecure-registry", ""},
        {NULL, BOOL, NULL, NULL, NULL, NULL},
};
static const struct setting of_docker[] = {
        {"selinux", BOOL, "selinux-enabled", NULL, "selinux-enabled", "false"},
        {"seccompProfile", TEXT, "seccomp-profile", NULL, "seccomp-profile", ""},
        {"hosts", LIST, "hosts", NULL, "host", "unix:///var/run/docker.sock"},
        {"tls", BOOL, "tls", NULL, "tls", "false"},
        {"tlsVerify", BOOL, "tlsverify", NULL, "tlsverify", "false"},
        {"noNewPrivileges", BOOL, "no-new-privileges", NULL, "no-new-privileges", "false"},
        {"usernsRemap", TEXT, "userns-remap", NULL, "userns-remap", ""},
        {"liveRestore", BOOL, "live-restore", NULL, "live-restore", "false"},
        {"interContainer", BOOL, "icc", NULL, "icc", "true"},
        {"iptables", BOOL, "iptables", NULL, "iptables", "true"},
        {"metricsAddress", TEXT, "metrics-addr", NULL, "metrics-addr", ""},
        {"logLevel", TEXT, "log-level", NULL, "log-level", "info"},
        {"insecureRegistryNames", LIST, "insecure-registries", NULL, "insecure-registry", ""},
        {NULL, BOOL, NULL, NULL, NULL, NULL},
};
static const struct setting *const settings[] = {of_containerd, of_crio, of_docker};

struct found {
        struct bw_value value;
        struct bw_evidence where;
};

struct bw_value bw_runtime_step(struct bw_value v, struct bw_str key)
{
        const struct bw_entry *e = v.type == BW_MAP ? bw_map_find(v, bw_value_str(key)) : NULL;

        return e ? e->value : (struct bw_value){0};
}

static int64_t file_version(const struct bw_doc *doc)
{
        struct bw_value v = bw_runtime_step(doc->root, BW_STR("version"));

        return v.type == BW_INT ? v.i : 1;
}

/* The names that a file of that version has for a section of the CRI plugin. */
static const char *plugin_name(struct bw_str section, int64_t version)
{
        if (!bw_str_starts(section, BW_STR("cri")) || bw_str_is(section, "crio"))
                return NULL;
        if (version <= 1)
                return "cri";
        if (version == 2 || section.n == 3)
                return "io.containerd.grpc.v1.cri";
        return bw_str_is(section, "cri-images") ? "io.containerd.cri.v1.images" : "io.containerd.cri.v1.runtime";
}

/* The section that the path begins with, which an import replaces as a whole in containerd 1. */
static struct bw_value section_of(const struct bw_doc *doc, struct bw_str first)
{
        const char *plugin = plugin_name(first, file_version(doc));
        struct bw_value plugins;

        if (!plugin)
                return bw_runtime_step(doc->root, first);
        plugins = bw_runtime_step(doc->root, BW_STR("plugins"));
        if (bw_runtime_step(plugins, bw_str(plugin)).type == BW_ABSENT && strcmp(plugin, "cri") == 0)
                plugin = "io.containerd.grpc.v1.cri"; /* version 1 knows the long name, too */
        return bw_runtime_step(plugins, bw_str(plugin));
}

static struct bw_value follow(struct bw_value v, struct bw_str rest)
{
        struct bw_str part = {0};

        while (v.type != BW_ABSENT && bw_str_split(&rest, '/', &part))
                v = bw_runtime_step(v, part);
        return v;
}

struct bw_value bw_runtime_in_doc(const struct bw_doc *doc, const char *path, bool *ret_has_section)
{
        struct bw_str rest = bw_str(path);
        struct bw_str first = {0};
        struct bw_value section;

        (void)bw_str_split(&rest, '/', &first);
        section = section_of(doc, first);
        *ret_has_section = section.type != BW_ABSENT;
        return rest.p ? follow(section, rest) : section;
}

/* The place of a path's last key, whose section's name depends on the version of the file. */
struct bw_mark bw_runtime_place(const struct bw_runtime_input *input, struct bw_doc *doc, const char *path)
{
        struct bw_segment segments[8];
        struct bw_str rest = bw_str(path);
        struct bw_str part = {0};
        size_t n = 0;

        (void)bw_str_split(&rest, '/', &part);
        if (plugin_name(part, file_version(doc))) {
                segments[n++] = (struct bw_segment){.kind = BW_SEGMENT_KEY, .key = bw_value_str(BW_STR("plugins"))};
                part = bw_str(plugin_name(part, file_version(doc)));
        }
        do {
                segments[n++] = (struct bw_segment){.kind = BW_SEGMENT_KEY, .key = bw_value_str(part)};
        } while (n < BW_ARRAY_SIZE(segments) && bw_str_split(&rest, '/', &part));
        return bw_doc_mark(doc, input->facts->arena, (struct bw_path){.segments = segments, .n = n}, true);
}

static bool fits(enum type type, struct bw_value v)
{
        return (type == BOOL && v.type == BW_BOOL) || (type == INT && v.type == BW_INT) ||
               (type == TEXT && v.type == BW_STRING) || (type == LIST && v.type == BW_LIST);
}

/* containerd 1 puts a plugin's section of an import in the place of that before. */
static bool replaces_sections(const struct bw_runtime_input *input)
{
        return input->kind == BW_RUNTIME_CONTAINERD && input->n_sources && file_version(&input->sources[0].doc) < 3 &&
               !(input->version.n && bw_runtime_version_cmp(input->version, BW_STR("2")) >= 0);
}

static bool in_files(const struct bw_runtime_input *input, enum type type, const char *path, struct found *ret)
{
        for (size_t i = input->n_sources; path && i > 0; i--) {
                const struct bw_runtime_source *s = &input->sources[i - 1];
                struct bw_doc doc = s->doc;
                bool has_section;
                struct bw_value v = bw_runtime_in_doc(&doc, path, &has_section);
                struct bw_mark mark;

                if (!fits(type, v)) {
                        if (has_section && replaces_sections(input))
                                return false;
                        continue;
                }
                mark = bw_runtime_place(input, &doc, path);
                ret->value = v;
                ret->where = (struct bw_evidence){.type = s->type, .file = s->path, .line = mark.line, .column = mark.column};
                return true;
        }
        return false;
}

/* ---- flags: --name=value, --name value, --name; Docker's -H and -l */

static bool flag_at(const struct bw_runtime_input *input, size_t *i, const char *flag, struct bw_str *ret)
{
        struct bw_str arg = input->args[*i];
        const size_t n = strlen(flag);
        bool is_short = arg.n == 2 && ((strcmp(flag, "host") == 0 && bw_str_is(arg, "-H")) ||
                                       (strcmp(flag, "log-level") == 0 && bw_str_is(arg, "-l")) ||
                                       (strcmp(flag, "address") == 0 && bw_str_is(arg, "-a")));

        if (!is_short) {
                if (arg.n < 2 || arg.p[0] != '-')
                        return false;
                arg = bw_str_rest(arg, arg.p[1] == '-' ? 2 : 1);
                if (arg.n < n || memcmp(arg.p, flag, n) != 0 || (arg.n > n && arg.p[n] != '='))
                        return false;
                if (arg.n > n) {
                        *ret = bw_str_rest(arg, n + 1);
                        return true;
                }
        }
        *ret = BW_STR("true");
        if (*i + 1 < input->n_args && input->args[*i + 1].n && input->args[*i + 1].p[0] != '-')
                *ret = input->args[++*i];
        return true;
}

static struct bw_value split_list(struct bw_facts *facts, struct bw_str text, char sep)
{
        struct bw_items items = bw_items(facts);
        struct bw_str part = {0};

        while (bw_str_split(&text, sep, &part))
                if (part.n)
                        bw_items_text(&items, part);
        return bw_items_end(&items);
}

static struct bw_value value_of(struct bw_facts *facts, enum type type, struct bw_str text, char sep)
{
        int64_t i = 0;

        switch (type) {
        case BOOL:
                return bw_value_bool(!bw_str_is(text, "false") && !bw_str_is(text, "0") && !bw_str_is(text, "f"));
        case INT:
                (void)!bw_str_to_i64(text, &i);
                return bw_value_int(i);
        case TEXT:
                return bw_facts_text(facts, text);
        case LIST:
                break;
        }
        return split_list(facts, text, sep);
}

static bool in_args(const struct bw_runtime_input *input, const struct setting *s, struct found *ret)
{
        struct bw_items all = bw_items(input->facts);
        struct bw_str text = {0};
        bool found = false;

        for (size_t i = 0; s->flag && i < input->n_args; i++) {
                struct bw_str part = {0};
                struct bw_str rest;

                if (!flag_at(input, &i, s->flag, &text))
                        continue;
                found = true;
                for (rest = text; s->type == LIST && bw_str_split(&rest, ',', &part);)
                        bw_items_text(&all, part);
        }
        if (!found)
                return false;
        ret->value = s->type == LIST ? bw_items_end(&all) : value_of(input->facts, s->type, text, ',');
        ret->where = (struct bw_evidence){
                .type = "flag", .text = bw_arena_printf(input->facts->arena, "--%s=%.*s", s->flag, BW_STR_ARG(text))};
        return true;
}

static bool effective(const struct bw_runtime_input *input, const struct setting *s, struct found *ret)
{
        if (in_args(input, s, ret) || in_files(input, s->type, s->path, ret) || in_files(input, s->type, s->other, ret))
                return true;
        if (!s->fallback)
                return false;
        ret->value = value_of(input->facts, s->type, bw_str(s->fallback), ' ');
        ret->where = (struct bw_evidence){
                .type = "default",
                .text = bw_arena_printf(input->facts->arena, "default of %s", bw_runtime_name(input->kind))};
        return true;
}

struct bw_evidence bw_runtime_evidence(const struct bw_runtime_input *input, const char *setting)
{
        struct found found = {0};

        for (const struct setting *s = settings[input->kind]; s->name; s++)
                if (strcmp(s->name, setting) == 0)
                        (void)effective(input, s, &found);
        return found.where;
}

struct bw_str bw_runtime_text(const struct bw_runtime_input *input, const char *setting)
{
        struct found found;

        for (const struct setting *s = settings[input->kind]; s->name; s++)
                if (strcmp(s->name, setting) == 0 && s->type == TEXT && effective(input, s, &found))
                        return bw_value_text(found.value);
        return (struct bw_str){0};
}

struct bw_value bw_runtime_imports(const struct bw_doc *doc)
{
        return bw_runtime_step(doc->root, BW_STR("imports"));
}

/* ---- runtimes of the runtime */

static const char *const handler_paths[] = {"cri-runtime/containerd/runtimes", "crio/runtime/runtimes", NULL};

static void put_handlers(const struct bw_runtime_input *input, struct bw_fields *fields)
{
        const char *path = handler_paths[input->kind];
        struct bw_items items = bw_items(input->facts);

        for (size_t i = 0; path && i < input->n_sources; i++) {
                bool has;
                struct bw_value v = bw_runtime_in_doc(&input->sources[i].doc, path, &has);

                for (uint32_t k = 0; v.type == BW_MAP && k < v.n; k++) {
                        struct bw_value one = v.map->entries[k].value;
                        struct bw_value without = bw_runtime_step(one, BW_STR("privileged_without_host_devices"));
                        struct bw_value all = bw_runtime_step(one, BW_STR("privileged_without_host_devices_all_devices_allowed"));
                        struct bw_fields item = bw_fields(input->facts);

                        bw_fields_value(&item, "name", v.map->entries[k].key);
                        bw_fields_bool(&item, "privilegedWithoutHostDevices", without.type == BW_BOOL && without.b);
                        bw_fields_bool(&item, "allDevicesAllowed", all.type == BW_BOOL && all.b);
                        bw_items_value(&items, bw_fields_end(&item));
                }
        }
        bw_fields_value(fields, "handlers", bw_items_end(&items));
}

void bw_runtime_put_settings(const struct bw_runtime_input *input)
{
        struct bw_fields fields = bw_fields(input->facts);
        struct found found;

        for (const struct setting *s = settings[input->kind]; s->name; s++) {
                if (!effective(input, s, &found))
                        continue;
                bw_fields_value(&fields, s->name, found.value);
                bw_facts_evidence(input->facts, &found.where, "settings.%s", s->name);
        }
        put_handlers(input, &fields);
        bw_fields_value(&input->facts->fields, "settings", bw_fields_end(&fields));
}
