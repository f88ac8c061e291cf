/* SPDX-License-Identifier: Apache-2.0 */
/* Which documents hold pods, where, and the paths that findings get. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "doc/kind.h"
#include "doc/pod.h"

/* Each pod as spec path, metadata path and containers (real path = image); pods end with ';'. */
struct seen {
        struct bw_arena *arena;
        struct bw_buf out;
};

static void put_containers(struct seen *seen, const struct bw_pod *pod)
{
        struct bw_container containers[8];
        size_t n = bw_pod_containers(pod, containers, BW_ARRAY_SIZE(containers));

        for (size_t i = 0; i < n && i < BW_ARRAY_SIZE(containers); i++) {
                struct bw_segment segments[] = {
                        {.kind = BW_SEGMENT_KEY, .key = bw_value_str(bw_container_list_name(containers[i].list))},
                        {.kind = BW_SEGMENT_INDEX, .index = containers[i].index},
                };
                struct bw_path path = {.n = 2, .segments = segments};
                struct bw_str image = bw_map_text(containers[i].value, "image");

                bw_buf_char(&seen->out, ' ');
                bw_path_format(&seen->out, bw_pod_path(seen->arena, pod, path));
                bw_buf_printf(&seen->out, "=%.*s", BW_STR_ARG(image));
        }
}

static int see(void *ctx, const struct bw_pod *pod)
{
        struct seen *seen = ctx;

        bw_path_format(&seen->out, pod->spec_path);
        bw_buf_char(&seen->out, '(');
        bw_path_format(&seen->out, pod->metadata_path);
        bw_buf_char(&seen->out, ')');
        put_containers(seen, pod);
        bw_buf_char(&seen->out, ';');
        return 0;
}

static void read_doc(struct bw_arena *arena, const char *text, struct bw_doc *doc)
{
        struct bw_error err = {0};

        if (bw_yaml_read(arena, bw_str(text), 1, false, doc, &err) < 0)
                fail_msg("%s: %s", text, err.message);
        (void)bw_doc_identify(doc);
}

static void test_places(void **state)
{
        static const struct {
                const char *text;
                const char *pods;
        } cases[] = {
                {"{apiVersion: v1, kind: Pod, spec: {containers: [{image: a}], initContainers: [{image: b}], "
                 "ephemeralContainers: [{image: c}]}}",
                 "spec(metadata) spec.initContainers[0]=b spec.containers[0]=a spec.ephemeralContainers[0]=c;"},
                {"{apiVersion: v1, kind: Pod}", "spec(metadata);"},
                {"{apiVersion: v1, kind: PodTemplate, template: {spec: {containers: [{image: a}]}}}",
                 "template.spec(template.metadata) template.spec.containers[0]=a;"},
                {"{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{image: a}, x, {image: "
                 "b}]}}}}",
                 "spec.template.spec(spec.template.metadata) spec.template.spec.containers[0]=a "
                 "spec.template.spec.containers[2]=b;"},
                {"{apiVersion: apps/v1, kind: Deployment}", "spec.template.spec(spec.template.metadata);"},
                {"{apiVersion: extensions/v1beta1, kind: DaemonSet}", "spec.template.spec(spec.template.metadata);"},
                {"{apiVersion: v1, kind: Deployment}", ""},
                {"{apiVersion: v1, kind: ReplicationController}", ""},
                {"{apiVersion: v1, kind: ReplicationController, spec: {template: {}}}",
                 "spec.template.spec(spec.template.metadata);"},
                {"{apiVersion: batch/v2alpha1, kind: CronJob, spec: {jobTemplate: {spec: {template: {spec: "
                 "{containers: [{image: a}]}}}}}}",
                 "spec.jobTemplate.spec.template.spec(spec.jobTemplate.spec.template.metadata) "
                 "spec.jobTemplate.spec.template.spec.containers[0]=a;"},
                {"{apiVersion: v1, kind: Service}", ""},
                {"{apiVersion: serving.knative.dev/v1, kind: Service}", "spec.template.spec(spec.template.metadata);"},
                {"{apiVersion: serving.knative.dev/v1, kind: Revision, spec: {containers: [{image: a}]}}",
                 "spec(metadata) spec.containers[0]=a;"},
                {"{apiVersion: argoproj.io/v1alpha1, kind: Rollout, spec: {workloadRef: {}}}", ""},
                {"{apiVersion: batch.volcano.sh/v1alpha1, kind: Job, spec: {tasks: [{template: {spec: {containers: "
                 "[{image: a}]}}}, {template: {}}, {}]}}",
                 "spec.tasks[0].template.spec(spec.tasks[0].template.metadata) "
                 "spec.tasks[0].template.spec.containers[0]=a;"
                 "spec.tasks[1].template.spec(spec.tasks[1].template.metadata);"},
                {"{apiVersion: kubeflow.org/v1, kind: TFJob, spec: {tfReplicaSpecs: {PS: {template: {}}, Worker: "
                 "{template: {}}}}}",
                 "spec.tfReplicaSpecs.PS.template.spec(spec.tfReplicaSpecs.PS.template.metadata);"
                 "spec.tfReplicaSpecs.Worker.template.spec(spec.tfReplicaSpecs.Worker.template.metadata);"},
                {"{apiVersion: ray.io/v1, kind: RayCluster, spec: {workerGroupSpecs: [{template: {}}], headGroupSpec: "
                 "{template: {}}}}",
                 "spec.headGroupSpec.template.spec(spec.headGroupSpec.template.metadata);"
                 "spec.workerGroupSpecs[0].template.spec(spec.workerGroupSpecs[0].template.metadata);"},
                {"{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, spec: {predictor: {containers: "
                 "[{image: a}]}}}",
                 "spec.predictor() spec.predictor.containers[0]=a;"},
                {"{apiVersion: v1, kind: Unknown}", ""},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct seen seen = {.arena = arena};
                struct bw_doc doc;
                struct bw_pod pod;

                read_doc(arena, cases[i].text, &doc);
                assert_ok(bw_doc_pods(&doc, arena, see, &seen));
                if (!bw_str_is(bw_buf_view(&seen.out), cases[i].pods))
                        fail_msg("%s\ngave %s\ninstead of %s", cases[i].text, seen.out.p, cases[i].pods);
                if (bw_pod_find(&doc, &pod)) {
                        bw_buf_clear(&seen.out);
                        assert_ok(see(&seen, &pod));
                        assert_string_equal(seen.out.p, cases[i].pods);
                }
                if (cases[i].pods[0])
                        assert_true(bw_pod_may_have(&doc));
                bw_buf_done(&seen.out);
        }
}

