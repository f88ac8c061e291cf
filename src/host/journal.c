/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a unit has written to the journal. libsystemd is loaded when it is asked for: it is on every machine that has a
 * journal, and nobody else needs it.
 * Source: sd-journal(3) and the manual pages of each function; systemd's sd-journal.h for the values of flags.
 */
#include <dlfcn.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "host/host_internal.h"

struct sd_journal;

/* The functions of the library; one member and one row for each. */
struct library {
        void *handle;
        int (*open_directory_fd)(struct sd_journal **ret, int fd, int flags);
        void (*close)(struct sd_journal *j);
        int (*add_match)(struct sd_journal *j, const void *data, size_t size);
        int (*seek_realtime)(struct sd_journal *j, uint64_t usec);
        int (*next)(struct sd_journal *j);
        int (*get_data)(struct sd_journal *j, const char *field, const void **data, size_t *n);
};
static const struct {
        const char *name;
        size_t at;
} functions[] = {
        {"sd_journal_open_directory_fd", offsetof(struct library, open_directory_fd)},
        {"sd_journal_close", offsetof(struct library, close)},
        {"sd_journal_add_match", offsetof(struct library, add_match)},
        {"sd_journal_seek_realtime_usec", offsetof(struct library, seek_realtime)},
        {"sd_journal_next", offsetof(struct library, next)},
        {"sd_journal_get_data", offsetof(struct library, get_data)},
};

static int load(struct library *lib, struct bw_error *reterr)
{
        lib->handle = dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);
        if (!lib->handle)
                return bw_error_set(reterr, -ENOENT, "the journal cannot be read: libsystemd is not there");
        for (size_t i = 0; i < BW_ARRAY_SIZE(functions); i++) {
                void *f = dlsym(lib->handle, functions[i].name);

                if (!f) {
                        (void)dlclose(lib->handle);
                        return bw_error_set(reterr, -ENOENT, "the journal cannot be read: libsystemd has no %s",
                                            functions[i].name);
                }
                memcpy((char *)lib + functions[i].at, &f, sizeof(f));
        }
        return 0;
}

/* The messages from where the journal stands, a line each. */
static void copy_messages(const struct library *lib, struct sd_journal *j, struct bw_buf *buf)
{
        static const char field[] = "MESSAGE=";
        const size_t skip = sizeof(field) - 1;

        while (lib->next(j) > 0) {
                const void *data = NULL;
                size_t n = 0;

                if (lib->get_data(j, "MESSAGE", &data, &n) < 0 || n < skip)
                        continue;
                if (buf->n + n > BW_LIMIT_HOST_JOURNAL)
                        return;
                bw_buf_put(buf, (const char *)data + skip, n - skip);
                bw_buf_char(buf, '\n');
        }
}

static int read_folder(struct bw_host *host, const struct library *lib, const char *folder, struct bw_str match,
                       int64_t since, struct bw_buf *buf)
{
        struct bw_spot spot;
        struct bw_file dir = BW_FILE_CLOSED;
        struct sd_journal *j = NULL;
        int r = bw_root_find(&host->root, folder, 0, &spot, NULL);

        if (r < 0)
                return r;
        r = bw_spot_open_dir(&spot, &dir, NULL);
        bw_spot_done(&spot);
        if (r < 0)
                return bw_host_note(host, folder, r);
        r = lib->open_directory_fd(&j, dir.fd, 0);
        if (r >= 0)
                r = lib->add_match(j, match.p, match.n);
        if (r >= 0)
                r = lib->seek_realtime(j, (uint64_t)BW_MAX(since, INT64_C(0)) * 1000000);
        if (r >= 0)
                copy_messages(lib, j, buf);
        if (j)
                lib->close(j);
        bw_file_close(&dir);
        return r;
}

static int read_journal(struct bw_host *host, const char *unit, int64_t since, struct bw_buf *buf, struct bw_error *reterr)
{
        static const char *const folders[] = {"/var/log/journal", "/run/log/journal"};
        char match[256];
        struct library lib = {0};
        int r;

        if (!host->is_live)
                return bw_error_set(reterr, -ENOENT, "only the journal of a live machine is read");
        r = load(&lib, reterr);
        if (r < 0)
                return r;
        (void)snprintf(match, sizeof(match), "_SYSTEMD_UNIT=%s.service", unit);
        for (size_t i = 0; i < BW_ARRAY_SIZE(folders); i++)
                (void)read_folder(host, &lib, folders[i], bw_str(match), since, buf);
        (void)dlclose(lib.handle);
        return buf->n ? 0 : bw_error_set(reterr, -ENOENT, "the journal has nothing of %s", match + 14);
}

/* "journal-UNIT.txt" beside a fixture's table of processes. */
static int read_fixture(const struct bw_host *host, const char *unit, struct bw_buf *buf, struct bw_error *reterr)
{
        char path[PATH_MAX];
        struct bw_str table = bw_str(host->processes_path);

        while (table.n && table.p[table.n - 1] != '/')
                table.n--;
        if (snprintf(path, sizeof(path), "%.*sjournal-%s.txt", BW_STR_ARG(table), unit) >= (int)sizeof(path))
                return bw_error_set(reterr, -ENAMETOOLONG, "%s", bw_errno_text(ENAMETOOLONG));
        return bw_host_read_given(path, BW_LIMIT_HOST_JOURNAL, buf, reterr);
}

int bw_host_journal(struct bw_host *host, struct bw_arena *arena, const char *unit, int64_t since, struct bw_str *ret,
                    struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        struct bw_str text;
        int r = host->has_processes ? read_fixture(host, unit, &buf, reterr)
                                    : read_journal(host, unit, since, &buf, reterr);

        if (r < 0)
                return r;
        text = bw_arena_str(arena, bw_buf_view(&buf));
        if (!text.p)
                return bw_arena_error(arena, reterr);
        *ret = text;
        return 0;
}
