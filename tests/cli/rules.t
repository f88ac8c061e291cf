The catalog.

  $ bulwark rules list | head -4
  $ bulwark rules list -o name --framework pss-baseline
  $ bulwark rules list -o yaml | head -12
  $ bulwark rules show BW-PSS-107
  $ bulwark rules show -o json BW-PSS-107 BW-PSS-104 | grep -c '"kind": "Rule"'
  $ bulwark explain BW-PSS-104
  $ bulwark explain BW-PSS-104x

The built-in rules hold their own tests.

  $ bulwark rules test | sed 's/^[0-9]* passed/N passed/'

Rules of one's own.

  $ bulwark rules lint examples/rules
  $ bulwark rules test -v examples/rules
  $ bulwark rules test --mutate examples/rules
  $ bulwark rules list --rules examples/rules -o name | grep SHOP
  $ bulwark scan --rules examples/rules --rule SHOP-001 examples/shop
  $ bulwark explain --rules examples/rules SHOP-001

Mistakes are shown where they are.

  $ sed -e 's/severity: medium/severity: hihg/' -e 's/contains/contians/' examples/rules/SHOP-001-pinned-image.yaml > $FOLDER/bad.yaml
  $ cd $FOLDER; bulwark rules lint bad.yaml
  $ cd $FOLDER; bulwark rules lint -o json bad.yaml
  $ sed 's/app@sha256/app:sha256/' examples/rules/SHOP-001-pinned-image.yaml > $FOLDER/changed.yaml
  $ cd $FOLDER; bulwark rules test changed.yaml
  $ bulwark rules lint examples/nowhere.yaml
  $ bulwark scan --rules examples/nowhere.yaml examples/shop
