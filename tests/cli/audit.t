What an audit policy records, misses and gives away.

  $ bulwark audit explain-policy examples/node/audit-policy.yaml
  $ cat > $FOLDER/good.yaml <<'END'
  > apiVersion: audit.k8s.io/v1
  > kind: Policy
  > rules:
  >   - {level: Metadata}
  > END
  $ bulwark audit explain-policy $FOLDER/good.yaml | tail -1
  $ bulwark audit explain-policy -o json $FOLDER/good.yaml | head -c 200
  $ cat > $FOLDER/refused.yaml <<'END'
  > apiVersion: audit.k8s.io/v1
  > kind: Policy
  > Rules: []
  > rules:
  >   - {level: metadata, lvl: a}
  > END
  $ bulwark audit explain-policy $FOLDER/refused.yaml; echo $?
  $ printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None, resources: [{group: "*"}]}]\n' > $FOLDER/any.yaml
  $ bulwark audit explain-policy --kubernetes-version 1.35 $FOLDER/any.yaml; echo $?
  $ bulwark audit explain-policy --kubernetes-version 1.36 $FOLDER/any.yaml | tail -1; echo $?
  $ bulwark audit explain-policy $FOLDER/none.yaml; echo $?
  $ bulwark audit explain-policy --kubernetes-version 2 $FOLDER/any.yaml; echo $?
