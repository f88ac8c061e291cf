/* SPDX-License-Identifier: Apache-2.0 */
/* Host section "lsm": which security modules the kernel runs, what they hold, and whether containers are held by them. */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "node/registry.h"
#include "node/system.h"

static void put_list(struct bw_node *node, struct bw_fields *lsm)
{
        static const char path[] = "/sys/kernel/security/lsm";
        struct bw_items items = bw_items(lsm->facts);
        struct bw_error err = {0};
        struct bw_str text;
        struct bw_str word;
        int r = bw_system_read(node, path, &text, &err);

        if (r < 0) {
                bw_system_failed(lsm->facts, "lsm.active", path, r, &err,
                                 bw_host_exists(node->host, "/sys/kernel") ? "securityfs is not mounted"
                                                                           : "the kernel is not running");
                return;
        }
        text = bw_str_trim(text);
        while (bw_str_split(&text, ',', &word))
                bw_items_text(&items, word);
        bw_fields_value(lsm, "active", bw_items_end(&items));
        bw_system_from_kernel(lsm->facts, "lsm.active", path, (struct bw_str){0});
}

/* ---- AppArmor */

/* Names of the profiles that containerd, CRI-O and Docker load and give to containers. */
static bool is_runtime_profile(struct bw_str name)
{
        return bw_str_is(name, "cri-containerd.apparmor.d") || bw_str_starts(name, BW_STR("crio-default")) ||
               bw_str_is(name, "docker-default") || bw_str_is(name, "containers-default") ||
               bw_str_starts(name, BW_STR("containers-default-"));
}

/* "name (enforce)" in each line. */
static void count_profiles(struct bw_str text, struct bw_fields *apparmor)
{
        int64_t loaded = 0;
        int64_t enforce = 0;
        int64_t complain = 0;
        bool runtime = false;
        struct bw_str line;

        while (bw_str_split(&text, '\n', &line)) {
                line = bw_str_trim(line);
                loaded += line.n > 0;
                enforce += bw_str_ends(line, BW_STR("(enforce)"));
                complain += bw_str_ends(line, BW_STR("(complain)"));
                if (bw_str_ends(line, BW_STR(" (enforce)")))
                        runtime |= is_runtime_profile(bw_str_n(line.p, line.n - 10));
        }
        bw_fields_int(apparmor, "profiles", loaded);
        bw_fields_int(apparmor, "enforce", enforce);
        bw_fields_int(apparmor, "complain", complain);
        bw_fields_bool(apparmor, "runtimeProfile", runtime);
}

static void put_apparmor(struct bw_node *node, struct bw_fields *lsm)
{
        static const char switch_path[] = "/sys/module/apparmor/parameters/enabled";
        static const char profiles_path[] = "/sys/kernel/security/apparmor/profiles";
        struct bw_fields apparmor = bw_fields(lsm->facts);
        struct bw_error err = {0};
        struct bw_str line;
        struct bw_str text;
        int r;

        if (!bw_host_exists(node->host, "/sys/kernel")) {
                bw_facts_absent(lsm->facts, "lsm.apparmor", "the kernel is not running");
                return;
        }
        bw_fields_bool(&apparmor, "enabled", bw_system_line(node, switch_path, &line) && bw_str_is(line, "Y"));
        bw_system_from_kernel(lsm->facts, "lsm.apparmor", switch_path, (struct bw_str){0});
        r = bw_host_read(node->host, node->arena, profiles_path, 8 * BW_LIMIT_SYSTEM_FILE, &text, &err);
        if (r == 0) {
                count_profiles(text, &apparmor);
        } else {
                bw_system_failed(lsm->facts, "lsm.apparmor.profiles", profiles_path, r, &err, "AppArmor is not there");
                bw_system_failed(lsm->facts, "lsm.apparmor.runtimeProfile", profiles_path, r, &err, "AppArmor is not there");
        }
        bw_fields_value(lsm, "apparmor", bw_fields_end(&apparmor));
}

/* ---- SELinux */

/* SELINUX=… in its configuration: the last line counts. */
static bool configured_mode(struct bw_node *node, const char *path, struct bw_str *ret, uint32_t *ret_line)
{
        struct bw_str text;
        struct bw_str line;
        uint32_t number = 0;
        bool found = false;

        if (bw_system_read(node, path, &text, NULL) < 0)
                return false;
        while (bw_str_split(&text, '\n', &line)) {
                number++;
                line = bw_str_trim(line);
                if (!bw_str_starts(line, BW_STR("SELINUX=")))
                        continue;
                *ret = bw_str_trim(bw_str_rest(line, 8));
                *ret_line = number;
                found = true;
        }
        return found;
}

