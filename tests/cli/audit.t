What an audit policy records, misses and gives away.

  $ bulwark audit explain-policy examples/node/audit-policy.yaml
  examples/node/audit-policy.yaml: 7 rules, as Kubernetes 1.37 reads them

  secrets
    Metadata        line 13     read a Secret
    Metadata        line 13     list Secrets
    Metadata        line 13     list the Secrets of all namespaces
    Metadata        line 13     watch Secrets
    Metadata        line 13     create a Secret
    Metadata        line 13     change a Secret
    Metadata        line 13     patch a Secret
    Metadata        line 13     delete a Secret
    Metadata        line 13     read a Secret of kube-system
    Metadata        line 13     a service account reads a Secret
    Metadata        line 13     a service account lists Secrets
    Metadata        line 13     read a ConfigMap
    Metadata        line 13     change a ConfigMap
    RequestResponse line 15     get a service account's token  LEAKS the token: Request at most
    None            no rule     have a token checked

  rights
    RequestResponse line 22     give rights to somebody (RoleBinding)
    RequestResponse line 22     take a RoleBinding away
    RequestResponse line 22     give rights in the whole cluster (ClusterRoleBinding)
    RequestResponse line 22     change a ClusterRoleBinding
    RequestResponse line 22     widen a Role
    RequestResponse line 22     make a ClusterRole
    RequestResponse line 22     patch a ClusterRole
    Request         line 17     make a service account
    None            no rule     ask for a client certificate  MISSED: should be Metadata
    None            no rule     approve a client certificate  MISSED: should be Metadata

  workloads
    RequestResponse line 15     create a pod
    RequestResponse line 15     create a pod in kube-system
    RequestResponse line 15     a service account creates a pod
    RequestResponse line 15     delete a pod
    Request         line 17     create a Deployment
    Request         line 17     patch a Deployment
    Request         line 17     create a DaemonSet
    None            no rule     create a CronJob  MISSED: should be Metadata

  access
    Request         line 17     run a command in a container
    None            no rule     run a command in a container (WebSocket)  MISSED: should be Metadata
    Request         line 17     attach to a container
    Request         line 17     open a port of a pod
    Request         line 17     put a debug container into a pod
    None            no rule     read a container's log  MISSED: should be Metadata
    None            no rule     reach a kubelet through the API server  MISSED: should be Metadata
    Request         line 17     run a command through a kubelet
    None            no rule     reach a service through the API server  MISSED: should be Metadata

  cluster
    None            no rule     make a mutating webhook  MISSED: should be Metadata
    None            no rule     delete a validating webhook  MISSED: should be Metadata
    None            no rule     delete an admission policy  MISSED: should be Metadata
    None            no rule     make a custom resource definition  MISSED: should be Metadata
    None            no rule     register an API of one's own  MISSED: should be Metadata
    Request         line 17     make a namespace
    Request         line 17     change a namespace's labels
    None            no rule     delete a network policy  MISSED: should be Metadata
    Request         line 17     change a node
    Request         line 17     make a volume on a host path
    None            no rule     delete events, to cover tracks  MISSED: should be Metadata

  reconnaissance
    None            no rule     try what one may do (SelfSubjectRulesReview)  MISSED: should be Metadata
    Metadata        line 13     somebody without credentials lists Secrets
    None            no rule     somebody without credentials looks at the API  MISSED: should be Metadata

  noise
    None            line 11     health checks
    None            line 7      kube-proxy watches endpoints
    None            no rule     a node renews its lease
    Request         line 17     a kubelet reports an event

  rules that never match
    examples/node/audit-policy.yaml:20: rule 6: rule 3 takes all of its requests first

  60 requests: 16 missed, 1 leak; 1 rules never match
  [1]
  $ cat > $FOLDER/good.yaml <<'END'
  > apiVersion: audit.k8s.io/v1
  > kind: Policy
  > rules:
  >   - {level: Metadata}
  > END
  $ cd $FOLDER; bulwark audit explain-policy good.yaml | tail -1
  60 requests: 0 missed, 0 leak; 0 rules never match
  $ cd $FOLDER; bulwark audit explain-policy -o json good.yaml | head -c 200
  {
    "apiVersion": "bulwark.dev/v1",
    "kind": "AuditCoverage",
    "metadata": {
      "name": "audit-policy"
    },
    "requests": [
      {
        "id": "secret-read",
        "title": "read a Secret",
        "t
  $ cat > $FOLDER/refused.yaml <<'END'
  > apiVersion: audit.k8s.io/v1
  > kind: Policy
  > Rules: []
  > rules:
  >   - {level: metadata, lvl: a}
  > END
  $ cd $FOLDER; bulwark audit explain-policy refused.yaml; echo $?
  bulwark: refused.yaml:3:1: warning: unknown field "Rules"
  bulwark: refused.yaml:5:23: warning: unknown field "rules[0].lvl"
  bulwark: refused.yaml:5:13: rules[0].level: Unsupported value: "metadata": supported values: "None", "Metadata", "Request", "RequestResponse"
  2
  $ printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None, resources: [{group: "*"}]}]\n' > $FOLDER/any.yaml
  $ cd $FOLDER; bulwark audit explain-policy --kubernetes-version 1.35 any.yaml; echo $?
  bulwark: any.yaml:3:43: rules[0].resources.group: Invalid value: "*": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
  2
  $ cd $FOLDER; bulwark audit explain-policy --kubernetes-version 1.36 any.yaml | tail -1; echo $?
  60 requests: 54 missed, 0 leak; 0 rules never match
  0
  $ cd $FOLDER; bulwark audit explain-policy none.yaml; echo $?
  bulwark: none.yaml: does not exist
  2
  $ cd $FOLDER; bulwark audit explain-policy --kubernetes-version 2 any.yaml; echo $?
  bulwark: audit explain-policy: --kubernetes-version takes a version such as 1.33, not "2" (see "bulwark help audit explain-policy")
  2
