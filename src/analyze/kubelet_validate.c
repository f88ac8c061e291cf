/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ValidateKubeletConfiguration, in its order and words.
 * Source: k8s.io/kubernetes pkg/kubelet/apis/config/validation (1.32; what later versions add is marked with the version),
 *         pkg/util/taints; k8s.io/component-base logs/api/v1, tracing/api/v1.
 */
#include "analyze/kubelet_internal.h"

#include "analyze/tls_names.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/goquote.h"
#include "format/gotext.h"

#define SECOND ((int64_t)1000000000)
#define MILLISECOND ((int64_t)1000000)

struct check {
        struct kubelet_tree *tree;
        struct bw_problems *problems;
};

/* A problem at a field, with Go's words. */
static void refuse(struct check *c, const char *path, const char *fmt, ...) BW_PRINTF(3, 4);
static void refuse(struct check *c, const char *path, const char *fmt, ...)
{
        const struct kubelet_node *node = kubelet_find(c->tree, path);
        struct bw_problem p = {.kind = BW_PROBLEM_VALUE, .path = bw_arena_str(c->tree->arena, bw_str(path))};
        char text[1024];
        va_list ap;

        va_start(ap, fmt);
        vsnprintf(text, sizeof(text), fmt, ap);
        va_end(ap);
        p.message = bw_arena_str(c->tree->arena, bw_str(text));
        if (node && node->from.line)
                p.mark = (struct bw_mark){node->from.line, node->from.column};
        bw_problems_add(c->problems, &p);
}

/* ---- numbers within bounds */

/* clang-format off */
static const struct bound {
        const char *field;
        const char *flag;   /* NULL: the message names none */
        int64_t min, max;
        const char *words;  /* after the number */
        bool zero;          /* is fine, too */
} bounds[] = {
        {"eventBurst", "event-burst", 0, INT64_MAX, "must not be a negative number"},
        {"eventRecordQPS", "event-qps", 0, INT64_MAX, "must not be a negative number"},
        {"healthzPort", "healthz-port", 1, 65535, "must be between 1 and 65535, inclusive", true},
        {"imageGCHighThresholdPercent", "image-gc-high-threshold", 0, 100, "must be between 0 and 100, inclusive"},
        {"imageGCLowThresholdPercent", "image-gc-low-threshold", 0, 100, "must be between 0 and 100, inclusive"},
        {"iptablesDropBit", "iptables-drop-bit", 0, 31, "must be between 0 and 31, inclusive"},
        {"iptablesMasqueradeBit", "iptables-masquerade-bit", 0, 31, "must be between 0 and 31, inclusive"},
        {"kubeAPIBurst", "kube-api-burst", 0, INT64_MAX, "must not be a negative number"},
        {"kubeAPIQPS", "kube-api-qps", 0, INT64_MAX, "must not be a negative number"},
        {"nodeStatusMaxImages", "node-status-max-images", -1, INT64_MAX, "must be -1 or greater"},
        {"maxOpenFiles", "max-open-files", 0, INT64_MAX, "must not be a negative number"},
        {"maxPods", "max-pods", 0, INT64_MAX, "must not be a negative number"},
        {"oomScoreAdj", "oom-score-adj", -1000, 1000, "must be between -1000 and 1000, inclusive"},
        {"podsPerCore", "pods-per-core", 0, INT64_MAX, "must not be a negative number"},
        {"port", "port", 1, 65535, "must be between 1 and 65535, inclusive"},
        {"readOnlyPort", "read-only-port", 1, 65535, "must be between 0 and 65535, inclusive", true},
        {"registryBurst", "registry-burst", 0, INT64_MAX, "must not be a negative number"},
        {"registryPullQPS", "registry-qps", 0, INT64_MAX, "must not be a negative number"},
};
/* clang-format on */

static void check_bound(struct check *c, const char *field)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(bounds); i++) {
                const struct bound *b = &bounds[i];
                int64_t v = kubelet_int(c->tree, field);

                if (strcmp(b->field, field) == 0 && (v < b->min || v > b->max) && !(b->zero && v == 0))
                        refuse(c, field, "invalid configuration: %s (--%s) %" PRIi64 " %s", field, b->flag, v, b->words);
        }
}

static void check_bounds(struct check *c, const char *first, const char *last)
{
        bool on = false;

        for (size_t i = 0; i < BW_ARRAY_SIZE(bounds); i++) {
                on = on || strcmp(bounds[i].field, first) == 0;
                if (on)
                        check_bound(c, bounds[i].field);
                if (strcmp(bounds[i].field, last) == 0)
                        return;
        }
}

/* ---- one by one, in upstream's order */

static struct bw_str quoted(struct check *c, struct bw_str s)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        bw_buf_go_quote(&text, s);
        return bw_arena_str(c->tree->arena, bw_buf_view(&text));
}

