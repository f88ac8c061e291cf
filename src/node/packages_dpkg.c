/* SPDX-License-Identifier: Apache-2.0 */
/* dpkg's database, and apt's lists of the security suites of the release that runs. */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/package_version.h"
#include "format/stanzas.h"
#include "node/packages.h"

static const char status_file[] = "/var/lib/dpkg/status";
static const char status_dir[] = "/var/lib/dpkg/status.d"; /* of distroless images */
static const char lists_dir[] = "/var/lib/apt/lists";

/* "install ok installed": what is wanted, the state of the record, what is there. */
static bool is_installed(struct bw_str status, bool *held)
{
        struct bw_str want = {0};
        struct bw_str flag = {0};

        (void)bw_str_split(&status, ' ', &want);
        (void)bw_str_split(&status, ' ', &flag);
        *held = bw_str_is(want, "hold");
        return bw_str_is(status, "installed");
}

static int see_status(void *userdata, struct bw_str stanza, struct bw_error *reterr)
{
        struct bw_packages *packages = userdata;
        struct bw_installed item = {0};
        struct bw_str status;

        if (bw_stanza_field(stanza, BW_STR("Status"), &status) && !is_installed(status, &item.held))
                return 0;
        if (!bw_stanza_field(stanza, BW_STR("Package"), &item.name) ||
            !bw_stanza_field(stanza, BW_STR("Version"), &item.version))
                return 0;
        (void)bw_stanza_field(stanza, BW_STR("Architecture"), &item.arch);
        return bw_packages_add(packages, &item, reterr);
}

static int feed(void *userdata, struct bw_str bytes, struct bw_error *reterr)
{
        return bw_stanzas_feed(userdata, bytes, false, reterr);
}

static int read_stanzas(struct bw_packages *packages, const char *path, bw_stanza_fn each, void *userdata,
                        struct bw_error *reterr)
{
        bw_auto_done(bw_stanzas_done) struct bw_stanzas stanzas = {.each = each, .userdata = userdata};
        int r = bw_packages_stream(packages, path, feed, &stanzas, reterr);

        return r < 0 ? r : bw_stanzas_feed(&stanzas, (struct bw_str){0}, true, reterr);
}

static int read_status_dir(struct bw_packages *packages, struct bw_error *reterr)
{
        bw_auto_done(bw_listing_done) struct bw_listing names = {0};
        int r = bw_host_list(packages->node->host, status_dir, BW_LIMIT_PACKAGES, &names, reterr);

        for (size_t i = 0; r == 0 && i < names.n_entries; i++) {
                char path[512];

                if (bw_str_ends(bw_str(bw_listing_name(&names, i)), BW_STR(".md5sums")) ||
                    snprintf(path, sizeof(path), "%s/%s", status_dir, bw_listing_name(&names, i)) >= (int)sizeof(path))
                        continue;
                r = read_stanzas(packages, path, see_status, packages, reterr);
        }
        return r;
}

/* ---- lists: HOST_PATH_dists_SUITE_COMPONENT_binary-ARCH_Packages[.lz4] */

struct list {
        struct bw_packages *packages;
        struct bw_str source;
};

static int see_offer(void *userdata, struct bw_str stanza, struct bw_error *reterr)
{
        struct list *list = userdata;
        struct bw_installed offer = {.source = list->source};
        size_t n;

        if (!bw_stanza_field(stanza, BW_STR("Package"), &offer.name) || !bw_packages_find(list->packages, offer.name, &n) ||
            !bw_stanza_field(stanza, BW_STR("Version"), &offer.version))
                return 0;
        (void)bw_stanza_field(stanza, BW_STR("Architecture"), &offer.arch);
        return bw_packages_offer(list->packages, &offer, reterr);
}

/*
 * The suite that a list is of ("bookworm-security"), when it gives security fixes for this release: Debian and Ubuntu name
 * it CODENAME-security, ESM CODENAME-infra-security, Debian before 11 CODENAME/updates on a host for security alone.
 */
static bool security_suite(struct bw_str name, struct bw_str codename, struct bw_str *ret)
{
        static const struct bw_str mark = BW_STR("_dists_");
        size_t at = bw_str_find(name, mark);
        struct bw_str rest;
        size_t end;

        if (at == SIZE_MAX)
                return false;
        rest = bw_str_rest(name, at + mark.n);
        end = bw_str_find(rest, BW_STR("_"));
        if (end == SIZE_MAX)
                return false;
        *ret = bw_str_n(rest.p, end);
        if (codename.n && !(bw_str_starts(*ret, codename) && (ret->n == codename.n || ret->p[codename.n] == '-')))
                return false;
        return bw_str_find(*ret, BW_STR("security")) != SIZE_MAX ||
               (bw_str_starts(bw_str_rest(rest, end), BW_STR("_updates_")) &&
                bw_str_find(bw_str_n(name.p, at), BW_STR("security")) != SIZE_MAX);
}

static bool is_packages(struct bw_str name)
{
        size_t at = bw_str_find(name, BW_STR("_Packages"));

        return at != SIZE_MAX && (name.n == at + 9 || name.p[at + 9] == '.');
}

