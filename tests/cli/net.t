Who reaches whom, and what decides it.

  $ bulwark net can shop/Deployment/web shop/svc/api 443 -f examples/net
  yes: shop/Deployment/web -> shop/Service/api port 443
    egress   egress[0] of NetworkPolicy shop/web allows it  examples/net/policies.yaml:9
    ingress  ingress[0] of NetworkPolicy shop/api allows it  examples/net/policies.yaml:22

  $ bulwark net can shop/Deployment/web shop/svc/db 5432 -f examples/net
  no: shop/Deployment/web -> shop/Service/db port 5432
    egress   no egress rule of NetworkPolicy shop/default-deny, or of 1 more that select it, allows it  examples/net/policies.yaml:4
    ingress  ingress[0] of NetworkPolicy shop/db allows it  examples/net/policies.yaml:37
  [1]

  $ bulwark net can -n shop web metadata 80 -f examples/net
  no: shop/Deployment/web -> metadata (169.254.169.254) port 80
    egress   no egress rule of NetworkPolicy shop/default-deny, or of 1 more that select it, allows it  examples/net/policies.yaml:4
  [1]

  $ bulwark net can internet shop/Deployment/web -f examples/net
  yes: internet -> shop/Deployment/web
    by Ingress shop/web port 80, host shop.example, Service web to port 8080 of its pods

  $ bulwark net can internet shop/StatefulSet/db -f examples/net
  no: internet -> shop/StatefulSet/db
    no Service, Ingress, Gateway or port of a host leads there from the Internet
  [1]

  $ bulwark net can internet shop/Deployment/api 443 -f examples/net
  partly: internet -> shop/Deployment/api port 443
    by LoadBalancer shop/api port 443 to port 8080 of its pods (partly: its source ranges let in some addresses only)
  [1]

  $ bulwark net can ingress shop/Deployment/web http -f examples/net
  yes: ingress -> shop/Deployment/web port http
    egress   no policy decides on its egress
    ingress  ingress[0] of NetworkPolicy shop/web allows it  examples/net/policies.yaml:9

  $ bulwark net can shop/Deployment/api 10.0.0.0/8 -f examples/net
  no: shop/Deployment/api -> 10.0.0.0/8
    ports    none
    egress   no egress rule of NetworkPolicy shop/api, or of 1 more that select it, allows it  examples/net/policies.yaml:22
  [1]

  $ bulwark net can shop/CronJob/report 8.8.8.8 443/tcp -o yaml -f examples/net
  apiVersion: bulwark.dev/v1
  kind: NetworkAnswer
  from: shop/CronJob/report
  to: "8.8.8.8"
  port: "443/tcp"
  answer: "yes"
  atMost: false
  pairs:
  - from:
      namespace: shop
      kind: CronJob
      name: report
    to:
      addresses: "8.8.8.8"
    allowed: true
    atMost: false
    port: 443
    reasons:
    - direction: egress
      effect: allow
      text: egress[0] of NetworkPolicy shop/report allows it
      policy:
        kind: NetworkPolicy
        namespace: shop
        name: report
        location: examples/net/policies.yaml:56

Names that are not there, ports that are none.

  $ bulwark net can shop/Deployment/wbe shop/svc/db -f examples/net
  bulwark: no pods in what was read are called "shop/Deployment/wbe"; there is shop/Deployment/web
  [2]

  $ bulwark net can shop/Deployment/web shop/svc/bd 5432 -f examples/net
  bulwark: there is no Service shop/bd in what was read
  [2]

  $ bulwark net can shop/Deployment/web shop/svc/db 99999 -f examples/net
  bulwark: ports are 1 to 65535, not 99999
  [2]

  $ bulwark net can shop/Deployment/web shop/svc/db 53/icmp -f examples/net
  bulwark: a port is 443, 53/udp or a name, not "53/icmp"
  [2]

  $ bulwark net can 1.1.1.1 8.8.8.8 53/udp -f examples/net
  bulwark: one of the two ends must be pods
  [2]

  $ bulwark net can shop/Deployment/web metadata
  bulwark: of which objects? -f PATH names files, --cluster the live cluster
  [2]

