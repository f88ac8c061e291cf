Values, as CEL literals, JSON and YAML.

  $ bulwark cel --no-check '[1, 2u, "a", 1.5, b"x", null, duration("90s"), {"k": true}]'
  [1, 2u, "a", 1.5, b"x", null, duration("90s"), {"k": true}]
  $ bulwark cel --no-check -o json '{"a": [1, {"b": "two words"}], "c": duration("90s")}'
  {
    "a": [
      1,
      {
        "b": "two words"
      }
    ],
    "c": "90s"
  }
  $ bulwark cel --no-check -o yaml '{"a": [1, {"b": "two words"}], "c": duration("90s")}'
  a:
  - 1
  - b: two words
  c: "90s"

On documents: one result for each.

  $ bulwark cel -f examples/shop/web/storefront.yaml 'object.kind'
  "Deployment"
  "Service"
  $ bulwark cel -f examples/shop/batch/backup.json 'object.metadata'
  {"name": "backup", "namespace": "shop"}
  $ bulwark cel -o yaml -f examples/shop/web/storefront.yaml 'object.metadata.labels.app'
  bulwark: examples/shop/web/storefront.yaml:47: no such key: labels
  storefront
  [2]
  $ cat examples/shop/batch/backup.json | bulwark cel -f - 'object.spec.schedule'
  "15 3 * * *"

Mistakes: place and caret on standard error, status 2.

  $ bulwark cel '1 +'
  expression:1:4: Syntax error: unexpected end of expression, expected an expression
   | 1 +
   | ...^
  [2]
  $ bulwark cel '1 + "a"'
  expression:1:3: found no matching overload for '_+_' applied to '(int, string)'
   | 1 + "a"
   | ..^
  [2]
  $ bulwark cel 'object.kind'
  expression:1:1: undeclared reference to 'object' (in container '')
   | object.kind
   | ^
  bulwark: the variable "object" is each document of -f FILE
  [2]
  $ bulwark cel --no-check '1 + "a"'
  bulwark: no such overload: _+_(int, string)
  [2]
  $ bulwark cel '[1][2]'
  bulwark: index out of bounds: 2
  [2]
  $ bulwark cel -f examples/shop/drafts/search.yaml 'object.kind'
  bulwark: examples/shop/drafts/search.yaml:12:10: did not find expected '-' indicator while parsing a block collection that begins at line 10
  [2]
  $ bulwark cel -f examples/nowhere.yaml 'object.kind'
  bulwark: examples/nowhere.yaml: does not exist
  [2]

What the stages make of it, and its cost.

  $ bulwark cel --dump=ast --no-check 'a.b + 1'
  1 call _+_
    2 select b
      3 ident a
    4 const 1
  $ bulwark cel --dump=types 'size("abc") > 2'
  1 call _>_ : bool <- greater_int64
    2 call size : int <- size_string
      3 const "abc" : string
    4 const 2 : int
  $ bulwark cel --dump=types --no-check '1'
  bulwark: cel: --dump=types needs the checker: leave out --no-check (see "bulwark help cel")
  [2]
  $ bulwark cel --cost '[1, 2, 3].all(x, x > 0)'
  bulwark: cost 16
  true
