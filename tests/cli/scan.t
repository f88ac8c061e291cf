The examples, as the documentation shows them: findings, and status 1.

  $ bulwark scan --framework pss-restricted examples/shop
  CronJob shop/backup  examples/shop/batch/backup.json:1
    HIGH      BW-PSS-104  Pod mounts a path of the host
      examples/shop/batch/backup.json:21:44  volume "backup" is /srv/backup of the host
       21 |             "volumes": [{"name": "backup", "hostPath": {"path": "/srv/backup"}}]
          |                                            ^~~~~~~~~~
      fix: Use an emptyDir, configMap, projected or persistentVolumeClaim volume; for node agents a CSI driver.
    MEDIUM    BW-PSS-201  container "backup" does not set allowPrivilegeEscalation to false  :17
    MEDIUM    BW-PSS-205  container "backup" may run as root (neither it nor the pod sets runAsNonRoot)  :17
    MEDIUM    BW-PSS-206  container "backup" runs as root (runAsUser is 0)  :17
    LOW       BW-PSS-202  container "backup" does not drop all capabilities  :17
    LOW       BW-PSS-207  container "backup" has no seccomp profile (neither it nor the pod sets one)  :17

  DaemonSet ops/node-agent  examples/shop/ops/node-agent.yaml:2
    HIGH      BW-PSS-102  Container adds a dangerous capability
      examples/shop/ops/node-agent.yaml:21:21  container "agent" adds the capability "SYS_ADMIN"
       21 |               add: [SYS_ADMIN]
          |                     ^~~~~~~~~
      fix: Remove the capability. A port below 1024 needs only NET_BIND_SERVICE, which is allowed.
    HIGH      BW-PSS-103  Pod shares a namespace of the host
      examples/shop/ops/node-agent.yaml:14:7  pod sees the host's processes (hostPID)
       14 |       hostPID: true
          |       ^~~~~~~
      examples/shop/ops/node-agent.yaml:15:7  pod uses the host's network (hostNetwork)
       15 |       hostNetwork: true
          |       ^~~~~~~~~~~
      fix: Remove hostNetwork, hostPID and hostIPC. To reach the node's IP use the downward API; to be reached use a Service.
    HIGH      BW-PSS-104  Pod mounts a path of the host
      examples/shop/ops/node-agent.yaml:27:11  volume "root" is / of the host
       27 |           hostPath: {path: /}
          |           ^~~~~~~~
      fix: Use an emptyDir, configMap, projected or persistentVolumeClaim volume; for node agents a CSI driver.
    HIGH      BW-PSS-110  Seccomp filter switched off or unknown
      examples/shop/ops/node-agent.yaml:22:30  container "agent" sets the seccomp profile type "Unconfined"
       22 |             seccompProfile: {type: Unconfined}
          |                              ^~~~
      fix: Set the type to RuntimeDefault, or to Localhost with a profile of your own.
    MEDIUM    BW-PSS-201  container "agent" does not set allowPrivilegeEscalation to false  :19
    MEDIUM    BW-PSS-205  container "agent" may run as root (neither it nor the pod sets runAsNonRoot)  :19
    LOW       BW-PSS-202  container "agent" does not drop all capabilities  :20

  Deployment shop/checkout  examples/shop/web/checkout.yaml:2
    CRITICAL  BW-PSS-107  Container runs privileged
      examples/shop/web/checkout.yaml:32:13  container "checkout" runs privileged
       32 |             privileged: true
          |             ^~~~~~~~~~
      fix: Set privileged to false and add only the capabilities or devices that the program needs.
    HIGH      BW-PSS-102  Container adds a dangerous capability
      examples/shop/web/checkout.yaml:38:21  container "metrics" adds the capability "NET_ADMIN"
       38 |               add: [NET_ADMIN, SYS_PTRACE]
          |                     ^~~~~~~~~
      examples/shop/web/checkout.yaml:38:32  container "metrics" adds the capability "SYS_PTRACE"
       38 |               add: [NET_ADMIN, SYS_PTRACE]
          |                                ^~~~~~~~~~
      fix: Remove the capability. A port below 1024 needs only NET_BIND_SERVICE, which is allowed.
    MEDIUM    BW-PSS-105  container "checkout" takes port 8080 of the host  :27
    MEDIUM    BW-PSS-201  Container may gain privileges (3)  :20, :31, :36
    MEDIUM    BW-PSS-205  Container may run as root (3)  :20, :31, :35
    MEDIUM    BW-PSS-206  container "migrate" runs as root (runAsUser is 0)  :21
    LOW       BW-PSS-202  container "migrate", "checkout", "metrics" does not drop all capabilities  :20, :31, :37
    LOW       BW-PSS-207  Container has no seccomp filter (3)  :20, :31, :35

  SEVERITY  FINDINGS  RULE        TITLE
  critical         1  BW-PSS-107  Container runs privileged
  high             3  BW-PSS-102  Container adds a dangerous capability
  high             2  BW-PSS-103  Pod shares a namespace of the host
  high             2  BW-PSS-104  Pod mounts a path of the host
  high             1  BW-PSS-110  Seccomp filter switched off or unknown
                  22  of 6 more rules

  31 failed checks: 1 critical, 8 high, 13 medium, 9 low
  9 objects in 9 files judged by 19 rules in 5.0 ms; 2 documents skipped (no Kubernetes objects)

  bulwark explain BW-PSS-107 tells why a check matters and how to fix it
  -o wide shows source lines and fixes for medium and low, too
  [1]

