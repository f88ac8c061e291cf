/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nodes: folders with root/, modes.tsv, processes.tsv and expected.tsv (docs/node.md), judged by cis-1.12. A control's verdict
 * follows from the findings of its rules: one that fails makes it FAIL (WARN if the control is a manual one), a person's
 * look WARN, else a pass PASS, and nothing but skips NA. The folder above may hold variants.tsv: steps that change a copy
 * of a folder, and the verdict of one control afterwards.
 * Rows of expected.tsv of type "identity" are about what the node is taken for: distribution, roles, component.kubelet, …
 */
#define BW_ALLOW_BANNED
#include "nodes.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "doc/doc.h"
#include "host/host.h"
#include "node/node.h"
#include "scan/machine.h"
#include "scan/scan.h"

#define FRAMEWORK "cis-1.12"

enum { MAX_CONTROLS = 400, NOW = 1795000000 };

struct control {
        struct bw_str id;
        bool is_manual;
        unsigned agree;
        unsigned cases;
};

struct nodes {
        struct vectors_run *run;
        struct bw_arena *arena;
        struct bw_catalog *catalog;
        struct control controls[MAX_CONTROLS];
        size_t n_controls;
};

/* What a scan says of a control. */
struct answer {
        unsigned pass, fail, manual, skip, error;
        struct bw_str why; /* of the worst finding */
};

static struct control *control_of(struct nodes *nodes, struct bw_str id)
{
        for (size_t i = 0; i < nodes->n_controls; i++)
                if (bw_str_eq(nodes->controls[i].id, id))
                        return &nodes->controls[i];
        if (nodes->n_controls == MAX_CONTROLS)
                return NULL;
        nodes->controls[nodes->n_controls] = (struct control){.id = bw_arena_str(nodes->arena, id)};
        return &nodes->controls[nodes->n_controls++];
}

static const char *verdict(const struct answer *a, bool is_manual)
{
        if (a->fail)
                return is_manual ? "WARN" : "FAIL";
        if (a->manual || a->error)
                return "WARN";
        return a->pass ? "PASS" : "NA";
}

static void count(struct nodes *nodes, struct answer *a, const struct bw_finding *f)
{
        const char *text = bw_verdict_text(f->verdict);
        unsigned *counts[] = {
                [BW_VERDICT_PASS] = &a->pass, [BW_VERDICT_FAIL] = &a->fail, [BW_VERDICT_MANUAL] = &a->manual,
                [BW_VERDICT_SKIP] = &a->skip, [BW_VERDICT_ERROR] = &a->error,
        };
        bool worse = f->verdict == BW_VERDICT_FAIL     ? a->fail == 0
                   : f->verdict == BW_VERDICT_ERROR  ? a->fail + a->error == 0
                   : f->verdict == BW_VERDICT_MANUAL ? a->fail + a->error + a->manual == 0
                                                     : a->why.n == 0;

        ++*counts[f->verdict];
        if (worse)
                a->why = bw_arena_printf(nodes->arena, "%.*s %s: %.*s", BW_STR_ARG(f->rule->id), text, BW_STR_ARG(f->message));
}

static struct answer answer_of(struct nodes *nodes, const struct bw_report *report, struct bw_str control)
{
        struct answer a = {0};

        for (size_t i = 0; i < report->n_findings; i++) {
                const struct bw_finding *f = &report->findings[i];

                for (size_t c = 0; c < f->rule->n_controls; c++)
                        if (bw_str_is(f->rule->controls[c].framework, FRAMEWORK) &&
                            bw_str_eq(f->rule->controls[c].control, control)) {
                                count(nodes, &a, f);
                                break;
                        }
        }
        return a;
}

/* "A|B": either is right. */
static bool is_expected(struct bw_str expected, const char *got)
{
        struct bw_str one;

        while (bw_str_split(&expected, '|', &one))
                if (bw_str_is(one, got))
                        return true;
        return false;
}

static void judge(struct nodes *nodes, const struct bw_report *report, const char *tree, struct bw_str id, struct bw_str expected)
{
        struct control *control = control_of(nodes, id);
        struct answer a = answer_of(nodes, report, id);
        const char *got = verdict(&a, control && control->is_manual);
        bool ok = is_expected(expected, got);
        char name[512];

        snprintf(name, sizeof(name), "%.300s %.*s", tree, BW_STR_ARG(id));
        if (control) {
                control->cases++;
                control->agree += ok;
        }
        vectors_case(nodes->run, ok, name, "%s", "");
        if (!ok)
                printf("     %.*s expected, %s found: %u fail, %u manual, %u error, %u pass, %u skip; %.*s\n", BW_STR_ARG(expected),
                       got, a.fail, a.manual, a.error, a.pass, a.skip, BW_STR_ARG(a.why));
}

/* ---- scans */

struct tree {
        char root[4096], modes[4200], processes[4200];
};

