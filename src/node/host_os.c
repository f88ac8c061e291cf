/* SPDX-License-Identifier: Apache-2.0 */
/* Host section "os": which operating system it is, how long it is kept, and how much of one it is. */
#include "node/lifecycle.h"
#include "node/registry.h"
#include "node/system.h"

/* Programs that install software: an attacker's tools are one command away. */
static const struct {
        const char *path;
        const char *name;
} package_managers[] = {
        {"/usr/bin/apt-get", "apt"},   {"/usr/bin/dnf", "dnf"},     {"/usr/bin/dnf5", "dnf"},  {"/usr/bin/yum", "yum"},
        {"/usr/bin/microdnf", "microdnf"}, {"/usr/bin/zypper", "zypper"}, {"/sbin/apk", "apk"}, {"/usr/bin/tdnf", "tdnf"},
        {"/usr/bin/pacman", "pacman"}, {"/usr/bin/emerge", "portage"}, {"/usr/bin/rpm-ostree", "rpm-ostree"},
};
static const char *const shells[] = {"/bin/sh", "/bin/bash", "/bin/ash", "/bin/dash", "/usr/bin/zsh", "/usr/bin/fish"};

/* Distributions that are made to be replaced as a whole, with a system that is not written to. */
static const struct {
        const char *id;
        const char *variant; /* NULL: every one */
} minimal[] = {
        {"flatcar", NULL},    {"bottlerocket", NULL}, {"talos", NULL},      {"cos", NULL},       {"rhcos", NULL},
        {"fedora", "coreos"}, {"rhel", "coreos"},     {"opensuse-microos", NULL}, {"sle-micro", NULL}, {"sl-micro", NULL},
        {"suse-microos", NULL}, {"kairos", NULL},     {"ubuntu-core", NULL}, {"scos", NULL},
};

static bool is_minimal(const struct bw_os_release *os)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(minimal); i++)
                if (bw_str_is(os->id, minimal[i].id) && (!minimal[i].variant || bw_str_is(os->variant_id, minimal[i].variant)))
                        return true;
        return false;
}

static void put_life(struct bw_fields *os, const struct bw_os_release *release)
{
        struct bw_fields life = bw_fields(os->facts);
        struct bw_lifecycle cycle;

        if (!bw_lifecycle_of_os(release->id, release->version_id, &cycle)) {
                bw_facts_absent(os->facts, "os.life", "it is not known how long this release is kept");
                return;
        }
        bw_fields_text(&life, "release", bw_str(cycle.release));
        bw_fields_bool(&life, "rolling", bw_str_is(bw_str(cycle.release), "*"));
        if (cycle.end[0])
                bw_fields_text(&life, "end", bw_str(cycle.end));
        if (cycle.extended[0]) {
                bw_fields_text(&life, "extended", bw_str(cycle.extended));
                bw_fields_text(&life, "extension", bw_str(cycle.extension));
        }
        bw_fields_text(&life, "source", bw_str(cycle.source));
        bw_fields_value(os, "life", bw_fields_end(&life));
}

static void put_programs(struct bw_node *node, struct bw_fields *os)
{
        struct bw_items managers = bw_items(os->facts);
        struct bw_items found = bw_items(os->facts);

        for (size_t i = 0; i < BW_ARRAY_SIZE(package_managers); i++)
                if (bw_host_exists(node->host, package_managers[i].path))
                        bw_items_text(&managers, bw_str(package_managers[i].name));
        for (size_t i = 0; i < BW_ARRAY_SIZE(shells); i++)
                if (bw_host_exists(node->host, shells[i]))
                        bw_items_text(&found, bw_str(shells[i]));
        bw_fields_value(os, "packageManagers", bw_items_end(&managers));
        bw_fields_value(os, "shells", bw_items_end(&found));
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct bw_fields os = bw_fields(facts);
        struct bw_items like = bw_items(facts);
        struct bw_os_release release;
        struct bw_str word;
        const char *path;
        int r = bw_system_os_release(node, &release, &path, reterr);

        if (r < 0)
                return r;
        if (!path) {
                bw_facts_absent(facts, "os", "there is no os-release file");
                return 0;
        }
        while (bw_str_split(&release.id_like, ' ', &word))
                if (word.n)
                        bw_items_text(&like, word);
        bw_fields_text(&os, "id", release.id);
        bw_fields_value(&os, "idLike", bw_items_end(&like));
        bw_fields_text(&os, "name", release.pretty_name.n ? release.pretty_name : release.name);
        bw_fields_text(&os, "version", release.version_id);
        bw_fields_text(&os, "codename", release.version_codename);
        bw_fields_text(&os, "variant", release.variant_id);
        bw_fields_text(&os, "build", release.build_id.n ? release.build_id : release.image_version);
        bw_fields_bool(&os, "minimal", is_minimal(&release));
        bw_system_from_file(facts, "os", bw_str(path), 0, release.pretty_name);
        put_life(&os, &release);
        put_programs(node, &os);
        bw_fields_value(&facts->fields, "os", bw_fields_end(&os));
        return 0;
}

const struct bw_host_section bw_section_os = {.name = "os", .collect = collect};
