/* SPDX-License-Identifier: Apache-2.0 */
/* rpm's database, and the advisories in the caches of dnf, yum, zypper and tdnf. */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/package_version.h"
#include "format/rpm_database.h"
#include "format/updateinfo.h"
#include "node/packages.h"

static const char *const databases[] = {
        "/var/lib/rpm/rpmdb.sqlite",         "/usr/lib/sysimage/rpm/rpmdb.sqlite", "/usr/share/rpm/rpmdb.sqlite",
        "/usr/lib/sysimage/rpm/Packages.db", "/var/lib/rpm/Packages.db",           "/var/lib/rpm/Packages",
        "/usr/share/rpm/Packages",
};
static const char *const caches[] = {"/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum", "/var/cache/zypp/raw",
                                     "/var/cache/tdnf"};
enum { CACHE_DEPTH = 4, CACHE_FOLDERS = 2000, CACHE_FILES = 64 };

/* ---- the database */

static int read_at(void *userdata, uint64_t at, void *to, size_t n, struct bw_error *reterr)
{
        return bw_file_read_at(userdata, at, to, n, reterr);
}

/* Versions as updateinfo's parts make them: "epoch:version-release". */
static struct bw_str evr(struct bw_arena *arena, unsigned epoch, struct bw_str version, struct bw_str release)
{
        return epoch ? bw_arena_printf(arena, "%u:%.*s-%.*s", epoch, BW_STR_ARG(version), BW_STR_ARG(release))
                     : bw_arena_printf(arena, "%.*s-%.*s", BW_STR_ARG(version), BW_STR_ARG(release));
}

struct reading {
        struct bw_packages *packages;
        struct bw_arena *arena; /* of one package's texts */
};

static int see_package(void *userdata, const struct bw_rpm_package *package, struct bw_error *reterr)
{
        struct reading *reading = userdata;
        struct bw_arena_mark mark = bw_arena_save(reading->arena);
        struct bw_installed item = {.name = package->name, .arch = package->arch, .module = package->module};
        int r;

        if (bw_str_is(package->name, "gpg-pubkey"))
                return 0;
        item.version = evr(reading->arena, package->epoch, package->version, package->release);
        r = item.version.p ? bw_packages_add(reading->packages, &item, reterr) : bw_arena_error(reading->arena, reterr);
        bw_arena_restore(reading->arena, mark);
        return r;
}

static int read_database(struct bw_packages *packages, const char *path, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(4 * BW_LIMIT_RPM_HEADER);
        bw_auto_done(bw_file_close) struct bw_file file = BW_FILE_CLOSED;
        struct reading reading = {.packages = packages, .arena = arena};
        struct bw_reader_at reader = {.read = read_at, .userdata = &file};
        int r;

        if (!arena)
                return bw_error_nomem(reterr);
        r = bw_host_open_file(packages->node->host, path, &file, reterr);
        if (r < 0)
                return r;
        reader.size = file.stat.size;
        return bw_rpm_database_read(arena, &reader, see_package, &reading, reterr);
}

/* ---- advisories */

struct advisories {
        struct bw_packages *packages;
        struct bw_str source;
        struct bw_arena *arena; /* of one offer's texts */
};

static int see_update(void *userdata, const struct bw_update *update, struct bw_error *reterr)
{
        struct advisories *a = userdata;
        struct bw_arena_mark mark = bw_arena_save(a->arena);
        struct bw_installed offer = {.name = update->name, .arch = update->arch, .module = update->module,
                                     .source = a->source, .advisory = update->id};
        uint64_t epoch = 0;
        size_t n;
        int r;

        if (!update->security || !bw_packages_find(a->packages, update->name, &n))
                return 0;
        if (update->epoch.n && bw_str_to_u64(update->epoch, &epoch) < 0)
                return 0;
        offer.version = evr(a->arena, (unsigned)BW_MIN(epoch, (uint64_t)UINT32_MAX), update->version, update->release);
        r = offer.version.p ? bw_packages_offer(a->packages, &offer, reterr) : bw_arena_error(a->arena, reterr);
        bw_arena_restore(a->arena, mark);
        return r;
}

static int feed(void *userdata, struct bw_str bytes, struct bw_error *reterr)
{
        return bw_updateinfo_feed(userdata, bytes, reterr);
}

