Rules that hold objects against those that they name. What a scan reads is seldom all of a cluster, so what is missing there
is claimed only beside others of its kind, or where the settings say that the scan is whole.

  $ cat > $FOLDER/binding.yaml <<'EOF'
  > apiVersion: rbac.authorization.k8s.io/v1
  > kind: RoleBinding
  > metadata: {name: readers, namespace: shop}
  > roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
  > subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
  > EOF
  $ cat > $FOLDER/role.yaml <<'EOF'
  > apiVersion: rbac.authorization.k8s.io/v1
  > kind: Role
  > metadata: {name: reeder, namespace: shop}
  > rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]
  > EOF
  $ cat > $FOLDER/admission.yaml <<'EOF'
  > apiVersion: admissionregistration.k8s.io/v1
  > kind: ValidatingWebhookConfiguration
  > metadata: {name: shoes}
  > webhooks: [{name: shoes.shop.example, clientConfig: {service: {name: shoes, namespace: shop}}}]
  > ---
  > apiVersion: admissionregistration.k8s.io/v1
  > kind: ValidatingAdmissionPolicy
  > metadata: {name: laces}
  > EOF
  $ cat > $FOLDER/policy.yaml <<'EOF'
  > apiVersion: admissionregistration.k8s.io/v1
  > kind: ValidatingAdmissionPolicyBinding
  > metadata: {name: soles}
  > spec: {policyName: soles, validationActions: [Deny]}
  > EOF
  $ cat > $FOLDER/whole.yaml <<'EOF'
  > apiVersion: bulwark.dev/v1
  > kind: Config
  > params:
  >   BW-ADM-015: {whole: true}
  >   BW-ADM-016: {whole: true}
  >   BW-ADM-017: {whole: true}
  >   BW-RBAC-042: {whole: true}
  >   BW-RBAC-043: {whole: true}
  >   BW-RBAC-044: {whole: true}
  > EOF
  $ cat > $FOLDER/judge <<'EOF'
  > bulwark scan -o text $(for id in RBAC-042 RBAC-043 RBAC-044 ADM-015 ADM-016 ADM-017; do echo --rule BW-$id; done) "$@" | grep -E "LOW|MEDIUM" | LC_ALL=C sort
  > EOF
  $ cd $FOLDER && sh judge binding.yaml
  $ cd $FOLDER && sh judge role.yaml
  $ cd $FOLDER && sh judge admission.yaml
  $ cd $FOLDER && sh judge policy.yaml
  $ cd $FOLDER && sh judge binding.yaml role.yaml admission.yaml policy.yaml
    LOW       BW-RBAC-042  there is no Role reader in what was scanned, so nothing is granted  :4
    LOW       BW-RBAC-044  no RoleBinding of the namespace names the role  :3
    MEDIUM    BW-ADM-015  no ValidatingAdmissionPolicyBinding names the policy, so it refuses nothing  :8
    MEDIUM    BW-ADM-016  there is no ValidatingAdmissionPolicy soles in what was scanned, so nothing is refused  :4
  $ cd $FOLDER && sh judge --config whole.yaml binding.yaml
    LOW       BW-RBAC-042  there is no Role reader in what was scanned, so nothing is granted  :4
    LOW       BW-RBAC-043  there is no ServiceAccount web in the namespace shop of what was scanned  :5
  $ cd $FOLDER && sh judge --config whole.yaml role.yaml
    LOW       BW-RBAC-044  no RoleBinding of the namespace names the role  :3
  $ cd $FOLDER && sh judge --config whole.yaml admission.yaml
    MEDIUM    BW-ADM-015  no ValidatingAdmissionPolicyBinding names the policy, so it refuses nothing  :8
    MEDIUM    BW-ADM-017  there is no Service shop/shoes in what was scanned, so requests are refused  :4
  $ cd $FOLDER && sh judge --config whole.yaml policy.yaml
    MEDIUM    BW-ADM-016  there is no ValidatingAdmissionPolicy soles in what was scanned, so nothing is refused  :4
