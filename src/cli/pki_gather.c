/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "analyze/derive.h"
#include "cli/documents.h"
#include "cli/files.h"
#include "cli/machine_args.h"
#include "cli/pki_internal.h"
#include "format/pem.h"
#include "os/fs.h"
#include "os/sandbox.h"

static int keep(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        struct pki_gathering *g = userdata;

        if (!bw_str_is(doc->kind, "Certificate") || !bw_str_is(doc->group, "bulwark.dev"))
                return 0;
        if (bw_grow(&g->items, &g->cap, g->n + 1, sizeof(g->items[0])) < 0)
                return bw_error_nomem(reterr);
        g->items[g->n++] = (struct pki_found){.root = doc->root, .from = g->from};
        return 0;
}

/* ---- machines */

static int take_machine(struct pki_gathering *g, struct bw_machine *machine, struct bw_error *reterr)
{
        int r = 0;

        if (!g->now_is_given)
                g->now = machine->head.time;
        for (size_t i = 0; r == 0 && i < machine->n_docs; i++)
                r = keep(g, machine->docs[i], reterr);
        return r;
}

static int gather_node(struct pki_gathering *g, struct bw_error *reterr)
{
        struct bw_machine machine;
        int r = bw_machine_of_args(g->args, NULL, NULL, g->arena, &machine, reterr);

        if (r < 0)
                return r;
        r = take_machine(g, &machine, reterr);
        bw_machine_tell_refused(g->cli, &machine);
        bw_machine_close(&machine);
        return r;
}

static int gather_snapshot(struct pki_gathering *g, const char *path, struct bw_error *reterr)
{
        struct bw_machine machine = {0};
        int r = bw_machine_read(path, g->arena, &machine, reterr);

        if (r == 0)
                r = take_machine(g, &machine, reterr);
        bw_machine_close(&machine);
        return r;
}

/* ---- files */

struct manifest {
        struct pki_gathering *g;
        const char *path;
};

static int take_document(void *userdata, struct bw_doc *doc)
{
        struct manifest *m = userdata;
        struct pki_gathering *g = m->g;

        if (!bw_derive_certificate.wants(doc))
                return 0;
        g->from = bw_arena_printf(g->arena, "%s: %.*s%s%.*s%s%.*s", m->path, BW_STR_ARG(doc->kind),
                                  doc->name.n ? " " : "", BW_STR_ARG(doc->ns), doc->ns.n ? "/" : "", BW_STR_ARG(doc->name));
        return g->from.p ? bw_derive_certificate.derive(g->arena, doc, 0, false, keep, g, NULL) : -ENOMEM;
}

static int gather_manifest(struct pki_gathering *g, const char *path, struct bw_str text, struct bw_error *reterr)
{
        struct manifest m = {.g = g, .path = strcmp(path, "-") ? path : "<stdin>"};
        int r = bw_documents_read_text(text, path, g->document, take_document, &m, reterr);

        g->from = (struct bw_str){0};
        return r;
}

static int gather_pem(struct pki_gathering *g, const char *path, struct bw_str text, bool named, struct bw_error *reterr)
{
        struct bw_str name = bw_str(strcmp(path, "-") ? path : "<stdin>");
        const struct bw_pki_source source = {
                .label = name,
                .file = name,
                .role = bw_pki_role_of_file(name),
                .why = BW_STR("given"),
                .in_use = true,
                .wants_certificate = named && !bw_str_ends(name, BW_STR(".key")),
                .state = BW_FILE_READ,
                .text = text,
        };

        return bw_pki_add(g->files, &source, reterr);
}

static const char *const pem_endings[] = {".crt", ".cer", ".cert", ".pem", ".key"};
static const char *const manifest_endings[] = {".yaml", ".yml", ".json", ".conf", ".kubeconfig"};

static bool ends_with_any(struct bw_str name, const char *const *endings, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (bw_str_ends(name, bw_str(endings[i])))
                        return true;
        return false;
}

/* A PEM block at the beginning of a line, before anything that a manifest has. */
static bool is_pem(struct bw_str text)
{
        size_t at = bw_str_find(text, BW_STR("-----BEGIN "));

        return at != SIZE_MAX && (at == 0 || text.p[at - 1] == '\n') &&
               bw_str_find(bw_str_n(text.p, at), BW_STR("apiVersion")) == SIZE_MAX;
}

/* named: the user did; files of a directory that hold nothing of the kind are passed over. */
static int gather_file(struct pki_gathering *g, const char *path, bool named, struct bw_error *reterr)
{
        struct bw_str name = bw_str(path);
        bool is_pem_name = ends_with_any(name, pem_endings, BW_ARRAY_SIZE(pem_endings));
        bool is_manifest_name = ends_with_any(name, manifest_endings, BW_ARRAY_SIZE(manifest_endings));
        struct bw_str text;
        int r;

        if (!named && !is_pem_name && !is_manifest_name)
                return 0;
        bw_arena_reset(g->scratch);
        r = bw_file_load(g->scratch, path, is_pem_name ? BW_LIMIT_PEM_BYTES : BW_LIMIT_BUF, &text, reterr);
        if (r < 0)
                return r;
        if (is_pem(text) || is_pem_name) {
                r = gather_pem(g, path, text, named || is_pem_name, reterr);
                bw_secret_wipe(text);
                return r;
        }
        r = gather_manifest(g, path, text, is_manifest_name ? reterr : NULL);
        return r == -EINVAL && !is_manifest_name
                       ? bw_error_set(reterr, r, "neither certificates in PEM form nor a manifest or kubeconfig")
                       : r;
}

