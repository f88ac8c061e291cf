/* SPDX-License-Identifier: Apache-2.0 */
/* rbac paths: who can become cluster-admin, root on a node, or somebody else, and by which grants. */
#include "analyze/rbac_graph.h"
#include "analyze/rbac_review.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "cli/rbac_inputs.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"
#include "report/emit.h"
#include "report/graph.h"

/* A subject that reaches the target. */
struct reaching {
        uint32_t node;
        uint32_t n_steps;
        const struct bw_rbac_step *path;
        size_t n;
};

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_rbac_inputs inputs; /* docs and rbac are the graph's */
        struct bw_rbac_graph *graph;
        const struct bw_rbac_node *nodes;
        size_t n_nodes;
        struct bw_rbac_reach *reach;
        const char *to;
        struct reaching *items;
        size_t n, cap;
        size_t n_by_group;         /* more, each by being in a group that is listed */
        size_t n_system;           /* more, Kubernetes' own */
        struct bw_str asked;       /* --from, when it is in no binding: what everybody may counts */
};

static void job_done(struct job *job)
{
        bw_free(job->items);
        bw_objects_done(&job->inputs.objects);
}

/* ---- who and where to */

static bool is_subject(const struct bw_rbac_node *node)
{
        return node->type == BW_RBAC_USER || node->type == BW_RBAC_GROUP || node->type == BW_RBAC_SERVICE_ACCOUNT;
}

/* SIZE_MAX: in no binding, and no service account that is there. */
static int find_subject(const struct job *job, const char *text, struct bw_rbac_user *ret_user, size_t *ret,
                        struct bw_error *reterr)
{
        const struct bw_str prefix = BW_STR("system:serviceaccount:");
        struct bw_str group = bw_str_starts(bw_str(text), BW_STR("group:")) ? bw_str(text + 6) : (struct bw_str){0};
        struct bw_str rest;
        struct bw_str ns;
        int r = bw_rbac_user_parse(job->inputs.objects.arena, bw_str(text), NULL, 0, ret_user, reterr);

        if (r < 0)
                return r;
        if (group.n) {
                *ret = bw_rbac_graph_find(job->graph, BW_RBAC_GROUP, BW_STR(""), group);
                return 0;
        }
        rest = bw_str_starts(ret_user->name, prefix) ? bw_str_rest(ret_user->name, prefix.n) : BW_STR("");
        if (rest.n && bw_str_split(&rest, ':', &ns))
                *ret = bw_rbac_graph_find(job->graph, BW_RBAC_SERVICE_ACCOUNT, ns, rest);
        else
                *ret = bw_rbac_graph_find(job->graph, BW_RBAC_USER, BW_STR(""), ret_user->name);
        return 0;
}

/* Of somebody whom no binding names: the first of his groups that is known, the narrowest at first. */
static size_t find_group(const struct job *job, const struct bw_rbac_user *user)
{
        for (int narrow = 1; narrow >= 0; narrow--)
                for (size_t i = 0; i < user->n_groups; i++) {
                        size_t node = bw_rbac_graph_find(job->graph, BW_RBAC_GROUP, BW_STR(""), user->groups[i]);

                        if (node != SIZE_MAX && bw_str_starts(user->groups[i], BW_STR("system:serviceaccounts")) == (narrow == 1))
                                return node;
                }
        return bw_rbac_graph_find(job->graph, BW_RBAC_GROUP, BW_STR(""), BW_STR("system:authenticated"));
}

static int find_targets(struct job *job, size_t *targets, size_t *ret_n, struct bw_error *reterr)
{
        static const struct {
                const char *word;
                enum bw_rbac_node_type type;
        } words[] = {{"cluster-admin", BW_RBAC_CLUSTER_ADMIN}, {"node", BW_RBAC_NODE}, {"secrets", BW_RBAC_SECRETS}};
        struct bw_rbac_user user;
        size_t n = 0;
        size_t node;
        int r;

        for (size_t w = 0; w < BW_ARRAY_SIZE(words); w++) {
                if (strcmp(job->to, words[w].word) != 0)
                        continue;
                for (size_t i = 0; i < job->n_nodes; i++)
                        if (job->nodes[i].type == words[w].type &&
                            (words[w].type != BW_RBAC_SECRETS || job->nodes[i].ns.n == 0))
                                targets[n++] = i;
                *ret_n = n;
                return 0;
        }
        r = find_subject(job, job->to, &user, &node, reterr);
        if (r == 0 && node == SIZE_MAX)
                return bw_error_set(reterr, -EINVAL, "--to: no binding and no pod names %s; it takes cluster-admin, node, secrets, or "
                                                     "a subject as user:NAME, group:NAME, sa:NAMESPACE/NAME",
                                    job->to);
        targets[0] = node;
        *ret_n = r == 0;
        return r;
}

