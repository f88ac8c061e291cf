/* SPDX-License-Identifier: Apache-2.0 */
/* The admission decision: exemptions and short cuts in the plugin's order, then the standards at three levels. */
#include "guard/podsecurity.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/goquote.h"
#include "doc/doc.h"
#include "guard/decode_internal.h"
#include "guard/podsecurity_internal.h"

struct review {
        const struct bw_ps_config *config;
        const struct bw_ps_cluster *cluster;
        struct bw_judge *judge;
        struct bw_arena *arena;
        struct bw_error *reterr;
        struct bw_ps_answer *answer;
        struct bw_str name;
        struct bw_str ns;
        struct bw_str resource;     /* "pods", "deployments.apps" */
        struct bw_str operation;
        struct bw_str subresource;
        struct bw_doc object;
        struct bw_doc old_object;
        struct gotexts warnings;
        struct bw_ps_annotation annotations[4];
        size_t n_annotations;
        struct bw_buf buf;
};

/* ---- answers */

static struct bw_str take_text(struct review *rv)
{
        struct bw_str s = {0};

        if (bw_buf_status(&rv->buf) == 0)
                s = bw_arena_str(rv->arena, bw_buf_view(&rv->buf));
        bw_buf_clear(&rv->buf);
        return s;
}

/* The annotation's value is what the buffer holds. */
static int annotate(struct review *rv, const char *key)
{
        struct bw_str value = take_text(rv);
        size_t at = rv->n_annotations++;

        while (at > 0 && bw_str_cmp(rv->annotations[at - 1].key, bw_str(key)) > 0) {
                rv->annotations[at] = rv->annotations[at - 1];
                at--;
        }
        rv->annotations[at] = (struct bw_ps_annotation){.key = bw_str(key), .value = value};
        return value.p ? 0 : -ENOMEM;
}

static int allow(struct review *rv)
{
        rv->answer->allowed = true;
        return 0;
}

static int allow_with(struct review *rv, const char *key, const char *value)
{
        rv->answer->allowed = true;
        bw_buf_puts(&rv->buf, value);
        return annotate(rv, key);
}

/* The message is what the buffer holds. */
static int deny(struct review *rv, int code, const char *reason)
{
        rv->answer->allowed = false;
        rv->answer->code = code;
        rv->answer->reason = bw_str(reason);
        rv->answer->message = take_text(rv);
        return rv->answer->message.p ? 0 : -ENOMEM;
}

/* Denied because something went wrong; the reason (if any) goes to the audit log only. */
static int deny_error(struct review *rv, int code, const char *reason, struct bw_str why)
{
        int r = deny(rv, code, reason);

        if (r < 0)
                return r;
        bw_buf_str(&rv->buf, rv->answer->message);
        if (why.n) {
                bw_buf_puts(&rv->buf, ": ");
                bw_buf_str(&rv->buf, why);
        }
        return annotate(rv, "error");
}

static int deny_bad_request(struct review *rv, const char *message, struct bw_str why)
{
        bw_buf_puts(&rv->buf, message);
        return deny_error(rv, 400, "BadRequest", why);
}

/* Namespace "dev" is invalid: [a, b] */
static int deny_invalid(struct review *rv, struct bw_value request, const struct bw_ps_errors *errors)
{
        struct bw_value kind = bw_map_get(request, BW_STR("kind"));
        const struct gotexts texts = {.arena = rv->arena, .items = (struct bw_str *)(uintptr_t)errors->items,
                                      .n = errors->n};
        struct bw_str group = bw_map_text(kind, "group");

        bw_buf_str(&rv->buf, bw_map_text(kind, "kind"));
        if (group.n) {
                bw_buf_char(&rv->buf, '.');
                bw_buf_str(&rv->buf, group);
        }
        bw_buf_char(&rv->buf, ' ');
        bw_buf_go_quote(&rv->buf, rv->name);
        bw_buf_puts(&rv->buf, " is invalid: ");
        if (gotexts_aggregate(&texts, &rv->buf) < 0)
                return -ENOMEM;
        return deny(rv, 422, "Invalid");
}

