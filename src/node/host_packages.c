/* SPDX-License-Identifier: Apache-2.0 */
/* Host section "packages": what is installed, and which security fixes wait. */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "node/packages.h"
#include "node/registry.h"
#include "node/runtime.h"

static int (*const readers[])(struct bw_packages *packages, const struct bw_os_release *os, struct bw_error *reterr) = {
        bw_packages_read_dpkg,
        bw_packages_read_rpm,
        bw_packages_read_apk,
};

static void put_date(struct bw_fields *fields, const char *key, int64_t seconds)
{
        time_t t = (time_t)seconds;
        struct tm tm;
        char text[40];

        if (seconds && gmtime_r(&t, &tm) && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
                bw_fields_text(fields, key, bw_str(text));
}

static void put_index(struct bw_fields *packages, const struct bw_packages *p)
{
        struct bw_fields index = bw_fields(packages->facts);

        if (!p->n_indexes) {
                if (p->skipped.n) {
                        struct bw_evidence evidence = {.state = "unreadable", .reason = p->skipped};

                        bw_facts_evidence(packages->facts, &evidence, "packages.index");
                } else {
                        bw_facts_absent(packages->facts, "packages.index", p->why_none);
                }
                return;
        }
        bw_fields_int(&index, "count", (int64_t)p->n_indexes);
        bw_fields_text(&index, "file", p->index);
        put_date(&index, "date", p->index_date);
        if (p->skipped.n)
                bw_fields_text(&index, "skipped", p->skipped);
        bw_fields_value(packages, "index", bw_fields_end(&index));
        bw_system_from_file(packages->facts, "packages.index", p->index, 0, (struct bw_str){0});
}

static void put_pending(struct bw_fields *packages, const struct bw_packages *p)
{
        const char *key = p->security ? "pendingSecurity" : "pendingUpdates";
        struct bw_items items = bw_items(packages->facts);
        char path[64];
        int64_t n = 0;

        (void)snprintf(path, sizeof(path), "packages.%s", key);
        if (!p->n_indexes) {
                struct bw_evidence evidence = {.state = p->skipped.n ? "unreadable" : "absent",
                                               .reason = p->skipped.n ? p->skipped : bw_str(p->why_none)};

                bw_facts_evidence(packages->facts, &evidence, "%s", path);
                return;
        }
        for (size_t i = 0; i < p->n; i++) {
                const struct bw_installed *item = &p->items[i];
                struct bw_fields one = bw_fields(packages->facts);

                if (!item->available.n || ++n > BW_LIMIT_PENDING_LISTED)
                        continue;
                bw_fields_text(&one, "name", item->name);
                bw_fields_text(&one, "installed", item->version);
                bw_fields_text(&one, "available", item->available);
                bw_fields_text(&one, "source", item->source);
                if (item->advisory.n)
                        bw_fields_text(&one, "advisory", item->advisory);
                bw_fields_bool(&one, "held", item->held);
                bw_items_value(&items, bw_fields_end(&one));
        }
        bw_fields_value(packages, key, bw_items_end(&items));
        bw_fields_int(packages, "pending", n);
        bw_system_from_file(packages->facts, path, p->index, 0, (struct bw_str){0});
}

static void put_unattended(struct bw_fields *packages, const struct bw_packages *p)
{
        if (!p->unattended_known) {
                bw_facts_absent(packages->facts, "packages.unattended", "it is not known how this distribution does it");
                return;
        }
        bw_fields_bool(packages, "unattended", p->unattended);
        if (p->unattended_file.n)
                bw_system_from_file(packages->facts, "packages.unattended", p->unattended_file, 0, (struct bw_str){0});
}

static void put_all(struct bw_facts *facts, const struct bw_packages *p)
{
        struct bw_fields packages = bw_fields(facts);

        bw_fields_text(&packages, "manager", bw_str(p->manager));
        bw_fields_int(&packages, "installed", (int64_t)p->n);
        put_index(&packages, p);
        put_pending(&packages, p);
        put_unattended(&packages, p);
        bw_fields_value(&facts->fields, "packages", bw_fields_end(&packages));
        bw_system_from_file(facts, "packages", p->database, 0, (struct bw_str){0});
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(64 * BW_MIB);
        struct bw_packages p = {.node = node, .arena = arena, .budget = BW_LIMIT_PACKAGE_INDEX};
        struct bw_error err = {0};
        struct bw_os_release os;
        int r = arena ? bw_system_os_release(node, &os, NULL, reterr) : bw_error_nomem(reterr);

        if (r < 0)
                return r;
        for (size_t i = 0; r == 0 && !p.manager && i < BW_ARRAY_SIZE(readers); i++)
                r = readers[i](&p, &os, &err);
        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        if (!p.manager)
                bw_facts_absent(facts, "packages", "no database of packages is here");
        else if (r < 0)
                bw_facts_unreadable(facts, "packages", p.database, &err);
        else
                put_all(facts, &p);
        return p.manager ? bw_runtime_note_packages(node, &p, reterr) : 0;
}

const struct bw_host_section bw_section_packages = {.name = "packages", .collect = collect};