static struct bw_str duration(struct check *c, const char *path)
{
        return bw_go_duration_text(c->tree->arena, kubelet_nanoseconds(c->tree, path));
}

static void check_quota(struct check *c)
{
        int64_t period = kubelet_nanoseconds(c->tree, "cpuCFSQuotaPeriod");
        bool gate = kubelet_gate(c->tree, "CustomCPUCFSQuotaPeriod");

        if (!gate && period != 100 * MILLISECOND)
                refuse(c, "cpuCFSQuotaPeriod",
                       "invalid configuration: cpuCFSQuotaPeriod (--cpu-cfs-quota-period) {%.*s} requires feature gate "
                       "CustomCPUCFSQuotaPeriod", BW_STR_ARG(duration(c, "cpuCFSQuotaPeriod")));
        if (gate && (period < MILLISECOND || period > SECOND))
                refuse(c, "cpuCFSQuotaPeriod",
                       "invalid configuration: cpuCFSQuotaPeriod (--cpu-cfs-quota-period) {%.*s} must be between 1ms and 1sec, "
                       "inclusive", BW_STR_ARG(duration(c, "cpuCFSQuotaPeriod")));
}

static void check_images(struct check *c)
{
        int64_t high = kubelet_int(c->tree, "imageGCHighThresholdPercent");
        int64_t low = kubelet_int(c->tree, "imageGCLowThresholdPercent");
        int64_t max = kubelet_nanoseconds(c->tree, "imageMaximumGCAge");
        int64_t min = kubelet_nanoseconds(c->tree, "imageMinimumGCAge");

        check_bounds(c, "imageGCHighThresholdPercent", "imageGCLowThresholdPercent");
        if (low >= high)
                refuse(c, "imageGCLowThresholdPercent",
                       "invalid configuration: imageGCLowThresholdPercent (--image-gc-low-threshold) %" PRIi64
                       " must be less than imageGCHighThresholdPercent (--image-gc-high-threshold) %" PRIi64, low, high);
        if (max != 0 && !kubelet_gate(c->tree, "ImageMaximumGCAge"))
                refuse(c, "imageMaximumGCAge",
                       "invalid configuration: ImageMaximumGCAge feature gate is required for Kubelet configuration option "
                       "imageMaximumGCAge");
        if (max < 0)
                refuse(c, "imageMaximumGCAge", "invalid configuration: imageMaximumGCAge %.*s must not be negative",
                       BW_STR_ARG(duration(c, "imageMaximumGCAge")));
        if (max > 0 && max <= min)
                refuse(c, "imageMaximumGCAge",
                       "invalid configuration: imageMaximumGCAge %.*s must be greater than imageMinimumGCAge %.*s",
                       BW_STR_ARG(duration(c, "imageMaximumGCAge")), BW_STR_ARG(duration(c, "imageMinimumGCAge")));
}

static void check_pulls(struct check *c)
{
        struct bw_value parallel = kubelet_get(c->tree, "maxParallelImagePulls");

        if (parallel.type == BW_INT && parallel.i < 1)
                refuse(c, "maxParallelImagePulls",
                       "invalid configuration: maxParallelImagePulls %" PRIi64 " must be a positive number", parallel.i);
        if (kubelet_bool(c->tree, "serializeImagePulls") && parallel.type == BW_INT && parallel.i > 1)
                refuse(c, "maxParallelImagePulls",
                       "invalid configuration: maxParallelImagePulls cannot be larger than 1 unless SerializeImagePulls "
                       "(--serialize-image-pulls) is set to false");
        if (kubelet_bool(c->tree, "serverTLSBootstrap") && !kubelet_gate(c->tree, "RotateKubeletServerCertificate"))
                refuse(c, "serverTLSBootstrap",
                       "invalid configuration: serverTLSBootstrap true requires feature gate RotateKubeletServerCertificate");
}

static void check_run_once(struct check *c)
{
        if (kubelet_bool(c->tree, "runOnce"))
                refuse(c, "runOnce",
                       "invalid configuration: runOnce (--runOnce) true, Runonce mode has been deprecated and should not be set");
}

/* A part of a qualified name, or a label's value: letters and digits at both ends, and .-_ between them. */
static bool is_label(struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++) {
                bool letter = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
                              (s.p[i] >= '0' && s.p[i] <= '9');

                if (!letter && (i == 0 || i + 1 == s.n || !strchr("-_.", s.p[i])))
                        return false;
        }
        return s.n <= 63;
}

static bool is_subdomain(struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++) {
                bool letter = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9');

                if (!letter && (i == 0 || i + 1 == s.n || !strchr("-.", s.p[i]) || s.p[i - 1] == '.' ||
                                (s.p[i] == '.' && s.p[i - 1] == '-')))
                        return false;
        }
        return s.n > 0 && s.n <= 253;
}

