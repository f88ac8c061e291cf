/* SPDX-License-Identifier: Apache-2.0 */
/* Host section "modules": what is loaded, and whether rarely needed modules can be. */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/modprobe_conf.h"
#include "node/registry.h"
#include "node/system.h"

/* Modules that a node hardly ever needs and that have had more than their share of holes. */
static const struct {
        const char *name;
        const char *file; /* below kernel/ of the release's modules, without what follows .ko */
        const char *what; /* "protocol": a program in a container has it loaded by opening a socket */
} uncommon[] = {
        {"dccp", "net/dccp/dccp", "protocol"},
        {"sctp", "net/sctp/sctp", "protocol"},
        {"rds", "net/rds/rds", "protocol"},
        {"tipc", "net/tipc/tipc", "protocol"},
        {"ax25", "net/ax25/ax25", "protocol"},
        {"netrom", "net/netrom/netrom", "protocol"},
        {"rose", "net/rose/rose", "protocol"},
        {"x25", "net/x25/x25", "protocol"},
        {"appletalk", "net/appletalk/appletalk", "protocol"},
        {"atm", "net/atm/atm", "protocol"},
        {"n_hdlc", "drivers/tty/n_hdlc", "protocol"},
        {"cramfs", "fs/cramfs/cramfs", "filesystem"},
        {"freevxfs", "fs/freevxfs/freevxfs", "filesystem"},
        {"jffs2", "fs/jffs2/jffs2", "filesystem"},
        {"hfs", "fs/hfs/hfs", "filesystem"},
        {"hfsplus", "fs/hfsplus/hfsplus", "filesystem"},
        {"udf", "fs/udf/udf", "filesystem"},
        {"usb_storage", "drivers/usb/storage/usb-storage", "device"},
        {"firewire_core", "drivers/firewire/firewire-core", "device"},
};
enum { N_UNCOMMON = BW_ARRAY_SIZE(uncommon) };

static const char *const dirs[] = {"/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d",
                                   "/usr/lib/modprobe.d", "/lib/modprobe.d"};

struct block {
        bool blacklisted;
        bool refused;
        struct bw_str file; /* of the stronger of the two */
        uint32_t line;
};
struct blocks {
        struct block modules[N_UNCOMMON];
        struct bw_str file;
};

static int see_line(void *userdata, const struct bw_modprobe_line *line, struct bw_error *reterr)
{
        struct blocks *blocks = userdata;

        (void)reterr;
        for (size_t i = 0; i < N_UNCOMMON; i++) {
                struct block *b = &blocks->modules[i];
                bool refuses = line->verb == BW_MODPROBE_INSTALL && line->refuses;

                if (!bw_str_is(line->module, uncommon[i].name) || (!refuses && line->verb == BW_MODPROBE_INSTALL))
                        continue;
                if (refuses || !b->refused) {
                        b->file = blocks->file;
                        b->line = line->line;
                }
                b->refused |= refuses;
                b->blacklisted |= !refuses;
        }
        return 0;
}

static int read_blocks(struct bw_node *node, struct blocks *blocks, struct bw_error *reterr)
{
        const char *const *paths;
        size_t n;
        int r = bw_system_dropins(node, dirs, BW_ARRAY_SIZE(dirs), ".conf", &paths, &n, reterr);

        for (size_t i = 0; r == 0 && i < n; i++) {
                struct bw_str text;

                if (bw_system_read(node, paths[i], &text, NULL) < 0)
                        continue;
                blocks->file = bw_str(paths[i]);
                r = bw_modprobe_conf_read(node->arena, text, see_line, blocks, reterr);
        }
        return r;
}

/* The names in /proc/modules, one at each line's beginning. */
static bool is_loaded(struct bw_str table, const char *name)
{
        struct bw_str line;

        while (bw_str_split(&table, '\n', &line)) {
                struct bw_str word;

                (void)bw_str_split(&line, ' ', &word);
                if (bw_str_is(word, name))
                        return true;
        }
        return false;
}

