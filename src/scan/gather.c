/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/gather.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "collect/feed.h"
#include "doc/classify.h"
#include "doc/keep.h"
#include "os/sandbox.h"
#include "scan/cluster.h"

#define CLUSTER_NUMBER 0x70000000u /* of the cluster's input: behind all files */

struct bw_gathering {
        struct bw_arena *arena;       /* errors' texts, paths */
        struct bw_keeper *keeper;
        struct bw_inventory *inventory;
        struct bw_input_error *errors;
        size_t n_errors, errors_cap;
        size_t n_kept;
        struct bw_sandbox sandbox;
        struct bw_str warnings;
};

/* What lives as long as the reading only. */
struct run {
        const struct bw_gather_options *options;
        struct bw_gathering *g;
        struct bw_cluster *cluster;
        struct bw_feed *feed;
        struct bw_unit *unit;
        struct bw_arena *document;
        uint32_t n_docs;              /* of the input at hand */
        uint32_t number;
};

static void run_done(struct run *run)
{
        bw_unit_free(run->unit);
        bw_feed_free(run->feed);
        bw_cluster_close(run->cluster);
        bw_arena_free(run->document);
}

void bw_gathering_free(struct bw_gathering *g)
{
        if (!g)
                return;
        bw_inventory_free(g->inventory);
        bw_keeper_free(g->keeper);
        bw_free(g->errors);
        bw_sandbox_done(&g->sandbox);
        bw_arena_free(g->arena);
        bw_free(g);
}

const struct bw_inventory *bw_gathering_inventory(const struct bw_gathering *gathering)
{
        return gathering->inventory;
}

struct bw_str bw_gathering_warnings(const struct bw_gathering *gathering)
{
        return gathering->warnings;
}

const struct bw_input_error *bw_gathering_errors(const struct bw_gathering *gathering, size_t *ret_n)
{
        *ret_n = gathering->n_errors;
        return gathering->errors;
}

static int add_error(struct bw_gathering *g, struct bw_str file, const struct bw_error *err, struct bw_error *reterr)
{
        struct bw_input_error e = {
                .file = bw_arena_str(g->arena, file),
                .line = err->line,
                .column = err->column,
                .message = bw_arena_str(g->arena, bw_str(err->message)),
        };

        if (err->code == -ENOMEM || !e.file.p || !e.message.p ||
            bw_grow(&g->errors, &g->errors_cap, g->n_errors + 1, sizeof(e)) < 0)
                return bw_error_nomem(reterr);
        g->errors[g->n_errors++] = e;
        return 0;
}

/* What a cluster did not give of the kinds that are wanted: an answer without it must not look as if there were none. */
static int take_coverage(struct run *run, const struct bw_doc *doc, struct bw_error *reterr)
{
        struct bw_value state = bw_map_walk(doc->root, "evidence.state");
        struct bw_str reason = bw_map_text(state, "reason");
        struct bw_str help = bw_map_text(state, "help");
        struct bw_error err = {0};

        if (reason.n == 0 || !run->options->wanted(bw_map_text(doc->root, "group"), bw_map_text(doc->root, "resourceKind")))
                return 0;
        (void)bw_error_set(&err, -EACCES, "%.*s could not be read: %.*s%s%.*s", BW_STR_ARG(doc->name), BW_STR_ARG(reason), help.n ? "; " : "",
                           BW_STR_ARG(help));
        return add_error(run->g, doc->input->name, &err, reterr);
}

static int take_object(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        struct run *run = userdata;
        struct bw_gathering *g = run->g;
        bool is_live = doc->input->number == CLUSTER_NUMBER;
        struct bw_doc *kept;
        int r;

        doc->index = run->n_docs++;
        if (is_live)
                doc->line = doc->mark.line = 0; /* of a stream that nobody else sees */
        if (bw_str_is(doc->kind, "ClusterCoverage") && bw_str_is(doc->group, "bulwark.dev"))
                return take_coverage(run, doc, reterr);
        if (doc->kind.n == 0 || !run->options->wanted(doc->group, doc->kind))
                return 0;
        if (++g->n_kept > BW_LIMIT_KEPT_DOCS)
                return bw_error_set(reterr, -E2BIG, "there are more than %d objects to hold in mind: ask of a part at a time",
                                    BW_LIMIT_KEPT_DOCS);
        r = bw_doc_keep(g->keeper, doc, run->options->places && !is_live, &kept, reterr);
        return r < 0 ? r : bw_inventory_add(g->inventory, kept, reterr);
}

/* Items of a typed list (PodList) that nobody wants need not be read. */
static bool is_unwanted(const struct run *run, const struct bw_piece *piece)
{
        struct bw_str kind = piece->list_kind;
        struct bw_str group = piece->list_api_version;
        size_t slash = bw_str_find(group, BW_STR("/"));

        if (kind.n <= 4 || !bw_str_ends(kind, BW_STR("List")))
                return false;
        group.n = slash == SIZE_MAX ? 0 : slash;
        return !run->options->wanted(group, bw_str_n(kind.p, kind.n - 4));
}