/* ---- who reaches it */

static int add_reaching(struct job *job, size_t node, struct bw_error *reterr)
{
        struct reaching it = {.node = (uint32_t)node, .n_steps = bw_rbac_reach_steps(job->reach, node)};
        int r = bw_rbac_reach_path(job->reach, node, job->inputs.objects.arena, &it.path, &it.n, reterr);

        if (r < 0)
                return r;
        if (bw_grow(&job->items, &job->cap, job->n + 1, sizeof(*job->items)) < 0)
                return bw_error_nomem(reterr);
        job->items[job->n++] = it;
        return 0;
}

static int by_steps(const void *a, const void *b)
{
        const struct reaching *x = a;
        const struct reaching *y = b;

        if (x->n_steps != y->n_steps)
                return x->n_steps < y->n_steps ? -1 : 1;
        return (x->node > y->node) - (x->node < y->node);
}

static int find_everybody(struct job *job, bool with_system, struct bw_error *reterr)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < job->n_nodes; i++) {
                if (!is_subject(&job->nodes[i]) || bw_rbac_reach_steps(job->reach, i) - 1 >= UINT32_MAX - 1)
                        continue;
                if (!with_system && bw_rbac_node_is_system(&job->nodes[i])) {
                        job->n_system++;
                        continue;
                }
                r = add_reaching(job, i, reterr);
                if (r == 0 && job->items[job->n - 1].n && job->items[job->n - 1].path[0].is_membership) {
                        job->n--;
                        job->n_by_group++;
                }
        }
        if (job->n)
                qsort(job->items, job->n, sizeof(*job->items), by_steps);
        return r;
}

static int find_one(struct job *job, const char *from, struct bw_error *reterr)
{
        struct bw_rbac_user user;
        size_t node;
        int r = find_subject(job, from, &user, &node, reterr);

        if (r < 0)
                return r;
        if (node == SIZE_MAX) {
                job->asked = bw_str(from);
                node = find_group(job, &user);
        }
        return bw_rbac_reach_steps(job->reach, node) == UINT32_MAX ? 0 : add_reaching(job, node, reterr);
}

static int find_ways(struct job *job, struct bw_error *reterr)
{
        struct bw_arena *arena = job->inputs.objects.arena;
        const char *from = bw_args_value(job->args, BW_OPT_FROM, NULL);
        size_t *targets;
        size_t n_targets = 0;
        int r = bw_rbac_graph_new(arena, job->inputs.objects.inventory, &job->graph, reterr);

        if (r < 0)
                return r;
        job->nodes = bw_rbac_graph_nodes(job->graph, &job->n_nodes);
        job->inputs.docs = bw_rbac_graph_objects(job->graph, &job->inputs.n_docs);
        job->inputs.rbac = bw_rbac_graph_rbac(job->graph);
        targets = bw_arena_array(arena, job->n_nodes + 1, sizeof(*targets));
        if (!targets)
                return bw_error_nomem(reterr);
        r = find_targets(job, targets, &n_targets, reterr);
        if (r == 0)
                r = bw_rbac_reach_new(job->graph, targets, n_targets, arena, &job->reach, reterr);
        if (r < 0)
                return r;
        return from ? find_one(job, from, reterr) :
                      find_everybody(job, bw_args_has(job->args, BW_OPT_INCLUDE_SYSTEM), reterr);
}

/* ---- as text */

static int put_node(struct bw_buf *out, const struct job *job, uint32_t node)
{
        struct bw_str text = bw_rbac_node_text(job->inputs.objects.arena, &job->nodes[node]);

        bw_buf_clean(out, text);
        return text.p ? 0 : -ENOMEM;
}

static int put_grant(struct bw_buf *out, const struct job *job, const struct bw_rbac_grant *grant)
{
        struct bw_str binding;
        struct bw_str role;
        struct bw_str rule;
        struct bw_str place;

        if (bw_rbac_object_text(&job->inputs, grant->binding, &binding) < 0 ||
            bw_rbac_object_text(&job->inputs, grant->role, &role) < 0 ||
            bw_rbac_rule_text(job->inputs.objects.arena, bw_rbac_granting_rule(&job->inputs, grant), &rule) < 0 ||
            bw_rbac_rule_place(&job->inputs, grant, &place) < 0)
                return -ENOMEM;
        bw_buf_puts(out, "       ");
        bw_buf_clean(out, binding);
        bw_buf_puts(out, " gives ");
        bw_buf_clean(out, role);
        bw_buf_puts(out, ": ");
        bw_buf_clean(out, rule);
        bw_buf_puts(out, place.n ? "  " : "");
        bw_buf_clean(out, place);
        bw_buf_char(out, '\n');
        return 0;
}

