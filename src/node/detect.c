/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the machine is to a cluster: distribution, provider, operating system, version. data/distros.tsv says what each
 * distribution is known by.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/table.h"
#include "format/os_release.h"
#include "format/stanzas.h"
#include "node/components_internal.h"

extern const struct bw_table bw_table_distros; /* data/distros.tsv */
enum { DISTRIBUTION, TITLE, PROVIDER, MANAGED, SIGN, VALUE };

static const char *const role_names[] = {"control-plane", "etcd", "worker"};

/*
 * Operating systems whose own files are not for their owner to change: /usr or all of the root is read-only, and an update
 * replaces it as a whole. Source: each project's documentation of its file system.
 */
static const struct {
        const char *id;
        const char *variant; /* the beginning of VARIANT_ID; "": any */
} immutable_systems[] = {
        {"talos", ""}, {"bottlerocket", ""}, {"flatcar", ""}, {"rhcos", ""}, {"scos", ""}, {"cos", ""},
        {"fedora", "coreos"}, {"opensuse-microos", ""}, {"sle-micro", ""}, {"sl-micro", ""}, {"kairos", ""},
};

/* Makers of (virtual) machines in DMI. Source: systemd src/basic/virt.c; cloud-init's ds-identify. */
static const struct {
        const char *file;
        const char *begins;
        const char *provider;
} machines[] = {
        {"/sys/class/dmi/id/sys_vendor", "Amazon EC2", "aws"},
        {"/sys/class/dmi/id/sys_vendor", "Google", "gcp"},
        {"/sys/class/dmi/id/chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77", "azure"},
        {"/sys/class/dmi/id/sys_vendor", "DigitalOcean", "digitalocean"},
        {"/sys/class/dmi/id/sys_vendor", "Hetzner", "hetzner"},
        {"/sys/class/dmi/id/sys_vendor", "Alibaba Cloud", "alibaba"},
        {"/sys/class/dmi/id/chassis_asset_tag", "OracleCloud", "oracle"},
        {"/sys/class/dmi/id/sys_vendor", "OpenStack", "openstack"},
        {"/sys/class/dmi/id/sys_vendor", "VMware", "vmware"},
};

static const char *machine_provider(struct bw_node *node)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(machines); i++) {
                struct bw_str text;

                if (bw_host_read(node->host, node->arena, machines[i].file, BW_LIMIT_CONFIG_TEXT, &text, NULL) == 0 &&
                    bw_str_starts(text, bw_str(machines[i].begins)))
                        return machines[i].provider;
        }
        return "";
}

static int read_os(struct bw_node *node, struct bw_os_release *ret, struct bw_error *reterr)
{
        static const char *const files[] = {"/etc/os-release", "/usr/lib/os-release"};
        struct bw_str text = {0};
        int r = -ENOENT;

        *ret = (struct bw_os_release){0};
        for (size_t i = 0; r < 0 && r != -ENOMEM && i < BW_ARRAY_SIZE(files); i++)
                r = bw_host_read(node->host, node->arena, files[i], BW_LIMIT_CONFIG_TEXT, &text, NULL);
        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        return r < 0 ? 0 : bw_os_release_read(node->arena, text, ret, reterr);
}

static bool is_immutable(const struct bw_os_release *os)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(immutable_systems); i++)
                if (bw_str_is(os->id, immutable_systems[i].id) &&
                    bw_str_starts(os->variant_id, bw_str(immutable_systems[i].variant)))
                        return true;
        return false;
}

static bool runs(const struct bw_finder *finder, const char *program)
{
        const struct bw_found_process *p;

        for (size_t i = 0; (p = bw_found_program(finder, program, i)); i++)
                if (!p->in_pod)
                        return true;
        return false;
}

static bool holds(const struct bw_finder *finder, size_t row, const struct bw_os_release *os)
{
        const char *sign = bw_table_text(&bw_table_distros, row, SIGN);
        const char *value = bw_table_text(&bw_table_distros, row, VALUE);

        if (strcmp(sign, "file") == 0)
                return bw_host_exists(finder->host, value);
        if (strcmp(sign, "process") == 0)
                return runs(finder, value);
        if (strcmp(sign, "variant") == 0)
                return bw_str_starts(os->variant_id, bw_str(value));
        return bw_str_is(os->id, value);
}

