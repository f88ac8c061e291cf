The settings file: in the current directory, named, or none at all.

  $ cp -r examples $FOLDER/e
  $ cp examples/bulwark.yaml $FOLDER/e/.bulwark.yaml
  $ cd $FOLDER/e && bulwark scan --summary shop
  bulwark: .bulwark.yaml:13:5: warning: exception from BW-PSS-1* expired on 2025-06-30: what it excepted counts again
  bulwark: .bulwark.yaml:18:5: warning: exception from BW-PSS-104 is unused: no finding is one that it is for
  SEVERITY  FINDINGS  RULE        TITLE
  critical         1  BW-PSS-107  Container runs privileged
  high             2  BW-PSS-102  Container adds a dangerous capability
  high             1  BW-PSS-104  Pod mounts a path of the host
  high             1  BW-PSS-110  Seccomp filter switched off or unknown
  medium           1  BW-PSS-105  Container takes a port of the host

  CRITICAL  HIGH  MEDIUM  LOW  OBJECT
         1     2       1    0  Deployment shop/checkout  shop/web/checkout.yaml:2
         0     1       0    0  CronJob shop/backup  shop/batch/backup.json:1
         0     1       0    0  DaemonSet ops/node-agent  shop/ops/node-agent.yaml:2

  By practice: C04 2, W01 2, C03 1, W03 1

  6 failed checks: 1 critical, 4 high, 1 medium, 0 low; 4 excepted
  9 objects in 9 files judged by 12 rules in 5.0 ms; 2 documents skipped (no Kubernetes objects)
  [1]
  $ cd $FOLDER/e && bulwark scan --summary --no-config --framework pss-baseline shop
  SEVERITY  FINDINGS  RULE        TITLE
  critical         1  BW-PSS-107  Container runs privileged
  high             3  BW-PSS-102  Container adds a dangerous capability
  high             2  BW-PSS-103  Pod shares a namespace of the host
  high             2  BW-PSS-104  Pod mounts a path of the host
  high             1  BW-PSS-110  Seccomp filter switched off or unknown
  medium           1  BW-PSS-105  Container takes a port of the host

  CRITICAL  HIGH  MEDIUM  LOW  OBJECT
         1     2       1    0  Deployment shop/checkout  shop/web/checkout.yaml:2
         0     5       0    0  DaemonSet ops/node-agent  shop/ops/node-agent.yaml:2
         0     1       0    0  CronJob shop/backup  shop/batch/backup.json:1

  By practice: C04 3, W01 3, W03 3, C03 1

  10 failed checks: 1 critical, 8 high, 1 medium, 0 low
  9 objects in 9 files judged by 12 rules in 5.0 ms; 2 documents skipped (no Kubernetes objects)
  [1]
  $ cd $FOLDER/e && bulwark scan --summary --config nowhere.yaml shop
  bulwark: nowhere.yaml: does not exist
  [2]
  $ cd $FOLDER/e && bulwark scan --config .bulwark.yaml --no-config shop
  bulwark: scan: --config and --no-config exclude each other (see "bulwark help scan")
  [2]
  $ mkdir $FOLDER/d && mkdir $FOLDER/d/.bulwark.yaml && cd $FOLDER/d && bulwark scan ../e/shop
  bulwark: .bulwark.yaml: is a directory
  [2]

It is no object that is judged, where it lies among manifests.

  $ cd $FOLDER/e && bulwark scan --summary bulwark.yaml
  Nothing was judged: no Kubernetes objects were found
  0 objects in 1 file judged by 12 rules in 5.0 ms; 1 document skipped (no Kubernetes object)

The command line wins.

  $ cd $FOLDER/e && bulwark scan -q --fail-on none shop; echo $?
  bulwark: .bulwark.yaml:13:5: warning: exception from BW-PSS-1* expired on 2025-06-30: what it excepted counts again
  bulwark: .bulwark.yaml:18:5: warning: exception from BW-PSS-104 is unused: no finding is one that it is for
  0
  $ cd $FOLDER/e && bulwark scan -q --rule BW-PSS-102 shop/ops; echo $?
  0
  $ cd $FOLDER/e && bulwark scan --summary --rule BW-PSS-201 shop/ops
  1 failed check: 0 critical, 0 high, 1 medium, 0 low
  1 object in 1 file judged by 1 rule in 5.0 ms
  [1]
  $ cd $FOLDER/e && bulwark scan --summary --framework pss-restricted shop/batch
  bulwark: .bulwark.yaml:18:5: warning: exception from BW-PSS-104 is unused: no finding is one that it is for
  SEVERITY  FINDINGS  RULE        TITLE
  high             1  BW-PSS-104  Pod mounts a path of the host
  medium           1  BW-PSS-201  Container may gain privileges
  medium           1  BW-PSS-205  Container may run as root
  medium           1  BW-PSS-206  Container is told to run as user 0
  low              1  BW-PSS-202  Container keeps capabilities
  low              1  BW-PSS-207  Container has no seccomp filter

  By practice: W03 3, C03 1, C04 1, W01 1

  6 failed checks: 0 critical, 1 high, 3 medium, 2 low
  1 object in 1 file judged by 19 rules in 5.0 ms
  [1]

