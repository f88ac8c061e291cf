/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/machines_internal.h"

#include "base/arena.h"
#include "scan/snapshot.h"

#define FIRST_NUMBER 0xf0000000u /* of their inputs: after all files of a run */

int bw_machines_open(const struct bw_scan_options *options, const struct bw_str *paths, struct bw_arena *arena,
                     struct bw_machines *ret, struct bw_error *reterr)
{
        struct bw_machines machines = {.paths = paths, .n_paths = options->n_paths};
        int r = 0;

        machines.items = bw_arena_zalloc(arena, (options->n_paths + 1) * sizeof(*machines.items));
        if (!machines.items)
                return bw_error_nomem(reterr);
        r = bw_clusters_begin(&machines.clusters, options->cluster, options->n_paths, arena, reterr);
        if (r == 0 && options->node)
                r = bw_machine_open(options->node, arena, &machines.items[machines.n++].machine, reterr);
        if (r < 0)
                return r;
        *ret = machines;
        return 0;
}

void bw_machines_done(struct bw_machines *machines)
{
        for (size_t i = 0; i < machines->n; i++)
                bw_machine_close(&machines->items[i].machine);
        machines->n = 0;
        bw_clusters_done(&machines->clusters);
}

static int number_inputs(struct bw_machines *machines, struct bw_arena *arena)
{
        size_t n_inputs = machines->n_paths + machines->clusters.n;
        struct bw_str *inputs;

        for (size_t i = 0; i < machines->n; i++)
                n_inputs += BW_MAX(machines->items[i].machine.head.n_inputs, (size_t)1);
        inputs = bw_arena_array(arena, n_inputs + 1, sizeof(*inputs));
        if (!inputs)
                return -ENOMEM;
        if (machines->n_paths)
                memcpy(inputs, machines->paths, machines->n_paths * sizeof(*inputs));
        machines->inputs = inputs;
        machines->n_inputs = machines->n_paths;
        for (size_t i = 0; i < machines->clusters.n; i++)
                inputs[machines->n_inputs++] = machines->clusters.streams[i].name;
        for (size_t i = 0; i < machines->n; i++) {
                struct bw_machine_input *item = &machines->items[i];
                const struct bw_snapshot_head *head = &item->machine.head;

                for (size_t k = 0; k < head->n_inputs; k++)
                        inputs[machines->n_inputs++] = head->inputs[k];
                if (head->n_inputs)
                        item->input.name = head->inputs[0];
                else
                        inputs[machines->n_inputs++] = item->input.name;
                item->input.number = FIRST_NUMBER + (uint32_t)i;
                for (size_t k = 0; k < item->machine.n_docs; k++)
                        item->machine.docs[k]->input = &item->input;
        }
        return 0;
}

int bw_machines_read(struct bw_machines *machines, struct bw_arena *arena, struct bw_error *reterr)
{
        struct bw_str *paths = bw_arena_array(arena, machines->n_paths + 1, sizeof(*paths));
        size_t n_paths = 0;
        int r = 0;

        if (!paths)
                return bw_error_nomem(reterr);
        if (machines->n)
                r = bw_machine_collect(&machines->items[0].machine, reterr);
        for (size_t i = 0; r == 0 && i < machines->n_paths; i++) {
                struct bw_machine_input *item = &machines->items[machines->n];

                bool cluster = !bw_str_is(machines->paths[i], "-") && bw_cluster_snapshot_is_file(machines->paths[i].p);

                if (cluster && bw_clusters_add(&machines->clusters, machines->paths[i].p, arena, NULL) == 0)
                        continue;
                if (bw_str_is(machines->paths[i], "-") || !bw_machine_is_snapshot(machines->paths[i].p)) {
                        paths[n_paths++] = machines->paths[i];
                        continue;
                }
                machines->n++;
                item->input.name = machines->paths[i];
                if (bw_machine_read(machines->paths[i].p, arena, &item->machine, &item->error) == -ENOMEM)
                        r = bw_error_nomem(reterr);
        }
        machines->paths = paths;
        machines->n_paths = n_paths;
        if (r == 0 && number_inputs(machines, arena) < 0)
                r = bw_error_nomem(reterr);
        return r;
}

int64_t bw_machines_time(const struct bw_machines *machines, const struct bw_scan_options *options)
{
        const struct bw_clusters *clusters = &machines->clusters;

        if (options->now_is_given || machines->n_paths || options->node || clusters->is_live || machines->n + clusters->n != 1)
                return options->now;
        if (clusters->n)
                return clusters->heads[0].time;
        return machines->items[0].error.code == 0 ? machines->items[0].machine.head.time : options->now;
}

static int judge_one(const struct bw_machine_input *item, struct bw_worker *worker, struct bw_error *reterr)
{
        int r = bw_worker_begin_part(
                worker, (struct bw_part_begin){.input = item->input.number, .part = 0, .is_whole = true}, reterr);

        if (r == 0 && item->error.code)
                r = bw_worker_add_error(worker, item->input.name, &item->error, reterr);
        for (size_t i = 0; r == 0 && i < item->machine.n_docs; i++) {
                r = bw_worker_doc(worker, item->machine.docs[i], reterr);
                bw_arena_reset(worker->arena);
        }
        return r < 0 ? r : bw_worker_finish_part(worker, reterr);
}

int bw_machines_judge(const struct bw_machines *machines, struct bw_worker *worker, struct bw_error *reterr)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < machines->n; i++)
                r = judge_one(&machines->items[i], worker, reterr);
        return r;
}

static struct bw_str refused_text(const struct bw_snapshot_head *head, struct bw_arena *arena)
{
        return bw_arena_printf(arena,
                               "%" PRIu64 " %s could not be read for want of rights, the first is %.*s: what depends on them "
                               "was not judged; run as root, or with CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE",
                               head->refused, head->refused == 1 ? "file" : "files", BW_STR_ARG(head->first_refused));
}

int bw_machines_notices(const struct bw_machines *machines, struct bw_arena *arena, struct bw_report *report,
                        struct bw_error *reterr)
{
        struct bw_notice *notices = bw_arena_array(arena, report->n_notices + machines->n + 1, sizeof(*notices));
        size_t n = report->n_notices;

        if (!notices)
                return bw_error_nomem(reterr);
        if (n)
                memcpy(notices, report->notices, n * sizeof(*notices));
        for (size_t i = 0; i < machines->n; i++) {
                const struct bw_machine_input *item = &machines->items[i];

                if (!item->machine.head.refused)
                        continue;
                notices[n] = (struct bw_notice){
                        .file = item->input.name, .message = refused_text(&item->machine.head, arena)};
                if (!notices[n++].message.p)
                        return bw_error_nomem(reterr);
        }
        report->notices = notices;
        report->n_notices = n;
        return 0;
}