/* ---- policies and exemptions */

static bool same_level(struct bw_ps_level a, struct bw_ps_level b)
{
        return a.level == b.level && a.minor == b.minor;
}

static bool is_privileged(const struct bw_ps_policy *p, enum bw_ps_mode mode)
{
        return p->modes[mode].level == BW_PSS_PRIVILEGED;
}

static bool all_privileged(const struct bw_ps_policy *p)
{
        return is_privileged(p, BW_PS_ENFORCE) && is_privileged(p, BW_PS_AUDIT) && is_privileged(p, BW_PS_WARN);
}

static bool contains(const struct bw_str *items, size_t n, struct bw_str text)
{
        for (size_t i = 0; i < n && text.n; i++)
                if (bw_str_eq(items[i], text))
                        return true;
        return false;
}

static bool exempt_namespace(const struct review *rv)
{
        return contains(rv->config->namespaces, rv->config->n_namespaces, rv->ns);
}

static bool exempt_runtime_class(const struct review *rv, struct bw_value spec)
{
        return contains(rv->config->runtime_classes, rv->config->n_runtime_classes,
                        bw_map_text(spec, "runtimeClassName"));
}

/* 1: exempt by namespace or user, the answer is made. */
static int answer_exempt(struct review *rv, struct bw_value request)
{
        struct bw_str user = bw_map_text(bw_map_get(request, BW_STR("userInfo")), "username");
        int r;

        if (exempt_namespace(rv))
                r = allow_with(rv, "exempt", "namespace");
        else if (contains(rv->config->usernames, rv->config->n_usernames, user))
                r = allow_with(rv, "exempt", "user");
        else
                return 0;
        return r < 0 ? r : 1;
}

/* The namespace's policy. -ENOENT: it could not be looked up, *ret_why says why. */
static int find_policy(struct review *rv, struct bw_ps_policy *ret, struct bw_ps_errors *ret_errors,
                       struct bw_str *ret_why)
{
        struct bw_value labels = {0};
        struct bw_str why = {0};
        int r = rv->cluster->namespace_labels(rv->cluster->userdata, rv->ns, &labels, &why);

        if (r == -ENOMEM)
                return r;
        if (r < 0) {
                if (!why.n) {
                        bw_buf_puts(&rv->buf, "namespaces ");
                        bw_buf_go_quote(&rv->buf, rv->ns);
                        bw_buf_puts(&rv->buf, " not found");
                        why = take_text(rv);
                }
                *ret_why = why;
                return why.p ? -ENOENT : -ENOMEM;
        }
        return bw_ps_policy_of(rv->arena, labels, &rv->config->defaults, ret, ret_errors, rv->reterr);
}

static void put_failed_lookup(struct review *rv)
{
        bw_buf_puts(&rv->buf, "failed to lookup namespace ");
        bw_buf_go_quote(&rv->buf, rv->ns);
}

/* ---- judging a pod */

struct verdict {
        struct bw_ps_level level;
        const struct bw_pss_violation *violations;
        size_t n;
};

static int judge_pod(struct review *rv, struct bw_ps_level level, struct bw_value metadata, struct bw_value spec,
                     bool details, struct verdict *ret)
{
        int minor = level.minor > BW_KUBERNETES_NEWEST ? BW_KUBERNETES_NEWEST : (int)level.minor;

        ret->level = level;
        return bw_pss_evaluate(rv->judge, level.level, minor, metadata, spec, true, details, rv->arena,
                               &ret->violations, &ret->n, rv->reterr);
}

/* violates PodSecurity "baseline:latest": reason (detail), reason */
static void put_violations(struct review *rv, const char *start, const struct verdict *v)
{
        bw_buf_puts(&rv->buf, start);
        bw_buf_puts(&rv->buf, " PodSecurity \"");
        bw_ps_level_format(&rv->buf, v->level);
        bw_buf_puts(&rv->buf, "\": ");
        for (size_t i = 0; i < v->n; i++) {
                bw_buf_puts(&rv->buf, i ? ", " : "");
                bw_buf_str(&rv->buf, v->violations[i].reason);
                if (v->violations[i].detail.n) {
                        bw_buf_puts(&rv->buf, " (");
                        bw_buf_str(&rv->buf, v->violations[i].detail);
                        bw_buf_char(&rv->buf, ')');
                }
        }
}

