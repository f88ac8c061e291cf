Wrong usage is told in one line, with the nearest name that exists, and ends with status 2.

  $ bulwark scna
  $ bulwark frobnicate
  $ bulwark rules lst
  $ bulwark scan --frok examples/shop
  $ bulwark scan --fail-on hgih examples/shop
  $ bulwark scan --fail-on
  $ bulwark scan --no-ignore=yes examples/shop
  $ bulwark scan -o jsn examples/shop
  $ bulwark scan -o json -o yaml examples/shop
  $ bulwark scan -o json= examples/shop
  $ bulwark scan --threads many examples/shop
  $ bulwark scan --kubernetes-version 2.0 examples/shop
  $ bulwark scan
  $ bulwark scan ''
  $ bulwark scan -z
  $ bulwark explain
  $ bulwark explain BW-PSS-170
  $ bulwark cel -1
  $ bulwark completion tcsh
  $ bulwark version 1 2
  $ bulwark --output json scan

What the user typed never drives the terminal.

  $ bulwark "$(printf 'sc\033[2Jan')"
  $ bulwark scan --"$(printf '\033[2J')"

Flags take values with = or a blank, short ones also without either; -- ends the flags.

  $ bulwark version --output=json | head -2
  $ bulwark version --output json | head -2
  $ bulwark version -ojson | head -2
  $ bulwark cel -- -1

As a kubectl plugin it names itself so.

  $ kubectl bulwark versoin
  $ kubectl bulwark help | sed -n 1,4p
  $ bulwark rules --help
  $ bulwark 2>&1 | head -4
