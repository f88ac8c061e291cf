/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One implementation for the live machine, images and fixtures: files come from the root, and what a fixture's tables say
 * stands in for what the file system and /proc would.
 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "host/host_internal.h"

/* What a fixture's file has when the table of modes leaves it out. */
#define UNLISTED_FILE 0644
#define UNLISTED_DIR 0755

int bw_host_note(struct bw_host *host, const char *path, int r)
{
        if (r != -EACCES)
                return r;
        if (host->n_refused++ == 0)
                (void)snprintf(host->first_refused, sizeof(host->first_refused), "%s", path);
        return r;
}

size_t bw_host_refused(const struct bw_host *host, struct bw_str *ret_first)
{
        *ret_first = bw_str(host->first_refused);
        return host->n_refused;
}

/* ---- reading */

#define CHUNK ((size_t)4096)

static int read_into(const struct bw_file *file, size_t most, struct bw_buf *buf, struct bw_error *reterr)
{
        size_t size = (size_t)BW_MIN(file->stat.size, (uint64_t)SIZE_MAX - 1);

        buf->ceiling = most + 1;
        while (size <= most && buf->n <= most) {
                size_t left = size >= buf->n ? size - buf->n + 1 : CHUNK; /* one more tells that it has not grown */
                size_t room = BW_MIN(BW_MAX(left, CHUNK), most + 1 - buf->n);
                char *to = bw_buf_reserve(buf, room);
                size_t n;
                int r;

                if (!to)
                        return bw_error_nomem(reterr);
                r = bw_file_read(file, to, room, NULL, &n, reterr);
                if (r < 0)
                        return r;
                if (n == 0)
                        return 0;
                bw_buf_commit(buf, n);
        }
        return bw_error_set(reterr, -E2BIG, "is larger than %zu bytes, the most that is read of such a file", most);
}

/* A file that is replaced (as editors and the kubelet do) just while it is opened is opened once more. */
static int open_below(const struct bw_root *root, const char *path, struct bw_file *ret, struct bw_error *reterr)
{
        struct bw_error again = {0};
        int r = 0;

        for (int tries = 0; tries < 3; tries++) {
                struct bw_spot spot;

                bw_error_clear(&again);
                r = bw_root_find(root, path, 0, &spot, &again);
                if (r < 0)
                        break;
                r = bw_spot_open(&spot, ret, &again);
                bw_spot_done(&spot);
                if (r != -EAGAIN)
                        break;
        }
        return r < 0 ? bw_error_set(reterr, r, "%s", again.message) : 0;
}

int bw_host_read_below(const struct bw_root *root, struct bw_arena *arena, const char *path, size_t most,
                       struct bw_str *ret, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        struct bw_file file = BW_FILE_CLOSED;
        struct bw_str text;
        int r = open_below(root, path, &file, reterr);

        if (r < 0)
                return r;
        r = read_into(&file, most, &buf, reterr);
        bw_file_close(&file);
        if (r < 0)
                return r;
        text = bw_arena_str(arena, bw_buf_view(&buf));
        if (!text.p)
                return bw_arena_error(arena, reterr);
        *ret = text;
        return 0;
}

int bw_host_read_given(const char *path, size_t most, struct bw_buf *buf, struct bw_error *reterr)
{
        struct bw_file file = BW_FILE_CLOSED;
        int r = bw_fs_open(AT_FDCWD, path, 0, &file, reterr);

        if (r == 0) {
                r = read_into(&file, most, buf, reterr);
                bw_file_close(&file);
        }
        return r;
}

int bw_host_read(struct bw_host *host, struct bw_arena *arena, const char *path, size_t most, struct bw_str *ret,
                 struct bw_error *reterr)
{
        return bw_host_note(host, path, bw_host_read_below(&host->root, arena, path, most, ret, reterr));
}

int bw_host_open_file(struct bw_host *host, const char *path, struct bw_file *ret, struct bw_error *reterr)
{
        return bw_host_note(host, path, open_below(&host->root, path, ret, reterr));
}

/* ---- what a fixture's table says */

