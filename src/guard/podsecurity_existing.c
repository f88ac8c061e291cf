/* SPDX-License-Identifier: Apache-2.0 */
/* A namespace gets a stricter level: which of its pods would not be let in today, as warnings. */
#include "base/arena.h"
#include "base/error.h"
#include "base/goquote.h"
#include "guard/podsecurity_internal.h"

enum { MAX_CHECKED = 3000 }; /* pods, as in Kubernetes */

/* Pods with the same reasons share a warning, which names the first of them by name. */
struct shared_warning {
        struct bw_str reasons;
        struct bw_str pod;
        uint64_t n_pods;
};

struct existing {
        struct bw_arena *arena;
        struct shared_warning *warnings;
        size_t n;
};

static struct bw_str pod_name(struct bw_value pod)
{
        return bw_map_text(bw_map_get(pod, BW_STR("metadata")), "name");
}

static bool is_exempt(const struct bw_ps_config *config, struct bw_value pod)
{
        struct bw_str name = bw_map_text(bw_map_get(pod, BW_STR("spec")), "runtimeClassName");

        for (size_t i = 0; i < config->n_runtime_classes && name.n; i++)
                if (bw_str_eq(config->runtime_classes[i], name))
                        return true;
        return false;
}

/* The uid of the controller that owns the pod; p is NULL without one. */
static struct bw_str controller_of(struct bw_value pod)
{
        struct bw_value owners = bw_map_walk(pod, "metadata.ownerReferences");

        for (uint32_t i = 0; owners.type == BW_LIST && i < owners.n; i++) {
                struct bw_value controls = bw_map_get(owners.list->items[i], BW_STR("controller"));
                struct bw_str uid = bw_map_text(owners.list->items[i], "uid");

                if (controls.type == BW_BOOL && controls.b)
                        return uid.p ? uid : BW_STR("");
        }
        return (struct bw_str){0};
}

/* One pod of each controller first, the others of it last; pods of exempt runtime classes not at all. */
static int prioritize(struct bw_arena *arena, const struct bw_ps_config *config, struct bw_value pods,
                      struct bw_value **ret, size_t *ret_n)
{
        struct bw_value *order = bw_arena_array(arena, pods.n + 1, sizeof(*order));
        struct bw_value *late = bw_arena_array(arena, pods.n + 1, sizeof(*late));
        struct bw_str *uids = bw_arena_array(arena, pods.n + 1, sizeof(*uids));
        struct textset seen;
        size_t n = 0;
        size_t n_late = 0;

        if (!order || !late || !uids || textset_new(&seen, arena, pods.n) < 0)
                return -ENOMEM;
        for (uint32_t i = 0; i < pods.n; i++) {
                struct bw_value pod = pods.list->items[i];

                uids[i] = controller_of(pod);
                if (is_exempt(config, pod))
                        continue;
                if (uids[i].p && textset_add(&seen, &uids[i]))
                        late[n_late++] = pod;
                else
                        order[n++] = pod;
        }
        memcpy(order + n, late, n_late * sizeof(*late));
        *ret = order;
        *ret_n = n + n_late;
        return 0;
}

static struct bw_str join_reasons(struct bw_arena *arena, const struct bw_pss_violation *violations, size_t n)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};

        for (size_t i = 0; i < n; i++) {
                bw_buf_puts(&buf, i ? ", " : "");
                bw_buf_str(&buf, violations[i].reason);
        }
        return bw_buf_status(&buf) == 0 ? bw_arena_str(arena, bw_buf_view(&buf)) : (struct bw_str){0};
}

/* There are few different sets of reasons, whatever the number of pods. */
static void count(struct existing *e, struct bw_str reasons, struct bw_str pod)
{
        struct shared_warning *w = e->warnings;

        while (w < e->warnings + e->n && !bw_str_eq(w->reasons, reasons))
                w++;
        if (w == e->warnings + e->n) {
                e->n++;
                *w = (struct shared_warning){.reasons = reasons, .pod = pod};
        } else if (bw_str_cmp(pod, w->pod) < 0) {
                w->pod = pod;
        }
        w->n_pods++;
}