/* A line of modules.dep: "kernel/net/dccp/dccp.ko.xz: what it needs". */
static void see_dependency(struct bw_str line, bool available[static N_UNCOMMON])
{
        static const struct bw_str top = BW_STR("kernel/");

        if (!bw_str_starts(line, top))
                return;
        line = bw_str_rest(line, top.n);
        for (size_t i = 0; i < N_UNCOMMON; i++) {
                size_t n = strlen(uncommon[i].file);

                available[i] |= line.n > n + 3 && memcmp(line.p, uncommon[i].file, n) == 0 && memcmp(line.p + n, ".ko", 3) == 0;
        }
}

/* Which of them the running kernel's modules have. The list of all is long, and not kept. */
static int find_available(struct bw_node *node, bool available[static N_UNCOMMON], struct bw_error *reterr)
{
        static const char *const roots[] = {"/lib/modules", "/usr/lib/modules"};
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(2 * BW_LIMIT_MODULES_DEP);
        struct bw_str release = {0};
        struct bw_str text = {0};
        struct bw_str line;

        if (!arena)
                return bw_error_nomem(reterr);
        if (!bw_system_line(node, "/proc/sys/kernel/osrelease", &release))
                return 0;
        for (size_t i = 0; i < BW_ARRAY_SIZE(roots) && !text.p; i++) {
                char path[512];

                if (snprintf(path, sizeof(path), "%s/%.*s/modules.dep", roots[i], BW_STR_ARG(release)) < (int)sizeof(path))
                        (void)!bw_host_read(node->host, arena, path, BW_LIMIT_MODULES_DEP, &text, NULL);
        }
        while (bw_str_split(&text, '\n', &line))
                see_dependency(line, available);
        return 0;
}

static void put_uncommon(struct bw_fields *modules, const struct blocks *blocks, struct bw_str table,
                         const bool available[static N_UNCOMMON])
{
        struct bw_fields all = bw_fields(modules->facts);

        for (size_t i = 0; i < N_UNCOMMON; i++) {
                const struct block *b = &blocks->modules[i];
                struct bw_fields one = bw_fields(modules->facts);
                bool loaded = is_loaded(table, uncommon[i].name);
                char path[64];

                bw_fields_text(&one, "kind", bw_str(uncommon[i].what));
                bw_fields_bool(&one, "loaded", loaded);
                bw_fields_bool(&one, "available", loaded || available[i]);
                bw_fields_bool(&one, "blacklisted", b->blacklisted);
                bw_fields_bool(&one, "refused", b->refused);
                bw_fields_value(&all, uncommon[i].name, bw_fields_end(&one));
                (void)snprintf(path, sizeof(path), "modules.uncommon.%s", uncommon[i].name);
                if (loaded)
                        bw_system_from_kernel(modules->facts, path, "/proc/modules", bw_str(uncommon[i].name));
                else if (b->file.n)
                        bw_system_from_file(modules->facts, path, b->file, b->line, (struct bw_str){0});
        }
        bw_fields_value(modules, "uncommon", bw_fields_end(&all));
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct bw_fields modules = bw_fields(facts);
        struct bw_items loaded = bw_items(facts);
        struct blocks *blocks = bw_arena_zalloc(node->arena, sizeof(*blocks));
        struct bw_error err = {0};
        struct bw_str table = {0};
        struct bw_str rest;
        struct bw_str line;
        bool available[N_UNCOMMON] = {false};
        int r = blocks ? read_blocks(node, blocks, reterr) : bw_arena_error(node->arena, reterr);

        if (r == 0)
                r = find_available(node, available, reterr);
        if (r < 0)
                return r;
        r = bw_system_read(node, "/proc/modules", &table, &err);
        if (r < 0) {
                bw_system_failed(facts, "modules.loaded", "/proc/modules", r, &err,
                                 "the kernel is not running, or does not load modules");
        } else {
                rest = table;
                while (bw_str_split(&rest, '\n', &line)) {
                        struct bw_str name;

                        if (line.n && bw_str_split(&line, ' ', &name))
                                bw_items_text(&loaded, name);
                }
                bw_fields_value(&modules, "loaded", bw_items_end(&loaded));
                bw_system_from_kernel(facts, "modules.loaded", "/proc/modules", (struct bw_str){0});
        }
        put_uncommon(&modules, blocks, table, available);
        bw_fields_value(&facts->fields, "modules", bw_fields_end(&modules));
        return 0;
}

const struct bw_host_section bw_section_modules = {.name = "modules", .collect = collect};
