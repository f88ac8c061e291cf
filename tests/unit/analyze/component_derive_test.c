/* SPDX-License-Identifier: Apache-2.0 */
/* Components that manifests imply: which containers, at what version, and where each argument stands. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "analyze/derive.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

enum { MOST = 8 };

struct run {
        struct bw_arena *arena;
        struct bw_doc docs[MOST];
        size_t n;
};

static int take(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        struct run *run = userdata;

        (void)reterr;
        assert_true(run->n < MOST);
        run->docs[run->n++] = *doc;
        return 0;
}

/* All Components of the document. */
static void derive(struct run *run, const char *yaml)
{
        struct bw_error err = {0};
        struct bw_doc doc;

        run->n = 0;
        if (bw_yaml_read(run->arena, bw_str(yaml), 1, true, &doc, &err) < 0)
                fail_msg("%s", err.message);
        assert_true(bw_doc_identify(&doc));
        if (!bw_derive_component.wants(&doc))
                return;
        if (bw_derive_component.derive(run->arena, &doc, 35, false, take, run, &err) < 0)
                fail_msg("%s", err.message);
}

static struct bw_str evidence(const struct run *run, size_t doc, const char *name, const char *field)
{
        struct bw_segment segments[2] = {{.kind = BW_SEGMENT_KEY, .key = bw_value_str(BW_STR("settings"))},
                                         {.kind = BW_SEGMENT_KEY, .key = bw_value_str(bw_str(name))}};

        return bw_map_text(bw_evidence_find(run->docs[doc].root, (struct bw_path){.n = 2, .segments = segments}), field);
}

static struct bw_value setting(const struct run *run, size_t doc, const char *name)
{
        return bw_map_get(bw_map_get(run->docs[doc].root, BW_STR("settings")), bw_str(name));
}

static void test_pod(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct run run = {.arena = arena};

        (void)state;
        derive(&run, "apiVersion: v1\nkind: Pod\nmetadata: {name: kas}\nspec:\n  containers:\n"
                     "  - {name: side, image: x}\n"
                     "  - name: a\n    image: registry.k8s.io/kube-apiserver:v1.31.2@sha256:00\n"
                     "    command: [/usr/local/bin/kube-apiserver, --profiling=false]\n    args: [--audit-log-maxage, '30']\n");
        assert_int_equal(run.n, 1);
        assert_str(run.docs[0].name, "kas/kube-apiserver");
        assert_int_equal(bw_map_get(run.docs[0].root, BW_STR("minor")).i, 31);
        assert_str(evidence(&run, 0, "profiling", "path"), "spec.containers[1].command[1]");
        assert_str(evidence(&run, 0, "audit-log-maxage", "path"), "spec.containers[1].args[0]");
        assert_int_equal(setting(&run, 0, "audit-log-maxage").i, 30);
        assert_str(evidence(&run, 0, "anonymous-auth", "path"), "spec.containers[1].command");
        assert_str(evidence(&run, 0, "anonymous-auth", "type"), "default");
}

static void test_starters_and_templates(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct run run = {.arena = arena};

        (void)state;
        derive(&run, "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d}\nspec: {template: {spec: {\n"
                     "  initContainers: [{name: i, command: [kube-proxy, --cleanup]}],\n"
                     "  containers: [\n"
                     "    {name: a, command: [/go-runner], args: [--log-file=/x, /usr/local/bin/kube-scheduler, --leader-elect=false]},\n"
                     "    {name: b, command: [sh, -c, kube-apiserver --profiling]},\n"
                     "    {name: c, command: [/go-runner, --, /usr/bin/other, kube-apiserverx]}]}}}\n");
        /* kube-proxy's own configuration comes with it. */
        assert_int_equal(run.n, 3);
        assert_str(run.docs[0].name, "d/kube-proxy");
        assert_str(run.docs[1].kind, "KubeProxyConfiguration");
        assert_str(run.docs[2].name, "d/kube-scheduler");
        assert_str(evidence(&run, 2, "leader-elect", "path"), "spec.template.spec.containers[0].args[2]");
        assert_str(evidence(&run, 2, "profiling", "path"), "spec.template.spec.containers[0].command");
        assert_int_equal(bw_map_get(run.docs[2].root, BW_STR("minor")).i, 35);
}

static void test_etcd(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct run run = {.arena = arena};

        (void)state;
        derive(&run, "apiVersion: v1\nkind: Pod\nmetadata: {name: e}\nspec:\n  containers:\n"
                     "  - {name: a, image: 'r:5000/etcd:3.5.16-0', command: [etcd], env: [{name: ETCD_AUTO_TLS, value: 'true'},\n"
                     "     {name: ETCD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}\n"
                     "  - {name: b, image: 'example/other:2.0', command: [etcd]}\n");
        assert_int_equal(run.n, 2);
        assert_true(setting(&run, 0, "auto-tls").b);
        assert_str(evidence(&run, 0, "auto-tls", "path"), "spec.containers[0].command");
        assert_int_equal(bw_map_get(run.docs[0].root, BW_STR("minor")).i, 5);
        assert_int_equal(bw_map_get(run.docs[1].root, BW_STR("minor")).i, 6);
}

static void test_kubeadm(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct run run = {.arena = arena};

        (void)state;
        derive(&run, "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.30.1\n"
                     "apiServer: {extraArgs: [{name: v, value: '2'}, {name: profiling, value: 'false'}]}\n"
                     "scheduler: {}\netcd: {local: {extraArgs: [{name: auto-tls, value: 'true'}]}}\n");
        assert_int_equal(run.n, 2);
        assert_int_equal(bw_map_get(run.docs[0].root, BW_STR("minor")).i, 30);
        assert_str(evidence(&run, 0, "profiling", "path"), "apiServer.extraArgs[1]");
        assert_str(evidence(&run, 0, "anonymous-auth", "state"), "absent");
        assert_str(evidence(&run, 0, "anonymous-auth", "reason"), "kubeadm fills it in");
        assert_int_equal(setting(&run, 0, "anonymous-auth").type, BW_ABSENT);
        assert_str(evidence(&run, 1, "auto-tls", "path"), "etcd.local.extraArgs[0]");
        derive(&run, "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\ncontrollerManager: {extraArgs: {profiling: 'false'}}\n");
        assert_int_equal(run.n, 1);
        assert_str(evidence(&run, 0, "profiling", "path"), "controllerManager.extraArgs.profiling");
}

/* Nearly everything is none of its business, and odd shapes are none either. */
static void test_others(void **state)
{
        static const char *const texts[] = {
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, command: [nginx]}]}\n",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, command: kube-apiserver}, 1, {command: [1, kube-apiserver]}, {command: []}]}\n",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, command: [/go-runner, --x]}]}\n",
                "apiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\n",
                "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\napiServer: {extraArgs: 1}\n",
        };
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct run run = {.arena = arena};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++) {
                derive(&run, texts[i]);
                assert_int_equal(run.n, 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_pod),
                cmocka_unit_test(test_starters_and_templates),
                cmocka_unit_test(test_etcd),
                cmocka_unit_test(test_kubeadm),
                cmocka_unit_test(test_others),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