static int enforce(struct review *rv, const struct verdict *v)
{
        bw_ps_level_format(&rv->buf, v->level);
        if (annotate(rv, "enforce-policy") < 0)
                return -ENOMEM;
        if (v->n == 0)
                return 0;
        bw_buf_str(&rv->buf, rv->resource);
        if (rv->name.n) {
                bw_buf_char(&rv->buf, ' ');
                bw_buf_go_quote(&rv->buf, rv->name);
        }
        bw_buf_puts(&rv->buf, " is forbidden: ");
        put_violations(rv, "violates", v);
        return deny(rv, 403, "Forbidden");
}

static int audit(struct review *rv, const struct verdict *v)
{
        if (v->n == 0)
                return 0;
        put_violations(rv, "would violate", v);
        return annotate(rv, "audit-violations");
}

/* No warnings for what is refused anyway. */
static int warn(struct review *rv, const struct verdict *v)
{
        if (v->n == 0 || !rv->answer->allowed)
                return 0;
        put_violations(rv, "would violate", v);
        gotexts_take(&rv->warnings, &rv->buf);
        return rv->warnings.status;
}

static int evaluate_pod(struct review *rv, const struct bw_ps_policy *policy, const struct bw_ps_errors *errors,
                        struct bw_value metadata, struct bw_value spec, bool enforced)
{
        static int (*const acts[_BW_PS_MODE_MAX])(struct review *rv, const struct verdict *v) = {
                [BW_PS_ENFORCE] = enforce, [BW_PS_AUDIT] = audit, [BW_PS_WARN] = warn};
        const struct gotexts texts = {.arena = rv->arena, .items = (struct bw_str *)(uintptr_t)errors->items,
                                      .n = errors->n};
        struct verdict verdicts[_BW_PS_MODE_MAX];
        int r = 0;

        if (exempt_runtime_class(rv, spec))
                return allow_with(rv, "exempt", "runtimeClass");
        rv->answer->allowed = true;
        if (errors->n) {
                bw_buf_puts(&rv->buf, "Failed to parse policy: ");
                if (gotexts_aggregate(&texts, &rv->buf) < 0 || annotate(rv, "error") < 0)
                        return -ENOMEM;
        }
        for (int m = enforced ? BW_PS_ENFORCE : BW_PS_AUDIT; m < _BW_PS_MODE_MAX && r == 0; m++) {
                int same = enforced ? BW_PS_ENFORCE : BW_PS_AUDIT;

                while (same < m && !same_level(policy->modes[same], policy->modes[m]))
                        same++;
                if (same < m)
                        verdicts[m] = verdicts[same];
                else
                        r = judge_pod(rv, policy->modes[m], metadata, spec, true, &verdicts[m]);
                if (r == 0)
                        r = acts[m](rv, &verdicts[m]);
        }
        return r;
}

/* ---- decoding */

/* Why the typed decoder would not take the object; empty when it would. */
static struct bw_str undecodable(struct review *rv, const struct bw_doc *doc)
{
        bw_buf_clear(&rv->buf);
        return decode_check(doc->kind, doc->root, &rv->buf) ? (struct bw_str){0} : take_text(rv);
}

/* ---- requests for pods */

static const char *const ignored_subresources[] = {"exec", "attach", "binding", "eviction",
                                                   "log", "portforward", "proxy", "status"};

static bool is_object(const struct bw_doc *doc, const char *api_version, const char *kind)
{
        return bw_str_is(doc->api_version, api_version) && bw_str_is(doc->kind, kind);
}

static struct bw_value spec_of(const struct bw_doc *doc)
{
        return bw_map_get(doc->root, BW_STR("spec"));
}

