/* SPDX-License-Identifier: Apache-2.0 */
#include "os/tzdata.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/limits.h"
#include "os/fs.h"
#include "os/pool.h"

struct zone {
        struct zone *next;
        struct bw_str bytes; /* behind the name; empty: there is no such zone */
        size_t name_n;
        char name[];
};

struct bw_tzdata {
        struct bw_monitor monitor;
        struct zone *zones;
        size_t n_zones;
};

int bw_tzdata_new(struct bw_tzdata **ret_cache, struct bw_error *reterr)
{
        struct bw_tzdata *cache = bw_zalloc(sizeof(*cache));
        int r;

        if (!cache)
                return bw_error_nomem(reterr);
        r = bw_monitor_init(&cache->monitor, reterr);
        if (r < 0) {
                bw_free(cache);
                return r;
        }
        *ret_cache = cache;
        return 0;
}

void bw_tzdata_free(struct bw_tzdata *cache)
{
        if (!cache)
                return;
        for (struct zone *z = cache->zones; z;) {
                struct zone *next = z->next;

                bw_free(z);
                z = next;
        }
        bw_monitor_done(&cache->monitor);
        bw_free(cache);
}

/* Names of zones are words of letters, digits, '_', '-' and '+' with '/' between; nothing that could leave the folder.
 */
static bool is_zone_name(struct bw_str name)
{
        char before = '/';

        if (name.n == 0 || name.n > BW_LIMIT_ZONE_NAME)
                return false;
        for (size_t i = 0; i < name.n; i++) {
                char c = name.p[i];
                bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                bool word = letter || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+';

                if (!word && (c != '/' || before == '/'))
                        return false;
                if (before == '/' && !letter)
                        return false;
                before = c;
        }
        return before != '/';
}

/* Reads the whole of a small file behind `used` bytes of *zone, which may move. */
static int read_zone(const struct bw_file *file, size_t used, struct zone **zone, size_t *ret_n)
{
        size_t want = (size_t)file->stat.size;
        size_t n = 0;
        struct zone *z;

        if (file->stat.size > BW_LIMIT_ZONE_BYTES)
                return -E2BIG;
        z = bw_reallocarray(*zone, 1, used + want + 1);
        if (!z)
                return -ENOMEM;
        *zone = z;
        while (n < want) {
                size_t got;
                int r = bw_file_read(file, (char *)z + used + n, want - n, NULL, &got, NULL);

                if (r < 0)
                        return r;
                if (got == 0)
                        break;
                n += got;
        }
        *ret_n = n;
        return 0;
}

/* NULL: not known now (out of memory); a zone without bytes: known not to exist. */
static struct zone *load_zone(struct bw_str name)
{
        char path[sizeof(BW_TZDATA_FOLDER) + BW_LIMIT_ZONE_NAME + 1];
        size_t used = sizeof(struct zone) + name.n + 1;
        struct zone *zone = bw_zalloc(used);
        struct bw_file file = BW_FILE_CLOSED;
        size_t n = 0;
        int r;

        if (!zone)
                return NULL;
        (void)snprintf(path, sizeof(path), "%s/%.*s", BW_TZDATA_FOLDER, BW_STR_ARG(name));
        r = bw_fs_open(AT_FDCWD, path, 0, &file, NULL);
        if (r == 0)
                r = read_zone(&file, used, &zone, &n);
        bw_file_close(&file);
        if (r == -ENOMEM) {
                bw_free(zone);
                return NULL;
        }
        zone->next = NULL;
        zone->name_n = name.n;
        memcpy(zone->name, name.p, name.n);
        zone->name[name.n] = '\0';
        zone->bytes = r < 0 ? (struct bw_str){0} : bw_str_n((char *)zone + used, n);
        return zone;
}

static struct bw_str get_locked(struct bw_tzdata *cache, struct bw_str name)
{
        struct zone *zone;

        for (zone = cache->zones; zone; zone = zone->next)
                if (bw_str_eq(bw_str_n(zone->name, zone->name_n), name))
                        return zone->bytes;
        /* Names can come from documents: the cache must not grow without end. There are about 600 zones. */
        if (cache->n_zones >= BW_LIMIT_ZONES)
                return (struct bw_str){0};
        zone = load_zone(name);
        if (!zone)
                return (struct bw_str){0};
        zone->next = cache->zones;
        cache->zones = zone;
        cache->n_zones++;
        return zone->bytes;
}

struct bw_str bw_tzdata_get(void *cache, struct bw_str name)
{
        struct bw_tzdata *c = cache;
        struct bw_str bytes;

        if (!is_zone_name(name))
                return (struct bw_str){0};
        bw_monitor_enter(&c->monitor);
        bytes = get_locked(c, name);
        bw_monitor_leave(&c->monitor);
        return bytes;
}