static void test_argo(void **state)
{
        static const char text[] = "apiVersion: argoproj.io/v1alpha1\n"
                                   "kind: CronWorkflow\n"
                                   "spec:\n"
                                   "  workflowSpec:\n"
                                   "    hostNetwork: true\n"
                                   "    securityContext: {runAsUser: 1}\n"
                                   "    volumes: [{name: shared, hostPath: {path: /}}]\n"
                                   "    templates:\n"
                                   "    - name: main\n"
                                   "      steps: []\n"
                                   "    - name: one\n"
                                   "      container: {image: a}\n"
                                   "      volumes: [{name: own}]\n"
                                   "      sidecars: [{image: s}]\n"
                                   "      initContainers: [{image: i}]\n"
                                   "    - name: two\n"
                                   "      script: {image: b}\n"
                                   "      securityContext: {runAsUser: 2}\n"
                                   "    - name: three\n"
                                   "      metadata: {labels: {}}\n"
                                   "      containerSet: {containers: [{image: c}, {image: d}]}\n";
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct seen seen = {.arena = arena};
        struct bw_doc doc;

        (void)state;
        read_doc(arena, text, &doc);
        assert_ok(bw_doc_pods(&doc, arena, see, &seen));
#define T "spec.workflowSpec.templates"
        assert_string_equal(seen.out.p,
                            T "[1]() " T "[1].initContainers[0]=i " T "[1].container=a " T "[1].sidecars[0]=s;" T
                              "[2]() " T "[2].script=b;" T "[3](" T "[3].metadata) " T
                              "[3].containerSet.containers[0]=c " T "[3].containerSet.containers[1]=d;");
#undef T
        bw_buf_done(&seen.out);
}

/* Parts of a spec that come from elsewhere are found there. */
static int see_parts(void *ctx, const struct bw_pod *pod)
{
        static const char *const paths[] = {"volumes[0].hostPath",       "volumes[1]",          "hostNetwork",
                                            "securityContext.runAsUser", "containers[0].image", "nothing"};
        struct seen *seen = ctx;

        for (size_t i = 0; i < BW_ARRAY_SIZE(paths); i++) {
                struct bw_path path;

                assert_ok(bw_path_parse(seen->arena, bw_str(paths[i]), &path, NULL));
                bw_path_format(&seen->out, bw_pod_path(seen->arena, pod, path));
                bw_buf_char(&seen->out, ' ');
        }
        assert_true(bw_map_get(pod->spec, BW_STR("hostNetwork")).b);
        assert_int_equal(bw_map_walk(pod->spec, "securityContext.runAsUser").i, 2);
        return 7;
}