static const struct bw_mode_row *listed(const struct bw_host *host, const struct bw_spot *spot)
{
        return bw_modes_find(&host->modes, bw_str_n(spot->path, spot->path_n));
}

static bool is_listed_link(const void *userdata, struct bw_str path)
{
        const struct bw_host *host = userdata;
        const struct bw_mode_row *row = bw_modes_find(&host->modes, path);

        return row && row->is_link;
}

static void apply_modes(const struct bw_host *host, struct bw_spot *spot)
{
        const struct bw_mode_row *row = listed(host, spot);

        spot->mode = row ? row->mode : spot->kind == BW_FS_DIR ? UNLISTED_DIR : UNLISTED_FILE;
        spot->uid = row ? row->uid : 0;
        spot->gid = row ? row->gid : 0;
        if (spot->kind == BW_FS_LINK)
                spot->mode = 0777;
}

/* A directory that only the table has: version control keeps no empty ones. */
static bool is_listed_only(const struct bw_host *host, const char *path, const struct bw_mode_row **ret)
{
        struct bw_str s = bw_str(path);
        const struct bw_mode_row *row;

        while (s.n > 1 && s.p[s.n - 1] == '/')
                s.n--;
        row = bw_modes_find(&host->modes, s);
        if (!row || !row->is_dir)
                return false;
        *ret = row;
        return true;
}

/* ---- asking */

static int find(struct bw_host *host, const char *path, unsigned flags, struct bw_spot *ret, struct bw_error *reterr)
{
        struct bw_error err = {0};
        const struct bw_mode_row *row;
        int r = bw_root_find(&host->root, path, flags, ret, &err);

        if (r == 0) {
                if (host->has_modes)
                        apply_modes(host, ret);
                return 0;
        }
        if (r == -ENOENT && host->has_modes && is_listed_only(host, path, &row) &&
            row->path.n < sizeof(ret->path)) {
                *ret = (struct bw_spot){.dirfd = -1, .kind = BW_FS_DIR, .mode = row->mode, .uid = row->uid,
                                        .gid = row->gid, .path_n = row->path.n};
                memcpy(ret->path, row->path.p, row->path.n);
                return 0;
        }
        return bw_error_set(reterr, bw_host_note(host, path, r), "%s", err.message);
}

int bw_host_stat(struct bw_host *host, const char *path, unsigned flags, struct bw_host_stat *ret,
                 struct bw_error *reterr)
{
        struct bw_spot spot;
        int r = find(host, path, flags, &spot, reterr);

        if (r < 0)
                return r;
        *ret = (struct bw_host_stat){
                .kind = spot.kind,
                .mode = spot.mode,
                .uid = spot.uid,
                .gid = spot.gid,
                .size = spot.size,
                .dev = spot.dev,
                .ino = spot.ino,
                .mtime = spot.mtime,
        };
        bw_spot_done(&spot);
        return 0;
}

int bw_host_real(struct bw_host *host, struct bw_arena *arena, const char *path, struct bw_str *ret,
                 struct bw_error *reterr)
{
        struct bw_spot spot;
        struct bw_str s;
        int r = find(host, path, 0, &spot, reterr);

        if (r < 0)
                return r;
        s = bw_arena_str(arena, bw_str_n(spot.path, spot.path_n));
        bw_spot_done(&spot);
        if (!s.p)
                return bw_arena_error(arena, reterr);
        *ret = s;
        return 0;
}

int bw_host_list(struct bw_host *host, const char *path, size_t most, struct bw_listing *listing,
                 struct bw_error *reterr)
{
        struct bw_file dir = BW_FILE_CLOSED;
        struct bw_spot spot;
        int r = find(host, path, 0, &spot, reterr);

        if (r < 0)
                return r;
        if (spot.dirfd < 0) {
                listing->n_entries = 0;
                return 0;
        }
        r = bw_spot_open_dir(&spot, &dir, reterr);
        bw_spot_done(&spot);
        if (r < 0)
                return bw_host_note(host, path, r);
        r = bw_fs_list(&dir, most, listing, reterr);
        bw_file_close(&dir);
        return r;
}