What is excepted, with its reason: in the wide text and in JSON.

  $ cd $FOLDER/e && bulwark scan -o wide --rule BW-PSS-104 shop/ops | grep -v see:
  DaemonSet ops/node-agent  shop/ops/node-agent.yaml:2
    EXCEPTED  BW-PSS-104  Pod mounts a path of the host
      shop/ops/node-agent.yaml:27:11  volume "root" is / of the host
       27 |           hostPath: {path: /}
          |           ^~~~~~~~
      path: spec.template.spec.volumes[0].hostPath
      excepted: The agent watches the node itself (.bulwark.yaml:8, ops, until 2099-12-31)

  No failed checks; 1 excepted
  1 object in 1 file judged by 1 rule in 5.0 ms
  $ cd $FOLDER/e && bulwark scan -o json --include-passed --rule BW-PSS-104 shop/ops | grep -A 5 '"exception"'
        "exception": {
          "reason": "The agent watches the node itself",
          "owner": "ops",
          "expires": "2099-12-31",
          "source": ".bulwark.yaml:8"
        }
  $ cd $FOLDER/e && bulwark scan -o json --rule BW-PSS-104 shop | grep -A 7 '"notices"'
  bulwark: .bulwark.yaml:13:5: warning: exception from BW-PSS-1* expired on 2025-06-30, and nothing needs it any more
  bulwark: .bulwark.yaml:18:5: warning: exception from BW-PSS-104 is unused: no finding is one that it is for
    "notices": [
      {
        "file": ".bulwark.yaml",
        "line": 13,
        "column": 5,
        "message": "exception from BW-PSS-1* expired on 2025-06-30, and nothing needs it any more"
      },
      {
  $ cd $FOLDER/e && bulwark scan -o sarif --rule BW-PSS-104 shop/ops | grep -A 6 '"suppressions"'
            "suppressions": [
              {
                "kind": "external",
                "status": "accepted",
                "justification": "The agent watches the node itself",
                "properties": {
                  "owner": "ops",

Rules that do not run, parameters, rules of one's own.

  $ cat > $FOLDER/e/own.yaml <<'END'
  > apiVersion: bulwark.dev/v1
  > kind: Config
  > rules: [rules]
  > disabledRules: [{rule: BW-*, reason: only our own}]
  > END
  $ cd $FOLDER/e && bulwark scan --summary --config own.yaml shop
  CRITICAL  HIGH  MEDIUM  LOW  OBJECT
         0     0       3    0  Deployment shop/checkout  shop/web/checkout.yaml:2
         0     0       1    0  CronJob shop/backup  shop/batch/backup.json:1
         0     0       1    0  StatefulSet shop/orders  shop/data/orders.yaml:14
         0     0       1    0  DaemonSet ops/node-agent  shop/ops/node-agent.yaml:2

  6 failed checks: 0 critical, 0 high, 6 medium, 0 low
  9 objects in 9 files judged by 1 rule in 5.0 ms; 2 documents skipped (no Kubernetes objects)
  $ cd / && bulwark scan --summary --config $FOLDER/e/own.yaml $FOLDER/e/shop | grep failed
  6 failed checks: 0 critical, 0 high, 6 medium, 0 low
  $ cat > $FOLDER/e/params.yaml <<'END'
  > apiVersion: bulwark.dev/v1
  > kind: Rule
  > metadata: {name: SHOP-9}
  > title: Too many replicas
  > severity: high
  > match: {kinds: [Deployment]}
  > path: spec.replicas
  > params: {max: 2}
  > expression: value == null || value <= params.max
  > END
  $ printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {replicas: 3}\n' > $FOLDER/e/d.yaml
  $ printf 'apiVersion: bulwark.dev/v1\nkind: Config\nrules: [params.yaml]\nparams: {SHOP-9: {max: 3}}\n' > $FOLDER/e/p3.yaml
  $ cd $FOLDER/e && bulwark scan -q --rules params.yaml --no-config --rule SHOP-9 d.yaml; echo $?
  1
  $ cd $FOLDER/e && bulwark scan -q --config p3.yaml --rule SHOP-9 d.yaml; echo $?
  0

What is wrong in it, with its place.

  $ head='apiVersion: bulwark.dev/v1\nkind: Config\n'; cd $FOLDER/e
  > for text in 'exceptions: [{rules: [BW-PSS-104]}]' 'exceptions: [{rules: [BW-PSS-1O4], reason: r}]' 'ecxeptions: []' \
  >     'exceptions: [{rules: [BW-PSS-104], reason: r, expires: tomorrow}]' 'params: {BW-PSS-104: {x: 1}}' 'failOn: hihg' \
  >     'frameworks: [pss-basline]' 'rules: [nowhere]' 'kubernetesVersion: 1.30' 'disabledRules: [{rule: BX-*, reason: r}]' \
  >     'params: {SHOP-9: {max: "3"}}\nrules: [params.yaml]' 'a: ['; do
  >     printf "$head$text\n" > bad.yaml; bulwark scan --config bad.yaml shop || echo "[$?]"
  > done
  bulwark: bad.yaml:3:14: an exception needs the field "reason"
  [2]
  bulwark: bad.yaml:3:23: no rule "BW-PSS-1O4"; did you mean BW-PSS-104?
  [2]
  bulwark: bad.yaml:3:1: a settings file has no field "ecxeptions"; its fields are apiVersion, kind, exceptions, disabledRules, params, rules, frameworks, failOn, kubernetesVersion
  [2]
  bulwark: bad.yaml:3:56: expires must be a date such as 2027-01-31, not "tomorrow"
  [2]
  bulwark: bad.yaml:3:23: rule BW-PSS-104 has no parameters
  [2]
  bulwark: bad.yaml:3:9: failOn is low, medium, high, critical or none, not "hihg"
  [2]
  bulwark: bad.yaml:3:14: no framework "pss-basline"; did you mean pss-baseline?
  [2]
  bulwark: bad.yaml:3:9: nowhere: does not exist
  [2]
  bulwark: bad.yaml:3:20: kubernetesVersion is a text: put it in quotes, or 1.30 is the number 1.3
  [2]
  bulwark: bad.yaml:3:24: no rule's id begins with BX-
  [2]
  bulwark: bad.yaml:3:24: parameter max of rule SHOP-9 is a whole number, not a text
  [2]
  bulwark: bad.yaml:4:1: did not find expected node content while parsing a flow node that begins at line 4
  [2]

Annotations.

  $ cat > $FOLDER/a.yaml <<'END'
  > apiVersion: v1
  > kind: Pod
  > metadata:
  >   name: p
  >   annotations:
  >     bulwark.dev/ignore.BW-PSS-103: it watches the node
  >     bulwark.dev/ignore.BW-PSS-104: until we move until 2025-01-31
  >     bulwark.dev/ignore.BW-PSS-105: nothing to except
  >     bulwark.dev/ignore.BW-PSS-1O7: mistyped
  >     bulwark.dev/ignore.BW-PSS-108: ""
  > spec:
  >   hostPID: true
  >   volumes: [{name: v, hostPath: {path: /}}]
  >   containers: [{name: c, image: "i:1"}]
  > END
  $ cd $FOLDER && bulwark scan -o wide --framework pss-baseline a.yaml 2>&1 | grep -E 'warning|BW-|excepted|failed check'
  bulwark: a.yaml:7:5: warning: annotation bulwark.dev/ignore.BW-PSS-104 expired on 2025-01-31: the finding counts again
  bulwark: a.yaml:8:5: warning: annotation bulwark.dev/ignore.BW-PSS-105 is unused: the rule finds nothing in Pod p
  bulwark: a.yaml:9:5: warning: annotation bulwark.dev/ignore.BW-PSS-1O7 names no rule that there is; did you mean BW-PSS-107?
  bulwark: a.yaml:10:5: warning: annotation bulwark.dev/ignore.BW-PSS-108 has no reason, and does not count
    HIGH      BW-PSS-104  Pod mounts a path of the host
    EXCEPTED  BW-PSS-103  Pod shares a namespace of the host
      excepted: it watches the node (annotation bulwark.dev/ignore.BW-PSS-103)
  1 failed check: 0 critical, 1 high, 0 medium, 0 low; 1 excepted
  bulwark explain BW-PSS-104 tells why a check matters and how to fix it
  $ cd $FOLDER && bulwark scan --summary --rule BW-PSS-103 a.yaml
  bulwark: a.yaml:9:5: warning: annotation bulwark.dev/ignore.BW-PSS-1O7 names no rule that there is; did you mean BW-PSS-107?
  bulwark: a.yaml:10:5: warning: annotation bulwark.dev/ignore.BW-PSS-108 has no reason, and does not count
  No failed checks; 1 excepted
  1 object in 1 file judged by 1 rule in 5.0 ms

Those of other tools, for the rules that ask the same.

  $ cat > $FOLDER/b.yaml <<'END'
  > apiVersion: v1
  > kind: Pod
  > metadata:
  >   name: p
  >   annotations:
  >     ignore-check.kube-linter.io/host-ipc: shares memory with the driver
  >     polaris.fairwinds.com/hostPathSet-exempt: "true"
  > spec:
  >   hostIPC: true
  >   hostPID: true
  >   volumes: [{name: v, hostPath: {path: /}}]
  >   containers: [{name: c, image: "i:1"}]
  > END
  $ cd $FOLDER && bulwark scan -o json --include-passed --framework pss-baseline b.yaml | grep -E 'spec\.|"reason|"source'
          "path": "spec.hostIPC"
          "reason": "shares memory with the driver",
          "source": "annotation ignore-check.kube-linter.io/host-ipc, honoured as kube-linter does"
          "path": "spec.hostPID"
          "path": "spec.volumes[0].hostPath"
          "reason": "no reason given",
          "source": "annotation polaris.fairwinds.com/hostPathSet-exempt, honoured as polaris does"
  $ cd $FOLDER && sed -i 's/ignore-check.*/kube-linter.io\/ignore-all: ours/' b.yaml && bulwark scan -q b.yaml --framework pss-baseline; echo $?
  0

Baselines.

  $ cd $FOLDER/e && for form in json yaml sarif; do
  >     bulwark scan -q --no-config --framework pss-baseline -o $form=before.$form shop
  >     bulwark scan --no-config --rule BW-PSS-107 --rule BW-PSS-104 --baseline before.$form shop; echo $?
  > done
  No failed checks; 3 known from the baseline
  9 objects in 9 files judged by 2 rules in 5.0 ms; 2 documents skipped (no Kubernetes objects)
  0
  No failed checks; 3 known from the baseline
  9 objects in 9 files judged by 2 rules in 5.0 ms; 2 documents skipped (no Kubernetes objects)
  0
  No failed checks; 3 known from the baseline
  9 objects in 9 files judged by 2 rules in 5.0 ms; 2 documents skipped (no Kubernetes objects)
  0
  $ cd $FOLDER/e && sed -i -e '1i # a line more' -e 's/hostPID: true/hostIPC: true/' shop/ops/node-agent.yaml
  $ cd $FOLDER/e && bulwark scan --no-config --framework pss-baseline --baseline before.json shop
  bulwark: before.json: warning: 1 of 10 findings of the baseline are gone: write it anew, or they may come back unnoticed
  DaemonSet ops/node-agent  shop/ops/node-agent.yaml:3
    HIGH      BW-PSS-103  Pod shares a namespace of the host
      shop/ops/node-agent.yaml:15:7  pod shares the host's inter-process communication (hostIPC)
       15 |       hostIPC: true
          |       ^~~~~~~
      fix: Remove hostNetwork, hostPID and hostIPC. To reach the node's IP use the downward API; to be reached use a Service.

  1 failed check: 0 critical, 1 high, 0 medium, 0 low; 9 known from the baseline
  9 objects in 9 files judged by 12 rules in 5.0 ms; 2 documents skipped (no Kubernetes objects)

  bulwark explain BW-PSS-103 tells why a check matters and how to fix it
  [1]
  $ cd $FOLDER/e && bulwark scan -q --no-config --framework pss-baseline --baseline before.json -o json=after.json shop; bulwark scan --baseline after.json shop
  bulwark: before.json: warning: 1 of 10 findings of the baseline are gone: write it anew, or they may come back unnoticed
  bulwark: after.json: this report leaves out what was known from another baseline: write one without --baseline
  [2]
  $ cd $FOLDER/e && bulwark scan --baseline shop/namespace.yaml shop
  bulwark: shop/namespace.yaml: no baseline: it takes a report of an earlier scan (-o json, yaml or sarif)
  [2]
  $ cd $FOLDER/e && sed -i 's/"fingerprint"/"print"/' before.json && bulwark scan --baseline before.json shop
  bulwark: before.json: findings without fingerprints of this version: write the baseline anew
  [2]
  $ cd $FOLDER/e && bulwark scan --baseline nowhere.json shop
  bulwark: nowhere.json: does not exist
  [2]