Connections between workloads.

  $ bulwark net connections -n shop -f examples/net
  FROM                                 TO                                   PORTS
  203.0.113.0/24                       shop/Deployment/api                  TCP 8080
  ingress-nginx/Deployment/controller  shop/Deployment/web                  TCP 8080
  shop/CronJob/report                  any address outside                  TCP 443
  shop/CronJob/report                  ingress-nginx/Deployment/controller  TCP 443
  shop/CronJob/report                  kube-system/Deployment/coredns       TCP 443
  shop/CronJob/report                  monitoring/Deployment/prometheus     TCP 443
  shop/Deployment/api                  shop/StatefulSet/db                  TCP 5432
  shop/Deployment/web                  shop/Deployment/api                  TCP 8080

  $ bulwark net connections --to shop/StatefulSet/db -o json -f examples/net
  {
    "apiVersion": "bulwark.dev/v1",
    "kind": "NetworkConnections",
    "workloads": 7,
    "connections": [
      {
        "from": {
          "namespace": "shop",
          "kind": "Deployment",
          "name": "api"
        },
        "to": {
          "namespace": "shop",
          "kind": "StatefulSet",
          "name": "db"
        },
        "ports": {
          "TCP": [
            [
              5432,
              5432
            ]
          ]
        },
        "atMost": false,
        "partly": false
      }
    ]
  }

  $ bulwark net connections --from shop/CronJob/report -o csv -f examples/net | tr -d '\r'
  from,to,ports
  "shop/CronJob/report","any address outside","TCP 443"
  "shop/CronJob/report","ingress-nginx/Deployment/controller","TCP 443"
  "shop/CronJob/report","kube-system/Deployment/coredns","TCP 443"
  "shop/CronJob/report","monitoring/Deployment/prometheus","TCP 443"

  $ bulwark net connections -n shop -o dot -f examples/net
  digraph {
    rankdir=LR;
    label="Who may connect to whom";
    labelloc=t;
    node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif", fontsize=11];
    edge [fontname="sans-serif", fontsize=9];
    n0 [label="203.0.113.0/24", style="rounded,dashed"];
    n5 [label="any address outside", style="rounded,dashed"];
    subgraph "cluster_0" {
    label="ingress-nginx";
    n2 [label="controller\nDeployment"];
    }
    subgraph "cluster_1" {
    label="kube-system";
    n6 [label="coredns\nDeployment"];
    }
    subgraph "cluster_2" {
    label="monitoring";
    n7 [label="prometheus\nDeployment"];
    }
    subgraph "cluster_3" {
    label="shop";
    n1 [label="api\nDeployment"];
    n3 [label="web\nDeployment"];
    n4 [label="report\nCronJob"];
    n8 [label="db\nStatefulSet"];
    }
    n0 -> n1 [label="TCP 8080"];
    n2 -> n3 [label="TCP 8080"];
    n4 -> n5 [label="TCP 443"];
    n4 -> n2 [label="TCP 443"];
    n4 -> n6 [label="TCP 443"];
    n4 -> n7 [label="TCP 443"];
    n1 -> n8 [label="TCP 5432"];
    n3 -> n1 [label="TCP 8080"];
  }

  $ bulwark net connections -f examples/net-next.yaml
  FROM                 TO                   PORTS
  any address outside  shop/CronJob/report  all ports
  any address outside  shop/Deployment/api  all ports
  any address outside  shop/Deployment/web  all ports
  all workloads        shop/CronJob/report  all ports
  all workloads        shop/Deployment/api  all ports
  all workloads        shop/Deployment/web  all ports
  shop/CronJob/report  any address outside  all ports
  shop/Deployment/api  any address outside  all ports
  shop/Deployment/api  shop/StatefulSet/db  TCP 5432
  shop/Deployment/web  any address outside  all ports
  shop/StatefulSet/db  any address outside  all ports

What comes in, and by which way.

  $ bulwark net exposure -f examples/net
  ingress-nginx/Deployment/controller
    internet          TCP 80 by LoadBalancer ingress-nginx/controller port 80
    internet          TCP 443 by LoadBalancer ingress-nginx/controller port 443
    other namespaces  all ports
    nodes             yes
    sends to          internet: yes, metadata service: yes
  kube-system/Deployment/coredns
    other namespaces  all ports
    nodes             yes
    sends to          internet: yes, metadata service: yes
  monitoring/Deployment/prometheus
    other namespaces  all ports
    nodes             yes
    sends to          internet: yes, metadata service: yes
  shop/Deployment/api
    internet          TCP 8080 by LoadBalancer shop/api port 443 (partly: its source ranges let in some addresses only)
    other namespaces  none
    sends to          internet: no, metadata service: no
  shop/StatefulSet/db
    other namespaces  none
    sends to          internet: no, metadata service: no
  shop/CronJob/report
    other namespaces  none
    sends to          internet: yes, metadata service: no
  shop/Deployment/web
    internet          TCP 8080 by Ingress shop/web port 80, host shop.example, Service web
    other namespaces  TCP 8080
    sends to          internet: no, metadata service: no

  workloads: 7, open to the Internet: 2 (perhaps or partly 1 more), to other namespaces: 4, may ask the metadata service: 3

  $ bulwark net exposure --from internet -n shop -o yaml -f examples/net
  apiVersion: bulwark.dev/v1
  kind: NetworkExposure
  workloads:
  - namespace: shop
    kind: Deployment
    name: api
    pods: 0
    hostNetwork: false
    ways:
    - from: internet
      type: LoadBalancer
      by: LoadBalancer shop/api port 443
      entryKind: Service
      entryNamespace: shop
      entryName: api
      entryPort: 443
      protocol: TCP
      port: 8080
      atMost: false
      partly: true
      why: its source ranges let in some addresses only
    otherNamespaces: {}
    nodes: unknown
    sendsToInternet: none
    sendsToMetadata: none
  - namespace: shop
    kind: Deployment
    name: web
    pods: 0
    hostNetwork: false
    ways:
    - from: internet
      type: Ingress
      by: Ingress shop/web port 80, host shop.example, Service web
      entryKind: Ingress
      entryNamespace: shop
      entryName: web
      host: shop.example
      entryPort: 80
      protocol: TCP
      port: 8080
      atMost: false
      partly: false
    otherNamespaces:
      TCP:
      - - 8080
        - 8080
    nodes: unknown
    sendsToInternet: none
    sendsToMetadata: none
  summary:
    workloads: 4
    openToInternet: 1
    perhapsOpenToInternet: 1
    openToOtherNamespaces: 1
    sendToMetadata: 0