static int put_step(struct bw_buf *out, const struct job *job, const struct bw_rbac_step *step, size_t *number)
{
        int r;

        if (step->is_membership)
                bw_buf_puts(out, "   - ");
        else
                bw_buf_printf(out, "%4zu. ", ++*number);
        bw_buf_clean(out, step->text);
        bw_buf_puts(out, "\n     -> ");
        r = put_node(out, job, step->to);
        bw_buf_char(out, '\n');
        if (r == 0 && step->has_grant)
                r = put_grant(out, job, &step->grant);
        if (r == 0 && step->has_also)
                r = put_grant(out, job, &step->also);
        return r;
}

static int put_way(struct bw_buf *out, const struct job *job, const struct reaching *it)
{
        bool color = job->cli->out.color;
        size_t number = 0;
        int r;

        bw_buf_puts(out, color ? "\x1b[1m" : "");
        r = put_node(out, job, it->node);
        bw_buf_printf(out, "%s reaches %s in %" PRIu32 " step%s\n", color ? "\x1b[0m" : "", job->to, it->n_steps,
                      it->n_steps == 1 ? "" : "s");
        for (size_t i = 0; r == 0 && i < it->n; i++)
                r = put_step(out, job, &it->path[i], &number);
        bw_buf_char(out, '\n');
        return r;
}

static void put_sums(struct bw_buf *out, const struct job *job)
{
        const char *from = bw_args_value(job->args, BW_OPT_FROM, NULL);

        if (from && job->n == 0)
                bw_buf_printf(out, "there is no way from %s to %s\n", from, job->to);
        if (job->asked.n)
                bw_buf_printf(out, "no binding names %.*s: this is what everybody may\n", BW_STR_ARG(job->asked));
        if (from)
                return;
        if (job->n == 0)
                bw_buf_printf(out, "nobody reaches %s", job->to);
        else
                bw_buf_printf(out, "%zu subject%s %s", job->n, job->n == 1 ? " reaches" : "s reach", job->to);
        if (job->n_by_group)
                bw_buf_printf(out, "; %zu more by being in such a group", job->n_by_group);
        if (job->n_system)
                bw_buf_printf(out, "; %zu of Kubernetes' own %s left out (--include-system)", job->n_system,
                              job->n_system == 1 ? "is" : "are");
        bw_buf_char(out, '\n');
}

static int put_text(struct bw_buf *out, const struct job *job)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < job->n; i++)
                r = put_way(out, job, &job->items[i]);
        put_sums(out, job);
        return r < 0 ? r : bw_buf_status(out);
}

/* ---- as a document */

static int emit_node(struct bw_emit *e, const struct job *job, const char *key, uint32_t node)
{
        struct bw_str text = bw_rbac_node_text(job->inputs.objects.arena, &job->nodes[node]);

        if (!text.p)
                return -ENOMEM;
        bw_emit_key_str(e, key, text);
        return 0;
}

static int emit_grant(struct bw_emit *e, const struct job *job, const char *key, const struct bw_rbac_grant *grant)
{
        int r;

        bw_emit_key(e, key);
        bw_emit_map(e);
        r = bw_emit_rbac_grant(e, &job->inputs, grant);
        bw_emit_end(e);
        return r;
}

static int emit_step(struct bw_emit *e, const struct job *job, const struct bw_rbac_step *step)
{
        int r;

        bw_emit_map(e);
        bw_emit_key_str(e, "technique", bw_str(step->technique));
        bw_emit_key_str(e, "text", step->text);
        r = emit_node(e, job, "from", step->from);
        if (r == 0)
                r = emit_node(e, job, "to", step->to);
        if (step->ns.n)
                bw_emit_key_str(e, "namespace", step->ns);
        if (r == 0 && step->has_grant)
                r = emit_grant(e, job, "grant", &step->grant);
        if (r == 0 && step->has_also)
                r = emit_grant(e, job, "also", &step->also);
        bw_emit_end(e);
        return r;
}

