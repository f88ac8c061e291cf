/* SPDX-License-Identifier: Apache-2.0 */
#include "host/table.h"

#include "base/alloc.h"
#include "base/error.h"

/* A decimal id, without sign. */
static bool to_id(struct bw_str s, uint32_t *ret)
{
        uint64_t v;

        if (s.n == 0 || s.p[0] == '+' || bw_str_to_u64(s, &v) < 0 || v > UINT32_MAX)
                return false;
        *ret = (uint32_t)v;
        return true;
}

/* ---- passwd, group */

static int by_id(const void *a, const void *b)
{
        const struct bw_id *x = a;
        const struct bw_id *y = b;

        if (x->id != y->id)
                return x->id < y->id ? -1 : 1;
        return (x->order > y->order) - (x->order < y->order);
}

int bw_ids_add(struct bw_ids *ids, struct bw_str text, struct bw_error *reterr)
{
        struct bw_str line = {0};

        while (bw_str_split(&text, '\n', &line)) {
                struct bw_id row = {.order = (uint32_t)ids->n};
                struct bw_str password = {0};
                struct bw_str id = {0};

                if (!bw_str_split(&line, ':', &row.name) || row.name.n == 0 || row.name.p[0] == '#' ||
                    !bw_str_split(&line, ':', &password) || !bw_str_split(&line, ':', &id) || !to_id(id, &row.id))
                        continue;
                if (bw_grow(&ids->rows, &ids->cap, ids->n + 1, sizeof(*ids->rows)) < 0)
                        return bw_error_nomem(reterr);
                ids->rows[ids->n++] = row;
        }
        if (ids->n)
                qsort(ids->rows, ids->n, sizeof(*ids->rows), by_id);
        return 0;
}

struct bw_str bw_ids_name(const struct bw_ids *ids, uint32_t id)
{
        size_t low = 0;
        size_t high = ids->n;

        while (low < high) {
                size_t mid = low + (high - low) / 2;

                if (ids->rows[mid].id < id)
                        low = mid + 1;
                else
                        high = mid;
        }
        return low < ids->n && ids->rows[low].id == id ? ids->rows[low].name : BW_STR("");
}

bool bw_ids_find(const struct bw_ids *ids, struct bw_str name, uint32_t *ret)
{
        const struct bw_id *found = NULL;

        for (size_t i = 0; i < ids->n; i++)
                if (bw_str_eq(ids->rows[i].name, name) && (!found || ids->rows[i].order < found->order))
                        found = &ids->rows[i];
        if (found)
                *ret = found->id;
        return found;
}

void bw_ids_done(struct bw_ids *ids)
{
        bw_free(ids->rows);
        *ids = (struct bw_ids){0};
}

/* ---- lines of a fixture's tables */

/* The next line that says something, without its end; false: there is none. */
static bool next_line(struct bw_str *text, uint32_t *line, struct bw_str *ret)
{
        while (bw_str_split(text, '\n', ret)) {
                (*line)++;
                if (bw_str_ends(*ret, BW_STR("\r")))
                        ret->n--;
                if (ret->n && ret->p[0] != '#')
                        return true;
        }
        return false;
}

/* ---- modes */

static int by_path(const void *a, const void *b)
{
        const struct bw_mode_row *x = a;
        const struct bw_mode_row *y = b;
        int r = bw_str_cmp(x->path, y->path);

        return r ? r : (x->line > y->line) - (x->line < y->line);
}

static bool to_mode(struct bw_str s, uint32_t *ret)
{
        uint32_t mode = 0;

        if (s.n == 0 || s.n > 5)
                return false;
        for (size_t i = 0; i < s.n; i++) {
                if (s.p[i] < '0' || s.p[i] > '7')
                        return false;
                mode = mode * 8 + (uint32_t)(s.p[i] - '0');
        }
        *ret = mode;
        return mode <= 07777;
}