Where policies do not do what they are there for.

  $ bulwark net gaps -f examples/net
  NAMESPACE      WORKLOADS  OPEN INWARD  OPEN OUTWARD  METADATA  NO DNS
  ingress-nginx          1            1             1         1       0
  kube-system            1            1             1         1       0
  monitoring             1            1             1         1       0
  shop                   4            0             0         0       4
  all                    7            3             3         3       4

  cut off from the cluster's name service:
    shop/Deployment/api
    shop/StatefulSet/db
    shop/CronJob/report
    shop/Deployment/web

  policies:
    shop/api: no pod of its namespace has app=reports; did you mean report?  examples/net/policies.yaml:29
    shop/db-again: each of its rules is in other policies for the same pods, such as db  examples/net/policies.yaml:47
  [1]

  $ bulwark net gaps -n shop -o yaml -f examples/net
  apiVersion: bulwark.dev/v1
  kind: NetworkGaps
  summary:
    workloads: 4
    openInward: 0
    openOutward: 0
    metadata: 0
    noDns: 4
  plugin:
    name: ""
    policies: unknown
  namespaces:
  - name: shop
    workloads: 4
    openInward: 0
    openOutward: 0
    metadata: 0
    noDns: 4
  cutOffFromDns:
  - shop/Deployment/api
  - shop/StatefulSet/db
  - shop/CronJob/report
  - shop/Deployment/web
  policies:
  - type: typo
    kind: NetworkPolicy
    namespace: shop
    name: api
    path: spec.ingress[0].from[1].podSelector.matchLabels.app
    text: no pod of its namespace has app=reports; did you mean report?
    location: examples/net/policies.yaml:22
  - type: shadowed
    kind: NetworkPolicy
    namespace: shop
    name: db-again
    text: each of its rules is in other policies for the same pods, such as db
    location: examples/net/policies.yaml:47
  problems: []
  [1]

  $ bulwark net gaps --suggest -n monitoring -f examples/net
  # Deny by default, and let names be asked for. What else is needed has to be added before these are applied:
  # "bulwark net connections" shows what is open now.
  ---
  apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata:
    name: default-deny
    namespace: monitoring
  spec:
    podSelector: {}
    policyTypes: [Ingress, Egress]
  ---
  apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata:
    name: allow-dns
    namespace: monitoring
  spec:
    podSelector: {}
    policyTypes: [Egress]
    egress:
      - to:
          - namespaceSelector:
              matchLabels:
                kubernetes.io/metadata.name: kube-system
            podSelector:
              matchLabels:
                k8s-app: "kube-dns"
        ports:
          - {protocol: UDP, port: 53}
          - {protocol: TCP, port: 53}

Two states.

  $ bulwark net diff examples/net/shop.yaml examples/net-next.yaml
  - any address outside -> shop/StatefulSet/db: all ports
  - shop/CronJob/report -> shop/StatefulSet/db: all ports
  ~ shop/Deployment/api -> shop/StatefulSet/db: all ports => TCP 5432
  - shop/Deployment/web -> shop/StatefulSet/db: all ports

  connections added: 0, removed: 3, changed: 1
  [1]

  $ bulwark net diff -n shop -o json examples/net-next.yaml examples/net-next.yaml
  bulwark: net diff: examples/net-next.yaml and examples/net-next.yaml: one lies in the other; two states are compared (see "bulwark help net diff")
  [2]

  $ bulwark net diff examples/net
  bulwark: net diff: two states are compared: give two paths, or one and --cluster (see "bulwark help net diff")
  [2]

The same in a scan.

  $ bulwark scan -q --rule BW-NET-104 --rule BW-NET-105 -o text --fail-on none examples/net | head -5
  NetworkPolicy shop/api  examples/net/policies.yaml:22
    MEDIUM    BW-NET-105  no pod of its namespace has app=reports; did you mean report?  :29

  NetworkPolicy shop/db-again  examples/net/policies.yaml:47
    LOW       BW-NET-104  each of its rules is in other policies for the same pods, such as db  :49