int bw_node_detect(struct bw_finder *finder)
{
        struct bw_node *node = finder->node;
        struct bw_node_identity *id = &node->identity;
        struct bw_os_release os;
        int r = read_os(node, &os, finder->reterr);
        size_t row = 0;

        if (r < 0)
                return r;
        *id = (struct bw_node_identity){
                .distribution = "unknown",
                .title = "",
                .provider = "",
                .owner = "",
                .os = os.id.n ? bw_find_z(finder, os.id) : "",
                .immutable = is_immutable(&os),
        };
        while (row < bw_table_distros.n_rows && !holds(finder, row, &os))
                row++;
        if (row < bw_table_distros.n_rows) {
                id->distribution = bw_table_text(&bw_table_distros, row, DISTRIBUTION);
                id->title = bw_table_text(&bw_table_distros, row, TITLE);
                id->provider = bw_table_text(&bw_table_distros, row, PROVIDER);
                id->owner = bw_table_text(&bw_table_distros, row, MANAGED);
                id->evidence = bw_find_printf(finder, "%s %s", bw_table_text(&bw_table_distros, row, SIGN),
                                              bw_table_text(&bw_table_distros, row, VALUE));
        }
        if (!*id->provider)
                id->provider = machine_provider(node);
        /* aws-k8s-1.32 */
        if (bw_str_is(os.id, "bottlerocket")) {
                size_t at = bw_str_find(os.variant_id, BW_STR("k8s-"));

                if (at != SIZE_MAX)
                        id->version = bw_str_rest(os.variant_id, at + 4);
        }
        return 0;
}

static int minor_of(struct bw_str version)
{
        struct bw_str part = {0};
        int minor = 0;

        if (version.n && version.p[0] == 'v')
                version = bw_str_rest(version, 1);
        if (!bw_str_split(&version, '.', &part) || !bw_str_is(part, "1"))
                return 0;
        for (size_t i = 0; i < version.n && i < 3 && version.p[i] >= '0' && version.p[i] <= '9'; i++)
                minor = minor * 10 + (version.p[i] - '0');
        return minor;
}

void bw_node_settle(struct bw_node *node)
{
        struct bw_node_identity *id = &node->identity;

        if (!node->n_components && strcmp(id->distribution, "unknown") == 0)
                id->distribution = "none";
        id->minor = minor_of(id->version);
        /* The same files are on machines of those who run a control plane there themselves. */
        id->managed = *id->owner && !(id->roles & (BW_ROLE_CONTROL_PLANE | BW_ROLE_ETCD));
}

/* ---- versions */

struct package_search {
        struct bw_arena *arena;
        struct bw_str package;
        struct bw_str version;
};

static int each_package(void *userdata, struct bw_str stanza, struct bw_error *reterr)
{
        struct package_search *search = userdata;
        struct bw_str name = {0};
        struct bw_str version = {0};

        (void)reterr;
        if (!bw_stanza_field(stanza, BW_STR("Package"), &name) || !bw_str_eq(name, search->package) ||
            !bw_stanza_field(stanza, BW_STR("Version"), &version))
                return 0;
        search->version = bw_arena_str(search->arena, version);
        return -EEXIST; /* found: no need to read on */
}

int bw_find_package_version(struct bw_finder *finder, const char *package, struct bw_str *ret)
{
        struct package_search search = {.arena = finder->arena, .package = bw_str(package)};
        struct bw_stanzas stanzas = {.each = each_package, .userdata = &search};
        struct bw_file file = BW_FILE_CLOSED;
        char piece[16384];
        size_t n = sizeof(piece);
        int r = bw_host_open_file(finder->host, "/var/lib/dpkg/status", &file, NULL);

        for (uint64_t total = 0; r == 0 && n && total < BW_LIMIT_LOG_TEXT; total += n) {
                r = bw_file_read(&file, piece, sizeof(piece), finder->node->options.cancel, &n, NULL);
                if (r == 0)
                        r = bw_stanzas_feed(&stanzas, bw_str_n(piece, n), n == 0, NULL);
        }
        bw_stanzas_done(&stanzas);
        bw_file_close(&file);
        /* "1.32.4-1.1": what stands before the packagers' own number */
        for (size_t i = 0; i < search.version.n; i++)
                if (search.version.p[i] == '-')
                        search.version.n = i;
        *ret = search.version;
        return r == -ENOMEM ? bw_error_nomem(finder->reterr) : 0;
}

/* ---- the section of the Host document */

void bw_node_put_roles(struct bw_fields *fields, const char *key, unsigned roles)
{
        struct bw_items items = bw_items(fields->facts);

        for (unsigned i = 0; i < BW_ARRAY_SIZE(role_names); i++)
                if (roles & 1U << i)
                        bw_items_text(&items, bw_str(role_names[i]));
        bw_fields_value(fields, key, bw_items_end(&items));
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        const struct bw_node_identity *id = &node->identity;
        struct bw_fields section = bw_fields(facts);

        (void)reterr;
        bw_fields_text(&section, "distribution", bw_str(id->distribution));
        bw_fields_text(&section, "provider", bw_str(id->provider));
        bw_fields_text(&section, "os", bw_str(id->os));
        bw_node_put_roles(&section, "roles", id->roles);
        bw_fields_bool(&section, "managed", id->managed);
        bw_fields_bool(&section, "immutable", id->immutable);
        bw_fields_text(&section, "version", id->version);
        bw_fields_text(&section, "evidence", id->evidence);
        bw_fields_value(&facts->fields, "node", bw_fields_end(&section));
        return 0;
}

const struct bw_host_section bw_section_node = {.name = "node", .collect = collect};