static const char *parse_mode_row(struct bw_str line, struct bw_mode_row *row)
{
        struct bw_str mode = {0};
        struct bw_str uid = {0};
        struct bw_str gid = {0};

        if (!bw_str_split(&line, '\t', &row->path) || !bw_str_split(&line, '\t', &mode) ||
            !bw_str_split(&line, '\t', &uid) || !bw_str_split(&line, '\t', &gid) || line.n)
                return "four fields are expected: path, mode, uid, gid, with tabs between them";
        if (row->path.n == 0 || row->path.p[0] != '/')
                return "the path must begin with a slash";
        row->is_dir = bw_str_ends(row->path, BW_STR("/"));
        row->path.n -= row->is_dir && row->path.n > 1;
        row->is_link = bw_str_is(mode, "link");
        if (row->is_link)
                row->mode = 0777;
        else if (!to_mode(mode, &row->mode))
                return "the mode must be octal, or \"link\"";
        return to_id(uid, &row->uid) && to_id(gid, &row->gid) ? NULL : "uid and gid must be numbers";
}

int bw_modes_parse(struct bw_modes *modes, struct bw_str text, struct bw_error *reterr)
{
        struct bw_str line = {0};
        uint32_t number = 0;

        while (next_line(&text, &number, &line)) {
                struct bw_mode_row row = {.line = number};
                const char *wrong = parse_mode_row(line, &row);

                if (wrong)
                        return bw_error_at(reterr, -EINVAL, number, 0, "%s", wrong);
                if (bw_grow(&modes->rows, &modes->cap, modes->n + 1, sizeof(*modes->rows)) < 0)
                        return bw_error_nomem(reterr);
                modes->rows[modes->n++] = row;
        }
        if (modes->n)
                qsort(modes->rows, modes->n, sizeof(*modes->rows), by_path);
        return 0;
}

const struct bw_mode_row *bw_modes_find(const struct bw_modes *modes, struct bw_str path)
{
        size_t low = 0;
        size_t high = modes->n;

        while (low < high) { /* the first row behind all of this path */
                size_t mid = low + (high - low) / 2;

                if (bw_str_cmp(modes->rows[mid].path, path) <= 0)
                        low = mid + 1;
                else
                        high = mid;
        }
        return low && bw_str_eq(modes->rows[low - 1].path, path) ? &modes->rows[low - 1] : NULL;
}

void bw_modes_done(struct bw_modes *modes)
{
        bw_free(modes->rows);
        *modes = (struct bw_modes){0};
}

/* ---- processes */

static const char *parse_process_row(struct bw_str line, struct bw_process_row *row)
{
        struct bw_str pid = {0};
        struct bw_str ppid = {0};
        struct bw_str uid = {0};

        if (!bw_str_split(&line, '\t', &pid) || !bw_str_split(&line, '\t', &ppid) || !bw_str_split(&line, '\t', &uid) ||
            !bw_str_split(&line, '\t', &row->comm) || !bw_str_split(&line, '\t', &row->exe) ||
            !bw_str_split(&line, '\t', &row->cgroup) || !bw_str_split(&line, '\t', &row->environ))
                return "seven fields and the arguments are expected, with tabs between them: pid, ppid, uid, comm, exe, "
                       "cgroup, environ";
        if (!to_id(pid, &row->pid) || row->pid == 0 || !to_id(ppid, &row->ppid) || !to_id(uid, &row->uid))
                return "pid, ppid and uid must be numbers";
        if (bw_str_is(row->exe, "-"))
                row->exe = BW_STR("");
        if (bw_str_is(row->environ, "-"))
                row->environ = BW_STR("");
        row->args = line;
        return NULL;
}

int bw_process_row_next(struct bw_str *text, uint32_t *line, struct bw_process_row *ret, struct bw_error *reterr)
{
        struct bw_str s = {0};
        const char *wrong;

        if (!next_line(text, line, &s))
                return 0;
        *ret = (struct bw_process_row){0};
        wrong = parse_process_row(s, ret);
        return wrong ? bw_error_at(reterr, -EINVAL, *line, 0, "%s", wrong) : 1;
}
