/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/machine.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "node/node.h"
#include "os/fs.h"

/* "node:cp1": what reports call the machine where no file is named. */
static int name_machine(struct bw_machine *machine, struct bw_str name, struct bw_error *reterr)
{
        struct bw_str *inputs = bw_arena_array(machine->arena, 1, sizeof(*inputs));

        if (!inputs)
                return bw_error_nomem(reterr);
        machine->head.name = bw_arena_str(machine->arena, name);
        inputs[0] = bw_arena_printf(machine->arena, "node:%.*s", BW_STR_ARG(name));
        if (!machine->head.name.p || !inputs[0].p)
                return bw_error_nomem(reterr);
        machine->head.inputs = inputs;
        machine->head.n_inputs = 1;
        return 0;
}

const char *bw_machine_root(const struct bw_machine_options *options)
{
        return options->root ? options->root : "/";
}

static int open_host(const struct bw_machine_options *options, struct bw_machine *machine, struct bw_error *reterr)
{
        struct bw_host_options host = {
                .root = options->root, .modes = options->modes, .processes = options->processes};
        struct bw_node_options node = {
                .now = options->now,
                .probe = options->probe,
                .kubernetes_minor = options->kubernetes_minor,
                .kubernetes_minor_is_given = options->kubernetes_minor_is_given,
                .cancel = options->cancel,
        };
        int r = bw_host_open(&host, &machine->host, reterr);

        if (r < 0)
                return r;
        r = name_machine(machine, bw_host_name(machine->host), reterr);
        node.host = machine->host;
        if (r == 0)
                r = bw_node_new(&node, machine->arena, &machine->node, reterr);
        return r < 0 ? r : bw_node_prepare(machine->node, reterr);
}

int bw_machine_open(const struct bw_machine_options *options, struct bw_arena *arena, struct bw_machine *ret,
                    struct bw_error *reterr)
{
        struct bw_machine machine = {
                .arena = arena, .head = {.version = options->version, .time = options->now}};
        int r = open_host(options, &machine, reterr);

        if (r < 0) {
                bw_machine_close(&machine);
                return r;
        }
        *ret = machine;
        return 0;
}

void bw_machine_close(struct bw_machine *machine)
{
        bw_node_free(machine->node);
        bw_host_close(machine->host);
        machine->node = NULL;
        machine->host = NULL;
}

static int take(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        struct bw_machine *machine = userdata;
        struct bw_doc *kept = bw_arena_alloc(machine->arena, sizeof(*kept));

        if (machine->n_docs == BW_LIMIT_SNAPSHOT_DOCS)
                return bw_error_set(reterr, -E2BIG, "more than %d documents on one machine", BW_LIMIT_SNAPSHOT_DOCS);
        if (!kept ||
            bw_arena_grow(machine->arena, &machine->docs, &machine->cap, machine->n_docs, sizeof(*machine->docs)) < 0)
                return bw_error_nomem(reterr);
        *kept = *doc;
        machine->docs[machine->n_docs++] = kept;
        return 0;
}

int bw_machine_collect(struct bw_machine *machine, struct bw_error *reterr)
{
        struct bw_str first;
        int r = bw_node_collect(machine->node, take, machine, reterr);

        if (r < 0)
                return r;
        machine->head.refused = bw_host_refused(machine->host, &first);
        machine->head.first_refused = bw_arena_str(machine->arena, first);
        return machine->head.first_refused.p ? 0 : bw_error_nomem(reterr);
}

/* ---- snapshots */

/* Up to most bytes of a file. */
static int read_bytes(const char *path, size_t most, struct bw_buf *to, struct bw_error *reterr)
{
        struct bw_file file = BW_FILE_CLOSED;
        int r = bw_fs_open(AT_FDCWD, path, 0, &file, reterr);
        size_t n = 1;

        while (r == 0 && n && to->n < most) {
                size_t room = BW_MIN(most - to->n, (size_t)64 * 1024);
                char *at = bw_buf_reserve(to, room);

                r = at ? bw_file_read(&file, at, room, NULL, &n, reterr) : bw_error_nomem(reterr);
                if (r == 0)
                        bw_buf_commit(to, n);
        }
        bw_file_close(&file);
        return r;
}

bool bw_machine_is_snapshot(const char *path)
{
        bw_auto_done(bw_buf_done) struct bw_buf head = {0};

        return read_bytes(path, 4096, &head, NULL) == 0 && bw_snapshot_is(bw_buf_view(&head));
}

int bw_machine_read(const char *path, struct bw_arena *arena, struct bw_machine *ret, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf bytes = {.ceiling = BW_LIMIT_SNAPSHOT_BYTES + 1};
        struct bw_machine machine = {.arena = arena};
        int r = read_bytes(path, BW_LIMIT_SNAPSHOT_BYTES, &bytes, reterr);

        if (r == 0)
                r = bw_snapshot_read(arena, bw_buf_view(&bytes), &machine.head, &machine.docs, &machine.n_docs, reterr);
        if (r < 0) {
                if (reterr)
                        bw_error_in_file(reterr, bw_str(path));
                return r;
        }
        *ret = machine;
        return 0;
}
