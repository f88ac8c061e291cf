/* SPDX-License-Identifier: Apache-2.0 */
/* Pod Security: pods, labels, config and reviews; a file's shape is told by the keys of its cases. */
#define BW_ALLOW_BANNED
#include "vectors.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "doc/doc.h"
#include "guard/podsecurity.h"

struct pss {
        struct vectors_run *run;
        struct bw_arena *arena;     /* of the file */
        struct bw_arena *scratch;   /* of one case */
        struct bw_catalog *catalog;
        struct bw_judge *judge;     /* applies the API server's defaults */
        struct bw_judge *raw;
        const char *id;
        char why[2000];
};

static struct bw_value get(struct bw_value map, const char *key)
{
        return bw_map_get(map, bw_str(key));
}

static uint32_t list_n(struct bw_value v)
{
        return v.type == BW_LIST ? v.n : 0;
}

BW_PRINTF(2, 3)
static bool differs(struct pss *p, const char *fmt, ...)
{
        va_list ap;

        va_start(ap, fmt);
        vsnprintf(p->why, sizeof(p->why), fmt, ap);
        va_end(ap);
        return false;
}

/* ---- pods */

/* The expected entries that cover a version, in order, against what was found. */
static bool same_violations(struct pss *p, struct bw_value expected, int minor, const struct bw_pss_violation *found,
                            size_t n_found)
{
        size_t k = 0;

        for (uint32_t i = 0; i < list_n(expected); i++) {
                struct bw_value e = expected.list->items[i];

                if (minor < get(e, "from").i || minor > get(e, "to").i)
                        continue;
                if (k == n_found)
                        return differs(p, "1.%d: not found: %.*s", minor, BW_STR_ARG(bw_map_text(e, "check")));
                if (!bw_str_eq(found[k].check, bw_map_text(e, "check")) ||
                    !bw_str_eq(found[k].reason, bw_map_text(e, "reason")) ||
                    !bw_str_eq(found[k].detail, bw_map_text(e, "detail")))
                        return differs(p, "1.%d: found %.*s: %.*s (%.*s), not %.*s: %.*s (%.*s)", minor,
                                       BW_STR_ARG(found[k].check), BW_STR_ARG(found[k].reason), BW_STR_ARG(found[k].detail),
                                       BW_STR_ARG(bw_map_text(e, "check")), BW_STR_ARG(bw_map_text(e, "reason")),
                                       BW_STR_ARG(bw_map_text(e, "detail")));
                k++;
        }
        if (k < n_found)
                return differs(p, "1.%d: found too much: %.*s (%.*s)", minor, BW_STR_ARG(found[k].check),
                               BW_STR_ARG(found[k].detail));
        return true;
}

static bool same_at_all_versions(struct pss *p, struct bw_judge *judge, enum bw_pss_level level, struct bw_value pod,
                                 struct bw_value expected)
{
        for (int minor = 0; minor <= BW_KUBERNETES_NEWEST; minor++) {
                const struct bw_pss_violation *found;
                struct bw_error err = {0};
                size_t n;

                bw_arena_reset(p->scratch);
                if (bw_pss_evaluate(judge, level, minor, get(pod, "metadata"), get(pod, "spec"), true, true, p->scratch,
                                    &found, &n, &err) < 0)
                        return differs(p, "1.%d: %s", minor, err.message);
                if (!same_violations(p, expected, minor, found, n))
                        return false;
        }
        return true;
}

static bool run_pod(struct pss *p, struct bw_value c)
{
        static const struct {
                enum bw_pss_level level;
                const char *key;
                const char *raw_key;
        } levels[] = {{BW_PSS_BASELINE, "baseline", "raw_baseline"}, {BW_PSS_RESTRICTED, "restricted", "raw_restricted"}};

        for (size_t i = 0; i < BW_ARRAY_SIZE(levels); i++) {
                struct bw_value expected = get(c, levels[i].key);
                struct bw_value raw = get(c, levels[i].raw_key);

                if (!same_at_all_versions(p, p->judge, levels[i].level, get(c, "pod"), expected) ||
                    !same_at_all_versions(p, p->raw, levels[i].level, get(c, "pod"),
                                          raw.type == BW_ABSENT ? expected : raw))
                        return false;
        }
        return true;
}

/* ---- labels and configuration */

