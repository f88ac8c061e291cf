The catalog.

  $ bulwark rules list | head -4
  RULE         SEVERITY  PRACTICE  TITLE
  BW-ADM-001   medium    A04       Validating webhook lets through what it cannot check
  BW-ADM-002   low       A04       Mutating webhook may be skipped
  BW-ADM-003   medium    A04       Webhook is asked about everything
  $ bulwark rules list -o name --framework pss-baseline
  BW-PSS-101
  BW-PSS-102
  BW-PSS-103
  BW-PSS-104
  BW-PSS-105
  BW-PSS-106
  BW-PSS-107
  BW-PSS-108
  BW-PSS-109
  BW-PSS-110
  BW-PSS-111
  BW-PSS-112
  $ bulwark rules list -o yaml | head -12
  apiVersion: bulwark.dev/v1
  kind: RuleList
  items:
  - id: BW-ADM-001
    title: Validating webhook lets through what it cannot check
    severity: medium
    practice: A04
    optional: false
    frameworks:
    - name: cis-1.11
      control: "5.2.1"
    - name: cis-1.12
  $ bulwark rules show BW-PSS-107
  apiVersion: bulwark.dev/v1
  kind: Rule
  metadata:
    name: BW-PSS-107
  title: Container runs privileged
  severity: critical
  practice: W03
  references:
  - https://kubernetes.io/docs/concepts/security/pod-security-standards/
  match:
    podSpec: true
  forEach: containers
  path: securityContext.privileged
  expression: value != true
  messageExpression: who + " runs privileged"
  why: A privileged container has every capability, every device of the node and no seccomp or AppArmor filter. Code in it is root on the node, and from there in reach of every other pod's secrets.
  fix:
    text: Set privileged to false and add only the capabilities or devices that the program needs.
    patch:
      securityContext:
        privileged: false
  podSecurity:
    level: baseline
    check: privileged
    reason: privileged
    detail: failed.who + " must not set securityContext.privileged=true"
  $ bulwark rules show -o json BW-PSS-107 BW-PSS-104 | grep -c '"kind": "Rule"'
  2
  $ bulwark explain BW-PSS-104
  BW-PSS-104  Pod mounts a path of the host

  Severity    high
  Practice    W01
  Frameworks  cis-1.11 5.2.12, cis-1.12 5.2.11, cis-2.0 5.2.11, mitre-attack-containers T1543.005, mitre-attack-containers T1611, nsa-1.2 pod-host-path, owasp-k8s-top10 K01:2022, owasp-k8s-top10 K01:2025, pss-baseline hostPathVolumes, pss-restricted restrictedVolumes
  File        rules/pod-security/BW-PSS-104-host-path.yaml

  Why it matters
    A hostPath volume gives the pod files of the node. With / or /etc,
    /var/lib/kubelet, /var/run or a runtime socket it is a direct way to root on
    the node; even a read-only mount shows other pods' secrets.

  How it is checked
    match:
      podSpec: true
    forEach: volumes[*]
    path: hostPath
    expression: value == null
    message: a volume is a path of the host
    messageExpression: who + " is " + value.?path.orValue("a path") + " of the host"
    podSecurity:
      level: baseline
      check: hostPathVolumes
      reason: hostPath volumes
      detail: failed.who

  How to fix it
    Use an emptyDir, configMap, projected or persistentVolumeClaim volume; for
    node agents a CSI driver.

  Also known as
    kube-linter sensitive-host-mounts
    kubescape C-0048
    polaris hostPathSet

  Sources
    https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
  $ bulwark explain BW-PSS-104x
  bulwark: no rule "BW-PSS-104x"; did you mean BW-PSS-104?
  [2]

The built-in rules hold their own tests.

  $ bulwark rules test | sed 's/^[0-9]* passed/N passed/'
  N passed, 0 failed

Rules of one's own.

  $ bulwark rules lint examples/rules
  1 file, 0 problems
  $ bulwark rules test -v examples/rules
  ok    SHOP-001  by digest
  ok    SHOP-001  by tag
  ok    SHOP-001  no image at all
  3 passed, 0 failed
  $ bulwark rules test --mutate examples/rules
  noticed  SHOP-001  not: each.?image.orValue("").contains("@sha256:")
           by: by digest
  3 passed, 0 failed
  1 of 1 mutations noticed
  $ bulwark rules list --rules examples/rules -o name | grep SHOP
  SHOP-001
  $ bulwark scan --rules examples/rules --rule SHOP-001 examples/shop
  CronJob shop/backup  examples/shop/batch/backup.json:1
    MEDIUM    SHOP-001  container "backup" runs whatever the tag means today  :15

  StatefulSet shop/orders  examples/shop/data/orders.yaml:14
    MEDIUM    SHOP-001  container "postgres" runs whatever the tag means today  :35

  DaemonSet ops/node-agent  examples/shop/ops/node-agent.yaml:2
    MEDIUM    SHOP-001  container "agent" runs whatever the tag means today  :18

  Deployment shop/checkout  examples/shop/web/checkout.yaml:2
    MEDIUM    SHOP-001  container "migrate", "checkout", "metrics" runs whatever the tag means today  :19, :24, :34

  6 failed checks: 0 critical, 0 high, 6 medium, 0 low
  9 objects in 9 files judged by 1 rule in 5.0 ms; 2 documents skipped (no Kubernetes objects)

  bulwark explain SHOP-001 tells why a check matters and how to fix it
  -o wide shows source lines and fixes for medium and low, too
  $ bulwark explain --rules examples/rules SHOP-001
  SHOP-001  Image is not pinned by its digest

  Severity    medium
  Practice    I05
  File        examples/rules/SHOP-001-pinned-image.yaml

  Why it matters
    A tag can be moved after our tests have run; a digest always names the same
    image.

  How it is checked
    match:
      podSpec: true
    forEach: containers
    path: image
    expression: each.?image.orValue("").contains("@sha256:")
    messageExpression: '"container \"" + name + "\" runs whatever the tag means today"'

  How to fix it
    Name the image by the digest that the release job prints.

Mistakes are shown where they are.

  $ sed -e 's/severity: medium/severity: hihg/' -e 's/contains/contians/' examples/rules/SHOP-001-pinned-image.yaml > $FOLDER/bad.yaml
  $ cd $FOLDER; bulwark rules lint bad.yaml
  bad.yaml:6:11: severity must be critical, high, medium or low
    severity: hihg
              ^
  1 file, 1 problem
  [1]
  $ cd $FOLDER; bulwark rules lint -o json bad.yaml
  {
    "apiVersion": "bulwark.dev/v1",
    "kind": "RuleLintReport",
    "files": 1,
    "problems": [
      {
        "file": "bad.yaml",
        "line": 6,
        "column": 11,
        "message": "severity must be critical, high, medium or low"
      }
    ],
    "omitted": 0
  }
  [1]
  $ sed 's/app@sha256/app:sha256/' examples/rules/SHOP-001-pinned-image.yaml > $FOLDER/changed.yaml
  $ cd $FOLDER; bulwark rules test changed.yaml
  FAIL  SHOP-001  by digest
        changed.yaml:16: expected to pass, but fails at spec.containers[0].image: container "app" runs whatever the tag means today
  2 passed, 1 failed
  [1]
  $ bulwark rules lint examples/nowhere.yaml
  bulwark: examples/nowhere.yaml: does not exist
  [2]
  $ bulwark scan --rules examples/nowhere.yaml examples/shop
  bulwark: examples/nowhere.yaml: does not exist
  [2]
