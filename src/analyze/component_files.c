/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that stand in the place of flags of kube-apiserver and kube-scheduler.
 * Source: k8s.io/kubernetes pkg/kubeapiserver/options/{authentication,authorization}.go,
 *         cmd/kube-scheduler/app/options/options.go (ApplyTo: of the flags only those of leader election go before --config).
 */
#include "analyze/audit_policy.h"
#include "analyze/component_internal.h"
#include "analyze/encryption.h"
#include "base/arena.h"
#include "base/error.h"

/* The setting's path is read as the kind and given on. Nothing to do when it is not set. */
static int read_role(struct component *c, const char *flag, const char *kind, struct component_config *ret, bool *ret_set)
{
        struct bw_str path = component_text(c, flag);
        int r;

        *ret_set = path.n > 0;
        if (!*ret_set)
                return 0;
        r = component_config_read(c, flag, path, kind, ret);
        return r < 0 ? r : component_config_document(c, ret);
}

/* ---- kube-apiserver: who is anonymous */

static int put_anonymous_paths(struct component *c, struct component_config *config, struct bw_value conditions)
{
        struct bw_list *paths = bw_list_new(c->arena, conditions.n);
        struct bw_evidence where;
        int r;

        if (!paths)
                return bw_error_nomem(c->reterr);
        for (uint32_t i = 0; i < conditions.n; i++)
                paths->items[i] = bw_value_str(bw_map_text(conditions.list->items[i], "path"));
        r = component_config_where(c, config, "anonymous.conditions", &where);
        return r < 0 ? r
                     : component_put(c, "anonymous-auth-paths", bw_value_list(paths, conditions.n), &where);
}

static int apply_authentication(struct component *c, struct component_config *config)
{
        const struct component_setting *flag = component_find(c, "anonymous-auth");
        struct bw_value anonymous = bw_map_get(config->value, BW_STR("anonymous"));
        struct bw_value enabled = bw_map_get(anonymous, BW_STR("enabled"));
        struct bw_value conditions = bw_map_get(anonymous, BW_STR("conditions"));
        struct bw_evidence where;
        int r;

        if (flag && flag->is_set && anonymous.type == BW_MAP)
                return component_problem(c, "flag-and-file", flag->name, true, &flag->evidence,
                                         "--anonymous-auth and anonymous in %.*s cannot both be given",
                                         BW_STR_ARG(config->path));
        if (config->value.type == BW_ABSENT)
                return flag && flag->is_set ? 0 : component_forget(c, "anonymous-auth", &config->why);
        if (anonymous.type != BW_MAP)
                return 0;
        r = component_config_where(c, config, enabled.type == BW_BOOL ? "anonymous.enabled" : "anonymous", &where);
        if (r == 0)
                r = component_put(c, "anonymous-auth", enabled.type == BW_BOOL ? enabled : bw_value_bool(false), &where);
        if (r == 0 && conditions.type == BW_LIST && conditions.n)
                r = put_anonymous_paths(c, config, conditions);
        return r;
}

/* ---- kube-apiserver: who may do what */

static int apply_authorization(struct component *c, struct component_config *config)
{
        struct bw_value authorizers = bw_map_get(config->value, BW_STR("authorizers"));
        const struct component_setting *flag = component_find(c, "authorization-mode");
        struct bw_evidence where;
        struct bw_list *types;
        int r;

        if (flag && flag->is_set) {
                r = component_problem(c, "flag-and-file", flag->name, true, &flag->evidence,
                                      "--authorization-mode and --authorization-config cannot both be given");
                if (r < 0)
                        return r;
        }
        if (authorizers.type != BW_LIST)
                return component_forget(c, "authorization-mode", &config->why);
        types = bw_list_new(c->arena, authorizers.n);
        if (!types)
                return bw_error_nomem(c->reterr);
        for (uint32_t i = 0; i < authorizers.n; i++)
                types->items[i] = bw_value_str(bw_map_text(authorizers.list->items[i], "type"));
        r = component_config_where(c, config, "authorizers", &where);
        return r < 0 ? r : component_put(c, "authorization-mode", bw_value_list(types, authorizers.n), &where);
}

/* ---- kube-apiserver: what validation says beyond the schema */

static int apply_encryption(struct component *c, struct component_config *config)
{
        const struct component_setting *reload = component_find(c, "encryption-provider-config-automatic-reload");
        const struct bw_encryption_options options = {
                .minor = c->kubernetes_minor,
                .reload = reload && reload->value.type == BW_BOOL && reload->value.b,
                .kms_v1 = -1,
        };
        struct bw_problems problems = {.arena = c->arena};
        struct bw_value in_force;
        int r;

        if (config->value.type != BW_MAP)
                return 0;
        r = bw_encryption_check(c->arena, &config->doc, &options, &problems, &in_force, c->reterr);
        return r < 0 ? r : component_config_refused(c, "encryption-provider-config", config, &problems);
}

static int apply_audit(struct component *c, struct component_config *config)
{
        struct bw_problems problems = {.arena = c->arena};
        struct bw_value in_force;
        int r;

        if (config->value.type != BW_MAP)
                return 0;
        r = bw_audit_policy_check(c->arena, &config->doc, c->kubernetes_minor, &problems, &in_force, c->reterr);
        return r < 0 ? r : component_config_refused(c, "audit-policy-file", config, &problems);
}

int component_files_apiserver(struct component *c)
{
        static const struct {
                const char *flag;
                const char *kind;
                int (*apply)(struct component *c, struct component_config *config);
        } rows[] = {
                {"authentication-config", "AuthenticationConfiguration", apply_authentication},
                {"authorization-config", "AuthorizationConfiguration", apply_authorization},
                {"admission-control-config-file", "AdmissionConfiguration", NULL},
                {"tracing-config-file", "TracingConfiguration", NULL},
                {"audit-policy-file", "Policy", apply_audit},
                {"encryption-provider-config", "EncryptionConfiguration", apply_encryption},
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                struct component_config config = {0};
                bool set;
                int r = read_role(c, rows[i].flag, rows[i].kind, &config, &set);

                if (r == 0 && set && rows[i].apply)
                        r = rows[i].apply(c, &config);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* ---- kube-scheduler */

int component_files_scheduler(struct component *c)
{
        static const struct component_field fields[] = {
                {"profiling", "enableProfiling", false},
                {"contention-profiling", "enableContentionProfiling", false},
                {"kubeconfig", "clientConnection.kubeconfig", false},
                {"kube-api-content-type", "clientConnection.contentType", false},
                {"kube-api-qps", "clientConnection.qps", false},
                {"kube-api-burst", "clientConnection.burst", false},
                {"leader-elect", "leaderElection.leaderElect", true},
                {"leader-elect-lease-duration", "leaderElection.leaseDuration", true},
                {"leader-elect-renew-deadline", "leaderElection.renewDeadline", true},
                {"leader-elect-retry-period", "leaderElection.retryPeriod", true},
                {"leader-elect-resource-lock", "leaderElection.resourceLock", true},
                {"leader-elect-resource-name", "leaderElection.resourceName", true},
                {"leader-elect-resource-namespace", "leaderElection.resourceNamespace", true},
                {NULL, NULL, false},
        };
        struct component_config config = {0};
        bool set;
        int r = read_role(c, "config", "KubeSchedulerConfiguration", &config, &set);

        return r < 0 || !set ? r : component_config_apply(c, &config, fields);
}
