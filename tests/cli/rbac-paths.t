Ways to the top, with the grant of each step.

  $ bulwark rbac paths -f tests/fixtures/access.yaml
  Group on-call reaches cluster-admin in 2 steps
     1. may run commands in pods in ops; pod ops/agent-x1 is privileged
       -> node cp1
         RoleBinding ops/on-call gives ClusterRole run-commands: create pods/exec  tests/fixtures/access.yaml:36
     2. the node belongs to the control plane and has the cluster's keys
       -> cluster-admin

  ServiceAccount shop/web reaches cluster-admin in 3 steps
     1. may impersonate groups (only on-call)
       -> Group on-call
         ClusterRoleBinding web-dispatches gives ClusterRole act-as-on-call: impersonate groups named on-call  tests/fixtures/access.yaml:50
         ClusterRoleBinding web-dispatches gives ClusterRole act-as-on-call: impersonate users named dispatcher  tests/fixtures/access.yaml:49
     2. may run commands in pods in ops; pod ops/agent-x1 is privileged
       -> node cp1
         RoleBinding ops/on-call gives ClusterRole run-commands: create pods/exec  tests/fixtures/access.yaml:36
     3. the node belongs to the control plane and has the cluster's keys
       -> cluster-admin

  2 subjects reach cluster-admin; 2 of Kubernetes' own are left out (--include-system)

From one subject, to what it asks for; whom no binding names has what everybody has.

  $ bulwark rbac paths -f tests/fixtures/access.yaml --from sa:shop/web --to node
  ServiceAccount shop/web reaches node in 2 steps
     1. may impersonate groups (only on-call)
       -> Group on-call
         ClusterRoleBinding web-dispatches gives ClusterRole act-as-on-call: impersonate groups named on-call  tests/fixtures/access.yaml:50
         ClusterRoleBinding web-dispatches gives ClusterRole act-as-on-call: impersonate users named dispatcher  tests/fixtures/access.yaml:49
     2. may run commands in pods in ops; pod ops/agent-x1 is privileged
       -> node cp1
         RoleBinding ops/on-call gives ClusterRole run-commands: create pods/exec  tests/fixtures/access.yaml:36

  $ bulwark rbac paths -f tests/fixtures/access.yaml --from carla
  there is no way from carla to cluster-admin

  $ bulwark rbac paths -f tests/fixtures/access.yaml --from sa:shop/other --to secrets
  there is no way from sa:shop/other to secrets
  no binding names sa:shop/other: this is what everybody may

  $ bulwark rbac paths -f tests/fixtures/access.yaml --to group:on-call
  ServiceAccount shop/web reaches group:on-call in 1 step
     1. may impersonate groups (only on-call)
       -> Group on-call
         ClusterRoleBinding web-dispatches gives ClusterRole act-as-on-call: impersonate groups named on-call  tests/fixtures/access.yaml:50
         ClusterRoleBinding web-dispatches gives ClusterRole act-as-on-call: impersonate users named dispatcher  tests/fixtures/access.yaml:49

  1 subject reaches group:on-call; 2 of Kubernetes' own are left out (--include-system)

  $ bulwark rbac paths -f tests/fixtures/access.yaml --include-system --from group:system:masters
  Group system:masters reaches cluster-admin in 1 step
     1. the API server lets this group do everything
       -> cluster-admin

  $ bulwark rbac paths -f tests/fixtures/access.yaml --to user:nobody
  bulwark: --to: no binding and no pod names user:nobody; it takes cluster-admin, node, secrets, or a subject as user:NAME, group:NAME, sa:NAMESPACE/NAME
  [2]

For programs, and as a picture.

  $ bulwark rbac paths -f tests/fixtures/access.yaml --from group:on-call -o yaml
  apiVersion: bulwark.dev/v1
  kind: AccessPaths
  to: cluster-admin
  paths:
  - subject: Group on-call
    steps: 2
    path:
    - technique: exec
      text: may run commands in pods in ops; pod ops/agent-x1 is privileged
      from: Group on-call
      to: node cp1
      namespace: ops
      grant:
        binding: RoleBinding ops/on-call
        role: ClusterRole run-commands
        rule:
          apiGroups:
          - ""
          resources:
          - pods/exec
          verbs:
          - create
        place: tests/fixtures/access.yaml:36
    - technique: control-plane
      text: the node belongs to the control plane and has the cluster's keys
      from: node cp1
      to: cluster-admin
  byGroup: 0
  system: 0

  $ bulwark rbac paths -f tests/fixtures/access.yaml -o dot
  digraph {
    rankdir=LR;
    label="Ways to cluster-admin";
    labelloc=t;
    node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif", fontsize=11];
    edge [fontname="sans-serif", fontsize=9];
    n0 [label="Group on-call", color="#1f6feb", fillcolor="#ddf4ff"];
    n2 [label="node cp1"];
    n3 [label="cluster-admin", color="#cf222e", fillcolor="#ffebe9"];
    subgraph "cluster_0" {
    label="shop";
    n1 [label="ServiceAccount shop/web", color="#1f6feb", fillcolor="#ddf4ff"];
    }
    n0 -> n2 [label="may run commands in pods in ops; pod ops/agent-x1 is privileged"];
    n1 -> n0 [label="may impersonate groups (only on-call)"];
    n2 -> n3 [label="the node belongs to the control plane and has the cluster's keys"];
  }

  $ bulwark rbac paths -f tests/fixtures/access.yaml -o svg | head -n 3
  <?xml version="1.0" encoding="UTF-8"?>
  <svg xmlns="http://www.w3.org/2000/svg" width="1266" height="163" viewBox="0 0 1266 163">
  <title>Ways to cluster-admin</title>

What a scan says of it.

  $ bulwark scan tests/fixtures/access.yaml --rule BW-RBAC-101 --rule BW-RBAC-102 --rule BW-RBAC-103 --rule BW-RBAC-104 | grep -v ' judged by '
  RoleBinding ops/on-call  tests/fixtures/access.yaml:38
    HIGH      BW-RBAC-102  Rights lead to cluster-admin
      tests/fixtures/access.yaml:43:5  Group on-call reaches cluster-admin in 2 steps: may run commands in pods in ops; pod ops/agent-x1 is privileged -> node cp1; the node belongs to the control plane and has the cluster's keys -> cluster-admin
       43 |   - {apiGroup: rbac.authorization.k8s.io, kind: Group, name: on-call}
          |     ^~~~~~~~~
      fix: Take one of the steps away: the one that fewest need. Grant what deploys in namespaces of its own, keep powerful service accounts in others, and enforce a Pod Security level. "bulwark rbac paths --from SUBJECT" shows the binding and the rule of each step.

  ClusterRoleBinding web-dispatches  tests/fixtures/access.yaml:52
    HIGH      BW-RBAC-102  Rights lead to cluster-admin
      tests/fixtures/access.yaml:57:5  ServiceAccount shop/web reaches cluster-admin in 3 steps: may impersonate groups (only on-call) -> Group on-call; may run commands in pods in ops; pod ops/agent-x1 is privileged -> node cp1; the node belongs to the control plane and has the cluster's keys -> cluster-admin
       57 |   - {kind: ServiceAccount, name: web, namespace: shop}
          |     ^~~~~
      fix: Take one of the steps away: the one that fewest need. Grant what deploys in namespaces of its own, keep powerful service accounts in others, and enforce a Pod Security level. "bulwark rbac paths --from SUBJECT" shows the binding and the rule of each step.

  2 failed checks: 0 critical, 2 high, 0 medium, 0 low

  bulwark explain BW-RBAC-102 tells why a check matters and how to fix it