static bool is_qualified(struct bw_str s)
{
        struct bw_str name = s;
        struct bw_str prefix;

        if (!memchr(s.p ? s.p : "", '/', s.n))
                return s.n && is_label(s);
        return bw_str_split(&name, '/', &prefix) && is_subdomain(prefix) && name.n && !memchr(name.p, '/', name.n) &&
               is_label(name);
}

static void check_taint(struct check *c, struct bw_value taint)
{
        struct bw_str key = bw_map_text(taint, "key");
        struct bw_str value = bw_map_text(taint, "value");
        struct bw_str effect = bw_map_text(taint, "effect");
        bool known = effect.n == 0 || bw_str_is(effect, "NoSchedule") || bw_str_is(effect, "PreferNoSchedule") ||
                     bw_str_is(effect, "NoExecute");
        bool timed = bw_map_get(taint, BW_STR("timeAdded")).type == BW_STRING;

        if (!known || !is_qualified(key) || !is_label(value))
                refuse(c, "registerWithTaints", "invalid taint: {%.*s %.*s %.*s <nil>}", BW_STR_ARG(key), BW_STR_ARG(value),
                       BW_STR_ARG(effect));
        if (timed)
                refuse(c, "registerWithTaints", "invalid configuration: taint.TimeAdded is not nil");
}

static void check_taints(struct check *c)
{
        struct bw_value taints = kubelet_get(c->tree, "registerWithTaints");

        for (uint32_t i = 0; taints.type == BW_LIST && i < taints.n; i++)
                check_taint(c, taints.list->items[i]);
}

static bool is_one_of(struct bw_str s, const char *const *words)
{
        for (; *words; words++)
                if (bw_str_is(s, *words))
                        return true;
        return false;
}

static void check_topology(struct check *c)
{
        static const char *const policies[] = {"none", "best-effort", "restricted", "single-numa-node", NULL};
        static const char *const scopes[] = {"container", "pod", NULL};
        struct bw_str policy = kubelet_text(c->tree, "topologyManagerPolicy");
        struct bw_str scope = kubelet_text(c->tree, "topologyManagerScope");

        if (!is_one_of(policy, policies))
                refuse(c, "topologyManagerPolicy",
                       "invalid configuration: topologyManagerPolicy (--topology-manager-policy) %.*s must be one of: "
                       "[\"none\" \"best-effort\" \"restricted\" \"single-numa-node\"]", BW_STR_ARG(quoted(c, policy)));
        if (!is_one_of(scope, scopes))
                refuse(c, "topologyManagerScope",
                       "invalid configuration: topologyManagerScope (--topology-manager-scope) %.*s must be one of: "
                       "\"container\", or \"pod\"", BW_STR_ARG(quoted(c, scope)));
}

static void check_grace(struct check *c, const char *field)
{
        int64_t ns = kubelet_nanoseconds(c->tree, field);

        if (ns < 0 || (ns > 0 && ns < SECOND))
                refuse(c, field, "invalid configuration: %s {%.*s} must be either zero or otherwise >= 1 sec", field,
                       BW_STR_ARG(duration(c, field)));
}

static void check_shutdown(struct check *c)
{
        int64_t all = kubelet_nanoseconds(c->tree, "shutdownGracePeriod");
        int64_t critical = kubelet_nanoseconds(c->tree, "shutdownGracePeriodCriticalPods");
        struct bw_value by_priority = kubelet_get(c->tree, "shutdownGracePeriodByPodPriority");
        bool listed = by_priority.type == BW_LIST && by_priority.n;

        if (kubelet_gate(c->tree, "GracefulNodeShutdown")) {
                if (critical > all)
                        refuse(c, "shutdownGracePeriodCriticalPods",
                               "invalid configuration: shutdownGracePeriodCriticalPods {%.*s} must be <= shutdownGracePeriod {%.*s}",
                               BW_STR_ARG(duration(c, "shutdownGracePeriodCriticalPods")),
                               BW_STR_ARG(duration(c, "shutdownGracePeriod")));
                check_grace(c, "shutdownGracePeriod");
                check_grace(c, "shutdownGracePeriodCriticalPods");
        } else if (all > 0 || critical > 0) {
                refuse(c, "shutdownGracePeriod",
                       "invalid configuration: specifying shutdownGracePeriod or shutdownGracePeriodCriticalPods requires "
                       "feature gate GracefulNodeShutdown");
        }
        if (listed && !kubelet_gate(c->tree, "GracefulNodeShutdownBasedOnPodPriority"))
                refuse(c, "shutdownGracePeriodByPodPriority",
                       "invalid configuration: Specifying shutdownGracePeriodByPodPriority requires feature gate "
                       "GracefulNodeShutdownBasedOnPodPriority");
        else if (listed && (all > 0 || critical > 0))
                refuse(c, "shutdownGracePeriodByPodPriority",
                       "invalid configuration: Cannot specify both shutdownGracePeriodByPodPriority and shutdownGracePeriod "
                       "at the same time");
}

