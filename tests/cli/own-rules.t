Rules of one's own: a file to start from.

  $ bulwark rules new SHOP-100
  # A rule of your own. Change what is marked CHANGE; then
  #     bulwark rules lint FILE              says what is wrong in it
  #     bulwark rules test --mutate FILE     runs its tests, and tests them
  #     bulwark scan --rules FILE PATH       judges by it
  apiVersion: bulwark.dev/v1
  kind: Rule
  metadata: {name: SHOP-100}
  title: CHANGE what is wrong
  severity: medium            # critical, high, medium or low
  match: {podSpec: true}      # every object that holds a pod: Pods, Deployments, Jobs, ...

  # CHANGE: the values under test, the field that the question is about, and the question: true when all is well.
  # A field that is not there is null.
  forEach: containers
  path: tty
  expression: value != true
  messageExpression: who + " has a terminal"

  why: "CHANGE: one or two sentences on what can go wrong."
  fix:
    text: "CHANGE: what to do."
    # What makes the value under test right, merged into it; leave it out where a person has to choose.
    patch: {tty: false}

  # At least one object that passes and one that fails; one for each way in which the field may be absent or odd.
  tests:
    - name: no terminal
      pass: {containers: [{name: app, tty: false}]}
    - name: not set
      pass: {containers: [{name: app}]}
    - name: a terminal
      fail: {containers: [{name: app, tty: true}]}
      paths: ["spec.containers[0].tty"]
      message: container "app" has a terminal
  $ bulwark rules new -o $HOME/labels.yaml --kind Service --title 'Service: nobody owns it' SHOP-101
  $ cat $HOME/labels.yaml
  # A rule of your own. Change what is marked CHANGE; then
  #     bulwark rules lint FILE              says what is wrong in it
  #     bulwark rules test --mutate FILE     runs its tests, and tests them
  #     bulwark scan --rules FILE PATH       judges by it
  apiVersion: bulwark.dev/v1
  kind: Rule
  metadata: {name: SHOP-101}
  title: "Service: nobody owns it"
  severity: medium            # critical, high, medium or low
  match: {kinds: [Service]}

  # CHANGE: the field that the question is about, and the question: true when all is well. A field that is not there is
  # null.
  path: metadata.labels
  expression: value != null && "owner" in value
  message: nobody is named as the owner

  why: "CHANGE: one or two sentences on what can go wrong."
  fix:
    text: "CHANGE: what to do."

  # At least one object that passes and one that fails; one for each way in which the field may be absent or odd.
  tests:
    - name: has an owner
      pass: {metadata: {labels: {owner: shop}}}
    - name: other labels
      fail: {metadata: {labels: {app: web}}}
    - name: no labels
      fail: {metadata: {name: web}}
  $ bulwark rules new -o $HOME/terminal.yaml SHOP-100
  $ bulwark rules lint $HOME
  2 files, 0 problems
  $ (cd $HOME; bulwark rules test --mutate .)
  noticed  SHOP-101  not: value != null && "owner" in value
           by: has an owner
  noticed  SHOP-100  not: value != true
           by: no terminal
  6 passed, 0 failed
  2 of 2 mutations noticed
  $ (cd $HOME; bulwark rules new -o labels.yaml SHOP-102)
  bulwark: labels.yaml is there already; remove it first, or name another file
  [2]

What cannot be a rule's name or kind is refused, and so is a name that is in use.

  $ bulwark rules new 'SHOP 1'
  bulwark: a rule's name is at most 63 letters, digits, dashes and dots
  [2]
  $ bulwark rules new BW-PSS-107
  bulwark: BW-PSS-107 is the name of a built-in rule; take another
  [2]
  $ bulwark rules new --kind a/b/c SHOP-102
  bulwark: a kind is written as Kind or group/Kind
  [2]
  $ bulwark rules new --pod --kind Service SHOP-102
  bulwark: rules new: --pod and --kind are two sorts of rules; name one (see "bulwark help rules new")
  [2]
  $ bulwark rules new off | grep metadata
  metadata: {name: "off"}

Tests that notice too little.

  $ (cd $HOME; sed '/^tests/,$d' terminal.yaml > weak.yaml; echo 'tests: [{name: no containers, pass: {}}]' >> weak.yaml)
  $ (cd $HOME; bulwark rules test --mutate weak.yaml)
  MISSED   SHOP-100  not: value != true
           weak.yaml: no test of the rule fails when this is negated
  1 passed, 0 failed
  0 of 1 mutations noticed
  [1]

