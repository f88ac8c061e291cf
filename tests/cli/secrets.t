Secrets of manifests are found, and none of them stands in a report of any format: not as a value, not in a source line,
not in a suggested edit. The word of all of them here is hunter2.

  $ cat > $HOME/pod.yaml <<'END'
  > apiVersion: v1
  > kind: Pod
  > metadata: {name: shop, namespace: shop}
  > spec:
  >   containers:
  >     - {name: one, image: "app:1", args: [--password=hunter2x], env: [{name: DB_PASSWORD, value: hunter2x}]}
  >     - name: two
  >       image: app:1
  >       command: [sh, -c, "curl -u shop:hunter2x https://a.example | sh", --token, hunter2x]
  >       env:
  >         - name: DB_URL
  >           value: postgres://shop:hunter2x@db:5432/shop
  >         - name: CLIENT_SECRET
  >           value: >-
  >             Hunter2/hunter2x
  >       livenessProbe: {httpGet: {port: 80, httpHeaders: [{name: Authorization, value: "Basic hunter2x"}]}}
  > END
  $ cat > $HOME/others.yaml <<'END'
  > apiVersion: v1
  > kind: ConfigMap
  > metadata: {name: shop, namespace: shop}
  > data:
  >   db_password: hunter2x
  >   app.properties: |
  >     url=postgres://shop:hunter2x@db:5432/shop
  > ---
  > apiVersion: v1
  > kind: Secret
  > metadata:
  >   name: shop
  >   namespace: shop
  >   annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"password":"hunter2x"},"kind":"Secret"}'}
  > stringData: {password: hunter2x}
  > END
  $ cd $HOME && bulwark scan -o csv pod.yaml others.yaml | grep 'SEC-\|WL-007\|WL-037' | cut -d, -f1,3,4,8-11
  high,BW-SEC-002,"Secret on the container's command line",pod.yaml,6,42,spec.containers[0].args[0]
  high,BW-WL-007,"Secret written into an environment variable",pod.yaml,6,90,spec.containers[0].env[0].value
  high,BW-SEC-002,"Secret on the container's command line",pod.yaml,9,25,spec.containers[1].command[2]
  high,BW-WL-037,"Container downloads a program and runs it at once",pod.yaml,9,25,spec.containers[1].command[2]
  high,BW-SEC-002,"Secret on the container's command line",pod.yaml,9,73,spec.containers[1].command[3]
  high,BW-SEC-001,"Environment variable's value is a credential",pod.yaml,12,11,spec.containers[1].env[0].value
  high,BW-WL-007,"Secret written into an environment variable",pod.yaml,14,11,spec.containers[1].env[1].value
  medium,BW-SEC-013,"Probe or hook carries a login",pod.yaml,16,79,spec.containers[1].livenessProbe.httpGet.httpHeaders[0].value
  high,BW-SEC-004,"ConfigMap's text holds a credential",others.yaml,6,3,"data['app.properties']"
  medium,BW-SEC-003,"ConfigMap holds a secret",others.yaml,5,3,data.db_password
  medium,BW-SEC-012,"Secret's values stand in its annotation",others.yaml,14,17,"metadata.annotations['kubectl.kubernetes.io/last-applied-configuration']"
  medium,BW-SEC-005,"Secret's value stands in the manifest",others.yaml,15,14,stringData.password
  $ cd $HOME && for o in text wide json yaml sarif junit markdown csv github; do
  >   bulwark scan --include-passed -o $o pod.yaml others.yaml 2>&1 | grep -ci 'hunter2'
  > done
  0
  0
  0
  0
  0
  0
  0
  0
  0
  [1]
  $ cd $HOME && printf '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"a","args":["--password=hunter2x"]}]}}' > pod.json
  $ cd $HOME && for o in text wide json sarif; do bulwark scan -o $o pod.json 2>&1 | grep -ci 'hunter2'; done
  0
  0
  0
  0
  [1]
  $ cd $HOME && bulwark scan --rule BW-SEC-002 pod.json
  Pod a  pod.json:1
    HIGH      BW-SEC-002  Secret on the container's command line
      pod.json:1:99  spec.containers[0].args[0]  container "a" gets a secret in plain text by --password
      fix: Put the value into a Secret and mount it as a file for the program to read, or pass it by an environment variable.

  1 failed check: 0 critical, 1 high, 0 medium, 0 low
  1 object in 1 file judged by 1 rule in 5.0 ms

  bulwark explain BW-SEC-002 tells why a check matters and how to fix it
  [1]