static uint32_t list_size(struct bw_value list)
{
        return list.type == BW_LIST ? list.n : 0;
}

static bool same_images(struct bw_value list, struct bw_value old)
{
        if (list_size(list) != list_size(old))
                return false;
        for (uint32_t i = 0; i < list_size(list); i++)
                if (!bw_str_eq(bw_map_text(list.list->items[i], "image"), bw_map_text(old.list->items[i], "image")))
                        return false;
        return true;
}

/* Ephemeral containers are matched by name; each new one counts. */
static bool same_ephemeral(struct bw_value list, struct bw_value old)
{
        for (uint32_t i = 0; i < list_size(list); i++) {
                struct bw_value c = list.list->items[i];
                uint32_t k = 0;

                while (k < list_size(old) &&
                       !bw_str_eq(bw_map_text(old.list->items[k], "name"), bw_map_text(c, "name")))
                        k++;
                if (k == list_size(old) || !bw_str_eq(bw_map_text(c, "image"), bw_map_text(old.list->items[k], "image")))
                        return false;
        }
        return true;
}

/* Of a pod's spec little more than images can change once it is there. */
static bool is_significant(struct bw_value spec, struct bw_value old)
{
        static const char *const lists[] = {"containers", "initContainers"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(lists); i++)
                if (!same_images(bw_map_get(spec, bw_str(lists[i])), bw_map_get(old, bw_str(lists[i]))))
                        return true;
        return !same_ephemeral(bw_map_get(spec, BW_STR("ephemeralContainers")),
                               bw_map_get(old, BW_STR("ephemeralContainers")));
}

static int review_pod(struct review *rv, struct bw_value request)
{
        struct bw_ps_policy policy;
        struct bw_ps_errors errors;
        struct bw_str why;
        int r;

        for (size_t i = 0; i < BW_ARRAY_SIZE(ignored_subresources); i++)
                if (bw_str_is(rv->subresource, ignored_subresources[i]))
                        return allow(rv);
        r = answer_exempt(rv, request);
        if (r != 0)
                return r < 0 ? r : 0;
        r = find_policy(rv, &policy, &errors, &why);
        if (r == -ENOENT) {
                bw_buf_puts(&rv->buf, "Internal error occurred: ");
                put_failed_lookup(rv);
                return deny_error(rv, 500, "InternalError", why);
        }
        if (r < 0)
                return r;
        if (errors.n == 0 && all_privileged(&policy))
                return allow_with(rv, "enforce-policy", "privileged:latest");
        why = undecodable(rv, &rv->object);
        if (why.n)
                return deny_bad_request(rv, "failed to decode object", why);
        if (!is_object(&rv->object, "v1", "Pod"))
                return deny_bad_request(rv, "failed to decode pod", (struct bw_str){0});
        if (bw_str_is(rv->operation, "UPDATE")) {
                why = undecodable(rv, &rv->old_object);
                if (why.n)
                        return deny_bad_request(rv, "failed to decode old object", why);
                if (!is_object(&rv->old_object, "v1", "Pod"))
                        return deny_bad_request(rv, "failed to decode old pod", (struct bw_str){0});
                if (!is_significant(spec_of(&rv->object), spec_of(&rv->old_object)))
                        return allow(rv);
        }
        return evaluate_pod(rv, &policy, &errors, bw_map_get(rv->object.root, BW_STR("metadata")),
                            spec_of(&rv->object), true);
}

/* ---- requests for workloads */

/* Kinds that carry a pod template, and where. Others (and other versions of these) are not decoded as workloads. */
static const struct {
        const char *api_version;
        const char *kind;
        const char *template;
} workloads[] = {
        {"v1", "PodTemplate", "template"},
        {"v1", "ReplicationController", "spec.template"},
        {"apps/v1", "ReplicaSet", "spec.template"},
        {"apps/v1", "Deployment", "spec.template"},
        {"apps/v1", "DaemonSet", "spec.template"},
        {"apps/v1", "StatefulSet", "spec.template"},
        {"batch/v1", "Job", "spec.template"},
        {"batch/v1", "CronJob", "spec.jobTemplate.spec.template"},
};