static int take_item(struct run *run, const struct bw_item *item, struct bw_error *reterr)
{
        struct bw_error err = {0};
        struct bw_doc doc = {0};
        int r;

        if (item->input->number != run->number) {
                run->number = item->input->number;
                run->n_docs = 0;
        }
        if (item->failed) {
                bool is_template = item->error->code == -EINVAL && bw_text_is_template(item->piece.text);

                return is_template ? 0 : add_error(run->g, item->input->name, item->error, reterr);
        }
        if (is_unwanted(run, &item->piece)) {
                run->n_docs++;
                return 0;
        }
        r = bw_doc_read(run->document, &item->piece, false, &doc, &err);
        if (r == 0) {
                doc.input = item->input;
                r = bw_doc_list_items(run->document, &doc, take_object, run, &err);
        } else if (r == -EINVAL && bw_text_is_template(item->piece.text)) {
                r = 0;
        }
        bw_arena_reset(run->document);
        if (r == 0)
                return 0;
        if (r == -E2BIG && run->g->n_kept > BW_LIMIT_KEPT_DOCS) {
                *reterr = err;
                return r;
        }
        if (err.line == 0) {
                err.line = item->piece.line;
                err.column = item->piece.column;
        }
        return add_error(run->g, item->input->name, &err, reterr);
}

static int read_all(struct run *run, struct bw_error *reterr)
{
        struct bw_item item;
        int r;

        while ((r = bw_feed_next(run->feed, run->unit, reterr)) == 1) {
                while ((r = bw_unit_item(run->unit, &item, reterr)) == 1) {
                        r = take_item(run, &item, reterr);
                        if (r < 0)
                                return r;
                }
                if (r < 0)
                        return r;
        }
        return r;
}

/* Why a cluster's answers broke off is an error of that input: what came before counts. */
static int finish_cluster(struct run *run, struct bw_error *reterr)
{
        struct bw_error err = {0};

        if (!run->cluster || bw_cluster_finish(run->cluster, &err) == 0)
                return 0;
        return add_error(run->g, bw_cluster_server(run->cluster), &err, reterr);
}

static int allow(struct run *run, const struct bw_str *paths, size_t n, bool writable)
{
        for (size_t i = 0; i < n; i++) {
                struct bw_str path = bw_arena_str(run->g->arena, paths[i]); /* zero-terminated */

                if (!path.p)
                        return -ENOMEM;
                if (writable)
                        bw_sandbox_allow_write(&run->g->sandbox, path.p);
                else if (!bw_str_is(path, "-"))
                        bw_sandbox_allow_read(&run->g->sandbox, path.p);
        }
        return 0;
}

static int enter_sandbox(struct run *run, struct bw_error *reterr)
{
        const struct bw_gather_options *options = run->options;
        struct bw_sandbox *sandbox = &run->g->sandbox;
        const char *why;

        if (!options->sandbox || !bw_sandbox_is_possible(&why))
                return 0;
        *sandbox = bw_sandbox_begin();
        if (allow(run, options->paths, options->n_paths, false) < 0 ||
            allow(run, options->readable, options->n_readable, false) < 0 ||
            allow(run, options->writable, options->n_writable, true) < 0)
                return bw_error_nomem(reterr);
        bw_sandbox_enter(sandbox);
        return 0;
}

static bool is_wanted(void *userdata, struct bw_str group, struct bw_str kind)
{
        const struct bw_gather_options *options = userdata;

        return options->wanted(group, kind);
}

static int open_cluster(struct run *run, struct bw_error *reterr)
{
        struct bw_cluster_options options = *run->options->cluster;
        int r;

        options.wanted = is_wanted;
        options.userdata = (void *)(uintptr_t)run->options;
        r = bw_cluster_open(&options, &run->cluster, reterr);
        if (r < 0)
                return r;
        run->g->warnings = bw_arena_str(run->g->arena, bw_cluster_warnings(run->cluster));
        return run->g->warnings.p ? 0 : bw_arena_error(run->g->arena, reterr);
}

static int begin(struct run *run, struct bw_error *reterr)
{
        struct bw_gathering *g = run->g;
        int r;

        g->arena = bw_arena_new(0);
        run->document = bw_arena_new(BW_LIMIT_DOC_ARENA);
        if (!g->arena || !run->document)
                return bw_error_nomem(reterr);
        r = bw_keeper_new(&g->keeper, reterr);
        if (r == 0)
                r = bw_inventory_new(&g->inventory, reterr);
        if (r == 0 && run->options->cluster)
                r = open_cluster(run, reterr);
        return r < 0 ? r : enter_sandbox(run, reterr);
}

static int open_feed(struct run *run, struct bw_error *reterr)
{
        struct bw_feed_stream stream;
        struct bw_feed_options options = {
                .paths = run->options->paths,
                .n_paths = run->options->n_paths,
                .streams = &stream,
                .n_streams = run->cluster != NULL,
                .cancel = run->options->cancel,
        };
        int r;

        if (run->cluster)
                stream = (struct bw_feed_stream){.name = bw_cluster_server(run->cluster),
                                                 .fd = bw_cluster_fd(run->cluster),
                                                 .number = CLUSTER_NUMBER};
        r = bw_feed_new(&options, &run->feed, reterr);
        return r < 0 ? r : bw_unit_new(run->feed, &run->unit, reterr);
}

int bw_gather(const struct bw_gather_options *options, struct bw_gathering **ret, struct bw_error *reterr)
{
        bw_auto(bw_gathering_free) struct bw_gathering *g = bw_zalloc(sizeof(*g));
        bw_auto_done(run_done) struct run run = {.options = options, .g = g, .number = UINT32_MAX};
        int r;

        if (!g)
                return bw_error_nomem(reterr);
        g->sandbox.ruleset = -1;
        r = begin(&run, reterr);
        if (r == 0)
                r = open_feed(&run, reterr);
        if (r == 0)
                r = read_all(&run, reterr);
        if (r == 0)
                r = finish_cluster(&run, reterr);
        if (r == 0)
                r = bw_inventory_seal(g->inventory, reterr);
        if (r < 0)
                return r;
        *ret = bw_take(g);
        return 0;
}