static void paths_of(const char *dir, struct tree *tree)
{
        snprintf(tree->root, sizeof(tree->root), "%.4000s/root", dir);
        snprintf(tree->modes, sizeof(tree->modes), "%.4000s/modes.tsv", dir);
        snprintf(tree->processes, sizeof(tree->processes), "%.4000s/processes.tsv", dir);
}

static struct bw_scan *scan(struct nodes *nodes, const char *dir)
{
        struct tree tree;
        struct bw_machine_options machine = {
                .root = tree.root,
                .modes = tree.modes,
                .processes = access((paths_of(dir, &tree), tree.processes), F_OK) == 0 ? tree.processes : NULL,
                .now = NOW,
                .kubernetes_minor = 32,
        };
        struct bw_scan_options options = {
                .node = &machine, .catalog = nodes->catalog, .threads = 1, .now = NOW, .include_passed = true};
        struct bw_scan *result = NULL;
        struct bw_error err = {0};
        char text[1200];

        if (bw_scan_run(&options, &result, &err) < 0)
                vectors_broken(nodes->run, "%s: %s", dir, bw_error_format(&err, text, sizeof(text)));
        return result;
}

/* ---- what the node is taken for */

static struct bw_str roles(struct nodes *nodes, unsigned bits)
{
        return bw_arena_printf(nodes->arena, "%s%s%s", bits & BW_ROLE_CONTROL_PLANE ? "control-plane " : "",
                               bits & BW_ROLE_ETCD ? "etcd " : "", bits & BW_ROLE_WORKER ? "worker " : "");
}

/* The basis of a component and, in the order of their names on the node, "+" for one that runs: "process+ static-pod". */
static struct bw_str basis(struct nodes *nodes, const struct bw_node *node, const char *component)
{
        struct bw_str text = BW_STR("");
        const struct bw_node_component *c;

        for (size_t i = 0; (c = bw_node_component(node, component, i)); i++)
                text = bw_arena_printf(nodes->arena, "%.*s%s%s%s", BW_STR_ARG(text), i ? " " : "", c->input.basis,
                                       c->input.running ? "+" : "");
        return text.n ? text : BW_STR("none");
}

static struct bw_str identity(struct nodes *nodes, const struct bw_node *node, struct bw_str id)
{
        const struct bw_node_identity *i = &node->identity;
        char name[128];

        snprintf(name, sizeof(name), "%.*s", BW_STR_ARG(id));
        if (strcmp(name, "distribution") == 0)
                return bw_str(i->distribution);
        if (strcmp(name, "provider") == 0)
                return *i->provider ? bw_str(i->provider) : BW_STR("none");
        if (strcmp(name, "os") == 0)
                return bw_str(i->os);
        if (strcmp(name, "roles") == 0)
                return bw_str_trim(roles(nodes, i->roles));
        if (strcmp(name, "managed") == 0)
                return i->managed ? BW_STR("yes") : BW_STR("no");
        if (strcmp(name, "immutable") == 0)
                return i->immutable ? BW_STR("yes") : BW_STR("no");
        if (strcmp(name, "version") == 0)
                return i->version.n ? i->version : BW_STR("none");
        if (strncmp(name, "component.", 10) == 0)
                return basis(nodes, node, name + 10);
        return BW_STR("no such question");
}

static void judge_identity(struct nodes *nodes, const char *dir, const char *tree_name, struct bw_str id, struct bw_str expected)
{
        bw_auto(bw_host_close) struct bw_host *host = NULL;
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct tree tree;
        struct bw_error err = {0};
        struct bw_node *node = NULL;
        struct bw_str got = {0};
        char name[512];

        paths_of(dir, &tree);
        if (bw_host_open(&(struct bw_host_options){.root = tree.root,
                                                   .modes = tree.modes,
                                                   .processes = access(tree.processes, F_OK) == 0 ? tree.processes : NULL},
                         &host, &err) == 0 &&
            bw_node_new(&(struct bw_node_options){.host = host, .now = NOW, .kubernetes_minor = 32}, arena, &node, &err) == 0 &&
            bw_node_discover(node, &err) == 0)
                got = identity(nodes, node, id);
        snprintf(name, sizeof(name), "%.300s %.*s", tree_name, BW_STR_ARG(id));
        vectors_case(nodes->run, bw_str_eq(got, expected), name, "%s", "");
        if (!bw_str_eq(got, expected))
                printf("     %.*s expected, %.*s found %s\n", BW_STR_ARG(expected), BW_STR_ARG(got), err.message);
        bw_node_free(node);
}

/* ---- tables */

static size_t fields_of(struct bw_str line, struct bw_str *fields, size_t most)
{
        size_t n = 0;

        while (n < most && bw_str_split(&line, '\t', &fields[n]))
                n++;
        return n;
}

