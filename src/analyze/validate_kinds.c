/* SPDX-License-Identifier: Apache-2.0 */
/* What upstream's validation of each kind demands beyond fields and types. */
#include <arpa/inet.h>

#include "analyze/problem_text_internal.h"
#include "analyze/validate_internal.h"

#include "base/arena.h"
#include "format/gotext.h"

#define SECOND ((int64_t)1000000000)

/* ---- small readers */

static struct bw_value get(struct bw_value map, const char *key)
{
        return bw_map_get(map, bw_str(key));
}

static uint32_t count(struct bw_value list)
{
        return list.type == BW_LIST ? list.n : 0;
}

static int64_t nanoseconds(struct bw_value v)
{
        int64_t ns = 0;

        return v.type == BW_STRING && bw_go_duration(bw_value_text(v), &ns) == 0 ? ns : 0;
}

static int64_t integer(struct bw_value v)
{
        return v.type == BW_INT ? v.i : 0;
}

/* A field of the document, by printf text. */
static struct field_at at(struct validating *v, const char *fmt, ...) BW_PRINTF(2, 3);
static struct field_at at(struct validating *v, const char *fmt, ...)
{
        char path[256];
        va_list ap;

        va_start(ap, fmt);
        vsnprintf(path, sizeof(path), fmt, ap);
        va_end(ap);
        return (struct field_at){.problems = v->problems, .doc = v->doc, .path = field_path(v->problems, "%s", path),
                                 .shown = field_path(v->problems, "%s%s", v->prefix, path)};
}

/* A field of an authorizer's webhook: upstream names it without the webhook. */
static struct field_at at_webhook(struct validating *v, uint32_t i, const char *field)
{
        struct field_at where = at(v, "authorizers[%u].webhook.%s", i, field);

        where.shown = field_path(v->problems, "%sauthorizers[%u].%s", v->prefix, i, field);
        return where;
}

static void duplicate(struct field_at where, struct bw_str value)
{
        bw_problems_at(where.problems, where.doc, BW_PROBLEM_VALUE, false, where.path, "%.*s: Duplicate value: \"%.*s\"",
                       BW_STR_ARG(where.shown), BW_STR_ARG(value));
}

/* True when an item before number i has the same text in its field. */
static bool seen_before(struct bw_value list, uint32_t i, const char *field, struct bw_str text)
{
        for (uint32_t k = 0; text.n && k < i; k++)
                if (bw_str_eq(bw_map_text(list.list->items[k], field), text))
                        return true;
        return false;
}

static bool is_one_of(struct bw_str s, const char *const *words)
{
        for (; *words; words++)
                if (bw_str_is(s, *words))
                        return true;
        return false;
}