static void put_selinux(struct bw_node *node, struct bw_fields *lsm)
{
        static const char config[] = "/etc/selinux/config";
        static const char enforce[] = "/sys/fs/selinux/enforce";
        struct bw_fields selinux = bw_fields(lsm->facts);
        struct bw_str configured;
        struct bw_str live;
        uint32_t line = 0;
        bool has_config = configured_mode(node, config, &configured, &line);
        bool has_live = bw_system_line(node, enforce, &live);

        bw_fields_bool(&selinux, "installed", has_config || has_live);
        if (has_config) {
                bw_fields_text(&selinux, "configured", configured);
                bw_system_from_file(lsm->facts, "lsm.selinux.configured", bw_str(config), line, configured);
        }
        if (has_live) {
                bw_fields_text(&selinux, "mode", bw_str(bw_str_is(live, "1") ? "enforcing" : "permissive"));
                bw_system_from_kernel(lsm->facts, "lsm.selinux.mode", enforce, live);
        } else if (has_config && bw_host_exists(node->host, "/sys/kernel")) {
                bw_fields_text(&selinux, "mode", BW_STR("disabled"));
        } else {
                bw_facts_absent(lsm->facts, "lsm.selinux.mode",
                                has_config ? "the kernel is not running" : "SELinux is not installed");
        }
        bw_fields_value(lsm, "selinux", bw_fields_end(&selinux));
}

/* ---- containers: one process of each, found by the cgroups that the kubelet makes */

struct held {
        struct bw_node *node;
        struct bw_items loose; /* programs that nothing holds */
        int64_t confined;
        int64_t unconfined;
        int64_t unknown;
        size_t budget; /* folders that may still be looked into */
};

enum { LISTED_FREE = 50, CGROUP_DEPTH = 6, CGROUP_FOLDERS = 8192 };

/* "cri-containerd.apparmor.d (enforce)", "system_u:system_r:container_t:s0:c1,c2", "unconfined" */
static bool label_confines(struct bw_str label)
{
        struct bw_str type = {0};

        if (bw_str_ends(label, BW_STR("(enforce)")))
                return !bw_str_starts(label, BW_STR("unconfined"));
        for (int i = 0; i < 3; i++)
                if (!bw_str_split(&label, ':', &type))
                        return false;
        return bw_str_starts(type, BW_STR("container_")) || bw_str_starts(type, BW_STR("svirt_"));
}

static void see_process(struct held *held, struct bw_str pid)
{
        struct bw_str comm = {0};
        struct bw_str label = {0};
        char path[64];

        (void)snprintf(path, sizeof(path), "/proc/%.*s/comm", BW_STR_ARG(pid));
        if (!bw_system_line(held->node, path, &comm) || bw_str_is(comm, "pause"))
                return; /* gone, or the pod's placeholder, which runtimes leave without a profile */
        (void)snprintf(path, sizeof(path), "/proc/%.*s/attr/current", BW_STR_ARG(pid));
        if (!bw_system_line(held->node, path, &label)) {
                held->unknown++;
                return;
        }
        if (label_confines(label)) {
                held->confined++;
                return;
        }
        if (held->unconfined++ < LISTED_FREE)
                bw_items_text(&held->loose, comm);
}

static void see_cgroup(struct held *held, const char *dir, unsigned depth)
{
        bw_auto_done(bw_listing_done) struct bw_listing names = {0};
        struct bw_str pids;
        struct bw_str pid;
        char path[PATH_MAX];

        if (depth > CGROUP_DEPTH || !held->budget)
                return;
        held->budget--;
        if (snprintf(path, sizeof(path), "%s/cgroup.procs", dir) < (int)sizeof(path) &&
            bw_system_read(held->node, path, &pids, NULL) == 0 && bw_str_split(&pids, '\n', &pid) && pid.n)
                see_process(held, pid);
        if (bw_host_list(held->node->host, dir, CGROUP_FOLDERS, &names, NULL) < 0)
                return;
        for (size_t i = 0; i < names.n_entries; i++)
                if (names.entries[i].kind == BW_FS_DIR &&
                    snprintf(path, sizeof(path), "%s/%s", dir, bw_listing_name(&names, i)) < (int)sizeof(path))
                        see_cgroup(held, path, depth + 1);
}

static void put_containers(struct bw_node *node, struct bw_fields *lsm)
{
        static const char *const roots[] = {"/sys/fs/cgroup/kubepods.slice", "/sys/fs/cgroup/kubepods",
                                            "/sys/fs/cgroup/pids/kubepods.slice", "/sys/fs/cgroup/pids/kubepods"};
        struct bw_fields containers = bw_fields(lsm->facts);
        struct held held = {.node = node, .loose = bw_items(lsm->facts), .budget = CGROUP_FOLDERS};

        for (size_t i = 0; i < BW_ARRAY_SIZE(roots); i++)
                if (bw_host_exists(node->host, roots[i]))
                        see_cgroup(&held, roots[i], 0);
        if (held.confined + held.unconfined == 0) {
                bw_facts_absent(lsm->facts, "lsm.containers",
                                held.unknown ? "the kernel does not say what holds a process" : "no container of Kubernetes runs");
                return;
        }
        bw_fields_int(&containers, "confined", held.confined);
        bw_fields_int(&containers, "unconfined", held.unconfined);
        bw_fields_value(&containers, "unconfinedPrograms", bw_items_end(&held.loose));
        bw_fields_value(lsm, "containers", bw_fields_end(&containers));
        bw_system_from_kernel(lsm->facts, "lsm.containers", "/proc", BW_STR("attr/current of each container's first process"));
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct bw_fields lsm = bw_fields(facts);

        (void)reterr;
        put_list(node, &lsm);
        put_apparmor(node, &lsm);
        put_selinux(node, &lsm);
        put_containers(node, &lsm);
        bw_fields_value(&facts->fields, "lsm", bw_fields_end(&lsm));
        return 0;
}

const struct bw_host_section bw_section_lsm = {.name = "lsm", .collect = collect};