Nothing found, and what counts as enough to fail.

  $ bulwark scan --framework pss-restricted examples/shop/web/storefront.yaml | head -1
  No failed checks
  $ bulwark scan -q --fail-on critical examples/shop/web; echo $?
  1
  $ bulwark scan -q --fail-on none examples/shop; echo $?
  0
  $ bulwark scan -q --fail-on low --framework pss-restricted examples/shop/data; echo $?
  0

Standard input, and -f as kubectl has it.

  $ cat examples/shop/batch/backup.json | bulwark scan --framework pss-restricted --summary -
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

  $ bulwark scan --framework pss-baseline --summary -f examples/shop/batch -f examples/shop/namespace.yaml
  1 failed check: 0 critical, 1 high, 0 medium, 0 low
  2 objects in 2 files judged by 12 rules in 5.0 ms
  [1]

  $ kubectl get deployments -A -o json | bulwark scan --framework pss-baseline -
  Deployment edge/gateway  <stdin>:6
    HIGH      BW-PSS-103  Pod shares a namespace of the host
      <stdin>:16:13  pod uses the host's network (hostNetwork)
       16 |             "hostNetwork": true,
          |             ^~~~~~~~~~~~~
      fix: Remove hostNetwork, hostPID and hostIPC. To reach the node's IP use the downward API; to be reached use a Service.

  1 failed check: 0 critical, 1 high, 0 medium, 0 low
  1 object in 1 file judged by 12 rules in 5.0 ms

  bulwark explain BW-PSS-103 tells why a check matters and how to fix it
  [1]

What cannot be read is named, the rest is judged, and the status is 2.

  $ bulwark scan --framework pss-baseline --summary --no-ignore examples/shop
  bulwark: examples/shop/drafts/search.yaml:12:10: did not find expected '-' indicator while parsing a block collection that begins at line 10
  SEVERITY  FINDINGS  RULE        TITLE
  critical         1  BW-PSS-107  Container runs privileged
  high             3  BW-PSS-102  Container adds a dangerous capability
  high             2  BW-PSS-103  Pod shares a namespace of the host
  high             2  BW-PSS-104  Pod mounts a path of the host
  high             1  BW-PSS-110  Seccomp filter switched off or unknown
  medium           1  BW-PSS-105  Container takes a port of the host

  CRITICAL  HIGH  MEDIUM  LOW  OBJECT
         1     2       1    0  Deployment shop/checkout  examples/shop/web/checkout.yaml:2
         0     5       0    0  DaemonSet ops/node-agent  examples/shop/ops/node-agent.yaml:2
         0     1       0    0  CronJob shop/backup  examples/shop/batch/backup.json:1

  By practice: C04 3, W01 3, W03 3, C03 1

  10 failed checks: 1 critical, 8 high, 1 medium, 0 low
  9 objects in 10 files judged by 12 rules in 5.0 ms; 2 documents skipped (no Kubernetes objects)
  Not judged: 1 unreadable input or part of one
  [2]

  $ bulwark scan --framework pss-baseline --summary examples/nowhere examples/shop/namespace.yaml
  bulwark: examples/nowhere: does not exist
  No failed checks
  1 object in 1 file judged by 12 rules in 5.0 ms
  Not judged: 1 unreadable input or part of one
  [2]
  $ bulwark scan --framework pss-baseline examples/shop/drafts/search.yaml
  bulwark: examples/shop/drafts/search.yaml:12:10: did not find expected '-' indicator while parsing a block collection that begins at line 10
  Nothing was judged: no Kubernetes objects were found
  0 objects in 1 file judged by 12 rules in 5.0 ms
  Not judged: 1 unreadable input or part of one
  [2]

