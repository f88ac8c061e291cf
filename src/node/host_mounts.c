/* SPDX-License-Identifier: Apache-2.0 */
/* Host sections "mounts" and "swap": how file systems are mounted, and what memory is written to disk. */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/mounts.h"
#include "node/registry.h"
#include "node/system.h"

static const char mountinfo[] = "/proc/self/mountinfo";
static const char fstab[] = "/etc/fstab";

static const char *const places[] = {"/",    "/tmp", "/var/tmp",      "/dev/shm",         "/proc",
                                     "/boot", "/home", "/var",         "/var/log",         "/var/log/audit",
                                     "/var/lib/etcd", "/var/lib/kubelet", "/var/lib/containerd", "/var/lib/rancher",
                                     "/sys/fs/cgroup"};

struct table {
        const struct bw_mount *mounts;
        size_t n;
        const char *file;
        bool runs;
        int status;            /* of the file that could not be read */
        struct bw_error err;
};

static int read_table(struct bw_node *node, struct table *table, struct bw_error *reterr)
{
        struct bw_mount *mounts = NULL;
        struct bw_str text;
        int r = bw_host_read(node->host, node->arena, mountinfo, 16 * BW_LIMIT_SYSTEM_FILE, &text, &table->err);

        table->runs = r != -ENOENT && r != -ENOTDIR;
        table->file = table->runs ? mountinfo : fstab;
        if (!table->runs) {
                bw_error_clear(&table->err);
                r = bw_system_read(node, fstab, &text, &table->err);
        }
        table->status = r;
        if (r < 0)
                return 0;
        r = table->runs ? bw_mountinfo_read(node->arena, text, &mounts, &table->n, reterr)
                        : bw_fstab_read(node->arena, text, &mounts, &table->n, reterr);
        table->mounts = mounts;
        return r;
}

/* The last mount on a place hides those before it. */
static const struct bw_mount *mount_at(const struct table *table, struct bw_str target)
{
        const struct bw_mount *found = NULL;

        for (size_t i = 0; i < table->n; i++)
                if (bw_str_eq(table->mounts[i].target, target))
                        found = &table->mounts[i];
        return found;
}

/* The mount that holds a place: its own or that of the nearest folder above. */
static const struct bw_mount *mount_of(const struct table *table, struct bw_str place)
{
        while (place.n > 1) {
                const struct bw_mount *m = mount_at(table, place);

                if (m)
                        return m;
                while (place.n > 1 && place.p[place.n - 1] != '/')
                        place.n--;
                if (place.n > 1)
                        place.n--;
        }
        return mount_at(table, BW_STR("/"));
}

static void put_options(struct bw_fields *one, const struct bw_mount *m)
{
        struct bw_str hidepid;

        bw_fields_text(one, "type", m->type);
        bw_fields_bool(one, "nodev", bw_mount_has(m->options, "nodev"));
        bw_fields_bool(one, "nosuid", bw_mount_has(m->options, "nosuid"));
        bw_fields_bool(one, "noexec", bw_mount_has(m->options, "noexec"));
        bw_fields_bool(one, "readOnly", bw_mount_has(m->options, "ro") || bw_mount_has(m->super_options, "ro"));
        if (m->propagation.n)
                bw_fields_text(one, "propagation", m->propagation);
        if (bw_mount_option(m->super_options, "hidepid", &hidepid) || bw_mount_option(m->options, "hidepid", &hidepid))
                bw_fields_text(one, "hidepid", hidepid);
}

static void put_place(struct bw_node *node, struct bw_fields *mounts, const struct table *table, struct bw_str place)
{
        const struct bw_mount *m = mount_of(table, place);
        const struct bw_mount *root = mount_at(table, BW_STR("/"));
        struct bw_fields one = bw_fields(mounts->facts);
        struct bw_evidence evidence = {.type = table->runs ? "kernel" : "file", .file = bw_str(table->file)};
        struct bw_evidence missing = {.state = "absent", .reason = BW_STR("there is no such folder")};
        bool own = m && bw_str_eq(m->target, place);

        if (!own && !bw_host_exists(node->host, place.p)) {
                bw_facts_evidence_of(mounts->facts, &missing, "mounts", place);
                return;
        }
        bw_fields_bool(&one, "separate", own);
        if (m) {
                bool same = !table->runs || !root || bw_str_eq(m->device, root->device);

                put_options(&one, m);
                bw_fields_bool(&one, "ownDevice", own && m != root && (!same || !table->runs));
                evidence.line = m->line;
                evidence.text = m->options;
        }
        bw_fields_value_at(mounts, place, bw_fields_end(&one));
        bw_facts_evidence_of(mounts->facts, &evidence, "mounts", place);
}

static int collect_mounts(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct bw_fields mounts = bw_fields(facts);
        struct table table = {0};
        int r = read_table(node, &table, reterr);

        if (r < 0)
                return r;
        if (table.status < 0) {
                bw_system_failed(facts, "mounts", table.file, table.status, &table.err,
                                 "nothing is mounted, and there is no /etc/fstab");
                return 0;
        }
        for (size_t i = 0; i < BW_ARRAY_SIZE(places); i++)
                put_place(node, &mounts, &table, bw_str(places[i]));
        bw_fields_value(&facts->fields, "mounts", bw_fields_end(&mounts));
        return 0;
}

const struct bw_host_section bw_section_mounts = {.name = "mounts", .collect = collect_mounts};

/* ---- swap */

