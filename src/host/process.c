/* SPDX-License-Identifier: Apache-2.0 */
/* Running processes, from /proc or from a fixture's table. */
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "host/host_internal.h"

#define STATUS_MOST ((size_t)16384) /* /proc/PID/status has about 1,500 bytes */
#define CGROUP_MOST ((size_t)65536)
#define STAT_MOST (4 * BW_MIB) /* /proc/stat has a line for each interrupt and processor */

/* Cuts a text at each `sep`, with a zero byte or not at the end, into the arena. */
static int cut(struct bw_arena *arena, struct bw_str text, char sep, size_t most, const struct bw_str **ret, size_t *ret_n,
               bool *ret_is_cut, struct bw_error *reterr)
{
        struct bw_str *parts;
        struct bw_str rest = text;
        struct bw_str part = {0};
        size_t n = 0;

        while (n <= most && bw_str_split(&rest, sep, &part))
                n++;
        *ret_is_cut = n > most;
        n = BW_MIN(n, most);
        parts = bw_arena_array(arena, BW_MAX(n, 1U), sizeof(*parts));
        if (!parts)
                return bw_arena_error(arena, reterr);
        rest = text;
        for (size_t i = 0; i < n; i++)
                (void)bw_str_split(&rest, sep, &parts[i]);
        *ret = parts;
        *ret_n = n;
        return 0;
}

/* /proc/PID/cmdline and environ end each text with a zero byte. */
static struct bw_str without_last_zero(struct bw_str text)
{
        if (text.n == 0)
                return (struct bw_str){0};
        text.n -= text.p[text.n - 1] == '\0';
        return text;
}

/* ---- a fixture's table */

static int each_row(struct bw_host *host, struct bw_arena *arena,
                    bool (*wanted)(void *userdata, const struct bw_process *process),
                    int (*each)(void *userdata, const struct bw_process *process), void *userdata,
                    struct bw_error *reterr)
{
        struct bw_str text = bw_buf_view(&host->processes_text);
        struct bw_process_row row;
        uint32_t line = 0;
        int r;

        while ((r = bw_process_row_next(&text, &line, &row, reterr)) > 0) {
                struct bw_process p = {.pid = row.pid, .exe = row.exe};

                if (wanted && !wanted(userdata, &p))
                        continue;
                bw_arena_reset(arena);
                p.ppid = row.ppid;
                p.uid = row.uid;
                p.comm = row.comm;
                p.cgroup = row.cgroup;
                r = cut(arena, row.args, '\t', BW_LIMIT_PROCESS_ARG_COUNT, &p.args, &p.n_args, &p.args_cut, reterr);
                if (r == 0)
                        r = each(userdata, &p);
                if (r < 0)
                        break;
        }
        return r;
}

static int find_row(const struct bw_host *host, uint32_t pid, struct bw_process_row *ret, struct bw_error *reterr)
{
        struct bw_str text = bw_buf_view(&host->processes_text);
        uint32_t line = 0;
        int r;

        while ((r = bw_process_row_next(&text, &line, ret, reterr)) > 0)
                if (ret->pid == pid)
                        return 0;
        return r < 0 ? r : bw_error_set(reterr, -ENOENT, "there is no such process");
}

/* ---- /proc */

/* The rest of the line that begins with `key`. */
static bool status_field(struct bw_str status, const char *key, struct bw_str *ret)
{
        struct bw_str line = {0};

        while (bw_str_split(&status, '\n', &line)) {
                if (!bw_str_starts(line, bw_str(key)))
                        continue;
                *ret = bw_str_trim(bw_str_rest(line, strlen(key)));
                return true;
        }
        return false;
}

static bool status_number(struct bw_str status, const char *key, unsigned nth, uint32_t *ret)
{
        struct bw_str line = {0};
        struct bw_str word = {0};
        uint64_t v;

        if (!status_field(status, key, &line))
                return false;
        for (unsigned i = 0; i <= nth; i++)
                if (!bw_str_split(&line, '\t', &word))
                        return false;
        if (bw_str_to_u64(word, &v) < 0 || v > UINT32_MAX)
                return false;
        *ret = (uint32_t)v;
        return true;
}

/* Uid: has the real, effective, saved and file system one. The owner of /proc/PID is not to be trusted: it is root for
 * programs that forbid their memory image. */
static bool parse_status(struct bw_str status, struct bw_process *p)
{
        return status_field(status, "Name:", &p->comm) && status_number(status, "PPid:", 0, &p->ppid) &&
               status_number(status, "Uid:", 1, &p->uid);
}