Narrowed by rule and framework.

  $ bulwark scan --rule BW-PSS-107 examples/shop
  Deployment shop/checkout  examples/shop/web/checkout.yaml:2
    CRITICAL  BW-PSS-107  Container runs privileged
      examples/shop/web/checkout.yaml:32:13  container "checkout" runs privileged
       32 |             privileged: true
          |             ^~~~~~~~~~
      fix: Set privileged to false and add only the capabilities or devices that the program needs.

  1 failed check: 1 critical, 0 high, 0 medium, 0 low
  9 objects in 9 files judged by 1 rule in 5.0 ms; 2 documents skipped (no Kubernetes objects)

  bulwark explain BW-PSS-107 tells why a check matters and how to fix it
  [1]

  $ bulwark scan --framework pss-baseline --summary examples/shop
  SEVERITY  FINDINGS  RULE        TITLE
  critical         1  BW-PSS-107  Container runs privileged
  high             3  BW-PSS-102  Container adds a dangerous capability
  high             2  BW-PSS-103  Pod shares a namespace of the host
  high             2  BW-PSS-104  Pod mounts a path of the host
  high             1  BW-PSS-110  Seccomp filter switched off or unknown
  medium           1  BW-PSS-105  Container takes a port of the host

  CRITICAL  HIGH  MEDIUM  LOW  OBJECT
         1     2       1    0  Deployment shop/checkout  examples/shop/web/checkout.yaml:2
         0     5       0    0  DaemonSet ops/node-agent  examples/shop/ops/node-agent.yaml:2
         0     1       0    0  CronJob shop/backup  examples/shop/batch/backup.json:1

  By practice: C04 3, W01 3, W03 3, C03 1

  10 failed checks: 1 critical, 8 high, 1 medium, 0 low
  9 objects in 9 files judged by 12 rules in 5.0 ms; 2 documents skipped (no Kubernetes objects)
  [1]

  $ bulwark scan --framework pss-basline examples/shop
  bulwark: no framework "pss-basline"; did you mean pss-baseline?
  [2]
  $ bulwark scan --rule BW-NONE-1 examples/shop
  bulwark: no rule "BW-NONE-1"
  [2]