static bool same_policy(struct pss *p, const struct bw_ps_policy *policy, struct bw_value expected)
{
        for (int m = 0; m < _BW_PS_MODE_MAX; m++) {
                bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
                const char *mode = bw_ps_mode_text((enum bw_ps_mode)m);

                bw_ps_level_format(&buf, policy->modes[m]);
                if (!bw_str_eq(bw_buf_view(&buf), bw_map_text(expected, mode)))
                        return differs(p, "%s: %s, not %.*s", mode, buf.p, BW_STR_ARG(bw_map_text(expected, mode)));
        }
        return true;
}

static bool same_texts(struct pss *p, const char *what, const struct bw_str *texts, size_t n, struct bw_value expected)
{
        for (size_t i = 0; i < BW_MAX(n, list_n(expected)); i++) {
                struct bw_str e = i < list_n(expected) ? bw_value_text(expected.list->items[i]) : BW_STR("(none)");
                struct bw_str t = i < n ? texts[i] : BW_STR("(none)");

                if (!bw_str_eq(e, t))
                        return differs(p, "%s: %.*s, not %.*s", what, BW_STR_ARG(t), BW_STR_ARG(e));
        }
        return true;
}

static bool run_labels(struct pss *p, struct bw_value c)
{
        struct bw_value expect = get(c, "expect");
        struct bw_ps_policy defaults;
        struct bw_ps_policy policy;
        struct bw_ps_errors errors;
        struct bw_error err = {0};

        for (int m = 0; m < _BW_PS_MODE_MAX; m++)
                if (bw_ps_level_parse(bw_map_text(get(c, "defaults"), bw_ps_mode_text((enum bw_ps_mode)m)),
                                      &defaults.modes[m], &err) < 0)
                        return differs(p, "%s", err.message);
        if (bw_ps_policy_of(p->scratch, get(c, "labels"), &defaults, &policy, &errors, &err) < 0)
                return differs(p, "%s", err.message);
        return same_policy(p, &policy, get(expect, "policy")) &&
               same_texts(p, "errors", errors.items, errors.n, get(expect, "errors"));
}

static bool run_config(struct pss *p, struct bw_value c)
{
        struct bw_value expect = get(c, "expect");
        struct bw_ps_config config;
        struct bw_str message = {0};
        struct bw_error err = {0};

        if (bw_ps_config_load(p->scratch, bw_map_text(c, "config"), &config, &message, &err) < 0) {
                if (!bw_str_eq(message, bw_map_text(expect, "error")))
                        return differs(p, "%.*s, not %.*s", BW_STR_ARG(message), BW_STR_ARG(bw_map_text(expect, "error")));
                return true;
        }
        if (get(expect, "defaults").type != BW_MAP)
                return differs(p, "accepted, not: %.*s", BW_STR_ARG(bw_map_text(expect, "error")));
        return same_policy(p, &config.defaults, get(expect, "defaults"));
}

/* ---- reviews */

static int find_namespace(void *userdata, struct bw_str name, struct bw_value *ret, struct bw_str *ret_why)
{
        const struct bw_value *c = userdata;
        struct bw_value labels = bw_map_get(get(*c, "namespaces"), name);

        (void)ret_why;
        if (labels.type == BW_ABSENT)
                return -ENOENT;
        *ret = labels;
        return 0;
}

static int list_pods(void *userdata, struct bw_str ns, struct bw_value *ret)
{
        const struct bw_value *c = userdata;

        (void)ns;
        *ret = get(*c, "existing");
        return 0;
}

static bool same_annotations(struct pss *p, const struct bw_ps_answer *a, struct bw_value expected)
{
        for (size_t i = 0; i < a->n_annotations; i++) {
                struct bw_value e = bw_map_get(expected, a->annotations[i].key);

                if (e.type != BW_STRING || !bw_str_eq(bw_value_text(e), a->annotations[i].value))
                        return differs(p, "annotation %.*s: %.*s, not %.*s", BW_STR_ARG(a->annotations[i].key),
                                       BW_STR_ARG(a->annotations[i].value),
                                       BW_STR_ARG(e.type == BW_STRING ? bw_value_text(e) : BW_STR("(none)")));
        }
        return a->n_annotations == expected.n ||
               differs(p, "%zu annotations, not %u", a->n_annotations, expected.n);
}