static int put_document(struct bw_buf *out, const struct job *job, const char *format, struct bw_error *reterr)
{
        bw_auto_done(bw_emit_done) struct bw_emit e;
        int r = 0;

        bw_emit_init(&e, bw_syntax_of(format), NULL);
        bw_emit_map(&e);
        bw_emit_key_str(&e, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(&e, "kind", BW_STR("AccessPaths"));
        bw_emit_key_str(&e, "to", bw_str(job->to));
        bw_emit_key(&e, "paths");
        bw_emit_list(&e);
        for (size_t i = 0; r == 0 && i < job->n; i++) {
                bw_emit_map(&e);
                r = emit_node(&e, job, "subject", job->items[i].node);
                bw_emit_key_u64(&e, "steps", job->items[i].n_steps);
                bw_emit_key(&e, "path");
                bw_emit_list(&e);
                for (size_t k = 0; r == 0 && k < job->items[i].n; k++)
                        r = emit_step(&e, job, &job->items[i].path[k]);
                bw_emit_end(&e);
                bw_emit_end(&e);
        }
        bw_emit_end(&e);
        bw_emit_key_u64(&e, "byGroup", job->n_by_group);
        bw_emit_key_u64(&e, "system", job->n_system);
        bw_emit_end(&e);
        if (r < 0)
                return r;
        r = bw_emit_close(&e, reterr);
        if (r == 0)
                bw_buf_str(out, bw_buf_view(&e.buf));
        return r;
}

/* ---- as a drawing */

struct drawing {
        struct bw_arena *arena;
        uint32_t *number;    /* by node of the graph: in the drawing; UINT32_MAX: not in it */
        struct bw_graph_node *nodes;
        struct bw_graph_edge *edges;
        size_t n_nodes, cap_nodes;
        size_t n_edges, cap_edges;
};

static int draw_node(struct drawing *d, const struct job *job, uint32_t node, enum bw_graph_mark mark)
{
        if (d->number[node] != UINT32_MAX) {
                if (mark != BW_GRAPH_PLAIN)
                        d->nodes[d->number[node]].mark = mark;
                return 0;
        }
        if (bw_arena_grow(d->arena, &d->nodes, &d->cap_nodes, d->n_nodes, sizeof(*d->nodes)) < 0)
                return -ENOMEM;
        d->number[node] = (uint32_t)d->n_nodes;
        d->nodes[d->n_nodes] = (struct bw_graph_node){
                .label = bw_rbac_node_text(d->arena, &job->nodes[node]), .group = job->nodes[node].ns, .mark = mark};
        return d->nodes[d->n_nodes++].label.p ? 0 : -ENOMEM;
}

static int draw_step(struct drawing *d, const struct job *job, const struct bw_rbac_step *step, bool is_last)
{
        int r = draw_node(d, job, step->to, is_last ? BW_GRAPH_BAD : BW_GRAPH_PLAIN);

        if (r < 0 || bw_arena_grow(d->arena, &d->edges, &d->cap_edges, d->n_edges, sizeof(*d->edges)) < 0)
                return -ENOMEM;
        d->edges[d->n_edges++] = (struct bw_graph_edge){.from = d->number[step->from],
                                                        .to = d->number[step->to],
                                                        .label = step->text,
                                                        .mark = step->is_membership ? BW_GRAPH_OUTSIDE : BW_GRAPH_PLAIN};
        return 0;
}

static int by_ends(const void *a, const void *b)
{
        const struct bw_graph_edge *x = a;
        const struct bw_graph_edge *y = b;

        if (x->from != y->from)
                return x->from < y->from ? -1 : 1;
        if (x->to != y->to)
                return x->to < y->to ? -1 : 1;
        return bw_str_cmp(x->label, y->label);
}

/* Ways share their ends: each arrow once. */
static void unite_edges(struct drawing *d)
{
        size_t n = 0;

        if (d->n_edges)
                qsort(d->edges, d->n_edges, sizeof(*d->edges), by_ends);
        for (size_t i = 0; i < d->n_edges; i++)
                if (n == 0 || by_ends(&d->edges[n - 1], &d->edges[i]) != 0)
                        d->edges[n++] = d->edges[i];
        d->n_edges = n;
}

static int put_drawing(struct bw_buf *out, const struct job *job, const char *format, struct bw_error *reterr)
{
        struct drawing d = {.arena = job->inputs.objects.arena};
        struct bw_graph graph;
        int r = 0;

        d.number = bw_arena_alloc(d.arena, (job->n_nodes + 1) * sizeof(*d.number));
        if (!d.number)
                return -ENOMEM;
        memset(d.number, 0xff, (job->n_nodes + 1) * sizeof(*d.number));
        for (size_t i = 0; r == 0 && i < job->n; i++)
                r = draw_node(&d, job, job->items[i].node, BW_GRAPH_START);
        for (size_t i = 0; r == 0 && i < job->n; i++)
                for (size_t k = 0; r == 0 && k < job->items[i].n; k++)
                        r = draw_step(&d, job, &job->items[i].path[k], k + 1 == job->items[i].n);
        if (r < 0)
                return r;
        unite_edges(&d);
        graph = (struct bw_graph){.title = bw_arena_printf(d.arena, "Ways to %s", job->to),
                                  .nodes = d.nodes,
                                  .n_nodes = d.n_nodes,
                                  .edges = d.edges,
                                  .n_edges = d.n_edges};
        if (!graph.title.p)
                return -ENOMEM;
        return strcmp(format, "dot") == 0 ? bw_graph_dot(&graph, out, reterr) : bw_graph_svg(&graph, out, reterr);
}

/* ---- the verb */

static int show(const struct job *job, struct bw_error *reterr)
{
        const char *format = bw_args_value(job->args, BW_OPT_OUTPUT, "text");
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        int r;

        if (strcmp(format, "text") == 0)
                r = put_text(&out, job);
        else if (strcmp(format, "dot") == 0 || strcmp(format, "svg") == 0)
                r = put_drawing(&out, job, format, reterr);
        else
                r = put_document(&out, job, format, reterr);
        if (r < 0)
                return r == -ENOMEM ? bw_error_nomem(reterr) : r;
        r = bw_cli_print(job->cli, &out);
        return r == BW_EXIT_OK && job->inputs.objects.incomplete ? BW_EXIT_USAGE : r;
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        bw_auto_done(job_done) struct job job = {.cli = cli, .args = args};
        struct bw_error err = {0};
        int r;

        job.to = bw_args_value(args, BW_OPT_TO, "cluster-admin");
        r = bw_objects_open(cli, args, bw_rbac_graph_looks, true, &job.inputs.objects, &err);
        if (r == 0)
                r = find_ways(&job, &err);
        if (r == 0)
                r = show(&job, &err);
        return r < 0 ? bw_cli_fail(cli, &err) : r;
}

static const struct bw_option options[] = {
        BW_OPTIONS_OBJECTS,
        {.name = "from",
         .arg = "SUBJECT",
         .id = BW_OPT_FROM,
         .help = "only this subject: user:NAME, group:NAME, sa:NAMESPACE/NAME (default: everybody)"},
        {.name = "to",
         .arg = "TARGET",
         .id = BW_OPT_TO,
         .words = "cluster-admin node secrets",
         .complete = BW_COMPLETE_WORDS,
         .help = "cluster-admin (default), node (root on one), secrets (all of the cluster's), or a subject"},
        {.name = "include-system",
         .id = BW_OPT_INCLUDE_SYSTEM,
         .help = "Kubernetes' own too: system:masters, nodes, the controllers of the control plane"},
        {.name = "output",
         .letter = 'o',
         .arg = "FORMAT",
         .id = BW_OPT_OUTPUT,
         .words = "text json yaml dot svg",
         .complete = BW_COMPLETE_WORDS,
         .only_words = true,
         .help = "text (default), json, yaml, or a drawing: dot (for Graphviz), svg"},
        BW_OPTIONS_CLUSTER,
        BW_OPTION_COLOR,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"Who can become cluster-admin?", "bulwark rbac paths -f examples/rbac"},
        {"How far does the pipeline's token lead?", "bulwark rbac paths --from sa:shop/deployer --to secrets -f examples/rbac"},
        {"A picture of it", "bulwark rbac paths -f examples/rbac -o svg"},
        {0},
};

const struct bw_verb bw_verb_rbac_paths = {
        .name = "rbac paths",
        .summary = "show by which steps subjects reach cluster-admin, a node, Secrets or each other",
        .args = "",
        .text = "Follows what rights lead to: creating pods to the service accounts of the namespace, reading Secrets to the tokens "
                "in them, exec to what runs there, privileged pods to their node, a node to the pods on it, escalate, bind, "
                "impersonate, certificates and webhooks to more. For each subject the shortest way is shown, with the binding, the "
                "role and the rule that allow each step.\n\n"
                "Pod Security levels of namespaces, resourceNames, the groups of service accounts and what really runs are taken "
                "into account; admission policies of other tools are not.",
        .options = options,
        .examples = examples,
        .run = run,
};