/* "/v1, Kind=Service", as Go writes a group, version and kind. */
static int put_unexpected(struct review *rv)
{
        const struct bw_doc *doc = &rv->object;

        bw_buf_puts(&rv->buf, "failed to extract pod template: unexpected object type: ");
        if (doc->group.n == 0)
                bw_buf_char(&rv->buf, '/');
        bw_buf_str(&rv->buf, doc->api_version);
        bw_buf_puts(&rv->buf, ", Kind=");
        bw_buf_str(&rv->buf, doc->kind);
        rv->answer->allowed = true;
        return annotate(rv, "error");
}

static int review_template(struct review *rv, const struct bw_ps_policy *policy, const struct bw_ps_errors *errors)
{
        struct bw_value template;
        size_t i = 0;

        if (bw_str_is(rv->object.api_version, "v1") && bw_str_is(rv->object.kind, "Pod"))
                return evaluate_pod(rv, policy, errors, bw_map_get(rv->object.root, BW_STR("metadata")),
                                    spec_of(&rv->object), false);
        while (i < BW_ARRAY_SIZE(workloads) &&
               !is_object(&rv->object, workloads[i].api_version, workloads[i].kind))
                i++;
        if (i == BW_ARRAY_SIZE(workloads))
                return put_unexpected(rv);
        template = bw_map_walk(rv->object.root, workloads[i].template);
        /* Of these only a ReplicationController may be without a template. */
        if (template.type != BW_MAP && bw_str_is(rv->object.kind, "ReplicationController"))
                return allow(rv);
        return evaluate_pod(rv, policy, errors, bw_map_get(template, BW_STR("metadata")),
                            bw_map_get(template, BW_STR("spec")), false);
}

static int review_workload(struct review *rv, struct bw_value request)
{
        struct bw_ps_policy policy;
        struct bw_ps_errors errors;
        struct bw_str why;
        int r;

        if (rv->subresource.n)
                return allow(rv);
        r = answer_exempt(rv, request);
        if (r != 0)
                return r < 0 ? r : 0;
        r = find_policy(rv, &policy, &errors, &why);
        if (r == -ENOENT) {
                rv->answer->allowed = true;
                put_failed_lookup(rv);
                bw_buf_puts(&rv->buf, ": ");
                bw_buf_str(&rv->buf, why);
                return annotate(rv, "error");
        }
        if (r < 0)
                return r;
        if (errors.n == 0 && is_privileged(&policy, BW_PS_WARN) && is_privileged(&policy, BW_PS_AUDIT))
                return allow(rv);
        why = undecodable(rv, &rv->object);
        if (why.n) {
                rv->answer->allowed = true;
                bw_buf_puts(&rv->buf, "failed to decode object: ");
                bw_buf_str(&rv->buf, why);
                return annotate(rv, "error");
        }
        return review_template(rv, &policy, &errors);
}

/* ---- requests for namespaces */

static struct bw_value labels_of(const struct bw_doc *doc)
{
        return bw_map_walk(doc->root, "metadata.labels");
}

static bool has_label(struct bw_value labels, enum bw_ps_mode mode)
{
        char key[96];
        int n = snprintf(key, sizeof(key), PS_LABEL_PREFIX "%s-version", bw_ps_mode_text(mode));

        if (bw_map_get(labels, bw_str(key)).type == BW_STRING)
                return true;
        key[(size_t)n - strlen("-version")] = '\0';
        return bw_map_get(labels, bw_str(key)).type == BW_STRING;
}

