Kubernetes' configuration files, read as strictly as the components read them.

  $ bulwark validate examples/node/authorization.yaml examples/node/audit-policy.yaml
  examples/node/authorization.yaml: apiserver.config.k8s.io/v1 AuthorizationConfiguration (kube-apiserver): valid
  examples/node/audit-policy.yaml: audit.k8s.io/v1 Policy (kube-apiserver): valid
  2 documents, 0 errors, 0 warnings
  $ bulwark validate examples/node/kubelet.yaml
  examples/node/kubelet.yaml: kubelet.config.k8s.io/v1beta1 KubeletConfiguration (kubelet): valid

What a kubelet ignores is a warning; what the API server refuses is an error.

  $ cat > $FOLDER/kubelet.yaml <<'END'
  > apiVersion: kubelet.config.k8s.io/v1beta1
  > kind: KubeletConfiguration
  > readonlyPort: 0
  > port: 10250
  > port: 10255
  > tlsMinVersion: TLS1.2
  > END
  $ cd $FOLDER; bulwark validate kubelet.yaml
  kubelet.yaml:3:1: warning: unknown field "readonlyPort"; did you mean readOnlyPort?
    readonlyPort: 0
    ^
  kubelet.yaml:5:1: warning: "port" stands twice in one map; the last one counts; keep one of them
    port: 10255
    ^
  kubelet.yaml:6:16: error: unknown tls version "TLS1.2"
    tlsMinVersion: TLS1.2
                   ^
  kubelet.yaml: kubelet.config.k8s.io/v1beta1 KubeletConfiguration (kubelet): refused
  [1]
  $ cat > $FOLDER/authn.yaml <<'END'
  > apiVersion: apiserver.config.k8s.io/v1beta1
  > kind: AuthenticationConfiguration
  > jwt:
  > - issuer:
  >     url: http://issuer.example
  >     audiences: [cluster]
  >   claimMapping:
  >     username: {claim: sub, prefix: ""}
  > END
  $ cd $FOLDER; bulwark validate authn.yaml
  authn.yaml:7:3: error: unknown field "jwt[0].claimMapping"; did you mean claimMappings?
      claimMapping:
      ^
  authn.yaml: apiserver.config.k8s.io/v1beta1 AuthenticationConfiguration (kube-apiserver): refused
  [1]
  $ sed -i 's/claimMapping:/claimMappings:/' $FOLDER/authn.yaml
  $ cd $FOLDER; bulwark validate authn.yaml
  authn.yaml:5:10: error: jwt[0].issuer.url: Invalid value: "http://issuer.example": URL scheme must be https
        url: http://issuer.example
             ^
  authn.yaml: apiserver.config.k8s.io/v1beta1 AuthenticationConfiguration (kube-apiserver): refused
  [1]

The configuration of an admission plugin is a file in the file.

  $ cat > $FOLDER/admission.yaml <<'END'
  > apiVersion: apiserver.config.k8s.io/v1
  > kind: AdmissionConfiguration
  > plugins:
  > - name: PodSecurity
  >   configuration:
  >     apiVersion: pod-security.admission.config.k8s.io/v1
  >     kind: PodSecurityConfiguration
  >     defaults: {enforce: strict}
  > - name: PodSecurityPolicy
  > END
  $ cd $FOLDER; bulwark validate admission.yaml
  admission.yaml:8:25: error: plugins[0].configuration: defaults.enforce: Invalid value: "strict": must be one of privileged, baseline, restricted
        defaults: {enforce: strict}
                            ^
  admission.yaml:9:9: warning: plugins[1].name: no admission plugin is called "PodSecurityPolicy": its configuration is ignored
    - name: PodSecurityPolicy
            ^
  admission.yaml: apiserver.config.k8s.io/v1 AdmissionConfiguration (kube-apiserver): refused
  [1]

Versions have their own fields and kinds.

  $ printf 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nuserNamespaces: {idsPerPod: 65536}\n' > $FOLDER/new.yaml
  $ cd $FOLDER; bulwark validate --kubernetes-version 1.33 new.yaml
  new.yaml: kubelet.config.k8s.io/v1beta1 KubeletConfiguration (kubelet): valid
  $ cd $FOLDER; bulwark validate --kubernetes-version 1.32 new.yaml
  new.yaml:3:1: warning: unknown field "userNamespaces"; Kubernetes 1.32 does not have this field
    userNamespaces: {idsPerPod: 65536}
    ^
  new.yaml: kubelet.config.k8s.io/v1beta1 KubeletConfiguration (kubelet): read with warnings
  [1]

Only kubeadm reads more than one document.

  $ printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n---\nrules: []\n' | bulwark validate -
  <stdin>:5:1: warning: only the first document of the file is read; 1 more is ignored
    rules: []
    ^
  <stdin>: audit.k8s.io/v1 Policy (kube-apiserver): read with warnings
  [1]

A shape that circulates, and what is no such file.

  $ printf 'etcd:\n  encryption:\n  - resources: [secrets]\n    providers: [{identity: {}}]\n' | bulwark validate -
  <stdin>:1:1: error: Object 'Kind' is missing; the API server knows no such file: put apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration and the list as `resources:` at the top
    etcd:
    ^
  <stdin>: not a file that is known
  [1]
  $ printf 'apiVersion: audit.k8s.io/v1beta1\nkind: Policy\nrules: []\n' | bulwark validate -
  <stdin>:2:7: error: no kind "Policy" is registered for version "audit.k8s.io/v1beta1"; this kind is known in audit.k8s.io/v1
    kind: Policy
          ^
  <stdin>: not a file that is known
  [1]
  $ printf 'kind: [\n' | bulwark validate -
  <stdin>:2:1: error: yaml: line 1: did not find expected node content
  <stdin>: not a file that is known
  [1]
  $ bulwark validate nothing.yaml
  bulwark: nothing.yaml: does not exist
  [2]

A line with a key in it is never shown.

  $ printf 'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - aescbc: {keys: [{name: a, secret: QUJD}]}\n' | bulwark validate -
  <stdin>:6:39: error: resources[0].providers[0].aescbc.keys[0].secret: Invalid value: "REDACTED": secret is not of the expected length, got 3, expected one of [16 24 32]
  <stdin>: apiserver.config.k8s.io/v1 EncryptionConfiguration (kube-apiserver): refused
  [1]

For programs.

  $ cd $FOLDER; bulwark validate -o json kubelet.yaml | tail -22
            "hint": "did you mean readOnlyPort?"
          },
          {
            "level": "warning",
            "line": 5,
            "column": 1,
            "path": "port",
            "message": "yaml: unmarshal errors:\n  line 5: key \"port\" already set in map",
            "hint": "the last one counts; keep one of them"
          },
          {
            "level": "error",
            "line": 6,
            "column": 16,
            "path": "tlsMinVersion",
            "message": "unknown tls version \"TLS1.2\"",
            "hint": ""
          }
        ]
      }
    ]
  }
