Wrong usage is told in one line, with the nearest name that exists, and ends with status 2.

  $ bulwark scna
  bulwark: unknown verb "scna"; did you mean "scan"? (see "bulwark help")
  [2]
  $ bulwark frobnicate
  bulwark: unknown verb "frobnicate" (see "bulwark help")
  [2]
  $ bulwark rules lst
  bulwark: unknown verb "rules lst"; did you mean "rules list"? (see "bulwark help")
  [2]
  $ bulwark scan --frok examples/shop
  bulwark: scan: unknown flag --frok (see "bulwark help scan")
  [2]
  $ bulwark scan --fail-on hgih examples/shop
  bulwark: scan: --fail-on does not know "hgih"; did you mean "high"? (see "bulwark help scan")
  [2]
  $ bulwark scan --fail-on
  bulwark: scan: --fail-on needs a value: SEVERITY (see "bulwark help scan")
  [2]
  $ bulwark scan --no-ignore=yes examples/shop
  bulwark: scan: --no-ignore takes no value (see "bulwark help scan")
  [2]
  $ bulwark scan -o jsn examples/shop
  bulwark: no output format "jsn"; did you mean "json"?
  [2]
  $ bulwark scan -o json -o yaml examples/shop
  bulwark: only one -o may go to standard output; -o FORMAT=FILE writes to a file
  [2]
  $ bulwark scan -o json= examples/shop
  bulwark: -o json= names no file
  [2]
  $ bulwark scan --threads many examples/shop
  bulwark: scan: --threads takes a number from 1 to 256, not "many" (see "bulwark help scan")
  [2]
  $ bulwark scan --kubernetes-version 2.0 examples/shop
  bulwark: scan: --kubernetes-version takes a version such as 1.33, not "2.0" (see "bulwark help scan")
  [2]
  $ bulwark scan
  bulwark: scan: nothing to scan: name files or directories, - for standard input, --node for this machine, or --cluster for a live cluster (see "bulwark help scan")
  [2]
  $ bulwark scan ''
  bulwark: scan: a path is empty (see "bulwark help scan")
  [2]
  $ bulwark scan -z
  bulwark: scan: unknown flag -z (see "bulwark help scan")
  [2]
  $ bulwark explain
  bulwark: explain: missing argument: bulwark explain RULE... (see "bulwark help explain")
  [2]
  $ bulwark explain BW-PSS-170
  bulwark: no rule "BW-PSS-170"; did you mean BW-PSS-110?
  [2]
  $ bulwark cel -1
  bulwark: cel: unknown flag -1; "--" before it makes it an argument (see "bulwark help cel")
  [2]
  $ bulwark completion tcsh
  bulwark: completion: no completion for the shell "tcsh"; there is one for bash, zsh and fish (see "bulwark help completion")
  [2]
  $ bulwark version 1 2
  bulwark: version: takes no arguments (see "bulwark help version")
  [2]
  $ bulwark --output json scan
  bulwark: the verb comes first, then flags such as --output (see "bulwark help")
  [2]

What the user typed never drives the terminal.

  $ bulwark "$(printf 'sc\033[2Jan')"
  bulwark: unknown verb "sc\x1b[2Jan" (see "bulwark help")
  [2]
  $ bulwark scan --"$(printf '\033[2J')"
  bulwark: scan: unknown flag --\x1b[2J (see "bulwark help scan")
  [2]

Flags take values with = or a blank, short ones also without either; -- ends the flags.

  $ bulwark version --output=json | head -2
  {
    "version": "0.1.0",
  $ bulwark version --output json | head -2
  {
    "version": "0.1.0",
  $ bulwark version -ojson | head -2
  {
    "version": "0.1.0",
  $ bulwark cel -- -1
  -1

As a kubectl plugin it names itself so.

  $ kubectl bulwark versoin
  kubectl bulwark: unknown verb "versoin"; did you mean "version"? (see "kubectl bulwark help")
  [2]
  $ kubectl bulwark help | sed -n 1,4p
  bulwark secures Kubernetes infrastructure: it shows what is wrong, where, why, and the fix.

  Usage:
    kubectl bulwark VERB [flags] [arguments]
  $ bulwark rules --help
  bulwark rules: the rule catalog, and rules of your own.

  Usage:
    bulwark rules VERB

  Verbs:
    list        list rules
    show        print rules as they are written
    lint        find mistakes in rule files
    test        run the tests inside rules
    new         write a rule file to start from
    functions   list the functions that expressions of rules may call

  "bulwark help rules VERB" tells more on one of them.
  $ bulwark 2>&1 | head -4
  bulwark secures Kubernetes infrastructure: it shows what is wrong, where, why, and the fix.

  Usage:
    bulwark VERB [flags] [arguments]