bool bw_host_exists(struct bw_host *host, const char *path)
{
        struct bw_spot spot;

        if (find(host, path, 0, &spot, NULL) < 0)
                return false;
        bw_spot_done(&spot);
        return true;
}

int bw_host_link(struct bw_host *host, struct bw_arena *arena, const char *path, struct bw_str *ret,
                 struct bw_error *reterr)
{
        char target[PATH_MAX];
        struct bw_spot spot;
        struct bw_str s;
        size_t n;
        int r = find(host, path, BW_FS_NOFOLLOW, &spot, reterr);

        if (r < 0)
                return r;
        r = bw_spot_link(&spot, target, sizeof(target), &n, reterr);
        bw_spot_done(&spot);
        if (r < 0)
                return r;
        s = bw_arena_str(arena, bw_str_n(target, n));
        if (!s.p)
                return bw_arena_error(arena, reterr);
        *ret = s;
        return 0;
}

/* ---- who can get at it */

/* Whoever may make and remove names in a directory replaces what lies in it. */
static void open_dir(struct bw_host *host, const struct bw_spot *dir, uint32_t uid, uint32_t gid)
{
        char *to = host->reach_opened_to;
        const size_t size = sizeof(host->reach_opened_to);
        const bool sticky = dir->mode & 01000;

        if (host->reach_opened_n)
                return;
        if (dir->uid != 0 && dir->uid != uid)
                (void)snprintf(to, size, "user %" PRIu32, dir->uid);
        else if (host->reach.others && dir->mode & 02 && !sticky)
                (void)snprintf(to, size, "everybody");
        else if (dir->mode & 020 && !sticky && dir->gid != 0 && dir->gid != gid)
                (void)snprintf(to, size, "group %" PRIu32, dir->gid);
        else
                return;
        host->reach_opened_n = dir->path_n;
}

/*
 * One directory on the way to a file. Members of the file's group pass by the group's bit where the directory is the
 * group's, else by the bit of others (that they are in the directory's group, too, is not known).
 */
static void pass_dir(struct bw_host *host, const struct bw_spot *dir, uint32_t uid, uint32_t gid)
{
        if (host->reach.others && !(dir->mode & 01)) {
                host->reach.others = false;
                host->reach_closed_n = dir->path_n;
        }
        if (!(dir->mode & (dir->gid == gid ? 010U : 01U)))
                host->reach.group = false;
        open_dir(host, dir, uid, gid);
}

static int pass_dirs(struct bw_host *host, struct bw_str dir, uint32_t uid, uint32_t gid, struct bw_error *reterr)
{
        host->reach = (struct bw_host_reach){.group = true, .others = true};
        host->reach_closed_n = host->reach_opened_n = 0;
        host->reach_opened_to[0] = '\0';
        for (size_t n = 0; n <= dir.n; n++) {
                char path[PATH_MAX];
                struct bw_spot spot;
                int r;

                if (n != dir.n && dir.p[n] != '/')
                        continue;
                memcpy(path, dir.p, n);
                (void)snprintf(path + n, sizeof(path) - n, "%s", n ? "" : "/");
                r = find(host, path, BW_FS_NOFOLLOW, &spot, reterr);
                if (r < 0)
                        return r;
                pass_dir(host, &spot, uid, gid);
                bw_spot_done(&spot);
        }
        return 0;
}

/* The directory's part of the answer, kept for the next file in it. */
static int reach_dir(struct bw_host *host, struct bw_str dir, const struct bw_spot *spot, struct bw_error *reterr)
{
        int r;

        if (host->reach_is_known && host->reach_uid == spot->uid && host->reach_gid == spot->gid &&
            bw_str_is(dir, host->reach_dir))
                return 0;
        host->reach_is_known = false;
        r = pass_dirs(host, dir, spot->uid, spot->gid, reterr);
        if (r < 0)
                return r;
        memcpy(host->reach_dir, dir.p, dir.n);
        host->reach_dir[dir.n] = '\0';
        host->reach_uid = spot->uid;
        host->reach_gid = spot->gid;
        host->reach_is_known = true;
        return 0;
}

