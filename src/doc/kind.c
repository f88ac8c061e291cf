/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/kind.h"

/*
 * bw_key_hash() of a literal of four bytes or more, as a constant: paths are made before the program runs.
 * tests/unit/doc/pod_test.c holds the two against each other.
 */
#define BYTE(s, i) ((uint64_t)(uint8_t)(s)[(i) < sizeof(s) ? (i) : 0])
#define WORD4(s, i) (BYTE(s, i) | BYTE(s, (i) + 1) << 8 | BYTE(s, (i) + 2) << 16 | BYTE(s, (i) + 3) << 24)
#define WORD8(s, i) (WORD4(s, i) | WORD4(s, (i) + 4) << 32)
#define LENGTH(s) (sizeof(s) - 1)
#define FIRST(s) (LENGTH(s) >= 8 ? WORD8(s, 0) : WORD4(s, 0))
#define LAST(s) (LENGTH(s) >= 8 ? WORD8(s, LENGTH(s) - 8) : WORD4(s, LENGTH(s) - 4))
#define HASH(s) ((uint16_t)(((FIRST(s) ^ LAST(s) * 0x9e3779b97f4a7c15u ^ LENGTH(s)) * 0xd6e8feb86659fd93u) >> 48))
#define KEY(text)                                                                                                      \
        {                                                                                                              \
                .kind = BW_SEGMENT_KEY,                                                                                \
                .key = {.type = BW_STRING,                                                                             \
                        .hash = HASH(text),                                                                            \
                        .n = LENGTH(text),                                                                             \
                        .s = (text) }                                                                                  \
        }

/* Paths, each with "spec" or "metadata" at its end. */
#define TEMPLATE_PATHS(name, ...)                                                                                      \
        static const struct bw_segment name##_spec[] = {__VA_ARGS__, KEY("spec")};                                     \
        static const struct bw_segment name##_metadata[] = {__VA_ARGS__, KEY("metadata")};
#define PATH(list)                                                                                                     \
        {                                                                                                              \
                .n = BW_ARRAY_SIZE(list), .segments = (list)                                                           \
        }

static const struct bw_segment own_spec[] = {KEY("spec")};
static const struct bw_segment own_metadata[] = {KEY("metadata")};
TEMPLATE_PATHS(template, KEY("template"))
TEMPLATE_PATHS(workload, KEY("spec"), KEY("template"))
TEMPLATE_PATHS(cron, KEY("spec"), KEY("jobTemplate"), KEY("spec"), KEY("template"))
TEMPLATE_PATHS(scaled_job, KEY("spec"), KEY("jobTargetRef"), KEY("template"))
TEMPLATE_PATHS(sandbox, KEY("spec"), KEY("podTemplate"))
TEMPLATE_PATHS(fleet, KEY("spec"), KEY("template"), KEY("spec"), KEY("template"))