static void check_swap(struct check *c)
{
        static const char *const behaviors[] = {"", "NoSwap", "LimitedSwap", NULL};
        struct bw_str behavior = kubelet_text(c->tree, "memorySwap.swapBehavior");

        if (!kubelet_gate(c->tree, "NodeSwap")) {
                if (behavior.n)
                        refuse(c, "memorySwap.swapBehavior",
                               "invalid configuration: memorySwap.swapBehavior cannot be set when NodeSwap feature flag is "
                               "disabled");
                return;
        }
        if (!is_one_of(behavior, behaviors))
                refuse(c, "memorySwap.swapBehavior",
                       "invalid configuration: memorySwap.swapBehavior %.*s must be one of: \"\", \"LimitedSwap\" or \"NoSwap\"",
                       BW_STR_ARG(quoted(c, behavior)));
}

static void check_crash_loop(struct check *c)
{
        const char *const field = "crashLoopBackOff.maxContainerRestartPeriod";
        bool given = kubelet_get(c->tree, field).type == BW_STRING;
        int64_t ms = kubelet_nanoseconds(c->tree, field) / MILLISECOND;

        if (given && !kubelet_gate(c->tree, "KubeletCrashLoopBackOffMax"))
                refuse(c, field,
                       "invalid configuration: FeatureGate KubeletCrashLoopBackOffMax not enabled, "
                       "CrashLoopBackOff.MaxContainerRestartPeriod must not be set");
        else if (given && (ms < 1000 || ms > 300000))
                refuse(c, field,
                       "invalid configuration: CrashLoopBackOff.MaxContainerRestartPeriod (got: %g seconds) must be set between "
                       "1s and 300s", (double)kubelet_nanoseconds(c->tree, field) / (double)SECOND);
}

/* ---- what is enforced of the node's resources */

static const struct enforcement {
        const char *name;
        const char *other;  /* that it cannot stand with */
        const char *cgroup; /* that it needs */
        const char *flag;
} enforcements[] = {
        {"pods", NULL, NULL, NULL},
        {"system-reserved", "system-reserved-compressible", "systemReservedCgroup", "system-reserved-cgroup"},
        {"system-reserved-compressible", "system-reserved", "systemReservedCgroup", "system-reserved-cgroup"},
        {"kube-reserved", "kube-reserved-compressible", "kubeReservedCgroup", "kube-reserved-cgroup"},
        {"kube-reserved-compressible", "kube-reserved", "kubeReservedCgroup", "kube-reserved-cgroup"},
        {"none", NULL, NULL, NULL},
};

static const struct enforcement *enforcement_of(struct bw_str name)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(enforcements); i++)
                if (bw_str_is(name, enforcements[i].name))
                        return &enforcements[i];
        return NULL;
}

static bool has_text(struct bw_value list, struct bw_str text, uint32_t before)
{
        for (uint32_t i = 0; i < before; i++)
                if (list.list->items[i].type == BW_STRING && bw_str_eq(bw_value_text(list.list->items[i]), text))
                        return true;
        return false;
}

static void check_enforcement(struct check *c, struct bw_value list, uint32_t i)
{
        const char *const field = "enforceNodeAllocatable";
        struct bw_str name = list.list->items[i].type == BW_STRING ? bw_value_text(list.list->items[i]) : BW_STR("");
        const struct enforcement *e = enforcement_of(name);
        struct bw_str shown = quoted(c, name);

        if (has_text(list, name, i)) {
                refuse(c, field,
                       "invalid configuration: duplicated enforcements %.*s in enforceNodeAllocatable "
                       "(--enforce-node-allocatable)", BW_STR_ARG(shown));
                return;
        }
        if (!e) {
                refuse(c, field,
                       "invalid configuration: option %.*s specified for enforceNodeAllocatable (--enforce-node-allocatable). "
                       "Valid options are \"pods\", \"system-reserved\", \"system-reserved-compressible\", \"kube-reserved\", "
                       "\"kube-reserved-compressible\" or \"none\"", BW_STR_ARG(shown));
                return;
        }
        if (strcmp(e->name, "none") == 0) {
                if (list.n > 1)
                        refuse(c, field,
                               "invalid configuration: enforceNodeAllocatable (--enforce-node-allocatable) may not contain "
                               "additional enforcements when \"none\" is specified");
                return;
        }
        if (e->cgroup && kubelet_text(c->tree, e->cgroup).n == 0) {
                const char *whole = *e->name == 's' ? "system-reserved" : "kube-reserved";

                refuse(c, e->cgroup,
                       "invalid configuration: %s (--%s) must be specified when \"%s\" or \"%s-compressible\" included in "
                       "enforceNodeAllocatable (--enforce-node-allocatable)", e->cgroup, e->flag, whole, whole);
        }
        if (!kubelet_bool(c->tree, "cgroupsPerQOS"))
                refuse(c, "cgroupsPerQOS",
                       "invalid configuration: cgroupsPerQOS (--cgroups-per-qos) must be set to true when %.*s contained in "
                       "enforceNodeAllocatable (--enforce-node-allocatable)", BW_STR_ARG(shown));
}

