What a scan of a cluster may be given, and what it is told without one.

  $ bulwark cluster rbac | sed -n '4,12p'
  apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata:
    name: bulwark-scan
  rules:
  - apiGroups: [""]
    resources:
    - configmaps
    - endpoints
  $ bulwark cluster rbac --subject sa:security/bulwark | tail -n 13
  ---
  apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata:
    name: bulwark-scan
  roleRef:
    apiGroup: rbac.authorization.k8s.io
    kind: ClusterRole
    name: bulwark-scan
  subjects:
  - kind: ServiceAccount
    name: "bulwark"
    namespace: "security"
  $ bulwark cluster rbac --subject user:ann --kubelets | grep -A 4 nodes/proxy
    - nodes/proxy
    verbs: [get]
  ---
  apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  $ bulwark cluster rbac --subject sa:bulwark
  bulwark: cluster rbac: --subject takes sa:NAMESPACE/NAME, user:NAME or group:NAME, not "sa:bulwark" (see "bulwark help cluster rbac")
  [2]
  $ bulwark cluster rbac --subject bulwark
  bulwark: cluster rbac: --subject takes sa:NAMESPACE/NAME, user:NAME or group:NAME, not "bulwark" (see "bulwark help cluster rbac")
  [2]
  $ bulwark cluster rbac | bulwark scan --fail-on high --summary - | head -n 4
  1 failed check: 0 critical, 0 high, 1 medium, 0 low
  1 object in 1 file judged by 729 rules in 5.0 ms
  $ bulwark scan --no-kubelets examples/shop
  bulwark: --no-kubelets is about a live cluster: give --cluster as well
  [2]
  $ bulwark scan -n shop examples/shop
  bulwark: --namespace is about a live cluster: give --cluster as well
  [2]
  $ bulwark collect --node --cluster -o x.zst
  bulwark: collect: --node and --cluster go into snapshots of their own (see "bulwark help collect")
  [2]
  $ bulwark collect --node --context a -o x.zst
  bulwark: --context is about a live cluster: give --cluster as well
  [2]
  $ printf '{"apiVersion":"bulwark.dev/v1","kind":"ClusterSnapshot","server":"https://shop:6443","time":"2026-01-01T00:00:00Z","kubernetesMinor":32}\n{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"shop","uid":"1"},"spec":{"containers":[{"name":"app","image":"a.example/a:1","securityContext":{"privileged":true}}]}}\n' > "$TMP/old.jsonl"; printf '{"apiVersion":"bulwark.dev/v1","kind":"ClusterSnapshot","server":"https://shop:6443","time":"2026-02-01T00:00:00Z"}\n' > "$TMP/new.jsonl"
  $ bulwark scan --rule BW-PSS-107 "$TMP/old.jsonl" | head -n 4
  Pod shop/web  https://shop:6443
    CRITICAL  BW-PSS-107  Container runs privileged
      https://shop:6443  spec.containers[0].securityContext.privileged  container "app" runs privileged
      fix: Set privileged to false and add only the capabilities or devices that the program needs.
  $ bulwark diff "$TMP/old.jsonl" "$TMP/new.jsonl" | head -n 4
  https://shop:6443 (2026-01-01T00:00:00Z) to https://shop:6443 (2026-02-01T00:00:00Z)

  gone  medium    BW-NET-043  Pod shop/web: no policy of the scan selects the pods and limits what they receive
  gone  low       BW-NET-044  Pod shop/web: no policy of the scan selects the pods and limits what they send
  $ bulwark collect --node --root examples/node/root -o "$TMP/node.zst"; bulwark diff "$TMP/old.jsonl" "$TMP/node.zst"
  bulwark: a cluster's snapshot can be held against another one of a cluster only
  [2]