int bw_host_reach(struct bw_host *host, struct bw_arena *arena, const char *path, struct bw_host_reach *ret,
                  struct bw_error *reterr)
{
        struct bw_host_reach reach;
        struct bw_spot spot;
        struct bw_str dir;
        int r = find(host, path, 0, &spot, reterr);

        if (r < 0)
                return r;
        bw_spot_done(&spot);
        dir = bw_str_n(spot.path, spot.path_n);
        while (dir.n && dir.p[dir.n - 1] != '/')
                dir.n--;
        dir.n -= dir.n > 1;
        r = reach_dir(host, dir, &spot, reterr);
        if (r < 0)
                return r;
        reach = host->reach;
        reach.group = reach.group && spot.mode & 070;
        reach.others = reach.others && spot.mode & 07;
        reach.closed_by = bw_arena_str(arena, bw_str_n(host->reach_dir, host->reach_closed_n));
        reach.opened_by = bw_arena_str(arena, bw_str_n(host->reach_dir, host->reach_opened_n));
        reach.opened_to = bw_arena_str(arena, bw_str(host->reach_opened_to));
        if (!reach.closed_by.p || !reach.opened_by.p || !reach.opened_to.p)
                return bw_arena_error(arena, reterr);
        *ret = reach;
        return 0;
}

/* ---- names of ids */

/* The second file is where image-based systems keep those of the operating system (nss-altfiles). */
static const char *const user_files[] = {"/etc/passwd", "/usr/lib/passwd", NULL};
static const char *const group_files[] = {"/etc/group", "/usr/lib/group", NULL};

/* What cannot be read names nobody: reports show the numbers. */
static void learn(struct bw_host *host, bool *known, struct bw_ids *ids, const char *const *files)
{
        if (*known)
                return;
        *known = true;
        for (; *files; files++) {
                struct bw_str text;

                if (bw_host_read_below(&host->root, host->arena, *files, BW_LIMIT_HOST_IDS, &text, NULL) == 0)
                        (void)!bw_ids_add(ids, text, NULL);
        }
}

struct bw_str bw_host_user(struct bw_host *host, uint32_t uid)
{
        learn(host, &host->knows_users, &host->users, user_files);
        return bw_ids_name(&host->users, uid);
}

struct bw_str bw_host_group(struct bw_host *host, uint32_t gid)
{
        learn(host, &host->knows_groups, &host->groups, group_files);
        return bw_ids_name(&host->groups, gid);
}

bool bw_host_uid(struct bw_host *host, struct bw_str name, uint32_t *ret)
{
        learn(host, &host->knows_users, &host->users, user_files);
        return bw_ids_find(&host->users, name, ret);
}

bool bw_host_gid(struct bw_host *host, struct bw_str name, uint32_t *ret)
{
        learn(host, &host->knows_groups, &host->groups, group_files);
        return bw_ids_find(&host->groups, name, ret);
}

/* ---- opening */

bool bw_host_is_live(const struct bw_host *host)
{
        return host->is_live;
}

bool bw_host_knows_processes(const struct bw_host *host)
{
        return host->has_processes || host->has_procfs;
}

struct bw_str bw_host_name(const struct bw_host *host)
{
        return host->name;
}

/* The first line of /etc/hostname that is no comment (hostname(5)). */
static int learn_name(struct bw_host *host, struct bw_error *reterr)
{
        struct bw_str text;
        struct bw_str line = {0};
        int r;

        host->name = BW_STR("node");
        r = bw_host_read_below(&host->root, host->arena, "/etc/hostname", CHUNK, &text, NULL);
        if (r < 0)
                return r == -ENOMEM ? bw_error_nomem(reterr) : 0;
        while (bw_str_split(&text, '\n', &line)) {
                line = bw_str_trim(line);
                if (line.n && line.p[0] != '#') {
                        host->name = line;
                        break;
                }
        }
        return 0;
}

static bool is_machines_root(const struct bw_root *root)
{
        struct bw_fs_stat here;
        struct bw_fs_stat machine;

        return bw_fs_stat(root->fd, ".", 0, &here, NULL) == 0 && bw_fs_stat(AT_FDCWD, "/", 0, &machine, NULL) == 0 &&
               here.dev == machine.dev && here.ino == machine.ino;
}