static void check_enforced(struct check *c)
{
        struct bw_value list = kubelet_get(c->tree, "enforceNodeAllocatable");

        if (list.type != BW_LIST)
                return;
        for (size_t i = 1; i < BW_ARRAY_SIZE(enforcements) - 1; i += 2)
                if (has_text(list, bw_str(enforcements[i].name), list.n) &&
                    has_text(list, bw_str(enforcements[i].other), list.n))
                        refuse(c, "enforceNodeAllocatable",
                               "invalid configuration: both \"%s\" and \"%s\" cannot be specified together in "
                               "enforceNodeAllocatable (--enforce-node-allocatable)", enforcements[i].name,
                               enforcements[i].other);
        for (uint32_t i = 0; i < list.n; i++)
                check_enforcement(c, list, i);
}

static void check_hairpin(struct check *c)
{
        static const char *const modes[] = {"none", "hairpin-veth", "promiscuous-bridge", NULL};
        struct bw_str mode = kubelet_text(c->tree, "hairpinMode");

        if (!is_one_of(mode, modes))
                refuse(c, "hairpinMode",
                       "invalid configuration: option %.*s specified for hairpinMode (--hairpin-mode). Valid options are "
                       "\"none\", \"hairpin-veth\" or \"promiscuous-bridge\"", BW_STR_ARG(quoted(c, mode)));
}

/* From 1.33 on. */
static void check_pull_credentials(struct check *c)
{
        static const char *const policies[] = {"NeverVerify", "NeverVerifyPreloadedImages", "NeverVerifyAllowlistedImages",
                                               "AlwaysVerify", NULL};
        const char *const field = "imagePullCredentialsVerificationPolicy";
        struct bw_str policy = kubelet_text(c->tree, field);
        struct bw_value list = kubelet_get(c->tree, "preloadedImagesVerificationAllowlist");
        bool listed = list.type == BW_LIST && list.n;

        if (c->tree->minor < 33)
                return;
        if (!kubelet_gate(c->tree, "KubeletEnsureSecretPulledImages")) {
                if (policy.n)
                        refuse(c, field,
                               "invalid configuration: `imagePullCredentialsVerificationPolicy` must not be set if "
                               "KubeletEnsureSecretPulledImages feature gate is not enabled");
                if (listed)
                        refuse(c, "preloadedImagesVerificationAllowlist",
                               "invalid configuration: `preloadedImagesVerificationAllowlist` must not be set if "
                               "KubeletEnsureSecretPulledImages feature gate is not enabled");
                return;
        }
        if (!is_one_of(policy, policies))
                refuse(c, field,
                       "invalid configuration: option %.*s specified for imagePullCredentialsVerificationPolicy. Valid options "
                       "are \"NeverVerify\", \"NeverVerifyPreloadedImages\", \"NeverVerifyAllowlistedImages\" or \"AlwaysVerify\"",
                       BW_STR_ARG(quoted(c, policy)));
        if (listed && !bw_str_is(policy, "NeverVerifyAllowlistedImages"))
                refuse(c, "preloadedImagesVerificationAllowlist",
                       "invalid configuration: can't set `preloadedImagesVerificationAllowlist` if "
                       "`imagePullCredentialsVertificationPolicy` is not \"NeverVerifyAllowlistedImages\"");
}

/* "0-3,7"; what is wrong with it goes to why. */
static bool is_cpuset(struct check *c, struct bw_str s, struct bw_buf *why)
{
        struct bw_str part;

        while (s.n && bw_str_split(&s, ',', &part)) {
                bool range = part.n && memchr(part.p, '-', part.n);
                struct bw_str ends[2] = {part, part};
                int64_t numbers[2] = {0, 0};

                if (range)
                        (void)bw_str_split(&ends[1], '-', &ends[0]);
                for (size_t i = 0; i < 2; i++) {
                        if (bw_str_to_i64(ends[i], &numbers[i]) == 0)
                                continue;
                        bw_buf_printf(why, "strconv.Atoi: parsing %.*s: invalid syntax", BW_STR_ARG(quoted(c, ends[i])));
                        return false;
                }
                if (numbers[0] > numbers[1]) {
                        bw_buf_printf(why, "invalid range %.*s (%" PRIi64 " > %" PRIi64 ")", BW_STR_ARG(quoted(c, part)),
                                      numbers[0], numbers[1]);
                        return false;
                }
        }
        return true;
}