/* Labels on an exempt namespace look as if they did something. */
static int warn_exempt(struct review *rv, const struct bw_ps_policy *policy)
{
        const struct bw_ps_policy *defaults = &rv->config->defaults;
        struct bw_value labels = labels_of(&rv->object);
        bool equivalent = true;
        bool first = true;

        for (int m = 0; m < _BW_PS_MODE_MAX; m++)
                equivalent &= same_level(policy->modes[m], defaults->modes[m]) ||
                              (is_privileged(policy, (enum bw_ps_mode)m) && is_privileged(defaults, (enum bw_ps_mode)m));
        rv->answer->allowed = true;
        if (equivalent || all_privileged(policy))
                return 0;
        bw_buf_puts(&rv->buf, "namespace ");
        bw_buf_go_quote(&rv->buf, bw_map_text(bw_map_get(rv->object.root, BW_STR("metadata")), "name"));
        bw_buf_puts(&rv->buf, " is exempt from Pod Security, and the policy (");
        for (int m = 0; m < _BW_PS_MODE_MAX; m++) {
                if (is_privileged(policy, (enum bw_ps_mode)m) || !has_label(labels, (enum bw_ps_mode)m))
                        continue;
                bw_buf_printf(&rv->buf, "%s%s=", first ? "" : ", ", bw_ps_mode_text((enum bw_ps_mode)m));
                bw_ps_level_format(&rv->buf, policy->modes[m]);
                first = false;
        }
        bw_buf_puts(&rv->buf, ") will be ignored");
        gotexts_take(&rv->warnings, &rv->buf);
        return rv->warnings.status;
}

static bool same_errors(const struct bw_ps_errors *a, const struct bw_ps_errors *b)
{
        if (a->n != b->n)
                return false;
        for (size_t i = 0; i < a->n; i++)
                if (!bw_str_eq(a->items[i], b->items[i]))
                        return false;
        return true;
}

static int review_namespace(struct review *rv, struct bw_value request)
{
        struct bw_ps_policy policy;
        struct bw_ps_policy old;
        struct bw_ps_errors errors;
        struct bw_ps_errors old_errors;
        struct bw_str why;
        int r;

        if (rv->subresource.n)
                return allow(rv);
        why = undecodable(rv, &rv->object);
        if (why.n)
                return deny_bad_request(rv, "failed to decode object", why);
        if (!is_object(&rv->object, "v1", "Namespace"))
                return deny_bad_request(rv, "failed to decode namespace", (struct bw_str){0});
        r = bw_ps_policy_of(rv->arena, labels_of(&rv->object), &rv->config->defaults, &policy, &errors, rv->reterr);
        if (r < 0)
                return r;
        if (bw_str_is(rv->operation, "CREATE")) {
                if (errors.n)
                        return deny_invalid(rv, request, &errors);
                return exempt_namespace(rv) ? warn_exempt(rv, &policy) : allow(rv);
        }
        if (!bw_str_is(rv->operation, "UPDATE"))
                return allow(rv);
        why = undecodable(rv, &rv->old_object);
        if (why.n)
                return deny_bad_request(rv, "failed to decode  old object", why);
        if (!is_object(&rv->old_object, "v1", "Namespace"))
                return deny_bad_request(rv, "failed to decode  old namespace", (struct bw_str){0});
        r = bw_ps_policy_of(rv->arena, labels_of(&rv->old_object), &rv->config->defaults, &old, &old_errors, rv->reterr);
        if (r < 0)
                return r;
        if (errors.n && !same_errors(&errors, &old_errors))
                return deny_invalid(rv, request, &errors);
        /* Existing pods matter when the enforced level is another one, and not merely a looser one. */
        if (same_level(policy.modes[BW_PS_ENFORCE], old.modes[BW_PS_ENFORCE]) || is_privileged(&policy, BW_PS_ENFORCE) ||
            (policy.modes[BW_PS_ENFORCE].minor == old.modes[BW_PS_ENFORCE].minor &&
             policy.modes[BW_PS_ENFORCE].level <= old.modes[BW_PS_ENFORCE].level))
                return allow(rv);
        if (exempt_namespace(rv))
                return warn_exempt(rv, &policy);
        rv->answer->allowed = true;
        return ps_check_existing(rv->judge, rv->cluster, &policy.modes[BW_PS_ENFORCE], rv->config,
                                 bw_map_text(bw_map_get(rv->object.root, BW_STR("metadata")), "name"), &rv->warnings,
                                 rv->reterr);
}

/* ---- */