Wide, narrow, and with what passed.

  $ bulwark scan -o wide --rule BW-PSS-104 examples/shop
  CronJob shop/backup  examples/shop/batch/backup.json:1
    HIGH      BW-PSS-104  Pod mounts a path of the host
      examples/shop/batch/backup.json:21:44  volume "backup" is /srv/backup of the host
       21 |             "volumes": [{"name": "backup", "hostPath": {"path": "/srv/backup"}}]
          |                                            ^~~~~~~~~~
      path: spec.jobTemplate.spec.template.spec.volumes[0].hostPath
      fix: Use an emptyDir, configMap, projected or persistentVolumeClaim volume; for node agents a CSI driver.
      see: practice W01, cis-1.11 5.2.12, cis-1.12 5.2.11, cis-2.0 5.2.11, mitre-attack-containers T1543.005, T1611, nsa-1.2 pod-host-path, owasp-k8s-top10 K01:2022, K01:2025, pss-baseline hostPathVolumes, pss-restricted restrictedVolumes

  DaemonSet ops/node-agent  examples/shop/ops/node-agent.yaml:2
    HIGH      BW-PSS-104  Pod mounts a path of the host
      examples/shop/ops/node-agent.yaml:27:11  volume "root" is / of the host
       27 |           hostPath: {path: /}
          |           ^~~~~~~~
      path: spec.template.spec.volumes[0].hostPath
      fix: Use an emptyDir, configMap, projected or persistentVolumeClaim volume; for node agents a CSI driver.
      see: practice W01, cis-1.11 5.2.12, cis-1.12 5.2.11, cis-2.0 5.2.11, mitre-attack-containers T1543.005, T1611, nsa-1.2 pod-host-path, owasp-k8s-top10 K01:2022, K01:2025, pss-baseline hostPathVolumes, pss-restricted restrictedVolumes

  2 failed checks: 0 critical, 2 high, 0 medium, 0 low
  9 objects in 9 files judged by 1 rule in 5.0 ms; 2 documents skipped (no Kubernetes objects)

  bulwark explain BW-PSS-104 tells why a check matters and how to fix it
  [1]

  $ COLUMNS=60 bulwark scan --rule BW-PSS-104 examples/shop
  CronJob shop/backup  examples/shop/batch/backup.json:1
    HIGH      BW-PSS-104  Pod mounts a path of the host
      examples/shop/batch/backup.json:21:44
        volume "backup" is /srv/backup of the host
       21 | …s": [{"name": "backup", "hostPath": {"path": "/s…
          |                          ^~~~~~~~~~
      fix: Use an emptyDir, configMap, projected or
           persistentVolumeClaim volume; for node agents a CSI
           driver.

  DaemonSet ops/node-agent
    examples/shop/ops/node-agent.yaml:2
    HIGH      BW-PSS-104  Pod mounts a path of the host
      examples/shop/ops/node-agent.yaml:27:11
        volume "root" is / of the host
       27 |           hostPath: {path: /}
          |           ^~~~~~~~
      fix: Use an emptyDir, configMap, projected or
           persistentVolumeClaim volume; for node agents a CSI
           driver.

  2 failed checks: 0 critical, 2 high, 0 medium, 0 low
  9 objects in 9 files judged by 1 rule in 5.0 ms; 2 documents skipped (no Kubernetes objects)

  bulwark explain BW-PSS-104 tells why a check matters and how to fix it
  [1]

  $ bulwark scan --include-passed --rule BW-PSS-104 examples/shop/web
  Deployment shop/checkout  examples/shop/web/checkout.yaml:2
    PASS      BW-PSS-104  Pod mounts a path of the host

  Deployment shop/storefront  examples/shop/web/storefront.yaml:2
    PASS      BW-PSS-104  Pod mounts a path of the host

  No failed checks
  3 objects in 2 files judged by 1 rule in 5.0 ms

  $ bulwark scan --color always --rule BW-PSS-107 examples/shop | cat -v
  ^[[1mDeployment shop/checkout^[[0m  ^[[2mexamples/shop/web/checkout.yaml:2^[[0m
    ^[[1;31mCRITICAL^[[0m  ^[[1mBW-PSS-107^[[0m  Container runs privileged
      examples/shop/web/checkout.yaml:32:13  container "checkout" runs privileged
       ^[[2m32 |^[[0m             privileged: true
         ^[[2m |^[[0m             ^[[1;36m^~~~~~~~~~^[[0m
      ^[[32mfix:^[[0m Set privileged to false and add only the capabilities or devices that the program needs.

  ^[[1m1 failed check^[[0m: ^[[1;31m1 critical^[[0m, ^[[2m0 high^[[0m, ^[[2m0 medium^[[0m, ^[[2m0 low^[[0m
  9 objects in 9 files judged by 1 rule in 5.0 ms; 2 documents skipped (no Kubernetes objects)

  ^[[2mbulwark explain BW-PSS-107 tells why a check matters and how to fix it^[[0m

  $ NO_COLOR=1 CLICOLOR_FORCE=1 bulwark scan --rule BW-PSS-107 examples/shop | grep -c "$(printf '\033')"
  0
  [1]
  $ CLICOLOR_FORCE=1 bulwark scan --rule BW-PSS-107 examples/shop | grep -c "$(printf '\033')"
  7