/* Memory of the machine itself (zram), or a device that is encrypted: nothing readable reaches a disk. */
static const char *protection(struct bw_node *node, struct bw_str device)
{
        struct bw_str real = {0};
        struct bw_str name;
        struct bw_str uuid;
        char path[256];

        if (bw_host_real(node->host, node->arena, bw_arena_str(node->arena, device).p, &real, NULL) < 0)
                real = device;
        name = real;
        while (memchr(name.p, '/', name.n))
                name = bw_str_rest(name, (size_t)((const char *)memchr(name.p, '/', name.n) - name.p) + 1);
        if (bw_str_starts(name, BW_STR("zram")))
                return "memory";
        (void)snprintf(path, sizeof(path), "/sys/class/block/%.*s/dm/uuid", BW_STR_ARG(name));
        if (bw_str_starts(name, BW_STR("dm-")) && bw_system_line(node, path, &uuid) &&
            bw_str_starts(uuid, BW_STR("CRYPT-")))
                return "encrypted";
        return "none";
}

static struct bw_str take_word(struct bw_str *line)
{
        struct bw_str word;
        size_t n = 0;

        *line = bw_str_trim(*line);
        while (n < line->n && line->p[n] != ' ' && line->p[n] != '\t')
                n++;
        word = bw_str_n(line->p, n);
        *line = bw_str_rest(*line, n);
        return word;
}

/* A header line, then: file, type, size in KiB, used, priority. */
static void put_active(struct bw_node *node, struct bw_fields *swap, struct bw_str text)
{
        struct bw_items items = bw_items(swap->facts);
        struct bw_str line;
        bool plain = false;

        (void)bw_str_split(&text, '\n', &line);
        while (bw_str_split(&text, '\n', &line)) {
                struct bw_fields one = bw_fields(swap->facts);
                struct bw_str device = take_word(&line);
                struct bw_str type = take_word(&line);
                const char *how;
                int64_t size = 0;

                if (!device.n || bw_str_to_i64(take_word(&line), &size) < 0)
                        continue;
                how = protection(node, device);
                plain |= bw_str_is(bw_str(how), "none");
                bw_fields_text(&one, "device", device);
                bw_fields_text(&one, "type", type);
                bw_fields_int(&one, "kibibytes", size);
                bw_fields_text(&one, "protection", bw_str(how));
                bw_items_value(&items, bw_fields_end(&one));
        }
        bw_fields_value(swap, "active", bw_items_end(&items));
        bw_fields_bool(swap, "readable", plain);
        bw_system_from_kernel(swap->facts, "swap", "/proc/swaps", (struct bw_str){0});
}

static int put_configured(struct bw_node *node, struct bw_fields *swap, struct bw_error *reterr)
{
        struct bw_items items = bw_items(swap->facts);
        struct bw_mount *mounts = NULL;
        struct bw_str text;
        size_t n = 0;
        int r = 0;

        if (bw_system_read(node, fstab, &text, NULL) == 0)
                r = bw_fstab_read(node->arena, text, &mounts, &n, reterr);
        for (size_t i = 0; r == 0 && i < n; i++) {
                if (!bw_str_is(mounts[i].type, "swap") || bw_mount_has(mounts[i].options, "noauto"))
                        continue;
                bw_items_text(&items, mounts[i].source);
                bw_system_from_file(swap->facts, "swap.configured", bw_str(fstab), mounts[i].line, mounts[i].source);
        }
        bw_fields_value(swap, "configured", bw_items_end(&items));
        return r;
}

static int collect_swap(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        static const char path[] = "/proc/swaps";
        struct bw_fields swap = bw_fields(facts);
        struct bw_error err = {0};
        struct bw_str text;
        int r = bw_system_read(node, path, &text, &err);

        if (r == 0) {
                put_active(node, &swap, text);
        } else {
                bw_system_failed(facts, "swap.active", path, r, &err, "the kernel is not running");
                bw_system_failed(facts, "swap.readable", path, r, &err, "the kernel is not running");
        }
        r = put_configured(node, &swap, reterr);
        if (r < 0)
                return r;
        bw_fields_value(&facts->fields, "swap", bw_fields_end(&swap));
        return 0;
}

const struct bw_host_section bw_section_swap = {.name = "swap", .collect = collect_swap};

/* ---- cgroup */

static int collect_cgroup(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct bw_fields cgroup = bw_fields(facts);
        struct table table = {0};
        const struct bw_mount *m;
        int r = read_table(node, &table, reterr);
        bool unified;

        if (r < 0)
                return r;
        m = table.runs ? mount_at(&table, BW_STR("/sys/fs/cgroup")) : NULL;
        if (table.runs && table.status < 0) {
                bw_system_failed(facts, "cgroup", table.file, table.status, &table.err, "");
                return 0;
        }
        if (!m) {
                bw_facts_absent(facts, "cgroup", table.runs ? "no cgroups are mounted" : "the kernel is not running");
                return 0;
        }
        unified = bw_str_is(m->type, "cgroup2");
        bw_fields_int(&cgroup, "version", unified ? 2 : 1);
        bw_fields_bool(&cgroup, "hybrid", !unified && mount_at(&table, BW_STR("/sys/fs/cgroup/unified")));
        bw_fields_value(&facts->fields, "cgroup", bw_fields_end(&cgroup));
        bw_system_from_kernel(facts, "cgroup", mountinfo, m->type);
        return 0;
}

const struct bw_host_section bw_section_cgroup = {.name = "cgroup", .collect = collect_cgroup};