static int open_modes(struct bw_host *host, const char *path, struct bw_error *reterr)
{
        int r = bw_host_read_given(path, BW_LIMIT_HOST_TABLE, &host->modes_text, reterr);

        if (r == 0)
                r = bw_modes_parse(&host->modes, bw_buf_view(&host->modes_text), reterr);
        host->has_modes = true;
        host->root.is_link = is_listed_link;
        host->root.userdata = host;
        return r;
}

static int open_processes(struct bw_host *host, const char *path, struct bw_error *reterr)
{
        struct bw_process_row row;
        struct bw_str text;
        uint32_t line = 0;
        int r = bw_host_read_given(path, BW_LIMIT_HOST_TABLE, &host->processes_text, reterr);

        if (r < 0)
                return r;
        (void)snprintf(host->processes_path, sizeof(host->processes_path), "%s", path);
        host->has_processes = true;
        text = bw_buf_view(&host->processes_text);
        do {
                r = bw_process_row_next(&text, &line, &row, reterr);
        } while (r > 0);
        return r;
}

static int in_file(struct bw_error *reterr, const char *path, int r)
{
        if (r < 0 && reterr)
                bw_error_in_file(reterr, bw_str(path));
        return r;
}

static int fill(struct bw_host *host, const struct bw_host_options *o, struct bw_error *reterr)
{
        const char *root = o->root ? o->root : "/";
        int r = in_file(reterr, root, bw_root_open(AT_FDCWD, root, &host->root, reterr));

        if (r == 0 && o->modes)
                r = in_file(reterr, o->modes, open_modes(host, o->modes, reterr));
        if (r == 0 && o->processes)
                r = in_file(reterr, o->processes, open_processes(host, o->processes, reterr));
        if (r < 0)
                return r;
        host->is_live = !o->modes && !o->processes && is_machines_root(&host->root);
        /* A container that has the machine's root mounted sees its processes there, too. */
        if (!o->processes && !o->modes)
                host->has_procfs = bw_procfs_open(&host->root, &host->procfs, NULL) == 0;
        return learn_name(host, reterr);
}

int bw_host_open(const struct bw_host_options *options, struct bw_host **ret, struct bw_error *reterr)
{
        bw_auto(bw_host_close) struct bw_host *host = bw_zalloc(sizeof(*host));
        int r;

        if (!host)
                return bw_error_nomem(reterr);
        host->root = BW_ROOT_CLOSED;
        host->procfs.dir = BW_FILE_CLOSED;
        host->arena = bw_arena_new(0);
        if (!host->arena)
                return bw_error_nomem(reterr);
        r = fill(host, options, reterr);
        if (r < 0)
                return r;
        *ret = bw_take(host);
        return 0;
}

void bw_host_close(struct bw_host *host)
{
        if (!host)
                return;
        bw_root_close(&host->root);
        bw_procfs_close(&host->procfs);
        bw_modes_done(&host->modes);
        bw_ids_done(&host->users);
        bw_ids_done(&host->groups);
        bw_buf_done(&host->modes_text);
        bw_buf_done(&host->processes_text);
        bw_buf_done(&host->proc_buf);
        bw_arena_free(host->arena);
        bw_free(host);
}

int bw_host_beside(struct bw_host *host, struct bw_arena *arena, const char *name, size_t most, struct bw_str *ret,
                   struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        char path[PATH_MAX + 64];
        struct bw_str folder = bw_str(host->processes_path);
        struct bw_str text;
        int r;

        if (!host->has_processes)
                return bw_error_set(reterr, -ENOENT, "%s", bw_errno_text(ENOENT));
        while (folder.n && folder.p[folder.n - 1] != '/')
                folder.n--;
        (void)snprintf(path, sizeof(path), "%.*s%s", BW_STR_ARG(folder), name);
        r = bw_host_read_given(path, most, &buf, reterr);
        if (r < 0)
                return r;
        text = bw_arena_str(arena, bw_buf_view(&buf));
        if (!text.p)
                return bw_arena_error(arena, reterr);
        *ret = text;
        return 0;
}
