Rules that look at other objects: judged when everything has been read, told where they belong.

  $ cat > $FOLDER/service.yaml <<'END'
  > apiVersion: v1
  > kind: Service
  > metadata: {name: web, namespace: shop}
  > spec:
  >   selector: {app: web}
  > END
  $ cat > $FOLDER/pods.json <<'END'
  > {"apiVersion": "v1", "kind": "List", "items": [
  >   {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "shop", "labels": {"app": "web"}},
  >    "spec": {"serviceAccountName": "web", "containers": [{"name": "c", "image": "registry.example/c:1"}]}},
  >   {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "shop", "namespace": "shop"}}]}
  > END
  $ cd $FOLDER && bulwark scan --rule BW-NET-040 --rule BW-WL-090 -o wide service.yaml pods.json
  Pod shop/a  pods.json:2
    LOW       BW-WL-090  Pod names a service account that does not exist
      pods.json:3:13  the scan has no service account web in the namespace
        3 |    "spec": {"serviceAccountName": "web", "containers": [{"name": "c", "image": "registry.example/c:1"}]}}
          |             ^~~~~~~~~~~~~~~~~~~~
      path: spec.serviceAccountName
      fix: Create the ServiceAccount in the namespace, or name the one that is there.
      see: practice R03

  1 failed check: 0 critical, 0 high, 0 medium, 1 low
  3 objects in 2 files judged by 2 rules in 5.0 ms

  bulwark explain BW-WL-090 tells why a check matters and how to fix it
  $ sed -i 's/app: web/app: wed/' $FOLDER/service.yaml
  $ cd $FOLDER && bulwark scan --rule BW-NET-040 --rule BW-WL-090 -o wide service.yaml pods.json
  Service shop/web  service.yaml:1
    LOW       BW-NET-040  Service selects no pods
      service.yaml:5:3  no pod of the scan has the labels app=wed
        5 |   selector: {app: wed}
          |   ^~~~~~~~
      path: spec.selector
      fix: Make the selector say what the labels of the pods say, or remove the Service.
      see: practice W07

  Pod shop/a  pods.json:2
    LOW       BW-WL-090  Pod names a service account that does not exist
      pods.json:3:13  the scan has no service account web in the namespace
        3 |    "spec": {"serviceAccountName": "web", "containers": [{"name": "c", "image": "registry.example/c:1"}]}}
          |             ^~~~~~~~~~~~~~~~~~~~
      path: spec.serviceAccountName
      fix: Create the ServiceAccount in the namespace, or name the one that is there.
      see: practice R03

  SEVERITY  FINDINGS  RULE        TITLE
  low              1  BW-NET-040  Service selects no pods
  low              1  BW-WL-090   Pod names a service account that does not exist

  2 failed checks: 0 critical, 0 high, 0 medium, 2 low
  3 objects in 2 files judged by 2 rules in 5.0 ms

  bulwark explain BW-NET-040 tells why a check matters and how to fix it

Of a Service alone nothing is known: which pods there are stands elsewhere.

  $ cd $FOLDER && bulwark scan --rule BW-NET-040 service.yaml
  No failed checks
  1 object in 1 file judged by 1 rule in 5.0 ms

A rule of one's own, and what it may not ask.

  $ cat > $FOLDER/rule.yaml <<'END'
  > apiVersion: bulwark.dev/v1
  > kind: Rule
  > metadata: {name: SHOP-1}
  > title: Namespace without a quota
  > severity: low
  > why: One team's pods can take what all others need.
  > fix: {text: Add a ResourceQuota.}
  > match: {kinds: [Namespace]}
  > inventory: [ResourceQuota]
  > expression: size(inventory.list("ResourceQuota", object.metadata.name)) > 0
  > tests:
  >   - name: with
  >     pass: {metadata: {name: shop}}
  >     with: [{apiVersion: v1, kind: ResourceQuota, metadata: {name: q, namespace: shop}}]
  >   - name: without
  >     fail: {metadata: {name: shop}}
  >     with: [{apiVersion: v1, kind: ResourceQuota, metadata: {name: q, namespace: store}}]
  > END
  $ cd $FOLDER && bulwark rules lint rule.yaml
  1 file, 0 problems
  $ cd $FOLDER && bulwark rules test rule.yaml
  2 passed, 0 failed
  $ sed -i 's/list("ResourceQuota"/list("LimitRange"/' $FOLDER/rule.yaml
  $ cd $FOLDER && bulwark rules lint rule.yaml
  rule.yaml:10:33: expression: the rule's field inventory does not name LimitRange
    expression: size(inventory.list("LimitRange", object.metadata.name)) > 0
                                    ^
  1 file, 1 problem
  [1]