static bool is_ip(struct bw_str s)
{
        unsigned char bytes[sizeof(struct in6_addr)];
        char text[INET6_ADDRSTRLEN];

        if (s.n == 0 || s.n >= sizeof(text))
                return false;
        memcpy(text, s.p, s.n);
        text[s.n] = '\0';
        return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static bool has_char(struct bw_str s, char c)
{
        return s.n && memchr(s.p, c, s.n);
}

/* ---- AuthenticationConfiguration */

static void check_url(struct field_at where, struct bw_str url)
{
        struct bw_str rest = url;
        size_t scheme = bw_str_find(url, BW_STR("://"));
        bool https = scheme != SIZE_MAX && bw_str_is(bw_str_n(url.p, scheme), "https");
        bool query = has_char(url, '?');
        bool fragment = has_char(url, '#');
        struct bw_str host = BW_STR("");

        if (scheme != SIZE_MAX)
                rest = bw_str_rest(url, scheme + 3);
        if (rest.n)
                (void)bw_str_split(&rest, '/', &host);
        if (has_char(host, '@')) {
                url = BW_STR("(redacted)");
                field_invalid_text(where, url, "URL must not contain a username or password");
        }
        if (!https)
                field_invalid_text(where, url, "URL scheme must be https");
        if (query)
                field_invalid_text(where, url, "URL must not contain a query");
        if (fragment)
                field_invalid_text(where, url, "URL must not contain a fragment");
}

static struct bw_str without_slashes(struct bw_str s)
{
        while (s.n && s.p[s.n - 1] == '/')
                s.n--;
        return s;
}

static void check_audiences(struct validating *v, struct bw_value issuer, uint32_t i)
{
        struct bw_value audiences = get(issuer, "audiences");
        struct bw_str policy = bw_map_text(issuer, "audienceMatchPolicy");

        if (count(audiences) == 0) {
                struct field_at where = at(v, "jwt[%u].issuer.audiences", i);

                bw_problems_at(v->problems, v->doc, BW_PROBLEM_VALUE, false, where.path,
                               "%.*s: Required value: at least one %.*s is required", BW_STR_ARG(where.shown), BW_STR_ARG(where.shown));
        }
        for (uint32_t k = 0; k < count(audiences); k++) {
                struct bw_str text = bw_value_text(audiences.list->items[k]);

                if (audiences.list->items[k].type != BW_STRING || text.n == 0)
                        field_required(at(v, "jwt[%u].issuer.audiences[%u]", i, k), "audience can't be empty");
                for (uint32_t before = 0; before < k; before++) {
                        if (bw_value_eq(audiences.list->items[before], audiences.list->items[k])) {
                                duplicate(at(v, "jwt[%u].issuer.audiences[%u]", i, k), text);
                                break;
                        }
                }
        }
        if (count(audiences) > 1 && !bw_str_is(policy, "MatchAny"))
                field_invalid_text(at(v, "jwt[%u].issuer.audienceMatchPolicy", i), policy,
                                   "audienceMatchPolicy must be MatchAny for multiple audiences");
        if (count(audiences) == 1 && policy.n && !bw_str_is(policy, "MatchAny"))
                field_invalid_text(at(v, "jwt[%u].issuer.audienceMatchPolicy", i), policy,
                                   "audienceMatchPolicy must be empty or MatchAny for single audience");
}

static void check_issuer(struct validating *v, struct bw_value list, uint32_t i)
{
        struct bw_value issuer = get(list.list->items[i], "issuer");
        struct bw_str url = bw_map_text(issuer, "url");
        struct bw_str discovery = bw_map_text(issuer, "discoveryURL");

        if (url.n == 0)
                field_required(at(v, "jwt[%u].issuer.url", i), "URL is required");
        else
                check_url(at(v, "jwt[%u].issuer.url", i), url);
        if (discovery.n && bw_str_eq(without_slashes(url), without_slashes(discovery)))
                field_invalid_text(at(v, "jwt[%u].issuer.discoveryURL", i), discovery, "discoveryURL must be different from URL");
        if (discovery.n)
                check_url(at(v, "jwt[%u].issuer.discoveryURL", i), discovery);
        for (uint32_t k = 0; url.n && k < i; k++) {
                if (bw_str_eq(bw_map_text(get(list.list->items[k], "issuer"), "url"), url)) {
                        duplicate(at(v, "jwt[%u].issuer.url", i), url);
                        break;
                }
        }
        check_audiences(v, issuer, i);
}

static void check_claim_rules(struct validating *v, struct bw_value rules, uint32_t i)
{
        for (uint32_t k = 0; k < count(rules); k++) {
                struct bw_str claim = bw_map_text(rules.list->items[k], "claim");
                struct bw_str expression = bw_map_text(rules.list->items[k], "expression");

                if (claim.n && expression.n)
                        field_invalid_text(at(v, "jwt[%u].claimValidationRules[%u]", i, k), claim,
                                           "claim and expression can't both be set");
                else if (!claim.n && !expression.n)
                        field_required(at(v, "jwt[%u].claimValidationRules[%u]", i, k), "claim or expression is required");
                else if (claim.n && bw_map_text(rules.list->items[k], "message").n)
                        field_invalid_text(at(v, "jwt[%u].claimValidationRules[%u].message", i, k),
                                           bw_map_text(rules.list->items[k], "message"), "message can't be set when claim is set");
                else if (expression.n && bw_map_text(rules.list->items[k], "requiredValue").n)
                        field_invalid_text(at(v, "jwt[%u].claimValidationRules[%u].requiredValue", i, k),
                                           bw_map_text(rules.list->items[k], "requiredValue"),
                                           "requiredValue can't be set when expression is set");
                if (seen_before(rules, k, "claim", claim))
                        duplicate(at(v, "jwt[%u].claimValidationRules[%u].claim", i, k), claim);
                if (seen_before(rules, k, "expression", expression))
                        duplicate(at(v, "jwt[%u].claimValidationRules[%u].expression", i, k), expression);
        }
}

static void check_mapping(struct validating *v, struct bw_value mappings, uint32_t i, const char *name, bool required)
{
        struct bw_value mapping = get(mappings, name);
        struct bw_str claim = bw_map_text(mapping, "claim");
        struct bw_str expression = bw_map_text(mapping, "expression");
        struct bw_value prefix = get(mapping, "prefix");

        if (claim.n && expression.n)
                field_invalid(at(v, "jwt[%u].claimMappings.%s", i, name), "\"\"", "claim and expression can't both be set");
        else if (!claim.n && !expression.n && required)
                field_required(at(v, "jwt[%u].claimMappings.%s", i, name), "claim or expression is required");
        else if (expression.n && prefix.type == BW_STRING)
                field_invalid_text(at(v, "jwt[%u].claimMappings.%s.prefix", i, name), bw_value_text(prefix),
                                   "prefix can't be set when expression is set");
        else if (claim.n && prefix.type != BW_STRING && strcmp(name, "uid") != 0)
                field_required(at(v, "jwt[%u].claimMappings.%s.prefix", i, name),
                               "prefix is required when claim is set. It can be set to an empty string to disable prefixing");
}

static void check_authentication(struct validating *v)
{
        struct bw_value jwt = get(v->value, "jwt");
        struct bw_value anonymous = get(v->value, "anonymous");
        struct bw_value enabled = get(anonymous, "enabled");

        if (count(jwt) > 64)
                bw_problems_at(v->problems, v->doc, BW_PROBLEM_VALUE, false, BW_STR("jwt"),
                               "jwt: Too many: %u: must have at most 64 items", count(jwt));
        for (uint32_t i = 0; count(jwt) <= 64 && i < count(jwt); i++) {
                struct bw_value mappings = get(jwt.list->items[i], "claimMappings");

                check_issuer(v, jwt, i);
                check_claim_rules(v, get(jwt.list->items[i], "claimValidationRules"), i);
                check_mapping(v, mappings, i, "username", true);
                check_mapping(v, mappings, i, "groups", false);
                check_mapping(v, mappings, i, "uid", false);
        }
        if (anonymous.type == BW_MAP && !(enabled.type == BW_BOOL && enabled.b) && count(get(anonymous, "conditions")))
                field_invalid(at(v, "anonymous.conditions"), "[]", "enabled should be set to true when conditions are defined");
}

/* ---- AuthorizationConfiguration */

static void check_choice(struct validating *v, struct field_at where, struct bw_str value, const char *const *words)
{
        (void)v;
        if (value.n == 0)
                field_required(where, "");
        else if (!is_one_of(value, words))
                field_not_supported(where, value, words);
}

static void check_connection(struct validating *v, struct bw_value info, uint32_t i)
{
        static const char *const types[] = {"InClusterConfig", "KubeConfigFile", NULL};
        struct bw_str type = bw_map_text(info, "type");
        struct bw_value file = get(info, "kubeConfigFile");
        struct bw_str path = file.type == BW_STRING ? bw_value_text(file) : BW_STR("");
        struct field_at where = at_webhook(v, i, "connectionInfo.kubeConfigFile");

        check_choice(v, at_webhook(v, i, "connectionInfo.type"), type, types);
        if (bw_str_is(type, "InClusterConfig") && file.type == BW_STRING)
                field_invalid_text(where, path, "can only be set when type=KubeConfigFile");
        if (bw_str_is(type, "KubeConfigFile") && path.n == 0)
                field_required(where, "");
        if (bw_str_is(type, "KubeConfigFile") && path.n && path.p[0] != '/')
                field_invalid_text(where, path, "must be an absolute path");
}

static void check_conditions(struct validating *v, struct bw_value conditions, uint32_t i)
{
        if (count(conditions) > 64) {
                bw_problems_at(v->problems, v->doc, BW_PROBLEM_VALUE, false, at_webhook(v, i, "matchConditions").path,
                               "authorizers[%u].matchConditions: Too many: %u: must have at most 64 items", i, count(conditions));
                return;
        }
        for (uint32_t k = 0; k < count(conditions); k++) {
                struct bw_str expression = bw_map_text(conditions.list->items[k], "expression");

                char field[64];

                snprintf(field, sizeof(field), "matchConditions[%u].expression", k);
                if (bw_str_trim(expression).n == 0)
                        field_required(at_webhook(v, i, field), "");
                else if (seen_before(conditions, k, "expression", expression))
                        duplicate(at_webhook(v, i, field), expression);
        }
}

static void check_webhook(struct validating *v, struct bw_value hook, uint32_t i)
{
        static const char *const reviews[] = {"v1", "v1beta1", NULL};
        static const char *const policies[] = {"NoOpinion", "Deny", NULL};
        static const char *const lifetimes[] = {"authorizedTTL", "unauthorizedTTL"};
        struct bw_value timeout = get(hook, "timeout");
        int64_t ns = nanoseconds(timeout);
        struct bw_str review = bw_map_text(hook, "matchConditionSubjectAccessReviewVersion");
        struct bw_value conditions = get(hook, "matchConditions");

        if (ns == 0)
                field_required(at_webhook(v, i, "timeout"), "");
        else if (ns < 0 || ns > 30 * SECOND)
                field_invalid_text(at_webhook(v, i, "timeout"), bw_value_text(timeout), "must be > 0s and <= 30s");
        for (size_t k = 0; k < BW_ARRAY_SIZE(lifetimes); k++)
                if (nanoseconds(get(hook, lifetimes[k])) < 0)
                        field_invalid_text(at_webhook(v, i, lifetimes[k]), bw_map_text(hook, lifetimes[k]),
                                           "must be > 0s");
        check_choice(v, at_webhook(v, i, "subjectAccessReviewVersion"), bw_map_text(hook, "subjectAccessReviewVersion"),
                     reviews);
        if (review.n == 0 && count(conditions))
                field_required(at_webhook(v, i, "matchConditionSubjectAccessReviewVersion"),
                               "required if match conditions are specified");
        else if (review.n && !bw_str_is(review, "v1"))
                field_not_supported(at_webhook(v, i, "matchConditionSubjectAccessReviewVersion"), review,
                                    (const char *const[]){"v1", NULL});
        check_choice(v, at_webhook(v, i, "failurePolicy"), bw_map_text(hook, "failurePolicy"), policies);
        check_connection(v, get(hook, "connectionInfo"), i);
        check_conditions(v, conditions, i);
}

static void check_authorizer(struct validating *v, struct bw_value list, uint32_t i)
{
        static const char *const types[] = {"ABAC", "AlwaysAllow", "AlwaysDeny", "Node", "RBAC", "Webhook", NULL};
        struct bw_value item = list.list->items[i];
        struct bw_str type = bw_map_text(item, "type");
        struct bw_str name = bw_map_text(item, "name");
        bool webhook = bw_str_is(type, "Webhook");
        const char *why = name.n ? dns_subdomain_problem(name) : NULL;

        if (type.n == 0 || !is_one_of(type, types)) {
                check_choice(v, at(v, "authorizers[%u].type", i), type, types);
                return;
        }
        if (!webhook && seen_before(list, i, "type", type)) {
                duplicate(at(v, "authorizers[%u].type", i), type);
                return;
        }
        if (name.n == 0)
                field_required(at(v, "authorizers[%u].name", i), "");
        else if (seen_before(list, i, "name", name))
                duplicate(at(v, "authorizers[%u].name", i), name);
        else if (why)
                field_invalid_text(at(v, "authorizers[%u].name", i), name, "authorizer name is invalid: %s", why);
        if (webhook && get(item, "webhook").type != BW_MAP)
                field_required(at(v, "authorizers[%u].webhook", i), "required when type=Webhook");
        else if (webhook)
                check_webhook(v, get(item, "webhook"), i);
        else if (get(item, "webhook").type == BW_MAP)
                field_invalid_text(at(v, "authorizers[%u].webhook", i), BW_STR("non-null"), "may only be specified when type=Webhook");
}

static void check_authorization(struct validating *v)
{
        struct bw_value list = get(v->value, "authorizers");

        if (count(list) == 0)
                field_required(at(v, "authorizers"), "at least one authorization mode must be defined");
        for (uint32_t i = 0; i < count(list); i++)
                check_authorizer(v, list, i);
}

/* ---- admission */

static void check_level(struct validating *v, struct bw_value defaults, const char *mode)
{
        static const char *const levels[] = {"privileged", "baseline", "restricted", NULL};
        struct bw_str level = bw_map_text(defaults, mode);
        struct bw_str key = field_path(v->problems, "%s-version", mode);
        struct bw_str version = key.p ? bw_map_text(defaults, key.p) : BW_STR("");
        uint64_t minor;

        if (level.n && !is_one_of(level, levels))
                field_invalid_text(at(v, "defaults.%s", mode), level, "must be one of privileged, baseline, restricted");
        if (version.n && !bw_str_is(version, "latest") &&
            (!bw_str_starts(version, BW_STR("v1.")) || bw_str_to_u64(bw_str_rest(version, 3), &minor) < 0))
                field_invalid_text(at(v, "defaults.%s-version", mode), version, "must be \"latest\" or \"v1.x\"");
}

static void check_pod_security(struct validating *v)
{
        struct bw_value defaults = get(v->value, "defaults");

        check_level(v, defaults, "enforce");
        check_level(v, defaults, "audit");
        check_level(v, defaults, "warn");
}

static void check_event_limits(struct validating *v)
{
        static const char *const types[] = {"Server", "Namespace", "User", "SourceAndObject", NULL};
        struct bw_value limits = get(v->value, "limits");

        if (count(limits) == 0)
                field_invalid(at(v, "limits"), "[]", "must not be empty");
        for (uint32_t i = 0; i < count(limits); i++) {
                struct bw_value item = limits.list->items[i];
                struct bw_str type = bw_map_text(item, "type");

                if (!is_one_of(type, types))
                        field_not_supported(at(v, "limits[%u].type", i), type, types);
                if (integer(get(item, "burst")) <= 0)
                        field_invalid(at(v, "limits[%u].burst", i), "0", "must be positive");
                if (integer(get(item, "qps")) <= 0)
                        field_invalid(at(v, "limits[%u].qps", i), "0", "must be positive");
                if (integer(get(item, "cacheSize")) < 0 && !bw_str_is(type, "Server"))
                        field_invalid(at(v, "limits[%u].cacheSize", i), "-1", "must not be negative");
        }
}

static void check_image_policy(struct validating *v)
{
        if (bw_map_text(get(v->value, "imagePolicy"), "kubeConfigFile").n == 0)
                field_required(at(v, "imagePolicy.kubeConfigFile"), "the webhook is reached by a kubeconfig");
}

static void check_webhook_admission(struct validating *v)
{
        struct bw_str file = bw_map_text(v->value, "kubeConfigFile");

        if (file.n && file.p[0] != '/')
                field_invalid_text(at(v, "kubeConfigFile"), file, "kubeConfigFile must be an absolute file path");
}

/* Names that a plugin of the API server has. Sources: k8s.io/kubernetes pkg/kubeapiserver/options/plugins.go, 1.29 to 1.36. */
static const char *const plugins[] = {
        "AlwaysAdmit", "AlwaysDeny", "AlwaysPullImages", "CertificateApproval", "CertificateSigning",
        "CertificateSubjectRestriction", "ClusterTrustBundleAttest", "DefaultIngressClass", "DefaultStorageClass",
        "DefaultTolerationSeconds", "DenyServiceExternalIPs", "EventRateLimit", "ExtendedResourceToleration", "ImagePolicyWebhook",
        "LimitPodHardAntiAffinityTopology", "LimitRanger", "MutatingAdmissionPolicy", "MutatingAdmissionWebhook",
        "NamespaceAutoProvision", "NamespaceExists", "NamespaceLifecycle", "NodeDeclaredFeatureValidator", "NodeRestriction",
        "OwnerReferencesPermissionEnforcement", "PersistentVolumeClaimResize", "PersistentVolumeLabel", "PodNodeSelector",
        "PodSecurity", "PodTolerationRestriction", "PodTopologyLabels", "Priority", "ResourceQuota", "RuntimeClass",
        "ServiceAccount", "StorageObjectInUseProtection", "TaintNodesByCondition", "ValidatingAdmissionPolicy",
        "ValidatingAdmissionWebhook", NULL,
};

static void check_plugins(struct validating *v)
{
        struct bw_value list = get(v->value, "plugins");

        for (uint32_t i = 0; i < count(list); i++) {
                struct bw_str name = bw_map_text(list.list->items[i], "name");
                struct field_at where = at(v, "plugins[%u].name", i);

                if (!is_one_of(name, plugins))
                        bw_problems_at(v->problems, v->doc, BW_PROBLEM_VALUE, true, where.path,
                                       "%.*s: no admission plugin is called \"%.*s\": its configuration is ignored",
                                       BW_STR_ARG(where.shown), BW_STR_ARG(name));
                else if (seen_before(list, i, "name", name))
                        bw_problems_at(v->problems, v->doc, BW_PROBLEM_VALUE, true, where.path,
                                       "%.*s: the plugin stands there already: the first one counts", BW_STR_ARG(where.shown));
        }
}

/* ---- tracing, egress */

static void check_tracing(struct validating *v)
{
        struct bw_value rate = get(v->value, "samplingRatePerMillion");
        struct bw_str endpoint = bw_map_text(v->value, "endpoint");
        size_t scheme = bw_str_find(endpoint, BW_STR("://"));
        struct bw_str name = bw_str_n(endpoint.p, scheme == SIZE_MAX ? 0 : scheme);

        if (integer(rate) < 0)
                field_invalid(at(v, "samplingRatePerMillion"), "-1", "sampling rate must be positive");
        if (integer(rate) > 1000000)
                field_invalid(at(v, "samplingRatePerMillion"), "1000001",
                              "sampling rate per million must be less than or equal to one million");
        if (name.n && !bw_str_is(name, "dns") && !bw_str_is(name, "unix") && !bw_str_is(name, "unix-abstract"))
                field_invalid_text(at(v, "endpoint"), endpoint, "unsupported scheme: %.*s.  Options are none, dns, unix, or unix-abstract.",
                                   BW_STR_ARG(name));
}

static void check_egress(struct validating *v)
{
        static const char *const names[] = {"cluster", "controlplane", "etcd", NULL};
        static const char *const protocols[] = {"Direct", "GRPC", "HTTPConnect", NULL};
        struct bw_value list = get(v->value, "egressSelections");

        for (uint32_t i = 0; i < count(list); i++) {
                struct bw_str name = bw_map_text(list.list->items[i], "name");
                struct bw_value connection = get(list.list->items[i], "connection");

                if (!is_one_of(name, names))
                        field_not_supported(at(v, "egressSelections[%u].name", i), name, names);
                else if (seen_before(list, i, "name", name))
                        duplicate(at(v, "egressSelections[%u].name", i), name);
                check_choice(v, at(v, "egressSelections[%u].connection.proxyProtocol", i), bw_map_text(connection, "proxyProtocol"),
                             protocols);
                if (bw_str_is(bw_map_text(connection, "proxyProtocol"), "Direct") && get(connection, "transport").type == BW_MAP)
                        field_invalid(at(v, "egressSelections[%u].connection.transport", i), "direct",
                                      "Transport config should be absent for direct connect");
        }
}

/* ---- kube-proxy, kube-scheduler */

static void check_host_port(struct validating *v, const char *field)
{
        struct bw_str text = bw_map_text(v->value, field);
        const char *colon = text.n ? memrchr(text.p, ':', text.n) : NULL;
        struct bw_str host = colon ? bw_str_n(text.p, (size_t)(colon - text.p)) : text;
        uint64_t port = 0;

        if (text.n == 0)
                return;
        if (host.n > 1 && host.p[0] == '[' && host.p[host.n - 1] == ']')
                host = bw_str_n(host.p + 1, host.n - 2);
        if (!is_ip(host) && !is_ip(text))
                field_invalid_text(at(v, "%s", field), text, "must be a valid IP");
        else if (is_ip(host) && colon && !is_ip(text) &&
                 (bw_str_to_u64(bw_str_rest(text, (size_t)(colon - text.p) + 1), &port) < 0 || port > 65535))
                field_invalid_text(at(v, "%s", field), text, "must be a valid port");
}

static void check_proxy(struct validating *v)
{
        static const char *const modes[] = {"iptables", "ipvs", "nftables", NULL};
        static const char *const locals[] = {"ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix", NULL};
        static const char *const periods[] = {"configSyncPeriod"};
        struct bw_str mode = bw_map_text(v->value, "mode");
        struct bw_str local = bw_map_text(v->value, "detectLocalMode");
        struct bw_str address = bw_map_text(v->value, "bindAddress");
        int64_t oom = integer(get(v->value, "oomScoreAdj"));

        if (oom < -1000 || oom > 1000)
                bw_problems_at(v->problems, v->doc, BW_PROBLEM_VALUE, false, BW_STR("oomScoreAdj"),
                               "KubeProxyConfiguration.oomScoreAdj: Invalid value: %" PRIi64 ": must be within the range [-1000, 1000]", oom);
        if (mode.n && !is_one_of(mode, modes))
                field_invalid_text(at(v, "mode"), mode, "must be iptables,ipvs,nftables or blank (blank means the best-available proxy [currently iptables])");
        if (local.n && !is_one_of(local, locals))
                field_invalid_text(at(v, "detectLocalMode"), local,
                                   "must be ClusterCIDR,NodeCIDR,BridgeInterface,InterfaceNamePrefix or blank");
        if (address.n && !is_ip(address))
                field_invalid_text(at(v, "bindAddress"), address, "not a valid textual representation of an IP address");
        for (size_t i = 0; i < BW_ARRAY_SIZE(periods); i++)
                if (nanoseconds(get(v->value, periods[i])) < 0)
                        field_invalid_text(at(v, "%s", periods[i]), bw_map_text(v->value, periods[i]), "must be greater than 0");
        check_host_port(v, "healthzBindAddress");
        check_host_port(v, "metricsBindAddress");
}

static void check_scheduler(struct validating *v)
{
        struct bw_value profiles = get(v->value, "profiles");
        struct bw_value parallelism = get(v->value, "parallelism");
        struct bw_value percentage = get(v->value, "percentageOfNodesToScore");

        if (parallelism.type == BW_INT && parallelism.i <= 0)
                field_invalid(at(v, "parallelism"), "0", "should be an integer value greater than zero");
        if (percentage.type == BW_INT && (percentage.i < 0 || percentage.i > 100))
                field_invalid(at(v, "percentageOfNodesToScore"), "-", "not in valid range [0-100]");
        for (uint32_t i = 0; i < count(profiles); i++) {
                struct bw_str name = bw_map_text(profiles.list->items[i], "schedulerName");

                if (name.n == 0 && count(profiles) > 1)
                        field_required(at(v, "profiles[%u].schedulerName", i), "");
                if (seen_before(profiles, i, "schedulerName", name))
                        duplicate(at(v, "profiles[%u].schedulerName", i), name);
        }
}

/* ---- CredentialProviderConfig, kubeconfig */

static void check_provider(struct validating *v, struct bw_value list, uint32_t i)
{
        static const char *const versions[] = {"credentialprovider.kubelet.k8s.io/v1", "credentialprovider.kubelet.k8s.io/v1alpha1",
                                               "credentialprovider.kubelet.k8s.io/v1beta1", NULL};
        struct bw_value item = list.list->items[i];
        struct bw_str name = bw_map_text(item, "name");

        if (name.n == 0)
                field_required(at(v, "providers[%u].name", i), "name is required");
        if (has_char(name, '/') || has_char(name, ' ') || bw_str_is(name, ".") || bw_str_is(name, ".."))
                field_invalid_text(at(v, "providers[%u].name", i), name, "name must be the name of a file, without path and blanks");
        if (seen_before(list, i, "name", name))
                duplicate(at(v, "providers[%u].name", i), name);
        check_choice(v, at(v, "providers[%u].apiVersion", i), bw_map_text(item, "apiVersion"), versions);
        if (count(get(item, "matchImages")) == 0)
                field_required(at(v, "providers[%u].matchImages", i), "at least one item must be provided");
        if (get(item, "defaultCacheDuration").type != BW_STRING)
                field_required(at(v, "providers[%u].defaultCacheDuration", i), "defaultCacheDuration is required");
        else if (nanoseconds(get(item, "defaultCacheDuration")) < 0)
                field_invalid_text(at(v, "providers[%u].defaultCacheDuration", i), bw_map_text(item, "defaultCacheDuration"),
                                   "must be greater than or equal to 0");
}

static void check_providers(struct validating *v)
{
        struct bw_value list = get(v->value, "providers");

        if (count(list) == 0)
                field_required(at(v, "providers"), "at least 1 item in plugins is required");
        for (uint32_t i = 0; i < count(list); i++)
                check_provider(v, list, i);
}

static bool is_named(struct bw_value list, struct bw_str name)
{
        for (uint32_t i = 0; i < count(list); i++)
                if (bw_str_eq(bw_map_text(list.list->items[i], "name"), name))
                        return true;
        return false;
}

static void check_kubeconfig(struct validating *v)
{
        struct bw_value contexts = get(v->value, "contexts");
        struct bw_str current = bw_map_text(v->value, "current-context");

        if (current.n && !is_named(contexts, current))
                field_invalid_text(at(v, "current-context"), current, "context was not found for specified context");
        for (uint32_t i = 0; i < count(contexts); i++) {
                struct bw_value context = get(contexts.list->items[i], "context");
                struct bw_str cluster = bw_map_text(context, "cluster");
                struct bw_str user = bw_map_text(context, "user");

                if (cluster.n == 0 || !is_named(get(v->value, "clusters"), cluster))
                        field_invalid_text(at(v, "contexts[%u].context.cluster", i), cluster, "there is no such cluster");
                if (user.n && !is_named(get(v->value, "users"), user))
                        field_invalid_text(at(v, "contexts[%u].context.user", i), user, "there is no such user");
        }
}

/* ---- */

static const struct {
        const char *kind;
        const char *group; /* the apiVersion begins with it; NULL: any */
        validate_kind check;
} checks[] = {
        {"AuthenticationConfiguration", NULL, check_authentication},
        {"AuthorizationConfiguration", NULL, check_authorization},
        {"AdmissionConfiguration", NULL, check_plugins},
        {"PodSecurityConfiguration", NULL, check_pod_security},
        {"Configuration", "eventratelimit.", check_event_limits},
        {"ImagePolicyWebhook", NULL, check_image_policy},
        {"WebhookAdmissionConfiguration", NULL, check_webhook_admission},
        {"WebhookAdmission", NULL, check_webhook_admission},
        {"TracingConfiguration", NULL, check_tracing},
        {"EgressSelectorConfiguration", NULL, check_egress},
        {"KubeProxyConfiguration", NULL, check_proxy},
        {"KubeSchedulerConfiguration", NULL, check_scheduler},
        {"CredentialProviderConfig", NULL, check_providers},
        {"Config", NULL, check_kubeconfig},
};

validate_kind validate_kind_of(const struct bw_schema *schema)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(checks); i++)
                if (strcmp(checks[i].kind, bw_schema_kind(schema)) == 0 &&
                    (!checks[i].group || bw_str_starts(bw_str(bw_schema_api_version(schema)), bw_str(checks[i].group))))
                        return checks[i].check;
        return NULL;
}