static struct bw_str exe_of(struct bw_host *host, uint32_t pid, char *to, size_t size, bool *ret_is_refused)
{
        size_t n = 0;
        int r = bw_procfs_exe(&host->procfs, pid, to, size, &n, NULL);
        struct bw_str exe = bw_str_n(to, r == 0 ? n : 0);

        *ret_is_refused = r == -EACCES;
        if (bw_str_ends(exe, BW_STR(" (deleted)")))
                exe.n -= sizeof(" (deleted)") - 1;
        return exe;
}

/* The path in the unified hierarchy ("0::/x"), else in the first one of the others. */
static struct bw_str cgroup_path(struct bw_str text)
{
        struct bw_str line = {0};
        struct bw_str first = {0};

        while (bw_str_split(&text, '\n', &line)) {
                struct bw_str number = {0};
                struct bw_str controllers = {0};

                if (!bw_str_split(&line, ':', &number) || !bw_str_split(&line, ':', &controllers) || !line.p)
                        continue;
                if (bw_str_is(number, "0") && controllers.n == 0)
                        return line;
                if (!first.p)
                        first = line;
        }
        return first;
}

/* A text of a process, copied into the arena, as the buffer is used again. */
static int proc_text(struct bw_host *host, struct bw_arena *arena, uint32_t pid, const char *name, size_t most,
                     struct bw_str *ret, bool *ret_is_cut, struct bw_error *reterr)
{
        int r = bw_procfs_read(&host->procfs, pid, name, most, &host->proc_buf, ret_is_cut, reterr);

        if (r < 0)
                return r;
        *ret = bw_arena_str(arena, bw_buf_view(&host->proc_buf));
        return ret->p ? 0 : bw_arena_error(arena, reterr);
}

/* The second in which the machine was started: "btime" of /proc/stat. */
static int64_t booted(struct bw_host *host, struct bw_arena *arena)
{
        struct bw_str text;
        struct bw_str value = {0};

        if (host->booted == 0 &&
            bw_host_read_below(&host->root, arena, "/proc/stat", STAT_MOST, &text, NULL) == 0 &&
            status_field(text, "btime ", &value))
                (void)!bw_str_to_i64(value, &host->booted);
        return host->booted;
}

/* Field 22 of /proc/PID/stat, in ticks since the start of the machine; the name, in brackets, may hold anything. */
static int64_t started(struct bw_host *host, struct bw_arena *arena, uint32_t pid)
{
        const long ticks = sysconf(_SC_CLK_TCK);
        struct bw_str rest;
        struct bw_str field = {0};
        int64_t v;

        if (ticks <= 0 || proc_text(host, arena, pid, "stat", STATUS_MOST, &rest, NULL, NULL) < 0)
                return 0;
        for (size_t i = rest.n; i > 0; i--)
                if (rest.p[i - 1] == ')') {
                        rest = bw_str_rest(rest, i);
                        break;
                }
        for (unsigned i = 2; i <= 22; i++) /* what stands before the first blank is empty */
                if (!bw_str_split(&rest, ' ', &field))
                        return 0;
        if (bw_str_to_i64(field, &v) < 0 || booted(host, arena) == 0)
                return 0;
        return host->booted + v / ticks;
}

static int fill_details(struct bw_host *host, struct bw_arena *arena, struct bw_process *p, struct bw_error *reterr)
{
        struct bw_str text;
        bool is_cut;
        bool too_many;
        int r = proc_text(host, arena, p->pid, "cgroup", CGROUP_MOST, &text, NULL, reterr);

        if (r < 0)
                return r;
        p->cgroup = cgroup_path(text);
        r = proc_text(host, arena, p->pid, "cmdline", BW_LIMIT_PROCESS_ARGS, &text, &is_cut, reterr);
        if (r < 0)
                return r;
        r = cut(arena, without_last_zero(text), '\0', BW_LIMIT_PROCESS_ARG_COUNT, &p->args, &p->n_args, &too_many, reterr);
        p->args_cut = is_cut || too_many;
        p->started = started(host, arena, p->pid);
        return r;
}

/* What a process that ends while it is looked at, or is hidden (mount option hidepid), answers. */
static bool is_gone(int r)
{
        return r == -ENOENT || r == -EACCES;
}

static int fill_status(struct bw_host *host, struct bw_arena *arena, struct bw_process *p, struct bw_error *reterr)
{
        struct bw_str text;
        int r = proc_text(host, arena, p->pid, "status", STATUS_MOST, &text, NULL, reterr);

        if (r == 0 && !parse_status(text, p))
                r = bw_error_set(reterr, -ENOENT, "its status is none");
        return r;
}

