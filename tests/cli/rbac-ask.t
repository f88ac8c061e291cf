Who may do what, asked of files.

  $ bulwark rbac can sa:shop/deployer get secrets registry -n shop -f examples/rbac
  yes: RBAC: allowed by RoleBinding "deploy/shop" of Role "deploy" to ServiceAccount "deployer/shop"
    by the rule get secrets named registry  examples/rbac/access.yaml:66

Not everywhere.

  $ bulwark rbac can sa:shop/deployer get deploy -f examples/rbac
  no: nothing grants it
    only in shop (ask with -n)
  [1]

  $ bulwark rbac can user:olga delete pods -n shop -f examples/rbac
  no: RBAC: role.rbac.authorization.k8s.io "old-team" not found
  [1]

  $ bulwark rbac can user:dora get po/log -n shop --group developers -o yaml -f examples/rbac
  apiVersion: bulwark.dev/v1
  kind: AccessAnswer
  subject: user:dora
  allowed: true
  reason: 'RBAC: allowed by ClusterRoleBinding "everybody-looks" of ClusterRole "look" to Group "developers"'
  binding: ClusterRoleBinding everybody-looks
  role: ClusterRole look
  rule:
    apiGroups:
    - ""
    resources:
    - pods
    - pods/log
    - services
    - configmaps
    verbs:
    - get
    - list
    - watch
  place: examples/rbac/access.yaml:24

The API server allows system:masters everything, bound or not; reviews are answered by RBAC alone.

  $ bulwark rbac can user:eve --group system:masters delete nodes -f examples/shop
  yes: the API server itself allows everything to group system:masters

  $ bulwark rbac can user:dora list nodez -f examples/rbac
  bulwark: warning: no resource of Kubernetes or of a CustomResourceDefinition here is called "nodez"
  no: nothing grants it
  [1]

  $ bulwark rbac can user:dora list nodes -n shop -f examples/rbac
  bulwark: warning: nodes are not in namespaces: -n says nothing here
  no: nothing grants it
  [1]

  $ bulwark rbac can user:dora get /metrics -f examples/rbac
  no: nothing grants it
  [1]

  $ bulwark rbac can sa:shop get pods -f examples/rbac
  bulwark: "shop" names no service account: sa:NAMESPACE/NAME does
  [2]

  $ bulwark rbac can user:dora get pods
  bulwark: of which objects? -f PATH names files, --cluster the live cluster
  [2]

  $ bulwark rbac who-can get secrets -f examples/rbac
  SUBJECT                         NAMESPACE  RULE              BINDING                             ROLE                         PLACE
  Group system:masters            *          * *.*             ClusterRoleBinding cluster-admin    ClusterRole cluster-admin    examples/rbac/access.yaml:8
  ServiceAccount shop/controller  *          get,list secrets  ClusterRoleBinding shop-controller  ClusterRole shop-controller  examples/rbac/access.yaml:87
  some bindings name roles that are not here: what those would grant is not known

  $ bulwark rbac who-can delete deployments.apps -n other -f examples/rbac/questions.yaml
  nobody, but for group system:masters, to which the API server itself allows everything

  $ bulwark rbac what-can sa:shop/controller -f examples/rbac
  NAMESPACE  RULE                                                  BINDING                             ROLE                         PLACE
  *          get,list secrets                                      ClusterRoleBinding shop-controller  ClusterRole shop-controller  examples/rbac/access.yaml:87
  *          create clusterrolebindings.rbac.authorization.k8s.io  ClusterRoleBinding shop-controller  ClusterRole shop-controller  examples/rbac/access.yaml:90
  *          bind clusterroles.rbac.authorization.k8s.io           ClusterRoleBinding shop-controller  ClusterRole shop-controller  examples/rbac/access.yaml:93

  $ bulwark rbac what-can user:olga -o json -f examples/rbac
  {
    "apiVersion": "bulwark.dev/v1",
    "kind": "AccessList",
    "subject": "user:olga",
    "rolesMissing": true,
    "grants": []
  }

  $ bulwark rbac review --requests examples/rbac/questions.yaml -f examples/rbac/access.yaml
  yes  system:serviceaccount:shop:deployer get secrets registry in shop  RBAC: allowed by RoleBinding "deploy/shop" of Role "deploy" to ServiceAccount "deployer/shop"
  no   dora delete pods web-0 in shop
  no   olga list pods in shop  RBAC: role.rbac.authorization.k8s.io "old-team" not found

  $ bulwark rbac review --requests examples/rbac/questions.yaml -f examples/rbac/access.yaml -o json
  {
    "apiVersion": "authorization.k8s.io/v1",
    "kind": "SubjectAccessReview",
    "spec": {
      "user": "system:serviceaccount:shop:deployer",
      "groups": [
        "system:serviceaccounts",
        "system:serviceaccounts:shop",
        "system:authenticated"
      ],
      "resourceAttributes": {
        "namespace": "shop",
        "verb": "get",
        "resource": "secrets",
        "name": "registry"
      }
    },
    "status": {
      "allowed": true,
      "reason": "RBAC: allowed by RoleBinding \"deploy/shop\" of Role \"deploy\" to ServiceAccount \"deployer/shop\""
    }
  }
  {
    "apiVersion": "authorization.k8s.io/v1",
    "kind": "SubjectAccessReview",
    "spec": {
      "user": "dora",
      "groups": [
        "developers",
        "system:authenticated"
      ],
      "resourceAttributes": {
        "namespace": "shop",
        "verb": "delete",
        "resource": "pods",
        "name": "web-0"
      }
    },
    "status": {
      "allowed": false
    }
  }
  {
    "apiVersion": "authorization.k8s.io/v1",
    "kind": "SubjectAccessReview",
    "spec": {
      "user": "olga",
      "resourceAttributes": {
        "namespace": "shop",
        "verb": "list",
        "resource": "pods"
      }
    },
    "status": {
      "allowed": false,
      "reason": "RBAC: role.rbac.authorization.k8s.io \"old-team\" not found"
    }
  }