static void run_expected(struct nodes *nodes, const char *dir, const char *tree)
{
        bw_auto(bw_scan_free) struct bw_scan *result = NULL;
        uint64_t passed = nodes->run->passed;
        uint64_t failed = nodes->run->failed;
        struct bw_str rest;
        struct bw_str line;
        struct bw_str f[5];
        char path[4200];

        snprintf(path, sizeof(path), "%.4000s/expected.tsv", dir);
        rest = vectors_read(nodes->run, nodes->arena, path);
        result = scan(nodes, dir);
        while (result && rest.p && bw_str_split(&rest, '\n', &line)) {
                struct control *control;

                if (!line.n || line.p[0] == '#' || fields_of(line, f, 5) < 3 || bw_str_is(f[0], "id"))
                        continue;
                if (bw_str_is(f[1], "identity")) {
                        judge_identity(nodes, dir, tree, f[0], f[2]);
                        continue;
                }
                control = control_of(nodes, f[0]);
                if (control)
                        control->is_manual = bw_str_is(f[1], "manual");
                judge(nodes, bw_scan_report(result), tree, f[0], f[2]);
        }
        printf("%-24s %3" PRIu64 " right, %" PRIu64 " wrong\n", tree, nodes->run->passed - passed, nodes->run->failed - failed);
}

static void run_variant(struct nodes *nodes, const char *dir, const struct bw_str *f)
{
        bw_auto(bw_scan_free) struct bw_scan *result = NULL;
        char copy[] = "/tmp/bulwark-nodes-XXXXXX";
        char name[600];
        struct bw_doc patch;
        struct bw_error err = {0};
        size_t used;

        snprintf(name, sizeof(name), "%.*s variant %.*s", BW_STR_ARG(f[1]), BW_STR_ARG(f[0]));
        if (!mkdtemp(copy) || bw_json_read(nodes->arena, f[6], 1, 1, true, &patch, &used, &err) < 0 ||
            !nodes_copy(dir, copy, nodes->arena) || !nodes_patch(copy, patch.root, nodes->arena)) {
                vectors_broken(nodes->run, "%s: the patch cannot be applied (%s)", name, err.message);
                nodes_remove(copy);
                return;
        }
        result = scan(nodes, copy);
        if (result)
                judge(nodes, bw_scan_report(result), name, f[2], f[3]);
        nodes_remove(copy);
}

static void run_variants(struct nodes *nodes, const char *dir, const char *tree)
{
        uint64_t passed = nodes->run->passed;
        uint64_t failed = nodes->run->failed;
        struct bw_str rest;
        struct bw_str line;
        struct bw_str f[7];
        char path[4200];

        snprintf(path, sizeof(path), "%.4000s/../variants.tsv", dir);
        if (access(path, F_OK) != 0)
                return;
        rest = vectors_read(nodes->run, nodes->arena, path);
        while (rest.p && bw_str_split(&rest, '\n', &line))
                if (line.n && line.p[0] != '#' && fields_of(line, f, 7) == 7 && bw_str_is(f[1], tree))
                        run_variant(nodes, dir, f);
        if (nodes->run->passed + nodes->run->failed != passed + failed)
                printf("%-24s %3" PRIu64 " right, %" PRIu64 " wrong (variants)\n", tree, nodes->run->passed - passed,
                       nodes->run->failed - failed);
}

static bool load_catalog(struct nodes *nodes)
{
        static const struct bw_str frameworks[] = {{FRAMEWORK, sizeof(FRAMEWORK) - 1}};
        struct bw_catalog_options options = {.frameworks = frameworks, .n_frameworks = 1, .kubernetes_minor = 32};
        struct bw_error err = {0};

        if (bw_catalog_new(&options, &nodes->catalog, &err) == 0 && bw_catalog_add_builtin(nodes->catalog, &err) == 0)
                return true;
        vectors_broken(nodes->run, "%s", err.message);
        return false;
}

static void run(struct vectors_run *run, const char *path)
{
        struct nodes *nodes = calloc(1, sizeof(*nodes));
        char dir[4000];
        const char *tree;
        size_t n = strlen(path);

        while (n > 1 && path[n - 1] == '/')
                n--;
        snprintf(dir, sizeof(dir), "%.*s", (int)n, path);
        tree = strrchr(dir, '/') ? strrchr(dir, '/') + 1 : dir;
        if (!nodes || !(nodes->arena = bw_arena_new(0))) {
                vectors_broken(run, "out of memory");
                free(nodes);
                return;
        }
        nodes->run = run;
        if (load_catalog(nodes)) {
                run_expected(nodes, dir, tree);
                run_variants(nodes, dir, tree);
        }
        for (size_t i = 0; i < nodes->n_controls; i++)
                if (nodes->controls[i].agree != nodes->controls[i].cases)
                        printf("%-24s control %.*s: %u of %u\n", tree, BW_STR_ARG(nodes->controls[i].id),
                               nodes->controls[i].agree, nodes->controls[i].cases);
        bw_catalog_free(nodes->catalog);
        bw_arena_free(nodes->arena);
        free(nodes);
}

const struct vectors_topic vectors_nodes = {
        .name = "nodes",
        .help = "machines: folders with root, modes.tsv, processes.tsv, expected.tsv; variants.tsv beside them",
        .run = run,
};