A table: what its rows share stands once.

  $ cat > $HOME/table.yaml << 'END'
  > apiVersion: bulwark.dev/v1
  > kind: RuleTable
  > severity: high
  > match: {podSpec: true}
  > expression: value != true
  > why: Whatever runs in the pod reaches what belongs to the node.
  > fix: {text: Leave the field out.}
  > rows:
  >   - metadata: {name: SHOP-110}
  >     title: Pod uses the host's network
  >     path: hostNetwork
  >     tests: [{name: own, pass: {}}, {name: host, fail: {hostNetwork: true}}]
  >   - metadata: {name: SHOP-111}
  >     title: Pod sees the host's processes
  >     severity: critical
  >     path: hostPID
  >     tests: [{name: own, pass: {}}, {name: host, fail: {hostPID: true}}]
  > END
  $ (cd $HOME; bulwark rules lint table.yaml; bulwark rules test --mutate table.yaml)
  1 file, 0 problems
  noticed  SHOP-110  not: value != true
           by: own
  noticed  SHOP-111  not: value != true
           by: own
  4 passed, 0 failed
  2 of 2 mutations noticed
  $ bulwark rules list --rules $HOME/table.yaml | grep SHOP
  SHOP-110     high                Pod uses the host's network
  SHOP-111     critical            Pod sees the host's processes
  $ bulwark explain --rules $HOME/table.yaml SHOP-111 | grep -v ^File
  SHOP-111  Pod sees the host's processes

  Severity    critical

  Why it matters
    Whatever runs in the pod reaches what belongs to the node.

  How it is checked
    match:
      podSpec: true
    expression: value != true
    path: hostPID

  How to fix it
    Leave the field out.
  $ bulwark rules show --rules $HOME/table.yaml SHOP-110
  apiVersion: bulwark.dev/v1
  kind: Rule
  severity: high
  match:
    podSpec: true
  expression: value != true
  why: Whatever runs in the pod reaches what belongs to the node.
  fix:
    text: Leave the field out.
  metadata:
    name: SHOP-110
  title: Pod uses the host's network
  path: hostNetwork
  tests:
  - name: own
    pass: {}
  - name: host
    fail:
      hostNetwork: true
  $ (cd $HOME; sed s/hostPID$/hostPiD/ table.yaml > odd.yaml; bulwark rules lint odd.yaml)
  odd.yaml:16:11: path: there is no field "hostPiD"
        path: hostPiD
              ^
  1 file, 1 problem
  [1]
  $ (cd $HOME; sed '/^rows/,$d' table.yaml > odd.yaml; bulwark rules lint odd.yaml)
  odd.yaml:1:1: a table needs rows: a list with the fields of each rule
    apiVersion: bulwark.dev/v1
    ^
  1 file, 1 problem
  [1]

The checks of another tool, by its names.

  $ cat > $HOME/peer.yaml << 'END'
  > apiVersion: bulwark.dev/v1
  > kind: Framework
  > metadata: {name: other-tool}
  > type: peer
  > title: Checks of another tool
  > controls:
  >   - {id: no-host-pid, title: Host processes, rules: [SHOP-111]}
  >   - {id: unpinned, title: Images by tag, noRule: The tool reads the registry.}
  > END
  $ bulwark rules list --rules $HOME/table.yaml --rules $HOME/peer.yaml --framework other-tool
  RULE      SEVERITY  PRACTICE  TITLE
  SHOP-111  critical            Pod sees the host's processes
  $ bulwark explain --rules $HOME/table.yaml --rules $HOME/peer.yaml SHOP-111 | sed -n '/known/,$p'
  Also known as
    other-tool no-host-pid
  $ bulwark rules list -o json --rules $HOME/table.yaml --rules $HOME/peer.yaml --framework other-tool
  {
    "apiVersion": "bulwark.dev/v1",
    "kind": "RuleList",
    "items": [
      {
        "id": "SHOP-111",
        "title": "Pod sees the host's processes",
        "severity": "critical",
        "practice": "",
        "optional": false,
        "frameworks": []
      }
    ]
  }
  $ (cd $HOME; sed s/peer$/pear/ peer.yaml > odd.yaml; bulwark rules lint odd.yaml)
  odd.yaml:4:7: type must be standard or peer
    type: pear
          ^
  1 file, 1 problem
  [1]