/* An object of the request; one that does not say what it is, is of the request's kind. */
static void read_object(struct review *rv, struct bw_value request, const char *field, struct bw_doc *ret)
{
        struct bw_value kind = bw_map_get(request, BW_STR("kind"));
        struct bw_str group = bw_map_text(kind, "group");
        struct bw_str version = bw_map_text(kind, "version");

        ret->root = bw_map_get(request, bw_str(field));
        if (ret->root.type != BW_MAP || bw_doc_identify(ret))
                return;
        if (!ret->kind.n)
                ret->kind = bw_map_text(kind, "kind");
        if (!ret->api_version.n) {
                ret->group = group;
                ret->api_version = version;
                if (group.n)
                        ret->api_version = bw_arena_printf(rv->arena, "%.*s/%.*s", BW_STR_ARG(group),
                                                           BW_STR_ARG(version));
        }
}

static int decide(struct review *rv, struct bw_value request)
{
        struct bw_value resource = bw_map_get(request, BW_STR("resource"));
        struct bw_str name = bw_map_text(resource, "resource");
        struct bw_str group = bw_map_text(resource, "group");

        rv->resource = name;
        if (group.n)
                rv->resource = bw_arena_printf(rv->arena, "%.*s.%.*s", BW_STR_ARG(name), BW_STR_ARG(group));
        if (!rv->resource.p)
                return -ENOMEM;
        if (bw_str_is(rv->resource, "namespaces"))
                return review_namespace(rv, request);
        if (bw_str_is(rv->resource, "pods"))
                return review_pod(rv, request);
        return review_workload(rv, request);
}

/* A pod that the rules cannot read (fields of a wrong type): a Pod is refused, a workload let pass with a note. */
static int answer_unreadable(struct review *rv, const struct bw_error *err)
{
        struct bw_str why = bw_arena_str(rv->arena, bw_str(err->message));

        rv->n_annotations = 0;
        rv->warnings.n = 0;
        if (!why.p)
                return -ENOMEM;
        if (bw_str_is(rv->resource, "pods"))
                return deny_bad_request(rv, "failed to decode object", why);
        rv->answer->allowed = true;
        bw_buf_puts(&rv->buf, "failed to decode object: ");
        bw_buf_str(&rv->buf, why);
        return annotate(rv, "error");
}

int bw_ps_review(const struct bw_ps_config *config, const struct bw_ps_cluster *cluster, struct bw_judge *judge,
                 struct bw_value request, struct bw_arena *arena, struct bw_ps_answer *ret, struct bw_error *reterr)
{
        struct bw_ps_answer answer = {0};
        struct bw_error err = {0};
        struct review rv = {
                .config = config,
                .cluster = cluster,
                .judge = judge,
                .arena = arena,
                .reterr = &err,
                .answer = &answer,
                .name = bw_map_text(request, "name"),
                .ns = bw_map_text(request, "namespace"),
                .operation = bw_map_text(request, "operation"),
                .subresource = bw_map_text(request, "requestSubResource"),
                .warnings = {.arena = arena},
        };
        struct bw_ps_annotation *annotations;
        int r;

        read_object(&rv, request, "object", &rv.object);
        read_object(&rv, request, "oldObject", &rv.old_object);
        r = decide(&rv, request);
        if (r == -EINVAL) {
                bw_buf_clear(&rv.buf);
                r = answer_unreadable(&rv, &err);
        }
        bw_buf_done(&rv.buf);
        annotations = bw_arena_array(arena, BW_ARRAY_SIZE(rv.annotations), sizeof(*annotations));
        if (r == -ENOMEM || !annotations)
                return bw_error_nomem(reterr);
        if (r < 0)
                return bw_error_set(reterr, r, "%s", err.message);
        memcpy(annotations, rv.annotations, rv.n_annotations * sizeof(*annotations));
        answer.annotations = annotations;
        answer.n_annotations = rv.n_annotations;
        answer.warnings = rv.warnings.items;
        answer.n_warnings = rv.warnings.n;
        *ret = answer;
        return 0;
}