static void check_cpus(struct check *c)
{
        bw_auto_done(bw_buf_done) struct bw_buf why = {0};
        struct bw_str cpus = kubelet_text(c->tree, "reservedSystemCPUs");

        if (cpus.n == 0)
                return;
        if (kubelet_text(c->tree, "systemReservedCgroup").n || kubelet_text(c->tree, "kubeReservedCgroup").n)
                refuse(c, "reservedSystemCPUs",
                       "invalid configuration: can't use reservedSystemCPUs (--reserved-cpus) with systemReservedCgroup "
                       "(--system-reserved-cgroup) or kubeReservedCgroup (--kube-reserved-cgroup)");
        if (!is_cpuset(c, cpus, &why))
                refuse(c, "reservedSystemCPUs",
                       "invalid configuration: unable to parse reservedSystemCPUs (--reserved-cpus) %.*s, error: %.*s",
                       BW_STR_ARG(cpus), BW_STR_ARG(bw_buf_view(&why)));
}

static bool is_zero_quantity(struct bw_value v)
{
        struct bw_str s = v.type == BW_STRING ? bw_value_text(v) : BW_STR("");

        for (size_t i = 0; i < s.n; i++)
                if (s.p[i] >= '1' && s.p[i] <= '9')
                        return false;
        return v.type == BW_STRING || (v.type == BW_INT && v.i == 0);
}

static bool was_limited(struct bw_value list, uint32_t before, int64_t numa, struct bw_str name)
{
        for (uint32_t i = 0; i < before; i++) {
                struct bw_value other = bw_map_get(list.list->items[i], BW_STR("numaNode"));

                if ((other.type == BW_INT ? other.i : 0) == numa &&
                    bw_map_get(bw_map_get(list.list->items[i], BW_STR("limits")), name).type != BW_ABSENT)
                        return true;
        }
        return false;
}

static void check_memory(struct check *c)
{
        struct bw_value list = kubelet_get(c->tree, "reservedMemory");

        for (uint32_t i = 0; list.type == BW_LIST && i < list.n; i++) {
                struct bw_value numa = bw_map_get(list.list->items[i], BW_STR("numaNode"));
                struct bw_value limits = bw_map_get(list.list->items[i], BW_STR("limits"));
                int64_t number = numa.type == BW_INT ? numa.i : 0;

                for (uint32_t k = 0; limits.type == BW_MAP && k < limits.n; k++) {
                        struct bw_str name = bw_value_text(limits.map->entries[k].key);
                        struct bw_str shown = quoted(c, name);

                        if (!bw_str_is(name, "memory") && !bw_str_starts(name, BW_STR("hugepages-")))
                                refuse(c, "reservedMemory",
                                       "invalid configuration: the limit type %.*s for NUMA node %" PRIi64
                                       " is not supported, only [memory hugepages-<HugePageSize>] is accepted",
                                       BW_STR_ARG(shown), number);
                        if (is_zero_quantity(limits.map->entries[k].value))
                                refuse(c, "reservedMemory",
                                       "invalid configuration: reserved memory may not be zero for NUMA node %" PRIi64
                                       " and resource %.*s", number, BW_STR_ARG(shown));
                        if (was_limited(list, i, number, name))
                                refuse(c, "reservedMemory",
                                       "invalid configuration: the reserved memory has a duplicate value for NUMA node %" PRIi64
                                       " and resource %.*s", number, BW_STR_ARG(shown));
                }
        }
}

/* Only the version before this one may be shown once more. */
static void check_hidden_metrics(struct check *c)
{
        struct bw_str version = kubelet_text(c->tree, "showHiddenMetricsForVersion");
        char want[16];

        snprintf(want, sizeof(want), "1.%d", c->tree->minor - 1);
        if (version.n && !bw_str_is(version, want))
                refuse(c, "showHiddenMetricsForVersion",
                       "--show-hidden-metrics-for-version must be omitted or have the value '%s'. Only the previous minor "
                       "version is allowed", want);
}

static void check_vmodule(struct check *c, bool text)
{
        struct bw_value list = kubelet_get(c->tree, "logging.vmodule");

        if (list.type != BW_LIST)
                return;
        if (list.n && !text)
                refuse(c, "logging.vmodule", "logging.vmodule: Forbidden: Only supported for text log format");
        for (uint32_t i = 0; i < list.n; i++) {
                struct bw_str pattern = bw_map_text(list.list->items[i], "filePattern");

                if (pattern.n == 0)
                        refuse(c, "logging.vmodule", "logging.vmodule[%" PRIu32 "]: Required value: File pattern must not be empty", i);
                else if (memchr(pattern.p, '=', pattern.n) || memchr(pattern.p, ',', pattern.n))
                        refuse(c, "logging.vmodule",
                               "logging.vmodule[%" PRIu32 "]: Invalid value: %.*s: File pattern must not contain equal sign or comma",
                               i, BW_STR_ARG(quoted(c, pattern)));
        }
}