/* Reading a status costs several times what reading a link does, and nearly every process is told by its program. */
static int examine(struct bw_host *host, struct bw_arena *arena, struct bw_process *p,
                   bool (*wanted)(void *userdata, const struct bw_process *process), void *userdata, bool *ret_is_wanted,
                   struct bw_error *reterr)
{
        bool has_status = p->exe_is_refused;
        int r = has_status ? fill_status(host, arena, p, reterr) : 0;

        if (r < 0)
                return r;
        *ret_is_wanted = !wanted || wanted(userdata, p);
        if (!*ret_is_wanted)
                return 0;
        if (!has_status)
                r = fill_status(host, arena, p, reterr);
        return r < 0 ? r : fill_details(host, arena, p, reterr);
}

static int each_process(struct bw_host *host, struct bw_arena *arena, uint32_t pid,
                        bool (*wanted)(void *userdata, const struct bw_process *process),
                        int (*each)(void *userdata, const struct bw_process *process), void *userdata,
                        struct bw_error *reterr)
{
        char exe[PATH_MAX];
        struct bw_process p = {.pid = pid};
        struct bw_error err = {0};
        bool is_wanted = false;
        int r;

        bw_arena_reset(arena);
        p.exe = exe_of(host, pid, exe, sizeof(exe), &p.exe_is_refused);
        r = examine(host, arena, &p, wanted, userdata, &is_wanted, &err);
        if (is_gone(r))
                return 0;
        if (r < 0)
                return bw_error_set(reterr, r, "%s", err.message);
        return is_wanted ? each(userdata, &p) : 0;
}

static int each_live(struct bw_host *host, struct bw_arena *arena,
                     bool (*wanted)(void *userdata, const struct bw_process *process),
                     int (*each)(void *userdata, const struct bw_process *process), void *userdata,
                     struct bw_error *reterr)
{
        int r = bw_procfs_rewind(&host->procfs, reterr);

        while (r >= 0) {
                uint32_t pid;

                r = bw_procfs_next(&host->procfs, &pid, reterr);
                if (r < 0 || pid == 0)
                        break;
                r = each_process(host, arena, pid, wanted, each, userdata, reterr);
        }
        return r < 0 ? r : 0;
}

int bw_host_processes(struct bw_host *host, bool (*wanted)(void *userdata, const struct bw_process *process),
                      int (*each)(void *userdata, const struct bw_process *process), void *userdata,
                      struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);

        if (!arena)
                return bw_error_nomem(reterr);
        if (host->has_processes)
                return each_row(host, arena, wanted, each, userdata, reterr);
        return host->has_procfs ? each_live(host, arena, wanted, each, userdata, reterr) : 0;
}

int bw_host_environment(struct bw_host *host, struct bw_arena *arena, uint32_t pid, const struct bw_str **ret,
                        size_t *ret_n, struct bw_error *reterr)
{
        struct bw_process_row row;
        struct bw_str text;
        bool is_cut;
        int r;

        if (host->has_processes) {
                r = find_row(host, pid, &row, reterr);
                if (r < 0)
                        return r;
                text = row.environ.n ? bw_arena_str(arena, row.environ) : (struct bw_str){0};
                return cut(arena, text, ';', BW_LIMIT_PROCESS_ARG_COUNT, ret, ret_n, &is_cut, reterr);
        }
        if (!host->has_procfs)
                return bw_error_set(reterr, -ENOENT, "nobody can say what runs: there is only a file system");
        r = proc_text(host, arena, pid, "environ", BW_LIMIT_PROCESS_ARGS, &text, &is_cut, reterr);
        if (r < 0)
                return bw_host_note(host, "/proc/PID/environ", r);
        return cut(arena, without_last_zero(text), '\0', BW_LIMIT_PROCESS_ARG_COUNT, ret, ret_n, &is_cut, reterr);
}

int bw_host_read_as(struct bw_host *host, uint32_t pid, struct bw_arena *arena, const char *path, size_t most,
                    struct bw_str *ret, struct bw_error *reterr)
{
        struct bw_root root = BW_ROOT_CLOSED;
        int r;

        if (!host->has_procfs)
                return bw_host_read(host, arena, path, most, ret, reterr);
        r = bw_procfs_root(&host->procfs, pid, &root, reterr);
        if (r == 0)
                r = bw_host_read_below(&root, arena, path, most, ret, reterr);
        bw_root_close(&root);
        return bw_host_note(host, path, r);
}

int bw_host_sockets(struct bw_host *host, uint32_t pid, int (*each)(void *userdata, uint64_t inode), void *userdata,
                    struct bw_error *reterr)
{
        if (!host->has_procfs || host->has_processes)
                return bw_error_set(reterr, -ENOENT, "no process runs there");
        return bw_procfs_sockets(&host->procfs, pid, BW_LIMIT_OPEN_FILES, each, userdata, reterr);
}