/* A pod template at a place without [*]. */
#define AT(kind_, group_, place_, paths)                                                                               \
        {                                                                                                              \
                .kind = (kind_), .group = (group_), .place = (place_), .shape = BW_POD_TEMPLATE,                       \
                .spec = PATH(paths##_spec), .metadata = PATH(paths##_metadata)                                         \
        }
#define OPTIONAL(kind_, group_, place_, paths)                                                                         \
        {                                                                                                              \
                .kind = (kind_), .group = (group_), .place = (place_), .shape = BW_POD_TEMPLATE, .optional = true,     \
                .spec = PATH(paths##_spec), .metadata = PATH(paths##_metadata)                                         \
        }
/* Pod templates at all places of a pattern, or where there may be one. */
#define EACH(kind_, group_, place_)                                                                                    \
        {                                                                                                              \
                .kind = (kind_), .group = (group_), .place = (place_), .shape = BW_POD_TEMPLATE, .optional = true      \
        }
#define SHAPE(kind_, group_, place_, base_, shape_)                                                                    \
        {                                                                                                              \
                .kind = (kind_), .group = (group_), .place = (place_), .base = (base_), .shape = (shape_),             \
                .optional = true                                                                                       \
        }

/* Sorted by kind, then group. */
static const struct bw_kind kinds[] = {
        EACH("AdvancedCronJob", "apps.kruise.io", "spec.template.jobTemplate.spec.template"),
        EACH("AdvancedCronJob", "apps.kruise.io", "spec.template.broadcastJobTemplate.spec.template"),
        AT("AutoscalingRunnerSet", "actions.github.com", "spec.template", workload),
        AT("BroadcastJob", "apps.kruise.io", "spec.template", workload),
        AT("CloneSet", "apps.kruise.io", "spec.template", workload),
        SHAPE("ClusterTask", "tekton.dev", "spec", NULL, BW_POD_TEKTON),
        SHAPE("ClusterWorkflowTemplate", "argoproj.io", "spec.templates[*]", "spec", BW_POD_ARGO),
        AT("Configuration", "serving.knative.dev", "spec.template", workload),
        AT("CronJob", "batch", "spec.jobTemplate.spec.template", cron),
        SHAPE("CronWorkflow", "argoproj.io", "spec.workflowSpec.templates[*]", "spec.workflowSpec", BW_POD_ARGO),
        AT("DaemonSet", "apps", "spec.template", workload),
        AT("DaemonSet", "apps.kruise.io", "spec.template", workload),
        AT("DaemonSet", "extensions", "spec.template", workload),
        AT("Deployment", "apps", "spec.template", workload),
        AT("Deployment", "extensions", "spec.template", workload),
        OPTIONAL("DeploymentConfig", "", "spec.template", workload),
        OPTIONAL("DeploymentConfig", "apps.openshift.io", "spec.template", workload),
        AT("Fleet", "agones.dev", "spec.template.spec.template", fleet),
        AT("GameServer", "agones.dev", "spec.template", workload),
        SHAPE("InferenceService", "serving.kserve.io", "spec.predictor", NULL, BW_POD_SPEC_ALONE),
        SHAPE("InferenceService", "serving.kserve.io", "spec.transformer", NULL, BW_POD_SPEC_ALONE),
        SHAPE("InferenceService", "serving.kserve.io", "spec.explainer", NULL, BW_POD_SPEC_ALONE),
        EACH("JAXJob", "kubeflow.org", "spec.jaxReplicaSpecs[*].template"),
        AT("Job", "batch", "spec.template", workload),
        EACH("Job", "batch.volcano.sh", "spec.tasks[*].template"),
        EACH("JobSet", "jobset.x-k8s.io", "spec.replicatedJobs[*].template.spec.template"),
        EACH("LeaderWorkerSet", "leaderworkerset.x-k8s.io", "spec.leaderWorkerTemplate.leaderTemplate"),
        EACH("LeaderWorkerSet", "leaderworkerset.x-k8s.io", "spec.leaderWorkerTemplate.workerTemplate"),
        EACH("MPIJob", "kubeflow.org", "spec.mpiReplicaSpecs[*].template"),
        AT("Notebook", "kubeflow.org", "spec.template", workload),
        EACH("PaddleJob", "kubeflow.org", "spec.paddleReplicaSpecs[*].template"),
        SHAPE("Pipeline", "tekton.dev", "spec.tasks[*].taskSpec", NULL, BW_POD_TEKTON),
        SHAPE("Pipeline", "tekton.dev", "spec.finally[*].taskSpec", NULL, BW_POD_TEKTON),
        SHAPE("PipelineRun", "tekton.dev", "spec.pipelineSpec.tasks[*].taskSpec", "spec.taskRunTemplate.podTemplate",
              BW_POD_TEKTON),
        SHAPE("PipelineRun", "tekton.dev", "spec.pipelineSpec.finally[*].taskSpec", "spec.taskRunTemplate.podTemplate",
              BW_POD_TEKTON),
        {.kind = "Pod",
         .group = "",
         .place = "spec",
         .shape = BW_POD_SPEC,
         .spec = PATH(own_spec),
         .metadata = PATH(own_metadata)},
        AT("PodTemplate", "", "template", template),
        EACH("PyTorchJob", "kubeflow.org", "spec.pytorchReplicaSpecs[*].template"),
        EACH("RayCluster", "ray.io", "spec.headGroupSpec.template"),
        EACH("RayCluster", "ray.io", "spec.workerGroupSpecs[*].template"),
        EACH("RayJob", "ray.io", "spec.rayClusterSpec.headGroupSpec.template"),
        EACH("RayJob", "ray.io", "spec.rayClusterSpec.workerGroupSpecs[*].template"),
        EACH("RayJob", "ray.io", "spec.submitterPodTemplate"),
        EACH("RayService", "ray.io", "spec.rayClusterConfig.headGroupSpec.template"),
        EACH("RayService", "ray.io", "spec.rayClusterConfig.workerGroupSpecs[*].template"),
        AT("ReplicaSet", "apps", "spec.template", workload),
        AT("ReplicaSet", "extensions", "spec.template", workload),
        OPTIONAL("ReplicationController", "", "spec.template", workload),
        {.kind = "Revision",
         .group = "serving.knative.dev",
         .place = "spec",
         .shape = BW_POD_SPEC,
         .spec = PATH(own_spec),
         .metadata = PATH(own_metadata)},
        OPTIONAL("Rollout", "argoproj.io", "spec.template", workload),
        AT("Sandbox", "agents.x-k8s.io", "spec.podTemplate", sandbox),
        AT("SandboxTemplate", "extensions.agents.x-k8s.io", "spec.podTemplate", sandbox),
        AT("ScaledJob", "keda.sh", "spec.jobTargetRef.template", scaled_job),
        AT("Service", "serving.knative.dev", "spec.template", workload),
        SHAPE("SidecarSet", "apps.kruise.io", "spec", NULL, BW_POD_SPEC_ALONE),
        AT("StatefulSet", "apps", "spec.template", workload),
        AT("StatefulSet", "apps.kruise.io", "spec.template", workload),
        EACH("TFJob", "kubeflow.org", "spec.tfReplicaSpecs[*].template"),
        SHAPE("Task", "tekton.dev", "spec", NULL, BW_POD_TEKTON),
        SHAPE("TaskRun", "tekton.dev", "spec.taskSpec", "spec.podTemplate", BW_POD_TEKTON),
        EACH("UnitedDeployment", "apps.kruise.io", "spec.template.advancedStatefulSetTemplate.spec.template"),
        EACH("UnitedDeployment", "apps.kruise.io", "spec.template.cloneSetTemplate.spec.template"),
        EACH("UnitedDeployment", "apps.kruise.io", "spec.template.deploymentTemplate.spec.template"),
        EACH("UnitedDeployment", "apps.kruise.io", "spec.template.statefulSetTemplate.spec.template"),
        SHAPE("Workflow", "argoproj.io", "spec.templates[*]", "spec", BW_POD_ARGO),
        SHAPE("WorkflowTemplate", "argoproj.io", "spec.templates[*]", "spec", BW_POD_ARGO),
        EACH("XGBoostJob", "kubeflow.org", "spec.xgbReplicaSpecs[*].template"),
};

static int compare(const struct bw_kind *k, struct bw_str group, struct bw_str kind)
{
        int r = bw_str_cmp(bw_str(k->kind), kind);

        return r ? r : bw_str_cmp(bw_str(k->group), group);
}

const struct bw_kind *bw_kind_find(struct bw_str group, struct bw_str kind, size_t *ret_n)
{
        size_t low = 0;
        size_t high = BW_ARRAY_SIZE(kinds);

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (compare(&kinds[middle], group, kind) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        *ret_n = 0;
        while (low + *ret_n < BW_ARRAY_SIZE(kinds) && compare(&kinds[low + *ret_n], group, kind) == 0)
                ++*ret_n;
        return *ret_n ? &kinds[low] : NULL;
}

const struct bw_kind *bw_kind_at(size_t i)
{
        return i < BW_ARRAY_SIZE(kinds) ? &kinds[i] : NULL;
}
