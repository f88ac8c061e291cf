The examples, as the documentation shows them: findings, and status 1.

  $ bulwark scan examples/shop

Nothing found, and what counts as enough to fail.

  $ bulwark scan examples/shop/web/storefront.yaml
  $ bulwark scan -q --fail-on critical examples/shop/web; echo $?
  $ bulwark scan -q --fail-on none examples/shop; echo $?
  $ bulwark scan -q --fail-on low examples/shop/data; echo $?

Standard input, and -f as kubectl has it.

  $ cat examples/shop/batch/backup.json | bulwark scan --summary -
  $ bulwark scan --summary -f examples/shop/batch -f examples/shop/namespace.yaml
  $ kubectl get deployments -A -o json | bulwark scan -

What cannot be read is named, the rest is judged, and the status is 2.

  $ bulwark scan --summary --no-ignore examples/shop
  $ bulwark scan --summary examples/nowhere examples/shop/namespace.yaml
  $ bulwark scan examples/shop/drafts/search.yaml

Narrowed by rule and framework.

  $ bulwark scan --rule BW-PSS-107 examples/shop
  $ bulwark scan --framework pss-baseline --summary examples/shop
  $ bulwark scan --framework pss-basline examples/shop
  $ bulwark scan --rule BW-NONE-1 examples/shop

Wide, narrow, and with what passed.

  $ bulwark scan -o wide --rule BW-PSS-104 examples/shop
  $ COLUMNS=60 bulwark scan --rule BW-PSS-104 examples/shop
  $ bulwark scan --include-passed --rule BW-PSS-104 examples/shop/web
  $ bulwark scan --color always --rule BW-PSS-107 examples/shop | cat -v
  $ NO_COLOR=1 CLICOLOR_FORCE=1 bulwark scan --rule BW-PSS-107 examples/shop | grep -c "$(printf '\033')"
  $ CLICOLOR_FORCE=1 bulwark scan --rule BW-PSS-107 examples/shop | grep -c "$(printf '\033')"