/* ---- directories */

static int gather_path(struct pki_gathering *g, const char *path, bool named, unsigned depth, struct bw_error *reterr);

/* An input that cannot be read is told and counted; only a want of memory ends the work. */
static int told(struct pki_gathering *g, const char *path, int r, struct bw_error *error, struct bw_error *reterr)
{
        if (r == 0)
                return 0;
        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        bw_error_in_file(error, bw_str(path));
        (void)bw_cli_fail(g->cli, error);
        g->n_unreadable++;
        return 0;
}

static int gather_dir(struct pki_gathering *g, const char *path, unsigned depth, struct bw_error *reterr)
{
        bw_auto_done(bw_file_close) struct bw_file dir = BW_FILE_CLOSED;
        bw_auto_done(bw_listing_done) struct bw_listing listing = {0};
        int r = bw_fs_open_dir(AT_FDCWD, path, 0, &dir, reterr);

        if (r == 0)
                r = bw_fs_list(&dir, BW_LIMIT_PKI_ENTRIES, &listing, reterr);
        for (size_t i = 0; r == 0 && i < listing.n_entries; i++) {
                struct bw_error error = {0};
                struct bw_fs_stat st;
                struct bw_str inner = bw_arena_printf(g->arena, "%s%s%s", path, bw_str_ends(bw_str(path), BW_STR("/")) ? "" : "/",
                                                      bw_listing_name(&listing, i));

                if (!inner.p)
                        return bw_error_nomem(reterr);
                r = bw_fs_stat(AT_FDCWD, inner.p, BW_FS_NOFOLLOW, &st, &error);
                if (r < 0) {
                        r = told(g, inner.p, r, &error, reterr);
                        continue;
                }
                if (st.kind == BW_FS_DIR ? depth >= BW_LIMIT_PKI_DEPTH : st.kind != BW_FS_FILE && st.kind != BW_FS_LINK)
                        continue;
                r = told(g, inner.p, gather_path(g, inner.p, false, depth + 1, &error), &error, reterr);
        }
        return r;
}

static int gather_path(struct pki_gathering *g, const char *path, bool named, unsigned depth, struct bw_error *reterr)
{
        struct bw_fs_stat st = {.kind = BW_FS_PIPE};
        int r = 0;

        if (strcmp(path, "-") != 0)
                r = bw_fs_stat(AT_FDCWD, path, 0, &st, reterr);
        if (r < 0)
                return r;
        /* A link in a directory that is searched leads to files only: to directories it may lead in circles. */
        if (st.kind == BW_FS_DIR)
                return named || bw_fs_stat(AT_FDCWD, path, BW_FS_NOFOLLOW, &st, NULL) < 0 || st.kind == BW_FS_DIR
                               ? gather_dir(g, path, depth, reterr)
                               : 0;
        if (st.kind != BW_FS_FILE && !named)
                return 0;
        if (st.kind == BW_FS_FILE && bw_machine_is_snapshot(path))
                return gather_snapshot(g, path, reterr);
        return gather_file(g, path, named, reterr);
}

static void enter_sandbox(const struct pki_gathering *g)
{
        struct bw_sandbox sandbox;
        const char *why;

        if (bw_args_has(g->args, BW_OPT_NO_SANDBOX) || !bw_sandbox_is_possible(&why))
                return;
        sandbox = bw_sandbox_begin();
        for (size_t i = 0; i < g->args->n_positional; i++)
                bw_sandbox_allow_read(&sandbox, g->args->positional[i]);
        bw_sandbox_enter(&sandbox);
        bw_sandbox_done(&sandbox);
}

static int gather_paths(struct pki_gathering *g, struct bw_error *reterr)
{
        static const struct bw_pki_options options = {.name = {"", 0}, .origin = "file", .evidence = "file",
                                                      .distribution = ""};
        int r = bw_pki_new(&options, g->arena, &g->files, reterr);

        if (r < 0)
                return r;
        enter_sandbox(g);
        for (size_t i = 0; r == 0 && i < g->args->n_positional; i++) {
                const char *path = g->args->positional[i];
                struct bw_error error = {0};

                r = told(g, path, gather_path(g, path, true, 0, &error), &error, reterr);
        }
        return r < 0 ? r : bw_pki_finish(g->files, keep, g, reterr);
}

int pki_gather(struct pki_gathering *g, struct bw_error *reterr)
{
        struct bw_machine_options machine;
        int r = bw_now_arg(g->args, &g->now, &g->now_is_given, reterr);

        if (r < 0)
                return r;
        g->arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
        g->scratch = bw_arena_new(BW_LIMIT_BUF + BW_MIB);
        g->document = bw_arena_new(BW_LIMIT_DOC_ARENA);
        if (!g->arena || !g->scratch || !g->document)
                return bw_error_nomem(reterr);
        if (bw_args_has(g->args, BW_OPT_NODE))
                return gather_node(g, reterr);
        r = bw_machine_args(g->args, false, &machine, reterr);
        return r < 0 ? r : gather_paths(g, reterr);
}

void pki_gathering_done(struct pki_gathering *g)
{
        bw_pki_free(g->files);
        bw_arena_free(g->document);
        bw_arena_free(g->scratch);
        bw_arena_free(g->arena);
        bw_free(g->items);
}
