/* SPDX-License-Identifier: Apache-2.0 */
/* apk's database and its cached indexes. They do not tell security fixes from others: a stable branch gets little else. */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/package_version.h"
#include "format/stanzas.h"
#include "format/tar_member.h"
#include "node/packages.h"

static const char *const databases[] = {"/lib/apk/db/installed", "/usr/lib/apk/db/installed"};
static const char *const caches[] = {"/etc/apk/cache", "/var/cache/apk"};

static bool read_record(struct bw_str stanza, struct bw_installed *item)
{
        (void)bw_stanza_field(stanza, BW_STR("A"), &item->arch);
        return bw_stanza_field(stanza, BW_STR("P"), &item->name) && bw_stanza_field(stanza, BW_STR("V"), &item->version);
}

static int see_installed(void *userdata, struct bw_str stanza, struct bw_error *reterr)
{
        struct bw_installed item = {0};

        return read_record(stanza, &item) ? bw_packages_add(userdata, &item, reterr) : 0;
}

static int feed_stanzas(void *userdata, struct bw_str bytes, struct bw_error *reterr)
{
        return bw_stanzas_feed(userdata, bytes, false, reterr);
}

static int read_database(struct bw_packages *packages, const char *path, struct bw_error *reterr)
{
        bw_auto_done(bw_stanzas_done) struct bw_stanzas stanzas = {.each = see_installed, .userdata = packages};
        int r = bw_packages_stream(packages, path, feed_stanzas, &stanzas, reterr);

        return r < 0 ? r : bw_stanzas_feed(&stanzas, (struct bw_str){0}, true, reterr);
}

struct index {
        struct bw_packages *packages;
        struct bw_str source;
};

static int see_offer(void *userdata, struct bw_str stanza, struct bw_error *reterr)
{
        struct index *index = userdata;
        struct bw_installed offer = {.source = index->source};

        if (!read_record(stanza, &offer))
                return 0;
        return bw_packages_offer(index->packages, &offer, reterr);
}

static int feed_tar(void *userdata, struct bw_str bytes, struct bw_error *reterr)
{
        return bw_tar_member_feed(userdata, bytes, reterr);
}

static int read_index(struct bw_packages *packages, const char *path, struct bw_error *reterr)
{
        struct index index = {.packages = packages, .source = bw_str(path)};
        bw_auto_done(bw_stanzas_done) struct bw_stanzas stanzas = {.each = see_offer, .userdata = &index};
        struct bw_tar_member tar = {.name = BW_STR("APKINDEX"), .each = feed_stanzas, .userdata = &stanzas};
        struct bw_error err = {0};
        struct bw_host_stat st = {0};
        int r = bw_packages_stream(packages, path, feed_tar, &tar, &err);

        if (r >= 0)
                r = bw_stanzas_feed(&stanzas, (struct bw_str){0}, true, &err);
        if (r >= 0 && !tar.seen)
                r = bw_error_set(&err, -EINVAL, "there is no APKINDEX in it");
        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        (void)!bw_host_stat(packages->node->host, path, 0, &st, NULL);
        bw_packages_note(packages, path, st.mtime, r, &err);
        return 0;
}

static int read_cache(struct bw_packages *packages, const char *dir, struct bw_error *reterr)
{
        bw_auto_done(bw_listing_done) struct bw_listing names = {0};
        int r = 0;

        if (bw_host_list(packages->node->host, dir, BW_LIMIT_PACKAGES, &names, NULL) < 0)
                return 0;
        for (size_t i = 0; r == 0 && i < names.n_entries; i++) {
                struct bw_str name = bw_str(bw_listing_name(&names, i));
                char path[512];

                if (bw_str_starts(name, BW_STR("APKINDEX.")) && bw_str_ends(name, BW_STR(".tar.gz")) &&
                    snprintf(path, sizeof(path), "%s/%s", dir, name.p) < (int)sizeof(path))
                        r = read_index(packages, path, reterr);
        }
        return r;
}

int bw_packages_read_apk(struct bw_packages *packages, const struct bw_os_release *os, struct bw_error *reterr)
{
        size_t i = bw_host_exists(packages->node->host, databases[0]) ? 0 : 1;
        int r;

        (void)os;
        if (!bw_host_exists(packages->node->host, databases[i]))
                return 0;
        packages->manager = "apk";
        packages->order = bw_version_apk;
        packages->database = bw_str(databases[i]);
        packages->why_none = "apk keeps no index here: apk update has not run, or the cache is off";
        r = read_database(packages, databases[i], reterr);
        if (r < 0)
                return r;
        bw_packages_sort(packages);
        for (i = 0; r == 0 && i < BW_ARRAY_SIZE(caches); i++)
                if (i == 0 || !packages->n_indexes)
                        r = read_cache(packages, caches[i], reterr);
        return r;
}
