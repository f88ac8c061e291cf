Rules that look for what other objects select or name say nothing where the scan has none of its kind, unless the settings say
that the scan is whole.

  $ cat > $FOLDER/alone.yaml <<'EOF'
  > apiVersion: v1
  > kind: Service
  > metadata: {name: web, namespace: shop}
  > spec: {selector: {app: web}}
  > ---
  > apiVersion: networking.k8s.io/v1
  > kind: NetworkPolicy
  > metadata: {name: web, namespace: shop}
  > spec: {podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: proxy}}}]}]}
  > ---
  > apiVersion: networking.k8s.io/v1
  > kind: NetworkPolicy
  > metadata: {name: all, namespace: shop}
  > spec: {podSelector: {}}
  > ---
  > apiVersion: policy/v1
  > kind: PodDisruptionBudget
  > metadata: {name: web, namespace: shop}
  > spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
  > ---
  > apiVersion: autoscaling/v2
  > kind: HorizontalPodAutoscaler
  > metadata: {name: web, namespace: shop}
  > spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
  > EOF
  $ cat > $FOLDER/outside.yaml <<'EOF'
  > apiVersion: networking.k8s.io/v1
  > kind: Ingress
  > metadata: {name: web, namespace: store}
  > spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
  > ---
  > apiVersion: gateway.networking.k8s.io/v1
  > kind: HTTPRoute
  > metadata: {name: web, namespace: store}
  > spec: {rules: [{backendRefs: [{name: web, port: 80}]}]}
  > ---
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: web, namespace: store}
  > spec: {serviceAccountName: web, containers: [{name: web}]}
  > EOF
  $ cat > $FOLDER/whole.yaml <<'EOF'
  > apiVersion: bulwark.dev/v1
  > kind: Config
  > params:
  >   BW-NET-040: {whole: true}
  >   BW-NET-041: {whole: true}
  >   BW-NET-042: {whole: true}
  >   BW-NET-045: {whole: true}
  >   BW-NET-090: {whole: true}
  >   BW-WL-090: {whole: true}
  >   BW-WL-091: {whole: true}
  >   BW-WL-092: {whole: true}
  > EOF
  $ cat > $FOLDER/judge <<'EOF'
  > bulwark scan -o text $(for id in NET-040 NET-041 NET-042 NET-045 NET-090 WL-090 WL-091 WL-092; do echo --rule BW-$id; done) "$@" | grep "LOW  *BW-" | LC_ALL=C sort
  > EOF
  $ cd $FOLDER && sh judge alone.yaml outside.yaml
  $ cd $FOLDER && sh judge --config whole.yaml alone.yaml outside.yaml
    LOW       BW-NET-040  no pod of the scan has the labels app=web  :4
    LOW       BW-NET-041  no pod of the scan matches the podSelector  :9
    LOW       BW-NET-042  no pod of the scan matches the peer's podSelector  :9
    LOW       BW-NET-045  the scan has no Service web  :4
    LOW       BW-NET-090  the scan has no Service web  :9
    LOW       BW-WL-090  the scan has no service account web in the namespace  :14
    LOW       BW-WL-091  no pod of the scan matches the selector  :19
    LOW       BW-WL-092  the scan has no Deployment web in the namespace  :24
