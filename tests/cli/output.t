Reports for programs, on standard output and in files that appear when they are complete.

  $ bulwark scan -o json --rule BW-PSS-107 examples/shop
  {
    "apiVersion": "bulwark.dev/v1",
    "kind": "ScanReport",
    "metadata": {
      "generatedAt": "2026-01-01T00:00:00Z",
      "version": "0.1.0",
      "inputs": [
        "examples/shop"
      ]
    },
    "summary": {
      "documents": 9,
      "rules": 1,
      "pass": 4,
      "fail": 1,
      "manual": 0,
      "skip": 0,
      "error": 0,
      "bySeverity": {
        "critical": 1,
        "high": 0,
        "medium": 0,
        "low": 0
      },
      "excepted": 0,
      "unjudged": 0,
      "known": 0
    },
    "findings": [
      {
        "rule": "BW-PSS-107",
        "title": "Container runs privileged",
        "severity": "critical",
        "verdict": "fail",
        "practice": "W03",
        "resource": {
          "apiVersion": "apps/v1",
          "kind": "Deployment",
          "namespace": "shop",
          "name": "checkout"
        },
        "location": {
          "file": "examples/shop/web/checkout.yaml",
          "line": 32,
          "column": 13,
          "path": "spec.template.spec.containers[0].securityContext.privileged"
        },
        "message": "container \"checkout\" runs privileged",
        "remediation": "Set privileged to false and add only the capabilities or devices that the program needs.",
        "frameworks": [
          {
            "name": "cis-1.11",
            "control": "5.2.2"
          },
          {
            "name": "cis-1.12",
            "control": "5.2.2"
          },
          {
            "name": "cis-2.0",
            "control": "5.2.2"
          },
          {
            "name": "mitre-attack-containers",
            "control": "T1611"
          },
          {
            "name": "nsa-1.2",
            "control": "pod-privileged"
          },
          {
            "name": "owasp-k8s-top10",
            "control": "K01:2022"
          },
          {
            "name": "owasp-k8s-top10",
            "control": "K01:2025"
          },
          {
            "name": "pss-baseline",
            "control": "privileged"
          },
          {
            "name": "pss-restricted",
            "control": "privileged"
          }
        ],
        "fingerprint": "37991c5bfee0a067994e2dcac9eb0888",
        "fix": {
          "edits": [
            {
              "line": 32,
              "column": 25,
              "endLine": 32,
              "endColumn": 29,
              "text": "false"
            }
          ]
        }
      }
    ]
  }
  [1]
  $ bulwark scan -o yaml --rule BW-PSS-107 examples/shop
  apiVersion: bulwark.dev/v1
  kind: ScanReport
  metadata:
    generatedAt: "2026-01-01T00:00:00Z"
    version: "0.1.0"
    inputs:
    - examples/shop
  summary:
    documents: 9
    rules: 1
    pass: 4
    fail: 1
    manual: 0
    skip: 0
    error: 0
    bySeverity:
      critical: 1
      high: 0
      medium: 0
      low: 0
    excepted: 0
    unjudged: 0
    known: 0
  findings:
  - rule: BW-PSS-107
    title: Container runs privileged
    severity: critical
    verdict: fail
    practice: W03
    resource:
      apiVersion: apps/v1
      kind: Deployment
      namespace: shop
      name: checkout
    location:
      file: examples/shop/web/checkout.yaml
      line: 32
      column: 13
      path: spec.template.spec.containers[0].securityContext.privileged
    message: container "checkout" runs privileged
    remediation: Set privileged to false and add only the capabilities or devices that the program needs.
    frameworks:
    - name: cis-1.11
      control: "5.2.2"
    - name: cis-1.12
      control: "5.2.2"
    - name: cis-2.0
      control: "5.2.2"
    - name: mitre-attack-containers
      control: T1611
    - name: nsa-1.2
      control: pod-privileged
    - name: owasp-k8s-top10
      control: K01:2022
    - name: owasp-k8s-top10
      control: K01:2025
    - name: pss-baseline
      control: privileged
    - name: pss-restricted
      control: privileged
    fingerprint: "37991c5bfee0a067994e2dcac9eb0888"
    fix:
      edits:
      - line: 32
        column: 25
        endLine: 32
        endColumn: 29
        text: "false"
  [1]
  $ bulwark scan -q -o json=$FOLDER/a.json -o yaml=$FOLDER/a.yaml examples/shop; ls $FOLDER/a.*| xargs -n1 basename
  a.json
  a.yaml
  $ head -3 $FOLDER/a.json
  {
    "apiVersion": "bulwark.dev/v1",
    "kind": "ScanReport",
  $ bulwark scan --framework pss-restricted --summary -o json=$FOLDER/b.json examples/shop/data
  No failed checks
  3 objects in 2 files judged by 19 rules in 5.0 ms
  $ bulwark scan -q -o json=$FOLDER/nowhere/c.json examples/shop/data 2>&1 | sed "s,$FOLDER,FOLDER,"
  bulwark: FOLDER/nowhere/c.json: cannot be written: does not exist
  $ bulwark scan --framework pss-baseline -o json=/dev/full -q examples/shop/data
  bulwark: /dev/full: cannot be written: no space is left on the device
  [3]
  $ bulwark scan --framework pss-baseline -o json=/dev/null -q examples/shop/data
  $ bulwark scan --framework pss-baseline examples/shop/data > /dev/full
  bulwark: <stdout>: cannot be written: no space is left on the device
  [3]
  $ ls $FOLDER | grep tmp
  [1]

Several reports of one run; only one of them on standard output.

  $ bulwark scan -o sarif=$FOLDER/m.sarif -o junit=$FOLDER/m.xml -o csv --rule BW-PSS-107 examples/shop | cut -d, -f1-6
  severity,verdict,rule,title,kind,namespace
  critical,fail,BW-PSS-107,"Container runs privileged",Deployment,shop
  $ head -1 $FOLDER/m.xml; grep -c ruleId $FOLDER/m.sarif
  <?xml version="1.0" encoding="UTF-8"?>
  1
  $ bulwark scan -o json=- -q --rule BW-PSS-107 examples/shop/data | head -1
  {
  $ bulwark scan -o json -o yaml examples/shop
  bulwark: only one -o may go to standard output; -o FORMAT=FILE writes to a file
  [2]
  $ bulwark scan -o json -o sarif=- examples/shop
  bulwark: only one -o may go to standard output; -o FORMAT=FILE writes to a file
  [2]
  $ bulwark scan -o json=$FOLDER/x -o yaml=$FOLDER/x examples/shop 2>&1 | sed "s,$FOLDER,FOLDER,"
  bulwark: two reports cannot go to the same file: FOLDER/x
  $ ls $FOLDER | grep '^x'
  [1]
  $ bulwark scan -q -o json=/dev/null -o yaml=/dev/null --rule BW-PSS-107 examples/shop/data
  $ bulwark scan -o sarf examples/shop
  bulwark: no output format "sarf"; did you mean "sarif"?
  [2]

A reader that goes away is no error: files are still finished, and the status is the scan's.

  $ { sleep 0.2; bulwark scan -o json examples/shop; echo $? > $FOLDER/s; } | true; cat $FOLDER/s
  1
  $ { sleep 0.2; bulwark scan -o json=$FOLDER/d.json examples/shop; echo $? > $FOLDER/s; } | true; cat $FOLDER/s
  1
  $ tail -1 $FOLDER/d.json
  }

The same report for any number of threads.

  $ bulwark scan --threads 1 examples/shop > $FOLDER/1; bulwark scan --threads 4 examples/shop > $FOLDER/4
  > sed -i 's/ in [0-9.]* m*s//' $FOLDER/1 $FOLDER/4; cmp $FOLDER/1 $FOLDER/4 && echo same
  same

Counters on standard error.

  $ bulwark scan -q --stats=json examples/shop 2>/dev/null | wc -c
  0
  $ bulwark scan -q --stats=json examples/shop 2>&1 | python3 -c 'import json,sys; print(sorted(json.load(sys.stdin)))'
  ['arenaPeakBytes', 'bytes', 'documents', 'elapsedMicroseconds', 'evaluations', 'files', 'findings', 'keptBytes', 'keptDocuments', 'otherDocuments', 'podSpecs', 'podsLikeOthers', 'rules', 'rulesCompiled', 'sandbox', 'templates', 'threads', 'unreadableInputs']
  $ bulwark scan -q --stats examples/shop 2>&1 | grep -E 'files|objects'
               9  files read
               9  Kubernetes objects
               1  files that are templates
               8  objects kept for rules that look at others