static int read_advisories(struct bw_packages *packages, const char *path, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(BW_MIB);
        struct advisories a = {.packages = packages, .source = bw_str(path), .arena = arena};
        bw_auto_done(bw_updateinfo_done) struct bw_updateinfo reader = {.each = see_update, .userdata = &a};
        struct bw_error err = {0};
        struct bw_host_stat st = {0};
        int r;

        if (!arena)
                return bw_error_nomem(reterr);
        r = bw_packages_stream(packages, path, feed, &reader, &err);
        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        (void)!bw_host_stat(packages->node->host, path, 0, &st, NULL);
        bw_packages_note(packages, path, st.mtime, r, &err);
        return 0;
}

struct search {
        struct bw_packages *packages;
        size_t folders;
        size_t files;
};

/* Files with "updateinfo.xml" in their names, at any depth that the managers use. */
static int search(struct search *s, const char *dir, unsigned depth, struct bw_error *reterr)
{
        bw_auto_done(bw_listing_done) struct bw_listing names = {0};
        int r = 0;

        if (depth > CACHE_DEPTH || ++s->folders > CACHE_FOLDERS ||
            bw_host_list(s->packages->node->host, dir, CACHE_FOLDERS, &names, NULL) < 0)
                return 0;
        for (size_t i = 0; r == 0 && i < names.n_entries; i++) {
                char path[PATH_MAX];

                if (snprintf(path, sizeof(path), "%s/%s", dir, bw_listing_name(&names, i)) >= (int)sizeof(path))
                        continue;
                if (names.entries[i].kind == BW_FS_DIR)
                        r = search(s, path, depth + 1, reterr);
                else if (strstr(bw_listing_name(&names, i), "updateinfo.xml") && ++s->files <= CACHE_FILES)
                        r = read_advisories(s->packages, path, reterr);
        }
        return r;
}

/* ---- unattended upgrades: a timer that installs */

static void read_unattended(struct bw_packages *packages)
{
        static const char *const timers[] = {"dnf-automatic-install.timer", "transactional-update.timer",
                                             "rpm-ostreed-automatic.timer", "dnf-automatic.timer", "dnf5-automatic.timer",
                                             "yum-cron.service"};
        static const char *const configs[] = {"/etc/dnf/automatic.conf", "/etc/dnf/dnf5-plugins/automatic.conf",
                                              "/etc/yum/yum-cron.conf"};
        bool applies = false;

        packages->unattended_known = true;
        for (size_t i = 0; i < BW_ARRAY_SIZE(configs); i++) {
                struct bw_str text;
                struct bw_str line;

                if (bw_system_read(packages->node, configs[i], &text, NULL) < 0)
                        continue;
                packages->unattended_file = bw_str(configs[i]);
                while (bw_str_split(&text, '\n', &line)) {
                        struct bw_str value = bw_str_trim(line);
                        struct bw_str key;

                        (void)bw_str_split(&value, '=', &key);
                        if (bw_str_is(bw_str_trim(key), "apply_updates"))
                                applies = bw_str_is(bw_str_trim(value), "yes") || bw_str_is(bw_str_trim(value), "true") ||
                                          bw_str_is(bw_str_trim(value), "1");
                }
        }
        for (size_t i = 0; i < BW_ARRAY_SIZE(timers); i++)
                if (bw_system_unit_enabled(packages->node, timers[i], NULL))
                        packages->unattended |= i < 3 || applies; /* the first three install by themselves */
}

int bw_packages_read_rpm(struct bw_packages *packages, const struct bw_os_release *os, struct bw_error *reterr)
{
        struct search s = {.packages = packages};
        size_t i = 0;
        int r;

        (void)os;
        while (i < BW_ARRAY_SIZE(databases) && !bw_host_exists(packages->node->host, databases[i]))
                i++;
        if (i == BW_ARRAY_SIZE(databases))
                return 0;
        packages->manager = "rpm";
        packages->order = bw_version_rpm;
        packages->security = true;
        packages->database = bw_str(databases[i]);
        packages->why_none = "no repository's advisories (updateinfo) are in the caches here: dnf makecache has not run, or the "
                             "repositories give none";
        r = read_database(packages, databases[i], reterr);
        if (r < 0)
                return r;
        bw_packages_sort(packages);
        for (i = 0; r == 0 && i < BW_ARRAY_SIZE(caches); i++)
                r = search(&s, caches[i], 0, reterr);
        if (r == 0)
                read_unattended(packages);
        return r;
}