What is no question is refused with its place, the others are answered.

  $ printf '{"user": "dora", "groups": ["developers"], "verb": "get", "resource": "pods"}\n{"verb": ""}\n{"kind": "Pod"}\n' | bulwark rbac review --requests - -f examples/rbac
  bulwark: <stdin>:2:1: this is neither a SubjectAccessReview nor the attributes of a request: there is no verb
  bulwark: <stdin>:3:1: Pod is no question to the authorizer: SubjectAccessReview, LocalSubjectAccessReview and SelfSubjectAccessReview of authorization.k8s.io/v1 are
  yes  dora get pods  RBAC: allowed by ClusterRoleBinding "everybody-looks" of ClusterRole "look" to Group "developers"
  no   this is neither a SubjectAccessReview nor the attributes of a request: there is no verb
  no   Pod is no question to the authorizer: SubjectAccessReview, LocalSubjectAccessReview and SelfSubjectAccessReview of authorization.k8s.io/v1 are
  [2]

  $ bulwark rbac unused --audit-log examples/rbac/audit.jsonl -f examples/rbac/access.yaml
  NOT USED                                   OF THE RULE                                                        BINDING                             ROLE                         PLACE
  verbs watch; for services,configmaps       get,list,watch pods,pods/log,services,configmaps                   ClusterRoleBinding everybody-looks  ClusterRole look             examples/rbac/access.yaml:24
  the whole rule                             get,list,watch deployments.apps,statefulsets.apps,daemonsets.apps  ClusterRoleBinding everybody-looks  ClusterRole look             examples/rbac/access.yaml:24
  everything: none of its subjects was seen  -                                                                  ClusterRoleBinding shop-controller  ClusterRole shop-controller  examples/rbac/access.yaml:97
  verbs list,create                          get,list,create,patch deployments.apps                             RoleBinding shop/deploy             Role shop/deploy             examples/rbac/access.yaml:63
  the whole rule                             get secrets named registry                                         RoleBinding shop/deploy             Role shop/deploy             examples/rbac/access.yaml:66

  events: 5, users: 2, from 2026-11-02T08:00:01.000000Z to 2026-11-16T09:31:00.000000Z; denied, not counted: 1
  [1]

  $ bulwark rbac generate --subject sa:shop/deployer --audit-log examples/rbac/audit.jsonl --names
  # What system:serviceaccount:shop:deployer was allowed and did (events: 5, users: 2, from 2026-11-02T08:00:01.000000Z to 2026-11-16T09:31:00.000000Z; denied, not counted: 1)
  apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata:
    name: deployer-used
    namespace: shop
  rules:
  - apiGroups:
    - apps
    resources:
    - deployments
    resourceNames:
    - web
    verbs:
    - get
    - patch
  - apiGroups:
    - apps
    resources:
    - deployments/scale
    resourceNames:
    - web
    verbs:
    - patch
  ---
  apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata:
    name: deployer-used
    namespace: shop
  roleRef:
    apiGroup: rbac.authorization.k8s.io
    kind: Role
    name: deployer-used
  subjects:
  - kind: ServiceAccount
    name: deployer
    namespace: shop

  $ bulwark rbac generate --subject sa:shop/deployer --audit-log examples/rbac/audit.jsonl --missing --name shop-scale -o json -f examples/rbac/access.yaml
  {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "Role",
    "metadata": {
      "name": "shop-scale",
      "namespace": "shop"
    },
    "rules": [
      {
        "apiGroups": [
          "apps"
        ],
        "resources": [
          "deployments/scale"
        ],
        "verbs": [
          "patch"
        ]
      }
    ]
  }
  {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "RoleBinding",
    "metadata": {
      "name": "shop-scale",
      "namespace": "shop"
    },
    "roleRef": {
      "apiGroup": "rbac.authorization.k8s.io",
      "kind": "Role",
      "name": "shop-scale"
    },
    "subjects": [
      {
        "kind": "ServiceAccount",
        "name": "deployer",
        "namespace": "shop"
      }
    ]
  }

  $ bulwark rbac generate --subject user:doro --audit-log examples/rbac/audit.jsonl
  bulwark: the audit log shows nothing of doro; there is dora
  [2]

A line that is still being written does not spoil the rest.

  $ { head -n 2 examples/rbac/audit.jsonl; head -n 3 examples/rbac/audit.jsonl | tail -n 1 | head -c 200; } | bulwark rbac generate --subject sa:shop/deployer --audit-log -
  bulwark: <stdin>:3:201: unexpected end of JSON input
  # What system:serviceaccount:shop:deployer was allowed and did (events: 2, users: 1, from 2026-11-02T08:00:01.000000Z to 2026-11-02T08:00:02.000000Z)
  apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata:
    name: deployer-used
    namespace: shop
  rules:
  - apiGroups:
    - apps
    resources:
    - deployments
    verbs:
    - get
    - patch
  ---
  apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata:
    name: deployer-used
    namespace: shop
  roleRef:
    apiGroup: rbac.authorization.k8s.io
    kind: Role
    name: deployer-used
  subjects:
  - kind: ServiceAccount
    name: deployer
    namespace: shop
  [2]

  $ bulwark rbac unused --audit-log examples/shop -f examples/rbac
  bulwark: examples/shop/chart/templates/mailer.yaml:1:2: expected an object's key in quotes
  bulwark: examples/shop: no event of audit.k8s.io that was allowed and answered; there are other documents
  [2]