static void check_log_options(struct check *c, const char *format)
{
        char field[64];

        if (kubelet_gate(c->tree, "LoggingAlphaOptions"))
                return;
        snprintf(field, sizeof(field), "logging.options.%s.splitStream", format);
        if (kubelet_bool(c->tree, field))
                refuse(c, field, "%s: Forbidden: Feature LoggingAlphaOptions is disabled", field);
        snprintf(field, sizeof(field), "logging.options.%s.infoBufferSize", format);
        if (kubelet_get(c->tree, field).type != BW_ABSENT && !is_zero_quantity(kubelet_get(c->tree, field)))
                refuse(c, field, "%s: Forbidden: Feature LoggingAlphaOptions is disabled", field);
}

static void check_logging(struct check *c)
{
        struct bw_str format = kubelet_text(c->tree, "logging.format");
        bool text = format.n == 0 || bw_str_is(format, "text");

        if (!text && !bw_str_is(format, "json"))
                refuse(c, "logging.format", "logging.format: Invalid value: %.*s: Unsupported log format",
                       BW_STR_ARG(quoted(c, format)));
        if (kubelet_int(c->tree, "logging.verbosity") > INT32_MAX)
                refuse(c, "logging.verbosity", "logging.verbosity: Invalid value: %" PRIi64 ": Must be <= %d",
                       kubelet_int(c->tree, "logging.verbosity"), INT32_MAX);
        check_vmodule(c, text);
        check_log_options(c, "text");
        check_log_options(c, "json");
}

static void check_tracing(struct check *c)
{
        struct bw_value rate = kubelet_get(c->tree, "tracing.samplingRatePerMillion");
        struct bw_str endpoint = kubelet_text(c->tree, "tracing.endpoint");
        size_t at = bw_str_find(endpoint, BW_STR("://"));

        /* The gate is locked from 1.34 on. */
        if (c->tree->minor < 34 && kubelet_find(c->tree, "tracing") && !kubelet_gate(c->tree, "KubeletTracing")) {
                refuse(c, "tracing",
                       "invalid configuration: tracing should not be configured if KubeletTracing feature flag is disabled.");
                return;
        }
        if (rate.type == BW_INT && rate.i < 0)
                refuse(c, "tracing.samplingRatePerMillion",
                       "tracing.samplingRatePerMillion: Invalid value: %" PRIi64 ": sampling rate must be positive", rate.i);
        if (rate.type == BW_INT && rate.i > 1000000)
                refuse(c, "tracing.samplingRatePerMillion",
                       "tracing.samplingRatePerMillion: Invalid value: %" PRIi64
                       ": sampling rate per million must be less than or equal to one million", rate.i);
        if (at != SIZE_MAX && !bw_str_is(bw_str_n(endpoint.p, at), "dns") && !bw_str_is(bw_str_n(endpoint.p, at), "unix") &&
            !bw_str_is(bw_str_n(endpoint.p, at), "unix-abstract"))
                refuse(c, "tracing.endpoint",
                       "tracing.endpoint: Invalid value: %.*s: unsupported scheme: %.*s.  Options are none, dns, unix, or "
                       "unix-abstract.  See https://github.com/grpc/grpc/blob/master/doc/naming.md",
                       BW_STR_ARG(quoted(c, endpoint)), BW_STR_ARG(bw_str_n(endpoint.p, at)));
}

static void check_throttling(struct check *c)
{
        struct bw_value factor = kubelet_get(c->tree, "memoryThrottlingFactor");
        double d = factor.type == BW_DOUBLE ? factor.d : factor.type == BW_INT ? (double)factor.i : 1.0;

        if (d <= 0 || d > 1.0)
                refuse(c, "memoryThrottlingFactor",
                       "invalid configuration: memoryThrottlingFactor %g must be greater than 0 and less than or equal to 1.0", d);
}

static void check_log_query(struct check *c)
{
        bool query = kubelet_bool(c->tree, "enableSystemLogQuery");

        if (query && !kubelet_gate(c->tree, "NodeLogQuery"))
                refuse(c, "enableSystemLogQuery",
                       "invalid configuration: NodeLogQuery feature gate is required for enableSystemLogHandler");
        if (query && !kubelet_bool(c->tree, "enableSystemLogHandler"))
                refuse(c, "enableSystemLogQuery",
                       "invalid configuration: enableSystemLogHandler is required for enableSystemLogQuery");
}