static void test_parts(void **state)
{
        static const char text[] = "apiVersion: argoproj.io/v1alpha1\n"
                                   "kind: Workflow\n"
                                   "spec:\n"
                                   "  hostNetwork: true\n"
                                   "  securityContext: {runAsUser: 1}\n"
                                   "  volumes: [{name: shared, hostPath: {path: /}}]\n"
                                   "  templates:\n"
                                   "  - container: {image: a}\n"
                                   "    securityContext: {runAsUser: 2}\n"
                                   "    volumes: [{name: own}]\n";
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct seen seen = {.arena = arena};
        struct bw_doc doc;

        (void)state;
        read_doc(arena, text, &doc);
        assert_int_equal(bw_doc_pods(&doc, arena, see_parts, &seen), 7);
        assert_string_equal(seen.out.p, "spec.volumes[0].hostPath spec.templates[0].volumes[0] spec.hostNetwork "
                                        "spec.templates[0].securityContext.runAsUser spec.templates[0].container.image "
                                        "spec.templates[0].nothing ");
        bw_buf_done(&seen.out);
}

static void test_tekton(void **state)
{
        static const struct {
                const char *text;
                const char *pods;
        } cases[] = {
                {"{apiVersion: tekton.dev/v1, kind: Task, spec: {stepTemplate: {image: t}, steps: [{image: a}, {name: "
                 "x}], sidecars: [{image: s}]}}",
                 "spec() spec.steps[0]=a spec.steps[1]=t spec.sidecars[0]=s;"},
                {"{apiVersion: tekton.dev/v1, kind: TaskRun, spec: {podTemplate: {hostNetwork: true}, taskSpec: "
                 "{steps: [{image: a}]}}}",
                 "spec.taskSpec() spec.taskSpec.steps[0]=a;"},
                {"{apiVersion: tekton.dev/v1, kind: TaskRun, spec: {taskRef: {name: x}}}", ""},
                {"{apiVersion: tekton.dev/v1, kind: Pipeline, spec: {tasks: [{taskRef: {}}, {taskSpec: {steps: "
                 "[{image: a}]}}], finally: [{taskSpec: {steps: [{image: b}]}}]}}",
                 "spec.tasks[1].taskSpec() spec.tasks[1].taskSpec.steps[0]=a;"
                 "spec.finally[0].taskSpec() spec.finally[0].taskSpec.steps[0]=b;"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct seen seen = {.arena = arena};
                struct bw_doc doc;

                read_doc(arena, cases[i].text, &doc);
                assert_ok(bw_doc_pods(&doc, arena, see, &seen));
                if (!bw_str_is(bw_buf_view(&seen.out), cases[i].pods))
                        fail_msg("%s\ngave %s\ninstead of %s", cases[i].text, seen.out.p, cases[i].pods);
                bw_buf_done(&seen.out);
        }
}

/* Static paths are made with hashes computed by the compiler: they must be those of the running program. */
static void test_table(void **state)
{
        static const char *const known[][2] = {
                {"", "Pod"},
                {"apps", "Deployment"},
                {"apps", "StatefulSet"},
                {"batch", "CronJob"},
                {"", "PodTemplate"},
                {"keda.sh", "ScaledJob"},
                {"extensions.agents.x-k8s.io", "SandboxTemplate"},
                {"agones.dev", "Fleet"},
                {"kubeflow.org", "XGBoostJob"},
                {"apps.kruise.io", "AdvancedCronJob"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(known); i++) {
                size_t n;
                const struct bw_kind *k = bw_kind_find(bw_str(known[i][0]), bw_str(known[i][1]), &n);

                assert_non_null(k);
                assert_true(n >= 1);
                for (size_t s = 0; s < k->spec.n; s++) {
                        struct bw_value key = k->spec.segments[s].key;

                        assert_int_equal(key.head, bw_value_str(bw_value_text(key)).head);
                        key = k->metadata.segments[s].key;
                        assert_int_equal(key.head, bw_value_str(bw_value_text(key)).head);
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_places), cmocka_unit_test(test_argo),  cmocka_unit_test(test_parts),
                cmocka_unit_test(test_tekton), cmocka_unit_test(test_table),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