/* "Sat, 21 Nov 2026 09:12:33 UTC" in unix seconds; 0: it is none. */
static int64_t parse_date(struct bw_str text)
{
        static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
        char copy[64];
        char month[4];
        int day;
        int year;
        int hour;
        int minute;
        int second;
        const char *at;
        struct tm tm;

        (void)snprintf(copy, sizeof(copy), "%.*s", BW_STR_ARG(text));
        if (sscanf(copy, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d", &day, month, &year, &hour, &minute, &second) != 6)
                return 0;
        at = strlen(month) == 3 ? strstr(months, month) : NULL;
        if (!at)
                return 0;
        tm = (struct tm){.tm_mday = day, .tm_mon = (int)(at - months) / 3, .tm_year = year - 1900, .tm_hour = hour,
                         .tm_min = minute, .tm_sec = second};
        return timegm(&tm);
}

/* The date in the suite's release file. */
static int64_t release_date(struct bw_packages *packages, struct bw_str name, struct bw_str suite)
{
        static const char *const files[] = {"InRelease", "Release"};
        size_t n = (size_t)(suite.p - name.p) + suite.n;

        for (size_t i = 0; i < BW_ARRAY_SIZE(files); i++) {
                struct bw_str text;
                struct bw_str date;
                char path[640];

                if (snprintf(path, sizeof(path), "%s/%.*s_%s", lists_dir, (int)BW_MIN(n, (size_t)512), name.p, files[i]) <
                            (int)sizeof(path) &&
                    bw_host_read(packages->node->host, packages->arena, path, BW_LIMIT_SYSTEM_FILE, &text, NULL) == 0 &&
                    bw_stanza_field(text, BW_STR("Date"), &date))
                        return parse_date(date);
        }
        return 0;
}

static int read_list(struct bw_packages *packages, const char *name, struct bw_str suite, struct bw_error *reterr)
{
        struct list list = {.packages = packages, .source = suite};
        struct bw_error err = {0};
        char path[640];
        int r;

        if (snprintf(path, sizeof(path), "%s/%s", lists_dir, name) >= (int)sizeof(path))
                return 0;
        r = read_stanzas(packages, path, see_offer, &list, &err);
        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        bw_packages_note(packages, path, release_date(packages, bw_str(name), suite), r, &err);
        return 0;
}

static int read_lists(struct bw_packages *packages, struct bw_str codename, struct bw_error *reterr)
{
        bw_auto_done(bw_listing_done) struct bw_listing names = {0};
        struct bw_error err = {0};
        int r = bw_host_list(packages->node->host, lists_dir, BW_LIMIT_SYSTEM_DROPINS, &names, &err);

        packages->why_none = "apt has no list of a security suite here: apt update has not run, or the suite is not among its sources";
        if (r < 0 && r != -ENOENT)
                bw_packages_note(packages, lists_dir, 0, r, &err);
        r = 0;
        for (size_t i = 0; r == 0 && i < names.n_entries; i++) {
                const char *name = bw_listing_name(&names, i);
                struct bw_str suite;

                if (is_packages(bw_str(name)) && security_suite(bw_str(name), codename, &suite))
                        r = read_list(packages, name, suite, reterr);
        }
        return r;
}

/* ---- unattended upgrades: APT::Periodic::Unattended-Upgrade "1"; the last one counts */

static bool periodic_value(struct bw_str line, bool *ret)
{
        static const struct bw_str key = BW_STR("APT::Periodic::Unattended-Upgrade");
        struct bw_str value;

        line = bw_str_trim(line);
        if (!bw_str_starts(line, key))
                return false;
        value = bw_str_trim(bw_str_rest(line, key.n));
        while (value.n && (value.p[value.n - 1] == ';' || value.p[value.n - 1] == '"' || value.p[value.n - 1] == ' '))
                value.n--;
        while (value.n && (value.p[0] == '"' || value.p[0] == '='))
                value = bw_str_rest(value, 1);
        *ret = value.n && !bw_str_is(value, "0");
        return true;
}

static void see_apt_conf(struct bw_packages *packages, const char *path, bool *on)
{
        struct bw_str text;
        struct bw_str line;

        if (bw_system_read(packages->node, path, &text, NULL) < 0)
                return;
        while (bw_str_split(&text, '\n', &line))
                if (periodic_value(line, on))
                        packages->unattended_file = bw_arena_str(packages->arena, bw_str(path));
}

static int read_unattended(struct bw_packages *packages, struct bw_error *reterr)
{
        static const char *const dirs[] = {"/etc/apt/apt.conf.d"};
        const char *const *paths;
        bool on = false;
        size_t count;
        size_t n;
        int r = bw_system_dropins(packages->node, dirs, 1, "", &paths, &n, reterr);

        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                see_apt_conf(packages, paths[i], &on);
        see_apt_conf(packages, "/etc/apt/apt.conf", &on);
        packages->unattended_known = true;
        packages->unattended = on && bw_packages_find(packages, BW_STR("unattended-upgrades"), &count) &&
                               (!bw_system_has_systemd(packages->node) ||
                                bw_system_unit_enabled(packages->node, "apt-daily-upgrade.timer", NULL));
        return 0;
}

int bw_packages_read_dpkg(struct bw_packages *packages, const struct bw_os_release *os, struct bw_error *reterr)
{
        bool is_dir = !bw_host_exists(packages->node->host, status_file) &&
                      bw_host_exists(packages->node->host, status_dir);
        int r;

        if (!is_dir && !bw_host_exists(packages->node->host, status_file))
                return 0;
        packages->manager = "dpkg";
        packages->order = bw_version_dpkg;
        packages->security = true;
        packages->database = bw_str(is_dir ? status_dir : status_file);
        r = is_dir ? read_status_dir(packages, reterr) : read_stanzas(packages, status_file, see_status, packages, reterr);
        if (r < 0)
                return r;
        bw_packages_sort(packages);
        r = read_lists(packages, os->version_codename, reterr);
        return r < 0 ? r : read_unattended(packages, reterr);
}