static bool run_review(struct pss *p, struct bw_value c)
{
        struct bw_ps_cluster cluster = {.namespace_labels = find_namespace, .pods = list_pods, .userdata = &c};
        struct bw_value expect = get(c, "expect");
        struct bw_ps_config config;
        struct bw_ps_answer a;
        struct bw_error err = {0};

        if (bw_ps_config_load(p->scratch, bw_map_text(c, "config"), &config, NULL, &err) < 0 ||
            bw_ps_review(&config, &cluster, p->raw, get(c, "request"), p->scratch, &a, &err) < 0)
                return differs(p, "%s", err.message);
        if (a.allowed != get(expect, "allowed").b)
                return differs(p, "allowed: %d, message %.*s", a.allowed, BW_STR_ARG(a.message));
        if (!a.allowed && (a.code != get(expect, "code").i || !bw_str_eq(a.reason, bw_map_text(expect, "reason")) ||
                           !bw_str_eq(a.message, bw_map_text(expect, "message"))))
                return differs(p, "%d %.*s: %.*s, not %.*s", a.code, BW_STR_ARG(a.reason), BW_STR_ARG(a.message),
                               BW_STR_ARG(bw_map_text(expect, "message")));
        return same_texts(p, "warnings", a.warnings, a.n_warnings, get(expect, "warnings")) &&
               same_annotations(p, &a, get(expect, "auditAnnotations"));
}

/* ---- */

static const struct shape {
        const char *mark;   /* the key that only this shape has */
        const char *keys;   /* all keys, each between blanks */
        bool (*run)(struct pss *p, struct bw_value c);
} shapes[] = {
        {"pod", " id pod fixtures baseline restricted raw_baseline raw_restricted image_volume ", run_pod},
        {"labels", " id defaults labels expect ", run_labels},
        {"request", " id config namespaces existing request expect ", run_review},
        {"config", " id config expect ", run_config},
};

static const struct shape *find_shape(struct bw_value c)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(shapes); i++)
                if (get(c, shapes[i].mark).type != BW_ABSENT)
                        return &shapes[i];
        return NULL;
}

static bool known_keys(const struct shape *shape, struct bw_value c)
{
        for (uint32_t i = 0; i < c.n; i++) {
                char key[64];

                snprintf(key, sizeof(key), " %.*s ", BW_STR_ARG(bw_value_text(c.map->entries[i].key)));
                if (!strstr(shape->keys, key))
                        return false;
        }
        return true;
}

static bool set_up(struct pss *p, struct bw_error *err)
{
        struct bw_world raw = {.raw = true};
        struct bw_world world = {.raw = false};

        return bw_catalog_new(NULL, &p->catalog, err) == 0 && bw_catalog_add_builtin(p->catalog, err) == 0 &&
               bw_pss_prepare(p->catalog, err) == 0 && bw_judge_new(p->catalog, &world, false, &p->judge, err) == 0 &&
               bw_judge_new(p->catalog, &raw, false, &p->raw, err) == 0;
}

static void run_file(struct pss *p, const char *path)
{
        struct bw_str text = vectors_read(p->run, p->arena, path);
        struct bw_error err = {0};
        struct bw_doc doc;
        size_t used;

        if (!text.p)
                return;
        if (!set_up(p, &err) || bw_json_read(p->arena, text, 1, 1, true, &doc, &used, &err) < 0) {
                vectors_broken(p->run, "%s", err.message);
                return;
        }
        for (uint32_t i = 0; i < list_n(doc.root); i++) {
                struct bw_value c = doc.root.list->items[i];
                const struct shape *shape = find_shape(c);
                char id[128];

                snprintf(id, sizeof(id), "%.*s", BW_STR_ARG(bw_map_text(c, "id")));
                if (!shape || !known_keys(shape, c)) {
                        vectors_broken(p->run, "case %u (%s) has unknown keys", i, id);
                        return;
                }
                bw_arena_reset(p->scratch);
                p->why[0] = '\0';
                vectors_case(p->run, shape->run(p, c), id, "%s", p->why);
        }
}

static void run(struct vectors_run *run, const char *path)
{
        struct pss p = {.run = run, .arena = bw_arena_new(0), .scratch = bw_arena_new(0)};

        if (p.arena && p.scratch)
                run_file(&p, path);
        else
                vectors_broken(run, "out of memory");
        bw_judge_free(p.judge);
        bw_judge_free(p.raw);
        bw_catalog_free(p.catalog);
        bw_arena_free(p.scratch);
        bw_arena_free(p.arena);
}

const struct vectors_topic vectors_pss = {
        .name = "pss",
        .help = "Pod Security: pods, labels, configuration, admission reviews",
        .run = run,
};