static void check_container_logs(struct check *c)
{
        if (c->tree->minor < 30)
                return;
        if (kubelet_int(c->tree, "containerLogMaxWorkers") < 1)
                refuse(c, "containerLogMaxWorkers",
                       "invalid configuration: containerLogMaxWorkers must be greater than or equal to 1");
        if (kubelet_nanoseconds(c->tree, "containerLogMonitorInterval") < 3 * SECOND)
                refuse(c, "containerLogMonitorInterval",
                       "invalid configuration: containerLogMonitorInterval must be a positive time duration greater than or "
                       "equal to 3s");
}

static bool is_clean(struct bw_str path)
{
        for (size_t i = 0; i < path.n; i++) {
                struct bw_str rest = bw_str_rest(path, i);

                if (bw_str_starts(rest, BW_STR("//")) || bw_str_starts(rest, BW_STR("/./")) ||
                    bw_str_starts(rest, BW_STR("/../")) || bw_str_is(rest, "/.") || bw_str_is(rest, "/.."))
                        return false;
        }
        return path.n <= 1 || path.p[path.n - 1] != '/';
}

static void check_pod_logs(struct check *c)
{
        struct bw_str dir = kubelet_text(c->tree, "podLogsDir");

        if (c->tree->minor < 30)
                return;
        if (dir.n == 0 || dir.p[0] != '/')
                refuse(c, "podLogsDir", "invalid configuration: pod logs path %.*s must be absolute path",
                       BW_STR_ARG(quoted(c, dir)));
        if (!is_clean(dir))
                refuse(c, "podLogsDir", "invalid configuration: pod logs path %.*s must be normalized",
                       BW_STR_ARG(quoted(c, dir)));
        for (size_t i = 0; i < dir.n; i++) {
                if ((unsigned char)dir.p[i] < 0x80)
                        continue;
                refuse(c, "podLogsDir", "invalid configuration: pod logs path %.*s mut contains ASCII characters only",
                       BW_STR_ARG(quoted(c, dir)));
                break;
        }
}

int kubelet_validate(struct kubelet_tree *tree, struct bw_problems *problems)
{
        struct check check = {.tree = tree, .problems = problems};
        struct check *c = &check;
        struct bw_str gates = kubelet_gates_refused(tree);

        problems->arena = tree->arena;
        if (gates.n) {
                refuse(c, "featureGates", "%.*s", BW_STR_ARG(gates));
                return gates.p ? 0 : -ENOMEM;
        }
        if (kubelet_int(tree, "nodeLeaseDurationSeconds") <= 0)
                refuse(c, "nodeLeaseDurationSeconds", "invalid configuration: nodeLeaseDurationSeconds must be greater than 0");
        if (kubelet_text(tree, "systemCgroups").n && kubelet_text(tree, "cgroupRoot").n == 0)
                refuse(c, "systemCgroups",
                       "invalid configuration: systemCgroups (--system-cgroups) was specified and cgroupRoot (--cgroup-root) "
                       "was not specified");
        check_bounds(c, "eventBurst", "healthzPort");
        check_quota(c);
        check_images(c);
        check_bounds(c, "iptablesDropBit", "registryPullQPS");
        check_pulls(c);
        check_run_once(c);
        check_taints(c);
        check_topology(c);
        check_shutdown(c);
        check_swap(c);
        check_crash_loop(c);
        check_enforced(c);
        check_hairpin(c);
        check_pull_credentials(c);
        check_cpus(c);
        check_memory(c);
        check_hidden_metrics(c);
        check_logging(c);
        check_tracing(c);
        check_throttling(c);
        if (kubelet_text(tree, "containerRuntimeEndpoint").n == 0)
                refuse(c, "containerRuntimeEndpoint",
                       "invalid configuration: the containerRuntimeEndpoint was not specified or empty");
        check_log_query(c);
        check_container_logs(c);
        check_pod_logs(c);
        return problems->failed ? -ENOMEM : 0;
}

struct bw_str kubelet_tls_refused(struct kubelet_tree *tree, struct bw_problems *problems)
{
        struct check c = {.tree = tree, .problems = problems};
        struct bw_value suites = kubelet_get(tree, "tlsCipherSuites");
        struct bw_str version = kubelet_text(tree, "tlsMinVersion");
        size_t before = problems->n;
        bool insecure;

        for (uint32_t i = 0; suites.type == BW_LIST && i < suites.n && problems->n == before; i++) {
                struct bw_str name = suites.list->items[i].type == BW_STRING ? bw_value_text(suites.list->items[i]) : BW_STR("");

                if (!bw_tls_suite(name, &insecure))
                        refuse(&c, "tlsCipherSuites", "Cipher suite %.*s not supported or doesn't exist", BW_STR_ARG(name));
        }
        if (problems->n == before && version.n && !bw_tls_version(version))
                refuse(&c, "tlsMinVersion", "unknown tls version %.*s", BW_STR_ARG(quoted(&c, version)));
        return problems->n > before ? problems->items[before].message : BW_STR("");
}