static void put_warning(const struct shared_warning *w, struct bw_buf *out)
{
        bw_buf_str(out, w->pod);
        if (w->n_pods == 2)
                bw_buf_puts(out, " (and 1 other pod)");
        else if (w->n_pods > 2)
                bw_buf_printf(out, " (and %" PRIu64 " other pods)", w->n_pods - 1);
        bw_buf_puts(out, ": ");
        bw_buf_str(out, w->reasons);
}

static int cmp_text(const void *a, const void *b)
{
        return bw_str_cmp(*(const struct bw_str *)a, *(const struct bw_str *)b);
}

static int put_warnings(const struct existing *e, const struct bw_ps_level *level, struct bw_str ns,
                        struct gotexts *warnings)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        size_t first;

        if (e->n) {
                bw_buf_puts(&buf, "existing pods in namespace ");
                bw_buf_go_quote(&buf, ns);
                bw_buf_puts(&buf, " violate the new PodSecurity enforce level \"");
                bw_ps_level_format(&buf, *level);
                bw_buf_char(&buf, '"');
                gotexts_take(warnings, &buf);
        }
        first = warnings->n;
        for (size_t i = 0; i < e->n; i++) {
                put_warning(&e->warnings[i], &buf);
                gotexts_take(warnings, &buf);
        }
        if (warnings->status == 0 && e->n)
                qsort(warnings->items + first, warnings->n - first, sizeof(*warnings->items), cmp_text);
        return warnings->status;
}

int ps_check_existing(struct bw_judge *judge, const struct bw_ps_cluster *cluster, const struct bw_ps_level *level,
                      const struct bw_ps_config *config, struct bw_str ns, struct gotexts *warnings,
                      struct bw_error *reterr)
{
        int minor = level->minor > BW_KUBERNETES_NEWEST ? BW_KUBERNETES_NEWEST : (int)level->minor;
        struct existing e = {.arena = warnings->arena};
        struct bw_value pods = {0};
        struct bw_value *order;
        size_t n;
        size_t n_checked;

        if (cluster->pods(cluster->userdata, ns, &pods) < 0 || pods.type != BW_LIST) {
                gotexts_add(warnings, BW_STR("failed to list pods while checking new PodSecurity enforce level"));
                return warnings->status;
        }
        if (prioritize(e.arena, config, pods, &order, &n) < 0)
                return -ENOMEM;
        n_checked = BW_MIN(n, (size_t)MAX_CHECKED);
        e.warnings = bw_arena_array(e.arena, n_checked + 1, sizeof(*e.warnings));
        if (!e.warnings)
                return -ENOMEM;
        for (size_t i = 0; i < n_checked; i++) {
                const struct bw_pss_violation *violations;
                struct bw_str reasons;
                size_t n_violations;
                int r = bw_pss_evaluate(judge, level->level, minor, bw_map_get(order[i], BW_STR("metadata")),
                                        bw_map_get(order[i], BW_STR("spec")), true, false, e.arena, &violations,
                                        &n_violations, reterr);

                if (r < 0)
                        return r;
                if (n_violations == 0)
                        continue;
                reasons = join_reasons(e.arena, violations, n_violations);
                if (!reasons.p)
                        return -ENOMEM;
                count(&e, reasons, pod_name(order[i]));
        }
        if (n_checked < n) {
                struct bw_str text = bw_arena_printf(e.arena, "new PodSecurity enforce level only checked against the "
                                                              "first %zu of %zu existing pods", n_checked, n);

                if (!text.p)
                        return -ENOMEM;
                gotexts_add(warnings, text);
        }
        return put_warnings(&e, level, ns, warnings);
}
